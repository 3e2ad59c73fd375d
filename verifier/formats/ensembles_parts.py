"""What all readers of ensembles share: tests of any kind as ladders of ``x <= t``, and thresholds.

A library's test sends some of the numbers that a column may hold left: those below a threshold, or
those of a set of categories. It is given here as the points where the side changes.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from verifier.formats.cuts import Cut
from verifier.formats.thresholds import float_below, single_below
from verifier.formats.waiting import pause
from verifier.model.ensemble import Member, Score
from verifier.model.errors import EnsembleError
from verifier.model.tree import Inner

MOST_NODES = 1 << 22
"""Nodes of one tree, the ladders of its categories included."""


@dataclass(frozen=True)
class Test:
    """Goes to the node ``left`` or ``right``; ``cuts`` ascend, and at each the side changes.

    What is at most the first cut goes left iff ``first_left``, what is above it and at most the
    second goes to the other side, and so on. ``missing_left``: a missing value goes left.
    """

    column: int
    cuts: tuple[Fraction, ...]
    first_left: bool
    left: int
    right: int
    missing_left: bool = False

    def goes_left(self, x: Fraction | None) -> bool:
        """Whether a number goes left; None is a missing one."""
        if x is None:
            return self.missing_left
        return self.first_left == (bisect_left(self.cuts, x) % 2 == 0)


Node = Test | Score
_Holders = list[tuple[int, int]]
"""Which sides lead to a node: (test, 2 for its left or 3 for its right)."""
Fold = Callable[[Test], tuple[list[Cut], bool]]
"""What a test comes to on other columns: cuts, one after the other, and the side of the others."""


def at_most(column: int, threshold: Fraction, ends: tuple[int, int], missing: bool) -> Test:
    """The usual test: left iff ``x[column] <= threshold``."""
    return Test(column, (threshold,), True, *ends, missing)


def among(
    column: int,
    ranges: Iterable[tuple[Fraction, Fraction]],
    ends: tuple[int, int],
    missing: bool,
    *,
    inside_left: bool,
) -> Test:
    """The test that sends the numbers in half-open ranges ``(low, high]`` left, or right.

    The ranges are apart and ascend; those that touch are joined. All others go to the other side.
    """
    cuts: list[Fraction] = []
    for low, high in ranges:
        if cuts and cuts[-1] == low:
            cuts[-1] = high
        else:
            cuts += [low, high]
    return Test(column, tuple(cuts), not inside_left, *ends, missing)


def stepwise(
    column: int,
    points: Iterable[float],
    side: Callable[[float], bool],
    threshold: Callable[[float], Fraction],
    ends: tuple[int, int],
    missing: bool,
) -> Test:
    """The test whose side is constant in between ``points`` (each belongs to what is below it).

    ``side`` says whether a float goes left, ``threshold`` where the inputs end that become at most
    a float.
    """
    cuts: list[Fraction] = []
    ascending = sorted(set(points))
    sides = [side(p) for p in [*ascending, math.inf]]
    for p, own, following in zip(ascending, sides, sides[1:], strict=False):
        if own != following:
            cuts.append(threshold(p))
    return Test(column, tuple(cuts), sides[0], *ends, missing)


def member(root: int, node_of: Callable[[int], Node], fold: Fold | None = None) -> Member:
    """The tree that begins at ``root``; raises EnsembleError where a node has two parents.

    ``node_of`` gives a node by the number that its parent knows it by. With a ``fold`` the tree
    tests other columns than the ones that it was trained on.
    """
    pause()
    nodes: list[list[Any] | Score] = []
    seen: set[int] = set()
    stack: list[tuple[int, _Holders]] = [(root, [])]
    while stack:
        number, holders = stack.pop()
        node = node_of(number)
        if number in seen and not isinstance(node, Score):
            raise EnsembleError(f"node {number} has two parents or is part of a cycle: damaged")
        seen.add(number)
        if len(nodes) >= MOST_NODES:
            raise EnsembleError(f"a tree has more than {MOST_NODES} tests: it is too large")
        if isinstance(node, Score):
            for at, side in holders:
                _lead(nodes, at, side)
            nodes.append(node)
            continue
        cuts, rest_left = ([], node.first_left) if fold is None else fold(node)
        if not (cuts or (fold is None and node.cuts)):
            stack.append((node.left if rest_left else node.right, holders))
            continue
        for at, side in holders:
            _lead(nodes, at, side)
        if not cuts and len(node.cuts) == 1:  # nearly all: no more is done for each
            at = len(nodes)
            nodes.append([node.column, node.cuts[0], -1, -1])
            left, right = (2, 3) if node.first_left else (3, 2)
            stack += [(node.right, [(at, right)]), (node.left, [(at, left)])]
            continue
        ends = _chain(nodes, cuts, rest_left) if cuts else _ladder(nodes, node)
        ways = zip((node.right, node.left), reversed(ends), strict=True)
        stack += [(child, own) for child, own in ways if own]
    return Member(tuple(n if isinstance(n, Score) else Inner(*n) for n in nodes))


def _lead(nodes: list[list[Any] | Score], at: int, side: int) -> None:
    """Let one side (2 left, 3 right) of a test lead to the node that comes next."""
    held = nodes[at]
    assert isinstance(held, list)
    held[side] = len(nodes)


def _ladder(nodes: list[list[Any] | Score], test: Test) -> tuple[_Holders, _Holders]:
    """Append the tests that find a number's place among the cuts, by halving.

    Returns which of their sides lead left and which right, as (node, 2 or 3).
    """
    ends: tuple[_Holders, _Holders] = ([], [])
    stack: list[tuple[int, int, tuple[int, int] | None]] = [(0, len(test.cuts), None)]
    while stack:
        low, high, holder = stack.pop()
        if low == high:
            assert holder is not None
            ends[test.first_left != (low % 2 == 0)].append(holder)
            continue
        if holder is not None:
            _lead(nodes, *holder)
        middle, here = (low + high) // 2, len(nodes)
        nodes.append([test.column, test.cuts[middle], -1, -1])
        stack += [(middle + 1, high, (here, 3)), (low, middle, (here, 2))]
    return ends


def _chain(
    nodes: list[list[Any] | Score], cuts: Sequence[Cut], rest_left: bool
) -> tuple[_Holders, _Holders]:
    """Append cuts one after the other; returns which sides lead left and which right, as above."""
    ends: tuple[_Holders, _Holders] = ([], [])
    for i, cut in enumerate(cuts):
        here = len(nodes)
        nodes.append([cut.column, cut.threshold, -1, -1])
        decided, other = (2, 3) if cut.if_yes else (3, 2)
        ends[not cut.left].append((here, decided))
        if i + 1 < len(cuts):
            _lead(nodes, here, other)
        else:
            ends[not rest_left].append((here, other))
    return ends


def constant(output: int, value: float) -> Member:
    """A tree of one leaf."""
    return Member((Score(((output, value),)),))


def moved(plain: Member, output: int) -> Member:
    """A tree for output 0, adding to another one."""
    if not output:
        return plain
    return rescored(plain, lambda leaf: ((output, x) for _, x in leaf.values))


def rescored(one: Member, values: Callable[[Score], Iterable[tuple[int, float]]]) -> Member:
    """The same tests, before leaves that add other numbers."""
    nodes = (Score(tuple(values(n))) if isinstance(n, Score) else n for n in one.nodes)
    return Member(tuple(nodes))


def finite(value: Any) -> float:
    """A leaf's value as a float; raises EnsembleError where it is not finite."""
    number = float(value)
    if not math.isfinite(number):
        raise EnsembleError(f"a leaf's value is {number}: train it again")
    return number


def float_at_most(x: Fraction, kind: Any) -> float:
    """The largest number of the type (float32 or float64) that is at most ``x``.

    So ``s > x`` iff ``s > float_at_most(x)``, for every number ``s`` of the type.
    """
    largest = Fraction(float(np.finfo(kind).max))
    if abs(x) > largest:
        raise EnsembleError("the threshold is beyond the range of floats: give a smaller one")
    return single_below(x) if kind is np.float32 else float_below(x)


def below_zero(kind: Any) -> float:
    """The largest number of the type below 0: ``s > below_zero`` iff ``s >= 0``."""
    return float(np.nextafter(kind(0), kind(-1)))


def last_before(holds: Callable[[Any], bool], kind: Any) -> float:
    """The largest number of the type (float32 or float64) at which a condition does not hold yet.

    It holds from some number on. Raises EnsembleError where it holds always or never.
    """
    order = np.int32 if kind is np.float32 else np.int64
    largest = int(np.finfo(kind).max.view(order))

    def number(n: int) -> Any:
        x = order(abs(n)).view(kind)
        return -x if n < 0 else x

    first, last = -largest, largest
    if holds(number(first)) or not holds(number(last)):
        raise EnsembleError("the threshold is beyond the range of the scores: give another one")
    while last - first > 1:
        middle = (first + last) // 2
        if holds(number(middle)):
            last = middle
        else:
            first = middle
    return float(number(first))


def pairs(values: Sequence[float]) -> tuple[tuple[int, float], ...]:
    """A leaf's values for outputs 0, 1, ...; zeros are left out."""
    return tuple((k, finite(v)) for k, v in enumerate(values) if v != 0)
