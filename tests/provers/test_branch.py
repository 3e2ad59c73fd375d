"""Branch and bound against brute force over exact fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.every import examples
from tests.provers.cases import (
    all_points,
    check,
    linear,
    only_batched,
    problem,
    random_domain,
    random_teacher,
    random_tree,
    small_cells,
)
from verifier.formats.variables import ordinal, variable
from verifier.kernel import checker
from verifier.model.domain import Domain, bits
from verifier.model.errors import NetworkError, TreeError
from verifier.model.network import Add, Affine, Network, Relu, Scale, exact_classes
from verifier.model.proof import Constant
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import branch, exhaustive
from verifier.provers.compiled import chain, parallel


@pytest.fixture(autouse=True)
def compiled_at_once(monkeypatch):
    """The compiled search starts with the first cell, so that small cases exercise it."""
    monkeypatch.setattr(branch, "_first", lambda *_: 0)


def random_chain(rng, columns, size=1.0):
    """A chain of ReLU layers with integer weights, as the compiled loop takes it."""
    layers, width = [], columns
    for _ in range(int(rng.integers(1, 4))):
        wide = int(rng.integers(1, 7))
        weight = rng.integers(-3, 4, size=(wide, width)) * size
        layers.append(Affine(len(layers), weight, rng.integers(-2, 3, size=wide) * size))
        layers.append(Relu(len(layers)))
        width = wide
    outputs = int(rng.integers(1, 4))
    weight = rng.integers(-2, 3, size=(outputs, width)) * size
    layers.append(Affine(len(layers), weight, rng.integers(-2, 3, size=outputs) * size))
    return Network(columns, tuple(layers))


@settings(max_examples=examples(80), deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 64]))
def test_random_chains(seed, small):
    """The compiled loop, with and without enumeration, on one and on several threads."""
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 300)
    teacher = random_chain(rng, domain.columns)
    assert chain.chain(teacher, domain) is not None
    tree = random_tree(rng, domain, teacher.classes)
    with pytest.MonkeyPatch.context() as patch:
        small_cells(patch, small)
        found = check(domain, teacher, tree)
        check(domain, teacher, tree, exhaustive.prove(domain, teacher, tree), shown=False)
        patch.setattr(parallel, "processors", lambda: 1)
        assert branch.prove(domain, teacher, tree) == found


def test_chains_fold_affine_layers():
    """Scale, add and affine layers between two ReLU layers fold; a skip over a ReLU does not."""
    rng = np.random.default_rng(0)
    wide = Affine(0, rng.normal(size=(3, 4)), rng.normal(size=3))
    scale = Scale(1, np.array([1.0, 2.0, -1.0]), np.array([3.0, 1.0, 2.0]), np.zeros(3))
    last = Affine(4, rng.normal(size=(1, 3)), np.zeros(1))
    folded = Network(4, (wide, scale, Add(1, 2), Relu(3), last))
    assert chain.chain(folded, bits(4)) is not None
    check(bits(4), folded, Tree((Leaf(1),)))
    skip = Network(4, (wide, Relu(1), Add(1, 2), Affine(3, rng.normal(size=(1, 3)), np.zeros(1))))
    assert chain.chain(skip, bits(4)) is None
    check(bits(4), skip, Tree((Leaf(1),)))


@pytest.mark.parametrize("size", [1e30, 1e-30, 1e-300, 1e100])
def test_chains_of_extreme_weights(size):
    for seed in range(4):
        rng = np.random.default_rng(seed)
        teacher = random_chain(rng, 6, size)
        check(bits(6), teacher, random_tree(rng, bits(6), teacher.classes))


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_random_problems(seed, compiled):
    with pytest.MonkeyPatch.context() as patch:
        if not compiled:
            only_batched(patch)
        check(*problem(seed))
        check(*problem(seed), exhaustive.prove(*problem(seed)), shown=False)


@settings(max_examples=examples(60), deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_random_problems_split_to_points(seed):
    with pytest.MonkeyPatch.context() as patch:
        small_cells(patch, 1)
        check(*problem(seed, 100))
        check(*problem(seed, 100), exhaustive.prove(*problem(seed, 100)), shown=False)


@pytest.mark.parametrize("size", [1e30, 1e-30, 1e-310, 1e150, 1e300])
def test_extreme_weights(size):
    for seed in range(6):
        check(*problem(seed, 60, size))


def grown_tree(domain, klass_of):
    """The complete tree over a small domain of bits."""
    nodes = []

    def grow(point):
        at = len(nodes)
        if len(point) == len(domain.variables):
            nodes.append(Leaf(klass_of[point]))
            return at
        nodes.append(Leaf(0))
        children = grow((*point, 0)), grow((*point, 1))
        nodes[at] = Inner(len(point), Fraction(1, 2), *children)
        return at

    grow(())
    return Tree(tuple(nodes))


def test_equivalent_trees_are_proved_equivalent():
    for seed in range(10):
        rng = np.random.default_rng(seed)
        domain = bits(6)
        teacher = random_teacher(rng, 6)
        points = all_points(domain)
        klass_of = dict(zip(points, exact_classes(teacher, domain, points), strict=True))
        finding = check(domain, teacher, grown_tree(domain, klass_of))
        assert not finding.counterexamples


def test_ties_and_near_ties():
    """The logit is 0 at exactly one vertex, or 1e-30 above 0 there: classes 0 and 1."""
    tree = Tree((Leaf(1),))
    exact = linear([1.0] * 12, 0.0)
    above = Network(12, (Affine(0, np.ones((1, 12)), np.zeros(1)), Relu(1), _shifted(1e-30)))
    one = check(bits(12), exact, tree)
    assert one.counterexamples == ((0,) * 12,)
    none = check(bits(12), above, tree)
    assert not none.counterexamples


def _shifted(bias):
    return Affine(2, np.ones((1, 1)), np.array([bias]))


def test_single_disagreement_in_a_large_domain():
    """40 bits, one point differs; found, counted, and everything else proved."""
    teacher = linear([1.0] * 40, -39.5)
    finding = branch.prove(bits(40), teacher, Tree((Leaf(0),)))
    verdict = checker.verify(matter_of(bits(40), teacher, Tree((Leaf(0),))), finding.proof)
    assert verdict.disagreements == (1, 1)
    assert verdict.error[0] == Fraction(1, 2**40)
    assert finding.counterexamples == ((1,) * 40,)


def test_constant_teacher_closes_at_the_root():
    teacher = linear([0.0] * 30, 1.0)
    big = Tree((Inner(3, Fraction(1, 2), 1, 2), Leaf(1), Leaf(1)))
    assert branch.prove(bits(30), teacher, big).proof == (Constant(1),)


def test_many_variables_and_one_value():
    row = np.zeros(2000)
    row[7], row[1999] = 1.0, 2.0
    tree = Tree((Inner(1999, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    teacher = linear(row.tolist(), -1.5)
    finding = branch.prove(bits(2000), teacher, tree)
    assert (
        checker.verify(matter_of(bits(2000), teacher, tree), finding.proof).verdict == "equivalent"
    )
    fixed = Domain((variable("x", ("only",), [[3]]), ordinal("y", [5])))
    check(fixed, linear([1.0, -1.0], 2.0), Tree((Leaf(0),)))
    check(fixed, linear([1.0, -1.0], 2.5), Tree((Leaf(0),)))


def test_misfits_are_named():
    teacher = linear([1.0, 1.0], 0.0)
    with pytest.raises(NetworkError, match="columns"):
        branch.prove(bits(3), teacher, Tree((Leaf(0),)))
    with pytest.raises(TreeError, match="class 2"):
        branch.prove(bits(2), teacher, Tree((Leaf(2),)))
