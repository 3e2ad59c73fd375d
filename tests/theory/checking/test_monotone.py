"""Monotonicity: proved for every claim, and never for the opposite of a claim."""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp

from tests.every import some
from tests.theory.checking.test_derivations import DONE
from tests.theory.forged import forged
from theory import catalogue
from theory.checking.cited_trends import SOURCES
from theory.checking.monotone import Basis, Calculus, proves_monotone, trend_basis
from theory.language.schemas import UpperBound
from theory.language.symbols import real
from theory.language.terms import Quantity, ge, le

CLAIMS = [
    (t.name, p.name)
    for t in catalogue.values()
    for p in t.parameters
    if p.name in t.result.monotone
]


CITED = {
    (name, p)
    for name, p in CLAIMS
    if catalogue[name].bound.has(*SOURCES)
    and p not in ("known", "open", "factor", "masses", "caps")
}
"""Whatever moves the argument of a function whose trends are taken from the literature."""


@pytest.mark.parametrize(("name", "parameter"), CLAIMS)
def test_claims_are_proved_or_cited(name: str, parameter: str) -> None:
    basis = trend_basis(catalogue[name], parameter, DONE)
    assert basis is not None
    assert (basis.mark == "cited") is ((name, parameter) in CITED)
    assert (basis == Basis()) is ((name, parameter) not in CITED)


@pytest.mark.parametrize(("name", "parameter"), some(CLAIMS))
def test_the_opposite_is_never_proved(name: str, parameter: str) -> None:
    theorem = catalogue[name]
    trend = "down" if theorem.result.monotone[parameter] == "up" else "up"
    result = dataclasses.replace(theorem.result, monotone={parameter: trend})
    assert trend_basis(dataclasses.replace(theorem, result=result), parameter) is None


def test_a_trend_needs_the_theorem_that_states_it() -> None:
    theorem = catalogue["success-without-teacher"]
    proofs = theorem.result.trend_proofs
    swapped = {"n": proofs["cells"], "cells": proofs["n"]}
    broken = {k: dataclasses.replace(p, steps=p.steps[:-1]) for k, p in proofs.items()}
    for other in (swapped, broken):
        result = dataclasses.replace(theorem.result, trend_proofs=other)
        assert not proves_monotone(dataclasses.replace(theorem, result=result), "n")
        assert not proves_monotone(dataclasses.replace(theorem, result=result), "cells")
    juntas = catalogue["junta-count"]
    result = dataclasses.replace(juntas.result, trend_facts=())
    assert not proves_monotone(dataclasses.replace(juntas, result=result), "variables")


def test_calculus_knows_when_it_does_not_know() -> None:
    x = sp.Symbol("x", real=True)
    y = sp.Symbol("y", real=True)
    calculus = Calculus(x, [ge(x, 0), le(x, 1)])
    assert calculus.trend(x**2) == "up"
    assert calculus.trend(x * (1 - x)) is None
    assert calculus.trend(y * x) is None
    assert calculus.trend((1 + x) ** 3 - sp.exp(-x)) == "up"
    assert calculus.trend(sp.Rational(1, 2) ** x) == "down"
    assert calculus.trend(sp.Max(x, 1 - x)) is None
    assert Calculus(x, []).trend(x**2) is None
    assert Calculus(x, [le(x, 0)]).trend(x**2) == "down"
    assert Calculus(x, []).trend(x**3) == "up"
    assert Calculus(x, []).trend(1 / x) is None


@pytest.mark.parametrize("bound", ["1/(x - 1)", "x/(x - 1)", "log(x)/(x - 1)"])
def test_a_pole_has_no_trend(bound: str) -> None:
    """Where it has a slope, 1/(x - 1) falls; at x = 1 it leaps up."""
    x = real("x", "x", "", 0, 2, "()")
    known, term = Quantity("y"), sp.sympify(bound, {"x": x.symbol})
    for trend in ("up", "down"):
        theorem = dataclasses.replace(
            forged(le(known, term), (), (x,)),
            result=UpperBound(known, term, monotone={"x": trend}),
        )
        assert trend_basis(theorem, "x") is None
