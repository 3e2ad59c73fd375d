"""Counterexamples, and the nearest points of agreement."""

from __future__ import annotations

import numpy as np
import pytest

from tests.brute import truth
from tests.reports import cases
from tests.reports.pages import page
from verifier.certificate import kernel
from verifier.certificate.proof import Enumerated
from verifier.domain import Domain, bits, full_cell, one_hot
from verifier.reports.counterexamples import nearest_agreement
from verifier.reports.tree_view import subject
from verifier.teacher import Affine, Teacher
from verifier.tree import Leaf, Tree


def test_counterexamples_mark_what_the_tree_looked_at(bad):
    shown = page(bad)
    table = shown.words.split("Counterexamples", 2)[2]
    assert "head = round" in table  # the smallest change after which both agree
    marks = [tag for tag, _ in shown.tags if tag == "mark"]
    assert len(marks) == 2 * len(bad[1].counterexamples)  # head and jacket are on the path


@pytest.mark.parametrize("seed", range(10))
def test_the_nearest_agreement_is_nearest(seed):
    rng = np.random.default_rng(seed)
    domain = Domain(tuple(one_hot(f"v{i}", "abc"[: 2 + i % 2]) for i in range(5)))
    teacher = Teacher(12, (Affine(0, rng.integers(-2, 3, (2, 12)).astype(float), np.zeros(2)),))
    tree = cases.full_tree(domain, 2, 2, seed)
    made = cases.certified(domain, teacher, tree, (Enumerated(),))
    s = subject(domain, tree, made[1])
    p = kernel.prepare(teacher, domain)
    wrong = every_disagreement(domain, teacher, tree)
    right = [x for x in full_cell(domain).points() if x not in wrong]
    for c in made[1].counterexamples:
        near = nearest_agreement(s, p, c.point)
        distance = min(sum(a != b for a, b in zip(c.point, x, strict=True)) for x in right)
        changed = list(c.point)
        for index, value in near.changes:
            changed[index] = value
        assert len(near.changes) == distance
        assert tuple(changed) in right


def every_disagreement(domain, teacher, tree):

    return set(truth(domain, teacher, tree).wrong)


def test_agreement_nowhere_is_said():
    made = cases.certified(bits(2), cases.sum_teacher(2, 0.5), Tree((Leaf(0),)), (Enumerated(),))
    assert "they agree nowhere" in page(made).words
