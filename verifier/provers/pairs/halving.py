"""Compiled: cells of a pool in halves: where to cut, what each half has, and copies of cells."""

from __future__ import annotations

from verifier.provers.compiled.making import compiled
from verifier.provers.pairs.arrays import NUMBER, OWN, Inputs, Pool, Room
from verifier.provers.pairs.ranges import weighed


@compiled
def weight(inputs: Inputs, i: int, low: int, high: int) -> float:
    """The weight of some values of a variable."""
    if inputs.kind[i] == NUMBER or inputs.kind[i] == OWN:
        if inputs.start[i] < 0 and inputs.runs[i, 0] == inputs.runs[i, 1]:
            return high - low + 1.0
        return float(weighed(inputs, i, high + 1, 0) - weighed(inputs, i, low, 0))
    start, total = inputs.start[i] + i, 0.0
    for v in range(inputs.sizes[i]):
        if low >> v & 1:
            total += inputs.sums[start + v, 0]
    return float(total)


@compiled
def count(inputs: Inputs, i: int, low: int, high: int) -> int:
    """How many values."""
    if inputs.kind[i] == NUMBER or inputs.kind[i] == OWN:
        return high - low + 1
    total = 0
    while low:
        low &= low - 1
        total += 1
    return total


@compiled
def middle(inputs: Inputs, room: Room, i: int, low: int, high: int) -> int:
    """Where to cut a variable in two: the last value, or the mask, that goes left."""
    if inputs.kind[i] == NUMBER or inputs.kind[i] == OWN:
        return (low + high) >> 1
    size, c = 0, inputs.column[i]
    for v in range(inputs.sizes[i]):
        if low >> v & 1:
            at = size
            while at > 0 and room.form[c + room.order[at - 1]] > room.form[c + v]:
                room.order[at] = room.order[at - 1]
                at -= 1
            room.order[at] = v
            size += 1
    mask = 0
    for at in range(size // 2):
        mask |= 1 << room.order[at]
    return mask


@compiled
def halve(inputs: Inputs, pool: Pool, at: int, i: int, cut: int, to: int) -> None:
    """Write the halves of a cell to ``to`` and the place behind it."""
    a, b = pool.low[at, i], pool.high[at, i]
    ranges = inputs.kind[i] == NUMBER or inputs.kind[i] == OWN
    for h in range(2):
        new = to + h
        for v in range(len(inputs.kind)):
            pool.low[new, v], pool.high[new, v] = pool.low[at, v], pool.high[at, v]
        if ranges:
            if h == 0:
                pool.high[new, i] = cut
            else:
                pool.low[new, i] = cut + 1
        else:
            pool.low[new, i] = pool.high[new, i] = cut if h == 0 else a & ~cut
        pool.table[new], pool.group[new] = pool.table[at], pool.group[at]
        low, high = pool.low[new, i], pool.high[new, i]
        part = count(inputs, i, low, high) / count(inputs, i, a, b)
        pool.points[new] = pool.points[at] * part
        whole = weight(inputs, i, a, b)
        pool.share[new] = pool.share[at] * (
            weight(inputs, i, low, high) / whole if whole > 0 else part
        )


@compiled
def move(pool: Pool, source: int, to: int) -> None:
    """Copy a cell."""
    for v in range(pool.low.shape[1]):
        pool.low[to, v], pool.high[to, v] = pool.low[source, v], pool.high[source, v]
    pool.again[to] = pool.again[source]
    for t in range(3):
        pool.neurons[to, t] = pool.neurons[source, t]
    pool.plain[to], pool.sided[to] = pool.plain[source], pool.sided[source]
    pool.single[to], pool.double[to] = pool.single[source], pool.double[source]
    pool.half[to], pool.table[to], pool.known[to] = -1, pool.table[source], pool.known[source]
    pool.group[to] = pool.group[source]
    for g in range(pool.shown.shape[1]):
        pool.shown[to, g] = pool.shown[source, g]
    pool.ended[to], pool.open[to], pool.yes[to] = (
        pool.ended[source],
        pool.open[source],
        pool.yes[source],
    )
    pool.share[to], pool.points[to] = pool.share[source], pool.points[source]
