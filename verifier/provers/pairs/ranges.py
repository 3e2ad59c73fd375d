"""Compiled: between which ends sums of the inputs are, all over a cell or where another sum is."""

from __future__ import annotations

import numpy as np

from verifier.provers.compiled.making import compiled
from verifier.provers.pairs.arrays import Inputs, Ints, Real, Room


@compiled
def number(inputs: Inputs, i: int, value: int) -> float:
    """The number that a value of a NUMBER or OWN is."""
    start = inputs.start[i]
    listed = start >= 0
    return float(
        inputs.number[start + value] if listed else inputs.first[i] + value * inputs.step[i]
    )


@compiled
def run_of(inputs: Inputs, i: int, value: int) -> int:
    """In which run of a variable a value is."""
    first, last = inputs.runs[i, 0], inputs.runs[i, 1] - 1
    while first < last:
        half = (first + last) >> 1
        if inputs.stop[half] <= value:
            first = half + 1
        else:
            last = half
    return int(first)


@compiled
def weighed(inputs: Inputs, i: int, value: int, power: int) -> float:
    """The sum of weight times number to a power, 0 to 2, of the values before one.

    Of a NUMBER or OWN that is listed or has runs.
    """
    if inputs.start[i] >= 0:
        return float(inputs.sums[inputs.start[i] + i + value, power])
    at = run_of(inputs, i, value - 1)
    low = inputs.stop[at - 1] if at > inputs.runs[i, 0] else 0
    count, step = float(value - low), inputs.step[i]
    own = 1.0
    if power > 0:
        middle = inputs.first[i] + step * (low + value - 1) / 2
        own = middle if power == 1 else middle * middle + step * step * (count * count - 1) / 12
    return float(inputs.before[at, power] + inputs.each[at] * count * own)


@compiled
def uneven(inputs: Inputs, i: int, low: int, high: int) -> bool:
    """Whether values of a NUMBER or OWN, from one to another, may have different weights."""
    if inputs.runs[i, 0] == inputs.runs[i, 1]:
        return bool(inputs.start[i] >= 0)
    return bool(run_of(inputs, i, low) != run_of(inputs, i, high))


@compiled
def spread(inputs: Inputs, i: int, low: int, high: int) -> tuple[float, float]:
    """Mean and variance of the values of a NUMBER or OWN from one to another."""
    if not uneven(inputs, i, low, high):
        k = high - low + 1.0
        mean = inputs.first[i] + inputs.step[i] * (low + high) / 2
        return mean, inputs.step[i] * inputs.step[i] * (k * k - 1) / 12
    weight = max(weighed(inputs, i, high + 1, 0) - weighed(inputs, i, low, 0), 1e-300)
    center = (weighed(inputs, i, high + 1, 1) - weighed(inputs, i, low, 1)) / weight
    square = (weighed(inputs, i, high + 1, 2) - weighed(inputs, i, low, 2)) / weight
    return center, max(0.0, square - center * center)


@compiled
def input_range(inputs: Inputs, low: Ints, room: Room, rows: Real, j: int) -> tuple[float, float]:
    """Middle and radius of what the inputs that are shared add to row j."""
    middle = radius = 0.0
    for i in inputs.numbers:
        c = inputs.column[i]
        middle += rows[j, c] * room.middle[0, c]
        radius += abs(rows[j, c]) * room.middle[1, c]
    for i in inputs.choices:
        a, b = choice_range(inputs, low, rows, j, i)
        middle += (a + b) / 2
        radius += (b - a) / 2
    return middle, radius


@compiled
def choice_range(inputs: Inputs, low: Ints, rows: Real, j: int, i: int) -> tuple[float, float]:
    """The least and the greatest that variable i's values add to row j."""
    c = inputs.column[i]
    least, most = np.inf, -np.inf
    for v in range(inputs.sizes[i]):
        if low[i] >> v & 1:
            least, most = min(least, rows[j, c + v]), max(most, rows[j, c + v])
    return least, most


@compiled
def clipped(inputs: Inputs, low: Ints, room: Room, rows: Real, j: int, sign: float) -> float:
    """The most of a row, times a sign, where ``room.form`` is between the ends of ``room.strip``.

    The form is brought there by those columns first that lessen the row least.
    """
    value = least = most = 0.0
    for i in inputs.numbers:
        c = inputs.column[i]
        a, s, m, r = sign * rows[j, c], room.form[c], room.middle[0, c], room.middle[1, c]
        value += a * m + abs(a) * r
        move = s * r
        if a < 0:
            move = -move
        if a == 0.0:
            least += s * m - abs(move)
            most += s * m + abs(move)
        else:
            least += s * m + move
            most += s * m + move
    for i in inputs.choices:
        a, b = choice_range(inputs, low, rows, j, i)
        value += max(sign * a, sign * b)
        c = inputs.column[i]
        s0, s1 = np.inf, -np.inf
        for v in range(inputs.sizes[i]):
            if low[i] >> v & 1:
                s0, s1 = min(s0, room.form[c + v]), max(s1, room.form[c + v])
        least += s0
        most += s1
    way, need = 1.0, room.strip[0] - most
    if least > room.strip[1]:
        way, need = -1.0, least - room.strip[1]
    size = 0
    if need > 0:
        for i in inputs.numbers:
            c = inputs.column[i]
            a, s = sign * rows[j, c], room.form[c]
            gain = 2 * room.middle[1, c] * abs(s)
            if gain > 0 and a * s * way < 0:
                room.loss[0, size], room.loss[1, size] = abs(a) / abs(s), gain
                size += 1
    return float(value - lost(room, size, need))


@compiled
def lost(room: Room, size: int, need: float) -> float:
    """The least that ``need`` costs, of ``size`` parts with prices and amounts in ``room.loss``."""
    loss, first, total = room.loss, 0, 0.0
    while first < size and need > 0:
        last = size - 1
        middle = (first + last) >> 1
        price, amount = loss[0, middle], loss[1, middle]
        loss[0, middle], loss[1, middle] = loss[0, last], loss[1, last]
        at, cheaper, paid = first, 0.0, 0.0
        for k in range(first, last):
            if loss[0, k] < price:
                own, much = loss[0, k], loss[1, k]
                loss[0, k], loss[1, k] = loss[0, at], loss[1, at]
                loss[0, at], loss[1, at] = own, much
                at, cheaper, paid = at + 1, cheaper + much, paid + own * much
        if cheaper >= need:
            size = at
            continue
        loss[0, last], loss[1, last] = loss[0, at], loss[1, at]
        loss[0, at], loss[1, at] = price, amount
        taken = min(amount, need - cheaper)
        total, need, first = total + paid + price * taken, need - cheaper - taken, at + 1
    return total
