"""Several tests, estimates, sampled questions and patterns: against all outcomes of tiny ones."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import comb, log
from typing import Any

import pytest

from theory import catalogue

NEAR = Fraction(1, 10**30)
DELTAS = [Fraction(1, 20), Fraction(2, 5), Fraction(9, 10)]


def _value(name: str, **given: Any) -> Fraction:
    return Fraction(catalogue[name].evaluate(**given).value)


def _far(n: int, p: Fraction, epsilon: Fraction) -> Fraction:
    """The probability that the share of n draws is away from p by ε at least."""
    return sum(
        (
            comb(n, k) * p**k * (1 - p) ** (n - k)
            for k in range(n + 1)
            if abs(Fraction(k, n) - p) >= epsilon
        ),
        Fraction(0),
    )


@pytest.mark.parametrize("delta", DELTAS)
@pytest.mark.parametrize("epsilon", [Fraction(1, 10), Fraction(1, 4), Fraction(3, 4)])
def test_so_many_samples_estimate_the_error_from_both_sides(
    epsilon: Fraction, delta: Fraction
) -> None:
    n = catalogue["estimate-samples"].evaluate(epsilon=epsilon, delta=delta).integer
    assert n is not None and n >= 1
    assert max(_far(n, Fraction(x, 40), epsilon) for x in range(41)) <= delta


def test_an_estimate_is_not_far_from_needing_so_many() -> None:
    """A quarter of them would not do."""
    n = catalogue["estimate-samples"].evaluate(epsilon="1/10", delta="1/20").integer
    assert n == 185
    assert _far(n // 4, Fraction(1, 2), Fraction(1, 10)) > Fraction(1, 20)


@pytest.mark.parametrize("m", [1, 2, 3, 7])
@pytest.mark.parametrize("delta", DELTAS)
def test_levels_of_several_tests(m: int, delta: Fraction) -> None:
    """Tests that never fail together reach δ by Bonferroni's level, independent ones by Šidák's."""
    any_kind = _value("several-tests", tests=m, delta=delta)
    apart = _value("several-tests-independent", tests=m, delta=delta)
    assert abs(m * any_kind - delta) < NEAR  # disjoint failures
    together = 1 - (1 - apart) ** m
    assert abs(together - delta) < NEAR
    assert apart >= any_kind - NEAR
    assert (m == 1) == (abs(apart - any_kind) < NEAR)


def test_what_is_enough_for_independent_tests_is_too_much_for_others() -> None:
    """Failures that never meet: at the level for independent ones some test fails too often."""
    apart = _value("several-tests-independent", tests=3, delta="2/5")
    assert 3 * apart > Fraction(2, 5)


@pytest.mark.parametrize("delta", DELTAS)
@pytest.mark.parametrize("epsilon", [Fraction(1, 10), Fraction(1, 2), Fraction(9, 10)])
def test_all_wrong_candidates_together_are_seldom_accepted(
    epsilon: Fraction, delta: Fraction
) -> None:
    """Candidate after candidate, each of error ε: the chance that one of forty passes."""
    rejected = Fraction(1)
    for i in range(1, 41):
        asked = catalogue["angluin's equivalence queries"]
        n = asked.evaluate(attempt=i, epsilon=epsilon, delta=delta).integer
        assert n is not None
        passes = (1 - epsilon) ** n
        assert passes <= delta / 2**i
        rejected *= 1 - passes
    assert 1 - rejected <= delta


def test_the_ith_question_takes_ln_2_more_than_the_one_before() -> None:
    first = _value("equivalence-query-samples", attempt=1, epsilon="1/10", delta="1/20")
    later = _value("equivalence-query-samples", attempt=8, epsilon="1/10", delta="1/20")
    assert abs(float(later - first) - 70 * log(2)) < 1e-9


def _dimension(patterns: set[tuple[int, ...]], n: int) -> int:
    return max(
        size
        for size in range(n + 1)
        if any(
            len({tuple(p[i] for i in places) for p in patterns}) == 2**size
            for places in itertools.combinations(range(n), size)
        )
    )


def test_no_class_on_three_points_has_more_patterns_and_some_have_so_many() -> None:
    """All 255 sets of patterns on three points, by their dimension."""
    everything = list(itertools.product((0, 1), repeat=3))
    most: dict[int, int] = {}
    for chosen in range(1, 256):
        patterns = {p for i, p in enumerate(everything) if chosen >> i & 1}
        v = _dimension(patterns, 3)
        most[v] = max(most.get(v, 0), len(patterns))
    for v in (1, 2, 3):
        found = catalogue["growth-function"].evaluate(vc=v, n=3).integer
        assert found == most[v] == sum(comb(3, i) for i in range(v + 1))


def test_patterns_are_all_up_to_the_dimension_and_fewer_than_the_plain_bound_beyond() -> None:
    for v, n in ((5, 3), (5, 5), (5, 6), (5, 40)):
        found = catalogue["sauer-shelah"].evaluate(vc=v, n=n).integer
        assert found is not None
        assert (found == 2**n) == (n <= v)
        if n >= v:
            assert found < (2.7182818 * n / v) ** v
