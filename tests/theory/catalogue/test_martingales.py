"""Cantelli, McDiarmid, Azuma, Serfling, Fano, Rademacher: exact small laws, values of mpmath."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import combinations, product
from math import comb, log, prod
from typing import Any

import mpmath
import pytest
from mpmath import exp, mpf, sqrt

from theory import catalogue

F = Fraction


def _cantelli(variance: Any, n: Any, t: Any) -> Any:
    return variance / (variance + n * t**2)


def _serfling(points: Any, n: Any, t: Any) -> Any:
    return exp(-2 * n * t**2 / (1 - (n - 1) / points))


def _serfling_samples(points: Any, epsilon: Any, delta: Any) -> Any:
    told = -mpmath.log(delta)
    return told * (points + 1) / (2 * epsilon**2 * points + told)


def _azuma(squares: Any, t: Any) -> Any:
    return exp(-(t**2) / (2 * squares))


def _fano(information: Any, things: Any) -> Any:
    return 1 - (information + mpmath.log(2)) / mpmath.log(things)


def _massart(patterns: Any, n: Any) -> Any:
    return sqrt(2 * mpmath.log(patterns) / n)


FORMULAS: list[tuple[str, dict[str, Any], Callable[..., Any]]] = [
    ("Cantelli's inequality", {"variance": "1/100", "n": 50, "excess": "1/20"}, _cantelli),
    ("one-sided Chebyshev inequality", {"var": "99/10000", "n": 7, "t": "3/100"}, _cantelli),
    ("McDiarmid's inequality", {"influence": "1/40", "excess": "1/8"},
     lambda c, t: exp(-2 * t**2 / c)),
    ("method of bounded differences", {"C": 3, "t": "7/3"}, lambda c, t: exp(-2 * t**2 / c)),
    ("Azuma–Hoeffding inequality", {"squares": 100, "t": 25}, _azuma),
    ("azuma", {"C": "7/2", "deviation": "31/10"}, _azuma),
    ("Hoeffding-Serfling inequality", {"population": 500, "n": 120, "t": "1/12"}, _serfling),
    ("Serfling", {"points": 1024, "n": 1024, "epsilon": "1/300"}, _serfling),
    ("serfling-samples", {"N": 1000, "epsilon": "1/20", "delta": "1/100"}, _serfling_samples),
    ("Fano's inequality", {"information": "3/2", "hypotheses": 64}, _fano),
    ("fano", {"mi": "1/7", "N": 3}, _fano),
    ("Massart's lemma", {"patterns": 1000, "n": 5000}, _massart),
    ("massart-finite-class", {"class": 2, "n": 3}, _massart),
    ("Rademacher complexity", {"R": "1/30", "n": 700, "delta": "1/50"},
     lambda r, n, delta: r + sqrt(-mpmath.log(delta) / (2 * n))),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "formula"), FORMULAS)
def test_values(name: str, given: dict[str, Any], formula: Callable[..., Any]) -> None:
    found = catalogue[name].evaluate(**given)
    with mpmath.workdps(60):
        exact = formula(*(mpf(F(x).numerator) / F(x).denominator for x in given.values()))
        assert abs(mpf(found.value) / exact - 1) < mpf(10) ** -37


def _value(name: str, **given: Any) -> Fraction:
    return F(catalogue[name].evaluate(**given).value)


def test_cantelli_is_attained_and_closer_than_chebyshev() -> None:
    """By a loss of 1 with probability 1/5, else 0: it is 4/5 above its mean as often."""
    assert _value("cantelli", variance="4/25", n=1, excess="4/5") == F(1, 5)
    for t in ("1/10", "1/3", "1/2"):
        given = {"variance": "1/12", "n": 4, "excess": t}
        assert _value("cantelli", **given) < _value("chebyshev", **given)


@pytest.mark.parametrize("law", [{0: F(9, 10), 1: F(1, 10)}, {0: F(1, 3), F(1, 2): F(2, 3)}])
@pytest.mark.parametrize("n", [1, 2, 5])
def test_cantelli_of_averages(law: dict[Any, Fraction], n: int) -> None:
    mean = sum((x * p for x, p in law.items()), F(0))
    variance = sum((p * (x - mean) ** 2 for x, p in law.items()), F(0))
    for t in (F(1, 20), F(1, 6), F(1, 3), F(1, 2)):
        high = sum(
            (prod((law[x] for x in xs), start=F(1)) for xs in product(law, repeat=n)
             if sum(xs, F(0)) >= n * (mean + t)), F(0)
        )  # fmt: skip
        assert high <= _value("cantelli", variance=variance, n=n, excess=t)


FUNCTIONS: list[Callable[[tuple[int, ...]], Fraction]] = [
    lambda w: F(len(set(w))),
    lambda w: F(max(w)),
    lambda w: F(sum(w)),
    lambda w: F(abs(w[0] - w[1]) + w[2]),
]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_functions_of_independent_draws(function: Callable[[tuple[int, ...]], Fraction]) -> None:
    chance = {0: F(1, 2), 1: F(1, 3), 2: F(1, 6)}
    points = list(product(chance, repeat=3))
    law = {w: prod((chance[x] for x in w), start=F(1)) for w in points}
    mean = sum((p * function(w) for w, p in law.items()), F(0))
    most = [
        max(abs(function(w) - function((*w[:i], x, *w[i + 1 :]))) for w in points for x in chance)
        for i in range(3)
    ]
    influence = sum((c**2 for c in most), F(0))
    for t in (F(1, 10), F(1), F(3, 2), F(5, 2)):
        high = sum((p for w, p in law.items() if function(w) - mean >= t), F(0))
        assert high <= _value("bounded-differences", influence=influence, excess=t)


def test_azuma_of_a_walk_whose_steps_depend_on_the_last() -> None:
    """After a step up the next one is wide and likely, after a step down narrow."""
    paths = {(): (F(1), F(0))}
    for _ in range(6):
        grown: dict[tuple[int, ...], tuple[Fraction, Fraction]] = {}
        for path, (p, x) in paths.items():
            up, wide = (F(2, 3), F(1)) if path[-1:] == (1,) else (F(1, 2), F(3, 4))
            down = wide * up / (1 - up) if up < F(1, 2) else wide
            rise = down * (1 - up) / up
            grown[*path, 1] = (p * up, x + rise)
            grown[*path, -1] = (p * (1 - up), x - down)
        paths = grown
    assert sum(p for p, _ in paths.values()) == 1
    assert sum(p * x for p, x in paths.values()) == 0
    for t in (F(1), F(2), F(3), F(4)):
        high = sum((p for p, x in paths.values() if x >= t), F(0))
        assert high <= _value("azuma", squares=6, excess=t)


POPULATIONS = [
    (F(0), F(0), F(1), F(1)),
    (F(0), F(0), F(0), F(0), F(0), F(1)),
    (F(0), F(1, 4), F(1, 2), F(1, 2), F(3, 4), F(1), F(1)),
]


@pytest.mark.parametrize("population", POPULATIONS)
def test_means_without_replacement(population: tuple[Fraction, ...]) -> None:
    points = len(population)
    mean = sum(population, F(0)) / points
    for n in range(1, points + 1):
        drawn = [sum(xs, F(0)) / n for xs in combinations(population, n)]
        assert len(drawn) == comb(points, n)
        for t in (F(1, 20), F(1, 8), F(1, 4), F(1, 2)):
            high = F(sum(x - mean >= t for x in drawn), len(drawn))
            assert high <= _value("hoeffding-serfling", points=points, n=n, excess=t)


@pytest.mark.parametrize("points", [150, 333, 5000])
def test_the_number_without_replacement_is_the_least(points: int) -> None:
    given = {"epsilon": "1/10", "delta": "1/20"}
    n = catalogue["hoeffding-serfling-samples"].evaluate(points=points, **given).integer
    assert n is not None and 1 < n <= points
    assert _value("hoeffding-serfling", points=points, n=n, excess="1/10") <= F(1, 20)
    assert _value("hoeffding-serfling", points=points, n=n - 1, excess="1/10") > F(1, 20)
    few = catalogue["hoeffding-serfling-samples"].evaluate(points=10, **given)
    assert few.integer == 11 and few.vacuous
    assert n < 150  # of independent draws, ln(20) / (2/100) = 149.8 are needed


CHANNELS = [
    [[F(1, 2), F(1, 2)], [F(1, 2), F(1, 2)], [F(1, 2), F(1, 2)]],
    [[F(9, 10), F(1, 10)], [F(1, 10), F(9, 10)], [F(1, 2), F(1, 2)], [F(1, 3), F(2, 3)]],
    [[F(1), F(0), F(0)], [F(0), F(1), F(0)], [F(0), F(0), F(1)], [F(0), F(1, 2), F(1, 2)]],
]


@pytest.mark.parametrize("channel", CHANNELS)
def test_the_best_guess_is_wrong_as_often(channel: list[list[Fraction]]) -> None:
    things = len(channel)
    message = [sum(row[x] for row in channel) / things for x in range(len(channel[0]))]
    told = sum(float(q) / things * log(q / message[x])
               for row in channel for x, q in enumerate(row) if q)  # fmt: skip
    right = sum(max(row[x] for row in channel) for x in range(len(message))) / things
    least = _value("fano", information=F(told + 1e-12), things=things)
    assert 1 - right >= least
    assert _value("fano", information=0, things=1000) > F(89, 100)


@pytest.mark.parametrize("n", [2, 3, 4])
def test_classes_fit_coins_no_better(n: int) -> None:
    """Of every class of patterns with four members or fewer (n = 4: three)."""
    cube = list(product((1, -1), repeat=n))
    for size in range(2, 4 if n == 4 else 5):
        most = max(
            sum(max(sum(a * b for a, b in zip(v, s, strict=True)) for v in kept) for s in cube)
            for kept in combinations(cube, size)
        )
        assert F(most, n * len(cube)) <= _value("massart-finite-class", patterns=size, n=n)


def test_errors_above_those_on_the_samples() -> None:
    """Students that answer 1 from a threshold on, a teacher that answers 1 on half the points."""
    points, n, delta = (0, 1, 2, 3), 3, F(1, 5)
    wrong = {g: [(x >= g) != (x >= 2) for x in points] for g in range(5)}
    samples = list(product(points, repeat=n))
    coins = list(product((1, -1), repeat=n))
    fits = sum(
        max(sum(s * (1 if x >= g else -1) for s, x in zip(ss, xs, strict=True)) for g in wrong)
        for xs in samples
        for ss in coins
    )
    complexity = F(fits, n * len(samples) * len(coins))
    bound = _value("rademacher", complexity=complexity, n=n, delta=delta)
    above = [
        max(F(sum(w), 4) - F(sum(w[x] for x in xs), n) for w in wrong.values()) for xs in samples
    ]
    assert F(sum(x > bound for x in above), len(samples)) <= delta
    assert sum(above, F(0)) / len(samples) <= complexity
