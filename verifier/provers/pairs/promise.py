"""Compiled: how much of a sandwich's width a cut of each variable in two takes away, about.

Each bent ReLU has an error, by how far its two lines are apart. A half of the cell has the neuron
between ends one of which is nearer; what that takes away is most where the neuron is then of one
sign, so it is more than the variable's share of the neuron's range tells.
"""

from __future__ import annotations

from verifier.provers.compiled.making import compiled
from verifier.provers.pairs.arrays import Inputs, Ints, Real, Room
from verifier.provers.pairs.halving import count
from verifier.provers.pairs.ranges import choice_range, input_range, number

Ends = tuple[float, float]
TINY = 1e-300


@compiled
def share(
    inputs: Inputs, low: Ints, high: Ints, room: Room, rows: Real, j: int, at: int, ends: Ends
) -> None:
    """The share of a neuron's errors, in column ``at``, that a cut of each variable takes away.

    In the mean of both halves; ``ends`` are those between which the neuron is. Of what copies
    differ by that is the variable's share of the neuron's range, about.
    """
    bent, apart = max(room.radius[0, at], room.radius[1, at]), room.spread[at] / 2
    both = max(bent + apart, TINY)
    bent, apart = bent / both, apart / both
    apart /= max(2 * input_range(inputs, low, room, rows, j)[1], TINY)
    for i in inputs.numbers:
        m, c = (low[i] + high[i]) >> 1, inputs.column[i]
        first, last = number(inputs, i, low[i]), number(inputs, i, high[i])
        w = rows[j, c]
        left = w * (last - number(inputs, i, m))
        right = w * (number(inputs, i, min(m + 1, high[i])) - first)
        halves = (m - low[i] + 1) / (high[i] - low[i] + 1)
        own = taken(ends, left, -right, halves)
        room.part[at, i] = bent * own + apart * abs(w) * (last - first)
    for i in inputs.choices:
        a, b = choice_range(inputs, low, rows, j, i)
        size = count(inputs, i, low[i], high[i])
        many = (size + 1) // 2 / max(size - 1, 1) * (b - a)
        few = size // 2 / max(size - 1, 1) * (b - a)
        each = size // 2 / size
        one, other = taken(ends, many, -few, each), taken(ends, -many, few, each)
        room.part[at, i] = bent * (one + other) / 2 + apart * (b - a)


@compiled
def taken(ends: Ends, left: float, right: float, share: float) -> float:
    """The share of a ReLU's error that is gone where a ``share`` of a cell, and the rest, have ends
    that are nearer: the upper one by ``left`` and ``right``, or the lower one if that is negative.
    """
    whole = error(ends[0], ends[1])
    if whole <= 0:
        return 0.0
    rest = share * after(ends, left) + (1 - share) * after(ends, right)
    return float(1 - rest / whole)


@compiled
def after(ends: Ends, nearer: float) -> float:
    """The error where one end is nearer."""
    return float(error(ends[0] - min(nearer, 0.0), ends[1] - max(nearer, 0.0)))


@compiled
def error(least: float, most: float) -> float:
    """How far apart the parallel lines around a ReLU between two ends are."""
    return -least * most / (most - least) if least < 0 < most else 0.0


@compiled
def score(inputs: Inputs, low: Ints, high: Ints, room: Room, rows: Real, columns: int) -> None:
    """How much a cut of each variable promises: what it takes of errors that reach the logit."""
    own = inputs.shared
    for i in range(len(inputs.kind)):
        room.score[i] = 0.0
    for p in range(len(inputs.own)):
        for m in range(2):
            i = inputs.own[p, m]
            if i >= 0:
                room.score[i] += 2 * abs(rows[0, own + p]) * room.radius[m, own + p]
    for c in range(own + len(inputs.own), columns):
        widest = max(room.radius[0, c], room.radius[1, c])
        gain = abs(rows[0, c]) * (widest + room.spread[c] / 2)
        for i in inputs.numbers:
            room.score[i] += gain * room.part[c, i]
        for i in inputs.choices:
            room.score[i] += gain * room.part[c, i]
