"""The lengths of lists that are given: most are m, some have a length of their own."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import sympy as sp

from theory.language.errors import TheoryError
from theory.language.symbols import LENGTH

if TYPE_CHECKING:
    from theory.language.statement import Theorem


def lengths(theorem: Theorem, env: Mapping[Any, Any]) -> dict[Any, Fraction]:
    """The symbol of each length, and what it is. Raises TheoryError where lists disagree on one."""
    own = _of_their_own(theorem)
    found: dict[Any, set[int]] = {}
    for symbol, value in env.items():
        if isinstance(value, tuple):
            found.setdefault(own.get(symbol, LENGTH), set()).add(len(value))
    for sizes in found.values():
        if len(sizes) > 1:
            raise TheoryError(f"{theorem.name}: the lists have different lengths {sorted(sizes)}")
    return {symbol: Fraction(size) for symbol, (size,) in found.items()}


def _of_their_own(theorem: Theorem) -> dict[Any, Any]:
    """The lists that the bound runs through up to another local symbol than m."""
    ours = {p.symbol for p in theorem.locals}
    found = {}
    for series in theorem.bound.atoms(sp.Sum, sp.Product):
        for index, _, last in series.limits:
            for entry in series.function.atoms(sp.Indexed):
                if last in ours and entry.indices == (index,):
                    found[entry.base] = last
    return found
