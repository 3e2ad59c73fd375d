"""The page in a real browser, where chromium is installed."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from importlib import resources

import pytest

from tests.reports import cases
from verifier.reports.report import render

CHROMIUM = next(
    (p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None
)
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium installed")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--enable-logging=stderr",
    "--virtual-time-budget=3000",
]


def browse(tmp_path, text, script, *, anchor="", size="1100,900"):
    """Open the page and run a script whose value comes back as JSON; also the console's errors."""
    probe = f"<script>document.documentElement.dataset.result=JSON.stringify((()=>{{{script}}})())"
    file = tmp_path / "page.html"
    file.write_text(text.replace("</body>", f"{probe}</script></body>"))
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}", f"--window-size={size}"]
    done = subprocess.run(
        [*command, "--dump-dom", f"{file.as_uri()}{anchor}"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    found = re.search(r'data-result="([^"]*)"', done.stdout)
    errors = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    return json.loads(html.unescape(found[1])) if found else None, errors


@pytest.fixture(scope="module")
def page():
    return render(*cases.bad(), format="html", seconds={"check": 0.5})


@needs_browser
def test_a_broken_page_would_be_noticed(tmp_path):
    text = "<!DOCTYPE html><body><script>nonsense()</script></body>"
    _, errors = browse(tmp_path, text, "return 1")
    assert errors


@needs_browser
def test_the_page_opens_without_errors_and_fits(page, tmp_path):
    script = """
      const wide = document.documentElement.scrollWidth - innerWidth;
      return {wide, scripts: document.scripts.length, requests:
        performance.getEntriesByType('resource').length,
        math: document.querySelectorAll('math mfrac').length};
    """
    for size in ("1100,900", "500,900"):
        found, errors = browse(tmp_path, page, script, size=size)
        assert not errors
        assert found["wide"] <= 0
        assert found["requests"] == 0
        assert found["math"] > 2


@needs_browser
def test_a_link_to_a_leaf_opens_its_proof(page, tmp_path):
    found, errors = browse(
        tmp_path,
        page,
        "const leaf = document.getElementById('leaf-5');"
        "return [leaf.open, leaf.innerText, document.getElementById('leaf-3').open]",
        anchor="#leaf-5",
    )
    assert not errors
    assert found[0] is True
    assert "head = square, body is round or octagon" in found[1]
    assert found[2] is False


@needs_browser
def test_the_tree_folds_zooms_and_is_searched(page, tmp_path):
    found, errors = browse(
        tmp_path,
        page,
        """
        const count = () => document.querySelectorAll('.outline details[open]').length;
        const press = (s) => document.querySelector(s).click();
        const width = () => document.querySelector('.drawing svg').getBoundingClientRect().width;
        press('[data-fold=open]'); const unfolded = count();
        press('[data-fold=close]'); const folded = count();
        const before = width(); press('[data-zoom="1.25"]');
        return {all: document.querySelectorAll('.outline details').length, unfolded, folded,
                zoom: width() / before, found: window.find('octagon'), none: window.find('zebra')};
        """,
    )
    assert not errors
    assert found["all"] == found["unfolded"] == 11
    assert found["folded"] == 0
    assert abs(found["zoom"] - 1.25) < 0.01
    assert found["found"] is True
    assert found["none"] is False


@needs_browser
def test_printing_opens_every_leaf_and_closes_it_again(page, tmp_path):
    found, errors = browse(
        tmp_path,
        page,
        """
        const closed = () => document.querySelectorAll('details:not([open])').length;
        const before = closed(); dispatchEvent(new Event('beforeprint')); const during = closed();
        dispatchEvent(new Event('afterprint')); return [before, during, closed()];
        """,
    )
    assert not errors
    assert found[0] > 5
    assert found[1] == 0
    assert found[2] == found[0]


@needs_browser
def test_the_page_prints(page, tmp_path):
    file, out = tmp_path / "page.html", tmp_path / "page.pdf"
    file.write_text(page)
    command = [
        CHROMIUM,
        *FLAGS,
        f"--user-data-dir={tmp_path / 'profile'}",
        "--no-pdf-header-footer",
    ]
    subprocess.run(
        [*command, f"--print-to-pdf={out}", file.as_uri()],
        capture_output=True,
        timeout=120,
        check=True,
    )
    assert out.read_bytes().startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", out.read_bytes())) >= 4


def luminance(colour):
    """Relative luminance of #rrggbb (WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a, b):
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_text_has_enough_contrast_in_light_and_dark():
    css = resources.files("verifier.reports").joinpath("templates/report.css").read_text()
    themes = re.findall(r":root \{(.*?)\}", css, re.DOTALL)[:2]
    names = ("ink", "soft", "link", "proved", "enumerated", "trusted", "tail", "open", "differs")
    for theme in themes:
        colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", theme))
        for ground in ("paper", "wash"):
            for name in (*names, "empty"):
                assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
        assert contrast(colours["ink"], colours["mark"]) >= 4.5
