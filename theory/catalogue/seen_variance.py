"""Tails of a mean of losses by the variance that the sample itself shows.

s² is the true variance of a loss, V that of the sample, with the divisor n - 1. The mean is off by
Bernstein's inequality, which knows s; that s is little more than the root of V is known of pairs.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.catalogue.perfect import CONSTANT
from theory.catalogue.shared import DEL
from theory.catalogue.variances import (
    ANY,
    GROWN,
    LOSS,
    MEAN,
    OTHER,
    RATE,
    RISE,
    SLOPE,
    C,
    P,
    X,
    Z,
    point_steps,
)
from theory.catalogue.vc_agnostic import INVERSE_HALF, POSITIVE_LOG
from theory.language.confidence import Confidence
from theory.language.experiments import sample
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.substitution import substitute
from theory.language.symbols import DELTA, integer, real
from theory.language.terms import Average, Fact, Mean, Pr, Random, conj, eq, ge, gt, implies, le, lt

PONTIL = Citation(
    "Maurer, Pontil", "Empirical Bernstein bounds and sample-variance penalization, COLT", 2009
)

DRAWN = integer("n", "n", "number of samples, two at least", 2)
N = DRAWN.symbol
OBSERVED = replace(real("mean", "q", "mean loss of the sample", 0, 1), otherwise="0")
SHOWN = real("variance", "V", "variance of the sample, with the divisor n - 1", 0)
DEVIATION = real("deviation", "s", "standard deviation of a loss", 0)
LACK = real("lack", "t", "by how much the mean of the sample is too low", 0, None, "(")
Q, V, S, T = OBSERVED.symbol, SHOWN.symbol, DEVIATION.symbol, LACK.symbol
SPREAD = Random("variance of the sample")
SEEN = Average(LOSS, N)
LAW = Fact("sample variance", SPREAD, LOSS, N)
L = sp.log(2 / DEL)
NEXT = sp.sqrt(L / (N - 1))
WIDE, ROOM = sp.sqrt(2 * L / N), sp.sqrt(2) * NEXT


def _above(mean: sp.Expr, variance: sp.Expr) -> sp.Expr:
    return mean + sp.sqrt(2 * variance * L / N) + sp.Rational(7, 3) * L / (N - 1)


BOUND = _above(Q, V)
MISLED = gt(P, _above(SEEN, SPREAD))
OFF = MEAN - LOSS
MOVED = RISE * LOSS**2 - (C + 2 * RISE * MEAN) * LOSS
REST = 1 + C * MEAN + RISE * MEAN**2
WEALTH, LEVEL = sp.exp(-C * N * (SEEN - MEAN)), sp.exp(C * N * T)
TOO_LOW = le(SEEN, MEAN - T)
ANY_SLOPE = le(Pr(TOO_LOW), sp.exp(N * RISE * S**2 - C * N * T))
FALL = S * WIDE + L / (3 * N)
PART = WIDE / (S + WIDE / 3)
HEAVY = S * WIDE**2 / (2 * (S + WIDE / 3))
AT_BEST = {C: PART, T: FALL}
LITTLE = lt(SPREAD, S**2 - ROOM * S)
LOW = substitute(TOO_LOW, AT_BEST)
SHORT = lt(_above(sp.Integer(0), SPREAD), FALL)
BEND = X - (1 - X / 3) * (sp.exp(X) - 1) + (sp.exp(X) - 1 - X) / 3
CURVE = X**2 / 2 - (1 - X / 3) * (sp.exp(X) - 1 - X)


def _mean_steps() -> tuple[Step, ...]:
    """To the step "low": Bernstein's inequality, from below, with the deviation s."""
    return (
        *point_steps(),
        Step("drawn", ge(GROWN.subs(Z, OFF), sp.exp(C * OFF)), Instantiate("point", {Z: OFF}),
             ("point", "losses")),
        Step("means", le(Mean(sp.exp(C * OFF)), Mean(GROWN.subs(Z, OFF))),
             use("mean-monotone", x=sp.exp(C * OFF), y=GROWN.subs(Z, OFF)), ("drawn",)),
        Step("moved", eq(Mean(MOVED), RISE * Mean(LOSS**2) - (C + 2 * RISE * MEAN) * MEAN),
             use("linearity", x=LOSS**2, y=LOSS, a=RISE, b=-(C + 2 * RISE * MEAN))),
        Step("split", eq(Mean(GROWN.subs(Z, OFF)), Mean(MOVED) + REST * Mean(1)),
             use("linearity", x=MOVED, y=1, a=1, b=REST)),
        CONSTANT,
        Step("moment", le(Mean(sp.exp(C * OFF)), 1 + RISE * S**2), Smt(),
             ("means", "moved", "split", "constant", "losses")),
        Step("grows", le(1 + RISE * S**2, sp.exp(RISE * S**2)), use("exp-bound", x=RISE * S**2)),
        Step("each", le(Mean(sp.exp(C * OFF)), sp.exp(RISE * S**2)), Smt(), ("moment", "grows")),
        Step("all", le(Mean(WEALTH), sp.exp(N * (RISE * S**2))),
             use("exponential-moment", x=LOSS, slope=-C, level=RISE * S**2, n=N), ("each",)),
        Step("markov", le(Pr(ge(WEALTH, LEVEL)), Mean(WEALTH) / LEVEL),
             use("markov", x=WEALTH, level=LEVEL)),
        Step("higher", implies(TOO_LOW, ge(WEALTH, LEVEL)),
             use("exp-monotone", x=C * N * T, y=-C * N * (SEEN - MEAN))),
        Step("event", le(Pr(TOO_LOW), Pr(ge(WEALTH, LEVEL))),
             use("event-monotone", smaller=TOO_LOW, larger=ge(WEALTH, LEVEL)), ("higher",)),
        Step("product", eq(sp.exp(N * (RISE * S**2)) / LEVEL, sp.exp(N * RISE * S**2 - C * N * T)),
             Algebra()),
        Step("any", ANY_SLOPE, Smt(), ("event", "markov", "all", "product"),
             "This holds for every slope c > 0 and every t > 0."),
        Step("bend", implies(ge(X, 0), ge(BEND, 0)),
             use("mean-value", f=BEND, x=X, start=0, end=sp.oo), ("first",)),
        Step("curve", implies(ge(X, 0), ge(CURVE, 0)),
             use("mean-value", f=CURVE, x=X, start=0, end=sp.oo), ("bend",),
             "Bernstein's form of the parabola."),
        INVERSE_HALF,
        POSITIVE_LOG,
        Step("log", gt(L, 0), Smt(), ("inverse", "positive-log")),
        Step("width", gt(WIDE, 0), Smt(), ("log",)),
        Step("part", conj(gt(PART, 0), eq(PART * (S + WIDE / 3), WIDE)), Smt(), ("width",)),
        Step("at part", ge(substitute(CURVE, {X: PART}), 0), Instantiate("curve", {X: PART}),
             ("curve", "part", "width", "log")),
        Step("share", eq((1 - PART / 3) * (S + WIDE / 3), S), Algebra(),
             ("width", "log")),
        Step("heavy", le(substitute(RISE, {C: PART}) * S**2, HEAVY), Smt(),
             ("at part", "part", "share", "width")),
        Step("light", eq(N * HEAVY - PART * N * FALL, -L), Algebra(),
             ("width", "log")),
        Step("fall", gt(FALL, 0), Smt(), ("width", "log")),
        Step("best", substitute(ANY_SLOPE, AT_BEST), Instantiate("any", AT_BEST),
             ("any", "part", "fall", "width", "log")),
        Step("spent", le(substitute(ANY_SLOPE.rhs.args[0], AT_BEST), sp.log(DEL / 2)), Smt(),
             ("heavy", "light", "inverse")),
        Step("small", le(substitute(ANY_SLOPE.rhs, AT_BEST), sp.exp(sp.log(DEL / 2))),
             use("exp-monotone", x=substitute(ANY_SLOPE.rhs.args[0], AT_BEST), y=sp.log(DEL / 2)),
             ("spent", "width", "log")),
        Step("value", eq(sp.exp(sp.log(DEL / 2)), DEL / 2), Algebra()),
        Step("low", le(Pr(LOW), DEL / 2), Smt(), ("best", "small", "value")),
    )  # fmt: skip


empirical_bernstein = Theorem(
    name="empirical-bernstein",
    title="A mean of losses from above, by the variance that the sample shows",
    parameters=(OBSERVED, SHOWN, DRAWN, DELTA),
    result=Confidence(
        P,
        BOUND,
        DEL,
        at=_above(SEEN, SPREAD),
        reading=(SEEN, Q),
        further=((SPREAD, V),),
        monotone={"mean": "up", "variance": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "losses",
            "the loss of a draw is between 0 and 1, of mean p and standard deviation s",
            conj(ge(LOSS, 0), le(LOSS, 1), eq(MEAN, P), eq(Mean(LOSS**2) - MEAN**2, S**2)),
        ),
        Assumption("sample", "the variance is that of the n draws, with the divisor n - 1", LAW),
    ),
    experiment=sample(N, "loss of a draw", random=("variance of the sample",), laws=(LAW,)),
    steps=(
        *_mean_steps(),
        Step("next", conj(ge(NEXT, 0), eq(NEXT**2, L / (N - 1)), le(sp.sqrt(L / N), NEXT)), Smt(),
             ("log",)),
        Step("shown", conj(ge(SPREAD, 0), le(Pr(LITTLE), sp.exp(-(N - 1) * ROOM**2 / 2))),
             use("sample-variance", spread=SPREAD, x=LOSS, n=N, deviation=S, t=ROOM),
             ("losses", "sample", "next", "log"),
             "The sample shows much less than s² seldom."),
        Step("chance", eq(sp.exp(-(N - 1) * ROOM**2 / 2), DEL / 2), Algebra(), ("log",)),
        Step("seldom", conj(ge(SPREAD, 0), le(Pr(LITTLE), DEL / 2)), Smt(), ("shown", "chance")),
        Step("near", implies(sp.Not(LITTLE), le(S, sp.sqrt(SPREAD) + ROOM)), Smt(),
             ("next", "seldom")),
        Step("root", eq(sp.sqrt(2 * SPREAD * L / N), sp.sqrt(SPREAD) * WIDE), Smt(),
             ("seldom", "width", "log")),
        Step("both", le(sp.sqrt(L / N) * NEXT, L / (N - 1)), Smt(), ("next", "log")),
        Step("third", le(L / (3 * N), sp.Rational(1, 3) * L / (N - 1)), Smt(), ("log",)),
        Step("within", implies(sp.Not(LITTLE),
                               le(S * WIDE, sp.sqrt(2 * SPREAD * L / N) + 2 * L / (N - 1))), Smt(),
             ("near", "root", "both", "width")),
        Step("true", eq(MEAN, P), Smt(), ("losses",)),
        Step("reach", implies(sp.Not(LITTLE), le(FALL, _above(sp.Integer(0), SPREAD))), Smt(),
             ("within", "third")),
        Step("short", implies(MISLED, sp.Or(LOW, SHORT)), Smt(), ("true",)),
        Step("shorter", implies(SHORT, LITTLE), Smt(), ("reach",)),
        Step("apart", implies(MISLED, sp.Or(LOW, LITTLE)), Smt(), ("short", "shorter")),
        Step("either", le(Pr(MISLED), Pr(sp.Or(LOW, LITTLE))),
             use("event-monotone", smaller=MISLED, larger=sp.Or(LOW, LITTLE)),
             ("apart", "seldom", "log", "width", "next")),
        Step("boole", le(Pr(sp.Or(LOW, LITTLE)), Pr(LOW) + Pr(LITTLE)),
             use("boole", first=LOW, second=LITTLE), ("log", "width")),
        Step("conclusion", le(Pr(MISLED), DEL), Smt(), ("either", "boole", "low", "seldom")),
    ),
    citation=PONTIL,
    locals=(RATE, DEVIATION),
    schematic=(ANY, OTHER, SLOPE, LACK),
    notes=("See also bennett, where the true variance is known.",),
)  # fmt: skip

THEOREMS = (empirical_bernstein,)
