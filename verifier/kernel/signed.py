"""Rule 5 by the signs of neurons: a cell's class shown in each leaf of a tree by itself. Trusted.

Where a leaf says z >= 0, R relu(z) is at least (R - beta) z for any beta >= 0, where z <= 0 at
least beta z: the multipliers are the proof's, and need no trust.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.choices import Floats, Precision
from verifier.kernel.prepared import Parts, Prepared
from verifier.kernel.quick import Cells, ReluLines, Rows, intercept, slopes
from verifier.kernel.rounds import Shown, everywhere, farthest, precisions
from verifier.kernel.rules import Apply, class_rows, group_of
from verifier.kernel.signs import NEURONS, SAYS, Trees, decode, neurons
from verifier.kernel.starting import cells_of
from verifier.model.errors import InvalidProof

BELOW, CHOSEN = np.array([0, 0.5, 1, 0]), np.array([0, 0.375, 0.625, 1])
"""Slopes of lines below ReLUs, by the codes of trees and of leaves."""
LEAVES, CELLS = 1 << 10, 1 << 6
"""Leaves, and cells, that are bounded together."""


def suits(p: Prepared) -> bool:
    """Whether trees of signs say something about a network: where it is bounded in floats."""
    return group_of(p) > 1 and sum(own.stop - own.start for _, own in neurons(p)) <= NEURONS


def signed_cells(
    p: Prepared,
    parts: Parts,
    wanted: Ints,
    trees: Sequence[bytes],
    numbers: Sequence[int],
    *,
    float32: bool = False,
    apply: Apply = map,
) -> tuple[Shown, Shown]:
    """For which cells their trees show the class that is ``wanted``, and which for float32 too.

    Raises InvalidProof where the bytes of a step, of the ``numbers``, are no trees.
    """
    good, firm = np.zeros(len(parts), dtype=bool), np.zeros(len(parts), dtype=bool)

    @np.errstate(over="ignore", invalid="ignore")  # nothing is shown where that happens
    def look(at: Ints, precision: Precision) -> None:
        rows = np.stack([class_rows(p.teacher.outputs, k)[0] for k in wanted[at].tolist()])
        cells, least = _enclosed(p, parts[at], precision), np.full(rows.shape[:2], np.inf)
        waiting, leaves = list[tuple[int, Trees]](), 0
        for i, place in enumerate(at.tolist()):
            try:
                waiting.append((i, decode(trees[place], neurons(p), rows.shape[1])))
            except InvalidProof as error:
                raise InvalidProof(f"step {numbers[place]}: its signs: {error}") from None
            leaves += len(waiting[-1][1].tree)
            if leaves >= LEAVES or i == len(at) - 1:
                np.minimum.at(least, *leaf_bounds(cells, rows, waiting))
                waiting, leaves = [], 0
        good[at] |= (least > 0).all(axis=1)
        if float32:
            firm[at] |= _is_firm(p, cells, rows, least)

    for precision in precisions(p):
        left = np.flatnonzero(~firm if float32 else ~good)
        pieces = [left[i : i + CELLS] for i in range(0, len(left), CELLS)]
        list(apply(partial(look, precision=precision), pieces))
    return good, firm & good


def _enclosed(p: Prepared, parts: Parts, precision: Precision) -> Cells:
    """Cells with enclosures of their own: all neurons by lines."""
    p.spend(2 * len(parts) * p.cell_cost)
    cells = cells_of(p, parts, 1, precision)
    cells.forward()
    every = {node: own.stop - own.start for node, own in neurons(p)}
    cells.refine({node: np.zeros((len(cells), 1, width)) for node, width in every.items()}, 1)
    return cells


def _is_firm(p: Prepared, cells: Cells, rows: Floats, least: Floats) -> Shown:
    """In which cells forms exceed what float32 may be off by: everywhere, or there."""
    norm, most = np.abs(rows).sum(axis=2), np.full(len(cells), everywhere(p))
    if not (least > norm * most[:, None]).all():
        most = np.minimum(most, farthest(p, cells))
    return np.asarray((least > norm * most[:, None]).all(axis=1))


def leaf_bounds(
    cells: Cells, rows: Floats, waiting: Sequence[tuple[int, Trees]]
) -> tuple[tuple[Ints, Ints], Floats]:
    """Of each leaf of some cells' trees the cell and which of its ``rows`` the tree is about; and
    what that form is at least."""
    p, last = cells.p, len(cells.p.teacher.layers)
    owner = np.repeat([i for i, _ in waiting], rows.shape[1])
    first = np.arange(len(waiting)) * rows.shape[1]
    every = [own for _, own in waiting]
    tree = np.concatenate([own.tree + k for own, k in zip(every, first, strict=True)])
    sign, codes, units, flat = (
        np.concatenate([getattr(own, name) for own in every])
        for name in ("sign", "codes", "units", "slopes")
    )
    starts = _starts(cells, owner, flat)
    form = cells.precision.of(rows[[i for i, _ in waiting]].reshape(len(owner), 1, -1))
    found, bare = np.empty(len(tree)), replace(cells, low=[], high=[])
    p.spend(len(tree) * form.shape[2] * p.row_cost(last))
    for at in (slice(i, i + LEAVES) for i in range(0, len(tree), LEAVES)):
        leaves = _Leaves(p, starts, tree[at], sign[at], codes[at], cells.precision.of(units[at]))
        some, none = bare.part(owner[tree[at]]), cells.precision.of(np.zeros((len(tree[at]), 1)))
        own = Rows(form[tree[at]], none[:, None], none)
        carried = some.carry(last, own, {}, leaves.lines, moved=leaves.moved)
        found[at] = some.lowest(carried)[:, 0, 0]
    return (owner[tree], tree % rows.shape[1]), found


Starts = dict[int, tuple[Floats, Floats, Floats, Shown]]
"""By the node that a ReLU reads, for each tree and neuron: slopes of lines below and above, the
latter's intercept, and whether leaves say the former."""


def _starts(cells: Cells, owner: Ints, flat: Ints) -> Starts:
    """What ReLUs are between, in the cell that each tree is of, without the tree's signs."""
    found: Starts = {}
    for node, own in neurons(cells.p):
        low, high, codes = cells.low[node][owner], cells.high[node][owner], flat[:, own]
        above = slopes(low, high, cells.precision)[1]
        sure = (low >= 0) | (high <= 0)
        below = cells.precision.of(np.where(sure, low >= 0, BELOW[codes]))
        found[node] = below, above, intercept(low, high, above), ~sure & (codes == SAYS)
    return found


@dataclass(frozen=True, eq=False)
class _Leaves:
    """Some leaves: see Trees."""

    p: Prepared
    starts: Starts
    tree: Ints
    sign: Ints
    codes: Ints
    units: Floats

    def lines(self, source: int) -> ReluLines:
        """Lines below and above ReLUs in each leaf: of known sign these are exact."""
        (below, above, over, says), own = self.starts[source], dict(neurons(self.p))[source]
        below, above, over, says = (
            below[self.tree],
            above[self.tree],
            over[self.tree],
            says[self.tree],
        )
        sign = self.sign[:, own]
        if says.any():
            below = np.where(says, CHOSEN.astype(below.dtype)[self.codes[:, own]], below)
        is_open, on = sign == 0, (sign > 0).astype(below.dtype)
        below, above = np.where(is_open, below, on), np.where(is_open, above, on)
        return below[:, None], above[:, None], np.where(is_open, over, 0)[:, None], None

    def moved(self, source: int) -> Floats:
        """What multipliers add to the coefficients (leaves, 1, width) of a node."""
        place, own = next((i, own) for i, (n, own) in enumerate(neurons(self.p)) if n == source)
        signed = -self.sign[:, own] * self.codes[:, own].astype(np.int8)
        return np.asarray((signed * self.units[:, place, None])[:, None])
