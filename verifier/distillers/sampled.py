"""Knowledge that is drawn when it is asked for: fresh points in every region."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from verifier.distillers.cuts import Bools, Cuts, best_cut
from verifier.distillers.influence import strongest
from verifier.distillers.sampling import sample
from verifier.distillers.sources import Classify, Region, allowed_of, cell_of, probe, sums
from verifier.model.cell import Cell


@dataclass(frozen=True, eq=False)
class SampleSource:
    """Fresh points in every region, classified by the teacher when asked.

    ``count`` points are drawn in a region, ``probes`` of them changed to find influences;
    ``counter`` numbers the draws, so that the same seed gives the same samples.
    """

    cuts: Cuts
    classify: Classify
    count: int
    probes: int
    kinds: int
    seed: int
    counter: list[int] = field(default_factory=lambda: [0])

    def region(self, cell: Cell) -> Region:
        """Fresh points of a cell."""
        return self._drawn(allowed_of(self.cuts, cell))

    def part(self, region: Region, keep: Bools) -> Region:
        """See Source."""
        return self._drawn(region.allowed & keep)

    def _rng(self) -> np.random.Generator:
        self.counter[0] += 1
        return np.random.default_rng([self.seed, self.counter[0]])

    def _drawn(self, allowed: Bools) -> Region:
        cell = cell_of(self.cuts, allowed)
        points = sample(self.cuts.domain, self.count, self._rng(), cell)
        classes = self.classify(points)
        share = self._share(cell)
        totals = sums(classes, np.full(self.count, share / self.count), self.kinds)
        return Region(allowed, totals, bool((classes != classes[0]).any()), points, classes)

    def _share(self, cell: Cell) -> float:
        share = 1.0
        for v, mask in zip(self.cuts.domain.variables, cell.masks, strict=True):
            if mask.bit_count() < len(v.labels):
                share *= float(sum(p for i, p in enumerate(v.probabilities) if mask >> i & 1))
        return share

    def cut(self, region: Region) -> int:
        """See Source."""
        tables = probe(
            self.cuts, region.allowed, self.classify, self.probes, self.kinds, self._rng()
        )
        best, _ = strongest(self.cuts, tables, self.cuts.value_mass)
        if best >= 0:
            return best
        at = (region.rows + self.cuts.starts) * self.kinds + region.weights[:, None]
        size = len(self.cuts.owner) * self.kinds
        counts = np.bincount(at.ravel(), minlength=size).reshape(-1, self.kinds)
        return best_cut(self.cuts, region.allowed, counts.astype(np.float64))
