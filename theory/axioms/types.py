"""Are the terms that a derivation gives an axiom of the types that the axiom demands?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import sympy as sp

from theory.axioms.base import Axiom, Instance
from theory.language.errors import DerivationError
from theory.language.sorts import (
    INTEGER,
    LIST,
    REAL,
    TRUTH,
    Declared,
    is_number,
    is_plain_integer,
    member,
    sort_of,
)
from theory.language.terms import is_random

NOT_RANDOM = ("real", "integer", "fact", "end", "list")


def instantiate(axiom: Axiom, terms: Mapping[str, Any]) -> Instance:
    """The axiom with its terms; DerivationError where one is missing or unknown."""
    try:
        return _instance(axiom, tuple(terms.items()))
    except TypeError as error:
        raise DerivationError(f"{axiom.name}: {error}") from error


@lru_cache(maxsize=1 << 13)  # a step's premises are proved, and its random terms looked at
def _instance(axiom: Axiom, terms: tuple[tuple[str, Any], ...]) -> Instance:
    return axiom.instantiate(**dict(terms))


def check_types(axiom: Axiom, terms: Mapping[str, Any], declared: Declared) -> None:
    """Raise DerivationError unless every term has the type that the axiom demands."""
    signature = axiom.signature()
    for name in terms:
        if name not in signature:
            raise DerivationError(f"{axiom.name} has no term {name!r}")
    bound = {x for name, x in terms.items() if signature[name] == "index" and x not in declared}
    known = {**declared, **{x: INTEGER for x in bound if _index(x)}}
    for name, given in terms.items():
        term, kind = sp.sympify(given), signature[name]
        if kind in NOT_RANDOM and is_random(term):
            raise DerivationError(f"{axiom.name}: {name} must not be random, {term} is")
        if not _CHECKS[kind](term, terms, known):
            raise DerivationError(f"{axiom.name}: {name} must be of type {kind}, {term} is not")


def _index(x: Any) -> bool:
    return type(x) is sp.Symbol and is_plain_integer(x)


def _sort(wanted: Callable[[str], bool]) -> Callable[[Any, Mapping[str, Any], Declared], bool]:
    return lambda term, _, declared: wanted(sort_of(term, declared))


def _member(term: Any, _: Mapping[str, Any], declared: Declared) -> bool:
    return type(term) is sp.Symbol and sort_of(term, declared) == member(term)


def _member_term(term: Any, terms: Mapping[str, Any], declared: Declared) -> bool:
    return sort_of(term, declared) == member(terms.get("member")) and type(term) is not sp.Symbol


_CHECKS: Mapping[str, Callable[[Any, Mapping[str, Any], Declared], bool]] = {
    "real": _sort(is_number),
    "number": _sort(is_number),
    "integer": _sort(INTEGER.__eq__),
    "any-integer": _sort(INTEGER.__eq__),
    "end": lambda term, _, declared: term == sp.oo or is_number(sort_of(term, declared)),
    "fact": _sort(TRUTH.__eq__),
    "event": _sort(TRUTH.__eq__),
    "claim": _sort(TRUTH.__eq__),
    "list": _sort(LIST.__eq__),
    "index": lambda term, _, declared: _index(term),
    "variable": lambda term, _, declared: (
        # of an integer only whole values are known, and between them a slope may have any sign
        type(term) is sp.Symbol and sort_of(term, declared) == REAL
    ),
    "member": _member,
    "member-term": _member_term,
}
