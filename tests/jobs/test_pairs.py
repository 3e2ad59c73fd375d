"""Pairs of inputs that differ in one feature alone, and the question about them."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np
import pytest

import verifier as lp
from verifier.model.cell import full_cell
from verifier.model.network import Affine, Network, Relu
from verifier.provers.answering import points_of


def people():
    return lp.Domain.product(
        lp.Domain.range("age", 18, 21),
        lp.Domain.one_hot("group", ["A", "B", "C"], [Fraction(1, 2), Fraction(1, 4), "1/4"]),
        lp.Domain.ordinal("sex", [0, 1]),
    )


def network(seed=0):
    rng = np.random.default_rng(seed)
    hidden = Affine(0, rng.normal(size=(6, 5)), rng.normal(size=6) - [19 * x for x in range(6)])
    return Network(5, (hidden, Relu(1), Affine(2, rng.normal(size=(1, 6)), np.zeros(1))))


@pytest.mark.parametrize(("feature", "count"), [("age", 6), ("group", 3), ("sex", 1)])
def test_the_domain_holds_every_pair_once(feature, count):
    question, models, domain = lp.pairs(network(), people(), feature)
    names = [v.name for v in people().variables]
    at = names.index(feature)
    rest = people().size // people().variables[at].count
    assert domain.size == count * rest
    seen = set()
    for point in points_of(full_cell(domain)).tolist():
        if not domain.possible(tuple(point)):
            continue
        labels = domain.labels(tuple(point))
        first, second = labels[feature], labels[f"other {feature}"]
        own = people().variables[at]
        assert own.index(first) < own.index(second)
        seen.add((first, second, *(labels[n] for n in names if n != feature)))
    assert len(seen) == domain.size
    assert models["a"][1] == names
    assert models["b"][1] == [f"other {n}" if n == feature else n for n in names]
    assert question == {"not": {"same": ["a", "b"]}}


@pytest.mark.parametrize("feature", ["age", "group", "sex"])
@pytest.mark.parametrize("seed", range(3))
def test_what_is_asked_is_where_the_class_changes(feature, seed):
    net = network(seed)
    result = lp.ask(*lp.pairs(net, people(), feature))
    inputs = people().inputs()
    classes = evaluate(net, inputs)
    variables = people().variables
    at = [v.name for v in variables].index(feature)
    table = np.array(classes).reshape([v.count for v in variables])
    moved = np.moveaxis(table, at, 0)
    changed = sum(
        int((moved[i] != moved[j]).sum()) for i, j in product(range(len(moved)), repeat=2) if i < j
    )
    assert result.points == (changed, changed)


def evaluate(net, inputs):
    hidden = np.maximum(inputs @ net.layers[0].weight.T + net.layers[0].bias, 0)
    return ((hidden @ net.layers[2].weight.T)[:, 0] > 0).astype(int).tolist()


def test_probabilities_are_those_of_the_domain_given_the_order():
    _, _, domain = lp.pairs(network(), people(), "group")
    both = [("A", "B"), ("A", "C"), ("B", "C")]
    shares = {}
    for point in points_of(full_cell(domain)).tolist():
        labels = domain.labels(tuple(point))
        key = labels["group"], labels["other group"]
        shares[key] = shares.get(key, 0) + domain.probability(tuple(point))
    weights = [Fraction(1, 8), Fraction(1, 8), Fraction(1, 16)]
    assert [shares[key] for key in both] == [w / sum(weights) for w in weights]


def test_a_domain_with_a_tree_keeps_it():
    given = people().without({"age": 18, "group": "A"})
    _, _, domain = lp.pairs(network(), given, "sex")
    assert domain.size == given.size // 2
    assert not domain.possible((0, 0, 0, 0)) and domain.possible((0, 1, 0, 0))


@pytest.mark.parametrize(
    ("make", "feature", "words"),
    [
        (people, "sexx", 'did you mean "sex"?'),
        (lambda: lp.Domain.range("n", 0, 999), "n", "has 1000 values"),
        (lambda: people().without({"age": 18, "sex": 0}), "sex", "by hand"),
        (
            lambda: lp.Domain.product(people(), lp.Domain.bits(["other sex"])),
            "sex",
            'has a variable "other sex"',
        ),
        (lambda: 3, "sex", "is a Domain"),
    ],
)
def test_what_is_no_feature_to_compare_is_refused_in_one_line(make, feature, words):
    with pytest.raises(lp.LeafproofError, match=r"\A[^\n]*\Z") as error:
        lp.pairs(network(), make(), feature)
    assert words in str(error.value)


def test_pairs_of_a_domain_file(tmp_path):
    people().save(tmp_path / "people.json")
    network().save(tmp_path / "net.onnx")
    held = lp.pairs(tmp_path / "net.onnx", tmp_path / "people.json", "sex")
    direct = lp.pairs(network(), people(), "sex")
    assert held.domain == direct.domain
