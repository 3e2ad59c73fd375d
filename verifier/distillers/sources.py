"""What is known of the teacher, as the growing of a tree needs it.

A Source answers, for a region of the domain (a cell given as a Boolean array over all variables'
values), how much mass each class has where a variable takes a value. Masses steer the growth only:
nothing is proved by them. Half of a mass is the domain's distribution and half counts points (or
cells) alike, so that points of probability 0 are told apart too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from verifier.distillers.cuts import Bools, Cuts, Floats, Ints
from verifier.distillers.sampling import sample
from verifier.domain import Cell

Classify = Callable[[Ints], Ints]


@dataclass(frozen=True, eq=False)
class Region:
    """A cell of the domain: its allowed values, and what its Source knows of it.

    ``totals`` is the mass of each class; ``mixed`` says whether several classes are known there.
    """

    allowed: Bools
    totals: Floats
    mixed: bool
    rows: Any = None
    weights: Any = None

    @property
    def wrong(self) -> float:
        """The mass outside the most frequent class."""
        return float(self.totals.sum() - self.totals.max())

    @property
    def klass(self) -> int:
        """The most frequent class, the lowest of them."""
        return int(self.totals.argmax())


class Source(Protocol):
    """Knowledge about the teacher's classes."""

    def region(self, cell: Cell) -> Region:
        """What is known in a cell."""

    def masses(self, region: Region) -> Floats:
        """Mass of each class where each value is taken, [values, classes]."""

    def part(self, region: Region, keep: Bools) -> Region:
        """The part of a region whose points take only values in ``keep``."""


def allowed_of(cuts: Cuts, cell: Cell) -> Bools:
    """A cell as a Boolean array over all variables' values."""
    return np.array(
        [
            bool(mask >> v & 1)
            for mask, variable in zip(cell.masks, cuts.domain.variables, strict=True)
            for v in range(len(variable.labels))
        ]
    )


def cell_of(cuts: Cuts, allowed: Bools) -> Cell:
    """The inverse of ``allowed_of``."""
    masks = []
    for start, variable in zip(cuts.starts.tolist(), cuts.domain.variables, strict=True):
        inside = np.flatnonzero(allowed[start : start + len(variable.labels)]).tolist()
        masks.append(sum(1 << v for v in inside))
    return Cell(tuple(masks))


@dataclass(frozen=True, eq=False)
class PointSource:
    """Points with their classes, for instance all of a small domain.

    ``points[n, i]`` are global values; ``classes[n]`` and ``mass[n]`` the class and mass of each.
    """

    cuts: Cuts
    points: Ints
    classes: Ints
    mass: Floats
    kinds: int

    def region(self, cell: Cell) -> Region:
        """The known points in a cell."""
        allowed = allowed_of(self.cuts, cell)
        inside = allowed[self.points].all(axis=1)
        return self._region(allowed, np.flatnonzero(inside))

    def _region(self, allowed: Bools, rows: Ints) -> Region:
        totals = _sums(self.classes[rows], self.mass[rows], self.kinds)
        mixed = bool(rows.size) and bool((self.classes[rows] != self.classes[rows[0]]).any())
        return Region(allowed, totals, mixed, rows)

    def masses(self, region: Region) -> Floats:
        """See Source."""
        size = len(self.cuts.owner) * self.kinds
        total = np.zeros(size)
        for start in range(0, len(region.rows), 1 << 15):
            rows = region.rows[start : start + (1 << 15)]
            points = self.points[rows]
            at = points * self.kinds + self.classes[rows][:, None]
            weights = np.repeat(self.mass[rows], points.shape[1])
            total += np.bincount(at.ravel(), weights, size)
        return total.reshape(-1, self.kinds)

    def part(self, region: Region, keep: Bools) -> Region:
        """See Source."""
        inside = keep[self.points[region.rows]].all(axis=1)
        return self._region(region.allowed & keep, region.rows[inside])


def _sums(classes: Ints, weights: Floats, kinds: int) -> Floats:
    """The total weight of each class."""
    return np.asarray(np.bincount(classes, weights, kinds), dtype=np.float64)


def point_source(cuts: Cuts, points: Ints, classes: Ints, kinds: int) -> PointSource:
    """A PointSource of value indices (N, variables), each with half the domain's weight."""
    chance = np.ones(len(points))
    for i, v in enumerate(cuts.domain.variables):
        chance *= np.array([float(p) for p in v.probabilities])[points[:, i]]
    total = chance.sum()
    mass = np.full(len(points), 0.5 / max(len(points), 1))
    mass += 0.5 * chance / total if total > 0 else mass
    return PointSource(cuts, points + cuts.starts, classes, mass, kinds)


def sample_source(cuts: Cuts, points: Ints, classes: Ints, kinds: int) -> PointSource:
    """A PointSource of points that were drawn from the distribution: all count alike."""
    mass = np.full(len(points), 1.0 / max(len(points), 1))
    return PointSource(cuts, points + cuts.starts, classes, mass, kinds)


@dataclass(frozen=True, eq=False)
class CellSource:
    """Disjoint cells in which the teacher's class is known (or guessed).

    ``allowed[n, values]``, ``classes[n]``; ``mass`` holds the two masses of each value (by
    probability, and by count).
    """

    cuts: Cuts
    allowed: Bools
    classes: Ints
    mass: Floats
    kinds: int

    def region(self, cell: Cell) -> Region:
        """The known cells that meet a cell."""
        allowed = allowed_of(self.cuts, cell)
        whole = Region(
            np.ones_like(allowed), np.zeros(self.kinds), True, np.arange(len(self.classes))
        )
        return self.part(whole, allowed)

    def part(self, region: Region, keep: Bools) -> Region:
        """See Source."""
        allowed = region.allowed & keep
        rows = region.rows
        changed = np.flatnonzero(np.add.reduceat(region.allowed & ~keep, self.cuts.starts))
        for i in changed.tolist():
            span = self._span(i)
            rows = rows[(self.allowed[rows, span] & allowed[span]).any(axis=1)]
        weights = np.full((2, len(rows)), 0.5)
        for i in range(len(self.cuts.starts)):
            span = self._span(i)
            inside = self.allowed[rows, span] & allowed[span]
            weights *= self.mass[:, span] @ inside.T
        weight = weights.sum(axis=0)
        classes = self.classes[rows]
        totals = _sums(classes, weight, self.kinds)
        mixed = bool(rows.size) and bool((classes != classes[0]).any())
        return Region(allowed, totals, mixed, rows, weight)

    def _span(self, variable: int) -> slice:
        start = int(self.cuts.starts[variable])
        return slice(start, start + len(self.cuts.domain.variables[variable].labels))

    def masses(self, region: Region) -> Floats:
        """See Source; the two masses are taken in the proportion that the region has of them."""
        inside = self.allowed[region.rows] & region.allowed
        chances = inside * (self.mass.sum(axis=0) / 2)
        of_variable = np.add.reduceat(chances, self.cuts.starts, axis=1)
        chances /= of_variable[:, self.cuts.owner]
        classes = self.classes[region.rows]
        total = np.zeros((len(self.cuts.owner), self.kinds))
        for k in range(self.kinds):
            at = classes == k
            total[:, k] = region.weights[at] @ chances[at]
        return total


def cell_source(cuts: Cuts, cells: Bools, classes: Ints, kinds: int) -> CellSource:
    """A CellSource of cells given as Boolean arrays over all values, [cells, values]."""
    variables = cuts.domain.variables
    chance = np.array([float(p) for v in variables for p in v.probabilities])
    count = np.array([1 / len(v.labels) for v in variables for _ in v.labels])
    return CellSource(cuts, cells, classes, np.stack([chance, count]), kinds)


@dataclass(frozen=True, eq=False)
class SampleSource:
    """Fresh points in every region, classified by the teacher when asked.

    ``counter`` numbers the regions, so that the same seed gives the same samples.
    """

    cuts: Cuts
    classify: Classify
    count: int
    kinds: int
    seed: int
    counter: list[int] = field(default_factory=lambda: [0])

    def region(self, cell: Cell) -> Region:
        """Fresh points of a cell."""
        return self._drawn(allowed_of(self.cuts, cell))

    def part(self, region: Region, keep: Bools) -> Region:
        """See Source."""
        return self._drawn(region.allowed & keep)

    def _drawn(self, allowed: Bools) -> Region:
        self.counter[0] += 1
        rng = np.random.default_rng([self.seed, self.counter[0]])
        cell = cell_of(self.cuts, allowed)
        points = sample(self.cuts.domain, self.count, rng, cell)
        classes = self.classify(points)
        share = self._share(cell)
        totals = _sums(classes, np.full(self.count, share / self.count), self.kinds)
        mixed = bool((classes != classes[0]).any())
        return Region(allowed, totals, mixed, points, classes)

    def _share(self, cell: Cell) -> float:
        share = 1.0
        for v, mask in zip(self.cuts.domain.variables, cell.masks, strict=True):
            if mask.bit_count() < len(v.labels):
                share *= float(sum(p for i, p in enumerate(v.probabilities) if mask >> i & 1))
        return share

    def masses(self, region: Region) -> Floats:
        """See Source."""
        at = (region.rows + self.cuts.starts) * self.kinds + region.weights[:, None]
        size = len(self.cuts.owner) * self.kinds
        counts = np.bincount(at.ravel(), minlength=size).reshape(-1, self.kinds)
        return np.asarray(counts * (region.totals.sum() / self.count), dtype=np.float64)
