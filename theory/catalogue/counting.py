"""More about how many trees and juntas there are, and what follows (T7, T9, T10a, T22)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.reductions import surviving
from theory.catalogue.trees import (
    COMPLETE,
    COMPUTED,
    FUNCTIONS,
    LEVEL,
    LOG_FUNCTIONS,
    TREES,
    count,
    log_tree_functions,
)
from theory.rules import Algebra, Balls, Cite, Instantiate, Smt, use
from theory.statement import Assumption, Bound, Citation, Step, Theorem
from theory.symbols import CLASS_SIZE, DELTA, DEPTH, LEAVES, N_SAMPLES, VARIABLES, integer
from theory.terms import IntegerQuantity, Quantity, conj, eq, ge, implies, le

D, R, S, T, N, DEL, SIZE = (
    p.symbol for p in (VARIABLES, DEPTH, LEAVES, LEVEL, N_SAMPLES, DELTA, CLASS_SIZE)
)
HALF = sp.Rational(1, 2)
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)
LOG2 = Step("log2", ge(sp.log(2), HALF), Balls())


def floor_of_count(r: sp.Expr) -> sp.Expr:
    """(2d)^(2^r)/d."""
    return (2 * D) ** (2**r) / D


tree_count_lower = Theorem(
    name="tree-count-lower",
    title="Decision trees of bounded depth, from below",
    statement=(
        "There are at least (2d)^(2^r)/d trees of depth at most r over d Boolean variables: "
        "T_0 = 2, T_(r+1) = 2 + d T_r² >= d T_r²."
    ),
    parameters=(VARIABLES, DEPTH),
    result=Bound(
        floor_of_count(R),
        "lower bound for the number of trees",
        rounding="up",
        monotone={"variables": "up", "depth": "up"},
    ),
    claim=ge(count(R), floor_of_count(R)),
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

VC_TREES = Quantity("VC dimension of the trees")
VC_UPPER = LOG_FUNCTIONS / sp.log(2)
vc_trees_upper = Theorem(
    name="vc-trees-upper",
    title="VC dimension of decision trees, from above",
    statement=(
        "Trees of depth at most r over d Boolean variables have a VC dimension of at most "
        "2^r log2(2d) - log2 d."
    ),
    parameters=(VARIABLES, DEPTH),
    result=Bound(
        VC_UPPER,
        "upper bound for the VC dimension",
        rounding="down",
        vacuous=ge(LOG_FUNCTIONS, 2**D * sp.log(2)),
        vacuous_words="when it reaches the number 2^d of points",
        monotone={"variables": "up", "depth": "up"},
    ),
    claim=le(VC_TREES, VC_UPPER),
    assumptions=(
        COMPLETE,
        FUNCTIONS,
        Assumption(
            "shattered",
            "on a shattered set of v points the class has all 2^v labellings",
            conj(ge(VC_TREES, 0), le(2**VC_TREES, COMPUTED)),
        ),
    ),
    steps=(
        Step(
            "compare",
            sp.Equivalent(le(2**VC_TREES, COMPUTED), le(sp.log(2**VC_TREES), sp.log(COMPUTED))),
            use("log-monotone", x=2**VC_TREES, y=COMPUTED),
            ("functions",),
        ),
        Step("logarithm", eq(sp.log(2**VC_TREES), VC_TREES * sp.log(2)), Algebra()),
        Step("functions-count", le(sp.log(COMPUTED), LOG_FUNCTIONS), Cite(log_tree_functions, {}),
             ("complete", "functions")),
        LOG2,
        Step("conclusion", le(VC_TREES, VC_UPPER), Smt(),
             ("compare", "logarithm", "functions-count", "log2", "shattered")),
    ),
    citation=TREES,
    schematic=log_tree_functions.schematic,
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

vc_trees_lower = Theorem(
    name="vc-trees-lower",
    title="VC dimension of decision trees, from below",
    statement=(
        "For r <= d trees of depth r shatter the 2^r points in which only the first r variables "
        "vary: a complete tree of these variables has one leaf for each."
    ),
    parameters=(VARIABLES, DEPTH),
    result=Bound(2**R, "lower bound for the VC dimension", rounding="up", monotone={"depth": "up"}),
    claim=ge(VC_TREES, 2**R),
    assumptions=(
        *CUBE,
        Assumption(
            "shatters",
            "the complete tree over r variables gives each point of their cube any class",
            implies(le(R, D), ge(VC_TREES, cube(R))),
        ),
    ),
    steps=(
        *CUBE_STEPS,
        Step("at-depth", eq(cube(R), 2**R), Instantiate("cubes", {T: R}), ("cubes",)),
        Step("conclusion", ge(VC_TREES, 2**R), Smt(), ("at-depth", "shatters")),
    ),
    citation=TREES,
    requires=(Assumption("shallow", "depth <= variables", le(R, D)),),
    schematic=(LEVEL,),
)

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
    statement=(
        "There are C(2s - 2, s - 1)/s d^(s - 1) 2^s trees with exactly s leaves over d Boolean "
        "variables (a path may test a variable twice)."
    ),
    parameters=(VARIABLES, LEAVES),
    result=Bound(
        LEAF_COUNT,
        "number of trees",
        rounding="up",
        monotone={"variables": "up", "leaves": "up"},
    ),
    claim=eq(BY_LEAVES, LEAF_COUNT),
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
    statement=(
        "Trees with at most s leaves over d Boolean variables compute at most "
        "4^(s-1) d^(s-1) 2^s functions; this is the logarithm of that number."
    ),
    parameters=(VARIABLES, LEAVES),
    result=Bound(
        LOG_LEAVES,
        "upper bound for the natural logarithm of the number of functions",
        vacuous=ge(LOG_LEAVES, 2**D * sp.log(2)),
        vacuous_words="when it exceeds the logarithm of the number 2^(2^d) of all functions",
        monotone={"variables": "up", "leaves": "up"},
    ),
    claim=le(sp.log(FEWER), LOG_LEAVES),
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

RELEVANT = integer("relevant", "k", "number of relevant variables at most")
K = RELEVANT.symbol
ORDER = integer("j", "j", "a number of variables")
J, II = ORDER.symbol, sp.Symbol("i", integer=True, nonnegative=True)
JUNTAS = IntegerQuantity("juntas")
SIGNED = sp.Sum((-1) ** II * sp.binomial(J, II) * 2 ** (2 ** (J - II)), (II, 0, J))


def exactly(j: sp.Expr) -> sp.Expr:
    """The functions of j variables that depend on each of them."""
    return Quantity("all relevant", j)


junta_count = Theorem(
    name="junta-count",
    title="Functions with few relevant variables",
    statement=(
        "Exactly Σ_(j<=k) C(d, j) A_j functions of d Boolean variables depend on at most k of "
        "them, A_j = Σ_i (-1)^i C(j, i) 2^(2^(j-i))."
    ),
    parameters=(VARIABLES, RELEVANT),
    result=Bound(
        sp.Sum(sp.binomial(D, J) * SIGNED, (J, 0, K)),
        "number of functions",
        rounding="up",
        monotone={"variables": "up", "relevant": "up"},
        trend_facts=("inversion", "numbers"),
    ),
    claim=eq(JUNTAS, sp.Sum(sp.binomial(D, J) * SIGNED, (J, 0, K))),
    assumptions=(
        Assumption(
            "relevant",
            "each function has one set of relevant variables, of at most k of the d; each of the "
            "2^(2^j) functions of j variables has one among these",
            conj(
                eq(JUNTAS, sp.Sum(sp.binomial(D, J) * exactly(J), (J, 0, K))),
                eq(2 ** (2**J), sp.Sum(sp.binomial(J, II) * exactly(II), (II, 0, J))),
            ),
        ),
        Assumption("numbers", "A_j counts functions, so it is not negative", ge(exactly(J), 0)),
    ),
    steps=(
        Step(
            "inversion",
            eq(exactly(J), SIGNED),
            use("binomial-inversion", parts=exactly(J), totals=2 ** (2**J), index=J, size=J),
            ("relevant",),
            "Inclusion-exclusion.",
        ),
        Step(
            "sum",
            eq(
                sp.Sum(sp.binomial(D, J) * exactly(J), (J, 0, K)),
                sp.Sum(sp.binomial(D, J) * SIGNED, (J, 0, K)),
            ),
            use(
                "series-terms",
                left=sp.binomial(D, J) * exactly(J),
                right=sp.binomial(D, J) * SIGNED,
                index=J,
                first=0,
                last=K,
            ),
            ("inversion",),
        ),
        Step("conclusion", eq(JUNTAS, sp.Sum(sp.binomial(D, J) * SIGNED, (J, 0, K))), Smt(),
             ("relevant", "sum")),
    ),
    citation=Citation("Graham, Knuth, Patashnik", "Concrete Mathematics, chapter 5", 1994),
    schematic=(ORDER,),
)  # fmt: skip

TABLES = sp.binomial(D, K) * 2 ** (2**K)
junta_bound = Theorem(
    name="junta-count-upper",
    title="Functions with few relevant variables, simple form",
    statement=(
        "For k <= d at most C(d, k) 2^(2^k) functions of d Boolean variables depend on at most k "
        "of them: choose k variables that contain the relevant ones, and a table."
    ),
    parameters=(VARIABLES, RELEVANT),
    result=Bound(
        TABLES,
        "upper bound for the number of functions",
        rounding="down",
        vacuous=ge(TABLES, 2 ** (2**D)),
        vacuous_words="when it reaches the number 2^(2^d) of all functions",
        monotone={"variables": "up", "relevant": "up"},
    ),
    claim=le(JUNTAS, TABLES),
    assumptions=(
        *CUBE,
        Assumption(
            "superset",
            "k <= d: some k variables contain the relevant ones; a table has a value for each of "
            "their points",
            implies(
                le(K, D), le(JUNTAS, sp.binomial(D, K) * Quantity("tables", cube(K)))
            ),
        ),
        Assumption(
            "tables",
            "p values can be chosen in 2^p ways",
            implies(ge(J, 0), eq(cube(K), J), eq(Quantity("tables", cube(K)), 2**J)),
        ),
    ),
    steps=(
        *CUBE_STEPS,
        Step("points", eq(cube(K), 2**K), Instantiate("cubes", {T: K}), ("cubes",)),
        Step("values", eq(Quantity("tables", cube(K)), 2 ** (2**K)),
             Instantiate("tables", {J: 2**K}), ("tables", "points")),
        Step("conclusion", le(JUNTAS, TABLES), Smt(), ("superset", "values")),
    ),
    citation=junta_count.citation,
    requires=(Assumption("few", "relevant <= variables", le(K, D)),),
    schematic=(LEVEL, ORDER),
)  # fmt: skip

NEAR = integer("ball", "V", "most members within ε of one function", 1)
V = NEAR.symbol
SUCCESS = Quantity("success probability")
CLASS_SAMPLES = sp.log((1 - DEL) * SIZE / V) / sp.log(2)
CLASS_CLAIM = implies(ge(SUCCESS, 1 - DEL), ge(N, CLASS_SAMPLES))
class_samples = Theorem(
    name="class-samples-without-teacher",
    title="Samples that a learner of a finite class needs without a teacher",
    statement=(
        "A learner without a teacher that comes within ε of a uniformly random member of a class "
        "of N with probability at least 1 - δ needs n >= log2((1 - δ) N / V) samples, where at "
        "most V members are within ε of any one function (V = 1: naming it exactly)."
    ),
    parameters=(CLASS_SIZE, NEAR, DELTA),
    result=Bound(
        CLASS_SAMPLES,
        "samples that every learner without a teacher needs",
        rounding="up",
        vacuous=le(CLASS_SAMPLES, 0),
        vacuous_words="when it is not positive",
        monotone={"class": "up", "ball": "down", "delta": "down"},
    ),
    claim=CLASS_CLAIM,
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

ROUNDS = integer("j", "j", "counterexamples so far")
CONSISTENT_CLAIM = le(ROUNDS.symbol, SIZE - 1)
consistent = Theorem(
    name="consistent-counterexamples",
    title="Counterexamples until equality, proposing members only",
    statement=(
        "With an exact equivalence check, proposing any member of a class of N that agrees with "
        "the counterexamples so far finds the teacher after at most N - 1 of them."
    ),
    parameters=(CLASS_SIZE,),
    result=Bound(SIZE - 1, "counterexamples at most", rounding="down", monotone={"class": "up"}),
    claim=CONSISTENT_CLAIM,
    assumptions=(
        Assumption(
            "removed",
            "N members at first; a counterexample removes the proposed one at least, and never "
            "the teacher",
            conj(
                eq(surviving(sp.Integer(0)), SIZE),
                le(surviving(J + 1), surviving(J) - 1),
                ge(surviving(J), 1),
            ),
        ),
    ),
    steps=(
        Step("survivors", le(surviving(J), SIZE - J),
             use("induction", claim=le(surviving(J), SIZE - J), k=J, start=0), ("removed",)),
        Step("conclusion", CONSISTENT_CLAIM, Smt(), ("survivors", "removed")),
    ),
    citation=Citation("Littlestone", "Learning quickly when irrelevant attributes abound", 1988),
    schematic=(ROUNDS,),
)  # fmt: skip

TREE_ROUNDS = LOG_FUNCTIONS / sp.log(2)
TREE_CLAIM = le(J, TREE_ROUNDS)
tree_counterexamples = Theorem(
    name="tree-counterexamples",
    title="Counterexamples until equality with a tree",
    statement=(
        "With an exact equivalence check that accepts any hypothesis, asking the majority vote "
        "finds a teacher that is a tree of depth at most r over d Boolean variables after at most "
        "(2^r ln(2d) - ln d)/ln 2 counterexamples."
    ),
    parameters=(VARIABLES, DEPTH),
    result=Bound(
        TREE_ROUNDS,
        "counterexamples at most",
        rounding="down",
        monotone={"variables": "up", "depth": "up"},
    ),
    claim=TREE_CLAIM,
    assumptions=(
        COMPLETE,
        FUNCTIONS,
        Assumption(
            "halving",
            "all functions of such trees at first; a counterexample to the majority leaves at "
            "most half of them, and always the teacher",
            conj(
                eq(surviving(sp.Integer(0)), COMPUTED),
                le(surviving(J + 1), surviving(J) / 2),
                ge(surviving(J), 1),
            ),
        ),
    ),
    steps=(
        Step("next", eq(sp.Mul(sp.Pow(2, -J), HALF, evaluate=False), sp.Pow(2, -J - 1)), Algebra()),
        Step(
            "survivors",
            le(surviving(J), COMPUTED * sp.Pow(2, -J)),
            use("induction", claim=le(surviving(J), COMPUTED * sp.Pow(2, -J)), k=J, start=0),
            ("halving", "next"),
        ),
        Step("power", le(2**J, COMPUTED), Smt(), ("survivors", "halving")),
        Step("logarithm", eq(sp.log(2**J), J * sp.log(2)), Algebra()),
        LOG2,
        Step("compare", le(sp.log(2**J), sp.log(COMPUTED)),
             use("log-monotone", x=2**J, y=COMPUTED), ("power",)),
        Step("functions-count", le(sp.log(COMPUTED), LOG_FUNCTIONS), Cite(log_tree_functions, {}),
             ("complete", "functions")),
        Step("conclusion", TREE_CLAIM, Smt(),
             ("logarithm", "log2", "compare", "functions-count")),
    ),
    citation=consistent.citation,
    schematic=(*log_tree_functions.schematic, ROUNDS),
)  # fmt: skip

THEOREMS = (
    tree_count_lower,
    tree_count_leaves,
    log_leaves,
    junta_count,
    junta_bound,
    vc_trees_upper,
    vc_trees_lower,
    class_samples,
    consistent,
    tree_counterexamples,
)
