"""Continuous variables in what users get: exported and distilled trees, constructors."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

import verifier as lp
from tests.brute import tree_class
from tests.every import seeds
from verifier.formats.intervals import between_bins, binned
from verifier.model.cell import full_cell
from verifier.model.continuous import Continuous
from verifier.model.errors import DomainError, LeafproofError, RuntimeNote
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Inner, Leaf, Tree

F = Fraction


def space():
    dose = lp.Domain.continuous("dose", 0, 10, [[0, 2, "1/4"], [2, 10, "3/4"]])
    return lp.Domain.product(dose, lp.Domain.range("age", 18, 90), lp.Domain.continuous("x", -1, 1))


def random_tree(rng, depth=4):
    """Thresholds of all kinds: short, no floats, outside, at the ends, equal to each other."""
    some = [F(3), F(1, 3), F(0.1), F(9999, 1000), F(0), F(10), F(-1, 7), F(11), F(2**70 + 1, 2**69)]
    nodes = []

    def grow(left):
        at = len(nodes)
        if not left or rng.random() < 0.15:
            nodes.append(Leaf(rng.randrange(3)))
            return at
        nodes.append(None)
        column = rng.randrange(3)
        threshold = rng.choice(some) * (9 if column == 1 else 1)
        one, two = grow(left - 1), grow(left - 1)
        nodes[at] = Inner(column, threshold, one, two)
        return at

    grow(depth)
    return Tree(tuple(nodes))


def near(rng, tree, count=400):
    """Rows of float64 of the domain, many of them next to thresholds."""
    rows = np.stack(
        [
            10 - np.array([rng.random() * 10 for _ in range(count)]),
            np.array([float(rng.randrange(18, 91)) for _ in range(count)]),
            1 - np.array([rng.random() * 2 for _ in range(count)]),
        ],
        axis=1,
    )
    for node in tree.nodes:
        if isinstance(node, Inner) and node.column != 1:
            low, high = (0.0, 10.0) if node.column == 0 else (-1.0, 1.0)
            at = float(node.threshold)
            for x in (at, np.nextafter(at, -99), np.nextafter(at, 99)):
                if low < x <= high:
                    rows[rng.randrange(count), node.column] = x
    return rows


@pytest.mark.parametrize("seed", seeds(range(12)))
def test_exported_trees_answer_as_the_tree_for_every_float(seed):
    rng = random.Random(seed)
    tree, domain = random_tree(rng), space()
    rows = near(rng, tree)
    expected = [tree_class(tree, [F(x) for x in row]) for row in rows.tolist()]
    assert tree.predict(rows, domain=domain).tolist() == expected
    held = {}
    exec(tree.to_code("python", domain), held)
    assert [held["predict"](row) for row in rows.tolist()] == expected
    for language in ("c", "sql", "dot", "svg", "text"):
        tree.to_code(language, domain)
    model = tree.to_sklearn(domain)
    single = rows.astype(np.float32)
    inside = (single[:, 0] > 0) & (single[:, 0] <= 10) & (single[:, 2] > -1) & (single[:, 2] <= 1)
    expected = [tree_class(tree, [F(float(x)) for x in row]) for row in single[inside]]
    assert model.predict(single[inside]).tolist() == expected


def network():
    weight = np.array([[0.3, 0.02, 0.0], [0.0, -0.01, 1.5]])
    layers = Affine(0, weight, np.array([-2.0, 0.3])), Relu(1)
    return Network(3, (*layers, Affine(2, np.array([[1.0, 1.0]]), np.array([-0.9]))))


@pytest.mark.parametrize("method", ["cart", "certified", "lrh"])
def test_trees_are_distilled_and_proved_over_all_real_numbers(method, compiled, brisk_time):
    more = {} if method == "lrh" else {"leaves": 4}
    found = lp.distill(network(), space(), method=method, prove=True, timeout=4, **more)
    low, high = found.error
    rng = np.random.default_rng(0)
    rows = np.stack(
        [
            np.where(rng.random(20000) < 0.25, rng.uniform(0, 2, 20000), rng.uniform(2, 10, 20000)),
            rng.integers(18, 91, 20000).astype(float),
            rng.uniform(-1, 1, 20000),
        ],
        axis=1,
    )
    x = np.maximum(rows @ network().layers[0].weight.T + network().layers[0].bias, 0)
    share = ((x.sum(axis=1) > 0.9).astype(int) != found.tree.predict(rows)).mean()
    assert float(low) - 0.02 <= share <= float(high) + 0.02
    assert found.certificate.format == 3


def test_what_lists_values_says_that_it_takes_no_reals():
    with pytest.raises(LeafproofError, match="continuous") as caught:
        lp.certify(network(), Tree((Leaf(0),)), space(), prover="z3")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("seed", range(10))
def test_a_tree_over_bins_is_one_over_the_interval(seed):
    rng = random.Random(seed)
    domain = lp.Domain.continuous("x", -3, 7, [[-3, 1, "1/9"], [1, 7, "8/9"]])
    bins = binned(domain, 16)
    (v,) = bins.variables
    assert sum(v.probabilities) == 1 and 8 <= v.count <= 32
    at = rng.randrange(v.count - 1)
    low, high = v.encoding[at][0], v.encoding[at + 1][0]
    tree = Tree((Inner(0, (low + high) / 2, 1, 2), Leaf(0), Leaf(1)))
    made = between_bins(tree, domain, bins)
    assert low < made.nodes[0].threshold == F(v.labels[at]) < high


def test_constructors():
    (v,) = lp.Domain.continuous("x", 0.1, "1/2").variables
    assert isinstance(v, Continuous) and v.ends == (F(1, 10), F(1, 2))
    (v,) = lp.Domain.continuous("x", 0, 3, weights=[(0, 1, 1), (1, 3, 3)]).variables
    assert [run.probability for run in v.runs] == [F(1, 4), F(3, 4)]
    for bad in ((1, 1), (2, 1), (0, float("nan")), (0, float("inf")), ("a", 1)):
        with pytest.raises(DomainError):
            lp.Domain.continuous("x", *bad)
    with pytest.raises(DomainError, match="infinitely many"):
        space().inputs()
    with pytest.raises(DomainError, match="continuous: the pairs"):
        lp.pairs(network(), space(), "dose")


def test_impossible_parts_of_intervals():
    domain = space().without({"dose": (1, 3), "age": (18, 30)})
    assert domain.infinite and domain.given is not None
    v = domain.variables[0]
    assert {v.cut_at(F(1)), v.cut_at(F(3))} <= set(range(v.count + 1))
    assert domain.measure(full_cell(domain))[1] == domain.total_weight


def test_densities_of_floats_are_divided_by_their_sum():
    """As other probabilities are; what is no rounding, or is exact, is refused."""
    thirds = [[0, 2, 1 / 3], [2, 10, 2 / 3]]
    with pytest.warns(RuntimeNote, match="divided by their sum"):
        made = lp.Domain.continuous("dose", 0, 10, iter(thirds)).variables[0]
    assert [run.probability for run in made.runs] == [Fraction(1, 3), Fraction(2, 3)]
    for wrong in ([[0, 2, 0.3], [2, 10, 0.6]], [[0, 2, str(1 / 3)], [2, 10, str(2 / 3)]]):
        with pytest.raises(DomainError, match="not to 1"):
            lp.Domain.continuous("dose", 0, 10, wrong)
    for ends, remedy in (((3, 3), "two different ends"), ((4, 3), "exchange them")):
        with pytest.raises(DomainError, match=remedy):
            lp.Domain.continuous("dose", *ends)
