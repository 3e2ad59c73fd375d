"""Which terms of a derivation's claims are shown to have a value, and which are not.

The rules that calculate with a term, or put one for a symbol, prove that it is defined. Claims that
Z3 alone reads need not be: the root of a negative number is some number there, the same in every
step. `not_shown` lists where a reader must see for himself that no such term occurs; what it leaves
out is derived, if need be from the signs of logarithms and of powers, which Z3 does not know.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sympy as sp

from theory.checking import smt
from theory.checking.steps import known
from theory.language.definedness import guarded_conditions
from theory.language.sorts import free_variables
from theory.language.statement import Theorem
from theory.language.terms import eq, ge, gt, implies, le, lt

NUMBERS = (gt(sp.E, 2), lt(sp.E, 3))


def signs(terms: Iterable[Any]) -> list[Any]:
    """Where the logarithms and powers in some terms are above 0 and 1: true of all numbers."""
    found: list[Any] = []
    for term in terms:
        for x in term.atoms(sp.log):
            found += [
                implies(gt(x.args[0], 1), gt(x, 0)),
                implies(gt(x.args[0], 0), lt(x.args[0], 1), lt(x, 0)),
                implies(eq(x.args[0], 1), eq(x, 0)),
            ]
        for x in term.atoms(sp.Pow):
            base, power = x.args
            if power.is_Rational or base == sp.E:
                continue
            found += [
                implies(ge(base, 1), ge(power, 0), ge(x, 1)),
                implies(gt(base, 1), gt(power, 0), gt(x, 1)),
                implies(gt(base, 0), le(base, 1), ge(power, 0), le(x, 1)),
                implies(gt(base, 0), lt(base, 1), gt(power, 0), lt(x, 1)),
            ]
    return list(dict.fromkeys(found))


def not_shown(theorem: Theorem) -> list[tuple[str, Any]]:
    """A step's label and a condition under which a term of its claim is defined, not derived.

    What a step may use is what it says that it uses, and the ranges.
    """
    return [
        (step.label, condition)
        for step in theorem.steps
        for condition in guarded_conditions(step.claim, free_variables(step.claim))
        if not is_shown(known(theorem, step), condition)
    ]


def is_shown(context: list[Any], condition: Any) -> bool:
    """Whether the condition follows, if need be from the signs of what it speaks of."""
    return any(
        smt.decides([*context, *further], condition)
        for further in ([], [*NUMBERS, *signs([condition])])
    )
