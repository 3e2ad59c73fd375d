"""Cells: products of subsets of the variables' values, and their exact probabilities."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from verifier.model.domain import Domain, Point


@dataclass(frozen=True, slots=True)
class Cell:
    """A product of nonempty subsets: bit ``v`` of ``masks[i]`` says value v of variable i is in."""

    masks: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of points."""
        return math.prod(map(int.bit_count, self.masks))

    def split(self, index: int, left: int) -> tuple[Cell, Cell]:
        """The cell cut in two: variable ``index`` in ``left``, and in the rest of its values.

        Raises ValueError unless ``left`` is a nonempty proper subset of the cell's values.
        """
        mask = self.masks[index]
        rest = mask & ~left
        if left & ~mask or not left or not rest:
            shown = [f"{m:#b}" if m < 1 << 64 else f"({m.bit_count()})" for m in (left, mask)]
            raise ValueError(f"values {shown[0]} do not split {shown[1]} of variable {index}")
        before, after = self.masks[:index], self.masks[index + 1 :]
        return Cell((*before, left, *after)), Cell((*before, rest, *after))

    def contains(self, point: Point) -> bool:
        """Whether the point lies in the cell."""
        return all(m >> v & 1 for m, v in zip(self.masks, point, strict=True))

    def first_point(self) -> Point:
        """The point with the lowest value index in every variable."""
        return tuple((m & -m).bit_length() - 1 for m in self.masks)

    def points(self) -> Iterator[Point]:
        """All points, the last variable changing fastest."""
        return product(*(values(m) for m in self.masks))


def values(mask: int) -> tuple[int, ...]:
    """The value indices in a mask, in increasing order."""
    return tuple(v for v, bit in enumerate(reversed(f"{mask:b}")) if bit == "1")


def full_cell(domain: Domain) -> Cell:
    """The cell of all points."""
    return Cell(tuple((1 << len(v.labels)) - 1 for v in domain.variables))


def cell_weight(domain: Domain, cell: Cell) -> int:
    """The cell's probability times ``domain.total_weight``."""
    total = 1
    for v, mask in zip(domain.variables, cell.masks, strict=True):
        weights, denominator = v.weights
        if mask.bit_count() == len(weights):
            total *= denominator
        else:
            total *= sum(weights[i] for i in values(mask))
    return total


def cell_probability(domain: Domain, cell: Cell) -> Fraction:
    """The cell's exact probability under the domain's product distribution."""
    return Fraction(cell_weight(domain, cell), domain.total_weight)


def describe_cell(domain: Domain, cell: Cell) -> str:
    """The cell in words: ``colour is red or green, x7 = 1``; ``everything`` if nothing is fixed."""
    words = []
    for v, mask in zip(domain.variables, cell.masks, strict=True):
        allowed = values(mask)
        if len(allowed) == len(v.labels):
            continue
        if len(allowed) == 1:
            words.append(f"{v.name} = {v.labels[allowed[0]]}")
        else:
            words.append(f"{v.name} is {' or '.join(v.labels[i] for i in allowed)}")
    return ", ".join(words) or "everything"
