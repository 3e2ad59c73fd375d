"""The documentation as a site: it builds, holds every theorem, and loads nothing from elsewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

from tests.docs_blocks import ROOT
from theory import catalogue
from theory.axioms import AXIOMS

LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "link": "href"}
"""Elements that have a browser load something, and the attribute that says what."""


class Reader(HTMLParser):
    """What a page loads, and the identifiers in it."""

    def __init__(self):
        super().__init__()
        self.loads, self.ids, self.formulas = [], set(), 0

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag in LOADED and found.get(LOADED[tag]):
            self.loads.append(found[LOADED[tag]])
        if found.get("id"):
            self.ids.add(found["id"])
        self.formulas += tag == "math"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Every page of the site, built as `make docs` does, and read."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    read = {}
    for path in folder.rglob("*.html"):
        reader = Reader()
        reader.feed(path.read_text())
        read[path.relative_to(folder).as_posix()] = reader
    return folder, read


def test_nothing_is_loaded_from_elsewhere(site):
    folder, read = site
    loads = [x for page in read.values() for x in page.loads]
    assert loads and not [x for x in loads if re.match(r"([a-z]+:)?//", x)]
    styles = "".join(path.read_text() for path in folder.rglob("*.css"))
    assert "@import" not in styles and not re.search(r"url\(['\"]?(https?:)?//", styles)


def test_every_theorem_and_axiom_is_there(site):
    _, read = site
    theorems = {x for path, page in read.items() if "catalogue/" in path for x in page.ids}
    assert set(catalogue) <= theorems
    assert set(AXIOMS) <= read["catalogue/axioms.html"].ids
    formulas = sum(page.formulas for page in read.values())
    assert formulas >= sum(1 + len(t.steps) for t in catalogue.values())


def test_search_works_from_disk(site):
    folder, read = site
    assert (folder / "search" / "search_index.js").read_text().startswith("var __index = {")
    assert "assets/iframe-worker.js" in read["index.html"].loads
