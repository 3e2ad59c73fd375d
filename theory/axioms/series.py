"""Axioms of finite sums and products from any first index, and of counting."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.axioms.base import CALCULUS, Axiom, Instance, require_uniform
from theory.language.definedness import conditions
from theory.language.statement import Citation
from theory.language.substitution import substitute
from theory.language.terms import Quantity, conj, eq, ge, implies, le, lt

CONCRETE = Citation("Graham, Knuth, Patashnik", "Concrete Mathematics", 1994)


def _next(kind: Any, empty: int, join: Any) -> Any:
    def instance(term: Any, index: Any, first: Any, last: Any) -> Instance:
        require_uniform("series-next", index, first, last)
        before = kind(term, (index, first, last))
        added = substitute(term, {index: last + 1})
        inside = (ge(index, first), le(index, last + 1))
        return Instance(
            (ge(last, first - 1), *(implies(*inside, c) for c in conditions(term))),
            conj(
                eq(kind(term, (index, first, first - 1)), empty),
                eq(kind(term, (index, first, last + 1)), join(before, added)),
            ),
            binder=(index, conj(*inside)),
        )

    return instance


def _series_terms(left: Any, right: Any, index: Any, first: Any, last: Any) -> Instance:
    require_uniform("series-terms", index, first, last)
    inside = (ge(index, first), le(index, last))
    return Instance(
        (implies(*inside, eq(left, right)),),
        eq(sp.Sum(left, (index, first, last)), sp.Sum(right, (index, first, last))),
        binder=(index, conj(*inside)),
    )


def _binomial_row(n: Any, k: Any) -> Instance:
    return Instance((ge(n, 0),), le(sp.binomial(n, k), 2**n))


def _catalan(leaves: Any) -> Instance:
    shapes = sp.binomial(2 * leaves - 2, leaves - 1) / leaves
    return Instance((ge(leaves, 1),), eq(Quantity("binary trees with leaves", leaves), shapes))


def _binomial_inversion(parts: Any, totals: Any, index: Any, size: Any) -> Instance:
    """`parts` and `totals` are terms in `index`; total_n = Σ_i C(n, i) part_i for every n."""
    i = sp.Symbol("i", integer=True, nonnegative=True)
    require_uniform("binomial-inversion", i, parts, totals, size, index)
    total = sp.Sum(sp.binomial(index, i) * substitute(parts, {index: i}), (i, 0, index))
    signed = (-1) ** i * sp.binomial(size, i) * substitute(totals, {index: size - i})
    return Instance(
        (implies(ge(index, 0), eq(totals, total)), ge(size, 0)),
        eq(substitute(parts, {index: size}), sp.Sum(signed, (i, 0, size))),
        binder=(index, ge(index, 0)),
    )


def _floor_integer(m: Any, x: Any) -> Instance:
    return Instance((), implies(le(m, x), le(m, sp.floor(x))))


def _ceiling(x: Any) -> Instance:
    return Instance((), conj(le(x, sp.ceiling(x)), lt(sp.ceiling(x), x + 1)))


AXIOMS = (
    Axiom(
        "series-next",
        "Σ from a to a - 1 is 0, and Σ from a to b + 1 is Σ from a to b plus the last term",
        CONCRETE,
        _next(sp.Sum, 0, lambda a, b: a + b),
        types="term=number index=index first=integer last=integer",
    ),
    Axiom(
        "product-next",
        "Π from a to a - 1 is 1, and Π from a to b + 1 is Π from a to b times the last factor",
        CONCRETE,
        _next(sp.Product, 1, lambda a, b: a * b),
        types="term=number index=index first=integer last=integer",
    ),
    Axiom(
        "series-terms",
        "sums of equal terms are equal",
        CONCRETE,
        _series_terms,
        types="left=number right=number index=index first=integer last=integer",
    ),
    Axiom(
        "binomial-row",
        "C(n, k) <= 2^n",
        CONCRETE,
        _binomial_row,
        types="n=integer k=integer",
    ),
    Axiom(
        "catalan",
        "there are C(2s - 2, s - 1)/s binary trees with s leaves",
        CONCRETE,
        _catalan,
        types="leaves=integer",
    ),
    Axiom(
        "binomial-inversion",
        "b_n = Σ_i C(n, i) a_i for all n gives a_n = Σ_i (-1)^i C(n, i) b_(n-i)",
        CONCRETE,
        _binomial_inversion,
        types="parts=real totals=real index=index size=integer",
    ),
    Axiom(
        "ceiling",
        "x <= ceil x < x + 1",
        CALCULUS,
        _ceiling,
        types="x=number",
    ),
    Axiom(
        "floor-integer",
        "an integer m <= x has m <= floor x",
        CALCULUS,
        _floor_integer,
        types="m=any-integer x=number",
    ),
)
