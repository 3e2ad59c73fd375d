"""Trees grown from the rows of a table alone: CART's, and those of rows weighted at random."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from verifier.distillers.cuts import Cuts
from verifier.distillers.growing import Limits, grow
from verifier.distillers.pruning import pruned
from verifier.distillers.table import Table, table_source
from verifier.model.tree import Tree

OVERGROWN = 4
"""Times as many leaves as it may have are grown before a tree is cut down."""
VARIANTS, ENTRIES = 16, 1 << 22
"""Most trees, and most numbers (rows times variables) that are looked at for all their roots."""


def trees_of_rows(
    cuts: Cuts, rows: Table, judge: Table, kinds: int, leaves: int, seed: int
) -> Iterator[Tree]:
    """Trees of at most so many leaves, each grown from the rows and cut down as ``judge`` says.

    The first follows the rows as they are, the others give each a random weight (Rubin, The
    Bayesian bootstrap, 1981): of trees that Gini finds equally good the best are then met.
    """
    rng = np.random.default_rng([seed, 4])
    for number in range(max(1, min(VARIANTS, ENTRIES // max(1, rows.points.size)))):
        weights = rng.exponential(size=len(rows.mass)) if number else 1.0
        source = table_source(cuts, replace(rows, mass=rows.mass * weights), kinds, None)
        grown = grow(cuts, source, Limits(leaves=OVERGROWN * leaves))
        if grown.interrupted:
            raise KeyboardInterrupt
        yield pruned(grown.tree, cuts.domain, judge, kinds, leaves).best(leaves)[1]
