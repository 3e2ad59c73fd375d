"""VC classes, realizable, and the VC dimension of trees.

The proof: a bad consistent student is caught on a second sample (Chebyshev), swapping pairs
between the two samples makes that unlikely (Sauer), and the tail is solved for n.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.occam import MEMBER, WRONG, G, err
from theory.catalogue.shared import (
    CUBE,
    CUBE_STEPS,
    DEL,
    EPS,
    LEVEL,
    LOG2_STEP,
    OURS,
    D,
    N,
    T,
    V,
    cube,
)
from theory.catalogue.trees import (
    COMPLETE,
    COMPUTED,
    FUNCTIONS,
    FUNCTIONS_COUNT,
    LOG_FUNCTIONS,
    log_tree_functions,
)
from theory.language.experiments import Draws, Experiment
from theory.language.rules import Algebra, Balls, Instantiate, Smt, use
from theory.language.schemas import LowerBound, SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import (
    DELTA,
    DEPTH,
    EPSILON,
    N_SAMPLES,
    VARIABLES,
    VC,
    Parameter,
    integer,
)
from theory.language.terms import (
    Average,
    Event,
    Every,
    Fact,
    Mean,
    Pr,
    Quantity,
    Some,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
)

TOSSES = integer("t", "t", "number of errors in a pattern")
CONSISTENT = Event("no error on the first n", G)
BAD = ge(err(G), EPS)
FAILURE = Some(G, BAD, CONSISTENT)
TOSS = TOSSES.symbol
SECOND = Average(WRONG, N)
ENOUGH = gt(SECOND - Mean(WRONG), -err(G) / 2)
INDEPENDENT = Fact("independent", CONSISTENT, ENOUGH)
MANY = sp.And(CONSISTENT, ge(SECOND, EPS / 2))
SWAPPED = Fact("errors on the second half only", MANY, EPS * N / 2, N)
TWO_SAMPLES = Experiment(
    (
        Draws(N, "points of a first sample"),
        Draws(N, "points of a second sample", ("wrong",)),
        Draws(TOSS, "coins", ("coin",)),
    ),
    random=("no error on the first n",),
    laws=(INDEPENDENT, SWAPPED),
)
TAIL = sp.Pow(2, -EPS * N / 2)
GROWTH = (2 * sp.E * N / V) ** V
TOTAL = 2 * GROWTH * TAIL
LARGE = conj(ge(N * EPS, 8), ge(2 * N, V))
LOW = le(SECOND - Mean(WRONG), -err(G) / 2)
CAUGHT = Some(G, BAD, sp.And(CONSISTENT, ENOUGH))
PATTERN = Some(G, BAD, MANY)
COIN = Event("coin")
CATCH_STEPS = (
    Step(
        "square",
        le(Mean(WRONG**2), Mean(WRONG)),
        use("mean-monotone", x=WRONG**2, y=WRONG),
        ("indicator",),
    ),
    Step(
        "chebyshev",
        implies(
            BAD,
            le(Pr(LOW), (Mean(WRONG**2) - Mean(WRONG) ** 2) / (N * (err(G) / 2) ** 2)),
        ),
        use("chebyshev", given=BAD, x=WRONG, n=N, t=err(G) / 2),
        words="The second sample rarely shows less than half the expected errors.",
    ),
    Step(
        "half",
        implies(BAD, ge(N * EPS, 8), le(Pr(LOW), sp.Rational(1, 2))),
        Smt(),
        ("square", "chebyshev", "indicator"),
    ),
    Step(
        "complement",
        eq(Pr(ENOUGH), 1 - Pr(LOW)),
        use("complement", event=LOW),
    ),
    Step(
        "caught",
        implies(ge(N * EPS, 8), le(Pr(FAILURE) / 2, Pr(CAUGHT))),
        use(
            "fresh-sample",
            given=ge(N * EPS, 8),
            member=G,
            condition=BAD,
            first=CONSISTENT,
            second=ENOUGH,
            chance=sp.Rational(1, 2),
        ),
        ("half", "complement", "samples"),
        "So a bad consistent student is caught on a second sample with probability 1/2 or more.",
    ),
    Step(
        "many",
        le(Pr(CAUGHT), Pr(PATTERN)),
        use(
            "same-members",
            member=G,
            condition=BAD,
            event=sp.And(CONSISTENT, ENOUGH),
            larger=BAD,
            larger_event=MANY,
        ),
        ("indicator",),
    ),
    Step(
        "tosses",
        eq(Pr(Every(COIN, TOSS)), Pr(COIN) ** TOSS),
        use("independent-draws", event=COIN, n=TOSS),
    ),
    Step(
        "tosses-half",
        le(Pr(COIN) ** TOSS, sp.Rational(1, 2) ** TOSS),
        use("power-monotone", x=Pr(COIN), y=sp.Rational(1, 2), n=TOSS),
        ("samples",),
    ),
    Step(
        "tosses-tail",
        implies(ge(TOSS, EPS * N / 2), le(sp.Pow(2, -TOSS), TAIL)),
        use("power-exponent", x=2, a=-TOSS, b=-EPS * N / 2),
    ),
    Step(
        "pattern",
        le(Pr(PATTERN), Quantity("growth", 2 * N) * TAIL),
        use(
            "swapping",
            member=G,
            condition=BAD,
            event=MANY,
            coin=COIN,
            k=TOSS,
            least=EPS * N / 2,
            bound=TAIL,
            n=N,
        ),
        ("tosses", "tosses-half", "tosses-tail", "samples"),
        "Swapping pairs: at most Π(2n) patterns, each with probability at most 2^(-εn/2).",
    ),
    Step(
        "sauer",
        implies(ge(2 * N, V), le(Quantity("growth", 2 * N), GROWTH)),
        use("sauer", given=ge(2 * N, V), n=2 * N, v=V),
        ("samples",),
    ),
    Step(
        "tail",
        implies(LARGE, le(Pr(FAILURE), TOTAL)),
        Smt(),
        ("caught", "many", "pattern", "sauer"),
        "Hence P[failure] <= 2 (2en/v)^v 2^(-εn/2).",
    ),
)
RATIO = Parameter("u", sp.Symbol("u", real=True), "real", "u", "u", "samples per dimension")
SCALE = Parameter("w", sp.Symbol("w", real=True), "real", "w", "w", "thirteen over ε")
LOG2 = sp.log(2)
FIRST = 4 / EPS * sp.log(2 / DEL) / LOG2
LOG13 = sp.log(13 / EPS)
SECOND_BRANCH = 8 * V / EPS * LOG13 / LOG2
SAMPLES = sp.Max(FIRST, SECOND_BRANCH)
U = RATIO.symbol
W = SCALE.symbol
START = 8 * LOG13 / (EPS * LOG2)
EXCESS_U = EPS * LOG2 * U / 4 - sp.log(2 * sp.E * U)
EXCESS_W = 13 * W - 16 * sp.E * sp.log(W) / LOG2
VC_CLAIM = implies(ge(N, SAMPLES), le(Pr(FAILURE), DEL))
SOLVE_STEPS = (
    Step("log2", conj(ge(LOG2, sp.Rational(69, 100)), le(LOG2, sp.Rational(7, 10))), Balls()),
    Step("e", conj(ge(sp.E, 2), le(sp.E, sp.Rational(2719, 1000))), Balls()),
    Step("log13", ge(sp.log(13), 2), Balls()),
    Step(
        "log13-epsilon",
        ge(LOG13, sp.log(13)),
        use("log-monotone", x=13, y=13 / EPS),
        words="ln(13/ε) >= ln 13 >= 2.",
    ),
    Step("at-13", ge(169 - 16 * sp.E * sp.log(13) / LOG2, 0), Balls()),
    Step(
        "from-13",
        implies(ge(W, 13), ge(EXCESS_W, EXCESS_W.subs(W, 13))),
        use("mean-value", f=EXCESS_W, x=W, start=13, end=sp.oo),
        ("log2", "e"),
        "13 w - 16 e log2 w rises for w >= 13.",
    ),
    Step(
        "at-scale",
        ge(EXCESS_W.subs(W, 13 / EPS), EXCESS_W.subs(W, 13)),
        Instantiate("from-13", {W: 13 / EPS}),
        ("from-13",),
    ),
    Step(
        "square-log",
        eq(sp.log((13 / EPS) ** 2), 2 * LOG13),
        Algebra(),
    ),
    Step(
        "start-log",
        le(sp.log(2 * sp.E * START), sp.log((13 / EPS) ** 2)),
        use("log-monotone", x=2 * sp.E * START, y=(13 / EPS) ** 2),
        ("at-scale", "at-13", "log2", "e", "log13", "log13-epsilon"),
        "So 2 e u <= (13/ε)² at u = 8 log2(13/ε)/ε.",
    ),
    Step(
        "rises",
        implies(ge(U, START), ge(EXCESS_U, EXCESS_U.subs(U, START))),
        use("mean-value", f=EXCESS_U, x=U, start=START, end=sp.oo),
        ("log2", "e", "log13", "log13-epsilon"),
        "ε u ln 2/4 - ln(2 e u) rises from there on.",
    ),
    Step(
        "ratio",
        implies(ge(N / V, START), ge(EXCESS_U.subs(U, N / V), EXCESS_U.subs(U, START))),
        Instantiate("rises", {U: N / V}),
        ("rises", "e"),
    ),
    Step(
        "logarithm",
        eq(sp.log(TOTAL), LOG2 + V * sp.log(2 * sp.E * N / V) - EPS * N * LOG2 / 2),
        Algebra(),
    ),
    Step("log-delta", eq(sp.log(2 / DEL), LOG2 - sp.log(DEL)), Algebra()),
    Step(
        "compare",
        sp.Equivalent(le(TOTAL, DEL), le(sp.log(TOTAL), sp.log(DEL))),
        use("log-monotone", x=TOTAL, y=DEL),
        ("e",),
    ),
    Step(
        "first-branch",
        implies(ge(N, SAMPLES), ge(EPS * N * LOG2 / 4, LOG2 - sp.log(DEL))),
        Smt(),
        ("log-delta", "log2"),
        "The first branch of the maximum pays for δ,",
    ),
    Step(
        "second-branch",
        implies(ge(N, SAMPLES), ge(N / V, START)),
        Smt(),
        ("log2", "log13", "log13-epsilon"),
    ),
    Step(
        "growth-paid",
        implies(ge(N, SAMPLES), ge(EPS * N * LOG2 / 4, V * sp.log(2 * sp.E * N / V))),
        Smt(),
        ("second-branch", "ratio", "start-log", "square-log", "log2"),
        "the second for the number of patterns.",
    ),
    Step(
        "large",
        implies(ge(N, SAMPLES), LARGE),
        Smt(),
        ("second-branch", "log2", "log13", "log13-epsilon"),
    ),
    Step(
        "conclusion",
        VC_CLAIM,
        Smt(),
        ("tail", "large", "logarithm", "compare", "first-branch", "growth-paid"),
    ),
)

vc_realizable = Theorem(
    name="vc-realizable",
    title="Consistent students from a class of finite VC dimension",
    parameters=(VC, EPSILON, DELTA),
    result=SampleSize(
        N, SAMPLES, le(Pr(FAILURE), DEL), monotone={"vc": "up", "epsilon": "down", "delta": "down"}
    ),
    assumptions=(
        Assumption(
            "indicator",
            "wrong(g) is 0 or 1: whether g disagrees with the teacher at a draw; err(g) its mean",
            conj(sp.Or(eq(WRONG, 0), eq(WRONG, 1)), eq(Mean(WRONG), err(G)), le(err(G), 1)),
        ),
        Assumption(
            "samples",
            "two independent samples of n points; the class has VC dimension v; a fair coin "
            "decides for each pair which sample it belongs to",
            conj(
                INDEPENDENT,
                SWAPPED,
                Fact("VC dimension", V),
                eq(Pr(COIN), sp.Rational(1, 2)),
            ),
        ),
    ),
    experiment=TWO_SAMPLES,
    steps=(*CATCH_STEPS, *SOLVE_STEPS),
    citation=Citation(
        "Blumer, Ehrenfeucht, Haussler, Warmuth",
        "Learnability and the Vapnik-Chervonenkis dimension, JACM 36:929-965",
        1989,
    ),
    locals=(N_SAMPLES,),
    schematic=(
        MEMBER,
        TOSSES,
        RATIO,
        SCALE,
    ),
)

vc_failure = Theorem(
    name="vc-failure",
    title="Failure probability of a consistent student from a VC class",
    parameters=(VC, EPSILON, N_SAMPLES),
    result=UpperBound(Pr(FAILURE), TOTAL, monotone={"epsilon": "down"}),
    assumptions=vc_realizable.assumptions,
    experiment=TWO_SAMPLES,
    steps=(*CATCH_STEPS, Step("conclusion", le(Pr(FAILURE), TOTAL), Smt(), ("tail",))),
    citation=vc_realizable.citation,
    requires=(
        Assumption("large", "n >= 8/epsilon and 2 n >= vc", LARGE),
    ),
    schematic=(*vc_realizable.schematic[:1], TOSSES),
)  # fmt: skip

VC_TREES = Quantity("VC dimension of the trees")
VC_UPPER = LOG_FUNCTIONS / sp.log(2)

vc_trees_upper = Theorem(
    name="vc-trees-upper",
    title="VC dimension of decision trees, from above",
    parameters=(VARIABLES, DEPTH),
    result=UpperBound(
        VC_TREES,
        VC_UPPER,
        monotone={"variables": "up", "depth": "up"},
        useless=ge(LOG_FUNCTIONS, 2**D * sp.log(2)),
    ),
    assumptions=(
        COMPLETE,
        FUNCTIONS,
        Assumption(
            "shattered",
            "on a shattered set of v points the class has all 2^v labellings",
            conj(ge(VC_TREES, 0), le(2**VC_TREES, COMPUTED)),
        ),
    ),
    steps=(
        Step(
            "compare",
            sp.Equivalent(le(2**VC_TREES, COMPUTED), le(sp.log(2**VC_TREES), sp.log(COMPUTED))),
            use("log-monotone", x=2**VC_TREES, y=COMPUTED),
            ("functions",),
        ),
        Step("logarithm", eq(sp.log(2**VC_TREES), VC_TREES * sp.log(2)), Algebra()),
        FUNCTIONS_COUNT,
        LOG2_STEP,
        Step("conclusion", le(VC_TREES, VC_UPPER), Smt(),
             ("compare", "logarithm", "functions-count", "log2", "shattered")),
    ),
    citation=OURS,
    schematic=log_tree_functions.schematic,
)  # fmt: skip

R = DEPTH.symbol

vc_trees_lower = Theorem(
    name="vc-trees-lower",
    title="VC dimension of decision trees, from below",
    parameters=(VARIABLES, DEPTH),
    result=LowerBound(VC_TREES, 2**R, monotone={"depth": "up"}),
    assumptions=(
        *CUBE,
        Assumption(
            "shatters",
            "the complete tree over r variables gives each point of their cube any class",
            implies(le(R, D), ge(VC_TREES, cube(R))),
        ),
    ),
    steps=(
        *CUBE_STEPS,
        Step("at-depth", eq(cube(R), 2**R), Instantiate("cubes", {T: R}), ("cubes",)),
        Step("conclusion", ge(VC_TREES, 2**R), Smt(), ("at-depth", "shatters")),
    ),
    citation=OURS,
    requires=(Assumption("shallow", "depth <= variables", le(R, D)),),
    schematic=(LEVEL,),
)

THEOREMS = (
    vc_failure,
    vc_realizable,
    vc_trees_upper,
    vc_trees_lower,
)
