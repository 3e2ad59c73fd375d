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
ROUNDINGS = integer("roundings", "r", "number of roundings")
COUNT = integer("k", "k", "number of roundings so far")
R = ROUNDINGS.symbol
K = COUNT.symbol


def rounded(k: sp.Expr) -> sp.Expr:
    """The product of the first k factors 1 + δ."""
    return Quantity("factor", k)


def rounding(k: sp.Expr) -> sp.Expr:
    """The relative error of rounding k."""
    return Quantity("delta", k)


def gamma(k: sp.Expr, unit: sp.Rational = U) -> sp.Expr:
    """Higham's gamma_k = k u / (1 - k u)."""
    return k * unit / (1 - k * unit)


def many_roundings(name: str, title: str, unit: sp.Rational, most: int, words: str) -> Theorem:
    """The theorem about up to `most` roundings, each of a relative change of at most `unit`."""
    within = implies(le(K, most), le(sp.Abs(rounded(K) - 1), gamma(K, unit)))
    these = le(sp.Abs(rounded(R) - 1), gamma(R, unit))
    return Theorem(
        name=name,
        title=title,
        parameters=(replace(ROUNDINGS, upper=Fraction(most)),),
        result=UpperBound(
            sp.Abs(rounded(R) - 1), (R + 1) * unit, also=(these,), monotone={"roundings": "up"}
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
            Assumption("roundings", words, le(sp.Abs(rounding(K)), unit)),
        ),
        steps=(
            Step(
                "this rounding",
                le(sp.Abs(rounding(K + 1)), unit),
                Instantiate("roundings", {K: K + 1}),
                ("roundings",),
            ),
            Step(
                "next",
                le(sp.Abs(rounded(K + 1) - 1), sp.Abs(rounded(K) - 1) * (1 + unit) + unit),
                Smt(),
                ("factors", "this rounding"),
            ),
            Step(
                "gammas",
                implies(
                    le(K, most - 1), le(gamma(K, unit) * (1 + unit) + unit, gamma(K + 1, unit))
                ),
                Smt(),
            ),
            Step(
                "all roundings",
                within,
                use("induction", claim=within, k=K, start=0),
                ("factors", "next", "gammas"),
            ),
            Step(
                "short",
                le(gamma(R, unit), (R + 1) * unit),
                Smt(),
                (),
                f"k (k + 1) u <= 1 for k <= {most}.",
            ),
            Step(
                "these roundings",
                these,
                Instantiate("all roundings", {K: R}),
                ("all roundings",),
            ),
            Step(
                "conclusion",
                conj(le(sp.Abs(rounded(R) - 1), (R + 1) * unit), these),
                Smt(),
                ("these roundings", "short"),
            ),
        ),
        citation=HIGHAM,
        schematic=(COUNT,),
    )


kernel_gamma = many_roundings(
    "kernel-gamma",
    "The kernel: many roundings in float32",
    U,
    MOST,
    "float32 rounds to nearest: a relative change of at most 2^-24 where nothing under- or "
    "overflows",
)

TINY = sp.Rational(1, 2**120)
WEIGHTS = listed("weights", "w", "weights")
SIZES = listed("magnitudes", "X", "upper bounds of the inputs' magnitudes")
ERRORS = listed("errors", "d", "upper bounds of the inputs' rounding errors")
BIAS = real("bias", "b", "bias")
VALUES = listed("x", "x", "the inputs")
FLOATS = listed("z", "z", "the inputs as they are held, rounded")
FACTORS = listed("t", "t", "relative changes by rounding, one for each product")
LAST = real("s", "s", "relative change of the bias by rounding")
COMPUTED = real("y", "y", "the rounded result")
UNDERFLOW = real("v", "v", "what underflow adds in all operations together")
W, X, D, V, Z, T = (v.symbol[IX] for v in (WEIGHTS, SIZES, ERRORS, VALUES, FLOATS, FACTORS))
B = BIAS.symbol
S = LAST.symbol
Y = COMPUTED.symbol
UNDER = UNDERFLOW.symbol
ROUND = (M + 8) * U
TERM = W * Z * (1 + T)
SIZE = total(sp.Abs(W) * (X + D)) + sp.Abs(B)
EXACT = total(W * V) + B
FEW = Assumption("few", "at most 4000 components", le(M, 4000))
INPUTS = Assumption(
    "inputs",
    "|x_i| <= X_i, and its rounded value z_i is within d_i",
    conj(le(sp.Abs(V), X), le(sp.Abs(Z - V), D)),
)


def roundings(unit: sp.Rational) -> Assumption:
    """How often the terms of a sum are rounded."""
    return Assumption(
        "roundings",
        "in any order, with or without fused multiply-add, a product is rounded at most m + 1 "
        "times and a bias at most m times; up to six more roundings cover weights that are rounded "
        "themselves and the two operations of a scale layer (theorems kernel-gamma, "
        "kernel-float64-gamma)",
        conj(le(sp.Abs(T), gamma(M + 7, unit)), le(sp.Abs(S), gamma(M + 7, unit))),
    )


ROUNDED = roundings(U)


def rounded_dot(
    name: str, title: str, unit: sp.Rational, tiny: sp.Rational, few: Assumption
) -> Theorem:
    """The theorem about an affine layer whose operations round by `unit`, underflow by `tiny`."""
    around = (M + 8) * unit
    error = total(sp.Abs(W) * D) + around * SIZE + (M + 8) * tiny
    rest = around * sp.Abs(B) + (M + 8) * tiny
    return Theorem(
        name=name,
        title=title,
        parameters=(WEIGHTS, SIZES, ERRORS, BIAS),
        result=UpperBound(sp.Abs(Y - EXACT), error),
        assumptions=(
            INPUTS,
            roundings(unit),
            Assumption(
                "computed",
                "the result is the sum of the rounded terms, and what underflow adds",
                conj(eq(Y, total(TERM) + B * (1 + S) + UNDER), le(sp.Abs(UNDER), (M + 8) * tiny)),
            ),
        ),
        steps=(
            Step(
                "gamma",
                le(gamma(M + 7, unit), around),
                Smt(),
                (),
                "The bound of so many roundings, in its simpler form.",
            ),
            Step(
                "small",
                conj(le(sp.Abs(T), around), le(sp.Abs(S), around)),
                Smt(),
                ("gamma", "roundings"),
            ),
            Step("size", conj(le(sp.Abs(Z), X + D), ge(D, 0)), Smt(), ("inputs",)),
            Step("carried", le(sp.Abs(W * (Z - V)), sp.Abs(W) * D), Smt(), ("inputs",)),
            Step("float", le(sp.Abs(W * Z), sp.Abs(W) * (X + D)), Smt(), ("size",)),
            Step(
                "rounded",
                le(sp.Abs(W * Z * T), around * sp.Abs(W) * (X + D)),
                Smt(),
                ("float", "small"),
            ),
            Step(
                "above",
                le(total(TERM) - total(W * V), error - rest),
                add_up(W * V, x=TERM, a=1, y=sp.Abs(W) * D, b=-1, z=sp.Abs(W) * (X + D), c=-around),
                ("carried", "rounded"),
            ),
            Step(
                "below",
                ge(total(TERM) - total(W * V), -error + rest),
                add_up(TERM, x=W * V, a=1, y=sp.Abs(W) * D, b=-1, z=sp.Abs(W) * (X + D), c=-around),
                ("carried", "rounded"),
            ),
            Step("bias", le(sp.Abs(B * S), around * sp.Abs(B)), Smt(), ("small",)),
            Step(
                "conclusion",
                le(sp.Abs(Y - EXACT), error),
                Smt(),
                ("above", "below", "bias", "computed"),
            ),
        ),
        citation=HIGHAM,
        requires=(few,),
        locals=(LISTS, VALUES, FLOATS, FACTORS, LAST, COMPUTED, UNDERFLOW),
        schematic=(INDEX,),
    )


kernel_float32_dot = rounded_dot(
    "kernel-float32-dot", "The kernel: an affine layer in float32", U, TINY, FEW
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
    result=Interval(
        PARTIAL, -LARGEST, LARGEST, "upper", monotone={"magnitudes": "up", "errors": "up"}
    ),
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
