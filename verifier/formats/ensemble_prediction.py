"""What ensembles answer on arrays: users' data in, scores and classes out."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from verifier.formats.prediction import finite_rows, leaves_of
from verifier.formats.waiting import pause
from verifier.model.ensemble import Array, Ensemble

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
    rows = finite_rows(x, lambda width: width == ensemble.columns, ensemble.columns)
    return ensemble.sums.total(leaves_of_rows(ensemble, rows))


def leaves_of_rows(ensemble: Ensemble, rows: npt.NDArray[np.float64]) -> Ints:
    """The leaf node of each member that each row reaches, (N, members)."""
    reached = np.zeros((len(rows), len(ensemble.members)), dtype=np.int64)
    for m, member in enumerate(ensemble.members):
        pause()
        reached[:, m] = leaves_of(member.nodes, rows)
    return reached
