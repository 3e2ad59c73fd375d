"""The state of a branch-and-bound search, and what every engine does with it."""

from __future__ import annotations

import heapq
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from verifier.certificate import kernel
from verifier.certificate.proof import Constant, Enumerated, Open, Proof, Split, steps
from verifier.certificate.rules import Prepared
from verifier.domain import Cell, Domain, Point, cell_probability
from verifier.provers.branch_ledger import Ledger
from verifier.provers.branch_space import Array, allowed_values, masks_of
from verifier.provers.bulk import Bools, Bulk, bulk_classes, prepare_bulk
from verifier.provers.progress import Progress, Report
from verifier.provers.relaxation import Network, prepare_network
from verifier.teacher import Teacher
from verifier.tree import BoundTree, leaves_of_points

Values = npt.NDArray[np.int64]

COUNTEREXAMPLES = 10
SLACK = 2.0**-14  # least margin, relative to its terms, at which the kernel is asked
FRONTIER = 20_000  # cells that may wait in order of probability; beyond, depth first


@dataclass(slots=True, eq=False)
class Work:
    """An open cell.

    ``node`` is its place in the ledger, ``allowed`` its values, ``test`` the deepest tree node that
    all its points pass, ``share`` the logarithm of its probability, ``point`` one of its points,
    ``bounds`` what its parent's relaxation found (or None), ``refused`` whether the kernel did not
    accept it as constant.
    """

    node: int
    allowed: Bools
    test: int
    share: float
    point: Values
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
    deadline: float | None,
    report: Report | None,
) -> Search:
    """A search whose open cells are those of ``resume``, or the whole domain."""
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
    for node, cell in _take_up(search.ledger, domain, resume or (Open(),)):
        allowed = allowed_values(search.network.space, [cell.masks])[0]
        point = np.array(cell.first_point(), dtype=np.int64)
        probability = cell_probability(domain, cell)
        share = log(probability.numerator) - log(probability.denominator)
        search.stack.append(Work(node, allowed, descend(search, allowed, 0), share, point))
    search.stack.reverse()
    return search


def log(x: float) -> float:
    """Natural logarithm, minus infinity at 0."""
    return math.log(x) if x > 0 else -math.inf


def _take_up(ledger: Ledger, domain: Domain, proof: Proof) -> Iterator[tuple[int, Cell]]:
    """Copy a proof into an empty ledger; yields the ledger nodes that stay open, with their cells.

    Raises CertificateError where the proof is not well formed.
    """
    open_cells = [cell for cell, _, step in steps(domain, proof) if isinstance(step, Open)]
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
    return zip(found, open_cells, strict=True)


def descend(search: Search, allowed: Bools, test: int) -> int:
    """The deepest tree node, from ``test`` down, that all points of the cell pass through."""
    variable, goes_left, children = search.tree.arrays
    starts = search.network.space.starts
    while (index := int(variable[test])) >= 0:
        size = len(search.domain.variables[index].labels)
        inside = allowed[starts[index] : starts[index] + size]
        left = goes_left[test, :size]
        if not (inside & ~left).any():
            test = int(children[test, 0])
        elif not (inside & left).any():
            test = int(children[test, 1])
        else:
            break
    return test


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


def split(search: Search, work: Work, variable: int, left: Bools) -> list[Work]:
    """Split an open cell into the values of ``variable`` in ``left[values]`` and the others.

    Returns the two parts, without points or bounds of their own yet (they share the parent's).
    """
    space, domain = search.network.space, search.domain
    start = int(space.starts[variable])
    size = len(domain.variables[variable].labels)
    mask = sum(1 << int(v) for v in np.flatnonzero(left))
    first = search.ledger.split(work.node, variable, mask)
    mass = space.mass[start : start + size]
    inside = work.allowed[start : start + size]
    whole = float(mass[inside].sum())
    parts = []
    for node, chosen in ((first, inside & left), (first + 1, inside & ~left)):
        allowed = work.allowed.copy()
        allowed[start : start + size] = chosen
        share = work.share + log(float(mass[chosen].sum())) - log(whole) if whole else work.share
        test = descend(search, allowed, work.test)
        parts.append(Work(node, allowed, test, share, work.point, work.bounds))
    return parts


def enumerate_cells(search: Search, cells: Sequence[Work]) -> None:
    """Close small cells by evaluation of all their points."""
    for work in cells:
        search.ledger.close(work.node, Enumerated())
        _count(search, work)
    if len(search.found) < COUNTEREXAMPLES and cells:
        masks = masks_of(search.network.space, np.stack([w.allowed for w in cells]))
        points = np.array([p for m in masks for p in Cell(m).points()], dtype=np.int64)
        record(search, points, bulk_classes(search.bulk, points))


def confirm(search: Search) -> None:
    """Let the kernel check the cells that wait to be closed; those it refuses are open again."""
    if not search.waiting:
        return
    masks = masks_of(search.network.space, np.stack([w.allowed for w, _, _ in search.waiting]))
    classes = [klass for _, klass, _ in search.waiting]
    proved, _ = kernel.constant(search.checker, [Cell(m) for m in masks], classes)
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
