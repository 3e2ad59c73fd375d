"""Trees resolved over a domain's variables, and laid over its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from verifier.model.cell import Cell, Point
from verifier.model.errors import LeafproofError
from verifier.model.limits import PYTHON
from verifier.model.part import Part, contains, within

if TYPE_CHECKING:
    from verifier.model.domain import Domain

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class BoundTree:
    """A tree resolved over a domain: each test is a variable and the part that goes left."""

    domain: Domain
    nodes: tuple[tuple[int, Part, int, int] | int, ...]
    """``(variable, left part, left node, right node)`` for a test; for a leaf its class, or in a
    domain's tree the number of its node. An ordinal's left part is a range that begins at 0."""

    @cached_property
    def arrays(self) -> tuple[Ints, npt.NDArray[np.bool_], Ints, Ints]:
        """Per node: the variable (-1 for a leaf), which values go left, the children, the limit.

        The limit is how many values of an ordinal go left, from the first on; -1 for other tests.
        """
        tests = [n if isinstance(n, tuple) else (-1, 0, 0, 0) for n in self.nodes]
        counts = [v.count for v in self.domain.variables if isinstance(v.whole, int)]
        size = -(-max(counts, default=1) // 8)
        limits = [left.stop if isinstance(left, range) else -1 for _, left, _, _ in tests]
        parts = (left if isinstance(left, int) else 0 for _, left, _, _ in tests)
        masks = b"".join(mask.to_bytes(size, "little") for mask in parts)
        packed = np.frombuffer(masks, dtype=np.uint8).reshape(len(tests), size)
        goes_left = np.unpackbits(packed, axis=1, bitorder="little").view(bool)
        children = np.array([t[2:] for t in tests], dtype=np.int64)
        variables = np.array([t[0] for t in tests], dtype=np.int64)
        return variables, goes_left, children, np.array(limits, dtype=np.int64)

    @cached_property
    def masked(self) -> tuple[tuple[int, int, int, int] | int, ...]:
        """The nodes of a tree that tests categorical variables only: left parts are masks."""
        if any(isinstance(n, tuple) and isinstance(n[1], range) for n in self.nodes):
            raise LeafproofError(
                "a tree that tests an ordinal was taken for one that tests sets of values: this "
                "works on categorical variables only"
            )
        return cast(tuple[tuple[int, int, int, int] | int, ...], self.nodes)

    @cached_property
    def classes(self) -> Ints:
        """The class of each leaf node (-1 for a test)."""
        return np.array([n if isinstance(n, int) else -1 for n in self.nodes], dtype=np.int64)


def leaves_of_points(tree: BoundTree, points: Ints) -> Ints:
    """The leaf node that each point reaches; ``points`` holds value indices, (N, variables)."""
    variable, goes_left, children, limits = tree.arrays
    ranges = bool((limits >= 0).any())
    node = np.zeros(len(points), dtype=np.int64)
    active = np.flatnonzero(variable[node] >= 0)
    while active.size:
        at = node[active]
        value = points[active, variable[at]]
        if ranges:
            limit = limits[at]
            left = np.where(
                limit >= 0, value < limit, goes_left[at, np.where(limit >= 0, 0, value)]
            )
        else:
            left = goes_left[at, value]
        node[active] = np.where(left, children[at, 0], children[at, 1])
        active = active[variable[node[active]] >= 0]
    return node


def classify(tree: BoundTree, point: Point) -> int:
    """The tree's class of a point."""
    node = tree.nodes[0]
    while not isinstance(node, int):
        index, part, left, right = node
        node = tree.nodes[left if contains(part, point[index]) else right]
    return node


def descend(tree: BoundTree, cell: Cell, node: int = 0) -> int:
    """The deepest node, from ``node`` down, that every point of the cell passes through."""
    while True:
        test = tree.nodes[node]
        if isinstance(test, int):
            return node
        index, part, left, right = test
        inside, outside = within(cell.parts[index], part)
        if not outside:
            node = left
        elif not inside:
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
    inside: Part
    outside: Part
    visit = 2 * PYTHON + 64 * len(cell.parts)
    while stack:
        cell, node = stack.pop()
        passed = 0
        while not isinstance(test := tree.nodes[node], int):
            index, part, left, right = test
            own = cell.parts[index]
            if isinstance(own, int) and isinstance(part, int):  # as within does, but faster
                inside, outside = own & part, own & ~part
            else:
                inside, outside = within(own, part)
            if not outside:
                node = left
            elif not inside:
                node = right
            else:
                before, after = cell.parts[:index], cell.parts[index + 1 :]
                stack.append((Cell((*before, outside, *after)), right))
                stack.append((Cell((*before, inside, *after)), left))
                break
            passed += 1
        spend(visit + passed * (PYTHON // 4))
        if isinstance(test, int):
            yield cell, node
