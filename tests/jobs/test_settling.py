"""A proof that there is no time to check: what a coarser one tells is checked in its place."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from types import SimpleNamespace

import numpy as np
import pytest

from tests.clocks import PATIENCE
from tests.provers.cases import hard_problem, random_teacher
from tests.provers.test_sandwich_proofs import checked, hilly, only_sums, truth
from verifier.jobs import schedule, settling
from verifier.jobs.limit import Limit
from verifier.jobs.proving import swept_if_open
from verifier.jobs.watching import Watch
from verifier.kernel.certificate import check_certificate
from verifier.kernel.stopping import CheckStopped
from verifier.model.domain import bits
from verifier.model.proof import Enumerated, Finding, Open, Sandwich, Split, is_open
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.provers.budget import FIXED
from verifier.provers.options import Options
from verifier.provers.pairs import closing, proving
from verifier.provers.timing import TimeOver, now
from verifier.reading.certificate import certificate_of
from verifier.writing import falling

__all__ = ["only_sums"]
pytestmark = pytest.mark.usefixtures("compiled")


@pytest.fixture
def found(only_sums):
    """A finding, and as its coarse proof one that says nothing of one of its cells."""
    fine = proving.prove(hilly(), Options(), now() + 30)
    last = max(i for i, step in enumerate(fine.proof) if isinstance(step, Sandwich))
    coarse = (*fine.proof[:last], Open(), *fine.proof[last + 1 :])
    return replace(fine, coarser=((coarse, 0.0),))


@pytest.mark.parametrize("share", [0.5, 1e-7])
def test_a_coarse_proof_says_less_where_there_is_less_time(only_sums, share, monkeypatch):
    """In half of the time about all of this is said, in an instant only a little."""
    monkeypatch.setattr(closing, "COARSE", (share,))
    monkeypatch.setattr(closing, "SURE", inf)  # else there is time for all, and none is made
    made = proving.prove(hilly(), Options(), now() + 30)
    widths = []
    for proof in (made.proof, made.coarser[-1][0]):
        low, high = checked(hilly(), replace(made, proof=proof)).disagreements
        assert low <= truth(hilly())[0] <= high < hilly().domain.size
        widths.append(high - low)
    assert (widths[1] < 1.2 * widths[0]) == (share > 1e-3)


@pytest.mark.parametrize("late", ["_measured", "_prices"])
def test_a_few_sandwiches_are_there_however_long_it_takes_to_see_what_they_take(
    only_sums, late, monkeypatch
):
    def over(*_):
        raise TimeOver

    monkeypatch.setattr(closing, late, over)
    made = proving.prove(hilly(), Options(), now() + 30)
    assert any(isinstance(step, Sandwich) for step in made.proof)
    low, high = checked(hilly(), made).disagreements
    assert low <= truth(hilly())[0] <= high < hilly().domain.size


def test_a_coarse_proof_is_one(found):
    low, high = checked(hilly(), replace(found, proof=found.coarser[0][0])).disagreements
    assert low <= truth(hilly())[0] <= high < hilly().domain.size


@pytest.mark.parametrize("late", [True, False])
def test_its_rest_is_checked_where_there_is_no_time_for_the_other(found, late, monkeypatch):
    """How long it is said to take decides that, so nothing here depends on the clock."""
    monkeypatch.setattr(falling, "ASKED", 1)
    coarse = found.coarser[0][0]
    takes = 1e6 if late else 0.0
    given = replace(found, check=takes, coarser=((coarse, takes),), further=None)
    made = settling.settle(hilly(), given, "test", Watch(), Limit(600, now()))
    assert made.certificate.proof == (coarse if late else found.proof)
    assert made.proved.checked.cut is None
    assert check_certificate(certificate_of(made.data)).disagreements == made.proved.disagreements


@pytest.mark.parametrize("takes", [0.0, 1e6])
def test_a_coarser_proof_stands_where_the_check_of_the_other_is_cut_short(
    found, takes, monkeypatch
):
    """Three runs in nine left 80 % of a domain open, as the last cells took longer than others."""
    monkeypatch.setattr(settling, "_check_ends", lambda *_: now() - 1)
    monkeypatch.setattr(settling, "_fallback", lambda *_: None)
    coarse = found.coarser[0][0]
    given = replace(found, check=1.0, coarser=((coarse, takes),), further=None)
    made = settling.settle(hilly(), given, "test", Watch(), Limit(600, now()))
    assert (made.certificate.proof == coarse) == (takes == 0.0)
    assert (made.proved.checked.cut is None) == (takes == 0.0)
    assert check_certificate(certificate_of(made.data)).disagreements == made.proved.disagreements


@pytest.mark.parametrize(
    ("seconds", "moment", "whole"), [(600, 0.0, True), (0, 0.0, False), (0, PATIENCE, True)]
)
def test_what_growing_left_open_is_swept_if_there_is_time(seconds, moment, whole, monkeypatch):
    """Or if that takes a moment."""
    monkeypatch.setattr(schedule, "MOMENT", moment)
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


def test_what_was_made_stands_where_there_is_no_time_for_more(monkeypatch, clock):
    """Though going on seemed worth it: so is a proof of much that is to be written and read."""
    domain, teacher, tree = hard_problem()
    matter = matter_of(domain, teacher, tree)
    finding, checks = Finding((Open(),), check=1.0), []
    checked = settling._checked

    def slow(*given, **named):
        checks.append(clock.time)
        if len(checks) > 1:
            raise CheckStopped
        clock.time += 2.0  # most of it is no check, but writing and reading
        return checked(*given, **named)

    monkeypatch.setattr(settling, "_checked", slow)
    more = replace(finding, counterexamples=((0,) * len(domain.variables),))
    monkeypatch.setattr(settling, "_one_more", lambda *_: more)
    limit = Limit(10.0, clock.time)
    made = settling.settle(matter, finding, "branch", Watch(), limit, rounds=True)
    assert len(checks) == 2 and made.proved.error == (0, 1)
    checks.clear()
    monkeypatch.setattr(settling, "_one_more", lambda *_: replace(finding, check=2.0))
    limit = Limit(10.0, clock.time)
    settling.settle(matter, finding, "branch", Watch(), limit, rounds=True)
    assert len(checks) == 1  # it says nothing that the first did not
    checks.clear()
    short = Limit(4.5, clock.time)  # 2.5 s are left then: less than ROOM times two
    settling.settle(matter, finding, "branch", Watch(), short, rounds=True)
    assert len(checks) == 1


@pytest.mark.parametrize(
    ("expected", "took", "learned"),
    [(FIXED, 1e-3, 1.0), (FIXED + 1.0, 0.5, 0.5), (FIXED + 1.0, 3.0, 3.0), (9.0, 0.0, 0.1)],
)
def test_a_check_of_next_to_nothing_does_not_tell_what_cells_take(expected, took, learned):
    """It is expected to take what any does, and takes less: no cell is the quicker for that."""
    assert settling._learned(took, Finding((Open(),), check=expected)) == pytest.approx(learned)


@pytest.mark.parametrize("second", ["stopped", "cut", "whole"])
def test_what_was_made_before_a_step_was_mended_stands_if_the_next_check_tells_less(
    second, monkeypatch, clock
):
    """There was to be time for it, and was not."""
    domain = bits(3)
    teacher = random_teacher(np.random.default_rng(0), domain.columns)
    matter = matter_of(domain, teacher, Tree((Leaf(0),)))
    checked, made = settling._checked, []

    def given(matter_, finding, *args, **named):
        if made and second == "stopped":
            raise CheckStopped
        proof = (Open(),) if made and second == "cut" else finding.proof
        own, refused = checked(matter_, replace(finding, proof=proof), *args, **named)
        made.append(own)
        return own, refused if len(made) > 1 else (1,)

    split = (Split(0, 1), Open(), Enumerated())
    monkeypatch.setattr(settling, "_checked", given)
    monkeypatch.setattr(settling, "leaves_open", lambda *_: False)
    whole = Finding((Enumerated(),))
    monkeypatch.setattr(settling, "_search_on", lambda *_, **named: whole)
    limit = Limit(1000.0, clock.time)
    found = settling.settle(matter, Finding(split), "by hand", Watch(), limit)
    assert len(made) == (1 if second == "stopped" else 2)
    assert found is made[1 if second == "whole" else 0]


@pytest.mark.parametrize(("writing", "checks"), [(1.0, 2), (8.0, 1)])
def test_what_was_refused_is_proved_again_if_all_can_be_written_again(
    writing, checks, monkeypatch, clock
):
    """However little of it the kernel then has to check."""
    domain = bits(3)
    teacher = random_teacher(np.random.default_rng(0), domain.columns)
    matter = matter_of(domain, teacher, Tree((Leaf(0),)))
    checked, made = settling._checked, []

    def given(*some, **named):
        clock.time += writing
        made.append(checked(*some, **named)[0])
        return made[-1], (1,) if len(made) == 1 else ()

    whole = Finding((Enumerated(),))
    monkeypatch.setattr(settling, "_checked", given)
    monkeypatch.setattr(settling, "leaves_open", lambda *_: False)
    monkeypatch.setattr(settling, "_search_on", lambda *_, **named: whole)
    open_half = Finding((Split(0, 1), Open(), Enumerated()))
    settling.settle(matter, open_half, "by hand", Watch(), Limit(12.0, clock.time))
    assert len(made) == checks


def test_large_ensembles_take_their_time_to_be_written(monkeypatch):
    monkeypatch.setattr(Limit, "slow", 1.0)  # it changes while others work on the machine
    limit = Limit(100.0, now())
    sizes = []
    for members in (10, 1000):
        ensemble = SimpleNamespace(outputs=10, size=500 * members)
        matter = SimpleNamespace(models=[SimpleNamespace(model=ensemble)], domain=bits(3))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(schedule, "Ensemble", SimpleNamespace)
            sizes.append(schedule._prepared(matter, limit))
    assert sizes == [pytest.approx(0.195, rel=0.2), pytest.approx(19.5, rel=0.2)]


@pytest.mark.parametrize(("check", "whole"), [(0.1, True), (50.0, False), (0.0, True)])
def test_a_whole_proof_that_is_soon_checked_has_the_time_of_the_sample(check, whole):
    """Of a loaded machine: 9,300 points were left open, and sampled, where a tenth of a second
    would have told all. What takes longer than is left is sampled. Of what is not known how long it
    takes that is told by the number of points."""
    begun = now() - 70.0
    limit = Limit(100.0, begun).sampled(0.5)
    assert limit.checked < now() < limit.full - 25.0
    matter = hilly()
    made = settling.settle(matter, Finding((Enumerated(),), (), check), "test", Watch(), limit)
    assert (made.proved.checked.cut is None) == whole == (made.proved.error[0] > 0)
    if whole:
        assert made.proved.disagreements == (truth(matter)[0],) * 2
        parted = Finding((Split(0, 1), Enumerated(), Open()), (), check)
        made = settling.settle(matter, parted, "test", Watch(), limit)
        assert made.proved.checked.cut is not None  # the other half is sampled


@pytest.mark.parametrize("check", [0.01, 10.0])
def test_what_takes_a_moment_is_checked_where_the_limit_has_come(check, monkeypatch):
    """Reading a module took longer than the limit: 900 points were left open."""
    monkeypatch.setattr(settling, "GRACE", PATIENCE)
    matter, limit = hilly(), Limit(1.0, now() - 3.0)
    finding = Finding((Enumerated(),), (), PATIENCE * check)
    made = settling.settle(matter, finding, "test", Watch(), limit)
    assert (made.proved.checked.cut is None) == (check < 1)


@pytest.mark.parametrize(("slow", "some"), [(1.0, False), (8.0, True)])
def test_a_moment_of_a_busy_machine_is_longer(slow, some, monkeypatch):
    """A whole proof that took seconds where others had the processors was not checked at all."""
    monkeypatch.setattr(Limit, "slow", slow)
    matter = hilly()
    whole = Finding((Enumerated(),), check=1.0)
    ends = settling._check_ends(matter, whole, Limit(1.0, now() - 9))
    assert (ends > now() + 1) is some


def test_a_check_that_lasts_longer_than_expected_has_half_of_the_samples_time():
    """The coarser proof, which leaves more open, is gone on with after that."""
    matter = matter_of(bits(6), random_teacher(np.random.default_rng(0), 6), Tree((Leaf(0),)))
    limit = Limit(10.0, now()).sampled(0.1)
    fine = Finding((Open(),), check=2.0, coarser=(((Open(),), 0.5),))
    fallback = settling._fallback(fine, limit, Watch())
    assert fallback is not None
    late = [replace(fallback, now=lambda at=at: limit.end + at) for at in (-0.1, 0.4, 0.6)]
    through = falling.Going(reached=1.0)
    assert [one.late(through) for one in late] == [False, False, True]
    assert settling._check_ends(matter, fine, limit) == pytest.approx(limit.checked + 0.5)
    alone = replace(fine, coarser=())
    assert settling._fallback(alone, limit, Watch()) is None
    assert settling._check_ends(matter, alone, limit) == limit.checked
