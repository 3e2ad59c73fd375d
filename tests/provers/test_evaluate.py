"""Bulk classes equal exact classes, whatever the weights are."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.every import examples
from tests.provers.cases import all_points, random_domain, random_teacher
from verifier.formats.variables import variable
from verifier.model.domain import Domain, bits, signs
from verifier.model.errors import NetworkError
from verifier.model.network import Add, Affine, Network, Relu, Scale, Sign, exact_classes
from verifier.provers import evaluate


def affine(source, weight, bias, dtype=np.float32):
    return Affine(source, np.array(weight, dtype=dtype), np.array(bias, dtype=dtype))


def agree(teacher, domain):
    points = all_points(domain)
    found = evaluate.bulk_classes(evaluate.prepare_bulk(teacher, domain), np.array(points))
    expected = exact_classes(teacher, domain, points)
    assert found.tolist() == expected
    return expected


@settings(max_examples=examples(150), deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1.0, 0.1, 1e30, 1e-30, 1e-310, 1e150, 1e300]))
def test_random_teachers(seed, size):
    rng = np.random.default_rng(seed)
    domain = random_domain(rng, 300)
    agree(random_teacher(rng, domain.columns, size), domain)


def test_ties_are_exact_without_reevaluation(monkeypatch):
    """Integer weights: 0 logits and equal logits are decided by the grid rule alone."""

    def refuse(*_):
        raise AssertionError("re-evaluated")

    rng = np.random.default_rng(5)
    teachers = [random_teacher(rng, 6, 1.0, scales=False) for _ in range(40)]
    expected = [exact_classes(t, bits(6), all_points(bits(6))) for t in teachers]
    monkeypatch.setattr(evaluate, "exact_classes", refuse)
    for teacher, classes in zip(teachers, expected, strict=True):
        prepared = evaluate.prepare_bulk(teacher, bits(6))
        assert evaluate.bulk_classes(prepared, np.array(all_points(bits(6)))).tolist() == classes


def test_cancellation_below_rounding():
    """1e17 + 1 - 1e17 is 1, which a float64 sum loses, and 2^60 + 2^-60 - 2^60 too."""
    first = affine(0, [[1e17, 1, -1e17], [2.0**60, 2.0**-60, -(2.0**60)]], [0, 0], np.float64)
    for row in ([1, 0], [0, 1], [1, -1]):
        teacher = Network(3, (first, affine(1, [row], [0], np.float64)))
        assert set(agree(teacher, bits(3))) == {0, 1}


def test_encodings_that_are_not_floats():
    """x = 1/3 with weight 3 against bias -1 is a tie; 1/3 + 10^-40 is not."""
    near = Fraction(1, 3) + Fraction(1, 10**40)
    domain = Domain((variable("x", "abc", [[Fraction(1, 3)], [near], [Fraction(10**400)]]),))
    assert agree(Network(1, (affine(0, [[3]], [-1]),)), domain) == [0, 1, 1]


def test_sign_at_its_error():
    """A sign whose argument is 0 exactly, or 2^-200: float64 sees the same."""
    argument = affine(0, [[1, 1, -1]], [0], np.float64)
    domain = Domain(
        (
            variable("x", "abc", [[0], [Fraction(1, 2**200)], [-Fraction(1, 2**200)]]),
            variable("y", "ab", [[0], [Fraction(1, 3)]]),
            variable("z", "ab", [[0], [Fraction(1, 3)]]),
        )
    )
    teacher = Network(3, (argument, Sign(1), affine(2, [[1]], [0])))
    assert set(agree(teacher, domain)) == {0, 1}
    several = Network(3, (argument, Sign(1), affine(2, [[0], [1], [-1]], [0, 0, 0])))
    assert set(agree(several, domain)) == {0, 1, 2}


def test_partial_sums_that_overflow():
    """The partial sums overflow float64, the sums do not."""
    row = [1.7e308, 1.7e308, -1.7e308, -1.7e308, 1.0, -1.0]
    agree(Network(6, (affine(0, [row], [0], np.float64),)), bits(6))
    relu = (affine(0, [row, row], [0, 1], np.float64), Relu(1), affine(2, [[1, -1]], [0.5]))
    agree(Network(6, relu), signs(6))


def test_scale_that_underflows_or_overflows():
    tiny, huge = np.float64(5e-324), np.float64(1.7e308)
    for s, d, t in [(tiny, huge, 0.0), (huge, tiny, 0.0), (tiny, huge, -tiny), (1.0, 3.0, 0.0)]:
        scale = Scale(0, np.array([s, -s]), np.array([d, d]), np.array([t, t]))
        teacher = Network(2, (scale, affine(1, [[1, 1]], [0])))
        agree(teacher, signs(2))


def test_residual_sum():
    first = affine(0, [[0.1, 0.2], [0.3, -0.1]], [0.1, -0.3], np.float64)
    teacher = Network(2, (first, Relu(1), Add(1, 2), affine(3, [[1, 1], [1, 1]], [0, 0])))
    agree(teacher, signs(2))


def test_blocks_and_no_points():
    rng = np.random.default_rng(1)
    teacher = random_teacher(rng, 9, 0.1)
    prepared = evaluate.prepare_bulk(teacher, bits(9))
    small = evaluate.Bulk(**{**prepared.__dict__, "block": 7})
    points = np.array(all_points(bits(9)))
    whole = evaluate.bulk_classes(prepared, points)
    assert evaluate.bulk_classes(small, points).tolist() == whole.tolist()
    assert evaluate.bulk_classes(small, points[:0]).tolist() == []


def test_misfit_is_named():
    with pytest.raises(NetworkError, match="3 columns"):
        evaluate.prepare_bulk(Network(3, (affine(0, [[1, 1, 1]], [0]),)), bits(2))
