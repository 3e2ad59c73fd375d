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
    WIDEST,
    YES,
    Inputs,
    Ints,
    Nets,
    Room,
)
from verifier.provers.pairs.bounds import (
    advance,
    bend,
    cut_at,
    describe,
    keep,
    part,
    relax,
    sandwich,
    told,
)
from verifier.provers.pairs.deciding import decide


@compiled
def cases(
    nets: Nets, inputs: Inputs, low: Ints, high: Ints, table: int, room: Room, beside: Room
) -> None:
    """Find the neurons whose cases leave least open, and how much that is: in ``beside``.

    The cell was bounded last in ``room``, all over it.
    """
    size = candidates(nets, inputs, room, beside)
    left, sure, neurons = beside.left, beside.sure, beside.neurons
    for t in range(2):
        left[t], sure[t] = room.best[UNDECIDED], room.best[YES]
    neurons[0] = neurons[1] = neurons[2] = -1
    for s in range(size):
        cut(beside, beside.tried[s], -1)
        together(nets, inputs, low, high, table, room, beside, False)
        if beside.best[UNDECIDED] < left[0]:
            left[0], sure[0] = beside.best[UNDECIDED], beside.best[YES]
            neurons[0] = beside.tried[s]
    left[1], sure[1] = left[0], sure[0]
    if neurons[0] < 0 or left[0] <= 0:
        return
    for s in range(size):
        if beside.tried[s] == neurons[0]:
            continue
        cut(beside, neurons[0], beside.tried[s])
        together(nets, inputs, low, high, table, room, beside, False)
        if beside.best[UNDECIDED] < left[1]:
            left[1], sure[1] = beside.best[UNDECIDED], beside.best[YES]
            neurons[1] = min(neurons[0], beside.tried[s])
            neurons[2] = max(neurons[0], beside.tried[s])
    cut(beside, neurons[0], -1)
    together(nets, inputs, low, high, table, room, beside, True)
    if beside.best[UNDECIDED] < left[0]:
        left[0], sure[0] = beside.best[UNDECIDED], beside.best[YES]


@compiled
def candidates(nets: Nets, inputs: Inputs, room: Room, beside: Room) -> int:
    """Write those neurons of the first copy to ``tried`` whose errors reach the logit most.

    Returns how many.
    """
    rows, most, size = room.rows[len(nets.widths) - 1], len(beside.tried) - 1, 0
    for k in range(len(nets.widths)):
        for j in range(nets.widths[k]):
            c = room.place[k, j]
            if c < 0 or room.ends[0, k, j] >= 0 or room.ends[1, k, j] <= 0:
                continue
            gain = abs(rows[0, c]) * (room.radius[0, c] + room.radius[1, c])
            at = size
            while at > 0 and beside.loss[0, at - 1] < gain:
                beside.loss[0, at], beside.tried[at] = beside.loss[0, at - 1], beside.tried[at - 1]
                at -= 1
            if at < most:
                beside.loss[0, at], beside.tried[at] = gain, k * WIDEST + j
                size = min(size + 1, most)
    return size


@compiled
def cut(beside: Room, one: int, other: int) -> None:
    """Say which neurons' signs are known, the second one only if it is at least 0."""
    beside.cut[0, 0], beside.cut[0, 1] = one // WIDEST, one % WIDEST
    beside.cut[1, 0], beside.cut[1, 1] = -1, -1
    if other >= 0:
        beside.cut[1, 0], beside.cut[1, 1] = other // WIDEST, other % WIDEST


@compiled
def together(
    nets: Nets,
    inputs: Inputs,
    low: Ints,
    high: Ints,
    table: int,
    room: Room,
    beside: Room,
    twice: bool,
) -> None:
    """The shares that are true and open by all cases of some neurons, in ``beside.best``."""
    can, must = 0.0, 1.0
    for signs in range(2 if beside.cut[1, 0] < 0 else 4):
        beside.cut[0, 2], beside.cut[1, 2] = signs & 1, signs >> 1
        case(nets, inputs, low, high, room, beside)
        decide(2, table, beside.found, -np.inf, np.inf)
        yes, undecided = beside.found[YES], beside.found[UNDECIDED]
        if twice and undecided > 0 and is_within(beside):
            sandwich(nets, inputs, low, high, beside, False, True)
            decide(2, table, beside.found, beside.strip[0], beside.strip[1])
            if beside.found[UNDECIDED] < undecided:
                yes, undecided = beside.found[YES], beside.found[UNDECIDED]
        can += yes + undecided
        must -= max(1 - yes, undecided)
    beside.best[YES] = max(must, 0.0)
    beside.best[UNDECIDED] = min(can, 1.0) - beside.best[YES]


@compiled
def is_within(beside: Room) -> bool:
    """Find between which ends of a case's form classes are open; whether it has values there."""
    found, strip = beside.found, beside.strip
    strip[0] = -max(found[MOST], found[MOST + 1])
    strip[1] = -min(found[LEAST], found[LEAST + 1])
    return bool(strip[0] < found[HIGHEST] and strip[1] > found[LOWEST])


@compiled
def case(nets: Nets, inputs: Inputs, low: Ints, high: Ints, room: Room, beside: Room) -> None:
    """Bound the points of a case of the cell that was bounded last in ``room``.

    What is said is in ``beside.found``, and the form kept. Layers up to the first neuron's are as
    in ``room``, and of the next only that neuron's part is found anew.
    """
    layers, k = len(nets.widths), beside.cut[0, 0]
    if beside.cut[1, 0] >= 0:
        k = min(k, beside.cut[1, 0])
    columns = room.columns[k]
    rows = beside.rows[k]
    behind(nets, inputs, room, beside, k)
    for after in range(k + 1, layers):
        now = relax(nets, inputs, low, high, beside, after, rows, columns, False, False)
        advance(nets, inputs, beside, after, rows, beside.rows[after], columns, now)
        rows, columns = beside.rows[after], now
    told(nets, inputs, beside, rows, columns)
    describe(inputs, low, high, beside, rows, 0)
    keep(inputs, beside, rows)


@compiled
def behind(nets: Nets, inputs: Inputs, room: Room, beside: Room, k: int) -> None:
    """Find the layer behind layer k, whose neurons' signs are known."""
    layers, columns = len(nets.widths), room.columns[k]
    before = room.columns[k - 1] if k else inputs.shared + len(inputs.own)
    rows = room.rows[k - 1] if k else nets.first
    base, out = room.rows[k], beside.rows[k]
    width = 1 if k + 1 == layers else nets.widths[k + 1]
    center, gap = beside.center, beside.gap
    for m in range(2):
        for c in range(inputs.shared, columns):
            beside.radius[m, c] = room.radius[m, c]
        for q in range(width):
            center[k + 1, m, q], gap[k + 1, m, q] = room.center[k + 1, m, q], room.gap[k + 1, m, q]
    for q in range(width):
        for c in range(columns):
            out[q, c] = base[q, c]
    for t in range(2):
        if beside.cut[t, 0] != k:
            continue
        j, ends = beside.cut[t, 1], room.ends
        c = room.place[k, j]
        for m in range(2):
            center[k, m, j], gap[k, m, j] = room.center[k, m, j], room.gap[k, m, j]
        l0, u0, l1, u1 = cut_at(
            beside, k, j, ends[0, k, j], ends[1, k, j], ends[2, k, j], ends[3, k, j]
        )
        part(beside, k, j, l0, u0, l1, u1)
        if not bend(beside, k, j, c, l0, u0, l1, u1):
            beside.radius[0, c] = beside.radius[1, c] = 0.0
        slope = beside.slope[k, j] - room.slope[k, j]
        least = gap[k, 2, j] - room.gap[k, 2, j]
        most = gap[k, 3, j] - room.gap[k, 3, j]
        for q in range(width):
            w = nets.last[j] if k + 1 == layers else nets.weight[k, q, j]
            a = w * slope
            for i in range(before):
                out[q, i] += a * rows[j, i]
            for m in range(2):
                center[k + 1, m, q] += w * (center[k, 2 + m, j] - room.center[k, 2 + m, j])
            gap[k + 1, 0, q] += w * (least if w > 0 else most)
            gap[k + 1, 1, q] += w * (most if w > 0 else least)
