"""What a search says of what is still to come: points, a sweep's seconds, the end."""

from __future__ import annotations

import numpy as np
import pytest

from verifier.cli import live
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.question import Bound, Matter, differ
from verifier.provers.outlook import LONG, Size, outlook, size_of, with_size
from verifier.provers.progress import Progress


def test_a_report_is_told_the_open_points_and_what_a_sweep_of_them_takes():
    heard, asked = [], []

    def size():
        asked.append(1)
        return Size(1000, 0.25)

    report = with_size(heard.append, size)
    report(Progress(1, 1, 0.75, 2.0))
    report(Progress(2, 0, 1.0, 2.0))
    assert [(p.points, p.sweep) for p in heard] == [(250.0, 62.5), (0.0, 0.0)]
    assert len(asked) == 1
    assert with_size(None, size) is None


def test_a_domain_of_any_size_has_points_and_seconds():
    heard = []
    with_size(heard.append, lambda: Size(1 << 5000, 1e-6))(Progress(0, 1, 0.0, 0.0))
    assert heard[0].points == 2.0**900 and heard[0].sweep > 1e200


@pytest.mark.parametrize(
    ("progress", "left", "ends", "best", "late"),
    [
        (Progress(1, 1, 0.5, 10.0, remaining=100.0), None, 10.0, 10.0, False),
        (Progress(1, 1, 0.5, 10.0, remaining=100.0, sweep=3.0), None, 10.0, 3.0, False),
        (Progress(1, 1, 0.5, 10.0, remaining=100.0), 9.0, 10.0, 10.0, True),
        (Progress(1, 1, 0.5, 10.0, remaining=50.0, check=5.0), 9.0, 5.0, 5.0, True),
        (Progress(1, 1, 0.5, 10.0, sweep=2 * LONG), None, None, 2 * LONG, False),
        (
            Progress(1, 1, 0.5, 2.0**-30, remaining=1.0, sweep=2 * LONG),
            None,
            2.0**30,
            2 * LONG,
            True,
        ),
        (Progress(0, 1, 0.0, 0.0), 5.0, None, None, False),
    ],
)
def test_what_is_to_be_expected(progress, left, ends, best, late):
    seen = outlook(progress, left)
    assert (seen.ends, seen.best, seen.late) == (ends, best, late)


def test_the_outlook_in_words(monkeypatch):
    monkeypatch.setattr(live.time, "monotonic", lambda: 100.0)
    p = Progress(12, 5, 0.25, 10.0, remaining=100.0, points=3e9, sweep=7200.0, check=2.0)
    assert live.describe(p).endswith("; about 10^9 points open; about 10^2 cells to go")
    start = "probability 0.75 open, sweeping all open points would take 2 h, "
    start += "the check of what is closed 2 s, "
    assert live.ahead(p, None) == start + "the end in about 10 s"
    late = start + "not decided in the time that is left: expect an interval"
    assert live.ahead(p, 105.0) == late
    assert live.ahead(Progress(0, 1, 0.0, 0.0), 105.0) == (
        "probability 1 open, no telling yet when the search ends"
    )
    hard = Progress(12, 5, 0.25, 1e-9, remaining=100.0)
    assert live.ahead(hard, None) == (
        "probability 0.75 open, no end in sight: a --timeout ends it with an interval"
    )


def test_verbose_lines_say_what_is_still_to_come(capfd, monkeypatch):
    live.set_level(1)
    monkeypatch.setattr(live.time, "monotonic", iter(range(0, 1000, 10)).__next__)
    try:
        with live.watching() as watcher:
            watcher.hear(live.Stage("proving", "search"))
            watcher.hear(Progress(12, 5, 0.5, 10.0, remaining=100.0, points=5e5, sweep=1.0))
    finally:
        live.set_level(0)
    err = capfd.readouterr().err
    assert "about 10^6 points open" in err and "the end in about 1 s" in err


def test_the_size_of_a_question_counts_every_copy_of_a_network():
    layers = (
        Affine(0, np.ones((64, 3)), np.zeros(64)),
        Relu(1),
        Affine(2, np.ones((1, 64)), np.zeros(1)),
    )
    network = Network(3, layers)
    one, two = Bound("a", network, (0, 1, 2)), Bound("b", network, (0, 1, 2))
    alone = size_of(Matter(bits(3), (one,), differ(0, 0)))
    both = size_of(Matter(bits(3), (one, two), differ(0, 1)))
    assert alone.points == both.points == 8
    assert 0 < both.each == 2 * alone.each
