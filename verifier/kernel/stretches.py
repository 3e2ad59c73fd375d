"""What a Sandwich shows of the question: rule 10, stretches of the sum. Trusted.

Above one threshold a network has class 1, up to another it has class 0. Where that settles the
question, so that it is true or false, the points are counted by their sums.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product
from typing import Any, NamedTuple

from verifier.kernel import sums
from verifier.kernel.asked import Asked
from verifier.kernel.jointly import Pair, Shown, asking, jointly
from verifier.kernel.known import Classes, Known, known
from verifier.kernel.ledger import Ledger
from verifier.kernel.many import Asking, above
from verifier.kernel.rules import Apply
from verifier.kernel.sandwich import SECOND_ABOVE, SECOND_BELOW
from verifier.kernel.sums import binned, can_count
from verifier.kernel.tally import Place
from verifier.model.cell import Cell
from verifier.model.chances import Distribution, Listed
from verifier.model.grouped import members
from verifier.model.limits import PYTHON
from verifier.model.part import Part, values
from verifier.model.proof import Sandwich, Side
from verifier.model.sample import Left
from verifier.model.verdict import Status

Truth = Callable[[Mapping[int, int]], bool | None]
"""Whether the question is true, given the classes of some networks."""
Table = tuple[bool | None, ...]
"""The question's truth for classes of networks: see ``all_truths``."""
Regions = Sequence[tuple[bool, int | None, int | None]]
"""Stretches of the sum: see ``regions``."""
End = tuple[int, bool]
"""A threshold; and whether what is counted is above it for sure, or can be."""


class Amounts(NamedTuple):
    """Of a part: how many points, or how much weight, and at least how much is true, and false."""

    total: int
    true: int
    false: int


Both = tuple[Amounts, Amounts]
"""Of points, and of their weights: the same object where these are all the same."""


class Held(NamedTuple):
    """What a Sandwich shows of a part: of its points, and of their weights; and of these as if it
    had no cases or sides."""

    points: Amounts
    weights: Amounts
    plain: Amounts


@dataclass(frozen=True)
class Counted:
    """What a Sandwich that holds in a cell shows there; ``problem`` where it cannot be counted.

    Of the parts ``settled`` trees alone decide the question.
    """

    cell: Cell
    step: Sandwich
    settled: Sequence[Place]
    shown: Sequence[tuple[Place, Held]]
    problem: str


class Wanted(NamedTuple):
    """A part of a cell that is to be counted, with the distributions there."""

    place: Place
    size: int
    step: Sandwich | Side
    chances: Sequence[Distribution]
    held: Regions


class Laid(NamedTuple):
    """The parts of a cell: those that trees alone settle, and others with ``all_truths`` there, of
    a step and of what it says of further groups."""

    settled: list[Place]
    others: list[tuple[Place, tuple[Table, ...]]]


def count(ledger: Ledger, cells: Sequence[Cell], steps: Sequence[Sandwich]) -> list[Counted]:
    """What Sandwiches that hold in some cells show of them; the rest of the cells is open."""
    every = laid(ledger, cells, steps)
    return counted(cells, steps, every, measured(ledger, every, steps))


def laid(ledger: Ledger, cells: Sequence[Cell], steps: Sequence[Sandwich]) -> list[Laid]:
    """The parts of each cell."""
    tables = dict[Any, tuple[bool | None, tuple[Table, ...]]]()
    found = []
    for cell, step in zip(cells, steps, strict=True):
        said = beside(ledger, step)
        own = Laid([], [])
        for place in ledger.places(cell, said):
            full = with_classes(place, said)
            groups = step, *step.further
            key = full.trees, *[x.subjects for x in groups]
            if key not in tables:
                truth = partial(_truth, ledger, said.steady, full.trees)
                tables[key] = truth({}), tuple([all_truths(ledger.asked, x, truth) for x in groups])
            decided, every = tables[key]
            if decided is None:
                own.others.append((full, every))
            else:
                own.settled.append(place)
        found.append(own)
    return found


def measured(
    ledger: Ledger, every: Sequence[Laid], steps: Sequence[Sandwich]
) -> list[list[Held | None]]:
    """What is shown of each cell's other parts; None where there are too many bins to count."""
    asked = ledger.asked
    alone = [
        [_alone(step, own_tables) for _, own_tables in own.others]
        for own, step in zip(every, steps, strict=True)
    ]
    wanted = [
        Wanted(place, place.part.size, x, chances, stretches)
        for own, parts in zip(every, alone, strict=True)
        for (place, _), some in zip(own.others, parts, strict=True)
        for chances in (asked.domain.distributions(place.leaf),)
        for x, stretches in some
    ]
    counts = iter(amounts(asked, wanted, ledger.pool.map))
    found = list[list[Held | None]]()
    for step, parts, joint in zip(steps, alone, _joint(ledger, every, steps), strict=True):
        own = [[next(counts) for _ in some] for some in parts]
        if step.sides is not None or step.further:
            found.append([held([plain], [_together(apart)]) for plain, *apart in own])
        else:
            found.append([held(both, joint[k : k + 1]) for k, both in enumerate(own)])
    return found


def _alone(step: Sandwich, tables: Sequence[Table]) -> list[tuple[Sandwich | Side, Regions]]:
    """The sums of a step that are counted each alone, with their stretches."""
    table = tables[0]
    if step.further:
        each = zip((step, *step.further), tables, strict=True)
        return [(step, regions(step, table)), *((x, regions(x, _first(own))) for x, own in each)]
    if step.sides is not None:
        one, zero = step.sides.one, step.sides.zero
        above: Regions = [] if table[-1] is None else [(table[-1], -one.end, None)]
        below: Regions = [] if table[0] is None else [(table[0], None, -zero.end)]
        return [(step, regions(step, table)), (one, above), (zero, below)]
    together = step.cases is not None and step.cases.everywhere
    return [(x, regions(x, table)) for x in ((step,) if together else step.every)]


def _first(table: Table) -> Table:
    """What of it is about the first network's class 1."""
    half = len(table) // 2
    return (*[None] * half, *table[half:])


def _together(every: Sequence[Both | None]) -> Both | None:
    """What sums show together, each of other points of a part."""
    some = [x for x in every if x is not None]
    if len(some) < len(every):
        return None
    points, weights = (
        Amounts(own[0].total, sum(x.true for x in own), sum(x.false for x in own))
        for own in zip(*some, strict=True)
    )
    return points, points if all(x is y for x, y in some) else weights


def _joint(
    ledger: Ledger, every: Sequence[Laid], steps: Sequence[Sandwich]
) -> list[list[Both | None]]:
    """What both cases of one network show together of each cell's other parts, where it has such
    cases; None where there are too many bins to count."""
    found, by_leaf = list[list[Both | None]](), dict[int | None, list[tuple[int, int]]]()
    for i, (own, step) in enumerate(zip(every, steps, strict=True)):
        found.append([None] * len(own.others) if step.cases and step.cases.everywhere else [])
        for k in range(len(found[i])):
            by_leaf.setdefault(own.others[k][0].leaf, []).append((i, k))
    asked = ledger.asked
    for leaf, places in by_leaf.items():
        chances, pairs = asked.domain.distributions(leaf), list[Pair]()
        for i, k in places:
            cases = steps[i].cases
            assert cases is not None
            pairs.append(asking(every[i].others[k][0].part, cases))
        counts = jointly(asked, pairs, chances, ledger.pool.map)
        for (i, k), both in zip(places, counts, strict=True):
            if both is not None:
                points, weights = (_of_classes(x, every[i].others[k][1][0]) for x in both)
                found[i][k] = points, points if asked.domain.uniform else weights
    return found


def _of_classes(x: Shown, table: Table) -> Amounts:
    """What follows where so much has class 1 for sure, and class 0."""
    found = {True: 0, False: 0, None: 0}
    found[table[1]] += x[1]
    found[table[0]] += x[2]
    return Amounts(x[0], found[True], found[False])


def held(every: Sequence[Both | None], joint: Sequence[Both | None] = ()) -> Held | None:
    """What follows from the amounts of a Sandwich and of its cases: these count all of a part, each
    alone, or ``joint`` are what both, or its sides, show together. None where one is missing."""
    counts = [both for both in (*every, *joint) if both is not None]
    if len(counts) < len(every) + len(joint):
        return None
    (points, weights), *cases = counts
    both = greater if joint else tightened
    more = both(points, [x for x, _ in cases])
    same = points is weights
    return Held(more, more if same else both(weights, [x for _, x in cases]), weights)


def greater(plain: Amounts, others: Sequence[Amounts]) -> Amounts:
    """What is shown of a part where each of some shows so much of it."""
    every = [plain, *others]
    return Amounts(plain.total, max(x.true for x in every), max(x.false for x in every))


def tightened(plain: Amounts, cases: Sequence[Amounts]) -> Amounts:
    """What is shown of a part by a Sandwich, or by its cases: each counts all of the part.

    What may be true is in some case, and there not among what is shown to be false.
    """
    if not cases:
        return plain
    total, true, false = plain
    may_be_true = sum(total - x.false for x in cases)
    may_be_false = sum(total - x.true for x in cases)
    return Amounts(total, max(true, total - may_be_false), max(false, total - may_be_true))


def counted(
    cells: Sequence[Cell],
    steps: Sequence[Sandwich],
    every: Sequence[Laid],
    sums: Sequence[Sequence[Held | None]],
) -> list[Counted]:
    """What ``measured`` has found, of one cell after the other."""
    found = []
    for cell, step, own, amounts in zip(cells, steps, every, sums, strict=True):
        pairs = list(zip(own.others, amounts, strict=True))
        shown = [(place, x) for (place, _), x in pairs if x is not None]
        problem = ""
        if len(shown) < len(pairs):
            problem = f"its sum has too many bins of width {step.width} to be counted"
        found.append(Counted(cell, step, own.settled, shown, problem))
    return found


def beside(ledger: Ledger, step: Sandwich) -> Known:
    """What is known beside a Sandwich: its other models' classes, for float32 none."""
    pairs = tuple([(x.model, x.klass) for x in step.beside])
    return known(len(ledger.asked.names), pairs, (), (), ledger.trust)


def with_classes(place: Place, said: Known) -> Place:
    """The same part, with the classes that are known there beside those of trees."""
    classes = enumerate(said.views[0][2])
    more = [(model, klass) for model, klass in classes if klass is not None]
    return place._replace(trees=(*place.trees, *more)) if more else place


def _truth(
    ledger: Ledger,
    none: Classes,
    trees: tuple[tuple[int, int], ...],
    classes: Mapping[int, int],
) -> bool | None:
    return ledger.truth(none, (*trees, *classes.items()))


def all_truths(asked: Asked, step: Sandwich, truth: Truth) -> Table:
    """The question's truth for all classes of a step's networks, those of the last one changing
    fastest. Where classes are taken together it is what is true of them all, or None."""
    models = [strip.model for strip in step.strips]
    sides = [members(ones or 2, asked.nets[model].classes) for model, ones in step.subjects]
    asked.spend(PYTHON * math.prod(len(zero) + len(one) for zero, one in sides))
    every = [product(*each) for each in product(*sides)]
    found = [(truth(dict(zip(models, x, strict=True))) for x in own) for own in every]
    both = [(next(own), own) for own in found]
    return tuple([one if all(x is one for x in own) else None for one, own in both])


def enter_sums(ledger: Ledger, counted: Counted) -> None:
    """Enter what a Sandwich shows of its cell."""
    left, told, domain = list[int](), 0, ledger.asked.domain
    said = beside(ledger, counted.step)
    for place in counted.settled:
        ledger.add_place(place, said)
    for place, (points, weights, plain) in counted.shown:
        each = domain.factor(place.leaf)
        if domain.uniform:
            each = domain.total_weight // domain.size
        size, weight = points.total, weights.total * each
        true, false = (points.true, weights.true * each), (points.false, weights.false * each)
        shown = true[0] + false[0], true[1] + false[1]
        ledger.doubt(size, weight)
        if shown[0]:
            ledger.share(place.key, Status.SANDWICH, (*shown, *true))
        if shown[0] < size:
            ledger.share(place.key, Status.OPEN, (size - shown[0], weight - shown[1], 0, 0))
        left.append((plain.total - plain.true - plain.false) * each)
        told += (weights.true - plain.true) * each
    if any(left):
        some = Left(counted.cell, said.views[0][2], counted.step, tuple(left), told=told)
        ledger.leave(some)


def regions(step: Sandwich, truths: Table) -> Regions:
    """Stretches of the sum in which the question is true, or false: between two thresholds.

    ``truths`` are ``all_truths`` of the step's networks. Each stretch is (true or false, threshold
    that the sum is above, threshold that it is not above); None for no end.
    """
    ends = sorted({-end for strip in step.strips for end in (strip.least, strip.most)})
    places = tuple([(ends.index(-x.most), ends.index(-x.least)) for x in step.strips])
    at: list[int | None] = [None, *ends, None]
    return [(kind, at[i], at[j]) for kind, i, j in _stretches(places, step.order, truths)]


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


def amounts(asked: Asked, wanted: Sequence[Wanted], apply: Apply = map) -> list[Both | None]:
    """What Sandwiches show of the points of some parts, and of their weights.

    Each part lies in one leaf of the domain's tree, and the weights are products of those of the
    distributions there. None where there are too many bins to count.
    """
    ends = [_ends(x.held) for x in wanted]
    found: list[Both | None] = [None] * len(wanted)
    by_leaf: dict[int | None, list[int]] = {}
    for i, x in enumerate(wanted):
        by_leaf.setdefault(x.place.leaf, []).append(i)
    for at in by_leaf.values():
        own = [wanted[i] for i in at]
        every = [
            Asking(x.place.part, x.step.form, x.step.width, ends[i])
            for i, x in zip(at, own, strict=True)
        ]
        chances = None if asked.domain.uniform else own[0].chances
        quick = above(asked.table, every, asked.spend, asked.poll, apply, chances)
        for i, x, counts in zip(at, own, quick, strict=True):
            asked.poll()
            asked.spend(PYTHON * 4 * len(ends[i]) + 64 * asked.labels)
            if counts is None:
                found[i] = _amounts(asked, x, ends[i])
                continue
            points, weights = (
                _shares(x.held, n[-1], dict(zip(ends[i], n, strict=False))) for n in counts
            )
            found[i] = points, points if asked.domain.uniform else weights
    return found


def _ends(held: Regions) -> tuple[End, ...]:
    """What has to be counted of the stretches."""
    lows = [(low, True) for _, low, _ in held if low is not None]
    highs = [(high, False) for _, _, high in held if high is not None]
    return tuple(dict.fromkeys((*lows, *highs)))


def _amounts(asked: Asked, x: Wanted, ends: Sequence[End]) -> Both | None:
    """The same of one part, by one product of integers each."""
    part, found = x.place.part, list[Amounts]()
    bins = binned(asked.domain, part, x.step.form, x.step.width)
    places = [bins.least_bins(end)[not sure] for end, sure in ends]
    pairs = list(zip(x.chances, part.parts, strict=True))
    even = asked.domain.uniform or all(_is_even(*pair) for pair in pairs)
    for chances in (None,) if even else (None, x.chances):
        total = x.size if chances is None else math.prod(own.weight_of(n) for own, n in pairs)
        if not can_count(bins, total):
            return None
        more = sums.above(bins, total, sorted(set(places)), asked.spend, asked.poll, chances)
        own = {end: more[at] for end, at in zip(ends, places, strict=True)}
        found.append(_shares(x.held, total, own))
    if even and not asked.domain.uniform:
        each = math.prod(own.weight_of(n) for own, n in pairs) // x.size
        found.append(Amounts(*(each * n for n in found[0])))
    return found[0], found[-1]


def _shares(held: Regions, total: int, more: Mapping[End, int]) -> Amounts:
    """How much is shown true, and false: at least."""
    found = [0, 0]
    for true, low, high in held:
        least = total if low is None else more[low, True]
        most = 0 if high is None else more[high, False]
        found[true] += max(0, least - most)
    return Amounts(total, found[1], found[0])


def _is_even(chances: Distribution, part: Part) -> bool:
    """Whether all values of a part are equally probable."""
    if isinstance(chances, Listed):
        assert isinstance(part, int)
        return chances.is_uniform or len({chances.weights[v] for v in values(part)}) == 1
    assert isinstance(part, range)
    return chances.is_uniform or bisect_right(chances.stops, part.start) == bisect_right(
        chances.stops, part.stop - 1
    )
