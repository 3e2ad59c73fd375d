"""Trends of bounds that are cut off by minima and maxima: the sign of the slope, piece by piece.

Such a bound is, at every x, one of several pieces: the one that the minima and maxima pick there.
Made of sums, products, whole powers, exp and log it is smooth but for the picking, so that no short
stretch is steeper than some number; it is then the integral of its slope, which it has but on a set
of measure 0, and which is nearly everywhere that of a piece picked there. So it moves one way where
the slope of every piece has that sign wherever the piece is picked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sympy as sp

from theory.checking.straight import is_smooth
from theory.language.terms import ge, le

CUT = (sp.Min, sp.Max)


def moves(bound: Any, x: Any, slopes: Callable[[Any, Any, list[Any]], bool]) -> bool:
    """Whether the slope of each piece of a bound in a real x has the sign that is asked for.

    ``slopes`` says so of a term, its slope, and what holds where the piece is picked. The bound has
    a value at all x in question: that is for the caller to show.
    """
    moving = sp.Add(*(part for part in sp.Add.make_args(bound) if part.has(x)))
    return bool(moving.atoms(*CUT)) and all(
        is_smooth(piece) and _is_steady(piece) and slopes(piece, sp.diff(piece, x), picked)
        for piece, picked in pieces(moving)
    )


def pieces(term: Any) -> Iterator[tuple[Any, list[Any]]]:
    """The pieces of a term, each with the comparisons under which it is picked."""
    cuts = sorted(term.atoms(*CUT), key=sp.default_sort_key)
    cut = next((c for c in cuts if not any(a.atoms(*CUT) for a in c.args)), None)
    if cut is None:
        yield term, []
        return
    order = le if isinstance(cut, sp.Min) else ge
    for one in cut.args:
        picked = [order(one, other) for other in cut.args if other != one]
        for piece, further in pieces(term.xreplace({cut: one})):
            yield piece, [*picked, *further]


def _is_steady(term: Any) -> bool:
    """Whether no power has an end at which it is steeper than any number."""
    return all(power.exp.is_Integer for power in term.atoms(sp.Pow))
