"""Rigorous values: published digits, exact integers, ranges, messages."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from theory import TheoryError, catalogue

PUBLISHED = [
    ("test-sample-size", {"epsilon": "1/1000", "delta": "1/100"}, "4602.867216938911", 4603),
    ("test-sample-size", {"epsilon": "1/100", "delta": "1/20"}, "298.07285221322294747", 299),
    (
        "occam-realizable",
        {"class": 10**6, "epsilon": "1/20", "delta": "1/100"},
        "359.1245398428391",
        360,
    ),
    (
        "occam-realizable",
        {"class": 16, "epsilon": "1/10", "delta": "1/20"},
        "54.74841272158575",
        55,
    ),
    (
        "occam-agnostic",
        {"class": 1000, "epsilon": "1/10", "delta": "1/20"},
        "1980.497410440509",
        1981,
    ),
]


@pytest.mark.parametrize(("name", "parameters", "digits", "integer"), PUBLISHED)
def test_published_values(
    name: str, parameters: dict[str, object], digits: str, integer: int
) -> None:
    result = catalogue[name].evaluate(**parameters)
    unit = Fraction(1, 10 ** len(digits.split(".")[1]))
    assert abs(Fraction(result.value) - Fraction(digits)) <= unit
    assert result.integer == integer
    assert Fraction(result.lower) <= Fraction(result.value) <= Fraction(result.upper)
    assert len(result.value.replace(".", "")) >= 30
    assert not result.vacuous


@settings(max_examples=60, deadline=None)
@given(
    epsilon=st.fractions(min_value=Fraction(1, 300), max_value=Fraction(299, 300)),
    delta=st.fractions(min_value=Fraction(1, 10**6), max_value=Fraction(999, 1000)),
)
def test_the_sample_size_is_the_least_that_suffices(epsilon: Fraction, delta: Fraction) -> None:
    n = catalogue["test-sample-size"].evaluate(epsilon=epsilon, delta=delta).integer
    assert n is not None
    assert (1 - epsilon) ** n <= delta < (1 - epsilon) ** (n - 1)


@settings(max_examples=40, deadline=None)
@given(
    size=st.integers(min_value=1, max_value=10**9),
    epsilon=st.fractions(min_value=Fraction(1, 200), max_value=Fraction(9, 10)),
    delta=st.fractions(min_value=Fraction(1, 10**6), max_value=Fraction(99, 100)),
)
def test_the_occam_size_is_the_least_that_suffices(
    size: int, epsilon: Fraction, delta: Fraction
) -> None:
    n = catalogue["occam-realizable"].evaluate(class_=size, epsilon=epsilon, delta=delta).integer
    assert n is not None
    assert size * (1 - epsilon) ** n <= delta < size * (1 - epsilon) ** (n - 1)


def test_exact_integers_are_exact() -> None:
    result = catalogue["test-sample-size"].evaluate(epsilon="1/2", delta="1/1024")
    assert (result.value, result.lower, result.upper, result.integer) == ("10", "10", "10", 10)


def test_extreme_parameters() -> None:
    result = catalogue["test-sample-size"].evaluate(epsilon="1e-300", delta="1e-300")
    assert result.value.startswith("6.907755278982137052053974364053092622803")
    assert result.integer is not None
    assert result.integer > 10**302
    huge = catalogue["occam-realizable"].evaluate(
        epsilon="1e-9", delta="1e-300", class_="trees(depth=20,variables=1000000)"
    )
    assert huge.integer is not None
    assert huge.integer > 10**16


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("test-sample-size", {"epsilon": "1/100"}, "needs delta"),
        ("test-sample-size", {"epsilon": 0, "delta": "1/2"}, r"epsilon: 0 is out of range"),
        ("test-sample-size", {"epsilon": 1, "delta": "1/2"}, r"a number in \(0, 1\)"),
        ("test-sample-size", {"epsilon": "x", "delta": "1/2"}, "is not a number"),
        ("test-sample-size", {"epsilon": 0.5, "delta": "1/2"}, "is a float"),
        ("test-sample-size", {"epsilon": "1/2", "delta": "1/2", "n": 3}, "no parameter 'n'"),
        ("occam-realizable", {"epsilon": "1/2", "delta": "1/2", "class": 0}, "out of range"),
        ("occam-realizable", {"epsilon": "1/2", "delta": "1/2", "class": "2.5"}, "not parse"),
        ("occam-agnostic", {"epsilon": "1/2", "delta": "1/2", "class": 1}, "needs class >= 2"),
        (
            "test-sample-size",
            {"epsilon": "trees(depth=1,variables=2)", "delta": "1/2"},
            "not a number",
        ),
    ],
)
def test_bad_parameters(name: str, parameters: dict[str, object], message: str) -> None:
    with pytest.raises(TheoryError, match=message) as caught:
        catalogue[name].evaluate(**parameters)
    assert "\n" not in str(caught.value)


def test_unknown_theorem_suggests_the_nearest() -> None:
    with pytest.raises(TheoryError, match="did you mean 'occam-realizable'"):
        catalogue["ocam-realisable"]
    assert "ocam" not in catalogue


def test_the_bound_is_a_sympy_expression() -> None:
    theorem = catalogue["test-sample-size"]
    epsilon, delta = (theorem.parameter(n).symbol for n in ("epsilon", "delta"))  # type: ignore[union-attr]
    assert sp.diff(theorem.bound, delta).free_symbols == {epsilon, delta}
    assert "\\log" in theorem._repr_latex_()
    assert theorem.title in theorem._repr_html_()


def test_integers_of_classes_are_decided_exactly() -> None:
    theorem = catalogue["halving-counterexamples"]
    # all 16 functions of 2 bits: log2 16 = 4, exactly
    assert theorem.evaluate(class_="juntas(relevant=2,variables=2)").integer == 4
    assert theorem.evaluate(class_="trees(depth=0,variables=5)").integer == 1
    huge = theorem.evaluate(class_="trees(depth=20,variables=1000000)").integer
    assert huge is not None
    assert huge > 2 * 10**7
