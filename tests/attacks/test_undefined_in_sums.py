"""Whether the terms of a sum are defined was asked after SymPy had made x/x, renamed, to 1.

And an index was renamed to a name that the theorem itself had declared: both proved
Σ_(i <= n) (i - j + 1)/(i - j + 1) = n, where one term may be 0/0.
"""

from __future__ import annotations

import dataclasses

import pytest
import sympy as sp

from tests.theory.forged import forged, refused
from theory.language.definedness import conditions
from theory.language.rules import Algebra
from theory.language.sorts import free_variables
from theory.language.statement import Step
from theory.language.symbols import integer
from theory.language.terms import eq

N = integer("n", "n", "", 1)
i = sp.Symbol("i", integer=True, positive=True)


@pytest.mark.parametrize("name", ["j", "i_in_0", "i_in_0_"])
def test_a_quotient_in_a_sum_must_be_defined(name: str) -> None:
    other = integer("other", name, "", 1)
    part = i - other.symbol + 1
    one = sp.Mul(part, sp.Pow(part, -1, evaluate=False), evaluate=False)
    claim = eq(sp.Sum(one, (i, 1, N.symbol)), N.symbol)
    theorem = forged(claim, (Step("s", claim, Algebra()),), (N, other))
    assert refused(theorem, "a term to be defined")
    plain = dataclasses.replace(theorem.steps[0], claim=eq(sp.Sum(1 / part, (i, 1, N.symbol)), 1))
    (asked,) = conditions(plain.claim.lhs)
    assert free_variables(asked) >= {other.symbol, N.symbol} and len(free_variables(asked)) == 3
