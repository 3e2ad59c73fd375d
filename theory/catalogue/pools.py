"""Searching a representation: how many probes, and the pool counted exactly.

The pool is as in `search`.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.search import DEEP, LEVEL, J, R, pool
from theory.catalogue.shared import B_, ETA_, OURS, TAU_, D
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import Count, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import ETA, NORM, TAU, VARIABLES, integer
from theory.language.terms import IntegerQuantity, Quantity, conj, eq, gt, implies, le, lt


def kept(j: sp.Expr) -> sp.Expr:
    """Signed conjunctions of j literals whose true mean square error is small."""
    return Quantity("kept", j)


def probes(j: sp.Expr) -> sp.Expr:
    """Conjunctions probed from the levels below j."""
    return Quantity("probes", j)


def probe_bound(j: sp.Expr) -> sp.Expr:
    """2 d τ² B² (8^j - 1)/7."""
    return 2 * D * TAU_**2 * B_**2 * (8**j - 1) / 7


lrh_probes = Theorem(
    name="lrh-probes",
    title="Regressions of the level-wise search",
    parameters=(VARIABLES, DEEP, TAU, NORM),
    result=UpperBound(
        probes(R),
        probe_bound(R),
        monotone={"variables": "up", "depth": "up", "tau": "up", "B": "up"},
    ),
    assumptions=(
        Assumption(
            "kept",
            "the sign patterns of the represented sets of j variables: theorem lrh-sets",
            le(kept(J), 8**J * TAU_**2 * B_**2),
        ),
        Assumption(
            "probes",
            "each is extended by at most d variables with two signs",
            conj(eq(probes(sp.Integer(0)), 0), le(probes(J + 1), probes(J) + 2 * D * kept(J))),
        ),
    ),
    steps=(
        Step(
            "sum",
            eq(probe_bound(J) + 2 * D * 8**J * TAU_**2 * B_**2, probe_bound(J + 1)),
            Algebra(),
        ),
        Step(
            "levels",
            le(probes(J), probe_bound(J)),
            use("induction", claim=le(probes(J), probe_bound(J)), k=J, start=0),
            ("kept", "probes", "sum"),
        ),
        Step(
            "conclusion",
            le(probes(R), probe_bound(R)),
            Instantiate("levels", {J: R}),
            ("levels",),
        ),
    ),
    citation=OURS,
    schematic=(LEVEL,),
)


def sets(j: sp.Expr) -> sp.Expr:
    """The sets of variables of these conjunctions."""
    return IntegerQuantity("sets", j)


GAP_J = sp.Pow(2, -J) - ETA_
COUNTED = (
    2 * (D - J) * sp.Min(2**J * sp.binomial(D, J), 2**J * sp.floor(TAU_**2 * B_**2 / GAP_J**2))
)
POOL_SUM = sp.Sum(COUNTED, (J, 0, R - 1))
LAST = integer("t", "t", "levels so far")
T = LAST.symbol
UP_TO = implies(le(T, R), le(pool(T), sp.Sum(COUNTED, (J, 0, T - 1))))

lrh_pool = Theorem(
    name="lrh-pool",
    title="Regressions of the level-wise search, counted",
    parameters=(VARIABLES, DEEP, TAU, NORM, ETA),
    result=UpperBound(
        pool(R),
        POOL_SUM,
        monotone={"variables": "up", "depth": "up", "tau": "up", "B": "up", "eta": "up"},
    ),
    assumptions=(
        Assumption(
            "kept",
            "2^j sign patterns of at most C(d, j) sets, at most τ² B²/(2^(-j) - η)² of them: "
            "theorem lrh-sets-robust",
            implies(
                le(J, R - 1),
                conj(
                    le(kept(J), 2**J * sets(J)),
                    le(sets(J), sp.binomial(D, J)),
                    le(sets(J), TAU_**2 * B_**2 / GAP_J**2),
                ),
            ),
        ),
        Assumption(
            "pool",
            "each is extended by one of the d - j other variables with two signs",
            conj(
                eq(pool(sp.Integer(0)), 0),
                implies(le(J, R - 1), le(pool(J + 1), pool(J) + 2 * (D - J) * kept(J))),
            ),
        ),
    ),
    steps=(
        Step("wide", implies(le(J, R - 1), gt(GAP_J, 0)),
             use("power-exponent", x=2, a=-(R - 1), b=-J), words="2^(-j) >= 2^(-r+1) > η."),
        Step("whole",
             implies(le(J, R - 1), le(sets(J), sp.floor(TAU_**2 * B_**2 / GAP_J**2))),
             use("floor-integer", given=le(J, R - 1), m=sets(J), x=TAU_**2 * B_**2 / GAP_J**2),
             ("wide", "kept"), "A number of sets is an integer."),
        Step("level", implies(le(J, R - 1), le(2 * (D - J) * kept(J), COUNTED)), Smt(),
             ("whole", "kept")),
        Step("this-wide", implies(le(T, R - 1), gt(GAP_J.subs(J, T), 0)),
             use("power-exponent", x=2, a=-(R - 1), b=-T)),
        Step("this-level", implies(le(T, R - 1), le(2 * (D - T) * kept(T), COUNTED.subs(J, T))),
             Instantiate("level", {J: T}), ("level", "this-wide")),
        Step("extended", implies(le(T, R - 1), le(pool(T + 1), pool(T) + 2 * (D - T) * kept(T))),
             Instantiate("pool", {J: T}), ("pool",)),
        Step("sum",
             implies(le(T, R - 1),
                     eq(sp.Sum(COUNTED, (J, 0, T)),
                        sp.Sum(COUNTED, (J, 0, T - 1)) + COUNTED.subs(J, T))),
             use("series-next", given=le(T, R - 1), term=COUNTED, index=J, first=0, last=T - 1),
             ("wide",)),
        Step("empty", eq(sp.Sum(COUNTED, (J, 0, -1)), 0),
             use("series-next", term=COUNTED, index=J, first=0, last=sp.Integer(-1)), ("wide",)),
        Step("levels", UP_TO, use("induction", claim=UP_TO, k=T, start=0),
             ("pool", "extended", "this-level", "sum", "empty")),
        Step("conclusion", le(pool(R), POOL_SUM), Instantiate("levels", {T: R}), ("levels",)),
    ),
    citation=OURS,
    requires=(
        Assumption("small", "eta < 2^(1 - depth)", lt(ETA_, sp.Pow(2, -(R - 1)))),
        Assumption("shallow", "depth <= variables", le(R, D)),
    ),
    schematic=(LEVEL, LAST),
)  # fmt: skip

ALL_SUM = sp.Sum(2**J * sp.binomial(D, J), (J, 0, R))


def chosen(t: sp.Expr) -> sp.Expr:
    """Conjunctions of fewer than t literals."""
    return Quantity("conjunctions below", t)


CHOSEN = eq(chosen(T), sp.Sum(2**J * sp.binomial(D, J), (J, 0, T - 1)))

conjunctions_total = Theorem(
    name="conjunctions-total",
    title="All conjunctions of few literals",
    parameters=(VARIABLES, DEEP),
    result=Count(chosen(R + 1), ALL_SUM, monotone={"variables": "up", "depth": "up"}),
    assumptions=(
        Assumption(
            "sets",
            "k variables are chosen in C(d, k) ways, and their signs in 2^k",
            conj(
                eq(chosen(sp.Integer(0)), 0),
                eq(chosen(T + 1), chosen(T) + 2**T * sp.binomial(D, T)),
            ),
        ),
    ),
    steps=(
        Step("sum",
             conj(eq(sp.Sum(2**J * sp.binomial(D, J), (J, 0, -1)), 0),
                  eq(sp.Sum(2**J * sp.binomial(D, J), (J, 0, T)),
                     sp.Sum(2**J * sp.binomial(D, J), (J, 0, T - 1)) + 2**T * sp.binomial(D, T))),
             use("series-next", term=2**J * sp.binomial(D, J), index=J, first=0, last=T - 1)),
        Step("levels", CHOSEN, use("induction", claim=CHOSEN, k=T, start=0), ("sets", "sum")),
        Step("conclusion", eq(chosen(R + 1), ALL_SUM), Instantiate("levels", {T: R + 1}),
             ("levels",)),
    ),
    citation=OURS,
    schematic=(LEVEL, LAST),
)  # fmt: skip

THEOREMS = (
    lrh_probes,
    lrh_pool,
    conjunctions_total,
)
