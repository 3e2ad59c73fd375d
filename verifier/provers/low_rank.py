"""Wide affine layers as a product of thin matrices plus a small remainder.

Trained wide layers are often nearly of low rank. Writing W = U V + E, rows of coefficients pass
through V and U in two thin products, while E h, for h between known bounds with centre c and radius
r, lies in E c +- |E| r: one product of a matrix and a vector for a whole cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from verifier.provers.space import Array
from verifier.provers.timing import require_time

RANK = 32
SPARE = 8  # more columns than that in the random projection, for accuracy
WIDE = 256  # layers with both sides at least this wide are tried
MORE = 0.3
"""What shortening may add to the rest, in units of its norm."""
SHARE = 0.1  # the largest part of the matrix (by Frobenius norm) that may be left to E


@dataclass(frozen=True, eq=False)
class LowRank:
    """``weight = left @ right + rest``, with ``size = |rest|``; shapes (n, k), (k, m), (n, m)."""

    left: Array
    right: Array
    rest: Array
    size: Array

    def remainder(self, low: Array, high: Array) -> tuple[Array, Array]:
        """Centre and radius of ``rest @ h`` for h in [low, high], each [cells, n]."""
        centre: Array = (high + low) @ self.rest.T / 2
        radius: Array = (high - low) @ self.size.T / 2
        return centre, radius


def low_rank(weight: Array) -> LowRank | None:
    """A decomposition by random projection, or None where it would not pay.

    Method: Halko, Martinsson, Tropp, Finding Structure with Randomness (2011), algorithm 4.4.
    """
    if min(weight.shape) < WIDE:
        return None
    rng = np.random.default_rng(0)
    basis = rng.standard_normal((weight.shape[1], RANK + SPARE)).astype(weight.dtype)
    with np.errstate(all="ignore"):
        basis = np.linalg.qr(weight @ basis)[0]
        require_time()
        basis = np.linalg.qr(weight @ np.linalg.qr(weight.T @ basis)[0])[0]
        require_time()
        right = basis.T @ weight
        if not np.isfinite(right).all():
            return None
        left, short = _shortened(basis, right, float(np.linalg.norm(weight - basis @ right)))
        rest = weight - left @ short
        small = float(np.linalg.norm(rest)) <= SHARE * float(np.linalg.norm(weight))
    if not small:
        return None
    return LowRank(left, short, rest, np.abs(rest))


def _shortened(left: Array, right: Array, rest: float) -> tuple[Array, Array]:
    """``left @ right`` without the directions that are small against a rest of that norm."""
    turn, sizes, _ = np.linalg.svd(right, full_matrices=False)
    lost = np.sqrt(np.cumsum(sizes[::-1] ** 2))[::-1]  # without direction i and those after it
    kept: Array = turn[:, : max(1, int((lost > MORE * rest).sum()))]
    return left @ kept, kept.T @ right
