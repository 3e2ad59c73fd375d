"""What the kernel's sweep of a network takes where many of its points are close to the boundary.

A sweep decides a point by float64 unless the network is near 0 there: then it is evaluated by
itself, for its class or for what is stated of float32. Of networks on raw inputs these can be most
of the points of the cells that are worth enumerating.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from verifier.kernel.float32 import logit_error, never_shown
from verifier.kernel.prepared import parts_of
from verifier.kernel.rules import all_bounds
from verifier.model.cell import Cell, full_cell
from verifier.model.proof import Enumerated
from verifier.provers.attack import forward
from verifier.provers.cells import Branching
from verifier.provers.costs import Costs, costs
from verifier.provers.ordered import Ordered
from verifier.provers.space import boxes, random_points

CELLS, POINTS = 16, 64
"""Enumerated cells looked at, and points of each."""
ALONE = 5
"""A point that is evaluated by itself takes so many times what one of a small cell does."""


def prices(search: Branching, proof: Ordered) -> Costs:
    """The kernel's seconds for the cells of a search's proof, about."""
    return prices_near(search, _enumerated(search, proof))


def prices_near(search: Branching, cells: Sequence[Cell]) -> Costs:
    """The same where such cells are enumerated."""
    plain = costs([search.teacher])
    more = ALONE * near(search, cells) * plain.listed
    return replace(plain, point=plain.point + more, listed=plain.listed + more)


def near(search: Branching, cells: Sequence[Cell]) -> float:
    """The share of the cells' points that a sweep does not decide in float64; a sample's."""
    p, network = search.prepared, search.network
    if not cells or never_shown(p):
        return 0.0
    error, shown = logit_error(p, all_bounds(p, parts_of(cells), False))
    with np.errstate(over="ignore"):
        far = np.ldexp(error.n.astype(np.float64).max(axis=1), -error.e.astype(np.int32))
    held = boxes(network.space, cells)
    points = random_points(network.space, held, POINTS, np.random.default_rng(0))
    logits = np.sort(forward(network, points)[0].astype(np.float64), axis=1)
    margin = np.abs(logits[:, 0]) if logits.shape[1] == 1 else logits[:, -1] - logits[:, -2]
    close = margin <= 2 * np.repeat(np.where(shown, far, np.inf), POINTS)
    return float(close.mean())


def _enumerated(search: Branching, proof: Ordered) -> list[Cell]:
    """Some Enumerated cells of the proof, from all over it."""
    parts, places = full_cell(search.domain).parts, proof.where(Enumerated)
    some = places[np.linspace(0, len(places) - 1, min(CELLS, len(places))).astype(np.int64)]
    return [proof.run(parts, at, 1)[0][0] for at in some.tolist()]
