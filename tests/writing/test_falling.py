"""A proof that goes on as a coarser one: a proof, of the finer's cells first."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import pytest

from tests.brute import truth
from tests.every import EVERY
from tests.kernel.test_checker import case, random_proof
from verifier.kernel.checker import verify
from verifier.model.domain import bits
from verifier.model.proof import (
    Cases,
    Constant,
    Enumerated,
    Open,
    Sandwich,
    Signed,
    Split,
    check_shape,
    is_open,
    steps,
)
from verifier.model.question import matter_of
from verifier.model.verdict import Checked, Cut
from verifier.reading.proof_bytes import decode
from verifier.writing import falling
from verifier.writing.falling import Fallback, Falling, Going, units
from verifier.writing.proof_bytes import encode


class LateAt(Fallback):
    """One that says itself when it is late."""

    def __init__(self, proof, at):
        super().__init__(((proof, 0.0),), 1.0, lambda: 0.0)
        object.__setattr__(self, "at", at)

    def late(self, going):
        return going.nodes >= self.at


@pytest.fixture(autouse=True)
def _always_asked(monkeypatch):
    monkeypatch.setattr(falling, "ASKED", 1)


def fallen(fine, coarse, at):
    """The finer proof, late at that node (0 is never asked)."""
    fallback = LateAt(coarse, at)
    data = encode(fine, 1)
    return Falling(data, 1, 0, len(fine), opens=is_open(fine), fallback=fallback)


def test_the_clock_is_looked_at_before_every_cell_that_is_enumerated(monkeypatch):
    monkeypatch.setattr(falling, "ASKED", 1 << 8)
    fine = (Split(0, 1), Constant(0), Split(1, 1), Enumerated(), Enumerated())
    coarse = (Split(0, 1), Constant(0), Open())
    assert tuple(fallen(fine, coarse, 4)) == (*fine[:4], Open())
    assert tuple(fallen(fine, coarse, 1)) == (*fine[:3], Open(), Open())


def test_the_clock_is_looked_at_after_a_pause(monkeypatch):
    """Few cells may take long: of these others are not read before it is seen how late it is."""
    fine = (Split(0, 1), Constant(0), Split(1, 1), Constant(0), Constant(1))
    coarse = (Split(0, 1), Constant(0), Open())
    monkeypatch.setattr(falling, "ASKED", 1 << 8)
    assert tuple(fallen(fine, coarse, 2)) == fine
    monkeypatch.setattr(falling, "PAUSE", -1.0)
    assert tuple(fallen(fine, coarse, 2)) == (*fine[:2], Open())


def whole(cut=None):
    """What a check says of itself that was not cut short, or was."""
    return Checked({}, 0, 0, 0, 0, 0.0, cut, ())


def pruned(proof, rng, cell=0.3):
    """A coarser proof: some subtrees are one Open."""
    out, nodes = [], iter(proof)

    def copy(*, kept):
        node = next(nodes)
        cut = kept and isinstance(node, Split) and rng.random() < cell
        if kept:
            out.append(Open() if cut else node)
        if isinstance(node, Split):
            copy(kept=kept and not cut)
            copy(kept=kept and not cut)

    copy(kept=True)
    return tuple(out)


def proofs(seed):
    """A domain, a question, and two proofs about it."""
    rng, domain, network, tree = case(seed)
    fine = random_proof(rng, domain, network, truth(domain, network, tree).classes)
    return domain, matter_of(domain, network, tree), fine, pruned(fine, rng)


@pytest.mark.parametrize("seed", range(20))
def test_what_is_read_is_a_proof_that_begins_as_the_fine_one(seed):
    domain, _, fine, coarse = proofs(seed)
    for at in range(1, len(fine) + 2):
        held = fallen(fine, coarse, at)
        read = tuple(held)
        assert check_shape(domain, read).nodes == len(read) == len(held)
        assert read[:at] == fine[:at]
        left = held.left(whole())
        assert read == tuple(left) == tuple(held) == held[:] == decode(held.data, 1)
        assert held.opens == left.opens == is_open(read)
        mine = [(c, s) for c, _, s in steps(domain, read)]
        own = {c: s for c, _, s in steps(domain, fine)}
        other = {c: s for c, _, s in steps(domain, coarse)}
        began = sum(not isinstance(x, Split) for x in fine[:at])
        for i, (cell, step) in enumerate(mine):
            if i < began:
                assert own[cell] == step
            else:
                assert other.get(cell, Open()) == step


def test_a_step_of_a_larger_cell_is_said_of_what_is_left_of_it():
    fine = (Split(0, 1), Constant(0), Split(1, 1), Constant(1), Constant(1))
    held = fallen(fine, (Constant(1),), 2)
    assert tuple(held) == (Split(0, 1), Constant(0), Constant(1))


def test_other_splits_leave_the_rest_open():
    fine = (Split(0, 1), Constant(0), Constant(1))
    held = fallen(fine, (Split(1, 1), Constant(0), Constant(1)), 2)
    assert tuple(held) == (Split(0, 1), Constant(0), Open()) and held.opens
    check_shape(bits(2), tuple(held))


def test_the_verdict_is_that_of_the_joined_proof():
    for seed in range(20):
        _, matter, fine, coarse = proofs(seed)
        held = fallen(fine, coarse, max(1, len(fine) // 2))
        found = verify(matter, held)
        again = verify(matter, tuple(decode(held.data, 1)))
        assert found.disagreements == again.disagreements


def test_what_is_left_of_a_cut_check_is_what_it_read():
    """However late it is by then: nothing comes in that nobody checked."""
    fine = (Split(0, 1), Constant(0), Constant(1))
    held = fallen(fine, (Split(0, 1), Constant(0), Open()), 3)
    read = iter(held)
    assert [next(read), next(read)] == [*fine[:2]]
    object.__setattr__(held.fallback, "at", 0)
    assert tuple(held.left(whole(Cut(2, 1, 0)))) == (*fine[:2], Open())
    assert tuple(held) == fine


@pytest.mark.parametrize(
    ("read", "reached", "late"),
    [(0, 0.0, False), (1 << 13, 0.0, True), (1 << 15, 0.0, False), (1 << 13, 0.9, True)],
)
def test_it_is_late_once_there_is_just_time_for_the_rest(read, reached, late):
    """Of 10 seconds 5 are over; the coarse proof takes 3, its rest and what is under way more."""
    going = Going(read, 0, 5.0 if read else 0.0, reached)
    assert Fallback((((), 2.0),), 10.0, lambda: 5.0).late(going) == late


@pytest.mark.parametrize(
    ("read", "swept", "sweeping", "late"),
    [
        (256, 0, 0.0, True),  # any of what was read may be under way
        (256, 128, 5.0, False),  # of cells that are enumerated few are
        (256, 128, 1.0, True),
        (1280, 160, 4.9, False),  # the others have taken little
        (20, 10, 5.0, True),
    ],
)
def test_few_cells_that_are_enumerated_are_under_way_and_what_they_took_is_theirs(
    read, swept, sweeping, late
):
    going = Going(read, swept, 5.0, until=sweeping)
    assert Fallback((((), 2.0),), 10.0, lambda: 5.0).late(going) == late


def test_what_enumerating_takes_is_told_apart(monkeypatch):
    clock, seen = itertools.count(step=0.5), []
    fine = (Split(0, 1), Enumerated(), Split(1, 1), Constant(0), Enumerated())
    fallback = Fallback((((Open(),), 0.0),), 1e9, lambda: next(clock))
    monkeypatch.setattr(
        Fallback, "late", lambda _, x: bool(seen.append((x.nodes, x.swept, x.seconds, x.sweeping)))
    )
    assert tuple(Falling(encode(fine, 1), 1, 0, len(fine), opens=False, fallback=fallback)) == fine
    assert seen == [
        (1, 0, 1.5, 0.0),
        (2, 1, 3.0, 1.0),
        (3, 1, 4.5, 1.0),
        (4, 1, 6.0, 1.0),
    ]


def test_what_enumerating_takes_is_without_what_is_settled_before():
    """Each node takes a hundredth of a second and a cell to enumerate a tenth, wherever it is."""
    going, at = Going(seconds=100.0), 0
    for others in (2000, 500, 3000, 100):
        at += others
        going.enumerated(at, 0.01 * others + 0.1)
        told = going.sweeping
    assert told == pytest.approx(0.4)
    alike = Going(seconds=100.0)
    for at in (1000, 2000, 3000):  # nothing tells them apart
        alike.enumerated(at, 10.0)
    assert alike.sweeping == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("expected", "late"),
    [
        (0.0, False),  # all that was read may be done: of 2,000 nodes 1,500 are under way, at most
        (0.0004, False),
        (0.002, True),
        (math.inf, True),
    ],
)
def test_what_is_under_way_takes_what_was_expected_unless_more_was_seen(expected, late):
    """At a check's start; 1.5 of 3 seconds are left, and the coarse proof is past."""
    going = Going(2000, 0, 0.5, 1.0)
    fallback = Fallback((((), 2.0),), 3.0, lambda: 1.5, expected)
    assert fallback.late(going) == late
    most, least = going.under_way(), going.under_way(0.0)
    assert least == pytest.approx(1500 * 0.5 / 2000)
    assert most == pytest.approx(1500 * 0.5 / 500)
    assert going.under_way(expected) == pytest.approx(min(most, max(least, 1500 * expected)))
    slow = Going(2000, 0, 1.9, 1.0)  # slower than expected
    assert Fallback((((), 2.0),), 3.0, lambda: 1.5, 0.0).late(slow)


@dataclass(frozen=True, eq=False)
class LateOften(Fallback):
    """One that is late at some nodes."""

    at: tuple[int, ...] = ()

    def late(self, going):
        return going.nodes == self.at[-len(self.proofs)]


@pytest.mark.parametrize("seed", range(10 if EVERY else 5))
def test_it_falls_from_proof_to_proof(seed):
    """Every cell is one of the proof that was gone through when it began, or a part of one."""
    rng, domain, network, tree = case(seed)
    fine = random_proof(rng, domain, network, truth(domain, network, tree).classes)
    middle = pruned(fine, rng, 0.2)
    least = pruned(middle, rng, 0.4)
    matter = matter_of(domain, network, tree)
    exact = verify(matter, fine).disagreements
    for first in range(1, len(fine), 1 + len(fine) // 12):
        second = first + 1 + seed % 3
        data = encode(fine, 1)
        held = Falling(data, 1, 0, len(fine), opens=False, fallback=None)
        proofs = (least, 0.0), (middle, 0.0)
        held.fallback = LateOften(proofs, 1.0, lambda: 0.0, at=(first, second))
        read = tuple(held)
        assert read[:first] == fine[:first]
        assert check_shape(domain, read).nodes == len(read) == len(held)
        assert read == tuple(held.left(whole())) == decode(held.data, 1)
        every = [{c: s for c, _, s in steps(domain, x)} for x in (fine, middle, least)]
        for cell, _, step in steps(domain, read):
            assert step == Open() or any(own.get(cell) == step for own in every)
        low, high = verify(matter, read).disagreements
        assert low <= exact[0] and exact[1] <= high


def test_the_finest_that_leaves_time_for_the_next_one_is_gone_on_as():
    """Of 3, 6, 12 and 24 seconds, with 20 left: half of each is past, and all is twice as slow."""
    proofs = tuple(((), float(x)) for x in (3, 6, 12, 24))
    going = Going(nodes=400, units=200, seconds=4.0, done=200, spent=4.0)
    fallback = Fallback(proofs, 24.0, lambda: 4.0, unit=0.01)
    assert going.pace(0.01) == 2.0 and going.under_way() == 0.0
    assert fallback.chosen(going, [0.5] * 4) == 3
    assert replace(fallback, end=21.9).chosen(going, [0.5] * 4) == 2
    assert replace(fallback, end=4.1).chosen(going, [0.5] * 4) == 0


def test_how_slow_a_check_is_is_seen_where_it_pauses():
    """What it read before a pause it is through with after the next one."""
    going = Going(units=300)
    going.paused(1.0)
    assert going.pace(0.01) == 1.0
    going.units = 500
    going.paused(9.0)
    assert (going.done, going.spent) == (300, 9.0)
    assert going.pace(0.01) == pytest.approx(9.0 / (3.0 + 2 * falling.LOOK))
    assert going.under_way(1e9) == pytest.approx(200 * 0.03)
    few = Going(units=3)
    few.paused(0.1)
    few.paused(0.2)
    assert few.each == 0.0  # that tells nothing yet
    few.paused(6.0)
    assert few.each == 2.0


def test_in_sections_it_is_told_what_is_under_way_and_how_slow_that_is():
    """What it took until the first section was done does not count: helpers had to be started."""
    going = Going(units=1000)
    going.through(0, 0.0)
    assert going.under_way(1e9, 0.01) == 10.0
    going.through(400, 30.0)
    assert going.under_way(1e9, 0.01) == 6.0 and going.pace(0.01) == 1.0
    going.through(700, 36.0)
    assert going.under_way(1e9, 0.01) == 300 * 0.02 and going.pace(0.01) == 2.0


def test_cases_are_as_many_units_as_they_have_steps():
    some = Sandwich((), (), 0, 1)
    held = replace(some, cases=Cases((), (some, some)))
    assert [units(x) for x in (Split(0, 1), Open(), some, held)] == [0, 1, 3, 9]


def test_trees_of_signs_count_by_their_work_in_what_is_past_too():
    many = (falling.UNIT * 99 - falling.BESIDE + 1) * b"0"
    proof = Split(0, 1), Signed(0, many), Constant(0)
    assert [units(x) for x in proof] == [0, 100, 1]
    place, past = falling._Place.of(proof), list[float]()
    for node in proof:
        place.follow(node)
        past.append(place.reached)
    assert past == [0.0, 0.0, 100 / 101]
