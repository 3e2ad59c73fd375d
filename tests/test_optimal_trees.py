"""STreeD's optimal trees, as the benchmark of real problems takes them over."""

from __future__ import annotations

import numpy as np
import pytest

from tests.benchmarks.optimal import PACKAGE, is_installed, optimal
from verifier.demo.problems import breast_cancer, car, monk
from verifier.distillers.cuts import prepare_cuts
from verifier.model.errors import LeafproofError
from verifier.model.tree import bind, leaves_of_points


@pytest.mark.skipif(not is_installed(), reason=f"{PACKAGE} is not installed")
@pytest.mark.parametrize("problem", [monk(1), monk(3), car()], ids=lambda p: p.name)
def test_more_leaves_are_never_worse_and_the_tree_is_the_one_found(problem):
    points, classes = np.array(problem.points), np.array(problem.labels)
    cuts, before = prepare_cuts(problem.domain), len(classes)
    for leaves in (1, 2, 5, 7):
        tree = optimal(cuts, points, classes, depth=4, leaves=leaves, seconds=600)
        assert tree is not None and tree.leaves <= leaves and tree.depth <= 4
        bound = bind(tree, problem.domain)
        wrong = int((bound.classes[leaves_of_points(bound, points)] != classes).sum())
        assert wrong <= before
        before = wrong
    assert problem.name == "car" or before == 0


def test_breast_cancer_is_cut_at_quantiles():
    problem = breast_cancer(4, 4, "thermometer")
    assert problem.domain.size == 256 and problem.domain.columns == 12
    assert len(problem.points) == len(problem.labels) == 569 and sum(problem.labels) == 357
    for column in np.array(problem.points).T:
        assert (np.abs(np.bincount(column, minlength=4) - 569 / 4) < 4).all()
    assert breast_cancer(4, 4, "one-hot").domain.columns == 16


def test_car_is_acceptable_only_with_seats_and_safety():
    problem = car()
    held = dict(zip(problem.points, problem.labels, strict=True))
    assert len(held) == 1728 and not any(k for p, k in held.items() if not p[3] or not p[5])
    assert held[0, 0, 3, 2, 2, 2] == 1 and held[3, 3, 3, 2, 2, 2] == 0


def test_breast_cancer_without_scikit_learn_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sklearn.datasets", None)
    with pytest.raises(LeafproofError, match="pip install 'leafproof"):
        breast_cancer(4, 4, "one-hot")
