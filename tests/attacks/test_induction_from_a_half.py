"""Induction could start at 1/2, so that what held from 1/2 on held for all integers from 1 on."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.forged import forged, refused
from theory.language.rules import use
from theory.language.statement import Step
from theory.language.symbols import integer, real
from theory.language.terms import (
    Average,
    IntegerQuantity,
    Quantity,
    Random,
    RandomInteger,
    conj,
    eq,
    le,
)

K, X = integer("k", "k", "", 1), real("x", "x", "")
k = K.symbol
F = eq(Quantity("f", k), 0)


@pytest.mark.parametrize(
    "start", [sp.Rational(1, 2), X.symbol, Quantity("s"), RandomInteger("R"), k, k + 1]
)
def test_induction_starts_at_an_integer(start: sp.Expr) -> None:
    steps = (Step("all", F, use("induction", claim=F, k=k, start=start)),)
    holds = eq(Quantity("f", k + 1), Quantity("f", k))
    theorem = forged(F, steps, (X,), schematic=(K,), assumptions=(holds,))
    found = refused(theorem, "start must") or refused(theorem, "induction: ")
    assert found


def test_induction_runs_over_an_integer_symbol() -> None:
    x = X.symbol
    steps = (Step("all", le(x, x), use("induction", claim=le(x, x), k=x, start=0)),)
    assert refused(forged(le(x, x), steps, (X,)), "k must be of type index")


def test_the_hypothesis_speaks_of_the_induction_variable_only() -> None:
    n = IntegerQuantity("n")
    claim = conj(eq(Quantity("f", k), 0), le(k, n))
    steps = (Step("all", F, use("induction", given=le(k, n), claim=claim, k=k, start=1)),)
    assert refused(forged(F, steps, (X,), schematic=(K,)), "the hypothesis speaks of")


def test_a_fixed_variable_is_not_run_over() -> None:
    steps = (Step("all", F, use("induction", claim=F, k=k, start=1), ("assumption 0",)),)
    fixed = forged(F, steps, (K,), assumptions=(F,))
    assert refused(fixed, "is fixed by an assumption")
    assert Average(Random("x"), 2) != Average(Random("x"), 3)
