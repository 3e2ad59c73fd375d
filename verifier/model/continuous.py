"""Continuous variables: intervals of real numbers with a piecewise constant density.

An interval is cut into *pieces*; a value index stands for a piece. Inside a run of pieces all are
equally long and equally probable. No piece is listed: there may be more than any memory holds.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import ClassVar, NamedTuple, overload

from verifier.model.chances import LONGEST_DENOMINATOR, Runs
from verifier.model.errors import DomainError
from verifier.model.ranged import MOST_NUMBERS, Ranged


class Run(NamedTuple):
    """Pieces in a row: how many, how long each is, and their probability together."""

    pieces: int
    length: Fraction
    probability: Fraction


@dataclass(frozen=True)
class Continuous(Ranged):
    """A real number above ``first``, up to where the pieces of all ``runs`` end.

    Piece k is what lies above cut k and not above cut k + 1: a test ``x <= cut`` parts pieces and
    nothing in them. So ``first`` itself is in no piece; its probability is 0. As a point's value a
    piece stands for its right end, which is in it.
    """

    name: str
    first: Fraction
    runs: tuple[Run, ...]

    HINT: ClassVar[str] = "give it fewer pieces"

    def __post_init__(self) -> None:
        where = f'variable "{self.name}"'
        if not self.runs:
            raise DomainError(f"{where} is an interval without pieces: give it at least one")
        if any(pieces < 1 or length <= 0 for pieces, length, _ in self.runs):
            raise DomainError(f"{where}: every piece of an interval has a length above 0")
        if self.count > MOST_NUMBERS:
            raise DomainError(f"{where} must have from 1 to 2^62 pieces: give it fewer")
        if self.denominator.bit_length() > LONGEST_DENOMINATOR:
            raise DomainError(f"{where}: the interval's cuts have too many digits: round them")
        if problem := self.chances.fault(self.whole):
            raise DomainError(f"{where}: {problem}")

    @cached_property
    def count(self) -> int:
        """Number of pieces."""
        return sum(run.pieces for run in self.runs)

    @cached_property
    def chances(self) -> Runs:
        """The pieces' probabilities as a distribution."""
        return Runs(0, tuple((run.pieces, run.probability) for run in self.runs))

    @cached_property
    def denominator(self) -> int:
        """Least common denominator of the cuts (of the first one and the lengths, that is)."""
        d = self.first.denominator
        for run in self.runs:
            d = math.lcm(d, run.length.denominator)
            if d.bit_length() > LONGEST_DENOMINATOR:
                break
        return d

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The first piece of each run, and how many pieces there are."""
        return tuple(accumulate((run.pieces for run in self.runs), initial=0))

    @cached_property
    def breaks(self) -> tuple[Fraction, ...]:
        """Where each run begins, and where the last one ends."""
        return tuple(accumulate((n * x for n, x, _ in self.runs), initial=self.first))

    @cached_property
    def in_wholes(self) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
        """The denominator, and the breaks and the lengths of pieces times it."""
        d = self.denominator
        return d, tuple(int(x * d) for x in self.breaks), tuple(int(x * d) for _, x, _ in self.runs)

    @property
    def last(self) -> Fraction:
        """Where the interval ends."""
        return self.breaks[-1]

    @property
    def ends(self) -> tuple[Fraction, Fraction]:
        """The ends of the interval."""
        return self.first, self.last

    def cut(self, at: int) -> Fraction:
        """Where piece ``at`` begins and the one before ends; ``at`` is from 0 to ``count``."""
        run = min(bisect_right(self.starts, at), len(self.runs)) - 1
        return self.breaks[run] + (at - self.starts[run]) * self.runs[run].length

    def number(self, value: int) -> Fraction:
        """The right end of a piece."""
        return self.cut(value + 1)

    def hull(self, low: int, high: int) -> tuple[Fraction, Fraction]:
        """The ends of the pieces from ``low`` to ``high`` together."""
        return self.cut(low), self.cut(high + 1)

    def cut_at(self, number: Fraction) -> int | None:
        """The cut that is this number, from 0 to ``count``."""
        piece = -1 if number == self.first else self.piece_of(number)
        return None if piece is None or self.cut(piece + 1) != number else piece + 1

    def place(self, number: Fraction) -> int | None:
        """The piece whose right end is this number."""
        at = self.cut_at(number)
        return at - 1 if at else None

    def piece_of(self, number: Fraction) -> int | None:
        """The piece that this number is in."""
        d, breaks, lengths = self.in_wholes
        up = -(-number.numerator * d // number.denominator)  # rounded up: no cut lies in between
        if not breaks[0] < up <= breaks[-1]:
            return None
        run = bisect_left(breaks, up) - 1
        return self.starts[run] - (breaks[run] - up) // lengths[run] - 1

    def up_to(self, threshold: Fraction) -> range | None:
        """The pieces that are at most ``threshold``; None where it lies inside one."""
        at = self.cut_at(min(max(threshold, self.first), self.last))
        return None if at is None else range(at)

    def shares(
        self, low: Fraction, high: Fraction, probability: Fraction
    ) -> list[tuple[int, Fraction]]:
        """How many pieces, and their probability, of what is uniform between two cuts, by runs.

        Raises DomainError where they are no cuts, or not in order.
        """
        at, stop = self.cut_at(low), self.cut_at(high)
        if at is None or stop is None or at >= stop:
            raise DomainError(f'{low} to {high}: not from one cut of "{self.name}" to a later one')
        found: list[tuple[int, Fraction]] = []
        inner = self.starts[bisect_right(self.starts, at) : bisect_left(self.starts, stop)]
        for end in (*inner, stop):
            share = (self.cut(end) - self.cut(at)) / (high - low)
            found.append((end - at, probability * share))
            at = end
        return found

    def longest(self, part: range) -> Fraction:
        """The length of the longest piece of a part that is not empty."""
        low, high = (bisect_right(self.starts, k) for k in (part.start, part.stop - 1))
        return max(run.length for run in self.runs[low - 1 : high])


@dataclass(frozen=True)
class PieceRows(Sequence[tuple[int, ...]]):
    """The right ends of an interval's pieces times a common denominator."""

    variable: Continuous
    denominator: int

    def __len__(self) -> int:
        return self.variable.count

    @cached_property
    def _whole(self) -> tuple[tuple[int, int], ...]:
        """For each run what cut 0 would be if all pieces were its own, and their length."""
        d, breaks, lengths = self.variable.in_wholes
        by, runs = self.denominator // d, zip(self.variable.starts, breaks, lengths, strict=False)
        return tuple(((begin - start * length) * by, length * by) for start, begin, length in runs)

    def cut(self, at: int) -> int:
        """A cut times the denominator."""
        v = self.variable
        base, length = self._whole[min(bisect_right(v.starts, at), len(v.runs)) - 1]
        return base + at * length

    @overload
    def __getitem__(self, at: int) -> tuple[int, ...]: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[tuple[int, ...]]: ...
    def __getitem__(self, at: int | slice) -> tuple[int, ...] | Sequence[tuple[int, ...]]:
        if isinstance(at, slice):
            return [self[i] for i in range(len(self))[at]]
        if not 0 <= at < len(self):
            raise IndexError(at)
        return (self.cut(at + 1),)

    def __iter__(self) -> Iterator[tuple[int, ...]]:
        return (self[i] for i in range(len(self)))


def parted(
    first: Fraction,
    density: Sequence[tuple[Fraction, Fraction]],
    runs: Sequence[tuple[int, Fraction]],
) -> tuple[Run, ...]:
    """Runs of pieces with their share of a density.

    ``density`` holds where each part of it ends, and its probability; ``runs`` how many pieces and
    how long each. Both begin at ``first``. Raises DomainError unless every part of the density
    ends where a run does, and the last ones together.
    """
    made: list[Run] = []
    at, begin, parts = first, first, iter(density)
    end, p = next(parts, (first, Fraction(0)))
    for count, length in runs:
        if at == end:
            begin, (end, p) = at, next(parts, (at, Fraction(0)))
        at += count * length
        if at > end:
            raise DomainError(f"the density changes at {end}, which is no end of a run of pieces")
        made.append(Run(count, length, p * count * length / (end - begin)))
    if at != end or next(parts, None) is not None:
        raise DomainError("the pieces do not end where the density does")
    return tuple(made)


def density_of(
    first: Fraction, runs: Sequence[tuple[Fraction, Fraction]]
) -> list[tuple[Fraction, Fraction, Fraction]]:
    """Lengths with probabilities as parts (from, to, probability), neighbours of equal density
    together."""
    parts: list[tuple[Fraction, Fraction, Fraction]] = []
    at = first
    for length, p in runs:
        begin, at = at, at + length
        if parts and parts[-1][2] * length == p * (parts[-1][1] - parts[-1][0]):
            begin, _, before = parts.pop()
            p += before
        parts.append((begin, at, p))
    return parts
