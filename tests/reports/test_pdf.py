"""The report as PDF, where a program for it is installed."""

from __future__ import annotations

import shutil

import pytest

from tests.reports import cases
from verifier.model.errors import LeafproofError
from verifier.reports import pdf
from verifier.reports.report import render


def only(monkeypatch, *programs):
    """Let no other programs be found."""
    real = shutil.which
    monkeypatch.setattr(pdf.shutil, "which", lambda p: real(p) if p in programs else None)


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex installed")
def test_latex_makes_the_pdf(bad, monkeypatch):
    only(monkeypatch, "pdflatex")
    assert pdf.to_pdf(lambda kind: render(cases.result(*bad), format=kind)).startswith(b"%PDF")


@pytest.mark.skipif(not any(map(shutil.which, pdf.BROWSERS)), reason="no chromium installed")
def test_a_browser_makes_the_pdf(bad, monkeypatch):
    only(monkeypatch, *pdf.BROWSERS)
    assert pdf.to_pdf(lambda kind: render(cases.result(*bad), format=kind)).startswith(b"%PDF")


def test_without_either_one_line_says_what_to_install(bad, monkeypatch):
    only(monkeypatch)
    with pytest.raises(LeafproofError, match="a PDF needs pdflatex or one of chromium") as caught:
        pdf.to_pdf(lambda kind: render(cases.result(*bad), format=kind))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("program", "message"), [("false", "exit code 1"), ("true", "no PDF")])
def test_a_program_that_fails_is_named(bad, monkeypatch, program, message):
    found = shutil.which(program)
    monkeypatch.setattr(pdf.shutil, "which", lambda p: found if p == "pdflatex" else None)
    with pytest.raises(LeafproofError, match=message):
        pdf.to_pdf(lambda kind: render(cases.result(*bad), format=kind))
