"""Proof reports: what a certificate proves, for people, as HTML, Markdown or LaTeX."""

from __future__ import annotations

from verifier.reports.report import FORMATS, Format, render

__all__ = ["FORMATS", "Format", "render"]
