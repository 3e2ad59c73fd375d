"""How often the numbers of a range occur in rows, as runs of equal probability."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from verifier.formats.frame_columns import Codes

RUNS = 16
"""Most runs of a range's probabilities that are read from rows."""


def runs_from(index: Codes, part: range, *, each: bool = False) -> tuple[tuple[int, Fraction], ...]:
    """Runs of a range: of few different values each by itself, else about as many rows in each.

    With ``each``, every value of the range is a run.
    """
    found, counts = np.unique(index, return_counts=True)
    n, upto = int(counts.sum()), np.cumsum(counts)
    if each:
        stops = list(range(part.start + 1, part.stop + 1))
    elif len(found) <= RUNS:
        stops = sorted({int(x) + d for x in found for d in (0, 1)} | {part.stop})
    else:
        ranks = [-(-n * j // RUNS) for j in range(1, RUNS + 1)]
        last = np.unique(np.searchsorted(upto, ranks))
        stops = sorted({*(int(found[i]) + 1 for i in last), part.stop})
    runs, start, below = [], part.start, 0
    for stop in stops:
        if stop <= start:
            continue
        at = int(np.searchsorted(found, stop))
        rows = int(upto[at - 1]) if at else 0
        runs.append((stop - start, Fraction(rows - below, n)))
        start, below = stop, rows
    return tuple(runs)
