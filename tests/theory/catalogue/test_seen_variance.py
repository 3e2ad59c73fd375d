"""Maurer and Pontil's bound: against exact laws of small samples, and values of mpmath."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb, exp, log, prod, sqrt
from typing import Any

import mpmath
import pytest
from mpmath import mpf

from theory import catalogue

F = Fraction
GIVEN: list[tuple[str, dict[str, Any], tuple[str, str, int, str]]] = [
    ("empirical Bernstein bound", {"variance": "1/100", "n": 1000, "delta": "1/20"},
     ("0", "1/100", 1000, "1/20")),
    ("Maurer-Pontil", {"mean": "3/100", "V": "7/250", "n": 450, "alpha": "1/1000"},
     ("3/100", "7/250", 450, "1/1000")),
    ("empirical-bernstein", {"q": "1/9", "var": "0", "samples": 2, "delta": "9/10"},
     ("1/9", "0", 2, "9/10")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "numbers"), GIVEN)
def test_values(name: str, given: dict[str, Any], numbers: tuple[str, str, int, str]) -> None:
    with mpmath.workdps(60):
        q, v, n, delta = (mpf(F(x).numerator) / F(x).denominator for x in numbers)
        told = mpmath.log(2 / delta)
        exact = q + mpmath.sqrt(2 * v * told / n) + 7 * told / (3 * (n - 1))
        found = catalogue[name].evaluate(**given)
        assert abs(mpf(found.value) / exact - 1) < mpf(10) ** -37


LAWS: list[dict[Fraction, Fraction]] = [
    {F(0): F(1, 10), F(1): F(9, 10)},
    {F(0): F(1, 2), F(1): F(1, 2)},
    {F(0): F(1, 5), F(1, 2): F(2, 5), F(1): F(2, 5)},
    {F(1): F(1)},
]
"""A loss and its probability."""


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("n", [2, 3, 7])
def test_the_mean_is_beyond_it_no_more_often_than_said(
    law: dict[Fraction, Fraction], n: int
) -> None:
    mean = float(sum(x * p for x, p in law.items()))
    for delta in (0.9, 0.99):
        told, missed = log(2 / delta), F(0)
        for xs in product(law, repeat=n):
            seen = sum(xs, F(0)) / n
            shown = sum(((x - seen) ** 2 for x in xs), F(0)) / (n - 1)
            bound = float(seen) + sqrt(2 * shown * told / n) + 7 * told / (3 * (n - 1))
            if mean > bound:
                missed += prod((law[x] for x in xs), start=F(1))
        assert missed <= delta


@pytest.mark.parametrize("n", [2, 3, 4, 9, 30])
@pytest.mark.parametrize("p", [F(1, 50), F(1, 2), F(9, 10)])
def test_samples_show_too_small_a_variance_seldom(n: int, p: Fraction) -> None:
    """The axiom, for a loss of 1 with probability p, else 0: k ones have the variance below."""
    deviation = sqrt(p * (1 - p))
    for t in (0.1, 0.4, deviation, 1.5):
        little = sum(
            comb(n, k) * p**k * (1 - p) ** (n - k)
            for k in range(n + 1)
            if k * (n - k) / (n * (n - 1)) < deviation**2 - t * deviation - 1e-12
        )
        assert little <= exp(-(n - 1) * t**2 / 2)


def test_a_small_variance_is_worth_much() -> None:
    """Hoeffding's inequality knows no variance: sqrt(ln(1/δ) / (2 n))."""
    given = {"variance": "1/1000", "n": 5000, "delta": "1/1000"}
    said = float(catalogue["empirical-bernstein"].evaluate(**given).value)
    assert said < 0.25 * sqrt(log(1000) / 10_000)
