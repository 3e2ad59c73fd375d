"""When a term has a value: no division by zero, no logarithm of a number <= 0.

Outside these conditions SymPy and Z3 disagree about what a term means, so the rules that rely on
SymPy's calculus, and all that put terms for symbols, prove the conditions first.
"""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import sympy as sp

from theory.language.errors import DerivationError
from theory.language.signs import is_integral, is_nonnegative, is_nonzero, is_positive
from theory.language.sorts import SUMS, free_of, free_variables, limits_of
from theory.language.terms import OPAQUE_NUMBERS, Greatest, conj, ge, gt, implies, le

SMOOTH = (sp.Add, sp.Mul, sp.Pow, sp.exp, sp.log, sp.Symbol, sp.Number, sp.NumberSymbol)


def conditions(term: Any) -> list[Any]:
    """Claims under which a term is defined; those that its structure shows are left out."""
    found: list[Any] = []
    _collect(term, found)
    return list(dict.fromkeys(found))


def guarded_conditions(claim: Any, about: Set[Any]) -> list[Any]:
    """Claims under which each term of a claim that speaks of some of these symbols is defined.

    The premise of an implication guards its conclusion. A term counts as a whole, since SymPy makes
    (1 - p)^n/(1 - p) simpler where n is 1, although p alone says where it is defined; but the terms
    of a sum, and what probabilities and properties speak of, are terms of their own.
    """
    if not free_variables(claim) & about:
        return []
    found: list[Any] = []
    if isinstance(claim, sp.Implies):
        premise, conclusion = claim.args
        found += guarded_conditions(premise, about)
        found += [implies(premise, c) for c in guarded_conditions(conclusion, about)]
    elif isinstance(claim, Greatest):
        variable, last, condition = claim.args
        inside = (ge(variable, 0), le(variable, last))
        found += guarded_conditions(last, about)
        found += [implies(*inside, c) for c in guarded_conditions(condition, about - {variable})]
    elif isinstance(claim, SUMS):
        body, index, first, last = limits_of(claim)
        touched = free_variables(body) & (about - {index})
        _collect_series(claim if touched else claim.func(1, (index, first, last)), found)
        for part in _within(body):
            found += guarded_conditions(part, about - {index})
    elif isinstance(claim, sp.Expr) and not isinstance(claim, OPAQUE_NUMBERS):
        _collect(claim, found, into_sums=False)
        for part in _within(claim):
            found += guarded_conditions(part, about)
    else:
        found += (c for a in claim.args for c in guarded_conditions(a, about))
    return list(dict.fromkeys(found))


def _within(term: Any) -> list[Any]:
    """The outermost sums, probabilities and named numbers in a term."""
    if isinstance(term, (*SUMS, *OPAQUE_NUMBERS)):
        return [term]
    return [part for a in term.args for part in _within(a)] if isinstance(term, sp.Expr) else []


def _collect(term: Any, found: list[Any], into_sums: bool = True) -> None:
    if isinstance(term, OPAQUE_NUMBERS) or not isinstance(term, sp.Expr):
        return
    if isinstance(term, SUMS):
        if into_sums:
            _collect_series(term, found)
        return
    if isinstance(term, sp.log):
        _positive(term.args[0], found)
    elif isinstance(term, sp.binomial):
        if not is_nonnegative(term.args[0]):
            found.append(ge(term.args[0], 0))
    elif isinstance(term, sp.Pow) and not isinstance(term, sp.exp):
        if term.exp.is_Integer:
            if term.exp < 0 and not is_nonzero(term.base):
                found.append(sp.Ne(term.base, 0, evaluate=False))
        elif term.exp.is_Rational and term.exp > 0:
            if not is_nonnegative(term.base):
                found.append(sp.Ge(term.base, 0, evaluate=False))
        elif not (is_integral(term.exp) and is_nonnegative(term.exp)):
            _positive(term.base, found)
    for argument in term.args:
        _collect(argument, found, into_sums)


def _collect_series(term: Any, found: list[Any]) -> None:
    """Sums run upwards or are empty; what their terms need, they need for every index."""
    body, index, first, last = limits_of(term)
    if not is_nonnegative(last - first + 1):
        found.append(ge(last, first - 1))
    _collect(first, found)
    _collect(last, found)
    running = fresh(index, free_of((body, first, last)), f"_in_{len(found)}")
    inside = (ge(running, first), le(running, last))
    for condition in conditions(body):  # asked of the body as it is: SymPy makes x/x, renamed, 1
        found.append(implies(conj(*inside), condition.xreplace({index: running})))


def fresh(variable: Any, taken: Set[Any], mark: str = "_") -> Any:
    """A symbol as a bound one, called otherwise than all that are spoken of."""
    names, name = {str(x) for x in taken}, variable.name + mark
    while name in names:
        name += "_"
    return sp.Symbol(name, **variable._assumptions_orig)


def _positive(term: Any, found: list[Any]) -> None:
    if not is_positive(term):
        found.append(gt(term, 0))


def require_smooth(term: Any, x: Any) -> list[Any]:
    """The conditions under which a term is differentiable in x; DerivationError if unknown."""
    pending, found = [term], conditions(term)
    while pending:
        part = pending.pop()
        if x not in free_variables(part):
            continue
        if not isinstance(part, SMOOTH):
            raise DerivationError(f"no derivative is taken through {part}")
        if isinstance(part, sp.Pow) and part.exp.is_Rational and not part.exp.is_Integer:
            _positive(part.base, found)
        pending += part.args
    return found
