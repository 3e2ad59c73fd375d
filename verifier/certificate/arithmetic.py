"""Fixed-point enclosures in machine integers: the arithmetic under the kernel. Trusted.

A number is ``n * 2**-e`` with ``n`` an int64 array and ``e`` one Python integer for the whole
array. Nothing overflows or rounds unseen: operands are first cut to few enough bits (outward, so
that an enclosure stays one), and every product asserts that its bits fit before it is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WEIGHT_BITS = 22
MACHINE_BITS = 62


@dataclass(frozen=True, slots=True)
class Fixed:
    """The numbers ``n * 2**-e``."""

    n: Ints
    e: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """The intervals ``[lo, hi] * 2**-e``, elementwise."""

    lo: Ints
    hi: Ints
    e: int

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


def bits(n: Ints) -> int:
    """Bit length of the largest absolute value."""
    return max(int(n.max()).bit_length(), int(n.min()).bit_length()) if n.size else 0


def require(room: bool) -> None:
    """Stop unless ``room``: an intermediate result could overflow (a fault of this program)."""
    if not room:
        raise OverflowError("kernel arithmetic would overflow")


def floor_shift(n: Ints, k: int) -> Ints:
    """``floor(n / 2**k)`` for k >= 0."""
    require(k >= 0)
    return n >> min(k, 63)


def ceil_shift(n: Ints, k: int) -> Ints:
    """``ceil(n / 2**k)`` for k >= 0."""
    return -floor_shift(-n, k)


def common_exponent(parts: Sequence[Fixed], room: int) -> int:
    """The finest exponent, of those in use, at which every part has at most ``room`` bits."""
    used = [(x.e, bits(x.n)) for x in parts]
    held = [(e, b) for e, b in used if b] or used
    return min(max(e for e, _ in held), *(e + room - b for e, b in held))


def floor_to(x: Fixed, e: int) -> Ints:
    """``floor(x * 2**e)``, exact where e >= x.e; the caller sees to it that it fits."""
    if e <= x.e or not x.n.any():
        return floor_shift(x.n, max(0, x.e - e))
    require(bits(x.n) + e - x.e <= MACHINE_BITS + 1)
    return x.n << (e - x.e)


def narrow(x: Bounds, to: int) -> Bounds:
    """The intervals, widened outward so that the ends have at most ``to`` bits."""
    k = max(0, bits(x.lo) - to, bits(x.hi) - to)
    while k and max(bits(ceil_shift(x.hi, k)), bits(floor_shift(x.lo, k))) > to:
        k += 1
    return at_exponent(x, x.e - k)


def at_exponent(x: Bounds, e: int) -> Bounds:
    """The intervals at exponent ``e``, widened outward where ``e < x.e``."""
    return Bounds(floor_to(Fixed(x.lo, x.e), e), -floor_to(Fixed(-x.hi, x.e), e), e)


def product(a: Ints, w: Floats) -> Ints:
    """``a @ w`` exactly (``w`` 2-dimensional), or ``a * w`` for a 1-dimensional ``w``.

    Both hold integers whose products and partial sums stay below 2**53, so the float64 matrix
    product is exact in any order, fused or not. A column checksum guards against a broken BLAS.
    """
    if w.ndim == 1:
        require(bits(a) + bits_of_floats(w) <= MACHINE_BITS)
        return a * w.astype(np.int64)
    require(bits(a) + bits_of_floats(w) + w.shape[0].bit_length() <= 53)
    flat = a.reshape(-1, w.shape[0])
    out = (flat.astype(np.float64) @ w).astype(np.int64)
    require(bits(out) + len(out).bit_length() <= MACHINE_BITS + 1)
    if not np.array_equal(out.sum(axis=0), flat.sum(axis=0) @ w.astype(np.int64)):
        raise ArithmeticError("the floating-point matrix product of this machine is not exact")
    return out.reshape(*a.shape[:-1], w.shape[1])


def bits_of_floats(w: Floats) -> int:
    """Bit length of the largest absolute value of an array of integers held in float64."""
    return int(np.abs(w).max()).bit_length() if w.size else 0


def quantise(numerators: Sequence[int], denominator: int, shape: tuple[int, ...]) -> Quantised:
    """``numerators / denominator``: exactly where WEIGHT_BITS allow it, else to nearest."""
    power = denominator.bit_length() - 1
    longest = max((abs(n).bit_length() for n in numerators), default=0)
    if longest <= WEIGHT_BITS and denominator == 1 << power:
        exact = np.array(numerators, dtype=np.float64).reshape(shape)
        return Quantised(exact, power, 0)
    e = WEIGHT_BITS - 1 - (longest - denominator.bit_length())
    up, down = max(e, 0) + 1, max(-e, 0)
    divisor = denominator << (down + 1)
    rounded = [((n << up) + (denominator << down)) // divisor for n in numerators]
    return Quantised(np.array(rounded, dtype=np.float64).reshape(shape), e, 1)


def affine_bounds(
    x: Bounds, w: Quantised, bias: Sequence[int], denominator: int, to: int
) -> Bounds:
    """Enclosure of ``w x + bias / denominator`` with ends of at most ``to`` bits.

    With h = (c +- r) / 2 and a weight (q +- inexact / 2):
    4 w h = 2 q c +- (2 |q| r + inexact * sum(|c| + r)).
    """
    transposed = w.n.T if w.n.ndim == 2 else w.n
    centre, spread = x.lo + x.hi, x.hi - x.lo
    middle = 2 * product(centre, transposed)
    radius = 2 * product(spread, np.abs(transposed))
    if w.inexact:
        radius += (np.abs(centre) + spread).sum(axis=-1, keepdims=True)
    y = narrow(Bounds(middle - radius, middle + radius, x.e + w.e + 2), 54)
    low, high, e = _floor_ceil(bias, denominator, y.e)
    y = at_exponent(y, e)
    return narrow(Bounds(y.lo + low, y.hi + high, e), to)


def _floor_ceil(numerators: Sequence[int], denominator: int, e: int) -> tuple[Ints, Ints, int]:
    """Floors and ceilings of ``numerators / denominator * 2**e``; e is lowered until they fit."""
    longest = max((abs(n).bit_length() for n in numerators), default=0)
    if longest:
        e = min(e, 54 - (longest - denominator.bit_length() + 1))
    up, divisor = max(e, 0), denominator << max(-e, 0)
    low = [(n << up) // divisor for n in numerators]
    high = [-((-n << up) // divisor) for n in numerators]
    return np.array(low, dtype=np.int64), np.array(high, dtype=np.int64), e


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
    """An upper bound of the sum of the terms, elementwise."""
    low = lower_sum([Fixed(-t.n, t.e) for t in terms])
    return Fixed(-low.n, low.e)


def times_up(a: Ints, b: Ints, e: int) -> Fixed:
    """An upper bound of ``a * b * 2**-e`` for non-negative a and b."""
    half = MACHINE_BITS // 2
    ka, kb = max(0, bits(a) - half + 1), max(0, bits(b) - half + 1)
    return Fixed(ceil_shift(a, ka) * ceil_shift(b, kb), e - ka - kb)


def fmpz_list(matrix: flint.fmpz_mat) -> list[int]:
    """The entries of an integer matrix, row by row."""
    return [int(x) for x in matrix.entries()]


AnyArray = npt.NDArray[Any]
