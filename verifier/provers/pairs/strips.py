"""Compiled: what a sandwich leaves open of a cell, and the search that splits where most is."""

from __future__ import annotations

import math

import numpy as np

from verifier.provers.compiled.making import compiled
from verifier.provers.pairs.arrays import (
    CLOSED,
    DEVIATION,
    FEW,
    HIGHEST,
    KNOWN,
    LEAST,
    LESS,
    LOWEST,
    MEAN,
    MORE,
    MOST,
    OPEN,
    UNDECIDED,
    UNKNOWN,
    UNREAD,
    YES,
    Inputs,
    Nets,
    Pool,
    Real,
    Room,
    Task,
)
from verifier.provers.pairs.bounds import clipped, sandwich
from verifier.provers.pairs.halving import count, halve, middle, move
from verifier.provers.pairs.sides import approach, lean, swap

NEVER = 1e300
SLIGHT = 1e-9
"""What is taken to be open where hardly anything is, of a cell's probability."""
BINNED = 1e-3
"""The same at least where the form passes from true to false: the kernel counts in bins."""
ROUNDING = 2.0**-10
"""How much narrower than its bounds a margin is taken to be, in units of the bounds."""
PAYS, SELDOM, LATELY = 0.7, 32, 0.9
"""Bounding again takes three times as long, and what is open falls about as the fifth root of the
time: it pays where it leaves so much of what is open. Where it does not, one cell of so many tells
whether it does now; what it told of earlier ones counts so much less each time."""


@compiled
def tighten(found: Real) -> None:
    """Use what the copies differ by for each other's strip."""
    a0, a1, b0, b1 = found[LEAST], found[LEAST + 1], found[MOST], found[MOST + 1]
    more, less = found[MORE], found[LESS]
    found[LEAST + 1], found[MOST + 1] = max(a1, a0 + more), min(b1, b0 + less)
    found[LEAST], found[MOST] = max(a0, a1 - less), min(b0, b1 - more)


@compiled
def below(t: float, found: Real) -> float:
    """The share of a cell where its form is at most t, about: of a normal distribution."""
    if t >= found[HIGHEST]:
        return 1.0
    if t < found[LOWEST]:
        return 0.0
    z = (t - found[MEAN]) / max(found[DEVIATION], 1e-300)
    return 0.5 * math.erfc(-z * 0.7071067811865476)


@compiled
def decide(copies: int, table: int, found: Real, top: float, bottom: float) -> int:
    """What the strips say of a cell: its YES and UNDECIDED shares; returns the classes known.

    Where all classes are known to be 0 the form is at most ``top``, where they are known to be 1
    at least ``bottom``: strips that are to be true there too are no narrower.
    """
    if copies == 2:
        tighten(found)
    for m in range(copies):
        found[LEAST + m] = min(found[LEAST + m], -top)
        found[MOST + m] = max(found[MOST + m], -bottom)
    order = 15
    if copies == 1:
        order = 5  # the second class is 0
    else:
        if found[MORE] >= 0:
            order &= ~4
        if found[LESS] <= 0:
            order &= ~2
    t0, t1, t2, t3 = -found[MOST], -found[LEAST], NEVER, NEVER
    if copies == 2:
        t2, t3 = -found[MOST + 1], -found[LEAST + 1]
    if t0 > t1:
        t0, t1 = t1, t0
    if t2 > t3:
        t2, t3 = t3, t2
    if t0 > t2:
        t0, t2 = t2, t0
    if t1 > t3:
        t1, t3 = t3, t1
    if t1 > t2:
        t1, t2 = t2, t1
    slack = ROUNDING * (found[HIGHEST] - found[LOWEST] + abs(found[LOWEST] + found[MOST]) / 64)
    yes = undecided = before = 0.0
    some_true = some_false = False
    left = -NEVER
    for step in range(5):
        right = t0 if step == 0 else t1 if step == 1 else t2 if step == 2 else t3
        if step == 4:
            right = NEVER
        if right > left and right >= found[LOWEST] - slack and left < found[HIGHEST] + slack:
            possible = order
            for m in range(copies):
                zeros = 3 if m == 0 else 5
                if left >= -found[LEAST + m]:
                    possible &= 15 - zeros
                elif right <= -found[MOST + m]:
                    possible &= zeros
            upto = below(right, found)
            if possible & table and possible & ~table:
                undecided += max(upto - before, SLIGHT)
            elif possible & table:
                yes += upto - before
                some_true = True
            elif possible:
                some_false = True
            before = upto
        left = max(left, right)
    if some_true and some_false:
        undecided = max(undecided, BINNED)
    found[YES], found[UNDECIDED] = yes, undecided
    known = 0
    for m in range(2):
        own = 2
        if m < copies and found[LOWEST] - slack > -found[LEAST + m]:
            own = 1
        elif m < copies and found[HIGHEST] + slack <= -found[MOST + m]:
            own = 0
        known = 3 * known + own
    return known


@compiled
def bounded(nets: Nets, inputs: Inputs, pool: Pool, at: int, room: Room, scores: bool) -> int:
    """Bound a cell of the pool as a whole; returns the classes known."""
    sandwich(nets, inputs, pool.low[at], pool.high[at], room, scores, False)
    return int(decide(nets.copies, pool.table[at], room.found, -np.inf, np.inf))


@compiled
def is_open_between(copies: int, room: Room) -> bool:
    """Find between which ends of the form classes are open; whether it has values there."""
    found, last = room.found, copies - 1
    room.strip[0] = -max(found[MOST], found[MOST + last])
    room.strip[1] = -min(found[LEAST], found[LEAST + last])
    return bool(room.strip[0] < found[HIGHEST] and room.strip[1] > found[LOWEST])


@compiled
def pays(copies: int, room: Room) -> bool:
    """Whether a cell is bounded again between such ends: one network if that told much lately."""
    return bool(copies == 2 or room.again[1] < PAYS * room.again[0])


@compiled
def tries(copies: int, room: Room) -> bool:
    """The same, or whether it is to be seen whether it does."""
    room.again[2] += 1
    return bool(pays(copies, room) or room.again[2] % SELDOM == 1)


@compiled
def better(known: int, room: Room) -> None:
    """Keep what was said last of a cell where that leaves less of it open."""
    if room.found[UNDECIDED] < room.best[UNDECIDED]:
        room.best[YES], room.best[UNDECIDED] = room.found[YES], room.found[UNDECIDED]
        room.best[KNOWN] = known


@compiled
def sided(inputs: Inputs, pool: Pool, at: int, room: Room, least: float, most: float) -> None:
    """See what the forms on each side of the logit say of the cell that was bounded last.

    That is where ``room.form`` is between two ends: up to them classes are known.
    """
    low, high = pool.low[at], pool.high[at]
    for side in range(2):
        lean(inputs, low, high, room, side)
        top, bottom = -np.inf, np.inf
        if most < np.inf:
            room.strip[0], room.strip[1] = -np.inf, least
            top = clipped(inputs, low, room, room.side, side, 1.0)
            room.strip[0], room.strip[1] = most, np.inf
            bottom = -clipped(inputs, low, room, room.side, side, -1.0)
        better(decide(1, pool.table[at], room.found, top, bottom), room)


@compiled
def again(nets: Nets, inputs: Inputs, pool: Pool, at: int, room: Room) -> None:
    """Bound a cell again where ``room.form`` is between the ends of ``room.strip``."""
    least, most = room.strip
    if nets.copies == 1:
        for c in range(inputs.shared):
            room.side[3, c] = room.form[c]
    sandwich(nets, inputs, pool.low[at], pool.high[at], room, False, True)
    top, bottom = room.strip
    if nets.copies == 1:
        swap(inputs, room)
        room.strip[0], room.strip[1] = least, most
        approach(nets, inputs, pool.low[at], room, True)
    better(decide(nets.copies, pool.table[at], room.found, top, bottom), room)
    if nets.copies == 1 and room.best[UNDECIDED] > 0:
        sided(inputs, pool, at, room, least, most)


@compiled
def look(nets: Nets, inputs: Inputs, pool: Pool, at: int, room: Room, few: float) -> float:
    """Bound a cell of the pool; returns the probability that is open of it."""
    pool.half[at], pool.again[at] = -1, 0
    if pool.points[at] <= few:
        pool.ended[at], pool.known[at] = FEW, UNKNOWN
        pool.open[at] = pool.yes[at] = 0.0
        return 0.0
    best, found, copies = room.best, room.found, nets.copies
    best[UNDECIDED] = np.inf
    sandwich(nets, inputs, pool.low[at], pool.high[at], room, False, False)
    if copies == 1:
        swap(inputs, room)  # the form is looked at from both sides
        approach(nets, inputs, pool.low[at], room, False)
        swap(inputs, room)
    better(decide(copies, pool.table[at], found, -np.inf, np.inf), room)
    between = best[UNDECIDED] > 0 and is_open_between(copies, room)
    if best[UNDECIDED] > 0 and copies == 1:
        sided(inputs, pool, at, room, -np.inf, np.inf)
    undecided = best[UNDECIDED]
    if undecided > 0 and between and tries(copies, room):
        again(nets, inputs, pool, at, room)
        room.again[0] = LATELY * room.again[0] + undecided
        room.again[1] = LATELY * room.again[1] + best[UNDECIDED]
        if best[UNDECIDED] < undecided:
            pool.again[at] = 1
    yes, undecided = best[YES], best[UNDECIDED]
    pool.known[at] = int(best[KNOWN])
    pool.open[at], pool.yes[at] = pool.share[at] * undecided, pool.share[at] * yes
    pool.ended[at] = OPEN if undecided > 0 else CLOSED
    return float(pool.open[at])


@compiled
def push(pool: Pool, at: int) -> None:
    """Enter an open cell into the heap."""
    place, heap = pool.used[1], pool.heap
    pool.used[1] += 1
    while place and pool.open[heap[(place - 1) // 2]] < pool.open[at]:
        heap[place] = heap[(place - 1) // 2]
        place = (place - 1) // 2
    heap[place] = at


@compiled
def pop(pool: Pool) -> int:
    """Take the cell of which most is open."""
    heap = pool.heap
    top = heap[0]
    pool.used[1] -= 1
    size, place = pool.used[1], 0
    last = heap[size]
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and pool.open[heap[child + 1]] > pool.open[heap[child]]:
            child += 1
        if pool.open[heap[child]] <= pool.open[last]:
            break
        heap[place] = heap[child]
        place = child
    heap[place] = last
    return int(top)


@compiled
def expand(
    nets: Nets, inputs: Inputs, pool: Pool, at: int, to: int, spare: int, room: Room, task: Task
) -> None:
    """Split a cell where the most is gained: of some with the best scores, as measured.

    The halves are written to ``to`` and the place behind it; ``spare`` and the next hold others.
    """
    bounded(nets, inputs, pool, at, room, True)
    if pays(nets.copies, room) and is_open_between(nets.copies, room):
        sandwich(nets, inputs, pool.low[at], pool.high[at], room, True, True)
    best, kept, kept_cut = np.inf, -1, 0
    size = 0
    for _ in range(task.tried):
        chosen = -1
        for i in range(len(inputs.kind)):
            if (
                room.score[i] >= 0
                and count(inputs, i, pool.low[at, i], pool.high[at, i]) > 1
                and (chosen < 0 or room.score[i] > room.score[chosen])
                and inputs.kind[i] != UNREAD
            ):
                chosen = i
        if chosen < 0 or (size and room.score[chosen] <= 0):
            break
        room.score[chosen] = -1.0
        room.picked[size] = chosen
        room.cuts[size] = middle(inputs, room, chosen, pool.low[at, chosen], pool.high[at, chosen])
        size += 1
    for s in range(size):
        i, cut = room.picked[s], room.cuts[s]
        place = spare if kept >= 0 else to
        halve(inputs, pool, at, i, cut, place)
        total = look(nets, inputs, pool, place, room, task.few)
        total += look(nets, inputs, pool, place + 1, room, task.few)
        if total < best:
            best, kept, kept_cut = total, i, cut
            if place != to:
                move(pool, place, to)
                move(pool, place + 1, to + 1)
    pool.variable[at], pool.cut[at] = kept, kept_cut
    if kept < 0:
        pool.ended[at] = FEW
    else:
        pool.half[at] = to
