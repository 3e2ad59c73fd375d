"""`bounds eval clopper-pearson errors=50000 n=1e12` did not end: a power series at its worst point.

The value is checked from outside: the probability of at most k disagreements, summed in plain
fractions of a coarser kind, is on both sides of the level next to the value.
"""

from __future__ import annotations

import math
import time
from fractions import Fraction

import pytest

from theory import catalogue

CASES = [
    (50_000, 10**12, "1/20"),
    (50_000, 10**12, "1e-300"),
    (10**6, 10**12, "1/20"),
    (10**12 - 50_000, 10**12, "1/100"),
    (10**18 - 1, 10**18, "1e-300"),
    (500, 1000, "0.999999"),
    (99, 100, "1/20"),
]


@pytest.mark.parametrize(("errors", "n", "delta"), CASES)
def test_it_ends_in_a_second(errors: int, n: int, delta: str) -> None:
    start = time.process_time()
    result = catalogue["clopper-pearson"].evaluate(errors=errors, n=n, delta=delta)
    assert time.process_time() - start < 5
    low, high = Fraction(result.lower), Fraction(result.upper)
    assert low <= high and low < 1 and high - low < Fraction(1, 10**30)
    if errors < 10**13:  # nearer to 1 kl-upper finds no digits, and says so
        kl = catalogue["kl-upper"].evaluate(errors=errors, n=n, delta=delta)
        assert low <= Fraction(kl.upper)


@pytest.mark.parametrize(("errors", "n", "delta"), [(50, 1000, "0.05"), (700, 1000, "1e-9")])
def test_the_value_solves_the_equation(errors: int, n: int, delta: str) -> None:
    value = float(catalogue["clopper-pearson"].evaluate(errors=errors, n=n, delta=delta).value)

    def at_most(p: float) -> float:
        terms = (
            math.exp(math.log(math.comb(n, j)) + j * math.log(p) + (n - j) * math.log1p(-p))
            for j in range(errors + 1)
        )
        return math.fsum(terms)

    assert at_most(value * (1 - 1e-9)) > float(delta) > at_most(value * (1 + 1e-9))
