"""Staircase layers in the floating-point relaxations of a search: the kernel's lines, as floats."""

from __future__ import annotations

import numpy as np

from verifier.kernel.arithmetic import Bounds
from verifier.kernel.steps import lines
from verifier.model.steps import Steps
from verifier.provers.space import Array

BITS = 26
"""Bits of an input's ends, as the kernel has about so many."""
FAR = 2.0**300
"""What stands for infinite ends."""


def through(layer: Steps, a: Array, low: Array, high: Array) -> tuple[Array, Array]:
    """Rows (cells, rows, width) of a staircase as rows of its input, and constants: a lower bound.

    ``low`` and ``high`` (cells, 1, width) are the ends of the input.
    """
    ends = [np.clip(np.nan_to_num(x[:, 0].astype(np.float64)), -FAR, FAR) for x in (low, high)]
    most = np.maximum(np.abs(ends[0]), np.abs(ends[1])).max(axis=1)
    e = BITS - np.frexp(most)[1].astype(np.int64)
    e = np.where(most > 0, e, 0)
    least, greatest = (np.ldexp(x, e[:, None]) for x in ends)
    found = lines(layer, Bounds(np.floor(least), np.ceil(greatest), e))
    up = np.maximum(a, 0)
    down = a - up
    slope, shift = np.ldexp(1.0, -found.g)[:, None, None], np.ldexp(1.0, -found.e)[:, None]
    passed = (up * found.below[:, None] + down * found.above[:, None]) * slope
    extra = (up @ found.low[:, :, None] + down @ found.high[:, :, None])[..., 0] * shift
    return passed.astype(a.dtype), extra.astype(a.dtype)


def is_open(
    layer: Steps, low: Array, high: Array
) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Which staircases have more than one value where their inputs lie so, (cells, width)."""
    return np.asarray(layer.reached(low) != layer.reached(high))
