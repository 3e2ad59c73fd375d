"""Counting trees, and what that means for sample sizes.

d Boolean variables, leaves with two classes. A complete tree of depth r has all its leaves at
depth r; every function of a tree of depth at most r is computed by a complete one, because a
leaf may be split into two equal leaves.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.occam import (
    AGREEMENTS,
    BAD_CONSISTENT,
    LABELLED,
    MEMBER,
    G,
    occam_realizable,
)
from theory.catalogue.shared import DEL, EPS, LEVEL, NEGATIVE, OURS, D, N, T
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import Count, LowerBound, SampleSize, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, DEPTH, EPSILON, LEAVES, N_SAMPLES, VARIABLES
from theory.language.terms import IntegerQuantity, Members, Pr, Quantity, conj, eq, ge, implies, le

R = DEPTH.symbol


def count(r: sp.Expr) -> sp.Expr:
    """The number of trees of depth at most r, as a term."""
    return IntegerQuantity("trees", r)


def count_bound(r: sp.Expr) -> sp.Expr:
    """((2d + 1)^(2^r) - 1)/d."""
    return ((2 * D + 1) ** (2**r) - 1) / D


TOWER = (2 * D + 1) ** (2**T)

tree_count = Theorem(
    name="tree-count",
    title="Decision trees of bounded depth",
    parameters=(VARIABLES, DEPTH),
    result=UpperBound(count(R), count_bound(R), monotone={"variables": "up", "depth": "up"}),
    assumptions=(
        Assumption(
            "recursion",
            "a tree is a leaf of two classes, or a variable and two trees of less depth",
            conj(
                eq(count(sp.Integer(0)), 2),
                eq(count(T + 1), 2 + D * count(T) ** 2),
                ge(count(T), 0),
            ),
        ),
    ),
    steps=(
        Step("exponent", ge(2**T, 1), use("power-exponent", x=2, a=0, b=T)),
        Step(
            "base",
            ge(TOWER, 2 * D + 1),
            use("power-exponent", x=2 * D + 1, a=1, b=2**T),
            ("exponent",),
        ),
        Step(
            "square",
            eq(sp.Pow(TOWER, 2, evaluate=False), (2 * D + 1) ** (2 ** (T + 1))),
            Algebra(),
        ),
        Step(
            "levels",
            le(count(T), count_bound(T)),
            use("induction", claim=le(count(T), count_bound(T)), k=T, start=0),
            ("recursion", "base", "square"),
            "2d + (c - 1)² <= c² - 1 for c = (2d + 1)^(2^t) >= d + 1.",
        ),
        Step(
            "conclusion",
            le(count(R), count_bound(R)),
            Instantiate("levels", {T: R}),
            ("levels",),
        ),
    ),
    citation=OURS,
    schematic=(LEVEL,),
)


def floor_of_count(r: sp.Expr) -> sp.Expr:
    """(2d)^(2^r)/d."""
    return (2 * D) ** (2**r) / D


tree_count_lower = Theorem(
    name="tree-count-lower",
    title="Decision trees of bounded depth, from below",
    parameters=(VARIABLES, DEPTH),
    result=LowerBound(count(R), floor_of_count(R), monotone={"variables": "up", "depth": "up"}),
    assumptions=(
        Assumption(
            "recursion",
            "a tree is a leaf of two classes, or a variable and two trees of less depth",
            conj(eq(count(sp.Integer(0)), 2), eq(count(T + 1), 2 + D * count(T) ** 2)),
        ),
    ),
    steps=(
        Step(
            "square",
            eq(sp.Pow(floor_of_count(T), 2, evaluate=False), (2 * D) ** (2 ** (T + 1)) / D**2),
            Algebra(),
        ),
        Step("positive", ge((2 * D) ** (2**T), 1),
             use("power-exponent", x=2 * D, a=0, b=2**T)),
        Step(
            "levels",
            ge(count(T), floor_of_count(T)),
            use("induction", claim=ge(count(T), floor_of_count(T)), k=T, start=0),
            ("recursion", "square", "positive"),
        ),
        Step("conclusion", ge(count(R), floor_of_count(R)), Instantiate("levels", {T: R}),
             ("levels",)),
    ),
    citation=OURS,
    schematic=(LEVEL,),
)  # fmt: skip

COMPUTED = Members(G, sp.true)
LOG_FUNCTIONS = 2**R * sp.log(2 * D) - sp.log(D)


def complete(r: sp.Expr) -> sp.Expr:
    """The number of complete trees of depth r, as a term."""
    return IntegerQuantity("complete trees", r)


COMPLETE = Assumption(
    "complete",
    "a complete tree of depth 0 is one of 2 leaves; of depth r + 1, one of d variables at the "
    "root and two complete trees of depth r",
    conj(eq(complete(sp.Integer(0)), 2), eq(complete(T + 1), D * complete(T) ** 2)),
)
FUNCTIONS = Assumption(
    "functions",
    "G is the functions of trees of depth at most r; each has a complete tree, and there is one",
    conj(le(COMPUTED, complete(R)), ge(COMPUTED, 1)),
)
COUNT_STEPS = (
    Step(
        "square",
        eq(sp.Pow((2 * D) ** (2**T), 2, evaluate=False), (2 * D) ** (2 ** (T + 1))),
        Algebra(),
        words="((2d)^(2^t))^2 = (2d)^(2^(t+1)).",
    ),
    Step(
        "complete-count",
        eq(complete(T), floor_of_count(T)),
        use("induction", claim=eq(complete(T), floor_of_count(T)), k=T, start=0),
        ("complete", "square"),
        "So there are (2d)^(2^t)/d complete trees of depth t.",
    ),
    Step(
        "at-depth",
        eq(complete(R), floor_of_count(R)),
        Instantiate("complete-count", {T: R}),
        ("complete-count",),
    ),
    Step(
        "logarithm",
        eq(sp.log(floor_of_count(R)), LOG_FUNCTIONS),
        Algebra(),
        words="Its logarithm.",
    ),
    Step(
        "compare",
        sp.Equivalent(
            le(COMPUTED, floor_of_count(R)), le(sp.log(COMPUTED), sp.log(floor_of_count(R)))
        ),
        use("log-monotone", x=COMPUTED, y=floor_of_count(R)),
        ("functions",),
    ),
    Step(
        "log-count",
        le(sp.log(COMPUTED), LOG_FUNCTIONS),
        Smt(),
        ("functions", "at-depth", "logarithm", "compare"),
        "Hence the logarithm of the number of functions is at most 2^r ln(2d) - ln d.",
    ),
)

log_tree_functions = Theorem(
    name="log-tree-functions",
    title="Functions of decision trees of bounded depth",
    parameters=(VARIABLES, DEPTH),
    result=UpperBound(
        sp.log(COMPUTED),
        LOG_FUNCTIONS,
        monotone={"variables": "up", "depth": "up"},
        useless=ge(LOG_FUNCTIONS, 2**D * sp.log(2)),
    ),
    assumptions=(COMPLETE, FUNCTIONS),
    steps=COUNT_STEPS,
    citation=OURS,
    schematic=(
        MEMBER,
        LEVEL,
    ),
)

FUNCTIONS_COUNT = Step(
    "functions-count",
    le(sp.log(COMPUTED), LOG_FUNCTIONS),
    Cite(log_tree_functions, {}),
    ("complete", "functions"),
)

BY_LEAVES = IntegerQuantity("trees with s leaves")
S = LEAVES.symbol
SHAPES = sp.binomial(2 * S - 2, S - 1) / S
LEAF_COUNT = SHAPES * D ** (S - 1) * 2**S


def inner(t: sp.Expr) -> sp.Expr:
    """The ways to choose the variables of t inner nodes."""
    return Quantity("variables of inner nodes", t)


def classes(t: sp.Expr) -> sp.Expr:
    """The ways to choose the classes of t leaves."""
    return Quantity("classes of leaves", t)


CHOICES = Assumption(
    "choices",
    "a tree with s leaves is a binary tree with s - 1 inner nodes, each with one of d variables, "
    "and a class for each leaf",
    conj(
        eq(inner(sp.Integer(0)), 1),
        eq(inner(T + 1), D * inner(T)),
        eq(classes(sp.Integer(0)), 1),
        eq(classes(T + 1), 2 * classes(T)),
        eq(BY_LEAVES, Quantity("binary trees with leaves", S) * inner(S - 1) * classes(S)),
    ),
)
INNER_NODES = Step("inner-nodes", eq(inner(S - 1), D ** (S - 1)), Instantiate("inner", {T: S - 1}),
                   ("inner",))  # fmt: skip
SHAPES_COUNTED = Step(
    "shapes", eq(Quantity("binary trees with leaves", S), SHAPES), use("catalan", leaves=S)
)
FEW_SHAPES = (
    Step("row", le(sp.binomial(2 * S - 2, S - 1), 2 ** (2 * S - 2)),
         use("binomial-row", n=2 * S - 2, k=S - 1)),
    Step("four", eq(2 ** (2 * S - 2), 4 ** (S - 1)), Algebra()),
    Step("positive", ge(sp.binomial(2 * S - 2, S - 1), 1),
         use("binomial-positive", n=2 * S - 2, k=S - 1)),
    Step("shape-count", le(SHAPES, 4 ** (S - 1)), Smt(), ("row", "four", "positive"),
         "C(2j, j)/(j + 1) <= 4^j."),
)  # fmt: skip
"""There are 4^(s - 1) binary trees with s leaves at the most."""
LEAF_STEPS = (
    Step("variables-power", eq(sp.Mul(D, D**T, evaluate=False), D ** (T + 1)), Algebra()),
    Step("inner", eq(inner(T), D**T), use("induction", claim=eq(inner(T), D**T), k=T, start=0),
         ("choices", "variables-power")),
    Step("classes-power", eq(sp.Mul(2, 2**T, evaluate=False), 2 ** (T + 1)), Algebra()),
    Step("classes", eq(classes(T), 2**T),
         use("induction", claim=eq(classes(T), 2**T), k=T, start=0),
         ("choices", "classes-power")),
    INNER_NODES,
    Step("leaves", eq(classes(S), 2**S), Instantiate("classes", {T: S}), ("classes",)),
    SHAPES_COUNTED,
    Step("trees", eq(BY_LEAVES, LEAF_COUNT), Smt(),
         ("choices", "inner-nodes", "leaves", "shapes")),
)  # fmt: skip

tree_count_leaves = Theorem(
    name="tree-count-leaves",
    title="Decision trees with a given number of leaves",
    parameters=(VARIABLES, LEAVES),
    result=Count(BY_LEAVES, LEAF_COUNT, monotone={"variables": "up", "leaves": "up"}),
    assumptions=(CHOICES,),
    steps=(*LEAF_STEPS[:-1], Step("conclusion", eq(BY_LEAVES, LEAF_COUNT), Smt(),
                                  ("choices", "inner-nodes", "leaves", "shapes"))),
    citation=OURS,
    schematic=(LEVEL,),
)  # fmt: skip

LOG_LEAVES = (S - 1) * sp.log(4 * D) + S * sp.log(2)
FEWER = IntegerQuantity("functions of trees with at most s leaves")
SIMPLE_COUNT = 4 ** (S - 1) * D ** (S - 1) * 2**S

log_tree_functions_leaves = Theorem(
    name="log-tree-functions-leaves",
    title="Functions of decision trees with few leaves",
    parameters=(VARIABLES, LEAVES),
    result=UpperBound(
        sp.log(FEWER),
        LOG_LEAVES,
        monotone={"variables": "up", "leaves": "up"},
        useless=ge(LOG_LEAVES, 2**D * sp.log(2)),
    ),
    assumptions=(
        CHOICES,
        Assumption(
            "padding",
            "a leaf may be split into two equal leaves, so every such function has a tree with "
            "exactly s leaves; there is one function at least",
            conj(ge(FEWER, 1), le(FEWER, BY_LEAVES)),
        ),
    ),
    steps=(
        *LEAF_STEPS,
        *FEW_SHAPES,
        Step("powers", conj(ge(D ** (S - 1), 0), ge(2**S, 0), ge(D ** (S - 1) * 2**S, 0)), Smt()),
        Step("bound", le(FEWER, SIMPLE_COUNT), Smt(),
             ("padding", "trees", "shape-count", "powers")),
        Step("compare", sp.Equivalent(le(FEWER, SIMPLE_COUNT),
                                      le(sp.log(FEWER), sp.log(SIMPLE_COUNT))),
             use("log-monotone", x=FEWER, y=SIMPLE_COUNT), ("padding", "bound")),
        Step("logarithm", eq(sp.log(SIMPLE_COUNT), LOG_LEAVES), Algebra()),
        Step("conclusion", le(sp.log(FEWER), LOG_LEAVES), Smt(),
             ("bound", "compare", "logarithm")),
    ),
    citation=OURS,
    schematic=(LEVEL,),
)  # fmt: skip

SAMPLES = (LOG_FUNCTIONS - sp.log(DEL)) / (-sp.log(1 - EPS))

occam_trees_realizable = Theorem(
    name="occam-trees-realizable",
    title="Consistent decision trees of bounded depth, realizable",
    parameters=(VARIABLES, DEPTH, EPSILON, DELTA),
    result=SampleSize(
        N,
        SAMPLES,
        le(Pr(BAD_CONSISTENT), DEL),
        monotone={"variables": "up", "depth": "up", "epsilon": "down", "delta": "down"},
        useless=ge(LOG_FUNCTIONS, 2**D * sp.log(2)),
    ),
    assumptions=(
        COMPLETE,
        FUNCTIONS,
        AGREEMENTS,
    ),
    experiment=LABELLED,
    steps=(
        *COUNT_STEPS,
        NEGATIVE,
        Step(
            "occam",
            implies(
                ge(N, (sp.log(COMPUTED) - sp.log(DEL)) / (-sp.log(1 - EPS))),
                le(Pr(BAD_CONSISTENT), DEL),
            ),
            Cite(occam_realizable, {"class": COMPUTED}),
            ("error", "functions", "negative"),
            "Occam's razor for the functions of these trees.",
        ),
        Step(
            "conclusion",
            implies(ge(N, SAMPLES), le(Pr(BAD_CONSISTENT), DEL)),
            Smt(),
            ("log-count", "occam", "negative"),
        ),
    ),
    citation=occam_realizable.citation,
    locals=(N_SAMPLES,),
    schematic=(
        MEMBER,
        LEVEL,
    ),
)

THEOREMS = (
    tree_count,
    tree_count_lower,
    log_tree_functions,
    tree_count_leaves,
    log_tree_functions_leaves,
    occam_trees_realizable,
)
