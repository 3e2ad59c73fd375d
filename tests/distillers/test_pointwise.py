"""Repair, and exact places of changes, where values are not listed: trees, ranges, intervals."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

import verifier as lp
from tests.brute import tree_class
from tests.clocks import PATIENCE
from tests.distillers.test_from_points import error, line, points_of
from tests.jobs.test_ask import families
from verifier.distillers.coarse import coarse_of
from verifier.distillers.growing import Limits, grow
from verifier.distillers.sharpening import changes_near
from verifier.distillers.table import Table, table_source
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network, Relu
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import asked_cells
from verifier.provers.evaluate import bulk_classes, bulk_of

LONG = 100_000


def either(first, second):
    """1 where a > first or b > second, over whole numbers."""
    each = Affine(0, np.array([[1.0, 0], [0, 1]]), np.array([-first - 0.5, -second - 0.5]))
    return Network(2, (each, Relu(1), Affine(2, np.ones((1, 2)), np.array([-0.25]))))


def ranges(*names):
    return lp.Domain.product(*(lp.Domain.range(name, 0, LONG) for name in names))


def reals(*names):
    return lp.Domain.product(*(lp.Domain.continuous(name, 0, 1) for name in names))


def inner(tree):
    return {(n.column, n.threshold) for n in tree.nodes if isinstance(n, Inner)}


@pytest.mark.parametrize("leaves", [None, 3])
def test_what_can_occur_alone_is_repaired(leaves):
    domain, network = families(), line(-1.0, 10.0, bias=75.0)
    tree = Tree((Inner(1, Fraction(3, 2), 1, 2), Leaf(1), Leaf(1)))
    made = lp.repair(network, tree, domain, leaves=leaves, timeout=PATIENCE)
    assert made.error == (error(domain, network, made.tree),) * 2
    assert leaves is None or made.tree.leaves == leaves
    assert made.verdict == ("different" if leaves else "equivalent")
    assert made.finished is (leaves is None)
    assert (1, Fraction(3, 2)) in inner(made.tree)  # as the user wrote it
    assert made.changes and made.leaves_added == made.tree.leaves - 2
    for change in made.changes:
        leaf = tree.nodes[change.node]
        assert leaf.klass == change.before
        inside = [p for p in points_of(domain) if change.cell.contains(p)]
        ones = {tree_class(made.tree, domain.encode(p)) for p in inside}
        assert ones != {change.before}


def test_a_leaf_that_no_point_reaches_stays():
    domain, network = families(), line(0.0, 1.0, bias=-0.5)
    young = Inner(0, Fraction(15), 1, 4)
    tree = Tree((young, Inner(1, Fraction(0), 2, 3), Leaf(1), Leaf(1), Leaf(0)))
    made = lp.repair(network, tree, domain, timeout=PATIENCE)
    assert made.verdict == "equivalent"
    assert 3 not in {change.node for change in made.changes}
    assert tree_class(made.tree, (0, 5)) == 1  # children of a child


@pytest.mark.parametrize("how", ["repair", "distill"])
def test_a_network_that_is_a_tree_on_long_ranges_is_met_exactly(how):
    domain, network = ranges("a", "b"), either(30_000, 99_000)
    if how == "repair":
        tree = Tree((Inner(0, Fraction(20_001, 2), 1, 2), Leaf(0), Leaf(1)))
        made = lp.repair(network, tree, domain, timeout=PATIENCE)
        assert (0, Fraction(20_001, 2)) in inner(made.tree)
    else:
        made = lp.distill(network, domain, timeout=PATIENCE)
        assert made.tree.leaves == 3
    assert made.verdict == "equivalent" and made.finished
    assert {(0, 30_000), (1, 99_000)} <= inner(made.tree)


def test_changes_are_found_where_they_are():
    domain, network = ranges("a", "b"), either(12_345, 77_777)
    bulk = bulk_of(network, domain)
    points = np.random.default_rng(0).integers(0, LONG + 1, (300, 2))
    coarse = coarse_of(domain, points)
    table = Table(coarse.points(points), bulk_classes(bulk, points), np.ones(len(points)))
    source = table_source(coarse.cuts, table, 2, None)
    tree = grow(coarse.cuts, source, Limits(leaves=8)).tree
    found = changes_near(bulk, coarse, tree, points)
    assert found.ends == {0: {12_345}, 1: {77_777}}
    at = {v: set(found.points[:, v].tolist()) for v in (0, 1)}
    assert {12_345, 12_346} <= at[0] and {77_777, 77_778} <= at[1]
    again = coarse_of(domain, np.concatenate([points, found.points]), found.ends)
    assert 12_345 in again.last[0] and 77_777 in again.last[1]


def test_without_a_change_nothing_is_found():
    domain, network = ranges("a", "b"), line(0.0, 0.0, bias=1.0)
    points = np.random.default_rng(0).integers(0, LONG + 1, (50, 2))
    coarse = coarse_of(domain, points)
    threshold = sorted(coarse.cuts.thresholds)[9]
    tree = Tree((Inner(0, threshold, 1, 2), Leaf(0), Leaf(1)))
    found = changes_near(bulk_of(network, domain), coarse, tree, points)
    assert not found.ends and not len(found.points)


@pytest.mark.parametrize("domain", [ranges("a", "b"), reals("a", "b")], ids=["ranges", "reals"])
@pytest.mark.parametrize("how", ["repair", "distill"])
def test_a_forest_has_its_tree_over_all_numbers(domain, how):
    rng = np.random.default_rng(1)
    top = float(domain.variables[0].ends[1])
    inputs = rng.uniform(0, top, (300, 2))
    fitted = (inputs[:, 0] > top / 3) ^ (inputs[:, 1] > top / 2)
    forest = RandomForestClassifier(3, max_depth=3, random_state=0).fit(inputs, fitted)
    if how == "repair":
        tree = Tree((Inner(1, Fraction(top) / 4, 1, 2), Leaf(0), Leaf(1)))
        made = lp.repair(forest, tree, domain, timeout=PATIENCE)
        assert (1, Fraction(top) / 4) in inner(made.tree)
    else:
        made = lp.distill(forest, domain, timeout=PATIENCE)
    assert made.verdict == "equivalent" and made.error == (0, 0) and made.finished
    drawn = np.round(rng.uniform(0, top, (2000, 2)) * 2**20 / top) * top / 2**20
    drawn = np.floor(drawn) if top > 1 else drawn
    assert (made.tree.predict(drawn) == forest.predict(drawn)).all()


def test_few_leaves_of_a_forest_are_right_on_rows():
    rng = np.random.default_rng(2)
    inputs = rng.integers(0, LONG, (200, 2)).astype(float)
    forest = RandomForestClassifier(3, max_depth=3, random_state=0)
    forest.fit(inputs, inputs[:, 0] > 60_000)
    domain = ranges("a", "b")
    made = lp.distill(forest, domain, leaves=2, rows=inputs, timeout=PATIENCE)
    assert made.tree.leaves == 2 and made.on_rows.rows == 200
    assert made.on_rows.disagreements == (made.tree.predict(inputs) != forest.predict(inputs)).sum()
    assert made.frontier and all(f.leaves == f.tree.leaves for f in made.frontier)


def test_an_interval_is_repaired_as_far_as_leaves_go(monkeypatch):
    """The proof, which nothing but its smallest boxes ends, says how far that is."""
    monkeypatch.setattr(asked_cells, "LEAST", 2.0**-11)
    domain, network = reals("a", "b"), line(1.0, 1.0, bias=-1.0)
    tree = Tree((Inner(0, Fraction(1, 3), 1, 2), Leaf(0), Leaf(1)))
    made = lp.repair(network, tree, domain, leaves=6, sample=0)
    assert made.tree.leaves <= 6 and not made.finished and made.verdict == "different"
    assert (0, Fraction(1, 3)) in inner(made.tree)
    low, high = made.error
    assert low > 0 and high - low < 0.06  # of as many boxes as the line a + b = 1 goes through
    at = (np.arange(200) + 0.5) / 200
    inputs = np.stack([x.ravel() for x in np.meshgrid(at, at)], axis=1)
    wrong = (made.tree.predict(inputs) != (inputs.sum(axis=1) > 1)).mean()
    assert low - 0.01 < wrong < high + 0.01
    assert wrong < 0.15  # 0.278 before


def test_too_few_leaves_are_one_line():
    with pytest.raises(LeafproofError, match="already has 2"):
        tree = Tree((Inner(0, Fraction(9), 1, 2), Leaf(0), Leaf(1)))
        lp.repair(either(1, 2), tree, ranges("a", "b"), leaves=1)
