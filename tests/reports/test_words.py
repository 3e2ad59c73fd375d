"""Numbers of ranges and intervals in words: decimals for people, exact where a claim is made."""

from __future__ import annotations

from fractions import Fraction

import pandas as pd
import pytest

import verifier as lp
from verifier.formats.intervals import cut
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.tree import Inner, Leaf, Tree
from verifier.reports.words import allowed, asked, cell_words, number_words, quote, value_words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("3", "3"),
        ("-5/2", "-2.5"),
        ("1/3", "1/3"),
        ("11146409185116161/2251799813685248", "≈ 4.95"),
        ("-11146409185116161/2251799813685248", "≈ −4.95"),
    ],
)
def test_numbers_are_exact_where_short_and_marked_where_rounded(number, words):
    shown = number_words(Fraction(number))
    assert shown == words or (words[0] == "≈" and shown.rstrip("0") == words)


def test_cells_are_rounded_for_people_and_exact_in_claims():
    long = Fraction(11146409185116161, 2251799813685248)
    dose = cut(lp.Domain.continuous("dose", 0, 10).variables[0], [long])
    domain = Domain((dose,))
    upper = full_cell(domain).split(0, range(1))[1]
    assert cell_words(domain, upper).startswith("dose above ≈ 4.95")
    assert cell_words(domain, upper, exact=True) == f"dose above {long}, up to 10"
    assert value_words(dose, 0).startswith("≈ 4.95")


def test_bins_side_by_side_are_one():
    edges = [18, 30, 65]
    frame = {"age": [10, 20, 40, 70, None], "dose": [1.0, 2.0, 3.0, 4.0, 5.0]}
    read = lp.read_frame(pd.DataFrame(frame), bins={"age": edges, "dose": [2, 4]})
    age, dose = read.domain.variables
    said = [allowed(age, mask) for mask in (0b00011, 0b00110, 0b01100, 0b10110, 0b10001, 0b01001)]
    assert said[:3] == ["is at most 30", "is 18 to 65", "is above 30"]
    assert said[3:5] == ["is 18 to 65 or missing", "is at most 18 or missing"]
    assert said[5] == "is at most 18 or above 65"
    many = lp.read_frame(pd.DataFrame({"x": range(100)}), bins=12).domain.variables[0]
    ends = [allowed(many, part).removeprefix("is ") for part in (0b11, 0xFF8)]
    assert allowed(many, 0xFFF ^ 0b100) == f"is {ends[0]} or {ends[1]}"
    assert allowed(many, 0xAAA).count(" or ") == 5 and allowed(many, 0xF0F).count(" or ") == 1
    assert [allowed(age, mask) for mask in (0b01111, 0b10000)] == ["is not missing", "= missing"]
    assert allowed(dose, 0b110) == "is above 2" and allowed(dose, 0b001) == "= at most 2"


def test_a_test_shows_decimals():
    tree = Tree((Inner(3, Fraction("1281.1500000000001"), 1, 2), Leaf(0), Leaf(1)))
    assert asked(tree, lp.Domain.bits(4), 0) == "column 3 ≤ 1,281.15 (rounded)"


def test_quotes_are_told_from_those_inside():
    """A text that holds double quotes stands in single ones; no two texts are shown alike."""
    texts = ["say", 'say "no"', "it's", """it's "no\"""", '"', "'", """\"'""", ""]
    shown = [quote(text) for text in texts]
    assert shown[:4] == ['"say"', """'say "no"'""", '"it\'s"', '"it\'s ⟨U+0022⟩no⟨U+0022⟩"']
    assert len({*shown}) == len(texts)
    assert all(x[0] == x[-1] and x[0] not in x[1:-1] for x in shown)
