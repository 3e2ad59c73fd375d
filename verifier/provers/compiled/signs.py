"""Compiled: a cell's class shown by a tree of the signs of its hidden neurons, with multipliers.

At a leaf of the tree some neurons' signs are given: their ReLUs are linear there, and a multiple of
what a sign says may be taken from the form on its way down (Wang et al., "Beta-CROWN", 2021). The
multipliers are found in a few steps from those of the node above, and rounded to what a proof has.
Enclosures of neurons are those of the cell at all leaves, so that the kernel needs them once.
"""

from __future__ import annotations

import math

import numpy as np

from verifier.provers.compiled.making import compiled
from verifier.provers.compiled.net import ABOVE, BELOW, EXTRA, HIGH, LOW, Net, Number, Room
from verifier.provers.compiled.net import PART as PARTS
from verifier.provers.compiled.sign_forms import (
    MARGIN,
    add_to_mean,
    form_of,
    keep,
    minimiser,
    round_shifts,
    round_slopes,
    row_at_point,
    step_shifts,
    step_slopes,
    wanted,
)
from verifier.provers.compiled.sign_rows import add_rows
from verifier.provers.compiled.sign_trees import (
    BEFORE,
    BEHIND,
    BUCKETS,
    CELLS,
    DEEPEST,
    DOWN,
    GIVEN,
    LIFT,
    LOOKED,
    MEAN,
    NEURON,
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

STEPS, FIRST_STEPS = 3, 6
"""Steps of ascent at a node, and of the slopes at the root."""
ROUNDED = 2
"""So often multipliers of a node are rounded, at most, until they show its row."""
LOOKS, SOON = 1000, 32
"""Nodes that are looked at in the trees of a cell, at most; and after how many they end where what
is closed does not promise an end within that."""
NEAR = np.float32(0.35)
"""What is missing to a proof, in parts of what all open neurons lose: with more none is tried."""
MAYBE = np.float32(0.5)
"""The same before slopes are looked for that suit the cell."""
FEW, LEAST, MUCH = 8, 128.0, 4096.0
"""From so few cells nothing is learnt; trees are tried where splits take more nodes than that, as
theirs take the check as long; and these are taken to need so many at most, and where none was seen
that they have closed: which trees close are not the largest."""
LIGHTER = 8
"""So many nodes of trees take as long as a cell, about."""
REFUTED, GIVEN_UP, SHOWN = -1, 0, 1


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
    first, best, steps, rounded = np.float32(0), np.float32(0), 0, 0
    while True:
        value, size = form_of(net, room, signs, 0, target, row)
        minimiser(net, room, signs, 0)
        if rounded:
            if value >= first or rounded == 2:
                return value, size
            begin_root(net, room, signs)
            rounded = 2
            continue
        if steps == 0:
            first = value
        if steps == 0 or value > best:
            best = value
            keep(net, signs, 0, UP, False)
        steps += 1
        more = steps <= FIRST_STEPS and not value > MARGIN * size
        if not (more and step_slopes(net, signs, wanted(value, size))):
            keep(net, signs, 0, UP, True)
            round_slopes(net, signs)
            rounded = 1


@compiled
def climb(net: Net, room: Room, signs: Signs, depth: int, target: int, row: int) -> bool:
    """Look for multipliers that show the row at a node, and round them; whether there are any.

    If not, MEAN are the neurons at the forms' minimisers, on average.
    """
    best, steps, tries, rounded = np.float32(0), 0, 0, False
    while True:
        value, size = form_of(net, room, signs, depth, target, row)
        shown = value > MARGIN * size
        if rounded:
            if shown:
                return True
            keep(net, signs, depth, SHIFT, True)
            rounded = False
            continue
        if value > best or steps == 0:
            best = value
            keep(net, signs, depth, SHIFT, False)
        if shown and tries < ROUNDED:
            tries += 1
            round_shifts(net, signs, depth)
            rounded = True
            continue
        minimiser(net, room, signs, depth)
        ended = steps == STEPS or not step_shifts(net, signs, depth, wanted(value, size))
        add_to_mean(net, signs, depth, steps, ended)
        if ended:
            keep(net, signs, depth, SHIFT, True)
            return False
        steps += 1


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
    size = min((past[SIZES] + seen[SIZES]) / cells, MUCH) if cells >= FEW else MUCH
    if tried < FEW or size <= LEAST:
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
        return SHOWN if end_tree(net, signs, len(net.widths)) else GIVEN_UP
    if -value > NEAR * losses(net, room, signs):
        return GIVEN_UP
    if not row_at_point(net, room, signs, 0, target, row) > 0:
        return REFUTED
    depth, closed, count, path = 0, 0.0, signs.counts, signs.path
    add_to_mean(net, signs, 0, 0, True)
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
    return SHOWN if end_tree(net, signs, len(net.widths)) else GIVEN_UP


@compiled
def grow_trees(net: Net, room: Room, signs: Signs, target: int) -> int:
    """Find trees that show all rows of a class: SHOWN, GIVEN_UP, or REFUTED by the point chosen.

    The bounds in ``room`` are the cell's own.
    """
    for i in range(len(signs.counts)):
        signs.counts[i] = 0
    turn_columns(room, signs)
    if len(signs.rows) and room.size[2]:
        add_rows(net, room, signs, target)
    for row in range(net.last.shape[1]):
        found: int = grow_tree(net, room, signs, target, row)
        if found != SHOWN:
            return found
    return SHOWN
