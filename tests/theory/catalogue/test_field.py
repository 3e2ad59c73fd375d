"""Theorems that the field asks for by name: against all outcomes of tiny cases."""

from __future__ import annotations

import itertools
import random
from fractions import Fraction
from functools import cache
from math import log
from typing import Any

import pytest

from theory import catalogue

Pattern = tuple[int, ...]


def _value(name: str, **given: Any) -> Fraction:
    return Fraction(catalogue[name].evaluate(**given).value)


def _natarajan(patterns: set[Pattern], points: int) -> int:
    """The Natarajan dimension, by looking at all sets of points and pairs of labels."""
    for size in range(points, 0, -1):
        for places in itertools.combinations(range(points), size):
            seen = {tuple(p[i] for i in places) for p in patterns}
            for low, high in itertools.product(seen, repeat=2):
                if all(a != b for a, b in zip(low, high, strict=True)) and all(
                    choice in seen for choice in itertools.product(*zip(low, high, strict=True))
                ):
                    return size
    return 0


def test_no_class_of_three_labels_has_more_patterns_than_its_natarajan_dimension_allows() -> None:
    everything, rng = list(itertools.product(range(3), repeat=3)), random.Random(1)
    seen: set[int] = set()
    for _ in range(400):
        patterns = set(rng.sample(everything, rng.randint(1, 27)))
        v = _natarajan(patterns, 3)
        seen.add(v)
        assert len(patterns) <= _value("natarajan", natarajan=v, classes=3, n=3)
    assert seen == {0, 1, 2, 3}


def test_of_two_labels_the_bound_is_near_that_of_sauer() -> None:
    for v in (1, 2, 3):
        plain = _value("growth-function", vc=v, n=20)
        assert plain <= _value("natarajan-patterns", natarajan=v, classes=2, n=20) <= 8 * plain
    assert _value("natarajan-patterns", natarajan=1, classes=2, n=20) == 21  # the same


def test_consistent_students_of_several_labels_fail_less_often() -> None:
    """All functions of 2 points, 3 labels: one of error 1/2 fits where a point is unseen."""
    for n in (16, 20, 30):
        exact = Fraction(2, 2**n)
        assert exact <= _value("natarajan-failure", natarajan=2, classes=3, epsilon="1/2", n=n)
    assert _value("natarajan-failure", natarajan=2, classes=3, epsilon="1/2", n=200) < 1


def _claims(values: tuple[Fraction, ...], delta: Fraction) -> set[int]:
    """Which claims are made, in turn, at the levels of the theorem."""
    made: set[int] = set()
    order = sorted(range(len(values)), key=lambda g: values[g])
    for turn, g in enumerate(order, 1):
        if values[g] > _level(len(values), turn, delta):
            break
        made.add(g)
    return made


@cache
def _level(tests: int, turn: int, delta: Fraction) -> Fraction:
    return _value("holm", tests=tests, turn=turn, delta=delta)


@pytest.mark.parametrize("wrong", [{0}, {0, 1}, {0, 1, 2}])
def test_claims_in_turn_are_seldom_false(wrong: set[int]) -> None:
    """p-values of false claims uniform on twentieths, independent or never small together."""
    delta, grid = Fraction(6, 20), [Fraction(i, 20) for i in range(1, 21)]
    failures = 0
    for values in itertools.product(grid, repeat=len(wrong)):
        given = tuple(values[g] if g in wrong else Fraction(0) for g in range(3))
        failures += bool(_claims(given, delta) & wrong)
    assert 0 < Fraction(failures, 20 ** len(wrong)) <= delta
    apart = 0
    for i in range(20):  # a permutation of the twentieths for each: small ones never meet
        given = tuple(grid[(i + 7 * g) % 20] if g in wrong else Fraction(0) for g in range(3))
        apart += bool(_claims(given, delta) & wrong)
    assert Fraction(apart, 20) == delta  # no more could be allowed


def test_the_first_turn_is_bonferronis_and_the_last_has_all() -> None:
    delta = Fraction(1, 20)
    assert _level(4, 1, delta) == _value("several-tests", tests=4, delta=delta)
    assert _level(4, 4, delta) == delta


@pytest.mark.parametrize("mistakes", [0, 3, 9])
@pytest.mark.parametrize("delta", [Fraction(1, 20), Fraction(1, 2)])
def test_wrong_hypotheses_seldom_survive(mistakes: int, delta: Fraction) -> None:
    """One after the other, each of error ε, the last one too."""
    epsilon = Fraction(1, 10)
    asked = {"mistakes": mistakes, "epsilon": epsilon, "delta": delta}
    n = catalogue["online to batch"].evaluate(**asked).integer
    assert n is not None
    survives = 1 - (1 - (1 - epsilon) ** n) ** (mistakes + 1)
    assert survives <= delta
    assert (1 - epsilon) ** (n - 1) > delta / (mistakes + 1)


@pytest.mark.parametrize("degree", [0, 1, 2])
def test_no_polynomial_over_three_numbers_vanishes_more_often(degree: int) -> None:
    """All nonzero polynomials in two variables over the integers mod 3."""
    terms = [(i, j) for i in range(3) for j in range(3) if i + j <= degree]
    most = 0
    for coefficients in itertools.product(range(3), repeat=len(terms)):
        if any(coefficients):
            most = max(
                most,
                sum(
                    sum(c * x**i * y**j for c, (i, j) in zip(coefficients, terms, strict=True)) % 3
                    == 0
                    for x in range(3)
                    for y in range(3)
                ),
            )
    bound = _value("schwartz-zippel", degree=degree, values=3)
    assert abs(Fraction(most, 9) - bound) < Fraction(1, 10**30)  # products of lines attain it


def test_draws_tell_polynomials_apart_as_often_as_said() -> None:
    given = {"degree": 3, "values": 10, "delta": "1/1000"}
    n = catalogue["polynomial identity testing"].evaluate(**given).integer
    assert n is not None
    assert Fraction(3, 10) ** n <= Fraction(1, 1000) < Fraction(3, 10) ** (n - 1)


def _weights(f: tuple[int, ...], bits: int) -> dict[Pattern, Fraction]:
    """The squared coefficients of a function of -1 and 1 on all points."""
    points = list(itertools.product((0, 1), repeat=bits))
    return {
        s: Fraction(
            sum(
                v * (-1) ** sum(a * b for a, b in zip(s, x, strict=True))
                for v, x in zip(f, points, strict=True)
            ),
            2**bits,
        )
        ** 2
        for s in points
    }


def test_few_buckets_are_tested_and_no_large_coefficient_is_lost() -> None:
    """All functions of three bits; decisions right, those in between by chance."""
    rng = random.Random(2)
    theta = Fraction(1, 2)
    most = 8 * 3 / theta**2
    for f in itertools.product((-1, 1), repeat=8):
        weights, kept, tested = _weights(f, 3), [()], 0
        for _ in range(3):
            halves = [(*b, bit) for b in kept for bit in (0, 1)]
            tested += len(halves)
            kept = []
            for b in halves:
                weight = sum((w for s, w in weights.items() if s[: len(b)] == b), Fraction(0))
                if weight >= theta**2 or (weight >= theta**2 / 4 and rng.random() < 0.5):
                    kept.append(b)
        assert tested <= most
        assert {s for s, w in weights.items() if w >= theta**2} <= set(kept)


def test_samples_of_a_bucket_are_those_of_hoeffding_for_all_buckets() -> None:
    n = _value("kushilevitz-mansour", variables=10, theta="1/2", delta="1/20")
    assert abs(float(n) - 32 * 16 * log(8 * 10 * 4 * 20)) < 1e-9


@cache
def _functions(bits: frozenset[int], rank: int) -> frozenset[Pattern]:
    """The functions of three bits that trees of a rank compute, of these bits, none read twice."""
    points = list(itertools.product((0, 1), repeat=3))
    found = {(0,) * 8, (1,) * 8}
    for i in bits:
        rest = bits - {i}
        low = _functions(rest, rank - 1) if rank else frozenset()
        high = _functions(rest, rank)
        for a, b in [*itertools.product(low, high), *itertools.product(high, low)]:
            found.add(tuple(b[k] if x[i] else a[k] for k, x in enumerate(points)))
    return frozenset(found)


def test_trees_of_a_rank_are_no_more_than_are_paid_for() -> None:
    """ln of the number of functions, against what the bound counts with; and the numbers rise."""
    sizes = []
    for rank in (0, 1, 2, 3):
        functions = _functions(frozenset(range(3)), rank)
        given = {"variables": 3, "classes": 2, "rank": rank, "epsilon": "1/10", "delta": "1/20"}
        n = float(_value("ehrenfeucht-haussler", **given))
        assert n >= (log(len(functions)) + log(20)) / -log(0.9) - 1e-9
        sizes.append(len(functions))
    assert sizes[0] == 2 and sizes[-1] == 256 and sizes == sorted(sizes)
