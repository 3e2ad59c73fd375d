"""Compiled: a cell's class shown by a tree of the signs of its hidden neurons, with multipliers.

At a leaf of the tree some neurons' signs are given: their ReLUs are linear there, and a multiple of
what a sign says may be taken from the form on its way down (Wang et al., "Beta-CROWN", 2021). The
multiples are found in a few steps of subgradient ascent of Polyak's length ("Minimization of
unsmooth functionals", 1969), from those of the node above, and then rounded to what a proof has.
Enclosures of neurons are those of the cell at all leaves, so that the kernel needs them once.
"""

from __future__ import annotations

import math

import numpy as np

from verifier.provers.compiled.bounds import least, short_row
from verifier.provers.compiled.envelopes import choose_least
from verifier.provers.compiled.making import compiled
from verifier.provers.compiled.net import (
    ABOVE,
    BELOW,
    EXTRA,
    FIRST,
    FORM,
    HIGH,
    LANES,
    LIVE,
    LOW,
    POINT,
    SLACK,
    Ints,
    Net,
    Number,
    Real,
    Room,
)
from verifier.provers.compiled.net import PART as PARTS
from verifier.provers.compiled.sign_trees import (
    BEFORE,
    BEHIND,
    BUCKETS,
    CELLS,
    DEEPEST,
    DOWN,
    EXPONENT,
    GIVEN,
    HERE,
    LIFT,
    LOOKED,
    MEAN,
    NEURON,
    NONE,
    PART,
    SHIFT,
    SIDE,
    SIGN,
    SIZES,
    SPENT,
    TRIED,
    UP,
    WON,
    Signs,
    add_inner,
    add_leaf,
    end_tree,
)
from verifier.provers.compiled.tiles import make_tile

STEPS, FIRST_STEPS = 3, 6
"""Steps of ascent at a node, and of the slopes at the root."""
LOOKS, SOON = 1000, 32
"""Nodes that are looked at in the trees of a cell, at most; and after how many they end where what
is closed does not promise an end within that."""
NEAR = np.float32(0.35)
"""What is missing to a proof, in parts of what all open neurons lose: with more none is tried."""
MAYBE = np.float32(0.5)
"""The same before slopes are looked for that suit the cell."""
FEW, LEAST, UNKNOWN = 8, 16.0, 4096.0
"""From so few cells nothing is learnt; before it is, trees are tried where splits take more nodes
than that; and these take so many where none was seen that they have closed."""
LIGHTER = 8
"""So many nodes of trees take as long as a cell, about."""
RANGE = 12
"""Units are not more powers of two below the largest coefficient than that."""
MARGIN = np.float32(SLACK)
REFUTED, GIVEN_UP, SHOWN = -1, 0, 1
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
    return total + least(room.free[FIRST], room.size, form), size


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
    value, last = net.shift[target, row], net.last[target, row]
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
        highest = int(np.floor(np.log2(most)))
        exponent = int(np.floor(np.log2(largest / np.float32(3)))) - 4
        exponent = min(max(exponent, highest - RANGE - 4), highest - RANGE + 11)
        part = int(np.rint(math.ldexp(float(largest) / 3, -exponent))) - 16
        part = min(max(part, 0), 15)
        unit = np.float32(math.ldexp(16.0 + part, exponent))
        signs.unit[EXPONENT, k], signs.unit[PART, k] = exponent, part
        for j in range(net.bias.shape[1]):
            times = min(np.rint(shift[j] / unit), np.float32(3))
            shift[j] = max(times, np.float32(-3)) * unit


@compiled
def begin_root(net: Net, room: Room, signs: Signs) -> None:
    """The root's lines, those of the cell."""
    for k in range(len(net.widths)):
        low, high = room.state[LOW, k], room.state[HIGH, k]
        above, extra, below = room.state[ABOVE, k], room.state[EXTRA, k], room.state[BELOW, k]
        root = signs.state[0]
        for j in range(net.bias.shape[1]):
            is_open = low[j] < 0 and high[j] > 0
            root[UP, k, j] = below[j]
            root[DOWN, k, j] = above[j]
            root[LIFT, k, j] = extra[j] if is_open else np.float32(0)
            root[SHIFT, k, j] = root[SIGN, k, j] = np.float32(0)


@compiled
def turn_columns(room: Room, signs: Signs) -> None:
    """The columns of the cell by what they read."""
    for j in range(room.columns.shape[0]):
        column = room.columns[j]
        for f in range(room.size[0]):
            signs.across[f, j] = column[f]


@compiled
def climb_slopes(
    net: Net, room: Room, signs: Signs, target: int, row: int
) -> tuple[Number, Number]:
    """The form of a root with slopes below that suit it, in halves; as ``form_of``."""
    value, size = form_of(net, room, signs, 0, target, row)
    first, best = value, value
    keep(net, signs, 0, UP, False)
    for _ in range(FIRST_STEPS):
        if value > MARGIN * size:
            break
        minimiser(net, room, signs, 0)
        if not step_slopes(net, signs, wanted(value, size)):
            break
        value, size = form_of(net, room, signs, 0, target, row)
        if value > best:
            best = value
            keep(net, signs, 0, UP, False)
    keep(net, signs, 0, UP, True)
    for k in range(len(net.widths)):
        up = signs.state[0, UP, k]
        for j in range(net.bias.shape[1]):
            up[j] = np.rint(np.float32(2) * up[j]) * np.float32(0.5)
    value, size = form_of(net, room, signs, 0, target, row)
    if value < first:
        begin_root(net, room, signs)
        value, size = form_of(net, room, signs, 0, target, row)
    minimiser(net, room, signs, 0)
    begin_mean(net, signs, 0)
    return value, size


@compiled
def begin_mean(net: Net, signs: Signs, depth: int) -> None:
    """MEAN is what HERE is."""
    for k in range(len(net.widths)):
        here, mean = signs.state[depth, HERE, k], signs.state[depth, MEAN, k]
        for j in range(net.bias.shape[1]):
            mean[j] = here[j]


@compiled
def climb(net: Net, room: Room, signs: Signs, depth: int, target: int, row: int) -> bool:
    """Look for multipliers that show the row at a node, and round them; whether there are any."""
    value, size = form_of(net, room, signs, depth, target, row)
    best, steps, rounds = value, 0, 0
    keep(net, signs, depth, SHIFT, False)
    while True:
        if value > MARGIN * size and rounds < 2:
            rounds += 1
            held = value
            keep(net, signs, depth, SHIFT, False)
            round_shifts(net, signs, depth)
            value, size = form_of(net, room, signs, depth, target, row)
            if value > MARGIN * size:
                return True
            keep(net, signs, depth, SHIFT, True)
            best = held
            value, size = form_of(net, room, signs, depth, target, row)
        minimiser(net, room, signs, depth)
        if steps == 0:
            begin_mean(net, signs, depth)
        else:
            for k in range(len(net.widths)):
                here, mean = signs.state[depth, HERE, k], signs.state[depth, MEAN, k]
                for j in range(net.bias.shape[1]):
                    mean[j] += here[j]
        if steps == STEPS or not step_shifts(net, signs, depth, wanted(value, size)):
            break
        steps += 1
        value, size = form_of(net, room, signs, depth, target, row)
        if value > best:
            best = value
            keep(net, signs, depth, SHIFT, False)
    keep(net, signs, depth, SHIFT, True)
    for k in range(len(net.widths)):
        mean = signs.state[depth, MEAN, k]
        for j in range(net.bias.shape[1]):
            mean[j] /= np.float32(steps + 1)
    return False


@compiled
def choose_neuron(net: Net, signs: Signs, depth: int) -> int:
    """The open neuron whose line from above loses most at the average minimiser; -1 if none does.

    Where none loses there: that which loses most anywhere.
    """
    best, where, zero, wide = np.float32(0), -1, np.float32(0), net.bias.shape[1]
    for turn in range(2):
        for k in range(len(net.widths)):
            down, lift = signs.state[depth, DOWN, k], signs.state[depth, LIFT, k]
            mean, behind = signs.state[depth, MEAN, k], signs.state[depth, BEHIND, k]
            score = signs.push[0]
            highest = best
            for j in range(wide):
                loss = lift[j]
                if turn == 0:
                    loss += down[j] * mean[j] - max(mean[j], zero)
                score[j] = -min(behind[j], zero) * loss if lift[j] > zero else zero
                highest = max(highest, score[j])
            if highest > best:
                best = highest
                for j in range(wide):
                    if score[j] == highest:
                        where = k * wide + j
        if where >= 0:
            break
    return where


@compiled
def give_sign(net: Net, signs: Signs, depth: int, neuron: int, sign: Number) -> None:
    """The node below one where a neuron has a sign; begins as near to the same form as it can."""
    for what in range(GIVEN):
        for k in range(len(net.widths)):
            old, new = signs.state[depth, what, k], signs.state[depth + 1, what, k]
            for j in range(net.bias.shape[1]):
                new[j] = old[j]
    wide, zero = net.bias.shape[1], np.float32(0)
    k, j = neuron // wide, neuron % wide
    behind, before = signs.state[depth, BEHIND, k, j], signs.state[depth, BEFORE, k, j]
    below = signs.state[depth + 1]
    below[SIGN, k, j], below[LIFT, k, j] = sign, zero
    if sign > 0:
        below[UP, k, j] = below[DOWN, k, j] = np.float32(1)
        below[SHIFT, k, j] = min(before - behind, zero)
    else:
        below[UP, k, j] = below[DOWN, k, j] = zero
        below[SHIFT, k, j] = max(before, zero)


@compiled
def losses(net: Net, room: Room, signs: Signs) -> Number:
    """What the open neurons' lines lose at the root, at most; below half of that."""
    total, zero = np.float32(0), np.float32(0)
    for k in range(len(net.widths)):
        low, high = room.state[LOW, k], room.state[HIGH, k]
        lift, behind = signs.state[0, LIFT, k], signs.state[0, BEHIND, k]
        for j in range(net.bias.shape[1]):
            half = max(min(-low[j], high[j]), zero) * np.float32(0.5)
            total += max(behind[j], zero) * half - min(behind[j], zero) * lift[j]
    return total


@compiled
def bucket_of(net: Net, room: Room, margin: Number) -> int:
    """A number for what misses a proof, in parts of what open neurons lose; BUCKETS if it is much.

    By the last ``output``.
    """
    total, zero = np.float32(0), np.float32(0)
    for k in range(len(net.widths)):
        low, high, part = room.state[LOW, k], room.state[HIGH, k], room.state[PARTS, k]
        extra = room.state[EXTRA, k]
        for j in range(net.bias.shape[1]):
            half = max(min(-low[j], high[j]), zero)
            lost = max(part[j], zero) * half * np.float32(0.5) - min(part[j], zero) * extra[j]
            total += lost if half > 0 else zero
    if not (total > 0 and -margin <= MAYBE * total):
        return BUCKETS
    return max(0, min(int(BUCKETS * (-margin / (MAYBE * total))), BUCKETS - 1))


@compiled
def is_worth(signs: Signs, bucket: int) -> bool:
    """Whether trees for a cell take less than splits, by what was seen of cells like it."""
    past, seen = signs.past[bucket], signs.seen[bucket]
    cells, tried = past[CELLS] + seen[CELLS], past[TRIED] + seen[TRIED]
    size = (past[SIZES] + seen[SIZES]) / cells if cells >= FEW else UNKNOWN
    if tried < FEW:
        return bool(size > LEAST)
    won, spent = past[WON] + seen[WON], past[SPENT] + seen[SPENT]
    return bool(won * size * LIGHTER > spent)


@compiled
def grow_tree(net: Net, room: Room, signs: Signs, target: int, row: int) -> int:
    """Add the tree that shows a row: SHOWN, or GIVEN_UP, or REFUTED by the point chosen."""
    begin_root(net, room, signs)
    value, size = climb_slopes(net, room, signs, target, row)
    if value > MARGIN * size:
        add_leaf(net, signs, 0)
        return SHOWN if end_tree(net, signs) else GIVEN_UP
    if -value > NEAR * losses(net, room, signs):
        return GIVEN_UP
    if not row_at_point(net, room, signs, 0, target, row) > 0:
        return REFUTED
    depth, closed, count, path = 0, 0.0, signs.count, signs.path
    path[NEURON, 0], path[SIDE, 0] = choose_neuron(net, signs, 0), 0
    if path[NEURON, 0] < 0:
        return GIVEN_UP
    add_inner(net, signs, path[NEURON, 0])
    while depth >= 0:
        if path[SIDE, depth] == 2:
            depth -= 1
            continue
        sign = np.float32(2 * path[SIDE, depth] - 1)
        path[SIDE, depth] += 1
        give_sign(net, signs, depth, path[NEURON, depth], sign)
        count[LOOKED] += 1
        if climb(net, room, signs, depth + 1, target, row):
            add_leaf(net, signs, depth + 1)
            closed += math.ldexp(1.0, -1 - depth)
            continue
        if not row_at_point(net, room, signs, depth + 1, target, row) > 0:
            return REFUTED
        looked = count[LOOKED]
        if looked >= LOOKS or (looked >= SOON and looked > LOOKS * closed):
            return GIVEN_UP
        depth += 1
        path[NEURON, depth], path[SIDE, depth] = choose_neuron(net, signs, depth), 0
        if path[NEURON, depth] < 0 or depth == DEEPEST:
            return GIVEN_UP
        add_inner(net, signs, path[NEURON, depth])
    return SHOWN if end_tree(net, signs) else GIVEN_UP


@compiled
def grow_trees(net: Net, room: Room, signs: Signs, target: int) -> int:
    """Find trees that show all rows of a class: SHOWN, GIVEN_UP, or REFUTED by the point chosen.

    The bounds in ``room`` are the cell's own.
    """
    for i in range(len(signs.count)):
        signs.count[i] = 0
    turn_columns(room, signs)
    for row in range(net.last.shape[1]):
        found = grow_tree(net, room, signs, target, row)
        if found != SHOWN:
            return found
    return SHOWN
