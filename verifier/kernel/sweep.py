"""Counting over all points of large cells: rule 6 of docs/soundness.md, at full speed. Trusted.

A cell is cut into groups; over each the networks are folded (``folding``), and its points are gone
through in blocks: products of some variables' values, on which what the first layers take from
these variables is added up once. Where float64 decides too little, points are evaluated one by one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked
from verifier.kernel.axes import Axes, axes
from verifier.kernel.folding import run
from verifier.kernel.over import Over, block_size, decided
from verifier.kernel.plain import Floats
from verifier.kernel.points import blocks
from verifier.kernel.prepared import NUMBERS
from verifier.kernel.tally import Place, Tally, noted, tally_cell, tally_points, weight
from verifier.kernel.truths import TRUE, truths
from verifier.kernel.weights import Limbs, limbs
from verifier.model import verdict as v
from verifier.model.cell import Cell
from verifier.model.limits import PYTHON
from verifier.model.overlay import leaves_of_points
from verifier.model.part import Part, ranged, size, values

Bools = npt.NDArray[np.bool_]
GROUP = 1 << 16
"""Most points of a group."""
LEAST = 1 << 9
"""Cells of fewer points are evaluated together with others, point by point."""
REFINED = 1 << 14
"""Points from which on the nodes are bounded by linear relaxation before networks are folded."""
ROW = 1 << 7
"""Most points of a block whose weights are listed; those of others are the same, times a factor."""
TABLE = 1 << 10
"""Most combinations of networks' classes that the formula's truth is listed for."""


def least(asked: Asked) -> int:
    """Points from which on a cell is swept: more of wide networks, as it has to be folded."""
    widest = max((max(net.p.teacher.widths) for net in asked.nets.values()), default=1)
    return max(LEAST, 8 * widest)


def groups(asked: Asked, place: Place) -> Iterator[Place]:
    """A place cut into parts of at most GROUP points, along the variables that change most."""
    stack = [place.part]
    while stack:
        cell = stack.pop()
        if cell.size <= GROUP:
            yield place._replace(part=cell)
            continue
        stack += reversed(cell.split(*halved(asked, cell)))


def halved(asked: Asked, cell: Cell) -> tuple[int, Part]:
    """The variable that changes most of the networks in a cell, and half of its values there."""
    pairs = zip(asked.spans, cell.parts, strict=True)
    each = [(size(part) > 1, span * (size(part) - 1)) for span, part in pairs]
    index = max(range(len(each)), key=each.__getitem__)
    part = cell.parts[index]
    if isinstance(part, range):
        return index, ranged(part.start, part.start + len(part) // 2)
    return index, part & ((1 << values(part)[part.bit_count() // 2]) - 1)


class Points(NamedTuple):
    """Points with the numbers of their cells, as ``tally_points`` takes them."""

    points: Ints
    numbers: Ints


def counted_over(asked: Asked, what: Sequence[Place] | Points) -> Tally:
    """What is counted of parts that are swept, or of points."""
    return tally_points(asked, *what) if isinstance(what, Points) else sweep(asked, what)


class Scratch:
    """Memory that is used again from one block to the next."""

    def __init__(self) -> None:
        self.held: dict[tuple[int, str], Floats] = {}

    def take(self, model: int, use: str, rows: int, count: int) -> Floats:
        """An array of that shape, which may hold anything."""
        held = self.held.get((model, use))
        if held is None or held.size < rows * count:
            held = self.held[model, use] = np.empty(rows * count)
        return held[: rows * count].reshape(rows, count)


def sweep(asked: Asked, places: Sequence[Place]) -> Tally:
    """Count over groups; each network is folded over a few of them at a time."""
    found, near, scratch = Tally(), Near(), Scratch()
    if not asked.nets:
        for place in places:
            found.take(tally_cell(asked, place))
        return found
    numbers = [4 * (sum(n.p.teacher.widths) + n.p.values) for n in asked.nets.values()]
    step = max(1, NUMBERS // max([64, *numbers]) // 64)
    for start in range(0, len(places), step):
        some = places[start : start + step]
        refine = max(x.part.size for x in some) >= REFINED
        every = [
            net.over([net.cell(x.part) for x in some], refine=refine) for net in asked.nets.values()
        ]
        for i, place in enumerate(some):
            nets = {m: held[i] for m, held in zip(asked.nets, every, strict=True)}
            held = {m: x for m, x in nets.items() if x is not None}
            if len(held) == len(nets):
                _Group(asked, place, held, found, near).count(scratch)
                continue
            for block in blocks(place.part, asked.chunk):
                found.take(tally_points(asked, block, np.full(len(block), place.number)))
    for points, own in near.chunks(asked.chunk):
        found.take(tally_points(asked, points, own))
    return found


@dataclass(eq=False)
class Near:
    """Points that a sweep did not decide, each with the number of its cell."""

    points: list[Ints] = field(default_factory=list)
    numbers: list[Ints] = field(default_factory=list)

    def add(self, points: Ints, number: int) -> None:
        """Keep points of a cell."""
        self.points.append(points)
        self.numbers.append(np.full(len(points), number))

    def chunks(self, most: int) -> Iterator[tuple[Ints, Ints]]:
        """All of them, so many at a time, ordered by cell and by value."""
        if self.points:
            points, numbers = np.concatenate(self.points), np.concatenate(self.numbers)
            order = np.lexsort((*points.T[::-1], numbers))
            for start in range(0, len(order), most):
                at = order[start : start + most]
                yield points[at], numbers[at]


@dataclass(eq=False)
class Block:
    """A block of points: ``outer`` combination number ``at``, and all of ``inner``.

    ``weights`` are those of the inner combinations (None: uniform, or too long), ``unit`` what each
    is to be multiplied by, or the weight of every point.
    """

    group: _Group
    inner: Axes
    weights: Limbs | None
    at: int = 0
    unit: int = 1

    def points(self, chosen: Ints) -> Ints:
        """Some of the block's points, (N, variables)."""
        points = np.zeros((len(chosen), len(self.group.place.part.parts)), dtype=np.int64)
        self.group.outer.put(points, np.full(len(chosen), self.at))
        self.inner.put(points, chosen)
        return points

    def weight(self, chosen: Bools, count: int) -> int:
        """The weight of the points that are chosen, of which there are so many."""
        if self.group.asked.domain.uniform or not count:
            return count * self.unit
        if self.weights is None:
            return weight(self.group.asked, self.points(np.flatnonzero(chosen)))
        return self.unit * self.weights.total(chosen)


class _Group:
    """The sweep of one group, block by block.

    What float64 does not decide goes to ``near``. ``truth`` says whether the formula is true, by
    the networks' classes (None: it is not listed, or trees are read at each point). ``notes`` says
    whether points of the group may be among the first true ones.
    """

    def __init__(
        self, asked: Asked, place: Place, nets: Mapping[int, Over], found: Tally, near: Near
    ) -> None:
        self.asked, self.place, self.nets, self.found, self.near = asked, place, nets, found, near
        self.fixed = dict(place.trees)
        self.trees = {m: t for m, t in asked.trees.items() if m not in self.fixed}
        self.firm = all(x.firm for x in nets.values())
        self.shape = tuple(asked.nets[m].p.teacher.classes for m in nets)
        self.notes = found.would_note(place.number, place.part.first_point())
        rows = max(len(x.folded.shift) for x in nets.values())
        self.outer, self.stretches = axes(place.part, block_size(rows))
        self.truth: Bools | None = None
        if not self.trees and math.prod(self.shape) <= TABLE:
            grid = np.indices(self.shape).reshape(len(self.shape), -1)
            self.truth = self._is_true(dict(zip(nets, grid, strict=True)))

    def _is_true(self, classes: dict[int, Ints]) -> Bools:
        """Whether the formula is true, by classes of networks and of trees that are not fixed."""
        count = len(next(iter(classes.values())))
        fixed = {m: np.full(count, klass) for m, klass in self.fixed.items()}
        found: Bools = truths(self.asked.question, {**classes, **fixed}, count) == TRUE
        return found

    def count(self, scratch: Scratch) -> None:
        """Count over the group."""
        asked, leaf = self.asked, self.place.leaf
        uniform, factor = asked.domain.uniform, asked.domain.factor(leaf)
        asked.spend(8 * PYTHON * asked.atoms + (0 if uniform else PYTHON * self.place.part.size))
        shifts = {m: x.shifts(self.outer) for m, x in self.nets.items()}
        units = [asked.domain.total_weight // asked.domain.size] * self.outer.count
        if not uniform:
            units = [factor * w for w in self.outer.weights(asked.domain, leaf)]
        for inner in self.stretches:
            held = None
            if not uniform:
                rows, row = (x.weights(asked.domain, leaf) for x in inner.cut(ROW))
                held = limbs(rows, row)
            block = Block(self, inner, held)
            bases, buffers = {}, {}
            for m, x in self.nets.items():
                tables, all_ = len(x.folded.inputs), len(x.folded.shift)
                bases[m] = x.table(inner, scratch.take(m, "base", tables, inner.count))
                buffers[m] = scratch.take(m, "buffer", all_, inner.count)
            for block.at, block.unit in enumerate(units):
                asked.poll()
                classes, near = {}, np.zeros(inner.count, dtype=bool)
                for m, x in self.nets.items():
                    out = run(x.folded, bases[m], shifts[m][:, block.at], buffers[m])
                    classes[m], unsure = decided(out, x.far)
                    near |= unsure
                self._count(block, classes, near)

    def _count(self, block: Block, classes: dict[int, Ints], near: Bools) -> None:
        """Count in a block, but for the points that are ``near``."""
        sure, left = block.inner.count, int(near.sum())
        if left:
            self.near.add(block.points(np.flatnonzero(near)), self.place.number)
            sure -= left
        self.found.points += sure
        if not self.firm:
            self.found.doubt(sure, block.weight(~near, sure))
        keys: Ints | None = None
        if self.truth is not None:
            code = np.ravel_multi_index(tuple(classes.values()), self.shape)
            true = self.truth[code]
        else:
            every = dict(classes)
            points = block.points(np.arange(block.inner.count)) if self.trees else None
            for m, tree in self.trees.items():
                assert points is not None
                keys = leaves_of_points(tree, points)
                every[m] = tree.classes[keys]
            true = self._is_true(every)
        if left:
            true &= ~near
        count = int(np.count_nonzero(true))
        if not count:
            return
        if keys is None or len(self.asked.trees) > 1:
            self.found.add(self.place.key, count, block.weight(true, count))
        else:
            for key in np.unique(keys[true]).tolist():
                own = true & (keys == key)
                some = int(np.count_nonzero(own))
                self.found.add(key, some, block.weight(own, some))
        if self.notes:
            self._note(block, np.flatnonzero(true)[: v.SHOWN], classes)

    def _note(self, block: Block, at: Ints, classes: dict[int, Ints]) -> None:
        """Keep some true points."""
        points = block.points(at)
        every = {m: own[at] for m, own in classes.items()}
        every |= {m: np.full(len(at), klass) for m, klass in self.fixed.items()}
        every |= {m: t.classes[leaves_of_points(t, points)] for m, t in self.trees.items()}
        numbers = np.full(len(at), self.place.number)
        self.found.note(noted(numbers, points, every, np.arange(len(at))))
