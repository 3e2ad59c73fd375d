"""The axiom `binomial-moment` held for every K: (1 + p)^n = (1 + q)^n was accepted."""

from __future__ import annotations

import sympy as sp

from tests.theory.forged import errors, forged, refused
from theory.language.rules import Smt, use
from theory.language.statement import Step
from theory.language.symbols import N_SAMPLES, real
from theory.language.terms import Fact, Mean, RandomInteger, eq

P, Q, N = real("p", "p", "", 0, 1), real("q", "q", "", 0, 1), N_SAMPLES
K = RandomInteger("K")


def _moment(p: sp.Expr) -> sp.Expr:
    return eq(Mean(sp.Pow(2, K)), (1 + p) ** N.symbol)


CLAIM = eq((1 + P.symbol) ** N.symbol, (1 + Q.symbol) ** N.symbol)
STEPS = (
    Step("p", _moment(P.symbol), use("binomial-moment", count=K, n=N.symbol, p=P.symbol, x=2)),
    Step("q", _moment(Q.symbol), use("binomial-moment", count=K, n=N.symbol, p=Q.symbol, x=2)),
    Step("both", CLAIM, Smt(), ("p", "q")),
)


def test_a_count_without_a_declared_law_has_no_moments() -> None:
    assert refused(forged(CLAIM, STEPS, (P, Q, N)), "step p: Z3 does not derive a premise")


def test_a_count_has_the_moments_of_its_own_law_only() -> None:
    law = Fact("binomial", K, N.symbol, P.symbol)
    steps = (
        Step(STEPS[0].label, STEPS[0].claim, STEPS[0].rule, ("assumption 0",)),
        Step(STEPS[1].label, STEPS[1].claim, STEPS[1].rule, ("assumption 0",)),
        STEPS[2],
    )
    found = errors(forged(CLAIM, steps, (P, Q, N), assumptions=(law,)))
    assert "step q" in found and "step p:" not in found
