"""Margins on leaves: certified probabilities without samples.

M is the margin of the teacher's real score on a leaf: the leaf's class is wrong only if M <= 0.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory.catalogue.shared import APART, LENGTHS, OURS, SO_FAR, J, T, one_more_term
from theory.language.experiments import Experiment
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import LENGTH, Parameter, real, reals
from theory.language.terms import (
    Fact,
    Mean,
    Pr,
    Quantity,
    Random,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

MARGIN = Random("margin")
WRONG = le(MARGIN, 0)
COEFFICIENTS = reals("coefficients", "a", "its coefficients, one for each free variable")
A = COEFFICIENTS.symbol
OFFSET = real("offset", "b", "constant of the certified affine lower bound of the margin")
B = OFFSET.symbol
AFFINE = Random("b + a x")
PROBABILITIES = reals("probabilities", "p", "P[x_i = 1] of each free variable", 0, 1)
LISTS = Parameter("m", LENGTH, "integer", "m", "m", "number of free variables", Fraction(1))
P = PROBABILITIES.symbol
INDEX = sp.Symbol("i", integer=True)
DRIFT = B + sp.Sum(A[INDEX] * (2 * P[INDEX] - 1), (INDEX, 1, LENGTH))
SQUARES = sp.Sum(A[INDEX] ** 2, (INDEX, 1, LENGTH))
TAIL = sp.exp(-(DRIFT**2) / (2 * SQUARES))
TAIL_OR_ONE = sp.exp(-(sp.Max(0, DRIFT) ** 2) / (2 * SQUARES))
DEVIATES = le(AFFINE - Mean(AFFINE), -DRIFT)
SIGNED = Fact("signed sum", AFFINE, B, A, P, LENGTH)

leaf_tail_product = Theorem(
    name="leaf-tail-product",
    title="Certified probability on a leaf, independent variables",
    parameters=(OFFSET, COEFFICIENTS, PROBABILITIES),
    result=UpperBound(Pr(WRONG), TAIL_OR_ONE, monotone={"offset": "down"}),
    assumptions=(
        Assumption(
            "certified", "the margin is at least b + Σ a_i x_i at every point", ge(MARGIN, AFFINE)
        ),
        Assumption(
            "signs",
            "the x_i are independent, P[x_i = 1] = p_i, P[x_i = -1] = 1 - p_i",
            SIGNED,
        ),
    ),
    experiment=Experiment(random=("b + a x", "margin"), laws=(SIGNED,)),
    steps=(
        Step(
            "sum",
            conj(eq(Mean(AFFINE), DRIFT), Fact("bounded differences", AFFINE, 4 * SQUARES)),
            use(
                "signed-sum",
                x=AFFINE,
                offset=B,
                coefficients=A,
                probabilities=P,
                length=LENGTH,
            ),
            ("signs",),
            "The mean, and the largest effect 2 |a_i| of each variable.",
        ),
        Step(
            "event",
            le(Pr(WRONG), Pr(DEVIATES)),
            use("event-monotone", smaller=WRONG, larger=DEVIATES),
            ("certified", "sum"),
            "A margin <= 0 makes the affine bound fall below its mean by at least the mean.",
        ),
        Step(
            "tail",
            implies(ge(DRIFT, 0), le(Pr(DEVIATES), TAIL)),
            use("mcdiarmid", x=AFFINE, influence=4 * SQUARES, t=DRIFT),
            ("sum",),
            "The squares of the effects are four times those of the coefficients.",
        ),
        Step(
            "positive-mean",
            implies(ge(DRIFT, 0), le(TAIL, TAIL_OR_ONE)),
            use(
                "exp-monotone",
                x=-(DRIFT**2) / (2 * SQUARES),
                y=-(sp.Max(0, DRIFT) ** 2) / (2 * SQUARES),
            ),
        ),
        Step(
            "other-mean",
            implies(lt(DRIFT, 0), le(1, TAIL_OR_ONE)),
            use("exp-monotone", x=0, y=-(sp.Max(0, DRIFT) ** 2) / (2 * SQUARES)),
            words="For a mean below 0 the bound is 1.",
        ),
        Step(
            "conclusion",
            le(Pr(WRONG), TAIL_OR_ONE),
            Smt(),
            ("event", "tail", "positive-mean", "other-mean"),
        ),
    ),
    citation=Citation(
        "Hoeffding",
        "Probability inequalities for sums of bounded random variables, JASA 58:13-30",
        1963,
    ),
    requires=(Assumption("some", "a coefficient other than 0", gt(SQUARES, 0)),),
    locals=(LISTS,),
)

CONSTANT = real(
    "offset", "b", "constant of the certified affine lower bound, positive", 0, None, "("
)
ENERGY = real("squares", "q", "sum of its squared coefficients", 0, None, "(")
BB = CONSTANT.symbol
QQ = ENERGY.symbol
LINEAR = Random("a x")
HALF_OR_TAIL = sp.Min(sp.Rational(1, 2), sp.exp(-(BB**2) / (2 * QQ)))
FALLS = le(LINEAR, -BB)
RISES = ge(LINEAR, BB)
MOVES = Fact("bounded differences", LINEAR, 4 * QQ)

leaf_tail = Theorem(
    name="leaf-tail",
    title="Certified probability on a leaf, uniform distribution",
    parameters=(CONSTANT, ENERGY),
    result=UpperBound(Pr(WRONG), HALF_OR_TAIL, monotone={"offset": "down", "squares": "up"}),
    assumptions=(
        Assumption("certified", "the margin is at least a x + b", ge(MARGIN, LINEAR + BB)),
        Assumption(
            "uniform",
            "a x has mean 0 and moves by 2 |a_i| with x_i; x and -x are equally likely",
            conj(
                eq(Mean(LINEAR), 0),
                MOVES,
                eq(Pr(FALLS), Pr(RISES)),
            ),
        ),
    ),
    experiment=Experiment(random=("a x", "margin"), laws=(MOVES,)),
    steps=(
        Step(
            "event",
            le(Pr(WRONG), Pr(FALLS)),
            use("event-monotone", smaller=WRONG, larger=FALLS),
            ("certified",),
        ),
        Step(
            "centred",
            le(Pr(FALLS), Pr(le(LINEAR - Mean(LINEAR), -BB))),
            use("event-monotone", smaller=FALLS, larger=le(LINEAR - Mean(LINEAR), -BB)),
            ("uniform",),
        ),
        Step(
            "tail",
            le(Pr(le(LINEAR - Mean(LINEAR), -BB)), sp.exp(-(BB**2) / (2 * QQ))),
            use("mcdiarmid", x=LINEAR, influence=4 * QQ, t=BB),
            ("uniform",),
        ),
        Step(
            "apart",
            le(Pr(RISES), Pr(sp.Not(FALLS))),
            use("event-monotone", smaller=RISES, larger=sp.Not(FALLS)),
            words="a x <= -b and a x >= b exclude each other,",
        ),
        Step("complement", eq(Pr(sp.Not(FALLS)), 1 - Pr(FALLS)), use("complement", event=FALLS)),
        Step(
            "conclusion",
            le(Pr(WRONG), HALF_OR_TAIL),
            Smt(),
            ("event", "centred", "tail", "apart", "complement", "uniform"),
            "so neither has more than probability 1/2.",
        ),
    ),
    citation=leaf_tail_product.citation,
)

LEAST_MARGIN = B - sp.Sum(sp.Abs(A[J]), (J, 1, LENGTH))


def partial(t: sp.Expr) -> sp.Expr:
    """The sum of the first t terms a_i x_i."""
    return Random("a x up to", t)


def sign(t: sp.Expr) -> sp.Expr:
    """The variable x_t."""
    return Random("x", t)


BELOW = ge(partial(T), -sp.Sum(sp.Abs(A[J]), (J, 1, T)))

leaf_margin = Theorem(
    name="leaf-margin",
    title="Certified margin on a leaf",
    parameters=(OFFSET, COEFFICIENTS),
    result=LowerBound(MARGIN, LEAST_MARGIN, monotone={"offset": "up"}),
    assumptions=(
        Assumption("certified", "the margin is at least b + Σ a_i x_i at every point",
                   ge(MARGIN, B + partial(LENGTH))),
        Assumption(
            "signs",
            "x_i is 1 or -1; the sum adds a_i x_i",
            conj(
                eq(partial(sp.Integer(0)), 0),
                eq(partial(T + 1), partial(T) + A[T + 1] * sign(T + 1)),
                sp.Or(eq(sign(T + 1), 1), eq(sign(T + 1), -1)),
            ),
        ),
    ),
    experiment=Experiment(random=("a x up to", "margin", "x")),
    steps=(
        one_more_term(sp.Abs(A[J])),
        Step("below", BELOW, use("induction", claim=BELOW, k=T, start=0), ("sum", "signs")),
        Step("whole", BELOW.subs(T, LENGTH), Instantiate("below", {T: LENGTH}), ("below",)),
        Step("conclusion", ge(MARGIN, LEAST_MARGIN), Smt(), ("whole", "certified")),
    ),
    citation=OURS,
    locals=(LENGTHS,),
    schematic=(SO_FAR,),
)  # fmt: skip

CODIMENSIONS = reals("fixed", "f", "variables that each subcube fixes", 0)
TAILS = reals("tails", "q", "bound for the probability of disagreement within each", 0, 1)
JS = CODIMENSIONS.symbol
TS = TAILS.symbol
SHARE = sp.Pow(2, -JS[J]) * TS[J]
COVER = sp.Sum(SHARE, (J, 1, LENGTH))


def covered(t: sp.Expr) -> sp.Expr:
    """The probability of a disagreement in the first t subcubes."""
    return Quantity("disagreement in", t)


COVERED = le(covered(T), sp.Sum(SHARE, (J, 1, T)))

cover_total = Theorem(
    name="cover-total",
    title="Certified probability over a partition",
    parameters=(CODIMENSIONS, TAILS),
    result=UpperBound(APART, COVER, monotone={"fixed": "down", "tails": "up"}),
    assumptions=(
        Assumption(
            "subcubes",
            "the next subcube has probability 2^(-f) and adds at most t of it",
            conj(
                eq(covered(sp.Integer(0)), 0),
                le(covered(T + 1), covered(T) + sp.Pow(2, -JS[T + 1]) * TS[T + 1]),
            ),
        ),
        Assumption("partition", "together they are the domain", le(APART, covered(LENGTH))),
    ),
    steps=(
        one_more_term(SHARE),
        Step("parts", COVERED, use("induction", claim=COVERED, k=T, start=0),
             ("sum", "subcubes")),
        Step("whole", COVERED.subs(T, LENGTH), Instantiate("parts", {T: LENGTH}), ("parts",)),
        Step("conclusion", le(APART, COVER), Smt(), ("whole", "partition")),
    ),
    citation=OURS,
    locals=(LENGTHS,),
    schematic=(SO_FAR,),
    notes=("The leaves of a tree are such a partition.",),
)  # fmt: skip

THEOREMS = (
    leaf_tail,
    leaf_tail_product,
    leaf_margin,
    cover_total,
)
