"""VC classes between realizable and agnostic: a deviation that shrinks with the error."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.occam import MEMBER, WRONG, G, err
from theory.catalogue.shared import DEL, N, V
from theory.language.confidence import Confidence
from theory.language.experiments import Draws, Experiment
from theory.language.rules import Algebra, Balls, Smt, use
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, VC, real
from theory.language.terms import (
    Average,
    Fact,
    Mean,
    Pr,
    Quantity,
    Random,
    Some,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
)

EMPIRICAL = real("error", "q", "empirical error of the student, on the samples", 0, 1)
Q = EMPIRICAL.symbol
FIRST = Random("empirical error", G)
SECOND = Average(WRONG, N)
GROWTH = (2 * sp.E * N / V) ** V
LEVEL = 4 * sp.log(4 * GROWTH / DEL) / N


def upper(seen: sp.Expr) -> sp.Expr:
    """q + A/2 + sqrt(q A + A²/4)."""
    return seen + LEVEL / 2 + sp.sqrt(seen * LEVEL + LEVEL**2 / 4)


BAD = gt(err(G), LEVEL)
MISSED = gt(err(G), upper(FIRST))
FAR = sp.And(gt(err(G), FIRST), gt((err(G) - FIRST) ** 2, LEVEL * err(G)))
ENOUGH = ge(SECOND, Mean(WRONG))
APART = sp.And(gt(SECOND, FIRST), gt((SECOND - FIRST) ** 2, LEVEL * (SECOND + FIRST) / 2))
SOME_MISSED, SOME_FAR = Some(G, BAD, MISSED), Some(G, BAD, FAR)
CAUGHT, PATTERN = Some(G, BAD, sp.And(FAR, ENOUGH)), Some(G, BAD, APART)
INDEPENDENT = Fact("independent", FAR, ENOUGH)
SWAPPED = Fact("relative swapping", APART, LEVEL, N)
QUARTER = sp.Rational(1, 4)

relative_deviation = Theorem(
    name="relative-deviation",
    title="The error of every student of a VC class, relative to its size",
    parameters=(EMPIRICAL, VC, N_SAMPLES, DELTA),
    result=Confidence(
        err(G),
        upper(Q),
        DEL,
        at=upper(FIRST),
        reading=(FIRST, Q),
        member=G,
        condition=BAD,
        also=(implies(le(err(G), LEVEL), le(err(G), upper(Q))),),
        monotone={"error": "up", "delta": "down"},
        trend_facts=("level-positive", "logarithm", "log4"),
    ),
    assumptions=(
        Assumption(
            "indicator",
            "wrong(g) is 0 or 1: whether g disagrees with the teacher at a draw of a second "
            "sample; err(g) is its mean; the empirical error of the first is no less than 0",
            conj(sp.Or(eq(WRONG, 0), eq(WRONG, 1)), eq(Mean(WRONG), err(G)), ge(FIRST, 0)),
        ),
        Assumption(
            "samples",
            "two independent samples of n points; the class has VC dimension v; a fair coin "
            "decides for each pair which sample it belongs to",
            conj(INDEPENDENT, SWAPPED, Fact("VC dimension", V)),
        ),
    ),
    experiment=Experiment(
        (
            Draws(N, "points of a first sample"),
            Draws(N, "points of a second sample", ("wrong",)),
        ),
        random=("empirical error",),
        laws=(INDEPENDENT, SWAPPED),
    ),
    steps=(
        Step("e", ge(sp.E, 2), Balls()),
        Step("growth", ge(GROWTH, 1), use("power-exponent", x=2 * sp.E * N / V, a=0, b=V),
             ("e",)),
        Step("log4", ge(sp.log(4), 1), Balls()),
        Step("logarithm", ge(sp.log(4 * GROWTH / DEL), sp.log(4)),
             use("log-monotone", x=4, y=4 * GROWTH / DEL), ("growth",)),
        Step("level", ge(N * LEVEL, 4), Smt(), ("logarithm", "log4")),
        Step("level-positive", conj(gt(LEVEL, 0), gt(LEVEL, 1 / N)), Smt(), ("level",)),
        Step("solve", implies(MISSED, FAR), Smt(), ("indicator", "level-positive"),
             "Beyond the bound err - q exceeds sqrt(A err)."),
        Step("missed", le(Pr(SOME_MISSED), Pr(SOME_FAR)),
             use("same-members", member=G, condition=BAD, event=MISSED, larger=BAD,
                 larger_event=FAR), ("solve",)),
        Step("mean", implies(BAD, ge(Pr(ENOUGH), QUARTER)),
             use("binomial-mean", given=BAD, x=WRONG, n=N), ("indicator", "level-positive")),
        Step("caught", le(QUARTER * Pr(SOME_FAR), Pr(CAUGHT)),
             use("fresh-sample", member=G, condition=BAD, first=FAR, second=ENOUGH,
                 chance=QUARTER), ("mean", "samples"),
             "A second sample shows the mean error or more with probability 1/4."),
        Step("apart", implies(sp.And(FAR, ENOUGH), APART), Smt(),
             ("indicator", "level-positive"),
             "(a - b)²/(a + b) rises with a."),
        Step("pattern", le(Pr(CAUGHT), Pr(PATTERN)),
             use("same-members", member=G, condition=BAD, event=sp.And(FAR, ENOUGH), larger=BAD,
                 larger_event=APART), ("apart",)),
        Step("swapping", le(Pr(PATTERN), Quantity("growth", 2 * N) * sp.exp(-N * LEVEL / 4)),
             use("relative-swapping", member=G, condition=BAD, event=APART, level=LEVEL, n=N),
             ("samples", "level-positive")),
        Step("sauer", le(Quantity("growth", 2 * N), GROWTH), use("sauer", n=2 * N, v=V),
             ("samples",)),
        Step("exponent", eq(sp.exp(-N * LEVEL / 4), DEL / (4 * GROWTH)), Algebra()),
        Step("all", le(Quantity("growth", 2 * N) * sp.exp(-N * LEVEL / 4), DEL / 4), Smt(),
             ("sauer", "exponent", "growth")),
        Step("small", implies(le(err(G), LEVEL), le(err(G), upper(Q))), Smt(),
             ("level-positive",)),
        Step("conclusion", conj(le(Pr(SOME_MISSED), DEL),
                                implies(le(err(G), LEVEL), le(err(G), upper(Q)))), Smt(),
             ("missed", "caught", "pattern", "swapping", "all", "small")),
    ),
    citation=Citation(
        "Cortes, Greenberg, Mohri",
        "Relative deviation learning bounds and generalization with unbounded loss functions, "
        "Ann. Math. Artif. Intell. 85",
        2019,
    ),
    requires=(Assumption("large", "2 n >= vc", ge(2 * N, V)),),
    schematic=(MEMBER,),
)  # fmt: skip

THEOREMS = (relative_deviation,)
