"""The best tree of every size made of given cells: dynamic programming over (leaves, agreement).

A cell may be a leaf, or be split at any cut whose two halves are among the cells too. For every
cell and number of leaves the program keeps the most samples that a tree can get right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verifier.distillers.cuts import Bools, Cuts, Ints
from verifier.distillers.tidying import merge
from verifier.model.tree import Inner, Leaf, Tree

Codes = npt.NDArray[np.uint64]
Edge = tuple[int, int, int]
"""A cut, and the cells on its left and right."""


@dataclass(frozen=True)
class FrontierTree:
    """A tree on the frontier: no tree of the cells with as few leaves agrees more often.

    ``agreement`` is the share of the fresh samples on which tree and teacher agree.
    """

    tree: Tree
    leaves: int
    agreement: Fraction


def _literals(cuts: Cuts) -> tuple[Bools, Bools]:
    """Which values a cut sends left, and which are of its variable, [values, cuts]."""
    variables = np.array([cuts.variable(c) for c in range(len(cuts.first))], dtype=np.int64)
    goes_left = np.stack([cuts.left(c) for c in range(len(cuts.first))], axis=1)
    return goes_left, cuts.owner[:, None] == variables


def fingerprints(cuts: Cuts, cells: Bools) -> tuple[Codes, Codes, Codes]:
    """Random linear hashes modulo 2^64 of the cells, and of both their parts at every cut.

    Shapes (cells,), (cells, cuts), (cells, cuts); a part that is empty leaves the other whole.
    """
    rng = np.random.default_rng(0)
    code = np.asarray(rng.integers(1, 1 << 63, cells.shape[1], dtype=np.uint64))
    held = np.where(cells, code, np.uint64(0))
    whole = held.sum(axis=1, dtype=np.uint64)
    ranked, running = _running(held[:, cuts.order]), _running(held)
    left = ranked[:, cuts.last] - ranked[:, cuts.first]
    tested = [cuts.variable(c) for c in range(len(cuts.first))]
    ends = np.append(cuts.starts[1:], len(cuts.owner))
    both = running[:, ends[tested]] - running[:, cuts.starts[tested]]
    return whole, whole[:, None] - both + left, whole[:, None] - left


def _running(held: Codes) -> Codes:
    """The sums modulo 2^64 of no, one, two, ... of the first columns."""
    sums = np.zeros((len(held), held.shape[1] + 1), dtype=np.uint64)
    np.cumsum(held, axis=1, out=sums[:, 1:])
    return sums


def find_edges(cuts: Cuts, cells: Bools) -> list[list[Edge]]:
    """For each cell the cuts that split it into two of the cells; ``cells[n, values]``.

    Cells are found by their fingerprints, and every match is compared.
    """
    goes_left, same = _literals(cuts)
    whole, lows, highs = fingerprints(cuts, cells)
    order = np.argsort(whole)
    found: list[list[Edge]] = [[] for _ in cells]
    sides = []
    for wanted in (lows, highs):
        at = np.minimum(np.searchsorted(whole[order], wanted), len(order) - 1)
        sides.append(np.where(whole[order][at] == wanted, order[at], -1))
    proper = (lows != whole[:, None]) & (highs != whole[:, None])
    for n, c in np.argwhere(proper & (sides[0] >= 0) & (sides[1] >= 0)).tolist():
        low, high = int(sides[0][n, c]), int(sides[1][n, c])
        keep = goes_left[:, c] | ~same[:, c]
        if (cells[low] == (cells[n] & keep)).all() and (
            cells[high] == (cells[n] & ~goes_left[:, c])
        ).all():
            found[n].append((c, low, high))
    return found


@dataclass(eq=False)
class _Best:
    """For one cell: ``right[j]`` samples at most with j + 1 leaves, and how."""

    right: Ints
    how: list[tuple[Edge, int, int] | None]


def frontier(
    cuts: Cuts, cells: Bools, counts: npt.NDArray[np.int64], size: int
) -> list[FrontierTree]:
    """The trees that agree most often, by number of leaves up to ``size``; ties go to the smaller.

    ``counts[n, class]`` are the fresh samples in each cell; cell 0 is the whole.
    """
    edges = find_edges(cuts, cells)
    best: dict[int, _Best] = {}
    for n in np.argsort(cells.sum(axis=1), kind="stable").tolist():  # halves come before the whole
        best[n] = _solve(int(counts[n].max()), edges[n], best, size)
    total = int(counts[0].sum())
    entries: list[FrontierTree] = []
    for j, right in enumerate(best[0].right.tolist()):
        if j and right <= best[0].right[j - 1]:
            continue
        tree = merge(_extract(cuts, best, counts, j))
        if not entries or tree.leaves > entries[-1].leaves:
            entries.append(FrontierTree(tree, tree.leaves, Fraction(right, max(total, 1))))
    return entries


def _solve(alone: int, edges: Sequence[Edge], best: dict[int, _Best], size: int) -> _Best:
    """The best of all splits of one cell; ``alone`` samples are right if it is a leaf."""
    most = max([1] + [len(best[low].right) + len(best[high].right) for _, low, high in edges])
    right = np.full(min(most, size), -1, dtype=np.int64)
    how: list[tuple[Edge, int, int] | None] = [None] * len(right)
    right[0] = alone
    for edge in edges:
        a, b = best[edge[1]].right, best[edge[2]].right
        for i in range(min(len(a), len(right) - 1)):
            part = b[: len(right) - 1 - i] + a[i]
            span = slice(i + 1, i + 1 + len(part))
            for j in np.flatnonzero(part > right[span]).tolist():
                right[i + 1 + j] = part[j]
                how[i + 1 + j] = (edge, i, j)
    for j in range(1, len(right)):
        if right[j] <= right[j - 1]:
            right[j], how[j] = right[j - 1], how[j - 1]
    return _Best(right, how)


def _extract(
    cuts: Cuts, best: dict[int, _Best], counts: npt.NDArray[np.int64], leaves: int
) -> Tree:
    nodes: list[Inner | Leaf] = []
    stack = [(0, leaves, -1, False)]
    while stack:
        n, j, parent, is_right = stack.pop()
        here = len(nodes)
        if parent >= 0:
            above = nodes[parent]
            assert isinstance(above, Inner)
            ends = (above.left, here) if is_right else (here, above.right)
            nodes[parent] = Inner(above.column, above.threshold, *ends)
        found = best[n].how[j]
        if found is None:
            nodes.append(Leaf(int(counts[n].argmax())))
            continue
        (cut, low, high), i, k = found
        nodes.append(Inner(int(cuts.column[cut]), cuts.thresholds[cut], here, here))
        stack += [(high, k, here, True), (low, i, here, False)]
    return Tree(tuple(nodes))
