"""Rows: points that somebody has seen, and how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise, repeat

from verifier.model.cell import Point
from verifier.model.errors import LeafproofError

Numbers = tuple[Fraction, ...]
"""The numbers of a row's continuous variables, in order: its point only says in which piece each
is."""


@dataclass(frozen=True)
class Rows:
    """Points of a domain with how often each occurs: different rows, in increasing order.

    Where the domain has continuous variables, ``numbers`` are theirs, for each row; else empty.
    Raises LeafproofError where these are no such rows.
    """

    points: tuple[Point, ...]
    times: tuple[int, ...]
    numbers: tuple[Numbers, ...] = ()

    def __post_init__(self) -> None:
        wanted = len(self.points), (len(self.points) if self.numbers else 0)
        if not self.points or (len(self.times), len(self.numbers)) != wanted:
            raise LeafproofError("rows are at least one point, each with how often it occurs")
        if min(self.times) < 1:
            raise LeafproofError("a row occurs less than once")
        if any(a >= b for a, b in pairwise(self.held)):
            raise LeafproofError("the rows are not in increasing order, each once")

    @cached_property
    def held(self) -> tuple[tuple[Point, Numbers], ...]:
        """Each point with its numbers."""
        return tuple(zip(self.points, self.numbers or ((),) * len(self.points), strict=True))

    @cached_property
    def count(self) -> int:
        """How many rows there are, each as often as it occurs."""
        return sum(self.times)


@dataclass(frozen=True)
class RowsFound:
    """What the kernel found on rows: how many there are, and on how many the formula is true."""

    rows: int
    true: int


def rows_from(points: Iterable[Point], numbers: Iterable[Numbers] | None = None) -> Rows:
    """The rows that some points are, in whatever order and however often."""
    counted: dict[tuple[Point, Numbers], int] = {}
    for row in zip(points, repeat(()) if numbers is None else numbers, strict=False):
        counted[row] = counted.get(row, 0) + 1
    return ordered((*row, times) for row, times in counted.items())


def ordered(rows: Iterable[tuple[Point, Numbers, int]]) -> Rows:
    """Different rows with how often each occurs, put in order."""
    held = sorted(rows)
    return Rows(
        tuple(point for point, _, _ in held),
        tuple(times for _, _, times in held),
        tuple(numbers for _, numbers, _ in held) if any(x for _, x, _ in held) else (),
    )
