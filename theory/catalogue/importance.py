"""Weighted tests: draws from another law, each disagreement with the weight of its point."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.deviations import GIVEN, bernstein, bernstein_steps, bernstein_upper
from theory.catalogue.open_cells import FACTOR, WHOLE
from theory.catalogue.shared import DEL, N, relative_entropy
from theory.catalogue.testing import ERROR as RATE_CLOSED
from theory.language.confidence import Confidence
from theory.language.experiments import sample
from theory.language.roots import KLInverse
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, real
from theory.language.terms import Average, Mean, Pr, Random, conj, eq, ge, gt, implies, le, lt

KAPPA, E = FACTOR.symbol, WHOLE.symbol
SHARE = Random("weight of a disagreement")
SEEN = Average(SHARE, N)
RATE = real("p", "p", "mean of the weights over their greatest one", 0, 1, "()")
P = RATE.symbol
WEIGHTED = real("mean", "z", "mean weight of the disagreements observed", 0)
Z = WEIGHTED.symbol
MARK = real("c", "c", "the mean below p whose relative entropy to p is ln(1/δ)/n", 0, 1)
C = MARK.symbol
ANY = real("x", "x", "a mean of weights", 0, 1)
X = ANY.symbol
ROOM = -sp.log(DEL) / N


def upper(share: sp.Expr) -> sp.Expr:
    """The greatest p that a mean of shares does not exclude."""
    return KLInverse(share, ROOM)


KL = relative_entropy(C, P)
FOUND = conj(gt(C, 0), lt(C, P), ge(KL, ROOM))
TILT = C * (1 - P) / (P * (1 - C))
TILTED = (1 - P + P * TILT) ** N / TILT ** (N * C)
MISSED = gt(P, upper(SEEN))
BEYOND = gt(E, KAPPA * upper(SEEN))
LOW = le(SEEN, C)
HIGH_POWER = ge(TILT ** (N * SEEN), TILT ** (N * C))


def weights(p: sp.Expr) -> Assumption:
    """What a draw counts; p is the mean of that."""
    return Assumption(
        "weights",
        "a disagreement at a draw counts its weight over κ, in [0, 1], agreement 0; the error "
        "is the mean weight: e = κ p",
        conj(ge(SHARE, 0), le(SHARE, 1), eq(Mean(SHARE), p), eq(E, KAPPA * p), ge(SEEN, 0),
             le(SEEN, 1)),
    )  # fmt: skip


importance_kl_upper = Theorem(
    name="importance-kl-upper",
    title="Tests drawn from another distribution, with the weights of the disagreements",
    parameters=(FACTOR, WEIGHTED, N_SAMPLES, DELTA),
    result=Confidence(
        E,
        KAPPA * upper(Z / KAPPA),
        DEL,
        at=KAPPA * upper(SEEN),
        reading=(SEEN, Z / KAPPA),
        monotone={"mean": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        weights(P),
        Assumption(
            "definition",
            "the bound is the greatest p with kl(x, p) <= ln(1/δ)/n; what excludes p is at most "
            "the c below p that has that relative entropy, or nothing does",
            implies(gt(P, upper(X)), conj(le(X, C), FOUND)),
        ),
    ),
    experiment=sample(N, "weight of a disagreement", what="points of another law"),
    steps=(
        Step("tilt", implies(FOUND, conj(gt(TILT, 0), lt(TILT, 1))), Smt()),
        Step("powers", implies(FOUND, LOW, HIGH_POWER),
             use("power-exponent", given=FOUND, x=TILT, a=N * SEEN, b=N * C), ("tilt",)),
        Step("low-event", implies(FOUND, le(Pr(LOW), Pr(HIGH_POWER))),
             use("event-monotone", given=FOUND, smaller=LOW, larger=HIGH_POWER), ("powers",)),
        Step("markov", implies(FOUND, le(Pr(HIGH_POWER),
                                         Mean(TILT ** (N * SEEN)) / TILT ** (N * C))),
             use("markov", given=FOUND, x=TILT ** (N * SEEN), level=TILT ** (N * C)),
             ("tilt",)),
        Step("moment", implies(FOUND, le(Mean(TILT ** (N * SEEN)), (1 - P + P * TILT) ** N)),
             use("bernoulli-moment", given=FOUND, x=SHARE, n=N, p=P, base=TILT),
             ("tilt", "weights")),
        Step("tilted-positive", implies(FOUND, conj(gt(TILTED, 0), gt(TILT ** (N * C), 0))),
             Smt(), ("tilt",)),
        Step("chernoff", implies(FOUND, le(Pr(LOW), TILTED)), Smt(),
             ("low-event", "markov", "moment", "tilted-positive")),
        Step("entropy", implies(FOUND, eq(sp.log(TILTED), -N * KL)),
             Algebra(positive=((C / (1 - C), C), ((1 - P) / P, P)))),
        Step("compare", implies(FOUND, sp.Equivalent(le(TILTED, DEL),
                                                     le(sp.log(TILTED), sp.log(DEL)))),
             use("log-monotone", given=FOUND, x=TILTED, y=DEL), ("tilted-positive",)),
        Step("small", implies(FOUND, le(TILTED, DEL)), Smt(), ("entropy", "compare")),
        Step("missed-at", implies(MISSED, conj(LOW, FOUND)), Instantiate("definition", {X: SEEN}),
             ("definition", "weights")),
        Step("missed-low", implies(FOUND, le(Pr(MISSED), Pr(LOW))),
             use("event-monotone", given=FOUND, smaller=MISSED, larger=LOW), ("missed-at",)),
        Step("or-never", implies(sp.Not(FOUND), eq(Pr(MISSED), 0)),
             use("never", given=sp.Not(FOUND), event=MISSED), ("missed-at",)),
        Step("beyond", le(Pr(BEYOND), Pr(MISSED)),
             use("event-monotone", smaller=BEYOND, larger=MISSED), ("weights",)),
        Step("conclusion", le(Pr(BEYOND), DEL), Smt(),
             ("beyond", "missed-low", "or-never", "chernoff", "small")),
    ),
    citation=Citation(
        "Hoeffding",
        "Probability inequalities for sums of bounded random variables, JASA 58:13-30",
        1963,
    ),
    requires=(Assumption("mean", "mean <= factor", le(Z, KAPPA)),),
    locals=(WHOLE, RATE, MARK),
    schematic=(ANY,),
    notes=("Not ordered with importance-upper: choose before looking.",),
)  # fmt: skip

BEYOND_SIMPLY = gt(E, KAPPA * bernstein(SEEN))
MISSED_SIMPLY = gt(RATE_CLOSED.symbol, bernstein(SEEN))

importance_bernstein = Theorem(
    name="importance-bernstein",
    title="Tests drawn from another distribution, with weights, in a plain formula",
    parameters=importance_kl_upper.parameters,
    result=Confidence(
        E,
        KAPPA * bernstein(Z / KAPPA),
        DEL,
        at=KAPPA * bernstein(SEEN),
        reading=(SEEN, Z / KAPPA),
        given=GIVEN,
        monotone={"mean": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(weights(RATE_CLOSED.symbol),),
    experiment=importance_kl_upper.experiment,
    steps=(
        *bernstein_steps(SHARE, "weights"),
        Step("beyond", le(Pr(BEYOND_SIMPLY), Pr(MISSED_SIMPLY)),
             use("event-monotone", smaller=BEYOND_SIMPLY, larger=MISSED_SIMPLY),
             ("weights", "log-delta")),
        Step("conclusion", implies(*GIVEN, le(Pr(BEYOND_SIMPLY), DEL)),
             Smt(), ("beyond", "caught")),
    ),
    citation=importance_kl_upper.citation,
    requires=importance_kl_upper.requires,
    locals=(WHOLE, RATE_CLOSED, *bernstein_upper.schematic[1:]),
    schematic=bernstein_upper.schematic[:1],
    notes=("See also importance-kl-upper, which is tighter.",),
)  # fmt: skip

THEOREMS = (importance_kl_upper, importance_bernstein)
