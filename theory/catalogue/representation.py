"""What a representation can hold: the counting lemma (catalogue T13).

x is uniform on {-1, 1}^d, φ a representation with E |φ|² <= B². A conjunction of k literals over
the set S is represented if some readout w with |w| <= τ has E (w φ - a)² <= η². χ is the
character of S, the product of its variables.
"""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

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

K, TAU_, B_, ETA_ = WIDTH.symbol, TAU.symbol, NORM.symbol, ETA.symbol
SET = Parameter("S", sp.Symbol("S"), "member", "S", "S", "a set of k variables")
LEVEL = integer("t", "t", "number of literals")
S, T, SG = SET.symbol, LEVEL.symbol, Quantity("s")
REPRESENTED = Fact("represented", S)
READOUT, CONJUNCTION, CHARACTER = Random("w phi", S), Random("a", S), Random("chi", S)
ENERGY = Quantity("E |phi|^2")
READOUT_NORM, COEFFICIENT = Quantity("|w|", S), Quantity("|phi_S|", S)
NUMBER = Members(S, REPRESENTED)


def correlation(k: sp.Expr) -> sp.Expr:
    """E[a χ] for a conjunction of k literals."""
    return Quantity("E a chi", k)


LITERALS_OF_A_POINT = Experiment(random=("a", "chi", "w phi"))
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
SETS = TAU_**2 * B_**2 / GAP**2

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
        LEVEL,
    ),
)

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
        LEVEL,
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
        LEVEL,
    ),
)

THEOREMS = (lrh_coefficient, lrh_sets_robust, lrh_sets)
