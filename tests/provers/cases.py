"""Random teachers, trees and domains for the tests of branch and bound."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np

from verifier.formats.variables import one_hot, ordinal, thermometer, variable
from verifier.kernel import checker
from verifier.model.domain import Domain, signs
from verifier.model.network import Add, Affine, Layer, Network, Relu, Scale, Sign, exact_classes
from verifier.model.proof import Constant, Enumerated, steps
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree, bind, classify
from verifier.model.variable import Variable
from verifier.provers import batched, branch
from verifier.provers.compiled import slots


def all_points(domain):
    return list(product(*(range(len(v.labels)) for v in domain.variables)))


def random_domain(rng, limit, *, dyadic=False):
    """At most ``limit`` points, variables of every kind, some with probabilities.

    ``dyadic`` encodings are exact in floats.
    """
    variables: list[Variable] = []
    size = 1
    for i in range(int(rng.integers(1, 9))):
        n = int(rng.integers(1, 5))
        if size * n > limit:
            break
        size *= n
        variables.append(random_variable(rng, f"v{i}", n, 2 if dyadic else 3))
    return Domain(tuple(variables))


def random_variable(rng, name, n, unit):
    labels = [str(v) for v in range(n)]
    weights = rng.integers(0 if n > 1 else 1, 4, size=n) + (np.arange(n) == 0)
    probabilities = [Fraction(int(w), int(weights.sum())) for w in weights]
    uniform = None if rng.random() < 0.5 else probabilities
    kind = rng.integers(5)
    if kind == 0:
        return one_hot(name, labels, uniform)
    if kind == 1:
        return ordinal(name, [Fraction(int(v), unit) for v in rng.permutation(7)[:n]], uniform)
    if kind == 2:
        return thermometer(name, labels, uniform)
    if kind == 3:
        rows = rng.integers(-2, 3, size=(n, int(rng.integers(1, 4)))).tolist()
        return variable(name, labels, rows, uniform)
    return variable(name, labels, [[2 * v - 1] for v in range(n)], uniform)


def random_teacher(rng, columns, size=1.0, *, scales=True):
    """A small graph of all layer kinds; integer weights times ``size`` (ties occur at 1)."""
    layers: list[Layer] = []
    widths = [columns]

    def matrix(*shape):
        values = rng.integers(-2, 3, size=shape).astype(np.float64)
        if size != 1.0:
            values = values * size * rng.choice([1.0, 1.0, 0.3], size=shape)
        return values

    def add(layer, width):
        layers.append(layer)
        widths.append(width)

    add(Affine(0, matrix(4, columns), matrix(4)), 4)
    for _ in range(int(rng.integers(0, 6))):
        last = len(layers)
        kind = int(rng.integers(6))
        if kind == 0:
            add(Sign(last), widths[last])
        elif kind in (1, 2):
            add(Relu(last), widths[last])
        elif kind == 3:
            others = [i for i, w in enumerate(widths) if w == widths[last]]
            add(Add(last, int(rng.choice(others))), widths[last])
        elif kind == 4 and scales:
            w = widths[last]
            divisor = rng.integers(1, 4, size=w).astype(np.float64)
            add(Scale(last, matrix(w), divisor, matrix(w)), w)
        else:
            width = int(rng.integers(1, 5))
            add(Affine(last, matrix(width, widths[last]), matrix(width)), width)
    outputs = int(rng.integers(1, 4))
    add(Affine(len(layers), matrix(outputs, widths[-1]), matrix(outputs)), outputs)
    return Network(columns, tuple(layers))


def random_tree(rng, domain, classes, depth=4):
    """A random tree with thresholds taken from the encodings or between them."""
    nodes: list[Inner | Leaf] = []

    def grow(left):
        at = len(nodes)
        nodes.append(Leaf(int(rng.integers(classes))))
        if left == 0 or rng.random() < 0.2:
            return at
        column = int(rng.integers(domain.columns))
        index, j = domain.column_owner[column]
        row = domain.variables[index].encoding[
            int(rng.integers(len(domain.variables[index].labels)))
        ]
        threshold = row[j] + Fraction(int(rng.integers(-1, 2)), 2)
        children = grow(left - 1), grow(left - 1)
        nodes[at] = Inner(column, threshold, *children)
        return at

    grow(depth)
    return Tree(tuple(nodes))


def brute_force(domain, teacher, tree):
    """Number and probability of the disagreements."""
    points = all_points(domain)
    bound = bind(tree, domain)
    wrong = [
        p
        for p, c in zip(points, exact_classes(teacher, domain, points), strict=True)
        if classify(bound, p) != c
    ]
    return len(wrong), sum((domain.probability(p) for p in wrong), Fraction(0))


def check(domain, teacher, tree, finding=None, *, shown=True):
    """The kernel's verdict on what the prover finds is the brute-force verdict.

    ``shown`` says that the prover is to name points where the two differ.
    """
    finding = finding or branch.prove(domain, teacher, tree)
    verdict = checker.verify(
        matter_of(domain, teacher, tree), finding.proof, finding.counterexamples
    )
    count, probability = brute_force(domain, teacher, tree)
    assert verdict.disagreements == (count, count)
    assert verdict.error == (probability, probability)
    assert verdict.verdict == ("different" if count else "equivalent")
    if shown:
        assert bool(finding.counterexamples) == bool(count)
    assert {type(s) for _, _, s in steps(domain, finding.proof)} <= {Constant, Enumerated}
    return finding


def problem(seed, limit=300, size=1.0):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, limit)
    teacher = random_teacher(rng, domain.columns, size)
    return domain, teacher, random_tree(rng, domain, teacher.classes)


def small_cells(monkeypatch, size):
    """Let no cell of more than ``size`` points be enumerated, so that bounds do the work."""
    monkeypatch.setattr(branch, "_shape", lambda *_: None)
    monkeypatch.setattr(batched, "MIXED", size)
    monkeypatch.setattr(batched, "SMALL", size)
    monkeypatch.setattr(slots, "SMALL", size)


def only_batched(monkeypatch):
    """Search without the compiled loop."""
    monkeypatch.setattr(branch, "_compiled_net", lambda *_: None)


def linear(row, bias):
    return Network(len(row), (Affine(0, np.array([row]), np.array([bias])),))


def hard_problem():
    """Random signs and weights: needs hundreds of cells."""
    rng = np.random.default_rng(1)
    layers = (
        Affine(0, rng.normal(size=(12, 13)), rng.normal(size=12)),
        Relu(1),
        Affine(2, rng.normal(size=(1, 12)), np.zeros(1)),
    )
    return signs(13), Network(13, layers), Tree((Leaf(1),))
