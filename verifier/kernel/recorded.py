"""A test of an opaque model: the points drawn again, its classes taken as recorded. Trusted.

What a file records of the model is believed, and said to be: whoever has the model can evaluate it
at the same points. All else is found here: the points, the tree's class at each, the interval.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import accumulate, islice

import numpy as np

from verifier.chance.anytime import at_any_time
from verifier.chance.draws import Axis, Drawing
from verifier.chance.tickets import MOST_TICKETS, hits_of_all, tickets
from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked, tree_classes
from verifier.kernel.population import Population
from verifier.kernel.sampling import pooled, within
from verifier.kernel.truths import TRUE, truths
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.limits import PYTHON
from verifier.model.sample import ANYTIME, FINITE, POOLED, Plan, Sampled


def points_drawn(found: Population, plan: Plan, key: bytes) -> Iterator[Ints]:
    """The points of all draws, block by block, in order: value indices, (N, variables).

    Raises CertificateError where they are to be drawn without replacement, and are too many.
    """
    asked = found.asked
    drawn = replace(_drawing(found), key=key, size=plan.block)
    numbers: Iterator[list[int]] = iter(())
    if plan.method == FINITE:
        once = Tickets(found)
        if plan.draws > once.total:
            raise CertificateError(f"{plan.draws} points are drawn once each, of {once.total}")
        numbers = map(once.point, tickets(key, once.total, plan.draws))
    for block in range(-(-plan.draws // plan.block)):
        asked.poll()
        asked.spend(plan.block * PYTHON // 16 * len(asked.domain.variables))
        if plan.method == FINITE:
            points = np.array(list(islice(numbers, plan.block)), dtype=np.int64)
        else:
            _, points = drawn.block(block)
        yield points[: plan.draws - block * plan.block]


def _drawing(found: Population) -> Drawing:
    assert found.drawing is not None  # all of the domain is open
    return found.drawing


class Tickets:
    """What is drawn from without replacement: of every point so many tickets as it weighs.

    The weights are whole numbers without a common divisor; of rows, and of points that are equally
    likely, each has one. ``total`` is how many there are.
    """

    def __init__(self, found: Population) -> None:
        self.axes = found.axes()
        each = [
            x.weight // math.prod(own[owner[i]].total for own, owner in self.axes)
            for i, x in enumerate(found.whole)
        ]
        unit = math.gcd(*each)
        self.each = [n // unit for n in each]
        *self.edges, self.total = accumulate((x.weight // unit for x in found.whole), initial=0)
        if self.total >= MOST_TICKETS:
            raise CertificateError(
                "without replacement nothing is drawn of so many points: draw with replacement"
            )

    def point(self, ticket: int) -> list[int]:
        """The point that a ticket is of."""
        piece = bisect_right(self.edges, ticket) - 1
        rest = (ticket - self.edges[piece]) // self.each[piece]
        found = []
        for own, owner in self.axes:
            axis = own[owner[piece]]
            rest, rank = divmod(rest, axis.total)
            found.append(_value(axis, rank))
        return found


def _value(axis: Axis, rank: int) -> int:
    for start, count, weight in zip(axis.starts, axis.counts, axis.weights, strict=True):
        if rank < count * weight:
            return start + rank // weight
        rank -= count * weight
    raise AssertionError("more than all values weigh")


def recorded(found: Population, plan: Plan, key: bytes, classes: bytes) -> Sampled:
    """What follows where the opaque model has these ``classes`` at the draws, a byte each.

    Raises InvalidProof where they are not one for each draw.
    """
    if plan.method not in (POOLED, ANYTIME, FINITE) or plan.line is not None:
        raise InvalidProof(f"a test is drawn by the method {POOLED}, in points")
    draws = len(classes)
    if draws != plan.draws and not (plan.method == ANYTIME and 0 < draws < plan.draws):
        raise InvalidProof(f"recorded.bin has {draws} classes, and there are {plan.draws} draws")
    seen = at = 0
    for points in points_drawn(found, replace(plan, draws=draws), key):
        seen += differing(found.asked, points, classes[at : at + len(points)])
        at += len(points)
    return concluded(found, plan, seen, draws)


def differing(asked: Asked, points: Ints, classes: bytes) -> int:
    """At how many points the opaque model, with these classes, and the tree differ."""
    own = np.frombuffer(classes, dtype=np.uint8).astype(np.int64)
    held = {**dict.fromkeys(asked.opaque, own), **tree_classes(asked, points)}
    return int((truths(asked.question, held, len(points)) == TRUE).sum())


def concluded(found: Population, plan: Plan, seen: int, draws: int) -> Sampled:
    """What follows where the two differ at ``seen`` of the draws."""
    off = _drawing(found).off
    if plan.method == POOLED:
        return pooled(found, plan, seen, off)
    if plan.method == ANYTIME:
        low, high = at_any_time(seen, draws, plan.delta, plan.aim)
        return replace(within(found, plan, seen, low - off, high + off), draws=draws)
    total = Tickets(found).total
    least, most = hits_of_all(seen, draws, total, plan.delta)
    ends = Fraction(least, total), Fraction(most, total)
    return Sampled(*ends, plan.delta, draws, seen, FINITE, found.open_mass, among=total)
