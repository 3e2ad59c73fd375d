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
from theory.language.rules import Algebra, use
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


@pytest.mark.parametrize("axiom", ["series-next", "sum-next", "sum-exchange"])
def test_what_a_sum_needs_for_all_values_of_its_index_is_not_asked_of_one(axiom: str) -> None:
    """With i = 0 assumed, (i - j)/(n - j) had a value for i = 1 .. n; SymPy makes 1 of it at n."""
    index, other = integer("i", "i", ""), integer("other", "j", "", 1)
    at, n = index.symbol, N.symbol
    term = {
        "series-next": (at - other.symbol) / (n - other.symbol),
        "sum-next": 1 / (1 - at * other.symbol),
        "sum-exchange": 1 / (1 - at * other.symbol),
    }[axiom]
    terms = {
        "series-next": {"first": 1, "last": n - 1},
        "sum-next": {"last": n - 1},
        "sum-exchange": {"last": n, "other": sp.Symbol("k", integer=True), "end": n},
    }[axiom]
    claim = eq(sp.Sum(term, (at, 1, n)), sp.Sum(term, (at, 1, n - 1)) + 1)
    step = Step("s", claim, use(axiom, term=term, index=at, **terms), ("assumption 0",))
    theorem = forged(claim, (step,), (N, other), (eq(at, 0),), locals=(index,))
    assert refused(theorem, "i is fixed by an assumption")
