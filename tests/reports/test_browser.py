"""The page in a real browser: Debian's chromium, where it is installed, driven by Playwright."""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager
from importlib import resources
from itertools import pairwise, product

import pytest

from tests.attacks.test_report_headline import barely
from tests.every import EVERY
from tests.reports import asked, cases
from tests.reports.test_hostile import evil
from tests.reports.test_sampled import sampled
from tests.reports.test_trust import trusted
from verifier.model.domain import bits
from verifier.model.proof import Constant, Enumerated
from verifier.model.tree import Leaf, Tree
from verifier.reports.report import render

CHROMIUM = next(
    (p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None
)
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="chromium is not installed: apt-get install chromium"
)
PATIENCE = 300_000
"""Milliseconds that a step may take: a busy machine is no failure."""
DESKTOP, PHONE = (1280, 900), (390, 844)


@pytest.fixture(scope="module")
def browser():
    # the dev extra has Playwright; its own browsers are not needed
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"], timeout=PATIENCE
        )
        yield running
        running.close()


def thousand():
    """1024 leaves."""
    domain = bits(14)
    tree = cases.full_tree(domain, 10)
    return cases.certified(domain, cases.sum_teacher(14, -7), tree, (Enumerated(),))


def hundred_thousand():
    """131,072 leaves, one of them wrong."""
    domain = bits(40)
    tree = cases.full_tree(domain, 17)
    at = next(i for i, n in enumerate(tree.nodes) if isinstance(n, Leaf) and i > 200_000)
    right = [Leaf(int(i != at)) if isinstance(n, Leaf) else n for i, n in enumerate(tree.nodes)]
    return cases.certified(domain, cases.sum_teacher(40, 0.5), Tree(tuple(right)), (Constant(1),))


PAGES = {
    "inconclusive": barely,
    "sampled": sampled,
    "different": cases.bad,
    "equivalent": cases.good,
    "on trust": lambda: trusted(["z3"]),
    "ranges and a tree": asked.dependent,
    "hostile names": evil,
    "1024 leaves": thousand,
    "131,072 leaves": hundred_thousand,
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """The pages as files, each written when it is first asked for."""
    folder, made = tmp_path_factory.mktemp("pages"), {}

    def file(name):
        if name not in made:
            made[name] = folder / f"{len(made)}.html"
            made[name].write_text(
                render(cases.result(*PAGES[name](), {"check": 0.5}), format="html")
            )
        return made[name]

    return file


@contextmanager
def opened(browser, file, size=DESKTOP, **kwargs):
    """A tab with the file; leaving it fails if the page complained, asked or fetched anything."""
    context = browser.new_context(viewport=dict(zip(("width", "height"), size, strict=True)))
    context.set_default_timeout(PATIENCE)
    tab, trouble = context.new_page(), []
    tab.on("console", lambda message: trouble.append(message.text))
    tab.on("pageerror", lambda error: trouble.append(str(error)))
    tab.on("dialog", lambda dialog: (trouble.append(dialog.message), dialog.dismiss()))
    tab.on("request", lambda request: trouble.append(request.url))
    tab.emulate_media(**kwargs)
    tab.goto(file.as_uri())
    trouble.remove(file.as_uri())
    yield tab
    assert not trouble
    context.close()


@needs_browser
def test_a_broken_page_would_be_noticed(browser, tmp_path):
    file = tmp_path / "broken.html"
    file.write_text("<!DOCTYPE html><body><script>nonsense()</script><img src='x.png'></body>")
    with pytest.raises(AssertionError, match=r"nonsense|x\.png"), opened(browser, file):
        pass


@needs_browser
@pytest.mark.parametrize("name", PAGES)
def test_the_page_opens_without_errors_and_fits(browser, files, name):
    shown = [*product((DESKTOP, PHONE), ("light", "dark"))]
    for size, scheme in shown if EVERY else (shown[0], shown[-1]):
        with opened(browser, files(name), size, color_scheme=scheme) as tab:
            assert tab.evaluate("document.documentElement.scrollWidth") <= size[0]
            assert tab.evaluate("document.querySelectorAll('math mfrac').length") > 2
            wide = tab.evaluate("document.querySelector('.drawing svg').clientWidth")
            box = tab.evaluate("document.querySelector('.drawing').clientWidth")
            assert wide <= box or size == PHONE  # the whole tree is seen
            dark = tab.evaluate("getComputedStyle(document.body).backgroundColor")
            assert (dark == "rgb(255, 255, 255)") == (scheme == "light")


@needs_browser
def test_the_page_of_a_question_opens_and_fits(browser, tmp_path):
    file = tmp_path / "question.html"
    file.write_text(render(cases.result(*asked.copies(), {"check": 0.5}), format="html"))
    for size in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            with opened(browser, file, size, color_scheme=scheme) as tab:
                assert tab.evaluate("document.documentElement.scrollWidth") <= size[0]
                assert tab.evaluate("document.querySelectorAll('.drawing').length") == 0
                assert "the classes of a and b differ" in tab.inner_text("h1 + *, header")
                for link in tab.query_selector_all("nav a"):
                    target = link.get_attribute("href")
                    assert tab.query_selector(target).is_visible()


@needs_browser
def test_the_tree_folds(browser, files):
    with opened(browser, files("different")) as tab:
        octagon = tab.locator("#leaf-3 > summary")
        assert octagon.is_visible()
        tab.locator("#node-0 > summary").click()
        assert not octagon.is_visible()
        tab.locator("#node-0 > summary").press("Enter")
        assert octagon.is_visible()
        tab.get_by_role("button", name="fold all", exact=True).click()
        assert tab.locator(".outline details[open]").count() == 0
        tab.get_by_role("button", name="unfold all").click()
        assert tab.locator(".outline details:not([open])").count() == 0


@needs_browser
def test_the_drawing_folds_and_zooms(browser, files):
    with opened(browser, files("different")) as tab:
        test, leaf = tab.locator('svg a[href="#node-1"]'), tab.locator('svg a[href="#leaf-3"]')
        assert leaf.is_visible()
        test.click()
        assert not leaf.is_visible()
        assert test.get_attribute("aria-expanded") == "false"
        assert tab.locator('svg a[href="#leaf-10"]').is_visible()
        assert not tab.locator("#leaf-3 > summary").is_visible()  # the outline folds with it
        test.focus()
        tab.keyboard.press("Space")
        assert leaf.is_visible()
        before = tab.locator(".drawing svg").bounding_box()["width"]
        tab.get_by_role("button", name="larger").click()
        after = tab.locator(".drawing svg").bounding_box()["width"]
        assert abs(after / before - 1.25) < 0.01


@needs_browser
@pytest.mark.parametrize("how", ["click", "keyboard"])
def test_a_leaf_opens_its_proof(browser, files, how):
    with opened(browser, files("different")) as tab:
        proof = tab.locator("#leaf-5 .inside")
        assert not proof.is_visible()
        tab.get_by_role("button", name="fold all", exact=True).click()
        leaf = tab.locator('svg a[href="#leaf-5"]')
        for _ in range(2):  # again after it was folded by hand
            if how == "click":
                leaf.click()
            else:
                leaf.focus()
                tab.keyboard.press("Enter")
            proof.wait_for(state="visible")
            tab.locator("#leaf-5 > summary").click()
            assert not proof.is_visible()
        tab.locator("#leaf-5 > summary").click()
        rows = dict(
            zip(
                proof.locator("dt").all_inner_texts(),
                proof.locator("dd").all_inner_texts(),
                strict=True,
            )
        )
        assert rows["cell"] == "head = square, body is round or octagon, jacket is not red"
        assert rows["proof step"].startswith("Constant (1 cell): one class by a bound")
        assert rows["margin proved"].startswith("at least 0.")
        assert rows["points"].startswith("72, probability 0.1667 (1/6)")
        assert rows["float32"] == "shown: the same class under every float32 evaluation"
        assert not tab.locator("#leaf-6 .inside").is_visible()


@needs_browser
def test_text_search_finds_a_variable_in_what_is_folded(browser, files):
    find = "(text) => window.find(text, false, false, true)"
    with opened(browser, files("different")) as tab:
        tab.get_by_role("button", name="fold all", exact=True).click()
        assert not tab.locator("#leaf-5").is_visible()
        assert tab.evaluate(find, "body is round or octagon")
        tab.get_by_role("button", name="unfold all").click()
        assert tab.evaluate(find, "body is round or octagon")
        at = "getSelection().anchorNode.parentElement.closest('.leaf').id"
        assert tab.evaluate(at) == "leaf-5"
        assert not tab.evaluate(find, "zebra")


@needs_browser
@pytest.mark.parametrize("name", ["different", "1024 leaves"])
def test_the_print_view_contains_every_leaf(browser, files, name):
    leaves = len(PAGES[name]()[1].leaves)
    shown = """() => [...document.querySelectorAll('.leaf .inside')].filter(
        (e) => e.checkVisibility({contentVisibilityAuto: true}) && e.offsetHeight > 0).length"""
    with opened(browser, files(name)) as tab:
        assert tab.evaluate(shown) == 0
        tab.emulate_media(media="print")
        tab.wait_for_function(f"({shown})() === {leaves}")
        printed = tab.pdf(format="A4")
        assert printed.startswith(b"%PDF")
        assert len(re.findall(rb"/Type\s*/Page\b", printed)) >= leaves // 10
        closed = tab.locator("details:not([open])").count()
        tab.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert tab.locator("details:not([open])").count() == 0
        tab.evaluate("dispatchEvent(new Event('afterprint'))")
        assert tab.locator("details:not([open])").count() == closed


@needs_browser
def test_a_huge_tree_is_drawn_in_summary(browser, files):
    with opened(browser, files("131,072 leaves")) as tab:
        assert tab.locator(".drawing svg a").count() < 500
        assert tab.locator(".outline .leaf").count() <= 1500
        assert tab.locator(".outline .s-differs.leaf").count() == 1
        assert "summarised by subtree" in tab.locator("#tree").inner_text()


@needs_browser
def test_the_page_can_be_used_without_sight_or_mouse(browser, files):
    """Everything that can be used has a name, headings do not skip, the first stop skips ahead."""
    nameless = """() => [...document.querySelectorAll('a, button, summary, [tabindex]')].filter(
        (e) => !(e.getAttribute('aria-label') || e.textContent).trim()).map((e) => e.outerHTML)"""
    with opened(browser, files("different")) as tab:
        assert tab.evaluate(nameless) == []
        levels = tab.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4')].map((e) => +e.tagName[1])"
        )
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(b <= a + 1 for a, b in pairwise(levels))
        assert tab.evaluate("document.documentElement.lang") == "en"
        assert tab.locator("main").count() == tab.locator("header").count() == 1
        for section in tab.locator("main section").all():
            assert tab.locator(f"#{section.get_attribute('aria-labelledby')}").inner_text()
        assert tab.locator("table").count() > tab.locator("table.small").count() > 0
        assert tab.locator("table:not(.small):not(:has(caption))").count() == 0
        tab.keyboard.press("Tab")
        assert tab.evaluate("document.activeElement.className") == "skip"


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
    names = ("ink", "soft", "link", "proved", "enumerated", "trusted", "tail", "open", "sampled")
    for theme in themes:
        colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6})", theme))
        for ground in ("paper", "wash"):
            for name in (*names, "differs", "empty"):
                assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
        assert contrast(colours["ink"], colours["mark"]) >= 4.5
