"""What draws count of, of many pieces that Sandwiches may decide in part: rule 11. Trusted.

What ``sums`` and ``undecided`` find of one piece in Python's integers is found of many in machine
integers, where these have room: bins and sums of bins, and which sums are decided.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked
from verifier.kernel.lines import Bools, Lines
from verifier.kernel.many import LARGE, WIDE, Contributions, Table, contributions, table_of
from verifier.kernel.pieces import Piece
from verifier.kernel.stretches import Regions, all_truths, regions
from verifier.kernel.stretches import Table as Truths
from verifier.kernel.undecided import Choices, Floats, Group
from verifier.model.chances import Listed
from verifier.model.errors import CertificateError
from verifier.model.ordinal import Ordinal
from verifier.model.part import values
from verifier.model.variable import Variable

BINS = 1 << 16
"""Bins of a piece, at most."""
NUMBERS = 1 << 23
"""Listed values of all pieces together, at most, where a variable has many."""


@dataclass(frozen=True, eq=False)
class Remaining:
    """Some pieces, P, in machine integers; ``open`` (P, stretches, 2) are the sums of bins that
    are not decided. Those that are undecided as a whole have the one sum 0.
    """

    asked: Asked
    table: Table
    sums: Contributions
    open: Ints

    def group(self, at: Ints, line: int, poll: Callable[[], None]) -> tuple[Group, Rest]:
        """The tables to draw some of the pieces from but for the line's variable, and what that
        one is left.
        """
        every = {
            i: self._ordinal(at, own)
            for own, i in enumerate(self.table.ordinals.tolist())
            if i != line
        }
        for (i, _, _), (masks, bins) in zip(self.table.listed, self.sums.lists, strict=True):
            every[i] = self._listed(i, masks[at], bins[at])
        rest = self._rest(at, self.table.ordinals.tolist().index(line))
        return Group(every, len(every) + 1, rest.left, poll), rest

    def most_open(self, line: int) -> Ints:
        """How many values of an ordinal are undecided at most, (P,), whatever the others are."""
        at = self.table.ordinals.tolist().index(line)
        count, slope = self.sums.counts[:, at], np.abs(self.sums.slopes[:, at])
        bins = self.open[:, :, 1] - self.open[:, :, 0]
        # of bins in a row each begins slope / wide values after the one before, rounded up
        most = bins * self.sums.wide[:, None] // np.maximum(slope, 1)[:, None] + 1
        found = np.minimum(np.where(bins > 0, most, 0).sum(axis=1), count)
        return np.where(slope > 0, found, count)

    def crossed(self, pieces: Ints, points: Ints, line: int) -> tuple[Lines, Ints]:
        """The undecided stretches of an ordinal at points (N, variables) of pieces (N,).

        Also the number of each one's point. The ordinal's own values are disregarded.
        """
        sums, at = self.sums, self.table.ordinals.tolist().index(line)
        start, count, along = (x[pieces, at] for x in (sums.starts, sums.counts, sums.slopes))
        left = self.open[pieces] - self._bins(pieces, points, line)[:, None, None]
        slope, size = np.abs(along)[:, None, None], count[:, None, None]
        wide = sums.wide[pieces, None, None]
        ranks = np.minimum(_first(np.maximum(left, 0), wide, slope), size)
        ranks = np.where((slope == 0) & (left > 0), size, ranks)
        back = (along < 0)[:, None]
        first, stop = ranks[:, :, 0], ranks[:, :, 1]
        begin, end = start[:, None], (start + count)[:, None]
        low, high = (
            np.where(back, end - stop, begin + first),
            np.where(back, end - first, begin + stop),
        )
        owner, at = np.nonzero(low < high)
        return Lines(points[owner], low[owner, at], high[owner, at] - 1), owner

    def are_open(self, pieces: Ints, points: Ints) -> Bools:
        """Which points (N, variables) of pieces (N,) are undecided."""
        low, high = self.open[pieces].transpose(2, 1, 0)
        bins = self._bins(pieces, points, None)
        found: Bools = ((low <= bins) & (bins < high)).any(axis=0)
        return found

    def _bins(self, pieces: Ints, points: Ints, line: int | None) -> Ints:
        """The sums of bins of points (N, variables) of pieces (N,), without an ordinal's."""
        sums, total = self.sums, np.zeros(len(pieces), dtype=np.int64)
        wide = sums.wide[pieces]
        for own, i in enumerate(self.table.ordinals.tolist()):
            if i != line:
                slope = sums.slopes[pieces, own]
                rank = points[:, i] - sums.starts[pieces, own]
                rank = np.where(slope < 0, sums.counts[pieces, own] - 1 - rank, rank)
                total += rank * np.abs(slope) // wide
        for (i, _, _), (_, bins) in zip(self.table.listed, sums.lists, strict=True):
            total += bins[pieces, points[:, i]]
        return total

    def _ordinal(self, at: Ints, own: int) -> Choices:
        """Values one by one where no two are in the same bin, else the bins."""
        sums = self.sums
        wide, slope = sums.wide[at, None], np.abs(sums.slopes[at, own, None])
        start, count, top = (x[at, own, None] for x in (sums.starts, sums.counts, sums.tops))
        apart = slope >= wide
        filled = np.where(apart, count, top + 1)
        rank = np.arange(int(filled.max()) + 1)
        edges = np.where(rank > top, count, _first(np.minimum(rank, top), wide, slope))
        edges = np.where(apart, np.minimum(rank, count), edges)
        inside = rank[:-1] < filled
        bins = np.where(apart, edges[:, :-1] * slope // wide, rank[:-1])
        sizes = np.diff(edges, axis=1)
        back = sums.slopes[at, own, None] < 0
        starts = start + np.where(back, count - edges[:, 1:], edges[:, :-1])
        return Choices(
            np.where(inside, bins, 0),
            starts,
            np.where(inside, sizes, 1),
            np.where(inside, sizes / count, 0.0),
        )

    def _listed(self, variable: int, masks: Ints, bins: Ints) -> Choices:
        """The values of another variable, each by its probability."""
        chances = self.asked.domain.variables[variable].chances
        assert isinstance(chances, Listed)
        weights = np.zeros(bins.shape)
        for mask in np.unique(masks).tolist():
            whole = chances.weight_of(mask)
            row = np.zeros(bins.shape[1])
            for v in values(mask):
                row[v] = chances.weights[v] / whole
            weights[masks == mask] = row
        starts = np.broadcast_to(np.arange(bins.shape[1]), bins.shape)
        return Choices(np.maximum(bins, 0), starts, np.ones_like(bins), weights)

    def _rest(self, at: Ints, own: int) -> Rest:
        """What is left of an ordinal."""
        sums = self.sums
        wide, slope = sums.wide[at, None], np.abs(sums.slopes[at, own, None])
        count, top = sums.counts[at, own, None], sums.tops[at, own, None]
        bins = np.arange(int(top.max()) + 2)
        below = np.where(bins > top, count, _first(np.minimum(bins, top), wide, slope))
        back = sums.slopes[at, own] < 0
        start = sums.starts[at, own] + np.where(back, sums.counts[at, own], 0)
        return Rest(below, sums.counts[at, own], self.open[at], start, np.where(back, -1, 1))


def _first(bins: Ints, wide: Ints, slope: Ints) -> Ints:
    """The number of the first value, from 0, in so many bins or more; 0 for 0 bins."""
    found: Ints = -(-bins * wide // np.maximum(slope, 1))
    return found


@dataclass(frozen=True, eq=False)
class Rest:
    """The values of an ordinal that, after all others, leave the sum of bins undecided.

    ``below`` (pieces, bins) says how many values have fewer bins than so many, from 0 up to one
    more than the greatest. ``open`` (pieces, stretches, 2) are the undecided sums. The values are
    counted from ``start`` on, up or down.
    """

    below: Ints
    sizes: Ints
    open: Ints
    start: Ints
    sign: Ints

    def left(self, count: int) -> Floats:
        """The share of the values that leave each sum below ``count`` undecided, (pieces, sums)."""
        pieces, bins = self.below.shape
        before = max(0, int(self.open.max()) + 1 - bins)
        # backward, after as many of the last as there are sums beyond, and before zeros
        held = np.zeros((pieces, before + bins + count), dtype=np.int64)
        held[:, :before] = self.below[:, -1:]
        held[:, before : before + bins] = self.below[:, ::-1]
        windows = sliding_window_view(held.ravel(), count)
        first = np.arange(pieces) * held.shape[1] + before + bins - 1
        found = np.zeros((pieces, count), dtype=np.int64)
        for starts, stops in self.open.transpose(1, 2, 0):
            found += windows[first - stops]
            found -= windows[first - starts]
        return np.asarray(found / self.sizes[:, None])

    def lines(self, pieces: Ints, points: Ints, sums: Ints) -> tuple[Lines, Ints]:
        """Stretches of the values that are undecided, and the number of each one's draw."""
        bins = np.clip(self.open[pieces] - sums[:, None, None], 0, self.below.shape[1] - 1)
        ranks, sign = self.below[pieces[:, None, None], bins], self.sign[pieces, None, None]
        ends = self.start[pieces, None, None] + sign * ranks
        low, high = ends.min(axis=2), ends.max(axis=2)
        own, at = np.nonzero(low < high)
        return Lines(points[own], low[own, at], high[own, at] - 1), own


def remaining(asked: Asked, pieces: Sequence[Piece], *, lines: bool = True) -> Remaining:
    """What is undecided of some pieces.

    Raises CertificateError where machine integers have no room for that, or for ``lines`` of a
    domain with an ordinal whose values are not equally probable.
    """
    ranged = [v for v in asked.domain.variables if isinstance(v, Ordinal)]
    if lines and not all(v.chances.is_uniform for v in ranged):
        raise CertificateError(
            "beside Sandwiches lines are drawn only where a range's values are equally probable"
        )
    table, many = asked.table, [v.count for v in asked.domain.variables if isinstance(v, Variable)]
    if table is None and sum(many) * len(pieces) <= NUMBERS:
        table = table_of(asked.domain, NUMBERS)
    steps = [x.step for x in pieces if x.step is not None]
    if table is None or any(
        step.width * table.unit >= WIDE
        or any(max(abs(s.least), abs(s.most)) * table.unit >= LARGE for s in step.strips)
        for step in steps
    ):
        raise CertificateError("the sums of a Sandwich are too large to draw lines by")
    nothing = (0,) * len(table.reach)  # the form of a piece that nothing is known of
    form = np.array([nothing if x.step is None else x.step.form for x in pieces], dtype=np.int64)
    most = np.abs(form).max(axis=0).tolist()
    if sum(n * x for n, x in zip(most, table.reach, strict=True)) >= LARGE:
        raise CertificateError("the sums of a Sandwich are too large to draw lines by")
    wide = np.array([1 if x.step is None else x.step.width * table.unit for x in pieces])
    held = contributions(table, [x.place.part.parts for x in pieces], form, wide)
    return Remaining(asked, table, held, _open(_decided(asked, pieces), table.unit, held))


def require_few_bins(held: Remaining) -> None:
    """CertificateError where there are too many bins for tables of the ways to fill them."""
    if held.sums.top.max() >= BINS:
        raise CertificateError("a Sandwich has more bins than lines are drawn by")


def _decided(asked: Asked, pieces: Sequence[Piece]) -> list[Regions]:
    """The stretches of sums between thresholds in which the question is decided, of each piece."""
    known: dict[object, Truths] = {}
    found: list[Regions] = []
    for x in pieces:
        if x.step is None:
            found.append(())
            continue
        key = x.place.trees, x.step.subjects
        if key not in known:

            def truth(
                classes: Mapping[int, int], trees: Sequence[tuple[int, int]] = key[0]
            ) -> bool | None:
                held: list[int | None] = [None] * len(asked.names)
                for model, klass in (*trees, *classes.items()):
                    held[model] = klass
                return asked.truth(tuple(held))

            known[key] = all_truths(asked, x.step, truth)
        found.append(regions(x.step, known[key]))
    return found


def _open(held: Sequence[Regions], unit: int, sums: Contributions) -> Ints:
    """The sums of bins outside of the stretches, which come in order, (pieces, stretches, 2)."""
    most = max(map(len, held))
    low = np.zeros((len(held), most), dtype=np.int64)
    high, lowest, highest = low.copy(), np.ones_like(low, dtype=bool), np.ones_like(low, dtype=bool)
    here = np.zeros_like(lowest)
    for i, own in enumerate(held):
        for j, (_, a, b) in enumerate(own):
            here[i, j] = True
            if a is not None:
                low[i, j], lowest[i, j] = a, False
            if b is not None:
                high[i, j], highest[i, j] = b, False
    base, spread, wide = (x[:, None] for x in (sums.base, sums.spread, sums.wide))
    end = sums.top[:, None] + 1
    first = (low * unit - base) // wide + 1
    first = np.where(lowest, 0, np.maximum(first, 0))
    last = (high * unit - base - spread) // wide + 1
    last = np.where(highest, end, np.minimum(last, end))
    nothing = ~here | (first >= last)
    first, last = np.where(nothing, end, first), np.where(nothing, end, last)
    first, last = np.sort(first, axis=1), np.sort(last, axis=1)
    none = np.zeros((len(held), 1), dtype=np.int64)
    starts, stops = np.concatenate([none, last], axis=1), np.concatenate([first, end], axis=1)
    return np.stack([starts, np.maximum(starts, stops)], axis=2)
