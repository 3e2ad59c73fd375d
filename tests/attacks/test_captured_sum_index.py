"""Substitution was captured by a sum's index: from Σ_(k<=n) x = n x came Σ_(k<=n) k = k n."""

from __future__ import annotations

import sympy as sp

from tests.theory.forged import forged, refused
from theory.language.rules import Instantiate
from theory.language.statement import Step
from theory.language.substitution import substitute
from theory.language.symbols import N_SAMPLES, integer, real
from theory.language.terms import Event, Greatest, IntegerQuantity, Pr, eq, le

N, K, X = N_SAMPLES, integer("k", "k", ""), real("x", "x", "")


def test_a_term_is_not_captured_by_the_index_of_a_sum() -> None:
    k, n, x = K.symbol, N.symbol, X.symbol
    constant = eq(sp.Sum(x, (k, 1, n)), n * x)
    claim = eq(sp.Sum(k, (k, 1, n)), n * k)
    step = Step("captured", claim, Instantiate("assumption 0", {x: k}), ("assumption 0",))
    theorem = forged(claim, (step,), (K, N), assumptions=(constant,), schematic=(X,))
    assert refused(theorem, "step captured: Z3 does not derive")


def test_binders_are_renamed_where_they_would_capture() -> None:
    i, n, x = sp.Symbol("i", integer=True), N.symbol, X.symbol
    for binder in (
        lambda body, index: sp.Sum(body, (index, 1, n)),
        lambda body, index: sp.Product(body, (index, 1, n)),
        lambda body, index: Greatest(index, n, le(body, IntegerQuantity("f", index))),
    ):
        renamed = substitute(binder(x * i, i), {x: i})
        assert renamed.has(i) and not renamed.has(x)
        other = sp.Symbol("i_", integer=True)
        assert renamed == binder(i * other, other)


def test_bound_variables_are_never_replaced() -> None:
    i, n = sp.Symbol("i", integer=True), N.symbol
    assert substitute(i + sp.Sum(i, (i, 1, n)), {i: n}) == n + sp.Sum(i, (i, 1, n))


def test_nested_sums_of_one_index_keep_their_scopes() -> None:
    i, j, n, x = *sp.symbols("i j", integer=True), N.symbol, X.symbol
    nested = sp.Sum(sp.Sum(x * i * j, (j, 1, i)), (i, 1, n))
    put = substitute(nested, {x: j})
    assert put.doit().subs(n, 3).subs(j, 2) == sum(
        2 * a * b for a in range(1, 4) for b in range(1, a + 1)
    )
    assert Pr(Event("A", j)) == substitute(Pr(Event("A", i)), {i: j})
