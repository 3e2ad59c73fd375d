"""What the kernel has established so far, leaf by leaf of the tree. Trusted, as part of it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked, evaluate_all
from verifier.kernel.known import Classes, Known, Solvers
from verifier.kernel.points import blocks
from verifier.kernel.prepared import no_poll
from verifier.kernel.solvers import is_trusted
from verifier.kernel.truths import TRUE, truths
from verifier.model import verdict as v
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Point
from verifier.model.limits import PYTHON
from verifier.model.overlay import BoundTree, leaves_of_points, overlay

RUNNING = 8
"""Chunks of points under way in the threads."""
Evaluated = tuple[dict[int, Ints], npt.NDArray[np.bool_], int]
ALL_TOGETHER = 0
"""What everything counts under where the question does not name exactly one tree."""


class Place(NamedTuple):
    """A part of a cell, in one leaf of the domain's tree (None: no tree), and of the trees.

    ``key`` is the leaf that it counts under, ``trees`` the classes of the trees, by model; those
    that do not matter any more are left out.
    """

    part: Cell
    leaf: int | None
    key: int
    trees: tuple[tuple[int, int], ...]


@dataclass
class Ledger:
    """What has been established so far.

    ``leaves`` holds points, weight, and how much of both makes the question true, by the leaf of
    the tree (where the question names exactly one), what is known and who must be right.
    ``tail`` are the least and the greatest weight in cells of Tail steps, for the solvers in
    ``trust``, then the same for all solvers.
    ``waiting`` and ``running`` are points of cells that were shared out but are not evaluated yet.
    With ``lenient`` a step that is ``refused`` counts as open. ``evaluated`` counts the
    counterexamples that were.
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
    waiting: list[Ints] = field(default_factory=list)
    queued: int = 0
    running: deque[tuple[Ints, Future[Evaluated]]] = field(default_factory=deque)
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
        """The possible parts of a cell on which trees answer the same.

        Trees that do not matter, given what is ``known``, are not laid over parts.
        """
        for part, leaf in self.asked.possible_parts(cell):
            if len(self.asked.trees) == 1:
                ((model, tree),) = self.asked.trees.items()
                for own, node in overlay(tree, part, spend=self.asked.spend):
                    self._charge()
                    yield Place(own, leaf, node, ((model, _class_at(tree, node)),))
            else:
                yield from self._cut(part, leaf, [*self.asked.trees], (), known)

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
        some = False
        for place in self.places(cell, known):
            some = True
            self.add_place(place, known, doubted=doubted)
        return some

    def add_place(self, place: Place, known: Known, *, doubted: bool = False) -> None:
        """The same of one part."""
        size, weight = self.measure(place.part, place.leaf)
        status, solvers, true = self._decided(known, place.trees)
        if not doubted and not self._is_steady(known, status, place.trees):
            self.doubt(size, weight)
        self.share(place.key, status, (size, weight, size * true, weight * true), solvers)
        if true and status is v.Status.PROVED and len(self.found) < v.SHOWN:
            self._note_some(place, known.views[0][2])

    def _is_steady(
        self, known: Known, status: v.Status, trees: tuple[tuple[int, int], ...]
    ) -> bool:
        """Whether float32 is shown to decide the question on a part, decided by ``status``."""
        if known.steady == known.views[0][2]:
            return status is v.Status.PROVED
        return self.truth(known.steady, trees) is not None

    def _decided(
        self, known: Known, trees: tuple[tuple[int, int], ...]
    ) -> tuple[v.Status, Solvers, bool]:
        """By what the question is decided on a part of a cell, if it is, and whether it is true."""
        for status, solvers, classes in known.views:
            true = self.truth(classes, trees)
            if true is not None:
                return status, solvers, true
        return v.Status.OPEN, (), False

    def _note_some(self, place: Place, classes: Classes) -> None:
        """Keep points of a part where the question is true, with all models' classes."""
        held = list(classes)
        for model, klass in place.trees:
            held[model] = klass
        points = [place.part.point_at(i) for i in range(min(v.SHOWN, place.part.size))]
        every: list[Classes] = [tuple(held)] * len(points)
        if None in held:
            self.asked.spend(len(points) * self.asked.exact_cost)
            every, _ = self.asked.exact_classes(points)
        for point, own in zip(points, every, strict=True):
            self.note(point, own)

    def note(self, point: Point, classes: Classes) -> None:
        """Keep a counterexample if fewer than SHOWN are held."""
        if len(self.found) < v.SHOWN:
            self.found[point] = classes

    def enumerate(self, cell: Cell) -> None:
        """Queue a cell whose points are all to be evaluated."""
        for part, leaf in self.asked.possible_parts(cell):
            self.asked.spend(part.size * self.asked.point_cost)
            if len(self.asked.trees) == 1:
                ((_, tree),) = self.asked.trees.items()
                for own, node in overlay(tree, part, spend=self.asked.spend):
                    self._charge()
                    amounts = (*self.measure(own, leaf), 0, 0)
                    self.share(node, v.Status.ENUMERATED, amounts)
            else:
                self._charge()
                amounts = (*self.measure(part, leaf), 0, 0)
                self.share(ALL_TOGETHER, v.Status.ENUMERATED, amounts)
            for block in blocks(part, self.asked.chunk):
                self.waiting.append(block)
                self.queued += len(block)
                if self.queued >= self.asked.chunk:
                    self.evaluate_waiting(RUNNING)

    def evaluate_waiting(self, most: int = 0) -> None:
        """Have the points that wait evaluated; then at most ``most`` chunks are under way."""
        if self.waiting:
            chunk = np.concatenate(self.waiting)
            self.waiting.clear()
            self.queued = 0
            self.running.append((chunk, self.pool.submit(evaluate_all, self.asked, chunk)))
        while len(self.running) > most:
            chunk, found = self.running.popleft()
            classes, steady, largest = found.result()
            self._compare(chunk, classes, steady)
            self.largest = max(self.largest, largest)

    def _compare(
        self, block: Ints, classes: dict[int, Ints], steady: npt.NDArray[np.bool_]
    ) -> None:
        """Count the points where the question is true, of which the networks' classes are given."""
        keys = np.full(len(block), ALL_TOGETHER)
        every = dict(classes)
        for model, tree in self.asked.trees.items():
            leaves = leaves_of_points(tree, block)
            every[model] = tree.classes[leaves]
            if len(self.asked.trees) == 1:
                keys = leaves
        self.points += len(block)
        self.asked.spend(8 * PYTHON * self.asked.atoms)
        wrong = np.flatnonzero(truths(self.asked.question, every, len(block)) == TRUE)
        self.doubt(int((~steady).sum()), self.weights(block[~steady]))
        for key in np.unique(keys[wrong]).tolist():
            at = wrong[keys[wrong] == key]
            amounts = (0, 0, len(at), self.weights(block[at]))
            self.share(key, v.Status.ENUMERATED, amounts)
        for i in wrong[: v.SHOWN].tolist():
            own = tuple(int(every[model][i]) for model in range(len(self.asked.names)))
            self.note(tuple(block[i].tolist()), own)

    def weights(self, points: Ints) -> int:
        """The weight of some points together."""
        domain = self.asked.domain
        if domain.uniform:
            return len(points) * (domain.total_weight // domain.size)
        self.asked.spend(len(points) * (PYTHON + self.asked.part_cost))
        return sum(domain.weight(tuple(row)) for row in points.tolist())

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
        """The points and the weight of all leaves of the only tree.

        It is not stopped: nothing stands before it.
        """
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
