"""``distill`` from Python: every method, limits, stops, and options that cannot be used."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

import verifier as lp
from tests.brute import teacher_class, tree_class
from tests.clocks import PATIENCE
from verifier.distillers import from_points
from verifier.formats.load import read_tree
from verifier.jobs import methods
from verifier.jobs.certify import certify
from verifier.jobs.check import check
from verifier.jobs.distill import distill
from verifier.jobs.loading import load
from verifier.jobs.methods import Outcome
from verifier.jobs.watching import Watch
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Enumerated, Finding, Open, Split
from verifier.model.rows import rows_from
from verifier.model.tree import Leaf, Tree
from verifier.provers.timing import TimeOver


def test_ten_lines_of_a_data_scientist(given, tmp_path):
    made = distill(given.network, given.domain)
    result = certify(given.network, made.tree, given.domain)
    assert result.verdict == "equivalent" and result.error == (0, 0)
    assert result.counterexamples == ()
    result.save(tmp_path / "a.certificate")
    assert check(tmp_path / "a.certificate").verdict == "equivalent"


def test_the_certified_tree_comes_with_its_proof(given, tmp_path, capfd):
    paths = given.paths()
    made = distill(paths[0], paths[2], output=tmp_path / "tree.json", certificate=tmp_path / "c")
    assert capfd.readouterr() == ("", "")
    assert made.verdict == "equivalent" and made.finished and made.method == "certified"
    assert read_tree(tmp_path / "tree.json").nodes == made.tree.nodes
    assert (tmp_path / "c").read_bytes() == made.data
    said = made.to_dict()
    assert said["method"] == "certified" and said["verdict"] == "equivalent"
    assert json.dumps(said)


@pytest.mark.parametrize("method", ["cart", "lrh"])
def test_other_methods_are_proved_where_it_is_asked(given, method):
    made = distill(given.network, given.domain, method=method)
    assert made.verdict == "undecided" and made.certificate is None
    assert set(made.to_dict()) >= {"method", "tree", "leaves", "seconds"}
    proved = distill(given.network, given.domain, method=method, prove=True)
    assert proved.verdict == "equivalent" and proved.tree == made.tree
    assert (method == "lrh") == bool(made.lines) == bool(made.facts)


def test_how_linear_the_paths_are(given):
    made = distill(given.network, given.domain, explain=True)
    assert made.measured is not None and "explanation" in made.to_dict()


@pytest.mark.parametrize("method", ["certified", "cart", "lrh"])
def test_a_stop_and_a_limit_leave_the_best_tree_so_far(hard, method, ear, tmp_path, patient):
    network, _, domain = hard
    begun = time.monotonic()
    for more in ({"stop": ear(calls=0).stop}, {"timeout": 0.0}):
        made = distill(network, domain, method=method, output=tmp_path / "tree.json", **more)
        assert not made.finished and made.tree.leaves >= 1
        assert "stopped before its end" in (tmp_path / "tree.json").read_text()
    assert time.monotonic() - begun < PATIENCE


def test_options_that_mean_nothing_are_refused(given, tmp_path):
    cases = (
        ({"method": "magic"}, "magic"),
        ({"method": "cart", "keep": 3}, "keep"),
        ({"method": "lrh", "error": "1/2"}, "error"),
        ({"depth": 3}, "depth"),
        ({"layers": "last"}, "last"),
        ({"layers": (2,)}, "layers"),
        ({"error": "much"}, "much"),
        ({"error": 2}, "error"),
        ({"leaves": 0}, "leaves"),
        ({"scores": "beauty"}, "beauty"),
        ({"seed": -1}, "seed"),
        ({"output": tmp_path / "tree.svg"}, "export"),
        ({"certificate": tmp_path / "no" / "c"}, "cannot write"),
        ({"timeout": float("nan")}, "timeout"),
    )
    for options, word in cases:
        more = {"output": tmp_path / "tree.json", **options}
        with pytest.raises(LeafproofError) as caught:
            distill(given.network, given.domain, **more)
        assert word in str(caught.value) and "\n" not in str(caught.value), options
    assert [p.name for p in tmp_path.iterdir()] == ["given"]


@pytest.mark.parametrize("method", ["certified", "cart"])
def test_a_tree_for_the_rows_of_a_table(given, method, tmp_path):
    rng = np.random.default_rng(0)
    points = rng.integers(2, size=(20, len(given.domain.variables)))
    rows = rows_from(map(tuple, points.tolist()))
    inputs = np.array([[float(x) for x in given.domain.encode(p)] for p in points.tolist()])
    made = distill(given.network, given.domain, method=method, leaves=2, rows=inputs)
    again = distill(given.network, given.domain, method=method, leaves=2, rows=rows)
    assert made.tree == again.tree and made.tree.leaves <= 2
    if method == "certified":
        assert made.frontier[-1].tree == made.tree  # no larger one, and it is the best on the rows
    plain = distill(given.network, given.domain, method=method, leaves=2)
    wrong = {t: agreement(given, t, rows) for t in (made.tree, plain.tree)}
    assert wrong[made.tree] >= wrong[plain.tree]


def agreement(given, tree, rows):
    """How many rows the tree and the network agree on."""
    return sum(
        times
        for point, times in zip(rows.points, rows.times, strict=True)
        if tree_class(tree, given.domain.encode(point))
        == teacher_class(given.network, given.domain.encode(point))
    )


def test_rows_that_are_no_points_are_refused(given):
    for rows, word in (
        (np.full((1, given.domain.columns), 7.0), "row 1"),
        (np.zeros((2, 1)), "shape"),
        ("none.csv", "none.csv"),
    ):
        with pytest.raises(LeafproofError, match=word):
            distill(given.network, given.domain, leaves=2, rows=rows)
    with pytest.raises(LeafproofError, match="rows is not an option"):
        distill(given.network, given.domain, method="lrh", rows=np.zeros((1, given.domain.columns)))


@pytest.mark.parametrize("method", ["certified", "cart", "lrh"])
def test_where_there_is_no_time_for_a_tree_it_is_one_of_few_points(hard, method, monkeypatch):
    """And not one leaf, which says nothing, of an ensemble that took long to read, say."""
    network, _, domain = hard

    def late(*_, **__):
        raise TimeOver

    for name in ("certified", "cart", "linear_representation"):
        monkeypatch.setattr(f"verifier.distillers.{name}.distill", late)
    monkeypatch.setattr(methods, "BRIEFLY", PATIENCE)
    about = load(network, domain, Watch())

    def found(**options):
        return methods.find(method, about, methods.MethodOptions(**options), None)

    made = found()
    assert not made.finished and 2 <= made.tree.leaves <= from_points.MANY
    some = {"lrh": {"size": 1}, "certified": {"leaves": 1}, "cart": {"depth": 1}}[method]
    assert found(**some).tree.leaves == 1  # what was asked for is kept to
    monkeypatch.setattr(from_points, "of_few", late)
    assert found().tree.leaves == 1


@pytest.mark.parametrize("closed", [0, 3])
def test_a_tree_that_grew_with_most_open_is_searched_as_certify_does(monkeypatch, closed):
    """Of three classes growing told of next to nothing, and its proof was all that was checked."""
    network = Network(2, (Affine(0, np.eye(3, 2), np.array([-4.5, -4.5, 0.0])),))
    domain = lp.Domain.product(*[lp.Domain.range(name, 0, 3) for name in "xy"])
    split = Split(0, (1 << closed) - 1)  # x below that: class 2 there, as everywhere
    grown = Finding((split, Constant(0, 2), Open()) if closed else (Open(),))
    outcome = Outcome(Tree((Leaf(2),)), grown, finished=False)
    monkeypatch.setattr("verifier.jobs.distill.find", lambda *_: outcome)
    monkeypatch.setattr("verifier.jobs.distill.promising", lambda *_: None)
    whole = "branch", Finding((Enumerated(),))
    monkeypatch.setattr("verifier.jobs.distill.find_in_time", lambda *_: whole)
    monkeypatch.setattr("verifier.jobs.distill.swept_if_open", lambda _, found, *__: found)
    monkeypatch.setattr("verifier.jobs.distill.bounded", lambda _, found, *__: found)
    made = lp.distill(network, domain, leaves=4, timeout=60, sample=0)
    assert made.proved.checked.cells.get("enumerated", 0) == (closed == 0)
