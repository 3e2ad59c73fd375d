"""What branching leaves open sandwiches are counted in; and searches without hope are left."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import numpy as np
import pytest

import verifier as lp
from tests.clocks import PATIENCE
from tests.jobs.test_handing_over import hard
from verifier.jobs import proving, sweeping
from verifier.jobs.loading import About
from verifier.jobs.watching import Watch
from verifier.kernel.checker import verify
from verifier.model.domain import Domain, bits, signs
from verifier.model.network import Affine, Network, Relu
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Constant, Finding, Open, Split
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.provers import branch
from verifier.provers.cells import Branching
from verifier.provers.options import Options
from verifier.provers.pairs import proving as sandwiching
from verifier.provers.pairs import search as growing
from verifier.provers.pairs import together
from verifier.provers.remainder import Remainder
from verifier.provers.timing import now

BITS = 18


def rough(outputs):
    """A network of few neurons that nothing is said about by their signs alone."""
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(6, BITS))
    layers = (
        Affine(0, hidden, -hidden.sum(axis=1) / 2),
        Relu(1),
        Affine(2, rng.normal(size=(outputs, 6)), np.zeros(outputs)),
    )
    return Network(BITS, layers)


@pytest.mark.parametrize("outputs", [1, 3])
def test_what_is_left_open_is_counted_by_sandwiches(outputs, monkeypatch, own_time, compiled):
    """In the time that the check of what is closed leaves, of more classes too."""
    asked, given = [], []

    def summed(matter, watch, options, end):
        asked.append((options, end))

    def prove(domain, teacher, tree, options):
        given.append(options)
        return Finding((Split(0, 1), Constant(0), Open()), check=0.25)

    monkeypatch.setattr(proving, "AT_ONCE", 0.0)
    monkeypatch.setattr(sweeping, "AFFORDABLE", 0.0)
    monkeypatch.setattr(proving, "_summed", summed)
    monkeypatch.setattr(branch, "prove", prove)
    result = lp.certify(rough(outputs), Tree((Leaf(0),)), bits(BITS), timeout=1.5, sample=0)
    assert result.certificate.found_by.partition(" ")[0] == "branch"
    options = given[0]
    assert options.anytime
    assert options.least < options.deadline
    assert options.shared and asked
    for held, end in asked:
        assert held.resume == (Split(0, 1), Constant(0), Open())
        assert end == options.check_by - 0.25


def test_a_proof_gone_on_from_keeps_its_cells(monkeypatch, own_time, compiled):
    """And where a difference is enough, cells come in order."""
    given = []

    def prove(domain, teacher, tree, options):
        given.append(options)
        return Finding(options.resume or (Open(),))

    matter = matter_of(bits(BITS), rough(1), Tree((Leaf(0),)))
    monkeypatch.setattr(branch, "prove", prove)
    held = Options(deadline=now() + 5, check_by=now() + 5)
    for more in ({"resume": (Open(),)}, {"stop_at_difference": True}):
        proving._closed_or_summed(matter, Watch(), replace(held, **more), now() + 6)
    assert [x.anytime for x in given] == [False, False]
    assert [x.least for x in given] == [None, None]


@pytest.mark.parametrize(("more", "coarse"), [(0.125, False), (0.5, True)])
def test_a_coarse_proof_is_for_where_sandwiches_take_long(more, coarse, monkeypatch, compiled):
    """What closed cells take is as it was expected; it counts in all that is expected."""
    held = Options(deadline=now() + 5, check_by=now() + 5)
    some = Finding((Open(),), check=more, coarser=(((Open(),), 0.0625),))
    monkeypatch.setattr(branch, "prove", lambda *_: Finding((Open(),), ((0,) * BITS,), 0.25))
    monkeypatch.setattr(proving, "_summed", lambda *_: some)
    matter = matter_of(bits(BITS), rough(1), Tree((Leaf(0),)))
    name, found = proving._closed_or_summed(matter, Watch(), held, now() + 6)
    assert name == "questions"
    falling = 0.0625 + together.LIKELY * 0.25
    assert found.coarser == ((((Open(),), falling),) if coarse else ())
    assert found.check == 0.25 + more
    assert found.counterexamples == ((0,) * BITS,)


@pytest.mark.parametrize("more", [True, False])
@pytest.mark.parametrize(
    ("told", "closed", "given_up"),
    [(0.6, 0.1, True), (0.6, 0.3, False), (0.4, 0.0, False), (0.96, 0.0, False)],
)
def test_what_sandwiches_tell_more_of_is_counted_from_the_start(
    told, closed, given_up, more, monkeypatch, compiled
):
    """Of the small cells that were closed nothing is kept; but where there is no time for
    sandwiches after all."""
    asked, some = [], (Split(0, 1), Constant(0), Open())
    search = SimpleNamespace(undecided=lambda: 1.0 - told)

    def prove(domain, teacher, tree, options):
        assert options.instead(closed) == given_up
        return Finding(some, ((0,) * BITS,), stalled=given_up)

    def summed(matter, watch, options, end, begun=None):
        asked.append((options.resume, begun))
        return Finding((Open(),)) if begun is None or more else None

    monkeypatch.setattr(sandwiching, "promised", lambda *_: search)
    monkeypatch.setattr(branch, "prove", prove)
    monkeypatch.setattr(proving, "_summed", summed)
    ranges = [Ordinal(f"x{i}", Fraction(0), Fraction(1), 2, uniform(2)) for i in range(BITS)]
    matter = matter_of(Domain(tuple(ranges)), rough(1), Tree((Leaf(0),)))
    held = Options(deadline=now() + 5)
    name, found = proving._closed_or_summed(matter, Watch(), held, now() + 6)
    assert name == "questions"
    assert found.counterexamples == ((0,) * BITS,)
    both = [(None, search), (some, None)]
    assert asked == (both[:1] if given_up and more else both if given_up else both[1:])


@pytest.mark.parametrize(
    ("network", "least", "most"),
    [(rough(1), 0.9, 1.0), (hard(), 0.0, 0.2)],
    ids=["few points", "many neurons"],
)
def test_what_sandwiches_tell_of_at_once(network, least, most, compiled):
    matter = matter_of(bits(network.columns), network, Tree((Leaf(0),)))
    search = sandwiching.promised(matter, Options(deadline=now() + 20), 0.02, now() + 20)
    assert least <= 1 - search.undecided() <= most


def test_a_search_that_has_begun_is_gone_on_with(monkeypatch, compiled):
    """What it found in its first moment is not found again, and its proof is of all."""
    matter = matter_of(bits(BITS), rough(1), Tree((Leaf(0),)))
    options = Options(deadline=now() + 5 * PATIENCE)
    search = sandwiching.promised(matter, options, 0.0, options.deadline)
    growing.split(search, 1)
    cells = int(search.pool.used[0])
    monkeypatch.setattr(sandwiching, "begin", None)
    found = proving._summed(matter, Watch(), options, now() + 2 * PATIENCE, search)
    assert search.options is options and search.pool.used[0] > cells > 1
    low, high = verify(matter, found.proof, lenient=True).error
    assert high - low < 0.1


def search_of(hidden, monkeypatch, closed, left):
    """A search for a network of so many hidden layers, which has closed this probability."""
    layers = [Affine(0, np.eye(3), np.zeros(3)), Relu(1)]
    for at in range(2, 2 * hidden, 2):
        layers += [Affine(at, np.eye(3), np.zeros(3)), Relu(at + 1)]
    net = Network(3, (*layers, Affine(2 * hidden, np.ones((1, 3)), np.zeros(1))))
    search = Branching(bits(3), net, Tree((Leaf(0),)), options=Options(judged=0.0))
    search.begun -= 100.0
    monkeypatch.setattr(Branching, "left", left)
    found = SimpleNamespace(probability=closed, remaining=None, rate=1.0)
    monkeypatch.setattr(Branching, "snapshot", lambda self, seconds: found)
    return search


@pytest.mark.parametrize(
    ("closed", "left", "stalls"), [(0.2, 1.0, True), (0.2, 40.0, False), (1e-9, 1e9, True)]
)
def test_a_search_without_hope_is_left(closed, left, stalls, monkeypatch):
    """One that has closed little goes on: the hardest cells may come first."""
    search = search_of(2, monkeypatch, closed, left)
    search.judge()
    assert search.stalled == stalls
    search.judge(ended=True)
    assert search.stalled


@pytest.mark.parametrize(("closed", "left", "stalls"), [(0.6, 300.0, False), (0.6, 100.0, True)])
def test_a_search_that_is_to_close_all_is_judged_again(closed, left, stalls, monkeypatch):
    """Of what it closes less comes later: as the square root of time."""
    search = search_of(2, monkeypatch, 0.9, 1e9)
    search.options = Options(judged=0.0, hope=1.0)
    search.judge()
    assert search.stalled is False
    monkeypatch.setattr(Branching, "left", left)
    found = SimpleNamespace(probability=closed, remaining=None, rate=1.0)
    monkeypatch.setattr(Branching, "snapshot", lambda self, seconds: found)
    search.judge()
    assert search.stalled == stalls


def test_it_is_judged_when_it_is_time(monkeypatch):
    search = search_of(2, monkeypatch, 1e-9, 1.0)
    search.options = Options(judged=1e18)
    search.judge()
    assert search.stalled is None
    search.options = Options()
    search.judge(ended=True)
    assert search.stalled is None


@pytest.mark.parametrize("width, judged", [(255, False), (256, True)])
def test_a_search_about_a_wide_network_ends_where_it_closes_little(width, judged, monkeypatch):
    """So that Tails have the rest of the time."""
    given = []

    def prove(domain, teacher, tree, options):
        given.append(options)
        return Finding((Open(),))

    layers = (
        Affine(0, np.ones((width, 64)), np.zeros(width)),
        Relu(1),
        Affine(2, np.ones((1, width)), np.zeros(1)),
    )
    about, begun = About(Network(64, layers), signs(64), None), now()
    monkeypatch.setattr(branch, "prove", prove)
    proving.search(about, Tree((Leaf(0),)), Watch(), deadline=begun + 600.0)
    (options,) = given
    assert (options.judged is not None) == judged
    if judged:
        assert begun < options.judged <= now() + proving.AT_LAST
        assert options.hope == proving.THROUGH == 1


def test_a_search_before_a_sweep_ends_where_it_would_leave_most_open(monkeypatch, clock, compiled):
    """The sweep leaves nothing open, and there is time for it; then nothing was in vain."""
    given = []

    def prove(domain, teacher, tree, options):
        given.append(options)
        clock.time += 10.0
        return Finding((Open(),), ((0,) * BITS,), stalled=True)

    def swept(matter, watch, options):
        given.append(options)
        return Finding((Open(),))

    monkeypatch.setattr(branch, "prove", prove)
    monkeypatch.setattr(proving, "kept_free", lambda *_: 50.0)
    monkeypatch.setattr(proving, "AT_ONCE", 0.0)
    monkeypatch.setattr(sweeping, "sweep", swept)
    about, begun = About(rough(1), bits(BITS), None), clock.time
    options = {"deadline": begun + 250.0, "end": begun + 300.0}
    options["sampled"] = Remainder(300.0, begun + 300.0)
    name, found = proving.search(about, Tree((Leaf(0),)), Watch(), **options)
    before, sweep = given
    assert before.judged == begun + sweeping.BRIEFLY
    assert before.deadline == before.check_by == begun + sweeping.TRIED * 50.0
    assert (before.hope, before.sampled) == (sweeping.HOPE, None)
    assert sweep.deadline == begun + 300.0
    assert name == "branch" and not found.stalled
