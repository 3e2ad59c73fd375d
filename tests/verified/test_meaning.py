"""docs/meaning.md and Semantics.v say the same things: each names what the other defines."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from tests.docs_blocks import ROOT

PAGE = (ROOT / "docs" / "meaning.md").read_text()
SEMANTICS = ROOT / "verifier" / "verified" / "coq" / "Semantics.v"
DEFINED = re.compile(
    r"^(?:Definition|Fixpoint|Inductive|Record)\s+(\w+)|^with\s+(\w+)", re.MULTILINE
)
LINES = {"coq": "*Semantics.v:*", "python": "*verifier/model:*"}


def named(kind):
    """The names in the paragraphs of the page that list them."""
    paragraphs = [p for p in PAGE.split("\n\n") if p.startswith(LINES[kind])]
    assert len(paragraphs) >= 4
    return [name for p in paragraphs for name in re.findall(r"`([\w.]+)`", p)]


def test_the_page_names_what_the_coq_file_defines():
    defined = [a or b for a, b in DEFINED.findall(SEMANTICS.read_text())]
    assert sorted(named("coq")) == sorted(defined)


@pytest.mark.parametrize("name", named("python"))
def test_the_python_nouns_exist(name):
    module, _, noun = name.partition(".")
    assert hasattr(import_module(f"verifier.model.{module}"), noun)


WORDS = {
    *("variable", "categorical", "ordinal", "tuple", "domain", "distribution", "product"),
    *("domain tree", "impossible", "point", "weight", "model", "network", "tree", "class"),
    *("logits", "question", "answer", "witness", "cell", "Step", "Tail"),
    *("nowhere", "somewhere", "undecided", "equivalent", "different"),
}


def test_the_words_are_explained():
    """Each is set in italics where it is said what it means."""
    italic = {word.lower() for word in re.findall(r"\*(\w[^*\n]*)\*", PAGE)}
    assert {word.lower() for word in WORDS} <= italic
    assert len(PAGE.split()) < 1400, "one page"
