"""An interval's pieces in bins, by the least that their numbers contribute: from rule 10.

Pieces of one run are equally long, so within a stretch of them each contributes as much more than
the one before.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from verifier.second_checker.variables import Interval


@dataclass(frozen=True)
class Stretch:
    """Pieces in a row; of rising contributions, the first of them ``least`` and ``each`` more."""

    first: int
    stop: int
    least: int
    each: int
    falling: bool

    def at(self, rank: int) -> int:
        """The piece that is so many places above the least."""
        return self.stop - 1 - rank if self.falling else self.first + rank

    def bins(self, wide: int) -> Iterator[tuple[int, range]]:
        """The bins in rising order, and the pieces in each."""
        count = self.stop - self.first
        start = 0
        while start < count:
            at = (self.least + start * self.each) // wide
            stop = count
            if self.each:  # the first rank that contributes the next bin's least, or more
                stop = min(count, -((self.least - (at + 1) * wide) // self.each))
            ends = self.at(start), self.at(stop - 1)
            yield at, range(min(ends), max(ends) + 1)
            start = stop


@dataclass(frozen=True)
class Stairs:
    """The stretches of a part of an interval, of rising contributions, in bins of ``wide``."""

    stretches: tuple[Stretch, ...]
    wide: int

    @property
    def top(self) -> int:
        """The highest bin."""
        last = self.stretches[-1]
        return (last.least + (last.stop - last.first - 1) * last.each) // self.wide

    @property
    def longest(self) -> int:
        """How far numbers of one piece can be from each other."""
        return max(x.each for x in self.stretches)

    def bins(self) -> Iterator[tuple[int, range]]:
        """Pieces in a row of one stretch that have the same bin, and this."""
        for own in self.stretches:
            yield from own.bins(self.wide)


def stairs(v: Interval, own: Sequence[int], slope: int, wide: int) -> Stairs:
    """A part of an interval, where a number x contributes ``slope * x``."""
    first, stop = own[0], own[-1] + 1
    ends = [first, *v.starts[bisect_right(v.starts, first) :], stop]
    ends = [at for at in ends if at <= stop]
    low, high = v.cut(first), v.cut(stop)
    found = []
    for a, b in pairwise(sorted(set(ends))):
        begin, end = v.cut(a), v.cut(b)
        least = -slope * (high - end) if slope < 0 else slope * (begin - low)
        found.append(Stretch(a, b, least, abs(slope) * ((end - begin) // (b - a)), slope < 0))
    return Stairs(tuple(found[::-1] if slope < 0 else found), wide)
