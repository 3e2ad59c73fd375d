"""SymPy has a closed form of a sum that is wrong at one place: 0 for Σ (-1)^i C(n, i), 1 at n = 0.

The identity was accepted for all n >= 0, and the sum of one term is that term: 1 = 0.
"""

from __future__ import annotations

from typing import Any

import pytest
import sympy as sp

from tests.theory.forged import errors, forged, refused
from theory.checking.algebra import identity_holds
from theory.language.rules import Algebra
from theory.language.statement import Step
from theory.language.symbols import integer, real
from theory.language.terms import eq

N, X = integer("n", "n", ""), real("x", "x", "", 0)
n, x = N.symbol, X.symbol
i = sp.Symbol("i", integer=True, nonnegative=True)
SIGNED = (-1) ** i * sp.binomial(n, i)


@pytest.mark.parametrize("term", [SIGNED, i * SIGNED, i**2 * SIGNED])
def test_no_closed_form_of_a_sum_is_taken_from_sympy(term: Any) -> None:
    total = sp.Sum(term, (i, 0, n))
    assert total.doit() == 0  # and is not at n = 0, 1 and 1
    claim = eq(total, 0)
    theorem = forged(claim, (Step("s", claim, Algebra()),), (N,))
    assert refused(theorem, "are not shown equal")


def test_nor_one_of_a_product() -> None:
    assert not identity_holds(sp.Product(i - 2, (i, 0, n)), 0)
    assert not identity_holds(sp.Product(1, (i, 0, n)), 1)


def test_what_does_not_change_in_a_sum_is_taken_out() -> None:
    scaled, plain = sp.Sum(x * i**2 / n, (i, 1, n)), sp.Sum(i**2, (i, 1, n))
    assert identity_holds(n * scaled, x * plain)
    assert not identity_holds(scaled, x * plain)
    assert not identity_holds(sp.Sum(x + i, (i, 1, n)), x + sp.Sum(i, (i, 1, n)))
    claim = eq(sp.Sum(x * i, (i, 1, n)), x * sp.Sum(i, (i, 1, n)))
    assert not errors(forged(claim, (Step("s", claim, Algebra()),), (N, X)))
