"""The class of the largest softmax, each rounded, a second time: exponentials by ``decimal``.

Written from "Softmax" in docs/soundness.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction

SMALLEST = {24: 149, 53: 1074}
"""By the digits: the numbers of a float type are multiples of two to minus this."""
FAR = 800
"""exp(-800) is below every number."""


def class_of_softmax(scores: Sequence[Fraction], digits: int) -> int:
    """The first of the largest quotients of exp(score - greatest) and the sum of these."""
    top = max(scores)
    powers = [_power(_to(x - top, digits), digits) for x in scores]
    total = Fraction(0)
    for power in powers:
        total = _to(total + power, 53)  # libraries add in float64
    total = _to(total, digits)
    shares = [_to(power / total, digits) for power in powers]
    return shares.index(max(shares))


def _power(x: Fraction, digits: int) -> Fraction:
    """exp(x) for x <= 0, rounded."""
    if x == 0:
        return Fraction(1)
    if x < -FAR:
        return Fraction(0)
    places = 40
    while True:
        context = Context(prec=places, Emax=MAX_EMAX, Emin=MIN_EMIN)
        given = context.divide(Decimal(x.numerator), Decimal(x.denominator))
        middle = Fraction(context.exp(given))
        # x is off by a share of 10^(1 - places), so exp(x) by 800 of these, and by one of its own
        low, high = (_to(middle * (1 + s * Fraction(10**4, 10**places)), digits) for s in (-1, 1))
        if low == high:
            return low
        places *= 2


def _to(x: Fraction, digits: int) -> Fraction:
    """The nearest number of a float type, ties to even, subnormal ones too."""
    if x == 0:
        return x
    length = abs(x.numerator).bit_length() - x.denominator.bit_length()
    last = length - digits + (abs(x) >= Fraction(2) ** length)
    unit = Fraction(2) ** max(last, -SMALLEST[digits])
    return round(x / unit) * unit
