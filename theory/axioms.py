"""The named axioms: standard facts, instantiated with explicit terms.

`AXIOMS[name].instantiate(**terms)` gives an `Instance`: premises that the checker must prove
first (for every outcome and every value of the free symbols) and the conclusion that may then be
used. An axiom never looks at the step that uses it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import sympy as sp

from theory.definedness import require_smooth
from theory.errors import DerivationError
from theory.statement import Citation
from theory.terms import (
    Average,
    Event,
    Every,
    Mean,
    Members,
    Pr,
    Some,
    conj,
    eq,
    ge,
    gt,
    implies,
    is_random,
    le,
    lt,
)


@dataclass(frozen=True)
class Instance:
    """An axiom with terms filled in: premises to prove, conclusion to use."""

    premises: tuple[Any, ...]
    conclusion: Any


@dataclass(frozen=True)
class Axiom:
    """A standard fact: its name, its statement in words, a source, and how to instantiate it."""

    name: str
    statement: str
    citation: Citation
    instantiate: Callable[..., Instance]


CALCULUS = Citation("Rudin", "Principles of Mathematical Analysis, chapters 5 and 8", 1976)
PROBABILITY = Citation("Billingsley", "Probability and Measure, sections 2, 4 and 21", 1995)


def _log_monotone(x: Any, y: Any) -> Instance:
    return Instance(
        (), implies(gt(x, 0), gt(y, 0), sp.Equivalent(le(x, y), le(sp.log(x), sp.log(y))))
    )


def _exp_monotone(x: Any, y: Any) -> Instance:
    return Instance((), sp.Equivalent(le(x, y), le(sp.exp(x), sp.exp(y))))


def _power_monotone(x: Any, y: Any, n: Any) -> Instance:
    return Instance((), implies(ge(x, 0), le(x, y), ge(n, 0), le(x**n, y**n)))


def _log_bounds(x: Any) -> Instance:
    log = sp.log(1 - x)
    return Instance((), implies(ge(x, 0), lt(x, 1), conj(le(x, -log), le(-log, x / (1 - x)))))


def _exp_bound(x: Any) -> Instance:
    return Instance((), le(1 + x, sp.exp(x)))


def _mean_value(f: Any, x: Any, start: Any, end: Any) -> Instance:
    """f does not fall from `start` to any x in [start, end): f' >= 0 there; end may be oo."""
    if x in start.free_symbols | sp.sympify(end).free_symbols:
        raise DerivationError(f"mean-value: the end points depend on {x}")
    inside = [ge(x, start)] + ([] if end == sp.oo else [lt(x, end)])
    slope = sp.together(sp.diff(f, x))
    smooth = [implies(*inside, condition) for condition in require_smooth(f, x)]
    return Instance(
        (*smooth, implies(*inside, ge(slope, 0))),
        implies(*inside, ge(f, f.subs(x, start))),
    )


def _induction(claim: Any, k: Any, start: Any) -> Instance:
    """Induction over the integers k >= start."""
    if not k.is_integer:
        raise DerivationError(f"induction: {k} is not an integer symbol")
    step = implies(ge(k, start), claim, claim.subs(k, k + 1))
    return Instance((claim.subs(k, start), step), implies(ge(k, start), claim))


def _union_bound(member: Any, condition: Any, event: Any, bound: Any) -> Instance:
    if member in bound.free_symbols:
        raise DerivationError(f"union-bound: the bound depends on the member {member}")
    if is_random(condition):
        raise DerivationError("union-bound: the condition is random")
    return Instance(
        (implies(condition, le(Pr(event), bound)), ge(bound, 0)),
        le(Pr(Some(member, condition, event)), Members(member, condition) * bound),
    )


def _boole(first: Any, second: Any) -> Instance:
    return Instance((), le(Pr(sp.Or(first, second)), Pr(first) + Pr(second)))


def _event_monotone(smaller: Any, larger: Any) -> Instance:
    return Instance((implies(smaller, larger),), le(Pr(smaller), Pr(larger)))


def _complement(event: Any) -> Instance:
    return Instance((), eq(Pr(sp.Not(event)), 1 - Pr(event)))


def _independent_draws(event: Any, n: Any) -> Instance:
    return Instance((ge(n, 0),), eq(Pr(Every(event, n)), Pr(event) ** n))


def _linearity(x: Any, y: Any, a: Any, b: Any) -> Instance:
    if is_random(a) or is_random(b):
        raise DerivationError("linearity: a coefficient is random")
    return Instance((), eq(Mean(a * x + b * y), a * Mean(x) + b * Mean(y)))


def _average_linear(x: Any, y: Any, a: Any, b: Any, n: Any) -> Instance:
    if is_random(a) or is_random(b):
        raise DerivationError("average-linear: a coefficient is random")
    return Instance((), eq(Average(a * x + b * y, n), a * Average(x, n) + b * Average(y, n)))


def _hoeffding(x: Any, n: Any, lower: Any, upper: Any, t: Any) -> Instance:
    """Lower tail; for the upper tail use -x."""
    deviation = le(Average(x, n) - Mean(x), -t)
    bound = sp.exp(-2 * n * t**2 / (upper - lower) ** 2)
    return Instance(
        (conj(le(lower, x), le(x, upper)), lt(lower, upper), ge(n, 1)),
        implies(ge(t, 0), le(Pr(deviation), bound)),
    )


def _count_excluding(member: Any, condition: Any, excluded: Any) -> Instance:
    return Instance(
        (sp.Not(condition.subs(member, excluded)), Event("in G", excluded)),
        le(Members(member, condition), Members(member, sp.true) - 1),
    )


def _count_subset(member: Any, smaller: Any, larger: Any) -> Instance:
    return Instance(
        (implies(smaller, larger),),
        le(Members(member, smaller), Members(member, larger)),
    )


_ALL = (
    Axiom("log-monotone", "for x, y > 0: x <= y iff ln x <= ln y", CALCULUS, _log_monotone),
    Axiom("exp-monotone", "x <= y iff exp x <= exp y", CALCULUS, _exp_monotone),
    Axiom("power-monotone", "0 <= x <= y and n >= 0 give x^n <= y^n", CALCULUS, _power_monotone),
    Axiom(
        "log-bounds",
        "x <= -ln(1 - x) <= x/(1 - x) for 0 <= x < 1",
        CALCULUS,
        _log_bounds,
    ),
    Axiom("exp-bound", "1 + x <= exp x", CALCULUS, _exp_bound),
    Axiom(
        "mean-value",
        "a differentiable f with f' >= 0 from a on satisfies f(x) >= f(a) for x >= a",
        CALCULUS,
        _mean_value,
    ),
    Axiom(
        "induction",
        "a claim true at the start that passes from k to k + 1 is true for all k from the start",
        CALCULUS,
        _induction,
    ),
    Axiom(
        "union-bound",
        "P[A_g for some g satisfying c] <= (number of such g) * max P[A_g]",
        PROBABILITY,
        _union_bound,
    ),
    Axiom("boole", "P[A or B] <= P[A] + P[B]", PROBABILITY, _boole),
    Axiom("event-monotone", "A implies B gives P[A] <= P[B]", PROBABILITY, _event_monotone),
    Axiom("complement", "P[not A] = 1 - P[A]", PROBABILITY, _complement),
    Axiom(
        "independent-draws",
        "an event has probability P[A]^n to happen at each of n independent draws",
        PROBABILITY,
        _independent_draws,
    ),
    Axiom("linearity", "E[aX + bY] = a E[X] + b E[Y]", PROBABILITY, _linearity),
    Axiom(
        "average-linear",
        "the average of aX + bY is a times that of X plus b times that of Y",
        PROBABILITY,
        _average_linear,
    ),
    Axiom(
        "hoeffding",
        "for n independent copies of X in [l, u] and t >= 0: "
        "P[average - E X <= -t] <= exp(-2 n t^2 / (u - l)^2)",
        Citation(
            "Hoeffding",
            "Probability inequalities for sums of bounded random variables, JASA 58:13-30",
            1963,
        ),
        _hoeffding,
    ),
    Axiom(
        "count-excluding",
        "a condition that one member of the class fails holds for at most all others",
        PROBABILITY,
        _count_excluding,
    ),
    Axiom(
        "count-subset",
        "a stronger condition holds for at most as many members",
        PROBABILITY,
        _count_subset,
    ),
)

AXIOMS: Mapping[str, Axiom] = MappingProxyType({a.name: a for a in _ALL})
"""All axioms by name."""
