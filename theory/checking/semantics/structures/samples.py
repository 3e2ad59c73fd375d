"""Models for the axioms about independent draws, and their sums and averages."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.checking.semantics.instances import (
    HALF,
    REALS,
    Case,
    F,
    G,
    J,
    Rng,
    Structure,
    Tables,
    independent,
    number,
)
from theory.checking.semantics.model import Model
from theory.language.terms import Event, Fact, Pr, Random, RandomInteger


def _fresh(rng: Rng) -> Case:
    """Two samples of one draw each; the second event may or may not depend on the second only."""
    law = tuple((p, i) for i, p in enumerate(rng.choice(((HALF, HALF), (F(1, 3), F(2, 3))))))
    both = tuple((p * q, (a, b)) for p, a in law for q, b in law)
    size = rng.randint(0, 2)
    first, second = Tables(rng, (True, False)), Tables(rng, (True, True, False))
    dependent = rng.random() < 0.5
    tables: dict[str, Any] = {
        "first": lambda w, g: first(w[0][0], g),
        "second": lambda w, g: second(w[0][0] if dependent else w[0][1], g),
        "c": Tables(rng, (True, True, False)),
    }
    chance = number(rng.choice((F(0), HALF, F(1, 3), F(2, 3), F(1))))
    terms = {"member": G, "condition": Fact("c", G), "first": Event("first", G),
             "second": Event("second", G), "chance": chance}  # fmt: skip
    members = tuple(range(size))
    return Case(terms, Model(tables, both, classes={"g": members}), {G: members})


def _binomial_moment(rng: Rng) -> Case:
    """K counts successes, or is another number (the premise is then false)."""
    n, p = rng.randint(0, 3), rng.choice((F(0), F(1), HALF, F(1, 3)))
    law = ((p, 1), (1 - p, 0))
    joint = independent([law] * n)
    other = Tables(rng, tuple(map(F, range(n + 1))))
    honest = rng.random() < 0.7
    tables: dict[str, Any] = {"K": lambda w: F(sum(w[0])) if honest else other(w)}
    q = p if rng.random() < 0.8 else rng.choice((F(0), HALF))
    terms = {"count": RandomInteger("K"), "n": sp.Integer(n), "p": number(q),
             "x": number(rng.choice((F(0), HALF, F(2), F(1), F(3))))}  # fmt: skip
    return Case(terms, Model(tables, joint))


def _coordinates(rng: Rng, count: int) -> tuple[tuple[Fraction, tuple[int, ...]], ...]:
    chances = [rng.choice((HALF, F(1, 3), F(1), F(9, 10))) for _ in range(count)]
    laws = [[(p, s) for p, s in ((q, 1), (1 - q, -1)) if p] for q in chances]
    return independent(laws)


def _mcdiarmid(rng: Rng) -> Case:
    """A function of at most three independent signs; the influence may be too small."""
    space = _coordinates(rng, rng.randint(1, 3))
    weights = [rng.choice((F(1), F(2), HALF)) for _ in space[0][1]]
    total = 4 * sum((w * w for w in weights), F(0))
    tables: dict[str, Any] = {
        "f": lambda w: sum((a * s for a, s in zip(weights, w[0], strict=True)), F(0))
    }
    influence = rng.choice((total, total, total / 2, total + 1))
    t = rng.choice((F(0), F(1), F(2), HALF, sum(weights, F(0))))
    terms = {"x": Random("f"), "influence": number(influence), "t": number(t)}
    return Case(terms, Model(tables, space))


def _azuma(rng: Rng) -> Case:
    """Two or three steps, up or down; how likely and how wide depends on the step before."""
    chance = {s: rng.choice((HALF, F(1, 3), F(9, 10))) for s in (0, 1, -1)}
    width = {s: rng.choice((F(1), F(2), HALF)) for s in (0, 1, -1)}
    paths: list[tuple[Fraction, tuple[int, ...]]] = [(F(1), ())]
    for _ in range(rng.randint(2, 3)):
        paths = [
            (p * q, (*path, s))
            for p, path in paths
            for s in (1, -1)
            for q in (chance[path[-1] if path else 0],)
            for q in (q if s == 1 else 1 - q,)
        ]

    def walked(w: Any) -> Fraction:
        return sum((s * width[b] for s, b in zip(w[0], (0, *w[0][:-1]), strict=True)), F(0))

    length, most = len(paths[0][1]), max(width.values())
    squares = length * most**2 * rng.choice((F(4), F(2), F(1), HALF))
    t = rng.choice((F(0), F(1), F(2), HALF, most * length))
    terms = {"x": Random("f"), "squares": number(squares), "t": number(t)}
    return Case(terms, Model({"f": walked}, tuple(paths)))


def _serfling(rng: Rng) -> Case:
    """All draws from three or four numbers; or of another mean, or with replacement."""
    numbers = [rng.choice((F(0), F(1), HALF)) for _ in range(rng.randint(2, 4))]
    n = rng.randint(1, len(numbers))
    honest = rng.random() < 0.8
    drawn = list(itertools.permutations(numbers, n)) if honest else [(F(1),) * n]
    mean = sum(numbers, F(0)) / len(numbers)
    tables: dict[str, Any] = {
        "f": lambda w: sum(w[0], F(0)) / n,
        "mean without replacement": lambda *_: honest,
    }
    t = rng.choice((F(0), F(1, 4), HALF, F(1, 3), max(numbers) - mean))
    terms = {"x": Random("f"), "mean": number(mean), "n": sp.Integer(n),
             "points": sp.Integer(len(numbers)), "t": number(t)}  # fmt: skip
    return Case(terms, Model(tables, tuple((F(1, len(drawn)), w) for w in drawn)))


def _guessing(rng: Rng) -> Case:
    """Two or three things, two messages; the mutual information may be said too small."""
    things = rng.randint(2, 3)
    honest = rng.random() < 0.8
    chances = [rng.choice((F(0), HALF, F(1, 3), F(9, 10), F(1))) for _ in range(things)]
    guess = [rng.randrange(things) for _ in range(2)]
    if not honest:  # the message tells the first two apart
        chances[:2], guess = [F(1), F(0)], [1, 0]
    law = tuple(
        (F(1, things) * q, (v, x))
        for v, p in enumerate(chances)
        for x, q in ((1, p), (0, 1 - p))
        if q
    )
    message = [sum((p for p, (_, y) in law if y == x), F(0)) for x in (0, 1)]
    nats = sum(float(p) * math.log(p * things / message[x]) for p, (_, x) in law)
    told = F(math.ceil(nats * 1000) + 1, 1000) if honest else F(0)
    tables: dict[str, Any] = {
        "wrong": lambda w: guess[w[0][1]] != w[0][0],
        "guess of one of several": lambda *_: honest,
    }
    terms = {"wrong": Event("wrong"), "information": number(told), "things": sp.Integer(things),
             "u": number(rng.choice((HALF, F(1, 3), F(9, 10), F(1))))}  # fmt: skip
    return Case(terms, Model(tables, law))


def _sample_variance(rng: Rng) -> Case:
    """Two or three draws of a number, their variance; or -1, which none is."""
    n, honest = rng.randint(2, 3), rng.random() < 0.8
    law = tuple(
        (p, i) for i, p in enumerate(rng.choice(((HALF, HALF), (F(1, 10), F(9, 10)), (F(1),))))
    )
    value = Tables(rng, (F(0), F(1), HALF))
    worth = {i: value((i,)) for _, i in law}
    mean = sum((p * worth[i] for p, i in law), F(0))
    true = sum((p * (worth[i] - mean) ** 2 for p, i in law), F(0))

    def spread(w: Any) -> Fraction:
        xs = [worth[i] for i in w[1 : n + 1]]
        shown = sum(((x - sum(xs, F(0)) / n) ** 2 for x in xs), F(0)) / (n - 1)
        return shown if honest else F(-1)

    tables: dict[str, Any] = {
        "f": lambda w: worth[w[0]],
        "spread": spread,
        "sample variance": lambda *_: honest,
    }
    root = sp.sqrt(number(true))
    terms = {"spread": Random("spread"), "x": Random("f"), "n": sp.Integer(n),
             "deviation": root if root.is_Rational else sp.Integer(0),
             "t": number(rng.choice((F(0), F(2, 5), HALF, F(2))))}  # fmt: skip
    return Case(terms, Model(tables, law, n))


def _average_differences(rng: Rng) -> Case:
    case = _mcdiarmid(rng)
    influence = case.terms["influence"]
    small = tuple(case.model.draws[:2]) if len(case.model.draws) > 2 else case.model.draws
    n = 1 if small != case.model.draws else 2
    terms = {"x": Random("f"), "influence": influence, "n": sp.Integer(n)}
    return Case(terms, Model(case.model.tables, case.model.draws, n))


def _signed_sum(rng: Rng) -> Case:
    count = rng.randint(1, 3)
    chances = tuple(rng.choice((HALF, F(1, 3), F(9, 10), F(1, 4))) for _ in range(count))
    weights = tuple(rng.choice((F(1), F(-2), HALF, F(0))) for _ in range(count))
    offset = rng.choice(REALS)
    laws = [((p, 1), (1 - p, -1)) for p in chances]
    space = independent(laws)
    a, p = sp.IndexedBase("a", real=True), sp.IndexedBase("p", real=True)
    tables: dict[str, Any] = {
        "f": lambda w: offset + sum((b * s for b, s in zip(weights, w[0], strict=True)), F(0)),
        "signed sum": lambda *_: True,
    }
    terms = {"x": Random("f"), "offset": number(offset), "coefficients": a, "probabilities": p,
             "length": sp.Integer(count)}  # fmt: skip
    return Case(terms, Model(tables, space), env={a: weights, p: chances})


def _vector_average(rng: Rng) -> Case:
    """n independent vectors: each is ±B in one dimension; the deviation of their average."""
    n, size = rng.randint(1, 3), rng.choice((F(1), F(2), HALF))
    p = rng.choice((HALF, F(1, 3), F(1)))
    law = tuple((q, s) for q, s in ((p, 1), (1 - p, -1)) if q)
    space = independent([law] * n)
    mean = size * (2 * p - 1)
    tables: dict[str, Any] = {
        "d": lambda w: abs(size * F(sum(w[0]), n) - mean),
        "deviation of an average of vectors": lambda *_: True,
    }
    terms = {"deviation": Random("d"), "n": sp.Integer(n), "norm": number(size)}
    return Case(terms, Model(tables, space))


def _linear_loss(rng: Rng) -> Case:
    """φ = ±b on the line, target ±1, absolute loss |w φ - y| / 2 for |w| <= τ: L = 1/2."""
    n, tau, b = rng.randint(1, 2), rng.choice((F(1), HALF)), rng.choice((F(1), HALF))
    noise = rng.choice((HALF, F(1, 4), F(0)))
    law = [(q * HALF, (s, s * y)) for s in (1, -1) for q, y in ((1 - noise, 1), (noise, -1)) if q]
    space = independent([law] * n)

    def loss(weight: Fraction, point: tuple[int, int]) -> Any:
        return abs(weight * b * point[0] - point[1]) / 2

    def supremum(w: Any) -> Any:
        # the difference is piecewise linear in the weight; tau b <= 1 keeps it linear
        return max(
            sum((q * loss(v, x) for q, x in law), F(0)) - sum((loss(v, x) for x in w[0]), F(0)) / n
            for v in (-tau, F(0), tau)
        )

    tables: dict[str, Any] = {"sup": supremum, "supremum over readouts": lambda *_: True}
    reach = (1 + tau * b) / 2
    terms = {"supremum": Random("sup"), "n": sp.Integer(n), "slope": sp.Rational(1, 2),
             "norms": number(tau * b), "reach": number(reach)}  # fmt: skip
    return Case(terms, Model(tables, space))


def _exchangeable(rng: Rng) -> Case:
    """Cells that no draw hits, of K equally likely ones."""
    cells, n = rng.randint(1, 3), rng.randint(0, 2)
    space = tuple((F(1, cells**n), s) for s in itertools.product(range(cells), repeat=n))

    def unseen(w: Any) -> Fraction:
        return F(cells - len(set(w[0])))

    def all_of(w: Any, _: Any, j: Fraction) -> bool:
        return all(i not in w[0] for i in range(int(j)))

    tables: dict[str, Any] = {"U": unseen, "all of": all_of, "exchangeable": lambda *_: True}
    count = RandomInteger("U")
    probability = rng.choice(((1 - J / sp.Integer(cells)) ** n, Pr(Event("all of", count, J))))
    terms = {"count": count, "cells": sp.Integer(cells), "j": J, "probability": probability,
             "weight": number(rng.choice((F(-1, 2), F(1), F(-1), F(2), F(0))))}  # fmt: skip
    return Case(terms, Model(tables, space), {J: tuple(map(F, range(cells + 1)))})


def _ville(rng: Rng) -> Case:
    """Up to three independent factors; their mean may be above 1 (the premise is then false)."""
    length = rng.randint(1, 3)
    law = tuple(zip((HALF, HALF), rng.choice(((0, 1), (0, 1), (0, 0))), strict=True))
    factors = Tables(rng, rng.choice(((F(0), F(2)), (HALF, F(3, 2)), (F(1), F(0), F(3)))))

    def reaches(w: Any, _: Any, level: Fraction) -> bool:
        product, seen = F(1), False
        for draw in w[1 : length + 1]:
            product *= factors((draw,))
            seen = seen or product >= level
        return seen

    tables: dict[str, Any] = {
        "x": lambda w: factors((w[0],)),
        "the product reaches": reaches,
        "independent copies": lambda *_: True,
    }
    level = number(rng.choice((F(1), F(2), F(4), HALF, F(3))))
    terms = {"x": Random("x"), "n": sp.Integer(length), "level": level}
    return Case(terms, Model(tables, law, length))


STRUCTURES: Mapping[str, Structure] = {
    "fresh-sample": _fresh,
    "binomial-moment": _binomial_moment,
    "mcdiarmid": _mcdiarmid,
    "azuma": _azuma,
    "serfling": _serfling,
    "guessing": _guessing,
    "sample-variance": _sample_variance,
    "average-differences": _average_differences,
    "signed-sum": _signed_sum,
    "vector-average": _vector_average,
    "linear-loss": _linear_loss,
    "exchangeable": _exchangeable,
    "ville": _ville,
}
