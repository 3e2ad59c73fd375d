"""Counterexamples: what they imply, and how many it takes to learn from them."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import (
    APART,
    CUBE,
    HALF,
    LENGTHS,
    LEVEL,
    LOG2_STEP,
    OURS,
    SIZE,
    SO_FAR,
    D,
    J,
    T,
    cube,
    cube_steps,
    one_more_factor,
)
from theory.catalogue.trees import (
    COMPLETE,
    COMPUTED,
    FUNCTIONS,
    FUNCTIONS_COUNT,
    LOG_FUNCTIONS,
    log_tree_functions,
)
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import CLASS_SIZE, DEPTH, LENGTH, VARIABLES, integer, reals
from theory.language.terms import Quantity, conj, eq, ge, implies, le, lt

FOUND = integer("counterexamples", "c", "points of disagreement known")
EACH = FOUND.symbol / 2**D

counterexample_error = Theorem(
    name="counterexample-error",
    title="What counterexamples imply",
    parameters=(FOUND, VARIABLES),
    result=LowerBound(APART, EACH, monotone={"counterexamples": "up", "variables": "down"}),
    assumptions=(
        *CUBE,
        Assumption(
            "uniform",
            "each point has the same share of probability 1; c points are disagreements",
            ge(APART * cube(D), FOUND.symbol),
        ),
    ),
    steps=(
        *cube_steps(D),
        Step("conclusion", ge(APART, EACH), Smt(), ("points", "uniform")),
    ),
    citation=OURS,
    requires=(Assumption("points", "counterexamples <= 2^variables", le(FOUND.symbol, 2**D)),),
    schematic=(LEVEL,),
)

FIXED = reals("fixed", "p", "for each fixed variable, the probability of its value", 0, 1)
P = FIXED.symbol


def mass(t: sp.Expr) -> sp.Expr:
    """The probability that t fixed variables have their values."""
    return Quantity("mass", t)


PRODUCT = sp.Product(P[J], (J, 1, LENGTH))
MASSES = eq(mass(T), sp.Product(P[J], (J, 1, T)))

subcube_error = Theorem(
    name="subcube-error",
    title="Disagreement on a whole subcube",
    parameters=(FIXED,),
    result=LowerBound(APART, PRODUCT, monotone={"fixed": "up"}),
    assumptions=(
        Assumption(
            "independent",
            "fixing one more independent variable multiplies the probability",
            conj(eq(mass(sp.Integer(0)), 1), eq(mass(T + 1), mass(T) * P[T + 1])),
        ),
        Assumption("disagree", "every point of the subcube is a disagreement",
                   ge(APART, mass(LENGTH))),
    ),
    steps=(
        one_more_factor(P[J]),
        Step("masses", MASSES, use("induction", claim=MASSES, k=T, start=0),
             ("product", "independent")),
        Step("whole", MASSES.subs(T, LENGTH), Instantiate("masses", {T: LENGTH}), ("masses",)),
        Step("conclusion", ge(APART, PRODUCT), Smt(), ("whole", "disagree")),
    ),
    citation=OURS,
    locals=(LENGTHS,),
    schematic=(SO_FAR,),
)  # fmt: skip

ROUNDS = integer("j", "j", "counterexamples so far")
JJ = ROUNDS.symbol


def surviving(j: sp.Expr) -> sp.Expr:
    """Members of the class that agree with the first j counterexamples."""
    return Quantity("surviving", j)


RUN = integer("found", "c", "counterexamples until equality")
ROUND = RUN.symbol


def run_of(first: sp.Expr, after: sp.Expr) -> sp.Basic:
    """The survivors in a run: `first` of them, at most `after` after one more, never none."""
    return conj(
        eq(surviving(sp.Integer(0)), first),
        implies(lt(JJ, ROUND), le(surviving(JJ + 1), after)),
        implies(le(JJ, ROUND), ge(surviving(JJ), 1)),
    )


def halved(first: sp.Expr) -> tuple[Step, ...]:
    """Every counterexample halves the survivors: 2^c <= `first`, for the assumption "halving"."""
    survivors = implies(le(JJ, ROUND), le(surviving(JJ), first * sp.Pow(2, -JJ)))
    return (
        Step("next", eq(sp.Mul(sp.Pow(2, -JJ), HALF, evaluate=False), sp.Pow(2, -JJ - 1)),
             Algebra()),
        Step("survivors", survivors, use("induction", claim=survivors, k=JJ, start=0),
             ("halving", "next")),
        Step("left", le(surviving(ROUND), first * sp.Pow(2, -ROUND)),
             Instantiate("survivors", {JJ: ROUND}), ("survivors",)),
        Step("teacher", ge(surviving(ROUND), 1), Instantiate("halving", {JJ: ROUND}), ("halving",)),
        Step("power", le(2**ROUND, first), Smt(), ("left", "teacher")),
        Step("logarithm", eq(sp.log(2**ROUND), ROUND * sp.log(2)), Algebra()),
        LOG2_STEP,
        Step("compare", le(sp.log(2**ROUND), sp.log(first)),
             use("log-monotone", x=2**ROUND, y=first), ("power",)),
    )  # fmt: skip


MOST = sp.log(SIZE) / sp.log(2)
COUNTER_CLAIM = le(ROUND, MOST)
LITTLESTONE = Citation("Littlestone", "Learning quickly when irrelevant attributes abound", 1988)

halving_counterexamples = Theorem(
    name="halving-counterexamples",
    title="Counterexamples until equality",
    parameters=(CLASS_SIZE,),
    result=UpperBound(ROUND, MOST, monotone={"class": "up"}),
    assumptions=(
        Assumption(
            "halving",
            "N members at first; the proposal takes at each point the class that most of them "
            "give, so a counterexample leaves at most half of them, and always the teacher",
            run_of(SIZE, surviving(JJ) / 2),
        ),
    ),
    steps=(
        *halved(SIZE),
        Step("conclusion", COUNTER_CLAIM, Smt(), ("logarithm", "log2", "compare")),
    ),
    citation=LITTLESTONE,
    locals=(RUN,),
    schematic=(ROUNDS,),
)  # fmt: skip

CONSISTENT_CLAIM = le(ROUND, SIZE - 1)
SURVIVORS = implies(le(JJ, ROUND), le(surviving(JJ), SIZE - JJ))

consistent_counterexamples = Theorem(
    name="consistent-counterexamples",
    title="Counterexamples until equality, proposing members only",
    parameters=(CLASS_SIZE,),
    result=UpperBound(ROUND, SIZE - 1, monotone={"class": "up"}),
    assumptions=(
        Assumption(
            "removed",
            "N members at first; a counterexample removes the proposed one at least, and never "
            "the teacher",
            run_of(SIZE, surviving(JJ) - 1),
        ),
    ),
    steps=(
        Step("survivors", SURVIVORS, use("induction", claim=SURVIVORS, k=JJ, start=0),
             ("removed",)),
        Step("left", le(surviving(ROUND), SIZE - ROUND), Instantiate("survivors", {JJ: ROUND}),
             ("survivors",)),
        Step("teacher", ge(surviving(ROUND), 1), Instantiate("removed", {JJ: ROUND}), ("removed",)),
        Step("conclusion", CONSISTENT_CLAIM, Smt(), ("left", "teacher")),
    ),
    citation=LITTLESTONE,
    locals=(RUN,),
    schematic=(ROUNDS,),
)  # fmt: skip

TREE_ROUNDS = LOG_FUNCTIONS / sp.log(2)
TREE_CLAIM = le(ROUND, TREE_ROUNDS)

tree_counterexamples = Theorem(
    name="tree-counterexamples",
    title="Counterexamples until equality with a tree",
    parameters=(VARIABLES, DEPTH),
    result=UpperBound(ROUND, TREE_ROUNDS, monotone={"variables": "up", "depth": "up"}),
    assumptions=(
        COMPLETE,
        FUNCTIONS,
        Assumption(
            "halving",
            "all functions of such trees at first; a counterexample to the majority leaves at "
            "most half of them, and always the teacher",
            run_of(COMPUTED, surviving(JJ) / 2),
        ),
    ),
    steps=(
        *halved(COMPUTED),
        FUNCTIONS_COUNT,
        Step("conclusion", TREE_CLAIM, Smt(),
             ("logarithm", "log2", "compare", "functions-count")),
    ),
    citation=consistent_counterexamples.citation,
    locals=(RUN,),
    schematic=(*log_tree_functions.schematic, ROUNDS),
)  # fmt: skip

THEOREMS = (
    counterexample_error,
    subcube_error,
    halving_counterexamples,
    consistent_counterexamples,
    tree_counterexamples,
)
