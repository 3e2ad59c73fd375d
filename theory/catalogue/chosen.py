"""A student chosen on the samples that test it: exact binomial bounds for all students at once.

The class is fixed before the sample; err(g) = P[g(x) != f(x)].
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.binomial import CLOPPER
from theory.catalogue.covering import ANY, AT_MOST_N, NUMBER, all_wrong, coverage, law_of, upper
from theory.catalogue.occam import CLASS_COUNTED, MEMBER, G, err
from theory.catalogue.shared import DEL, SIZE, N
from theory.language.confidence import Confidence
from theory.language.experiments import Draws, Experiment
from theory.language.rules import Cite, Smt, use
from theory.language.special import ClopperPearson
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import CLASS_SIZE, DELTA, ERRORS, N_SAMPLES, integer
from theory.language.terms import Fact, Members, Pr, RandomInteger, Some, conj, eq, gt, le, lt

K = ERRORS.symbol
COUNT = RandomInteger("errors of", G)
SHARE = DEL / SIZE
MISSED = gt(err(G), upper(COUNT, SHARE))
SOME_MISSED = Some(G, sp.true, MISSED)
RATES = Assumption(
    "rates",
    "no student agrees with the teacher surely, and none surely disagrees",
    conj(gt(err(G), 0), lt(err(G), 1)),
)
LAW = Fact("binomial", COUNT, N, err(G))

occam_binomial = Theorem(
    name="occam-binomial",
    title="Occam's razor with disagreements: exact bounds for a whole class",
    parameters=(ERRORS, N_SAMPLES, CLASS_SIZE, DELTA),
    result=Confidence(
        err(G),
        upper(K, SHARE),
        DEL,
        at=upper(COUNT, SHARE),
        reading=(COUNT, K),
        member=G,
        monotone={"errors": "up", "n": "down", "class": "up", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "counted",
            "each student's disagreements on n independent samples have the law "
            "Binomial(n, err(g))",
            law_of(COUNT, err(G)),
        ),
        RATES,
        all_wrong(SHARE),
        CLASS_COUNTED,
    ),
    experiment=Experiment((Draws(N),), ("errors of",), (LAW,)),
    steps=(
        *coverage(COUNT, err(G), SHARE, ("rates",)),
        Step(
            "union",
            le(Pr(SOME_MISSED), Members(G, sp.true) * SHARE),
            use("union-bound", member=G, condition=sp.true, event=MISSED, bound=SHARE),
            ("missed",),
            "Each of the N students exceeds its bound with probability at most δ/N.",
        ),
        Step("conclusion", le(Pr(SOME_MISSED), DEL), Smt(), ("union", "size")),
    ),
    citation=CLOPPER,
    requires=(AT_MOST_N,),
    schematic=(MEMBER, NUMBER, ANY),
)

KEPT = integer("kept", "c", "number of samples that the student is made of", 0)
SIDE = integer("side", "M", "number of students that the same samples can make", 1)
C, M = KEPT.symbol, SIDE.symbol
REST = N - C
MADE = sp.binomial(N, C) * M
PART = DEL / MADE


def rest(k: sp.Expr) -> sp.Expr:
    """U(k; n - c, δ/(C(n, c) M))."""
    return ClopperPearson(k, REST, PART)


LEFT = Some(G, sp.true, gt(err(G), rest(COUNT)))
REST_LAW = Fact("binomial", COUNT, REST, err(G))

compression = Theorem(
    name="compression",
    title="A student made of a few of the samples, tested on the others",
    parameters=(ERRORS, N_SAMPLES, KEPT, SIDE, DELTA),
    result=Confidence(
        err(G), rest(K), DEL, at=rest(COUNT), reading=(COUNT, K), member=G,
        monotone={"errors": "up", "side": "up", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "counted",
            "the samples that a student is made of are fixed by their places; its disagreements "
            "on the others have the law Binomial(n - c, err(g))",
            law_of(COUNT, err(G), REST),
        ),
        RATES,
        all_wrong(PART, REST),
        Assumption(
            "size",
            "every choice of c of the n samples makes M students",
            eq(Members(G, sp.true), MADE),
        ),
    ),
    experiment=Experiment((Draws(REST),), ("errors of",), (REST_LAW,)),
    steps=(
        Step("left", le(C + 1, N), use("integers", a=C, b=N)),
        Step("choices", sp.Ge(MADE, M, evaluate=False),
             use("binomial-positive", n=N, k=C)),
        Step(
            "conclusion",
            le(Pr(LEFT), DEL),
            Cite(occam_binomial, {"n": REST, "class": MADE}),
            ("counted", "rates", "all wrong", "size", "choices", "left"),
        ),
    ),
    citation=Citation(
        "Floyd, Warmuth",
        "Sample compression, learnability, and the Vapnik-Chervonenkis dimension, ML 21",
        1995,
    ),
    requires=(
        Assumption("some left", "kept < n", lt(C, N)),
        Assumption("errors", "errors <= n - kept", le(K, REST)),
    ),
    schematic=(MEMBER, NUMBER),
    notes=(
        "What the same samples can make differs also in which of them each part is taken from: of "
        "a tree, of each test the feature and the sample whose value it takes.",
    ),
)  # fmt: skip

THEOREMS = (
    occam_binomial,
    compression,
)
