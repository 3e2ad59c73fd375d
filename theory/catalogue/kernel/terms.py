"""What the theorems about the certificate's kernel share: indices, sums, lists and sources."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy as sp

from theory.language.rules import Use, use
from theory.language.statement import Citation
from theory.language.symbols import LENGTH, Parameter, integer, reals

INDEX = integer("i", "i", "number of a component, from 1", 1)
LISTS = Parameter("m", LENGTH, "integer", "m", "m", "number of components", Fraction(1))
IX = INDEX.symbol
M = LENGTH


def listed(name: str, letter: str, meaning: str) -> Parameter:
    """A list of real numbers, one for each component."""
    return reals(name, letter, meaning)


def total(term: Any, index: Any = IX, last: Any = M) -> Any:
    """The sum of a term over index = 1 .. last."""
    return sp.Sum(term, (index, 1, last))


def add_up(larger: Any, **terms: Any) -> Use:
    """The axiom sum-order over the components: terms x, a and perhaps y, b and z, c."""
    return use("sum-order", larger=larger, index=IX, last=M, **terms)


def kernel(rule: str) -> Citation:
    """The source of what is proved here for a rule of docs/soundness.md."""
    return Citation("Leafproof", f"docs/soundness.md, {rule}; proved here", 2026)


HIGHAM = Citation("Higham", "Accuracy and Stability of Numerical Algorithms", 2002)
