"""The report as PDF, by a program that is already installed: pdfLaTeX, or else Chromium."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from verifier.model.errors import LeafproofError
from verifier.reports.report import Format

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PATIENCE = 300
"""Seconds that a program may take."""
BROWSER_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
)


class PdfError(LeafproofError):
    """No program can make the PDF, or the one that there is failed."""


def to_pdf(written: Callable[[Format], str]) -> bytes:
    """The report as PDF. PdfError where no program for it is installed, or it fails.

    ``written`` gives the report in a format.
    """
    if latex := shutil.which("pdflatex"):
        return _by_latex(latex, written("tex"))
    if browser := next(filter(None, map(shutil.which, BROWSERS)), None):
        return _by_browser(browser, written("html"))
    raise PdfError(
        f"a PDF needs pdflatex or one of {', '.join(BROWSERS)}: install one, or write html, md or "
        "tex instead"
    )


def _by_latex(program: str, text: str) -> bytes:
    """Two runs, for the widths of the tables; the text cannot start programs."""
    with tempfile.TemporaryDirectory(prefix="leafproof.") as folder:
        Path(folder, "report.tex").write_text(text, encoding="utf-8")
        flags = ("-no-shell-escape", "-interaction=nonstopmode", "-halt-on-error")
        for _ in range(2):
            _run([program, *flags, "report.tex"], folder)
        return _result(Path(folder, "report.pdf"), program)


def _by_browser(program: str, text: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="leafproof.") as folder:
        page, out = Path(folder, "report.html"), Path(folder, "report.pdf")
        page.write_text(text, encoding="utf-8")
        profile = f"--user-data-dir={folder}/profile"
        _run([program, *BROWSER_FLAGS, profile, f"--print-to-pdf={out}", page.as_uri()], folder)
        return _result(out, program)


def _run(command: Sequence[str], folder: str) -> None:
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, timeout=PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise PdfError(
            f"{command[0]} did not make the PDF ({type(problem).__name__}): write html instead"
        ) from None
    if done.returncode:
        raise PdfError(
            f"{command[0]} ended with exit code {done.returncode} and made no PDF: "
            "write html or tex instead"
        )


def _result(file: Path, program: str) -> bytes:
    if not file.exists():
        raise PdfError(f"{program} made no PDF: write html or tex instead")
    return file.read_bytes()
