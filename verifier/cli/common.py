"""What the verbs share: options, exit codes, progress and the printed verdict."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from verifier.cli import heads, live
from verifier.cli.asked import recorded
from verifier.provers.timing import Limit, now

if TYPE_CHECKING:
    from verifier.formats.heads import Asked
    from verifier.model.certificate import Certificate
    from verifier.model.domain import Domain
    from verifier.model.network import Network
    from verifier.model.proof import Finding
    from verifier.model.tree import Tree
    from verifier.model.verdict import Checked, Verdict

_T = TypeVar("_T")
_Format = TypeVar("_Format", bound=StrEnum)
Json = Annotated[bool, typer.Option("--json", help="print one JSON object")]
DomainOption = Annotated[
    str | None,
    typer.Option(
        "--domain",
        metavar="bits|signs|FILE",
        help="the inputs to prove it for; where none is given, bits are assumed, and said so",
    ),
]


def _say_less(yes: bool) -> bool:
    if yes:
        _say(-1)
    return yes


def _say_more(yes: bool) -> bool:
    if yes:
        _say(1)
    return yes


def _say(level: int) -> None:
    if live.level() not in (0, level):
        raise typer.BadParameter("--quiet and --verbose contradict each other: leave one out")
    live.set_level(level)


Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="say only the result", callback=_say_less)
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="say also what is done", callback=_say_more)
]

GRACE = 0.5
"""Seconds that the kernel checks even if Ctrl-C came before it began."""
UNFINISHED = "the search was stopped before its end: this is the best tree so far"
EXIT = {"equivalent": 0, "different": 1, "undecided": 2}
COLOURS = {"equivalent": "green", "different": "red", "undecided": "yellow"}


def say(text: str = "", **kwargs: Any) -> None:
    """Print through Rich; never wrapped, and plain where standard output is not a terminal."""
    from rich.console import Console

    Console(highlight=False, soft_wrap=True).print(text, **kwargs)


def format_of(
    output: Path | None, asked: _Format | None, endings: Mapping[str, _Format], option: str
) -> _Format | None:
    """The format that was asked for, else the one of the file's ending; None without a file.

    Raises LeafproofError for an ending that stands for none; says so where both contradict.
    """
    from verifier.model.errors import LeafproofError

    if output is None:
        return asked
    ending = output.suffix.lower()
    meant = endings.get(ending)
    if asked is not None:
        if meant is not None and meant != asked:
            live.note(
                f"{output} gets {asked}, as was asked for, though {ending} stands for {meant}"
            )
        return asked
    if meant is None:
        raise LeafproofError(
            f'the name "{output}" does not say what to write: end it with '
            f"{', '.join(endings)}, or give {option}"
        )
    return meant


def origin(domain: str | None) -> str:
    """Where ``--domain`` has the domain from, as certificates record it."""
    if domain is None:
        return "bits assumed"
    return domain if domain in ("bits", "signs") else "file"


OTHER_ENDINGS = frozenset({".onnx", ".py", ".c", ".h", ".sql", ".svg", ".dot", ".html", ".pdf"})
"""Of files that a tree in JSON is not."""


def is_tree_file(output: Path | None) -> None:
    """Raise LeafproofError where a tree (JSON) would get the ending of something else."""
    from verifier.model.errors import LeafproofError

    if output is not None and output.suffix.lower() in OTHER_ENDINGS:
        raise LeafproofError(
            f"{output}: a tree is written as JSON: name it {output.stem}.json, then leafproof "
            f"export makes a {output.suffix.lower()} file of it"
        )


def load_network(
    teacher: Path, domain: str | None, asked: Asked | None = None
) -> tuple[Network, Domain]:
    """The user's network and domain, checked to belong together; raises LeafproofError."""
    from verifier.formats.load import domain_notes, read_domain, read_teacher
    from verifier.formats.onnx import compare_on_domain
    from verifier.model.network import check_columns

    network = read_teacher(teacher, asked)
    space = read_domain("bits" if domain is None else domain, network.columns)
    check_columns(network, space)
    compare_on_domain(teacher, network, space)
    for text in domain_notes(space):
        live.note(text)
    live.detail(
        f"{teacher}: {network.columns} columns, {len(network.layers)} layers, {network.classes} "
        f"classes; domain: {len(space.variables)} variables"
    )
    return network, space


def save(
    path: Path | None,
    domain: Domain,
    teacher: Network,
    tree: Tree,
    finding: Finding,
    name: str,
    limit: Limit | None = None,
    *,
    stopped: bool = False,
    keep: bool = False,
    domain_from: str | None = None,
    trust: Collection[str] = (),
) -> tuple[Certificate, Verdict]:
    """Write the certificate (None: to a temporary file) and have the kernel check that file.

    Constant steps that the kernel refuses are searched again, until it accepts all of them; after
    the time limit, or where the search left cells open, they are left open too. Ctrl-C and the time
    limit end the check: what the kernel has not come to is left open. So does a search that
    was ``stopped`` by Ctrl-C, when the kernel has had ``GRACE`` seconds. With ``keep`` the file at
    ``path`` is then left as it was.
    """
    from verifier.model.errors import InvalidProof
    from verifier.writing.certificate import save_certificate
    from verifier.writing.files import write_atomically

    with tempfile.TemporaryDirectory(prefix="leafproof.") as folder:
        target = Path(folder) / "certificate" if keep or not path else path
        while True:
            nodes = len(finding.proof)
            hint = "Ctrl-C leaves the rest open"
            try:
                with live.flagging(stopped) as asked, live.checking(nodes, hint=hint) as count:
                    stop = live.Patience(asked, GRACE, limit.cut if limit else None)
                    saved = save_certificate(
                        *(target, domain, teacher, tree, finding, recorded(name)),
                        domain_from=domain_from,
                        trust=trust,
                        progress=count,
                        stop=stop,
                        lenient=limit is not None,
                    )
                    refused = saved[1].checked.refused
            except InvalidProof as error:
                if not error.refused:
                    raise
                refused = error.refused
            stopped = stopped or asked()
            if refused and limit is None:
                end = now() if stopped else None
                finding = _search_on(domain, teacher, tree, finding, refused, end)
                continue
            checked = saved[1].checked
            if refused and limit and checked.cut is None and not stopped and not _opened(finding):
                end = limit.end - 1.2 * checked.seconds
                if end > now():  # there is time to search on, and for another check
                    finding = _search_on(domain, teacher, tree, finding, refused, end)
                    continue
            if checked.cut is not None:
                why = "stopped" if stopped else "the time limit came"
                live.note(
                    f"{why}: the kernel had checked {checked.cut.nodes} of the proof's {nodes} "
                    "nodes; the rest is left open"
                )
            if keep and path and (checked.cut or stopped):
                live.note(f"{path} is left as it was: it may prove more than this")
            elif keep and path:
                write_atomically(path, target.read_bytes())
            return saved


def _search_on(
    domain: Domain,
    teacher: Network,
    tree: Tree,
    finding: Finding,
    refused: Collection[int],
    deadline: float | None,
) -> Finding:
    """The finding with the refused steps opened, and searched again if time is left."""
    from verifier.model.proof import Finding
    from verifier.provers import branch

    proof = branch.reopen(finding.proof, refused)
    if _opened(finding):
        return Finding(proof, finding.counterexamples)
    with live.progress("proving again what the kernel refused", deadline) as report:
        again = branch.prove(
            domain,
            teacher,
            tree,
            deadline=deadline,
            progress=report,
            resume=proof,
            refused=frozenset(refused),
        )
    points = dict.fromkeys(finding.counterexamples + again.counterexamples)
    return Finding(again.proof, tuple(points))


def _opened(finding: Finding) -> bool:
    """Whether the search left cells open."""
    from verifier.model.proof import Open

    return any(isinstance(item, Open) for item in finding.proof)


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


def print_json(value: dict[str, Any]) -> None:
    """One JSON object on standard output; in ASCII if it holds what UTF-8 cannot."""
    text = json.dumps(value, ensure_ascii=False)
    alone = any("\ud800" <= c <= "\udfff" for c in text)
    typer.echo(json.dumps(value) if alone else text)


def print_verdict(
    certificate: Certificate, verdict: Verdict, seconds: dict[str, float], path: str | None
) -> None:
    """The verdict and what it rests on, for people."""
    from rich.markup import escape

    from verifier.reports import domain_words
    from verifier.reports.verdict_words import is_inconclusive

    colour = COLOURS["undecided" if is_inconclusive(verdict) else verdict.verdict]
    words = sentence(verdict) + heads.sentence(certificate.teacher)
    words += f" Inputs: {domain_words.clause(certificate.domain, certificate.domain_from)}."
    say(f"[bold {colour}]{verdict.verdict.upper()}[/] {escape(words)}")
    if live.level() < 0:
        return
    for name, text in lines(certificate, verdict, seconds, path):
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


def lines(
    certificate: Certificate, verdict: Verdict, seconds: dict[str, float], path: str | None
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


def trust_lines(verdict: Verdict) -> Iterator[tuple[str, str]]:
    """Whose word counts, and whose does not."""
    from verifier.cli.trust import remedy
    from verifier.kernel.solvers import SOLVERS
    from verifier.reports.numbers import plural
    from verifier.reports.words import quote

    by = ", ".join(f"{quote(s)} for {plural(n, 'cell')}" for s, n in verdict.trusted.items())
    if by:
        yield "trusted", f"{by}, as asked (--trust-solver): not proved by the kernel"
    else:
        yield "trusted", "nothing but the kernel"
    open_by = ", ".join(f"{quote(s)} for {plural(n, 'cell')}" for s, n in verdict.untrusted.items())
    if open_by:
        how = remedy(list(verdict.untrusted))
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
