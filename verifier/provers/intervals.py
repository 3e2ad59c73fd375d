"""Continuous variables in float64: where the pieces of an interval lie, by their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.model.continuous import Continuous
from verifier.model.floats import nearest

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cuts:
    """Runs of equally long pieces: ``starts`` and ``begins`` [runs + 1], ``lengths`` [runs].

    Cut k of run r lies at ``begins[r] + (k - starts[r]) * lengths[r]``.
    """

    starts: Indices
    begins: Floats
    lengths: Floats

    def at(self, cuts: npt.NDArray[Any]) -> Floats:
        """Where some cuts lie; about, beyond the largest float."""
        run = np.searchsorted(self.starts[1:-1], cuts, side="right")
        with np.errstate(all="ignore"):
            found: Floats = self.begins[run] + (cuts - self.starts[run]) * self.lengths[run]
        return np.nan_to_num(found)

    def near(self, x: float) -> int:
        """The cut that is about at a number; a run's first where pieces are too short, or too far
        out, for floats."""
        run = int(np.searchsorted(self.begins[1:-1], x, side="right"))
        with np.errstate(all="ignore"):
            steps = np.rint((x - self.begins[run]) / self.lengths[run])
        return int(self.starts[run] + steps) if np.isfinite(steps) else int(self.starts[run])


def cuts_of(v: Continuous) -> Cuts:
    """Where a variable's cuts lie, rounded."""
    return Cuts(
        np.array(v.starts, dtype=np.int64),
        np.array([nearest(x) for x in v.breaks]),
        np.array([nearest(run.length) for run in v.runs]),
    )
