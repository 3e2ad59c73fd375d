"""Drawing from what Sandwiches leave undecided: rule 11. Trusted.

A tuple of a piece is undecided by its sum of bins alone. So its variables are drawn one after the
other: a value with a probability in proportion to its own, times that of the ways in which the
variables after it can make the sum an undecided one. These are counted from the last variable on,
in float64, by additions and multiplications of numbers that are not negative.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from verifier.chance.draws import Words, times
from verifier.kernel.arithmetic import Ints
from verifier.kernel.prepared import no_poll
from verifier.kernel.stairs import Stairs, in_bins
from verifier.kernel.sums import Binned, InBins, Ramp
from verifier.model.cell import Cell
from verifier.model.chances import Distribution, Listed, Runs
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import CertificateError
from verifier.model.limits import require_memory
from verifier.model.part import Part, values

Floats = npt.NDArray[np.float64]
EACH = 1 << 8
"""Up to so many values of an ordinal are drawn one by one, else a bin first."""
PIECES = 1 << 6
"""Pieces whose tables are made together."""
MOST_BINS = 1 << 13
"""Bins of a piece, at most."""
NUMBERS = 1 << 22
"""Numbers of an array, about."""
UNIT = 2.0**-53
LEAST = 2.0**-800
"""Less of a piece is not drawn from: far above where float64 ends."""


@dataclass(frozen=True, eq=False)
class Summed:
    """A piece of which some stretches of the sums of bins are decided, from first to before last.
    ``chances`` are the variables' distributions there."""

    part: Cell
    chances: Sequence[Distribution]
    sums: Binned
    decided: tuple[tuple[int, int], ...]


class Choices(NamedTuple):
    """What can be drawn of one variable, (pieces, choices): runs of equally probable values.

    Their bins, first values and numbers of values; ``weights`` are 0 for what is no choice.
    """

    bins: Ints
    starts: Ints
    counts: Ints
    weights: Floats


class Run(NamedTuple):
    """So many draws of a piece: of its number, and the number of the run among the piece's."""

    piece: int
    number: int
    draws: int


def together(
    runs: Sequence[Run],
    most: int,
    pieces: int = PIECES,
    sizes: Sequence[int] | None = None,
    room: int = 0,
) -> list[Sequence[Run]]:
    """The runs, in their order, in groups of at most so many, and of at most so many draws.

    With ``sizes``, which do not fall, those of a group add up to at most about ``room``. A run is
    never cut.
    """
    groups: list[Sequence[Run]] = []
    start = 0
    while start < len(runs):
        stop, draws = start, 0
        while stop < len(runs) and stop - start < pieces:
            draws += runs[stop].draws
            full = sizes is not None and sizes[stop] * (1 + stop - start) > room
            if stop > start and (draws > most or full):
                break
            stop += 1
        groups.append(runs[start:stop])
        start = stop
    return groups


def off(domain: Domain, bins: int = MOST_BINS) -> Fraction:
    """How far draws are from the distribution, at most, in total variation.

    A number of ways is off by a factor of at most (1 + u)**k, k the number of operations behind
    it; a probability by twice that, and what its sum and the 53 bits of a word add.
    """
    count = len(domain.variables)
    leaves: list[int | None] = [None]
    if domain.given is not None:
        leaves = [at for at, (_, leaf) in domain.leaves.items() if leaf.weight]
    runs = max(_runs(own) for leaf in leaves for own in domain.distributions(leaf))
    pieces = sum(len(v.runs) for v in domain.variables if isinstance(v, Continuous))
    choices = sum(min(v.count, bins + runs + pieces) for v in domain.variables)
    return Fraction(4 * count * (choices + 8 * count), 1 << 53)


def _runs(chances: Distribution) -> int:
    return 0 if isinstance(chances, Listed) else len(chances.runs)


class Group:
    """Some pieces with the tables to draw from them, of all of ``count`` variables or of some.

    ``every`` are the choices of those that are drawn, by number; ``last`` gives how much of a piece
    is undecided for each sum of their bins below a number, (pieces, sums).
    """

    def __init__(
        self,
        every: Mapping[int, Choices],
        count: int,
        last: Callable[[int], Floats],
        poll: Callable[[], None] = no_poll,
    ) -> None:
        self.count = count
        tops = {i: own.bins.max(axis=1) for i, own in every.items()}
        # those of which the sum depends least come first: then fewer sums are to be counted for
        self.order = sorted(every, key=lambda i: (int(tops[i].sum()), i))
        self.choices = [every[i] for i in self.order]
        reach = [0]
        if every:  # with lines along the only variable there is nothing to draw
            sums = np.cumsum([tops[i] for i in self.order], axis=0)
            reach += sums.max(axis=1).tolist()
        self.ways = [last(1 + reach[-1])]
        for choice, most in zip(reversed(self.choices), reversed(reach[:-1]), strict=True):
            self.ways.append(_before(choice, self.ways[-1], 1 + most, poll))
        self.ways.reverse()
        if not (self.ways[0][:, 0] > LEAST).all():
            raise CertificateError("less is undecided of a cell than can be sampled")

    @property
    def words(self) -> int:
        """Words that a draw takes."""
        return 2 * len(self.choices)

    def draw(self, pieces: Ints, words: Words) -> tuple[Ints, Ints]:
        """Points (value indices, (N, count)) of the pieces (N,), of ``words`` (words, N).

        Also their sums of bins; a variable that is not drawn has the value 0, and no bins.
        """
        points = np.zeros((len(pieces), self.count), dtype=np.int64)
        sums = np.zeros(len(pieces), dtype=np.int64)
        most = max([1, *(choice.bins.shape[1] for choice in self.choices)])
        step = max(1, NUMBERS // most)
        for at in range(0, len(pieces), step):
            own = slice(at, at + step)
            self._some(pieces[own], words[:, own], points[own], sums[own])
        return points, sums

    def _some(self, pieces: Ints, words: Words, points: Ints, sums: Ints) -> None:
        for i, (choice, ways) in enumerate(zip(self.choices, self.ways[1:], strict=True)):
            bins = choice.bins[pieces]
            reached = np.minimum(sums[:, None] + bins, ways.shape[1] - 1)
            heights = choice.weights[pieces] * ways[pieces[:, None], reached]
            edges = np.cumsum(heights, axis=1)
            total = edges[:, -1]
            share = (words[2 * i] >> np.uint64(11)).astype(np.float64) * UNIT
            mark = np.minimum(share * total, np.nextafter(total, 0.0))
            chosen = (edges > mark[:, None]).argmax(axis=1)
            row = np.arange(len(pieces))
            sums += bins[row, chosen]
            inside, _ = times(words[2 * i + 1], choice.counts[pieces, chosen].astype(np.uint64))
            points[:, self.order[i]] = choice.starts[pieces, chosen] + inside.astype(np.int64)


def group(pieces: Sequence[Summed], poll: Callable[[], None] = no_poll) -> Group:
    """The tables to draw points from some pieces, of as many variables each."""
    bins = 1 + max(x.sums.top for x in pieces)
    if bins > MOST_BINS:
        raise CertificateError("a Sandwich has more bins than are sampled")
    count = len(pieces[0].part.parts)
    require_memory(16 * bins * len(pieces) * (count + 1), "sampling what is undecided")

    def last(most: int) -> Floats:
        ways = np.ones((len(pieces), most))
        for own, x in zip(ways, pieces, strict=True):
            for first, stop in x.decided:
                own[first:stop] = 0.0
            own[x.sums.top + 1 :] = 0.0
        return ways

    return Group({i: _choices(i, pieces) for i in range(count)}, count, last, poll)


def _before(choice: Choices, after: Floats, count: int, poll: Callable[[], None]) -> Floats:
    """In how many ways a sum below ``count`` can become undecided, from a variable on.

    ``after`` are the ways from the next variable on, (pieces, sums).
    """
    pieces, bins = after.shape
    held = np.zeros((pieces, max(bins, count + int(choice.bins.max()))))
    held[:, :bins] = after
    windows = sliding_window_view(held.ravel(), count)
    starts = np.arange(pieces) * held.shape[1]
    found = np.zeros((pieces, count))
    for at, weight in zip(choice.bins.T, choice.weights.T, strict=True):
        poll()
        if weight.any():
            own = windows[starts + at]
            own *= weight[:, None]
            found += own
    return found


Row = tuple[Ints, Ints, Ints, Floats]
"""The same of one piece."""


def _choices(index: int, pieces: Sequence[Summed]) -> Choices:
    """The choices of variable number ``index`` in every piece."""
    quick = _listed(index, pieces)
    if quick is not None:
        return quick
    alike: dict[tuple[Part, int], Row] = {}
    rows = []
    for x in pieces:
        part, chances = x.part.parts[index], x.chances[index]
        own = next((held for i, held in x.sums.variables if i == index), None)
        if own is not None:
            rows.append(_row(part, chances, own, x.sums.width))
            continue
        key = part, id(chances)
        if key not in alike:
            alike[key] = _row(part, chances, None, 1)
        rows.append(alike[key])
    most = max(len(row[0]) for row in rows)
    shape = len(rows), most
    bins, starts = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    counts, weights = np.ones(shape, dtype=np.int64), np.zeros(shape)
    for i, row in enumerate(rows):
        at = slice(0, len(row[0]))
        bins[i, at], starts[i, at], counts[i, at], weights[i, at] = row
    return Choices(bins, starts, counts, weights)


def _listed(index: int, pieces: Sequence[Summed]) -> Choices | None:
    """The same where it is an ordinal of equally probable values, not many in any piece."""
    rows = []
    for x in pieces:
        part, chances = x.part.parts[index], x.chances[index]
        if isinstance(chances, Listed) or len(chances.runs) > 1 or not isinstance(part, range):
            return None
        own = next((held for i, held in x.sums.variables if i == index), None)
        if isinstance(own, Stairs):
            return None
        ramp = own if isinstance(own, Ramp) else None
        slope, reverse = (ramp.slope, ramp.reverse) if ramp is not None else (0, False)
        if len(part) > EACH or max(len(part) * slope, x.sums.width) >> 62:
            return None
        rows.append((part.start, len(part), slope, reverse, x.sums.width))
    start, size, slopes, reverses, width = np.array(rows, dtype=np.int64).T[:, :, None]
    rank = np.arange(size.max())
    held = rank < size
    bins = np.where(held, np.where(reverses, size - 1 - rank, rank) * slopes // width, 0)
    return Choices(bins, start + rank, np.ones_like(bins), np.where(held, 1.0 / size, 0.0))


def _row(part: Part, chances: Distribution, own: InBins | None, width: int) -> Row:
    """Bins, first values, numbers of values and weights; ``own`` are a piece's bins, if any."""
    whole = chances.weight_of(part)
    if isinstance(chances, Listed):
        assert isinstance(part, int)
        listed = np.array(values(part))
        weights = np.array([chances.weights[v] / whole for v in values(part)])
        held = dict(own) if isinstance(own, tuple) else {}
        bins = np.array([held.get(v, 0) for v in values(part)], dtype=np.int64)
        return bins, listed, np.ones_like(listed), weights
    assert isinstance(part, range)
    if isinstance(own, Stairs):
        return _pieces(chances, own, width, whole)
    edges = {part.start, part.stop, *(x for x in chances.stops if x in part)}
    ramp = own if isinstance(own, Ramp) else None
    if ramp is not None and len(part) <= EACH:
        edges |= set(part)
    elif ramp is not None:
        last = ramp.slope * (len(part) - 1) // width
        ranks = [-(-at * width // ramp.slope) for at in range(1, 1 + last)]
        edges |= {part.stop - r if ramp.reverse else part.start + r for r in ranks}
    begins = sorted(edges)[:-1]
    counts = np.diff(sorted(edges))
    weights = np.array(
        [n * chances.weight_at(at) / whole for at, n in zip(begins, counts.tolist(), strict=True)]
    )
    starts = np.array(begins, dtype=np.int64)
    if ramp is None:
        return np.zeros_like(starts), starts, counts, weights
    each = [ramp.part.stop - 1 - v if ramp.reverse else v - ramp.part.start for v in begins]
    found = np.array([ramp.slope * rank // width for rank in each], dtype=np.int64)
    return found, starts, counts, weights


def _pieces(chances: Distribution, own: Stairs, width: int, whole: int) -> Row:
    """The same of an interval's pieces."""
    assert isinstance(chances, Runs)
    rows = []
    for some, at in in_bins(own, width):
        first = bisect_right(chances.stops, some.start)
        last = bisect_left(chances.stops, some.stop)
        for start, stop in pairwise((some.start, *chances.stops[first:last], some.stop)):
            count = stop - start
            rows.append((at, start, count, count * chances.weight_at(start) / whole))
    bins, starts, counts = np.array([row[:3] for row in rows], dtype=np.int64).T
    return bins, starts, counts, np.array([row[3] for row in rows])
