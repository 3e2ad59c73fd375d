"""After a test, and what any test needs (catalogue T3).

All tests draw fresh samples and accept if none shows a disagreement, as in `testing`.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.testing import AGREE, AGREEMENT, DRAWN_POINTS, PASS, P
from theory.catalogue.testing import ERROR as P_ERROR
from theory.language.experiments import sample
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import ErrorLevel, LowerBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, real
from theory.language.terms import Event, Pr, conj, eq, ge, implies, le, lt

EPS, DEL, N = (x.symbol for x in (EPSILON, DELTA, N_SAMPLES))
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)

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
    locals=(P_ERROR,),
)

ALARM = real("false-alarm", "alpha", "tolerated probability to reject an equal student", 0, 1)
A = ALARM.symbol
ACCEPTS, ACCEPTS_EQUAL = Event("accepts f"), Event("accepts f = g")
BOTH = sp.And(ACCEPTS_EQUAL, PASS)
ANY_TEST = sp.log(DEL + A) / sp.log(1 - EPS)
ANY_CLAIM = implies(eq(P, EPS), ge(N, ANY_TEST))
any_test = Theorem(
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
        Step(
            "logarithm",
            eq(sp.log((1 - EPS) ** N), N * sp.log(1 - EPS)),
            Algebra(positive=((1 - EPS, EPS),)),
        ),
        Step(
            "compare",
            sp.Equivalent(le((1 - EPS) ** N, DEL + A), le(sp.log((1 - EPS) ** N), sp.log(DEL + A))),
            use("log-monotone", x=(1 - EPS) ** N, y=DEL + A),
        ),
        Step("negative", le(sp.log(1 - EPS), -EPS), use("log-bounds", x=EPS)),
        Step("conclusion", ANY_CLAIM, Smt(), ("enough", "logarithm", "compare", "negative")),
    ),
    citation=OURS,
    requires=(Assumption("sum", "delta + false-alarm < 1", lt(DEL + A, 1)),),
    locals=(
        N_SAMPLES,
        P_ERROR,
    ),
)

THEOREMS = (
    error_after_pass,
    any_test,
)
