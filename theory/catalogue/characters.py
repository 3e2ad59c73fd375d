"""More about what a representation can hold: signs, bias, all levels at once (catalogue T13c-i)."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.catalogue.representation import (
    BESSEL,
    CHARACTER,
    COEFFICIENT,
    CONJUNCTION,
    ENERGY,
    EXACT_SETS,
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
    lrh_sets,
)
from theory.catalogue.representation import LEVEL as LITERALS
from theory.rules import Algebra, Cite, Instantiate, Smt, use
from theory.statement import Assumption, Bound, Citation, Step, Theorem
from theory.symbols import ETA, NORM, TAU, VARIABLES, WIDTH, integer, real
from theory.terms import Fact, Mean, Members, Quantity, conj, eq, ge, gt, implies, le, lt

K, TAU_, B_, ETA_, D = (p.symbol for p in (WIDTH, TAU, NORM, ETA, VARIABLES))
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)
EXACT = tuple(replace(a, formal=a.formal.subs(ETA_, 0)) for a in SETTING)

SIGNED = Quantity("represented conjunctions")
SIGNED_SETS = 8**K * TAU_**2 * B_**2


def patterns(t: sp.Expr) -> sp.Expr:
    """The sign patterns of t literals."""
    return Quantity("sign patterns", t)


lrh_signed = Theorem(
    name="lrh-conjunctions",
    title="How many signed conjunctions a representation can hold exactly",
    statement=(
        "At most 2^k 4^k τ² B² conjunctions of k literals are reproduced exactly by readouts of "
        "norm at most τ: 2^k sign patterns for each of at most 4^k τ² B² sets."
    ),
    parameters=(WIDTH, TAU, NORM),
    result=Bound(
        SIGNED_SETS,
        "upper bound for the number of represented conjunctions of k literals",
        rounding="down",
        monotone={"width": "up", "tau": "up", "B": "up"},
        vacuous_words="when it reaches the number 2^k C(d, k) of all conjunctions",
    ),
    claim=le(SIGNED, SIGNED_SETS),
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
EMPTY = tuple(replace(a, formal=a.formal.subs({ETA_: 0, K: 0})) for a in SETTING)
lrh_constant = Theorem(
    name="lrh-constant",
    title="The constant costs norm",
    statement=(
        "If a readout of norm at most τ reproduces the constant 1 (the conjunction of no literals) "
        "exactly, then B >= 1/τ."
    ),
    parameters=(TAU,),
    result=Bound(
        LEAST_NORM, "least root mean square norm of the representation", monotone={"tau": "down"}
    ),
    claim=ge(B_, LEAST_NORM),
    assumptions=(
        *EMPTY,
        Assumption("constant", "the empty set is represented", ge(NUMBER, 1)),
    ),
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
    statement=(
        "With N_k sets of k variables represented with root mean square error η < 2^(-r) by "
        "readouts of norm at most τ: Σ_(k<=r) N_k (2^(-k) - η)² <= τ² B²."
    ),
    parameters=(DEEPEST, TAU, NORM, ETA),
    result=Bound(
        LEVELS,
        "upper bound for the weighted number of represented sets",
        monotone={"tau": "up", "B": "up"},
        vacuous_words="when it exceeds Σ C(d, k) (2^(-k) - η)², all sets",
    ),
    claim=le(WEIGHTED, LEVELS),
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
    title="How many conjunctions with values 1 and -1 a representation holds approximately",
    statement=(
        "At most τ² B²/(2^(1-k) - η)² sets of k >= 1 variables carry a conjunction with values 1 "
        "and -1 that a readout of norm at most τ reproduces with root mean square error "
        "η < 2^(1-k)."
    ),
    parameters=(WIDTH, TAU, NORM, ETA),
    result=Bound(
        SIGNS_ROBUST,
        "upper bound for the number of represented sets of k variables",
        rounding="down",
        monotone={"width": "up", "tau": "up", "B": "up", "eta": "up"},
        vacuous_words="when it reaches the number C(d, k) of all sets",
    ),
    claim=le(NUMBER, SIGNS_ROBUST),
    assumptions=PLUS_MINUS,
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
    title="How many conjunctions with values 1 and -1 a representation holds exactly",
    statement=(
        "At most 4^(k-1) τ² B² sets of k >= 1 variables carry a conjunction with values 1 and -1 "
        "that a readout of norm at most τ reproduces exactly."
    ),
    parameters=(WIDTH, TAU, NORM),
    result=Bound(
        SIGNS_SETS,
        "upper bound for the number of represented sets of k variables",
        rounding="down",
        monotone={"width": "up", "tau": "up", "B": "up"},
        vacuous_words="when it reaches the number C(d, k) of all sets",
    ),
    claim=le(NUMBER, SIGNS_SETS),
    assumptions=tuple(replace(a, formal=a.formal.subs(ETA_, 0)) for a in PLUS_MINUS),
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
SMALLEST = (SIG / 2) ** K
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
BIASED_SETTING = tuple(
    MEAN_SQUARE if a.label == "character" else replace(a, formal=a.formal.subs(ETA_, 0))
    for a in PRODUCT
)
CORRELATED = ge(correlation(T) ** 2, (SIG / 2) ** (2 * T))
lrh_biased = Theorem(
    name="lrh-sets-biased",
    title="How many conjunctions a representation holds, biased variables",
    statement=(
        "Under independent variables in {-1, 1} with standard deviations at least σ at most "
        "(2/σ)^(2k) τ² B² sets of k variables carry a conjunction that a readout of norm at most τ "
        "reproduces exactly."
    ),
    parameters=(WIDTH, TAU, NORM, SPREAD),
    result=Bound(
        BIASED,
        "upper bound for the number of represented sets of k variables",
        rounding="down",
        monotone={"width": "up", "tau": "up", "B": "up", "sigma": "down"},
        vacuous_words="when it reaches the number C(d, k) of all sets",
    ),
    claim=le(NUMBER, BIASED),
    assumptions=BIASED_SETTING,
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
ALL, PER_SET = sp.binomial(D, I_), sp.binomial(K, I_)
WEIGHT = Quantity("alpha", I_)
FOURTH = conj(gt(WEIGHT, 0), implies(le(I_, K), eq(ALL * WEIGHT**4, PER_SET)))
ROOTS = sp.sqrt(ALL * PER_SET)


TOTAL = sp.Sum(ROOTS, (I_, 0, K))
TIGHTNESS = TOTAL**2 / sp.binomial(D, K)
ENERGY_SUM = sp.Sum(ALL * WEIGHT**2, (I_, 0, K))
READOUT_SUM = sp.Sum(PER_SET * WEIGHT**-2, (I_, 0, K))
POSITIVE = conj(ge(ALL, 1), ge(PER_SET, 1))
WEIGHTED_CHARACTERS = Assumption(
    "characters",
    "φ = (α_i χ_T), i = |T| <= k, α_i = (C(k,i)/C(d,i))^(1/4); its energy is Σ C(d,i) α_i², and "
    "the readout ± 2^(-k)/α_i over T in S reproduces a conjunction of S with squared norm "
    "4^(-k) Σ C(k,i)/α_i²",
    conj(
        FOURTH,
        eq(B_**2, ENERGY_SUM),
        eq(TAU_**2, sp.Pow(4, -K) * READOUT_SUM),
        eq(NUMBER, sp.binomial(D, K)),
    ),
)
TIGHT_CLAIM = eq(EXACT_SETS, TIGHTNESS * NUMBER)
lrh_tightness = Theorem(
    name="lrh-tightness",
    title="The counting lemma is nearly attained",
    statement=(
        "Weighted characters of at most k of d variables hold a conjunction of every one of the "
        "C(d, k) sets, and the bound 4^k τ² B² exceeds that number by the factor "
        "(Σ_i sqrt(C(d,i) C(k,i)))²/C(d,k) only, which tends to 1 as d grows."
    ),
    parameters=(VARIABLES, WIDTH),
    result=Bound(TIGHTNESS, "bound over the number of represented sets"),
    claim=TIGHT_CLAIM,
    assumptions=(WEIGHTED_CHARACTERS,),
    steps=(
        Step("choices", implies(le(I_, K), ge(ALL, 1)), use("binomial-positive", n=D, k=I_)),
        Step("choices-in-set", implies(le(I_, K), ge(PER_SET, 1)),
             use("binomial-positive", n=K, k=I_)),
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
        Step("power", eq(sp.Mul(4**K, sp.Pow(4, -K), evaluate=False), 1), Algebra()),
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
    title="The counting lemma ends at error 2^(-k)",
    statement=(
        "Weighted characters of fewer than k of d variables reproduce a conjunction of every set "
        "of k variables with mean square error exactly 4^(-k), at "
        "4^k τ² B² = (Σ_(i<k) sqrt(C(d,i) C(k,i)))², which is O(d^(k-1)), less than the number "
        "C(d, k) of sets for large d: no such bound holds at η = 2^(-k)."
    ),
    parameters=(VARIABLES, WIDTH),
    result=Bound(BELOW_TOTAL**2, "4^k τ² B² of a representation that holds every set so"),
    claim=THRESHOLD_CLAIM,
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
    steps=(
        Step("choices", implies(le(I_, K), ge(ALL, 1)), use("binomial-positive", n=D, k=I_)),
        Step("choices-in-set", implies(le(I_, K), ge(PER_SET, 1)),
             use("binomial-positive", n=K, k=I_)),
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
        Step("power", eq(sp.Mul(4**K, sp.Pow(4, -K), evaluate=False), 1), Algebra()),
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
    lrh_threshold,
    lrh_signed,
    lrh_constant,
    lrh_levels,
    lrh_signs_robust,
    lrh_signs,
    lrh_biased,
    lrh_tightness,
)
