"""Bounds by what a sample itself shows, or by a number's range: fitted coins, moments."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.catalogue.moments import DRAW, HIGHEST, IN_RANGE, LOWEST
from theory.catalogue.perfect import CONSTANT
from theory.catalogue.rademacher import COMPLEXITY, LAWS
from theory.catalogue.shared import DEL, N
from theory.catalogue.variances import LOSS, MEAN
from theory.catalogue.vc_agnostic import RAD, SUP
from theory.language.confidence import Confidence
from theory.language.experiments import sample
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.substitution import substitute
from theory.language.symbols import DELTA, N_SAMPLES, real
from theory.language.terms import Fact, Mean, Pr, Random, conj, eq, ge, gt, le, lt

MENDELSON = Citation("Bartlett, Mendelson", "Rademacher and Gaussian complexities, JMLR 3", 2002)
HOEFFDING = Citation(
    "Hoeffding",
    "Probability inequalities for sums of bounded random variables, JASA 58:13-30",
    1963,
)

FITTED = replace(COMPLEXITY, meaning="Rademacher complexity of the class on the sample itself")
R = FITTED.symbol
SHOWN = Random("rademacher of the sample")
SLACK = sp.sqrt(sp.log(2 / DEL) / (2 * N))
OWN = (*LAWS, Fact("bounded differences", SHOWN, 4 / N))
MISLED = gt(SUP, SHOWN + 3 * SLACK)
FAR, LOW = ge(SUP - Mean(SUP), SLACK), le(SHOWN - Mean(SHOWN), -2 * SLACK)

rademacher_empirical = Theorem(
    name="rademacher-empirical",
    title="How far a class's errors are above those on the samples, by how it fits coins there",
    parameters=(FITTED, N_SAMPLES, DELTA),
    result=Confidence(
        SUP,
        R + 3 * SLACK,
        DEL,
        at=SHOWN + 3 * SLACK,
        reading=(SHOWN, R),
        monotone={"complexity": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "samples",
            "n independent samples; one of them moves S by at most 1/n, and the complexity on the "
            "sample, a mean over the coins of a greatest correlation, by at most 2/n",
            conj(*OWN),
        ),
        Assumption(
            "mean of the complexity", "its mean is the Rademacher complexity", eq(Mean(SHOWN), RAD)
        ),
    ),
    experiment=sample(N, random=("sup", "rademacher of the sample"), laws=OWN),
    steps=(
        Step("mean", le(Mean(SUP), RAD), use("symmetrization", supremum=SUP, n=N), ("samples",)),
        Step("inverse", eq(sp.log(2 / DEL), -sp.log(DEL / 2)), Algebra()),
        Step("positive", ge(-sp.log(DEL / 2), 1 - DEL / 2), use("log-bounds", x=1 - DEL / 2)),
        Step("either", le(Pr(MISLED), Pr(sp.Or(FAR, LOW))),
             use("event-monotone", smaller=MISLED, larger=sp.Or(FAR, LOW)),
             ("mean", "mean of the complexity")),
        Step("boole", le(Pr(sp.Or(FAR, LOW)), Pr(FAR) + Pr(LOW)),
             use("boole", first=FAR, second=LOW)),
        Step("far", le(Pr(FAR), DEL / 2), use("mcdiarmid", x=SUP, influence=1 / N, t=SLACK),
             ("samples", "inverse", "positive")),
        Step("low", le(Pr(LOW), DEL / 2), use("mcdiarmid", x=SHOWN, influence=4 / N, t=2 * SLACK),
             ("samples", "inverse", "positive")),
        Step("conclusion", le(Pr(MISLED), DEL), Smt(), ("either", "boole", "far", "low")),
    ),
    citation=MENDELSON,
    notes=("See also rademacher, for the complexity on average over samples.",),
)  # fmt: skip

SLOPE = real("slope", "c", "slope of the exponential", 0)
SHARE = real("p", "p", "mean of the loss, as a part of its range", 0, 1)
WHERE = real("z", "z", "a loss, as a part of its range", 0, 1)
RISE = real("x", "x", "a slope", 0)
C, P, Z, X = SLOPE.symbol, SHARE.symbol, WHERE.symbol, RISE.symbol
A, B = LOWEST.symbol, HIGHEST.symbol
CHORD = 1 - Z + Z * sp.exp(X)
MIXED = 1 - P + P * sp.exp(X)
BEND = X / 4 + P - P * sp.exp(X) / MIXED
CURVE = X**2 / 8 + P * X - sp.log(MIXED)
CORNER = sp.log(CHORD)
WIDE = C * (B - A)
PART, CENTRE = (LOSS - A) / (B - A), (MEAN - A) / (B - A)
GROWN = 1 - PART + PART * sp.exp(WIDE)
START = sp.exp(-C * (MEAN - A))
STEEP = START * (sp.exp(WIDE) - 1) / (B - A)
REST = START * (1 + A / (B - A) - A / (B - A) * sp.exp(WIDE))
LINE = STEEP * LOSS + REST
AT_MEAN = {P: CENTRE, X: WIDE}
MEAN_MIXED = substitute(MIXED, AT_MEAN)
LOGGED = sp.log(MEAN_MIXED) - C * (MEAN - A)
LEVEL = sp.exp(C**2 * (B - A) ** 2 / 8)
MOMENT = Mean(sp.exp(C * (LOSS - MEAN)))

hoeffding_lemma = Theorem(
    name="hoeffding-lemma",
    title="How large the exponential moment of a loss about its mean can be, by its range",
    parameters=(SLOPE, LOWEST, HIGHEST),
    result=UpperBound(MOMENT, LEVEL, monotone={"slope": "up"}),
    assumptions=(Assumption("range", "a loss is between a and b", IN_RANGE),),
    experiment=DRAW,
    steps=(
        Step("all", gt(sp.exp(X), 0), Smt()),
        Step("mixed", gt(MIXED, 0), Smt(), ("all",)),
        Step("square", eq(sp.Pow(sp.exp(X), 2, evaluate=False), sp.exp(2 * X)), Algebra()),
        Step("bend", ge(BEND, 0), use("mean-value", f=BEND, x=X, start=0, end=sp.oo),
             ("mixed", "square")),
        Step("curve", ge(CURVE, 0), use("mean-value", f=CURVE, x=X, start=0, end=sp.oo),
             ("bend", "mixed")),
        Step("above", ge(sp.exp(X - CORNER), 1 + X - CORNER), use("exp-bound", x=X - CORNER)),
        Step("below", ge(sp.exp(-CORNER), 1 - CORNER), use("exp-bound", x=-CORNER)),
        Step("chord", gt(CHORD, 0), Smt(), ("all",)),
        Step("together", eq(Z * sp.exp(X - CORNER) + (1 - Z) * sp.exp(-CORNER), 1), Algebra(),
             ("chord",)),
        Step("higher", ge(CORNER, Z * X), Smt(), ("above", "below", "together")),
        Step("convex", le(sp.exp(Z * X), sp.exp(CORNER)), use("exp-monotone", x=Z * X, y=CORNER),
             ("higher",)),
        Step("corner", eq(sp.exp(CORNER), CHORD), Algebra(), ("chord",)),
        Step("point", le(sp.exp(Z * X), CHORD), Smt(), ("convex", "corner"),
             "The exponential lies below its chord."),
        Step("inside", conj(ge(PART, 0), le(PART, 1), ge(WIDE, 0)), Smt(), ("range",)),
        Step("drawn", le(sp.exp(PART * WIDE), GROWN), Instantiate("point", {Z: PART, X: WIDE}),
             ("point", "inside")),
        Step("start", gt(START, 0), Smt()),
        Step("shifted", eq(sp.exp(C * (LOSS - MEAN)), sp.exp(PART * WIDE) * START), Algebra()),
        Step("straight", eq(LINE, GROWN * START), Algebra()),
        Step("each", le(sp.exp(C * (LOSS - MEAN)), LINE), Smt(),
             ("drawn", "shifted", "straight", "start")),
        Step("means", le(MOMENT, Mean(LINE)),
             use("mean-monotone", x=sp.exp(C * (LOSS - MEAN)), y=LINE), ("each",)),
        Step("split", eq(Mean(LINE), STEEP * MEAN + REST * Mean(1)),
             use("linearity", x=LOSS, y=1, a=STEEP, b=REST)),
        CONSTANT,
        Step("centre", conj(le(A, MEAN), le(MEAN, B)),
             use("mean-bounds", x=LOSS, lower=A, upper=B), ("range",)),
        Step("within", conj(ge(CENTRE, 0), le(CENTRE, 1)), Smt(), ("centre",)),
        Step("at", ge(substitute(CURVE, AT_MEAN), 0), Instantiate("curve", AT_MEAN),
             ("curve", "within", "inside")),
        Step("some", gt(MEAN_MIXED, 0), Instantiate("mixed", AT_MEAN),
             ("mixed", "within", "inside")),
        Step("joined", eq(STEEP * MEAN + REST, MEAN_MIXED * START), Algebra()),
        Step("grows", le(sp.exp(LOGGED), LEVEL),
             use("exp-monotone", x=LOGGED, y=C**2 * (B - A) ** 2 / 8), ("at", "some")),
        Step("value", eq(sp.exp(LOGGED), MEAN_MIXED * START), Algebra(), ("some",)),
        Step("conclusion", le(MOMENT, LEVEL), Smt(),
             ("means", "split", "constant", "joined", "grows", "value")),
    ),
    citation=HOEFFDING,
    requires=(Assumption("range", "least < most", lt(A, B)),),
    schematic=(SHARE, WHERE, RISE),
    notes=("For a negative slope, ask of the loss with the other sign.", "See also popoviciu."),
)  # fmt: skip

THEOREMS = (rademacher_empirical, hoeffding_lemma)
