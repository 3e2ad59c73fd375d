"""The entry of the compiled search, the only function kept on disk; it takes its callees with it.

So that a change in any of their files is noticed, a checksum of all of them is part of what
identifies the compiled code.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from numba import njit

from verifier.provers.compiled.making import OPTIONS, checksum, compiled
from verifier.provers.pairs.arrays import (
    CLOSED,
    COUNT,
    CUT,
    DOUBLE,
    ENTER,
    EXPAND,
    FEW,
    KEEP,
    LEAVE,
    SAY,
    SHAPE,
    SIDES,
    SINGLE,
    START,
    TAKE,
    Heads,
    Inputs,
    Ints,
    Nets,
    Pool,
    Real,
    Room,
    Task,
)
from verifier.provers.pairs.strips import expand, look, pop, push

SOURCES = (
    "../compiled/making.py",
    "arrays.py",
    "cases.py",
    "deciding.py",
    "bounds.py",
    "groups.py",
    "halving.py",
    "joint.py",
    "promise.py",
    "ranges.py",
    "run.py",
    "sides.py",
    "strips.py",
)
"""Everything that the compiled code is made of."""


@compiled
def decided(known: int, table: int) -> bool:
    """Whether the formula is, by the classes that the copies have all over a cell."""
    a, b = known // 3, known % 3
    possible = 15
    possible &= 3 if a == 0 else 12 if a == 1 else 15
    possible &= 5 if b == 0 else 10 if b == 1 else 15
    return not (possible & table and possible & ~table)


@compiled
def worth_saying(many: int, pool: Pool, at: int, price: float) -> tuple[int, int, float]:
    """The bits of those groups of a cell that tell of more than a ``price``, about as many plain
    sandwiches as they take, and what they leave open."""
    bits = count = 0
    left = pool.share[at]
    for g in range(many):
        own = pool.share[at] * pool.shown[at, g]
        if own > price:
            bits, count, left = bits | 1 << g, count + 1, left - own
    return bits, count + (count > 1), max(left, pool.plain[at])


@compiled
def shape(heads: Heads, pool: Pool, task: Task, choice: Ints, scratch: Real) -> None:
    """Choose for each cell, from the smallest up, what is cheapest: open mass and kernel's time.

    The last two of ``scratch`` are the kinds of sandwiches that are at hand, and the groups, where
    there are several, of which something is to be said.
    """
    value, cost, at_hand = scratch[0], scratch[1], scratch[2]
    for at in range(pool.used[0] - 1, -1, -1):
        best = task.group + task.point * pool.points[at]
        if pool.points[at] < task.least:
            best = task.listed * pool.points[at]
        held, kind, spent = task.worth * best, COUNT, best
        if pool.ended[at] == CLOSED and decided(pool.known[at], pool.table[at]):
            if task.worth * task.constant < held:
                held, kind, spent = task.worth * task.constant, KEEP, task.constant
        elif pool.ended[at] != FEW:
            dear = task.sandwich - (task.proposing if at_hand[at] == SAY else 0.0)
            own, many, groups = pool.plain[at], heads.many[pool.group[at]], 0
            if many > 1:
                groups, times, own = worth_saying(many, pool, at, task.worth * dear)
                scratch[3, at], dear = groups, dear * times
                if not groups:
                    own, dear = pool.share[at], task.leaving
            own += task.worth * dear
            if own < held:
                held, kind, spent = own, SAY if many == 1 or groups else LEAVE, dear
            dear = task.sandwich - (task.proposing if at_hand[at] == SIDES else 0.0)
            dear *= task.sided
            own = pool.sided[at] + task.worth * dear
            if many == 1 and own < held:
                held, kind, spent = own, SIDES, dear
            dear = task.sandwich - (task.proposing if at_hand[at] == SINGLE else 0.0)
            dear *= task.single
            own = pool.single[at] + task.worth * dear
            if pool.neurons[at, 0] >= 0 and own < held:
                held, kind, spent = own, SINGLE, dear
            dear = task.sandwich - (task.proposing if at_hand[at] == DOUBLE else 0.0)
            dear *= task.double
            own = pool.double[at] + task.worth * dear
            if pool.neurons[at, 1] >= 0 and own < held:
                held, kind, spent = own, DOUBLE, dear
        half = pool.half[at]
        if half >= 0 and value[half] + value[half + 1] < held:
            held, kind, spent = value[half] + value[half + 1], CUT, cost[half] + cost[half + 1]
        value[at], choice[at], cost[at] = held, kind, spent


def make_run(stamp: int) -> Any:
    """The search, compiled and kept on disk under ``stamp``, a checksum of the sources."""

    def run(
        nets: Nets,
        heads: Heads,
        inputs: Inputs,
        pool: Pool,
        room: Room,
        beside: Room,
        task: Task,
        batch: Ints,
        scratch: Real,
    ) -> int:
        """Do a part of the search; returns a number of cells, or ``stamp`` which is never asked."""
        count = 0
        if task.what == START:
            for at in range(task.first, task.last):
                before = pool.share[at]
                if look(nets, heads, inputs, pool, at, room, beside, task.few, before) > 0:
                    push(pool, at)
        elif task.what == TAKE:
            while count < task.last and pool.used[1]:
                batch[count] = pop(pool)
                count += 1
        elif task.what == EXPAND:
            for k in range(task.first, task.last):
                to = task.base + 2 * k
                expand(nets, heads, inputs, pool, batch[k], to, task.spare, room, beside, task)
        elif task.what == ENTER:
            for k in range(task.first, task.last):
                half = pool.half[batch[k]]
                for at in range(half, half + 2):
                    if half >= 0 and pool.open[at] > 0:
                        push(pool, at)
        elif task.what == SHAPE:
            shape(heads, pool, task, batch, scratch)
        else:
            return stamp
        return count

    return njit(run, cache=True, **OPTIONS)


run = make_run(checksum(Path(__file__).parent, SOURCES))
"""The compiled search on one processor."""
