"""Questions in general: in sentences, pages, statements, JSON, notebooks and comparisons."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.reports import asked, cases
from tests.reports.pages import Page, balanced_tex, in_order
from verifier.kernel.asked import ask
from verifier.model.proof import Constant, Enumerated, Several, Split
from verifier.model.question import All, Any_, Bound, ClassIs, Matter, Not, Same, differ
from verifier.model.verdict import NOWHERE, SOMEWHERE, UNDECIDED
from verifier.reports import answer_words, summary
from verifier.reports.compared import Compared
from verifier.reports.comparison import compose_comparison
from verifier.reports.in_toto import in_toto
from verifier.reports.json_object import certificate_json
from verifier.reports.nearest import nearest_change
from verifier.reports.notebook import html
from verifier.reports.question_words import words
from verifier.reports.report import FORMATS, compose
from verifier.reports.statement import paragraphs
from verifier.reports.writer import write

WHAT = 'the classes of a and b differ and (the class of rule is 1 or the class of a is not "yes")'


@pytest.fixture(scope="module")
def unfair():
    return asked.copies()


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        (differ(), "the classes of a and b differ"),
        (Same(0, 1), "the classes of a and b are the same"),
        (All((ClassIs(0, 1), ClassIs(1, 0))), "the class of a is 1 and the class of b is 0"),
        (Not(ClassIs(0, 1)), "the class of a is not 1"),
        (Any_((Not(differ()), ClassIs(0, 0))), "the classes of a and b are the same or the class"),
        (
            All((ClassIs(0, 1), Any_((ClassIs(1, 0), ClassIs(1, 1))))),
            "the class of a is 1 and (the class of b is 0 or the class of b is 1)",
        ),
        (Not(All((ClassIs(0, 1), ClassIs(1, 1)))), "not (the class of a is 1 and the class of"),
        (All((All((ClassIs(0, 1),)),)), "the class of a is 1"),
    ],
)
def test_formulas_in_words(formula, said):
    net = asked.scorer()
    models = Bound("a", net, (0, 1)), Bound("b", net, (0, 2))
    assert words(models, formula).startswith(said)


def test_names_of_models_cannot_be_taken_for_words():
    net = asked.scorer()
    models = Bound("x differ: VALID", net, (0, 1)), Bound("b", net, (0, 2))
    assert words(models, differ()) == 'the classes of "x differ: VALID" and b differ'


def test_deep_and_long_formulas_are_cut():
    net = asked.scorer()
    models = (Bound("a", net, (0, 1)),)
    deep = ClassIs(0, 1)
    for i in range(900):
        deep = All((deep, ClassIs(0, 0))) if i % 2 else Any_((deep, ClassIs(0, 1)))
    assert "…" in words(models, deep) and len(words(models, deep)) < 2000
    assert words(models, Any_((ClassIs(0, 1),) * 1000)).endswith("(960 more)")


def test_the_answer_is_a_sentence(unfair):
    c, v = unfair
    assert v.verdict == SOMEWHERE
    assert answer_words.headline(c, v) == (
        f"At 32 of the 146 points of the domain {WHAT}: a probability of about 0.207."
    )
    assert summary.headline(c, v) == (
        f'{WHAT}: at exactly 32 points of 146. Class "yes" where the network\'s output > 0, '
        'else class "no". Inputs: 3 variables with 146 of 292 combinations impossible, from where '
        "is not recorded."
    )
    c, v = asked.nowhere()
    assert v.verdict == NOWHERE
    assert answer_words.headline(c, v).startswith(
        "Proved: nowhere among the 146 points of the domain is it true that the class of a is"
    )
    c, v = asked.undecided()
    assert v.verdict == UNDECIDED
    assert "none is excluded at any of the 146 points" in answer_words.headline(c, v)


def test_the_command_says_what_each_model_reads(unfair):
    lines = list(summary.lines(*unfair, {"load": 0.5}))
    assert ("model", "a: network, 3 input columns, one logit; reads age, group") in lines
    assert ("model", "rule: tree, 2 leaves, depth 1; reads age") in lines
    assert ("impossible", "group = A, other = A; group = B, other = B") in lines
    assert ("probability", "0.207 (119/575)") in lines


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("make", [asked.copies, asked.nowhere, asked.undecided])
def test_every_page_says_what_is_asked_and_what_is_proved(make, format):
    c, v = make()
    report = compose(c, v, {"load": 0.125})
    assert [s.title for s in report.sections] == [
        "What this is about",
        "How often it is so",
        "Try a point",
        "Witnesses",
        "The proof",
        "Float32",
        "The theorems behind the figures",
        "Provenance",
        "Check it again",
    ]
    text = write(report, format)
    assert "disagree" not in text
    assert "TEACHER" not in text
    if format == "tex":
        balanced_tex(text)


def test_the_page_of_a_question(unfair):
    report = compose(*unfair, {"load": 0.125})
    shown = Page(write(report, "html"))
    in_order(
        shown.words,
        [
            "Somewhere",
            "At 32 of the 146 points",
            f"where is it true that {WHAT}",
            "146 points: the possible ones of 292",
            "2 networks and 1 tree",
            "age, other",
            "The domain's tree, leaf by leaf",
            "group = A, other = A 73 impossible no point of the domain",
            "exactly 0.207 (119/575)",
            "10 points where the classes of a and b differ",
            "class of a class of b class of rule not so after",
            "Enumerated: evaluated point by point",
        ],
    )


def test_a_witness_is_shown_with_the_nearest_change_that_is_possible(unfair):
    c, v = unfair
    prepared = ask(c.matter)
    for found in v.counterexamples:
        near = nearest_change(prepared, found.point)
        changed = list(found.point)
        for index, value in near.changes:
            changed[index] = value
        assert near.smallest and len(near.changes) == 1
        assert c.domain.possible(tuple(changed))


def test_a_cell_may_have_a_step_for_each_network():
    net = asked.scorer()
    models = Bound("a", net, (0, 1)), Bound("b", net, (0, 2))
    young = Several((Constant(0, 0), Constant(0, 1)))  # up to 32 both say 0
    proof = Split(0, 14), young, Enumerated()
    c, v = asked.certified(Matter(asked.TWINS, models, differ()), proof)
    assert v.disagreements == (40, 40)
    assert dict(summary.lines(c, v, {}))["kernel checked"].startswith(
        "3 steps (2 constant, 1 enumerated), 1 split, 116 points evaluated"
    )
    shown = Page(write(compose(c, v, {}), "html")).words
    in_order(
        shown,
        ["Cells 2 Splits 1", "Steps by kind of step", "recomputed 2 30", "by the kernel 1 116"],
    )


def test_json_of_a_question(unfair):
    c, v = unfair
    found = certificate_json(c, v, {"load": 0.5})
    json.dumps(found)
    assert found["question"] == WHAT
    assert found["formula"]["all"][0] == {"not": {"same": ["a", "b"]}}
    assert found["answer"] == "somewhere"
    assert found["points"] == {"lower": 32, "upper": 32}
    assert found["probability"] == {"lower": "119/575", "upper": "119/575"}
    assert found["witness"] == found["witnesses"][0]
    assert found["witness"]["classes"] == {"a": 1, "b": 0, "rule": 1}
    assert found["witness"]["labels"] == {"a": "yes", "b": "no"}
    assert found["models"][1]["reads"] == ["age", "other"]
    assert found["steps"] == {"enumerated": 1}
    assert not {"verdict", "disagreements", "error", "counterexamples", "class"} & found.keys()


def test_json_of_network_and_tree_keeps_its_keys():
    c, v = asked.impossible()
    assert c.format == 2
    found = certificate_json(c, v, {})
    assert found["verdict"] == "different"
    assert found["disagreements"] == {"lower": 12, "upper": 12}
    assert found["counterexamples"][0].keys() == {"values", "teacher_class", "tree_class"}
    assert not {"question", "answer", "points", "witnesses"} & found.keys()
    old = certificate_json(*cases.bad(), {})
    assert list(old) == list(found)


def test_the_statement_of_a_question(unfair):
    c, v = unfair
    text = paragraphs(c, v)
    assert (
        "a, a network that reads age, group; b, a network that reads age, other; rule, a"
        in (text[0])
    )
    assert f"for which inputs it is true that {WHAT}" in text[0]
    assert c.hashes["question.json"] in text[0]
    assert "the one number that it gives is greater than 0" in text[2]
    assert text[3] == (
        f"It is proved that there are inputs for which it is true that {WHAT}: it is true for "
        "exactly 32 of the 146 inputs; together they have a probability of exactly 119/575 (about "
        "0.207). For age = 41, group = A and other = B, for instance, the class of a is "
        '"yes", the class of b is "no" and the class of rule is 1.'
    )
    assert "the answer to the question that the real numbers give" in text[4]
    c, v = asked.nowhere()
    assert "for none of the 146 inputs of the domain it is true that" in paragraphs(c, v)[3]
    c, v = asked.undecided()
    assert "it may be true for any or all of the 146 inputs" in paragraphs(c, v)[3]


def test_the_in_toto_statement_names_the_parts_of_the_question(unfair):
    c, v = unfair
    found = json.loads(in_toto(c, v))
    names = [s["name"] for s in found["subject"]]
    assert names == ["certificate", "models.json", "weights.bin", "question.json", "domain.json"]
    predicate = found["predicate"]
    assert predicate["format"] == "leafproof-certificate/2"
    assert predicate["question"] == WHAT
    assert predicate["claim"]["points"] == {"lower": "32", "upper": "32"}
    assert predicate["semantics"]["class"] == {"a": "1 iff logit > 0", "b": "1 iff logit > 0"}


AGREEING = "the verified checker (generated Python)", "the float32 checker"


def test_which_checkers_agreed_is_said_where_it_is_known(unfair):
    c, v = unfair
    both = f"{v.kernel}, {AGREEING[0]} and {AGREEING[1]}"
    assert (
        dict(summary.lines(c, v, {}, None, AGREEING))["agree"]
        == f"{both}, on points and probability"
    )
    assert "agree" not in dict(summary.lines(c, v, {}))
    for certificate, verdict in (unfair, cases.bad()):
        report = compose(certificate, verdict, {}, "", AGREEING)
        assert f"Checked by {both}, which agree on the points" in Page(write(report, "html")).words
    said = paragraphs(c, v, None, AGREEING)[-1]
    assert "of points and their probability, in the real numbers, was also checked" in said
    assert f"by {AGREEING[0]} and {AGREEING[1]}, with the same result." in said
    assert json.loads(in_toto(c, v, None, AGREEING))["predicate"]["also_checked_by"] == [*AGREEING]
    result = replace(cases.result(c, v), checkers=AGREEING)
    assert result.to_dict()["checkers"] == [*AGREEING]
    assert "checkers" not in cases.result(c, v).to_dict()


def test_a_certificate_shows_itself_in_a_notebook(unfair):
    shown = html(unfair[0])
    assert "answer" not in shown.split("question")[0]
    assert "somewhere, probability 119/575" in shown
    assert "a reads age, group" in shown
    assert WHAT.replace('"', "&quot;") in shown


def test_questions_side_by_side(unfair):
    entries = [
        Compared("unfair", *unfair),
        Compared("never", *asked.nowhere()),
        Compared("robots", *cases.bad()),
    ]
    report = compose_comparison(entries)
    assert report.headline == "Of 3 questions, 1 hold nowhere in their domain."
    shown = Page(write(report, "html")).words
    in_order(shown, [WHAT, "2 networks and 1 tree", "network and tree differ", "36 of the 432"])


def test_probabilities_are_rounded_outwards():
    assert answer_words.chance_words((Fraction(0), Fraction(1, 3))).startswith(
        "a probability of at most 0.333"
    )
    assert answer_words.chance_words((Fraction(1, 4), Fraction(1, 2))) == (
        "a probability between 0.25 and 0.5"
    )
