"""More guarantees made of guarantees (catalogue T1, T11, T16c, T16d, T17b, T18d, T21)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.cubes import LISTS, J
from theory.catalogue.exact import DEEP, RATE_STEP, exact_test
from theory.catalogue.exact import RATE as GAP
from theory.catalogue.juntas import CITED, FAILURE, RELEVANT, SAME, M, junta_pairs
from theory.catalogue.juntas import PAIRS as PAIRS_USED
from theory.catalogue.juntas import RATE as PAIR_RATE
from theory.catalogue.margins import SAMPLED, SLACK, TOO_HIGH, TRUE_MEAN, mcdiarmid_empirical
from theory.catalogue.reductions import DRAWN, FG, FH, GH, LEARNER, F, H
from theory.catalogue.sufficient import test_simple
from theory.catalogue.testing import ERROR as P_ERROR
from theory.catalogue.testing import PASS, P
from theory.rules import Algebra, Balls, Cite, Instantiate, Smt, use
from theory.statement import Assumption, Bound, Citation, Step, Theorem
from theory.symbols import DELTA, EPSILON, LENGTH, N_SAMPLES, VARIABLES, integer, real, reals
from theory.terms import Event, Every, Mean, Pr, Quantity, Random, conj, eq, ge, gt, implies, le, lt

EPS, DEL, N, D = (x.symbol for x in (EPSILON, DELTA, N_SAMPLES, VARIABLES))
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)
HALF = sp.Rational(1, 2)

EXCESS_LEARNED, EXCESS_DISTILLED = Random("excess for y"), Random("excess for f")
TOO_BAD = gt(EXCESS_DISTILLED, EPS)
AGNOSTIC_CLAIM = implies(ge(DRAWN.symbol, LEARNER.symbol), le(Pr(TOO_BAD), DEL))
agnostic = Theorem(
    name="agnostic-learning-implies-distillation",
    title="An agnostic learner distils agnostically",
    statement=(
        "An agnostic learner of the class that needs n labelled samples for excess error ε and δ "
        "comes within ε of the best student for every teacher, from n unlabelled samples: with "
        "labels y = f(x) the least error over the class is that with respect to f."
    ),
    parameters=(LEARNER,),
    result=Bound(
        LEARNER.symbol,
        "samples that suffice for distillation",
        rounding="up",
        monotone={"n": "up"},
    ),
    claim=AGNOSTIC_CLAIM,
    assumptions=(
        Assumption(
            "same errors",
            "with y = f(x) every student errs for y where it disagrees with f",
            eq(EXCESS_DISTILLED, EXCESS_LEARNED),
        ),
        Assumption(
            "learner",
            "on enough samples the learner's excess error is above ε with probability at most δ",
            implies(ge(DRAWN.symbol, LEARNER.symbol), le(Pr(gt(EXCESS_LEARNED, EPS)), DEL)),
        ),
    ),
    steps=(
        Step(
            "event",
            le(Pr(TOO_BAD), Pr(gt(EXCESS_LEARNED, EPS))),
            use("event-monotone", smaller=TOO_BAD, larger=gt(EXCESS_LEARNED, EPS)),
            ("same errors",),
        ),
        Step("conclusion", AGNOSTIC_CLAIM, Smt(), ("event", "learner")),
    ),
    citation=Citation(
        "Boix-Adsera", "Towards a theory of model distillation, arXiv 2403.09053", 2024
    ),
    locals=(EPSILON, DELTA, DRAWN),
)

ONE = real("first", "p1", "probability that f and g disagree", 0, 1)
TWO = real("second", "p2", "probability that g and h disagree", 0, 1)
P1, P2 = ONE.symbol, TWO.symbol
STAGES = Assumption("stages", "the two disagreements", conj(eq(Pr(FG), P1), eq(Pr(GH), P2)))
APART = sp.Abs(P1 - P2)
composition_lower = Theorem(
    name="composition-lower",
    title="Two distillations, from below",
    statement=(
        "With two classes f and h disagree with probability at least |p1 - p2|, where f and g "
        "disagree with probability p1 and g and h with p2."
    ),
    parameters=(ONE, TWO),
    result=Bound(
        APART,
        "lower bound for the disagreement of f and h",
        vacuous=le(APART, 0),
        vacuous_words="when both are equal",
    ),
    claim=ge(Pr(FH), APART),
    assumptions=(STAGES,),
    steps=(
        Step("first", le(Pr(FG), Pr(sp.Or(FH, GH))),
             use("event-monotone", smaller=FG, larger=sp.Or(FH, GH)),
             words="Where f and g differ, h differs from one of them."),
        Step("first-sum", le(Pr(sp.Or(FH, GH)), Pr(FH) + Pr(GH)),
             use("boole", first=FH, second=GH)),
        Step("second", le(Pr(GH), Pr(sp.Or(FH, FG))),
             use("event-monotone", smaller=GH, larger=sp.Or(FH, FG))),
        Step("second-sum", le(Pr(sp.Or(FH, FG)), Pr(FH) + Pr(FG)),
             use("boole", first=FH, second=FG)),
        Step("conclusion", ge(Pr(FH), APART), Smt(),
             ("first", "first-sum", "second", "second-sum", "stages")),
    ),
    citation=OURS,
)  # fmt: skip

MOST = sp.Min(P1 + P2, 2 - P1 - P2)
BOTH_EQUAL = sp.Or(sp.Not(FG), sp.Not(GH))
composition_upper = Theorem(
    name="composition-upper",
    title="Two distillations, from above",
    statement=(
        "With two classes f and h disagree with probability at most min(p1 + p2, 2 - p1 - p2): "
        "where g differs from both, they agree."
    ),
    parameters=(ONE, TWO),
    result=Bound(
        MOST,
        "upper bound for the disagreement of f and h",
        vacuous=ge(MOST, 1),
        vacuous_words="when p1 + p2 = 1",
    ),
    claim=le(Pr(FH), MOST),
    assumptions=(STAGES,),
    steps=(
        Step("cover", le(Pr(FH), Pr(sp.Or(FG, GH))),
             use("event-monotone", smaller=FH, larger=sp.Or(FG, GH))),
        Step("sum", le(Pr(sp.Or(FG, GH)), Pr(FG) + Pr(GH)), use("boole", first=FG, second=GH)),
        Step("one agrees", le(Pr(FH), Pr(BOTH_EQUAL)),
             use("event-monotone", smaller=FH, larger=BOTH_EQUAL)),
        Step("agree-sum", le(Pr(BOTH_EQUAL), Pr(sp.Not(FG)) + Pr(sp.Not(GH))),
             use("boole", first=sp.Not(FG), second=sp.Not(GH))),
        Step("not-first", eq(Pr(sp.Not(FG)), 1 - Pr(FG)), use("complement", event=FG)),
        Step("not-second", eq(Pr(sp.Not(GH)), 1 - Pr(GH)), use("complement", event=GH)),
        Step("conclusion", le(Pr(FH), MOST), Smt(),
             ("cover", "sum", "one agrees", "agree-sum", "not-first", "not-second", "stages")),
    ),
    citation=OURS,
)  # fmt: skip

LABEL = Event("y = 1")
FY, HY = sp.Xor(F, LABEL), sp.Xor(H, LABEL)
TEACHER_ERROR = real("teacher", "epsilon1", "error of the teacher on the labels", 0, 1)
DISAGREEMENT = real("disagreement", "epsilon2", "disagreement of teacher and student", 0, 1)
E1, E2 = TEACHER_ERROR.symbol, DISAGREEMENT.symbol
accuracy = Theorem(
    name="composition-accuracy",
    title="Accuracy of a distilled student",
    statement=(
        "If the teacher is wrong with probability at most ε1 and the student disagrees with it "
        "with probability at most ε2, the student is wrong with probability at most ε1 + ε2."
    ),
    parameters=(TEACHER_ERROR, DISAGREEMENT),
    result=Bound(
        E1 + E2,
        "upper bound for the student's error on the labels",
        vacuous=ge(E1 + E2, 1),
        vacuous_words="when it is at least 1",
        monotone={"teacher": "up", "disagreement": "up"},
    ),
    claim=le(Pr(HY), E1 + E2),
    assumptions=(
        Assumption("errors", "the teacher's error and the disagreement",
                   conj(le(Pr(FY), E1), le(Pr(FH), E2))),
    ),
    steps=(
        Step("cover", le(Pr(HY), Pr(sp.Or(FY, FH))),
             use("event-monotone", smaller=HY, larger=sp.Or(FY, FH))),
        Step("sum", le(Pr(sp.Or(FY, FH)), Pr(FY) + Pr(FH)), use("boole", first=FY, second=FH)),
        Step("conclusion", le(Pr(HY), E1 + E2), Smt(), ("cover", "sum", "errors")),
    ),
    citation=OURS,
)  # fmt: skip

COUNT = integer("t", "t", "stages so far")
T = COUNT.symbol
ERRORS = reals("errors", "e", "error of each stage", 0, 1)
ES = ERRORS.symbol
ALL_ERRORS = sp.Sum(ES[J], (J, 1, LENGTH))


def after(t: sp.Expr) -> sp.Expr:
    """The disagreement of the first function and that after t stages."""
    return Quantity("disagreement after", t)


AFTER = le(after(T), sp.Sum(ES[J], (J, 1, T)))
stages_error = Theorem(
    name="composition-stages",
    title="Errors of many distillations add up",
    statement="After stages of errors e_i the disagreement with the first is at most Σ e_i.",
    parameters=(ERRORS,),
    result=Bound(
        ALL_ERRORS,
        "upper bound for the disagreement of the first and the last function",
        vacuous=ge(ALL_ERRORS, 1),
        vacuous_words="when it is at least 1",
    ),
    claim=le(after(LENGTH), ALL_ERRORS),
    assumptions=(
        Assumption(
            "stages",
            "one more stage adds its error at most: theorem composition-error",
            conj(eq(after(sp.Integer(0)), 0), le(after(T + 1), after(T) + ES[T + 1])),
        ),
    ),
    steps=(
        Step(
            "sum",
            conj(
                eq(sp.Sum(ES[J], (J, 1, 0)), 0),
                eq(sp.Sum(ES[J], (J, 1, T + 1)), sp.Sum(ES[J], (J, 1, T)) + ES[T + 1]),
            ),
            use("series-next", term=ES[J], index=J, first=1, last=T),
        ),
        Step("each", AFTER, use("induction", claim=AFTER, k=T, start=0), ("sum", "stages")),
        Step("conclusion", le(after(LENGTH), ALL_ERRORS), Instantiate("each", {T: LENGTH}),
             ("each",)),
    ),
    citation=OURS,
    locals=(LISTS,),
    schematic=(COUNT,),
)  # fmt: skip

STAGE_COUNT = integer("stages", "j", "number of stages, each on fresh samples", 1)
SC = STAGE_COUNT.symbol
KEEP = 1 - (1 - DEL) ** SC


def good(t: sp.Expr) -> sp.Expr:
    """The probability that the first t stages all succeed."""
    return Quantity("success of", t)


GOOD = ge(good(T), (1 - DEL) ** T)
stages_confidence = Theorem(
    name="composition-stages-confidence",
    title="Confidence of many distillations",
    statement=(
        "If each of j stages, on fresh samples, fails with probability at most δ whatever the "
        "stages before returned, one of them fails with probability at most 1 - (1 - δ)^j."
    ),
    parameters=(STAGE_COUNT, DELTA),
    result=Bound(
        KEEP,
        "upper bound for the probability that a stage fails",
        monotone={"stages": "up", "delta": "up"},
    ),
    claim=le(1 - good(SC), KEEP),
    assumptions=(
        Assumption(
            "stages",
            "given success so far, the next stage succeeds with probability 1 - δ at least: "
            "theorem composition-confidence",
            conj(eq(good(sp.Integer(0)), 1), ge(good(T + 1), good(T) * (1 - DEL))),
        ),
    ),
    steps=(
        Step("power", eq(sp.Mul((1 - DEL) ** T, 1 - DEL, evaluate=False), (1 - DEL) ** (T + 1)),
             Algebra()),
        Step("each", GOOD, use("induction", claim=GOOD, k=T, start=0), ("power", "stages")),
        Step("all", ge(good(SC), (1 - DEL) ** SC), Instantiate("each", {T: SC}), ("each",)),
        Step("conclusion", le(1 - good(SC), KEEP), Smt(), ("all",)),
    ),
    citation=OURS,
    schematic=(COUNT,),
)  # fmt: skip

OLD_ERROR = real("error", "epsilon", "error under the old distribution", 0, 1)
DISTANCE = real("distance", "t", "total variation distance of the distributions", 0, 1)
OLD, TV = OLD_ERROR.symbol, DISTANCE.symbol
NEW = Quantity("new P[f != g]")
BEFORE = Quantity("old P[f != g]")
transfer_distance = Theorem(
    name="transfer-distance",
    title="Transfer to a nearby distribution",
    statement=(
        "Under a distribution at total variation distance t an error of ε becomes at most ε + t."
    ),
    parameters=(OLD_ERROR, DISTANCE),
    result=Bound(
        OLD + TV,
        "upper bound for the error under the new distribution",
        vacuous=ge(OLD + TV, 1),
        vacuous_words="when it is at least 1",
        monotone={"error": "up", "distance": "up"},
    ),
    claim=le(NEW, OLD + TV),
    assumptions=(
        Assumption("distance", "no event, so not the disagreement, gains more than t",
                   le(NEW - BEFORE, TV)),
        Assumption("error", "the old error is at most ε", le(BEFORE, OLD)),
    ),
    steps=(Step("conclusion", le(NEW, OLD + TV), Smt(), ("distance", "error")),),
    citation=OURS,
)  # fmt: skip

CHANCES = reals("probabilities", "p", "P[x_i = 1] under the new distribution", 0, 1)
CS = CHANCES.symbol
FACTORS = 2 * sp.Max(CS[J], 1 - CS[J])
KAPPA = sp.Product(FACTORS, (J, 1, LENGTH))


def ratio(t: sp.Expr) -> sp.Expr:
    """New to old probability of the first t values of a point."""
    return Quantity("ratio", t)


def chance(t: sp.Expr) -> sp.Expr:
    """The new probability of value t of the point."""
    return Quantity("chance", t)


RATIOS = conj(ge(ratio(T), 0), le(ratio(T), sp.Product(FACTORS, (J, 1, T))))
transfer_factor = Theorem(
    name="transfer-factor",
    title="From the uniform to a product distribution",
    statement=(
        "No point is more than κ = Π 2 max(p_i, 1 - p_i) times as likely under independent "
        "variables with P[x_i = 1] = p_i as under the uniform distribution; so errors grow by at "
        "most that factor (transfer-error)."
    ),
    parameters=(CHANCES,),
    result=Bound(KAPPA, "largest ratio of the new to the old probability of a point"),
    claim=le(ratio(LENGTH), KAPPA),
    assumptions=(
        Assumption(
            "values",
            "independent variables: each value multiplies the ratio by its probability over 1/2",
            conj(
                eq(ratio(sp.Integer(0)), 1),
                eq(ratio(T + 1), ratio(T) * 2 * chance(T + 1)),
                ge(chance(T + 1), 0),
                sp.Or(
                    eq(chance(T + 1), CS[T + 1]), eq(chance(T + 1), 1 - CS[T + 1]), evaluate=False
                ),
            ),
        ),
    ),
    steps=(
        Step(
            "product",
            conj(
                eq(sp.Product(FACTORS, (J, 1, 0)), 1),
                eq(
                    sp.Product(FACTORS, (J, 1, T + 1)),
                    sp.Product(FACTORS, (J, 1, T)) * FACTORS.subs(J, T + 1),
                ),
            ),
            use("product-next", term=FACTORS, index=J, first=1, last=T),
        ),
        Step("each", RATIOS, use("induction", claim=RATIOS, k=T, start=0), ("product", "values")),
        Step("conclusion", le(ratio(LENGTH), KAPPA), Instantiate("each", {T: LENGTH}), ("each",)),
    ),
    citation=OURS,
    locals=(LISTS,),
    schematic=(COUNT,),
)

K = RELEVANT.symbol
MISS = K * (1 - PAIR_RATE) ** M
junta_miss = Theorem(
    name="junta-miss",
    title="The chance to miss a relevant variable",
    statement=(
        "With up to m random pairs a stage the search for the k relevant variables misses one "
        "with probability at most k (1 - 2^(-k))^m."
    ),
    parameters=(RELEVANT, PAIRS_USED),
    result=Bound(
        MISS,
        "upper bound for the probability that a relevant variable is missed",
        vacuous=ge(MISS, 1),
        vacuous_words="when it is at least 1",
        monotone={"pairs": "down", "relevant": "up"},
    ),
    claim=le(Pr(FAILURE), MISS),
    assumptions=junta_pairs.assumptions,
    steps=(
        Step("draws", eq(Pr(Every(SAME, M)), Pr(SAME) ** M),
             use("independent-draws", event=SAME, n=M)),
        Step("power", le(Pr(SAME) ** M, (1 - PAIR_RATE) ** M),
             use("power-monotone", x=Pr(SAME), y=1 - PAIR_RATE, n=M), ("pair",)),
        Step("conclusion", le(Pr(FAILURE), MISS), Smt(), ("draws", "power", "stages")),
    ),
    citation=CITED,
)  # fmt: skip

HALVINGS = integer("s", "s", "a number of halvings")
S = HALVINGS.symbol
BISECTION = Quantity("evaluations of a bisection")
LOG_UP = sp.ceiling(sp.log(D) / sp.log(2))
QUERIES = 2 * M * K + K * LOG_UP + 2**K


def asked(t: sp.Expr) -> sp.Expr:
    """The evaluations of the first t stages."""
    return Quantity("asked", t)


TOTAL = Quantity("evaluations")
ASKED = le(asked(T), T * (2 * M + LOG_UP))
junta_queries = Theorem(
    name="junta-queries",
    title="Evaluations that find a junta",
    statement=(
        "Up to m pairs in each of at most k stages, a bisection over d variables at each "
        "difference, and the table of the k variables found: at most 2 m k + k ceil(log2 d) + 2^k "
        "evaluations."
    ),
    parameters=(VARIABLES, RELEVANT, PAIRS_USED),
    result=Bound(
        QUERIES,
        "evaluations at most",
        rounding="down",
        vacuous=ge(QUERIES, 2**D),
        vacuous_words="when it exceeds the number 2^d of points",
        monotone={"variables": "up", "relevant": "up", "pairs": "up"},
    ),
    claim=le(TOTAL, QUERIES),
    assumptions=(
        Assumption(
            "bisection",
            "s evaluations halve the d candidates s times; none is needed once one is left",
            implies(ge(2**S, D), le(BISECTION, S)),
        ),
        Assumption(
            "stages",
            "a stage evaluates both points of its pairs, and bisects once",
            conj(eq(asked(sp.Integer(0)), 0), le(asked(T + 1), asked(T) + 2 * M + BISECTION)),
        ),
        Assumption("table", "then the table of at most k variables is read",
                   le(TOTAL, asked(K) + 2**K)),
    ),
    steps=(
        Step("log2", ge(sp.log(2), HALF), Balls()),
        Step("log-d", ge(sp.log(D), sp.log(1)), use("log-monotone", x=1, y=D)),
        Step("up", ge(LOG_UP, sp.log(D) / sp.log(2)), use("ceiling", x=sp.log(D) / sp.log(2)),
             ("log2",)),
        Step("positive", ge(LOG_UP, 0), Smt(), ("up", "log-d", "log2")),
        Step("logarithm", eq(sp.log(2**LOG_UP), LOG_UP * sp.log(2)), Algebra(), ("log2",)),
        Step("compare", sp.Equivalent(le(D, 2**LOG_UP), le(sp.log(D), sp.log(2**LOG_UP))),
             use("log-monotone", x=D, y=2**LOG_UP), ("log2",)),
        Step("enough", ge(2**LOG_UP, D), Smt(), ("compare", "logarithm", "up", "log2")),
        Step("bisections", le(BISECTION, LOG_UP), Instantiate("bisection", {S: LOG_UP}),
             ("bisection", "enough", "positive")),
        Step("each", ASKED, use("induction", claim=ASKED, k=T, start=0),
             ("stages", "bisections")),
        Step("all", le(asked(K), K * (2 * M + LOG_UP)), Instantiate("each", {T: K}), ("each",)),
        Step("conclusion", le(TOTAL, QUERIES), Smt(), ("all", "table")),
    ),
    citation=CITED,
    schematic=(HALVINGS, COUNT),
)  # fmt: skip

BEST = real("best", "o", "error of the best function of the variables in R", 0, HALF)
OPT = BEST.symbol
SHARE = Random("P[f = 1] given x_R")
LEAST, SPREAD = sp.Min(SHARE, 1 - SHARE), 2 * SHARE * (1 - SHARE)
DIFFER = Quantity("P[f(x) != f(x')]")
READOUT_CLAIM = conj(le(OPT, DIFFER), le(DIFFER, 2 * OPT))
readout = Theorem(
    name="junta-readout",
    title="Reading a table at random values of the other variables",
    statement=(
        "For any f and any set R of variables let q be the probability that f differs at two "
        "points that agree on R, the other variables redrawn. The table of R read at random "
        "values of the others has expected error q, and o <= q <= 2 o, where o is the error of "
        "the best function of x_R."
    ),
    parameters=(BEST,),
    result=Bound(
        2 * OPT,
        "upper bound for the expected error of the readout",
        monotone={"best": "up"},
    ),
    claim=READOUT_CLAIM,
    assumptions=(
        Assumption(
            "shares",
            "given x_R, f is 1 with a probability p; two draws differ with probability 2 p (1 - p) "
            "and the best value is wrong with probability min(p, 1 - p)",
            conj(ge(SHARE, 0), le(SHARE, 1), eq(DIFFER, Mean(SPREAD)), eq(OPT, Mean(LEAST))),
        ),
    ),
    steps=(
        Step("pointwise", conj(le(LEAST, SPREAD), le(SPREAD, 2 * LEAST)), Smt(), ("shares",)),
        Step("below", le(Mean(LEAST), Mean(SPREAD)), use("mean-monotone", x=LEAST, y=SPREAD),
             ("pointwise",)),
        Step("above", le(Mean(SPREAD), Mean(2 * LEAST)),
             use("mean-monotone", x=SPREAD, y=2 * LEAST), ("pointwise",)),
        Step("twice", eq(Mean(2 * LEAST), 2 * Mean(LEAST)),
             use("linearity", x=LEAST, y=LEAST, a=1, b=1)),
        Step("conclusion", READOUT_CLAIM, Smt(), ("below", "above", "twice", "shares")),
    ),
    citation=CITED,
)  # fmt: skip

MU, INFLUENCE = mcdiarmid_empirical.parameters[0], mcdiarmid_empirical.parameters[1]
LOWER_MEAN = MU.symbol - SLACK
MEAN_CLAIM = conj(
    le(Pr(TOO_HIGH), DEL),
    implies(lt(SAMPLED - Mean(SAMPLED), SLACK), eq(SAMPLED, MU.symbol), gt(TRUE_MEAN, LOWER_MEAN)),
)
DEVIATION_STEPS = tuple(
    s
    for s in mcdiarmid_empirical.steps
    if s.label in ("inverse", "positive-log", "average", "deviation")
)
mcdiarmid_mean = Theorem(
    name="mcdiarmid-mean",
    title="Mean margin on a leaf from sampled margins",
    statement=(
        "If n leaf samples have mean margin μ and changing input i moves the margin by at most a "
        "certified c_i, C = Σ c_i², the mean margin exceeds μ - sqrt(C ln(1/δ)/(2n)) with "
        "confidence 1 - δ."
    ),
    parameters=(MU, INFLUENCE, N_SAMPLES, DELTA),
    result=Bound(
        LOWER_MEAN,
        "lower bound for the mean margin, with confidence 1 - δ",
        vacuous=le(LOWER_MEAN, 0),
        vacuous_words="when it is not positive",
        monotone={"mean": "up", "influence": "down", "n": "up", "delta": "up"},
    ),
    claim=MEAN_CLAIM,
    assumptions=mcdiarmid_empirical.assumptions,
    steps=(
        *DEVIATION_STEPS,
        Step("conclusion", MEAN_CLAIM, Smt(), ("deviation", "average")),
    ),
    citation=mcdiarmid_empirical.citation,
)

R = DEEP.symbol
EXACT_SIMPLE = 2**R * sp.log(1 / DEL)
EXACT_CLAIM = implies(ge(N, EXACT_SIMPLE), gt(P, 0), le(Pr(PASS), DEL))
exact_simple = Theorem(
    name="exact-test-simple",
    title="Testing that proves equality, simple form",
    statement=(
        "If teacher and student are both promised to be functions of trees of depth at most r "
        "(uniform distribution, Boolean variables), n >= 2^r ln(1/δ) fresh samples without a "
        "disagreement show that they are equal, with confidence 1 - δ."
    ),
    parameters=(DEEP, DELTA),
    result=Bound(
        EXACT_SIMPLE,
        "samples without a disagreement that suffice for equality",
        rounding="up",
        monotone={"depth": "up", "delta": "down"},
    ),
    claim=EXACT_CLAIM,
    assumptions=exact_test.assumptions,
    steps=(
        RATE_STEP,
        Step(
            "test",
            implies(ge(N, sp.log(1 / DEL) / GAP), ge(P, GAP), le(Pr(PASS), DEL)),
            Cite(test_simple, {"epsilon": GAP}),
            ("rate", "agreement"),
            "A test at ε = 2^(-r).",
        ),
        Step("conclusion", EXACT_CLAIM, Smt(), ("test", "gap")),
    ),
    citation=exact_test.citation,
    locals=(N_SAMPLES, P_ERROR),
)

THEOREMS = (
    agnostic,
    composition_lower,
    composition_upper,
    accuracy,
    stages_error,
    stages_confidence,
    transfer_distance,
    transfer_factor,
    junta_miss,
    junta_queries,
    readout,
    mcdiarmid_mean,
    exact_simple,
)
