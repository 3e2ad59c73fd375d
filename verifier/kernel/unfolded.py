"""A network in float32 layer by layer, where it is too large to be folded: rule 6. Trusted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import Ints
from verifier.kernel.float32 import logit_error, never_shown, numbers_of
from verifier.kernel.folding import real
from verifier.kernel.over import Bools, decided
from verifier.kernel.points import chunk_of
from verifier.kernel.prepared import Prepared, parts_of
from verifier.kernel.rules import all_bounds
from verifier.model.cell import full_cell
from verifier.model.network import Add, Affine, Scale, Sign, sources

Singles = npt.NDArray[np.float32]
LISTED, TRIED = 1 << 12, 1 << 6
"""Values of a variable that are written in float32, at most; points that are tried."""


@dataclass(frozen=True, eq=False)
class Unfolded:
    """A network of ReLUs; ``tables`` are the variables' encodings, (values, columns).

    Where an output is further than ``far`` from 0 (or the two largest of several from each other)
    the class is certain: the outputs are off by no more than ``float32.logit_error`` says.
    """

    p: Prepared
    tables: tuple[Singles, ...]
    far: float

    def at(self, points: Ints) -> tuple[Ints, Bools]:
        """The classes at points, (points, variables), and where they are not certain."""
        classes, unsure = np.zeros(len(points), dtype=np.int64), np.zeros(len(points), dtype=bool)
        step = chunk_of(self.p)
        for start in range(0, len(points), step):
            self.p.poll()
            own = slice(start, start + step)
            classes[own], unsure[own] = decided(self._outputs(points[own]).T, self.far)
        return classes, unsure

    def _outputs(self, points: Ints) -> Singles:
        """The logits, (points, outputs)."""
        read = [t.take(i, axis=0) for t, i in zip(self.tables, points.T, strict=True)]
        nodes = [np.concatenate(read, axis=1)]
        for index, layer in enumerate(self.p.teacher.layers):
            x, *others = (nodes[source] for source in sources(layer))
            if isinstance(layer, Affine | Scale):
                factor, shift = (a.astype(np.float32, copy=False) for a in numbers_of(layer))
                x = x @ factor.T if isinstance(layer, Affine) else x * factor
                x += shift
            else:
                x = x + others[0] if isinstance(layer, Add) else np.maximum(x, 0)
            nodes.append(x)
            for source in sources(layer):
                if self.p.teacher.last_use[source] == index:  # as few points as need no room
                    nodes[source] = nodes[source][:0]
        return nodes[-1]


def unfolded(p: Prepared) -> Unfolded | None:
    """The network in float32; None where that says little: of few points or nothing."""
    count = [v.count for v in p.domain.variables]
    if never_shown(p) or max(count) > LISTED or any(isinstance(x, Sign) for x in p.teacher.layers):
        return None
    p.spend(p.cell_cost)
    error, shown = logit_error(p, all_bounds(p, parts_of([full_cell(p.domain)]), False))
    if not shown[0]:
        return None
    own = real(error)
    far = np.float32(own[0] if len(own) == 1 else 2 * own.max())
    every = (np.array([v.row(i) for i in range(v.count)], np.float64) for v in p.domain.variables)
    tables = tuple(x.astype(np.float32) for x in every)
    found = Unfolded(p, tables, float(np.nextafter(far, np.float32(np.inf))))
    mixed = np.arange(TRIED)[:, None] * 40503 + np.arange(len(count)) * 9973
    points = (mixed * 65599 % (1 << 31) >> 12) % count
    return None if 2 * np.count_nonzero(found.at(points)[1]) > TRIED else found
