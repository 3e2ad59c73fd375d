"""Bounds against exact failure probabilities, by enumeration of every sample of tiny problems."""

from __future__ import annotations

import itertools
from collections import Counter
from fractions import Fraction

import pytest

from theory import catalogue

POINTS = 4


def _errors(g: tuple[int, ...], f: tuple[int, ...]) -> int:
    return sum(a != b for a, b in zip(g, f, strict=True))


@pytest.mark.parametrize("n", range(1, 6))
def test_acceptance_of_a_tested_candidate(n: int) -> None:
    """All pairs (f, g) on 4 points reduce to the number of disagreements K; all 4^n samples."""
    for bad in range(POINTS + 1):
        accepted = sum(all(x >= bad for x in s) for s in itertools.product(range(4), repeat=n))
        exact = Fraction(accepted, POINTS**n)
        assert exact == (1 - Fraction(bad, POINTS)) ** n
        for epsilon in (Fraction(i, 8) for i in range(1, 8)):
            if Fraction(bad, POINTS) <= epsilon:
                continue
            delta = max(exact, Fraction(1, 10**6))
            need = catalogue["test-sample-size"].evaluate(epsilon=epsilon, delta=delta).integer
            # the bound may ask for more samples than this one g needs, never promise too much
            assert need is not None
            assert need >= n or exact == 0


CLASS = [
    (0, 0, 0, 0), (0, 0, 0, 1), (0, 0, 1, 0), (0, 1, 0, 0), (1, 0, 0, 0), (0, 0, 1, 1),
    (0, 1, 0, 1), (1, 0, 0, 1), (1, 1, 1, 1), (1, 1, 1, 0), (1, 0, 1, 1), (0, 1, 1, 0),
    (1, 1, 0, 0),
]  # fmt: skip


@pytest.mark.parametrize("n", range(1, 6))
def test_occam_realizable_never_fails_more_often_than_stated(n: int) -> None:
    for target in CLASS:
        samples = list(itertools.product(range(POINTS), repeat=n))
        for bad_points in (0, 1, 2):  # error > epsilon iff more than this many points
            epsilon = Fraction(2 * bad_points + 1, 2 * POINTS)
            failures = sum(
                any(
                    _errors(g, target) > bad_points and all(g[x] == target[x] for x in s)
                    for g in CLASS
                )
                for s in samples
            )
            exact = Fraction(failures, len(samples))
            if not 0 < exact < 1:
                continue
            # for any delta below the true failure probability the theorem must ask for more
            delta = exact * Fraction(999, 1000)
            need = catalogue["occam-realizable"].evaluate(
                epsilon=epsilon, delta=delta, class_=len(CLASS)
            )
            assert need.integer is not None
            assert need.integer > n


@pytest.mark.parametrize("n", range(1, 6))
def test_occam_agnostic_never_fails_more_often_than_stated(n: int) -> None:
    for target in itertools.product((0, 1), repeat=POINTS):
        best = min(_errors(g, target) for g in CLASS)
        failures: Counter[int] = Counter()
        for sample in itertools.product(range(POINTS), repeat=n):
            empirical = {g: sum(g[x] != target[x] for x in sample) for g in CLASS}
            least = min(empirical.values())
            # the adversary breaks ties for the worst
            worst = max(_errors(g, target) for g in CLASS if empirical[g] == least)
            failures[worst - best] += 1
        for bad_points in (0, 1):
            epsilon = Fraction(2 * bad_points + 1, 2 * POINTS)
            exact = Fraction(sum(c for e, c in failures.items() if e > bad_points), POINTS**n)
            if not 0 < exact < 1:
                continue
            need = catalogue["occam-agnostic"].evaluate(
                epsilon=epsilon, delta=exact * Fraction(999, 1000), class_=len(CLASS)
            )
            assert need.integer is not None
            assert need.integer > n
