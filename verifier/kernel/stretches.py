"""What a Sandwich shows of the question: rule 10, stretches of the sum. Trusted.

Above one threshold a network has class 1, up to another it has class 0. Where that settles the
question, so that it is true or false, the points are counted by their sums.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from verifier.kernel.asked import Asked
from verifier.kernel.known import known
from verifier.kernel.ledger import Ledger
from verifier.kernel.sandwich import SECOND_ABOVE, SECOND_BELOW
from verifier.kernel.sums import above, binned, can_count
from verifier.model.cell import Cell
from verifier.model.chances import Distribution, Listed
from verifier.model.limits import PYTHON
from verifier.model.part import Part, values
from verifier.model.proof import Sandwich
from verifier.model.sample import Left
from verifier.model.verdict import Status

Truth = Callable[[Mapping[int, int]], bool | None]
"""Whether the question is true, given the classes of some networks."""


class Amounts(NamedTuple):
    """Of a part: how many points, or how much weight, and at least how much is true, and false."""

    total: int
    true: int
    false: int


def count(ledger: Ledger, cell: Cell, step: Sandwich) -> str:
    """Enter what a Sandwich that holds in a cell shows of it; the rest of the cell is open.

    Returns why it cannot be counted; "" where it can.
    """
    asked = ledger.asked
    nothing = known(len(asked.names), (), (), (), ledger.trust)
    left = False
    for place in ledger.places(cell, nothing):
        if ledger.truth(nothing.steady, place.trees) is not None:
            ledger.add_place(place, nothing)
            continue

        def truth(
            classes: Mapping[int, int], trees: tuple[tuple[int, int], ...] = place.trees
        ) -> bool | None:
            return ledger.truth(nothing.steady, (*trees, *classes.items()))

        size, weight = ledger.measure(place.part, place.leaf)
        chances = asked.domain.distributions(place.leaf)
        found = amounts(asked, place.part, step, truth, chances)
        if found is None:
            return f"its sum has too many bins of width {step.width} to be counted"
        points, weights = found
        each = weight // weights.total if weight else 0
        true, false = (points.true, weights.true * each), (points.false, weights.false * each)
        shown = true[0] + false[0], true[1] + false[1]
        ledger.doubt(size, weight)
        if shown[0]:
            ledger.share(place.key, Status.SANDWICH, (*shown, *true))
        if shown[0] < size:
            ledger.share(place.key, Status.OPEN, (size - shown[0], weight - shown[1], 0, 0))
            left = True
    if left:
        ledger.left.append(Left(cell, nothing.steady, step))
    return ""


def regions(step: Sandwich, truth: Truth) -> list[tuple[bool, int | None, int | None]]:
    """Stretches of the sum in which the question is true, or false: between two thresholds.

    ``truth`` tells it of the networks' classes, as far as they are known. Each stretch is (true or
    false, threshold that the sum is above, threshold that it is not above); None for no end.
    """
    ends = sorted({-end for strip in step.strips for end in (strip.least, strip.most)})
    places = tuple((ends.index(-x.most), ends.index(-x.least)) for x in step.strips)
    models = [strip.model for strip in step.strips]
    table = tuple(
        truth(dict(zip(models, classes, strict=True)))
        for classes in product((0, 1), repeat=len(models))
    )
    at: list[int | None] = [None, *ends, None]
    return [(kind, at[i], at[j]) for kind, i, j in _stretches(places, step.order, table)]


@lru_cache(maxsize=1 << 12)
def _stretches(
    places: tuple[tuple[int, int], ...], order: int, table: tuple[bool | None, ...]
) -> list[tuple[bool, int, int]]:
    """The same by the thresholds' numbers, from 1, in increasing order.

    ``places`` are those (from 0) up to which each network has class 0, and above which 1; ``table``
    is the question's truth for all classes, the last network's changing fastest.
    """
    count = 1 + max(place for both in places for place in both)
    found: list[tuple[bool, int, int]] = []
    for region in range(count + 1):  # above threshold region - 1, at most threshold region
        every = [
            true
            for classes, true in zip(product((0, 1), repeat=len(places)), table, strict=True)
            if not (order & SECOND_ABOVE and classes == (1, 0))
            and not (order & SECOND_BELOW and classes == (0, 1))
            and all(
                not (region > one and klass == 0) and not (region <= zero and klass == 1)
                for klass, (zero, one) in zip(classes, places, strict=True)
            )
        ]
        if all(true is True for true in every):  # also where no classes are possible
            kind = True
        elif all(true is False for true in every):
            kind = False
        else:
            continue
        start = region
        if found and found[-1][0] is kind and found[-1][2] == region:
            start = found.pop()[1]
        found.append((kind, start, region + 1))
    return found


def amounts(
    asked: Asked, part: Cell, step: Sandwich, truth: Truth, chances: Sequence[Distribution]
) -> tuple[Amounts, Amounts] | None:
    """What a Sandwich shows of the points of a part, and of their weights.

    The part lies in one leaf of the domain's tree; ``chances`` are the distributions there, and
    the weights are products of theirs. None where there are too many bins to count.
    """
    held = regions(step, truth)
    asked.poll()
    asked.spend(PYTHON * (4 * len(held) + 2 * len(part.parts)) + 64 * asked.labels)
    x = binned(asked.domain, part, step.form, step.width)
    size = weight = part.size
    if not asked.domain.uniform:  # where it is, the weights of all values are 1
        weight = math.prod(map(_weight_of, chances, part.parts))
    if not (can_count(x, size) and can_count(x, weight)):
        return None
    wanted = {}  # by threshold: from which sums of bins on a point is above it, and can be
    for end in {end for _, *ends in held for end in ends if end is not None}:
        wanted[end] = x.least_bins(end)
    every = sorted({at for both in wanted.values() for at in both})
    points = above(x, size, every, asked.spend, asked.poll)
    each, rest = divmod(weight, size)
    even = not rest and (asked.domain.uniform or all(map(_is_even, chances, part.parts)))
    if even:
        weights = {at: n * each for at, n in points.items()}
    else:
        weights = above(x, weight, every, asked.spend, asked.poll, chances)
    found = []
    for total, more in ((size, points), (weight, weights)):
        sums = [0, 0]
        for true, low, high in held:
            least = total if low is None else more[wanted[low][0]]
            most = 0 if high is None else more[wanted[high][1]]
            sums[true] += max(0, least - most)
        found.append(Amounts(total, sums[1], sums[0]))
    return found[0], found[1]


def _is_even(chances: Distribution, part: Part) -> bool:
    """Whether all values of a part are equally probable."""
    if isinstance(chances, Listed):
        assert isinstance(part, int)
        return chances.is_uniform or len({chances.weights[v] for v in values(part)}) == 1
    assert isinstance(part, range)
    return chances.is_uniform or bisect_right(chances.stops, part.start) == bisect_right(
        chances.stops, part.stop - 1
    )


def _weight_of(chances: Distribution, part: Part) -> int:
    """The probability of a part, times the distribution's denominator."""
    return chances.weight_of(part)
