"""The proof under construction: which cells are split, closed or still open.

A node takes 16 bytes in arrays; Python objects are made only for the finished proof. Every change
is one assignment, made after what it refers to exists. So a search that is interrupted anywhere
leaves a well-formed proof: what was not recorded is Open.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from verifier.model.proof import Open, Proof, Step
from verifier.provers.ordered import FIRST, OPEN, Array, Ordered

SIZE_BITS = 18
SIZE = 1 << SIZE_BITS
"""Nodes in a block of memory."""
MACHINE = 1 << 62


def in_order(code: Array, right: Array, deepest: int, spare: int, out: Array, depth: Array) -> int:
    """Nodes from node 0 down in pre-order into ``out``; -1 stands for an open cell.

    Returns their number; the splits above each go into ``depth``. ``out`` and ``depth`` have room
    for twice as many nodes as there are. With ``deepest`` >= 0 cells with more splits above them
    count as open, and so do those with as many after the first ``spare``; a split of which both
    halves are open is left out.
    """
    waiting, below, count = [0], [0], 0
    while len(waiting):
        node, d = waiting.pop(), below.pop()
        if node < -1:  # both halves of the split that was entered at -2 - node are done
            at = -2 - node
            if count == at + 3 and out[at + 1] == -1 and out[at + 2] == -1:
                out[at], count = -1, at + 1
            continue
        if node >= 0 and code[node] == OPEN:
            if right[node] >= 0:
                waiting.append(right[node])
                below.append(d)
                continue
            node = -1
        if node >= 0 and code[node] < OPEN and d >= deepest >= 0:
            if d > deepest or spare == 0:
                node = -1
            else:
                spare -= 1
        out[count], depth[count] = node, d
        count += 1
        if node >= 0 and code[node] >= 0:
            if deepest >= 0:
                waiting.append(-1 - count)
                below.append(d)
            waiting.append(right[node])
            waiting.append(node + 1)
            below.append(d + 1)
            below.append(d + 1)
    return count


Walk = Callable[[Array, Array, int, int, Array, Array], int]
"""``in_order``, compiled or not."""


@dataclass(frozen=True, eq=False)
class _Block:
    code: Array = field(default_factory=lambda: np.empty(SIZE, dtype=np.int32))
    left: Array = field(default_factory=lambda: np.empty(SIZE, dtype=np.int64))
    right: Array = field(default_factory=lambda: np.empty(SIZE, dtype=np.int32))


@dataclass(eq=False)
class GrowingProof:
    """A growing proof; node 0 stands for the whole domain.

    The code of a node is the variable of a split; OPEN; or FIRST - i for the i-th entry of
    ``steps``. The left half of a split node is the node after it; ``right`` is its right half, or
    -1 while that is open. An OPEN node whose ``right`` is not -1 was taken up there. So an open
    cell is addressed by the node that ``link`` is to complete.
    """

    blocks: list[_Block] = field(default_factory=list)
    used: int = SIZE
    steps: list[Step] = field(default_factory=list)
    known: dict[Step, int] = field(default_factory=dict)
    large: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.add(OPEN)

    @property
    def size(self) -> int:
        """Nodes entered so far."""
        return (len(self.blocks) - 1) * SIZE + self.used

    def code_of(self, step: Step) -> int:
        """The code that stands for a step."""
        if isinstance(step, Open):
            return OPEN
        if step not in self.known:
            self.steps.append(step)
            self.known[step] = FIRST - len(self.steps) + 1
        return self.known[step]

    def append(self, code: Array, left: Array, right: Array) -> int:
        """Enter nodes (at most SIZE) whose ``right`` counts from 0; returns the first one."""
        block, at = self._room(len(code))
        base = ((len(self.blocks) - 1) << SIZE_BITS) + at
        end = at + len(code)
        block.code[at:end], block.left[at:end] = code, left
        block.right[at:end] = np.where(right >= 0, right + base, -1)
        self.used = end
        return base

    def add(self, *codes: int, left: int = 0) -> int:
        """Enter a few nodes, the first with the values ``left``; returns the first one."""
        block, at = self._room(len(codes))
        for i, code in enumerate(codes, at):
            block.code[i], block.left[i], block.right[i] = code, 0, -1
        block.left[at] = left
        self.used = at + len(codes)
        return ((len(self.blocks) - 1) << SIZE_BITS) + at

    def _room(self, count: int) -> tuple[_Block, int]:
        if self.used + count > SIZE:
            self.blocks.append(_Block())
            self.used = 0
        return self.blocks[-1], self.used

    def link(self, node: int, child: int) -> None:
        """Complete an open cell by the node ``child``."""
        self.blocks[node >> SIZE_BITS].right[node & (SIZE - 1)] = child

    def append_all(self, places: Array, codes: Array, lefts: Array) -> Array:
        """Complete open cells by as many nodes each; returns the first one of each.

        All are entered, then the cells are linked, so that an interruption leaves some open.
        """
        each = len(codes) // max(1, len(places))
        step = SIZE // max(1, each)
        found = []
        for start in range(0, len(places), step):
            own = slice(start * each, (start + step) * each)
            first = self.append(codes[own], lefts[own], np.full(len(codes[own]), -1))
            found.append(first + each * np.arange(len(places[start : start + step])))
        new = np.concatenate([*found, np.zeros(0, dtype=np.int64)]).astype(np.int64)
        block = places >> SIZE_BITS
        for number in np.unique(block).tolist():
            at = block == number
            self.blocks[number].right[places[at] & (SIZE - 1)] = new[at]
        return new

    def split(self, node: int, variable: int, left: int) -> tuple[int, int]:
        """Split an open cell; returns its two halves."""
        if left >= MACHINE:
            self.large.append(left)
            left = -len(self.large)
        new = self.add(variable, OPEN, left=left)
        self.link(node, new)
        return new + 1, new

    def close(self, node: int, step: Step) -> None:
        """Record what holds on an open cell."""
        self.link(node, self.add(self.code_of(step)))

    def ordered(
        self, walk: Walk = in_order, most: int | None = None, *, together: bool = False
    ) -> Ordered:
        """The proof as it stands, in pre-order; ``walk`` is ``in_order``, compiled if it can be.

        With ``most`` only so many cells are kept, those with the fewest splits above them; what is
        left of the domain is Open. Then, or if they are to be taken ``together``, there are no
        splits of which both halves are open.
        """
        code, right = (
            np.concatenate([*parts[:-1], parts[-1][: self.used]])
            for parts in ([b.code for b in self.blocks], [b.right for b in self.blocks])
        )
        out, depth = np.empty((2, 2 * len(code)), dtype=np.int32)
        count = walk(code, right, sys.maxsize if together else -1, 0, out, depth)
        if most is not None:
            closed = (out[:count] >= 0) & (code[out[:count]] < OPEN)
            sums = np.cumsum(np.bincount(depth[:count][closed], minlength=1))
            deepest = int(np.searchsorted(sums, most))
            spare = most - (int(sums[deepest - 1]) if deepest else 0)
            count = walk(code, right, deepest, spare, out, depth)
        del code, right  # of very many nodes only one more copy fits
        codes, lefts = self._gathered(out[:count])
        return Ordered(codes, lefts, depth[:count].copy(), tuple(self.steps), self.large)

    def _gathered(self, order: Array) -> tuple[Array, Array]:
        """The codes and what goes left of nodes, of which -1 stands for an open cell."""
        codes = np.full(len(order), OPEN, dtype=np.int32)
        lefts = np.zeros(len(order), dtype=np.int64)
        for start in range(0, len(order), SIZE):
            some = order[start : start + SIZE]
            block = some >> SIZE_BITS
            for number in np.unique(block[some >= 0]).tolist():
                at = np.flatnonzero(block == number)
                inside, held = some[at] & (SIZE - 1), self.blocks[number]
                codes[start + at], lefts[start + at] = held.code[inside], held.left[inside]
        return codes, lefts

    def proof(self) -> Proof:
        """The proof as it stands."""
        return self.ordered().proof()
