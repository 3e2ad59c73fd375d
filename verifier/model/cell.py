"""Cells: products of parts of the variables' values, and their exact probabilities."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, cast

from verifier.model.continuous import Continuous
from verifier.model.errors import LeafproofError
from verifier.model.part import (
    Part,
    contains,
    first,
    going_left,
    size,
    split_number,
    value_at,
    values,
    within,
)

if TYPE_CHECKING:
    from verifier.model.domain import Domain
    from verifier.model.ordinal import AnyVariable

__all__ = ["Cell", "Point", "cell_weight", "describe_cell", "full_cell"]
__all__ += ["values"]

Point = tuple[int, ...]
"""A value index for every variable."""
LISTED = 1 << 20
"""Values of an ordinal that are held at once where points are gone through."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A product of nonempty parts, one a variable (``verifier.model.part``)."""

    parts: tuple[Part, ...]

    @property
    def masks(self) -> tuple[int, ...]:
        """The parts of a cell of categorical variables: bit ``v`` of ``masks[i]`` is value v's."""
        if range in map(type, self.parts):
            raise LeafproofError(
                "a cell with a range of an ordinal's values was taken for one of sets: this "
                "works on categorical variables only"
            )
        return cast(tuple[int, ...], self.parts)

    @property
    def size(self) -> int:
        """Number of tuples, possible or not."""
        try:
            return math.prod(map(int.bit_count, self.parts))  # type: ignore[arg-type]
        except TypeError:  # there is a range; without one this is much faster
            return math.prod(map(size, self.parts))

    def split(self, index: int, left: Part) -> tuple[Cell, Cell]:
        """The cell cut in two: variable ``index`` in ``left``, and in the rest of its values.

        For an ordinal an integer ``left`` is the last index that goes left. Raises ValueError
        unless ``left`` is a nonempty proper subset of the cell's values.
        """
        part = self.parts[index]
        if isinstance(part, range):
            cut = going_left(part, left) if isinstance(left, int) else left
            inside, outside = within(part, cut)
            if not inside or not outside:
                shown = f"{part.start} to {part.stop - 1}"
                raise ValueError(f"index {_short(left)} does not split {shown} of variable {index}")
        else:
            assert isinstance(left, int)
            inside, outside = left, part & ~left
            if left & ~part or not left or not outside:
                shown = f"values {_bits(left)} do not split {_bits(part)} of variable {index}"
                raise ValueError(shown)
        parts = list(self.parts)  # quicker than tuples put together
        parts[index] = inside
        left_half = Cell(tuple(parts))
        parts[index] = outside
        return left_half, Cell(tuple(parts))

    def contains(self, point: Point) -> bool:
        """Whether the point lies in the cell."""
        return all(contains(part, v) for part, v in zip(self.parts, point, strict=True))

    def first_point(self) -> Point:
        """The point with the lowest value index in every variable."""
        return tuple(map(first, self.parts))

    def points(self) -> Iterator[Point]:
        """All points, the last variable changing fastest."""
        if all(isinstance(part, int) or size(part) <= LISTED for part in self.parts):
            return product(*map(values, self.parts))
        return map(self.point_at, range(self.size))

    def point_at(self, rank: int) -> Point:
        """The point that ``rank`` others come before, in the order of ``points``."""
        point = []
        for part in reversed(self.parts):
            rank, at = divmod(rank, size(part))
            point.append(value_at(part, at))
        return tuple(reversed(point))


def _bits(mask: int) -> str:
    return f"{mask:#b}" if mask < 1 << 64 else f"({mask.bit_count()})"


def _short(left: Part) -> str:
    last = split_number(left)
    return str(last) if last.bit_length() < 1000 else "(too long)"


def full_cell(domain: Domain) -> Cell:
    """The cell of all tuples."""
    return Cell(tuple(v.whole for v in domain.variables))


def cell_weight(domain: Domain, cell: Cell) -> int:
    """The cell's probability times ``domain.total_weight``."""
    return domain.measure(cell)[1] if domain.given else domain.weight_within(cell, None)


def describe_cell(domain: Domain, cell: Cell) -> str:
    """The cell in words: ``colour is red or green, x7 = 1``; ``everything`` if nothing is fixed."""
    words = []
    for v, part in zip(domain.variables, cell.parts, strict=True):
        if part != v.whole:
            words.append(describe_part(v, part))
    return ", ".join(words) or "everything"


def describe_part(v: AnyVariable, part: Part) -> str:
    """A variable with what is left of its values: ``colour is red or green``, ``age = 18``."""
    if isinstance(v, Continuous):
        low, high = v.hull(first(part), first(part) + size(part) - 1)
        return f"{v.name} is above {low}, up to {high}"
    if size(part) == 1:
        return f"{v.name} = {v.label(first(part))}"
    if isinstance(part, range):
        return f"{v.name} is {v.label(part.start)} to {v.label(part.stop - 1)}"
    return f"{v.name} is {' or '.join(map(v.label, values(part)))}"
