"""Ordinals: variables whose values are the numbers first, first + step, ... of a range.

No value is listed: an ordinal may have more of them than any memory holds.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import overload

from verifier.model.chances import LONGEST_DENOMINATOR, Runs
from verifier.model.continuous import Continuous
from verifier.model.errors import DomainError
from verifier.model.ranged import LISTED, MOST_NUMBERS, Ranged
from verifier.model.variable import Variable

__all__ = ["LISTED", "MOST_NUMBERS", "AnyVariable", "IntegerRows", "Ordinal", "Ranged", "uniform"]


@dataclass(frozen=True)
class Ordinal(Ranged):
    """A number: value ``i`` is ``first + i * step``, for ``i`` from 0 to ``count - 1``.

    It fills one column with the number as it is. ``runs`` are its probabilities, in order: how many
    values, and their probability together, which they share equally.
    """

    name: str
    first: Fraction
    step: Fraction
    count: int
    runs: tuple[tuple[int, Fraction], ...]

    def __post_init__(self) -> None:
        where = f'variable "{self.name}"'
        if self.step <= 0:
            raise DomainError(f"{where} has step {self.step}: steps are greater than 0")
        if not 1 <= self.count <= MOST_NUMBERS:
            raise DomainError(f"{where} must have from 1 to 2^62 values: widen its step")
        if self.denominator.bit_length() > LONGEST_DENOMINATOR:
            raise DomainError(f"{where}: first and step have too many digits: round them")
        if problem := self.chances.fault(self.whole):
            raise DomainError(f"{where}: {problem}")

    @property
    def last(self) -> Fraction:
        """The greatest number."""
        return self.number(self.count - 1)

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """The least and the greatest number."""
        return self.first, self.last

    @cached_property
    def chances(self) -> Runs:
        """The probabilities as a distribution."""
        return Runs(0, self.runs)

    @cached_property
    def denominator(self) -> int:
        """Least common denominator of the numbers."""
        step = self.step.denominator if self.count > 1 else 1
        return math.lcm(self.first.denominator, step)

    def number(self, value: int) -> Fraction:
        """The number that a value is."""
        return self.first + value * self.step

    def hull(self, low: int, high: int) -> tuple[Fraction, Fraction]:
        """The least and the greatest number of the values from ``low`` to ``high``."""
        return self.number(low), self.number(high)

    def place(self, number: Fraction) -> int | None:
        """The value that is this number."""
        at = Fraction(number - self.first, self.step)
        return int(at) if at.denominator == 1 and 0 <= at < self.count else None

    def up_to(self, threshold: Fraction) -> range:
        """The values whose numbers are at most ``threshold``."""
        most = (threshold - self.first) // self.step
        return range(min(max(most + 1, 0), self.count))


AnyVariable = Variable | Ordinal | Continuous


@dataclass(frozen=True)
class IntegerRows(Sequence[tuple[int, ...]]):
    """An ordinal's rows times a common denominator, made when they are asked for."""

    first: int
    step: int
    length: int

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, at: int) -> tuple[int, ...]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[tuple[int, ...]]: ...
    def __getitem__(self, at: int | slice) -> tuple[int, ...] | Sequence[tuple[int, ...]]:
        if isinstance(at, slice):
            return [self[i] for i in range(self.length)[at]]
        if not 0 <= at < self.length:
            raise IndexError(at)
        return (self.first + at * self.step,)

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return ((self.first + i * self.step,) for i in range(self.length))


def uniform(count: int) -> tuple[tuple[int, Fraction], ...]:
    """The runs of equally probable values."""
    return ((count, Fraction(1)),)
