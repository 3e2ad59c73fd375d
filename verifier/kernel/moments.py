"""Rule 7 of docs/soundness.md for ensembles: how often the class is another one. Trusted.

The scores' mean and mean square over a cell are sums over single leaves and over pairs of leaves,
as a cell's variables are independent. Where a score is s0 at most, (score - s0 - r)^2 is r^2 at
least, whatever r > 0 is: so it is there with a probability of at most the mean of that over r^2.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.ensembles import SPARE, UNITS, Array, Forest
from verifier.kernel.prepared import parts_of
from verifier.model.cell import Cell
from verifier.model.chances import Distribution
from verifier.model.limits import PYTHON
from verifier.model.part import values

MOST = 1 << 13
"""Leaves that a cell reaches, at most."""
UNIT = 2.0**-52
"""Twice what a rounding changes, as a share."""


def moment_tail(
    forest: Forest, cell: Cell, klass: int, chances: Sequence[Distribution]
) -> Fraction:
    """A proved upper bound of P[ensemble != klass | cell], at most 1.

    ``cell`` and ``chances``, the variables' independent distributions, are of those that it reads.
    """
    at = np.flatnonzero(forest.areas.reached(parts_of([cell]))[0])
    found = Fraction(0)
    if len(at) > MOST or not (meets := _meets(forest, at, cell, chances)):
        return Fraction(1)
    for adds, least in _margins(forest, klass, at):
        forest.poll()
        forest.spend(PYTHON * len(at) + len(at) ** 2 * (1 + len(meets.overlaps)))
        found += meets.below(adds, least)
    return min(Fraction(1), found)


def _margins(forest: Forest, klass: int, at: Ints) -> Iterator[tuple[Array, float]]:
    """What the leaves ``at`` add to numbers of which each must be above ``least`` for the class.

    ``least`` allows for the roundings of the ensemble's sums, and for those of ``Meets.below``.
    """
    own, sums = forest.ensemble, forest.sums
    exact = own.arithmetic == "exact"
    if exact and not own.largest * sums.scale < 2.0**1000:
        yield np.zeros(len(at)), math.inf
        return
    unit = 0.0 if exact else UNITS[own.arithmetic] + UNITS["float64"]
    off = SPARE * (len(own.members) + 4) * unit * own.largest
    added = forest.areas.values[at].astype(np.float64) / sums.scale
    start = sums.start.astype(np.float64) / sums.scale
    if own.outputs > 1:
        off += 2 * forest.near * own.divisor + own.largest * 2.0**-46
        for j in set(range(own.outputs)) - {klass}:
            yield added[:, klass] - added[:, j], float(off + start[j] - start[klass])
        return
    sign = 1 if klass else -1
    near = float(own.threshold or 0) * own.divisor / own.factor
    if not abs(near) <= 4 * own.largest:  # else the class is the same everywhere
        yield np.zeros(len(at)), math.inf
        return
    if exact:
        cut = int(sums.limit) / sums.scale
    else:  # every sum at least (for class 0: at most) this edge has the class
        edge = np.array([near + sign * (off + abs(near) * unit)], dtype=sums.start.dtype)
        if sums.above(sums.divided(edge))[0] != klass:
            yield np.zeros(len(at)), math.inf
            return
        cut = float(edge[0])
    slack = off + (own.largest + abs(cut)) * 2.0**-46
    yield sign * added[:, 0], float(sign * (cut - start[0]) + slack)


@dataclass(frozen=True, eq=False)
class Meets:
    """The areas of leaves that a cell meets, and how probable it is to be in two of them.

    ``tree`` (A,) says of which tree each is. Of each variable that some of them do not leave
    whole, ``which`` (variables, A) are their parts of it, ``whole`` (variables,) the numbers for
    all of it, and ``overlaps`` the probabilities of what two parts have in common, in the cell,
    each (parts, parts). A product of such is off by ``error`` at most.
    """

    tree: Ints
    which: Ints
    whole: Ints
    overlaps: tuple[Array, ...]
    error: float

    def below(self, adds: Array, least: float) -> Fraction:
        """At least the probability that what the leaves add is at most ``least``, all together."""
        trees = int(self.tree[-1]) + 1
        mean = np.bincount(self.tree, self.alone * adds, trees)
        only = (np.bincount(self.tree, minlength=trees) == 1)[self.tree]
        mean[self.tree[only]] = adds[only]
        ahead = math.fsum(mean) - least
        away = adds - mean[self.tree]
        largest = float(np.abs(away).max())
        if not ahead > 0 or not (largest == 0 or 2.0**-300 < largest < 2.0**300):
            return Fraction(1)
        squares, off = self._square(away), self._off(away)
        more = squares / ahead
        held, far = Fraction(more), Fraction(ahead) + Fraction(more)
        bound = (Fraction(squares) + held * (held + 2 * Fraction(off))) / far**2
        return Fraction(math.ceil(bound * 2**64), 2**64)

    @cached_property
    def alone(self) -> Array:
        """The probability of each area in the cell."""
        return self._product(range(len(self.overlaps)))

    def _product(self, variables: Iterable[int]) -> Array:
        """The probability of each area in the cell, as far as some variables are concerned."""
        found = np.ones(len(self.tree))
        for v in variables:
            found *= self.overlaps[v][self.whole[v], self.which[v]]
        return found

    def _off(self, away: Array) -> float:
        """At least how far the mean of the sum of what the leaves are away is from 0."""
        far = np.abs(away).sum()
        return float(abs((away * self.alone).sum()) + (self.error + self._summed) * far * 1.01)

    @property
    def _summed(self) -> float:
        """What adding up so many numbers changes, as a share of their magnitudes."""
        return (len(self.tree) + 8) * 4 * UNIT

    def _square(self, away: Array) -> float:
        """At least the mean of the square of that sum: over all pairs of leaves.

        Those that leave the same variables whole are taken together.
        """
        at = np.flatnonzero(away)
        if not at.size:
            return 0.0
        cut = self.which[:, at] != self.whole[:, None]
        order = np.lexsort(cut)
        at, cut = at[order], cut[:, order]
        begin = np.flatnonzero(np.append(True, (cut[:, 1:] != cut[:, :-1]).any(axis=0)))
        total = 0.0
        for start, stop in zip(begin.tolist(), [*begin[1:].tolist(), len(at)], strict=True):
            own, others = at[start:stop], at[start:]
            tested = np.flatnonzero(cut[:, start])
            weights = self._product(np.flatnonzero(~cut[:, start]).tolist())[others] * away[others]
            weights[stop - start :] *= 2
            met = np.ones((len(own), len(others)))
            for v in tested.tolist():
                met *= self.overlaps[v][self.which[v, own]].take(self.which[v, others], axis=1)
            total += float(away[own] @ (met @ weights))
        far = float(np.abs(away).sum())
        return max(total, 0.0) + (self.error + self._summed) * far * far * 1.01


def _meets(forest: Forest, at: Ints, cell: Cell, chances: Sequence[Distribution]) -> Meets | None:
    """How the areas ``at`` meet in a cell; None where no point of it has a probability."""
    areas = forest.areas
    wanted, overlaps, which, error, begin = areas.wanted[at], list[Array](), list[Ints](), 0.0, 0
    for tested, index in zip(areas.tested, _tested_variables(forest), strict=True):
        count, part, own = len(tested.parts), cell.parts[index], chances[index]
        mine = (wanted >= begin) & (wanted < begin + count)
        place = np.where(mine, wanted - begin, 0).sum(axis=1) + count * ~mine.any(axis=1)
        begin += count
        whole = own.weight_of(part)
        if not whole:
            return None
        place = np.append(place, count)
        if isinstance(part, range):
            held, number = _in_ranges(tested.parts, place, part, own, whole)
        else:
            held, number = _in_sets(tested.parts, place, part, own, whole)
        overlaps.append(np.clip(held, 0.0, 1.0))
        which.append(number)
        error += UNIT * (1 + (part.bit_count() if isinstance(part, int) else 1))
    tree = np.searchsorted(areas.first, at, side="right") - 1
    numbers = np.array(which, dtype=np.int64).reshape(-1, len(at) + 1)
    return Meets(tree, numbers[:, :-1], numbers[:, -1], tuple(overlaps), error)


def _in_ranges(
    tested: Array, place: Ints, part: range, own: Distribution, whole: int
) -> tuple[Array, Ints]:
    """The probability in a variable's ``part`` of what its parts, and all of it, have in common.

    And the number, among these, of the part at each ``place``; the last place is for all of it.
    """
    ends = np.clip(tested + np.array([0, 1]), part.start, part.stop)
    ends = np.append(ends, [[part.start, part.stop]], axis=0)[place]
    ends, number = np.unique(ends, axis=0, return_inverse=True)
    cuts = {x: own.weight_of(range(part.start, x)) / whole for x in set(ends.ravel().tolist())}
    low, high = np.array([[cuts[x] for x in row] for row in ends.tolist()]).T
    return np.minimum(high[:, None], high) - np.maximum(low[:, None], low), number.reshape(-1)


def _in_sets(
    tested: Array, place: Ints, part: int, own: Distribution, whole: int
) -> tuple[Array, Ints]:
    """The same of a variable whose values are a set."""
    masks = np.array([*(int(x) & part for x in tested.tolist()), part], dtype=object)[place]
    masks, number = np.unique(masks, return_inverse=True)
    inside = list(values(part))
    holds = np.array([[mask >> x & 1 for x in inside] for mask in masks], dtype=np.float64)
    shares = np.array([own.weight_at(x) / whole for x in inside])
    return (holds * shares) @ holds.T, number.reshape(-1)


def _tested_variables(forest: Forest) -> list[int]:
    """The variables that its trees test, in the order of what is tested, among those it reads."""
    kinds: tuple[list[int], list[int]] = [], []
    for index, v in enumerate(forest.domain.variables):
        kinds[isinstance(v.whole, range)].append(index)
    return [kinds[own.ranged][own.place] for own in forest.areas.tested]
