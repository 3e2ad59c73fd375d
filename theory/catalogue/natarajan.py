"""Classes of several labels: patterns by the Natarajan dimension, and consistent students.

The Natarajan dimension is the most points for each of which two labels can be named so that the
class has every choice of one of the two at each point. Of two labels it is the VC dimension.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy as sp

from theory.catalogue.multiclass import CLASSES, C
from theory.catalogue.shared import EPS, N
from theory.catalogue.vc import (
    CATCH_STEPS,
    COIN,
    FAILURE,
    INDEPENDENT,
    SWAPPED,
    TAIL,
    TOSSES,
    TWO_SAMPLES,
    vc_realizable,
)
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import Rounding, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import EPSILON, N_SAMPLES, integer
from theory.language.terms import Pr, Quantity, conj, eq, ge, implies, le, lt

DIMENSION = integer("natarajan", "v", "Natarajan dimension of the class", 0)
POINTS = integer("n", "n", "number of points", 0)
SOME = integer("k", "k", "a number of points")
OTHER = integer("u", "u", "a Natarajan dimension")
V, S, K, U = DIMENSION.symbol, POINTS.symbol, SOME.symbol, OTHER.symbol
PAIRS = C * (C - 1) / 2
NATARAJAN = Citation("Natarajan", "On learning sets and functions, Machine Learning 4:67-97", 1989)


def most(points: sp.Expr, dimension: sp.Expr) -> sp.Expr:
    """The most patterns of a class of that dimension on so many points."""
    return Quantity("most patterns", points, dimension)


def few(points: sp.Expr, dimension: sp.Expr) -> sp.Expr:
    """(1 + points c(c - 1)/2)^dimension."""
    return (1 + points * PAIRS) ** dimension


RESTRICT = Assumption(
    "one more point",
    "patterns on one more point: one for each pattern on the others, and for each pair of labels "
    "those that go on with both, of a dimension less by one (where it is 0 there are none such). "
    "Without points there is one pattern",
    conj(
        le(most(sp.Integer(0), U), 1),
        implies(lt(U, 1), le(most(K + 1, U), most(K, U))),
        implies(ge(U, 1), le(most(K + 1, U), most(K, U) + PAIRS * most(K, U - 1))),
    ),
)
STEP_SIZE = Step(
    "one dimension more",
    implies(
        ge(K, 0),
        ge(U, 1),
        ge(few(K + 1, U), few(K, U) + PAIRS * few(K, U - 1)),
    ),
    Smt(),
    ("powers", "split", "split next"),
)
COUNTED = le(most(K, U), few(K, U))


def counting(points: sp.Expr) -> tuple[Step, ...]:
    """To the step "at": the patterns on so many points."""
    return (
        Step(
            "powers",
            implies(ge(K, 0), ge(U, 1), ge(few(K + 1, U - 1), few(K, U - 1))),
            use("power-monotone", x=1 + K * PAIRS, y=1 + (K + 1) * PAIRS, n=U - 1),
        ),
        Step(
            "no dimension",
            implies(ge(K, 0), ge(U, 0), ge(few(K + 1, U), few(K, U))),
            use("power-monotone", x=1 + K * PAIRS, y=1 + (K + 1) * PAIRS, n=U),
        ),
        Step("split", eq((1 + K * PAIRS) * few(K, U - 1), few(K, U)), Algebra()),
        Step("split next", eq((1 + (K + 1) * PAIRS) * few(K + 1, U - 1), few(K + 1, U)), Algebra()),
        Step("pairs", ge(PAIRS, 0), Smt()),
        Step(
            "each pair",
            implies(
                le(most(K, U - 1), few(K, U - 1)),
                le(PAIRS * most(K, U - 1), PAIRS * few(K, U - 1)),
            ),
            Smt(),
            ("pairs",),
        ),
        STEP_SIZE,
        Step(
            "counted",
            implies(ge(K, 0), ge(U, 0), COUNTED),
            use("double-induction", claim=COUNTED, k=K, start=0, parameter=U, other=U - 1),
            ("one more point", "one dimension more", "no dimension", "each pair"),
            "Induction over the points, for all dimensions at once.",
        ),
        Step(
            "at",
            le(most(points, V), few(points, V)),
            Instantiate("counted", {K: points, U: V}),
            ("counted",),
        ),
    )


natarajan_patterns = Theorem(
    name="natarajan-patterns",
    title="Patterns of a class of several labels on a sample, by its Natarajan dimension",
    parameters=(DIMENSION, CLASSES, POINTS),
    result=UpperBound(
        most(S, V),
        few(S, V),
        monotone={"natarajan": "up", "classes": "up", "n": "up"},
    ),
    assumptions=(RESTRICT,),
    steps=counting(S),
    citation=NATARAJAN,
    schematic=(SOME, OTHER),
    notes=("See also growth-function, and tree-count-leaves-multiclass for trees.",),
)
GROWTH = Quantity("growth", 2 * N)
TOTAL = 2 * few(2 * N, V) * TAIL
TRENDS: Mapping[str, Rounding] = {
    "natarajan": "up",
    "classes": "up",
    "epsilon": "down",
    "n": "down",
}

natarajan_failure = Theorem(
    name="natarajan-failure",
    title="Failure probability of a consistent student of several labels, by Natarajan's dimension",
    parameters=(DIMENSION, CLASSES, EPSILON, N_SAMPLES),
    result=UpperBound(Pr(FAILURE), TOTAL, monotone=TRENDS),
    assumptions=(
        vc_realizable.assumptions[0],
        Assumption(
            "samples",
            "two independent samples of n points; a fair coin decides for each pair which sample "
            "it belongs to",
            conj(INDEPENDENT, SWAPPED, eq(Pr(COIN), sp.Rational(1, 2))),
        ),
        RESTRICT,
        Assumption(
            "patterns",
            "students with the same labels on the 2n points have the same errors there",
            le(GROWTH, most(2 * N, V)),
        ),
    ),
    experiment=TWO_SAMPLES,
    steps=(
        *CATCH_STEPS[:-2],
        *counting(2 * N),
        Step("tail-positive", ge(TAIL, 0), Smt()),
        Step("all-patterns", le(GROWTH, few(2 * N, V)), Smt(), ("at", "patterns")),
        Step("product", le(GROWTH * TAIL, few(2 * N, V) * TAIL), Smt(),
             ("all-patterns", "tail-positive")),
        Step("conclusion", le(Pr(FAILURE), TOTAL), Smt(), ("caught", "many", "pattern", "product")),
    ),
    citation=NATARAJAN,
    requires=(
        Assumption("large", "n >= 8/epsilon", ge(N * EPS, 8)),
        Assumption("falls", "n >= 4 natarajan/epsilon (with fewer the bound is above 1)",
                   ge(N * EPS, 4 * V)),
    ),
    schematic=(*vc_realizable.schematic[:1], TOSSES, SOME, OTHER),
    notes=("For trees the labels may be counted: occam-leaves-multiclass, real-trees-failure.",),
)  # fmt: skip

THEOREMS = (natarajan_patterns, natarajan_failure)
