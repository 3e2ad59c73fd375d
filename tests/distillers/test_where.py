"""Trees that describe where a formula is true: the one that is wrong least, by all there are."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from tests.ensembles import random_domain, random_ensemble
from verifier.distillers import where as module
from verifier.distillers.where import where
from verifier.kernel import checker
from verifier.model.cell import full_cell
from verifier.model.question import Bound, ClassIs, Matter


def matters(seeds):
    for seed in seeds:
        rng = random.Random(seed)
        domain = random_domain(rng)
        every = tuple(range(len(domain.variables)))
        model = random_ensemble(rng, "exact", domain.columns)
        yield seed, Matter(domain, (Bound("a", model, every),), ClassIs(0, 1))


def told(matter):
    """The points, encoded, with their weights, and where the formula is true."""
    domain = matter.domain
    points = [p for p in full_cell(domain).points() if domain.possible(p)]
    classes, _ = checker.prepared(matter).exact_classes(points)
    rows = [domain.encode(p) for p in points]
    return rows, [domain.weight(p) for p in points], [c == (1,) for c in classes]


def least_by_hand(rows, weights, true, leaves):
    """The least weight that a tree of so many leaves has wrong, with any tests of columns."""
    inside = sum(w for w, t in zip(weights, true, strict=True) if t)
    best = min(inside, sum(weights) - inside)
    if leaves == 1 or not best:
        return best
    for j in range(len(rows[0])):
        for cut in sorted({row[j] for row in rows})[:-1]:
            sides = [], []
            for item in zip(rows, weights, true, strict=True):
                sides[item[0][j] > cut].append(item)
            low, high = ([*zip(*side, strict=True)] for side in sides)
            for count in range(1, leaves):
                own = least_by_hand(*low, count) + least_by_hand(*high, leaves - count)
                best = min(best, own)
    return best


def wrong_of(tree, rows, weights, true):
    pairs = zip(rows, weights, true, strict=True)
    return sum(w for row, w, t in pairs if (tree.class_at(row) == 1) != t)


@pytest.mark.parametrize("leaves", [1, 2, 3])
def test_the_best_is_the_least_wrong_and_the_smallest(leaves):
    best = 0
    for seed, matter in matters(range(25)):
        found = where(matter, leaves)
        rows, weights, true = told(matter)
        wrong = wrong_of(found.tree, rows, weights, true)
        assert found.tree.leaves <= leaves
        assert len(found.wrong) == sum(
            (found.tree.class_at(row) == 1) != t for row, t in zip(rows, true, strict=True)
        )
        if found.best:
            assert wrong == least_by_hand(rows, weights, true, leaves), seed
            fewer = found.tree.leaves - 1
            assert not fewer or least_by_hand(rows, weights, true, fewer) > wrong, seed
            best += 1
    assert best > 10


def test_what_is_not_gone_through_is_not_called_the_best(monkeypatch):
    _, matter = next(m for m in matters([3]) if sum(told(m[1])[2]))
    monkeypatch.setattr(module, "CELLS", 1)
    assert not where(matter, 3).best
    monkeypatch.setattr(module, "EXACT", Fraction(1))
    assert not where(matter, 3).best
