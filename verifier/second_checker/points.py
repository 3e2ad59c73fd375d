"""What is counted, and the points of a cell evaluated one by one: rules 6 and 9."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from verifier.second_checker.bounds import (
    Box,
    Numbers,
    class_forms,
    decide,
    dot,
    logits,
)
from verifier.second_checker.content import Cell, Domain, Network, Point, size
from verifier.second_checker.reading import TooLarge
from verifier.second_checker.rounding import steady
from verifier.second_checker.tree import Inner, Tree

WORK = 10**10
"""Most work taken on, as ``work`` counts it: some twenty minutes at worst."""


@dataclass
class Tally:
    """What has been found so far: [points, weight] each, by what is known.

    ``unclear`` are small cells proved but not shown for float32 as a whole, ``upheld`` counts large
    Trusted cells that are proved, ``elsewhere`` the counterexamples in cells of unknown classes.
    ``believed`` holds, by solver, what differs in its cells if it is right, ``said`` all of them.
    """

    report: Callable[[str], None] = field(repr=False)
    cells: Counter[str] = field(default_factory=Counter)
    trusted: Counter[str] = field(default_factory=Counter)
    known: list[int] = field(default_factory=lambda: [0, 0])
    believed: dict[str, list[int]] = field(default_factory=dict)
    said: dict[str, list[int]] = field(default_factory=dict)
    loose: list[int] = field(default_factory=lambda: [0, 0])
    tail: list[int] = field(default_factory=lambda: [0, 0])
    tail_error: list[Fraction] = field(default_factory=lambda: [Fraction(0), Fraction(0)])
    not_shown: list[int] = field(default_factory=lambda: [0, 0])
    unclear: list[Cell] = field(default_factory=list)
    upheld: Counter[str] = field(default_factory=Counter)
    points: int = 0
    spent: int = 0
    elsewhere: int = 0


def put(into: list[int], points: int, weight: int) -> None:
    """Add to an amount."""
    into[0] += points
    into[1] += weight


@dataclass(frozen=True)
class Matter:
    """What the certificate is about."""

    domain: Domain
    network: Network
    tree: Tree


def tree_class(tree: Tree, point: Point) -> int:
    """The tree's class of a point."""
    node = tree[0]
    while isinstance(node, Inner):
        node = tree[node.left if point[node.variable] in node.goes_left else node.right]
    return node


def evaluated(case: Matter, cell: Cell, tally: Tally) -> Iterator[tuple[Point, list[Numbers], int]]:
    """Rule 6: each point of the cell with every node's value, and the class there, exactly.

    TooLarge when that has become more than ``WORK``.
    """
    for point in product(*cell):
        tally.spent += point_work(case)
        if tally.spent > 2 * WORK:
            raise TooLarge("the second checker gives up: too many points to evaluate")
        if tally.spent % (256 * point_work(case)) == 0:
            tally.report(f"{tally.cells.total()} cells, {tally.spent // point_work(case)} points")
        nodes = logits(case.network, case.domain, point)
        yield point, nodes, decide(nodes[-1][0])


def point_work(case: Matter) -> int:
    """An upper bound of the multiplications to evaluate a point and its rounding errors."""
    network = case.network
    once = sum(network.widths) + sum(len(row) for x in network.layers for row in x.weights)
    return 5 * once + 20 * len(case.domain.variables)


def exact_tail(case: Matter, cell: Cell, klass: int, tally: Tally) -> Fraction:
    """P[class != klass | cell]; 1 where the cell has probability 0."""
    points = evaluated(case, cell, tally)
    other = sum(_weight(case, point) for point, _, found in points if found != klass)
    whole = case.domain.weight(cell)
    return Fraction(other, whole) if whole else Fraction(1)


def _weight(case: Matter, point: Point) -> int:
    return case.domain.weight(tuple((v,) for v in point))


def count_points(case: Matter, cell: Cell, tally: Tally) -> None:
    """Compare the classes of network and tree at every point."""
    for point, nodes, klass in evaluated(case, cell, tally):
        tally.points += 1
        if klass != tree_class(case.tree, point):
            put(tally.known, 1, _weight(case, point))
        if not _steady_there(case, nodes, klass):
            put(tally.not_shown, 1, _weight(case, point))


def _steady_there(case: Matter, nodes: list[Numbers], klass: int) -> bool:
    boxes = [Box(n, n, over) for n, over in nodes]
    top, over = nodes[-1]
    margins = [(row, Fraction(dot(row, top), over)) for row, _ in class_forms(len(top), klass)]
    return steady(case.network, case.domain, boxes, margins)


def doubt_points(case: Matter, cell: Cell, tally: Tally) -> None:
    """Count the points for which float32 is not shown."""
    for point, nodes, klass in evaluated(case, cell, tally):
        if not _steady_there(case, nodes, klass):
            put(tally.not_shown, 1, _weight(case, point))


def clear_up(case: Matter, tally: Tally) -> None:
    """Look point by point at the cells that are not shown for float32 as a whole.

    The kernel does so where its bounds, which are rounded, do not show the class.
    """
    for cell in tally.unclear:
        put(tally.not_shown, -size(cell), -case.domain.weight(cell))
        doubt_points(case, cell, tally)
    tally.unclear.clear()
