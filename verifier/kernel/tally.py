"""Counting points at which a question's formula is true, of points that are evaluated. Trusted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked, evaluate_all
from verifier.kernel.known import Classes
from verifier.kernel.truths import TRUE, truths
from verifier.kernel.weights import weight_of_points
from verifier.model import verdict as v
from verifier.model.cell import Cell
from verifier.model.domain import Point
from verifier.model.limits import PYTHON
from verifier.model.overlay import leaves_of_points

ALL_TOGETHER = 0
"""What everything counts under where the question does not name exactly one tree."""


class Place(NamedTuple):
    """A part of a cell, in one leaf of the domain's tree (None: no tree), and of the trees.

    ``key`` is the leaf that it counts under, ``trees`` the classes of the trees, by model; those
    that do not matter any more are left out.
    """

    part: Cell
    leaf: int | None
    key: int
    trees: tuple[tuple[int, int], ...]


@dataclass
class Tally:
    """What was counted: true points and their weight by leaf, and those not shown for float32.

    ``noted`` are some true points with all models' classes; ``largest`` the bits of the longest
    logit that was evaluated exactly.
    """

    true: dict[int, list[int]] = field(default_factory=dict)
    doubted: list[int] = field(default_factory=lambda: [0, 0])
    points: int = 0
    noted: list[tuple[Point, Classes]] = field(default_factory=list)
    largest: int = 0

    def add(self, key: int, count: int, weight: int) -> None:
        """Count true points."""
        held = self.true.setdefault(key, [0, 0])
        held[0] += count
        held[1] += weight

    def doubt(self, count: int, weight: int) -> None:
        """Count points that are not shown for float32."""
        self.doubted[0] += count
        self.doubted[1] += weight

    def note(self, some: Iterable[tuple[Point, Classes]]) -> None:
        """Keep true points as long as fewer than SHOWN are held."""
        self.noted = [*self.noted, *some][: v.SHOWN]

    def take(self, other: Tally) -> None:
        """Count what another has counted."""
        for key, (count, weight) in other.true.items():
            self.add(key, count, weight)
        self.doubt(*other.doubted)
        self.points += other.points
        self.note(other.noted)
        self.largest = max(self.largest, other.largest)


def tally_points(asked: Asked, points: Ints) -> Tally:
    """Evaluate all networks at some points of the domain, (N, variables), and count."""
    classes, steady, largest = evaluate_all(asked, points)
    keys, every = np.full(len(points), ALL_TOGETHER), dict(classes)
    for model, tree in asked.trees.items():
        leaves = leaves_of_points(tree, points)
        every[model] = tree.classes[leaves]
        if len(asked.trees) == 1:
            keys = leaves
    asked.spend(8 * PYTHON * asked.atoms)
    true = np.flatnonzero(truths(asked.question, every, len(points)) == TRUE)
    unsure = points[~steady]
    found = Tally(doubted=[len(unsure), weight(asked, unsure)], points=len(points), largest=largest)
    for key in np.unique(keys[true]).tolist():
        at = true[keys[true] == key]
        found.add(key, len(at), weight(asked, points[at]))
    for i in true[: v.SHOWN].tolist():
        own = tuple(int(every[model][i]) for model in range(len(asked.names)))
        found.note([(tuple(points[i].tolist()), own)])
    return found


def weight(asked: Asked, points: Ints) -> int:
    """The weight of some points together."""
    if not asked.domain.uniform:
        asked.spend(len(points) * asked.part_cost)
    return weight_of_points(asked.domain, points)
