"""Distilling took all memory: every point that a proof enumerates was known by itself.

A second of search encloses millions of points in enumerated cells (158 million, for the majority
of 30 bits). What is known point by point has a limit now; beyond it a cell's class is guessed, as
in open cells.
"""

from fractions import Fraction

import numpy as np
import pytest

from verifier.distillers import certified, knowledge, repair
from verifier.distillers.cuts import prepare_cuts
from verifier.distillers.knowledge import error_interval, exact_error, known_cells
from verifier.formats.variables import ordinal
from verifier.kernel import checker
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Enumerated, Open, Split
from verifier.model.question import matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.provers.evaluate import prepare_bulk
from verifier.provers.timing import ending, now

BITS = 17
TREE = Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))

ZERO = Affine(0, np.zeros((1, 3)), np.zeros(1))


def parity():
    """Class 1 where an odd number of the bits is set: every cell has both classes."""
    steps = np.arange(BITS, dtype=np.float64)
    first = Affine(0, np.ones((BITS, BITS)), -steps)
    last = Affine(2, np.array([[1.0, *(-2.0, 2.0) * (BITS // 2)]]), np.array([-0.5]))
    return Network(BITS, (first, Relu(1), last))


def enumerated(depth):
    """The domain split by its first ``depth`` bits, into cells that are enumerated."""

    def below(at):
        return (Enumerated(),) if at == depth else (Split(at, 1), *below(at + 1), *below(at + 1))

    return below(0)


@pytest.mark.parametrize("entries", [1 << 22, 1 << 14])
def test_what_is_known_by_points_has_a_limit(entries, monkeypatch):
    monkeypatch.setattr(knowledge, "ENTRIES", entries)
    domain, teacher = bits(BITS), parity()
    cuts, bulk = prepare_cuts(domain), prepare_bulk(teacher, domain)
    proof = enumerated(7)
    known = known_cells(cuts, bulk, proof, TREE, np.random.default_rng(0))
    assert len(known.points) * 2 * BITS <= entries
    assert len(known.source.classes) == len(known.points) + len(known.cells)
    low, high = error_interval(domain, known, TREE)
    exact = checker.verify(matter_of(domain, teacher, TREE), proof).error
    assert low <= exact[0] == exact[1] <= high
    whole = entries > domain.size * 2 * BITS
    assert known.open is not whole
    assert (low == high) is whole


@pytest.mark.parametrize("method", ["certified", "repair"])
def test_the_search_ends_where_all_is_proved_and_not_all_known(method, monkeypatch):
    monkeypatch.setattr(knowledge, "ENTRIES", 1 << 14)
    domain, teacher = bits(BITS), parity()
    if method == "certified":
        found = certified.distill(teacher, domain, leaves=16)
    else:
        found = repair.repair(teacher, TREE, domain, leaves=16)
    assert not any(isinstance(step, Open) for step in found.finding.proof)
    assert found.error[0] < found.error[1]
    verdict = checker.verify(matter_of(domain, teacher, found.tree), found.finding.proof)
    assert verdict.error[0] == verdict.error[1]
    assert found.error[0] <= verdict.error[0] <= found.error[1]


def test_what_a_grown_tree_gets_wrong_is_found_after_the_time_too():
    """For weighted points it asked for the time, and at the limit the tree was lost."""
    weights = [Fraction(1, 3), Fraction(2, 3)]
    domain = Domain(tuple(ordinal(f"x{i}", range(2), probabilities=weights) for i in range(3)))
    cuts, bulk = prepare_cuts(domain), prepare_bulk(Network(3, (ZERO,)), domain)
    source = knowledge.all_points(cuts, bulk)
    with ending(now()):
        assert exact_error(domain, source, TREE) == Fraction(2, 3)
