"""The compiled inner loop: depth-first branch and bound on one cell, for chains of ReLU layers.

Arrays in, arrays out. A form in the input is kept as one number per value that is allowed beside
the lowest of its variable (its *columns*): what that value adds compared with the lowest. For bits
that is one column a variable, and the minimum of a form is the sum of its negative columns.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Real = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Number = np.floating[Any]

LANES = 8
SPLIT, CONSTANT, ENUMERATED, OPEN = 0, 1, 2, 3


class Net(NamedTuple):
    """A chain of hidden ReLU layers (padded to the widest) over a domain.

    ``table[j, v]`` is what value v adds to neuron j of layer 0; ``weight[k]`` leads from layer
    k - 1 to k, and ``bias[k]`` belongs to it; ``last[t, r]`` and ``shift[t, r]`` are the logit rows
    that are positive where the class is t; ``starts`` the first value of each variable.
    """

    table: Real
    weight: Real
    bias: Real
    widths: Ints
    last: Real
    shift: Real
    starts: Ints


class Room(NamedTuple):
    """Scratch arrays of one search; "by live" means in the order of the live neurons."""

    column: Ints  # [2, columns] VALUE of each column, and BASE: the lowest of its variable
    free: Ints  # [2, variables + 1] the free variables (OWNER), and the FIRST column of each
    size: Ints  # [4] numbers of columns and of free variables, whether equal, padded columns
    columns: Real  # [neurons, columns] layer 0 by column, rows by live
    state: (
        Real  # [8, layers, neurons] LOW, HIGH; and by live ABOVE, EXTRA, BELOW, SOFT, PART, INNER
    )
    lists: Ints  # [2, layers, neurons] the neurons that are LIVE, and those bounded here (LOOSE)
    counts: Ints  # [2, layers] how many
    forms: Real  # [layers, rows, columns] the forms of the loose neurons, two rows each
    work: Real  # [3, rows, neurons] coefficients on their way down; weights between live neurons
    held: Real  # [rows] constants, or weights
    dense: Real  # [neurons] a layer in the order of the network
    lines: Real  # [8, columns] see FORM to SCORE


# state: bounds; slopes above and below with the intercept above, lower slopes of the output's own
# relaxation, the output's coefficients at the activations, the pre-activations at a point
LOW, HIGH, ABOVE, EXTRA, BELOW, SOFT, PART, INNER = range(8)
LIVE, LOOSE = 0, 1
VALUE, BASE = 0, 1
OWNER, FIRST = 0, 1
# lines: the form at work (with three lines of padding), the best form of a row, that of the row
# with the least bound, 1 where a value is chosen, the score by free variable
FORM, KEPT, BEST, POINT, SCORE = 0, 4, 5, 6, 7


def make_room(net: Net) -> Room:
    """Scratch arrays for searches of ``net``."""
    layers, neurons = net.bias.shape
    variables = len(net.starts) - 1
    columns = max(int(net.starts[-1]) - variables, variables) // LANES * LANES + LANES
    rows = 2 * neurons + 4
    return Room(
        column=np.zeros((2, columns), dtype=np.int64),
        free=np.zeros((2, variables + 1), dtype=np.int64),
        size=np.zeros(4, dtype=np.int64),
        columns=np.zeros((neurons + 4, columns), dtype=np.float32),
        state=np.zeros((8, layers, neurons), dtype=np.float32),
        lists=np.zeros((2, layers, neurons), dtype=np.int64),
        counts=np.zeros((2, layers), dtype=np.int64),
        forms=np.zeros((layers, rows, columns), dtype=np.float32),
        work=np.zeros((3, rows, neurons + 4), dtype=np.float32),
        held=np.zeros(rows, dtype=np.float32),
        dense=np.zeros(neurons, dtype=np.float32),
        lines=np.zeros((8, columns), dtype=np.float32),
    )


def compiled(function: Any) -> Any:
    """Compile without Python objects, release the lock, keep the code on disk."""
    fast = {"reassoc", "contract", "arcp", "nsz"}
    return njit(function, cache=True, nogil=True, fastmath=fast, error_model="numpy")


@compiled
def lay_out(net: Net, room: Room, masks: Ints) -> None:
    """List the free variables of a cell and their columns, padded to a multiple of LANES."""
    value, base, first, owner, starts = (
        room.column[VALUE],
        room.column[BASE],
        room.free[FIRST],
        room.free[OWNER],
        net.starts,
    )
    size, free = 0, 0
    for i in range(len(masks)):
        mask = masks[i]
        if mask & (mask - 1) == 0:
            continue
        owner[free] = i
        first[free] = size
        free += 1
        v, lowest = starts[i], -1
        while mask:
            if mask & 1:
                if lowest < 0:
                    lowest = v
                else:
                    value[size] = v
                    base[size] = lowest
                    size += 1
            mask >>= 1
            v += 1
    first[free] = size
    room.size[0], room.size[1], room.size[2] = size, free, size == free
    while size % LANES:
        value[size] = base[size] = 0
        size += 1
    room.size[3] = size


@compiled
def least(first: Ints, size: Ints, forms: Real, at: int) -> Number:
    """The minimum over the cell of the variable part of form ``at``."""
    total = np.float32(0)
    if size[2]:
        for f in range(size[3]):
            total += min(forms[at, f], np.float32(0))
        return total
    for i in range(size[1]):
        lowest = np.float32(0)
        for f in range(first[i], first[i + 1]):
            lowest = min(lowest, forms[at, f])
        total += lowest
    return total


@compiled
def most(first: Ints, size: Ints, forms: Real, at: int) -> Number:
    """The maximum over the cell of the variable part of form ``at``."""
    total = np.float32(0)
    if size[2]:
        for f in range(size[3]):
            total += max(forms[at, f], np.float32(0))
        return total
    for i in range(size[1]):
        highest = np.float32(0)
        for f in range(first[i], first[i + 1]):
            highest = max(highest, forms[at, f])
        total += highest
    return total


@compiled
def first_layer(net: Net, room: Room, constant: Real) -> None:
    """Columns and bounds of the live neurons of layer 0; ``constant`` is its value at the bases."""
    table, columns, value, base = net.table, room.columns, room.column[VALUE], room.column[BASE]
    low, high, live, first, size = (
        room.state[LOW],
        room.state[HIGH],
        room.lists[LIVE],
        room.free[FIRST],
        room.size,
    )
    wide, count = size[3], 0
    for j in range(net.widths[0]):
        if high[0, j] <= 0:
            continue
        for f in range(wide):
            columns[count, f] = table[j, value[f]] - table[j, base[f]]
        low[0, j] = max(low[0, j], constant[j] + least(first, size, columns, count))
        high[0, j] = min(high[0, j], constant[j] + most(first, size, columns, count))
        if high[0, j] > 0:
            live[0, count] = j
            count += 1
    room.counts[LIVE, 0] = count
    for j in range(count, count + 4):
        for f in range(wide):
            columns[j, f] = 0


@compiled
def relax_layer(net: Net, room: Room, k: int) -> None:
    """List the live neurons of layer k with their slopes."""
    low, high, live = room.state[LOW, k], room.state[HIGH, k], room.lists[LIVE, k]
    above, extra, below = room.state[ABOVE, k], room.state[EXTRA, k], room.state[BELOW, k]
    count = 0
    for j in range(net.widths[k]):
        if high[j] <= 0:
            continue
        live[count] = j
        if low[j] >= 0:
            above[count], extra[count], below[count] = 1, 0, 1
        else:
            slope = high[j] / (high[j] - low[j])
            above[count], extra[count] = slope, -low[j] * slope
            below[count] = 1 if high[j] > -low[j] else 0
        count += 1
    room.counts[LIVE, k] = count


@compiled
def multiply(left: Real, rows: int, inner: int, right: Real, wide: int, out: Real) -> None:
    """out = left @ right on the first ``rows``, ``inner`` and ``wide`` indices.

    Both counts of rows are rounded up to a multiple of 4: callers keep zeros there.
    """
    for i in range(0, rows, 4):
        for r in range(i, i + 4):
            for f in range(wide):
                out[r, f] = 0
        for a in range(0, inner, 4):
            p, q, r, s = left[i, a], left[i, a + 1], left[i, a + 2], left[i, a + 3]
            t, u, v, w = left[i + 1, a], left[i + 1, a + 1], left[i + 1, a + 2], left[i + 1, a + 3]
            for f in range(wide):
                one, two = right[a, f], right[a + 1, f]
                three, four = right[a + 2, f], right[a + 3, f]
                out[i, f] += p * one + q * two + r * three + s * four
                out[i + 1, f] += t * one + u * two + v * three + w * four
            p, q, r, s = left[i + 2, a], left[i + 2, a + 1], left[i + 2, a + 2], left[i + 2, a + 3]
            t, u, v, w = left[i + 3, a], left[i + 3, a + 1], left[i + 3, a + 2], left[i + 3, a + 3]
            for f in range(wide):
                one, two = right[a, f], right[a + 1, f]
                three, four = right[a + 2, f], right[a + 3, f]
                out[i + 2, f] += p * one + q * two + r * three + s * four
                out[i + 3, f] += t * one + u * two + v * three + w * four


@compiled
def zero_beyond(push: Real, rows: int, columns: int) -> None:
    """Zeros around the first ``rows`` and ``columns`` of push, as ``multiply`` needs them."""
    for r in range(rows):
        for a in range(columns, columns + 4):
            push[r, a] = 0
    for r in range(rows, rows + 4):
        for a in range(columns + 4):
            push[r, a] = 0


@compiled
def start_rows(net: Net, room: Room, k: int) -> int:
    """Coefficients of the open neurons of layer k at layer k - 1's inputs, in pairs of rows.

    Row 2b is the lower form of the b-th neuron, row 2b + 1 the lower form of its negative. Returns
    the number of rows; their constants are in ``held``.
    """
    weight, bias, low, high = net.weight[k], net.bias[k], room.state[LOW, k], room.state[HIGH, k]
    live, loose, push, held = room.lists[LIVE, k - 1], room.lists[LOOSE, k], room.work[0], room.held
    above, below, extra = (
        room.state[ABOVE, k - 1],
        room.state[BELOW, k - 1],
        room.state[EXTRA, k - 1],
    )
    lives, rows, zero = room.counts[LIVE, k - 1], 0, np.float32(0)
    for i in range(net.widths[k]):
        if high[i] <= 0 or low[i] >= 0:
            continue
        loose[rows // 2] = i
        base, top = bias[i], bias[i]
        for a in range(lives):
            w = weight[i, live[a]]
            steep, flat = w * above[a], w * below[a]
            push[rows, a] = flat if w >= 0 else steep
            push[rows + 1, a] = -steep if w >= 0 else -flat
            base += min(w, zero) * extra[a]
            top += max(w, zero) * extra[a]
        held[rows], held[rows + 1] = base, -top
        rows += 2
    return rows


@compiled
def pass_rows(net: Net, room: Room, k: int, rows: int) -> None:
    """Carry rows of coefficients of layer k's inputs down to layer k - 1's inputs."""
    weight, bias, push, spare, held = (
        net.weight[k],
        net.bias[k],
        room.work[0],
        room.work[1],
        room.held,
    )
    live, upper, lives = room.lists[LIVE, k - 1], room.lists[LIVE, k], room.counts[LIVE, k - 1]
    above, below, extra = (
        room.state[ABOVE, k - 1],
        room.state[BELOW, k - 1],
        room.state[EXTRA, k - 1],
    )
    zero = np.float32(0)
    for r in range(rows):
        for a in range(room.counts[LIVE, k]):
            held[r] += push[r, a] * bias[upper[a]]
    gathered = room.work[2]
    for a in range(room.counts[LIVE, k]):
        for b in range(lives):
            gathered[a, b] = weight[upper[a], live[b]]
    for a in range(room.counts[LIVE, k], room.counts[LIVE, k] + 4):
        for b in range(lives):
            gathered[a, b] = 0
    zero_beyond(push, rows, room.counts[LIVE, k])
    multiply(push, rows, room.counts[LIVE, k], gathered, lives, spare)
    for r in range(rows):
        total = zero
        for a in range(lives):
            c = spare[r, a]
            push[r, a] = c * below[a] if c >= 0 else c * above[a]
            total += min(c, zero) * extra[a]
        held[r] += total


@compiled
def pass_one(net: Net, room: Room, k: int) -> None:
    """Carry the output's coefficients of layer k's inputs down to layer k - 1's inputs."""
    weight, bias, push, dense = net.weight[k], net.bias[k], room.work[0], room.dense
    live, upper, below = room.lists[LIVE, k - 1], room.lists[LIVE, k], net.widths[k - 1]
    above, extra, soft, part = (
        room.state[ABOVE, k - 1],
        room.state[EXTRA, k - 1],
        room.state[SOFT, k - 1],
        room.state[PART, k - 1],
    )
    total = room.held[0]
    for j in range(below):
        dense[j] = 0
    for a in range(room.counts[LIVE, k]):
        c, i = push[0, a], upper[a]
        if c != 0:
            total += c * bias[i]
            for j in range(below):
                dense[j] += c * weight[i, j]
    for a in range(room.counts[LIVE, k - 1]):
        c = dense[live[a]]
        part[a] = c
        push[0, a] = c * soft[a] if c >= 0 else c * above[a]
        total += min(c, np.float32(0)) * extra[a]
    room.held[0] = total


@compiled
def finish_rows(room: Room, constant: Real, rows: int, forms: Real) -> None:
    """Carry rows of coefficients of layer 0's inputs to the input, by column, into ``forms``."""
    push, held, live, lives = room.work[0], room.held, room.lists[LIVE, 0], room.counts[LIVE, 0]
    for r in range(rows):
        total = np.float32(0)
        for a in range(lives):
            total += push[r, a] * constant[live[a]]
        held[r] += total
    zero_beyond(push, rows, lives)
    multiply(push, rows, lives, room.columns, room.size[3], forms)


@compiled
def hidden_layer(net: Net, room: Room, constant: Real, k: int) -> None:
    """Bound the neurons of layer k whose sign is open; keep their forms for the score."""
    rows = start_rows(net, room, k)
    for lower in range(k - 1, 0, -1):
        pass_rows(net, room, lower, rows)
    forms, low, high, loose = (
        room.forms[k],
        room.state[LOW, k],
        room.state[HIGH, k],
        room.lists[LOOSE, k],
    )
    finish_rows(room, constant, rows, forms)
    first, size, held = room.free[FIRST], room.size, room.held
    for b in range(rows // 2):
        i = loose[b]
        low[i] = max(low[i], held[2 * b] + least(first, size, forms, 2 * b))
        high[i] = min(high[i], -held[2 * b + 1] - least(first, size, forms, 2 * b + 1))
    room.counts[LOOSE, k] = rows // 2


@compiled
def output_form(net: Net, room: Room, constant: Real, target: int, row: int) -> Number:
    """The output row's lower form with the soft slopes, into ``form``; returns its constant."""
    k = len(net.widths) - 1
    push, last, soft, above = (
        room.work[0],
        net.last[target],
        room.state[SOFT, k],
        room.state[ABOVE, k],
    )
    live, extra, total = room.lists[LIVE, k], room.state[EXTRA, k], net.shift[target, row]
    for a in range(room.counts[LIVE, k]):
        c = last[row, live[a]]
        room.state[PART, k, a] = c
        push[0, a] = c * soft[a] if c >= 0 else c * above[a]
        total += min(c, np.float32(0)) * extra[a]
    room.held[0] = total
    for lower in range(k, 0, -1):
        pass_one(net, room, lower)
    finish_rows(room, constant, 1, room.lines)
    constant_part: Number = room.held[0]
    return constant_part


@compiled
def minimise(room: Room, line: int) -> None:
    """Choose, in line POINT, the values where the form in a line is least."""
    lines, first = room.lines, room.free[FIRST]
    for f in range(room.size[3]):
        lines[POINT, f] = 0
    for i in range(room.size[1]):
        lowest, at = np.float32(0), -1
        for f in range(first[i], first[i + 1]):
            if lines[line, f] < lowest:
                lowest, at = lines[line, f], f
        if at >= 0:
            lines[POINT, at] = 1


@compiled
def evaluate(net: Net, room: Room, constant: Real) -> int:
    """The class (in float32) of the chosen point; its live pre-activations into ``inner``."""
    point, columns, live, zero = room.lines[POINT], room.columns, room.lists[LIVE], np.float32(0)
    dense, size = room.dense, room.size[3]
    for a in range(room.counts[LIVE, 0]):
        total = zero
        for f in range(size):
            total += point[f] * columns[a, f]
        room.state[INNER, 0, a] = total + constant[live[0, a]]
    for k in range(len(net.widths)):
        weight, inner = net.weight[k], room.state[INNER, k]
        if k:
            for a in range(room.counts[LIVE, k]):
                total = zero
                for j in range(net.widths[k - 1]):
                    total += weight[live[k, a], j] * dense[j]
                inner[a] = total + net.bias[k, live[k, a]]
        for j in range(len(dense)):
            dense[j] = 0
        for a in range(room.counts[LIVE, k]):
            dense[live[k, a]] = max(inner[a], zero)
    for target in range(net.last.shape[0]):
        inside = True
        for row in range(net.last.shape[1]):
            total = zero
            for j in range(len(dense)):
                total += net.last[target, row, j] * dense[j]
            inside = inside and total + net.shift[target, row] > 0
        if inside:
            return target
    return -1


@compiled
def output(net: Net, room: Room, constant: Real, target: int, rounds: int) -> tuple[Number, Number]:
    """The best lower bound of the target's worst row, and the magnitude of its terms.

    Each of ``rounds`` supergradient steps moves the lower slopes of the neurons that the bound
    underestimates at its minimiser. The form goes into line BEST.
    """
    worst, scale, lines = np.float32(np.inf), np.float32(0), room.lines
    for row in range(net.last.shape[1]):
        room.state[SOFT, :] = room.state[BELOW]
        highest, size = np.float32(-np.inf), np.float32(0)
        for turn in range(rounds + 1):
            total = output_form(net, room, constant, target, row)
            value = total + least(room.free[FIRST], room.size, lines, FORM)
            if value > highest:
                highest, size = value, np.float32(abs(total))
                for f in range(room.size[3]):
                    lines[KEPT, f] = lines[FORM, f]
                    size += abs(lines[FORM, f])
            if turn == rounds or highest > np.float32(0.001) * size:
                break
            minimise(room, FORM)
            evaluate(net, room, constant)
            soft_step(net, room, turn + 1)
        if highest < worst:
            worst, scale = highest, size
            for f in range(room.size[3]):
                lines[BEST, f] = lines[KEPT, f]
    return worst, scale


@compiled
def soft_step(net: Net, room: Room, turn: int) -> None:
    """One supergradient step of the output's lower slopes."""
    for k in range(len(net.widths)):
        low, high, part, live = (
            room.state[LOW, k],
            room.state[HIGH, k],
            room.state[PART, k],
            room.lists[LIVE, k],
        )
        soft, inner = room.state[SOFT, k], room.state[INNER, k]
        for a in range(room.counts[LIVE, k]):
            j = live[a]
            if part[a] > 0 and low[j] < 0:
                reach = max(high[j], -low[j]) * np.float32(turn)
                soft[a] = min(np.float32(1), max(np.float32(0), soft[a] + inner[a] / reach))


@compiled
def bound(net: Net, room: Room, constant: Real) -> None:
    """Bounds and slopes of all layers, from the bounds inherited in ``low`` and ``high``."""
    first_layer(net, room, constant)
    relax_layer(net, room, 0)
    for k in range(1, len(net.widths)):
        hidden_layer(net, room, constant, k)
        relax_layer(net, room, k)


@compiled
def add_spread(room: Room, forms: Real, rows: int) -> None:
    """score += for each row r of forms, held[r] * how much each free variable can move it."""
    score, first, weights, size = room.lines[SCORE], room.free[FIRST], room.held, room.size
    for r in range(rows):
        weight = weights[r]
        if weight == 0:
            continue
        if size[2]:
            for f in range(size[3]):
                score[f] += weight * abs(forms[r, f])
            continue
        for i in range(size[1]):
            lowest, highest = np.float32(0), np.float32(0)
            for f in range(first[i], first[i + 1]):
                lowest, highest = min(lowest, forms[r, f]), max(highest, forms[r, f])
            score[i] += weight * (highest - lowest)


@compiled
def choose(net: Net, room: Room) -> int:
    """The free variable (its place in ``owner``) that is best to split; see ``relaxation``."""
    score, weights = room.lines[SCORE], room.held
    for i in range(room.size[3]):
        score[i] = 0
    weights[0] = 1
    add_spread(room, room.lines[BEST : BEST + 1], 1)
    for k in range(len(net.widths)):
        low, high, part, live, rows = (
            room.state[LOW, k],
            room.state[HIGH, k],
            room.state[PART, k],
            room.lists[LIVE, k],
            0,
        )
        for a in range(room.counts[LIVE, k]):
            under, over = low[live[a]] ** 2, high[live[a]] ** 2
            weight = np.float32(0)
            if low[live[a]] < 0 and part[a] < 0:
                weight = -part[a] / (high[live[a]] - low[live[a]]) ** 2
            if k == 0:
                weights[a] = weight * (under + over)
                continue
            while rows < room.counts[LOOSE, k] and room.lists[LOOSE, k, rows] < live[a]:
                weights[2 * rows] = weights[2 * rows + 1] = 0
                rows += 1
            if rows < room.counts[LOOSE, k] and room.lists[LOOSE, k, rows] == live[a]:
                weights[2 * rows], weights[2 * rows + 1] = weight * over, weight * under
                rows += 1
        if k == 0:
            add_spread(room, room.columns, room.counts[LIVE, 0])
        else:
            add_spread(room, room.forms[k], 2 * rows)
    return int(np.argmax(score[: room.size[1]]))


@compiled
def halve(net: Net, room: Room, masks: Ints, i: int) -> int:
    """The values of free variable i that add less than the middle of what they can add."""
    variable = room.free[OWNER, i]
    start = net.starts[variable]
    lowest, highest = np.float32(0), np.float32(0)
    for f in range(room.free[FIRST, i], room.free[FIRST, i + 1]):
        lowest, highest = min(lowest, room.lines[BEST, f]), max(highest, room.lines[BEST, f])
    middle = (lowest + highest) / 2
    left, base = 0, room.column[BASE, room.free[FIRST, i]] - start
    if middle >= 0:
        left |= 1 << base
    for f in range(room.free[FIRST, i], room.free[FIRST, i + 1]):
        if room.lines[BEST, f] <= middle:
            left |= 1 << (room.column[VALUE, f] - start)
    return 1 << base if left == masks[variable] else left


class Stack(NamedTuple):
    """Cells that wait, the last on top."""

    masks: Ints  # [depth, variables]
    constant: Real  # [depth, neurons] layer 0 at the lowest values
    bounds: Real  # [2, depth, layers, neurons] LOW and HIGH
    target: Ints


class Found(NamedTuple):
    """What a search did, in pre-order.

    ``action[i]`` is what was done (SPLIT, ...), the variable split or the class, and the values
    that go left; ``counts`` the numbers of actions, of cells not split and of candidates.
    """

    action: Ints  # [budget, 3]
    masks: Ints  # [cells, variables] the cells that are not split, in order
    margin: Real  # [cells] for CONSTANT, the bound relative to its terms
    points: Ints  # [candidates, variables] points whose class may not be the expected one
    counts: Ints


def make_stack(net: Net) -> Stack:
    """A stack deep enough for most searches; where it is not, cells stay open."""
    layers, neurons = net.bias.shape
    variables = len(net.starts) - 1
    depth = min(int(net.starts[-1]) - variables + 3, 512)
    return Stack(
        np.zeros((depth, variables), dtype=np.int64),
        np.zeros((depth, neurons), dtype=np.float32),
        np.zeros((2, depth, layers, neurons), dtype=np.float32),
        np.zeros(depth, dtype=np.int64),
    )


def make_found(net: Net, budget: int, candidates: int = 16) -> Found:
    """Room for what a search of at most ``budget`` actions finds."""
    variables = len(net.starts) - 1
    return Found(
        np.zeros((budget, 3), dtype=np.int64),
        np.zeros((budget, variables), dtype=np.int64),
        np.zeros(budget, dtype=np.float32),
        np.zeros((candidates, variables), dtype=np.int64),
        np.zeros(3, dtype=np.int64),
    )


@compiled
def explore(
    net: Net,
    room: Room,
    stack: Stack,
    found: Found,
    expected: int,
    closable: bool,
    rounds: int,
    slack: float,
    small: int,
    budget: int,
) -> None:
    """Search the cell at the bottom of the stack depth first, until it is done or room ends.

    What is left is reported as OPEN. ``closable`` false forbids to close the first cell;
    ``expected`` is the class that no candidate has; a target of -1 is replaced by the class of one
    point. Cells of more than one class and at most ``small`` points are ENUMERATED. At most
    ``budget`` actions.
    """
    top, actions, leaves, candidates = 1, 0, 0, 0
    limit = min(len(found.action), budget)
    while top:
        top -= 1
        masks, constant = stack.masks[top], stack.constant[top]
        if actions + top + 3 >= limit or top + 2 >= len(stack.target):
            found.action[actions, 0] = OPEN
            found.masks[leaves] = masks
            actions, leaves = actions + 1, leaves + 1
            continue
        lay_out(net, room, masks)
        room.state[LOW, :], room.state[HIGH, :] = stack.bounds[LOW, top], stack.bounds[HIGH, top]
        bound(net, room, constant)
        target = stack.target[top]
        if target < 0:
            target = first_class(net, room, constant)
        margin, scale = output(net, room, constant, target, rounds)
        other = target
        if not (closable and margin > slack * scale):
            minimise(room, BEST)
            klass = evaluate(net, room, constant)
            if klass >= 0 and klass != expected and candidates < len(found.points):
                note_point(net, room, masks, found.points[candidates])
                candidates += 1
            if klass >= 0 and klass != target:
                other = klass
                margin, scale = output(net, room, constant, other, rounds)
        if closable and margin > slack * scale:
            found.action[actions, 0], found.action[actions, 1] = CONSTANT, other
            found.masks[leaves], found.margin[leaves] = masks, margin / scale
            actions, leaves = actions + 1, leaves + 1
            continue
        if points_within(room, small) <= (small if other != target else max(1, small // 8)):
            found.action[actions, 0] = ENUMERATED
            found.masks[leaves] = masks
            actions, leaves = actions + 1, leaves + 1
            closable = True
            continue
        closable = True
        i = choose(net, room)
        left = halve(net, room, masks, i)
        found.action[actions, 0], found.action[actions, 1] = SPLIT, room.free[OWNER, i]
        found.action[actions, 2] = left
        actions += 1
        fork(net, room, stack, top, room.free[OWNER, i], left)
        if other != target:
            minimise(room, BEST)
            side = side_of_point(net, room, i, left, masks)
            stack.target[top + 1 - side] = other
            stack.target[top + side] = target
        top += 2
    found.counts[0], found.counts[1], found.counts[2] = actions, leaves, candidates


@compiled
def fork(net: Net, room: Room, stack: Stack, top: int, variable: int, left: int) -> None:
    """Replace the cell at ``top`` by its two halves, the left one above."""
    stack.masks[top + 1] = stack.masks[top]
    stack.constant[top + 1] = stack.constant[top]
    stack.target[top + 1] = stack.target[top]
    for place in (top, top + 1):
        stack.bounds[LOW, place], stack.bounds[HIGH, place] = room.state[LOW], room.state[HIGH]
    mask, start = stack.masks[top, variable], net.starts[variable]
    stack.masks[top, variable] = mask & ~left
    stack.masks[top + 1, variable] = left
    for place in (top, top + 1):
        old, new = lowest_bit(mask), lowest_bit(stack.masks[place, variable])
        if old != new:
            for j in range(net.widths[0]):
                stack.constant[place, j] += net.table[j, start + new] - net.table[j, start + old]


@compiled
def lowest_bit(mask: int) -> int:
    """The position of the lowest bit of a nonzero mask."""
    place = 0
    while not mask >> place & 1:
        place += 1
    return place


@compiled
def side_of_point(net: Net, room: Room, i: int, left: int, masks: Ints) -> int:
    """0 if the chosen point lies in the left half of free variable i, else 1."""
    variable = room.free[OWNER, i]
    value = lowest_bit(masks[variable])
    for f in range(room.free[FIRST, i], room.free[FIRST, i + 1]):
        if room.lines[POINT, f] > 0:
            value = room.column[VALUE, f] - net.starts[variable]
    return 0 if left >> value & 1 else 1


@compiled
def note_point(net: Net, room: Room, masks: Ints, into: Ints) -> None:
    """Write the chosen point's value indices."""
    for i in range(len(masks)):
        into[i] = lowest_bit(masks[i])
    for i in range(room.size[1]):
        for f in range(room.free[FIRST, i], room.free[FIRST, i + 1]):
            if room.lines[POINT, f] > 0:
                into[room.free[OWNER, i]] = room.column[VALUE, f] - net.starts[room.free[OWNER, i]]


@compiled
def first_class(net: Net, room: Room, constant: Real) -> int:
    """The class of the cell's point with the lowest values, 0 where it is not clear."""
    for f in range(room.size[3]):
        room.lines[POINT, f] = 0
    klass: int = max(0, evaluate(net, room, constant))
    return klass


@compiled
def points_within(room: Room, most: int) -> int:
    """The cell's number of points, or some number above ``most``."""
    total = 1
    for i in range(room.size[1]):
        total *= room.free[FIRST, i + 1] - room.free[FIRST, i] + 1
        if total > most:
            break
    return total
