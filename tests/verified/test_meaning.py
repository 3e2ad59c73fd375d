"""docs/meaning.md and Semantics.v say the same things: each names what the other defines."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from tests.docs_blocks import ROOT

PAGE = (ROOT / "docs" / "meaning.md").read_text()
COQ = ROOT / "verifier" / "verified" / "coq"
SEMANTICS = COQ / "Semantics.v"
SOUNDNESS = (ROOT / "docs" / "soundness.md").read_text()
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
    *(
        "variable",
        "categorical",
        "ordinal",
        "continuous",
        "pieces",
        "selection",
        "tuple",
        "domain",
        "distribution",
        "product",
    ),
    *("domain tree", "impossible", "point", "weight", "model", "network", "tree", "class"),
    *("logits", "question", "answer", "witness", "cell", "Step", "Tail"),
    *("nowhere", "somewhere", "undecided", "equivalent", "different"),
}


def test_the_words_are_explained():
    """Each is set in italics where it is said what it means."""
    italic = {word.lower() for word in re.findall(r"\*(\w[^*\n]*)\*", PAGE)}
    assert {word.lower() for word in WORDS} <= italic
    assert len(PAGE.split()) < 1600, "one page"


def test_the_theorems_that_are_promised_are_in_main():
    """By name; and what each of them rests on is printed when it is built."""
    main = (COQ / "Main.v").read_text()
    promised = SOUNDNESS.partition("## What is a theorem")[2].partition("\n## ")[0]
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", promised))
    assert len(named) >= 3
    for name in named:
        assert re.search(rf"^Theorem {name}\b", main, re.MULTILINE), name
    assert "Print Assumptions stated_is_true." in main


def test_no_proof_is_left_out():
    """Nothing is admitted, assumed, or taken from classical logic or the real numbers."""
    for path in COQ.glob("*.v"):
        text = re.sub(r"\(\*.*?\*\)", "", path.read_text(), flags=re.DOTALL)
        words = set(re.findall(r"[A-Za-z_]+", text))
        taboo = {
            "Admitted",
            "admit",
            "Axiom",
            "Parameter",
            "Conjecture",
            "Reals",
            "Classical",
            "Guard",
        }
        assert not words & taboo, (path.name, words & taboo)
