"""Each rule of the kernel against exact fractions, and its guards."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.brute import node_values
from tests.certificate.test_kernel import case, random_cells
from verifier.certificate import arithmetic as a
from verifier.certificate.rules import (
    all_bounds,
    backward,
    class_rows,
    linear_form,
    mask_array,
    prepare,
    tail_bound,
)
from verifier.domain import Cell, bits
from verifier.teacher import Affine, Teacher

SEEDS = range(40)
INTS = st.integers(-(2**60), 2**60)


def exact(n, e):
    return Fraction(int(n)) / Fraction(2) ** int(e)


@pytest.mark.parametrize("refine", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_node_stays_within_its_bounds(seed, refine):
    rng, domain, teacher, _ = case(seed, 60)
    cells = random_cells(rng, domain, 4)
    bounds = all_bounds(prepare(teacher, domain), mask_array(cells), refine)
    for i, cell in enumerate(cells):
        for point in cell.points():
            for b, node in zip(bounds, node_values(teacher, domain.encode(point)), strict=True):
                for j, value in enumerate(node):
                    assert exact(b.lo[i, j], b.e[i]) <= value <= exact(b.hi[i, j], b.e[i])


@pytest.mark.parametrize("seed", SEEDS)
def test_linear_forms_are_lower_bounds(seed):
    rng, domain, teacher, _ = case(seed, 60)
    p = prepare(teacher, domain)
    cells = random_cells(rng, domain, 3)
    masks = mask_array(cells)
    nodes = all_bounds(p, masks, True)
    node = int(rng.integers(1, len(nodes)))
    rows = rng.integers(-3, 4, size=(len(cells), 2, nodes[node].lo.shape[1]))
    coefficients, constant = linear_form(p, nodes, node, rows)
    least = backward(p, masks, nodes, node, rows)
    for i, cell in enumerate(cells):
        for point in cell.points():
            x = domain.encode(point)
            values = node_values(teacher, x)[node]
            for r in range(2):
                form = sum(int(c) * value for c, value in zip(rows[i, r], values, strict=True))
                line = exact(constant.n[i, r], constant.e[i]) + sum(
                    exact(c, coefficients.e[i]) * h
                    for c, h in zip(coefficients.n[i, r], x, strict=True)
                )
                assert line <= form
                assert exact(least.n[i, r], least.e[i]) <= form


@pytest.mark.parametrize("seed", SEEDS)
def test_a_cell_does_not_depend_on_its_batch(seed):
    rng, domain, teacher, _ = case(seed, 60)
    p = prepare(teacher, domain)
    cells = random_cells(rng, domain, 6)
    together = all_bounds(p, mask_array(cells), True)
    for i, cell in enumerate(cells):
        for b, one in zip(together, all_bounds(p, mask_array([cell]), True), strict=True):
            assert (b.lo[i] == one.lo[0]).all() and (b.hi[i] == one.hi[0]).all()
            assert b.e[i] == one.e[0]


def test_class_rows_say_what_the_class_means():
    logits = np.array([[2, 2, 1], [1, 2, 2], [0, 0, 0], [-1, -2, 5]])
    for row in logits:
        truth = max(range(3), key=lambda i: (row[i], -i))
        for klass in range(3):
            rows, least = class_rows(3, klass)
            assert ((rows @ row) >= least).all() == (klass == truth)
    for value, truth in ((-1, 0), (0, 0), (1, 1)):
        for klass in (0, 1):
            rows, least = class_rows(1, klass)
            assert ((rows @ np.array([value])) >= least).all() == (klass == truth)


@given(n=INTS, e=st.integers(-200, 200), to=st.integers(-200, 200))
def test_floor_to_is_floor(n, e, to):
    x = a.Fixed(np.array([[n]]), np.array([e]))
    if to - e + n.bit_length() > 63 and n:
        with pytest.raises(OverflowError):
            a.floor_to(x, np.array([to]))
        return
    moved = Fraction(n) * Fraction(2) ** (to - e)
    assert int(a.floor_to(x, np.array([to]))[0, 0]) == moved.numerator // moved.denominator


@given(
    ends=st.lists(st.tuples(INTS, st.integers(0, 2**60)), min_size=1, max_size=4),
    to=st.integers(2, 40),
)
def test_narrowing_widens(ends, to):
    lo = np.array([[n for n, _ in ends]])
    hi = np.array([[min(n + w, 2**61) for n, w in ends]])
    x = a.narrow(a.Bounds(lo, hi, np.array([5])), to)
    assert max(a.most_bits(x.lo), a.most_bits(x.hi)) <= to
    for j in range(lo.shape[1]):
        assert exact(x.lo[0, j], x.e[0]) <= exact(lo[0, j], 5)
        assert exact(hi[0, j], 5) <= exact(x.hi[0, j], x.e[0])


@given(st.lists(st.tuples(INTS, st.integers(-80, 80)), min_size=1, max_size=6))
def test_lower_and_upper_sums(terms):
    parts = [a.Fixed(np.array([[n]]), np.array([e])) for n, e in terms]
    truth = sum(exact(n, e) for n, e in terms)
    low, high = a.lower_sum(parts), a.upper_sum(parts)
    assert exact(low.n[0, 0], low.e[0]) <= truth <= exact(high.n[0, 0], high.e[0])
    assert a.most_bits(low.n) <= 60 and a.most_bits(high.n) <= 60


@given(x=st.integers(0, 2**61), y=st.integers(0, 2**61))
def test_products_rounded_up(x, y):
    out = a.times_up(
        a.Fixed(np.array([[x]]), np.array([3])), a.Fixed(np.array([[y]]), np.array([-4]))
    )
    assert exact(out.n[0, 0], out.e[0]) >= Fraction(x * y * 2)


@given(
    st.lists(st.integers(-(2**80), 2**80), min_size=1, max_size=5),
    st.integers(1, 2**90) | st.integers(0, 90).map(lambda k: 2**k),
)
def test_quantised_numbers_are_as_close_as_stated(numerators, denominator):
    q = a.quantise(numerators, denominator, (len(numerators),))
    half = Fraction(q.inexact, 2) / Fraction(2) ** q.e
    for n, held in zip(numerators, q.ints.tolist(), strict=True):
        assert abs(Fraction(n, denominator) - exact(held, q.e)) <= half
    assert a.most_bits(q.ints) <= a.WEIGHT_BITS + 1


def test_products_that_could_round_are_refused():
    big = np.full((2, 3), 2**30, dtype=np.int64)
    with pytest.raises(OverflowError):
        a.product(big, np.full((3, 2), 2.0**22))
    assert (a.product(big, np.full((3, 2), 2.0**19)) == 3 * 2**49).all()


def test_a_broken_matrix_product_is_noticed():
    class Broken(np.ndarray):
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            out = getattr(ufunc, method)(*(np.asarray(x) for x in inputs), **kwargs)
            if ufunc is np.matmul and out.dtype == np.float64:
                out.flat[0] += 1
            return out

    weight = np.ones((3, 2)).view(Broken)
    with pytest.raises(ArithmeticError, match="not exact"):
        a.product(np.ones((2, 3), dtype=np.int64), weight)


def test_tail_of_a_cell_without_probability_is_trivial():
    domain = bits(2)
    teacher = Teacher(2, (Affine(0, np.ones((1, 2), np.float32), np.ones(1, np.float32)),))
    assert tail_bound(prepare(teacher, domain), Cell((3, 3)), 0) == 1
