"""Continuous variables in the kernel: hulls, what is claimed of boxes, and what is refused.

Against numbers inside the pieces, and against the exact measure along one variable.
"""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest

from tests.brute import node_values, teacher_class
from tests.brute_intervals import (
    classes,
    corners,
    measure,
    numbers,
    random_continuous,
    random_variables,
)
from tests.every import seeds
from tests.provers.cases import random_teacher
from verifier.formats.intervals import ready, refined
from verifier.kernel import checker
from verifier.kernel.ordinals import enclose, ordinals_of
from verifier.kernel.prepared import parts_of, prepare
from verifier.kernel.rules import all_bounds, constant
from verifier.model.cell import Cell, full_cell
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain
from verifier.model.errors import InvalidProof, TreeError
from verifier.model.network import Affine, Network
from verifier.model.proof import Constant, Enumerated, Open, Split, Tail
from verifier.model.question import matter_of, truth
from verifier.model.tree import Inner, Leaf, Tree

HALF = Fraction(1, 2)


def unit(pieces=4, name="x"):
    """The interval (0, 1] in equal pieces."""
    return Continuous(name, Fraction(0), (Run(pieces, Fraction(1, pieces), Fraction(1)),))


def threshold(at):
    """Class 1 above ``at``."""
    return Network(1, (Affine(0, np.array([[1.0]]), np.array([-float(at)])),))


def leaf(klass=0):
    return Tree((Leaf(klass),))


def random_cell(rng, domain):
    parts = []
    for v in domain.variables:
        a, b = sorted(rng.randrange(v.count) for _ in range(2))
        parts.append(range(a, b + 1))
    return Cell(tuple(parts))


def random_proof(rng, domain, depth=7):
    """Splits and Constants of either class; some cells are left open."""

    def grow(cell, left):
        free = [i for i, part in enumerate(cell.parts) if len(part) > 1]
        if not free or not left or rng.random() < 0.1:
            return [rng.choice((Constant(0), Constant(1), Open()))]
        i = rng.choice(free)
        at = rng.randrange(cell.parts[i].start, cell.parts[i].stop - 1)
        a, b = cell.split(i, at)
        return [Split(i, at), *grow(a, left - 1), *grow(b, left - 1)]

    return tuple(grow(full_cell(domain), depth))


@pytest.mark.parametrize("seed", seeds(range(20)))
def test_the_hull_of_a_range_of_pieces_is_rounded_outward(seed):
    rng = random.Random(seed)
    v, w = random_continuous(rng, "x", 1 << 40), random_continuous(rng, "y")
    x = ordinals_of(Domain((v, w)), (3, 0))
    ends = np.sort(np.array([[rng.randrange(v.count) for _ in range(2)] for _ in range(30)]))
    other = np.sort(np.array([[rng.randrange(w.count) for _ in range(2)] for _ in range(30)]))
    low, high = (np.stack([ends[:, k], other[:, k]], axis=1) for k in (0, 1))
    for together in (False, True):
        held = enclose(x, low, high, together=together)
        for i in range(30):
            for j, (variable, scale) in enumerate([(v, 3), (w, 0)]):
                least, most = variable.hull(int(low[i, j]), int(high[i, j]))
                power = Fraction(2) ** (int(held.e[i]) - scale)
                assert Fraction(held.lo[i, j]) <= least * power < Fraction(held.lo[i, j]) + 1
                assert Fraction(held.hi[i, j]) - 1 < most * power <= Fraction(held.hi[i, j])


@pytest.mark.parametrize("seed", seeds(range(30)))
def test_bounds_hold_at_every_number_of_a_box(seed):
    rng = random.Random(seed)
    domain = Domain(random_variables(rng, rng.randrange(1, 4)))
    teacher = random_teacher(np.random.default_rng(seed), domain.columns, scales=False)
    p = prepare(teacher, domain)
    cells = [random_cell(rng, domain) for _ in range(6)]
    shown = {}
    for refine in (False, True):
        bounds = all_bounds(p, parts_of(cells), refine)
        for i, cell in enumerate(cells):
            for x in [*corners(domain, cell), *(numbers(rng, domain, cell) for _ in range(8))]:
                for node, held in zip(node_values(teacher, list(x)), bounds, strict=True):
                    power = Fraction(2) ** int(np.broadcast_to(held.e, len(cells))[i])
                    if node is not held and len(node) != teacher.columns:
                        for y, a, b in zip(node, held.lo[i], held.hi[i], strict=True):
                            assert Fraction(a) <= y * power <= Fraction(b)
    for klass in range(teacher.classes):
        proved, steady = constant(p, cells, [klass] * len(cells), float32=True)
        assert not steady.any()
        for i in np.flatnonzero(proved):
            shown[i] = klass
            for _ in range(12):
                assert teacher_class(teacher, numbers(rng, domain, cells[i])) == klass


def random_matter(rng, seed, continuous=1):
    domain = Domain(random_variables(rng, continuous, rng.randrange(2)))
    teacher = random_teacher(np.random.default_rng(seed), domain.columns, 0.7, scales=False)
    column = rng.randrange(domain.columns)
    v = domain.variables[column]
    at = v.first + (v.ends[1] - v.first) * Fraction(rng.randrange(-1, 8), 6)
    tree = Tree((Inner(column, at, 1, 2), Leaf(0), Leaf(teacher.classes - 1)))
    if isinstance(v, Continuous) and v.up_to(at) is None:
        if rng.random() < 0.5:
            domain = refined(domain, {column: [at]})
        else:
            tree = Tree((Inner(column, v.cut(v.piece_of(at)), 1, 2), *tree.nodes[1:]))
    return matter_of(domain, teacher, tree)


@pytest.mark.parametrize("seed", seeds(range(60)))
def test_the_measure_lies_in_the_interval_that_is_found(seed):
    rng = random.Random(seed)
    matter = random_matter(rng, seed)
    exact = measure(matter)
    whole = full_cell(matter.domain).size
    for depth in (3, 9):
        proof = random_proof(rng, matter.domain, depth)
        verdict = checker.verify(matter, proof, lenient=True)
        assert verdict.error[0] <= exact <= verdict.error[1]
        assert 0 <= verdict.disagreements[0] <= verdict.disagreements[1] <= whole
        assert (verdict.verdict == "equivalent") <= (exact == 0)
        assert verdict.float32.is_shown <= (verdict.disagreements == (0, 0))


def test_a_proof_of_cells_is_exact_where_every_box_is_settled():
    domain = Domain((unit(8),))
    tree = Tree((Inner(0, HALF, 1, 2), Leaf(0), Leaf(1)))
    matter = matter_of(domain, threshold(Fraction(11, 16)), tree)
    proof = (Split(0, 4), Constant(0), Split(0, 5), Open(), Constant(1))
    found = checker.verify(matter, proof)
    assert found.error == (Fraction(1, 8), Fraction(1, 4)) and measure(matter) == Fraction(3, 16)
    assert found.verdict == "different"
    with pytest.raises(InvalidProof, match="claims class 1 where x is above 5/8, up to 1"):
        checker.verify(matter, (Split(0, 4), Constant(0), Constant(1)))


def test_a_box_that_only_its_right_end_is_in_is_not_upheld():
    """x > 3/4 is true at the right end of the last of two pieces, not in all of it."""
    matter = matter_of(Domain((unit(2),)), threshold(Fraction(3, 4)), leaf())
    for step in (Constant(1), Constant(0)):
        with pytest.raises(InvalidProof, match="claims class"):
            checker.verify(matter, (Split(0, 0), Constant(0), step))
    assert checker.verify(matter, (Split(0, 0), Constant(0), Open())).error == (0, HALF)


def test_the_left_end_of_a_piece_does_not_count():
    """At the number 1/2 itself, the right end of a piece, the network has class 0."""
    matter = matter_of(Domain((unit(2),)), threshold(HALF), leaf())
    proof = (Split(0, 0), Constant(0), Constant(1))
    with pytest.raises(InvalidProof):  # the hull is closed: 1/2 belongs to it
        checker.verify(matter, proof)


def test_a_witness_is_a_point_of_probability_0():
    matter = matter_of(Domain((unit(2),)), threshold(Fraction(3, 4)), leaf())
    found = checker.verify(matter, (Open(),), [(1,)])
    assert found.verdict == "different" and found.error == (0, 1)
    assert matter.domain.labels((1,)) == {"x": "1"}
    with pytest.raises(InvalidProof, match="agree there"):
        checker.verify(matter, (Open(),), [(0,)])


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Enumerated(), "infinitely many"),
        (Tail(0, Fraction(1)), "a domain with continuous variables has not"),
    ],
)
def test_steps_that_a_continuous_domain_has_not(step, why):
    matter = matter_of(Domain((unit(2),)), threshold(2), leaf())
    with pytest.raises(InvalidProof, match=why):
        checker.verify(matter, (step,))


def test_trees_test_at_cuts():
    inside = Tree((Inner(0, Fraction(1, 3), 1, 2), Leaf(0), Leaf(1)))
    domain = Domain((unit(2),))
    with pytest.raises(TreeError, match="inside a piece"):
        checker.verify(matter_of(domain, threshold(2), inside), (Constant(0),))
    fine = ready(domain, [(inside, (0,))])
    found = checker.verify(matter_of(fine, threshold(2), inside), (Constant(0),))
    assert found.error == (Fraction(2, 3), Fraction(2, 3))
    for at, right in [
        (0, 1),
        (-1, 1),
        (1, 0),
        (2, 0),
    ]:  # at the ends and outside: one side is empty
        tree = Tree((Inner(0, Fraction(at), 1, 2), Leaf(0), Leaf(1)))
        found = checker.verify(matter_of(domain, threshold(2), tree), (Constant(0),))
        assert found.error == (right, right)


@pytest.mark.parametrize("seed", range(8))
def test_several_continuous_variables_against_drawn_points(seed):
    """Where a formula is said to be true, or false, of a box it is so at points drawn there."""
    rng = random.Random(seed)
    matter = random_matter(rng, seed, 2)
    cells = [full_cell(matter.domain)]
    for _ in range(6):
        cell = rng.choice(cells)
        free = [i for i, part in enumerate(cell.parts) if len(part) > 1]
        if free:
            i = rng.choice(free)
            part = cell.parts[i]
            cells += cell.split(i, rng.randrange(part.start, part.stop - 1))
    for cell in cells:
        proof = _around(matter.domain, cell)
        for klass in range(matter.models[0].classes):
            nodes = tuple(Constant(klass) if n is None else n for n in proof)
            found = checker.verify(matter, nodes, lenient=True)
            if found.checked.refused:
                continue
            lower, upper = found.error
            for _ in range(20):
                x = numbers(rng, matter.domain, cell)
                true = truth(matter.question, classes(matter, x))
                assert classes(matter, x)[0] == klass
                assert (upper < 1) or (lower > 0) or not true or found.disagreements[1]


def _around(domain, cell):
    """A proof that splits a cell off; the cell itself is None."""
    nodes = []
    whole, after = full_cell(domain), []
    for i, (part, all_) in enumerate(zip(cell.parts, whole.parts, strict=True)):
        if part.start > all_.start:
            nodes += [Split(i, part.start - 1), Open()]
        if part.stop < all_.stop:
            nodes.append(Split(i, part.stop - 1))
            after.insert(0, Open())
    return (*nodes, None, *after)
