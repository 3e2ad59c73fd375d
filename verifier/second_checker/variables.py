"""The variables of a certificate's domain, and distributions over their values."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import floor
from operator import mul

from verifier.model.errors import CertificateError


@dataclass(frozen=True)
class Shares:
    """A distribution over listed values, each with a numerator over ``over``."""

    each: tuple[int, ...]
    over: int

    def weight(self, own: Sequence[int]) -> int:
        """The probability of some values, times ``over``."""
        return sum(self.each[i] for i in own)


@dataclass(frozen=True)
class Runs:
    """A distribution over numbers in a row: from each range's numbers, ``each`` over ``over``."""

    runs: tuple[tuple[range, int], ...]
    over: int

    def weight(self, own: Sequence[int]) -> int:
        """The probability of a range of numbers, times ``over``."""
        first, last = own[0], own[-1]
        return sum(
            each * max(0, min(last, run[-1]) - max(first, run[0]) + 1) for run, each in self.runs
        )


Chances = Shares | Runs


@dataclass(frozen=True)
class Categorical:
    """``rows[v]`` encodes value v, over the domain's denominator."""

    name: str
    labels: tuple[str, ...]
    rows: tuple[tuple[int, ...], ...]
    chances: Chances

    @property
    def whole(self) -> Sequence[int]:
        """All of its values."""
        return tuple(range(len(self.labels)))

    @property
    def columns(self) -> int:
        """How many columns it fills."""
        return len(self.rows[0])

    def row(self, value: int) -> tuple[int, ...]:
        """The encoding of a value."""
        return self.rows[value]

    def ends(self, own: Sequence[int]) -> tuple[list[int], list[int]]:
        """The least and the greatest number of each column."""
        columns = list(zip(*(self.rows[i] for i in own), strict=True))
        return [min(column) for column in columns], [max(column) for column in columns]

    def least(self, form: Sequence[int], own: Sequence[int]) -> int:
        """The least value of a linear form of its columns."""
        found: int = min(sum(map(mul, form, self.rows[i])) for i in own)
        return found

    def numbers(self) -> Iterable[int]:
        """All numbers of its encoding."""
        return (x for row in self.rows for x in row)


@dataclass(frozen=True)
class Ordinal:
    """Value v is the number ``first + v * step``, over the domain's denominator."""

    name: str
    first: int
    step: int
    count: int
    chances: Chances

    columns = 1

    @property
    def whole(self) -> Sequence[int]:
        """All of its values."""
        return range(self.count)

    def row(self, value: int) -> tuple[int, ...]:
        """The encoding of a value."""
        return (self.first + value * self.step,)

    def ends(self, own: Sequence[int]) -> tuple[list[int], list[int]]:
        """The least and the greatest number of its column."""
        return [*self.row(own[0])], [*self.row(own[-1])]

    def least(self, form: Sequence[int], own: Sequence[int]) -> int:
        """The least value of a linear form of its column: at one of the ends."""
        return min(form[0] * x for end in self.ends(own) for x in end)

    def numbers(self) -> Iterable[int]:
        """Numbers of which all of its own are whole multiples of the smallest unit, and the
        largest. The step of a single value leads nowhere."""
        step = self.step if self.count > 1 else 0
        return (self.first, step, self.first + (self.count - 1) * step)


@dataclass(frozen=True)
class Interval:
    """A real number; value v is the piece above cut v, up to cut v + 1.

    ``runs`` are the first piece of some in a row, where it begins and how long each is, over the
    domain's denominator; ``last`` is where the last one ends.
    """

    name: str
    runs: tuple[tuple[int, int, int], ...]
    last: int
    count: int
    chances: Chances

    columns = 1

    @property
    def whole(self) -> Sequence[int]:
        """All of its pieces."""
        return range(self.count)

    @cached_property
    def starts(self) -> list[int]:
        """The first piece of each run."""
        return [start for start, _, _ in self.runs]

    @cached_property
    def begins(self) -> list[int]:
        """Where each run begins."""
        return [begin for _, begin, _ in self.runs]

    def cut(self, at: int) -> int:
        """Where a piece begins."""
        if at == self.count:
            return self.last
        start, begin, length = self.runs[bisect_right(self.starts, at) - 1]
        return begin + (at - start) * length

    def row(self, value: int) -> tuple[int, ...]:
        """The right end of a piece, the number that stands for it at a point."""
        return (self.cut(value + 1),)

    def at_number(self, where: str, number: Fraction) -> int:
        """The cut at a number; CertificateError if it is none."""
        if number == self.last:
            return self.count
        run = bisect_right(self.begins, floor(number)) - 1
        if run >= 0 and number < self.last:
            start, begin, length = self.runs[run]
            steps = (number - begin) / length
            if steps.denominator == 1:
                return start + int(steps)
        raise CertificateError(f"{where}: {number} is no cut of the interval")

    def ends(self, own: Sequence[int]) -> tuple[list[int], list[int]]:
        """The least and the greatest number of its column, both ends included."""
        return [self.cut(own[0])], [self.cut(own[-1] + 1)]

    def least(self, form: Sequence[int], own: Sequence[int]) -> int:
        """The least value of a linear form of its column: at one of the ends."""
        return min(form[0] * x for end in self.ends(own) for x in end)

    def numbers(self) -> Iterable[int]:
        """All that its cuts are made of."""
        return (x for _, begin, length in self.runs for x in (begin, length, self.last))


Variable = Categorical | Ordinal | Interval


@dataclass(frozen=True)
class Inputs:
    """What a network reads: variables side by side; ``starts`` holds the first column of each."""

    variables: tuple[Variable, ...]
    denominator: int
    starts: tuple[int, ...]
    columns: int
