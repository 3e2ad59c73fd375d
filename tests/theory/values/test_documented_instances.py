"""The instances that docs/theory.md gives beside its ten answers."""

from __future__ import annotations

import re
import shlex
from fractions import Fraction
from pathlib import Path

import pytest

from theory import catalogue

TEXT = (Path(__file__).parents[3] / "docs" / "theory.md").read_text(encoding="utf-8")
ANSWERS = TEXT.partition("## Ten questions")[2].partition("\n## ")[0]
INSTANCES = re.findall(r"`bounds eval ([^`]+)`\s+=\s+([\d.]*\d)", ANSWERS)


def test_each_of_the_ten_answers_has_an_instance() -> None:
    questions = re.split(r"^ ?\d+\. ", ANSWERS, flags=re.MULTILINE)[1:]
    assert len(questions) == 10
    assert all("`bounds eval " in question for question in questions)


@pytest.mark.parametrize(("command", "shown"), INSTANCES)
def test_the_instance_is_what_is_printed_rounded(command: str, shown: str) -> None:
    name, *given = shlex.split(command)
    found = catalogue[name].evaluate(**dict(part.split("=") for part in given))
    value = Fraction(found.value) if found.integer is None else Fraction(found.integer)
    digits = len(shown.partition(".")[2])
    assert abs(value - Fraction(shown)) <= Fraction(1, 2 * 10**digits)


def test_every_theorem_that_an_answer_names_is_one() -> None:
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", ANSWERS))
    assert len(named) > 30
    assert named <= set(catalogue)
