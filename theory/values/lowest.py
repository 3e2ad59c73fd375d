"""The value of a parameter for which a bound is least, where the bound holds for every value."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flint import ctx

from theory.checking.balls import enclose
from theory.values.decimals import write_number

BITS = 2_048
FARTHEST = 1 << 9
"""Powers of 2 up to this one are looked at, and down to its inverse."""
HALVINGS = 160
DIGITS = 50


def least(bound: Any, symbol: Any, env: Mapping[Any, Any]) -> str:
    """A positive decimal at which a convex bound is as good as least.

    Which one it is matters little: a bound is flat where it is least, and holds for every value.
    """

    def falls(x: Fraction, step: Fraction) -> bool:
        """Whether the bound is smaller a step further."""
        with ctx.workprec(BITS):
            here, there = (enclose(bound, {**env, symbol: at}) for at in (x, x + step))
            return bool(there < here)

    low, high = -FARTHEST, FARTHEST
    while high - low > 1:
        middle = (low + high) // 2
        power = Fraction(2) ** middle
        low, high = (middle, high) if falls(power, power / 2**20) else (low, middle)
    start, width = Fraction(2) ** low, Fraction(2) ** low
    for _ in range(HALVINGS):
        width /= 2
        if falls(start + width, width / 2**20):
            start += width
    return write_number(start + width, DIGITS)
