"""Points that count before all others: the rows of a table, or points drawn from the domain.

A Table judges trees, and is a Source that cuts by Gini's impurity (Breiman et al., CART, 1984) as
long as its points are of several classes; what is beyond it is asked of another Source.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from verifier.distillers.cuts import Bools, Cuts, Floats, Ints, best_cut
from verifier.distillers.sources import Region, Source, allowed_of, sums
from verifier.model.cell import Cell
from verifier.model.domain import Domain
from verifier.model.rows import Rows
from verifier.model.tree import Tree, bind, leaves_of_points
from verifier.provers.evaluate import AnyBulk, bulk_classes

BEYOND = 1e-4
"""What all that is not in the table counts together, where the table counts 1."""
FIRST = 1 << 24
"""What a row counts, where a point drawn beside it counts 1."""


@dataclass(frozen=True, eq=False)
class Table:
    """Points as value indices [N, variables], the teacher's classes there, and what each counts.

    ``mass`` are whole numbers that add up to less than 2^53. Of the first ``rows`` points each
    counts ``FIRST`` times as often as it occurs.
    """

    points: Ints
    classes: Ints
    mass: Floats
    rows: int = 0

    @property
    def total(self) -> int:
        """What all points count."""
        return int(self.mass.sum())

    def wrong(self, tree: Tree, domain: Domain) -> int:
        """What the points count where a tree has another class."""
        bound = bind(tree, domain)
        differs = bound.classes[leaves_of_points(bound, self.points)] != self.classes
        return int(self.mass[differs].sum())

    def missed(self, tree: Tree, domain: Domain) -> Fraction:
        """The share of the rows where a tree is wrong."""
        return Fraction(self.wrong(tree, domain) // FIRST, self.occurrences)

    def missed_of_drawn(self, tree: Tree, domain: Domain) -> Fraction:
        """The share of what the other points count where a tree is wrong."""
        return Fraction(self.wrong(tree, domain) % FIRST, self.total % FIRST)

    def some(self, chosen: Ints | Bools | slice) -> Table:
        """Some of its points, as points that are no rows."""
        return Table(self.points[chosen], self.classes[chosen], self.mass[chosen])

    @property
    def occurrences(self) -> int:
        """How many rows there are, each counted as often as it occurs."""
        return self.total // FIRST


def table_of_rows(bulk: AnyBulk, rows: Rows) -> Table:
    """The Table of rows, with the teacher's exact classes."""
    points = np.array(rows.points, dtype=np.int64).reshape(len(rows.points), -1)
    times = np.array(rows.times, dtype=np.float64)
    return Table(points, bulk_classes(bulk, points), times * FIRST, len(points))


def joined(rows: Table | None, drawn: Table) -> Table:
    """The rows, and points that count where the rows do not tell two trees apart."""
    if rows is None:
        return drawn
    return Table(
        np.concatenate([rows.points, drawn.points]),
        np.concatenate([rows.classes, drawn.classes]),
        np.concatenate([rows.mass, drawn.mass]),
        len(rows.points),
    )


@dataclass(frozen=True, eq=False)
class TableSource:
    """A Table as a Source; ``beyond`` knows of the other points (None: nothing is known of them).

    ``points[n, i]`` are global values. ``chooses`` says that the table's points choose the cut of a
    region where they are of several classes; else they only say which region is cut first.
    """

    cuts: Cuts
    points: Ints
    classes: Ints
    mass: Floats
    kinds: int
    beyond: Source | None
    chooses: bool = True

    def region(self, cell: Cell) -> Region:
        """The points in a cell."""
        allowed = allowed_of(self.cuts, cell)
        rows = np.flatnonzero(allowed[self.points].all(axis=1))
        return self._region(
            allowed, rows, None if self.beyond is None else self.beyond.region(cell)
        )

    def part(self, region: Region, keep: Bools) -> Region:
        """See Source."""
        rows = region.rows[keep[self.points[region.rows]].all(axis=1)]
        known = None if self.beyond is None else self.beyond.part(region.weights, keep)
        return self._region(region.allowed & keep, rows, known)

    def _region(self, allowed: Bools, rows: Ints, known: Region | None) -> Region:
        """A region, with what ``beyond`` knows of it in the place of weights."""
        classes = self.classes[rows]
        totals = sums(classes, self.mass[rows], self.kinds)
        mixed = _several(classes)
        if known is not None:
            totals = totals + BEYOND * known.totals
            mixed = mixed or known.mixed
        return Region(allowed, totals, mixed, rows, known)

    def cut(self, region: Region) -> int:
        """See Source."""
        if _several(self.classes[region.rows]) and (self.chooses or self.beyond is None):
            best = best_cut(self.cuts, region.allowed, self._masses(region))
            if best >= 0:
                return best
        if self.beyond is None or not region.weights.mixed:
            return -1
        return self.beyond.cut(region.weights)

    def _masses(self, region: Region) -> Floats:
        """Mass of each class where each value is taken, [values, classes]."""
        points = self.points[region.rows]
        at = points * self.kinds + self.classes[region.rows][:, None]
        weights = np.repeat(self.mass[region.rows], points.shape[1])
        size = len(self.cuts.owner) * self.kinds
        total = np.bincount(at.ravel(), weights, size).reshape(-1, self.kinds)
        return np.asarray(total, dtype=np.float64)


def _several(classes: Ints) -> bool:
    return bool(len(classes)) and bool((classes != classes[0]).any())


def table_source(
    cuts: Cuts, table: Table, kinds: int, beyond: Source | None, *, chooses: bool = True
) -> TableSource:
    """A TableSource; all its points together have the mass 1."""
    mass = table.mass / table.mass.sum()
    return TableSource(
        cuts, table.points + cuts.starts, table.classes, mass, kinds, beyond, chooses
    )
