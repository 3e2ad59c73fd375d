"""A class without the teacher's help: samples, rounds of counterexamples (catalogue T10, T22)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.reductions import FOUND, ROUNDS, RUN, J, halved, run_of, surviving
from theory.catalogue.trees import (
    COMPLETE,
    COMPUTED,
    FUNCTIONS,
    LOG_FUNCTIONS,
    log_tree_functions,
)
from theory.language.rules import Algebra, Balls, Cite, Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import (
    BINARY_CLASS_SIZE,
    CLASS_SIZE,
    DELTA,
    DEPTH,
    N_SAMPLES,
    VARIABLES,
    integer,
)
from theory.language.terms import Quantity, eq, ge, implies, le

N, DEL, SIZE = (p.symbol for p in (N_SAMPLES, DELTA, CLASS_SIZE))
HALF = sp.Rational(1, 2)
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)
LOG2 = Step("log2", ge(sp.log(2), HALF), Balls())

NEAR = integer("ball", "V", "most members within ε of one function", 1)
V = NEAR.symbol
SUCCESS = Quantity("success probability")
CLASS_SAMPLES = sp.log((1 - DEL) * SIZE / V) / sp.log(2)
CLASS_CLAIM = implies(ge(SUCCESS, 1 - DEL), ge(N, CLASS_SAMPLES))
class_samples = Theorem(
    name="class-samples-without-teacher",
    title="Samples that a learner of a finite class needs without a teacher",
    parameters=(BINARY_CLASS_SIZE, NEAR, DELTA),
    result=LowerBound(
        N,
        CLASS_SAMPLES,
        given=(ge(SUCCESS, 1 - DEL),),
        monotone={"class": "up", "ball": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "outputs",
            "given the points and the coins the output is a function of n bits: at most 2^n "
            "outputs, each good for at most V of the N equally likely targets",
            le(SUCCESS * SIZE, 2**N * V),
        ),
    ),
    steps=(
        Step("ratio", implies(ge(SUCCESS, 1 - DEL), le((1 - DEL) * SIZE / V, 2**N)), Smt(),
             ("outputs",)),
        Step("compare", sp.Equivalent(le((1 - DEL) * SIZE / V, 2**N),
                                      le(sp.log((1 - DEL) * SIZE / V), sp.log(2**N))),
             use("log-monotone", x=(1 - DEL) * SIZE / V, y=2**N)),
        Step("logarithm", eq(sp.log(2**N), N * sp.log(2)), Algebra()),
        LOG2,
        Step("conclusion", CLASS_CLAIM, Smt(), ("ratio", "compare", "logarithm", "log2")),
    ),
    citation=OURS,
    locals=(N_SAMPLES,),
)  # fmt: skip

CONSISTENT_CLAIM = le(FOUND, SIZE - 1)
SURVIVORS = implies(le(J, FOUND), le(surviving(J), SIZE - J))
consistent = Theorem(
    name="consistent-counterexamples",
    title="Counterexamples until equality, proposing members only",
    parameters=(CLASS_SIZE,),
    result=UpperBound(FOUND, SIZE - 1, monotone={"class": "up"}),
    assumptions=(
        Assumption(
            "removed",
            "N members at first; a counterexample removes the proposed one at least, and never "
            "the teacher",
            run_of(SIZE, surviving(J) - 1),
        ),
    ),
    steps=(
        Step("survivors", SURVIVORS, use("induction", claim=SURVIVORS, k=J, start=0), ("removed",)),
        Step("left", le(surviving(FOUND), SIZE - FOUND), Instantiate("survivors", {J: FOUND}),
             ("survivors",)),
        Step("teacher", ge(surviving(FOUND), 1), Instantiate("removed", {J: FOUND}), ("removed",)),
        Step("conclusion", CONSISTENT_CLAIM, Smt(), ("left", "teacher")),
    ),
    citation=Citation("Littlestone", "Learning quickly when irrelevant attributes abound", 1988),
    locals=(RUN,),
    schematic=(ROUNDS,),
)  # fmt: skip

TREE_ROUNDS = LOG_FUNCTIONS / sp.log(2)
TREE_CLAIM = le(FOUND, TREE_ROUNDS)
tree_counterexamples = Theorem(
    name="tree-counterexamples",
    title="Counterexamples until equality with a tree",
    parameters=(VARIABLES, DEPTH),
    result=UpperBound(FOUND, TREE_ROUNDS, monotone={"variables": "up", "depth": "up"}),
    assumptions=(
        COMPLETE,
        FUNCTIONS,
        Assumption(
            "halving",
            "all functions of such trees at first; a counterexample to the majority leaves at "
            "most half of them, and always the teacher",
            run_of(COMPUTED, surviving(J) / 2),
        ),
    ),
    steps=(
        *halved(COMPUTED),
        Step("functions-count", le(sp.log(COMPUTED), LOG_FUNCTIONS), Cite(log_tree_functions, {}),
             ("complete", "functions")),
        Step("conclusion", TREE_CLAIM, Smt(),
             ("logarithm", "log2", "compare", "functions-count")),
    ),
    citation=consistent.citation,
    locals=(RUN,),
    schematic=(*log_tree_functions.schematic, ROUNDS),
)  # fmt: skip

THEOREMS = (
    class_samples,
    consistent,
    tree_counterexamples,
)
