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

BITS = 30
"""Bits of an input's ends, as the kernel has about so many."""
SHORT = 2.0**-5
"""Over less of its input a smooth function is nearly a line."""
ERROR = 2.0**-20
"""At least the error of ``smooth_values``, beside what float64 rounds."""
FAR = 2.0**300
"""What stands for infinite ends."""


Around = tuple[Array, Array, Array, Array]
"""Lines below and above an elementwise layer: slopes, then intercepts, (cells, width)."""


def around(layer: Steps | Smooth, low: Array, high: Array) -> Around:
    """Lines around a layer whose input lies between ``low`` and ``high``, (cells, width)."""
    found = lines(layer, _whole(low, high))
    slope, shift = np.ldexp(1.0, -found.g)[:, None], np.ldexp(1.0, -found.e)[:, None]
    return found.below * slope, found.above * slope, found.low * shift, found.high * shift


def through(a: Array, *lines: Array) -> tuple[Array, Array]:
    """Rows (cells, rows, width) of such a layer as rows of its input, and constants below them.

    ``lines`` are those around it.
    """
    below, above, under, over = lines
    up = np.maximum(a, 0)
    down = a - up
    passed = up * below[:, None] + down * above[:, None]
    extra = (up @ under[:, :, None] + down @ over[:, :, None])[..., 0]
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
