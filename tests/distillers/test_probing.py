"""The probes' scores on planted representations, and method certified with them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.brute import truth
from tests.distillers.test_linear_representation import linear, planted
from tests.provers.cases import random_domain, random_teacher
from verifier.distillers import certified
from verifier.distillers.probing import prepare_probes
from verifier.distillers.representation import choose_nodes
from verifier.distillers.sources import allowed_of
from verifier.kernel import checker
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.errors import LeafproofError
from verifier.model.network import Affine, Network, Relu
from verifier.model.question import matter_of
from verifier.model.tree import Inner


@pytest.mark.parametrize("seed", range(2))
def test_every_split_of_a_planted_tree_scores_best_in_its_cell(seed):
    domain = bits(24)
    teacher, tree = planted(np.random.default_rng(seed), 24, 4)
    probes = prepare_probes(teacher, domain)
    stack, seen = [(0, full_cell(domain))], 0
    while stack:
        at, cell = stack.pop()
        node = tree.nodes[at]
        if isinstance(node, Inner):
            assert probes.best(allowed_of(probes.cuts, cell)) == node.column  # one cut a bit
            low, high = cell.split(node.column, 1)
            stack += [(node.left, low), (node.right, high)]
            seen += 1
    assert seen == 15


def test_certified_with_scores_finds_the_planted_tree_where_separation_does_not():
    teacher, tree = planted(np.random.default_rng(0), 24, 4)
    found = certified.distill(teacher, bits(24), scores="lrh")
    assert found.finished and found.tree == tree
    verdict = checker.verify(matter_of(bits(24), teacher, found.tree), found.finding.proof)
    assert verdict.verdict == "equivalent"
    assert certified.distill(teacher, bits(24)).tree.leaves > tree.leaves


@pytest.mark.parametrize("seed", range(6))
def test_certified_with_scores_ends_equivalent(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 150)
    hidden = rng.normal(size=(6, domain.columns)), rng.normal(size=6)
    out = rng.normal(size=(1, 6)), rng.normal(size=1)
    teacher = Network(domain.columns, (Affine(0, *hidden), Relu(1), Affine(2, *out)))
    found = certified.distill(teacher, domain, scores="lrh", layers="both")
    assert found.finished and not truth(domain, teacher, found.tree).wrong


def test_the_words_for_layers():
    teacher, _ = planted(np.random.default_rng(0), 6, 2)
    assert [choose_nodes(teacher, w) for w in (None, "post", "pre", "both", (1,))] == [
        *((2,), (2,), (1,), (1, 2), (1,))
    ]
    assert choose_nodes(teacher, (2, 1, 2)) == (2, 1)
    for bad in ("middle", "2,4", ()):
        with pytest.raises(LeafproofError, match="post, pre"):
            choose_nodes(teacher, bad)


def test_scores_without_hidden_layers_or_with_bad_words_are_refused():
    teacher = random_teacher(np.random.default_rng(0), 4)
    with pytest.raises(LeafproofError, match="no hidden layer"):
        certified.distill(linear(4), bits(4), scores="lrh")
    with pytest.raises(LeafproofError, match='no scores "gini": separation, lrh'):
        certified.distill(teacher, bits(4), scores="gini")
    with pytest.raises(LeafproofError, match="only with the scores lrh"):
        certified.distill(teacher, bits(4), layers="post")
