"""How often draws meet, words that are far apart, and events of which some happens.

Draws meet where two of them are the same point. Words of d bits are r apart where they differ in r
bits at least; a code is a set of such words.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.rademacher import massart_finite_class, rademacher
from theory.catalogue.shared import CUBE, DEL, SO_FAR, D, N, T, cube, cube_steps
from theory.catalogue.vc_agnostic import GROWTH, RAD, SUP
from theory.language.confidence import Confidence
from theory.language.experiments import Experiment, sample
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, VARIABLES, integer, real
from theory.language.terms import (
    Fact,
    IntegerQuantity,
    Mean,
    Pr,
    Quantity,
    RandomInteger,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

FELLER = Citation("Feller", "An Introduction to Probability Theory and Its Applications 1", 1968)
GILBERT = Citation("Gilbert", "A comparison of signalling alphabets, Bell Syst. Tech. J. 31", 1952)
CANTELLI = Citation(
    "Devroye, Lugosi", "Combinatorial Methods in Density Estimation, Springer", 2001,
)  # fmt: skip
BONFERRONI = Citation(
    "Galambos, Simonelli", "Bonferroni-type Inequalities with Applications, Springer", 1996
)

LIKELIEST = real("p", "p", "probability of the likeliest point, or more", 0, 1)
P = LIKELIEST.symbol


def met(t: sp.Expr) -> sp.Expr:
    """The probability that two of t draws are the same point."""
    return Quantity("two of the draws meet", t)


MEETING = le(met(T), T * (T - 1) / 2 * P)
BIRTHDAY = N * (N - 1) / 2 * P

birthday = Theorem(
    name="birthday",
    title="How often two of several draws are the same point",
    parameters=(N_SAMPLES, LIKELIEST),
    result=UpperBound(met(N), BIRTHDAY, monotone={"n": "up", "p": "up"}),
    assumptions=(
        Assumption(
            "draws",
            "one more draw is each of the t before it with probability p at most",
            conj(eq(met(sp.Integer(0)), 0), le(met(T + 1), met(T) + T * P)),
        ),
    ),
    steps=(
        Step("met", MEETING, use("induction", claim=MEETING, k=T, start=0), ("draws",)),
        Step("conclusion", le(met(N), BIRTHDAY), Instantiate("met", {T: N}), ("met",)),
    ),
    citation=FELLER,
    schematic=(SO_FAR,),
    notes=("See also success-without-teacher.",),
)

RADIUS = integer("distance", "r", "in how many bits the words of the code differ at least", 1)
R = RADIUS.symbol
STEPS = sp.Symbol("i", integer=True, nonnegative=True)
BALL = sp.Sum(sp.binomial(D, STEPS), (STEPS, 0, R - 1))
CODE = IntegerQuantity("words of a largest code")

gilbert_varshamov = Theorem(
    name="gilbert-varshamov",
    title="How many words are far apart from each other",
    parameters=(VARIABLES, RADIUS),
    result=LowerBound(CODE, 2**D / BALL, monotone={"distance": "down"}, trend_facts=("ball",)),
    assumptions=(
        *CUBE,
        Assumption(
            "largest",
            "each word is within r - 1 bits of a word of a largest code, and no more than so many "
            "words are near one",
            conj(ge(CODE, 1), le(cube(D), CODE * BALL)),
        ),
    ),
    steps=(
        *cube_steps(D),
        Step("ball", gt(BALL, 0), Smt(), ("points", "largest")),
        Step("conclusion", ge(CODE, 2**D / BALL), Smt(), ("points", "largest", "ball")),
    ),
    citation=GILBERT,
    schematic=(SO_FAR,),
    notes=("See also volume-samples.",),
)

COUNT = RandomInteger("events that happen")
ONE_SUM = real("sum", "s", "sum of the events' probabilities", 0)
PAIR_SUM = real("pairs", "t", "sum of the probabilities of two of them at once, or more", 0)
S, PAIRS = ONE_SUM.symbol, PAIR_SUM.symbol
BOTH = COUNT * (COUNT - 1) / 2
NONE_WEIGHT = (COUNT - 1) * (COUNT - 2) / 2
SOME, NO_EVENT = ge(COUNT, 1), lt(COUNT, 1)

bonferroni_pairs = Theorem(
    name="bonferroni-pairs",
    title="How often some of several events happens",
    parameters=(ONE_SUM, PAIR_SUM),
    result=LowerBound(Pr(SOME), S - PAIRS, monotone={"sum": "up", "pairs": "down"}),
    assumptions=(
        Assumption(
            "events",
            "the number of events that happen is s on average, that of pairs of them t at most",
            conj(ge(COUNT, 0), eq(Mean(COUNT), S), le(Mean(BOTH), PAIRS)),
        ),
    ),
    experiment=Experiment(random=("events that happen",)),
    steps=(
        Step("whole", implies(gt(COUNT, 1), ge(COUNT, 2)), use("integers", a=1, b=COUNT)),
        Step("below", implies(lt(COUNT, 1), le(COUNT + 1, 1)), use("integers", a=COUNT, b=1)),
        Step("weight", ge(NONE_WEIGHT, 0), Smt(), ("whole", "events")),
        Step("mean", eq(Mean(NONE_WEIGHT), Mean(BOTH) - Mean(COUNT - 1)),
             use("linearity", x=BOTH, y=COUNT - 1, a=1, b=-1)),
        Step("less", eq(Mean(COUNT - 1), Mean(COUNT) - Mean(1)),
             use("linearity", x=COUNT, y=1, a=1, b=-1)),
        Step("one", eq(Mean(1), 1), use("mean-bounds", x=1, lower=1, upper=1)),
        Step("markov", le(Pr(ge(NONE_WEIGHT, 1)), Mean(NONE_WEIGHT)),
             use("markov", x=NONE_WEIGHT, level=1), ("weight",)),
        Step("none", le(Pr(NO_EVENT), Pr(ge(NONE_WEIGHT, 1))),
             use("event-monotone", smaller=NO_EVENT, larger=ge(NONE_WEIGHT, 1)),
             ("events", "below")),
        Step("complement", eq(Pr(NO_EVENT), 1 - Pr(SOME)), use("complement", event=SOME)),
        Step("conclusion", ge(Pr(SOME), S - PAIRS), Smt(),
             ("mean", "less", "one", "markov", "none", "complement", "events")),
    ),
    citation=BONFERRONI,
    notes=("See also several-tests.",),
)  # fmt: skip

WEIGHT = sp.sqrt(2 * sp.log(N + 1) / N)
FIT = WEIGHT + sp.sqrt(sp.log(1 / DEL) / (2 * N))
LAWS = (Fact("supremum of err - emp", SUP, N), Fact("bounded differences", SUP, 1 / N))

glivenko_cantelli = Theorem(
    name="glivenko-cantelli",
    title="How far a distribution function is above that of the samples, anywhere",
    parameters=(N_SAMPLES, DELTA),
    result=Confidence(SUP, FIT, DEL, monotone={"delta": "down"}),
    assumptions=(
        Assumption(
            "samples", "n independent samples; one of them moves S by at most 1/n", conj(*LAWS)
        ),
        Assumption(
            "thresholds",
            "the students are thresholds of a score, which cut n samples in at most n + 1 ways",
            conj(ge(GROWTH, 1), le(GROWTH, N + 1)),
        ),
    ),
    experiment=sample(N, random=("sup",), laws=LAWS),
    steps=(
        Step("rest", eq(sp.log(1 - N / (N + 1)), sp.log(1 / (N + 1))), Algebra()),
        Step("inverse", eq(sp.log(1 / (N + 1)), -sp.log(N + 1)), Algebra()),
        Step("several", ge(sp.log(N + 1), N / (N + 1)), use("log-bounds", x=N / (N + 1)),
             ("inverse", "rest")),
        Step("log", eq(sp.log(1 / DEL), -sp.log(DEL)), Algebra()),
        Step("positive", ge(sp.log(1 / DEL), 1 - DEL), use("log-bounds", x=1 - DEL), ("log",)),
        Step("weight", ge(WEIGHT, 0), Smt(), ("several",)),
        Step("fit", le(RAD, WEIGHT), Cite(massart_finite_class, {"patterns": N + 1}),
             ("thresholds",)),
        Step("conclusion", le(Pr(gt(SUP, FIT)), DEL), Cite(rademacher, {"complexity": WEIGHT}),
             ("samples", "fit", "weight", "positive")),
    ),
    citation=CANTELLI,
    notes=(
        "See also rademacher. The inequality of Dvoretzky, Kiefer and Wolfowitz, with Massart's "
        "constant, has no first root; it is not proved here.",
    ),
)  # fmt: skip

THEOREMS = (birthday, gilbert_varshamov, bonferroni_pairs, glivenko_cantelli)
