"""Fractions as floats, where a float is only shown, or only guides a search."""

from __future__ import annotations

import math
from fractions import Fraction


def nearest(x: Fraction | int) -> float:
    """The float64 nearest to ``x``; infinite beyond the largest, and zero below the smallest."""
    try:
        return float(x)
    except OverflowError:
        return math.inf if x > 0 else -math.inf
