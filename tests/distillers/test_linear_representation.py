"""Probes find planted trees; the dynamic program is optimal; the paper's networks."""

from __future__ import annotations

import time
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.benchmarks.paper_nets import folder, load_paper_net
from tests.brute import tree_class
from verifier.distillers import linear_representation as lrh
from verifier.distillers.cuts import prepare_cuts
from verifier.distillers.frontier import find_edges, frontier
from verifier.distillers.sources import allowed_of
from verifier.formats.variables import one_hot, ordinal
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, bits, signs
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Inner, Leaf, Tree


def planted(rng, columns, depth):
    """A tree of different variables on each path, with opposed leaves, and a network of its ANDs.

    Hidden neuron relu(sum of literals - width + 1) is the AND of a path, for every path from the
    root to an inner node or leaf: the tree's ANDs are linear in the representation exactly.
    """
    nodes, ands = [], []

    def grow(path):
        at = len(nodes)
        nodes.append(None)
        if path:
            ands.append(path)
        if len(path) == depth:
            nodes[at] = Leaf(path[-1][1])
            return at
        used = {column for column, _ in path}
        column = int(rng.choice([c for c in range(columns) if c not in used]))
        children = [grow((*path, (column, side))) for side in (0, 1)]
        nodes[at] = Inner(column, Fraction(1, 2), *children)
        return at

    grow(())
    weight, bias = np.zeros((len(ands), columns)), np.zeros(len(ands))
    out = np.zeros((1, len(ands)))
    for i, path in enumerate(ands):
        bias[i] = 1 - len(path)
        for column, side in path:
            weight[i, column] += 1 if side else -1
            bias[i] += 0 if side else 1
        if len(path) == depth:
            out[0, i] = 1 if path[-1][1] else -1
    layers = (Affine(0, weight, bias), Relu(1), Affine(2, out, np.zeros(1)))
    return Network(columns, layers), Tree(tuple(nodes))


@pytest.mark.parametrize("seed", range(4))
def test_planted_trees_are_found(seed):
    teacher, tree = planted(np.random.default_rng(seed), 14, 3)
    found = lrh.distill(teacher, bits(14), depth=3, keep=40)
    assert found.agreement == 1 and found.finished
    assert found.tree.leaves <= tree.leaves
    for point in np.random.default_rng(9).integers(0, 2, (300, 14)).tolist():
        x = [Fraction(v) for v in point]
        assert tree_class(found.tree, x) == tree_class(tree, x)
    assert 0 < found.probes < found.possible


def test_same_seed_same_tree_and_the_frontier_rises():
    teacher, _ = planted(np.random.default_rng(1), 12, 3)
    first = lrh.distill(teacher, bits(12), depth=3, keep=20, seed=4)
    assert first == lrh.distill(teacher, bits(12), depth=3, keep=20, seed=4)
    leaves = [e.leaves for e in first.frontier]
    shares = [e.agreement for e in first.frontier]
    assert leaves == sorted(set(leaves)) and shares == sorted(set(shares))
    assert leaves[0] == 1 and first.frontier[-1].tree == first.tree
    small = lrh.distill(teacher, bits(12), depth=3, keep=20, seed=4, size=3)
    assert small.tree.leaves <= 3


def test_categorical_and_ordinal_variables():
    domain = Domain((one_hot("c", ("r", "g", "b")), ordinal("n", range(5)), one_hot("d", "xyz")))
    # logit = 3 relu([c = g] + [n >= 3 as n - 2 clipped] - ...): c = g and n >= 3, or d = y
    weight = np.zeros((2, 7))
    weight[0, 1], weight[0, 3] = 3.0, 1.0
    weight[1, 5] = 1.0
    layers = (
        Affine(0, weight, np.array([-5.0, 0.0])),
        Relu(1),
        Affine(2, np.ones((1, 2)), np.array([-0.5])),
    )
    found = lrh.distill(Network(7, layers), domain, depth=3, keep=60)
    assert found.agreement == 1
    for c, n, d in product(range(3), range(5), range(3)):
        x = domain.encode((c, n, d))
        assert tree_class(found.tree, x) == int((c == 1 and n >= 3) or d == 1)


def exhaustive(cuts, cells, counts, n, size):
    """The most samples that a tree of at most ``size`` leaves gets right, by trying all trees."""
    best = int(counts[n].max())
    if size > 1:
        for _, low, high in find_edges(cuts, cells)[n]:
            for left in range(1, size):
                right = exhaustive(cuts, cells, counts, high, size - left)
                best = max(best, exhaustive(cuts, cells, counts, low, left) + right)
    return best


@pytest.mark.parametrize("seed", range(6))
def test_the_dynamic_program_is_optimal(seed):
    rng = np.random.default_rng(seed)
    domain = Domain((*bits(2).variables, ordinal("n", range(3))))
    cuts = prepare_cuts(domain)
    every = [Cell(masks) for masks in product((1, 2, 3), (1, 2, 3), (1, 2, 4, 3, 6, 7))]
    whole = full_cell(domain)
    chosen = [whole] + [c for c in every if c != whole and rng.random() < 0.7]
    cells = np.stack([allowed_of(cuts, c) for c in chosen])
    samples = [(tuple(p), int(rng.integers(3))) for p in rng.integers(0, [2, 2, 3], (60, 3))]
    counts = np.array(
        [[sum(c.contains(p) and k == j for p, k in samples) for j in range(3)] for c in chosen]
    )
    entries = frontier(cuts, cells, counts, 6)
    for size in range(1, 7):
        best = max(e.agreement for e in entries if e.leaves <= size)
        assert best == Fraction(exhaustive(cuts, cells, counts, 0, size), 60)
    for entry in entries:
        right = sum(tree_class(entry.tree, domain.encode(p)) == k for p, k in samples)
        assert Fraction(right, 60) == entry.agreement
        assert entry.tree.leaves == entry.leaves


def linear(columns):
    return Network(columns, (Affine(0, np.ones((1, columns)), np.full(1, -1.5)),))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keep": 0}, "keep is 0"),
        ({"size": 0}, "size is 0"),
        ({"depth": 0}, "depth is 0"),
        ({"samples": 3}, "samples is 3"),
        ({"layers": (7,)}, r"layer 7 does not exist.*1 \(affine, 14 wide\), 2 \(relu, 14 wide\)"),
    ],
)
def test_bad_options_are_refused(options, message):
    teacher, _ = planted(np.random.default_rng(0), 8, 3)
    with pytest.raises(LeafproofError, match=message):
        lrh.distill(teacher, bits(8), **options)


def test_teachers_with_nothing_to_find_are_refused():
    with pytest.raises(LeafproofError, match="no hidden layer"):
        lrh.distill(linear(4), bits(4))
    constant = Network(3, (Affine(0, np.ones((2, 3)), np.ones(2)), Relu(1)))
    with pytest.raises(LeafproofError, match="answers 0 at all"):
        lrh.distill(
            Network(3, (*constant.layers, Affine(2, np.zeros((1, 2)), np.zeros(1)))), bits(3)
        )


def test_a_deadline_leaves_the_best_tree_so_far():
    teacher, _ = planted(np.random.default_rng(1), 12, 3)
    found = lrh.distill(teacher, bits(12), depth=3, deadline=time.monotonic())
    assert not found.finished and found.tree.leaves == 1


@pytest.mark.skipif(folder() is None, reason="LEAFPROOF_PAPER_NETS does not name the networks")
def test_the_paper_network_of_depth_3_is_found_exactly():
    teacher, tree, domain = load_paper_net(folder() / "d100_r3.npz")
    assert domain == signs(100)
    found = lrh.distill(teacher, domain, depth=3, keep=50)
    assert found.agreement == 1 and found.tree.leaves == tree.leaves
    for point in np.random.default_rng(9).integers(0, 2, (300, 100)).tolist():
        x = [Fraction(2 * v - 1) for v in point]
        assert tree_class(found.tree, x) == tree_class(tree, x)
