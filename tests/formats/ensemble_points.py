"""Points at which an ensemble is held against the library that it came from."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np

from verifier.formats.ensembles_check import neighbours
from verifier.formats.thresholds import float_below
from verifier.model.ensemble import Ensemble
from verifier.model.tree import Inner


def grid(columns: int, low: int = -1, high: int = 4) -> Any:
    """All points of a small domain: halves from ``low`` to ``high``."""
    numbers = np.arange(2 * low, 2 * high + 1) / 2
    return np.array(list(product(numbers, repeat=columns)))


def around(ensemble: Ensemble, seed: int = 0) -> Any:
    """Rows with every threshold and its neighbours in its column, thrice, the others at random."""
    rng = np.random.default_rng(seed)
    cuts = {
        (n.column, float_below(n.threshold))
        for m in ensemble.members
        for n in m.nodes
        if isinstance(n, Inner)
    }
    rows = []
    pools: list[list[float]] = [[0.0, 1.0, 2.0] for _ in range(ensemble.columns)]
    for column, cut in sorted(cuts):
        pools[column] += neighbours(cut)
    for column, cut in sorted(cuts):
        for x in neighbours(cut):
            for _ in range(3):
                row = [rng.choice(pool) for pool in pools]
                row[column] = x
                rows.append(row)
    return np.array(rows)


def check(
    ensemble: Ensemble,
    rows: Any,
    scores: Callable[[Any], Any] | None,
    classes: Callable[[Any], Any] | None,
) -> None:
    """Scores must be equal to the last bit, and classes equal, at all rows."""
    if scores is not None:
        theirs = np.asarray(scores(rows)).reshape(len(rows), -1)
        np.testing.assert_array_equal(ensemble.scores(rows), theirs)
    if classes is not None:
        np.testing.assert_array_equal(ensemble.predict(rows), np.asarray(classes(rows)))
    for row in rows[:: max(1, len(rows) // 5)]:  # and the plain definition agrees with the arrays
        exact = [Fraction(float(x)) for x in row]
        assert ensemble.class_at(exact) == ensemble.predict(row[None])[0]
