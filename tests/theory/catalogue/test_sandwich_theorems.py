"""The theorems about counting by a linear form, against counts of all points."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from math import prod

import pytest

from theory import catalogue


def _tables(rng: random.Random) -> tuple[list[list[int]], list[list[int]]]:
    """Contributions and weights of the values of some variables."""
    sizes = [rng.randint(1, 4) for _ in range(rng.randint(1, 4))]
    contributions = [[rng.randint(-50, 50) for _ in range(n)] for n in sizes]
    return contributions, [[rng.randint(0, 3) for _ in range(n)] for n in sizes]


@pytest.mark.parametrize("seed", range(20))
def test_one_large_number_counts_the_points_beyond_a_number_of_bins(seed: int) -> None:
    """As kernel-digit-product and kernel-digit-sum say it."""
    rng = random.Random(seed)
    bins, weights = _tables(rng)
    bins = [[q - min(row) for q in row] for row in bins]
    bits = (prod(sum(row) for row in weights) + 1).bit_length()
    assert prod(sum(row) for row in weights) < 2**bits - 1
    number = 1
    for q, w in zip(bins, weights, strict=True):
        number *= sum(b << (bits * a) for a, b in zip(q, w, strict=True))
    for asked in range(sum(max(row) for row in bins) + 2):
        counted = sum(
            prod(w[i] for w, i in zip(weights, point, strict=True))
            for point in product(*(range(len(row)) for row in bins))
            if sum(q[i] for q, i in zip(bins, point, strict=True)) >= asked
        )
        assert (number >> (bits * asked)) % (2**bits - 1) == counted


@pytest.mark.parametrize("seed", range(20))
def test_bins_enclose_the_number_of_points_above_a_threshold(seed: int) -> None:
    """The least number of bins that a point above the threshold has is that of kernel-bins."""
    rng = random.Random(seed)
    contributions, _ = _tables(rng)
    contributions = [[v - min(row) for v in row] for row in contributions]
    width = rng.randint(1, 9)
    rest = sum(max(v % width for v in row) for row in contributions)
    threshold = Fraction(rng.randint(0, 200), rng.randint(1, 3))
    needed = catalogue["kernel-bins"].evaluate(width=width, threshold=threshold, rest=rest).integer
    assert needed is not None
    enough = threshold // width + 1
    for values in product(*contributions):
        bins = sum(v // width for v in values)
        if sum(values) > threshold:
            assert bins >= needed
        if bins >= enough:
            assert sum(values) > threshold


@pytest.mark.parametrize("seed", range(50))
def test_the_difference_of_two_relus_lies_where_the_theorem_says(seed: int) -> None:
    rng = random.Random(seed)
    y, z = (Fraction(rng.randint(-30, 30), rng.randint(1, 4)) for _ in range(2))
    ends = {
        "l": y - rng.randint(0, 9),
        "u": y + rng.randint(0, 9),
        "k": z - rng.randint(0, 9),
        "v": z + rng.randint(0, 9),
        "fall": z - y - rng.randint(0, 5),
        "rise": z - y + rng.randint(0, 5),
    }
    most = catalogue["kernel-difference"].evaluate(**ends)
    assert max(z, 0) - max(y, 0) <= Fraction(most.upper)


def test_the_error_of_a_layer_in_float64_is_far_below_that_in_float32() -> None:
    layer = {
        "weights": "1,-2,1/2",
        "magnitudes": "3,4,5",
        "errors": "0,0,0",
        "bias": "1/2",
    }
    coarse = Fraction(catalogue["kernel-float32-dot"].evaluate(**layer).upper)
    fine = Fraction(catalogue["kernel-float64-sweep"].evaluate(**layer).upper)
    # m + 8 = 11 roundings of the sum of magnitudes, 3 + 2 * 4 + 5 / 2 + 1 / 2
    assert coarse == pytest.approx(Fraction(11 * 14, 2**24), rel=1e-12)
    assert fine == pytest.approx(Fraction(11 * 14, 2**53), rel=1e-12)
    assert fine > Fraction(11 * 14, 2**53)
