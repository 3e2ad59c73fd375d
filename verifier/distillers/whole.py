"""Method certified on domains small enough to evaluate the teacher at every point."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from verifier.distillers.cuts import Cuts, Ints
from verifier.distillers.growing import Grown, Limits, grow
from verifier.distillers.knowledge import all_points, exact_error
from verifier.distillers.options import Goal
from verifier.distillers.probing import Probes, ProbeSource
from verifier.distillers.smallest import (
    find_lattice,
    least_wrong,
    smallest_equal,
)
from verifier.distillers.sources import PointSource, Source
from verifier.distillers.tidying import WHOLE, merge, shrink
from verifier.model.cell import full_cell
from verifier.model.proof import Finding, Open, is_open
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import exhaustive
from verifier.provers.evaluate import Bulk
from verifier.provers.options import Options
from verifier.provers.timing import TimeOver, ending, over, part, passed

GROWING = 0.7
"""The share of the time for the tree; the rest is for its proof."""
FRONTIER = 1 << 29
"""Sums for the tree of least error: cells times tests times half the square of its leaves."""


@dataclass(frozen=True)
class Certified:
    """A tree with the Finding that speaks for it.

    ``error`` is the interval of the probability of disagreement as the search sees it (the kernel's
    verdict on the Finding is the claim to print); ``finished`` unless time ran out or the run was
    interrupted before the target was reached.
    """

    tree: Tree
    finding: Finding
    error: tuple[Fraction, Fraction]
    finished: bool


def distill_whole(cuts: Cuts, bulk: Bulk, goal: Goal, probes: Probes | None) -> Certified:
    """All points evaluated; the tree grown from their exact classes; then the proof along it.

    Where the splits kept are few enough, the tree
    is the smallest of these splits with its error: equal to the teacher, or within ``error``, or of
    the least error of all with so many ``leaves``.
    """
    domain, teacher, deadline = bulk.domain, bulk.teacher, goal.deadline
    try:
        with ending(part(deadline, GROWING)):
            points = all_points(cuts, bulk)
    except KeyboardInterrupt:
        return Certified(Tree((Leaf(0),)), Finding((Open(),)), (Fraction(0), Fraction(1)), False)
    sources: tuple[Source, ...] = (points, replace(points, influence=False))
    if probes is not None:
        sources = (ProbeSource(points, probes),)
    growing = part(deadline, GROWING)
    try:
        with ending(growing):
            trees, stopped = _grow(points, sources, replace(goal, deadline=growing))
    except TimeOver:
        trees, stopped = [Tree((Leaf(int(np.bincount(points.classes).argmax())),))], True
    tried = [(max(goal.error, exact_error(domain, points, t)), t.leaves, t) for t in trees]
    tree = min(tried, key=lambda t: t[:2])[2]
    wrong = exact_error(domain, points, tree)
    finding = exhaustive.prove(domain, teacher, tree, Options(deadline=deadline, check_by=deadline))
    opened = is_open(finding.proof)  # by Ctrl-C
    done = not opened and (wrong <= goal.error or (goal.leaves is not None and not stopped))
    return Certified(tree, finding, (wrong, Fraction(1) if opened else wrong), done)


def _grow(points: PointSource, sources: Sequence[Source], goal: Goal) -> tuple[list[Tree], bool]:
    """Trees within the limits, and whether Ctrl-C or the deadline cut the growth short."""
    cuts, domain = points.cuts, points.cuts.domain
    limits = Limits(leaves=goal.leaves, deadline=goal.deadline)
    trees: list[Tree] = []
    for source in sources:
        grown = grow(
            cuts,
            source,
            limits,
            enough=lambda t: bool(goal.error) and exact_error(domain, points, t) <= goal.error,
        )
        trees.append(grown.tree)
        if grown.interrupted or passed(goal.deadline) or over():
            return trees, True
    try:
        return _kept(points, sources[0], trees, grown, goal)
    except TimeOver:
        return trees, True


def _kept(
    points: PointSource, source: Source, trees: list[Tree], grown: Grown, goal: Goal
) -> tuple[list[Tree], bool]:
    """The trees made smaller, or the best one of their splits."""
    cuts, domain = points.cuts, points.cuts.domain
    if goal.error or goal.leaves is not None:
        every = list(zip(cuts.column.tolist(), cuts.thresholds, strict=True))
        if find_lattice(domain, full_cell(domain), every, WHOLE) is None:
            return [shrink(t, domain) for t in trees], False
        grown = grow(cuts, source, Limits(deadline=goal.deadline))  # its splits are worth keeping
    if not grown.finished:
        return trees, grown.interrupted or passed(goal.deadline)
    best = _best(points, [*trees, grown.tree], goal)
    return [shrink(t, domain) for t in trees] if best is None else [best], False


def _best(points: PointSource, kept: Sequence[Tree], goal: Goal) -> Tree | None:
    """The best tree of the splits of ``kept`` trees, the last of which is right everywhere.

    None if there are too many cells, or too large numbers, to find it.
    """
    domain, error, leaves = points.cuts.domain, goal.error, goal.leaves
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
    good = [merge(t).leaves for t in kept if exact_error(domain, points, t) <= error]
    most = min([leaves or equal.leaves, *good])
    if len(tests) * lattice.cells * most**2 > 2 * FRONTIER or lattice.total_weight >= 1 << 53:
        return None
    weights, classes = lattice.weights(), classify(lattice.points())
    by_class = np.stack([weights * (classes == k) for k in range(points.kinds)])
    return least_wrong(lattice, by_class, most, int(error * lattice.total_weight))[0]
