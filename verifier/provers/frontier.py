"""The open cells of branch and bound: a structure of arrays, and which of them comes next."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.model.cell import Cell
from verifier.provers.words import cell_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[Any]
"""Words of parts; int64, or Python's integers where masks are wide."""
Objects = npt.NDArray[np.object_]
SPARE = 64
"""Rows that a frontier has at least."""


@dataclass(frozen=True, eq=False)
class Cells:
    """Some open cells: the first axis of every array is the cell.

    ``nodes`` are their places in the ledger, ``words`` [cells, variables] their values, ``tests``
    the deepest tree nodes that all their points pass, ``given`` the leaves of the domain's tree
    that they lie in (-1: there is none), ``shares`` their probabilities, ``weights`` 2^-depth,
    where depth counts the splits of this search above them. ``points`` [cells, variables] has a
    point of each, ``refused`` says that the kernel did not accept it as constant, and ``known`` is
    what was found of a cell around it, or None: of what kind is up to the strategy.
    """

    nodes: Ints
    words: Words
    tests: Ints
    given: Ints
    shares: Floats
    weights: Floats
    points: Ints
    refused: Bools
    known: Objects

    def __len__(self) -> int:
        return len(self.nodes)

    def __getitem__(self, at: Ints | Bools | slice | Sequence[int]) -> Cells:
        return Cells(*(column[at] for column in self.columns))

    @property
    def columns(self) -> Iterator[npt.NDArray[Any]]:
        """The arrays, in order."""
        return (getattr(self, name) for name in _NAMES)

    def cell(self, i: int) -> Cell:
        """One of the cells."""
        return cell_of(self.words[i].tolist())

    def cells(self) -> list[Cell]:
        """All of them."""
        return [cell_of(words) for words in self.words.tolist()]


_NAMES = tuple(x.name for x in fields(Cells))


def joined(some: Sequence[Cells]) -> Cells:
    """Cells one after the other; at least one set of them."""
    return Cells(*map(np.concatenate, zip(*(x.columns for x in some), strict=True)))


def objects(some: Sequence[object]) -> Objects:
    """An array of objects, whatever they are."""
    found = np.empty(len(some), dtype=object)
    for i, one in enumerate(some):
        found[i] = one
    return found


@dataclass(eq=False)
class Frontier:
    """All open cells that wait: rows of ``held``, of which those in ``free`` are not used.

    Those in ``stack`` are taken first, the last one before others; those in ``heap`` by their
    probability.
    """

    held: Cells | None = None
    free: list[int] = field(default_factory=list)
    stack: list[int] = field(default_factory=list)
    heap: list[tuple[float, int, int]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.stack) + len(self.heap)

    def push(self, cells: Cells, *, ranked: bool) -> None:
        """Add cells: by probability if they are ``ranked``, else on top."""
        if not len(cells):
            return
        rows = self._rows(cells)
        assert self.held is not None
        for mine, theirs in zip(self.held.columns, cells.columns, strict=True):
            mine[rows] = theirs
        if ranked:
            keys = zip((-cells.shares).tolist(), cells.nodes.tolist(), rows, strict=True)
            for key in keys:
                heapq.heappush(self.heap, key)
        else:
            self.stack += rows

    def take(self, most: int) -> Cells | None:
        """The next cells, at most ``most``; None where there is none."""
        rows = [self.stack.pop() for _ in range(min(most, len(self.stack)))]
        while len(rows) < most and self.heap:
            rows.append(heapq.heappop(self.heap)[2])
        if not rows or self.held is None:
            return None
        found = self.held[rows]
        self.held.known[rows] = None
        self.free += rows
        return found

    def top(self, most: int) -> Cells | None:
        """The cells that were added last, at most so many; they stay. None where there is none."""
        return self.held[self.stack[-most:]] if self.held is not None and self.stack else None

    def rank(self) -> None:
        """Have all be taken by their probability."""
        if self.stack and self.held is not None:
            at = self.stack
            shares, nodes = (-self.held.shares[at]).tolist(), self.held.nodes[at].tolist()
            self.heap += zip(shares, nodes, at, strict=True)
            heapq.heapify(self.heap)
            self.stack = []

    def clear(self) -> None:
        """Forget all cells."""
        self.held, self.free, self.stack, self.heap = None, [], [], []

    def _rows(self, cells: Cells) -> list[int]:
        """Free rows for some cells."""
        if len(self.free) < len(cells):
            old = 0 if self.held is None else len(self.held)
            more = max(SPARE, old, len(cells) - len(self.free))
            room = Cells(*(np.empty((more, *x.shape[1:]), dtype=x.dtype) for x in cells.columns))
            self.held = room if self.held is None else joined((self.held, room))
            self.free += range(old + more - 1, old - 1, -1)
        rows = self.free[-len(cells) :][::-1]
        del self.free[-len(cells) :]
        return rows
