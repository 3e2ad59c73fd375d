"""The counterexamples as a table, with the values that matter marked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.kernel.prepared import Prepared
from verifier.model.domain import Point
from verifier.model.part import Part
from verifier.model.verdict import Counterexample, Verdict
from verifier.reports.blocks import Block, Fold, Section, Table, TableCell, Text
from verifier.reports.leaves import leaf_of
from verifier.reports.nearest import Nearest, nearest_agreement
from verifier.reports.numbers import digits, plural
from verifier.reports.tree_view import Subject
from verifier.reports.trust_words import proviso
from verifier.reports.words import class_words, name, path

MOST_COLUMNS = 12
"""Variables that are shown as columns; more are listed in one cell."""


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
        "Marked: the values that matter, a smallest set to change so that both agree. The last "
        "column says into what."
    )
    if not all(n.smallest for n in nearest):
        lead += (
            " Where the smallest change was too far to be searched for, it gives one of which no "
            "part can be left out."
        )
    if len(s.domain.variables) <= MOST_COLUMNS:
        return Text(lead), _wide(s, found, nearest)
    return Text(lead), _narrow(s, found, nearest), _in_full(s, found, nearest)


def _none(verdict: Verdict) -> str:
    if verdict.disagreements == (0, 0):
        return "There are none: no point of the domain is one."
    if verdict.disagreements[0] and proviso(verdict):
        return "The kernel evaluated none; the disagreements rest on the word of a solver."
    if verdict.disagreements[0]:
        return "The certificate names none; the disagreements follow from its cells."
    return "None is known."


def _tested(s: Subject, point: Point) -> Mapping[int, Part]:
    """The variables on the tree's path to the point's leaf, with the values allowed there."""
    return path(s.bound, s.parents, leaf_of(s.bound, point))


def _leaf_cells(s: Subject, c: Counterexample) -> tuple[TableCell, ...]:
    return (
        _class_cell(s, c.teacher_class),
        _class_cell(s, c.tree_class),
        TableCell(f"leaf {leaf_of(s.bound, c.point)}", leaf=leaf_of(s.bound, c.point)),
    )


def _change_words(s: Subject, nearest: Nearest) -> str:
    if not nearest.changes:
        if nearest.at_least > len(s.domain.variables):
            return "they agree nowhere"
        if nearest.at_least == 1:
            return "not searched: too much to evaluate"
        return f"a change of {plural(nearest.at_least, 'variable')} or more"
    parts = []
    for index, value in nearest.changes[:MOST_COLUMNS]:
        variable = s.domain.variables[index]
        parts.append(f"{name(variable.name)} = {name(variable.label(value))}")
    rest = len(nearest.changes) - len(parts)
    more = f" and {digits(rest)} more" if rest else ""
    least = "" if nearest.smallest else f" (no change of fewer than {nearest.at_least} suffices)"
    return f"{', '.join(parts)}{more}{least}"


def _class_cell(s: Subject, klass: int) -> TableCell:
    return TableCell(class_words(s.tree, klass), number=not s.tree.labels)


def _matter(nearest: Nearest) -> frozenset[int]:
    """The variables whose values are marked."""
    return frozenset(index for index, _ in nearest.changes)


def _wide(s: Subject, found: Sequence[Counterexample], nearest: Sequence[Nearest]) -> Table:
    variables = s.domain.variables
    rows = []
    for number, (c, near) in enumerate(zip(found, nearest, strict=True), 1):
        point = tuple(
            TableCell(name(v.label(k)), mark=i in _matter(near))
            for i, (v, k) in enumerate(zip(variables, c.point, strict=True))
        )
        change = TableCell(_change_words(s, near))
        rows.append((TableCell(str(number), number=True), *point, *_leaf_cells(s, c), change))
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
            f"{name(s.domain.variables[i].name)} = {name(s.domain.variables[i].label(c.point[i]))}"
            for i in sorted(_tested(s, c.point))
        ]
        values = TableCell(", ".join(looked) or "nothing")
        change = TableCell(_change_words(s, near))
        rows.append((TableCell(str(number), number=True), values, *_leaf_cells(s, c), change))
    header = ("#", "values that the tree looks at", "network", "tree", "tree leaf", "agree after")
    return Table(_caption(found), header, tuple(rows))


def _in_full(s: Subject, found: Sequence[Counterexample], nearest: Sequence[Nearest]) -> Fold:
    """Every value of every counterexample, for domains with many variables."""
    header = ("variable", *(f"# {i}" for i in range(1, len(found) + 1)))
    matter = [_matter(near) for near in nearest]
    rows = tuple(
        (
            TableCell(name(v.name)),
            *(
                TableCell(name(v.label(c.point[i])), mark=i in marked)
                for c, marked in zip(found, matter, strict=True)
            ),
        )
        for i, v in enumerate(s.domain.variables)
    )
    table = Table(f"All {digits(len(rows))} variables of each counterexample", header, rows)
    return Fold("Every value of the counterexamples", (table,))
