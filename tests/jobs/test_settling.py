"""A proof whose check is cut short: what a coarser one told stands."""

from __future__ import annotations

import pytest

from tests.provers.test_sandwich_proofs import checked, hilly, only_sums, truth
from verifier.jobs import settling
from verifier.jobs.limit import Limit
from verifier.jobs.watching import Watch
from verifier.provers.options import Options
from verifier.provers.pairs import proving
from verifier.provers.timing import now

__all__ = ["only_sums"]


@pytest.fixture
def found(only_sums):
    return proving.prove(hilly(), Options(), now() + 30)


def test_a_coarse_proof_is_one(found):
    assert found.coarse is not None
    low, high = checked(hilly(), settling.replace(found, proof=found.coarse)).disagreements
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
