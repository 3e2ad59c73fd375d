"""Two ensembles beside each other, a second time: trees are walked together, sums held as sets.

Written from "Two ensembles" in docs/soundness.md. A model of such a pair has, in place of a class,
the negative of their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from verifier.model.errors import CertificateError
from verifier.second_checker.domain import Cell
from verifier.second_checker.ensembles import Forest, rounded
from verifier.second_checker.formula import truth
from verifier.second_checker.models import Matter
from verifier.second_checker.nodes import Node
from verifier.second_checker.tree import overlay

ONWARD, BACK, SAME = 1, 2, 3
"""Where the first has class 1 the second has it, too; the reverse; both."""
MOST = 1 << 17
"""Most pairs of sums, times the pairs of numbers that are added to each."""
Adds = tuple[tuple[int, ...], tuple[int, ...]]
"""What a leaf of each ensemble adds, in its own units."""


def said_of(nodes: Sequence[Node]) -> dict[int, int]:
    """What is said of the models in a cell: their classes, or of a pair its order."""
    known = {x.model: x.argument for x in nodes if x.kind in ("constant", "signed")}
    for node in nodes:
        if node.kind == "paired":
            known |= {node.model: -node.argument, node.left: -node.argument}
    return known


def holds(case: Matter, classes: Mapping[int, int]) -> bool | None:
    """Whether the question is true of all classes that models may have by what is said of them."""
    pair = sorted(m for m, klass in classes.items() if klass < 0)
    if not pair:
        return truth(case.question, classes)
    order, count = -classes[pair[0]], case.nets[pair[0]].classes
    found = set()
    for k in range(count):
        for j in range(count) if count == 2 else [k]:
            if (k <= j or not order & ONWARD) and (k >= j or not order & BACK):
                found.add(truth(case.question, {**classes, pair[0]: k, pair[1]: j}))
    return found.pop() if len(found) == 1 else None


def is_shown(case: Matter, cell: Cell, node: Node, spend: Callable[[int], None]) -> bool:
    """Whether two ensembles are of the order stated all over a cell, however they are evaluated."""
    one, other = case.nets.get(node.model), case.nets.get(node.left)
    if not isinstance(one, Forest) or not isinstance(other, Forest):
        raise CertificateError("proof.bin: a step pairs what are not two ensembles")
    if node.argument != SAME and max(one.classes, other.classes) > 2:
        raise CertificateError("proof.bin: a step orders ensembles of more than two classes")
    if len(one.trees) != len(other.trees) or not (one.firm and other.firm):
        return False
    added = [
        {
            (one.adds[x], other.adds[y])
            for part, x in overlay(first, cell, spend)
            for _, y in overlay(second, part, spend)
        }
        for first, second in zip(one.trees, other.trees, strict=True)
    ]
    return _by_trees(one, other, added, node.argument) or _by_sums(
        one, other, added, node.argument, spend
    )


def _by_trees(one: Forest, other: Forest, added: Iterable[set[Adds]], order: int) -> bool:
    """Whether no numbers that are added together contradict the order."""
    if _compared(one) != _compared(other):
        return False
    for a, b in (pair for pairs in added for pair in pairs):
        x, y = ([Fraction(n, f.over) for n in own] for f, own in ((one, a), (other, b)))
        if one.outputs > 2 or one.softens:
            if x != y:
                return False
            continue
        if one.outputs == 2:  # a score for class 0 counts against class 1
            x[0], y[0] = -x[0], -y[0]
        pairs = list(zip(x, y, strict=True))
        if order & ONWARD and any(n > m for n, m in pairs):
            return False
        if order & BACK and any(n < m for n, m in pairs):
            return False
    return True


def _compared(forest: Forest) -> tuple[object, ...]:
    """What a class depends on beside the leaves."""
    start = [Fraction(x, forest.over) for x in forest.start]
    about = forest.digits, forest.divisor, forest.factor, forest.threshold, forest.softens
    return (*about, *start)


def _by_sums(
    one: Forest,
    other: Forest,
    added: Iterable[set[Adds]],
    order: int,
    spend: Callable[[int], None],
) -> bool:
    """Whether all sums that such numbers can make together are of the order."""
    sums: set[Adds] = {(one.start, other.start)}
    for pairs in added:
        if len(sums) * len(pairs) > MOST:
            return False
        spend(len(sums) * len(pairs) * (one.outputs + other.outputs))
        sums = {(_sum(one, a, x), _sum(other, b, y)) for a, b in sums for x, y in pairs}
    for a, b in sums:
        k, j = one.class_of(a), other.class_of(b)
        if (order & ONWARD and k > j) or (order & BACK and k < j):
            return False
    return True


def _sum(forest: Forest, a: Sequence[int], b: Sequence[int]) -> tuple[int, ...]:
    return tuple(rounded(x + y, forest.digits) for x, y in zip(a, b, strict=True))
