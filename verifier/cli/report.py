"""``leafproof report``: write the proof report of a certificate, or compare several."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli import ends, live, options
from verifier.cli.printing import say
from verifier.cli.verdict import EXIT
from verifier.jobs.watching import Event, Stage
from verifier.model.errors import Unfinished
from verifier.reports.files import Format, chosen_format, write_comparison, write_report

if TYPE_CHECKING:
    from verifier.jobs.check import CheckResult
    from verifier.jobs.limit import Limit


def report(
    certificates: Annotated[
        list[Path], typer.Argument(help="a certificate, or several to compare", show_default=False)
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="the file to write")],
    format: Annotated[Format | None, typer.Option(help="default: by the file's ending")] = None,
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
        + [word for name in trust for word in ("--trust-solver", name)]
    )
    from verifier.jobs.limit import within

    try:
        with within(limit), live.watching() as watcher:
            found = [checked(p, trust, limit, watcher, len(certificates)) for p in certificates]
            if len(found) == 1:
                write_report(found[0], output, kind, command=asked)
            else:
                labelled = [(p.name, r) for p, r in zip(certificates, found, strict=True)]
                write_comparison(labelled, output, kind, command=asked)
    except Unfinished:
        live.note(
            f"the time limit came before {output} was finished: no report is written, as nothing "
            "that is not checked belongs in one; give more time"
        )
        raise typer.Exit(EXIT["undecided"]) from None
    if live.level() >= 0:
        say(f"report written to {output}", markup=False)


def checked(
    path: Path, trust: tuple[str, ...], limit: Limit | None, watcher: live.Watcher, of: int
) -> CheckResult:
    """A certificate that the kernel has checked as a whole; raises Unfinished where it has not."""
    from verifier.jobs.check import check

    def hear(event: Event) -> None:
        if isinstance(event, Stage) and of > 1:
            event = replace(event, name=f"checking {path.name}")
        watcher.hear(event)

    result = check(path, trust=trust, timeout=limit, progress=hear, stop=watcher.stop)
    if not result.finished:
        raise Unfinished(f"{path} is not checked as a whole")
    return result
