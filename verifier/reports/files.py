"""Reports as files: which kinds there are, by which ending, and writing one."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from verifier.model.errors import LeafproofError

if TYPE_CHECKING:
    from verifier.jobs.result import Result

Words = Literal["html", "md", "tex"]


class Format(StrEnum):
    """Kinds of report."""

    HTML = "html"
    MD = "md"
    TEX = "tex"
    PDF = "pdf"


SUFFIXES = {
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".md": Format.MD,
    ".markdown": Format.MD,
    ".tex": Format.TEX,
    ".pdf": Format.PDF,
}
"""The format that a file's ending stands for."""


def write_report(result: Result, path: Path, format: str | None = None) -> None:
    """Write the report on a result, in the format asked for or that of the path's ending.

    Raises LeafproofError for an unknown format, or where the result has no certificate.
    """
    from verifier.reports.report import render
    from verifier.writing.files import check_writable, write_atomically

    kind = asked_format(path, format)
    check_writable(path)
    write_atomically(path, rendered(lambda words: render(result, format=words), kind))


def asked_format(path: Path, format: str | None) -> Format:
    """The kind of report that is asked for; raises LeafproofError where there is no such kind."""
    kinds = ", ".join(Format)
    if format is None:
        found = SUFFIXES.get(path.suffix.lower())
        if found is None:
            raise LeafproofError(
                f'the name "{path}" does not say what to write: end it with '
                f"{', '.join(SUFFIXES)}, or give a format ({kinds})"
            )
        return found
    if format not in set(Format):
        raise LeafproofError(f'there is no report of format "{format}": give one of {kinds}')
    return Format(format)


def rendered(written: Callable[[Words], str], kind: Format) -> bytes:
    """The report's bytes."""
    if kind is Format.PDF:
        from verifier.reports.pdf import to_pdf

        return to_pdf(written)
    words: Words = "html" if kind is Format.HTML else "md" if kind is Format.MD else "tex"
    return written(words).encode(errors="backslashreplace")  # names of files
