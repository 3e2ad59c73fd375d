"""Where the counting lemma ends (catalogue T13)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.representation import (
    CHARACTER,
    CONJUNCTION,
    LITERALS_OF_A_POINT,
    READOUT,
    SET,
)
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import Exactly
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import NORM, TAU, VARIABLES, WIDTH, integer
from theory.language.terms import Mean, Quantity, conj, eq, ge, gt, implies, le

K, TAU_, B_, D = (p.symbol for p in (WIDTH, TAU, NORM, VARIABLES))
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)

INDEX = integer("i", "i", "number of variables of a character")
I_ = INDEX.symbol
ALL, PER_SET = sp.binomial(D, I_), sp.binomial(K, I_)
WEIGHT = Quantity("alpha", I_)
FOURTH = conj(gt(WEIGHT, 0), implies(le(I_, K), eq(ALL * WEIGHT**4, PER_SET)))
ROOTS = sp.sqrt(ALL * PER_SET)

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

THEOREMS = (lrh_threshold,)
