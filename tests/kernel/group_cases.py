"""Questions about networks of more than two classes, and Sandwiches about groups of these."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.kernel import joint_cases, neuron_cases, sided_cases
from tests.kernel.test_ordinals import ordinal
from tests.provers.cases import random_variable
from tests.provers.matters import _random_tree, random_domain
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Relu
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same, atoms
from verifier.provers.sandwiches import propose


def random_network(rng, columns, classes, whole=None):
    """Of integer weights, with many ties, or of real ones; with a ReLU or two, or linear."""
    whole = rng.random() < 0.5 if whole is None else whole
    width = int(rng.integers(1, 4))

    def affine(source, out, wide):
        if whole:
            numbers = [rng.integers(-2, 3, size=s) for s in ((out, wide), out)]
        else:
            numbers = [rng.normal(size=s) for s in ((out, wide), out)]
        return Affine(source, *(x.astype(np.float32) for x in numbers))

    layers = [affine(0, width, columns), Relu(1)] if rng.random() < 0.6 else []
    if layers and rng.random() < 0.3:
        layers += [affine(2, width, width), Relu(3)]
    layers.append(affine(len(layers), classes, width if layers else columns))
    return Network(columns, tuple(layers))


def random_grouped(rng, limit=60):
    """A question about a network of 3 to 6 classes, often beside another model before or after."""
    domain = _domain(rng, limit)
    every, classes = tuple(range(len(domain.variables))), int(rng.integers(3, 7))
    reads = every if rng.random() < 0.7 else every[: int(rng.integers(1, len(every) + 1))]
    network = random_network(rng, domain.product_of(reads).columns, classes)
    models = [Bound("net", network, reads)]
    kind = int(rng.integers(6))
    if kind == 0:  # beside a tree
        models.append(Bound("tree", _random_tree(rng, domain, classes), every))
    elif kind == 1:  # behind another network
        models.insert(0, Bound("other", random_network(rng, domain.columns, classes), every))
    own = int(kind == 1)
    some = [k for k in range(classes) if rng.random() < 0.5] or [0]
    question = (
        Any_(tuple(ClassIs(own, k) for k in some)) if len(some) > 1 else ClassIs(own, some[0])
    )
    if len(models) > 1:
        apart = Not(Same(0, 1))
        question = [apart, All((question, apart)), All((question, ClassIs(1 - own, 1)))][
            int(rng.integers(3))
        ]
    return Matter(domain, tuple(models), question)


def _domain(rng, limit):
    if rng.random() < 0.4:
        return random_domain(rng, limit)
    count = int(rng.integers(6, 13))
    every = ordinal("x", int(rng.integers(-6, 1)), 1, count), random_variable(rng, "y", 3, 2)
    return Domain(every)


def proposed(rng, asked, cell, kind=None, own=None):
    """A Sandwich of a cell about a group, alone, with sides or with cases of a neuron; or None."""
    model, ones = own or _group_of(rng, asked)
    bins, again = int(rng.choice([1, 3, 20, 512])), bool(rng.integers(2))
    kind = int(rng.integers(3)) if kind is None else kind
    if kind == 1:
        return sided_cases.with_sides(asked, cell, [model], bins=bins, again=again, ones=ones)
    neurons = neuron_cases.neurons_of(asked.net((model, ones)).p.teacher)
    if kind == 2 and neurons:
        neuron = neurons[int(rng.integers(len(neurons)))]
        return joint_cases.with_cases(asked, cell, model, neuron, bins=bins, again=again, ones=ones)
    return propose(asked, [cell], [model], bins=bins, again=again, ones=ones)[0]


def _group_of(rng, asked):
    """One that the question may be decided by, in half of the cases."""
    own = asked.names.index("net")
    classes = asked.nets[own].classes
    said = [x for x in atoms(asked.question) if isinstance(x, ClassIs)]
    named = sorted({x.klass for x in said if x.model == own})
    if named and rng.random() < 0.8:
        return own, sum(1 << k for k in named if k < classes) % ((1 << classes) - 1) or 1
    return own, int(rng.integers(1, (1 << classes) - 1))


def random_proof(rng, matter, kind=None):
    """A few random splits, and what is proposed of the cells."""

    def some(rng, asked, cell):
        return proposed(rng, asked, cell, kind)

    return neuron_cases.random_proof(rng, matter, some)


def certificate(seed, kind, limit=60):
    """The members of a small certificate with Sandwiches about groups of a kind."""
    rng = np.random.default_rng([seed, 71, kind])
    wanted = [lambda x: x.ones, lambda x: x.ones and x.sides, lambda x: x.ones and x.cases][kind]
    return neuron_cases.members_with(
        rng,
        lambda own: random_grouped(own, limit),
        lambda own, matter: random_proof(own, matter, kind),
        wanted,
    )


def narrowed(step, by=1):
    """With one unit less at the greatest end of its strip."""
    (strip,) = step.strips
    return replace(step, strips=(replace(strip, most=strip.most - by),))
