"""Float64 arithmetic that either is exact or says that it is not, elementwise on arrays.

Error-free transformations: the sum's rounding error is Knuth's TwoSum, the product's Dekker's
TwoProduct (Ogita, Rump, Oishi 2005, Algorithms 3.1 and 3.3). The product's is only used where
neither overflow nor underflow can spoil it. Inputs must be finite float64 arrays.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
_SPLITTER = 2.0**27 + 1
_SMALL, _LARGE = 2.0**-450, 2.0**450


def exact_sum(a: Array, b: Array) -> Array | None:
    """``a + b`` (broadcast) if every element is exact, else None."""
    with np.errstate(over="ignore", invalid="ignore"):
        total = np.add(a, b)
        part = total - a
        error = (a - (total - part)) + (b - part)
    return total if np.isfinite(total).all() and not error.any() else None


def exact_product(a: Array, b: Array) -> Array | None:
    """``a * b`` (broadcast) if every element is known to be exact, else None.

    Magnitudes outside 2^-450 .. 2^450 count as inexact unless a factor is 0 or 1 or -1.
    """
    a, b = np.broadcast_arrays(a, b)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        product = a * b
        a_high, a_low = _halves(a)
        b_high, b_low = _halves(b)
        error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low
    trivial = (a == 0) | (b == 0) | (np.abs(a) == 1) | (np.abs(b) == 1)
    exact = trivial | (_moderate(a) & _moderate(b) & (error == 0))
    return product if exact.all() else None


def exact_quotient(a: Array, b: Array) -> Array | None:
    """``a / b`` (broadcast; b nonzero) if every element is known to be exact, else None."""
    with np.errstate(over="ignore", under="ignore"):
        quotient = np.divide(a, b)
    if not np.isfinite(quotient).all():
        return None
    back = exact_product(quotient, np.asarray(b))
    return (
        quotient
        if back is not None and np.array_equal(back, np.broadcast_to(a, back.shape))
        else None
    )


def compact(array: Array) -> npt.NDArray[np.floating[Any]]:
    """A copy of the array, as float32 if that changes no element, else as float64.

    Never the array itself: it may be a model's own, which goes on being trained.
    """
    with np.errstate(over="ignore", under="ignore"):
        short = array.astype(np.float32)
    if np.array_equal(short.astype(np.float64), array):
        return short
    return np.array(array, dtype=np.float64, order="C")


def _halves(a: Array) -> tuple[Array, Array]:
    big = _SPLITTER * a
    high = big - (big - a)
    return high, a - high


def _moderate(a: Array) -> npt.NDArray[np.bool_]:
    size = np.abs(a)
    return (size > _SMALL) & (size < _LARGE)
