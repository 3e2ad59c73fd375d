"""Simpler forms of sample sizes and error bounds (catalogue T3a, T3b, T4b, T5, T7a, T12)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.occam import FAILURE as BAD_CONSISTENT
from theory.catalogue.occam import SAMPLES as OCCAM
from theory.catalogue.occam import occam_agnostic, occam_realizable
from theory.catalogue.testing import AGREE, AGREEMENT, FRESH, PASS, P, test_sample_size
from theory.catalogue.testing import ERROR as P_ERROR
from theory.catalogue.testing import SAMPLES as EXACT
from theory.catalogue.vc import CATCH_STEPS, LARGE, TOSSES, TOTAL, vc_realizable
from theory.catalogue.vc import FAILURE as VC_FAILURE
from theory.rules import Algebra, Cite, Instantiate, Smt, use
from theory.statement import Assumption, Bound, Citation, Step, Theorem
from theory.symbols import (
    CLASS_SIZE,
    DELTA,
    EPSILON,
    ERRORS,
    N_SAMPLES,
    VC,
    Parameter,
    integer,
    real,
)
from theory.terms import Average, Event, Every, Mean, Pr, Random, conj, eq, ge, gt, implies, le, lt

EPS, DEL, N, SIZE, V = (x.symbol for x in (EPSILON, DELTA, N_SAMPLES, CLASS_SIZE, VC))
HALF = sp.Rational(1, 2)
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)
NEGATIVE = Step("negative", le(sp.log(1 - EPS), -EPS), use("log-bounds", x=EPS))
LOG_DELTA = (
    Step("inverse", eq(sp.log(1 / DEL), -sp.log(DEL)), Algebra()),
    Step("log-delta", ge(sp.log(1 / DEL), 1 - DEL), use("log-bounds", x=1 - DEL), ("inverse",)),
)

GIVEN = real("error", "p", "probability that student and teacher disagree", 0, 1)
PASS_CLAIM = eq(Pr(PASS), (1 - GIVEN.symbol) ** N)
acceptance = Theorem(
    name="acceptance-probability",
    title="How often a candidate passes a test",
    statement=(
        "A student of error p agrees with the teacher on all of n fresh samples with probability "
        "(1 - p)^n exactly."
    ),
    parameters=(GIVEN, N_SAMPLES),
    result=Bound(
        (1 - GIVEN.symbol) ** N,
        "probability to pass the test",
        monotone={"error": "down", "n": "down"},
    ),
    claim=PASS_CLAIM,
    assumptions=(AGREEMENT, FRESH),
    steps=(
        Step("draws", eq(Pr(PASS), Pr(AGREE) ** N), use("independent-draws", event=AGREE, n=N)),
        Step(
            "at-most",
            le(Pr(AGREE) ** N, (1 - GIVEN.symbol) ** N),
            use("power-monotone", x=Pr(AGREE), y=1 - GIVEN.symbol, n=N),
            ("agreement",),
        ),
        Step(
            "at-least",
            ge(Pr(AGREE) ** N, (1 - GIVEN.symbol) ** N),
            use("power-monotone", x=1 - GIVEN.symbol, y=Pr(AGREE), n=N),
            ("agreement",),
        ),
        Step("conclusion", PASS_CLAIM, Smt(), ("draws", "at-most", "at-least")),
    ),
    citation=test_sample_size.citation,
)

SIMPLE = sp.log(1 / DEL) / EPS
SIMPLE_CLAIM = implies(ge(N, SIMPLE), ge(P, EPS), le(Pr(PASS), DEL))
TESTED = Step(
    "tested",
    conj(
        implies(ge(N, EXACT), ge(P, EPS), le(Pr(PASS), DEL)),
        implies(lt(N, EXACT), gt((1 - EPS) ** N, DEL)),
    ),
    Cite(test_sample_size, {}),
    ("agreement",),
    "The exact number of tests, ln δ / ln(1 - ε).",
)
test_simple = Theorem(
    name="test-samples-simple",
    title="Tests that suffice, simple form",
    statement=(
        "n >= ln(1/δ)/ε fresh samples without a disagreement suffice for ε and δ, since "
        "-ln(1 - ε) >= ε."
    ),
    parameters=(EPSILON, DELTA),
    result=Bound(
        SIMPLE,
        "samples without a disagreement that suffice",
        rounding="up",
        monotone={"epsilon": "down", "delta": "down"},
    ),
    claim=SIMPLE_CLAIM,
    assumptions=(AGREEMENT, FRESH),
    steps=(
        TESTED,
        NEGATIVE,
        *LOG_DELTA,
        Step("larger", ge(SIMPLE, EXACT), Smt(), ("negative", "log-delta", "inverse")),
        Step("conclusion", SIMPLE_CLAIM, Smt(), ("tested", "larger")),
    ),
    citation=test_sample_size.citation,
    locals=(N_SAMPLES, P_ERROR),
)  # fmt: skip

ANY_X = Parameter("x", sp.Symbol("x", real=True), "real", "x", "x", "a number in [0, 1)")
X = ANY_X.symbol
TANGENT = -sp.log(1 - X) - 2 * X / (2 - X)
UPPER = sp.log(1 / DEL) * (1 / EPS - HALF)
UPPER_CLAIM = conj(le(EXACT, UPPER), implies(ge(N, UPPER), ge(P, EPS), le(Pr(PASS), DEL)))
test_upper = Theorem(
    name="test-samples-upper",
    title="Tests that suffice, sharper form",
    statement=(
        "n >= ln(1/δ)(1/ε - 1/2) fresh samples without a disagreement suffice for ε and δ, since "
        "-ln(1 - ε) >= 2ε/(2 - ε)."
    ),
    parameters=(EPSILON, DELTA),
    result=Bound(
        UPPER,
        "samples without a disagreement that suffice",
        rounding="up",
        monotone={"epsilon": "down", "delta": "down"},
    ),
    claim=UPPER_CLAIM,
    assumptions=(AGREEMENT, FRESH),
    steps=(
        TESTED,
        *LOG_DELTA,
        Step(
            "rises",
            implies(ge(X, 0), lt(X, 1), ge(TANGENT, 0)),
            use("mean-value", f=TANGENT, x=X, start=0, end=1),
            words="The derivative of -ln(1 - x) - 2x/(2 - x) is x²/((1 - x)(2 - x)²).",
        ),
        Step("tangent", ge(TANGENT.subs(X, EPS), 0), Instantiate("rises", {X: EPS}), ("rises",)),
        Step(
            "rate", ge(-sp.log(1 - EPS) * (1 / EPS - HALF), 1), Smt(), ("tangent",),
        ),
        Step("larger", le(EXACT, UPPER), Smt(), ("rate", "log-delta", "inverse", "tangent")),
        Step("conclusion", UPPER_CLAIM, Smt(), ("tested", "larger")),
    ),
    citation=OURS,
    locals=(N_SAMPLES, P_ERROR),
    schematic=(ANY_X,),
)  # fmt: skip

LOWER = sp.log(1 / DEL) * (1 / EPS - 1)
LOWER_CLAIM = conj(ge(EXACT, LOWER), implies(lt(N, LOWER), gt((1 - EPS) ** N, DEL)))
test_lower = Theorem(
    name="test-samples-lower",
    title="Tests that are needed, simple form",
    statement=(
        "With n < ln(1/δ)(1/ε - 1) fresh samples a student of error ε passes with probability "
        "above δ, since -ln(1 - ε) <= ε/(1 - ε)."
    ),
    parameters=(EPSILON, DELTA),
    result=Bound(
        LOWER,
        "samples below which the test is not enough",
        rounding="up",
        monotone={"epsilon": "down", "delta": "down"},
    ),
    claim=LOWER_CLAIM,
    assumptions=(AGREEMENT, FRESH),
    steps=(
        TESTED,
        *LOG_DELTA,
        Step(
            "rate",
            conj(le(-sp.log(1 - EPS), EPS / (1 - EPS)), ge(-sp.log(1 - EPS), EPS)),
            use("log-bounds", x=EPS),
        ),
        Step("product", le(-sp.log(1 - EPS) * (1 / EPS - 1), 1), Smt(), ("rate",)),
        Step("smaller", ge(EXACT, LOWER), Smt(), ("product", "log-delta", "inverse", "rate")),
        Step("conclusion", LOWER_CLAIM, Smt(), ("tested", "smaller")),
    ),
    citation=OURS,
    locals=(N_SAMPLES, P_ERROR),
)

OCCAM_SIMPLE = (sp.log(SIZE) + sp.log(1 / DEL)) / EPS
OCCAM_CLAIM = implies(ge(N, OCCAM_SIMPLE), le(Pr(BAD_CONSISTENT), DEL))
occam_simple = Theorem(
    name="occam-simple",
    title="Occam's razor for a finite class, simple form",
    statement=(
        "With probability at least 1 - δ every student of the class that agrees with the teacher "
        "on n samples has error below ε, if n >= (ln N + ln 1/δ)/ε."
    ),
    parameters=(EPSILON, DELTA, CLASS_SIZE),
    result=Bound(
        OCCAM_SIMPLE,
        "samples after which every consistent student is good",
        rounding="up",
        monotone={"epsilon": "down", "delta": "down", "class": "up"},
    ),
    claim=OCCAM_CLAIM,
    assumptions=occam_realizable.assumptions,
    steps=(
        Step(
            "sharp",
            implies(ge(N, OCCAM), le(Pr(BAD_CONSISTENT), DEL)),
            Cite(occam_realizable, {}),
            ("error", "size"),
        ),
        NEGATIVE,
        *LOG_DELTA,
        Step("log-size", ge(sp.log(SIZE), sp.log(1)), use("log-monotone", x=1, y=SIZE)),
        Step("larger", ge(OCCAM_SIMPLE, OCCAM), Smt(),
             ("negative", "log-delta", "inverse", "log-size")),
        Step("conclusion", OCCAM_CLAIM, Smt(), ("sharp", "larger")),
    ),
    citation=occam_realizable.citation,
    locals=(N_SAMPLES,),
    schematic=occam_realizable.schematic,
)  # fmt: skip

vc_failure = Theorem(
    name="vc-failure",
    title="Failure probability of a consistent student from a VC class",
    statement=(
        "For a class of VC dimension v that contains the teacher and n >= 8/ε samples, 2n >= v: "
        "some student of error ε or more is consistent with probability at most "
        "2 (2en/v)^v 2^(-εn/2)."
    ),
    parameters=(VC, EPSILON, N_SAMPLES),
    result=Bound(
        TOTAL,
        "upper bound for the probability that a bad student is consistent",
        vacuous=ge(TOTAL, 1),
        vacuous_words="when it is at least 1",
        monotone={"epsilon": "down"},
    ),
    claim=le(Pr(VC_FAILURE), TOTAL),
    assumptions=vc_realizable.assumptions,
    steps=(*CATCH_STEPS, Step("conclusion", le(Pr(VC_FAILURE), TOTAL), Smt(), ("tail",))),
    citation=vc_realizable.citation,
    requires=(
        Assumption("large", "n >= 8/epsilon and 2 n >= vc", LARGE),
    ),
    schematic=(*vc_realizable.schematic[:1], TOSSES),
)  # fmt: skip

COPIES = integer("copies", "k", "number of candidates", 2)
GAMMA = real("gamma", "gamma", "excess error that the choice may add", 0, 1, "()")
K, GAM = COPIES.symbol, GAMMA.symbol
ADDITIVE = 2 * sp.log(2 * (K - 1) / DEL) / GAM**2
CHOICE_FAILS = occam_agnostic.claim.args[1].subs({SIZE: K, EPS: GAM, DEL: DEL / 2})
ADDITIVE_CLAIM = implies(ge(N, ADDITIVE), CHOICE_FAILS)
boosting_additive = Theorem(
    name="boosting-samples-additive",
    title="Choosing the best of several candidates",
    statement=(
        "Among k >= 2 candidates return one of least empirical error on n >= (2/γ²) ln(2(k - 1)/δ) "
        "fresh samples. Its error exceeds the least error among them by at most γ, with "
        "probability at least 1 - δ/2."
    ),
    parameters=(COPIES, GAMMA, DELTA),
    result=Bound(
        ADDITIVE,
        "verification samples that suffice",
        rounding="up",
        monotone={"copies": "up", "gamma": "down", "delta": "down"},
    ),
    claim=ADDITIVE_CLAIM,
    assumptions=tuple(
        Assumption(a.label, a.words.replace("class", "candidates"),
                   None if a.formal is None else a.formal.subs(SIZE, K))
        for a in occam_agnostic.assumptions
    ),
    steps=(
        Step(
            "same-logarithm",
            eq(sp.log((K - 1) / (DEL / 2)), sp.log(2 * (K - 1) / DEL)),
            Algebra(),
        ),
        Step(
            "conclusion",
            ADDITIVE_CLAIM,
            Cite(occam_agnostic, {"class": K, "epsilon": GAM, "delta": DEL / 2}),
            ("indicator", "error", "minimiser", "size", "same-logarithm"),
            "The candidates are a class of k functions, fixed before the fresh sample.",
        ),
    ),
    citation=Citation(
        "Haussler, Kearns, Littlestone, Warmuth",
        "Equivalence of models for polynomial learnability, Inf. Comp. 95",
        1991,
    ),
    locals=(N_SAMPLES,),
    schematic=occam_agnostic.schematic,
)  # fmt: skip

BETA = real("failure", "beta", "probability that a run fails", 0, 1, "()")
RUNS = integer("copies", "k", "number of independent runs", 1)
BET, RUN = BETA.symbol, RUNS.symbol
BAD_RUN = Event("a run fails")
ALL_FAIL = Every(BAD_RUN, RUN)
RUNS_NEEDED = sp.log(2 / DEL) / sp.log(1 / BET)
RUNS_CLAIM = implies(ge(RUN, RUNS_NEEDED), le(Pr(ALL_FAIL), DEL / 2))
boosting_runs = Theorem(
    name="boosting-runs",
    title="Runs that make a good one likely, any failure probability",
    statement=(
        "If a run fails with probability at most β, then k >= ln(2/δ)/ln(1/β) independent runs "
        "all fail with probability at most δ/2."
    ),
    parameters=(BETA, DELTA),
    result=Bound(
        RUNS_NEEDED,
        "independent runs that suffice",
        rounding="up",
        monotone={"failure": "up", "delta": "down"},
    ),
    claim=RUNS_CLAIM,
    assumptions=(
        Assumption("runs", "independent runs, each fails with probability at most β",
                   le(Pr(BAD_RUN), BET)),
    ),
    steps=(
        Step("draws", eq(Pr(ALL_FAIL), Pr(BAD_RUN) ** RUN),
             use("independent-draws", event=BAD_RUN, n=RUN)),
        Step("power", le(Pr(BAD_RUN) ** RUN, BET**RUN),
             use("power-monotone", x=Pr(BAD_RUN), y=BET, n=RUN), ("runs",)),
        Step("logarithm", eq(sp.log(BET**RUN), RUN * sp.log(BET)), Algebra()),
        Step("log-half", eq(sp.log(2 / DEL), -sp.log(DEL / 2)), Algebra()),
        Step("log-inverse", eq(sp.log(1 / BET), -sp.log(BET)), Algebra()),
        Step("negative", ge(-sp.log(BET), 1 - BET), use("log-bounds", x=1 - BET)),
        Step("compare", sp.Equivalent(le(BET**RUN, DEL / 2),
                                      le(sp.log(BET**RUN), sp.log(DEL / 2))),
             use("log-monotone", x=BET**RUN, y=DEL / 2)),
        Step("conclusion", RUNS_CLAIM, Smt(),
             ("draws", "power", "logarithm", "log-half", "log-inverse", "negative", "compare")),
    ),
    citation=boosting_additive.citation,
    locals=(RUNS,),
)  # fmt: skip

WRONG = Random("disagrees")
SEEN = Average(WRONG, N)
ROOM = -sp.log(DEL) / N
RATE = ERRORS.symbol / N


def bernstein(q: sp.Expr) -> sp.Expr:
    """q + L + sqrt(L² + 2 q L)."""
    return q + ROOM + sp.sqrt(ROOM**2 + 2 * q * ROOM)


MISSES = gt(P, bernstein(SEEN))
TRUE = real("p", "p", "probability that student and teacher disagree", 0, 1)
SHRINK = sp.Symbol("a", real=True)
FACTOR = Parameter("a", SHRINK, "real", "a", "a", "a with p a² = 2 ln(1/δ)/n")
CHERNOFF = (1 - X) * sp.log(1 - X) + X - X**2 / 2
BELOW = le(SEEN, (1 - SHRINK) * P)
SMALL = conj(gt(SHRINK, 0), lt(SHRINK, 1), gt(P, 0), eq(P * SHRINK**2, 2 * ROOM))
BERNSTEIN_CLAIM = conj(
    implies(gt(P, 0), ge(SHRINK, 0), eq(P * SHRINK**2, 2 * ROOM), le(Pr(MISSES), DEL)),
    implies(le(P, bernstein(SEEN)), eq(SEEN, RATE), le(P, bernstein(RATE))),
)
bernstein_upper = Theorem(
    name="bernstein-upper",
    title="Upper bound from observed disagreements, Bernstein form",
    statement=(
        "If k of n fresh samples show a disagreement, the error p is with confidence 1 - δ at most "
        "q + L + sqrt(L² + 2 q L), q = k/n, L = ln(1/δ)/n. (For p > 0 there is an a >= 0 with "
        "p a² = 2L; for p = 0 nothing is to be shown.)"
    ),
    parameters=(ERRORS, N_SAMPLES, DELTA),
    result=Bound(
        bernstein(RATE),
        "upper bound for the error, with confidence 1 - δ",
        vacuous=ge(bernstein(RATE), 1),
        vacuous_words="when it is at least 1",
        monotone={"errors": "up", "n": "down", "delta": "down"},
    ),
    claim=BERNSTEIN_CLAIM,
    assumptions=(
        Assumption(
            "indicator",
            "a disagreement at a draw counts 1, else 0; its mean is p, its average is not negative",
            conj(sp.Or(eq(WRONG, 0), eq(WRONG, 1)), eq(Mean(WRONG), P), ge(SEEN, 0)),
        ),
        FRESH,
    ),
    steps=(
        Step("log-delta", ge(-sp.log(DEL), 1 - DEL), use("log-bounds", x=1 - DEL)),
        Step(
            "slope",
            implies(ge(X, 0), lt(X, 1), le(X, -sp.log(1 - X))),
            use("log-bounds", x=X, given=conj(ge(X, 0), lt(X, 1))),
        ),
        Step(
            "rises",
            implies(ge(X, 0), lt(X, 1), ge(CHERNOFF, 0)),
            use("mean-value", f=CHERNOFF, x=X, start=0, end=1),
            ("slope",),
            "(1 - a) ln(1 - a) + a >= a²/2: equal at 0, and -ln(1 - a) >= a.",
        ),
        Step(
            "exponent",
            implies(SMALL, ge(CHERNOFF.subs(X, SHRINK), 0)),
            Instantiate("rises", {X: SHRINK}),
            ("rises",),
        ),
        Step(
            "chernoff",
            implies(
                SMALL,
                le(Pr(BELOW), sp.exp(-N * P * ((1 - SHRINK) * sp.log(1 - SHRINK) + SHRINK))),
            ),
            use("chernoff-below", given=SMALL, x=WRONG, n=N, level=P, a=SHRINK),
            ("indicator",),
        ),
        Step("spent", implies(SMALL, eq(N * P * SHRINK**2 / 2, -sp.log(DEL))), Smt()),
        Step(
            "exponential",
            implies(
                SMALL,
                le(
                    sp.exp(-N * P * ((1 - SHRINK) * sp.log(1 - SHRINK) + SHRINK)),
                    sp.exp(sp.log(DEL)),
                ),
            ),
            use(
                "exp-monotone",
                given=SMALL,
                x=-N * P * ((1 - SHRINK) * sp.log(1 - SHRINK) + SHRINK),
                y=sp.log(DEL),
            ),
            ("exponent", "spent"),
        ),
        Step(
            "square",
            implies(MISSES, gt((P - SEEN) ** 2, 2 * P * ROOM)),
            Smt(),
            ("log-delta", "indicator"),
            "p - q - L > sqrt(L² + 2qL) means (p - q)² > 2 p L,",
        ),
        Step(
            "far",
            implies(
                gt(P, 0), ge(SHRINK, 0), eq(P * SHRINK**2, 2 * ROOM), MISSES,
                lt(SEEN, (1 - SHRINK) * P),
            ),
            Smt(),
            ("square", "log-delta", "indicator"),
            "that is q < (1 - a) p with p a² = 2L.",
        ),
        Step(
            "never",
            implies(
                conj(gt(P, 0), ge(SHRINK, 0), eq(P * SHRINK**2, 2 * ROOM)),
                le(Pr(MISSES), Pr(sp.And(BELOW, lt(SHRINK, 1)))),
            ),
            use(
                "event-monotone",
                given=conj(gt(P, 0), ge(SHRINK, 0), eq(P * SHRINK**2, 2 * ROOM)),
                smaller=MISSES,
                larger=sp.And(BELOW, lt(SHRINK, 1)),
            ),
            ("far", "indicator"),
            "For a >= 1 that cannot happen.",
        ),
        Step(
            "constant",
            conj(
                implies(lt(SHRINK, 1), eq(Pr(sp.And(BELOW, lt(SHRINK, 1))), Pr(BELOW))),
                implies(sp.Not(lt(SHRINK, 1)), eq(Pr(sp.And(BELOW, lt(SHRINK, 1))), 0)),
            ),
            use("constant-event", event=BELOW, constant=lt(SHRINK, 1)),
        ),
        Step("conclusion", BERNSTEIN_CLAIM, Smt(),
             ("never", "constant", "chernoff", "exponential", "log-delta")),
    ),
    citation=Citation("Chernoff", "A measure of asymptotic efficiency, Ann. Math. Stat. 23", 1952),
    requires=(Assumption("errors <= n", "errors <= n", le(ERRORS.symbol, N)),),
    locals=(TRUE,),
    schematic=(ANY_X, FACTOR),
    notes=(
        "Smaller than hoeffding-upper for small q and L; neither is always the smaller one.",
        "It is at most q + 2L + sqrt(2qL) (bernstein-simple). `clopper-pearson` is never worse.",
    ),
)  # fmt: skip

THEOREMS = (
    acceptance,
    test_simple,
    test_upper,
    test_lower,
    bernstein_upper,
    occam_simple,
    vc_failure,
    boosting_runs,
    boosting_additive,
)
