"""Identities of rounding, of maxima and of binomials, and balls of a wide argument, forged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from tests.theory.forged import errors, forged, refused
from theory import catalogue
from theory.language.roots import KLInverse, MixtureUpper
from theory.language.rules import Algebra, Balls, Instantiate, use
from theory.language.special import ClopperPearson, HypergeometricUpper, KLUpper
from theory.language.statement import Step
from theory.language.symbols import Parameter, integer, real
from theory.language.terms import Greatest, eq, implies, le

COUNT, ANY, OTHER = integer("n", "n", "n", 0), integer("m", "m", "m", -9), integer("k", "k", "k", 0)
NUMBER, POSITIVE = real("x", "x", "x"), real("y", "y", "y", 0)
N, M, K, X, Y = (p.symbol for p in (COUNT, ANY, OTHER, NUMBER, POSITIVE))
HALF = sp.Rational(1, 2)

FALSE: list[tuple[Any, Any, tuple[Parameter, ...]]] = [
    (sp.floor(X + HALF), sp.floor(X), (NUMBER,)),
    (sp.ceiling(X), sp.floor(X) + 1, (NUMBER,)),
    (sp.floor(X + Y), sp.floor(X) + sp.floor(Y), (NUMBER, POSITIVE)),
    (sp.floor(2 * X), 2 * sp.floor(X), (NUMBER,)),
    (sp.Max(X, Y) + sp.Min(X, Y), 2 * X, (NUMBER, POSITIVE)),
    (sp.Max(X, Y), (X + Y + X - Y) / 2, (NUMBER, POSITIVE)),
    (sp.Abs(X), X, (NUMBER,)),
    (sp.sqrt(X**2), X, (NUMBER,)),
    (sp.log(X**2), 2 * sp.log(X), (NUMBER,)),
    (sp.Integer(0) ** N, sp.Integer(0) * N, (COUNT,)),
    (N * sp.binomial(N - 1, M - 1), M * sp.binomial(N, M), (COUNT, ANY)),  # no C(-1, k) here
    (sp.binomial(N, M + 1), sp.binomial(N, M) * (N - M) / (M + 1), (COUNT, ANY)),
]
TRUE: list[tuple[Any, Any, tuple[Parameter, ...]]] = [
    (sp.binomial(N, M), sp.binomial(N, N - M), (COUNT, ANY)),
    (sp.binomial(N + 1, M), sp.binomial(N, M) + sp.binomial(N, M - 1), (COUNT, ANY)),
]


def _identity(left: Any, right: Any, parameters: tuple[Parameter, ...]) -> str:
    claim = eq(left + parameters[0].symbol, right + parameters[0].symbol)
    return errors(forged(claim, [Step("all", claim, Algebra())], parameters))


@pytest.mark.parametrize(("left", "right", "parameters"), FALSE)
def test_false_identities_are_refused(left: Any, right: Any, parameters: Any) -> None:
    assert "step all" in _identity(left, right, parameters)


@pytest.mark.parametrize(("left", "right", "parameters"), TRUE)
def test_identities_of_binomials_outside_of_the_triangle_hold(
    left: Any, right: Any, parameters: Any
) -> None:
    assert _identity(left, right, parameters) == ""


WIDE = [
    KLInverse(sp.Rational(1, 4), Y),  # rises: what is at most one value is no more at the other end
    ClopperPearson(1, 5, Y),
    ClopperPearson(0, 5, Y),
    KLUpper(1, 5, Y),
    MixtureUpper(1, 5, Y),
    HypergeometricUpper(1, 20, 5, Y) / 20,
]


@pytest.mark.parametrize("term", WIDE, ids=str)
def test_a_ball_of_a_wide_argument_holds_all_values(term: Any) -> None:
    """What is true in the middle of the box, or at an end, and not everywhere."""
    low, high = sp.Rational(1, 100), sp.Rational(9, 10)
    for level in (sp.Rational(1, 10), sp.Rational(1, 2)):
        claim = implies(le(low, Y), le(Y, high), le(term, level))
        assert "step all" in errors(forged(claim, [Step("all", claim, Balls())], (POSITIVE,)))


def test_the_number_that_greatest_binds_is_not_captured() -> None:
    first = le(Greatest(M, N, le(M, K)), N)
    false = eq(Greatest(M, N, le(M, M)), Greatest(M, N, le(M, K)))
    steps = [
        Step("top", first, use("greatest", condition=le(M, K), j=M, last=N, at=sp.Integer(0))),
        Step("all", false, Instantiate("top", {K: M}), ("top",)),
    ]
    assert "step all" in errors(forged(false, steps, (COUNT,), schematic=(OTHER, ANY)))


@pytest.mark.parametrize(
    ("name", "read", "why"),
    [
        ("delta", lambda p, seen: (p, HALF), "is observed, and is not random"),
        ("n", lambda p, seen: (p, 10 * p), "is observed, and is not random"),
        ("errors", lambda p, seen: (seen, p - 1), "which no parameters give"),
        ("errors", lambda p, seen: (seen, sp.Integer(0)), "which no parameters give"),
    ],
)
def test_a_bound_is_read_off_what_is_drawn_alone(name: str, read: Any, why: str) -> None:
    """With the risk "observed" to be 1/2, the bound was evaluated at 1/2 whatever was asked."""
    theorem = catalogue["clopper-pearson"]
    symbol = theorem.parameter(name).symbol
    other = read(symbol, theorem.result.reading[0])
    if name == "errors":
        result = replace(theorem.result, reading=other)
        result = replace(result, bound=theorem.result.at.subs([other]))
    else:
        bound = theorem.result.bound.subs([other])
        result = replace(theorem.result, further=(other,), bound=bound)
    assert refused(replace(theorem, result=result), why)


def test_no_parameter_has_the_letter_of_another_as_its_name() -> None:
    """Else `epsilon=1/10 delta=1/20` would be read the other way round."""
    theorem = catalogue["test-sample-size"]
    first, second = theorem.parameters
    swapped = (replace(first, name=second.name), replace(second, name=first.name))
    assert refused(replace(theorem, parameters=swapped), "the letter of another")
