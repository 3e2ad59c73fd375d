"""The weights of many points together, in exact integers: rule 9 of docs/soundness.md. Trusted.

A point's weight in a leaf of the domain's tree is a product of its values' weights and the leaf's
factor, integers of any length. Products are made of machine integers where these hold them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import mul
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.arithmetic import EXACT_BITS, Ints, Whole
from verifier.model.domain import Domain
from verifier.model.overlay import leaves_of_points

MACHINE = 62
"""Bits of integers that machine arithmetic holds."""
MOST_LIMBS = 1 << 6
"""Most parts that a weight is cut into."""
Some = npt.NDArray[np.bool_]


def weight_of_points(domain: Domain, points: Ints) -> int:
    """The weight of some points of the domain together; shape (N, variables)."""
    if domain.uniform:
        return len(points) * (domain.total_weight // domain.size)
    if domain.given is None:
        return _together(domain, None, points)
    nodes = leaves_of_points(domain.bound_given, points)
    found = np.unique(nodes).tolist()
    return sum(_together(domain, node, points[nodes == node]) for node in found)


def _together(domain: Domain, leaf: int | None, points: Ints) -> int:
    """The same of points in one leaf of the domain's tree (None: no tree)."""
    every = zip(domain.distributions(leaf), points.T.tolist(), strict=True)
    weights = np.ones((1, len(points)), dtype=np.int64)
    long: list[npt.NDArray[Any]] = []
    bits = 0
    for chances, column in every:
        at = {value: chances.weight_at(value) for value in set(column)}
        most = max(at.values(), default=0).bit_length()
        own = np.array([at[value] for value in column], dtype=object)
        if most + bits > MACHINE:
            long.append(weights[0].astype(object))
            weights[:], bits = 1, 0
        if most > MACHINE:
            long.append(own)
        else:
            weights[0] *= own.astype(np.int64)
            bits += most
    whole = reduce(mul, long, weights[0].astype(object))
    return int(whole.sum()) * domain.factor(leaf)


@dataclass(frozen=True, eq=False)
class Limbs:
    """Weights of points in ``rows``: each row's own weight times those of its points.

    The points' weights, the same for all rows, are cut into ``parts`` of ``room`` bits, (points,
    parts): any sum of them is exact. ``rows`` holds integers of any length.
    """

    rows: npt.NDArray[Any]
    parts: Whole
    room: int

    def total(self, chosen: Some) -> int:
        """The sum of the weights that are chosen: all partial sums are integers below 2**53."""
        sums = chosen.reshape(len(self.rows), len(self.parts)).astype(np.float64) @ self.parts
        some = np.flatnonzero(sums.any(axis=1))
        whole = self.rows[some] @ sums[some].astype(np.int64).astype(object)
        return sum(x << (self.room * i) for i, x in enumerate(whole.tolist()))


def limbs(rows: Sequence[int], weights: Sequence[int]) -> Limbs | None:
    """Weights for sums over many of them; None where they are too long for it."""
    room = EXACT_BITS - len(weights).bit_length()
    count = -(-max(1, max(weights).bit_length()) // room)
    if count > MOST_LIMBS:
        return None
    mask = (1 << room) - 1
    parts = [[w >> (room * i) & mask for i in range(count)] for w in weights]
    held = np.array(list(rows), dtype=object)
    return Limbs(held, np.array(parts, dtype=np.float64), room)
