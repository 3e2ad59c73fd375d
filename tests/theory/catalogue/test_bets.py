"""Catoni's bound: all samples of two students, every posterior of a grid, and its formula."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import pytest

from theory import catalogue

GRID = [i / 40 for i in range(41)]


def _kl(a: float, b: float) -> float:
    return sum(x * math.log(x / y) for x, y in ((a, b), (1 - a, 1 - b)) if x > 0)


def _bound(q: float, divergence: float, n: int, slope: float, delta: float) -> float:
    room = slope * q + (divergence + math.log(1 / delta)) / n
    return (1 - math.exp(-room)) / (1 - math.exp(-slope))


@pytest.mark.parametrize("slope", [0.5, 2.0])
@pytest.mark.parametrize("delta", [0.1, 0.4])
@pytest.mark.parametrize("law", [(0.5, 0.2, 0.2, 0.1), (0.1, 0.3, 0.6, 0.0), (0.7, 0.1, 0.1, 0.1)])
def test_seldom_does_any_posterior_miss(law: tuple[float, ...], delta: float, slope: float) -> None:
    """A draw: none wrong, the first, the second, both. The posterior may be the worst there is."""
    n, prior = 5, 0.3
    true = (law[1] + law[3], law[2] + law[3])
    missed = 0.0
    for counts in itertools.product(range(n + 1), repeat=3):
        if sum(counts) > n:
            continue
        none = n - sum(counts)
        ways = math.factorial(n) / math.prod(map(math.factorial, (none, *counts)))
        seen = ((counts[0] + counts[2]) / n, (counts[1] + counts[2]) / n)
        chance = ways * math.prod(p**k for p, k in zip(law, (none, *counts), strict=True))
        if any(
            w * true[0] + (1 - w) * true[1]
            > _bound(w * seen[0] + (1 - w) * seen[1], _kl(w, prior), n, slope, delta) + 1e-12
            for w in GRID
        ):
            missed += chance
    assert missed <= delta


def test_it_is_not_loose_for_one_student() -> None:
    """Without a choice, and no error seen, of a student that errs as it says: e^(-c n q) is met."""
    given = {"error": 0, "divergence": 0, "n": 40, "delta": "1/20"}
    steep = catalogue["catoni"].evaluate(**given, slope=30)
    exact = catalogue["error-after-pass"].evaluate(n=40, delta="1/20")
    assert 0 < Fraction(steep.value) - Fraction(exact.value) < Fraction(1, 10**12)


def test_its_value() -> None:
    given = {"error": "1/20", "divergence": 5, "n": 1000, "delta": "1/100"}
    for slope in ("1/10", "1/2", "2"):
        found = catalogue["Catoni's bound"].evaluate(**given, C=slope)
        plain = _bound(0.05, 5.0, 1000, float(Fraction(slope)), 0.01)
        assert abs(float(found.value) - plain) < 1e-12
    best = catalogue["pac-bayes-kl"].evaluate(**given)
    assert min(
        float(catalogue["catoni"].evaluate(**given, slope=Fraction(x, 10)).value)
        for x in range(1, 30)
    ) < float(best.value)


def test_a_slope_of_nothing_is_refused() -> None:
    with pytest.raises(Exception, match="slope"):
        catalogue["catoni"].evaluate(error=0, divergence=0, n=1, delta="1/2", slope=0)
