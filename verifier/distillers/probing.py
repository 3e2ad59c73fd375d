"""Choosing cuts by linear probes on φ: the score of the linear representation hypothesis in a cell.

The two halves of a cell that belong to a tree are ANDs, and the hypothesis says that they are
linear in φ. The score of a cut is the share of its variance, inside the cell, that probes explain.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from verifier.distillers.cuts import Bools, Cuts, Floats, prepare_cuts
from verifier.distillers.quick import activations, encode, quick_classes
from verifier.distillers.representation import (
    RIDGE,
    Layers,
    Representation,
    choose_nodes,
    represent,
)
from verifier.distillers.sampling import sample
from verifier.distillers.sources import Region, Source, cell_of, probe
from verifier.model.cell import Cell
from verifier.model.domain import Domain
from verifier.model.network import Network

FACTORISED = 8_000
"""Points that φ's eigenspace is found from."""
RANK = 200
"""Its dimension, at most."""
FEW = 64
"""Cells of fewer points are not probed."""
DEVIATIONS = 4.0
"""A score counts if it is so many standard deviations above what chance gives."""


@dataclass(frozen=True, eq=False)
class Probes:
    """A teacher's representation φ = (activations of ``nodes``), ready to score cuts in any cell.

    ``count`` fresh points are drawn in a cell; ``influence`` points are changed to find out which
    variables matter there; ``counter`` numbers the draws, so that the same seed scores alike.
    """

    teacher: Network
    cuts: Cuts
    nodes: tuple[int, ...]
    representation: Representation
    count: int
    influence: int
    seed: int
    counter: list[int] = field(default_factory=lambda: [0])

    def best(self, allowed: Bools) -> int:
        """The cut of the highest score among those that matter in a cell; -1 if none stands out.

        ``allowed`` is the cell as a Boolean array over all variables' values.
        """
        cell = cell_of(self.cuts, allowed)
        if cell.size < FEW or not len(self.representation.spectrum):
            return -1
        self.counter[0] += 1
        rng = np.random.default_rng([self.seed, 2, self.counter[0]])
        matters = self._matters(allowed, rng)
        scores, chance = self.scores(cell, rng)
        scores[~matters] = -np.inf
        best = int(scores.argmax()) if len(scores) else -1
        return best if best >= 0 and scores[best] > DEVIATIONS * chance else -1

    def _matters(self, allowed: Bools, rng: np.random.Generator) -> Bools:
        """For every cut, whether its variable changed the class somewhere in the cell."""
        domain, teacher = self.cuts.domain, self.teacher
        matters = np.zeros(len(self.cuts.first), dtype=np.bool_)
        for variable, _, differ in probe(
            self.cuts,
            allowed,
            lambda points: quick_classes(teacher, domain, points),
            self.influence,
            teacher.classes,
            rng,
        ):
            first, last = self.cuts.spans[variable]
            matters[first:last] = differ.max() > 0
        return matters

    def scores(self, cell: Cell, rng: np.random.Generator) -> tuple[Floats, float]:
        """Every cut's score in the cell, and the standard deviation of a score by chance.

        A cut's target is, in the cell, 1 on its left and 0 on its right, less their mean. Probes
        are fitted on one half of the points and judged on the other: with coordinates that are
        orthonormal over the whole domain that is a product of two vectors of coefficients. Scores
        are in units in which an AND of probability p that is linear in φ has 1/p. Cuts that do not
        split the cell have minus infinity.
        """
        points = sample(self.cuts.domain, self.count, rng, cell)
        nodes = activations(self.teacher, encode(self.cuts.domain, points))
        z = self.representation.coordinates([nodes[i] for i in self.nodes])
        left = self.cuts.outcomes(points)
        share = left.mean(axis=0)
        middle = max(1, len(points) // 2)
        parts = [
            z[half].T @ (left[half] - share) / max(1, len(z[half]))
            for half in (slice(None, middle), slice(middle, None))
        ]
        shrunk = self.representation.spectrum / (self.representation.spectrum + RIDGE)
        weights = 2 * shrunk - shrunk**2
        variance = share * (1 - share)
        split = variance > 0
        gain = weights @ (parts[0] * parts[1])
        scores = np.where(split, gain / np.where(split, variance, 1), -np.inf)
        squares = (z.astype(np.float64) ** 2).mean(axis=0)
        return scores, float(np.linalg.norm(weights * squares)) / middle


def prepare_probes(
    teacher: Network,
    domain: Domain,
    *,
    layers: Layers | None = None,
    count: int = 2000,
    influence: int = 64,
    seed: int = 0,
) -> Probes:
    """Factorise the representation; raises LeafproofError where `choose_nodes` does."""
    nodes = choose_nodes(teacher, layers)
    points = sample(domain, FACTORISED, np.random.default_rng([seed, 2]))
    everything = activations(teacher, encode(domain, points))
    representation = represent([everything[i] for i in nodes], RANK, seed)
    return Probes(teacher, prepare_cuts(domain), nodes, representation, count, influence, seed)


@dataclass(frozen=True, eq=False)
class ProbeSource:
    """What another source knows, cut by the probes' scores; by its own criterion where none stands
    out (as in cells of few points, or where nothing that matters is linear in φ).
    """

    known: Source
    probes: Probes

    def region(self, cell: Cell) -> Region:
        """See Source."""
        return self.known.region(cell)

    def part(self, region: Region, keep: Bools) -> Region:
        """See Source."""
        return self.known.part(region, keep)

    def cut(self, region: Region) -> int:
        """See Source."""
        best = self.probes.best(region.allowed)
        return best if best >= 0 else self.known.cut(region)
