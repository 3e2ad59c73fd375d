"""What confidence costs a distiller that knows the teacher, and what it can do without samples."""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from theory.catalogue.lower_bounds import fails_on_either, learning_confidence_samples
from theory.catalogue.shared import (
    BELOW_HALF,
    DEL,
    EPS,
    HALF,
    OURS,
    POSITION,
    SO_FAR,
    J,
    N,
    T,
)
from theory.language.experiments import Experiment, sample
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import LowerBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, integer, real
from theory.language.terms import (
    Event,
    Every,
    Fact,
    Pr,
    Quantity,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

ERROR = Quantity("error of naming the heavier point")
MIXED = 4 * DEL * (1 - DEL)


def _confidence(
    affinity: sp.Expr,
    square: sp.Expr,
    logarithm: sp.Expr,
    size: sp.Expr,
    before: tuple[Step, ...],
    uses: tuple[str, ...],
    positive: tuple[tuple[sp.Expr, sp.Expr], ...] = (),
) -> tuple[Step, ...]:
    """From an affinity whose square is `square`, of that logarithm, to the samples."""
    return (
        *before,
        Step("told", ge(ERROR, HALF * (1 - sp.sqrt(1 - square))),
             use("two-laws", error=ERROR, affinity=affinity), ("laws", *uses)),
        Step("small", le(square, MIXED), Smt(), ("told", "promise", *uses),
             "1 - 2δ <= sqrt(1 - c²), so c² <= 4δ(1 - δ)."),
        Step("logarithm", eq(sp.log(square), logarithm),
             Algebra(positive=positive)),
        Step("compare", sp.Equivalent(le(square, MIXED), le(sp.log(square), sp.log(MIXED))),
             use("log-monotone", x=square, y=MIXED), uses),
        Step("conclusion", ge(N, size), Smt(),
             ("small", "logarithm", "compare", *uses)),
    )  # fmt: skip


PROMISE = Assumption(
    "promise",
    "for neither law does the distiller fail with probability above δ, and it fails for one of the "
    "two whatever it returns",
    le(ERROR, DEL),
)
ONE_PAIR = 1 - EPS**2
PAIR_SQUARE = ONE_PAIR**N
PAIR_SIZE = sp.log(MIXED) / sp.log(ONE_PAIR)

agnostic_confidence_samples = Theorem(
    name="agnostic-confidence-samples",
    title="Samples that confidence costs an agnostic distiller, by a conflict pair",
    parameters=(EPSILON, DELTA),
    result=LowerBound(N, PAIR_SIZE, monotone={"epsilon": "down", "delta": "down"}),
    assumptions=(
        Assumption(
            "laws",
            "one of two points has the share (1 + ε)/2, a fair coin's choice; the affinity of the "
            "two laws is sqrt(1 - ε²) a draw; to name the lighter point costs ε",
            Fact("error of telling two laws apart", ERROR, ONE_PAIR ** (N / 2)),
        ),
        PROMISE,
    ),
    experiment=sample(N),
    steps=_confidence(
        ONE_PAIR ** (N / 2), PAIR_SQUARE, N * sp.log(ONE_PAIR), PAIR_SIZE,
        (
            Step("unit", conj(gt(ONE_PAIR ** (N / 2), 0), le(ONE_PAIR ** (N / 2), 1)),
                 use("power-exponent", x=ONE_PAIR, a=0, b=N / 2)),
            Step("unit-square", conj(gt(PAIR_SQUARE, 0), le(PAIR_SQUARE, 1)),
                 use("power-exponent", x=ONE_PAIR, a=0, b=N)),
            Step("negative", le(sp.log(ONE_PAIR), -(EPS**2)), use("log-bounds", x=EPS**2)),
        ),
        ("unit", "unit-square", "negative"),
        ((ONE_PAIR, EPS**2),),
    ),
    citation=OURS,
    requires=(BELOW_HALF,),
    locals=(N_SAMPLES,),
)  # fmt: skip

CONFLICT = integer("conflict", "k", "number of points in a minimal conflict set", 3)
K = CONFLICT.symbol
HEAVY = (1 + EPS) / K
LIGHT = HEAVY - EPS
STEP = (sp.sqrt(HEAVY) - sp.sqrt(LIGHT)) ** 2
DRAW = 1 - STEP
AFFINE = real("affinity", "c", "affinity of the two laws a draw", 0, 1, "(")
CC = AFFINE.symbol
SET_SQUARE = CC ** (2 * N)
SET_SIZE = sp.log(MIXED) / (2 * sp.log(DRAW))
ROOTS = sp.sqrt(HEAVY) * sp.sqrt(LIGHT)

agnostic_conflict_samples = Theorem(
    name="agnostic-conflict-samples",
    title="Samples that confidence costs an agnostic distiller, by a larger conflict set",
    parameters=(CONFLICT, EPSILON, DELTA),
    result=LowerBound(N, SET_SIZE, monotone={"delta": "down"}),
    assumptions=(
        Assumption(
            "laws",
            "k points, no student right on all, one on each k - 1; under either law one of the "
            "first two points has less by ε than the rest; to err elsewhere than there costs ε; "
            "the affinity is Σ sqrt(p q) a draw",
            conj(
                Fact("error of telling two laws apart", ERROR, CC**N),
                eq(CC, (K - 2) * HEAVY + 2 * ROOTS),
            ),
        ),
        PROMISE,
    ),
    experiment=sample(N),
    steps=_confidence(
        CC**N, SET_SQUARE, 2 * N * sp.log(CC), SET_SIZE,
        (
            Step("light", conj(gt(LIGHT, 0), gt(HEAVY, LIGHT), le(HEAVY, 1)), Smt()),
            Step("roots", conj(gt(sp.sqrt(HEAVY), sp.sqrt(LIGHT)), gt(sp.sqrt(LIGHT), 0),
                               lt(STEP, 1)), Smt(), ("light",)),
            Step("affinity", eq(CC, DRAW), Smt(), ("light", "roots", "laws"),
                 "The probabilities add up to 1."),
            Step("negative", le(sp.log(DRAW), -STEP), use("log-bounds", x=STEP), ("roots",)),
            Step("log-below", le(sp.log(CC), sp.log(DRAW)), use("log-monotone", x=CC, y=DRAW),
                 ("affinity", "roots")),
            Step("log-above", ge(sp.log(CC), sp.log(DRAW)), use("log-monotone", x=DRAW, y=CC),
                 ("affinity", "roots")),
            Step("unit", conj(gt(CC**N, 0), le(CC**N, 1)),
                 use("power-exponent", x=CC, a=0, b=N)),
            Step("unit-square", conj(gt(SET_SQUARE, 0), le(SET_SQUARE, 1)),
                 use("power-exponent", x=CC, a=0, b=2 * N)),
        ),
        ("negative", "log-below", "log-above", "unit", "unit-square", "roots"),
    ),
    citation=OURS,
    requires=(
        BELOW_HALF,
        Assumption("small", "epsilon < 1/(conflict - 1)", lt(EPS * (K - 1), 1)),
    ),
    locals=(N_SAMPLES, AFFINE),
)  # fmt: skip

POINTS = integer("points", "m", "number of points of the domain", 1)
SIZE = POINTS.symbol
WORST = Quantity("greatest chance to err at a point where a student is right")


def errs(j: sp.Expr) -> sp.Expr:
    """The chance that the output errs at point j, where another student is right."""
    return Quantity("chance to err at a point where a student is right", j)


def added_up(worst: sp.Expr, each: Callable[[sp.Expr], sp.Expr], size: sp.Expr) -> tuple[Step, ...]:
    """The sum of what each is, 1 to `size`, is at most `size` times the worst of them."""
    return (
        Step("sum", ge(sp.Sum(worst, (J, 1, size)), sp.Sum(each(J), (J, 1, size))),
             use("sum-order", larger=worst, x=each(J), a=1, index=J, last=size), ("worst",)),
        Step("count", conj(eq(sp.Sum(worst, (J, 1, 0)), 0),
                           eq(sp.Sum(worst, (J, 1, T + 1)), sp.Sum(worst, (J, 1, T)) + worst)),
             use("series-next", term=worst, index=J, first=1, last=T)),
        Step("all", eq(sp.Sum(worst, (J, 1, T)), T * worst),
             use("induction", claim=eq(sp.Sum(worst, (J, 1, T)), T * worst), k=T, start=0),
             ("count",)),
        Step("at-size", eq(sp.Sum(worst, (J, 1, size)), size * worst),
             Instantiate("all", {T: size}), ("all",)),
    )  # fmt: skip


zero_samples_failure = Theorem(
    name="zero-samples-failure",
    title="How often a distiller without samples fails where no student is best everywhere",
    parameters=(POINTS,),
    result=LowerBound(WORST, 1 / SIZE, monotone={"points": "down"}),
    assumptions=(
        Assumption(
            "no best",
            "each student errs at some point where another is right, so the chances add up to 1",
            ge(sp.Sum(errs(J), (J, 1, SIZE)), 1),
        ),
        Assumption("worst", "the distribution is concentrated on the worst point",
                   implies(ge(J, 1), le(J, SIZE), le(errs(J), WORST))),
    ),
    steps=(
        *added_up(WORST, errs, SIZE),
        Step("conclusion", ge(WORST, 1 / SIZE), Smt(), ("sum", "at-size", "no best")),
    ),
    citation=OURS,
    schematic=(POSITION, SO_FAR),
)  # fmt: skip

SETS = integer("sets", "r", "number of largest agreement sets, no two of which meet", 2)
R = SETS.symbol
WORST_SET = Quantity("greatest chance to err on a largest agreement set without a sample")
DRAWN_IN = Event("a draw is in the agreement set of the perfect student")
ONE_FAILS = Event("the student that one draw names errs")


def errs_on(j: sp.Expr) -> sp.Expr:
    """The chance that the output without a sample errs on the largest agreement set j."""
    return Quantity("chance to err on a largest agreement set without a sample", j)


d_perfect_one_sample = Theorem(
    name="d-perfect-one-sample",
    title="Agreement sets that do not meet: a single sample, and none",
    parameters=(SETS,),
    result=LowerBound(
        WORST_SET, 1 - 1 / R, also=(eq(Pr(ONE_FAILS), 0),), monotone={"sets": "up"}
    ),
    assumptions=(
        Assumption(
            "perfect",
            "the law has a perfect student, so a draw is in a largest agreement set that holds "
            "that student's; the sets do not meet, so the draw names it",
            conj(eq(Pr(DRAWN_IN), 1), implies(ONE_FAILS, sp.Not(DRAWN_IN))),
        ),
        Assumption(
            "one at most",
            "without a sample, what is returned is right on points of one of the sets at most, so "
            "the chances to err on one point of each add up to r - 1",
            ge(sp.Sum(errs_on(J), (J, 1, R)), R - 1),
        ),
        Assumption("worst", "the distribution is concentrated on the worst of these points",
                   implies(ge(J, 1), le(J, R), le(errs_on(J), WORST_SET))),
    ),
    experiment=Experiment(random=(
        "a draw is in the agreement set of the perfect student",
        "the student that one draw names errs",
    )),
    steps=(
        Step("outside", le(Pr(ONE_FAILS), Pr(sp.Not(DRAWN_IN))),
             use("event-monotone", smaller=ONE_FAILS, larger=sp.Not(DRAWN_IN)), ("perfect",)),
        Step("never", eq(Pr(sp.Not(DRAWN_IN)), 1 - Pr(DRAWN_IN)),
             use("complement", event=DRAWN_IN)),
        *added_up(WORST_SET, errs_on, R),
        Step("conclusion", conj(ge(WORST_SET, 1 - 1 / R), eq(Pr(ONE_FAILS), 0)), Smt(),
             ("sum", "at-size", "one at most", "outside", "never", "perfect")),
    ),
    citation=OURS,
    schematic=(POSITION, SO_FAR),
    notes=("One set that holds all others takes none; for sets that meet see "
           "d-perfect-confidence-samples.",),
)  # fmt: skip

UNSEEN = Event("a draw is the point that tells")
ALL_UNSEEN = Every(sp.Not(UNSEEN), N)
FIRST, SECOND = Event("fails on the first law"), Event("fails on the second law")

d_perfect_confidence_samples = Theorem(
    name="d-perfect-confidence-samples",
    title="Samples that confidence costs where agreement sets meet and none holds all others",
    parameters=(EPSILON, DELTA),
    result=LowerBound(
        N, learning_confidence_samples.bound, monotone={"epsilon": "down", "delta": "down"}
    ),
    assumptions=(
        Assumption(
            "two laws",
            "either law has ε on a point of its own, and a perfect student; while no draw is that "
            "point the output is the same, and wrong for one of the two",
            conj(eq(Pr(sp.Not(UNSEEN)), 1 - EPS), implies(ALL_UNSEEN, sp.Or(FIRST, SECOND))),
        ),
        Assumption("promise", "the distiller fails on either law with probability at most δ",
                   conj(le(Pr(FIRST), DEL), le(Pr(SECOND), DEL))),
    ),
    experiment=sample(N, "a draw is the point that tells",
                      random=("fails on the first law", "fails on the second law")),
    steps=fails_on_either(UNSEEN, FIRST, SECOND, "two laws"),
    citation=OURS,
    requires=(BELOW_HALF,),
    locals=(N_SAMPLES,),
    notes=("Where agreement sets do not meet a single sample does: d-perfect-one-sample.",),
)  # fmt: skip

THEOREMS = (
    agnostic_confidence_samples,
    agnostic_conflict_samples,
    zero_samples_failure,
    d_perfect_one_sample,
    d_perfect_confidence_samples,
)
