"""Test, prove, or both: what samples cost and what a proof saves (T2, T19, T20).

All tests draw fresh samples and accept if none shows a disagreement, as in `testing`.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.testing import AGREE, AGREEMENT, DRAWN_POINTS, PASS, P, test_sample_size
from theory.catalogue.testing import ERROR as P_ERROR
from theory.language.experiments import Experiment, sample
from theory.language.rules import Algebra, Cite, Smt, use
from theory.language.schemas import LowerBound, SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, VARIABLES, integer, real
from theory.language.terms import Event, Pr, Quantity, conj, eq, ge, implies, le, lt

EPS, DEL, N, D = (x.symbol for x in (EPSILON, DELTA, N_SAMPLES, VARIABLES))
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)

PROVED = real("proved", "rho", "probability of the region that is proved", 0, 1, ")")
RHO = PROVED.symbol
REST = real("q", "q", "probability of disagreement on the rest", 0, 1)
Q = REST.symbol
HYBRID = sp.log(DEL) / sp.log(1 - EPS / (1 - RHO))
HYBRID_CLAIM = implies(ge(N, HYBRID), ge(P, EPS), le(Pr(PASS), DEL))
hybrid = Theorem(
    name="hybrid-samples",
    title="Prove a part, test the rest",
    parameters=(EPSILON, DELTA, PROVED),
    result=SampleSize(
        N,
        HYBRID,
        le(Pr(PASS), DEL),
        given=(ge(P, EPS),),
        monotone={"epsilon": "down", "delta": "down", "proved": "down"},
    ),
    assumptions=(
        Assumption(
            "rest", "the disagreements lie in the rest: p = (1 - ρ) q", eq(P, (1 - RHO) * Q)
        ),
        Assumption("agreement", "P[f = g at a draw from the rest] = 1 - q", eq(Pr(AGREE), 1 - Q)),
    ),
    experiment=sample(N, "f = g at a draw", what="points from the rest"),
    steps=(
        Step(
            "negative",
            le(sp.log(1 - EPS / (1 - RHO)), -EPS / (1 - RHO)),
            use("log-bounds", x=EPS / (1 - RHO)),
        ),
        Step(
            "test",
            implies(ge(N, HYBRID), ge(Q, EPS / (1 - RHO)), le(Pr(PASS), DEL)),
            Cite(test_sample_size, {"epsilon": EPS / (1 - RHO), "p": Q}),
            ("agreement", "negative"),
            "The test of the rest at ε/(1 - ρ).",
        ),
        Step("conclusion", HYBRID_CLAIM, Smt(), ("test", "rest")),
    ),
    citation=OURS,
    requires=(
        Assumption("part", "epsilon < 1 - proved (else no sample is needed)", lt(EPS, 1 - RHO)),
    ),
    locals=(
        N_SAMPLES,
        P_ERROR,
        REST,
    ),
)

TEST_COST = real("test-cost", "c", "cost of one test", 0, None, "(")
PROOF_COST = real("proof-cost", "C", "cost of a complete proof", 0, None, "(")
CT, CP = TEST_COST.symbol, PROOF_COST.symbol
POWER = DEL ** (CT / CP)
BREAK_CLAIM = conj(
    implies(le(N * CT, CP), ge(1 - DEL ** (1 / N), 1 - POWER)),
    le(1 - POWER, -CT / CP * sp.log(DEL)),
)
breakeven = Theorem(
    name="breakeven-error",
    title="Test more, or prove?",
    parameters=(TEST_COST, PROOF_COST, DELTA),
    result=LowerBound(
        1 - DEL ** (1 / N),
        1 - POWER,
        given=(le(N * CT, CP),),
        also=(le(1 - POWER, -CT / CP * sp.log(DEL)),),
        monotone={"test-cost": "up", "proof-cost": "down", "delta": "down"},
        useless=le(CP, CT),
    ),
    assumptions=(),
    steps=(
        Step(
            "fewer",
            implies(le(N * CT, CP), ge(DEL ** (CT / CP), DEL ** (1 / N))),
            use("power-exponent", x=DEL, a=CT / CP, b=1 / N),
            words="Fewer tests certify less.",
        ),
        Step("exponential", eq(POWER, sp.exp(CT / CP * sp.log(DEL))), Algebra()),
        Step(
            "tangent",
            le(1 + CT / CP * sp.log(DEL), sp.exp(CT / CP * sp.log(DEL))),
            use("exp-bound", x=CT / CP * sp.log(DEL)),
        ),
        Step("conclusion", BREAK_CLAIM, Smt(), ("fewer", "exponential", "tangent")),
    ),
    citation=OURS,
    locals=(N_SAMPLES,),
)

ATTEMPT = integer("attempt", "i", "number of the attempt, from 1", 1)
COUNT = integer("j", "j", "number of attempts made")
TRY, J = ATTEMPT.symbol, COUNT.symbol
SHARE = DEL / (TRY * (TRY + 1))
ATTEMPTS = sp.log(SHARE) / sp.log(1 - EPS)


def total(j: sp.Expr) -> sp.Expr:
    """The probability that one of the first j attempts is accepted with error ε or more."""
    return Quantity("accepted wrongly", j)


ATTEMPT_CLAIM = conj(
    implies(ge(N, ATTEMPTS), ge(P, EPS), le(Pr(PASS), SHARE)),
    le(total(J), DEL),
)
attempt_samples = Theorem(
    name="attempt-samples",
    title="Many repairs, one guarantee",
    parameters=(ATTEMPT, EPSILON, DELTA),
    result=SampleSize(
        N,
        ATTEMPTS,
        le(Pr(PASS), SHARE),
        given=(ge(P, EPS),),
        also=(le(total(J), DEL),),
        monotone={"attempt": "up", "epsilon": "down", "delta": "down"},
    ),
    assumptions=(
        AGREEMENT,
        Assumption(
            "attempts",
            "given the past, attempt i is accepted wrongly with probability at most δ/(i(i + 1)); "
            "the probabilities add up",
            conj(
                eq(total(sp.Integer(0)), 0),
                le(total(J + 1), total(J) + DEL / ((J + 1) * (J + 2))),
            ),
        ),
    ),
    experiment=DRAWN_POINTS,
    steps=(
        Step(
            "one attempt",
            implies(ge(N, ATTEMPTS), ge(P, EPS), le(Pr(PASS), SHARE)),
            Cite(test_sample_size, {"delta": SHARE}),
            ("agreement",),
        ),
        Step(
            "telescope",
            eq(
                DEL * (1 - 1 / (J + 1)) + DEL / ((J + 1) * (J + 2)),
                DEL * (1 - 1 / (J + 2)),
            ),
            Algebra(),
            words="1/(i(i + 1)) telescopes.",
        ),
        Step(
            "sum",
            le(total(J), DEL * (1 - 1 / (J + 1))),
            use("induction", claim=le(total(J), DEL * (1 - 1 / (J + 1))), k=J, start=0),
            ("attempts", "telescope"),
        ),
        Step("conclusion", ATTEMPT_CLAIM, Smt(), ("one attempt", "sum")),
    ),
    citation=OURS,
    locals=(
        N_SAMPLES,
        P_ERROR,
    ),
    schematic=(COUNT,),
    notes=("One sample used for several repairs voids the guarantee; use occam-realizable then.",),
)

QUERIES = (1 - DEL) * 2**D
ASKED = integer("q", "q", "number of evaluations of the teacher")
LEAST, MEAN_HIT = Quantity("least rejection"), Quantity("mean P[z is asked]")
black_box = Theorem(
    name="black-box-queries",
    title="The price of a black box",
    parameters=(VARIABLES, DELTA),
    result=LowerBound(ASKED.symbol, QUERIES, monotone={"variables": "up", "delta": "down"}),
    assumptions=(
        Assumption(
            "unasked",
            "a difference in a point z that is not asked goes unnoticed; the least rejection is "
            "at most the mean over z",
            le(LEAST, MEAN_HIT),
        ),
        Assumption(
            "asked", "at most q of the 2^d points are asked", le(MEAN_HIT, ASKED.symbol / 2**D)
        ),
        Assumption("promise", "every such teacher is rejected", ge(LEAST, 1 - DEL)),
    ),
    steps=(
        Step("rejection", le(1 - DEL, ASKED.symbol / 2**D), Smt(), ("unasked", "asked", "promise")),
        Step("conclusion", ge(ASKED.symbol, QUERIES), Smt(), ("rejection",)),
    ),
    citation=OURS,
    locals=(ASKED,),
)

IN_PROVED, DIFFER = Event("x is in the proved region"), Event("f(x) != g(x)")
SHARE_PROVED = real("proved", "rho", "probability of the region that is proved", 0, 1)
PROVED_REGION = Experiment(random=("f(x) != g(x)", "x is in the proved region"))
certificate_error = Theorem(
    name="certificate-error",
    title="What a partial certificate proves",
    parameters=(SHARE_PROVED,),
    result=UpperBound(Pr(DIFFER), 1 - SHARE_PROVED.symbol, monotone={"proved": "down"}),
    assumptions=(
        Assumption(
            "proof", "no point of the region is a disagreement", implies(IN_PROVED, sp.Not(DIFFER))
        ),
        Assumption("mass", "the region has probability ρ", eq(Pr(IN_PROVED), SHARE_PROVED.symbol)),
    ),
    experiment=PROVED_REGION,
    steps=(
        Step(
            "outside",
            le(Pr(DIFFER), Pr(sp.Not(IN_PROVED))),
            use("event-monotone", smaller=DIFFER, larger=sp.Not(IN_PROVED)),
            ("proof",),
        ),
        Step(
            "complement",
            eq(Pr(sp.Not(IN_PROVED)), 1 - Pr(IN_PROVED)),
            use("complement", event=IN_PROVED),
        ),
        Step(
            "conclusion",
            le(Pr(DIFFER), 1 - SHARE_PROVED.symbol),
            Smt(),
            ("outside", "complement", "mass"),
        ),
    ),
    citation=OURS,
)

THEOREMS = (
    hybrid,
    breakeven,
    attempt_samples,
    black_box,
    certificate_error,
)
