"""Method certified on domains small enough to evaluate the teacher at every point."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from verifier.distillers.choices import Choices, kept_choices
from verifier.distillers.cuts import Cuts, Ints
from verifier.distillers.from_rows import OVERGROWN, trees_of_rows
from verifier.distillers.frontier import FrontierTree
from verifier.distillers.growing import Grown, Limits, grow
from verifier.distillers.knowledge import all_points, exact_error
from verifier.distillers.options import Goal
from verifier.distillers.probing import Probes, ProbeSource
from verifier.distillers.pruning import LARGEST, frontier_of, pruned
from verifier.distillers.smallest import (
    find_lattice,
    least_wrong,
    smallest_equal,
)
from verifier.distillers.sources import PointSource, Source
from verifier.distillers.table import FIRST, Table, joined, table_source
from verifier.distillers.tidying import WHOLE, merge, shrink
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.proof import Finding, Open, is_open
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import exhaustive
from verifier.provers.evaluate import AnyBulk
from verifier.provers.options import Options
from verifier.provers.timing import TimeOver, ending, over, part, passed

if TYPE_CHECKING:
    from verifier.provers.units.checked import Store

GROWING = 0.7
"""The share of the time for the tree; the rest is for its proof."""
FRONTIER = 1 << 29
"""Sums for the tree of least error: cells times tests times half the square of its leaves."""

Choosing = Callable[[int], Choices | None]
"""Makes what keeps the cuts of a growth, by its number."""


@dataclass(frozen=True)
class Certified:
    """A tree with the Finding that speaks for it.

    ``error`` is the interval of the probability of disagreement as the search sees it (the kernel's
    verdict on the Finding is the claim to print); ``finished`` unless time ran out or the run was
    interrupted before the target was reached. ``frontier`` holds the best trees of fewer leaves.
    """

    tree: Tree
    finding: Finding
    error: tuple[Fraction, Fraction]
    finished: bool
    frontier: tuple[FrontierTree, ...] = ()


def distill_whole(
    cuts: Cuts, bulk: AnyBulk, goal: Goal, probes: Probes | None, store: Store | None = None
) -> Certified:
    """All points evaluated; the tree grown from their exact classes; then the proof along it.

    Where the splits kept are few enough, the tree
    is the smallest of these splits with its error: equal to the teacher, or within ``error``, or of
    the least error of all with so many ``leaves``. Where the goal has rows, the error is first that
    on the rows, then that over the domain. ``store`` keeps classes and cuts while they are found.
    """
    domain, teacher, deadline = bulk.domain, bulk.teacher, goal.deadline
    growing = part(deadline, GROWING)
    try:
        with ending(growing):
            points = all_points(cuts, bulk, store)
            field = _Field(points, joined(goal.rows, _drawn(points, goal.rows is not None)))
    except KeyboardInterrupt:
        return Certified(Tree((Leaf(0),)), Finding((Open(),)), (Fraction(0), Fraction(1)), False)
    sources = _sources(field, goal, probes)
    counters = () if probes is None else (probes.counter,)

    def choices(number: int) -> Choices | None:
        return kept_choices(store, f"cuts {number}", counters)

    try:
        with ending(growing):
            trees, stopped = _grow(field, sources, replace(goal, deadline=growing), choices)
    except TimeOver:
        trees, stopped = [Tree((Leaf(int(np.bincount(points.classes).argmax())),))], True
    tree = min(trees, key=lambda t: field.rank(t, goal))
    wrong, missed = exact_error(domain, points, tree), field.missed(tree)
    finding = exhaustive.prove(domain, teacher, tree, Options(deadline=deadline, check_by=deadline))
    opened = is_open(finding.proof)  # by Ctrl-C
    done = not opened and (missed <= goal.error or (goal.leaves is not None and not stopped))
    return Certified(
        tree,
        finding,
        (wrong, Fraction(1) if opened else wrong),
        done,
        field.sizes([tree, *trees], deadline),
    )


@dataclass(frozen=True, eq=False)
class _Field:
    """All points with their classes, and the Table by which trees are judged."""

    points: PointSource
    table: Table

    @property
    def domain(self) -> Domain:
        """The domain."""
        return self.points.cuts.domain

    def missed(self, tree: Tree) -> Fraction:
        """The share of the rows where a tree is wrong; without rows, its error."""
        if not self.table.rows:
            return exact_error(self.domain, self.points, tree)
        return self.table.missed(tree, self.domain)

    def rank(self, tree: Tree, goal: Goal) -> tuple[Fraction, int, Fraction, int]:
        """The less, the better a tree reaches the goal."""
        missed = max(goal.error, self.missed(tree))
        if not self.table.rows:
            return missed, tree.leaves, missed, 0
        error = exact_error(self.domain, self.points, tree)
        return missed, tree.leaves if goal.error else 0, error, tree.leaves

    def sizes(self, trees: Sequence[Tree], deadline: float | None) -> tuple[FrontierTree, ...]:
        """The best trees of every size, of some that are not very large; () if time is over."""
        few = [tree for tree in dict.fromkeys(trees) if tree.leaves <= LARGEST]
        try:
            with ending(deadline):
                return frontier_of(few, self.domain, self.table, self.points.kinds)
        except TimeOver:
            return ()

    def cut_down(self, tree: Tree, goal: Goal) -> Tree:
        """The best tree within the goal that a tree can be cut down to."""
        if not goal.error and goal.leaves is None:
            return tree
        ways = pruned(tree, self.domain, self.table, self.points.kinds, goal.leaves or LARGEST)
        for leaves in ways.sizes() if goal.error else ():
            smaller = ways.best(leaves)[1]
            if self.missed(smaller) <= goal.error:
                return smaller
        return tree if goal.leaves is None else ways.best(goal.leaves)[1]


def _drawn(points: PointSource, beside_rows: bool) -> Table:
    """All points as a Table: what they count is their weight, rounded where that is too large."""
    domain = points.cuts.domain
    exact = not beside_rows and domain.total_weight < 1 << 53
    chance = np.ones(len(points.points))
    for i, v in enumerate(domain.variables):
        own, whole = v.weights
        share = np.array([float(w) if exact else w / whole for w in own])
        chance *= share[points.points[:, i] - points.cuts.starts[i]]
    if not exact:
        chance = np.floor(chance * ((FIRST if beside_rows else 1 << 50) / 2))
    return Table(points.points - points.cuts.starts, points.classes, chance)


def _sources(field: _Field, goal: Goal, probes: Probes | None) -> tuple[Source, ...]:
    """What trees are grown from: with rows, these first."""
    points, cuts = field.points, field.points.cuts
    plain: tuple[Source, ...] = (points, replace(points, influence=False))
    if probes is not None:
        plain = (ProbeSource(points, probes),)
    rows = goal.rows
    if rows is None or not len(rows.points):
        return plain
    by_table = (table_source(cuts, rows, points.kinds, source) for source in plain)
    return (*by_table, table_source(cuts, rows, points.kinds, plain[0], chooses=False))


def _grow(
    field: _Field, sources: Sequence[Source], goal: Goal, choices: Choosing
) -> tuple[list[Tree], bool]:
    """Trees within the limits, and whether Ctrl-C or the deadline cut the growth short.

    Each is grown larger than it may be, and cut down: what was cut first need not be worth most.
    """
    cuts = field.points.cuts
    most = goal.leaves and OVERGROWN * goal.leaves
    limits = Limits(leaves=most, deadline=goal.deadline)
    trees: list[Tree] = []
    if goal.rows is not None and goal.leaves is not None:
        kinds = field.points.kinds
        trees += trees_of_rows(cuts, goal.rows, field.table, kinds, goal.leaves, 0)
    for number, source in enumerate(sources):
        grown = grow(
            cuts,
            source,
            limits,
            enough=lambda t: bool(goal.error) and field.missed(t) <= goal.error,
            choices=choices(number),
        )
        trees.append(field.cut_down(grown.tree, goal))
        if grown.interrupted or passed(goal.deadline) or over():
            return trees, True
    try:
        return _kept(field, sources[0], trees, grown, goal, choices(len(sources)))
    except TimeOver:
        return trees, True


def _kept(
    field: _Field,
    source: Source,
    trees: list[Tree],
    grown: Grown,
    goal: Goal,
    choices: Choices | None,
) -> tuple[list[Tree], bool]:
    """The trees made smaller, or the best one of their splits."""
    cuts, domain = field.points.cuts, field.domain
    if goal.error or goal.leaves is not None:
        every = list(zip(cuts.column.tolist(), cuts.thresholds, strict=True))
        if find_lattice(domain, full_cell(domain), every, WHOLE) is None:
            return [shrink(t, domain) for t in trees], False
        # its splits are worth keeping
        grown = grow(cuts, source, Limits(deadline=goal.deadline), choices=choices)
    if not grown.finished:
        return trees, grown.interrupted or passed(goal.deadline)
    best = _best(field, [*trees, grown.tree], goal)
    return [shrink(t, domain) for t in trees] if best is None else [best], False


def _best(field: _Field, kept: Sequence[Tree], goal: Goal) -> Tree | None:
    """The best tree of the splits of ``kept`` trees, the last of which is right everywhere.

    None if there are too many cells, or too large numbers, to find it.
    """
    points, domain, error, leaves = field.points, field.domain, goal.error, goal.leaves
    tests = sorted({(n.column, n.threshold) for t in kept for n in t.nodes if isinstance(n, Inner)})
    lattice = find_lattice(domain, full_cell(domain), tests, WHOLE)
    if lattice is None:
        return None

    def classify(chosen: Ints) -> Ints:
        shape = [len(v.labels) for v in domain.variables]
        return np.asarray(points.classes[np.ravel_multi_index(tuple(chosen.T), shape)])

    equal = merge(kept[-1])
    equal = smallest_equal(lattice, classify, equal.leaves) or equal
    if not error and (leaves is None or equal.leaves <= leaves):
        return equal
    good = [merge(t).leaves for t in kept if field.missed(t) <= error]
    most = min([leaves or equal.leaves, *good])
    if len(tests) * lattice.cells * most**2 > 2 * FRONTIER:
        return None
    if field.table.rows:
        table = field.table
        kinds = lattice.kinds_of(table.points)
        weights = np.bincount(kinds, table.mass, lattice.kinds).astype(np.float64)
        enough = int(error * table.occurrences) * FIRST + FIRST - 1
    elif lattice.total_weight < 1 << 53:
        weights, enough = lattice.weights(), int(error * lattice.total_weight)
    else:
        return None
    classes = classify(lattice.points())
    by_class = np.stack([weights * (classes == k) for k in range(points.kinds)])
    return least_wrong(lattice, by_class, most, enough)[0]
