"""What the kernel has established so far, leaf by leaf of the tree. Trusted, as part of it."""

from __future__ import annotations

import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked
from verifier.kernel.known import Classes, Known, Solvers
from verifier.kernel.points import blocks
from verifier.kernel.prepared import no_poll
from verifier.kernel.solvers import is_trusted
from verifier.kernel.sweep import Points, counted_over, groups, least
from verifier.kernel.tally import ALL_TOGETHER, Noted, Place, Tally, first, may_be_first
from verifier.model import verdict as v
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Point
from verifier.model.overlay import BoundTree, overlay
from verifier.model.sample import Left

if TYPE_CHECKING:
    from verifier.kernel.helpers import Desk

RUNNING = 8
"""Chunks of points under way in the threads."""
TOGETHER, GROUPS = 1 << 18, 64
"""Points, and groups of them, that a thread goes through at a time."""
WORTH = 1 << 10
"""Points that a leaf of a tree has on average where its part of a cell is swept by itself."""
EVERY = sys.maxsize
"""Cells that are not decided are kept, however many there are."""
PARTS = 30
"""Bits for the number of a part of a cell."""


@dataclass
class Ledger:
    """What has been established so far.

    ``leaves`` holds points, weight, and how much of both makes the question true, by the leaf of
    the tree (where the question names exactly one), what is known and who must be right.
    ``tail`` are the least and the greatest weight in cells of Tail steps, for the solvers in
    ``trust``, then the same for all solvers.
    ``waiting`` (points, with their cells' numbers), ``sweeping`` (parts) and ``running`` (both) are
    of cells that were shared out but are not evaluated yet. ``step`` numbers the cell that is
    entered; ``found`` are the counterexamples given, ``noted`` the first true points beside these.
    With ``lenient`` a step that is ``refused`` counts as open. ``evaluated`` counts the
    counterexamples that were. ``left`` are the cells that are not decided in all of their parts,
    which a sample needs; each takes some memory, so where there are more than the ledger ``keeps``
    it has none of them.
    At the ``desk`` other processes look at Sandwiches.
    """

    asked: Asked
    pool: Executor
    lenient: bool = False
    trust: frozenset[str] = frozenset()
    leaves: dict[int, dict[tuple[v.Status, Solvers], list[int]]] = field(default_factory=dict)
    found: dict[Point, Classes] = field(default_factory=dict)
    cells: Counter[str] = field(default_factory=Counter)
    trusted: Counter[str] = field(default_factory=Counter)
    tail: list[Fraction] = field(default_factory=lambda: [Fraction(0)] * 4)
    not_shown: list[int] = field(default_factory=lambda: [0, 0])
    waiting: list[tuple[Ints, int]] = field(default_factory=list)
    queued: int = 0
    sweeping: list[Place] = field(default_factory=list)
    swept: int = 0
    running: deque[Future[Tally]] = field(default_factory=deque)
    noted: list[Noted] = field(default_factory=list)
    step: int = 0
    points: int = 0
    upheld: int = 0
    largest: int = 0
    refused: list[int] = field(default_factory=list)
    complaint: str = ""
    evaluated: int = 0
    left: list[Left] = field(default_factory=list)
    keeps: int = EVERY
    desk: Desk | None = None

    @property
    def pending(self) -> bool:
        """Whether something is waiting or running."""
        return bool(self.waiting or self.sweeping or self.running)

    def copy(self) -> Ledger:
        """The same, which later changes do not reach; nothing may be waiting or running."""
        assert not self.pending
        return replace(
            self,
            leaves={
                leaf: {status: list(amounts) for status, amounts in by.items()}
                for leaf, by in self.leaves.items()
            },
            found=dict(self.found),
            noted=list(self.noted),
            cells=Counter(self.cells),
            trusted=Counter(self.trusted),
            tail=list(self.tail),
            not_shown=list(self.not_shown),
            waiting=[],
            sweeping=[],
            running=deque(),
            refused=list(self.refused),
            left=list(self.left),
        )

    def measure(self, part: Cell, leaf: int | None) -> tuple[int, int]:
        """The points and the weight of a cell in a leaf of the domain's tree (None: no tree)."""
        domain, size = self.asked.domain, part.size
        if domain.uniform:
            return size, size * (domain.total_weight // domain.size)
        return size, domain.weight_within(part, leaf)

    def count(self, kind: str, steps: int = 1) -> None:
        """Count some Steps of a kind."""
        if steps:
            self.cells[kind] += steps

    def is_impossible(self, cell: Cell) -> bool:
        """Whether a cell has no point of the domain."""
        return next(self.asked.possible_parts(cell), None) is None

    def places(self, cell: Cell, known: Known | None = None) -> Iterator[Place]:
        """The possible parts of a cell on which trees answer the same. Trees that do not matter,
        given what is ``known``, are not laid over parts."""
        for part, leaf in self.asked.possible_parts(cell):
            if len(self.asked.trees) == 1:
                yield from self._laid(part, leaf)
            else:
                yield from self._cut(part, leaf, [*self.asked.trees], (), known)

    def _laid(self, part: Cell, leaf: int | None, number: int = 0) -> Iterator[Place]:
        """The same of a part, and the only tree."""
        ((model, tree),) = self.asked.trees.items()
        for own, node in overlay(tree, part, spend=self.asked.spend):
            self._charge()
            yield Place(own, leaf, node, ((model, _class_at(tree, node)),), number)

    def _cut(
        self,
        part: Cell,
        leaf: int | None,
        trees: list[int],
        classes: tuple[tuple[int, int], ...],
        known: Known | None,
    ) -> Iterator[Place]:
        """The same of a part, of which some trees' classes are found."""
        if not trees or (known is not None and self._is_settled(known, classes)):
            self._charge()
            yield Place(part, leaf, ALL_TOGETHER, classes)
            return
        model, *rest = trees
        tree = self.asked.trees[model]
        for own, node in overlay(tree, part, spend=self.asked.spend):
            more = (*classes, (model, _class_at(tree, node)))
            yield from self._cut(own, leaf, rest, more, known)

    def _is_settled(self, known: Known, trees: tuple[tuple[int, int], ...]) -> bool:
        """Whether more trees change nothing: neither what is proved, nor whether it is steady."""
        base = known.views[0][2]
        return all(self.truth(x, trees) is not None for x in dict.fromkeys((base, known.steady)))

    def _charge(self) -> None:
        self.asked.poll()
        self.asked.spend(self.asked.part_cost)

    def truth(self, classes: Classes, trees: tuple[tuple[int, int], ...]) -> bool | None:
        """Whether the question's formula is true of networks' and trees' classes."""
        held = list(classes)
        for model, klass in trees:
            held[model] = klass
        return self.asked.truth(tuple(held))

    def doubt(self, size: int, weight: int) -> None:
        """Points for which float32 is not shown to give the same class."""
        self.not_shown[0] += size
        self.not_shown[1] += weight

    def share(
        self, key: int, status: v.Status, amounts: Sequence[int], solvers: Solvers = ()
    ) -> None:
        """Add points, weight, and how much of both makes the question true, to a leaf."""
        held = self.leaves.setdefault(key, {}).setdefault((status, solvers), [0, 0, 0, 0])
        for i, amount in enumerate(amounts):
            held[i] += amount

    def add(self, cell: Cell, known: Known, *, doubted: bool = False) -> bool:
        """A cell of which something is known; whether it has any point.

        ``doubted``: its points that are not shown for float32 were counted already.
        """
        found = {
            self.add_place(place, known, doubted=doubted) for place in self.places(cell, known)
        }
        if found - {v.Status.PROVED}:
            self.leave(Left(cell, known.views[0][2]))
        return bool(found)

    def leave(self, *cells: Left) -> None:
        """Keep cells that are not decided."""
        if self.keeps:
            self.left += cells
        if len(self.left) > self.keeps:
            self.left, self.keeps = [], 0

    def add_place(self, place: Place, known: Known, *, doubted: bool = False) -> v.Status:
        """The same of one part; returns by what it is decided."""
        size, weight = self.measure(place.part, place.leaf)
        status, true = self.add_amounts(
            place.key, place.trees, known, size, weight, doubted=doubted
        )
        if true and status is v.Status.PROVED:
            self._note_some(place, known.views[0][2])
        return status

    def add_amounts(
        self,
        key: int,
        trees: tuple[tuple[int, int], ...],
        known: Known,
        size: int,
        weight: int,
        *,
        doubted: bool = False,
    ) -> tuple[v.Status, bool]:
        """The same of so many points in a leaf; whether the question is true there, too."""
        status, solvers, true = self.decided(known, trees)
        if not doubted and not self._is_steady(known, status, trees):
            self.doubt(size, weight)
        self.share(key, status, (size, weight, size * true, weight * true), solvers)
        return status, true

    def _is_steady(
        self, known: Known, status: v.Status, trees: tuple[tuple[int, int], ...]
    ) -> bool:
        """Whether float32 is shown to decide the question on a part, decided by ``status``."""
        if known.steady == known.views[0][2]:
            return status is v.Status.PROVED
        return self.truth(known.steady, trees) is not None

    def decided(
        self, known: Known, trees: tuple[tuple[int, int], ...]
    ) -> tuple[v.Status, Solvers, bool]:
        """By what the question is decided on a part of a cell, if it is, and whether it is true."""
        for status, solvers, classes in known.views:
            true = self.truth(classes, trees)
            if true is not None:
                return status, solvers, true
        return v.Status.OPEN, (), False

    def notes(self, number: int, point: Point = ()) -> bool:
        """Whether points of a numbered part, from this one on, may be among those that are kept."""
        return len(self.found) < v.SHOWN and may_be_first(self.noted, number, point)

    def _note_some(self, place: Place, classes: Classes) -> None:
        """Keep points of a part where the question is true, with all models' classes."""
        number = self._number(0)
        if not self.notes(number, place.part.first_point()):
            return
        held = list(classes)
        for model, klass in place.trees:
            held[model] = klass
        points = [place.part.point_at(i) for i in range(min(v.SHOWN, place.part.size))]
        every: list[Classes] = [tuple(held)] * len(points)
        if any(klass is None or klass < 0 for klass in held):
            every, _ = self.asked.exact_classes(points)
        self.note((number, *pair) for pair in zip(points, every, strict=True))

    def note(self, some: Iterable[Noted]) -> None:
        """Keep points where the question is true, if they are among the first."""
        self.noted = first([*self.noted, *some])

    def shown(self) -> dict[Point, Classes]:
        """The counterexamples given and, up to SHOWN together, the first of others."""
        held = dict(self.found)
        for _, point, classes in self.noted:
            if len(held) < v.SHOWN:
                held[point] = classes
        return held

    def _number(self, part: int) -> int:
        """The number of a part of the cell that is entered."""
        return self.number(self.step, part)

    @staticmethod
    def number(step: int, part: int = 0) -> int:
        """The number of a part of a cell: larger for later cells and parts."""
        return (step << PARTS) + part

    def enumerate(self, cell: Cell) -> None:
        """Queue a cell whose points are all to be evaluated."""
        asked = self.asked
        for i, (part, leaf) in enumerate(asked.possible_parts(cell)):
            number = self._number(i)
            asked.spend(part.size * asked.point_cost)
            whole = [Place(part, leaf, ALL_TOGETHER, (), number)]
            pieces = whole
            if len(asked.trees) == 1:
                pieces = [*self._laid(part, leaf, number)]
            else:
                self._charge()
            for own in pieces:
                amounts = (*self.measure(own.part, leaf), 0, 0)
                self.share(own.key, v.Status.ENUMERATED, amounts)
            # leaves of few points are looked up point by point
            for piece in pieces if part.size >= WORTH * len(pieces) else whole:
                self._queue(piece)

    def _queue(self, piece: Place) -> None:
        """Queue a part of a cell: in groups where it is large, else with others' points."""
        swept = bool(self.asked.nets) != bool(self.asked.forests)  # not both: points then
        if swept and piece.part.size >= least(self.asked):
            for group in groups(self.asked, piece):
                self.sweeping.append(group)
                self.swept += group.part.size
                if self.swept >= TOGETHER or len(self.sweeping) >= GROUPS:
                    self._submit(self.sweeping)
                    self.sweeping, self.swept = [], 0
                    self._collect(RUNNING)
            return
        for block in blocks(piece.part, self.asked.chunk):
            self.waiting.append((block, piece.number))
            self.queued += len(block)
            if self.queued >= self.asked.chunk:
                self.evaluate_waiting(RUNNING)

    def evaluate_waiting(self, most: int = 0) -> None:
        """Have what waits evaluated; then at most ``most`` pieces of work are under way."""
        if self.waiting:
            points = np.concatenate([block for block, _ in self.waiting])
            numbers = np.repeat([x for _, x in self.waiting], [len(x) for x, _ in self.waiting])
            self._submit(Points(points, numbers))
            self.waiting.clear()
            self.queued = 0
        if self.sweeping:
            self._submit(self.sweeping)
            self.sweeping, self.swept = [], 0
        self._collect(most)

    def _submit(self, what: Sequence[Place] | Points) -> None:
        future = None if self.desk is None else self.desk.count(self, what)
        self.running.append(future or self.pool.submit(counted_over, self.asked, what))

    def _collect(self, most: int) -> None:
        """Enter what was counted, in order, until at most ``most`` pieces of work are left."""
        while len(self.running) > most:
            found = self.asked.wait(self.running.popleft())
            self.points += found.points
            self.largest = max(self.largest, found.largest)
            self.doubt(*found.doubted)
            for key, (count, weight) in found.true.items():
                self.share(key, v.Status.ENUMERATED, (0, 0, count, weight))
            self.note(found.noted)

    def add_tail(self, cell: Cell, known: Known, bound: Fraction) -> None:
        """A cell in one leaf of the domain's tree where the networks' classes are probably known.

        ``bound`` is at least the probability, within the cell, that what is known is wrong, given
        that the solvers named are right.
        """
        views = [known.views[0][2], known.views[0][2]]  # for the solvers trusted, and for all
        for _, solvers, classes in known.views[1:]:
            views[1] = classes
            if all(is_trusted(solver, self.trust) for solver in solvers):
                views[0] = classes
        here, true, open_ = 0, [0, 0], [0, 0]
        for place in self.places(cell, known):
            size, weight = self.measure(place.part, place.leaf)
            self.share(place.key, v.Status.TAIL, (size, weight, 0, 0))
            self.doubt(size, weight)
            here += weight
            for i, classes in enumerate(views):
                found = self.truth(classes, place.trees)
                true[i] += weight * (found is True)
                open_[i] += weight * (found is None)
        for i in (0, 1):
            slack = bound * here
            self.tail[2 * i] += max(Fraction(0), true[i] - slack)
            self.tail[2 * i + 1] += min(Fraction(here), true[i] + open_[i] + slack)

    def everything(self) -> dict[int, tuple[int, int]]:
        """The points and the weight of all leaves of the only tree. It is not stopped: nothing
        stands before it."""
        asked = replace(self.asked, poll=no_poll)
        whole: dict[int, tuple[int, int]] = {}
        for place in replace(self, asked=asked).places(full_cell(asked.domain)):
            size, weight = self.measure(place.part, place.leaf)
            held = whole.get(place.key, (0, 0))
            whole[place.key] = held[0] + size, held[1] + weight
        return whole


def _class_at(tree: BoundTree, leaf: int) -> int:
    klass = tree.nodes[leaf]
    assert isinstance(klass, int)
    return klass
