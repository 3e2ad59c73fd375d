"""The state of a branch-and-bound search, and what every engine does with it."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel import checker
from verifier.kernel.prepared import Prepared
from verifier.model.cell import Cell, cell_probability, values
from verifier.model.domain import Domain, Point
from verifier.model.network import Network
from verifier.model.proof import Constant, Enumerated, Open, Proof, Split, steps
from verifier.model.tree import BoundTree, descend, leaves_of_points, overlay
from verifier.provers.budget import Budget
from verifier.provers.bulk import Bulk, bulk_classes, prepare_bulk
from verifier.provers.ledger import Ledger
from verifier.provers.progress import Progress, Report
from verifier.provers.relaxation import Relaxable, prepare_network
from verifier.provers.space import Array
from verifier.provers.timing import heed, now

Values = npt.NDArray[np.int64]
Masks = npt.NDArray[Any]  # [variables] bit v: value v is in; int64, or Python integers where wide
Single = npt.NDArray[np.float32]

COUNTEREXAMPLES = 10
SLACK = 2.0**-14  # least margin, relative to its terms, at which the kernel is asked
FRONTIER = 20_000  # cells that may wait in order of probability; beyond, depth first
EVERY = 0.1  # seconds between reports at least
PARTS = 1000  # tree leaves in a closed cell that are looked at for the progress report


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """What the compiled search knew of a cell: see ``branch_net.Stack``."""

    constant: Single
    bounds: Single
    target: int


@dataclass(slots=True, eq=False)
class Work:
    """An open cell.

    ``node`` is its place in the ledger, ``masks`` its values, ``test`` the deepest tree node that
    all its points pass, ``share`` its probability, ``weight`` 2^-depth, where depth counts the
    splits of this search above it. ``point`` is one of its points (None: the lowest), ``bounds``
    and ``held`` what its parent's relaxation found (or None), ``refused`` whether the kernel did
    not accept it as constant.
    """

    node: int
    masks: Masks
    test: int
    share: float
    weight: float
    point: Values | None = None
    bounds: tuple[Array, Array] | None = None
    held: Held | None = None
    refused: bool = False


@dataclass(eq=False)
class Search:
    """Everything a running search knows; the only mutable state of the prover.

    ``agreed`` and ``differed`` are the probabilities of the constant cells with and without the
    tree's class, ``proved`` that of all closed cells, and ``weight`` the sum of their weights.
    ``flying`` counts the open cells in the compiled search's own memory.
    """

    domain: Domain
    teacher: Network
    tree: BoundTree
    network: Relaxable
    bulk: Bulk
    checker: Prepared
    deadline: float | None
    report: Report | None
    confirming: bool = True
    stop_at_difference: bool = False
    ledger: Ledger = field(default_factory=Ledger)
    stack: list[Work] = field(default_factory=list)
    heap: list[tuple[float, int, Work]] = field(default_factory=list)
    waiting: list[tuple[Work, int, float]] = field(default_factory=list)
    found: dict[Point, None] = field(default_factory=dict)
    slack: float = SLACK
    closed: int = 0
    proved: float = 0.0
    agreed: float = 0.0
    differed: float = 0.0
    weight: float = 0.0
    flying: int = 0
    begun: float = field(default_factory=time.monotonic)
    spoken: float = 0.0
    budget: Budget | None = None

    @property
    def late(self) -> bool:
        """Whether to end: by the clock, or for a difference where that is enough.

        Raises Stopped where a stop is asked for.
        """
        heed()
        if self.stop_at_difference and self.found:
            return True
        if self.budget is not None and self.budget.left(self.closed, self.open) <= 0:
            return True
        return self.deadline is not None and now() >= self.deadline

    @property
    def open(self) -> int:
        """Number of cells not yet decided."""
        return len(self.stack) + len(self.heap) + len(self.waiting) + self.flying


def begin(
    domain: Domain,
    teacher: Network,
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
        checker.prepare(teacher, domain),
        deadline,
        report,
    )
    dtype = object if search.network.space.wide else np.int64
    opened = list(_take_up(search, resume or (Open(),)))
    for node, number, cell, share in reversed(opened):
        masks = np.array(cell.masks, dtype=dtype)
        work = Work(node, masks, descend(tree, cell), share, 1 / len(opened))
        work.refused = number in refused
        search.stack.append(work)
    return search


def _take_up(search: Search, proof: Proof) -> Iterator[tuple[int, int, Cell, float]]:
    """Copy a proof into the empty ledger; yields what stays open.

    For each open cell its node, the number of its step, itself and its probability. Raises
    CertificateError where the proof is not well formed.
    """
    domain, ledger = search.domain, search.ledger
    numbered = enumerate(steps(domain, proof), 1)
    opened = [(n, cell) for n, (cell, _, step) in numbered if isinstance(step, Open)]
    stack, found = [0], []
    for item in proof:
        node = stack.pop()
        if isinstance(item, Split):
            one, two = ledger.split(node, item.variable, item.left)
            stack += (two, one)
        elif isinstance(item, Open):
            found.append(node)
        else:
            ledger.close(node, item)
    shares = [float(cell_probability(domain, cell)) for _, cell in opened]
    search.proved = max(0.0, 1.0 - sum(shares))
    rest = zip(found, opened, shares, strict=True)
    return ((node, n, cell, share) for node, (n, cell), share in rest)


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
    places = search.ledger.split(work.node, variable, left)
    total = mass(search, variable, whole)
    parts = []
    for node, mask in zip(places, (left, whole & ~left), strict=True):
        masks = work.masks.copy()
        masks[variable] = mask
        share = work.share * (mass(search, variable, mask) / total) if total else 0.0
        test = work.test
        if search.tree.classes[test] < 0:
            test = descend(search.tree, Cell(tuple(masks.tolist())), test)
        parts.append(Work(node, masks, test, share, work.weight / 2, work.point, work.bounds))
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
        count(search, work)
    look_at(search, [w.masks for w in cells])


def look_at(search: Search, cells: Sequence[Masks]) -> None:
    """Evaluate all points of small cells, as long as counterexamples are wanted."""
    if len(search.found) < COUNTEREXAMPLES and len(cells):
        parts = [Cell(tuple(masks.tolist())) for masks in cells]
        points = np.array([p for cell in parts for p in cell.points()], dtype=np.int64)
        record(search, points, bulk_classes(search.bulk, points))


def settle(search: Search) -> None:
    """Close the cells that wait; what the kernel refuses, where it is asked, is open again."""
    if not search.confirming:
        for work, klass, _ in search.waiting:
            _close(search, work, klass)
        search.waiting.clear()
    if not search.waiting:
        return
    cells = [Cell(tuple(work.masks.tolist())) for work, _, _ in search.waiting]
    classes = [klass for _, klass, _ in search.waiting]
    proved, _ = checker.constant(search.checker, cells, classes)
    waiting, search.waiting = search.waiting, []
    for (work, klass, surplus), accepted in zip(waiting, proved.tolist(), strict=True):
        if accepted:
            _close(search, work, klass)
        else:
            search.slack = max(search.slack, surplus)
            work.refused = True
            add_open(search, work)
    search.slack = max(SLACK, search.slack * 0.9)


def measure(search: Search) -> None:
    """Find out what the kernel's check will take, now and then, where that counts."""
    if search.budget is not None:
        search.budget.measure(search.ledger)


def _close(search: Search, work: Work, klass: int) -> None:
    """Close a cell as constant, and note where the tree has that class."""
    search.ledger.close(work.node, Constant(klass))
    count(search, work)
    theirs = int(search.tree.classes[work.test])
    if theirs >= 0:
        parts = [(work.share, theirs)]
    else:
        cell = Cell(tuple(work.masks.tolist()))
        inside = islice(overlay(search.tree, cell, work.test), PARTS)
        parts = [
            (float(cell_probability(search.domain, part)), int(search.tree.classes[leaf]))
            for part, leaf in inside
        ]
    for share, other in parts:
        search.agreed += share * (other == klass)
        search.differed += share * (other != klass)


def count(search: Search, work: Work) -> None:
    """Count a closed cell."""
    search.closed += 1
    search.proved += work.share
    search.weight += work.weight


def speak(search: Search, *, last: bool = False, doing: str = "") -> None:
    """Report progress, at most every EVERY seconds, or at once where there is something to say.

    The cells still to come are estimated from the shape of the tree of splits so far: the closed
    cells are worth the sum of 2^-depth of the whole tree, which is 1 (the weighted backtrack
    estimator: Kilby, Slaney, Thiebaux, Walsh, Estimating Search Tree Size, 2006, after Knuth 1975).
    """
    at = now()
    if search.report is None or (at - search.spoken < EVERY and not last and not doing):
        return
    search.spoken = at
    remaining = None
    if search.weight > 0:
        remaining = search.closed * max(0.0, 1 / min(1.0, search.weight) - 1)
    search.report(
        Progress(
            closed=search.closed,
            open=search.open,
            probability=min(1.0, search.proved),
            rate=search.closed / max(at - search.begun, 1e-9),
            remaining=remaining if search.open else 0.0,
            error=(min(1.0, search.differed), max(0.0, 1.0 - search.agreed)),
            differs=bool(search.found),
            doing=doing,
        )
    )
