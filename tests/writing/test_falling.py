"""A proof that goes on as a coarser one: a proof, of the finer's cells first."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import pytest

from tests.brute import truth
from tests.every import EVERY
from tests.kernel.test_checker import case, random_proof
from verifier.kernel import checker
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
        super().__init__(((proof, 0.0),), 1.0, lambda: 0.0, 1.0, 1)
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


def test_the_clock_is_looked_at_when_the_check_tells_how_far_it_is(monkeypatch):
    """Few cells may take long: of these others are not read before it is seen how late it is."""
    fine = (Split(0, 1), Constant(0), Split(1, 1), Constant(0), Constant(1))
    coarse = (Split(0, 1), Constant(0), Open())
    monkeypatch.setattr(falling, "ASKED", 1 << 8)
    assert tuple(fallen(fine, coarse, 2)) == fine
    held, heard = fallen(fine, coarse, 2), []
    told, read = held.telling(heard.append), iter(held)
    assert [next(read), next(read)] == [*fine[:2]]
    told(1)
    assert [*read] == [Open()] and heard == [1]


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


def going_on(*reports, more=0, **others):
    """A check that told when it was through with so many Constants, and read some more of them."""
    going = Going(**others)
    for count, seconds in reports:
        while len(going.ends) + going.steps < count:
            going.read(Constant(0))
        going.through(count, seconds)
    for _ in range(more):
        going.read(Constant(0))
    return going


@pytest.mark.parametrize(
    ("more", "reached", "late"),
    [(0, 0.0, False), (300, 0.0, False), (500, 0.0, True), (1100, 0.9, False), (3900, 0.9, True)],
)
def test_it_is_late_once_there_is_just_time_for_the_rest(more, reached, late):
    """Of 10 seconds 5 are left; a unit takes a thousandth, and the coarse proof 3 seconds."""
    going = going_on((1000, 1.0), (5000, 5.0), more=more, seconds=5.0, reached=reached)
    fallback = Fallback((((), 3.0),), 10.0, lambda: 5.0, 0.001, work=20_000)
    assert fallback.late(going) == late


@pytest.mark.parametrize(("work", "late"), [(9_000, False), (9_900, False), (10_100, True)])
def test_it_is_not_late_where_there_is_time_for_all_of_the_finer_proof(work, late):
    """Of 10 seconds 5 are left, and 3.9 are under way, so that the coarse one's rest is late."""
    going = going_on((1000, 1.0), (5000, 5.0), more=3900, seconds=5.0, reached=0.8)
    fallback = Fallback((((), 3.0),), 10.0, lambda: 5.0, 0.001, work)
    assert fallback.late(going) == late


@pytest.mark.parametrize(("swept", "sweeping", "under"), [(128, 1.0, 9 / 119), (4, 3.0, 9.0)])
def test_few_cells_that_are_enumerated_are_under_way(swept, sweeping, under):
    """No more than some, and no more than most of them."""
    assert Going(swept=swept, seconds=5.0, until=sweeping).under_way(1.0) == pytest.approx(under)


def test_what_was_enumerated_is_not_what_others_take():
    going = going_on((100, 1.0), seconds=9.0)
    going.enumerated(101, 4.0)
    assert going_on((100, 1.0), (1100, 7.0), seconds=9.0).each == pytest.approx(0.006)
    for _ in range(1000):
        going.read(Constant(0))
    going.through(1100, 7.0)
    assert going.each == pytest.approx(0.002)


def test_what_enumerating_takes_is_told_apart(monkeypatch):
    clock, seen = itertools.count(step=0.5), []
    fine = (Split(0, 1), Enumerated(), Split(1, 1), Constant(0), Enumerated())
    fallback = Fallback((((Open(),), 0.0),), 1e9, lambda: next(clock), 1.0, 9)
    monkeypatch.setattr(
        Fallback, "late", lambda _, x: bool(seen.append((x.nodes, x.swept, x.seconds, x.sweeping)))
    )
    assert tuple(Falling(encode(fine, 1), 1, 0, len(fine), opens=False, fallback=fallback)) == fine
    assert seen == [
        (1, 0, 0.5, 0.0),
        (2, 1, 1.5, 0.5),
        (3, 1, 2.0, 0.5),
        (4, 1, 2.5, 0.5),
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
        held.fallback = LateOften(proofs, 1.0, lambda: 0.0, 1.0, 1, at=(first, second))
        read = tuple(held)
        assert read[:first] == fine[:first]
        assert check_shape(domain, read).nodes == len(read) == len(held)
        assert read == tuple(held.left(whole())) == decode(held.data, 1)
        every = [{c: s for c, _, s in steps(domain, x)} for x in (fine, middle, least)]
        for cell, _, step in steps(domain, read):
            assert step == Open() or any(own.get(cell) == step for own in every)
        low, high = verify(matter, read).disagreements
        assert low <= exact[0] and exact[1] <= high


def test_the_finest_that_there_is_time_for_is_gone_on_as():
    """Of 3, 6, 12 and 24 seconds half is past, and all is twice as slow."""
    proofs = tuple(((), float(x)) for x in (3, 6, 12, 24))
    going = going_on((100, 2.0), (500, 10.0), seconds=10.0)
    fallback = Fallback(proofs, 24.0, lambda: 4.0, 0.01, 1000)
    assert going.pace(0.01) == pytest.approx(2.0) and going.under == 0
    ends = [fallback.end + 4.1, fallback.end, 16.1, 15.9, 10.1, 9.9]
    chosen = [replace(fallback, end=end).chosen(going, [0.5] * 4) for end in ends]
    assert chosen == [3, 2, 2, 1, 1, 0]


def test_what_is_under_way_comes_first():
    """Four seconds of it leave no time for a proof that takes six."""
    going = going_on((100, 1.0), (500, 5.0), more=400, seconds=5.0)
    fallback = Fallback((((), 1.0), ((), 6.0)), 9.9, lambda: 0.0, 0.01, 1000)
    assert fallback.chosen(going, [0.0, 0.0]) == 0
    assert replace(fallback, end=10.1).chosen(going, [0.0, 0.0]) == 1


def test_how_slow_a_check_is_is_what_it_took_lately():
    """What it took before it first told is no part of that: helpers were being started."""
    assert going_on(more=300).under_way(0.01) == pytest.approx(3.0)
    first = going_on((1000, 50.0), more=300)
    assert first.each == 0.0 and first.pace(0.01) == 1.0
    assert first.under_way(0.01) == pytest.approx(3.0)
    assert going_on((1000, 50.0), (1010, 50.1)).each == 0.0  # that tells nothing yet
    assert going_on((1000, 50.0), (1010, 51.0)).each == pytest.approx(0.1)
    assert going_on((1000, 50.0), (1000, 51.0)).each == 0.0
    slow = (100, 1.0), (1000, 10.0), (2000, 11.0), (3000, 12.0)
    assert going_on(*slow[:2]).each == pytest.approx(0.01)
    assert going_on(*slow[:3]).each == pytest.approx(0.001)
    late = going_on(*slow, more=300)
    assert late.each == pytest.approx(0.001) and late.pace(0.01) == pytest.approx(0.1)
    assert late.under == 300 and late.under_way(0.01) == pytest.approx(0.3)
    quick = (100, 1.0), (1000, 2.0), (2000, 12.0)
    assert going_on(*quick).each == pytest.approx(0.01)


def test_a_check_tells_what_it_is_through_with(monkeypatch):
    """Before its end, and no Step that it has not read, whatever these are and where it falls."""
    monkeypatch.setattr(checker, "FIRST", 1)
    for seed in range(20):
        _, matter, fine, coarse = proofs(seed)
        for at in (len(fine) // 2, len(fine) + 1):
            held, heard = fallen(fine, coarse, at), []
            verify(matter, held, progress=held.telling(heard.append), stop=lambda: False)
            said = [x for x in held if not isinstance(x, Split)]
            last = max((i for i, x in enumerate(said, 1) if isinstance(x, Constant)), default=0)
            assert heard == sorted(heard) and all(x <= len(said) for x in heard)
            assert not last or heard[-1] >= last


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
