"""`Cite` accepted 1/2 for an integer symbol that is no parameter: 1/2 < 1 gave 1/2 <= 0."""

from __future__ import annotations

import pytest
import sympy as sp

from tests.theory.forged import forged, refused
from theory.language.rules import Cite, Instantiate, Smt, use
from theory.language.statement import Step
from theory.language.symbols import Parameter, integer, real
from theory.language.terms import Quantity, implies, le, lt

M, X = integer("m", "m", "", -9), real("x", "x", "", 0, 9)
M_, X_ = M.symbol, X.symbol
CLAIM = implies(lt(M_, X_ - X_ + 1), le(M_ + 1, 1))
CITED = Step("integers", CLAIM, use("integers", a=M_, b=1))


def _cited(**places: tuple[Parameter, ...]):  # type: ignore[no-untyped-def]
    claim = implies(lt(M_, 1), le(M_ + 1, 1 + 0 * X_))
    return forged(claim, (Step("integers", claim, use("integers", a=M_, b=1)),), **places)


@pytest.mark.parametrize("place", ["locals", "schematic", "parameters"])
def test_integers_stay_integers_wherever_they_are_declared(place: str) -> None:
    places = {"parameters": (X,), place: (M,)} if place != "parameters" else {"parameters": (M, X)}
    cited = _cited(name="cited", **places)
    claim = implies(lt(X_, 1), le(X_ + 1, 1))
    for term in (X_, sp.Rational(1, 2), Quantity("q")):
        steps = (Step("cite", claim, Cite(cited, {"m": term})),)
        assert refused(forged(claim, steps, (X,)), "is not shown to be an integer"), term


def test_instances_of_integers_are_integers() -> None:
    claim = implies(lt(X_, 1), le(X_ + 1, 1))
    steps = (
        Step("all", implies(lt(M_, 1), le(M_ + 1, 1)), use("integers", a=M_, b=1)),
        Step("one", claim, Instantiate("all", {M_: X_}), ("all",)),
    )
    assert refused(forged(claim, steps, (X,), schematic=(M,)), "not shown to be an integer")


def test_axioms_of_integers_take_integers() -> None:
    claim = implies(lt(X_, 1), le(X_ + 1, 1))
    steps = (Step("axiom", claim, use("integers", a=X_, b=1)),)
    assert refused(forged(claim, steps, (X,)), "a must be of type any-integer")
    same = (Step("smt", claim, Smt()),)
    assert refused(forged(claim, same, (X,)), "Z3 does not derive")


def test_a_symbol_that_sympy_takes_for_an_integer_is_declared_one() -> None:
    odd = Parameter("x", M_, "real", "m", "m", "not declared an integer")
    claim = implies(lt(M_, 1), le(M_ + 1, 1))
    steps = (Step("axiom", claim, use("integers", a=M_, b=1)),)
    assert refused(forged(claim, steps, (odd,)), "its range does not say so")
