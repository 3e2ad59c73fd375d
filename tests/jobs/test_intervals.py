"""Continuous variables from a user's file to a certificate, and what is said of them."""

from __future__ import annotations

import json
import re
from fractions import Fraction

import numpy as np
import pytest

import verifier as lp
from tests.brute_intervals import measure
from verifier import second_checker
from verifier.model.errors import DomainError, InvalidProof, LeafproofError
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reports import json_object, statement, summary

TREE = Tree(
    (Inner(0, Fraction(3), 1, 2), Leaf(0), Inner(1, Fraction(1, 2), 3, 4), Leaf(0), Leaf(1))
)
FEW = 500
"""Draws, which the second checker makes again one by one."""


def network():
    """Class 1 where relu(x - 2.7) + y > 1.05."""
    first = np.array([[1.0, 0.0], [0.0, 1.0]])
    layers = Affine(0, first, np.array([-2.7, 0.0])), Relu(1)
    return Network(2, (*layers, Affine(2, np.array([[1.0, 1.0]]), np.array([-1.05]))))


@pytest.fixture
def domain(tmp_path):
    """A dose, likelier above 2, and a bit; as a file."""
    path = tmp_path / "domain.json"
    dose = {"name": "dose", "interval": [0, 10], "density": [[0, 2, "1/4"], [2, 10, "3/4"]]}
    bit = {"name": "bit", "values": ["0", "1"], "encoding": [[0], [1]]}
    value = {"format": "leafproof-domain/2", "variables": [dose, bit]}
    path.write_text(json.dumps(value))
    return path


@pytest.fixture
def made(domain):
    return lp.certify(network(), TREE, lp.Domain.from_file(domain), sample=FEW)


def test_a_certificate_of_a_file_encloses_the_exact_measure(made, domain, tmp_path):
    exact = measure(made.matter)
    assert made.verdict == "different" and made.points is None and made.disagreements is None
    assert made.error[0] <= exact <= made.error[1] and made.error[1] - made.error[0] < 2e-4
    made.save(tmp_path / "c.leafproof")
    checked = lp.check(tmp_path / "c.leafproof", against=(network(), TREE, domain))
    assert checked.error == made.error
    second_checker.check(made.data)


def test_what_is_printed_says_that_points_are_infinitely_many(made):
    found = json.loads(json.dumps(json_object.as_json(made)))
    assert found["domain_size"] == "infinite" and found["disagreements"] is None
    text = "\n".join(
        [
            summary.headline(made.certificate, made.proved),
            *(f"{a} {b}" for a, b in summary.lines(made.certificate, made.proved, {})),
            *statement.paragraphs(made.certificate, made.proved),
        ]
    )
    assert "infinitely many points" in text and not re.search(r"2\^\d+ points", text)
    assert "above 0 up to 2: 1/4" in text


def test_another_density_is_another_domain(made, tmp_path, domain):
    made.save(tmp_path / "c.leafproof")
    other = json.loads(domain.read_text())
    other["variables"][0]["density"] = [[0, 2, "1/3"], [2, 10, "2/3"]]
    domain.write_text(json.dumps(other))
    with pytest.raises(InvalidProof, match="dose"):
        lp.check(tmp_path / "c.leafproof", against=(network(), TREE, domain))


def test_a_search_goes_on_where_an_earlier_one_ended(domain, tmp_path, own_time, patient):
    space = lp.Domain.from_file(domain)
    first = lp.certify(network(), TREE, space, timeout=0.3)
    first.save(tmp_path / "c.leafproof")
    second = lp.certify(network(), TREE, space, resume=tmp_path / "c.leafproof")
    low, high = second.error
    assert low <= measure(second.matter) <= high and high - low < 2e-4
    assert first.error[0] <= measure(second.matter) <= first.error[1]
    other = Tree((Inner(0, Fraction(22, 7), 1, 2), Leaf(0), Leaf(1)))
    with pytest.raises(LeafproofError, match="another network, a tree with other tests"):
        lp.certify(network(), other, space, resume=tmp_path / "c.leafproof")


def test_a_domain_with_pieces_is_saved_and_taken_as_it_is(made, tmp_path, own_time, patient):
    made.domain.save(tmp_path / "d.json")
    again = lp.Domain.from_file(tmp_path / "d.json")
    assert again == made.domain
    assert lp.certify(network(), TREE, again, timeout=0.3).domain == made.domain


def test_questions_about_intervals(domain):
    found = lp.ask(
        {"all": [{"class": ["net", 1]}, {"class": ["tree", 0]}]},
        {"net": network(), "tree": TREE},
        lp.Domain.from_file(domain),
    )
    assert found.verdict == "somewhere"
    assert found.probability[0] <= measure(found.matter) <= found.probability[1]
    never = lp.ask({"not": {"same": ["tree", "tree"]}}, {"tree": TREE}, domain)
    assert never.verdict == "nowhere" and never.probability == (0, 0)


def test_conditions_cut_intervals_where_they_test(domain, compiled, own_time):
    value = json.loads(domain.read_text())
    value["impossible"] = [{"dose": [3, "7/2"], "bit": "1"}]
    domain.write_text(json.dumps(value))
    space = lp.Domain.from_file(domain)
    found = lp.certify(network(), TREE, space, timeout=2, sample=FEW)
    exact = measure(found.matter)
    assert found.error[0] <= exact <= found.error[1] < exact + Fraction(1, 1000)
    value["given"] = {
        "variable": "dose",
        "at_most": "5/2",
        "left": {"weight": "1/3"},
        "right": {
            "weight": "2/3",
            "probabilities": [[["5/2", 4, "1/2"], [4, 10, "1/2"]], None],
        },
    }
    del value["impossible"]
    domain.write_text(json.dumps(value))
    space = lp.Domain.from_file(domain)
    found = lp.certify(network(), TREE, space, timeout=2, sample=FEW)
    exact = measure(found.matter)
    assert found.error[0] <= exact <= found.error[1] < exact + Fraction(1, 1000)
    second_checker.check(found.data)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"density": [[0, 2, "1/4"], [2, 10, "1/2"]]}, "sum to 3/4, not to 1"),
        ({"density": [[0, 2, "1/4"], [3, 10, "3/4"]]}, "it must begin at 2"),
        ({"density": [[0, 2, "nan"], [2, 10, 1]]}, "not a finite number"),
        ({"density": [[0, 2, -1], [2, 10, 2]]}, "negative"),
        ({"interval": [10, 0]}, "is empty"),
        ({"interval": [0, "inf"]}, "not a finite number"),
        ({"interval": [0, 5]}, r"ends at 10\.0, but the interval at 5\.0"),
        ({"step": 1}, "step"),
        ({"weights": [[0, 10, 3]]}, "both density and weights"),
        ({"pieces": [[0, 10, 4]]}, "changes at 2"),
    ],
)
def test_bad_intervals_are_one_line(domain, change, why):
    value = json.loads(domain.read_text())
    value["variables"][0] |= change
    domain.write_text(json.dumps(value))
    with pytest.raises(DomainError, match=why) as caught:
        lp.Domain.from_file(domain)
    assert "\n" not in str(caught.value)


def test_a_number_of_an_interval_is_no_combination(domain):
    with pytest.raises(DomainError, match="probability 0"):
        lp.Domain.from_file(domain).without({"dose": 3})


@pytest.mark.parametrize("prover", ["exhaustive", "z3"])
def test_provers_that_list_points_refuse(domain, prover):
    with pytest.raises(LeafproofError, match="continuous"):
        lp.certify(network(), TREE, lp.Domain.from_file(domain), prover=prover)


def test_branch_takes_them_too(domain, made):
    found = lp.certify(network(), TREE, lp.Domain.from_file(domain), prover="branch")
    assert found.error[0] <= measure(found.matter) <= found.error[1] < found.error[0] + 1e-3
