"""What to change in a witness so that the question is no longer true (tree and network agree)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np
import numpy.typing as npt

from verifier.kernel.asked import Asked, evaluate_all, tree_classes
from verifier.kernel.truths import FALSE, truths
from verifier.model.domain import Domain, Point
from verifier.model.network import Affine
from verifier.model.ordinal import AnyVariable, Ordinal
from verifier.model.overlay import leaves_of_points

MOST_TRIED = 20_000
"""Points evaluated in the search for the nearest point of another answer, per witness."""
MOST_WORK = 200_000_000
"""Multiplications of the networks at all those points together."""
MOST_VALUES = 1_000_000
"""Values in those points together: with many variables fewer points are tried."""
MOST_VARIABLES = 200
"""Variables up to which a change is looked for where the nearest point is out of reach."""
DRAWN = 256
"""Points drawn where the nearest one is too far to be searched for."""
MOST_REVERTED = 1000
"""Attempts to take changes of such a point back."""


@dataclass(frozen=True)
class Nearest:
    """What to change, (variable, value) each, for an end of it; empty where none is known.

    ``smallest`` says that no fewer variables suffice. Else at least ``at_least`` have to change,
    and of ``changes`` none can be left out.
    """

    changes: tuple[tuple[int, int], ...]
    at_least: int
    smallest: bool


def nearest_change(asked: Asked, start: Point) -> Nearest:
    """The fewest variables to change, by breadth-first search with exact evaluation.

    Only possible points are looked at. Where a distance's points would exceed the budget, a point
    drawn at random at which the question is not true is brought back towards ``start`` as far as
    single values allow.
    """
    tried, most = 0, _budget(asked, start)
    for distance in range(1, len(start) + 1):
        count = _sphere(asked.domain, distance)
        if tried + count > most:
            return Nearest(_reduced(asked, start, most - tried), distance, False)
        tried += count
        changes = list(_changes(asked.domain, start, distance))
        if not changes:
            continue
        points = np.repeat(np.array([start], dtype=np.int64), len(changes), axis=0)
        for row, change in enumerate(changes):
            for index, value in change:
                points[row, index] = value
        settled = np.flatnonzero(_settled(asked, points))
        if settled.size:
            return Nearest(changes[int(settled[0])], distance, True)
    return Nearest((), len(start) + 1, False)


def _budget(asked: Asked, start: Point) -> int:
    """How many points may be evaluated."""
    layers = [
        x.weight.size
        for net in asked.nets.values()
        for x in net.p.teacher.layers
        if isinstance(x, Affine)
    ]
    return min(MOST_TRIED, MOST_VALUES // len(start), MOST_WORK // max(1, sum(layers)))


def _settled(asked: Asked, points: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which are points of the domain at which the question is not true, exactly."""
    classes = evaluate_all(asked, points)[0] | tree_classes(asked, points)
    found: npt.NDArray[np.bool_] = truths(asked.question, classes, len(points)) == FALSE
    if asked.domain.given is not None and found.any():
        tree, leaves = asked.domain.bound_given, asked.domain.leaves
        reached = leaves_of_points(tree, points)
        found &= np.array([bool(leaves[int(leaf)][1].weight) for leaf in reached])
    return found


def _reduced(asked: Asked, start: Point, most: int) -> tuple[tuple[int, int], ...]:
    """Changes after which it is not true, none of which can be left out; empty if none is found."""
    if most < DRAWN or len(start) > MOST_VARIABLES:
        return ()
    rng = np.random.default_rng(0)
    base = np.array(start, dtype=np.int64)
    sizes = np.array([v.count for v in asked.domain.variables])
    drawn = rng.integers(0, sizes, size=(DRAWN, len(base)))
    good = drawn[_settled(asked, drawn)]
    if not good.size:
        return ()
    point = good[(good != base).sum(axis=1).argmin()].copy()
    free = np.flatnonzero(point != base)
    size, left = len(free), min(most - DRAWN, MOST_REVERTED)
    while True:  # take back ever smaller blocks of changes as long as it is still not true
        size, before, kept = max(1, size // 2), len(free), []
        for at in range(0, len(free), size):
            block = free[at : at + size]
            if left <= 0:
                return ()
            left -= 1
            trial = point.copy()
            trial[block] = base[block]
            if _settled(asked, trial[None])[0]:
                point = trial
            else:
                kept.append(block)
        free = np.concatenate(kept)
        if size == 1 and len(free) == before:
            return tuple((int(i), int(point[i])) for i in free)


def _sphere(domain: Domain, distance: int) -> int:
    """How many points differ from a given one in exactly ``distance`` variables."""
    ways = [1] + [0] * distance
    for variable in domain.variables:
        for k in range(distance, 0, -1):
            ways[k] += ways[k - 1] * (variable.count - 1)
    return ways[distance]


def _others(variable: AnyVariable, value: int) -> list[int]:
    """A variable's other values; of a range the nearest first."""
    found = [v for v in range(variable.count) if v != value]
    return sorted(found, key=lambda v: abs(v - value)) if isinstance(variable, Ordinal) else found


def _changes(domain: Domain, start: Point, distance: int) -> Sequence[tuple[tuple[int, int], ...]]:
    others = [[(i, v) for v in _others(x, start[i])] for i, x in enumerate(domain.variables)]
    return [
        change
        for chosen in combinations(range(len(others)), distance)
        for change in product(*(others[i] for i in chosen))
    ]
