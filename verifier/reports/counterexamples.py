"""The counterexamples, or a question's witnesses, as a table with the values that matter marked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from verifier.kernel.asked import Asked
from verifier.model.certificate import Certificate
from verifier.model.domain import Domain, Point
from verifier.model.verdict import Counterexample, Verdict
from verifier.reports import question_words
from verifier.reports.blocks import Block, Fold, Section, Table, TableCell, Text
from verifier.reports.leaves import leaf_of
from verifier.reports.nearest import Nearest, nearest_change
from verifier.reports.numbers import digits, plural
from verifier.reports.tree_view import Subject
from verifier.reports.trust_words import proviso
from verifier.reports.words import class_words, name, path, value_words

MOST_COLUMNS = 12
"""Variables that are shown as columns; more are listed in one cell."""
MOST_MODELS = 8
"""Models whose classes have a column each."""


@dataclass(frozen=True)
class Shown:
    """How points are shown: the columns beside their values, and what is said of them.

    ``looked_at`` gives the variables that are shown of a point where there are many.
    """

    domain: Domain
    asked: Asked
    header: tuple[str, ...]
    cells: Callable[[Counterexample], tuple[TableCell, ...]]
    looked_at: Callable[[Point], Collection[int]]
    looked_words: str
    noun: str
    lead: str
    none: str
    after: str
    never: str


def section(s: Subject, asked: Asked, verdict: Verdict) -> Section:
    """The counterexamples of a tree and a network, or why there are none."""
    shown = Shown(
        s.domain,
        asked,
        ("network", "tree", "tree leaf"),
        lambda c: _leaf_cells(s, c),
        lambda point: path(s.bound, s.parents, leaf_of(s.bound, point)),
        "values that the tree looks at",
        "counterexample",
        "where network and tree differ, evaluated exactly. Marked: the values that matter, a "
        "smallest set to change so that both agree.",
        "There are none: no point of the domain is one.",
        "agree after",
        "they agree nowhere",
    )
    return Section("counterexamples", "Counterexamples", _blocks(shown, verdict))


def witness_section(c: Certificate, asked: Asked, verdict: Verdict) -> Section:
    """Points where a question's formula is true, or why there are none."""
    models = c.models[:MOST_MODELS]

    def classes(found: Counterexample) -> tuple[TableCell, ...]:
        held = zip(models, found.classes, strict=False)
        return tuple(
            TableCell(question_words.class_words(m, k), number=not m.model.labels) for m, k in held
        )

    every = range(min(MOST_COLUMNS, len(c.domain.variables)))
    shown = Shown(
        c.domain,
        asked,
        tuple(f"class of {name(m.name)}" for m in models),
        classes,
        lambda point: every,
        "the first values",
        "witness",
        f"where {question_words.words(c.models, c.question)}, evaluated exactly. Marked: the "
        "values that matter, a smallest set to change so that it is not so any more.",
        "There are none: at no point of the domain is it so.",
        "not so after",
        "it is so everywhere",
    )
    return Section("counterexamples", "Witnesses", _blocks(shown, verdict))


def _blocks(s: Shown, verdict: Verdict) -> tuple[Block, ...]:
    found = verdict.counterexamples
    if not found:
        return (Text(_none(s, verdict)),)
    nearest = [nearest_change(s.asked, c.point) for c in found]
    lead = f"{plural(len(found), 'point')} {s.lead} The last column says into what."
    if not all(n.smallest for n in nearest):
        lead += (
            " Where the smallest change was too far to be searched for, it gives one of which no "
            "part can be left out."
        )
    if len(s.domain.variables) <= MOST_COLUMNS:
        return Text(lead), _wide(s, found, nearest)
    return Text(lead), _narrow(s, found, nearest), _in_full(s, found, nearest)


def _none(s: Shown, verdict: Verdict) -> str:
    what = "disagreements" if s.noun == "counterexample" else "points"
    if verdict.disagreements == (0, 0):
        return s.none
    if verdict.disagreements[0] and proviso(verdict):
        return f"The kernel evaluated none; the {what} rest on the word of a solver."
    if verdict.disagreements[0]:
        return f"The certificate names none; the {what} follow from its cells."
    return "None is known."


def _leaf_cells(s: Subject, c: Counterexample) -> tuple[TableCell, ...]:
    return (
        _class_cell(s, c.teacher_class),
        _class_cell(s, c.tree_class),
        TableCell(f"leaf {leaf_of(s.bound, c.point)}", leaf=leaf_of(s.bound, c.point)),
    )


def _class_cell(s: Subject, klass: int) -> TableCell:
    return TableCell(class_words(s.tree, klass), number=not s.tree.labels)


def _change_words(s: Shown, nearest: Nearest) -> str:
    if not nearest.changes:
        if nearest.at_least > len(s.domain.variables):
            return s.never
        if nearest.at_least == 1:
            return "not searched: too much to evaluate"
        return f"a change of {plural(nearest.at_least, 'variable')} or more"
    parts = []
    for index, value in nearest.changes[:MOST_COLUMNS]:
        variable = s.domain.variables[index]
        parts.append(f"{name(variable.name)} = {value_words(variable, value)}")
    rest = len(nearest.changes) - len(parts)
    more = f" and {digits(rest)} more" if rest else ""
    least = ""
    if not nearest.smallest and nearest.at_least > 1:
        least = f" (no change of fewer than {nearest.at_least} suffices)"
    return f"{', '.join(parts)}{more}{least}"


def _matter(nearest: Nearest) -> frozenset[int]:
    """The variables whose values are marked."""
    return frozenset(index for index, _ in nearest.changes)


def _wide(s: Shown, found: Sequence[Counterexample], nearest: Sequence[Nearest]) -> Table:
    variables = s.domain.variables
    rows = []
    for number, (c, near) in enumerate(zip(found, nearest, strict=True), 1):
        point = tuple(
            TableCell(value_words(v, k), mark=i in _matter(near))
            for i, (v, k) in enumerate(zip(variables, c.point, strict=True))
        )
        change = TableCell(_change_words(s, near))
        rows.append((TableCell(str(number), number=True), *point, *s.cells(c), change))
    header = ("#", *(name(v.name) for v in variables), *s.header, s.after)
    return Table(_caption(s, found), header, tuple(rows))


def _caption(s: Shown, found: Sequence[Counterexample]) -> str:
    if s.noun == "witness":
        return f"{plural(len(found), 'witness', 'witnesses')}: the values, and each model's class"
    return f"{plural(len(found), 'counterexample')}: the values, and the class of each side"


def _narrow(s: Shown, found: Sequence[Counterexample], nearest: Sequence[Nearest]) -> Table:
    rows = []
    for number, (c, near) in enumerate(zip(found, nearest, strict=True), 1):
        looked = [
            f"{name(s.domain.variables[i].name)} = {value_words(s.domain.variables[i], c.point[i])}"
            for i in sorted(s.looked_at(c.point))
        ]
        values = TableCell(", ".join(looked) or "nothing")
        change = TableCell(_change_words(s, near))
        rows.append((TableCell(str(number), number=True), values, *s.cells(c), change))
    header = ("#", s.looked_words, *s.header, s.after)
    return Table(_caption(s, found), header, tuple(rows))


def _in_full(s: Shown, found: Sequence[Counterexample], nearest: Sequence[Nearest]) -> Fold:
    """Every value of every point, for domains with many variables."""
    header = ("variable", *(f"# {i}" for i in range(1, len(found) + 1)))
    matter = [_matter(near) for near in nearest]
    rows = tuple(
        (
            TableCell(name(v.name)),
            *(
                TableCell(value_words(v, c.point[i]), mark=i in marked)
                for c, marked in zip(found, matter, strict=True)
            ),
        )
        for i, v in enumerate(s.domain.variables)
    )
    nouns = "counterexamples" if s.noun == "counterexample" else "witnesses"
    table = Table(f"All {digits(len(rows))} variables of each {s.noun}", header, rows)
    return Fold(f"Every value of the {nouns}", (table,))
