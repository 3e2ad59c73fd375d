"""Scores of a sample as tolerance limits for a score to come: on average, and with confidence.

s_(i) is the i-th smallest of n scores, for instance of the distances between the outputs of teacher
and student.
"""

from __future__ import annotations

from theory.catalogue.covering import ANY, NUMBER, J, X, coverage, law_of
from theory.catalogue.shared import EPS, N
from theory.language.experiments import sample
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.special import BinomialCDF
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import EPSILON, N_SAMPLES, integer, real
from theory.language.terms import (
    Event,
    Fact,
    Mean,
    Pr,
    Random,
    RandomInteger,
    conj,
    eq,
    ge,
    implies,
    le,
    lt,
)

RANK = integer("rank", "i", "which of the sorted scores is taken, the smallest being the first", 1)
R = RANK.symbol
IN_RANK = Assumption("rank <= n", "rank <= n", le(R, N))
COVERED = Event("the new score is at most s_(i)")
AMONG = RandomInteger("scores among the i smallest, of one more")
VOVK = Citation("Vovk, Gammerman, Shafer", "Algorithmic Learning in a Random World", 2005)

conformal_marginal = Theorem(
    name="conformal-coverage",
    title="How often a new score is within a sorted one, on average over samples",
    parameters=(RANK, N_SAMPLES),
    result=LowerBound(Pr(COVERED), R / (N + 1), monotone={"rank": "up", "n": "down"}),
    assumptions=(
        Assumption(
            "exchangeable",
            "each of n + 1 exchangeable scores is as often as the new one among the i smallest, "
            "where it is at most s_(i) of the others; at least i of them are",
            conj(eq(Mean(AMONG), (N + 1) * Pr(COVERED)), ge(AMONG, R), le(AMONG, N + 1)),
        ),
    ),
    experiment=sample(
        N, random=("the new score is at most s_(i)", "scores among the i smallest, of one more")
    ),
    steps=(
        Step("mean", conj(le(R, Mean(AMONG)), le(Mean(AMONG), N + 1)),
             use("mean-bounds", x=AMONG, lower=R, upper=N + 1), ("exchangeable",)),
        Step("conclusion", ge(Pr(COVERED), R / (N + 1)), Smt(), ("mean", "exchangeable")),
    ),
    citation=VOVK,
    requires=(IN_RANK,),
    notes=(
        "On average over samples: of a given sample it may cover less; see conformal-confidence.",
    ),
)  # fmt: skip

HIGH = RandomInteger("scores at or above the quantile")
CHANCE = real("q", "q", "probability of a score at or above the quantile", 0, 1, "()")
QQ = CHANCE.symbol
COVERAGE = Random("probability that a new score is at most s_(i)")
LOW_COVERAGE = lt(COVERAGE, 1 - EPS)
FEW = le(HIGH, N - R)
FAILURE = BinomialCDF(N - R, N, EPS)
SLOPE_STEPS = coverage(HIGH, QQ)[:8]
"""The derivative of F(j; n, x) in x is negative for j < n."""

conformal_confidence = Theorem(
    name="conformal-confidence",
    title="How often a sorted score covers too little",
    parameters=(RANK, N_SAMPLES, EPSILON),
    result=UpperBound(
        Pr(LOW_COVERAGE), FAILURE, monotone={"rank": "down", "epsilon": "down"}
    ),
    assumptions=(
        Assumption(
            "quantile",
            "the quantile is the least number that a score is at most with probability 1 - ε; so "
            "a score is at or above it with probability q, ε or more; s_(i) covers less than that "
            "only if it is below, and then at most n - i scores are at or above",
            conj(ge(QQ, EPS), implies(LOW_COVERAGE, FEW)),
        ),
        Assumption(
            "counted",
            "the number of scores at or above the quantile has the law Binomial(n, q)",
            law_of(HIGH, QQ),
        ),
    ),
    experiment=sample(
        N,
        random=("scores at or above the quantile", "probability that a new score is at most s_(i)"),
        laws=(Fact("binomial", HIGH, N, QQ),),
    ),
    steps=(
        *SLOPE_STEPS,
        Step("falls-at", implies(lt(J, N), le(BinomialCDF(J, N, QQ), BinomialCDF(J, N, EPS))),
             use("falling-distribution", given=lt(J, N), f=BinomialCDF(J, N, X), x=X, low=EPS,
                 high=QQ),
             ("falls", "quantile")),
        Step("at-rank", le(BinomialCDF(N - R, N, QQ), FAILURE),
             Instantiate("falls-at", {J: N - R}), ("falls-at",)),
        Step("event", le(Pr(LOW_COVERAGE), Pr(FEW)),
             use("event-monotone", smaller=LOW_COVERAGE, larger=FEW), ("quantile",)),
        Step("probability", eq(Pr(FEW), BinomialCDF(N - R, N, QQ)),
             Instantiate("counted", {J: N - R}), ("counted",)),
        Step("conclusion", le(Pr(LOW_COVERAGE), FAILURE), Smt(),
             ("event", "probability", "at-rank")),
    ),
    citation=Citation("Wilks", "Determination of sample sizes for setting tolerance limits, "
                      "Ann. Math. Stat. 12", 1941),
    requires=(IN_RANK,),
    locals=(CHANCE,),
    schematic=(NUMBER, ANY),
)  # fmt: skip

THEOREMS = (conformal_marginal, conformal_confidence)
