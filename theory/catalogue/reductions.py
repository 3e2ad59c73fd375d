"""One distillation by another: agnostic composition, and reductions of one problem to another."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.composition import BOOLE, COVER, FG, FH, GH, F, G
from theory.catalogue.shared import DEL, EPS, OURS
from theory.language.confidence import UpTo
from theory.language.definitions import OPT as OPT_OUT
from theory.language.definitions import distils
from theory.language.experiments import Experiment
from theory.language.rules import Smt, use
from theory.language.schemas import UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, real
from theory.language.terms import Event, Pr, Quantity, Random, conj, eq, ge, gt, implies, le

BEST = Event("h*(x) = 1")
LEAST = real("opt", "q", "least probability with which a member of H disagrees with f", 0, 1)
TOTAL = real("first", "epsilon1", "probability that f and g disagree", 0, 1)
ADDED = real("excess", "epsilon2", "excess of the second stage over the best of H for g", 0, 1)
Q, E1, E2 = LEAST.symbol, TOTAL.symbol, ADDED.symbol
LEAST_FOR_G = Quantity("least disagreement with g")
F_BEST, G_BEST = sp.Xor(F, BEST), sp.Xor(G, BEST)
EITHER = sp.Or(FG, F_BEST)

composition_agnostic = Theorem(
    name="composition-agnostic",
    title="Agnostic distillation of a student: its error counts twice",
    parameters=(LEAST, TOTAL, ADDED),
    result=UpperBound(
        Pr(FH), Q + 2 * E1 + E2, monotone={"opt": "up", "first": "up", "excess": "up"}
    ),
    assumptions=(
        Assumption(
            "stages",
            "f and g disagree with probability ε1 at most; h is worse than the best of H for g by "
            "ε2 at most",
            conj(le(Pr(FG), E1), le(Pr(GH), LEAST_FOR_G + E2)),
        ),
        Assumption(
            "best",
            "h* is the best of H for f, and one of H, so the best for g is no worse",
            conj(eq(Pr(F_BEST), Q), le(LEAST_FOR_G, Pr(G_BEST))),
        ),
    ),
    experiment=Experiment(random=("f(x) = 1", "g(x) = 1", "h(x) = 1", "h*(x) = 1")),
    steps=(
        COVER,
        BOOLE,
        Step("cover-best", le(Pr(G_BEST), Pr(EITHER)),
             use("event-monotone", smaller=G_BEST, larger=EITHER),
             words="Where g and h* differ, f differs from one of them."),
        Step("boole-best", le(Pr(EITHER), Pr(FG) + Pr(F_BEST)),
             use("boole", first=FG, second=F_BEST)),
        Step("conclusion", le(Pr(FH), Q + 2 * E1 + E2), Smt(),
             ("cover", "boole", "cover-best", "boole-best", "stages", "best")),
    ),
    citation=OURS,
    notes=("Excesses do not add up: the first stage's whole error counts, and twice.",),
)  # fmt: skip

FACTOR = real("factor", "alpha", "factor by which the reduction may stretch errors", 0, None, "(")
SLACK = real("slack", "beta", "error that the reduction may add", 0, 1)
INNER = real("inner", "eta", "error that is asked of the inner distiller", 0, 1)
A, B, ETA = FACTOR.symbol, SLACK.symbol, INNER.symbol
ERR_OUT, ERR_IN = Random("error of R(g')"), Random("error of g'")
STRETCH = Assumption(
    "reduction",
    "the error of R(g') is at most α times that of g', plus β",
    le(ERR_OUT, A * ERR_IN + B),
)
ASKED = (EPS - B) / A
OUT_FAILS, IN_FAILS = gt(ERR_OUT, EPS), gt(ERR_IN, ETA)

reduction_accuracy = Theorem(
    name="reduction-accuracy",
    title="The accuracy to ask of the inner distiller in a reduction, perfect case",
    parameters=(EPSILON, FACTOR, SLACK),
    result=UpTo(
        ETA,
        ASKED,
        distils(ERR_OUT),
        monotone={"epsilon": "up", "factor": "down", "slack": "down"},
    ),
    assumptions=(
        STRETCH,
        Assumption("inner", "the inner distiller's error is above η with probability at most δ",
                   le(Pr(IN_FAILS), DEL)),
    ),
    experiment=Experiment(random=("error of R(g')", "error of g'")),
    steps=(
        Step("pointwise", implies(le(ETA, ASKED), OUT_FAILS, IN_FAILS), Smt(), ("reduction",)),
        Step("event", implies(le(ETA, ASKED), le(Pr(OUT_FAILS), Pr(IN_FAILS))),
             use("event-monotone", given=le(ETA, ASKED), smaller=OUT_FAILS, larger=IN_FAILS),
             ("pointwise",)),
        Step("conclusion", implies(le(ETA, ASKED), le(Pr(OUT_FAILS), DEL)), Smt(),
             ("event", "inner")),
    ),
    citation=OURS,
    requires=(Assumption("room", "slack < epsilon", sp.Lt(B, EPS, evaluate=False)),),
    locals=(INNER, DELTA),
    notes=("The samples are those of the inner distiller, mapped one by one.",),
)  # fmt: skip

GAP = real("gap", "beta0", "what α opt' + β exceeds opt by at most", 0, 1)
B0 = GAP.symbol
OPT_IN = Quantity("opt of the inner problem")
ASKED_AGNOSTIC = (EPS - B0) / A
OUT_EXCEEDS, IN_EXCEEDS = gt(ERR_OUT, OPT_OUT + EPS), gt(ERR_IN, OPT_IN + ETA)

reduction_accuracy_agnostic = Theorem(
    name="reduction-accuracy-agnostic",
    title="The accuracy to ask of the inner distiller in a reduction, agnostic case",
    parameters=(EPSILON, FACTOR, GAP),
    result=UpTo(
        ETA,
        ASKED_AGNOSTIC,
        distils(ERR_OUT, OPT_OUT),
        monotone={"epsilon": "up", "factor": "down", "gap": "down"},
    ),
    assumptions=(
        STRETCH,
        Assumption("best", "the best errors of the two problems fit: α opt' + β <= opt + β0",
                   le(A * OPT_IN + B, OPT_OUT + B0)),
        Assumption("inner", "the inner distiller's excess is above η with probability at most δ",
                   le(Pr(IN_EXCEEDS), DEL)),
    ),
    experiment=reduction_accuracy.experiment,
    steps=(
        Step("pointwise", implies(le(ETA, ASKED_AGNOSTIC), OUT_EXCEEDS, IN_EXCEEDS), Smt(),
             ("reduction", "best")),
        Step("event", implies(le(ETA, ASKED_AGNOSTIC), le(Pr(OUT_EXCEEDS), Pr(IN_EXCEEDS))),
             use("event-monotone", given=le(ETA, ASKED_AGNOSTIC), smaller=OUT_EXCEEDS,
                 larger=IN_EXCEEDS),
             ("pointwise",)),
        Step("conclusion", implies(le(ETA, ASKED_AGNOSTIC), le(Pr(OUT_EXCEEDS), DEL)), Smt(),
             ("event", "inner")),
    ),
    citation=OURS,
    requires=(Assumption("room", "gap < epsilon", sp.Lt(B0, EPS, evaluate=False)),),
    locals=(SLACK, INNER, DELTA),
)  # fmt: skip

OUTER_FACTOR = real("first-factor", "alpha1", "factor of the outer reduction", 0, None, "(")
OUTER_SLACK = real("first-slack", "beta1", "slack of the outer reduction", 0, None)
INNER_FACTOR = real("second-factor", "alpha2", "factor of the inner reduction", 0, None, "(")
INNER_SLACK = real("second-slack", "beta2", "slack of the inner reduction", 0, None)
AT_END = real("error", "e", "error of the innermost student", 0, 1)
A1, B1, A2, B2, E = (p.symbol for p in (OUTER_FACTOR, OUTER_SLACK, INNER_FACTOR, INNER_SLACK,
                                        AT_END))  # fmt: skip
OUTER, MIDDLE = Quantity("error of the outer student"), Quantity("error of the middle student")
CHAIN = A1 * A2 * E + (A1 * B2 + B1)

reduction_composition = Theorem(
    name="reduction-composition",
    title="A reduction after a reduction",
    parameters=(OUTER_FACTOR, OUTER_SLACK, INNER_FACTOR, INNER_SLACK, AT_END),
    result=UpperBound(
        OUTER,
        CHAIN,
        monotone={"first-factor": "up", "first-slack": "up", "second-factor": "up",
                  "second-slack": "up", "error": "up"},
    ),
    assumptions=(
        Assumption(
            "reductions",
            "each reduction stretches errors by its factor, and adds its slack",
            conj(le(OUTER, A1 * MIDDLE + B1), le(MIDDLE, A2 * E + B2), ge(MIDDLE, 0)),
        ),
    ),
    steps=(Step("conclusion", le(OUTER, CHAIN), Smt(), ("reductions",)),),
    citation=OURS,
    notes=("It is a reduction again, by the product of the factors.",),
)  # fmt: skip

THEOREMS = (
    composition_agnostic,
    reduction_accuracy,
    reduction_accuracy_agnostic,
    reduction_composition,
)
