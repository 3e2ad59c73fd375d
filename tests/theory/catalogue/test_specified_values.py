"""Values of the specification of the catalogue, to all of its digits, and those that it misprints.

Those of other files are not repeated; where several theorems have a value in common, each is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Any

import pytest
from mpmath import mp, mpf

from theory import catalogue
from theory.language.roots import EntropyMoment

VALUES: list[tuple[str, dict[str, Any], str]] = [
    ("black-box-queries", {"variables": 40, "delta": "1/100"}, "1088516511498.240"),
    ("vc-lower", {"vc": 8, "epsilon": "1/20"}, "4.375"),
    ("learning-confidence-samples", {"epsilon": "1/20", "delta": "1/100"}, "76.26772762674488"),
    ("success-without-teacher", {"cells": 4, "n": 10}, "0.8888373374938965"),
    ("disagreement-triangle", {"first": "1/30", "second": "1/70"}, "0.04761904761904762"),
    ("lrh-sets-robust", {"width": 3, "tau": 2, "B": "3/2", "eta": "1/17"}, "2055.111111111111"),
    ("lrh-probes", {"variables": 20, "depth": 2, "tau": 1, "B": 1}, "360"),
    ("breakeven-error", {"test-cost": 1, "proof-cost": 65536, "delta": "1/100"},
     "0.00007026685163403491"),
    ("transfer-factor", {"probabilities": "3/5,7/10,1/3"}, "2.24"),
    ("open-cells-none", {"masses": "1/16,1/32,1/64", "draws": "40,40,40", "delta": "1/20"},
     "0.00450984528159466064"),
    ("open-cells-none", {"masses": "1/10,1/12", "draws": "20,18", "delta": "1/20"},
     "0.0140229222179954764804"),
    ("open-cells-none", {"masses": "1/10,1/12", "draws": "20,18", "delta": "1/20", "slope":
      "1/220"}, "0.0140571705216967704310"),
    ("open-cells-pooled", {"open": "11/60", "errors": 0, "n": 38, "delta": "1/20"},
     "0.0138980694752101698900"),
    ("open-cells-none", {"masses": "1/16,1/32,1/64", "draws": "64,32,16", "delta": "1/20"},
     "0.00288674098383704915"),
    ("open-cells-none", {"masses": "1/16,1/32,1/64", "draws": "60,0,60", "caps": "1,1/10,1",
      "delta": "1/20"}, "0.00616893208188109411"),
    ("open-cells-pooled", {"open": "1/10", "errors": 0, "n": 1000, "delta": "1/20"},
     "0.00029912495450952962"),
    ("open-cells-union", {"masses": "1/16,1/16", "draws": "100,100", "errors": "2,0", "delta":
      "1/20"}, "0.00666253906976540931"),
    ("open-cells-pooled", {"open": "1/8", "errors": 2, "n": 200, "delta": "1/20"},
     "0.00389282492676046653"),
    ("open-cells-pooled", {"open": "7/64", "errors": 3, "n": 112, "delta": "1/100"},
     "0.00950570315756333940"),
    ("sequential-test", {"errors": 0, "epsilon": "1/100", "aim": "1/400", "delta": "1/20"},
     "396.932642130401047284"),
    ("sequential-test", {"errors": 1, "epsilon": "1/100", "aim": "1/400", "delta": "1/20"},
     "581.615773092229724162"),
    ("sequential-test", {"errors": 2, "epsilon": "1/100", "aim": "1/400", "delta": "1/20"},
     "766.298904054058401039"),
    ("confidence-sequence", {"errors": 0, "n": 1000, "delta": "1/20"}, "0.00985559915728520561"),
    ("confidence-sequence", {"errors": 2, "n": 100, "delta": "1/20"}, "0.11306521539355785115"),
    ("jeffreys", {"errors": 0, "n": 1000, "delta": "1/20"}, "0.00699750252142641162"),
    ("jeffreys", {"errors": 2, "n": 100, "delta": "1/20"}, "0.10467860612698567476"),
    ("looks", {"errors": 0, "look": 1, "n": 100, "delta": "1/20"}, "0.0362166926451764188265"),
    ("looks", {"errors": 2, "look": 4, "n": 800, "delta": "1/20"}, "0.0125917908539588760887"),
    ("finite-population", {"errors": 2, "points": 1024, "n": 200, "delta": "1/20"}, "29"),
    ("occam-binomial", {"errors": 0, "n": 1000, "class": 10000, "delta": "1/100"},
     "0.0137205143687895284274"),
    ("importance-upper", {"factor": 4, "errors": 0, "n": 1000, "delta": "1/20"},
     "0.0119649981803811849773"),
    ("test-sample-size", {"epsilon": "1/400", "delta": "1/20"}, "1196.79441839255304743"),
    ("conformal-coverage", {"rank": 951, "n": 1000}, "0.95004995004995004995004995005"),
    ("parity-statistical-queries", {"variables": 30, "tolerance": "1/1024", "delta": "1/2"},
     "511.99999904632568359375"),
    ("conformal-confidence", {"rank": 951, "n": 1000, "epsilon": "1/20"}, "0.479741057087320602"),
    ("universal-samples", {"epsilon": "1/10", "delta": "1/20"}, "28.4331588057434163457"),
    ("threshold-search-samples", {"probes": 1000000, "gamma": "1/50", "range": 1, "delta":
      "1/1000"}, "25904.0822961830140"),
    ("lrh-leaves-samples", {"variables": 100, "depth": 10, "tau": 1, "B": 1, "leaves": 20,
      "epsilon": "1/50", "delta": "1/1000"}, "1144779792.93852135"),
    ("pac-bayes-kl", {"error": 0, "divergence": 10, "n": 5000, "delta": "1/100"},
     "0.0038121291134563403"),
    ("confidence-sequence-stitched", {"errors": 0, "n": 100000, "delta": "1/100"},
     "0.00729452785413818794825"),
    ("junta-miss", {"relevant": 5, "pairs": 400}, "0.00001526357306975865"),
    ("composition-agnostic", {"opt": "1/50", "first": "1/30", "excess": "1/70"},
     "0.100952380952380952380952380952"),
    ("reduction-accuracy", {"epsilon": "1/10", "factor": 6, "slack": "1/20"},
     "0.008333333333333333333333333333"),
    ("lrh-rank", {"width": 3, "rank": 64, "eta": "1/17"}, "82.204444444444444444444444444"),
    ("lrh-rank", {"width": 2, "rank": 100, "eta": "1/5"}, "277.777777777777777777777777777"),
    ("lrh-rank-biased", {"width": 2, "rank": 50, "sigma": "4/5", "eta": "1/20"},
     "55.411255411255411255411255411"),
    ("lrh-rank-signs", {"width": 3, "rank": 64, "eta": "1/8"}, "85.333333333333333333333333333"),
    ("parity-statistical-queries", {"variables": 20, "tolerance": "1/100", "delta": "1/10"},
     "94.37174"),
    ("vc-lower", {"vc": 10, "epsilon": "1/20"}, "5.625"),
    ("vc-realizable", {"vc": 50, "epsilon": "1/1000", "delta": "1/20"}, "5466489.6"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "digits"), VALUES)
def test_values_to_all_digits(name: str, given: dict[str, Any], digits: str) -> None:
    found = catalogue[name].evaluate(**given)
    unit = Fraction(1, 10 ** len(digits.partition(".")[2]))
    assert all(abs(Fraction(x) - Fraction(digits)) <= unit for x in (found.lower, found.upper))


@pytest.mark.parametrize(
    ("name", "given", "integer"),
    [
        ("test-sample-size", {"epsilon": "11/1024", "delta": "1/20"}, 278),
        ("test-sample-size", {"epsilon": "66/65536", "delta": "1/100"}, 4571),
        ("boosting-copies", {"delta": "1/20"}, 6),
        ("boosting-copies", {"delta": "1/1000"}, 11),
        ("one-inclusion-samples", {"vc": 8, "copies": 8, "epsilon": "1/20", "delta": "1/100"},
         9834),
        ("one-inclusion-samples", {"vc": 50, "copies": 6, "epsilon": "1/1000", "delta": "1/20"},
         1375375),
        ("parity-examples", {"variables": 20, "delta": "1/100"}, 27),
    ],
)  # fmt: skip
def test_whole_numbers(name: str, given: dict[str, Any], integer: int) -> None:
    assert catalogue[name].evaluate(**given).integer == integer


@pytest.mark.parametrize(
    ("name", "given", "last", "first", "level"),
    [
        ("conformal-confidence", {"n": 1000, "epsilon": "1/20"}, ("rank", 961), 962, "1/20"),
        ("conformal-confidence", {"n": 300, "epsilon": "1/100"}, ("rank", 299), 300, "1/20"),
        ("real-trees-failure", {"variables": 20, "classes": 3, "leaves": 8, "epsilon": "1/20"},
         ("n", 6079), 6080, "1/20"),
        ("real-trees-failure", {"variables": 10, "classes": 2, "leaves": 16, "epsilon": "1/100"},
         ("n", 70662), 70663, "1/100"),
    ],
)  # fmt: skip
def test_the_first_number_that_is_enough(
    name: str, given: dict[str, Any], last: tuple[str, int], first: int, level: str
) -> None:
    letter, few = last
    found = [Fraction(catalogue[name].evaluate(**given, **{letter: n}).value) for n in (few, first)]
    assert found[0] > Fraction(level) >= found[1]


def test_no_rank_of_298_scores_is_enough() -> None:
    most = catalogue["conformal-confidence"].evaluate(rank=298, n=298, epsilon="1/100")
    assert Fraction(most.value) > Fraction(1, 20)


def test_least_draws_that_exclude_so_many_points() -> None:
    """By exact fractions: C(N - K, n)/C(N, n) <= δ, and not for one draw fewer."""
    for points, bad, delta, least in (
        (1024, 11, Fraction(1, 20), 243),
        (65536, 66, Fraction(1, 100), 4415),
    ):
        for n, enough in ((least, True), (least - 1, False)):
            given = {"points": points, "bad": bad, "errors": 0, "n": n}
            found = Fraction(catalogue["finite-pass-probability"].evaluate(**given).value)
            exact = Fraction(comb(points - bad, n), comb(points, n))
            assert abs(found - exact) < Fraction(1, 10**30)
            assert (exact <= delta) is enough


def _upper(k: int, n: int, delta: mpf) -> mpf:
    """The p with F(k; n, p) = δ, by halves."""
    low, high = mpf(0), mpf(1)
    for _ in range(150):
        p = (low + high) / 2
        cdf = sum(comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k + 1))
        low, high = (p, high) if cdf > delta else (low, p)
    return low


def _tilted(q: mpf, level: mpf) -> mpf:
    """The p >= q with kl(q, p) = level, by halves."""
    low, high = q, mpf(1)
    for _ in range(150):
        p = (low + high) / 2
        far = q * mp.log(q / p) + (1 - q) * mp.log((1 - q) / (1 - p)) > level
        low, high = (low, p) if far else (p, high)
    return low


def _moment(n: int) -> mpf:
    """ξ(n), term by term."""
    shares = [mpf(k) / n for k in range(n + 1)]
    return sum(comb(n, k) * q**k * (1 - q) ** (n - k) for k, q in enumerate(shares))


def _stitched(n: int, delta: mpf) -> mpf:
    """No disagreement in n draws, from 2^9 on and below 2^10."""
    constant = (mpf(2) ** mpf("0.25") + mpf(2) ** mpf("-0.25")) / 2
    return constant * mp.sqrt(mp.log(110 / delta) / (2 * n))


MISPRINTS: list[tuple[str, dict[str, Any], str, Callable[[], mpf]]] = [
    ("open-cells-union",
     {"masses": "1/16,1/32,1/64", "draws": "40,40,40", "errors": "0,0,0", "delta": "1/20"},
     "0.01064155633638634692", lambda: mpf(7) / 64 * (1 - mp.root(mpf(1) / 60, 40))),
    ("open-cells-union",
     {"masses": "1/16,1/32,1/64", "draws": "40,40,40", "errors": "1,0,0", "delta": "1/20"},
     "0.01343421070635212688",
     lambda: _upper(1, 40, mpf(1) / 60) / 16 + mpf(3) / 64 * (1 - mp.root(mpf(1) / 60, 40))),
    ("open-cells-union",
     {"masses": ",".join(["1/100"] * 10), "draws": ",".join(["100"] * 10),
      "errors": ",".join("0" * 10), "delta": "1/20"},
     "0.00516040296240040034", lambda: (1 - mp.root(mpf(1) / 200, 100)) / 10),
    ("open-cells-none", {"masses": "1/10,1/1000", "draws": "10,1000", "delta": "1/20"},
     "0.02588655508930523283", lambda: (1 - mp.root(mpf(1) / 20, 10)) / 10),
    ("clopper-pearson", {"errors": 2, "n": 100, "delta": "1/20"},
     "0.06161920039604070727", lambda: _upper(2, 100, mpf(1) / 20)),
    ("occam-binomial", {"errors": 3, "n": 2000, "class": 10**6, "delta": "1/20"},
     "0.0123187870394802103458", lambda: _upper(3, 2000, mpf(1) / (20 * 10**6))),
    ("importance-upper", {"factor": 4, "errors": 5, "n": 2000, "delta": "1/20"},
     "0.0209971011447739785178", lambda: 4 * _upper(5, 2000, mpf(1) / 20)),
    ("pac-bayes-kl", {"error": "1/50", "divergence": 5, "n": 1000, "delta": "1/20"},
     "0.0492825034599530761",
     lambda: _tilted(mpf(1) / 50, (5 + mp.log(20 * _moment(1000))) / 1000)),
    ("conformal-confidence", {"rank": 91, "n": 100, "epsilon": "1/10"},
     "0.451290165442003603",
     lambda: sum(comb(100, j) * mpf(9) ** (100 - j) for j in range(10)) / mpf(10) ** 100),
    ("universal-samples", {"epsilon": "1/100", "delta": "1/1000"},
     "687.315864830062083362521", lambda: mp.log(mpf(1) / 1000) / mp.log(mpf(99) / 100)),
    ("universal-approximate-samples", {"copies": 6, "epsilon": "1/10", "delta": "1/20"},
     "1753.80445546943672", lambda: 320 * mp.log(240)),
    ("confidence-sequence-stitched", {"errors": 0, "n": 1000, "delta": "1/20"},
     "0.06296681439347557", lambda: _stitched(1000, mpf(1) / 20)),
    ("sequential-test", {"errors": 0, "epsilon": "1/100", "aim": 0, "delta": "1/20"},
     "298.072852213222947468", lambda: mp.log(mpf(1) / 20) / mp.log(mpf(99) / 100)),
]  # fmt: skip
"""With the digits that the specification has, and the value by mpmath."""


@pytest.mark.parametrize(("name", "given", "printed", "exact"), MISPRINTS)
def test_values_that_the_specification_misprints(
    name: str, given: dict[str, Any], printed: str, exact: Callable[[], mpf]
) -> None:
    with mp.workdps(50):
        value = exact()
        found = mpf(catalogue[name].evaluate(**given).value)
        assert abs(found - value) < mpf(10) ** -34 * max(1, value)
        assert mpf(10) ** -len(printed.partition(".")[2]) < abs(value - mpf(printed)) < mpf("1e-7")


def test_the_moment_of_the_relative_entropy_of_a_thousand_draws() -> None:
    with mp.workdps(50):
        value = _moment(1000)
        assert abs(value - mpf("40.3032129261781545")) < mpf("1e-16")
    ball = EntropyMoment(1000).enclosure([Fraction(1000)])
    assert abs(float(ball.mid()) - float(value)) < 1e-12


def test_how_often_the_best_distiller_misses_ten_hidden_points() -> None:
    """The specification's exact failure at v = 10, ε = 1/20, n = 17, far above the bound 1/7."""
    v, epsilon, n = 10, Fraction(1, 20), 17
    hit = 8 * epsilon / v
    seen = [Fraction(1)] + [Fraction(0)] * v  # how many hidden points are seen
    for _ in range(n):
        stay = [p * (1 - hit * (v - s)) for s, p in enumerate(seen)]
        more = [Fraction(0), *(p * hit * (v - s) for s, p in enumerate(seen[:-1]))]
        seen = [a + b for a, b in zip(stay, more, strict=True)]
    failure = Fraction(0)
    for s, p in enumerate(seen):
        # v of the 2 v - s unseen points are named, v - s of which are hidden
        wrong = sum(comb(v - s, j) * comb(v, v - j) for j in range(v + 1) if j * hit > epsilon)
        failure += p * Fraction(wrong, comb(2 * v - s, v))
    assert abs(failure - Fraction("0.960853257262357")) < Fraction(1, 10**15)
    given = {"vc": v, "epsilon": epsilon, "theta": 8 * epsilon, "n": n}
    assert Fraction(catalogue["d-perfect-failure"].evaluate(**given).value) <= failure
    assert n > Fraction(catalogue["d-perfect-lower"].evaluate(vc=v, epsilon=epsilon).value) > n - 1
