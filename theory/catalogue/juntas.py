"""Juntas: how many there are, finding their variables by queries, reading them out.

Inputs are uniform on bits.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import (
    CUBE,
    DEL,
    HALF,
    LEVEL,
    LOG2_STEP,
    STAGE,
    D,
    N,
    T,
    cube,
    cube_steps,
)
from theory.language.experiments import Experiment, sample
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import Count, Interval, LowerBound, SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, VARIABLES, integer, real
from theory.language.terms import (
    Event,
    Every,
    IntegerQuantity,
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
)

AT_MOST = integer("relevant", "k", "number of relevant variables at most")
KK = AT_MOST.symbol
ORDER = integer("j", "j", "a number of variables")
JJ = ORDER.symbol
II = sp.Symbol("i", integer=True, nonnegative=True)
JUNTAS = IntegerQuantity("juntas")
SIGNED = sp.Sum((-1) ** II * sp.binomial(JJ, II) * 2 ** (2 ** (JJ - II)), (II, 0, JJ))


def exactly(j: sp.Expr) -> sp.Expr:
    """The functions of j variables that depend on each of them."""
    return Quantity("all relevant", j)


junta_count = Theorem(
    name="junta-count",
    title="Functions with few relevant variables",
    parameters=(VARIABLES, AT_MOST),
    result=Count(
        JUNTAS,
        sp.Sum(sp.binomial(D, JJ) * SIGNED, (JJ, 0, KK)),
        monotone={"variables": "up", "relevant": "up"},
        trend_facts=("inversion", "numbers"),
    ),
    assumptions=(
        Assumption(
            "relevant",
            "each function has one set of relevant variables, of at most k of the d; each of the "
            "2^(2^j) functions of j variables has one among these",
            conj(
                eq(JUNTAS, sp.Sum(sp.binomial(D, JJ) * exactly(JJ), (JJ, 0, KK))),
                eq(2 ** (2**JJ), sp.Sum(sp.binomial(JJ, II) * exactly(II), (II, 0, JJ))),
            ),
        ),
        Assumption("numbers", "A_j counts functions, so it is not negative", ge(exactly(JJ), 0)),
    ),
    steps=(
        Step(
            "inversion",
            eq(exactly(JJ), SIGNED),
            use("binomial-inversion", parts=exactly(JJ), totals=2 ** (2**JJ), index=JJ, size=JJ),
            ("relevant",),
            "Inclusion-exclusion.",
        ),
        Step(
            "sum",
            eq(
                sp.Sum(sp.binomial(D, JJ) * exactly(JJ), (JJ, 0, KK)),
                sp.Sum(sp.binomial(D, JJ) * SIGNED, (JJ, 0, KK)),
            ),
            use(
                "series-terms",
                left=sp.binomial(D, JJ) * exactly(JJ),
                right=sp.binomial(D, JJ) * SIGNED,
                index=JJ,
                first=0,
                last=KK,
            ),
            ("inversion",),
        ),
        Step("conclusion", eq(JUNTAS, sp.Sum(sp.binomial(D, JJ) * SIGNED, (JJ, 0, KK))), Smt(),
             ("relevant", "sum")),
    ),
    citation=Citation("Graham, Knuth, Patashnik", "Concrete Mathematics", 1994),
    schematic=(ORDER,),
)  # fmt: skip

TABLES = sp.binomial(D, KK) * 2 ** (2**KK)

junta_count_upper = Theorem(
    name="junta-count-upper",
    title="Functions with few relevant variables, simple form",
    parameters=(VARIABLES, AT_MOST),
    result=UpperBound(
        JUNTAS,
        TABLES,
        monotone={"variables": "up", "relevant": "up"},
        useless=ge(TABLES, 2 ** (2**D)),
    ),
    assumptions=(
        *CUBE,
        Assumption(
            "superset",
            "k <= d: some k variables contain the relevant ones; a table has a value for each of "
            "their points",
            implies(
                le(KK, D), le(JUNTAS, sp.binomial(D, KK) * Quantity("tables", cube(KK)))
            ),
        ),
        Assumption(
            "tables",
            "p values can be chosen in 2^p ways",
            implies(ge(JJ, 0), eq(cube(KK), JJ), eq(Quantity("tables", cube(KK)), 2**JJ)),
        ),
    ),
    steps=(
        *cube_steps(KK),
        Step("values", eq(Quantity("tables", cube(KK)), 2 ** (2**KK)),
             Instantiate("tables", {JJ: 2**KK}), ("tables", "points")),
        Step("conclusion", le(JUNTAS, TABLES), Smt(), ("superset", "values")),
    ),
    citation=junta_count.citation,
    requires=(Assumption("few", "relevant <= variables", le(KK, D)),),
    schematic=(LEVEL, ORDER),
)  # fmt: skip

RELEVANT = integer("relevant", "k", "number of relevant variables", 1)
K = RELEVANT.symbol
CITED = Citation("Mossel, O'Donnell, Servedio", "Learning juntas, STOC", 2003)
INFLUENCE = sp.Pow(2, 1 - K)
MISS = K * (1 - INFLUENCE) ** N
UNSEEN = Event("flipping i shows no difference")
MISSED = Event("a relevant variable is missed")

junta_influence_miss = Theorem(
    name="junta-influence-miss",
    title="Finding relevant variables by flipping each",
    parameters=(RELEVANT, N_SAMPLES),
    result=UpperBound(Pr(MISSED), MISS, monotone={"relevant": "up", "n": "down"}),
    assumptions=(
        Assumption("influence", "one sensitive edge of the k-cube has 2 of the 2^k points",
                   le(Pr(UNSEEN), 1 - INFLUENCE)),
        Assumption("each", "k relevant variables, n independent flips each",
                   le(Pr(MISSED), K * Pr(Every(UNSEEN, N)))),
    ),
    experiment=sample(
        N,
        "flipping i shows no difference",
        what="flips of each variable",
        random=("a relevant variable is missed",),
    ),
    steps=(
        Step("draws", eq(Pr(Every(UNSEEN, N)), Pr(UNSEEN) ** N),
             use("independent-draws", event=UNSEEN, n=N)),
        Step("power", le(Pr(UNSEEN) ** N, (1 - INFLUENCE) ** N),
             use("power-monotone", x=Pr(UNSEEN), y=1 - INFLUENCE, n=N), ("influence",)),
        Step("conclusion", le(Pr(MISSED), MISS), Smt(), ("draws", "power", "each")),
    ),
    citation=CITED,
)  # fmt: skip

MISSING = integer("missing", "j", "relevant variables not found yet", 1)
J = MISSING.symbol
PAIR = sp.Pow(2, 1 - K) * (1 - sp.Pow(2, -J))
MASS = Quantity("mass of the assignments")
CHANCE = Quantity("P[free part is 1]")
PAIR_DIFFERS = Quantity("P[the pair differs]")

junta_pair_probability = Theorem(
    name="junta-pair-probability",
    title="A random pair shows a missing relevant variable",
    parameters=(RELEVANT, MISSING),
    result=LowerBound(PAIR_DIFFERS, PAIR, monotone={"relevant": "down", "missing": "up"}),
    assumptions=(
        Assumption(
            "assignment",
            "some assignments of R, of mass at least 2^(-(k - j)), leave a function of the j "
            "others that is not constant: it is 1 with probability between 2^(-j) and 1 - 2^(-j)",
            conj(
                ge(MASS, sp.Pow(2, -(K - J))),
                ge(CHANCE, sp.Pow(2, -J)),
                le(CHANCE, 1 - sp.Pow(2, -J)),
                ge(PAIR_DIFFERS, MASS * (2 * CHANCE * (1 - CHANCE))),
            ),
        ),
    ),
    steps=(
        Step("half", le(sp.Pow(2, -J), HALF), use("power-exponent", x=2, a=-J, b=-1)),
        Step(
            "spread",
            ge(2 * CHANCE * (1 - CHANCE), 2 * sp.Pow(2, -J) * (1 - sp.Pow(2, -J))),
            Smt(),
            ("assignment",),
            "2 p (1 - p) is least at the ends.",
        ),
        Step(
            "multiply",
            eq(
                sp.Mul(sp.Pow(2, -(K - J)), sp.Pow(2, -J), 2, evaluate=False),
                sp.Pow(2, 1 - K),
            ),
            Algebra(),
        ),
        Step(
            "conclusion",
            ge(PAIR_DIFFERS, PAIR),
            Smt(),
            ("assignment", "half", "spread", "multiply"),
        ),
    ),
    citation=CITED,
    requires=(Assumption("few", "missing <= relevant", le(J, K)),),
)

PAIRS = integer("pairs", "m", "random pairs per stage", 1)
M = PAIRS.symbol
RATE = sp.Pow(2, -K)
NEEDED = sp.log(DEL / K) / sp.log(1 - RATE)
SAME = Event("a pair shows no difference")
FAILURE = Event("a stage stops early")
PAIRS_CLAIM = implies(ge(M, NEEDED), le(Pr(FAILURE), DEL))
STAGES = sample(
    M, "a pair shows no difference", what="pairs of a stage", random=("a stage stops early",)
)
PAIR_DRAWS = Step(
    "draws", eq(Pr(Every(SAME, M)), Pr(SAME) ** M), use("independent-draws", event=SAME, n=M)
)
PAIR_POWER = Step(
    "power",
    le(Pr(SAME) ** M, (1 - RATE) ** M),
    use("power-monotone", x=Pr(SAME), y=1 - RATE, n=M),
    ("pair",),
)

junta_pairs = Theorem(
    name="junta-pairs",
    title="Random pairs for finding relevant variables",
    parameters=(RELEVANT, DELTA),
    result=SampleSize(
        M, NEEDED, le(Pr(FAILURE), DEL), monotone={"relevant": "up", "delta": "down"}
    ),
    assumptions=(
        Assumption(
            "pair",
            "a pair differs with probability at least 2^(-k) while a relevant variable is "
            "missing: theorem junta-pair-probability",
            le(Pr(SAME), 1 - RATE),
        ),
        Assumption(
            "stages",
            "at most k stages, each with fresh independent pairs",
            le(Pr(FAILURE), K * Pr(Every(SAME, M))),
        ),
    ),
    experiment=STAGES,
    steps=(
        Step("rate", conj(le(RATE, HALF), gt(RATE, 0)), use("power-exponent", x=2, a=-K, b=-1)),
        PAIR_DRAWS,
        PAIR_POWER,
        Step(
            "logarithm",
            eq(sp.log((1 - RATE) ** M), M * sp.log(1 - RATE)),
            Algebra(positive=((1 - RATE, RATE),)),
            ("rate",),
        ),
        Step("negative", le(sp.log(1 - RATE), -RATE), use("log-bounds", x=RATE), ("rate",)),
        Step(
            "compare",
            sp.Equivalent(
                le((1 - RATE) ** M, DEL / K), le(sp.log((1 - RATE) ** M), sp.log(DEL / K))
            ),
            use("log-monotone", x=(1 - RATE) ** M, y=DEL / K),
            ("rate",),
        ),
        Step("conclusion", PAIRS_CLAIM, Smt(),
             ("stages", "draws", "power", "logarithm", "negative", "compare", "rate")),
    ),
    citation=CITED,
    locals=(PAIRS,),
)  # fmt: skip

PAIRS_MISS = K * (1 - RATE) ** M

junta_miss = Theorem(
    name="junta-miss",
    title="The chance to miss a relevant variable",
    parameters=(RELEVANT, PAIRS),
    result=UpperBound(Pr(FAILURE), PAIRS_MISS, monotone={"pairs": "down", "relevant": "up"}),
    assumptions=junta_pairs.assumptions,
    experiment=STAGES,
    steps=(
        PAIR_DRAWS,
        PAIR_POWER,
        Step("conclusion", le(Pr(FAILURE), PAIRS_MISS), Smt(), ("draws", "power", "stages")),
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
    parameters=(VARIABLES, RELEVANT, PAIRS),
    result=UpperBound(
        TOTAL,
        QUERIES,
        monotone={"variables": "up", "relevant": "up", "pairs": "up"},
        useless=ge(QUERIES, 2**D),
    ),
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
        LOG2_STEP,
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
    schematic=(HALVINGS, STAGE),
)  # fmt: skip

BEST = real("best", "o", "error of the best function of the variables in R", 0, HALF)
OPT = BEST.symbol
SHARE = Random("P[f = 1] given x_R")
LEAST = sp.Min(SHARE, 1 - SHARE)
SPREAD = 2 * SHARE * (1 - SHARE)
DIFFER = Quantity("P[f(x) != f(x')]")
READOUT_CLAIM = conj(ge(DIFFER, OPT), le(DIFFER, 2 * OPT))

junta_readout = Theorem(
    name="junta-readout",
    title="Reading a table at random values of the other variables",
    parameters=(BEST,),
    result=Interval(DIFFER, OPT, 2 * OPT, "upper", monotone={"best": "up"}),
    assumptions=(
        Assumption(
            "shares",
            "given x_R, f is 1 with a probability p; two draws differ with probability 2 p (1 - p) "
            "and the best value is wrong with probability min(p, 1 - p)",
            conj(ge(SHARE, 0), le(SHARE, 1), eq(DIFFER, Mean(SPREAD)), eq(OPT, Mean(LEAST))),
        ),
    ),
    experiment=Experiment(random=("P[f = 1] given x_R",)),
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

THEOREMS = (
    junta_count,
    junta_count_upper,
    junta_influence_miss,
    junta_pair_probability,
    junta_pairs,
    junta_miss,
    junta_queries,
    junta_readout,
)
