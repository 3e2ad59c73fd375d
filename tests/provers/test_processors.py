"""How much of the processors there is: with others at work, and where nobody tells of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from verifier.provers import processors
from verifier.provers.processors import Clocks, clocks, granted

THEN = Clocks(10.0, 5.0, 100.0)


@pytest.fixture
def later(monkeypatch):
    """The clocks so many seconds after THEN, on four processors."""
    monkeypatch.setattr(processors.os, "cpu_count", lambda: 4)

    def at(passed, used, every=0.0):
        held = Clocks(THEN.passed + passed, THEN.used + used, THEN.every + every)
        monkeypatch.setattr(processors, "clocks", lambda: held)

    return at


@pytest.mark.parametrize(
    ("used", "every", "share"),
    [
        (0.8, 2.8, 0.75),  # threads without work, and others that had 2 of 8 seconds
        (0.8, 0.8, 1.0),
        (4.0, 8.0, 0.5),
        (6.0, 40.0, 0.75),  # a container with a part of a machine of many processors
        (0.0, 8.0, 0.0),
        (2.0, 0.0, 0.25),  # nobody tells of others
        (9.0, 9.0, 1.0),
    ],
)
def test_the_greater_share_of_what_was_had_and_left_counts(later, used, every, share):
    later(2.0, used, every)
    assert granted(THEN, 4) == pytest.approx(share)


def test_no_time_at_all(later):
    later(0.0, 0.0)
    assert granted(THEN, 1) == 0


def test_a_machine_that_does_not_tell(monkeypatch):
    monkeypatch.setattr(processors, "BUSY", Path("/nowhere"))
    assert clocks().every == 0


def test_time_passes():
    since = clocks()
    sum(range(200_000))
    at = clocks()
    assert at.passed > since.passed and at.used > since.used and at.every >= since.every
