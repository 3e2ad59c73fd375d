"""A proof whose check is cut short: what a coarser one told stands."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.provers.test_sandwich_proofs import checked, hilly, only_sums, truth
from verifier.jobs import settling
from verifier.jobs.limit import Limit
from verifier.jobs.proving import swept_if_open
from verifier.jobs.watching import Watch
from verifier.model.proof import Finding, Open, Sandwich, is_open
from verifier.provers.options import Options
from verifier.provers.pairs import closing, proving
from verifier.provers.timing import now

__all__ = ["only_sums"]
pytestmark = pytest.mark.usefixtures("compiled")


@pytest.fixture
def found(only_sums):
    """A finding, and as its coarse proof one that says nothing of one of its cells."""
    fine = proving.prove(hilly(), Options(), now() + 30)
    last = max(i for i, step in enumerate(fine.proof) if isinstance(step, Sandwich))
    return replace(fine, coarse=(*fine.proof[:last], Open(), *fine.proof[last + 1 :]))


@pytest.mark.parametrize("share", [closing.COARSE, 1e-7])
def test_a_coarse_proof_is_made_where_it_says_less(only_sums, share, monkeypatch):
    """In a tenth of the time all of this is said, in an instant nothing."""
    monkeypatch.setattr(closing, "COARSE", share)
    made = proving.prove(hilly(), Options(), now() + 30)
    assert (made.coarse is None) == (share > 1e-3)
    assert made.coarse != made.proof


def test_a_coarse_proof_is_one(found):
    assert found.coarse is not None
    low, high = checked(hilly(), replace(found, proof=found.coarse)).disagreements
    assert low <= truth(hilly())[0] <= high < hilly().domain.size


@pytest.mark.parametrize("cut", [True, False])
def test_it_stands_where_the_check_of_the_other_is_cut(found, cut, monkeypatch):
    given, seen = settling._checked, []

    def late(matter, finding, prover, watch, limit, **more):
        over = Limit(0, now() - 100) if seen and cut else limit
        made = given(matter, finding, prover, watch, over, **more)
        seen.append(made[0])
        return made

    monkeypatch.setattr(settling, "_checked", late)
    limit = Limit(60, now())
    made = settling.settle(hilly(), found, "test", Watch(), limit)
    coarse, fine = seen
    assert (fine.proved.checked.cut is not None) == cut
    assert made is (coarse if cut else fine)


@pytest.mark.parametrize(("seconds", "whole"), [(60, True), (0, False)])
def test_what_growing_left_open_is_swept_if_there_is_time(seconds, whole):
    matter = hilly()
    left = Finding((Open(),), ((0, 0, 0),))
    found = swept_if_open(matter, left, Limit(seconds, now()), Watch())
    assert found.counterexamples[0] == (0, 0, 0)
    assert is_open(found.proof) != whole
    if whole:
        count = truth(matter)[0]
        assert checked(matter, replace(found, counterexamples=())).disagreements == (count, count)
    else:
        assert found is left
