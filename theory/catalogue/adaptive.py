"""Tests that may stop early: looks fixed beforehand, and a test that looks after every draw."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.binomial import COUNTED, clopper_pearson
from theory.catalogue.covering import AT_MOST_N, COUNT, COUNTING, NUMBER, K, P, all_wrong, upper
from theory.catalogue.covering import ERROR as RATE
from theory.catalogue.shared import DEL, EPS, OURS, SO_FAR, N, T
from theory.catalogue.testing import ERROR as ANY_RATE
from theory.language.confidence import Confidence
from theory.language.experiments import sample
from theory.language.rules import Algebra, Cite, Smt, use
from theory.language.schemas import ErrorLevel, SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, ERRORS, N_SAMPLES, integer, real
from theory.language.terms import (
    Event,
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

LOOK = integer("look", "i", "number of the look, from 1", 1)
I = LOOK.symbol  # noqa: E741
SHARE = DEL / (I * (I + 1))
AT_LOOK = gt(P, upper(COUNT, SHARE))


def misses(t: sp.Expr) -> sp.Expr:
    """The probability that one of the first t looks shows a bound below p."""
    return Quantity("a look misses", t)


LOOKS_CLAIM = conj(le(Pr(AT_LOOK), SHARE), le(misses(T), DEL))

looks = Theorem(
    name="looks",
    title="Bounds at looks that are fixed beforehand",
    parameters=(LOOK, ERRORS, N_SAMPLES, DELTA),
    result=Confidence(
        P,
        upper(K, SHARE),
        SHARE,
        at=upper(COUNT, SHARE),
        reading=(COUNT, K),
        also=(le(misses(T), DEL),),
        monotone={"look": "up", "errors": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        COUNTED,
        all_wrong(SHARE),
        Assumption(
            "looks",
            "look i misses with probability at most δ/(i(i + 1)); the probabilities add up",
            conj(
                eq(misses(sp.Integer(0)), 0),
                le(misses(T + 1), misses(T) + DEL / ((T + 1) * (T + 2))),
            ),
        ),
    ),
    experiment=COUNTING,
    steps=(
        Step("share", conj(gt(SHARE, 0), lt(SHARE, 1)), Smt()),
        Step(
            "one look",
            le(Pr(AT_LOOK), SHARE),
            Cite(clopper_pearson, {"delta": SHARE}),
            ("counted", "all wrong", "share"),
        ),
        Step(
            "telescope",
            eq(DEL * (1 - 1 / (T + 1)) + DEL / ((T + 1) * (T + 2)), DEL * (1 - 1 / (T + 2))),
            Algebra(),
            words="1/(i(i + 1)) telescopes.",
        ),
        Step(
            "sum",
            le(misses(T), DEL * (1 - 1 / (T + 1))),
            use("induction", claim=le(misses(T), DEL * (1 - 1 / (T + 1))), k=T, start=0),
            ("looks", "telescope"),
        ),
        Step("conclusion", LOOKS_CLAIM, Smt(), ("one look", "sum")),
    ),
    citation=OURS,
    requires=(AT_MOST_N,),
    locals=(RATE,),
    schematic=(NUMBER, SO_FAR),
    notes=("The sample sizes of the looks are fixed beforehand; which look is the last is not.",),
)

AIM = real("aim", "q", "error at which the test is to pass soon, below ε", 0, 1, ")")
Q, SAME = AIM.symbol, ANY_RATE.symbol
GAIN, LOSS = (1 - Q) / (1 - EPS), Q / EPS
Z = Random("disagrees")
FACTOR = Random("factor of a draw")
BET = LOSS * Z + GAIN * (1 - Z)
COPIES = Fact("independent copies", FACTOR, N)
GOING_ON = Assumption("copies", "the draws are independent, and may go on", COPIES)
REACHED = Event("the product reaches", FACTOR, 1 / DEL)
LOST_BY_ERRORS = LOSS**K
LOG_WEALTH = sp.log(LOST_BY_ERRORS) + (N - K) * sp.log(GAIN)
WEALTH = LOST_BY_ERRORS * sp.exp((N - K) * sp.log(GAIN))
NEEDED = (sp.log(1 / DEL) + K * sp.log(GAIN) - sp.log(LOST_BY_ERRORS)) / sp.log(GAIN)
NEVER = implies(ge(SAME, EPS), le(Pr(REACHED), DEL))

sequential_test = Theorem(
    name="sequential-test",
    title="A test that may stop after any draw",
    parameters=(ERRORS, EPSILON, AIM, DELTA),
    result=SampleSize(
        N,
        NEEDED,
        ge(WEALTH, 1 / DEL),
        also=(NEVER,),
        monotone={"errors": "up", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "indicator",
            "a draw disagrees with probability p, and its factor is q/ε if it does, else "
            "(1 - q)/(1 - ε)",
            conj(
                ge(Z, 0),
                le(Z, 1),
                eq(Mean(Z), SAME),
                eq(Mean(1 - Z), 1 - SAME),
                eq(FACTOR, BET),
            ),
        ),
        GOING_ON,
    ),
    experiment=sample(N, "disagrees", "factor of a draw", random=("the product reaches",),
                      laws=(COPIES,)),
    steps=(
        Step("mean", eq(Mean(BET), LOSS * Mean(Z) + GAIN * Mean(1 - Z)),
             use("linearity", x=Z, y=1 - Z, a=LOSS, b=GAIN)),
        Step("same", le(Mean(FACTOR), Mean(BET)), use("mean-monotone", x=FACTOR, y=BET),
             ("indicator",)),
        Step(
            "fair",
            implies(ge(SAME, EPS), le(Mean(FACTOR), 1)),
            Smt(),
            ("mean", "same", "indicator"),
            "For p >= ε the factor has a mean of at most 1.",
        ),
        Step(
            "ville",
            NEVER,
            use("ville", given=ge(SAME, EPS), x=FACTOR, n=N, level=1 / DEL),
            ("fair", "indicator", "copies"),
            "So the product of the factors seldom becomes large, ever.",
        ),
        Step("log-gain", ge(-sp.log(1 - (EPS - Q) / (1 - Q)), (EPS - Q) / (1 - Q)),
             use("log-bounds", x=(EPS - Q) / (1 - Q))),
        Step("gain", eq(sp.log(GAIN), -sp.log(1 - (EPS - Q) / (1 - Q))),
             Algebra(positive=((1 - EPS, EPS), (1 - Q, Q)))),
        Step(
            "compare",
            sp.Equivalent(le(sp.log(1 / DEL), LOG_WEALTH), le(1 / DEL, WEALTH)),
            use("exp-monotone", x=sp.log(1 / DEL), y=LOG_WEALTH),
        ),
        Step(
            "enough",
            implies(ge(N, NEEDED), ge(WEALTH, 1 / DEL)),
            Smt(),
            ("log-gain", "gain", "compare"),
            "Solve for n.",
        ),
        Step("conclusion", conj(implies(ge(N, NEEDED), ge(WEALTH, 1 / DEL)), NEVER), Smt(),
             ("enough", "ville")),
    ),
    citation=Citation("Wald", "Sequential tests of statistical hypotheses, Ann. Math. Stat. 16",
                      1945),
    requires=(
        Assumption("aim", "aim < epsilon", lt(Q, EPS)),
        Assumption(
            "left",
            "aim > 0 or errors = 0: with an aim of 0 a disagreement loses all, for good",
            gt(LOST_BY_ERRORS, 0),
        ),
    ),
    locals=(N_SAMPLES, ANY_RATE),
    notes=(
        "See also test-sample-size, which an aim of nothing gives: its test is over after one "
        "disagreement.",
    ),
)  # fmt: skip

SHOWN = Random("share of a draw")
MEAN = real("mean", "m", "mean of the shares", 0, 1)
GUESS = real("guess", "c", "a number that the mean may be", 0, 1)
STAKE = real("bet", "b", "what is bet at each draw, fixed before the first", 0, 1, ")")
M, C, B = MEAN.symbol, GUESS.symbol, STAKE.symbol
LEFT = 1 + B * C - B * SHOWN
LOST = implies(ge(M, C), le(Pr(REACHED), DEL))

betting_level = Theorem(
    name="betting-interval",
    title="A bet against a mean that seldom becomes large",
    parameters=(GUESS, STAKE, DELTA),
    result=ErrorLevel(M, C, le(Pr(REACHED), DEL), monotone={"guess": "up"}),
    assumptions=(
        Assumption(
            "share",
            "a draw shows a share between 0 and 1, of mean m; its factor is 1 - b (share - c)",
            conj(ge(SHOWN, 0), le(SHOWN, 1), eq(Mean(SHOWN), M), eq(FACTOR, LEFT)),
        ),
        GOING_ON,
    ),
    experiment=sample(N, "share of a draw", "factor of a draw", random=("the product reaches",),
                      laws=(COPIES,)),
    steps=(
        Step("one", conj(ge(Mean(1), 1), le(Mean(1), 1)),
             use("mean-bounds", x=1, lower=1, upper=1)),
        Step("mean", eq(Mean(LEFT), (1 + B * C) * Mean(1) - B * Mean(SHOWN)),
             use("linearity", x=1, y=SHOWN, a=1 + B * C, b=-B)),
        Step("same", le(Mean(FACTOR), Mean(LEFT)), use("mean-monotone", x=FACTOR, y=LEFT),
             ("share",)),
        Step("fair", implies(ge(M, C), le(Mean(FACTOR), 1)), Smt(),
             ("one", "mean", "same", "share")),
        Step("conclusion", LOST, use("ville", given=ge(M, C), x=FACTOR, n=N, level=1 / DEL),
             ("fair", "share", "copies"),
             "The least c at which the product became large is above the mean but for δ."),
    ),
    citation=Citation("Waudby-Smith, Ramdas", "Estimating means of bounded random variables by "
                      "betting, J. R. Stat. Soc. B 86", 2024),
    locals=(N_SAMPLES, MEAN),
)  # fmt: skip

THEOREMS = (
    looks,
    sequential_test,
    betting_level,
)
