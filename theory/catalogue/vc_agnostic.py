"""VC classes, agnostic.

g_E minimises the empirical error emp, g* the error; S = sup (err - emp) over the class.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import DEL, EPS, N, V
from theory.language.confidence import Confidence
from theory.language.experiments import sample
from theory.language.rules import Algebra, Balls, Cite, Instantiate, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, VC, Parameter
from theory.language.terms import (
    Average,
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
)

EXCESS = Random("excess")
SUP = Random("sup")
WRONG = Random("wrong*")
BEST = Average(WRONG, N)
GROWTH_LOG = V * sp.log(sp.E * N / V)
WEIGHT = sp.sqrt(2 * GROWTH_LOG / N)
COMPLEXITY = sp.sqrt(2 * V * sp.log(sp.E * N / V) / N)
SLACK = sp.sqrt(sp.log(2 / DEL) / (2 * N))
CONFIDENCE = sp.sqrt(2 * sp.log(2 / DEL) / N)
BOUND = COMPLEXITY + CONFIDENCE
TOO_MUCH = gt(EXCESS, BOUND)
HIGH_SUP = ge(SUP - Mean(SUP), SLACK)
HIGH_BEST = ge(BEST - Mean(BEST), SLACK)
RAD = Quantity("rademacher", N)
GROWTH = Quantity("growth", N)
POWER = (sp.E * N / V) ** V
LAWS = (
    Fact("supremum of err - emp", SUP, N),
    Fact("bounded differences", SUP, 1 / N),
    Fact("bounded differences", WRONG, sp.Integer(1)),
)
LEAST_ERROR = sample(N, "wrong*", random=("excess", "sup"), laws=LAWS)
INVERSE_HALF = Step("inverse", eq(sp.log(2 / DEL), -sp.log(DEL / 2)), Algebra())
POSITIVE_LOG = Step(
    "positive-log",
    ge(-sp.log(DEL / 2), 1 - DEL / 2),
    use("log-bounds", x=1 - DEL / 2),
)

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
        INVERSE_HALF,
        POSITIVE_LOG,
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

RATIO = Parameter("u", sp.Symbol("u", real=True), "real", "u", "u", "samples per dimension")
SCALE = Parameter("w", sp.Symbol("w", real=True), "real", "w", "w", "e times 8/ε²")
U = RATIO.symbol
W = SCALE.symbol
FACTOR = 8 / EPS**2
Z = sp.E * FACTOR
START = 2 * FACTOR * sp.log(Z)
SAMPLES = sp.Max(8 * sp.log(2 / DEL) / EPS**2, 16 * V / EPS**2 * sp.log(8 * sp.E / EPS**2))
EXCESS_U = U - FACTOR * sp.log(sp.E * U)
EXCESS_W = W - 2 * sp.log(W)
OVER = gt(EXCESS, EPS)
AGNOSTIC_CLAIM = implies(ge(N, SAMPLES), le(Pr(OVER), DEL))

vc_agnostic_samples = Theorem(
    name="vc-agnostic-samples",
    title="Samples for the least empirical error in a class of finite VC dimension",
    parameters=(VC, EPSILON, DELTA),
    result=SampleSize(
        N, SAMPLES, le(Pr(OVER), DEL), monotone={"vc": "up", "epsilon": "down", "delta": "down"}
    ),
    assumptions=vc_agnostic_excess.assumptions,
    experiment=LEAST_ERROR,
    steps=(
        Step("e", conj(ge(sp.E, 2), le(sp.E, 3)), Balls()),
        Step("at-2", ge(2 - 2 * sp.log(2), 0), Balls()),
        Step(
            "from-2",
            implies(ge(W, 2), ge(EXCESS_W, EXCESS_W.subs(W, 2))),
            use("mean-value", f=EXCESS_W, x=W, start=2, end=sp.oo),
            words="w - 2 ln w rises for w >= 2.",
        ),
        Step(
            "at-scale",
            ge(EXCESS_W.subs(W, Z), EXCESS_W.subs(W, 2)),
            Instantiate("from-2", {W: Z}),
            ("from-2", "e"),
        ),
        Step("log-z", eq(sp.log(Z), 1 + sp.log(FACTOR)), Algebra(positive=((EPS, EPS),))),
        Step("factor-log", ge(sp.log(FACTOR), sp.log(1)), use("log-monotone", x=1, y=FACTOR)),
        Step("square-log", eq(sp.log(Z**2), 2 * sp.log(Z)), Algebra()),
        Step(
            "start-log",
            le(sp.log(sp.E * START), sp.log(Z**2)),
            use("log-monotone", x=sp.E * START, y=Z**2),
            ("at-scale", "at-2", "e", "log-z", "factor-log"),
            "e u <= (e a)² at u = 2 a ln(e a), a = 8/ε².",
        ),
        Step(
            "rises",
            implies(ge(U, START), ge(EXCESS_U, EXCESS_U.subs(U, START))),
            use("mean-value", f=EXCESS_U, x=U, start=START, end=sp.oo),
            ("e", "log-z", "factor-log"),
            "u - a ln(e u) rises from there on.",
        ),
        Step(
            "ratio",
            implies(ge(N / V, START), ge(EXCESS_U.subs(U, N / V), EXCESS_U.subs(U, START))),
            Instantiate("rises", {U: N / V}),
            ("rises", "e"),
        ),
        Step(
            "reached",
            implies(ge(N, SAMPLES), conj(ge(N / V, START), ge(N, V))),
            Smt(),
            ("log-z", "factor-log"),
        ),
        Step(
            "complexity",
            implies(ge(N, SAMPLES), le(2 * V * sp.log(sp.E * N / V), N * EPS**2 / 4)),
            Smt(),
            ("reached", "ratio", "start-log", "square-log"),
            "So the complexity term is at most ε/2,",
        ),
        Step(
            "confidence",
            implies(ge(N, SAMPLES), le(2 * sp.log(2 / DEL), N * EPS**2 / 4)),
            Smt(),
            words="and so is the confidence term.",
        ),
        Step("log-ratio", eq(sp.log(sp.E * N / V), 1 + sp.log(N / V)), Algebra()),
        Step(
            "log-ratio-positive",
            implies(ge(N, V), ge(sp.log(N / V), sp.log(1))),
            use("log-monotone", x=1, y=N / V),
        ),
        INVERSE_HALF,
        POSITIVE_LOG,
        Step(
            "below",
            implies(ge(N, SAMPLES), le(BOUND, EPS)),
            Smt(),
            ("complexity", "confidence", "reached", "log-ratio", "log-ratio-positive", "inverse",
             "positive-log"),
        ),
        Step(
            "excess",
            implies(ge(N, V), le(Pr(TOO_MUCH), DEL)),
            Cite(vc_agnostic_excess, {}, given=ge(N, V)),
            tuple(a.label for a in vc_agnostic_excess.assumptions),
        ),
        Step(
            "event",
            implies(ge(N, SAMPLES), le(Pr(OVER), Pr(TOO_MUCH))),
            use("event-monotone", given=ge(N, SAMPLES), smaller=OVER, larger=TOO_MUCH),
            ("below",),
        ),
        Step("conclusion", AGNOSTIC_CLAIM, Smt(), ("excess", "event", "reached")),
    ),
    citation=vc_agnostic_excess.citation,
    locals=(N_SAMPLES,),
    schematic=(RATIO, SCALE),
)  # fmt: skip

THEOREMS = (
    vc_agnostic_excess,
    vc_agnostic_samples,
)
