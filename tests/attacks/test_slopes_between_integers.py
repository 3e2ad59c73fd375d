"""A slope was asked of integers only: k^3/3 - k^2/2 >= 0 for k >= 0 was derived (it is -1/6 at 1).

Its slope k (k - 1) is nowhere negative at an integer, and is between 0 and 1, which k passes.
"""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp

from tests.theory.forged import errors, forged, refused
from theory.language.rules import use
from theory.language.statement import Step
from theory.language.symbols import integer, real
from theory.language.terms import ge, implies, le, lt

K = integer("k", "k", "")
X = real("x", "x", "", 0)


@pytest.mark.parametrize("start", [0, 40])
def test_the_mean_value_theorem_is_about_numbers_not_integers(start: int) -> None:
    k = K.symbol
    f = (k - start) ** 3 / 3 - (k - start) ** 2 / 2
    claim = implies(ge(k, start), ge(f, 0))
    steps = (
        Step("gap", implies(lt(start, k), le(start + 1, k)), use("integers", a=start, b=k)),
        Step("s", claim, use("mean-value", f=f, x=k, start=start, end=sp.oo), ("gap",)),
    )
    assert refused(forged(claim, steps, (K,)), "x must be of type variable")


def test_it_is_applied_to_numbers() -> None:
    x = X.symbol
    claim = implies(ge(x, 0), ge(x**3 / 3 + x**2, 0))
    rule = use("mean-value", f=x**3 / 3 + x**2, x=x, start=0, end=sp.oo)
    assert not errors(forged(claim, (Step("s", claim, rule),), (X,)))
    closer = dataclasses.replace(rule, terms={**rule.terms, "f": x**3 / 3 - x**2 / 2})
    claim = implies(ge(x, 0), ge(x**3 / 3 - x**2 / 2, 0))
    assert refused(forged(claim, (Step("s", claim, closer),), (X,)), "a premise of mean-value")
