"""Searching by regression under the linear representation hypothesis (catalogue T14a-d, f).

A probe fits a readout of norm at most τ to one conjunction on n samples; `sup` is the supremum,
over these readouts, of true minus empirical loss.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.exact import FAILURE as UNEQUAL
from theory.catalogue.exact import SAMPLES as EXACT_ERM
from theory.catalogue.exact import exact_erm
from theory.catalogue.occam import FAILURE as BAD_TREE
from theory.catalogue.search import DEEP, SEARCH_CLAIM, D, lrh_samples
from theory.catalogue.search import FAILURE as MISSED
from theory.catalogue.search import SAMPLES as TOP
from theory.catalogue.trees import LOG_FUNCTIONS, occam_trees
from theory.rules import Algebra, Cite, Instantiate, Smt, use
from theory.statement import Assumption, Bound, Citation, Step, Theorem
from theory.symbols import (
    DELTA,
    EPSILON,
    ETA,
    N_SAMPLES,
    NORM,
    TAU,
    VARIABLES,
    Parameter,
    integer,
    real,
)
from theory.terms import (
    Fact,
    IntegerQuantity,
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
    lt,
)

EPS, DEL, N, TAU_, B_, ETA_ = (p.symbol for p in (EPSILON, DELTA, N_SAMPLES, TAU, NORM, ETA))
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)
BARTLETT = Citation("Bartlett, Mendelson", "Rademacher and Gaussian complexities, JMLR 3", 2002)
R = DEEP.symbol
PROBES = integer("probes", "P", "conjunctions probed, fixed before the sample", 1)
P = PROBES.symbol
PROBE = Parameter("a", sp.Symbol("a"), "real", "a", "a", "a probed conjunction")
A = PROBE.symbol
SUP = Random("sup", A)
PRODUCT = TAU_ * B_
CLIPPED = (sp.Integer(2), sp.Integer(1))
LINEAR = (2 * (PRODUCT + 1), (PRODUCT + 1) ** 2)


def _slack(count: sp.Expr, delta: sp.Expr, reach: sp.Expr) -> sp.Expr:
    return reach * sp.sqrt(sp.log(count / delta) / (2 * N))


def _deviation(count: sp.Expr, delta: sp.Expr, loss: tuple[sp.Expr, sp.Expr]) -> sp.Expr:
    """2 L τ B/sqrt(n) + range sqrt(ln(P/δ)/(2n))."""
    slope, reach = loss
    return 2 * slope * PRODUCT / sp.sqrt(N) + _slack(count, delta, reach)


def _supremum(loss: tuple[sp.Expr, sp.Expr], words: str) -> Assumption:
    slope, reach = loss
    return Assumption("loss", words, Fact("supremum over readouts", SUP, N, slope, PRODUCT, reach))


def _steps(
    count: sp.Expr,
    delta: sp.Expr,
    loss: tuple[sp.Expr, sp.Expr],
    pool: sp.Basic,
    large: tuple[str, ...],
) -> tuple[Step, ...]:
    """P[some probe in the pool deviates by more than the bound] <= (members) δ/P."""
    slope, reach = loss
    slack, bound = _slack(count, delta, reach), _deviation(count, delta, loss)
    high = ge(SUP - Mean(SUP), slack)
    return (
        Step("at-least", ge(count / delta, 1), Smt(), large),
        Step("logarithm", ge(sp.log(count / delta), sp.log(1)),
             use("log-monotone", x=1, y=count / delta), ("at-least", *large)),
        Step("supremum",
             conj(le(Mean(SUP), 2 * slope * PRODUCT / sp.sqrt(N)),
                  Fact("bounded differences", SUP, reach**2 / N)),
             use("linear-loss", supremum=SUP, n=N, slope=slope, norms=PRODUCT, reach=reach),
             ("loss",), "Symmetrisation and contraction."),
        Step("tail", le(Pr(high), delta / count),
             use("mcdiarmid", x=SUP, influence=reach**2 / N, t=slack),
             ("supremum", "logarithm", *large),
             "McDiarmid: one sample moves the supremum by at most the range over n."),
        Step("event", le(Pr(gt(SUP, bound)), Pr(high)),
             use("event-monotone", smaller=gt(SUP, bound), larger=high),
             ("supremum", "logarithm", *large)),
        Step("union", le(Pr(Some(A, pool, gt(SUP, bound))), Members(A, pool) * (delta / count)),
             use("union-bound", member=A, condition=pool, event=gt(SUP, bound),
                 bound=delta / count),
             ("event", "tail", *large), "Union over the probes."),
    )  # fmt: skip


SIZE = Assumption("probes", "P conjunctions are probed", eq(Members(A, sp.true), P))
IID = Assumption("iid", "the n points are drawn independently; the probes are fixed before")
CLIPPED_WORDS = "the loss is (clip(w φ) - a)², clipped to [0, 1]; E |φ|² <= B²"
LINEAR_WORDS = "the loss is (w φ - a)², |φ| <= B everywhere, so w φ - a is at most τ B + 1"


def _deviation_theorem(
    name: str, title: str, loss: tuple[sp.Expr, sp.Expr], words: str, formula: str
) -> Theorem:
    bound = _deviation(P, DEL, loss)
    claim = le(Pr(Some(A, sp.true, gt(SUP, bound))), DEL)
    return Theorem(
        name=name,
        title=title,
        statement=(
            f"With probability at least 1 - δ the true loss exceeds the empirical loss by at most "
            f"{formula} for each of P probed conjunctions and every readout of norm at most τ."
        ),
        parameters=(TAU, NORM, N_SAMPLES, PROBES, DELTA),
        result=Bound(
            bound,
            "upper bound for true minus empirical loss",
            vacuous=ge(bound, 1),
            vacuous_words="when it is at least 1",
            monotone={"tau": "up", "B": "up", "n": "down", "probes": "up", "delta": "down"},
        ),
        claim=claim,
        assumptions=(_supremum(loss, words), SIZE, IID),
        steps=(
            *_steps(P, DEL, loss, sp.true, ()),
            Step("conclusion", claim, Smt(), ("union", "probes")),
        ),
        citation=BARTLETT,
        schematic=(PROBE,),
    )


clipped = _deviation_theorem(
    "lrh-deviation-clipped",
    "Deviation of probes with clipped loss",
    CLIPPED,
    CLIPPED_WORDS,
    "4 τ B/sqrt(n) + sqrt(ln(P/δ)/(2n))",
)
linear = _deviation_theorem(
    "lrh-deviation",
    "Deviation of probes with square loss",
    LINEAR,
    LINEAR_WORDS,
    "4 τ B (τ B + 1)/sqrt(n) + (τ B + 1)² sqrt(ln(P/δ)/(2n))",
)

GAMMA = real("gamma", "gamma", "tolerated deviation", 0, 1, "()")
GAM = GAMMA.symbol


def _numerator(count: sp.Expr, delta: sp.Expr, loss: tuple[sp.Expr, sp.Expr]) -> sp.Expr:
    """sqrt(n) times the deviation."""
    slope, reach = loss
    return 2 * slope * PRODUCT + reach * sp.sqrt(sp.log(count / delta) / 2)


def _solve_steps(
    count: sp.Expr,
    delta: sp.Expr,
    loss: tuple[sp.Expr, sp.Expr],
    pool: sp.Basic,
    gamma: sp.Expr,
    large: tuple[str, ...],
) -> tuple[Step, ...]:
    """For n >= (numerator/γ)² no more than γ with the same probability."""
    numerator, bound = _numerator(count, delta, loss), _deviation(count, delta, loss)
    enough = ge(N, numerator**2 / gamma**2)
    return (
        *_steps(count, delta, loss, pool, large),
        Step("scaled", eq(bound, numerator / sp.sqrt(N)), Algebra(), ("logarithm", *large)),
        Step("positive", ge(numerator, 0), Smt(), ("logarithm", *large)),
        Step("square-gamma",
             eq(sp.Mul(sp.Pow(gamma, 2, evaluate=False), gamma**-2, evaluate=False), 1), Algebra()),
        Step("small", implies(enough, le(numerator / sp.sqrt(N), gamma)), Smt(),
             ("positive", "square-gamma", *large)),
        Step("smaller",
             implies(enough, le(Pr(Some(A, pool, gt(SUP, gamma))),
                                Pr(Some(A, pool, gt(SUP, bound))))),
             use("same-members", given=enough, member=A, condition=pool, event=gt(SUP, gamma),
                 larger=pool, larger_event=gt(SUP, bound)),
             ("small", "scaled", *large)),
    )  # fmt: skip


CLIPPED_SAMPLES = _numerator(P, DEL, CLIPPED) ** 2 / GAM**2
CLIPPED_CLAIM = implies(ge(N, CLIPPED_SAMPLES), le(Pr(Some(A, sp.true, gt(SUP, GAM))), DEL))
clipped_samples = Theorem(
    name="lrh-samples-clipped",
    title="Samples for probes with clipped loss",
    statement=(
        "With n >= (4 τ B + sqrt(ln(P/δ)/2))²/γ² samples the true clipped loss exceeds the "
        "empirical one by at most γ for each of P probed conjunctions, with probability at least "
        "1 - δ. (A small clipped loss does not bound how many conjunctions survive.)"
    ),
    parameters=(TAU, NORM, PROBES, GAMMA, DELTA),
    result=Bound(
        CLIPPED_SAMPLES,
        "samples that suffice",
        rounding="up",
        monotone={"tau": "up", "B": "up", "probes": "up", "gamma": "down", "delta": "down"},
    ),
    claim=CLIPPED_CLAIM,
    assumptions=(_supremum(CLIPPED, CLIPPED_WORDS), SIZE, IID),
    steps=(
        *_solve_steps(P, DEL, CLIPPED, sp.true, GAM, ()),
        Step("conclusion", CLIPPED_CLAIM, Smt(), ("smaller", "union", "probes")),
    ),
    citation=BARTLETT,
    locals=(N_SAMPLES,),
    schematic=(PROBE,),
)

LEVEL = integer("j", "j", "a level of the search")
J = LEVEL.symbol


def kept(j: sp.Expr) -> sp.Expr:
    """Signed conjunctions of j literals whose true mean square error is small."""
    return Quantity("kept", j)


def sets(j: sp.Expr) -> sp.Expr:
    """The sets of variables of these conjunctions."""
    return IntegerQuantity("sets", j)


def pool(j: sp.Expr) -> sp.Expr:
    """Conjunctions probed from the levels below j."""
    return Quantity("pool", j)


POOL_SIZE = 8 * D * TAU_**2 * B_**2 * (8**R - 1) / 7
IN_POOL = Fact("in the pool", A)
ERROR = sp.Pow(4, -(R + 1))
PROBE_SAMPLES = 16 ** (R + 1) * _numerator(POOL_SIZE, DEL / 2, LINEAR) ** 2
PROBE_CLAIM = implies(ge(N, PROBE_SAMPLES), le(Pr(Some(A, IN_POOL, gt(SUP, ERROR))), DEL / 2))


def pool_bound(j: sp.Expr) -> sp.Expr:
    """8 d τ² B² (8^j - 1)/7."""
    return 8 * D * TAU_**2 * B_**2 * (8**j - 1) / 7


WIDTH_J = sp.Pow(2, -J) - sp.Pow(2, -(R + 1))
SMALL_ERROR = Assumption(
    "kept",
    "2^j sign patterns of each set; sets of j <= r variables represented within η = 2^(-r-1): "
    "theorem lrh-sets-robust",
    implies(
        le(J, R),
        conj(
            ge(sets(J), 0),
            le(kept(J), 2**J * sets(J)),
            le(sets(J) * WIDTH_J**2, TAU_**2 * B_**2),
        ),
    ),
)
POOLED = implies(le(J, R), le(pool(J), pool_bound(J)))
probe_samples = Theorem(
    name="lrh-probe-samples",
    title="Samples for the search by regression",
    statement=(
        "The teacher is a tree of depth at most r over d uniform Boolean variables whose path "
        "conjunctions are exactly represented. With P = (8/7) d τ² B² (8^r - 1) and "
        "n >= 16^(r+1) (4 τ B (τ B + 1) + (τ B + 1)² sqrt(ln(2P/δ)/2))² samples no conjunction "
        "of the pool (at most P) with empirical error 0 has a true mean square error above "
        "4^(-r-1), with probability at least 1 - δ/2; so at most P conjunctions are probed."
    ),
    parameters=(VARIABLES, DEEP, TAU, NORM, DELTA),
    result=Bound(
        PROBE_SAMPLES,
        "samples after which only well represented conjunctions survive",
        rounding="up",
        vacuous=ge(PROBE_SAMPLES, 2**D),
        vacuous_words="when it exceeds the number 2^d of points: then evaluate them all",
        monotone={"variables": "up", "depth": "up", "tau": "up", "B": "up", "delta": "down"},
    ),
    claim=PROBE_CLAIM,
    assumptions=(
        _supremum(LINEAR, LINEAR_WORDS),
        SMALL_ERROR,
        Assumption(
            "pool",
            "the pool: extensions of kept conjunctions of fewer than r literals, by at most d "
            "variables with two signs",
            conj(
                eq(pool(sp.Integer(0)), 0),
                le(pool(J + 1), pool(J) + 2 * D * kept(J)),
                le(Members(A, IN_POOL), pool(R)),
            ),
        ),
        IID,
    ),
    steps=(
        Step("eight", ge(8**R, 8), use("power-exponent", x=8, a=1, b=R)),
        Step("deeper", implies(le(J, R), le(sp.Pow(2, -R), sp.Pow(2, -J))),
             use("power-exponent", x=2, a=-R, b=-J)),
        Step("halved", eq(sp.Pow(2, -(R + 1)), sp.Pow(2, -R) / 2), Algebra()),
        Step("wide", implies(le(J, R), ge(WIDTH_J, sp.Pow(2, -J) / 2)), Smt(),
             ("deeper", "halved"), "2^(-j) - 2^(-r-1) >= 2^(-j)/2."),
        Step("root", eq(sp.Pow(sp.Pow(2, -J), 2, evaluate=False), sp.Pow(4, -J)), Algebra()),
        Step("wide-square", implies(le(J, R), ge(WIDTH_J**2, sp.Pow(4, -J) / 4)), Smt(),
             ("wide", "root")),
        Step("inverse-square", eq(sp.Mul(sp.Pow(4, -J), 4**J, evaluate=False), 1), Algebra()),
        Step("few sets", implies(le(J, R), le(sets(J), 4 * 4**J * TAU_**2 * B_**2)), Smt(),
             ("kept", "wide-square", "inverse-square")),
        Step("power", eq(sp.Mul(2**J, 4**J, evaluate=False), 8**J), Algebra()),
        Step("few", implies(le(J, R), le(kept(J), 4 * 8**J * TAU_**2 * B_**2)), Smt(),
             ("kept", "few sets", "power")),
        Step("sum", eq(pool_bound(J) + 2 * D * (4 * 8**J * TAU_**2 * B_**2), pool_bound(J + 1)),
             Algebra()),
        Step("levels", POOLED, use("induction", claim=POOLED, k=J, start=0),
             ("pool", "few", "sum")),
        Step("pool-size", le(pool(R), POOL_SIZE), Instantiate("levels", {J: R}), ("levels",)),
        Step("product", ge(TAU_**2 * B_**2, 1), Smt()),
        Step("large", ge(POOL_SIZE, 8), Smt(), ("eight", "product")),
        *_solve_steps(POOL_SIZE, DEL / 2, LINEAR, IN_POOL, ERROR, ("large", "eight")),
        Step("sixteen", eq(sp.Mul(ERROR**2, 16 ** (R + 1), evaluate=False), 1), Algebra()),
        Step("enough",
             implies(ge(N, PROBE_SAMPLES),
                     ge(N, _numerator(POOL_SIZE, DEL / 2, LINEAR) ** 2 / ERROR**2)),
             Smt(), ("sixteen",)),
        Step("conclusion", PROBE_CLAIM, Smt(),
             ("smaller", "union", "enough", "pool-size", "pool", "large")),
    ),
    citation=lrh_samples.citation,
    requires=lrh_samples.requires,
    locals=(N_SAMPLES,),
    schematic=(PROBE, LEVEL),
)  # fmt: skip

ERM = (LOG_FUNCTIONS - sp.log(DEL / 2)) / (-sp.log(1 - EPS))
ERM_CLAIM = implies(ge(N, ERM), le(Pr(BAD_TREE), DEL / 2))
ERM_STEP = Step(
    "trees",
    ERM_CLAIM,
    Cite(occam_trees, {"delta": DEL / 2}),
    ("complete", "functions", "error"),
    "Occam's razor with δ/2.",
)
tree_samples = Theorem(
    name="lrh-tree-samples",
    title="Samples for the accuracy of a searched tree",
    statement=(
        "Any tree of depth at most r that agrees with the teacher on "
        "n >= (2^r ln(2d) - ln d + ln(2/δ))/-ln(1 - ε) samples has error below ε, with "
        "probability at least 1 - δ/2, whatever a search does."
    ),
    parameters=(*occam_trees.parameters,),
    result=Bound(
        ERM,
        "samples after which every consistent tree is good",
        rounding="up",
        vacuous=occam_trees.result.vacuous,
        vacuous_words=occam_trees.result.vacuous_words,
        monotone=occam_trees.result.monotone,
    ),
    claim=ERM_CLAIM,
    assumptions=occam_trees.assumptions,
    steps=(Step("conclusion", ERM_CLAIM, ERM_STEP.rule, ERM_STEP.uses, ERM_STEP.words),),
    citation=occam_trees.citation,
    locals=(N_SAMPLES,),
    schematic=occam_trees.schematic,
)

EITHER = sp.Or(MISSED, BAD_TREE)
BOTH = sp.Max(TOP, ERM)
BOTH_CLAIM = implies(ge(N, BOTH), le(Pr(EITHER), DEL))
distillation = Theorem(
    name="lrh-distillation",
    title="Distilling a linearly represented tree, end to end",
    statement=(
        "Under the hypotheses of lrh-samples, with n >= max(lrh-samples, lrh-tree-samples): with "
        "probability at least 1 - δ the coefficient search keeps every path and few other sets, "
        "and every consistent tree it returns has error below ε."
    ),
    parameters=(VARIABLES, DEEP, TAU, NORM, EPSILON, DELTA),
    result=Bound(
        BOTH,
        "samples that suffice for search and accuracy",
        rounding="up",
        vacuous=ge(BOTH, 2**D),
        vacuous_words="when it exceeds the number 2^d of points: then evaluate them all",
        monotone={
            "variables": "up", "depth": "up", "tau": "up", "B": "up", "epsilon": "down",
            "delta": "down",
        },
    ),
    claim=BOTH_CLAIM,
    assumptions=(*lrh_samples.assumptions, *occam_trees.assumptions),
    steps=(
        Step("search", SEARCH_CLAIM, Cite(lrh_samples, {}),
             tuple(a.label for a in lrh_samples.assumptions if a.formal is not None)),
        ERM_STEP,
        Step("boole", le(Pr(EITHER), Pr(MISSED) + Pr(BAD_TREE)),
             use("boole", first=MISSED, second=BAD_TREE)),
        Step("conclusion", BOTH_CLAIM, Smt(), ("search", "trees", "boole")),
    ),
    citation=lrh_samples.citation,
    requires=lrh_samples.requires,
    locals=lrh_samples.locals,
    schematic=(*lrh_samples.schematic, *occam_trees.schematic),
)  # fmt: skip

EXACT_SAMPLES = EXACT_ERM.subs(DEL, DEL / 2)
EXACT_CLAIM = implies(ge(N, EXACT_SAMPLES), le(Pr(UNEQUAL), DEL / 2))
exact_samples = Theorem(
    name="lrh-exact-samples",
    title="Samples after which a searched tree is the teacher",
    statement=(
        "If the teacher is a tree of depth at most r, then any such tree that agrees with it on "
        "n >= (2^r ln(2d) - ln d + ln(2/δ))/-ln(1 - 2^(-r)) samples equals it everywhere, with "
        "probability at least 1 - δ/2: below 2^(-r) there is no other error than 0."
    ),
    parameters=exact_erm.parameters,
    result=Bound(
        EXACT_SAMPLES,
        "samples after which every consistent tree equals the teacher",
        rounding="up",
        vacuous=exact_erm.result.vacuous,
        vacuous_words=exact_erm.result.vacuous_words,
        monotone=exact_erm.result.monotone,
    ),
    claim=EXACT_CLAIM,
    assumptions=exact_erm.assumptions,
    steps=(
        Step("conclusion", EXACT_CLAIM, Cite(exact_erm, {"delta": DEL / 2}),
             tuple(a.label for a in exact_erm.assumptions if a.formal is not None)),
    ),
    citation=exact_erm.citation,
    locals=exact_erm.locals,
    schematic=exact_erm.schematic,
)  # fmt: skip

GAP_J = sp.Pow(2, -J) - ETA_
COUNTED = (
    2 * (D - J) * sp.Min(2**J * sp.binomial(D, J), 2**J * sp.floor(TAU_**2 * B_**2 / GAP_J**2))
)
POOL_SUM = sp.Sum(COUNTED, (J, 0, R - 1))
LAST = integer("t", "t", "levels so far")
T = LAST.symbol
UP_TO = implies(le(T, R), le(pool(T), sp.Sum(COUNTED, (J, 0, T - 1))))
exact_pool = Theorem(
    name="lrh-pool",
    title="Regressions of the level-wise search, counted",
    statement=(
        "If the conjunctions kept at level j have a true root mean square error of at most "
        "η < 2^(-r+1), the search for a tree of depth r probes at most "
        "Σ_(j<r) 2 (d - j) 2^j min(C(d, j), floor(τ² B²/(2^(-j) - η)²)) conjunctions."
    ),
    parameters=(VARIABLES, DEEP, TAU, NORM, ETA),
    result=Bound(
        POOL_SUM,
        "conjunctions probed at most",
        rounding="down",
        monotone={"variables": "up", "depth": "up", "tau": "up", "B": "up", "eta": "up"},
    ),
    claim=le(pool(R), POOL_SUM),
    assumptions=(
        Assumption(
            "kept",
            "2^j sign patterns of at most C(d, j) sets, at most τ² B²/(2^(-j) - η)² of them: "
            "theorem lrh-sets-robust",
            implies(
                le(J, R - 1),
                conj(
                    le(kept(J), 2**J * sets(J)),
                    le(sets(J), sp.binomial(D, J)),
                    le(sets(J), TAU_**2 * B_**2 / GAP_J**2),
                ),
            ),
        ),
        Assumption(
            "pool",
            "each is extended by one of the d - j other variables with two signs",
            conj(
                eq(pool(sp.Integer(0)), 0),
                implies(le(J, R - 1), le(pool(J + 1), pool(J) + 2 * (D - J) * kept(J))),
            ),
        ),
    ),
    steps=(
        Step("wide", implies(le(J, R - 1), gt(GAP_J, 0)),
             use("power-exponent", x=2, a=-(R - 1), b=-J), words="2^(-j) >= 2^(-r+1) > η."),
        Step("whole",
             implies(le(J, R - 1), le(sets(J), sp.floor(TAU_**2 * B_**2 / GAP_J**2))),
             use("floor-integer", given=le(J, R - 1), m=sets(J), x=TAU_**2 * B_**2 / GAP_J**2),
             ("wide", "kept"), "A number of sets is an integer."),
        Step("level", implies(le(J, R - 1), le(2 * (D - J) * kept(J), COUNTED)), Smt(),
             ("whole", "kept")),
        Step("this-level", implies(le(T, R - 1), le(2 * (D - T) * kept(T), COUNTED.subs(J, T))),
             Instantiate("level", {J: T}), ("level",)),
        Step("extended", implies(le(T, R - 1), le(pool(T + 1), pool(T) + 2 * (D - T) * kept(T))),
             Instantiate("pool", {J: T}), ("pool",)),
        Step("sum",
             implies(le(T, R - 1),
                     eq(sp.Sum(COUNTED, (J, 0, T)),
                        sp.Sum(COUNTED, (J, 0, T - 1)) + COUNTED.subs(J, T))),
             use("series-next", given=le(T, R - 1), term=COUNTED, index=J, first=0, last=T - 1),
             ("wide",)),
        Step("empty", eq(sp.Sum(COUNTED, (J, 0, -1)), 0),
             use("series-next", term=COUNTED, index=J, first=0, last=sp.Integer(-1)), ("wide",)),
        Step("levels", UP_TO, use("induction", claim=UP_TO, k=T, start=0),
             ("pool", "extended", "this-level", "sum", "empty")),
        Step("conclusion", le(pool(R), POOL_SUM), Instantiate("levels", {T: R}), ("levels",)),
    ),
    citation=OURS,
    requires=(
        Assumption("small", "eta < 2^(1 - depth)", lt(ETA_, sp.Pow(2, -(R - 1)))),
        Assumption("shallow", "depth <= variables", le(R, D)),
    ),
    schematic=(LEVEL, LAST),
)  # fmt: skip

CONJUNCTIONS = Quantity("all conjunctions")
ALL_SUM = sp.Sum(2**J * sp.binomial(D, J), (J, 0, R))


def chosen(t: sp.Expr) -> sp.Expr:
    """Conjunctions of fewer than t literals."""
    return Quantity("conjunctions below", t)


CHOSEN = eq(chosen(T), sp.Sum(2**J * sp.binomial(D, J), (J, 0, T - 1)))
ands_total = Theorem(
    name="conjunctions-total",
    title="All conjunctions of few literals",
    statement=(
        "There are Σ_(k<=r) 2^k C(d, k) conjunctions of at most r literals over d variables; a "
        "search that probes fewer has saved something."
    ),
    parameters=(VARIABLES, DEEP),
    result=Bound(
        ALL_SUM,
        "number of conjunctions",
        rounding="up",
        monotone={"variables": "up", "depth": "up"},
    ),
    claim=eq(chosen(R + 1), ALL_SUM),
    assumptions=(
        Assumption(
            "sets",
            "k variables are chosen in C(d, k) ways, and their signs in 2^k",
            conj(
                eq(chosen(sp.Integer(0)), 0),
                eq(chosen(T + 1), chosen(T) + 2**T * sp.binomial(D, T)),
            ),
        ),
    ),
    steps=(
        Step("sum",
             conj(eq(sp.Sum(2**J * sp.binomial(D, J), (J, 0, -1)), 0),
                  eq(sp.Sum(2**J * sp.binomial(D, J), (J, 0, T)),
                     sp.Sum(2**J * sp.binomial(D, J), (J, 0, T - 1)) + 2**T * sp.binomial(D, T))),
             use("series-next", term=2**J * sp.binomial(D, J), index=J, first=0, last=T - 1)),
        Step("levels", CHOSEN, use("induction", claim=CHOSEN, k=T, start=0), ("sets", "sum")),
        Step("conclusion", eq(chosen(R + 1), ALL_SUM), Instantiate("levels", {T: R + 1}),
             ("levels",)),
    ),
    citation=OURS,
    schematic=(LEVEL, LAST),
)  # fmt: skip

THEOREMS = (
    exact_pool,
    ands_total,
    clipped,
    clipped_samples,
    linear,
    probe_samples,
    tree_samples,
    distillation,
    exact_samples,
)
