"""Proof reports: what a certificate proves, for people, as HTML, Markdown, LaTeX or PDF."""
