"""Points near the rows of a table: what a teacher says there tells trees apart that rows do not.

Each is a row that takes some of its values from another one (a crossover, as Holland, Adaptation in
Natural and Artificial Systems, 1975, has it). Craven and Shavlik, Extracting tree-structured
representations of trained networks, 1996, draw from what rows look like as well: a table is short,
and its teacher may be asked as often as one likes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from verifier.distillers.cuts import Ints
from verifier.distillers.knowledge import work_of
from verifier.distillers.table import FIRST, Table, joined
from verifier.model.domain import Domain
from verifier.model.rows import Rows
from verifier.provers.evaluate import AnyBulk, bulk_classes
from verifier.provers.timing import poll

CROSSED = 0.3
"""The chance that a value is another row's."""
NEAR, FEWEST = 1 << 12, 1 << 8
"""Points near the rows, at most and at least."""
JUDGING = 5
"""One of so many judges trees instead."""
WORK = 1 << 33
"""Multiplications for the classes of these points, unless they are the fewest."""


def points_near(domain: Domain, rows: Rows, count: int, rng: np.random.Generator) -> Ints:
    """At most so many possible points near rows: value indices [N, variables]."""
    own = np.array(rows.points, dtype=np.int64)
    times = np.array(rows.times, dtype=np.float64)
    shares = times / times.sum()
    one, other = (own[rng.choice(len(own), count, p=shares)] for _ in range(2))
    points = np.where(rng.random(one.shape) < CROSSED, other, one)
    if domain.given is None:
        return points
    return points[[domain.possible(tuple(p)) for p in points.tolist()]]


@dataclass(frozen=True, eq=False)
class NearRows:
    """Points near the rows of a table, each of which counts 1: to grow trees from, and to judge."""

    growing: Table
    judging: Table

    def placed(self, place: Callable[[Ints], Ints]) -> NearRows:
        """The same points in another domain."""
        both = (replace(t, points=place(t.points)) for t in (self.growing, self.judging))
        return NearRows(*both)

    def beside(self, rows: Table) -> Table:
        """The rows and, counted as much together, the points near them that trees grow from."""
        return joined(rows, _counting(self.growing, FIRST * rows.occurrences))

    def judges(self, drawn: Table) -> Table:
        """What judges trees that are alike on the rows: points near these and, counted as much
        together, points drawn of the domain."""
        return joined(_counting(self.judging, min(drawn.total, FIRST // 4)), drawn)


def _counting(points: Table, total: int) -> Table:
    """Points that count about so much together, each the same."""
    each = max(1, total // max(1, len(points.points)))
    return replace(points, mass=np.full(len(points.points), float(each)))


def near_rows(bulk: AnyBulk, rows: Rows, seed: int) -> NearRows:
    """Points near rows with the teacher's exact classes."""
    rng = np.random.default_rng([seed, 7])
    count = max(FEWEST, min(NEAR, WORK // (work_of(bulk.teacher) + 1)))
    points = points_near(bulk.domain, rows, count, rng)
    poll()
    table = Table(points, bulk_classes(bulk, points), np.ones(len(points)))
    of_judging = np.arange(len(points)) % JUDGING == 0
    return NearRows(table.some(~of_judging), table.some(of_judging))
