"""A representation that nearly attains the counting lemma (catalogue T13)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.representation import (
    EXACT_SETS,
    NUMBER,
    SET,
)
from theory.catalogue.threshold import ALL, FOURTH, I_, INDEX, PER_SET, ROOTS, WEIGHT
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import Exactly
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import NORM, TAU, VARIABLES, WIDTH
from theory.language.terms import conj, eq, ge, implies, le

K, TAU_, B_, D = (p.symbol for p in (WIDTH, TAU, NORM, VARIABLES))
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)


TOTAL = sp.Sum(ROOTS, (I_, 0, K))
TIGHTNESS = TOTAL**2 / sp.binomial(D, K)
ENERGY_SUM = sp.Sum(ALL * WEIGHT**2, (I_, 0, K))
READOUT_SUM = sp.Sum(PER_SET * WEIGHT**-2, (I_, 0, K))
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
lrh_tightness = Theorem(
    name="lrh-tightness",
    title="A representation that holds many conjunctions",
    parameters=(VARIABLES, WIDTH),
    result=Exactly(EXACT_SETS, TIGHTNESS, of=NUMBER),
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

THEOREMS = (lrh_tightness,)
