"""Points at which the question is true, looked for at random."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from verifier.model.cell import Cell
from verifier.provers.answering import answerer_of
from verifier.provers.search import COUNTEREXAMPLES
from verifier.provers.space import boxes, prepare_space, random_points

if TYPE_CHECKING:
    from verifier.provers.pairs.search import Sandwiching

DRAWN = 4096
"""Points that are looked at."""
NUMBERS = 1 << 22
"""Numbers of an array, at most about."""


def draw(search: Sandwiching, cells: Sequence[Cell]) -> None:
    """Keep points of some cells at which the question is true, as long as some are wanted."""
    wanted = COUNTEREXAMPLES - len(search.found)
    if wanted <= 0 or not cells:
        return
    answerer, space = answerer_of(search.overlay), prepare_space(search.matter.domain)
    most = max(1, min(DRAWN, NUMBERS // (1 + len(space.owners))))
    some = cells[:most]
    rng = np.random.default_rng(0)
    points = random_points(space, boxes(space, some), max(1, most // len(some)), rng)
    true = answerer.true_at(points, answerer.classes(points))
    for i in np.flatnonzero(true)[:wanted].tolist():
        search.found[tuple(points[i].tolist())] = None
