"""What is not shown for float32, and points evaluated one by one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from verifier.second_checker.bounds import Box, class_forms
from verifier.second_checker.domain import Cell, Domain, Point, size
from verifier.second_checker.ensembles import Forest
from verifier.second_checker.evaluation import decide, dot, logits
from verifier.second_checker.models import Matter, Net
from verifier.second_checker.reading import TooLarge
from verifier.second_checker.rounding import needed

WORK = 10**10
"""Most work taken on, as ``work`` counts it: some twenty minutes at worst."""
Part = tuple[Cell, int]
"""A part of a cell in one possible leaf of the domain's tree, with the leaf's number."""
Progress = Callable[[str, float], None]
"""Hears how far a check is: in words, and the share that is done."""


def unheard(words: str, share: float) -> None:
    """Nobody listens."""


@dataclass
class Tally:
    """What has been found so far.

    ``points`` and ``weights`` (by leaf of the domain's tree) are those not shown. ``unclear`` are
    parts of small cells, not shown as a whole, with the classes that their cell's steps claim.
    ``cells`` counts those that are shown, and those that are doubted, of ``total``; ``evaluated``
    points.
    """

    domain: Domain
    report: Progress = field(default=unheard, repr=False)
    total: int = 1
    points: int = 0
    weights: dict[int, int] = field(default_factory=dict)
    unclear: list[tuple[Part, Mapping[int, int]]] = field(default_factory=list)
    cells: dict[str, int] = field(default_factory=lambda: {"shown": 0, "doubted": 0})
    evaluated: int = 0
    spent: int = 0

    def spend(self, work: int) -> None:
        """Charge for some multiplications; TooLarge when that has become too much."""
        self.spent += work
        if self.spent > 2 * WORK:
            raise TooLarge(
                "the float32 checker gives up: too much arithmetic; check without --paranoid"
            )

    def say(self) -> None:
        """Report how far the check is."""
        done = sum(self.cells.values())
        words = f"{done} of {self.total} cells, {self.evaluated} points"
        self.report(words, done / self.total)

    def doubt(self, part: Cell, leaf: int, times: int = 1) -> None:
        """Count a part of a cell as not shown (``times`` -1: no longer)."""
        self.spend(len(part))
        self.points += times * size(part)
        weight = times * self.domain.leaves[leaf].amount(part)
        self.weights[leaf] = self.weights.get(leaf, 0) + weight

    def probability(self) -> Fraction:
        """The probability of what is not shown."""
        found = (self.domain.leaves[leaf].probability(w) for leaf, w in self.weights.items())
        return sum(found, Fraction(0))


def point_work(net: Net | Forest) -> int:
    """An upper bound of the multiplications to evaluate a point and its rounding errors."""
    return net.work


def steady_class(net: Net | Forest, point: Point, tally: Tally) -> int | None:
    """A model's class at a point of the domain, if every float32 evaluation has it there."""
    tally.spend(point_work(net))
    tally.evaluated += 1
    if tally.evaluated % 256 == 0:
        tally.say()
    if isinstance(net, Forest):
        return net.class_at(point) if net.firm else None
    nodes = logits(net.network, net.inputs, net.point(point))
    top, over = nodes[-1]
    klass = decide(top)
    boxes = [Box(n, n, d) for n, d in nodes]
    rows = [row for row, _ in class_forms(len(top), klass)]
    needs = needed(net.network, net.inputs, boxes, rows)
    if needs is None:
        return None
    margins = (Fraction(dot(row, top), over) for row in rows)
    return klass if all(m > need for m, need in zip(margins, needs, strict=True)) else None


def steady_classes(
    case: Matter, claimed: Mapping[int, int], point: Point, tally: Tally
) -> dict[int, int]:
    """Those of the classes claimed that networks have at a point, in every float32 evaluation."""
    return {
        model: klass
        for model, klass in claimed.items()
        if steady_class(case.nets[model], point, tally) == klass
    }
