"""Bins of a sum: however little time is worth them, they lose little of what is far off."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from verifier.kernel.asked import ask
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.provers.bins import Worth
from verifier.provers.sandwiches import propose, still_open


def test_even_a_coarse_proof_tells_most_of_a_cell_whose_thresholds_are_far():
    """Of twenty variables with a bin each to lose; one point in a hundred is in class 1."""
    count, values = 20, 9
    ranges = [
        Ordinal(f"x{i}", Fraction(0), Fraction(1), values, uniform(values)) for i in range(count)
    ]
    rng = np.random.default_rng(0)
    weights = rng.uniform(0.5, 1.5, size=count)
    drawn = rng.integers(0, values, size=(10_000, count)) @ weights
    linear = Network(count, (Affine(0, weights[None], np.array([-np.quantile(drawn, 0.99)])),))
    asked = ask(matter_of(Domain(tuple(ranges)), linear, Tree((Leaf(0),))))
    cell = full_cell(asked.domain)
    worthless = Worth(np.full(1, 1e-12), np.full(1, 1e-3))
    (step,) = propose(asked, [cell], [0], worth=worthless)
    assert step is not None
    left = still_open(asked, cell, step)
    assert left is not None and left < Fraction(1, 20)
