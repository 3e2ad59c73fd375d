"""Planned tests, two students compared, shared-out draws, unseen leaves: values, enumerations."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from fractions import Fraction
from math import comb
from typing import Any

import pytest

from theory import TheoryError, catalogue

VALUES: list[tuple[str, dict[str, Any], str]] = [
    ("pass-probability", {"epsilon": "1/100", "errors": 2, "n": 628},
     "0.049790154540288185789182676628"),
    ("oc-curve", {"epsilon": "1/1000", "errors": 3, "n": 1000},
     "0.981073166549639590672879994970"),
    ("paired-sign", {"errors": 3, "n": 20}, "0.00128841400146484375"),
    ("mcnemar", {"errors": 40, "n": 120}, "0.00016520000919566034246920330882"),
    ("paired-difference", {"first": 3, "second": 20, "n": 1000, "delta": "1/20"},
     "-0.003516244733928022516741986974"),
    ("paired-difference", {"first": 0, "second": 0, "n": 500, "delta": "1/100"},
     "0.010540688188675817734505526731"),
    ("two-sample-difference", {"first": 3, "n": 1000, "second": 20, "second-n": 800,
                               "delta": "1/20"},
     "-0.006593982036891026148208567199"),
    ("difference-of-proportions", {"first": 0, "n": 500, "second": 0, "second-n": 500,
                                   "delta": "1/100"}, "0.010540688188675817734505526731"),
    ("neyman", {"masses": "1/16,1/32,1/64", "deviations": "1/10,1/5,1/2", "n": 100},
     "0.0000041259765625"),
    ("missing-mass", {"leaves": 20, "n": 1000}, "0.007353912173601939329514379487"),
]  # fmt: skip
"""By sums and bisection in mpmath; the binomial ones agree with scipy."""


@pytest.mark.parametrize(("name", "given", "expected"), VALUES)
def test_values(name: str, given: dict[str, Any], expected: str) -> None:
    digits = len(expected.partition(".")[2])
    found = Fraction(catalogue[name].evaluate(**given).value)
    assert abs(found - Fraction(expected)) <= Fraction(1, 10**digits)


def _chance(n: int, k: int, p: Fraction) -> Fraction:
    return comb(n, k) * p**k * (1 - p) ** (n - k)


def test_good_students_pass_and_bad_ones_fail_as_often_as_is_said() -> None:
    n, least = 7, Fraction(1, 5)
    for errors in range(n):
        given = {"epsilon": least, "errors": errors, "n": n}
        bound = Fraction(catalogue["pass-probability"].evaluate(**given).value)
        for p in (Fraction(x, 20) for x in range(1, 20)):
            passes = sum(_chance(n, k, p) for k in range(errors + 1))
            near = Fraction(1, 10**30)
            assert passes <= bound + near if p >= least else passes >= bound - near
    with pytest.raises(TheoryError, match="errors < n"):
        catalogue["pass-probability"].evaluate(epsilon="1/5", errors=7, n=7)


def _counts(n: int, first: Fraction, second: Fraction) -> Iterator[tuple[int, int, Fraction]]:
    """On how many of n draws only the first, only the second is wrong, with the probability."""
    rest = 1 - first - second
    for a, b in itertools.product(range(n + 1), repeat=2):
        if a + b <= n:
            ways = comb(n, a) * comb(n - a, b)
            yield a, b, ways * first**a * second**b * rest ** (n - a - b)


@pytest.mark.parametrize(("first", "second"), [("1/4", "1/4"), ("1/4", "1/8"), ("2/5", "1/10")])
def test_a_student_that_is_no_better_seldom_looks_better(first: str, second: str) -> None:
    """Given how many draws tell the two apart: all outcomes of seven draws of the domain."""
    outcomes = list(_counts(7, Fraction(first), Fraction(second)))
    for differ in range(1, 8):
        whole = sum(p for a, b, p in outcomes if a + b == differ)
        for k in range(differ):
            few = sum(p for a, b, p in outcomes if a + b == differ and a <= k)
            bound = catalogue["paired-sign"].evaluate(errors=k, n=differ).value
            assert few / whole <= Fraction(bound) + Fraction(1, 10**30)
            if first == second:  # attained
                assert few / whole == sum(
                    Fraction(comb(differ, j), 2**differ) for j in range(k + 1)
                )


def test_the_difference_is_seldom_missed() -> None:
    n, delta = 6, Fraction(2, 5)
    upper = {
        (a, b): Fraction(
            catalogue["paired-difference"].evaluate(first=a, second=b, n=n, delta=delta).value
        )
        for a, b in itertools.product(range(n + 1), repeat=2)
        if a + b <= n
    }
    missed = 0
    for x, y in itertools.product(range(1, 20), repeat=2):
        first, second = Fraction(x, 20), Fraction(y, 20)
        if first + second <= 1:
            failed = sum(p for a, b, p in _counts(n, first, second) if first - second > upper[a, b])
            assert failed <= delta
            missed += failed > 0
    assert missed > 50


def test_the_difference_of_two_samples_is_seldom_missed() -> None:
    """All outcomes of samples of four and of five, each student on its own."""
    n, m, delta = 4, 5, Fraction(2, 5)
    upper = {
        (a, b): Fraction(
            catalogue["two-sample-difference"]
            .evaluate(first=a, n=n, second=b, **{"second-n": m}, delta=delta)
            .value
        )
        for a, b in itertools.product(range(n + 1), range(m + 1))
    }
    missed = 0
    for x, y in itertools.product(range(1, 20), repeat=2):
        first, second = Fraction(x, 20), Fraction(y, 20)
        failed = sum(
            _chance(n, a, first) * _chance(m, b, second)
            for (a, b), bound in upper.items()
            if first - second > bound
        )
        assert failed <= delta
        missed += failed > 0
    assert missed > 50
    with pytest.raises(TheoryError, match="second <= second-n"):
        catalogue["two-sample-difference"].evaluate(
            first=0, n=4, second=6, **{"second-n": 5}, delta="1/20"
        )


def test_good_students_pass_without_replacement_as_often_as_is_said() -> None:
    """Seven points, four drawn: every number of bad ones, every number allowed."""
    points, n = 7, 4
    samples = list(itertools.combinations(range(points), n))
    for bad, errors in itertools.product(range(points + 1), range(n + 1)):
        passes = Fraction(sum(sum(x < bad for x in s) <= errors for s in samples), len(samples))
        for against in range(points + 1):
            given = {"points": points, "bad": against, "errors": errors, "n": n}
            bound = Fraction(catalogue["finite-pass-probability"].evaluate(**given).value)
            near = Fraction(1, 10**30)
            if bad >= against:
                assert passes <= bound + near
            if bad <= against:
                assert passes >= bound - near


def test_no_way_to_share_out_the_draws_beats_the_bound() -> None:
    masses, deviations = [Fraction(1, 4), Fraction(1, 2), Fraction(1, 8)], [2, 1, 8]
    worth = [w * s for w, s in zip(masses, deviations, strict=True)]  # 1/2, 1/2, 1
    given = {"masses": "1/4,1/2,1/8", "deviations": "2,1,8", "n": 12}
    bound = Fraction(catalogue["neyman-allocation"].evaluate(**given).value)
    variances = {
        (a, b, 12 - a - b): sum(x**2 / k for x, k in zip(worth, (a, b, 12 - a - b), strict=True))
        for a, b in itertools.product(range(1, 11), repeat=2)
        if a + b < 12
    }
    best = min(variances, key=lambda shares: variances[shares])
    assert best == (3, 3, 6)  # in proportion to w s: attained
    assert abs(variances[best] - bound) < Fraction(1, 10**30)


def test_what_is_unseen_on_average_is_at_most_that() -> None:
    rng = random.Random(0)
    for leaves, n in itertools.product((1, 2, 3, 6), (1, 2, 5)):
        bound = Fraction(catalogue["unseen-mass"].evaluate(leaves=leaves, n=n).value)
        for _ in range(20):
            parts = [rng.randint(0, 9) for _ in range(leaves)]
            parts[0] += 1
            law = [Fraction(x, sum(parts)) for x in parts]
            assert sum(p * (1 - p) ** n for p in law) <= bound + Fraction(1, 10**30)
        if leaves == n + 1:
            alike = leaves * Fraction(1, leaves) * (1 - Fraction(1, leaves)) ** n
            assert abs(alike - bound) < Fraction(1, 10**30)


def test_more_leaves_than_samples_can_say_nothing() -> None:
    assert catalogue["unseen-mass"].evaluate(leaves=5, n=1).vacuous
    assert not catalogue["unseen-mass"].evaluate(leaves=5, n=5).vacuous


def test_the_mean_of_what_is_unseen_is_the_sum_over_leaves() -> None:
    """The assumption, by enumeration: all samples of three points, three leaves."""
    law = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]
    mean = Fraction(0)
    for sample in itertools.product(range(3), repeat=3):
        chance = law[sample[0]] * law[sample[1]] * law[sample[2]]
        mean += chance * sum(p for leaf, p in enumerate(law) if leaf not in sample)
    assert mean == sum(p * (1 - p) ** 3 for p in law)
