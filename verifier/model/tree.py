"""Decision trees, as a flat sequence of nodes, and exact counting of their classes over cells."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import TypeVar

import numpy as np

from verifier.model.domain import Domain
from verifier.model.errors import TreeError
from verifier.model.methods import TreeMethods
from verifier.model.ordinal import Ranged
from verifier.model.overlay import (
    BoundTree,
    classify,
    descend,
    leaves_of_points,
    no_charge,
    overlay,
)
from verifier.model.part import Part
from verifier.model.variable import Variable

__all__ = ["BoundTree", "Inner", "Leaf", "Tree", "bind", "check_fits", "classify", "descend"]
__all__ += ["leaves_of_points", "matched", "no_charge", "overlay"]

T = TypeVar("T")
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


@dataclass(frozen=True, repr=False)
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
        parents = [0] * len(self.nodes)
        for i, node in enumerate(self.nodes):
            if isinstance(node, Leaf):
                if node.klass < 0:
                    raise TreeError(f"node {i} has class {node.klass}: classes are 0, 1, 2, ...")
                continue
            if node.column < 0:
                raise TreeError(f"node {i} tests column {node.column}: columns are 0, 1, 2, ...")
            if not isinstance(node.threshold, (Fraction, int)):  # a tuple: a union is made anew
                raise TreeError(f"node {i} tests {node.threshold!r}: give Fraction(threshold)")
            for child in (node.left, node.right):
                if not 0 <= child < len(self.nodes):
                    raise TreeError(f"node {i} has a missing child ({child}): give both children")
                if child <= i:
                    raise TreeError(f"node {i} has node {child} as a child: the tree has a cycle")
                parents[child] += 1
        for i in range(1, len(self.nodes)):
            if parents[i] != 1:
                raise TreeError(f"node {i} has {parents[i]} parents: but the root, each has one")
        for name in self.labels:
            if not name or not name.isprintable():
                raise TreeError("class names must be one line of printable text each")
        if len(set(self.labels)) != len(self.labels):
            raise TreeError("two classes have the same name: names must differ")

    def class_name(self, klass: int) -> str:
        """What a class is called: its name, or its number where it has none."""
        return self.labels[klass] if klass < len(self.labels) else str(klass)

    def class_at(self, row: Sequence[Fraction] | Sequence[float]) -> int:
        """The class of an input, the numbers in its columns: all comparisons are exact."""
        node = self.nodes[0]
        while isinstance(node, Inner):
            node = self.nodes[node.left if row[node.column] <= node.threshold else node.right]
        return node.klass

    @cached_property
    def classes(self) -> int:
        """How many classes it tells apart: the largest that it answers, and all below it."""
        return max(2, 1 + max(n.klass for n in self.nodes if isinstance(n, Leaf)))

    @cached_property
    def columns(self) -> int:
        """One more than the last column that it tests; 0 where it tests none."""
        return 1 + max((n.column for n in self.nodes if isinstance(n, Inner)), default=-1)

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


def check_table(tree: Tree, domain: Domain) -> None:
    """Raise TreeError where the nodes times the values of a variable exceed ``LARGEST_TABLE``."""
    most = max([1, *(v.count for v in domain.variables if isinstance(v, Variable))])
    if len(tree.nodes) * most > LARGEST_TABLE:
        raise TreeError(
            f"the tree has {len(tree.nodes)} nodes and a variable has {most} values: together too "
            f"many (their product may be at most {LARGEST_TABLE})"
        )


def check_fits(
    tree: Tree, domain: Domain, classes: int | None, labels: tuple[str, ...] = ()
) -> None:
    """Raise TreeError unless every column exists in the domain and every class in the teacher.

    ``classes`` is how many the teacher has; None where there is none. Also where the tree's classes
    have other names than the teacher's, ``labels``, and where nodes times values of the largest
    variable exceed ``LARGEST_TABLE``.
    """
    if labels and tree.labels and tree.labels != labels[: len(tree.labels)]:
        raise TreeError(
            "the classes of tree and network have other names, or stand in another order: match "
            "them first (verifier.model.tree.matched)"
        )
    check_table(tree, domain)
    if tree.columns > domain.columns:
        raise TreeError(
            f"the tree tests column {tree.columns - 1} but the domain has columns "
            f"0 to {domain.columns - 1}: tree and domain do not belong together"
        )
    if classes is not None and tree.classes > classes:
        raise TreeError(
            f"the tree answers class {tree.classes - 1} but the teacher has classes "
            f"0 to {classes - 1}: tree and teacher do not belong together"
        )


def bind(tree: Tree, domain: Domain, reads: Sequence[int] | None = None) -> BoundTree:
    """Resolve the tests of ``tree`` over ``domain``; the comparison is exact.

    Raises TreeError where a test parts a piece of a continuous variable.

    Its columns are those of the variables ``reads``, in that order; of all where that is None.
    """
    places = range(len(domain.variables)) if reads is None else reads
    return BoundTree(domain, *bind_nodes([tree.nodes], domain, places, lambda leaf, _: leaf.klass))


def bind_nodes(
    trees: Iterable[Sequence[Inner | T]],
    domain: Domain,
    reads: Sequence[int],
    held: Callable[[T, int], int],
) -> Iterator[tuple[tuple[int, Part, int, int] | int, ...]]:
    """Trees' nodes as BoundTrees'; ``held`` says what a leaf, and its number, are there."""
    owners = [(i, j) for i in reads for j in range(domain.variables[i].columns)]
    memo: dict[tuple[int, int, int], tuple[int, Part]] = {}  # fractions take long to hash
    for given in trees:
        nodes: list[tuple[int, Part, int, int] | int] = []
        for at, node in enumerate(given):
            if not isinstance(node, Inner):
                nodes.append(held(node, at))
                continue
            key = (node.column, node.threshold.numerator, node.threshold.denominator)
            if key not in memo:
                memo[key] = _goes_left(domain, *owners[node.column], node)
            nodes.append((*memo[key], node.left, node.right))
        yield tuple(nodes)


def _goes_left(domain: Domain, index: int, j: int, node: Inner) -> tuple[int, Part]:
    """The variable that a test is about, by its column ``j``, and which of its values go left.

    TreeError where the threshold is inside a piece of an interval.
    """
    v = domain.variables[index]
    if not isinstance(v, Ranged):
        numbers, rank = v.ranked(j)
        packed = np.packbits(rank < bisect_right(numbers, node.threshold), bitorder="little")
        return index, int.from_bytes(packed.tobytes(), "little")
    left = v.up_to(node.threshold)
    if left is None:
        raise TreeError(
            f'the tree tests "{v.name}" <= {node.threshold}, which is inside a piece of that '
            "interval as the domain cuts it: cut it there as well"
        )
    return index, left
