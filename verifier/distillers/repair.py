"""Repair: a user's tree grown, only where it has to be, until it equals the teacher."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from verifier.distillers.choices import Choices, kept_choices
from verifier.distillers.cuts import Cuts, prepare_cuts
from verifier.distillers.growing import Limits, grow
from verifier.distillers.kept import store_of
from verifier.distillers.knowledge import all_points, exact_error, is_small
from verifier.distillers.options import check_whole
from verifier.distillers.rounds import GROWING, Rounds
from verifier.distillers.sources import Source
from verifier.distillers.tidying import grafted, shrink
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.ensemble import Teacher
from verifier.model.errors import LeafproofError
from verifier.model.proof import Finding, Open, is_open
from verifier.model.tree import Leaf, Tree, bind, check_fits, overlay
from verifier.provers import exhaustive
from verifier.provers.evaluate import AnyBulk, bulk_of
from verifier.provers.options import Options
from verifier.provers.progress import Report
from verifier.provers.timing import TimeOver, ending, part, polled

if TYPE_CHECKING:
    from verifier.provers.units.checked import Store
    from verifier.provers.units.driver import Units


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
    teacher: Teacher,
    tree: Tree,
    domain: Domain,
    *,
    deadline: float | None = None,
    leaves: int | None = None,
    seed: int = 0,
    units: Units | None = None,
    sampled: bool = False,
    progress: Report | None = None,
) -> Repaired:
    """Grow the leaves of ``tree`` in which the teacher differs; the rest stays as it is.

    A leaf in which the teacher has one class only gets that class; others are replaced by small
    subtrees. ``leaves`` limits the leaves of the whole tree, ``deadline`` (time.monotonic) the
    time; Ctrl-C ends the search too. ``units`` says who proves. Where what stays open is
    ``sampled`` a search that tells of next to nothing ends soon; ``progress`` is told how far
    proofs are. Raises TreeError or NetworkError where the parts do not fit together, LeafproofError
    for an option out of range.
    """
    bulk = bulk_of(teacher, domain)
    check_fits(tree, domain, teacher.classes, teacher.labels)
    check_room(tree, leaves)
    cuts = prepare_cuts(domain)
    if is_small(domain, teacher):
        store = store_of(units)
        return _whole(cuts, bulk, tree, leaves, deadline, store)
    rounds = Rounds(cuts, bulk, deadline, seed, units, sampled=sampled, progress=progress)
    return _search(rounds, tree, leaves)


def check_room(tree: Tree, leaves: int | None) -> None:
    """Raise LeafproofError where a repaired tree may have fewer leaves than the tree has."""
    check_whole("leaves", leaves, 0)
    if leaves is not None and leaves < tree.leaves:
        raise LeafproofError(
            f"leaves is {leaves} but the tree already has {tree.leaves}: allow at least as many"
        )


def _whole(
    cuts: Cuts,
    bulk: AnyBulk,
    tree: Tree,
    leaves: int | None,
    deadline: float | None,
    store: Store | None,
) -> Repaired:
    """On a small domain: all points evaluated, the tree grown from them, then its proof."""
    domain, teacher = bulk.domain, bulk.teacher
    try:
        with ending(deadline):
            source = all_points(cuts, bulk, store)
    except TimeOver:
        return Repaired(tree, Finding((Open(),)), (), (Fraction(0), Fraction(1)), False)
    growing = part(deadline, GROWING)
    try:
        with ending(growing):
            choices = kept_choices(store, "cuts")
            fixed, changes, _ = _grow(cuts, source, tree, leaves, growing, choices)
    except TimeOver:
        fixed, changes = tree, tuple[Change, ...]()
    options = Options(deadline=deadline, check_by=deadline)
    finding = exhaustive.prove(domain, teacher, fixed, options)
    opened = is_open(finding.proof)  # by Ctrl-C
    wrong = exact_error(domain, source, fixed)
    interval = wrong, Fraction(1) if opened else wrong
    return Repaired(fixed, finding, changes, interval, not opened and not finding.counterexamples)


def _search(rounds: Rounds, tree: Tree, leaves: int | None) -> Repaired:
    """Alternate between proving along the tree and growing it."""
    best = Repaired(tree, Finding(rounds.proof), (), (Fraction(0), Fraction(1)), False)
    try:
        while True:
            found, stopped = rounds.prove(best.tree)
            best = replace(best, finding=found)
            if stopped:
                return best
            with rounds.growing():
                known = rounds.known(tree)
                late = part(rounds.ends, GROWING)
                fixed, changes, stopped = _grow(
                    rounds.cuts, known.source, tree, leaves, late, rounds.choices()
                )
                if stopped:
                    return best
                found, interval = rounds.judged(found, known, fixed)
            equal = not known.open and not interval[1]
            found = replace(found, stalled=not rounds.done and rounds.is_hopeless(interval))
            best = Repaired(fixed, found, changes, interval, equal)
            if rounds.done or rounds.short or found.stalled:
                return best
    except KeyboardInterrupt:
        return best


def _grow(
    cuts: Cuts,
    source: Source,
    tree: Tree,
    leaves: int | None,
    deadline: float | None,
    choices: Choices | None = None,
) -> tuple[Tree, tuple[Change, ...], bool]:
    """The tree with every leaf replaced by what ``source`` says of its cell.

    ``choices`` keeps the cuts. The last answer is whether Ctrl-C ended the growth.
    """
    cells = list(polled(overlay(bind(tree, cuts.domain), full_cell(cuts.domain))))
    grafts, interrupted = grafts_of(cuts, source, tree, cells, leaves, deadline, choices)
    return grafted(tree, grafts), changes_of(tree, grafts, cells), interrupted


def grafts_of(
    cuts: Cuts,
    source: Source,
    tree: Tree,
    cells: Sequence[tuple[Cell, int]],
    leaves: int | None,
    deadline: float | None,
    choices: Choices | None = None,
) -> tuple[dict[int, Tree], bool]:
    """What stands in the places of those leaves (by their nodes) of which ``cells`` are, by
    ``source``, where that is another tree; and whether Ctrl-C ended the growth.

    The whole tree has at most ``leaves``.
    """
    others = tree.leaves - len(cells)
    grown = grow(
        cuts,
        source,
        Limits(leaves=None if leaves is None else leaves - others, deadline=deadline),
        cells=[cell for cell, _ in cells],
        choices=choices,
    )
    grafts = {}
    for (cell, node), graft in zip(cells, grown.trees, strict=True):
        graft = shrink(graft, cuts.domain, cell)
        if graft.nodes[0] != tree.nodes[node]:
            grafts[node] = graft
    return grafts, grown.interrupted


def changes_of(
    tree: Tree, grafts: Mapping[int, Tree], cells: Iterable[tuple[Cell, int]]
) -> tuple[Change, ...]:
    """The leaves that were changed; ``cells`` are of all that points reach."""
    changes = []
    for cell, node in cells:
        before = tree.nodes[node]
        assert isinstance(before, Leaf)
        if node in grafts:
            changes.append(Change(node, cell, before.klass, grafts[node].leaves))
    return tuple(sorted(changes, key=lambda c: (-c.leaves, c.node)))
