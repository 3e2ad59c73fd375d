"""Bounds at any time and in plain formulas: their values, and whether they cover, enumerated."""

from __future__ import annotations

import itertools
from fractions import Fraction
from math import comb, exp, log, sqrt
from typing import Any

import pytest

from theory import catalogue

VALUES: list[tuple[str, dict[str, Any], str]] = [
    ("confidence-sequence-stitched", {"errors": 0, "n": 1000, "delta": "1/20"},
     "0.062966814393475551"),
    ("confidence-sequence-stitched", {"errors": 0, "n": 10**5, "delta": "1/100"},
     "0.00729452785413818794825"),
    ("confidence-sequence-beta",
     {"errors": 0, "n": 1000, "delta": "1/20", "a": "1/2", "b": "1/2"}, "0.00699750252142641162"),
    ("confidence-sequence-beta",
     {"errors": 2, "n": 100, "delta": "1/20", "a": "1/2", "b": "1/2"}, "0.10467860612698567476"),
    ("importance-bernstein", {"factor": 4, "mean": "1/100", "n": 2000, "delta": "1/20"},
     "0.0284705245422122404572"),
    ("parity-network", {"relevant": 7}, "7"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "expected"), VALUES)
def test_values(name: str, given: dict[str, Any], expected: str) -> None:
    digits = len(expected.partition(".")[2])
    found = Fraction(catalogue[name].evaluate(**given).value)
    assert abs(found - Fraction(expected)) <= Fraction(1, 10**digits)


def test_the_plain_bernstein_form_by_its_formula() -> None:
    room = log(20) / 2000
    expected = 0.01 + 4 * (room + sqrt(room**2 + 2 * room * 0.01 / 4))
    given = {"factor": 4, "mean": "1/100", "n": 2000, "delta": "1/20"}
    assert float(catalogue["importance-bernstein"].evaluate(**given).value) == pytest.approx(
        expected
    )


def test_a_beta_prior_of_ones_is_the_uniform_mixture() -> None:
    for errors, n in ((0, 10), (3, 40), (40, 40)):
        given = {"errors": errors, "n": n, "delta": "1/20"}
        uniform = catalogue["confidence-sequence"].evaluate(**given)
        assert catalogue["confidence-sequence-beta"].evaluate(**given, a=1, b=1).value == (
            uniform.value
        )


@pytest.mark.parametrize(
    ("name", "more"),
    [("confidence-sequence-stitched", {}), ("confidence-sequence-beta", {"a": "1/2", "b": "1/2"})],
)
def test_bounds_at_any_time_are_seldom_missed_even_once(name: str, more: dict[str, str]) -> None:
    """All runs of 24 draws: that p is ever beyond the bound has probability δ at most."""
    delta, horizon = 0.5, 24
    upper = {
        (k, t): float(catalogue[name].evaluate(errors=k, n=t, delta="1/2", **more).upper)
        for t in range(1, horizon + 1)
        for k in range(min(t, 12) + 1)
    }
    for p in (0.05, 0.3, 0.6):
        alive = {0: 1.0}
        for t in range(1, horizon + 1):
            following: dict[int, float] = {}
            for k, mass in alive.items():
                for more_errors, chance in ((1, p), (0, 1 - p)):
                    at = k + more_errors
                    following[at] = following.get(at, 0.0) + mass * chance
            alive = {k: m for k, m in following.items() if p <= upper.get((k, t), 1.0)}
        assert 1 - sum(alive.values()) <= delta


def test_a_loss_that_is_all_or_none_is_a_disagreement() -> None:
    for errors, n in ((0, 1), (3, 40), (10**5, 10**6)):
        losses = catalogue["confidence-sequence-losses"].evaluate(
            mean=Fraction(errors, n), n=n, delta="1/50"
        )
        counted = catalogue["confidence-sequence-stitched"].evaluate(
            errors=errors, n=n, delta="1/50"
        )
        assert losses.value == counted.value


@pytest.mark.parametrize("chances", [(0.6, 0.1, 0.3), (0.05, 0.9, 0.05), (0.2, 0.0, 0.8)])
def test_a_mean_loss_is_seldom_beyond_its_bound_even_once(chances: tuple[float, ...]) -> None:
    """All runs of 40 losses of 0, a half and 1; halves are counted."""
    delta, horizon = 0.9, 40
    slack = [0.0] + [
        float(catalogue["confidence-sequence-losses"].evaluate(mean=0, n=t, delta="9/10").upper)
        for t in range(1, horizon + 1)
    ]
    mean = sum(i / 2 * chance for i, chance in enumerate(chances))
    alive = {0: 1.0}
    for t in range(1, horizon + 1):
        following: dict[int, float] = {}
        for seen, mass in alive.items():
            for loss, chance in enumerate(chances):
                following[seen + loss] = following.get(seen + loss, 0.0) + mass * chance
        alive = {s: m for s, m in following.items() if mean < s / 2 / t + slack[t]}
    missed = 1 - sum(alive.values())
    assert missed <= delta
    assert missed > 0  # the bound is missed at times: it was put to a test


@pytest.mark.parametrize("n", [1, 2, 3, 10, 100])
def test_the_entropy_moment_is_below_its_plain_bound(n: int) -> None:
    moment = sum(comb(n, k) * (k / n) ** k * (1 - k / n) ** (n - k) for k in range(n + 1))
    plain = float(catalogue["entropy-moment-upper"].evaluate(n=n).value)
    assert moment <= plain == pytest.approx(exp(1) * sqrt(n))


def test_the_plain_randomised_bound_is_above_the_exact_one() -> None:
    given = {"error": "1/50", "divergence": 5, "n": 1000, "delta": "1/20"}
    exact, plain = (
        float(catalogue[name].evaluate(**given).value)
        for name in ("pac-bayes-kl", "pac-bayes-kl-simple")
    )
    assert exact < plain < 1.1 * exact


@pytest.mark.parametrize("k", range(1, 7))
def test_a_parity_is_the_network_that_its_theorem_builds(k: int) -> None:
    """At all points: kinks at -k + 2 j, coefficients -f_0 and -2 f_j, bias f_0 = (-1)^k."""
    heights = [(-1) ** (k - j) for j in range(k)]
    for point in itertools.product((-1, 1), repeat=k):
        total = sum(point)
        hidden = [max(0, total + k - 2 * j) for j in range(k)]
        out = (-1) ** k - heights[0] * hidden[0]
        out -= 2 * sum(f * h for f, h in zip(heights[1:], hidden[1:], strict=True))
        product = 1
        for x in point:
            product *= x
        assert out == product
