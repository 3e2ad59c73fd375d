"""Compiled: depth-first branch and bound on a stack of cells, for chains of ReLU layers.

This is the entry of the compiled search, and the only function kept on disk; it takes its callees
with it. So that a change in any of their files is noticed, a checksum of all of them is part of
what identifies the compiled code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from verifier.provers.compiled.bounds import (
    bound,
    input_columns,
    lay_out,
    lowest_bit,
    relax_layer,
    set_constant,
)
from verifier.provers.compiled.confirm import bound_alone
from verifier.provers.compiled.envelopes import choose_least
from verifier.provers.compiled.making import OPTIONS, checksum, compiled
from verifier.provers.compiled.net import (
    AGREED,
    BASE,
    BEST,
    CANDIDATES,
    CLOSED,
    CONSTANT,
    CONSTANTS,
    COUNTED,
    DIFFERED,
    ENUMERATED,
    ENUMERATIONS,
    FIRST,
    HALF,
    HIGH,
    LEAVES,
    LINKS,
    LOOKED,
    LOW,
    LOWER,
    NODES,
    NOWHERE,
    OPEN,
    OWNER,
    POINT,
    PROBABILITY,
    SIGNED,
    SIGNEDS,
    SLACK,
    SPLIT,
    TOP,
    VALUE,
    WEIGHT,
    Found,
    Ints,
    Net,
    Number,
    Real,
    Room,
    Stack,
    Task,
)
from verifier.provers.compiled.output import choose, evaluate, halve, output
from verifier.provers.compiled.sign_trees import (
    BEGAN,
    BUCKET,
    BUCKETS,
    CELLS,
    LEVEL,
    SIZES,
    SPENT,
    TRIED,
    WON,
    Signs,
    most_bytes,
    write_trees,
)
from verifier.provers.compiled.sign_trees import LOOKED as LOOKS
from verifier.provers.compiled.signs import LIGHTER, REFUTED, SHOWN, bucket_of, grow_trees, is_worth

SOURCES = (
    *("bounds.py", "confirm.py", "envelopes.py", "explore.py", "making.py"),
    *(
        "net.py",
        "output.py",
        "sign_forms.py",
        "sign_rows.py",
        "sign_trees.py",
        "signs.py",
        "tiles.py",
    ),
)
"""Everything that the compiled code is made of."""


@compiled
def copy(source: Any, target: Any) -> None:
    """Copy a line of numbers (assigning slices takes long to compile)."""
    for j in range(len(source)):
        target[j] = source[j]


@compiled
def fork(net: Net, room: Room, stack: Stack, top: int, variable: int, left: int) -> None:
    """Replace the cell at ``top`` by its two halves, the left one above."""
    mask = stack.masks[top, variable]
    copy(stack.masks[top], stack.masks[top + 1])
    stack.target[top + 1] = stack.target[top]
    if mask >= 0:
        one, two = left, mask & ~left
    else:
        held = -1 - mask
        one = -1 - (left << HALF | (held & LOWER))
        two = -1 - ((held >> HALF) << HALF | (left + 1))
    chance = mass(net, variable, mask)
    part = mass(net, variable, one) / chance if chance > 0 else 0.5
    for place, half in ((top + 1, one), (top, two)):
        stack.masks[place, variable] = half
        for k in range(1, len(net.widths)):
            copy(room.state[LOW, k], stack.bounds[LOW, place, k])
            copy(room.state[HIGH, k], stack.bounds[HIGH, place, k])
    stack.share[top + 1, PROBABILITY] = stack.share[top, PROBABILITY] * part
    stack.share[top, PROBABILITY] *= 1 - part
    stack.share[top, WEIGHT] /= 2
    stack.share[top + 1, WEIGHT] = stack.share[top, WEIGHT]


@compiled
def mass(net: Net, variable: int, mask: int) -> float:
    """The probability of a variable's values in a word."""
    if mask < 0:
        held = -1 - mask
        below = up_to(net, variable, (held & LOWER) - 1)
        within: float = up_to(net, variable, held >> HALF) - below
        return within
    total, v = 0.0, net.starts[variable]
    while mask:
        if mask & 1:
            total += net.mass[v]
        mask >>= 1
        v += 1
    return total


@compiled
def up_to(net: Net, variable: int, value: int) -> float:
    """The probability of an ordinal's values from the first to this one."""
    ended, below = -1.0, 0.0
    for r in range(net.ran[variable], net.ran[variable + 1]):
        end, until = net.runs[r, 0], net.runs[r, 1]
        if value <= end:
            wide = end - ended
            return below + (until - below) * (value - ended) / wide if wide > 0 else below
        ended, below = end, until
    return below


@compiled
def chosen_value(net: Net, room: Room, i: int, mask: int) -> int:
    """The value of free variable i at the chosen point."""
    if mask < 0:
        held = -1 - mask
        return held >> HALF if room.lines[POINT, room.free[FIRST, i]] > 0 else held & LOWER
    value: int = lowest_bit(mask)
    for f in range(room.free[FIRST, i], room.free[FIRST, i + 1]):
        if room.lines[POINT, f] > 0:
            value = room.column[VALUE, f] - net.starts[room.free[OWNER, i]]
    return value


@compiled
def side_of_point(net: Net, room: Room, i: int, left: int, masks: Ints) -> int:
    """0 if the chosen point lies in the left half of free variable i, else 1."""
    mask = masks[room.free[OWNER, i]]
    value = chosen_value(net, room, i, mask)
    if mask < 0:
        return 0 if value <= left else 1
    return 0 if left >> value & 1 else 1


@compiled
def note_point(net: Net, room: Room, masks: Ints, into: Ints) -> None:
    """Write the chosen point's value indices."""
    for i in range(len(masks)):
        into[i] = lowest_bit(masks[i]) if masks[i] >= 0 else (-1 - masks[i]) & LOWER
    for i in range(room.size[1]):
        owner = room.free[OWNER, i]
        into[owner] = chosen_value(net, room, i, masks[owner])


@compiled
def first_class(net: Net, room: Room, constant: Real) -> int:
    """The class of the cell's point with the lowest values, 0 where it is not clear."""
    for f in range(room.size[3]):
        room.lines[POINT, f] = 0
    klass: int = max(0, evaluate(net, room, constant))
    return klass


@compiled
def points_within(net: Net, room: Room, most: float) -> float:
    """The cell's number of points, or some number above ``most``."""
    if len(net.cuts) > 1:
        return most + 1.0
    total = 1.0
    for i in range(room.size[1]):
        at = room.free[FIRST, i]
        if room.column[BASE, at] < 0:
            total *= room.steps[at] + 1.0
        else:
            total *= room.free[FIRST, i + 1] - at + 1.0
        if total > most:
            break
    return total


@compiled
def enter(stack: Stack, found: Found, top: int) -> int:
    """Give the cell at ``top`` its node, linked from its parent."""
    node, parent = int(found.counts[NODES]), stack.parent[top]
    found.counts[NODES] += 1
    found.right[node] = -1
    if parent >= 0:
        link = found.counts[LINKS]
        found.links[link, 0], found.links[link, 1] = parent, node
        found.counts[LINKS] += 1
    elif parent != NOWHERE:
        found.right[-1 - parent] = node
    return node


@compiled
def hand_over(stack: Stack, found: Found, top: int, node: int, klass: int) -> None:
    """List a node for the caller, with its cell."""
    leaf = found.counts[LEAVES]
    found.leaf[leaf, 0], found.leaf[leaf, 1] = node, klass
    copy(stack.masks[top], found.masks[leaf])
    copy(stack.share[top], found.shares[leaf])
    found.counts[LEAVES] += 1


@compiled
def close(
    stack: Stack, found: Found, top: int, node: int, klass: int, expected: int, tell: bool
) -> None:
    """Close the cell at ``top``: CONSTANT, or ENUMERATED where ``klass`` is -1."""
    found.kind[node], found.number[node] = (CONSTANT, klass) if klass >= 0 else (ENUMERATED, 0)
    found.sums[CLOSED] += stack.share[top, WEIGHT]
    if klass >= 0:
        found.counts[CONSTANTS] += 1
        side = AGREED if klass == expected else DIFFERED
        found.sums[side] += stack.share[top, PROBABILITY]
    else:
        found.counts[ENUMERATIONS] += 1
        found.sums[COUNTED] += stack.share[top, PROBABILITY]
    if tell:
        hand_over(stack, found, top, node, klass)


@compiled
def bounds_of(
    net: Net, room: Room, stack: Stack, top: int, target: int, passes: int
) -> tuple[int, Number, Number]:
    """Bound the cell at ``top``; returns its target, and the bound with its magnitude."""
    constant = room.constant
    set_constant(net, room, stack.masks[top])
    lay_out(net, room, stack.masks[top])
    for k in range(1, len(net.widths)):
        copy(stack.bounds[LOW, top, k], room.state[LOW, k])
        copy(stack.bounds[HIGH, top, k], room.state[HIGH, k])
    input_columns(net, room)
    relax_layer(net, room, 0)
    bound(net, room, constant, False)
    if target < 0:
        target = first_class(net, room, constant)
    margin, scale = output(net, room, constant, target, passes)
    return target, margin, scale


@compiled
def note_sizes(signs: Signs, found: Found, under: int, top: int) -> int:
    """Note what the last of some cells took that is closed by now; returns how many are not."""
    while under and top <= signs.under[LEVEL, under - 1]:
        under -= 1
        seen = signs.seen[signs.under[BUCKET, under]]
        seen[CELLS] += 1
        seen[SIZES] += found.counts[NODES] - signs.under[BEGAN, under]
    return under


@compiled
def leave_sizes(signs: Signs, found: Found, under: int) -> None:
    """Note what cells that are not closed have taken by now: they take more than that."""
    for u in range(under):
        seen = signs.seen[signs.under[BUCKET, u]]
        seen[SIZES] += found.counts[NODES] - signs.under[BEGAN, u]


@compiled
def close_by_signs(
    net: Net,
    room: Room,
    signs: Signs,
    stack: Stack,
    found: Found,
    top: int,
    node: int,
    task: Task,
    bucket: int,
) -> bool:
    """Close the cell at ``top`` by trees of signs, if there are any; changes its bounds."""
    target, seen = stack.target[top], signs.seen[bucket]
    bound_alone(net, room, room.constant)
    shown, counts = grow_trees(net, room, signs, target), found.counts
    counts[LOOKED] += signs.counts[LOOKS]
    seen[TRIED] += 1
    seen[SPENT] += signs.counts[LOOKS] + 2 * LIGHTER
    if shown == SHOWN:
        seen[WON] += 1
        begun = found.ends[counts[SIGNEDS] - 1] if counts[SIGNEDS] else 0
        found.ends[counts[SIGNEDS]] = write_trees(net, signs, found.trees, begun)
        close(stack, found, top, node, target, task.expected, False)
        found.kind[node], found.left[node] = SIGNED, counts[SIGNEDS]
        counts[SIGNEDS] += 1
        return True
    if shown == REFUTED and target == task.expected and counts[CANDIDATES] < len(found.points):
        note_point(net, room, stack.masks[top], found.points[counts[CANDIDATES]])
        counts[CANDIDATES] += 1
    return False


def make_explore(stamp: int) -> Any:
    """The search, compiled and kept on disk under ``stamp``, a checksum of the sources."""

    def explore(net: Net, room: Room, signs: Signs, stack: Stack, found: Found, task: Task) -> int:
        """Search the stack's cells depth first, until it is empty or the task's budget is spent.

        ``found.counts[TOP]`` is the number of cells on the stack, before and after. A cell is
        closed where the bound is more than SLACK of the magnitude of its terms, also when it is
        computed as the kernel does, without what is known from the cells above. A target of -1 is
        replaced by the class of one point.
        """
        expected, closable, small = task.expected, task.closable, task.small
        top, limit = found.counts[TOP], min(len(found.kind), task.budget) - 1
        most, under = len(found.trees) - most_bytes(signs), 0
        for line in signs.seen:
            for i in range(len(line)):
                line[i] = 0
        for i in range(len(found.counts)):
            found.counts[i] = 0
        for i in range(len(found.sums)):
            found.sums[i] = 0
        node, again = 0, False
        while again or (top and found.counts[NODES] + found.counts[LOOKED] // LIGHTER < limit):
            if not again:
                if found.counts[SIGNEDS] and found.ends[found.counts[SIGNEDS] - 1] > most:
                    break
                under = note_sizes(signs, found, under, top)
                top -= 1
                node = enter(stack, found, top)
            masks, constant, tried = stack.masks[top], room.constant, again
            target, margin, scale = bounds_of(net, room, stack, top, stack.target[top], task.passes)
            other, again = target, False
            if not (closable and margin > SLACK * scale):
                choose_least(room, BEST)
                klass = evaluate(net, room, constant)
                seen = found.counts[CANDIDATES]
                if klass >= 0 and klass != expected and seen < len(found.points) and not tried:
                    note_point(net, room, masks, found.points[seen])
                    found.counts[CANDIDATES] += 1
                if klass >= 0 and klass != target:
                    other = klass
                    margin, scale = output(net, room, constant, other, task.passes)
            if closable and margin > SLACK * scale:
                bound_alone(net, room, constant)
                margin, scale = output(net, room, constant, other, task.passes)
            if closable and margin > SLACK * scale:
                if task.tell > 1:
                    found.margin[found.counts[LEAVES]] = margin / scale
                close(stack, found, top, node, other, expected, task.tell > 1)
                continue
            fresh, closable = closable, True
            if points_within(net, room, small) <= (
                small if other != target else max(1, small // 8)
            ):
                close(stack, found, top, node, -1, expected, task.tell > 0)
                continue
            if top + 2 >= len(stack.target):
                found.kind[node] = OPEN
                hand_over(stack, found, top, node, -1)
                continue
            if task.signs and fresh and other == target and not tried:
                bucket = bucket_of(net, room, margin)
                if bucket < BUCKETS and task.learnt and is_worth(signs, bucket):
                    leave_sizes(signs, found, under)
                    under, stack.target[top] = 0, target
                    again = not close_by_signs(
                        net, room, signs, stack, found, top, node, task, bucket
                    )
                    continue
                if bucket < BUCKETS:
                    signs.under[LEVEL, under], signs.under[BUCKET, under] = top, bucket
                    signs.under[BEGAN, under] = found.counts[NODES]
                    under += 1
            i = choose(net, room, masks)
            if i < 0:
                found.kind[node] = OPEN
                found.sums[CLOSED] += stack.share[top, WEIGHT]
                continue
            if stack.share[top, PROBABILITY] < task.least:
                leave_sizes(signs, found, under)  # what the cells around it take is not known
                found.kind[node], under = OPEN, 0
                hand_over(stack, found, top, node, -1)
                continue
            wanted = 2 * np.float32(SLACK) * scale - margin
            variable, left = room.free[OWNER, i], halve(net, room, masks, i, wanted)
            found.kind[node], found.number[node], found.left[node] = SPLIT, variable, left
            if other != target:
                choose_least(room, BEST)
                side = side_of_point(net, room, i, left, masks)
            fork(net, room, stack, top, variable, left)
            stack.parent[top], stack.parent[top + 1] = -1 - node, NOWHERE
            if other != target:
                stack.target[top + 1 - side] = other
                stack.target[top + side] = target
            top += 2
        leave_sizes(signs, found, note_sizes(signs, found, under, top))
        if top and stack.parent[top - 1] == NOWHERE:
            node = enter(stack, found, top - 1)
            found.kind[node] = OPEN
            stack.parent[top - 1] = -1 - node
        found.counts[TOP] = top
        return stamp

    return njit(explore, cache=True, **OPTIONS)


explore = make_explore(checksum(Path(__file__).parent, SOURCES))
