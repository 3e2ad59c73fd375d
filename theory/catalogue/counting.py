"""More about how many trees there are (catalogue T9)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.trees import (
    LEVEL,
    TREES,
    count,
)
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import Count, LowerBound, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DEPTH, LEAVES, VARIABLES
from theory.language.terms import IntegerQuantity, Quantity, conj, eq, ge, le

D, R, S, T = (p.symbol for p in (VARIABLES, DEPTH, LEAVES, LEVEL))


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
    citation=TREES,
    schematic=(LEVEL,),
)  # fmt: skip


def cube(t: sp.Expr) -> sp.Expr:
    """The number of points of the cube of t variables."""
    return Quantity("points of the cube", t)


CUBE = (
    Assumption(
        "cube",
        "one more Boolean variable doubles the points",
        conj(eq(cube(sp.Integer(0)), 1), eq(cube(T + 1), 2 * cube(T))),
    ),
)
CUBE_STEPS = (
    Step("doubling", eq(sp.Mul(2, 2**T, evaluate=False), 2 ** (T + 1)), Algebra()),
    Step("cubes", eq(cube(T), 2**T), use("induction", claim=eq(cube(T), 2**T), k=T, start=0),
         ("cube", "doubling")),
)  # fmt: skip

SHAPES = sp.binomial(2 * S - 2, S - 1) / S
BY_LEAVES = IntegerQuantity("trees with s leaves")
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
LEAF_STEPS = (
    Step("variables-power", eq(sp.Mul(D, D**T, evaluate=False), D ** (T + 1)), Algebra()),
    Step("inner", eq(inner(T), D**T), use("induction", claim=eq(inner(T), D**T), k=T, start=0),
         ("choices", "variables-power")),
    Step("classes-power", eq(sp.Mul(2, 2**T, evaluate=False), 2 ** (T + 1)), Algebra()),
    Step("classes", eq(classes(T), 2**T),
         use("induction", claim=eq(classes(T), 2**T), k=T, start=0),
         ("choices", "classes-power")),
    Step("inner-nodes", eq(inner(S - 1), D ** (S - 1)), Instantiate("inner", {T: S - 1}),
         ("inner",)),
    Step("leaves", eq(classes(S), 2**S), Instantiate("classes", {T: S}), ("classes",)),
    Step("shapes", eq(Quantity("binary trees with leaves", S), SHAPES), use("catalan", leaves=S)),
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
    citation=TREES,
    schematic=(LEVEL,),
)  # fmt: skip

LOG_LEAVES = (S - 1) * sp.log(4 * D) + S * sp.log(2)
FEWER = IntegerQuantity("functions of trees with at most s leaves")
SIMPLE_COUNT = 4 ** (S - 1) * D ** (S - 1) * 2**S
log_leaves = Theorem(
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
        Step("row", le(sp.binomial(2 * S - 2, S - 1), 2 ** (2 * S - 2)),
             use("binomial-row", n=2 * S - 2, k=S - 1)),
        Step("four", eq(2 ** (2 * S - 2), 4 ** (S - 1)), Algebra()),
        Step("positive", ge(sp.binomial(2 * S - 2, S - 1), 1),
             use("binomial-positive", n=2 * S - 2, k=S - 1)),
        Step("shape-count", le(SHAPES, 4 ** (S - 1)), Smt(), ("row", "four", "positive"),
             "C(2j, j)/(j + 1) <= 4^j."),
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
    citation=TREES,
    schematic=(LEVEL,),
)  # fmt: skip

THEOREMS = (
    tree_count_lower,
    tree_count_leaves,
    log_leaves,
)
