"""The VC dimension of trees (catalogue T7, T9)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.counting import CUBE, CUBE_STEPS, cube
from theory.catalogue.trees import (
    COMPLETE,
    COMPUTED,
    FUNCTIONS,
    LEVEL,
    LOG_FUNCTIONS,
    TREES,
    log_tree_functions,
)
from theory.language.rules import Algebra, Balls, Cite, Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DEPTH, VARIABLES
from theory.language.terms import Quantity, conj, eq, ge, implies, le

D, R, T = (p.symbol for p in (VARIABLES, DEPTH, LEVEL))
HALF = sp.Rational(1, 2)
LOG2 = Step("log2", ge(sp.log(2), HALF), Balls())

VC_TREES = Quantity("VC dimension of the trees")
VC_UPPER = LOG_FUNCTIONS / sp.log(2)
vc_trees_upper = Theorem(
    name="vc-trees-upper",
    title="VC dimension of decision trees, from above",
    parameters=(VARIABLES, DEPTH),
    result=UpperBound(
        VC_TREES,
        VC_UPPER,
        monotone={"variables": "up", "depth": "up"},
        useless=ge(LOG_FUNCTIONS, 2**D * sp.log(2)),
    ),
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

vc_trees_lower = Theorem(
    name="vc-trees-lower",
    title="VC dimension of decision trees, from below",
    parameters=(VARIABLES, DEPTH),
    result=LowerBound(VC_TREES, 2**R, monotone={"depth": "up"}),
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

THEOREMS = (
    vc_trees_upper,
    vc_trees_lower,
)
