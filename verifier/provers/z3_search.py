"""The state of the Z3 prover's search, and what changes it."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from verifier.certificate.prepared import Prepared
from verifier.certificate.proof import Enumerated, Step
from verifier.domain import Cell, Domain, Point, cell_weight
from verifier.provers.branch_ledger import Ledger
from verifier.provers.bulk import Bulk, bulk_classes
from verifier.provers.progress import Progress, Report
from verifier.provers.relaxation import Network
from verifier.teacher import Teacher
from verifier.tree import BoundTree, classify

SHOWN = 10
"""Counterexamples kept."""
GATES = 8
"""Unstable neurons that a first question may have; raised and lowered by what succeeds."""

Floats = npt.NDArray[np.float64]


@dataclass(slots=True, eq=False)
class Work:
    """An open cell: its place in the ledger, a tree node that all its points pass, known points."""

    node: int
    cell: Cell
    test: int
    seen: tuple[tuple[Point, int], ...] = ()
    bounds: tuple[Floats, Floats] | None = None


@dataclass(eq=False)
class Search:
    """Everything a running search knows."""

    domain: Domain
    teacher: Teacher
    tree: BoundTree
    prepared: Prepared
    network: Network
    bulk: Bulk
    deadline: float | None
    report: Report | None
    query_seconds: float
    small: int
    ledger: Ledger = field(default_factory=Ledger)
    stack: list[Work] = field(default_factory=list)
    found: dict[Point, None] = field(default_factory=dict)
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))
    gates: int = GATES
    closed: int = 0
    weight: int = 0
    begun: float = field(default_factory=time.monotonic)
    spoke: float = 0.0

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return math.inf if self.deadline is None else self.deadline - time.monotonic()


def replace(search: Search, work: Work, index: int, left: int, tests: tuple[int, int]) -> None:
    """Put the halves of a cell in its place."""
    places = search.ledger.split(work.node, index, left)
    halves = work.cell.split(index, left)
    for node, cell, test in reversed(list(zip(places, halves, tests, strict=True))):
        seen = tuple((p, k) for p, k in work.seen if cell.contains(p))
        search.stack.append(Work(node, cell, test, seen, work.bounds))


def note(search: Search, work: Work, point: Point, klass: int) -> None:
    """Record a point of a cell and its class."""
    work.seen = (*work.seen, (point, klass))
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
    """Record what holds on an open cell."""
    search.ledger.close(work.node, step)
    search.closed += 1
    search.weight += cell_weight(search.domain, work.cell)


def speak(search: Search, *, last: bool = False) -> None:
    """Report progress, at most ten times a second."""
    now = time.monotonic()
    if search.report is None or (now - search.spoke < 0.1 and not last):
        return
    search.spoke = now
    rate = search.closed / max(now - search.begun, 1e-9)
    probability = search.weight / search.domain.total_weight
    search.report(Progress(search.closed, len(search.stack), probability, rate))
