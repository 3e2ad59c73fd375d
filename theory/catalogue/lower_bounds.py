"""What no learner can do: samples for a VC class, samples for confidence."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory.catalogue.shared import BELOW_HALF, DEL, EPS, NEGATIVE, N
from theory.catalogue.testing import LOG_MISSES, compare_misses
from theory.language.experiments import sample
from theory.language.rules import Smt, use
from theory.language.schemas import LowerBound, TooFew
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, VC
from theory.language.terms import Event, Every, Mean, Pr, Random, conj, eq, ge, gt, implies, le

SHATTERED = replace(VC, lower=Fraction(2))
V = SHATTERED.symbol
RARE = Random("rare draws")
MASS = Random("mass of wrong unseen points")
FEW_INDICATOR = Random("[few rare draws]")
BAD_INDICATOR = Random("[error > eps]")
MANY = ge(RARE, (V - 1) / 2)
BAD = gt(MASS, EPS)
FEW = sp.Not(MANY)
LOWER = (V - 1) / (32 * EPS)
LOWER_CLAIM = implies(le(N, LOWER), ge(Pr(BAD), sp.Rational(1, 14)))
WRONG_MASS = MASS * FEW_INDICATOR
EHRENFEUCHT = Citation(
    "Ehrenfeucht, Haussler, Kearns, Valiant",
    "A general lower bound on the number of examples, Inf. Comp. 82",
    1989,
)

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
    citation=EHRENFEUCHT,
    requires=(Assumption("eighth", "epsilon <= 1/8", le(EPS, sp.Rational(1, 8))),),
    locals=(N_SAMPLES,),
)

SEEN = Event("a sample hits the differing point")
UNSEEN_POINT = Every(sp.Not(SEEN), N)
FIRST_FAIL = Event("fails on target 1")
SECOND_FAIL = Event("fails on target 2")
CONFIDENCE = sp.log(2 * DEL) / sp.log(1 - EPS)
CONFIDENCE_CLAIM = ge(N, CONFIDENCE)


def point_steps(seen: sp.Basic, fails: sp.Basic, assumed: str) -> tuple[Step, ...]:
    """From an assumption about a point of probability ε: Pr[fails] is at least (1 - ε)^n."""
    unseen = Every(sp.Not(seen), N)
    return (
        Step("draws", eq(Pr(unseen), Pr(sp.Not(seen)) ** N),
             use("independent-draws", event=sp.Not(seen), n=N)),
        Step("power", le((1 - EPS) ** N, Pr(sp.Not(seen)) ** N),
             use("power-monotone", x=1 - EPS, y=Pr(sp.Not(seen)), n=N), (assumed,)),
        Step("event", le(Pr(unseen), Pr(fails)),
             use("event-monotone", smaller=unseen, larger=fails), (assumed,)),
    )  # fmt: skip


def fails_on_either(
    seen: sp.Basic, first: sp.Basic, second: sp.Basic, assumed: str
) -> tuple[Step, ...]:
    """While the point is unseen the output fails on one of two: the samples for a promise."""
    return (
        *point_steps(seen, sp.Or(first, second), assumed),
        Step("boole", le(Pr(sp.Or(first, second)), Pr(first) + Pr(second)),
             use("boole", first=first, second=second)),
        LOG_MISSES,
        NEGATIVE,
        compare_misses(2 * DEL),
        Step("conclusion", CONFIDENCE_CLAIM, Smt(),
             ("draws", "power", "event", "boole", "promise", "logarithm", "negative", "compare")),
    )  # fmt: skip


learning_confidence_samples = Theorem(
    name="learning-confidence-samples",
    title="Samples that confidence costs a learner",
    parameters=(EPSILON, DELTA),
    result=LowerBound(N, CONFIDENCE, monotone={"epsilon": "down", "delta": "down"}),
    assumptions=(
        Assumption(
            "two targets",
            "n independent draws, probability ε on a differing point, the rest on a common one; "
            "while it is unseen, "
            "the output is wrong there for one of the targets",
            conj(
                eq(Pr(sp.Not(SEEN)), 1 - EPS),
                implies(UNSEEN_POINT, sp.Or(FIRST_FAIL, SECOND_FAIL)),
            ),
        ),
        Assumption(
            "promise",
            "the learner fails on either target with probability at most δ",
            conj(le(Pr(FIRST_FAIL), DEL), le(Pr(SECOND_FAIL), DEL)),
        ),
    ),
    experiment=sample(
        N,
        "a sample hits the differing point",
        random=("fails on target 1", "fails on target 2"),
    ),
    steps=fails_on_either(SEEN, FIRST_FAIL, SECOND_FAIL, "two targets"),
    citation=EHRENFEUCHT,
    requires=(BELOW_HALF,),
    locals=(N_SAMPLES,),
)  # fmt: skip

WITHOUT_COINS = sp.log(DEL) / sp.log(1 - EPS)

learning_confidence_deterministic = Theorem(
    name="learning-confidence-deterministic",
    title="Samples that confidence costs a learner without coins",
    parameters=learning_confidence_samples.parameters,
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
        *point_steps(SEEN, FIRST_FAIL, "target"),
        LOG_MISSES,
        NEGATIVE,
        compare_misses(DEL),
        Step(
            "conclusion",
            ge(N, WITHOUT_COINS),
            Smt(),
            ("draws", "power", "event", "promise", "logarithm", "negative", "compare"),
        ),
    ),
    citation=learning_confidence_samples.citation,
    locals=(N_SAMPLES,),
    notes=("Compare it with the number of test-sample-size.",),
)

THEOREMS = (
    vc_lower,
    learning_confidence_samples,
    learning_confidence_deterministic,
)
