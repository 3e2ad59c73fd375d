"""How many samples can be right after a cut: against trying every tree of one or two levels."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from verifier.distillers import linear_representation as lrh
from verifier.distillers.lookahead import completed
from verifier.domain import bits
from verifier.teacher import Affine, Relu, Teacher


def right(labels):
    return max(Counter(labels.tolist()).values(), default=0)


def best(left, labels, levels, cut):
    """By trying everything, below one cut."""
    sides = [left[:, cut] == 1, left[:, cut] == 0]
    if levels == 1:
        return sum(right(labels[side]) for side in sides)
    cuts = range(left.shape[1])
    return sum(max(best(left[side], labels[side], 1, c) for c in cuts) for side in sides)


@pytest.mark.parametrize("levels", [1, 2])
def test_all_trees_of_one_or_two_levels(levels):
    for seed in range(12):
        rng = np.random.default_rng(seed)
        left = (rng.random((int(rng.integers(1, 40)), 6)) < rng.random()).astype(np.float32)
        labels = rng.integers(0, 3, len(left))
        some = rng.permutation(6)[:4]
        expected = [best(left, labels, levels, cut) for cut in some]
        assert completed(left, labels, 3, some, levels).tolist() == expected


def test_two_levels_see_an_exclusive_or():
    """In a cell of x0 = 1 the class is x1 xor x2; sixty other variables are as good at first."""
    n = 64
    weight, out = np.zeros((7, n)), np.zeros((1, 7))
    for i, (a, b) in enumerate([(1, -1), (-1, 1)]):
        weight[i, :3] = 1, a, b
        out[0, i] = 1
    weight[2:, 3:] = np.random.default_rng(0).normal(size=(5, n - 3))  # noise in φ
    layers = (Affine(0, weight, np.r_[-1.0, -1, np.zeros(5)]), Relu(1))
    teacher = Teacher(n, (*layers, Affine(2, out, np.array([-0.5]))))
    found = lrh.distill(teacher, bits(n), depth=3, keep=8)
    assert found.agreement == 1 and found.tree.leaves <= 6
