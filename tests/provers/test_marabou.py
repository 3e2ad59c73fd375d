"""The queries to Marabou answer as brute force does: a wrong peer would be no measure.

In a process of its own, killed if it hangs: Marabou has no time limit that it always keeps.
"""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from tests.brute import truth
from tests.provers.cases import random_domain, random_tree
from verifier.model.domain import signs
from verifier.model.network import Affine, Network, Relu, Sign
from verifier.model.tree import Leaf, Tree

marabou = pytest.importorskip("tests.benchmarks.marabou", exc_type=ImportError)


def random_mlp(rng, columns):
    """Two hidden layers, real weights, one logit or three."""
    widths = [columns, 5, 4, int(rng.choice([1, 1, 3]))]
    layers = []
    for before, width in pairwise(widths):
        weight = rng.normal(size=(width, before))
        layers += [Affine(len(layers), weight, rng.normal(size=width)), Relu(len(layers) + 1)]
    return Network(columns, tuple(layers[:-1]))


def answers():
    """Print a line for each case: the verdict of brute force and that of Marabou."""
    for seed in range(80):
        rng = np.random.default_rng(seed)
        domain = random_domain(rng, 60)
        teacher = random_mlp(rng, domain.columns)
        classes = truth(domain, teacher, Tree((Leaf(0),))).classes
        leaf = Tree((Leaf(next(iter(classes.values()))),))
        tree = leaf if seed % 2 else random_tree(rng, domain, teacher.classes)
        right = "different" if truth(domain, teacher, tree).wrong else "equivalent"
        print("case", right, marabou.solve(domain, teacher, tree, 20.0)[0])
    for shift, right in ((-2.0, "different"), (0.5, "equivalent"), (0.0, "different")):
        row = np.ones((1, 6))  # |x0 + ... + x5| + shift
        layers = (Affine(0, np.vstack([row, -row]), np.zeros(2)), Relu(1))
        teacher = Network(6, (*layers, Affine(2, np.ones((1, 2)), np.array([shift]))))
        print("case", right, marabou.solve(signs(6), teacher, Tree((Leaf(1),)), 20.0)[0])


def test_it_answers_as_brute_force():
    program = "from tests.provers.test_marabou import answers; answers()"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=300
    )
    cases = [line.split()[1:] for line in done.stdout.splitlines() if line.startswith("case ")]
    assert len(cases) == 83
    assert [found for _, found in cases] == [right for right, _ in cases]
    assert min(sum(right == kind for right, _ in cases) for kind in ("equivalent", "different")) > 5


def test_a_sign_layer_is_refused():
    layers = (Affine(0, np.ones((1, 2)), np.zeros(1)), Sign(1))
    with pytest.raises(ValueError, match="Sign layers are not encoded"):
        marabou.solve(signs(2), Network(2, layers), Tree((Leaf(0),)), 5.0)
