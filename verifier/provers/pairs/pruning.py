"""A tree of splits, pruned to what costs the kernel no more than the time that there is.

What a second of the kernel's is worth decides between the ways to say something of a cell. Where
many cells are worth nearly the same (those that only enumerating closes), a little less brings in
all of them, which is too much: some of them are taken then, as many as there is time for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from verifier.provers.costs import Costs
from verifier.provers.pairs.arrays import (
    COUNT,
    CUT,
    DOUBLE,
    KEEP,
    LEAVE,
    SAY,
    SHAPE,
    SIDES,
    SINGLE,
    Ints,
    Real,
    Task,
)
from verifier.provers.pairs.search import step
from verifier.provers.remainder import Left
from verifier.provers.timing import poll

if TYPE_CHECKING:
    from verifier.provers.pairs.search import Sandwiching

CELL = 10e-6
"""Seconds for a Step beside its own check: writing and reading it."""
CASED = {SIDES: 1.7, SINGLE: 3.0, DOUBLE: 5.0}
"""How many times as long as a plain Sandwich one of two networks takes that has sides, cases of one
neuron, or cases of two."""
TOGETHER = {SIDES: 1.8, SINGLE: 3.5}
"""The same of one network, whose cases are counted together."""
NEARLY = 0.8
"""The time that is left over goes to cells whose next best Step is worth so many times what a
second is worth elsewhere, or more."""
MISSED = 8
"""The choice of these ends after so many cells for which there is not time enough."""
GAINED = 0.2
"""What is open falls about as the time to the power of minus this. So a second is worth at least
this times what is open, over the seconds that there are."""


@dataclass(frozen=True)
class Prices:
    """Seconds for a sandwich, in all and ``checked``; and for other steps (``Costs``).

    ``slow`` is how many times as long as it takes of a processor something takes by the clock.
    """

    sandwich: float
    checked: float
    others: Costs
    slow: float = 1.0


@dataclass(frozen=True)
class Pruned:
    """What a pruned tree costs, in seconds, how much probability one more would be worth, and how
    much is left ``open``, about."""

    seconds: float
    worth: float
    open: float


@dataclass(frozen=True, eq=False)
class Choices:
    """What the proof would have for each cell, and the seconds that it takes with all below it."""

    kinds: Ints
    seconds: Real


def prune(search: Sandwiching, prices: Prices, seconds: float) -> Pruned:
    """Choose what the proof says of each cell, so that it costs so many seconds at most, about."""
    low, high = 1e-15, 1e6
    for _ in range(60):
        worth = (low * high) ** 0.5
        if _cost(search, prices, worth) > seconds:
            low = worth
        else:
            high = worth
    _cost(search, prices, NEARLY * low)
    dearer = _choices(search)
    spent = _cost(search, prices, high)
    open_ = float(search.scratch[0, : len(search.roots)].sum()) - high * spent
    spent += spend(search, dearer, seconds - spent, prices.sandwich)
    return Pruned(spent, max(high, GAINED * open_ / max(seconds, 1e-3)), open_)


def left_by(search: Sandwiching, pruned: Pruned) -> Left:
    """What the tree that was pruned last leaves open."""
    kinds, half, pool = search.batch, search.pool.half, search.pool
    found, at = list[Ints](), np.arange(len(search.roots))
    while at.size:
        cut = kinds[at] == CUT
        found.append(at[~cut])
        at = half[at[cut]]
        at = np.concatenate([at, at + 1])
    every = np.concatenate(found)
    true = float(pool.yes[every].sum())
    every = every[~np.isin(kinds[every], (COUNT, KEEP))]
    told = np.minimum.reduce([x[every] for x in (pool.plain, pool.sided, pool.single, pool.double)])
    some = every[told > 0]
    return Left(pruned.open, float(pool.share[some].sum()), len(some), true)


def spend(search: Sandwiching, dearer: Choices, spare: float, sandwich: float) -> float:
    """Take dearer choices for some cells, for ``spare`` seconds at most; returns what they cost.

    A cell of which that is too much, and that has a ``sandwich`` of so many seconds, is cut.
    """
    kinds, cost, half = search.batch, search.scratch[1], search.pool.half
    left, missed, stack = spare, 0, list(range(len(search.roots)))[::-1]
    while stack and left > sandwich and missed < MISSED:
        poll()
        at = stack.pop()
        more = float(dearer.seconds[at] - cost[at])
        if 0 < more <= left:
            _take(search, dearer, at)
            left -= more
        elif more > left and half[at] < 0:
            missed += 1
        elif more > left and kinds[at] in (CUT, SAY, SIDES, SINGLE, DOUBLE, LEAVE):
            halves = (int(half[at]) + 1, int(half[at]))
            if kinds[at] != CUT:
                kinds[at], left = CUT, left + float(cost[at])
                for one in halves:
                    if cost[one] > sandwich:
                        kinds[one], cost[one] = SAY, sandwich
                    left -= float(cost[one])
            stack += halves
    return spare - left


def _take(search: Sandwiching, dearer: Choices, at: int) -> None:
    """Take the dearer choices for a cell and all below it."""
    stack = [at]
    while stack:
        at = stack.pop()
        search.batch[at] = dearer.kinds[at]
        if dearer.kinds[at] == CUT:
            half = int(search.pool.half[at])
            stack += (half, half + 1)


def _choices(search: Sandwiching) -> Choices:
    """Those that were made last."""
    used = int(search.pool.used[0])
    return Choices(search.batch[:used].copy(), search.scratch[1, :used].copy())


def cased(search: Sandwiching) -> Mapping[int, float]:
    """How many times as long as a plain Sandwich others take, by their kind."""
    return TOGETHER if search.held.nets.copies == 1 else CASED


def _cost(search: Sandwiching, prices: Prices, worth: float) -> float:
    """Prune where a second of the kernel's is worth so much probability; what the kernel needs."""
    others, times = prices.others, cased(search)
    task = Task(
        SHAPE,
        worth=worth,
        constant=2 * others.constant + CELL,  # it is confirmed before it is checked
        sandwich=prices.sandwich,
        proposing=prices.sandwich - prices.checked,
        group=others.group,
        point=others.point,
        listed=others.listed,
        least=float(others.least),
        leaving=CELL,
        sided=times[SIDES],
        single=times[SINGLE],
        double=times.get(DOUBLE, 1.0),
    )
    step(search, task)
    return float(search.scratch[1, : len(search.roots)].sum())
