"""The report as a verb: from certificates or Results to a file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from verifier.jobs.check import check
from verifier.jobs.limit import Timeout, limit_of, within
from verifier.jobs.loading import StrPath
from verifier.jobs.result import Result
from verifier.jobs.watching import Event, Hear, Said, Stage, Stop, Watch
from verifier.model.errors import Unfinished
from verifier.reports.files import chosen_format, write_comparison, write_report
from verifier.reports.passing import hearing


def report(
    certificate: StrPath | Result | Sequence[StrPath | Result],
    path: StrPath,
    format: str | None = None,
    *,
    trust: Collection[str] = (),
    verified: bool = False,
    timeout: Timeout = None,
    command: str = "",
    progress: Hear | None = None,
    stop: Stop | None = None,
) -> None:
    """Check a certificate and write its proof report to ``path``, or the comparison of several.

    ``certificate`` is the path of one, a Result (checked already), or a list of these. ``format``
    (html, md, tex or pdf) is that of the path's ending where it is not given. ``trust``,
    ``verified``, ``timeout`` (seconds), ``command``, ``progress`` and ``stop`` are those of
    ``check``.

    Raises what ``check`` raises, Unfinished where the time was too short for a whole check, and
    LeafproofError for a path that cannot be written or a Result without a certificate; then no
    report is written.
    """
    limit = limit_of(timeout)
    kind = chosen_format(path, format)
    listed = certificate if isinstance(certificate, list | tuple) else [certificate]

    def hear(event: Event) -> None:
        if isinstance(event, Stage) and len(listed) > 1:
            event = replace(event, name=f"{event.name} {label}")
        if progress is not None:
            progress(event)

    results: list[tuple[str, Result]] = []
    with within(limit):
        for i, given in enumerate(listed):
            label = f"result {i + 1}" if isinstance(given, Result) else Path(str(given)).name
            if not isinstance(given, Result):
                given = check(
                    given, trust=trust, verified=verified, timeout=limit, progress=hear, stop=stop
                )
                if not given.finished:
                    raise Unfinished(f"{label} is not checked as a whole: give more time")
            results.append((label, given))
        watch = Watch(progress, stop)
        with watch.stage("writing the report"), hearing(lambda words: watch.tell(Said(words))):
            if len(results) == 1:
                write_report(results[0][1], path, kind, command=command)
            else:
                write_comparison(results, path, kind, command=command)
