"""Where exactly a teacher's class changes along a range, near the tests of a tree.

Between two neighbouring points a test may be anywhere, so that a tree which grows from points
misses the teacher's by the width of that gap. Bisection along its variable finds the change itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from verifier.distillers.coarse import Coarse, Ends, coarse_of, with_ends
from verifier.distillers.cuts import Bools, Ints
from verifier.distillers.growing import Limits, grow
from verifier.distillers.table import Table, table_source
from verifier.model.domain import Domain
from verifier.model.tree import BoundTree, Tree, bind
from verifier.provers.evaluate import AnyBulk, bulk_classes
from verifier.provers.timing import poll

LINES, KEPT = 8, 2
"""Points on either side of a test from which it is looked across, at most; and lines of a test on
which the class changes that are followed."""
LOOKED_AT, TIMES = 64, 3
"""Leaves of the tree by whose tests it is looked for changes, and how often that is grown."""
MOST = 1 << 12
"""Lines in all, at most."""


@dataclass(frozen=True, eq=False)
class Changes:
    """Points on either side of changes of class, ``points`` [N, variables].

    ``ends`` are the last values before these, by variable.
    """

    points: Ints
    ends: Ends


def changes_of(bulk: AnyBulk, domain: Domain, points: Ints, deadline: float | None) -> Changes:
    """Changes of class near the tests of a small tree that grows from points."""
    found = Changes(points[:0], {})
    kinds, limits = bulk.teacher.classes, Limits(leaves=LOOKED_AT, deadline=deadline)
    for _ in range(TIMES):
        every = np.concatenate([points, found.points])
        coarse = coarse_of(domain, every, found.ends)
        table = Table(coarse.points(every), bulk_classes(bulk, every), np.ones(len(every)))
        tree = grow(coarse.cuts, table_source(coarse.cuts, table, kinds, None), limits).tree
        more = changes_near(bulk, coarse, tree, every)
        if not len(more.points):
            break
        ends = with_ends(found.ends, more.ends)
        found = Changes(np.concatenate([found.points, more.points]), ends)
    return found


def changes_near(bulk: AnyBulk, coarse: Coarse, tree: Tree, points: Ints) -> Changes:
    """Changes of class along the variables of a tree's tests on ranges, in the gaps at these.

    The tree is one over the parts of ``coarse``, the points are the domain's, those that it grew
    from. Where the class is the same on both sides of a gap nothing is found.
    """
    lines = list(islice(_lines(coarse, bind(tree, coarse.cuts.domain), points), MOST))
    if not lines:
        return Changes(points[:0], {})
    tests, rows, variables, low, high = np.array(lines, dtype=np.int64).T

    def at(values: Ints) -> Ints:
        moved: Ints = points[rows]
        moved[np.arange(len(rows)), variables] = values
        return moved

    before = bulk_classes(bulk, at(low))
    kept = _first_of(tests, before != bulk_classes(bulk, at(high)))
    rows, variables, low, high, before = (x[kept] for x in (rows, variables, low, high, before))
    while (high - low > 1).any():
        poll()
        middle = low + (high - low) // 2
        same = bulk_classes(bulk, at(middle)) == before
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    ends: dict[int, set[int]] = {}
    for variable, end in zip(variables.tolist(), low.tolist(), strict=True):
        ends.setdefault(variable, set()).add(end)
    found = np.unique(np.concatenate([at(low), at(high)]), axis=0)
    possible = np.array([coarse.domain.possible(tuple(x)) for x in found.tolist()], dtype=np.bool_)
    return Changes(found[possible], {at: frozenset(some) for at, some in ends.items()})


def _first_of(tests: Ints, differs: Bools) -> Ints:
    """Of each test the first lines that differ, at most KEPT."""
    kept, count = [], Counter[int]()
    for i in np.flatnonzero(differs).tolist():
        count[int(tests[i])] += 1
        if count[int(tests[i])] <= KEPT:
            kept.append(i)
    return np.array(kept, dtype=np.int64)


def _lines(
    coarse: Coarse, bound: BoundTree, points: Ints
) -> Iterator[tuple[int, int, int, int, int]]:
    """Lines across the tests of ranges: the test's node, a point's row, the variable, and its
    values at the line's ends."""
    parts = coarse.points(points)
    stack = [(0, np.arange(len(points)))]
    while stack:
        node, rows = stack.pop()
        test = bound.masked[node]
        if isinstance(test, int):
            continue
        variable, left, *below = test
        count = coarse.cuts.domain.variables[variable].count
        goes_left = np.array([left >> p & 1 for p in range(count)], dtype=np.bool_)
        here = goes_left[parts[rows, variable]]
        lower, upper = rows[here], rows[~here]
        stack += [(below[0], lower), (below[1], upper)]
        if coarse.last[variable] is None or not len(lower) or not len(upper):
            continue
        own = points[:, variable]
        lower, upper = (x[own[x].argsort(kind="stable")] for x in (lower, upper))
        low, high = int(own[lower[-1]]), int(own[upper[0]])  # what is at most a threshold goes left
        if high - low < 2:
            continue
        for row in lower[: -LINES - 1 : -1].tolist():
            yield node, row, variable, int(own[row]), high
        for row in upper[:LINES].tolist():
            yield node, row, variable, low, int(own[row])
