"""Terms of a sum must be defined for the values of its index, and for these only."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.forged import errors, forged, refused
from theory.catalogue.shared import LENGTHS
from theory.checking.derivation import check
from theory.language.rules import use
from theory.language.statement import Step, Theorem
from theory.language.symbols import LENGTH, integer, real, reals
from theory.language.terms import eq, ge, gt, implies, le

LISTED = reals("x", "x", "some numbers")
INDEX = integer("j", "j", "which of them")
NUMBER = real("z", "z", "a number")
J, X, Z = INDEX.symbol, LISTED.symbol[INDEX.symbol], NUMBER.symbol
LOG = sp.log(X)


def _summed(*assumed: sp.Basic, axiom: str = "sum-order") -> Theorem:
    """Σ (z ln x_j + 1) >= z Σ ln x_j + Σ 1, or with =."""
    term = Z * LOG + 1
    whole, parts, ones = (sp.Sum(t, (J, 1, LENGTH)) for t in (term, LOG, sp.Integer(1)))
    name = "larger" if axiom == "sum-order" else "whole"
    given = {name: term, "x": LOG, "a": Z, "y": sp.Integer(1), "b": 1, "index": J, "last": LENGTH}
    relation = ge if axiom == "sum-order" else eq
    claim = relation(whole, Z * parts + ones)
    steps = [Step("conclusion", claim, use(axiom, **given), ("assumption 0",) if assumed else ())]
    return forged(claim, steps, (NUMBER, LISTED), assumed, (INDEX,), (LENGTHS,))


def _positive(first: sp.Expr, last: sp.Expr, term: sp.Expr = X) -> sp.Basic:
    return implies(ge(J, first), le(J, last), gt(term, 0))


@pytest.mark.parametrize("axiom", ["sum-order", "sum-linear"])
def test_logarithms_of_what_is_positive_in_the_sum_are_defined(axiom: str) -> None:
    assert not errors(_summed(_positive(sp.Integer(1), LENGTH), axiom=axiom))


@pytest.mark.parametrize("axiom", ["sum-order", "sum-linear"])
@pytest.mark.parametrize(
    "assumed",
    [
        (),
        (_positive(sp.Integer(1), LENGTH - 1),),
        (_positive(sp.Integer(2), LENGTH),),
        (_positive(sp.Integer(1), LENGTH, X + 1),),
        (implies(ge(J, 1), le(J, LENGTH), ge(X, 0)),),
    ],
)
def test_a_logarithm_that_one_entry_leaves_undefined_is_refused(
    axiom: str, assumed: tuple[sp.Basic, ...]
) -> None:
    assert refused(_summed(*assumed, axiom=axiom), "to be defined")


def test_other_axioms_want_their_terms_defined_for_every_index() -> None:
    claim = le(1 + LOG, X)
    step = Step("conclusion", claim, use("exp-bound", x=LOG), ("assumption 0",))
    assumed = _positive(sp.Integer(1), LENGTH)
    theorem = forged(claim, [step], (NUMBER, LISTED), [assumed], (INDEX,), (LENGTHS,))
    assert not check(theorem).accepted
    assert refused(theorem, "exp-bound to be defined")
