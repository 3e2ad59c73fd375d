"""What the named quantities of the catalogue are in small models, by name.

Each entry makes, from the values of the model's parameters, the function that a name stands for: of
its arguments, for a random quantity or an event of the outcome first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from typing import Any

F = Fraction


@dataclass
class Values:
    """The values of a model's parameters by their letters, and the names that occur in it.

    `law` is the law of one draw and `size` the number of members, where a meaning needs them.
    """

    known: Mapping[str, Any]
    names: frozenset[str]
    law: Any = None
    size: int | None = None

    def __getitem__(self, letter: str) -> Any:
        return self.known[letter]

    def get(self, letter: str, other: Any) -> Any:
        """The value of a parameter, or another where there is none of that letter."""
        return self.known.get(letter, other)


def _recursion(start: Fraction, step: Callable[[Values, int, Fraction], Any]) -> Any:
    """The sequence x_0 = start, x_(i+1) = step(values, i, x_i)."""

    def meaning(v: Values) -> Callable[[Any], Any]:
        def at(place: Any) -> Any:
            x: Any = start
            for i in range(int(place)):
                x = step(v, i, x)
            return x

        return at

    return meaning


def entry(v: Values, letter: str, i: int) -> Fraction:
    """The element i, from 1, of a list; 0 beyond its end."""
    values = v[letter]
    found: Fraction = values[i - 1] if 1 <= i <= len(values) else F(0)
    return found


def _chance(letters: str) -> Any:
    """An event of a single draw that fails with the value of the first of these letters."""

    def meaning(v: Values) -> Callable[[Any], bool]:
        p = next((v[x] for x in letters.split() if x in v.known), F(1, 2))
        v.law = tuple(x for x in ((1 - p, 0), (p, 1)) if x[0])
        return lambda w, *_: bool(w[0] == 0)

    return meaning


def _surviving(v: Values) -> Any:
    first = v.get("N", None)
    if first is None:
        first = F(1)
    return lambda j: max(F(1), F(int(first) >> int(j)))


def _count(v: Values) -> Any:
    """K: how many of n draws disagree, where one does with probability p, or B of N points do."""
    n = int(v["n"])
    if "B" in v.known:
        points, bad = int(v["N"]), int(v["B"])
        ways = [comb(bad, j) * comb(points - bad, n - j) for j in range(n + 1)]
        v.law = tuple((F(x, comb(points, n)), j) for j, x in enumerate(ways) if x)
        return lambda w: F(w[0])
    p = v["p"]
    v.law = tuple((comb(n, j) * p**j * (1 - p) ** (n - j), j) for j in range(n + 1))
    return lambda w: F(w[0])


def _errors_of(v: Values) -> Any:
    """How many of the samples that a student is not made of disagree, each with probability 1/2."""
    made, n = int(v.get("c", 0)), int(v["n"])
    v.size = comb(n, made) * int(v["M"]) if "M" in v.known else int(v["N"])
    v.law = tuple((F(comb(n - made, j), 2 ** (n - made)), j) for j in range(n - made + 1))
    return lambda w, _: F(w[0])


def _disagrees(v: Values) -> Any:
    """The indicator of a disagreement at a draw, where that has factors."""
    if "factor of a draw" not in v.names:
        return None
    v.law = tuple(x for x in ((1 - v["p"], 0), (v["p"], 1)) if x[0])
    return lambda w: F(w[0])


def _agreements(v: Values) -> Any:
    """How many of n draws agree, where one does with probability q; K counts the others."""
    if "K" not in v.names:
        q, n = v["q"], int(v["n"])
        v.law = tuple((comb(n, j) * q**j * (1 - q) ** (n - j), n - j) for j in range(n + 1))
    return lambda w: v["n"] - w[0]


COUPLED = "a sample misses j given cells with one more"
"""With this name a draw is a pair: of K cells, and of K + 1, the same or the new one."""


def _cells(v: Values) -> tuple[int, int]:
    """The number of cells and of draws; the law of a draw is set."""
    k = int(v["K"])
    if COUPLED in v.names:
        same = [(F(1, k + 1), (i, i)) for i in range(k)]
        v.law = (*same, *((F(1, k * (k + 1)), (i, k)) for i in range(k)))
    else:
        v.law = tuple((F(1, k), (i, i)) for i in range(k))
    return k, int(v["n"])


def _hit(w: Any, draws: int, count: str) -> set[int]:
    """The cells that the first draws hit, for the count U or V."""
    return {x[count == "V"] for x in w[1 : draws + 1]}


def _unseen(count: str) -> Any:
    """How many cells no draw hits: of K and n draws for U, of one more of either for V."""

    def meaning(v: Values) -> Any:
        if count == "V" and "all of" not in v.names:
            return None
        k, n = _cells(v)
        more = count == "V"
        cells, draws = (k + more, n) if COUPLED in v.names else (k, n + more)
        return lambda w: F(cells - len(_hit(w, draws, count)))

    return meaning


def _all_unseen(v: Values) -> Any:
    """None of the first j cells is hit, for the count U or V."""
    _, n = _cells(v)

    def all_of(w: Any, count: Any, j: Any) -> bool:
        name = count.args[0].name
        draws = n + (name == "V" and COUPLED not in v.names)
        return all(i not in _hit(w, draws, name) for i in range(int(j)))

    return all_of


def _best(v: Values) -> Any:
    """Mean 2^(-U), counted over all draws."""
    k, n = int(v["K"]), int(v["n"])
    if k**n > 300:
        return None
    seen = [len(set(s)) for s in itertools.product(range(k), repeat=n)]
    value = sum((F(1, 2 ** (k - x)) for x in seen), F(0)) / k**n
    return lambda: value


def _misses(v: Values) -> Any:
    return lambda w, j: w[0][0] >= j


def _hits(v: Values) -> Any:
    v.law = ((1 - v["epsilon"], 0), (v["epsilon"], 1))
    return lambda w: bool(w[0] == 1)


def _fails(v: Values) -> Any:
    return lambda w: all(x == 0 for x in w[1:])


def _margin(v: Values) -> Any:
    if "b" not in v.known or not isinstance(v.get("a", None), tuple):
        return None
    value = v["b"] + sum((abs(x) for x in v["a"]), F(0))
    return lambda _: value


def _affine(v: Values) -> Any:
    value = v["b"] + sum(v["a"], F(0))
    return lambda _: value


def _affine_sums(v: Values) -> Any:
    sums = _recursion(F(0), lambda v, i, x: x + entry(v, "a", i + 1))(v)
    return lambda _, place: sums(place)


def _wrong(v: Values) -> Any:
    if v.size is None:
        v.size = int(v.get("N", v.get("k", F(1))))
    return lambda *_: F(0)


def _test_fails(v: Values) -> Any:
    """All of m tests fail together, with probability α."""
    v.size, level = int(v["m"]), v["alpha"]
    v.law = tuple((p, x) for p, x in ((1 - level, 0), (level, 1)) if p)
    return lambda w, *_: bool(w[0] == 1)


def _cost(v: Values) -> Any:
    passed = v["pi"] * (1 - v["p"]) ** int(v["n"])
    change = v["c"] - v["C"] * v["p"] * passed / (passed + 1 - v["pi"])
    return lambda: change


def _juntas(v: Values) -> Any:
    relevant: Any = MEANINGS["all relevant"](v)
    d, k = int(v["d"]), int(v["k"])
    return lambda: sum((comb(d, j) * relevant(F(j)) for j in range(k + 1)), F(0))


def _few(v: Values) -> Any:
    return lambda _: F(8 * v["epsilon"] * v["n"] < (v["v"] - 1) / 2)


def _with_leaves(v: Values) -> Any:
    s, d = int(v["s"]), v["d"]
    return lambda: F(comb(2 * s - 2, s - 1), s) * 2**s * d ** (s - 1)


def _tests(v: Values) -> Fraction:
    """The tests that trees are made of: d, or every split of d features on 2n points."""
    tests: Fraction = v["d"] * (2 * v["n"] if "growth" in v.names else 1)
    return tests


def _with_leaves_and_classes(v: Values) -> Any:
    s = int(v["s"])
    return lambda: F(comb(2 * s - 2, s - 1), s) * v.get("c", F(2)) ** s * _tests(v) ** (s - 1)


def _e_a_chi(v: Values) -> Any:
    if "E a chi, 0/1" in v.names:
        return lambda k: 2 * F(1, 2 ** int(k))
    return _recursion(F(1), lambda v, i, x: x / 2)(v)


def _constant(value: Any) -> Any:
    return lambda v: lambda *_: value


HINTS: Mapping[str, Mapping[str, Any]] = {
    "natarajan-failure": {"n": F(16), "epsilon": F(1, 2), "v": F(1), "c": F(2)},
    "real-trees-failure": {"n": F(16), "epsilon": F(1, 2), "s": F(2), "d": F(1), "c": F(2)},
    "vc-failure": {"n": F(16), "epsilon": F(1, 2), "v": F(1)},
    "open-cells-pooled": {"a": F(0), "W": F(1), "p": F(1, 2), "e": F(1, 2)},
    "finite-population": {"N": F(4), "n": F(2), "B": F(2), "k": F(0)},
    "open-cells-lower": {"a": F(0), "W": F(1), "q": F(1, 2), "e": F(1, 2)},
    "open-cells-interval": {"a": F(0), "W": F(1), "p": F(1, 2), "q": F(1, 2), "e": F(1, 2)},
    "open-cells-none": {x: (F(1, 2),) for x in "wtr"} | {"s": (F(1),), "x": (F(1, 2),), "m": F(1)},
    "open-cells-any": {x: (F(1, 2),) for x in "wtr"}
    | {"s": (F(1),), "h": (F(1),), "x": (F(3, 4),), "k": (F(1),), "m": F(1)},
    "importance-kl-upper": {"kappa": F(1, 2), "n": F(1), "delta": F(1, 2), "p": F(1, 2), "c": F(1)}
    | {"e": F(1, 4)},
    "lrh-threshold": {"d": F(1), "k": F(1), "tau": F(1, 2), "B": F(1)},
}
"""Values by theorem and letter where random ones would rarely do."""

MEANINGS: Mapping[str, Callable[[Values], Callable[..., Any] | None]] = {
    "f = g at a draw": _chance("q p"),
    "K": _count,
    "complete trees": _recursion(F(2), lambda v, i, x: v["d"] * x**2),
    "trees": _recursion(F(2), lambda v, i, x: v["d"] * x**2 + 2),
    "classes of leaves": _recursion(F(1), lambda v, i, x: 2 * x),
    "variables of inner nodes": _recursion(F(1), lambda v, i, x: _tests(v) * x),
    "trees with s leaves and several classes": _with_leaves_and_classes,
    "classes of leaves, of several": _recursion(F(1), lambda v, i, x: v.get("c", F(2)) * x),
    "binary trees with leaves": lambda v: lambda s: F(comb(2 * int(s) - 2, int(s) - 1)) / s,
    "conjunctions below": _recursion(F(0), lambda v, i, x: x + 2**i * comb(int(v["d"]), i)),
    "surviving": _surviving,
    "mass": _recursion(F(1), lambda v, i, x: x * entry(v, "p", i + 1)),
    "disagreement after": _recursion(F(0), lambda v, i, x: x + entry(v, "e", i + 1)),
    "success of": _recursion(F(1), lambda v, i, x: x * (1 - v["delta"])),
    "chance": lambda v: lambda t: entry(v, "p", int(t)),
    "ratio": _recursion(F(1), lambda v, i, x: 2 * entry(v, "p", i + 1) * x),
    "ones": _recursion(F(0), lambda v, i, x: v["b"] * x + 1),
    "factor": _recursion(F(1), lambda v, i, x: x),
    "delta": _constant(F(0)),
    "accepted wrongly": _constant(F(0)),
    "hidden units": _recursion(F(1), lambda v, i, x: x + 1),
    "true literals": _constant(F(1)),
    "clause": _constant(F(1)),
    "sum of clauses": _recursion(F(0), lambda v, i, x: x + 1),
    "satisfied": _constant(True),
    "sign patterns": _recursion(F(1), lambda v, i, x: 2 * x),
    "E a chi": _e_a_chi,
    "E a chi, 0/1": lambda v: lambda: F(1, 2 ** int(v["k"])),
    "E chi": _constant(F(0)),
    "U": _unseen("U"),
    "V": _unseen("V"),
    COUPLED: lambda v: lambda w, j: w[0][1] >= j,
    "all of": _all_unseen,
    "best success probability": _best,
    "a sample misses j given cells": _misses,
    "a sample misses j given cells after one more": _misses,
    "a sample misses cell 1": lambda v: lambda w: bool(w[0][0] != 0),
    "cell 1 is unseen": lambda v: lambda w: F(all(x[0] != 0 for x in w[1:])),
    "a sample hits the differing point": _hits,
    "chi": _constant(F(1)),
    "a": lambda v: _constant(F(1, 2 ** int(v["k"])))(v) if "k" in v.known else None,
    "fails on target 1": _fails,
    "fails on target 2": _fails,
    "margin": _margin,
    "b + a x": _affine,
    "x": _constant(F(1)),
    "a x up to": _affine_sums,
    "wrong": _wrong,
    "returned": _constant(True),
    "cost(n + 1) - cost(n)": _cost,
    "P[n passes]": _constant(F(1)),
    "juntas": _juntas,
    "disagrees": _disagrees,
    "the product reaches": _constant(False),
    "agreements": _agreements,
    "errors of": _errors_of,
    "no cell shows a disagreement": _constant(False),
    "score of the disagreements": _constant(F(1)),
    "rare draws": lambda v: lambda _: 8 * v["epsilon"] * v["n"],
    "[few rare draws]": _few,
    "mass of wrong unseen points": lambda v: lambda _: 8 * v["epsilon"],
    "alpha": _constant(F(1)),
    "trees with s leaves": _with_leaves,
    "functions of trees with at most s leaves": _constant(F(1)),
    "x is in part": lambda v: lambda w, k: bool(k == 1),
    "x is in one of the first parts": lambda v: lambda w, k: bool(k >= 1),
    "logit": lambda v: lambda j: -j,
    "upper": lambda v: lambda j: -j,
    "lower": lambda v: lambda j: -j,
    "bound": _constant(F(0)),
    "sgn": _constant(F(1)),
    "all relevant": lambda v: (
        lambda j: F(
            sum((-1) ** i * comb(int(j), i) * 2 ** (2 ** (int(j) - i)) for i in range(int(j) + 1))
        )
    ),
    "tables": lambda v: lambda n: F(2) ** int(n),
    "agree": _chance("unknown"),
    "sup": _constant(F(0)),
    "growth": lambda v: lambda n: F(n + 1),
    "most patterns": lambda v: (
        lambda n, u: sum(
            (comb(int(n), i) * comb(int(v["c"]), 2) ** i for i in range(int(u) + 1)), F(0)
        )
    ),
    "rademacher": _constant(F(0)),
    "err": lambda v: lambda *_: F(0) if "wrong" in v.names else F(1, 2),
    "sign": lambda v: lambda x: F((x > 0) - (x < 0)),
    "a test fails": _test_fails,
    "a run fails": lambda v: lambda w: bool(w[0] == 0) and False,
    "coin": lambda v: lambda w: bool(w[0] == 0),
    "missed": _recursion(
        F(1), lambda v, i, x: max(F(0), v["N"] - v["n"] - i) * x / (v["N"] - i) if i < v["N"] else x
    ),
    "VC dimension": _constant(True),
    "supremum of err - emp": _constant(True),
    "supremum over readouts": _constant(True),
    "deviation of an average of vectors": _constant(True),
    "errors on the second half only": _constant(True),
    "exchangeable": _constant(True),
    "signed sum": _constant(True),
    "independent copies": _constant(True),
}
