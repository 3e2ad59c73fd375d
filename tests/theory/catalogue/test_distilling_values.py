"""Values of the theorems about distilling and its price, computed independently of the formulas."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest

from theory import catalogue

VALUES: list[tuple[str, dict[str, Any], str]] = [
    (
        "threshold-search-samples-kl",
        {"probes": 1000, "theta": "3/4", "high": "17/20", "low": "13/20", "delta": "1/20"},
        "426.735156971274533",
    ),
    (
        "threshold-search-samples-kl",
        {"probes": 10**6, "theta": "9/10", "high": "23/25", "low": "22/25", "delta": "1/1000"},
        "10395.8634432289671",
    ),
    ("certified-distillation", {"known": "1/100", "open": "1/50"}, "0.03"),
    (
        "relative-deviation",
        {"error": 0, "vc": 10, "n": 20000, "delta": "1/20"},
        "0.0194645046071388317",
    ),
    (
        "relative-deviation",
        {"error": "1/100", "vc": 10, "n": 20000, "delta": "1/20"},
        "0.0367428895923872724",
    ),
    (
        "relative-deviation",
        {"error": "1/20", "vc": 8, "n": 100000, "delta": "1/100"},
        "0.0658148080074439499",
    ),
    (
        "open-cells-stratified",
        {"known": 0, "open": "1/8", "errors": 2, "n": 200, "delta": "1/20"},
        "0.00389282492676046653",
    ),
    (
        "open-cells-stratified",
        {"known": 0, "open": "7/64", "errors": 3, "n": 112, "delta": "1/100"},
        "0.00950570315756333940",
    ),
    (
        "pac-bayes-kl",
        {"error": "1/50", "divergence": 5, "n": 1000, "delta": "1/20"},
        "0.04928250345995307908620",
    ),
    (
        "pac-bayes-kl",
        {"error": 0, "divergence": 10, "n": 5000, "delta": "1/100"},
        "0.0038121291134563403",
    ),
    ("lrh-rank", {"width": 3, "rank": 64, "eta": "1/17"}, "82.2044444444444"),
    ("lrh-rank", {"width": 2, "rank": 100, "eta": "1/5"}, "277.77777777777777"),
    ("lrh-rank-biased", {"width": 2, "rank": 50, "sigma": "4/5", "eta": "1/20"}, "55.4112554112"),
    ("lrh-rank-signs", {"width": 3, "rank": 64, "eta": "1/8"}, "85.3333333333333"),
    ("lrh-rank-conjunctions", {"width": 3, "rank": 64, "eta": "1/17"}, "657.6355555555555"),
    (
        "threshold-search-samples",
        {"probes": 1000, "gamma": "1/10", "range": 1, "delta": "1/20"},
        "495.174377626806402",
    ),
    (
        "threshold-search-samples",
        {"probes": 10**6, "gamma": "1/50", "range": 1, "delta": "1/1000"},
        "25904.0822961830139",
    ),
    ("beam-width", {"level": 2, "tau": 2, "B": "3/2", "deviation": "1/64"}, "256.0"),
    ("beam-width", {"level": 3, "tau": 2, "B": "3/2", "deviation": "1/64"}, "2304.0"),
    (
        "beam-samples",
        {"sets": 1350, "B": "3/2", "deviation": "1/64", "delta": "1/100"},
        "316545.539472703596",
    ),
    (
        "beam-samples",
        {"sets": 1275, "B": 1, "deviation": "1/32", "delta": "1/1000"},
        "40675.3180377109531",
    ),
    (
        "erm-relative-samples",
        {"class": 80**7 * 2**8, "epsilon": "1/10", "delta": "1/100"},
        "2706.03224891374788",
    ),
    (
        "erm-relative-samples",
        {"class": 400**19 * 2**20, "epsilon": "1/50", "delta": "1/1000"},
        "44093.3450481867052",
    ),
    (
        "lrh-leaves-samples",
        {
            "variables": 20,
            "depth": 7,
            "tau": 1,
            "B": 1,
            "leaves": 8,
            "epsilon": "1/10",
            "delta": "1/100",
        },
        "13019730.7098483107",
    ),
    ("tree-cut-error", {"leaves": 4, "depth": 1}, "0.5"),
    (
        "parity-statistical-queries",
        {"variables": 30, "tolerance": "1/1024", "delta": "1/2"},
        "511.99999904632568359375",
    ),
    (
        "parity-statistical-queries",
        {"variables": 20, "tolerance": "1/100", "delta": "1/10"},
        "94.37174",
    ),
    ("conformal-coverage", {"rank": 951, "n": 1000}, "0.95004995004995"),
    (
        "conformal-confidence",
        {"rank": 951, "n": 1000, "epsilon": "1/20"},
        "0.479741057087320602",
    ),
    ("conformal-confidence", {"rank": 91, "n": 100, "epsilon": "1/10"}, "0.451290165442003587"),
    ("confidence-sequence", {"errors": 0, "n": 1000, "delta": "1/20"}, "0.009855599157285205601"),
    ("confidence-sequence", {"errors": 2, "n": 100, "delta": "1/20"}, "0.11306521539355785115"),
    (
        "importance-kl-upper",
        {"factor": 4, "mean": "1/100", "n": 2000, "delta": "1/20"},
        "0.0252082815536608602474",
    ),
    (
        "importance-kl-upper",
        {"factor": "3/2", "mean": "1/50", "n": 500, "delta": "1/100"},
        "0.0528964965818664664745",
    ),
    (
        "universal-approximate-samples",
        {"copies": 6, "epsilon": "1/10", "delta": "1/20"},
        "1753.8044554694372171",
    ),
    (
        "universal-approximate-samples",
        {"copies": 11, "epsilon": "1/50", "delta": "1/1000"},
        "15998.0763717447246",
    ),
    (
        "universal-approximate-lower",
        {"epsilon": "1/10", "delta": "1/1000"},
        "30.5510636956444976",
    ),
    (
        "universal-approximate-lower",
        {"epsilon": "1/50", "delta": "1/1000"},
        "79.6644671003288185",
    ),
    (
        "one-inclusion-samples",
        {"vc": 8, "copies": 8, "epsilon": "1/20", "delta": "1/100"},
        "9834.0",
    ),
    (
        "one-inclusion-samples",
        {"vc": 50, "copies": 6, "epsilon": "1/1000", "delta": "1/20"},
        "1375375.0",
    ),
    (
        "occam-trees-multiclass",
        {"variables": 20, "classes": 10, "depth": 3, "epsilon": "1/50", "delta": "1/100"},
        "2177.72678450208610142",
    ),
    (
        "occam-trees-multiclass",
        {"variables": 100, "classes": 3, "depth": 5, "epsilon": "1/100", "delta": "1/100"},
        "18160.6905330840107346",
    ),
    (
        "occam-leaves-multiclass",
        {"variables": 20, "classes": 10, "leaves": 8, "epsilon": "1/50", "delta": "1/100"},
        "2658.06144338337554409",
    ),
    (
        "occam-leaves-multiclass",
        {"variables": 100, "classes": 3, "leaves": 32, "epsilon": "1/100", "delta": "1/100"},
        "22436.6794971487773189",
    ),
    ("composition-agnostic", {"opt": "1/4", "first": "1/4", "excess": 0}, "0.75"),
    ("composition-agnostic", {"opt": "1/50", "first": "1/30", "excess": "1/70"}, "0.1009523809523"),
    ("reduction-accuracy", {"epsilon": "1/10", "factor": 6, "slack": "1/20"}, "0.00833333333333"),
    ("universal-samples", {"epsilon": "1/10", "delta": "1/20"}, "28.4331588057434163457"),
    ("universal-samples", {"epsilon": "1/100", "delta": "1/1000"}, "687.31586483008336252081"),
    ("d-perfect-lower", {"vc": 10, "epsilon": "1/20"}, "16.9797480183389450"),
    ("d-perfect-lower", {"vc": 100, "epsilon": "1/100"}, "866.087355881346331"),
    ("vc-lower-sharp", {"vc": 10, "epsilon": "1/20"}, "15.2466120530717559"),
    ("vc-lower-sharp", {"vc": 8, "epsilon": "1/20"}, "11.7801035050651671"),
    ("agnostic-lower", {"pairs": 10, "epsilon": "1/20"}, "16.4999417082100320"),
    ("agnostic-lower", {"pairs": 50, "epsilon": "1/100"}, "2240.31644304748229"),
    ("agnostic-lower-simple", {"pairs": 10, "epsilon": "1/20"}, "11.71875"),
    ("agnostic-lower-simple", {"pairs": 50, "epsilon": "1/100"}, "1464.84375"),
    (
        "agnostic-confidence-samples",
        {"epsilon": "1/10", "delta": "1/20"},
        "165.241364172229925",
    ),
    (
        "agnostic-confidence-samples",
        {"epsilon": "1/50", "delta": "1/1000"},
        "13803.3921306616040",
    ),
    (
        "agnostic-conflict-samples",
        {"conflict": 3, "epsilon": "1/10", "delta": "1/20"},
        "104.104218980431498",
    ),
    (
        "agnostic-conflict-samples",
        {"conflict": 5, "epsilon": "1/50", "delta": "1/1000"},
        "5351.84618781546688",
    ),
    ("d-perfect-confidence-samples", {"epsilon": "1/10", "delta": "1/20"}, "21.8543453267828326"),
    (
        "d-perfect-confidence-samples",
        {"epsilon": "1/100", "delta": "1/1000"},
        "618.348300893554870",
    ),
]


@pytest.mark.parametrize(("name", "parameters", "digits"), VALUES)
def test_values(name: str, parameters: dict[str, Any], digits: str) -> None:
    result = catalogue[name].evaluate(**parameters)
    unit = Fraction(1, 10 ** len(digits.split(".")[1]))
    for end in (result.lower, result.upper):
        assert abs(Fraction(end) - Fraction(digits)) <= unit


@pytest.mark.parametrize(
    ("rank", "n", "epsilon"), [(962, 1000, Fraction(1, 20)), (300, 300, Fraction(1, 100))]
)
def test_least_rank_with_confidence(rank: int, n: int, epsilon: Fraction) -> None:
    theorem, delta = catalogue["conformal-confidence"], Fraction(1, 20)
    assert Fraction(theorem.evaluate(rank=rank, n=n, epsilon=epsilon).upper) <= delta
    assert Fraction(theorem.evaluate(rank=rank - 1, n=n, epsilon=epsilon).lower) > delta


def test_too_few_scores_have_no_rank_with_confidence() -> None:
    last = catalogue["conformal-confidence"].evaluate(rank=298, n=298, epsilon="1/100")
    assert Fraction(last.lower) > Fraction(1, 20)


def test_parities_are_determined_by_few_examples() -> None:
    assert catalogue["parity-examples"].evaluate(variables=20, delta="1/100").integer == 27


def test_draws_in_proportion_cover_the_error() -> None:
    """Two cells with rates of their own: the pooled bound is missed with at most δ, exactly."""
    delta, draws = Fraction(1, 5), (4, 2)
    theorem, n = catalogue["open-cells-stratified"], sum(draws)
    upper = [
        Fraction(theorem.evaluate(known=0, open=1, errors=k, n=n, delta=delta).upper)
        for k in range(n + 1)
    ]
    for rates in itertools.product((Fraction(0), Fraction(1, 10), Fraction(1, 2)), repeat=2):
        chances = [r for r, s in zip(rates, draws, strict=True) for _ in range(s)]
        mean, missed = sum(chances, Fraction(0)) / n, Fraction(0)
        for outcome in itertools.product((0, 1), repeat=n):
            mass = Fraction(1)
            for x, r in zip(outcome, chances, strict=True):
                mass *= r if x else 1 - r
            missed += mass * (upper[sum(outcome)] < mean)
        assert missed <= delta


def test_a_reduction_after_a_reduction() -> None:
    given = {"first-factor": 2, "first-slack": "1/100", "second-factor": 3, "second-slack": "1/50"}
    at = {e: Fraction(catalogue["reduction-composition"].evaluate(**given, error=e).value)
          for e in (0, 1)}  # fmt: skip
    assert (at[0], at[1] - at[0]) == (Fraction(1, 20), 6)


@pytest.mark.parametrize(
    ("least", "given"),
    [
        (6080, {"variables": 20, "classes": 3, "leaves": 8, "epsilon": "1/20", "value": "1/20"}),
        (70663, {"variables": 10, "classes": 2, "leaves": 16, "epsilon": "1/100",
                 "value": "1/100"}),
    ],
)  # fmt: skip
def test_samples_for_trees_on_real_features(least: int, given: dict[str, Any]) -> None:
    value = Fraction(given.pop("value"))
    theorem = catalogue["real-trees-failure"]
    assert Fraction(theorem.evaluate(**given, n=least).upper) <= value
    assert Fraction(theorem.evaluate(**given, n=least - 1).lower) > value


def _tree_functions(d: int, m: int, r: int) -> set[tuple[int, ...]]:
    """The functions on {0, 1}^d of trees of depth at most r with m classes, as tables."""
    points = list(itertools.product((0, 1), repeat=d))
    found = {(c,) * len(points) for c in range(m)}
    for _ in range(r):
        found |= {
            tuple((b if x[i] else a)[j] for j, x in enumerate(points))
            for i in range(d)
            for a in found
            for b in found
        }
    return found


@pytest.mark.parametrize(
    ("d", "m", "r", "count"), [(2, 3, 1, 15), (2, 3, 2, 81), (3, 3, 1, 21), (3, 2, 2, 62)]
)
def test_functions_of_trees_with_classes(d: int, m: int, r: int, count: int) -> None:
    functions = _tree_functions(d, m, r)
    assert len(functions) == count
    bound = d ** (2**r - 1) * m ** (2**r)
    assert count <= bound
    theorem = catalogue["log-tree-functions-multiclass"]
    logarithm = theorem.evaluate(variables=d, classes=m, depth=r).lower
    assert 2.718281 ** float(Fraction(logarithm)) == pytest.approx(bound, rel=1e-5)


def _apart(law: Sequence[Fraction], f: Sequence[Any], g: Sequence[Any]) -> Fraction:
    """How often two functions differ, as the lists of their values at the points of a law."""
    return sum((p for p, x, y in zip(law, f, g, strict=True) if x != y), Fraction(0))


def test_the_error_of_a_student_of_a_student_counts_twice() -> None:
    """D = (1/4, 1/4, 1/2), f = 000, g = 100, H = {010, 101}: the tie for g may go to 101."""
    law = (Fraction(1, 4), Fraction(1, 4), Fraction(1, 2))

    f, g, students = "000", "100", ("010", "101")
    assert len({_apart(law, g, h) for h in students}) == 1
    opt = min(_apart(law, f, h) for h in students)
    bound = catalogue["composition-agnostic"].evaluate(opt=opt, first=_apart(law, f, g), excess=0)
    assert max(_apart(law, f, h) for h in students) == Fraction(bound.value) == Fraction(3, 4)


def test_agnostic_composition_on_all_small_cases() -> None:
    law = (Fraction(1, 6), Fraction(1, 3), Fraction(1, 2))
    functions = list(itertools.product((0, 1), repeat=3))

    tight = 0
    for f, g in itertools.product(functions, repeat=2):
        for students in itertools.combinations(functions, 2):
            opt = min(_apart(law, f, h) for h in students)
            best = min(_apart(law, g, h) for h in students)
            for h in students:
                bound = opt + 2 * _apart(law, f, g) + _apart(law, g, h) - best
                assert _apart(law, f, h) <= bound
                tight += _apart(law, f, h) == bound
    assert tight > 0


def test_how_often_a_perfect_student_is_missed() -> None:
    """The best distiller against v hidden points of 2v, computed exactly, fails more often."""
    v, epsilon, n = 3, Fraction(1, 16), 5
    theta = 8 * epsilon
    hit = theta / v
    seen: dict[frozenset[int], Fraction] = {frozenset(): Fraction(1)}
    for _ in range(n):
        following: dict[frozenset[int], Fraction] = {}
        for points, p in seen.items():
            following[points] = following.get(points, Fraction(0)) + p * (1 - theta)
            for i in range(v):
                more = points | {i}
                following[more] = following.get(more, Fraction(0)) + p * hit
        seen = following
    failure = Fraction(0)
    for points, p in seen.items():
        s = len(points)
        # the output avoids what was seen, and errs on v of the 2v - s others
        hidden = list(itertools.combinations(range(2 * v - s), v - s))
        wrong = [len(set(h) & set(range(v))) * hit > epsilon for h in hidden]
        failure += p * Fraction(sum(wrong), len(wrong))
    bound = catalogue["d-perfect-failure"].evaluate(vc=v, epsilon=epsilon, theta=theta, n=n)
    assert 0 < Fraction(bound.value) <= failure


@pytest.mark.parametrize(("pairs", "n"), [(1, 3), (1, 8), (2, 5)])
def test_how_often_conflict_pairs_are_named_wrongly(pairs: int, n: int) -> None:
    """The exact law of the excess of the best distiller, one pair or two."""
    gamma, epsilon = Fraction(1, 2), Fraction(1, 8)
    failure = Fraction(0)
    chances = [Fraction(1, pairs) * (1 + s * gamma) / 2 for _ in range(pairs) for s in (1, -1)]
    for draws in itertools.product(range(2 * pairs), repeat=n):
        p = Fraction(1)
        for x in draws:
            p *= chances[x]
        counts = [draws.count(2 * i) - draws.count(2 * i + 1) for i in range(pairs)]
        # ties are broken by a coin
        options = [(1,) if c > 0 else (0,) if c < 0 else (0, 1) for c in counts]
        outcomes = list(itertools.product(*options))
        wrong = [gamma * Fraction(o.count(0), pairs) > epsilon for o in outcomes]
        failure += p * Fraction(sum(wrong), len(wrong))
    bound = catalogue["agnostic-failure"].evaluate(pairs=pairs, epsilon=epsilon, gamma=gamma, n=n)
    assert Fraction(bound.lower) <= failure


def test_a_confidence_sequence_holds_at_all_times_at_once() -> None:
    """The exact probability that some bound up to t = 60 is missed, for several p."""
    delta, horizon = Fraction(1, 5), 60
    theorem = catalogue["confidence-sequence"]
    upper = {
        (k, t): float(Fraction(theorem.evaluate(errors=k, n=t, delta=delta).upper))
        for t in range(1, horizon + 1)
        for k in range(min(t, 12) + 1)
    }
    for p in (0.02, 0.1, 0.3):
        alive = {0: 1.0}
        for t in range(1, horizon + 1):
            following: dict[int, float] = {}
            for k, mass in alive.items():
                for more, chance in ((1, p), (0, 1 - p)):
                    following[k + more] = following.get(k + more, 0.0) + mass * chance
            alive = {k: m for k, m in following.items() if p <= upper.get((k, t), 1.0)}
        assert 0 < 1 - sum(alive.values()) <= delta


def test_weighted_tests_cover_the_error() -> None:
    """All samples of four draws from another law: the bound is missed with at most δ."""
    delta, n = Fraction(1, 5), 4
    law = {"wrong": (Fraction(1, 10), Fraction(2)), "light": (Fraction(3, 10), Fraction(1, 2)),
           "right": (Fraction(3, 5), Fraction(0))}  # fmt: skip
    error = sum((p * w for p, w in law.values()), Fraction(0))
    missed = Fraction(0)
    for draws in itertools.product(law.values(), repeat=n):
        mean = sum((w for _, w in draws), Fraction(0)) / n
        bound = catalogue["importance-kl-upper"].evaluate(factor=2, mean=mean, n=n, delta=delta)
        chance = Fraction(1)
        for p, _ in draws:
            chance *= p
        missed += chance * (Fraction(bound.upper) < error)
    assert missed <= delta


def test_zero_samples_suffice_or_fail_with_one_over_the_points() -> None:
    """Students that err on exactly one point each: the uniform choice fails so seldom, and less."""
    for points in (2, 3):
        bound = Fraction(catalogue["zero-samples-failure"].evaluate(points=points).value)
        assert abs(bound - Fraction(1, points)) < Fraction(1, 10**30)
