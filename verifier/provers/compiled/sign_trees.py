"""The arrays of the compiled search for trees of signs, and the trees as the proof has them.

The bytes are those of ``model.signs``: what is written while a tree grows is packed once all trees
of a cell are there.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from verifier.provers.compiled.making import compiled
from verifier.provers.compiled.net import DEPTH, LANES, Bytes, Doubles, Ints, Net, Real

DEEPEST = 96
"""Most signs on the way to a leaf."""
MOST = 1024
"""Most leaves of all trees of a cell, beside those of rows."""
ROW_DEPTH, NARROW = 3, 128
"""Signs on the way to a leaf of a row; no layer of rows has more neurons."""


class Signs(NamedTuple):
    """Scratch arrays for the trees of one cell, and what its trees so far are."""

    state: Real  # [depth, 9, layers, neurons] see UP to MEAN
    kept: Real  # [layers, neurons] the best multipliers, or slopes, so far
    turned: Real  # [layers, neurons, neurons] the weights of a layer, by what they read
    across: Real  # [columns, neurons] what each column adds to the neurons of layer 0
    ones: Real  # [1, columns]
    push: Real  # [1, neurons]
    pull: Real  # [1, neurons]
    chosen: Ints  # [columns] those of a point
    path: Ints  # [2, depth] the NEURON asked, layer * neurons + number; which SIDE is at work
    first: Ints  # [layers + 1] the number in the proof of a layer's first neuron
    power: Ints  # [layers] a multiple here is so many powers of two smaller than in the network
    unit: Ints  # [2, layers] of the leaf at work: EXPONENT and PART
    line: Real  # [depth of rows + 2, columns] the forms of a row
    row: Real  # [5, depth of rows + 2] see CONSTANT in ``sign_rows``
    weight: Real  # [neurons] of a row
    asked: Ints  # [7, depth of rows + 2] see NEURON, HALF, TIMES, AGAIN
    rows: Ints  # [rows] which there are, as the proof has them
    bit: Bytes  # [nodes] 1 for an inner node, in pre-order
    test: Ints  # [nodes] the neurons asked
    slope: Bytes  # [trees * neurons of all layers]
    base: Ints  # [2, trees * layers] EXPONENT, and what that is more in the network (PART)
    units: Ints  # [leaves * layers, 3] exponent, part, place of the base
    code: Bytes  # [leaves * depth]
    counts: Ints  # [8] see BITS to LOOKED
    past: Doubles  # [BUCKETS, 5] see CELLS to SPENT: what earlier calls have seen
    seen: Doubles  # [BUCKETS, 5] and this one
    under: Ints  # [3, depth of the stack] cells whose parts are closed: see LEVEL to BUCKET


# state: what of positive and of negative coefficients goes through a ReLU, with the intercept of
# the latter; what a multiplier adds to that; the sign, 1 or -1, where it is given, else 0.
# Of the last form: its coefficients behind and before the ReLUs, the neurons at its minimiser
# if each were on the line that bounds it, and the average of these in the ascent.
UP, DOWN, LIFT, SHIFT, SIGN, BEHIND, BEFORE, HERE, MEAN = range(9)
GIVEN = 5
"""The rows that a node begins with; the others are found there."""
NEURON, SIDE = 0, 1
EXPONENT, PART, PLACE = 0, 1, 2
BITS, TESTS, UNITS, CODES, SLOPES, BASES, ROWS, LOOKED = range(8)
HALF, TIMES, AGAIN = 1, 2, 3
CELLS, SIZES, TRIED, WON, SPENT = range(5)
"""Of cells by what misses a proof: how many were closed by splits alone and the nodes that took; in
how many trees were tried, and did it, and the nodes of these."""
LEVEL, BEGAN, BUCKET = range(3)
BUCKETS = 8
NONE = 1 << 20
"""The exponent of a unit that nothing is a multiple of."""


def make_signs(net: Net) -> Signs:
    """Scratch arrays for trees of ``net``."""
    layers, neurons = net.bias.shape
    variables, forms = len(net.starts) - 1, net.last.shape[1]
    columns = max(int(net.starts[-1]) - variables, variables) // LANES * LANES + LANES
    widths, rows = int(net.widths.sum()), 2 * neurons * has_rows(net)
    leaves = MOST + forms + rows * 2**ROW_DEPTH
    return Signs(
        state=np.zeros((DEEPEST + 1, 9, layers, neurons), dtype=np.float32),
        kept=np.zeros((layers, neurons), dtype=np.float32),
        turned=np.ascontiguousarray(net.weight.swapaxes(1, 2)),
        across=np.zeros((columns, neurons), dtype=np.float32),
        ones=np.ones((1, columns), dtype=np.float32),
        push=np.zeros((1, neurons), dtype=np.float32),
        pull=np.zeros((1, neurons), dtype=np.float32),
        chosen=np.zeros(columns, dtype=np.int64),
        path=np.zeros((2, DEEPEST + 1), dtype=np.int64),
        first=np.cumsum([0, *net.widths]),
        power=net.power,
        unit=np.zeros((2, layers), dtype=np.int64),
        line=np.zeros((ROW_DEPTH + 2, columns), dtype=np.float32),
        row=np.zeros((5, ROW_DEPTH + 2), dtype=np.float32),
        weight=np.zeros(neurons, dtype=np.float32),
        asked=np.zeros((7, ROW_DEPTH + 2), dtype=np.int64),
        rows=np.zeros(rows, dtype=np.int64),
        bit=np.zeros(2 * leaves, dtype=np.uint8),
        test=np.zeros(leaves, dtype=np.int64),
        slope=np.zeros(forms * widths + rows * neurons, dtype=np.uint8),
        base=np.zeros((2, forms * layers + rows), dtype=np.int64),
        units=np.zeros((leaves * layers, 3), dtype=np.int64),
        code=np.zeros(leaves * DEEPEST, dtype=np.uint8),
        counts=np.zeros(8, dtype=np.int64),
        past=np.zeros((BUCKETS, 5), dtype=np.float64),
        seen=np.zeros((BUCKETS, 5), dtype=np.float64),
        under=np.zeros((3, DEPTH + 1), dtype=np.int64),
    )


def has_rows(net: Net) -> bool:
    """Whether rows are of use: of two hidden layers that are not wide."""
    return len(net.widths) == 2 and net.bias.shape[1] <= NARROW


@compiled
def most_bytes(signs: Signs) -> int:
    """More than the trees of a cell ever take."""
    tree = 3 * MOST + MOST * len(signs.power) + MOST * DEEPEST // 4
    row = 2**ROW_DEPTH * 5 + 4
    most: int = tree + len(signs.rows) * row + len(signs.slope) // 4 + signs.base.shape[1] + 64
    return most


@compiled
def add_inner(net: Net, signs: Signs, neuron: int) -> None:
    """An inner node that asks for the sign of a neuron."""
    count, neurons = signs.counts, net.bias.shape[1]
    signs.bit[count[BITS]] = 1
    signs.test[count[TESTS]] = signs.first[neuron // neurons] + neuron % neurons
    count[BITS] += 1
    count[TESTS] += 1


@compiled
def add_leaf(net: Net, signs: Signs, depth: int) -> None:
    """The leaf at a depth; its multipliers are multiples of the units at work."""
    count = signs.counts
    signs.bit[count[BITS]] = 0
    count[BITS] += 1
    for k in range(len(net.widths)):
        sign, shift, begun = signs.state[depth, SIGN, k], signs.state[depth, SHIFT, k], False
        unit = np.float32(1)
        if signs.unit[EXPONENT, k] != NONE:
            unit = np.float32(math.ldexp(16.0 + signs.unit[PART, k], signs.unit[EXPONENT, k]))
        for j in range(net.widths[k]):
            if sign[j] != 0:
                begun = True
                signs.code[count[CODES]] = int(np.rint(abs(shift[j]) / unit))
                count[CODES] += 1
        if begun:
            add_unit(signs, k)


@compiled
def add_unit(signs: Signs, k: int) -> None:
    """The unit at work of a leaf's multipliers of a layer."""
    own = signs.units[signs.counts[UNITS]]
    own[EXPONENT], own[PART] = signs.unit[EXPONENT, k], signs.unit[PART, k]
    own[PLACE] = signs.counts[BASES] + k
    signs.counts[UNITS] += 1


@compiled
def end_tree(net: Net, signs: Signs, layers: int) -> bool:
    """Note a tree's slopes and the bases of its units; False where these are too large.

    It is over so many ``layers``: if not all, a row of the next one.
    """
    counts, begun = signs.counts, signs.counts[BASES]
    for k in range(layers):
        signs.base[EXPONENT, begun + k] = NONE
        above = signs.power[layers] if layers < len(net.widths) else 0
        signs.base[PART, begun + k] = signs.power[k] - above
    i = counts[UNITS] - 1
    while i >= 0 and signs.units[i, PLACE] >= begun:
        place = signs.units[i, PLACE]
        signs.base[EXPONENT, place] = min(signs.base[EXPONENT, place], signs.units[i, EXPONENT])
        i -= 1
    for k in range(layers):
        if signs.base[EXPONENT, begun + k] == NONE:
            signs.base[EXPONENT, begun + k] = -signs.base[PART, begun + k]
        if not -128 <= signs.base[EXPONENT, begun + k] + signs.base[PART, begun + k] <= 127:
            return False
    for k in range(layers):
        up = signs.state[0, UP, k]
        for j in range(net.widths[k]):
            signs.slope[counts[SLOPES]] = int(np.rint(np.float32(2) * up[j]))
            counts[SLOPES] += 1
    counts[BASES] += layers
    return True


@compiled
def put(number: int, out: Bytes, at: int) -> int:
    """Write a number to the base of 128; returns the place after it."""
    while number >= 128:
        out[at] = number & 127 | 128
        number >>= 7
        at += 1
    out[at] = number
    return at + 1


@compiled
def pack(numbers: Bytes, count: int, bits: int, out: Bytes, at: int) -> int:
    """Write numbers of so many bits, the first ones lowest; returns the place after them."""
    shift = 0
    for i in range(count):
        if shift == 0:
            out[at] = 0
        out[at] |= numbers[i] << shift
        shift += bits
        if shift == 8:
            shift = 0
            at += 1
    return at + 1 if shift else at


@compiled
def write_trees(net: Net, signs: Signs, out: Bytes, at: int) -> int:
    """The trees of a cell as the proof has them; returns the place after them."""
    count, layers = signs.counts, len(net.widths)
    at = put(count[ROWS], out, at)
    for i in range(count[ROWS]):
        at = put(signs.rows[i], out, at)
    at = put(count[TESTS], out, at)
    at = pack(signs.bit, count[BITS], 1, out, at)
    for i in range(count[TESTS]):
        out[at] = signs.test[i] & 255
        at += 1
        if signs.first[layers] > 256:
            out[at] = signs.test[i] >> 8
            at += 1
    at = pack(signs.slope, count[SLOPES], 2, out, at)
    for i in range(count[BASES]):
        out[at] = signs.base[EXPONENT, i] + signs.base[PART, i] + 128
        at += 1
    for i in range(count[UNITS]):
        own = signs.units[i]
        above = own[EXPONENT] - signs.base[EXPONENT, own[PLACE]]
        if own[EXPONENT] == NONE:
            above = 0
        out[at] = above << 4 | own[PART]
        at += 1
    end: int = pack(signs.code, count[CODES], 2, out, at)
    return end
