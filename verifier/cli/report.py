"""``leafproof report``: write the proof report of a certificate, or compare several."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from verifier.cli import ends, live, options
from verifier.cli.printing import say
from verifier.cli.verdict import EXIT
from verifier.model.errors import Unfinished
from verifier.reports.files import Format, chosen_format


def report(
    certificates: Annotated[
        list[Path], typer.Argument(help="a certificate, or several to compare", show_default=False)
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="the file to write")],
    format: Annotated[Format | None, typer.Option(help="default: by the file's ending")] = None,
    verified: Annotated[
        bool, typer.Option("--verified", help="also check with the checker that Coq proves sound")
    ] = False,
    trust_solver: options.TrustSolver = None,
    no_trust: options.NoTrust = False,
    timeout: ends.Timeout = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Check a certificate and write its proof report; an invalid one gets no report (exit 1)."""
    limit = ends.limited(timeout)
    trust = options.trusted(trust_solver, no_trust)
    kind = chosen_format(output, format, "--format", live.note)
    asked = shlex.join(
        ["leafproof", "report", *map(str, certificates), "-o", str(output)]
        + (["--format", kind] if format else [])
        + (["--verified"] if verified else [])
        + [word for name in trust for word in ("--trust-solver", name)]
    )
    from verifier.reports import making

    try:
        with live.watching() as watcher:
            making.report(
                certificates,
                output,
                kind,
                trust=trust,
                verified=verified,
                timeout=limit,
                command=asked,
                progress=watcher.hear,
                stop=watcher.stop,
            )
    except Unfinished:
        live.note(
            f"the time limit came before {output} was finished: no report is written, as nothing "
            "that is not checked belongs in one; give more time"
        )
        raise typer.Exit(EXIT["undecided"]) from None
    if live.level() >= 0:
        say(f"report written to {output}", markup=False)
