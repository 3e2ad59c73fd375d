"""Smooth functions on a batch of cells: enclosures and lines, from their tables. Trusted.

Rules 1, 2 and 6 of docs/soundness.md.
"""

from __future__ import annotations

import numpy as np

from verifier.kernel.arithmetic import EXACT_BITS, Bounds, Ints, Whole, at_exponent
from verifier.kernel.steps import FINEST, SLOPE_BITS, Lines, numbers
from verifier.kernel.steps import lines as staircase_lines
from verifier.model.curves import BEYOND, CELLS, FINE, LEVELS, UNITS, Curve, curve
from verifier.model.errors import NetworkError
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps

MIDDLING = 10
"""Up to 2**MIDDLING lines lean on the table; where inputs are larger, they are level."""
SHARE_BITS = 4
SHARE = 1 << SHARE_BITS
"""Points of the table that a line is put below, about."""
SLOPE = SLOPE_BITS - 1
"""Slopes are multiples of 2**-SLOPE: at most 2 in magnitude."""
STEEPEST = 3 * 2.0 ** (SLOPE - 1)
TOGETHER = 1 << 11
"""Components whose lines are looked for together."""
FARTHEST_BITS = 950
FARTHEST = 2.0**FARTHEST_BITS
"""Spacings: what values there are in units is within float64."""


def image(layer: Smooth, x: Bounds) -> Bounds:
    """Enclosure of a smooth function over each cell."""
    return _fitted(*held(layer, x))


def _fitted(low: Whole, high: Whole) -> Bounds:
    """Units 2**-UNITS, cut outward to at most 51 bits."""
    k = np.frexp(np.maximum(np.abs(low), np.abs(high)).max(axis=1))[1] - (EXACT_BITS - 3)
    k = np.maximum(0, k).astype(np.int64)
    scale = np.ldexp(1.0, -k)[:, None]
    return Bounds(np.floor(low * scale), np.ceil(high * scale), UNITS - k)


def held(layer: Smooth, x: Bounds) -> tuple[Whole, Whole]:
    """The same in units of 2**-UNITS, of which there may be more than 2**53."""
    c, x = curve(layer.kind), at_exponent(x, np.minimum(x.e, FINEST))
    a, b = numbers(x.lo, x.e - FINE), numbers(x.hi, x.e - FINE)  # in spacings
    if not ((a >= -FARTHEST) & (b <= FARTHEST)).all():
        raise NetworkError(
            f"numbers beyond 2^{FARTHEST_BITS - FINE} in magnitude may reach a smooth layer "
            f"({layer.kind}): scale the weights before it down"
        )
    return c.over_all(a, b)


def lines(layer: Steps | Smooth, x: Bounds, *, parallel: bool = False) -> Lines:
    """Lines below and above an elementwise layer over cells whose input lies in ``x``. Those of a
    staircase are ``parallel`` where that is asked for."""
    if isinstance(layer, Steps):
        return staircase_lines(layer, x, parallel=parallel)
    c, x = curve(layer.kind), at_exponent(x, np.minimum(x.e, FINEST))
    a, b = np.floor(numbers(x.lo, x.e - FINE)), np.ceil(numbers(x.hi, x.e - FINE))
    low, high = held(layer, x)
    level = np.maximum(-a, b) > 2.0 ** (MIDDLING + FINE)
    below, above = np.zeros_like(a), np.zeros_like(a)
    for beyond, (flat, shift) in ((a > CELLS // 2, c.right), (b < -CELLS // 2, c.left)):
        below = np.where(beyond, flat * 2.0**SLOPE, below)  # the line that it nearly is there
        above = np.where(beyond, flat * 2.0**SLOPE, above)
        low = np.where(beyond, shift * 2.0**UNITS - BEYOND, low)
        high = np.where(beyond, shift * 2.0**UNITS + BEYOND, high)
        level |= beyond
    at = np.flatnonzero(~level)
    for start in range(0, len(at), TOGETHER):
        some = at[start : start + TOGETHER]
        found = _leaning(c, a.ravel()[some], b.ravel()[some])
        for into, own in zip((below, low, above, high), found, strict=True):
            into.reshape(-1)[some] = own
    shifts = _fitted(low, high)
    return Lines(below, above, np.full(len(a), SLOPE), shifts.lo, shifts.hi, shifts.e)


def _leaning(c: Curve, a: Whole, b: Whole) -> tuple[Whole, Whole, Whole, Whole]:
    """Slope and intercept of a line below and of one above, from place a to place b (in spacings).

    The function is at least the broken line through some points, less what ``under`` says there. So
    for any slope the intercept is the least at these points, less that; tried are the slopes from
    the ends and that in the middle, taken is what is highest in the middle (or lowest, above).
    """
    places, values, under, over = _points(c, a, b)
    gaps = places - places[0], places[-1] - places
    first = (values - values[0]) / np.maximum(gaps[0], 1)
    last = (values[-1] - values) / np.maximum(gaps[1], 1)
    middle = np.ldexp(places[0] + places[-1], -1)
    at = np.clip(np.floor(middle) + CELLS // 2, 0, CELLS - 1).astype(np.int64)
    tangent = c.at[at + 1] - c.at[at]
    found: list[Whole] = []
    for sign, slack in ((1.0, under), (-1.0, over)):
        rising = np.where(gaps[0] > 0, sign * first, np.inf).min(axis=0)
        falling = np.where(gaps[1] > 0, sign * last, -np.inf).max(axis=0)
        turned = sign * values
        best = np.full(len(a), -np.inf)
        slope, intercept = np.zeros(len(a)), np.zeros(len(a))
        for own in (sign * rising, sign * falling, tangent):
            k = np.rint(np.clip(own * 2.0 ** (SLOPE + FINE - UNITS), -STEEPEST, STEEPEST))
            line = sign * k * 2.0 ** (UNITS - FINE - SLOPE)
            least = (turned - line * places).min(axis=0) - slack
            reached = least + line * middle
            slope = np.where(reached > best, k, slope)
            intercept = np.where(reached > best, sign * least, intercept)
            best = np.maximum(best, reached)
        found += [slope, intercept]
    return found[0], found[1], found[2], found[3]


def _points(c: Curve, a: Whole, b: Whole) -> tuple[Whole, Whole, Whole, Whole]:
    """Places from a to b (in spacings) with values, and what the function is below and above.

    Between neighbours among them it is at least the chord less that, and at most the chord plus
    that. Places and values have shape (SHARE + 4, N).
    """
    half = CELLS // 2
    first = np.clip(a + half, 0, CELLS).astype(np.int64)
    last = np.clip(b + half, 0, CELLS).astype(np.int64)
    k = np.frexp(np.ldexp(np.maximum(last - first - 1, 0), -SHARE_BITS))[1].astype(np.int64)
    k = np.clip(k, 0, LEVELS - 1)  # so that SHARE of that spacing reach from one to the other
    stop = np.maximum(-(-last >> k), (first >> k) + 1)
    stop = np.minimum(stop, CELLS >> k)
    start = np.minimum(first >> k, stop - 1)
    index: Ints = np.minimum(start + np.arange(SHARE + 2)[:, None], stop)
    places = ((index << k) - half).astype(np.float64)
    values = c.at[index << k]
    cells = c.starts[k] + np.minimum(index[:-1], stop - 1)
    under, over = c.under[cells].max(axis=0) + 2, c.over[cells].max(axis=0) + 2
    for end, cell, edge in ((first, start, start), (last, stop - 1, stop)):  # on their chords
        before, after = c.at[cell << k], c.at[cell + 1 << k]
        share = (end - (cell << k)) * np.ldexp(1.0, -k)
        own = before + np.rint((after - before) * share)
        ends = index == edge
        places = np.where(ends, end - half, places)
        values = np.where(ends, own, values)
    sides = []
    for place, here, at, (slope, intercept) in (
        (a, a < -half, 0, c.left),
        (b, b > half, -1, c.right),
    ):
        line = place * (slope * 2.0 ** (UNITS - FINE)) + intercept * 2.0**UNITS
        sides.append([np.where(here, place, places[at]), np.where(here, line, values[at])])
        under, over = (np.where(here, np.maximum(x, BEYOND), x) for x in (under, over))
    (left, leftmost), (right, rightmost) = sides
    places = np.concatenate([left[None], places, right[None]])
    values = np.concatenate([leftmost[None], values, rightmost[None]])
    return places, values, under, over
