"""Domains with a tree, intervals and long ranges: trees from points, then proved where they are."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import teacher_class, tree_class
from tests.clocks import PATIENCE
from tests.jobs.test_ordinals import families
from verifier.distillers import from_points
from verifier.distillers.coarse import BINS, coarse_of, simplest
from verifier.distillers.options import goal_of
from verifier.distillers.sampling import sample_possible
from verifier.formats.intervals import continuous
from verifier.formats.ranges import ordinal
from verifier.jobs.distill import distill
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network
from verifier.model.rows import rows_from
from verifier.model.tree import Inner
from verifier.provers.evaluate import bulk_of
from verifier.provers.timing import TimeOver, now


def line(*weights, bias):
    return Network(len(weights), (Affine(0, np.array([weights], float), np.array([bias], float)),))


def points_of(domain):
    return [p for part, _ in domain.parts(full_cell(domain)) for p in part.points()]


def error(domain, network, tree):
    return sum(
        domain.probability(p)
        for p in points_of(domain)
        if teacher_class(network, domain.encode(p)) != tree_class(tree, domain.encode(p))
    )


def test_points_are_drawn_as_the_domain_says():
    domain = families()
    drawn = Counter(map(tuple, sample_possible(domain, 6000, np.random.default_rng(0)).tolist()))
    assert all(domain.possible(p) for p in drawn)
    for p in points_of(domain):
        wanted = 6000 * float(domain.probability(p))
        assert abs(drawn[p] - wanted) < 6 * np.sqrt(wanted + 1)


def test_a_domain_with_a_tree_has_a_tree_equal_on_its_points():
    domain = families()
    network = line(*np.linspace(-1, 1, domain.columns), bias=0.125)
    made = distill(network, domain, timeout=PATIENCE)
    assert made.verdict == "equivalent" and made.finished
    assert error(domain, network, made.tree) == 0


@pytest.mark.parametrize("method", ["certified", "cart"])
def test_few_leaves_and_their_exact_error(method):
    domain = families()
    network = line(*np.linspace(-1, 1, domain.columns), bias=0.125)
    made = distill(network, domain, method=method, leaves=2, prove=True, timeout=PATIENCE)
    assert made.tree.leaves <= 2
    assert made.error == (error(domain, network, made.tree),) * 2
    rows = rows_from(points_of(domain)[:5])
    first = distill(
        network, domain, method=method, leaves=2, rows=rows, prove=True, timeout=PATIENCE
    )
    assert first.on_rows is not None and first.on_rows.rows == 5


def test_a_long_range_is_cut_where_the_network_changes():
    domain = Domain((ordinal("income", 0, 10**6), ordinal("age", 0, 9)))
    network = line(1.0, 0.0, bias=-400_000.5)
    made = distill(network, domain, leaves=2)
    (test,) = (n for n in made.tree.nodes if isinstance(n, Inner))
    assert test.column == 0 and abs(test.threshold - 400_000) < 10_000
    assert made.error[0] <= abs(400_000 - test.threshold) / Fraction(10**6 + 1) <= made.error[1]


def test_an_interval_is_cut_at_a_cut(compiled, own_time):
    domain = Domain((continuous("dose", 0, 10), ordinal("age", 0, 9)))
    network = line(1.0, 0.0, bias=-4.0)
    made = distill(network, domain, leaves=2, timeout=2)
    (test,) = (n for n in made.tree.nodes if isinstance(n, Inner))
    dose = made.domain.variables[0]
    assert dose.cut_at(test.threshold) is not None and abs(test.threshold - 4) < Fraction(1, 5)
    low, high = made.error
    assert low <= abs(test.threshold - 4) / 10 <= high < Fraction(1, 10)


def test_thresholds_end_parts_and_parts_hold_their_points():
    domain = Domain((ordinal("a", 0, 10**6, "1/2"), *Domain.bits(1).variables))
    points = sample_possible(domain, 5000, np.random.default_rng(1))
    coarse = coarse_of(domain, points)
    inside = coarse.points(points)
    last = coarse.last[0]
    assert coarse.last[1] is None and len(last) <= BINS + 1
    assert (points[:, 0] <= last[inside[:, 0]]).all()
    before = np.concatenate([[-1], last])[inside[:, 0]]
    assert (points[:, 0] > before).all() and (inside[:, 1] == points[:, 1]).all()


def test_thresholds_are_the_simplest_between_two_points(compiled, own_time):
    for low, high, wanted in (
        ("1.23", "1.9", "1.3"),
        ("1.23", "1.231", "1.23"),
        ("4.9", "5.2", "5"),
        ("-2.51", "-2.4", "-2.5"),
        ("1/3", "1/3", "1/3"),
    ):
        found = simplest(Fraction(low), Fraction(high))
        assert found == Fraction(wanted)
    domain = Domain((continuous("dose", 0, 10), ordinal("age", 0, 9)))
    made = distill(line(1.0, 0.0, bias=-4.0), domain, leaves=2, timeout=2)
    (test,) = (n for n in made.tree.nodes if isinstance(n, Inner))
    assert (test.threshold * 10**4).denominator == 1


@pytest.mark.parametrize("leaves", [None, 3])
@pytest.mark.parametrize("given", [False, True])
def test_where_the_time_ends_early_the_tree_is_one_of_few_points(given, leaves, monkeypatch):
    """And not a leaf of the first class, whatever the network says."""
    domain = Domain((ordinal("a", 0, 999), continuous("b", 0, 1), ordinal("c", 0, 99)))
    network = line(0.001, 0.0, 0.001, bias=-0.55)
    rows = rows_from([(i, 0, 0) for i in range(0, 999, 7)]) if given else None

    def late(*_):
        raise TimeOver

    monkeypatch.setattr(from_points, "_grown", late)
    goal = goal_of(None, leaves, 0, now() + PATIENCE)
    found = from_points.distill(network, domain, goal, rows)
    assert not found.finished and 2 <= found.tree.leaves <= (leaves or from_points.MANY)
    points = sample_possible(domain, 400, np.random.default_rng(1)).tolist()
    if given:
        points = [row for row, _ in zip(rows.points, range(400), strict=False)]
    wrong = sum(
        teacher_class(network, domain.encode(p)) != tree_class(found.tree, domain.encode(p))
        for p in points
    )
    assert wrong < len(points) / 8
    # without a limit there is nothing that could end early
    monkeypatch.setattr(from_points, "of_few", lambda *_: pytest.fail("it is not wanted"))
    assert from_points.distill(network, domain, goal_of(None, leaves, 0, None)).tree.leaves == 1


@pytest.mark.parametrize("count", [from_points.BRIEF - 1, from_points.BRIEF + 5, 3000])
def test_a_tree_of_few_points_sees_as_many_rows_as_it_may(count, monkeypatch):
    """Of a few more than that it had seen every other one."""
    domain = Domain((ordinal("a", 0, 9999),))
    rows = rows_from([(3 * i,) for i in range(count)])
    seen = []
    coarse = from_points.coarse_of

    def kept(space, points, *more):
        seen.extend(points[:, 0].tolist())
        return coarse(space, points, *more)

    monkeypatch.setattr(from_points, "coarse_of", kept)
    bulk = bulk_of(line(1.0, bias=-5000.5), domain)
    tree = from_points.of_few(bulk, from_points.MANY, rows, 0)
    assert len(set(seen)) == len(seen) == min(count, from_points.BRIEF)
    assert {seen[0], seen[-1]} == {0, 3 * count - 3} and set(seen) <= {x for (x,) in rows.points}
    assert tree.leaves == (2 if 3 * count > 5003 else 1)
