"""Decision trees, as a flat sequence of nodes, and exact counting of their classes over cells."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from verifier.model.cell import Cell
from verifier.model.domain import Domain, Point
from verifier.model.errors import TreeError
from verifier.model.limits import PYTHON
from verifier.model.methods import TreeMethods

LARGEST_TABLE = 1 << 29
"""Most bytes of the table that says, for each node and value, which way to go."""


@dataclass(frozen=True, slots=True)
class Inner:
    """A test: go to node ``left`` iff ``x[column] <= threshold``, else to node ``right``."""

    column: int
    threshold: Fraction
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Leaf:
    """A class."""

    klass: int


@dataclass(frozen=True)
class Tree(TreeMethods):
    """The student. ``nodes[0]`` is the root; children stand after their parent, once each.

    ``labels`` are the names of classes 0, 1, ... (empty: they have only numbers), by which they are
    matched with the teacher's. Trees that differ in names alone are equal.
    """

    nodes: tuple[Inner | Leaf, ...]
    labels: tuple[str, ...] = field(default=(), compare=False)

    def __post_init__(self) -> None:
        if not self.nodes:
            raise TreeError("the tree has no nodes: a single leaf is the smallest tree")
        parents = Counter[int]()
        for i, node in enumerate(self.nodes):
            if isinstance(node, Leaf):
                if node.klass < 0:
                    raise TreeError(f"node {i} has class {node.klass}: classes are 0, 1, 2, ...")
                continue
            if node.column < 0:
                raise TreeError(f"node {i} tests column {node.column}: columns are 0, 1, 2, ...")
            for child in (node.left, node.right):
                if not 0 <= child < len(self.nodes):
                    raise TreeError(f"node {i} has a missing child ({child}): give both children")
                if child <= i:
                    raise TreeError(f"node {i} has node {child} as a child: the tree has a cycle")
                parents[child] += 1
        for i in range(1, len(self.nodes)):
            if parents[i] != 1:
                raise TreeError(
                    f"node {i} has {parents[i]} parents: every node but the root has exactly one"
                )

        for name in self.labels:
            if not name or not name.isprintable():
                raise TreeError("class names must be one line of printable text each")
        if len(set(self.labels)) != len(self.labels):
            raise TreeError("two classes have the same name: names must differ")

    def class_name(self, klass: int) -> str:
        """What a class is called: its name, or its number where it has none."""
        return self.labels[klass] if klass < len(self.labels) else str(klass)

    @property
    def leaves(self) -> int:
        """Number of leaves."""
        return sum(isinstance(n, Leaf) for n in self.nodes)

    @property
    def depth(self) -> int:
        """Longest path from the root to a leaf, in tests."""
        depth = [0] * len(self.nodes)
        for i, node in enumerate(self.nodes):
            if isinstance(node, Inner):
                depth[node.left] = depth[node.right] = depth[i] + 1
        return max(depth)


def matched(tree: Tree, labels: tuple[str, ...]) -> Tree:
    """The tree with its classes numbered as in ``labels``, the names of the teacher's classes.

    Classes are matched by name. Without names on one side they are matched by number. Raises
    TreeError for a name that the teacher lacks, and for numbers that could be meant as names.
    """
    if not labels or tree.labels == labels:
        return tree
    if not tree.labels:
        _check_numbers(tree, labels)
        return replace(tree, labels=labels)
    number = {name: i for i, name in enumerate(labels)}
    nodes: list[Inner | Leaf] = []
    for i, node in enumerate(tree.nodes):
        if isinstance(node, Leaf):
            own = tree.class_name(node.klass)
            if own not in number:
                raise TreeError(
                    f'the tree answers "{own}" (node {i}) but the network\'s classes are called '
                    f"{', '.join(labels[:8])}{', ...' * (len(labels) > 8)}: tree and network do "
                    "not belong together, or their classes are named differently"
                )
            node = Leaf(number[own])
        nodes.append(node)
    return Tree(tuple(nodes), labels)


def _check_numbers(tree: Tree, labels: tuple[str, ...]) -> None:
    """Refuse class numbers that are also names, of other classes."""
    mixed = {name for i, name in enumerate(labels) if name != str(i)}
    for i, node in enumerate(tree.nodes):
        if isinstance(node, Leaf) and str(node.klass) in mixed:
            raise TreeError(
                f"the tree answers class {node.klass} (node {i}), which could be the network's "
                f"class number {node.klass} or the one called {node.klass}: name the tree's "
                'classes ("classes": [...] beside "root" in the file)'
            )


def check_fits(tree: Tree, domain: Domain, classes: int, labels: tuple[str, ...] = ()) -> None:
    """Raise TreeError unless every column exists in the domain and every class in the teacher.

    Also where the tree's classes have other names than the teacher's, ``labels``, and where nodes
    times values of the largest variable exceed ``LARGEST_TABLE``.
    """
    if labels and tree.labels and tree.labels != labels[: len(tree.labels)]:
        raise TreeError(
            "the classes of tree and network have other names, or stand in another order: match "
            "them first (verifier.model.tree.matched)"
        )
    most = max(len(v.labels) for v in domain.variables)
    if len(tree.nodes) * most > LARGEST_TABLE:
        raise TreeError(
            f"the tree has {len(tree.nodes)} nodes and a variable has {most} values: together too "
            f"many (their product may be at most {LARGEST_TABLE})"
        )
    for i, node in enumerate(tree.nodes):
        if isinstance(node, Inner) and node.column >= domain.columns:
            raise TreeError(
                f"the tree tests column {node.column} (node {i}) but the domain has columns "
                f"0 to {domain.columns - 1}: tree and domain do not belong together"
            )
        if isinstance(node, Leaf) and node.klass >= classes:
            raise TreeError(
                f"the tree answers class {node.klass} (node {i}) but the teacher has classes "
                f"0 to {classes - 1}: tree and teacher do not belong together"
            )


@dataclass(frozen=True)
class BoundTree:
    """A tree resolved over a domain: each test is a variable and the mask of values going left."""

    domain: Domain
    nodes: tuple[tuple[int, int, int, int] | int, ...]
    """``(variable, left mask, left node, right node)`` for a test, the class for a leaf."""

    @cached_property
    def arrays(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
        """Per node: the variable (-1 for a leaf), which values go left, and the two children."""
        tests = [n if isinstance(n, tuple) else (-1, 0, 0, 0) for n in self.nodes]
        size = -(-max(len(v.labels) for v in self.domain.variables) // 8)
        masks = b"".join(t[1].to_bytes(size, "little") for t in tests)
        packed = np.frombuffer(masks, dtype=np.uint8).reshape(len(tests), size)
        goes_left = np.unpackbits(packed, axis=1, bitorder="little").view(bool)
        children = np.array([t[2:] for t in tests], dtype=np.int64)
        return np.array([t[0] for t in tests], dtype=np.int64), goes_left, children

    @cached_property
    def classes(self) -> npt.NDArray[np.int64]:
        """The class of each leaf node (-1 for a test)."""
        return np.array([n if isinstance(n, int) else -1 for n in self.nodes], dtype=np.int64)


def bind(tree: Tree, domain: Domain) -> BoundTree:
    """Resolve the tests of ``tree`` over ``domain``; the comparison is exact."""
    memo: dict[tuple[int, int, int], tuple[int, int]] = {}  # fractions take long to hash
    sorted_columns: dict[int, tuple[list[Fraction], npt.NDArray[np.int64]]] = {}
    nodes: list[tuple[int, int, int, int] | int] = []
    for node in tree.nodes:
        if isinstance(node, Leaf):
            nodes.append(node.klass)
            continue
        key = (node.column, node.threshold.numerator, node.threshold.denominator)
        if key not in memo:
            if node.column not in sorted_columns:
                sorted_columns[node.column] = _sorted(domain, node.column)
            numbers, rank = sorted_columns[node.column]
            left = rank < bisect_right(numbers, node.threshold)
            packed = np.packbits(left, bitorder="little").tobytes()
            memo[key] = domain.column_owner[node.column][0], int.from_bytes(packed, "little")
        index, mask = memo[key]
        nodes.append((index, mask, node.left, node.right))
    return BoundTree(domain, tuple(nodes))


def _sorted(domain: Domain, column: int) -> tuple[list[Fraction], npt.NDArray[np.int64]]:
    """The numbers of a column in increasing order, and where each value's stands among them."""
    index, j = domain.column_owner[column]
    numbers = [row[j] for row in domain.variables[index].encoding]
    order = sorted(range(len(numbers)), key=numbers.__getitem__)
    rank = np.zeros(len(order), dtype=np.int64)
    rank[np.array(order)] = np.arange(len(order))
    return [numbers[v] for v in order], rank


def leaves_of_points(tree: BoundTree, points: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The leaf node that each point reaches; ``points`` holds value indices, (N, variables)."""
    variable, goes_left, children = tree.arrays
    node = np.zeros(len(points), dtype=np.int64)
    active = np.flatnonzero(variable[node] >= 0)
    while active.size:
        at = node[active]
        value = points[active, variable[at]]
        node[active] = np.where(goes_left[at, value], children[at, 0], children[at, 1])
        active = active[variable[node[active]] >= 0]
    return node


def classify(tree: BoundTree, point: Point) -> int:
    """The tree's class of a point."""
    node = tree.nodes[0]
    while not isinstance(node, int):
        index, mask, left, right = node
        node = tree.nodes[left if mask >> point[index] & 1 else right]
    return node


def descend(tree: BoundTree, cell: Cell, node: int = 0) -> int:
    """The deepest node, from ``node`` down, that every point of the cell passes through."""
    while True:
        test = tree.nodes[node]
        if isinstance(test, int):
            return node
        index, mask, left, right = test
        allowed = cell.masks[index]
        if not allowed & ~mask:
            node = left
        elif not allowed & mask:
            node = right
        else:
            return node


def no_charge(steps: int) -> None:
    """The meter of work that nobody counts."""


def overlay(
    tree: BoundTree, cell: Cell, node: int = 0, spend: Callable[[int], None] = no_charge
) -> Iterator[tuple[Cell, int]]:
    """The tree's leaves inside a cell: disjoint cells that cover it, each with its leaf node.

    ``node`` is a node that every point of the cell passes through. Empty leaves do not appear.
    ``spend`` is told the steps that each leaf took (``verifier.model.limits``).
    """
    stack = [(cell, node)]
    visit = 2 * PYTHON + 64 * len(cell.masks)
    while stack:
        cell, node = stack.pop()
        passed = 0
        while not isinstance(test := tree.nodes[node], int):
            index, mask, left, right = test
            allowed = cell.masks[index]
            if not allowed & ~mask:
                node = left
            elif not allowed & mask:
                node = right
            else:
                break
            passed += 1
        spend(visit + passed * (PYTHON // 4))
        if isinstance(test, int):
            yield cell, node
            continue
        index, mask, left, right = test
        inside, outside = cell.split(index, cell.masks[index] & mask)
        stack.append((outside, right))
        stack.append((inside, left))
