"""A proof in pre-order, as arrays: cells drawn from anywhere in it, and the proof itself.

Python objects are made only for the cells that are looked at, and for the finished proof.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.model.cell import Cell
from verifier.model.part import Part, going_left, within
from verifier.model.proof import Constant, Enumerated, Open, Proof, Signed, Split, Step
from verifier.provers.shaping import Shape, Weigh, dear
from verifier.writing.falling import worked
from verifier.writing.proof_bytes import encoded, encoded_arrays

OPENED = Open()
OPEN, FIRST = -1, -2
PIECE = 1 << 18
"""Nodes made into objects at a time."""
LONG = 1 << 16
"""Nodes of a proof that is handed over in bytes, at least."""
PATIENCE = 4
"""A run of closed cells ends after so many times as many nodes."""

Array = npt.NDArray[np.signedinteger[Any]]


@dataclass(frozen=True, eq=False)
class Ordered:
    """A proof's nodes in pre-order, each with the number of splits above it (``depth``).

    A code is the variable of a split; OPEN; or FIRST - i for the i-th of ``steps``. ``lefts`` say
    of a split what goes left; -1 - i stands for the i-th of ``large``. ``swept`` are the seconds
    that the kernel is expected to take for the Enumerated cells, if that was asked for.
    """

    codes: Array
    lefts: Array
    depth: Array
    steps: Sequence[Step]
    large: Sequence[int]
    swept: float | None = None

    def where(self, kind: type[Step]) -> npt.NDArray[np.int64]:
        """The places of the steps of a kind."""
        wanted = [FIRST - i for i, step in enumerate(self.steps) if isinstance(step, kind)]
        return np.flatnonzero(np.isin(self.codes, wanted))

    @property
    def signed(self) -> npt.NDArray[np.int64]:
        """What the kernel does for the trees of signs that each node has, in bytes of trees."""
        sizes = np.array([worked(x) if isinstance(x, Signed) else 0 for x in self.steps] or [0])
        closed = self.codes < OPEN
        return np.where(closed, sizes[np.where(closed, FIRST - self.codes, 0)], 0)

    def run(
        self, parts: Sequence[Part], at: int, most: int, *, closed: bool = True
    ) -> list[tuple[Cell, Step]]:
        """Closed cells that follow each other in the proof, from node ``at`` on, or open ones; at
        most so many.

        ``parts`` are those of the whole domain.
        """
        own, waiting = tuple(parts), list[tuple[Part, ...]]()
        for above, below in pairwise(self._path(at)):
            one, two = self._halves(above, own)
            if below == above + 1:
                waiting.append(two)
            own = one if below == above + 1 else two
        waiting.append(own)
        found: list[tuple[Cell, Step]] = []
        for node in range(at, at + PATIENCE * most):
            if not waiting or len(found) == most:
                break
            own, code = waiting.pop(), int(self.codes[node])
            if code >= 0:
                waiting += reversed(self._halves(node, own))
            elif closed == (code != OPEN):
                found.append((Cell(own), self.steps[FIRST - code] if closed else OPENED))
        return found

    def _path(self, at: int) -> list[int]:
        """The nodes above one, and it: going back, each is the first with fewer splits above."""
        before = self.depth[: at + 1][::-1]
        least = np.minimum.accumulate(before)
        new = np.flatnonzero(np.diff(least) < 0) + 1
        return [at - i for i in new[::-1].tolist()] + [at]

    def _left(self, node: int) -> int:
        left = int(self.lefts[node])
        return left if left >= 0 else self.large[-1 - left]

    def _halves(
        self, node: int, parts: tuple[Part, ...]
    ) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
        """The parts of the two halves of a split."""
        variable = int(self.codes[node])
        whole = parts[variable]
        one, two = within(whole, going_left(whole, self._left(node)))
        before, after = parts[:variable], parts[variable + 1 :]
        return (*before, one, *after), (*before, two, *after)

    def part(self, nodes: slice) -> Ordered:
        """A tree among these, by its nodes."""
        depth = self.depth[nodes]
        return replace(
            self, codes=self.codes[nodes], lefts=self.lefts[nodes], depth=depth - depth[0]
        )

    def kept(self, wanted: npt.NDArray[np.bool_]) -> Ordered:
        """The same with those closed cells that are ``wanted``; what is left of it is Open."""
        stays, above = wanted.copy(), np.zeros(len(wanted), dtype=np.int64)
        by_depth = np.argsort(self.depth, kind="stable")
        ends = np.cumsum(np.bincount(self.depth))
        levels = np.split(by_depth, ends[:-1])
        for upper, lower in zip(levels[-2::-1], levels[:0:-1], strict=True):
            above[lower] = upper[np.searchsorted(upper, lower) - 1]
            stays[above[lower[stays[lower]]]] = True
        told = stays[above]
        told[0] = True
        codes = np.where(stays, self.codes, OPEN)[told]
        lefts = np.where(stays, self.lefts, 0)[told]
        return replace(self, codes=codes, lefts=lefts, depth=self.depth[told])

    def shaped(self, shape: Shape, weigh: Weigh = dear, lowest: Array | None = None) -> Ordered:
        """The same with cells whose parts cost more Enumerated, as ``weigh`` finds them.

        ``weigh`` is ``dear``, compiled if it can be. ``lowest`` are the first values of ordinals
        where it is not about the whole domain.
        """
        codes, lefts = self.codes, self.lefts
        kinds = np.where(codes >= 0, codes, -3).astype(np.int64)
        kinds[self.where(Constant)] = -1
        kinds[self.where(Enumerated)] = -2
        goes, split = lefts.astype(np.int64), codes >= 0
        masks = split & ~shape.ordinal[np.where(split, codes, 0)]
        goes[masks] = np.bitwise_count(np.maximum(lefts[masks], 0))
        for i in np.flatnonzero(split & (lefts < 0)).tolist():
            goes[i] = self._left(i).bit_count() if masks[i] else self._left(i)
        if lowest is not None:
            ranges = split & ~masks
            goes[ranges] -= lowest[codes[ranges]]
        ends = np.zeros(len(kinds), dtype=np.int64)
        swept = weigh(kinds, goes, ends, shape, int(self.depth.max()) + 1)
        steps = (*self.steps, Enumerated())
        kept, codes, done = np.ones(len(codes), dtype=np.bool_), codes.copy(), 0
        for i in np.flatnonzero(ends).tolist():
            if i >= done:
                done = int(ends[i])
                codes[i], kept[i + 1 : done] = FIRST - len(steps) + 1, False
        return replace(
            self,
            codes=codes[kept],
            lefts=lefts[kept],
            depth=self.depth[kept],
            steps=steps,
            swept=swept,
        )

    def proof(self) -> Proof:
        """The proof itself."""
        return tuple(self._nodes())

    def handed_over(self, models: int, columns: int) -> Proof:
        """The proof itself; of many nodes in bytes, which take a few each.

        ``models`` and ``columns`` are how many the question and the domain have.
        """
        if len(self.codes) < LONG:
            return self.proof()
        used = [self.steps[FIRST - i] for i in np.unique(self.codes[self.codes < OPEN]).tolist()]
        if self.large or not all(isinstance(x, Constant | Enumerated | Open) for x in used):
            return encoded(self._nodes(), models, columns, used)
        known = [x if isinstance(x, Constant | Enumerated) else OPENED for x in self.steps]
        return encoded_arrays(self.codes, self.lefts, (OPENED, *known), models, columns)

    def _nodes(self) -> Iterator[Split | Step]:
        """The nodes, the same object for the same node."""
        known: dict[tuple[int, int], Split | Step] = {}
        for start in range(0, len(self.codes), PIECE):
            part = slice(start, start + PIECE)
            for key in zip(self.codes[part].tolist(), self.lefts[part].tolist(), strict=True):
                node = known.get(key)
                if node is None:
                    node = known[key] = self._item(*key)
                yield node

    def _item(self, code: int, left: int) -> Split | Step:
        if code >= 0:
            return Split(code, left if left >= 0 else self.large[-1 - left])
        return OPENED if code == OPEN else self.steps[FIRST - code]


def joined(trees: Sequence[Ordered]) -> Ordered:
    """Trees with the same steps, or with one more at the end, one after the other; at least one."""
    return replace(
        max(trees, key=lambda x: len(x.steps)),
        codes=np.concatenate([x.codes for x in trees]),
        lefts=np.concatenate([x.lefts for x in trees]),
        depth=np.concatenate([x.depth for x in trees]),
        swept=math.fsum(x.swept or 0.0 for x in trees),
    )
