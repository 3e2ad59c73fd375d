"""The kernel: planes above ReLUs, and blends of linear forms.

See docs/soundness.md, "Planes above the first ReLUs".
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.relaxation import COEFFICIENT, INTERCEPT, RELU
from theory.catalogue.kernel.relaxation import VALUE as INPUT
from theory.catalogue.kernel.terms import INDEX, IX, LISTS, M, add_up, kernel, listed, total
from theory.language.rules import Cite, Smt, use
from theory.language.schemas import LowerBound, Slack
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import real
from theory.language.terms import conj, eq, ge, implies, le

SOURCE = kernel("planes above the first ReLUs")
UNDER = real("under", "u", "greatest value of -e over the cell")
OVER = real("over", "v", "greatest value of z - e over the cell")
PLANE = real("e", "e", "value of a linear form at the point")
Z, A, MU = INPUT.symbol, COEFFICIENT.symbol, INTERCEPT.symbol
U, V, E = UNDER.symbol, OVER.symbol, PLANE.symbol
CONSTANT = sp.Max(U, V)
ABOVE = le(RELU, E + CONSTANT)
BELOW_ZERO = implies(le(A, 0), ge(A * RELU, A * E + A * MU))

kernel_relu_plane = Theorem(
    name="kernel-relu-plane",
    title="The kernel: a ReLU below a plane",
    parameters=(UNDER, OVER),
    result=Slack(
        RELU,
        E,
        CONSTANT,
        side="above",
        also=(BELOW_ZERO,),
        monotone={"under": "up", "over": "up"},
    ),
    assumptions=(
        Assumption(
            "enclosed", "-e <= u and z - e <= v at the point", conj(ge(U, -E), ge(V, Z - E))
        ),
        Assumption("rounded up", "μ may be larger", ge(MU, CONSTANT)),
    ),
    steps=(
        Step("above", ABOVE, Smt(), ("enclosed",), "The plane is above both 0 and z."),
        Step("negative", BELOW_ZERO, Smt(), ("above", "rounded up")),
        Step("conclusion", conj(ABOVE, BELOW_ZERO), Smt(), ("above", "negative")),
    ),
    citation=SOURCE,
    locals=(INPUT, PLANE, INTERCEPT, COEFFICIENT),
)

OFFSET = real("offset", "b", "the ReLU's input where all contributions are 0")
SHARES = listed("shares", "p", "part of each variable's contribution that the plane takes")
LOWERS = listed("lowers", "l", "least contribution of each variable in the cell")
UPPERS = listed("uppers", "h", "greatest contribution of each variable in the cell")
ADDED = listed("c", "c", "contribution of each variable to the ReLU's input at the point")
B = OFFSET.symbol
P, LO, HI, C = (v.symbol[IX] for v in (SHARES, LOWERS, UPPERS, ADDED))
TAKEN = total(P * C)
LEFT = total((1 - P) * C)
UNDER_ZERO = -total(P * LO)
UNDER_INPUT = B + total((1 - P) * HI)
LEAST_CONSTANT = sp.Max(UNDER_ZERO, UNDER_INPUT)
OUTPUT = sp.Max(B + total(C), 0)

kernel_plane_constant = Theorem(
    name="kernel-plane-constant",
    title="The kernel: the constant of a plane above a ReLU, variable by variable",
    parameters=(OFFSET, SHARES, LOWERS, UPPERS),
    result=Slack(OUTPUT, TAKEN, LEAST_CONSTANT, side="above"),
    assumptions=(
        Assumption("shares", "each part is between 0 and 1", conj(ge(P, 0), le(P, 1))),
        Assumption("enclosed", "each contribution is enclosed", conj(le(LO, C), le(C, HI))),
    ),
    steps=(
        Step("taken", ge(P * C, P * LO), Smt(), ("shares", "enclosed")),
        Step("plane", ge(TAKEN, total(P * LO)), add_up(P * C, x=P * LO, a=1), ("taken",)),
        Step("left", ge((1 - P) * HI, (1 - P) * C), Smt(), ("shares", "enclosed")),
        Step(
            "rest",
            ge(total((1 - P) * HI), LEFT),
            add_up((1 - P) * HI, x=(1 - P) * C, a=1),
            ("left",),
        ),
        Step(
            "split",
            eq(LEFT, total(C) - TAKEN),
            use("sum-linear", whole=(1 - P) * C, x=C, a=1, y=P * C, b=-1, index=IX, last=M),
        ),
        Step(
            "ends",
            conj(ge(UNDER_ZERO, -TAKEN), ge(UNDER_INPUT, B + total(C) - TAKEN)),
            Smt(),
            ("plane", "rest", "split"),
        ),
        Step(
            "conclusion",
            le(OUTPUT, TAKEN + LEAST_CONSTANT),
            Cite(
                kernel_relu_plane,
                {
                    "under": UNDER_ZERO,
                    "over": UNDER_INPUT,
                    "z": B + total(C),
                    "e": TAKEN,
                    "intercept": LEAST_CONSTANT,
                    "a": sp.Integer(0),
                },
            ),
            ("ends",),
        ),
    ),
    citation=SOURCE,
    locals=(LISTS, ADDED),
    schematic=(INDEX,),
)

SHARE = real("share", "t", "share of the second form", 0, 1)
ONE = real("one", "x", "value of the first form at the point")
TWO = real("two", "y", "value of the second form at the point")
VALUE = real("f", "f", "what both forms are nowhere above")
T, X, Y, F = (p.symbol for p in (SHARE, ONE, TWO, VALUE))

kernel_blend = Theorem(
    name="kernel-blend",
    title="The kernel: a blend of two lower bounds",
    parameters=(SHARE, ONE, TWO),
    result=LowerBound(F, (1 - T) * X + T * Y, monotone={"one": "up", "two": "up"}),
    assumptions=(Assumption("bounds", "f is at least both", conj(ge(F, X), ge(F, Y))),),
    steps=(
        Step("first", ge((1 - T) * F, (1 - T) * X), Smt(), ("bounds",)),
        Step("second", ge(T * F, T * Y), Smt(), ("bounds",)),
        Step("conclusion", ge(F, (1 - T) * X + T * Y), Smt(), ("first", "second")),
    ),
    citation=SOURCE,
    locals=(VALUE,),
)

THEOREMS = (
    kernel_relu_plane,
    kernel_plane_constant,
    kernel_blend,
)
