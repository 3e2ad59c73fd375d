"""Tests that may stop after any draw, by a mixture of bets that a Beta prior weighs.

K is the number of disagreements among the first T draws, and T any stopping time. With a = b = 1/2
the prior is Jeffreys's, with a = b = 1 that of confidence-sequence.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.catalogue.covering import J, P
from theory.catalogue.shared import DEL, N
from theory.catalogue.stopping import (
    COUNT,
    INSIDE,
    LAW,
    TIME,
    K,
    T,
    confidence_sequence,
    seldom_rich,
)
from theory.language.confidence import Confidence
from theory.language.roots import BetaMoment, BetaUpper
from theory.language.rules import Algebra, Smt, use
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, ERRORS, N_SAMPLES, real
from theory.language.terms import conj, eq, ge, gt, implies, le, lt

FIRST, SECOND = (
    replace(p, otherwise="1/2")
    for p in (
        real("a", "a", "weight of a disagreement in the prior Beta(a, b)", 0, None, "("),
        real("b", "b", "weight of an agreement in the prior Beta(a, b)", 0, None, "("),
    )
)
"""Jeffreys's prior where they are left out."""
A, B = FIRST.symbol, SECOND.symbol


def moment(j: sp.Expr, t: sp.Expr) -> sp.Expr:
    """The mean of q^j (1 - q)^(t - j) over the prior: B(a + j, b + t - j)/B(a, b)."""
    return BetaMoment(j, t, A, B)


def upper(j: sp.Expr, t: sp.Expr) -> sp.Expr:
    """The bound for j disagreements in t draws."""
    return BetaUpper(j, t, DEL, A, B)


def wealth(j: sp.Expr, t: sp.Expr) -> sp.Expr:
    """What the bets have made of 1."""
    return moment(j, t) / (P**j * (1 - P) ** (t - j))


BOTH = eq(moment(J + 1, T + 1) + moment(J, T + 1), moment(J, T))
BALANCE = eq(P * wealth(J + 1, T + 1) + (1 - P) * wealth(J, T + 1), wealth(J, T))
LIKELIHOOD = P**J * (1 - P) ** (T - J)

confidence_sequence_beta = Theorem(
    name="confidence-sequence-beta",
    title="An upper bound at any time, by a Beta prior",
    parameters=(ERRORS, N_SAMPLES, DELTA, FIRST, SECOND),
    result=Confidence(
        P,
        upper(K, N),
        DEL,
        at=upper(COUNT, TIME),
        reading=(COUNT, K),
        further=((TIME, N),),
        monotone={"delta": "down"},
    ),
    assumptions=(
        Assumption(
            "counted",
            "each draw disagrees with probability p, independently; T is a stopping time, K counts "
            "the disagreements until then, and the prior is fixed before the first draw",
            conj(LAW, ge(COUNT, 0), le(COUNT, TIME)),
        ),
        Assumption(
            "definition",
            "the bound is the greatest p where the wealth is below 1/δ, and 1 where all disagree",
            conj(
                implies(lt(J, T), gt(P, upper(J, T)), ge(wealth(J, T), 1 / DEL)),
                implies(ge(J, T), eq(upper(J, T), 1)),
            ),
        ),
    ),
    experiment=confidence_sequence.experiment,
    steps=(
        Step("both", implies(INSIDE, conj(BOTH, gt(moment(J, T), 0))),
             use("beta-moment", given=INSIDE, k=J, n=T, a=A, b=B)),
        Step("start", eq(moment(sp.Integer(0), sp.Integer(0)), 1),
             use("beta-moment", k=0, n=0, a=A, b=B)),
        Step("positive", implies(INSIDE, gt(LIKELIHOOD, 0)), Smt()),
        Step("won", implies(INSIDE, eq(P * wealth(J + 1, T + 1),
                                       moment(J + 1, T + 1) / LIKELIHOOD)), Algebra()),
        Step("lost", implies(INSIDE, eq((1 - P) * wealth(J, T + 1),
                                        moment(J, T + 1) / LIKELIHOOD)), Algebra()),
        Step("same", implies(INSIDE, eq(wealth(J, T), moment(J, T) / LIKELIHOOD)), Algebra()),
        Step("fair", implies(INSIDE, conj(BALANCE, gt(wealth(J, T), 0))), Smt(),
             ("both", "won", "lost", "same", "positive"),
             "The mixture of bets is fair: the moments of a draw more add up."),
        *seldom_rich(upper, wealth, "definition"),
    ),
    citation=confidence_sequence.citation,
    requires=confidence_sequence.requires,
    locals=confidence_sequence.locals,
    schematic=confidence_sequence.schematic,
    notes=confidence_sequence.notes,
)  # fmt: skip

THEOREMS = (confidence_sequence_beta,)
