"""Trees for the rows of a table: as good there as CART's at least, and cut down optimally."""

from __future__ import annotations

import sys
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest

from tests.brute import teacher_class, tree_class, truth
from tests.distillers.test_small_domains import case
from verifier.distillers import cart, certified, sketching
from verifier.distillers.cuts import prepare_cuts
from verifier.distillers.options import goal_of
from verifier.distillers.pruning import frontier_of, pruned
from verifier.distillers.table import Table, table_of_rows
from verifier.kernel import checker
from verifier.model.domain import bits, signs
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network, Relu
from verifier.model.question import matter_of
from verifier.model.rows import Rows
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import timing
from verifier.provers.evaluate import bulk_of


def rows_of(domain, seed, count=40):
    """Random rows, some of them several times."""
    rng = np.random.default_rng([seed, 7])
    sizes = [len(v.labels) for v in domain.variables]
    drawn = [tuple(int(rng.integers(n)) for n in sizes) for _ in range(count)]
    points = sorted(set(drawn))
    return Rows(tuple(points), tuple(map(drawn.count, points)))


def wrong_rows(domain, teacher, tree, rows):
    return sum(
        times
        for point, times in zip(rows.points, rows.times, strict=True)
        if tree_class(tree, domain.encode(point)) != teacher_class(teacher, domain.encode(point))
    )


@pytest.mark.parametrize("small", [True, False], ids=["small", "large"])
@pytest.mark.parametrize("seed", range(8))
def test_few_leaves_are_right_on_as_many_rows_as_carts(monkeypatch, seed, small):
    monkeypatch.setattr(certified, "is_small", lambda *_: small)
    domain, teacher, _ = case(seed)
    rows = rows_of(domain, seed)
    found = certified.distill(teacher, domain, leaves=3, rows=rows)
    theirs = cart.distill(teacher, domain, leaves=3, rows=rows).tree
    assert found.tree.leaves <= 3
    missed = wrong_rows(domain, teacher, found.tree, rows)
    assert missed <= wrong_rows(domain, teacher, theirs, rows)
    facts = truth(domain, teacher, found.tree)
    assert found.error[0] <= facts.error <= found.error[1]  # that over the domain, as ever
    verdict = checker.verify(matter_of(domain, teacher, found.tree), found.finding.proof)
    assert verdict.error[0] <= facts.error <= verdict.error[1]
    assert max(f.agreement for f in found.frontier) >= 1 - Fraction(missed, rows.count)


def trees_of(tests, leaves, classes):
    """Every tree of at most so many leaves over some tests (columns of bits)."""
    for k in range(classes):
        yield (k,)
    for left in range(1, leaves):
        for c in tests:
            rest = [t for t in tests if t != c]
            for a in trees_of(rest, left, classes):
                for b in trees_of(rest, leaves - left, classes):
                    yield (c, a, b)


def answer(tree, point):
    while len(tree) == 3:
        tree = tree[2] if point[tree[0]] else tree[1]
    return tree[0]


@pytest.mark.parametrize("seed", range(4))
def test_no_tree_of_three_leaves_is_right_on_more_rows(seed):
    rng = np.random.default_rng(seed)
    layers = (
        Affine(0, rng.normal(size=(6, 4)), rng.normal(size=6)),
        Relu(1),
        Affine(2, rng.normal(size=(1, 6)), rng.normal(size=1) / 4),
    )
    teacher, domain = Network(4, layers), bits(4)
    rows = rows_of(domain, seed, 25)
    classes = {p: teacher_class(teacher, domain.encode(p)) for p in rows.points}
    pairs = list(zip(rows.points, rows.times, strict=True))
    least = min(
        sum(n for p, n in pairs if answer(tree, p) != classes[p])
        for tree in trees_of(range(4), 3, 2)
    )
    found = certified.distill(teacher, domain, leaves=3, rows=rows)
    assert wrong_rows(domain, teacher, found.tree, rows) == least


@pytest.mark.parametrize("seed", range(6))
def test_an_error_target_is_one_on_the_rows(seed):
    domain, teacher, _ = case(seed)
    rows = rows_of(domain, seed)
    found = certified.distill(teacher, domain, error=Fraction(1, 8), rows=rows)
    assert found.finished
    assert Fraction(wrong_rows(domain, teacher, found.tree, rows), rows.count) <= Fraction(1, 8)
    assert found.tree.leaves <= certified.distill(teacher, domain).tree.leaves


@pytest.mark.parametrize("seed", range(4))
def test_on_large_domains_too_the_tree_is_the_smallest_that_is_good_enough(monkeypatch, seed):
    monkeypatch.setattr(certified, "is_small", lambda *_: False)
    domain, teacher, _ = case(seed)
    rows = rows_of(domain, seed)
    found = certified.distill(teacher, domain, error=Fraction(1, 4), rows=rows)
    missed = Fraction(wrong_rows(domain, teacher, found.tree, rows), rows.count)
    assert missed <= Fraction(1, 4)
    good = [f.leaves for f in found.frontier if f.agreement >= Fraction(3, 4)]
    assert found.tree.leaves <= min(good, default=found.tree.leaves)


@pytest.mark.parametrize("seed", range(4))
def test_without_a_limit_the_tree_is_the_teacher_all_the_same(seed):
    domain, teacher, _ = case(seed)
    found = certified.distill(teacher, domain, rows=rows_of(domain, seed))
    assert found.finished and not truth(domain, teacher, found.tree).wrong


def test_rows_are_fitted_so_nothing_is_drawn():
    domain, teacher, _ = case(0)
    with pytest.raises(LeafproofError, match="leave samples out"):
        cart.distill(teacher, domain, samples=5, rows=rows_of(domain, 0))


def prunings(tree, at):
    """Every tree that keeps the root: as nested tuples, leaves by their node."""
    node = tree.nodes[at]
    yield at
    if isinstance(node, Inner):
        for a, b in product(prunings(tree, node.left), prunings(tree, node.right)):
            yield (node.column, a, b)


def leaf_count(way):
    return 1 if isinstance(way, int) else leaf_count(way[1]) + leaf_count(way[2])


def right_below(tree, way, points, classes, mass):
    """What the best classes of its leaves get right."""
    if isinstance(way, int):
        node = tree.nodes[way]
        if isinstance(node, Leaf):
            return mass[classes == node.klass].sum()
        return max((mass[classes == k].sum() for k in range(3)), default=0)
    left = points[:, way[0]] == 0
    return right_below(tree, way[1], points[left], classes[left], mass[left]) + right_below(
        tree, way[2], points[~left], classes[~left], mass[~left]
    )


@pytest.mark.parametrize("seed", range(10))
def test_a_tree_is_cut_down_as_well_as_can_be(seed):
    rng = np.random.default_rng(seed)
    domain = bits(4)
    nodes, half = [], Fraction(1, 2)

    def grow(free):
        at = len(nodes)
        nodes.append(Leaf(int(rng.integers(3))))
        if free and rng.random() < 0.85:
            column = int(rng.choice(free))
            rest = [c for c in free if c != column]
            left = grow(rest)
            nodes[at] = Inner(column, half, left, grow(rest))
        return at

    grow([0, 1, 2, 3])
    tree = Tree(tuple(nodes))
    points = rng.integers(2, size=(30, 4))
    classes, mass = rng.integers(3, size=30), rng.integers(0, 5, 30).astype(float)
    table = Table(points, classes, mass)
    ways = pruned(tree, domain, table, 3)
    for leaves in range(1, tree.leaves + 1):
        most = max(
            right_below(tree, way, points, classes, mass)
            for way in prunings(tree, 0)
            if leaf_count(way) <= leaves
        )
        right, cut = ways.best(leaves)
        assert right == most == table.total - table.wrong(cut, domain)
        assert cut.leaves <= leaves
    sizes = frontier_of([tree], domain, table, 3)
    assert [f.leaves for f in sizes] == sorted({f.leaves for f in sizes})
    assert all(a.agreement < b.agreement for a, b in pairwise(sizes))
    assert all(
        f.agreement == Fraction(table.total - table.wrong(f.tree, domain), max(1, table.total))
        for f in sizes
    )


@pytest.mark.parametrize("options", [{"leaves": 4}, {"error": 0.01}], ids=str)
def test_a_limit_of_time_leaves_the_best_trees_of_every_size(options, compiled, own_time):
    rng = np.random.default_rng(3)
    weights = np.concatenate([[8, 6, 5, 4], rng.normal(size=36)])
    layers = (
        Affine(0, np.stack([weights, -weights]), np.zeros(2)),
        Relu(1),
        Affine(2, np.array([[1.0, -1.0]]), np.zeros(1)),
    )
    teacher, domain = Network(40, layers), signs(40)
    found = certified.distill(teacher, domain, deadline=timing.now() + 3, **options)
    assert not found.finished and len(found.frontier) > 2
    assert found.tree.leaves <= options.get("leaves", found.tree.leaves)
    assert [f.leaves for f in found.frontier] == sorted(f.leaves for f in found.frontier)


def test_rows_that_need_many_leaves_get_them(monkeypatch):
    """More than the first tree of points has, where the user does not limit them."""
    monkeypatch.setattr(sketching, "SKETCH", 8)
    domain = bits(40)
    rng = np.random.default_rng(5)
    hidden = Affine(0, 4 * rng.normal(size=(30, 40)), rng.normal(size=30))
    last = Affine(2, rng.normal(size=(1, 30)), np.array([0.0]))
    teacher = Network(40, (hidden, Relu(1), last))
    rows = rows_of(domain, 1, count=300)
    bulk, cuts = bulk_of(teacher, domain), prepare_cuts(domain)
    for leaves in (None, 6):
        goal = replace(goal_of(None, leaves, 0, None), rows=table_of_rows(bulk, rows))
        own = sketching.Sketches(cuts, bulk, goal, 100, 0)
        own._sought = own._from_table = lambda *_: Tree((Leaf(0),))
        own.run(None)
        missed = wrong_rows(domain, teacher, own.tree, rows)
        assert (missed == 0, own.tree.leaves > 8) == (leaves is None,) * 2
        assert leaves is None or own.tree.leaves <= leaves


def test_the_tree_of_scikit_learn_is_among_those_of_rows(monkeypatch):
    """So that none is worse: of splits that are equally good it may take others."""
    domain = bits(40)
    rng = np.random.default_rng(6)
    last = Affine(2, rng.normal(size=(1, 30)), np.array([0.0]))
    hidden = Affine(0, rng.normal(size=(30, 40)), rng.normal(size=30))
    teacher = Network(40, (hidden, Relu(1), last))
    rows = rows_of(domain, 2, count=200)
    bulk, cuts = bulk_of(teacher, domain), prepare_cuts(domain)
    held = table_of_rows(bulk, rows)
    own = sketching.Sketches(cuts, bulk, replace(goal_of(None, 7, 0, None), rows=held), 100, 0)
    monkeypatch.setattr(sketching, "trees_of_rows", lambda *_: iter(()))
    own._sought = own._from_table = lambda *_: Tree((Leaf(0),))
    own.run(None)
    theirs = cart.distill(teacher, domain, leaves=7, rows=rows).tree
    missed = wrong_rows(domain, teacher, theirs, rows)
    assert own.tree.leaves == 7 and wrong_rows(domain, teacher, own.tree, rows) == missed > 0
    monkeypatch.setitem(sys.modules, "sklearn.tree", None)
    assert cart.of_rows(bulk, held, 7, 0) is None
