"""The tests (column <= threshold) that a tree can make over a domain, and the best of them.

All variables' values stand in one row ("global values", in order); a region is a Boolean array over
them. A cut is one place in a column where a threshold separates two encoded values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.model.domain import Domain

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Cuts:
    """Every cut of every column of a domain, in order of columns and then of thresholds.

    ``order`` lists, column by column, the global values of the column's variable by increasing
    encoding. Cut c belongs to column ``column[c]`` and sends ``order[first[c]:last[c]]`` left.
    ``starts[i]`` is the first global value of variable i, ``owner[v]`` the variable of a value;
    ``thresholds[c]`` lies midway between two encoded values.
    """

    domain: Domain
    order: Ints
    column: Ints
    first: Ints
    last: Ints
    starts: Ints
    owner: Ints
    thresholds: tuple[Fraction, ...]
    memo: dict[int, Bools] = field(default_factory=dict)

    def left(self, cut: int) -> Bools:
        """The global values of the cut's variable that go left."""
        chosen = np.zeros(len(self.owner), dtype=np.bool_)
        chosen[self.order[self.first[cut] : self.last[cut]]] = True
        return chosen

    @cached_property
    def spans(self) -> list[tuple[int, int]]:
        """The first cut of each variable, and the one after its last."""
        variables = self.owner[self.order[self.first]] if len(self.first) else self.first
        count = len(self.starts)
        firsts = np.searchsorted(variables, np.arange(count))
        lasts = np.searchsorted(variables, np.arange(count), side="right")
        return list(zip(firsts.tolist(), lasts.tolist(), strict=True))

    @cached_property
    def value_mass(self) -> Floats:
        """Of every value, half its probability and half of one over the number of values."""
        variables = self.domain.variables
        return np.array(
            [float(p) / 2 + 0.5 / len(v.labels) for v in variables for p in v.probabilities]
        )

    def sides(self, variable: int) -> Bools:
        """For each cut of a variable, which of its values go left."""
        if variable not in self.memo:
            first, last = self.spans[variable]
            start = int(self.starts[variable])
            end = start + len(self.domain.variables[variable].labels)
            rows = [self.left(cut)[start:end] for cut in range(first, last)]
            self.memo[variable] = np.array(rows, dtype=np.bool_).reshape(-1, end - start)
        return self.memo[variable]

    def outcomes(self, points: Ints) -> npt.NDArray[np.float32]:
        """1 where a point (value indices, shape (N, variables)) goes left at a cut, [N, cuts]."""
        total = np.empty((len(points), len(self.first)), dtype=np.float32)
        for i, (first, last) in enumerate(self.spans):
            if last > first:
                total[:, first:last] = self.sides(i).T[points[:, i]]
        return total

    def variable(self, cut: int) -> int:
        """The variable that the cut tests."""
        return self.domain.column_owner[int(self.column[cut])][0]


def prepare_cuts(domain: Domain) -> Cuts:
    """All cuts of the domain's columns."""
    sizes = np.array([len(v.labels) for v in domain.variables], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    order: list[int] = []
    found: list[tuple[int, int, int]] = []
    thresholds = []
    for i, v in enumerate(domain.variables):
        for j in range(v.columns):
            ranked = [a for _, a in sorted((row[j], a) for a, row in enumerate(v.encoding))]
            begin = len(order)
            for at, (a, b) in enumerate(pairwise(ranked), 1):
                low, high = v.encoding[a][j], v.encoding[b][j]
                if low < high:
                    found.append((domain.offsets[i] + j, begin, begin + at))
                    thresholds.append((low + high) / 2)
            order += [int(starts[i]) + a for a in ranked]
    table = np.array(found, dtype=np.int64).reshape(-1, 3)
    return Cuts(
        domain,
        np.array(order, dtype=np.int64),
        table[:, 0],
        table[:, 1],
        table[:, 2],
        starts,
        np.repeat(np.arange(len(sizes)), sizes),
        tuple(thresholds),
    )


def best_cut(cuts: Cuts, allowed: Bools, masses: Floats) -> int:
    """The cut that leaves the classes least mixed by Gini's impurity (Breiman et al., CART, 1984).

    ``masses[value, class]`` is the mass of each class where the value is taken; every variable's
    rows add up to the same. Only cuts that leave values of ``allowed`` on both sides count; the
    first of the best is taken. Returns cut -1 if there is none.
    """
    inside = np.concatenate([[0], np.cumsum(allowed[cuts.order])])
    whole = np.add.reduceat(allowed, cuts.starts, dtype=np.int64)
    lefts = inside[cuts.last] - inside[cuts.first]
    variables = cuts.owner[cuts.order[cuts.first]] if len(cuts.first) else cuts.first
    usable = (lefts > 0) & (lefts < whole[variables])
    if not usable.any():
        return -1
    running = np.zeros((len(cuts.order) + 1, masses.shape[1]))
    np.cumsum(masses[cuts.order], axis=0, out=running[1:])
    left = np.maximum(running[cuts.last] - running[cuts.first], 0)
    total = masses[: int(cuts.starts[1]) if len(cuts.starts) > 1 else None].sum(axis=0)
    right = np.maximum(total - left, 0)
    mixed = np.where(usable, _gini(left) + _gini(right), np.inf)
    least = mixed.min()
    return int(np.flatnonzero(mixed <= least + 1e-12 * total.sum())[0])


def _gini(masses: Floats) -> Any:
    """Mass times Gini impurity of each row."""
    total = masses.sum(axis=1)
    return total - (masses**2).sum(axis=1) / np.maximum(total, 1e-300)
