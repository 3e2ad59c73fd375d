"""What was sampled has sentences, a row and a colour of its own: none is shared with the proof."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.reports import asked, cases
from tests.reports.pages import SECONDS, page
from theory import catalogue
from verifier.model.domain import bits
from verifier.model.proof import Constant, Open, Split
from verifier.model.sample import Line, Plan, Sample, Sampled
from verifier.model.tree import Leaf, Tree
from verifier.reports.report import FORMATS, compose, render
from verifier.reports.sampled_words import sentence, theorem, to_use
from verifier.reports.summary import lines

TOLD = "Sampled, not proved: with confidence 1 − 10⁻⁹ the probability of disagreement lies between"


def sampled(seen=3):
    """Half of the domain is proved, of the other half 4,096 points were drawn."""
    domain = bits(20)
    proof = Split(0, 1), Constant(1), Open()
    certificate, verdict = cases.certified(
        domain, cases.sum_teacher(20, 0.5), Tree((Leaf(1),)), proof
    )
    drawn = Sampled(
        lower=Fraction(1, 30011),
        upper=Fraction(7, 3001),
        delta=Fraction(1, 10**9),
        draws=4096,
        seen=seen,
        method="pooled",
        open_mass=Fraction(1, 2),
    )
    return certificate, replace(verdict, sampled=drawn)


@pytest.mark.parametrize("format", FORMATS)
def test_the_sample_has_its_own_sentence(format):
    made = sampled()
    text = render(cases.result(*made, SECONDS), format=format)
    plain = text.replace(r"\allowbreak{}", "")
    for word in ("Sampled, not proved", "What was sampled", "4,096 points", "pooled"):
        assert word in plain
    assert "open-cells-interval" in plain.replace("{-}", "-")
    assert theorem(made[1].sampled) in catalogue
    assert theorem(replace(made[1].sampled, line="x")) in catalogue
    assert "nothing is sampled" not in plain and "nothing was sampled" not in plain


@pytest.mark.parametrize(
    ("seen", "said"), [(3, "The sample above did"), (0, "that is not known: of")]
)
def test_whether_testing_would_have_noticed_is_not_left_open_beside_a_sample_that_did(seen, said):
    certificate, verdict = sampled(seen)
    rare = replace(verdict, error=(Fraction(1, 10**30), Fraction(1, 2)))
    text = render(cases.result(certificate, rare, SECONDS), format="html")
    (words,) = re.findall("Would testing have noticed[^<]*", text)
    assert said in words


def test_proved_and_sampled_share_no_sentence_and_no_colour():
    certificate, verdict = sampled()
    report = compose(certificate, verdict, SECONDS)
    assert report.beside[0].text.startswith(TOLD)
    assert "0.00003332 and 0.002333" in report.beside[0].text or "3.332 × 10⁻⁵" in (
        report.beside[0].text
    )
    assert "ampled" not in report.headline and "confidence" not in report.headline
    bare = replace(verdict, sampled=None)
    assert compose(certificate, bare, SECONDS).headline == report.headline
    assert compose(certificate, bare, SECONDS).badge == report.badge  # what is proved decides
    html = render(cases.result(certificate, verdict, SECONDS), format="html")
    assert len(re.findall(r'<tr class="drawn">', html)) == 1
    assert html.count('<p class="sampled">') >= 3
    own = re.search(r'<tr class="own">.*?</tr>', html, re.DOTALL)[0]
    assert "confidence" not in own and "0 to 0.5" in own


def test_nothing_sampled_is_said_as_before():
    shown = page(cases.good())
    assert "nothing was sampled, and no δ is needed" in shown.words
    assert "Sampled, not proved" not in shown.words and "What was sampled" not in shown.words


def test_the_summary_has_a_line_of_its_own():
    made = sampled(seen=1)
    held = dict(lines(*made, SECONDS))
    assert held["error"] == "0 to 0.5 (1/2)"
    assert held["sampled"].endswith(
        "with confidence 1 − 10⁻⁹, not proved (4,096 draws from what the proof leaves open, 1 hit)"
    )
    assert "sampled" not in dict(lines(*cases.good(), SECONDS))


def test_of_a_question_it_is_the_probability_that_it_is_so():
    certificate, verdict = asked.copies()
    _, held = sampled()
    shown = page((certificate, replace(verdict, sampled=held.sampled)))
    assert "with confidence 1 − 10⁻⁹ the probability that it is so lies between" in shown.words


@pytest.mark.parametrize("format", FORMATS)
def test_of_lines_with_a_forecast_no_share_is_told(format):
    """What is added up of them is how far they are from it."""
    certificate, verdict = sampled()
    along = replace(verdict.sampled, line="age", share=Fraction(2048), method="plain")
    said = {}
    for forecast in (False, True):
        held = replace(verdict, sampled=replace(along, forecast=forecast))
        text = render(cases.result(certificate, held, SECONDS), format=format)
        said[forecast] = re.sub(r"\\\w+\{\}|\s+", " ", text)
    assert "on average" in said[False] and "forecast" not in said[False]
    assert "on average" not in said[True] and "a forecast that was fixed before" in said[True]


@pytest.mark.parametrize("format", FORMATS)
def test_that_a_sample_ended_before_its_plan_is_said(format):
    certificate, verdict = sampled()
    line = Line(0, Fraction(1, 2))
    drawn = replace(verdict.sampled, method="plain", line="x", share=Fraction(2))
    stated = Sample(
        Plan(9000, method="plain", line=line),
        *(drawn.seen, drawn.lower, drawn.upper, None, drawn.share),
    )
    for own, early in (replace(stated, drawn=4096), True), (stated, False):
        made = replace(certificate, sample=own), replace(verdict, sampled=drawn)
        text = render(cases.result(*made, SECONDS), format=format)
        assert ("Ended early" in text) == ("9,000 were planned" in text) == early


WIDER = {
    (Fraction(0), Fraction(1, 2)): "nothing that is not proved",
    (Fraction(0), Fraction(3, 4)): "nothing that is not proved",
    (Fraction(1, 9), Fraction(3, 4)): "lower end alone tells more",
    (Fraction(0), Fraction(1, 3)): "",
    (Fraction(1, 9), Fraction(11, 20)): "upper end is beyond the proved one",  # but narrower
}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("ends", WIDER)
def test_which_interval_to_use_is_said_where_the_sample_tells_less(format, ends):
    certificate, verdict = sampled()
    held = replace(verdict, sampled=replace(verdict.sampled, lower=ends[0], upper=ends[1]))
    text = render(cases.result(certificate, held, SECONDS), format=format)
    text = re.sub(r"\\\w+\{\}|\s+", " ", text)
    said = "use the proved" in text
    assert said == bool(WIDER[ends] and "beyond" not in WIDER[ends]) and WIDER[ends] in text
    assert ("beyond" in text) == ("beyond" in WIDER[ends])
    line = dict(lines(certificate, held, SECONDS))["sampled"]
    assert WIDER[ends] in line and ("use the proved" in line) == said


def test_the_upper_end_alone_may_tell_more():
    _, verdict = sampled()
    proved = replace(verdict, error=(Fraction(1, 2), Fraction(3, 4)))
    ends = {"lower": Fraction(1, 4), "upper": Fraction(2, 3)}
    held = replace(proved, sampled=replace(verdict.sampled, **ends))
    assert "upper end alone tells more" in to_use(held)
    for text in (part for part in re.split(r"(?<=[.:;]) ", sentence(held)) if "proved one" in part):
        assert not re.search(r"\d", text)  # it is about both, so it has no figure of either
