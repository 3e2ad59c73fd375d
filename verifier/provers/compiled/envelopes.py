"""Compiled: closer bounds of a logit row, by envelopes of the first ReLUs over the cell.

A ReLU of layer 0 depends on the cell's variables one by one, so that planes above it need not be
lines of its input: any part from 0 to 1 of what each variable adds may go into the plane, and its
constant is what is then missing to 0 and to the input. Parts are chosen greedily, by where the
form at work is least (Tjandraatmadja et al., "The convex relaxation barrier, revisited", 2020),
and the form found is blended with those before, pass by pass.
"""

from __future__ import annotations

import numpy as np

from verifier.provers.compiled.bounds import finish_rows, least
from verifier.provers.compiled.making import compiled
from verifier.provers.compiled.net import (
    ABOVE,
    BENT,
    BETWEEN,
    EXTRA,
    FIRST,
    FORM,
    KEPT,
    LIVE,
    LOW,
    PART,
    POINT,
    RANK,
    SIDE,
    SLACK,
    SPREAD,
    Net,
    Number,
    Real,
    Room,
)

BISECTIONS = 6
TILT = np.float32(4)
"""How little points between are moved from the middle."""
FURTHER = np.float32(1.5)
"""So many times what a pass has gained may be gained by all that follow."""


@compiled
def output_form(net: Net, room: Room, constant: Real, target: int, row: int, slopes: int) -> Number:
    """The output row's lower form, into line FORM; returns its constant.

    ``slopes`` are those of the lines below ReLUs, BELOW or BENT; with BENT, open neurons of layer 0
    have envelopes above them.
    """
    k = len(net.widths) - 1
    dense, push = room.dense[0], room.work[0, 0]
    zero, wide, total = np.float32(0), len(dense), net.shift[target, row]
    for j in range(wide):
        dense[j] = net.last[target, row, j]
    while True:
        below, above = room.state[slopes, k], room.state[ABOVE, k]
        extra, part = room.state[EXTRA, k], room.state[PART, k]
        low, planes = room.state[LOW, k], k == 0 and slopes == BENT
        for j in range(wide):
            part[j] = dense[j]
            up, down = max(dense[j], zero), min(dense[j], zero)
            if planes and low[j] < 0:  # an open neuron's is added below, and others' is 0
                down = zero
            push[j] = up * below[j] + down * above[j]
            total += down * extra[j]
        if k == 0:
            break
        live, bias = room.lists[LIVE, k], net.bias[k]
        for j in range(wide):
            dense[j] = 0
            total += push[j] * bias[j]
        for a in range(room.counts[LIVE, k]):
            c, weight = push[live[a]], net.weight[k, live[a]]
            for j in range(wide):
                dense[j] += c * weight[j]
        k -= 1
    room.held[0] = total
    finish_rows(room, constant, 1, room.work[0], room.lines)
    found: Number = room.held[0]
    if slopes == BENT:
        for a in range(room.counts[LIVE, 0]):
            j = room.lists[LIVE, 0, a]
            if room.state[LOW, 0, j] < 0 and room.state[PART, 0, j] < 0:
                if room.size[2]:
                    found += add_plane(room, constant, j, room.state[PART, 0, j])
                else:
                    found += add_envelope(room, constant, j, room.state[PART, 0, j])
    return found


@compiled
def add_plane(room: Room, constant: Real, j: int, c: Number) -> Number:
    """The same as ``add_envelope`` where every variable has one column: no branches inside."""
    form, columns, side = room.lines[FORM], room.columns[j], room.lines[SIDE]
    rank, wide, free = room.lines[RANK], room.size[3], room.size[1]
    zero, one = np.float32(0), np.float32(1)
    low, agreeing = room.state[LOW, 0, j], zero
    for f in range(wide):
        agreeing += max(side[f] * columns[f], zero)
    turn = one if low + agreeing > 0 else -one  # who makes the neuron positive
    running, place = low if turn > 0 else low + agreeing, 0
    while place < free:
        f = room.order[place] if turn > 0 else room.order[free - 1 - place]
        own = max(turn * side[f] * columns[f], zero)
        running += own
        if running > 0:
            break
        place += 1
    if place == free:  # by rounding: nothing is in part
        at, part = np.float32(-1), zero
    else:
        at, part = rank[f], min(running / own, one)
    taken, missing = low - constant[j], constant[j]
    for f in range(wide):
        one_side = side[f] * columns[f]
        early = one if one_side > 0 and (turn < 0 or rank[f] < at) else zero
        early = one if turn < 0 and one_side < 0 and rank[f] > at else early
        early = one - part if rank[f] == at else early
        taken -= early * min(columns[f], zero)
        missing += early * max(columns[f], zero)
        form[f] += c * (one - early) * columns[f]
    found: Number = c * max(-taken, missing)
    return found


@compiled
def add_envelope(room: Room, constant: Real, j: int, c: Number) -> Number:
    """Line FORM += c times the plane above neuron j of layer 0; returns c times its constant."""
    form, columns, point = room.lines[FORM], room.columns[j], room.lines[POINT]
    first, free = room.free[FIRST], room.size[1]
    zero, one = np.float32(0), np.float32(1)
    running, taken, missing = room.state[LOW, 0, j], zero, constant[j]
    for turn in range(2):  # first what the chosen point adds to the neuron, then the others
        for place in range(free):
            i = room.order[place] if turn == 0 else room.order[free - 1 - place]
            lowest, highest, here = zero, zero, zero
            for f in range(first[i], first[i + 1]):
                lowest, highest = min(lowest, columns[f]), max(highest, columns[f])
                here += point[f] * columns[f]
            if (here - lowest >= highest - here) != (turn == 0):
                continue
            wide = highest - lowest
            if not wide > 0:
                continue
            running += wide
            part = min(max(running / wide, zero), one)
            taken += part * lowest
            missing += (one - part) * highest
            part *= c
            for f in range(first[i], first[i + 1]):
                form[f] += part * columns[f]
    found: Number = c * max(-taken, missing)
    return found


@compiled
def rank_variables(room: Room) -> None:
    """Put the free variables into ``order``: by what they can move the form KEPT, most first."""
    kept, spread, order = room.lines[KEPT], room.lines[SPREAD], room.order
    first, free = room.free[FIRST], room.size[1]
    for i in range(free):
        lowest, highest = np.float32(0), np.float32(0)
        for f in range(first[i], first[i + 1]):
            lowest, highest = min(lowest, kept[f]), max(highest, kept[f])
        spread[i] = highest - lowest
        order[i] = i
    gap = free // 2
    while gap:  # Shell's sort
        for i in range(gap, free):
            own, at = order[i], i
            while at >= gap and spread[order[at - gap]] < spread[own]:
                order[at] = order[at - gap]
                at -= gap
            order[at] = own
        gap //= 2
    if room.size[2]:
        side, rank, point = room.lines[SIDE], room.lines[RANK], room.lines[POINT]
        for f in range(room.size[3]):
            side[f], rank[f] = 2 * point[f] - 1, free
        for place in range(free):
            rank[order[place]] = place


@compiled
def bend(net: Net, room: Room, constant: Real, target: int, row: int, line: int) -> Number:
    """Slopes below ReLUs by the point in a line, into BENT; returns the row's value there."""
    zero, point, wide = np.float32(0), room.lines[line], len(constant)
    for k in range(len(net.widths)):
        live, low, bent = room.lists[LIVE, k], room.state[LOW, k], room.state[BENT, k]
        before, here = room.dense[(k + 1) % 2], room.dense[k % 2]
        for j in range(wide):
            here[j] = bent[j] = 0
        for a in range(room.counts[LIVE, k]):
            j = live[a]
            if k:
                total, weight = net.bias[k, j], net.weight[k, j]
                for i in range(wide):
                    total += weight[i] * before[i]
            else:
                total, columns = constant[j], room.columns[j]
                for f in range(room.size[3]):
                    total += columns[f] * point[f]
            here[j] = max(total, zero)
            bent[j] = 1 if low[j] >= 0 or total > 0 else 0
    here, last = room.dense[(len(net.widths) + 1) % 2], net.last[target, row]
    value: Number = net.shift[target, row]
    for j in range(wide):
        value += last[j] * here[j]
    return value


@compiled
def go_between(room: Room) -> None:
    """Choose a point BETWEEN: the middle of the cell, moved a little to where KEPT is less.

    Of variables of more than two values it has as much of each.
    """
    kept, between, first = room.lines[KEPT], room.lines[BETWEEN], room.free[FIRST]
    most, half = np.float32(1e-30), np.float32(0.5)
    for f in range(room.size[3]):
        most = max(most, abs(kept[f]))
    if room.size[2]:
        for f in range(room.size[3]):
            between[f] = half - kept[f] / (2 * TILT * most)
        return
    for f in range(room.size[0], room.size[3]):
        between[f] = 0
    for i in range(room.size[1]):
        count = first[i + 1] - first[i]
        for f in range(first[i], first[i + 1]):
            between[f] = (
                half - kept[f] / (2 * TILT * most) if count == 1 else 1 / (count + half * 2)
            )


@compiled
def choose_least(room: Room, line: int) -> None:
    """Choose, in line POINT, the values where the form in a line is least."""
    lines, first = room.lines, room.free[FIRST]
    for f in range(room.size[3]):
        lines[POINT, f] = 0
    for i in range(room.size[1]):
        lowest, at = np.float32(0), -1
        for f in range(first[i], first[i + 1]):
            if lines[line, f] < lowest:
                lowest, at = lines[line, f], f
        if at >= 0:
            lines[POINT, at] = 1


@compiled
def rises(room: Room, total: Number, share: Number) -> Number:
    """How the least value of KEPT with a share of FORM rises with it; constants by ``total``."""
    kept, form, first, zero = room.lines[KEPT], room.lines[FORM], room.free[FIRST], np.float32(0)
    if room.size[2]:
        for f in range(room.size[3]):
            more = form[f] - kept[f]
            total += more if kept[f] + share * more < 0 else zero
        return total
    for i in range(room.size[1]):
        lowest, at = zero, -1
        for f in range(first[i], first[i + 1]):
            here = kept[f] + share * (form[f] - kept[f])
            if here < lowest:
                lowest, at = here, f
        if at >= 0:
            total += form[at] - kept[at]
    return total


@compiled
def blend(room: Room, old: Number, new: Number) -> Number:
    """KEPT becomes the best blend of it and FORM, forms with these constants; returns its own."""
    kept, form = room.lines[KEPT], room.lines[FORM]
    none, all_ = np.float32(0), np.float32(1)
    for _ in range(BISECTIONS):
        share = (none + all_) / 2
        if rises(room, new - old, share) > 0:
            none = share
        else:
            all_ = share
    share = (none + all_) / 2
    for f in range(room.size[3]):
        kept[f] += share * (form[f] - kept[f])
    total: Number = old + share * (new - old)
    return total


@compiled
def magnitude(room: Room, total: Number) -> Number:
    """What the form KEPT, with this constant, is added up from."""
    size: Number = np.float32(abs(total))
    for f in range(room.size[3]):
        size += abs(room.lines[KEPT, f])
    return size


@compiled
def improve(
    net: Net, room: Room, constant: Real, target: int, row: int, passes: int, total: Number
) -> tuple[Number, Number]:
    """The best bound of a row, and its magnitude, in at most so many passes; from its form KEPT.

    They end once the bound is a proof, once there is no hope of one, or at a point where the row
    is not positive. KEPT becomes the form of the bound. Its magnitude is doubled: the kernel's
    passes may go another way.
    """
    value = total + least(room.free[FIRST], room.size, room.lines[KEPT])
    size = 2 * magnitude(room, total)
    for turn in range(passes):
        choose_least(room, KEPT)
        if turn == 0 and not bend(net, room, constant, target, row, POINT) > 0:
            break
        go_between(room)
        if not bend(net, room, constant, target, row, BETWEEN) > 0:
            break
        rank_variables(room)
        other = output_form(net, room, constant, target, row, BENT)
        total = blend(room, total, other)
        before, value = value, total + least(room.free[FIRST], room.size, room.lines[KEPT])
        size = 2 * magnitude(room, total)
        if not value <= SLACK * size or not value + FURTHER * (value - before) > 0:
            break
    return value, size
