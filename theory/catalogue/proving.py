"""Test or prove: what samples cost, what a proof saves, what repairs cost.

All tests accept if none of the points drawn shows a disagreement, as in `testing`.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import DEL, EPS, NEGATIVE, OURS, SO_FAR, N, T
from theory.catalogue.testing import (
    AGREE,
    AGREEMENT,
    DRAWN_POINTS,
    ERROR,
    PASS,
    P,
    test_sample_size,
)
from theory.language.experiments import Draws, Experiment, sample
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import LowerBound, SampleSize, Threshold, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, integer, real
from theory.language.terms import Pr, Quantity, conj, eq, ge, gt, implies, le, lt

TEST_COST = real("test-cost", "c", "cost of one test", 0, None, "(")
PROOF_COST = real("proof-cost", "C", "cost of a complete proof", 0, None, "(")
CT = TEST_COST.symbol
CP = PROOF_COST.symbol
POWER = DEL ** (CT / CP)
BREAK_CLAIM = conj(
    implies(le(N * CT, CP), ge(1 - DEL ** (1 / N), 1 - POWER)),
    le(1 - POWER, -CT / CP * sp.log(DEL)),
)

breakeven_error = Theorem(
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

POINTS = integer("points", "N", "points of the domain", 1)
BAD = integer("bad", "K", "points of disagreement", 0)
DRAWN = integer("n", "n", "points drawn without replacement", 0)
NN = POINTS.symbol
K = BAD.symbol
M = DRAWN.symbol
MISS_BOUND = (1 - M / NN) ** K


def miss(k: sp.Expr) -> sp.Expr:
    """The probability that none of k bad points is drawn."""
    return Quantity("missed", k)


def falling(k: sp.Expr) -> sp.Expr:
    """(1 - n/N)^k."""
    return (1 - M / NN) ** k


MISSED = implies(le(T, NN), conj(ge(miss(T), 0), le(miss(T), falling(T))))
DRAWS = Assumption(
    "draws",
    "n of N points are drawn without replacement: given that the first k bad points are not "
    "drawn, the next is not with probability (N - n - k)/(N - k), or 0 if that is negative",
    conj(
        eq(miss(sp.Integer(0)), 1),
        implies(lt(T, NN), eq(miss(T + 1), miss(T) * sp.Max(0, NN - M - T) / (NN - T))),
    ),
)
WITHOUT_REPLACEMENT = Experiment((Draws(M, "points without replacement", independent=False),))
DRAWN_RANGE = Assumption("drawn", "n <= points", le(M, NN))

miss_without_replacement_upper = Theorem(
    name="miss-without-replacement-upper",
    title="Missing every disagreement without replacement",
    parameters=(POINTS, BAD, DRAWN),
    result=UpperBound(miss(K), MISS_BOUND, monotone={"points": "up", "bad": "down", "n": "down"}),
    assumptions=(DRAWS,),
    experiment=WITHOUT_REPLACEMENT,
    steps=(
        Step("rate", conj(ge(1 - M / NN, 0), le(1 - M / NN, 1)), Smt()),
        Step("power", eq(sp.Mul(falling(T), 1 - M / NN, evaluate=False), falling(T + 1)),
             Algebra()),
        Step(
            "factor",
            implies(lt(T, NN), conj(ge(sp.Max(0, NN - M - T) / (NN - T), 0),
                                    le(sp.Max(0, NN - M - T) / (NN - T), 1 - M / NN))),
            Smt(),
            words="(N - n - k)/(N - k) <= 1 - n/N.",
        ),
        Step("induction", MISSED, use("induction", claim=MISSED, k=T, start=0),
             ("draws", "rate", "power", "factor")),
        Step("conclusion", le(miss(K), MISS_BOUND), Instantiate("induction", {T: K}),
             ("induction",)),
    ),
    citation=OURS,
    requires=(DRAWN_RANGE, Assumption("few", "bad <= points", le(K, NN))),
    schematic=(SO_FAR,),
)  # fmt: skip

EXCLUDING = (1 - DEL) * NN
EXCLUDE_CLAIM = implies(le(miss(sp.Integer(1)), DEL), ge(M, EXCLUDING))

equality_without_replacement = Theorem(
    name="equality-without-replacement",
    title="Testing for equality without replacement",
    parameters=(POINTS, DELTA),
    result=LowerBound(
        M,
        EXCLUDING,
        given=(le(miss(sp.Integer(1)), DEL),),
        monotone={"points": "up", "delta": "down"},
    ),
    assumptions=(DRAWS, DRAWN_RANGE),
    experiment=WITHOUT_REPLACEMENT,
    steps=(
        Step(
            "one",
            implies(
                lt(0, NN), eq(miss(sp.Integer(1)), miss(sp.Integer(0)) * sp.Max(0, NN - M) / NN)
            ),
            Instantiate("draws", {T: sp.Integer(0)}),
            ("draws",),
            "A single point is missed with probability (N - n)/N.",
        ),
        Step("conclusion", EXCLUDE_CLAIM, Smt(), ("one", "draws", "drawn")),
    ),
    citation=OURS,
    locals=(DRAWN,),
    schematic=(SO_FAR,),
)

PROVED = real("proved", "rho", "probability of the region that is proved", 0, 1, ")")
RHO = PROVED.symbol
REST = real("q", "q", "probability of disagreement on the rest", 0, 1)
Q = REST.symbol
HYBRID = sp.log(DEL) / sp.log(1 - EPS / (1 - RHO))
HYBRID_CLAIM = implies(ge(N, HYBRID), ge(P, EPS), le(Pr(PASS), DEL))

hybrid_samples = Theorem(
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
    notes=(
        "The draws are from all open cells together; for tests cell by cell see open-cells-none.",
    ),
    requires=(
        Assumption("part", "epsilon < 1 - proved (else no sample is needed)", lt(EPS, 1 - RHO)),
    ),
    locals=(
        N_SAMPLES,
        ERROR,
        REST,
    ),
)

PRIOR = real("prior", "pi", "prior probability that teacher and student differ", 0, 1, "()")
THEIR_ERROR = real("error", "p", "their error in that case", 0, 1, "()")
PROOF = real("proof-cost", "C", "cost of the complete proof", 0, None, "(")
ERR = THEIR_ERROR.symbol
PASSED = (1 - ERR) ** N
PI = PRIOR.symbol
HAZARD = PI * ERR * PASSED / (1 - PI + PI * PASSED)
THRESHOLD = (1 - PI) / (PI * (CP * ERR / CT - 1))
STOP = sp.log(THRESHOLD) / sp.log(1 - ERR)
GAIN = Quantity("cost(n + 1) - cost(n)")
REACH = Quantity("P[n passes]")
STOP_CLAIM = sp.Equivalent(ge(N, STOP), ge(GAIN, 0))

when_to_prove = Theorem(
    name="when-to-prove",
    title="When to stop testing and prove",
    parameters=(PRIOR, THEIR_ERROR, TEST_COST, PROOF),
    result=Threshold(
        ge(GAIN, 0), N, STOP, monotone={"prior": "up", "proof-cost": "up", "test-cost": "down"}
    ),
    assumptions=(
        Assumption(
            "cost",
            "one more test costs c, and saves the proof if it shows a disagreement",
            conj(gt(REACH, 0), eq(GAIN, REACH * (CT - CP * HAZARD))),
        ),
    ),
    steps=(
        Step(
            "hazard",
            sp.Equivalent(le(PASSED, THRESHOLD), ge(CT - CP * HAZARD, 0)),
            Smt(),
            words="c >= C h_n means (1 - p)^n <= (1 - π)/(π (C p/c - 1)).",
        ),
        Step("sign", sp.Equivalent(ge(GAIN, 0), ge(CT - CP * HAZARD, 0)), Smt(), ("cost",)),
        Step("logarithm", eq(sp.log(PASSED), N * sp.log(1 - ERR)),
             Algebra(positive=((1 - ERR, ERR),))),
        Step("threshold", gt(THRESHOLD, 0), Smt()),
        Step(
            "compare",
            sp.Equivalent(le(PASSED, THRESHOLD), le(sp.log(PASSED), sp.log(THRESHOLD))),
            use("log-monotone", x=PASSED, y=THRESHOLD),
            ("threshold",),
        ),
        Step("negative", le(sp.log(1 - ERR), -ERR), use("log-bounds", x=ERR)),
        Step("conclusion", STOP_CLAIM, Smt(),
             ("hazard", "sign", "logarithm", "compare", "negative")),
    ),
    citation=OURS,
    requires=(
        Assumption(
            "worth", "proof-cost * error > test-cost (else prove at once)", lt(CT, CP * ERR)
        ),
    ),
    locals=(N_SAMPLES,),
)  # fmt: skip

ATTEMPT = integer("attempt", "i", "number of the attempt, from 1", 1)
COUNT = integer("j", "j", "number of attempts made")
J = COUNT.symbol
TRY = ATTEMPT.symbol
SHARE = DEL / (TRY * (TRY + 1))
ATTEMPTS = sp.log(SHARE) / sp.log(1 - EPS)


def total(j: sp.Expr) -> sp.Expr:
    """The probability that one of the first j attempts is accepted with error ε or more."""
    return Quantity("accepted wrongly", j)


def one_of_many(size: sp.Expr, share: sp.Expr) -> SampleSize:
    """So many samples for try i, whose share of the risk that is; all tries together have δ."""
    return SampleSize(
        N,
        size,
        le(Pr(PASS), share),
        given=(ge(P, EPS),),
        also=(le(total(J), DEL),),
        monotone={"attempt": "up", "epsilon": "down", "delta": "down"},
    )


def adding_up(who: str, written: str, share: sp.Expr) -> Assumption:
    """The shares of the risk, each a term in i, add up over the tries."""
    following = share.subs(TRY, J + 1)
    return Assumption(
        "attempts",
        f"given the past, {who} i is accepted wrongly with probability at most {written}; "
        "the probabilities add up",
        conj(eq(total(sp.Integer(0)), 0), le(total(J + 1), total(J) + following)),
    )


REPAIR = one_of_many(ATTEMPTS, SHARE)

attempt_samples = Theorem(
    name="attempt-samples",
    title="Many repairs, one guarantee",
    parameters=(ATTEMPT, EPSILON, DELTA),
    result=REPAIR,
    assumptions=(AGREEMENT, adding_up("attempt", "δ/(i(i + 1))", SHARE)),
    experiment=DRAWN_POINTS,
    steps=(
        NEGATIVE,
        Step(
            "one attempt",
            implies(ge(N, ATTEMPTS), ge(P, EPS), le(Pr(PASS), SHARE)),
            Cite(test_sample_size, {"delta": SHARE}),
            ("agreement", "negative"),
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
        Step("conclusion", REPAIR.claim, Smt(), ("one attempt", "sum")),
    ),
    citation=OURS,
    locals=(
        N_SAMPLES,
        ERROR,
    ),
    schematic=(COUNT,),
    notes=("One sample used for several repairs voids the guarantee; use occam-realizable then.",),
)

THEOREMS = (
    breakeven_error,
    miss_without_replacement_upper,
    equality_without_replacement,
    hybrid_samples,
    when_to_prove,
    attempt_samples,
)
