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


@pytest.mark.parametrize("hidden", [1, 2])
@pytest.mark.parametrize(("closed", "stalls"), [(0.3, True), (0.7, None), (0.95, False)])
def test_one_hidden_layer_is_counted_sooner(hidden, closed, stalls, monkeypatch):
    """What is half closed is gone on with, but where sandwiches count well."""
    layers = [Affine(0, np.eye(3), np.zeros(3)), Relu(1)]
    for at in range(2, 2 * hidden, 2):
        layers += [Affine(at, np.eye(3), np.zeros(3)), Relu(at + 1)]
    net = Network(3, (*layers, Affine(2 * hidden, np.ones((1, 3)), np.zeros(1))))
    search = Branching(bits(3), net, Tree((Leaf(0),)), options=Options(judged=0.0))
    monkeypatch.setattr(Branching, "left", 0.0)
    monkeypatch.setattr(
        Branching, "snapshot", lambda self, seconds: SimpleNamespace(probability=closed)
    )
    search.judge(ended=True)
    assert search.stalled == (hidden == 1 if stalls is None else stalls)


@pytest.mark.parametrize(("left", "stalls"), [(1.0, True), (40.0, False), (1e9, False)])
def test_a_search_that_will_close_little_more_is_left(left, stalls, monkeypatch):
    """More than a half is closed, but not most of it will be if that goes on as it has."""
    layers = [Affine(0, np.eye(3), np.zeros(3)), Relu(1), Affine(2, np.eye(3), np.zeros(3))]
    net = Network(3, (*layers, Relu(3), Affine(4, np.ones((1, 3)), np.zeros(1))))
    search = Branching(bits(3), net, Tree((Leaf(0),)), options=Options(judged=0.0))
    search.begun -= 100.0
    monkeypatch.setattr(Branching, "left", left)
    found = SimpleNamespace(probability=0.6)
    monkeypatch.setattr(Branching, "snapshot", lambda self, seconds: found)
    search.judge()
    assert search.stalled == stalls
