"""The journal's file: what was written whole is read again, whatever happened to the rest."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest

from verifier.model.cell import Cell
from verifier.model.errors import LeafproofError
from verifier.model.proof import Constant, Enumerated, Several
from verifier.provers.units import journal
from verifier.provers.units.heading import check_heading
from verifier.provers.units.packing import fragment_to_bytes
from verifier.provers.units.unit import Fragment, Plan, Unit

HEADING = {"version": "1", "verb": "certify", "about": {"network": "aa", "tree": "bb"}}
PLAN = Plan("compiled", 4096, "key")


def unit(number):
    return Unit((0, number), (Cell((number + 1, range(number, 2**70))),))


def fragment(number, nodes=3):
    """A fragment with something of everything in it."""
    codes = np.array([0, *[-2 - number % 3] * (nodes - 2), -1], dtype=np.int32)
    return Fragment(
        codes=codes,
        lefts=np.array([-1, *[0] * (nodes - 1)], dtype=np.int64),
        steps=(Constant(1), Enumerated(), Several((Constant(0, 1), Constant(2, 3)))),
        large=(1 << 100,),
        left=(unit(number + 1),),
        places=((nodes - 1,),),
        shares=(0.1,),
        points=((1, 2**60),),
        closed=1,
        sums=(0.5, 0.25, 1 / 3),
    )


def filled(folder, count=5):
    """A journal with so many fragments, closed."""
    held = journal.begin(folder, HEADING)
    for i in range(count):
        held.keep(PLAN, unit(i), fragment(i))
    held.close()
    return folder / "journal"


def whole(held, count):
    """Which of the fragments are there, each as it was kept."""
    there = []
    for i in range(count):
        found = held.held(PLAN, unit(i))
        if found is not None:
            assert fragment_to_bytes(found) == fragment_to_bytes(fragment(i))
            there.append(i)
    return there


def test_what_is_kept_is_found_again(tmp_path):
    """By the unit's cells and the plan; names beside them."""
    held = journal.begin(tmp_path / "a" / "b", HEADING)
    for i in range(5):
        held.keep(PLAN, unit(i), fragment(i))
    held.remember("tree", b"x" * 100)
    held.close()
    again = journal.resume(tmp_path / "a" / "b")
    check_heading(again.heading, HEADING, tmp_path)
    assert whole(again, 6) == [0, 1, 2, 3, 4]
    assert again.recall("tree") == b"x" * 100
    assert again.recall("other") is None
    assert again.held(Plan("compiled", 8192, "key"), unit(0)) is None
    assert again.held(Plan("compiled", 4096, "other"), unit(0)) is None
    again.keep(PLAN, unit(5), fragment(5))
    again.close()
    last = journal.resume(tmp_path / "a" / "b")
    assert whole(last, 7) == list(range(6))
    last.close()


def test_a_torn_tail_is_dropped(tmp_path):
    """Cut anywhere: what is before the cut is there, and can be added to."""
    path = filled(tmp_path, 3)
    data = path.read_bytes()
    heading = data.index(journal.MARK, len(journal.FIRST) + 1)
    for size in {0, 5, len(journal.FIRST), heading - 1, *range(heading, len(data), 37), len(data)}:
        path.write_bytes(data[:size])
        if size < heading:
            with pytest.raises(LeafproofError, match="holds no journal"):
                journal.resume(tmp_path)
            continue
        held = journal.resume(tmp_path)
        there = whole(held, 3)
        assert there == list(range(len(there)))
        assert held.dropped == size - held.end
        held.keep(PLAN, unit(9), fragment(9))
        held.close()
        again = journal.resume(tmp_path)
        assert not again.dropped
        assert [*whole(again, 3), 9] == [*there, *whole(again, 10)[-1:]]
        again.close()
    path.write_bytes(data[: heading - 1])
    journal.begin(tmp_path, HEADING).close()  # nothing was in it


def test_damage_costs_what_is_damaged(tmp_path):
    """Every byte changed once: all other fragments are there; never another fragment."""
    path = filled(tmp_path, 3)
    data = path.read_bytes()
    heading = data.index(journal.MARK, len(journal.FIRST) + 1)
    for at in range(heading, len(data), 11):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x41]) + data[at + 1 :])
        held = journal.resume(tmp_path)
        assert len(whole(held, 3)) == 2
        assert bool(held.damaged) != bool(held.dropped)
        held.close()


def test_one_process_at_a_time(tmp_path):
    """The second one is told so; the first one's journal stays as it is."""
    held = journal.begin(tmp_path, HEADING)
    for open_it in (lambda: journal.resume(tmp_path), lambda: journal.begin(tmp_path, HEADING)):
        with pytest.raises(LeafproofError, match="in use by another run"):
            open_it()
    held.keep(PLAN, unit(0), fragment(0))
    held.close()
    again = journal.resume(tmp_path)
    assert whole(again, 1) == [0]
    again.close()


def test_a_journal_is_not_begun_twice(tmp_path):
    filled(tmp_path, 2)
    before = (tmp_path / "journal").read_bytes()
    with pytest.raises(LeafproofError, match=r"holds a journal already.*--resume"):
        journal.begin(tmp_path, HEADING)
    assert (tmp_path / "journal").read_bytes() == before


@pytest.mark.parametrize(
    ("heading", "says"),
    [
        ({**HEADING, "version": "2"}, "the journal of Leafproof 1, and this is 2"),
        ({**HEADING, "verb": "repair"}, "another job .certify, not repair"),
        ({**HEADING, "about": {"network": "zz", "tree": "bb"}}, "another network"),
        ({**HEADING, "about": {"network": "aa", "tree": "zz"}}, "another tree"),
    ],
)
def test_a_journal_of_something_else(tmp_path, heading, says):
    filled(tmp_path, 1)
    held = journal.resume(tmp_path)
    with pytest.raises(LeafproofError, match=says):
        check_heading(held.heading, heading, tmp_path)
    held.close()


def test_a_full_disk(tmp_path, monkeypatch):
    """What does not fit is not there; what was there is, and the journal can be added to."""
    held = journal.begin(tmp_path, HEADING)
    held.keep(PLAN, unit(0), fragment(0))
    write = os.pwrite

    def full(file, data, at):
        if len(data) < 100:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(file, data[:100], at)

    monkeypatch.setattr(journal.os, "pwrite", full)
    with pytest.raises(LeafproofError, match=r"cannot write .*No space left.*--resume"):
        held.keep(PLAN, unit(1), fragment(1, 10_000))
    held.close()
    monkeypatch.undo()
    again = journal.resume(tmp_path)
    assert not again.dropped
    assert whole(again, 2) == [0]
    again.close()


def test_folders_that_cannot_be_used(tmp_path):
    """One line each."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "journal").write_text("something else")
    (tmp_path / "empty").mkdir()
    cases = [
        (lambda: journal.begin(tmp_path / "file", HEADING), "cannot keep a journal"),
        (lambda: journal.begin("/proc/leafproof", HEADING), "cannot keep a journal"),
        (lambda: journal.begin("a\0b", HEADING), "cannot keep a journal"),
        (lambda: journal.begin(tmp_path, HEADING), "is not a journal of Leafproof"),
        (lambda: journal.resume(tmp_path), "is not a journal of Leafproof"),
        (lambda: journal.resume(tmp_path / "empty"), "holds no journal"),
        (lambda: journal.resume(tmp_path / "nowhere"), "holds no journal"),
    ]
    for act, says in cases:
        with pytest.raises(LeafproofError, match=says) as error:
            act()
        assert "\n" not in str(error.value)
    assert (tmp_path / "journal").read_text() == "something else"
