"""Classes by how well they fit coin tosses, and how well a finite set of patterns can.

R is the Rademacher complexity: the mean, over n samples and n fair coins, of the greatest
correlation that a student's answers (1 and -1) have with the coins. S = sup (err - emp).
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import DEL, N
from theory.catalogue.vc_agnostic import GROWTH, RAD, SUP
from theory.language.confidence import Confidence
from theory.language.experiments import sample
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, integer, real
from theory.language.terms import Fact, Mean, Pr, conj, eq, ge, gt, le

MASSART = Citation("Massart", "Some applications of concentration inequalities, Toulouse", 2000)
PATTERNS = integer("patterns", "M", "number of patterns of the class on n points", 2)
MANY = PATTERNS.symbol
WEIGHT = sp.sqrt(2 * sp.log(MANY) / N)

massart_finite_class = Theorem(
    name="massart-finite-class",
    title="How well a class with few patterns fits coin tosses",
    parameters=(PATTERNS, N_SAMPLES),
    result=UpperBound(RAD, WEIGHT, monotone={"patterns": "up", "n": "down"}),
    assumptions=(
        Assumption(
            "patterns",
            "the class cuts n points in at most M ways, and in one at least",
            conj(ge(GROWTH, 1), le(GROWTH, MANY)),
        ),
    ),
    steps=(
        Step("inverse", eq(sp.log(1 / MANY), -sp.log(MANY)), Algebra()),
        Step("several", ge(sp.log(MANY), 1 - 1 / MANY), use("log-bounds", x=1 - 1 / MANY),
             ("inverse",)),
        Step("growth", le(sp.log(GROWTH), sp.log(MANY)),
             use("log-monotone", x=GROWTH, y=MANY), ("patterns",)),
        Step("weight", gt(WEIGHT, 0), Smt(), ("several",)),
        Step("massart", le(N * RAD * WEIGHT, sp.log(GROWTH) + WEIGHT**2 * N / 2),
             use("massart", n=N, weight=WEIGHT), ("weight", "several")),
        Step("conclusion", le(RAD, WEIGHT), Smt(), ("massart", "growth", "weight", "several"),
             "It is the best weight."),
    ),
    citation=MASSART,
    notes=("See also rademacher.",),
)  # fmt: skip

COMPLEXITY = real("complexity", "R", "Rademacher complexity of the class, or more", 0)
R = COMPLEXITY.symbol
SLACK = sp.sqrt(sp.log(1 / DEL) / (2 * N))
BOUND = R + SLACK
LAWS = (Fact("supremum of err - emp", SUP, N), Fact("bounded differences", SUP, 1 / N))
MISLED = gt(SUP, BOUND)
FAR = ge(SUP - Mean(SUP), SLACK)

rademacher = Theorem(
    name="rademacher",
    title="How far a class's errors are above those on the samples, by its Rademacher complexity",
    parameters=(COMPLEXITY, N_SAMPLES, DELTA),
    result=Confidence(
        SUP, BOUND, DEL, monotone={"complexity": "up", "n": "down", "delta": "down"}
    ),
    assumptions=(
        Assumption(
            "samples", "n independent samples; one of them moves S by at most 1/n", conj(*LAWS)
        ),
        Assumption("complexity", "R is the Rademacher complexity, or more", le(RAD, R)),
    ),
    experiment=sample(N, random=("sup",), laws=LAWS),
    steps=(
        Step("mean", le(Mean(SUP), RAD), use("symmetrization", supremum=SUP, n=N), ("samples",),
             "Symmetrisation: E S is at most the Rademacher average."),
        Step("inverse", eq(sp.log(1 / DEL), -sp.log(DEL)), Algebra()),
        Step("positive", ge(-sp.log(DEL), 1 - DEL), use("log-bounds", x=1 - DEL)),
        Step("event", le(Pr(MISLED), Pr(FAR)), use("event-monotone", smaller=MISLED, larger=FAR),
             ("mean", "complexity")),
        Step("deviation", le(Pr(FAR), DEL), use("mcdiarmid", x=SUP, influence=1 / N, t=SLACK),
             ("samples", "inverse", "positive")),
        Step("conclusion", le(Pr(MISLED), DEL), Smt(), ("event", "deviation")),
    ),
    citation=Citation("Bartlett, Mendelson", "Rademacher and Gaussian complexities, JMLR 3", 2002),
    notes=("See also massart-finite-class and vc-agnostic-excess.",),
)  # fmt: skip

THEOREMS = (rademacher, massart_finite_class)
