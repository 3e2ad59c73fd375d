"""Staircases and smooth layers in the floats of a search: the kernel's lines and tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Bounds
from verifier.kernel.smooth import held, lines
from verifier.model.curves import CELLS, FINE, UNITS, curve
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps

Array = npt.NDArray[np.floating[Any]]

BITS = 26
"""Bits of an input's ends, as the kernel has about so many."""
SHORT = 2.0**-5
"""Over less of its input a smooth function is nearly a line."""
ERROR = 2.0**-20
"""At least the error of ``smooth_values``, beside what float64 rounds."""
FAR = 2.0**300
"""What stands for infinite ends."""


def through(layer: Steps | Smooth, a: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Rows (cells, rows, width) of a staircase as rows of its input, and constants: a lower bound.

    ``low`` and ``high`` (cells, 1, width) are the ends of the input.
    """
    found = lines(layer, _whole(low[:, 0], high[:, 0]))
    up = np.maximum(a, 0)
    down = a - up
    slope, shift = np.ldexp(1.0, -found.g)[:, None, None], np.ldexp(1.0, -found.e)[:, None]
    passed = (up * found.below[:, None] + down * found.above[:, None]) * slope
    extra = (up @ found.low[:, :, None] + down @ found.high[:, :, None])[..., 0] * shift
    return passed.astype(a.dtype), extra.astype(a.dtype)


def _whole(low: Array, high: Array) -> Bounds:
    """Float ends, (cells, width), as the kernel has them."""
    ends = [np.clip(np.nan_to_num(x.astype(np.float64)), -FAR, FAR) for x in (low, high)]
    most = np.maximum(np.abs(ends[0]), np.abs(ends[1])).max(axis=1)
    e = BITS - np.frexp(most)[1].astype(np.int64)
    e = np.where(most > 0, e, 0)
    least, greatest = (np.ldexp(x, e[:, None]) for x in ends)
    return Bounds(np.floor(least), np.ceil(greatest), e)


def smooth_values(layer: Smooth, x: Array) -> Array:
    """A smooth function, within ERROR, by the kernel's table; of anything but NaN."""
    c, half = curve(layer.kind), CELLS // 2
    place = x.astype(np.float64) * 2.0**FINE
    inside = np.clip(np.nan_to_num(place), -half, half) + half
    at = np.minimum(inside.astype(np.int64), CELLS - 1)
    found = (c.at[at] + (c.at[at + 1] - c.at[at]) * (inside - at)) * 2.0**-UNITS
    for beyond, (slope, intercept) in ((place < -half, c.left), (place > half, c.right)):
        found = np.where(beyond, x * slope + intercept if slope else float(intercept), found)
    return np.asarray(found.astype(x.dtype))


def image(layer: Smooth, low: Array, high: Array) -> tuple[Array, Array]:
    """The least and the greatest value, about, where inputs lie so, (cells, width)."""
    least, most = held(layer, _whole(low, high))
    return (least * 2.0**-UNITS).astype(low.dtype), (most * 2.0**-UNITS).astype(low.dtype)


def is_open(
    layer: Steps | Smooth, low: Array, high: Array
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which staircases have more than one value where their inputs lie so, (cells, width).

    Of smooth functions: which are not nearly lines there.
    """
    if isinstance(layer, Smooth):
        return np.asarray(high - low > SHORT)
    return np.asarray(layer.reached(low) != layer.reached(high))
