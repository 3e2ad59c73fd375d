"""Margins with certified influences, by McDiarmid's inequality, with few samples or none.

M is the margin, as in `margins`.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.margins import MARGIN, WRONG
from theory.catalogue.shared import DEL, INVERSE, N
from theory.language.confidence import Confidence
from theory.language.experiments import Experiment, sample
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, real
from theory.language.terms import Average, Fact, Mean, Pr, conj, eq, ge, gt, implies, le, lt

INFLUENCE = real(
    "influence", "C", "sum of squared certified influences on the margin", 0, None, "("
)
C = INFLUENCE.symbol
TRUE_MEAN = Mean(MARGIN)
BOUNDED = Fact("bounded differences", MARGIN, C)
DIFFERENCES = Assumption(
    "influences",
    "independent coordinates; changing coordinate i moves the margin by at most c_i, Σ c_i² <= C",
    BOUNDED,
)
MEAN = real("mean", "mu", "mean margin of the samples on the leaf")
MU = MEAN.symbol
SLACK = sp.sqrt(C * sp.log(1 / DEL) / (2 * N))
SAMPLED = Average(MARGIN, N)
TRUE_TAIL = sp.exp(-2 * TRUE_MEAN**2 / C)


def _empirical(mean: sp.Expr) -> sp.Expr:
    return sp.exp(-2 * sp.Max(0, mean - SLACK) ** 2 / C)


HOLDS = implies(le(MU - SLACK, TRUE_MEAN), le(Pr(WRONG), _empirical(MU)))
MISLED = gt(Pr(WRONG), _empirical(SAMPLED))
TOO_HIGH = ge(SAMPLED - Mean(SAMPLED), SLACK)
EMPIRICAL_CLAIM = conj(HOLDS, le(Pr(MISLED), DEL))

mcdiarmid_empirical = Theorem(
    name="mcdiarmid-empirical",
    title="Certified probability on a leaf from sampled margins",
    parameters=(MEAN, INFLUENCE, N_SAMPLES, DELTA),
    result=Confidence(
        Pr(WRONG),
        _empirical(MU),
        DEL,
        at=_empirical(SAMPLED),
        reading=(SAMPLED, MU),
        also=(HOLDS,),
        monotone={"mean": "down", "n": "down", "delta": "down", "influence": "up"},
    ),
    assumptions=(DIFFERENCES,),
    experiment=sample(N, "margin", what="points of the leaf", laws=(BOUNDED,)),
    steps=(
        Step(
            "at-zero",
            le(Pr(WRONG), Pr(le(MARGIN - TRUE_MEAN, -TRUE_MEAN))),
            use("event-monotone", smaller=WRONG, larger=le(MARGIN - TRUE_MEAN, -TRUE_MEAN)),
        ),
        Step(
            "tail",
            implies(ge(TRUE_MEAN, 0), le(Pr(WRONG), TRUE_TAIL)),
            use("mcdiarmid", x=MARGIN, influence=C, t=TRUE_MEAN),
            ("influences", "at-zero"),
            "With the true mean the bound is exp(-2 (E M)²/C).",
        ),
        INVERSE,
        Step(
            "positive-log",
            le(1 - DEL, sp.log(1 / DEL)),
            use("log-bounds", x=1 - DEL),
            ("inverse",),
            "ln(1/δ) is positive, so the slack is defined.",
        ),
        Step(
            "smaller-mean",
            implies(gt(MU - SLACK, 0), le(MU - SLACK, TRUE_MEAN), le(TRUE_TAIL, _empirical(MU))),
            use(
                "exp-monotone",
                x=-2 * TRUE_MEAN**2 / C,
                y=-2 * sp.Max(0, MU - SLACK) ** 2 / C,
            ),
            ("positive-log",),
            "A lower bound of the mean gives a larger value,",
        ),
        Step(
            "no-mean",
            implies(le(MU - SLACK, 0), le(1, _empirical(MU))),
            use("exp-monotone", x=0, y=-2 * sp.Max(0, MU - SLACK) ** 2 / C),
            ("positive-log",),
            "and 1 where that lower bound is not positive.",
        ),
        Step("holds", HOLDS, Smt(), ("tail", "smaller-mean", "no-mean")),
        Step(
            "at-sample",
            implies(le(SAMPLED - SLACK, TRUE_MEAN), le(Pr(WRONG), _empirical(SAMPLED))),
            Instantiate("holds", {MU: SAMPLED}),
            ("holds", "positive-log"),
        ),
        Step(
            "average",
            conj(eq(Mean(SAMPLED), TRUE_MEAN), Fact("bounded differences", SAMPLED, C / N)),
            use("average-differences", x=MARGIN, influence=C, n=N),
            ("influences",),
        ),
        Step(
            "event",
            le(Pr(MISLED), Pr(TOO_HIGH)),
            use("event-monotone", smaller=MISLED, larger=TOO_HIGH),
            ("at-sample", "average"),
            "The bound is wrong only if the sampled mean is too high.",
        ),
        Step(
            "deviation",
            le(Pr(TOO_HIGH), DEL),
            use("mcdiarmid", x=SAMPLED, influence=C / N, t=SLACK),
            ("average", "positive-log"),
        ),
        Step("conclusion", EMPIRICAL_CLAIM, Smt(), ("holds", "event", "deviation")),
    ),
    citation=Citation(
        "McDiarmid", "On the method of bounded differences, LMS Lecture Notes 141", 1989
    ),
    notes=("The influences must be certified over the whole leaf, not estimated.",),
)

CERTIFIED = real("mean", "mu", "certified lower bound of the mean margin on the leaf")
MU_OR_ZERO = sp.Max(0, CERTIFIED.symbol)
MCD_TAIL = sp.exp(-2 * MU_OR_ZERO**2 / C)
BELOW_MEAN = le(MARGIN - TRUE_MEAN, -MU_OR_ZERO)

mcdiarmid_tail = Theorem(
    name="mcdiarmid-tail",
    title="Certified probability on a leaf from certified influences",
    parameters=(CERTIFIED, INFLUENCE),
    result=UpperBound(Pr(WRONG), MCD_TAIL, monotone={"mean": "down", "influence": "up"}),
    assumptions=(
        DIFFERENCES,
        Assumption("mean", "the mean margin is at least μ", ge(TRUE_MEAN, CERTIFIED.symbol)),
    ),
    experiment=Experiment(random=("margin",), laws=(BOUNDED,)),
    steps=(
        Step(
            "event",
            implies(ge(CERTIFIED.symbol, 0), le(Pr(WRONG), Pr(BELOW_MEAN))),
            use(
                "event-monotone",
                given=ge(CERTIFIED.symbol, 0),
                smaller=WRONG,
                larger=BELOW_MEAN,
            ),
            ("mean",),
        ),
        Step(
            "tail",
            le(Pr(BELOW_MEAN), MCD_TAIL),
            use("mcdiarmid", x=MARGIN, influence=C, t=MU_OR_ZERO),
            ("influences",),
        ),
        Step(
            "no-mean",
            implies(le(CERTIFIED.symbol, 0), le(1, MCD_TAIL)),
            use("exp-monotone", x=0, y=-2 * MU_OR_ZERO**2 / C),
        ),
        Step("conclusion", le(Pr(WRONG), MCD_TAIL), Smt(), ("event", "tail", "no-mean")),
    ),
    citation=mcdiarmid_empirical.citation,
)

LOWER_MEAN = MEAN.symbol - SLACK
MEAN_CLAIM = conj(
    le(Pr(TOO_HIGH), DEL),
    implies(
        lt(SAMPLED - Mean(SAMPLED), SLACK), eq(SAMPLED, MEAN.symbol), gt(TRUE_MEAN, LOWER_MEAN)
    ),
)
DEVIATION_STEPS = tuple(
    s
    for s in mcdiarmid_empirical.steps
    if s.label in ("inverse", "positive-log", "average", "deviation")
)

mcdiarmid_mean = Theorem(
    name="mcdiarmid-mean",
    title="Mean margin on a leaf from sampled margins",
    parameters=(MEAN, INFLUENCE, N_SAMPLES, DELTA),
    result=Confidence(
        TRUE_MEAN,
        LOWER_MEAN,
        DEL,
        side="below",
        failure=TOO_HIGH,
        closed=True,
        reading=(SAMPLED, MEAN.symbol),
        monotone={"mean": "up", "influence": "down", "n": "up", "delta": "up"},
    ),
    assumptions=mcdiarmid_empirical.assumptions,
    experiment=mcdiarmid_empirical.experiment,
    steps=(
        *DEVIATION_STEPS,
        Step("conclusion", MEAN_CLAIM, Smt(), ("deviation", "average")),
    ),
    citation=mcdiarmid_empirical.citation,
)

THEOREMS = (
    mcdiarmid_tail,
    mcdiarmid_mean,
    mcdiarmid_empirical,
)
