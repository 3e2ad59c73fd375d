"""Ranges, impossible combinations and leaves with weights, on everything that people read."""

from __future__ import annotations

import json
from fractions import Fraction

import pytest

import verifier as lp
from tests.reports import asked
from tests.reports.pages import Page, balanced_tex, in_order
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.origin import FILE
from verifier.reports import domain_statement, domain_words, given_words, summary, variable_words
from verifier.reports.blocks import Fold, Table
from verifier.reports.in_toto import in_toto
from verifier.reports.notebook import html
from verifier.reports.report import FORMATS, compose
from verifier.reports.verdict_words import domain_words as size_words
from verifier.reports.words import allowed, cell_words
from verifier.reports.writer import write

AGE = lp.Domain.range("age", 18, 90).variables[0]
COLOUR = lp.Domain.one_hot("colour", ["red", "green"])


def test_a_range_is_said_in_few_words():
    assert variable_words.range_words(AGE) == "18 to 90, step 1"
    assert allowed(AGE, range(23)) == "from 18 to 40"
    assert allowed(AGE, range(3, 4)) == "= 21"
    dose = lp.Domain.range("dose", "1/10", 2, "1/10").variables[0]
    assert variable_words.range_words(dose) == "0.1 to 2, step 0.1"
    one = lp.Domain.range("one", 5, 5).variables[0]
    assert variable_words.range_words(one) == "5"


def test_a_domain_names_its_ranges_and_what_is_impossible():
    plain = lp.Domain.product(Domain((AGE,)), COLOUR)
    assert domain_words.described(plain, FILE) == (
        "2 variables, from a domain file; 146 points: age (18 to 90, step 1), "
        "colour (red = 1 0, green = 0 1)"
    )
    cut = plain.without({"colour": "red", "age": (18, 20)})
    assert domain_words.clause(cut, FILE) == (
        "2 variables with 3 of 146 combinations impossible, from a domain file"
    )
    assert size_words(cut) == (
        "2 variables, 143 points: the possible ones of 146 = 2 · 73 combinations of values"
    )
    assert dict(given_words.lines(cut)) == {
        "impossible": "age from 18 to 20, colour = red",
        "distribution": "uniform: every possible point has the same probability",
    }


def test_probabilities_by_range():
    halves = lp.Domain.range("age", 18, 90, probabilities=[[18, 40, "1/2"], [41, 90, "1/2"]])
    assert variable_words.listed_chances(halves.variables[0], 8) == "18 to 40: 1/2, 41 to 90: 1/2"
    assert variable_words.listed_chances(AGE, 8) == "1/73 each"
    said = domain_statement.paragraph(halves)
    assert "(the numbers 18 to 90, step 1; 18 to 40 together: 1/2 (0.5) and 41 to 90" in said
    assert "every value of the one variable" in said


def test_uniform_and_conditioned_are_told_apart():
    plain = lp.Domain.product(bits(2), lp.Domain.one_hot("c", ["a", "b"], ["1/3", "2/3"]))
    cut = plain.without({"x0": 1, "x1": 1})
    assert not given_words.is_uniform(cut) and given_words.is_conditioned(cut)
    assert "given that the combination is possible" in domain_statement.paragraph(cut)
    even = bits(2).without({"x0": 1, "x1": 1})
    assert given_words.is_uniform(even)
    assert "Every input has the same probability, 1/3 (about 0.3333)." in (
        domain_statement.paragraph(even)
    )
    tree = {
        "variable": "x0",
        "values": ["0"],
        "left": {"weight": "1/4"},
        "right": {"weight": "3/4"},
    }
    leaves = bits(2).depending(tree)
    assert not given_words.is_uniform(leaves) and not given_words.is_conditioned(leaves)
    assert domain_words.clause(leaves, None) == (
        "2 variables that depend on each other (2 leaves), from where is not recorded"
    )
    assert "(1) x0 = 0: 1/4 (0.25); (2) x0 = 1: 3/4 (0.75)" in domain_statement.paragraph(leaves)
    lone = bits(2).depending({"weight": "1"})
    assert domain_words.clause(lone, None) == "2 variables, from where is not recorded"
    assert dict(given_words.lines(plain)) == {"distribution": given_words.AS_GIVEN}
    assert dict(given_words.lines(bits(2))) == {}


def test_the_likeliest_and_the_least_likely_point():
    for domain in (
        bits(3).without({"x0": 1, "x1": 1}),
        asked.TWINS,
        asked.PEOPLE,
        asked.dependent()[0].domain,
    ):
        every = [
            domain.probability(p)
            for part, _ in domain.parts(full_cell(domain))
            for p in part.points()
        ]
        assert given_words.likeliest(domain) == max(every)
        assert given_words.least_likely(domain) == min(p for p in every if p)


def test_cells_of_ranges_are_said_as_ranges():
    cell = full_cell(asked.PEOPLE).split(0, 22)[0]
    assert cell_words(asked.PEOPLE, cell) == "age from 18 to 40"
    assert cell_words(asked.PEOPLE, full_cell(asked.PEOPLE)) == "everything"


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("make", [asked.impossible, asked.dependent, asked.long_range])
def test_every_page_is_made(make, format):
    text = write(compose(*make(), {"load": 0.125}), format)
    assert "step 1" in text
    if format == "tex":
        balanced_tex(text)


def test_a_large_tree_of_the_domain_is_folded():
    cut = bits(12)
    for i in range(0, 12, 2):
        cut = cut.without({f"x{i}": 1, f"x{i + 1}": 1})
    (fold,) = given_words.blocks(cut)
    assert isinstance(fold, Fold) and fold.summary == "The domain's tree, leaf by leaf"
    (table,) = given_words.blocks(bits(2).without({"x0": 1, "x1": 1}))
    assert isinstance(table, Table) and table.caption == fold.summary


def test_the_page_shows_the_tree_of_the_domain():
    shown = Page(write(compose(*asked.dependent(), {"load": 0.125}), "html"))
    in_order(
        shown.words,
        [
            "differ at 12 of the 76 points",
            "the possible ones of 146",
            "The domain's tree, leaf by leaf",
            "age from 18 to 20 6 0.25 (1/4) group A: 1/3, B: 2/3",
            "age from 21 to 90, group = A 70 impossible no point of the domain",
            "age from 21 to 90, group = B 70 0.75 (3/4) as their variables say",
            "age 73 18 to 90, step 1",
            "leaf 1, class 0: enumerated, 26 points",
            "from 18 to 40 ◆ class 0, enumerated 26 points",
        ],
    )


def test_counts_in_leaves_are_those_of_possible_points():
    c, v = asked.impossible()
    words = Page(write(compose(c, v, {}), "html")).words
    assert "23 points" in words  # at most 40: group B alone
    assert v.domain_size == c.domain.size == 123


def test_json_says_the_range_and_the_size_of_the_tree():
    found = domain_words.as_json(asked.TWINS, FILE)
    assert found["kind"] == "tree"
    assert found["first"][0] == {"name": "age", "from": "18", "to": "90", "step": "1", "count": 73}
    assert found["tree"] == {
        "leaves": 2,
        "impossible_leaves": 2,
        "combinations": 292,
        "impossible": 146,
    }
    assert "tree" not in domain_words.as_json(bits(3), None)
    said = json.loads(in_toto(*asked.dependent()))["predicate"]["semantics"]
    assert said["distribution"] == "by the leaves of the domain's tree"


def test_numbers_that_float32_merges_are_warned_about():
    (found,) = domain_words.warnings(lp.Domain.range("far", 0, 2**30))
    assert '"far": the encodings of' in found and "rounded to float32" in found
    assert domain_words.warnings(lp.Domain.range("near", 0, 2**24)) == ()


def test_an_unlikely_range_is_warned_about():
    domain = lp.Domain.range("n", 0, 9, probabilities=[[0, 0, "0.95"], [1, 5, "0.05"], [6, 9, 0]])
    found = domain_words.warnings(domain)
    assert found[0] == 'variable "n": 4 values of probability 0, where errors weigh nothing'
    assert 'the value "0" alone has probability 0.95 (19/20)' in found[1]


def test_a_domain_shows_itself_in_a_notebook():
    shown = html(asked.TWINS)
    assert "18 to 90, step 1" in shown
    assert "impossible: group = A, other = A; group = B, other = B" in shown


def test_lines_of_the_command():
    lines = dict(summary.lines(*asked.dependent(), {}))
    assert lines["impossible"] == "age from 21 to 90, group = A"
    assert lines["distribution"].startswith("by the domain's tree: age from 18 to 20: 0.25 (1/4); ")
    assert lines["error"] == "0.1286 (9/70)"


def test_many_leaves_are_cut_short():
    domain = bits(6).without(*({f"x{i}": 1, f"x{i + 1}": 1} for i in range(5)))
    said = dict(given_words.lines(domain))["impossible"]
    assert said.count(";") == given_words.MOST_LISTED and said.endswith("more")
    assert domain.size == 21
    assert given_words.is_uniform(domain)
    assert domain.probability((0,) * 6) == Fraction(1, 21)
