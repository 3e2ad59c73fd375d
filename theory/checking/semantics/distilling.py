"""What the names in theorems about distilling are in small models; see `meanings`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import comb, prod
from typing import Any

from theory.checking.semantics.instances import independent
from theory.checking.semantics.meanings import Values, entry
from theory.checking.semantics.numbers import compare

F = Fraction


def _event(chance: Callable[[Values], Fraction]) -> Callable[[Values], Any]:
    """An event of a single draw, of that probability."""

    def meaning(v: Values) -> Any:
        p = chance(v)
        v.law = tuple(x for x in ((1 - p, 0), (p, 1)) if x[0])
        return lambda w, *_: bool(w[0] == 1)

    return meaning


def _copies(w: Any, n: Any) -> tuple[Any, ...]:
    """The first n draws of a sample."""
    return tuple(w[1 : int(n) + 1])


def _theta(v: Values) -> Any:
    return v.get("theta", 8 * v.get("epsilon", F(0)))


def _points(v: Values) -> Any:
    """The number of the points of which each is hit alike."""
    return v["v"] if "seen points where the output errs" in v.names else v["v"] - 1


def _unseen_points(v: Values) -> Any:
    """All or none: the mean is that of independent misses."""
    return lambda w: _points(v) * F(all(x == 0 for x in _copies(w, v["n"])))


def _mass(v: Values) -> Any:
    if "draws in a pair" in v.names:
        return lambda _: v.get("gamma", 8 * v["epsilon"])
    if "hidden points unseen" not in v.names:
        return None
    unseen, points, theta = _unseen_points(v), _points(v), _theta(v)
    if points == v["v"]:
        return lambda w: theta * unseen(w) / (points + unseen(w))
    return lambda w: theta * unseen(w) / (2 * points)


def _is_large(v: Values) -> Any:
    """The indicator of an error above ε: always 1 where there is no sample to tell."""
    mass = _mass(v)
    return (lambda *_: F(1)) if mass is None else lambda w: F(mass(w) > v["epsilon"])


def _told_apart(error: Any, affinity: Any) -> bool:
    """Whether two laws of that affinity can be told apart with that error; a random one can."""
    if not isinstance(error, Fraction) or error >= F(1, 2):
        return True
    return compare(affinity * affinity, 1 - (1 - 2 * error) ** 2) <= 0


def _fails(v: Values) -> Any:
    return lambda w: all(x == 0 for x in w[1:])


def _cube(v: Values) -> Any:
    """2^i; where students agree with the teacher at draws, the class has 2^d members."""
    if "agree" in v.names:
        v.size = 2 ** int(v["d"])
    return lambda i: F(2) ** int(i)


def _box(v: Values) -> Any:
    """The product of the first i numbers of values."""
    return lambda i: prod((entry(v, "v", j) for j in range(1, int(i) + 1)), start=F(1))


def _points_as_cells(v: Values) -> Any:
    """As many cells as there are points."""
    if "points of the box" in v.names:
        return lambda: _box(v)(v["m"])
    return lambda: _cube(v)(v["d"])


def _high(v: Values) -> Any:
    """How many of n scores are at or above the quantile: Binomial(n, q)."""
    n, q = int(v["n"]), v["q"]
    v.law = tuple((comb(n, j) * q**j * (1 - q) ** (n - j), j) for j in range(n + 1))
    return lambda w: F(w[0])


def _factor(v: Values) -> Any:
    """The factor of a draw, by its share or by whether it disagrees."""
    if "share of a draw" in v.names:
        return lambda _: 1 - v["b"] * (v["m"] - v["c"])
    lost, won = v["q"] / v["epsilon"], (1 - v["q"]) / (1 - v["epsilon"])
    return lambda w: lost if w[0] else won


HINTS: Mapping[str, Mapping[str, Any]] = {
    "certified-distillation-cells-finite": {"v": (F(2), F(3)), "m": F(2)},
    "universal-approximate-samples": {"k": F(3), "delta": F(1, 4), "epsilon": F(1, 2)},
    "universal-approximate-lower": {"n": F(3), "delta": F(1, 100), "epsilon": F(9, 10)},
    "one-inclusion-samples": {
        "k": F(3),
        "delta": F(1, 4),
        "epsilon": F(1, 2),
        "v": F(1),
        "n": F(7),
        "m": F(1),
        "s": F(22),
    },
    "d-perfect-lower": {"v": F(1), "epsilon": F(1, 16), "n": F(1)},
    "vc-lower-sharp": {"v": F(2), "epsilon": F(1, 16), "n": F(1)},
    "agnostic-conflict-samples": {"k": F(3), "epsilon": F(1, 3), "c": F(8, 9), "n": F(8)},
    "open-cells-union": {
        "w": (F(1, 2),),
        "n": (F(2),),
        "k": (F(1),),
        "t": (F(1),),
        "r": (F(1, 2),),
        "m": F(1),
        "delta": F(9, 10),
    },
    "open-cells-none-finite": {x: (F(1, 2),) for x in "wtrx"}
    | {"n": (F(2),), "M": (F(4),), "b": (F(2),), "m": F(1)},
    "paired-difference": {"p": F(1, 2), "q": F(1, 2), "e": F(0)},
    "two-sample-difference": {"p": F(1, 2), "q": F(1, 4), "e": F(-1, 4)},
    "finite-pass-probability": {"N": F(4), "n": F(2), "B": F(2), "k": F(0), "b": F(1)},
    "inverse-sampling": {"L": F(3), "k": F(2), "n": F(3), "p": F(1, 2)},
    "selective-risk": {"n": F(2), "m": F(2), "k": F(1), "p": F(1, 2)},
    "unseen-mass": {"s": F(2)},
    "empirical-bernstein": {"s": F(0), "n": F(2)},
    "hoeffding-serfling": {"N": F(3), "n": F(2), "p": F(1, 3)},
    "hoeffding-serfling-samples": {"N": F(3), "n": F(2), "p": F(1, 3)},
    "tree-depth-influence": {"I": F(1, 4), "epsilon": F(1, 4), "d": F(1)},
    "tree-leaves-influence": {
        "I": F(1, 4),
        "epsilon": F(1, 4),
        "d": F(1),
        "h": (F(0),),
        "m": F(1),
    },
    "low-degree-samples": {"d": F(1), "k": F(1), "M": F(2), "n": F(2)},
    "perceptron": {"r": F(1), "gamma": F(1), "c": F(1)},
    "weighted-majority": {"N": F(1), "b": F(1), "c": F(1), "beta": F(1, 2)},
    "d-perfect-failure": {"v": F(2), "epsilon": F(1, 16), "theta": F(1, 2), "n": F(2)},
}


def _cell_count(v: Values) -> Any:
    """The disagreements in the draws from the first cell: Binomial(n, r)."""
    n, r = int(v["n"][0]), v["r"][0]
    v.law = tuple((comb(n, j) * r**j * (1 - r) ** (n - j), j) for j in range(n + 1))
    return lambda w, *_: F(w[0])


def _clean_draws(v: Values) -> Any:
    """The chance that g draws from cell j, without replacement, show no disagreement."""

    def chance(j: Any, g: Any) -> Fraction:
        points, bad = (entry(v, x, int(j)) for x in "Mb")
        found = F(1)
        for i in range(int(g)):
            found *= max(F(0), points - bad - i) / (points - i) if i < points else F(0)
        return found

    return chance


def _clean_cells(v: Values) -> Any:
    """The same of all draws from the first t cells."""
    chance = _clean_draws(v)

    def of_first(t: Any) -> Fraction:
        found = F(1)
        for j in range(1, int(t) + 1):
            found *= chance(F(j), entry(v, "n", j))
        return found

    return of_first


def _first_wrong(v: Values) -> Any:
    """On how many of n draws the first of two students is the wrong one: Binomial(n, p)."""
    n, p = int(v["n"]), v["p"]
    v.law = tuple((comb(n, j) * p**j * (1 - p) ** (n - j), j) for j in range(n + 1))
    return lambda w: F(w[0])


def _parities(v: Values) -> Any:
    """How many sets there are of i of d bits at most; the class has those of k."""

    def of(i: Any) -> Fraction:
        return F(sum(comb(int(v["d"]), j) for j in range(int(i) + 1)))

    v.size = int(of(v["k"]))
    return of


def _groups_off(v: Values) -> Any:
    """How many of k groups are off: Binomial(k, q)."""
    k, q = int(v["k"]), v["q"]
    v.law = tuple((comb(k, j) * q**j * (1 - q) ** (k - j), j) for j in range(k + 1))
    return lambda w: F(w[0])


def _of_two(which: int) -> Callable[[Values], Any]:
    """What is counted of two samples: Binomial(n, p) and Binomial(m, q)."""

    def count(v: Values) -> Any:
        laws = [
            [(comb(t, j) * p**j * (1 - p) ** (t - j), j) for j in range(t + 1)]
            for t, p in ((int(v["n"]), v["p"]), (int(v["m"]), v["q"]))
        ]
        v.law = tuple((p, (a, b)) for p, (a, b) in independent(laws))
        return lambda w: F(w[0][which])

    return count


def _waited(v: Values) -> Any:
    """At which of L draws the k-th success comes, of chance p each; L + 1: at none."""
    k, p, last = int(v["k"]), v["p"], int(v["L"])
    came = [comb(i - 1, k - 1) * p**k * (1 - p) ** (i - k) if i >= k else F(0)
            for i in range(1, last + 1)]  # fmt: skip
    v.law = tuple((x, i + 1) for i, x in enumerate([*came, 1 - sum(came, F(0))]) if x)
    return lambda w: F(w[0])


def _answered(which: int) -> Callable[[Values], Any]:
    """Of n draws, half of which are answered on average: how many are, and how many wrongly."""

    def count(v: Values) -> Any:
        n, p = int(v["n"]), v["p"]
        v.law = tuple(
            (comb(n, m) * F(1, 2) ** n * comb(m, k) * p**k * (1 - p) ** (m - k), (m, k))
            for m in range(n + 1)
            for k in range(m + 1)
        )
        return lambda w: F(w[0][which])

    return count


def _loss(v: Values) -> Any:
    """Its mean; where the model has none, the least and the most that it can be, alike often."""
    mean = v.get("p", None)
    if mean is None:
        v.law = ((F(1, 2), 0), (F(1, 2), 1))
    return lambda w: mean if mean is not None else v["b"] if w[0] else v["a"]


def _mean_drawn(v: Values) -> Any:
    """Of N points, a share p of which have the loss 1, and the others 0: n of them."""
    points, n = int(v["N"]), int(v["n"])
    bad = int(v["p"] * points)
    v.law = tuple(
        (x, j)
        for j in range(n + 1)
        if (x := F(comb(bad, j) * comb(points - bad, n - j), comb(points, n)))
    )
    return lambda w: F(w[0], n)


def _in_leaf(v: Values) -> Any:
    """A draw is in leaf j of two, of probability 1/2 each."""
    v.law = ((F(1, 2), 1), (F(1, 2), 2))
    return lambda w, j: bool(w[0] == j)


MEANINGS: Mapping[str, Callable[[Values], Callable[..., Any] | None]] = {
    "a draw is in a leaf": _in_leaf,
    "f != g at a point": _event(lambda v: v["epsilon"]),
    "f != g after a flip": lambda v: lambda w, _: bool(w[0] == 1),
    "f changes with a bit": lambda v: lambda w, _: bool(w[0] == 1),
    "g changes with a bit": lambda v: lambda *_: False,
    "g asks for a bit": lambda v: lambda *_: False,
    "average depth of the tree": lambda v: lambda: F(0),
    "leaves of the tree": lambda v: lambda: v["m"],
    "fewest leaves of rank": lambda v: lambda t: F(2) ** int(t),
    "most leaves of rank": lambda v: lambda d, r: F(1),
    "depth of a shallowest tree": lambda v: lambda t: F(0),
    "f changes with the first bits asked for": lambda v: lambda t: F(0),
    "the tree asks for as many bits": lambda v: lambda t: F(0),
    "square of the weights": lambda v: lambda t: t * v["r"] ** 2,
    "weights along the direction": lambda v: lambda t: t * v["gamma"],
    "weight of the class": lambda v: lambda t: v["N"] * ((1 + v["beta"]) / 2) ** int(t),
    "weighted error of round": lambda v: lambda t: F(0),
    "exponential loss after rounds": lambda v: lambda t: F(t == 0),
    "error on the training set": lambda v: lambda: F(0),
    "rademacher of the sample": lambda v: lambda _: F(0),
    "mean draws while cells are missing": lambda v: (
        lambda t: sum((v["K"] / F(i) for i in range(1, int(t) + 1)), start=F(0))
    ),
    "a cell is not seen": lambda v: lambda t: t * (1 - v["p"]) ** int(v["n"]),
    "groups that are off": _groups_off,
    "the median of the means is off": lambda v: lambda w: 2 * w[0] >= v["k"],
    "error of the low-degree student": lambda v: lambda _: F(0),
    "parities of bits": _parities,
    "bits guessed wrong": lambda v: lambda t: t * (1 - v["gamma"]) / 2,
    "patterns of all kinds": lambda v: lambda t: F(2) ** int(t),
    "bits that the tree asks for at a point": lambda v: lambda: v["b"],
    "bits of the blocks asked for": lambda v: lambda t: t,
    "class as a sign": lambda v: lambda _: F(1),
    "sum of the bits asked for": lambda v: lambda _: F(0),
    "mean of the draws": _mean_drawn,
    "variance of the sample": lambda v: lambda _: F(0),
    "sample variance": lambda v: lambda *_: True,
    "the guess is wrong": _event(lambda v: 1 - 1 / v["N"]),
    "guess of one of several": lambda v: lambda *_: True,
    "mean without replacement": lambda v: lambda *_: True,
    "mean probability of the leaves without a sample": lambda v: lambda: F(1, 2) ** int(v["n"]),
    "draws on which the first student is wrong": _first_wrong,
    "draws on which only the first is wrong": _first_wrong,
    "draws on which not only the second is wrong": lambda v: lambda w: F(w[0]),
    "draws on which only the second is wrong": lambda v: lambda w: v["n"] - w[0],
    "disagreements of the first student": _of_two(0),
    "draws of the second on which it is right": _of_two(1),
    "disagreements of the second student": lambda v: lambda w: v["m"] - w[0][1],
    "draws up to the k-th disagreement": _waited,
    "draws that the student answers": _answered(0),
    "answers that are wrong": _answered(1),
    "disagreements in cell": _cell_count,
    "a bound of the first cells is missed": lambda v: lambda w, t: t > 0 and w[0] < v["n"][0],
    "no disagreement in the draws from a cell": _clean_draws,
    "no disagreement in the first cells": _clean_cells,
    "error of telling two laws apart": lambda v: _told_apart,
    "chance to err at a point where a student is right": lambda v: lambda _: 1 / v["m"],
    "greatest chance to err at a point where a student is right": lambda v: lambda: 1 / v["m"],
    "chance to err on a largest agreement set without a sample": lambda v: lambda _: 1 - 1 / v["r"],
    "greatest chance to err on a largest agreement set without a sample": lambda v: (
        lambda: 1 - 1 / v["r"]
    ),
    "a draw is in the agreement set of the perfect student": _event(lambda _: F(1)),
    "the student that one draw names errs": lambda v: lambda w: w[0] != 1,
    "VC dimension of the class": lambda v: lambda: v["pi"],
    "patterns on the first points": lambda v: lambda x: F(2) ** int(x),
    "a draw is the point that tells": _event(lambda v: v["epsilon"]),
    "fails on the first law": _fails,
    "fails on the second law": _fails,
    "a student for every law": lambda v: lambda _: True,
    "minimax law": lambda v: lambda _: True,
    "one-inclusion prediction": lambda v: lambda *_: True,
    "stopped count": lambda v: lambda *_: True,
    "stopped sum": lambda v: lambda *_: True,
    "loss of a draw": _loss,
    "parity at": lambda v: lambda ones: F((-1) ** int(v["k"] - ones)),
    "error of a candidate": lambda v: lambda _: F(0),
    "a draw is the far point": _event(lambda v: v["epsilon"]),
    "the output errs on the far point": lambda v: lambda _: True,
    "the distiller errs on the unseen point": _fails,
    "the output is bad": lambda v: lambda _: False,
    "points of the cube": _cube,
    "points of the box": _box,
    "cells of the certificate": _points_as_cells,
    "scores at or above the quantile": _high,
    "probability that a new score is at most s_(i)": lambda v: lambda _: F(1),
    "relative swapping": lambda v: lambda *_: True,
    "empirical error": lambda v: lambda *_: F(1),
    "share of a draw": lambda v: lambda _: v["m"],
    "factor of a draw": _factor,
    "error of naming the heavier point": lambda v: lambda: v["delta"],
    "draws in a pair": lambda v: lambda _: v["n"] / v["pi"],
    "chance to name the lighter point": lambda v: lambda _: F(1, 2),
    "a draw is the first point": _event(lambda v: 1 - v["epsilon"]),
    "the output stops before the far point": lambda v: lambda *_: True,
    "the distiller misses the far point": lambda v: (
        lambda w: all(x == 1 for x in _copies(w, v["n"]))
    ),
    "a draw hits a given hidden point": _event(lambda v: _theta(v) / _points(v)),
    "hidden points unseen": _unseen_points,
    "seen points where the output errs": lambda v: lambda *_: F(0),
    "error expected after the draws": _mass,
    "error of the output": _mass,
    "[error > eps]": _is_large,
}
