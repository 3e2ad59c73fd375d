"""Random questions about two networks of three classes and more, often copies or nearly so, and
Sandwiches about a group of both: alone, with further groups, with cases or with sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.kernel import sided_cases
from tests.kernel.neuron_cases import some_neurons
from tests.kernel.sandwich_cases import sum_at
from tests.provers.cases import random_variable
from tests.provers.matters import _random_tree, classes_at, random_domain
from tests.verified.grouped_cases import random_group, random_many
from verifier.kernel.asked import ask
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.grouped import members
from verifier.model.network import Affine, Network
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same
from verifier.provers.sandwiches import propose

KINDS = ("plain", "further", "cases", "sides")


def near_copy(rng, network):
    """The network with weights a little off."""
    layers = [
        replace(x, weight=x.weight + rng.normal(size=x.weight.shape) / 100)
        if isinstance(x, Affine)
        else x
        for x in network.layers
    ]
    return Network(network.columns, tuple(layers))


def rising(rng, network, ones, columns):
    """A linear network whose group rises with the last columns, and the others do not."""
    weight = network.layers[-1].weight
    inside = np.array([ones >> k & 1 for k in range(network.classes)])[:, None]
    up = np.abs(rng.normal(size=(network.classes, columns)))
    own = rng.normal(size=(network.classes, network.columns))
    own[:, -columns:] = np.where(inside, up, -up)
    return Network(network.columns, (Affine(0, own, weight[:, 0] / 2),))


def random_matter(rng, kind, limit=60):
    """Two such networks: one that reads a variable's other copy, or the same and weights that
    are a little off, or both; with a tree or without. And some of the classes."""
    domain = random_domain(rng, limit)
    while domain.given is not None:
        domain = random_domain(rng, limit)
    v, order = random_variable(rng, "w", 2, 3), kind != "sides" and rng.random() < 0.4
    least, most = (min(map(min, v.encoding)), max(map(max, v.encoding)))
    by = [0, int(rng.choice([-1, 1])) * (most - least + 1) if order else 0]
    both = (
        type(v)(
            n, v.labels, tuple([tuple([x + k for x in r]) for r in v.encoding]), v.probabilities
        )
        for n, k in zip(("one of", "two of"), by, strict=True)
    )
    domain = Domain((*domain.variables, *both))
    count = len(domain.variables)
    shared = [i for i in range(count - 2) if rng.random() < 0.8]
    reads, also = (*shared, count - 2), (*shared, count - 1)
    network = random_many(rng, domain.product_of(reads).columns)
    ones, which = random_group(rng, network), int(rng.integers(3))
    if order:
        network, which = rising(rng, network, ones, v.columns), 2
    if kind == "cases":  # of copies alone
        which = 2
    if kind == "sides":  # of few integers they are not shown
        network = near_copy(rng, network)
    if which == 0:
        also = reads
    other = network if which == 2 else near_copy(rng, network)
    models = (Bound("one", network, reads), Bound("other", other, also))
    first, second = (
        Any_(tuple(ClassIs(m, k) for k in members(ones, network.classes)[1])) for m in (0, 1)
    )
    question = [Not(Same(0, 1)), Not(Same(0, 1)), All((first, Not(second)))][int(rng.integers(3))]
    if rng.random() < 0.3:
        tree = Bound("tree", _random_tree(rng, domain, network.classes), tuple(range(count)))
        models, question = (*models, tree), All((question, Not(ClassIs(2, 0))))
    return Matter(domain, models, question), ones


def random_partition(rng, classes):
    """Two groups or more of some of the classes, as bits, of which none has one in common."""
    dealt = rng.permutation(classes)
    ends = sorted(rng.choice(np.arange(1, classes + 1), int(rng.integers(2, classes + 1)), False))
    groups = [sum(1 << int(k) for k in own) for own in np.split(dealt, ends)]
    return [own for own in groups if own and own != (1 << classes) - 1]


def case(seed):
    """A question, and a Sandwich of its whole domain; None where the kernel shows none."""
    rng = np.random.default_rng([seed, 67])
    kind = KINDS[seed % 4]
    matter, ones = random_matter(rng, kind)
    asked, cell, network = ask(matter), full_cell(matter.domain), matter.models[0].model
    bins = int(rng.choice([3, 20, 512]))
    if kind == "further":
        groups = random_partition(rng, network.classes)
        every = [propose(asked, [cell], [0, 1], bins=bins, ones=own)[0] for own in groups]
        if None in every:
            return rng, matter, None
        return rng, matter, replace(every[0], further=tuple(every[1:]))
    if kind == "sides":
        return rng, matter, sided_cases.with_sides(asked, cell, [0, 1], bins=bins, ones=ones)
    neurons = None
    if kind == "cases":
        neurons = [some_neurons(rng, asked.net((0, ones)).p.teacher)]
    step = propose(asked, [cell], [0, 1], bins=bins, ones=ones, neurons=neurons)[0]
    return rng, matter, step


def is_true(matter, step):
    """Whether what a Sandwich's strips, order and further groups say holds at every tuple."""
    for point in full_cell(matter.domain).points():
        classes = classes_at(matter, point)
        for x in (step, *step.further):
            near, own = sum_at(matter, x, point), [x.ones >> k & 1 for k in classes[:2]]
            for strip, klass in zip(x.strips, own, strict=True):
                if (near + strip.least > 0 and not klass) or (near + strip.most <= 0 and klass):
                    return False
            if (x.order & 1 and own == [1, 0]) or (x.order & 2 and own == [0, 1]):
                return False
    return True
