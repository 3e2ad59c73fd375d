"""What no distiller avoids, though it knows the teacher: students that conflict with each other.

A conflict pair is two points on which no student agrees with the teacher at once, while some
student does on each. Which of the two is the heavier only samples tell.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.perfect import (
    BAD,
    CONSTANT,
    SEVENTH,
    SMALL,
    at_eight,
    indicates,
    mean_at_most,
)
from theory.catalogue.perfect import MASS as EXCESS
from theory.catalogue.shared import (
    CUBE,
    DEL,
    EPS,
    HALF,
    LEVEL,
    OURS,
    N,
    cube,
    cube_steps,
)
from theory.language.experiments import Experiment, sample
from theory.language.rules import Algebra, Balls, Cite, Instantiate, Smt, use
from theory.language.schemas import LowerBound, SampleSize, TooFew
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, integer, real
from theory.language.terms import (
    Event,
    Fact,
    Mean,
    Pr,
    Quantity,
    Random,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

PAIRS = integer("pairs", "pi", "number of disjoint conflict pairs", 1)
BIAS = real("gamma", "gamma", "by how much the heavier point of a pair outweighs the other", 0, 1,
            "()")  # fmt: skip
PI, GAM = PAIRS.symbol, BIAS.symbol
DRAWS = Random("draws in a pair")
CHANCE = Random("chance to name the lighter point")
AFFINITY = 1 - GAM**2
SHARE = N / PI
LEFT = AFFINITY**SHARE
PHI = HALF * (1 - sp.sqrt(1 - LEFT))
SLOPE = LEFT * sp.log(AFFINITY) / (4 * sp.sqrt(1 - LEFT))
TOLD = Fact("error of telling two laws apart", CHANCE, AFFINITY ** (DRAWS / 2))
LINE = SLOPE * DRAWS + (PHI - SLOPE * SHARE)
FAILURE = (GAM * PHI - EPS) / (GAM - EPS)

agnostic_failure = Theorem(
    name="agnostic-failure",
    title="How often a distiller of a known teacher fails, agnostic, by conflict pairs",
    parameters=(PAIRS, EPSILON, BIAS, N_SAMPLES),
    result=LowerBound(Pr(BAD), FAILURE, monotone={"pairs": "up", "n": "down"}),
    assumptions=(
        Assumption(
            "pairs",
            "each of π pairs has 1/π of the probability, its heavier point, a fair coin's choice, "
            "the share (1 + γ)/2 of that; n/π draws fall into a pair in the mean",
            conj(ge(DRAWS, 0), eq(Mean(DRAWS), SHARE)),
        ),
        Assumption(
            "laws",
            "the two laws of the draws in a pair have the affinity sqrt(1 - γ²) a draw",
            TOLD,
        ),
        Assumption(
            "excess",
            "students err in each pair; to err on the heavier point costs γ/π more, so the "
            "excess is γ times the share of pairs where that happens; all pairs are alike",
            ge(Mean(EXCESS), GAM * Mean(CHANCE)),
        ),
        Assumption(
            "indicator",
            "whether the excess is above ε; it is in [0, γ]",
            indicates(GAM),
        ),
    ),
    experiment=sample(
        N,
        random=(
            "draws in a pair", "chance to name the lighter point", "error of the output",
            "[error > eps]",
        ),
    ),
    steps=(
        Step("unit", conj(gt(AFFINITY, 0), lt(AFFINITY, 1)), Smt()),
        Step("powers", conj(gt(AFFINITY ** (DRAWS / 2), 0), le(AFFINITY ** (DRAWS / 2), 1)),
             use("power-exponent", x=AFFINITY, a=0, b=DRAWS / 2), ("unit", "pairs")),
        Step("power", conj(gt(AFFINITY**DRAWS, 0), le(AFFINITY**DRAWS, 1)),
             use("power-exponent", x=AFFINITY, a=0, b=DRAWS), ("unit", "pairs")),
        Step("told", ge(CHANCE, HALF * (1 - sp.sqrt(1 - AFFINITY**DRAWS))),
             use("two-laws", error=CHANCE, affinity=AFFINITY ** (DRAWS / 2)),
             ("laws", "powers")),
        Step("logarithm", conj(le(sp.log(AFFINITY), -(GAM**2)), gt(SHARE, 0)),
             use("log-bounds", x=GAM**2), ("unit",)),
        Step("log-left", eq(sp.log(LEFT), SHARE * sp.log(AFFINITY)),
             Algebra(positive=((AFFINITY, GAM**2),))),
        Step("below-one", conj(gt(LEFT, 0), lt(LEFT, 1)), use("log-monotone", x=1, y=LEFT),
             ("unit", "log-left", "logarithm")),
        Step("exp", le(1 + (DRAWS - SHARE) * sp.log(AFFINITY),
                       sp.exp((DRAWS - SHARE) * sp.log(AFFINITY))),
             use("exp-bound", x=(DRAWS - SHARE) * sp.log(AFFINITY))),
        Step("quotient", eq(LEFT * sp.exp((DRAWS - SHARE) * sp.log(AFFINITY)), AFFINITY**DRAWS),
             Algebra(positive=((AFFINITY, GAM**2),))),
        Step("convex", ge(AFFINITY**DRAWS, LEFT * (1 + (DRAWS - SHARE) * sp.log(AFFINITY))),
             Smt(), ("exp", "quotient", "below-one"),
             "(1 - γ²)^x lies above its tangent at n/π."),
        Step("root", gt(sp.sqrt(1 - LEFT), 0), Smt(), ("below-one",)),
        Step("tangent", le(sp.sqrt(1 - AFFINITY**DRAWS),
                           sp.sqrt(1 - LEFT) + (LEFT - AFFINITY**DRAWS) / (2 * sp.sqrt(1 - LEFT))),
             Smt(), ("power", "below-one", "root"), "A root lies below its tangents."),
        Step("line", ge(CHANCE, LINE), Smt(), ("told", "tangent", "convex", "root")),
        Step("line-mean", le(Mean(LINE), Mean(CHANCE)),
             use("mean-monotone", x=LINE, y=CHANCE), ("line", "below-one", "root")),
        Step("linear", eq(Mean(LINE), SLOPE * Mean(DRAWS) + (PHI - SLOPE * SHARE) * Mean(1)),
             use("linearity", x=DRAWS, y=1, a=SLOPE, b=PHI - SLOPE * SHARE), ("root", "below-one")),
        CONSTANT,
        Step("jensen", ge(Mean(CHANCE), PHI), Smt(),
             ("line-mean", "linear", "constant", "pairs")),
        *mean_at_most(GAM),
        Step("conclusion", ge(Pr(BAD), FAILURE), Smt(),
             ("jensen", "excess", "means", "split", "one", "indicator")),
    ),
    citation=OURS,
    requires=(Assumption("gamma", "epsilon < gamma", lt(EPS, GAM)),),
)  # fmt: skip


BASE = 1 - 64 * EPS**2
KEPT = BASE**SHARE
FEW = sp.log(sp.Rational(4, 3)) / (-sp.log(BASE)) * PI
IS_FEW = le(N, FEW)
LOG_BASE = Step("negative", le(sp.log(BASE), -64 * EPS**2), use("log-bounds", x=64 * EPS**2))

agnostic_lower = Theorem(
    name="agnostic-lower",
    title="Too few samples for distilling a known teacher, agnostic, by conflict pairs",
    parameters=(PAIRS, EPSILON),
    result=TooFew(
        N, FEW, ge(Pr(BAD), SEVENTH), monotone={"pairs": "up", "epsilon": "down"}
    ),
    assumptions=at_eight(agnostic_failure, BIAS),
    experiment=agnostic_failure.experiment,
    steps=(
        Step("logarithm", eq(sp.log(KEPT), SHARE * sp.log(BASE)),
             Algebra(positive=((BASE, EPS**2),))),
        LOG_BASE,
        Step("inverse", eq(sp.log(sp.Rational(3, 4)), -sp.log(sp.Rational(4, 3))), Algebra()),
        Step("compare", sp.Equivalent(le(sp.Rational(3, 4), KEPT),
                                      le(sp.log(sp.Rational(3, 4)), sp.log(KEPT))),
             use("log-monotone", x=sp.Rational(3, 4), y=KEPT), ("negative",)),
        Step("enough", implies(IS_FEW, ge(SHARE * sp.log(BASE), -sp.log(sp.Rational(4, 3)))),
             Smt(), ("negative",)),
        Step("kept", implies(IS_FEW, ge(KEPT, sp.Rational(3, 4))), Smt(),
             ("logarithm", "inverse", "compare", "enough")),
        Step("at-most", le(KEPT, 1), use("power-exponent", x=BASE, a=0, b=SHARE), ("negative",)),
        Step("failure",
             ge(Pr(BAD), (8 * EPS * HALF * (1 - sp.sqrt(1 - KEPT)) - EPS) / (8 * EPS - EPS)),
             Cite(agnostic_failure, {"gamma": 8 * EPS}),
             ("pairs", "laws", "excess", "indicator", "at-most")),
        Step("quarter", implies(ge(KEPT, sp.Rational(3, 4)), le(KEPT, 1),
                                le(sp.sqrt(1 - KEPT), HALF)), Smt()),
        Step("kept-below", implies(IS_FEW, conj(ge(KEPT, sp.Rational(3, 4)), le(KEPT, 1))), Smt(),
             ("kept", "at-most")),
        Step("conclusion", implies(IS_FEW, ge(Pr(BAD), SEVENTH)), Smt(),
             ("kept-below", "quarter", "failure")),
    ),
    citation=OURS,
    requires=(SMALL,),
    locals=(N_SAMPLES,),
)  # fmt: skip
SIMPLE = 3 * PI / (1024 * EPS**2)
SIMPLY_FEW = le(N, SIMPLE)
AREA = real("x", "x", "64 ε²", 0, None)
X = AREA.symbol
SLACK = sp.Rational(1024, 192) * sp.log(sp.Rational(4, 3)) * X + sp.log(1 - X)
THIRD, TOP = sp.Rational(1, 3), sp.Rational(9, 16)

agnostic_lower_simple = Theorem(
    name="agnostic-lower-simple",
    title="Too few samples for distilling a known teacher, agnostic, simple form",
    parameters=(PAIRS, EPSILON),
    result=TooFew(
        N, SIMPLE, ge(Pr(BAD), SEVENTH), monotone={"pairs": "up", "epsilon": "down"}
    ),
    assumptions=agnostic_lower.assumptions,
    experiment=agnostic_lower.experiment,
    steps=(
        Step("constant", ge(sp.Rational(1024, 192) * sp.log(sp.Rational(4, 3)), 3 * HALF),
             Balls()),
        Step("near", implies(ge(X, 0), lt(X, THIRD), ge(SLACK, SLACK.subs(X, 0))),
             use("mean-value", f=SLACK, x=X, start=0, end=THIRD), ("constant",),
             "The difference rises up to 1/3,"),
        Step("far", implies(conj(ge(X, THIRD), le(X, TOP)), ge(SLACK, 0)), Balls(),
             words="and is positive from there on."),
        Step("both", implies(le(X, TOP), ge(SLACK, 0)), Smt(), ("near", "far")),
        Step("at", ge(SLACK.subs(X, 64 * EPS**2), 0), Instantiate("both", {X: 64 * EPS**2}),
             ("both",)),
        LOG_BASE,
        Step("fewer", le(SIMPLE, FEW), Smt(), ("at", "negative")),
        Step("lower", implies(IS_FEW, ge(Pr(BAD), SEVENTH)), Cite(agnostic_lower, {}),
             ("pairs", "laws", "excess", "indicator")),
        Step("conclusion", implies(SIMPLY_FEW, ge(Pr(BAD), SEVENTH)), Smt(),
             ("fewer", "lower")),
    ),
    citation=OURS,
    requires=(Assumption("small", "epsilon <= 3/32", le(EPS, sp.Rational(3, 32))),),
    locals=(N_SAMPLES,),
    schematic=(AREA,),
)  # fmt: skip

DISTILLING = integer("n", "m", "samples that the distiller needs for ε and δ", 1)
LABELLED = integer("labelled", "n", "labelled examples that the learner is given", 1)
DISTILLER_FAILS, LEARNER_FAILS = Event("the distiller fails"), Event("the learner of g(z) fails")
DISTILLED = implies(ge(LABELLED.symbol, DISTILLING.symbol), le(Pr(LEARNER_FAILS), DEL))

distillation_implies_learning = Theorem(
    name="distillation-implies-learning",
    title="A distiller of the label's own coordinate is a learner",
    parameters=(DISTILLING,),
    result=SampleSize(
        LABELLED.symbol, DISTILLING.symbol, le(Pr(LEARNER_FAILS), DEL), monotone={"n": "up"}
    ),
    assumptions=(
        Assumption(
            "same run",
            "points are pairs (z, y), the known teacher is y, and a student g(z): a point is a "
            "labelled example, and where g differs from the teacher it errs on the label",
            implies(LEARNER_FAILS, DISTILLER_FAILS),
        ),
        Assumption(
            "distiller",
            "on enough samples the distiller fails with probability at most δ",
            implies(ge(LABELLED.symbol, DISTILLING.symbol), le(Pr(DISTILLER_FAILS), DEL)),
        ),
    ),
    experiment=Experiment(random=("the distiller fails", "the learner of g(z) fails")),
    steps=(
        Step("event", le(Pr(LEARNER_FAILS), Pr(DISTILLER_FAILS)),
             use("event-monotone", smaller=LEARNER_FAILS, larger=DISTILLER_FAILS),
             ("same run",)),
        Step("conclusion", DISTILLED, Smt(), ("event", "distiller")),
    ),
    citation=OURS,
    locals=(DELTA, LABELLED),
    notes=("So to know the teacher need not help: lower bounds for learners hold here too.",),
)  # fmt: skip

SHATTERED_POINTS = Quantity("VC dimension of the class")

conflict_pairs_dimension = Theorem(
    name="conflict-pairs-dimension",
    title="Conflict pairs and the VC dimension",
    parameters=(PAIRS,),
    result=LowerBound(SHATTERED_POINTS, PI, monotone={"pairs": "up"}),
    assumptions=(
        Assumption(
            "selections",
            "every selection of a point of each pair is agreed on by a student, which then errs "
            "on all points left out: on the first points of the pairs all patterns occur",
            ge(Quantity("patterns on the first points", PI), cube(PI)),
        ),
        *CUBE,
        Assumption(
            "shattered",
            "points on which all patterns occur are at most as many as the VC dimension",
            implies(ge(Quantity("patterns on the first points", PI), 2**PI),
                    ge(SHATTERED_POINTS, PI)),
        ),
    ),
    steps=(
        *cube_steps(PI),
        Step("conclusion", ge(SHATTERED_POINTS, PI), Smt(),
             ("points", "selections", "shattered")),
    ),
    citation=OURS,
    schematic=(LEVEL,),
)  # fmt: skip
THEOREMS = (
    distillation_implies_learning,
    conflict_pairs_dimension,
    agnostic_failure,
    agnostic_lower,
    agnostic_lower_simple,
)
