"""Exact decisions and decimals."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from theory.checking.exactness import LinearForm, equals_integer
from theory.language.errors import TheoryError
from theory.values.decimals import read_number, write_number
from theory.values.evaluation import decide_integer

X, Y = sp.symbols("x y", positive=True)
RATIO = sp.log(X) / sp.log(Y)


def test_a_quotient_of_logarithms_that_is_an_integer_is_recognised() -> None:
    env = {X: Fraction(1, 1024), Y: Fraction(1, 2)}
    assert equals_integer(RATIO, env, 10) is True
    assert equals_integer(RATIO, env, 9) is False
    assert decide_integer(RATIO, env, "up", "t") == 10
    assert decide_integer(RATIO, env, "down", "t") == 10


@pytest.mark.parametrize("digits", [30, 100, 400])
@pytest.mark.parametrize("side", [-1, 1])
def test_values_next_to_an_integer_are_decided(digits: int, side: int) -> None:
    near = Fraction(1, 1024) * (1 - side * Fraction(1, 10**digits))
    env = {X: near, Y: Fraction(1, 2)}
    assert decide_integer(RATIO, env, "up", "t") == (11 if side > 0 else 10)
    assert decide_integer(RATIO, env, "down", "t") == (10 if side > 0 else 9)


@given(
    base=st.fractions(min_value=Fraction(1, 50), max_value=Fraction(49, 50)),
    n=st.integers(min_value=1, max_value=60),
)
def test_powers_are_recognised_and_their_neighbours_are_not(base: Fraction, n: int) -> None:
    env = {X: base**n, Y: base}
    assert equals_integer(RATIO, env, n) is True
    assert equals_integer(RATIO, env, n + 1) is False


def test_huge_exponents_are_decided_without_computing_the_power() -> None:
    huge = Fraction(10) ** 200
    form = LinearForm(Fraction(0), ((Fraction(2), huge), (Fraction(4), -huge / 2)))
    assert form.is_zero()
    assert not form.plus(LinearForm(Fraction(0), ((Fraction(3), Fraction(1)),))).is_zero()


def test_transcendental_terms_are_not_claimed_to_be_decidable() -> None:
    assert equals_integer(sp.sqrt(sp.log(X)), {X: Fraction(3)}, 1) is None


@given(st.fractions(max_denominator=10**30), st.integers(min_value=2, max_value=50))
def test_written_numbers_are_on_the_right_side(x: Fraction, digits: int) -> None:
    low, high = (Fraction(write_number(x, digits, side)) for side in (-1, 1))
    assert low <= x <= high
    assert high - low <= abs(x) * Fraction(10) ** (1 - digits)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1/100", Fraction(1, 100)),
        ("0.01", Fraction(1, 100)),
        ("1e-2", Fraction(1, 100)),
        (" 3 ", Fraction(3)),
        ("-1.5/.5", Fraction(-3)),
        ("1e-300", Fraction(1, 10**300)),
        ("1e18", Fraction(10**18)),
    ],
)
def test_numbers_are_read_exactly(text: str, value: Fraction) -> None:
    assert read_number(text, "t") == value


@pytest.mark.parametrize(
    "bad", ["", "nan", "inf", "1/0", "0x10", "1e999999", "1_000", "1/2/3", "ε", 0.1, None, True]
)
def test_other_numbers_are_refused(bad: object) -> None:
    with pytest.raises(TheoryError, match=r"^epsilon: "):
        read_number(bad, "epsilon")
