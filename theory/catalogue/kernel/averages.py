"""The kernel: ranges that are left by little on average.

See docs/soundness.md, rule 7: a line above a ReLU is one for all inputs if what it may lack outside
of the range is added; what is added is little on average, and so seldom much.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.relaxation import (
    LAM,
    LEAST_INTERCEPT,
    LOWER,
    RELU,
    STEEP,
    UPPER,
    VALUE,
    L,
    U,
    Z,
)
from theory.catalogue.kernel.tails import LINEAR
from theory.catalogue.kernel.terms import kernel
from theory.catalogue.margins import MARGIN, WRONG
from theory.language.experiments import Experiment
from theory.language.rules import Smt, use
from theory.language.schemas import Slack, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import real
from theory.language.terms import Mean, Pr, Random, conj, eq, ge, implies, le, lt

OVER = sp.Max(0, Z - sp.Max(U, 0))
UNDER = sp.Max(0, sp.Min(L, 0) - Z)
BEYOND = (1 - LAM) * OVER + LAM * UNDER

kernel_relu_beyond = Theorem(
    name="kernel-relu-beyond",
    title="The kernel: a line above a ReLU, for inputs outside of the range too",
    parameters=(LOWER, UPPER, STEEP),
    result=Slack(RELU, LAM * Z, LEAST_INTERCEPT + BEYOND, side="above", monotone={}),
    assumptions=(),
    steps=(
        Step(
            "inside",
            implies(conj(le(L, Z), le(Z, U)), le(RELU, LAM * Z + LEAST_INTERCEPT)),
            Smt(),
            words="Between the ends relu(z) - λ z is convex, so at most what it is at one of them.",
        ),
        Step(
            "above",
            implies(le(U, Z), le(RELU, LAM * Z + LEAST_INTERCEPT + (1 - LAM) * OVER)),
            Smt(),
            words="Above it grows by at most 1 - λ, from 0 on.",
        ),
        Step(
            "below",
            implies(le(Z, L), le(RELU, LAM * Z + LEAST_INTERCEPT + LAM * UNDER)),
            Smt(),
            words="Below it grows by at most λ, from 0 on.",
        ),
        Step(
            "conclusion",
            le(RELU, LAM * Z + LEAST_INTERCEPT + BEYOND),
            Smt(),
            ("inside", "above", "below"),
        ),
    ),
    citation=kernel("rule 7"),
    requires=(Assumption("order", "lower <= upper", le(L, U)),),
    locals=(VALUE,),
)

FALL = real("fall", "q", "bound of the probability that the linear form is below its level", 0, 1)
RARITY = real("rarity", "r", "unit of averages", 0, 1, "(")
LEVEL = real("level", "t", "level that the linear form is rarely below")
STRAYS = real("strays", "c", "average of what is lost, at most, in units of r", 0, None, "(")
LOST = Random("lost by ranges")
Q = FALL.symbol
R = RARITY.symbol
T = LEVEL.symbol
C = STRAYS.symbol
FALLS = lt(LINEAR, T)
MUCH = ge(LOST, C)
EITHER = sp.Or(FALLS, MUCH)

kernel_tail_average = Theorem(
    name="kernel-tail-average",
    title="The kernel: the tail of a linear bound that is lost a little on average",
    parameters=(FALL, RARITY),
    result=UpperBound(Pr(WRONG), Q + R, monotone={"fall": "up", "rarity": "up"}),
    assumptions=(
        Assumption(
            "linear",
            "the margin is at least the linear form less what is lost",
            ge(MARGIN, LINEAR - LOST),
        ),
        Assumption("falls", "theorem kernel-tail for the linear form", le(Pr(FALLS), Q)),
        Assumption(
            "lost",
            "what is lost is at least 0, and on average at most c times r: averages add up, "
            "whatever depends on what",
            conj(ge(LOST, 0), le(Mean(LOST), C * R)),
        ),
        Assumption("level", "the level is at least c", ge(T, C)),
    ),
    experiment=Experiment(random=("linear bound", "margin", "lost by ranges")),
    steps=(
        Step(
            "event",
            le(Pr(WRONG), Pr(EITHER)),
            use("event-monotone", smaller=WRONG, larger=EITHER),
            ("linear", "level"),
            "Where the form is at its level and less than c is lost, the margin is positive.",
        ),
        Step("boole", le(Pr(EITHER), Pr(FALLS) + Pr(MUCH)),
             use("boole", first=FALLS, second=MUCH)),
        Step("markov", le(Pr(MUCH), Mean(LOST) / C), use("markov", x=LOST, level=C), ("lost",)),
        Step("share", le(Mean(LOST) / C, R), Smt(), ("lost",)),
        Step(
            "conclusion",
            le(Pr(WRONG), Q + R),
            Smt(),
            ("event", "boole", "falls", "markov", "share"),
        ),
    ),
    citation=kernel("rule 7"),
    locals=(LEVEL, STRAYS),
)  # fmt: skip

WHOLE = real("whole", "a", "average over the larger cell", 0, None)
SHARE = real("share", "s", "probability of the smaller cell in the larger", 0, 1, "(")
INSIDE = real("inside", "x", "average over the smaller cell, of what is at least 0", 0, None)
BESIDE = real("beside", "y", "average over the rest of the larger one", 0, None)
A, S, X, Y = (held.symbol for held in (WHOLE, SHARE, INSIDE, BESIDE))

kernel_tail_within = Theorem(
    name="kernel-tail-within",
    title="The kernel: averages in part of a cell",
    parameters=(WHOLE, SHARE),
    result=UpperBound(X, A / S, monotone={"whole": "up", "share": "down"}),
    assumptions=(
        Assumption(
            "total",
            "an average is that over the parts, each by its probability",
            eq(A, S * X + (1 - S) * Y),
        ),
    ),
    steps=(
        Step("part", le(S * X, A), Smt(), ("total",), "What the rest adds is at least 0."),
        Step("conclusion", le(X, A / S), Smt(), ("part",)),
    ),
    citation=kernel("rule 7"),
    locals=(INSIDE, BESIDE),
)

THEOREMS = (
    kernel_relu_beyond,
    kernel_tail_average,
    kernel_tail_within,
)
