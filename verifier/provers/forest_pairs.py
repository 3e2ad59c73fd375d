"""Pairs of ensembles in a question: what their trees have in common decides it in some cells.

A cell in which one ensemble's class says enough of the other's is closed by that, whatever both
classes are; see ``kernel/paired.py``. Nothing here is trusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from verifier.kernel.asked import Asked
from verifier.kernel.paired import Pair, pair
from verifier.kernel.prepared import Parts
from verifier.model.proof import SAME, Paired

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
MOST_WORK = 1 << 30
"""Comparisons of areas, at most about, to find out which of two ensembles meet."""
MOST_EACH = 1 << 15
"""Numbers to be compared for each cell, at most: of more, single classes are sooner found."""
WHOLE = 4
"""Cells, of the first that are looked at, in which all sums are looked at, too."""
MOST_SUMS = 1 << 14
"""Sums made at a time there, at most: enough for votes; of others single classes tell more."""
LOOKED = 1 << 9
"""After so many cells it is asked whether this closes any."""
USEFUL = 0.02
"""The share of the cells looked at that are to be closed by this."""


@dataclass(eq=False)
class Beside:
    """A pair of ensembles, its numbers first: ``decided`` are the orders that decide the question.

    ``differing`` are by ensemble its trees whose numbers are not always the same as the other's.
    ``looked`` and ``closed`` count cells, ``sums`` those of which all sums were looked at.
    """

    models: tuple[int, int]
    held: Pair
    decided: Mapping[int, bool]
    differing: Mapping[int, Bools]
    looked: int = 0
    closed: int = 0
    sums: int = 0

    @property
    def useful(self) -> bool:
        """Whether to go on."""
        return self.looked < LOOKED or self.closed > USEFUL * self.looked

    def said(self, parts: Parts) -> Ints:
        """The order to state in each cell; 0 where none is shown that decides the question."""
        orders = self.held.orders(parts)
        for row in range(min(len(parts), WHOLE - self.sums)):
            if int(orders[row]) not in self.decided:
                orders[row] |= self.held.by_sums(parts[np.array([row])], MOST_SUMS)
            self.sums += 1
        found = np.where(np.isin(orders, [*self.decided]), orders, 0)
        for order in (1, 2):
            if order in self.decided:
                found[(found == 0) & (orders & order > 0)] = order
        self.looked += len(parts)
        self.closed += int((found > 0).sum())
        return found

    def step(self, order: int) -> Paired:
        """The step that says so."""
        return Paired(*self.models, order)


def besides(asked: Asked) -> tuple[Beside, ...]:
    """The pairs of ensembles of which an order may decide the question, the first few."""
    return tuple(filter(None, (_beside(asked, *pair) for pair in combinations(asked.forests, 2))))


def _beside(asked: Asked, left: int, right: int) -> Beside | None:
    decided = {}
    two = all(asked.forests[m].classes == 2 for m in (left, right))
    for order in (SAME, 1, 2) if two else (SAME,):
        classes: list[int | None] = [None] * len(asked.names)
        classes[left] = classes[right] = -order
        found = asked.truth(tuple(classes))
        if found is not None:
            decided[order] = found
    if not decided or _work(asked, left, right) > MOST_WORK:
        return None
    held = pair(asked, left, right)
    if held is None:
        return None
    wrong = np.flatnonzero(held.against)
    if wrong.size * len(asked.domain.variables) > MOST_EACH:
        return None
    differing = np.isin(np.arange(len(held.one.members)), held.at[wrong, 0])
    return Beside((left, right), held, decided, {left: differing, right: differing})


def _work(asked: Asked, left: int, right: int) -> int:
    """Comparisons to find which areas of two ensembles meet."""
    counts = []
    for m in (left, right):
        areas = asked.forests[m].areas
        counts.append(np.diff(np.append(areas.first, len(areas.wanted))))
    if len(counts[0]) != len(counts[1]):
        return 0
    return int((counts[0] * counts[1]).sum()) * len(asked.domain.variables)
