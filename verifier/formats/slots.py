"""The points near one point, as what changes: a few slots, each with one changed value or none.

Where many variables may change, but few at once, these are far fewer tuples than the product of the
variables, and the domain's tree is small: it has the slots in the order of the variables.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from verifier.formats.combinations import Cutter
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, Point
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.ordinal import AnyVariable, Ordinal, uniform
from verifier.model.variable import Variable

NONE = "none"
"""A slot's first value."""
MOST_CHANGES = 1 << 11
"""Most changed values that a slot may have."""
MOST_NUMBERS = 1 << 20
"""Most numbers of the slots' encodings."""
MOST_NODES = 1 << 13
"""Most nodes of the tree that has the slots in order."""


@dataclass(frozen=True)
class Slots:
    """A domain of one point's values (a variable each, of one value), and then ``flips`` slots.

    ``changes`` are the (variable, value) pairs that values 1, 2, ... of each slot stand for, the
    variables ascending. What a slot encodes is added to the columns of the variables ``reads``.
    """

    domain: Domain
    flips: int
    changes: tuple[tuple[int, int], ...]

    def changed(self, point: Point) -> dict[int, int]:
        """Which variables have another value at a point, and which."""
        held = point[len(point) - self.flips :]
        return dict(self.changes[at - 1] for at in held if at)


def slot_name(j: int) -> str:
    """What slot j, from 0, is called."""
    return f"change {j + 1}"


def change_label(variable: str, value: str) -> str:
    """What a slot's value is called."""
    return f"{variable}={value}"


def slots(
    domain: Domain, centre: Point, flips: int, free: Collection[int], reads: Sequence[int]
) -> Slots | None:
    """The points that differ from ``centre`` in at most ``flips`` of the variables ``free``.

    How probable they are, one to another, is as in ``domain``. None where it has a tree, or the
    slots would be too many or too large.
    """
    held = domain.variables
    names = {v.name for v in held}
    count = sum(held[i].count - 1 for i in free)
    width = sum(held[i].columns for i in reads)
    if domain.given is not None or names & {slot_name(j) for j in range(flips)}:
        return None
    if not 1 <= count <= MOST_CHANGES or (count + 1) * width * flips > MOST_NUMBERS:
        return None
    likely = [_chance(v, at) for v, at in zip(held, centre, strict=True)]
    sure = all(0 < likely[i] < 1 or held[i].count == 1 for i in free)
    if _nodes(len(free), flips) > MOST_NODES or not sure:
        return None
    changes = tuple((i, k) for i in sorted(free) for k in range(held[i].count) if k != centre[i])
    weights = [Fraction(1), *(_chance(held[i], k) / likely[i] for i, k in changes)]
    total = sum(weights, Fraction(0))
    one = Variable(
        NONE,
        (NONE, *(change_label(held[i].name, held[i].label(k)) for i, k in changes)),
        ((Fraction(0),) * width, *(_moved(domain, reads, i, k, centre[i]) for i, k in changes)),
        tuple(w / total for w in weights),
    )
    fixed = tuple(alone(v, at) for v, at in zip(held, centre, strict=True))
    every = tuple(replace(one, name=slot_name(j)) for j in range(flips))
    return Slots(in_order((*fixed, *every), flips, [i for i, _ in changes]), flips, changes)


def alone(v: AnyVariable, value: int) -> Variable | Ordinal:
    """A variable with one of its values."""
    if isinstance(v, Ordinal):
        return Ordinal(v.name, v.number(value), Fraction(1), 1, uniform(1))
    assert isinstance(v, Variable)
    label, row = (v.labels[value],), (v.encoding[value],)
    return replace(v, labels=label, encoding=row, probabilities=(Fraction(1),))


def in_order(variables: Sequence[Variable | Ordinal], flips: int, of: Sequence[int]) -> Domain:
    """The domain in which the last ``flips`` variables, the slots, change ascending variables.

    ``of`` are the variables that their values 1, 2, ... change; behind a slot without a change
    come only such.
    """
    plain = Domain(tuple(variables))
    whole, first = full_cell(plain), len(variables) - flips
    unchanged = (None,) * len(variables)
    cutter = Cutter(plain, [])
    begins = [0, *(k + 1 for k, (a, b) in enumerate(pairwise(of)) if a != b), len(of)]
    groups = [((1 << b) - (1 << a)) << 1 for a, b in pairwise(begins)]
    stack = [(whole, 0, 0, -1, "")]
    while stack:
        cell, j, least, parent, side = stack.pop()
        cutter.hang(parent, side)
        if j == flips:
            cutter.nodes.append(cutter.leaf(whole, cell, unchanged))
            continue
        if j < 0:
            cutter.nodes.append(GivenLeaf(Fraction(0)))
            continue
        here, i = len(cutter.nodes), first + j
        part, allowed = cell.parts[i], sum(groups[least:]) | 1
        assert isinstance(part, int)
        if part & ~allowed:
            yes, no = cell.split(i, part & allowed)
            cutter.nodes.append(GivenTest(i, allowed, 0, 0))
            stack += [(no, -1, 0, here, "no"), (yes, j, least, here, "yes")]
        elif part == 1:  # no change, and so none behind
            stack.append((cell, j + 1, len(groups), parent, side))
        elif j == flips - 1:
            stack.append((cell, flips, 0, parent, side))
        else:
            own = next(g for g in range(least, len(groups)) if part & groups[g])
            if part == groups[own]:
                stack.append((cell, j + 1, own + 1, parent, side))
                continue
            yes, no = cell.split(i, groups[own])
            cutter.nodes.append(GivenTest(i, groups[own], 0, 0))
            stack += [(no, j, own + 1, here, "no"), (yes, j, own, here, "yes")]
    if len(cutter.nodes) == 1:
        return plain
    cutter.share_out(0, Fraction(1))
    return Domain(plain.variables, Given(tuple(cutter.nodes)))


def _chance(v: AnyVariable, value: int) -> Fraction:
    part = range(value, value + 1) if isinstance(v, Ordinal) else 1 << value
    return Fraction(v.chances.weight_of(part), v.chances.denominator)


def _moved(
    domain: Domain, reads: Sequence[int], i: int, value: int, before: int
) -> tuple[Fraction, ...]:
    """What a changed value adds to the columns of the variables that are read."""
    row: list[Fraction] = []
    for j in reads:
        v, ends = domain.variables[j], (value, before) if j == i else (0, 0)
        row += [x - y for x, y in zip(*(v.row(at) for at in ends), strict=True)]
    return tuple(row)


def _nodes(free: int, flips: int) -> int:
    """About how many nodes the tree has: a few for each choice of all variables but the last."""
    choices, count = 1, 1
    for j in range(1, flips):
        choices = choices * (free - j + 1) // j
        count += choices
    return 4 * count
