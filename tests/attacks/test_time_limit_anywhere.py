"""``--timeout`` ended some of the work only: the tree's growth and its tidying, the dynamic
programs, the tail bounds and the kernel's check went on for minutes.

Here the time is over at each place, one after the other, where any of that work asks whether it is;
what comes back must be sound there, and it must come back at once.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from tests.brute import truth
from tests.every import EVERY
from tests.kernel.test_checker import case
from verifier.distillers import cart, certified, knowledge, linear_representation
from verifier.distillers.repair import repair
from verifier.kernel import checker
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Finding, Open
from verifier.model.question import matter_of
from verifier.provers import branch, exhaustive, timing
from verifier.provers.count import with_bounds
from verifier.provers.options import Options
from verifier.provers.timing import TimeOver

FAR = 1e6
"""A deadline in the far future: only the polls say that the time is over."""


@pytest.fixture
def clock(monkeypatch):
    """Has the time over at the so-many-th poll; tells how many came after."""

    def start(polls):
        count = itertools.count()

        def over():
            late = timing.end() is not None and next(count) >= polls
            start.after += late
            return late

        start.after = 0
        monkeypatch.setattr(timing, "over", over)

    return start


def places(seed):
    """Places at which to stop: all of the first, then ever fewer."""
    rng = np.random.default_rng(seed)
    every = [*range(8), *np.unique(np.exp(rng.uniform(2, 9, 12)).astype(int)).tolist()]
    return every if EVERY else every[::2]


def holds(domain, teacher, tree, finding):
    """The proof is valid, and what it proves is true."""
    facts = truth(domain, teacher, tree)
    verdict = checker.verify(
        matter_of(domain, teacher, tree), finding.proof, finding.counterexamples
    )
    assert verdict.error[0] <= facts.error <= verdict.error[1]
    return verdict


PROVERS = {"branch": branch.prove, "exhaustive": exhaustive.prove}


@pytest.mark.parametrize("prover", PROVERS)
@pytest.mark.parametrize("seed", range(3))
def test_a_search_cut_anywhere_proves_what_it_had(clock, prover, seed):
    _, domain, teacher, tree = case(seed)
    for polls in places(seed):
        clock(polls)
        deadline = timing.now() + FAR
        options = Options(deadline=deadline, check_by=deadline)
        found = PROVERS[prover](domain, teacher, tree, options)
        holds(domain, teacher, tree, found)
        assert clock.after <= 1  # the first poll that says so ends it


@pytest.mark.parametrize("small", [True, False], ids=["small", "large"])
@pytest.mark.parametrize("options", [{}, {"leaves": 3}, {"error": 0.1}], ids=str)
@pytest.mark.parametrize("seed", range(2))
def test_a_distiller_cut_anywhere_returns_what_it_had(clock, monkeypatch, seed, options, small):
    _, domain, teacher, _ = case(seed)
    monkeypatch.setattr(certified, "is_small", lambda *_: small)
    for polls in places(seed):
        clock(polls)
        found = certified.distill(teacher, domain, deadline=timing.now() + FAR, **options)
        holds(domain, teacher, found.tree, found.finding)
        assert found.error[0] <= truth(domain, teacher, found.tree).error <= found.error[1]
        assert clock.after < 50  # it went on, if at all, only to gather what it had


@pytest.mark.parametrize("small", [True, False], ids=["small", "large"])
@pytest.mark.parametrize("seed", range(3))
def test_a_repair_cut_anywhere_returns_what_it_had(clock, monkeypatch, seed, small):
    _, domain, teacher, tree = case(seed)
    monkeypatch.setattr("verifier.distillers.repair.is_small", lambda *_: small)
    for polls in places(seed):
        clock(polls)
        fixed = repair(teacher, tree, domain, deadline=timing.now() + FAR)
        holds(domain, teacher, fixed.tree, fixed.finding)


def test_bounds_in_probability_cut_anywhere(clock):
    teacher = Network(10, (Affine(0, np.ones((1, 10)), np.array([-6.5])),))
    _, _, _, tree = case(0)
    for polls in places(0):
        clock(polls)
        domain, leaf = bits(10), type(tree)((tree.nodes[-1],))
        found = with_bounds(
            matter_of(domain, teacher, leaf), Finding((Open(),)), deadline=timing.now() + FAR
        )
        holds(domain, teacher, leaf, found)


def test_cart_fits_more_points_as_long_as_there_is_time(monkeypatch):
    rng = np.random.default_rng(0)
    layers = (
        Affine(0, rng.normal(size=(8, 14)), np.zeros(8)),
        Relu(1),
        Affine(2, rng.normal(size=(1, 8)), np.zeros(1)),
    )
    teacher, domain = Network(14, layers), bits(14)
    fitted = []
    real = cart._fit
    monkeypatch.setattr(cart, "_fit", lambda *about: (fitted.append(len(about[2])), real(*about)))
    seconds = iter(range(10**6))
    monkeypatch.setattr(cart, "now", lambda: next(seconds))
    finished = cart.distill(teacher, domain, deadline=15).finished
    assert fitted == [1000, 4000] and not finished
    fitted.clear()
    found = cart.distill(teacher, domain, deadline=10**6)
    assert fitted[-1] == domain.size and found.finished
    assert found.tree.leaves == cart.distill(teacher, domain).tree.leaves


def test_before_there_is_any_tree_the_linear_probes_say_so(clock):
    rng = np.random.default_rng(1)
    layers = (
        Affine(0, rng.normal(size=(8, 12)), np.zeros(8)),
        Relu(1),
        Affine(2, rng.normal(size=(1, 8)), np.zeros(1)),
    )
    teacher, found = Network(12, layers), 0
    for polls in range(0, 60, 3):
        clock(polls)
        try:
            with timing.ending(timing.now() + FAR):
                result = linear_representation.distill(
                    teacher, bits(12), depth=3, keep=20, deadline=timing.now() + FAR
                )
        except TimeOver:
            continue
        found += 1
        assert result.tree.leaves >= 1
    assert found


def test_a_passed_deadline_is_seen_at_once():
    _, domain, teacher, tree = case(1)
    late = timing.now()
    finding, stopped = knowledge.study(domain, teacher, tree, Options(deadline=late, check_by=late))
    assert finding.proof == (Open(),) and not stopped
