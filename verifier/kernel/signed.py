"""Rule 5 by the signs of neurons: a cell's class shown in each leaf of a tree by itself. Trusted.

Where a leaf says z >= 0, R relu(z) is at least (R - beta) z for any beta >= 0, where z <= 0 at
least beta z: the multipliers are the proof's, and need no trust.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.choices import DOUBLE, Floats, Precision
from verifier.kernel.prepared import Parts, Prepared
from verifier.kernel.quick import Cells, ReluLines, Rows, intercept, slopes
from verifier.kernel.rounds import Shown, everywhere, farthest
from verifier.kernel.rules import Apply, class_rows, group_of
from verifier.kernel.signs import NEURONS, SAYS, Bytes, Signs, Trees, decode, neurons
from verifier.kernel.starting import cells_of
from verifier.model.errors import InvalidProof

BELOW, CHOSEN = np.ldexp([0, 4, 8, 0], -3), np.ldexp([0, 3, 5, 8], -3)
"""Slopes of lines below ReLUs, by the codes of trees and of leaves."""
LEAVES, READ, CELLS = 1 << 8, 1 << 13, 1 << 6
"""Leaves bounded together, of so many that are read before that; and cells enclosed together."""


def suits(p: Prepared) -> bool:
    """Whether trees of signs say something about a network: where it is bounded in floats."""
    return group_of(p) > 1 and sum(own.stop - own.start for _, own in neurons(p)) <= NEURONS


def signed_margins(
    p: Prepared,
    parts: Parts,
    wanted: Ints,
    trees: Sequence[bytes],
    numbers: Sequence[int],
    *,
    float32: bool = False,
    apply: Apply = map,
) -> tuple[Floats, Shown]:
    """What the forms of the ``wanted`` class are at least in each cell, by its trees: where that is
    above 0 they show it; and which show it for float32 too.

    Raises InvalidProof where the bytes of a step, of the ``numbers``, are no trees.
    """
    margins, firm = np.empty(len(parts)), np.zeros(len(parts), dtype=bool)
    last = len(p.teacher.layers)

    @np.errstate(over="ignore", invalid="ignore")  # nothing is shown where that happens
    def look(at: Ints) -> None:
        rows = np.stack([class_rows(p.teacher.outputs, k)[0] for k in wanted[at].tolist()])
        cells, least = _enclosed(p, parts[at]), np.full(rows.shape[:2], np.inf)
        waiting, leaves = list[tuple[int, Trees]](), 0
        for i, place in enumerate(at.tolist()):
            try:
                waiting.append((i, decode(trees[place], neurons(p), rows.shape[1])))
            except InvalidProof as error:
                raise InvalidProof(f"step {numbers[place]}: its signs: {error}") from None
            leaves += len(waiting[-1][1].tree)
            if leaves >= READ or i == len(at) - 1:
                batch = together(waiting)
                tighten(cells, batch)
                about = batch.trees.about
                forms = np.flatnonzero(about < 0)
                own = batch.owner[forms], -1 - about[forms]
                tree, found = leaf_bounds(cells, batch, last, forms, rows[own])
                np.minimum.at(least, (own[0][tree], own[1][tree]), found)
                waiting, leaves = [], 0
        margins[at] = least.min(axis=1)
        if float32:
            firm[at] = (margins[at] > 0) & _is_firm(p, cells, rows, least)

    list(apply(look, np.split(np.arange(len(parts)), range(CELLS, len(parts), CELLS))))
    return margins, firm


def _enclosed(p: Prepared, parts: Parts, precision: Precision = DOUBLE) -> Cells:
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


@dataclass(frozen=True, eq=False)
class Batch:
    """The trees of some cells together; ``owner`` is the cell of each."""

    owner: Ints
    trees: Trees


def together(waiting: Sequence[tuple[int, Trees]]) -> Batch:
    """The trees of some cells, by their numbers."""
    every, many = [own for _, own in waiting], [len(own.about) for _, own in waiting]
    first = np.cumsum([0, *many[:-1]])
    return Batch(
        np.repeat([i for i, _ in waiting], many),
        Trees(
            np.concatenate([own.about for own in every]),
            np.concatenate([own.tree + k for own, k in zip(every, first, strict=True)]),
            np.concatenate([own.sign for own in every]),
            np.concatenate([own.codes for own in every]),
            np.concatenate([own.units for own in every]),
            np.concatenate([own.slopes for own in every]),
        ),
    )


def tighten(cells: Cells, batch: Batch) -> None:
    """Enclose neurons by their rows, node by node."""
    about = batch.trees.about
    for node, own in neurons(cells.p):
        neuron, above = np.divmod(about, 2)
        at = np.flatnonzero((neuron >= own.start) & (neuron < own.stop) & (about >= 0))
        if not at.size:
            continue
        form = np.zeros((len(at), own.stop - own.start))
        neuron, above, cell = neuron[at] - own.start, above[at], batch.owner[at]
        form[np.arange(len(at)), neuron] = 1 - 2 * above
        found = np.full(len(at), np.inf)
        np.minimum.at(found, *leaf_bounds(cells, batch, node, at, form))
        low, high = cells.low[node], cells.high[node]
        for ends, sign in ((low, 1), (high, -1)):
            some = np.flatnonzero((above == 0) == (sign > 0))
            place = cell[some], neuron[some]
            old, new = ends[place], cells.precision.of(sign * found[some])
            ends[place] = np.where(sign * new > sign * old, new, old)


def leaf_bounds(
    cells: Cells, batch: Batch, node: int, at: Ints, form: Floats
) -> tuple[Ints, Floats]:
    """What linear forms of a node, of some trees ``at``, are at least in each of their leaves; and
    of which of these trees, by its place, each leaf is."""
    place = np.full(len(batch.owner), -1)
    place[at] = np.arange(len(at))
    trees, p = batch.trees, cells.p
    every = np.flatnonzero(place[trees.tree] >= 0)
    starts, form = _starts(cells, batch, node), cells.precision.of(form)
    found, bare = np.empty(len(every)), replace(cells, low=[], high=[])
    p.spend(len(every) * p.row_cost(node))
    for start in range(0, len(every), LEAVES):
        some = every[start : start + LEAVES]
        tree, units = trees.tree[some], cells.precision.of(trees.units[some])
        leaves = _Leaves(p, starts, tree, trees.sign[some], trees.codes[some], units)
        none = cells.precision.of(np.zeros((len(some), 1)))
        own = Rows(form[place[tree]][:, None], none[:, None], none)
        held = bare.part(batch.owner[tree])
        carried = held.carry(node, own, {}, leaves.lines, moved=leaves.moved)
        found[start : start + LEAVES] = held.lowest(carried)[:, 0, 0]
    return place[trees.tree[every]], found


Starts = dict[int, tuple[Floats, Floats, Floats, Floats]]
"""By the node that a ReLU reads, for each tree and neuron: slopes of lines below and above, the
latter's intercept, and 1 where leaves say the former, which is 0 there, else 0."""


def _starts(cells: Cells, batch: Batch, last: int) -> Starts:
    """What ReLUs before a node are between, in each tree's cell, without the tree's signs."""
    found: Starts = {}
    for node, own in (x for x in neurons(cells.p) if x[0] < last):
        low, high = cells.low[node][batch.owner], cells.high[node][batch.owner]
        codes = batch.trees.slopes[:, own]
        above = slopes(low, high, cells.precision)[1]
        sure = (low >= 0) | (high <= 0)
        below = cells.precision.of(np.where(sure, low >= 0, BELOW[codes]))
        says = cells.precision.of(~sure & (codes == SAYS))
        found[node] = below, above, intercept(low, high, above), says
    return found


@dataclass(frozen=True, eq=False)
class _Leaves:
    """Some leaves: see Trees."""

    p: Prepared
    starts: Starts
    tree: Ints
    sign: Signs
    codes: Bytes
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
        sign, kind = self.sign[:, own], below.dtype
        is_open, on = (sign == 0).astype(kind), (sign > 0).astype(kind)
        if says.any():
            below = below + says * CHOSEN.astype(kind).take(self.codes[:, own], mode="clip")
        below, above = below * is_open + on, above * is_open + on
        return below[:, None], above[:, None], (over * is_open)[:, None], None

    def moved(self, source: int) -> Floats:
        """What multipliers add to the coefficients (leaves, 1, width) of a node."""
        place, own = next((i, own) for i, (n, own) in enumerate(neurons(self.p)) if n == source)
        signed = -self.sign[:, own] * self.codes[:, own].astype(np.int8)
        return np.asarray((signed * self.units[:, place, None])[:, None])
