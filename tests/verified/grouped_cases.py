"""Random questions about networks of three classes and more, and Sandwiches of groups of them."""

from __future__ import annotations

import numpy as np

from tests.kernel import joint_cases, sided_cases
from tests.kernel.neuron_cases import neurons_of
from tests.kernel.sandwich_cases import sum_at
from tests.provers.matters import _random_tree, classes_at, random_domain
from verifier.kernel.asked import ask
from verifier.model.cell import full_cell
from verifier.model.grouped import members
from verifier.model.network import Add, Affine, Network, Relu
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same
from verifier.provers.sandwiches import propose


def random_many(rng, columns):
    """A network of three to five classes: in half of the cases of few integers, so that logits are
    often equal, of some classes always."""
    classes, width = int(rng.integers(3, 6)), int(rng.integers(2, 5))
    whole = rng.random() < 0.5

    def affine(source, out, wide):
        if whole:
            weight, bias = rng.integers(-2, 3, (out, wide)), rng.integers(-2, 3, out)
        else:
            weight, bias = rng.normal(size=(out, wide)), rng.normal(size=out)
        return Affine(source, weight.astype(np.float64), bias.astype(np.float64))

    layers = [affine(0, width, columns), Relu(1)]
    if rng.random() < 0.3:
        layers += [affine(2, width, width), Add(3, 2), Relu(4)]
    layers.append(affine(len(layers), classes, width))
    if rng.random() < 0.3:
        a, b = rng.choice(classes, 2, replace=False)
        layers[-1].weight[a], layers[-1].bias[a] = layers[-1].weight[b], layers[-1].bias[b]
    return Network(columns, tuple(layers))


def random_matter(rng, limit=100):
    """Whether such a network's class is one of some, or that of a tree."""
    domain = random_domain(rng, limit)
    every = tuple(range(len(domain.variables)))
    reads = tuple(int(i) for i in rng.permutation(len(every))[: int(rng.integers(1, 4))])
    network = random_many(rng, domain.product_of(reads).columns)
    some = random_group(rng, network)
    within = Any_(tuple(ClassIs(0, k) for k in members(some, network.classes)[1]))
    models = (Bound("net", network, reads),)
    if rng.random() < 0.5:
        return some, Matter(domain, models, within if rng.random() < 0.5 else Not(within))
    tree = Bound("tree", _random_tree(rng, domain, network.classes), every)
    question = Not(Same(0, 1)) if rng.random() < 0.5 else All((within, Not(ClassIs(1, 0))))
    return some, Matter(domain, (*models, tree), question)


def random_group(rng, network):
    """Some of the classes, as bits."""
    return int(rng.integers(1, (1 << network.classes) - 1))


def case(seed):
    """A question, and a Sandwich of its whole domain: alone, with sides or with cases, where these
    are shown."""
    rng = np.random.default_rng([seed, 61])
    ones, matter = random_matter(rng)
    asked, cell = ask(matter), full_cell(matter.domain)
    how = {"bins": int(rng.choice([3, 20, 512])), "again": bool(rng.integers(2)), "ones": ones}
    neurons = neurons_of(asked.net((0, ones)).p.teacher)
    neuron = neurons[int(rng.integers(len(neurons)))]
    step = None
    if seed % 3 == 1:
        step = sided_cases.with_sides(asked, cell, [0], **how)
    if seed % 3 == 2:
        step = joint_cases.with_cases(asked, cell, 0, neuron, **how)
    return rng, matter, step or propose(asked, [cell], [0], **how)[0]


def is_true(matter, step):
    """Whether what a Sandwich's strip says of its group holds at every tuple."""
    (strip,) = step.strips
    for point in full_cell(matter.domain).points():
        near, own = sum_at(matter, step, point), step.ones >> classes_at(matter, point)[0] & 1
        if (near + strip.least > 0 and not own) or (near + strip.most <= 0 and own):
            return False
    return True
