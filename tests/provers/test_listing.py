"""Short ordinals as categoricals, and proofs about these translated back."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from tests.provers import matters
from tests.provers.cases import random_teacher, random_tree
from verifier.model.domain import Domain
from verifier.model.errors import DomainError
from verifier.model.given import Given, GivenLeaf
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.proof import Constant, Enumerated, Finding, Open, Split, Tail
from verifier.model.question import matter_of
from verifier.model.variable import Variable
from verifier.provers import branch, exhaustive
from verifier.provers.listing import LONGEST, listed, translated

AGE = Ordinal("age", Fraction(18), Fraction(1), 10, uniform(10))


def test_listing_changes_nothing_but_the_kind_of_variable():
    domain = listed(Domain((AGE,)), "the test")
    (age,) = domain.variables
    assert isinstance(age, Variable) and domain.plain
    assert age.labels[:2] == ("18", "19") and age.encoding[9] == (27,)
    assert set(age.probabilities) == {Fraction(1, 10)}


def test_a_set_that_is_no_range_becomes_several():
    odd = sum(1 << v for v in (1, 2, 5))
    proof = (Split(0, odd), Constant(1), Split(0, 0b1), Constant(0), Enumerated())
    found = translated(Domain((AGE,)), Finding(proof)).proof
    cells = [(cell.parts[0], step) for cell, _, step in matters.steps(Domain((AGE,)), found)]
    assert cells == [
        (range(1), Constant(0)),
        (range(1, 3), Constant(1)),
        (range(3, 5), Enumerated()),
        (range(5, 6), Constant(1)),
        (range(6, 10), Enumerated()),
    ]


def test_a_bound_in_probability_holds_of_the_whole_set_only():
    tail = Tail(1, Fraction(1, 3))
    whole = (Split(0, 0b11), tail, Open())
    assert translated(Domain((AGE,)), Finding(whole)).proof == (Split(0, 1), tail, Open())
    torn = (Split(0, 0b101), tail, Constant(1))
    assert tail not in translated(Domain((AGE,)), Finding(torn)).proof


@pytest.mark.parametrize("prover", [branch, exhaustive])
def test_what_is_found_on_the_listed_domain_is_true_of_the_other(prover, monkeypatch):
    monkeypatch.setattr(exhaustive, "BLOCK", 4)
    runs = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        domain = Domain(matters.random_domain(rng, 200).variables)
        network = random_teacher(rng, domain.columns)
        plain = listed(domain, "the test")
        tree = random_tree(rng, plain, network.classes)
        finding = translated(domain, prover.prove(plain, network, tree))
        assert matters.holds(matter_of(domain, network, tree), finding.proof)
        runs += not domain.plain
    assert runs > 30


def test_what_cannot_be_listed_is_named():
    long = Ordinal("income", Fraction(0), Fraction(1), LONGEST + 1, uniform(LONGEST + 1))
    with pytest.raises(DomainError, match='"income" has 1025'):
        listed(Domain((AGE, long)), "the method certified")
    given = Given((GivenLeaf(Fraction(1), (None,)),))
    with pytest.raises(DomainError, match="the method certified takes no domain with a tree"):
        listed(Domain((AGE,), given), "the method certified")
