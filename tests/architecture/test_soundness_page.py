"""The first section of docs/soundness.md names every rule, and nothing that is not there."""

from __future__ import annotations

import re
from typing import get_args

from tests.architecture.imports import ROOT
from verifier.model.proof import Step

PAGE = (ROOT / "docs" / "soundness.md").read_text(encoding="utf-8")
TITLE = "## What it rests on, on one page\n"
FIRST = PAGE.split(TITLE)[1].split("\n## ")[0]
ROWS = [[x.strip() for x in line.split(" | ")] for line in FIRST.splitlines() if line[:3] == "| ["]
FOLDERS = ("verifier/kernel", "verifier/second_checker", "verifier/verified/coq", "tests/kernel")
SUFFIXES = (".py", ".py", ".v", ".py")
MOST_WORDS = 950


def anchor(title: str) -> str:
    """How a heading is linked to."""
    plain = re.sub(r"[^\w\s-]", "", title.lower().replace("`", ""))
    return re.sub(r"\s+", "-", plain.strip())


def test_it_is_the_first_section_and_one_page() -> None:
    assert PAGE.index(TITLE) == PAGE.index("\n## ") + 1
    assert len(FIRST.split()) < MOST_WORDS
    assert {len(row) for row in ROWS} == {6}


def test_every_rule_of_the_page_is_in_the_table() -> None:
    rules = [int(x) for x in re.findall(r"^## Rule (\d+):", PAGE, re.MULTILINE)]
    named = [int(x) for x in re.findall(r"^\| \[(\d+)\]", FIRST, re.MULTILINE)]
    assert sorted(set(named)) == rules
    after = PAGE.split("## Rule 11: samples")[1]
    others = re.findall(r"^## (.+)$", after, re.MULTILINE)
    assert others and {f"#{anchor(x)}" for x in others} <= set(re.findall(r"\((#[^)]+)\)", FIRST))


def test_every_step_of_a_proof_is_in_the_table() -> None:
    steps = {kind.__name__ for kind in get_args(Step)}
    assert steps == {x for row in ROWS for x in re.findall(r"`([A-Z]\w+)`", " ".join(row[:2]))}


def test_every_rule_of_the_house_is_in_the_table() -> None:
    """By the kernel's files: of each row of the house's table one at least."""
    house = (ROOT / "docs" / "house.md").read_text(encoding="utf-8")
    table = house.split("### The kernel, rule by rule")[1].split("\n### ")[0]
    rows = re.findall(r"^\| (\d[^|]*|rows[^|]*|ensembles[^|]*|float32) \| (.+) \|$", table, re.M)
    assert len(rows) == 12
    named = {x for row in ROWS for x in re.findall(r"`(\w+)`", row[2])}
    for what, files in rows:
        assert named & set(re.findall(r"`(\w+)`", files)), what


def test_what_it_names_and_links_is_there() -> None:
    headings = {f"#{anchor(x)}" for x in re.findall(r"^##+ (.+)$", PAGE, re.MULTILINE)}
    links = set(re.findall(r"\((#[^)]+)\)", FIRST))
    assert len(links) > 20 and links <= headings
    for row in ROWS:
        for folder, suffix, cell in zip(FOLDERS, SUFFIXES, row[2:], strict=True):
            for name in re.findall(r"`([\w/]+)`", cell):
                under = folder if "/" not in name else folder.split("/", maxsplit=1)[0]
                assert (ROOT / under / f"{name}{suffix}").exists(), (row[0], name)
            assert re.fullmatch(r"(`[\w/]+`( `[\w/]+`)*|-)( \|)?", cell), (row[0], cell)
