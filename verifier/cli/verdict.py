"""What the command says of a Result: the verdict in a sentence, and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from verifier.cli import live
from verifier.cli.printing import say

if TYPE_CHECKING:
    from verifier.jobs.result import Result
    from verifier.model.certificate import Certificate
    from verifier.model.domain import Domain
    from verifier.model.network import Network
    from verifier.model.tree import Tree
    from verifier.model.verdict import Checked, Verdict

EXIT = {"equivalent": 0, "different": 1, "undecided": 2}
UNFINISHED = "the search was stopped before its end: this is the best tree so far"
COLOURS = {"equivalent": "green", "different": "red", "undecided": "yellow"}


def print_verdict(result: Result, path: object = None) -> None:
    """The verdict and what it rests on, for people; ``path`` is where its certificate is."""
    from rich.markup import escape

    from verifier.reports import domain_words
    from verifier.reports.verdict_words import is_inconclusive

    certificate, verdict = result.certificate, result.proved
    if certificate is None or verdict is None:
        return
    colour = COLOURS["undecided" if is_inconclusive(verdict) else verdict.verdict]
    words = sentence(verdict) + class_sentence(certificate.teacher)
    words += f" Inputs: {domain_words.clause(certificate.domain, certificate.domain_from)}."
    say(f"[bold {colour}]{verdict.verdict.upper()}[/] {escape(words)}")
    if live.level() < 0:
        return
    for name, text in lines(certificate, verdict, result.seconds, path):
        say(f"  {name:<15} {escape(text)}")
    if verdict.counterexamples:
        labels = certificate.teacher.labels
        print_counterexamples(verdict, certificate.domain, certificate.tree, labels)


def sentence(verdict: Verdict) -> str:
    """The verdict in one sentence."""
    from verifier.reports.numbers import plural, whole
    from verifier.reports.verdict_words import is_inconclusive

    size = plural(verdict.domain_size, "point")
    low, high = verdict.disagreements
    if verdict.verdict == "equivalent":
        return f"the tree is the network on all {size} of the domain."
    if low == high:
        return f"tree and network differ at exactly {plural(low, 'point')} of {size}."
    if verdict.verdict == "different":
        said = f"tree and network differ at {whole(low)} to {plural(high, 'point')} of {size}"
        return said + (": how much is inconclusive." if is_inconclusive(verdict) else ".")
    return f"at most {plural(high, 'point')} of {size} can differ; none has been found."


def class_sentence(network: Network) -> str:
    """What a class is, for the verdict; empty where the network itself shows it."""
    from verifier.reports.words import quoted_rule

    head = network.head
    if head is not None and head.origin == "shown":
        return ""
    words = quoted_rule(network)
    if head is None:
        return f" {words[0].upper()}{words[1:]}."
    if head.origin == "asked":
        return f" As asked: {words}."
    return f" Assumed: {words} (--head)."


def lines(
    certificate: Certificate, verdict: Verdict, seconds: Mapping[str, float], path: object
) -> Iterator[tuple[str, str]]:
    """What stands below the verdict: a name and a text each."""
    from verifier.reports import domain_words
    from verifier.reports.number_types import executed_words
    from verifier.reports.numbers import decimal_first, plural, probability
    from verifier.reports.words import quote

    yield "domain", domain_words.described(certificate.domain, certificate.domain_from)
    for text in domain_words.warnings(certificate.domain, certificate.teacher.executed):
        yield "warning", text
    low, high = verdict.error
    if low == high:
        yield "error", decimal_first(low)
    else:
        yield "error", f"{decimal_first(low, -1)} to {decimal_first(high, 1)}"
    yield "kernel checked", checked_words(verdict.checked)
    yield from trust_lines(verdict)
    if certificate.teacher.executed:
        yield "float32", f"nothing claimed: {executed_words(certificate.teacher.executed)}"
    elif verdict.float32.robust:
        yield "float32", "robust: every float32 evaluation of the logits gives the same classes"
    else:
        chance = probability(verdict.float32.probability_not_shown)
        points = plural(verdict.float32.points_not_shown, "point")
        yield "float32", f"not shown for {points}, probability {chance}"
    for text in certificate.teacher.notes:
        yield "file's note", quote(text, 1000)
    if path:
        yield "certificate", f"{path} (SHA-256 {certificate.sha256})"
    yield "seconds", ", ".join(f"{k} {v:.2f}" for k, v in seconds.items())


def checked_words(checked: Checked) -> str:
    """The same in words."""
    from verifier.reports.numbers import plural

    cells = ", ".join(f"{n} {kind}" for kind, n in checked.cells.items())
    upheld = f", {plural(checked.upheld, 'cell')} of a solver proved here" if checked.upheld else ""
    largest = plural(checked.largest_bits, "bit") if checked.largest_bits > 53 else "under 2^53"
    return (
        f"{plural(sum(checked.cells.values()), 'cell')} ({cells}){upheld}, "
        f"{plural(checked.splits, 'split')}, "
        f"{plural(checked.points_enumerated, 'point')} evaluated, "
        f"largest integer {largest}, {checked.seconds:.2f} seconds"
    )


def trust_lines(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Whose word counts, and whose does not."""
    from verifier.jobs.trusting import SOLVERS, known
    from verifier.reports.numbers import plural
    from verifier.reports.words import quote

    by = ", ".join(f"{quote(s)} for {plural(n, 'cell')}" for s, n in verdict.trusted.items())
    if by:
        yield "trusted", f"{by}, as asked (--trust-solver): not proved by the kernel"
    else:
        yield "trusted", "nothing but the kernel"
    open_by = ", ".join(f"{quote(s)} for {plural(n, 'cell')}" for s, n in verdict.untrusted.items())
    if open_by:
        how = " ".join(f"--trust-solver {name}" for name in known(verdict.untrusted))
        advice = f"to take its word: {how}" if how else f"only {' and '.join(SOLVERS)} can be"
        yield "not trusted", f"{open_by}: not proved by the kernel, counted as open ({advice})"


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
