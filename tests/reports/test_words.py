"""Numbers of ranges and intervals in words: decimals for people, exact where a claim is made."""

from __future__ import annotations

from fractions import Fraction

import pytest

import verifier as lp
from verifier.formats.intervals import cut
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.reports.words import cell_words, number_words, quote, value_words


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


def test_quotes_are_told_from_those_inside():
    """A text that holds double quotes stands in single ones; no two texts are shown alike."""
    texts = ["say", 'say "no"', "it's", """it's "no\"""", '"', "'", """\"'""", ""]
    shown = [quote(text) for text in texts]
    assert shown[:4] == ['"say"', """'say "no"'""", '"it\'s"', '"it\'s ⟨U+0022⟩no⟨U+0022⟩"']
    assert len({*shown}) == len(texts)
    assert all(x[0] == x[-1] and x[0] not in x[1:-1] for x in shown)
