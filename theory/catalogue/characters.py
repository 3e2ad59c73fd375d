"""More of what a representation can hold: signs, a constant, all levels (catalogue T13)."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.catalogue.representation import (
    BESSEL,
    COEFFICIENT,
    ENERGY,
    EXACT_SETS,
    LITERALS_OF_A_POINT,
    NUMBER,
    SET,
    SETTING,
    S,
    T,
    lrh_sets,
    without_error,
)
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import ETA, NORM, TAU, WIDTH, integer
from theory.language.terms import Fact, Members, Quantity, conj, eq, ge, implies, le, lt

K, TAU_, B_, ETA_ = (p.symbol for p in (WIDTH, TAU, NORM, ETA))
EXACT = tuple(map(without_error, SETTING))

SIGNED = Quantity("represented conjunctions")
SIGNED_SETS = 8**K * TAU_**2 * B_**2


def patterns(t: sp.Expr) -> sp.Expr:
    """The sign patterns of t literals."""
    return Quantity("sign patterns", t)


lrh_signed = Theorem(
    name="lrh-conjunctions",
    title="How many signed conjunctions a representation can hold exactly",
    parameters=(WIDTH, TAU, NORM),
    result=UpperBound(SIGNED, SIGNED_SETS, monotone={"width": "up", "tau": "up", "B": "up"}),
    assumptions=(
        *EXACT,
        Assumption(
            "signs",
            "each literal of a set has two signs",
            conj(
                eq(patterns(sp.Integer(0)), 1),
                eq(patterns(T + 1), 2 * patterns(T)),
                le(SIGNED, patterns(K) * NUMBER),
            ),
        ),
    ),
    experiment=LITERALS_OF_A_POINT,
    steps=(
        Step("sets", le(NUMBER, EXACT_SETS), Cite(lrh_sets, {}), tuple(a.label for a in EXACT)),
        Step("doubling", eq(sp.Mul(2, 2**T, evaluate=False), 2 ** (T + 1)), Algebra()),
        Step("patterns", eq(patterns(T), 2**T),
             use("induction", claim=eq(patterns(T), 2**T), k=T, start=0), ("signs", "doubling")),
        Step("at-width", eq(patterns(K), 2**K), Instantiate("patterns", {T: K}), ("patterns",)),
        Step("power", eq(sp.Mul(2**K, 4**K, evaluate=False), 8**K), Algebra()),
        Step("conclusion", le(SIGNED, SIGNED_SETS), Smt(), ("sets", "at-width", "power", "signs")),
    ),
    citation=BESSEL,
    schematic=lrh_sets.schematic,
)  # fmt: skip

LEAST_NORM = 1 / TAU_
EMPTY = tuple(replace(a, formal=a.formal.subs(K, 0)) for a in EXACT)
lrh_constant = Theorem(
    name="lrh-constant",
    title="The constant costs norm",
    parameters=(TAU,),
    result=LowerBound(B_, LEAST_NORM, monotone={"tau": "down"}),
    assumptions=(
        *EMPTY,
        Assumption("constant", "the empty set is represented", ge(NUMBER, 1)),
    ),
    experiment=LITERALS_OF_A_POINT,
    steps=(
        Step("sets", le(NUMBER, TAU_**2 * B_**2), Cite(lrh_sets, {"width": sp.Integer(0)}),
             tuple(a.label for a in EMPTY)),
        Step("square", ge((TAU_ * B_) ** 2, 1), Smt(), ("sets", "constant")),
        Step("conclusion", ge(B_, LEAST_NORM), Smt(), ("square",)),
    ),
    citation=BESSEL,
    locals=(NORM,),
    schematic=lrh_sets.schematic,
)  # fmt: skip

LEVEL = integer("j", "j", "number of literals of a level")
DEEPEST = integer("depth", "r", "greatest number of literals")
J, R = LEVEL.symbol, DEEPEST.symbol
HELD = conj(Fact("size", S, J), Fact("represented", S))
GAP_J = sp.Pow(2, -J) - ETA_
WEIGHTED = sp.Sum(Members(S, HELD) * GAP_J**2, (J, 0, R))
WEIGHTED_SCALED = sp.Sum(Members(S, HELD) * (GAP_J**2 / TAU_**2), (J, 0, R))
LEVELS = TAU_**2 * B_**2
lrh_levels = Theorem(
    name="lrh-levels",
    title="Represented conjunctions of all widths together",
    parameters=(DEEPEST, TAU, NORM, ETA),
    result=UpperBound(WEIGHTED, LEVELS, monotone={"tau": "up", "B": "up"}),
    assumptions=(
        Assumption(
            "represented",
            "a represented set of j variables has a coefficient of norm at least (2^(-j) - η)/τ: "
            "theorem lrh-coefficient",
            implies(
                Fact("size", S, J),
                Fact("represented", S),
                lt(ETA_, sp.Pow(2, -J)),
                ge(COEFFICIENT, GAP_J / TAU_),
            ),
        ),
        SETTING[-1],
    ),
    steps=(
        Step("deeper", implies(le(J, R), le(sp.Pow(2, -R), sp.Pow(2, -J))),
             use("power-exponent", x=2, a=-R, b=-J)),
        Step("large", implies(le(J, R), HELD, ge(COEFFICIENT**2, GAP_J**2 / TAU_**2)), Smt(),
             ("represented", "deeper")),
        Step("weight", ge(GAP_J**2 / TAU_**2, 0), Smt()),
        Step(
            "bessel",
            le(WEIGHTED_SCALED, ENERGY),
            use("bessel-levels", member=S, condition=HELD, norm=COEFFICIENT,
                level=GAP_J**2 / TAU_**2, energy=ENERGY, index=J, last=R),
            ("large", "weight", "orthonormal"),
        ),
        Step("factor", eq(WEIGHTED, TAU_**2 * WEIGHTED_SCALED), Algebra()),
        Step("conclusion", le(WEIGHTED, LEVELS), Smt(), ("bessel", "factor", "orthonormal")),
    ),
    citation=BESSEL,
    requires=(Assumption("small", "eta < 2^(-depth)", lt(ETA_, sp.Pow(2, -R))),),
    schematic=(SET, LEVEL),
)  # fmt: skip

THEOREMS = (
    lrh_signed,
    lrh_constant,
    lrh_levels,
)
