"""Rows: points that somebody has seen, and how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from verifier.model.cell import Point
from verifier.model.errors import LeafproofError


@dataclass(frozen=True)
class Rows:
    """Points of a domain with how often each occurs: different points, in increasing order.

    Raises LeafproofError where they are not.
    """

    points: tuple[Point, ...]
    times: tuple[int, ...]

    def __post_init__(self) -> None:
        if not self.points or len(self.points) != len(self.times):
            raise LeafproofError("rows are at least one point, each with how often it occurs")
        if min(self.times) < 1:
            raise LeafproofError("a row occurs less than once")
        if any(a >= b for a, b in zip(self.points, self.points[1:], strict=False)):
            raise LeafproofError("the rows are not in increasing order, each once")

    @cached_property
    def count(self) -> int:
        """How many rows there are, each as often as it occurs."""
        return sum(self.times)


@dataclass(frozen=True)
class RowsFound:
    """What the kernel found on rows: how many there are, and on how many the formula is true."""

    rows: int
    true: int


def rows_from(points: Iterable[Point]) -> Rows:
    """The rows that some points are, in whatever order and however often."""
    counted: dict[Point, int] = {}
    for point in points:
        counted[point] = counted.get(point, 0) + 1
    held = sorted(counted)
    return Rows(tuple(held), tuple(counted[point] for point in held))
