"""Bounds over those points of cells where a sum lies between two ends: rule 10, *Between*. Trusted.

Where least <= s <= most, a form f is at least the least value of f - m s over the cell, plus m
times least, or times most where m is below 0. Any m is sound; the best is a number at which a
column has no part in f - m s.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.choices import Floats, Pair
from verifier.model.network import Affine, Relu

if TYPE_CHECKING:
    from verifier.kernel.quick import Cells, Rows

ROWS = 1 << 10
"""Rows of cells that are worked on together."""


@dataclass(frozen=True, eq=False)
class Between:
    """Of each cell the points where ``least <= s <= most``: s (cells, columns), ends (cells)."""

    s: Floats
    least: Floats
    most: Floats

    def part(self, at: Ints | slice) -> Between:
        """Of some cells."""
        return Between(self.s[at], self.least[at], self.most[at])

    def lowest(self, cells: Cells, form: Rows, size: Floats) -> Floats:
        """Lower bounds there of each cell's own rows of the input, (cells, 1, rows)."""
        m = self._multiples(cells, form.a)
        taken = m[..., None] * self.s[:, None]
        rest, all_ = form.a - taken, size + np.abs(taken)
        least, most = m * self.least[:, None], m * self.most[:, None]
        off = form.mass + all_ @ cells.most[0] + np.maximum(np.abs(least), np.abs(most))
        off *= cells.error
        if cells.inexact:
            off += all_.sum(axis=2) * (cells.inexact * (1 + cells.error))
        found = form.total + cells.least(rest, np.abs(rest))
        found = found + (np.minimum(least, most) - off - cells.precision.tiny)[:, None]
        return np.where((off < cells.precision.limit)[:, None], found, -np.inf)

    def _multiples(self, cells: Cells, a: Floats) -> Floats:
        """A good m for each row (cells, rows), of columns of single variables alone."""
        s, a = self.s[:, None].astype(np.float32), a.astype(np.float32)
        moved = np.abs(s) * cells.radius[:, None].astype(np.float32)
        has = moved > 0
        breaks = np.where(has, a / np.where(has, s, 1), np.inf)
        order = np.argsort(breaks, axis=2)
        reach = np.cumsum(np.take_along_axis(np.broadcast_to(moved, a.shape), order, 2), axis=2)
        # where f - m s is least s rises with m: by twice of what moves it at each break
        base = (self.s * cells.centre).sum(axis=1) - moved[:, 0].sum(axis=1)
        ends = []
        for end in (self.least, self.most):
            need = (end - base).astype(np.float32)[:, None, None]
            at = np.minimum((2 * reach < need).sum(axis=2), a.shape[2] - 1)[..., None]
            ends.append(np.take_along_axis(breaks, np.take_along_axis(order, at, 2), 2)[..., 0])
        m = np.maximum(ends[0], 0) + np.minimum(ends[1], 0)
        return np.where(np.isfinite(m), m, 0).astype(np.float64)


def enclosed(
    cells: Cells,
    between: Between | None = None,
    known: Callable[[Cells, int], None] | None = None,
) -> Cells:
    """Cells, of each its own lines, with enclosures that hold at those of their points. Where ends
    cross, which shows that there is no such point, they are as before.

    What else is ``known`` of the points may ``meet`` a node's enclosures, from the first on.
    """
    p, layers = cells.p, cells.p.teacher.layers
    low, high = [x.copy() for x in cells.low], [x.copy() for x in cells.high]
    found = replace(cells, low=low, high=high, within=between)
    before = {x.source for x in layers if isinstance(x, Relu)}
    for node, layer in enumerate(layers, 1):
        if node > 1:
            meet(found, node, slice(None), found.interval(node))
        if known is not None:
            known(found, node)
        if node not in before or not isinstance(layer, Affine):
            continue
        cell, row = np.nonzero((low[node] < 0) & (high[node] > 0))
        for start in range(0, len(cell), ROWS):
            p.poll()
            some = cell[start : start + ROWS], row[start : start + ROWS]
            own = found.part(some[0]).lines(node, some[1][:, None])
            meet(found, node, some, (own[0][:, 0], own[1][:, 0]))
    return replace(found, within=None)


def meet(cells: Cells, node: int, at: Any, ends: Pair) -> npt.NDArray[np.bool_]:
    """Take what is closer of some enclosures of a node; whether ends do not cross."""
    low, high = cells.low[node], cells.high[node]
    least, most = np.maximum(low[at], ends[0]), np.minimum(high[at], ends[1])
    good = least <= most
    low[at], high[at] = np.where(good, least, low[at]), np.where(good, most, high[at])
    return np.asarray(good)
