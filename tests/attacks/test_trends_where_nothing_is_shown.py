"""(n - 5)^n was said to rise for n >= 0: its slope was asked where n - 5 > 0 alone.

A number > 0 was taken to fail at single places where it changes sign; a theorem that states a trend
for one more unit could assume n = 1, beside some random quantity, or what holds at n = 1 and from
4 on.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
import sympy as sp

from tests.theory.forged import errors, forged
from theory.checking.monotone import trend_basis
from theory.checking.stated_trends import by_theorem
from theory.language.experiments import Experiment
from theory.language.rules import Smt
from theory.language.statement import Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import Event, Pr, Random, conj, eq, ge, implies, le

N, M, X = integer("n", "n", "", 1), integer("m", "m", ""), real("x", "x", "", 0)
n, m, x = N.symbol, M.symbol, X.symbol
R, A = Random("R"), Event("A")
FALLS_BETWEEN = n**3 - 9 * n**2 + 23 * n
"""15 18 15 12 15 30 for n = 1 .. 6."""


def _with(bound: Any, parameter: Any, assumed: tuple[Any, ...] = (), **result: Any) -> Theorem:
    claim = eq(bound, bound)
    theorem = forged(claim, (Step("s", claim, Smt()),), (parameter,), assumed)
    changed: Any = dataclasses.replace(theorem.result, number=bound, **result)
    return dataclasses.replace(theorem, result=changed)


@pytest.mark.parametrize("power", [m, 2 * m, m + 1])
@pytest.mark.parametrize("trend", ["up", "down"])
def test_a_slope_is_asked_of_all_numbers_between(power: Any, trend: str) -> None:
    """1, -4, 9, -8, 1, 0, 1, 2, 9 ..."""
    assert trend_basis(_with((m - 5) ** power, M, monotone={"m": trend}), "m") is None


def test_slopes_of_what_has_a_value_everywhere_are_found() -> None:
    rises = ((m + 1) ** m, m**3 + 2 * m, sp.sqrt(m) * (m + 1))
    for bound in rises:
        assert trend_basis(_with(bound, M, monotone={"m": "up"}), "m") is not None
    for less in (1, 2):  # 1/(2 sqrt(x)) + 3 x^2 has no value at 0, and is above 1 and not above 2
        bound = sp.sqrt(x) + x**3 - less * x
        assert (trend_basis(_with(bound, X, monotone={"x": "up"}), "x") is not None) is (less == 1)


def _proof(assumed: Any, random: tuple[str, ...] = ()) -> Theorem:
    claim = le(FALLS_BETWEEN, FALLS_BETWEEN.subs(n, n + 1))
    steps = (Step("s", claim, Smt(), ("assumption 0",)),)
    proof = forged(claim, steps, (N,), (assumed,), name="one more")
    return dataclasses.replace(proof, experiment=Experiment((), random) if random else None)


@pytest.mark.parametrize(
    ("assumed", "random"),
    [
        (conj(eq(n, 1), ge(R, 0)), ("R",)),
        (conj(le(n, R), le(R, 1)), ("R",)),
        (conj(eq(Pr(A), 1 / n), eq(Pr(A), 1)), ("A",)),
        (conj(eq(Pr(A), 2 - 1 / n), le(Pr(A), 1)), ("A",)),
    ],
)
def test_random_quantities_beside_restrict_no_number(assumed: Any, random: tuple[str, ...]) -> None:
    proof = _proof(assumed, random)
    assert not errors(proof)
    theorem = _with(FALLS_BETWEEN, N, monotone={"n": "up"}, trend_proofs={"n": proof})
    assert trend_basis(theorem, "n") is None


def test_steps_of_one_lead_only_through_numbers_that_are_assumed() -> None:
    apart = sp.Or(eq(n, 1), ge(n, 4), evaluate=False)
    for assumed, known in ((apart, False), (ge(n, 4), True)):
        proof = _proof(assumed)
        assert not errors(proof)
        theorem = _with(
            FALLS_BETWEEN, N, (assumed,), monotone={"n": "up"}, trend_proofs={"n": proof}
        )
        assert (trend_basis(theorem, "n") is not None) is known


def test_what_is_beside_may_have_probabilities() -> None:
    claim = le(n, n + 1)
    steps = (Step("s", claim, Smt()),)
    share = implies(ge(n, 2), eq(Pr(A), 1 - 1 / n))
    for assumed, known in ((share, True), (eq(Pr(A), n - 1), False), (ge(R, 0), False)):
        proof = forged(claim, steps, (N,), (assumed,), name="one more")
        proof = dataclasses.replace(proof, experiment=Experiment((), ("A", "R")))
        theorem = _with(n, N, monotone={"n": "up"}, trend_proofs={"n": proof})
        assert by_theorem(theorem, N, "up", proof) is known
