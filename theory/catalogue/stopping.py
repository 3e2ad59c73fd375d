"""Tests that may stop after any draw: bounds that hold at every time at once.

K is the number of disagreements among the first T draws, and T any stopping time: whether to go on
may depend on all that was seen.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from theory.catalogue.covering import AT_MOST_N, ERROR, NUMBER, J, P
from theory.catalogue.shared import DEL, N
from theory.language.confidence import Confidence
from theory.language.experiments import Experiment
from theory.language.roots import MixtureUpper
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, ERRORS, N_SAMPLES, integer
from theory.language.terms import (
    Fact,
    Pr,
    RandomInteger,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

K = ERRORS.symbol
COUNT, TIME = RandomInteger("disagreements until then"), RandomInteger("draws until then")
LAW = Fact("stopped count", COUNT, TIME, P)
DRAWN = integer("t", "t", "a possible number of draws")
T = DRAWN.symbol
INSIDE = le(J, T)
"""Beside that both are no less than 0."""


def likelihood(j: sp.Expr, t: sp.Expr) -> sp.Expr:
    """(t + 1) C(t, j) p^j (1 - p)^(t - j)."""
    return (t + 1) * sp.binomial(t, j) * P**j * (1 - P) ** (t - j)


def upper(j: sp.Expr, t: sp.Expr) -> sp.Expr:
    """The bound for j disagreements in t draws."""
    return MixtureUpper(j, t, DEL)


def wealth(j: sp.Expr, t: sp.Expr) -> sp.Expr:
    """1/likelihood for j <= t; beyond, where that is 0, some number."""
    return 1 / ((t + 1) * sp.Max(1, sp.binomial(t, j)) * P**j * (1 - P) ** (t - j))


WEALTH = wealth(J, T)
BALANCE = eq(P / likelihood(J + 1, T + 1) + (1 - P) / likelihood(J, T + 1), 1 / likelihood(J, T))

Of = Callable[[sp.Expr, sp.Expr], sp.Expr]
"""Something of the disagreements and the draws."""


def seldom_rich(upper: Of, wealth: Of, *because: str) -> tuple[Step, ...]:
    """From the steps "fair" and "start", about the wealth, to the claim.

    By those of `because` a bound that is missed means a large wealth.
    """
    missed, rich = gt(P, upper(COUNT, TIME)), ge(wealth(COUNT, TIME), 1 / DEL)
    return (
        Step("ville", le(Pr(rich), DEL),
             use("ville-stopped", count=COUNT, time=TIME, chance=P, wealth=wealth(J, T), k=J, t=T,
                 level=1 / DEL),
             ("counted", "fair", "start")),
        Step("missed-at", implies(INSIDE, gt(P, upper(J, T)), ge(wealth(J, T), 1 / DEL)), Smt(),
             because),
        Step("at-count", implies(missed, rich), Instantiate("missed-at", {J: COUNT, T: TIME}),
             ("missed-at", "counted")),
        Step("event", le(Pr(missed), Pr(rich)),
             use("event-monotone", smaller=missed, larger=rich), ("at-count",)),
        Step("conclusion", le(Pr(missed), DEL), Smt(), ("event", "ville")),
    )  # fmt: skip


confidence_sequence = Theorem(
    name="confidence-sequence",
    title="An upper bound at any time, whenever one stops",
    parameters=(ERRORS, N_SAMPLES, DELTA),
    result=Confidence(
        P,
        upper(K, N),
        DEL,
        at=upper(COUNT, TIME),
        reading=(COUNT, K),
        further=((TIME, N),),
        monotone={"errors": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "counted",
            "each draw disagrees with probability p, independently; T is a stopping time, and K "
            "counts the disagreements until then",
            conj(LAW, ge(COUNT, 0), le(COUNT, TIME)),
        ),
        Assumption(
            "definition",
            "the bound is the greatest p >= j/t with (t + 1) C(t, j) p^j (1 - p)^(t - j) > δ, "
            "and 1 where all draws disagree",
            conj(
                implies(lt(J, T), gt(P, upper(J, T)), le(likelihood(J, T), DEL)),
                implies(ge(J, T), eq(upper(J, T), 1)),
            ),
        ),
    ),
    experiment=Experiment(
        random=("disagreements until then", "draws until then"), laws=(LAW,)
    ),
    steps=(
        Step("choices", implies(INSIDE, ge(sp.binomial(T, J), 1)),
             use("binomial-positive", n=T, k=J)),
        Step("choices-lost", implies(INSIDE, ge(sp.binomial(T + 1, J), 1)),
             use("binomial-positive", n=T + 1, k=J)),
        Step("choices-won", implies(INSIDE, ge(sp.binomial(T + 1, J + 1), 1)),
             use("binomial-positive", n=T + 1, k=J + 1)),
        Step("positive", implies(INSIDE, conj(
            gt(likelihood(J, T), 0), gt(likelihood(J, T + 1), 0),
            gt(likelihood(J + 1, T + 1), 0))), Smt(),
             ("choices", "choices-lost", "choices-won")),
        Step("balance", implies(INSIDE, BALANCE), Algebra(),
             ("choices", "choices-lost", "choices-won", "positive"),
             words="The mixture of bets is fair: the Beta integrals telescope."),
        Step("same", implies(INSIDE, conj(
            eq(WEALTH, 1 / likelihood(J, T)),
            eq(wealth(J, T + 1), 1 / likelihood(J, T + 1)),
            eq(wealth(J + 1, T + 1), 1 / likelihood(J + 1, T + 1)))), Smt(),
             ("choices", "choices-lost", "choices-won", "positive")),
        Step("fair", implies(INSIDE, conj(
            eq(P * wealth(J + 1, T + 1) + (1 - P) * wealth(J, T + 1), WEALTH), gt(WEALTH, 0))),
             Smt(), ("same", "balance", "positive")),
        Step("start", eq(wealth(sp.Integer(0), sp.Integer(0)), 1), Algebra()),
        *seldom_rich(upper, wealth, "definition", "positive", "same"),
    ),
    citation=Citation("Robbins", "Statistical methods related to the law of the iterated "
                      "logarithm, Ann. Math. Stat. 41", 1970),
    requires=(AT_MOST_N,),
    locals=(ERROR,),
    schematic=(NUMBER, DRAWN),
    notes=("With a number of draws fixed beforehand clopper-pearson is tighter.",),
)  # fmt: skip

THEOREMS = (confidence_sequence,)
