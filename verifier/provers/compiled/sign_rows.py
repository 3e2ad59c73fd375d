"""Compiled: closer bounds of the second layer's neurons, by small trees of the first layer's signs.

They hold all over the cell, for all leaves of the trees that follow. A row is the form of a neuron
or of its negative. Of the slopes below open ReLUs those are taken, one after the other, that suit
the cell; then up to three signs are given, of neurons whose lines above lose most, each with the
multiplier that raises the row's least value most.
"""

from __future__ import annotations

import numpy as np

from verifier.provers.compiled.bounds import relax_layer
from verifier.provers.compiled.making import compiled
from verifier.provers.compiled.net import (
    ABOVE,
    BELOW,
    EXTRA,
    HIGH,
    LIVE,
    LOW,
    Net,
    Number,
    Real,
    Room,
)
from verifier.provers.compiled.sign_forms import times, unit_of, unit_value
from verifier.provers.compiled.sign_trees import (
    AGAIN,
    BITS,
    CODES,
    EXPONENT,
    HALF,
    NEURON,
    NONE,
    PART,
    ROW_DEPTH,
    ROWS,
    TESTS,
    TIMES,
    UNITS,
    UP,
    Signs,
    add_unit,
    end_tree,
)

FAR = np.float32(3)
"""A multiplier is not more times the neuron's weight."""
HALVINGS = 6
CONSTANT, LOWEST, OWN, MULTIPLE, SIGN = range(5)
AGAIN_OF = (BITS, TESTS, UNITS, CODES)
LEAST = np.float32(1e-6)
"""What is gained by less, compared with the weight, is nothing."""


@compiled
def least_of(form: Real, column: Real, part: Number, wide: int) -> Number:
    """The least value of a form with so much of a column added, without constants."""
    total, zero = np.float32(0), np.float32(0)
    for f in range(wide):
        total += min(form[f] + part * column[f], zero)
    return total


@compiled
def best_multiple(
    form: Real, column: Real, constant: Number, weight: Number, sign: Number, wide: int
) -> Number:
    """The multiplier of a sign with which a form's least value is largest."""
    zero, none, most = np.float32(0), np.float32(0), FAR * abs(weight)
    for turn in range(HALVINGS + 1):
        here = (none + most) * np.float32(0.5) if turn else none
        rises = constant
        for f in range(wide):
            rises += column[f] if form[f] - sign * here * column[f] < zero else zero
        if -sign * rises > zero:
            none = here
        elif turn:
            most = here
        else:
            return zero
    return (none + most) * np.float32(0.5)


@compiled
def begin_row(net: Net, room: Room, signs: Signs, neuron: int, turn: Number) -> None:
    """The form of a neuron of the second layer, or with ``turn`` -1 of its negative: line 0."""
    wide, zero, total = net.bias.shape[1], np.float32(0), turn * net.bias[1, neuron]
    low, high, extra = room.state[LOW, 0], room.state[HIGH, 0], room.state[EXTRA, 0]
    above, below = room.state[ABOVE, 0], room.state[BELOW, 0]
    weight, own, through = net.weight[1, neuron], signs.weight, signs.push[0]
    up = signs.state[0, UP, 0]
    for j in range(wide):
        own[j], up[j] = turn * weight[j], below[j]
        under = min(own[j], zero)
        through[j] = max(own[j], zero) * below[j] + under * above[j]
        total += under * extra[j] + through[j] * room.constant[j]
    columns, form = room.size[3], signs.line[0]
    times(signs.push, room.lists[LIVE, 0], room.counts[LIVE, 0], room.columns, columns, signs.line)
    now = least_of(form, form, zero, columns)
    for j in range(net.widths[0]):
        if not (low[j] < 0 and high[j] > 0 and own[j] > 0):
            continue
        column, slope, best = room.columns[j], up[j], LEAST * own[j]
        for half in range(3):
            other = np.float32(half) * np.float32(0.5)
            moved = (other - up[j]) * own[j]
            gained = moved * room.constant[j] + least_of(form, column, moved, columns) - now
            if gained > best:
                best, slope = gained, other
        if slope != up[j]:
            moved = (slope - up[j]) * own[j]
            for f in range(columns):
                form[f] += moved * column[f]
            total += moved * room.constant[j]
            now, up[j] = least_of(form, form, zero, columns), slope
    signs.row[CONSTANT, 0] = total


@compiled
def round_row(net: Net, room: Room, signs: Signs, depth: int) -> Number:
    """The least value of a row's form at a depth with its multipliers rounded: TIMES a unit."""
    largest, most, columns = np.float32(0), np.float32(0), room.size[3]
    for d in range(depth):
        largest = max(largest, signs.row[MULTIPLE, d])
    for j in range(net.widths[0]):
        most = max(most, abs(signs.weight[j]))
    exponent, part = unit_of(largest, most)
    signs.unit[EXPONENT, 0], signs.unit[PART, 0] = exponent, part
    unit, total = unit_value(exponent, part), signs.row[CONSTANT, depth]
    form, rounded = signs.line[depth], signs.line[ROW_DEPTH + 1]
    for f in range(columns):
        rounded[f] = form[f]
    for d in range(depth):
        j, count = signs.asked[NEURON, d], np.float32(0)
        if exponent != NONE:
            count = min(np.rint(signs.row[MULTIPLE, d] / unit), np.float32(3))
        signs.asked[TIMES, d] = int(count)
        moved = signs.row[SIGN, d] * (signs.row[MULTIPLE, d] - count * unit)
        column = room.columns[j]
        for f in range(columns):
            rounded[f] += moved * column[f]
        total += moved * room.constant[j]
    value: Number = total + least_of(rounded, rounded, np.float32(0), columns)
    return value


@compiled
def add_row_leaf(net: Net, signs: Signs, depth: int) -> None:
    """The leaf of a row at a depth, as ``round_row`` has left it."""
    count, last = signs.counts, -1
    signs.bit[count[BITS]] = 0
    count[BITS] += 1
    for _ in range(depth):
        following = -1
        for d in range(depth):
            j = signs.asked[NEURON, d]
            if j > last and (following < 0 or j < signs.asked[NEURON, following]):
                following = d
        last = signs.asked[NEURON, following]
        signs.code[count[CODES]] = signs.asked[TIMES, following]
        count[CODES] += 1
    if depth:
        add_unit(signs, 0)


@compiled
def choose_in_row(net: Net, room: Room, signs: Signs, depth: int) -> int:
    """The open neuron whose line from above loses most where a row's form is least; or -1."""
    count, zero, form, best, where = 0, np.float32(0), signs.line[depth], np.float32(0), -1
    for f in range(room.size[0]):
        signs.chosen[count] = f
        count += 1 if form[f] < zero else 0
    times(signs.ones, signs.chosen, count, signs.across, net.bias.shape[1], signs.pull)
    low, high, above = room.state[LOW, 0], room.state[HIGH, 0], room.state[ABOVE, 0]
    extra = room.state[EXTRA, 0]
    for j in range(net.widths[0]):
        z = room.constant[j] + signs.pull[0, j]
        lost = -signs.weight[j] * (above[j] * z + extra[j] - max(z, zero))
        if lost > best and low[j] < 0 and high[j] > 0:
            asked = False
            for d in range(depth):
                asked = asked or signs.asked[NEURON, d] == j
            if not asked:
                best, where = lost, j
    return where


@compiled
def give_row_sign(net: Net, room: Room, signs: Signs, depth: int) -> None:
    """The form below a node of a row, on the side that is next."""
    j, columns = signs.asked[NEURON, depth], room.size[3]
    weight, constant, column = signs.weight[j], room.constant[j], room.columns[j]
    sign = np.float32(1) if signs.asked[HALF, depth] else np.float32(-1)
    chord = weight * room.state[ABOVE, 0, j]
    moved = weight - chord if sign > 0 else -chord
    old, new = signs.line[depth], signs.line[depth + 1]
    for f in range(columns):
        new[f] = old[f] + moved * column[f]
    multiple = best_multiple(new, column, constant, weight, sign, columns)
    for f in range(columns):
        new[f] -= sign * multiple * column[f]
    total = signs.row[CONSTANT, depth] - weight * room.state[EXTRA, 0, j]
    signs.row[CONSTANT, depth + 1] = total + (moved - sign * multiple) * constant
    signs.row[MULTIPLE, depth], signs.row[SIGN, depth] = multiple, sign


@compiled
def put_back(signs: Signs, depth: int) -> None:
    """Forget what was added to the trees below a node of a row."""
    for i in range(len(AGAIN_OF)):
        signs.counts[AGAIN_OF[i]] = signs.asked[AGAIN + i, depth]


@compiled
def grow_row(net: Net, room: Room, signs: Signs) -> Number:
    """Add the tree of the row that is begun; returns what it is at least."""
    depth, arrives, result, count = 0, True, np.float32(0), signs.counts
    while depth >= 0:
        if arrives:
            for i in range(len(AGAIN_OF)):
                signs.asked[AGAIN + i, depth] = count[AGAIN_OF[i]]
            result = round_row(net, room, signs, depth)
            neuron = -1
            if depth < ROW_DEPTH and not result >= 0:
                neuron = choose_in_row(net, room, signs, depth)
            if neuron < 0:
                add_row_leaf(net, signs, depth)
                depth, arrives = depth - 1, False
                continue
            signs.bit[count[BITS]] = 1
            signs.test[count[TESTS]] = neuron
            count[BITS] += 1
            count[TESTS] += 1
            signs.asked[NEURON, depth], signs.asked[HALF, depth] = neuron, 0
            signs.row[OWN, depth], signs.row[LOWEST, depth] = result, np.float32(np.inf)
        else:
            signs.asked[HALF, depth] += 1
            signs.row[LOWEST, depth] = min(signs.row[LOWEST, depth], result)
            if not signs.row[LOWEST, depth] > signs.row[OWN, depth]:
                put_back(signs, depth)
                result = round_row(net, room, signs, depth)
                add_row_leaf(net, signs, depth)
                depth -= 1
                continue
            if signs.asked[HALF, depth] == 2:
                result = signs.row[LOWEST, depth]
                depth -= 1
                continue
        give_row_sign(net, room, signs, depth)
        depth, arrives = depth + 1, True
    return result


@compiled
def add_rows(net: Net, room: Room, signs: Signs, target: int) -> None:
    """Bound the second layer's open neurons closer that count against a class."""
    low, high, count = room.state[LOW, 1], room.state[HIGH, 1], signs.counts
    for i in range(net.widths[1]):
        counts = False
        for row in range(net.last.shape[1]):
            counts = counts or net.last[target, row, i] < 0
        for side in range(2):
            if not (counts and low[i] < 0 and high[i] > 0):
                continue
            for k in range(len(AGAIN_OF)):
                signs.asked[AGAIN + k, ROW_DEPTH + 1] = count[AGAIN_OF[k]]
            turn = np.float32(-1) if side else np.float32(1)
            begin_row(net, room, signs, i, turn)
            found, known = grow_row(net, room, signs), -high[i] if side else low[i]
            if not (found > known and end_tree(net, signs, 1)):
                put_back(signs, ROW_DEPTH + 1)
                continue
            signs.rows[count[ROWS]] = 2 * (signs.first[1] + i) + side
            count[ROWS] += 1
            if side:
                high[i] = -found
            else:
                low[i] = found
    relax_layer(net, room, 1)
