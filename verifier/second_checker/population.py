"""What a sample is drawn from, found again: the parts of the domain that nothing settles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from itertools import product
from typing import Any

from verifier.second_checker.counting import cells, possible, undecided
from verifier.second_checker.domain import Cell, Leaf, Point, size
from verifier.second_checker.draws import Piece
from verifier.second_checker.formula import DIFFER, truth
from verifier.second_checker.models import Matter
from verifier.second_checker.nodes import Node, Sandwich
from verifier.second_checker.paired import holds, said_of
from verifier.second_checker.points import Tally, point_work
from verifier.second_checker.summed import true_beside
from verifier.second_checker.tree import VISIT, leaf_at, overlay


def proved_interval(claim: Mapping[str, Any] | None) -> tuple[Fraction, Fraction]:
    """The interval that is stated as proved; 0 to 1 where none is."""
    for key in ("probability", "error"):
        held = claim.get(key) if claim is not None else None
        if isinstance(held, dict) and all(isinstance(held.get(k), str) for k in ("lower", "upper")):
            with suppress(ValueError, ZeroDivisionError):  # what is no number is refused elsewhere
                return Fraction(held["lower"]), Fraction(held["upper"])
    return Fraction(0), Fraction(1)


def whole_pieces(case: Matter, tally: Tally) -> list[Piece]:
    """The possible domain, by the leaves of its tree."""
    found = []
    for part, number in possible(case, case.domain.cell(), tally):
        leaf = case.domain.leaves[number]
        if weight := weight_of(leaf, part):
            found.append(Piece(part, leaf, weight))
    return found


def left_open(case: Matter, proof: Sequence[Node], tally: Tally) -> tuple[Fraction, list[Piece]]:
    """The probability that is settled and true, and the pieces that are open."""
    settled, pieces = Fraction(0), []
    for cell, nodes in cells(case.domain, proof):
        known = said_of(nodes)
        for part, number in possible(case, cell, tally):
            leaf = case.domain.leaves[number]
            if nodes[0].kind == "enumerated":
                settled += true_points(case, part, leaf, tally)
                continue
            tail = any(node.kind == "tail" for node in nodes)  # all of it counts as open
            for own in [part] if tail else _open(case, part, known, tally):
                if weight := weight_of(leaf, own):
                    pieces.append(Piece(own, leaf, weight))
            settled += 0 if tail else _true(case, part, known, leaf, tally)
    return settled, pieces


def undecided_parts(
    case: Matter, proof: Sequence[Node], tally: Tally
) -> Iterator[tuple[Cell, Leaf, Sandwich | None]]:
    """The parts of cells that are open, or have a sandwich, which comes with them."""
    for cell, nodes in cells(case.domain, proof):
        known = said_of(nodes)
        for part, number in possible(case, cell, tally):
            if nodes[0].kind == "enumerated":
                continue
            if any(node.kind == "tail" for node in nodes):  # all of it counts as open
                yield part, case.domain.leaves[number], None
                continue
            step = sandwich_of(nodes)
            beside = step is not None  # the trees' classes matter there
            every = undecided if beside else _open
            for own in every(case, part, known, tally):
                yield own, case.domain.leaves[number], step


def settled_beside(case: Matter, proof: Sequence[Node], tally: Tally) -> Fraction:
    """The probability that is settled and true, what sandwiches decide included."""
    found = Fraction(0)
    for cell, nodes in cells(case.domain, proof):
        if any(node.kind == "tail" for node in nodes):
            continue
        known = said_of(nodes)
        step = sandwich_of(nodes)
        for part, number in possible(case, cell, tally):
            leaf = case.domain.leaves[number]
            if nodes[0].kind == "enumerated":
                found += true_points(case, part, leaf, tally)
                continue
            found += _true(case, part, known, leaf, tally)
            if step is not None:
                for own in undecided(case, part, known, tally):
                    found += true_beside(case, own, leaf, step, tally)
    return found


def sandwich_of(nodes: Sequence[Node]) -> Sandwich | None:
    """The sandwich of a cell, which stands last, with the classes that are said before it."""
    step = nodes[-1].sandwich
    if step is None:
        return None
    return replace(step, beside=tuple((x.model, x.argument) for x in nodes[:-1]))


def true_points(case: Matter, part: Cell, leaf: Leaf, tally: Tally) -> Fraction:
    """The probability of the points of a part where the formula is true, one by one."""
    tally.spend(size(part) * sum(point_work(net) for net in case.nets.values()))
    true = (p for p in product(*part) if is_true(case, p))
    return sum((weight_of(leaf, tuple((v,) for v in p)) for p in true), Fraction(0))


def is_true(case: Matter, point: Point) -> bool:
    """Whether the formula is true at a point."""
    classes = {m: leaf_at(tree, point) for m, tree in case.trees.items()}
    for m, net in case.nets.items():
        classes[m] = net.class_at(point)
    return truth(case.question, classes) is True


def weight_of(leaf: Leaf, part: Cell) -> Fraction:
    """The probability of a part of a leaf."""
    return leaf.probability(leaf.amount(part))


def _open(case: Matter, part: Cell, known: Mapping[int, int], tally: Tally) -> Iterator[Cell]:
    """The parts that nothing settles; where a network and a tree differ, trees alone do not."""
    if _is_differ(case):
        if not known:
            yield part
        return
    yield from undecided(case, part, known, tally)


def _is_differ(case: Matter) -> bool:
    """Whether it is asked where a network and a tree that read all in order differ."""
    return (
        case.question == DIFFER
        and list(case.nets) == [0]
        and list(case.trees) == [1]
        and case.ordered
    )


def _true(case: Matter, part: Cell, known: Mapping[int, int], leaf: Leaf, tally: Tally) -> Fraction:
    """The probability of the parts on which the formula is true whatever is not known."""
    tally.spend(VISIT + 4 * len(case.question))
    found = holds(case, known)
    model = next((m for m in case.trees if m not in known), None)
    if found is not None or model is None:
        return weight_of(leaf, part) if found else Fraction(0)
    halves = overlay(case.trees[model], part, tally.spend)
    each = (_true(case, own, {**known, model: k}, leaf, tally) for own, k in halves)
    return sum(each, Fraction(0))
