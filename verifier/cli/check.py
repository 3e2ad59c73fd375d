"""``leafproof check``: have the kernel check a certificate."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli import ends, live, options
from verifier.cli.printing import print_json, say
from verifier.cli.testing import show as show_test
from verifier.cli.verdict import EXIT, print_verdict
from verifier.jobs.choices import Engine
from verifier.model.errors import LeafproofError

if TYPE_CHECKING:
    from verifier.jobs.check import CheckResult


def check(
    certificate: Annotated[Path, typer.Argument(help="the certificate", show_default=False)],
    against: options.Against = None,
    rows: Annotated[
        Path | None,
        typer.Option(
            metavar="TABLE",
            help="the table whose rows were drawn from, of a test with --rows and --domain",
        ),
    ] = None,
    head: options.HeadOption = None,
    threshold: options.ThresholdOption = None,
    require: options.Require = None,
    trust_solver: options.TrustSolver = None,
    no_trust: options.NoTrust = False,
    verified: Annotated[
        bool,
        typer.Option("--verified", help="also check with the checker that Coq proves sound"),
    ] = False,
    paranoid: Annotated[
        bool,
        typer.Option("--paranoid", help="--verified, and float32 checked a second time (slow)"),
    ] = False,
    statement: Annotated[
        bool,
        typer.Option(
            "--statement", help="print the theorem proved; with --json as an in-toto Statement"
        ),
    ] = False,
    engine: options.EngineOption = Engine.LOCAL,
    address: options.AddressOption = None,
    timeout: ends.Timeout = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Check every step of a certificate, trusting nothing but the kernel.

    Exit code 0: valid, and --require met; 1: invalid, or not met; 2: --timeout came first.
    """
    trust = options.trusted(trust_solver, no_trust)
    limit = ends.limited(timeout)
    from verifier.jobs import check as job

    with live.watching() as watcher:
        result = job.check(
            certificate,
            against=against,
            rows=rows,
            head=head,
            threshold=threshold,
            require=require,
            trust=trust,
            verified=verified,
            paranoid=paranoid,
            engine=engine,
            address=address,
            timeout=limit,
            progress=watcher.hear,
            stop=watcher.stop,
        )
    if not result.finished:
        with ends.telling(EXIT["undecided"]):
            unfinished(result, json=json)
        raise typer.Exit(EXIT["undecided"])
    if statement:
        enforce(result)
        print_statement(result, json=json)
        return
    with ends.telling(1 if result.met is False else 0):
        if json:
            print_json(result.to_dict())
        else:
            if result.matter.is_test:
                say("[bold green]VALID[/] the points are those that its hashes fix; it tests:")
                show_test(result, certificate)
            else:
                say("[bold green]VALID[/] every step holds; it proves:")
                print_verdict(result, certificate)
            for name, text in held_against(result):
                say(f"  {name:<15} {text}")
    enforce(result)


def held_against(result: CheckResult) -> Iterator[tuple[str, str]]:
    """What the certificate was held against: a name and a text each."""
    from verifier.reports import summary

    if result.verified is not None:
        yield "verified", summary.verified_by(result.verified)
    if result.opinion is not None:
        yield "float32 checker", summary.agreement(result.opinion)
    if result.tested is not None:
        yield "second checker", f"makes the same {result.tested.draws} draws, and finds the same"
    if result.against is not None and live.level() >= 0:
        yield "against", "teacher, tree and domain are those given"
        if result.asked_again:
            yield "asked again", f"the model answers as recorded at all {result.asked_again} draws"
        if result.replayed is not None and result.counterexamples:
            yield "replayed", str(result.replayed)


def unfinished(result: CheckResult, *, json: bool) -> None:
    """Say what was checked before the time limit came, and what that proves by itself."""
    from verifier.reports import summary
    from verifier.reports.numbers import plural

    verdict, certificate = result.proved, result.certificate
    assert verdict is not None and certificate is not None
    cut = verdict.checked.cut
    if cut is None:
        live.note(
            "NOT FINISHED: the kernel accepts the certificate, the other checkers had no time"
        )
        return
    if json:
        print_json(result.to_dict())
        return
    say(
        f"[bold yellow]NOT FINISHED[/] the kernel has checked {cut.nodes} of "
        f"{plural(len(certificate.proof), 'node')} before the time limit; whether the certificate "
        "is valid is not decided"
    )
    say(f"  {'proved by then':<15} {summary.so_far(certificate, verdict)}", markup=False)


def enforce(result: CheckResult) -> None:
    """Say what is missing of what was required, if anything is, and end with 1."""
    from verifier.reports.numbers import probability

    if result.met is not False:
        return
    asked = f"an error of at most {result.required}"
    if result.required == "equivalent":
        asked = "that tree and network are equivalent"
    typer.echo(
        f"leafproof: the certificate is valid but does not prove {asked}: the verdict is "
        f"{result.verdict}, the error at most {probability(result.error[1])}",
        err=True,
    )
    raise typer.Exit(1)


def print_statement(result: CheckResult, *, json: bool) -> None:
    """Print the theorem, as paragraphs or as an in-toto Statement."""
    from verifier.reports.in_toto import in_toto
    from verifier.reports.statement import paragraphs

    certificate, verdict = result.certificate, result.proved
    assert verdict is not None and certificate is not None
    if certificate.matter.is_test:
        raise LeafproofError("a test states no theorem: it is a test, not a proof")
    if json:
        typer.echo(in_toto(certificate, verdict, result.files, result.checkers))
    else:
        typer.echo("\n\n".join(paragraphs(certificate, verdict, result.files, result.checkers)))
