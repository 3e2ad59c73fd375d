"""Compiled: the bound of a class's logit rows over one cell, points, and the variable to split."""

from __future__ import annotations

import numpy as np

from verifier.provers.compiled.bounds import least, spot, spread_tile
from verifier.provers.compiled.envelopes import improve, magnitude, output_form
from verifier.provers.compiled.making import compiled
from verifier.provers.compiled.net import (
    BASE,
    BELOW,
    BEST,
    FIRST,
    FORM,
    HALF,
    HIGH,
    KEPT,
    LANES,
    LIVE,
    LOOSE,
    LOW,
    LOWER,
    OWNER,
    PART,
    POINT,
    SCORE,
    SLACK,
    VALUE,
    Ints,
    Net,
    Number,
    Real,
    Room,
)

LARGEST = np.float32(2.0**60)
"""Constants of forms that are bounded again are smaller."""


@compiled
def evaluate(net: Net, room: Room, constant: Real) -> int:
    """The class (in float32) of the chosen point; -1 where it is not clear."""
    value, base, zero = room.column[VALUE], room.column[BASE], np.float32(0)
    first = room.dense[0]
    wide = len(first)
    for j in range(wide):
        first[j] = constant[j]
    for f in range(room.size[0]):
        if room.lines[POINT, f] > 0:
            here = net.table[value[f]]
            if base[f] < 0:
                for j in range(wide):
                    first[j] += room.steps[f] * here[j]
                continue
            there = net.table[base[f]]
            for j in range(wide):
                first[j] += here[j] - there[j]
    for j in range(wide):
        first[j] = max(first[j], zero)
    for k in range(1, len(net.widths)):
        below, dense = room.dense[(k + 1) % 2], room.dense[k % 2]
        for i in range(wide):
            dense[i] = 0
        live = room.lists[LIVE, k]
        for a in range(room.counts[LIVE, k]):
            weight, total = net.weight[k, live[a]], net.bias[k, live[a]]
            for j in range(wide):
                total += weight[j] * below[j]
            dense[live[a]] = max(total, zero)
    klass: int = class_at(net, room.dense[(len(net.widths) + 1) % 2])
    return klass


@compiled
def class_at(net: Net, dense: Real) -> int:
    """The class whose rows are all positive at the last layer's activations; -1 if none."""
    for target in range(net.last.shape[0]):
        inside = True
        for row in range(net.last.shape[1]):
            total, last = net.shift[target, row], net.last[target, row]
            for j in range(len(dense)):
                total += last[j] * dense[j]
            inside = inside and total > 0
        if inside:
            return int(target)
    return -1


@compiled
def output(net: Net, room: Room, constant: Real, target: int, passes: int) -> tuple[Number, Number]:
    """The least lower bound of the target's rows, and the magnitude of its terms.

    Its form goes into line BEST. Rows are bounded again, in at most so many passes, as long as the
    class may be shown.
    """
    worst, scale, lines = np.float32(np.inf), np.float32(0), room.lines
    for row in range(net.last.shape[1]):
        total = output_form(net, room, constant, target, row, BELOW)
        value = total + least(room.free[FIRST], room.size, lines[FORM])
        bounded, size = np.float32(-np.inf), np.float32(0)
        for f in range(room.size[3]):
            lines[KEPT, f] = 0
        if value > bounded:  # it may be not a number
            for f in range(room.size[3]):
                lines[KEPT, f] = lines[FORM, f]
            bounded, size = value, magnitude(room, total)
            if passes and bounded <= SLACK * size and abs(total) < LARGEST:
                bounded, size = improve(net, room, constant, target, row, passes, total)
                if bounded <= SLACK * size:
                    passes = 0
        if bounded < worst or row == 0:
            worst, scale = bounded, size
            for f in range(room.size[3]):
                lines[BEST, f] = lines[KEPT, f]
    return worst, scale


@compiled
def add_spreads(room: Room, forms: Real, rows: int) -> None:
    """score += what each free variable can move the forms that ``picked`` lists, weighted."""
    score, first, size = room.lines[SCORE], room.free[FIRST], room.size
    picked, weights = room.picked, room.weights
    if size[2]:
        for f in range(0, size[3], LANES):
            spread_tile(weights, 0, picked, rows, forms, f, room.spare)
            for j in range(f, f + LANES):
                score[j] += room.spare[0, j]
        return
    for a in range(rows):
        r = picked[a]
        for i in range(size[1]):
            lowest, highest = np.float32(0), np.float32(0)
            for f in range(first[i], first[i + 1]):
                lowest, highest = min(lowest, forms[r, f]), max(highest, forms[r, f])
            score[i] += weights[0, r] * (highest - lowest)


@compiled
def gap_weight(low: Real, high: Real, part: Real, j: int) -> Number:
    """What the relaxation of neuron j costs the bound, per unit by which its ends move.

    Above, the slope of the loss in both ends; below, the loss shared out over the width.
    """
    if not (low[j] < 0 and high[j] > 0):
        return np.float32(0)
    wide = high[j] - low[j]
    if part[j] < 0:
        return np.float32(-part[j] * (low[j] ** 2 + high[j] ** 2) / wide**2)
    return np.float32(part[j] * min(-low[j], high[j]) / wide)


@compiled
def choose(net: Net, room: Room, masks: Ints) -> int:
    """The free variable (its place in OWNER) that moves the bound most, also by its gaps.

    -1 where none can be cut: single pieces of intervals are free as well.
    """
    score, weights, picked = room.lines[SCORE], room.weights[0], room.picked
    for i in range(room.size[3]):
        score[i] = 0
    weights[BEST], picked[0] = 1, BEST
    add_spreads(room, room.lines, 1)
    for k in range(len(net.widths)):
        low, high, part = room.state[LOW, k], room.state[HIGH, k], room.state[PART, k]
        rows = 0
        if k == 0:
            for a in range(room.counts[LIVE, 0]):
                j = room.lists[LIVE, 0, a]
                weight = gap_weight(low, high, part, j)
                if weight > 0:
                    picked[rows], weights[j] = j, weight
                    rows += 1
            add_spreads(room, room.columns, rows)
            continue
        for b in range(room.counts[LOOSE, k]):
            j = room.lists[LOOSE, k, b]
            weight = gap_weight(low, high, part, j)
            if weight > 0:
                up, down = high[j] ** 2, low[j] ** 2
                picked[rows], weights[2 * b] = 2 * b, weight * up / (up + down)
                picked[rows + 1], weights[2 * b + 1] = 2 * b + 1, weight * down / (up + down)
                rows += 2
        add_spreads(room, room.forms[k], rows)
    best = -1
    for i in range(room.size[1]):
        held = -1 - masks[room.free[OWNER, i]]
        if held >= 0 and held >> HALF == held & LOWER:
            continue
        if best < 0 or score[i] > score[best]:
            best = i
    return best


@compiled
def halve(net: Net, room: Room, masks: Ints, i: int, wanted: Number) -> int:
    """Where to cut free variable i: the mask that goes left, or the last value of an ordinal's.

    Of a set those values go left that add less than the middle of what they can add. A range is cut
    where the bound has risen by what is ``wanted``, if that settles a quarter of it at least; else
    in the middle.
    """
    variable, at = room.free[OWNER, i], room.free[FIRST, i]
    if masks[variable] < 0:
        last: int = cut_range(net, variable, -1 - masks[variable], room.lines[BEST, at], wanted)
        return last
    start = net.starts[variable]
    lowest, highest = np.float32(0), np.float32(0)
    for f in range(at, room.free[FIRST, i + 1]):
        lowest, highest = min(lowest, room.lines[BEST, f]), max(highest, room.lines[BEST, f])
    middle = (lowest + highest) / 2
    left, base = 0, room.column[BASE, at] - start
    if middle >= 0:
        left |= 1 << base
    for f in range(at, room.free[FIRST, i + 1]):
        if room.lines[BEST, f] <= middle:
            left |= 1 << (room.column[VALUE, f] - start)
    return 1 << base if left == masks[variable] else left


@compiled
def cut_interval(
    net: Net, variable: int, low: int, high: int, moves: Number, wanted: Number
) -> int:
    """The same of an interval, from piece ``low`` to ``high``; by where its cuts lie."""
    begin, end = spot(net, variable, low), spot(net, variable, high + 1)
    if 0 < wanted < 0.75 * abs(moves):
        share = wanted / abs(moves)
        if share > 0.25:
            place = begin + share * (end - begin) if moves > 0 else end - share * (end - begin)
            under, over = low, high + 1  # cuts below the place, and not below it
            while under + 1 < over:
                middle = (under + over) >> 1
                if spot(net, variable, middle) < place:
                    under = middle
                else:
                    over = middle
            last = over - 1 if moves > 0 else under - 1
            if low <= last < high:
                return int(last)
    return int((low + high) >> 1)


@compiled
def cut_range(net: Net, variable: int, held: int, moves: Number, wanted: Number) -> int:
    """Where to cut a range; ``moves`` is what its last value adds to the bound."""
    low, high = held & LOWER, held >> HALF
    if net.cut[variable + 1] > net.cut[variable]:
        place: int = cut_interval(net, variable, low, high, moves, wanted)
        return place
    if 0 < wanted < 0.75 * abs(moves):
        steps = int(np.ceil(wanted / abs(moves) * (high - low)))
        last = low + steps - 1 if moves > 0 else high - steps
        if 4 * min(last + 1 - low, high - last) > high - low and low <= last < high:
            return int(last)
    return int((low + high) >> 1)
