"""Constant cells entered many at a time: the verdict is that of cells entered one by one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import truth
from tests.kernel.test_checker import random_proof
from tests.kernel.test_ordinals import ordinal
from tests.provers.cases import random_teacher, random_tree
from verifier.formats.variables import one_hot, variable
from verifier.kernel import checker, entering, settling
from verifier.kernel.prepared import Parts
from verifier.model.cell import Cell, full_cell
from verifier.model.domain import Domain, bits
from verifier.model.errors import InvalidProof
from verifier.model.network import Affine, Network
from verifier.model.overlay import overlay
from verifier.model.proof import Constant, Enumerated, Open, Split, Tail, Trusted
from verifier.model.question import Bound, Matter, differ, matter_of
from verifier.model.tree import Inner, Leaf, Tree, bind

SEEDS = range(12)


def some_domain(rng):
    """Uniform, up to 2,000 points: sets of values."""
    labels = [str(k) for k in range(3)]
    return Domain((*bits(int(rng.integers(3, 7))).variables, one_hot("c", labels)))


@pytest.fixture
def one_by_one(monkeypatch):
    """A context in which every cell is entered by itself; and how many were not, before."""

    def without():
        monkeypatch.setattr(
            settling, "enter_many", lambda ledger, held, small: np.zeros(len(held.at), dtype=bool)
        )

    return without


@pytest.mark.parametrize("seed", SEEDS)
def test_verdicts_are_those_of_cells_entered_one_by_one(seed, one_by_one, monkeypatch):
    rng = np.random.default_rng(seed)
    domain = some_domain(rng)
    teacher = random_teacher(rng, domain.columns, 1.0)
    tree = random_tree(rng, domain, teacher.classes)
    facts = truth(domain, teacher, tree)
    proof = random_proof(rng, domain, teacher, facts.classes)
    proof = tuple(Open() if rng.random() < 0.1 and x == Enumerated() else x for x in proof)
    matter = matter_of(domain, teacher, tree)
    monkeypatch.setattr(settling, "CLOSER", seed % 2)
    quick = checker.verify(matter, proof)
    one_by_one()
    slow = checker.verify(matter, proof)
    assert _without_time(quick) == _without_time(slow)
    fewest, most = quick.disagreements
    assert fewest <= len(facts.wrong) <= most


def _without_time(found):
    checked = replace(found.checked, seconds=0.0)
    return replace(found, checked=checked, if_all_right=None)


def test_most_cells_are_entered_together(monkeypatch):
    rng, counted = np.random.default_rng(5), []
    whole = entering.enter_many

    def watched(ledger, held, small):
        done = whole(ledger, held, small)
        counted.append((int(done.sum()), len(done)))
        return done

    monkeypatch.setattr(settling, "enter_many", watched)
    domain, network = bits(12), Network(12, (Affine(0, np.eye(1, 12), np.array([-0.5])),))
    proof, stack = [], [(full_cell(domain), 0)]
    while stack:
        cell, depth = stack.pop()
        if depth == 6:
            proof.append(Constant(cell.masks[0] - 1))
            continue
        proof.append(Split(depth, 1))
        stack += reversed([(half, depth + 1) for half in cell.split(depth, 1)])
    column = int(rng.integers(1, 6))
    tree = Tree((Inner(column, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1)))
    monkeypatch.setattr(settling, "CLOSER", 0)
    found = checker.verify(matter_of(domain, network, tree), tuple(proof))
    assert found.disagreements == (1 << 11, 1 << 11)
    assert [c.point for c in found.counterexamples] == sorted(
        c.point for c in found.counterexamples
    )
    ((done, all_),) = counted
    assert all_ == 64 and done >= 32


@pytest.mark.parametrize("first", [True, False])
def test_what_waits_beside_constants_is_not_lost(first, one_by_one):
    """A Tail among cells that are entered together; and a solver's word that bounds uphold."""
    domain, network = bits(13), Network(13, (Affine(0, np.eye(1, 13), np.array([-0.5])),))
    matter = matter_of(domain, network, Tree((Leaf(0),)))
    constant, rare = (Split(1, 1), Constant(0), Constant(0)), Tail(1, Fraction(1, 4))
    proof = (Split(0, 2), rare, *constant) if first else (Split(0, 1), *constant, rare)
    for _ in range(2):
        found = checker.verify(matter, proof)
        assert found.error == (Fraction(3, 8), Fraction(1, 2)) and found.disagreements[1] == 1 << 12
        assert found.checked.cells == {"constant": 2, "tail": 1}
        said = checker.verify(matter, (Split(0, 1), Trusted(0, "z3 4.13.0"), Constant(1)))
        assert said.disagreements == (1 << 12, 1 << 12) and not said.trusted
        assert said.checked.cells == {"constant": 2}
        one_by_one()


def test_cells_of_more_points_than_machine_integers_hold_are_counted():
    """Of 2^60 points each up to 2^65; of half of them the question is true."""
    for free in (60, 61, 62, 63, 65):
        domain = bits(free + 4)
        network = Network(free + 4, (Affine(0, np.eye(1, free + 4), np.array([-0.5])),))
        proof, stack = [], [(full_cell(domain), 0)]
        while stack:
            cell, depth = stack.pop()
            if depth == 4:
                proof.append(Constant(cell.masks[0] - 1))
                continue
            proof.append(Split(depth, 1))
            stack += reversed([(half, depth + 1) for half in cell.split(depth, 1)])
        found = checker.verify(matter_of(domain, network, Tree((Leaf(0),))), tuple(proof))
        assert found.disagreements == (8 << free, 8 << free)
        shares = [share for leaf in found.leaves.values() for share in leaf.values()]
        assert sum(x.points for x in shares) == 16 << free


@pytest.mark.parametrize("reads", [(1,), (1, 0)])
def test_a_network_that_reads_other_variables_than_the_tree_is_entered_by_itself(reads):
    """One tells the second of two bits, the other the first."""
    weight = np.eye(1, len(reads))
    network = Bound("network", Network(len(reads), (Affine(0, weight, np.array([-0.5])),)), reads)
    tree = Bound("tree", Tree((Inner(0, Fraction(1, 2), 1, 2), Leaf(0), Leaf(1))), (0, 1))
    matter = Matter(bits(2), (network, tree), differ())
    assert checker.verify(matter, (Enumerated(),)).disagreements == (2, 2)
    proof = Split(1, 1), Constant(0), Constant(1)
    assert checker.verify(matter, proof).disagreements == (2, 2)


def test_what_is_not_equally_probable_is_weighed():
    domain = Domain((variable("x", ("no", "yes"), ((0,), (1,)), (Fraction(1, 5), Fraction(4, 5))),))
    network = Network(1, (Affine(0, np.eye(1), np.array([-0.5])),))
    matter = matter_of(domain, network, Tree((Leaf(0),)))
    found = checker.verify(matter, (Split(0, 1), Constant(0), Constant(1)))
    assert found.error == (Fraction(4, 5), Fraction(4, 5)) and found.disagreements == (1, 1)
    shares = [share for leaf in found.leaves.values() for share in leaf.values()]
    assert sum(x.weight for x in shares) == domain.total_weight == 5


def test_a_false_claim_is_refused_with_the_same_words(one_by_one):
    domain, network = bits(13), Network(13, (Affine(0, np.eye(1, 13), np.array([-0.5])),))
    matter = matter_of(domain, network, Tree((Leaf(0),)))
    proof = (Split(1, 1), Split(0, 1), Constant(0), Constant(0), Constant(1))
    told = []
    for _ in range(2):
        with pytest.raises(InvalidProof) as error:
            checker.verify(matter, proof)
        told.append((str(error.value), error.value.refused))
        one_by_one()
    assert told[0] == told[1] and told[0][1] == (2, 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_leaves_of_cells_are_those_of_the_overlay(seed):
    rng = np.random.default_rng(seed)
    ranges = [ordinal(f"n{i}", 0, 1, 40) for i in range(2)]
    domain = Domain((*bits(2).variables, ranges[0], one_hot("c", ["a", "b", "c"]), ranges[1]))
    tree = bind(random_tree(rng, domain, 2), domain)
    cells = []
    for _ in range(50):
        low = rng.integers(0, 40, 2)
        spans = [range(int(a), int(rng.integers(a, 40)) + 1) for a in low]
        b1, b2, c = (int(rng.integers(1, k)) for k in (4, 4, 8))
        cells.append(Cell((b1, b2, spans[0], c, spans[1])))
    masks = np.array([[x for x in cell.parts if isinstance(x, int)] for cell in cells])
    ends = [[(x.start, x.stop - 1) for x in cell.parts if isinstance(x, range)] for cell in cells]
    parts = Parts(masks, np.array(ends).swapaxes(1, 2))
    node, whole, _ = entering._leaves(tree, parts)
    size, countable = entering._sizes(parts)
    assert countable.all() and size.tolist() == [cell.size for cell in cells]
    for cell, at, one in zip(cells, node.tolist(), whole.tolist(), strict=True):
        found = [leaf for _, leaf in overlay(tree, cell)]
        assert one == (len(found) == 1)
        assert not one or found == [at]


def test_large_numbers_are_added_up_exactly():
    size = np.full(4096, (1 << 61) + (1 << 30) - 1)
    assert entering._total(size) == 4096 * ((1 << 61) + (1 << 30) - 1)
    parts = Parts(np.full((1, 62), 3), np.zeros((1, 2, 0), dtype=np.int64))
    assert not entering._sizes(parts)[1].any()
