from fractions import Fraction
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.every import examples
from verifier.formats.exact import compact, exact_product, exact_quotient, exact_sum

FLOATS = st.floats(allow_nan=False, allow_infinity=False)
SHORT = st.floats(-6e4, 6e4, width=16).map(float)
ANY = FLOATS | SHORT | st.integers(-(10**6), 10**6).map(float)


def _one(value: Any) -> Fraction | None:
    return None if value is None else Fraction(float(value[0]))


@given(ANY, ANY)
@settings(max_examples=examples(400), deadline=None)
@example(1e308, 1e308)
@example(2.0**-600, 2.0**-600)
@example(5e-324, 3.0)
@example(1e300, 1e-300)
@example(0.1, 0.1)
def test_what_is_called_exact_is_exact(a: float, b: float) -> None:
    x, y = np.array([a]), np.array([b])
    total, product = _one(exact_sum(x, y)), _one(exact_product(x, y))
    assert total is None or total == Fraction(a) + Fraction(b)
    assert product is None or product == Fraction(a) * Fraction(b)
    if b:
        quotient = _one(exact_quotient(x, y))
        assert quotient is None or quotient == Fraction(a) / Fraction(b)


@given(SHORT, SHORT)
@settings(max_examples=examples(200), deadline=None)
def test_short_numbers_are_recognised_as_exact(a: float, b: float) -> None:
    x, y = np.array([a]), np.array([b])
    assert _one(exact_product(x, y)) == Fraction(a) * Fraction(b)
    product = exact_product(x, y)
    if b and product is not None:
        assert _one(exact_quotient(product, y)) == Fraction(a)
    assert _one(exact_sum(x, y)) == Fraction(a) + Fraction(b)


def test_inexact_results_are_refused_even_in_one_element() -> None:
    assert exact_product(np.array([2.0, 0.1]), np.array([3.0, 0.1])) is None
    assert exact_sum(np.array([1.0, 1.0]), np.array([1.0, 1e-20])) is None
    assert exact_quotient(np.array([1.0]), np.array([3.0])) is None


def test_compact_keeps_every_number() -> None:
    assert compact(np.array([0.5, 2.0**-149])).dtype == np.float32
    for value in (0.1, 1e300, 2.0**-150):
        assert compact(np.array([0.5, value])).tolist() == [0.5, value]
        assert compact(np.array([0.5, value])).dtype == np.float64
