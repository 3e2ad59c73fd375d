"""What a cut of a cell is worth if the tree goes on below it for one more level, or ends there.

Where the labels of a cell are an exclusive or of two variables, no single cut looks better than
chance, and the cuts that a representation shows best need not be those that end the tree soonest.
With two levels left it is cheap to look at all pairs of levels.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from verifier.distillers.cuts import Ints

Counts = npt.NDArray[np.float32]
"""Whole numbers below 2**24, held in float32."""
AHEAD = 2
"""Most levels looked at together."""
TRIED = 16
"""Cuts of a cell that are looked at: those of the best scores."""


def completed(left: Counts, labels: Ints, classes: int, some: Ints, levels: int) -> Counts:
    """How many of a cell's samples can be right after each of ``some`` cuts.

    ``left`` [samples, cuts] is 1 where a sample goes left; ``levels`` (1 or 2) counts the cut
    itself: with 2, each side may be cut once more, at any cut, so as to get the most right.
    """
    onehot = np.eye(classes, dtype=np.float32)[labels]
    if levels == 1:
        return _most(left[:, some].T @ onehot, onehot.sum(axis=0))
    sides = np.stack([left[:, some], 1 - left[:, some]], axis=2)
    parts = (sides[..., None] * onehot[:, None, None]).reshape(len(left), -1)
    inside = (left.T @ parts).reshape(left.shape[1], len(some), 2, classes)
    total = parts.sum(axis=0).reshape(len(some), 2, classes)
    found: Counts = _most(inside, total).max(axis=0).sum(axis=1)
    return found


def _most(inside: Counts, total: Counts) -> Counts:
    """Samples right if both sides of a cut get their most frequent class (the last axis)."""
    found: Counts = inside.max(axis=-1) + (total - inside).max(axis=-1)
    return found
