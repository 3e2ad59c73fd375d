"""The kernel against brute force: it never accepts a false claim, and its counts are exact."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import truth
from tests.every import THIRD, seeds
from tests.provers.cases import random_domain, random_teacher, random_tree
from verifier.kernel import checker, points, rules
from verifier.kernel.prepared import parts_of
from verifier.kernel.rules import constant_margin
from verifier.kernel.tails import tail_bound
from verifier.model.cell import Cell, cell_weight, full_cell, values
from verifier.model.domain import bits
from verifier.model.errors import CertificateError, InvalidProof
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Enumerated, Open, Split, Tail, Trusted, steps
from verifier.model.question import matter_of
from verifier.model.tree import Leaf, Tree

CASES = seeds(range(60))


def case(seed, limit=400):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, limit)
    size = [1.0, 1.0, 1.0, 0.1, 1e30, 1e-30][seed % 6]
    teacher = random_teacher(rng, domain.columns, size)
    return rng, domain, teacher, random_tree(rng, domain, teacher.classes)


def random_cells(rng, domain, count):
    cells = []
    for _ in range(count):
        masks = []
        for v in domain.variables:
            full = (1 << len(v.labels)) - 1
            masks.append(int(rng.integers(1, full + 1)) if rng.random() < 0.7 else full)
        cells.append(Cell(tuple(masks)))
    return cells


@pytest.mark.parametrize("seed", CASES)
def test_constant_is_never_claimed_where_the_class_varies(seed):
    rng, domain, teacher, tree = case(seed)
    classes = truth(domain, teacher, tree).classes
    cells = random_cells(rng, domain, 40)
    p = checker.prepare(teacher, domain)
    for klass in range(teacher.classes):
        proved, _ = checker.constant(p, cells, [klass] * len(cells))
        for cell, accepted in zip(cells, proved, strict=True):
            if accepted:
                assert {classes[point] for point in cell.points()} == {klass}


def test_all_refused_steps_are_named():
    domain, teacher = bits(2), Network(2, (Affine(0, np.array([[1.0, 0.0]]), np.array([-0.5])),))
    proof = (Split(1, 1), Constant(0), Split(0, 1), Constant(0), Constant(0))
    with pytest.raises(InvalidProof, match="step 1 claims class 0 where x1 = 0") as error:
        checker.verify(matter_of(domain, teacher, Tree((Leaf(0),))), proof)
    assert error.value.refused == (1, 3)
    with pytest.raises(InvalidProof, match="agree there") as error:
        checker.verify(matter_of(domain, teacher, Tree((Leaf(0),))), (Open(),), ((0, 0),))
    assert error.value.refused == ()


def test_constant_proves_most_cells_where_the_class_is_constant():
    constant = proved = 0
    for seed in seeds(range(60), THIRD):
        rng, domain, teacher, tree = case(seed)
        classes = truth(domain, teacher, tree).classes
        p = checker.prepare(teacher, domain)
        for cell in random_cells(rng, domain, 10):
            found = {classes[point] for point in cell.points()}
            if len(found) == 1:
                constant += 1
                proved += int(checker.constant(p, [cell], list(found))[0][0])
    assert proved > 0.8 * constant > 100


@pytest.mark.parametrize("seed", CASES)
def test_evaluation_is_exact(seed):
    _, domain, teacher, tree = case(seed)
    classes = truth(domain, teacher, tree).classes
    points = np.array(list(classes), dtype=np.int64)
    found, _, _ = checker.evaluate(checker.prepare(teacher, domain), points)
    assert found.tolist() == list(classes.values())


@pytest.mark.parametrize("seed", CASES)
def test_counts_and_probabilities_are_exact(seed):
    rng, domain, teacher, tree = case(seed)
    facts = truth(domain, teacher, tree)
    proof = random_proof(rng, domain, teacher, facts.classes)
    found = checker.verify(matter_of(domain, teacher, tree), proof)
    assert found.disagreements == (len(facts.wrong), len(facts.wrong))
    assert found.error == (facts.error, facts.error)
    assert found.verdict == ("different" if facts.wrong else "equivalent")
    assert all(c.point in facts.wrong for c in found.counterexamples)
    assert bool(found.counterexamples) == bool(facts.wrong)
    assert found.domain_size == len(facts.classes)
    shares = [s for by in found.leaves.values() for s in by.values()]
    assert sum(s.points for s in shares) == domain.size
    assert sum(s.weight for s in shares) == domain.total_weight


def random_proof(rng, domain, teacher, classes):
    """Splits at random; Constant where the kernel can show it, Enumerated elsewhere."""
    p = checker.prepare(teacher, domain)
    proof, stack = [], [full_cell(domain)]
    while stack:
        cell = stack.pop()
        found = {classes[point] for point in cell.points()}
        if len(found) == 1 and checker.constant(p, [cell], list(found))[0][0]:
            proof.append(Constant(found.pop()))
            continue
        free = [i for i, m in enumerate(cell.masks) if m.bit_count() > 1]
        if not free or rng.random() < 0.3:
            proof.append(Enumerated())
            continue
        index = int(rng.choice(free))
        chosen = rng.permutation(values(cell.masks[index]))
        left = sum(1 << int(v) for v in chosen[: rng.integers(1, len(chosen))])
        proof.append(Split(index, left))
        stack.extend(reversed(cell.split(index, left)))
    return tuple(proof)


@pytest.mark.parametrize("seed", CASES)
def test_open_cells_give_an_interval_that_holds(seed):
    rng, domain, teacher, tree = case(seed)
    facts = truth(domain, teacher, tree)
    proof = random_proof(rng, domain, teacher, facts.classes)
    opened = tuple(
        Open() if isinstance(s, Constant | Enumerated) and rng.random() < 0.4 else s for s in proof
    )
    found = checker.verify(matter_of(domain, teacher, tree), opened, facts.wrong[:1])
    assert found.disagreements[0] <= len(facts.wrong) <= found.disagreements[1]
    assert found.error[0] <= facts.error <= found.error[1]
    if facts.wrong:
        assert found.verdict == "different"


@pytest.mark.parametrize("seed", CASES)
def test_tail_bounds_hold(seed):
    rng, domain, teacher, tree = case(seed)
    classes = truth(domain, teacher, tree).classes
    p = checker.prepare(teacher, domain)
    for cell in random_cells(rng, domain, 5):
        total = cell_weight(domain, cell)
        for klass in range(teacher.classes):
            bound = tail_bound(p, cell, klass)
            wrong = sum(domain.weight(x) for x in cell.points() if classes[x] != klass)
            assert 0 <= bound <= 1
            assert wrong <= bound * total


def identity(offset):
    """A teacher over 4 bits with logit x0 + x1 + x2 + x3 + offset through a ReLU."""
    return Network(
        4,
        (
            Affine(0, np.ones((1, 4), np.float32), np.zeros(1, np.float32)),
            Relu(1),
            Affine(2, np.ones((1, 1), np.float32), np.array([offset], np.float32)),
        ),
    )


LEAF1 = Tree((Leaf(1),))


def test_tail_bound_is_useful_where_the_margin_is_wide():
    domain = bits(40)
    teacher = Network(40, (Affine(0, np.ones((1, 40), np.float32), np.array([-8.0], np.float32)),))
    bound = tail_bound(checker.prepare(teacher, domain), full_cell(domain), 1)
    assert Fraction(1, 10**4) < bound < Fraction(1, 10**3)
    found = checker.verify(matter_of(domain, teacher, LEAF1), (Tail(1, bound),))
    assert found.verdict == "undecided"
    assert found.error == (0, bound)
    with pytest.raises(InvalidProof, match="step 1 claims P"):
        checker.verify(matter_of(domain, teacher, LEAF1), (Tail(1, bound / 2),))


def test_a_tail_that_proves_a_disagreement_decides():
    domain = bits(40)
    teacher = Network(40, (Affine(0, np.ones((1, 40), np.float32), np.array([-8.0], np.float32)),))
    bound = tail_bound(checker.prepare(teacher, domain), full_cell(domain), 1)
    found = checker.verify(matter_of(domain, teacher, Tree((Leaf(0),))), (Tail(1, bound),))
    assert found.verdict == "different" and found.error[0] == 1 - bound
    assert found.disagreements == (1, 2**40)


def test_a_tie_is_class_zero_and_a_hair_above_is_class_one():
    domain = bits(4)
    p = checker.prepare(identity(0.0), domain)
    origin = Cell((1, 1, 1, 1))
    assert checker.constant(p, [origin, origin], [0, 1])[0].tolist() == [True, False]
    above = checker.prepare(identity(2.0**-140), domain)
    assert checker.evaluate(above, np.zeros((1, 4), np.int64))[0].tolist() == [1]


def test_false_claims_are_rejected_by_name():
    domain, teacher = bits(4), identity(0.5)
    assert checker.verify(matter_of(domain, teacher, LEAF1), (Constant(1),)).verdict == "equivalent"
    with pytest.raises(InvalidProof, match="step 1 claims class 0 where everything"):
        checker.verify(matter_of(domain, teacher, LEAF1), (Constant(0),))
    with pytest.raises(InvalidProof, match="step 2 claims class 0 where x1 = 1"):
        checker.verify(matter_of(domain, teacher, LEAF1), (Split(1, 1), Constant(1), Constant(0)))
    with pytest.raises(InvalidProof, match="names class 2"):
        checker.verify(matter_of(domain, teacher, LEAF1), (Constant(2),))
    with pytest.raises(InvalidProof, match="teacher and tree agree there"):
        checker.verify(matter_of(domain, teacher, LEAF1), (Constant(1),), [(0, 0, 0, 0)])
    with pytest.raises(InvalidProof, match="not a point"):
        checker.verify(matter_of(domain, teacher, LEAF1), (Constant(1),), [(0, 0, 0, 2)])
    with pytest.raises(InvalidProof, match='"liar" said that the class is 0'):
        checker.verify(matter_of(domain, teacher, LEAF1), (Trusted(0, "liar"),))


@pytest.mark.parametrize(
    ("proof", "message"),
    [
        ((), "1 cells missing"),
        ((Split(0, 1), Open()), "1 cells missing"),
        ((Open(), Open()), "follows the end"),
        ((Split(4, 1), Open(), Open()), "no variable 4"),
        ((Split(0, 0), Open(), Open()), "do not split"),
        ((Split(0, 3), Open(), Open()), "do not split"),
        ((Split(0, 1), Split(0, 1), Open(), Open(), Open()), "do not split"),
    ],
)
def test_malformed_proofs_are_refused(proof, message):
    with pytest.raises(CertificateError, match=message):
        list(steps(bits(4), proof))


def test_trusted_cells_are_named_and_can_be_distrusted():
    rng = np.random.default_rng(5)
    domain = bits(14)
    hidden = rng.normal(size=(20, 14)).astype(np.float32)
    teacher = Network(
        14,
        (
            Affine(0, hidden, rng.normal(size=20).astype(np.float32)),
            Relu(1),
            Affine(2, np.full((1, 20), 1.0, np.float32), np.array([1e-3], np.float32)),
        ),
    )
    weak = Network(
        14,
        (
            *teacher.layers[:2],
            Affine(
                2, -hidden[:1, :1] * 0 - np.ones((1, 20), np.float32), np.array([25.0], np.float32)
            ),
        ),
    )
    p = checker.prepare(weak, domain)
    assert not checker.constant(p, [full_cell(domain)], [0])[0][0]
    word = (Trusted(0, "z3 4.13.0"),)
    found = checker.verify(matter_of(domain, weak, Tree((Leaf(0),))), word, trust=["z3"])
    assert found.trusted == {"z3 4.13.0": 1} and not found.untrusted and found.trust == ("z3",)
    assert found.verdict == "equivalent" and found.checked.cells == {"trusted": 1}
    doubted = checker.verify(matter_of(domain, weak, Tree((Leaf(0),))), word)
    assert doubted.verdict == "undecided" and doubted.disagreements == (0, 2**14)
    assert doubted.untrusted == {"z3 4.13.0": 1} and not doubted.trusted
    assert doubted.stated.verdict == "equivalent" and doubted.stated.trusted == {"z3 4.13.0": 1}
    upheld = checker.verify(matter_of(bits(4), identity(0.5), LEAF1), (Trusted(1, "oracle 1.0"),))
    assert upheld.trusted == {} and upheld.checked.upheld == 1


def test_a_counterexample_refutes_a_trusted_step_whatever_else_differs():
    """The other half has as many disagreements, so the totals alone would not show it."""
    rng = np.random.default_rng(3)
    hidden = np.concatenate([np.zeros((20, 1)), rng.normal(size=(20, 13))], axis=1)
    layers = (
        Affine(0, hidden.astype(np.float32), np.zeros(20, np.float32)),
        Relu(1),
        Affine(2, -np.ones((1, 20), np.float32), np.array([25.0], np.float32)),
    )
    teacher, tree = Network(14, layers), Tree((Leaf(0),))
    origin = (0,) * 14
    assert checker.evaluate(checker.prepare(teacher, bits(14)), np.array([origin]))[0].tolist() == [
        1
    ]
    proof = (Split(0, 1), Trusted(0, "liar"), Enumerated())
    for trust in (["z3"], []):
        with pytest.raises(
            InvalidProof, match='step 1: "liar" said that the class is 0 where x0 = 0'
        ):
            checker.verify(matter_of(bits(14), teacher, tree), proof, [origin], trust=trust)


@pytest.mark.parametrize("seed", [*range(16), 265])
def test_a_cell_does_not_depend_on_its_batch(seed):
    rng, domain, teacher, _ = case(seed)
    p = checker.prepare(teacher, domain)
    masks = parts_of(random_cells(rng, domain, 12))
    classes = rng.integers(teacher.classes, size=len(masks))
    _, together, _, _ = constant_margin(p, masks, classes)
    for i in range(len(masks)):
        _, alone, _, _ = constant_margin(p, masks[i : i + 1], classes[i : i + 1])
        up = np.broadcast_to(together.e, len(masks))[i] - alone.e[0]
        assert (together.n[i] == np.ldexp(alone.n[0], up)).all()


@pytest.mark.parametrize("seed", CASES)
def test_small_cells_are_judged_by_their_points(seed):
    """Whatever the relaxation shows: Constant, Trusted and Tail steps are accepted iff true."""
    rng, domain, teacher, tree = case(seed)
    classes = truth(domain, teacher, tree).classes
    (cell,) = random_cells(rng, domain, 1)
    proof, here = [], full_cell(domain)
    for i, mask in enumerate(cell.masks):
        if mask != here.masks[i]:
            proof.append(Split(i, mask))
            here, _ = here.split(i, mask)
    opened = [Open()] * len(proof)
    whole = cell_weight(domain, here)
    for klass in range(teacher.classes):
        other = [point for point in here.points() if classes[point] != klass]
        share = Fraction(sum(map(domain.weight, other)), whole) if whole else Fraction(1)
        steps = [(Constant(klass), not other), (Trusted(klass, "z3"), not other)]
        steps += [(Tail(klass, share), True), (Tail(klass, share * Fraction(98, 99)), not share)]
        for step, true in steps:
            if true:
                verdict = checker.verify(matter_of(domain, teacher, tree), [*proof, step, *opened])
                assert not verdict.trusted
            else:
                with pytest.raises(InvalidProof, match="step 1"):
                    checker.verify(matter_of(domain, teacher, tree), [*proof, step, *opened])


def test_small_cells_not_robust_as_a_whole_are_looked_at_point_by_point():
    """Only the origin is a tie; of 2^9 points, one more than are looked at, nothing is shown."""
    for free, shaky in ((8, 1), (9, 2**9)):
        proof = (*(Split(i, 1) for i in range(12 - free)), Constant(0), *[Open()] * (12 - free))
        negated = Network(12, (Affine(0, -np.ones((1, 12)), np.zeros(1)),))
        verdict = checker.verify(matter_of(bits(12), negated, Tree((Leaf(0),))), proof)
        assert verdict.float32.points_not_shown == 2**12 - 2**free + shaky


def test_masks_of_many_values_are_exact():
    masks = parts_of([Cell(((1 << 100) - 1, 3))])
    assert masks.masks.dtype == object and masks.masks[0, 0].bit_count() == 100


@pytest.mark.parametrize("seed", seeds(range(12)))
def test_threads_change_nothing(seed, monkeypatch):
    """Points and cells in small pieces, on one thread and on three: the same verdict."""
    rng, domain, teacher, tree = case(seed)
    proof = random_proof(rng, domain, teacher, truth(domain, teacher, tree).classes)
    monkeypatch.setattr(points, "CHUNK", 8)
    monkeypatch.setattr(rules, "BLOCK", 1)
    one, three = (
        checker.verify(matter_of(domain, teacher, tree), proof, threads=n) for n in (1, 3)
    )
    assert replace(one, checked=replace(one.checked, seconds=three.checked.seconds)) == three
    wrong = (*proof[:-1], Constant(1 - proof[-1].klass)) if proof[-1] == Constant(1) else None
    if wrong is not None:
        with pytest.raises(InvalidProof, match="the relaxation does not prove it"):
            checker.verify(matter_of(domain, teacher, tree), wrong, threads=3)
