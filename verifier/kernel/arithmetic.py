"""Fixed-point enclosures: the arithmetic under the kernel. Trusted.

A batch of numbers is ``n * 2**-e``: ``n`` integers, one exponent ``e`` per cell (the first axis).
So a cell's result never depends on the other cells of its batch. The integers are held in float64
arrays, which are exact up to 2**53: every sum and product is shown to stay below that before it is
made, and whatever is cut is cut outward. Multiplying by a power of two and ``floor`` are exact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Whole = npt.NDArray[np.float64]
"""Integers held in float64."""

WEIGHT_BITS = 22
EXACT_BITS = 53
LARGEST = 2.0**EXACT_BITS
NEVER = 1 << 40
"""An exponent that no number has."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """The numbers ``n * 2**-e``; ``n`` has shape (cells, ...) and ``e`` (cells,); 1 broadcasts."""

    n: Whole
    e: Ints


@dataclass(frozen=True, slots=True)
class Bounds:
    """The intervals ``[lo, hi] * 2**-e``: shapes (cells, width) and (cells,)."""

    lo: Whole
    hi: Whole
    e: Ints

    @property
    def magnitude(self) -> Whole:
        """Upper bounds of the absolute values (times 2**e)."""
        return np.maximum(np.abs(self.lo), np.abs(self.hi))


@dataclass(frozen=True, slots=True)
class Quantised:
    """Numbers q with ``|q * 2**e - n| <= inexact / 2``; ``size`` is |n|, ``bits`` its length."""

    n: Whole
    e: int
    inexact: int
    size: Whole
    bits: int


def require(room: bool | np.bool_) -> None:
    """Stop unless ``room``: an intermediate result could overflow (a fault of this program)."""
    if not room:
        raise OverflowError("kernel arithmetic would overflow")


def bits(n: Whole) -> Ints:
    """Bit length of each cell's largest absolute value; stops at anything beyond 53 bits."""
    flat = n.reshape(len(n), -1)
    most = np.maximum(flat.max(axis=1, initial=0.0), -flat.min(axis=1, initial=0.0))
    require((most <= LARGEST).all())  # false for infinities and NaN too
    length: Ints = np.frexp(most)[1].astype(np.int64)
    return length


def most_bits(n: Whole) -> int:
    """Bit length of the largest absolute value of all."""
    return int(bits(n).max(initial=0))


def _along(k: npt.NDArray[Any], n: Whole) -> npt.NDArray[Any]:
    """Per-cell numbers, shaped so that they broadcast over a batch array."""
    return k.reshape(-1, *(1,) * (n.ndim - 1))


def _moved(x: Fixed, e: Ints) -> Whole:
    """``x * 2**e``: integers where e >= x.e, else exact multiples of a power of two.

    Far below, where the result would underflow, it is something of the same sign below 2**-100.
    """
    up = e - x.e
    if not up.any():
        return x.n
    moved: Whole = x.n * _along(np.ldexp(1.0, np.minimum(np.maximum(up, -200), 200)), x.n)
    return moved


def _fits(x: Fixed, e: Ints) -> Fixed:
    """x, after a check that it is below 2**53 at exponent ``e`` too."""
    if (e > x.e).any():
        held = bits(x.n)
        require(((held == 0) | (held + e - x.e <= EXACT_BITS)).all())
    return x


def floor_to(x: Fixed, e: Ints) -> Whole:
    """``floor(x * 2**e)``, exact where e >= x.e."""
    return np.floor(_moved(_fits(x, e), e))


def ceil_to(x: Fixed, e: Ints) -> Whole:
    """``ceil(x * 2**e)``, exact where e >= x.e."""
    return np.ceil(_moved(_fits(x, e), e))


def at_exponent(x: Bounds, e: Ints) -> Bounds:
    """The intervals at exponent ``e``, widened outward where ``e < x.e``."""
    return Bounds(floor_to(Fixed(x.lo, x.e), e), ceil_to(Fixed(x.hi, x.e), e), e)


def narrow(x: Bounds, to: int) -> Bounds:
    """The intervals, widened outward so that the ends have at most ``to`` bits."""
    most = np.maximum(x.hi.max(axis=1, initial=0.0), -x.lo.min(axis=1, initial=0.0))
    k = np.maximum(0, bits(most) - to)
    if not k.any():
        return x
    k += (k > 0) & (np.ceil(np.ldexp(most, -k)) >= 2.0**to)
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


def lower_sum(terms: Sequence[Fixed], most: int) -> Fixed:
    """A lower bound of the sum of the terms, elementwise, of at most 52 bits.

    There is room for ``most`` terms; so the result does not depend on how many are left out.
    """
    require(len(terms) <= most)
    e = common_exponent(terms, EXACT_BITS - 1 - most.bit_length())
    return Fixed(reduce(add, [np.floor(_moved(t, e)) for t in terms]), e)  # it fits by choice of e


def upper_sum(terms: Sequence[Fixed]) -> Fixed:
    """An upper bound of the sum of the terms, elementwise, of at most 52 bits."""
    e = common_exponent(terms, EXACT_BITS - 1 - len(terms).bit_length())
    return Fixed(reduce(add, [np.ceil(_moved(t, e)) for t in terms]), e)


def cut_up(x: Fixed, to: int) -> Fixed:
    """Upper bounds of at most ``to`` bits of non-negative numbers."""
    e = x.e - np.maximum(0, bits(x.n) - to + 1)
    return Fixed(ceil_to(x, e), e)


def times_up(a: Fixed, b: Fixed) -> Fixed:
    """Upper bounds of the products of non-negative numbers."""
    a, b = cut_up(a, EXACT_BITS // 2), cut_up(b, EXACT_BITS // 2)
    return Fixed(a.n * b.n, a.e + b.e)


def product(a: Whole, norm: Whole, w: Whole, length: int) -> Whole:
    """``a @ w`` exactly, or ``a * w`` for a 1-dimensional ``w``; ``|w| < 2**length``.

    ``norm`` is at least the sum of |a| along its last axis, so every partial sum of the float64
    product is an integer below 2**53: exact in any order, fused or not.
    """
    require((norm <= 2.0 ** (EXACT_BITS - length)).all())
    return a * w if w.ndim == 1 else a @ w


def check_products(w: Quantised) -> None:
    """Raise ArithmeticError if this machine's float64 matrix product is not exact on integers.

    Soundness rests on the guard of ``product``; this catches a broken library.
    """
    pattern = np.arange(4 * w.n.shape[0], dtype=np.int64).reshape(4, -1) * 2_654_435_761 % 199 - 99
    if not np.array_equal(pattern.astype(np.float64) @ w.n, pattern @ w.n.astype(np.int64)):
        raise ArithmeticError("the floating-point matrix product of this machine is not exact")


def _quantised(n: Whole, e: int, inexact: int) -> Quantised:
    size = np.abs(n)
    return Quantised(n, e, inexact, size, int(size.max(initial=0.0)).bit_length())


def quantise(numerators: Sequence[int], denominator: int, shape: tuple[int, ...]) -> Quantised:
    """``numerators / denominator``: exactly where WEIGHT_BITS allow it, else to nearest."""
    longest = max((abs(n).bit_length() for n in numerators), default=0)
    if not longest:
        return _quantised(np.zeros(shape), 0, 0)
    for by in (1, math.gcd(denominator, *numerators)):
        own, power = [n // by for n in numerators], (denominator // by).bit_length() - 1
        if max(map(abs, own)) < 1 << WEIGHT_BITS and denominator == by << power:
            return _quantised(np.array(own, dtype=np.float64).reshape(shape), power, 0)
    e = WEIGHT_BITS - 1 - (longest - denominator.bit_length())
    up, down = max(e, 0) + 1, max(-e, 0)
    divisor = denominator << (down + 1)
    rounded = [((n << up) + (denominator << down)) // divisor for n in numerators]
    return _quantised(np.array(rounded, dtype=np.float64).reshape(shape), e, 1)


def quantise_floats(array: npt.NDArray[np.floating[Any]]) -> Quantised:
    """The same for an array of finite IEEE-754 values."""
    a = array.astype(np.float64)
    longest = int(np.frexp(np.abs(a).max(initial=0.0))[1])
    e = WEIGHT_BITS - longest
    n = np.rint(np.ldexp(a, e))  # what underflows is far below 1/2
    with np.errstate(over="ignore"):
        exact = np.array_equal(np.ldexp(n, -e), a)
    if not exact:
        return _quantised(n, e, 1)
    every = int(np.bitwise_or.reduce(n.astype(np.int64), axis=None))
    spare = (every & -every).bit_length() - 1 if every else 0
    return _quantised(np.ldexp(n, -spare), e - spare if every else 0, 0)


def affine_bounds(x: Bounds, w: Quantised, bias: Quantised, to: int) -> Bounds:
    """Enclosure of ``w x + bias`` with ends of at most ``to`` bits.

    With h = (c +- r) / 2 and a weight (q +- inexact / 2), 2 w h = q c +- (|q| r + s) where
    s = inexact * sum(|c| + r) / 2, rounded up.
    """
    centre, spread = x.lo + x.hi, x.hi - x.lo
    size = np.abs(centre) + spread
    norm = size.sum(axis=1)
    middle = product(centre, norm, w.n.T, w.bits)
    radius = product(spread, norm, w.size.T, w.bits)
    if w.inexact:
        radius = radius + np.ceil(norm / 2)[:, None]
    require((norm <= 2.0 ** (EXACT_BITS - w.bits - 1)).all())
    y = Bounds(middle - radius, middle + radius, x.e + (w.e + 1))
    twice = 2 * bias.n.reshape(1, -1)
    b = Bounds(twice - bias.inexact, twice + bias.inexact, np.array([bias.e + 1]))
    return narrow(bounds_sum(y, b), to)


def bounds_sum(a: Bounds, b: Bounds) -> Bounds:
    """Enclosure of the sum, with ends of at most 52 bits."""
    e = common_exponent([Fixed(end, x.e) for x in (a, b) for end in (x.lo, x.hi)], EXACT_BITS - 3)
    a, b = at_exponent(a, e), at_exponent(b, e)
    return Bounds(a.lo + b.lo, a.hi + b.hi, e)
