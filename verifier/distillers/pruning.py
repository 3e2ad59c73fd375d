"""The best trees of every size that a tree can be cut down to: dynamic programming over its nodes.

Breiman et al. (CART, 1984) cut the weakest link first; here every number of leaves gets its best
subtree, which is one of those that keep the root.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from verifier.distillers.cuts import Floats, Ints
from verifier.distillers.frontier import FrontierTree
from verifier.distillers.table import FIRST, Table
from verifier.distillers.tidying import merge, preorder
from verifier.model.domain import Domain
from verifier.model.tree import Inner, Leaf, Tree, bind, leaves_of_points
from verifier.provers.timing import poll

MOST = 256
"""Leaves of the largest tree on a frontier."""
FINE = 32
"""Sizes up to this are all on a frontier; of larger ones every tenth part more."""
LARGEST = 1 << 10
"""Most leaves of a tree that is cut down to each size."""


@dataclass(frozen=True, eq=False)
class Pruned:
    """For each node of a tree the most that ``j + 1`` leaves can get right below it.

    ``left[node][j]`` says how many leaves, less one, its left child has then; -1: it is a leaf.
    """

    tree: Tree
    classes: Ints
    right: Sequence[Floats]
    left: Sequence[Ints]

    def best(self, leaves: int) -> tuple[int, Tree]:
        """What the best tree of at most so many leaves gets right, and the smallest such tree."""
        own = self.right[0]
        most = own[: max(1, leaves)].max()
        j = int(np.flatnonzero(own == most)[0])
        return int(most), merge(self._cut(j))

    def sizes(self) -> Iterable[int]:
        """The numbers of leaves that get more right than all smaller ones."""
        own = self.right[0]
        before = np.concatenate([[-1.0], np.maximum.accumulate(own)[:-1]])
        return (np.flatnonzero(own > before) + 1).tolist()

    def _cut(self, leaves: int) -> Tree:
        nodes = list(self.tree.nodes)
        stack = [(0, leaves)]
        while stack:
            at, j = stack.pop()
            node, k = nodes[at], int(self.left[at][j])
            if k < 0:
                nodes[at] = Leaf(int(self.classes[at]))
            elif isinstance(node, Inner):
                stack += [(node.left, k), (node.right, j - 1 - k)]
        return preorder(nodes)


def pruned(tree: Tree, domain: Domain, table: Table, kinds: int, most: int = MOST) -> Pruned:
    """Every best way to cut a tree down to at most ``most`` leaves, by what a table counts.

    A node that becomes a leaf gets the class that counts most there; its leaves keep theirs.
    """
    tree = preorder(tree.nodes)
    totals, votes = _totals(tree, domain, table, kinds)
    most_of = totals == totals.max(axis=1, keepdims=True)
    classes = np.where(most_of, votes, -1).argmax(axis=1)
    right: list[Floats] = [np.empty(0)] * len(tree.nodes)
    left: list[Ints] = [np.empty(0, dtype=np.int64)] * len(tree.nodes)
    for at in range(len(tree.nodes) - 1, -1, -1):
        node = tree.nodes[at]
        if isinstance(node, Leaf):
            classes[at] = node.klass
            right[at], left[at] = totals[at, node.klass : node.klass + 1], np.array([-1])
            continue
        poll()
        alone = float(totals[at, classes[at]])
        right[at], left[at] = _together(alone, right[node.left], right[node.right], most)
    return Pruned(tree, classes, right, left)


def _together(alone: float, a: Floats, b: Floats, most: int) -> tuple[Floats, Ints]:
    """What a node gets right by its number of leaves, and how many of them are on its left."""
    size = min(most, len(a) + len(b))
    right = np.full(size, -1.0)
    left = np.full(size, -1, dtype=np.int64)
    right[0] = alone
    for k in range(min(len(a), size - 1)):
        part = a[k] + b[: size - 1 - k]
        span = slice(k + 1, k + 1 + len(part))
        better = part > right[span]
        right[span][better] = part[better]
        left[span][better] = k
    return right, left


def _totals(tree: Tree, domain: Domain, table: Table, kinds: int) -> tuple[Floats, Floats]:
    """What each class counts below each node, and how many leaves it has there."""
    bound = bind(tree, domain)
    at = leaves_of_points(bound, table.points) * kinds + table.classes
    size = len(tree.nodes) * kinds
    totals = np.bincount(at, table.mass, size).reshape(-1, kinds).astype(np.float64)
    votes = np.zeros_like(totals)
    for i in range(len(tree.nodes) - 1, -1, -1):  # in pre-order children stand after their parent
        node = tree.nodes[i]
        if isinstance(node, Leaf):
            votes[i, node.klass] += 1
            continue
        totals[i] = totals[node.left] + totals[node.right]
        votes[i] = votes[node.left] + votes[node.right]
    return totals, votes


def frontier_of(
    trees: Iterable[Tree], domain: Domain, table: Table, kinds: int
) -> tuple[FrontierTree, ...]:
    """Of all trees, cut down as they can be, those that get more right than any smaller one.

    The agreement is that on the rows where the table has some, else that on all its points.
    """
    best: dict[int, tuple[int, Tree]] = {}
    for tree in trees:
        ways = pruned(tree, domain, table, kinds)
        for leaves in _some(ways.sizes()):
            right, cut = ways.best(leaves)
            if right > best.get(cut.leaves, (-1, cut))[0]:
                best[cut.leaves] = right, cut
    entries: list[FrontierTree] = []
    reached = -1
    for leaves, (right, tree) in sorted(best.items()):
        if right > reached:
            reached = right
            entries.append(FrontierTree(tree, leaves, agreement(table, right)))
    return tuple(entries)


def _some(sizes: Iterable[int]) -> Iterator[int]:
    """Of many sizes all small ones, and of the others those that are a tenth larger."""
    last = 0
    for size in sizes:
        if size <= FINE or size >= 1.1 * last:
            last = size
            yield size


def agreement(table: Table, right: int) -> Fraction:
    """The share of a table's rows, or of all that it counts, that is right."""
    if table.rows:
        return Fraction(right // FIRST, table.occurrences)
    return Fraction(right, max(1, table.total))
