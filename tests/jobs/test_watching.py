"""Events, stops and time limits."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from verifier.jobs.limit import (
    GIVEN_UP,
    KILLED,
    LATE,
    OWED,
    PATIENCE,
    WAITED,
    Limit,
    in_time,
    limit_of,
    within,
)
from verifier.jobs.schedule import NUMBER, READ, read_again
from verifier.jobs.watching import CellCount, Note, Over, Patience, Stage, Watch
from verifier.model.domain import bits
from verifier.model.ensemble import Ensemble, Member, Score
from verifier.model.errors import LeafproofError, Unfinished
from verifier.model.network import Affine, Network
from verifier.model.rows import rows_from
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.timing import Stopped, heed, now, poll


def test_a_watch_tells_what_happens_and_keeps_the_notes():
    heard = []
    watch = Watch(heard.append)
    with watch.stage("checking", "check", nodes=3):
        watch.count(2)
    watch.note("this and that")
    watch.detail("more")
    assert heard == [
        Stage("checking", "check", None, 3),
        CellCount(2),
        Over(),
        Note("this and that"),
        Note("more", detail=True),
    ]
    assert watch.notes == ["this and that"] and not watch.stopped


def test_a_stage_is_over_where_it_fails():
    heard = []
    with pytest.raises(ZeroDivisionError), Watch(heard.append).stage("proving", "search"):
        1 / 0  # noqa: B018
    assert isinstance(heard[-1], Over)


def test_a_stop_is_heard_once_in_a_search_and_remembered():
    asked = iter([True])
    watch = Watch(stop=lambda: next(asked))
    with watch.stage("proving", "search"):
        with pytest.raises(Stopped):
            poll()
        heed()  # as after one Ctrl-C: what is left to do is done
        poll()
    assert watch.stopped
    with watch.stage("checking", "check"):
        poll()


def test_patience_waits_for_its_grace():
    assert not Patience()()
    assert Patience(lambda: True)()
    assert not Patience(lambda: True, grace=60)()
    assert Patience(until=now())() and not Patience(until=now() + 60)()
    assert not Patience(until=now(), ready=60)()
    assert Patience(lambda: True, until=now(), ready=60)()


def test_limits(monkeypatch):
    monkeypatch.setattr("verifier.jobs.limit.slow", lambda *_: 1.0)
    begun = Limit(10, now())
    assert limit_of(None) is None and limit_of(begun) is begun
    before, limit = now(), limit_of(5)
    assert before <= limit.start <= now() and limit.seconds == 5
    for wrong in (-1, float("nan"), "5", True):
        with pytest.raises(LeafproofError, match="timeout is"):
            limit_of(wrong)
    assert begun.end < begun.cut < begun.given_up < begun.killed
    assert begun.loaded(1).end == begun.end - 1 and begun.loaded(9).end == begun.end - 2.5


def test_what_a_library_takes_to_hand_over_a_small_model_is_not_taken_again(monkeypatch):
    """Of what loading took so much is kept as the numbers of models, values and rows take."""
    monkeypatch.setattr("verifier.jobs.limit.slow", lambda *_: 1.0)
    begun, domain = Limit(100.0, now()), bits(4)

    def network(width):
        first = Affine(0, np.ones((width, 4)), np.zeros(width))
        return Network(4, (first, Affine(1, np.ones((1, width)), np.zeros(1))))

    def kept(seconds, models, rows=None):
        held = read_again(begun, seconds, models, domain, rows)
        assert held is not None
        return begun.end - held.end

    values = 4 * 2 * 2
    assert read_again(None, 1.0, [network(5)], domain) is None
    assert kept(9.0, [network(5)]) == pytest.approx(READ + NUMBER * (network(5).work + values))
    assert kept(9.0, [network(100_000)]) == pytest.approx(
        READ + NUMBER * (network(100_000).work + values)
    )
    assert kept(0.05, [network(100_000)]) == pytest.approx(0.05)  # no more than loading took
    assert kept(90.0, [network(100_000)] * 9) == pytest.approx(25.0)
    member = Member((Inner(0, Fraction(1, 2), 1, 2), Score(()), Score(())))
    forest = Ensemble(4, 1, (member, member), (0.0,), "float64", 0.0)
    both = [forest, Tree((Leaf(0),))]
    assert kept(9.0, both) == pytest.approx(READ + NUMBER * (1 + values))  # see `_prepared`
    rows = rows_from([(0, 0, 0, 0), (1, 0, 0, 1)])
    assert kept(9.0, [], rows) == pytest.approx(READ + NUMBER * (2 * 2 * 4 + values))


def test_an_end_in_good_order_is_waited_for_longer_on_a_busy_machine(monkeypatch):
    """But no share of a long limit: what goes on then is wrong."""
    monkeypatch.setattr("verifier.jobs.limit.OWED", 0.0)
    for slow, times in ((1.0, 1.0), (2.0, 2.0), (100.0, PATIENCE)):
        monkeypatch.setattr("verifier.jobs.limit.slow", lambda *_, slow=slow: slow)
        short, long = Limit(3, 100.0), Limit(3600, 100.0)
        assert short.cut == pytest.approx(103.2)
        held = [x - 103 for x in (short.late, short.given_up, short.killed)]
        assert held == pytest.approx([LATE * times, GIVEN_UP * times, KILLED * times])
        assert long.killed == pytest.approx(100 + 3600 * 1.04)


def test_a_busy_machine_gives_a_run_what_it_takes_to_say_something(monkeypatch):
    """What it waits for a processor does not count, until it had some seconds of one."""
    monkeypatch.setattr("verifier.jobs.limit.slow", lambda *_: 1.0)
    limit = Limit(2, now() - 2)  # its time is over
    for waited, beyond in ((0.0, 0.0), (20.0, 20.0), (3600.0, WAITED), (-1.0, 0.0)):
        monkeypatch.setattr("verifier.jobs.limit.kept_waiting", lambda x=waited: limit.kept + x)
        held = [x - limit.start - 2 for x in (limit.late, limit.given_up, limit.killed)]
        assert held == pytest.approx([x + beyond for x in (LATE, GIVEN_UP, KILLED)])
    monkeypatch.setattr("verifier.jobs.limit.kept_waiting", lambda: limit.kept + 20)
    monkeypatch.setattr("time.process_time", lambda used=limit.since.used: used + OWED + 1)
    assert limit.killed - limit.start - 2 == pytest.approx(KILLED)


def test_what_is_too_late_is_unfinished():
    with pytest.raises(Unfinished, match="3 seconds are too few"), within(Limit(3, now() - 60)):
        poll()
    with within(Limit(60, now())):
        poll()
    with pytest.raises(Unfinished, match="stopped before"), in_time(None):
        raise Stopped
    with pytest.raises(KeyboardInterrupt), in_time(None):
        raise KeyboardInterrupt
