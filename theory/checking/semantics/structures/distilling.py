"""Models for the axioms about telling laws apart, games and stopping."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp
from flint import arb

from theory.checking.semantics.instances import (
    HALF,
    J2,
    Case,
    F,
    J,
    Rng,
    Structure,
    X,
    independent,
    number,
)
from theory.checking.semantics.model import Model
from theory.checking.semantics.numbers import ball
from theory.language.special import BinomialCDF
from theory.language.terms import Random, RandomInteger

LAWS_APART = (
    ((HALF, HALF), (HALF, HALF), F(1)),
    ((F(4, 5), F(1, 5)), (F(1, 5), F(4, 5)), F(4, 5)),
    ((F(9, 10), F(1, 10)), (F(1, 10), F(9, 10)), F(3, 5)),
    ((F(1), F(0)), (F(0), F(1)), F(0)),
    ((HALF, HALF, F(0)), (HALF, F(0), HALF), HALF),
)
"""Pairs of laws with their affinity, which is rational."""


def _two_laws(rng: Rng) -> Case:
    """Two laws and the error of the best guess between them, or of a better one (then untrue)."""
    first, second, affinity = rng.choice(LAWS_APART)
    best = sum((min(p, q) for p, q in zip(first, second, strict=True)), F(0)) / 2
    error = rng.choice((best, best, HALF, best / 2))
    tables: dict[str, Any] = {"error of telling two laws apart": lambda *_: error >= best}
    return Case({"error": number(error), "affinity": number(affinity)}, Model(tables))


def _value_of_game(losses: tuple[tuple[Fraction, Fraction], ...]) -> Any:
    """The value of a game with two points, and an optimal law of the students."""
    best: tuple[Fraction, tuple[tuple[Fraction, int], ...]] | None = None
    for i, j in itertools.product(range(len(losses)), repeat=2):
        (a, b), (c, d) = losses[i], losses[j]
        even = (d - c) / (a - b - c + d) if a - b - c + d else F(1)
        for t in (F(1), min(max(even, F(0)), F(1))):
            worst = max(t * a + (1 - t) * c, t * b + (1 - t) * d)
            if best is None or worst < best[0]:
                best = worst, ((t, i), (1 - t, j))
    assert best is not None
    return best


def _minimax(rng: Rng) -> Case:
    """A student drawn from an optimal law, or from a law that is not (the premise is untrue)."""
    losses = tuple(
        (rng.choice((F(0), F(1), HALF)), rng.choice((F(0), F(1), HALF)))
        for _ in range(rng.randint(1, 3))
    )
    value, law = _value_of_game(losses)
    point = rng.choice((F(0), F(1), HALF, F(1, 3)))
    level = rng.choice((value, value, value / 2, F(1)))
    honest = rng.random() < 0.8
    draws = tuple(x for x in law if x[0]) if honest else ((F(1), 0),)
    tables: dict[str, Any] = {
        "x": lambda w: point * losses[w[0]][0] + (1 - point) * losses[w[0]][1],
        "a student for every law": lambda c: c >= value,
        "minimax law": lambda *_: honest,
    }
    return Case({"x": Random("x"), "level": number(level)}, Model(tables, draws))


def _ville_stopped(rng: Rng) -> Case:
    """Two draws, stopped after the first where that succeeds, or never before the second."""
    p = rng.choice((HALF, F(1, 3), F(1, 4), F(1)))
    law = tuple(x for x in ((p, 1), (1 - p, 0)) if x[0])
    early = rng.random() < 0.5
    honest = rng.random() < 0.8
    space = tuple((a * b, (x, y)) for a, x in law for b, y in law)

    def time(w: Any) -> Fraction:
        return F(1 if early and w[0][0] else 2)

    def count(w: Any) -> Fraction:
        return F(sum(w[0][: int(time(w))])) if honest else F(2)

    tables: dict[str, Any] = {
        "K": count,
        "T": time,
        "stopped count": lambda *_: honest,
    }
    won, lost = rng.choice(((F(2), F(0)), (F(3, 2), HALF), (F(1), F(1)), (F(3), F(0))))
    wealth = number(won) ** J * number(lost if lost else F(1, 100)) ** (J2 - J)
    level = number(rng.choice((F(1), F(2), F(4), F(9, 4))))
    terms = {"count": RandomInteger("K"), "time": RandomInteger("T"), "chance": number(p),
             "wealth": wealth, "k": J, "t": J2, "level": level}  # fmt: skip
    grid = {J: tuple(map(F, range(4))), J2: tuple(map(F, range(4)))}
    return Case(terms, Model(tables, space), grid)


def _ville_stopped_sum(rng: Rng) -> Case:
    """Two draws of a number, stopped after the first where that is large, and bets on their sum."""
    p, high = rng.choice((HALF, F(1, 3), F(1))), rng.choice((F(1), F(3, 4), F(2)))
    law = tuple(x for x in ((p, high), (1 - p, F(1, 4))) if x[0])
    early, honest = rng.random() < 0.5, rng.random() < 0.8
    space = tuple((a * b, (x, y)) for a, x in law for b, y in law)

    def time(w: Any) -> Fraction:
        return F(1 if early and w[0][0] > HALF else 2)

    def total(w: Any) -> Fraction:
        return sum(w[0][: int(time(w))], F(0)) if honest else F(0)

    tables: dict[str, Any] = {
        "L": total,
        "T": time,
        "x": lambda w: w[0][0],
        "stopped sum": lambda *_: honest,
    }
    mean = p * high + (1 - p) / 4
    stake = rng.choice((HALF, F(1), F(0), F(2)))
    # linear in the sum, so fair; with `tilt` it grows in the mean
    tilt = rng.choice((F(0), F(0), F(1, 4)))
    wealth = 1 + number(stake) * (number(mean + tilt) * J2 - X)
    level = number(rng.choice((F(1), F(5, 4), F(3, 2), F(2))))
    terms = {"total": Random("L"), "time": RandomInteger("T"), "x": Random("x"), "n": sp.Integer(2),
             "wealth": wealth, "s": X, "t": J2, "level": level}  # fmt: skip
    sums = tuple(F(i, 4) for i in range(9))
    return Case(terms, Model(tables, space), {X: sums, J2: tuple(map(F, range(3)))})


def _bernoulli_moment(rng: Rng) -> Case:
    """Copies of a quantity that may leave [0, 1] (the premise is then untrue)."""
    values = rng.choice(((F(0), F(1)), (HALF, F(1)), (F(1, 4), F(3, 4)), (F(0), F(2))))
    p = rng.choice((HALF, F(1, 3), F(1)))
    law = tuple(x for x in ((p, 0), (1 - p, 1)) if x[0])
    n = rng.randint(1, 3)
    tables: dict[str, Any] = {"x": lambda w: values[w[0]]}
    base = number(rng.choice((F(1), HALF, F(1, 4), F(2))))
    mean = p * values[0] + (1 - p) * values[1]
    given = rng.choice((mean, mean, mean, F(1)))
    terms = {"x": Random("x"), "n": sp.Integer(n), "p": number(given), "base": base}
    return Case(terms, Model(tables, law, n))


def _edges(patterns: list[tuple[int, ...]]) -> list[tuple[int, int]]:
    """The pairs of patterns that differ at one point only."""
    return [
        (i, j)
        for i, j in itertools.combinations(range(len(patterns)), 2)
        if sum(x != y for x, y in zip(patterns[i], patterns[j], strict=True)) == 1
    ]


def _dimension(patterns: list[tuple[int, ...]]) -> int:
    """The VC dimension of a class, given by its patterns on all points."""
    points = range(len(patterns[0]))
    return max(
        size
        for size in range(len(points) + 1)
        for chosen in itertools.combinations(points, size)
        if len({tuple(p[i] for i in chosen) for p in patterns}) == 2**size
    )


def _one_inclusion(rng: Rng) -> Case:
    """The best orientation of the graph of a class on two or three points."""
    points = rng.randint(2, 3)
    every = list(itertools.product((0, 1), repeat=points))
    patterns = rng.sample(every, rng.randint(2, min(6, len(every))))
    edges = _edges(patterns)
    least = min(
        max([0, *(sum(e[s] == i for e, s in zip(edges, way, strict=True))
                  for i in range(len(patterns)))])
        for way in itertools.product((0, 1), repeat=len(edges))
    )  # fmt: skip
    dimension = _dimension(patterns)
    given = rng.choice((dimension, dimension, dimension + 1, 0))
    tables: dict[str, Any] = {
        "wrong": lambda _: F(least),
        "one-inclusion prediction": lambda _, v: v >= dimension,
    }
    terms = {"count": RandomInteger("wrong"), "dimension": sp.Integer(given)}
    return Case(terms, Model(tables))


def _falling_distribution(rng: Rng) -> Case:
    n = rng.randint(0, 4)
    f = BinomialCDF(rng.randint(0, 4), n, X)
    low, high = (rng.choice((F(1, 8), HALF, F(3, 4), F(7, 8))) for _ in "ab")
    terms = {"f": f, "x": X, "low": number(low), "high": number(high)}
    return Case(terms, Model(), {X: tuple(F(i, 8) for i in range(1, 8))})


def _unlike_trials(rng: Rng) -> Case:
    """Up to four independent trials of chances of their own."""
    n = rng.randint(1, 4)
    chances = [rng.choice((F(0), F(1), HALF, F(1, 4), F(9, 10))) for _ in range(n)]
    space = independent([((p, 1), (1 - p, 0)) for p in chances])
    mean = sum(chances, F(0)) / n
    given = rng.choice((mean, mean, mean, HALF))
    tables: dict[str, Any] = {
        "K": lambda w: F(sum(w[0])),
        "unlike trials": lambda *_: given == mean,
    }
    terms = {"count": RandomInteger("K"), "n": sp.Integer(n), "p": number(given),
             "c": sp.Integer(rng.randint(0, 3))}  # fmt: skip
    return Case(terms, Model(tables, tuple(x for x in space if x[0])))


def _kl(q: Fraction, p: Fraction) -> Any:
    """kl(q, p) for 0 < p < 1, as a ball."""
    parts = [ball(x) * ball(x / y).log() for x, y in ((q, p), (1 - q, 1 - p)) if x]
    return sum(parts, arb(0))


def _entropy_moment(rng: Rng) -> Case:
    """Two students, of a prior each, on up to three samples."""
    n, p = rng.randint(1, 3), rng.choice((HALF, F(1, 4), F(9, 10)))
    space = independent([((p, 1), (1 - p, 0))] * n)
    share = rng.choice((F(1), HALF, F(1, 3)))
    stretch = rng.choice((1, 1, 2))  # twice the exponent: the premise is untrue

    def wealth(w: Any) -> Any:
        seen = F(sum(w[0]), n)
        both = ((share, seen, p), (1 - share, 1 - seen, 1 - p))
        return sum((ball(s) * (_kl(q, r) * stretch * n).exp() for s, q, r in both), arb(0))

    tables: dict[str, Any] = {"wealth": wealth, "prior mean": lambda *_: stretch == 1}
    return Case({"wealth": Random("wealth"), "n": sp.Integer(n)}, Model(tables, space))


def _entropy_moment_sum(rng: Rng) -> Case:
    return Case({"n": sp.Integer(rng.randint(-1, 9)), "i": J}, Model())


def _change_of_measure(rng: Rng) -> Case:
    """Two students with a prior and a posterior, and the entropies of their errors."""
    n = rng.randint(1, 3)
    prior, posterior = (rng.choice((HALF, F(1, 3), F(3, 4))) for _ in "ab")
    pairs = [(rng.choice((F(0), HALF, F(1))), rng.choice((HALF, F(1, 4), F(9, 10))))
             for _ in range(2)]  # fmt: skip
    rich = zip((prior, 1 - prior), pairs, strict=True)
    wealth = sum((ball(s) * (_kl(q, p) * n).exp() for s, (q, p) in rich), arb(0))
    weights = (posterior, 1 - posterior)
    means = [sum((s * x[i] for s, x in zip(weights, pairs, strict=True)), F(0)) for i in (0, 1)]
    divergence = _kl(posterior, prior)
    honest = rng.random() < 0.7
    # both ends of the inequality may be equal, which balls do not decide
    entropy = _kl(means[0], means[1]) * (1 - ball(F(1, 10**9)))
    tables: dict[str, Any] = {
        "entropy": lambda _: entropy if honest else divergence + wealth,
        "divergence": lambda _: divergence,
        "wealth": lambda _: wealth,
        "posterior": lambda *_: honest,
    }
    terms = {"entropy": Random("entropy"), "divergence": Random("divergence"),
             "wealth": Random("wealth"), "n": sp.Integer(n)}  # fmt: skip
    return Case(terms, Model(tables))


def _bet(q: Any, p: Any, slope: Fraction, n: int) -> Any:
    """exp(n gain) of a bet of that slope at errors q, p being expected."""
    mean = 1 - (1 - ball(-slope).exp()) * ball(p)
    return (ball(-slope * q * n)).exp() / mean**n


def _prior_bets(rng: Rng) -> Case:
    """Two students, of a prior each, on up to three samples."""
    n, p, slope = rng.randint(1, 3), rng.choice((HALF, F(1, 4), F(9, 10))), rng.choice((F(1), F(2)))
    space = independent([((p, 1), (1 - p, 0))] * n)
    share = rng.choice((F(1), HALF, F(1, 3)))
    chance = rng.choice((p, p, F(19, 20)))  # another chance than that of the draws: untrue

    def wealth(w: Any) -> Any:
        seen = F(sum(w[0]), n)
        both = ((share, seen, chance), (1 - share, 1 - seen, 1 - chance))
        # both ends are equal, which balls do not decide
        rich = sum((ball(s) * _bet(q, r, slope, n) for s, q, r in both), arb(0))
        return rich * (1 - ball(F(1, 10**9)))

    tables: dict[str, Any] = {"wealth": wealth, "prior mean of bets": lambda *_: chance == p}
    terms = {"wealth": Random("wealth"), "slope": number(slope), "n": sp.Integer(n)}
    return Case(terms, Model(tables, space))


def _posterior_bets(rng: Rng) -> Case:
    """Two students with a prior and a posterior, and their mean errors."""
    n, slope = rng.randint(1, 3), rng.choice((F(1), F(1, 2), F(3)))
    prior, posterior = (rng.choice((HALF, F(1, 3), F(3, 4))) for _ in "ab")
    pairs = [(rng.choice((F(0), HALF, F(1))), rng.choice((HALF, F(1, 4), F(9, 10), F(1))))
             for _ in range(2)]  # fmt: skip
    rich = zip((prior, 1 - prior), pairs, strict=True)
    wealth = sum((ball(s) * _bet(q, p, slope, n) for s, (q, p) in rich), arb(0))
    weights = (posterior, 1 - posterior)
    seen, error = (
        sum((s * x[i] for s, x in zip(weights, pairs, strict=True)), F(0)) for i in (0, 1)
    )
    honest = rng.random() < 0.7
    # both ends of the inequality may be equal, which balls do not decide
    distance = _kl(posterior, prior) + ball(F(1, 10**9)) if honest else ball(F(0))
    tables: dict[str, Any] = {
        "seen": lambda _: seen,
        "error": lambda _: error,
        "divergence": lambda _: distance,
        "wealth": lambda _: wealth,
        "posterior of bets": lambda *_: honest,
    }
    names = ("seen", "error", "divergence", "wealth")
    terms = {name: Random(name) for name in names} | {"slope": number(slope), "n": sp.Integer(n)}
    return Case(terms, Model(tables))


STRUCTURES: Mapping[str, Structure] = {
    "one-inclusion": _one_inclusion,
    "two-laws": _two_laws,
    "falling-distribution": _falling_distribution,
    "unlike-trials": _unlike_trials,
    "entropy-moment": _entropy_moment,
    "entropy-moment-sum": _entropy_moment_sum,
    "change-of-measure": _change_of_measure,
    "prior-bets": _prior_bets,
    "posterior-bets": _posterior_bets,
    "minimax": _minimax,
    "ville-stopped": _ville_stopped,
    "ville-stopped-sum": _ville_stopped_sum,
    "bernoulli-moment": _bernoulli_moment,
}
