"""Staircases on a batch of cells: rules 1 and 2 of docs/soundness.md. Trusted.

Beside them the lines between which any elementwise layer lies, as ``forms`` carries rows through.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import EXACT_BITS, Bounds, Ints, Whole, at_exponent, bits, require
from verifier.model.network import Network, Relu, Sign
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps

SLOPE_BITS = 12
"""A slope is a whole number up to 2**SLOPE_BITS, times a power of two."""
FINEST, COARSEST = 900, -700
"""Exponents between which thresholds times powers of two are exact."""
FINE_BITS = 32
"""Ends of inputs have so many bits at least, so that thresholds lose little in their units."""
SHORT = 5
"""Over less than 2**-SHORT of its input a smooth function is seen as one line."""
TOGETHER = 1 << 20
"""Thresholds that are looked at together, about."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines below and above an elementwise layer over each cell, of its input x.

    ``below * 2**-g * x + low * 2**-e <= y <= above * 2**-g * x + high * 2**-e``; slopes and
    intercepts have shape (cells, width), slopes at most 2**SLOPE_BITS in magnitude; ``g`` and ``e``
    have shape (cells,).
    """

    below: Whole
    above: Whole
    g: Ints
    low: Whole
    high: Whole
    e: Ints


def staircase(layer: Steps, x: Bounds) -> Bounds:
    """Enclosure of a staircase from that of its input: the values at the ends."""
    x = at_exponent(x, np.minimum(x.e, FINEST))
    low, high = (layer.values(numbers(end, x.e)) for end in (x.lo, x.hi))
    return Bounds(low, high, np.zeros_like(x.e))


def numbers(n: Whole, e: Ints) -> Whole:
    """``n * 2**-e`` in float64, exactly where e is at most FINEST; too large ones are infinite."""
    with np.errstate(over="ignore"):
        return np.asarray(np.ldexp(n, -e.reshape(-1, *(1,) * (n.ndim - 1))))


def is_open(teacher: Network, node: int, x: Bounds) -> npt.NDArray[np.bool_]:
    """Which components of a node a layer that reads it does not see as one line over a cell."""
    found = np.zeros(x.lo.shape, dtype=bool)
    for layer in teacher.layers:
        if isinstance(layer, Relu | Sign) and layer.source == node:
            found |= (x.lo < 0) & (x.hi > 0)
        elif isinstance(layer, Steps) and layer.source == node:
            y = staircase(layer, x)
            found |= y.lo < y.hi
        elif isinstance(layer, Smooth) and layer.source == node:
            found |= x.hi - x.lo > numbers(np.ones((1, 1)), SHORT - x.e)
    return found


def lines(layer: Steps, x: Bounds, *, parallel: bool = False) -> Lines:
    """Lines below and above a staircase over cells whose input lies in ``x``.

    Any slopes are sound with the intercepts that are computed for them. Tried are 0, that of the
    chord, and that of the steps which the cell reaches; taken is the line nearest to the middle.
    With ``parallel`` both lines have the chord's slope.
    """
    x = at_exponent(x, np.minimum(x.e + np.maximum(0, FINE_BITS - bits(x.magnitude)), FINEST))
    require((np.maximum(np.abs(x.lo), np.abs(x.hi)) <= 2.0**40).all())
    first, last = (layer.reached(numbers(end, x.e)) for end in (x.lo, x.hi))
    scale = np.zeros_like(x.e)
    below, above, low, high = (np.zeros_like(x.lo) for _ in range(4))
    for at in _pieces((last - first).sum(axis=1)):
        own = Bounds(x.lo[at], x.hi[at], x.e[at])
        held = _lines(layer, own, first[at], last[at], parallel)
        below[at], above[at], low[at], high[at], scale[at] = held
    return Lines(below, above, scale - x.e, low, high, scale)


def _pieces(counts: Ints) -> Iterator[slice]:
    """Cells to be looked at together, by how many thresholds each reaches."""
    start, total = 0, 0
    for i, count in enumerate(counts.tolist()):
        if total and total + count > TOGETHER:
            yield slice(start, i)
            start, total = i, 0
        total += count
    yield slice(start, len(counts))


def _lines(
    layer: Steps, x: Bounds, first: Ints, last: Ints, parallel: bool
) -> tuple[Whole, Whole, Whole, Whole, Ints]:
    """Slopes below and above, intercepts below and above, and the exponent of these.

    ``first`` and ``last`` are how many thresholds the ends of x reach. The exponent of slopes, for
    x in units of its own, is the same.
    """
    cell, component = np.nonzero(last > first)
    lowest = layer.lowest.astype(np.float64)
    bottom, top = lowest + first, lowest + last
    below, above = np.zeros_like(bottom), np.zeros_like(bottom)
    scale = np.zeros_like(x.e)
    if cell.size:
        count = (last - first)[cell, component]
        starts = np.cumsum(count) - count
        item = np.repeat(np.arange(len(count)), count)
        place = np.arange(len(item)) - starts[item]
        met = layer.rows[component[item], first[cell, component][item] + place]
        met = np.ldexp(met, np.maximum(x.e, COARSEST)[cell][item])  # in units of x
        under, over = np.floor(met), np.ceil(met)
        lo, hi = x.lo[cell, component], x.hi[cell, component]
        chord = count / (hi - lo)
        inside = over[starts + count - 1] - under[starts]
        inner = np.where((count > 1) & (inside > 0), (count - 1) / np.maximum(inside, 1), chord)
        steepest = np.zeros(len(x.e))
        np.maximum.at(steepest, cell, np.maximum(chord, inner))
        steepest = np.where(steepest > 0, steepest, 1)
        scale = np.frexp(2.0**SLOPE_BITS / steepest)[1].astype(np.int64) - 1
        longest = int(np.abs(lowest).max() + layer.rows.shape[1]).bit_length()  # of a value
        scale = np.clip(scale, 0, EXACT_BITS - 2 - longest)
    one = np.ldexp(1.0, scale)[:, None]
    low, high = bottom * one, top * one
    if not cell.size:
        return below, above, low, high, scale
    unit = one[cell, 0]
    start, end = low[cell, component], high[cell, component]
    before = start[item] + place * unit[item]  # the value left of a threshold
    for slope in (chord,) if parallel else (chord, inner):
        k = np.minimum(np.floor(slope * unit), 2.0**SLOPE_BITS)
        least = np.minimum.reduceat(before - k[item] * over, starts)
        least = np.minimum(least, end - k * hi)
        most = np.maximum.reduceat(before + unit[item] - k[item] * under, starts)
        most = np.maximum(most, start - k * lo)
        for kept, intercepts, found, sign in ((below, low, least, 1), (above, high, most, -1)):
            old = 2 * intercepts[cell, component] + kept[cell, component] * (lo + hi)
            better = sign * (2 * found + k * (lo + hi) - old) > 0  # twice the values in the middle
            better |= parallel
            kept[cell, component] = np.where(better, k, kept[cell, component])
            intercepts[cell, component] = np.where(better, found, intercepts[cell, component])
    return below, above, low, high, scale
