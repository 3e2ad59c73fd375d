"""``leafproof report``: write the proof report of a certificate, or compare several."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.cli import common, ends, live, trust
from verifier.provers.timing import TimeOver, end, ending
from verifier.reports.files import SUFFIXES, Format, Words, rendered

if TYPE_CHECKING:
    from verifier.jobs.result import Result
    from verifier.model.verdict import Verdict


def report(
    certificates: Annotated[
        list[Path], typer.Argument(help="a certificate, or several to compare", show_default=False)
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="the file to write")],
    format: Annotated[Format | None, typer.Option(help="default: by the file's ending")] = None,
    trust_solver: trust.TrustSolver = None,
    no_trust: trust.NoTrust = False,
    timeout: ends.Timeout = None,
    quiet: common.Quiet = False,
    verbose: common.Verbose = False,
) -> None:
    """Check a certificate and write its proof report; an invalid one gets no report (exit 1)."""
    from verifier.writing.files import check_writable, write_atomically

    believed = trust.trusted(trust_solver, no_trust)
    check_writable(output)
    kind = common.format_of(output, format, SUFFIXES, "--format") or Format.HTML
    asked = shlex.join(
        ["leafproof", "report", *map(str, certificates), "-o", str(output)]
        + (["--format", kind] if format else [])
        + [word for name in believed for word in ("--trust-solver", name)]
    )
    write = one if len(certificates) == 1 else several
    limit = ends.limited(timeout)
    try:
        with ending(limit.cut if limit else None):
            written = write(certificates, asked, believed)
            data = rendered(written, kind)
    except TimeOver:
        assert limit is not None
        live.note(
            f"the time limit came before {output} was finished: no report is written, as nothing "
            "that is not checked belongs in one; give more time"
        )
        raise typer.Exit(common.EXIT["undecided"]) from None
    write_atomically(output, data)
    if live.level() >= 0:
        common.say(f"report written to {output}", markup=False)


def one(paths: list[Path], asked: str, believed: Collection[str]) -> Callable[[Words], str]:
    """The report of one certificate, in any format."""
    from verifier.reports.report import render

    result = checked(paths[0], "", believed)
    return lambda kind: render(result, format=kind, command=asked)


def several(paths: list[Path], asked: str, believed: Collection[str]) -> Callable[[Words], str]:
    """The comparison of several certificates, in any format; each is named after its file."""
    from verifier.reports.comparison import render_comparison

    results = [(p.name, checked(p, f"checking {p.name}", believed)) for p in paths]
    return lambda kind: render_comparison(results, format=kind, command=asked)


def checked(path: Path, words: str, believed: Collection[str]) -> Result:
    """What the kernel finds in a certificate, and how long that took."""
    from verifier.jobs.result import Result
    from verifier.reading.certificate import read_certificate
    from verifier.writing.threads import check_in_threads

    start = time.perf_counter()
    held = read_certificate(path)
    loaded = time.perf_counter()
    stop = live.Patience(until=end())
    with live.checking(len(held.proof), *filter(None, [words])) as count:
        verdict = finished(check_in_threads(held, trust=believed, progress=count, stop=stop))
    seconds = {"load": loaded - start, "check": time.perf_counter() - loaded}
    return Result(
        network=held.teacher,
        tree=held.tree,
        domain=held.domain,
        certificate=held,
        proved=verdict,
        data=None,
        seconds=seconds,
    )


def finished(verdict: Verdict) -> Verdict:
    """The verdict of a whole check; raises TimeOver where the check was cut short."""
    if verdict.checked.cut is not None:
        raise TimeOver
    return verdict
