"""Tail steps for what a search leaves open: accepted by the checker, true, and better than Open."""

from __future__ import annotations

import random
import time
from fractions import Fraction
from math import comb

import numpy as np
import pytest

from tests.brute import truth
from tests.ensembles import random_ensemble
from tests.every import seeds
from tests.provers import matters
from tests.provers.cases import random_domain, random_teacher, random_tree
from verifier.kernel import checker
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain, signs
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Enumerated, Finding, Open, Sandwich, Several, Split, Tail
from verifier.model.question import Bound, Matter, Not, Same, matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers import count
from verifier.provers.beside import is_about_many
from verifier.provers.count import with_bounds
from verifier.provers.open_cells import is_partial, reopened

LATER = 1e18


def split_open(domain, rng):
    """A proof that splits once, where it can, and proves nothing."""
    free = [i for i, v in enumerate(domain.variables) if len(v.labels) > 1]
    return (Split(int(rng.choice(free)), 1), Open(), Open()) if free else (Open(),)


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_the_interval_contains_the_truth_and_shrinks(seed):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 200)
    teacher = random_teacher(rng, domain.columns)
    tree = random_tree(rng, domain, teacher.classes)
    facts = truth(domain, teacher, tree)
    before = Finding(split_open(domain, rng))
    after = with_bounds(matter_of(domain, teacher, tree), before, deadline=LATER)
    loose = checker.verify(matter_of(domain, teacher, tree), before.proof)
    tight = checker.verify(matter_of(domain, teacher, tree), after.proof)
    assert loose.error[0] <= tight.error[0] <= facts.error <= tight.error[1] <= loose.error[1]
    assert tight.disagreements[0] <= len(facts.wrong) <= tight.disagreements[1]
    assert reopened(after.proof) == before.proof


@pytest.mark.parametrize("first", ["network", "ensemble"])
def test_of_ensembles_there_are_no_tails(first):
    """Beside a network they were looked for among the networks."""
    domain = signs(6)
    teacher = random_teacher(np.random.default_rng(0), 6)
    models = {"network": teacher, "ensemble": random_ensemble(random.Random(1), "float32", 6)}
    held = sorted(models, key=lambda name: name != first)
    reads = tuple(range(6))
    matter = Matter(domain, tuple(Bound(x, models[x], reads) for x in held), Not(Same(0, 1)))
    found = with_bounds(matter, Finding((Open(),)), deadline=LATER)
    verdict = checker.verify(matter, found.proof)
    points = checker.verify(matter, (Enumerated(),)).disagreements[0]
    assert verdict.disagreements[0] <= points <= verdict.disagreements[1]


def test_of_any_question_the_interval_contains_the_truth():
    """Over ranges and domain trees, about several models."""
    kinds = set()
    for seed in range(150):
        matter = matters.random_matter(np.random.default_rng(seed), 150)
        found = with_bounds(matter, Finding((Open(),)), deadline=LATER)
        verdict = checker.verify(matter, found.proof)
        points, probability = matters.answer(matter)
        assert verdict.error[0] <= probability <= verdict.error[1], seed
        assert verdict.disagreements[0] <= points <= verdict.disagreements[1], seed
        (step,) = found.proof
        is_closed = is_about_many(matter) and not is_partial(step)
        assert reopened(found.proof) == ((step,) if is_closed else (Open(),))
        kinds.add(type(step))
    assert kinds == {Sandwich, Tail, Several, Open}


def wide_margin(n=40, outputs=3):
    """Positive except where many more of n signs are -1 than 1: far too many cells to close."""
    weight = np.ones((1, n), np.float32)
    last = np.array([[0.0], [1.0], [0.0]][:outputs], np.float32)
    bias = np.array([0.5, 0.0, 0.0][:outputs], np.float32)
    if outputs == 1:
        last, bias = np.ones((1, 1), np.float32), np.array([-0.5], np.float32)
    layers = Affine(0, weight, np.array([30.0], np.float32)), Relu(1), Affine(2, last, bias)
    return signs(n), Network(n, layers), Tree((Leaf(1),))


@pytest.fixture
def only_tails(monkeypatch):
    """Sandwiches say nothing."""
    monkeypatch.setattr(count, "propose", lambda asked, cells, *_, **how: [None] * len(cells))


@pytest.mark.parametrize("outputs", [1, 2, 3])
def test_a_sandwich_counts_what_is_hopeless_to_close(outputs):
    case = wide_margin(outputs=outputs)
    found = with_bounds(matter_of(*case), Finding((Open(),)), deadline=LATER)
    verdict = checker.verify(matter_of(*case), found.proof)
    assert isinstance(found.proof[0], Sandwich)
    wrong = sum(comb(40, k) for k in range(6))  # the sum of the signs is at most -30
    low, high = verdict.disagreements
    assert low <= wrong <= high < 1000 * wrong
    assert verdict.error[1] < 1e-6


def test_a_tail_proves_what_is_hopeless_to_close(only_tails):
    case = wide_margin()
    found = with_bounds(matter_of(*case), Finding((Open(),)), deadline=LATER)
    verdict = checker.verify(matter_of(*case), found.proof)
    assert isinstance(found.proof[0], Tail)
    assert verdict.error[1] < 1e-3
    assert verdict.verdict == "undecided"


def test_many_small_open_cells_are_taken_together(only_tails, monkeypatch):
    """Cells below a Constant step stay apart; the others are merged until few enough are left."""
    monkeypatch.setattr(count, "MOST_SUMS", 3)
    domain, teacher, tree = wide_margin()

    def halves(depth, first=0):
        if not depth:
            return (Open(),)
        return (Split(first, 1), *halves(depth - 1, first + 1), *halves(depth - 1, first + 1))

    proof = (Split(20, 2), Split(21, 2), Constant(1), Open(), *halves(5))
    found = with_bounds(matter_of(domain, teacher, tree), Finding(proof), deadline=LATER)
    assert found.proof[:3] == proof[:3]
    assert [type(s) for s in found.proof[3:]].count(Tail) == 1 + 2
    loose = checker.verify(
        matter_of(domain, teacher, Tree((Leaf(0),))), (proof[0], *found.proof[3:])
    )
    assert loose.error[0] > 0


def test_nothing_is_tried_after_the_deadline():
    case = wide_margin()
    assert with_bounds(matter_of(*case), Finding((Open(),)), deadline=time.monotonic()).proof == (
        Open(),
    )


def test_other_steps_are_kept(only_tails):
    domain, teacher, tree = wide_margin()
    proof = (Split(0, 1), Constant(1), Open())
    found = with_bounds(
        matter_of(domain, teacher, tree), Finding(proof, ((0,) * 40,)), deadline=LATER
    )
    assert found.proof[:2] == proof[:2]
    assert isinstance(found.proof[2], Tail)
    assert found.counterexamples == ((0,) * 40,)


def test_ctrl_c_keeps_what_was_bounded():
    domain, teacher, tree = wide_margin()

    def stop(count):
        raise KeyboardInterrupt

    proof = (Split(0, 1), Open(), Open())
    found = with_bounds(
        matter_of(domain, teacher, tree), Finding(proof), deadline=LATER, progress=stop
    )
    assert [type(s) for s in found.proof] == [Split, Sandwich, Open]
    assert checker.verify(matter_of(domain, teacher, tree), found.proof).error[1] < 1


def test_of_more_classes_a_sandwich_is_about_those_that_differ_from_the_tree():
    """Also over real numbers, where there are no Tails."""
    rng, every = np.random.default_rng(3), (0, 1)
    runs = (Run(1 << 30, Fraction(2, 1 << 30), Fraction(1)),)
    domain = Domain(tuple(Continuous(x, Fraction(-1), runs) for x in "ab"))
    layers = (
        Affine(0, rng.normal(size=(6, 2)), rng.normal(size=6)),
        Relu(1),
        Affine(2, rng.normal(size=(4, 6)), np.zeros(4)),
    )
    tree = Tree((Inner(0, Fraction(0), 1, 2), Leaf(1), Leaf(3)))
    models = Bound("f", Network(2, layers), every), Bound("t", tree, every)
    matter = Matter(domain, models, Not(Same(0, 1)))
    found = with_bounds(matter, Finding((Split(0, (1 << 29) - 1), Open(), Open())), deadline=LATER)
    assert [x.ones for x in found.proof if isinstance(x, Sandwich)] == [0b1101, 0b0111]
    low, high = checker.verify(matter, found.proof).error
    assert 0 < high - low < 1
