"""The open cells of branch and bound: which comes next, and what becomes of each."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel import checker
from verifier.model.cell import Cell
from verifier.model.part import Part, going_left, split_number, within
from verifier.model.proof import Constant, Enumerated
from verifier.model.tree import Tree, descend, overlay
from verifier.provers.enumerate import look_at
from verifier.provers.progress import Progress, reached
from verifier.provers.relaxable import Relaxable, prepare_network
from verifier.provers.search import OPENED, Search, Values, take_up
from verifier.provers.space import Array
from verifier.provers.split import by_test
from verifier.provers.timing import poll
from verifier.provers.words import array_of, cell_of, part_of, word_of

Masks = npt.NDArray[Any]  # [variables] words; int64, or Python integers where masks are wide
Single = npt.NDArray[np.float32]

SLACK = 2.0**-14  # least margin, relative to its terms, at which the kernel is asked
CONFIRM = 1024  # cells that wait for the kernel at most
FRONTIER = 20_000  # cells that may wait in order of probability; beyond, depth first
LEAST = 2.0**-20  # where time is not limited, smaller boxes of real numbers stay open
MOST_BOXES = 1 << 18  # boxes that wait; beyond, they stay open
PARTS = 1000  # tree leaves in a closed cell that are looked at for the progress report


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What the compiled search knew of a cell: see ``compiled.net.Stack``."""

    bounds: Single
    target: int


@dataclass(slots=True, eq=False)
class Work:
    """An open cell.

    ``node`` is its place in the ledger, ``masks`` its values as words, ``test`` the deepest tree
    node that all its points pass, ``share`` its probability, ``weight`` 2^-depth, where depth
    counts the splits of this search above it. ``point`` is one of its points (None: the lowest),
    ``bounds`` and ``held`` what its parent's relaxation found (or None), ``known`` what the search
    of wide networks did (``wide.Known``), ``refused`` whether the kernel did not accept it as
    constant, ``given`` the leaf of the domain's tree that it lies in.
    """

    node: int
    masks: Masks
    test: int
    share: float
    weight: float
    point: Values | None = None
    bounds: tuple[Array, Array] | None = None
    held: Held | None = None
    known: object = None
    refused: bool = False
    given: int | None = None

    @property
    def cell(self) -> Cell:
        """The cell itself."""
        return cell_of(self.masks.tolist())


@dataclass(eq=False)
class Branching(Search):
    """Branch and bound under way.

    ``stack`` are cells taken depth first and ``heap`` those taken by their probability; ``waiting``
    are to be closed as constant, with their class and the margin of that. ``agreed`` and
    ``differed`` are the probabilities of the constant cells with and without the tree's class,
    ``proved`` that of all closed cells, and ``weight`` the sum of their weights. ``flying`` counts
    the open cells in the compiled search's own memory.
    """

    network: Relaxable = field(init=False)
    stack: list[Work] = field(init=False, default_factory=list)
    heap: list[tuple[float, int, Work]] = field(init=False, default_factory=list)
    ranked: bool = field(init=False, default=False)
    waiting: list[tuple[Work, int, float]] = field(init=False, default_factory=list)
    slack: float = field(init=False, default=SLACK)
    proved: float = field(init=False, default=0.0)
    agreed: float = field(init=False, default=0.0)
    differed: float = field(init=False, default=0.0)
    weight: float = field(init=False, default=0.0)
    flying: int = field(init=False, default=0)

    def __post_init__(self, student: Tree) -> None:
        super().__post_init__(student)
        self.network = prepare_network(self.teacher, self.domain)
        opened = take_up(self, self.domain)
        for node, number, cell in reversed(opened):
            for place, part, leaf in _possible(self, node, cell):
                work = _work(self, place, part, leaf)
                work.weight /= len(opened)
                work.refused = number in self.options.refused
                self.stack.append(work)
        self.proved = max(0.0, 1.0 - sum(work.share for work in reversed(self.stack)))

    @property
    def open(self) -> int:
        """Number of cells not yet decided."""
        return len(self.stack) + len(self.heap) + len(self.waiting) + self.flying

    @property
    def waits(self) -> int:
        """Bytes that an open cell takes, about: its bounds above all."""
        return OPENED + 2 * self.network.neurons * self.network.dtype.itemsize

    def forget(self) -> None:
        """Give back the memory of the open cells; those that wait to be closed are closed."""
        super().forget()
        self.stack.clear()
        self.heap.clear()

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


def _work(search: Branching, node: int, cell: Cell, leaf: int | None) -> Work:
    """An open cell that lies in one leaf of the domain's tree."""
    masks = array_of(cell, wide=search.network.space.wide)
    work = Work(node, masks, descend(search.tree, cell), 0.0, 1.0, given=leaf)
    work.share = _share(search, work, cell)
    return work


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


def push(search: Branching, work: Work) -> None:
    """Queue an open cell by its probability."""
    heapq.heappush(search.heap, (-work.share, work.node, work))


def rank(search: Branching) -> None:
    """Once a counterexample is known, order the open cells by their probability.

    Boxes of real numbers always are: depth first there is no end.
    """
    if (search.found or search.domain.infinite) and not search.ranked:
        search.ranked = True
        for work in search.stack:
            push(search, work)
        search.stack.clear()


def add_open(search: Branching, work: Work) -> None:
    """Add an open cell: depth first, or by probability once a counterexample is known."""
    rank(search)
    if search.domain.infinite and (
        len(search.heap) >= MOST_BOXES or (search.options.deadline is None and work.share < LEAST)
    ):
        give_up(search, work)
    elif search.ranked and (search.domain.infinite or len(search.heap) < FRONTIER):
        push(search, work)
    else:
        search.stack.append(work)


def take(search: Branching, most: int) -> list[Work]:
    """The next open cells, at most ``most``."""
    rank(search)
    taken = [search.stack.pop() for _ in range(min(most, len(search.stack)))]
    while len(taken) < most and search.heap:
        taken.append(heapq.heappop(search.heap)[2])
    return taken


def split(search: Branching, work: Work, variable: int, left: int) -> tuple[Work, Work]:
    """Split an open cell: the values of ``variable`` in the mask ``left`` and the others.

    For an ordinal ``left`` is its last value that goes left. The two parts have their parent's
    point and bounds.
    """
    whole = part_of(int(work.masks[variable]))
    places = search.ledger.split(work.node, variable, left)
    total = mass(search, work, variable, whole)
    parts = []
    for node, half in zip(places, within(whole, going_left(whole, left)), strict=True):
        masks = work.masks.copy()
        masks[variable] = word_of(half)
        share = work.share * (mass(search, work, variable, half) / total) if total else 0.0
        test = work.test
        if search.tree.classes[test] < 0:
            test = descend(search.tree, cell_of(masks.tolist()), test)
        new = Work(node, masks, test, share, work.weight / 2, work.point, work.bounds)
        new.given = work.given
        parts.append(new)
    return parts[0], parts[1]


def split_by_test(search: Branching, work: Work) -> tuple[Work, Work]:
    """Split a cell above the tree's leaves by the tree's next test."""
    cut = by_test(search.tree, work.test, work.masks)
    assert cut
    return split(search, work, *cut)


def mass(search: Branching, work: Work, variable: int, part: Part) -> float:
    """The probability of some values of a variable, where a cell lies."""
    chances = search.domain.distributions(work.given)[variable]
    return float(Fraction(chances.weight_of(part), chances.denominator))


def close_enumerated(search: Branching, cells: Sequence[Work]) -> None:
    """Close small cells by evaluation of all their points."""
    for work in cells:
        search.ledger.close(work.node, Enumerated())
        count(search, work)
    look_at(search, [work.cell for work in cells])


def settle(search: Branching) -> None:
    """Close the cells that wait; what the kernel refuses, where it is asked, is open again."""
    if not search.options.confirm:
        for work, klass, _ in search.waiting:
            close_constant(search, work, klass)
        search.waiting.clear()
    if not search.waiting:
        return
    cells = [work.cell for work, _, _ in search.waiting]
    classes = [klass for _, klass, _ in search.waiting]
    proved, _ = checker.constant(search.prepared, cells, classes)
    waiting, search.waiting = search.waiting, []
    for (work, klass, surplus), accepted in zip(waiting, proved.tolist(), strict=True):
        if accepted:
            close_constant(search, work, klass)
        else:
            search.slack = max(search.slack, surplus)
            work.refused = True
            add_open(search, work)
    search.slack = max(SLACK, search.slack * 0.9)


def confirmed(search: Branching, *, idle: bool) -> bool:
    """Close the cells that wait, where many do or nothing else is to be done (``idle``).

    False where nothing is to be done at all.
    """
    if idle and not search.waiting:
        return False
    if idle or len(search.waiting) >= CONFIRM:
        settle(search)
    return True


def close_constant(search: Branching, work: Work, klass: int) -> None:
    """Close a cell as constant, and note where the tree has that class."""
    search.ledger.close(work.node, Constant(klass))
    count(search, work)
    theirs = int(search.tree.classes[work.test])
    if theirs >= 0:
        parts = [(work.share, theirs)]
    else:
        inside = islice(overlay(search.tree, work.cell, work.test), PARTS)
        parts = [
            (_share(search, work, part), int(search.tree.classes[leaf])) for part, leaf in inside
        ]
    for share, other in parts:
        search.agreed += share * (other == klass)
        search.differed += share * (other != klass)


def _share(search: Branching, work: Work, part: Cell) -> float:
    weight = search.domain.weight_within(part, work.given)
    return float(Fraction(weight, search.domain.total_weight))


def give_up(search: Branching, work: Work) -> None:
    """Leave a cell open for good."""
    search.weight += work.weight


def count(search: Branching, work: Work) -> None:
    """Count a closed cell."""
    search.closed += 1
    search.proved += work.share
    search.weight += work.weight
