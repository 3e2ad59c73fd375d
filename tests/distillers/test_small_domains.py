"""Distillers on domains small enough for brute force: always equivalent, or exactly how far off."""

from __future__ import annotations

import time
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import teacher_class, tree_class, truth
from tests.provers.cases import all_points, random_domain, random_teacher, random_tree
from verifier.distillers import cart, certified
from verifier.distillers.repair import repair
from verifier.distillers.sources import PointSource
from verifier.distillers.tidying import merge, midpoints, shrink
from verifier.kernel import checker
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree, bind, overlay

CASES = range(16)


def case(seed, limit=200):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, limit)
    teacher = random_teacher(rng, domain.columns)
    return domain, teacher, random_tree(rng, domain, teacher.classes)


def answers(tree, domain):
    return [tree_class(tree, domain.encode(p)) for p in all_points(domain)]


@pytest.mark.parametrize("seed", CASES)
def test_certified_ends_equivalent(seed):
    domain, teacher, _ = case(seed)
    found = certified.distill(teacher, domain)
    assert found.finished
    assert not truth(domain, teacher, found.tree).wrong
    verdict = checker.verify(matter_of(domain, teacher, found.tree), found.finding.proof)
    assert verdict.verdict == "equivalent"


@pytest.mark.parametrize("seed", CASES)
def test_proved_error_is_the_error(seed):
    domain, teacher, _ = case(seed)
    found = certified.distill(teacher, domain, leaves=3)
    facts = truth(domain, teacher, found.tree)
    assert found.tree.leaves <= 3
    assert found.error == (facts.error, facts.error)
    verdict = checker.verify(
        matter_of(domain, teacher, found.tree), found.finding.proof, found.finding.counterexamples
    )
    assert verdict.error == (facts.error, facts.error)
    assert verdict.disagreements == (len(facts.wrong), len(facts.wrong))


@pytest.mark.parametrize("seed", CASES)
def test_an_error_target_is_met_with_fewer_leaves(seed):
    domain, teacher, _ = case(seed)
    target = Fraction(1, 10)
    found = certified.distill(teacher, domain, error=target)
    assert found.finished
    assert truth(domain, teacher, found.tree).error == found.error[1] <= target
    assert found.tree.leaves <= max(1, 2 * certified.distill(teacher, domain).tree.leaves)


@pytest.mark.parametrize("seed", CASES)
def test_repair_ends_equivalent_and_leaves_right_leaves_alone(seed):
    domain, teacher, tree = case(seed)
    facts = truth(domain, teacher, tree)
    fixed = repair(teacher, tree, domain)
    assert fixed.finished
    assert not truth(domain, teacher, fixed.tree).wrong
    verdict = checker.verify(matter_of(domain, teacher, fixed.tree), fixed.finding.proof)
    assert verdict.verdict == "equivalent"
    wrong_leaves = {
        leaf
        for cell, leaf in overlay(bind(tree, domain), full_cell(domain))
        if any(cell.contains(p) for p in facts.wrong)
    }
    assert {change.node for change in fixed.added} == wrong_leaves
    assert fixed.tree.leaves == tree.leaves + fixed.leaves_added
    if not facts.wrong:
        assert fixed.tree == tree
    for change in fixed.added:
        for point in change.cell.points():
            assert tree_class(tree, domain.encode(point)) == change.before


@pytest.mark.parametrize("seed", CASES)
def test_repair_within_a_limit_says_exactly_how_far_off(seed):
    domain, teacher, tree = case(seed)
    fixed = repair(teacher, tree, domain, leaves=tree.leaves + 1)
    facts = truth(domain, teacher, fixed.tree)
    assert fixed.tree.leaves <= tree.leaves + 1
    assert fixed.error == (facts.error, facts.error)
    assert fixed.finished == (not facts.wrong)


@pytest.mark.parametrize("seed", CASES)
def test_tidying_keeps_every_answer(seed):
    domain, _, tree = case(seed)
    before = answers(tree, domain)
    for smaller in (merge(tree), midpoints(tree, domain), shrink(tree, domain)):
        assert answers(smaller, domain) == before
        assert smaller.leaves <= tree.leaves


def test_shrink_finds_the_smallest_tree_of_its_tests():
    # x1 and (x2 or not x0), with x1 tested last
    half = Fraction(1, 2)
    nodes = [
        Inner(2, half, 1, 6),
        Inner(0, half, 2, 5),
        Inner(1, half, 3, 4),
        Leaf(0),
        Leaf(1),
        Leaf(0),
        Inner(0, half, 7, 10),
        Inner(1, half, 8, 9),
        Leaf(0),
        Leaf(1),
        Inner(1, half, 11, 12),
        Leaf(0),
        Leaf(1),
    ]
    tree = Tree(tuple(nodes))
    smaller = shrink(tree, bits(3))
    assert tree.leaves == 7 and smaller.leaves == 4
    assert answers(smaller, bits(3)) == answers(tree, bits(3))


@pytest.mark.parametrize("seed", CASES)
def test_cart_is_the_tree_that_scikit_learn_executes(seed):
    from sklearn.tree import DecisionTreeClassifier

    domain, teacher, _ = case(seed)
    tree = cart.distill(teacher, domain, depth=3, seed=1).tree
    points = [p for p in all_points(domain) if domain.probability(p)]
    x = np.array([[float(c) for c in domain.encode(p)] for p in points])
    y = [teacher_class(teacher, domain.encode(p)) for p in points]
    weights = [float(domain.probability(p) * domain.size) for p in points]
    model = DecisionTreeClassifier(max_depth=3, random_state=1).fit(x, y, weights)
    inputs = np.array([[float(c) for c in domain.encode(p)] for p in all_points(domain)])
    assert answers(tree, domain) == model.predict(inputs).tolist()


def test_cart_without_limits_learns_a_small_domain():
    domain, teacher = bits(4), Network(4, (Affine(0, np.ones((1, 4)), np.array([-2.0])),))
    tree = cart.distill(teacher, domain).tree
    assert not truth(domain, teacher, tree).wrong
    sampled = cart.distill(teacher, domain, samples=3, seed=5).tree
    assert sampled == cart.distill(teacher, domain, samples=3, seed=5).tree


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"depth": 0}, "depth is 0"),
        ({"leaves": 1}, "leaves is 1"),
        ({"samples": 0}, "samples is 0"),
        ({"seed": -1}, "seed is -1"),
    ],
)
def test_cart_refuses_options_out_of_range(options, message):
    domain, teacher, _ = case(0)
    with pytest.raises(LeafproofError, match=message):
        cart.distill(teacher, domain, **options)


def test_certified_and_repair_refuse_options_out_of_range():
    domain, teacher, tree = case(0)
    with pytest.raises(LeafproofError, match=r"from 0 to 1"):
        certified.distill(teacher, domain, error=Fraction(3, 2))
    with pytest.raises(LeafproofError, match="leaves is 0"):
        certified.distill(teacher, domain, leaves=0)
    with pytest.raises(LeafproofError, match="already has"):
        repair(teacher, tree, domain, leaves=tree.leaves - 1)


@pytest.mark.parametrize("calls", [0, 1])
def test_after_an_interruption_the_error_of_the_tree_so_far_is_exact(calls, monkeypatch):
    domain, teacher, tree = case(9)
    assert certified.distill(teacher, domain).tree.leaves > calls + 1
    left = iter(range(calls))
    cut = PointSource.cut

    def interrupted(self, region):
        if next(left, None) is None:
            raise KeyboardInterrupt
        return cut(self, region)

    for run in (certified.distill, lambda *parts: repair(parts[0], tree, parts[1])):
        left = iter(range(calls))
        monkeypatch.setattr(PointSource, "cut", interrupted)
        found = run(teacher, domain)
        monkeypatch.undo()
        facts = truth(domain, teacher, found.tree)
        assert not found.finished and facts.wrong
        assert found.error == (facts.error, facts.error)
        assert (
            checker.verify(matter_of(domain, teacher, found.tree), found.finding.proof).error
            == found.error
        )
    assert found.tree.leaves >= tree.leaves


@pytest.mark.parametrize("seed", range(4))
def test_without_time_the_error_of_the_tree_so_far_is_bounded(seed):
    """Not even the points that are few enough are evaluated once the time is over."""
    domain, teacher, tree = case(seed)
    late = time.monotonic()
    for found in (
        certified.distill(teacher, domain, deadline=late),
        repair(teacher, tree, domain, deadline=late),
    ):
        facts = truth(domain, teacher, found.tree)
        assert found.error[0] <= facts.error <= found.error[1]
        assert not found.finished
        verdict = checker.verify(matter_of(domain, teacher, found.tree), found.finding.proof)
        assert verdict.error[0] <= facts.error <= verdict.error[1]
