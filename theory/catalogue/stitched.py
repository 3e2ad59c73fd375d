"""Tests that may stop after any draw, by bets on epochs of doubling length: plain formulas.

T is any stopping time: whether to go on may depend on all that was seen. K is the number of
disagreements among the first T draws, L the sum of their losses.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.covering import AT_MOST_N, ERROR, NUMBER, J, P
from theory.catalogue.epochs import (
    HORIZON,
    HOWARD,
    SCHEMATIC,
    H,
    I,
    X,
    bet,
    bet_steps,
    conclusion_steps,
    grown,
    part,
    upper,
    wealth,
)
from theory.catalogue.perfect import CONSTANT
from theory.catalogue.shared import DEL, N
from theory.catalogue.stopping import COUNT, LAW, TIME, K, T, confidence_sequence
from theory.language.confidence import Confidence
from theory.language.experiments import sample
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, ERRORS, N_SAMPLES, real
from theory.language.terms import Fact, Mean, Pr, Random, conj, eq, ge, le, lt

stitched_sequence = Theorem(
    name="confidence-sequence-stitched",
    title="An upper bound at any time in a plain formula, whenever one stops",
    parameters=(ERRORS, N_SAMPLES, DELTA),
    result=Confidence(
        P,
        upper(K, N),
        DEL,
        at=upper(COUNT, TIME),
        closed=True,
        reading=(COUNT, K),
        further=((TIME, N),),
        monotone={"errors": "up", "delta": "down"},
        trend_facts=("seen",),
    ),
    assumptions=(
        Assumption(
            "counted",
            "each draw disagrees with probability p, independently; T is a stopping time, within "
            "as many epochs as one likes, and K counts the disagreements until then",
            conj(LAW, ge(COUNT, 0), le(COUNT, TIME), ge(TIME, 1), lt(TIME, 2**H)),
        ),
    ),
    experiment=confidence_sequence.experiment,
    steps=(
        *bet_steps(J),
        Step("ville", le(Pr(ge(wealth(COUNT, TIME), 1 / DEL)), DEL),
             use("ville-stopped", count=COUNT, time=TIME, chance=P, wealth=wealth(J, T), k=J, t=T,
                 level=1 / DEL),
             ("counted", "fair-all", "start", "not-negative")),
        *conclusion_steps(J, COUNT),
    ),
    citation=HOWARD,
    requires=(AT_MOST_N,),
    locals=(ERROR, HORIZON),
    schematic=(NUMBER, *SCHEMATIC),
    notes=("See also confidence-sequence and confidence-sequence-beta, whose values are roots.",),
)  # fmt: skip

RATE = real("p", "p", "mean loss of a draw", 0, 1, "()")
SEEN = real("mean", "m", "mean of the losses observed", 0, 1)
SO_FAR = real("j", "j", "a possible sum of losses", 0)
ONE_LOSS = real("loss", "c", "a possible loss", 0, 1)
M, A, C = SEEN.symbol, SO_FAR.symbol, ONE_LOSS.symbol
LOSS, LAST = Random("loss of a draw"), 2**H - 1
TOTAL = Random("losses until then")
SUMMED = Fact("stopped sum", TOTAL, TIME, LOSS, LAST)
TANGENT_NONE, TANGENT_ALL = sp.exp(C * X), sp.exp(-(1 - C) * X)
BETWEEN = ge(C * grown(X, A + 1, T + 1) + (1 - C) * grown(X, A, T + 1), grown(X, A + C, T + 1))
MIXED = C * part(I, A + 1, T + 1) + (1 - C) * part(I, A, T + 1)
WON, LOST = wealth(A + 1, T + 1), wealth(A, T + 1)
ONE_MORE = wealth(A + LOSS, T + 1)
ENDS = LOSS * WON + (1 - LOSS) * LOST

stitched_losses = Theorem(
    name="confidence-sequence-losses",
    title="An upper bound at any time for a mean of losses, in a plain formula",
    parameters=(SEEN, N_SAMPLES, DELTA),
    result=Confidence(
        P,
        upper(M * N, N),
        DEL,
        at=upper(TOTAL, TIME),
        closed=True,
        reading=(TOTAL, M * N),
        further=((TIME, N),),
        monotone={"mean": "up", "delta": "down"},
        trend_facts=("seen",),
    ),
    assumptions=(
        Assumption(
            "counted",
            "the losses of the draws are in [0, 1], of mean p, independent and alike; T is a "
            "stopping time, within as many epochs as one likes, and L adds up the losses until "
            "then",
            conj(SUMMED, ge(LOSS, 0), le(LOSS, 1), eq(Mean(LOSS), P), ge(TOTAL, 0),
                 le(TOTAL, TIME), ge(TIME, 1), le(TIME, LAST)),
        ),
    ),
    experiment=sample(LAST, "loss of a draw", laws=(SUMMED,),
                      random=("losses until then", "draws until then")),
    steps=(
        *bet_steps(A),
        Step("below", ge(TANGENT_NONE, 1 + C * X), use("exp-bound", x=C * X)),
        Step("above", ge(TANGENT_ALL, 1 - (1 - C) * X), use("exp-bound", x=-(1 - C) * X)),
        Step("chord", ge(C * TANGENT_ALL + (1 - C) * TANGENT_NONE, 1), Smt(),
             ("below", "above"), "exp lies below its chords."),
        Step("all-lost", eq(grown(X, A + 1, T + 1), grown(X, A + C, T + 1) * TANGENT_ALL),
             Algebra()),
        Step("none-lost", eq(grown(X, A, T + 1), grown(X, A + C, T + 1) * TANGENT_NONE),
             Algebra()),
        Step("between", BETWEEN, Smt(), ("chord", "all-lost", "none-lost"),
             "So a loss makes of a bet at most what a coin of that chance makes in the mean,"),
        Step("between-epoch", BETWEEN.subs(X, bet(I)), Instantiate("between", {X: bet(I)}),
             ("between", "bets")),
        Step("between-part", ge(MIXED, part(I, A + C, T + 1)), Smt(), ("between-epoch",)),
        Step("between-all", ge(sp.Sum(MIXED, (I, 1, H)), wealth(A + C, T + 1)),
             use("sum-order", larger=MIXED, x=part(I, A + C, T + 1), a=1, index=I, last=H),
             ("between-part",)),
        Step("mixed", eq(sp.Sum(MIXED, (I, 1, H)), C * WON + (1 - C) * LOST),
             use("sum-linear", whole=MIXED, x=part(I, A + 1, T + 1), a=C, y=part(I, A, T + 1),
                 b=1 - C, index=I, last=H)),
        Step("coin", le(wealth(A + C, T + 1), C * WON + (1 - C) * LOST), Smt(),
             ("between-all", "mixed")),
        Step("coin-drawn", le(ONE_MORE, ENDS), Instantiate("coin", {C: LOSS}),
             ("coin", "counted")),
        Step("means", le(Mean(ONE_MORE), Mean(ENDS)),
             use("mean-monotone", x=ONE_MORE, y=ENDS), ("coin-drawn",)),
        Step("split", eq(Mean(ENDS), WON * Mean(LOSS) + LOST * Mean(1 - LOSS)),
             use("linearity", x=LOSS, y=1 - LOSS, a=WON, b=LOST)),
        CONSTANT,
        Step("rest", eq(Mean(1 - LOSS), 1 - Mean(LOSS)),
             use("linearity", x=1, y=LOSS, a=1, b=-1), ("constant",)),
        Step("fair-draw", le(Mean(ONE_MORE), wealth(A, T)), Smt(),
             ("means", "split", "rest", "counted", "fair-all"),
             "and the wealth does not grow in the mean."),
        Step("ville", le(Pr(ge(wealth(TOTAL, TIME), 1 / DEL)), DEL),
             use("ville-stopped-sum", total=TOTAL, time=TIME, x=LOSS, n=LAST,
                 wealth=wealth(A, T), s=A, t=T, level=1 / DEL),
             ("counted", "fair-draw", "start", "not-negative")),
        *conclusion_steps(A, TOTAL),
    ),
    citation=HOWARD,
    locals=(RATE, HORIZON),
    schematic=(SO_FAR, ONE_LOSS, *SCHEMATIC),
    notes=("See also betting-interval, which has no formula for its value.",),
)  # fmt: skip

THEOREMS = (stitched_sequence, stitched_losses)
