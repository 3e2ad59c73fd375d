"""Reports as files: which kinds there are, by which ending, and writing one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from verifier.jobs.endings import format_of

if TYPE_CHECKING:
    from verifier.jobs.loading import StrPath
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


def write_report(
    result: Result, path: StrPath, format: str | None = None, *, command: str = ""
) -> None:
    """Write the report on a result, in the format asked for or that of the path's ending.

    ``command`` is the command line that asks for it, if one does. Raises LeafproofError for an
    unknown format, for a path that cannot be written, or where the result has no certificate.
    """
    from verifier.reports.report import render

    kind = chosen_format(path, format)
    made = rendered(lambda words: render(result, format=words, command=command), kind)
    write_whole(path, made)


def write_comparison(
    results: Sequence[tuple[str, Result]],
    path: StrPath,
    format: str | None = None,
    *,
    command: str = "",
) -> None:
    """Write the comparison of several results, each with its label; raises what the report does."""
    from verifier.reports.comparison import render_comparison

    kind = chosen_format(path, format)
    made = rendered(lambda words: render_comparison(results, format=words, command=command), kind)
    write_whole(path, made)


def chosen_format(
    path: StrPath,
    format: str | None,
    option: str = "a format",
    note: Callable[[str], None] = lambda text: None,
) -> Format:
    """The kind of report to write; raises LeafproofError, too where it cannot be written."""
    from verifier.writing.files import check_writable

    check_writable(path)
    return format_of(Path(path), format, SUFFIXES, option, note) or Format.HTML


def write_whole(path: StrPath, data: bytes) -> None:
    """Write a file as a whole or not at all; raises LeafproofError where that is impossible."""
    from verifier.writing.files import write_atomically

    write_atomically(path, data)


def rendered(written: Callable[[Words], str], kind: Format) -> bytes:
    """The report's bytes."""
    if kind is Format.PDF:
        from verifier.reports.pdf import to_pdf

        return to_pdf(written)
    words: Words = "html" if kind is Format.HTML else "md" if kind is Format.MD else "tex"
    return written(words).encode(errors="backslashreplace")  # names of files
