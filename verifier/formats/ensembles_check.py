"""An ensemble that was read, held against the library that it came from, around every threshold."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.formats.ensemble_prediction import leaves_of_rows
from verifier.formats.runtime import Floats, shown
from verifier.formats.runtime_classes import names_of
from verifier.formats.thresholds import float_below
from verifier.formats.tree_runtime import typed
from verifier.model.domain import Domain, Point
from verifier.model.ensemble import Ensemble
from verifier.model.errors import EnsembleError
from verifier.model.floats import nearest
from verifier.model.limits import NUMBER_BYTES, require_memory
from verifier.model.tree import Inner

POINTS = 1 << 10
"""Points at which the two are compared."""
WORK = 1 << 18
"""Points times trees: with many trees there are fewer points."""
_LARGEST = float(np.finfo(np.float32).max)


def compare(
    ensemble: Ensemble,
    library: str,
    scores: Callable[[Floats], npt.NDArray[Any]] | None,
    classes: Callable[[Floats], npt.NDArray[Any]] | None,
    dtype: Any = np.float64,
    whole: Collection[int] = (),
    slack: float = 0.0,
) -> None:
    """Raise EnsembleError with a point where the library answers otherwise than what was read.

    ``scores`` gives the library's own scores, (N, outputs), of rows of float64 numbers, which must
    be equal to the last bit, or within ``slack`` times the largest that there may be; ``classes``
    its classes by number. Its inputs are of type ``dtype``, and in the columns ``whole`` whole
    numbers.
    """
    rows = points_of(ensemble, max(16, min(POINTS, WORK // max(1, len(ensemble.members)))))
    rows[:, list(whole)] = np.round(rows[:, list(whole)])
    if dtype != np.float64:
        rows = typed(rows, dtype)
    values, said = (None if answer is None else answer(rows) for answer in (scores, classes))
    _held(ensemble, library, leaves_of_rows(ensemble, rows), rows, values, said, slack)


def compare_points(
    ensemble: Ensemble,
    library: str,
    domain: Domain,
    points: Sequence[Point],
    scores: npt.NDArray[Any] | None,
    classes: Sequence[str] | None,
    slack: float = 0.0,
) -> None:
    """The same at points of a domain, whose encodings the ensemble reads.

    ``classes`` are the library's answers by name.
    """
    rows = [domain.encode(p) for p in points]
    leaves = np.array([[m.leaf_at(row) for m in ensemble.members] for row in rows], dtype=np.int64)
    leaves = leaves.reshape(len(rows), len(ensemble.members))
    shown_rows = np.array([[nearest(x) for x in row] for row in rows])
    known = {name: k for k, name in enumerate(names_of(ensemble))}
    numbers = None if classes is None else [known.get(name, -1) for name in classes]
    _held(ensemble, library, leaves, shown_rows, scores, numbers, slack)


def _held(
    ensemble: Ensemble,
    library: str,
    leaves: npt.NDArray[np.int64],
    rows: Floats,
    scores: Any,
    classes: Any,
    slack: float,
) -> None:
    """Raise EnsembleError where a library's scores or classes are not those of the leaves."""
    sums = ensemble.sums.total(leaves)
    if scores is not None:
        theirs = np.asarray(scores, dtype=np.float64).reshape(len(rows), -1)
        ours = np.asarray(ensemble.sums.divided(sums), dtype=np.float64)
        _same(ours, theirs, rows, library, "scores", slack * ensemble.largest)
    if classes is not None:
        found = np.asarray(classes).reshape(len(rows), 1)
        _same(ensemble.sums.classes(sums)[:, None], found, rows, library, "class")


def _same(
    ours: npt.NDArray[Any],
    theirs: npt.NDArray[Any],
    rows: Floats,
    library: str,
    what: str,
    slack: float = 0.0,
) -> None:
    same = np.abs(ours - theirs) <= slack if slack else ours == theirs
    wrong = np.flatnonzero(~np.all(same, axis=1))
    if wrong.size:
        i = int(wrong[np.argmin(np.abs(rows[wrong]).sum(axis=1))])  # the plainest
        raise EnsembleError(
            f"{library} answers {what} {theirs[i].tolist()} and not {ours[i].tolist()}, as the "
            f"model was read, at {shown(rows[i].tolist())} (and at {wrong.size - 1} more of "
            f"{len(rows)} points): please report this model"
        )


def points_of(ensemble: Ensemble, most: int = POINTS, seed: int = 0) -> Floats:
    """Rows made of numbers at, just below and just above the columns' thresholds, and of others.

    float32 and float64 neighbours both; numbers are exact in float64. A few rows hold zeros.
    """
    what = f"a comparison at {most} points of {ensemble.columns} columns"
    require_memory(most * ensemble.columns * NUMBER_BYTES, what, EnsembleError)
    rng = np.random.default_rng(seed)
    cuts: dict[int, set[float]] = {}
    for one in ensemble.members:
        for node in one.nodes:
            if isinstance(node, Inner):
                cuts.setdefault(node.column, set()).add(float_below(node.threshold))
    rows = np.round(rng.normal(size=(most, ensemble.columns)) * 3)
    rows[0] = 0.0
    for column, held in cuts.items():
        near = sorted({x for cut in held for x in neighbours(cut)})
        chosen = rng.random(most) < 0.9
        rows[chosen, column] = rng.choice(np.array(near), int(chosen.sum()))
        rows[1 : 1 + len(near), column] = near[: most - 1]
    return rows


def neighbours(cut: float) -> list[float]:
    """The number itself, its neighbours in float64 and float32, and the middle of these."""
    cut = min(max(cut, -_LARGEST / 2), _LARGEST / 2)
    near = np.float32(cut)
    found = [cut, math.nextafter(cut, math.inf), math.nextafter(cut, -math.inf), float(near)]
    for side in (-np.inf, np.inf):
        other = float(np.nextafter(near, np.float32(side)))
        found += [other, (other + float(near)) / 2]
    return found
