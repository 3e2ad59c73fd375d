"""Bounds that hold after every draw: the catalogue's values, and exactly how often they miss."""

from __future__ import annotations

from fractions import Fraction

import pytest

from theory import catalogue
from verifier.chance.anytime import at_any_time

F = Fraction
DELTA = F(1, 10)
HORIZON = 40


@pytest.mark.parametrize(("seen", "draws"), [(0, 1), (0, 1000), (2, 100), (50, 100), (7, 7)])
def test_the_upper_end_is_the_theorem_s_and_the_lower_one_its_mirror(seen, draws):
    low, high = at_any_time(seen, draws, F(1, 20))
    found = catalogue["confidence-sequence-beta"].evaluate(
        errors=seen, n=draws, delta=F(1, 20), a=F(1, 2), b=F(1, 2)
    )
    least = F(found.lower)
    assert least <= high <= least + F(1, 1000) * (least - F(seen, draws)) + F(1, 10**15)
    assert at_any_time(draws - seen, draws, F(1, 20)) == (1 - high, 1 - low)


def test_with_an_aim_it_is_the_sequential_test():
    aim, limit, delta = F(1, 400), F(1, 100), F(1, 20)
    for errors in (0, 1, 2):
        needed = catalogue["sequential-test"].evaluate(
            errors=errors, epsilon=limit, aim=aim, delta=delta
        )
        n = needed.integer
        assert (
            at_any_time(errors, n, delta, aim)[1]
            <= limit
            < at_any_time(errors, n - 1, delta, aim)[1]
        )


@pytest.mark.parametrize("aim", [None, F(1, 20), F(1, 2)])
@pytest.mark.parametrize("p", [F(1, 50), F(1, 7), F(1, 2), F(9, 10)])
def test_that_it_ever_misses_is_as_rare_as_delta_says(p, aim):
    """The probability that p is outside after one of the draws, added up path by path."""
    held, missed = {0: F(1)}, F(0)
    for draws in range(1, HORIZON + 1):
        after: dict[int, Fraction] = {}
        for seen, weight in held.items():
            after[seen] = after.get(seen, F(0)) + weight * (1 - p)
            after[seen + 1] = after.get(seen + 1, F(0)) + weight * p
        held = {}
        for seen, weight in after.items():
            low, high = at_any_time(seen, draws, DELTA, aim)
            if low <= p <= high:
                held[seen] = weight
            else:
                missed += weight
    assert missed <= DELTA
    if aim is None and p >= F(1, 7):
        assert missed > DELTA / 20  # an interval that is far too wide is no test
