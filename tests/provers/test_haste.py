"""A search closes one part after the other as long as all seems to be closed in time that way."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace

import pytest

from tests.provers.cases import hard_problem
from verifier.provers import cells, search
from verifier.provers.cells import Branching
from verifier.provers.haste import KNOWN, Trial
from verifier.provers.options import Options

END = 200.0


def given_up(trial, closing, until, *, check=0.0, end=END, nodes=KNOWN):
    """When a trial is given up where so much is closed by a time; asked each quarter of a second.

    None where that is not before ``until``.
    """
    for quarters in range(1, 4 * until + 1):
        at = quarters / 4
        if not trial.goes_on(at, closing(at), nodes, check * closing(at), end):
            return at
    return None


def test_what_will_be_closed_in_time_is_closed_part_by_part():
    assert given_up(Trial(0.0, 8.0), lambda at: at / 100, 99) is None
    assert given_up(Trial(0.0, 8.0), lambda at: at / 100, 99, check=99.0) is None


@pytest.mark.parametrize(
    ("end", "check"), [(97.0, 0.0), (END, 105.0)], ids=["too slow", "no time for the check"]
)
def test_what_will_not_be_is_given_up_as_soon_as_it_is_asked(end, check):
    """After a quarter of the 8 seconds."""
    assert given_up(Trial(0.0, 8.0), lambda at: at / 100, 9, check=check, end=end) == 2.0


def test_it_is_known_late_what_trees_of_signs_do():
    assert given_up(Trial(0.0, 8.0), lambda at: at / 1000, 9, nodes=KNOWN - 1) == 4.0


def test_where_nothing_is_closed_nothing_is_promised():
    assert given_up(Trial(0.0, 8.0), lambda at: 0.0, 9) == 2.0


@pytest.mark.parametrize(("part", "ends"), [(0.5, True), (0.9, False)])
def test_what_is_left_is_like_what_was_closed_last(part, ends):
    """So much is closed in 10 seconds, and then little: that counts where much is left."""

    def closing(at):
        return min(part * at / 10, part + (at - 10) * 5e-4)

    at = given_up(Trial(0.0, 8.0), closing, 60)
    assert (at is not None) == ends
    assert at is None or 10 < at < 40


@pytest.mark.parametrize("signed", [True, False])
def test_haste_begins_where_that_is_given_up(signed, monkeypatch):
    """Only where trees of signs may be tried: without these nothing is gained part by part."""
    begun = time.monotonic()
    options = Options(anytime=True, least=begun + 50, check_by=begun + 100, signed=signed)
    found = Branching(*hard_problem(), options=options)
    clock = SimpleNamespace(now=found.begun + 0.1)
    for module in (cells, search):
        monkeypatch.setattr(module, "now", lambda: clock.now)
    monkeypatch.setattr(search.time, "process_time", lambda: clock.now - found.begun)
    found.spent = 0.0
    assert found.hasty == (not signed)
    clock.now += 30.0
    assert found.hasty == signed  # nothing was closed: for its two seconds, from then on
    clock.now += 1.9
    assert found.hasty == signed
    clock.now += 0.2
    assert not found.hasty


@pytest.mark.parametrize("better", [True, False])
def test_others_are_asked_once_whether_they_had_better_have_all_of_the_time(better, monkeypatch):
    """In the middle of haste; if they had, nothing is open in this search."""
    asked = []

    def instead(closed):
        asked.append(closed)
        return better

    begun = time.monotonic()
    options = Options(anytime=True, least=begun + 50, check_by=begun + 100, signed=True)
    found = Branching(*hard_problem(), options=replace(options, instead=instead))
    clock = SimpleNamespace(now=begun + 30)
    for module in (cells, search):
        monkeypatch.setattr(module, "now", lambda: clock.now)
    found.judge()
    assert not asked
    monkeypatch.setattr(Trial, "goes_on", lambda *_: False)
    assert not found.orderly()
    clock.now = begun + 39
    found.judge()
    assert not asked
    clock.now = begun + 41
    found.judge()
    found.judge()
    assert asked == [found.proved]
    assert bool(found.stalled) == found.late == (not found.open) == better
