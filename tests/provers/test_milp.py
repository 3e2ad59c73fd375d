"""The mixed-integer programs answer as brute force does: a wrong peer would be no measure."""

from __future__ import annotations

import numpy as np
import pytest

from tests.brute import truth
from tests.clocks import PATIENCE
from tests.provers.cases import random_domain, random_teacher, random_tree
from verifier.model.domain import signs
from verifier.model.network import Affine, Network, Relu, Sign
from verifier.model.tree import Leaf, Tree

milp = pytest.importorskip("tests.benchmarks.milp", exc_type=ImportError)


def cases():
    """Random problems without sign layers, every second one with a tree that may be right."""
    for seed in range(200):
        rng = np.random.default_rng(seed)
        domain = random_domain(rng, 60)
        teacher = random_teacher(rng, domain.columns)
        if not any(isinstance(layer, Sign) for layer in teacher.layers):
            yield seed, rng, domain, teacher


def test_it_answers_as_brute_force():
    seen = {"equivalent": 0, "different": 0}
    for seed, rng, domain, teacher in cases():
        classes = truth(domain, teacher, Tree((Leaf(0),))).classes
        leaf = Tree((Leaf(next(iter(classes.values()))),))
        tree = leaf if seed % 2 else random_tree(rng, domain, teacher.classes)
        right = "different" if truth(domain, teacher, tree).wrong else "equivalent"
        verdict, seconds = milp.solve(domain, teacher, tree, PATIENCE)
        assert verdict == right, seed
        assert 0 < seconds < PATIENCE
        seen[right] += 1
    assert min(seen.values()) > 15


def test_ambiguous_neurons_need_their_binaries():
    """|x0 + ... + x9| - 2 over signs: negative at some points, and no bound alone decides it."""
    row = np.ones((1, 10))
    network = (Affine(0, np.vstack([row, -row]), np.zeros(2)), Relu(1))
    for shift, verdict in ((-2.0, "different"), (0.5, "equivalent"), (0.0, "different")):
        teacher = Network(10, (*network, Affine(2, np.ones((1, 2)), np.array([shift]))))
        assert milp.solve(signs(10), teacher, Tree((Leaf(1),)), PATIENCE)[0] == verdict


def test_it_stops_in_time():
    rng = np.random.default_rng(0)
    layers = (
        Affine(0, rng.normal(size=(40, 30)), rng.normal(size=40)),
        Relu(1),
        Affine(2, rng.normal(size=(40, 40)), rng.normal(size=40)),
        Relu(3),
        Affine(4, np.abs(rng.normal(size=(1, 40))), np.full(1, -0.01)),
    )
    verdict, seconds = milp.solve(signs(30), Network(30, layers), Tree((Leaf(1),)), 0.5)
    assert verdict == "undecided"
    assert seconds < PATIENCE


def test_a_sign_layer_is_refused():
    layers = (Affine(0, np.ones((1, 2)), np.zeros(1)), Sign(1))
    with pytest.raises(ValueError, match="Sign layers are not encoded"):
        milp.solve(signs(2), Network(2, layers), Tree((Leaf(0),)), 5.0)
