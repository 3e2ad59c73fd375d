"""Compiled: what the strips of a cell say of it: which shares are true, and which open."""

from __future__ import annotations

import math

from verifier.provers.compiled.making import compiled
from verifier.provers.pairs.arrays import (
    DEVIATION,
    HIGHEST,
    KNOWN,
    LEAST,
    LESS,
    LOWEST,
    MEAN,
    MORE,
    MOST,
    SIDED,
    SIDED_YES,
    UNDECIDED,
    YES,
    Real,
    Room,
)

NEVER = 1e300
SLIGHT = 1e-9
"""What is taken to be open where hardly anything is, of a cell's probability."""
BINNED = 1e-3
"""The same at least where the form passes from true to false: the kernel counts in bins."""
ROUNDING = 2.0**-10
"""How much narrower than its bounds a margin is taken to be, in units of the bounds."""


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
def of_both(copies: int, table: int, one: float, zero: float, best: Real) -> None:
    """Keep what sums on both sides of the margin say of a cell where that leaves less open.

    They tell of these shares of it that the classes are 1, and 0.
    """
    ones, zeros = table >> (3 if copies == 2 else 2) & 1, table & 1
    yes = max(one * ones + zero * zeros, best[YES])
    no = max(one * (1 - ones) + zero * (1 - zeros), 1 - best[YES] - best[UNDECIDED])
    undecided = min(max(BINNED, 1 - yes - no), best[UNDECIDED])
    if undecided < best[SIDED]:
        best[SIDED_YES], best[SIDED] = yes, undecided


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
    order, untold = 15, table >> 4
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
            if possible & untold or (possible & table and possible & ~table):
                undecided += max(upto - before, SLIGHT)
            elif possible & table:
                yes += max(upto - before, SLIGHT)
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
def is_open_between(copies: int, room: Room) -> bool:
    """Find between which ends of the form classes are open; whether it has values there."""
    found, last = room.found, copies - 1
    room.strip[0] = -max(found[MOST], found[MOST + last])
    room.strip[1] = -min(found[LEAST], found[LEAST + last])
    return bool(room.strip[0] < found[HIGHEST] and room.strip[1] > found[LOWEST])


@compiled
def better(known: int, room: Room) -> None:
    """Keep what was said last of a cell where that leaves less of it open."""
    if room.found[UNDECIDED] < room.best[UNDECIDED]:
        room.best[YES], room.best[UNDECIDED] = room.found[YES], room.found[UNDECIDED]
        room.best[KNOWN] = known
