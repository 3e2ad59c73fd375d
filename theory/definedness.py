"""When a term has a value: no division by zero, no logarithm of a number <= 0.

Outside these conditions SymPy and Z3 disagree about what a term means, so the rules that rely on
SymPy's calculus prove the conditions first.
"""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.errors import DerivationError
from theory.terms import OPAQUE_NUMBERS, gt

SMOOTH = (sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, sp.Symbol, sp.Number, sp.NumberSymbol)


def conditions(term: Any) -> list[Any]:
    """Claims under which a term is defined; those that SymPy knows to be true are left out."""
    found: list[Any] = []
    _collect(term, found)
    return list(dict.fromkeys(found))


def _collect(term: Any, found: list[Any]) -> None:
    if isinstance(term, OPAQUE_NUMBERS) or not isinstance(term, sp.Expr):
        return
    if isinstance(term, sp.log):
        _positive(term.args[0], found)
    elif isinstance(term, sp.Pow) and not isinstance(term, sp.exp):
        if term.exp.is_Integer:
            if term.exp < 0 and not term.base.is_nonzero:
                found.append(sp.Ne(term.base, 0, evaluate=False))
        elif term.exp.is_Rational and term.exp > 0:
            if not term.base.is_nonnegative:
                found.append(sp.Ge(term.base, 0, evaluate=False))
        elif not (term.exp.is_integer and term.exp.is_nonnegative):
            _positive(term.base, found)
    for argument in term.args:
        _collect(argument, found)


def _positive(term: Any, found: list[Any]) -> None:
    if not term.is_positive:
        found.append(gt(term, 0))


def require_smooth(term: Any, x: Any) -> list[Any]:
    """The conditions under which a term is differentiable in x; DerivationError if unknown."""
    pending, found = [term], conditions(term)
    while pending:
        part = pending.pop()
        if not part.has(x):
            continue
        if not isinstance(part, SMOOTH):
            raise DerivationError(f"no derivative is taken through {part}")
        if isinstance(part, sp.Pow) and part.exp.is_Rational and not part.exp.is_Integer:
            _positive(part.base, found)
        pending += part.args
    return found
