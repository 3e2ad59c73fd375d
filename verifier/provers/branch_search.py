"""The state of a branch-and-bound search, and what every engine does with it."""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.certificate import kernel
from verifier.certificate.proof import Constant, Enumerated, Open, Proof, Split, steps
from verifier.certificate.rules import Prepared
from verifier.domain import Cell, Domain, Point, cell_probability, values
from verifier.provers.branch_ledger import Ledger
from verifier.provers.branch_space import Array
from verifier.provers.bulk import Bulk, bulk_classes, prepare_bulk
from verifier.provers.progress import Progress, Report
from verifier.provers.relaxation import Network, prepare_network
from verifier.teacher import Teacher
from verifier.tree import BoundTree, descend, leaves_of_points

Values = npt.NDArray[np.int64]
Masks = npt.NDArray[Any]  # [variables] bit v: value v is in; int64, or Python integers where wide

COUNTEREXAMPLES = 10
SLACK = 2.0**-14  # least margin, relative to its terms, at which the kernel is asked
FRONTIER = 20_000  # cells that may wait in order of probability; beyond, depth first


@dataclass(slots=True, eq=False)
class Work:
    """An open cell.

    ``node`` is its place in the ledger, ``masks`` its values, ``test`` the deepest tree node that
    all its points pass, ``share`` the logarithm of its probability, ``point`` one of its points
    (None: the lowest), ``bounds`` what its parent's relaxation found (or None), ``refused`` whether
    the kernel did not accept it as constant.
    """

    node: int
    masks: Masks
    test: int
    share: float
    point: Values | None = None
    bounds: tuple[Array, Array] | None = None
    refused: bool = False


@dataclass(eq=False)
class Search:
    """Everything a running search knows; the only mutable state of the prover."""

    domain: Domain
    teacher: Teacher
    tree: BoundTree
    network: Network
    bulk: Bulk
    checker: Prepared
    deadline: float | None
    report: Report | None
    ledger: Ledger = field(default_factory=Ledger)
    stack: list[Work] = field(default_factory=list)
    heap: list[tuple[float, int, Work]] = field(default_factory=list)
    waiting: list[tuple[Work, int, float]] = field(default_factory=list)
    found: dict[Point, None] = field(default_factory=dict)
    slack: float = SLACK
    confirming: bool = True
    closed: int = 0
    refused: int = 0
    proved: float = 0.0
    begun: float = field(default_factory=time.monotonic)
    spoken: float = 0.0

    @property
    def late(self) -> bool:
        """Whether the deadline has passed."""
        return self.deadline is not None and time.monotonic() >= self.deadline

    @property
    def open(self) -> int:
        """Number of cells not yet decided."""
        return len(self.stack) + len(self.heap) + len(self.waiting)


def begin(
    domain: Domain,
    teacher: Teacher,
    tree: BoundTree,
    resume: Proof | None,
    refused: frozenset[int],
    deadline: float | None,
    report: Report | None,
) -> Search:
    """A search whose open cells are those of ``resume``, or the whole domain.

    ``refused`` numbers those steps of ``resume`` that the kernel refused as Constant.
    """
    search = Search(
        domain,
        teacher,
        tree,
        prepare_network(teacher, domain),
        prepare_bulk(teacher, domain),
        kernel.prepare(teacher, domain),
        deadline,
        report,
    )
    dtype = object if search.network.space.wide else np.int64
    for node, number, cell in _take_up(search.ledger, domain, resume or (Open(),)):
        masks = np.array(cell.masks, dtype=dtype)
        probability = cell_probability(domain, cell)
        share = log(probability.numerator) - log(probability.denominator)
        work = Work(node, masks, descend(tree, cell), share, refused=number in refused)
        search.stack.append(work)
    search.stack.reverse()
    return search


def log(x: float) -> float:
    """Natural logarithm, minus infinity at 0."""
    return math.log(x) if x > 0 else -math.inf


def _take_up(ledger: Ledger, domain: Domain, proof: Proof) -> Iterator[tuple[int, int, Cell]]:
    """Copy a proof into an empty ledger; yields what stays open: node, number of the step, cell.

    Raises CertificateError where the proof is not well formed.
    """
    numbered = enumerate(steps(domain, proof), 1)
    opened = [(n, cell) for n, (cell, _, step) in numbered if isinstance(step, Open)]
    stack, found = [0], []
    for item in proof:
        node = stack.pop()
        if isinstance(item, Split):
            first = ledger.split(node, item.variable, item.left)
            stack += (first + 1, first)
        elif isinstance(item, Open):
            found.append(node)
        else:
            ledger.close(node, item)
    return ((node, n, cell) for node, (n, cell) in zip(found, opened, strict=True))


def record(search: Search, points: Values, classes: Values) -> None:
    """Keep those points whose (exact) class is not the tree's."""
    if len(search.found) >= COUNTEREXAMPLES:
        return
    theirs = search.tree.classes[leaves_of_points(search.tree, points)]
    fresh = np.flatnonzero(theirs != classes)
    if fresh.size and not search.found:
        for work in search.stack:
            push(search, work)
        search.stack.clear()
    for i in fresh[: COUNTEREXAMPLES - len(search.found)].tolist():
        search.found[tuple(points[i].tolist())] = None


def push(search: Search, work: Work) -> None:
    """Queue an open cell by its probability."""
    heapq.heappush(search.heap, (-work.share, work.node, work))


def add_open(search: Search, work: Work) -> None:
    """Add an open cell: depth first, or by probability once a counterexample is known."""
    if search.found and len(search.heap) < FRONTIER:
        push(search, work)
    else:
        search.stack.append(work)


def take(search: Search, most: int) -> list[Work]:
    """The next open cells, at most ``most``."""
    taken = [search.stack.pop() for _ in range(min(most, len(search.stack)))]
    while len(taken) < most and search.heap:
        taken.append(heapq.heappop(search.heap)[2])
    return taken


def split(search: Search, work: Work, variable: int, left: int) -> tuple[Work, Work]:
    """Split an open cell into the values of ``variable`` in the mask ``left`` and the others.

    The two parts have their parent's point and bounds.
    """
    whole = int(work.masks[variable])
    first = search.ledger.split(work.node, variable, left)
    total = mass(search, variable, whole)
    parts = []
    for node, mask in ((first, left), (first + 1, whole & ~left)):
        masks = work.masks.copy()
        masks[variable] = mask
        share = work.share + log(mass(search, variable, mask) / total) if total else work.share
        test = work.test
        if search.tree.classes[test] < 0:
            test = descend(search.tree, Cell(tuple(masks.tolist())), test)
        parts.append(Work(node, masks, test, share, work.point, work.bounds))
    return parts[0], parts[1]


def mass(search: Search, variable: int, mask: int) -> float:
    """The probability of the values in a mask."""
    start = int(search.network.space.starts[variable])
    table = search.network.space.mass
    return float(sum(table[start + v] for v in values(mask)))


def enumerate_cells(search: Search, cells: Sequence[Work]) -> None:
    """Close small cells by evaluation of all their points."""
    for work in cells:
        search.ledger.close(work.node, Enumerated())
        _count(search, work)
    if len(search.found) < COUNTEREXAMPLES and cells:
        parts = [Cell(tuple(w.masks.tolist())) for w in cells]
        points = np.array([p for cell in parts for p in cell.points()], dtype=np.int64)
        record(search, points, bulk_classes(search.bulk, points))


def settle(search: Search) -> None:
    """Close the cells that wait; what the kernel refuses, where it is asked, is open again."""
    if not search.confirming:
        for work, klass, _ in search.waiting:
            search.ledger.close(work.node, Constant(klass))
            _count(search, work)
        search.waiting.clear()
    if not search.waiting:
        return
    cells = [Cell(tuple(work.masks.tolist())) for work, _, _ in search.waiting]
    classes = [klass for _, klass, _ in search.waiting]
    proved, _ = kernel.constant(search.checker, cells, classes)
    waiting, search.waiting = search.waiting, []
    for (work, klass, surplus), accepted in zip(waiting, proved.tolist(), strict=True):
        if accepted:
            search.ledger.close(work.node, Constant(klass))
            _count(search, work)
        else:
            search.refused += 1
            search.slack = max(search.slack, surplus)
            work.refused = True
            add_open(search, work)
    search.slack = max(SLACK, search.slack * 0.9)


def _count(search: Search, work: Work) -> None:
    search.closed += 1
    search.proved += math.exp(work.share)


def speak(search: Search, *, last: bool = False) -> None:
    """Report progress, at most ten times a second."""
    now = time.monotonic()
    if search.report is None or (now - search.spoken < 0.1 and not last):
        return
    search.spoken = now
    rate = search.closed / max(now - search.begun, 1e-9)
    proved = min(1.0, search.proved)
    search.report(Progress(search.closed, search.open, proved, rate))
