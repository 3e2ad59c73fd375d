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

UNORDERED = 1e300
"""By how much a margin is above another where nothing is known of that."""


@compiled
def number(inputs: Inputs, i: int, value: int) -> float:
    """The number that a value of a NUMBER or OWN is."""
    start = inputs.start[i]
    listed = start >= 0
    return float(
        inputs.number[start + value] if listed else inputs.first[i] + value * inputs.step[i]
    )


@compiled
def begin(nets: Nets, inputs: Inputs, low: Ints, high: Ints, room: Room) -> None:
    """Ranges of the columns, and the constants of layer 0 by copy."""
    for i in inputs.numbers:
        c, a, b = inputs.column[i], number(inputs, i, low[i]), number(inputs, i, high[i])
        room.middle[0, c], room.middle[1, c] = (a + b) / 2, (b - a) / 2
    for j in range(nets.widths[0]):
        for m in range(4):
            room.gap[m, j] = 0.0
        room.center[0, j] = room.center[1, j] = nets.bias[0, j]
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
                room.center[m, j] += nets.first[j, c] * (a + b) / 2
        room.spread[c] = 2 * (room.radius[0, c] + room.radius[1, c])
    for i in range(len(inputs.kind)):
        if inputs.kind[i] == OWN_CHOICE:  # it has one value left
            m, v = inputs.copy[i], inputs.column[i]
            while not low[i] >> (v - inputs.column[i]) & 1:
                v += 1
            for j in range(nets.widths[0]):
                room.center[m, j] += nets.lone[v, j]
    for j in range(nets.widths[0]):
        loose = 0.0
        for p in range(len(inputs.own)):
            c = inputs.shared + p
            loose += abs(nets.first[j, c]) * (room.radius[0, c] + room.radius[1, c])
        room.gap[0, j] = room.center[1, j] - room.center[0, j] - loose
        room.gap[1, j] = room.center[1, j] - room.center[0, j] + loose
        if nets.similar:
            middle, radius = input_range(inputs, low, room, nets.more_first, j)
            room.gap[0, j] = middle + nets.more_bias[0, j] - radius
            room.gap[1, j] = middle + nets.more_bias[0, j] + radius


@compiled
def input_range(inputs: Inputs, low: Ints, room: Room, rows: Real, j: int) -> tuple[float, float]:
    """Middle and radius of what the inputs that are shared add to row j."""
    middle = radius = 0.0
    for i in inputs.numbers:
        c = inputs.column[i]
        middle += rows[j, c] * room.middle[0, c]
        radius += abs(rows[j, c]) * room.middle[1, c]
    for i in inputs.choices:
        a, b = choice_range(inputs, low, rows, j, i)
        middle += (a + b) / 2
        radius += (b - a) / 2
    return middle, radius


@compiled
def choice_range(inputs: Inputs, low: Ints, rows: Real, j: int, i: int) -> tuple[float, float]:
    """The least and the greatest that variable i's values add to row j."""
    c = inputs.column[i]
    least, most = np.inf, -np.inf
    for v in range(inputs.sizes[i]):
        if low[i] >> v & 1:
            least, most = min(least, rows[j, c + v]), max(most, rows[j, c + v])
    return least, most


@compiled
def relax(
    nets: Nets,
    inputs: Inputs,
    low: Ints,
    room: Room,
    k: int,
    rows: Real,
    columns: int,
    scores: bool,
    clip: bool,
) -> int:
    """Relax the ReLUs of layer k, whose pre-activations are ``rows``; returns the columns then."""
    own, before = inputs.shared, columns
    for j in range(nets.widths[k]):
        middle, radius = input_range(inputs, low, room, rows, j)
        r0 = r1 = radius
        for c in range(own, before):
            r0 += abs(rows[j, c]) * room.radius[0, c]
            r1 += abs(rows[j, c]) * room.radius[1, c]
        l0, u0 = middle + room.center[0, j] - r0, middle + room.center[0, j] + r0
        l1, u1 = middle + room.center[1, j] - r1, middle + room.center[1, j] + r1
        if clip and min(l0, l1) < 0 < max(u0, u1):
            up = clipped(inputs, low, room, rows, j, 1.0)
            down = clipped(inputs, low, room, rows, j, -1.0)
            top, bottom = max(0.0, middle + radius - up), max(0.0, radius - middle - down)
            l0, u0 = min(l0 + bottom, u0), max(u0 - top, l0)
            l1, u1 = min(l1 + bottom, u1), max(u1 - top, l1)
        room.ends[0, k, j], room.ends[1, k, j] = l0, u0
        least, most = room.gap[0, j], room.gap[1, j]
        if nets.similar:
            l1, u1 = l0 + least, u0 + most
            room.reach[0, j], room.reach[1, j] = max(l1, 0.0), max(u1, 0.0)
        if u0 <= 0 and u1 <= 0:
            least = most = 0.0
        elif l0 < 0 or l1 < 0:
            least = max(min(0.0, least), max(0.0, l1) - max(0.0, u0))
            most = min(max(0.0, most), max(0.0, u1) - max(0.0, l0))
        if nets.similar:
            least, most = least - nets.rough[k, j], most + nets.rough[k, j]
        room.gap[2, j], room.gap[3, j] = least, most
        room.place[j] = -1
        hull_low, hull_high = min(l0, l1), max(u0, u1)
        if hull_high <= 0:
            room.slope[j] = room.center[0, j] = room.center[1, j] = 0.0
        elif hull_low >= 0:
            room.slope[j] = 1.0
        else:
            a = hull_high / (hull_high - hull_low)
            room.slope[j], room.place[j] = a, columns
            for m, least_z, most_z in ((0, l0, u0), (1, l1, u1)):
                at_low = max(least_z, 0.0) - a * least_z
                at_high = max(most_z, 0.0) - a * most_z
                top = max(at_low, at_high)
                bottom = min(at_low, at_high)
                if least_z < 0 < most_z:
                    bottom = min(0.0, bottom)
                room.center[m, j] = a * room.center[m, j] + (top + bottom) / 2
                room.radius[m, columns] = (top - bottom) / 2
            room.spread[columns] = most - least
            if scores:
                share(inputs, low, room, rows, j, columns, radius)
            columns += 1
    return columns


@compiled
def share(
    inputs: Inputs, low: Ints, room: Room, rows: Real, j: int, column: int, radius: float
) -> None:
    """Each variable's part in the range of a neuron."""
    scale = 1 / radius if radius > 0 else 0.0
    for i in inputs.numbers:
        c = inputs.column[i]
        room.part[column, i] = abs(rows[j, c]) * room.middle[1, c] * scale
    for i in inputs.choices:
        a, b = choice_range(inputs, low, rows, j, i)
        room.part[column, i] = (b - a) / 2 * scale


@compiled
def advance(
    nets: Nets, inputs: Inputs, room: Room, k: int, rows: Real, out: Real, before: int, now: int
) -> None:
    """Row j of ``rows`` are the pre-activations of layer k, those of ``out`` become k + 1's."""
    width = nets.widths[k]
    last = k + 1 == len(nets.widths)
    for q in range(1 if last else nets.widths[k + 1]):
        for c in range(now):
            out[q, c] = 0.0
        b0 = b1 = nets.shift if last else nets.bias[k + 1, q]
        least = most = 0.0
        for j in range(width):
            w = nets.last[j] if last else nets.weight[k, q, j]
            if w > 0:
                least += w * room.gap[2, j]
                most += w * room.gap[3, j]
            else:
                least += w * room.gap[3, j]
                most += w * room.gap[2, j]
            if nets.similar:
                d = nets.more_last[j] if last else nets.more_weight[k, q, j]
                least += min(d * room.reach[0, j], d * room.reach[1, j])
                most += max(d * room.reach[0, j], d * room.reach[1, j])
            if room.slope[j] == 0.0:
                continue
            a = w * room.slope[j]
            for c in range(before):
                out[q, c] += a * rows[j, c]
            if room.place[j] >= 0:
                out[q, room.place[j]] += w
            b0 += w * room.center[0, j]
            b1 += w * room.center[1, j]
        if nets.similar:
            d = nets.more_shift if last else nets.more_bias[k + 1, q]
            least += d
            most += d
        # those of layer k are still read for the next q
        room.center[2, q], room.center[3, q] = b0, b1
        room.held[0, q], room.held[1, q] = least, most
    for q in range(1 if last else nets.widths[k + 1]):
        room.center[0, q], room.center[1, q] = room.center[2, q], room.center[3, q]
        room.gap[0, q], room.gap[1, q] = room.held[0, q], room.held[1, q]


@compiled
def clipped(inputs: Inputs, low: Ints, room: Room, rows: Real, j: int, sign: float) -> float:
    """The most of a row, times a sign, where ``room.form`` is between the ends of ``room.strip``.

    The form is brought there by those columns first that lessen the row least.
    """
    value = least = most = 0.0
    for i in inputs.numbers:
        c = inputs.column[i]
        a, s, m, r = sign * rows[j, c], room.form[c], room.middle[0, c], room.middle[1, c]
        value += a * m + abs(a) * r
        move = s * r
        if a < 0:
            move = -move
        if a == 0.0:
            least += s * m - abs(move)
            most += s * m + abs(move)
        else:
            least += s * m + move
            most += s * m + move
    for i in inputs.choices:
        a, b = choice_range(inputs, low, rows, j, i)
        value += max(sign * a, sign * b)
        c = inputs.column[i]
        s0, s1 = np.inf, -np.inf
        for v in range(inputs.sizes[i]):
            if low[i] >> v & 1:
                s0, s1 = min(s0, room.form[c + v]), max(s1, room.form[c + v])
        least += s0
        most += s1
    way, need = 1.0, room.strip[0] - most
    if least > room.strip[1]:
        way, need = -1.0, least - room.strip[1]
    size = 0
    if need > 0:
        for i in inputs.numbers:
            c = inputs.column[i]
            a, s = sign * rows[j, c], room.form[c]
            gain = 2 * room.middle[1, c] * abs(s)
            if gain > 0 and a * s * way < 0:
                room.loss[0, size], room.loss[1, size] = abs(a) / abs(s), gain
                size += 1
    return float(value - lost(room, size, need))


@compiled
def lost(room: Room, size: int, need: float) -> float:
    """The least that ``need`` costs, of ``size`` parts with prices and amounts in ``room.loss``."""
    loss, first, total = room.loss, 0, 0.0
    while first < size and need > 0:
        last = size - 1
        middle = (first + last) >> 1
        price, amount = loss[0, middle], loss[1, middle]
        loss[0, middle], loss[1, middle] = loss[0, last], loss[1, last]
        at, cheaper, paid = first, 0.0, 0.0
        for k in range(first, last):
            if loss[0, k] < price:
                own, much = loss[0, k], loss[1, k]
                loss[0, k], loss[1, k] = loss[0, at], loss[1, at]
                loss[0, at], loss[1, at] = own, much
                at, cheaper, paid = at + 1, cheaper + much, paid + own * much
        if cheaper >= need:
            size = at
            continue
        loss[0, last], loss[1, last] = loss[0, at], loss[1, at]
        loss[0, at], loss[1, at] = price, amount
        taken = min(amount, need - cheaper)
        total, need, first = total + paid + price * taken, need - cheaper - taken, at + 1
    return total


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
    rows, out, spare = nets.first, room.rows[0], room.rows[1]
    for k in range(len(nets.widths)):
        after = relax(nets, inputs, low, room, k, rows, columns, scores, clip)
        advance(nets, inputs, room, k, rows, out, columns, after)
        columns = after
        rows = out
        out = spare
        spare = rows
    found, own = room.found, inputs.shared
    for m in range(2):
        radius = 0.0
        for c in range(own, columns):
            radius += abs(rows[0, c]) * room.radius[m, c]
        found[LEAST + m] = room.center[m, 0] - radius
        found[MOST + m] = room.center[m, 0] + radius
    found[MORE] = max(room.gap[0, 0], found[LEAST + 1] - found[MOST])
    found[LESS] = min(room.gap[1, 0], found[MOST + 1] - found[LEAST])
    if nets.similar:  # the kernel orders copies alone
        found[LEAST + 1] = found[LEAST] + room.gap[0, 0]
        found[MOST + 1] = found[MOST] + room.gap[1, 0]
        found[MORE], found[LESS] = -UNORDERED, UNORDERED
    if clip:
        least, most = room.strip
        room.strip[0], room.strip[1] = -np.inf, least
        top = clipped(inputs, low, room, rows, 0, 1.0)
        room.strip[0], room.strip[1] = most, np.inf
        room.strip[0], room.strip[1] = top, -clipped(inputs, low, room, rows, 0, -1.0)
    describe(inputs, low, high, room, rows, 0)
    keep(inputs, room, rows)
    if scores:
        score(inputs, low, high, room, rows, columns)


@compiled
def score(inputs: Inputs, low: Ints, high: Ints, room: Room, rows: Real, columns: int) -> None:
    """How much a split of each variable promises: its share of the gaps that reach the logit."""
    own = inputs.shared
    for i in range(len(inputs.kind)):
        room.score[i] = 0.0
    for p in range(len(inputs.own)):
        for m in range(2):
            i = inputs.own[p, m]
            if i >= 0:
                room.score[i] += 2 * abs(rows[0, own + p]) * room.radius[m, own + p]
    for c in range(own + len(inputs.own), columns):
        widest = max(room.radius[0, c], room.radius[1, c])
        gain = abs(rows[0, c]) * (widest + room.spread[c] / 2)
        for i in inputs.numbers:
            room.score[i] += gain * room.part[c, i]
        for i in inputs.choices:
            room.score[i] += gain * room.part[c, i]


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
        start = inputs.start[i]
        if start >= 0:
            a, b = start + i + low[i], start + i + high[i] + 1
            weight = max(inputs.sums[b, 0] - inputs.sums[a, 0], 1e-300)
            center = (inputs.sums[b, 1] - inputs.sums[a, 1]) / weight
            square = (inputs.sums[b, 2] - inputs.sums[a, 2]) / weight
            mean += g * center
            variance += g * g * max(0.0, square - center * center)
        else:
            k = high[i] - low[i] + 1.0
            mean += g * room.middle[0, c]
            variance += g * g * inputs.step[i] * inputs.step[i] * (k * k - 1) / 12
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
