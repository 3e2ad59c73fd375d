"""Test, prove, or both: what samples cost and what a proof saves (T2, T19, T20).

All tests draw fresh samples and accept if none shows a disagreement, as in `testing`.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.testing import AGREE, AGREEMENT, FRESH, PASS, P, test_sample_size
from theory.catalogue.testing import ERROR as P_ERROR
from theory.rules import Algebra, Cite, Smt, use
from theory.statement import Assumption, Bound, Citation, Step, Theorem
from theory.symbols import DELTA, EPSILON, N_SAMPLES, VARIABLES, integer, real
from theory.terms import Event, Pr, Quantity, conj, eq, ge, implies, le, lt

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
    statement=(
        "On a region of probability ρ teacher and student are proved equal. Samples are drawn "
        "from the rest only. A student of error ε or more passes n >= ln δ / ln(1 - ε/(1 - ρ)) "
        "of them with probability at most δ."
    ),
    parameters=(EPSILON, DELTA, PROVED),
    result=Bound(
        HYBRID,
        "samples from the unproved rest that suffice",
        rounding="up",
        monotone={"epsilon": "down", "delta": "down", "proved": "down"},
    ),
    claim=HYBRID_CLAIM,
    assumptions=(
        Assumption(
            "rest", "the disagreements lie in the rest: p = (1 - ρ) q", eq(P, (1 - RHO) * Q)
        ),
        Assumption("agreement", "P[f = g at a draw from the rest] = 1 - q", eq(Pr(AGREE), 1 - Q)),
        FRESH,
    ),
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
    statement=(
        "For the price C of a proof at most C/c tests can be made, and they certify an error of "
        "1 - δ^(c/C) at best, which is at most (c/C) ln(1/δ). If less is required, prove."
    ),
    parameters=(TEST_COST, PROOF_COST, DELTA),
    result=Bound(
        1 - POWER,
        "least error that tests can certify for the price of a proof",
        monotone={"test-cost": "up", "proof-cost": "down", "delta": "down"},
        vacuous=le(CP, CT),
        vacuous_words="when a proof costs no more than one test",
    ),
    claim=BREAK_CLAIM,
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
    statement=(
        "Attempt i = 1, 2, ... (a student that may depend on everything before) is tested on "
        "n >= ln(δ/(i(i + 1))) / ln(1 - ε) fresh samples. The probability that any accepted "
        "student has error ε or more is at most δ."
    ),
    parameters=(ATTEMPT, EPSILON, DELTA),
    result=Bound(
        ATTEMPTS,
        "fresh samples for this attempt",
        rounding="up",
        monotone={"attempt": "up", "epsilon": "down", "delta": "down"},
    ),
    claim=ATTEMPT_CLAIM,
    assumptions=(
        AGREEMENT,
        FRESH,
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
    statement=(
        "A verifier that only evaluates the teacher, always accepts f = g and rejects every "
        "teacher that differs from g in one of the 2^d points with probability at least 1 - δ, "
        "makes at least (1 - δ) 2^d evaluations."
    ),
    parameters=(VARIABLES, DELTA),
    result=Bound(
        QUERIES,
        "evaluations that any black-box verifier needs",
        rounding="up",
        monotone={"variables": "up", "delta": "down"},
    ),
    claim=ge(ASKED.symbol, QUERIES),
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
certificate_error = Theorem(
    name="certificate-error",
    title="What a partial certificate proves",
    statement=(
        "If f = g is proved on a region of probability ρ, the probability of disagreement is at "
        "most 1 - ρ. With the whole domain it is 0: no samples, no confidence parameter."
    ),
    parameters=(SHARE_PROVED,),
    result=Bound(
        1 - SHARE_PROVED.symbol,
        "upper bound for the probability of disagreement",
        monotone={"proved": "down"},
        vacuous=le(SHARE_PROVED.symbol, 0),
        vacuous_words="when nothing is proved",
    ),
    claim=le(Pr(DIFFER), 1 - SHARE_PROVED.symbol),
    assumptions=(
        Assumption(
            "proof", "no point of the region is a disagreement", implies(IN_PROVED, sp.Not(DIFFER))
        ),
        Assumption("mass", "the region has probability ρ", eq(Pr(IN_PROVED), SHARE_PROVED.symbol)),
    ),
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
