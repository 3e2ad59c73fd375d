"""Simpler forms of the number of tests (catalogue T3)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.testing import AGREE, AGREEMENT, DRAWN_POINTS, PASS, P, test_sample_size
from theory.catalogue.testing import ERROR as P_ERROR
from theory.catalogue.testing import SAMPLES as EXACT
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import Exactly, SampleSize, TooFew
from theory.language.statement import Citation, Step, Theorem
from theory.language.symbols import (
    DELTA,
    EPSILON,
    N_SAMPLES,
    Parameter,
    real,
)
from theory.language.terms import Pr, conj, eq, ge, gt, implies, le, lt

EPS, DEL, N = (x.symbol for x in (EPSILON, DELTA, N_SAMPLES))
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
    parameters=(EPSILON, DELTA),
    result=SampleSize(
        N,
        UPPER,
        le(Pr(PASS), DEL),
        given=(ge(P, EPS),),
        also=(le(EXACT, UPPER),),
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
    title="Too few tests, simple form",
    parameters=(EPSILON, DELTA),
    result=TooFew(
        N,
        LOWER,
        gt((1 - EPS) ** N, DEL),
        strict=True,
        also=(ge(EXACT, LOWER),),
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
        Step("smaller", ge(EXACT, LOWER), Smt(), ("product", "log-delta", "inverse", "rate")),
        Step("conclusion", LOWER_CLAIM, Smt(), ("tested", "smaller")),
    ),
    citation=OURS,
    locals=(N_SAMPLES, P_ERROR),
)

THEOREMS = (
    acceptance,
    test_simple,
    test_upper,
    test_lower,
)
