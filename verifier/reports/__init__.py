"""Proof reports: what a certificate proves, for people, as HTML, Markdown or LaTeX."""

from __future__ import annotations

from verifier.reports.comparison import Entry, render_comparison
from verifier.reports.report import FORMATS, Format, render

__all__ = ["FORMATS", "Entry", "Format", "render", "render_comparison"]
