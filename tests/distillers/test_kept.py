"""Whatever a long computation has found is found once: it goes on from what a journal kept."""

from __future__ import annotations

import numpy as np
import pytest

import verifier as lp
from tests.distillers.test_choices import Memory, PowerCut
from tests.jobs.kills import network, stump
from verifier.distillers import cart, knowledge, representation
from verifier.distillers import linear_representation as lrh
from verifier.distillers.kept import FLOATS, Kept, kept_classes
from verifier.model.domain import bits
from verifier.provers.units import journal

BITS = 12


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    for module in ("kept", "representation"):
        monkeypatch.setattr(f"verifier.distillers.{module}.SECONDS", 0.0)
    monkeypatch.setattr(knowledge, "BLOCK", 100)


class Failing:
    """A function that works so often, then the power goes; ``asked`` counts how often it worked."""

    def __init__(self, function, often=10**9):
        self.function, self.often, self.asked = function, often, 0

    def __call__(self, *arguments, **options):
        if self.asked == self.often:
            raise PowerCut
        found = self.function(*arguments, **options)
        self.asked += 1
        return found


def test_numbers_come_back_in_their_order_then_new_ones_are_found():
    store = Memory()
    first = Kept(store, "x", FLOATS)
    assert first.recall(1) is None
    for row in ([0.5, -np.inf], [3.0]):
        first.note(row)
    again = Kept(store, "x", FLOATS)
    assert again.recall(2).tolist() == [0.5, -np.inf]
    again.note([9.0])  # what is noted now comes after all that was kept
    assert Kept(store, "x", FLOATS).recall(4).tolist() == [0.5, -np.inf, 3.0, 9.0]
    assert again.recall(2) is None and again.recall(1) is None  # less was kept than is asked for
    assert Kept(store, "y", FLOATS).recall(1) is None


@pytest.mark.parametrize(
    "wrong", [b"\1" * 7, np.array([7] * 10, "<i8").tobytes()], ids=["torn", "false"]
)
def test_classes_that_do_not_exist_are_not_believed(wrong):
    store = Memory({"x 0": wrong})
    points = np.arange(10)[:, None]
    found = kept_classes(Kept(store, "x"), points, 3, 2, lambda some: some[:, 0] % 2)
    assert found.tolist() == [0, 1] * 5


def probes(store=None):
    found = lrh.distill(network(1, BITS, 12), bits(BITS), depth=3, keep=20, store=store)
    assert found.finished
    return found


def classes(store=None):
    return cart.distill(network(1, BITS, 12), bits(BITS), depth=6, store=store)


@pytest.mark.parametrize(
    ("run", "module", "name"),
    [
        (probes, lrh, "explained"),
        (probes, lrh, "completed"),
        (probes, representation, "represent"),
        (classes, knowledge, "bulk_classes"),
    ],
    ids=["probes", "ends", "representation", "classes"],
)
def test_whenever_it_is_cut_off_nothing_is_found_twice(monkeypatch, run, module, name):
    whole = Failing(getattr(module, name))
    monkeypatch.setattr(module, name, whole)
    expected = run(Memory())
    assert run() == expected  # that it is kept changes nothing
    every = whole.asked - (1 if run is classes else whole.asked // 2)
    store, done = Memory(), 0
    rng = np.random.default_rng(0)
    for _ in range(100):
        most = max(1, every // 3)
        part = Failing(whole.function, int(rng.integers(1, most + 1)))
        monkeypatch.setattr(module, name, part)
        try:
            found = run(store)
        except PowerCut:
            done += part.asked
            continue
        break
    assert found == expected and done + part.asked == every


def test_what_a_journal_says_of_a_representation_is_looked_at(monkeypatch):
    store = Memory()
    expected = probes(store)
    (name,) = (x for x in store if "representation" in x)
    kept = store[name]
    for wrong in (b"", kept[:200], kept.replace(b"<i8", b"|O8"), b"\x93NUMPY" + kept[9:]):
        assert probes(Memory({name: wrong})) == expected
    assert probes(Memory({name: kept})) == expected


@pytest.mark.parametrize(
    ("verb", "kept", "function"),
    [
        (lambda **k: lp.distill(network(0, BITS, 8), bits(BITS), **k), "cuts 0 ", None),
        (lambda **k: lp.repair(network(0, BITS, 8), stump(), bits(BITS), **k), "cuts ", None),
        (
            lambda **k: lp.distill(
                network(0, BITS, 8), bits(BITS), method="lrh", depth=3, keep=20, prove=True, **k
            ),
            "lrh probes ",
            (lrh, "explained"),
        ),
    ],
    ids=["small domain", "repair of one", "lrh"],
)
def test_jobs_on_small_domains_that_are_cut_off(tmp_path, monkeypatch, verb, kept, function):
    """The undisturbed run's certificate, from what was kept."""
    whole = verb(journal=tmp_path / "whole")
    remember, count = journal.Journal.remember, []

    def until(self, name, data):
        remember(self, name, data)
        if name.startswith(kept):
            count.append(1)
            if len(count) == 5:
                raise PowerCut

    with monkeypatch.context() as own, pytest.raises(PowerCut):
        own.setattr(journal.Journal, "remember", until)
        verb(journal=tmp_path / "j")
    held = []
    recall = Kept.recall
    monkeypatch.setattr(Kept, "recall", lambda self, n: held.append(recall(self, n)) or held[-1])
    again = verb(resume=tmp_path / "j")
    assert again.data == whole.data and again.tree == whole.tree
    assert sum(x is not None for x in held) >= 5
