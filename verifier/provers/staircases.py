"""Staircase layers in the floating-point relaxations of a search: the kernel's lines, as floats."""

from __future__ import annotations

import numpy as np

from verifier.kernel.arithmetic import Bounds
from verifier.kernel.steps import lines
from verifier.model.steps import Steps
from verifier.provers.space import Array

BITS = 30
"""Bits of an input's ends, as the kernel has about so many."""
FAR = 2.0**300
"""What stands for infinite ends."""


Around = tuple[Array, Array, Array, Array]
"""Lines below and above staircases: slopes, then intercepts, (cells, width)."""


def around(layer: Steps, low: Array, high: Array) -> Around:
    """Lines around a staircase whose input lies between ``low`` and ``high``, (cells, width)."""
    ends = [np.clip(np.nan_to_num(x.astype(np.float64)), -FAR, FAR) for x in (low, high)]
    most = np.maximum(np.abs(ends[0]), np.abs(ends[1])).max(axis=1)
    e = BITS - np.frexp(most)[1].astype(np.int64)
    e = np.where(most > 0, e, 0)
    least, greatest = (np.ldexp(x, e[:, None]) for x in ends)
    found = lines(layer, Bounds(np.floor(least), np.ceil(greatest), e))
    slope, shift = np.ldexp(1.0, -found.g)[:, None], np.ldexp(1.0, -found.e)[:, None]
    return found.below * slope, found.above * slope, found.low * shift, found.high * shift


def through(a: Array, *lines: Array) -> tuple[Array, Array]:
    """Rows (cells, rows, width) of a staircase as rows of its input, and constants below them.

    ``lines`` are those around it.
    """
    below, above, under, over = lines
    up = np.maximum(a, 0)
    down = a - up
    passed = up * below[:, None] + down * above[:, None]
    extra = (up @ under[:, :, None] + down @ over[:, :, None])[..., 0]
    return passed.astype(a.dtype), extra.astype(a.dtype)


def is_open(
    layer: Steps, low: Array, high: Array
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which staircases have more than one value where their inputs lie so, (cells, width)."""
    return np.asarray(layer.reached(low) != layer.reached(high))
