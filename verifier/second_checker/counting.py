"""The walk over the proof: every step checked on its cell, agreement with the tree counted.

Rules 5 to 9 of docs/soundness.md, cell by cell and point by point.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from verifier.model.errors import CertificateError, InvalidProof
from verifier.second_checker.bounds import (
    BY_THE_RULES,
    Slopes,
    class_forms,
    decide,
    logits,
    region,
    tail,
)
from verifier.second_checker.content import Cell, Domain, Point, size
from verifier.second_checker.points import (
    WORK,
    Matter,
    Tally,
    count_points,
    doubt_points,
    evaluated,
    exact_tail,
    put,
    tree_class,
)
from verifier.second_checker.reading import Node, TooLarge
from verifier.second_checker.rounding import steady
from verifier.second_checker.tree import Tree

CLOSER = 1 << 8
"""Up to so many points, a cell not shown for float32 as a whole is looked at point by point."""
KNOWN = ("constant", "enumerated")
"""What a cell counts as where the class of every point is established."""
WIDE = 256
"""Neurons of a layer from which on intervals are tried before refined bounds."""
UPHOLD = 1 << 12
"""Up to so many points, a claim about a cell that no bound shows is evaluated point by point."""
CHOICES = (BY_THE_RULES, *(Slopes(widen, up) for widen in (24, 20, 16) for up in (False, True)))
"""Tried one after the other, until one proves the class."""


def cells(
    domain: Domain, proof: Sequence[Node], points: Sequence[Point]
) -> Iterator[tuple[Cell, Node, list[Point]]]:
    """The proof's cells in order, each with its step and those of the points that lie in it.

    CertificateError where the nodes are not one binary tree of proper splits.
    """
    stack = [(domain.cell(), list(points))]
    spent = 0
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
        spent += len(cell) + len(cell[i])
        if spent > WORK:
            raise TooLarge("the second checker gives up: too many splits of many values")
        chosen = {v for v, bit in enumerate(reversed(f"{node.values:b}")) if bit == "1"}
        left = tuple(v for v in cell[i] if v in chosen)
        right = tuple(v for v in cell[i] if v not in chosen)
        if not left or not right or len(left) != len(chosen):
            raise CertificateError(f"proof node {at} does not split its cell in two")
        for own, inside in ((right, False), (left, True)):
            half = [p for p in here if (p[i] in chosen) is inside]
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


def classes_at(case: Matter, point: Point) -> tuple[int, int]:
    """The classes of network and tree at a point, exactly."""
    top, _ = logits(case.network, case.domain, point)[-1]
    return decide(top), tree_class(case.tree, point)


def differences(case: Matter, points: Sequence[Point]) -> dict[Point, tuple[int, int]]:
    """The counterexamples evaluated: classes of network and tree; InvalidProof if they agree."""
    found = {}
    counts = [len(v.labels) for v in case.domain.variables]
    for point in points:
        if len(point) != len(counts) or not all(
            0 <= v < count for v, count in zip(point, counts, strict=True)
        ):
            raise InvalidProof(f"counterexample {point} is not a point of the domain")
        found[point] = classes_at(case, point)
        if found[point][0] == found[point][1]:
            raise InvalidProof(f"counterexample {point}: network and tree agree there")
    return found


def walk(
    case: Matter,
    proof: Sequence[Node],
    counterexamples: dict[Point, tuple[int, int]],
    progress: Callable[[str], None],
) -> Tally:
    """Check every step. InvalidProof names the first that does not hold."""
    tally = Tally(progress)
    total = sum(node.kind != "split" for node in proof)
    for count, (cell, node, here) in enumerate(cells(case.domain, proof, [*counterexamples]), 1):
        wrong = any(counterexamples[p][0] != node.argument for p in here)
        kind = _settle(case, cell, node, count, wrong, tally)
        tally.cells[kind] += 1
        tally.elsewhere += len(here) * (kind not in KNOWN)
        progress(f"{count} of {total} cells, {tally.points} points")
    return tally


def _settle(case: Matter, cell: Cell, node: Node, count: int, refuted: bool, tally: Tally) -> str:
    """Check one step and count its cell; returns what it counts as."""
    claim = f"step {count} claims class {node.argument}"
    if node.kind in ("constant", "tail", "trusted") and node.argument >= case.network.classes:
        raise InvalidProof(f"{claim}, which the network does not have")
    if node.kind == "enumerated":
        count_points(case, cell, tally)
        return "enumerated"
    if node.kind == "open":
        _count(case, cell, None, tally.loose, tally)
        return "open"
    if node.kind == "tail":
        bound = tail(region(case.network, case.domain, cell, True), node.argument)
        if bound > node.bound and size(cell) <= UPHOLD:
            bound = exact_tail(case, cell, node.argument, tally)
        if bound > node.bound:
            raise InvalidProof(
                f"{claim} but for probability {node.bound}; only {float(bound):.6g} can be shown"
            )
        _count_tail(case, cell, node, tally)
        return "tail"
    small = size(cell) <= UPHOLD
    proved, firm = constant(case, cell, node.argument)
    if proved:
        closer = not firm and size(cell) <= CLOSER
        _count(case, cell, node.argument, tally.known, tally, firm or closer)
        if closer:
            doubt_points(case, cell, tally)
        elif small and not firm:
            tally.unclear.append(cell)
        if not small and node.kind == "trusted":
            tally.upheld[node.solver] += 1
        return "constant"
    if small and all(k == node.argument for _, _, k in evaluated(case, cell, tally)):
        count_points(case, cell, tally)
        return "constant"
    if node.kind == "constant":
        raise InvalidProof(f"{claim}, which the exact relaxation does not prove")
    if small or refuted:
        raise InvalidProof(f"{claim} on a solver's word; a point has another class")
    into = tally.believed.setdefault(node.solver, [0, 0])
    _count(case, cell, node.argument, into, tally)
    put(tally.said.setdefault(node.solver, [0, 0]), size(cell), case.domain.weight(cell))
    tally.trusted[node.solver] += 1
    return "trusted"


def constant(case: Matter, cell: Cell, klass: int) -> tuple[bool, bool]:
    """Rule 5: whether the class is proved, and whether for every float32 evaluation."""
    proved = False
    forms = class_forms(case.network.widths[-1], klass)
    wide = max(case.network.widths) >= WIDE
    for choice in CHOICES:
        for refine in (False, True) if wide and choice == BY_THE_RULES else (True,):
            here = region(case.network, case.domain, cell, refine, choice)
            least = [here.least(len(case.network.layers), row) for row, _ in forms]
            if all(
                m > 0 if strict else m >= 0 for m, (_, strict) in zip(least, forms, strict=True)
            ):
                proved = True
                margins = [(row, m) for (row, _), m in zip(forms, least, strict=True)]
                if steady(case.network, case.domain, here.boxes, margins):
                    return True, True
    return proved, False


def _count(
    case: Matter, cell: Cell, klass: int | None, into: list[int], tally: Tally, firm: bool = False
) -> None:
    """Add the parts of a cell whose class of the tree is not ``klass`` (None: all) to ``into``."""
    if not firm:
        put(tally.not_shown, size(cell), case.domain.weight(cell))
    for part, theirs in overlay(case.tree, cell):
        if theirs != klass:
            put(into, size(part), case.domain.weight(part))


def _count_tail(case: Matter, cell: Cell, node: Node, tally: Tally) -> None:
    """At least w' - p w and at most w' + min(p w, w - w') of the cell's weight differs."""
    other = [0, 0]
    _count(case, cell, node.argument, other, tally)
    whole = case.domain.weight(cell)
    slack = node.bound * whole
    tally.tail_error[0] += max(other[1] - slack, Fraction(0))
    tally.tail_error[1] += other[1] + min(slack, Fraction(whole - other[1]))
    put(tally.tail, size(cell), whole)
