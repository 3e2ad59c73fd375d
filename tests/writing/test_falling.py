"""A proof that goes on as a coarser one: a proof, of the finer's cells first."""

from __future__ import annotations

import pytest

from tests.brute import truth
from tests.kernel.test_checker import case, random_proof
from verifier.kernel.checker import verify
from verifier.model.domain import bits
from verifier.model.proof import Constant, Open, Split, check_shape, is_open, steps
from verifier.model.question import matter_of
from verifier.model.verdict import Checked, Cut
from verifier.reading.proof_bytes import decode
from verifier.writing import falling
from verifier.writing.falling import Fallback, Falling
from verifier.writing.proof_bytes import encode


class Clock:
    """A clock that says of itself when it is late: after so many looks."""

    def __init__(self, looks):
        self.looks = looks

    def __call__(self):
        self.looks -= 1
        return 0.0 if self.looks >= 0 else 1e9


@pytest.fixture(autouse=True)
def _always_asked(monkeypatch):
    monkeypatch.setattr(falling, "ASKED", 1)


def fallen(fine, coarse, at):
    """The finer proof, late at that node (0 is never asked)."""
    fallback = Fallback(coarse, 0.0, 1.0, Clock(at))
    data = encode(fine, 1)
    return Falling(data, 1, 0, len(fine), opens=is_open(fine), fallback=fallback)


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
    held.fallback.now.looks = 0
    assert tuple(held.left(whole(Cut(2, 1, 0)))) == (*fine[:2], Open())
    assert tuple(held) == fine


@pytest.mark.parametrize(
    ("read", "reached", "late"),
    [(0, 0.0, False), (1 << 13, 0.0, True), (1 << 15, 0.0, False), (1 << 13, 0.9, True)],
)
def test_it_is_late_once_there_is_just_time_for_the_rest(read, reached, late):
    """Of 10 seconds 5 are over; the coarse proof takes 3, its rest and what is under way more."""
    fallback = Fallback((), 2.0, 10.0, lambda: 5.0)
    begun = 0.0 if read else 5.0
    assert fallback.late(begun, read, reached) == late
