"""Bennett, Chebyshev, Markov: against exact laws of small samples, and values of mpmath."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product
from math import log, prod
from typing import Any

import pytest

from theory import catalogue

F = Fraction
VALUES: list[tuple[str, dict[str, Any], str]] = [
    ("Bennett's inequality", {"variance": "1/100", "n": 500, "excess": "1/50"},
     "0.001535062273022378395577997728000066093"),
    ("bennett", {"var": "99/10000", "n": 1000, "t": "3/100"},
     "0.000000000007513809561896872232611493327"),
    ("bennett", {"variance": "1/4", "n": 7, "excess": "1/3"},
     "0.324176790196364282460745845109138631063"),
    ("Chebyshev's inequality", {"variance": "99/10000", "n": 1000, "excess": "3/100"},
     "0.011"),
    ("Bienaymé–Chebyshev inequality", {"sigma_squared": "1/4", "n": 700, "deviation": "1/10"},
     "0.035714285714285714285714285714285714285"),
    ("Markov's inequality", {"mean": "1/30", "t": "1/7"},
     "0.233333333333333333333333333333333333333"),
]  # fmt: skip
LAWS: list[dict[Fraction, Fraction]] = [
    {F(0): F(9, 10), F(1): F(1, 10)},
    {F(0): F(1, 2), F(1): F(1, 2)},
    {F(0): F(8, 10), F(1, 2): F(1, 10), F(1): F(1, 10)},
    {F(1, 4): F(1, 3), F(1, 2): F(1, 3), F(1): F(1, 3)},
]
"""A loss and its probability."""


def _value(name: str, **given: Any) -> Fraction:
    return Fraction(catalogue[name].evaluate(**given).value)


@pytest.mark.parametrize(("name", "given", "expected"), VALUES)
def test_values(name: str, given: dict[str, Any], expected: str) -> None:
    found, digits = catalogue[name].evaluate(**given), len(expected.partition(".")[2])
    assert abs(Fraction(found.value) - Fraction(expected)) < Fraction(2, 10**digits)
    assert Fraction(found.lower) <= Fraction(found.value) <= Fraction(found.upper)


def _averages(law: dict[Fraction, Fraction], n: int) -> Counter[Fraction]:
    """The law of the average of n draws, outcome by outcome."""
    found: Counter[Fraction] = Counter()
    for losses in product(law, repeat=n):
        found[sum(losses, F(0)) / n] += prod((law[x] for x in losses), start=F(1))  # type: ignore[assignment]
    return found


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("n", [1, 3, 6])
def test_means_are_off_no_more_often_than_said(law: dict[Fraction, Fraction], n: int) -> None:
    mean = sum((x * p for x, p in law.items()), F(0))
    variance = sum((p * (x - mean) ** 2 for x, p in law.items()), F(0))
    averages = _averages(law, n)
    assert sum(averages.values()) == 1
    for t in (F(1, 20), F(1, 6), F(1, 3), F(1, 2)):
        high = sum((p for x, p in averages.items() if x >= mean + t), F(0))
        far = sum((p for x, p in averages.items() if abs(x - mean) >= t), F(0))
        assert high <= _value("bennett", variance=variance, n=n, excess=t)
        assert far <= _value("chebyshev", variance=variance, n=n, excess=t)
        assert sum((p for x, p in law.items() if x >= t), F(0)) <= _value(
            "markov", mean=mean, level=t
        )


def test_chebyshev_and_markov_are_attained() -> None:
    """By a loss that is its mean or as far from it as is asked, on both sides alike."""
    assert _value("chebyshev", variance="1/16", n=1, excess="1/2") == F(1, 4)
    law = {F(0): F(1, 8), F(1, 2): F(3, 4), F(1): F(1, 8)}
    assert sum((p for x, p in law.items() if abs(x - F(1, 2)) >= F(1, 2)), F(0)) == F(1, 4)
    assert sum((p * (x - F(1, 2)) ** 2 for x, p in law.items()), F(0)) == F(1, 16)
    assert _value("markov", mean="1/10", level=1) == F(1, 10)  # of a loss that is 0 or 1


def test_a_small_variance_is_worth_much() -> None:
    """Hoeffding's inequality knows no variance: exp(-2 n t²)."""
    said = log(_value("bennett", variance="1/100", n=500, excess="1/20"))
    assert said < 6 * -2 * 500 * 0.05**2
    assert not catalogue["bennett"].evaluate(variance="1/100", n=500, excess="1/20").vacuous
