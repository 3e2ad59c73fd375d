"""How large the float32 checker lets numbers and tables become."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import lcm

from verifier.second_checker.reading import TooLarge

LONGEST = 14_000
"""Most bits of a common denominator of encodings, or of a variable's probabilities."""
LONGEST_WEIGHT = 1 << 20
"""Most bits of the common denominator of all points' probabilities."""
TABLE = 1 << 24
"""Most entries, over the tree's different tests, of the values that go left."""
HELD = 1 << 31
"""Most bits of a layer's numbers over their common denominator."""


def common(numbers: Iterable[Fraction], most: int) -> int:
    """Their least common denominator; TooLarge if it has more than ``most`` bits."""
    over = 1
    for x in numbers:
        if over % x.denominator:
            over = lcm(over, x.denominator)
            if over.bit_length() > most:
                raise TooLarge(f"numbers have a common denominator of more than {most} bits")
    return over
