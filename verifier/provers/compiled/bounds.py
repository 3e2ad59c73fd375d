"""Compiled: bounds of all layers over one cell, by backward linear relaxation.

The relaxation is the kernel's, with its slopes of 12 bits (``kernel.rules``); only the
arithmetic differs, and that bounds of the cells above are kept.
"""

from __future__ import annotations

import numpy as np

from verifier.provers.compiled.making import compiled
from verifier.provers.compiled.net import (
    ABOVE,
    BASE,
    BELOW,
    EXTRA,
    FIRST,
    HALF,
    HIGH,
    KNOWN,
    LANES,
    LIVE,
    LOOSE,
    LOW,
    LOWER,
    OWN_HIGH,
    OWN_LOW,
    OWNER,
    VALUE,
    Ints,
    Net,
    Number,
    Real,
    Room,
)
from verifier.provers.compiled.tiles import make_tile

wide_tile, narrow_tile = make_tile(4, 2), make_tile(4, 1)
long_row, short_row = make_tile(1, 4), make_tile(1, 1)
spread_tile = make_tile(1, 1, absolute=True)
STEPS = np.float32(4096)  # the kernel's slopes are multiples of 1 / STEPS


@compiled
def multiply(
    left: Real, rows: int, chosen: Ints, count: int, right: Real, wide: int, out: Real
) -> None:
    """out[:rows, :wide] = left[:rows, chosen] @ right[chosen, :wide] over ``count`` indices.

    ``rows`` is rounded up to a multiple of 4, or is 1; ``wide`` is a multiple of LANES.
    """
    at = 0
    if rows == 1:
        while at < wide:
            if wide - at >= 4 * LANES:
                long_row(left, 0, chosen, count, right, at, out)
                at += 4 * LANES
            else:
                short_row(left, 0, chosen, count, right, at, out)
                at += LANES
    while at < wide:
        if wide - at >= 2 * LANES:
            for r in range(0, rows, 4):
                wide_tile(left, r, chosen, count, right, at, out)
            at += 2 * LANES
        else:
            for r in range(0, rows, 4):
                narrow_tile(left, r, chosen, count, right, at, out)
            at += LANES


@compiled
def spot(net: Net, variable: int, at: int) -> float:
    """How far an ordinal's value is above the first, in steps; of an interval where a cut lies."""
    first, last = net.cut[variable], net.cut[variable + 1] - 1
    if last < first:
        return float(at)
    while first + 1 < last:
        middle = (first + last) >> 1
        if net.cuts[middle, 0] <= at:
            first = middle
        else:
            last = middle
    begin, end = net.cuts[first], net.cuts[first + 1]
    found: float = begin[1] + (at - begin[0]) * ((end[1] - begin[1]) / (end[0] - begin[0]))
    return found


@compiled
def lay_out(net: Net, room: Room, masks: Ints) -> None:
    """List the free variables of a cell and their columns, padded to a multiple of LANES."""
    value, base = room.column[VALUE], room.column[BASE]
    first, owner, starts = room.free[FIRST], room.free[OWNER], net.starts
    size, free = 0, 0
    for i in range(len(masks)):
        mask = masks[i]
        if mask < 0:
            held = -1 - mask
            if net.cut[i + 1] > net.cut[i]:
                steps = spot(net, i, (held >> HALF) + 1) - spot(net, i, held & LOWER)
            else:
                steps = float((held >> HALF) - (held & LOWER))
            if steps > 0:
                owner[free], first[free] = i, size
                value[size], base[size], room.steps[size] = starts[i] + 1, -1, steps
                size += 1
                free += 1
            continue
        if mask & (mask - 1) == 0:
            continue
        owner[free] = i
        first[free] = size
        free += 1
        v, lowest = starts[i], -1
        while mask:
            if mask & 1:
                if lowest < 0:
                    lowest = v
                else:
                    value[size] = v
                    base[size] = lowest
                    size += 1
            mask >>= 1
            v += 1
    first[free] = size
    room.size[0], room.size[1], room.size[2] = size, free, size == free
    while size % LANES:
        value[size] = base[size] = 0
        size += 1
    room.size[3] = size


@compiled
def lowest_bit(mask: int) -> int:
    """The position of the lowest bit of a nonzero mask."""
    place = 0
    while not mask >> place & 1:
        place += 1
    return place


@compiled
def set_constant(net: Net, room: Room, masks: Ints) -> None:
    """Layer 0 at the cell's lowest values, summed in double precision."""
    exact, table = room.exact, net.table
    for j in range(len(exact)):
        exact[j] = net.bias[0, j]
    for i in range(len(masks)):
        mask, row = masks[i], net.starts[i]
        if mask >= 0:
            here = table[row + lowest_bit(mask)]
            for j in range(len(exact)):
                exact[j] += here[j]
            continue
        here, each, steps = table[row], table[row + 1], spot(net, i, (-1 - mask) & LOWER)
        for j in range(len(exact)):
            exact[j] += here[j] + steps * each[j]
    for j in range(len(exact)):
        room.constant[j] = exact[j]


@compiled
def least(first: Ints, size: Ints, form: Real) -> Number:
    """The minimum over the cell of the variable part of a form."""
    total = np.float32(0)
    if size[2]:
        for f in range(size[3]):
            total += min(form[f], np.float32(0))
        return total
    for i in range(size[1]):
        lowest = np.float32(0)
        for f in range(first[i], first[i + 1]):
            lowest = min(lowest, form[f])
        total += lowest
    return total


@compiled
def input_columns(net: Net, room: Room) -> None:
    """What each column adds to every neuron of layer 0, and the exact ranges of these neurons."""
    low, high, zero = room.state[LOW, 0], room.state[HIGH, 0], np.float32(0)
    first, each, wide = room.free[FIRST], room.dense[0], len(room.constant)
    for j in range(wide):
        low[j] = high[j] = room.constant[j]
    for i in range(room.size[1]):
        for f in range(first[i], first[i + 1]):
            column_of(net, room, f, each)
            for j in range(wide):
                room.columns[j, f] = each[j]
        if first[i + 1] - first[i] == 1:
            for j in range(wide):
                low[j] += min(each[j], zero)
                high[j] += max(each[j], zero)
            continue
        for j in range(wide):
            lowest, highest = zero, zero
            for f in range(first[i], first[i + 1]):
                lowest = min(lowest, room.columns[j, f])
                highest = max(highest, room.columns[j, f])
            low[j] += lowest
            high[j] += highest
    for f in range(room.size[0], room.size[3]):
        for j in range(wide):
            room.columns[j, f] = 0


@compiled
def column_of(net: Net, room: Room, f: int, each: Real) -> None:
    """What column f adds to every neuron of layer 0."""
    here, base = net.table[room.column[VALUE, f]], room.column[BASE, f]
    if base < 0:
        steps = room.steps[f]
        for j in range(len(each)):
            each[j] = steps * here[j]
        return
    there = net.table[base]
    for j in range(len(each)):
        each[j] = here[j] - there[j]


@compiled
def relax_layer(net: Net, room: Room, k: int) -> None:
    """The slopes of layer k, 0 where a neuron is never positive, and the list of the others."""
    low, high, live = room.state[LOW, k], room.state[HIGH, k], room.lists[LIVE, k]
    above, extra, below = room.state[ABOVE, k], room.state[EXTRA, k], room.state[BELOW, k]
    count = 0
    for j in range(len(low)):
        if high[j] <= 0:
            above[j] = extra[j] = below[j] = 0
            continue
        live[count] = j
        count += 1
        if low[j] >= 0:
            above[j], extra[j], below[j] = 1, 0, 1
        else:
            slope = np.floor(STEPS * high[j] / (high[j] - low[j])) / STEPS
            above[j] = slope
            extra[j] = max(-slope * low[j], (1 - slope) * high[j])
            below[j] = 1 if high[j] > -low[j] else 0
    room.counts[LIVE, k] = count


@compiled
def start_rows(net: Net, room: Room, k: int) -> int:
    """Coefficients of the open neurons of layer k at layer k - 1's inputs, in pairs of rows.

    Row 2b is the lower form of the b-th neuron, row 2b + 1 the lower form of its negative. Returns
    the number of rows; their constants are in ``held``.
    """
    bias, low, high = net.bias[k], room.state[LOW, k], room.state[HIGH, k]
    above, below = room.state[ABOVE, k - 1], room.state[BELOW, k - 1]
    extra, loose, held = room.state[EXTRA, k - 1], room.lists[LOOSE, k], room.held
    known = room.state[KNOWN, k]
    rows, zero, wide = 0, np.float32(0), len(above)
    for i in range(net.widths[k]):
        known[i] = 0
        if high[i] <= 0 or low[i] >= 0:
            continue
        known[i] = 1
        loose[rows // 2] = i
        weight, one, two = net.weight[k, i], room.work[0, rows], room.work[0, rows + 1]
        base, top = bias[i], bias[i]
        for j in range(wide):
            up, down = max(weight[j], zero), min(weight[j], zero)
            one[j] = up * below[j] + down * above[j]
            two[j] = -up * above[j] - down * below[j]
            base += down * extra[j]
            top += up * extra[j]
        held[rows], held[rows + 1] = base, -top
        rows += 2
    room.counts[LOOSE, k] = rows // 2
    return rows


@compiled
def pass_rows(net: Net, room: Room, k: int, rows: int, push: Real, spare: Real) -> None:
    """Carry rows ``push`` of coefficients of layer k's inputs to layer k - 1's, in ``spare``."""
    bias, held, live = net.bias[k], room.held, room.lists[LIVE, k]
    above, below = room.state[ABOVE, k - 1], room.state[BELOW, k - 1]
    extra, zero, wide = room.state[EXTRA, k - 1], np.float32(0), len(bias)
    multiply(push, rows, live, room.counts[LIVE, k], net.weight[k], wide, spare)
    for r in range(rows):
        total, old, new = held[r], push[r], spare[r]
        for a in range(room.counts[LIVE, k]):
            total += old[live[a]] * bias[live[a]]
        for j in range(wide):
            up, down = max(new[j], zero), min(new[j], zero)
            total += down * extra[j]
            new[j] = up * below[j] + down * above[j]
        held[r] = total


@compiled
def finish_rows(room: Room, constant: Real, rows: int, push: Real, forms: Real) -> None:
    """Carry rows of coefficients of layer 0's inputs to the input, by column, into ``forms``."""
    for r in range(rows):
        total, line = room.held[r], push[r]
        for j in range(len(constant)):
            total += line[j] * constant[j]
        room.held[r] = total
    live, lives = room.lists[LIVE, 0], room.counts[LIVE, 0]
    multiply(push, rows, live, lives, room.columns, room.size[3], forms)


@compiled
def hidden_layer(net: Net, room: Room, constant: Real, k: int) -> None:
    """Bound the neurons of layer k whose sign is open; keep their forms for the score."""
    rows = start_rows(net, room, k)
    push, spare = room.work[0], room.work[1]
    for lower in range(k - 1, 0, -1):
        pass_rows(net, room, lower, rows, push, spare)
        push, spare = spare, push
    forms = room.forms[k]
    finish_rows(room, constant, rows, push, forms)
    low, high, loose = room.state[LOW, k], room.state[HIGH, k], room.lists[LOOSE, k]
    first, size, held = room.free[FIRST], room.size, room.held
    own_low, own_high = room.state[OWN_LOW, k], room.state[OWN_HIGH, k]
    for b in range(rows // 2):
        i = loose[b]
        own_low[i] = held[2 * b] + least(first, size, forms[2 * b])
        own_high[i] = -held[2 * b + 1] - least(first, size, forms[2 * b + 1])
        low[i], high[i] = max(low[i], own_low[i]), min(high[i], own_high[i])


@compiled
def interval_layer(net: Net, room: Room, k: int) -> None:
    """Bounds of layer k from those of layer k - 1 by interval arithmetic alone."""
    low, high, zero = room.state[LOW, k], room.state[HIGH, k], np.float32(0)
    under, over = room.state[LOW, k - 1], room.state[HIGH, k - 1]
    for i in range(net.widths[k]):
        weight, base, top = net.weight[k, i], net.bias[k, i], net.bias[k, i]
        for j in range(len(weight)):
            up, down = max(weight[j], zero), min(weight[j], zero)
            least_here, most_here = max(under[j], zero), max(over[j], zero)
            base += up * least_here + down * most_here
            top += up * most_here + down * least_here
        low[i], high[i] = base, top


@compiled
def bound(net: Net, room: Room, constant: Real, fresh: bool) -> None:
    """Bounds and slopes of the layers above 0, from the bounds inherited in LOW and HIGH.

    ``fresh`` forgets these and begins with intervals, as the kernel does.
    """
    for k in range(1, len(net.widths)):
        if fresh:
            interval_layer(net, room, k)
        hidden_layer(net, room, constant, k)
        relax_layer(net, room, k)
