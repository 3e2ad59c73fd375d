"""A slope's sign was asked where a value is allowed, and said of values with a gap between them.

1/x was said to fall on [-1, 1] without 0; and an index of a sum was taken for the parameter of its
name, an entry of a list for the parameter that is called as we called the entry.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import sympy as sp

from tests.theory.forged import forged
from theory.checking.derivation import check
from theory.checking.monotone import trend_basis
from theory.language.rules import Smt
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import Parameter, integer, real, reals
from theory.language.terms import eq, ge, le

N, M, X = integer("n", "n", ""), integer("m", "m", ""), real("x", "x", "", -2, 2)
FROM_5, Y, Z = integer("i", "i", "", 5), real("y", "y", "", 0, 1), real("z", "z", "", 0, 9)
W, SAME = reals("w", "w", "", 0), real("w-i", "w_i", "", 0)
n, m, x, y, z = (p.symbol for p in (N, M, X, Y, Z))
i = sp.Symbol("i", integer=True, positive=True)


def _moves(
    bound: Any, parameters: tuple[Parameter, ...], name: str, way: str, *conditions: Any
) -> Any:
    claim = eq(bound, bound)
    theorem: Theorem = forged(claim, (Step("s", claim, Smt()),), parameters)
    result: Any = dataclasses.replace(theorem.result, number=bound, monotone={name: way})  # type: ignore[call-arg]
    held = tuple(Assumption(f"{c}", "as given", c) for c in conditions)
    return trend_basis(dataclasses.replace(theorem, result=result, requires=held), name)


@pytest.mark.parametrize(
    ("bound", "parameters", "name", "way", "conditions"),
    [
        (1 / x, (X,), "x", "down", [sp.Ne(x, 0, evaluate=False)]),
        (x**3 - x, (X,), "x", "up", [ge(x**2, 1)]),
        (x**3 - x, (X,), "x", "up", [sp.Or(le(x, -1), ge(x, 1))]),
        (m**3 / 3 - m**2 / 2, (M,), "m", "up", [ge(m * (m - 1), 0)]),
        (sp.binomial(n + 1, 1) * (n - 4) ** 2, (N,), "n", "up", [sp.Or(le(n, 0), ge(n, 6))]),
        (sp.sqrt(y * (z - 3)) - z, (Y, Z), "z", "up", [le(y, 0), ge(z, 3)]),
        (sp.Sum((i - 4) * y, (i, 1, n)), (FROM_5, N, Y), "y", "up", []),
        (sp.Sum(W.symbol[i], (i, 1, n)) - SAME.symbol, (W, N, SAME), "w", "down", []),
    ],
)
def test_no_trend_is_proved_that_is_none(
    bound: Any, parameters: tuple[Parameter, ...], name: str, way: str, conditions: list[Any]
) -> None:
    assert _moves(bound, parameters, name, way, *conditions) is None


def test_the_same_without_the_gap_is_a_trend() -> None:
    assert _moves(1 / x, (X,), "x", "down", ge(x, 1))
    assert _moves(x**3 - x, (X,), "x", "up", ge(x, 1))
    assert _moves(x**3 - x, (X, Y), "x", "up", ge(x + y, 2))
    assert _moves(m**3 / 3 - m**2 / 2, (M,), "m", "up", ge(m, 1))
    assert _moves(sp.sqrt(z - 3) + z, (Z,), "z", "up", ge(z, 3))
    assert _moves(sp.Sum((i + 4) * y, (i, 1, n)), (FROM_5, N, Y), "y", "up")
    assert _moves(sp.Sum(W.symbol[i], (i, 1, n)) - SAME.symbol, (W, N, SAME), "w", "up")


@pytest.mark.parametrize("whole", [True, False])
def test_powers_of_a_number_that_may_be_0_fall_for_whole_exponents(whole: bool) -> None:
    exponent, name = (N, "n") if whole else (Z, "z")
    assert (_moves((1 - y) ** exponent.symbol, (Y, exponent), name, "down") is not None) is whole


def test_a_theorem_that_states_a_trend_assumes_no_more_of_numbers() -> None:
    bound, further = (z - 4) * n, (z - 4) * (n + 1)
    states = le(bound, further)
    step = Step("s", states, Smt(), ("assumption 0",))
    proof = forged(states, (step,), (N, Z), assumptions=(ge(z, 4),), name="more")
    assert check(proof).accepted
    claim = eq(bound, bound)
    for held in ((), (ge(z, 4),)):
        theorem = forged(claim, (Step("s", claim, Smt()),), (N, Z), assumptions=held)
        result: Any = dataclasses.replace(  # type: ignore[call-arg]
            theorem.result, number=bound, monotone={"n": "up"}, trend_proofs={"n": proof}
        )
        found = trend_basis(dataclasses.replace(theorem, result=result), "n")
        assert (found is None) is (not held)
