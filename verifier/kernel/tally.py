"""Counting points at which a question's formula is true, of points that are evaluated. Trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    that do not matter any more are left out; ``number`` tells cells apart, in their order.
    """

    part: Cell
    leaf: int | None
    key: int
    trees: tuple[tuple[int, int], ...]
    number: int = 0


Noted = tuple[int, Point, Classes]
"""The number of a cell, a true point in it, and all models' classes."""


@dataclass
class Tally:
    """What was counted: true points and their weight by leaf, and those not shown for float32.

    ``noted`` are the first true points with all models' classes, by the number of their cell and
    then by value; ``largest`` the bits of the longest logit that was evaluated exactly.
    """

    true: dict[int, list[int]] = field(default_factory=dict)
    doubted: list[int] = field(default_factory=lambda: [0, 0])
    points: int = 0
    noted: list[Noted] = field(default_factory=list)
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

    def note(self, some: Iterable[Noted]) -> None:
        """Keep true points, if they are among the first SHOWN."""
        self.noted = first([*self.noted, *some])

    def would_note(self, number: int, point: Point) -> bool:
        """Whether points of that cell, from this one on, may be among the first."""
        return may_be_first(self.noted, number, point)

    def take(self, other: Tally) -> None:
        """Count what another has counted."""
        for key, (count, weight) in other.true.items():
            self.add(key, count, weight)
        self.doubt(*other.doubted)
        self.points += other.points
        self.note(other.noted)
        self.largest = max(self.largest, other.largest)


def first(some: Iterable[Noted]) -> list[Noted]:
    """The first SHOWN points of some, in the order of their cells, and then of their values."""
    return sorted(some, key=lambda x: x[:2])[: v.SHOWN]


def may_be_first(held: Sequence[Noted], number: int, point: Point) -> bool:
    """Whether points of a cell, from this one on, may be among the first, beside those held."""
    return len(held) < v.SHOWN or (number, point) < held[-1][:2]


def tally_points(asked: Asked, points: Ints, numbers: Ints) -> Tally:
    """Evaluate all networks at some points of the domain, (N, variables), and count.

    ``numbers`` (N,) are those of their cells; points are sorted by these, and then by value.
    """
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
    found.note(noted(numbers, points, every, true[: v.SHOWN]))
    return found


def noted(numbers: Ints, points: Ints, classes: Mapping[int, Ints], at: Ints) -> Iterator[Noted]:
    """Some of the points with all models' classes."""
    for i in at.tolist():
        own = tuple(int(classes[model][i]) for model in range(len(classes)))
        yield int(numbers[i]), tuple(points[i].tolist()), own


def weight(asked: Asked, points: Ints) -> int:
    """The weight of some points together."""
    if not asked.domain.uniform:
        asked.spend(len(points) * asked.part_cost)
    return weight_of_points(asked.domain, points)
