"""From a pool to a tree: samples for the whole search (catalogue T14)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.exact import FAILURE as UNEQUAL
from theory.catalogue.exact import SAMPLES as EXACT_ERM
from theory.catalogue.exact import exact_erm
from theory.catalogue.occam import FAILURE as BAD_TREE
from theory.catalogue.search import DEEP, SEARCH_CLAIM, SEARCHED, D, lrh_samples
from theory.catalogue.search import FAILURE as MISSED
from theory.catalogue.search import SAMPLES as TOP
from theory.catalogue.trees import LOG_FUNCTIONS, occam_trees
from theory.language.experiments import Draws, Experiment
from theory.language.rules import Cite, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Step, Theorem
from theory.language.symbols import (
    DELTA,
    EPSILON,
    N_SAMPLES,
    NORM,
    TAU,
    VARIABLES,
)
from theory.language.terms import (
    Pr,
    ge,
    implies,
    le,
)

EPS, DEL, N = (p.symbol for p in (EPSILON, DELTA, N_SAMPLES))

ERM = (LOG_FUNCTIONS - sp.log(DEL / 2)) / (-sp.log(1 - EPS))
ERM_CLAIM = implies(ge(N, ERM), le(Pr(BAD_TREE), DEL / 2))
ERM_STEP = Step(
    "trees",
    ERM_CLAIM,
    Cite(occam_trees, {"delta": DEL / 2}),
    ("complete", "functions", "error"),
    "Occam's razor with δ/2.",
)
tree_samples = Theorem(
    name="lrh-tree-samples",
    title="Samples for the accuracy of a searched tree",
    parameters=(*occam_trees.parameters,),
    result=SampleSize(
        N,
        ERM,
        le(Pr(BAD_TREE), DEL / 2),
        monotone=occam_trees.result.monotone,
        useless=occam_trees.result.useless,
    ),
    assumptions=occam_trees.assumptions,
    experiment=occam_trees.experiment,
    steps=(Step("conclusion", ERM_CLAIM, ERM_STEP.rule, ERM_STEP.uses, ERM_STEP.words),),
    citation=occam_trees.citation,
    locals=(N_SAMPLES,),
    schematic=occam_trees.schematic,
)

EITHER = sp.Or(MISSED, BAD_TREE)
BOTH = sp.Max(TOP, ERM)
BOTH_CLAIM = implies(ge(N, BOTH), le(Pr(EITHER), DEL))
distillation = Theorem(
    name="lrh-distillation",
    title="Distilling a linearly represented tree, search and accuracy",
    parameters=(VARIABLES, DEEP, TAU, NORM, EPSILON, DELTA),
    result=SampleSize(N, BOTH, le(Pr(EITHER), DEL), monotone={
            "variables": "up", "depth": "up", "tau": "up", "B": "up", "epsilon": "down",
            "delta": "down",
        }, useless=ge(BOTH, 2**D)),
    assumptions=(*lrh_samples.assumptions, *occam_trees.assumptions),
    experiment=Experiment(
        (Draws(N, at_each=(*SEARCHED.draws[0].at_each, "agree")),), SEARCHED.random, SEARCHED.laws
    ),
    steps=(
        Step("search", SEARCH_CLAIM, Cite(lrh_samples, {}),
             tuple(a.label for a in lrh_samples.assumptions if a.formal is not None)),
        ERM_STEP,
        Step("boole", le(Pr(EITHER), Pr(MISSED) + Pr(BAD_TREE)),
             use("boole", first=MISSED, second=BAD_TREE)),
        Step("conclusion", BOTH_CLAIM, Smt(), ("search", "trees", "boole")),
    ),
    citation=lrh_samples.citation,
    requires=lrh_samples.requires,
    locals=lrh_samples.locals,
    schematic=(*lrh_samples.schematic, *occam_trees.schematic),
)  # fmt: skip

EXACT_SAMPLES = EXACT_ERM.subs(DEL, DEL / 2)
EXACT_CLAIM = implies(ge(N, EXACT_SAMPLES), le(Pr(UNEQUAL), DEL / 2))
exact_samples = Theorem(
    name="lrh-exact-samples",
    title="Samples for a searched tree to be the teacher",
    parameters=exact_erm.parameters,
    result=SampleSize(
        N,
        EXACT_SAMPLES,
        le(Pr(UNEQUAL), DEL / 2),
        monotone=exact_erm.result.monotone,
        useless=exact_erm.result.useless,
    ),
    assumptions=exact_erm.assumptions,
    experiment=exact_erm.experiment,
    steps=(
        Step("conclusion", EXACT_CLAIM, Cite(exact_erm, {"delta": DEL / 2}),
             tuple(a.label for a in exact_erm.assumptions if a.formal is not None)),
    ),
    citation=exact_erm.citation,
    locals=exact_erm.locals,
    schematic=exact_erm.schematic,
)  # fmt: skip

THEOREMS = (
    tree_samples,
    distillation,
    exact_samples,
)
