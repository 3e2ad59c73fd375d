"""Questions about two copies of a network, and Sandwiches whose cases neurons tell apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.certificates.first_members import first_members
from tests.certificates.sandwich_mutations import random_splits
from tests.kernel.sandwich_cases import margin, random_sandwich_matter
from tests.kernel.test_ordinals import ordinal, random_runs
from tests.provers.cases import random_variable
from tests.provers.matters import _random_tree
from verifier.kernel.asked import ask
from verifier.kernel.strips import same_layers
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Neuron, Open, Sandwich
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same
from verifier.provers.sandwiches import propose


def neurons_of(network):
    """All neurons before a ReLU."""
    nodes = sorted({x.source for x in network.layers if isinstance(x, Relu)} - {0})
    return [Neuron(node, i) for node in nodes for i in range(network.widths[node])]


def random_copies(rng, limit):
    """A question about two copies of a network with a ReLU: where they differ, or another one."""
    if rng.random() < 0.7:
        return bent_copies(rng)
    while True:
        matter = random_sandwich_matter(rng, limit)
        networks = [x.model for x in matter.models[:2]]
        if not all(isinstance(x, Network) for x in networks) or len(networks) < 2:
            continue
        if same_layers(*networks) and neurons_of(networks[0]):
            return matter if len(matter.models) > 2 else asked_of(rng, matter)


def asked_of(rng, matter):
    """The same of another question: often whether the two classes differ."""
    questions = (
        *[Not(Same(0, 1))] * 3,
        All((ClassIs(0, 1), Not(ClassIs(1, 1)))),
        Any_((Not(ClassIs(0, 1)), ClassIs(1, 1))),
        All((ClassIs(0, 1), ClassIs(1, 1))),
    )
    return replace(matter, question=questions[int(rng.integers(len(questions)))])


def bent_copies(rng, apart=0.1):
    """Two copies that read nearly the same number beside two variables: they seldom differ."""
    count = int(rng.integers(4, 8))
    first, step = int(rng.integers(-4, 1)), int(rng.choice([1, 1, 3]))
    runs = random_runs(rng, count) if rng.random() < 0.5 else None
    shared = ordinal("x", first * step, step, count, runs), random_variable(rng, "y", 3, 2)
    domain = Domain((*shared, ordinal("a", 0, 1, 1), ordinal("b", 1, 1, int(rng.integers(1, 3)))))
    columns = 2 + shared[1].columns
    width, deep = int(rng.integers(2, 5)), rng.random() < 0.5

    def affine(source, out, wide):
        return Affine(source, rng.normal(size=(out, wide)), rng.normal(size=out))

    layers = [affine(0, width, columns), Relu(1)]
    if deep:
        layers += [affine(2, width, width), Relu(3)]
    layers.append(affine(len(layers), 1, width))
    layers[0].weight[:, -1] *= apart
    layers[0].bias[:] = -layers[0].weight[:, 0] * step * (first + int(rng.integers(1, count)))
    reads = (0, 1, 2), (0, 1, 3)
    models = [
        Bound(name, Network(columns, tuple(layers)), x) for name, x in zip("ab", reads, strict=True)
    ]
    matter = Matter(domain, tuple(models), Not(Same(0, 1)))
    margins = [float(margin(matter, 0, point)) for point in full_cell(domain).points()]
    layers[-1].bias[:] -= np.quantile(margins, rng.choice([0.2, 0.5, 0.8]))
    models = [replace(x, model=Network(columns, tuple(layers))) for x in models]
    matter = asked_of(rng, replace(matter, models=tuple(models)))
    if rng.random() < 0.7:
        return matter
    tree = Bound("tree", _random_tree(rng, domain, 2), (0, 1, 2, 3))
    differ = All((Not(Same(0, 1)), ClassIs(2, 1)))
    return replace(matter, models=(*matter.models, tree), question=differ)


def some_neurons(rng, network):
    """One or two of them."""
    every = neurons_of(network)
    count = min(len(every), int(rng.integers(1, 3)))
    return tuple(sorted(every[i] for i in rng.permutation(len(every))[:count]))


def proposed(rng, asked, cell):
    """A Sandwich of a cell, whose cases random neurons tell apart; or None."""
    bins = int(rng.choice([1, 3, 20, 512]))
    neurons = some_neurons(rng, asked.nets[0].p.teacher)
    (step,) = propose(asked, [cell], [0, 1], bins=bins, neurons=[neurons])
    return step


def random_proof(rng, matter, proposed=proposed):
    """A few random splits, and what is proposed of the cells."""
    asked = ask(matter)

    def said(cell):
        return proposed(rng, asked, cell) or Open()

    return random_splits(rng, full_cell(matter.domain), 3, 0.6, said)


def members_with(rng, random_matter, random_proof, wanted):
    """The members of a random certificate with a Sandwich that is ``wanted``."""

    def drawn():
        matter = random_matter(rng)
        return matter, random_proof(rng, matter)

    return first_members(drawn, lambda node: isinstance(node, Sandwich) and wanted(node))


def certificate(seed, limit=60):
    """The members of a small certificate with cases."""
    rng = np.random.default_rng([seed, 41])
    return members_with(rng, lambda own: random_copies(own, limit), random_proof, lambda x: x.cases)
