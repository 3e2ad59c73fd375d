"""Compiled: what is open of a cell of one network where two cases of a neuron are counted together.

Where the neuron is at most 0 one form is near the logit, where it is at least 0 another, which has
more by what the neuron adds. So the greater of both is near it all over the cell, or the lesser one
where less of the neuron makes more of the logit: see ``docs/soundness.md``, rule 10.
"""

from __future__ import annotations

import math

from verifier.provers.compiled.making import compiled
from verifier.provers.pairs.arrays import (
    DEVIATION,
    HIGHEST,
    LEAST,
    LOWEST,
    MEAN,
    MOST,
    WIDEST,
    Inputs,
    Ints,
    Nets,
    Real,
    Room,
)
from verifier.provers.pairs.cases import case, cut
from verifier.provers.pairs.deciding import BINNED
from verifier.provers.pairs.ranges import spread

BINS = 80.0
"""Bins of each sum, about."""
FEW = 4
"""A variable of fewer values loses less than a bin, about."""
FAR, STEPS = 6.0, 24
"""Beyond so many deviations there is hardly anything; and the steps of an integral."""


@compiled
def heaviest(nets: Nets, room: Room) -> int:
    """The neuron whose error reaches the logit most; of equal ones the first, -1 where none is."""
    rows, most, found = room.rows[len(nets.widths) - 1], 0.0, -1
    for k in range(len(nets.widths)):
        for j in range(nets.widths[k]):
            c = room.place[k, j]
            if c < 0:
                continue
            gain = abs(rows[0, c]) * room.radius[0, c]
            if gain > most:
                most, found = gain, k * WIDEST + j
    return found


@compiled
def jointly(
    nets: Nets, inputs: Inputs, low: Ints, high: Ints, table: int, room: Room, beside: Room
) -> None:
    """Find the neuron of the greatest error, and how much its cases leave open: in ``beside``.

    The cell was bounded last in ``room``, all over it.
    """
    neurons, said = beside.neurons, beside.found
    neurons[0] = neurons[1] = neurons[2] = -1
    beside.left[0], beside.sure[0] = 1.0, 0.0
    code = heaviest(nets, room)
    if code < 0:
        beside.left[1], beside.sure[1] = 1.0, 0.0
        return
    c = room.place[code // WIDEST, code % WIDEST]
    up = room.rows[len(nets.widths) - 1][0, c] > 0
    lost = losing(inputs, low, high) / (2 * BINS)
    ones, zeros, ends = (0.0, 0.0), (0.0, 0.0), (0.0, 0.0)
    cut(beside, code, -1)
    for sign in range(2):
        beside.cut[0, 2] = sign
        case(nets, inputs, low, high, room, beside)
        for i in range(inputs.shared):
            beside.side[sign, i] = beside.form[i]
        deviation = max(said[DEVIATION], 1e-300)
        off = lost * (said[HIGHEST] - said[LOWEST])
        sure = (off - said[LEAST] - said[MEAN]) / deviation
        may = (-off - said[MOST] - said[MEAN]) / deviation
        if sign == 0:
            ones, zeros, ends = (sure, 0.0), (may, 0.0), (deviation, 0.0)
        else:
            ones, zeros, ends = (ones[0], sure), (zeros[0], may), (ends[0], deviation)
    both = covariance(inputs, low, high, beside.side) / (ends[0] * ends[1])
    both = min(max(both, -0.9999), 0.9999)
    if up:
        one = 1 - below_both(ones[0], ones[1], both)
        zero = below_both(zeros[0], zeros[1], both)
    else:
        one = below_both(-ones[0], -ones[1], both)
        zero = 1 - below_both(-zeros[0], -zeros[1], both)
    beside.sure[0] = one if table & 4 else zero
    beside.left[0] = max(BINNED, 1 - one - zero)
    beside.left[1], beside.sure[1] = beside.left[0], beside.sure[0]
    neurons[0] = code


@compiled
def losing(inputs: Inputs, low: Ints, high: Ints) -> float:
    """How many variables lose a bin in a cell, about."""
    total = 0.0
    for i in inputs.numbers:
        total += min(1.0, (high[i] - low[i]) / FEW)
    for i in inputs.choices:
        if low[i] & (low[i] - 1):
            total += 0.5
    return total


@compiled
def covariance(inputs: Inputs, low: Ints, high: Ints, forms: Real) -> float:
    """That of the first two forms in a cell."""
    total = 0.0
    for i in inputs.numbers:
        c = inputs.column[i]
        total += forms[0, c] * forms[1, c] * spread(inputs, i, low[i], high[i])[1]
    for i in inputs.choices:
        c, start = inputs.column[i], inputs.start[i] + i
        weight = one = other = product = 0.0
        for v in range(inputs.sizes[i]):
            if low[i] >> v & 1:
                w = inputs.sums[start + v, 0] + 1e-300
                weight += w
                one += w * forms[0, c + v]
                other += w * forms[1, c + v]
                product += w * forms[0, c + v] * forms[1, c + v]
        total += product / weight - one / weight * (other / weight)
    return total


@compiled
def below_both(x: float, y: float, both: float) -> float:
    """The probability that two normal numbers of a correlation are at most x, and at most y."""
    last = min(x, FAR)
    if last <= -FAR or y <= -FAR:
        return 0.0
    step, rest, total = (last + FAR) / STEPS, math.sqrt(1 - both * both), 0.0
    for k in range(STEPS):
        at = -FAR + (k + 0.5) * step
        z = (y - both * at) / rest
        total += math.exp(-at * at / 2) * 0.5 * math.erfc(-z * 0.7071067811865476)
    return min(1.0, total * step * 0.3989422804014327)
