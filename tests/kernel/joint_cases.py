"""Sandwiches of one network, with cases of one neuron whose sums are counted together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.kernel import neuron_cases
from tests.kernel.neuron_cases import neurons_of
from tests.kernel.sandwich_cases import margin, random_sandwich_matter
from tests.kernel.test_ordinals import ordinal, random_runs
from tests.provers.cases import random_variable
from tests.provers.matters import _random_tree
from verifier.kernel.cases import Case, all_over, in_cases
from verifier.kernel.sandwich import ends_of, shown, within
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Cases
from verifier.model.question import Bound, ClassIs, Matter, Not, Same
from verifier.provers.near import sums_near
from verifier.provers.sandwiches import _made, grid_of, propose


def with_cases(asked, cell, model, neuron, *, bins, again=True, ones=0):
    """What is proposed of a cell, with both cases of a neuron; or None.

    ``again``: what is said in cases, and of both sums all over the cell, is found in zones, too.
    """
    (step,) = propose(asked, [cell], [model], bins=bins, again=again, ones=ones)
    if step is None:
        return None
    grid, cases = grid_of(asked), [Case(0, (neuron,), signs) for signs in (0, 1)]
    found = []

    def near(first, own):
        cased = in_cases(first, cases)
        zones = within(first) if again else None
        if cased is not None:
            pair, _ = cased
            sums = sums_near(grid, pair, first.columns, bins)
            found.append((sums, shown(pair, within(pair) if again else None, *sums[:2])))
            over = zones and zones.of(cases)
            found.append((sums, shown(all_over(first, cases), over, *sums[:2])))
        return shown(first, zones, *sums_near(grid, first, first.columns, bins)[:2])

    ends_of(asked, [(model, ones)], [cell], near)
    if not found:
        return None
    steps, everywhere = (_made([(model, ones)], ends, *sums) for sums, ends in found)
    if None in steps or None in everywhere:
        return None
    strips = tuple(x.strips[0] for x in everywhere)
    return replace(step, cases=Cases((neuron,), tuple(steps), strips))


def bent(rng):
    """A question about a network in which one neuron's ReLU matters most, beside a tree or not."""
    step, count = int(rng.choice([1, 1, 3])), int(rng.integers(4, 9))
    runs = random_runs(rng, count) if rng.random() < 0.4 else None
    every = ordinal("x", -step, step, count, runs), random_variable(rng, "y", 3, 4)
    domain = Domain((*every, ordinal("z", 0, 1, int(rng.integers(1, 3)))))
    columns, width = domain.columns, int(rng.integers(2, 4))

    def affine(source, out, wide):
        return Affine(source, rng.normal(size=(out, wide)), rng.normal(size=out))

    layers = [affine(0, width, columns), Relu(1)]
    if rng.random() < 0.4:
        layers += [affine(2, width, width), Relu(3)]
    layers.append(affine(len(layers), int(rng.integers(1, 3)), width))
    layers[0].weight[1:] *= 0.3
    layers[-1].weight[:, 0] *= 3
    layers[0].bias[0] = -layers[0].weight[0, 0] * step * int(rng.integers(count - 1))
    network = Network(columns, tuple(layers))
    matter = Matter(domain, (Bound("net", network, (0, 1, 2)),), ClassIs(0, 1))
    margins = [float(margin(matter, 0, point)) for point in full_cell(domain).points()]
    layers[-1].bias[-1:] -= np.quantile(margins, rng.choice([0.3, 0.5, 0.7]))
    if rng.random() < 0.5:
        tree = Bound("tree", _random_tree(rng, domain, 2), (0, 1, 2))
        return replace(matter, models=(*matter.models, tree), question=Not(Same(0, 1)))
    return matter


def random_joint(rng, limit):
    """A question with a network of which some neuron is before a ReLU, behind the input."""
    if rng.random() < 0.6:
        return bent(rng)
    while True:
        matter = random_sandwich_matter(rng, limit)
        if isinstance(matter.models[0].model, Network) and neurons_of(matter.models[0].model):
            return matter


def proposed(rng, asked, cell):
    """A Sandwich of a cell, whose cases a random neuron tells apart; or None."""
    neurons = neurons_of(asked.nets[0].p.teacher)
    neuron = neurons[int(rng.integers(len(neurons))) * (rng.random() < 0.6)]
    bins = int(rng.choice([1, 3, 20, 512]))
    again = bool(rng.integers(2))
    return with_cases(asked, cell, 0, neuron, bins=bins, again=again)


def random_proof(rng, matter):
    """A few random splits, and what is proposed of the cells."""
    return neuron_cases.random_proof(rng, matter, proposed)


def certificate(seed, limit=60):
    """The members of a small certificate with cases of one network."""
    rng = np.random.default_rng([seed, 43])
    return neuron_cases.members_with(
        rng, lambda own: random_joint(own, limit), random_proof, lambda x: x.cases
    )
