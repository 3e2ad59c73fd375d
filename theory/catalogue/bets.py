"""A randomised student, its law chosen on the samples that test it: by bets of one slope."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.randomised import (
    DISTANCE,
    DIVERGENCE,
    EMPIRICAL,
    ERRORS_SEEN,
    KAPPA,
    TRUE,
    VOTE_NOTE,
    Q,
)
from theory.catalogue.shared import DEL, N
from theory.language.confidence import Confidence
from theory.language.experiments import Experiment
from theory.language.rules import Algebra, Smt, use
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, real
from theory.language.terms import Fact, Mean, Pr, Random, conj, eq, ge, gt, implies, le, lt

SLOPE = real("slope", "c", "slope of the bets, fixed before the samples", 0, None, "(")
C = SLOPE.symbol
WEALTH = Random("prior mean of the bets")
PRIOR = Fact("prior mean of bets", WEALTH, C, N)
POSTERIOR = Fact("posterior of bets", EMPIRICAL, TRUE, DISTANCE, WEALTH, C, N)
SHARE = 1 - sp.exp(-C)


def room(seen: sp.Expr, divergence: sp.Expr) -> sp.Expr:
    """c q + (KL + ln(1/δ))/n."""
    return C * seen + (divergence + sp.log(1 / DEL)) / N


def bound(seen: sp.Expr, divergence: sp.Expr) -> sp.Expr:
    """Catoni's bound."""
    return (1 - sp.exp(-room(seen, divergence))) / SHARE


ROOM = room(EMPIRICAL, DISTANCE)
LEFT = 1 - SHARE * TRUE
MISSED = gt(TRUE, bound(EMPIRICAL, DISTANCE))
RICH = ge(WEALTH, 1 / DEL)

pac_bayes_catoni = Theorem(
    name="pac-bayes-catoni",
    title="A randomised student, by relative entropy to a prior and bets of one slope",
    parameters=(ERRORS_SEEN, DIVERGENCE, N_SAMPLES, SLOPE, DELTA),
    result=Confidence(
        TRUE,
        bound(Q, KAPPA),
        DEL,
        at=bound(EMPIRICAL, DISTANCE),
        reading=(EMPIRICAL, Q),
        further=((DISTANCE, KAPPA),),
        monotone={"error": "up", "divergence": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "prior",
            "the prior law of students is fixed before the samples; the wealth is its mean of "
            "exp(-c errors seen)/(1 - (1 - exp(-c)) error)^n",
            conj(PRIOR, gt(WEALTH, 0)),
        ),
        Assumption(
            "posterior",
            "the posterior may depend on the samples, the slope c may not",
            conj(POSTERIOR, ge(TRUE, 0), le(TRUE, 1)),
        ),
    ),
    experiment=Experiment(
        random=(
            "empirical error of the randomised student", "error of the randomised student",
            "relative entropy of the posterior", "prior mean of the bets",
        ),
        laws=(PRIOR, POSTERIOR),
    ),
    steps=(
        Step("small", le(1 + C, sp.exp(C)), use("exp-bound", x=C)),
        Step("inverse", eq(sp.Mul(sp.exp(-C), sp.exp(C), evaluate=False), 1), Algebra()),
        Step("share", conj(gt(SHARE, 0), lt(SHARE, 1)), Smt(), ("small", "inverse")),
        Step("moment", le(Mean(WEALTH), 1),
             use("prior-bets", wealth=WEALTH, slope=C, n=N), ("prior",)),
        Step("markov", le(Pr(RICH), Mean(WEALTH) / (1 / DEL)),
             use("markov", x=WEALTH, level=1 / DEL), ("prior",)),
        Step("left", gt(LEFT, 0), Smt(), ("share", "posterior")),
        Step("change", le(N * (-sp.log(LEFT) - C * EMPIRICAL), DISTANCE + sp.log(WEALTH)),
             use("posterior-bets", seen=EMPIRICAL, error=TRUE, divergence=DISTANCE, wealth=WEALTH,
                 slope=C, n=N), ("posterior", "prior")),
        Step("missed", implies(MISSED, lt(LEFT, sp.exp(-ROOM))), Smt(), ("share",)),
        Step("logarithms", sp.Equivalent(le(sp.exp(-ROOM), LEFT),
                                         le(sp.log(sp.exp(-ROOM)), sp.log(LEFT))),
             use("log-monotone", x=sp.exp(-ROOM), y=LEFT), ("left",)),
        Step("exponent", eq(sp.log(sp.exp(-ROOM)), -ROOM), Algebra()),
        Step("compare", sp.Equivalent(le(1 / DEL, WEALTH),
                                      le(sp.log(1 / DEL), sp.log(WEALTH))),
             use("log-monotone", x=1 / DEL, y=WEALTH), ("prior",)),
        Step("rich", implies(MISSED, RICH), Smt(),
             ("missed", "logarithms", "exponent", "compare", "change"),
             "Where the bound is missed the prior's wealth is large."),
        Step("event", le(Pr(MISSED), Pr(RICH)),
             use("event-monotone", smaller=MISSED, larger=RICH), ("rich",)),
        Step("conclusion", le(Pr(MISSED), DEL), Smt(), ("event", "markov", "moment")),
    ),
    citation=Citation(
        "Catoni", "PAC-Bayesian Supervised Classification, IMS Lecture Notes 56", 2007
    ),
    notes=(VOTE_NOTE,),
)  # fmt: skip

THEOREMS = (pac_bayes_catoni,)
