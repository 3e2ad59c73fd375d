"""Lines through cells of which sandwiches leave a part, drawn and counted again: in integers.

Written from docs/certificate.md and rules 10 and 11 of docs/soundness.md. What a sandwich decides
goes by the sum of the variables' bins: the sum of the form is known from it up to ``spread``, and
with that the classes that the networks can have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, product
from math import prod

from verifier.model.errors import CertificateError
from verifier.second_checker.domain import Cell, Leaf, Point
from verifier.second_checker.draws import Piece, weighted
from verifier.second_checker.formula import truth
from verifier.second_checker.lines import UNIT, true_values
from verifier.second_checker.models import Matter
from verifier.second_checker.nodes import Sandwich
from verifier.second_checker.points import Tally
from verifier.second_checker.stairs import Stairs, stairs
from verifier.second_checker.tree import VISIT, leaf_at
from verifier.second_checker.variables import Interval, Ordinal

Range = tuple[int, int]
"""From the first, to before the second."""


@dataclass(frozen=True)
class Sums:
    """The sums of a form over a cell, in bins of ``wide``, over the domain's denominator.

    ``bins`` has the bins of each variable's values: of an ordinal how much a value adds to the one
    before, of an interval its pieces' stairs, else one by one. ``base`` is the least sum, ``top``
    the greatest sum of bins.
    """

    cell: Cell
    wide: int
    base: int
    spread: int
    top: int
    bins: tuple[int | dict[int, int] | Stairs, ...]

    def bin(self, i: int, value: int) -> int:
        """The bin of a variable's value."""
        held, own = self.bins[i], self.cell[i]
        if isinstance(held, dict):
            return held[value]
        assert isinstance(held, int)
        rank = value - own[0] if held >= 0 else own[-1] - value
        return abs(held) * rank // self.wide

    def values(self, i: int, bins: Range) -> Sequence[int]:
        """The values of an ordinal that have so many bins, in a row."""
        slope, own = self.bins[i], self.cell[i]
        assert isinstance(slope, int)
        if not slope:
            return own if bins[0] <= 0 < bins[1] else own[:0]
        ends = [min(max(0, -(-k * self.wide // abs(slope))), len(own)) for k in bins]
        return own[ends[0] : ends[1]] if slope > 0 else own[len(own) - ends[1] : len(own) - ends[0]]


def sums_of(case: Matter, cell: Cell, step: Sandwich) -> Sums:
    """The sums of a sandwich's form over a cell."""
    variables = case.domain.variables
    wide = step.width * case.domain.denominator
    starts = accumulate((v.columns for v in variables), initial=0)
    base = spread = top = 0
    held: list[int | dict[int, int] | Stairs] = []
    for v, own, start in zip(variables, cell, starts, strict=False):
        form = step.form[start : start + v.columns]
        if isinstance(v, Interval):
            steps = stairs(v, own, form[0], wide)
            ends = [form[0] * v.cut(at) for at in (own[0], own[-1] + 1)]
            base += min(ends)
            spread += min(wide + steps.longest, max(ends) - min(ends))
            top += steps.top
            held.append(steps)
            continue
        if isinstance(v, Ordinal):
            slope = form[0] * v.step
            span = abs(slope) * (len(own) - 1)
            base += min(form[0] * x for at in (own[0], own[-1]) for x in v.row(at))
            spread += min(wide, span) if slope % wide else 0
            top += span // wide
            held.append(slope)
            continue
        each = {at: sum(n * x for n, x in zip(form, v.row(at), strict=True)) for at in own}
        least = min(each.values())
        base += least
        spread += max((n - least) % wide for n in each.values())
        held.append({at: (n - least) // wide for at, n in each.items()})
        top += max((n - least) // wide for n in each.values())
    return Sums(cell, wide, base, spread, top, tuple(held))


def left_of(
    case: Matter, sums: Sums, step: Sandwich, trees: Mapping[int, int], tally: Tally
) -> list[Range]:
    """The sums of bins that a sandwich leaves undecided, where the trees have these classes."""
    found, done = list[Range](), 0
    for first, last, _ in decided_of(case, sums, step, trees, tally):
        if done < first:
            found.append((done, first))
        done = last
    return [*found, (done, sums.top + 1)] if done <= sums.top else found


def decided_of(
    case: Matter, sums: Sums, step: Sandwich, trees: Mapping[int, int], tally: Tally
) -> Iterator[tuple[int, int, bool]]:
    """The sums of bins that it decides, from the first to before the second, and to what."""
    if not all(model in case.nets for model, _, _ in step.strips):
        raise CertificateError("a sandwich is about a model that is no network")
    ends = sorted({-x for _, *both in step.strips for x in both})
    classes = prod(case.nets[model].classes for model, _, _ in step.strips)
    tally.spend(classes * (1 + len(ends)) * (VISIT + 4 * len(case.question)))
    kinds = [_kind(case, step, trees, at, ends) for at in range(len(ends) + 1)]
    start = 0
    for at in range(1, len(kinds) + 1):
        if at < len(kinds) and kinds[at] is kinds[start]:
            continue
        kind = kinds[start]
        if kind is not None:
            unit = case.domain.denominator
            first, last = 0, sums.top + 1
            if start:  # all that has these bins is above the end
                first = max(0, (ends[start - 1] * unit - sums.base) // sums.wide + 1)
            if at < len(kinds):  # and nothing that has is above this one
                rest = ends[at - 1] * unit - sums.base - sums.spread
                last = min(last, rest // sums.wide + 1)
            if first < last:
                yield first, last, kind
        start = at


def _kind(
    case: Matter, step: Sandwich, trees: Mapping[int, int], at: int, ends: Sequence[int]
) -> bool | None:
    """What the formula is above the first ``at`` ends and not above the next: None, where open."""
    numbers = [model for model, _, _ in step.strips]
    each = [_members(case, step, model) for model in numbers]
    every = set()
    for classes in product((0, 1), repeat=len(numbers)):
        if (step.order & 1 and classes == (1, 0)) or (step.order & 2 and classes == (0, 1)):
            continue
        if all(
            not (klass == 0 and at > ends.index(-least)) and not (klass and at <= ends.index(-most))
            for klass, (_, least, most) in zip(classes, step.strips, strict=True)
        ):
            for own in product(*(x[k] for x, k in zip(each, classes, strict=True))):
                mine = dict(zip(numbers, own, strict=True))
                every.add(truth(case.question, {**dict(step.beside), **trees, **mine}))
    if not every:
        return True  # no point is there: it may be said to be either
    return every.pop() if len(every) == 1 else None


def _members(case: Matter, step: Sandwich, model: int) -> tuple[list[int], list[int]]:
    """The classes that are taken for class 0, and for class 1."""
    if not step.ones:
        return [0], [1]
    every = range(case.nets[model].classes)
    found = [[k for k in every if step.ones >> k & 1 == one] for one in (0, 1)]
    if not all(found) or len(every) < 3 or step.ones >> len(every):
        raise CertificateError("a sandwich is about a group of classes that there is not")
    return found[0], found[1]


@dataclass(frozen=True)
class Cut(Piece):
    """A piece by the weight of its values of the others, times ``most`` open ones on a line.

    ``sums`` and the sums of bins ``left`` say which are open; None where all are.
    """

    most: int
    sums: Sums | None
    left: tuple[Range, ...]


def cut(
    case: Matter, cell: Cell, leaf: Leaf, step: Sandwich | None, line: int, tally: Tally
) -> Cut | None:
    """The piece of a cell, all of it open or what a sandwich leaves; None where that is nothing."""
    own = cell[line]
    whole = leaf.probability(leaf.amount(cell)) / len(own)
    if step is None:
        return Cut(cell, leaf, whole * len(own), len(own), None, ()) if whole else None
    sums = sums_of(case, cell, step)
    trees = {m: leaf_at(tree, tuple(x[0] for x in cell)) for m, tree in case.trees.items()}
    left = left_of(case, sums, step, trees, tally)
    if not whole or not _reached(sums, leaf, left, tally):
        return None
    slope, most = sums.bins[line], len(own)
    assert isinstance(slope, int)
    if slope:
        most = min(most, sum((b - a) * sums.wide // abs(slope) + 1 for a, b in left))
    return Cut(cell, leaf, whole * most, most, sums, tuple(left))


def _reached(sums: Sums, leaf: Leaf, left: Sequence[Range], tally: Tally) -> bool:
    """Whether a tuple of positive probability has an undecided sum of bins.

    Bit k of a number says that the variables so far can have k bins together.
    """
    reached = 1
    for i, (chances, own) in enumerate(zip(leaf.chances, sums.cell, strict=True)):
        places = set()
        for first, count, _ in weighted(chances, own).each:
            slope = sums.bins[i]
            if not isinstance(slope, int) or abs(slope) >= sums.wide:
                places |= {sums.bin(i, v) for v in range(first, first + count)}
            else:  # none of the bins between is left out
                ends = sums.bin(i, first), sums.bin(i, first + count - 1)
                places |= set(range(min(ends), max(ends) + 1))
        tally.spend(len(places) * (1 + sums.top // 64))
        reached = _added(reached, places)
    return any((reached >> a) & ((1 << b - a) - 1) for a, b in left)


def _added(reached: int, places: set[int]) -> int:
    found = 0
    for at in places:
        found |= reached << at
    return found


def crossed(case: Matter, piece: Cut, point: Point, line: int, tally: Tally) -> tuple[int, int]:
    """How many values of a line are open and true, and how many are open."""
    sums = piece.sums
    if sums is None:
        every = [piece.cell[line]]
    else:
        rest = sum(sums.bin(i, v) for i, v in enumerate(point) if i != line)
        every = [sums.values(line, (a - rest, b - rest)) for a, b in piece.left]
    true = sum(true_values(case, point, own, line, tally) for own in every if len(own))
    return true, sum(map(len, every))


def share_through(piece: Cut, true: int, left: int, guess: Fraction) -> int:
    """The share of a line, rounded down to a whole number of 1 / UNIT."""
    return (guess + (true - guess * left) / piece.most) * UNIT // 1
