"""Tests without a disagreement.

Setting: the student g is fixed, f is the teacher, p = P[f(x) != g(x)]; n points are drawn
independently and g is accepted iff it agrees with f on all of them. Nothing else is random.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.catalogue.shared import DEL, EPS, HALF, INVERSE, NEGATIVE, OURS, N
from theory.language.experiments import sample
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import ErrorLevel, Exactly, LowerBound, SampleSize, TooFew
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, Parameter, real
from theory.language.terms import Event, Every, Pr, conj, eq, ge, gt, implies, le, lt

GIVEN = real("error", "p", "probability that student and teacher disagree", 0, 1)
AGREE = Event("f = g at a draw")
PASS = Every(AGREE, N)
PASS_CLAIM = eq(Pr(PASS), (1 - GIVEN.symbol) ** N)
ERROR = real("p", "p", "probability that student and teacher disagree", 0, 1)
P = ERROR.symbol
AGREEMENT = Assumption("agreement", "P[f = g at a draw] = 1 - p", eq(Pr(AGREE), 1 - P))
DRAWN_POINTS = sample(N, "f = g at a draw")
SAMPLES = sp.log(DEL) / sp.log(1 - EPS)
LOG_MISSES = Step(
    "logarithm",
    eq(sp.log((1 - EPS) ** N), N * sp.log(1 - EPS)),
    Algebra(positive=((1 - EPS, EPS),)),
)


def compare_misses(level: sp.Expr) -> Step:
    """The step "compare": (1 - ε)^n against a level, by their logarithms."""
    return Step(
        "compare",
        sp.Equivalent(le((1 - EPS) ** N, level), le(sp.log((1 - EPS) ** N), sp.log(level))),
        use("log-monotone", x=(1 - EPS) ** N, y=level),
    )


test_sample_size = Theorem(
    name="test-sample-size",
    title="A candidate tested without a disagreement",
    parameters=(EPSILON, DELTA),
    result=SampleSize(
        N,
        SAMPLES,
        le(Pr(PASS), DEL),
        given=(ge(P, EPS),),
        otherwise=gt((1 - EPS) ** N, DEL),
        monotone={"epsilon": "down", "delta": "down"},
    ),
    assumptions=(AGREEMENT,),
    experiment=DRAWN_POINTS,
    steps=(
        Step(
            "acceptance",
            eq(Pr(PASS), Pr(AGREE) ** N),
            use("independent-draws", event=AGREE, n=N),
            words="Acceptance is agreement at each of n independent draws.",
        ),
        Step(
            "shrinks",
            implies(ge(P, EPS), le((1 - P) ** N, (1 - EPS) ** N)),
            use("power-monotone", x=1 - P, y=1 - EPS, n=N),
            words="The larger the error, the less likely acceptance.",
        ),
        Step(
            "at-most",
            implies(ge(P, EPS), le(Pr(PASS), (1 - EPS) ** N)),
            use("power-monotone", x=Pr(AGREE), y=1 - P, n=N),
            ("acceptance", "shrinks", "agreement"),
            "Acceptance has probability (1 - p)^n, at most (1 - ε)^n.",
        ),
        replace(LOG_MISSES, words="Logarithm of a power."),
        replace(compare_misses(DEL), words="Compare the logarithms instead."),
        Step(
            "negative",
            le(sp.log(1 - EPS), -EPS),
            use("log-bounds", x=EPS),
            words="ln(1 - ε) is negative, so dividing by it turns the inequality.",
        ),
        Step(
            "conclusion",
            conj(
                implies(ge(N, SAMPLES), ge(P, EPS), le(Pr(PASS), DEL)),
                implies(lt(N, SAMPLES), gt((1 - EPS) ** N, DEL)),
            ),
            Smt(),
            ("at-most", "logarithm", "compare", "negative"),
            "Solve n ln(1 - ε) <= ln δ for n.",
        ),
    ),
    citation=OURS,
    locals=(
        N_SAMPLES,
        ERROR,
    ),
    notes=(
        "The confidence is over the samples; it is no posterior probability.",
        "The samples must be fresh: a student trained or repaired on them voids the claim.",
    ),
)

acceptance_probability = Theorem(
    name="acceptance-probability",
    title="How often a candidate passes a test",
    parameters=(GIVEN, N_SAMPLES),
    result=Exactly(Pr(PASS), (1 - GIVEN.symbol) ** N, monotone={"error": "down", "n": "down"}),
    assumptions=(AGREEMENT,),
    experiment=DRAWN_POINTS,
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

LOG_DELTA = (
    INVERSE,
    Step("log-delta", ge(sp.log(1 / DEL), 1 - DEL), use("log-bounds", x=1 - DEL), ("inverse",)),
)
SIMPLE = sp.log(1 / DEL) / EPS
SIMPLE_CLAIM = implies(ge(N, SIMPLE), ge(P, EPS), le(Pr(PASS), DEL))
TESTED = Step(
    "tested",
    conj(
        implies(ge(N, SAMPLES), ge(P, EPS), le(Pr(PASS), DEL)),
        implies(lt(N, SAMPLES), gt((1 - EPS) ** N, DEL)),
    ),
    Cite(test_sample_size, {}),
    ("agreement",),
    "The exact number of tests, ln δ / ln(1 - ε).",
)

test_samples_simple = Theorem(
    name="test-samples-simple",
    title="Tests that suffice, simple form",
    parameters=(EPSILON, DELTA),
    result=SampleSize(
        N,
        SIMPLE,
        le(Pr(PASS), DEL),
        given=(ge(P, EPS),),
        monotone={"epsilon": "down", "delta": "down"},
    ),
    assumptions=(AGREEMENT,),
    experiment=DRAWN_POINTS,
    steps=(
        TESTED,
        NEGATIVE,
        *LOG_DELTA,
        Step("larger", ge(SIMPLE, SAMPLES), Smt(), ("negative", "log-delta", "inverse")),
        Step("conclusion", SIMPLE_CLAIM, Smt(), ("tested", "larger")),
    ),
    citation=test_sample_size.citation,
    locals=(N_SAMPLES, ERROR),
)  # fmt: skip

ANY_X = Parameter("x", sp.Symbol("x", real=True), "real", "x", "x", "a number in [0, 1)")
X = ANY_X.symbol
TANGENT = -sp.log(1 - X) - 2 * X / (2 - X)
UPPER = sp.log(1 / DEL) * (1 / EPS - HALF)
UPPER_CLAIM = conj(le(SAMPLES, UPPER), implies(ge(N, UPPER), ge(P, EPS), le(Pr(PASS), DEL)))

test_samples_upper = Theorem(
    name="test-samples-upper",
    title="Tests that suffice, sharper form",
    parameters=(EPSILON, DELTA),
    result=SampleSize(
        N,
        UPPER,
        le(Pr(PASS), DEL),
        given=(ge(P, EPS),),
        also=(le(SAMPLES, UPPER),),
        monotone={"epsilon": "down", "delta": "down"},
    ),
    assumptions=(AGREEMENT,),
    experiment=DRAWN_POINTS,
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
        Step("larger", le(SAMPLES, UPPER), Smt(), ("rate", "log-delta", "inverse", "tangent")),
        Step("conclusion", UPPER_CLAIM, Smt(), ("tested", "larger")),
    ),
    citation=OURS,
    locals=(N_SAMPLES, ERROR),
    schematic=(ANY_X,),
)  # fmt: skip

LOWER = sp.log(1 / DEL) * (1 / EPS - 1)
LOWER_CLAIM = conj(ge(SAMPLES, LOWER), implies(lt(N, LOWER), gt((1 - EPS) ** N, DEL)))

test_samples_lower = Theorem(
    name="test-samples-lower",
    title="Too few tests, simple form",
    parameters=(EPSILON, DELTA),
    result=TooFew(
        N,
        LOWER,
        gt((1 - EPS) ** N, DEL),
        strict=True,
        also=(ge(SAMPLES, LOWER),),
        monotone={"epsilon": "down", "delta": "down"},
    ),
    assumptions=(AGREEMENT,),
    experiment=DRAWN_POINTS,
    steps=(
        TESTED,
        *LOG_DELTA,
        Step(
            "rate",
            conj(le(-sp.log(1 - EPS), EPS / (1 - EPS)), ge(-sp.log(1 - EPS), EPS)),
            use("log-bounds", x=EPS),
        ),
        Step("product", le(-sp.log(1 - EPS) * (1 / EPS - 1), 1), Smt(), ("rate",)),
        Step("smaller", ge(SAMPLES, LOWER), Smt(), ("product", "log-delta", "inverse", "rate")),
        Step("conclusion", LOWER_CLAIM, Smt(), ("tested", "smaller")),
    ),
    citation=OURS,
    locals=(N_SAMPLES, ERROR),
)

ROOT = DEL ** (1 / N)
AFTER_CLAIM = implies(ge(P, 1 - ROOT), le(Pr(PASS), DEL))

error_after_pass = Theorem(
    name="error-after-pass",
    title="The error that a passed test leaves",
    parameters=(N_SAMPLES, DELTA),
    result=ErrorLevel(P, 1 - ROOT, le(Pr(PASS), DEL), monotone={"n": "down", "delta": "down"}),
    assumptions=(AGREEMENT,),
    experiment=DRAWN_POINTS,
    steps=(
        Step(
            "acceptance", eq(Pr(PASS), Pr(AGREE) ** N), use("independent-draws", event=AGREE, n=N)
        ),
        Step("root", eq(sp.Pow(ROOT, N, evaluate=False), DEL), Algebra()),
        Step(
            "smaller",
            implies(ge(P, 1 - ROOT), le(Pr(AGREE) ** N, DEL)),
            use("power-monotone", x=Pr(AGREE), y=ROOT, n=N),
            ("agreement", "root"),
        ),
        Step("conclusion", AFTER_CLAIM, Smt(), ("acceptance", "smaller")),
    ),
    citation=OURS,
    locals=(ERROR,),
)

ALARM = real("false-alarm", "alpha", "tolerated probability to reject an equal student", 0, 1)
A = ALARM.symbol
ACCEPTS = Event("accepts f")
ACCEPTS_EQUAL = Event("accepts f = g")
BOTH = sp.And(ACCEPTS_EQUAL, PASS)
ANY_TEST = sp.log(DEL + A) / sp.log(1 - EPS)
ANY_CLAIM = implies(eq(P, EPS), ge(N, ANY_TEST))

any_test_samples = Theorem(
    name="any-test-samples",
    title="Samples that a test needs",
    parameters=(EPSILON, DELTA, ALARM),
    result=LowerBound(
        N,
        ANY_TEST,
        given=(eq(P, EPS),),
        monotone={"epsilon": "down", "delta": "down", "false-alarm": "down"},
    ),
    assumptions=(
        AGREEMENT,
        Assumption(
            "coupling",
            "run the rule on f and on f' = g with the same points and coins: where no sample shows "
            "a disagreement it sees the same and does the same",
            implies(BOTH, ACCEPTS),
        ),
        Assumption(
            "promise",
            "the rule keeps its promises",
            conj(ge(Pr(ACCEPTS_EQUAL), 1 - A), implies(eq(P, EPS), le(Pr(ACCEPTS), DEL))),
        ),
    ),
    experiment=sample(N, "f = g at a draw", random=("accepts f", "accepts f = g")),
    steps=(
        Step("pass", eq(Pr(PASS), Pr(AGREE) ** N), use("independent-draws", event=AGREE, n=N)),
        Step(
            "cover",
            le(Pr(PASS), Pr(sp.Or(BOTH, sp.Not(ACCEPTS_EQUAL)))),
            use("event-monotone", smaller=PASS, larger=sp.Or(BOTH, sp.Not(ACCEPTS_EQUAL))),
        ),
        Step(
            "boole",
            le(Pr(sp.Or(BOTH, sp.Not(ACCEPTS_EQUAL))), Pr(BOTH) + Pr(sp.Not(ACCEPTS_EQUAL))),
            use("boole", first=BOTH, second=sp.Not(ACCEPTS_EQUAL)),
        ),
        Step(
            "complement",
            eq(Pr(sp.Not(ACCEPTS_EQUAL)), 1 - Pr(ACCEPTS_EQUAL)),
            use("complement", event=ACCEPTS_EQUAL),
        ),
        Step(
            "accepted",
            le(Pr(BOTH), Pr(ACCEPTS)),
            use("event-monotone", smaller=BOTH, larger=ACCEPTS),
            ("coupling",),
        ),
        Step(
            "power",
            implies(eq(P, EPS), le((1 - EPS) ** N, Pr(AGREE) ** N)),
            use("power-monotone", x=1 - EPS, y=Pr(AGREE), n=N),
            ("agreement",),
        ),
        Step(
            "enough",
            implies(eq(P, EPS), le((1 - EPS) ** N, DEL + A)),
            Smt(),
            ("pass", "cover", "boole", "complement", "accepted", "power", "promise"),
            "(1 - ε)^n <= δ + α.",
        ),
        LOG_MISSES,
        compare_misses(DEL + A),
        NEGATIVE,
        Step("conclusion", ANY_CLAIM, Smt(), ("enough", "logarithm", "compare", "negative")),
    ),
    citation=OURS,
    requires=(Assumption("sum", "delta + false-alarm < 1", lt(DEL + A, 1)),),
    locals=(
        N_SAMPLES,
        ERROR,
    ),
)

THEOREMS = (
    acceptance_probability,
    test_sample_size,
    test_samples_simple,
    test_samples_upper,
    test_samples_lower,
    error_after_pass,
    any_test_samples,
)
