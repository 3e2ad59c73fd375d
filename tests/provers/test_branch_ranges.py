"""Branch and bound on ordinals and on domains with trees, compiled and not, against brute force."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from tests.every import seeds
from tests.provers import matters
from tests.provers.cases import all_points, only_batched, random_teacher, random_tree, small_cells
from verifier.kernel import checker
from verifier.model.cell import Cell
from verifier.model.domain import Domain
from verifier.model.errors import DomainError
from verifier.model.network import Affine, Network, Relu, exact_classes
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Constant, steps
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree, bind, classify
from verifier.provers import branch, words
from verifier.provers.compiled import chain
from verifier.provers.options import Options
from verifier.provers.progress import Progress


def chain_network(rng, columns):
    """Two layers of ReLU: what the compiled search takes."""
    first = Affine(0, rng.normal(size=(7, columns)), rng.normal(size=7))
    second = Affine(2, rng.normal(size=(6, 7)), rng.normal(size=6))
    last = Affine(4, rng.normal(size=(1, 6)), rng.normal(size=1))
    return Network(columns, (first, Relu(1), second, Relu(3), last))


def agrees(domain, teacher, tree, finding):
    """The kernel's count and probability are those of looking at every point."""
    bound = bind(tree, domain)
    points = [p for p in all_points(domain) if domain.possible(p)]
    classes = exact_classes(teacher, domain, points)
    wrong = [p for p, c in zip(points, classes, strict=True) if classify(bound, p) != c]
    verdict = checker.verify(
        matter_of(domain, teacher, tree), finding.proof, finding.counterexamples
    )
    assert verdict.disagreements == (len(wrong), len(wrong))
    chance = sum((domain.probability(p) for p in wrong), Fraction(0))
    assert verdict.error == (chance, chance)
    assert set(finding.counterexamples) <= set(wrong)
    assert bool(finding.counterexamples) == bool(wrong)
    return verdict


@pytest.mark.parametrize("seed", seeds(range(30)))
@pytest.mark.parametrize("compiled", [False, True])
def test_ranges_and_trees_are_decided(seed, compiled, monkeypatch):
    rng = np.random.default_rng(seed)
    small_cells(monkeypatch, 4)
    domain = matters.random_domain(rng, 300)
    if compiled:
        monkeypatch.setattr(branch, "_first", lambda net: 0)
        teacher = chain_network(rng, domain.columns)
        assert branch.takes(teacher, domain)
    else:
        only_batched(monkeypatch)
        teacher = random_teacher(rng, domain.columns)
    tree = random_tree(rng, domain, teacher.classes)
    finding = branch.prove(domain, teacher, tree, Options(confirm=not compiled))
    agrees(domain, teacher, tree, finding)


def test_the_compiled_search_hears_the_right_probabilities(monkeypatch):
    """What it reports as closed is what the closed cells have, by the domain's distributions."""
    seen = 0
    monkeypatch.setattr(branch, "_first", lambda net: 0)
    for seed in range(40):
        rng = np.random.default_rng(seed)
        domain = matters.random_domain(rng, 300)
        teacher, told = chain_network(rng, domain.columns), []
        tree = random_tree(rng, domain, teacher.classes)
        small_cells(monkeypatch, 0)
        finding = branch.prove(domain, teacher, tree, Options(progress=told.append, confirm=False))
        verdict = agrees(domain, teacher, tree, finding)
        last: Progress = told[-1]
        assert last.probability == pytest.approx(1)
        if all(isinstance(s, Constant) for _, _, s in steps(domain, finding.proof)):
            assert last.error == pytest.approx((float(verdict.error[0]),) * 2, abs=1e-6)
            seen += 1
    assert seen > 5


def test_two_thousand_million_values_are_no_trouble(monkeypatch):
    """No value is listed: where the class changes is found by halving, to the last digit."""
    monkeypatch.setattr(branch, "_first", lambda net: 0)
    small_cells(monkeypatch, 1)
    domain = Domain((Ordinal("n", Fraction(-5), Fraction(1, 3), 1 << 31, uniform(1 << 31)),))
    edge = 10**8 + 0.25
    layers = (
        Affine(0, np.array([[1.0], [-1.0]]), np.array([-edge, 0.0])),
        Relu(1),
        Affine(2, np.array([[1.0, 0.0]]), np.array([-0.03125])),
    )
    tree = Tree((Inner(0, Fraction(0), 1, 2), Leaf(0), Leaf(1)))
    network = Network(1, layers)
    assert branch.takes(network, domain)
    finding = branch.prove(domain, network, tree, Options(confirm=False))
    assert finding.counterexamples and len(finding.proof) < 300
    for cell, _, step in steps(domain, finding.proof):
        assert isinstance(cell.parts[0], range)
        ends = [(cell.parts[0].start,), (cell.parts[0].stop - 1,)]
        classes = exact_classes(network, domain, ends)
        assert isinstance(step, Constant) and classes == [step.klass] * 2


def test_longer_ordinals_are_refused_in_one_line():
    domain = Domain((Ordinal("n", Fraction(0), Fraction(1), 1 << 40, uniform(1 << 40)),))
    network = chain_network(np.random.default_rng(0), 1)
    assert not branch.takes(network, domain)
    with pytest.raises(DomainError, match="at most 2\\^31 values"):
        branch.prove(domain, network, Tree((Leaf(0),)))


def test_words_stand_for_parts():
    cell = Cell((5, range(3, 9), 1 << 61, range((1 << 31) - 1, 1 << 31)))
    held = words.words_of(cell)
    assert words.cell_of(held) == cell and words.first_values(held) == list(cell.first_point())
    assert all(-(1 << 63) <= w < 1 << 63 for w in held)


def test_chances_of_a_leaf_begin_where_it_does():
    rng, found = np.random.default_rng(3), 0
    for _ in range(60):
        domain = matters.random_domain(rng, 100)
        for at, (_, leaf) in domain.leaves.items():
            if leaf.weight:
                mass, ran, runs = chain.chances(domain.distributions(at))
                ends = [runs[end - 1, 1] for begin, end in pairwise(ran) if end > begin]
                assert mass.sum() + sum(ends) == pytest.approx(len(domain.variables))
                found += 1
    assert found > 10
