"""Counting over all points of large cells: rule 6 of docs/soundness.md, at full speed. Trusted.

A cell is cut into groups; over each the networks are folded (``folding``), and its points are gone
through in blocks: products of some variables' values, on which what the first layers take from
these variables is added up once. Where float64 decides too little, points are evaluated one by one.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked
from verifier.kernel.axes import Axes, axes
from verifier.kernel.folding import run
from verifier.kernel.over import Over, block_size, decided
from verifier.kernel.plain import Reals
from verifier.kernel.points import blocks
from verifier.kernel.prepared import BENDS, NUMBERS
from verifier.kernel.tally import Place, Tally, noted, tally_points, weight
from verifier.kernel.truths import TRUE, truths
from verifier.kernel.weights import Limbs, limbs
from verifier.model import verdict as v
from verifier.model.cell import Cell
from verifier.model.domain import Point
from verifier.model.limits import PYTHON
from verifier.model.overlay import leaves_of_points
from verifier.model.part import Part, ranged, size, values

Bools = npt.NDArray[np.bool_]
GROUP, LARGE, FEW = 1 << 16, 1 << 20, 128
"""Most points of a group; and of one where the networks have so few neurons that folding over less
saves nothing."""
LEAST = 1 << 9
"""Cells of fewer points are evaluated together with others, point by point."""
REFINED = 1 << 14
"""Points from which on the nodes are bounded by linear relaxation before networks are folded."""
ROW, LONG = 1 << 7, 16
"""Most points of a block whose weights are listed; those of others are the same, times a factor.
Where there are LONG blocks, so many more."""
MUCH = 32
"""Where single precision leaves more than one in so many points, double precision is tried."""
TABLE = 1 << 10
"""Most combinations of networks' classes that the formula's truth is listed for."""


def least(asked: Asked) -> int:
    """Points from which on a cell is swept: more of wide networks, as it has to be folded."""
    widest = max((max(net.p.teacher.widths) for net in asked.nets.values()), default=1)
    return max(LEAST, 8 * widest)


def group_size(asked: Asked) -> int:
    """Most points of a group."""
    nets = [net.p.teacher for net in asked.nets.values()]
    layers = [own for x in nets for own in zip(x.layers, x.widths[1:], strict=True)]
    neurons = sum(width for layer, width in layers if isinstance(layer, BENDS))
    return LARGE if neurons <= FEW else GROUP


def groups(asked: Asked, place: Place) -> Iterator[Place]:
    """A place cut into parts, along the variables that change most."""
    stack, most = [place.part], group_size(asked)
    while stack:
        cell = stack.pop()
        if cell.size <= most:
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
    """Memory that is used again from one block to the next.

    ``single`` says whether blocks are gone through in single precision: None if that is not known.
    """

    def __init__(self) -> None:
        self.held: dict[tuple[int, str, type], Reals] = {}
        self.single: bool | None = None

    def take(self, model: int, use: str, rows: int, count: int, kind: type) -> Reals:
        """An array of that shape, which may hold anything."""
        held = self.held.get((model, use, kind))
        if held is None or held.size < rows * count:
            held = self.held[model, use, kind] = np.empty(rows * count, dtype=kind)
        return held[: rows * count].reshape(rows, count)


def sweep(asked: Asked, places: Sequence[Place]) -> Tally:
    """Count over groups; each network is folded over a few of them at a time."""
    found, near, scratch = Tally(), Near(), Scratch()
    if not asked.nets:
        for place in places:
            _pointwise(asked, place, found)
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
            _pointwise(asked, place, found)
    for points, own in near.chunks(asked.chunk):
        found.take(tally_points(asked, points, own))
    return found


def _pointwise(asked: Asked, place: Place, found: Tally) -> None:
    """Count over a part, point by point."""
    for block in blocks(place.part, asked.chunk):
        asked.poll()
        found.take(tally_points(asked, block, np.full(len(block), place.number)))


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

    @cached_property
    def firsts(self) -> list[Point]:
        """The first points of the blocks of all outer combinations."""
        every = np.arange(self.group.outer.count)
        return [tuple(x) for x in self.group.points(self.inner, every, 0 * every).tolist()]

    def points(self, chosen: Ints) -> Ints:
        """Some of the block's points, (N, variables)."""
        return self.group.points(self.inner, np.full(len(chosen), self.at), chosen)

    def weight(self, chosen: Bools, count: int) -> int:
        """The weight of the points that are chosen, of which there are so many."""
        if self.group.asked.domain.uniform or not count:
            return count * self.unit
        if self.weights is None:
            return weight(self.group.asked, self.points(np.flatnonzero(chosen)))
        return self.unit * self.weights.total(chosen)


@dataclass(frozen=True, eq=False)
class _Runs:
    """Networks ready for blocks: what the inner combinations add to the forms of the input, the
    constants by the outer ones, and room."""

    nets: Mapping[int, Over]
    bases: Mapping[int, Reals]
    shifts: Mapping[int, Reals]
    buffers: Mapping[int, Reals]
    single: bool

    def at(self, outer: int) -> tuple[dict[int, Ints], Bools]:
        """The classes in a block, and where one of them is not certain."""
        classes, near = dict[int, Ints](), np.zeros(0, dtype=bool)
        for m, x in self.nets.items():
            out = run(x.folded, self.bases[m], self.shifts[m][:, outer, None], self.buffers[m])
            classes[m], unsure = decided(out, x.far)
            near = near | unsure if near.size else unsure
        return classes, near


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
        if all(x.single for x in nets.values()):
            rows = -(-rows // 2)  # numbers of half the size
        self.outer, self.stretches = axes(place.part, block_size(rows))
        self.shifts: dict[tuple[int, type], Reals] = {}
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
        units = [asked.domain.total_weight // asked.domain.size] * self.outer.count
        if not uniform:
            units = [factor * w for w in self.outer.weights(asked.domain, leaf)]
        alone: list[Ints] = []
        for inner in self.stretches:
            held = None
            if not uniform:
                most = ROW if self.outer.count < LONG else LONG * ROW
                rows, row = (x.weights(asked.domain, leaf) for x in inner.cut(most))
                held = limbs(rows, row)
            block, runs = Block(self, inner, held), self._runs(inner, scratch)
            left: list[tuple[int, Ints]] = []
            for block.at, block.unit in enumerate(units):
                asked.poll()
                classes, near = runs.at(block.at)
                count = int(np.count_nonzero(near))
                if scratch.single is None and runs.single and MUCH * count > inner.count:
                    runs, classes, near = self._closer(runs, block, classes, near, scratch)
                    count = int(np.count_nonzero(near))
                if count:
                    left.append((block.at, np.flatnonzero(near)))
                self._count(block, classes, near, count)
            if left:
                at = np.repeat([i for i, _ in left], [len(own) for _, own in left])
                chosen = np.concatenate([own for _, own in left])
                alone.append(self.points(inner, at, chosen))
                self.near.add(alone[-1], self.place.number)
        if not self.firm:
            sure = asked.domain.weight_within(self.place.part, leaf)
            sure -= sum(weight(asked, points) for points in alone)
            self.found.doubt(self.place.part.size - sum(map(len, alone)), sure)

    def points(self, inner: Axes, at: Ints, chosen: Ints) -> Ints:
        """Points of the group, (N, variables): by their combinations of both kinds of variables."""
        points = np.zeros((len(chosen), len(self.place.part.parts)), dtype=np.int64)
        self.outer.put(points, at)
        inner.put(points, chosen)
        return points

    def _runs(self, inner: Axes, scratch: Scratch) -> _Runs:
        """The networks, ready for the blocks of a stretch: in single precision, if all are."""
        light = {m: x.single for m, x in self.nets.items() if x.single is not None}
        single = scratch.single is not False and len(light) == len(self.nets)
        nets = light if single else self.nets
        bases, shifts, buffers = {}, {}, {}
        for m, x in nets.items():
            tables, every, kind = len(x.folded.inputs), len(x.folded.shift), x.folded.precision.kind
            bases[m] = x.table(inner, scratch.take(m, "base", tables, inner.count, kind))
            buffers[m] = scratch.take(m, "buffer", every, inner.count, kind)
            if (m, kind) not in self.shifts:  # the same for all stretches
                self.shifts[m, kind] = x.shifts(self.outer)
            shifts[m] = self.shifts[m, kind]
        return _Runs(nets, bases, shifts, buffers, single)

    def _closer(
        self, runs: _Runs, block: Block, classes: dict[int, Ints], near: Bools, scratch: Scratch
    ) -> tuple[_Runs, dict[int, Ints], Bools]:
        """A block again in double precision, which stays where that decides much more."""
        scratch.single = False
        again = self._runs(block.inner, scratch)
        found = again.at(block.at)
        if 2 * found[1].sum() < near.sum():
            return again, *found
        scratch.single = True
        return runs, classes, near

    def _count(self, block: Block, classes: dict[int, Ints], near: Bools, left: int) -> None:
        """Count in a block, but for the points that are ``near``, of which so many are left."""
        self.found.points += block.inner.count - left
        keys: Ints | None = None
        if self.truth is not None:
            first, *others = classes.values()
            code = np.ravel_multi_index((first, *others), self.shape) if others else first
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
        if self.notes and self.found.would_note(self.place.number, block.firsts[block.at]):
            self._note(block, np.flatnonzero(true)[: v.SHOWN], classes)

    def _note(self, block: Block, at: Ints, classes: dict[int, Ints]) -> None:
        """Keep some true points."""
        points = block.points(at)
        every = {m: own[at] for m, own in classes.items()}
        every |= {m: np.full(len(at), klass) for m, klass in self.fixed.items()}
        every |= {m: t.classes[leaves_of_points(t, points)] for m, t in self.trees.items()}
        numbers = np.full(len(at), self.place.number)
        self.found.note(noted(numbers, points, every, np.arange(len(at))))
