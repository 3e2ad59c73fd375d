"""The areas of an ensemble's leaves: of each tree, products of values that reach one leaf. Trusted.

Those of one tree are disjoint and cover the domain. So a point lies in one area of each tree: of
the areas that every one of its values leaves. And a cell of its variables reaches a leaf iff it
meets one of the leaf's areas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.prepared import MASK_BITS, NUMBERS, Parts, parts_of
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError
from verifier.model.limits import PYTHON
from verifier.model.overlay import BoundTree
from verifier.model.part import Part, ranged, within
from verifier.model.tree import bind_nodes

MOST_AREAS = 1 << 20
"""Most areas of all trees together."""
WORD, BLOCK = 64, 1 << 8
"""Bits of a word, of which areas have one each, and points that are looked at together."""
MOST_BITS = 1 << 30
"""Such bits of all rows, at most."""

Array = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Box = Mapping[int, Part]
"""What is left of some variables' values; of the others all are."""


@dataclass(frozen=True, slots=True)
class Area:
    """The values that reach a leaf ``node`` of a tree."""

    box: Box
    node: int


@dataclass(frozen=True, eq=False)
class Tested:
    """The parts of one variable that areas leave: masks (n,), or first and last of ranges, (n, 2).

    ``place`` is the variable's among the categorical ones, or among the others.
    """

    place: int
    ranged: bool
    parts: Array

    def met(self, parts: Parts) -> Bools:
        """Which of them meet each cell, (cells, n)."""
        if self.ranged:
            low, high = parts.ends[:, 0, self.place, None], parts.ends[:, 1, self.place, None]
            found: Bools = (low <= self.parts[:, 1]) & (high >= self.parts[:, 0])
            return found
        masks, own = parts.masks[:, self.place, None], self.parts
        if masks.dtype != object and own.dtype == object:  # no cell has values beyond MASK_BITS
            own = np.array([mask & ((1 << MASK_BITS) - 1) for mask in own.tolist()])
        return np.asarray((masks & own) != 0, dtype=np.bool_)


@dataclass(frozen=True, eq=False)
class Areas:
    """The areas of all trees, tree by tree; the ``tested`` variables' parts are numbered in turn.

    ``wanted`` (areas, S) are the numbers of the parts that an area is the product of, filled up
    with that of a part of all values, the last. ``first`` is where each tree's areas begin,
    ``values`` (areas, outputs) what they add.
    """

    tested: tuple[Tested, ...]
    wanted: Ints
    first: Ints
    values: Array

    def reached(self, parts: Parts) -> Bools:
        """Which areas each cell meets, (cells, areas)."""
        met = [own.met(parts) for own in self.tested]
        every = np.concatenate([*met, np.ones((len(parts), 1), dtype=bool)], axis=1)
        found = np.ones((len(parts), len(self.wanted)), dtype=bool)
        for wanted in self.wanted.T:
            found &= every[:, wanted]
        return found

    def least(self, reached: Bools, values: Array) -> Array:
        """The least that each tree adds in each cell, (cells, trees, ...), of (areas, ...)."""
        if not len(self.first):
            return np.zeros((len(reached), 0, *values.shape[1:]), dtype=values.dtype)
        most = values.max(axis=0)
        held = np.where(reached[(..., *(None,) * (values.ndim - 1))], values, most)
        found: Array = np.minimum.reduceat(held, self.first, axis=1)
        return found

    def leaves(self, domain: Domain, poll: Callable[[], None]) -> Leaves | None:
        """What tells the areas of points; None where that takes too much memory."""
        sizes = np.diff(self.first, append=len(self.wanted))
        words = -(-sizes // WORD)
        tree = np.repeat(np.arange(len(sizes)), words)
        word = np.arange(len(tree)) - (np.cumsum(words) - words)[tree]  # of its tree
        before = np.repeat(WORD * (np.cumsum(words) - words) - self.first, sizes)
        bit = np.arange(len(before)) + before
        every, wanted, begins = zip(*_alone(self, domain), strict=True)
        if sum(map(len, begins)) * WORD * len(tree) > MOST_BITS:
            return None
        rows, whole = list[Ints](), full_cell(domain).parts
        size = max(1, NUMBERS // (1 + WORD * len(tree)))
        for i, values in enumerate(begins):
            ranges, packed = isinstance(whole[i], range), list[Ints]()
            part_of = np.full(WORD * len(tree), -1)  # of bits that are no area's: no values
            part_of[bit] = wanted[i]
            for start in range(0, len(values), size):
                poll()
                some = values[start : start + size].tolist()
                own = [range(x, x + 1) if ranges else 1 << x for x in some]
                parts = parts_of([Cell((*whole[:i], part, *whole[i + 1 :])) for part in own])
                met = [*(x.met(parts) for x in every[i]), np.tile([True, False], (len(parts), 1))]
                bits = np.concatenate(met, axis=1).take(part_of, axis=1)
                packed.append(np.packbits(bits, axis=1, bitorder="little").view("<u8"))
            rows.append(np.concatenate(packed))
        return Leaves(begins, tuple(rows), self.first[tree] + WORD * word, len(sizes))


def members_of(ensemble: Ensemble, domain: Domain) -> tuple[BoundTree, ...]:
    """The trees bound to a domain whose columns are theirs; a leaf holds its node's number.

    Raises TreeError where a test parts a piece of a continuous variable, or a table is too large.
    """
    every = tuple(range(len(domain.variables)))
    trees = bind_nodes((m.nodes for m in ensemble.members), domain, every, lambda _, at: at)
    return tuple(BoundTree(domain, nodes) for nodes in trees)


def areas_of(tree: BoundTree, spend: Callable[[int], None], most: int) -> list[Area]:
    """The areas of a tree's leaves that some value reaches, at most so many.

    What reaches a node is one box, or some: those that differ in one variable only are taken
    together. Raises EnsembleError where there are more.
    """
    held: dict[int, list[list[Box]]] = {0: [[{}]]}  # by where they come from
    found: list[Area] = []
    waiting = 1
    for at, node in enumerate(tree.nodes):
        ways = held.pop(at, [])
        waiting -= sum(map(len, ways))
        boxes = ways[0] if len(ways) == 1 else list(_together(tree.domain, [*chain(*ways)]))
        spend((1 + len(boxes)) * PYTHON)
        if isinstance(node, int):
            found += [Area(box, node) for box in boxes]
        if len(found) > most or waiting > most + 2 * len(tree.nodes):
            raise EnsembleError(
                "its trees have too many leaves, or tests for sets of values that are mixed up: "
                f"more than {MOST_AREAS} areas"
            )
        if isinstance(node, int):
            continue
        index, part, *children = node
        whole = tree.domain.variables[index].whole
        parted = [(box, within(box.get(index, whole), part)) for box in boxes]
        for side, child in enumerate(children):
            here = [
                box if not p[1 - side] else {**box, index: p[side]} for box, p in parted if p[side]
            ]
            held.setdefault(child, []).append(here)
            waiting += len(here)
    return found


def _together(domain: Domain, boxes: list[Box]) -> Iterator[Box]:
    """Disjoint boxes as fewer that hold the same points, without variables that keep all values."""
    for index in {index for box in boxes for index in box} if len(boxes) > 1 else ():
        rest: dict[tuple[tuple[int, Part], ...], list[Part]] = {}
        whole = domain.variables[index].whole
        for box in boxes:
            others = tuple(sorted((i, p) for i, p in box.items() if i != index))
            rest.setdefault(others, []).append(box.get(index, whole))
        boxes = [
            {**dict(others), index: part}
            for others, parts in rest.items()
            for part in _union(parts)
        ]
    for box in boxes:
        yield {i: p for i, p in box.items() if p != domain.variables[i].whole}


def _union(parts: list[Part]) -> list[Part]:
    """Disjoint parts of one variable: a mask, or as few ranges as there can be."""
    mask, ranges = 0, list[range]()
    for part in parts:
        if isinstance(part, int):
            mask |= part
        else:
            ranges.append(part)
    if mask:
        return [mask]
    ranges.sort(key=lambda x: x.start)
    found = ranges[:1]
    for own in ranges[1:]:
        if own.start == found[-1].stop:
            found[-1] = ranged(found[-1].start, own.stop)
        else:
            found.append(own)
    return list(found)


@dataclass(frozen=True, eq=False)
class Leaves:
    """``begins`` are of each variable the first values of those that leave the same areas, ``rows``
    the bits of these, (begins, words): of each tree whole words, ``areas`` (words,) their first."""

    begins: tuple[Ints, ...]
    rows: tuple[Ints, ...]
    areas: Ints
    trees: int

    def reached(self, points: Ints) -> Iterator[Ints]:
        """The area of each tree that points are in, of some at a time, (some, trees)."""
        for start in range(0, max(1, len(points)), BLOCK):
            some, held = points[start : start + BLOCK], np.full(1, -1).view("<u8")
            for begins, rows, own in zip(self.begins, self.rows, some.T, strict=True):
                held = held & rows[np.searchsorted(begins, own, side="right") - 1]
            word = np.flatnonzero(held)  # in the order of points, and one of each tree
            bit = np.frexp(held.ravel()[word].astype(np.float64))[1] - 1
            yield (self.areas[word % len(self.areas)] + bit).reshape(len(some), self.trees)


def _alone(areas: Areas, domain: Domain) -> Iterator[tuple[tuple[Tested, ...], Ints, Ints]]:
    """Of each variable what is tested of it; the part that each area leaves of it, after the others
    that of all values; and the first values of those that are in the same parts."""
    tested, places, first = {(own.ranged, own.place): own for own in areas.tested}, [0, 0], 0
    for v in domain.variables:
        ranged = isinstance(v.whole, range)
        own = tested.get((ranged, places[ranged]))
        places[ranged] += 1
        many, count = (len(own.parts), v.count) if own else (0, 1)
        ends = np.append(own.parts + np.arange(2), 0) if own and ranged else np.arange(count)
        wanted = np.full(len(areas.wanted), many)
        at, slot = np.nonzero((areas.wanted >= first) & (areas.wanted < first + many))
        wanted[at], first = areas.wanted[at, slot] - first, first + many
        yield (own,) if own else (), wanted, np.unique(ends)
