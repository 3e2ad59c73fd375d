"""Random questions about networks of two classes, cells of theirs, and Sandwiches about them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from tests import brute
from tests.provers.cases import random_teacher, random_variable
from tests.provers.matters import _random_tree, random_domain
from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Network, Relu
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same


def random_network(rng, columns):
    """A network of one logit or two; in half of the cases a chain of weights of many digits."""
    if rng.random() < 0.5:
        return random_chain(rng, columns)
    while True:
        network = random_teacher(rng, columns, 1.0 if rng.random() < 0.5 else 0.37)
        if network.outputs <= 2:
            return network


def random_chain(rng, columns):
    """Affine layers with ReLUs between, sometimes with a residual: what float64 bounds."""
    width, outputs = int(rng.integers(1, 5)), int(rng.integers(1, 3))
    scale = float(rng.choice([1.0, 1.0, 1e-3, 1e3]))

    def affine(source, out, wide):
        weight = rng.normal(size=(out, wide)) * scale
        bias = rng.normal(size=out) * (1.0 if scale > 1 else scale)
        kind = np.float32 if rng.random() < 0.5 else np.float64
        return Affine(source, weight.astype(kind), bias.astype(kind))

    layers = [affine(0, width, columns), Relu(1)]
    if rng.random() < 0.5:
        layers += [affine(2, width, width), Relu(3)]
        if rng.random() < 0.5:
            layers.append(Add(4, 2))
    layers.append(affine(len(layers), outputs, width))
    return Network(columns, tuple(layers))


def random_pair(rng, domain):
    """Two networks, often one that reads another variable the second time; and who reads what."""
    count = len(domain.variables)
    reads = [int(i) for i in rng.permutation(count)[: int(rng.integers(1, count + 1))]]
    others = [i for i in range(count) if i not in reads]
    also = list(reads)
    place = int(rng.integers(len(reads)))
    columns = domain.variables[reads[place]].columns
    alike = [i for i in others if domain.variables[i].columns == columns]
    if alike and rng.random() < 0.8:
        also[place] = int(rng.choice(alike))
    first = random_network(rng, domain.product_of(reads).columns)
    second = first
    if rng.random() < 0.3:
        second = random_network(rng, domain.product_of(also).columns)
    return Bound("one", first, tuple(reads)), Bound("other", second, tuple(also))


def random_sandwich_matter(rng, limit=400):
    """A question about a network or a pair, with a tree or without."""
    domain = random_domain(rng, limit)
    if rng.random() < 0.5:  # a variable twice, so that pairs read one each
        v = random_variable(rng, "w", 2, 3)
        both = tuple(
            type(v)(name, v.labels, v.encoding, v.probabilities) for name in ("one of", "two of")
        )
        if domain.given is None:
            domain = Domain((*domain.variables, *both))
    models = list(random_pair(rng, domain))
    kind = int(rng.integers(4))
    if kind == 0:
        models = models[:1]
        return Matter(domain, tuple(models), ClassIs(0, 1))
    if kind == 1:
        return Matter(domain, tuple(models), Not(Same(0, 1)))
    everything = tuple(range(len(domain.variables)))
    tree = Bound("tree", _random_tree(rng, domain, 2), everything)
    if kind == 2:
        return Matter(domain, (models[0], tree), Not(Same(0, 1)))
    differ = All((Not(Same(0, 1)), ClassIs(2, 1)))
    return Matter(domain, (*models, tree), Any_((differ, All((Same(0, 1), ClassIs(0, 0))))))


def margin(matter, model, point):
    """A network's margin at a point, exactly."""
    bound = matter.models[model]
    x = [n for i in bound.reads for n in matter.domain.variables[i].row(point[i])]
    out = brute.logits(bound.model, x)
    return out[0] if len(out) == 1 else out[1] - out[0]


def sum_at(matter, step, point):
    """The sum of a Sandwich at a point, in its units."""
    row = matter.domain.encode(point)
    return sum((n * x for n, x in zip(step.form, row, strict=True)), Fraction(0))
