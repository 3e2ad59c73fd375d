"""A fixed candidate tested on fresh samples (catalogue T3).

Setting: the student g is fixed, f is the teacher, p = P[f(x) != g(x)]; n points are drawn
independently and g is accepted iff it agrees with f on all of them. Nothing else is random.
"""

from __future__ import annotations

import sympy as sp

from theory.language.experiments import sample
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, real
from theory.language.terms import Event, Every, Pr, conj, eq, ge, gt, implies, le, lt

EPS, DEL, N = EPSILON.symbol, DELTA.symbol, N_SAMPLES.symbol
ERROR = real("p", "p", "probability that student and teacher disagree", 0, 1)
P = ERROR.symbol
AGREE = Event("f = g at a draw")
PASS = Every(AGREE, N)

AGREEMENT = Assumption("agreement", "P[f = g at a draw] = 1 - p", eq(Pr(AGREE), 1 - P))
SAMPLES = sp.log(DEL) / sp.log(1 - EPS)
DRAWN_POINTS = sample(N, "f = g at a draw")

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
        Step(
            "logarithm",
            eq(sp.log((1 - EPS) ** N), N * sp.log(1 - EPS)),
            Algebra(positive=((1 - EPS, EPS),)),
            words="Logarithm of a power.",
        ),
        Step(
            "compare",
            sp.Equivalent(le((1 - EPS) ** N, DEL), le(sp.log((1 - EPS) ** N), sp.log(DEL))),
            use("log-monotone", x=(1 - EPS) ** N, y=DEL),
            words="Compare the logarithms instead.",
        ),
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
    citation=Citation("Leafproof", "theory catalogue; proved here", 2026),
    locals=(
        N_SAMPLES,
        ERROR,
    ),
    notes=(
        "The confidence is over the samples; it is no posterior probability.",
        "The samples must be fresh: a student trained or repaired on them voids the claim.",
    ),
)

THEOREMS = (test_sample_size,)
