"""Terms without a value were put for symbols: y² >= 0 at y = sqrt(x) gave x >= 0 for all x."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.forged import errors, forged, refused
from theory.language.rules import Instantiate, Smt, use
from theory.language.statement import Step
from theory.language.symbols import real
from theory.language.terms import eq, ge, gt, implies, le

X, Y = real("x", "x", ""), real("y", "y", "")
x, y = X.symbol, Y.symbol
ROOTS = (sp.sqrt(x) + sp.sqrt(y)) ** 2


@pytest.mark.parametrize(
    ("general", "put", "false"),
    [
        (ge(y**2, 0), {y: sp.sqrt(x)}, ge(x, 0)),
        (gt(sp.exp(y), 0), {y: sp.log(x)}, gt(x, 0)),
        (ge(ROOTS, 0), {y: x}, ge(4 * x, 0)),
        (implies(eq(x, 0), eq(x / y, 0)), {y: x}, sp.Ne(x, 0, evaluate=False)),
        (implies(eq(y, 0), eq(2 * y, 0)), {y: 1 / x}, implies(eq(1 / x, 0), eq(2 / x, 0))),
        (ge(y**2, 0), {y: sp.sqrt(-1 - x**2)}, le(1, -(x**2))),
    ],
)
def test_terms_are_shown_to_be_defined(general: sp.Basic, put: dict, false: sp.Basic) -> None:  # type: ignore[type-arg]
    steps = (
        Step("general", general, Smt()),
        Step("instance", false, Instantiate("general", put), ("general",)),
    )
    assert refused(forged(false, steps, (X,), schematic=(Y,)), "to be defined")


def test_where_the_terms_are_defined_the_instance_is_accepted() -> None:
    claim = implies(ge(x, 0), ge(sp.sqrt(x), 0))
    positive = real("z", "z", "", 0, None, "(")
    z = positive.symbol
    steps = (
        Step("general", claim, Smt()),
        Step("instance", ge(sp.sqrt(z), 0), Instantiate("general", {x: z}), ("general",)),
    )
    assert not errors(forged(ge(sp.sqrt(z), 0), steps, (positive,), schematic=(X,)))


def test_induction_does_not_pass_through_undefined_terms() -> None:
    from theory.language.symbols import integer

    k = integer("k", "k", "")
    claim = ge((sp.sqrt(k.symbol - 5) + 1) ** 2, 0)
    steps = (Step("all", claim, use("induction", claim=claim, k=k.symbol, start=0)),)
    assert errors(forged(claim, steps, (X,), schematic=(k,)))


@pytest.mark.parametrize(
    "term",
    [sp.Float(0.1), sp.I, sp.oo, -sp.oo, sp.zoo, sp.nan, sp.Function("f")(x), sp.sin(x),
     sp.Piecewise((x, x > 0), (0, True)), sp.Symbol("x"), sp.Dummy("x"), sp.factorial(x),
     sp.Integral(x, (x, 0, 1)), sp.Derivative(x**2, x, evaluate=False), sp.Mod(x, 2), sp.sign(x),
     sp.Sum(x, (x, 0, sp.oo)), sp.binomial(x, 2), sp.zeta(3)],
)  # fmt: skip
def test_what_is_not_in_the_language_is_refused(term: sp.Expr) -> None:
    claim = eq(x, term)
    theorem = forged(claim, (Step("s", claim, Smt()),), (X,), assumptions=(claim,))
    reasons = ("no term of the formal language", "undeclared symbol", "expected", "two limits")
    assert any(why in errors(theorem) for why in reasons) or refused(theorem, "integer symbol")
