"""What the search for sandwiches knows of the weights of variables' values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from verifier.model.floats import nearest
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.provers.pairs.arrays import Ints, Real


def sums_of(
    v: AnyVariable, ordered: Sequence[int], numbers: Sequence[float], *, cumulative: bool
) -> Real:
    """See Inputs.sums, of one variable."""
    chances = v.chances
    each = np.array([chances.weight_at(k) / chances.denominator for k in ordered])
    found = np.zeros((len(each) + 1, 3))
    if cumulative:
        x = np.array(numbers)
        found[1:] = np.cumsum(np.stack([each, each * x, each * x * x], axis=1), axis=0)
    else:
        found[:-1, 0] = each
    return found


def runs_of(variables: Sequence[AnyVariable], start: Ints) -> tuple[Ints, Ints, Real, Real]:
    """``runs``, ``stop``, ``each`` and ``before`` of `Inputs`: of ordinals without a ``start``."""
    runs = np.zeros((len(variables), 2), dtype=np.int64)
    stop: list[int] = []
    each: list[float] = []
    before: list[Real] = []
    for i, v in enumerate(variables):
        runs[i] = len(stop)
        if not isinstance(v, Ordinal) or start[i] >= 0 or v.chances.is_uniform:
            continue
        chances = v.chances
        own = np.array([weight / chances.denominator for weight in chances.each])
        ends = np.array(chances.stops, dtype=np.int64)
        begins = np.array([0, *chances.stops[:-1]], dtype=np.int64)
        middle = nearest(v.first) + nearest(v.step) * (begins + ends - 1) / 2
        count = (ends - begins).astype(np.float64)
        square = middle**2 + nearest(v.step) ** 2 * (count**2 - 1) / 12
        sums = np.stack([own * count, own * count * middle, own * count * square], axis=1)
        stop += list(chances.stops)
        each += own.tolist()
        before += list(np.cumsum(sums, axis=0) - sums)
        runs[i, 1] = len(stop)
    held = np.array(before).reshape(-1, 3)
    return runs, np.array(stop, dtype=np.int64), np.array(each), held
