"""Terms without a value were put for symbols: y² >= 0 at y = sqrt(x) gave x >= 0 for all x."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.forged import errors, forged, refused
from theory.language.rules import Instantiate, Smt, use
from theory.language.special import BinomialCDF
from theory.language.statement import Step
from theory.language.symbols import integer, real
from theory.language.terms import Pr, Random, Slope, conj, eq, ge, gt, implies, le, lt

X, Y, COUNT = real("x", "x", ""), real("y", "y", ""), integer("n", "n", "", 1)
x, y, N = X.symbol, Y.symbol, COUNT.symbol
INDEX = sp.Symbol("i", integer=True)
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
        # SymPy makes x^n/x simpler for n = 1; where it is defined only x says
        (
            implies(eq(x, 0), eq(x**N, 0), eq(x**N / x, 0)),
            {N: sp.Integer(1)},
            implies(eq(x, 0), eq(sp.Integer(1), 0)),
        ),
        (
            implies(eq(sp.Sum(x**N / x, (INDEX, 1, 3)), y), ge(y * 2, y + y)),
            {N: sp.Integer(1)},
            implies(eq(sp.Sum(1, (INDEX, 1, 3)), y), ge(y * 2, y + y)),
        ),
    ],
)
def test_terms_are_shown_to_be_defined(general: sp.Basic, put: dict, false: sp.Basic) -> None:  # type: ignore[type-arg]
    steps = (
        Step("general", general, Smt()),
        Step("instance", false, Instantiate("general", put), ("general",)),
    )
    assert refused(forged(false, steps, (X,), schematic=(Y, COUNT)), "to be defined")


def test_terms_inside_probabilities_are_shown_to_be_defined() -> None:
    """R >= x^n/x and R >= 0 are the same event at x = 0, in Z3's eyes; not so R >= 1."""
    shown = Random("R")
    general, false = (
        implies(eq(x, 0), eq(x**N, 0), eq(Pr(ge(shown, q)), Pr(ge(shown, 0))))
        for q in (x**N / x, sp.Integer(1))
    )
    at_zero = conj(eq(x, 0), eq(x**N, 0))
    same = use("same-event", given=at_zero, event=general.args[1].lhs.args[0],
               other=general.args[1].rhs.args[0])  # fmt: skip
    steps = (
        Step("general", general, same),
        Step("instance", false, Instantiate("general", {N: sp.Integer(1)}), ("general",)),
    )
    assert refused(forged(false, steps, (X,), schematic=(COUNT,)), "to be defined")


def test_a_binomial_slope_is_not_known_where_its_formula_divides_by_zero() -> None:
    """-n (1 - p)^n/(1 - p) is -1 for n = 1 and, in Z3's eyes, 0 at p = 1: so p < 1 was proved."""
    unit = real("p", "p", "", 0, 1)
    p = unit.symbol
    first, formula = BinomialCDF(0, N, p), sp.diff((1 - p) ** N, p)
    slope_at_one = implies(eq(p, 1), eq(Slope(first, p), 0))
    steps = (
        Step("start", conj(eq(first, (1 - p) ** N), eq(Slope(first, p), formula)),
             use("binomial-start", n=N, p=p)),
        Step("end", eq(BinomialCDF(0, N, 1), 0), use("binomial-ends", k=sp.Integer(0), n=N)),
        Step("zero", slope_at_one, Smt(), ("start", "end")),
        Step("one", implies(eq(p, 1), eq(Slope(BinomialCDF(0, 1, p), p), 0)),
             Instantiate("zero", {N: sp.Integer(1)}), ("zero",)),
        Step("slope", eq(Slope(BinomialCDF(0, 1, p), p), -1),
             use("binomial-start", n=sp.Integer(1), p=p)),
        Step("false", lt(p, 1), Smt(), ("one", "slope")),
    )  # fmt: skip
    assert refused(forged(lt(p, 1), steps, (unit, COUNT)), "does not derive the claim")


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
