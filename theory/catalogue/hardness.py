"""Perfect distillation, and the price of a white box (catalogue T2)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.counting import CUBE, CUBE_STEPS, cube
from theory.catalogue.cubes import INDEX, IX
from theory.catalogue.proving import DIFFER, IN_PROVED, certificate_error
from theory.catalogue.trees import LEVEL
from theory.language.rules import Cite, Instantiate, Smt, use
from theory.language.schemas import Count, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import VARIABLES, integer
from theory.language.terms import Fact, Pr, Quantity, conj, eq, ge, implies, le

D, T = VARIABLES.symbol, LEVEL.symbol
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)

EVALUATIONS = Quantity("evaluations of the teacher")
TABLE_CLAIM = conj(le(EVALUATIONS, 2**D), le(Pr(DIFFER), 0))
table = Theorem(
    name="perfect-distillation",
    title="Perfect distillation by evaluating the teacher",
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
        *CUBE_STEPS,
        Step("points", eq(cube(D), 2**D), Instantiate("cubes", {T: D}), ("cubes",)),
        Step("error", le(Pr(DIFFER), 0), Cite(certificate_error, {"proved": sp.Integer(1)}),
             ("search", "all")),
        Step("conclusion", TABLE_CLAIM, Smt(), ("points", "error", "table")),
    ),
    citation=OURS,
    schematic=(LEVEL,),
)  # fmt: skip

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
    implies(satisfied(IX), eq(clause_sum(IX), IX)),
    implies(sp.Not(satisfied(IX)), le(clause_sum(IX), IX - 1)),
)
CONJUNCTION = sp.Max(clause_sum(C) - C + 1, 0)
SAT_CLAIM = conj(
    eq(units(C), C + 1),
    implies(satisfied(C), eq(CONJUNCTION, 1)),
    implies(sp.Not(satisfied(C)), eq(CONJUNCTION, 0)),
)
sat_network = Theorem(
    name="white-box-reduction",
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
                sp.Or(*(eq(literals(IX), i) for i in range(4)), evaluate=False),
                eq(clause(IX), 1 - sp.Max(1 - literals(IX), 0)),
            ),
        ),
        Assumption(
            "formula",
            "a clause is satisfied if a literal is true, a formula if every clause is; the sum "
            "adds the units",
            conj(
                satisfied(sp.Integer(0)),
                sp.Equivalent(
                    satisfied(IX + 1), sp.And(satisfied(IX), ge(literals(IX + 1), 1))
                ),
                eq(clause_sum(sp.Integer(0)), 0),
                eq(clause_sum(IX + 1), clause_sum(IX) + clause(IX + 1)),
            ),
        ),
        Assumption(
            "units",
            "one hidden unit a clause, and one for relu(sum - m + 1)",
            conj(eq(units(sp.Integer(0)), 1), eq(units(IX + 1), units(IX) + 1)),
        ),
    ),
    steps=(
        Step(
            "next clause",
            conj(
                sp.Or(*(eq(literals(IX + 1), i) for i in range(4)), evaluate=False),
                eq(clause(IX + 1), 1 - sp.Max(1 - literals(IX + 1), 0)),
            ),
            Instantiate("clause unit", {IX: IX + 1}),
            ("clause unit",),
        ),
        Step("sums", SUMS, use("induction", claim=SUMS, k=IX, start=0), ("formula", "next clause"),
             "The sum is m where all clauses hold, at most m - 1 elsewhere."),
        Step("all", SUMS.subs(IX, C), Instantiate("sums", {IX: C}), ("sums",)),
        Step("whole", implies(sp.Not(satisfied(C)), eq(CONJUNCTION, 0)), Smt(), ("all",)),
        Step("count", eq(units(IX), IX + 1),
             use("induction", claim=eq(units(IX), IX + 1), k=IX, start=0), ("units",)),
        Step("counted", eq(units(C), C + 1), Instantiate("count", {IX: C}), ("count",)),
        Step("conclusion", SAT_CLAIM, Smt(), ("all", "whole", "counted")),
    ),
    citation=Citation("Cook", "The complexity of theorem-proving procedures, STOC", 1971),
    schematic=(INDEX,),
)  # fmt: skip

THEOREMS = (
    table,
    sat_network,
)
