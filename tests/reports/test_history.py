"""The interval against time, and what was found on rows."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest

from tests.reports import cases
from tests.reports.pages import SECONDS, page
from tests.reports.test_sampled import sampled
from verifier.jobs.watching import MOMENTS, Moment, Progress, Watch
from verifier.model.rows import RowsFound
from verifier.reports import history
from verifier.reports.blocks import Fold, Story
from verifier.reports.report import FORMATS, compose, render

TOLD = tuple(Moment(float(k), 0.01 * k / (k + 1), 1 / (k + 1)) for k in range(20))


def test_what_a_search_tells_is_remembered_but_not_all_of_it():
    heard = []
    watch = Watch(heard.append)
    for k in range(5 * MOMENTS):
        watch.tell(Progress(closed=k, open=1, probability=0.5, rate=1.0, error=(0.0, 1 / (k + 2))))
    watch.tell(Progress(closed=k, open=1, probability=0.5, rate=1.0, error=(0.0, 1 / (k + 2))))
    assert len(heard) == 5 * MOMENTS + 1
    assert MOMENTS // 2 <= len(watch.moments) <= MOMENTS
    assert watch.moments[-1].high == 1 / (k + 2)  # the same again is not told again
    times = [m.seconds for m in watch.moments]
    assert times == sorted(times) and times[0] >= 0


def test_the_drawing_ends_with_what_is_proved():
    _, verdict = sampled()
    drawn, fold = history.blocks(TOLD, verdict, 25.0)
    assert isinstance(drawn, Story) and isinstance(fold, Fold)
    assert drawn.moments[-1][0] == 1 and drawn.moments[0][0] == 0
    assert all(0 <= x <= 1 for moment in drawn.moments for x in moment)
    rows = fold.blocks[0].rows
    assert [c.text for c in rows[-1]] == ["25.00", "0", "0.5", "the kernel"]
    assert {row[3].text for row in rows[:-1]} == {"the search"}
    assert history.blocks(TOLD[:2], verdict, 25.0) == ()


@pytest.mark.parametrize("format", FORMATS)
def test_a_result_that_knows_it_shows_it(format):
    certificate, verdict = sampled()
    result = replace(cases.result(certificate, verdict, {"prove": 25.0}), moments=TOLD)
    text = render(result, format=format)
    assert "How the interval narrowed with time" in text and "the kernel" in text
    if format == "html":
        svg = re.search(r'<figure class="chart story">.*?</figure>', text, re.DOTALL)[0]
        assert 'class="between" d="M' in svg and "NaN" not in svg
    bare = render(cases.result(certificate, verdict, {"prove": 25.0}), format=format)
    assert "How the interval narrowed" not in bare


def test_rows_have_a_figure_and_a_sentence():
    certificate, verdict = cases.bad()
    held = replace(verdict, rows=RowsFound(150, 3))
    report = compose(certificate, held, SECONDS)
    assert ("of 150 rows, exactly", "2 %") in report.figures
    assert "differ at 3 of 150 rows (2 %)" in report.beside[0].text
    shown = page((certificate, held))
    assert "said of these rows alone" in shown.words
    assert compose(certificate, verdict, SECONDS).beside == ()


def test_undecided_and_wide_is_inconclusive_and_narrow_is_not():
    certificate, verdict = sampled()
    assert compose(certificate, verdict, SECONDS).badge == "Inconclusive"
    near = replace(verdict, error=(Fraction(0), Fraction(1, 1000)))
    report = compose(certificate, near, SECONDS)
    assert report.badge == "Undecided" and report.kind == "undecided"
