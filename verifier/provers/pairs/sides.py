"""Compiled: forms that are closer to the logit of a network, or of both copies, each from its side.

What the kernel says of a cell may be about such a form, or about both, as parallel ones lose more:
see ``provers.sides``. Each ReLU has the line that is best for the form at hand, between the ends
that parallel lines have found for its neuron.
"""

from __future__ import annotations

from verifier.provers.compiled.making import compiled
from verifier.provers.pairs.arrays import (
    ABOVE,
    APART,
    BELOW,
    LEAST,
    LESS,
    MORE,
    MOST,
    Inputs,
    Ints,
    Nets,
    Room,
)
from verifier.provers.pairs.bounds import describe
from verifier.provers.pairs.ranges import clipped, input_range


@compiled
def approach(nets: Nets, inputs: Inputs, low: Ints, room: Room, clip: bool) -> None:
    """Make the forms on both sides of the logit, in the cell that was bounded last.

    One network's parallel form, in ``room.side[3]``, is as near as they show as well. With ``clip``
    that is where ``room.form`` is between the ends of ``room.strip``, as the cell was bounded.
    """
    found = room.found
    below, more_below = carry(nets, inputs, room, 0)
    above, more_above = carry(nets, inputs, room, 1)
    if nets.copies == 2:
        more, less = found[MORE], found[LESS]
        below, more_below = max(below, more_below - less), max(more_below, below + more)
        above, more_above = min(above, more_above - more), min(more_above, above + less)
        found[BELOW], found[ABOVE] = min(below, more_below), max(above, more_above)
        return
    found[LEAST] = max(found[LEAST], below - reach(inputs, low, room, 3, 0, clip))
    found[MOST] = min(found[MOST], above + reach(inputs, low, room, 1, 3, clip))
    found[BELOW], found[ABOVE] = below, above
    found[APART] = reach(inputs, low, room, 1, 0, clip)


@compiled
def swap(inputs: Inputs, room: Room) -> None:
    """Exchange ``room.form`` and the last form of ``room.side``."""
    for c in range(inputs.shared):
        room.form[c], room.side[3, c] = room.side[3, c], room.form[c]


@compiled
def reach(inputs: Inputs, low: Ints, room: Room, more: int, less: int, clip: bool) -> float:
    """The most that one form of ``room.side`` exceeds another by."""
    for c in range(inputs.shared):
        room.side[2, c] = room.side[more, c] - room.side[less, c]
    if clip:
        return float(clipped(inputs, low, room, room.side, 2, 1.0))
    middle, radius = input_range(inputs, low, room, room.side, 2)
    return float(middle + radius)


@compiled
def lean(inputs: Inputs, low: Ints, high: Ints, room: Room, side: int) -> None:
    """Say in ``room.found`` what is known by the form below the logit (``side`` 0), or above it."""
    found = room.found
    found[LEAST] = found[BELOW] if side == 0 else found[BELOW] - found[APART]
    found[MOST] = found[ABOVE] + found[APART] if side == 0 else found[ABOVE]
    describe(inputs, low, high, room, room.side, side)


@compiled
def carry(nets: Nets, inputs: Inputs, room: Room, side: int) -> tuple[float, float]:
    """Write the form on one side of the logit to ``room.side``; returns its constants, by copy.

    Lines are those that are best between both copies' ends together.
    """
    last, shared = len(nets.widths) - 1, inputs.shared
    sign, one, other = 1.0 - 2.0 * side, nets.shift, nets.shift
    now, then = 0, 1
    for j in range(nets.widths[last]):
        room.back[now, j] = nets.last[j]
    for k in range(last, -1, -1):
        ends = room.ends
        for j in range(nets.widths[k]):
            w = room.back[now, j]
            least, most = min(ends[0, k, j], ends[2, k, j]), max(ends[1, k, j], ends[3, k, j])
            if most <= 0:
                w = 0.0
            elif least < 0:
                if sign * w < 0:
                    a = most / (most - least)
                    one += w * max(-a * ends[0, k, j], (1 - a) * ends[1, k, j])
                    other += w * max(-a * ends[2, k, j], (1 - a) * ends[3, k, j])
                    w *= a
                elif most <= -least:
                    w = 0.0
            room.back[now, j] = w
            one += w * (nets.bias[k, j] if k else room.center[0, 0, j])
            other += w * (nets.bias[k, j] if k else room.center[0, 1, j])
        if k:
            for i in range(nets.widths[k - 1]):
                room.back[then, i] = 0.0
            for j in range(nets.widths[k]):
                w = room.back[now, j]
                if w != 0.0:
                    for i in range(nets.widths[k - 1]):
                        room.back[then, i] += w * nets.weight[k - 1, j, i]
            now, then = then, now
    for c in range(shared):
        room.side[side, c] = 0.0
    for j in range(nets.widths[0]):
        w = room.back[now, j]
        if w != 0.0:
            for c in range(shared):
                room.side[side, c] += w * nets.first[j, c]
    for p in range(len(inputs.own)):
        own = 0.0
        for j in range(nets.widths[0]):
            own += room.back[now, j] * nets.first[j, shared + p]
        one -= sign * abs(own) * room.radius[0, shared + p]
        other -= sign * abs(own) * room.radius[1, shared + p]
    return float(one), float(other)
