"""MkDocs hooks: the theory's catalogue as pages, and a page where nothing was measured yet."""

from __future__ import annotations

from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from theory_pages import pages

UNMEASURED = """\
# Performance

`make bench` measures Leafproof on your machine and writes this page. It was not run in the checkout
from which this site was made.
"""


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Append the catalogue's pages to the navigation's last section."""
    ((_, section),) = config.nav[-1].items()
    section += [{page.title: page.path} for page in pages()]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made here."""
    for page in pages():
        files.append(File.generated(config, page.path, content=page.text))
    if not Path(config.docs_dir, "performance.md").exists():
        files.append(File.generated(config, "performance.md", content=UNMEASURED))
    return files
