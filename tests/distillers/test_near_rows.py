"""Points near the rows of a table, and the trees that grow from them."""

from __future__ import annotations

import numpy as np

from tests.brute import teacher_class, tree_class
from tests.distillers.test_from_points import line, points_of
from tests.distillers.test_rows import rows_of
from tests.distillers.test_small_domains import case
from tests.jobs.test_ordinals import families
from verifier.distillers import from_points, near_rows
from verifier.distillers.options import goal_of
from verifier.distillers.table import FIRST, table_of_rows
from verifier.formats.ranges import ordinal
from verifier.model.domain import Domain, bits
from verifier.model.rows import Rows, rows_from
from verifier.provers.evaluate import bulk_of


def test_points_near_rows_hold_rows_values():
    domain, _, _ = case(1)
    rows = rows_of(domain, 1)
    points = near_rows.points_near(domain, rows, 500, np.random.default_rng(0))
    own = np.array(rows.points)
    assert all(set(points[:, i]) <= set(own[:, i]) for i in range(own.shape[1]))


def test_they_are_like_rows_as_often_as_these_occur():
    rows = Rows(((0,) * 6, (1,) * 6), (3, 1))
    drawn = near_rows.points_near(bits(6), rows, 8000, np.random.default_rng(0))
    assert abs((drawn == 0).mean() - 0.75) < 0.02
    one = 2 * 0.75 * 0.25 * (1 - near_rows.CROSSED**6 - (1 - near_rows.CROSSED) ** 6)
    assert abs((drawn.sum(axis=1) % 6 != 0).mean() - one) < 0.02  # of two rows that differ


def test_those_of_a_domain_with_a_tree_are_possible():
    domain = families()
    rows = rows_from(points_of(domain))
    points = near_rows.points_near(domain, rows, 400, np.random.default_rng(0))
    assert 50 < len(points) < 400 and all(domain.possible(tuple(p)) for p in points.tolist())


def test_they_have_the_teachers_classes_and_count_as_much_as_the_rows():
    domain, teacher, _ = case(2)
    rows = rows_of(domain, 2)
    bulk = bulk_of(teacher, domain)
    near, table = near_rows.near_rows(bulk, rows, 0), table_of_rows(bulk, rows)
    for part in (near.growing, near.judging):
        said = [teacher_class(teacher, domain.encode(tuple(p))) for p in part.points.tolist()]
        assert len(said) > 50 and part.classes.tolist() == said
    beside = near.beside(table)
    own = beside.mass[: len(rows.points)]
    assert own.tolist() == [FIRST * n for n in rows.times]
    assert 0.9 < beside.mass[len(own) :].sum() / own.sum() <= 1
    judges = near.judges(near.growing)  # these may be no points near rows, but any
    assert judges.total < FIRST and len(judges.points) > len(near.growing.points)


def test_trees_tell_other_rows_of_a_table_better_than_cart():
    """A sum over columns that vary together; on average: single tables go either way."""
    ours, theirs = [], []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        domain = Domain(tuple(ordinal(f"x{i}", 0, 99, 1) for i in range(4)))
        weights = rng.integers(-5, 6, 4)
        table = rng.integers(0, 60, (300, 1)) + rng.integers(0, 40, (300, 4))
        teacher = line(*weights, bias=-int(np.median(table @ weights)))
        rows = rows_from(map(tuple, table[:150].tolist()))
        found = from_points.distill(teacher, domain, goal_of(None, None, seed, None), rows, seed)
        other = from_points.by_cart(teacher, domain, seed=seed, rows=rows).tree
        inputs = [domain.encode(tuple(p)) for p in table.tolist()]
        said = [teacher_class(teacher, x) for x in inputs]
        for tree, shares in ((found.tree, ours), (other, theirs)):
            right = np.array([tree_class(tree, x) for x in inputs]) == said
            assert right[:150].all()  # both are right on the rows that they were given
            shares.append(right[150:].mean())
    assert np.mean(ours) > np.mean(theirs) + 0.01, (ours, theirs)
