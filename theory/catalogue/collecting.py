"""Draws until every cell was seen, and the groups of draws whose median is a mean.

Cells are what the draws fall into: the leaves of a tree, the classes of a teacher.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory.catalogue.shared import DEL, HALF, SO_FAR, N, T
from theory.catalogue.variances import BEYOND_BY, VARIANCE, V
from theory.catalogue.variances import T as OFF_BY
from theory.language.experiments import sample
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, integer, real
from theory.language.terms import (
    Event,
    Fact,
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

UPFAL = Citation(
    "Mitzenmacher, Upfal", "Probability and Computing, Cambridge University Press", 2005
)

NEMIROVSKI = Citation(
    "Nemirovski, Yudin", "Problem Complexity and Method Efficiency in Optimization, Wiley", 1983
)

MANY = integer("cells", "K", "number of cells that draws may fall into", 1)
K, I = MANY.symbol, sp.Symbol("i", integer=True, positive=True)  # noqa: E741


def waited(t: sp.Expr) -> sp.Expr:
    """How many draws are made on average while one of t cells is missing."""
    return Quantity("mean draws while cells are missing", t)


def harmonic(t: sp.Expr) -> sp.Expr:
    """The sum of the first inverse integers."""
    return sp.Sum(1 / I, (I, 1, t))


def seen(t: sp.Expr) -> sp.Basic:
    """The claim, where t of the K cells are missing."""
    return implies(le(t, K), conj(ge(harmonic(t), 0), le(waited(t), K * harmonic(t))))


coupon_collector = Theorem(
    name="coupon-collector",
    title="How many draws it takes on average to see every cell, each as likely as the others",
    parameters=(MANY,),
    result=UpperBound(waited(K), K * harmonic(K), monotone={"cells": "up"}, trend_facts=("some",)),
    assumptions=(
        Assumption(
            "draws",
            "while t + 1 of K cells are missing, a draw is one of them with probability "
            "(t + 1)/K: it takes K/(t + 1) draws on average until t are missing",
            conj(
                eq(waited(sp.Integer(0)), 0),
                implies(le(T + 1, K), le(waited(T + 1), waited(T) + K / (T + 1))),
            ),
        ),
    ),
    steps=(
        Step(
            "next",
            conj(
                eq(sp.Sum(1 / I, (I, 1, 0)), 0),
                eq(harmonic(T + 1), harmonic(T) + 1 / (T + 1)),
            ),
            use("series-next", term=1 / I, index=I, first=1, last=T),
        ),
        Step("seen", seen(T), use("induction", claim=seen(T), k=T, start=0), ("draws", "next")),
        Step("all", seen(K), Instantiate("seen", {T: K}), ("seen",)),
        Step("some", ge(harmonic(K), 0), Smt(), ("all",)),
        Step("conclusion", le(waited(K), K * harmonic(K)), Smt(), ("all", "some")),
    ),
    citation=UPFAL,
    schematic=(SO_FAR,),
    notes=(
        "With draws without end it is this number exactly; a horizon can only make it less.",
        "See also every-cell-seen and success-without-teacher.",
    ),
)

RAREST = real("p", "p", "probability of the rarest cell, or less", 0, 1)
P = RAREST.symbol


def missed(t: sp.Expr) -> sp.Expr:
    """The probability that one of the first t cells is not seen in n draws."""
    return Quantity("a cell is not seen", t)


MISSED = le(missed(T), T * (1 - P) ** N)

every_cell_seen = Theorem(
    name="every-cell-seen",
    title="How often some cell is not seen in a number of draws",
    parameters=(MANY, RAREST, N_SAMPLES),
    result=UpperBound(
        missed(K), K * (1 - P) ** N, monotone={"cells": "up", "p": "down", "n": "down"}
    ),
    assumptions=(
        Assumption(
            "draws",
            "n independent draws miss one more cell with probability (1 - p)^n at most",
            conj(eq(missed(sp.Integer(0)), 0), le(missed(T + 1), missed(T) + (1 - P) ** N)),
        ),
    ),
    steps=(
        Step("missed", MISSED, use("induction", claim=MISSED, k=T, start=0), ("draws",)),
        Step("conclusion", le(missed(K), K * (1 - P) ** N), Instantiate("missed", {T: K}),
             ("missed",)),
    ),
    citation=UPFAL,
    schematic=(SO_FAR,),
    notes=("See also coupon-collector and unseen-mass.",),
)  # fmt: skip

FREQUENT = replace(RAREST, upper=Fraction(1), open="()")
SEEN_ALL = (sp.log(DEL) - sp.log(K)) / sp.log(1 - P)
LEFT = K * (1 - P) ** N

every_cell_seen_samples = Theorem(
    name="every-cell-seen-samples",
    title="How many draws see every cell",
    parameters=(MANY, FREQUENT, DELTA),
    result=SampleSize(
        N, SEEN_ALL, le(missed(K), DEL), monotone={"cells": "up", "p": "down", "delta": "down"}
    ),
    assumptions=every_cell_seen.assumptions,
    steps=(
        Step("missed", le(missed(K), LEFT), Cite(every_cell_seen, {}), ("draws",)),
        Step("logarithm", eq(sp.log(LEFT), sp.log(K) + N * sp.log(1 - P)),
             Algebra(positive=((1 - P, P),))),
        Step("compare", sp.Equivalent(le(LEFT, DEL), le(sp.log(LEFT), sp.log(DEL))),
             use("log-monotone", x=LEFT, y=DEL)),
        Step("negative", le(sp.log(1 - P), -P), use("log-bounds", x=P)),
        Step("conclusion", implies(ge(N, SEEN_ALL), le(missed(K), DEL)), Smt(),
             ("missed", "logarithm", "compare", "negative")),
    ),
    citation=UPFAL,
    locals=(N_SAMPLES,),
    schematic=(SO_FAR,),
    notes=("See also every-cell-seen, which it solves for n.",),
)  # fmt: skip

GROUPS = integer("groups", "k", "groups of draws", 1)
EACH = replace(N_SAMPLES, meaning="number of draws in a group")
OFTEN = real("q", "q", "probability that the mean of a group is off", 0, 1)
G, Q = GROUPS.symbol, OFTEN.symbol
MOSTLY = V / (N * OFF_BY**2)
COUNT = RandomInteger("groups that are off")
LAW = Fact("binomial", COUNT, G, Q)
MEDIAN_OFF = Event("the median of the means is off")
HALF_OFF = ge(2 * COUNT, G)
TILT = (1 - MOSTLY) / MOSTLY
LEVEL = TILT ** (G / 2)
RARELY = sp.sqrt(4 * MOSTLY * (1 - MOSTLY)) ** G

median_of_means = Theorem(
    name="median-of-means",
    title="How often a median of the means of several groups is off, by the variance",
    parameters=(VARIANCE, EACH, GROUPS, BEYOND_BY),
    result=UpperBound(
        Pr(MEDIAN_OFF),
        RARELY,
        monotone={"variance": "up", "n": "down", "excess": "down", "groups": "down"},
    ),
    assumptions=(
        Assumption(
            "groups",
            "the mean of a group of n draws is off by t or more with probability q, at most "
            "V/(n t²) (chebyshev), one group independently of the others",
            conj(LAW, le(Q, MOSTLY)),
        ),
        Assumption(
            "median",
            "where the median is off by t or more, so are half of the means, on its side",
            implies(MEDIAN_OFF, HALF_OFF),
        ),
    ),
    experiment=sample(
        G,
        what="groups of draws",
        random=("groups that are off", "the median of the means is off"),
        laws=(LAW,),
    ),
    steps=(
        Step("some", gt(MOSTLY, 0), Smt()),
        Step("tilt", ge(TILT, 1), Smt(), ("some",)),
        Step("power", implies(HALF_OFF, le(LEVEL, TILT**COUNT)),
             use("power-exponent", x=TILT, a=G / 2, b=COUNT), ("tilt",)),
        Step("event", le(Pr(MEDIAN_OFF), Pr(ge(TILT**COUNT, LEVEL))),
             use("event-monotone", smaller=MEDIAN_OFF, larger=ge(TILT**COUNT, LEVEL)),
             ("median", "power")),
        Step("markov", le(Pr(ge(TILT**COUNT, LEVEL)), Mean(TILT**COUNT) / LEVEL),
             use("markov", x=TILT**COUNT, level=LEVEL), ("tilt",)),
        Step("moment", eq(Mean(TILT**COUNT), (1 - Q + Q * TILT) ** G),
             use("binomial-moment", count=COUNT, n=G, p=Q, x=TILT), ("tilt", "groups")),
        Step("whole", eq(1 - MOSTLY + MOSTLY * TILT, 2 * (1 - MOSTLY)), Algebra()),
        Step("base", conj(ge(1 - Q + Q * TILT, 0), le(1 - Q + Q * TILT, 2 * (1 - MOSTLY))), Smt(),
             ("tilt", "groups", "whole")),
        Step("powers", le((1 - Q + Q * TILT) ** G, (2 * (1 - MOSTLY)) ** G),
             use("power-monotone", x=1 - Q + Q * TILT, y=2 * (1 - MOSTLY), n=G), ("base",)),
        Step("value", eq((2 * (1 - MOSTLY)) ** G / LEVEL, RARELY), Algebra()),
        Step("conclusion", le(Pr(MEDIAN_OFF), RARELY), Smt(),
             ("event", "markov", "moment", "powers", "value", "tilt")),
    ),
    citation=NEMIROVSKI,
    requires=(Assumption("seldom", "variance / (n excess^2) < 1/2", lt(MOSTLY, HALF)),),
    locals=(OFTEN,),
    notes=("See also chebyshev, which this makes surer, and boosting-copies.",),
)  # fmt: skip

HALVED = 4 * MOSTLY * (1 - MOSTLY)
GROUPS_NEEDED = 2 * sp.log(DEL) / sp.log(HALVED)

median_of_means_groups = Theorem(
    name="median-of-means-groups",
    title="How many groups make a median of their means sure, by the variance",
    parameters=(VARIANCE, EACH, BEYOND_BY, DELTA),
    result=SampleSize(
        G,
        GROUPS_NEEDED,
        le(Pr(MEDIAN_OFF), DEL),
        monotone={"variance": "up", "n": "down", "excess": "down", "delta": "down"},
        trend_facts=("some", "negative"),
    ),
    assumptions=median_of_means.assumptions,
    experiment=median_of_means.experiment,
    steps=(
        Step("some", conj(gt(HALVED, 0), lt(HALVED, 1)), Smt()),
        Step("tilt", gt(TILT, 0), Smt()),
        Step("off", le(Pr(MEDIAN_OFF), RARELY), Cite(median_of_means, {}), ("groups", "median")),
        Step("logarithm", eq(sp.log(RARELY), G * sp.log(HALVED) / 2),
             Algebra(positive=((TILT, V),)), ("tilt",)),
        Step("compare", sp.Equivalent(le(RARELY, DEL), le(sp.log(RARELY), sp.log(DEL))),
             use("log-monotone", x=RARELY, y=DEL), ("some",)),
        Step("negative", le(sp.log(HALVED), HALVED - 1), use("log-bounds", x=1 - HALVED),
             ("some",)),
        Step("conclusion", implies(ge(G, GROUPS_NEEDED), le(Pr(MEDIAN_OFF), DEL)), Smt(),
             ("off", "logarithm", "compare", "negative", "some")),
    ),
    citation=NEMIROVSKI,
    requires=median_of_means.requires,
    locals=(GROUPS, OFTEN),
    notes=("See also median-of-means, which it solves for the number of groups.",),
)  # fmt: skip

THEOREMS = (
    coupon_collector,
    every_cell_seen,
    every_cell_seen_samples,
    median_of_means,
    median_of_means_groups,
)
