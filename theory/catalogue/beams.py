"""Beams that lose no represented set, and trees of few leaves at any depth."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.multiclass import COMPUTED, C, log_tree_functions_leaves_multiclass
from theory.catalogue.occam import CLASS_COUNTED, MEMBER, RETURNED, WRONG, WRONG_BEST, G, err
from theory.catalogue.representation import (
    COEFFICIENT,
    ENERGY,
    LITERALS_OF_A_POINT,
    SET,
    SETTING,
    S,
)
from theory.catalogue.search import (
    AVERAGE_STEPS,
    AVERAGED,
    DEVIATION,
    FAILURE,
    FEW,
    IN_POOL,
    STEPPED,
    lrh_search_samples,
)
from theory.catalogue.shared import B_, DEL, EPS, HALF, OURS, SIZE, TAU_, D, N
from theory.catalogue.trees import S as LEAF
from theory.language.experiments import Draws, Experiment, sample
from theory.language.rules import Algebra, Balls, Cite, Smt, use
from theory.language.schemas import SampleSize, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.substitution import substitute
from theory.language.symbols import (
    CLASS_SIZE,
    DELTA,
    EPSILON,
    LEAVES,
    N_SAMPLES,
    NORM,
    TAU,
    integer,
    real,
)
from theory.language.terms import (
    Average,
    IntegerQuantity,
    Mean,
    Members,
    Pr,
    Quantity,
    Some,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

LEVEL = integer("level", "j", "number of variables of the sets of the level", 0)
OFF = real("deviation", "Delta", "most that a sampled coefficient deviates", 0, None)
J, DD = LEVEL.symbol, OFF.symbol
TRUE = sp.Pow(2, -J) / TAU_
RIVAL = ge(COEFFICIENT, TRUE - 2 * DD)
WIDTH_NEEDED = B_**2 / (TRUE - 2 * DD) ** 2

beam_width = Theorem(
    name="beam-width",
    title="Rivals that a represented set of the beam can have",
    parameters=(LEVEL, TAU, NORM, OFF),
    result=UpperBound(
        Members(S, RIVAL),
        WIDTH_NEEDED,
        monotone={"level": "up", "tau": "up", "B": "up", "deviation": "up"},
    ),
    assumptions=(SETTING[-1],),
    steps=(
        Step("positive", gt(TRUE - 2 * DD, 0), Smt()),
        Step("level", implies(RIVAL, ge(COEFFICIENT**2, (TRUE - 2 * DD) ** 2)), Smt(),
             ("positive",)),
        Step("bessel", le(Members(S, RIVAL) * (TRUE - 2 * DD) ** 2, ENERGY),
             use("bessel", member=S, condition=RIVAL, norm=COEFFICIENT,
                 level=(TRUE - 2 * DD) ** 2, energy=ENERGY),
             ("orthonormal", "level")),
        Step("conclusion", le(Members(S, RIVAL), WIDTH_NEEDED), Smt(),
             ("bessel", "orthonormal", "positive")),
    ),
    citation=OURS,
    requires=(
        Assumption("deviation", "2 deviation < 2^(-level)/tau", lt(2 * DD * TAU_ * 2**J, 1)),
    ),
    schematic=(SET,),
    notes=("A beam that keeps as many loses no represented set of the level.",),
)  # fmt: skip

TOLERATED = real("deviation", "Delta", "most that a sampled coefficient deviates", 0, None, "(")
TT = TOLERATED.symbol
SETS = integer("sets", "M", "number of sets that the beam could look at", 1)
MM = SETS.symbol
LOG_SETS = sp.log(MM / DEL)
ROOT = 1 + sp.sqrt(2 * LOG_SETS)
BEAM = B_**2 / TT**2 * ROOT**2
DEVIATES = gt(DEVIATION, TT)
SHIFT = B_ * sp.sqrt(2 * LOG_SETS) / sp.sqrt(N)
SOME_DEVIATES = Some(S, IN_POOL, DEVIATES)

beam_samples = Theorem(
    name="beam-samples",
    title="Samples for which a beam loses no represented set",
    parameters=(SETS, NORM, TOLERATED, DELTA),
    result=SampleSize(
        N,
        BEAM,
        le(Pr(SOME_DEVIATES), DEL),
        monotone={"sets": "up", "B": "up", "deviation": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "sampled",
            "v_S is the average of φ χ_S over n independent samples, |φ| <= B everywhere",
            AVERAGED,
        ),
        Assumption("size", "the beam could look at M sets at most, whatever it keeps",
                   le(Members(S, IN_POOL), MM)),
    ),
    experiment=sample(N, random=("|v_S - phi_S|",), laws=(AVERAGED,)),
    steps=(
        Step("log-positive", ge(LOG_SETS, sp.log(1)), use("log-monotone", x=1, y=MM / DEL)),
        *AVERAGE_STEPS,
        Step("mean", le(Mean(DEVIATION), B_ / sp.sqrt(N)), Smt(), ("vectors", "one", "jensen")),
        Step("tail", le(Pr(ge(DEVIATION - Mean(DEVIATION), SHIFT)), sp.exp(-LOG_SETS)),
             use("mcdiarmid", x=DEVIATION, influence=4 * B_**2 / N, t=SHIFT),
             ("vectors", "log-positive")),
        Step("share", eq(sp.exp(-LOG_SETS), DEL / MM), Algebra()),
        Step("factored", eq(sp.Pow(B_ / sp.sqrt(N) + SHIFT, 2, evaluate=False),
                            B_**2 * ROOT**2 / N), Algebra(), ("log-positive",)),
        Step("squared", implies(ge(N, BEAM), le(sp.Pow(B_ / sp.sqrt(N) + SHIFT, 2, evaluate=False),
                                                TT**2)), Smt(), ("factored", "log-positive")),
        Step("small", implies(ge(N, BEAM), le(B_ / sp.sqrt(N) + SHIFT, TT)), Smt(),
             ("squared", "log-positive")),
        Step("one-set", implies(ge(N, BEAM), le(Pr(DEVIATES),
                                                Pr(ge(DEVIATION - Mean(DEVIATION), SHIFT)))),
             use("event-monotone", given=ge(N, BEAM), smaller=DEVIATES,
                 larger=ge(DEVIATION - Mean(DEVIATION), SHIFT)),
             ("mean", "small")),
        Step("union", implies(ge(N, BEAM),
                              le(Pr(SOME_DEVIATES), Members(S, IN_POOL) * (DEL / MM))),
             use("union-bound", given=ge(N, BEAM), member=S, condition=IN_POOL, event=DEVIATES,
                 bound=DEL / MM),
             ("one-set", "tail", "share")),
        Step("conclusion", implies(ge(N, BEAM), le(Pr(SOME_DEVIATES), DEL)), Smt(),
             ("union", "size")),
    ),
    citation=OURS,
    locals=(N_SAMPLES,),
    schematic=(SET,),
    notes=(
        "With beam-width at each level: what is represented is among the best.",
        "A beam keeps arbitrary sets, so the union is over all sets up to the depth.",
    ),
)  # fmt: skip

CUT_AT = integer("depth", "r", "depth at which the tree is cut", 0)
AT = CUT_AT.symbol
CUT_NODES = IntegerQuantity("nodes cut")
CUT_ERROR = Quantity("error of the cut tree")

tree_cut_error = Theorem(
    name="tree-cut-error",
    title="A tree of few leaves, cut at a depth",
    parameters=(LEAVES, CUT_AT),
    result=UpperBound(CUT_ERROR, LEAF * sp.Pow(2, -AT - 2),
                      monotone={"leaves": "up", "depth": "down"}),
    assumptions=(
        Assumption(
            "cut",
            "each node cut has two leaves at least below it, the probability 2^(-r), as no test "
            "repeats, and the majority is wrong on half of that at most",
            conj(le(2 * CUT_NODES, LEAF), ge(CUT_NODES, 0),
                 le(CUT_ERROR, CUT_NODES * sp.Pow(2, -AT) / 2)),
        ),
    ),
    steps=(
        Step("quarter", eq(sp.Mul(sp.Pow(2, -AT), sp.Rational(1, 4), evaluate=False),
                           sp.Pow(2, -AT - 2)), Algebra()),
        Step("positive", gt(sp.Pow(2, -AT), 0), Smt()),
        Step("nodes", le(CUT_NODES * sp.Pow(2, -AT), LEAF / 2 * sp.Pow(2, -AT)), Smt(),
             ("cut", "positive")),
        Step("conclusion", le(CUT_ERROR, LEAF * sp.Pow(2, -AT - 2)), Smt(),
             ("cut", "nodes", "quarter")),
    ),
    citation=OURS,
)  # fmt: skip

IS_BAD = ge(err(G), EPS)
LN2 = sp.log(2)
FIRST = 4 * sp.log(2 / DEL) / ((2 * LN2 - 1) * EPS)
LATER = 2 * (sp.log(SIZE) + sp.log(2 / DEL)) / ((1 - LN2) * EPS)
RELATIVE = sp.Max(FIRST, LATER)
LOGS_POSITIVE = Step("log2", conj(gt(2 * LN2 - 1, 0), gt(1 - LN2, 0)), Balls())
ABOVE = ge(Average(WRONG_BEST, N), EPS / 2)
BELOW = le(Average(WRONG, N), EPS / 2)
SOME_BELOW = Some(G, IS_BAD, BELOW)
BAD_RETURNED = Some(G, IS_BAD, RETURNED)
ENOUGH = ge(N, RELATIVE)
UP_RATE = EPS / 4 * ((1 + 1) * sp.log(sp.Integer(2)) - 1)
DOWN_RATE = EPS * ((1 - HALF) * sp.log(1 - HALF) + HALF)

erm_relative = Theorem(
    name="erm-relative-samples",
    title="Least empirical error in a finite class with a good student",
    parameters=(CLASS_SIZE, EPSILON, DELTA),
    result=SampleSize(
        N,
        RELATIVE,
        le(Pr(BAD_RETURNED), DEL),
        monotone={"class": "up", "epsilon": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "indicator",
            "wrong(g) is 0 or 1: whether g disagrees with the teacher at a draw; err(g) its mean; "
            "g* has error ε/4 at most",
            conj(
                sp.Or(eq(WRONG, 0), eq(WRONG, 1)), sp.Or(eq(WRONG_BEST, 0), eq(WRONG_BEST, 1)),
                eq(Mean(WRONG), err(G)), le(Mean(WRONG_BEST), EPS / 4),
            ),
        ),
        Assumption("minimiser", "what is returned is no worse than g* on the samples",
                   implies(RETURNED, le(Average(WRONG, N), Average(WRONG_BEST, N)))),
        CLASS_COUNTED,
    ),
    experiment=sample(N, "wrong", random=("returned",)),
    steps=(
        LOGS_POSITIVE,
        Step("good", le(Pr(ABOVE), sp.exp(-N * UP_RATE)),
             use("chernoff-above", x=WRONG_BEST, n=N, level=EPS / 4, a=1), ("indicator",)),
        Step("bad", implies(IS_BAD, le(Pr(BELOW), sp.exp(-N * DOWN_RATE))),
             use("chernoff-below", given=IS_BAD, x=WRONG, n=N, level=EPS, a=HALF),
             ("indicator",)),
        Step("half-log", eq(sp.log(1 - HALF), -LN2), Algebra()),
        Step("good-enough", implies(ENOUGH, ge(N * UP_RATE, sp.log(2 / DEL))), Smt(), ("log2",)),
        Step("bad-enough", implies(ENOUGH, ge(N * DOWN_RATE,
                                              sp.log(SIZE) + sp.log(2 / DEL))), Smt(),
             ("log2", "half-log")),
        Step("good-tail", implies(ENOUGH, le(sp.exp(-N * UP_RATE), sp.exp(-sp.log(2 / DEL)))),
             use("exp-monotone", x=-N * UP_RATE, y=-sp.log(2 / DEL)), ("good-enough",)),
        Step("bad-tail", implies(ENOUGH, le(sp.exp(-N * DOWN_RATE),
                                            sp.exp(-sp.log(SIZE) - sp.log(2 / DEL)))),
             use("exp-monotone", x=-N * DOWN_RATE, y=-sp.log(SIZE) - sp.log(2 / DEL)),
             ("bad-enough",)),
        Step("shares", conj(eq(sp.exp(-sp.log(2 / DEL)), DEL / 2),
                            eq(sp.exp(-sp.log(SIZE) - sp.log(2 / DEL)), DEL / (2 * SIZE))),
             Algebra()),
        Step("how-many", le(Members(G, IS_BAD), SIZE),
             use("count-subset", member=G, smaller=IS_BAD, larger=sp.true), ("size",)),
        Step("union", implies(ENOUGH, le(Pr(SOME_BELOW),
                                         Members(G, IS_BAD) * (DEL / (2 * SIZE)))),
             use("union-bound", given=ENOUGH, member=G, condition=IS_BAD, event=BELOW,
                 bound=DEL / (2 * SIZE)),
             ("bad", "bad-tail", "shares")),
        Step("members", implies(ENOUGH, le(Pr(SOME_BELOW), DEL / 2)), Smt(),
             ("union", "how-many")),
        Step("split", le(Pr(BAD_RETURNED), Pr(Some(G, IS_BAD, sp.Or(ABOVE, BELOW)))),
             use("same-members", member=G, condition=IS_BAD, event=RETURNED, larger=IS_BAD,
                 larger_event=sp.Or(ABOVE, BELOW)),
             ("minimiser",)),
        Step("either", le(Pr(Some(G, IS_BAD, sp.Or(ABOVE, BELOW))), Pr(sp.Or(ABOVE, SOME_BELOW))),
             use("some-or", member=G, condition=IS_BAD, fixed=ABOVE, event=BELOW)),
        Step("boole", le(Pr(sp.Or(ABOVE, SOME_BELOW)), Pr(ABOVE) + Pr(SOME_BELOW)),
             use("boole", first=ABOVE, second=SOME_BELOW)),
        Step("conclusion", implies(ENOUGH, le(Pr(BAD_RETURNED), DEL)), Smt(),
             ("split", "either", "boole", "members", "good", "good-tail", "shares")),
    ),
    citation=OURS,
    locals=(N_SAMPLES,),
    schematic=(MEMBER,),
)  # fmt: skip

CLASS_LOG = (LEAF - 1) * sp.log(4 * D) + LEAF * LN2
BY_SEARCH = lrh_search_samples.bound
GOOD_PART = 4 * sp.log(4 / DEL) / ((2 * LN2 - 1) * EPS)
CHOICE_PARTS = (GOOD_PART, 2 * (CLASS_LOG + sp.log(4 / DEL)) / ((1 - LN2) * EPS))
BY_CHOICE = sp.Max(*CHOICE_PARTS)
BOTH = sp.Max(BY_SEARCH, BY_CHOICE)
FOUND = conj(le(Pr(FAILURE), DEL / 2), STEPPED, FEW)
COUNTED = log_tree_functions_leaves_multiclass.assumptions
TWO = tuple(Assumption(a.label, a.words, substitute(a.formal, {C: sp.Integer(2)})) for a in COUNTED)
EXACT_PARTS = (GOOD_PART, 2 * (sp.log(COMPUTED) + sp.log(4 / DEL)) / ((1 - LN2) * EPS))
EXACT = sp.Max(*EXACT_PARTS)
RETURN_CLAIM = conj(FOUND, le(Pr(BAD_RETURNED), DEL / 2))

lrh_leaves = Theorem(
    name="lrh-leaves-samples",
    title="Distilling a linearly represented tree of few leaves and any depth",
    parameters=(*lrh_search_samples.parameters[:4], LEAVES, EPSILON, DELTA),
    result=SampleSize(N, BOTH, RETURN_CLAIM, monotone={
        "variables": "up", "depth": "up", "tau": "up", "B": "up", "leaves": "up",
        "epsilon": "down", "delta": "down",
    }),
    assumptions=(*lrh_search_samples.assumptions, *TWO, *erm_relative.assumptions[:2]),
    experiment=Experiment(
        (Draws(N, "points", (*LITERALS_OF_A_POINT.random, "wrong")),),
        ("|v_S|", "|v_S - phi_S|", "returned"),
        (AVERAGED,),
    ),
    steps=(
        Step("search", implies(ge(N, BY_SEARCH), FOUND), Cite(lrh_search_samples, {}),
             tuple(a.label for a in lrh_search_samples.assumptions)),
        Step("count", le(sp.log(COMPUTED), CLASS_LOG),
             Cite(log_tree_functions_leaves_multiclass, {"classes": sp.Integer(2)}),
             tuple(a.label for a in COUNTED)),
        Step("halved", eq(sp.log(2 / (DEL / 2)), sp.log(4 / DEL)), Algebra()),
        Step("choice", implies(ge(N, EXACT), le(Pr(BAD_RETURNED), DEL / 2)),
             Cite(erm_relative, {"class": COMPUTED, "delta": DEL / 2}),
             ("indicator", "minimiser", "padding", "halved")),
        LOGS_POSITIVE,
        Step("more", le(EXACT_PARTS[1], CHOICE_PARTS[1]), Smt(),
             ("count", "log2")),
        Step("for-search", implies(ge(N, BOTH), ge(N, BY_SEARCH)), Smt()),
        Step("for-first", implies(ge(N, BOTH), ge(N, EXACT_PARTS[0])), Smt()),
        Step("for-second", implies(ge(N, BOTH), ge(N, CHOICE_PARTS[1])), Smt()),
        Step("second", implies(ge(N, BOTH), ge(N, EXACT_PARTS[1])), Smt(),
             ("for-second", "more")),
        Step("for-choice", implies(ge(N, BOTH), ge(N, EXACT)), Smt(), ("for-first", "second")),
        Step("conclusion", implies(ge(N, BOTH), RETURN_CLAIM), Smt(),
             ("search", "choice", "for-search", "for-choice")),
    ),
    citation=OURS,
    requires=lrh_search_samples.requires,
    locals=lrh_search_samples.locals,
    schematic=(*lrh_search_samples.schematic, MEMBER),
    notes=(
        "Take the depth at which the tree may be cut (tree-cut-error); the teacher may be deeper.",
        "Where the bound exceeds the points of the domain, enumerate them.",
    ),
)  # fmt: skip
THEOREMS = (
    beam_width,
    beam_samples,
    tree_cut_error,
    erm_relative,
    lrh_leaves,
)
