"""Counting two sums of the same points at once: rule 10, *Cases* of one network. Trusted.

Of a Sandwich whose cases a neuron of one network tells apart, both cases' sums are put in bins. A
point has class 1 for sure where one of them is above what shows that all over the cell, or both
are above what shows it in their cases; so with class 0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from verifier.chance.adding import Digits, apart
from verifier.kernel import sums
from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked
from verifier.kernel.many import (
    Asking,
    Contributions,
    Table,
    Weights,
    fits,
    laid_out,
    least_bins,
    ramp,
)
from verifier.kernel.rules import Apply
from verifier.model.cell import Cell
from verifier.model.chances import Distribution
from verifier.model.limits import PYTHON
from verifier.model.proof import Cases

MOST_PAIRS, TOGETHER, MOST = 1 << 15, 1 << 18, 32
"""Pairs of sums of bins, were there as many of each, of a part that is counted with others, at
most; of all that are counted together; and so many parts."""
Pair = tuple[Asking, Asking]
"""A part with both cases' forms. Above the first two thresholds is class 1, all over the cell and
in the case; not above the other two is class 0."""
Shown = tuple[int, int, int]
"""How much there is, and how much has class 1 for sure, and class 0."""


def asking(part: Cell, cases: Cases) -> Pair:
    """What is asked of a part."""
    both = []
    for step, strip in zip(cases.steps, cases.everywhere, strict=True):
        (here,) = step.strips
        above = (-strip.least, True), (-here.least, True)
        ends = *above, (-strip.most, False), (-here.most, False)
        both.append(Asking(part, step.form, step.width, ends))
    return both[0], both[1]


def jointly(
    asked: Asked, every: Sequence[Pair], chances: Sequence[Distribution], apply: Apply = map
) -> list[tuple[Shown, Shown] | None]:
    """What is shown of the points of some parts, and of their weights by the distributions there.

    None where there are too many bins to count.
    """
    own = None if asked.domain.uniform else chances
    asked.spend(len(every) * 16 * PYTHON)
    found = _together(asked.table, every, asked.spend, asked.poll, apply, own)
    for i, x in enumerate(every):
        if found[i] is None:
            found[i] = _alone(asked, x, own)
    return found


def _alone(
    asked: Asked, pair: Pair, chances: Sequence[Distribution] | None
) -> tuple[Shown, Shown] | None:
    """The same of one part, by one product of integers each."""
    part, found = pair[0].part, list[Shown]()
    bins = [sums.binned(asked.domain, part, x.form, x.width) for x in pair]
    places = [
        [held.least_bins(end)[not sure] for end, sure in x.ends]
        for held, x in zip(bins, pair, strict=True)
    ]
    for own in (None,) if chances is None else (None, chances):
        asked.poll()
        total = part.size
        if own is not None:
            total = math.prod(x.weight_of(n) for x, n in zip(own, part.parts, strict=True))
        counts = sums.jointly((bins[0], bins[1]), part, total, places, asked.spend, asked.poll, own)
        if counts is None:
            return None
        found.append(counts)
    return found[0], found[-1]


def _together(
    table: Table | None,
    every: Sequence[Pair],
    spend: Callable[[int], None],
    poll: Callable[[], None],
    apply: Apply,
    chances: Sequence[Distribution] | None,
) -> list[tuple[Shown, Shown] | None]:
    """The same of many parts in machine integers; None where these have no room."""
    found: list[tuple[Shown, Shown] | None] = [None] * len(every)
    if table is None:
        return found
    fit = [i for i, pair in enumerate(every) if all(fits(table, x) for x in pair)]
    both = [[every[i][k] for i in fit] for k in (0, 1)]
    laid, second = laid_out(table, both[0], spend, chances), laid_out(table, both[1], spend, None)
    if laid is None or second is None:
        return found
    halves = laid[0], second[0]
    held = _binned(*halves, _ends(table, both, halves), laid[1])

    def piece(at: Ints) -> list[tuple[Shown, Shown] | None]:
        poll()
        return held.count(at, spend)

    pieces = _pieces(np.maximum(halves[0].top, halves[1].top))
    for at, counts in zip(pieces, apply(piece, pieces), strict=True):
        for i, own in zip(at.tolist(), counts, strict=True):
            found[fit[i]] = own
    return found


def _ends(table: Table, both: Sequence[Sequence[Asking]], halves: Sequence[Contributions]) -> Ints:
    """What ``apart`` asks for: the bins below which neither sum shows class 1, and from which on
    neither shows class 0. What is shown all over the cell is in the case as well."""
    found = []
    for some, held in zip(both, halves, strict=True):
        one, one_here, zero, zero_here = least_bins(some, held, table.unit)
        found.append([one, np.minimum(one, one_here), zero, np.maximum(zero, zero_here)])
    (a, b), (c, d) = ([x[:2], x[2:]] for x in found)
    return np.array([[*a, *c], [*b, *d]])


def _pieces(top: Ints) -> list[Ints]:
    """Parts that are counted together, of about as many bins; those of too many are left out."""
    order = np.argsort(top, kind="stable")
    pairs = (1 + np.minimum(top[order], MOST_PAIRS)) ** 2
    order, found, start = order[pairs <= MOST_PAIRS], list[Ints](), 0
    while start < len(order):
        last = min(start + MOST, len(order)) - 1
        size = max(1, min(MOST, TOGETHER // int(pairs[last])))
        found.append(order[start : start + size])
        start += size
    return found


@dataclass(frozen=True, eq=False)
class _Binned:
    """Parts with their variables' bins in both sums, in ranges of values, or of each value (rows,
    parts), negative where there is none; how many values there are, and what they weigh."""

    one: Sequence[Ints]
    other: Sequence[Ints]
    points: Sequence[Ints]
    weights: Sequence[Ints] | None
    ends: Ints

    def count(self, at: Ints, spend: Callable[[int], None]) -> list[tuple[Shown, Shown] | None]:
        """What both sums show of some of the parts."""
        rows = [np.flatnonzero((x[:, at] >= 0).any(axis=1)) for x in self.one]
        order = sorted(range(len(rows)), key=lambda i: -len(rows[i]))
        own = [np.ix_(rows[i], at) for i in order]
        one, other = (
            [x[i][k] for i, k in zip(order, own, strict=True)] for x in (self.one, self.other)
        )
        found = []
        for amounts in (self.points, self.weights):
            if amounts is not None:
                digits = [Digits(x, amounts[i][k]) for x, i, k in zip(one, order, own, strict=True)]
                counts = apart(digits, other, self.ends[:, :, at], spend)
                if counts is None:
                    return [None] * len(at)
                found.append([(n, n - below, n - above) for n, below, above in counts])
        return list(zip(found[0], found[-1], strict=True))


def _binned(
    one: Contributions, other: Contributions, ends: Ints, weights: Weights | None
) -> _Binned:
    """What is counted, of what variables contribute to both sums."""
    found, heavy = list[tuple[Ints, Ints, Ints]](), list[Ints]()
    for k in range(one.counts.shape[1]):
        edges, *bins = _ranges(one, other, k)
        found.append((bins[0], bins[1], np.diff(edges, axis=0)))
        if weights is not None:
            below = weights.below[weights.first[k] + one.starts[:, k] + edges]
            heavy.append(np.diff(below, axis=0))
    for k, ((_, first), (_, second)) in enumerate(zip(one.lists, other.lists, strict=True)):
        found.append((first.T, second.T, np.ones_like(first.T)))
        if weights is not None:
            heavy.append(np.where(first.T < 0, 0, weights.lists[k][:, None]))
    first_bins, others, points = ([x[i] for x in found] for i in range(3))
    return _Binned(first_bins, others, points, None if weights is None else heavy, ends)


def _ranges(one: Contributions, other: Contributions, k: int) -> tuple[Ints, Ints, Ints]:
    """Ordinal k's values in ranges that are in one bin of either sum: the ends (ranges + 1,
    parts), counted from its first value, and both bins, negative where there is no value."""
    count, rows = one.counts[:, k], list[Ints]()
    for x in (one, other):
        slope = x.slopes[:, k]
        bins, edges = ramp(count, np.abs(slope), x.tops[:, k], x.wide)
        edges = np.concatenate([np.where(bins < 0, count, edges[:-1]), count[None]])
        rows.append(np.where(slope < 0, count - edges, edges))
    ends = np.sort(np.concatenate(rows), axis=0)
    ends[1:] = np.sort(np.where(ends[1:] == ends[:-1], count, ends[1:]), axis=0)
    ends = ends[: 2 + int((ends[1:] < count).sum(axis=0).max())]
    both = []
    for x in (one, other):
        slope = x.slopes[:, k]
        rank = np.where(slope < 0, count - 1 - ends[:-1], ends[:-1])
        both.append(np.where(ends[:-1] < count, np.abs(slope) * rank // x.wide, -1))
    return ends, both[0], both[1]
