"""Tests with disagreements: the exact binomial bound, and the one by relative entropy.

K is the number of disagreements on n fresh samples; p = P[f(x) != g(x)].
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import DEL, N, relative_entropy
from theory.language.confidence import Confidence
from theory.language.experiments import sample
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.special import BinomialCDF, ClopperPearson, KLUpper, binomial_term
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, ERRORS, N_SAMPLES, integer, real
from theory.language.terms import (
    Fact,
    Greatest,
    Mean,
    Pr,
    RandomInteger,
    Slope,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

K = ERRORS.symbol
ERROR = real("p", "p", "probability that student and teacher disagree", 0, 1, "()")
NUMBER = integer("j", "j", "a possible number of disagreements")
ANY = real("x", "x", "a probability of disagreement", 0, 1, "()")
P = ERROR.symbol
J = NUMBER.symbol
X = ANY.symbol
ZERO = sp.Integer(0)
COUNT = RandomInteger("K")
LAW = Fact("binomial", COUNT, N, P)
COUNTING = sample(N, random=("K",), laws=(LAW,))
AT_MOST_N = Assumption("errors <= n", "errors <= n", le(K, N))
CLOPPER = Citation(
    "Clopper, Pearson", "The use of confidence or fiducial limits, Biometrika 26", 1934
)


def cdf(k: sp.Expr, p: sp.Expr = P) -> sp.Expr:
    """F(k; n, p) = P[K <= k]."""
    return BinomialCDF(k, N, p)


def _slope(k: sp.Expr) -> sp.Expr:
    """The derivative of F(k; n, x) in x."""
    return -N * sp.binomial(N - 1, k) * X**k * (1 - X) ** (N - 1 - k)


def upper(k: sp.Expr, level: sp.Expr = DEL) -> sp.Expr:
    """The bound of Clopper and Pearson for k disagreements."""
    return ClopperPearson(k, N, level)


def law_of(count: sp.Expr, p: sp.Expr, n: sp.Expr = N) -> sp.Basic:
    """The count has the law Binomial(n, p)."""
    return conj(
        Fact("binomial", count, n, p),
        eq(Pr(le(count, J)), BinomialCDF(J, n, p)),
        ge(count, 0),
        le(count, n),
    )


def all_wrong(level: sp.Expr = DEL, n: sp.Expr = N) -> Assumption:
    """The bound where nothing agrees."""
    return Assumption(
        "all wrong",
        "the bound is 1 where every sample disagrees",
        implies(ge(J, n), eq(ClopperPearson(J, n, level), 1)),
    )


def coverage(
    count: sp.Expr, p: sp.Expr, level: sp.Expr = DEL, inside: tuple[str, ...] = ()
) -> tuple[Step, ...]:
    """The steps up to "missed": p exceeds the count's bound with probability at most the level.

    They use the assumptions "counted" (`law_of`), "all wrong" and `inside`, which say that p and
    the level are inside (0, 1) where their ranges do not.
    """
    low = conj(lt(cdf(J, p), level), lt(J, N))
    low_count = conj(lt(cdf(count, p), level), lt(count, N))
    last = Greatest(J, N, low)
    low_last = conj(lt(cdf(last, p), level), lt(last, N))
    missed, caught = gt(p, upper(count, level)), le(count, last)
    return (
        Step(
            "first-slope",
            eq(sp.diff((1 - X) ** N, X), _slope(ZERO)),
            Algebra(),
            words="F(0) = (1 - p)^n.",
        ),
        Step(
            "telescope",
            eq(_slope(J) + sp.diff(binomial_term(J + 1, N, X), X), _slope(J + 1)),
            Algebra(positive=((1 - X, X),)),
            words="The derivatives of the binomial terms telescope.",
        ),
        Step(
            "slope-start",
            eq(Slope(cdf(ZERO, X), X), _slope(ZERO)),
            use("binomial-start", n=N, p=X),
            ("first-slope",),
        ),
        Step(
            "slope-next",
            eq(
                Slope(cdf(J + 1, X), X) - Slope(cdf(J, X), X),
                sp.diff(binomial_term(J + 1, N, X), X),
            ),
            use("binomial-next", k=J, n=N, p=X),
        ),
        Step(
            "slope",
            eq(Slope(cdf(J, X), X), _slope(J)),
            use("induction", claim=eq(Slope(cdf(J, X), X), _slope(J)), k=J, start=0),
            ("slope-start", "slope-next", "telescope"),
            "So F(j; n, p) has derivative -n C(n-1, j) p^j (1-p)^(n-1-j).",
        ),
        Step(
            "choices",
            implies(le(J, N - 1), ge(sp.binomial(N - 1, J), 1)),
            use("binomial-positive", n=N - 1, k=J),
        ),
        Step("integers", implies(lt(J, N), le(J, N - 1)), use("integers", a=J, b=N)),
        Step(
            "falls",
            implies(lt(J, N), lt(Slope(cdf(J, X), X), 0)),
            Smt(),
            ("slope", "choices", "integers"),
            "For j < n it is negative.",
        ),
        Step(
            "ends",
            implies(
                lt(J, N),
                conj(eq(BinomialCDF(J, N, 0), 1), eq(BinomialCDF(J, N, 1), 0)),
            ),
            use("binomial-ends", k=J, n=N),
        ),
        Step(
            "crossing",
            implies(lt(J, N), sp.Equivalent(gt(X, upper(J, level)), lt(cdf(J, X), level))),
            use("monotone-root", given=lt(J, N), root=upper(J, level), x=X),
            ("falls", "ends"),
            "So p exceeds the bound exactly where F < δ.",
        ),
        Step(
            "passes",
            implies(lt(J, N), sp.Equivalent(gt(p, upper(J, level)), lt(cdf(J, p), level))),
            Instantiate("crossing", {X: p}),
            ("crossing", *inside),
        ),
        Step(
            "missed-at",
            implies(gt(p, upper(J, level)), low),
            Smt(),
            ("passes", "all wrong", *inside),
        ),
        Step(
            "at-count",
            implies(missed, low_count),
            Instantiate("missed-at", {J: count}),
            ("missed-at", "counted"),
        ),
        Step(
            "greatest",
            conj(implies(low_count, caught), implies(low_count, low_last), ge(last, 0)),
            use("greatest", condition=low, j=J, last=N, at=count),
            ("counted",),
            "F grows with j, so the failures are the counts up to some k*.",
        ),
        Step(
            "event",
            le(Pr(missed), Pr(sp.And(caught, low_last))),
            use("event-monotone", smaller=missed, larger=sp.And(caught, low_last)),
            ("at-count", "greatest"),
        ),
        Step(
            "constant",
            conj(
                implies(low_last, eq(Pr(sp.And(caught, low_last)), Pr(caught))),
                implies(sp.Not(low_last), eq(Pr(sp.And(caught, low_last)), 0)),
            ),
            use("constant-event", event=caught, constant=low_last),
        ),
        Step(
            "probability",
            eq(Pr(caught), cdf(last, p)),
            Instantiate("counted", {J: last}),
            ("counted", "greatest"),
        ),
        Step(
            "missed",
            le(Pr(missed), level),
            Smt(),
            ("event", "constant", "probability"),
        ),
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
            implies(lt(J, N), sp.Equivalent(gt(P, upper(J)), lt(cdf(J), DEL))),
            Cite(clopper_pearson, {"errors": J}, given=lt(J, N)),
            ("counted", "all wrong"),
            "F < δ means that p exceeds the Clopper-Pearson bound.",
        ),
        Step("start", sp.Or(eq(J, 0), gt(J, 0)), Smt()),
        Step(
            "larger",
            implies(gt(P, _kl_upper(J)), gt(P, upper(J))),
            Smt(),
            ("start", "zero", "middle", "inverse", "definition at the ends"),
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
    schematic=(NUMBER,),
)

THEOREMS = (
    clopper_pearson,
    kl_upper,
)
