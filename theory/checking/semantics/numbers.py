"""The numbers of the models: fractions, and balls where a value is irrational."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flint import arb, fmpq, fmpz

from theory.checking.rationals import square_root
from theory.checking.semantics.model import UndecidedTerm, UndefinedTerm

EQUAL = arb(2) ** (-200)
"""Irrational values that differ by less count as equal: this is a test, not a proof."""
LARGE_POWER = 4_000

Env = Mapping[Any, Any]
"""The values of symbols."""


def ball(x: Any) -> Any:
    """A value as a ball."""
    return arb(fmpq(x.numerator, x.denominator)) if isinstance(x, Fraction) else x


def compare(a: Any, b: Any) -> int:
    """-1, 0 or 1 as a is less than, equal to or greater than b."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return (a > b) - (a < b)
    difference = ball(a) - ball(b)
    if not difference.is_finite():
        raise UndecidedTerm("an infinite value")
    if abs(difference) < EQUAL:
        return 0
    if difference > 0:
        return 1
    if difference < 0:
        return -1
    raise UndecidedTerm("two values that the balls do not separate")


def power(base: Any, exponent: Any) -> Any:
    """base^exponent, with 0^0 = 1."""
    if isinstance(exponent, Fraction) and exponent.denominator == 1:
        e = exponent.numerator
        if isinstance(base, Fraction):
            if base == 0 and e < 0:
                raise UndefinedTerm("a division by zero")
            if abs(e) <= LARGE_POWER or base in (0, 1, -1):
                return base**e
        if e < 0 and ball(base).contains(0):
            raise UndefinedTerm("a division by zero")
        return ball(base) ** fmpz(e)
    sign = compare(base, Fraction(0))
    if sign < 0 or (sign == 0 and compare(exponent, Fraction(0)) <= 0):
        raise UndefinedTerm("a power without a real value")
    if sign == 0:
        return Fraction(0)
    if isinstance(base, Fraction) and isinstance(exponent, Fraction):
        root = square_root(base, exponent)
        if root is not None:
            return root
        if base == 1:
            return base
    return ball(base) ** ball(exponent)
