"""A lower bound for VC classes, weighted Occam, and when to stop testing (T5, T7c, T19d)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory.catalogue.occam import AGREE, CONSISTENT, LABELLED, MEMBER, G, err, occam_realizable
from theory.language.experiments import sample
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import ErrorLevel, Threshold, TooFew
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, VC, real
from theory.language.terms import Mean, Pr, Quantity, Random, conj, eq, ge, gt, implies, le, lt

EPS, DEL, N = EPSILON.symbol, DELTA.symbol, N_SAMPLES.symbol
SHATTERED = replace(VC, lower=Fraction(2))
V = SHATTERED.symbol
RARE, MASS = Random("rare draws"), Random("mass of wrong unseen points")
FEW_INDICATOR, BAD_INDICATOR = Random("[few rare draws]"), Random("[error > eps]")
MANY, BAD = ge(RARE, (V - 1) / 2), gt(MASS, EPS)
FEW = sp.Not(MANY)
LOWER = (V - 1) / (32 * EPS)
LOWER_CLAIM = implies(le(N, LOWER), ge(Pr(BAD), sp.Rational(1, 14)))
WRONG_MASS = MASS * FEW_INDICATOR

vc_lower = Theorem(
    name="vc-lower",
    title="Too few samples for a VC class",
    parameters=(SHATTERED, EPSILON),
    result=TooFew(
        N, LOWER, ge(Pr(BAD), sp.Rational(1, 14)), monotone={"vc": "up", "epsilon": "down"}
    ),
    assumptions=(
        Assumption(
            "points",
            "v shattered points: one of mass 1 - 8ε, v - 1 rare ones of mass 8ε/(v - 1) each, "
            "labelled by fair coins; n draws hit 8εn rare points in the mean",
            conj(ge(RARE, 0), eq(Mean(RARE), 8 * EPS * N)),
        ),
        Assumption(
            "guesses",
            "with few rare draws at least (v - 1)/2 rare points are unseen, and each is guessed "
            "wrong with probability 1/2",
            ge(
                Mean(WRONG_MASS),
                (8 * EPS / (V - 1)) * ((V - 1) / 2) / 2 * Pr(FEW),
            ),
        ),
        Assumption(
            "indicators",
            "the indicators of few rare draws and of error above ε; the mass is in [0, 8ε]",
            conj(
                sp.Or(sp.And(eq(FEW_INDICATOR, 1), FEW), sp.And(eq(FEW_INDICATOR, 0), MANY)),
                sp.Or(sp.And(eq(BAD_INDICATOR, 1), BAD), sp.And(eq(BAD_INDICATOR, 0), sp.Not(BAD))),
                eq(Mean(FEW_INDICATOR), Pr(FEW)),
                eq(Mean(BAD_INDICATOR), Pr(BAD)),
                ge(MASS, 0),
                le(MASS, 8 * EPS),
            ),
        ),
    ),
    experiment=sample(
        N,
        random=(
            "[error > eps]",
            "[few rare draws]",
            "mass of wrong unseen points",
            "rare draws",
        ),
    ),
    steps=(
        Step(
            "markov",
            le(Pr(MANY), Mean(RARE) / ((V - 1) / 2)),
            use("markov", x=RARE, level=(V - 1) / 2),
            ("points",),
            "Many rare draws are unlikely.",
        ),
        Step("complement", eq(Pr(FEW), 1 - Pr(MANY)), use("complement", event=MANY)),
        Step(
            "few",
            implies(le(N, LOWER), ge(Pr(FEW), sp.Rational(1, 2))),
            Smt(),
            ("markov", "complement", "points"),
        ),
        Step("half", ge(Mean(WRONG_MASS), 2 * EPS * Pr(FEW)), Smt(), ("guesses",)),
        Step(
            "pointwise",
            le(WRONG_MASS, EPS * FEW_INDICATOR + 7 * EPS * BAD_INDICATOR),
            Smt(),
            ("indicators",),
            "The mass exceeds ε only where the error does, and is never above 8ε.",
        ),
        Step(
            "means",
            le(Mean(WRONG_MASS), Mean(EPS * FEW_INDICATOR + 7 * EPS * BAD_INDICATOR)),
            use("mean-monotone", x=WRONG_MASS, y=EPS * FEW_INDICATOR + 7 * EPS * BAD_INDICATOR),
            ("pointwise",),
        ),
        Step(
            "split",
            eq(
                Mean(EPS * FEW_INDICATOR + 7 * EPS * BAD_INDICATOR),
                EPS * Mean(FEW_INDICATOR) + 7 * EPS * Mean(BAD_INDICATOR),
            ),
            use("linearity", x=FEW_INDICATOR, y=BAD_INDICATOR, a=EPS, b=7 * EPS),
        ),
        Step(
            "conclusion",
            LOWER_CLAIM,
            Smt(),
            ("few", "half", "means", "split", "indicators"),
            "2ε P[few] <= ε P[few] + 7ε P[error > ε].",
        ),
    ),
    citation=Citation(
        "Ehrenfeucht, Haussler, Kearns, Valiant",
        "A general lower bound on the number of examples, Inf. Comp. 82",
        1989,
    ),
    requires=(Assumption("eighth", "epsilon <= 1/8", le(EPS, sp.Rational(1, 8))),),
    locals=(N_SAMPLES,),
)

WEIGHT = real("weight", "w", "weight of the student, fixed before the sample", 0, 1, "(")
WT = WEIGHT.symbol
ROOT = (WT * DEL) ** (1 / N)
WEIGHTED_CLAIM = implies(ge(err(G), 1 - ROOT), le(Pr(CONSISTENT), WT * DEL))
occam_weighted = Theorem(
    name="occam-weighted",
    title="Occam's razor with weights",
    parameters=(WEIGHT, N_SAMPLES, DELTA),
    result=ErrorLevel(
        err(G),
        1 - ROOT,
        le(Pr(CONSISTENT), WT * DEL),
        monotone={"weight": "down", "n": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "error",
            "each student g agrees with the teacher at a draw with probability 1 - err(g)",
            conj(eq(Pr(AGREE), 1 - err(G)), le(err(G), 1)),
        ),
    ),
    experiment=LABELLED,
    steps=(
        Step("draws", eq(Pr(CONSISTENT), Pr(AGREE) ** N),
             use("independent-draws", event=AGREE, n=N)),
        Step("root", eq(sp.Pow(ROOT, N, evaluate=False), WT * DEL), Algebra()),
        Step(
            "power",
            implies(ge(err(G), 1 - ROOT), le(Pr(AGREE) ** N, WT * DEL)),
            use("power-monotone", x=Pr(AGREE), y=ROOT, n=N),
            ("error", "root"),
        ),
        Step("conclusion", WEIGHTED_CLAIM, Smt(), ("draws", "power")),
    ),
    citation=occam_realizable.citation,
    schematic=(MEMBER,),
)  # fmt: skip

PRIOR = real("prior", "pi", "prior probability that teacher and student differ", 0, 1, "()")
ERROR = real("error", "p", "their error in that case", 0, 1, "()")
TEST = real("test-cost", "c", "cost of one test", 0, None, "(")
PROOF = real("proof-cost", "C", "cost of the complete proof", 0, None, "(")
PI, P, CT, CP = PRIOR.symbol, ERROR.symbol, TEST.symbol, PROOF.symbol
PASSED = (1 - P) ** N
HAZARD = PI * P * PASSED / (1 - PI + PI * PASSED)
THRESHOLD = (1 - PI) / (PI * (CP * P / CT - 1))
STOP = sp.log(THRESHOLD) / sp.log(1 - P)
GAIN = Quantity("cost(n + 1) - cost(n)")
REACH = Quantity("P[n passes]")
STOP_CLAIM = sp.Equivalent(ge(N, STOP), ge(GAIN, 0))
stop_testing = Theorem(
    name="stop-testing",
    title="When to stop testing and prove",
    parameters=(PRIOR, ERROR, TEST, PROOF),
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
        Step("logarithm", eq(sp.log(PASSED), N * sp.log(1 - P)),
             Algebra(positive=((1 - P, P),))),
        Step("threshold", gt(THRESHOLD, 0), Smt()),
        Step(
            "compare",
            sp.Equivalent(le(PASSED, THRESHOLD), le(sp.log(PASSED), sp.log(THRESHOLD))),
            use("log-monotone", x=PASSED, y=THRESHOLD),
            ("threshold",),
        ),
        Step("negative", le(sp.log(1 - P), -P), use("log-bounds", x=P)),
        Step("conclusion", STOP_CLAIM, Smt(),
             ("hazard", "sign", "logarithm", "compare", "negative")),
    ),
    citation=Citation("Leafproof", "theory catalogue; proved here", 2026),
    requires=(
        Assumption("worth", "proof-cost * error > test-cost (else prove at once)", lt(CT, CP * P)),
    ),
    locals=(N_SAMPLES,),
)  # fmt: skip

THEOREMS = (vc_lower, occam_weighted, stop_testing)
