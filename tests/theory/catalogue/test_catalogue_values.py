"""The catalogue's ground-truth values to every digit given, and the claimed monotonicity."""

from __future__ import annotations

import math
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from tests.every import EVERY, some
from theory import TheoryError, catalogue
from theory.catalogue import subjects
from theory.checking.cited_trends import SOURCES
from theory.language.statement import Theorem
from theory.language.symbols import Parameter
from theory.values.evaluation import check_requirements, environment, read_parameters
from theory.values.tables import by_subject

# computed by a program independent of the formulas here, and given to all digits shown
GROUND_TRUTH = [
    ("test-sample-size", {"epsilon": "1/100", "delta": "1/20"}, "298.07285221322294747"),
    ("clopper-pearson", {"errors": 3, "n": 200, "delta": "1/20"}, "0.038309708498569347352"),
    ("kl-upper", {"errors": 3, "n": 200, "delta": "1/20"}, "0.046408476355370295630"),
    (
        "occam-trees-realizable",
        {"variables": 20, "depth": 3, "epsilon": "1/50", "delta": "1/100"},
        "1540.4110476994555537",
    ),
    ("vc-realizable", {"vc": 15, "epsilon": "1/10", "delta": "1/20"}, "8426.8413756341454099"),
    ("vc-agnostic-excess", {"vc": 10, "n": 20000, "delta": "1/20"}, "0.11194750638946936407"),
    ("success-without-teacher", {"cells": 8, "n": 30}, "0.92841627613060316344"),
    (
        "lrh-sets-robust",
        {"width": 3, "tau": "7/3", "B": "11/5", "eta": "1/20"},
        "4684.6419753086419753",
    ),
    (
        "lrh-search-samples",
        {"variables": 50, "depth": 3, "tau": 2, "B": "3/2", "delta": "1/100"},
        "404888.24479745863941",
    ),
    (
        "leaf-tail-product",
        {"offset": 2, "coefficients": "1/2,-3/4,1/3", "probabilities": "1/2,3/5,2/3"},
        "0.12467789331404073070",
    ),
    (
        "mcdiarmid-empirical",
        {"mean": "3/2", "influence": "13/5", "n": 4000, "delta": "1/1000"},
        "0.19727552813134037675",
    ),
    ("exact-erm", {"variables": 30, "depth": 4, "delta": "1/1000"}, "1069.3779416754532729"),
    ("clopper-pearson", {"errors": 2, "n": 100, "delta": "1/20"}, "0.06161920039604071"),
    ("kl-upper", {"errors": 2, "n": 100, "delta": "1/20"}, "0.07473336623277323"),
    ("hoeffding-upper", {"errors": 2, "n": 100, "delta": "1/20"}, "0.1423873415340408"),
    ("vc-realizable", {"vc": 8, "epsilon": "1/20", "delta": "1/100"}, "10268.63080067642"),
    (
        "learning-confidence-samples",
        {"epsilon": "1/20", "delta": "1/100"},
        "76.26772762674488",
    ),
    ("vc-agnostic-excess", {"vc": 5, "n": 10**4, "delta": "1/100"}, "0.1252935231774455"),
    ("log-tree-functions", {"variables": 10, "depth": 3}, "21.66327309543788"),
    (
        "occam-trees-realizable",
        {"variables": 100, "depth": 5, "epsilon": "1/100", "delta": "1/100"},
        "16869.70049567736",
    ),
    ("success-without-teacher", {"cells": 4, "n": 10}, "0.8888373374938965"),
    ("samples-without-teacher", {"cells": 32, "delta": "1/100"}, "123.2183747083447"),
    ("composition-confidence", {"first": "1/30", "second": "1/70"}, "0.04714285714285714"),
    (
        "lrh-sets-robust",
        {"width": 3, "tau": 2, "B": "3/2", "eta": "1/17"},
        "2055.111111111111",
    ),
    ("lrh-sets", {"width": 3, "tau": 2, "B": "3/2"}, "576"),
    (
        "lrh-search-samples",
        {"variables": 20, "depth": 2, "tau": 1, "B": 1, "delta": "1/100"},
        "8469.287816459140",
    ),
    ("leaf-tail", {"offset": 3, "squares": "7/2"}, "0.2764530466295644"),
    (
        "leaf-tail-product",
        {"offset": 1, "coefficients": "1/2,1/3", "probabilities": "3/5,7/10"},
        "0.1217051641855610",
    ),
    ("junta-influence-miss", {"relevant": 5, "n": 100}, "0.007872227645072464"),
    ("mcdiarmid-tail", {"mean": 2, "influence": 3}, "0.06948345122280153"),
    (
        "mcdiarmid-empirical",
        {"mean": 2, "influence": 3, "n": 1000, "delta": "1/100"},
        "0.08632488061456203",
    ),
    ("exact-test", {"depth": 6, "delta": "1/1000"}, "438.6333947698393"),
    ("exact-erm", {"variables": 20, "depth": 3, "delta": "1/100"}, "233.0573577769338"),
    (
        "breakeven-error",
        {"test-cost": 1, "proof-cost": 2**16, "delta": "1/100"},
        "0.00007026685163403491",
    ),
    (
        "hybrid-samples",
        {"epsilon": "1/1000", "delta": "1/100", "proved": "19/20"},
        "227.9481711836990",
    ),
    ("attempt-samples", {"attempt": 7, "epsilon": "1/100", "delta": "1/20"}, "698.5919741023442"),
    ("black-box-queries", {"variables": 40, "delta": "1/100"}, "1088516511498.240"),
    (
        "vc-agnostic-samples",
        {"vc": 5, "epsilon": "1/10", "delta": "1/100"},
        "61476.89382134342",
    ),
    (
        "boosting-samples",
        {"copies": 8, "epsilon": "1/20", "delta": "1/100"},
        "2360.882850632919",
    ),
    ("vc-lower", {"vc": 8, "epsilon": "1/20"}, "4.375"),
    ("tree-count", {"variables": 2, "depth": 2}, "312"),
    ("lrh-probes", {"variables": 20, "depth": 2, "tau": 1, "B": 1}, "360"),
    (
        "volume-samples",
        {"variables": 10, "epsilon": "1/10", "delta": "1/20"},
        "543.6745115831323",
    ),
    ("occam-realizable", {"class": 16, "epsilon": "1/10", "delta": "1/20"}, "54.74841272158575"),
    ("test-sample-size", {"epsilon": "1/1000", "delta": "1/100"}, "4602.867216938911"),
    ("test-samples-simple", {"epsilon": "1/1000", "delta": "1/100"}, "4605.170185988091"),
    ("bernstein-upper", {"errors": 2, "n": 100, "delta": "1/20"}, "0.09573651118294353"),
    ("bernstein-simple", {"errors": 2, "n": 100, "delta": "1/20"}, "0.1145310131231255"),
    (
        "learning-confidence-deterministic",
        {"epsilon": "1/1000", "delta": "1/100"},
        "4602.867216938911",
    ),
    (
        "occam-realizable",
        {"class": 10**6, "epsilon": "1/20", "delta": "1/100"},
        "359.1245398428391",
    ),
    ("occam-simple", {"class": 10**6, "epsilon": "1/20", "delta": "1/100"}, "368.4136148790473"),
    ("occam-agnostic", {"class": 1000, "epsilon": "1/10", "delta": "1/20"}, "1980.497410440509"),
    ("junta-count", {"variables": 10, "relevant": 4}, "13591372"),
    ("junta-count-upper", {"variables": 10, "relevant": 4}, "13762560"),
    ("disagreement-triangle", {"first": "1/30", "second": "1/70"}, "0.04761904761904762"),
    (
        "boosting-samples-additive",
        {"copies": 8, "gamma": "1/20", "delta": "1/100"},
        "5795.382012482680",
    ),
    ("tree-counterexamples", {"variables": 10, "depth": 3}, "31.25349666421154"),
    ("lrh-tightness", {"variables": 1000, "width": 2}, "1.133569312342229"),
    ("lrh-pool", {"variables": 20, "depth": 2, "tau": 1, "B": 1, "eta": 0}, "344"),
    ("conjunctions-total", {"variables": 20, "depth": 2}, "801"),
    (
        "lrh-deviation-clipped",
        {"tau": 1, "B": 1, "n": 10**6, "probes": 360, "delta": "1/100"},
        "0.006290335588667985",
    ),
    (
        "lrh-probe-samples",
        {"variables": 20, "depth": 2, "tau": 1, "B": 1, "delta": "1/100"},
        "1331272.370763891",
    ),
    (
        "lrh-tree-samples",
        {"variables": 20, "depth": 2, "epsilon": "1/10", "delta": "1/100"},
        "161.9022344655988",
    ),
    (
        "lrh-distillation",
        {"variables": 20, "depth": 2, "tau": 1, "B": 1, "epsilon": "1/10", "delta": "1/100"},
        "8469.287816459140",
    ),
    ("transfer-factor", {"probabilities": "3/5,7/10,1/3"}, "2.240000000000000"),
    ("junta-miss", {"relevant": 5, "pairs": 400}, "0.00001526357306975865"),
    ("junta-queries", {"variables": 1000, "relevant": 5, "pairs": 269}, "2772"),
    ("exact-test-simple", {"depth": 6, "delta": "1/1000"}, "442.0963378548568"),
    ("test-samples-lower", {"epsilon": "1/2", "delta": "1/4"}, "1.386294361119891"),
    (
        "open-cells-pooled",
        {"known": 0, "open": "1/8", "errors": 2, "n": 200, "delta": "1/20"},
        "0.00389282492676046653",
    ),
    (
        "open-cells-pooled",
        {"known": 0, "open": "7/64", "errors": 3, "n": 112, "delta": "1/100"},
        "0.00950570315756333940",
    ),
    (
        "open-cells-none",
        {
            "masses": "1/10,1/12",
            "draws": "20,18",
            "caps": "1,1",
            "slope": "1/220",
            "delta": "1/20",
        },
        "0.0140571705216967704310",
    ),
    (
        "importance-upper",
        {"factor": 4, "errors": 0, "n": 1000, "delta": "1/20"},
        "0.0119649981803811849773",
    ),
    (
        "importance-upper",
        {"factor": 4, "errors": 5, "n": 2000, "delta": "1/20"},
        "0.020997101147733978518",
    ),
    (
        "occam-binomial",
        {"errors": 3, "n": 2000, "class": 10**6, "delta": "1/20"},
        "0.012318787039480210342",
    ),
    (
        "occam-binomial",
        {"errors": 0, "n": 1000, "class": 10**4, "delta": "1/100"},
        "0.0137205143687895284274",
    ),
    (  # no draw from the second cell, whose cap is below 1
        "open-cells-none",
        {"masses": "1/16,1/32,1/64", "draws": "60,0,60", "caps": "1,1/10,1", "delta": "1/20"},
        "0.00616893208188109411",
    ),
    (
        "open-cells-none",
        {"masses": "1/16,1/32", "draws": "0,0", "caps": "1/2,1/3", "delta": "1/20"},
        "0.041666666666666666667",
    ),
    (
        "open-cells-none",
        {"masses": "1/16,1/32,1/64", "draws": "64,32,16", "delta": "1/20"},
        "0.00288674098383704915",
    ),
    (
        "importance-upper",
        {"factor": 4, "errors": 5, "n": 2000, "delta": "1/20"},
        "0.0209971011477339785178",
    ),
    (
        "lrh-leaves-samples",
        {
            "variables": 100,
            "depth": 10,
            "tau": 1,
            "B": 1,
            "leaves": 20,
            "epsilon": "1/50",
            "delta": "1/1000",
        },
        "1144779792.93852135",
    ),
    (  # trees whose thresholds are sample values: 16 leaves, 10 features, 2 classes
        "occam-binomial",
        {"errors": 10, "n": 19985, "class": 20000**15 * 10**15 * 9694845 * 2**16, "delta": "1/100"},
        "0.0126930722342272790270",
    ),
    (  # trees whose thresholds are sample values: 8 leaves, 20 features, 3 classes
        "occam-binomial",
        {"errors": 0, "n": 4993, "class": 5000**7 * 20**7 * 429 * 3**8, "delta": "1/20"},
        "0.0195218459684964863622",
    ),
    (
        "compression",
        {"errors": 0, "n": 1000, "kept": 5, "side": 1, "delta": "1/20"},
        "0.032366142302982897358",
    ),
    (
        "compression",
        {"errors": 3, "n": 500, "kept": 2, "side": 1, "delta": "1/100"},
        "0.047644575701926794456",
    ),
    ("looks", {"look": 1, "errors": 0, "n": 100, "delta": "1/20"}, "0.0362166926451764188265"),
    ("looks", {"look": 4, "errors": 2, "n": 800, "delta": "1/20"}, "0.0125917908539588760887"),
    *(
        ("sequential-test", {"errors": k, "epsilon": "1/100", "aim": "1/400", "delta": "1/20"}, x)
        for k, x in enumerate(
            ("396.932642130401047284", "581.615773092229724162", "766.298904054058401039")
        )
    ),
]


@pytest.mark.parametrize(("name", "parameters", "digits"), GROUND_TRUTH)
def test_ground_truth(name: str, parameters: dict[str, object], digits: str) -> None:
    result = catalogue[name].evaluate(**parameters)
    places = len(digits.split(".")[1]) if "." in digits else 0
    unit = Fraction(1, 10**places)
    assert Fraction(result.lower) <= Fraction(result.upper)
    assert abs(Fraction(result.lower) - Fraction(digits)) <= unit * Fraction(51, 100)
    assert abs(Fraction(result.upper) - Fraction(digits)) <= unit * Fraction(51, 100)


INTEGERS = [
    ("junta-pairs", {"relevant": 5, "delta": "1/1000"}, 269),
    ("black-box-queries", {"variables": 40, "delta": "1/100"}, 1088516511499),
    ("exact-test", {"depth": 6, "delta": "1/1000"}, 439),
    ("halving-counterexamples", {"class": 62}, 5),
    ("halving-counterexamples", {"class": 64}, 6),
    (
        "when-to-prove",
        {"prior": "1/2", "error": "1/100", "test-cost": 1, "proof-cost": 2000},
        293,
    ),
    ("boosting-copies", {"delta": "1/100"}, 8),
    ("boosting-copies", {"delta": "1/64"}, 7),
    ("tree-counterexamples", {"variables": 10, "depth": 3}, 31),
    ("tree-count-lower", {"variables": 3, "depth": 2}, 432),
    ("finite-population", {"errors": 2, "points": 1024, "n": 200, "delta": "1/20"}, 29),
    ("finite-population", {"errors": 5, "points": 1024, "n": 200, "delta": "1/20"}, 50),
    ("finite-population", {"errors": 0, "points": 65536, "n": 5000, "delta": "1/100"}, 58),
    ("finite-population", {"errors": 9, "points": 9, "n": 9, "delta": "1/100"}, 9),
    ("finite-population", {"errors": 0, "points": 9, "n": 0, "delta": "1/100"}, 9),
    # H(0; 20, 19, 1) = 1/20 exactly, not above it
    ("finite-population", {"errors": 0, "points": 20, "n": 1, "delta": "1/20"}, 18),
    ("sequential-test", {"errors": 0, "epsilon": "1/100", "aim": "1/400", "delta": "1/20"}, 397),
]


@pytest.mark.parametrize(("name", "parameters", "integer"), INTEGERS)
def test_integers(name: str, parameters: dict[str, object], integer: int) -> None:
    assert catalogue[name].evaluate(**parameters).integer == integer


def _sample(p: Parameter, rng: random.Random) -> Fraction:
    low = Fraction(0) if p.lower is None else p.lower
    if p.kind in ("integer", "class"):
        return low + rng.randint(0, 12)
    width = p.upper - low if p.upper is not None else rng.choice((Fraction(4), Fraction(1, 64)))
    return low + width * Fraction(rng.randint(1, 399), 400)


def _fits(theorem: Theorem, values: dict[str, Any]) -> bool:
    try:
        check_requirements(theorem, environment(theorem, read_parameters(theorem, values)))
    except TheoryError:
        return False
    return True


COMPARED = 8 if EVERY else 4
"""Pairs of points at which a claimed trend is looked at."""
CLAIMS = [
    (t.name, p.name)
    for t in catalogue.values()
    for p in t.parameters
    if p.name in t.result.monotone and not p.is_list  # lists: tests/theory/checking/test_entries
]
CITED = [claim for claim in CLAIMS if catalogue[claim[0]].bound.has(*SOURCES)]
"""Trends that may rest on the literature; the others are proved, as `test_monotone` sees."""
SOME = some(CLAIMS)
LOOKED_AT = [claim for claim in CLAIMS if claim in CITED or claim in SOME]


@pytest.mark.parametrize(("name", "parameter"), LOOKED_AT)
def test_claimed_monotonicity(name: str, parameter: str) -> None:
    theorem = catalogue[name]
    if any(p.is_list for p in theorem.parameters):
        every = {
            "coefficients": "1/2,-3/4",
            "probabilities": "1/2,3/5",
            "fixed": "1/2,1/3",
            "tails": "1,1/5",
            "errors": "1/9,1/7",
            "masses": "1/10,1/12",
            "draws": "20,18",
            "caps": "1,1/2",
            "tilts": "1,2",
            "deviations": "1/3,1/2",
        }
        whole = {"errors": "1,0"}  # of a list of integers
        lists: dict[str, Any] = {
            p.name: (whole if p.kind == "integers" else {}).get(p.name, every[p.name])
            for p in theorem.parameters
            if p.is_list
        }
    else:
        lists = {}
    rng = random.Random(name + parameter)
    symbol = theorem.parameter(parameter)
    assert symbol is not None
    compared = 0
    for _ in range(2000):
        base = {p.name: _sample(p, rng) for p in theorem.parameters if p.name not in lists}
        other = {**base, parameter: _sample(symbol, rng)}
        if base[parameter] == other[parameter]:
            continue
        if not (_fits(theorem, {**base, **lists}) and _fits(theorem, {**other, **lists})):
            continue
        a, b = (Fraction(theorem.evaluate(**{**v, **lists}).value) for v in (base, other))
        rising = (base[parameter] < other[parameter]) == (
            theorem.result.monotone[parameter] == "up"
        )
        assert (a <= b) if rising else (a >= b), (base, other)
        compared += 1
        if compared == COMPARED:
            break
    assert compared >= 4


def test_vacuous_bounds_say_so_and_are_still_given() -> None:
    vacuous = catalogue["vc-agnostic-excess"].evaluate(vc=10, n=50, delta="1/20")
    assert vacuous.vacuous
    assert Fraction(vacuous.value) > 1
    assert not catalogue["vc-agnostic-excess"].evaluate(vc=10, n=5000, delta="1/20").vacuous
    assert catalogue["clopper-pearson"].evaluate(errors=5, n=5, delta="1/20").vacuous
    edge = catalogue["log-tree-functions"].evaluate(variables=1, depth=1)  # equality: 2 ln 2
    assert edge.vacuous


def test_zero_errors_have_a_closed_form() -> None:
    for name in ("clopper-pearson", "kl-upper"):
        result = catalogue[name].evaluate(errors=0, n=10**18, delta="1e-300")
        other = catalogue["error-after-pass"].evaluate(n=10**18, delta="1e-300")
        assert abs(Fraction(result.value) - Fraction(other.value)) < Fraction(1, 10**45)


def test_error_bounds_at_extreme_sizes() -> None:
    result = catalogue["clopper-pearson"].evaluate(errors=7, n=10**18, delta="1e-300")
    assert 0 < Fraction(result.lower) <= Fraction(result.upper) < Fraction(1, 10**14)
    other = catalogue["kl-upper"].evaluate(errors=7, n=10**18, delta="1e-300")
    assert Fraction(result.upper) <= Fraction(other.upper)


def test_every_theorem_is_under_one_subject() -> None:
    listed = [t.name for subject in subjects() for t in subject.THEOREMS]
    assert len(set(listed)) == len(listed) == len(catalogue)


def test_the_document_lists_the_theorems_by_subject() -> None:
    text = (Path(__file__).parents[3] / "docs" / "theory.md").read_text(encoding="utf-8")
    assert f"\n{by_subject().as_markdown()}\n" in text, "write it: leafproof bounds list --md"


def test_error_bounds_with_nearly_all_wrong() -> None:
    # 1 - p^n = δ for n - 1 errors, next to 1 by about 1e-318
    result = catalogue["clopper-pearson"].evaluate(errors=10**18 - 1, n=10**18, delta="1e-300")
    assert Fraction(result.lower) > 1 - Fraction(1, 10**35)
    with pytest.raises(TheoryError, match="does not fit"):
        catalogue["clopper-pearson"].evaluate(errors=10**17, n=10**18, delta="1/20")


def _least(name: str, **given: Any) -> float:
    """The dual bound at its best slope."""
    low, high = -12.0, 2.0

    def at(exponent: float) -> float:
        slope = Fraction(math.exp(exponent)).limit_denominator(10**9)
        return float(catalogue[name].evaluate(**given, slope=slope).value)

    while high - low > 1e-5:
        left, right = low + (high - low) * 0.382, low + (high - low) * 0.618
        low, high = (low, right) if at(left) < at(right) else (left, high)
    return at(low)


def test_the_best_slope_gives_the_exact_combination_of_cells() -> None:
    cells = {"masses": "1/16,1/32,1/64", "draws": "40,40,40", "caps": "1,1,1", "delta": "1/20"}
    assert _least("open-cells-none", **cells) == pytest.approx(0.00450984528159466, rel=1e-8)
    tilt = str(Fraction(math.e) - 1)
    three, two = ",".join([tilt] * 3), ",".join([tilt] * 2)
    seen = _least("open-cells-any", **cells, tilts=three, errors="1,0,0")
    assert seen == pytest.approx(0.00939951599437563, rel=1e-8)
    equal = {"masses": "1/16,1/16", "draws": "100,100", "caps": "1,1", "delta": "1/20"}
    seen = _least("open-cells-any", **equal, tilts=two, errors="2,0")
    assert seen == pytest.approx(0.00487827749500273, rel=1e-8)


def test_a_finite_population_covers() -> None:
    """Exactly, for every number of bad points: the bound is missed as seldom as δ allows."""
    points, level = 9, Fraction(1, 5)
    for n in (0, 3, 5, 9):
        ends = [
            catalogue["finite-population"].evaluate(errors=k, points=points, n=n, delta=level)
            for k in range(n + 1)
        ]
        for bad in range(points + 1):
            ways = [math.comb(bad, k) * math.comb(points - bad, n - k) for k in range(n + 1)]
            missed = sum(w for w, end in zip(ways, ends, strict=True) if bad > (end.integer or 0))
            assert Fraction(missed, math.comb(points, n)) <= level


def test_the_bounds_of_a_sample_of_the_open_cells_meet() -> None:
    given: dict[str, Any] = {"known": "1/50", "open": "1/8", "n": 300}
    top = catalogue["open-cells-interval"].evaluate(**given, errors=7, delta="1/10")
    same = catalogue["open-cells-pooled"].evaluate(**given, errors=7, delta="1/20")
    low = catalogue["open-cells-lower"].evaluate(**given, agreements=293, delta="1/20")
    assert top.value == same.value
    middle = Fraction(1, 50) + Fraction(1, 8) * Fraction(7, 300)
    assert Fraction(low.value) < middle < Fraction(top.value)


def test_rounding_inside_a_bound_is_decided_exactly() -> None:
    for variables, up in ((1024, 10), (1025, 11), (2**60, 60), (2**60 + 1, 61)):
        result = catalogue["junta-queries"].evaluate(variables=variables, relevant=1, pairs=1)
        assert result.integer == 2 + up + 2
