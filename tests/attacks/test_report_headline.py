"""The report's first lines misled: fractions of 17 digits, and a red verdict about nothing known.

One counterexample and an interval of [8e-9, 0.996] was shown as a big red "Different".
"""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from tests.reports import cases
from tests.reports.test_trust import HARD, differs, hard_teacher, sampled_points
from verifier.model.proof import Open
from verifier.reports.numbers import decimal
from verifier.reports.report import FORMATS, compose, render
from verifier.reports.summary import sentence


def barely():
    """A certificate with one counterexample, and nothing else proved."""
    tree = cases.grown((0, 0, 1))
    wrong = [p for p in sampled_points() if differs(HARD, hard_teacher(), tree, p)][:1]
    return cases.certified(HARD, hard_teacher(), tree, (Open(),), wrong)


@pytest.mark.parametrize("format", FORMATS)
def test_a_difference_of_unknown_size_is_inconclusive(format):
    made = barely()
    verdict = made[1]
    assert verdict.verdict == "different" and verdict.error == (Fraction(1, 2**20), 1)
    report = compose(*made, {})
    assert report.kind == "inconclusive" and report.badge == "Different; how much is inconclusive"
    assert "how much is inconclusive" in sentence(verdict)
    text = render(cases.result(*made), format=format).replace("\n", " ")
    assert "how much is inconclusive" in text
    assert 'class="v-different' not in text


def test_a_known_difference_stays_different():
    report = compose(*cases.bad(), {})
    assert report.kind == "different" and report.badge == "Different"


def test_headlines_have_decimals_rounded_outwards():
    certificate, verdict = barely()
    report = compose(certificate, verdict, {})
    figures = dict(report.figures)
    assert figures["error ε"] == "9.536 × 10⁻⁷ to 1"
    assert "between 9.536 × 10⁻⁷ and 1" in report.headline
    assert not re.search(r"\d{6,}/|/[\d,]{7,}|/2[⁰-⁹]", report.headline + figures["error ε"])
    assert "1/1048576" in render(cases.result(certificate, verdict), format="md")
    assert decimal(Fraction(1, 3), -1) == "0.3333" and decimal(Fraction(1, 3), 1) == "0.3334"
    assert decimal(Fraction(1, 4)) == "0.25" and decimal(Fraction(1, 3)) == "about 0.3333"
