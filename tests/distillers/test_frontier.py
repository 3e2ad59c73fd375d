"""Fingerprints of cells and of their parts are those of their definition, cut by cut."""

import numpy as np
import pytest

from tests.every import seeds
from verifier.distillers.cuts import prepare_cuts
from verifier.distillers.frontier import fingerprints
from verifier.formats.variables import one_hot, variable
from verifier.model.domain import Domain


@pytest.mark.parametrize("seed", seeds(range(10)))
def test_fingerprints_are_sums_over_the_values_that_a_part_keeps(seed):
    rng = np.random.default_rng(seed)
    numbers = variable("n", list("abcde"), [[int(x)] for x in rng.permutation([3, 1, 2, 2, 0])])
    pairs = variable("p", list("abcd"), [[int(x), int(y)] for x, y in rng.integers(3, size=(4, 2))])
    cuts = prepare_cuts(Domain((one_hot("c", list("xyz")), numbers, pairs)))
    cells = rng.random((20, len(cuts.owner))) < 0.7
    whole, lows, highs = fingerprints(cuts, cells)
    code = np.random.default_rng(0).integers(1, 1 << 63, len(cuts.owner), dtype=np.uint64)
    for n, cell in enumerate(cells):
        assert whole[n] == code[cell].sum()
        for c in range(len(cuts.first)):
            left, of_others = cuts.left(c), cuts.owner != cuts.variable(c)
            assert lows[n, c] == code[cell & (left | of_others)].sum()
            assert highs[n, c] == code[cell & ~left].sum()
