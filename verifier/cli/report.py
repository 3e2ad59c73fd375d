"""``leafproof report``: write the proof report of a certificate, or compare several."""

from __future__ import annotations

import time
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from verifier.cli import common
from verifier.errors import LeafproofError

if TYPE_CHECKING:
    from verifier.reports.comparison import Entry


class Format(StrEnum):
    """Kinds of report."""

    HTML = "html"
    MD = "md"
    TEX = "tex"
    PDF = "pdf"


def report(
    certificates: Annotated[
        list[Path], typer.Argument(help="a certificate, or several to compare", show_default=False)
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="the file to write")],
    format: Annotated[
        Format | None, typer.Option(help="default: by the file's ending, else html")
    ] = None,
    no_trust: common.NoTrust = False,
) -> None:
    """Check a certificate and write its proof report; an invalid one gets no report (exit 1).

    Examples: leafproof report net.certificate -o net.html;
    leafproof report small.certificate large.certificate -o comparison.md
    """
    from verifier.formats.files import check_writable, write_atomically

    check_writable(output)
    suffix = output.suffix.lower().lstrip(".")
    kind = format or next((f for f in Format if f == suffix), Format.HTML)
    if len(certificates) == 1:
        data = one(certificates[0], kind, trust=not no_trust)
    else:
        data = several(certificates, kind, trust=not no_trust)
    write_atomically(output, data)
    common.say(f"report written to {output}", markup=False)


def one(path: Path, kind: Format, *, trust: bool) -> bytes:
    """The report of one certificate."""
    from verifier.certificate import archive
    from verifier.reports.report import render

    start = time.perf_counter()
    held = archive.read(path)
    loaded = time.perf_counter()
    verdict = archive.check(held, trust=trust)
    seconds = {"load": loaded - start, "check": time.perf_counter() - loaded}
    if kind is Format.PDF:
        from verifier.reports.pdf import render_pdf

        return render_pdf(held, verdict, seconds=seconds)
    return render(held, verdict, format=words(kind), seconds=seconds).encode()


def words(kind: Format) -> Literal["html", "md", "tex"]:
    """The kinds that are text."""
    return "html" if kind is Format.HTML else "md" if kind is Format.MD else "tex"


def several(paths: list[Path], kind: Format, *, trust: bool) -> bytes:
    """The comparison of several certificates."""
    from verifier.reports.comparison import render_comparison

    if kind is Format.PDF:
        raise LeafproofError("a comparison is written as html, md or tex: choose one with --format")
    return render_comparison(
        [entry(path, trust=trust) for path in paths], format=words(kind)
    ).encode()


def entry(path: Path, *, trust: bool) -> Entry:
    """A checked certificate, named after its file."""
    from verifier.certificate import archive
    from verifier.reports.comparison import Entry

    held = archive.read(path)
    return Entry(path.name, held, archive.check(held, trust=trust))
