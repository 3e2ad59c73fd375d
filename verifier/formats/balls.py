"""The points near one point of a domain: those in which at most so many variables are others."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from verifier.formats.combinations import Cutter
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, Point
from verifier.model.errors import DomainError
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.part import Part, contains, meet, size

MOST_NODES = 1 << 16
"""Most nodes of the tree that tells what is near."""


def ball(domain: Domain, point: Point, flips: int, free: Collection[int]) -> Domain:
    """The domain of the points that differ from ``point`` in at most ``flips`` variables.

    Only the variables ``free`` may differ. What is possible and how probable it is, one to another,
    is as in ``domain``. Raises DomainError where there are too many ways to differ.
    """
    plain = (None,) * len(domain.variables)
    if not domain.possible(point):
        raise DomainError("the point is impossible in the domain: name one that can occur")
    if flips >= len(free) == len(domain.variables):
        return domain
    if nodes_of_ball(domain, point, flips, frozenset(free)) > MOST_NODES:
        raise _too_many(flips, free)
    cutter, allowed = Cutter(domain, []), frozenset(free)
    if domain.given is None:
        _near(cutter, full_cell(domain), GivenLeaf(Fraction(1), plain), point, flips, allowed)
    else:
        stack: list[tuple[int, Cell, int, str]] = [(0, full_cell(domain), -1, "")]
        while stack:
            at, cell, parent, side = stack.pop()
            cutter.hang(parent, side)
            node = domain.given.nodes[at]
            if isinstance(node, GivenTest):
                halves = cell.split(node.variable, meet(cell.parts[node.variable], node.left))
                here = len(cutter.nodes)
                stack += [(node.no, halves[1], here, "no"), (node.yes, halves[0], here, "yes")]
                cutter.nodes.append(GivenTest(node.variable, node.left, 0, 0))
            elif not node.weight:
                cutter.nodes.append(node)
            else:
                _near(cutter, cell, node, point, flips, allowed)
    cutter.share_out(0, Fraction(1))
    return Domain(domain.variables, Given(tuple(cutter.nodes)))


def _near(
    cutter: Cutter,
    whole: Cell,
    leaf: GivenLeaf,
    point: Point,
    flips: int,
    free: frozenset[int],
) -> None:
    """Add what the cell of a leaf has of the ball; weights become shares of the leaf's."""
    stack: list[tuple[Cell, int, int, int, str]] = [(whole, 0, flips, -1, "")]
    while stack:
        cell, at, left, parent, side = stack.pop()
        cutter.hang(parent, side)
        if len(cutter.nodes) > MOST_NODES:
            raise _too_many(flips, free)
        while at < len(point) and left >= 0 and not _both(cell.parts[at], point[at]):
            if not contains(cell.parts[at], point[at]):
                left = left - 1 if at in free else -1
            at += 1
        if left < 0:
            cutter.nodes.append(GivenLeaf(Fraction(0)))
        elif all(i in free for i in range(at, len(point))) and left >= len(point) - at:
            part = cutter.leaf(whole, cell, leaf.chances)
            cutter.nodes.append(GivenLeaf(part.weight * leaf.weight, part.chances))
        else:
            goes_left = _left(cell.parts[at], point[at])
            yes, no = cell.split(at, goes_left)
            here = len(cutter.nodes)
            stack += [(no, at, left, here, "no"), (yes, at, left, here, "yes")]
            test = range(goes_left.stop) if isinstance(goes_left, range) else goes_left
            cutter.nodes.append(GivenTest(at, test, 0, 0))


def nodes_of_ball(domain: Domain, point: Point, flips: int, free: frozenset[int]) -> int:
    """How many nodes the ball takes where the domain has no tree."""
    size_of = [1] * (flips + 1)  # by how many more may change, of the variables from i on
    for i in reversed(range(len(point))):
        v, rest = domain.variables[i], len(point) - i
        open_ends = (
            1 if not isinstance(v.whole, range) else (point[i] > 0) + (point[i] < v.count - 1)
        )
        if v.count == 1:
            continue
        inside = all(j in free for j in range(i, len(point)))
        size_of = [
            1
            if inside and left >= rest
            else open_ends * (1 + (size_of[left - 1] if i in free and left else 1)) + size_of[left]
            for left in range(flips + 1)
        ]
    return size_of[flips]


def _too_many(flips: int, free: Collection[int]) -> DomainError:
    return DomainError(
        f"there are too many ways to change {flips} of {len(free)} variables: let fewer of them "
        "change, or fewer at once"
    )


def _both(part: Part, value: int) -> bool:
    """Whether a part has a value, and others."""
    return contains(part, value) and size(part) > 1


def _left(part: Part, value: int) -> Part:
    """What is cut off, on the way to the value alone: itself, or the numbers below it."""
    if isinstance(part, int):
        return 1 << value
    return range(part.start, value if part.start < value else value + 1)
