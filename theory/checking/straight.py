"""Claims that hold between two values of a symbol where they hold, and terms that have slopes."""

from __future__ import annotations

from typing import Any

import sympy as sp

from theory.language.definedness import SMOOTH
from theory.language.sorts import free_variables

ORDERS = (sp.Le, sp.Lt, sp.Ge, sp.Gt)


def is_straight(claim: Any, x: Any) -> bool:
    """Whether a claim holds between two x where it holds: it does not speak of x, or is linear."""
    if isinstance(claim, sp.And):
        return all(is_straight(a, x) for a in claim.args)
    if x not in free_variables(claim):
        return True
    if not isinstance(claim, (*ORDERS, sp.Eq)):
        return False
    difference = sp.expand(claim.lhs - claim.rhs)
    return is_smooth(difference) and x not in free_variables(sp.expand(sp.diff(difference, x)))


def is_smooth(term: Any) -> bool:
    """Whether a term is made of what has a derivative wherever it has a value."""
    return all(isinstance(part, SMOOTH) for part in sp.preorder_traversal(term))
