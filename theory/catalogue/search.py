"""Searching a representation: samples until the tree.

The teacher is a tree of depth at most r over d uniform Boolean variables, and the conjunction of
every path of it is exactly represented (see `representation`). The search keeps a set S of k
variables if the sampled coefficient v_S has norm at least 2^(-k)/τ - Δ, and extends kept sets by
one variable. The pool is the sets that it can ever look at if no coefficient deviates by more
than Δ: the extensions of the empty set and of sets with coefficients of norm 2^(-k)/(2τ) or more.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory.catalogue.exact import EXACT_ERM, RATE_NEGATIVE, RATE_STEP, UNEQUAL, exact_erm
from theory.catalogue.occam import BAD_CONSISTENT
from theory.catalogue.representation import (
    COEFFICIENT,
    ENERGY,
    LITERALS,
    LITERALS_OF_A_POINT,
    REPRESENTED,
    SET,
    SETTING,
    S,
    lrh_coefficient,
    without_error,
)
from theory.catalogue.shared import B_, DEL, EPS, NEGATIVE, TAU_, D, N
from theory.catalogue.trees import LOG_FUNCTIONS, occam_trees_realizable
from theory.language.experiments import Draws, Experiment, sample
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import (
    DELTA,
    DEPTH,
    EPSILON,
    N_SAMPLES,
    NORM,
    TAU,
    VARIABLES,
    WIDTH,
    integer,
)
from theory.language.terms import (
    Fact,
    Mean,
    Members,
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

DEEP = replace(DEPTH, meaning="depth of the teacher's tree", lower=Fraction(1))
R = DEEP.symbol
LEVEL = integer("j", "j", "a level of the search")
J = LEVEL.symbol
POOL_SIZE = 4 * D * TAU_**2 * B_**2 * (4**R - 1) / 3
LOGARITHM = sp.log(2 * POOL_SIZE / DEL)
FACTOR = 1 + sp.sqrt(2 * LOGARITHM)
SAMPLES = 16 * 4**R * TAU_**2 * B_**2 * FACTOR**2
SAMPLED = Random("|v_S|", S)
DEVIATION = Random("|v_S - phi_S|", S)
AVERAGED = Fact("deviation of an average of vectors", DEVIATION, N, B_)
SEARCHED = sample(
    N, *LITERALS_OF_A_POINT.random, random=("|v_S|", "|v_S - phi_S|"), laws=(AVERAGED,)
)
IN_POOL = Fact("in the pool", S)
SHIFT = B_ * sp.sqrt(2 * LOGARITHM) / sp.sqrt(N)
DELTA_N = B_ / sp.sqrt(N) + SHIFT
OFF = gt(DEVIATION, DELTA_N)
FAILURE = Some(S, IN_POOL, OFF)


def big(k: sp.Expr) -> sp.Basic:
    """S has k variables and a coefficient of norm at least 2^(-k)/(2τ)."""
    return conj(Fact("size", S, k), ge(COEFFICIENT, sp.Pow(2, -k) / (2 * TAU_)))


def extended(j: sp.Expr) -> sp.Expr:
    """How many sets of level j the pool extends."""
    return Quantity("extended", j)


def pool(j: sp.Expr) -> sp.Expr:
    """How many sets the levels below j put into the pool."""
    return Quantity("pool", j)


K = WIDTH.symbol
KEPT = ge(SAMPLED, sp.Pow(2, -K) / TAU_ - DELTA_N)
STEPPED = implies(
    le(K, R),
    le(DEVIATION, DELTA_N),
    conj(
        implies(REPRESENTED, KEPT),
        implies(KEPT, ge(COEFFICIENT, sp.Pow(2, -K) / (2 * TAU_))),
    ),
)


def level_bound(j: sp.Expr) -> sp.Expr:
    """4 * 4^j τ² B²."""
    return 4 * 4**j * TAU_**2 * B_**2


FEW = le(Members(S, big(J)), level_bound(J))
AVERAGE_STEPS = (
    Step(
        "vectors",
        conj(
            ge(DEVIATION, 0),
            le(Mean(DEVIATION**2), B_**2 / N),
            Fact("bounded differences", DEVIATION, 4 * B_**2 / N),
        ),
        use("vector-average", deviation=DEVIATION, n=N, norm=B_),
        ("sampled",),
    ),
    Step("one", eq(Mean(sp.Integer(1)), 1), use("mean-bounds", x=1, lower=1, upper=1)),
    Step(
        "jensen",
        le(Mean(DEVIATION) ** 2, Mean(DEVIATION**2) * Mean(sp.Integer(1))),
        use("cauchy-schwarz", x=DEVIATION, y=1),
    ),
)
"""What is known of the deviation of an average of vectors, and of the square of its mean."""
DEVIATION_STEPS = (
    Step(
        "four",
        ge(4**R, 4),
        use("power-exponent", x=4, a=1, b=R),
    ),
    Step("pool-large", ge(2 * POOL_SIZE / DEL, 1), Smt(), ("four",)),
    Step(
        "log-positive",
        ge(LOGARITHM, sp.log(1)),
        use("log-monotone", x=1, y=2 * POOL_SIZE / DEL),
        ("pool-large", "four"),
    ),
    *AVERAGE_STEPS,
    Step(
        "mean",
        le(Mean(DEVIATION), B_ / sp.sqrt(N)),
        Smt(),
        ("vectors", "one", "jensen"),
        "A sampled coefficient deviates by at most B/sqrt(n) in the mean,",
    ),
    Step(
        "tail",
        le(Pr(ge(DEVIATION - Mean(DEVIATION), SHIFT)), DEL / (2 * POOL_SIZE)),
        use("mcdiarmid", x=DEVIATION, influence=4 * B_**2 / N, t=SHIFT),
        ("vectors", "log-positive", "four"),
        "and exceeds that much with probability at most δ/(2P).",
    ),
    Step(
        "one-set",
        le(Pr(OFF), Pr(ge(DEVIATION - Mean(DEVIATION), SHIFT))),
        use("event-monotone", smaller=OFF, larger=ge(DEVIATION - Mean(DEVIATION), SHIFT)),
        ("mean",),
    ),
    Step(
        "union",
        le(Pr(FAILURE), Members(S, IN_POOL) * (DEL / (2 * POOL_SIZE))),
        use(
            "union-bound",
            member=S,
            condition=IN_POOL,
            event=OFF,
            bound=DEL / (2 * POOL_SIZE),
        ),
        ("one-set", "tail", "four"),
        "Union over the pool.",
    ),
)


def pool_bound(j: sp.Expr) -> sp.Expr:
    """4 d τ² B² (4^j - 1)/3."""
    return 4 * D * TAU_**2 * B_**2 * (4**j - 1) / 3


POOL_STEPS = (
    Step("level-power", ge(4**J, 1), use("power-exponent", x=4, a=0, b=J)),
    Step(
        "level-square",
        eq(sp.Pow(2**J, 2, evaluate=False), 4**J),
        Algebra(),
    ),
    Step(
        "level-energy",
        le(Members(S, big(J)) / (4 * 4**J * TAU_**2), ENERGY),
        use(
            "bessel",
            member=S,
            condition=big(J),
            norm=COEFFICIENT,
            level=1 / (4 * 4**J * TAU_**2),
            energy=ENERGY,
        ),
        ("orthonormal", "level-square", "level-power"),
    ),
    Step(
        "level",
        FEW,
        Smt(),
        ("level-energy", "orthonormal", "level-power"),
        "Bessel: at most 4 4^j τ² B² sets of level j have such a coefficient.",
    ),
    Step(
        "extended",
        le(extended(J), level_bound(J)),
        Smt(),
        ("level", "pool", "level-power"),
    ),
    Step(
        "sum",
        eq(pool_bound(J) + D * level_bound(J), pool_bound(J + 1)),
        Algebra(),
    ),
    Step(
        "pool-count",
        le(pool(J), pool_bound(J)),
        use("induction", claim=le(pool(J), pool_bound(J)), k=J, start=0),
        ("pool", "extended", "sum"),
        "So the size of the pool is bounded: a geometric sum.",
    ),
    Step(
        "pool-depth",
        le(pool(R), POOL_SIZE),
        Instantiate("pool-count", {J: R}),
        ("pool-count",),
    ),
    Step(
        "failure",
        le(Pr(FAILURE), DEL / 2),
        Smt(),
        ("union", "pool-depth", "pool size", "four"),
    ),
)
SEARCH_CLAIM = implies(ge(N, SAMPLES), conj(le(Pr(FAILURE), DEL / 2), STEPPED, FEW))
KEEP_STEPS = (
    Step(
        "factored",
        eq(sp.Pow(DELTA_N, 2, evaluate=False), B_**2 * FACTOR**2 / N),
        Algebra(),
        ("four", "log-positive"),
    ),
    Step(
        "paid",
        implies(ge(N, SAMPLES), le(16 * 4**R * TAU_**2 * (B_**2 * FACTOR**2 / N), 1)),
        Smt(),
        ("four",),
    ),
    Step(
        "squared",
        implies(ge(N, SAMPLES), le(sp.Pow(DELTA_N, 2, evaluate=False), 1 / (16 * 4**R * TAU_**2))),
        Smt(),
        ("factored", "paid", "four"),
    ),
    Step(
        "root",
        eq(sp.Pow(2**R, 2, evaluate=False), 4**R),
        Algebra(),
    ),
    Step(
        "small",
        implies(ge(N, SAMPLES), le(DELTA_N, sp.Pow(2, -R) / (4 * TAU_))),
        Smt(),
        ("squared", "root", "four", "log-positive"),
        "For such n, Δ <= 2^(-r)/(4τ).",
    ),
    Step(
        "deeper",
        implies(le(K, R), le(sp.Pow(2, -R), sp.Pow(2, -K))),
        use("power-exponent", x=2, a=-R, b=-K),
    ),
    Step(
        "coefficient",
        implies(REPRESENTED, ge(COEFFICIENT, sp.Pow(2, -K) / TAU_)),
        Cite(lrh_coefficient, {"eta": sp.Integer(0)}),
        tuple(a.label for a in SETTING),
        "Represented conjunctions have coefficients of norm 2^(-k)/τ or more.",
    ),
    Step(
        "stepped",
        implies(ge(N, SAMPLES), STEPPED),
        Smt(),
        ("small", "deeper", "coefficient", "triangle"),
        "So they are kept, and what is kept has a coefficient of norm 2^(-k)/(2τ) or more.",
    ),
    Step("conclusion", SEARCH_CLAIM, Smt(), ("failure", "stepped", "level")),
)

lrh_search_samples = Theorem(
    name="lrh-search-samples",
    title="Samples for the search of a linearly represented tree",
    parameters=(VARIABLES, DEEP, TAU, NORM, DELTA),
    result=SampleSize(
        N,
        SAMPLES,
        conj(le(Pr(FAILURE), DEL / 2), STEPPED, FEW),
        monotone={"variables": "up", "depth": "up", "tau": "up", "B": "up", "delta": "down"},
        useless=ge(SAMPLES, 2**D),
    ),
    assumptions=(
        *map(without_error, SETTING),
        Assumption(
            "sampled",
            "v_S is the average of φ χ_S over n independent samples, |φ| <= B everywhere",
            AVERAGED,
        ),
        Assumption(
            "triangle",
            "| |v_S| - |phi_S| | <= |v_S - phi_S|",
            conj(le(SAMPLED - COEFFICIENT, DEVIATION), le(COEFFICIENT - SAMPLED, DEVIATION)),
        ),
        Assumption(
            "pool",
            "level j extends only the empty set (j = 0) or sets of size j with large "
            "coefficients, each by at most d variables",
            conj(
                sp.Or(le(extended(J), 1), le(extended(J), Members(S, big(J))), evaluate=False),
                eq(pool(sp.Integer(0)), 0),
                le(pool(J + 1), pool(J) + D * extended(J)),
            ),
        ),
        Assumption(
            "pool size",
            "the pool is what the levels below r put in",
            le(Members(S, IN_POOL), pool(R)),
        ),
    ),
    experiment=SEARCHED,
    steps=(*DEVIATION_STEPS, *POOL_STEPS, *KEEP_STEPS),
    citation=Citation(
        "Boix-Adsera",
        "Towards a theory of model distillation (definitions), arXiv 2403.09053",
        2024,
    ),
    requires=(
        Assumption("norms", "tau * B >= 1 (any representation has that)", ge(TAU_ * B_, 1)),
        Assumption("shallow", "depth <= variables", le(R, D)),
    ),
    locals=(
        N_SAMPLES,
        WIDTH,
    ),
    schematic=(
        SET,
        LEVEL,
        LITERALS,
    ),
    notes=("It is about the search alone; for the accuracy of the tree see lrh-tree-samples.",),
)

ERM = (LOG_FUNCTIONS - sp.log(DEL / 2)) / (-sp.log(1 - EPS))
ERM_CLAIM = implies(ge(N, ERM), le(Pr(BAD_CONSISTENT), DEL / 2))
ERM_STEP = Step(
    "trees",
    ERM_CLAIM,
    Cite(occam_trees_realizable, {"delta": DEL / 2}),
    ("complete", "functions", "error", "negative"),
    "Occam's razor with δ/2.",
)

lrh_tree_samples = Theorem(
    name="lrh-tree-samples",
    title="Samples for the accuracy of a searched tree",
    parameters=(*occam_trees_realizable.parameters,),
    result=SampleSize(
        N,
        ERM,
        le(Pr(BAD_CONSISTENT), DEL / 2),
        monotone=occam_trees_realizable.result.monotone,
        useless=occam_trees_realizable.result.useless,
    ),
    assumptions=occam_trees_realizable.assumptions,
    experiment=occam_trees_realizable.experiment,
    steps=(
        NEGATIVE,
        Step("conclusion", ERM_CLAIM, ERM_STEP.rule, ERM_STEP.uses, ERM_STEP.words),
    ),
    citation=occam_trees_realizable.citation,
    locals=(N_SAMPLES,),
    schematic=occam_trees_realizable.schematic,
)

EITHER = sp.Or(FAILURE, BAD_CONSISTENT)
BOTH = sp.Max(SAMPLES, ERM)
BOTH_CLAIM = implies(ge(N, BOTH), le(Pr(EITHER), DEL))

lrh_distillation = Theorem(
    name="lrh-distillation",
    title="Distilling a linearly represented tree under the global promise, search and accuracy",
    parameters=(VARIABLES, DEEP, TAU, NORM, EPSILON, DELTA),
    result=SampleSize(N, BOTH, le(Pr(EITHER), DEL), monotone={
            "variables": "up", "depth": "up", "tau": "up", "B": "up", "epsilon": "down",
            "delta": "down",
        }, useless=ge(BOTH, 2**D)),
    assumptions=(*lrh_search_samples.assumptions, *occam_trees_realizable.assumptions),
    experiment=Experiment(
        (Draws(N, at_each=(*SEARCHED.draws[0].at_each, "agree")),), SEARCHED.random, SEARCHED.laws
    ),
    steps=(
        NEGATIVE,
        Step("search", SEARCH_CLAIM, Cite(lrh_search_samples, {}),
             tuple(a.label for a in lrh_search_samples.assumptions if a.formal is not None)),
        ERM_STEP,
        Step("boole", le(Pr(EITHER), Pr(FAILURE) + Pr(BAD_CONSISTENT)),
             use("boole", first=FAILURE, second=BAD_CONSISTENT)),
        Step("conclusion", BOTH_CLAIM, Smt(), ("search", "trees", "boole")),
    ),
    citation=lrh_search_samples.citation,
    requires=lrh_search_samples.requires,
    locals=lrh_search_samples.locals,
    schematic=(*lrh_search_samples.schematic, *occam_trees_realizable.schematic),
)  # fmt: skip

EXACT_SAMPLES = EXACT_ERM.subs(DEL, DEL / 2)
EXACT_CLAIM = implies(ge(N, EXACT_SAMPLES), le(Pr(UNEQUAL), DEL / 2))

lrh_exact_samples = Theorem(
    name="lrh-exact-samples",
    title="Samples for a searched tree to be the teacher",
    parameters=exact_erm.parameters,
    result=SampleSize(
        N,
        EXACT_SAMPLES,
        le(Pr(UNEQUAL), DEL / 2),
        monotone=exact_erm.result.monotone,
        useless=exact_erm.result.useless,
    ),
    assumptions=exact_erm.assumptions,
    experiment=exact_erm.experiment,
    steps=(
        RATE_STEP,
        RATE_NEGATIVE,
        Step("conclusion", EXACT_CLAIM, Cite(exact_erm, {"delta": DEL / 2}),
             ("rate", "negative",
              *(a.label for a in exact_erm.assumptions if a.formal is not None))),
    ),
    citation=exact_erm.citation,
    locals=exact_erm.locals,
    schematic=exact_erm.schematic,
)  # fmt: skip

THEOREMS = (
    lrh_search_samples,
    lrh_tree_samples,
    lrh_distillation,
    lrh_exact_samples,
)
