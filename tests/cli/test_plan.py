"""``leafproof bounds plan``: each way's numbers are its theorem's, its command names the files."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from fractions import Fraction
from math import comb
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import verifier as lp
from theory import catalogue
from theory.values.decimals import read_number
from verifier.cli.bounds_plan import _warning
from verifier.cli.main import run
from verifier.jobs.planning import Setting, Stated, _stated, setting
from verifier.model.network import Affine, Network
from verifier.model.sample import Plan, Sample
from verifier.model.tree import Leaf, Tree
from verifier.reports.plan import Budget, Names, fewest, plan
from verifier.reports.plan_numbers import RealTrees, fewest_draws, needed_in_sequence

DELTA = "1/1000"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network on 10 bits, a tree that is nearly it, and a certificate that leaves cells open."""
    where = tmp_path_factory.mktemp("plan")
    weight = np.array([[1.0] * 6 + [-1.0] * 4], np.float32)
    network = Network(10, (Affine(0, weight, np.array([-4.5], np.float32)),))
    network.save(where / "net.onnx")
    Tree((Leaf(0),)).save(where / "tree.json")
    assert run([*_words("certify", where), "-o", str(where / "net.certificate"), "-q"]) == 1
    return where


def _words(verb: str, where: Path) -> list[str]:
    return [*verb.split(), str(where / "net.onnx"), str(where / "tree.json"), "--domain", "bits"]


def _planned(capsys: pytest.CaptureFixture[str], *words: str) -> list[dict[str, Any]]:
    assert run([*words, "--json"]) == 0
    ways: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["ways"]
    assert [w["cheapest"] for w in ways].count(True) == 1
    return ways


def test_numbers_are_those_of_the_theorems(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*_words("bounds plan", folder), "--samples", "400", "--delta", DELTA, "--errors", "3"]
    ways = {w["way"]: w for w in _planned(capsys, *words)}
    fresh = ways["test points of the whole domain"]
    found = catalogue["clopper-pearson"].evaluate(errors=3, n=400, delta=DELTA)
    assert Fraction(fresh["error"]) == Fraction(found.upper)
    drawn = ways["draw without replacement"]
    bad = catalogue["finite-population"].evaluate(errors=3, points=1024, n=400, delta=DELTA)
    assert Fraction(drawn["error"]) == Fraction(bad.integer or 0, 1024)
    assert drawn["cheapest"]
    assert Fraction(drawn["error"]) < Fraction(fresh["error"])
    chosen = ways["choose a tree of this size on the samples"]
    assert "class=trees(leaves=1,variables=10,classes=2)" in chosen["command"]


@pytest.mark.parametrize(("domain", "shown"), [("signs", " --domain DOMAIN"), ("bits", "")])
def test_commands_name_the_domain_that_a_certificate_holds(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], domain: str, shown: str
) -> None:
    """Without it they would be about bits."""
    files = [str(folder / "net.onnx"), str(folder / "tree.json")]
    held = str(tmp_path / "a.certificate")
    options = ["--domain", domain, "-q", "--timeout", "0", "-o", held]
    assert run(["certify", *files, *options]) in {1, 2}
    capsys.readouterr()
    ways = _planned(capsys, "bounds", "plan", *files, held, "--samples", "400")
    commands = [w["command"] for w in ways if w["command"].startswith("leafproof test")]
    assert commands
    assert all(c.startswith(f"leafproof test {' '.join(files)}{shown} --") for c in commands)


def test_the_samples_asked_for_are_the_least(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*_words("bounds plan", folder), "--epsilon", "1/50", "--delta", DELTA, "--errors", "2"]
    ways = _planned(capsys, *words)
    levels: dict[str, Any] = {
        "clopper-pearson": {"delta": DELTA},
        "looks": {"delta": DELTA, "look": 5},
        "occam-binomial": {"delta": DELTA, "class": "trees(leaves=1,variables=10,classes=2)"},
    }
    seen = set()
    for way in ways:
        if way["theorem"] not in levels or way["theorem"] in seen:
            continue
        seen.add(way["theorem"])
        ends = [
            catalogue[way["theorem"]].evaluate(errors=2, n=n, **levels[way["theorem"]])
            for n in (way["samples"] - 1, way["samples"])
        ]
        assert Fraction(ends[0].lower) > Fraction(1, 50) >= Fraction(ends[1].lower)
    assert seen == set(levels)
    drawn = next(w for w in ways if w["theorem"] == "finite-population")
    given: dict[str, Any] = {"errors": 2, "points": 1024, "delta": DELTA}
    more, enough = (
        catalogue["finite-population"].evaluate(n=n, **given).integer or 0
        for n in (drawn["samples"] - 1, drawn["samples"])
    )
    assert more > 1024 // 50 >= enough


def test_the_command_of_the_fresh_test_is_about_these_files(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [*_words("bounds plan", folder), "--epsilon", "0.01"]
    ways = _planned(capsys, *words)
    test = next(w for w in ways if w["theorem"] == "test-sample-size")
    n = catalogue["test-sample-size"].evaluate(epsilon="0.01", delta="1e-9").integer
    assert test["samples"] == n
    assert test["command"] == (
        f"leafproof test {folder / 'net.onnx'} {folder / 'tree.json'} --domain bits "
        f"--samples {n} --delta 1/500000000"
    )
    last = next(w for w in ways if w["theorem"] == "looks")  # of five: δ/30, and of two ends one
    assert last["command"].endswith(f"--samples {last['samples']} --delta 1/15000000000")
    assert last["command"].startswith("leafproof test")


def test_what_a_certificate_states_is_used(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(folder / name) for name in ("net.onnx", "tree.json", "net.certificate")]
    ways = _planned(capsys, "bounds", "plan", *files, "--epsilon", "1/100")
    exact = lp.check(files[2]).error
    assert Fraction(1, 100) < exact[0] == exact[1] < Fraction(1, 2)
    assert "it proves at most" in ways[0]["not"]
    ways = _planned(capsys, "bounds", "plan", *files, "--epsilon", "1/2")
    assert ways[0]["cheapest"] and ways[0]["samples"] == 0
    assert Fraction(ways[0]["error"]) == exact[1]


def test_open_cells_are_tested_alone(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:

    held = setting(folder / "net.onnx", folder / "tree.json", "bits")
    part = Stated((Fraction(1, 100), Fraction(1, 20)), (10, 51))
    about = Setting(held.network, held.tree, held.domain, part)
    asked = Budget(1000, None, Fraction(1, 1000), 1)
    way = next(w for w in plan(asked, Names(certificate="c"), about)
               if w.theorem == "open-cells-pooled")  # fmt: skip
    found = catalogue["open-cells-pooled"].evaluate(
        known="1/100", open="1/25", errors=1, n=1000, delta="1/1000"
    )
    assert way.error is not None
    assert abs(way.error - Fraction(found.upper)) < Fraction(1, 10**38)
    assert "--resume c --timeout 60 --sample 1000" in way.command


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "give --samples N or --rows TABLE"),
        (["--samples", "10", "--epsilon", "0.1"], "either --samples N or --epsilon E"),
        (["--samples", "0"], "samples is 0"),
        (["--samples", "3", "--errors", "4"], "errors is 4"),
        (["--epsilon", "2"], "epsilon is 2"),
        (["--epsilon", "many"], "epsilon: 'many' is not a number"),
        (["--epsilon", "0.1", "--delta", "0"], "delta is 0"),
        (["net.onnx", "--epsilon", "0.1"], "give both NETWORK and TREE"),
        (["net.certificate", "--epsilon", "0.1"], "a certificate is named after both"),
        (["--epsilon", "0.1", "--domain", "bits"], "name these first"),
    ],
)
def test_bad_input_is_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bounds", "plan", *words]) == 3
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_a_bound_at_any_time_is_the_theorems() -> None:
    theorem, delta = catalogue["confidence-sequence"], Fraction(1, 1000)
    title = "a bound at any time, whenever you stop"
    seen = {w.title: w for w in plan(Budget(400, None, delta, 3), Names(), None)}[title]
    assert seen.error == Fraction(theorem.evaluate(errors=3, n=400, delta=delta).upper)
    epsilon = Fraction(1, 100)
    wanted = {w.title: w for w in plan(Budget(None, epsilon, delta, 3), Names(), None)}[title]
    assert wanted.samples is not None
    assert Fraction(theorem.evaluate(errors=3, n=wanted.samples, delta=delta).upper) <= epsilon
    fewer = theorem.evaluate(errors=3, n=wanted.samples - 1, delta=delta)
    assert Fraction(fewer.lower) > epsilon


@pytest.mark.parametrize("trees", [RealTrees(20, 3, 8), RealTrees(1, 2, 1), RealTrees(9, 2, 2)])
def test_trees_on_real_features_by_their_theorem(trees: RealTrees) -> None:
    theorem, delta = catalogue["real-trees-failure"], Fraction(1, 20)
    given = {"variables": trees.features, "classes": trees.classes, "leaves": trees.leaves}
    for n in (100, 6080, 10**6):
        error = trees.error(n, delta)
        if error == 1:
            continue
        assert Fraction(theorem.evaluate(**given, epsilon=error, n=n).upper) <= delta
        assert trees.error(2 * n, delta) < error


def test_the_least_samples_for_trees_on_real_features() -> None:
    trees, target = RealTrees(20, 3, 8), Fraction(1, 20)
    assert trees.error(6080, target) <= target < trees.error(6079, target)


def test_jeffreys_prior_draws_in_proportion_and_options_are_their_theorems() -> None:
    held = Stated((Fraction(1, 100), Fraction(1, 20)), None)
    tree, domain = Tree((Leaf(0),)), lp.Domain.bits(3)
    weight = np.array([[1.0] * 3], np.float32)
    network = Network(3, (Affine(0, weight, np.array([-1.5], np.float32)),))
    about = Setting(network, tree, domain, held)
    delta, n, errors = Fraction(1, 1000), 900, 2
    asked = Budget(n, None, delta, errors, 5, Fraction(3), 7, Fraction(5, 2))
    ways = {w.theorem: w for w in plan(asked, Names(certificate="c"), about)}
    given: dict[str, dict[str, Any]] = {
        "confidence-sequence-beta": {"errors": errors, "a": "1/2", "b": "1/2"},
        "open-cells-stratified": {"errors": errors, "known": "1/100", "open": "1/25"},
        "importance-upper": {"errors": errors, "factor": 3},
        "relative-deviation": {"error": Fraction(errors, n), "vc": 7},
        "pac-bayes-kl-simple": {"error": Fraction(errors, n), "divergence": "5/2"},
    }
    for name, parameters in given.items():
        found = catalogue[name].evaluate(**parameters, n=n, delta=delta)
        error = ways[name].error
        assert error is not None
        assert abs(error - Fraction(found.upper)) < Fraction(1, 10**36), name


def test_the_least_samples_of_each_option() -> None:
    """One draw fewer does not show it."""
    asked = Budget(None, Fraction(1, 50), Fraction(1, 1000), 2, 5, Fraction(3), 7, Fraction(5, 2))
    ways = {w.theorem: w for w in plan(asked, Names(), None)}
    for name in ("confidence-sequence-beta", "relative-deviation", "pac-bayes-kl-simple"):
        n = ways[name].samples
        assert n is not None and n > 2
        for count, enough in ((n, True), (n - 1, False)):
            given = Budget(count, None, asked.delta, 2, 5, Fraction(3), 7, Fraction(5, 2))
            error = {w.theorem: w for w in plan(given, Names(), None)}[name].error
            assert error is not None and (error <= Fraction(1, 50)) is enough
    fresh = ways["clopper-pearson"].samples
    least = fewest(asked)
    assert fresh is not None and least is not None and least <= fresh


def test_weights_and_scores_by_their_theorems() -> None:
    """Also the least samples: one draw fewer does not show it."""
    delta, errors, factor, mean = Fraction(1, 1000), 2, Fraction(3), Fraction(1, 200)
    options: dict[str, Any] = {"factor": factor, "mean": mean, "scores": True}
    n = 900
    ways = {w.theorem: w for w in plan(Budget(n, None, delta, errors, **options), Names(), None)}
    weighed = ways["importance-kl-upper"].error
    found = catalogue["importance-kl-upper"].evaluate(factor=3, mean=mean, n=n, delta=delta)
    assert weighed is not None
    assert abs(weighed - Fraction(found.upper)) < Fraction(1, 10**36)
    limit = ways["conformal-confidence"]
    assert limit.error is not None and not limit.compared and not limit.cheapest
    for epsilon, enough in ((limit.error, True), (limit.error - Fraction(1, 10**6), False)):
        chance = catalogue["conformal-confidence"].evaluate(rank=n - 2, n=n, epsilon=epsilon)
        assert (Fraction(chance.lower) <= delta) is enough
    aim = Fraction(1, 50)
    wanted = plan(Budget(None, aim, delta, errors, **options), Names(), None)
    for name in ("importance-kl-upper", "conformal-confidence"):
        least = next(w.samples for w in wanted if w.theorem == name)
        assert least is not None and least > 3
        for count, enough in ((least, True), (least - 1, False)):
            again = plan(Budget(count, None, delta, errors, **options), Names(), None)
            error = next(w.error for w in again if w.theorem == name)
            assert error is not None and (error <= aim) is enough, name
    few = plan(Budget(2, None, delta, 2, **options), Names(), None)
    assert {w.theorem: w.why_not for w in few}["conformal-confidence"]


def test_other_questions_by_their_theorems_are_not_compared() -> None:
    """How far a rule of stopping, answers left out and another student change what is claimed."""
    delta, errors = Fraction(1, 1000), 3
    options: dict[str, Any] = {"answered": Fraction(3, 4), "other": (40, 500)}
    given: dict[str, dict[str, Any]] = {
        "inverse-sampling": {"errors": errors, "n": 901},
        "selective-risk": {"errors": errors, "answered": 675},
        "two-sample-difference": {"first": errors, "n": 901, "second": 40, "second-n": 500},
    }
    ways = {w.theorem: w for w in plan(Budget(901, None, delta, errors, **options), Names(), None)}
    aimed = Budget(None, Fraction(1, 50), delta, errors, **options)
    wanted = {w.theorem: w for w in plan(aimed, Names(), None)}
    for name, parameters in given.items():
        found = catalogue[name].evaluate(**parameters, delta=delta)
        error = ways[name].error
        assert error is not None and not ways[name].cheapest
        assert abs(error - Fraction(found.upper)) < Fraction(1, 10**36), name
        least = wanted[name].samples
        assert least is not None
        for count, enough in ((least, True), (least - 1, False)):
            again = plan(Budget(count, None, delta, errors, **options), Names(), None)
            shown = next(w.error for w in again if w.theorem == name)
            assert shown is not None and (shown <= Fraction(1, 50)) is enough, name
    without = {w.theorem for w in plan(Budget(901, None, delta), Names(), None)}
    assert without.isdisjoint(given)


def test_a_student_that_errs_less_is_said_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["bounds", "plan", "--samples", "1000", "--errors", "3", "--delta", "1/20"]
    assert run([*words, "--other-errors", "40", "--other-samples", "1000"]) == 0
    out = capsys.readouterr().out
    assert "how much more often this one errs): error at most about -0.01998 with 1,000" in out


def test_how_often_a_student_would_pass(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Counted: of independent draws, and of all ways to draw points without replacement."""
    words = [*_words("bounds plan", folder), "--samples", "300", "--delta", DELTA, "--errors", "3"]
    ways = {w["theorem"]: w for w in _planned(capsys, *words, "--actual", "1/100")}
    p = Fraction(1, 100)
    independent = sum(comb(300, j) * p**j * (1 - p) ** (300 - j) for j in range(4))
    drawn = Fraction(sum(comb(10, j) * comb(1014, 300 - j) for j in range(4)), comb(1024, 300))
    for name, exact in (("clopper-pearson", independent), ("finite-population", drawn)):
        shown = Fraction(ways[name]["passing"])
        assert exact - Fraction(1, 10**30) < shown <= exact, name
    assert {w["theorem"] for w in ways.values() if w["passing"]} == {
        "clopper-pearson", "finite-population"
    }  # fmt: skip
    assert run([*words, "--actual", "1/100"]) == 0
    assert "a student whose error is at most 1/100 passes with probability" in (
        capsys.readouterr().out
    )


def test_of_what_a_certificate_leaves_open_the_rest_of_the_error_counts() -> None:
    held = Stated((Fraction(1, 100), Fraction(1, 20)), None)
    weight = np.array([[1.0] * 3], np.float32)
    network = Network(3, (Affine(0, weight, np.array([-1.5], np.float32)),))
    about = Setting(network, Tree((Leaf(0),)), lp.Domain.bits(3), held)
    for actual, rate in ((Fraction(3, 100), Fraction(1, 2)), (Fraction(1, 200), None)):
        asked = Budget(9, None, Fraction(1, 1000), 2, actual=actual)
        ways = {w.theorem: w for w in plan(asked, Names(certificate="c"), about)}
        found = ways["open-cells-pooled"].passing
        assert (found is None) == (rate is None)
        if found is not None:
            assert abs(found.probability - Fraction(1 + 9 + 36, 512)) < Fraction(1, 10**30)


def test_what_no_test_gets_by_with_is_said_of_independent_draws(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without replacement fewer are enough, so the last line must not speak of all tests."""
    words = [*_words("bounds plan", folder), "--epsilon", "1/100"]
    drawn = {w["theorem"]: w["samples"] for w in _planned(capsys, *words)}
    least = fewest(Budget(None, Fraction(1, 100), Fraction(1, 10**9)))
    assert least is not None and drawn["finite-population"] < least
    assert run(words) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert "by independent draws of the whole domain takes fewer than 2,062" in last


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("--factor=1/2", "factor is 1/2"),
        ("--vc=0", "vc is 0"),
        ("--divergence=-1", "divergence"),
        ("--mean=1/2", "with --factor"),
        ("--answered=0", "answered is 0"),
        ("--actual=1", "actual is 1"),
        ("--other-errors=3", "--other-samples"),
    ],
)
def test_bad_options_are_one_line(
    option: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["bounds", "plan", "--epsilon", "0.1", option]) == 3
    err = capsys.readouterr().err
    assert said in err and err.count("\n") == 1


def test_a_tree_made_of_the_samples_by_its_theorem() -> None:
    trees, delta = RealTrees(20, 3, 8), Fraction(1, 20)
    given = {"errors": 0, "n": 5000, "kept": 7, "side": trees.side, "delta": delta}
    found = catalogue["compression"].evaluate(**given)
    assert trees.made(0, 5000, delta) == Fraction(found.upper)
    assert trees.side == (20 * 7) ** 7 * 429 * 3**8
    assert trees.made(0, 7, delta) == 1


def _trees(leaves: int, tests: int, classes: int) -> list[Any]:
    """Every tree with so many leaves, as nested tuples: a class, or (test, left, right)."""
    if leaves == 1:
        return list(range(classes))
    return [
        (test, left, right)
        for test in range(tests)
        for first in range(1, leaves)
        for left in _trees(first, tests, classes)
        for right in _trees(leaves - first, tests, classes)
    ]


@pytest.mark.parametrize(
    ("features", "classes", "leaves"), [(1, 2, 1), (2, 3, 2), (1, 2, 3), (2, 2, 3), (1, 2, 4)]
)
def test_all_trees_of_the_same_samples_are_counted(
    features: int, classes: int, leaves: int
) -> None:
    """A test is a feature and the sample, one of s - 1, whose value it takes."""
    found = _trees(leaves, features * (leaves - 1), classes)
    assert len(set(found)) == len(found) == RealTrees(features, classes, leaves).side


def test_trees_of_all_choices_of_samples_are_counted() -> None:
    """Summed over the sets of s - 1 samples no tree with thresholds among n samples is left out."""
    for n, leaves in ((4, 2), (5, 3), (4, 4), (9, 8)):
        trees = RealTrees(3, 2, leaves)
        every = (3 * n) ** (leaves - 1) * trees.shapes * 2**leaves
        assert comb(n, leaves - 1) * trees.side >= every


def test_a_plan_against_what_a_certificate_states_is_warned_of(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It differs at 11 of 1,024 points: no 4,000 draws are without any."""
    files = [str(folder / name) for name in ("net.onnx", "tree.json", "net.certificate")]

    def said(*more: str) -> str:
        assert run(["bounds", "plan", *files, *more]) == 0
        return capsys.readouterr().out

    out = said("--samples", "4000")
    assert out.startswith("4,000 samples, δ = 1e-9, 0 disagreements")
    assert "states an error of at least 0.01074: about 43 disagreements are to be expected" in out
    assert "no test excludes it" in said("--epsilon", "1/1000")
    for fine in (
        ("--samples", "4000", "--errors", "40"),
        ("--samples", "300"),
        ("--epsilon", "1/50"),
    ):
        assert "to be expected" not in (out := said(*fine)) and "no test excludes" not in out


@pytest.mark.parametrize("delta", ["1/4", "1e-9"])
@pytest.mark.parametrize("epsilon", ["1/2", "1/7", "1e-4", "1e-60", "99/100"])
def test_what_is_evaluated_without_its_theorem_is_its_integer(epsilon: str, delta: str) -> None:
    """1/2 and 1/4 are a tie: (1 - ε)^2 is δ."""
    given = {"epsilon": epsilon, "delta": delta}
    level, chance = read_number(epsilon, "epsilon"), read_number(delta, "delta")
    least = catalogue["any-test-samples"].evaluate(**given, false_alarm=0).integer
    assert fewest_draws(level, chance) == least
    for errors in (0, 3):
        found = catalogue["sequential-test"].evaluate(**given, errors=errors, aim=level / 4)
        assert needed_in_sequence(errors, level, level / 4, chance) == max(
            found.integer or 0, errors
        )


def test_a_plan_of_files_does_without_sympy(folder: Path) -> None:
    """To load it takes longer than all else that a plan does."""
    words = [*_words("bounds plan", folder), "--epsilon", "1/1000", "--errors", "2"]
    program = (
        "import sys; from verifier.cli.main import run; assert run(sys.argv[1:]) == 0; "
        "assert 'theory' in sys.modules and 'sympy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program, *words], check=True, stdout=subprocess.DEVNULL)


def test_a_plan_against_what_a_certificate_has_sampled_is_warned_of(folder: Path) -> None:
    """What its sample shows is warned of where it tells more than the proof, and is not proved."""
    path = folder / "net.certificate"
    drawn = Sample(Plan(100, Fraction(1, 10)), 30, Fraction(1, 5), Fraction(1, 2))
    stated = _stated(replace(lp.check(path).certificate, sample=drawn), path)
    assert (stated.sampled, stated.delta) == (Fraction(1, 5), Fraction(1, 10))

    def said(samples: int | None, epsilon: Fraction | None, low: Fraction) -> str:
        stated = Stated((low, Fraction(1)), None, (), Fraction(1, 5), Fraction(1, 10**9))
        return _warning(Budget(samples, epsilon, Fraction(1, 1000)), stated)

    line = said(1000, None, Fraction(1, 100))
    assert "by the certificate's sample the error is at least 0.2 (with confidence 1 - 10" in line
    assert line.endswith(
        "not proved): about 200 disagreements are to be expected (--errors), not 0"
    )
    assert said(None, Fraction(1, 10), Fraction(0)).endswith("no test is likely to exclude it")
    assert said(None, Fraction(1, 10), Fraction(1, 4)).endswith(
        "at least 0.25: no test excludes it"
    )
    assert not said(3, None, Fraction(0)) and not said(None, Fraction(1, 4), Fraction(1, 8))
