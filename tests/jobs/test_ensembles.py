"""Ensembles as teachers and in questions, from the objects of users to the checked file."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

import verifier as lp
from verifier import second_checker
from verifier.cli.main import run
from verifier.jobs.methods import Outcome
from verifier.jobs.watching import Stage
from verifier.model.domain import Domain
from verifier.model.errors import LeafproofError
from verifier.model.proof import Finding, Open


@pytest.fixture(scope="module")
def iris():
    """Iris in bins, a forest, a booster and a tree that is nearly the forest."""
    held = load_iris()
    cuts = [np.quantile(held.data[:, j], [0.2, 0.4, 0.6, 0.8]) for j in range(4)]
    x = np.stack([np.searchsorted(cuts[j], held.data[:, j]) for j in range(4)], axis=1)
    domain = Domain.product(*[Domain.range(f"x{j}", 0, 4) for j in range(4)])
    forest = RandomForestClassifier(6, max_depth=3, random_state=0).fit(x, held.target)
    booster = GradientBoostingClassifier(n_estimators=4, max_depth=2, random_state=0)
    tree = DecisionTreeClassifier(random_state=0).fit(x, forest.predict(x))
    return x, held.target, domain, forest, booster.fit(x, held.target), tree


def disagreements(domain, model, tree):
    points = domain.inputs()
    return int((model.predict(points) != tree.predict(points)).sum())


@pytest.mark.parametrize("prover", ["auto", "branch", "exhaustive", "questions"])
def test_certify_counts_where_a_tree_is_not_the_forest(iris, prover):
    _, _, domain, forest, _, tree = iris
    found = lp.certify(forest, tree, domain, prover=prover)
    wanted = disagreements(domain, forest, tree)
    assert found.disagreements == (wanted, wanted)
    assert found.verdict == ("different" if wanted else "equivalent")
    assert found.certificate.format == 3
    second_checker.check(found.data)  # raises where it does not find the same
    for difference in found.counterexamples:
        row = [[int(x) for x in difference.values.values()]]
        assert forest.predict(row)[0] == difference.network_class
        assert tree.predict(row)[0] == difference.tree_class


def test_provers_of_networks_are_refused(iris):
    _, _, domain, forest, _, tree = iris
    with pytest.raises(LeafproofError, match="takes networks"):
        lp.certify(forest, tree, domain, prover="z3")
    with pytest.raises(LeafproofError, match="is for networks"):
        lp.certify(forest, tree, Domain.bits(4), cross_check=3)
    with pytest.raises(LeafproofError, match="is for networks"):
        lp.distill(forest, domain, method="lrh")
    with pytest.raises(LeafproofError, match="is for networks"):
        lp.distill(forest, domain, explain=True)
    with pytest.raises(LeafproofError, match="scores lrh"):
        lp.distill(forest, domain, scores="lrh")


@pytest.mark.parametrize("method", ["certified", "cart"])
def test_distill_finds_an_equal_tree(iris, method):
    _, _, domain, forest, booster, _ = iris
    for model in (forest, booster):
        found = lp.distill(model, domain, method=method, prove=True)
        assert found.verdict == "equivalent"
        points = domain.inputs()
        assert (found.tree.predict(points) == model.predict(points)).all()


def test_repair_makes_the_tree_the_forest(iris):
    _, _, domain, forest, _, tree = iris
    stump = DecisionTreeClassifier(max_depth=1).fit(iris[0], iris[1])
    for before in (tree, stump):
        assert lp.repair(forest, before, domain).verdict == "equivalent"


def test_two_ensembles_are_compared(iris):
    _, _, domain, forest, booster, _ = iris
    question = {"not": {"same": ["forest", "booster"]}}
    found = lp.ask(question, {"forest": forest, "booster": booster}, domain)
    points = domain.inputs()
    wanted = int((forest.predict(points) != booster.predict(points)).sum())
    assert found.points == (wanted, wanted)


def test_what_is_left_open_is_sampled(iris, patient):
    """In no time nothing is proved; of the sample it is told apart, and it is drawn again."""
    _, _, domain, forest, _, tree = iris
    found = lp.certify(forest, tree, domain, prover="branch", timeout=1e-3, sample=400)
    if found.sampled is not None:
        low, high = found.sampled.lower, found.sampled.upper
        assert low <= disagreements(domain, forest, tree) / domain.size <= high


def test_real_inputs(iris):
    """Intervals are cut where the trees test: every box is closed."""
    _, _, _, forest, _, tree = iris
    domain = Domain.product(*[Domain.continuous(f"x{j}", 0, 4) for j in range(4)])
    found = lp.certify(forest, tree, domain)
    assert found.verdict in ("different", "equivalent")
    assert found.probability[0] == found.probability[1]


def test_reports_and_statements_say_what_it_is(iris, tmp_path):
    _, _, domain, forest, _, tree = iris
    found = lp.certify(forest, tree, domain)
    assert "ensemble of 6 trees" in found._repr_html_() + str(found.certificate._repr_html_())
    found.save(tmp_path / "c.leafproof")
    for kind in ("html", "md", "tex"):
        assert (
            run(["report", str(tmp_path / "c.leafproof"), "-o", str(tmp_path / f"r.{kind}")]) == 0
        )
    said = (tmp_path / "r.md").read_text()
    assert f"report: {found.verdict.capitalize()}\n" in said and "The tree, leaf by leaf" in said
    count = found.disagreements[0]
    assert f"The tree and the ensemble differ at {count} of the {domain.size} points" in said
    points = domain.inputs()
    wrong = forest.predict(points) != tree.predict(points)
    assert f"**differs** ({len(set(tree.apply(points[wrong])))})" in said


def test_json_says_what_decides(iris):
    """A forest's class is that of its largest score, and no label of a network."""
    _, _, domain, forest, _, _ = iris
    found = lp.ask_fair(forest, domain, "x0").to_dict()
    rules = {m["class"]["rule"] for m in found["models"]}
    assert rules == {"the class of the largest score, ties to the first"}


def test_a_search_closes_what_a_tree_that_grew_left_open(monkeypatch):
    """Under a time limit growing ended with an interval, where certifying its tree is exact."""
    rng = np.random.default_rng(0)
    x = rng.integers(0, 100, (2000, 8))
    y = (x[:, 0] > 60) ^ (x[:, 1] + x[:, 2] > 90)
    model = GradientBoostingClassifier(n_estimators=8, max_depth=3, random_state=0).fit(x, y)
    domain = Domain.product(*[Domain.range(f"x{j}", 0, 99) for j in range(8)])
    tree = lp.load_tree(DecisionTreeClassifier(max_leaf_nodes=4).fit(x, model.predict(x)))
    grown = Outcome(tree, Finding((Open(),)), finished=False)
    monkeypatch.setattr("verifier.jobs.distill.find", lambda *_: grown)
    heard = []
    made = lp.distill(model, domain, leaves=4, timeout=60, progress=heard.append)
    assert "proving" in [x.name for x in heard if isinstance(x, Stage)]
    assert made.error.exact and 0 < made.error.lower < 1
    assert made.error == lp.certify(model, made.tree, domain).error
