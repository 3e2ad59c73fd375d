"""What the command says of a Result: the verdict in a sentence, and what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.cli import live
from verifier.cli.printing import say

if TYPE_CHECKING:
    from verifier.jobs.result import Result
    from verifier.model.domain import Domain
    from verifier.model.tree import Tree
    from verifier.model.verdict import Verdict

EXIT = {"equivalent": 0, "different": 1, "undecided": 2}
UNFINISHED = "the search was stopped before its end: this is the best tree so far"
COLOURS = {"equivalent": "green", "different": "red", "undecided": "yellow"}


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
    say(f"[bold {colour}]{verdict.verdict.upper()}[/] {escape(words)}")
    if live.level() < 0:
        return
    for name, text in summary.lines(
        certificate, verdict, result.seconds, None if path is None else str(path)
    ):
        say(f"  {name:<15} {escape(text)}")
    if verdict.counterexamples:
        labels = certificate.teacher.labels
        print_counterexamples(verdict, certificate.domain, certificate.tree, labels)


def print_counterexamples(
    verdict: Verdict, domain: Domain, tree: Tree, names: tuple[str, ...] = ()
) -> None:
    """The counterexamples as a table of up to 12 variables, those that the tree tests first."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from verifier.model.head import class_name
    from verifier.model.tree import Inner
    from verifier.reports.words import name as shown_name

    variables = [v.name for v in domain.variables]
    tested = {domain.column_owner[n.column][0] for n in tree.nodes if isinstance(n, Inner)}
    order = sorted(range(len(variables)), key=lambda i: i not in tested)
    shown = [variables[i] for i in sorted(order[:12])]
    table = Table("network", "tree", title="points where they differ", title_justify="left")
    for name in shown:
        table.add_column(escape(name), overflow="fold")
    for found in verdict.counterexamples:
        values = domain.labels(found.point)
        sides = (found.teacher_class, found.tree_class)
        classes = [escape(shown_name(class_name(names, k))) for k in sides]
        table.add_row(*classes, *(escape(values[n]) for n in shown))
    Console().print(table)
    if len(shown) < len(variables):
        say(f"  ({len(variables) - len(shown)} more variables: see --json)")
