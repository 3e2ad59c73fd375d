"""A tree whose growth is cut off grows on from the cuts that were kept, to the same tree."""

from __future__ import annotations

import numpy as np
import pytest

import verifier as lp
from tests.jobs.kills import network, stump
from verifier.distillers.choices import Choices
from verifier.distillers.cuts import prepare_cuts
from verifier.distillers.growing import Limits, grow
from verifier.distillers.kept import Kept
from verifier.distillers.probing import ProbeSource
from verifier.distillers.quick import quick_classes
from verifier.distillers.sampled import SampleSource
from verifier.distillers.sources import CellSource
from verifier.distillers.table import TableSource
from verifier.model.domain import bits
from verifier.provers.units import journal

SIZE = 14


class Memory(dict):
    """A store that is none."""

    def recall(self, name):
        return self.get(name)

    def remember(self, name, data):
        self.setdefault(name, data)


class PowerCut(Exception):
    """Ends a growth as a kill would, but in this process."""


class Fragile:
    """A source that ends after so many cuts; ``asked`` counts them."""

    def __init__(self, source, most):
        self.source, self.most, self.asked = source, most, 0

    def __getattr__(self, name):
        return getattr(self.source, name)

    def cut(self, region):
        if self.asked == self.most:
            raise PowerCut
        self.asked += 1
        return self.source.cut(region)


def source():
    """One whose draws are numbered: a cut depends on how many there were before."""
    net, cuts = network(3, SIZE, 4), prepare_cuts(bits(SIZE))
    return cuts, SampleSource(
        cuts, lambda points: quick_classes(net, bits(SIZE), points), 60, 20, 2, 0
    )


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr("verifier.distillers.kept.SECONDS", 0.0)


def test_whenever_a_growth_is_cut_off_the_tree_is_the_same():
    cuts, fresh = source()
    limits = Limits(leaves=24)
    whole = Fragile(fresh, 10**6)
    expected = grow(cuts, whole, limits)
    assert len(expected.tree.nodes) == 47
    store, done = Memory(), 0
    rng = np.random.default_rng(0)
    while True:
        cuts, fresh = source()
        fragile = Fragile(fresh, int(rng.integers(1, 6)))
        try:
            found = grow(cuts, fragile, limits, choices=Choices(Kept(store, "x"), (fresh.counter,)))
        except PowerCut:
            done += fragile.asked
            continue
        break
    done += fragile.asked
    assert found == expected
    assert done == whole.asked  # no cut is chosen twice


@pytest.mark.parametrize("wrong", [[10**6, 5], [-7, 5], [0, 5, 0, 5], [1]])
def test_cuts_that_cut_nothing_are_not_believed(wrong):
    """Whatever a journal holds, there is a tree."""
    cuts, fresh = source()
    limits = Limits(leaves=12)
    store = Memory({"x 0": np.array(wrong, "<i8").tobytes()})
    found = grow(cuts, fresh, limits, choices=Choices(Kept(store, "x"), (fresh.counter,)))
    assert found.tree.leaves == 12


def killed(verb, kept, patch, names):
    """Cut a job off after so many things were kept by names that begin so; returns how many."""
    remember, count = journal.Journal.remember, []

    def until(self, name, data):
        remember(self, name, data)
        if name.startswith(names[0]):
            count.append(1)
            if len(count) == names[1]:
                raise PowerCut

    with patch.context() as own, pytest.raises(PowerCut):
        own.setattr(journal.Journal, "remember", until)
        verb(**kept)


@pytest.mark.parametrize(
    ("verb", "options"),
    [
        (lambda **k: lp.distill(network(0, SIZE, 8), bits(SIZE), samples=200, **k), {}),
        (
            lambda **k: lp.distill(network(0, SIZE, 8), bits(SIZE), samples=200, **k),
            {"scores": "lrh", "leaves": 12},
        ),
        (lambda **k: lp.repair(network(0, SIZE, 8), stump(), bits(SIZE), **k), {"leaves": 40}),
    ],
    ids=["certified", "lrh", "repair"],
)
def test_jobs_that_are_cut_off_while_a_tree_grows(tmp_path, monkeypatch, verb, options):
    """The undisturbed run's certificate, and fewer cuts to choose."""
    for module in ("certified", "repair"):  # else all points are evaluated
        monkeypatch.setattr(f"verifier.distillers.{module}.is_small", lambda *_: False)
    chosen = []
    for kind in (SampleSource, CellSource, TableSource, ProbeSource):
        cut = kind.cut
        monkeypatch.setattr(kind, "cut", lambda *a, cut=cut: chosen.append(1) or cut(*a))
    whole = verb(journal=tmp_path / "whole", **options)
    every = len(chosen)
    killed(verb, {"journal": tmp_path / "j", **options}, monkeypatch, ("cuts 1 ", 6))
    chosen.clear()
    again = verb(resume=tmp_path / "j", **options)
    assert again.data == whole.data
    assert len(chosen) <= every - 6
