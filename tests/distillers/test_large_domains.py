"""certified and repair on domains of 2^14 to 2^16 points, against integer arithmetic in numpy."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from verifier.distillers import cart, certified
from verifier.distillers.repair import repair
from verifier.formats.variables import one_hot, ordinal
from verifier.kernel import checker
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.question import matter_of
from verifier.model.tree import Inner

DOMAINS = {
    "2^16 points, bits": bits(16),
    "2^14 points, mixed": Domain(
        (*bits(8).variables, *(one_hot(n, "rgby") for n in "ab"), ordinal("c", range(4)))
    ),
}


def integer_net(domain, seed):
    """A ReLU network with small integer weights, and its class at every point by numpy."""
    rng = np.random.default_rng(seed)
    w0, w1 = rng.integers(-3, 4, (4, domain.columns)), rng.integers(-3, 4, (1, 4))
    b0, b1 = rng.integers(-2, 3, 4), rng.integers(-2, 3, 1)
    layers = (Affine(0, w0.astype(float), b0.astype(float)), Relu(1))
    teacher = Network(domain.columns, (*layers, Affine(2, w1.astype(float), b1.astype(float))))
    x = encoded(domain)
    return teacher, (np.maximum(x @ w0.T + b0, 0) @ w1.T + b1)[:, 0] > 0


def encoded(domain):
    """All points, encoded (integers), in order of value indices: shape (points, columns)."""
    x = np.zeros((1, 0), dtype=np.int64)
    for v in domain.variables:
        rows = np.array([[int(c) for c in row] for row in v.encoding])
        x = np.concatenate([np.repeat(x, len(rows), axis=0), np.tile(rows, (len(x), 1))], axis=1)
    return x


def answers(tree, x):
    found = np.zeros(len(x), dtype=np.int64)
    stack = [(0, np.arange(len(x)))]
    while stack:
        at, rows = stack.pop()
        node = tree.nodes[at]
        if isinstance(node, Inner):
            goes_left = x[rows, node.column] <= float(node.threshold)
            stack += [(node.left, rows[goes_left]), (node.right, rows[~goes_left])]
        else:
            found[rows] = node.klass
    return found


@pytest.mark.parametrize("name", DOMAINS)
def test_certified_ends_equivalent(name):
    domain = DOMAINS[name]
    teacher, classes = integer_net(domain, 0)
    found = certified.distill(teacher, domain)
    assert found.finished and (answers(found.tree, encoded(domain)) == classes).all()
    assert (
        checker.verify(matter_of(domain, teacher, found.tree), found.finding.proof).verdict
        == "equivalent"
    )


@pytest.mark.parametrize("name", DOMAINS)
def test_the_proved_error_of_few_leaves_is_that_of_brute_force(name):
    domain = DOMAINS[name]
    teacher, classes = integer_net(domain, 1)
    found = certified.distill(teacher, domain, leaves=6)
    wrong = int((answers(found.tree, encoded(domain)) != classes).sum())
    assert wrong > 0 and found.error == (Fraction(wrong, domain.size),) * 2
    parts = found.finding.proof, found.finding.counterexamples
    verdict = checker.verify(matter_of(domain, teacher, found.tree), *parts)
    assert verdict.disagreements == (wrong, wrong)


@pytest.mark.parametrize("name", DOMAINS)
def test_repair_ends_equivalent(name):
    domain = DOMAINS[name]
    teacher, classes = integer_net(domain, 2)
    fixed = repair(teacher, cart.distill(teacher, domain, depth=3).tree, domain)
    assert fixed.finished and (answers(fixed.tree, encoded(domain)) == classes).all()
    assert (
        checker.verify(matter_of(domain, teacher, fixed.tree), fixed.finding.proof).verdict
        == "equivalent"
    )
