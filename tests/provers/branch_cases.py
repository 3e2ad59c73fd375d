"""Random teachers, trees and domains for the tests of branch and bound."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np

from verifier.domain import Domain, Variable, one_hot, ordinal, thermometer, variable
from verifier.teacher import Add, Affine, Layer, Relu, Scale, Sign, Teacher
from verifier.tree import Inner, Leaf, Tree


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
        variables.append(_random_variable(rng, f"v{i}", n, 2 if dyadic else 3))
    return Domain(tuple(variables))


def _random_variable(rng, name, n, unit):
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
    return Teacher(columns, tuple(layers))


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
