"""What the kernel's check will take: measured on runs of neighbouring cells."""

from __future__ import annotations

import random

import numpy as np
import pytest

from verifier.kernel.asked import ask
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Enumerated, Open, steps
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree
from verifier.provers import budget
from verifier.provers.budget import Budget
from verifier.provers.ledger import GrowingProof


def grown(seed: int, domain: Domain, splits: int) -> GrowingProof:
    """A proof with so many random splits, of which some cells stay open."""
    rng = random.Random(seed)
    ledger = GrowingProof()
    waiting = [(0, full_cell(domain))]
    for _ in range(splits):
        node, cell = waiting.pop(rng.randrange(len(waiting)))
        free = [i for i, part in enumerate(cell.masks) if part == 3]
        if not free:
            ledger.close(node, Enumerated())
            continue
        one, two = ledger.split(node, at := rng.choice(free), 1)
        waiting += zip((one, two), cell.split(at, 1), strict=True)
    for node, _ in waiting:
        if rng.random() < 0.8:
            ledger.close(node, Constant(1) if rng.random() < 0.5 else Enumerated())
    return ledger


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("most", [1, 4, 1000])
def test_what_is_drawn_are_cells_that_follow_each_other_in_the_proof(seed, most):
    domain = bits(8)
    ledger = grown(seed, domain, 30)
    closed = [(c, s) for c, _, s in steps(domain, ledger.proof()) if not isinstance(s, Open)]
    rng = random.Random(seed)
    for _ in range(10):
        found, depth = ledger.sample(full_cell(domain).parts, lambda: rng.random() < 0.5, most)
        assert len(found) <= most and depth >= 0
        if found:
            at = closed.index(found[0])
            assert closed[at : at + len(found)] == found
    if most == 1000:
        assert found == closed


def test_an_empty_proof_has_nothing_to_draw():
    assert GrowingProof().sample(full_cell(bits(3)).parts, lambda: True, 5) == ([], 0)


def test_a_measurement_says_what_so_many_cells_take(monkeypatch):
    domain = bits(8)
    network = Network(8, (Affine(0, np.ones((1, 8)), np.array([-0.5])),))
    held = Budget(ask(matter_of(domain, network, Tree((Leaf(0),)))), end=1e9, threads=1)
    assert held.seconds(1000, 0) == pytest.approx(budget.FIXED + 1.2 * 1000 * budget.NODE)
    clock = iter(range(1000))
    monkeypatch.setattr(budget.time, "perf_counter", lambda: float(next(clock)))
    held.next = 0.0
    held.measure(grown(3, domain, 40))
    assert held.cells > 0 and held.spent == int(held.spent) > 0  # one second a run
    each = max(held.spent / held.cells, held.weighed / held.weights)
    expected = budget.FIXED + 1.2 * 10 * (each + budget.NODE)
    assert held.seconds(10, 0) == pytest.approx(expected)
    held.threads = 3
    shared = budget.FIXED + 1.2 * 10 * (each / (1 + 2 * budget.SHARED) + budget.NODE)
    assert held.seconds(10, 0) == pytest.approx(shared)
    assert held.next > 0
