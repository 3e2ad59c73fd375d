"""Compiled: of two copies what is open of a cell in the cases of some neurons' signs.

Every point of the cell is in one of the cases, so that no more of it can be true than can be in all
of them together; see ``docs/soundness.md``, rule 10. Layers before the neurons stay as they were.
"""

from __future__ import annotations

import numpy as np

from verifier.provers.compiled.making import compiled
from verifier.provers.pairs.arrays import (
    HIGHEST,
    LEAST,
    LOWEST,
    MOST,
    UNDECIDED,
    YES,
    Inputs,
    Ints,
    Nets,
    Real,
    Room,
)
from verifier.provers.pairs.bounds import advance, bend, cut_at, describe, keep, part, relax, sandwich, told
from verifier.provers.pairs.strips_decide import decide

CANDIDATES = 6
"""Neurons that are tried."""


@compiled
def candidates(nets: Nets, inputs: Inputs, room: Room, other: Room) -> int:
    """The neurons whose errors reach the logit most, in ``other.picked``; how many."""
    layers = len(nets.widths)
    rows = room.rows[(layers - 1) % len(room.rows)]
    size = 0
    for k in range(layers):
        for j in range(nets.widths[k]):
            c = room.place[k, j]
            if c < 0 or room.ends[0, k, j] >= 0 or room.ends[1, k, j] <= 0:
                continue
            gain = abs(rows[0, c]) * (room.radius[0, c] + room.radius[1, c])
            at = min(size, CANDIDATES)
            while at > 0 and other.loss[0, at - 1] < gain:
                other.loss[0, at] = other.loss[0, at - 1]
                other.tried[at] = other.tried[at - 1]
                at -= 1
            if at < CANDIDATES:
                other.loss[0, at] = gain
                other.tried[at] = k * MANY + j
                size = min(size + 1, CANDIDATES)
    return size


MANY = 1 << 16


@compiled
def case(
    nets: Nets, inputs: Inputs, low: Ints, high: Ints, table: int, room: Room, other: Room
) -> None:
    """What is said in one case of the cell that was bounded last in ``room``: in ``other.found``."""
    cut = other.cut
    k = cut[0, 0]
    if cut[1, 0] >= 0:
        k = min(k, cut[1, 0])
    layers, now = len(nets.widths), room.columns[k]
    before = room.columns[k - 1] if k else inputs.shared + len(inputs.own)
    for m in range(2):
        for c in range(inputs.shared, now):
            other.radius[m, c] = room.radius[m, c]
    rows = room.rows[k - 1] if k else nets.first
    base, out = room.rows[k], other.rows[k]
    width = 1 if k + 1 == layers else nets.widths[k + 1]
    for q in range(width):
        for c in range(now):
            out[q, c] = base[q, c]
        for m in range(2):
            other.center[k + 1, m, q] = room.center[k + 1, m, q]
            other.gap[k + 1, m, q] = room.gap[k + 1, m, q]
    for t in range(2):
        if cut[t, 0] != k:
            continue
        j, c = cut[t, 1], room.place[k, cut[t, 1]]
        for m in range(2):
            other.center[k, m, j], other.gap[k, m, j] = room.center[k, m, j], room.gap[k, m, j]
        l0, u0, l1, u1 = cut_at(
            other, k, j, room.ends[0, k, j], room.ends[1, k, j], room.ends[2, k, j], room.ends[3, k, j]
        )
        part(other, k, j, l0, u0, l1, u1)
        if not bend(other, k, j, c, l0, u0, l1, u1):
            other.radius[0, c] = other.radius[1, c] = 0.0
        slope = other.slope[k, j] - room.slope[k, j]
        b0 = other.center[k, 2, j] - room.center[k, 2, j]
        b1 = other.center[k, 3, j] - room.center[k, 3, j]
        least = other.gap[k, 2, j] - room.gap[k, 2, j]
        most = other.gap[k, 3, j] - room.gap[k, 3, j]
        for q in range(width):
            w = nets.last[j] if k + 1 == layers else nets.weight[k, q, j]
            a = w * slope
            for i in range(before):
                out[q, i] += a * rows[j, i]
            other.center[k + 1, 0, q] += w * b0
            other.center[k + 1, 1, q] += w * b1
            other.gap[k + 1, 0, q] += w * (least if w > 0 else most)
            other.gap[k + 1, 1, q] += w * (most if w > 0 else least)
    rows, columns = out, now
    for kk in range(k + 1, layers):
        after = relax(nets, inputs, low, other, kk, rows, columns, False, False)
        advance(nets, inputs, other, kk, rows, other.rows[kk], columns, after)
        columns, rows = after, other.rows[kk]
    told(nets, inputs, other, rows, columns)
    describe(inputs, low, high, other, rows, 0)
    decide(2, table, other.found, -np.inf, np.inf)
    if other.option[3] > 0 and other.option[4] > 0 and other.found[UNDECIDED] > 0:
        found = other.found
        other.strip[0] = -max(found[MOST], found[MOST + 1])
        other.strip[1] = -min(found[LEAST], found[LEAST + 1])
        if other.strip[0] < found[HIGHEST] and other.strip[1] > found[LOWEST]:
            yes, undecided = found[YES], found[UNDECIDED]
            keep(inputs, other, rows)
            sandwich(nets, inputs, low, high, other, False, True)
            decide(2, table, other.found, other.strip[0], other.strip[1])
            if undecided <= found[UNDECIDED]:
                found[YES], found[UNDECIDED] = yes, undecided


@compiled
def together(
    nets: Nets, inputs: Inputs, low: Ints, high: Ints, table: int, room: Room, other: Room, n: int
) -> None:
    """What all cases of n neurons leave: shares that are true, and open, in other.best."""
    can, must = 0.0, 1.0
    for p in range(1 << n):
        for t in range(n):
            other.cut[t, 2] = p >> t & 1
        case(nets, inputs, low, high, table, room, other)
        can += other.found[YES] + other.found[UNDECIDED]
        must -= 1 - other.found[YES]
    other.best[YES], other.best[UNDECIDED] = max(must, 0.0), min(can, 1.0) - max(must, 0.0)


@compiled
def cases(
    nets: Nets, inputs: Inputs, low: Ints, high: Ints, table: int, room: Room, other: Room
) -> None:
    """Find the neurons whose cases leave least open: in other.neuron, figures in other.left."""
    size = min(int(other.option[1]), candidates(nets, inputs, room, other))
    left, yes, neuron = other.left, other.sure, other.neuron
    left[0] = left[1] = room.best[UNDECIDED]
    yes[0] = yes[1] = room.best[YES]
    neuron[0] = neuron[1] = neuron[2] = -1
    other.option[4] = 0
    for s in range(size):
        set_cut(other, 0, other.tried[s])
        other.cut[1, 0] = -1
        together(nets, inputs, low, high, table, room, other, 1)
        if other.best[UNDECIDED] < left[0]:
            left[0], yes[0], neuron[0] = other.best[UNDECIDED], other.best[YES], other.tried[s]
    left[1], yes[1] = left[0], yes[0]
    if neuron[0] < 0:
        return
    if left[0] > 0 and other.option[3] > 0:
        other.option[4] = 1
        set_cut(other, 0, neuron[0])
        other.cut[1, 0] = -1
        together(nets, inputs, low, high, table, room, other, 1)
        if other.best[UNDECIDED] < left[0]:
            left[0], yes[0] = other.best[UNDECIDED], other.best[YES]
            left[1], yes[1] = left[0], yes[0]
        other.option[4] = 0
    if left[0] <= 0 or other.option[2] <= 0:
        return
    for s in range(size):
        if other.tried[s] == neuron[0]:
            continue
        set_cut(other, 0, neuron[0])
        set_cut(other, 1, other.tried[s])
        together(nets, inputs, low, high, table, room, other, 2)
        if other.best[UNDECIDED] < left[1]:
            left[1], yes[1] = other.best[UNDECIDED], other.best[YES]
            neuron[1], neuron[2] = neuron[0], other.tried[s]
    if left[1] > 0 and neuron[1] >= 0 and other.option[3] > 1:
        other.option[4] = 1
        set_cut(other, 0, neuron[1])
        set_cut(other, 1, neuron[2])
        together(nets, inputs, low, high, table, room, other, 2)
        if other.best[UNDECIDED] < left[1]:
            left[1], yes[1] = other.best[UNDECIDED], other.best[YES]


@compiled
def set_cut(other: Room, t: int, code: int) -> None:
    other.cut[t, 0], other.cut[t, 1] = code // MANY, code % MANY
