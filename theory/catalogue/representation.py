"""What a representation can hold: the counting lemma.

x is uniform on {-1, 1}^d, φ a representation with E |φ|² <= B². A conjunction of k literals over
the set S is represented if some readout w with |w| <= τ has E (w φ - a)² <= η². χ is the
character of S, the product of its variables.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.catalogue.shared import B_, ETA_, TAU_
from theory.language.experiments import Experiment
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import ETA, NORM, TAU, WIDTH, Parameter, integer
from theory.language.terms import (
    Fact,
    Mean,
    Members,
    Quantity,
    Random,
    conj,
    eq,
    ge,
    implies,
    le,
    lt,
)

K = WIDTH.symbol
SET = Parameter("S", sp.Symbol("S"), "member", "S", "S", "a set of k variables")
LITERALS = integer("t", "t", "number of literals")
T = LITERALS.symbol
S = SET.symbol
REPRESENTED = Fact("represented", S)
READOUT = Random("w phi", S)
CONJUNCTION = Random("a", S)
CHARACTER = Random("chi", S)
READOUT_NORM = Quantity("|w|", S)
COEFFICIENT = Quantity("|phi_S|", S)


def correlation(k: sp.Expr) -> sp.Expr:
    """E[a χ] for a conjunction of k literals."""
    return Quantity("E a chi", k)


LITERALS_OF_A_POINT = Experiment(random=("a", "chi", "w phi"))
SG = Quantity("sgn")
ENERGY = Quantity("E |phi|^2")
SETTING = (
    Assumption(
        "product",
        "the variables are independent and uniform: each literal (1 + s x)/2 contributes the mean "
        "of (1 + s x) x/2 over x = 1 and x = -1; s is 1 or -1",
        conj(
            eq(correlation(sp.Integer(0)), 1),
            eq(
                correlation(T + 1),
                correlation(T) * ((1 + SG) / 2 - (1 - SG) / 2) / 2,
            ),
            eq(SG**2, 1),
        ),
    ),
    Assumption(
        "represented",
        "a represented conjunction has a readout with |w| <= τ and mean square error <= η²",
        implies(
            REPRESENTED,
            conj(
                ge(READOUT_NORM, 0),
                ge(COEFFICIENT, 0),
                le(READOUT_NORM, TAU_),
                le(Mean((READOUT - CONJUNCTION) ** 2), ETA_**2),
                eq(Mean(CONJUNCTION * CHARACTER), correlation(K)),
            ),
        ),
    ),
    Assumption(
        "inner product",
        "E[(w φ) χ] is the inner product of w and the coefficient E[φ χ]",
        Fact("inner product", Mean(READOUT * CHARACTER), READOUT_NORM, COEFFICIENT),
    ),
    Assumption("character", "χ is 1 or -1", eq(CHARACTER**2, 1)),
    Assumption(
        "orthonormal",
        "the characters are orthonormal, |phi_S| is the norm of E[φ χ_S], and E |φ|² <= B²",
        conj(Fact("coefficients", S, COEFFICIENT, ENERGY), le(ENERGY, B_**2)),
    ),
)
GAP = sp.Pow(2, -K) - ETA_
RESIDUAL = Mean((READOUT - CONJUNCTION) * CHARACTER)
LEAST = GAP**2 / TAU_**2
SMALL = Assumption("small", "eta < 2^(-width)", lt(ETA_, sp.Pow(2, -K)))
BESSEL = Citation("O'Donnell", "Analysis of Boolean Functions", 2014)

lrh_coefficient = Theorem(
    name="lrh-coefficient",
    title="A represented conjunction leaves a large coefficient",
    parameters=(WIDTH, TAU, ETA),
    result=LowerBound(
        COEFFICIENT,
        GAP / TAU_,
        given=(REPRESENTED,),
        monotone={"width": "down", "tau": "down", "eta": "down"},
    ),
    assumptions=SETTING[:-1],
    experiment=LITERALS_OF_A_POINT,
    steps=(
        Step(
            "quarter",
            eq(sp.Mul(sp.Pow(4, -T), sp.Rational(1, 4), evaluate=False), sp.Pow(4, -T - 1)),
            Algebra(),
        ),
        Step(
            "correlation",
            eq(correlation(T) ** 2, sp.Pow(4, -T)),
            use("induction", claim=eq(correlation(T) ** 2, sp.Pow(4, -T)), k=T, start=0),
            ("product", "quarter"),
            "So E[a χ] is 2^(-k) up to sign.",
        ),
        Step(
            "at-width",
            eq(correlation(K) ** 2, sp.Pow(4, -K)),
            Instantiate("correlation", {T: K}),
            ("correlation",),
        ),
        Step(
            "root",
            eq(sp.Pow(sp.Pow(2, -K), 2, evaluate=False), sp.Pow(4, -K)),
            Algebra(),
        ),
        Step(
            "residual",
            le(
                Mean((READOUT - CONJUNCTION) * CHARACTER) ** 2,
                Mean((READOUT - CONJUNCTION) ** 2) * Mean(CHARACTER**2),
            ),
            use("cauchy-schwarz", x=READOUT - CONJUNCTION, y=CHARACTER),
        ),
        Step(
            "unit",
            eq(Mean(CHARACTER**2), 1),
            use("mean-bounds", x=CHARACTER**2, lower=1, upper=1),
            ("character",),
        ),
        Step(
            "split",
            eq(
                Mean((READOUT - CONJUNCTION) * CHARACTER),
                Mean(READOUT * CHARACTER) - Mean(CONJUNCTION * CHARACTER),
            ),
            use("linearity", x=READOUT * CHARACTER, y=CONJUNCTION * CHARACTER, a=1, b=-1),
        ),
        Step(
            "small residual",
            implies(REPRESENTED, conj(le(RESIDUAL, ETA_), ge(RESIDUAL, -ETA_))),
            Smt(),
            ("represented", "residual", "unit"),
        ),
        Step(
            "sign",
            sp.Or(
                eq(correlation(K), sp.Pow(2, -K)),
                eq(correlation(K), -sp.Pow(2, -K)),
                evaluate=False,
            ),
            Smt(),
            ("at-width", "root"),
        ),
        Step(
            "far",
            implies(
                REPRESENTED,
                sp.Or(
                    ge(Mean(READOUT * CHARACTER), GAP),
                    le(Mean(READOUT * CHARACTER), -GAP),
                    evaluate=False,
                ),
            ),
            Smt(),
            ("represented", "small residual", "sign", "split"),
            "A readout within η correlates with χ at least 2^(-k) - η.",
        ),
        Step(
            "readout",
            implies(REPRESENTED, ge(Mean(READOUT * CHARACTER) ** 2, GAP**2)),
            Smt(),
            ("far",),
        ),
        Step(
            "norms",
            le(Mean(READOUT * CHARACTER) ** 2, READOUT_NORM**2 * COEFFICIENT**2),
            use(
                "inner-product",
                product=Mean(READOUT * CHARACTER),
                first=READOUT_NORM,
                second=COEFFICIENT,
            ),
            ("inner product",),
        ),
        Step(
            "scaled",
            implies(REPRESENTED, le(READOUT_NORM**2 * COEFFICIENT**2, TAU_**2 * COEFFICIENT**2)),
            Smt(),
            ("represented",),
        ),
        Step(
            "coefficient",
            implies(REPRESENTED, ge(COEFFICIENT**2, LEAST)),
            Smt(),
            ("readout", "norms", "scaled"),
            "So the coefficient has norm at least (2^(-k) - η)/τ.",
        ),
        Step(
            "conclusion",
            implies(REPRESENTED, ge(COEFFICIENT, GAP / TAU_)),
            Smt(),
            ("coefficient", "represented"),
        ),
    ),
    citation=BESSEL,
    requires=(SMALL,),
    schematic=(
        SET,
        LITERALS,
    ),
)

NUMBER = Members(S, REPRESENTED)
SETS = TAU_**2 * B_**2 / GAP**2

lrh_sets_robust = Theorem(
    name="lrh-sets-robust",
    title="How many conjunctions a representation can hold approximately",
    parameters=(WIDTH, TAU, NORM, ETA),
    result=UpperBound(NUMBER, SETS, monotone={"width": "up", "tau": "up", "B": "up", "eta": "up"}),
    assumptions=SETTING,
    experiment=LITERALS_OF_A_POINT,
    steps=(
        Step(
            "coefficient",
            implies(REPRESENTED, ge(COEFFICIENT, GAP / TAU_)),
            Cite(lrh_coefficient, {}),
            tuple(a.label for a in SETTING),
            "A represented conjunction leaves a coefficient of norm at least (2^(-k) - η)/τ.",
        ),
        Step(
            "square-level",
            implies(REPRESENTED, ge(COEFFICIENT**2, LEAST)),
            Smt(),
            ("coefficient",),
        ),
        Step(
            "energy",
            le(NUMBER * LEAST, ENERGY),
            use(
                "bessel",
                member=S,
                condition=REPRESENTED,
                norm=COEFFICIENT,
                level=LEAST,
                energy=ENERGY,
            ),
            ("square-level", "orthonormal"),
            "Together they have at most the energy of φ.",
        ),
        Step("conclusion", le(NUMBER, SETS), Smt(), ("energy", "orthonormal")),
    ),
    citation=BESSEL,
    requires=(SMALL,),
    schematic=(
        SET,
        LITERALS,
    ),
    notes=(
        "For linear readouts and the uniform distribution only; a clipped readout is another case.",
        "A bias feature counts in B.",
    ),
)


def without_error(assumption: Assumption) -> Assumption:
    """The assumption for readouts of mean square error 0."""
    words = assumption.words.replace("mean square error <= η²", "mean square error 0")
    return replace(assumption, words=words, formal=assumption.formal.subs(ETA_, 0))


EXACT_SETS = 4**K * TAU_**2 * B_**2

lrh_sets = Theorem(
    name="lrh-sets",
    title="How many conjunctions a representation can hold exactly",
    parameters=(WIDTH, TAU, NORM),
    result=UpperBound(NUMBER, EXACT_SETS, monotone={"width": "up", "tau": "up", "B": "up"}),
    assumptions=tuple(map(without_error, SETTING)),
    experiment=LITERALS_OF_A_POINT,
    steps=(
        Step(
            "robust",
            le(NUMBER, SETS.subs(ETA_, 0)),
            Cite(lrh_sets_robust, {"eta": sp.Integer(0)}),
            tuple(a.label for a in SETTING),
            "The robust form for readouts without error.",
        ),
        Step("power", eq(sp.Pow(2, 2 * K), 4**K), Algebra()),
        Step("conclusion", le(NUMBER, EXACT_SETS), Smt(), ("robust", "power")),
    ),
    citation=BESSEL,
    schematic=(
        SET,
        LITERALS,
    ),
)

LEVEL = integer("j", "j", "number of literals of a level")
DEEPEST = integer("depth", "r", "greatest number of literals")
J = LEVEL.symbol
R = DEEPEST.symbol
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

EXACT = tuple(map(without_error, SETTING))
SIGNED = Quantity("represented conjunctions")
SIGNED_SETS = 8**K * TAU_**2 * B_**2


def patterns(t: sp.Expr) -> sp.Expr:
    """The sign patterns of t literals."""
    return Quantity("sign patterns", t)


PATTERN_STEPS = (
    Step("doubling", eq(sp.Mul(2, 2**T, evaluate=False), 2 ** (T + 1)), Algebra()),
    Step("patterns", eq(patterns(T), 2**T),
         use("induction", claim=eq(patterns(T), 2**T), k=T, start=0), ("signs", "doubling")),
)  # fmt: skip

lrh_conjunctions = Theorem(
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
        *PATTERN_STEPS,
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

THEOREMS = (
    lrh_coefficient,
    lrh_sets,
    lrh_sets_robust,
    lrh_levels,
    lrh_conjunctions,
    lrh_constant,
)
