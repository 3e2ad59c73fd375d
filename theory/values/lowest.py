"""Values of parameters for which a bound is least, where the bound holds for every value."""

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
COARSE_BITS, COARSE_HALVINGS = 1_200, 24
FARTHEST_ENTRY, SECTIONS, GOLDEN = 30.0, 30, (5**0.5 - 1) / 2


def least(
    bound: Any, symbol: Any, env: Mapping[Any, Any], bits: int = BITS, halvings: int = HALVINGS
) -> str:
    """A positive decimal at which a convex bound is as good as least.

    Which one it is matters little: a bound is flat where it is least, and holds for every value.
    """

    def falls(x: Fraction, step: Fraction) -> bool:
        """Whether the bound is smaller a step further."""
        with ctx.workprec(bits):
            here, there = (enclose(bound, {**env, symbol: at}) for at in (x, x + step))
            return bool(there < here)

    low, high = -FARTHEST, FARTHEST
    while high - low > 1:
        middle = (low + high) // 2
        power = Fraction(2) ** middle
        low, high = (middle, high) if falls(power, power / 2**20) else (low, middle)
    start, width = Fraction(2) ** low, Fraction(2) ** low
    for _ in range(halvings):
        width /= 2
        if falls(start + width, width / 2**20):
            start += width
    return write_number(start + width, DIGITS)


def least_common(bound: Any, table: Any, length: int, symbol: Any, env: Mapping[Any, Any]) -> str:
    """A decimal that, as each entry of a list, makes the bound about least at its best `symbol`.

    Without a `symbol` all others have their values. Looked for by sections, as if there were one
    valley; the bound holds for every value.
    """

    def value(exponent: float) -> Any:
        entry = Fraction(2**exponent).limit_denominator(10**12)
        here = {**env, table: (entry,) * length}
        if symbol is not None:
            here[symbol] = Fraction(least(bound, symbol, here, COARSE_BITS, COARSE_HALVINGS))
        with ctx.workprec(COARSE_BITS):
            return enclose(bound, here).mid()

    low, high = -FARTHEST_ENTRY, FARTHEST_ENTRY
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = value(left), value(right)
    for _ in range(SECTIONS):
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - GOLDEN * (high - low)
            at_left = value(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + GOLDEN * (high - low)
            at_right = value(right)
    return write_number(Fraction(2 ** ((low + high) / 2)), 12)
