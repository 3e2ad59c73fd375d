"""How many samples can be right after a cut: against trying every tree of one or two levels."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from verifier.distillers import linear_representation as lrh
from verifier.distillers.lookahead import completed
from verifier.model.domain import bits
from verifier.model.network import Affine, Network, Relu


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


def test_two_levels_see_an_exclusive_or(monkeypatch):
    """x0 and (x1 xor x2); ten ANDs of x0 that the class does not need stand out in φ."""
    weight, bias = np.zeros((12, 40)), np.full(12, -3.0)
    weight[0, :3], weight[1, :3] = (1, 1, -1), (1, -1, 1)
    bias[:2] = -1
    for i in range(2, 12):
        weight[i, [0, i + 1]] = 3
    out = np.array([[1.0, 1.0, *[0.0] * 10]])
    layers = (Affine(0, weight, bias), Relu(1), Affine(2, out, np.array([-0.5])))
    teacher = Network(40, layers)
    found = lrh.distill(teacher, bits(40), depth=3, keep=8)
    assert found.agreement == 1 and found.tree.leaves == 5
    monkeypatch.setattr(lrh, "AHEAD", 0)
    assert lrh.distill(teacher, bits(40), depth=3, keep=8).agreement < 1
