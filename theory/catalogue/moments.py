"""What the range of a number tells of its variance, and how often a number is near its mean.

A loss is a number that each draw has; E is its mean over all draws.
"""

from __future__ import annotations

from theory.catalogue.perfect import CONSTANT
from theory.catalogue.variances import LOSS, MEAN
from theory.language.experiments import Experiment
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import real
from theory.language.terms import Mean, Pr, conj, eq, ge, gt, le

DAVIS = Citation("Bhatia, Davis", "A better bound on the variance, Am. Math. Monthly 107", 2000)
POPOVICIU = Citation(
    "Popoviciu", "Sur les équations algébriques ayant toutes leurs racines réelles, Mathematica 9",
    1935,
)  # fmt: skip
ZYGMUND = Citation(
    "Paley, Zygmund", "A note on analytic functions in the unit circle, Proc. Camb. Phil. Soc. 28",
    1932,
)  # fmt: skip

DRAW = Experiment(random=("loss of a draw",))
LOWEST = real("least", "a", "least that a loss can be")
HIGHEST = real("most", "b", "most that a loss can be")
CENTRE = real("mean", "p", "mean loss of a draw")
A, B, P = LOWEST.symbol, HIGHEST.symbol, CENTRE.symbol
VARIANCE = Mean(LOSS**2) - MEAN**2
IN_RANGE = conj(ge(LOSS, A), le(LOSS, B))
LINE = (A + B) * LOSS - A * B
DAVIS_BOUND, POPOVICIU_BOUND = (B - P) * (P - A), (B - A) ** 2 / 4

RANGE_STEPS = (
    Step("below a line", le(LOSS**2, LINE), Smt(), ("range",),
         "(x - a) (b - x) is nowhere negative."),
    Step("squares", le(Mean(LOSS**2), Mean(LINE)), use("mean-monotone", x=LOSS**2, y=LINE),
         ("below a line",)),
    Step("line", eq(Mean(LINE), (A + B) * MEAN - A * B * Mean(1)),
         use("linearity", x=LOSS, y=1, a=A + B, b=-A * B)),
    CONSTANT,
    Step("one", eq(Mean(1), 1), Smt(), ("constant",)),
    Step("spread", le(VARIANCE, (B - MEAN) * (MEAN - A)), Smt(), ("squares", "line", "one")),
)  # fmt: skip

bhatia_davis = Theorem(
    name="bhatia-davis",
    title="How large the variance of a loss can be, by its range and its mean",
    parameters=(CENTRE, LOWEST, HIGHEST),
    result=UpperBound(VARIANCE, DAVIS_BOUND),
    assumptions=(
        Assumption("range", "a loss is between a and b", IN_RANGE),
        Assumption("mean", "its mean is p", eq(MEAN, P)),
    ),
    experiment=DRAW,
    steps=(
        *RANGE_STEPS,
        Step("conclusion", le(VARIANCE, DAVIS_BOUND), Smt(), ("spread", "mean")),
    ),
    citation=DAVIS,
    requires=(
        Assumption("inside", "least <= mean <= most", conj(le(A, P), le(P, B))),
    ),
    notes=("See also popoviciu.",),
)  # fmt: skip

popoviciu = Theorem(
    name="popoviciu",
    title="How large the variance of a loss can be, by its range alone",
    parameters=(LOWEST, HIGHEST),
    result=UpperBound(VARIANCE, POPOVICIU_BOUND, monotone={"least": "down", "most": "up"}),
    assumptions=(Assumption("range", "a loss is between a and b", IN_RANGE),),
    experiment=DRAW,
    steps=(
        *RANGE_STEPS,
        Step("conclusion", le(VARIANCE, POPOVICIU_BOUND), Smt(), ("spread",)),
    ),
    citation=POPOVICIU,
    requires=(Assumption("ordered", "least <= most", le(A, B)),),
    notes=("See also bhatia-davis.",),
)  # fmt: skip

SHARE = real("theta", "theta", "part of the mean that is to be exceeded", 0, 1)
SIZE = real("mean", "p", "mean of a number that is nowhere negative", 0, None, "(")
SQUARES = real("second-moment", "m", "mean of its square, or more", 0, None, "(")
TH, MU, M2 = SHARE.symbol, SIZE.symbol, SQUARES.symbol
HIGH, LOW = gt(LOSS, TH * MU), le(LOSS, TH * MU)
SLOPE = (1 - TH) * MU / M2
SQUARE = (1 - SLOPE * (LOSS - TH * MU)) ** 2
FIXED = (1 + SLOPE * TH * MU) ** 2
ZYGMUND_BOUND = (1 - TH) ** 2 * MU**2 / M2

paley_zygmund = Theorem(
    name="paley-zygmund",
    title="How often a number that is nowhere negative is above a part of its mean",
    parameters=(SIZE, SQUARES, SHARE),
    result=LowerBound(
        Pr(HIGH), ZYGMUND_BOUND, monotone={"mean": "up", "second-moment": "down", "theta": "down"}
    ),
    assumptions=(
        Assumption(
            "losses",
            "the loss of a draw is nowhere negative, its mean is p, that of its square at most m",
            conj(ge(LOSS, 0), eq(MEAN, MU), le(Mean(LOSS**2), M2)),
        ),
    ),
    experiment=DRAW,
    steps=(
        Step("curve", eq(Mean(SQUARE), Mean(SLOPE**2 * LOSS**2 - 2 * SLOPE * (1 + SLOPE * TH * MU)
                                            * LOSS) + FIXED * Mean(1)),
             use("linearity", x=SLOPE**2 * LOSS**2 - 2 * SLOPE * (1 + SLOPE * TH * MU) * LOSS,
                 y=1, a=1, b=FIXED)),
        Step("parts", eq(Mean(SLOPE**2 * LOSS**2 - 2 * SLOPE * (1 + SLOPE * TH * MU) * LOSS),
                         SLOPE**2 * Mean(LOSS**2) - 2 * SLOPE * (1 + SLOPE * TH * MU) * MEAN),
             use("linearity", x=LOSS**2, y=LOSS, a=SLOPE**2,
                 b=-2 * SLOPE * (1 + SLOPE * TH * MU))),
        CONSTANT,
        Step("one", eq(Mean(1), 1), Smt(), ("constant",)),
        Step("slope", conj(ge(SLOPE, 0), eq(SLOPE * M2, (1 - TH) * MU)), Smt()),
        Step("at most", le(SLOPE**2 * Mean(LOSS**2), SLOPE * (1 - TH) * MU), Smt(),
             ("slope", "losses")),
        Step("together", le(Mean(SQUARE), SLOPE * (1 - TH) * MU + FIXED
                            - 2 * SLOPE * (1 + SLOPE * TH * MU) * MU), Smt(),
             ("curve", "parts", "one", "at most", "losses")),
        Step("value", eq(SLOPE * (1 - TH) * MU + FIXED - 2 * SLOPE * (1 + SLOPE * TH * MU) * MU,
                         1 - ZYGMUND_BOUND - SLOPE**2 * TH * (2 - TH) * MU**2), Algebra()),
        Step("small", le(Mean(SQUARE), 1 - ZYGMUND_BOUND), Smt(), ("together", "value")),
        Step("markov", le(Pr(ge(SQUARE, 1)), Mean(SQUARE)), use("markov", x=SQUARE, level=1)),
        Step("event", le(Pr(LOW), Pr(ge(SQUARE, 1))),
             use("event-monotone", smaller=LOW, larger=ge(SQUARE, 1)), ("slope",)),
        Step("complement", eq(Pr(HIGH), 1 - Pr(LOW)), use("complement", event=LOW)),
        Step("conclusion", ge(Pr(HIGH), ZYGMUND_BOUND), Smt(),
             ("small", "markov", "event", "complement")),
    ),
    citation=ZYGMUND,
    requires=(Assumption("squares", "mean² <= second moment", le(MU**2, M2)),),
    notes=("See also markov and cantelli.",),
)  # fmt: skip

THEOREMS = (bhatia_davis, popoviciu, paley_zygmund)
