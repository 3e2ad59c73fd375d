"""Formulas as people write them."""

from __future__ import annotations

import pytest

from verifier.formats.formula_classes import nameless, numbered
from verifier.formats.formula_text import is_formula, parse_formula
from verifier.formats.json_files import read_question
from verifier.model.errors import QuestionError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("class(f)=1", {"class": ["f", 1]}),
        ("class(f) != 2", {"not": {"class": ["f", 2]}}),
        ('class(f) = "so so"', {"class": ["f", "so so"]}),
        ("class('my f') = 'so \"so\"'", {"class": ["my f", 'so "so"']}),
        ('class(f) = "it\'s"', {"class": ["f", "it's"]}),
        ("same(a, b)", {"same": ["a", "b"]}),
        ('not same("my net", b-2)', {"not": {"same": ["my net", "b-2"]}}),
        (
            "class(f) = 1 and class(g) == 0",
            {"all": [{"class": ["f", 1]}, {"class": ["g", 0]}]},
        ),
        (
            "CLASS(a)=0 or class(b)=1 and NOT same(a,b)",
            {
                "any": [
                    {"class": ["a", 0]},
                    {"all": [{"class": ["b", 1]}, {"not": {"same": ["a", "b"]}}]},
                ]
            },
        ),
        (
            "(class(a)=0 or class(b)=1) and not (same(a,b))",
            {
                "all": [
                    {"any": [{"class": ["a", 0]}, {"class": ["b", 1]}]},
                    {"not": {"same": ["a", "b"]}},
                ]
            },
        ),
    ],
)
def test_formulas(text, value):
    assert is_formula(text) and parse_formula(text) == value == read_question(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("class(f)", "it ends at character 9 where = or != was expected"),
        ("class(f)=yes", '"yes" stands at character 10 where the number of a class'),
        ("class(f)=1 class(g)=0", '"class" stands at character 12 where the end'),
        ("class f = 1", "where '(' was expected"),
        ("same(a b)", "where ',' was expected"),
        ("same(a, )", "where the name of a model was expected"),
        ("not (class(f)=1", "where ')' was expected"),
        ("class(f)=1 and", "it ends at character 15"),
        ("class(f)=1 & class(g)=1", '"&" at character 12'),
        ("class(f)='1", '"\'" at character 10'),
        ("(" * 300 + "class(f)=1", "nested more than 50"),
    ],
)
def test_what_is_no_formula_is_said_with_its_place(text, words):
    with pytest.raises(QuestionError, match=r"\A[^\n]*\Z") as error:
        parse_formula(text)
    assert words in str(error.value)


@pytest.mark.parametrize("text", ["question.json", "class.json", "same", "not", "a(1).json"])
def test_paths_are_no_formulas(text):
    assert not is_formula(text)


LABELS = {
    "f": (("1", "2"), ("1", "2")),  # called otherwise than they are numbered
    "g": (("yes", "no"), ("no", "yes")),  # numbered as another model's
    "h": ((), ()),
    "k": (("0", "1"), ("0", "1")),
}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('class(f) = "1"', {"class": ["f", 0]}),
        ("class(f) = 0", {"class": ["f", 0]}),
        ('not class(g) = "yes"', {"not": {"class": ["g", 1]}}),
        ("class(h) = 7", {"class": ["h", 7]}),
        ("class(k) = 1 or same(f, g)", {"any": [{"class": ["k", 1]}, {"same": ["f", "g"]}]}),
    ],
)
def test_names_of_classes(text, value):
    assert numbered(parse_formula(text), LABELS) == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("class(f) = 1", 'any of those called 1, 2: write its name in quotes, class(f) = "1"'),
        ("class(g) = 0", "any of those called no, yes"),
        ("class(g) != 1 and class(h) = 0", "any of those called no, yes"),
        ('class(g) = "maybe"', 'has no class called "maybe": its classes are no, yes'),
        ('class(h) = "1"', "its classes are numbers"),
    ],
)
def test_classes_that_could_be_others(text, words):
    with pytest.raises(QuestionError) as error:
        numbered(parse_formula(text), LABELS)
    assert words in str(error.value)
    assert all(x["class"][1] != "maybe" for x in [nameless(parse_formula('class(g) = "maybe"'))])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clas(f) = 1", '"clas" stands at character 1'),
        ("(clss(f) = 1)", '"clss" stands at character 2'),
        ("f = 1", '"f" stands at character 1'),
        ("class f = 1", '"f" stands at character 7'),
        ("#" + "x" * 5000 + "(f)", '"#" at character 1'),
    ],
)
def test_a_formula_with_a_mistake_is_not_taken_for_a_file(text, said, tmp_path, monkeypatch):
    with pytest.raises(QuestionError, match="is neither a file nor a formula: ") as problem:
        read_question(text)
    assert said in str(problem.value) and "\n" not in str(problem.value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "f = 1").write_text('{"class": ["f", 1]}')  # but a file of that name is one
    assert read_question("f = 1") == {"class": ["f", 1]}


def test_what_looks_like_a_path_is_a_file_that_is_not_there():
    with pytest.raises(QuestionError, match=r"cannot read the question file \"nosuch.json\""):
        read_question("nosuch.json")
