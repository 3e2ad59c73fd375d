"""Substitution that changes no meaning: simultaneous, capture-avoiding, by structure.

A variable that a term binds is never replaced inside it, and is renamed where a term put inside
speaks of a symbol of the same name. What SymPy does by itself on the way (sqrt(x)² becomes x) is
right only where the terms are defined: `domain` says under which claims they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp
from sympy.core.symbol import Str

from theory.language.definedness import fresh, guarded_conditions
from theory.language.errors import DerivationError
from theory.language.sorts import CONNECTIVES, RELATIONS, SUMS, free_of, free_variables, limits_of
from theory.language.terms import (
    Average,
    Event,
    Every,
    Fact,
    Greatest,
    Mean,
    Members,
    Pr,
    Quantity,
    Slope,
    Some,
    is_random,
)

FIXED = (Pr, Mean, Average, Every, Some, Members, Greatest, Slope, Fact)
"""Terms into which no random term may be put: their value would no longer be what it was."""


def substitute(claim: Any, replace: Mapping[Any, Any]) -> Any:
    """Replace symbols by terms in a claim that holds for all values of the symbols.

    Raises DerivationError where that would change the meaning: a differentiation variable, a
    member variable that a term would be captured by, or a random term put inside a probability,
    an expectation, a property or a number of draws.
    """
    mapping = {k: v for k, v in replace.items() if k != v}
    try:
        return _put(claim, mapping)
    except TypeError as error:  # SymPy refuses to compare NaN
        raise DerivationError(f"{claim} has no meaning for {replace}: {error}") from error


def domain(claim: Any, replace: Mapping[Any, Any]) -> list[Any]:
    """The claims under which every term of a claim is defined after a substitution.

    Only terms that the substitution touches count; premises of implications guard what they imply.
    """
    replaced = {k for k, v in replace.items() if k != v}
    return [substitute(c, replace) for c in guarded_conditions(claim, replaced)]


def _put(term: Any, mapping: Mapping[Any, Any]) -> Any:
    if term in mapping:
        return mapping[term]
    free = free_variables(term)
    mapping = {k: v for k, v in mapping.items() if k in free}
    if not mapping:
        return term
    if isinstance(term, FIXED):
        for k, value in mapping.items():
            if is_random(value):
                raise DerivationError(f"the random term {value} is put inside {term} for {k}")
    if isinstance(term, (Some, Members)):
        return _under_member(term, mapping)
    if isinstance(term, Greatest):
        variable, last, condition = term.args
        variable, condition = _under_index(variable, condition, mapping)
        return Greatest(variable, _put(last, mapping), condition)
    if isinstance(term, SUMS):
        body, index, first, last = limits_of(term)
        index, body = _under_index(index, body, mapping)
        return term.func(body, (index, _put(first, mapping), _put(last, mapping)))
    if isinstance(term, Slope):
        return _in_slope(term, mapping)
    if isinstance(term, (Quantity, Event)):
        return term.func(term.args[0], *[_put(a, mapping) for a in term.args[1:]])
    if isinstance(term, sp.Indexed):
        return _put(term.base, mapping)[tuple(_put(i, mapping) for i in term.indices)]
    args = [a if isinstance(a, Str) else _put(a, mapping) for a in term.args]
    if isinstance(term, (*RELATIONS, *CONNECTIVES)):
        return term.func(*args, evaluate=False)
    return term.func(*args)


def _under_member(term: Any, mapping: Mapping[Any, Any]) -> Any:
    variable, *parts = term.args
    if variable in free_of(mapping.values()):
        raise DerivationError(f"{variable} would be captured: it is bound in {term}")
    return term.func(variable, *[_put(a, mapping) for a in parts])


def _under_index(variable: Any, body: Any, mapping: Mapping[Any, Any]) -> tuple[Any, Any]:
    """The bound integer and the body, renamed where a term put inside speaks of that symbol."""
    inner = {k: v for k, v in mapping.items() if k != variable and k in free_variables(body)}
    if variable not in free_of(inner.values()):
        return variable, _put(body, inner)
    other = fresh(variable, free_of((*inner.values(), body)))
    return other, _put(_put(body, {variable: other}), inner)


def _in_slope(term: Any, mapping: Mapping[Any, Any]) -> Any:
    """A derivative in x at x: x may become another variable that the function does not contain."""
    f, x = term.args
    others = {k: v for k, v in mapping.items() if k != x}
    y = mapping.get(x, x)
    if type(y) is not sp.Symbol or y in free_of(others.values()):
        raise DerivationError(f"{x} is the variable of the derivative {term}")
    if y != x and y in free_variables(f):
        raise DerivationError(f"{y} is already a variable of the derivative {term}")
    return Slope(_put(f, mapping), y)
