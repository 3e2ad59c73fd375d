"""The kernel: linear bounds of single components.

See docs/soundness.md, rule 2.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.enclosures import is_sign
from theory.catalogue.kernel.terms import kernel
from theory.language.rules import Algebra, Cite, Instantiate, Smt
from theory.language.schemas import LowerBound, Slack
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import real
from theory.language.terms import Quantity, conj, eq, ge, implies, le

CROWN = Citation(
    "Zhang, Weng, Chen, Hsieh, Daniel",
    "Efficient neural network robustness certification with general activation functions",
    2018,
)
LOWER = real("lower", "l", "lower end of the ReLU's input")
UPPER = real("upper", "u", "upper end of the ReLU's input")
STEEP = real("slope", "lambda", "slope of the bound from above", 0, 1)
FLAT = real("alpha", "alpha", "slope of the bound from below", 0, 1)
INTERCEPT = real("intercept", "mu", "intercept that is used, at least max(-λ l, (1 - λ) u)")
COEFFICIENT = real("a", "a", "coefficient of the ReLU in a linear form")
VALUE = real("z", "z", "input of the ReLU")
L = LOWER.symbol
U = UPPER.symbol
LAM = STEEP.symbol
ALPHA = FLAT.symbol
MU = INTERCEPT.symbol
A = COEFFICIENT.symbol
Z = VALUE.symbol
RELU = sp.Max(Z, 0)
LEAST_INTERCEPT = sp.Max(-LAM * L, (1 - LAM) * U)
ABOVE = le(RELU, LAM * Z + LEAST_INTERCEPT)
RELU_CLAIM = conj(
    ge(RELU, ALPHA * Z),
    ABOVE,
    implies(ge(A, 0), ge(A * RELU, A * ALPHA * Z)),
    implies(le(A, 0), ge(A * RELU, A * LAM * Z + A * MU)),
)

kernel_relu = Theorem(
    name="kernel-relu",
    title="The kernel: a ReLU between two lines",
    parameters=(LOWER, UPPER, STEEP),
    result=Slack(
        RELU,
        LAM * Z,
        LEAST_INTERCEPT,
        side="above",
        also=(
            ge(RELU, ALPHA * Z),
            implies(ge(A, 0), ge(A * RELU, A * ALPHA * Z)),
            implies(le(A, 0), ge(A * RELU, A * LAM * Z + A * MU)),
        ),
        monotone={"lower": "down", "upper": "up"},
    ),
    assumptions=(
        Assumption("enclosed", "l <= z <= u", conj(le(L, Z), le(Z, U))),
        Assumption("rounded up", "μ may be larger", ge(MU, LEAST_INTERCEPT)),
    ),
    steps=(
        Step("below", ge(RELU, ALPHA * Z), Smt()),
        Step("above", ABOVE, Smt(), ("enclosed",), "max(z, 0) - λ z is largest at an end."),
        Step(
            "positive",
            implies(ge(A, 0), ge(A * RELU, A * ALPHA * Z)),
            Smt(),
            ("below",),
        ),
        Step(
            "negative",
            implies(le(A, 0), ge(A * RELU, A * LAM * Z + A * MU)),
            Smt(),
            ("above", "rounded up"),
        ),
        Step("conclusion", RELU_CLAIM, Smt(), ("below", "above", "positive", "negative")),
    ),
    citation=CROWN,
    requires=(Assumption("order", "lower <= upper", le(L, U)),),
    locals=(FLAT, INTERCEPT, COEFFICIENT, VALUE),
)

BETA_CROWN = Citation(
    "Wang, Zhang, Xu, Lin, Jana, Hsieh, Kolter",
    "Beta-CROWN: efficient bound propagation with per-neuron split constraints for neural network "
    "robustness verification",
    2021,
)
TAKEN = real("taken", "q", "coefficient of the ReLU's input that is taken instead")
MULTIPLIER = real("beta", "beta", "multiplier of what is known of the sign of z", 0)
Q, BETA = TAKEN.symbol, MULTIPLIER.symbol
SIGNED = (
    implies(ge(Z, 0), ge(A * RELU, (A - BETA) * Z)),
    implies(le(Z, 0), ge(A * RELU, BETA * Z)),
)

kernel_relu_signed = Theorem(
    name="kernel-relu-signed",
    title="The kernel: a ReLU where the sign of its input is known, with a multiplier",
    parameters=(COEFFICIENT, TAKEN, VALUE),
    result=LowerBound(A * RELU, Q * Z, also=SIGNED),
    assumptions=(
        Assumption("on", "where z > 0, q is at most a", implies(ge(Z, 0), le(Q * Z, A * Z))),
        Assumption("off", "where z < 0, q is at least 0", implies(le(Z, 0), le(Q * Z, 0))),
    ),
    steps=(
        Step("below", ge(A * RELU, Q * Z), Smt(), ("on", "off")),
        Step("positive", SIGNED[0], Smt(), words="What is taken away is at least 0."),
        Step("negative", SIGNED[1], Smt(), words="What is added is at most 0."),
        Step(
            "conclusion",
            conj(ge(A * RELU, Q * Z), *SIGNED),
            Smt(),
            ("below", "positive", "negative"),
        ),
    ),
    citation=BETA_CROWN,
    locals=(MULTIPLIER,),
)

BELOW = real("below", "b", "-l > 0, how far the input reaches below 0", 0, None, "(")
OVER = real("above", "u", "u > 0, how far the input reaches above 0", 0, None, "(")
BB = BELOW.symbol
UU = OVER.symbol
CHORD = UU / (BB + UU)
CHORD_INTERCEPT = BB * UU / (BB + UU)
CHORD_CLAIM = conj(
    le(RELU, CHORD * Z + CHORD_INTERCEPT),
    implies(le(LAM, CHORD), le(RELU, LAM * Z + (1 - LAM) * UU)),
)

kernel_relu_chord = Theorem(
    name="kernel-relu-chord",
    title="The kernel: the chord above a ReLU",
    parameters=(BELOW, OVER),
    result=Slack(
        RELU,
        CHORD * Z,
        CHORD_INTERCEPT,
        side="above",
        also=(implies(le(LAM, CHORD), le(RELU, LAM * Z + (1 - LAM) * UU)),),
        monotone={"below": "up", "above": "up"},
    ),
    assumptions=(Assumption("enclosed", "-b <= z <= u", conj(le(-BB, Z), le(Z, UU))),),
    steps=(
        Step(
            "ends",
            conj(eq(CHORD * BB, CHORD_INTERCEPT), eq((1 - CHORD) * UU, CHORD_INTERCEPT)),
            Algebra(),
            words="With the chord's slope both ends ask for the same intercept.",
        ),
        Step("slope", conj(ge(CHORD, 0), le(CHORD, 1)), Smt()),
        Step(
            "chord",
            le(RELU, CHORD * Z + CHORD_INTERCEPT),
            Cite(
                kernel_relu,
                {
                    "lower": -BB,
                    "upper": UU,
                    "slope": CHORD,
                    "alpha": sp.Integer(0),
                    "intercept": sp.Max(CHORD * BB, (1 - CHORD) * UU),
                    "a": sp.Integer(0),
                },
            ),
            ("ends", "slope", "enclosed"),
        ),
        Step(
            "smaller slope",
            implies(le(LAM, CHORD), le(LAM * BB, (1 - LAM) * UU)),
            Smt(),
            ("ends",),
            "Below the chord's slope the upper end decides.",
        ),
        Step(
            "rounded",
            implies(le(LAM, CHORD), le(RELU, LAM * Z + (1 - LAM) * UU)),
            Cite(
                kernel_relu,
                {
                    "lower": -BB,
                    "upper": UU,
                    "alpha": sp.Integer(0),
                    "intercept": sp.Max(LAM * BB, (1 - LAM) * UU),
                    "a": sp.Integer(0),
                },
            ),
            ("smaller slope", "enclosed"),
        ),
        Step("conclusion", CHORD_CLAIM, Smt(), ("chord", "rounded")),
    ),
    citation=CROWN,
    locals=(STEEP, VALUE),
)

SIGN_LOW = real("lower", "s", "sign of the lower end", -1, 1)
SIGN_HIGH = real("upper", "t", "sign of the upper end", -1, 1)
FACTOR = real("coefficient", "a", "coefficient of the sign in a linear form")
END_LOW = real("l", "l", "lower end of the input")
END_HIGH = real("u", "u", "upper end")
ANY = real("x", "x", "any number")
AA = FACTOR.symbol
SL = SIGN_LOW.symbol
SH = SIGN_HIGH.symbol
X = ANY.symbol


def sign(x: sp.Expr) -> sp.Expr:
    """The sign of a number: -1, 0 or 1."""
    return Quantity("sign", x)


LEAST_SIGN = sp.Min(AA * SL, AA * SH)
BETWEEN = conj(le(SL, sign(Z)), le(sign(Z), SH))
SIGN_CLAIM = conj(BETWEEN, ge(AA * sign(Z), LEAST_SIGN))

kernel_sign = Theorem(
    name="kernel-sign",
    title="The kernel: a sign between the signs of the ends",
    parameters=(FACTOR, SIGN_LOW, SIGN_HIGH),
    result=LowerBound(AA * sign(Z), LEAST_SIGN, also=(BETWEEN,)),
    assumptions=(
        Assumption(
            "sign", "sign(x) is -1, 0 or 1 as x is below, at or above 0", is_sign(sign(X), X)
        ),
        Assumption("enclosed", "l <= z <= u", conj(le(END_LOW.symbol, Z), le(Z, END_HIGH.symbol))),
        Assumption(
            "ends",
            "s and t are the signs of the ends",
            conj(eq(SL, sign(END_LOW.symbol)), eq(SH, sign(END_HIGH.symbol))),
        ),
    ),
    steps=(
        Step(
            "below",
            implies(is_sign(sign(Z), Z), le(SL, sign(Z))),
            Instantiate("sign", {X: END_LOW.symbol}),
            ("sign", "enclosed", "ends"),
        ),
        Step(
            "above",
            implies(is_sign(sign(Z), Z), le(sign(Z), SH)),
            Instantiate("sign", {X: END_HIGH.symbol}),
            ("sign", "enclosed", "ends"),
        ),
        Step("between", BETWEEN, Instantiate("sign", {X: Z}), ("sign", "below", "above")),
        Step("conclusion", SIGN_CLAIM, Smt(), ("between",)),
    ),
    citation=kernel("rules 1 and 2"),
    locals=(END_LOW, END_HIGH, VALUE),
    schematic=(ANY,),
)

THEOREMS = (
    kernel_relu,
    kernel_relu_chord,
    kernel_relu_signed,
    kernel_sign,
)
