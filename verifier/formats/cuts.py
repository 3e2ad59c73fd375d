"""What a test of a table's column becomes on the domain's own columns.

A test sends some of a variable's values left. Of a number these are those up to a threshold, in the
simplest case; of a one-hot variable they are told by its 0/1 columns.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from verifier.formats.frame_missing import is_number, missing_of
from verifier.formats.sklearn_columns import Held, is_one_hot, listed
from verifier.model.continuous import Continuous
from verifier.model.domain import Domain
from verifier.model.errors import TreeError, quoted
from verifier.model.floats import nearest
from verifier.model.ordinal import Ordinal
from verifier.model.variable import Variable

HALF = Fraction(1, 2)
MOST_KEPT = 1 << 8
_KEPT: dict[int, tuple[Ordinal | Variable, tuple[int | None, list[int]]]] = {}


@dataclass(frozen=True)
class Cut:
    """A test of a column of the domain that decides one side of it.

    Where the test holds (``if_yes``), or where it does not, all values go left (``left``) or right.
    """

    column: int
    threshold: Fraction
    if_yes: bool
    left: bool


def cuts_of(
    domain: Domain,
    held: Held,
    goes_left: Callable[[Any], bool],
    steps: Sequence[Fraction],
    first_left: bool = True,
) -> tuple[list[Cut], bool]:
    """Cuts, in order, that tell which of a variable's values go left; and the side of the others.

    ``goes_left`` is asked for what the column holds: a float, a text, or None where it is missing.
    For numbers that are too many to list, ``steps`` ascend and are where the side changes; what is
    at most the first goes left iff ``first_left``. Raises TreeError.
    """
    v, first = domain.variables[held.variable], domain.offsets[held.variable]
    if isinstance(v, Continuous) or (isinstance(v, Ordinal) and not held.seen):
        sides = [first_left == (i % 2 == 0) for i in range(len(steps) + 1)]
        cuts = [Cut(first, _end(held, t), True, sides[i]) for i, t in enumerate(steps)]
        return cuts, sides[-1]
    left = [goes_left(x) for x in listed(domain, held, "the tree")]
    if not isinstance(v, Ordinal) and not is_number(v):
        if not is_one_hot(v):
            raise TreeError(
                f"variable {quoted(v.name)} has an encoding of its own, which tells no single "
                "value: make it one-hot"
            )
        rarely = sum(left) <= len(left) // 2  # a value goes right of its own column's test
        cuts = [Cut(first + i, HALF, False, rarely) for i, x in enumerate(left) if x == rarely]
        return cuts, not rarely
    gone, order = _ascending(v)
    cuts = [] if gone is None else [Cut(first + 1, HALF, False, left[gone])]
    cuts += [
        Cut(first, (v.row(a)[0] + v.row(b)[0]) / 2, True, left[a])
        for a, b in pairwise(order)
        if left[a] != left[b]
    ]
    return cuts, left[order[-1]]


def cuts_along(
    domain: Domain,
    held: Held,
    goes_left: Callable[[Any], bool],
    numbers: Sequence[Any],
    steps: Sequence[Fraction],
    first_left: bool,
) -> tuple[list[Cut], bool]:
    """The same of a number whose column ``ascends``: only where sides change is looked."""
    v, first = domain.variables[held.variable], domain.offsets[held.variable]
    assert isinstance(v, Ordinal | Variable)
    gone, order = _ascending(v)
    ends = [bisect_right(numbers, step) for step in steps]  # of each step the numbers up to it

    def side(at: int) -> bool:
        return first_left == (bisect_right(ends, at) % 2 == 0)

    cuts = [] if gone is None else [Cut(first + 1, HALF, False, goes_left(held.seen[gone]))]
    cuts += [
        Cut(first, (v.row(order[end - 1])[0] + v.row(order[end])[0]) / 2, True, side(end - 1))
        for end in sorted(set(ends))
        if 0 < end < len(order) and side(end - 1) != side(end)
    ]
    return cuts, side(len(order) - 1)


def ascends(domain: Domain, held: Held) -> list[Any] | None:
    """What a column holds of a number's values in their order, if it is listed and ascends."""
    v = domain.variables[held.variable]
    if isinstance(v, Continuous) or (isinstance(v, Ordinal) and not held.seen):
        return None
    if not isinstance(v, Ordinal) and not is_number(v):
        return None
    values = listed(domain, held, "the tree")
    found = [values[i] for i in _ascending(v)[1]]
    plain = all(isinstance(x, int | float) for x in found)
    return found if plain and all(a <= b for a, b in pairwise(found)) else None


def _ascending(v: Ordinal | Variable) -> tuple[int | None, list[int]]:
    """A variable's missing value, if it has one, and the others in the order of their numbers.

    Kept for each object, as its hash takes all its numbers.
    """
    kept = _KEPT.get(id(v))
    if kept is None or kept[0] is not v:
        gone = None if isinstance(v, Ordinal) else missing_of(v)
        order = sorted((i for i in range(v.count) if i != gone), key=lambda i: v.row(i)[0])
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        kept = _KEPT[id(v)] = v, (gone, order)
    return kept[1]


def _end(held: Held, threshold: Fraction) -> Fraction:
    """The end of a real number's side after linear steps: the nearest float, as these round."""
    up, at = True, threshold
    for factor, divisor, shift in reversed(held.after):
        if not factor or held.jumps:
            raise TreeError("the tree tests what a pipeline made constant: fit it again")
        at = (at - Fraction(shift)) * Fraction(divisor) / Fraction(factor)
        up = up == (factor * divisor > 0)
    if not up:
        raise TreeError(
            "the tree tests a number that the pipeline turned round: scale it otherwise"
        )
    return Fraction(nearest(at))
