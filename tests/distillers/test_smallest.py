"""Smallest trees and trees of least error, against trying all trees."""

from __future__ import annotations

from fractions import Fraction
from functools import cache

import numpy as np
import pytest

from tests.brute import tree_class, truth
from tests.provers.cases import all_points, random_domain, random_teacher, random_tree
from verifier.distillers import certified
from verifier.distillers.smallest import find_lattice, least_wrong
from verifier.distillers.tidying import shrink
from verifier.formats.variables import one_hot, ordinal
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Inner, Leaf, Tree


def splits_of(tree):
    return sorted({(n.column, n.threshold) for n in tree.nodes if isinstance(n, Inner)})


def by_trying(domain, tests, weights):
    """Least weight that a tree of ``tests`` with so many leaves gets wrong.

    ``weights[point]`` is a list, by class; a function of (points as a frozenset, leaves).
    """

    @cache
    def least(points, leaves):
        totals = np.array([weights[p] for p in points]).sum(axis=0)
        best = int(totals.sum() - totals.max())
        for column, threshold in tests if leaves > 1 and best else ():
            low = frozenset(p for p in points if domain.encode(p)[column] <= threshold)
            if low and low != points:
                for i in range(1, leaves):
                    best = min(best, least(low, i) + least(points - low, leaves - i))
        return best

    return least


@pytest.mark.parametrize("seed", range(10))
def test_no_tree_of_the_tests_is_smaller(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 40)
    tree = random_tree(rng, domain, 2)
    smaller = shrink(tree, domain)
    points = frozenset(all_points(domain))
    classes = {p: tree_class(tree, domain.encode(p)) for p in points}
    weights = {p: [int(k == 0), int(k == 1)] for p, k in classes.items()}
    least = by_trying(domain, splits_of(tree), weights)
    assert all(tree_class(smaller, domain.encode(p)) == k for p, k in classes.items())
    assert least(points, smaller.leaves) == 0
    assert smaller.leaves == 1 or least(points, smaller.leaves - 1) > 0


MIXED = Domain(
    (*bits(2).variables, one_hot("c", "rgb", ["1/2", "1/3", "1/6"]), ordinal("n", range(3)))
)


@pytest.mark.parametrize("seed", range(3))
def test_no_tree_of_as_few_leaves_gets_less_wrong(seed):
    rng = np.random.default_rng(seed)
    tests = [(c, Fraction(1, 2)) for c in range(5)] + [(5, Fraction(1, 2)), (5, Fraction(3, 2))]
    lattice = find_lattice(MIXED, full_cell(MIXED), tests, 1 << 20)
    classes = rng.integers(0, 2, MIXED.size)
    held = dict(zip(full_cell(MIXED).points(), classes.tolist(), strict=True))
    weights = {p: [MIXED.weight(p) * (k == j) for j in (0, 1)] for p, k in held.items()}
    table = np.array([weights[tuple(p)] for p in lattice.points().tolist()], dtype=float).T
    assert (
        lattice.total_weight == MIXED.total_weight
        and (table.sum(axis=0) == lattice.weights()).all()
    )
    least = by_trying(MIXED, tests, weights)
    for leaves in range(1, 7):
        tree, wrong = least_wrong(lattice, table, leaves, 0)
        assert wrong == least(frozenset(held), leaves)
        missed = [p for p, k in held.items() if tree_class(tree, MIXED.encode(p)) != k]
        assert wrong == sum(map(MIXED.weight, missed)) and tree.leaves <= leaves
        assert tree.leaves == 1 or wrong < least(frozenset(held), tree.leaves - 1)
    tree, wrong = least_wrong(lattice, table, 12, MIXED.total_weight // 5)
    assert wrong <= MIXED.total_weight // 5 < least(frozenset(held), tree.leaves - 1)


def test_too_many_cells_are_not_begun():
    tests = [(i, Fraction(1, 2)) for i in range(9)]
    assert find_lattice(bits(9), full_cell(bits(9)), tests, 9 * 3**9).cells == 3**9
    assert find_lattice(bits(9), full_cell(bits(9)), tests, 9 * 3**9 - 1) is None


def parity(columns):
    """The parity of bits: relu(s) - 2 relu(s - 1) + 2 relu(s - 2) - ... - 1/2."""
    ones = np.ones((columns, columns))
    out = np.array([[1.0] + [2.0 * (-1) ** i for i in range(1, columns)]])
    hidden = Affine(0, ones, -np.arange(columns, dtype=float)), Relu(1)
    return Network(columns, (*hidden, Affine(2, out, np.array([-0.5]))))


@pytest.mark.parametrize("leaves", [2, 5, 7, 8])
def test_certified_finds_the_least_error_of_so_many_leaves(leaves):
    teacher, domain = parity(3), bits(3)
    assert certified.distill(teacher, domain).tree.leaves == 8
    found = certified.distill(teacher, domain, leaves=leaves)
    weights = {p: [1 - sum(p) % 2, sum(p) % 2] for p in full_cell(domain).points()}
    least = by_trying(domain, [(i, Fraction(1, 2)) for i in range(3)], weights)
    assert found.finished and found.tree.leaves <= leaves
    assert found.error == (Fraction(least(frozenset(weights), leaves), 8),) * 2


@pytest.mark.parametrize("seed", range(6))
def test_certified_within_an_error_is_smallest(seed):
    rng = np.random.default_rng(seed)
    domain = bits(5)
    teacher = random_teacher(rng, 5)
    target = Fraction(1, 8)
    found = certified.distill(teacher, domain, error=target)
    classes = truth(domain, teacher, Tree((Leaf(0),))).classes
    weights = {p: [int(k == j) for j in range(teacher.classes)] for p, k in classes.items()}
    least = by_trying(domain, [(i, Fraction(1, 2)) for i in range(5)], weights)
    size = found.tree.leaves
    assert found.finished and found.error[1] <= target
    assert least(frozenset(weights), size) <= 4
    assert size == 1 or least(frozenset(weights), size - 1) > 4
