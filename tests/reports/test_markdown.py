"""The Markdown report as a parser reads it."""

from __future__ import annotations

import pytest
from markdown_it import MarkdownIt

from tests.reports import cases
from tests.reports.test_hostile import EVIL, evil
from tests.reports.test_trust import trusted
from verifier.reports.report import compose, render
from verifier.reports.words import name


def parsed(text):
    """All tokens, inline ones included; HTML and links are looked for."""
    tokens = MarkdownIt("commonmark", {"linkify": False}).enable("table").parse(text)
    return [t for token in tokens for t in (token, *(token.children or ()))]


@pytest.mark.parametrize("make", [cases.good, cases.bad, evil, lambda: trusted(["z3"])])
def test_no_name_becomes_markup(make):
    made = make()
    tokens = parsed(render(cases.result(*made), format="md"))
    kinds = {t.type for t in tokens}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "code_inline"}
    titles = [t.content for t, u in zip(tokens[1:], tokens, strict=False) if u.tag == "h2"]
    assert [t for t in titles if t] == [s.title for s in compose(*made, {}).sections]


def test_every_table_row_has_as_many_cells_as_its_head():
    tokens = parsed(render(cases.result(*evil()), format="md"))
    tables = [i for i, t in enumerate(tokens) if t.type == "table_open"]
    assert len(tables) >= 6
    text = render(cases.result(*evil()), format="md")
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.rstrip().endswith("|")


def test_hostile_names_read_as_they_are():
    tokens = parsed(render(cases.result(*evil()), format="md"))
    shown = {"".join(c.content for c in t.children) for t in tokens if t.type == "inline"}
    for text in EVIL:
        assert name(text) in shown
