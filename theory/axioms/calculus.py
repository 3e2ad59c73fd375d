"""Axioms of real analysis and of the integers."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.axioms.base import CALCULUS, Axiom, Instance, require_uniform
from theory.language.definedness import require_smooth
from theory.language.errors import DerivationError
from theory.language.special import ClopperPearson
from theory.language.substitution import domain, substitute
from theory.language.terms import Greatest, Slope, conj, eq, ge, gt, implies, le, lt


def _log_monotone(x: Any, y: Any) -> Instance:
    return Instance(
        (), implies(gt(x, 0), gt(y, 0), sp.Equivalent(le(x, y), le(sp.log(x), sp.log(y))))
    )


def _exp_monotone(x: Any, y: Any) -> Instance:
    return Instance((), sp.Equivalent(le(x, y), le(sp.exp(x), sp.exp(y))))


def _power_monotone(x: Any, y: Any, n: Any) -> Instance:
    return Instance((), implies(ge(x, 0), le(x, y), ge(n, 0), le(x**n, y**n)))


def _power_exponent(x: Any, a: Any, b: Any) -> Instance:
    falls = implies(gt(x, 0), le(x, 1), le(a, b), le(x**b, x**a))
    return Instance((), conj(falls, implies(ge(x, 1), le(a, b), le(x**a, x**b))))


def _indicator_power(x: Any) -> Instance:
    return Instance((sp.Or(eq(x, 0), eq(x, 1)),), eq(sp.Pow(2, -x), 1 - x / 2))


def _log_bounds(x: Any) -> Instance:
    log = sp.log(1 - x)
    return Instance((), implies(ge(x, 0), lt(x, 1), conj(le(x, -log), le(-log, x / (1 - x)))))


def _exp_bound(x: Any) -> Instance:
    return Instance((), le(1 + x, sp.exp(x)))


def _mean_value(f: Any, x: Any, start: Any, end: Any) -> Instance:
    """f does not fall from `start` to any x in [start, end): f' >= 0 there; end may be oo."""
    require_uniform("mean-value", x, start, end)
    inside = [ge(x, start)] + ([] if end == sp.oo else [lt(x, end)])
    slope = sp.together(sp.diff(f, x))
    smooth = [implies(*inside, condition) for condition in require_smooth(f, x)]
    return Instance(
        (*smooth, implies(*inside, ge(slope, 0))),
        implies(*inside, ge(f, substitute(f, {x: start}))),
        binder=(x, conj(*inside)),
    )


def _induction(claim: Any, k: Any, start: Any) -> Instance:
    """Induction over the integers k >= start."""
    require_uniform("induction", k, start)
    first, following = substitute(claim, {k: start}), substitute(claim, {k: k + 1})
    defined = [*domain(claim, {k: start}), *(implies(ge(k, start), c) for c in _after(claim, k))]
    step = implies(ge(k, start), claim, following)
    return Instance((*defined, first, step), implies(ge(k, start), claim), binder=(k, ge(k, start)))


def _after(claim: Any, k: Any) -> list[Any]:
    """Where the terms of the next claim are defined."""
    return domain(claim, {k: k + 1})


def _double_induction(claim: Any, k: Any, start: Any, parameter: Any, other: Any) -> Instance:
    """Induction over k for all parameters >= 0 at once: the hypothesis is used at two of them."""
    require_uniform("double-induction", k, start, parameter, other)
    require_uniform("double-induction", parameter, start)
    first, following = substitute(claim, {k: start}), substitute(claim, {k: k + 1})
    before = implies(ge(other, 0), substitute(claim, {parameter: other}))
    step = implies(ge(k, start), ge(parameter, 0), claim, before, following)
    region = conj(ge(k, start), ge(parameter, 0))
    defined = [
        *(implies(ge(parameter, 0), c) for c in domain(claim, {k: start})),
        *(implies(ge(k, start), ge(parameter, 0), c) for c in _after(claim, k)),
        *(
            implies(ge(k, start), ge(parameter, 0), ge(other, 0), c)
            for c in domain(claim, {parameter: other})
        ),
    ]
    return Instance(
        (*defined, implies(ge(parameter, 0), first), step),
        implies(ge(k, start), ge(parameter, 0), claim),
        binder=((k, parameter), region),
    )


def _monotone_root(root: Any, x: Any) -> Instance:
    """`root` is a function that `special` defines as the level crossing of a falling function."""
    if not isinstance(root, ClopperPearson):
        raise DerivationError(f"monotone-root: {root} is not defined as a level crossing")
    require_uniform("monotone-root", x, root)
    f, level = root.equation(x)
    inside = (gt(x, 0), lt(x, 1))
    return Instance(
        (
            implies(*inside, lt(Slope(f, x), 0)),
            conj(gt(level, 0), lt(level, 1)),
            eq(substitute(f, {x: sp.Integer(0)}), 1),
            eq(substitute(f, {x: sp.Integer(1)}), 0),
        ),
        conj(
            implies(*inside, sp.Equivalent(gt(x, root), lt(f, level))),
            gt(root, 0),
            lt(root, 1),
        ),
        binder=(x, conj(*inside)),
    )


def _integers(a: Any, b: Any) -> Instance:
    return Instance((), implies(lt(a, b), le(a + 1, b)))


def _greatest(condition: Any, j: Any, last: Any, at: Any) -> Instance:
    require_uniform("greatest", j, last)
    top = Greatest(j, last, condition)
    held = implies(
        substitute(condition, {j: at}), conj(le(at, top), substitute(condition, {j: top}))
    )
    return Instance(
        (
            *domain(condition, {j: at}),
            *domain(condition, {j: top}),
            ge(last, 0),
            conj(ge(at, 0), le(at, last)),
        ),
        conj(held, ge(top, 0), le(top, last)),
    )


AXIOMS = (
    Axiom(
        "log-monotone",
        "for x, y > 0: x <= y iff ln x <= ln y",
        CALCULUS,
        _log_monotone,
        types="x=number y=number",
    ),
    Axiom(
        "exp-monotone",
        "x <= y iff exp x <= exp y",
        CALCULUS,
        _exp_monotone,
        types="x=number y=number",
    ),
    Axiom(
        "power-monotone",
        "0 <= x <= y and n >= 0 give x^n <= y^n",
        CALCULUS,
        _power_monotone,
        types="x=number y=number n=number",
    ),
    Axiom(
        "power-exponent",
        "x^a falls in a for 0 < x <= 1 and rises in a for x >= 1",
        CALCULUS,
        _power_exponent,
        types="x=number a=number b=number",
    ),
    Axiom(
        "indicator-power",
        "2^(-x) = 1 - x/2 for x = 0 and x = 1",
        CALCULUS,
        _indicator_power,
        types="x=number",
    ),
    Axiom(
        "log-bounds",
        "x <= -ln(1 - x) <= x/(1 - x) for 0 <= x < 1",
        CALCULUS,
        _log_bounds,
        types="x=number",
    ),
    Axiom(
        "exp-bound",
        "1 + x <= exp x",
        CALCULUS,
        _exp_bound,
        types="x=number",
    ),
    Axiom(
        "mean-value",
        "a differentiable f with f' >= 0 from a on satisfies f(x) >= f(a) for x >= a",
        CALCULUS,
        _mean_value,
        types="f=real x=variable start=real end=end",
    ),
    Axiom(
        "induction",
        "a claim true at the start that passes from k to k + 1 is true for all k from the start",
        CALCULUS,
        _induction,
        types="claim=claim k=index start=integer",
    ),
    Axiom(
        "double-induction",
        "induction over k for a claim about all parameters m >= 0, whose hypothesis is used at m "
        "and at another parameter",
        CALCULUS,
        _double_induction,
        types="claim=claim k=index start=integer parameter=index other=integer",
    ),
    Axiom(
        "monotone-root",
        "a continuous function that falls strictly from 1 to 0 on [0, 1] passes each level once",
        CALCULUS,
        _monotone_root,
        types="root=real x=variable",
    ),
    Axiom(
        "integers",
        "integers a < b satisfy a + 1 <= b",
        CALCULUS,
        _integers,
        types="a=any-integer b=any-integer",
    ),
    Axiom(
        "greatest",
        "a nonempty set of integers with an upper bound has a greatest element",
        CALCULUS,
        _greatest,
        types="condition=fact j=index last=integer at=any-integer",
    ),
)
