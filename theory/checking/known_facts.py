"""What is true of logarithms and powers, for Z3, to which they are unknowns."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.language.terms import ge, gt, implies, le


def facts_of(claim: Any) -> list[Any]:
    """Bounds of logarithms, of powers with exponents of one sign, and the order of powers."""
    facts = [f for log in claim.atoms(sp.log) for f in log_facts(log.args[0])]
    if sp.log(2) in claim.atoms(sp.log):
        facts += [f for log in claim.atoms(sp.log) for f in _near_half(log.args[0])]
    for power in claim.atoms(sp.Pow):
        base, exponent = power.base, power.exp
        if exponent.is_Number:
            continue
        one = [ge(base, 1)] if not base.is_Number else []
        unit = [gt(base, 0), le(base, 1)] if not base.is_Number else []
        if base.is_Number is not True or base >= 1:
            facts += [
                implies(*one, ge(exponent, 0), ge(power, 1)),
                implies(*one, le(exponent, 0), le(power, 1)),
                implies(*one, ge(exponent, 1), ge(power, base)),
                implies(*one, le(exponent, -1), le(power, 1 / base)),
                *_bernoulli(base, exponent),
            ]
        if base.is_Number is not True or 0 < base <= 1:
            facts += [
                implies(*unit, ge(exponent, 0), le(power, 1)),
                implies(*unit, le(exponent, 0), ge(power, 1)),
            ]
    facts += _order(claim)
    return [f for f in facts if f not in (sp.true, sp.false)]


def _order(claim: Any) -> list[Any]:
    """Powers of one number above 1 are ordered as their exponents; logarithms as their terms."""
    powers = [p for p in claim.atoms(sp.Pow) if p.base.is_Number and not p.exp.is_Number]
    logs = [log.args[0] for log in claim.atoms(sp.log)]
    return [
        implies(le(p.exp, q.exp), le(p, q))
        for p in powers
        for q in powers
        if p != q and p.base == q.base and p.base > 1
    ] + [
        implies(gt(a, 0), le(a, b), le(sp.log(a), sp.log(b))) for a in logs for b in logs if a != b
    ]


def _bernoulli(b: Any, e: Any) -> list[Any]:
    """b^e >= 1 + e (b - 1) for b > 0 and e >= 1, and the same for 1/b, times b b^e."""
    inside = (gt(b, 0), ge(e, 1))
    return [
        implies(*inside, ge(b**e, 1 + e * (b - 1))),
        implies(*inside, le(b**e * (b - e * (b - 1)), b)),
    ]


def log_facts(x: Any) -> list[Any]:
    """1 - 1/x <= ln x <= x - 1 for x > 0, and ln x >= 1 for x >= e."""
    positive = sp.Gt(x, 0, evaluate=False)
    return [
        implies(positive, le(sp.log(x), x - 1)),
        implies(positive, ge(sp.log(x), 1 - 1 / x)),
        implies(ge(x / sp.E, 1), ge(sp.log(x), 1)),
    ]


def _near_half(x: Any) -> list[Any]:
    """The same bounds for 2 x: 1 - 1/(2 x) <= ln 2 + ln x <= 2 x - 1."""
    positive = sp.Gt(x, 0, evaluate=False)
    return [
        implies(positive, le(sp.log(x) + sp.log(2), 2 * x - 1)),
        implies(positive, ge(sp.log(x) + sp.log(2), 1 - 1 / (2 * x))),
    ]
