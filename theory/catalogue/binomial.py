"""Tests with disagreements: the exact binomial bound, and the one by relative entropy.

K is the number of disagreements on n fresh samples; p = P[f(x) != g(x)].
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.covering import (
    ANY,
    AT_MOST_N,
    COUNT,
    COUNTING,
    ERROR,
    NUMBER,
    ZERO,
    J,
    K,
    P,
    all_wrong,
    cdf,
    coverage,
    law_of,
    upper,
)
from theory.catalogue.shared import DEL, N, relative_entropy
from theory.language.confidence import Confidence
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.special import KLUpper
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, ERRORS, N_SAMPLES, integer
from theory.language.terms import (
    Mean,
    Pr,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

CLOPPER = Citation(
    "Clopper, Pearson", "The use of confidence or fiducial limits, Biometrika 26", 1934
)


COUNTED = Assumption(
    "counted",
    "K counts the disagreements on n independent samples, so has the law Binomial(n, p): "
    "P[K <= j] = F(j; n, p), 0 <= K <= n",
    law_of(COUNT, P),
)
MISSED = gt(P, upper(COUNT))
AT_K = implies(lt(K, N), sp.Equivalent(gt(P, upper(K)), lt(cdf(K), DEL)))
CP_CLAIM = conj(AT_K, le(Pr(MISSED), DEL))

clopper_pearson = Theorem(
    name="clopper-pearson",
    title="Exact upper bound from observed disagreements",
    parameters=(ERRORS, N_SAMPLES, DELTA),
    result=Confidence(
        P,
        upper(K),
        DEL,
        at=upper(COUNT),
        reading=(COUNT, K),
        also=(AT_K,),
        monotone={"errors": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(COUNTED, all_wrong()),
    experiment=COUNTING,
    steps=(
        *coverage(COUNT, P),
        Step("at-k", AT_K, Instantiate("passes", {J: K}), ("passes",)),
        Step("conclusion", CP_CLAIM, Smt(), ("at-k", "missed")),
    ),
    citation=CLOPPER,
    requires=(AT_MOST_N,),
    locals=(ERROR,),
    schematic=(NUMBER, ANY),
)

OTHER = integer("i", "i", "another possible number of disagreements")
I = OTHER.symbol  # noqa: E741 - the field's letter
INSIDE = conj(gt(J, 0), lt(J, N), gt(N * P, J))
TILT = J * (1 - P) / (P * (N - J))
TILTED = (1 - P + P * TILT) ** N / TILT**J
RATE = J / N
KL = relative_entropy(RATE, P)


def _kl_upper(k: sp.Expr) -> sp.Expr:
    return KLUpper(k, N, DEL)


KL_MISSED = gt(P, _kl_upper(COUNT))
KL_CLAIM = conj(
    implies(gt(P, _kl_upper(K)), gt(P, upper(K))),
    le(Pr(KL_MISSED), DEL),
)

kl_upper = Theorem(
    name="kl-upper",
    title="Upper bound from observed disagreements, relative entropy form",
    parameters=(ERRORS, N_SAMPLES, DELTA),
    result=Confidence(
        P,
        _kl_upper(K),
        DEL,
        at=_kl_upper(COUNT),
        reading=(COUNT, K),
        also=(implies(gt(P, _kl_upper(K)), gt(P, upper(K))),),
        monotone={"errors": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        *clopper_pearson.assumptions,
        Assumption(
            "definition",
            "the bound is the supremum of the p >= j/n with kl(j/n, p) <= ln(1/δ)/n",
            conj(
                implies(
                    gt(J, 0),
                    lt(J, N),
                    gt(P, _kl_upper(J)),
                    conj(gt(N * P, J), gt(KL, -sp.log(DEL) / N)),
                ),
            ),
        ),
        Assumption(
            "definition at the ends",
            "kl(0, p) = -ln(1 - p); the bound is 1 where every sample disagrees",
            conj(
                implies(gt(P, _kl_upper(ZERO)), gt(-sp.log(1 - P), -sp.log(DEL) / N)),
                implies(ge(J, N), eq(_kl_upper(J), 1)),
            ),
        ),
    ),
    experiment=COUNTING,
    steps=(
        Step(
            "tilt",
            implies(INSIDE, conj(gt(TILT, 0), lt(TILT, 1))),
            Smt(),
            words="x = q(1 - p)/(p(1 - q)) lies in (0, 1) for q = j/n < p.",
        ),
        Step(
            "powers",
            implies(INSIDE, le(COUNT, J), ge(TILT**COUNT, TILT**J)),
            use("power-exponent", given=INSIDE, x=TILT, a=COUNT, b=J),
            ("tilt",),
        ),
        Step(
            "count-event",
            implies(INSIDE, le(Pr(le(COUNT, J)), Pr(ge(TILT**COUNT, TILT**J)))),
            use(
                "event-monotone",
                given=INSIDE,
                smaller=le(COUNT, J),
                larger=ge(TILT**COUNT, TILT**J),
            ),
            ("powers",),
            "At most j disagreements mean x^K >= x^j.",
        ),
        Step(
            "markov",
            implies(INSIDE, le(Pr(ge(TILT**COUNT, TILT**J)), Mean(TILT**COUNT) / TILT**J)),
            use("markov", given=INSIDE, x=TILT**COUNT, level=TILT**J),
            ("tilt",),
        ),
        Step(
            "moment",
            implies(INSIDE, eq(Mean(TILT**COUNT), (1 - P + P * TILT) ** N)),
            use("binomial-moment", given=INSIDE, count=COUNT, n=N, p=P, x=TILT),
            ("tilt", "counted"),
        ),
        Step(
            "chernoff",
            implies(INSIDE, le(cdf(J), TILTED)),
            Smt(),
            ("count-event", "markov", "moment", "counted", "tilt"),
            "Hence F(j; n, p) <= x^(-j) (1 - p + p x)^n.",
        ),
        Step(
            "entropy",
            implies(INSIDE, eq(sp.log(TILTED), -N * KL)),
            Algebra(positive=((J, J), (N - J, N), ((1 - P) / P, P))),
            words="For this x the logarithm of the right side is -n kl(q, p).",
        ),
        Step(
            "tilted-positive",
            implies(INSIDE, gt(TILTED, 0)),
            Smt(),
            ("tilt",),
        ),
        Step(
            "compare",
            implies(INSIDE, sp.Equivalent(le(DEL, TILTED), le(sp.log(DEL), sp.log(TILTED)))),
            use("log-monotone", given=INSIDE, x=DEL, y=TILTED),
            ("tilted-positive",),
        ),
        Step(
            "middle",
            implies(gt(J, 0), lt(J, N), gt(P, _kl_upper(J)), lt(cdf(J), DEL)),
            Smt(),
            ("chernoff", "entropy", "compare", "definition"),
            "Beyond the bound kl exceeds ln(1/δ)/n, so F < δ.",
        ),
        Step("zero-cdf", eq(cdf(ZERO), (1 - P) ** N), use("binomial-start", n=N, p=P)),
        Step(
            "zero-log",
            eq(sp.log((1 - P) ** N), N * sp.log(1 - P)),
            Algebra(positive=((1 - P, P),)),
        ),
        Step(
            "zero-compare",
            sp.Equivalent(le(DEL, (1 - P) ** N), le(sp.log(DEL), sp.log((1 - P) ** N))),
            use("log-monotone", x=DEL, y=(1 - P) ** N),
        ),
        Step(
            "zero",
            implies(gt(P, _kl_upper(ZERO)), lt(cdf(ZERO), DEL)),
            Smt(),
            ("zero-cdf", "zero-log", "zero-compare", "definition at the ends"),
            "The same for j = 0, where F = (1 - p)^n.",
        ),
        Step(
            "inverse",
            implies(lt(I, N), sp.Equivalent(gt(P, upper(I)), lt(cdf(I), DEL))),
            Cite(clopper_pearson, {"errors": I}, given=lt(I, N)),
            ("counted", "all wrong"),
            "F < δ means that p exceeds the Clopper-Pearson bound.",
        ),
        Step(
            "inverse at j",
            implies(lt(J, N), sp.Equivalent(gt(P, upper(J)), lt(cdf(J), DEL))),
            Instantiate("inverse", {I: J}),
            ("inverse",),
        ),
        Step("start", sp.Or(eq(J, 0), gt(J, 0)), Smt()),
        Step(
            "larger",
            implies(gt(P, _kl_upper(J)), gt(P, upper(J))),
            Smt(),
            ("start", "zero", "middle", "inverse at j", "definition at the ends"),
            "So the bound is never below the Clopper-Pearson bound.",
        ),
        Step(
            "larger-at-k",
            implies(gt(P, _kl_upper(K)), gt(P, upper(K))),
            Instantiate("larger", {J: K}),
            ("larger",),
        ),
        Step(
            "larger-at-count",
            implies(KL_MISSED, MISSED),
            Instantiate("larger", {J: COUNT}),
            ("larger", "counted"),
        ),
        Step(
            "event",
            le(Pr(KL_MISSED), Pr(MISSED)),
            use("event-monotone", smaller=KL_MISSED, larger=MISSED),
            ("larger-at-count",),
        ),
        Step(
            "coverage",
            le(Pr(MISSED), DEL),
            Cite(clopper_pearson, {}),
            ("counted", "all wrong"),
            "which covers p with probability 1 - δ.",
        ),
        Step("conclusion", KL_CLAIM, Smt(), ("larger-at-k", "event", "coverage")),
    ),
    citation=Citation("Chernoff", "A measure of asymptotic efficiency, Ann. Math. Stat. 23", 1952),
    requires=(AT_MOST_N,),
    locals=(ERROR,),
    schematic=(NUMBER, OTHER),
)

THEOREMS = (
    clopper_pearson,
    kl_upper,
)
