"""Compiled: depth-first branch and bound on a stack of cells, for chains of ReLU layers.

This is the entry of the compiled search, and the only function kept on disk; it takes its callees
with it. So that a change in any of their files is noticed, a checksum of all of them is part of
what identifies the compiled code.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit

from verifier.provers.compiled.bounds import (
    FAST,
    add_range,
    bound,
    compiled,
    input_columns,
    lay_out,
    relax_layer,
)
from verifier.provers.compiled.net import (
    AGREED,
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
    HIGH,
    LEAVES,
    LINKS,
    LOW,
    NODES,
    NOWHERE,
    OPEN,
    OWNER,
    POINT,
    PROBABILITY,
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
from verifier.provers.compiled.output import choose, evaluate, halve, minimise, output

SOURCES = ("bounds.py", "explore.py", "net.py", "output.py", "tiles.py")
"""Everything that the compiled code is made of."""
SLACK = 2.0**-9
"""Least margin, relative to its terms, that is taken for a proof."""


@compiled
def copy(source: Any, target: Any) -> None:
    """Copy a line of numbers (assigning slices takes long to compile)."""
    for j in range(len(source)):
        target[j] = source[j]


@compiled
def fork(net: Net, room: Room, stack: Stack, top: int, variable: int, left: int) -> None:
    """Replace the cell at ``top`` by its two halves, the left one above."""
    mask = stack.masks[top, variable]
    rest, start = mask & ~left, net.starts[variable]
    copy(stack.masks[top], stack.masks[top + 1])
    copy(stack.constant[top], stack.constant[top + 1])
    stack.target[top + 1] = stack.target[top]
    chance = mass(net, variable, mask)
    for place, half in ((top + 1, left), (top, rest)):
        stack.masks[place, variable] = half
        for k in range(len(net.widths)):
            copy(room.state[LOW, k], stack.bounds[LOW, place, k])
            copy(room.state[HIGH, k], stack.bounds[HIGH, place, k])
        low, high = stack.bounds[LOW, place, 0], stack.bounds[HIGH, place, 0]
        add_range(net, variable, mask, np.float32(-1), low, high)
        add_range(net, variable, half, np.float32(1), low, high)
        old, new = start + lowest_bit(mask), start + lowest_bit(half)
        if old != new:
            constant, here, there = stack.constant[place], net.table[new], net.table[old]
            for j in range(len(constant)):
                constant[j] += here[j] - there[j]
    part = mass(net, variable, left) / chance if chance > 0 else 0.5
    stack.share[top + 1, PROBABILITY] = stack.share[top, PROBABILITY] * part
    stack.share[top, PROBABILITY] *= 1 - part
    stack.share[top, WEIGHT] /= 2
    stack.share[top + 1, WEIGHT] = stack.share[top, WEIGHT]


@compiled
def mass(net: Net, variable: int, mask: int) -> float:
    """The probability of a variable's values in a mask."""
    total, v = 0.0, net.starts[variable]
    while mask:
        if mask & 1:
            total += net.mass[v]
        mask >>= 1
        v += 1
    return total


@compiled
def lowest_bit(mask: int) -> int:
    """The position of the lowest bit of a nonzero mask."""
    place = 0
    while not mask >> place & 1:
        place += 1
    return place


@compiled
def side_of_point(net: Net, room: Room, i: int, left: int, masks: Ints) -> int:
    """0 if the chosen point lies in the left half of free variable i, else 1."""
    variable = room.free[OWNER, i]
    value = lowest_bit(masks[variable])
    for f in range(room.free[FIRST, i], room.free[FIRST, i + 1]):
        if room.lines[POINT, f] > 0:
            value = room.column[VALUE, f] - net.starts[variable]
    return 0 if left >> value & 1 else 1


@compiled
def note_point(net: Net, room: Room, masks: Ints, into: Ints) -> None:
    """Write the chosen point's value indices."""
    for i in range(len(masks)):
        into[i] = lowest_bit(masks[i])
    for i in range(room.size[1]):
        for f in range(room.free[FIRST, i], room.free[FIRST, i + 1]):
            if room.lines[POINT, f] > 0:
                into[room.free[OWNER, i]] = room.column[VALUE, f] - net.starts[room.free[OWNER, i]]


@compiled
def first_class(net: Net, room: Room, constant: Real) -> int:
    """The class of the cell's point with the lowest values, 0 where it is not clear."""
    for f in range(room.size[3]):
        room.lines[POINT, f] = 0
    klass: int = max(0, evaluate(net, room, constant))
    return klass


@compiled
def points_within(room: Room, most: int) -> int:
    """The cell's number of points, or some number above ``most``."""
    total = 1
    for i in range(room.size[1]):
        total *= room.free[FIRST, i + 1] - room.free[FIRST, i] + 1
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
    net: Net, room: Room, stack: Stack, top: int, target: int
) -> tuple[int, Number, Number]:
    """Bound the cell at ``top``; returns its target, and the bound with its magnitude."""
    constant = stack.constant[top]
    lay_out(net, room, stack.masks[top])
    for k in range(len(net.widths)):
        copy(stack.bounds[LOW, top, k], room.state[LOW, k])
        copy(stack.bounds[HIGH, top, k], room.state[HIGH, k])
    relax_layer(net, room, 0)
    input_columns(net, room)
    bound(net, room, constant, False)
    if target < 0:
        target = first_class(net, room, constant)
    margin, scale = output(net, room, constant, target)
    return target, margin, scale


def make_explore(stamp: int) -> Any:
    """The search, compiled and kept on disk under ``stamp``, a checksum of the sources."""

    def explore(net: Net, room: Room, stack: Stack, found: Found, task: Task) -> int:
        """Search the stack's cells depth first, until it is empty or the task's budget is spent.

        ``found.counts[TOP]`` is the number of cells on the stack, before and after. A cell is
        closed where the bound is more than SLACK of the magnitude of its terms, also when it is
        computed as the kernel does, without what is known from the cells above. A target of -1 is
        replaced by the class of one point.
        """
        expected, closable, small = task.expected, task.closable, task.small
        top, limit = found.counts[TOP], min(len(found.kind), task.budget) - 1
        for i in range(len(found.counts)):
            found.counts[i] = 0
        for i in range(len(found.sums)):
            found.sums[i] = 0
        while top and found.counts[NODES] < limit:
            top -= 1
            node, masks, constant = enter(stack, found, top), stack.masks[top], stack.constant[top]
            target, margin, scale = bounds_of(net, room, stack, top, stack.target[top])
            other = target
            if not (closable and margin > SLACK * scale):
                minimise(room, BEST)
                klass = evaluate(net, room, constant)
                seen = found.counts[CANDIDATES]
                if klass >= 0 and klass != expected and seen < len(found.points):
                    note_point(net, room, masks, found.points[seen])
                    found.counts[CANDIDATES] += 1
                if klass >= 0 and klass != target:
                    other = klass
                    margin, scale = output(net, room, constant, other)
            if closable and margin > SLACK * scale:
                bound(net, room, constant, True)
                margin, scale = output(net, room, constant, other)
            if closable and margin > SLACK * scale:
                if task.tell > 1:
                    found.margin[found.counts[LEAVES]] = margin / scale
                close(stack, found, top, node, other, expected, task.tell > 1)
                continue
            closable = True
            if points_within(room, small) <= (small if other != target else max(1, small // 8)):
                close(stack, found, top, node, -1, expected, task.tell > 0)
                continue
            if top + 2 >= len(stack.target):
                found.kind[node] = OPEN
                hand_over(stack, found, top, node, -1)
                continue
            i = choose(net, room)
            variable, left = room.free[OWNER, i], halve(net, room, masks, i)
            found.kind[node], found.number[node], found.left[node] = SPLIT, variable, left
            if other != target:
                minimise(room, BEST)
                side = side_of_point(net, room, i, left, masks)
            fork(net, room, stack, top, variable, left)
            stack.parent[top], stack.parent[top + 1] = -1 - node, NOWHERE
            if other != target:
                stack.target[top + 1 - side] = other
                stack.target[top + side] = target
            top += 2
        if top and stack.parent[top - 1] == NOWHERE:
            node = enter(stack, found, top - 1)
            found.kind[node] = OPEN
            stack.parent[top - 1] = -1 - node
        found.counts[TOP] = top
        return stamp

    return njit(explore, cache=True, nogil=True, fastmath=FAST, error_model="numpy")


def checksum() -> int:
    """A checksum of the files that the compiled code is made of."""
    folder, total = Path(__file__).parent, 0
    for name in SOURCES:
        total = zlib.crc32((folder / name).read_bytes(), total)
    return total


explore = make_explore(checksum())
