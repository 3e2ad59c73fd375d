"""Making a tree smaller or plainer without changing what it answers on the domain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from verifier.distillers.smallest import Test, find_lattice, smallest_equal
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain
from verifier.model.tree import BoundTree, Inner, Leaf, Tree, bind, leaves_of_points
from verifier.provers.timing import TimeOver, poll

WHOLE, PART = 1 << 24, 1 << 18
"""A whole tree, or a subtree, whose tests form fewer cells (times tests) is made smallest."""
MOST_TESTS = 64
"""Tests that are collected below a node, at most."""
LARGE = 2000
"""Trees of more leaves are gone through once."""


def preorder(nodes: Sequence[Inner | Leaf], root: int = 0) -> Tree:
    """The tree below ``root``, its nodes in pre-order."""
    out: list[Inner | Leaf] = []
    rights: dict[int, int] = {}
    sources: list[Inner | Leaf] = []
    stack = [(root, -1)]
    while stack:
        at, parent = stack.pop()
        if parent >= 0:
            rights[parent] = len(sources)
        node = nodes[at]
        if isinstance(node, Inner):
            stack += [(node.right, len(sources)), (node.left, -1)]
        sources.append(node)
    for i, node in enumerate(sources):
        if isinstance(node, Inner):
            out.append(Inner(node.column, node.threshold, i + 1, rights[i]))
        else:
            out.append(node)
    return Tree(tuple(out))


def merge(tree: Tree) -> Tree:
    """Sibling leaves of one class merged, again and again; nodes in pre-order."""
    nodes = list(tree.nodes)
    for i in range(len(nodes) - 1, -1, -1):  # children stand after their parent
        node = nodes[i]
        if isinstance(node, Inner):
            left, right = nodes[node.left], nodes[node.right]
            if isinstance(left, Leaf) and left == right:
                nodes[i] = left
    return preorder(nodes)


def midpoints(tree: Tree, domain: Domain, cell: Cell | None = None) -> Tree:
    """Thresholds moved midway between the encoded values they separate.

    Tests that send all points of ``cell`` the same way are left out; the tree is the same there.
    """
    bound = bind(tree, domain)
    between: dict[tuple[int, Fraction], Fraction] = {}
    nodes = list(tree.nodes)
    stack = [(0, cell or full_cell(domain))]
    instead: dict[int, int] = {}
    while stack:
        at, cell = stack.pop()
        test = bound.masked[at]
        node = nodes[at]
        if isinstance(test, int) or isinstance(node, Leaf):
            continue
        index, mask, left, right = test
        allowed = cell.masks[index]
        if not allowed & mask or not allowed & ~mask:
            instead[at] = right if not allowed & mask else left
            stack.append((instead[at], cell))
            continue
        key = node.column, node.threshold
        if key not in between:
            between[key] = _midway(domain, *key)
        nodes[at] = Inner(node.column, between[key], left, right)
        inside, outside = cell.split(index, allowed & mask)
        stack += [(left, inside), (right, outside)]
    return _without(nodes, instead)


def _without(nodes: list[Inner | Leaf], instead: dict[int, int]) -> Tree:
    def follow(i: int) -> int:
        while i in instead:
            i = instead[i]
        return i

    kept = [
        Inner(n.column, n.threshold, follow(n.left), follow(n.right)) if isinstance(n, Inner) else n
        for n in nodes
    ]
    return preorder(kept, follow(0))


def _midway(domain: Domain, column: int, threshold: Fraction) -> Fraction:
    """Midway between the encoded values on both sides of a threshold that separates some."""
    index, j = domain.column_owner[column]
    encoded = [row[j] for row in domain.variables[index].encoding]
    low = max(x for x in encoded if x <= threshold)
    return (low + min(x for x in encoded if x > threshold)) / 2


def shrink(tree: Tree, domain: Domain, cell: Cell | None = None) -> Tree:
    """A tree of at most as many leaves with the same answers on ``cell`` (the whole domain).

    If the tests of the tree can form few enough cells (``WHOLE``: always for 12 tests), no tree of
    these tests is smaller. Else that holds for every subtree whose tests can form few enough
    (``PART``: always for 9 tests), and the tree as a whole need not be smallest. Where the time is
    over (`timing.ending`) it may be larger.
    """
    tree = merge(midpoints(merge(tree), domain, cell))
    while True:
        try:
            smaller = _replace_subtrees(tree, domain, cell)
        except TimeOver:
            return tree
        if smaller.leaves >= tree.leaves:
            return tree
        tree = merge(midpoints(merge(smaller), domain, cell))
        if tree.leaves > LARGE:
            return tree


def _replace_subtrees(tree: Tree, domain: Domain, cell: Cell | None) -> Tree:
    """One pass over the maximal subtrees whose tests form few enough cells."""
    bound = bind(tree, domain)
    tests = _tests_below(tree)
    smaller: dict[int, Tree] = {}
    stack = [(0, cell or full_cell(domain))]
    while stack:
        at, cell = stack.pop()
        poll()
        node, test = tree.nodes[at], bound.masked[at]
        if isinstance(node, Leaf) or isinstance(test, int):
            continue
        index, mask, left, right = test
        here = tests[at]
        lattice = here and find_lattice(domain, cell, sorted(here), PART if at else WHOLE)
        if lattice:
            better = smallest_equal(
                lattice,
                lambda points: bound.classes[leaves_of_points(bound, points)],
                _leaf_count(bound, at),
            )
            if better is not None:
                smaller[at] = better
            continue  # its parts are smallest too: their tests are among its own
        inside, outside = cell.split(index, cell.masks[index] & mask)
        stack += [(left, inside), (right, outside)]
    return grafted(tree, smaller)


def grafted(tree: Tree, grafts: Mapping[int, Tree]) -> Tree:
    """The tree with those in ``grafts`` in the places of nodes."""
    nodes: list[Inner | Leaf] = list(tree.nodes)
    for at, graft in grafts.items():
        offset = len(nodes)
        moved = [_moved(node, offset) for node in graft.nodes]
        nodes += moved
        nodes[at] = moved[0]
    return preorder(nodes)


def _moved(node: Inner | Leaf, offset: int) -> Inner | Leaf:
    if isinstance(node, Leaf):
        return node
    return Inner(node.column, node.threshold, node.left + offset, node.right + offset)


def _tests_below(tree: Tree) -> list[frozenset[Test] | None]:
    """For each node the different tests at and below it, or None if they are too many."""
    found: list[frozenset[Test] | None] = [frozenset()] * len(tree.nodes)
    for i in range(len(tree.nodes) - 1, -1, -1):
        node = tree.nodes[i]
        if isinstance(node, Inner):
            left, right = found[node.left], found[node.right]
            if left is None or right is None:
                found[i] = None
                continue
            here = left | right | {(node.column, node.threshold)}
            found[i] = here if len(here) <= MOST_TESTS else None
    return found


def _leaf_count(bound: BoundTree, at: int) -> int:
    count, stack = 0, [at]
    while stack:
        node = bound.nodes[stack.pop()]
        if isinstance(node, int):
            count += 1
        else:
            stack += node[2:]
    return count
