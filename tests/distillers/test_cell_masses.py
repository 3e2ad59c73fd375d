"""What the growth of a tree is told of known cells: the mass of each within a region."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import verifier as lp
from verifier.distillers.cuts import prepare_cuts
from verifier.distillers.sources import allowed_of, cell_source
from verifier.model.cell import Cell, values

DOMAIN = lp.Domain.product(
    lp.Domain.one_hot("a", ["p", "q", "r"], [0.5, 0.25, 0.25]),
    lp.Domain.one_hot("b", ["p", "q"], [0, 1]),
    lp.Domain.one_hot("c", ["p", "q", "r", "s"], [0.125, 0.5, 0.25, 0.125]),
)


def _mass(cell: Cell) -> float:
    """Half of its probability and half of its share of the points."""
    points = [*product(*map(values, cell.masks))]
    chances = [
        np.prod([float(v.probabilities[k]) for v, k in zip(DOMAIN.variables, p, strict=True)])
        for p in points
    ]
    return float(sum(chances)) / 2 + len(points) / DOMAIN.size / 2


@pytest.mark.parametrize("seed", range(5))
def test_a_part_knows_the_mass_of_each_cell_that_it_meets(seed):
    rng = np.random.default_rng(seed)
    cells = [Cell((1 << i, 1 << j, 0b0011 << k)) for i in range(3) for j in (0, 1) for k in (0, 2)]
    classes = rng.integers(0, 3, len(cells))
    cuts = prepare_cuts(DOMAIN)
    source = cell_source(cuts, np.array([allowed_of(cuts, c) for c in cells]), classes, 3)
    asked = Cell(tuple(int(rng.integers(1, 1 << len(v.labels))) for v in DOMAIN.variables))
    kept = Cell(tuple(int(rng.integers(1, 1 << len(v.labels))) for v in DOMAIN.variables))
    both = [a & k for a, k in zip(asked.masks, kept.masks, strict=True)]
    if not all(both):
        kept, both = asked, list(asked.masks)
    found = source.part(source.region(asked), allowed_of(cuts, kept))
    inside = [Cell(tuple(a & b for a, b in zip(c.masks, both, strict=True))) for c in cells]
    met = [n for n, c in enumerate(inside) if all(c.masks)]
    assert found.rows.tolist() == met
    np.testing.assert_allclose(found.weights, [_mass(inside[n]) for n in met], rtol=1e-12)
    totals = [sum(_mass(inside[n]) for n in met if classes[n] == k) for k in range(3)]
    np.testing.assert_allclose(found.totals, totals, rtol=1e-12, atol=1e-15)
    assert found.mixed == (len({classes[n] for n in met}) > 1)
    assert found.allowed.tolist() == allowed_of(cuts, Cell(tuple(both))).tolist()
