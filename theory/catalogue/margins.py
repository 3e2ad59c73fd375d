"""Certified probabilities on a leaf, without or with few samples (catalogue T15, T17).

M is the margin of the teacher's real score on a leaf: the leaf's class is wrong only if M <= 0.
"""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory.language.experiments import Experiment, sample
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import Confidence, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, LENGTH, N_SAMPLES, Parameter, real, reals
from theory.language.terms import Average, Fact, Mean, Pr, Random, conj, eq, ge, gt, implies, le, lt

MARGIN, AFFINE = Random("margin"), Random("b + a x")
OFFSET = real("offset", "b", "constant of the certified affine lower bound of the margin")
COEFFICIENTS = reals("coefficients", "a", "its coefficients, one for each free variable")
PROBABILITIES = reals("probabilities", "p", "P[x_i = 1] of each free variable", 0, 1)
LISTS = Parameter("m", LENGTH, "integer", "m", "m", "number of free variables", Fraction(1))
INDEX = sp.Symbol("i", integer=True)
B, A, P = OFFSET.symbol, COEFFICIENTS.symbol, PROBABILITIES.symbol
DRIFT = B + sp.Sum(A[INDEX] * (2 * P[INDEX] - 1), (INDEX, 1, LENGTH))
SQUARES = sp.Sum(A[INDEX] ** 2, (INDEX, 1, LENGTH))
WRONG = le(MARGIN, 0)
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

MEAN = real("mean", "mu", "mean margin of the samples on the leaf")
INFLUENCE = real(
    "influence", "C", "sum of squared certified influences on the margin", 0, None, "("
)
MU, C, N, DEL = MEAN.symbol, INFLUENCE.symbol, N_SAMPLES.symbol, DELTA.symbol
SLACK = sp.sqrt(C * sp.log(1 / DEL) / (2 * N))
SAMPLED = Average(MARGIN, N)
TRUE_MEAN = Mean(MARGIN)
TRUE_TAIL = sp.exp(-2 * TRUE_MEAN**2 / C)
BOUNDED = Fact("bounded differences", MARGIN, C)
DIFFERENCES = Assumption(
    "influences",
    "independent coordinates; changing coordinate i moves the margin by at most c_i, Σ c_i² <= C",
    BOUNDED,
)


def _empirical(mean: sp.Expr) -> sp.Expr:
    return sp.exp(-2 * sp.Max(0, mean - SLACK) ** 2 / C)


HOLDS = implies(le(MU - SLACK, TRUE_MEAN), le(Pr(WRONG), _empirical(MU)))
MISLED = gt(Pr(WRONG), _empirical(SAMPLED))
TOO_HIGH = ge(SAMPLED - Mean(SAMPLED), SLACK)
EMPIRICAL_CLAIM = conj(HOLDS, le(Pr(MISLED), DEL))

mcdiarmid_empirical = Theorem(
    name="mcdiarmid-empirical",
    title="Certified probability on a leaf from sampled margins",
    parameters=(MEAN, INFLUENCE, N_SAMPLES, DELTA),
    result=Confidence(
        Pr(WRONG),
        _empirical(MU),
        DEL,
        at=_empirical(SAMPLED),
        reading=(SAMPLED, MU),
        also=(HOLDS,),
        monotone={"mean": "down", "n": "down", "delta": "down", "influence": "up"},
    ),
    assumptions=(DIFFERENCES,),
    experiment=sample(N, "margin", what="points of the leaf", laws=(BOUNDED,)),
    steps=(
        Step(
            "at-zero",
            le(Pr(WRONG), Pr(le(MARGIN - TRUE_MEAN, -TRUE_MEAN))),
            use("event-monotone", smaller=WRONG, larger=le(MARGIN - TRUE_MEAN, -TRUE_MEAN)),
        ),
        Step(
            "tail",
            implies(ge(TRUE_MEAN, 0), le(Pr(WRONG), TRUE_TAIL)),
            use("mcdiarmid", x=MARGIN, influence=C, t=TRUE_MEAN),
            ("influences", "at-zero"),
            "With the true mean the bound is exp(-2 (E M)²/C).",
        ),
        Step("inverse", eq(sp.log(1 / DEL), -sp.log(DEL)), Algebra()),
        Step(
            "positive-log",
            le(1 - DEL, sp.log(1 / DEL)),
            use("log-bounds", x=1 - DEL),
            ("inverse",),
            "ln(1/δ) is positive, so the slack is defined.",
        ),
        Step(
            "smaller-mean",
            implies(gt(MU - SLACK, 0), le(MU - SLACK, TRUE_MEAN), le(TRUE_TAIL, _empirical(MU))),
            use(
                "exp-monotone",
                x=-2 * TRUE_MEAN**2 / C,
                y=-2 * sp.Max(0, MU - SLACK) ** 2 / C,
            ),
            ("positive-log",),
            "A lower bound of the mean gives a larger value,",
        ),
        Step(
            "no-mean",
            implies(le(MU - SLACK, 0), le(1, _empirical(MU))),
            use("exp-monotone", x=0, y=-2 * sp.Max(0, MU - SLACK) ** 2 / C),
            ("positive-log",),
            "and 1 where that lower bound is not positive.",
        ),
        Step("holds", HOLDS, Smt(), ("tail", "smaller-mean", "no-mean")),
        Step(
            "at-sample",
            implies(le(SAMPLED - SLACK, TRUE_MEAN), le(Pr(WRONG), _empirical(SAMPLED))),
            Instantiate("holds", {MU: SAMPLED}),
            ("holds", "positive-log"),
        ),
        Step(
            "average",
            conj(eq(Mean(SAMPLED), TRUE_MEAN), Fact("bounded differences", SAMPLED, C / N)),
            use("average-differences", x=MARGIN, influence=C, n=N),
            ("influences",),
        ),
        Step(
            "event",
            le(Pr(MISLED), Pr(TOO_HIGH)),
            use("event-monotone", smaller=MISLED, larger=TOO_HIGH),
            ("at-sample", "average"),
            "The bound is wrong only if the sampled mean is too high.",
        ),
        Step(
            "deviation",
            le(Pr(TOO_HIGH), DEL),
            use("mcdiarmid", x=SAMPLED, influence=C / N, t=SLACK),
            ("average", "positive-log"),
        ),
        Step("conclusion", EMPIRICAL_CLAIM, Smt(), ("holds", "event", "deviation")),
    ),
    citation=Citation(
        "McDiarmid", "On the method of bounded differences, LMS Lecture Notes 141", 1989
    ),
    notes=("The influences must be certified over the whole leaf, not estimated.",),
)

CERTIFIED = real("mean", "mu", "certified lower bound of the mean margin on the leaf")
MU_OR_ZERO = sp.Max(0, CERTIFIED.symbol)
MCD_TAIL = sp.exp(-2 * MU_OR_ZERO**2 / C)
BELOW_MEAN = le(MARGIN - TRUE_MEAN, -MU_OR_ZERO)

mcdiarmid_tail = Theorem(
    name="mcdiarmid-tail",
    title="Certified probability on a leaf from certified influences",
    parameters=(CERTIFIED, INFLUENCE),
    result=UpperBound(Pr(WRONG), MCD_TAIL, monotone={"mean": "down", "influence": "up"}),
    assumptions=(
        DIFFERENCES,
        Assumption("mean", "the mean margin is at least μ", ge(TRUE_MEAN, CERTIFIED.symbol)),
    ),
    experiment=Experiment(random=("margin",), laws=(BOUNDED,)),
    steps=(
        Step(
            "event",
            implies(ge(CERTIFIED.symbol, 0), le(Pr(WRONG), Pr(BELOW_MEAN))),
            use(
                "event-monotone",
                given=ge(CERTIFIED.symbol, 0),
                smaller=WRONG,
                larger=BELOW_MEAN,
            ),
            ("mean",),
        ),
        Step(
            "tail",
            le(Pr(BELOW_MEAN), MCD_TAIL),
            use("mcdiarmid", x=MARGIN, influence=C, t=MU_OR_ZERO),
            ("influences",),
        ),
        Step(
            "no-mean",
            implies(le(CERTIFIED.symbol, 0), le(1, MCD_TAIL)),
            use("exp-monotone", x=0, y=-2 * MU_OR_ZERO**2 / C),
        ),
        Step("conclusion", le(Pr(WRONG), MCD_TAIL), Smt(), ("event", "tail", "no-mean")),
    ),
    citation=mcdiarmid_empirical.citation,
)

CONSTANT = real(
    "offset", "b", "constant of the certified affine lower bound, positive", 0, None, "("
)
ENERGY = real("squares", "q", "sum of its squared coefficients", 0, None, "(")
BB, QQ = CONSTANT.symbol, ENERGY.symbol
LINEAR = Random("a x")
HALF_OR_TAIL = sp.Min(sp.Rational(1, 2), sp.exp(-(BB**2) / (2 * QQ)))
FALLS, RISES = le(LINEAR, -BB), ge(LINEAR, BB)
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

THEOREMS = (leaf_tail_product, leaf_tail, mcdiarmid_tail, mcdiarmid_empirical)
