"""What a representation can hold under signs and under bias (catalogue T13)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.representation import (
    BESSEL,
    CHARACTER,
    COEFFICIENT,
    ENERGY,
    LITERALS_OF_A_POINT,
    NUMBER,
    READOUT,
    REPRESENTED,
    RESIDUAL,
    SET,
    SETTING,
    SG,
    S,
    T,
    correlation,
    lrh_coefficient,
    without_error,
)
from theory.catalogue.representation import LEVEL as LITERALS
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import ETA, NORM, TAU, WIDTH, real
from theory.language.terms import Mean, Quantity, conj, eq, ge, implies, le, lt

K, TAU_, B_, ETA_ = (p.symbol for p in (WIDTH, TAU, NORM, ETA))


def _coefficient_steps(
    size: sp.Expr, sign: sp.Basic, sign_uses: tuple[str, ...]
) -> tuple[Step, ...]:
    """|E[φ χ]| >= (size - η)/τ for a represented set, from E[a χ] = ± size."""
    gap = size - ETA_
    kept = ("residual", "unit", "split", "small residual", "norms", "scaled")
    shared = tuple(s for s in lrh_coefficient.steps if s.label in kept)
    product = Mean(READOUT * CHARACTER)
    return (
        *shared,
        Step("sign", sign, Smt(), sign_uses),
        Step(
            "far",
            implies(REPRESENTED, sp.Or(ge(product, gap), le(product, -gap), evaluate=False)),
            Smt(),
            ("represented", "small residual", "sign", "split"),
        ),
        Step("readout", implies(REPRESENTED, ge(product**2, gap**2)), Smt(), ("far",)),
        Step(
            "coefficient",
            implies(REPRESENTED, ge(COEFFICIENT**2, gap**2 / TAU_**2)),
            Smt(),
            ("readout", "norms", "scaled"),
        ),
        Step(
            "energy",
            le(NUMBER * (gap**2 / TAU_**2), ENERGY),
            use("bessel", member=S, condition=REPRESENTED, norm=COEFFICIENT,
                level=gap**2 / TAU_**2, energy=ENERGY),
            ("coefficient", "orthonormal"),
        ),
    )  # fmt: skip


def _with_correlation(label: str, words: str, formal: sp.Basic) -> tuple[Assumption, ...]:
    """The setting with another value of the correlation of a conjunction with χ."""
    return (Assumption(label, words, formal), *SETTING[1:])


TWICE = sp.Pow(2, 1 - K)
SIGNS_ROBUST = TAU_**2 * B_**2 / (TWICE - ETA_) ** 2
MINUS, HALF_TOP = Quantity("E chi"), Quantity("E a chi, 0/1")
PLUS_MINUS = _with_correlation(
    "plus-minus",
    "q = 2 a - 1, so E[q χ] = 2 E[a χ] - E χ; E χ = 0 for k >= 1 and E[a χ] = ± 2^(-k): theorem "
    "lrh-coefficient",
    conj(
        eq(correlation(K), 2 * HALF_TOP - MINUS),
        implies(ge(K, 1), eq(MINUS, 0)),
        sp.Or(eq(HALF_TOP, sp.Pow(2, -K)), eq(HALF_TOP, -sp.Pow(2, -K)), evaluate=False),
    ),
)
TOP_SIGN = sp.Or(eq(correlation(K), TWICE), eq(correlation(K), -TWICE), evaluate=False)
POSITIVE_WIDTH = Assumption("width", "width >= 1", ge(K, 1))
lrh_signs_robust = Theorem(
    name="lrh-sets-signs-robust",
    title="How many signed indicators a representation holds approximately",
    parameters=(WIDTH, TAU, NORM, ETA),
    result=UpperBound(
        NUMBER, SIGNS_ROBUST, monotone={"width": "up", "tau": "up", "B": "up", "eta": "up"}
    ),
    assumptions=PLUS_MINUS,
    experiment=LITERALS_OF_A_POINT,
    steps=(
        Step("double", eq(sp.Mul(2, sp.Pow(2, -K), evaluate=False), TWICE), Algebra()),
        *_coefficient_steps(TWICE, TOP_SIGN, ("plus-minus", "double")),
        Step("conclusion", le(NUMBER, SIGNS_ROBUST), Smt(), ("energy", "orthonormal")),
    ),
    citation=BESSEL,
    requires=(POSITIVE_WIDTH, Assumption("small", "eta < 2^(1 - width)", lt(ETA_, TWICE))),
    schematic=(SET,),
)

SIGNS_SETS = 4 ** (K - 1) * TAU_**2 * B_**2
lrh_signs = Theorem(
    name="lrh-sets-signs",
    title="How many signed indicators a representation holds exactly",
    parameters=(WIDTH, TAU, NORM),
    result=UpperBound(NUMBER, SIGNS_SETS, monotone={"width": "up", "tau": "up", "B": "up"}),
    assumptions=tuple(map(without_error, PLUS_MINUS)),
    experiment=LITERALS_OF_A_POINT,
    steps=(
        Step("robust", le(NUMBER, SIGNS_ROBUST.subs(ETA_, 0)),
             Cite(lrh_signs_robust, {"eta": sp.Integer(0)}), tuple(a.label for a in PLUS_MINUS)),
        Step("power", eq(SIGNS_ROBUST.subs(ETA_, 0), SIGNS_SETS), Algebra()),
        Step("conclusion", le(NUMBER, SIGNS_SETS), Smt(), ("robust", "power")),
    ),
    citation=BESSEL,
    requires=(POSITIVE_WIDTH,),
    schematic=(SET,),
)  # fmt: skip

SPREAD = real("sigma", "sigma", "least standard deviation of a variable", 0, 1, "(")
SIG, DEVIATION = SPREAD.symbol, Quantity("sigma of the next variable")
BIASED = (2 / SIG) ** (2 * K) * TAU_**2 * B_**2
PRODUCT = _with_correlation(
    "product",
    "independent variables in {-1, 1} with standard deviations at least σ; with χ the product of "
    "the standardised variables each literal contributes s σ_i/2",
    conj(
        eq(correlation(sp.Integer(0)), 1),
        eq(correlation(T + 1), correlation(T) * SG * DEVIATION / 2),
        eq(SG**2, 1),
        ge(DEVIATION, SIG),
    ),
)
MEAN_SQUARE = Assumption("character", "E χ² = 1", eq(Mean(CHARACTER**2), 1))
BIASED_SETTING = tuple(MEAN_SQUARE if a.label == "character" else without_error(a) for a in PRODUCT)
CORRELATED = ge(correlation(T) ** 2, (SIG / 2) ** (2 * T))
lrh_biased = Theorem(
    name="lrh-sets-biased",
    title="How many conjunctions a representation holds, biased variables",
    parameters=(WIDTH, TAU, NORM, SPREAD),
    result=UpperBound(
        NUMBER, BIASED, monotone={"width": "up", "tau": "up", "B": "up", "sigma": "down"}
    ),
    assumptions=BIASED_SETTING,
    experiment=LITERALS_OF_A_POINT,
    steps=(
        Step("power", eq(sp.Mul((SIG / 2) ** (2 * T), SIG**2 / 4, evaluate=False),
                         (SIG / 2) ** (2 * (T + 1))), Algebra()),
        Step("step", ge(SG**2 * DEVIATION**2 / 4, SIG**2 / 4), Smt(), ("product",)),
        Step("square",
             eq(correlation(T + 1) ** 2, correlation(T) ** 2 * (SG**2 * DEVIATION**2 / 4)),
             Smt(), ("product",)),
        Step("correlations", CORRELATED, use("induction", claim=CORRELATED, k=T, start=0),
             ("product", "power", "step", "square")),
        Step("at-width", CORRELATED.subs(T, K), Instantiate("correlations", {T: K}),
             ("correlations",)),
        *(s for s in lrh_coefficient.steps if s.label in ("residual", "split", "norms", "scaled")),
        Step("exact", implies(REPRESENTED, eq(RESIDUAL, 0)), Smt(),
             ("represented", "residual", "character")),
        Step("readout",
             implies(REPRESENTED, ge(Mean(READOUT * CHARACTER) ** 2, (SIG / 2) ** (2 * K))),
             Smt(), ("represented", "exact", "split", "at-width")),
        Step("coefficient",
             implies(REPRESENTED, ge(COEFFICIENT**2, (SIG / 2) ** (2 * K) / TAU_**2)), Smt(),
             ("readout", "norms", "scaled")),
        Step("energy", le(NUMBER * ((SIG / 2) ** (2 * K) / TAU_**2), ENERGY),
             use("bessel", member=S, condition=REPRESENTED, norm=COEFFICIENT,
                 level=(SIG / 2) ** (2 * K) / TAU_**2, energy=ENERGY),
             ("coefficient", "orthonormal")),
        Step("inverse", eq(sp.Mul((SIG / 2) ** (2 * K), (2 / SIG) ** (2 * K), evaluate=False), 1),
             Algebra()),
        Step("conclusion", le(NUMBER, BIASED), Smt(), ("energy", "orthonormal", "inverse")),
    ),
    citation=BESSEL,
    schematic=(SET, LITERALS),
)  # fmt: skip

THEOREMS = (
    lrh_signs_robust,
    lrh_signs,
    lrh_biased,
)
