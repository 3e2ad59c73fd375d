"""Composition: students of students."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.catalogue.shared import DEL, LENGTHS, OURS, STAGE, J, T, one_more_term
from theory.language.experiments import Experiment
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, LENGTH, Parameter, integer, real, reals
from theory.language.terms import Event, Fact, Pr, Quantity, Some, conj, eq, ge, implies, le

F = Event("f(x) = 1")
G = Event("g(x) = 1")
FG = sp.Xor(F, G)
H = Event("h(x) = 1")
GH = sp.Xor(G, H)
FH = sp.Xor(F, H)
ONE = real("first", "epsilon1", "error of the first stage", 0, 1)
TWO = real("second", "epsilon2", "error of the second stage", 0, 1)
E1 = ONE.symbol
E2 = TWO.symbol
THREE = Experiment(
    random=(
        "f(x) = 1",
        "g(x) = 1",
        "h(x) = 1",
    )
)
COVER = Step(
    "cover",
    le(Pr(FH), Pr(sp.Or(FG, GH))),
    use("event-monotone", smaller=FH, larger=sp.Or(FG, GH)),
)
BOOLE = Step("boole", le(Pr(sp.Or(FG, GH)), Pr(FG) + Pr(GH)), use("boole", first=FG, second=GH))

disagreement_triangle = Theorem(
    name="disagreement-triangle",
    title="Disagreements add up",
    parameters=(ONE, TWO),
    result=UpperBound(Pr(FH), E1 + E2, monotone={"first": "up", "second": "up"}),
    assumptions=(
        Assumption("stages", "the two stages' errors", conj(le(Pr(FG), E1), le(Pr(GH), E2))),
    ),
    experiment=THREE,
    steps=(
        replace(COVER, words="Where f and h differ, g differs from one of them: eight cases."),
        BOOLE,
        Step("conclusion", le(Pr(FH), E1 + E2), Smt(), ("cover", "boole", "stages")),
    ),
    citation=OURS,
)

FIRST_DELTA = real("first", "delta1", "failure probability of the first stage", 0, 1)
SECOND_DELTA = real("second", "delta2", "failure probability of the second stage", 0, 1)
D1 = FIRST_DELTA.symbol
D2 = SECOND_DELTA.symbol
STUDENT = Parameter("g", sp.Symbol("g"), "member", "g", "g", "the student of the first stage")
GS = STUDENT.symbol
POSSIBLE = Fact("can be returned", GS)
GOOD1 = Event("stage 1 returns g, good", GS)
GOOD2 = Event("stage 2 is good on g", GS)
BOTH = Some(GS, POSSIBLE, sp.And(GOOD1, GOOD2))

composition_confidence = Theorem(
    name="composition-confidence",
    title="Confidence of two distillations",
    parameters=(FIRST_DELTA, SECOND_DELTA),
    result=UpperBound(
        Pr(sp.Not(BOTH)), 1 - (1 - D1) * (1 - D2), monotone={"first": "up", "second": "up"}
    ),
    assumptions=(
        Assumption(
            "stages",
            "stage 1 returns a good g with probability 1 - δ1 at least; stage 2 is good on any "
            "given g with probability 1 - δ2 at least, on samples independent of stage 1",
            conj(
                ge(Pr(Some(GS, POSSIBLE, GOOD1)), 1 - D1),
                implies(POSSIBLE, ge(Pr(GOOD2), 1 - D2)),
                Fact("independent", GOOD1, GOOD2),
            ),
        ),
    ),
    experiment=Experiment(
        random=("stage 1 returns g, good", "stage 2 is good on g"),
        laws=(Fact("independent", GOOD1, GOOD2),),
    ),
    steps=(
        Step(
            "both",
            ge(Pr(BOTH), (1 - D2) * Pr(Some(GS, POSSIBLE, GOOD1))),
            use(
                "fresh-sample",
                member=GS,
                condition=POSSIBLE,
                first=GOOD1,
                second=GOOD2,
                chance=1 - D2,
            ),
            ("stages",),
        ),
        Step("complement", eq(Pr(sp.Not(BOTH)), 1 - Pr(BOTH)), use("complement", event=BOTH)),
        Step(
            "conclusion",
            le(Pr(sp.Not(BOTH)), 1 - (1 - D1) * (1 - D2)),
            Smt(),
            ("both", "complement", "stages"),
        ),
    ),
    citation=OURS,
    schematic=(STUDENT,),
    notes=("For stages on independent samples only.",),
)

FIRST = real("first", "p1", "probability that f and g disagree", 0, 1)
SECOND = real("second", "p2", "probability that g and h disagree", 0, 1)
P1 = FIRST.symbol
P2 = SECOND.symbol
STAGES = Assumption("stages", "the two disagreements", conj(eq(Pr(FG), P1), eq(Pr(GH), P2)))
APART = sp.Abs(P1 - P2)

disagreement_lower = Theorem(
    name="disagreement-lower",
    title="Disagreement of the outer two of three functions, from below",
    parameters=(FIRST, SECOND),
    result=LowerBound(Pr(FH), APART),
    assumptions=(STAGES,),
    experiment=THREE,
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

disagreement_upper = Theorem(
    name="disagreement-upper",
    title="Disagreement of the outer two of three functions, from above",
    parameters=(FIRST, SECOND),
    result=UpperBound(Pr(FH), MOST),
    assumptions=(STAGES,),
    experiment=THREE,
    steps=(
        COVER,
        replace(BOOLE, label="sum"),
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
FY = sp.Xor(F, LABEL)
HY = sp.Xor(H, LABEL)
TEACHER_ERROR = real("teacher", "epsilon1", "error of the teacher on the labels", 0, 1)
DISAGREEMENT = real("disagreement", "epsilon2", "disagreement of teacher and student", 0, 1)
ERR_F = TEACHER_ERROR.symbol
ERR_FG = DISAGREEMENT.symbol

accuracy_triangle = Theorem(
    name="accuracy-triangle",
    title="Accuracy of a distilled student",
    parameters=(TEACHER_ERROR, DISAGREEMENT),
    result=UpperBound(Pr(HY), ERR_F + ERR_FG, monotone={"teacher": "up", "disagreement": "up"}),
    assumptions=(
        Assumption("errors", "the teacher's error and the disagreement",
                   conj(le(Pr(FY), ERR_F), le(Pr(FH), ERR_FG))),
    ),
    experiment=Experiment(random=("f(x) = 1", "h(x) = 1", "y = 1")),
    steps=(
        Step("cover", le(Pr(HY), Pr(sp.Or(FY, FH))),
             use("event-monotone", smaller=HY, larger=sp.Or(FY, FH))),
        Step("sum", le(Pr(sp.Or(FY, FH)), Pr(FY) + Pr(FH)), use("boole", first=FY, second=FH)),
        Step("conclusion", le(Pr(HY), ERR_F + ERR_FG), Smt(), ("cover", "sum", "errors")),
    ),
    citation=OURS,
)  # fmt: skip

ERRORS = reals("errors", "e", "error of each stage", 0, 1)
ES = ERRORS.symbol
ALL_ERRORS = sp.Sum(ES[J], (J, 1, LENGTH))


def after(t: sp.Expr) -> sp.Expr:
    """The disagreement of the first function and that after t stages."""
    return Quantity("disagreement after", t)


AFTER = le(after(T), sp.Sum(ES[J], (J, 1, T)))

disagreement_triangle_stages = Theorem(
    name="disagreement-triangle-stages",
    title="Disagreements of many stages add up",
    parameters=(ERRORS,),
    result=UpperBound(after(LENGTH), ALL_ERRORS, monotone={"errors": "up"}),
    assumptions=(
        Assumption(
            "stages",
            "one more stage adds its error at most: theorem disagreement-triangle",
            conj(eq(after(sp.Integer(0)), 0), le(after(T + 1), after(T) + ES[T + 1])),
        ),
    ),
    steps=(
        one_more_term(ES[J]),
        Step("each", AFTER, use("induction", claim=AFTER, k=T, start=0), ("sum", "stages")),
        Step("conclusion", le(after(LENGTH), ALL_ERRORS), Instantiate("each", {T: LENGTH}),
             ("each",)),
    ),
    citation=OURS,
    locals=(LENGTHS,),
    schematic=(STAGE,),
)  # fmt: skip

STAGE_COUNT = integer("stages", "j", "number of stages, each on fresh samples", 1)
SC = STAGE_COUNT.symbol
KEEP = 1 - (1 - DEL) ** SC


def good(t: sp.Expr) -> sp.Expr:
    """The probability that the first t stages all succeed."""
    return Quantity("success of", t)


GOOD = ge(good(T), (1 - DEL) ** T)

composition_stages_confidence = Theorem(
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
    schematic=(STAGE,),
)  # fmt: skip

THEOREMS = (
    disagreement_triangle,
    composition_confidence,
    disagreement_lower,
    disagreement_upper,
    accuracy_triangle,
    disagreement_triangle_stages,
    composition_stages_confidence,
)
