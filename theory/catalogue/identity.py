"""Whether two polynomials are one: how often a nonzero one vanishes, and draws that tell.

A point is drawn uniformly from a grid of s values for each of d variables: s = 2 for bits.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import DEL, SO_FAR, D, N, T
from theory.catalogue.testing import AGREEMENT, DRAWN_POINTS, ERROR, PASS, P, test_sample_size
from theory.language.rules import Cite, Instantiate, Smt, use
from theory.language.schemas import SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, VARIABLES, integer
from theory.language.terms import IntegerQuantity, Pr, Quantity, conj, eq, ge, implies, le, lt

DEGREE = integer("degree", "k", "degree of the polynomial, at most", 0)
VALUES = integer("values", "s", "number of values of each variable", 1)
K, S = DEGREE.symbol, VALUES.symbol
SCHWARTZ = Citation(
    "Schwartz", "Fast probabilistic algorithms for verification of polynomial identities, JACM 27",
    1980,
)  # fmt: skip
VANISHES = Quantity("P[h = 0]")
SHARE = K / S


def zero(t: sp.Expr) -> sp.Expr:
    """How often the coefficient in the first t variables vanishes."""
    return Quantity("P[coefficient = 0]", t)


def used(t: sp.Expr) -> sp.Expr:
    """The sum of the highest powers of the first t variables."""
    return IntegerQuantity("highest powers", t)


ROOTS = le(zero(T), used(T) / S)

schwartz_zippel = Theorem(
    name="schwartz-zippel",
    title="How often a nonzero polynomial vanishes on a grid",
    parameters=(DEGREE, VALUES),
    result=UpperBound(VANISHES, SHARE, monotone={"degree": "up", "values": "down"}),
    assumptions=(
        Assumption(
            "coefficients",
            "of the polynomial the coefficient of the highest power of its last variable, of that "
            "the same, and so on to a nonzero constant. Where such a coefficient does not vanish "
            "the polynomial that it is one of has no more roots among the s values than that power",
            conj(
                eq(used(sp.Integer(0)), 0),
                le(zero(sp.Integer(0)), 0),
                le(zero(T + 1), zero(T) + (used(T + 1) - used(T)) / S),
            ),
        ),
        Assumption(
            "polynomial",
            "h has d variables; the powers add up to its degree at the most",
            conj(eq(VANISHES, zero(D)), le(used(D), K)),
        ),
    ),
    steps=(
        Step("roots", ROOTS, use("induction", claim=ROOTS, k=T, start=0), ("coefficients",),
             "Variable by variable."),
        Step("all", ROOTS.subs(T, D), Instantiate("roots", {T: D}), ("roots",)),
        Step("share", implies(le(used(D), K), le(used(D) / S, SHARE)), Smt()),
        Step("conclusion", le(VANISHES, SHARE), Smt(), ("polynomial", "all", "share")),
    ),
    citation=SCHWARTZ,
    locals=(VARIABLES,),
    schematic=(SO_FAR,),
    notes=(
        "For polynomials over the numbers or another field. The difference of two: they are one, "
        "or agree on that share of the grid. Over bits, where it says nothing, see "
        "gap-polynomials; for draws identity-test-samples.",
    ),
)  # fmt: skip

ENOUGH = sp.log(DEL) / sp.log(SHARE)
TELLS = implies(ge(N, ENOUGH), ge(P, 1 - SHARE), le(Pr(PASS), DEL))

identity_test_samples = Theorem(
    name="identity-test-samples",
    title="Draws that tell whether two polynomials are one",
    parameters=(DEGREE, VALUES, DELTA),
    result=SampleSize(
        N,
        ENOUGH,
        le(Pr(PASS), DEL),
        given=(ge(P, 1 - SHARE),),
        monotone={"degree": "up", "values": "down", "delta": "down"},
    ),
    assumptions=(AGREEMENT,),
    experiment=DRAWN_POINTS,
    steps=(
        Step("conclusion", TELLS, Cite(test_sample_size, {"epsilon": 1 - SHARE}), ("agreement",),
             "Two that are not one differ on that share of the grid (schwartz-zippel)."),
    ),
    citation=SCHWARTZ,
    requires=(
        Assumption("degree", "0 < degree < values (of degree 0 one draw tells)",
                   conj(ge(K, 1), lt(K, S))),
    ),
    locals=(N_SAMPLES, ERROR),
)  # fmt: skip

THEOREMS = (schwartz_zippel, identity_test_samples)
