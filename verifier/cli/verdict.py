"""What the command says of a Result: the verdict in a sentence, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.cli import live
from verifier.cli.printing import say

if TYPE_CHECKING:
    from verifier.jobs.result import Result
    from verifier.model.certificate import Certificate
    from verifier.model.verdict import Verdict

EXIT = {"equivalent": 0, "nowhere": 0, "different": 1, "somewhere": 1, "undecided": 2}
UNFINISHED = "the search was stopped before its end: this is the best tree so far"
COLOURS = {
    "equivalent": "green",
    "nowhere": "green",
    "different": "red",
    "somewhere": "red",
    "undecided": "yellow",
}
MOST_VARIABLES, MOST_MODELS = 12, 6
"""Columns of a table of points."""
WIDE = 1 << 16
"""Characters in a line that any such table fits in."""


def print_verdict(result: Result, path: object = None) -> None:
    """The verdict and what it rests on, for people; ``path`` is where its certificate is."""
    from rich.markup import escape

    from verifier.reports import summary
    from verifier.reports.verdict_words import is_inconclusive

    certificate, verdict = result.certificate, result.proved
    if certificate is None or verdict is None:
        return
    colour = COLOURS["undecided" if is_inconclusive(verdict) else verdict.verdict]
    words = summary.headline(certificate, verdict)
    say(f"[bold {colour}]{summary.word(certificate, verdict).upper()}[/] {escape(words)}")
    if live.level() < 0:
        return
    for name, text in summary.lines(
        certificate,
        verdict,
        result.seconds,
        None if path is None else str(path),
        result.checkers,
    ):
        say(f"  {name:<15} {escape(text)}")
    if verdict.counterexamples:
        print_points(certificate, verdict)


def print_points(certificate: Certificate, verdict: Verdict) -> None:
    """The points found, by up to 12 variables: first those that trees test and that tell points
    apart. Points that are alike in these are shown once.

    A table, or a line each where that is too wide: numbers folded within a column are misread.
    """
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from verifier.model.head import class_name
    from verifier.reports.numbers import plural
    from verifier.reports.words import name as shown_name
    from verifier.reports.words import value_words

    domain, models = certificate.domain, certificate.models[:MOST_MODELS]
    names = [m.model.labels for m in models]
    heads, title = [f"class of {m.name}" for m in models], "points where it is so"
    if certificate.matter.is_differ:
        names = [certificate.teacher.labels] * 2
        kind = "ensemble" if certificate.matter.ensembles else "network"
        heads, title = [kind, "tree"], "points where they differ"
    tested = _tested(certificate)
    values = zip(*(found.point for found in verdict.counterexamples), strict=True)
    apart = [len({*own}) > 1 for own in values]
    order = sorted(range(len(domain.variables)), key=lambda i: (i not in tested, not apart[i]))
    shown = sorted(order[:MOST_VARIABLES])
    columns = [*heads, *(domain.variables[i].name for i in shown)]
    rows: dict[tuple[str, ...], None] = {}
    for found in verdict.counterexamples:
        held = zip(names, found.classes, strict=False)
        classes = [shown_name(class_name(own, k)) for own, k in held]
        own = (value_words(domain.variables[i], found.point[i]) for i in shown)
        rows[*classes, *own] = None
    table = Table(*map(escape, columns), title=title, title_justify="left")
    for row in rows:
        table.add_row(*map(escape, row))
    if Console(width=WIDE).measure(table).maximum <= Console().width:
        Console().print(table)
    else:
        say(f"  {title}:")
        for row in rows:
            pairs = [f"{x} = {y}" for x, y in zip(columns, row, strict=True)]
            first, rest = ", ".join(pairs[: len(heads)]), ", ".join(pairs[len(heads) :])
            say(f"    {escape(first)}: {escape(rest)}")
    if len(shown) < len(domain.variables):
        more = f"{len(domain.variables) - len(shown)} more variables"
        if alike := len(verdict.counterexamples) - len(rows):
            more += f", and {plural(alike, 'point')} that differ only there"
        say(f"  ({more}: see --json)")


def _tested(certificate: Certificate) -> set[int]:
    """The variables that a tree of the question tests; those that any model reads, without one."""
    from verifier.model.tree import Inner, Tree

    tested = set()
    for m in certificate.models:
        if isinstance(m.model, Tree):
            owners = [i for i in m.reads for _ in range(certificate.domain.variables[i].columns)]
            tested |= {owners[n.column] for n in m.model.nodes if isinstance(n, Inner)}
    return tested or {i for m in certificate.models for i in m.reads}
