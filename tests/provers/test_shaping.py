"""Proofs are made cheap to check: cells whose parts cost more are enumerated, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.every import seeds
from tests.provers import matters
from tests.provers.cases import hard_problem, problem
from tests.provers.test_branch_ranges import agrees, chain_network, random_tree
from verifier.formats.variables import one_hot
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, signs
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Enumerated, Open, Split, Trusted, is_open, steps
from verifier.model.tree import Leaf, Tree
from verifier.provers import branch, ordered, pricing
from verifier.provers.cells import Branching
from verifier.provers.compiled import slots
from verifier.provers.compiled.loading import walk, weigh
from verifier.provers.costs import Costs, costs
from verifier.provers.ledger import GrowingProof, in_order
from verifier.provers.options import Options
from verifier.provers.shaping import dear, shape_of
from verifier.reading.encoded import EncodedProof
from verifier.writing.proof_bytes import encode

PRICES = Costs(point=0.001, group=0.02, listed=0.01, constant=0.05, least=10)


def grown(rng, domain, depth):
    """A random proof in a ledger, with some cells open."""
    ledger = GrowingProof()
    waiting = [(0, full_cell(domain), depth)]
    while waiting:
        node, cell, left = waiting.pop()
        free = [i for i, part in enumerate(cell.parts) if cell.size > 1 and _several(part)]
        if free and left and rng.random() < 0.9:
            v = int(rng.choice(free))
            cut = _cut(rng, cell.parts[v])
            places = ledger.split(node, v, cut)
            waiting += [(n, c, left - 1) for n, c in zip(places, cell.split(v, cut), strict=True)]
        elif rng.random() < 0.97:
            ledger.close(node, Enumerated() if rng.random() < 0.6 else Constant(0))
    return ledger


def _several(part):
    return len(part) > 1 if isinstance(part, range) else part.bit_count() > 1


def _cut(rng, part):
    if isinstance(part, range):
        return int(rng.integers(part.start, part.stop - 1))
    held = [v for v in range(part.bit_length()) if part >> v & 1]
    return sum(1 << v for v in held[: int(rng.integers(1, len(held)))])


def shaped(domain, proof, prices):
    """The cheapest proof whose splits are some of these, and what it costs: by recursion."""
    items = iter(proof)

    def below(cell):
        node = next(items)
        if isinstance(node, Split):
            halves = cell.split(node.variable, node.left)
            (one, first), (two, second) = below(halves[0]), below(halves[1])
            whole = prices.enumerated(cell.size)
            if one + two < float("inf") and whole <= (one + two) * (1 + 1e-12):
                return whole, (Enumerated(),)
            return one + two, (node, *first, *second)
        if isinstance(node, Open):
            return float("inf"), (node,)
        cost = prices.constant if isinstance(node, Constant) else prices.enumerated(cell.size)
        return cost, (node,)

    return below(full_cell(domain))[1]


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_the_cheapest_of_the_proofs_within_is_kept(seed):
    rng = np.random.default_rng(seed)
    domain = matters.random_domain(rng, 2000)
    prices = replace(PRICES, constant=float(rng.choice([0.013, 0.05, 0.3])))
    ledger = grown(rng, domain, 9)
    plain, shape = ledger.proof(), shape_of(domain, prices)
    wanted = shaped(domain, plain, prices)
    swept = sum(
        prices.enumerated(cell.size)
        for cell, _, step in steps(domain, wanted)
        if isinstance(step, Enumerated)
    )
    for way, weighed in ((in_order, dear), (walk, weigh)):
        found = ledger.ordered(way).shaped(shape, weighed)
        assert found.proof() == wanted
        assert found.swept == pytest.approx(swept)
        assert len(found.depth) == len(found.codes) == len(wanted)


def test_masks_of_many_values_are_counted():
    """Left parts of more than 62 values are kept apart in the ledger."""
    domain = Domain((one_hot("wide", [str(v) for v in range(90)]),))
    ledger = GrowingProof()
    one, two = ledger.split(0, 0, (1 << 85) - 1)
    ledger.close(one, Enumerated())
    ledger.close(two, Enumerated())
    kept = replace(PRICES, group=0.0, point=0.01, listed=0.1, least=10)
    cheap = ledger.ordered().shaped(shape_of(domain, kept))
    assert cheap.proof() == (Enumerated(),)  # .90 for .85 + .5
    kept = replace(PRICES, group=10.0, least=90)
    assert len(ledger.ordered().shaped(shape_of(domain, kept)).codes) == 3


def test_shaped_proofs_prove_the_same(monkeypatch):
    """With cheap points a search's proof has fewer nodes, and the kernel finds the same."""
    merged = 0
    monkeypatch.setattr(branch, "prices", lambda *_: replace(PRICES, group=0, least=1))
    for seed in range(12):
        rng = np.random.default_rng(seed)
        domain = matters.random_domain(rng, 300)
        teacher = chain_network(rng, domain.columns)
        tree = random_tree(rng, domain, teacher.classes)
        monkeypatch.setattr(slots, "SMALL", 2)
        finding = branch.prove(domain, teacher, tree, Options(confirm=False))
        agrees(domain, teacher, tree, finding)
        merged += Enumerated() in finding.proof
    assert merged > 3


def test_memory_that_runs_out_leaves_a_partial_proof(monkeypatch):
    domain, teacher, tree = hard_problem()
    monkeypatch.setattr(branch, "expand", _failing(branch.expand, 3))
    monkeypatch.setattr(branch, "_compiled_net", lambda *_: None)
    finding = branch.prove(domain, teacher, tree)
    assert Open() in finding.proof and len(finding.proof) > 10


def _failing(work, after):
    calls = []

    def fails(*arguments):
        calls.append(1)
        if len(calls) > after:
            raise MemoryError
        return work(*arguments)

    return fails


def test_the_limit_of_memory_ends_a_search(monkeypatch):
    domain, teacher, tree = hard_problem()
    monkeypatch.setenv("LEAFPROOF_MEMORY", "20000")
    monkeypatch.setattr(branch, "_compiled_net", lambda *_: None)
    dear_points = replace(PRICES, point=1.0, listed=1.0, group=1.0)  # else all are enumerated
    monkeypatch.setattr(branch, "prices", lambda *_: dear_points)
    told = []
    part = branch.prove(domain, teacher, tree, Options(confirm=False, progress=told.append))
    assert Open() in part.proof and len(part.proof) > 20
    assert any("memory" in p.doing for p in told)


def test_prices_are_those_of_the_kernel():
    _, teacher, _ = problem(0)
    held = costs([teacher])
    assert shape_of(problem(0)[0], held).prices.tolist() == [
        held.constant,
        held.point,
        held.group,
        held.listed,
        held.least,
    ]


def test_points_that_are_close_to_the_boundary_are_dear():
    """Where float32 is doubted at every point of a cell the kernel looks at each by itself."""
    domain, teacher, tree = hard_problem()
    search = Branching(domain, teacher, tree, options=Options())
    cells = [Cell(tuple(1 << v for v in (0,) * 13)), full_cell(domain)]
    assert pricing.near(search, cells) == 0
    network = Network(1, (Affine(0, np.array([[2.0**-30]]), np.array([0.0])), Relu(1)))
    whole = replace(network, layers=(*network.layers, Affine(2, np.eye(1), np.array([1.0]))))
    far = Branching(signs(1), whole, Tree((Leaf(1),)), options=Options())
    assert pricing.near(far, [full_cell(signs(1))]) == 0
    doubted = (*network.layers, Affine(2, np.array([[1e-3]]), np.array([0.0])))
    close = Branching(
        signs(1), replace(network, layers=doubted), Tree((Leaf(1),)), options=Options()
    )
    assert 0.3 < pricing.near(close, [full_cell(signs(1))]) < 0.7  # 0 at one of two points
    close.ledger.close(0, Enumerated())
    assert pricing.prices(close, close.ledger.ordered()).listed > 3 * costs([close.teacher]).listed


@pytest.mark.parametrize("kind", ["plain", "masks of many values", "words"])
def test_a_large_proof_is_handed_over_in_bytes(monkeypatch, kind):
    """They are those of the proof of objects, whatever its steps and splits are."""
    monkeypatch.setattr(ordered, "LONG", 0)
    monkeypatch.setattr(ordered, "PIECE", 7)
    ledger, waiting = GrowingProof(), [(0, (1 << 90) - 1 if kind.startswith("masks") else 255)]
    closed = [Constant(1, 1), Constant(0), Enumerated(), Trusted(0, "b"), Trusted(1, "a", 1)]
    closed = closed if kind == "words" else closed[:3]
    for i, (place, mask) in enumerate(waiting):
        if mask.bit_count() > 1 and i < 12:
            left = mask & sum(1 << v for v in range(0, 90, 2 + i))
            left = left if left not in (0, mask) else mask & -mask
            waiting += zip(ledger.split(place, i % 3, left), (left, mask & ~left), strict=True)
        elif i % 4:
            ledger.close(place, closed[i % len(closed)])
    order = ledger.ordered()
    held = order.handed_over(2, 5)
    assert isinstance(held, EncodedProof) and held == order.proof() and is_open(held)
    assert held.data == encode(order.proof(), 2) and held.columns == 5
