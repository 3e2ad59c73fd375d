"""Ensembles born again as one tree: equal everywhere, and no test in it is needless."""

from __future__ import annotations

import random

from tests.ensembles import random_ensemble, random_tree
from verifier.distillers import born_again, tidying
from verifier.distillers.cuts import prepare_cuts
from verifier.distillers.options import goal_of
from verifier.kernel import checker
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, signs
from verifier.model.question import matter_of
from verifier.model.tree import Inner
from verifier.provers.evaluate import bulk_of
from verifier.provers.timing import now


def random_plain(rng):
    """Categorical variables of one column or three."""
    parts = [signs(rng.randrange(1, 4))]
    if rng.random() < 0.7:
        parts.append(Domain.ordinal("n", [-2, -1, 0, 1, 2]))
    if rng.random() < 0.7:
        parts.append(Domain.one_hot("c", ["r", "g", "b"]))
    return Domain.product(*parts)


def test_trees_are_equal_and_their_proofs_hold():
    for seed in range(25):
        rng = random.Random(seed)
        domain = random_plain(rng)
        ensemble = random_ensemble(rng, "float32", domain.columns)
        bulk = bulk_of(ensemble, domain)
        found = born_again.reborn(prepare_cuts(domain), bulk, goal_of(None, None, 0, None), 0)
        assert found is not None
        for point in full_cell(domain).points():
            row = domain.encode(point)
            assert found.tree.class_at(row) == ensemble.class_at(row), seed
        verdict = checker.verify(matter_of(domain, ensemble, found.tree), found.finding.proof)
        assert verdict.verdict == "equivalent", seed


def test_needless_tests_are_left_out():
    fewer = 0
    for seed in range(40):
        rng = random.Random(seed)
        domain = random_plain(rng)
        tree = random_tree(rng, domain.columns, 2, depth=5)
        found = born_again.without_needless(tree, domain)
        assert found.leaves <= tree.leaves
        fewer += tree.leaves - found.leaves
        rows = [domain.encode(p) for p in full_cell(domain).points()]
        assert all(found.class_at(row) == tree.class_at(row) for row in rows), seed
        for at, node in enumerate(found.nodes):  # one side for both would be wrong
            if isinstance(node, Inner):
                for kept in (node.left, node.right):
                    nodes = list(found.nodes)
                    nodes[at] = nodes[kept]
                    other = tidying.preorder(nodes)
                    assert any(other.class_at(r) != found.class_at(r) for r in rows), seed
    assert fewer > 40


def test_other_goals_are_left_to_others():
    domain = signs(2)
    bulk = bulk_of(random_ensemble(random.Random(0), "exact", 2), domain)
    cuts = prepare_cuts(domain)
    assert born_again.reborn(cuts, bulk, goal_of(None, 3, 0, None), 0) is None
    assert born_again.reborn(cuts, bulk, goal_of(None, None, 0, now() - 1), 0) is None
