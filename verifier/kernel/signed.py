"""Rule 5 by the signs of neurons: a cell's class shown in each leaf of a tree by itself. Trusted.

Where a leaf says z >= 0, R relu(z) is at least (R - beta) z for any beta >= 0, where z <= 0 at
least beta z: the multipliers are the proof's, and need no trust.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.choices import DOUBLE, Floats, Precision
from verifier.kernel.float32 import never_shown
from verifier.kernel.prepared import Parts, Prepared
from verifier.kernel.quick import Cells, ReluLines, Rows, intercept, slopes
from verifier.kernel.rounds import Shown, everywhere, farthest, precisions
from verifier.kernel.rules import Apply, class_rows, group_of
from verifier.kernel.signs import NEURONS, SAYS, Bytes, Trees, decode, neurons
from verifier.kernel.starting import cells_of

BELOW, CHOSEN = np.ldexp([0, 4, 8, 0], -3), np.ldexp([0, 3, 5, 8], -3)
"""Slopes of lines below ReLUs, by the codes of trees and of leaves."""
LEAVES, READ, CELLS = 1 << 9, 1 << 15, 1 << 6
"""Leaves bounded, bytes of trees read (about), and cells enclosed together."""


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

    All is bounded in single precision, then leaves in double that do not show enough, then cells.
    Raises InvalidProof where the bytes of a step, of the ``numbers``, are no trees.
    """
    margins, firm = np.full(len(parts), -np.inf), np.zeros(len(parts), dtype=bool)
    float32 = float32 and not never_shown(p)

    @np.errstate(over="ignore", invalid="ignore")  # nothing is shown where that happens
    def look(at: Ints, precision: Precision) -> None:
        rows = np.stack([class_rows(p.teacher.outputs, k)[0] for k in wanted[at].tolist()])
        norm = np.abs(rows).sum(axis=2)
        reach = norm * (everywhere(p) if float32 else 0.0)
        cells, least = _enclosed(p, parts[at], precision), np.full(rows.shape[:2], np.inf)
        sizes = np.cumsum([len(trees[i]) for i in at])
        for some in np.split(np.arange(len(at)), 1 + np.flatnonzero(np.diff(sizes // READ))):
            own = at[some].tolist()
            read = [trees[i] for i in own], [numbers[i] for i in own]
            held = decode(*read, neurons(p), rows.shape[1])
            held = replace(held, step=some[held.step])
            tighten(cells, held)
            place, found = _shown_by(p, parts[at], cells, held, rows, reach)
            np.minimum.at(least, place, found)
        if float32 and not (least > reach).all():
            reach = np.minimum(reach, norm * farthest(p, cells)[:, None])
        margins[at] = np.maximum(margins[at], least.min(axis=1))
        firm[at] = (least > reach).all(axis=1) & float32

    for precision in precisions(p):
        left = np.flatnonzero(~firm if float32 else ~(margins > 0))
        pieces = [left[i : i + CELLS] for i in range(0, len(left), CELLS)]
        list(apply(partial(look, precision=precision), pieces))
    return margins, firm


def _shown_by(
    p: Prepared, parts: Parts, cells: Cells, trees: Trees, rows: Floats, reach: Floats
) -> tuple[tuple[Ints, Ints], Floats]:
    """What forms of the logits are at least in leaves of their trees, and whose (cell, form).

    Leaves in which that does not exceed their ``reach`` (inf: 0) are bounded in double.
    """
    last = len(p.teacher.layers)
    at, every = np.flatnonzero(trees.about < 0), np.flatnonzero(trees.about[trees.tree] < 0)
    own = trees.step[at], -1 - trees.about[at]
    tree, found = leaf_bounds(cells, trees, last, (at, own[0]), rows[own], every)
    place = own[0][tree], own[1][tree]
    short = np.flatnonzero(~(found > np.where(reach < np.inf, reach, 0)[place]))
    if short.size and cells.precision is not DOUBLE:
        again = np.unique(tree[short])
        some, owner = np.unique(own[0][again], return_inverse=True)
        closer, known = _enclosed(p, parts[some], DOUBLE, lines=False), cells.part(some)
        for node, _ in neurons(p):
            np.fmax(closer.low[node], known.low[node], out=closer.low[node])
            np.fmin(closer.high[node], known.high[node], out=closer.high[node])
        about = at[again], owner
        _, found[short] = leaf_bounds(closer, trees, last, about, rows[own][again], every[short])
    return place, found


def _enclosed(p: Prepared, parts: Parts, precision: Precision, *, lines: bool = True) -> Cells:
    """Cells with enclosures of their own: by intervals, and all neurons by ``lines``."""
    p.spend((1 + lines) * len(parts) * p.cell_cost)
    cells = cells_of(p, parts, 1, precision)
    cells.forward()
    cells.refine({n: np.zeros_like(cells.low[n])[:, None] for n, _ in neurons(p) if lines}, 1)
    return cells


def tighten(cells: Cells, trees: Trees) -> None:
    """Enclose neurons by their rows, node by node."""
    for node, own in neurons(cells.p):
        neuron, above = np.divmod(trees.about, 2)
        at = np.flatnonzero((neuron >= own.start) & (neuron < own.stop) & (trees.about >= 0))
        if not at.size:
            continue
        neuron, above, cell = neuron[at] - own.start, above[at], trees.step[at]
        form = np.eye(own.stop - own.start)[neuron] * (1 - 2 * above)[:, None]
        found = np.full(len(at), np.inf)
        every = np.flatnonzero(np.isin(trees.tree, at))
        np.minimum.at(found, *leaf_bounds(cells, trees, node, (at, cell), form, every))
        found, below = cells.precision.of(found), above == 0
        np.fmax.at(cells.low[node], (cell[below], neuron[below]), found[below])
        np.fmin.at(cells.high[node], (cell[~below], neuron[~below]), -found[~below])


def leaf_bounds(
    cells: Cells, trees: Trees, node: int, about: tuple[Ints, Ints], form: Floats, every: Ints
) -> tuple[Ints, Floats]:
    """What forms of a node, ``about`` some trees and their cells, are at least in ``every`` one of
    some of their leaves; and of which of these trees, by its place, each leaf is."""
    at, owner = about
    place = np.full(len(trees.about), -1)
    place[at] = np.arange(len(at))
    place, p = place[trees.tree[every]], cells.p
    starts, form = _starts(cells, trees.slopes[at], owner, node), cells.precision.of(form)
    found, bare = np.empty(len(every)), replace(cells, low=[], high=[])
    p.spend(len(every) * p.row_cost(node))
    for start in range(0, len(every), LEAVES):
        some, tree = every[start : start + LEAVES], place[start : start + LEAVES]
        own, held = {n: [x[tree] for x in of] for n, of in starts.items()}, bare.part(owner[tree])
        found[start : start + LEAVES] = _bounds(held, node, own, form[tree], trees, some)
    return place, found


Starts = dict[int, list[Floats]]
"""By the node that a ReLU reads, for each tree and neuron: slopes of lines below and above, the
latter's intercept, and 1 where leaves say the former, which is 0 there, else 0."""


def _starts(cells: Cells, said: Bytes, owner: Ints, last: int) -> Starts:
    """What ReLUs before a node are between in cells that own trees, but for the trees' signs;
    ``said`` are their codes of slopes."""
    found: Starts = {}
    for node, own in (x for x in neurons(cells.p) if x[0] < last):
        low, high, codes = cells.low[node][owner], cells.high[node][owner], said[:, own]
        above = slopes(low, high, cells.precision)[1]
        sure = (low >= 0) | (high <= 0)
        below = cells.precision.of(np.where(sure, low >= 0, BELOW[codes]))
        says = cells.precision.of(~sure & (codes == SAYS))
        found[node] = [below, above, intercept(low, high, above), says]
    return found


def _bounds(
    cells: Cells, node: int, starts: Starts, form: Floats, trees: Trees, some: Ints
) -> Floats:
    """What forms of a node are at least in ``some`` leaves, each with a cell and ``starts``."""
    places = {n: (i, own) for i, (n, own) in enumerate(neurons(cells.p))}
    sign, codes, units = trees.sign[some], trees.codes[some], cells.precision.of(trees.units[some])

    def lines(source: int) -> ReluLines:
        """Lines below and above ReLUs in each leaf: of known sign these are exact."""
        (below, above, over, says), (_, own) = starts[source], places[source]
        is_open, on = (x.astype(below.dtype) for x in (sign[:, own] == 0, sign[:, own] > 0))
        if says.any():
            below = below + says * cells.precision.of(CHOSEN).take(codes[:, own], mode="clip")
        below, above = below * is_open + on, above * is_open + on
        return below[:, None], above[:, None], (over * is_open)[:, None], None

    def moved(source: int) -> Floats:
        """What multipliers add to the coefficients (leaves, 1, width) of a node."""
        i, own = places[source]
        signed = -sign[:, own] * codes[:, own].astype(np.int8)
        return np.asarray((signed * units[:, i, None])[:, None])

    none = cells.precision.of(np.zeros((len(some), 1)))
    rows = Rows(form[:, None], none[:, None], none)
    return cells.lowest(cells.carry(node, rows, {}, lines, moved=moved))[:, 0, 0]
