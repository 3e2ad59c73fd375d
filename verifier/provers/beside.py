"""What is said of open cells where a question is about many models: Sandwiches beside classes.

The kernel is asked which models have one class all over a cell. Where these decide the question it
is closed; else a Sandwich is proposed of the network, or of two copies, that decides it most often.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from verifier.kernel.asked import Asked
from verifier.model.cell import Cell
from verifier.model.network import Network
from verifier.model.proof import Constant, Sandwich, Several
from verifier.model.question import Matter
from verifier.provers.answering import Answerer, Values
from verifier.provers.overlaying import Overlay, Undecided
from verifier.provers.sandwiches import Beside, propose, shown_classes
from verifier.provers.space import Space, boxes, random_points
from verifier.provers.timing import poll
from verifier.writing.network_parts import same_network

BINS = 256
"""Bins of a sum, at most about."""
DRAWN = 8
"""Points of a cell that tell which models may be constant there, and which decide most."""
Models = tuple[int, ...]
"""The numbers of one network or two, increasing."""


def is_about_many(matter: Matter) -> bool:
    """Whether a question with networks is about more models than a Sandwich: trees are none."""
    return len(matter.networks) + len(matter.ensembles) > 2 or (
        bool(matter.networks) and bool(matter.ensembles)
    )


@dataclass(frozen=True, eq=False)
class Many:
    """A question about more models than Sandwiches speak of, made ready."""

    asked: Asked
    overlay: Overlay
    answerer: Answerer
    space: Space

    @cached_property
    def pairs(self) -> frozenset[Models]:
        """The copies of a network of two classes."""
        two = [m for m in self.networks if self.asked.nets[m].classes == 2]
        held = [(m, self.overlay.matter.models[m].model) for m in two]
        return frozenset(
            (a, b)
            for (a, one), (b, other) in combinations(held, 2)
            if isinstance(one, Network) and isinstance(other, Network) and same_network(one, other)
        )

    @cached_property
    def networks(self) -> Models:
        """The networks."""
        return tuple(sorted(self.asked.nets))

    def say(self, cells: Sequence[Cell]) -> list[Constant | Several | Sandwich | None]:
        """What the kernel accepts of each cell; None where nothing tells of it."""
        found: list[Constant | Several | Sandwich | None] = [None] * len(cells)
        classes = self._drawn(cells)
        known = self._known(cells, classes)
        ways: dict[tuple[Models, int], list[int]] = {}
        for i, (cell, beside) in enumerate(zip(cells, known, strict=True)):
            poll()
            if beside is None:
                continue
            asked = self._undecided(cell, beside)
            if not asked:
                found[i] = beside[0] if len(beside) == 1 else Several(beside)
            elif models := self._first(cell, asked, beside, classes[i]):
                ones = self._group(cell, models, beside)
                if ones is not None:
                    ways.setdefault((models, ones), []).append(i)
        for (models, ones), at in ways.items():
            own = [cells[i] for i in at]
            also = [tuple(x for x in known[i] or () if x.model not in models) for i in at]
            made = propose(self.asked, own, models, bins=BINS, beside=also, ones=ones)
            for i, step in zip(at, made, strict=True):
                found[i] = step
        return found

    def _group(self, cell: Cell, models: Models, beside: Beside) -> int | None:
        """The group of a network's classes that a Sandwich is about, 0 of networks of two; None
        where all classes answer the formula alike."""
        if self.asked.nets[models[0]].classes == 2:
            return 0
        return self.overlay.group(cell, models[0], {x.model: x.klass for x in beside})

    def _undecided(self, cell: Cell, beside: Beside) -> Undecided:
        known = {x.model: x.klass for x in beside}
        return self.overlay.undecided(cell, self.overlay.top, known)

    def _drawn(self, cells: Sequence[Cell]) -> Values:
        """The classes of all models at random points, (cells, points, models)."""
        rng = np.random.default_rng(0)
        points = random_points(self.space, boxes(self.space, cells), DRAWN, rng)
        return self.answerer.classes(points).reshape(len(cells), DRAWN, -1)

    def _known(self, cells: Sequence[Cell], classes: Values) -> list[Beside | None]:
        """The classes that the kernel shows, of those asked for; None where trees decide all."""
        same = (classes == classes[:, :1]).all(axis=1)
        wanted, asked = [], []
        for i, cell in enumerate(cells):
            own = self._undecided(cell, ())
            asked.append(bool(own))
            wanted += [
                (i, Constant(int(classes[i, 0, m]), m)) for m in sorted(own.networks) if same[i, m]
            ]
        shown = shown_classes(self.asked, [(cells[i], step) for i, step in wanted])
        held: list[list[Constant]] = [[] for _ in cells]
        for (i, step), good in zip(wanted, shown, strict=True):
            if good:
                held[i].append(step)
        return [tuple(own) if some else None for own, some in zip(held, asked, strict=True)]

    def _first(
        self, cell: Cell, asked: Undecided, beside: Beside, classes: Values
    ) -> Models | None:
        """Those of the networks asked for that decide most of some points; None if none does."""
        some = [(m,) for m in self.networks if m in asked.networks]
        ways = [*some, *(pair for pair in self.pairs if set(pair) <= asked.networks)]
        held = {x.model: x.klass for x in beside}
        shares = [self._decided(models, held, classes) for models in ways]
        best = max(range(len(ways)), key=lambda k: shares[k], default=None)
        return None if best is None or not shares[best] else ways[best]

    def _decided(self, models: Models, held: Mapping[int, int], classes: Values) -> int:
        """At how many points some networks decide the question, with the trees and what is held."""
        told = {*models, *self.overlay.models}
        count = 0
        for row in classes.tolist():
            own = tuple(row[m] if m in told else held.get(m) for m in range(len(row)))
            count += self.overlay.decides(own)[0] is not None
        return count
