"""The walk over the proof: every step checked on its cell, agreement with the tree counted.

Rules 5 to 9 of docs/soundness.md, cell by cell and point by point.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from verifier.certificate.paranoid.bounds import (
    BY_THE_RULES,
    Box,
    Choice,
    Region,
    class_forms,
    decide,
    logits,
    region,
    tail,
)
from verifier.certificate.paranoid.content import Cell, Domain, Inner, Network, Point, Tree, size
from verifier.certificate.paranoid.reading import Node
from verifier.certificate.paranoid.rounding import steady
from verifier.errors import CertificateError, InvalidProof

WIDE = 256
"""Neurons of a layer from which on intervals are tried before refined bounds."""
UPHOLD = 1 << 12
"""Trusted cells of at most so many points are evaluated instead."""
CHOICES = (BY_THE_RULES, *(Choice(widen, up) for widen in (24, 20, 16) for up in (False, True)))
"""Tried one after the other, until one proves the class."""


@dataclass
class Tally:
    """What has been found so far: [points, weight] each, by what is known."""

    cells: Counter[str] = field(default_factory=Counter)
    trusted: Counter[str] = field(default_factory=Counter)
    known: list[int] = field(default_factory=lambda: [0, 0])
    believed: list[int] = field(default_factory=lambda: [0, 0])
    loose: list[int] = field(default_factory=lambda: [0, 0])
    tail: list[int] = field(default_factory=lambda: [0, 0])
    tail_error: list[Fraction] = field(default_factory=lambda: [Fraction(0), Fraction(0)])
    shaky: list[int] = field(default_factory=lambda: [0, 0])
    perhaps_shaky: list[int] = field(default_factory=lambda: [0, 0])
    points: int = 0
    inside: dict[Point, str] = field(default_factory=dict)


def _put(into: list[int], points: int, weight: int) -> None:
    into[0] += points
    into[1] += weight


@dataclass(frozen=True)
class Case:
    """What the certificate is about."""

    domain: Domain
    network: Network
    tree: Tree


def cells(
    domain: Domain, proof: Sequence[Node], points: Sequence[Point]
) -> Iterator[tuple[Cell, Node, list[Point]]]:
    """The proof's cells in order, each with its step and those of the points that lie in it.

    CertificateError where the nodes are not one binary tree of proper splits.
    """
    stack = [(domain.cell(), list(points))]
    for at, node in enumerate(proof):
        if not stack:
            raise CertificateError(f"proof.bin goes on after its last cell (node {at})")
        cell, here = stack.pop()
        if node.kind != "split":
            yield cell, node, here
            continue
        i = node.argument
        if i >= len(cell):
            raise CertificateError(f"proof node {at} splits variable {i}, which does not exist")
        left = tuple(v for v in cell[i] if node.values >> v & 1)
        right = tuple(v for v in cell[i] if v not in left)
        if not left or not right or node.values != sum(1 << v for v in left):
            raise CertificateError(f"proof node {at} does not split its cell in two")
        for own in (right, left):
            half = [p for p in here if p[i] in own]
            stack.append(((*cell[:i], own, *cell[i + 1 :]), half))
    if stack:
        raise CertificateError(f"proof.bin ends with {len(stack)} cells missing")


def overlay(tree: Tree, cell: Cell, at: int = 0) -> Iterator[tuple[Cell, int]]:
    """The parts of a cell by leaf of the tree, each with the leaf's class."""
    stack = [(cell, at)]
    while stack:
        cell, at = stack.pop()
        node = tree[at]
        if isinstance(node, int):
            yield cell, node
            continue
        i = node.variable
        for own, child in (
            (tuple(v for v in cell[i] if v not in node.goes_left), node.right),
            (tuple(v for v in cell[i] if v in node.goes_left), node.left),
        ):
            if own:
                stack.append(((*cell[:i], own, *cell[i + 1 :]), child))


def tree_class(tree: Tree, point: Point) -> int:
    """The tree's class of a point."""
    node = tree[0]
    while isinstance(node, Inner):
        node = tree[node.left if point[node.variable] in node.goes_left else node.right]
    return node


def classes_at(case: Case, point: Point) -> tuple[int, int]:
    """The classes of network and tree at a point, exactly."""
    top, _ = logits(case.network, case.domain, point)[-1]
    return decide(top), tree_class(case.tree, point)


def differences(case: Case, points: Sequence[Point]) -> dict[Point, tuple[int, int]]:
    """The counterexamples evaluated: classes of network and tree; InvalidProof if they agree."""
    found = {}
    for point in points:
        whole = case.domain.cell()
        if len(point) != len(whole) or any(
            v not in own for v, own in zip(point, whole, strict=True)
        ):
            raise InvalidProof(f"counterexample {point} is not a point of the domain")
        found[point] = classes_at(case, point)
        if found[point][0] == found[point][1]:
            raise InvalidProof(f"counterexample {point}: network and tree agree there")
    return found


def walk(
    case: Case,
    proof: Sequence[Node],
    counterexamples: dict[Point, tuple[int, int]],
    listed: Sequence[Point],
    progress: Callable[[str], None],
) -> Tally:
    """Check every step. InvalidProof names the first that does not hold.

    ``listed`` are further points; ``inside`` of the result says in what kind of cell they, and the
    counterexamples, lie.
    """
    tally = Tally()
    total = sum(node.kind != "split" for node in proof)
    points = list(dict.fromkeys([*counterexamples, *listed]))
    for count, (cell, node, here) in enumerate(cells(case.domain, proof, points), 1):
        wrong = [p for p in here if p in counterexamples and counterexamples[p][0] != node.argument]
        kind = _settle(case, cell, node, count, bool(wrong), tally, progress)
        tally.cells[kind] += 1
        tally.inside |= dict.fromkeys(here, kind)
        progress(f"{count} of {total} cells, {tally.points} points")
    return tally


def _settle(
    case: Case,
    cell: Cell,
    node: Node,
    count: int,
    refuted: bool,
    tally: Tally,
    progress: Callable[[str], None],
) -> str:
    """Check one step and count its cell; returns what it counts as."""
    claim = f"step {count} claims class {node.argument}"
    if node.kind in ("constant", "tail", "trusted") and node.argument >= case.network.classes:
        raise InvalidProof(f"{claim}, which the network does not have")
    if node.kind == "enumerated":
        _enumerate(case, cell, None, count, tally, progress)
        return "enumerated"
    if node.kind == "open":
        _count(case, cell, None, tally.loose, tally)
        return "open"
    if node.kind == "tail":
        bound = tail(region(case.network, case.domain, cell, True), node.argument)
        if bound > node.bound:
            raise InvalidProof(
                f"{claim} but for probability {node.bound}; only {float(bound):.6g} can be shown"
            )
        _count_tail(case, cell, node, tally)
        return "tail"
    proved, firm, surely_firm = constant(case, cell, node.argument)
    if proved:
        _count(case, cell, node.argument, tally.known, tally, firm, surely_firm)
        return "constant"
    if node.kind == "constant":
        raise InvalidProof(f"{claim}, which the exact relaxation does not prove")
    if size(cell) <= UPHOLD:
        _enumerate(case, cell, node.argument, count, tally, progress)
        return "enumerated"
    if refuted:
        raise InvalidProof(f"{claim} on a solver's word; a counterexample has another class")
    _count(case, cell, node.argument, tally.believed, tally)
    tally.trusted[node.solver] += 1
    return "trusted"


def constant(case: Case, cell: Cell, klass: int) -> tuple[bool, bool, bool]:
    """Rule 5: whether the class is proved, whether that is steady, and surely so, in float32."""
    proved = firm = surely_firm = False
    forms = class_forms(case.network.widths[-1], klass)
    wide = max(case.network.widths) >= WIDE
    for choice in CHOICES:
        by_the_rules = choice == BY_THE_RULES
        for refine in (False, True) if wide and by_the_rules else (True,):
            here = region(case.network, case.domain, cell, refine, choice)
            least = [here.least(len(case.network.layers), row) for row, _ in forms]
            if all(
                m > 0 if strict else m >= 0 for m, (_, strict) in zip(least, forms, strict=True)
            ):
                proved = True
                firm = firm or _steady(case, here, least, klass, False)
                surely_firm = surely_firm or (
                    by_the_rules and _steady(case, here, least, klass, True)
                )
            if firm:
                return proved, firm, surely_firm
    return proved, firm, surely_firm


def _steady(case: Case, here: Region, least: list[Fraction], klass: int, cut: bool) -> bool:
    forms = class_forms(case.network.widths[-1], klass)
    margins = [(row, m) for (row, _), m in zip(forms, least, strict=True)]
    return steady(case.network, case.domain, here.boxes, margins, cut)


def _count(
    case: Case,
    cell: Cell,
    klass: int | None,
    into: list[int],
    tally: Tally,
    firm: bool = False,
    surely_firm: bool = False,
) -> None:
    """Add the parts of a cell whose class of the tree is not ``klass`` (None: all) to ``into``."""
    amount = size(cell), case.domain.weight(cell)
    if not firm:
        _put(tally.shaky, *amount)
    if not surely_firm:
        _put(tally.perhaps_shaky, *amount)
    for part, theirs in overlay(case.tree, cell):
        if theirs != klass:
            _put(into, size(part), case.domain.weight(part))


def _count_tail(case: Case, cell: Cell, node: Node, tally: Tally) -> None:
    """At least w' - p w and at most w' + min(p w, w - w') of the cell's weight differs."""
    other = [0, 0]
    _count(case, cell, node.argument, other, tally)
    whole = case.domain.weight(cell)
    slack = node.bound * whole
    tally.tail_error[0] += max(other[1] - slack, Fraction(0))
    tally.tail_error[1] += other[1] + min(slack, Fraction(whole - other[1]))
    _put(tally.tail, size(cell), whole)


def _enumerate(
    case: Case,
    cell: Cell,
    claimed: int | None,
    count: int,
    tally: Tally,
    progress: Callable[[str], None],
) -> None:
    """Rule 6: every point evaluated exactly."""
    domain, before = case.domain, tally.cells.total()
    for point in product(*cell):
        nodes = logits(case.network, domain, point)
        top, over = nodes[-1]
        klass = decide(top)
        if claimed not in (None, klass):
            raise InvalidProof(
                f"step {count} claims class {claimed} on a solver's word, but point {point} has "
                f"class {klass}"
            )
        alone = tuple((v,) for v in point)
        weight = domain.weight(alone)
        if klass != tree_class(case.tree, point):
            _put(tally.known, 1, weight)
        boxes = [Box(n, n, d) for n, d in nodes]
        margins = [
            (row, Fraction(sum(r * x for r, x in zip(row, top, strict=True)), over))
            for row, _ in class_forms(len(top), klass)
        ]
        if not steady(case.network, domain, boxes, margins, False):
            _put(tally.shaky, 1, weight)
            _put(tally.perhaps_shaky, 1, weight)
        elif not steady(case.network, domain, boxes, margins, True):
            _put(tally.perhaps_shaky, 1, weight)
        tally.points += 1
        if tally.points % 256 == 0:
            progress(f"{before} cells, {tally.points} points")
