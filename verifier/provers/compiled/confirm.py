"""Compiled: the bounds of a cell once more, as the kernel finds them, without the cells above it.

What a cell inherits rarely matters, but the kernel does not know it. In networks of two hidden
layers the slopes below the second one are the cell's own in any case, and so are its forms: then
only those neurons are bounded again that were stable by what was inherited, from the side that
counts.
"""

from __future__ import annotations

import numpy as np

from verifier.provers.compiled.bounds import (
    bound,
    finish_rows,
    interval_layer,
    least,
    relax_layer,
)
from verifier.provers.compiled.making import compiled
from verifier.provers.compiled.net import (
    ABOVE,
    BELOW,
    EXTRA,
    FIRST,
    HIGH,
    KNOWN,
    LOW,
    OWN_HIGH,
    OWN_LOW,
    Net,
    Real,
    Room,
)

ON, OFF = np.float32(2), np.float32(3)


@compiled
def bound_alone(net: Net, room: Room, constant: Real) -> None:
    """Bounds and slopes of the layers above 0, after ``bound``, by what is known of this cell."""
    if len(net.widths) != 2 or not stays_stable(net, room, constant):
        bound(net, room, constant, True)


@compiled
def stays_stable(net: Net, room: Room, constant: Real) -> bool:
    """The same for two hidden layers; False where a neuron is not stable by itself."""
    low, high, known = room.state[LOW, 1], room.state[HIGH, 1], room.state[KNOWN, 1]
    own_low, own_high = room.state[OWN_LOW, 1], room.state[OWN_HIGH, 1]
    for i in range(net.widths[1]):
        if known[i] == 0:
            known[i] = ON if low[i] >= 0 else OFF
    interval_layer(net, room, 1)
    rows, picked, held, wide = 0, room.picked, room.held, room.state.shape[2]
    below, above, extra = room.state[BELOW, 0], room.state[ABOVE, 0], room.state[EXTRA, 0]
    zero = np.float32(0)
    for i in range(net.widths[1]):
        if known[i] == 1:
            low[i], high[i] = max(low[i], own_low[i]), min(high[i], own_high[i])
            continue
        if (known[i] == ON and low[i] >= 0) or (known[i] == OFF and high[i] <= 0):
            continue
        sign = np.float32(1) if known[i] == ON else np.float32(-1)
        weight, row, total = net.weight[1, i], room.work[0, rows], sign * net.bias[1, i]
        for j in range(wide):
            up, down = max(sign * weight[j], zero), min(sign * weight[j], zero)
            row[j] = up * below[j] + down * above[j]
            total += down * extra[j]
        held[rows], picked[rows] = total, i
        rows += 1
    if rows:
        forms = room.forms[0]
        finish_rows(room, constant, rows, room.work[0], forms)
        for r in range(rows):
            i, found = picked[r], held[r] + least(room.free[FIRST], room.size, forms[r])
            if not found >= 0:
                return False
            if known[i] == ON:
                low[i] = found
            else:
                high[i] = -found
    relax_layer(net, room, 1)
    return True
