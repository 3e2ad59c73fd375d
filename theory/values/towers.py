"""Comparisons of numbers such as 2^(2^1000), which no ball holds: by their logarithms."""

from __future__ import annotations

from typing import Any

import sympy as sp
from flint import arb

from theory.checking.balls import enclose
from theory.checking.rationals import Environment
from theory.language.errors import TheoryError

RISING = {sp.Ge: True, sp.Gt: True, sp.Le: False, sp.Lt: False}


def by_logarithms(claim: Any, env: Environment) -> bool | None:
    """Whether one positive number is above another, where their logarithms tell; else None."""
    if type(claim) not in RISING:
        return None
    try:
        difference = _logarithm(claim.lhs, env) - _logarithm(claim.rhs, env)
    except TheoryError:
        return None
    if difference > 0 or difference < 0:
        return bool(difference > 0) is RISING[type(claim)]
    return None


def _logarithm(term: Any, env: Environment) -> Any:
    """A ball of the logarithm; NaN, which decides nothing, where the term may not be positive."""
    if isinstance(term, sp.Mul):
        return sum((_logarithm(part, env) for part in term.args), arb(0))
    if isinstance(term, sp.Pow):
        return _logarithm(term.base, env) * enclose(term.exp, env)
    return enclose(term, env).log()
