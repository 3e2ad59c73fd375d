"""The verbs on domains with ranges and trees: what works there, and the one line where it does not.

An age of 18 to 60 and a size S, M, L; the network is 1 where age > 40, and always for L.
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from itertools import cycle

import numpy as np
import pytest

from tests.jobs.test_ask import families, number
from verifier.formats.variables import one_hot
from verifier.jobs.certify import certify
from verifier.jobs.check import check
from verifier.jobs.distill import distill
from verifier.jobs.estimator import TreeDistiller
from verifier.jobs.repair import repair
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof, LeafproofError
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Open, Split, steps
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import branch
from verifier.writing.certificate import make_certificate

AGE = number("age", 18, 60)
DOMAIN = Domain((AGE, one_hot("size", ["S", "M", "L"])))
NETWORK = Network(
    4, (Affine(0, np.array([[1.0, 0, 0, 50.0]], np.float32), np.array([-40.5], np.float32)),)
)
TREE = Tree((Inner(3, Fraction(1, 2), 1, 4), Inner(0, Fraction(40), 2, 3), *map(Leaf, (0, 1, 1))))
WRONG = Tree((Inner(0, Fraction(40), 1, 2), Leaf(0), Leaf(1)))
"""Misses the 23 ages of 18 to 40 of size L."""


@pytest.mark.parametrize("prover", ["auto", "questions", "branch", "exhaustive", "z3"])
def test_every_prover_takes_short_ranges(prover, tmp_path):
    for tree, count in ((TREE, 0), (WRONG, 23)):
        result = certify(NETWORK, tree, DOMAIN, prover=prover, output=tmp_path / "a.certificate")
        assert result.disagreements == (count, count) and result.finished
        assert result.error == (Fraction(count, 129),) * 2
        again = check(tmp_path / "a.certificate", against=(NETWORK, tree, DOMAIN))
        assert again.domain == DOMAIN and again.disagreements == (count, count)
        for cell, _, _ in steps(DOMAIN, again.certificate.proof):
            assert isinstance(cell.parts[0], range)


def test_auto_picks_by_domain():
    """What is small is swept, whatever the domain; the prover z3 needs lists of values."""
    assert certify(NETWORK, TREE, DOMAIN).certificate.found_by == "exhaustive"
    income = Domain((number("income", 0, 10**6),))
    network = Network(1, (Affine(0, np.array([[1.0]]), np.array([-40.5])),))
    line = 'the prover z3 lists the values of every variable, but "income" has 1000001'
    with pytest.raises(LeafproofError, match=line):
        certify(network, WRONG, income, prover="z3")
    two = Network(2, (Affine(0, np.ones((1, 2)), np.zeros(1)),))
    with pytest.raises(LeafproofError, match="takes no domain with a tree of what is possible"):
        certify(two, WRONG, families(), prover="z3")
    assert certify(two, WRONG, families()).certificate.found_by == "exhaustive"


def test_the_prover_of_questions_takes_categoricals_alone():
    plain = Domain((one_hot("age", [str(v) for v in range(5)]), DOMAIN.variables[1]))
    first = np.array([[0, 1, 2, 3, 4, 0, 0, 9.0]], np.float32)
    network = Network(8, (Affine(0, first, np.array([-2.5], np.float32)),))
    by_size = Tree((Inner(7, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    found = [certify(network, by_size, plain, prover=x) for x in ("questions", "exhaustive")]
    assert found[0].certificate.found_by == "questions"
    assert found[0].disagreements == found[1].disagreements == (4, 4)


@pytest.mark.parametrize("method", ["certified", "cart"])
def test_trees_are_distilled_on_short_ranges(method, tmp_path):
    result = distill(NETWORK, DOMAIN, method=method, prove=True)
    assert result.verdict == "equivalent" and result.domain == DOMAIN
    result.save(tmp_path / "a.certificate")
    assert check(tmp_path / "a.certificate").error == (0, 0)


def test_linear_representation_on_short_ranges():
    layers = (
        Affine(0, np.array([[1.0, 0, 0, 50.0]], np.float32), np.array([-40.5], np.float32)),
        Relu(1),
        Affine(2, np.ones((1, 1), np.float32), np.array([-0.25], np.float32)),
    )
    result = distill(Network(4, layers), DOMAIN, method="lrh", prove=True, samples=400)
    assert result.finished and result.disagreements[0] == result.disagreements[1]


def test_a_tree_is_repaired_on_short_ranges(tmp_path):
    result = repair(NETWORK, WRONG, DOMAIN, certificate=tmp_path / "a.certificate")
    assert result.verdict == "equivalent" and result.changes
    assert check(tmp_path / "a.certificate").tree == result.tree


def test_the_estimator_takes_short_ranges():
    made = TreeDistiller().fit(NETWORK, DOMAIN)
    assert made.verdict_.verdict == "equivalent"
    rows = np.array([[30.0, 1, 0, 0], [41.0, 1, 0, 0], [20.0, 0, 0, 1]])
    assert made.predict(rows).tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("work", "who"),
    [
        (lambda n, d: distill(n, d, method="lrh"), "the method lrh"),
        (lambda n, d: TreeDistiller("lrh").fit(n, d), "the method lrh"),
    ],
)
def test_what_distillers_do_not_take_is_one_line(work, who):
    long = Domain((number("income", 0, 20_000), number("age", 0, 9)))
    network = Network(2, (Affine(0, np.array([[-1.0, 10.0]]), np.array([75.0])),))
    with pytest.raises(LeafproofError, match=f'{who} lists .* "income" has 20001') as first:
        work(network, long)
    with pytest.raises(LeafproofError, match=f"{who} takes no domain with a tree") as second:
        work(network, families())
    assert not any("\n" in str(caught.value) for caught in (first, second))


def test_a_proof_over_ranges_is_gone_on_from(tmp_path, monkeypatch):
    monkeypatch.setattr(branch, "_shape", lambda *_: None)  # which may put cells together
    rng = np.random.default_rng(5)
    layers = Affine(0, rng.normal(size=(8, 4)), rng.normal(size=8)), Relu(1)
    network = Network(4, (*layers, Affine(2, rng.normal(size=(1, 8)), np.zeros(1))))
    domain, tree = Domain(tuple(number(f"n{i}", 0, 9) for i in range(4))), Tree((Leaf(1),))
    whole = branch.prove(domain, network, tree)
    halved = replace(whole, proof=_every_other_open(whole.proof))
    data, first, verdict = make_certificate(matter_of(domain, network, tree), halved, "branch")
    path = tmp_path / "part.certificate"
    path.write_bytes(data)
    again = certify(network, tree, domain, prover="branch", resume=path)
    assert again.finished
    assert verdict.error[0] < again.error[0] == again.error[1] < verdict.error[1]
    kept = [cell for cell, _, s in steps(domain, first.proof) if not isinstance(s, Open | Split)]
    cells = {cell for cell, _, _ in steps(domain, again.certificate.proof)}
    assert len(kept) > 5 and cells.issuperset(kept)
    with pytest.raises(LeafproofError, match="to resume needs the prover branch"):
        certify(network, tree, domain, prover="z3", resume=path)


def _every_other_open(proof):
    """The proof with every other of its cells left open."""
    kept = cycle([False, True])
    return tuple(x if isinstance(x, Split) or next(kept) else Open() for x in proof)


def test_a_stop_at_the_first_difference():
    domain = Domain((number("n", 0, 10**15), number("m", 0, 10**15)))
    network = Network(2, (Affine(0, np.array([[1.0, -1.0]]), np.array([0.0])),))
    result = certify(network, Tree((Leaf(1),)), domain, stop_at_difference=True)
    assert result.verdict == "different" and not result.finished


def test_other_solvers_are_not_asked_there(tmp_path):
    for extra in ({"cross_check": 3}, {"emit": ("smt2", tmp_path / "cells")}):
        with pytest.raises(LeafproofError, match="they take no domain with ranges or a tree"):
            certify(NETWORK, TREE, DOMAIN, **extra)


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (number("age", 18, 61), r"is the numbers 18 to 60 in steps of 1 .* 18 to 61"),
        (one_hot("age", ["a"]), "a list of 1 values there"),
        (
            type(AGE)("age", AGE.first, AGE.step, 43, ((1, Fraction(1, 2)), (42, Fraction(1, 2)))),
            "has other probabilities",
        ),
    ],
)
def test_another_domain_is_told_apart(other, message, tmp_path):
    certify(NETWORK, TREE, DOMAIN, output=tmp_path / "a.certificate")
    domain = Domain((other, DOMAIN.variables[1]))
    with pytest.raises(InvalidProof, match=message):
        check(tmp_path / "a.certificate", against=(NETWORK, TREE, domain))


def test_another_tree_of_what_is_possible_is_told_apart(tmp_path):
    domain = families()
    network = Network(2, (Affine(0, np.array([[-1.0, 10.0]]), np.array([75.0])),))
    certify(network, Tree((Leaf(1),)), domain, output=tmp_path / "a.certificate")
    check(tmp_path / "a.certificate", against=(network, Tree((Leaf(1),)), domain))
    product = Domain(domain.variables)
    with pytest.raises(InvalidProof, match="their trees of what is possible"):
        check(tmp_path / "a.certificate", against=(network, Tree((Leaf(1),)), product))


def test_what_is_impossible_of_ranges_is_the_same_in_certificate_and_file(tmp_path):
    """However the file's tree says what goes left of a range that was cut before."""
    at = tmp_path / "domain.json"
    ranges = [{"name": name, "from": 0, "to": 3, "step": 1} for name in "ab"]
    network = Network(2, (Affine(0, np.ones((1, 2)), np.zeros(1)),))
    given = network, Tree((Leaf(1),)), at

    def write(b: int) -> None:
        held = {
            "format": "leafproof-domain/2",
            "variables": ranges,
            "impossible": [{"a": 1, "b": b}],
        }
        at.write_text(json.dumps(held))

    write(2)
    certify(*given, output=tmp_path / "a.certificate")
    check(tmp_path / "a.certificate", against=given)
    write(1)
    with pytest.raises(InvalidProof, match="their trees of what is possible"):
        check(tmp_path / "a.certificate", against=given)
