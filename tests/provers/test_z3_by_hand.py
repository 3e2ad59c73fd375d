"""The hand-written peer answers as brute force does: a wrong peer would be no measure."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.z3_by_hand import solve
from tests.brute import truth
from tests.clocks import PATIENCE
from tests.every import seeds
from tests.provers.cases import random_domain, random_teacher, random_tree
from verifier.model.domain import signs
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Leaf, Tree


@pytest.mark.parametrize("seed", seeds(range(24)))
def test_it_answers_as_brute_force(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 60)
    teacher = random_teacher(rng, domain.columns)
    facts = truth(domain, teacher, Tree((Leaf(0),)))
    constant = set(facts.classes.values())
    leaf = Tree((Leaf(constant.pop()),)) if seed % 2 else None
    tree = leaf or random_tree(rng, domain, teacher.classes)
    wrong = truth(domain, teacher, tree).wrong
    verdict, seconds = solve(domain, teacher, tree, PATIENCE)
    assert verdict == ("different" if wrong else "equivalent")
    assert 0 < seconds < PATIENCE


def test_it_stops_in_time():
    rng = np.random.default_rng(0)
    layers = (
        Affine(0, rng.normal(size=(20, 20)), rng.normal(size=20)),
        Relu(1),
        Affine(2, np.abs(rng.normal(size=(1, 20))), np.ones(1)),
    )
    verdict, seconds = solve(signs(20), Network(20, layers), Tree((Leaf(1),)), 0.5)
    assert verdict == "undecided"
    assert seconds < PATIENCE
