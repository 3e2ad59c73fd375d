"""Fixed-point enclosures in machine integers: the arithmetic under the kernel. Trusted.

A batch of numbers is ``n * 2**-e``: ``n`` an int64 array whose first axis is the cell, ``e`` one
exponent per cell. So a cell's result never depends on the other cells of its batch. Nothing
overflows or rounds unseen: operands are first cut to few enough bits (outward, so that an enclosure
stays one), and every product makes sure that its bits fit before it is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.teacher import significands

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WEIGHT_BITS = 22
MACHINE_BITS = 62
POWERS = np.array([1 << i for i in range(63)], dtype=np.int64)
NEVER = 1 << 40
"""An exponent that no number has."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The numbers ``n * 2**-e``; ``n`` has shape (cells, ...) and ``e`` (cells,); 1 broadcasts."""

    n: Ints
    e: Ints


@dataclass(frozen=True, slots=True)
class Bounds:
    """The intervals ``[lo, hi] * 2**-e``: shapes (cells, width) and (cells,)."""

    lo: Ints
    hi: Ints
    e: Ints

    @property
    def magnitude(self) -> Ints:
        """Upper bounds of the absolute values (times 2**e)."""
        return np.maximum(np.abs(self.lo), np.abs(self.hi))


@dataclass(frozen=True, slots=True)
class Quantised:
    """Numbers q with ``|q * 2**e - n| <= inexact / 2``; ``n`` are integers held in float64."""

    n: Floats
    e: int
    inexact: int

    @property
    def ints(self) -> Ints:
        """The same integers as int64."""
        return self.n.astype(np.int64)


def bits(n: Ints) -> Ints:
    """Bit length of each cell's largest absolute value."""
    if n.ndim > 1:
        flat = n.reshape(len(n), -1)
        if not flat.shape[1]:
            return np.zeros(len(n), dtype=np.int64)
        n = np.maximum(flat.max(axis=1), -flat.min(axis=1))
    return np.searchsorted(POWERS, np.abs(n), side="right").astype(np.int64)


def most_bits(n: Ints) -> int:
    """Bit length of the largest absolute value of all."""
    return max(int(n.max()).bit_length(), int(n.min()).bit_length()) if n.size else 0


def require(room: bool | np.bool_) -> None:
    """Stop unless ``room``: an intermediate result could overflow (a fault of this program)."""
    if not room:
        raise OverflowError("kernel arithmetic would overflow")


def _along(k: Ints, n: Ints) -> Ints:
    """Per-cell numbers, shaped so that they broadcast over a batch array."""
    return k.reshape(-1, *(1,) * (n.ndim - 1))


def floor_to(x: Fixed, e: Ints) -> Ints:
    """``floor(x * 2**e)``, exact where e >= x.e."""
    move = x.e - e
    n = x.n
    if (move > 0).any():
        n = n >> _along(np.clip(move, 0, 63), n)
    if (move < 0).any():
        held = bits(x.n)
        require(((held == 0) | (held - move <= MACHINE_BITS + 1)).all())
        n = n << _along(np.where(held == 0, 0, np.clip(-move, 0, MACHINE_BITS)), n)
    return n


def at_exponent(x: Bounds, e: Ints) -> Bounds:
    """The intervals at exponent ``e``, widened outward where ``e < x.e``."""
    return Bounds(floor_to(Fixed(x.lo, x.e), e), -floor_to(Fixed(-x.hi, x.e), e), e)


def narrow(x: Bounds, to: int) -> Bounds:
    """The intervals, widened outward so that the ends have at most ``to`` bits."""
    largest = np.maximum(x.hi.max(axis=1, initial=0), -x.lo.min(axis=1, initial=0))
    k = np.maximum(0, bits(largest) - to)
    if not k.any():
        return x
    k += (k > 0) & (bits((largest >> k) + 1) > to)
    return at_exponent(x, x.e - k)


def common_exponent(parts: Sequence[Fixed], room: int) -> Ints:
    """For each cell the finest exponent in use at which every part has at most ``room`` bits."""
    finest, limit = np.array([-NEVER]), np.array([NEVER])
    for x in parts:
        held = bits(x.n)
        finest = np.maximum(finest, np.where(held > 0, x.e, -NEVER))
        limit = np.minimum(limit, np.where(held > 0, x.e + room - held, NEVER))
    return np.where(finest == -NEVER, parts[0].e, np.minimum(finest, limit))


def hull(x: Bounds) -> Bounds:
    """One cell's bounds that hold for all cells of the batch."""
    coarse = at_exponent(x, np.full_like(x.e, x.e.min()))
    return Bounds(coarse.lo.min(0, keepdims=True), coarse.hi.max(0, keepdims=True), coarse.e[:1])


def total(parts: Sequence[Ints]) -> Ints:
    """The elementwise sum of one or more arrays; the caller sees to it that it fits."""
    out = parts[0]
    for part in parts[1:]:
        out = out + part
    return out


def lower_sum(terms: Sequence[Fixed]) -> Fixed:
    """A lower bound of the sum of the terms, elementwise, of at most 60 bits."""
    e = common_exponent(terms, MACHINE_BITS - 2 - len(terms).bit_length())
    return Fixed(total([floor_to(t, e) for t in terms]), e)


def upper_sum(terms: Sequence[Fixed]) -> Fixed:
    """An upper bound of the sum of the terms, elementwise, of at most 60 bits."""
    low = lower_sum([Fixed(-t.n, t.e) for t in terms])
    return Fixed(-low.n, low.e)


def cut_up(x: Fixed, to: int) -> Fixed:
    """Upper bounds of at most ``to`` bits of non-negative numbers."""
    k = np.maximum(0, bits(x.n) - to + 1)
    return Fixed(-floor_to(Fixed(-x.n, x.e), x.e - k), x.e - k)


def times_up(a: Fixed, b: Fixed) -> Fixed:
    """Upper bounds of the products of non-negative numbers."""
    a, b = cut_up(a, MACHINE_BITS // 2), cut_up(b, MACHINE_BITS // 2)
    return Fixed(a.n * b.n, a.e + b.e)


def product(a: Ints, w: Floats) -> Ints:
    """``a @ w`` exactly (``w`` 2-dimensional), or ``a * w`` for a 1-dimensional ``w``.

    Both hold integers whose products and partial sums stay below 2**53, so the float64 matrix
    product is exact in any order, fused or not. A column checksum guards against a broken BLAS.
    """
    largest = int(np.abs(w).max()).bit_length() if w.size else 0
    if w.ndim == 1:
        require(most_bits(a) + largest <= MACHINE_BITS)
        return a * w.astype(np.int64)
    require(most_bits(a) + largest + w.shape[0].bit_length() <= 53)
    flat = a.reshape(-1, w.shape[0])
    out = (flat.astype(np.float64) @ w).astype(np.int64)
    if not np.array_equal(out.sum(axis=0), flat.sum(axis=0) @ w.astype(np.int64)):
        raise ArithmeticError("the floating-point matrix product of this machine is not exact")
    return out.reshape(*a.shape[:-1], w.shape[1])


def quantise(numerators: Sequence[int], denominator: int, shape: tuple[int, ...]) -> Quantised:
    """``numerators / denominator``: exactly where WEIGHT_BITS allow it, else to nearest."""
    power = denominator.bit_length() - 1
    longest = max((abs(n).bit_length() for n in numerators), default=0)
    if not longest:
        return Quantised(np.zeros(shape), 0, 0)
    if longest <= WEIGHT_BITS and denominator == 1 << power:
        exact = np.array(numerators, dtype=np.float64).reshape(shape)
        return Quantised(exact, power, 0)
    e = WEIGHT_BITS - 1 - (longest - denominator.bit_length())
    up, down = max(e, 0) + 1, max(-e, 0)
    divisor = denominator << (down + 1)
    rounded = [((n << up) + (denominator << down)) // divisor for n in numerators]
    return Quantised(np.array(rounded, dtype=np.float64).reshape(shape), e, 1)


def quantise_floats(array: npt.NDArray[np.floating[Any]]) -> Quantised:
    """The same for an array of IEEE-754 values, by shifts of their integer significands."""
    whole, power = significands(array)
    length = np.where(whole == 0, -NEVER, bits(whole.ravel()).reshape(whole.shape) + power)
    longest = int(length.max(initial=-NEVER))
    if longest == -NEVER:
        return Quantised(np.zeros(array.shape), 0, 0)
    lowest = int(np.where(whole == 0, NEVER, power).min())
    exact = longest - lowest <= WEIGHT_BITS
    e = -lowest if exact else WEIGHT_BITS - longest
    up = np.where(whole == 0, 0, power + e)
    down = np.clip(-up, 0, MACHINE_BITS)
    half = np.where(down > 0, np.left_shift(1, np.maximum(down - 1, 0)), 0)
    held = ((whole + half) >> down) << np.maximum(up, 0)
    return Quantised(held.astype(np.float64), e, 0 if exact else 1)


def affine_bounds(x: Bounds, w: Quantised, bias: Quantised, to: int) -> Bounds:
    """Enclosure of ``w x + bias`` with ends of at most ``to`` bits.

    With h = (c +- r) / 2 and a weight (q +- inexact / 2):
    4 w h = 2 q c +- (2 |q| r + inexact * sum(|c| + r)).
    """
    transposed = w.n.T
    centre, spread = x.lo + x.hi, x.hi - x.lo
    middle = 2 * product(centre, transposed)
    radius = 2 * product(spread, np.abs(transposed))
    if w.inexact:
        radius += (np.abs(centre) + spread).sum(axis=-1, keepdims=True)
    y = Bounds(middle - radius, middle + radius, x.e + (w.e + 2))
    twice, e = 2 * bias.ints.reshape(1, -1), np.array([bias.e + 1])
    low = lower_sum([Fixed(y.lo, y.e), Fixed(twice - bias.inexact, e)])
    high = upper_sum([Fixed(y.hi, y.e), Fixed(twice + bias.inexact, e)])
    e = np.minimum(low.e, high.e)
    low_end, high_end = floor_to(low, e), -floor_to(Fixed(-high.n, high.e), e)
    return narrow(Bounds(low_end, high_end, e), to)
