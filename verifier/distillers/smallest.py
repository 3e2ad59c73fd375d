"""Smallest trees of given tests, by dynamic programming over all cells that the tests can form.

To find the smallest tree equal to a given one is NP-hard in general (Zantema and Bodlaender,
"Finding small equivalent decision trees is hard", 2000): the number of cells grows exponentially
with the tests. Where there are few enough, every cell is solved once, smaller cells first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np

from verifier.distillers.cuts import Bools, Floats, Ints
from verifier.model.cell import Cell
from verifier.model.domain import Domain
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.timing import poll, polled

Test = tuple[int, Fraction]
"""A column and a threshold."""
NEVER = 1 << 29
"""More leaves than any tree has."""


@dataclass(frozen=True, eq=False)
class Axis:
    """The sets of one variable's values that its tests can form; set 0 is the largest.

    Values with the same outcomes are one part, ``parts[p]``; ``inside[n, p]`` says which parts a
    set has. ``low[t, n]`` and ``high[t, n]`` are the sets on
    both sides of the variable's test t, or n itself where the test does not split set n.
    """

    variable: int
    tests: tuple[Test, ...]
    parts: tuple[tuple[int, ...], ...]
    inside: Bools
    low: Ints
    high: Ints


@dataclass(frozen=True, eq=False)
class Lattice:
    """All cells that tests can form: one set of every tested variable.

    Cell number 0 is the whole; ``strides`` number the others as in a table of all axes.
    """

    domain: Domain
    cell: Cell
    axes: tuple[Axis, ...]
    strides: tuple[int, ...]

    @property
    def cells(self) -> int:
        """How many cells there are."""
        return int(np.prod([len(a.inside) for a in self.axes], dtype=np.int64))

    @property
    def shape(self) -> tuple[int, ...]:
        """The number of parts of every tested variable."""
        return tuple(len(a.parts) for a in self.axes)

    def points(self) -> Ints:
        """An example of every kind of point, in the order of ``shape``: value indices [N, n]."""
        points = np.tile(np.array(self.cell.first_point(), dtype=np.int64), (self.kinds, 1))
        if self.axes:
            examples = product(*([p[0] for p in a.parts] for a in self.axes))
            chosen = np.array(list(examples), dtype=np.int64)
            points[:, [a.variable for a in self.axes]] = chosen
        return points

    @property
    def kinds(self) -> int:
        """How many kinds of points there are."""
        return int(np.prod(self.shape, dtype=np.int64))

    def kinds_of(self, points: Ints) -> Ints:
        """The kind of each point (value indices [N, n]), in the order of ``shape``."""
        kinds = np.zeros(len(points), dtype=np.int64)
        for axis in self.axes:
            count = self.domain.variables[axis.variable].count
            part_of = np.zeros(count, dtype=np.int64)
            for number, part in enumerate(axis.parts):
                part_of[list(part)] = number
            kinds = kinds * len(axis.parts) + part_of[points[:, axis.variable]]
        return kinds

    @property
    def total_weight(self) -> int:
        """The common denominator of the probabilities of kinds of points."""
        return math.prod(self.domain.variables[a.variable].weights[1] for a in self.axes)

    def weights(self) -> Floats:
        """The probability of every kind of point times ``total_weight``, which is below 2^53."""
        weights = np.ones(1)
        for axis in self.axes:
            own = self.domain.variables[axis.variable].weights[0]
            mass = np.array([float(sum(own[v] for v in part)) for part in axis.parts])
            weights = np.multiply.outer(weights, mass).reshape(-1)
        return weights

    def totals(self, table: Floats) -> Floats:
        """The sum over each cell of what ``table`` (of shape ``shape``) says of kinds of points."""
        for i, axis in enumerate(self.axes):
            table = np.moveaxis(np.tensordot(axis.inside.astype(float), table, (1, i)), 0, i)
        return np.ascontiguousarray(table).reshape(-1)

    def rising(self) -> Iterator[Ints]:
        """The numbers of all cells, in groups; the parts of a cell come in earlier groups."""
        size = np.zeros(1, dtype=np.int64)
        for axis in self.axes:
            size = (size[:, None] + axis.inside.sum(axis=1)).reshape(-1)
        order = np.argsort(size, kind="stable")
        ends = np.flatnonzero(np.diff(size[order])) + 1
        yield from polled(np.split(order, ends))

    def splits(self, cells: Ints) -> Iterator[tuple[Test, Ints, Ints]]:
        """Every test, and the cells on its left and right; a cell that is not split gives itself
        twice.
        """
        for axis, stride in zip(self.axes, self.strides, strict=True):
            at = cells // stride % len(axis.inside)
            for test, low, high in zip(axis.tests, axis.low, axis.high, strict=True):
                yield test, cells + (low[at] - at) * stride, cells + (high[at] - at) * stride


def find_lattice(domain: Domain, cell: Cell, tests: Sequence[Test], most: int) -> Lattice | None:
    """The lattice of tests inside a cell; None if it has more than ``most`` cells times tests."""
    by_variable: dict[int, list[Test]] = {}
    for column, threshold in sorted(set(tests)):
        by_variable.setdefault(domain.column_owner[column][0], []).append((column, threshold))
    axes: list[Axis] = []
    work = max(1, sum(map(len, by_variable.values())))
    for index, own in by_variable.items():
        axis = _find_axis(domain, index, cell.masks[index], own, most // work)
        if axis is None:
            return None
        work *= len(axis.inside)
        axes.append(axis)
    strides, stride = [], 1
    for axis in reversed(axes):
        strides.append(stride)
        stride *= len(axis.inside)
    return Lattice(domain, cell, tuple(axes), tuple(reversed(strides)))


def _find_axis(
    domain: Domain, index: int, mask: int, tests: Sequence[Test], most: int
) -> Axis | None:
    """The sets of one variable, found breadth first; None if they are more than ``most``."""
    variable = domain.variables[index]
    parts: dict[tuple[bool, ...], list[int]] = {}
    for v in range(len(variable.labels)):
        if mask >> v & 1:
            encoded = [variable.encoding[v][domain.column_owner[c][1]] for c, _ in tests]
            goes = tuple(x <= t for x, (_, t) in zip(encoded, tests, strict=True))
            parts.setdefault(goes, []).append(v)
    lefts = [sum(1 << p for p, goes in enumerate(parts) if goes[t]) for t in range(len(tests))]
    found = {(1 << len(parts)) - 1: 0}
    queue = list(found)
    low: list[list[int]] = [[] for _ in tests]
    high: list[list[int]] = [[] for _ in tests]
    for held in polled(queue):
        for t, left in enumerate(lefts):
            pair = held & left, held & ~left
            if not all(pair):
                pair = held, held
            for side in pair:
                if side not in found:
                    found[side] = len(queue)
                    queue.append(side)
            low[t].append(found[pair[0]])
            high[t].append(found[pair[1]])
        if len(queue) > most:
            return None
    inside = np.array([[held >> p & 1 for p in range(len(parts))] for held in queue], dtype=bool)
    held_parts = tuple(map(tuple, parts.values()))
    return Axis(index, tuple(tests), held_parts, inside, np.array(low), np.array(high))


def smallest_equal(lattice: Lattice, classify: Callable[[Ints], Ints], most: int) -> Tree | None:
    """The smallest tree of the lattice's tests with the given classes, if below ``most`` leaves.

    ``classify`` gives the class of points (value indices), which must follow from the outcomes of
    the tests. There is none with fewer leaves.
    """
    classes = classify(lattice.points()).reshape(lattice.shape)
    relevant = [np.diff(classes, axis=i).any() for i in range(classes.ndim)]
    if sum(relevant) + 1 >= most:  # each of these variables has to be tested
        return None
    kinds = np.unique(classes)
    held = np.stack([lattice.totals((classes == k).astype(float)) > 0.5 for k in kinds])
    least = np.where(held.sum(axis=0) == 1, 1, NEVER).astype(np.int64)
    for group in lattice.rising():
        cells = group[least[group] > 1]
        for _, low, high in lattice.splits(cells):
            least[cells] = np.minimum(least[cells], least[low] + least[high])
    if least[0] >= most:
        return None

    def choose(cell: int, leaves: int) -> Choice:
        if leaves == 1:
            return int(kinds[held[:, cell].argmax()])
        for test, (low,), (high,) in lattice.splits(np.array([cell])):
            if least[low] + least[high] == leaves:
                return test, (int(low), int(least[low])), (int(high), int(least[high]))
        raise AssertionError("no split of the cell has so few leaves")

    return _build(choose, int(least[0]))


def least_wrong(lattice: Lattice, weights: Floats, most: int, enough: int) -> tuple[Tree, int]:
    """The smallest tree of the lattice's tests that gets at most the weight ``enough`` wrong.

    If none of at most ``most`` leaves does, the smallest of those that get the least weight wrong.
    ``weights[class, kind of point]`` are whole numbers that add up to less than 2^53. Returns the
    tree and the weight that it gets wrong.
    """
    held = np.stack([lattice.totals(w.reshape(lattice.shape)) for w in weights])
    wrong = np.empty((most + 1, lattice.cells))
    wrong[0] = np.inf
    wrong[1:] = held.sum(axis=0) - held.max(axis=0)
    for group in lattice.rising():
        cells = group[wrong[1, group] > 0]
        for _, low, high in lattice.splits(cells):
            split = low != cells
            poll()
            at = cells[split]
            left, right, best = wrong[:, low[split]], wrong[:, high[split]], wrong[:, at]
            for j in range(2, most + 1):
                for i in range(1, j):
                    np.minimum(best[j], left[i] + right[j - i], out=best[j])
            wrong[:, at] = best

    def choose(cell: int, leaves: int) -> Choice:
        goal = wrong[leaves, cell]
        leaves = int(np.flatnonzero(wrong[:, cell] == goal)[0])
        if leaves == 1:
            return int(held[:, cell].argmax())
        for test, (low,), (high,) in lattice.splits(np.array([cell])):
            sums = wrong[1:leaves, low] + wrong[leaves - 1 : 0 : -1, high]
            if low != cell and sums.min() == goal:
                here = 1 + int(sums.argmin())
                return test, (int(low), here), (int(high), leaves - here)
        raise AssertionError("no split of the cell gets so little wrong")

    fine = np.flatnonzero(wrong[:, 0] <= max(enough, wrong[most, 0]))
    leaves = int(fine[0])
    return _build(choose, leaves), int(wrong[leaves, 0])


Choice = int | tuple[Test, tuple[int, int], tuple[int, int]]
"""A leaf's class, or a test and the cells on both sides with their numbers of leaves."""


def _build(choose: Callable[[int, int], Choice], leaves: int) -> Tree:
    """The tree of ``leaves`` leaves that ``choose`` gives for cell 0."""
    nodes: list[Inner | Leaf] = []
    stack = [((0, leaves), -1)]
    while stack:
        (cell, count), parent = stack.pop()
        here = len(nodes)
        if parent >= 0:
            above = nodes[parent]
            assert isinstance(above, Inner)
            nodes[parent] = Inner(above.column, above.threshold, above.left, here)
        found = choose(cell, count)
        if isinstance(found, int):
            nodes.append(Leaf(found))
            continue
        test, low, high = found
        nodes.append(Inner(*test, here + 1, here + 1))
        stack += [(high, here), (low, -1)]
    return Tree(tuple(nodes))
