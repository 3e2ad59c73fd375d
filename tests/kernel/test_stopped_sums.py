"""Sandwiches are checked a few together: a check that is stopped keeps what it is through with."""

from __future__ import annotations

import numpy as np
import pytest

from verifier.kernel import checker, settling, stopping
from verifier.kernel.asked import ask
from verifier.kernel.stopping import Hold
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Open, Sandwich, Split
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.provers.sandwiches import propose

DEEP = 5


def problem():
    """A question, and a proof with a Sandwich for each of 32 cells."""
    rng = np.random.default_rng(3)
    first = Affine(0, rng.normal(size=(6, 20)), rng.normal(size=6))
    last = Affine(2, rng.normal(size=(1, 6)), np.zeros(1))
    matter = matter_of(bits(20), Network(20, (first, Relu(1), last)), Tree((Leaf(0),)))
    nodes, cells = [], []

    def grow(cell, depth):
        if depth == DEEP:
            cells.append(cell)
            nodes.append(Open())
            return
        nodes.append(Split(depth, 1))
        for half in cell.split(depth, 1):
            grow(half, depth + 1)

    grow(full_cell(matter.domain), 0)
    said = iter(propose(ask(matter), cells, [0]))
    proof = tuple(next(said) if isinstance(node, Open) else node for node in nodes)
    assert sum(isinstance(node, Sandwich) for node in proof) == len(cells)
    return matter, proof


def test_few_are_looked_at_together_and_the_answer_is_the_same(monkeypatch):
    matter, proof = problem()
    whole, sizes, look = checker.verify(matter, proof), [], settling.look

    def seen(ledger, batch):
        sizes.append(len(batch))
        return look(ledger, batch)

    monkeypatch.setattr(settling, "look", seen)
    monkeypatch.setattr(checker, "FIRST", 2)
    monkeypatch.setattr(checker, "SANDWICHES", 7)
    monkeypatch.setattr(stopping, "FIRST", 1 << 60)
    monkeypatch.setattr(stopping, "EVERY", 1 << 60)
    monkeypatch.setattr(stopping, "QUICK", 1 << 60)
    few = checker.verify(matter, proof, stop=lambda: False)
    assert sizes == [2, 7, 7, 7, 7, 2]
    sizes.clear()
    monkeypatch.setattr(stopping, "QUICK", 0)  # all are slow: no more are under way
    slow = checker.verify(matter, proof, stop=lambda: False)
    assert sizes == [2] * 16 and slow.disagreements == few.disagreements
    sizes.clear()
    assert checker.verify(matter, proof).disagreements == few.disagreements
    assert sizes == [7, 7, 7, 7, 4]  # nothing stops it, so that nothing is lost
    assert few.disagreements == whole.disagreements and few.error == whole.error


@pytest.mark.parametrize(
    ("took", "used", "times"),
    [(20, 20, 4), (90, 90, 2), (110, 110, 1), (110, 20, 2), (290, 70, 2), (310, 20, 1)],
)
def test_more_are_taken_where_few_mostly_wait_for_a_processor(took, used, times):
    """Milliseconds, and those of a processor."""
    assert stopping.times_more(took * 10**6, used * 10**6) == times


def test_a_check_that_is_stopped_keeps_the_ones_before(monkeypatch):
    matter, proof = problem()
    monkeypatch.setattr(checker, "FIRST", 4)
    monkeypatch.setattr(checker, "SANDWICHES", 4)
    monkeypatch.setattr(Hold, "due", lambda self, *, pending: not pending or bool(entered))
    entered, enter = [], settling.enter

    def counted(ledger, batch, looked):
        enter(ledger, batch, looked)
        entered.extend(batch)

    monkeypatch.setattr(settling, "enter", counted)
    found = checker.verify(matter, proof, stop=lambda: len(entered) >= 12)
    assert found.checked.cut is not None
    assert 4 <= found.checked.cells["sandwich"] < 2**DEEP


@pytest.mark.parametrize("ended", [0.05, 0.1, 0.4, 1.5])
def test_a_check_that_is_stopped_after_any_time_keeps_a_quarter_of_what_it_did(ended, monkeypatch):
    """A proof of many Constants, each of which takes a hundredth of that time, and one more."""
    network = Network(8, (Affine(0, np.zeros((1, 8)), np.ones(1)),))
    matter = matter_of(bits(8), network, Tree((Leaf(0),)))
    proof = (Split(0, 1), *_all_constant(8, 1), *_all_constant(8, 1))
    at = [0]
    monkeypatch.setattr(stopping.time, "perf_counter_ns", lambda: at[0])
    leaf = checker.Waiting

    def waiting(*given):
        at[0] += int(1e9 * ended / 100)
        return leaf(*given)

    monkeypatch.setattr(checker, "Waiting", waiting)
    found = checker.verify(matter, proof, stop=lambda: at[0] >= 1e9 * ended)
    assert found.checked.cut is not None
    assert 25 <= found.checked.cells["constant"] <= 100


def _all_constant(variables, first):
    """The nodes below a cell whose variables from one on are all split."""
    if first == variables:
        return (Constant(1),)
    below = _all_constant(variables, first + 1)
    return (Split(first, 1), *below, *below)
