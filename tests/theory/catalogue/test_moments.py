"""Popoviciu, Bhatia and Davis, Paley and Zygmund, Le Cam: exact small laws."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import exp, log
from typing import Any

import mpmath
import pytest

from theory import catalogue
from theory.language.errors import TheoryError

F = Fraction
LAWS: list[dict[Fraction, Fraction]] = [
    {F(0): F(1, 2), F(1): F(1, 2)},
    {F(0): F(9, 10), F(3): F(1, 10)},
    {F(1, 4): F(1, 3), F(1, 2): F(1, 3), F(2): F(1, 3)},
    {F(2): F(1)},
]


def _value(name: str, **given: Any) -> Fraction:
    return F(catalogue[name].evaluate(**given).value)


def _moments(law: dict[Fraction, Fraction]) -> tuple[Fraction, Fraction]:
    return sum((x * p for x, p in law.items()), F(0)), sum((x**2 * p for x, p in law.items()), F(0))


@pytest.mark.parametrize("law", LAWS)
def test_variances_are_within(law: dict[Fraction, Fraction]) -> None:
    mean, squares = _moments(law)
    least, most = min(law), max(law)
    by_mean = _value("Bhatia-Davis inequality", mean=mean, least=least, most=most)
    by_range = _value("Popoviciu's inequality", least=least, most=most)
    assert squares - mean**2 <= by_mean <= by_range
    if len(law) == 2:
        assert squares - mean**2 == by_mean
    if law == LAWS[0]:
        assert by_mean == by_range == F(1, 4)


def test_a_mean_outside_of_the_range_is_refused() -> None:
    with pytest.raises(TheoryError, match="mean"):
        catalogue["bhatia-davis"].evaluate(mean=2, least=0, most=1)


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("theta", [F(0), F(1, 4), F(9, 10)])
def test_numbers_are_large_as_often_as_said(law: dict[Fraction, Fraction], theta: Fraction) -> None:
    mean, squares = _moments(law)
    given = {"mean": mean, "second_moment": squares, "theta": theta}
    large = sum((p for x, p in law.items() if x > theta * mean), F(0))
    found = _value("Paley–Zygmund inequality", **given)
    assert large >= found
    assert abs(found - (1 - theta) ** 2 * mean**2 / squares) < F(1, 10**35)
    if theta == 0 and 0 in law:
        assert large == found  # all that is not 0 is alike


def test_no_test_of_two_laws_is_wrong_less_often() -> None:
    """Every test of two laws of three outcomes, by the relative entropy of the laws."""
    laws = [(F(1, 3), F(1, 3), F(1, 3)), (F(1, 2), F(3, 10), F(1, 5)), (F(1, 5), F(2, 5), F(2, 5))]
    for one, other in product(laws, repeat=2):
        apart = sum(float(a) * log(a / b) for a, b in zip(one, other, strict=True))
        least = _value("Le Cam's two-point method", entropy=F(max(apart, 0.0) + 1e-12))
        for says in product((0, 1), repeat=3):
            wrong = sum(b if s else a for a, b, s in zip(one, other, says, strict=True)) / 2
            assert wrong >= least


def test_the_bound_of_two_laws() -> None:
    with mpmath.workdps(50):
        exact = (1 - mpmath.sqrt(mpmath.mpf(1) / 14)) / 2
        found = catalogue["le-cam"].evaluate(kl="1/7").value
        assert abs(mpmath.mpf(found) / exact - 1) < mpmath.mpf(10) ** -37
    assert float(_value("le-cam", entropy="1/100")) > exp(-1)
