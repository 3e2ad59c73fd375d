"""Where a search tells of next to nothing the sample has its time."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

import verifier as lp
from tests.jobs.test_sampling import PATIENCE, STUMP, bits, opened
from tests.provers.watched import Watched
from verifier import second_checker
from verifier.distillers import rounds
from verifier.jobs import proving, sampling, schedule
from verifier.jobs.limit import Limit, limit_of
from verifier.jobs.settling import Settled
from verifier.jobs.watching import Note, Watch
from verifier.kernel.certificate import check_certificate
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Finding, Open
from verifier.model.question import matter_of
from verifier.provers import branch
from verifier.provers.options import Options
from verifier.provers.pairs import proving as sandwiching
from verifier.provers.progress import Progress
from verifier.provers.remainder import Remainder
from verifier.provers.search import FAR, Searching
from verifier.writing.processors import Clocks


def stalled(closed, remaining, *, sampled, left=50.0, ended=False, shared=False):
    """Whether it is ended that is judged after ten seconds, with so many left."""
    now = Searching.__dataclass_fields__["begun"].default_factory()
    sample = Remainder(100.0, now + left) if sampled else None
    options = Options(judged=now - 1, hope=0.01, deadline=now + left, sampled=sample)
    options = replace(options, shared=shared)
    search = Watched(options=options)
    search.begun = now - 10
    search.held = Progress(1, 1, closed, rate=100.0, remaining=remaining)
    search.judge(ended=ended)
    return search.stalled


def test_it_ends_where_next_to_nothing_is_closed_and_the_end_is_far():
    far = 2 * FAR * 100.0 * 50
    assert stalled(1e-9, far, sampled=True)
    assert stalled(1e-9, None, sampled=True)  # nothing tells how far
    assert not stalled(1e-9, far / 4, sampled=True)  # the last cells may hold most
    assert not stalled(0.002, far, sampled=True)  # a hundredth at the end
    assert stalled(1e-9, 10.0, sampled=False)  # for Tails it need not be far
    assert not stalled(1e-9, far, sampled=True, ended=True)  # it had all of its time
    assert stalled(0.04, None, sampled=True, ended=True, shared=True)  # others go on from it
    assert not stalled(0.06, None, sampled=True, ended=True, shared=True)


def test_only_with_a_limit_and_a_sample_and_where_nothing_is_gone_on_from():
    plain = Options(deadline=math.inf)
    sample = Remainder(10.0, math.inf)
    assert proving._sampled(plain, sample).sampled is sample
    for options, sampled in (
        (plain, None),
        (Options(), sample),
        (Options(deadline=math.inf, judged=3.0), sample),
        (Options(deadline=math.inf, resume=(Open(),)), sample),
    ):
        assert proving._sampled(options, sampled) is options


def hard():
    """A network of which a search closes nothing in a second."""
    rng = np.random.default_rng(3)
    layers = Affine(0, rng.normal(size=(60, 80)), rng.normal(size=60)), Relu(1)
    last = Affine(2, rng.normal(size=(1, 60)), np.array([0.5]))
    return Network(80, (*layers, last))


def test_a_sample_has_what_is_left(monkeypatch, patient):
    """Where a search was judged to be hopeless (whether it is depends on the machine)."""
    gave_up = Finding((Open(),), stalled=True)
    monkeypatch.setattr(branch, "prove", lambda domain, teacher, tree, options: gave_up)
    monkeypatch.setattr(proving, "_summed", lambda matter, watch, options, end: None)
    heard = []
    result = lp.certify(hard(), STUMP, bits(80), timeout=8, sample=64, progress=heard.append)
    told = [x.text for x in heard if isinstance(x, Note)]
    assert any("has the rest of the time" in x for x in told), told
    assert result.sampled is not None and result.certificate is not None
    without = lp.certify(hard(), STUMP, bits(80), timeout=0.5, sample=0)
    assert not any("has the rest" in x for x in without.notes)


@pytest.mark.parametrize("verb", ["distill", "repair"])
def test_where_a_tree_grows_the_sample_has_it_too(verb, patient, monkeypatch):
    """Of this network nothing is proved, on any machine: judged after the first proof."""
    monkeypatch.setattr(rounds, "FIRST", 0.0)
    monkeypatch.setattr(rounds, "SOONEST", 0.0)
    what = {"leaves": 4} if verb == "distill" else {"tree": STUMP, "leaves": 4}
    result = getattr(lp, verb)(hard(), domain=bits(80), timeout=90, sample=64, **what)
    assert any("has the rest of the time" in x for x in result.notes), result.notes
    assert result.sampled.draws == 64 and not result.finished
    assert result.tree.leaves <= 4
    without = getattr(lp, verb)(hard(), domain=bits(80), timeout=0.5, sample=0, **what)
    assert not any("has the rest" in x for x in without.notes)


@pytest.mark.parametrize("hopeless", [True, False])
def test_where_a_tree_is_repaired_at_points_the_sample_has_it_too(hopeless, patient, monkeypatch):
    """On long ranges; whether a search is hopeless depends on the machine, so it is said here."""
    gave_up = Finding((Open(),), stalled=hopeless)
    asked = []

    def prove(domain, teacher, tree, options):
        asked.append(options.sampled is not None)
        return gave_up

    monkeypatch.setattr(branch, "prove", prove)
    monkeypatch.setattr(proving, "_summed", lambda matter, watch, options, end: None)
    ranges = [Ordinal(f"x{i}", Fraction(0), Fraction(1, 5000), 5001, uniform(5001)) for i in "abc"]
    domain = Domain((*ranges, *bits(77).variables))
    result = lp.repair(hard(), STUMP, domain, leaves=4, timeout=20, sample=64)
    assert any("has the rest of the time" in x for x in result.notes) is hopeless, result.notes
    assert asked == [True] and result.sampled.draws == 64
    without = lp.repair(hard(), STUMP, domain, leaves=4, timeout=1, sample=0)
    assert not any("has the rest" in x for x in without.notes) and asked == [True, False]


@pytest.mark.parametrize(
    ("at", "known", "hopeless"),
    [(10.0, 0.0, True), (10.0, 0.0004, True), (10.0, 0.002, False), (2.0, 0.0, False)],
)
def test_a_growing_proof_is_judged_by_how_it_goes_on(at, known, hopeless, monkeypatch):
    """Of a hundred seconds, at a tenth of them; not before some are over."""
    bulk = SimpleNamespace(teacher=hard())
    made = rounds.Rounds(SimpleNamespace(), bulk, 100.0, 0, sampled=True)
    made.begun = made.first = 0.0
    monkeypatch.setattr(rounds, "now", lambda: at)
    interval = Fraction(0), 1 - Fraction(known)
    assert made.is_hopeless(interval) == hopeless
    made.sampled = False
    assert not made.is_hopeless(interval)


@pytest.mark.parametrize("hopeless", [True, False])
def test_it_has_it_too_where_sandwiches_were_looked_for_after_that(hopeless, monkeypatch, patient):
    """What they tell decides, whatever the search before them did: it may be nearly all."""
    gave_up = Finding((Open(),), stalled=True)
    more = Finding((Open(),), stalled=hopeless)
    monkeypatch.setattr(branch, "prove", lambda domain, teacher, tree, options: gave_up)
    monkeypatch.setattr(proving, "_summed", lambda matter, watch, options, end: more)
    heard = []
    lp.certify(hard(), STUMP, bits(80), timeout=8, sample=64, progress=heard.append)
    told = [x.text for x in heard if isinstance(x, Note)]
    assert any("has the rest of the time" in x for x in told) is hopeless


def test_draws_that_were_asked_for_end_in_time_too(monkeypatch):
    """And it is said how many were made."""
    monkeypatch.setattr(sampling, "BETTING", 1e9)  # so that it is late after a block
    left, watch = opened(sample=0), Watch()
    made, limit = Settled(left.certificate, left.proved, left.data), limit_of(PATIENCE)
    held = sampling.sampled(made, sampling.wish_of(40_000), limit, watch)
    found, plan = held.proved.sampled, held.certificate.sample.plan
    assert found.patches and plan.draws == 40_000 and found.draws == plan.block == 8192
    assert "8,192 of the 40,000 draws were made" in " ".join(watch.notes)
    assert found.lower < Fraction(1, 8) < found.upper
    assert check_certificate(held.certificate).sampled == found
    assert second_checker.check(held.data).sample == ""


def test_nothing_else_is_begun_then():
    matter, limit = matter_of(bits(80), hard(), STUMP), Limit(10.0, 0.0)
    gave_up, through = Finding((Open(),), stalled=True), Finding((Open(),))
    assert schedule.hands_over(matter, gave_up, limit.sampled(0.1))
    assert not schedule.hands_over(matter, gave_up, limit)  # no sample is wanted
    assert not schedule.hands_over(matter, through, limit.sampled(0.1))


@pytest.mark.parametrize(
    ("held", "share", "at", "ends", "hidden"),
    [
        (0.96, 1.0, 4.0, True, 1),
        (0.94, 1.0, 4.0, False, 1),
        (0.96, 0.7, 4.0, False, 1),
        (0.86, 1.0, 9.0, False, 1),
        (0.86, 1.0, 11.0, True, 1),
        (0.84, 1.0, 11.0, False, 1),
        (0.86, 0.7, 11.0, False, 1),
        (0.61, 1.0, 4.0, True, 2),
        (0.59, 1.0, 11.0, False, 2),
        (0.61, 0.7, 4.0, False, 2),
    ],
)
def test_sandwiches_that_tell_little_end_soon(held, share, at, ends, hidden, monkeypatch):
    """By processor time: on a busy machine they had a ``share`` of it, and may tell more yet. Of
    copies of several hidden layers more is asked for."""
    search = SimpleNamespace(
        options=Options(sampled=Remainder(100.0, 100.0)),
        begun=0.0,
        stalled=None,
        rooms=(1,),
        undecided=lambda: held,
        telling=lambda: 0,
        held=SimpleNamespace(
            most=0, groups=(0,), nets=SimpleNamespace(copies=2, widths=(8,) * hidden)
        ),
    )
    monkeypatch.setattr(sandwiching, "_by_points", lambda _: 0.0)
    none = Clocks(0.0, 0.0, 0.0)
    further = sandwiching._Further(
        search, until=50.0, end=100.0, step=0.4, guess=1e-4, at=0.0, since=none
    )
    for then in (1.0, at):
        monkeypatch.setattr(sandwiching, "now", lambda then=then: then)
        monkeypatch.setattr(
            sandwiching, "clocks", lambda then=then: Clocks(then, share * then, then)
        )
        until = further()
        further.before = 1.0
    assert (until == at) == ends == bool(search.stalled)


@pytest.mark.parametrize(
    ("told", "hidden", "ends"),
    [
        ((0.05,), 2, True),  # 0.05 more each second, until 5 s: 0.25
        ((0.2, 0.25), 2, False),  # and 0.05 more each second: 0.4
        ((0.2, 0.24), 2, True),
        ((0.05,), 1, False),
    ],
)
def test_a_search_of_deep_networks_ends_where_it_will_not_tell_enough(
    told, hidden, ends, monkeypatch
):
    """What it tells of grows ever more slowly: it ends when that is seen, and not at the end of
    its time."""
    search = SimpleNamespace(
        options=Options(sampled=Remainder(100.0, 100.0)),
        stalled=None,
        rooms=(1,),
        undecided=lambda: 1.0,
        telling=lambda: 0,
        held=SimpleNamespace(
            most=0, groups=(0,), nets=SimpleNamespace(copies=2, widths=(8,) * hidden)
        ),
    )
    monkeypatch.setattr(sandwiching, "_by_points", lambda _: 0.0)
    monkeypatch.setattr(sandwiching, "clocks", lambda: Clocks(0.0, 0.0, 0.0))
    monkeypatch.setattr(sandwiching, "slow", lambda *_: 1.0)
    none = Clocks(0.0, 0.0, 0.0)
    further = sandwiching._Further(
        search, until=5.0, end=10.0, step=0.4, guess=1e-4, at=0.0, since=none
    )
    for at, share in enumerate(told, 1):
        monkeypatch.setattr(sandwiching, "now", lambda at=at: float(at))
        search.undecided = lambda share=share: 1 - share
        until = further()
        assert (until == at) == bool(search.stalled) == (ends and at == len(told))


def test_one_moment_does_not_tell_how_busy_a_machine_is(monkeypatch):
    """So that the search for sandwiches is loaded, without which the sample may be all there is."""
    for looks, loads in (([30.0, 2.0, 30.0], True), ([30.0, 30.0, 30.0], False)):
        left = iter(looks)
        monkeypatch.setattr(proving, "slow_now", lambda left=left: next(left))
        assert proving._can_load(proving.now() + 20.0) == loads


@pytest.mark.parametrize(
    ("sampled", "left", "undecided", "little"),
    [(True, 20, 0.9, True), (False, 20, 0.9, False), (True, 5, 0.9, False), (True, 20, 0.8, False)],
)
def test_a_search_that_has_all_that_can_be_checked_is_judged_too(sampled, left, undecided, little):
    sample = Remainder(100.0, 100.0) if sampled else None
    search = SimpleNamespace(options=Options(sampled=sample), undecided=lambda: undecided)
    assert sandwiching._tells_little(search, sandwiching.now() + left) is little
