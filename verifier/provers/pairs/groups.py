"""Compiled: what is said of cells by several groups of classes, each with a sum of its own.

Each group tells of the points where the first copy's class is in it, so that what they tell adds
up. See ``provers.grouping``.
"""

from __future__ import annotations

import numpy as np

from verifier.provers.compiled.making import compiled
from verifier.provers.pairs.arrays import (
    BOTH_ONE,
    HIGHEST,
    KNOWN,
    LOWEST,
    NEAR,
    UNDECIDED,
    UNKNOWN,
    YES,
    Heads,
    Inputs,
    Nets,
    Pool,
    Room,
)
from verifier.provers.pairs.bounds import sandwich
from verifier.provers.pairs.deciding import BINNED, below, better, decide, is_open_between

SPLITS, FARTHEST = 5.0, -100.0
"""About so many splits are expected until something is told of a cell where all groups are off by
the range of their forms; and no more are where that is this far. Cells that are nearer come first:
of networks of many classes those of which most is open, all over the domain, tell nothing for long.
"""
TOLD = 1e-6
"""What a group tells of no more of a cell is nothing."""


@compiled
def of_group(nets: Nets, heads: Heads, group: int) -> Nets:
    """The network that is about a group of classes."""
    return Nets(
        nets.first,
        heads.weight[group],
        heads.bias[group],
        nets.widths,
        heads.last[group],
        nets.lone,
        heads.shift[group],
        nets.copies,
        nets.similar,
        nets.more_first,
        heads.more_weight[group],
        heads.more_bias[group],
        heads.more_last[group],
        heads.more_shift[group],
        heads.rough[group],
        nets.told_apart,
    )


@compiled
def told_by(
    nets: Nets, table: int, inputs: Inputs, pool: Pool, at: int, room: Room, scores: bool
) -> bool:
    """Bound a cell about one group, where that tells of something again where classes are open.

    Returns whether it was bounded again.
    """
    low, high, best = pool.low[at], pool.high[at], room.best
    best[UNDECIDED] = np.inf
    sandwich(nets, inputs, low, high, room, False, False)
    better(decide(nets.copies, table, room.found, -np.inf, np.inf), room)
    between = is_open_between(nets.copies, room)
    highest, lowest = room.found[HIGHEST], room.found[LOWEST]
    best[NEAR] = (highest - room.strip[1]) / max(highest - lowest, 1e-300)
    if best[KNOWN] < 3 or best[UNDECIDED] <= 0 or not between:
        return False
    sandwich(nets, inputs, low, high, room, scores, True)
    top, bottom = room.strip
    better(decide(nets.copies, table, room.found, top, bottom), room)
    return True


@compiled
def each_told(nets: Nets, heads: Heads, inputs: Inputs, pool: Pool, at: int, room: Room) -> int:
    """What all groups together say of a cell, in ``room.best``; returns the classes known.

    These are 1 of both copies where each of them has a class of one group, whichever.
    """
    first, best = pool.group[at], room.best
    yes = told = 0.0
    near = FARTHEST
    whole = one = other = False
    for g in range(heads.many[first]):
        own = of_group(nets, heads, first + g)
        told_by(own, heads.table[first + g], inputs, pool, at, room, False)
        part, near = min(1.0, 1 - best[UNDECIDED]), max(near, best[NEAR])
        pool.shown[at, g] = part if part > TOLD else 0.0
        if part > TOLD:
            yes, told = yes + best[YES], told + part
        whole = whole or best[UNDECIDED] <= 0
        one, other = one or best[KNOWN] // 3 == 1, other or best[KNOWN] % 3 == 1
    pool.table[at] = BOTH_ONE
    best[YES], best[UNDECIDED], best[NEAR] = min(yes, 1.0), max(1 - told, BINNED), near
    if whole or (one and other):
        best[UNDECIDED] = 0.0
    return 4 if one and other else UNKNOWN


@compiled
def soon(room: Room) -> float:
    """By how much less a cell is worth that has to be split again until something is told of it."""
    return float(2.0 ** (SPLITS * max(FARTHEST, min(room.best[NEAR], 0.0))))


@compiled
def scored(
    nets: Nets, heads: Heads, inputs: Inputs, pool: Pool, at: int, room: Room, beside: Room
) -> None:
    """Where to split a cell, in ``room.score``: what of strips' widths that takes, by how much of
    the cell they leave open."""
    first, many = pool.group[at], len(room.score)
    for i in range(many):
        beside.score[i] = 0.0
    for g in range(heads.many[first]):
        own = of_group(nets, heads, first + g)
        if told_by(own, heads.table[first + g], inputs, pool, at, room, True):
            is_open_between(own.copies, room)
            least, most = room.strip
            part = below(most, room.found) - below(least, room.found)
            for i in range(many):
                beside.score[i] += part * room.score[i] / max(most - least, 1e-300)
    for i in range(many):
        room.score[i] = beside.score[i]
