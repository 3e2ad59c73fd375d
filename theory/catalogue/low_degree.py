"""How many samples tell a teacher's coefficients of low degree, and so a student.

Points are d fair bits, classes are -1 or 1. A coefficient is how much the class agrees with a
parity of bits; its degree is how many bits these are.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.catalogue.asking import longer, row
from theory.catalogue.occam import (
    INDICATOR,
    MEMBER,
    RADIUS,
    SOME_OFF,
    G,
    uniform_deviation_finite,
)
from theory.catalogue.shared import DEL, EPS, SIZE, SO_FAR, D, N, T
from theory.language.experiments import sample
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.substitution import substitute
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, VARIABLES, integer, real
from theory.language.terms import (
    IntegerQuantity,
    Members,
    Pr,
    Random,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
)

LINIAL = Citation(
    "Linial, Mansour, Nisan",
    "Constant depth circuits, Fourier transform, and learnability, J. ACM 40", 1993,
)  # fmt: skip

DEGREE = integer("degree", "k", "bits of a parity whose coefficient is estimated, at most")
ABOVE = real("above", "w", "squares of the coefficients of higher degree, in all", 0, 1)
TOLERATED = replace(
    EPSILON, meaning="tolerated probability of disagreement beyond those coefficients' squares"
)
K, W = DEGREE.symbol, ABOVE.symbol


def parities(t: sp.Expr) -> sp.Expr:
    """How many parities there are of t bits at most."""
    return IntegerQuantity("parities of bits", t)


HOW_MANY = integer("parities", "M", "parities of that many bits at most", 1)
MANY, ROW = HOW_MANY.symbol, row(D, K)
OFF = substitute(SOME_OFF, {SIZE: MANY})
AMISS = Random("error of the low-degree student")
SPREAD = 4 * MANY * substitute(RADIUS, {SIZE: MANY}) ** 2
SAMPLES = 2 * ROW * sp.log(2 * ROW / DEL) / EPS
ENOUGH = ge(N, SAMPLES)
BEYOND, FAR = gt(AMISS, W + SPREAD), gt(AMISS, W + EPS)
SHARE = DEL / (2 * MANY)
COUNTED = implies(le(T, D), conj(eq(parities(T), row(D, T)), ge(row(D, T), 1)))

low_degree_samples = Theorem(
    name="low-degree-samples",
    title="How many samples tell the coefficients of low degree, and so a student",
    parameters=(VARIABLES, DEGREE, TOLERATED, DELTA),
    result=SampleSize(
        N,
        SAMPLES,
        le(Pr(FAR), DEL),
        monotone={"epsilon": "down", "delta": "down"},
        trend_facts=("some", "level"),
    ),
    assumptions=(
        INDICATOR,
        Assumption(
            "parities",
            "the class has the parities of k bits at most, of d: one of none, and one of each t "
            "bits",
            conj(
                eq(parities(sp.Integer(0)), 1),
                eq(parities(T + 1), parities(T) + sp.binomial(D, T + 1)),
                eq(parities(K), MANY),
                eq(Members(G, sp.true), MANY),
            ),
        ),
        Assumption(
            "student",
            "the student is the sign of the sum that the estimates make; a coefficient is twice as "
            "far off as the error of its parity is: where none is far off, the mean square of that "
            "sum less the class is the squares of the differences, with w, by Parseval, and no "
            "smaller than the student's error",
            implies(sp.Not(OFF), le(AMISS, W + SPREAD)),
        ),
    ),
    experiment=sample(N, "wrong", random=("error of the low-degree student",)),
    steps=(
        longer("next", D, T),
        longer("first", D, sp.Integer(-1)),
        Step("ends", eq(sp.binomial(D, 0), 1), Smt()),
        Step("more", implies(le(T + 1, D), ge(sp.binomial(D, T + 1), 1)),
             use("binomial-positive", n=D, k=T + 1)),
        Step("counted", COUNTED, use("induction", claim=COUNTED, k=T, start=0),
             ("next", "first", "ends", "more", "parities")),
        Step("all", COUNTED.subs(T, K), Instantiate("counted", {T: K}), ("counted",)),
        Step("some", ge(ROW, 1), Smt(), ("all",)),
        Step("many", eq(MANY, ROW), Smt(), ("all", "parities")),
        Step("share", conj(gt(SHARE, 0), le(SHARE, 1)), Smt()),
        Step("inverse", eq(sp.log(2 * MANY / DEL), -sp.log(SHARE)), Algebra()),
        Step("positive", ge(-sp.log(SHARE), 1 - SHARE), use("log-bounds", x=1 - SHARE), ("share",)),
        Step("uniform", le(Pr(OFF), DEL), Cite(uniform_deviation_finite, {"class": MANY}),
             ("indicator", "parities", "inverse", "positive", "share")),
        Step("event", le(Pr(BEYOND), Pr(OFF)), use("event-monotone", smaller=BEYOND, larger=OFF),
             ("student", "inverse", "positive", "share")),
        Step("squares", eq(N * SPREAD, 2 * MANY * sp.log(2 * MANY / DEL)), Smt(),
             ("inverse", "positive", "share")),
        Step("same", le(sp.log(2 * MANY / DEL), sp.log(2 * ROW / DEL)),
             use("log-monotone", x=2 * MANY / DEL, y=2 * ROW / DEL), ("many", "some")),
        Step("level", ge(sp.log(2 * ROW / DEL), 0), Smt(),
             ("same", "inverse", "positive", "share", "some")),
        Step("solve", implies(ENOUGH, le(SPREAD, EPS)), Smt(),
             ("squares", "many", "some", "same", "level")),
        Step("closer", implies(ENOUGH, le(Pr(FAR), Pr(BEYOND))),
             use("event-monotone", given=ENOUGH, smaller=FAR, larger=BEYOND), ("solve", "some")),
        Step("conclusion", implies(ENOUGH, le(Pr(FAR), DEL)), Smt(),
             ("closer", "event", "uniform", "some")),
    ),
    citation=LINIAL,
    requires=(Assumption("degree", "degree <= variables", le(K, D)),),
    locals=(N_SAMPLES, ABOVE, HOW_MANY),
    schematic=(MEMBER, SO_FAR),
    notes=(
        "A tree has no coefficient of a higher degree than its depth.",
        "See also uniform-deviation-finite, which it rests on, and lrh-sets.",
    ),
)  # fmt: skip

THEOREMS = (low_degree_samples,)
