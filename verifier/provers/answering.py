"""Points of a matter: the classes of all its models there, and whether its formula is true."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verifier.kernel.ensembles import Forest, forest_of
from verifier.model.cell import Cell
from verifier.model.ensemble import Ensemble
from verifier.model.network import Network
from verifier.model.overlay import BoundTree, leaves_of_points
from verifier.model.question import Matter, truth
from verifier.provers.evaluate import Bulk, bulk_classes, prepare_bulk
from verifier.provers.overlaying import Overlay
from verifier.provers.tables import Bools

Values = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Answerer:
    """The models of a matter, ready to be evaluated; networks and ensembles by their numbers."""

    overlay: Overlay
    bulks: dict[int, Bulk]
    forests: dict[int, Forest]

    @property
    def matter(self) -> Matter:
        """What it is about."""
        return self.overlay.matter

    def network(self, model: int, own: Values) -> Values:
        """A network's class at points given by the values of the variables that it reads.

        Or an ensemble's.
        """
        if model in self.forests:
            return self.forests[model].classes_at(own)
        return bulk_classes(self.bulks[model], own)

    def classes(self, points: Values) -> Values:
        """The class of every model at some points: [points, models]."""
        found = np.empty((len(points), len(self.matter.models)), dtype=np.int64)
        for model in (*self.bulks, *self.forests):
            reads = list(self.matter.models[model].reads)
            found[:, model] = self.network(model, points[:, reads])
        for model, tree in zip(self.overlay.models, self.overlay.trees[1:], strict=True):
            assert tree is not None
            found[:, model] = tree.classes[leaves_of_points(tree, points)]
        return found

    def true_at(self, points: Values, classes: Values) -> Bools:
        """Which of these are points of the domain at which the formula is true."""
        kinds, which = np.unique(classes, axis=0, return_inverse=True)
        holds = [bool(truth(self.matter.question, kind)) for kind in kinds.tolist()]
        found = np.array(holds, dtype=np.bool_)[which.reshape(-1)]
        given = self.overlay.trees[0]
        return found if given is None else found & self._possible(given, points)

    def _possible(self, given: BoundTree, points: Values) -> Bools:
        leaves = given.classes[leaves_of_points(given, points)]
        excluded = np.array(sorted(self.overlay.impossible), dtype=np.int64)
        found: Bools = ~np.isin(leaves, excluded)
        return found


def answerer_of(overlay: Overlay) -> Answerer:
    """Make the networks and ensembles of a matter ready."""
    matter = overlay.matter
    bulks, forests = {}, {}
    for i, bound in enumerate(matter.models):
        if isinstance(bound.model, Network):
            bulks[i] = prepare_bulk(bound.model, matter.domain.product_of(bound.reads))
        elif isinstance(bound.model, Ensemble):
            own = matter.domain.product_of(bound.reads)
            forests[i] = forest_of(bound.model, own, bound.reads, True)
    return Answerer(overlay, bulks, forests)


def points_of(cell: Cell) -> Values:
    """All tuples of a small cell."""
    return np.array(list(cell.points()), dtype=np.int64).reshape(-1, len(cell.parts))


def own_cell(cell: Cell, reads: Sequence[int]) -> Cell:
    """What a cell leaves of the variables that a model reads."""
    return Cell(tuple(cell.parts[i] for i in reads))
