"""Places on a logarithmic scale of probabilities that has 0 at its beginning."""

from __future__ import annotations

import math
from collections.abc import Iterable
from fractions import Fraction

from verifier.reports.numbers import exponent, raised

ZERO_PLACE = 0.0
FIRST_PLACE = 0.07
LEAST_DECADES = 9
MOST_DECADES = 40


def decades(numbers: Iterable[Fraction], least: int = LEAST_DECADES) -> int:
    """How many powers of ten are shown, at least ``least``: from 10^-decades to 1."""
    needed = [math.ceil(-exponent(x)) for x in numbers if x > 0]
    return min(MOST_DECADES, max([least, *needed]))


def place(x: Fraction, shown: int) -> float:
    """The place of a probability, in [0, 1]; what lies below the scale stands at its foot."""
    if x == 0:
        return ZERO_PLACE
    along = max(0.0, 1 + exponent(x) / shown)
    return round(FIRST_PLACE + (1 - FIRST_PLACE) * along, 5)


def marks(shown: int) -> tuple[tuple[float, str], ...]:
    """Where powers of ten stand, and 0."""
    step = 1 if shown <= 4 else 3 if shown <= 18 else 10
    powers = range(shown // step * step, -1, -step)
    labels = [(Fraction(1, 10**k), f"10{raised(-k)}" if k else "1") for k in powers]
    return ((ZERO_PLACE, "0"), *((place(x, shown), label) for x, label in labels))
