"""Variants of other theorems: a simpler form, and a learner without coins (catalogue T4b, T7d)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.bernstein import (
    BERNSTEIN_CLAIM,
    MISSES,
    RATE,
    ROOM,
    SHRINK,
    TRUE,
    bernstein,
    bernstein_upper,
)
from theory.catalogue.bernstein import SEEN as AVERAGE
from theory.catalogue.lower import FIRST_FAIL, SEEN, UNSEEN_POINT, confidence_lower
from theory.language.experiments import sample
from theory.language.rules import Algebra, Cite, Smt, use
from theory.language.schemas import Confidence, LowerBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES
from theory.language.terms import Pr, conj, eq, ge, gt, implies, le

DEL, EPS, N, P = DELTA.symbol, EPSILON.symbol, N_SAMPLES.symbol, TRUE.symbol

SIMPLE = RATE + 2 * ROOM + sp.sqrt(2 * RATE * ROOM)
ROOT = le(sp.sqrt(ROOM**2 + 2 * RATE * ROOM), ROOM + sp.sqrt(2 * RATE * ROOM))
SIMPLE_CLAIM = conj(
    implies(gt(P, 0), ge(SHRINK, 0), eq(P * SHRINK**2, 2 * ROOM), le(Pr(MISSES), DEL)),
    implies(le(P, bernstein(AVERAGE)), eq(AVERAGE, RATE), le(P, SIMPLE)),
)
bernstein_simple = Theorem(
    name="bernstein-simple",
    title="Upper bound from observed disagreements, simple Bernstein form",
    parameters=bernstein_upper.parameters,
    result=Confidence(
        P,
        SIMPLE,
        DEL,
        at=bernstein(AVERAGE),
        reading=(AVERAGE, RATE),
        given=(gt(P, 0), ge(SHRINK, 0), eq(P * SHRINK**2, 2 * ROOM)),
        monotone={"errors": "up", "n": "down", "delta": "down"},
    ),
    assumptions=bernstein_upper.assumptions,
    experiment=bernstein_upper.experiment,
    steps=(
        Step("sharper", BERNSTEIN_CLAIM, Cite(bernstein_upper, {}), ("indicator",)),
        Step("log-delta", ge(-sp.log(DEL), 1 - DEL), use("log-bounds", x=1 - DEL)),
        Step("root", ROOT, Smt(), ("log-delta",), "Square both sides."),
        Step("conclusion", SIMPLE_CLAIM, Smt(), ("sharper", "root")),
    ),
    citation=bernstein_upper.citation,
    requires=bernstein_upper.requires,
    locals=bernstein_upper.locals,
    schematic=bernstein_upper.schematic[1:],
)

WITHOUT_COINS = sp.log(DEL) / sp.log(1 - EPS)
confidence_deterministic = Theorem(
    name="learning-confidence-deterministic",
    title="Samples that confidence costs a learner without coins",
    parameters=confidence_lower.parameters,
    result=LowerBound(N, WITHOUT_COINS, monotone={"epsilon": "down", "delta": "down"}),
    assumptions=(
        Assumption(
            "target",
            "n independent draws, probability ε on a differing point, the rest on a common one; "
            "while it is unseen the "
            "output is always the same, and wrong there for one of the two targets: that one",
            conj(eq(Pr(sp.Not(SEEN)), 1 - EPS), implies(UNSEEN_POINT, FIRST_FAIL)),
        ),
        Assumption(
            "promise",
            "the learner fails on that target with probability at most δ",
            le(Pr(FIRST_FAIL), DEL),
        ),
    ),
    experiment=sample(N, "a sample hits the differing point", random=("fails on target 1",)),
    steps=(
        Step(
            "draws",
            eq(Pr(UNSEEN_POINT), Pr(sp.Not(SEEN)) ** N),
            use("independent-draws", event=sp.Not(SEEN), n=N),
        ),
        Step(
            "power",
            le((1 - EPS) ** N, Pr(sp.Not(SEEN)) ** N),
            use("power-monotone", x=1 - EPS, y=Pr(sp.Not(SEEN)), n=N),
            ("target",),
        ),
        Step(
            "event",
            le(Pr(UNSEEN_POINT), Pr(FIRST_FAIL)),
            use("event-monotone", smaller=UNSEEN_POINT, larger=FIRST_FAIL),
            ("target",),
        ),
        Step(
            "logarithm",
            eq(sp.log((1 - EPS) ** N), N * sp.log(1 - EPS)),
            Algebra(positive=((1 - EPS, EPS),)),
        ),
        Step("negative", le(sp.log(1 - EPS), -EPS), use("log-bounds", x=EPS)),
        Step(
            "compare",
            sp.Equivalent(le((1 - EPS) ** N, DEL), le(sp.log((1 - EPS) ** N), sp.log(DEL))),
            use("log-monotone", x=(1 - EPS) ** N, y=DEL),
        ),
        Step(
            "conclusion",
            ge(N, WITHOUT_COINS),
            Smt(),
            ("draws", "power", "event", "promise", "logarithm", "negative", "compare"),
        ),
    ),
    citation=confidence_lower.citation,
    locals=(N_SAMPLES,),
    notes=("Compare it with the number of test-sample-size.",),
)

THEOREMS = (bernstein_simple, confidence_deterministic)
