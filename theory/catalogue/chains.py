"""Agnostic learning distils, and students of students (catalogue T1, T11)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.cubes import LISTS, J
from theory.catalogue.reductions import DRAWN, FG, FH, GH, LEARNER, F, H
from theory.language.experiments import Experiment
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import LowerBound, SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, LENGTH, integer, real, reals
from theory.language.terms import Event, Pr, Quantity, Random, conj, eq, ge, gt, implies, le

EPS, DEL = (x.symbol for x in (EPSILON, DELTA))
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)

EXCESS_LEARNED, EXCESS_DISTILLED = Random("excess for y"), Random("excess for f")
TOO_BAD = gt(EXCESS_DISTILLED, EPS)
AGNOSTIC_CLAIM = implies(ge(DRAWN.symbol, LEARNER.symbol), le(Pr(TOO_BAD), DEL))
agnostic = Theorem(
    name="agnostic-learning-implies-distillation",
    title="An agnostic learner distils agnostically",
    parameters=(LEARNER,),
    result=SampleSize(DRAWN.symbol, LEARNER.symbol, le(Pr(TOO_BAD), DEL), monotone={"n": "up"}),
    assumptions=(
        Assumption(
            "same errors",
            "with y = f(x) every student errs for y where it disagrees with f",
            eq(EXCESS_DISTILLED, EXCESS_LEARNED),
        ),
        Assumption(
            "learner",
            "on enough samples the learner's excess error is above ε with probability at most δ",
            implies(ge(DRAWN.symbol, LEARNER.symbol), le(Pr(gt(EXCESS_LEARNED, EPS)), DEL)),
        ),
    ),
    experiment=Experiment(
        random=(
            "excess for f",
            "excess for y",
        )
    ),
    steps=(
        Step(
            "event",
            le(Pr(TOO_BAD), Pr(gt(EXCESS_LEARNED, EPS))),
            use("event-monotone", smaller=TOO_BAD, larger=gt(EXCESS_LEARNED, EPS)),
            ("same errors",),
        ),
        Step("conclusion", AGNOSTIC_CLAIM, Smt(), ("event", "learner")),
    ),
    citation=Citation(
        "Boix-Adsera", "Towards a theory of model distillation, arXiv 2403.09053", 2024
    ),
    locals=(EPSILON, DELTA, DRAWN),
)

ONE = real("first", "p1", "probability that f and g disagree", 0, 1)
TWO = real("second", "p2", "probability that g and h disagree", 0, 1)
P1, P2 = ONE.symbol, TWO.symbol
STAGES = Assumption("stages", "the two disagreements", conj(eq(Pr(FG), P1), eq(Pr(GH), P2)))
APART = sp.Abs(P1 - P2)
composition_lower = Theorem(
    name="composition-lower",
    title="Two distillations, from below",
    parameters=(ONE, TWO),
    result=LowerBound(Pr(FH), APART),
    assumptions=(STAGES,),
    experiment=Experiment(random=("f(x) = 1", "g(x) = 1", "h(x) = 1")),
    steps=(
        Step("first", le(Pr(FG), Pr(sp.Or(FH, GH))),
             use("event-monotone", smaller=FG, larger=sp.Or(FH, GH)),
             words="Where f and g differ, h differs from one of them."),
        Step("first-sum", le(Pr(sp.Or(FH, GH)), Pr(FH) + Pr(GH)),
             use("boole", first=FH, second=GH)),
        Step("second", le(Pr(GH), Pr(sp.Or(FH, FG))),
             use("event-monotone", smaller=GH, larger=sp.Or(FH, FG))),
        Step("second-sum", le(Pr(sp.Or(FH, FG)), Pr(FH) + Pr(FG)),
             use("boole", first=FH, second=FG)),
        Step("conclusion", ge(Pr(FH), APART), Smt(),
             ("first", "first-sum", "second", "second-sum", "stages")),
    ),
    citation=OURS,
)  # fmt: skip

MOST = sp.Min(P1 + P2, 2 - P1 - P2)
BOTH_EQUAL = sp.Or(sp.Not(FG), sp.Not(GH))
composition_upper = Theorem(
    name="composition-upper",
    title="Two distillations, from above",
    parameters=(ONE, TWO),
    result=UpperBound(Pr(FH), MOST),
    assumptions=(STAGES,),
    experiment=Experiment(random=("f(x) = 1", "g(x) = 1", "h(x) = 1")),
    steps=(
        Step("cover", le(Pr(FH), Pr(sp.Or(FG, GH))),
             use("event-monotone", smaller=FH, larger=sp.Or(FG, GH))),
        Step("sum", le(Pr(sp.Or(FG, GH)), Pr(FG) + Pr(GH)), use("boole", first=FG, second=GH)),
        Step("one agrees", le(Pr(FH), Pr(BOTH_EQUAL)),
             use("event-monotone", smaller=FH, larger=BOTH_EQUAL)),
        Step("agree-sum", le(Pr(BOTH_EQUAL), Pr(sp.Not(FG)) + Pr(sp.Not(GH))),
             use("boole", first=sp.Not(FG), second=sp.Not(GH))),
        Step("not-first", eq(Pr(sp.Not(FG)), 1 - Pr(FG)), use("complement", event=FG)),
        Step("not-second", eq(Pr(sp.Not(GH)), 1 - Pr(GH)), use("complement", event=GH)),
        Step("conclusion", le(Pr(FH), MOST), Smt(),
             ("cover", "sum", "one agrees", "agree-sum", "not-first", "not-second", "stages")),
    ),
    citation=OURS,
)  # fmt: skip

LABEL = Event("y = 1")
FY, HY = sp.Xor(F, LABEL), sp.Xor(H, LABEL)
TEACHER_ERROR = real("teacher", "epsilon1", "error of the teacher on the labels", 0, 1)
DISAGREEMENT = real("disagreement", "epsilon2", "disagreement of teacher and student", 0, 1)
E1, E2 = TEACHER_ERROR.symbol, DISAGREEMENT.symbol
accuracy = Theorem(
    name="composition-accuracy",
    title="Accuracy of a distilled student",
    parameters=(TEACHER_ERROR, DISAGREEMENT),
    result=UpperBound(Pr(HY), E1 + E2, monotone={"teacher": "up", "disagreement": "up"}),
    assumptions=(
        Assumption("errors", "the teacher's error and the disagreement",
                   conj(le(Pr(FY), E1), le(Pr(FH), E2))),
    ),
    experiment=Experiment(random=("f(x) = 1", "h(x) = 1", "y = 1")),
    steps=(
        Step("cover", le(Pr(HY), Pr(sp.Or(FY, FH))),
             use("event-monotone", smaller=HY, larger=sp.Or(FY, FH))),
        Step("sum", le(Pr(sp.Or(FY, FH)), Pr(FY) + Pr(FH)), use("boole", first=FY, second=FH)),
        Step("conclusion", le(Pr(HY), E1 + E2), Smt(), ("cover", "sum", "errors")),
    ),
    citation=OURS,
)  # fmt: skip

COUNT = integer("t", "t", "stages so far")
T = COUNT.symbol
ERRORS = reals("errors", "e", "error of each stage", 0, 1)
ES = ERRORS.symbol
ALL_ERRORS = sp.Sum(ES[J], (J, 1, LENGTH))


def after(t: sp.Expr) -> sp.Expr:
    """The disagreement of the first function and that after t stages."""
    return Quantity("disagreement after", t)


AFTER = le(after(T), sp.Sum(ES[J], (J, 1, T)))
stages_error = Theorem(
    name="composition-stages",
    title="Errors of many distillations add up",
    parameters=(ERRORS,),
    result=UpperBound(after(LENGTH), ALL_ERRORS),
    assumptions=(
        Assumption(
            "stages",
            "one more stage adds its error at most: theorem composition-error",
            conj(eq(after(sp.Integer(0)), 0), le(after(T + 1), after(T) + ES[T + 1])),
        ),
    ),
    steps=(
        Step(
            "sum",
            conj(
                eq(sp.Sum(ES[J], (J, 1, 0)), 0),
                eq(sp.Sum(ES[J], (J, 1, T + 1)), sp.Sum(ES[J], (J, 1, T)) + ES[T + 1]),
            ),
            use("series-next", term=ES[J], index=J, first=1, last=T),
        ),
        Step("each", AFTER, use("induction", claim=AFTER, k=T, start=0), ("sum", "stages")),
        Step("conclusion", le(after(LENGTH), ALL_ERRORS), Instantiate("each", {T: LENGTH}),
             ("each",)),
    ),
    citation=OURS,
    locals=(LISTS,),
    schematic=(COUNT,),
)  # fmt: skip

STAGE_COUNT = integer("stages", "j", "number of stages, each on fresh samples", 1)
SC = STAGE_COUNT.symbol
KEEP = 1 - (1 - DEL) ** SC


def good(t: sp.Expr) -> sp.Expr:
    """The probability that the first t stages all succeed."""
    return Quantity("success of", t)


GOOD = ge(good(T), (1 - DEL) ** T)
stages_confidence = Theorem(
    name="composition-stages-confidence",
    title="Confidence of many distillations",
    parameters=(STAGE_COUNT, DELTA),
    result=UpperBound(1 - good(SC), KEEP, monotone={"stages": "up", "delta": "up"}),
    assumptions=(
        Assumption(
            "stages",
            "given success so far, the next stage succeeds with probability 1 - δ at least: "
            "theorem composition-confidence",
            conj(eq(good(sp.Integer(0)), 1), ge(good(T + 1), good(T) * (1 - DEL))),
        ),
    ),
    steps=(
        Step("power", eq(sp.Mul((1 - DEL) ** T, 1 - DEL, evaluate=False), (1 - DEL) ** (T + 1)),
             Algebra()),
        Step("each", GOOD, use("induction", claim=GOOD, k=T, start=0), ("power", "stages")),
        Step("all", ge(good(SC), (1 - DEL) ** SC), Instantiate("each", {T: SC}), ("each",)),
        Step("conclusion", le(1 - good(SC), KEEP), Smt(), ("all",)),
    ),
    citation=OURS,
    schematic=(COUNT,),
)  # fmt: skip

THEOREMS = (
    agnostic,
    composition_lower,
    composition_upper,
    accuracy,
    stages_error,
    stages_confidence,
)
