"""What users ask of a distiller."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from numbers import Integral
from typing import Any

from verifier.distillers.near_rows import NearRows
from verifier.distillers.table import Table, joined
from verifier.model.errors import LeafproofError
from verifier.model.tree import Tree

Instead = Callable[[Tree, float], bool]
"""Whether another search is to have the rest of the time, given the tree that has grown so far and
the probability in which its error is known."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What a certified tree is to reach, and until when.

    ``error`` is a probability of disagreement that is small enough, ``leaves`` the most leaves of
    the tree, ``deadline`` on the clock of `timing.now`. ``rows``: the error is that on these, and
    ``near`` are points near them, where trees grow from points.
    """

    error: Fraction
    leaves: int | None
    deadline: float | None
    rows: Table | None = None
    near: NearRows | None = None

    @property
    def grown_from(self) -> Table | None:
        """The rows with the points near them; None where there are no rows."""
        return self.rows if self.rows is None or self.near is None else self.near.beside(self.rows)

    def judge(self, drawn: Table) -> Table:
        """The Table that judges trees: the rows first, then what is near them, and points drawn."""
        return joined(self.rows, drawn if self.near is None else self.near.judges(drawn))


def goal_of(error: Fraction | None, leaves: int | None, seed: int, deadline: float | None) -> Goal:
    """The goal that a user's options make; LeafproofError for one out of range."""
    if error is not None and not 0 <= error <= 1:
        raise LeafproofError(f"the error target is {error}: give a probability from 0 to 1")
    check_whole("leaves", leaves, 1)
    check_whole("seed", seed, 0)
    return Goal(error=Fraction(error or 0), leaves=leaves, deadline=deadline)


def check_whole(name: str, value: Any, least: int) -> None:
    """Raise LeafproofError unless ``value`` is None or a whole number of at least ``least``."""
    if value is not None and (not isinstance(value, Integral) or value < least):
        raise LeafproofError(f"{name} is {value}: give a whole number of at least {least}")
