"""Tails of functions of many draws, of martingales, and of means without replacement.

They know no variance: only by how much each draw can move the value.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.proving import NN as ALL
from theory.catalogue.proving import POINTS
from theory.catalogue.shared import DEL
from theory.catalogue.variances import BEYOND_BY, T
from theory.language.experiments import Draws, Experiment
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, integer, real
from theory.language.terms import Fact, Mean, Pr, Random, conj, eq, ge, gt, implies, le

MCDIARMID = Citation(
    "McDiarmid", "On the method of bounded differences, LMS Lecture Notes 141", 1989
)
AZUMA = Citation(
    "Azuma", "Weighted sums of certain dependent random variables, Tohoku Math. J. 19", 1967
)
SERFLING = Citation(
    "Serfling", "Probability inequalities for the sum in sampling without replacement, "
    "Ann. Stat. 2", 1974,
)  # fmt: skip

INFLUENCE = real("influence", "C", "sum of squares of what each draw can change", 0, None, "(")
C = INFLUENCE.symbol
VALUE = Random("value of a function of all draws")
MOVES = Fact("bounded differences", VALUE, C)
HIGH = ge(VALUE - Mean(VALUE), T)
MOVED = sp.exp(-2 * T**2 / C)

bounded_differences = Theorem(
    name="bounded-differences",
    title="How often a function of independent draws is far above its mean",
    parameters=(INFLUENCE, BEYOND_BY),
    result=UpperBound(Pr(HIGH), MOVED, monotone={"influence": "up", "excess": "down"}),
    assumptions=(
        Assumption(
            "differences",
            "independent draws; to change draw i alone moves the value by at most c_i, Σ c_i² <= C",
            MOVES,
        ),
    ),
    experiment=Experiment(random=("value of a function of all draws",), laws=(MOVES,)),
    steps=(
        Step(
            "conclusion",
            le(Pr(HIGH), MOVED),
            use("mcdiarmid", x=VALUE, influence=C, t=T),
            ("differences",),
        ),
    ),
    citation=MCDIARMID,
    notes=("It is the axiom mcdiarmid, with numbers.", "See also mcdiarmid-tail and azuma."),
)

SQUARES = real("squares", "C", "sum of squares of the most that each step can add", 0, None, "(")
LAST = Random("last value of the martingale")
STEPS = Fact("martingale", LAST, C)
ABOVE = ge(LAST - Mean(LAST), T)
WALKED = sp.exp(-(T**2) / (2 * C))

azuma = Theorem(
    name="azuma",
    title="How often a martingale ends far above where it began",
    parameters=(SQUARES, BEYOND_BY),
    result=UpperBound(Pr(ABOVE), WALKED, monotone={"squares": "up", "excess": "down"}),
    assumptions=(
        Assumption(
            "steps",
            "a martingale; step i moves it by at most c_i, up or down, Σ c_i² <= C",
            STEPS,
        ),
    ),
    experiment=Experiment(random=("last value of the martingale",), laws=(STEPS,)),
    steps=(
        Step("conclusion", le(Pr(ABOVE), WALKED), use("azuma", x=LAST, squares=C, t=T), ("steps",)),
    ),
    citation=AZUMA,
    notes=("It is the axiom of that name, with numbers.", "See also bounded-differences."),
)

SOME = integer("n", "n", "points drawn without replacement", 1)
M = SOME.symbol
POPULATION = real("p", "p", "mean loss of all points", 0, 1)
P = POPULATION.symbol
DRAWN_RANGE = Assumption("drawn", "n <= points", le(M, ALL))
SEEN = Random("mean of the draws")
DRAWN = Fact("mean without replacement", SEEN, P, M, ALL)
FAR = ge(SEEN - P, T)
REST = 1 - (M - 1) / ALL
SERFLING_BOUND = sp.exp(-2 * M * T**2 / REST)
WITHOUT = Experiment(
    (Draws(M, "points without replacement", independent=False),), ("mean of the draws",), (DRAWN,)
)
LOSSES = Assumption(
    "losses",
    "n points are drawn without replacement of N, whose losses are between 0 and 1, p on average",
    DRAWN,
)

hoeffding_serfling = Theorem(
    name="hoeffding-serfling",
    title="How often a mean of losses, drawn without replacement, is far above that of all points",
    parameters=(POINTS, SOME, BEYOND_BY),
    result=UpperBound(
        Pr(FAR), SERFLING_BOUND, monotone={"points": "up", "n": "down", "excess": "down"}
    ),
    assumptions=(LOSSES,),
    experiment=WITHOUT,
    steps=(
        Step(
            "conclusion",
            le(Pr(FAR), SERFLING_BOUND),
            use("serfling", x=SEEN, mean=P, n=M, points=ALL, t=T),
            ("losses",),
        ),
    ),
    citation=SERFLING,
    requires=(DRAWN_RANGE,),
    locals=(POPULATION,),
    notes=("See also finite-population and hoeffding-serfling-samples.",),
)

EPS = EPSILON.symbol
LOG = sp.log(1 / DEL)
ENOUGH = LOG * (ALL + 1) / (2 * EPS**2 * ALL + LOG)
TOO_FAR = ge(SEEN - P, EPS)
AT_MOST = sp.exp(-2 * M * EPS**2 / REST)

hoeffding_serfling_samples = Theorem(
    name="hoeffding-serfling-samples",
    title="Draws without replacement whose mean loss is not far above that of all points",
    parameters=(POINTS, EPSILON, DELTA),
    result=SampleSize(
        M,
        ENOUGH,
        le(Pr(TOO_FAR), DEL),
        useless=gt(ENOUGH, ALL),
        monotone={"epsilon": "down", "delta": "down"},
    ),
    assumptions=(LOSSES, DRAWN_RANGE),
    experiment=WITHOUT,
    steps=(
        Step("tail", le(Pr(TOO_FAR), AT_MOST),
             use("serfling", x=SEEN, mean=P, n=M, points=ALL, t=EPS),
             ("losses", "drawn")),
        Step("inverse", eq(LOG, -sp.log(DEL)), Algebra()),
        Step("positive", ge(LOG, 1 - DEL), use("log-bounds", x=1 - DEL), ("inverse",)),
        Step("rest", conj(ge(REST * ALL, 1), eq(REST * ALL, ALL - M + 1)), Smt(),
             ("drawn",)),
        Step("enough", implies(ge(M, ENOUGH), ge(M * (2 * EPS**2 * ALL + LOG), LOG * (ALL + 1))),
             Smt(), ("positive",)),
        Step("spent", implies(ge(M, ENOUGH), le(-2 * M * EPS**2 / REST, sp.log(DEL))),
             Smt(), ("enough", "rest", "inverse", "positive")),
        Step("small", implies(ge(M, ENOUGH), le(AT_MOST, sp.exp(sp.log(DEL)))),
             use("exp-monotone", given=ge(M, ENOUGH), x=-2 * M * EPS**2 / REST, y=sp.log(DEL)),
             ("spent", "drawn")),
        Step("value", eq(sp.exp(sp.log(DEL)), DEL), Algebra()),
        Step("conclusion", implies(ge(M, ENOUGH), le(Pr(TOO_FAR), DEL)), Smt(),
             ("tail", "small", "value")),
    ),
    citation=SERFLING,
    locals=(SOME, POPULATION),
    notes=("See also hoeffding-serfling.",),
)  # fmt: skip

THEOREMS = (bounded_differences, azuma, hoeffding_serfling, hoeffding_serfling_samples)
