"""Sandwiches of one network, with cases of one neuron whose sums are counted together."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.certificates.first_members import first_members
from tests.certificates.sandwich_mutations import random_splits
from tests.kernel.neuron_cases import neurons_of
from tests.kernel.sandwich_cases import random_sandwich_matter
from verifier.kernel.asked import ask
from verifier.kernel.cases import Case, all_over, in_cases
from verifier.kernel.sandwich import Within, ends_of, shown, within
from verifier.model.cell import full_cell
from verifier.model.network import Network
from verifier.model.proof import Cases, Open, Sandwich, Strip
from verifier.provers.sandwiches import _made, _sums, grid_of, propose


def with_cases(asked, cell, model, neuron, *, bins, again=True, loose=0):
    """What is proposed of a cell, with both cases of a neuron; or None.

    ``again``: what is said in cases, and of both sums all over the cell, is found in zones, too.
    Ends are ``loose`` by so many units.
    """
    (step,) = propose(asked, [cell], [model], bins=bins, again=again)
    if step is None:
        return None
    grid, cases = grid_of(asked), [Case(0, (neuron,), signs) for signs in (0, 1)]
    found = []

    def near(first, own):
        cased = in_cases(first, cases)
        zones = within(first) if again else None
        if cased is not None:
            pair, _ = cased
            sums = _sums(grid, pair, first.columns, bins)
            found.append((sums, shown(pair, within(pair) if again else None, *sums[:2])))
            over = zones and zones_of(zones, cases)
            found.append((sums, shown(all_over(first, cases), over, *sums[:2])))
        return shown(first, zones, *_sums(grid, first, first.columns, bins)[:2])

    ends_of(asked, [model], [cell], near)
    if not found:
        return None
    steps, everywhere = (_made([model], ends, *sums) for sums, ends in found)
    if None in steps or None in everywhere:
        return None
    wide = [[looser(strip, loose) for strip in x.strips] for x in (*steps, *everywhere)]
    steps = [replace(x, strips=tuple(own)) for x, own in zip(steps, wide[:2], strict=True)]
    all_ = tuple(own[0] for own in wide[2:])
    return replace(step, cases=Cases((neuron,), tuple(steps), all_))


def zones_of(zones: Within, cases):
    """Both cases' lines in the zones of their cells."""
    return zones.of(cases)


def looser(strip, by):
    """With ends that are further apart."""
    return Strip(strip.model, strip.least - by, strip.most + by)


def random_joint(rng, limit):
    """A question with a network of which some neuron is before a ReLU, behind the input."""
    while True:
        matter = random_sandwich_matter(rng, limit)
        if isinstance(matter.models[0].model, Network) and neurons_of(matter.models[0].model):
            return matter


def proposed(rng, asked, cell):
    """A Sandwich of a cell, whose cases a random neuron tells apart; or None."""
    neurons = neurons_of(asked.nets[0].p.teacher)
    neuron = neurons[int(rng.integers(len(neurons)))]
    bins = int(rng.choice([1, 3, 20, 512]))
    again = bool(rng.integers(2))
    return with_cases(asked, cell, 0, neuron, bins=bins, again=again)


def random_proof(rng, matter):
    """A few random splits, and what is proposed of the cells."""
    asked = ask(matter)

    def said(cell):
        return proposed(rng, asked, cell) or Open()

    return random_splits(rng, full_cell(matter.domain), 3, 0.6, said)


def certificate(seed, limit=60):
    """The members of a small certificate with cases of one network."""
    rng = np.random.default_rng([seed, 43])

    def drawn():
        matter = random_joint(rng, limit)
        return matter, random_proof(rng, matter)

    return first_members(drawn, lambda node: isinstance(node, Sandwich) and node.cases)
