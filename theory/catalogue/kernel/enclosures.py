"""The kernel: enclosures.

See docs/soundness.md, rules 1, 4 and 6.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.terms import INDEX, IX, LISTS, add_up, kernel, listed, total
from theory.language.experiments import Experiment
from theory.language.rules import Smt
from theory.language.schemas import Interval, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import real
from theory.language.terms import Event, conj, eq, ge, gt, implies, le, lt

HELD_WEIGHTS = listed("weights", "q", "the weights as they are held")
CENTRES = listed("centres", "c", "what is held of the components")
RADII = listed("radii", "r", "how far the components may be from that")
WEIGHTS = listed("w", "w", "the weights")
VALUES = listed("x", "x", "the components")
WEIGHT_ERROR = real("weight-error", "e", "how far a weight may be from what is held", 0)
BIAS_ERROR = real("bias-error", "f", "how far the bias may be from what is held", 0)
BIAS = real("b", "b", "the bias")
HELD_BIAS = real("p", "p", "the bias as it is held")
Q, C, R, W, X = (v.symbol[IX] for v in (HELD_WEIGHTS, CENTRES, RADII, WEIGHTS, VALUES))
E = WEIGHT_ERROR.symbol
F = BIAS_ERROR.symbol
B = BIAS.symbol
P = HELD_BIAS.symbol
RADIUS = total(sp.Abs(Q) * R) + E * total(sp.Abs(C) + R) + F
AFFINE_CLAIM = le(sp.Abs(total(W * X) + B - total(Q * C) - P), RADIUS)

kernel_affine = Theorem(
    name="kernel-affine",
    title="The kernel: enclosure through an affine layer",
    parameters=(HELD_WEIGHTS, CENTRES, RADII, WEIGHT_ERROR, BIAS_ERROR),
    result=UpperBound(
        sp.Abs(total(W * X) + B - total(Q * C) - P), RADIUS, monotone={"radii": "up"}
    ),
    assumptions=(
        Assumption("weights", "a weight that was cut is off by at most e", le(sp.Abs(W - Q), E)),
        Assumption("components", "the components are enclosed", le(sp.Abs(X - C), R)),
        Assumption("bias", "the bias is off by at most f", le(sp.Abs(B - P), F)),
    ),
    steps=(
        Step(
            "size",
            conj(le(sp.Abs(X), sp.Abs(C) + R), ge(R, 0)),
            Smt(),
            ("components",),
        ),
        Step(
            "cut",
            le(sp.Abs((W - Q) * X), E * (sp.Abs(C) + R)),
            Smt(),
            ("weights", "size"),
            "What the cut of the weight can change,",
        ),
        Step(
            "spread",
            le(sp.Abs(Q * (X - C)), sp.Abs(Q) * R),
            Smt(),
            ("components",),
            "and what the radius can.",
        ),
        Step(
            "above",
            le(total(W * X), total(Q * C) + RADIUS - F),
            add_up(Q * C, x=W * X, a=1, y=sp.Abs(Q) * R, b=-1, z=sp.Abs(C) + R, c=-E),
            ("cut", "spread"),
        ),
        Step(
            "below",
            ge(total(W * X), total(Q * C) - RADIUS + F),
            add_up(W * X, x=Q * C, a=1, y=sp.Abs(Q) * R, b=-1, z=sp.Abs(C) + R, c=-E),
            ("cut", "spread"),
        ),
        Step("conclusion", AFFINE_CLAIM, Smt(), ("above", "below", "bias")),
    ),
    citation=kernel("rules 1 and 6"),
    locals=(LISTS, WEIGHTS, VALUES, BIAS, HELD_BIAS),
    schematic=(INDEX,),
    notes=(
        "A scale layer is the affine layer of a diagonal matrix, whose other entries are exactly "
        "zero: hence the sum over all components in what e costs.",
    ),
)

LOWER = real("lower", "l", "lower end")
UPPER = real("upper", "u", "upper end")
OTHER_LOWER = real("other-lower", "k", "lower end")
OTHER_UPPER = real("v", "v", "upper end")
VALUE = real("z", "z", "the value")
OTHER = real("y", "y", "another value")
L = LOWER.symbol
U = UPPER.symbol
K = OTHER_LOWER.symbol
V = OTHER_UPPER.symbol
Z = VALUE.symbol
Y = OTHER.symbol
ENDS = Assumption("first", "l <= z <= u", conj(le(L, Z), le(Z, U)))
SUM_CLAIM = conj(ge(Z + Y, L + K), le(Z + Y, U + V))

kernel_add = Theorem(
    name="kernel-add",
    title="The kernel: enclosure through a residual addition",
    parameters=(LOWER, OTHER_LOWER),
    result=Interval(Z + Y, L + K, U + V, "lower", monotone={"lower": "up", "other-lower": "up"}),
    assumptions=(ENDS, Assumption("second", "k <= y <= v", conj(le(K, Y), le(Y, V)))),
    steps=(Step("conclusion", SUM_CLAIM, Smt(), ("first", "second")),),
    citation=kernel("rule 1"),
    locals=(UPPER, OTHER_UPPER, VALUE, OTHER),
)

MONOTONE_CLAIM = conj(ge(sp.Max(Z, 0), sp.Max(L, 0)), le(sp.Max(Z, 0), sp.Max(U, 0)))

kernel_relu_interval = Theorem(
    name="kernel-relu-interval",
    title="The kernel: enclosure through a ReLU",
    parameters=(UPPER,),
    result=Interval(sp.Max(Z, 0), sp.Max(L, 0), sp.Max(U, 0), "upper", monotone={"upper": "up"}),
    assumptions=(ENDS,),
    steps=(Step("conclusion", MONOTONE_CLAIM, Smt(), ("first",)),),
    citation=kernel("rule 1"),
    locals=(LOWER, VALUE),
)

MEET_CLAIM = conj(ge(Z, sp.Max(L, K)), le(Z, sp.Min(U, V)))

kernel_intersection = Theorem(
    name="kernel-intersection",
    title="The kernel: two enclosures of one value",
    parameters=(LOWER, OTHER_LOWER),
    result=Interval(
        Z, sp.Max(L, K), sp.Min(U, V), "lower", monotone={"lower": "up", "other-lower": "up"}
    ),
    assumptions=(ENDS, Assumption("second", "k <= z <= v", conj(le(K, Z), le(Z, V)))),
    steps=(Step("conclusion", MEET_CLAIM, Smt(), ("first", "second")),),
    citation=kernel("rule 4"),
    locals=(UPPER, OTHER_UPPER, VALUE),
)

IN_CELL = Event("x is in the cell")
IN_OTHER = Event("x is in the larger cell")
COARSE = real("coarse", "g", "lower end that is kept, at most l")
COARSE_UPPER = OTHER_UPPER
G = COARSE.symbol
SUPERSET_CLAIM = implies(IN_CELL, conj(ge(Z, G), le(Z, V)))

kernel_superset = Theorem(
    name="kernel-superset",
    title="The kernel: enclosures that hold on a larger cell",
    parameters=(COARSE,),
    result=Interval(Z, G, V, "lower", given=(IN_CELL,), monotone={"coarse": "up"}),
    assumptions=(
        Assumption("inside", "the cell is part of the larger one", implies(IN_CELL, IN_OTHER)),
        Assumption(
            "larger",
            "l <= z <= u over the larger cell",
            implies(IN_OTHER, conj(le(L, Z), le(Z, U))),
        ),
        Assumption("wider", "g <= l and u <= v", conj(le(G, L), le(U, V))),
    ),
    experiment=Experiment(
        random=(
            "x is in the cell",
            "x is in the larger cell",
        )
    ),
    steps=(Step("conclusion", SUPERSET_CLAIM, Smt(), ("inside", "larger", "wider")),),
    citation=kernel("rule 4"),
    locals=(LOWER, UPPER, COARSE_UPPER, VALUE),
)

HELD = real("n", "n", "what is held of the value")
RADIUS_OF = real("radius", "r", "how far the value may be from that", 0)
UNIT = real("unit", "d", "what the cut takes away at most", 0)
CUT = Y
SIGN = real("s", "s", "sign of the value")
HELD_SIGN = real("t", "t", "sign of what is held")
N = HELD.symbol
RAD = RADIUS_OF.symbol
D = UNIT.symbol
S = SIGN.symbol
T = HELD_SIGN.symbol
NEAR = Assumption("near", "the value is within r of n", le(sp.Abs(Z - N), RAD))


def is_sign(sign: sp.Expr, value: sp.Expr) -> sp.Basic:
    """`sign` is -1, 0 or 1 as the value is below, at or above 0."""
    return conj(
        implies(gt(value, 0), eq(sign, 1)),
        implies(eq(value, 0), eq(sign, 0)),
        implies(lt(value, 0), eq(sign, -1)),
    )


POINT_CLAIM = conj(
    le(sp.Abs(sp.Max(Z, 0) - sp.Max(N, 0)), RAD),
    implies(sp.Or(gt(sp.Abs(N), RAD), eq(RAD, 0), evaluate=False), eq(S, T)),
    le(sp.Abs(Z - CUT), RAD + D),
)

kernel_point = Theorem(
    name="kernel-point",
    title="The kernel: a value at a point through ReLU, sign and a cut",
    parameters=(RADIUS_OF, UNIT),
    result=UpperBound(
        sp.Abs(Z - CUT),
        RAD + D,
        also=(
            le(sp.Abs(sp.Max(Z, 0) - sp.Max(N, 0)), RAD),
            implies(sp.Or(gt(sp.Abs(N), RAD), eq(RAD, 0), evaluate=False), eq(S, T)),
        ),
        monotone={"radius": "up", "unit": "up"},
    ),
    assumptions=(
        NEAR,
        Assumption(
            "signs", "s is the sign of z and t that of n", conj(is_sign(S, Z), is_sign(T, N))
        ),
        Assumption("floor", "y is n cut by at most d", conj(le(N - D, CUT), le(CUT, N))),
    ),
    steps=(Step("conclusion", POINT_CLAIM, Smt(), ("near", "signs", "floor")),),
    citation=kernel("rule 6"),
    locals=(HELD, VALUE, OTHER, SIGN, HELD_SIGN),
)

THEOREMS = (
    kernel_affine,
    kernel_add,
    kernel_relu_interval,
    kernel_intersection,
    kernel_superset,
    kernel_point,
)
