"""SymPy's assumptions went unchecked: a `real` x with Symbol(positive=True) was > 0."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.forged import forged, refused
from theory.language.errors import DerivationError
from theory.language.rules import Algebra, Smt
from theory.language.statement import Step
from theory.language.substitution import substitute
from theory.language.symbols import Parameter, real, reals
from theory.language.terms import Random, Slope, eq, gt


@pytest.mark.parametrize(
    "assumptions", [{"positive": True}, {"integer": True}, {"even": True}, {"zero": True}, {}]
)
def test_a_symbol_is_assumed_to_be_no_more_than_its_range_says(assumptions: dict) -> None:  # type: ignore[type-arg]
    x = sp.Symbol("x", **assumptions)
    declared = Parameter("x", x, "real", "x", "x", "any real number")
    claim = eq(sp.Abs(x, evaluate=False), x)
    theorem = forged(claim, (Step("s", claim, Algebra()),), (declared,))
    assert refused(theorem, "x: ")


def test_two_symbols_do_not_look_alike() -> None:
    first, second = real("x", "x", ""), real("y", "x", "", 0)
    claim = eq(first.symbol, second.symbol)
    assert refused(forged(claim, (Step("s", claim, Smt()),), (first, second)), "two symbols")


def test_a_list_is_a_plain_list() -> None:
    fake = Parameter("a", sp.IndexedBase("a", positive=True), "reals", "a", "a", "")
    claim = gt(fake.symbol[1], 0)
    steps = (Step("s", claim, Smt()),)
    assert refused(forged(claim, steps, (fake,)), "a list must be")
    assert reals("a", "a", "").symbol != fake.symbol


def test_an_index_is_assumed_to_be_an_integer_only() -> None:
    k = sp.Symbol("k", integer=True, positive=True)
    n = real("n", "n", "")
    claim = eq(sp.Sum(sp.Abs(k), (k, -3, 1)), n.symbol)
    steps = (Step("s", claim, Smt()),)
    assert refused(forged(claim, steps, (n,)), "taken to be more than an integer")


def test_the_variable_of_a_derivative_is_not_captured() -> None:
    x, y = real("x", "x", "").symbol, real("y", "y", "").symbol
    for put in ({x: y}, {y: x}, {x: sp.Integer(1)}, {y: x**2}):
        with pytest.raises(DerivationError, match="derivative"):
            substitute(Slope(x * y, x), put)
    assert substitute(Slope(x**2, x), {x: y}) == Slope(y**2, y)


def test_random_terms_stay_outside_probabilities() -> None:
    x = real("x", "x", "").symbol
    with pytest.raises(DerivationError, match="is put inside"):
        substitute(Slope(x**2, x) + x, {x: Random("R")})
