"""What the kernel has established so far, leaf by leaf of the tree. Trusted, as part of it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import islice

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.points import blocks, chunk_of, evaluate
from verifier.kernel.prepared import Prepared
from verifier.model import verdict as v
from verifier.model.cell import Cell, cell_weight
from verifier.model.domain import Point
from verifier.model.limits import PYTHON
from verifier.model.proof import Tail
from verifier.model.tree import BoundTree, leaves_of_points, overlay

RUNNING = 8
"""Chunks of points under way in the threads."""


@dataclass
class Ledger:
    """What has been established so far.

    ``waiting`` and ``running`` are points of cells that were shared out but are not evaluated yet.
    With ``lenient`` a step that is ``refused`` counts as open. ``evaluated`` counts the
    counterexamples that were.
    """

    p: Prepared
    tree: BoundTree
    pool: Executor
    lenient: bool = False
    leaves: dict[int, dict[tuple[v.Status, str], list[int]]] = field(default_factory=dict)
    found: dict[Point, tuple[int, int]] = field(default_factory=dict)
    cells: Counter[str] = field(default_factory=Counter)
    trusted: Counter[str] = field(default_factory=Counter)
    tail: list[Fraction] = field(default_factory=lambda: [Fraction(0), Fraction(0)])
    not_shown: list[int] = field(default_factory=lambda: [0, 0])
    waiting: list[Ints] = field(default_factory=list)
    queued: int = 0
    running: deque[tuple[Ints, Future[tuple[Ints, npt.NDArray[np.bool_], int]]]] = field(
        default_factory=deque
    )
    points: int = 0
    upheld: int = 0
    largest: int = 0
    refused: list[int] = field(default_factory=list)
    complaint: str = ""
    evaluated: int = 0

    def copy(self) -> Ledger:
        """The same, which later changes do not reach; nothing may be waiting or running."""
        assert not self.waiting and not self.running
        return replace(
            self,
            leaves={
                leaf: {status: list(amounts) for status, amounts in by.items()}
                for leaf, by in self.leaves.items()
            },
            found=dict(self.found),
            cells=Counter(self.cells),
            trusted=Counter(self.trusted),
            tail=list(self.tail),
            not_shown=list(self.not_shown),
            waiting=[],
            running=deque(),
            refused=list(self.refused),
        )

    def measure(self, cell: Cell) -> tuple[int, int]:
        """The cell's points and weight."""
        domain, size = self.p.domain, cell.size
        if domain.uniform:
            return size, size * (domain.total_weight // domain.size)
        return size, cell_weight(domain, cell)

    def parts(self, cell: Cell) -> Iterator[tuple[Cell, int]]:
        """The tree's leaves inside a cell, each with its part."""
        for part in overlay(self.tree, cell, spend=self.p.spend):
            self.p.poll()
            self.p.spend(self.p.part_cost)
            yield part

    def doubt(self, size: int, weight: int) -> None:
        """Points for which float32 is not shown to give the same class."""
        self.not_shown[0] += size
        self.not_shown[1] += weight

    def share(self, leaf: int, status: v.Status, amounts: Sequence[int], solver: str = "") -> None:
        """Add points, weight, and how much of both disagrees, to a leaf."""
        held = self.leaves.setdefault(leaf, {}).setdefault((status, solver), [0, 0, 0, 0])
        for i, amount in enumerate(amounts):
            held[i] += amount

    def add(
        self, cell: Cell, status: v.Status, klass: int | None, *, steady: bool, solver: str = ""
    ) -> None:
        """A cell where the teacher has class ``klass`` (None: nothing is known)."""
        for part, leaf in self.parts(cell):
            size, weight = self.measure(part)
            if not steady:
                self.doubt(size, weight)
            differs = klass is not None and self.tree.nodes[leaf] != klass
            self.share(leaf, status, (size, weight, size * differs, weight * differs), solver)
            if differs and status is v.Status.PROVED and len(self.found) < v.SHOWN:
                assert klass is not None
                for point in islice(part.points(), v.SHOWN):
                    self.note(point, klass, int(self.tree.classes[leaf]))

    def note(self, point: Point, ours: int, theirs: int) -> None:
        """Keep a counterexample if fewer than SHOWN are held."""
        if len(self.found) < v.SHOWN:
            self.found[point] = ours, theirs

    def enumerate(self, cell: Cell) -> None:
        """Queue a cell whose points are all to be evaluated."""
        self.p.spend(cell.size * self.p.point_cost)
        for part, leaf in self.parts(cell):
            self.share(leaf, v.Status.ENUMERATED, (*self.measure(part), 0, 0))
        most = chunk_of(self.p)
        for block in blocks(cell, most):
            self.waiting.append(block)
            self.queued += len(block)
            if self.queued >= most:
                self.evaluate_waiting(RUNNING)

    def evaluate_waiting(self, most: int = 0) -> None:
        """Have the points that wait evaluated; then at most ``most`` chunks are under way."""
        if self.waiting:
            chunk = np.concatenate(self.waiting)
            self.waiting.clear()
            self.queued = 0
            self.running.append((chunk, self.pool.submit(evaluate, self.p, chunk)))
        while len(self.running) > most:
            chunk, found = self.running.popleft()
            classes, steady, largest = found.result()
            self._compare(chunk, classes, steady)
            self.largest = max(self.largest, largest)

    def _compare(self, block: Ints, classes: Ints, steady: npt.NDArray[np.bool_]) -> None:
        """Compare the teacher's classes at some points with the tree's."""
        leaves = leaves_of_points(self.tree, block)
        self.points += len(block)
        wrong = np.flatnonzero(self.tree.classes[leaves] != classes)
        self.doubt(int((~steady).sum()), self.weights(block[~steady]))
        for leaf in np.unique(leaves[wrong]).tolist():
            at = wrong[leaves[wrong] == leaf]
            amounts = (0, 0, len(at), self.weights(block[at]))
            self.share(leaf, v.Status.ENUMERATED, amounts)
        for i in wrong[: v.SHOWN].tolist():
            point = tuple(block[i].tolist())
            self.note(point, int(classes[i]), int(self.tree.classes[leaves[i]]))

    def weights(self, points: Ints) -> int:
        """The weight of some points together."""
        domain = self.p.domain
        if domain.uniform:
            return len(points) * (domain.total_weight // domain.size)
        self.p.spend(len(points) * (PYTHON + self.p.part_cost))
        return sum(domain.weight(tuple(row)) for row in points.tolist())

    def add_tail(self, cell: Cell, step: Tail) -> None:
        """A cell where P[teacher != klass | cell] is bounded."""
        size, here = self.measure(cell)
        other = 0
        for part, leaf in self.parts(cell):
            points, weight = self.measure(part)
            self.share(leaf, v.Status.TAIL, (points, weight, 0, 0))
            other += weight * (self.tree.nodes[leaf] != step.klass)
        slack = step.bound * here
        self.tail[0] += max(Fraction(0), other - slack)
        self.tail[1] += min(slack, Fraction(here - other)) + other
        self.doubt(size, here)
