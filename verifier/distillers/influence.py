"""How much a cut changes the teacher: the criterion that finds trees where Gini sees nothing.

The influence of a cut is the probability that two independent draws of its variable, the other
variables fixed, lie on different sides of the cut and in different classes. Splitting on the most
influential variable is the heuristic analysed by Blanc, Lange and Tan, "Top-down induction of
decision trees: rigorous guarantees and inherent limitations" (ITCS 2020).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from verifier.distillers.cuts import Bools, Cuts, Floats, Ints

MOST_VALUES = 256
"""Variables of more values are left to Gini: pairs of values are compared here."""


def free_variables(cuts: Cuts, allowed: Bools) -> list[tuple[int, Ints]]:
    """The variables with 2 to ``MOST_VALUES`` allowed values, with these (global values)."""
    found = []
    ends = np.append(cuts.starts[1:], len(allowed))
    for i, (start, end) in enumerate(zip(cuts.starts.tolist(), ends.tolist(), strict=True)):
        inside = np.flatnonzero(allowed[start:end]) + start
        if 1 < len(inside) <= MOST_VALUES:
            found.append((i, inside))
    return found


def pairs(classes: Ints, weights: Floats, kinds: int) -> Floats:
    """Weight of the columns in which two rows of ``classes`` differ, [rows, rows]."""
    same = np.zeros((len(classes), len(classes)))
    for k in range(kinds):
        where = (classes == k).astype(np.float64)
        same += (where * weights) @ where.T
    return np.asarray(weights.sum() - same, dtype=np.float64)


def strongest(
    cuts: Cuts, tables: Iterator[tuple[int, Ints, Floats]], mass: Floats
) -> tuple[int, float]:
    """The cut of the largest influence, and that influence; cut -1 if none has any.

    ``tables`` yields, for each free variable, its allowed values and the probability that two of
    them give different classes; ``mass`` is the probability of every global value.
    """
    best, most = -1, 1e-12
    for variable, inside, differ in tables:
        chance = mass[inside] / mass[inside].sum()
        product = chance[:, None] * chance * differ
        first, last = cuts.spans[variable]
        goes_left = cuts.sides(variable)[:, inside - cuts.starts[variable]].astype(np.float64)
        scores = ((goes_left @ product) * (1 - goes_left)).sum(axis=1)
        if last > first and scores.max() > most * (1 + 1e-9):
            best, most = first + int(scores.argmax()), float(scores.max())
    return best, most
