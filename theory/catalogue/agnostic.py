"""Classes of finite VC dimension, agnostic (catalogue T8).

g_E minimises the empirical error emp, g* the error; S = sup (err - emp) over the class.
"""

from __future__ import annotations

import sympy as sp

from theory.language.experiments import sample
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import Confidence
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, VC
from theory.language.terms import Average, Fact, Mean, Pr, Quantity, Random, conj, eq, ge, gt, le

V, DEL, N = VC.symbol, DELTA.symbol, N_SAMPLES.symbol
EXCESS, SUP, WRONG = Random("excess"), Random("sup"), Random("wrong*")
BEST = Average(WRONG, N)
GROWTH_LOG = V * sp.log(sp.E * N / V)
WEIGHT = sp.sqrt(2 * GROWTH_LOG / N)
COMPLEXITY = sp.sqrt(2 * V * sp.log(sp.E * N / V) / N)
CONFIDENCE = sp.sqrt(2 * sp.log(2 / DEL) / N)
SLACK = sp.sqrt(sp.log(2 / DEL) / (2 * N))
BOUND = COMPLEXITY + CONFIDENCE
TOO_MUCH = gt(EXCESS, BOUND)
HIGH_SUP = ge(SUP - Mean(SUP), SLACK)
HIGH_BEST = ge(BEST - Mean(BEST), SLACK)
RAD, GROWTH = Quantity("rademacher", N), Quantity("growth", N)
POWER = (sp.E * N / V) ** V
LAWS = (
    Fact("supremum of err - emp", SUP, N),
    Fact("bounded differences", SUP, 1 / N),
    Fact("bounded differences", WRONG, sp.Integer(1)),
)
LEAST_ERROR = sample(N, "wrong*", random=("excess", "sup"), laws=LAWS)

vc_agnostic_excess = Theorem(
    name="vc-agnostic-excess",
    title="Least empirical error in a class of finite VC dimension",
    parameters=(VC, N_SAMPLES, DELTA),
    result=Confidence(EXCESS, BOUND, DEL, monotone={"vc": "up", "n": "down", "delta": "down"}),
    assumptions=(
        Assumption(
            "minimiser",
            "emp(g_E) <= emp(g*), so the excess is at most S + emp(g*) - err(g*)",
            le(EXCESS, SUP + BEST - Mean(WRONG)),
        ),
        Assumption(
            "samples",
            "n independent samples; one of them moves S and emp(g*) by at most 1/n",
            conj(
                *LAWS,
                Fact("VC dimension", V),
            ),
        ),
    ),
    experiment=LEAST_ERROR,
    steps=(
        Step("log-growth", eq(sp.log(POWER), GROWTH_LOG), Algebra()),
        Step("log-form", eq(sp.log(sp.E * N / V), sp.log(sp.E) + sp.log(N / V)), Algebra()),
        Step(
            "log-positive",
            ge(sp.log(N / V), sp.log(1)),
            use("log-monotone", x=1, y=N / V),
        ),
        Step(
            "sauer",
            conj(ge(GROWTH, 1), le(GROWTH, POWER)),
            use("sauer", n=N, v=V),
            ("samples",),
            "The class cuts n points in at most (en/v)^v ways.",
        ),
        Step(
            "growth",
            le(sp.log(GROWTH), GROWTH_LOG),
            use("log-monotone", x=GROWTH, y=POWER),
            ("sauer", "log-growth"),
        ),
        Step(
            "weight",
            gt(WEIGHT, 0),
            Smt(),
            ("log-form", "log-positive"),
        ),
        Step(
            "massart",
            le(N * RAD * WEIGHT, sp.log(GROWTH) + WEIGHT**2 * N / 2),
            use("massart", n=N, weight=WEIGHT),
            ("log-form", "log-positive", "weight"),
            "Massart's lemma with the best weight",
        ),
        Step(
            "complexity",
            le(RAD, COMPLEXITY),
            Smt(),
            ("massart", "growth", "weight"),
            "gives the complexity term.",
        ),
        Step(
            "mean",
            le(Mean(SUP), RAD),
            use("symmetrization", supremum=SUP, n=N),
            ("samples",),
            "Symmetrisation: E S is at most the Rademacher average.",
        ),
        Step("inverse", eq(sp.log(2 / DEL), -sp.log(DEL / 2)), Algebra()),
        Step(
            "positive-log",
            ge(-sp.log(DEL / 2), 1 - DEL / 2),
            use("log-bounds", x=1 - DEL / 2),
        ),
        Step(
            "sup-deviates",
            le(Pr(HIGH_SUP), DEL / 2),
            use("mcdiarmid", x=SUP, influence=1 / N, t=SLACK),
            ("samples", "inverse", "positive-log"),
            "S exceeds its mean by sqrt(ln(2/δ)/(2n)) with probability at most δ/2,",
        ),
        Step(
            "average",
            conj(eq(Mean(BEST), Mean(WRONG)), Fact("bounded differences", BEST, 1 / N)),
            use("average-differences", x=WRONG, influence=1, n=N),
            ("samples",),
        ),
        Step(
            "best-deviates",
            le(Pr(HIGH_BEST), DEL / 2),
            use("mcdiarmid", x=BEST, influence=1 / N, t=SLACK),
            ("average", "inverse", "positive-log"),
            "and so does the empirical error of g*.",
        ),
        Step(
            "event",
            le(Pr(TOO_MUCH), Pr(sp.Or(HIGH_SUP, HIGH_BEST))),
            use("event-monotone", smaller=TOO_MUCH, larger=sp.Or(HIGH_SUP, HIGH_BEST)),
            ("minimiser", "mean", "complexity", "average"),
        ),
        Step(
            "boole",
            le(Pr(sp.Or(HIGH_SUP, HIGH_BEST)), Pr(HIGH_SUP) + Pr(HIGH_BEST)),
            use("boole", first=HIGH_SUP, second=HIGH_BEST),
        ),
        Step(
            "conclusion",
            le(Pr(TOO_MUCH), DEL),
            Smt(),
            ("event", "boole", "sup-deviates", "best-deviates"),
        ),
    ),
    citation=Citation("Bartlett, Mendelson", "Rademacher and Gaussian complexities, JMLR 3", 2002),
    requires=(Assumption("enough", "n >= vc", ge(N, V)),),
)

THEOREMS = (vc_agnostic_excess,)
