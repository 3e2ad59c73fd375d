"""Repair on domains whose values are not listed, or that have a tree: grown from points.

Where the points are few all of them are taken. Else points are drawn, and again where the repaired
tree still differs at some; what a proof finds is added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verifier.distillers.coarse import (
    BINS,
    Coarse,
    Ends,
    by_tests,
    coarse_of,
    tested_ends,
    with_ends,
)
from verifier.distillers.cuts import Floats, Ints
from verifier.distillers.from_points import FEW, all_points, some_points
from verifier.distillers.pruning import LARGEST
from verifier.distillers.repair import check_room, grafts_of
from verifier.distillers.repair import repair as along_proof
from verifier.distillers.rounds import GROWING
from verifier.distillers.sharpening import changes_near
from verifier.distillers.table import Table, table_source
from verifier.distillers.tidying import grafted, preorder
from verifier.model.cell import full_cell
from verifier.model.ensemble import Ensemble
from verifier.model.proof import Finding, is_open
from verifier.model.tree import Inner, Tree, bind, check_fits, leaves_of_points, overlay
from verifier.provers.evaluate import AnyBulk, bulk_classes, bulk_of
from verifier.provers.timing import Stopped, TimeOver, ending, part, passed, polled

if TYPE_CHECKING:
    from verifier.model.domain import Domain
    from verifier.model.ensemble import Teacher
    from verifier.provers.units.driver import Units

ROUNDS = 8
"""Times that points are drawn, and that a proof may find some, at most."""


@dataclass(frozen=True)
class Repaired:
    """A repaired tree, what stands at the leaves that were changed (by their nodes), and the
    Finding that speaks for it."""

    tree: Tree
    grafts: dict[int, Tree]
    finding: Finding


def repair(
    teacher: Teacher,
    tree: Tree,
    domain: Domain,
    prove: Callable[[Tree], Finding],
    *,
    deadline: float | None = None,
    leaves: int | None = None,
    seed: int = 0,
    units: Units | None = None,
) -> Repaired:
    """Grow the leaves of ``tree`` in which the teacher differs at points; the rest stays as it is.

    The domain is cut where the tree, and an ensemble, tests it. ``prove`` finds out where a tree
    differs from the teacher; ``deadline`` is when it has to be begun. See `repair.repair`. Without
    a limit on ``leaves`` at most LARGEST are added where not all points are looked at; but for an
    ensemble, on a domain without a tree, the parts that its tests tell apart take the place of
    points, and ``units`` may prove meanwhile.
    """
    check_fits(tree, domain, teacher.classes, teacher.labels)
    check_room(tree, leaves)
    if isinstance(teacher, Ensemble) and domain.given is None and leaves is None:
        grafts = _by_tests(teacher, tree, domain, deadline, seed, units)
        repaired = grafted(tree, grafts)
        return Repaired(repaired, grafts, prove(repaired))
    work = _Work.of(teacher, tree, domain, leaves, seed)
    points, mass = all_points(domain) if work.whole else some_points(domain, seed)
    best, stopped = tree, False
    grafts = {}
    for number in range(ROUNDS):
        growing = part(deadline, GROWING)
        try:
            with ending(growing):
                for found in work.grown(points, mass, number, growing):
                    best, grafts, stopped = found.tree, found.grafts, found.stopped
                    points, mass = found.points, found.mass
        except (TimeOver, Stopped):
            stopped = True
        finding = prove(best)
        wrong = finding.counterexamples
        ended = not wrong or is_open(finding.proof) or stopped or passed(deadline)
        if ended or work.whole or domain.infinite or work.is_full(best):
            break
        points = np.concatenate([points, np.array(wrong, dtype=np.int64)])
        mass = np.concatenate([mass, np.ones(len(wrong))])
    return Repaired(best, grafts, finding)


def _by_tests(
    teacher: Ensemble,
    tree: Tree,
    domain: Domain,
    deadline: float | None,
    seed: int,
    units: Units | None,
) -> dict[int, Tree]:
    """What stands at changed leaves, by the parts that the tests of an ensemble and of the tree
    tell apart: in each of these both have one class."""
    coarse = by_tests(domain, (tree.nodes, *(member.nodes for member in teacher.members)))
    plain = coarse.cuts.domain
    after = along_proof(teacher, tree, plain, deadline=deadline, seed=seed, units=units).tree
    return {node: coarse.fine(graft) for node, graft in _grafts(tree, after).items()}


def _grafts(before: Tree, after: Tree) -> dict[int, Tree]:
    """What stands in the places of leaves in a tree that was repaired, where it is another."""
    found, stack = {}, [(0, 0)]
    while stack:
        i, j = stack.pop()
        old, new = before.nodes[i], after.nodes[j]
        if isinstance(old, Inner):
            assert isinstance(new, Inner) and (new.column, new.threshold) == (
                old.column,
                old.threshold,
            )
            stack += [(old.left, new.left), (old.right, new.right)]
        elif old != new:
            found[i] = preorder(after.nodes, j)
    return found


@dataclass(frozen=True, eq=False)
class Grown:
    """A tree repaired at points, each of which counts ``mass``, and what stands at changed leaves.

    ``over_parts`` is the tree over the parts of ``coarse``, ``stopped`` says whether Ctrl-C ended
    its growth.
    """

    points: Ints
    mass: Floats
    tree: Tree
    grafts: dict[int, Tree]
    coarse: Coarse
    over_parts: Tree
    stopped: bool

    def classes(self, points: Ints) -> Ints:
        """The tree's classes at some points."""
        bound = bind(self.over_parts, self.coarse.cuts.domain)
        return np.asarray(bound.classes[leaves_of_points(bound, self.coarse.points(points))])


@dataclass(frozen=True, eq=False)
class _Work:
    """A tree that is to be repaired. ``whole`` says that all points are looked at."""

    bulk: AnyBulk
    tree: Tree
    domain: Domain
    leaves: int | None
    seed: int
    whole: bool
    ends: Ends

    @staticmethod
    def of(teacher: Teacher, tree: Tree, domain: Domain, leaves: int | None, seed: int) -> _Work:
        """The tree with its limits, and the tests of others that its leaves may need."""
        whole = not domain.infinite and domain.size <= FEW
        if leaves is None and not whole:
            leaves = tree.leaves + LARGEST
        members = teacher.members if isinstance(teacher, Ensemble) else ()
        ends = tested_ends(domain, (tree.nodes, *(member.nodes for member in members)))
        return _Work(bulk_of(teacher, domain), tree, domain, leaves, seed, whole, ends)

    def is_full(self, tree: Tree) -> bool:
        """Whether a tree has all leaves that it may have."""
        return self.leaves is not None and tree.leaves >= self.leaves

    def grown(
        self, points: Ints, mass: Floats, number: int, deadline: float | None
    ) -> Iterator[Grown]:
        """The tree repaired at some points, then at more as long as it differs at others."""
        ends = self.ends
        for again in range(1, ROUNDS + 1):
            yield (found := self._once(points, mass, ends, deadline))
            if self.whole or found.stopped or self.is_full(found.tree) or passed(deadline):
                return
            fresh, one = some_points(self.domain, self.seed + number * ROUNDS + again)
            near = changes_near(self.bulk, found.coarse, found.over_parts, points)
            wrong = found.classes(near.points) != bulk_classes(self.bulk, near.points)
            if not wrong.any() and (found.classes(fresh) == bulk_classes(self.bulk, fresh)).all():
                return
            ends = with_ends(ends, near.ends)
            points = np.concatenate([points, fresh, near.points])
            mass = np.concatenate([mass, one, np.ones(len(near.points))])

    def _once(self, points: Ints, mass: Floats, ends: Ends, deadline: float | None) -> Grown:
        """The tree with what the points say at those of its leaves that they reach."""
        coarse = coarse_of(self.domain, points, ends, None if self.whole else BINS)
        plain, kinds = coarse.cuts.domain, self.bulk.teacher.classes
        table = Table(coarse.points(points), bulk_classes(self.bulk, points), mass)
        bound = bind(self.tree, plain)
        reached = {*leaves_of_points(bound, table.points).tolist()}
        every = polled(overlay(bound, full_cell(plain)))
        cells = [(cell, node) for cell, node in every if node in reached]
        source = table_source(coarse.cuts, table, kinds, None)
        grafts, stopped = grafts_of(coarse.cuts, source, self.tree, cells, self.leaves, deadline)
        fine = {node: coarse.fine(graft) for node, graft in grafts.items()}
        tree = grafted(self.tree, fine)
        return Grown(points, mass, tree, fine, coarse, grafted(self.tree, grafts), stopped)
