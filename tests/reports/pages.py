"""Reading reports back: the structure of a page and of a LaTeX text."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from tests.reports import cases
from verifier.reports.report import render

SECONDS = {"load": 0.125, "prove": 2.5}


VOID = {"meta", "link", "br"}


class Page(HTMLParser):
    """The structure of a page; fails on unbalanced tags."""

    def __init__(self, text):
        super().__init__()
        self.stack, self.ids, self.targets, self.text, self.tags = [], [], [], [], []
        self.feed(text)
        self.close()
        assert not self.stack

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        if "id" in found:
            self.ids.append(found["id"])
        if found.get("href", "").startswith("#"):
            self.targets.append(found["href"][1:])
        if tag not in VOID and not self.get_starttag_text().endswith("/>"):
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if not self.stack or self.stack[-1] not in ("style", "script"):
            self.text.append(data)

    @property
    def words(self):
        return " ".join(" ".join(self.text).split())


def page(made, **kwargs):
    return Page(render(cases.result(*made, SECONDS), format="html", **kwargs))


def in_order(text, parts):
    at = -1
    for part in parts:
        at = text.find(part, at + 1)
        assert at >= 0, f"{part!r} is missing or out of order"


def balanced_tex(text):
    """Whether braces and environments of a LaTeX text balance."""

    plain = re.sub(r"\\[\\{}$&#%_]", "", text)
    assert plain.count("{") == plain.count("}")
    assert plain.count("$") % 2 == 0
    stack = []
    for kind, env in re.findall(r"\\(begin|end)\{([a-z*]+)\}", plain):
        if kind == "begin":
            stack.append(env)
        else:
            assert stack.pop() == env
    assert not stack
