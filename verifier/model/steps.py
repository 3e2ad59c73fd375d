"""A monotone staircase: what a quantiser makes of a number, its rounding decided. Trusted."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.model.errors import NetworkError

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
MOST = 1 << 16
"""Most thresholds of a component."""
HIGHEST = 1 << 20
"""Values are below this in magnitude."""
SMALLEST, LARGEST = 2.0**-200, 2.0**200
"""Thresholds are 0 or of a magnitude between these."""


@dataclass(frozen=True, eq=False)
class Steps:
    """``y = lowest + (the number of thresholds t with x >= t)``, elementwise: a whole number.

    ``thresholds`` has shape (width, n), ascending in each row; ``lowest``, (width,), whole numbers.
    """

    source: int
    thresholds: npt.NDArray[np.floating[Any]]
    lowest: npt.NDArray[np.floating[Any]]

    @cached_property
    def rows(self) -> Floats:
        """The thresholds in float64, (width, n)."""
        return self.thresholds.astype(np.float64)

    def reached(self, x: npt.NDArray[np.floating[Any]]) -> Integers:
        """How many thresholds numbers (N, width) reach; of infinite ones too, but not of NaN."""
        found = np.empty(x.shape, dtype=np.int64)
        for j, row in enumerate(self.rows):
            found[:, j] = np.searchsorted(row, x[:, j], side="right")
        return found

    def values(self, x: npt.NDArray[np.floating[Any]]) -> Floats:
        """The values at numbers (N, width)."""
        return np.asarray(self.lowest.astype(np.float64) + self.reached(x))


def check_steps(where: str, layer: Steps, width: int) -> None:
    """NetworkError where a layer's numbers, which are finite, are not as ``Steps`` says."""
    thresholds, lowest = layer.thresholds.astype(np.float64), layer.lowest.astype(np.float64)
    if thresholds.ndim != 2 or thresholds.shape[0] != width or lowest.shape != (width,):
        raise NetworkError(
            f"{where} has thresholds of shape {thresholds.shape} and lowest values of shape "
            f"{lowest.shape} but is given {width}: they must be (width, n) and (width,)"
        )
    if thresholds.shape[1] > MOST:
        raise NetworkError(f"{where} has {thresholds.shape[1]} steps: at most {MOST} are supported")
    if not (thresholds[:, 1:] >= thresholds[:, :-1]).all():
        raise NetworkError(f"{where} has thresholds that are not in ascending order")
    size = np.abs(thresholds[thresholds != 0])
    if not ((size >= SMALLEST) & (size <= LARGEST)).all():
        raise NetworkError(f"{where} has a threshold out of range: 0, or from 2^-200 to 2^200")
    if not ((np.rint(lowest) == lowest) & (np.abs(lowest) <= HIGHEST - MOST)).all():
        raise NetworkError(f"{where} has a lowest value that is no whole number in range")


def climb(
    thresholds: Sequence[int], below: int, lowest: Sequence[int], x: Sequence[int], denominator: int
) -> list[int]:
    """The staircases of ``x / denominator``, of which each has as many numbers.

    ``thresholds / below`` are the rows, one after the other. Nothing rounds: a whole number is at
    most a fraction where it is at most its floor.
    """
    steps, each = len(thresholds) // len(lowest), len(x) // len(lowest)
    found = []
    for i, start in enumerate(lowest):
        row = thresholds[i * steps : (i + 1) * steps]
        own = x[i * each : (i + 1) * each]
        found += [start + bisect_right(row, h * below // denominator) for h in own]
    return found
