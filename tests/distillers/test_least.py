"""Whether a tree is proved to have the fewest leaves of all, against trying all trees."""

from __future__ import annotations

import random
from functools import cache

import pytest

import verifier as lp
from tests.distillers.test_born_again import random_plain
from tests.ensembles import random_ensemble, random_tree
from verifier.distillers.least import least
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.tree import Inner, Leaf, Tree


def fewest(classes: dict, domain: Domain) -> int:
    """The leaves of the smallest tree of any tests of columns, by trying all of them."""
    rows = {p: domain.encode(p) for p in classes}

    @cache
    def of(points: frozenset) -> int:
        if len({classes[p] for p in points}) == 1:
            return 1
        best = len(points)
        for column in range(domain.columns):
            for cut in sorted({rows[p][column] for p in points})[:-1]:
                low = frozenset(p for p in points if rows[p][column] <= cut)
                if (one := of(low)) < best:
                    best = min(best, one + of(points - low))
        return best

    return of(frozenset(classes))


def test_what_is_called_least_has_the_fewest_leaves() -> None:
    sure = smaller = 0
    for seed in range(60):
        rng = random.Random(seed)
        domain = random_plain(rng)
        if domain.size > 40:
            continue
        tree = random_tree(rng, domain.columns, rng.choice((2, 3)), depth=5)
        found, is_least = least(tree, domain)
        classes = {p: tree.class_at(domain.encode(p)) for p in full_cell(domain).points()}
        assert all(found.class_at(domain.encode(p)) == k for p, k in classes.items()), seed
        assert found.leaves <= tree.leaves
        count = fewest(classes, domain)
        assert not is_least or found.leaves == count, seed
        sure += is_least
        smaller += found.leaves < tree.leaves
    assert sure > 25 and smaller > 10


def test_values_that_are_as_one_need_no_tests_of_their_own() -> None:
    """Of 40 numbers only one cut matters: the lattice is small though the domain is not."""
    domain = Domain.product(*(Domain.ordinal(f"x{i}", list(range(40))) for i in range(4)))
    nodes = (Inner(0, 19, 1, 2), Leaf(0), Inner(1, 7, 3, 4), Leaf(0), Leaf(1))
    found, is_least = least(Tree(nodes), domain)
    assert is_least and found.leaves == 3


@pytest.mark.parametrize("seed", range(3))
def test_distill_says_whether_the_tree_is_the_smallest(seed: int) -> None:
    rng = random.Random(seed)
    domain = random_plain(rng)
    ensemble = random_ensemble(rng, "float32", domain.columns)
    made = lp.distill(ensemble, domain)
    classes = {p: ensemble.class_at(domain.encode(p)) for p in full_cell(domain).points()}
    assert made.facts["smallest"] is True
    assert any("no tree" in line for line in made.lines)
    if domain.size <= 40:
        assert made.tree.leaves == fewest(classes, domain)
    assert "smallest" not in lp.distill(ensemble, domain, leaves=1).facts
