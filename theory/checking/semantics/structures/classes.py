"""Models for the axioms about classes of functions and families of vectors."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.checking.semantics.instances import (
    HALF,
    Case,
    F,
    G,
    J,
    Rng,
    Structure,
    Tables,
    number,
    product,
)
from theory.checking.semantics.model import Model
from theory.language.terms import Event, Fact, Quantity, Random, ge


def _functions(rng: Rng) -> tuple[list[tuple[int, ...]], int]:
    """A class of functions on three points, as its vectors of signs; and its VC dimension."""
    points = 3
    everything = list(itertools.product((-1, 1), repeat=points))
    chosen = rng.sample(everything, rng.randint(1, 8))
    dimension = 0
    for k in range(1, points + 1):
        for places in itertools.combinations(range(points), k):
            if len({tuple(f[i] for i in places) for f in chosen}) == 2**k:
                dimension = k
    return chosen, dimension


def _growth(chosen: list[tuple[int, ...]], n: int) -> Fraction:
    """Most patterns on n points, which may be equal."""
    samples = itertools.combinations_with_replacement(range(3), n)
    return F(max(len({tuple(f[i] for i in s) for f in chosen}) for s in samples))


def _rademacher(chosen: list[tuple[int, ...]], sample: tuple[int, ...]) -> Fraction:
    n = len(sample)
    total: Any = F(0)
    for signs in itertools.product((-1, 1), repeat=n):
        total += max(
            F(sum(s * f[i] for s, i in zip(signs, sample, strict=True)), n) for f in chosen
        )
    return Fraction(total) / (1 << n)


def _sauer(rng: Rng) -> Case:
    chosen, dimension = _functions(rng)
    claimed = dimension if rng.random() < 0.8 else dimension + 1
    tables: dict[str, Any] = {
        "growth": lambda n: _growth(chosen, int(n)),
        "VC dimension": lambda v: v == dimension,
    }
    terms = {"n": sp.Integer(rng.randint(1, 5)), "v": sp.Integer(claimed)}
    return Case(terms, Model(tables))


def _sauer_shelah(rng: Rng) -> Case:
    """Small classes, where the bound is often met; sometimes of another dimension than is said."""
    chosen, dimension = _functions(rng)
    tables: dict[str, Any] = {
        "growth": lambda n: _growth(chosen, int(n)),
        "VC dimension": lambda v: v >= dimension,
    }
    claimed = max(0, dimension + rng.choice((-1, 0, 0, 1)))
    terms = {"n": sp.Integer(rng.randint(0, 5)), "v": sp.Integer(claimed)}
    return Case({**terms, "i": sp.Symbol("i", integer=True)}, Model(tables))


def _massart(rng: Rng) -> Case:
    chosen, _ = _functions(rng)
    n = rng.randint(1, 4)
    worst = max(
        _rademacher(chosen, s) for s in itertools.combinations_with_replacement(range(3), n)
    )
    tables: dict[str, Any] = {
        "growth": lambda k: _growth(chosen, int(k)),
        "rademacher": lambda _: worst,
    }
    weight = number(rng.choice((F(1), HALF, F(1, 10), F(2), F(1, 3))))
    return Case({"n": sp.Integer(n), "weight": weight}, Model(tables))


def _symmetrization(rng: Rng) -> Case:
    """The supremum over the class of error minus empirical error on n = 1 or 2 points."""
    chosen, _ = _functions(rng)
    teacher = rng.choice(list(itertools.product((-1, 1), repeat=3)))
    n = rng.randint(1, 2)
    law = rng.choice(((F(1, 3),) * 3, (F(1, 2), F(1, 4), F(1, 4)), (F(1), F(0), F(0))))
    space = tuple((product(law[i] for i in s), s) for s in itertools.product(range(3), repeat=n))
    errors = [sum((law[i] for i in range(3) if f[i] != teacher[i]), F(0)) for f in chosen]

    def supremum(w: Any) -> Any:
        return max(
            e - F(sum(f[i] != teacher[i] for i in w[0]), n)
            for e, f in zip(errors, chosen, strict=True)
        )

    mean = sum((p * _rademacher(chosen, s) for p, s in space), F(0))
    tables: dict[str, Any] = {
        "sup": supremum,
        "rademacher": lambda _: mean,
        "supremum of err - emp": lambda *_: True,
    }
    return Case({"supremum": Random("sup"), "n": sp.Integer(n)}, Model(tables, space))


def _swapping(rng: Rng) -> Case:
    """A pair of points, a coin; no error on the first and `least` errors on the second."""
    chosen, _ = _functions(rng)
    teacher, least = chosen[0], rng.choice((F(1), HALF))
    points = itertools.product(range(2), range(2), (0, 1))
    space = tuple((F(1, 8), x) for x in points)

    def event(w: Any, g: int) -> bool:
        wrong = [chosen[g][i] != teacher[i] for i in w[0][:2]]
        return not wrong[0] and bool(wrong[1] >= least)

    tables: dict[str, Any] = {
        "pattern": event,
        "coin": lambda w: bool(w[0][2]),
        "growth": lambda k: _growth(chosen, int(k)),
        "errors on the second half only": lambda *_: True,
    }
    members = tuple(range(len(chosen)))
    terms = {"member": G, "condition": sp.true, "event": Event("pattern", G),
             "coin": Event("coin"), "k": J, "least": number(least),
             "bound": number(rng.choice((HALF, F(1), F(1, 4)))), "n": sp.Integer(1)}  # fmt: skip
    grid = {G: members, J: tuple(map(F, range(3)))}
    return Case(terms, Model(tables, space, 2, {"g": members}), grid)


def _inner_product(rng: Rng) -> Case:
    u, v = (
        rng.choice(((F(3), F(4), F(5)), (F(1), F(0), F(1)), (F(-5), F(12), F(13)))) for _ in "uv"
    )
    product = rng.choice((u[0] * v[0] + u[1] * v[1], u[0] * v[1] - u[1] * v[0], F(500)))
    terms = {"product": number(product), "first": number(u[2]), "second": number(v[2])}
    return Case(terms, Model())


def _bessel(rng: Rng) -> Case:
    size = rng.randint(0, 3)
    norms = Tables(rng, (F(0), F(1), F(2), HALF))
    members = tuple(range(size))
    total = sum((norms(g) ** 2 for g in members), F(0))
    level = rng.choice((F(0), F(1), F(1, 4)))
    terms = {"member": G, "condition": ge(Quantity("norm", G), sp.sqrt(number(level))),
             "norm": Quantity("norm", G), "level": number(level),
             "energy": number(rng.choice((total, total, total + 1, total / 2)))}  # fmt: skip
    return Case(terms, Model({"norm": norms}, classes={"g": members}), {G: members})


def _bessel_levels(rng: Rng) -> Case:
    case = _bessel(rng)
    sizes = Tables(rng, (F(0), F(1), F(2)))
    tables: dict[str, Any] = {**case.model.tables, "size": lambda g, j: sizes(g) == j}
    level = sp.Pow(4, -J) * number(rng.choice((F(1), F(0), F(1, 4))))
    condition = sp.And(Fact("size", G, J), ge(Quantity("norm", G) ** 2, level), evaluate=False)
    terms = {**case.terms, "condition": condition, "level": level, "index": J,
             "last": sp.Integer(rng.randint(0, 3))}  # fmt: skip
    model = Model(tables, classes=case.model.classes)
    return Case(terms, model, {**case.grid, J: tuple(map(F, range(5)))})


def _relative_swapping(rng: Rng) -> Case:
    """Two pairs of points, drawn uniformly: how much worse the second of each are, relatively."""
    chosen, _ = _functions(rng)
    teacher, n = rng.choice(list(itertools.product((-1, 1), repeat=3))), rng.randint(1, 2)
    level = rng.choice((F(1, 2), F(1), F(2), F(1, 8)))
    space = tuple((F(1, 3 ** (2 * n)), s) for s in itertools.product(range(3), repeat=2 * n))

    def event(w: Any, g: int) -> bool:
        wrong = [F(chosen[g][i] != teacher[i]) for i in w[0]]
        first, second = sum(wrong[:n], F(0)) / n, sum(wrong[n:], F(0)) / n
        return second > first and (second - first) ** 2 > level * (first + second) / 2

    tables: dict[str, Any] = {
        "apart": event,
        "growth": lambda k: _growth(chosen, int(k)),
        "relative swapping": lambda *_: True,
    }
    members = tuple(range(len(chosen)))
    terms = {"member": G, "condition": sp.true, "event": Event("apart", G),
             "level": number(level), "n": sp.Integer(n)}  # fmt: skip
    return Case(terms, Model(tables, space, classes={"g": members}), {G: members})


def _binomial_mean(rng: Rng) -> Case:
    """Indicators, of a chance that may be too small, or no indicators (then untrue)."""
    p, n = rng.choice((HALF, F(1, 3), F(3, 4), F(9, 10), F(1, 10))), rng.randint(1, 4)
    values = rng.choice(((F(0), F(1)), (F(0), F(1)), (F(0), F(2))))
    tables: dict[str, Any] = {"x": lambda w: values[w[0]]}
    return Case({"x": Random("x"), "n": sp.Integer(n)}, Model(tables, ((1 - p, 0), (p, 1)), n))


STRUCTURES: Mapping[str, Structure] = {
    "inner-product": _inner_product,
    "relative-swapping": _relative_swapping,
    "binomial-mean": _binomial_mean,
    "bessel": _bessel,
    "bessel-levels": _bessel_levels,
    "sauer": _sauer,
    "sauer-shelah": _sauer_shelah,
    "massart": _massart,
    "symmetrization": _symmetrization,
    "swapping": _swapping,
}
