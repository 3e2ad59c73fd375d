"""Compiled: a row's form at a node of a tree of signs, and the steps that raise its least value.

What a sign's multiplier adds to a form is concave in the multipliers: the gradient is the neurons'
values at the form's minimiser, and a step has Polyak's length ("Minimization of unsmooth
functionals", 1969), which would gain what is wanted if all went well.
"""

from __future__ import annotations

import math

import numpy as np

from verifier.provers.compiled.bounds import least, short_row
from verifier.provers.compiled.envelopes import choose_least
from verifier.provers.compiled.making import compiled
from verifier.provers.compiled.net import (
    FIRST,
    FORM,
    LANES,
    LIVE,
    POINT,
    SLACK,
    Ints,
    Net,
    Number,
    Real,
    Room,
)
from verifier.provers.compiled.sign_trees import (
    BEFORE,
    BEHIND,
    DOWN,
    EXPONENT,
    HERE,
    LIFT,
    MEAN,
    NONE,
    PART,
    SHIFT,
    SIGN,
    UP,
    Signs,
)
from verifier.provers.compiled.tiles import make_tile

RANGE = 12
"""Units are not more powers of two below the largest coefficient than that."""
MARGIN = np.float32(SLACK)
whole_row, half_row = make_tile(1, 8), make_tile(1, 4)


@compiled
def times(left: Real, chosen: Ints, count: int, right: Real, wide: int, out: Real) -> None:
    """out[0, :wide] = left[0, chosen] @ right[chosen, :wide] over ``count`` indices."""
    at = 0
    while wide - at >= 8 * LANES:
        whole_row(left, 0, chosen, count, right, at, out)
        at += 8 * LANES
    while wide - at >= 4 * LANES:
        half_row(left, 0, chosen, count, right, at, out)
        at += 4 * LANES
    while at < wide:
        short_row(left, 0, chosen, count, right, at, out)
        at += LANES


@compiled
def form_of(
    net: Net, room: Room, signs: Signs, depth: int, target: int, row: int
) -> tuple[Number, Number]:
    """The least value of a row's form at a node of the tree, and the magnitude of its terms.

    The form goes into line FORM.
    """
    zero, push, wide = np.float32(0), signs.push[0], net.bias.shape[1]
    total, last = net.shift[target, row], net.last[target, row]
    for j in range(wide):
        signs.pull[0, j] = last[j]
    for k in range(len(net.widths) - 1, -1, -1):
        up, down = signs.state[depth, UP, k], signs.state[depth, DOWN, k]
        lift, shift = signs.state[depth, LIFT, k], signs.state[depth, SHIFT, k]
        behind, before = signs.state[depth, BEHIND, k], signs.state[depth, BEFORE, k]
        bias, pull = room.constant if k == 0 else net.bias[k], signs.pull[0]
        for j in range(wide):
            coefficient = pull[j]
            behind[j] = coefficient
            under = min(coefficient, zero)
            through = up[j] * max(coefficient, zero) + down[j] * under + shift[j]
            before[j] = through
            push[j] = through
            total += lift[j] * under + through * bias[j]
        live, lives = room.lists[LIVE, k], room.counts[LIVE, k]
        if k:
            times(signs.push, live, lives, net.weight[k], wide, signs.pull)
        else:
            times(signs.push, live, lives, room.columns, room.size[3], room.lines)
    form, size = room.lines[FORM], np.float32(abs(total))
    for f in range(room.size[3]):
        size += abs(form[f])
    value: Number = total + least(room.free[FIRST], room.size, form)
    return value, size


@compiled
def minimiser(net: Net, room: Room, signs: Signs, depth: int) -> None:
    """The neurons where the form is least, each on the line that bounds it, into HERE."""
    count, wide, zero, one = 0, net.bias.shape[1], np.float32(0), np.float32(1)
    point, form, chosen = room.lines[POINT], room.lines[FORM], signs.chosen
    if room.size[2]:
        for f in range(room.size[3]):
            point[f] = one if form[f] < zero else zero
    else:
        choose_least(room, FORM)
    for f in range(room.size[0]):
        chosen[count] = f
        count += 1 if point[f] > zero else 0
    times(signs.ones, signs.chosen, count, signs.across, wide, signs.pull)
    for k in range(len(net.widths)):
        here, bias = signs.state[depth, HERE, k], room.constant if k == 0 else net.bias[k]
        for j in range(wide):
            here[j] = bias[j] + signs.pull[0, j]
        if k + 1 == len(net.widths):
            break
        up, down = signs.state[depth, UP, k], signs.state[depth, DOWN, k]
        lift, behind = signs.state[depth, LIFT, k], signs.state[depth, BEHIND, k]
        push = signs.push[0]
        for j in range(wide):
            push[j] = up[j] * here[j] if behind[j] >= zero else down[j] * here[j] + lift[j]
        live, lives = room.lists[LIVE, k], room.counts[LIVE, k]
        times(signs.push, live, lives, signs.turned[k + 1], wide, signs.pull)


@compiled
def row_at_point(net: Net, room: Room, signs: Signs, depth: int, target: int, row: int) -> Number:
    """The row's value at the point that ``minimiser`` has found."""
    wide, zero, push = net.bias.shape[1], np.float32(0), signs.push[0]
    here = signs.state[depth, HERE, 0]
    for j in range(wide):
        push[j] = max(here[j], zero)
    for k in range(len(net.widths) - 1):
        live, lives, bias = room.lists[LIVE, k], room.counts[LIVE, k], net.bias[k + 1]
        times(signs.push, live, lives, signs.turned[k + 1], wide, signs.pull)
        for j in range(wide):
            push[j] = max(signs.pull[0, j] + bias[j], zero)
    last = net.last[target, row]
    value: Number = net.shift[target, row]
    for j in range(wide):
        value += last[j] * push[j]
    return value


@compiled
def wanted(value: Number, size: Number) -> Number:
    """By how much a step is to raise the least value."""
    missing = np.float32(2) * MARGIN * size - value
    return missing if missing > 0 else np.float32(0.01) * size


@compiled
def step_slopes(net: Net, signs: Signs, more: Number) -> bool:
    """Move the root's slopes below open ReLUs by one step that is to gain so much."""
    zero, one, total = np.float32(0), np.float32(1), np.float32(0)
    for turn in range(2):
        length = more / total if turn else zero
        for k in range(len(net.widths)):
            up, lift = signs.state[0, UP, k], signs.state[0, LIFT, k]
            here, behind = signs.state[0, HERE, k], signs.state[0, BEHIND, k]
            for j in range(net.bias.shape[1]):
                if not (lift[j] > 0 and behind[j] > 0):
                    continue
                z = here[j]
                if turn:
                    up[j] = min(max(up[j] + length * z / behind[j], zero), one)
                elif (z > 0 and up[j] < 1) or (z < 0 and up[j] > 0):
                    total += z * z
        if not total > np.float32(1e-12):
            return False
    return True


@compiled
def step_shifts(net: Net, signs: Signs, depth: int, more: Number) -> bool:
    """Move a node's multipliers by one step that is to gain so much."""
    zero, total, wide = np.float32(0), np.float32(0), net.bias.shape[1]
    for k in range(len(net.widths)):
        sign, shift = signs.state[depth, SIGN, k], signs.state[depth, SHIFT, k]
        here = signs.state[depth, HERE, k]
        for j in range(wide):
            z = sign[j] * here[j]
            total += z * z if z < zero or shift[j] != zero else zero
    if not total > np.float32(1e-12):
        return False
    length = more / total
    for k in range(len(net.widths)):
        sign, shift = signs.state[depth, SIGN, k], signs.state[depth, SHIFT, k]
        here = signs.state[depth, HERE, k]
        for j in range(wide):
            moved = sign[j] * shift[j] + length * sign[j] * here[j]
            shift[j] = sign[j] * min(moved, zero)
    return True


@compiled
def keep(net: Net, signs: Signs, depth: int, what: int, back: bool) -> None:
    """Keep a row of a node's state, or put it back."""
    for k in range(len(net.widths)):
        row, kept = signs.state[depth, what, k], signs.kept[k]
        for j in range(net.bias.shape[1]):
            if back:
                row[j] = kept[j]
            else:
                kept[j] = row[j]


@compiled
def unit_of(largest: Number, most: Number) -> tuple[int, int]:
    """The unit of which multipliers are 0 to 3 times, in the proof's numbers.

    The ``largest`` is about 3 times it; ``most`` is the largest coefficient.
    """
    if not (largest > 0 and most > 0):
        return NONE, 0
    lowest = int(np.floor(np.log2(most))) - RANGE - 4
    exponent = int(np.floor(np.log2(largest / np.float32(3)))) - 4
    exponent = min(max(exponent, lowest), lowest + 15)
    part = int(np.rint(math.ldexp(float(largest) / 3, -exponent))) - 16
    return exponent, min(max(part, 0), 15)


@compiled
def unit_value(exponent: int, part: int) -> Number:
    """The unit itself."""
    return np.float32(0 if exponent == NONE else math.ldexp(16.0 + part, exponent))


@compiled
def round_shifts(net: Net, signs: Signs, depth: int) -> None:
    """Round a node's multipliers: 0 to 3 times one unit for each layer."""
    for k in range(len(net.widths)):
        shift, largest = signs.state[depth, SHIFT, k], np.float32(0)
        behind, most = signs.state[0, BEHIND, k], np.float32(0)
        for j in range(net.bias.shape[1]):
            largest, most = max(largest, abs(shift[j])), max(most, abs(behind[j]))
        signs.unit[EXPONENT, k], signs.unit[PART, k] = NONE, 0
        if not (largest > 0 and most > 0):
            for j in range(net.bias.shape[1]):
                shift[j] = 0
            continue
        exponent, part = unit_of(largest, most)
        unit = unit_value(exponent, part)
        signs.unit[EXPONENT, k], signs.unit[PART, k] = exponent, part
        for j in range(net.bias.shape[1]):
            times = min(np.rint(shift[j] / unit), np.float32(3))
            shift[j] = max(times, np.float32(-3)) * unit


@compiled
def round_slopes(net: Net, signs: Signs) -> None:
    """Round the root's slopes below ReLUs to halves."""
    for k in range(len(net.widths)):
        up = signs.state[0, UP, k]
        for j in range(net.bias.shape[1]):
            up[j] = np.rint(np.float32(2) * up[j]) * np.float32(0.5)


@compiled
def add_to_mean(net: Net, signs: Signs, depth: int, before: int, ended: bool) -> None:
    """Add what is HERE to MEAN, a sum of so many; where it has ``ended``, MEAN becomes the mean."""
    parts = np.float32(before + 1) if ended else np.float32(1)
    for k in range(len(net.widths)):
        here, mean = signs.state[depth, HERE, k], signs.state[depth, MEAN, k]
        for j in range(net.bias.shape[1]):
            total = mean[j] if before else np.float32(0)
            mean[j] = (total + here[j]) / parts
