"""Compiled: the sandwich of a cell, s + least <= logit <= s + most, with one s for both copies.

Every unstable ReLU is relaxed between two parallel lines, with one slope for both copies, so that
the bounds below and above of both have the same coefficients. What the copies differ by is bounded
beside it. Nothing here is trusted: the kernel finds the numbers anew.
"""

from __future__ import annotations

import numpy as np

from verifier.provers.compiled.making import compiled
from verifier.provers.pairs.arrays import (
    DEVIATION,
    HIGHEST,
    LEAST,
    LESS,
    LOWEST,
    MEAN,
    MORE,
    MOST,
    OWN_CHOICE,
    Inputs,
    Ints,
    Nets,
    Real,
    Room,
)
from verifier.provers.pairs.promise import score, share
from verifier.provers.pairs.ranges import choice_range, clipped, input_range, number, spread

UNORDERED = 1e300
"""By how much a margin is above another where nothing is known of that."""


@compiled
def begin(nets: Nets, inputs: Inputs, low: Ints, high: Ints, room: Room) -> None:
    """Ranges of the columns, and the constants of layer 0 by copy."""
    for i in inputs.numbers:
        c, a, b = inputs.column[i], number(inputs, i, low[i]), number(inputs, i, high[i])
        room.middle[0, c], room.middle[1, c] = (a + b) / 2, (b - a) / 2
    for j in range(nets.widths[0]):
        for m in range(4):
            room.gap[0, m, j] = 0.0
        room.center[0, 0, j] = room.center[0, 1, j] = nets.bias[0, j]
    for p in range(len(inputs.own)):
        c = inputs.shared + p
        for m in range(2):
            i = inputs.own[p, m]
            if i < 0 or inputs.kind[i] == OWN_CHOICE:
                room.radius[m, c] = 0.0
                continue
            a, b = number(inputs, i, low[i]), number(inputs, i, high[i])
            room.radius[m, c] = (b - a) / 2
            for j in range(nets.widths[0]):
                room.center[0, m, j] += nets.first[j, c] * (a + b) / 2
        room.spread[c] = 2 * (room.radius[0, c] + room.radius[1, c])
    for i in range(len(inputs.kind)):
        if inputs.kind[i] == OWN_CHOICE:  # it has one value left
            m, v = inputs.copy[i], inputs.column[i]
            while not low[i] >> (v - inputs.column[i]) & 1:
                v += 1
            for j in range(nets.widths[0]):
                room.center[0, m, j] += nets.lone[v, j]
    for j in range(nets.widths[0]):
        loose = 0.0
        for p in range(len(inputs.own)):
            c = inputs.shared + p
            loose += abs(nets.first[j, c]) * (room.radius[0, c] + room.radius[1, c])
        room.gap[0, 0, j] = room.center[0, 1, j] - room.center[0, 0, j] - loose
        room.gap[0, 1, j] = room.center[0, 1, j] - room.center[0, 0, j] + loose
        if nets.similar:
            middle, radius = input_range(inputs, low, room, nets.more_first, j)
            room.gap[0, 0, j] = middle + nets.more_bias[0, j] - radius
            room.gap[0, 1, j] = middle + nets.more_bias[0, j] + radius


@compiled
def bend(
    room: Room, k: int, j: int, column: int, l0: float, u0: float, l1: float, u1: float
) -> bool:
    """Relax a ReLU, whose copies' pre-activations are between l0 and u0, l1 and u1.

    Returns whether it is bent, so that ``column`` is that of its error.
    """
    room.ends[0, k, j], room.ends[1, k, j] = l0, u0
    room.ends[2, k, j], room.ends[3, k, j] = l1, u1
    center = room.center[k]
    lowest, highest = min(l0, l1), max(u0, u1)
    room.place[k, j] = -1
    if highest <= 0:
        room.slope[k, j] = center[2, j] = center[3, j] = 0.0
        return False
    if lowest >= 0:
        room.slope[k, j], center[2, j], center[3, j] = 1.0, center[0, j], center[1, j]
        return False
    a = highest / (highest - lowest)
    room.slope[k, j], room.place[k, j] = a, column
    for m, least, most in ((0, l0, u0), (1, l1, u1)):
        at_low = max(least, 0.0) - a * least
        at_high = max(most, 0.0) - a * most
        top, bottom = max(at_low, at_high), min(at_low, at_high)
        if least < 0 < most:
            bottom = min(0.0, bottom)
        center[2 + m, j] = a * center[m, j] + (top + bottom) / 2
        room.radius[m, column] = (top - bottom) / 2
    return True


@compiled
def cut_at(
    room: Room, k: int, j: int, l0: float, u0: float, l1: float, u1: float
) -> tuple[float, float, float, float]:
    """The same ends cut at 0 where the neuron's sign is known in the case."""
    for t in range(len(room.cut)):
        if room.cut[t, 0] == k and room.cut[t, 1] == j:
            if room.cut[t, 2]:
                l0 = max(l0, 0.0)
                u0 = max(u0, l0)
            else:
                u0 = min(u0, 0.0)
                l0 = min(u0, l0)
            l1, u1 = max(l1, l0 + room.gap[k, 0, j]), min(u1, u0 + room.gap[k, 1, j])
            l1 = min(l1, u1)
    return l0, u0, l1, u1


@compiled
def part(room: Room, k: int, j: int, l0: float, u0: float, l1: float, u1: float) -> None:
    """By how much the second copy's ReLU is above the first's."""
    least, most = room.gap[k, 0, j], room.gap[k, 1, j]
    if u0 <= 0 and u1 <= 0:
        least = most = 0.0
    elif l0 < 0 or l1 < 0:
        least = max(min(0.0, least), max(0.0, l1) - max(0.0, u0))
        most = min(max(0.0, most), max(0.0, u1) - max(0.0, l0))
    room.gap[k, 2, j], room.gap[k, 3, j] = least, most


@compiled
def relax(
    nets: Nets,
    inputs: Inputs,
    low: Ints,
    high: Ints,
    room: Room,
    k: int,
    rows: Real,
    columns: int,
    scores: bool,
    clip: bool,
) -> int:
    """Relax the ReLUs of layer k, whose pre-activations are ``rows``; returns the columns then."""
    own, before = inputs.shared, columns
    center, gap = room.center[k], room.gap[k]
    for j in range(nets.widths[k]):
        middle, radius = input_range(inputs, low, room, rows, j)
        r0 = r1 = radius
        for c in range(own, before):
            r0 += abs(rows[j, c]) * room.radius[0, c]
            r1 += abs(rows[j, c]) * room.radius[1, c]
        l0, u0 = middle + center[0, j] - r0, middle + center[0, j] + r0
        l1, u1 = middle + center[1, j] - r1, middle + center[1, j] + r1
        if clip and min(l0, l1) < 0 < max(u0, u1):
            up = clipped(inputs, low, room, rows, j, 1.0)
            down = clipped(inputs, low, room, rows, j, -1.0)
            top, bottom = max(0.0, middle + radius - up), max(0.0, radius - middle - down)
            l0, u0 = min(l0 + bottom, u0), max(u0 - top, l0)
            l1, u1 = min(l1 + bottom, u1), max(u1 - top, l1)
        if nets.similar:
            l1, u1 = l0 + gap[0, j], u0 + gap[1, j]
            room.reach[0, j], room.reach[1, j] = max(l1, 0.0), max(u1, 0.0)
        l0, u0, l1, u1 = cut_at(room, k, j, l0, u0, l1, u1)
        part(room, k, j, l0, u0, l1, u1)
        if nets.similar:
            gap[2, j] -= nets.rough[k, j]
            gap[3, j] += nets.rough[k, j]
        if bend(room, k, j, columns, l0, u0, l1, u1):
            room.spread[columns] = gap[3, j] - gap[2, j]
            if scores:
                share(inputs, low, high, room, rows, j, columns, (min(l0, l1), max(u0, u1)))
            columns += 1
    return columns


@compiled
def advance(
    nets: Nets, inputs: Inputs, room: Room, k: int, rows: Real, out: Real, before: int, now: int
) -> None:
    """Row j of ``rows`` are the pre-activations of layer k, those of ``out`` become k + 1's."""
    width = nets.widths[k]
    last = k + 1 == len(nets.widths)
    center, gap, slope, place = room.center[k], room.gap[k], room.slope[k], room.place[k]
    for q in range(1 if last else nets.widths[k + 1]):
        for c in range(now):
            out[q, c] = 0.0
        b0 = b1 = nets.shift if last else nets.bias[k + 1, q]
        least = most = 0.0
        for j in range(width):
            w = nets.last[j] if last else nets.weight[k, q, j]
            if w > 0:
                least += w * gap[2, j]
                most += w * gap[3, j]
            else:
                least += w * gap[3, j]
                most += w * gap[2, j]
            if nets.similar:
                d = nets.more_last[j] if last else nets.more_weight[k, q, j]
                least += min(d * room.reach[0, j], d * room.reach[1, j])
                most += max(d * room.reach[0, j], d * room.reach[1, j])
            if slope[j] == 0.0:
                continue
            a = w * slope[j]
            for c in range(before):
                out[q, c] += a * rows[j, c]
            if place[j] >= 0:
                out[q, place[j]] += w
            b0 += w * center[2, j]
            b1 += w * center[3, j]
        if nets.similar:
            d = nets.more_shift if last else nets.more_bias[k + 1, q]
            least += d
            most += d
        room.center[k + 1, 0, q], room.center[k + 1, 1, q] = b0, b1
        room.gap[k + 1, 0, q], room.gap[k + 1, 1, q] = least, most


@compiled
def sandwich(
    nets: Nets, inputs: Inputs, low: Ints, high: Ints, room: Room, scores: bool, clip: bool
) -> None:
    """Bound a cell: what is said in ``room.found``, and where to split in ``room.score``.

    With ``clip`` where ``room.form`` is between the ends of ``room.strip``, which are then how far
    the new form reaches beyond: up to the former end, and from the latter on.
    """
    begin(nets, inputs, low, high, room)
    columns = inputs.shared + len(inputs.own)
    rows, kept = nets.first, len(room.rows)
    for k in range(len(nets.widths)):
        after = relax(nets, inputs, low, high, room, k, rows, columns, scores, clip)
        advance(nets, inputs, room, k, rows, room.rows[k % kept], columns, after)
        columns = after
        room.columns[k] = columns
        rows = room.rows[k % kept]
    told(nets, inputs, room, rows, columns)
    if nets.similar:  # the kernel orders copies alone
        found, last = room.found, len(nets.widths)
        found[LEAST + 1] = found[LEAST] + room.gap[last, 0, 0]
        found[MOST + 1] = found[MOST] + room.gap[last, 1, 0]
        found[MORE], found[LESS] = -UNORDERED, UNORDERED
    if clip:
        top, bottom = beyond(inputs, low, room, rows)
        room.strip[0], room.strip[1] = top, bottom
    describe(inputs, low, high, room, rows, 0)
    keep(inputs, room, rows)
    if scores:
        score(inputs, low, high, room, rows, columns)


@compiled
def told(nets: Nets, inputs: Inputs, room: Room, rows: Real, columns: int) -> None:
    """What the form of the first row, which is the logit's, says of it."""
    found, last = room.found, len(nets.widths)
    for m in range(2):
        radius = 0.0
        for c in range(inputs.shared, columns):
            radius += abs(rows[0, c]) * room.radius[m, c]
        found[LEAST + m] = room.center[last, m, 0] - radius
        found[MOST + m] = room.center[last, m, 0] + radius
    found[MORE] = max(room.gap[last, 0, 0], found[LEAST + 1] - found[MOST])
    found[LESS] = min(room.gap[last, 1, 0], found[MOST + 1] - found[LEAST])


@compiled
def beyond(inputs: Inputs, low: Ints, room: Room, rows: Real) -> tuple[float, float]:
    """How far the form of the first row reaches where ``room.form`` is beyond ``room.strip``.

    That is its most below the former end, and its least above the latter.
    """
    least, most = room.strip
    room.strip[0], room.strip[1] = -np.inf, least
    top = clipped(inputs, low, room, rows, 0, 1.0)
    room.strip[0], room.strip[1] = most, np.inf
    bottom = -clipped(inputs, low, room, rows, 0, -1.0)
    room.strip[0], room.strip[1] = least, most
    return top, bottom


@compiled
def keep(inputs: Inputs, room: Room, rows: Real) -> None:
    """Keep the form of the first row."""
    for i in inputs.numbers:
        c = inputs.column[i]
        room.form[c] = rows[0, c]
    for i in inputs.choices:
        c = inputs.column[i]
        for v in range(inputs.sizes[i]):
            room.form[c + v] = rows[0, c + v]


@compiled
def describe(inputs: Inputs, low: Ints, high: Ints, room: Room, rows: Real, q: int) -> None:
    """The range over the cell of the form of row q, its mean and deviation."""
    lowest = highest = mean = variance = 0.0
    for i in inputs.numbers:
        c = inputs.column[i]
        g = rows[q, c]
        lowest += g * room.middle[0, c] - abs(g) * room.middle[1, c]
        highest += g * room.middle[0, c] + abs(g) * room.middle[1, c]
        center, square = spread(inputs, i, low[i], high[i])
        mean += g * center
        variance += g * g * square
    for i in inputs.choices:
        c, start = inputs.column[i], inputs.start[i] + i
        least, most = choice_range(inputs, low, rows, q, i)
        weight = center = square = 0.0
        for v in range(inputs.sizes[i]):
            g = rows[q, c + v]
            if low[i] >> v & 1:
                w = inputs.sums[start + v, 0] + 1e-300
                weight += w
                center += w * g
                square += w * g * g
        center /= weight
        lowest += least
        highest += most
        mean += center
        variance += max(0.0, square / weight - center * center)
    room.found[LOWEST], room.found[HIGHEST] = lowest, highest
    room.found[MEAN], room.found[DEVIATION] = mean, np.sqrt(variance)
