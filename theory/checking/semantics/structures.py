"""Models for the axioms whose premises need a structure."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.axioms import AXIOMS
from theory.checking.semantics import structures_calculus
from theory.checking.semantics.instances import (
    REALS,
    VALUES,
    Case,
    F,
    G,
    J,
    Tables,
    by_types,
    number,
)  # fmt: skip
from theory.checking.semantics.model import Model
from theory.language.terms import (
    Event,
    Fact,
    Member,
    Pr,
    Quantity,
    Random,
    RandomInteger,
    ge,
)  # fmt: skip

Rng = random.Random
HALF = F(1, 2)


def _of(name: str, rng: Rng, **given: Any) -> Case:
    return by_types(AXIOMS[name], rng, **given)


def _with(case: Case, **tables: Callable[..., Any]) -> Case:
    """A case with further tables."""
    from dataclasses import replace

    return replace(case, model=replace(case.model, tables={**case.model.tables, **tables}))


def _hull(name: str) -> Callable[[Rng], Case]:
    """A random quantity in [lower, upper] or [0, 1]."""

    def case(rng: Rng) -> Case:
        x = Random("x")
        given: dict[str, Any] = {"x": x, "n": sp.Integer(rng.choice((1, 1, 2, 3)))}
        low, high = F(0), F(1)
        if name in ("hoeffding", "mean-bounds"):
            low, high = rng.choice(((F(0), F(1)), (F(-1), F(1)), (F(0), HALF), (F(0), F(2))))
            given |= {"lower": number(low), "upper": number(high)}
        if name == "hoeffding":
            given["t"] = number(rng.choice((F(0), HALF, F(1), F(1, 4), F(3, 10))) * (high - low))
        if name.startswith("chernoff"):
            given |= {
                "level": number(rng.choice((F(1, 10), F(1, 2), F(1), F(1, 3)))),
                "a": number(rng.choice((F(1, 10), HALF, F(9, 10), F(1), F(3)))),
            }
        if name == "mean-bounds":
            del given["n"]
        values = (low, high, low, high, (low + high) / 2)
        if rng.random() < 0.2:
            values = (low - 1, high + 1, low, high, high)
        return _with(_of(name, rng, **given), x=Tables(rng, values))

    return case


def _average_law(name: str) -> Callable[[Rng], Case]:
    def case(rng: Rng) -> Case:
        n = sp.Integer(rng.choice((1, 2, 3)))
        level = number(rng.choice((F(1, 4), HALF, F(1), F(2))))
        key = {"chebyshev": {"x": Random("x"), "n": n, "t": level},
               "markov": {"x": Random("x"), "level": level}}[name]  # fmt: skip
        return _with(
            _of(name, rng, **key), x=Tables(rng, rng.choice((VALUES, (F(0), F(1), F(2), HALF))))
        )

    return case


def _event_implies(first: str, second: str, name: str) -> Callable[[Rng], Case]:
    """The second event contains the first, or is arbitrary."""

    def case(rng: Rng) -> Case:
        plain = _of(name, rng)
        if rng.random() < 0.3:
            return plain
        larger = sp.Or(plain.terms[first], Event("more", G if G in plain.grid else 0))
        terms = {**plain.terms, second: larger}
        more = Case(terms, plain.model, plain.grid)
        return _with(more, more=Tables(rng, (True, False)))

    return case


def _same_members(rng: Rng) -> Case:
    case = _of("same-members", rng)
    terms = dict(case.terms)
    if rng.random() < 0.7:
        terms["larger"] = sp.Or(terms["condition"], Fact("more", G), evaluate=False)
        terms["larger_event"] = sp.Or(terms["event"], Event("also", G), evaluate=False)
    more = Case(terms, case.model, case.grid)
    return _with(more, more=Tables(rng, (True, False)), also=Tables(rng, (True, False)))


def _count_subset(rng: Rng) -> Case:
    case = _of("count-subset", rng)
    terms = {**case.terms, "larger": sp.Or(case.terms["smaller"], Fact("more", G), evaluate=False)}
    return _with(Case(terms, case.model, case.grid), more=Tables(rng, (True, False)))


def _mean_monotone(rng: Rng) -> Case:
    case = _of("mean-monotone", rng, x=Random("x"), y=Random("x") + Random("more"))
    return _with(case, more=Tables(rng, (F(0), F(1), F(0), F(1), F(-1))), x=Tables(rng, VALUES))


def _never(rng: Rng) -> Case:
    return _with(_of("never", rng, event=Event("e")), e=Tables(rng, (False, False, False, True)))


def _same_event(rng: Rng) -> Case:
    event = Event("event")
    other = rng.choice((event, sp.Not(sp.Not(event, evaluate=False), evaluate=False), Event("b")))
    case = _of("same-event", rng, event=event, other=other)
    return _with(case, b=Tables(rng, (True, False)), event=Tables(rng, (True, False)))


def _count_excluding(rng: Rng) -> Case:
    size = rng.randint(0, 3)
    inside = Tables(rng, (True, True, False))
    terms = {"member": G, "condition": Fact("c", G), "excluded": Member("star", G)}
    members = ("star", *range(size)) if rng.random() < 0.8 else tuple(range(size))
    return Case(terms, Model({"c": inside}, classes={"g": members}), {G: members})


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
    points = tuple(itertools.product(law, repeat=n))
    joint = tuple((_product(w for w, _ in x), tuple(v for _, v in x)) for x in points)
    other = Tables(rng, tuple(map(F, range(n + 1))))
    honest = rng.random() < 0.7
    tables: dict[str, Any] = {"K": lambda w: F(sum(w[0])) if honest else other(w)}
    q = p if rng.random() < 0.8 else rng.choice((F(0), HALF))
    terms = {"count": RandomInteger("K"), "n": sp.Integer(n), "p": number(q),
             "x": number(rng.choice((F(0), HALF, F(2), F(1), F(3))))}  # fmt: skip
    return Case(terms, Model(tables, joint))


def _product(values: Any) -> Fraction:
    result = F(1)
    for v in values:
        result *= v
    return result


def _coordinates(rng: Rng, count: int) -> tuple[tuple[Fraction, tuple[int, ...]], ...]:
    chances = [rng.choice((HALF, F(1, 3), F(1), F(9, 10))) for _ in range(count)]
    laws = [[(p, s) for p, s in ((q, 1), (1 - q, -1)) if p] for q in chances]
    return tuple(
        (_product(p for p, _ in x), tuple(s for _, s in x)) for x in itertools.product(*laws)
    )


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
    space = tuple(
        (_product(p for p, _ in x), tuple(s for _, s in x)) for x in itertools.product(*laws)
    )
    a, p = sp.IndexedBase("a", real=True), sp.IndexedBase("p", real=True)
    tables: dict[str, Any] = {
        "f": lambda w: offset + sum((b * s for b, s in zip(weights, w[0], strict=True)), F(0)),
        "signed sum": lambda *_: True,
    }
    terms = {"x": Random("f"), "offset": number(offset), "coefficients": a, "probabilities": p,
             "length": sp.Integer(count)}  # fmt: skip
    return Case(terms, Model(tables, space), env={a: weights, p: chances})


def _inner_product(rng: Rng) -> Case:
    u, v = (
        rng.choice(((F(3), F(4), F(5)), (F(1), F(0), F(1)), (F(-5), F(12), F(13)))) for _ in "uv"
    )
    product = rng.choice((u[0] * v[0] + u[1] * v[1], u[0] * v[1] - u[1] * v[0], F(500)))
    terms = {"product": number(product), "first": number(u[2]), "second": number(v[2])}
    return Case(terms, Model())


def _cauchy_schwarz(rng: Rng) -> Case:
    case = _of("cauchy-schwarz", rng, x=Random("x"), y=rng.choice((Random("y"), 2 * Random("x"))))
    return _with(case, x=Tables(rng, VALUES), y=Tables(rng, VALUES))


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
    space = tuple((_product(law[i] for i in s), s) for s in itertools.product(range(3), repeat=n))
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


def _vector_average(rng: Rng) -> Case:
    """n independent vectors: each is ±B in one dimension; the deviation of their average."""
    n, size = rng.randint(1, 3), rng.choice((F(1), F(2), HALF))
    p = rng.choice((HALF, F(1, 3), F(1)))
    law = tuple((q, s) for q, s in ((p, 1), (1 - p, -1)) if q)
    space = tuple(
        (_product(q for q, _ in x), tuple(s for _, s in x))
        for x in itertools.product(law, repeat=n)
    )
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
    space = tuple(
        (_product(q for q, _ in x), tuple(v for _, v in x))
        for x in itertools.product(law, repeat=n)
    )

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


STRUCTURES: Mapping[str, Callable[[Rng], Case]] = {
    **{n: _hull(n) for n in ("hoeffding", "mean-bounds", "chernoff-above", "chernoff-below")},
    **{n: _average_law(n) for n in ("chebyshev", "markov")},
    **structures_calculus.STRUCTURES,
    "event-monotone": _event_implies("smaller", "larger", "event-monotone"),
    "same-members": _same_members,
    "count-subset": _count_subset,
    "count-excluding": _count_excluding,
    "mean-monotone": _mean_monotone,
    "never": _never,
    "same-event": _same_event,
    "fresh-sample": _fresh,
    "binomial-moment": _binomial_moment,
    "mcdiarmid": _mcdiarmid,
    "average-differences": _average_differences,
    "signed-sum": _signed_sum,
    "inner-product": _inner_product,
    "cauchy-schwarz": _cauchy_schwarz,
    "bessel": _bessel,
    "bessel-levels": _bessel_levels,
    "sauer": _sauer,
    "massart": _massart,
    "symmetrization": _symmetrization,
    "vector-average": _vector_average,
    "linear-loss": _linear_loss,
    "exchangeable": _exchangeable,
    "swapping": _swapping,
}  # fmt: skip
"""The axioms that random terms of the right types would not do for."""
