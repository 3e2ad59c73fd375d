"""The running state of the Z3 prover: open cells, what has been spent on them, what was found."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from verifier.kernel.prepared import Prepared
from verifier.model.cell import Cell, cell_weight
from verifier.model.domain import Domain, Point
from verifier.model.network import Network
from verifier.model.proof import (
    Constant,
    Enumerated,
    Open,
    Proof,
    Split,
    Step,
    Trusted,
    steps,
)
from verifier.model.tree import BoundTree, classify
from verifier.provers.budget import Budget
from verifier.provers.bulk import Bulk, bulk_classes
from verifier.provers.ledger import Ledger
from verifier.provers.progress import Progress, Report
from verifier.provers.relaxation import Relaxable
from verifier.provers.timing import heed

SHOWN = 10
"""Counterexamples kept."""
GATES = 8
"""Unstable neurons that a first question may have; raised and lowered by what succeeds."""
GROWTH = 1.5
"""By how much a further unstable neuron is expected to make a question dearer."""
FIRST = 0.1
"""Seconds that a first question is expected to take."""

Floats = npt.NDArray[np.float64]


@dataclass(slots=True, eq=False)
class Work:
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
    parent: Work | None = None
    unstable: int = 0
    spent: float = 0.0
    settled: int = 0
    asked: bool = False
    done: bool = False

    def chain(self) -> Iterator[Work]:
        """The cell and those that it is part of, the smallest first."""
        at: Work | None = self
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


@dataclass(eq=False)
class Search:
    """Everything a running search knows.

    ``gates`` is the number of unstable neurons with which questions are answered quickly;
    ``asking`` are the seconds that Z3 took, ``answers`` the cells that it closed.
    """

    domain: Domain
    teacher: Network
    tree: BoundTree
    prepared: Prepared
    network: Relaxable
    bulk: Bulk
    deadline: float | None
    report: Report | None
    query_seconds: float
    small: int
    patience: float
    ledger: Ledger = field(default_factory=Ledger)
    stack: list[Work] = field(default_factory=list)
    found: dict[Point, None] = field(default_factory=dict)
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))
    gates: int = GATES
    asking: float = FIRST
    answers: int = 1
    closed: int = 0
    weight: int = 0
    agreed: int = 0
    differed: int = 0
    begun: float = field(default_factory=time.monotonic)
    spoke: float = 0.0
    budget: Budget | None = None

    @property
    def left(self) -> float:
        """Seconds until the deadline, less those for the kernel's check; Stopped at a stop."""
        heed()
        left = self.budget.left(self.closed, len(self.stack)) if self.budget else math.inf
        return left if self.deadline is None else min(left, self.deadline - time.monotonic())


def take_up(search: Search, proof: Proof) -> None:
    """Copy a proof into the empty ledger and queue its Open cells.

    Raises CertificateError where the proof is not well formed.
    """
    cells = [(c, step) for c, _, step in steps(search.domain, proof)]
    inside = iter(cells)
    places = [0]
    for item in proof:
        place = places.pop()
        if isinstance(item, Split):
            one, two = search.ledger.split(place, item.variable, item.left)
            places += (two, one)
            continue
        work = Work(place, next(inside)[0], 0)
        if isinstance(item, Open):
            search.stack.append(work)
        else:
            close(search, work, item)
    search.stack.reverse()


def replace(search: Search, work: Work, index: int, left: int, tests: tuple[int, int]) -> None:
    """Put the halves of a cell in its place."""
    places = search.ledger.split(work.node, index, left)
    halves = work.cell.split(index, left)
    parent = work if tests[0] == tests[1] else None
    for node, cell, test in reversed(list(zip(places, halves, tests, strict=True))):
        seen = tuple((p, k) for p, k in work.seen if cell.contains(p))
        search.stack.append(Work(node, cell, test, seen, work.bounds, parent))
    work.bounds = None


def spend(batch: Sequence[Work], seconds: float) -> None:
    """Charge time to cells that were worked on together, and to those that they are part of."""
    for work in batch:
        for a in work.chain():
            a.spent += seconds / len(batch)


def worth_asking(search: Search, work: Work) -> Work | None:
    """The largest cell around an open one that Z3 is to be asked about, if there is one.

    Splitting goes on until a cell has cost as much as a question is expected to; then the question
    is asked. So neither way is followed for much longer than the other would have taken.
    """
    chosen = None
    for a in work.chain():
        if a.asked or not a.uniform or a.cell.size <= search.small:
            continue
        more = min(max(0, a.unstable - search.gates), 1000)
        price = search.patience * search.asking / search.answers * GROWTH**more
        if a.spent >= price:
            chosen = a
    return chosen


def note(search: Search, work: Work, point: Point, klass: int) -> None:
    """Record a point of a cell and its class."""
    for a in work.chain():
        if all(klass != k for _, k in a.seen):
            a.seen = (*a.seen, (point, klass))
    if klass != classify(search.tree, point) and len(search.found) < SHOWN:
        search.found[point] = None


def enumerate_cell(search: Search, work: Work) -> None:
    """Leave a small cell to the kernel; look for counterexamples in it while they are few."""
    close(search, work, Enumerated())
    if len(search.found) < SHOWN:
        points = np.array(list(work.cell.points()), dtype=np.int64)
        for row, klass in zip(points.tolist(), bulk_classes(search.bulk, points), strict=True):
            point = tuple(row)
            if len(search.found) < SHOWN and klass != classify(search.tree, point):
                search.found[point] = None


def close(search: Search, work: Work, step: Step) -> None:
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


def speak(search: Search, *, last: bool = False) -> None:
    """Report progress, at most ten times a second."""
    now = time.monotonic()
    if search.report is None or (now - search.spoke < 0.1 and not last):
        return
    search.spoke = now
    total = search.domain.total_weight
    search.report(
        Progress(
            closed=search.closed,
            open=len(search.stack),
            probability=search.weight / total,
            rate=search.closed / max(now - search.begun, 1e-9),
            error=(search.differed / total, 1.0 - search.agreed / total),
            differs=bool(search.found),
        )
    )
