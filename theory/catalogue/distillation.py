"""Learning implies distillation, and what replaces samples: evaluations, certificates.

Queries without samples, from a black box or from a white one, end the list.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import CUBE, DEL, EPS, LEVEL, OURS, SO_FAR, D, T, cube, cube_steps
from theory.language.experiments import Experiment
from theory.language.rules import Cite, Instantiate, Smt, use
from theory.language.schemas import Count, LowerBound, SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, VARIABLES, integer, real
from theory.language.terms import Event, Fact, Pr, Quantity, Random, conj, eq, ge, gt, implies, le

LEARNER = integer("n", "m", "labelled samples that the learner needs for ε and δ", 1)
DRAWN = integer("drawn", "n", "samples drawn for distillation", 1)
LEARNED = Event("the learner fails on (x, f(x))")
DISTILLED = Event("the distiller fails")
BOIX = Citation(
    "Boix-Adsera",
    "Towards a theory of model distillation, arXiv 2403.09053",
    2024,
)

proper_learning_implies_distillation = Theorem(
    name="proper-learning-implies-distillation",
    title="A proper learner distils",
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
    citation=BOIX,
    locals=(DELTA, DRAWN,),
    notes=(
        "Proper: what it returns is a member of G.",
        "On what a learner pays without a teacher see success-without-teacher.",
    ),
)  # fmt: skip

EXCESS_LEARNED = Random("excess for y")
EXCESS_DISTILLED = Random("excess for f")
TOO_BAD = gt(EXCESS_DISTILLED, EPS)
AGNOSTIC_CLAIM = implies(ge(DRAWN.symbol, LEARNER.symbol), le(Pr(TOO_BAD), DEL))

agnostic_proper_learning_implies_distillation = Theorem(
    name="agnostic-proper-learning-implies-distillation",
    title="An agnostic proper learner distils agnostically",
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
    citation=BOIX,
    locals=(EPSILON, DELTA, DRAWN),
)

EVALUATIONS = Quantity("evaluations of the teacher")
DIFFER = Event("f(x) != g(x)")
TABLE_CLAIM = conj(le(EVALUATIONS, 2**D), le(Pr(DIFFER), 0))
IN_PROVED = Event("x is in the proved region")
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

equality_by_table = Theorem(
    name="equality-by-table",
    title="Exact equality by a table of the teacher",
    parameters=(VARIABLES,),
    result=UpperBound(EVALUATIONS, 2**D, also=(le(Pr(DIFFER), 0),), monotone={"variables": "up"}),
    assumptions=(
        *CUBE,
        Assumption("table", "one evaluation a point", le(EVALUATIONS, cube(D))),
        Assumption("search", "the student found agrees with the teacher on every point read",
                   implies(IN_PROVED, sp.Not(DIFFER))),
        Assumption("all", "the points read are the whole domain", eq(Pr(IN_PROVED), 1)),
    ),
    experiment=certificate_error.experiment,
    steps=(
        *cube_steps(D),
        Step("error", le(Pr(DIFFER), 0), Cite(certificate_error, {"proved": sp.Integer(1)}),
             ("search", "all")),
        Step("conclusion", TABLE_CLAIM, Smt(), ("points", "error", "table")),
    ),
    citation=OURS,
    schematic=(LEVEL,),
)  # fmt: skip

QUERIES = (1 - DEL) * 2**D
ASKED = integer("q", "q", "number of evaluations of the teacher")
LEAST = Quantity("least rejection")
MEAN_HIT = Quantity("mean P[z is asked]")

black_box_queries = Theorem(
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

CLAUSES = integer("clauses", "m", "clauses of a 3-CNF", 1)
C = CLAUSES.symbol


def clause(t: sp.Expr) -> sp.Expr:
    """The output of the unit of clause t."""
    return Quantity("clause", t)


def literals(t: sp.Expr) -> sp.Expr:
    """How many literals of clause t are true: the sum of (1 + s x)/2."""
    return Quantity("true literals", t)


def satisfied(t: sp.Expr) -> sp.Basic:
    """The first t clauses are satisfied."""
    return Fact("satisfied", t)


def clause_sum(t: sp.Expr) -> sp.Expr:
    """The sum of the first t clause outputs."""
    return Quantity("sum of clauses", t)


def units(t: sp.Expr) -> sp.Expr:
    """Hidden units for t clauses, and one for the conjunction."""
    return Quantity("hidden units", t)


SUMS = conj(
    implies(satisfied(T), eq(clause_sum(T), T)),
    implies(sp.Not(satisfied(T)), le(clause_sum(T), T - 1)),
)
CONJUNCTION = sp.Max(clause_sum(C) - C + 1, 0)
SAT_CLAIM = conj(
    eq(units(C), C + 1),
    implies(satisfied(C), eq(CONJUNCTION, 1)),
    implies(sp.Not(satisfied(C)), eq(CONJUNCTION, 0)),
)

constancy_hardness = Theorem(
    name="constancy-hardness",
    title="The price of a white box",
    parameters=(CLAUSES,),
    result=Count(
        units(C),
        C + 1,
        also=(
            implies(satisfied(C), eq(CONJUNCTION, 1)),
            implies(sp.Not(satisfied(C)), eq(CONJUNCTION, 0)),
        ),
        monotone={"clauses": "up"},
    ),
    assumptions=(
        Assumption(
            "clause unit",
            "clause t has 0, 1, 2 or 3 true literals; its unit gives 1 - relu(1 - their number)",
            conj(
                sp.Or(*(eq(literals(T), i) for i in range(4)), evaluate=False),
                eq(clause(T), 1 - sp.Max(1 - literals(T), 0)),
            ),
        ),
        Assumption(
            "formula",
            "a clause is satisfied if a literal is true, a formula if every clause is; the sum "
            "adds the units",
            conj(
                satisfied(sp.Integer(0)),
                sp.Equivalent(
                    satisfied(T + 1), sp.And(satisfied(T), ge(literals(T + 1), 1))
                ),
                eq(clause_sum(sp.Integer(0)), 0),
                eq(clause_sum(T + 1), clause_sum(T) + clause(T + 1)),
            ),
        ),
        Assumption(
            "units",
            "one hidden unit a clause, and one for relu(sum - m + 1)",
            conj(eq(units(sp.Integer(0)), 1), eq(units(T + 1), units(T) + 1)),
        ),
    ),
    steps=(
        Step(
            "next clause",
            conj(
                sp.Or(*(eq(literals(T + 1), i) for i in range(4)), evaluate=False),
                eq(clause(T + 1), 1 - sp.Max(1 - literals(T + 1), 0)),
            ),
            Instantiate("clause unit", {T: T + 1}),
            ("clause unit",),
        ),
        Step("sums", SUMS, use("induction", claim=SUMS, k=T, start=0), ("formula", "next clause"),
             "The sum is m where all clauses hold, at most m - 1 elsewhere."),
        Step("all", SUMS.subs(T, C), Instantiate("sums", {T: C}), ("sums",)),
        Step("whole", implies(sp.Not(satisfied(C)), eq(CONJUNCTION, 0)), Smt(), ("all",)),
        Step("count", eq(units(T), T + 1),
             use("induction", claim=eq(units(T), T + 1), k=T, start=0), ("units",)),
        Step("counted", eq(units(C), C + 1), Instantiate("count", {T: C}), ("count",)),
        Step("conclusion", SAT_CLAIM, Smt(), ("all", "whole", "counted")),
    ),
    citation=Citation("Cook", "The complexity of theorem-proving procedures, STOC", 1971),
    schematic=(SO_FAR,),
)  # fmt: skip

THEOREMS = (
    proper_learning_implies_distillation,
    agnostic_proper_learning_implies_distillation,
    equality_by_table,
    certificate_error,
    black_box_queries,
    constancy_hardness,
)
