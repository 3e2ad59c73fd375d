"""Where to split a cell in which an ensemble's class is not known: at a test of its trees.

Each tree that still has a choice votes for its first test that parts the cell, by how far apart its
leaves are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.ensembles import Forest
from verifier.kernel.prepared import Parts, parts_of
from verifier.model.cell import Cell
from verifier.model.overlay import descend
from verifier.model.part import Part, within
from verifier.model.question import Bound
from verifier.provers.answering import own_cell
from verifier.provers.overlaying import Cut


def forest_cut(
    forests: Mapping[int, Forest], models: Sequence[Bound], cell: Cell, asked: Iterable[int]
) -> Cut | None:
    """The test with the most votes; None where no tree of those ensembles parts the cell."""
    votes: dict[Cut, float] = {}
    for model in asked:
        reads, forest = models[model].reads, forests[model]
        own = own_cell(cell, reads)
        apart = spreads(forest, parts_of([own]))[0]
        for tree, gap in zip(forest.members, apart.tolist(), strict=True):
            test = tree.nodes[descend(tree, own)] if gap else 0
            if not isinstance(test, int):
                index, part, _, _ = test
                left: Part = within(own.parts[index], part)[0]
                cut = reads[index], left
                votes[cut] = votes.get(cut, 0.0) + gap
    return max(votes, key=votes.__getitem__) if votes else None


def spreads(forest: Forest, parts: Parts) -> npt.NDArray[np.float64]:
    """How far apart what each tree adds in each cell may be, all outputs together."""
    return spread(forest, forest.areas.reached(parts))


def spread(forest: Forest, reached: Any) -> npt.NDArray[np.float64]:
    """The same of cells of which it is known what they reach."""
    areas = forest.areas
    low, high = areas.least(reached, areas.values), -areas.least(reached, -areas.values)
    return np.asarray((high - low).astype(np.float64).sum(axis=2))
