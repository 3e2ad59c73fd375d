"""The numbers of a variable's column in order, and a tree's tests by them."""

from __future__ import annotations

import random
from fractions import Fraction

from verifier.model.variable import Variable


def test_ranks_are_exact() -> None:
    """Also of numbers that are one float64, and beyond its range; asked twice it is the same."""
    rng = random.Random(0)
    tiny = Fraction(1, 2**80)
    pool = [
        *(Fraction(k, 3) for k in range(-4, 5)),
        *(Fraction(1, 3) + k * tiny for k in range(-2, 3)),
        *(sign * Fraction(2) ** 1100 + k for sign in (-1, 1) for k in range(3)),
        *(sign * Fraction(1, 2**1100 + k) for sign in (-1, 1) for k in range(3)),
        Fraction(0),
    ]
    for _ in range(20):
        count = rng.randrange(1, 30)
        rows = tuple((rng.choice(pool), rng.choice(pool)) for _ in range(count))
        labels = tuple(map(str, range(count)))
        variable = Variable("v", labels, rows, (Fraction(1, count),) * count)
        for column in (0, 1, 0):
            numbers, rank = variable.ranked(column)
            own = [row[column] for row in rows]
            assert numbers == sorted(own)
            assert [numbers[r] for r in rank] == own
            assert sorted(rank.tolist()) == list(range(count))
