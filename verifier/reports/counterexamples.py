"""The counterexamples as a table, with the values that matter marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from verifier.certificate import kernel
from verifier.certificate.prepared import Prepared
from verifier.certificate.verdict import Counterexample, Verdict
from verifier.domain import Domain, Point
from verifier.reports.blocks import Block, Cell, Fold, Section, Table, Text
from verifier.reports.leaves import leaf_of
from verifier.reports.numbers import digits, plural
from verifier.reports.tree_view import Subject
from verifier.reports.verdict_words import proviso
from verifier.reports.words import name, path
from verifier.teacher import Affine
from verifier.tree import leaves_of_points

MOST_COLUMNS = 12
"""Variables that are shown as columns; more are listed in one cell."""
MOST_TRIED = 20_000
"""Points evaluated in the search for the nearest agreeing point, per counterexample."""
MOST_WORK = 200_000_000
"""Multiplications of the network at all those points together."""
MOST_VALUES = 1_000_000
"""Values in those points together: with many variables fewer points are tried."""


@dataclass(frozen=True)
class Nearest:
    """A nearest point where network and tree agree: what to change, or how far it is at least."""

    changes: tuple[tuple[int, int], ...]
    at_least: int


def nearest_agreement(s: Subject, p: Prepared, start: Point) -> Nearest:
    """The fewest variables to change, by breadth-first search with exact evaluation.

    Stops before a distance whose points would exceed the budget of evaluations.
    """
    domain, tried = s.domain, 0
    layers = [x.weight.size for x in p.teacher.layers if isinstance(x, Affine)]
    most = min(MOST_TRIED, MOST_VALUES // len(start), MOST_WORK // max(1, sum(layers)))
    for distance in range(1, len(start) + 1):
        count = _sphere(domain, distance)
        if tried + count > most:
            return Nearest((), distance)
        tried += count
        changes = list(_changes(domain, start, distance))
        if not changes:
            continue
        points = np.repeat(np.array([start], dtype=np.int64), len(changes), axis=0)
        for row, change in enumerate(changes):
            for index, value in change:
                points[row, index] = value
        classes, _, _ = kernel.evaluate(p, points)
        agree = np.flatnonzero(s.bound.classes[leaves_of_points(s.bound, points)] == classes)
        if agree.size:
            return Nearest(changes[int(agree[0])], distance)
    return Nearest((), len(start) + 1)


def _sphere(domain: Domain, distance: int) -> int:
    """How many points differ from a given one in exactly ``distance`` variables."""
    ways = [1] + [0] * distance
    for variable in domain.variables:
        for k in range(distance, 0, -1):
            ways[k] += ways[k - 1] * (len(variable.labels) - 1)
    return ways[distance]


def _changes(domain: Domain, start: Point, distance: int) -> Sequence[tuple[tuple[int, int], ...]]:
    others = [
        [(i, v) for v in range(len(x.labels)) if v != start[i]]
        for i, x in enumerate(domain.variables)
    ]
    return [
        change
        for chosen in combinations(range(len(others)), distance)
        for change in product(*(others[i] for i in chosen))
    ]


def section(s: Subject, p: Prepared, verdict: Verdict) -> Section:
    """The counterexamples, or why there are none."""
    return Section("counterexamples", "Counterexamples", _blocks(s, p, verdict))


def _blocks(s: Subject, p: Prepared, verdict: Verdict) -> tuple[Block, ...]:
    found = verdict.counterexamples
    if not found:
        return (Text(_none(verdict)),)
    nearest = [nearest_agreement(s, p, c.point) for c in found]
    lead = (
        f"{plural(len(found), 'point')} where network and tree differ, evaluated exactly. "
        "Marked: the values that the tree looks at on the way to its leaf. The last column names "
        "a smallest change after which both agree."
    )
    if len(s.domain.variables) <= MOST_COLUMNS:
        return Text(lead), _wide(s, found, nearest)
    return Text(lead), _narrow(s, found, nearest), _in_full(s, found)


def _none(verdict: Verdict) -> str:
    if verdict.disagreements == (0, 0):
        return "There are none: no point of the domain is one."
    if verdict.disagreements[0] and proviso(verdict):
        return "The kernel evaluated none; the disagreements rest on the word of a solver."
    if verdict.disagreements[0]:
        return "The certificate names none; the disagreements follow from its cells."
    return "None is known."


def _tested(s: Subject, point: Point) -> Mapping[int, int]:
    """The variables on the tree's path to the point's leaf, with the values allowed there."""
    return path(s.bound, s.parents, leaf_of(s.bound, point))


def _leaf_cells(s: Subject, c: Counterexample) -> tuple[Cell, ...]:
    return (
        Cell(str(c.teacher_class), number=True),
        Cell(str(c.tree_class), number=True),
        Cell(f"leaf {leaf_of(s.bound, c.point)}", leaf=leaf_of(s.bound, c.point)),
    )


def _change_words(s: Subject, nearest: Nearest) -> str:
    if not nearest.changes:
        if nearest.at_least > len(s.domain.variables):
            return "they agree nowhere"
        if nearest.at_least == 1:
            return "not searched: too many variables"
        return f"a change of {plural(nearest.at_least, 'variable')} or more"
    parts = []
    for index, value in nearest.changes:
        variable = s.domain.variables[index]
        parts.append(f"{name(variable.name)} = {name(variable.labels[value])}")
    return ", ".join(parts)


def _wide(s: Subject, found: Sequence[Counterexample], nearest: Sequence[Nearest]) -> Table:
    variables = s.domain.variables
    rows = []
    for number, (c, near) in enumerate(zip(found, nearest, strict=True), 1):
        tested = _tested(s, c.point)
        point = tuple(
            Cell(name(v.labels[k]), mark=i in tested)
            for i, (v, k) in enumerate(zip(variables, c.point, strict=True))
        )
        change = Cell(_change_words(s, near))
        rows.append((Cell(str(number), number=True), *point, *_leaf_cells(s, c), change))
    header = (
        "#",
        *(name(v.name) for v in variables),
        "network",
        "tree",
        "tree leaf",
        "agree after",
    )
    return Table(_caption(found), header, tuple(rows))


def _caption(found: Sequence[Counterexample]) -> str:
    return f"{plural(len(found), 'counterexample')}: the values, and the class of each side"


def _narrow(s: Subject, found: Sequence[Counterexample], nearest: Sequence[Nearest]) -> Table:
    rows = []
    for number, (c, near) in enumerate(zip(found, nearest, strict=True), 1):
        looked = [
            f"{name(s.domain.variables[i].name)} = {name(s.domain.variables[i].labels[c.point[i]])}"
            for i in sorted(_tested(s, c.point))
        ]
        values = Cell(", ".join(looked) or "nothing", mark=True)
        change = Cell(_change_words(s, near))
        rows.append((Cell(str(number), number=True), values, *_leaf_cells(s, c), change))
    header = ("#", "values that the tree looks at", "network", "tree", "tree leaf", "agree after")
    return Table(_caption(found), header, tuple(rows))


def _in_full(s: Subject, found: Sequence[Counterexample]) -> Fold:
    """Every value of every counterexample, for domains with many variables."""
    header = ("variable", *(f"# {i}" for i in range(1, len(found) + 1)))
    tested = [_tested(s, c.point) for c in found]
    rows = tuple(
        (
            Cell(name(v.name)),
            *(
                Cell(name(v.labels[c.point[i]]), mark=i in looked)
                for c, looked in zip(found, tested, strict=True)
            ),
        )
        for i, v in enumerate(s.domain.variables)
    )
    table = Table(f"All {digits(len(rows))} variables of each counterexample", header, rows)
    return Fold("Every value of the counterexamples", (table,))
