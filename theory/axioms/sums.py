"""Axioms of finite sums, of the floor and of partitions."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.axioms.base import CALCULUS, PROBABILITY, Axiom, Instance, require_uniform
from theory.language.substitution import substitute
from theory.language.terms import Pr, conj, eq, ge, implies, le, lt


def _combination(
    index: Any, last: Any, parts: tuple[tuple[Any, Any], ...]
) -> tuple[Any, Any, tuple[Any, Any]]:
    """The combination of the terms, that of their sums, and the range of the index."""
    terms = sum((sp.Mul(a, x) for a, x in parts), sp.Integer(0))
    sums = sum((sp.Mul(a, sp.Sum(x, (index, 1, last))) for a, x in parts), sp.Integer(0))
    return terms, sums, (ge(index, 1), le(index, last))


def _sum_order(
    larger: Any,
    x: Any,
    a: Any,
    index: Any,
    last: Any,
    y: Any = 0,
    b: Any = 0,
    z: Any = 0,
    c: Any = 0,
) -> Instance:
    """From larger_i >= a x_i + b y_i + c z_i for every i in 1 .. last."""
    require_uniform("sum-order", index, a, b, c, last)
    terms, sums, inside = _combination(index, last, ((a, x), (b, y), (c, z)))
    return Instance(
        (implies(*inside, ge(larger, terms)),),
        ge(sp.Sum(larger, (index, 1, last)), sums),
        binder=(index, conj(*inside)),
    )


def _sum_linear(
    whole: Any, x: Any, a: Any, index: Any, last: Any, y: Any = 0, b: Any = 0
) -> Instance:
    """From whole_i = a x_i + b y_i for every i in 1 .. last."""
    require_uniform("sum-linear", index, a, b, last)
    terms, sums, inside = _combination(index, last, ((a, x), (b, y)))
    return Instance(
        (implies(*inside, eq(whole, terms)),),
        eq(sp.Sum(whole, (index, 1, last)), sums),
        binder=(index, conj(*inside)),
    )


def _sum_exchange(term: Any, index: Any, last: Any, other: Any, end: Any) -> Instance:
    require_uniform("sum-exchange", index, last, end, other)
    require_uniform("sum-exchange", other, last, end)
    rows = sp.Sum(sp.Sum(term, (other, 1, end)), (index, 1, last))
    columns = sp.Sum(sp.Sum(term, (index, 1, last)), (other, 1, end))
    inside = conj(ge(index, 1), le(index, last), ge(other, 1), le(other, end))
    return Instance((), eq(rows, columns), binder=((index, other), inside))


def _sum_next(term: Any, index: Any, last: Any) -> Instance:
    require_uniform("sum-next", index, last)
    upto = sp.Sum(term, (index, 1, last))
    following = sp.Sum(term, (index, 1, last + 1))
    return Instance(
        (ge(last, 0),),
        conj(
            eq(sp.Sum(term, (index, 1, 0)), 0),
            eq(following, upto + substitute(term, {index: last + 1})),
        ),
        binder=(index, conj(ge(index, 1), le(index, last + 1))),
    )


def _floor(x: Any) -> Instance:
    return Instance((), conj(le(sp.floor(x), x), lt(x, sp.floor(x) + 1)))


def _additivity(event: Any, part: Any) -> Instance:
    inside, outside = Pr(sp.And(event, part)), Pr(sp.And(event, sp.Not(part)))
    return Instance((), eq(Pr(event), inside + outside))


def _same_event(event: Any, other: Any) -> Instance:
    return Instance((sp.Equivalent(event, other),), eq(Pr(event), Pr(other)))


def _never(event: Any) -> Instance:
    return Instance((sp.Not(event),), eq(Pr(event), 0))


AXIOMS = (
    Axiom(
        "sum-order",
        "s_i >= a x_i + b y_i + c z_i for i = 1 .. n gives Σ s_i >= a Σ x_i + b Σ y_i + c Σ z_i",
        CALCULUS,
        _sum_order,
        types="larger=number x=number a=number index=index last=integer y=number b=number "
        "z=number c=number",
    ),
    Axiom(
        "sum-linear",
        "s_i = a x_i + b y_i for i = 1 .. n gives Σ s_i = a Σ x_i + b Σ y_i",
        CALCULUS,
        _sum_linear,
        types="whole=number x=number a=number index=index last=integer y=number b=number",
    ),
    Axiom(
        "sum-exchange",
        "Σ_i Σ_j t_ij = Σ_j Σ_i t_ij for finite sums",
        CALCULUS,
        _sum_exchange,
        types="term=number index=index last=integer other=index end=integer",
    ),
    Axiom(
        "sum-next",
        "the empty sum is 0, and a sum of n + 1 terms is that of the first n and the last",
        CALCULUS,
        _sum_next,
        types="term=number index=index last=integer",
    ),
    Axiom(
        "floor",
        "floor x <= x < floor x + 1",
        CALCULUS,
        _floor,
        types="x=number",
    ),
    Axiom(
        "additivity",
        "P[A] = P[A and B] + P[A and not B]",
        PROBABILITY,
        _additivity,
        types="event=event part=event",
    ),
    Axiom(
        "same-event",
        "events that happen together have the same probability",
        PROBABILITY,
        _same_event,
        types="event=event other=event",
    ),
    Axiom(
        "never",
        "an event that cannot happen has probability 0",
        PROBABILITY,
        _never,
        types="event=event",
    ),
)
