"""Proofs made cheap to check: where enumerating a cell costs less than checking its parts.

Part of a search ends in many small cells of both classes. The kernel evaluates the points of one
larger cell faster than it checks what it was cut into: then the splits inside are dropped.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.part import size
from verifier.provers.costs import Costs

Ints = npt.NDArray[np.signedinteger[Any]]
Floats = npt.NDArray[np.float64]

NEVER = 1e17
"""More seconds than any check takes: cells that are open, or rest on something else."""
MOST = 40.0
"""The binary logarithm of more points than are ever enumerated."""


class Shape(NamedTuple):
    """What is to be known of a domain and of the kernel to weigh the cells of a proof.

    ``ordinal`` says which variables are, and ``counts`` how many values each has. ``prices`` are
    the kernel's seconds for a Constant cell, a point, a swept cell, a point of cells that are too
    small for that, and up to how many points they are.
    """

    ordinal: npt.NDArray[np.bool_]
    counts: Ints
    prices: Floats


def shape_of(domain: Domain, costs: Costs) -> Shape:
    """Make ready what ``dear`` asks for."""
    parts = full_cell(domain).parts
    return Shape(
        np.array([isinstance(part, range) for part in parts]),
        np.array([size(part) for part in parts], dtype=np.int64),
        np.array([costs.constant, costs.point, costs.group, costs.listed, costs.least]),
    )


Weigh = Callable[[Ints, Ints, Ints, "Shape", int], float]
"""``dear``, compiled or not."""


def dear(kinds: Ints, left: Ints, ends: Ints, held: Shape, deepest: int) -> float:
    """Find the splits below which checking costs more than enumerating the cell.

    ``kinds`` are a proof's nodes in pre-order: the variable of a split, -1 for Constant, -2 for
    Enumerated and -3 for all else. ``left`` says of a split how many values go left, or which is an
    ordinal's last one that does. ``ends`` gets the place behind the last node below a split that is
    to be Enumerated instead, else 0; below such a one it may say anything. No node has more than
    ``deepest`` splits above it.
    """
    counts, lowest, prices = held.counts.copy(), np.zeros_like(held.counts), held.prices
    whole = np.empty((3, deepest + 1), dtype=np.int64)  # node; values and lowest of its variable
    logs, spent = np.zeros(deepest + 2), np.empty(deepest + 1)  # of the points, to base 2
    inside, total = np.zeros(deepest + 1), 0.0  # of the seconds, those for Enumerated cells
    second, top = np.zeros(deepest + 1, dtype=np.bool_), 0
    for v in range(len(counts)):
        logs[0] += np.log2(counts[v])
    for i in range(len(kinds)):
        kind, ends[i] = kinds[i], 0
        if kind >= 0:
            whole[0, top], whole[1, top], whole[2, top] = i, counts[kind], lowest[kind]
            goes = left[i] - lowest[kind] + 1 if held.ordinal[kind] else left[i]
            counts[kind], spent[top], second[top] = goes, 0.0, False
            inside[top] = 0.0
            logs[top + 1] = logs[top] + np.log2(goes / whole[1, top])
            top += 1
            continue
        total = 0.0
        if kind == -1:
            cost = prices[0]
        elif kind == -2:
            points = np.rint(2.0 ** min(logs[top], MOST))
            cost = points * prices[3]
            if points >= prices[4]:
                cost = prices[2] + points * prices[1]
            total = cost
        else:
            cost = NEVER
        while top > 0:
            at = whole[0, top - 1]
            v = kinds[at]
            spent[top - 1] += cost
            inside[top - 1] += total
            if not second[top - 1]:
                second[top - 1] = True
                if held.ordinal[v]:
                    lowest[v] = left[at] + 1
                counts[v] = whole[1, top - 1] - counts[v]
                logs[top] = logs[top - 1] + np.log2(counts[v] / whole[1, top - 1])
                break
            counts[v], lowest[v] = whole[1, top - 1], whole[2, top - 1]
            top -= 1
            points = np.rint(2.0 ** min(logs[top], MOST))
            cost, swept, total = spent[top], points * prices[3], inside[top]
            if points >= prices[4]:
                swept = prices[2] + points * prices[1]
            if cost < NEVER and swept <= cost and logs[top] < MOST:
                cost, total, ends[at] = swept, swept, i + 1
    return float(total)
