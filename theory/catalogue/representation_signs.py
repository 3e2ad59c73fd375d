"""What a representation can hold under signs and bias, and where the counting lemma ends."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.representation import (
    BESSEL,
    CHARACTER,
    COEFFICIENT,
    CONJUNCTION,
    ENERGY,
    EXACT_SETS,
    LITERALS,
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
from theory.catalogue.shared import B_, ETA_, OURS, TAU_, D
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import Exactly, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import ETA, NORM, TAU, VARIABLES, WIDTH, integer, real
from theory.language.terms import Mean, Quantity, conj, eq, ge, gt, implies, le, lt

K = WIDTH.symbol
TWICE = sp.Pow(2, 1 - K)
SIGNS_ROBUST = TAU_**2 * B_**2 / (TWICE - ETA_) ** 2


def _with_correlation(label: str, words: str, formal: sp.Basic) -> tuple[Assumption, ...]:
    """The setting with another value of the correlation of a conjunction with χ."""
    return (Assumption(label, words, formal), *SETTING[1:])


MINUS = Quantity("E chi")
HALF_TOP = Quantity("E a chi, 0/1")
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
POSITIVE_WIDTH = Assumption("width", "width >= 1", ge(K, 1))


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


TOP_SIGN = sp.Or(eq(correlation(K), TWICE), eq(correlation(K), -TWICE), evaluate=False)

lrh_sets_signs_robust = Theorem(
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

lrh_sets_signs = Theorem(
    name="lrh-sets-signs",
    title="How many signed indicators a representation holds exactly",
    parameters=(WIDTH, TAU, NORM),
    result=UpperBound(NUMBER, SIGNS_SETS, monotone={"width": "up", "tau": "up", "B": "up"}),
    assumptions=tuple(map(without_error, PLUS_MINUS)),
    experiment=LITERALS_OF_A_POINT,
    steps=(
        Step("robust", le(NUMBER, SIGNS_ROBUST.subs(ETA_, 0)),
             Cite(lrh_sets_signs_robust, {"eta": sp.Integer(0)}),
             tuple(a.label for a in PLUS_MINUS)),
        Step("power", eq(SIGNS_ROBUST.subs(ETA_, 0), SIGNS_SETS), Algebra()),
        Step("conclusion", le(NUMBER, SIGNS_SETS), Smt(), ("robust", "power")),
    ),
    citation=BESSEL,
    requires=(POSITIVE_WIDTH,),
    schematic=(SET,),
)  # fmt: skip

SPREAD = real("sigma", "sigma", "least standard deviation of a variable", 0, 1, "(")
SIG = SPREAD.symbol
DEVIATION = Quantity("sigma of the next variable")
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

lrh_sets_biased = Theorem(
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

INDEX = integer("i", "i", "number of variables of a character")
I_ = INDEX.symbol
ALL = sp.binomial(D, I_)
PER_SET = sp.binomial(K, I_)
ROOTS = sp.sqrt(ALL * PER_SET)
TOTAL = sp.Sum(ROOTS, (I_, 0, K))
TIGHTNESS = TOTAL**2 / sp.binomial(D, K)
WEIGHT = Quantity("alpha", I_)
ENERGY_SUM = sp.Sum(ALL * WEIGHT**2, (I_, 0, K))
READOUT_SUM = sp.Sum(PER_SET * WEIGHT**-2, (I_, 0, K))
FOURTH = conj(gt(WEIGHT, 0), implies(le(I_, K), eq(ALL * WEIGHT**4, PER_SET)))
WEIGHTED_CHARACTERS = Assumption(
    "characters",
    "φ holds the characters of up to k variables with weights that depend on their number; B² is "
    "its energy, and a conjunction is reproduced by a readout of squared norm τ²",
    conj(
        FOURTH,
        eq(B_**2, ENERGY_SUM),
        eq(TAU_**2, sp.Pow(4, -K) * READOUT_SUM),
        eq(NUMBER, sp.binomial(D, K)),
    ),
)
TIGHT_CLAIM = eq(EXACT_SETS, TIGHTNESS * NUMBER)
CHOICES = Step("choices", implies(le(I_, K), ge(ALL, 1)), use("binomial-positive", n=D, k=I_))
CHOICES_IN_SET = Step(
    "choices-in-set", implies(le(I_, K), ge(PER_SET, 1)), use("binomial-positive", n=K, k=I_)
)
POWERS_CANCEL = Step("power", eq(sp.Mul(4**K, sp.Pow(4, -K), evaluate=False), 1), Algebra())

lrh_tightness = Theorem(
    name="lrh-tightness",
    title="A representation that holds many conjunctions",
    parameters=(VARIABLES, WIDTH),
    result=Exactly(EXACT_SETS, TIGHTNESS, of=NUMBER),
    assumptions=(WEIGHTED_CHARACTERS,),
    steps=(
        CHOICES,
        CHOICES_IN_SET,
        Step("positive", ge(sp.binomial(D, K), 1), use("binomial-positive", n=D, k=K)),
        Step("term", implies(le(I_, K), eq(ALL * WEIGHT**2, ROOTS)), Smt(),
             ("choices", "choices-in-set", "characters")),
        Step("term-in-set", implies(le(I_, K), eq(PER_SET * WEIGHT**-2, ROOTS)), Smt(),
             ("choices", "choices-in-set", "characters")),
        Step("energy", eq(ENERGY_SUM, TOTAL),
             use("series-terms", left=ALL * WEIGHT**2, right=ROOTS, index=I_, first=0, last=K),
             ("term",)),
        Step("norm", eq(READOUT_SUM, TOTAL),
             use("series-terms", left=PER_SET * WEIGHT**-2, right=ROOTS, index=I_, first=0, last=K),
             ("term-in-set", "characters")),
        POWERS_CANCEL,
        Step("conclusion", TIGHT_CLAIM, Smt(),
             ("energy", "norm", "power", "positive", "characters")),
    ),
    citation=OURS,
    requires=(Assumption("fits", "width <= variables", le(K, D)),),
    locals=(TAU, NORM),
    schematic=(SET, INDEX),
)  # fmt: skip

BELOW_TOTAL = sp.Sum(ROOTS, (I_, 0, K - 1))
LEFT_OVER = CONJUNCTION - READOUT
THRESHOLD_CLAIM = conj(
    eq(4**K * TAU_**2 * B_**2, BELOW_TOTAL**2), eq(Mean(LEFT_OVER**2), sp.Pow(4, -K))
)
BELOW_ENERGY = sp.Sum(ALL * WEIGHT**2, (I_, 0, K - 1))
BELOW_READOUT = sp.Sum(PER_SET * WEIGHT**-2, (I_, 0, K - 1))

lrh_threshold = Theorem(
    name="lrh-threshold",
    title="A representation that leaves out the last character",
    parameters=(VARIABLES, WIDTH),
    result=Exactly(
        4**K * TAU_**2 * B_**2, BELOW_TOTAL**2, also=(eq(Mean(LEFT_OVER**2), sp.Pow(4, -K)),)
    ),
    assumptions=(
        Assumption(
            "characters",
            "as in lrh-tightness, with characters of fewer than k variables",
            conj(FOURTH, eq(B_**2, BELOW_ENERGY), eq(TAU_**2, sp.Pow(4, -K) * BELOW_READOUT)),
        ),
        Assumption(
            "left over",
            "the readout has all terms of the conjunction but the last, ± 2^(-k) χ",
            conj(
                sp.Or(
                    eq(LEFT_OVER, sp.Pow(2, -K) * CHARACTER),
                    eq(LEFT_OVER, -sp.Pow(2, -K) * CHARACTER),
                    evaluate=False,
                ),
                eq(CHARACTER**2, 1),
            ),
        ),
    ),
    experiment=LITERALS_OF_A_POINT,
    steps=(
        CHOICES,
        CHOICES_IN_SET,
        Step("term", implies(le(I_, K - 1), eq(ALL * WEIGHT**2, ROOTS)), Smt(),
             ("choices", "choices-in-set", "characters")),
        Step("term-in-set", implies(le(I_, K - 1), eq(PER_SET * WEIGHT**-2, ROOTS)), Smt(),
             ("choices", "choices-in-set", "characters")),
        Step("energy", eq(BELOW_ENERGY, BELOW_TOTAL),
             use("series-terms", left=ALL * WEIGHT**2, right=ROOTS, index=I_, first=0, last=K - 1),
             ("term",)),
        Step("norm", eq(BELOW_READOUT, BELOW_TOTAL),
             use("series-terms", left=PER_SET * WEIGHT**-2, right=ROOTS, index=I_, first=0,
                 last=K - 1),
             ("term-in-set", "characters")),
        POWERS_CANCEL,
        Step("root", eq(sp.Pow(sp.Pow(2, -K), 2, evaluate=False), sp.Pow(4, -K)), Algebra()),
        Step("square", eq(LEFT_OVER**2, sp.Pow(4, -K)), Smt(), ("left over", "root")),
        Step("error", eq(Mean(LEFT_OVER**2), sp.Pow(4, -K)),
             use("mean-bounds", x=LEFT_OVER**2, lower=sp.Pow(4, -K), upper=sp.Pow(4, -K)),
             ("square",)),
        Step("conclusion", THRESHOLD_CLAIM, Smt(),
             ("energy", "norm", "power", "error", "characters")),
    ),
    citation=OURS,
    requires=(
        Assumption("fits", "1 <= width <= variables", conj(ge(K, 1), le(K, D))),
    ),
    locals=(TAU, NORM),
    schematic=(SET, INDEX),
)  # fmt: skip

THEOREMS = (
    lrh_sets_signs,
    lrh_sets_signs_robust,
    lrh_sets_biased,
    lrh_tightness,
    lrh_threshold,
)
