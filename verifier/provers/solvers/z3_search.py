"""The open cells of a search that asks Z3, and what has been spent on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from verifier.model.cell import Cell, cell_weight
from verifier.model.domain import Point
from verifier.model.proof import Constant, Enumerated, Step, Trusted
from verifier.model.tree import Tree
from verifier.provers.enumerate import look_at
from verifier.provers.progress import Progress
from verifier.provers.relaxable import Relaxable, prepare_network
from verifier.provers.search import Search, record, take_up

GATES = 8
"""Unstable neurons that a first question may have; raised and lowered by what succeeds."""
GROWTH = 1.5
"""By how much a further unstable neuron is expected to make a question dearer."""
FIRST = 0.1
"""Seconds that a first question is expected to take."""

Floats = npt.NDArray[np.float64]


@dataclass(slots=True, eq=False)
class Z3Cell:
    """A cell: its place in the ledger, a tree node that all its points pass, known points.

    ``parent`` is the cell that it is half of, if that lies within one leaf of the tree. Of the cell
    and all its parts, ``spent`` are the seconds taken and ``settled`` the weight closed; ``seen``
    has a point of each class found. ``unstable`` counts neurons once they are bounded. ``done``
    says that the cell is closed, ``asked`` that Z3 was asked about it.
    """

    node: int
    cell: Cell
    test: int
    seen: tuple[tuple[Point, int], ...] = ()
    bounds: tuple[Floats, Floats] | None = None
    parent: Z3Cell | None = None
    unstable: int = 0
    spent: float = 0.0
    settled: int = 0
    asked: bool = False
    done: bool = False

    def chain(self) -> Iterator[Z3Cell]:
        """The cell and those that it is part of, the smallest first."""
        at: Z3Cell | None = self
        while at is not None:
            yield at
            at = at.parent

    @property
    def over(self) -> bool:
        """Whether the cell, or one that it is part of, is closed."""
        return any(a.done for a in self.chain())

    @property
    def uniform(self) -> bool:
        """Whether one class was seen in the cell."""
        return len(self.seen) == 1


@dataclass(frozen=True, kw_only=True)
class Asking:
    """When Z3 is asked.

    A question may take ``seconds``. Cells of at most ``small`` points are never asked about (the
    kernel enumerates those anyway), and others once splitting has cost ``patience`` times what a
    question is expected to (0: at once).
    """

    seconds: float = 1.0
    small: int = 4096
    patience: float = 1.0


@dataclass(eq=False)
class Questioning(Search):
    """A search that asks Z3, under way.

    ``gates`` is the number of unstable neurons with which questions are answered quickly;
    ``spent`` are the seconds that Z3 took, ``answers`` the cells that it closed. ``weight``,
    ``agreed`` and ``differed`` are those of the closed cells.
    """

    asking: Asking = field(default_factory=Asking)
    network: Relaxable = field(init=False)
    stack: list[Z3Cell] = field(init=False)
    random: np.random.Generator = field(init=False)
    gates: int = field(init=False, default=GATES)
    spent: float = field(init=False, default=FIRST)
    answers: int = field(init=False, default=1)
    weight: int = field(init=False, default=0)
    agreed: int = field(init=False, default=0)
    differed: int = field(init=False, default=0)

    def __post_init__(self, student: Tree) -> None:
        super().__post_init__(student)
        self.network = prepare_network(self.teacher, self.domain)
        self.random = np.random.default_rng(0)
        opened = list(take_up(self, self.domain).every())
        self.stack = [Z3Cell(node, cell, 0) for node, _, cell in reversed(opened)]
        mass = sum(cell_weight(self.domain, work.cell) for work in self.stack)
        self.weight = self.domain.total_weight - mass

    @property
    def open(self) -> int:
        """Number of cells not yet decided."""
        return len(self.stack)

    def snapshot(self, seconds: float) -> Progress:
        """How far the search is."""
        total = self.domain.total_weight
        return Progress(
            closed=self.closed,
            open=self.open,
            probability=self.weight / total,
            rate=self.closed / seconds,
            error=(self.differed / total, 1.0 - self.agreed / total),
            differs=bool(self.found),
        )


def split(search: Questioning, work: Z3Cell, cut: tuple[int, int], tests: tuple[int, int]) -> None:
    """Put the halves of a cell in its place: a variable's values in a mask, and the others.

    ``tests`` are tree nodes that the points of each half pass.
    """
    index, left = cut
    places = search.ledger.split(work.node, index, left)
    halves = work.cell.split(index, left)
    parent = work if tests[0] == tests[1] else None
    for node, cell, test in reversed(list(zip(places, halves, tests, strict=True))):
        seen = tuple((p, k) for p, k in work.seen if cell.contains(p))
        search.stack.append(Z3Cell(node, cell, test, seen, work.bounds, parent))
    work.bounds = None


def spend(batch: Sequence[Z3Cell], seconds: float) -> None:
    """Charge time to cells that were worked on together, and to those that they are part of."""
    for work in batch:
        for a in work.chain():
            a.spent += seconds / len(batch)


def worth_asking(search: Questioning, work: Z3Cell) -> Z3Cell | None:
    """The largest cell around an open one that Z3 is to be asked about, if there is one.

    Splitting goes on until a cell has cost as much as a question is expected to; then the question
    is asked. So neither way is followed for much longer than the other would have taken.
    """
    chosen = None
    for a in work.chain():
        if a.asked or not a.uniform or a.cell.size <= search.asking.small:
            continue
        more = min(max(0, a.unstable - search.gates), 1000)
        price = search.asking.patience * search.spent / search.answers * GROWTH**more
        if a.spent >= price:
            chosen = a
    return chosen


def note(search: Questioning, work: Z3Cell, point: Point, klass: int) -> None:
    """Record a point of a cell and its class."""
    for a in work.chain():
        if all(klass != k for _, k in a.seen):
            a.seen = (*a.seen, (point, klass))
    record(search, np.array([point]), np.array([klass]))


def close_enumerated(search: Questioning, work: Z3Cell) -> None:
    """Leave a small cell to the kernel; look for counterexamples in it while they are few."""
    close(search, work, Enumerated())
    look_at(search, [work.cell])


def close(search: Questioning, work: Z3Cell, step: Step) -> None:
    """Record what holds on a cell, instead of what was recorded of its parts."""
    search.ledger.close(work.node, step)
    work.done = True
    search.closed += 1
    weight = cell_weight(search.domain, work.cell) - work.settled
    for a in work.chain():
        a.settled += weight
    search.weight += weight
    theirs = search.tree.nodes[work.test]
    if isinstance(step, Constant | Trusted) and isinstance(theirs, int):
        search.agreed += weight * (theirs == step.klass)
        search.differed += weight * (theirs != step.klass)
