"""The open cells of branch and bound: which comes next, and what becomes of each."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from itertools import islice

import numpy as np
import numpy.typing as npt

from verifier.kernel import checker
from verifier.kernel.signed import suits
from verifier.model.cell import Cell
from verifier.model.part import Part, contains, first, going_left, split_number, within
from verifier.model.proof import Constant, Enumerated
from verifier.model.tree import Tree, descend, overlay
from verifier.provers.enumerate import look_at
from verifier.provers.frontier import Cells, Frontier, joined, objects
from verifier.provers.haste import Trial
from verifier.provers.ledger import GrowingProof
from verifier.provers.options import Options
from verifier.provers.progress import Progress, reached
from verifier.provers.relaxable import Relaxable, prepare_network
from verifier.provers.search import OPENED, Later, Search, Values, take_up
from verifier.provers.space import Array
from verifier.provers.split import by_test
from verifier.provers.timing import now, poll
from verifier.provers.words import first_values, part_of, word_of, words_of

Single = npt.NDArray[np.float32]

SLACK = 2.0**-14  # least margin, relative to its terms, at which the kernel is asked
CONFIRM = 1024  # cells that wait for the kernel at most
FRONTIER = 20_000  # cells that may wait in order of probability; beyond, depth first
LEAST = 2.0**-20  # where time is not limited, smaller boxes of real numbers stay open
MOST_BOXES = 1 << 18  # boxes that wait; beyond, they stay open
PIECE = 1 << 15  # cells of a proof that is gone on from that are made at a time
PARTS = 1000  # tree leaves in a closed cell that are looked at for the progress report


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What the compiled search knew of a cell: see ``compiled.net.Stack``."""

    bounds: Single
    target: int


@dataclass(eq=False)
class Branching(Search):
    """Branch and bound under way.

    ``frontier`` are the open cells, and ``waiting`` those to be closed as constant, with their
    classes and the margins of these. ``agreed`` and
    ``differed`` are the probabilities of the constant cells with and without the tree's class,
    ``proved`` that of all closed cells, and ``weight`` the sum of their weights. ``flying`` counts
    the open cells in the compiled search's own memory. ``shaping`` is False where a large proof is
    to be the same whether compiled code happens to be loaded or not, or its parts are shaped.
    ``seen`` is what the compiled search has learnt of cells. While there is a ``trial`` one part is
    closed after the other.
    """

    network: Relaxable = field(init=False)
    frontier: Frontier = field(init=False, default_factory=Frontier)
    ranked: bool = field(init=False, default=False)
    waiting: list[tuple[Cells, Values, Array]] = field(init=False, default_factory=list)
    slack: float = field(init=False, default=SLACK)
    proved: float = field(init=False, default=0.0)
    agreed: float = field(init=False, default=0.0)
    differed: float = field(init=False, default=0.0)
    weight: float = field(init=False, default=0.0)
    flying: int = field(init=False, default=0)
    shaping: bool = field(init=False, default=True)
    seen: Array | None = field(init=False, default=None)
    trial: Trial | None = field(init=False, default=None)
    later: Later = field(init=False)

    def __post_init__(self, student: Tree) -> None:
        super().__post_init__(student)
        if self.options.signed and self.options.least is not None and suits(self.prepared):
            self.trial = Trial(self.begun, self.options.least)
        self.network = prepare_network(self.teacher, self.domain)
        self.later = take_up(self, self.domain)
        begun = begin(self, self.later.take(PIECE), self.later.weight)
        opened = float(sum(begun.shares[::-1].tolist())) + self.later.mass
        self.proved = max(0.0, 1.0 - opened)

    @property
    def open(self) -> int:
        """Number of cells not yet decided."""
        return len(self.frontier) + self.pending + self.flying + len(self.later)

    @property
    def pending(self) -> int:
        """Number of cells that wait to be closed."""
        return sum(len(cells) for cells, _, _ in self.waiting)

    @property
    def waits(self) -> int:
        """Bytes that an open cell takes, about: its bounds above all."""
        return OPENED + 2 * self.network.neurons * self.network.dtype.itemsize

    def orderly(self) -> bool:
        """As long as all seems to be closed in time that way."""
        if self.trial is None or self.budget is None:
            return False
        at, check = now(), self.budget.seconds(self.closed, self.open)
        if self.trial.goes_on(at, self.proved, self.ledger.size, check, self.budget.end):
            return True
        self.trial, self.rushed = None, (at, time.process_time())
        return False

    def judge(self, *, ended: bool = False) -> None:
        """See whether there is hope; and once, in the middle of haste, whether others had better
        have all of the time."""
        ask, least = self.options.instead, self.options.least
        if ask and least and self.rushed and now() - self.rushed[0] >= least - now():
            self.options = replace(self.options, instead=None)
            if ask(self.proved):
                self.stalled = True
                self.forget()
        super().judge(ended=ended)

    def forget(self) -> None:
        """Give back the memory of the open cells; those that wait to be closed are closed."""
        super().forget()
        self.frontier.clear()
        self.later.clear()

    def snapshot(self, seconds: float) -> Progress:
        """How far the search is."""
        return reached(
            closed=self.closed,
            opened=self.open,
            weight=self.weight,
            proved=self.proved,
            seconds=seconds,
            error=(self.differed, 1.0 - self.agreed),
            differs=bool(self.found),
        )


Opened = tuple[int, Cell, int | None, int]
"""An open cell: its place in the ledger, itself, its leaf of the domain's tree, its number."""


def begin(
    search: Branching, opened: Sequence[tuple[int, int, Cell]], weight: float | None = None
) -> Cells:
    """Add the cells that a search begins with, the first one on top; see ``search.take_up``.

    ``weight`` is that of each, by default all are together 1.
    """
    parts = [
        (place, part, leaf, number)
        for node, number, cell in reversed(opened)
        for place, part, leaf in _possible(search, node, cell)
    ]
    begun = _opened(search, parts, 1 / max(1, len(opened)) if weight is None else weight)
    search.frontier.push(begun, ranked=False)
    return begun


def begin_more(search: Branching) -> bool:
    """Once no cell waits, begin with those that came later; whether there were any."""
    if len(search.frontier) or not len(search.later):
        return False
    begin(search, search.later.take(PIECE), search.later.weight)
    return True


def blank(search: Branching) -> Branching:
    """The same problem, made ready, with no cells and nothing found; its work has no time limit."""
    found = copy(search)
    found.options, found.budget = Options(confirm=False, depth_first=True), None
    found.ledger, found.frontier, found.waiting = GrowingProof(), Frontier(), []
    found.found, found.ranked, found.slack, found.later = {}, False, SLACK, search.later.none()
    found.closed, found.flying, found.seen = 0, 0, None
    found.proved = found.agreed = found.differed = found.weight = 0.0
    return found


def _opened(search: Branching, parts: Sequence[Opened], weight: float) -> Cells:
    """The cells that a search begins with."""
    wide = search.network.space.wide
    variables = len(search.domain.variables)
    words = np.empty((len(parts), variables), dtype=object if wide else np.int64)
    for i, (_, cell, _, _) in enumerate(parts):
        words[i] = words_of(cell)
    points = [first_values(own) for own in words.tolist()]
    return Cells(
        nodes=np.array([node for node, _, _, _ in parts], dtype=np.int64),
        words=words,
        tests=np.array([descend(search.tree, x) for _, x, _, _ in parts], dtype=np.int64),
        given=np.array([-1 if x is None else x for _, _, x, _ in parts], dtype=np.int64),
        shares=np.array([_share(search, leaf, cell) for _, cell, leaf, _ in parts], dtype=float),
        weights=np.full(len(parts), weight),
        points=np.array(points, dtype=np.int64).reshape(-1, variables),
        refused=np.array([n in search.options.refused for _, _, _, n in parts], dtype=np.bool_),
        known=objects([None] * len(parts)),
    )


def _possible(search: Branching, node: int, cell: Cell) -> Iterator[tuple[int, Cell, int | None]]:
    """An open cell, cut along the domain's tree: the parts whose tuples are points.

    What is impossible stays open: that says nothing about any point.
    """
    given = search.domain.given and search.domain.bound_given
    if not given:
        yield node, cell, None
        return
    waiting = [(node, cell, descend(given, cell))]
    while waiting:
        poll()
        place, part, at = waiting.pop()
        test = given.nodes[at]
        if isinstance(test, int):
            if search.domain.leaves[test][1].weight:
                yield place, part, test
            continue
        left = within(part.parts[test[0]], test[1])[0]
        places = search.ledger.split(place, test[0], split_number(left))
        waiting += [
            (new, half, descend(given, half, at))
            for new, half in zip(places, part.split(test[0], left), strict=True)
        ]


def rank(search: Branching) -> None:
    """Once a counterexample is known, or in haste, order the open cells by their probability.

    Boxes of real numbers always are: depth first there is no end.
    """
    known = (search.found or search.hasty) and not search.options.depth_first
    if (known or search.domain.infinite) and not search.ranked:
        search.ranked = True
        search.frontier.rank()


def add_open(search: Branching, cells: Cells) -> None:
    """Add open cells: depth first, or by probability once a counterexample is known."""
    rank(search)
    waiting = len(search.frontier.heap)
    if search.domain.infinite:
        kept = np.arange(len(cells)) < MOST_BOXES - waiting
        if search.options.deadline is None:
            kept &= cells.shares >= LEAST
        give_up(search, cells[~kept])
        search.frontier.push(cells[kept], ranked=True)
        return
    few = max(0, FRONTIER - waiting) if search.ranked else 0
    search.frontier.push(cells[:few], ranked=True)
    search.frontier.push(cells[few:], ranked=False)


def take(search: Branching, most: int) -> Cells | None:
    """The next open cells, at most ``most``; None where there is none."""
    begin_more(search)
    rank(search)
    return search.frontier.take(most)


Cut = tuple[int, int, int]
"""Which of some cells is split, its variable, and the mask that goes left, or the last value."""


def split(
    search: Branching, cells: Cells, cuts: Sequence[Cut], others: Values | None = None
) -> Cells:
    """Split some open cells; returns the halves, for each cell the left one and the right one.

    A half has its parent's point where that lies in it, or the one that ``others`` has for the
    parent; and what is ``known`` of the parent.
    """
    tree, rows, nodes, halves = search.tree, list[int](), list[int](), list[Part]()
    shares, variables = list[float](), list[int]()
    for i, variable, left in cuts:
        whole, given = part_of(int(cells.words[i, variable])), int(cells.given[i])
        total, share = mass(search, given, variable, whole), float(cells.shares[i])
        nodes += search.ledger.split(int(cells.nodes[i]), variable, left)
        for half in within(whole, going_left(whole, left)):
            chance = mass(search, given, variable, half) / total if total else 0.0
            rows.append(i)
            variables.append(variable)
            halves.append(half)
            shares.append(share * chance)
    found, at = cells[rows], np.arange(len(rows))
    found.words[at, variables] = list(map(word_of, halves))
    for j in np.flatnonzero(tree.classes[found.tests] < 0).tolist():
        found.tests[j] = descend(tree, found.cell(j), int(found.tests[j]))
    for j, (i, variable, half) in enumerate(zip(rows, variables, halves, strict=True)):
        if contains(half, int(found.points[j, variable])):
            continue
        if others is not None:
            found.points[j] = others[i]
        if not contains(half, int(found.points[j, variable])):
            found.points[j, variable] = first(half)
    return replace(
        found,
        nodes=np.array(nodes, dtype=np.int64),
        shares=np.array(shares, dtype=np.float64),
        weights=found.weights / 2,
        refused=np.zeros(len(rows), dtype=np.bool_),
    )


def split_by_test(search: Branching, cells: Cells) -> Cells:
    """Split cells above the tree's leaves by the tree's next tests."""
    cuts = []
    for i, test in enumerate(cells.tests.tolist()):
        cut = by_test(search.tree, test, cells.words[i])
        assert cut
        cuts.append((i, *cut))
    return split(search, cells, cuts)


def mass(search: Branching, given: int, variable: int, part: Part) -> float:
    """The probability of some values of a variable, in a leaf of the domain's tree (-1: none)."""
    chances = search.domain.distributions(given if given >= 0 else None)[variable]
    return chances.weight_of(part) / chances.denominator


def close_enumerated(search: Branching, cells: Cells) -> None:
    """Close small cells by evaluation of all their points."""
    for node in cells.nodes.tolist():
        search.ledger.close(node, Enumerated())
    count(search, cells)
    look_at(search, cells.cells())


def settle(search: Branching) -> None:
    """Close the cells that wait; what the kernel refuses, where it is asked, is open again."""
    waiting, search.waiting = search.waiting, []
    if not waiting:
        return
    cells = joined([x for x, _, _ in waiting])
    classes, surplus = (np.concatenate([x[i] for x in waiting]) for i in (1, 2))
    accepted = np.ones(len(cells), dtype=np.bool_)
    if search.options.confirm:
        accepted, _ = checker.constant(search.prepared, cells.cells(), classes.tolist())
    close_constant(search, cells[accepted], classes[accepted])
    if search.options.confirm:
        search.slack = max([search.slack, *surplus[~accepted].tolist()])
        search.slack = max(SLACK, search.slack * 0.9)
    refused = cells[~accepted]
    add_open(search, replace(refused, refused=np.ones(len(refused), dtype=np.bool_)))


def confirmed(search: Branching, *, idle: bool) -> bool:
    """Close the cells that wait, where many do or nothing else is to be done (``idle``).

    False where nothing is to be done at all.
    """
    if idle and not search.waiting:
        return False
    if idle or search.pending >= CONFIRM:
        settle(search)
    return True


def close_constant(search: Branching, cells: Cells, classes: Values) -> None:
    """Close cells as constant, and note where the tree has that class."""
    for node, klass in zip(cells.nodes.tolist(), classes.tolist(), strict=True):
        search.ledger.close(node, Constant(klass))
    count(search, cells)
    theirs = search.tree.classes[cells.tests]
    search.agreed += float(cells.shares[theirs == classes].sum())
    search.differed += float(cells.shares[(theirs >= 0) & (theirs != classes)].sum())
    for i in np.flatnonzero(theirs < 0).tolist():
        given = int(cells.given[i])
        for part, leaf in islice(overlay(search.tree, cells.cell(i), int(cells.tests[i])), PARTS):
            share = _share(search, given if given >= 0 else None, part)
            same = search.tree.classes[leaf] == classes[i]
            search.agreed += share * bool(same)
            search.differed += share * (not same)


def _share(search: Branching, given: int | None, part: Cell) -> float:
    weight = search.domain.weight_within(part, given)
    return weight / search.domain.total_weight


def give_up(search: Branching, cells: Cells) -> None:
    """Leave cells open for good."""
    search.weight += float(cells.weights.sum())


def count(search: Branching, cells: Cells) -> None:
    """Count closed cells."""
    search.closed += len(cells)
    search.proved += float(cells.shares.sum())
    search.weight += float(cells.weights.sum())
