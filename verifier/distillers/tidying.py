"""Making a tree smaller or plainer without changing what it answers on the domain."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

from verifier.domain import Cell, Domain, full_cell
from verifier.tree import BoundTree, Inner, Leaf, Tree, bind

MOST_TESTS = 8
"""Subtrees with at most so many different tests are replaced by smallest equivalent ones."""
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
        test = bound.nodes[at]
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

    Bottom-up, every subtree whose tests are few is replaced by a smallest tree made of these tests,
    found by dynamic programming over the sets of their outcomes.
    """
    tree = merge(midpoints(merge(tree), domain, cell))
    while True:
        smaller = _replace_subtrees(tree, domain, cell)
        if smaller.leaves >= tree.leaves:
            return tree
        tree = merge(midpoints(merge(smaller), domain, cell))
        if tree.leaves > LARGE:
            return tree


def _replace_subtrees(tree: Tree, domain: Domain, cell: Cell | None) -> Tree:
    """One pass over the maximal subtrees of few tests."""
    bound = bind(tree, domain)
    tests = _tests_below(tree)
    nodes: list[Inner | Leaf] = list(tree.nodes)
    stack = [(0, cell or full_cell(domain))]
    while stack:
        at, cell = stack.pop()
        node, test = tree.nodes[at], bound.nodes[at]
        if isinstance(node, Leaf) or isinstance(test, int):
            continue
        index, mask, left, right = test
        here = tests[at]
        if here is not None:
            better = _smallest(bound, cell, at, sorted(here))
            if better is not None:
                offset = len(nodes)
                moved = [_moved(n, offset) for n in better.nodes]
                nodes += moved
                nodes[at] = moved[0]
            continue  # its parts are smallest too: their tests are among its own
        inside, outside = cell.split(index, cell.masks[index] & mask)
        stack += [(left, inside), (right, outside)]
    return preorder(nodes)


def _moved(node: Inner | Leaf, offset: int) -> Inner | Leaf:
    if isinstance(node, Leaf):
        return node
    return Inner(node.column, node.threshold, node.left + offset, node.right + offset)


Test = tuple[int, Fraction]


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


def _smallest(bound: BoundTree, cell: Cell, at: int, tests: Sequence[Test]) -> Tree | None:
    """A tree of ``tests`` that answers as the subtree at ``at`` in ``cell``, if it has less leaves.

    The points of the cell are classed by the outcomes of all tests; sets of outcomes are bit masks.
    """
    leaves_now = _leaf_count(bound, at)
    if leaves_now <= 2:
        return None
    classes, outcomes = _outcomes(bound, cell, at, tests)
    if leaves_now <= _relevant(classes, outcomes) + 1:
        return None
    sides = [
        sum(1 << n for n, outcome in enumerate(outcomes) if outcome >> t & 1)
        for t in range(len(tests))
    ]
    kinds = [
        sum(1 << n for n, klass in enumerate(classes) if klass == k) for k in sorted(set(classes))
    ]
    memo: dict[int, tuple[int, int]] = {}

    def best(group: int) -> tuple[int, int]:
        """Least number of leaves for a set of outcomes, and the test at the root (-1: none)."""
        if group in memo:
            return memo[group]
        found = (1, -1)
        if not any(group & kind == group for kind in kinds):
            found = (1 << 30, -1)
            for t, side in enumerate(sides):
                if group & side and group & ~side:
                    total = best(group & side)[0] + best(group & ~side)[0]
                    found = min(found, (total, t))
        memo[group] = found
        return found

    whole = (1 << len(outcomes)) - 1
    if best(whole)[0] >= leaves_now:
        return None
    nodes: list[Inner | Leaf] = []
    stack = [(whole, -1, False)]
    while stack:
        group, parent, is_right = stack.pop()
        here = len(nodes)
        if parent >= 0:
            above = nodes[parent]
            assert isinstance(above, Inner)
            left, right = (above.left, here) if is_right else (here, above.right)
            nodes[parent] = Inner(above.column, above.threshold, left, right)
        t = memo[group][1]
        if t < 0:
            nodes.append(Leaf(classes[(group & -group).bit_length() - 1]))
            continue
        nodes.append(Inner(*tests[t], here, here))
        stack += [(group & ~sides[t], here, True), (group & sides[t], here, False)]
    return Tree(tuple(nodes))


def _relevant(classes: Sequence[int], outcomes: Sequence[int]) -> int:
    """How many tests decide the class somewhere by themselves; a tree has more leaves than that."""
    known = dict(zip(outcomes, classes, strict=True))
    deciding = 0
    for outcome, klass in known.items():
        for t in range(MOST_TESTS):
            if known.get(outcome ^ 1 << t, klass) != klass:
                deciding |= 1 << t
    return deciding.bit_count()


def _outcomes(
    bound: BoundTree, cell: Cell, at: int, tests: Sequence[Test]
) -> tuple[list[int], list[int]]:
    """The class and the outcomes (bit t: test t goes left) of each kind of points in the cell."""
    domain = bound.domain
    by_variable: dict[int, list[tuple[int, int]]] = {}
    for t, (column, threshold) in enumerate(tests):
        index, j = domain.column_owner[column]
        rows = domain.variables[index].encoding
        mask = sum(1 << v for v, row in enumerate(rows) if row[j] <= threshold)
        by_variable.setdefault(index, []).append((t, mask))
    patterns: list[dict[int, int]] = []  # per variable: outcomes -> one value that has them
    for index, masks in by_variable.items():
        seen: dict[int, int] = {}
        for v in range(len(domain.variables[index].labels)):
            if cell.masks[index] >> v & 1:
                seen.setdefault(sum((m >> v & 1) << t for t, m in masks), v)
        patterns.append(seen)
    point = list(cell.first_point())
    classes, outcomes = [], []
    for choice in product(*(p.items() for p in patterns)):
        for index, (_, value) in zip(by_variable, choice, strict=True):
            point[index] = value
        outcomes.append(sum(bits for bits, _ in choice))
        classes.append(_answer(bound, point, at))
    return classes, outcomes


def _answer(bound: BoundTree, point: Sequence[int], at: int) -> int:
    node = bound.nodes[at]
    while not isinstance(node, int):
        index, mask, left, right = node
        node = bound.nodes[left if mask >> point[index] & 1 else right]
    return node


def _leaf_count(bound: BoundTree, at: int) -> int:
    count, stack = 0, [at]
    while stack:
        node = bound.nodes[stack.pop()]
        if isinstance(node, int):
            count += 1
        else:
            stack += node[2:]
    return count
