"""Ensembles of trees over cells and at points: "Ensembles of trees" in docs/soundness.md. Trusted.

Over a cell each tree adds at least the least, and at most the greatest number of the leaves that
the cell reaches. Rounding to nearest never turns order round, so sums of these, rounded as the
ensemble's own are, lie below and above every point's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.areas import MOST_AREAS, Area, Areas, Leaves, Tested, areas_of, members_of
from verifier.kernel.arithmetic import Ints
from verifier.kernel.float32 import UNIT, inputs_are_float32, is_float32
from verifier.kernel.ordinals import FLOAT32_RANGE, ordinals_of
from verifier.kernel.prepared import MASK_BITS, NUMBERS, Parts, Reader, no_poll
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble, Score, Sums
from verifier.model.errors import TreeError
from verifier.model.limits import PYTHON
from verifier.model.network import significands
from verifier.model.overlay import BoundTree, leaves_of_points, no_charge
from verifier.model.part import Part
from verifier.model.softmax import NEAR, softmax_classes
from verifier.model.tree import LARGEST_TABLE
from verifier.model.variable import Variable

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
CHUNK = 1 << 13
"""Points evaluated at a time, at most."""
UNITS = {"exact": 0.0, "float32": 2.0**-24, "float64": 2.0**-53}
"""What a rounding changes at most, as a share of the sum."""
SPARE = 2.25
"""Twice what a score is off by at most, and what float64 numbers of that may be off."""


@dataclass(frozen=True, eq=False)
class Forest(Reader):
    """An ensemble on the product of the variables that it ``reads``; ``whole`` if that is all."""

    ensemble: Ensemble
    domain: Domain
    members: tuple[BoundTree, ...]
    areas: Areas
    reads: tuple[int, ...]
    whole: bool
    poll: Callable[[], None] = no_poll
    spend: Callable[[int], None] = no_charge

    @property
    def sums(self) -> Sums:
        """Its numbers."""
        return self.ensemble.sums

    @cached_property
    def firm(self) -> bool:
        """Whether every float32 evaluation, in whatever order, gives the same classes.

        It does where all inputs and the threshold are float32 numbers, and no sum of what is added
        can be rounded, or be a number too small.
        """
        own = self.domain
        if not inputs_are_float32(own, ordinals_of(own, (0,) * own.columns)):
            return False
        held = self.ensemble
        leaves = (n for m in held.members for n in m.nodes if isinstance(n, Score))
        numbers = [*held.start, *(x for leaf in leaves for _, x in leaf.values)]
        lowest = int(significands(np.array(numbers, dtype=np.float64))[1].min(initial=0))
        whole = held.largest < math.ldexp(1.0, UNIT + lowest) and lowest >= -FLOAT32_RANGE
        fits = held.threshold is None or is_float32(Fraction(held.threshold))
        return held.divisor == held.factor == 1 and whole and fits and not held.link

    @cached_property
    def point_cost(self) -> int:
        """Steps to evaluate a point, about."""
        linked = PYTHON * self.ensemble.outputs if self.ensemble.link else 0
        return 64 * sum(_depth(tree) for tree in self.members) + 64 + linked // 64

    @cached_property
    def cell_cost(self) -> int:
        """Steps to bound it over a cell, about."""
        count, slots = map(int, self.areas.wanted.shape)
        return 8 * count * (1 + slots + 4 * self.ensemble.outputs) + PYTHON

    @property
    def classes(self) -> int:
        """How many it has."""
        return self.ensemble.classes

    @property
    def infinite(self) -> bool:
        """Whether it reads a continuous variable."""
        return self.domain.infinite

    @property
    def chunk(self) -> int:
        """Points evaluated at a time."""
        return max(1, min(CHUNK, NUMBERS // (4 + len(self.members) + self.ensemble.outputs)))

    @cached_property
    def leaves(self) -> Leaves | None:
        """Its areas by the values that they hold, where that does not take too much memory."""
        return self.areas.leaves(self.domain, self.poll)

    def classes_at(self, points: Ints) -> Ints:
        """The class at each point of the variables that it reads, value indices, (N, variables)."""
        if self.leaves is not None:
            every = (self.areas.values[at] for at in self.leaves.reached(points))
            return np.concatenate([self.sums.classes(self._summed(adds)) for adds in every])
        leaves = np.empty((len(points), len(self.members)), dtype=np.int64)
        for m, tree in enumerate(self.members):
            leaves[:, m] = leaves_of_points(tree, points)
        return self.sums.classes(self.sums.total(leaves))

    def shows(self, parts: Parts, classes: Ints) -> Bools:
        """In which cells of its variables it has the class stated everywhere, by the rule."""
        found = np.zeros(len(parts), dtype=bool)
        count, slots = self.areas.wanted.shape
        each = 1 + count * (slots + 2 * self.ensemble.outputs)
        step = max(1, NUMBERS // (4 * each))
        for start in range(0, len(parts), step):
            self.poll()
            at = np.arange(start, min(start + step, len(parts)))
            self.spend(len(at) * self.cell_cost)
            found[at] = self.shown(self.areas.reached(parts[at]), classes[at])
        return found

    def shown(
        self, reached: Bools, classes: Ints, ends: tuple[Array, Array] | None = None
    ) -> Bools:
        """The same, where it is known which areas each cell meets, and perhaps the scores' ends."""
        low, high = ends or self.ends(reached)
        if self.ensemble.outputs == 1:
            above, below = self.sums.above(low[:, 0]), ~self.sums.above(high[:, 0])
            return np.where(classes == 1, above, below)
        found = np.empty(len(classes), dtype=bool)
        for klass in np.unique(classes).tolist():
            at = np.flatnonzero(classes == klass)
            own, others = low[at, klass, None], high[at]
            before, after = np.arange(others.shape[1]) < klass, np.arange(others.shape[1]) > klass
            won = np.where(before, self._beats(own, others), own >= others) | ~(before | after)
            left = at[~won.all(axis=1)]
            won[~won.all(axis=1)] |= self._apart(reached[left], klass)
            found[at] = won.all(axis=1)
        if self.ensemble.link:  # scores that are near but the same at all points decide, too
            at = np.flatnonzero(~found & (low == high).all(axis=1))
            found[at] = softmax_classes(low[at]) == classes[at]
        return found

    def _beats(self, own: Array, others: Array) -> Bools:
        """Which scores are above others, and so are what is compared of them."""
        if not self.ensemble.link:
            return np.asarray(own > others, dtype=np.bool_)
        return np.asarray(own.astype(np.float64) - others.astype(np.float64) > self.near)

    @property
    def near(self) -> Any:
        """How near a score must be to a greater one so that their softmaxes may be equal."""
        return np.float64(NEAR[self.ensemble.arithmetic]) if self.ensemble.link else np.float64(0)

    def ends(self, reached: Bools) -> tuple[Array, Array]:
        """Scores that none of each cell's points is below, and none above, (cells, outputs)."""
        least = self.areas.least(reached, self.areas.values)
        most = -self.areas.least(reached, -self.areas.values)
        low, high = (self.sums.divided(self._summed(adds)) for adds in (least, most))
        return low, high

    def _summed(self, adds: Array) -> Array:
        """What each tree adds, (N, trees, outputs), summed up as a point's own sums are."""
        sums = np.repeat(self.sums.start[None], len(adds), axis=0)
        for m in range(adds.shape[1]):
            sums += adds[:, m]  # rounded in the same order
        return sums

    def _apart(self, reached: Bools, klass: int) -> Bools:
        """Which outputs are sure to lose to ``klass`` in each cell, (cells, outputs): tree by tree
        a score is ahead of another by at least the least that the leaves reached add to it.

        Both are as far from their exact values as that many roundings, and a division or product,
        may take them; where sums are exact differences are too, and ties go to the lower output.
        """
        exact = self.ensemble.arithmetic == "exact"
        values = self.areas.values if exact else self.areas.values.astype(np.float64)
        start = self.sums.start if exact else self.sums.start.astype(np.float64)
        gaps = values[:, klass, None] - values
        ahead = self.areas.least(reached, gaps).sum(axis=1) + (start[klass] - start)
        if exact:
            before = np.arange(self.ensemble.outputs) < klass
            return np.asarray(ahead >= before.astype(np.int64), dtype=np.bool_)
        unit = UNITS[self.ensemble.arithmetic] + UNITS["float64"]
        off = SPARE * (len(self.members) + 4) * unit * self.ensemble.largest
        off += 2 * self.near * self.ensemble.divisor
        return np.asarray(ahead > off, dtype=np.bool_)


def forest_of(
    ensemble: Ensemble,
    domain: Domain,
    reads: Sequence[int],
    whole: bool,
    poll: Callable[[], None] = no_poll,
    spend: Callable[[int], None] = no_charge,
) -> Forest:
    """Make an ensemble ready, over the product ``domain`` of the variables that it reads.

    Raises EnsembleError or TreeError where it does not fit, or takes too much.
    """
    most = max([1, *(v.count for v in domain.variables if isinstance(v, Variable))])
    if ensemble.size * most > LARGEST_TABLE:
        raise TreeError(
            f"the ensemble has {ensemble.size} nodes and a variable has {most} values: together "
            f"too many (their product may be at most {LARGEST_TABLE})"
        )
    members = members_of(ensemble, domain)
    every: list[list[Area]] = []
    left = MOST_AREAS
    for tree in members:
        poll()
        every.append(areas_of(tree, spend, left))
        left -= len(every[-1])
    areas = table_of(ensemble, domain, every)
    return Forest(ensemble, domain, members, areas, tuple(reads), whole, poll, spend)


def table_of(ensemble: Ensemble, domain: Domain, every: Sequence[Sequence[Area]]) -> Areas:
    """Areas, of one tree after the other, as arrays."""
    numbers: list[dict[Part, int]] = [{} for _ in domain.variables]
    items = [x for own in every for area in own for x in area.box.items()]
    place = [numbers[index].setdefault(part, len(numbers[index])) for index, part in items]
    begin = np.cumsum([0, *map(len, numbers)])
    many = np.array([len(area.box) for own in every for area in own], dtype=np.int64)
    wanted = np.full((len(many), many.max(initial=0)), begin[-1], dtype=np.int64)
    index = np.array([i for i, _ in items], dtype=np.int64)
    wanted[np.arange(wanted.shape[1]) < many[:, None]] = begin[index] + place
    sums, nodes = ensemble.sums, [[area.node for area in own] for own in every]
    added = (held[at] for held, at in zip(sums.values, nodes, strict=True))
    values = np.concatenate([sums.start[None][:0], *added])
    first = np.cumsum([0, *map(len, every)])[:-1].astype(np.int64)
    return Areas(tuple(_tested(domain, numbers)), wanted, first, values)


def _tested(domain: Domain, numbers: Sequence[dict[Part, int]]) -> list[Tested]:
    found, places = [], [0, 0]
    for v, own in zip(domain.variables, numbers, strict=True):
        ranged = isinstance(v.whole, range)
        if ranged:
            ends = [(part.start, part.stop - 1) for part in own if isinstance(part, range)]
            held: Array = np.array(ends, dtype=np.int64).reshape(-1, 2)
        else:
            masks = [part for part in own if isinstance(part, int)]
            short = max(masks, default=0) < 1 << MASK_BITS
            held = np.array(masks, dtype=np.int64 if short else object)
        if own:
            found.append(Tested(places[ranged], ranged, held))
        places[ranged] += 1
    return found


def _depth(tree: BoundTree) -> int:
    """Most tests on the way to a leaf, at least 1."""
    depth = [0] * len(tree.nodes)
    for i, node in enumerate(tree.nodes):
        if isinstance(node, tuple):
            for child in node[2:]:
                depth[child] = max(depth[child], depth[i] + 1)
    return max([1, *depth])
