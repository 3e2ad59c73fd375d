"""Juntas: finding their relevant variables by queries, reading them out (catalogue T16)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.chains import COUNT, T
from theory.catalogue.juntas import CITED, FAILURE, RELEVANT, SAME, STAGES, M, junta_pairs
from theory.catalogue.juntas import PAIRS as PAIRS_USED
from theory.catalogue.juntas import RATE as PAIR_RATE
from theory.language.experiments import Experiment
from theory.language.rules import Algebra, Balls, Instantiate, Smt, use
from theory.language.schemas import Interval, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import VARIABLES, integer, real
from theory.language.terms import Every, Mean, Pr, Quantity, Random, conj, eq, ge, implies, le

D = VARIABLES.symbol
HALF = sp.Rational(1, 2)

K = RELEVANT.symbol
MISS = K * (1 - PAIR_RATE) ** M
junta_miss = Theorem(
    name="junta-miss",
    title="The chance to miss a relevant variable",
    parameters=(RELEVANT, PAIRS_USED),
    result=UpperBound(Pr(FAILURE), MISS, monotone={"pairs": "down", "relevant": "up"}),
    assumptions=junta_pairs.assumptions,
    experiment=STAGES,
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
    parameters=(VARIABLES, RELEVANT, PAIRS_USED),
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
READOUT_CLAIM = conj(ge(DIFFER, OPT), le(DIFFER, 2 * OPT))
readout = Theorem(
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
    junta_miss,
    junta_queries,
    readout,
)
