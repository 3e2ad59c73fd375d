"""Counterexamples, and the nearest points of agreement."""

from __future__ import annotations

import numpy as np
import pytest

from tests.brute import truth
from tests.reports import cases
from tests.reports.pages import page
from verifier.formats.variables import one_hot
from verifier.kernel.asked import ask
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network
from verifier.model.proof import Enumerated, Open
from verifier.model.tree import Leaf, Tree
from verifier.reports.nearest import nearest_change


def test_counterexamples_mark_a_smallest_set_of_values_to_change(bad):
    shown = page(bad)
    table = shown.words.split("Counterexamples", 2)[2]
    assert "head = round" in table  # the smallest change after which both agree
    marks = [tag for tag, _ in shown.tags if tag == "mark"]
    assert len(marks) == len(bad[1].counterexamples)  # the head alone


@pytest.mark.parametrize("seed", range(10))
def test_the_nearest_agreement_is_nearest(seed):
    rng = np.random.default_rng(seed)
    domain = Domain(tuple(one_hot(f"v{i}", "abc"[: 2 + i % 2]) for i in range(5)))
    teacher = Network(12, (Affine(0, rng.integers(-2, 3, (2, 12)).astype(float), np.zeros(2)),))
    tree = cases.full_tree(domain, 2, 2, seed)
    made = cases.certified(domain, teacher, tree, (Enumerated(),))
    asked = ask(made[0].matter)
    wrong = every_disagreement(domain, teacher, tree)
    right = [x for x in full_cell(domain).points() if x not in wrong]
    for c in made[1].counterexamples:
        near = nearest_change(asked, c.point)
        distance = min(sum(a != b for a, b in zip(c.point, x, strict=True)) for x in right)
        changed = list(c.point)
        for index, value in near.changes:
            changed[index] = value
        assert len(near.changes) == near.at_least == distance and near.smallest
        assert tuple(changed) in right


def test_of_a_far_change_no_part_can_be_left_out():
    """The network is 1 from 30 ones of 60 on, the tree always says 1: no search gets so far."""
    domain, teacher = bits(60), cases.sum_teacher(60, -29.5)
    tree = Tree((Leaf(1),))
    made = cases.certified(domain, teacher, tree, (Open(),), [(0,) * 60])
    near = nearest_change(ask(made[0].matter), (0,) * 60)
    assert not near.smallest and 2 < near.at_least < 30
    assert len(near.changes) == 30 and {value for _, value in near.changes} == {1}
    words = page(made).words
    assert "of which no part can be left out" in words
    assert f"and 18 more (no change of fewer than {near.at_least} suffices)" in words


def test_where_nothing_drawn_agrees_none_is_named():
    domain, teacher = bits(60), cases.sum_teacher(60, -59.5)
    tree = Tree((Leaf(1),))
    made = cases.certified(domain, teacher, tree, (Open(),), [(0,) * 60])
    near = nearest_change(ask(made[0].matter), (0,) * 60)
    assert near.changes == () and not near.smallest
    assert f"a change of {near.at_least} variables or more" in page(made).words


def every_disagreement(domain, teacher, tree):
    return set(truth(domain, teacher, tree).wrong)


def test_agreement_nowhere_is_said():
    made = cases.certified(bits(2), cases.sum_teacher(2, 0.5), Tree((Leaf(0),)), (Enumerated(),))
    assert "they agree nowhere" in page(made).words
