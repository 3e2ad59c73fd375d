"""An interval's pieces in bins: rule 10 of docs/soundness.md, counting. Trusted.

Piece k of a continuous variable is taken as the least that its numbers contribute to a sum. Within
a run of equally long pieces these are equally far from each other, as an ordinal's values are.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from verifier.model.chances import Distribution, Runs
from verifier.model.continuous import PieceRows


@dataclass(frozen=True, slots=True)
class Stretch:
    """Pieces in a row: rank r contributes ``offset + r * slope`` more than the part's least piece.

    ``pieces`` are from the first rank on, in increasing order, or decreasing with ``reverse``.
    """

    pieces: range
    offset: int
    slope: int
    reverse: bool

    def last(self) -> int:
        """What the last rank contributes."""
        return self.offset + (len(self.pieces) - 1) * self.slope


@dataclass(frozen=True, slots=True)
class Stairs:
    """A part of a continuous variable, in stretches of increasing contributions.

    ``least`` is the least contribution of its numbers, and no number exceeds that plus its piece's
    bin by more than ``rest`` (both in the sum's units).
    """

    stretches: tuple[Stretch, ...]
    least: int
    rest: int

    def top(self, width: int) -> int:
        """The highest bin."""
        return self.stretches[-1].last() // width


def stairs(rows: PieceRows, part: range, slope: int, width: int) -> Stairs:
    """The pieces of a part, where a number x contributes ``slope * x``, in bins of ``width``."""
    v = rows.variable
    size = abs(slope)
    low, high = rows.cut(part.start), rows.cut(part.stop)
    inner = v.starts[bisect_right(v.starts, part.start) :]
    ends = [part.start, *(at for at in inner if at < part.stop), part.stop]
    found, longest = [], 0
    for begin, end in pairwise(ends):
        begins, stops = rows.cut(begin), rows.cut(end)
        each = size * ((stops - begins) // (end - begin))
        longest = max(longest, each)
        offset = size * (high - stops if slope < 0 else begins - low)
        found.append(Stretch(range(begin, end), offset, each, slope < 0))
    if slope < 0:
        found.reverse()
    span = size * (high - low)
    least = slope * (high if slope < 0 else low)
    return Stairs(tuple(found), least, min(width + longest, span))


def in_bins(x: Stairs, width: int) -> Iterator[tuple[range, int]]:
    """Pieces in a row that are in the same bin, and the bin."""
    for own in x.stretches:
        edges, bins = _edges(own, len(own.pieces), width)
        start, end = own.pieces.start, own.pieces.stop
        for at, (first, stop) in zip(bins, pairwise(edges), strict=True):
            back = range(end - stop, end - first)
            yield back if own.reverse else range(start + first, start + stop), at


def amounts(x: Stairs, width: int, chances: Distribution | None) -> list[tuple[int, int]]:
    """How many pieces are in each bin, or how much weight: bins in increasing order."""
    held: dict[int, int] = {}
    for own in x.stretches:
        count = len(own.pieces)
        edges, bins = _edges(own, count, width)
        each = 1 if chances is None else _each(chances, own.pieces)
        for at, (first, stop) in zip(bins, pairwise(edges), strict=True):
            amount = (stop - first) * each
            if chances is not None and not each:
                start, end = own.pieces.start, own.pieces.stop
                some = range(start + first, start + stop)
                if own.reverse:
                    some = range(end - stop, end - first)
                amount = chances.weight_of(some)
            held[at] = held.get(at, 0) + amount
    return sorted(held.items())


def _each(chances: Distribution, pieces: range) -> int:
    """The weight of each piece of a stretch where all have the same; else 0."""
    if not isinstance(chances, Runs):
        return 0
    ends = (bisect_right(chances.stops, at) for at in (pieces.start, pieces.stop - 1))
    same = len(set(ends)) == 1 and pieces.start >= chances.start
    return chances.weight_at(pieces.start) if same else 0


def _edges(own: Stretch, count: int, width: int) -> tuple[list[int], list[int]]:
    """The ranks at which bins begin, with the last one's end, and the bins."""
    if own.slope >= width:  # no two pieces are in the same bin
        bins = [(own.offset + rank * own.slope) // width for rank in range(count)]
        return list(range(count + 1)), bins
    first, last = own.offset // width, own.last() // width
    inner = [-((own.offset - at * width) // own.slope) for at in range(first + 1, last + 1)]
    return [0, *inner, count], list(range(first, last + 1))
