"""The open cells as a structure of arrays, against lists of the same cells."""

from __future__ import annotations

import heapq

import numpy as np
import pytest

from tests.every import seeds
from verifier.model.cell import Cell
from verifier.provers.frontier import Cells, Frontier, joined, objects
from verifier.provers.words import words_of


def made(rng, nodes, *, wide=False):
    """Cells with these nodes, all else drawn."""
    n, parts = len(nodes), [(int(rng.integers(1, 4)), range(2, 9)) for _ in nodes]
    words = np.empty((n, 2), dtype=object if wide else np.int64)
    for i, own in enumerate(parts):
        words[i] = words_of(Cell(own))
    return Cells(
        nodes=np.array(nodes, dtype=np.int64),
        words=words,
        tests=rng.integers(0, 9, n),
        given=rng.integers(-1, 9, n),
        shares=rng.integers(1, 6, n) / 8,
        weights=rng.random(n),
        points=rng.integers(0, 2, (n, 2)),
        refused=rng.random(n) < 0.5,
        known=objects([(np.zeros(2), node) for node in nodes]),
    )


def rows(cells):
    """What the cells are, one by one."""
    found = [] if cells is None else zip(*(x.tolist() for x in cells.columns), strict=True)
    return [(*row[:8], row[8][1]) for row in found]


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize("seed", seeds(range(20)))
def test_cells_come_back_whole_and_in_order(seed, wide):
    rng = np.random.default_rng(seed)
    frontier, stack, heap, count = Frontier(), [], [], 0
    for _ in range(60):
        if rng.random() < 0.6:
            nodes = list(range(count, count + int(rng.integers(0, 40))))
            count += len(nodes)
            cells, ranked = made(rng, nodes, wide=wide), bool(rng.random() < 0.4)
            frontier.push(cells, ranked=ranked)
            for row in rows(cells):
                if ranked:
                    heapq.heappush(heap, (-row[4], row[0], row))
                else:
                    stack.append(row)
        elif rng.random() < 0.1:
            frontier.rank()
            heap += [(-row[4], row[0], row) for row in stack]
            heapq.heapify(heap)
            stack = []
        assert len(frontier) == len(stack) + len(heap)
        assert rows(frontier.top(3)) == stack[-3:]
        most = int(rng.integers(1, 30))
        wanted = [stack.pop() for _ in range(min(most, len(stack)))]
        while len(wanted) < most and heap:
            wanted.append(heapq.heappop(heap)[2])
        assert rows(frontier.take(most)) == wanted
    frontier.clear()
    assert len(frontier) == 0 and frontier.take(5) is None and frontier.top(5) is None


def test_what_is_known_of_cells_that_are_taken_is_let_go():
    frontier = Frontier()
    frontier.push(made(np.random.default_rng(0), [1, 2]), ranked=False)
    assert frontier.take(9) is not None and frontier.held is not None
    assert all(x is None for x in frontier.held.known[frontier.free].tolist())


def test_some_of_the_cells():
    cells = made(np.random.default_rng(1), [5, 6, 7])
    assert cells.cells() == [cells.cell(i) for i in range(3)]
    assert rows(joined([cells[:1], cells[[2]]])) == rows(cells[np.array([True, False, True])])
