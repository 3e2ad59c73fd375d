"""Compiled: what a sandwich leaves open of a cell, and the search that splits where most is."""

from __future__ import annotations

import numpy as np

from verifier.provers.compiled.making import compiled
from verifier.provers.pairs.arrays import (
    ABOVE,
    BELOW,
    CLOSED,
    FEW,
    KNOWN,
    OPEN,
    SIDED,
    SIDED_YES,
    UNDECIDED,
    UNKNOWN,
    UNREAD,
    YES,
    Heads,
    Inputs,
    Nets,
    Pool,
    Room,
    Task,
)
from verifier.provers.pairs.bounds import describe, sandwich
from verifier.provers.pairs.cases import cases
from verifier.provers.pairs.deciding import below, better, decide, is_open_between, of_both
from verifier.provers.pairs.groups import each_told, of_group, scored, soon
from verifier.provers.pairs.halving import count, halve, middle, move
from verifier.provers.pairs.joint import jointly
from verifier.provers.pairs.ranges import clipped
from verifier.provers.pairs.sides import approach, lean, swap

PAYS, SELDOM, LATELY = 0.7, 32, 0.9
"""Bounding again takes three times as long, and what is open falls about as the fifth root of the
time: it pays where it leaves so much of what is open. Where it does not, one cell of so many tells
whether it does now; what it told of earlier ones counts so much less each time."""
DEAR, DEARER = 0.1, 0.03
"""Cases of one network take the kernel longer: as much as so much of what was open is worth; and so
do sums on both sides."""
WORTH, TELLS = 0.99, 0.97
"""Cases are kept that leave so much less open; and found of all cells where of those that are open
so much less is left."""


@compiled
def bounded(nets: Nets, inputs: Inputs, pool: Pool, at: int, room: Room, scores: bool) -> int:
    """Bound a cell of the pool as a whole; returns the classes known."""
    sandwich(nets, inputs, pool.low[at], pool.high[at], room, scores, False)
    return int(decide(nets.copies, pool.table[at], room.found, -np.inf, np.inf))


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
def sided(
    copies: int, inputs: Inputs, pool: Pool, at: int, room: Room, least: float, most: float
) -> None:
    """See what the forms on each side of the logit say of the cell that was bounded last.

    That is where ``room.form`` is between two ends: up to them classes are known.
    """
    low, high, found, table = pool.low[at], pool.high[at], room.found, pool.table[at]
    one = zero = 0.0
    for side in range(2):
        if copies == 1:
            lean(inputs, low, high, room, side)
        else:
            describe(inputs, low, high, room, room.side, side)
        top, bottom = -np.inf, np.inf
        if most < np.inf:
            room.strip[0], room.strip[1] = -np.inf, least
            top = clipped(inputs, low, room, room.side, side, 1.0)
            room.strip[0], room.strip[1] = most, np.inf
            bottom = -clipped(inputs, low, room, room.side, side, -1.0)
        if copies == 1:
            better(decide(1, table, found, top, bottom), room)
        if side == 0:
            one = 1 - below(-min(found[BELOW], -top), found)
        else:
            zero = below(-max(found[ABOVE], -bottom), found)
    of_both(copies, table, one, zero, room.best)


@compiled
def again(nets: Nets, inputs: Inputs, pool: Pool, at: int, room: Room) -> None:
    """Bound a cell again where ``room.form`` is between the ends of ``room.strip``."""
    least, most = room.strip
    if not nets.similar:
        for c in range(inputs.shared):
            room.side[3, c] = room.form[c]
    sandwich(nets, inputs, pool.low[at], pool.high[at], room, False, True)
    top, bottom = room.strip
    if not nets.similar:
        swap(inputs, room)
        room.strip[0], room.strip[1] = least, most
        approach(nets, inputs, pool.low[at], room, True)
    better(decide(nets.copies, pool.table[at], room.found, top, bottom), room)
    if not nets.similar and room.best[UNDECIDED] > 0:
        sided(nets.copies, inputs, pool, at, room, least, most)


@compiled
def enter(pool: Pool, at: int, yes: float, undecided: float, sides: float) -> None:
    """Enter what shares of a cell are true, and open; and by sums on both sides."""
    pool.yes[at], pool.open[at] = pool.share[at] * yes, pool.share[at] * undecided
    pool.plain[at] = pool.single[at] = pool.double[at] = pool.open[at]
    pool.sided[at] = pool.share[at] * min(undecided, sides)
    pool.neurons[at, 0] = pool.neurons[at, 1] = pool.neurons[at, 2] = -1


@compiled
def with_cases(pool: Pool, at: int, room: Room, beside: Room) -> None:
    """Enter what cases tell of a cell, if that is more: no less is true, and no more can be."""
    best, before = room.best, min(room.best[UNDECIDED], room.best[SIDED])
    left = before
    for t in range(2):
        yes = min(best[YES], 1 - best[UNDECIDED])
        most = min(yes + best[UNDECIDED], beside.sure[t] + beside.left[t])
        least = max(yes, beside.sure[t])
        if beside.neurons[t] >= 0 and most - least < WORTH * left:
            best[YES], best[UNDECIDED] = least, max(0.0, most - least)
            left = best[UNDECIDED]
            pool.yes[at], pool.open[at] = pool.share[at] * best[YES], pool.share[at] * left
            pool.neurons[at, t] = beside.neurons[t]
            if t == 1:
                pool.neurons[at, 2] = beside.neurons[2]
        if t == 0:
            pool.single[at] = pool.open[at]
        pool.double[at] = pool.open[at]
    beside.told[0] = LATELY * beside.told[0] + before
    beside.told[1] = LATELY * beside.told[1] + left


@compiled
def tells(beside: Room) -> bool:
    """Whether cases told something lately, or it is to be seen whether they do."""
    beside.told[2] += 1
    return bool(beside.told[1] < TELLS * beside.told[0] or beside.told[2] % SELDOM == 1)


@compiled
def look(
    nets: Nets,
    heads: Heads,
    inputs: Inputs,
    pool: Pool,
    at: int,
    room: Room,
    beside: Room,
    few: float,
    before: float,
) -> float:
    """Bound a cell of the pool; returns the probability that is open of it.

    So much was open ``before`` of the cell that it is a half of.
    """
    pool.half[at], pool.again[at] = -1, 0
    if pool.points[at] <= few:
        pool.ended[at], pool.known[at] = FEW, UNKNOWN
        enter(pool, at, 0.0, 0.0, 0.0)
        return 0.0
    if heads.many[pool.group[at]] > 1:
        pool.known[at] = each_told(nets, heads, inputs, pool, at, room)
        enter(pool, at, room.best[YES], room.best[UNDECIDED], room.best[UNDECIDED])
        pool.open[at] *= soon(room)
        pool.ended[at] = OPEN if room.best[UNDECIDED] > 0 else CLOSED
        return float(pool.open[at])
    own = of_group(nets, heads, pool.group[at])
    return float(look_at_one(own, inputs, pool, at, room, beside, before))


@compiled
def look_at_one(
    nets: Nets, inputs: Inputs, pool: Pool, at: int, room: Room, beside: Room, before: float
) -> float:
    """The same where it is about one group."""
    best, found, copies = room.best, room.found, nets.copies
    best[UNDECIDED] = best[SIDED] = np.inf
    sandwich(nets, inputs, pool.low[at], pool.high[at], room, False, False)
    if not nets.similar:
        swap(inputs, room)  # the form is looked at from both sides
        approach(nets, inputs, pool.low[at], room, False)
        swap(inputs, room)
    better(decide(copies, pool.table[at], found, -np.inf, np.inf), room)
    between = best[UNDECIDED] > 0 and is_open_between(copies, room)
    if best[UNDECIDED] > 0 and not nets.similar:
        sided(copies, inputs, pool, at, room, -np.inf, np.inf)
    undecided, both = best[UNDECIDED], best[SIDED]
    tried = between and best[UNDECIDED] > 0 and bool(nets.told_apart) and tells(beside)
    if tried and copies == 1:
        jointly(nets, inputs, pool.low[at], pool.high[at], pool.table[at], room, beside)
    elif tried:
        cases(nets, inputs, pool.low[at], pool.high[at], pool.table[at], room, beside)
    if undecided > 0 and between and tries(copies, room):
        again(nets, inputs, pool, at, room)
        room.again[0] = LATELY * room.again[0] + min(undecided, both)
        room.again[1] = LATELY * room.again[1] + min(best[UNDECIDED], best[SIDED])
        pool.again[at] = int(best[UNDECIDED] < undecided) + 2 * int(best[SIDED] < both)
    plainly = best[UNDECIDED]
    enter(pool, at, best[YES], plainly, best[SIDED])
    if tried:
        with_cases(pool, at, room, beside)
        if copies == 1:
            pool.open[at] = min(pool.plain[at], pool.single[at] + DEAR * before)
    if pool.sided[at] + DEARER * before < pool.open[at]:
        pool.yes[at] = pool.share[at] * best[SIDED_YES]
        pool.open[at] = pool.sided[at] + DEARER * before
    pool.known[at] = int(best[KNOWN])
    pool.ended[at] = OPEN if plainly > 0 else CLOSED
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
    nets: Nets,
    heads: Heads,
    inputs: Inputs,
    pool: Pool,
    at: int,
    to: int,
    spare: int,
    room: Room,
    beside: Room,
    task: Task,
) -> None:
    """Split a cell where the most is gained: of some with the best scores, as measured.

    The halves are written to ``to`` and the place behind it; ``spare`` and the next hold others.
    """
    before = pool.open[at]
    if heads.many[pool.group[at]] > 1:
        scored(nets, heads, inputs, pool, at, room, beside)
    else:
        own = of_group(nets, heads, pool.group[at])
        bounded(own, inputs, pool, at, room, True)
        if pays(own.copies, room) and is_open_between(own.copies, room):
            sandwich(own, inputs, pool.low[at], pool.high[at], room, True, True)
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
        total = 0.0
        for half in (place, place + 1):
            total += look(nets, heads, inputs, pool, half, room, beside, task.few, before)
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
