"""The trees of a fragment made cheap to check, as proofs are, before they leave whoever made them.

What is cut into many small cells of both classes is enumerated instead: that leaves a fraction of
the nodes to be sent, entered and put in order by the one who merges the fragments.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verifier.model.cell import Cell
from verifier.model.part import size
from verifier.model.proof import Enumerated
from verifier.provers.cells import Branching
from verifier.provers.ordered import Ordered, joined
from verifier.provers.pricing import prices_near
from verifier.provers.shaping import Shape, Weigh, dear, shape_of
from verifier.provers.units.structure import Follow, follow, forest

LOOKED = 4
"""Cells of a fragment at which it is seen how many of their points are close to the boundary."""
LEAST = 64
"""Nodes of a forest that is worth it."""


def shaped(
    search: Branching,
    cells: Sequence[Cell],
    trees: Ordered,
    by: tuple[Follow, Weigh] = (follow, dear),
) -> Ordered:
    """The forest whose trees are about these cells, with cells whose parts cost more Enumerated.

    ``by`` are ``follow`` and ``dear``, compiled if they can be.
    """
    if search.domain.infinite or len(trees.codes) < LEAST:
        return trees
    roots = forest(trees.codes, by[0]).roots
    ends = [*roots[1:].tolist(), len(trees.codes)]
    every = [trees.part(slice(at, end)) for at, end in zip(roots.tolist(), ends, strict=True)]
    own = shape_of(search.domain, prices_near(search, _enumerated(roots, cells, every, trees)))
    return joined(
        [
            tree.shaped(_around(own, cell), by[1], _lowest(cell))
            for cell, tree in zip(cells, every, strict=True)
        ]
    )


def _around(shape: Shape, cell: Cell) -> Shape:
    """The same for a proof about a cell and no more."""
    return shape._replace(counts=np.array([size(part) for part in cell.parts], dtype=np.int64))


def _lowest(cell: Cell) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """The first value of each ordinal; 0 of sets."""
    return np.array(
        [part.start if isinstance(part, range) else 0 for part in cell.parts], dtype=np.int64
    )


def _enumerated(
    roots: np.ndarray[tuple[int], np.dtype[np.int32]],
    cells: Sequence[Cell],
    every: Sequence[Ordered],
    trees: Ordered,
) -> list[Cell]:
    """Some Enumerated cells of a forest, from all over it."""
    places = trees.where(Enumerated)
    some = places[np.linspace(0, len(places) - 1, min(LOOKED, len(places))).astype(np.int64)]
    found = []
    for at in some.tolist():
        i = int(np.searchsorted(roots, at, side="right")) - 1
        found.append(every[i].run(cells[i].parts, at - int(roots[i]), 1)[0][0])
    return found
