"""What is known of the teacher, as the growing of a tree needs it.

A Source holds, for a region of the domain (a cell given as a Boolean array over all variables'
values), the mass of each class, and chooses where to cut it. Masses steer the growth only: nothing
is proved by them. Half of a mass is the domain's distribution and half counts points alike, so that
points of probability 0 are told apart too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import numpy as np

from verifier.distillers.cuts import Bools, Cuts, Floats, Ints, best_cut
from verifier.distillers.influence import free_variables, pairs, strongest
from verifier.distillers.sampling import sample
from verifier.model.cell import Cell
from verifier.model.part import Part, values
from verifier.provers.timing import poll

Classify = Callable[[Ints], Ints]
PROBED = 1 << 15
"""Points classified together when the influence of variables is estimated."""


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

    def part(self, region: Region, keep: Bools) -> Region:
        """The part of a region whose points take only values in ``keep``."""

    def cut(self, region: Region) -> int:
        """The cut at which to split the region; -1 if there is none."""


def allowed_of(cuts: Cuts, cell: Cell) -> Bools:
    """A cell as a Boolean array over all variables' values."""
    ends = [*cuts.starts[1:].tolist(), len(cuts.owner)]
    held = zip(cuts.starts.tolist(), ends, cell.parts, strict=True)
    return np.concatenate([_taken(part, end - start) for start, end, part in held])


@lru_cache(maxsize=1 << 12)
def _taken(part: Part, count: int) -> Bools:
    """Which of so many values a part takes; not to be written to."""
    taken = np.zeros(count, dtype=np.bool_)
    taken[list(values(part))] = True
    return taken


def rows_of(cuts: Cuts, points: Ints) -> Bools:
    """``allowed_of`` of single points, given by their value indices [N, variables]."""
    rows = np.zeros((len(points), len(cuts.owner)), dtype=np.bool_)
    rows[np.arange(len(points))[:, None], points + cuts.starts] = True
    return rows


def cell_of(cuts: Cuts, allowed: Bools) -> Cell:
    """The inverse of ``allowed_of``."""
    masks = [0] * len(cuts.starts)
    for v in np.flatnonzero(allowed).tolist():
        i = int(cuts.owner[v])
        masks[i] |= 1 << (v - int(cuts.starts[i]))
    return Cell(tuple(masks))


def sums(classes: Ints, weights: Floats, kinds: int) -> Floats:
    """The total weight of each class."""
    return np.asarray(np.bincount(classes, weights, kinds), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class PointSource:
    """All points of a small domain with their classes, the last variable changing fastest.

    ``points[n, i]`` are global values; ``classes[n]`` and ``mass[n]`` the class and mass of each.
    ``influence`` says which criterion is asked first.
    """

    cuts: Cuts
    points: Ints
    classes: Ints
    mass: Floats
    kinds: int
    influence: bool = True

    def region(self, cell: Cell) -> Region:
        """The points in a cell."""
        allowed = allowed_of(self.cuts, cell)
        return self._region(allowed, np.flatnonzero(allowed[self.points].all(axis=1)))

    def part(self, region: Region, keep: Bools) -> Region:
        """See Source."""
        inside = keep[self.points[region.rows]].all(axis=1)
        return self._region(region.allowed & keep, region.rows[inside])

    def _region(self, allowed: Bools, rows: Ints) -> Region:
        classes = self.classes[rows]
        totals = sums(classes, self.mass[rows], self.kinds)
        return Region(allowed, totals, bool((classes != classes[0]).any()), rows)

    def cut(self, region: Region) -> int:
        """See Source."""
        if self.influence:
            tables = self._tables(region)
            best, _ = strongest(self.cuts, tables, self.cuts.value_mass)
            if best >= 0:
                return best
        return best_cut(self.cuts, region.allowed, self._masses(region))

    def _masses(self, region: Region) -> Floats:
        """Mass of each class where each value is taken, [values, classes]."""
        total = np.zeros(len(self.cuts.owner) * self.kinds)
        for start in range(0, len(region.rows), PROBED):
            poll()
            rows = region.rows[start : start + PROBED]
            points = self.points[rows]
            at = points * self.kinds + self.classes[rows][:, None]
            weights = np.repeat(self.mass[rows], points.shape[1])
            total += np.bincount(at.ravel(), weights, len(total))
        return total.reshape(-1, self.kinds)

    def _tables(self, region: Region) -> Iterator[tuple[int, Ints, Floats]]:
        """Exact pairwise differences of every free variable's values."""
        free = free_variables(self.cuts, region.allowed)
        counts = np.add.reduceat(region.allowed, self.cuts.starts, dtype=np.int64)
        shape = [int(n) for n in counts if n > 1]
        axes = np.cumsum(counts > 1) - 1
        classes = self.classes[region.rows].reshape(shape)
        mass = np.ones(1)
        for i in np.flatnonzero(counts > 1):
            own = self.cuts.value_mass[(self.cuts.owner == i) & region.allowed]
            mass = np.multiply.outer(mass, own / own.sum())
        mass = mass.reshape(shape)
        for variable, inside in free:
            axis = int(axes[variable])
            rows = np.moveaxis(classes, axis, 0).reshape(len(inside), -1)
            weights = mass.sum(axis=axis).ravel()
            yield variable, inside, pairs(rows, weights, self.kinds)


def point_source(cuts: Cuts, points: Ints, classes: Ints, kinds: int) -> PointSource:
    """A PointSource from all points as value indices (N, variables), in the domain's order."""
    chance = np.ones(len(points))
    for i, v in enumerate(cuts.domain.variables):
        chance *= np.array([float(p) for p in v.probabilities])[points[:, i]]
    mass = 0.5 * chance + 0.5 / len(points)
    return PointSource(cuts, points + cuts.starts, classes, mass, kinds)


def probe(
    cuts: Cuts, allowed: Bools, classify: Classify, count: int, kinds: int, rng: np.random.Generator
) -> Iterator[tuple[int, Ints, Floats]]:
    """Pairwise differences of every free variable's values, from ``count`` points of a cell."""
    base = sample(cuts.domain, count, rng, cell_of(cuts, allowed))
    weights = np.full(count, 1 / count)
    free = free_variables(cuts, allowed)
    while free:
        taken, total = 1, len(free[0][1])
        poll()
        while taken < len(free) and (total + len(free[taken][1])) * count <= PROBED:
            total += len(free[taken][1])
            taken += 1
        batch, free = free[:taken], free[taken:]
        points = np.tile(base, (total, 1, 1))
        row = 0
        for variable, inside in batch:
            points[row : row + len(inside), :, variable] = (inside - cuts.starts[variable])[:, None]
            row += len(inside)
        classes = classify(points.reshape(-1, base.shape[1])).reshape(total, count)
        row = 0
        for variable, inside in batch:
            yield variable, inside, pairs(classes[row : row + len(inside)], weights, kinds)
            row += len(inside)


@dataclass(frozen=True, eq=False)
class CellSource:
    """Disjoint cells in which the teacher's class is known (or guessed).

    ``allowed[n, values]``, ``classes[n]``; ``mass`` holds the two masses of each value (by
    probability, and by count). ``classify`` asks the teacher, for influences; None: Gini only.
    """

    cuts: Cuts
    allowed: Bools
    classes: Ints
    mass: Floats
    kinds: int
    classify: Classify | None
    probes: int

    def region(self, cell: Cell) -> Region:
        """The known cells that meet a cell."""
        allowed = allowed_of(self.cuts, cell)
        rows = np.arange(len(self.classes))
        whole = Region(np.ones_like(allowed), np.zeros(self.kinds), True, rows)
        return self.part(whole, allowed)

    def part(self, region: Region, keep: Bools) -> Region:
        """See Source."""
        allowed = region.allowed & keep
        rows = region.rows
        changed = np.flatnonzero(np.add.reduceat(region.allowed & ~keep, self.cuts.starts))
        for i in changed.tolist():
            span = self._span(i)
            rows = rows[(self.allowed[rows, span] & allowed[span]).any(axis=1)]
        inside = self.allowed[rows] & allowed
        weight = np.zeros(len(rows))
        for mass in self.mass:
            of_variable = np.add.reduceat(inside * mass, self.cuts.starts, axis=1)
            weight += 0.5 * of_variable.prod(axis=1)
        classes = self.classes[rows]
        totals = sums(classes, weight, self.kinds)
        return Region(allowed, totals, bool((classes != classes[0]).any()), rows, weight)

    def _span(self, variable: int) -> slice:
        start = int(self.cuts.starts[variable])
        return slice(start, start + len(self.cuts.domain.variables[variable].labels))

    def cut(self, region: Region) -> int:
        """See Source."""
        if self.classify is not None and region.wrong * self.probes > region.totals.sum():
            rng = np.random.default_rng(len(region.rows))
            tables = probe(self.cuts, region.allowed, self.classify, self.probes, self.kinds, rng)
            useful = self._bounding(region)
            told = (table for table in tables if useful[table[0]])
            best, _ = strongest(self.cuts, told, self.cuts.value_mass)
            if best >= 0:
                return best
        return best_cut(self.cuts, region.allowed, self._masses(region))

    def _bounding(self, region: Region) -> Bools:
        """The variables that bound a known cell inside the region: others separate nothing."""
        lacking = region.allowed & ~self.allowed[region.rows].all(axis=0)
        return np.logical_or.reduceat(lacking, self.cuts.starts)

    def _masses(self, region: Region) -> Floats:
        """As in PointSource; the two masses in the proportion that the region has of them."""
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


def cell_source(
    cuts: Cuts,
    cells: Bools,
    classes: Ints,
    kinds: int,
    classify: Classify | None = None,
    probes: int = 128,
) -> CellSource:
    """A CellSource of cells given as Boolean arrays over all values, [cells, values]."""
    variables = cuts.domain.variables
    chance = np.array([float(p) for v in variables for p in v.probabilities])
    count = np.array([1 / len(v.labels) for v in variables for _ in v.labels])
    mass = np.stack([chance, count])
    return CellSource(cuts, cells, classes, mass, kinds, classify, probes)
