"""The cross-check agrees with true proofs and raises on false ones."""

from __future__ import annotations

import time

import numpy as np
import pytest

from tests.clocks import PATIENCE
from tests.provers.cases import random_tree
from tests.provers.solvers.test_z3 import case, hard, zigzag
from verifier.kernel import checker
from verifier.model.cell import full_cell
from verifier.model.domain import bits
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Enumerated, Open, Split
from verifier.provers.solvers import cross_check as module
from verifier.provers.solvers import z3
from verifier.provers.solvers.cross_check import cross_check
from verifier.provers.solvers.query import SOLVER, Answer
from verifier.provers.solvers.z3_search import Asking


def test_true_proofs_pass():
    agreed = asked = 0
    for seed in range(12):
        domain, teacher, tree = case(seed)
        proof = z3.prove(domain, teacher, tree, asking=Asking(small=4)).proof
        constants = sum(isinstance(s, Constant) for s in proof)
        found = cross_check(domain, teacher, proof, 5, seed)
        assert found.cells == constants
        assert found.asked == min(5, constants)
        assert found.points == 16 * found.asked
        assert found.asked == found.agreed + found.partly + found.undecided
        agreed, asked = agreed + found.agreed, asked + found.asked
    assert agreed > 0.9 * asked > 10


def test_of_a_cell_too_hard_for_z3_a_random_part_is_decided(monkeypatch):
    """Too hard is what has many free variables, so that no machine is too slow or too quick."""
    ask = module.ask

    def answer(folded, klass, seconds, differs):
        few = len(folded.choices) <= 3
        return ask(folded, klass, PATIENCE, differs) if few else Answer()

    monkeypatch.setattr(module, "ask", answer)
    monkeypatch.setattr(module, "SECONDS", PATIENCE)
    domain, teacher, _ = hard(40, 30)
    last = teacher.layers[-1]
    raised = Network(40, (*teacher.layers[:-1], Affine(4, last.weight, last.bias + 5000)))
    proved, _ = checker.constant(checker.prepare(raised, domain), [full_cell(domain)], [1])
    assert proved.all()
    found = cross_check(domain, raised, (Constant(1),), 1, 0)
    assert (found.asked, found.agreed, found.partly, found.undecided) == (1, 0, 1, 0)
    assert 2 <= found.part_points <= 8


def test_a_false_claim_at_two_of_a_billion_points_is_found_by_z3():
    domain = bits(30)
    teacher = zigzag(domain, (15,), 0.0)
    with pytest.raises(InvalidProof, match=rf"CONTRADICTION: step 1 .* {SOLVER} finds"):
        cross_check(domain, teacher, (Constant(1),), 3, 0)


def test_a_false_claim_at_most_points_is_found_by_evaluation():
    domain = bits(30)
    teacher = zigzag(domain, (15,), 0.5)
    proof = (Split(0, 1), Open(), Constant(0))
    with pytest.raises(InvalidProof, match=r"step 2 .* where x0 = 1, but evaluation finds"):
        cross_check(domain, teacher, proof, 3, 0)


def test_the_sample_is_drawn_by_the_seed_and_no_larger_than_asked():
    domain = bits(12)
    teacher = zigzag(domain, (6,), 0.5)
    tree = random_tree(np.random.default_rng(0), domain, 2, 6)
    proof = z3.prove(domain, teacher, tree, asking=Asking(small=0)).proof
    constants = sum(isinstance(s, Constant) for s in proof)
    assert constants > 3
    assert cross_check(domain, teacher, proof, 3, 1).asked == 3
    assert cross_check(domain, teacher, proof, 0, 1).asked == 0
    assert cross_check(domain, teacher, proof, 3, 1) == cross_check(domain, teacher, proof, 3, 1)
    assert cross_check(domain, teacher, (Enumerated(),), 3, 1).cells == 0


def test_the_time_limits_are_kept():
    domain, teacher, _ = hard(40, 30)
    with pytest.raises(InvalidProof):
        cross_check(domain, teacher, (Constant(1),), 1, 0)
    begun = time.monotonic()
    found = cross_check(domain, teacher, (Constant(1),), 1, 0, deadline=begun - 1)
    assert found.asked == 0
    assert time.monotonic() - begun < PATIENCE


def test_malformed_proofs_are_refused():
    domain = bits(3)
    with pytest.raises(CertificateError):
        cross_check(domain, zigzag(domain, (2,), 0.5), (Split(0, 1), Constant(1)), 3, 0)
