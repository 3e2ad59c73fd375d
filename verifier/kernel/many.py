"""Counting many sums at once, in machine integers: rule 10, counting. Trusted.

What ``sums`` counts, for parts of few bins and fewer than 2**62 points: what is added up here is
never more than the number of a part's points, so that nothing overflows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from verifier.kernel.arithmetic import Ints
from verifier.kernel.rules import Apply
from verifier.model.cell import Cell
from verifier.model.domain import Domain
from verifier.model.limits import PYTHON
from verifier.model.ordinal import IntegerRows
from verifier.model.part import Part
from verifier.model.variable import Variable

MOST_BINS, FEW_DIGITS, MOST_MOVED = 1 << 11, 1 << 15, 1 << 20
"""Parts with a greater sum of bins are for ``sums``: there products are quicker. But up to the
second number of bins not where so few values are moved by them that the third is not reached."""
MACHINE = 1 << 62
"""What is counted is less."""
SHORT = 1 << 31
"""Numbers of tuples below this are added up in 32 bits."""
LARGE = 1 << 60
"""Sums and thresholds are less in magnitude."""
WIDE = 1 << 49
"""Widths of bins are less, in the units of the sums."""
MASK_BITS = 62
"""Values of a categorical variable, at most."""
TOGETHER, MOST, FEWEST = 1 << 17, 512, 8
"""Bins of the parts that are counted together, about; and so many parts."""


class Asking(NamedTuple):
    """A part of so many points, a form and the width of a bin; ``ends`` are thresholds.

    With each is told whether it is to be sure: then what is counted is above the threshold, else
    all that can be.
    """

    part: Cell
    size: int
    form: tuple[int, ...]
    width: int
    ends: tuple[tuple[int, bool], ...]


@dataclass(frozen=True, eq=False)
class Table:
    """A domain's variables: the ordinals' columns, first numbers and steps, and other variables.

    All are times the domain's denominator, ``unit``. ``listed`` are, by number, the first column
    and the encodings (values, columns). ``reach`` is the largest magnitude in each column.
    """

    unit: int
    ordinals: Ints
    columns: Ints
    first: Ints
    step: Ints
    listed: tuple[tuple[int, int, Ints], ...]
    reach: tuple[int, ...]


def table_of(domain: Domain) -> Table | None:
    """What is multiplied by forms; None where its numbers, or a variable's values, are too many.
    Nor of continuous variables."""
    if domain.infinite:
        return None
    ordinals: list[tuple[int, int, int, int]] = []
    listed: list[tuple[int, int, Ints]] = []
    reach: list[int] = []
    encodings = zip(domain.variables, domain.offsets, domain.integer_encoding, strict=True)
    for i, (v, column, rows) in enumerate(encodings):
        if isinstance(rows, IntegerRows):
            ordinals.append((i, column, rows.first, rows.step))
            ends = rows.first, rows.first + rows.step * len(rows)
            reach.append(max(map(abs, (*ends, rows.step))))
            continue
        assert isinstance(v, Variable)
        own = [max(abs(row[j]) for row in rows) for j in range(v.columns)]
        reach += own
        if v.count > MASK_BITS or max(own, default=0) >= LARGE:
            return None
        listed.append((i, column, np.array(rows, dtype=np.int64)))
    if max(reach, default=0) >= LARGE or domain.denominator >= WIDE:
        return None
    held = np.array(ordinals, dtype=np.int64).reshape(-1, 4).T
    numbers, columns, first, step = held
    return Table(domain.denominator, numbers, columns, first, step, tuple(listed), tuple(reach))


def above(
    table: Table | None,
    every: Sequence[Asking],
    spend: Callable[[int], None],
    poll: Callable[[], None],
    apply: Apply = map,
) -> list[list[int] | None]:
    """How many points of each part are above each of its thresholds, or can be.

    None where that is for ``sums``. The forms' integers are at most 2**53.
    """
    found: list[list[int] | None] = [None] * len(every)
    if table is None:
        return found
    fit = [i for i, x in enumerate(every) if _fits(table, x)]
    if not fit:
        return found
    some = [every[i] for i in fit]
    spend(len(some) * PYTHON * (1 + len(table.reach) // 8))
    form = np.array([x.form for x in some], dtype=np.int64)
    most = np.abs(form).max(axis=0).tolist()
    if sum(n * x for n, x in zip(most, table.reach, strict=True)) >= LARGE:
        return found
    held = binned(table, some, form)
    pieces = _pieces(held.top, held.digits)

    def piece(at: Ints) -> Ints:
        poll()
        return held.part(at).count(spend)

    for at, counts in zip(pieces, apply(piece, pieces), strict=True):
        for i, own in zip(at.tolist(), counts.T.tolist(), strict=True):
            found[fit[i]] = own[: len(some[i].ends)]
    return found


def _pieces(top: Ints, digits: Ints) -> list[Ints]:
    """Parts that are counted together, of about as many bins; those of too many are left out."""
    moved = np.minimum(top, FEW_DIGITS) * np.minimum(digits, MOST_MOVED)
    quick = (top <= MOST_BINS) | ((top <= FEW_DIGITS) & (moved <= MOST_MOVED))
    order = np.argsort(top, kind="stable")
    order = order[quick[order]]
    found, start = list[Ints](), 0
    while start < len(order):
        last = order[min(start + MOST, len(order)) - 1]
        size = max(FEWEST, min(MOST, TOGETHER // (1 + int(top[last]))))
        found.append(order[start : start + size])
        start += size
    return found


def _fits(table: Table, x: Asking) -> bool:
    """Whether the numbers of a part's sums are machine integers."""
    return (
        x.size < MACHINE
        and x.width * table.unit < WIDE
        and all(abs(end) * table.unit < LARGE for end, _ in x.ends)
    )


@dataclass(frozen=True, eq=False)
class Binned:
    """Parts with the contributions of their variables in bins: as ``sums.Binned``.

    ``ramps`` (3, ordinals, parts) are the number of values, the slope and the greatest bin, those
    that fill most bins first. ``lists`` are each other variable's bins (values, parts), negative
    for values that are not there. ``digits`` (parts,) is in how many bins, or values, all variables
    are. ``least`` (thresholds, parts) are the sums of bins from which on points are counted.
    """

    wide: Ints
    top: Ints
    digits: Ints
    ramps: Ints
    lists: tuple[Ints, ...]
    least: Ints

    def part(self, at: Ints) -> Binned:
        """Some of the parts."""
        lists = tuple(x[:, at] for x in self.lists)
        own = self.wide[at], self.top[at], self.digits[at], self.ramps[:, :, at]
        return Binned(*own, lists, self.least[:, at])

    def count(self, spend: Callable[[int], None]) -> Ints:
        """How many points have at least so many bins, (thresholds, parts)."""
        every = [_ramp(n, slope, top, self.wide) for n, slope, top in self.ramps.swapaxes(0, 1)]
        every += [Digits(bins, np.ones_like(bins)) for bins in self.lists]
        halves: tuple[list[Digits], list[Digits]] = [], []
        for i, own in enumerate(every):
            halves[i % 4 in (1, 2)].append(own)
        one, other = (_product(half, len(self), spend) for half in halves)
        return _joined(one, other, self.least, spend)

    def __len__(self) -> int:
        return len(self.top)


@dataclass(frozen=True, eq=False)
class Contributions:
    """What the variables of some parts, P, contribute to their sums, in bins of the ``wide`` (P,).

    Of each ordinal ``starts``, ``counts``, ``slopes`` and ``tops`` (P, ordinals) are the first
    value, how many there are, what each adds to the sum, and the greatest bin. ``lists`` are the
    other variables' values' masks (P,) and bins (P, values), negative for values that are not
    there. Of the sums ``base`` (P,) is the least, ``spread`` what is lost in bins at most, and
    ``top`` the greatest bin.
    """

    wide: Ints
    starts: Ints
    counts: Ints
    slopes: Ints
    tops: Ints
    lists: tuple[tuple[Ints, Ints], ...]
    base: Ints
    spread: Ints
    top: Ints

    def sizes(self) -> Ints:
        """How many points each part has, where these are machine integers."""
        found = np.ones(len(self.wide), dtype=np.int64)
        for own in self.counts.T:
            found *= own
        for _, bins in self.lists:
            found *= (bins >= 0).sum(axis=1)
        return found


def contributions(
    table: Table, parts: Sequence[Sequence[Part]], form: Ints, wide: Ints
) -> Contributions:
    """The same of the forms (P, columns), whose sums are machine integers."""
    at = table.ordinals.tolist()
    shape = len(parts), len(at)
    starts = np.array([[own[i].start for i in at] for own in parts], np.int64).reshape(shape)
    stops = np.array([[own[i].stop for i in at] for own in parts], np.int64).reshape(shape)
    counts = stops - starts
    own = form[:, table.columns]
    slopes = own * table.step
    span = np.abs(slopes) * (counts - 1)
    lowest = np.where(slopes >= 0, starts, stops - 1)
    base = (own * table.first + slopes * lowest).sum(axis=1)
    loose = np.where(slopes % wide[:, None] != 0, np.minimum(wide[:, None], span), 0)
    spread, tops = loose.sum(axis=1), span // wide[:, None]
    top, lists = tops.sum(axis=1), []
    for i, column, rows in table.listed:
        masks = np.array([own[i] for own in parts], dtype=np.int64)
        inside = masks[:, None] >> np.arange(len(rows)) & 1 == 1
        sums = form[:, column : column + rows.shape[1]] @ rows.T
        least = np.where(inside, sums, LARGE).min(axis=1, keepdims=True)
        bins, lost = np.divmod(sums - least, wide[:, None])
        base += least[:, 0]
        spread += np.where(inside, lost, 0).max(axis=1)
        bins = np.where(inside, bins, -1)
        top += bins.max(axis=1)
        lists.append((masks, bins))
    return Contributions(wide, starts, counts, slopes, tops, tuple(lists), base, spread, top)


def binned(table: Table, every: Sequence[Asking], form: Ints) -> Binned:
    """The contributions of the variables to the sums, as ``sums.binned`` finds them."""
    wide = np.array([x.width * table.unit for x in every])
    held = contributions(table, [x.part.parts for x in every], form, wide)
    counts, slope, tops = held.counts, np.abs(held.slopes), held.tops
    filled = np.where(slope >= wide[:, None], counts, tops + 1)
    order = np.argsort(-filled, axis=1)
    ramps = np.stack([np.take_along_axis(x, order, 1).T for x in (counts, slope, tops)])
    most = max(len(x.ends) for x in every)
    wanted: Any = [[*x.ends, *[(0, True)] * (most - len(x.ends))] for x in every]
    thresholds = np.array(wanted, dtype=np.int64).reshape(len(every), most, 2).T
    lost = np.where(thresholds[1] == 1, 0, held.spread)
    least = (thresholds[0] * table.unit - held.base - lost) // wide + 1
    lists = tuple(bins.T for _, bins in held.lists)
    digits = filled.sum(axis=1) + sum((bins >= 0).sum(axis=0) for bins in lists)
    return Binned(wide, held.top, digits, ramps, lists, least)


class Digits(NamedTuple):
    """What is in the bins of a variable: bins and amounts, (digits, parts). A negative bin is
    none."""

    bins: Ints
    amounts: Ints


def _ramp(counts: Ints, slopes: Ints, tops: Ints, wide: Ints) -> Digits:
    """How many values of ordinals are in each bin: bin j holds the ranks from j wide / slope on.

    Where no two values are in the same bin they are gone through, else the bins are.
    """
    apart = slopes >= wide
    filled = np.where(apart, counts, tops + 1)
    rank = np.arange(int(filled.max()) + 1)[:, None]
    bins = np.where(rank[:-1] < filled, rank[:-1], -1)
    amounts = np.ones_like(bins)
    one, several = np.flatnonzero(apart), np.flatnonzero(~apart)  # divisions take long
    if one.size:
        ranks = rank[: int(counts[one].max())]
        own = np.where(ranks < counts[one], ranks * slopes[one] // wide[one], -1)
        bins[: len(ranks), one] = own
    if several.size:
        ranks = rank[: int(tops[several].max()) + 2]
        edges = -(-(ranks * wide[several]) // np.maximum(slopes[several], 1))
        edges = np.minimum(counts[several], edges)
        edges[1:, tops[several] == 0] = counts[several][tops[several] == 0]
        amounts[: len(ranks) - 1, several] = np.diff(edges, axis=0)
    return Digits(bins, amounts)


def _product(every: Sequence[Digits], count: int, spend: Callable[[int], None]) -> Ints:
    """How many tuples of some variables' values have each sum of bins, (parts, sums)."""
    factor, tuples = np.ones(count, dtype=np.int64), np.ones(count, dtype=np.int64)
    several: list[tuple[Digits, Ints]] = []
    for own in every:
        total = np.where(own.bins >= 0, own.amounts, 0).sum(axis=0)
        tuples *= total
        if int(own.bins.max()):
            several.append((own, own.bins.max(axis=0)))
        else:
            factor *= total
    if not several:
        return factor[:, None]
    short = int(tuples.max()) < SHORT  # no number is more than all tuples
    (first, tops), *others = several
    found = _placed(first, factor, 1 + int(tops.max()), np.int32 if short else np.int64)
    for own, top in others:
        tops = tops + top
        size = 1 + int(tops.max())
        spend(len(own.bins) * (2 * PYTHON + 4 * count * size))
        found = _moved(found, own, size)
    return found.astype(np.int64)


def _placed(own: Digits, factor: Ints, size: int, kind: type[Any]) -> Ints:
    """The same of one variable, times a factor of each part."""
    found = np.zeros((len(factor), size + 1), dtype=kind)  # what is in no bin is put at the end
    at = np.where(own.bins < 0, size, own.bins) + np.arange(len(factor)) * (size + 1)
    np.add.at(found.reshape(-1), at.ravel(), (own.amounts * factor).astype(kind).ravel())
    return found[:, :size]


def _moved(found: Ints, own: Digits, size: int) -> Ints:
    """The same with one more variable, for so many sums."""
    (bins, amounts), count = own, len(found)
    most = int(bins.max())
    # a row of what is shifted is, from most - b on, the row of a part moved by b bins
    moved = np.zeros((count + 1, most + size), dtype=found.dtype)
    moved[:-1, most : most + found.shape[1]] = found
    windows = sliding_window_view(moved.ravel(), size)
    starts = np.arange(count) * (most + size) + most - bins
    starts[bins < 0] = count * (most + size)  # where nothing is
    single = (np.where(bins < 0, 1, amounts) == 1).all(axis=1).tolist()
    total = np.zeros((count, size), dtype=found.dtype)
    for start, times, one in zip(starts, amounts.astype(found.dtype), single, strict=True):
        moving = windows[start]
        if not one:
            moving *= times[:, None]
        total += moving
    return total


def _joined(one: Ints, other: Ints, least: Ints, spend: Callable[[int], None]) -> Ints:
    """How many pairs of two halves have sums of bins of at least ``least`` together."""
    if one.shape[1] > other.shape[1]:
        one, other = other, one
    count, size = one.shape
    spend(4 * len(least) * one.size + 4 * other.size)
    # how much of the other has at least so many bins: from size more than there are, downward
    rest = np.zeros((count, 2 * size + other.shape[1]), dtype=np.int64)
    np.cumsum(other[:, ::-1], axis=1, out=rest[:, size : size + other.shape[1]])
    rest[:, size + other.shape[1] :] = rest[:, size + other.shape[1] - 1 :][:, :1]
    windows = sliding_window_view(rest.ravel(), size)
    first = np.arange(count) * rest.shape[1]
    starts = first + np.clip(size + other.shape[1] - 1 - least, 0, size + other.shape[1])
    found = np.empty_like(least)
    for start, own in zip(starts, found, strict=True):
        np.einsum("pk,pk->p", one, windows[start], out=own)
    return found
