"""Guarantees made of guarantees (catalogue T1, T11, T12, T21, T22)."""

from __future__ import annotations

import sympy as sp

from theory.language.experiments import Experiment, sample
from theory.language.rules import Algebra, Balls, Instantiate, Smt, use
from theory.language.schemas import SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import CLASS_SIZE, DELTA, EPSILON, N_SAMPLES, Parameter, integer, real
from theory.language.terms import (
    Event,
    Every,
    Fact,
    Pr,
    Quantity,
    Some,
    conj,
    eq,
    ge,
    implies,
    le,
    lt,
)

EPS, DEL, N, SIZE = EPSILON.symbol, DELTA.symbol, N_SAMPLES.symbol, CLASS_SIZE.symbol
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)
HALF = sp.Rational(1, 2)

LEARNER = integer("n", "m", "labelled samples that the learner needs for ε and δ", 1)
DRAWN = integer("drawn", "n", "samples drawn for distillation", 1)
LEARNED, DISTILLED = Event("the learner fails on (x, f(x))"), Event("the distiller fails")
learning = Theorem(
    name="learning-implies-distillation",
    title="A learner distils",
    parameters=(LEARNER,),
    result=SampleSize(DRAWN.symbol, LEARNER.symbol, le(Pr(DISTILLED), DEL), monotone={"n": "up"}),
    assumptions=(
        Assumption(
            "same run",
            "with labels y = f(x) the distiller is the learner, and its error is that of f",
            implies(DISTILLED, LEARNED),
        ),
        Assumption(
            "learner",
            "on enough samples the learner fails with probability at most δ",
            implies(ge(DRAWN.symbol, LEARNER.symbol), le(Pr(LEARNED), DEL)),
        ),
    ),
    experiment=Experiment(random=("the distiller fails", "the learner fails on (x, f(x))")),
    steps=(
        Step(
            "event",
            le(Pr(DISTILLED), Pr(LEARNED)),
            use("event-monotone", smaller=DISTILLED, larger=LEARNED),
            ("same run",),
        ),
        Step(
            "conclusion",
            implies(ge(DRAWN.symbol, LEARNER.symbol), le(Pr(DISTILLED), DEL)),
            Smt(),
            ("event", "learner"),
        ),
    ),
    citation=Citation(
        "Boix-Adsera",
        "Towards a theory of model distillation, arXiv 2403.09053",
        2024,
    ),
    locals=(DELTA, DRAWN,),
    notes=("On what a learner pays without a teacher see success-without-teacher.",),
)  # fmt: skip

F, G, H = Event("f(x) = 1"), Event("g(x) = 1"), Event("h(x) = 1")
FG, GH, FH = (sp.Xor(F, G), sp.Xor(G, H), sp.Xor(F, H))
ONE = real("first", "epsilon1", "error of the first stage", 0, 1)
TWO = real("second", "epsilon2", "error of the second stage", 0, 1)
E1, E2 = ONE.symbol, TWO.symbol
composition_error = Theorem(
    name="composition-error",
    title="Errors of two distillations add up",
    parameters=(ONE, TWO),
    result=UpperBound(Pr(FH), E1 + E2, monotone={"first": "up", "second": "up"}),
    assumptions=(
        Assumption("stages", "the two stages' errors", conj(le(Pr(FG), E1), le(Pr(GH), E2))),
    ),
    experiment=Experiment(
        random=(
            "f(x) = 1",
            "g(x) = 1",
            "h(x) = 1",
        )
    ),
    steps=(
        Step(
            "cover",
            le(Pr(FH), Pr(sp.Or(FG, GH))),
            use("event-monotone", smaller=FH, larger=sp.Or(FG, GH)),
            words="Where f and h differ, g differs from one of them: eight cases.",
        ),
        Step("boole", le(Pr(sp.Or(FG, GH)), Pr(FG) + Pr(GH)), use("boole", first=FG, second=GH)),
        Step("conclusion", le(Pr(FH), E1 + E2), Smt(), ("cover", "boole", "stages")),
    ),
    citation=OURS,
)

FIRST_DELTA = real("first", "delta1", "failure probability of the first stage", 0, 1)
SECOND_DELTA = real("second", "delta2", "failure probability of the second stage", 0, 1)
D1, D2 = FIRST_DELTA.symbol, SECOND_DELTA.symbol
STUDENT = Parameter("g", sp.Symbol("g"), "member", "g", "g", "the student of the first stage")
GS = STUDENT.symbol
POSSIBLE = Fact("can be returned", GS)
GOOD1, GOOD2 = Event("stage 1 returns g, good", GS), Event("stage 2 is good on g", GS)
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

COPIES = integer("copies", "k", "number of independent runs", 1)
K = COPIES.symbol
BAD_RUN = Event("a run fails")
NEEDED = sp.log(2 / DEL) / sp.log(2)
COPIES_CLAIM = implies(ge(K, NEEDED), le(Pr(Every(BAD_RUN, K)), DEL / 2))
boosting_copies = Theorem(
    name="boosting-copies",
    title="Runs that make a good one likely",
    parameters=(DELTA,),
    result=SampleSize(K, NEEDED, le(Pr(Every(BAD_RUN, K)), DEL / 2), monotone={"delta": "down"}),
    assumptions=(Assumption("runs", "independent runs, each fails with probability at most 1/2",
                            le(Pr(BAD_RUN), HALF)),),
    experiment=sample(K, "a run fails", what="runs"),
    steps=(
        Step("runs fail", eq(Pr(Every(BAD_RUN, K)), Pr(BAD_RUN) ** K),
             use("independent-draws", event=BAD_RUN, n=K)),
        Step("halves", le(Pr(BAD_RUN) ** K, HALF**K),
             use("power-monotone", x=Pr(BAD_RUN), y=HALF, n=K), ("runs",)),
        Step("logarithm", eq(sp.log(sp.Pow(2, -K)), -K * sp.log(2)), Algebra()),
        Step("log-delta", eq(sp.log(2 / DEL), -sp.log(DEL / 2)), Algebra()),
        Step("log2", ge(sp.log(2), HALF), Balls()),
        Step(
            "compare",
            sp.Equivalent(le(sp.Pow(2, -K), DEL / 2), le(sp.log(sp.Pow(2, -K)), sp.log(DEL / 2))),
            use("log-monotone", x=sp.Pow(2, -K), y=DEL / 2),
        ),
        Step("conclusion", COPIES_CLAIM, Smt(),
             ("runs fail", "halves", "logarithm", "log-delta", "log2", "compare")),
    ),
    citation=Citation(
        "Haussler, Kearns, Littlestone, Warmuth",
        "Equivalence of models for polynomial learnability",
        1991,
    ),
    locals=(COPIES,),
)  # fmt: skip

FACTOR = real("factor", "kappa", "largest ratio of the new to the old probability of a point", 0)
ERROR = real("error", "epsilon", "error under the old distribution", 0, 1)
KAPPA, OLD = FACTOR.symbol, ERROR.symbol
NEW_ERROR, OLD_ERROR = Quantity("new P[f != g]"), Quantity("old P[f != g]")
transfer = Theorem(
    name="transfer-error",
    title="Transfer to another distribution",
    parameters=(FACTOR, ERROR),
    result=UpperBound(NEW_ERROR, KAPPA * OLD, monotone={"factor": "up", "error": "up"}),
    assumptions=(
        Assumption("ratio", "D'(x) <= κ D(x) at every point, summed over the disagreements",
                   le(NEW_ERROR, KAPPA * OLD_ERROR)),
        Assumption("error", "the old error is at most ε", le(OLD_ERROR, OLD)),
    ),
    steps=(Step("conclusion", le(NEW_ERROR, KAPPA * OLD), Smt(), ("ratio", "error")),),
    citation=OURS,
    notes=("For the factor from the uniform to a product law see transfer-factor.",),
)  # fmt: skip

ROUNDS = integer("j", "j", "counterexamples so far")
J = ROUNDS.symbol


def surviving(j: sp.Expr) -> sp.Expr:
    """Members of the class that agree with the first j counterexamples."""
    return Quantity("surviving", j)


RUN = integer("found", "c", "counterexamples until equality")
FOUND = RUN.symbol


def run_of(first: sp.Expr, after: sp.Expr) -> sp.Basic:
    """The survivors in a run: `first` of them, at most `after` after one more, never none."""
    return conj(
        eq(surviving(sp.Integer(0)), first),
        implies(lt(J, FOUND), le(surviving(J + 1), after)),
        implies(le(J, FOUND), ge(surviving(J), 1)),
    )


def halved(first: sp.Expr) -> tuple[Step, ...]:
    """Every counterexample halves the survivors: 2^c <= `first`, for the assumption "halving"."""
    survivors = implies(le(J, FOUND), le(surviving(J), first * sp.Pow(2, -J)))
    return (
        Step("next", eq(sp.Mul(sp.Pow(2, -J), HALF, evaluate=False), sp.Pow(2, -J - 1)), Algebra()),
        Step("survivors", survivors, use("induction", claim=survivors, k=J, start=0),
             ("halving", "next")),
        Step("left", le(surviving(FOUND), first * sp.Pow(2, -FOUND)),
             Instantiate("survivors", {J: FOUND}), ("survivors",)),
        Step("teacher", ge(surviving(FOUND), 1), Instantiate("halving", {J: FOUND}), ("halving",)),
        Step("power", le(2**FOUND, first), Smt(), ("left", "teacher")),
        Step("logarithm", eq(sp.log(2**FOUND), FOUND * sp.log(2)), Algebra()),
        Step("log2", ge(sp.log(2), HALF), Balls()),
        Step("compare", le(sp.log(2**FOUND), sp.log(first)),
             use("log-monotone", x=2**FOUND, y=first), ("power",)),
    )  # fmt: skip


MOST = sp.log(SIZE) / sp.log(2)
COUNTER_CLAIM = le(FOUND, MOST)
counterexamples = Theorem(
    name="halving-counterexamples",
    title="Counterexamples until equality",
    parameters=(CLASS_SIZE,),
    result=UpperBound(FOUND, MOST, monotone={"class": "up"}),
    assumptions=(
        Assumption(
            "halving",
            "N members at first; the proposal takes at each point the class that most of them "
            "give, so a counterexample leaves at most half of them, and always the teacher",
            run_of(SIZE, surviving(J) / 2),
        ),
    ),
    steps=(
        *halved(SIZE),
        Step("conclusion", COUNTER_CLAIM, Smt(), ("logarithm", "log2", "compare")),
    ),
    citation=Citation("Littlestone", "Learning quickly when irrelevant attributes abound", 1988),
    locals=(RUN,),
    schematic=(ROUNDS,),
)  # fmt: skip

THEOREMS = (
    learning,
    composition_error,
    composition_confidence,
    boosting_copies,
    transfer,
    counterexamples,
)
