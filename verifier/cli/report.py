"""``leafproof report``: write the proof report of a certificate."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from verifier.cli import common


class Format(StrEnum):
    """Kinds of report."""

    HTML = "html"
    MD = "md"
    TEX = "tex"


def report(
    certificate: Annotated[Path, typer.Argument(help="the certificate", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", help="the file to write")],
    format: Annotated[
        Format | None, typer.Option(help="default: by the file's ending, else html")
    ] = None,
    no_trust: common.NoTrust = False,
) -> None:
    """Check a certificate and write its proof report; an invalid one gets no report (exit 1).

    Examples: leafproof report net.certificate -o net.html;
    leafproof report net.certificate --format tex -o appendix.tex
    """
    from verifier.certificate import archive
    from verifier.formats.files import check_writable, write_atomically
    from verifier.reports.report import render

    check_writable(output)
    start = time.perf_counter()
    held = archive.read(certificate)
    loaded = time.perf_counter()
    verdict = archive.check(held, trust=not no_trust)
    seconds = {"load": loaded - start, "check": time.perf_counter() - loaded}
    suffix = output.suffix.lower().lstrip(".")
    kind = format or (Format(suffix) if suffix in ("html", "md", "tex") else Format.HTML)
    text = render(held, verdict, format=kind.value, seconds=seconds)
    write_atomically(output, text.encode())
    common.say(f"report written to {output}", markup=False)
