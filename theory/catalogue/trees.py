"""How many trees there are, and what that means for sample sizes (catalogue T9).

d Boolean variables, leaves with two classes. A complete tree of depth r has all its leaves at
depth r; every function of a tree of depth at most r is computed by a complete one, because a
leaf may be split into two equal leaves.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.occam import (
    AGREE,
    FAILURE,
    LABELLED,
    MEMBER,
    G,
    err,
    occam_realizable,
)
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, DEPTH, EPSILON, N_SAMPLES, VARIABLES, integer
from theory.language.terms import IntegerQuantity, Members, Pr, conj, eq, ge, implies, le

D, R, EPS, DEL, N = (p.symbol for p in (VARIABLES, DEPTH, EPSILON, DELTA, N_SAMPLES))
COMPUTED = Members(G, sp.true)
TREES = Citation("Leafproof", "theory catalogue; proved here", 2026)


def complete(r: sp.Expr) -> sp.Expr:
    """The number of complete trees of depth r, as a term."""
    return IntegerQuantity("complete trees", r)


def closed_form(r: sp.Expr) -> sp.Expr:
    """(2d)^(2^r)/d."""
    return (2 * D) ** (2**r) / D


LEVEL = integer("t", "t", "a depth up to which trees are counted")
T = LEVEL.symbol
LOG_FUNCTIONS = 2**R * sp.log(2 * D) - sp.log(D)

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
        eq(complete(T), closed_form(T)),
        use("induction", claim=eq(complete(T), closed_form(T)), k=T, start=0),
        ("complete", "square"),
        "So there are (2d)^(2^t)/d complete trees of depth t.",
    ),
    Step(
        "at-depth",
        eq(complete(R), closed_form(R)),
        Instantiate("complete-count", {T: R}),
        ("complete-count",),
    ),
    Step(
        "logarithm",
        eq(sp.log(closed_form(R)), LOG_FUNCTIONS),
        Algebra(),
        words="Its logarithm.",
    ),
    Step(
        "compare",
        sp.Equivalent(le(COMPUTED, closed_form(R)), le(sp.log(COMPUTED), sp.log(closed_form(R)))),
        use("log-monotone", x=COMPUTED, y=closed_form(R)),
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
    citation=TREES,
    schematic=(
        MEMBER,
        LEVEL,
    ),
)

SAMPLES = (LOG_FUNCTIONS - sp.log(DEL)) / (-sp.log(1 - EPS))

occam_trees = Theorem(
    name="occam-trees",
    title="Distillation into decision trees of bounded depth",
    parameters=(VARIABLES, DEPTH, EPSILON, DELTA),
    result=SampleSize(
        N,
        SAMPLES,
        le(Pr(FAILURE), DEL),
        monotone={"variables": "up", "depth": "up", "epsilon": "down", "delta": "down"},
        useless=ge(LOG_FUNCTIONS, 2**D * sp.log(2)),
    ),
    assumptions=(
        COMPLETE,
        FUNCTIONS,
        Assumption(
            "error",
            "each student g agrees with the teacher at a draw with probability 1 - err(g)",
            conj(eq(Pr(AGREE), 1 - err(G)), le(err(G), 1)),
        ),
    ),
    experiment=LABELLED,
    steps=(
        *COUNT_STEPS,
        Step(
            "occam",
            implies(
                ge(N, (sp.log(COMPUTED) - sp.log(DEL)) / (-sp.log(1 - EPS))),
                le(Pr(FAILURE), DEL),
            ),
            Cite(occam_realizable, {"class": COMPUTED}),
            ("error", "functions"),
            "Occam's razor for the functions of these trees.",
        ),
        Step("negative", le(sp.log(1 - EPS), -EPS), use("log-bounds", x=EPS)),
        Step(
            "conclusion",
            implies(ge(N, SAMPLES), le(Pr(FAILURE), DEL)),
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
    citation=TREES,
    schematic=(LEVEL,),
)

THEOREMS = (tree_count, log_tree_functions, occam_trees)
