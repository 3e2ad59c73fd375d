"""Balls: fractions as balls, and roots of monotone functions whose signs are proved.

A root is found by Newton's method and then certified: the sign of the function is proved on both
sides of it. Nothing here needs SymPy, which takes a while to load.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpq

from theory.language.errors import PrecisionError, TheoryError

SEARCH_BITS = 128


def ball(value: Any) -> Any:
    """A fraction as a ball, at the precision of the moment."""
    return arb(fmpq(value.numerator, value.denominator)) if isinstance(value, Fraction) else value


def whole(value: Any) -> int:
    """An argument that is an integer; PrecisionError where it is not known which."""
    known = value
    if isinstance(value, arb):
        known = value.unique_fmpz() if value.is_exact() else None
    if known is None or (isinstance(known, Fraction) and known.denominator != 1):
        raise PrecisionError("a count is no known integer")
    return int(known)


def certified_root(
    f: Callable[[Any], Any], slope: Callable[[Any], Any], low: Fraction, high: Fraction
) -> Any:
    """Enclose the one zero of an increasing f in (low, high), f < 0 left of it, > 0 right.

    Bisection narrows to relative width 2^-30, Newton's method refines, and the signs of f at both
    ends of the result are proved. Raises TheoryError if the balls cannot decide a sign.
    """
    target = ctx.prec
    left, right = _bisect(f, low, high)
    with ctx.workprec(2 * target + 64):
        x = (ball(left) + ball(right)) / 2
        for _ in range(target.bit_length() + 4):
            x = (x - f(x.mid()) / slope(x.mid())).mid()
        radius = abs(x) * arb(2) ** (-target)
        below, above = (x - radius).lower(), (x + radius).upper()
        if not (f(below) < 0 and f(above) > 0):
            raise PrecisionError("the root could not be certified; the parameters are too extreme")
        return below.union(above)


def _bisect(f: Callable[[Any], Any], low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    left, right = low, high

    def at(x: Fraction) -> Any:
        with ctx.workprec(SEARCH_BITS + x.denominator.bit_length()):
            return f(ball(x))

    # the root may be tiny, or close to `high`: measure the width against the distance to both
    for _ in range(8_000):
        if left > low and right < high and (right - left) * 2**30 < min(left - low, high - right):
            return left, right
        middle = _middle(left, right, low, high)
        sign = at(middle)
        if sign < 0:
            left = middle
        elif sign > 0:
            right = middle
        else:
            quarter = (right - left) / 8
            left, right = max(low, middle - quarter), min(high, middle + quarter)
            if not (at(left) < 0 < at(right)):
                raise PrecisionError(
                    "the balls do not decide a sign; the parameters are too extreme"
                )
    raise TheoryError("bisection did not converge; the parameters are too extreme")


def _middle(left: Fraction, right: Fraction, low: Fraction, high: Fraction) -> Fraction:
    """Halve the exponent while the root may be next to an end, the interval afterwards."""
    span = high - low
    near, far = _between(left - low, right - low, span), _between(high - right, high - left, span)
    if near is not None:
        return low + near
    return (left + right) / 2 if far is None else high - far


def _between(least: Fraction, most: Fraction, span: Fraction) -> Fraction | None:
    """A distance of an exponent halfway between two distances; None if they are close.

    Twice the greater exponent where the least distance is 0.
    """
    if most > span / 2 or (least and most <= 4 * least):
        return None
    top = _exponent(most / span)
    bottom = _exponent(least / span) if least else 2 * min(top, -1)
    return span * Fraction(2) ** ((top + bottom) // 2 if least else bottom)


def _exponent(x: Fraction) -> int:
    """The e with 2^e <= x < 2^(e+1)."""
    e = x.numerator.bit_length() - x.denominator.bit_length()
    return e if x >= Fraction(2) ** e else e - 1
