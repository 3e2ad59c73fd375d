"""Counting many sums at once, in machine integers: rule 10, counting. Trusted.

What ``sums`` counts, for parts of few bins: here these are found, and ``chance.adding`` adds up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from verifier.chance.adding import Digits, counted
from verifier.kernel.arithmetic import Ints
from verifier.kernel.rules import Apply
from verifier.model.cell import Cell
from verifier.model.chances import Distribution, Listed, Runs
from verifier.model.domain import Domain
from verifier.model.limits import PYTHON
from verifier.model.ordinal import IntegerRows
from verifier.model.part import Part
from verifier.model.variable import Variable

MOST_BINS, FEW_DIGITS, MOST_MOVED = 1 << 11, 1 << 15, 1 << 20
"""Parts with a greater sum of bins are for ``sums``: there products are quicker. But up to the
second number of bins not where so few values are moved by them that the third is not reached."""
LARGE = 1 << 60
"""Sums and thresholds are less in magnitude, and all weights of a variable."""
WIDE = 1 << 49
"""Widths of bins are less, in the units of the sums."""
MASK_BITS = 62
"""Values of a categorical variable, at most."""
VALUES = 1 << 18
"""Values of ordinals of which weights are added up, at most."""
TOGETHER, MOST, FEWEST = 1 << 18, 512, 8
"""Bins of the parts that are counted together, about; and so many parts."""
Counts = tuple[list[int], list[int]]
"""Of points, and of their weights: how many are above each threshold, and then all."""


class Asking(NamedTuple):
    """A part, a form and the width of a bin; ``ends`` are thresholds.

    With each is told whether it is to be sure: then what is counted is above the threshold, else
    all that can be.
    """

    part: Cell
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


def table_of(domain: Domain, most: int = MASK_BITS) -> Table | None:
    """What is multiplied by forms; None where its numbers are too large, or a variable has more
    than so many values. Nor of continuous variables."""
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
        if v.count > most or max(own, default=0) >= LARGE:
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
    chances: Sequence[Distribution] | None = None,
) -> list[Counts | None]:
    """How much of each part is above each of its thresholds, or can be: points, and weights.

    These are by the ``chances``, the distributions of all parts; else they are the points. None
    where that is for ``sums``. The forms' integers are at most 2**53.
    """
    found: list[Counts | None] = [None] * len(every)
    if table is None:
        return found
    fit = [i for i, x in enumerate(every) if fits(table, x)]
    some = [every[i] for i in fit]
    laid = laid_out(table, some, spend, chances)
    if laid is None:
        return found
    held = binned(some, laid[0], table.unit, laid[1])
    pieces = _pieces(held.top, held.digits)

    def piece(at: Ints) -> list[Counts]:
        poll()
        return held.part(at).count(spend)

    for at, counts in zip(pieces, apply(piece, pieces), strict=True):
        for i, own in zip(at.tolist(), counts, strict=True):
            ends = len(some[i].ends)
            found[fit[i]] = ([*own[0][:ends], own[0][-1]], [*own[1][:ends], own[1][-1]])
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


def fits(table: Table, x: Asking) -> bool:
    """Whether the numbers of a part's sums are machine integers."""
    ends = (abs(end) * table.unit < LARGE for end, _ in x.ends)
    return x.width * table.unit < WIDE and all(ends)


def laid_out(
    table: Table,
    some: Sequence[Asking],
    spend: Callable[[int], None],
    chances: Sequence[Distribution] | None,
) -> tuple[Contributions, Weights | None] | None:
    """What fitting parts' variables contribute, and weigh; None where numbers are too large."""
    if not some:
        return None
    spend(len(some) * PYTHON * (1 + len(table.reach) // 8))
    form = np.array([x.form for x in some], dtype=np.int64)
    most = np.abs(form).max(axis=0).tolist()
    if sum(n * x for n, x in zip(most, table.reach, strict=True)) >= LARGE:
        return None
    wide = np.array([x.width * table.unit for x in some])
    held = contributions(table, [x.part.parts for x in some], form, wide)
    weights = None if chances is None else _weights(table, held, chances)
    return None if chances is not None and weights is None else (held, weights)


@dataclass(frozen=True, eq=False)
class Weights:
    """What values weigh: of ordinals all values ``below`` each, from the number of ``first`` on,
    one ordinal after the other; of other variables each value."""

    below: Ints
    first: Ints
    lists: Sequence[Ints]


def _weights(table: Table, held: Contributions, chances: Sequence[Distribution]) -> Weights | None:
    """The same, for values up to those of some parts, if they are few machine integers."""
    every = [chances[i] for i in (*table.ordinals.tolist(), *(i for i, _, _ in table.listed))]
    runs = [own for own in every if isinstance(own, Runs)]
    stops = (held.starts + held.counts).max(axis=0).tolist()
    sizes = [1 + max(own.stops[-1], stop) for own, stop in zip(runs, stops, strict=True)]
    if sum(sizes) > VALUES or any(own.denominator >= LARGE for own in every):
        return None
    first = np.cumsum([0, *sizes])
    below = np.zeros(first[-1], dtype=np.int64)
    for own, start, size in zip(runs, first.tolist(), sizes, strict=False):
        each = np.repeat(np.array(own.each), [n for n, _ in own.runs])
        below[start + 1 + own.start : start + 1 + own.stops[-1]] = each
        below[start : start + size].cumsum(out=below[start : start + size])
    lists = [np.array(own.weights) for own in every if isinstance(own, Listed)]
    return Weights(below, first[:-1], lists)


@dataclass(frozen=True, eq=False)
class Binned:
    """Parts with the contributions of their variables in bins: as ``sums.Binned``.

    ``ramps`` (5, ordinals, parts) are the number of values, the slope and the greatest bin, those
    that fill most bins first; the first value's place in what is ``below``, and 1 or -1 for the way
    to the others. ``lists`` are each other variable's bins (values, parts), negative for values
    that are not there. ``digits`` (parts,) is in how many bins, or values, all variables are.
    ``least`` (thresholds, parts) are the sums of bins from which on points are counted.
    """

    wide: Ints
    top: Ints
    digits: Ints
    ramps: Ints
    lists: tuple[Ints, ...]
    least: Ints
    weights: Weights | None

    def part(self, at: Ints) -> Binned:
        """Some of the parts."""
        lists = tuple(x[:, at] for x in self.lists)
        own = self.wide[at], self.top[at], self.digits[at], self.ramps[:, :, at]
        return Binned(*own, lists, self.least[:, at], self.weights)

    def count(self, spend: Callable[[int], None]) -> list[Counts]:
        """How much of each part has at least so many bins."""
        ramps = [
            (*ramp(x[0], x[1], x[2], self.wide), x[3], x[4]) for x in self.ramps.swapaxes(0, 1)
        ]
        every = [Digits(bins, np.diff(edges, axis=0)) for bins, edges, _, _ in ramps]
        every += [Digits(bins, np.ones_like(bins)) for bins in self.lists]
        points = counted(every, self.least, spend)
        if (own := self.weights) is None:
            return [(x, x) for x in points]
        below = [own.below[first + way * edges] for _, edges, first, way in ramps]
        amounts = [np.abs(np.diff(x, axis=0)) for x in below]
        amounts += [
            np.where(x < 0, 0, w[:, None]) for x, w in zip(self.lists, own.lists, strict=True)
        ]
        heavy = [Digits(x.bins, n) for x, n in zip(every, amounts, strict=True)]
        return list(zip(points, counted(heavy, self.least, spend), strict=True))


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
        few = len(rows) <= MASK_BITS
        masks = np.array([own[i] for own in parts], dtype=np.int64 if few else object)
        inside = (masks[:, None] >> np.arange(len(rows)) & 1 == 1) if few else _inside(masks, rows)
        sums = form[:, column : column + rows.shape[1]] @ rows.T
        least = np.where(inside, sums, LARGE).min(axis=1, keepdims=True)
        bins, lost = np.divmod(sums - least, wide[:, None])
        base += least[:, 0]
        spread += np.where(inside, lost, 0).max(axis=1)
        bins = np.where(inside, bins, -1)
        top += bins.max(axis=1)
        lists.append((masks, bins))
    return Contributions(wide, starts, counts, slopes, tops, tuple(lists), base, spread, top)


def _inside(masks: Ints, rows: Ints) -> npt.NDArray[np.bool_]:
    """Which values are in masks that are no machine integers, (masks, values)."""
    size = -(-len(rows) // 8)
    data = b"".join(mask.to_bytes(size, "little") for mask in masks.tolist())
    bits = np.frombuffer(data, np.uint8).reshape(-1, size)
    return np.unpackbits(bits, 1, len(rows), "little").astype(np.bool_)


def binned(
    every: Sequence[Asking], held: Contributions, unit: int, weights: Weights | None
) -> Binned:
    """The contributions of the variables to the sums, as ``sums.binned`` finds them."""
    counts, slope, tops = held.counts, np.abs(held.slopes), held.tops
    filled = np.where(slope >= held.wide[:, None], counts, tops + 1)
    order, up = np.argsort(-filled, axis=1), held.slopes >= 0
    first = held.starts + np.where(up, 0, counts) + (0 if weights is None else weights.first)
    rows = counts, slope, tops, first, np.where(up, 1, -1)
    ramps = np.stack([np.take_along_axis(x, order, 1).T for x in rows])
    least = least_bins(every, held, unit)
    lists = tuple(bins.T for _, bins in held.lists)
    digits = filled.sum(axis=1) + sum((bins >= 0).sum(axis=0) for bins in lists)
    return Binned(held.wide, held.top, digits, ramps, lists, least, weights)


def least_bins(every: Sequence[Asking], held: Contributions, unit: int) -> Ints:
    """From which sums of bins on parts are above their thresholds, (thresholds, parts)."""
    most = max(len(x.ends) for x in every)
    wanted: Any = [[*x.ends, *[(0, True)] * (most - len(x.ends))] for x in every]
    thresholds = np.array(wanted, dtype=np.int64).reshape(len(every), most, 2).T
    lost = np.where(thresholds[1] == 1, 0, held.spread)
    return np.asarray((thresholds[0] * unit - held.base - lost) // held.wide + 1)


def ramp(counts: Ints, slopes: Ints, tops: Ints, wide: Ints) -> tuple[Ints, Ints]:
    """The bins of ordinals, (digits, parts), and the ranks of values from which on each is filled:
    bin j from j wide / slope on.

    Where no two values are in the same bin they are gone through, else the bins are.
    """
    apart = slopes >= wide
    filled = np.where(apart, counts, tops + 1)
    rank = np.arange(int(filled.max()) + 1)[:, None]
    bins, edges = np.where(rank[:-1] < filled, rank[:-1], -1), np.minimum(rank, counts)
    one, several = np.flatnonzero(apart), np.flatnonzero(~apart)  # divisions take long
    if one.size:
        ranks = rank[: int(counts[one].max())]
        own = np.where(ranks < counts[one], ranks * slopes[one] // wide[one], -1)
        bins[: len(ranks), one] = own
    if several.size:
        ranks = rank[: int(tops[several].max()) + 2]
        own = -(-(ranks * wide[several]) // np.maximum(slopes[several], 1))
        own = np.minimum(counts[several], own)
        own[1:, tops[several] == 0] = counts[several][tops[several] == 0]
        edges[: len(ranks), several] = own
    return bins, edges
