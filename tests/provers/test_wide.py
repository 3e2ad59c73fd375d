"""The search on wide networks: looks at cells hold on all their points, and proofs are exact.

Small networks stand for wide ones: what is asked of width is set to 1.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.every import seeds
from tests.provers.cases import (
    check,
    only_batched,
    random_domain,
    random_teacher,
    random_tree,
    small_cells,
)
from tests.provers.test_bound import random_cell
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import signs
from verifier.model.network import Add, Affine, Network, Relu
from verifier.model.proof import Open, Split
from verifier.model.tree import Leaf, Tree
from verifier.provers import attack, branch, low_rank, relaxable, space, wide
from verifier.provers.bound import class_rows
from verifier.provers.cells import Branching, take
from verifier.provers.options import Options
from verifier.provers.relaxable import prepare_network


@pytest.fixture(autouse=True)
def narrow_is_wide(monkeypatch):
    monkeypatch.setattr(relaxable, "WIDE", 1)
    monkeypatch.setattr(low_rank, "WIDE", 16)
    only_batched(monkeypatch)
    small_cells(monkeypatch, 1)
    monkeypatch.setattr(wide, "MIXED", 1)
    monkeypatch.setattr(wide, "SMALL", 1)


def residual(rng, columns, width, outputs=1, rank=None):
    """Two residual layers after the first, of low rank but for a little where ``rank`` is given."""

    def matrix(rows):
        if rank is None:
            return rng.normal(size=(rows, width)) / np.sqrt(width)
        thin = rng.normal(size=(rows, rank)) @ rng.normal(size=(rank, width)) / width
        return thin + 0.003 * rng.normal(size=(rows, width))

    return Network(
        columns,
        (
            Affine(0, rng.normal(size=(width, columns)), rng.normal(size=width)),
            Relu(1),
            Affine(2, matrix(width), rng.normal(size=width)),
            Relu(3),
            Add(2, 4),
            Affine(5, matrix(width), rng.normal(size=width)),
            Relu(6),
            Add(5, 7),
            Affine(8, rng.normal(size=(outputs, width)), rng.normal(size=outputs)),
        ),
    )


def part(cell, cut):
    """The two halves of a cell."""
    left, masks = space.as_mask(cut.left), list(cell.masks)
    halves = left, masks[cut.variable] & ~left
    return [Cell((*masks[: cut.variable], h, *masks[cut.variable + 1 :])) for h in halves]


def least(network, cell, target, row=slice(None)):
    """The least margin on the points of a cell (of a class's row), and how far off floats are."""
    points = np.array(list(cell.points()))
    logits, inner = attack.forward(network, points)
    margins = logits @ class_rows(logits.shape[1], target)[row].T
    off = 1e-5 * (1 + np.abs(inner).max(initial=0) + np.abs(logits).max())
    return margins.min(initial=np.inf), off


def looked(network, cell, target, known=None, weight=1.0):
    allowed = space.allowed_values(network.space, [cell.masks])
    seen = wide.look(network, wide.Task(allowed, target, weight, known, 0.0))
    margin, off = least(network, cell, target)
    assert seen.bound.margin <= margin + off
    if seen.cut is not None:
        for half, said in zip(part(cell, seen.cut), seen.cut.margins, strict=True):
            assert all(half.masks)
            margin, off = least(network, half, target, seen.bound.worst)
            assert said <= margin + off
    return seen


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_what_is_seen_holds_on_all_points(seed):
    """Bounds from scratch, from what is known of a cell around, and for halves of each split."""
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 200, dyadic=True)
    network = None
    while network is None or network.first is None:  # some random first layers are not of ReLU
        if seed % 2:
            teacher = residual(rng, domain.columns, 6, int(rng.integers(1, 4)))
        else:
            teacher = random_teacher(rng, domain.columns, scales=False)
        network = prepare_network(teacher, domain)
    cell, known, weight = full_cell(domain), None, 1.0
    target = int(rng.integers(teacher.classes))
    for _ in range(6):
        seen = looked(network, cell, target, known, weight)
        if seen.cut is None:
            break
        known, weight = seen.known, weight / 2
        cell = part(cell, seen.cut)[int(rng.integers(2))]
        if rng.random() < 0.2:
            target = int(rng.integers(teacher.classes))
    looked(network, random_cell(rng, domain), target)


@pytest.mark.parametrize("seed", range(4))
def test_thin_layers(seed):
    """The same where layers are taken as a product of thin matrices and a small rest."""
    rng = np.random.default_rng(seed)
    domain = signs(7)
    network = prepare_network(residual(rng, 7, 48, rank=2), domain)
    assert sum(thin is not None for thin in network.thin) == 2
    seen = looked(network, full_cell(domain), 1)
    if seen.cut is not None:
        for half in part(full_cell(domain), seen.cut):
            looked(network, half, 1, seen.known, 0.5)


def test_few_neurons_are_bounded_again():
    """Those that cost the output most, until the rest costs no more than is left to it."""
    lost = np.array([0.0, 5.0, 1.0, 3.0, 0.5])
    assert wide._costly(lost, 0.0).tolist() == [1, 3, 2, 4]
    assert wide._costly(lost, 1.5).tolist() == [1, 3]
    assert wide._costly(lost, 1.4).tolist() == [1, 3, 2]
    assert wide._costly(lost, 9.5).tolist() == []


@pytest.mark.parametrize("seed", seeds(range(25)))
def test_proofs_are_exact(seed):
    """The kernel's verdict is that of brute force, whatever the network and its classes."""
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 300)
    if seed % 2:
        teacher = residual(rng, domain.columns, 5, int(rng.integers(1, 4)))
    else:
        teacher = random_teacher(rng, domain.columns)
    check(domain, teacher, random_tree(rng, domain, teacher.classes))


def test_what_is_made_ready_ends_with_the_time(monkeypatch, clock):
    """Nothing is claimed then; a proof that is gone on from stays as it is."""
    teacher, looks = residual(np.random.default_rng(0), 6, 24, rank=3), []

    def slow(weight):
        looks.append(weight.shape)
        clock.time += 1.0

    monkeypatch.setattr(relaxable, "low_rank", slow)
    for resume in (None, (Split(0, 1), Open(), Open())):
        looks.clear()
        options = Options(deadline=clock.time + 0.5, resume=resume)
        found = branch.prove(signs(6), teacher, Tree((Leaf(0),)), options)
        assert found.proof == (resume or (Open(),)) and len(looks) == 1


def test_an_interrupted_search_closes_the_likely_first():
    """What is left open of a search that ends early is less probable than what is closed."""
    rng = np.random.default_rng(5)
    teacher = residual(rng, 12, 12)
    search = wide_search(teacher, signs(12), Tree((Leaf(1),)))
    for _ in range(12):
        batch = take(search, 4)
        before = {round(-share, 12) for share, _, _ in search.frontier.heap}
        assert (batch.shares >= max(before, default=0) - 1e-12).all()
        wide.expand(search, batch)


def wide_search(teacher, domain, tree):
    return Branching(domain, teacher, tree, options=Options(confirm=False))


def test_it_is_the_search_of_wide_networks(monkeypatch):
    """Wide networks without a first layer of ReLU are searched as others are."""
    seen = []
    monkeypatch.setattr(
        branch, "expand_wide", lambda *args: seen.append(args) or wide.expand(*args)
    )
    rng = np.random.default_rng(2)
    domain, tree = signs(4), Tree((Leaf(1),))
    check(domain, residual(rng, 4, 4), tree)
    assert seen
    monkeypatch.setattr(relaxable, "WIDE", 1000)
    seen.clear()
    check(domain, residual(rng, 4, 4), tree)
    assert not seen
