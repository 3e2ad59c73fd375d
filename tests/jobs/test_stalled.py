"""Where branching closes little of a domain of sets of values, sandwiches are counted."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import verifier as lp
from verifier.jobs import proving
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Leaf, Tree
from verifier.provers.cells import Branching
from verifier.provers.options import Options
from verifier.provers.search import Searching

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


@pytest.mark.parametrize(
    ("stalls", "outputs", "counted"), [(True, 1, True), (False, 1, False), (True, 3, False)]
)
def test_what_stalls_is_counted_by_sandwiches(
    stalls, outputs, counted, monkeypatch, own_time, compiled
):
    asked = []

    def judge(self, *, ended=False):
        self.stalled = stalls and self.options.judged is not None

    def summed(matter, watch, options, end):
        asked.append(end - options.deadline)  # None: they tell nothing, so it is searched on

    monkeypatch.setattr(proving, "AT_ONCE", 0.0)
    monkeypatch.setattr(proving, "AFFORDABLE", 0.0)
    monkeypatch.setattr(Searching, "judge", judge)
    monkeypatch.setattr(proving, "_summed", summed)
    result = lp.certify(rough(outputs), Tree((Leaf(0),)), bits(BITS), timeout=1.5, sample=0)
    assert bool(asked) == counted
    assert result.certificate.found_by.partition(" ")[0] == "branch"
    assert result.proved.domain_size == 1 << BITS


def search_of(hidden, monkeypatch, closed, left):
    """A search for a network of so many hidden layers, which has closed this probability."""
    layers = [Affine(0, np.eye(3), np.zeros(3)), Relu(1)]
    for at in range(2, 2 * hidden, 2):
        layers += [Affine(at, np.eye(3), np.zeros(3)), Relu(at + 1)]
    net = Network(3, (*layers, Affine(2 * hidden, np.ones((1, 3)), np.zeros(1))))
    search = Branching(bits(3), net, Tree((Leaf(0),)), options=Options(judged=0.0))
    search.begun -= 100.0
    monkeypatch.setattr(Branching, "left", left)
    found = SimpleNamespace(probability=closed)
    monkeypatch.setattr(Branching, "snapshot", lambda self, seconds: found)
    return search


@pytest.mark.parametrize(
    ("hidden", "closed", "stalls"),
    [
        (1, 0.85, True),
        (1, 0.95, False),
        (2, 0.75, True),
        (2, 0.85, False),
        (3, 0.45, True),
        (3, 0.55, False),
    ],
)
def test_what_is_half_closed_is_of_use_where_sandwiches_are_not(
    hidden, closed, stalls, monkeypatch
):
    search = search_of(hidden, monkeypatch, closed, 0.0)
    search.judge(ended=True)
    assert search.stalled == stalls


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


def test_it_is_judged_when_it_is_time(monkeypatch):
    search = search_of(2, monkeypatch, 1e-9, 1.0)
    search.options = Options(judged=1e18)
    search.judge()
    assert search.stalled is None
    search.options = Options()
    search.judge(ended=True)
    assert search.stalled is None
