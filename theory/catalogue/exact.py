"""From few errors to none: gaps between trees, and when equality is certain.

All for the uniform distribution on d Boolean variables.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory.catalogue.occam import (
    AGREEMENTS,
    CONSISTENT,
    LABELLED,
    MEMBER,
    G,
    err,
    occam_realizable,
)
from theory.catalogue.shared import APART, DEL, HALF, LEVEL, OURS, D, N
from theory.catalogue.testing import (
    AGREEMENT,
    DRAWN_POINTS,
    ERROR,
    PASS,
    P,
    test_sample_size,
    test_samples_simple,
)
from theory.catalogue.trees import COMPLETE, COMPUTED, COUNT_STEPS, FUNCTIONS, LOG_FUNCTIONS
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import Gap, SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, DEPTH, N_SAMPLES, VARIABLES, integer
from theory.language.terms import Pr, Quantity, Some, conj, eq, ge, gt, implies, le

BOOLEAN = Citation("O'Donnell", "Analysis of Boolean Functions", 2014)

FIRST = replace(DEPTH, meaning="depth of the first function's tree")
SECOND = integer("other", "s", "depth of the second function's tree")
DEGREE = integer("D", "D", "degree of a polynomial")
COUNT = integer("m", "m", "number of variables of a polynomial")
M = COUNT.symbol
DEG = DEGREE.symbol


def power(exponent: sp.Expr) -> sp.Expr:
    """2^(-exponent)."""
    return sp.Pow(2, -exponent)


def least(variables: sp.Expr, degree: sp.Expr) -> sp.Expr:
    """The least P[q != 0] over nonzero multilinear q in so many variables, of that degree."""
    return Quantity("least", variables, degree)


R = FIRST.symbol
S = SECOND.symbol
LONGEST = sp.Max(R, S)
GAP = power(LONGEST)
GAP_CLAIM = sp.Or(eq(APART, 0), ge(APART, GAP), evaluate=False)
POLYNOMIALS = Assumption(
    "restrict",
    "fixing the last variable of a nonzero q leaves two polynomials of its degree, and P[q != 0] "
    "averages theirs; if one vanishes, the other has a degree less by one (so q had degree >= 1). "
    "Without variables q is a nonzero constant",
    conj(
        sp.Or(
            ge(least(M + 1, DEG), least(M, DEG)),
            conj(ge(DEG, 1), ge(2 * least(M + 1, DEG), least(M, DEG - 1))),
            evaluate=False,
        ),
        ge(least(sp.Integer(0), DEG), 1),
    ),
)


def _polynomial_steps(degree: sp.Expr) -> tuple[Step, ...]:
    """To the step "this polynomial": so often is one of that degree not 0."""
    return (
        Step(
            "halves",
            eq(sp.Mul(2, power(DEG), evaluate=False), power(DEG - 1)),
            Algebra(),
        ),
        Step(
            "constants",
            le(power(DEG), 1),
            use("power-exponent", x=2, a=-DEG, b=0),
        ),
        Step(
            "every polynomial",
            ge(least(M, DEG), power(DEG)),
            use(
                "double-induction",
                claim=ge(least(M, DEG), power(DEG)),
                k=M,
                start=0,
                parameter=DEG,
                other=DEG - 1,
            ),
            ("restrict", "halves", "constants"),
            "Induction over the variables.",
        ),
        Step(
            "this polynomial",
            ge(least(D, degree), power(degree)),
            Instantiate("every polynomial", {M: D, DEG: degree}),
            ("every polynomial",),
        ),
    )


OF_DEGREE = integer("degree", "k", "degree of the polynomial, at most", 0)
K = OF_DEGREE.symbol
NOT_ZERO = Quantity("P[h != 0]")
NEVER_OR_OFTEN = sp.Or(eq(NOT_ZERO, 0), ge(NOT_ZERO, power(K)), evaluate=False)

gap_polynomials = Theorem(
    name="gap-polynomials",
    title="A polynomial of low degree over bits vanishes, or often does not",
    parameters=(OF_DEGREE,),
    result=Gap(NOT_ZERO, power(K), monotone={"degree": "down"}),
    assumptions=(
        POLYNOMIALS,
        Assumption(
            "polynomial",
            "h is a multilinear polynomial of degree k at most, over fair bits",
            sp.Or(eq(NOT_ZERO, 0), ge(NOT_ZERO, least(D, K)), evaluate=False),
        ),
    ),
    steps=(
        *_polynomial_steps(K),
        Step("conclusion", NEVER_OR_OFTEN, Smt(), ("polynomial", "this polynomial")),
    ),
    citation=BOOLEAN,
    locals=(VARIABLES,),
    schematic=(DEGREE, COUNT),
    notes=(
        "Two functions of degree k are equal or differ on that share of the points: for trees of "
        "depth k, gap-trees. How often a test misses that: exact-test.",
    ),
)

gap_trees = Theorem(
    name="gap-trees",
    title="Two shallow trees are equal or clearly different",
    parameters=(FIRST, SECOND),
    result=Gap(APART, GAP, monotone={"depth": "down", "other": "down"}),
    assumptions=(
        POLYNOMIALS,
        Assumption(
            "trees are polynomials",
            "f - g is a multilinear polynomial of degree max(r, s); it is 0 where they agree",
            sp.Or(eq(APART, 0), ge(APART, least(D, LONGEST)), evaluate=False),
        ),
    ),
    steps=(
        *_polynomial_steps(LONGEST),
        Step("conclusion", GAP_CLAIM, Smt(), ("trees are polynomials", "this polynomial")),
    ),
    citation=BOOLEAN,
    locals=(VARIABLES,),
    schematic=(
        DEGREE,
        COUNT,
    ),
)

DEEP = replace(DEPTH, meaning="promised depth of teacher and student", lower=Fraction(1))
RATE = power(R)
TEST = sp.log(DEL) / sp.log(1 - RATE)
RATE_STEP = Step(
    "rate",
    conj(gt(RATE, 0), le(RATE, HALF)),
    use("power-exponent", x=2, a=-R, b=-1),
    words="2^(-r) is between 0 and 1/2.",
)
RATE_NEGATIVE = Step("negative", le(sp.log(1 - RATE), -RATE), use("log-bounds", x=RATE), ("rate",))

exact_test = Theorem(
    name="exact-test",
    title="Testing for equality, given a promise",
    parameters=(DEEP, DELTA),
    result=SampleSize(
        N,
        TEST,
        le(Pr(PASS), DEL),
        given=(gt(ERROR.symbol, 0),),
        monotone={"depth": "up", "delta": "down"},
    ),
    assumptions=(
        AGREEMENT,
        Assumption(
            "gap",
            "equal, or different with probability at least 2^(-r): theorem gap-trees",
            sp.Or(eq(ERROR.symbol, 0), ge(ERROR.symbol, RATE), evaluate=False),
        ),
    ),
    experiment=DRAWN_POINTS,
    steps=(
        RATE_STEP,
        RATE_NEGATIVE,
        Step(
            "test",
            implies(ge(N, TEST), ge(ERROR.symbol, RATE), le(Pr(PASS), DEL)),
            Cite(test_sample_size, {"epsilon": RATE}),
            ("rate", "agreement", "negative"),
            "A test at the error 2^(-r).",
        ),
        Step(
            "conclusion",
            implies(ge(N, TEST), gt(ERROR.symbol, 0), le(Pr(PASS), DEL)),
            Smt(),
            ("test", "gap"),
        ),
    ),
    citation=test_sample_size.citation,
    locals=(
        N_SAMPLES,
        ERROR,
    ),
    notes=("It rests on the promise on the teacher; without one use test-sample-size.",),
)

RR = DEEP.symbol
EXACT_SIMPLE = 2**RR * sp.log(1 / DEL)
SIMPLE_CLAIM = implies(ge(N, EXACT_SIMPLE), gt(P, 0), le(Pr(PASS), DEL))

exact_test_simple = Theorem(
    name="exact-test-simple",
    title="Testing for equality, simple form",
    parameters=(DEEP, DELTA),
    result=SampleSize(
        N,
        EXACT_SIMPLE,
        le(Pr(PASS), DEL),
        given=(gt(P, 0),),
        monotone={"depth": "up", "delta": "down"},
    ),
    assumptions=exact_test.assumptions,
    experiment=DRAWN_POINTS,
    steps=(
        RATE_STEP,
        Step(
            "test",
            implies(ge(N, sp.log(1 / DEL) / RATE), ge(P, RATE), le(Pr(PASS), DEL)),
            Cite(test_samples_simple, {"epsilon": RATE}),
            ("rate", "agreement"),
            "A test at the error 2^(-r).",
        ),
        Step("conclusion", SIMPLE_CLAIM, Smt(), ("test", "gap")),
    ),
    citation=exact_test.citation,
    locals=(N_SAMPLES, ERROR),
)

DIFFERENT = gt(err(G), 0)
UNEQUAL = Some(G, DIFFERENT, CONSISTENT)
FAR = ge(err(G), RATE)
FAR_FAILURE = Some(G, FAR, CONSISTENT)
EXACT_ERM = (LOG_FUNCTIONS - sp.log(DEL)) / (-sp.log(1 - RATE))
EXACT_CLAIM = implies(ge(N, EXACT_ERM), le(Pr(UNEQUAL), DEL))

exact_erm = Theorem(
    name="exact-erm",
    title="Consistent trees and the teacher, given a promise",
    parameters=(VARIABLES, DEEP, DELTA),
    result=SampleSize(
        N,
        EXACT_ERM,
        le(Pr(UNEQUAL), DEL),
        monotone={"variables": "up", "depth": "up", "delta": "down"},
        useless=ge(R, D),
    ),
    assumptions=(
        COMPLETE,
        FUNCTIONS,
        AGREEMENTS,
        Assumption(
            "gap",
            "a student is equal to the teacher or has error at least 2^(-r): theorem gap-trees",
            sp.Or(eq(err(G), 0), ge(err(G), RATE), evaluate=False),
        ),
    ),
    experiment=LABELLED,
    steps=(
        RATE_STEP,
        *COUNT_STEPS,
        RATE_NEGATIVE,
        Step(
            "occam",
            implies(
                ge(N, (sp.log(COMPUTED) - sp.log(DEL)) / (-sp.log(1 - RATE))),
                le(Pr(FAR_FAILURE), DEL),
            ),
            Cite(occam_realizable, {"class": COMPUTED, "epsilon": RATE}),
            ("rate", "error", "functions", "negative"),
            "Occam's razor at the error 2^(-r).",
        ),
        Step(
            "no other",
            le(Pr(UNEQUAL), Pr(FAR_FAILURE)),
            use(
                "same-members",
                member=G,
                condition=DIFFERENT,
                event=CONSISTENT,
                larger=FAR,
                larger_event=CONSISTENT,
            ),
            ("gap",),
            "A student that is not equal has at least that error.",
        ),
        Step(
            "conclusion",
            EXACT_CLAIM,
            Smt(),
            ("log-count", "occam", "no other", "negative", "rate"),
        ),
    ),
    citation=OURS,
    locals=(N_SAMPLES,),
    schematic=(
        MEMBER,
        LEVEL,
    ),
)

THEOREMS = (
    gap_polynomials,
    gap_trees,
    exact_test,
    exact_test_simple,
    exact_erm,
)
