"""Tails of a mean of losses by their variance, or by their mean alone.

A loss is a number between 0 and 1 (for Markov's inequality: no less than 0) that each draw has.
What its variance is, or is at most, must be known beforehand.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.perfect import CONSTANT
from theory.catalogue.shared import N
from theory.language.experiments import Experiment, sample
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.substitution import substitute
from theory.language.symbols import N_SAMPLES, real
from theory.language.terms import Average, Mean, Pr, Random, conj, eq, ge, gt, implies, le

BENNETT = Citation(
    "Bennett", "Probability inequalities for the sum of independent random variables, JASA 57", 1962
)
CHEBYSHEV = Citation("Chebyshev", "Des valeurs moyennes, J. Math. Pures Appl. 12", 1867)
CANTELLI = Citation("Cantelli", "Sui confini della probabilità, Atti Congr. Int. Mat. 6", 1928)
MARKOV = Citation("Markov", "Ischislenie veroyatnostei (Calculus of Probabilities)", 1913)

RATE = real("p", "p", "mean loss of a draw", 0, 1)
VARIANCE = real("variance", "V", "variance of a loss, or more", 0, None, "(")
BEYOND_BY = real("excess", "t", "by how much the mean observed is off", 0, None, "(")
ANY = real("x", "x", "any number")
OTHER = real("z", "z", "a possible difference of a loss and its mean")
SLOPE = real("slope", "c", "any slope", 0, None, "(")
P, V, T = RATE.symbol, VARIANCE.symbol, BEYOND_BY.symbol
X, Z, C = ANY.symbol, OTHER.symbol, SLOPE.symbol
LOSS = Random("loss of a draw")
MEAN, SEEN = Mean(LOSS), Average(LOSS, N)
SPREAD = le(Mean(LOSS**2) - MEAN**2, V)

LOSSES = Assumption(
    "losses",
    "the loss of a draw is between 0 and 1, of mean p and a variance of at most V",
    conj(ge(LOSS, 0), le(LOSS, 1), eq(MEAN, P), SPREAD),
)
BEST = sp.log(1 + T / V)
BENNETT_BOUND = sp.exp(-N * V * ((1 + T / V) * BEST - T / V))
TOO_HIGH = ge(SEEN, P + T)
RISE = sp.exp(C) - 1 - C
GROWN = 1 + C * Z + RISE * Z**2
RATIO = (sp.exp(X) - 1 - X) / X**2
OFF = LOSS - MEAN
MOVED = RISE * LOSS**2 + (C - 2 * RISE * MEAN) * LOSS
WEALTH, LEVEL = sp.exp(C * N * (SEEN - MEAN)), sp.exp(C * N * T)
ANY_SLOPE = le(Pr(TOO_HIGH), sp.exp(N * RISE * V - C * N * T))


def point_steps() -> tuple[Step, ...]:
    """To the step "point": exp(c z) lies below a parabola through its values at 0 and 1."""
    first, second = (X - 1) * sp.exp(X) + 1, (X - 2) * sp.exp(X) + X + 2
    above, below = sp.exp(X) - 1 - X - X**2 / 2, 1 - X + X**2 / 2 - sp.exp(-X)
    rises = implies(gt(Z, 0), ge(X, C * Z), ge(RATIO, substitute(RATIO, {X: C * Z})))
    return (
        Step("growth", ge(sp.exp(X), 1 + X), use("exp-bound", x=X)),
        Step("first", implies(ge(X, 0), ge(first, 0)),
             use("mean-value", f=first, x=X, start=0, end=sp.oo)),
        Step("second", implies(ge(X, 0), ge(second, 0)),
             use("mean-value", f=second, x=X, start=0, end=sp.oo), ("first",)),
        Step("rises", rises,
             use("mean-value", given=gt(Z, 0), f=RATIO, x=X, start=C * Z, end=sp.oo), ("second",),
             "(e^x - 1 - x)/x² rises for x > 0."),
        Step("ratio", substitute(rises, {X: C}), Instantiate("rises", {X: C}), ("rises",)),
        Step("right", implies(gt(Z, 0), le(Z, 1), ge(GROWN, sp.exp(C * Z))), Smt(), ("ratio",)),
        Step("above", implies(ge(X, 0), ge(above, 0)),
             use("mean-value", f=above, x=X, start=0, end=sp.oo), ("growth",)),
        Step("convex", ge(substitute(above, {X: C}), 0), Instantiate("above", {X: C}), ("above",)),
        Step("below", implies(ge(X, 0), ge(below, 0)),
             use("mean-value", f=below, x=X, start=0, end=sp.oo), ("first",)),
        Step("left", implies(ge(-C * Z, 0), ge(substitute(below, {X: -C * Z}), 0)),
             Instantiate("below", {X: -C * Z}), ("below",)),
        Step("wide", implies(le(Z, 0), ge(GROWN, sp.exp(C * Z))), Smt(), ("convex", "left")),
        Step("point", implies(le(Z, 1), ge(GROWN, sp.exp(C * Z))), Smt(), ("right", "wide"),
             "So it lies below the parabola for all z up to 1."),
    )  # fmt: skip


bennett = Theorem(
    name="bennett",
    title="How often a mean of losses of small variance is far above the true mean",
    parameters=(VARIANCE, N_SAMPLES, BEYOND_BY),
    result=UpperBound(
        Pr(TOO_HIGH), BENNETT_BOUND, monotone={"variance": "up", "n": "down", "excess": "down"}
    ),
    assumptions=(LOSSES,),
    experiment=sample(N, "loss of a draw"),
    steps=(
        *point_steps(),
        Step("drawn", ge(GROWN.subs(Z, OFF), sp.exp(C * OFF)), Instantiate("point", {Z: OFF}),
             ("point", "losses")),
        Step("means", le(Mean(sp.exp(C * OFF)), Mean(GROWN.subs(Z, OFF))),
             use("mean-monotone", x=sp.exp(C * OFF), y=GROWN.subs(Z, OFF)), ("drawn",)),
        Step("moved", eq(Mean(MOVED), RISE * Mean(LOSS**2) + (C - 2 * RISE * MEAN) * MEAN),
             use("linearity", x=LOSS**2, y=LOSS, a=RISE, b=C - 2 * RISE * MEAN)),
        Step("split", eq(Mean(GROWN.subs(Z, OFF)),
                         Mean(MOVED) + (1 - C * MEAN + RISE * MEAN**2) * Mean(1)),
             use("linearity", x=MOVED, y=1, a=1, b=1 - C * MEAN + RISE * MEAN**2)),
        CONSTANT,
        Step("steep", ge(RISE, 0), use("exp-bound", x=C)),
        Step("moment", le(Mean(sp.exp(C * OFF)), 1 + RISE * V), Smt(),
             ("means", "moved", "split", "constant", "steep", "losses")),
        Step("grows", le(1 + RISE * V, sp.exp(RISE * V)), use("exp-bound", x=RISE * V)),
        Step("each", le(Mean(sp.exp(C * OFF)), sp.exp(RISE * V)), Smt(), ("moment", "grows")),
        Step("all", le(Mean(WEALTH), sp.exp(N * (RISE * V))),
             use("exponential-moment", x=LOSS, slope=C, level=RISE * V, n=N), ("each",)),
        Step("markov", le(Pr(ge(WEALTH, LEVEL)), Mean(WEALTH) / LEVEL),
             use("markov", x=WEALTH, level=LEVEL)),
        Step("higher", implies(TOO_HIGH, ge(WEALTH, LEVEL)),
             use("exp-monotone", x=C * N * T, y=C * N * (SEEN - MEAN)), ("losses",)),
        Step("event", le(Pr(TOO_HIGH), Pr(ge(WEALTH, LEVEL))),
             use("event-monotone", smaller=TOO_HIGH, larger=ge(WEALTH, LEVEL)), ("higher",)),
        Step("product", eq(sp.exp(N * (RISE * V)) / LEVEL, sp.exp(N * RISE * V - C * N * T)),
             Algebra()),
        Step("any", ANY_SLOPE, Smt(), ("event", "markov", "all", "product"),
             "This holds for every slope c > 0;"),
        Step("positive", gt(BEST, 0), use("log-monotone", x=1 + T / V, y=sp.Integer(1))),
        Step("best", substitute(ANY_SLOPE, {C: BEST}), Instantiate("any", {C: BEST}),
             ("any", "positive"), "best is ln(1 + t/V)."),
        Step("value", eq(substitute(ANY_SLOPE.rhs, {C: BEST}), BENNETT_BOUND),
             Algebra(positive=((1 + T / V, T),))),
        Step("conclusion", le(Pr(TOO_HIGH), BENNETT_BOUND), Smt(), ("best", "value")),
    ),
    citation=BENNETT,
    locals=(RATE,),
    schematic=(ANY, OTHER, SLOPE),
    notes=("See also chebyshev, kl-upper and bernstein-upper.",),
)  # fmt: skip

FAR = ge(sp.Abs(SEEN - P), T)
SQUARE = (SEEN - MEAN) ** 2

chebyshev = Theorem(
    name="chebyshev",
    title="How often a mean of losses is far from the true mean, by the variance",
    parameters=(VARIANCE, N_SAMPLES, BEYOND_BY),
    result=UpperBound(
        Pr(FAR), V / (N * T**2), monotone={"variance": "up", "n": "down", "excess": "down"}
    ),
    assumptions=(
        Assumption(
            "losses",
            "the losses of the draws have the mean p and a variance of at most V",
            conj(eq(MEAN, P), SPREAD),
        ),
    ),
    experiment=sample(N, "loss of a draw"),
    steps=(
        Step("variance", eq(Mean(SQUARE), (Mean(LOSS**2) - MEAN**2) / N),
             use("average-variance", x=LOSS, n=N)),
        Step("markov", le(Pr(ge(SQUARE, T**2)), Mean(SQUARE) / T**2),
             use("markov", x=SQUARE, level=T**2)),
        Step("event", le(Pr(FAR), Pr(ge(SQUARE, T**2))),
             use("event-monotone", smaller=FAR, larger=ge(SQUARE, T**2)), ("losses",)),
        Step("conclusion", le(Pr(FAR), V / (N * T**2)), Smt(),
             ("event", "markov", "variance", "losses")),
    ),
    citation=CHEBYSHEV,
    locals=(RATE,),
    notes=("See also bennett.",),
)  # fmt: skip

AHEAD = V / (N * T)
SHIFTED, HALFWAY = (SEEN - MEAN + AHEAD) ** 2, SQUARE + 2 * AHEAD * SEEN
CANTELLI_BOUND = V / (V + N * T**2)

cantelli = Theorem(
    name="cantelli",
    title="How often a mean of losses is far above the true mean, by the variance",
    parameters=(VARIANCE, N_SAMPLES, BEYOND_BY),
    result=UpperBound(
        Pr(TOO_HIGH), CANTELLI_BOUND,
        monotone={"variance": "up", "n": "down", "excess": "down"},
    ),
    assumptions=chebyshev.assumptions,
    experiment=sample(N, "loss of a draw"),
    steps=(
        Step("average", eq(Mean(SEEN), MEAN), use("average-mean", x=LOSS, n=N)),
        Step("variance", eq(Mean(SQUARE), (Mean(LOSS**2) - MEAN**2) / N),
             use("average-variance", x=LOSS, n=N)),
        Step("halfway", eq(Mean(HALFWAY), Mean(SQUARE) + 2 * AHEAD * Mean(SEEN)),
             use("linearity", x=SQUARE, y=SEEN, a=1, b=2 * AHEAD)),
        Step("shifted", eq(Mean(SHIFTED), Mean(HALFWAY) + (AHEAD**2 - 2 * AHEAD * MEAN) * Mean(1)),
             use("linearity", x=HALFWAY, y=1, a=1, b=AHEAD**2 - 2 * AHEAD * MEAN)),
        CONSTANT,
        Step("square", eq(Mean(SHIFTED), Mean(SQUARE) + AHEAD**2), Smt(),
             ("average", "halfway", "shifted", "constant")),
        Step("at most", le(Mean(SHIFTED), V / N + AHEAD**2), Smt(),
             ("square", "variance", "losses")),
        Step("markov", le(Pr(ge(SHIFTED, (T + AHEAD) ** 2)), Mean(SHIFTED) / (T + AHEAD) ** 2),
             use("markov", x=SHIFTED, level=(T + AHEAD) ** 2)),
        Step("ahead", gt(AHEAD, 0), Smt()),
        Step("event", le(Pr(TOO_HIGH), Pr(ge(SHIFTED, (T + AHEAD) ** 2))),
             use("event-monotone", smaller=TOO_HIGH, larger=ge(SHIFTED, (T + AHEAD) ** 2)),
             ("losses", "ahead"), "V/(n t) is what makes the bound least."),
        Step("value", eq((V / N + AHEAD**2) / (T + AHEAD) ** 2, CANTELLI_BOUND), Algebra()),
        Step("conclusion", le(Pr(TOO_HIGH), CANTELLI_BOUND), Smt(),
             ("event", "markov", "at most", "value", "ahead")),
    ),
    citation=CANTELLI,
    locals=(RATE,),
    notes=("See also chebyshev, for both sides, and bennett.",),
)  # fmt: skip

MEAN_LOSS = real("mean", "p", "mean of a number that is nowhere negative", 0)
AT_LEAST = real("level", "t", "level that is reached", 0, None, "(")
MU, REACHED = MEAN_LOSS.symbol, AT_LEAST.symbol

markov = Theorem(
    name="markov",
    title="How often a number that is nowhere negative is large",
    parameters=(MEAN_LOSS, AT_LEAST),
    result=UpperBound(
        Pr(ge(LOSS, REACHED)), MU / REACHED, monotone={"mean": "up", "level": "down"}
    ),
    assumptions=(
        Assumption("losses", "the loss of a draw is nowhere negative, and its mean is p",
                   conj(ge(LOSS, 0), eq(Mean(LOSS), MU))),
    ),
    experiment=Experiment(random=("loss of a draw",)),
    steps=(
        Step("markov", le(Pr(ge(LOSS, REACHED)), Mean(LOSS) / REACHED),
             use("markov", x=LOSS, level=REACHED), ("losses",)),
        Step("conclusion", le(Pr(ge(LOSS, REACHED)), MU / REACHED), Smt(), ("markov", "losses")),
    ),
    citation=MARKOV,
    notes=("It is the axiom of that name, with numbers.",),
)  # fmt: skip

THEOREMS = (bennett, chebyshev, cantelli, markov)
