"""What ensembles answer on arrays: users' data in, scores and classes out."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt

from verifier.model.ensemble import Array, Ensemble
from verifier.model.errors import LeafproofError
from verifier.model.floats import nearest
from verifier.model.tree import Inner

Ints = npt.NDArray[np.int64]


def predict(ensemble: Ensemble, x: npt.ArrayLike) -> Ints:
    """The class number of each row of ``x``, shape (N, columns)."""
    return ensemble.sums.classes(_totals(ensemble, x))


def scores(ensemble: Ensemble, x: npt.ArrayLike) -> Array:
    """The scores of each row, (N, outputs)."""
    sums = ensemble.sums
    totals = _totals(ensemble, x)
    if ensemble.arithmetic != "exact":
        return sums.divided(totals)
    return np.array([[float(s) for s in row] for row in sums.scores(totals)]).reshape(totals.shape)


def _totals(ensemble: Ensemble, x: npt.ArrayLike) -> Array:
    return ensemble.sums.total(leaves_of_rows(ensemble, _rows(ensemble, x)))


def leaves_of_rows(ensemble: Ensemble, rows: npt.NDArray[np.float64]) -> Ints:
    """The leaf node of each member that each row reaches, (N, members)."""
    reached = np.zeros((len(rows), len(ensemble.members)), dtype=np.int64)
    for m, member in enumerate(ensemble.members):
        tests = [n if isinstance(n, Inner) else None for n in member.nodes]
        column = np.array([-1 if t is None else t.column for t in tests])
        limit = np.array([0.0 if t is None else _below(t.threshold) for t in tests])
        ways = np.array([(0, 0) if t is None else (t.left, t.right) for t in tests])
        at = reached[:, m]
        active = np.flatnonzero(column[at] >= 0)
        while active.size:
            node = at[active]
            right = ~(rows[active, column[node]] <= limit[node])
            at[active] = ways[node, right.astype(np.int64)]
            active = active[column[at[active]] >= 0]
    return reached


def _below(threshold: Fraction) -> float:
    """The largest float64 that is at most the threshold: every float64 goes the same way."""
    close = min(nearest(threshold), float(np.finfo(np.float64).max))
    if np.isfinite(close) and Fraction(close) > threshold:
        return float(np.nextafter(close, -np.inf))
    return close


def _rows(ensemble: Ensemble, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
    given = np.asarray(x)
    if given.dtype.kind not in "biuf":
        raise LeafproofError(f"the inputs are of type {given.dtype}: give numbers")
    if given.ndim != 2 or given.shape[1] != ensemble.columns:
        raise LeafproofError(f"the inputs have shape {given.shape}: give (N, {ensemble.columns})")
    rows = given.astype(np.float64)
    if not np.isfinite(rows).all():
        raise LeafproofError("the inputs hold NaN or infinity: give finite numbers")
    return rows
