"""The kernel: float32 through ReLU, sign and addition, to the class.

See docs/soundness.md, float32.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.enclosures import is_sign
from theory.catalogue.kernel.float32 import TINY, U
from theory.catalogue.kernel.terms import HIGHAM, INDEX, IX, LISTS, add_up, kernel, listed, total
from theory.language.rules import Smt
from theory.language.schemas import Slack, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import real
from theory.language.terms import conj, eq, ge, gt, implies, le, lt

ERROR = real("error", "d", "upper bound of the float32 error of the input", 0)
SIZE = real("size", "X", "upper bound of the exact value's magnitude", 0)
VALUE = real("x", "x", "the exact value")
FLOAT = real("z", "z", "its float32 value")
RESULT = real("y", "y", "the float32 result")
ROUNDING = real("t", "t", "relative change by rounding")
UNDERFLOW = real("v", "v", "what underflow adds")
D = ERROR.symbol
X = SIZE.symbol
V = VALUE.symbol
Z = FLOAT.symbol
Y = RESULT.symbol
T = ROUNDING.symbol
UNDER = UNDERFLOW.symbol
ROUNDED = D + U * (X + D) + TINY
ADD_CLAIM = le(sp.Abs(Y - V), ROUNDED)
NEAR = Assumption("near", "the float32 value is within d of the exact one", le(sp.Abs(Z - V), D))

kernel_float32_rounding = Theorem(
    name="kernel-float32-rounding",
    title="The kernel: one more rounding in float32",
    parameters=(ERROR, SIZE),
    result=UpperBound(sp.Abs(Y - V), ROUNDED, monotone={"error": "up", "size": "up"}),
    assumptions=(
        NEAR,
        Assumption("magnitude", "|x| <= X", le(sp.Abs(V), X)),
        Assumption(
            "rounded",
            "rounding to nearest, with gradual underflow",
            conj(
                eq(Y, Z * (1 + T) + UNDER),
                le(sp.Abs(T), U),
                le(sp.Abs(UNDER), TINY),
            ),
        ),
    ),
    steps=(
        Step("size", le(sp.Abs(Z), X + D), Smt(), ("near", "magnitude")),
        Step("changed", le(sp.Abs(Z * T), U * (X + D)), Smt(), ("size", "rounded")),
        Step("conclusion", ADD_CLAIM, Smt(), ("near", "changed", "rounded")),
    ),
    citation=HIGHAM,
    locals=(VALUE, FLOAT, RESULT, ROUNDING, UNDERFLOW),
)

LOWER = real("l", "l", "lower end of the exact value")
UPPER = real("u", "u", "upper end")
SIGN = real("s", "s", "sign of the exact value")
FLOAT_SIGN = real("r", "r", "sign in float32")
L = LOWER.symbol
H = UPPER.symbol
S = SIGN.symbol
R = FLOAT_SIGN.symbol
CLEAR = sp.Or(gt(L, D), lt(H, -D), conj(eq(L, 0), eq(H, 0), eq(D, 0)), evaluate=False)
ACTIVATION_CLAIM = conj(
    le(sp.Abs(sp.Max(Z, 0) - sp.Max(V, 0)), D),
    implies(CLEAR, eq(R, S)),
    le(sp.Abs(R - S), 2),
)

kernel_float32_activation = Theorem(
    name="kernel-float32-activation",
    title="The kernel: ReLU and sign in float32",
    parameters=(ERROR,),
    result=UpperBound(
        sp.Abs(sp.Max(Z, 0) - sp.Max(V, 0)),
        D,
        also=(implies(CLEAR, eq(R, S)), le(sp.Abs(R - S), 2)),
        monotone={"error": "up"},
    ),
    assumptions=(
        NEAR,
        Assumption("enclosed", "l <= x <= u", conj(le(L, V), le(V, H))),
        Assumption("signs", "s and r are the signs of x and z", conj(is_sign(S, V), is_sign(R, Z))),
    ),
    steps=(Step("conclusion", ACTIVATION_CLAIM, Smt(), ("near", "enclosed", "signs")),),
    citation=HIGHAM,
    locals=(LOWER, UPPER, VALUE, FLOAT, SIGN, FLOAT_SIGN),
)

ROW = listed("row", "a", "coefficients of a form of the logits that must be positive")
ERRORS = listed("errors", "d", "upper bounds of the logits' float32 errors")
LOGITS = listed("f", "f", "the logits")
FLOATS = listed("z", "z", "the logits in float32")
MARGIN = real("margin", "h", "proved lower bound of the form")
A, E, F, G = (v.symbol[IX] for v in (ROW, ERRORS, LOGITS, FLOATS))
H_ = MARGIN.symbol
SPREAD = total(sp.Abs(A) * E)
CLASS_CLAIM = conj(ge(total(A * G), H_ - SPREAD), implies(gt(H_, SPREAD), gt(total(A * G), 0)))

kernel_float32_class = Theorem(
    name="kernel-float32-class",
    title="The kernel: the class in float32",
    parameters=(ROW, ERRORS),
    result=Slack(
        total(A * G),
        H_,
        SPREAD,
        also=(implies(gt(H_, SPREAD), gt(total(A * G), 0)),),
        monotone={"errors": "up"},
    ),
    assumptions=(
        Assumption("margin", "the form is at least h", ge(total(A * F), H_)),
        Assumption("errors", "the float32 logits are near", le(sp.Abs(G - F), E)),
    ),
    steps=(
        Step("logit", ge(A * G, A * F - sp.Abs(A) * E), Smt(), ("errors",)),
        Step(
            "form",
            ge(total(A * G), total(A * F) - SPREAD),
            add_up(A * G, x=A * F, a=1, y=sp.Abs(A) * E, b=-1),
            ("logit",),
        ),
        Step("conclusion", CLASS_CLAIM, Smt(), ("form", "margin")),
    ),
    citation=kernel("float32"),
    locals=(LISTS, LOGITS, FLOATS, MARGIN),
    schematic=(INDEX,),
)

THEOREMS = (
    kernel_float32_rounding,
    kernel_float32_activation,
    kernel_float32_class,
)
