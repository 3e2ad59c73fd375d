"""Sandwiches with sides: sums of which each shows one class of all networks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tests.kernel import joint_cases, neuron_cases
from tests.kernel.sandwich_cases import random_sandwich_matter
from verifier.kernel.sandwich import LARGEST, ends_of, shown, sided, within
from verifier.model.proof import Side, Sides
from verifier.provers.sandwiches import propose

FINE = 20
"""Bits of the forms' numbers behind the point."""


def with_sides(asked, cell, models, *, bins, again=True, ones=0):
    """What is proposed of a cell, with the sums nearest to all its networks from both sides; or
    None where nothing is shown in floats."""
    (step,) = propose(asked, [cell], models, bins=bins, again=again, ones=ones)
    found = []

    def near(first, own):
        zoned = within(first) if again or len(models) > 1 else None
        if all(x.enclosed.cells.layers for x in first.lines):
            pair, zones = sided(first, zoned, np.array([0]))
            sums = _forms(asked, zones.pair if zones else pair)
            found.append((sums[0], shown(pair, zones, sums, np.array([FINE]))))
        return shown(first, None, np.zeros((1, asked.domain.columns)), np.array([0]))

    ends_of(asked, [(x, ones) for x in models], [cell], near)
    if step is None or not found or not found[0][1].good[0]:
        return None
    ((sums, ends),) = found
    if np.abs(sums).max() > LARGEST:
        return None
    least, most = ends.strips[0, :, 0].min(), ends.strips[0, :, 1].max()
    points = np.array([[float(x) for x in asked.domain.encode(p)] for p in cell.points()])
    one, zero = (
        Side(tuple(map(int, form)), max(1, int(np.ptp(points @ form)) // bins), int(end))
        for form, end in zip(sums, (least - 2, most + 2), strict=True)
    )
    return replace(step, sides=Sides(FINE, one, zero))


def _forms(asked, pair):
    """The mean of the networks' closer forms below, and above, of columns that all read."""
    sums, read = np.zeros((1, 2, asked.domain.columns)), np.zeros(asked.domain.columns)
    for x, columns in zip(pair.closer, pair.columns, strict=True):
        sums[..., columns] += x.a * [[1], [-1]] / np.exp2(x.enclosed.p.scales)
        read[columns] += 1
    every = len(pair.closer)
    return np.where(read == every, np.rint(np.ldexp(sums / every, FINE)), 0.0)


def random_sided(rng, limit):
    """A question about a network, or about two."""
    which = rng.random()
    if which < 0.4:
        return joint_cases.bent(rng)
    if which < 0.7:
        return neuron_cases.random_copies(rng, limit)
    return random_sandwich_matter(rng, limit)


def proposed(rng, asked, cell):
    """A Sandwich of a cell with sides; or None."""
    models = sorted(asked.nets)
    if rng.random() < 0.2:
        models = models[:1]
    bins = int(rng.choice([1, 3, 20, 512]))
    return with_sides(asked, cell, models, bins=bins, again=bool(rng.integers(2)))


def random_proof(rng, matter):
    """A few random splits, and what is proposed of the cells."""
    return neuron_cases.random_proof(rng, matter, proposed)


def certificate(seed, limit=60):
    """The members of a small certificate with sides."""
    rng = np.random.default_rng([seed, 47])
    return neuron_cases.members_with(
        rng, lambda own: random_sided(own, limit), random_proof, lambda x: x.sides
    )
