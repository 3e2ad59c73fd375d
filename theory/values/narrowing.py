"""Values at growing precision, until they are narrow; SymPy is not needed.

A value is given by what encloses it at the precision of the moment.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from flint import arb, ctx, fmpz

from theory.language.errors import PrecisionError, TheoryError

FIRST_BITS = 256
MAX_BITS = 1 << 17
ACCURACY_BITS = 170
MAX_DECIMAL_BITS = 1 << 20


def narrow(enclosed: Callable[[], Any], name: str) -> Any:
    """An Arb ball accurate to 170 bits, or exact. TheoryError, which names ``name``, else."""
    bits = FIRST_BITS
    while bits <= MAX_BITS:
        with ctx.workprec(bits):
            ball = enclosed_or_all(enclosed)
            if ball.is_finite() and (ball.is_exact() or ball.rel_accuracy_bits() >= ACCURACY_BITS):
                return ball
        bits *= 2
    with ctx.workprec(bits):
        if not ball.is_finite():
            raise TheoryError(
                f"{name}: no finite value within {MAX_BITS} bits of precision; "
                "the parameters are too extreme, or the bound is undefined there"
            )
        if ball.abs_upper() < arb(10) ** -40000:
            raise TheoryError(f"{name}: the value is too close to 0 to enclose; it may be 0")
    raise TheoryError(f"{name}: the value could not be enclosed narrowly with {MAX_BITS} bits")


def enclosed_or_all(enclosed: Callable[[], Any]) -> Any:
    """The ball, or the whole line where the present precision decides nothing."""
    try:
        return enclosed()
    except PrecisionError:
        return arb(0, arb("inf"))


def fractions_of(ball: Any, name: str) -> tuple[Fraction, Fraction]:
    """The end points of a ball as fractions. TheoryError if they do not fit in memory."""
    with ctx.workprec(max(FIRST_BITS, 64 + 2 * ball.bits())):
        ends = ball.lower(), ball.upper()
    return _dyadic(ends[0], name), _dyadic(ends[1], name)


def _dyadic(x: Any, name: str) -> Fraction:
    mantissa, exponent = x.man_exp()
    if abs(int(exponent)) > MAX_DECIMAL_BITS:
        about = _power_of_two(exponent + fmpz(mantissa).bit_length())
        if exponent < 0:
            raise TheoryError(f"{name}: the value is about {about}, too close to 0 to be written")
        instead = (
            "; `bounds size` and log-tree-functions give logarithms" if "count" in name else ""
        )
        raise TheoryError(f"{name}: the value is about {about} and does not fit{instead}")
    scale = Fraction(2) ** int(exponent)
    return Fraction(int(mantissa)) * scale


def _power_of_two(exponent: Any) -> str:
    digits = str(exponent)
    return f"2^{digits}" if len(digits) <= 30 else f"2^(a number of {len(digits)} digits)"
