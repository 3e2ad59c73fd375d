"""What makes features of linear forms, in float64: rule 6. Trusted.

ReLU and smooth functions take a computed input to the feature, within an error; signs and
staircases to the very feature, but where the input may be on either side of a step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from verifier.kernel.plain import UNIT, Floats, Reals
from verifier.model.curves import curve
from verifier.model.network import Relu, Sign
from verifier.model.smooth import Smooth
from verifier.model.steps import Steps

Bools = npt.NDArray[np.bool_]
Bending = Relu | Sign | Steps | Smooth
INF = np.inf
STEEPEST = 1.5
"""Slopes of smooth functions are at most this in magnitude."""


@dataclass(frozen=True, eq=False)
class Bend:
    """A layer at some components, whose inputs are computed to within half of ``off``.

    Of a staircase ``ends`` are the thresholds, (rows, n + 2), between two that nothing reaches, and
    ``lowest`` the lowest values.
    """

    layer: Bending
    off: Floats
    ends: Floats
    lowest: Floats

    def apply(self, x: Reals, unsure: Bools) -> None:
        """Make features of inputs (rows, points), in place; say at which points that is unsure."""
        if isinstance(self.layer, Relu):
            np.maximum(x, 0.0, out=x)
        elif isinstance(self.layer, Smooth):
            for row in x:
                row[:] = curve(self.layer.kind).near(row)
        elif isinstance(self.layer, Sign):
            unsure |= ~(np.abs(x) > self.off[:, None]).all(axis=0)
            np.sign(x, out=x)
        else:
            for own, off, ends, lowest in zip(x, self.off, self.ends, self.lowest, strict=True):
                met = np.searchsorted(ends[1:-1], own, side="right")
                unsure |= ~((ends.take(met) <= own - off) & (own + off < ends.take(met + 1)))
                np.add(met, lowest, out=own)


def bend(
    layer: Bending, some: Bools, error: Floats, size: Floats, slack: float
) -> tuple[Bend, Floats]:
    """A layer at ``some`` components, whose inputs are within ``error``, and the features' errors.
    ``size`` bounds the inputs, ``slack`` covers the rounding here."""
    ends = lowest = np.zeros(0)
    if isinstance(layer, Steps):
        ends = np.pad(layer.rows[some], ((0, 0), (1, 1)), constant_values=((0, 0), (-INF, INF)))
        lowest = layer.lowest[some].astype(np.float64)
    made = Bend(layer, 2 * error, ends, lowest)
    if isinstance(layer, Relu):
        return made, error
    if isinstance(layer, Smooth):
        own = curve(layer.kind).off + 8 * UNIT * (size + error)
        return made, (STEEPEST * error + own) * slack
    return made, np.zeros_like(error)
