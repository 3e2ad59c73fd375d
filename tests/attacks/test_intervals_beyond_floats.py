"""Intervals that are longer, or whose pieces are shorter, than any float: searches divided by 0, or
ended in a traceback."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import verifier as lp
from verifier.kernel.asked import ask
from verifier.model.cell import full_cell
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain
from verifier.model.network import Affine, Network
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.intervals import cuts_of
from verifier.provers.sandwiches import propose

TINY, LARGE = Fraction(5e-324), Fraction(1e308)
PIECES = 1 << 10
ENDS = (-TINY, Fraction(0)), (-LARGE, LARGE), (LARGE, 10**9 * LARGE)


def interval(first, last):
    return Continuous("x", first, (Run(PIECES, (last - first) / PIECES, Fraction(1)),))


@pytest.mark.parametrize("ends", ENDS)
def test_a_cut_near_a_number_is_one(ends):
    found = cuts_of(interval(*ends))
    for x in (-1.0, -5e-324, 0.0, 5e-324, 1e308):
        if ends[0] <= Fraction(x) <= ends[1]:
            assert 0 <= found.near(x) <= PIECES


@pytest.mark.parametrize("ends", ENDS)
def test_such_intervals_are_searched(ends):
    domain = Domain((interval(*ends),))
    middle, bias = sum(ends) / 2, -float(min(sum(ends) / 2, LARGE))
    network = Network(1, (Affine(0, np.array([[1.0]]), np.array([bias])),))
    tree = Tree((Inner(0, middle, 1, 2), Leaf(0), Leaf(1)))
    propose(ask(matter_of(domain, network, tree)), [full_cell(domain)], [0])
    found = lp.certify(network, tree, domain, prover="branch", timeout=10, sample=50)
    truth = abs(-Fraction(bias) - middle) / (ends[1] - ends[0])
    assert found.error[0] <= truth <= found.error[1]
