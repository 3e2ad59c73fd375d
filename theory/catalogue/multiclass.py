"""Trees with several classes or real features, counted; sample sizes for consistent ones.

d tests, c classes of the leaves; with c = 2 these are the counts of Boolean trees.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.influences import EHRENFEUCHT
from theory.catalogue.occam import (
    AGREEMENTS,
    BAD_CONSISTENT,
    LABELLED,
    MEMBER,
    G,
    occam_realizable,
)
from theory.catalogue.shared import DEL, EPS, LEVEL, NEGATIVE, OURS, D, N, T
from theory.catalogue.trees import (
    FEW_SHAPES,
    INNER_NODES,
    SHAPES,
    SHAPES_COUNTED,
    R,
    S,
    complete,
    inner,
)
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
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import Count, SampleSize, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.substitution import substitute
from theory.language.symbols import DELTA, DEPTH, EPSILON, LEAVES, N_SAMPLES, VARIABLES, integer
from theory.language.terms import IntegerQuantity, Members, Pr, Quantity, conj, eq, ge, implies, le

CLASSES = integer("classes", "c", "number of classes of the leaves", 1)
C = CLASSES.symbol
COMPUTED = Members(G, sp.true)
LOG_DEPTH = (2**R - 1) * sp.log(D) + 2**R * sp.log(C)


def by_depth(r: sp.Expr) -> sp.Expr:
    """d^(2^r - 1) c^(2^r)."""
    return D ** (2**r - 1) * C ** (2**r)


COMPLETE = Assumption(
    "complete",
    "a complete tree of depth 0 is a leaf of c classes; of depth r + 1, one of d tests at the "
    "root and two complete trees of depth r",
    conj(eq(complete(sp.Integer(0)), C), eq(complete(T + 1), D * complete(T) ** 2)),
)
FUNCTIONS = Assumption(
    "functions",
    "G is the functions of trees of depth at most r; each has a complete tree, and there is one",
    conj(le(COMPUTED, complete(R)), ge(COMPUTED, 1)),
)

log_tree_functions_multiclass = Theorem(
    name="log-tree-functions-multiclass",
    title="Functions of decision trees of bounded depth with several classes",
    parameters=(VARIABLES, CLASSES, DEPTH),
    result=UpperBound(
        sp.log(COMPUTED),
        LOG_DEPTH,
        monotone={"variables": "up", "classes": "up", "depth": "up"},
        useless=ge(LOG_DEPTH, 2**D * sp.log(C)),
    ),
    assumptions=(COMPLETE, FUNCTIONS),
    steps=(
        Step(
            "square",
            eq(sp.Mul(D, sp.Pow(by_depth(T), 2, evaluate=False), evaluate=False), by_depth(T + 1)),
            Algebra(),
        ),
        Step(
            "complete-count",
            eq(complete(T), by_depth(T)),
            use("induction", claim=eq(complete(T), by_depth(T)), k=T, start=0),
            ("complete", "square"),
            "So there are d^(2^t - 1) c^(2^t) complete trees of depth t.",
        ),
        Step("at-depth", eq(complete(R), by_depth(R)), Instantiate("complete-count", {T: R}),
             ("complete-count",)),
        Step("logarithm", eq(sp.log(by_depth(R)), LOG_DEPTH), Algebra()),
        Step(
            "compare",
            sp.Equivalent(le(COMPUTED, by_depth(R)), le(sp.log(COMPUTED), sp.log(by_depth(R)))),
            use("log-monotone", x=COMPUTED, y=by_depth(R)),
            ("functions",),
        ),
        Step("conclusion", le(sp.log(COMPUTED), LOG_DEPTH), Smt(),
             ("functions", "at-depth", "logarithm", "compare")),
    ),
    citation=OURS,
    schematic=(MEMBER, LEVEL),
)  # fmt: skip


def labels(t: sp.Expr) -> sp.Expr:
    """The ways to choose the classes of t leaves."""
    return Quantity("classes of leaves, of several", t)


WITH_LEAVES = IntegerQuantity("trees with s leaves and several classes")
LEAF_COUNT = SHAPES * D ** (S - 1) * C**S
CHOICES = Assumption(
    "choices",
    "a tree with s leaves is a binary tree with s - 1 inner nodes, each with one of d tests, "
    "and one of c classes for each leaf",
    conj(
        eq(inner(sp.Integer(0)), 1),
        eq(inner(T + 1), D * inner(T)),
        eq(labels(sp.Integer(0)), 1),
        eq(labels(T + 1), C * labels(T)),
        eq(WITH_LEAVES, Quantity("binary trees with leaves", S) * inner(S - 1) * labels(S)),
    ),
)
LEAF_STEPS = (
    Step("tests-power", eq(sp.Mul(D, D**T, evaluate=False), D ** (T + 1)), Algebra()),
    Step("inner", eq(inner(T), D**T), use("induction", claim=eq(inner(T), D**T), k=T, start=0),
         ("choices", "tests-power")),
    Step("classes-power", eq(sp.Mul(C, C**T, evaluate=False), C ** (T + 1)), Algebra()),
    Step("classes", eq(labels(T), C**T),
         use("induction", claim=eq(labels(T), C**T), k=T, start=0),
         ("choices", "classes-power")),
    INNER_NODES,
    Step("leaves", eq(labels(S), C**S), Instantiate("classes", {T: S}), ("classes",)),
    SHAPES_COUNTED,
)  # fmt: skip

tree_count_leaves_multiclass = Theorem(
    name="tree-count-leaves-multiclass",
    title="Decision trees with a given number of leaves and several classes",
    parameters=(VARIABLES, CLASSES, LEAVES),
    result=Count(
        WITH_LEAVES,
        LEAF_COUNT,
        monotone={"variables": "up", "classes": "up", "leaves": "up"},
    ),
    assumptions=(CHOICES,),
    steps=(
        *LEAF_STEPS,
        Step("conclusion", eq(WITH_LEAVES, LEAF_COUNT), Smt(),
             ("choices", "inner-nodes", "leaves", "shapes")),
    ),
    citation=OURS,
    schematic=(LEVEL,),
)  # fmt: skip

LOG_LEAVES = (S - 1) * sp.log(4 * D) + S * sp.log(C)
SIMPLE_COUNT = 4 ** (S - 1) * D ** (S - 1) * C**S
PADDING = Assumption(
    "padding",
    "G is the functions of trees with at most s leaves; a leaf may be split into two equal "
    "leaves, so each has a tree with exactly s leaves, and there is one function",
    conj(ge(COMPUTED, 1), le(COMPUTED, WITH_LEAVES)),
)

log_tree_functions_leaves_multiclass = Theorem(
    name="log-tree-functions-leaves-multiclass",
    title="Functions of decision trees with few leaves and several classes",
    parameters=(VARIABLES, CLASSES, LEAVES),
    result=UpperBound(
        sp.log(COMPUTED),
        LOG_LEAVES,
        monotone={"variables": "up", "classes": "up", "leaves": "up"},
        useless=ge(LOG_LEAVES, 2**D * sp.log(C)),
    ),
    assumptions=(CHOICES, PADDING),
    steps=(
        Step("trees", eq(WITH_LEAVES, LEAF_COUNT), Cite(tree_count_leaves_multiclass, {}),
             ("choices",)),
        *FEW_SHAPES,
        Step("powers", conj(ge(D ** (S - 1), 0), ge(C**S, 0), ge(D ** (S - 1) * C**S, 0)), Smt()),
        Step("bound", le(COMPUTED, SIMPLE_COUNT), Smt(),
             ("padding", "trees", "shape-count", "powers")),
        Step("compare", sp.Equivalent(le(COMPUTED, SIMPLE_COUNT),
                                      le(sp.log(COMPUTED), sp.log(SIMPLE_COUNT))),
             use("log-monotone", x=COMPUTED, y=SIMPLE_COUNT), ("padding", "bound")),
        Step("logarithm", eq(sp.log(SIMPLE_COUNT), LOG_LEAVES), Algebra()),
        Step("conclusion", le(sp.log(COMPUTED), LOG_LEAVES), Smt(),
             ("bound", "compare", "logarithm")),
    ),
    citation=OURS,
    schematic=(MEMBER, LEVEL),
)  # fmt: skip


def _occam(name: str, title: str, size: sp.Expr, counted: Theorem) -> Theorem:
    """Occam's razor with the logarithm of the number of functions bounded by another theorem."""
    samples = (size - sp.log(DEL)) / (-sp.log(1 - EPS))
    exact = (sp.log(COMPUTED) - sp.log(DEL)) / (-sp.log(1 - EPS))
    shape = counted.parameters[-1]
    labels_of = tuple(a.label for a in counted.assumptions)
    return Theorem(
        name=name,
        title=title,
        parameters=(*counted.parameters, EPSILON, DELTA),
        result=SampleSize(
            N,
            samples,
            le(Pr(BAD_CONSISTENT), DEL),
            monotone={"variables": "up", "classes": "up", shape.name: "up", "epsilon": "down",
                      "delta": "down"},
            useless=ge(size, 2**D * sp.log(C)),
        ),
        assumptions=(*counted.assumptions, AGREEMENTS),
        experiment=LABELLED,
        steps=(
            Step("count", le(sp.log(COMPUTED), size), Cite(counted, {}), labels_of),
            NEGATIVE,
            Step("occam", implies(ge(N, exact), le(Pr(BAD_CONSISTENT), DEL)),
                 Cite(occam_realizable, {"class": COMPUTED}),
                 ("error", labels_of[-1], "negative")),
            Step("conclusion", implies(ge(N, samples), le(Pr(BAD_CONSISTENT), DEL)), Smt(),
                 ("count", "occam", "negative")),
        ),
        citation=occam_realizable.citation,
        locals=(N_SAMPLES,),
        schematic=(MEMBER, LEVEL),
    )  # fmt: skip


occam_trees_multiclass = _occam(
    "occam-trees-multiclass",
    "Consistent decision trees of bounded depth with several classes, realizable",
    LOG_DEPTH,
    log_tree_functions_multiclass,
)
occam_leaves_multiclass = _occam(
    "occam-leaves-multiclass",
    "Consistent decision trees with few leaves and several classes, realizable",
    LOG_LEAVES,
    log_tree_functions_leaves_multiclass,
)

RANK = integer("rank", "r", "rank of the trees", 0)
PLACE = sp.Symbol("i", integer=True)
BY_RANK = sp.Sum(sp.binomial(D, PLACE), (PLACE, 0, RANK.symbol))
LOG_RANK = LOG_LEAVES.subs(S, BY_RANK)
RANKED = (LOG_RANK - sp.log(DEL)) / (-sp.log(1 - EPS))
FOUR = 4 * D

occam_rank_multiclass = Theorem(
    name="occam-rank-multiclass",
    title="Consistent decision trees of bounded rank with several classes, realizable",
    parameters=(VARIABLES, CLASSES, RANK, EPSILON, DELTA),
    result=SampleSize(
        N,
        RANKED,
        le(Pr(BAD_CONSISTENT), DEL),
        monotone={"variables": "up", "classes": "up", "rank": "up", "epsilon": "down",
                  "delta": "down"},
        trend_facts=("rank",),
        useless=ge(LOG_RANK, 2**D * sp.log(C)),
    ),
    assumptions=(
        *occam_leaves_multiclass.assumptions,
        Assumption("rank", "trees of rank r have no more leaves than that", le(S, BY_RANK)),
    ),
    experiment=LABELLED,
    steps=(
        NEGATIVE,
        Step("tests", le(sp.log(1), sp.log(FOUR)), use("log-monotone", x=1, y=FOUR)),
        Step("labels", le(sp.log(1), sp.log(C)), use("log-monotone", x=1, y=C)),
        Step("fewer", le(LOG_LEAVES, LOG_RANK), Smt(), ("tests", "labels", "rank")),
        Step("leaves", implies(ge(N, (LOG_LEAVES - sp.log(DEL)) / (-sp.log(1 - EPS))),
                               le(Pr(BAD_CONSISTENT), DEL)),
             Cite(occam_leaves_multiclass, {}),
             tuple(a.label for a in occam_leaves_multiclass.assumptions)),
        Step("conclusion", implies(ge(N, RANKED), le(Pr(BAD_CONSISTENT), DEL)), Smt(),
             ("leaves", "fewer", "negative")),
    ),
    citation=EHRENFEUCHT,
    locals=(N_SAMPLES, LEAVES),
    schematic=(MEMBER, LEVEL),
    notes=("Why they have no more leaves: tree-rank-leaves-upper.",),
)  # fmt: skip

FEATURES = integer("variables", "d", "number of features, of real numbers", 1)
SPLITS = 2 * N * D
GROWTH = Quantity("growth", 2 * N)
PATTERNS = substitute(LEAF_COUNT, {D: SPLITS})
TOTAL = 2 * PATTERNS * TAIL
FALLS = ge(EPS * N, 4 * (S - 1))

real_trees_failure = Theorem(
    name="real-trees-failure",
    title="Failure probability of a consistent tree with few leaves on real features",
    parameters=(FEATURES, CLASSES, LEAVES, EPSILON, N_SAMPLES),
    result=UpperBound(
        Pr(FAILURE),
        TOTAL,
        monotone={"variables": "up", "classes": "up", "leaves": "up", "epsilon": "down",
                  "n": "down"},
    ),
    assumptions=(
        vc_realizable.assumptions[0],
        Assumption(
            "samples",
            "two independent samples of n points; a fair coin decides for each pair which sample "
            "it belongs to",
            conj(INDEPENDENT, SWAPPED, eq(Pr(COIN), sp.Rational(1, 2))),
        ),
        Assumption("choices", "trees with s leaves over 2nd tests are counted",
                   substitute(CHOICES.formal, {D: SPLITS})),
        Assumption(
            "patterns",
            "each of d features has at most 2n different splits of 2n points, so the patterns of "
            "errors of trees with s leaves are at most those trees over 2nd tests",
            le(GROWTH, WITH_LEAVES),
        ),
    ),
    experiment=TWO_SAMPLES,
    steps=(
        *CATCH_STEPS[:-2],
        Step("trees", eq(WITH_LEAVES, PATTERNS),
             Cite(tree_count_leaves_multiclass, {"variables": SPLITS}), ("choices",)),
        Step("tail-positive", ge(TAIL, 0), Smt()),
        Step("all-patterns", le(GROWTH, PATTERNS), Smt(), ("trees", "patterns")),
        Step("product", le(GROWTH * TAIL, PATTERNS * TAIL), Smt(),
             ("all-patterns", "tail-positive")),
        Step("conclusion", le(Pr(FAILURE), TOTAL), Smt(), ("caught", "many", "pattern", "product")),
    ),
    citation=OURS,
    requires=(
        Assumption("large", "n >= 8/epsilon", ge(N * EPS, 8)),
        Assumption("falls", "n >= 4 (leaves - 1)/epsilon (with fewer the bound is above 1)", FALLS),
    ),
    schematic=(*vc_realizable.schematic[:1], TOSSES, LEVEL),
)  # fmt: skip

THEOREMS = (
    log_tree_functions_multiclass,
    tree_count_leaves_multiclass,
    log_tree_functions_leaves_multiclass,
    occam_trees_multiclass,
    occam_leaves_multiclass,
    occam_rank_multiclass,
    real_trees_failure,
)
