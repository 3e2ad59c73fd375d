"""Finite domains: products of variables.

A *point* is a tuple of value indices, one per variable. Everything here is exact: encodings and
probabilities are fractions, counts are Python integers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from verifier.model.errors import DomainError
from verifier.model.methods import DomainMethods
from verifier.model.variable import Variable, common_denominator

Point = tuple[int, ...]

LONGEST_WEIGHT = 1 << 20
"""Most bits of the common denominator of all points' probabilities: probabilities of cells have as
many, and are counted with."""
LARGEST_ENCODING = 1 << 31
"""Most bits of all encodings together over their common denominator."""


@dataclass(frozen=True)
class Domain(DomainMethods):
    """An ordered product of variables; their encodings, side by side, are the teacher's input."""

    variables: tuple[Variable, ...]

    def __post_init__(self) -> None:
        if not self.variables:
            raise DomainError("the domain has no variables: give it at least one")
        seen: set[str] = set()
        for v in self.variables:
            if v.name in seen:
                raise DomainError(f'two variables are named "{v.name}": names must differ')
            seen.add(v.name)
        length = sum((v.weights[1] - 1).bit_length() for v in self.variables)
        if length > LONGEST_WEIGHT:
            raise DomainError(
                f"the probabilities of the domain's points have a common denominator of {length} "
                f"bits, but at most {LONGEST_WEIGHT} can be handled: round the probabilities"
            )
        numbers = sum(len(v.labels) * v.columns for v in self.variables)
        if self.denominator.bit_length() * numbers > LARGEST_ENCODING:
            raise DomainError(
                f"the domain's {numbers} encoded numbers have a common denominator of "
                f"{self.denominator.bit_length()} bits: too many digits; round the encodings"
            )

    @cached_property
    def size(self) -> int:
        """Number of points."""
        return math.prod(len(v.labels) for v in self.variables)

    @cached_property
    def columns(self) -> int:
        """Number of teacher columns."""
        return sum(v.columns for v in self.variables)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """First teacher column of each variable."""
        offsets, total = [], 0
        for v in self.variables:
            offsets.append(total)
            total += v.columns
        return tuple(offsets)

    @cached_property
    def column_owner(self) -> tuple[tuple[int, int], ...]:
        """For each teacher column, its variable's index and its position within the variable."""
        return tuple((i, j) for i, v in enumerate(self.variables) for j in range(v.columns))

    @cached_property
    def denominator(self) -> int:
        """Least common denominator of all encoded numbers."""
        numbers = (x for v in self.variables for row in v.encoding for x in row)
        return common_denominator(numbers, "the domain's encodings")

    @cached_property
    def integer_encoding(self) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """Encodings times ``denominator``: ``[variable][value][column]``."""
        d = self.denominator
        return tuple(
            tuple(tuple(x.numerator * (d // x.denominator) for x in row) for row in v.encoding)
            for v in self.variables
        )

    @cached_property
    def total_weight(self) -> int:
        """Common denominator of all point probabilities."""
        return math.prod(v.weights[1] for v in self.variables)

    @cached_property
    def uniform(self) -> bool:
        """Whether every point has the same probability."""
        return all(len(set(v.probabilities)) == 1 for v in self.variables)

    def encode(self, point: Point) -> list[Fraction]:
        """The teacher input of a point, exactly."""
        return [x for v, i in zip(self.variables, point, strict=True) for x in v.encoding[i]]

    def encode_integers(self, point: Point) -> list[int]:
        """The teacher input of a point times ``denominator``."""
        return [x for rows, i in zip(self.integer_encoding, point, strict=True) for x in rows[i]]

    def labels(self, point: Point) -> dict[str, str]:
        """The point in words: variable name to value label."""
        return {v.name: v.labels[i] for v, i in zip(self.variables, point, strict=True)}

    def weight(self, point: Point) -> int:
        """The point's probability times ``total_weight``."""
        return math.prod(v.weights[0][i] for v, i in zip(self.variables, point, strict=True))

    def probability(self, point: Point) -> Fraction:
        """The point's exact probability."""
        return Fraction(self.weight(point), self.total_weight)


def bits(n: int) -> Domain:
    """``n`` uniform {0,1} variables named x0, x1, ..."""
    return _pairs(n, 0)


def signs(n: int) -> Domain:
    """``n`` uniform {-1,+1} variables named x0, x1, ..."""
    return _pairs(n, -1)


def _pairs(n: int, low: int) -> Domain:
    rows = (Fraction(low),), (Fraction(1),)
    chances = Fraction(1, 2), Fraction(1, 2)
    return Domain(tuple(Variable(f"x{i}", (str(low), "1"), rows, chances) for i in range(n)))
