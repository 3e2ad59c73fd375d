"""Perceptrons, weighted majorities, boosting, and what a sample shows: runs, all small ones."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import comb, exp, log, sqrt
from random import Random

import mpmath
import pytest

from theory import catalogue

F = Fraction


def _value(name: str, **given: object) -> mpmath.mpf:
    return mpmath.mpf(catalogue[name].evaluate(**given).value)


@pytest.mark.parametrize("seed", range(20))
def test_a_perceptron_makes_no_more_mistakes(seed: int) -> None:
    rng = Random(seed)
    direction = (F(3, 5), F(4, 5))
    points = [(F(rng.randint(-9, 9)), F(rng.randint(-9, 9))) for _ in range(40)]
    signed = []
    for x, y in points:
        along = x * direction[0] + y * direction[1]
        if abs(along) >= F(1, 5):
            signed.append((x, y) if along > 0 else (-x, -y))
    margin = min(x * direction[0] + y * direction[1] for x, y in signed)
    longest = max(x * x + y * y for x, y in signed)
    weights, mistakes = (F(0), F(0)), 0
    for x, y in signed * 60:
        if weights[0] * x + weights[1] * y <= 0:
            weights, mistakes = (weights[0] + x, weights[1] + y), mistakes + 1
    radius = F(-int(-sqrt(longest) * 1000 - 1), 1000)
    assert radius**2 >= longest
    most = catalogue["Novikoff's theorem"].evaluate(radius=radius, margin=margin).integer
    assert 1 <= mistakes <= most == radius**2 / margin**2 // 1


def test_one_mistake_is_the_bound_where_all_points_are_the_direction() -> None:
    assert catalogue["perceptron mistake bound"].evaluate(radius=3, margin=3).integer == 1


@pytest.mark.parametrize("beta", [F(1, 4), F(1, 2), F(9, 10)])
def test_a_majority_errs_no_more_often(beta: Fraction) -> None:
    """All worlds of two members and four rounds, and the worst for three."""
    for world in product(product((0, 1), repeat=2), repeat=4):
        weights, mistakes = [F(1), F(1)], 0
        for errs in world:
            wrong = sum(w for w, e in zip(weights, errs, strict=True) if e)
            if 2 * wrong >= sum(weights):
                weights = [w * beta if e else w for w, e in zip(weights, errs, strict=True)]
                mistakes += 1
        best = min(sum(errs[i] for errs in world) for i in (0, 1))
        found = catalogue["weighted majority algorithm"].evaluate(
            **{"class": 2, "best": best, "factor": beta}
        )
        assert mistakes <= found.integer
        exact = (log(2) + best * log(1 / beta)) / log(2 / (1 + beta))
        assert abs(float(found.value) - exact) < 1e-9


def test_the_halving_algorithm_is_the_limit() -> None:
    """With a best member that never errs and a small factor, log2 of the class is nearly enough."""
    given = {"class": 1024, "best": 0, "factor": "1/1000000000000"}
    assert abs(_value("weighted-majority", **given) - 10) < mpmath.mpf(10) ** -10
    assert catalogue["halving"].evaluate(**{"class": 1024}).integer == 10


@pytest.mark.parametrize("seed", range(10))
def test_boosting_leaves_no_more_errors(seed: int) -> None:
    """Thresholds of one number, labels with noise; the edge is the least of the rounds."""
    rng = Random(seed)
    labels = [1 if (i < 7) ^ (rng.random() < 0.2) else -1 for i in range(20)]
    stumps = [(cut, side) for cut in range(21) for side in (1, -1)]
    weights, votes, edge, rounds = [1.0] * 20, [0.0] * 20, 1.0, 0
    for _ in range(12):
        said = {s: [s[1] if i < s[0] else -s[1] for i in range(20)] for s in stumps}
        error, best = min(
            (sum(w for w, a, b in zip(weights, said[s], labels, strict=True) if a != b), s)
            for s in stumps
        )
        e = error / sum(weights)
        if not 0 < e < 0.5:
            break
        pull, rounds, edge = log(sqrt((1 - e) / e)), rounds + 1, min(edge, 0.5 - e)
        votes = [v + pull * a for v, a in zip(votes, said[best], strict=True)]
        weights = [exp(-v * b) for v, b in zip(votes, labels, strict=True)]
    left = sum(v * b <= 0 for v, b in zip(votes, labels, strict=True)) / 20
    if rounds:
        most = _value("AdaBoost", edge=F(edge) * F(999999, 1000000), rounds=rounds)
        assert left <= most
    assert abs(_value("adaboost", edge="1/10", rounds=100) - mpmath.exp(-2)) < mpmath.mpf(10) ** -15


@pytest.mark.parametrize("share", [F(1, 10), F(1, 2), F(4, 5)])
def test_the_moment_of_two_values_is_no_larger(share: Fraction) -> None:
    for slope, low, high in ((1, 0, 1), (F(1, 2), -1, 3), (4, 0, 1)):
        mean = low + share * (high - low)
        p, s = float(share), float(slope)
        moment = (1 - p) * exp(s * float(low - mean)) + p * exp(s * float(high - mean))
        most = _value("Hoeffding's lemma", slope=slope, least=low, most=high)
        assert moment <= most
        assert abs(most - mpmath.exp(mpmath.mpf(float(slope**2 * (high - low) ** 2)) / 8)) < 1e-12
    near = _value("hoeffding-lemma", slope="1/100", least=0, most=1)
    fair = (exp(-0.005) + exp(0.005)) / 2  # where both values are alike it is nearly reached
    assert 0 <= near - fair < 1e-9


def test_the_complexity_that_a_sample_shows_needs_more_room() -> None:
    """Mean complexity R: one root; a sample's: three, with half of the risk for each."""
    with mpmath.workdps(50):
        found = _value("empirical Rademacher complexity", complexity="1/10", n=1000, delta="1/100")
        exact = mpmath.mpf(1) / 10 + 3 * mpmath.sqrt(mpmath.log(200) / 2000)
        assert abs(found - exact) < mpmath.mpf(10) ** -35
    assert found > _value("Rademacher complexity", complexity="1/10", n=1000, delta="1/100")


@pytest.mark.parametrize("n", [40, 80])
def test_errors_are_seldom_above_what_the_sample_shows(n: int) -> None:
    """Two students, always 1 and always -1, labels 1 as often as not: all counts of ones.

    The complexity on any sample is the mean of |sum of n coins| / n.
    """
    delta = F(1, 10)
    shown = F(sum(comb(n, k) * abs(n - 2 * k) for k in range(n + 1)), 2**n * n)
    limit = F(catalogue["rademacher-empirical"].evaluate(complexity=shown, n=n, delta=delta).value)
    beyond = F(sum(comb(n, k) for k in range(n + 1) if abs(F(1, 2) - F(k, n)) > limit), 2**n)
    part = F(sum(comb(n, k) for k in range(n + 1) if abs(F(1, 2) - F(k, n)) > limit / 6), 2**n)
    assert beyond <= delta < part


def test_a_theorem_is_not_another_whose_name_is_the_beginning_of_its() -> None:
    assert catalogue["hoeffding-lemma"].name == "hoeffding-lemma"
    assert catalogue["Hoeffding's lemma"].name == "hoeffding-lemma"
    assert catalogue["Hoeffding's inequality"].name == "hoeffding-upper"
