"""The kernel: float32 errors of sums and products.

See docs/soundness.md, float32.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory.catalogue.kernel.terms import HIGHAM, INDEX, IX, LISTS, M, add_up, listed, total
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import Interval, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import Quantity, conj, eq, ge, implies, le

U = sp.Rational(1, 2**24)
MOST = 4094
ROUNDINGS = replace(integer("roundings", "r", "number of roundings"), upper=Fraction(MOST))
COUNT = integer("k", "k", "number of roundings so far")
R = ROUNDINGS.symbol
K = COUNT.symbol


def rounded(k: sp.Expr) -> sp.Expr:
    """The product of the first k factors 1 + δ."""
    return Quantity("factor", k)


def rounding(k: sp.Expr) -> sp.Expr:
    """The relative error of rounding k."""
    return Quantity("delta", k)


def gamma(k: sp.Expr) -> sp.Expr:
    """Higham's gamma_k = k u / (1 - k u)."""
    return k * U / (1 - k * U)


WITHIN = implies(le(K, MOST), le(sp.Abs(rounded(K) - 1), gamma(K)))
GAMMA_CLAIM = conj(
    le(sp.Abs(rounded(R) - 1), gamma(R)),
    le(sp.Abs(rounded(R) - 1), (R + 1) * U),
)

kernel_gamma = Theorem(
    name="kernel-gamma",
    title="The kernel: many roundings in float32",
    parameters=(ROUNDINGS,),
    result=UpperBound(
        sp.Abs(rounded(R) - 1),
        (R + 1) * U,
        also=(le(sp.Abs(rounded(R) - 1), gamma(R)),),
        monotone={"roundings": "up"},
    ),
    assumptions=(
        Assumption(
            "factors",
            "each rounding multiplies by 1 and its relative change",
            conj(
                eq(rounded(sp.Integer(0)), 1),
                eq(rounded(K + 1), rounded(K) * (1 + rounding(K + 1))),
            ),
        ),
        Assumption(
            "roundings",
            "float32 rounds to nearest: a relative change of at most 2^-24 where nothing under- or "
            "overflows",
            le(sp.Abs(rounding(K)), U),
        ),
    ),
    steps=(
        Step(
            "this rounding",
            le(sp.Abs(rounding(K + 1)), U),
            Instantiate("roundings", {K: K + 1}),
            ("roundings",),
        ),
        Step(
            "next",
            le(sp.Abs(rounded(K + 1) - 1), sp.Abs(rounded(K) - 1) * (1 + U) + U),
            Smt(),
            ("factors", "this rounding"),
        ),
        Step(
            "gammas",
            implies(le(K, MOST - 1), le(gamma(K) * (1 + U) + U, gamma(K + 1))),
            Smt(),
        ),
        Step(
            "all roundings",
            WITHIN,
            use("induction", claim=WITHIN, k=K, start=0),
            ("factors", "next", "gammas"),
        ),
        Step("short", le(gamma(R), (R + 1) * U), Smt(), (), "k (k + 1) u <= 1 for k <= 4094."),
        Step(
            "these roundings",
            le(sp.Abs(rounded(R) - 1), gamma(R)),
            Instantiate("all roundings", {K: R}),
            ("all roundings",),
        ),
        Step("conclusion", GAMMA_CLAIM, Smt(), ("these roundings", "short")),
    ),
    citation=HIGHAM,
    schematic=(COUNT,),
)

TINY = sp.Rational(1, 2**120)
WEIGHTS = listed("weights", "w", "weights")
SIZES = listed("magnitudes", "X", "upper bounds of the inputs' magnitudes")
ERRORS = listed("errors", "d", "upper bounds of the inputs' float32 errors")
BIAS = real("bias", "b", "bias")
VALUES = listed("x", "x", "the inputs")
FLOATS = listed("z", "z", "the inputs in float32")
FACTORS = listed("t", "t", "relative changes by rounding, one for each product")
LAST = real("s", "s", "relative change of the bias by rounding")
COMPUTED = real("y", "y", "the float32 result")
UNDERFLOW = real("v", "v", "what underflow adds in all operations together")
W, X, D, V, Z, T = (v.symbol[IX] for v in (WEIGHTS, SIZES, ERRORS, VALUES, FLOATS, FACTORS))
B = BIAS.symbol
S = LAST.symbol
Y = COMPUTED.symbol
UNDER = UNDERFLOW.symbol
ROUND = (M + 8) * U
TERM = W * Z * (1 + T)
SIZE = total(sp.Abs(W) * (X + D)) + sp.Abs(B)
ERROR = total(sp.Abs(W) * D) + ROUND * SIZE + (M + 8) * TINY
EXACT = total(W * V) + B
DOT_CLAIM = le(sp.Abs(Y - EXACT), ERROR)
FEW = Assumption("few", "at most 4000 components", le(M, 4000))
INPUTS = Assumption(
    "inputs",
    "|x_i| <= X_i, and its float32 value z_i is within d_i",
    conj(le(sp.Abs(V), X), le(sp.Abs(Z - V), D)),
)
ROUNDED = Assumption(
    "roundings",
    "in any order, with or without fused multiply-add, a product is rounded at most m + 1 times "
    "and a bias at most m times; up to six more roundings cover weights that are no float32 values "
    "and the two operations of a scale layer (theorem kernel-gamma)",
    conj(le(sp.Abs(T), gamma(M + 7)), le(sp.Abs(S), gamma(M + 7))),
)

kernel_float32_dot = Theorem(
    name="kernel-float32-dot",
    title="The kernel: an affine layer in float32",
    parameters=(WEIGHTS, SIZES, ERRORS, BIAS),
    result=UpperBound(sp.Abs(Y - EXACT), ERROR),
    assumptions=(
        INPUTS,
        ROUNDED,
        Assumption(
            "computed",
            "the result is the sum of the rounded terms, and what underflow adds",
            conj(eq(Y, total(TERM) + B * (1 + S) + UNDER), le(sp.Abs(UNDER), (M + 8) * TINY)),
        ),
    ),
    steps=(
        Step(
            "gamma",
            le(gamma(M + 7), ROUND),
            Smt(),
            (),
            "The bound of so many roundings, in its simpler form.",
        ),
        Step(
            "small", conj(le(sp.Abs(T), ROUND), le(sp.Abs(S), ROUND)), Smt(), ("gamma", "roundings")
        ),
        Step("size", conj(le(sp.Abs(Z), X + D), ge(D, 0)), Smt(), ("inputs",)),
        Step("carried", le(sp.Abs(W * (Z - V)), sp.Abs(W) * D), Smt(), ("inputs",)),
        Step("float", le(sp.Abs(W * Z), sp.Abs(W) * (X + D)), Smt(), ("size",)),
        Step(
            "rounded",
            le(sp.Abs(W * Z * T), ROUND * sp.Abs(W) * (X + D)),
            Smt(),
            ("float", "small"),
        ),
        Step(
            "above",
            le(total(TERM) - total(W * V), ERROR - ROUND * sp.Abs(B) - (M + 8) * TINY),
            add_up(W * V, x=TERM, a=1, y=sp.Abs(W) * D, b=-1, z=sp.Abs(W) * (X + D), c=-ROUND),
            ("carried", "rounded"),
        ),
        Step(
            "below",
            ge(total(TERM) - total(W * V), -ERROR + ROUND * sp.Abs(B) + (M + 8) * TINY),
            add_up(TERM, x=W * V, a=1, y=sp.Abs(W) * D, b=-1, z=sp.Abs(W) * (X + D), c=-ROUND),
            ("carried", "rounded"),
        ),
        Step("bias", le(sp.Abs(B * S), ROUND * sp.Abs(B)), Smt(), ("small",)),
        Step("conclusion", DOT_CLAIM, Smt(), ("above", "below", "bias", "computed")),
    ),
    citation=HIGHAM,
    requires=(FEW,),
    locals=(LISTS, VALUES, FLOATS, FACTORS, LAST, COMPUTED, UNDERFLOW),
    schematic=(INDEX,),
)

CHOSEN = listed("c", "c", "1 for each product in the partial sum, else 0")
BIAS_CHOSEN = real("e", "e", "1 if the bias is in the partial sum, else 0", 0, 1)
C = CHOSEN.symbol[IX]
E = BIAS_CHOSEN.symbol
PARTIAL = total(C * TERM) + E * B * (1 + S)
LARGEST = SIZE + ROUND * SIZE
RANGE_CLAIM = conj(le(PARTIAL, LARGEST), ge(PARTIAL, -LARGEST))

kernel_float32_range = Theorem(
    name="kernel-float32-range",
    title="The kernel: partial sums of an affine layer in float32",
    parameters=(WEIGHTS, SIZES, ERRORS, BIAS),
    result=Interval(PARTIAL, -LARGEST, LARGEST, "upper"),
    assumptions=(
        INPUTS,
        ROUNDED,
        Assumption("subset", "some of the terms", conj(le(0, C), le(C, 1))),
    ),
    steps=(
        Step("gamma", le(gamma(M + 7), ROUND), Smt()),
        Step(
            "small", conj(le(sp.Abs(T), ROUND), le(sp.Abs(S), ROUND)), Smt(), ("gamma", "roundings")
        ),
        Step("size", le(sp.Abs(Z), X + D), Smt(), ("inputs",)),
        Step("float", le(sp.Abs(W * Z), sp.Abs(W) * (X + D)), Smt(), ("size",)),
        Step(
            "term",
            le(sp.Abs(TERM), (1 + ROUND) * sp.Abs(W) * (X + D)),
            Smt(),
            ("float", "small"),
        ),
        Step(
            "chosen",
            le(sp.Abs(C * TERM), (1 + ROUND) * sp.Abs(W) * (X + D)),
            Smt(),
            ("term", "subset"),
        ),
        Step(
            "above",
            le(total(C * TERM), (1 + ROUND) * total(sp.Abs(W) * (X + D))),
            add_up(sp.Abs(W) * (X + D), x=C * TERM, a=1 / (1 + ROUND)),
            ("chosen",),
        ),
        Step(
            "below",
            ge(total(C * TERM), -(1 + ROUND) * total(sp.Abs(W) * (X + D))),
            add_up(C * TERM, x=sp.Abs(W) * (X + D), a=-(1 + ROUND)),
            ("chosen",),
        ),
        Step("bias", le(sp.Abs(E * B * (1 + S)), (1 + ROUND) * sp.Abs(B)), Smt(), ("small",)),
        Step("conclusion", RANGE_CLAIM, Smt(), ("above", "below", "bias")),
    ),
    citation=HIGHAM,
    requires=(FEW,),
    locals=(LISTS, VALUES, FLOATS, FACTORS, LAST, CHOSEN, BIAS_CHOSEN),
    schematic=(INDEX,),
)

THEOREMS = (
    kernel_gamma,
    kernel_float32_dot,
    kernel_float32_range,
)
