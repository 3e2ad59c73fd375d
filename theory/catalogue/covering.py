"""That the exact binomial bound covers: the steps that its theorems share.

K is the number of disagreements on n fresh samples; p = P[f(x) != g(x)].
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import DEL, N
from theory.language.experiments import sample
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.special import BinomialCDF, ClopperPearson, binomial_term
from theory.language.statement import Assumption, Step
from theory.language.symbols import ERRORS, integer, real
from theory.language.terms import (
    Fact,
    Greatest,
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
ZERO, ONE = sp.Integer(0), sp.Integer(1)
COUNT = RandomInteger("K")
LAW = Fact("binomial", COUNT, N, P)
COUNTING = sample(N, random=("K",), laws=(LAW,))
AT_MOST_N = Assumption("errors <= n", "errors <= n", le(K, N))


def cdf(k: sp.Expr, p: sp.Expr = P) -> sp.Expr:
    """F(k; n, p) = P[K <= k]."""
    return BinomialCDF(k, N, p)


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


def crossing(
    p: sp.Expr,
    level: sp.Expr = DEL,
    inside: tuple[str, ...] = (),
    n: sp.Expr = N,
    given: tuple[sp.Basic, ...] = (),
) -> tuple[Step, ...]:
    """The steps up to "missed-at": of n draws, p exceeds the bound of j only where F < level.

    They use the assumptions "all wrong" and `inside`, which say that p and the level are inside
    (0, 1) where their ranges do not; `given` says that n is 1 at least where its range does not.
    """

    def slope(k: sp.Expr) -> sp.Expr:
        """The derivative of F(k; n, x) in x."""
        return -n * sp.binomial(n - 1, k) * X**k * (1 - X) ** (n - 1 - k)

    def cdf_at(k: sp.Expr, x: sp.Expr = X) -> sp.Expr:
        return BinomialCDF(k, n, x)

    bound, inner = ClopperPearson(J, n, level), conj(*given, lt(J, n))
    sloping = implies(*given, eq(Slope(cdf_at(J), X), slope(J)))
    return (
        Step(
            "first-slope",
            implies(*given, eq(sp.diff((1 - X) ** n, X), slope(ZERO))),
            Algebra(),
            words="F(0) = (1 - p)^n.",
        ),
        Step(
            "telescope",
            implies(*given, eq(slope(J) + sp.diff(binomial_term(J + 1, n, X), X), slope(J + 1))),
            Algebra(positive=((1 - X, X),)),
            words="The derivatives of the binomial terms telescope.",
        ),
        Step(
            "slope-start",
            implies(*given, eq(Slope(cdf_at(ZERO), X), slope(ZERO))),
            use("binomial-start", given=conj(*given), n=n, p=X),
            ("first-slope",),
        ),
        Step(
            "slope-next",
            eq(
                Slope(cdf_at(J + 1), X) - Slope(cdf_at(J), X),
                sp.diff(binomial_term(J + 1, n, X), X),
            ),
            use("binomial-next", k=J, n=n, p=X),
        ),
        Step(
            "slope",
            sloping,
            use("induction", claim=sloping, k=J, start=0),
            ("slope-start", "slope-next", "telescope"),
            "So F(j; n, p) has derivative -n C(n-1, j) p^j (1-p)^(n-1-j).",
        ),
        Step(
            "choices",
            implies(le(J, n - 1), ge(sp.binomial(n - 1, J), 1)),
            use("binomial-positive", n=n - 1, k=J),
        ),
        Step("integers", implies(lt(J, n), le(J, n - 1)), use("integers", a=J, b=n)),
        Step(
            "falls",
            implies(inner, lt(Slope(cdf_at(J), X), 0)),
            Smt(),
            ("slope", "choices", "integers"),
            "For j < n it is negative.",
        ),
        Step(
            "ends",
            implies(lt(J, n), conj(eq(cdf_at(J, ZERO), 1), eq(cdf_at(J, ONE), 0))),
            use("binomial-ends", k=J, n=n),
        ),
        Step(
            "crossing",
            implies(inner, sp.Equivalent(gt(X, bound), lt(cdf_at(J), level))),
            use("monotone-root", given=inner, root=bound, x=X),
            ("falls", "ends"),
            "So p exceeds the bound exactly where F < δ.",
        ),
        Step(
            "passes",
            implies(inner, sp.Equivalent(gt(p, bound), lt(cdf_at(J, p), level))),
            Instantiate("crossing", {X: p}),
            ("crossing", *inside),
        ),
        Step(
            "missed-at",
            implies(gt(p, bound), conj(lt(cdf_at(J, p), level), lt(J, n))),
            Smt(),
            ("passes", "all wrong", "integers", *inside),
        ),
    )


def within(
    missed: sp.Basic, caught: sp.Basic, constant: sp.Basic, uses: tuple[str, ...]
) -> tuple[Step, Step]:
    """The steps "event" and "constant": what is missed is no likelier than what is caught.

    By the steps that are used the first implies the second and a condition, which is a constant;
    where that is false, nothing is missed.
    """
    both = sp.And(caught, constant)
    return (
        Step(
            "event",
            le(Pr(missed), Pr(both)),
            use("event-monotone", smaller=missed, larger=both),
            uses,
        ),
        Step(
            "constant",
            conj(
                implies(constant, eq(Pr(both), Pr(caught))),
                implies(sp.Not(constant), eq(Pr(both), 0)),
            ),
            use("constant-event", event=caught, constant=constant),
        ),
    )


def coverage(
    count: sp.Expr,
    p: sp.Expr,
    level: sp.Expr = DEL,
    inside: tuple[str, ...] = (),
    n: sp.Expr = N,
) -> tuple[Step, ...]:
    """The steps up to "missed": p exceeds the count's bound with probability at most the level.

    They use the assumptions "counted" (`law_of`), "all wrong" and `inside`, as `crossing` does.
    """

    def low(j: sp.Expr) -> sp.Basic:
        return conj(lt(BinomialCDF(j, n, p), level), lt(j, n))

    last = Greatest(J, n, low(J))
    missed, caught = gt(p, ClopperPearson(count, n, level)), le(count, last)
    return (
        *crossing(p, level, inside, n),
        Step(
            "at-count",
            implies(missed, low(count)),
            Instantiate("missed-at", {J: count}),
            ("missed-at", "counted"),
        ),
        Step(
            "greatest",
            conj(implies(low(count), caught), implies(low(count), low(last)), ge(last, 0)),
            use("greatest", condition=low(J), j=J, last=n, at=count),
            ("counted",),
            "F grows with j, so the failures are the counts up to some k*.",
        ),
        *within(missed, caught, low(last), ("at-count", "greatest")),
        Step(
            "probability",
            eq(Pr(caught), BinomialCDF(last, n, p)),
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
