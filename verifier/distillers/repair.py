"""Repair: a user's tree grown, only where it has to be, until it equals the teacher."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from verifier.distillers.cuts import Cuts, prepare_cuts
from verifier.distillers.growing import Limits, grow
from verifier.distillers.knowledge import (
    all_points,
    disagreements,
    error_interval,
    exact_error,
    is_small,
    known_cells,
    study,
    work_of,
)
from verifier.distillers.rounds import Rounds
from verifier.distillers.sources import Source
from verifier.distillers.tidying import preorder, shrink
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.model.network import Network
from verifier.model.proof import Finding, Open, Proof
from verifier.model.tree import Inner, Leaf, Tree, bind, check_fits, overlay
from verifier.provers import exhaustive
from verifier.provers.evaluate import Bulk, prepare_bulk
from verifier.provers.options import Options
from verifier.provers.timing import TimeOver, ending, now, part, polled

GROWING = 0.6
"""The share of the time left for growing the tree."""
SLICE = 1.0
"""Seconds, and more for large teachers, until the tree is grown; doubled each time."""


@dataclass(frozen=True)
class Change:
    """A leaf of the user's tree that was changed.

    ``node`` is its number in the user's tree, ``cell`` the points that reach it, ``before`` its
    class; ``leaves`` counts the leaves that stand there now, ``added`` is one less.
    """

    node: int
    cell: Cell
    before: int
    leaves: int

    @property
    def added(self) -> int:
        """How many leaves the tree has gained there."""
        return self.leaves - 1


@dataclass(frozen=True)
class Repaired:
    """A repaired tree with the Finding that speaks for it.

    ``added`` lists the changed leaves, most new leaves first; ``error`` is the interval of the
    probability of disagreement as the search sees it; ``finished`` unless time ran out, the run was
    interrupted or the limit on leaves was met before tree and teacher were equal.
    """

    tree: Tree
    finding: Finding
    added: tuple[Change, ...]
    error: tuple[Fraction, Fraction]
    finished: bool

    @property
    def leaves_added(self) -> int:
        """How many leaves the tree has gained in all."""
        return sum(change.added for change in self.added)


def repair(
    teacher: Network,
    tree: Tree,
    domain: Domain,
    *,
    deadline: float | None = None,
    leaves: int | None = None,
    seed: int = 0,
) -> Repaired:
    """Grow the leaves of ``tree`` in which the teacher differs; the rest stays as it is.

    A leaf in which the teacher has one class only gets that class; others are replaced by small
    subtrees. ``leaves`` limits the leaves of the whole tree, ``deadline`` (time.monotonic) the
    time; Ctrl-C ends the search too. Raises TreeError or NetworkError where the parts do not fit
    together, LeafproofError for an option out of range.
    """
    bulk = prepare_bulk(teacher, domain)
    check_fits(tree, domain, teacher.classes, teacher.labels)
    if leaves is not None and leaves < tree.leaves:
        raise LeafproofError(
            f"leaves is {leaves} but the tree already has {tree.leaves}: allow at least as many"
        )
    cuts = prepare_cuts(domain)
    if is_small(domain, teacher):
        try:
            with ending(deadline):
                source = all_points(cuts, bulk)
        except TimeOver:
            return Repaired(tree, Finding((Open(),)), (), (Fraction(0), Fraction(1)), False)
        growing = part(deadline, GROWING)
        try:
            with ending(growing):
                fixed, changes, _ = _grow(cuts, source, tree, leaves, growing)
        except TimeOver:
            fixed, changes = tree, tuple[Change, ...]()
        finding = exhaustive.prove(
            domain, teacher, fixed, Options(deadline=deadline, check_by=deadline)
        )
        opened = any(isinstance(step, Open) for step in finding.proof)  # by Ctrl-C
        wrong = exact_error(domain, source, fixed)
        interval = wrong, Fraction(1) if opened else wrong
        return Repaired(fixed, finding, changes, interval, not opened and _equal(fixed, finding))
    return _search(cuts, bulk, tree, leaves, deadline, seed)


def _equal(tree: Tree, finding: Finding) -> bool:
    return not finding.counterexamples


def _search(
    cuts: Cuts,
    bulk: Bulk,
    tree: Tree,
    leaves: int | None,
    deadline: float | None,
    seed: int,
) -> Repaired:
    """Alternate between proving along the tree and growing it."""
    domain, teacher = bulk.domain, bulk.teacher
    rng = np.random.default_rng([seed, 1])
    proof: Proof = (Open(),)
    best = Repaired(tree, Finding(proof), (), (Fraction(0), Fraction(1)), False)
    points: dict[tuple[int, ...], None] = {}
    rounds = Rounds(deadline, SLICE + min(30, work_of(teacher) // 100_000))
    try:
        while True:
            end, check_by = rounds.next()
            options = Options(deadline=end, check_by=check_by, resume=proof)
            found, stopped = study(domain, teacher, best.tree, options)
            proved = now()
            best = replace(best, finding=found)
            if stopped:
                return best
            proof = found.proof
            points.update(dict.fromkeys(found.counterexamples))
            ends = None if deadline is None else deadline - found.check
            with ending(ends):
                known = known_cells(cuts, bulk, proof, tree, rng)
                late = part(ends, GROWING)
                fixed, changes, stopped = _grow(cuts, known.source, tree, leaves, late)
                if stopped:
                    return best
                interval = error_interval(domain, known, fixed)
                shown = disagreements(domain, bulk, fixed, tuple(points))[:10]
            equal = not known.open and not interval[1]
            finding = replace(found, counterexamples=shown)
            best = Repaired(fixed, finding, changes, interval, equal)
            rounds.growing = now() - proved
            if not known.open or rounds.short(ends):
                return best
    except KeyboardInterrupt:
        return best


def _grow(
    cuts: Cuts, source: Source, tree: Tree, leaves: int | None, deadline: float | None
) -> tuple[Tree, tuple[Change, ...], bool]:
    """The tree with every leaf replaced by what ``source`` says of its cell.

    The last answer is whether Ctrl-C ended the growth.
    """
    domain = cuts.domain
    cells = list(polled(overlay(bind(tree, domain), full_cell(domain))))
    unreached = tree.leaves - len(cells)
    limit = None if leaves is None else leaves - unreached
    grown = grow(
        cuts, source, Limits(leaves=limit, deadline=deadline), cells=[cell for cell, _ in cells]
    )
    changes, grafts = [], {}
    for (cell, node), graft in zip(cells, grown.trees, strict=True):
        graft = shrink(graft, domain, cell)
        before = tree.nodes[node]
        assert isinstance(before, Leaf)
        if graft.nodes[0] != before:
            grafts[node] = graft
            changes.append(Change(node, cell, before.klass, graft.leaves))
    changes.sort(key=lambda c: (-c.leaves, c.node))
    return _grafted(tree, grafts), tuple(changes), grown.interrupted


def _grafted(tree: Tree, grafts: dict[int, Tree]) -> Tree:
    nodes: list[Inner | Leaf] = list(tree.nodes)
    for at, graft in grafts.items():
        offset = len(nodes)
        moved = [_moved(node, offset) for node in graft.nodes]
        nodes += moved
        nodes[at] = moved[0]
    return preorder(nodes)


def _moved(node: Inner | Leaf, offset: int) -> Inner | Leaf:
    if isinstance(node, Leaf):
        return node
    return Inner(node.column, node.threshold, node.left + offset, node.right + offset)
