"""Two ensembles beside each other: what one's class says of the other's. Trusted.

See "Two ensembles" in docs/soundness.md. Bit 0 of an ``order`` says that where the left one has
class 1 the right one has it, too, bit 1 the reverse; both, that they have the same class.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from verifier.kernel.areas import MOST_AREAS, areas_of
from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked
from verifier.kernel.ensembles import Array, Bools, Forest
from verifier.kernel.prepared import NUMBERS, Parts, parts_of
from verifier.model.cell import Cell, full_cell
from verifier.model.limits import PYTHON
from verifier.model.proof import SAME

MOST_SUMS = 1 << 17
"""Most pairs of sums that are told apart, times the pairs of numbers that are added to each."""


@dataclass(frozen=True, eq=False)
class Pair:
    """Two ensembles of as many trees, and the areas of the same tree of either that meet.

    ``at`` (pairs, 3) are the tree and both areas, ``parts`` the points that are in both,
    ``against`` (pairs,) the bits of an order that the numbers added there contradict.
    """

    one: Forest
    other: Forest
    at: Ints
    parts: Parts
    against: Ints

    def holds(self, cell: Cell, order: int) -> bool:
        """Whether an order is shown in a cell."""
        cells = parts_of([cell])
        return not order & ~int(self.orders(cells)[0]) or not order & ~self.by_sums(cells)

    def orders(self, cells: Parts) -> Ints:
        """The order shown in each cell tree by tree: no numbers added there contradict it."""
        wrong = np.flatnonzero(self.against)
        self.one.poll()
        self.one.spend(PYTHON + 4 * len(cells) * len(wrong) * len(self.one.domain.variables))
        bits = np.where(_meet(cells, self.parts[wrong]), self.against[wrong], 0)
        found: Ints = SAME & ~np.bitwise_or.reduce(bits, axis=1)
        return found

    def by_sums(self, cell: Parts, most: int = MOST_SUMS) -> int:
        """The order in one cell of all sums that numbers added there, tree by tree, can make.

        None (0) where more than ``most`` are made at a time.
        """
        one, other = self.one, self.other
        sums: tuple[Array, Array] = one.sums.start[None], other.sums.start[None]
        if object in (sums[0].dtype, sums[1].dtype):
            return 0
        met = self.at[_meet(cell, self.parts)[0]]
        for m in range(len(one.members)):
            at = met[met[:, 0] == m]
            adds = _distinct(one.areas.values[at[:, 1]], other.areas.values[at[:, 2]])
            count = len(sums[0]) * len(adds[0])
            if count > most:
                return 0
            one.poll()
            one.spend(PYTHON + 64 * count * (one.ensemble.outputs + other.ensemble.outputs))
            more = [(x[:, None] + y).reshape(count, -1) for x, y in zip(sums, adds, strict=True)]
            sums = _distinct(*more)  # rounded as each point's own sums are
        left, right = one.sums.classes(sums[0]), other.sums.classes(sums[1])
        return bool((left <= right).all()) + 2 * bool((left >= right).all())


@lru_cache(maxsize=2)
def pair(asked: Asked, left: int, right: int) -> Pair | None:
    """Two ensembles of a question; None where they are too large, or not of as many trees."""
    both = asked.forests[left], asked.forests[right]
    ends = [np.append(x.areas.first, len(x.areas.wanted)).tolist() for x in both]
    count = len(both[0].members)
    if count != len(both[1].members) or count == 0:
        return None
    if max(own[-1] for own in ends) * len(asked.domain.variables) > NUMBERS:
        return None
    boxes, found = [_boxes(asked, x) for x in both], list[Ints]()
    for m in range(count):
        asked.poll()
        a, b = (x[np.arange(e[m], e[m + 1])] for x, e in zip(boxes, ends, strict=True))
        asked.spend(PYTHON + 4 * len(a) * len(b) * len(asked.domain.variables))
        if len(a) * len(b) > NUMBERS or sum(map(len, found)) > NUMBERS // 4:
            return None
        at = np.argwhere(_meet(a, b)) + np.array([ends[0][m], ends[1][m]])
        found.append(np.insert(at, 0, m, axis=1))
    at = np.concatenate(found)
    a, b = boxes[0][at[:, 1]], boxes[1][at[:, 2]]
    low, high = np.maximum(a.ends[:, 0], b.ends[:, 0]), np.minimum(a.ends[:, 1], b.ends[:, 1])
    parts = Parts(a.masks & b.masks, np.stack([low, high], axis=1))
    adds = [x.areas.values[own] for x, own in zip(both, at.T[1:], strict=True)]
    return Pair(*both, at, parts, _against(*both, *adds))


def _boxes(asked: Asked, forest: Forest) -> Parts:
    """The areas of an ensemble, in their order, as cells of the whole domain."""
    found, whole = [], full_cell(asked.domain).parts
    for tree in forest.members:
        for area in areas_of(tree, asked.spend, MOST_AREAS):
            own = {forest.reads[i]: part for i, part in area.box.items()}
            found.append(Cell(tuple(own.get(i, part) for i, part in enumerate(whole))))
    return parts_of(found)


def _meet(a: Parts, b: Parts) -> Bools:
    """Which boxes meet which others, (ones, others)."""
    found = np.ones((len(a), len(b)), dtype=np.bool_)
    for own, others in zip(a.masks.T, b.masks.T, strict=True):
        found &= (own[:, None] & others) != 0
    for own, others in zip(a.ends.T, b.ends.T, strict=True):
        found &= (own[0][:, None] <= others[1]) & (own[1][:, None] >= others[0])
    return found


def _against(one: Forest, other: Forest, a: Array, b: Array) -> Ints:
    """The bits of an order that numbers (pairs, outputs) contradict that are added together."""
    told = [
        (x.arithmetic, x.outputs, x.start, x.threshold, x.divisor, x.factor, x.link, own.sums.scale)
        for own in (one, other)
        for x in [own.ensemble]
    ]
    if told[0] != told[1]:
        return np.full(len(a), SAME)
    if one.ensemble.outputs > 2 or one.ensemble.link:
        return np.where((a != b).any(axis=1), SAME, 0)
    if one.ensemble.outputs == 2:  # the second score speaks for class 1, the first against it
        a, b = (np.stack([x[:, 1], y[:, 0]], axis=1) for x, y in ((a, b), (b, a)))
    return np.where((a > b).any(axis=1), 1, 0) + np.where((a < b).any(axis=1), 2, 0)


def _distinct(a: Array, b: Array) -> tuple[Array, Array]:
    """Rows of two arrays, side by side, each pair once."""
    bits = [x.view(f"u{x.itemsize}").T for x in (a, b)]  # numbers by their bits: -0 is not 0
    at = np.lexsort([*bits[0], *bits[1]])
    first = np.arange(len(at)) == 0
    for column in (*bits[0], *bits[1]):
        first[1:] |= np.diff(column[at]) != 0
    return a[at[first]], b[at[first]]
