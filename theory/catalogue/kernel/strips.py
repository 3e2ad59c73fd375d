"""The kernel: strips about a linear form, and two copies of a network.

See docs/soundness.md, rule 10.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.enclosures import is_sign
from theory.catalogue.kernel.relaxation import INTERCEPT, LAM, MU, RELU, STEEP, kernel_relu
from theory.catalogue.kernel.relaxation import LEAST_INTERCEPT as LEAST_MU
from theory.catalogue.kernel.relaxation import LOWER as FROM
from theory.catalogue.kernel.relaxation import UPPER as TO
from theory.catalogue.kernel.relaxation import VALUE as INPUT
from theory.catalogue.kernel.terms import INDEX, IX, LISTS, M, add_up, kernel, listed, total
from theory.language.rules import Cite, Smt, use
from theory.language.schemas import Interval, Slack
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import real
from theory.language.terms import conj, eq, ge, gt, implies, le

Z = INPUT.symbol
PARALLEL_CLAIM = conj(le(RELU, LAM * Z + MU), ge(RELU, LAM * Z))

kernel_relu_parallel = Theorem(
    name="kernel-relu-parallel",
    title="The kernel: a ReLU between two parallel lines",
    parameters=(INTERCEPT,),
    result=Slack(RELU, LAM * Z, MU, side="above", also=(ge(RELU, LAM * Z),)),
    assumptions=(
        Assumption("enclosed", "l <= z <= u", conj(le(FROM.symbol, Z), le(Z, TO.symbol))),
        Assumption("intercept", "μ is large enough", ge(MU, LEAST_MU)),
    ),
    steps=(
        Step(
            "above",
            le(RELU, LAM * Z + LEAST_MU),
            Cite(kernel_relu, {"alpha": sp.Integer(0), "intercept": LEAST_MU, "a": sp.Integer(0)}),
            ("enclosed",),
        ),
        Step(
            "conclusion",
            PARALLEL_CLAIM,
            Smt(),
            ("above", "intercept"),
            "The slope from below may be that from above.",
        ),
    ),
    citation=kernel("rule 10"),
    locals=(FROM, TO, STEEP, INPUT),
    notes=(
        "Any slope in the unit interval will do: two copies of a network share theirs, so that "
        "their forms have nearly the same coefficients.",
    ),
)

UNIT = real("unit", "d", "unit of the form's coefficients and of the strip's ends", 0, None, "(")
LEAST = real("least", "l", "lower end of the strip, in units")
MOST = real("most", "u", "upper end of the strip, in units")
BELOW = listed("a", "a", "coefficients of a linear lower bound of the network's output")
ABOVE = listed("b", "b", "coefficients of a linear upper bound of it")
SHARED = listed("q", "q", "coefficients of the common form, in units")
INPUTS = listed("x", "x", "the input's numbers")
BELOW_CONSTANT = real("k", "k", "constant of the lower bound")
ABOVE_CONSTANT = real("h", "h", "constant of the upper bound")
OUTPUT = real("g", "g", "the network's output: class 1 iff it is above 0")
D, LO, HI, K, H, G = (p.symbol for p in (UNIT, LEAST, MOST, BELOW_CONSTANT, ABOVE_CONSTANT, OUTPUT))
A, B, Q, X = (v.symbol[IX] for v in (BELOW, ABOVE, SHARED, INPUTS))
FORM = D * total(Q * X)
CLASSES = conj(
    implies(gt(total(Q * X), -LO), gt(G, 0)),
    implies(le(total(Q * X), -HI), le(G, 0)),
)

kernel_strip = Theorem(
    name="kernel-strip",
    title="The kernel: a network's output in a strip about a linear form",
    parameters=(UNIT, LEAST, MOST),
    result=Interval(G - FORM, D * LO, D * HI, "lower", also=(CLASSES,)),
    assumptions=(
        Assumption(
            "bounds",
            "a linear lower and a linear upper bound hold at the point",
            conj(ge(G, total(A * X) + K), le(G, total(B * X) + H)),
        ),
        Assumption(
            "minima",
            "l is at most the least value of what the lower bound has over the form, u at least "
            "the greatest of what the upper one has",
            conj(
                ge(total((A - D * Q) * X) + K, D * LO),
                le(total((B - D * Q) * X) + H, D * HI),
            ),
        ),
    ),
    steps=(
        Step(
            "lower difference",
            eq(total((A - D * Q) * X), total(A * X) - FORM),
            use("sum-linear", whole=(A - D * Q) * X, x=A * X, a=1, y=Q * X, b=-D, index=IX, last=M),
        ),
        Step(
            "upper difference",
            eq(total((B - D * Q) * X), total(B * X) - FORM),
            use("sum-linear", whole=(B - D * Q) * X, x=B * X, a=1, y=Q * X, b=-D, index=IX, last=M),
        ),
        Step(
            "strip",
            conj(ge(G - FORM, D * LO), le(G - FORM, D * HI)),
            Smt(),
            ("bounds", "minima", "lower difference", "upper difference"),
        ),
        Step(
            "conclusion",
            conj(ge(G - FORM, D * LO), le(G - FORM, D * HI), CLASSES),
            Smt(),
            ("strip",),
            "Above -l the output is positive, up to -u it is not.",
        ),
    ),
    citation=kernel("rule 10"),
    locals=(
        LISTS,
        BELOW,
        ABOVE,
        SHARED,
        INPUTS,
        BELOW_CONSTANT,
        ABOVE_CONSTANT,
        OUTPUT,
    ),
    schematic=(INDEX,),
)

FIRST_LOW = real("l", "l", "lower end of the first pre-activation")
FIRST_HIGH = real("u", "u", "its upper end")
SECOND_LOW = real("k", "k", "lower end of the second pre-activation")
SECOND_HIGH = real("v", "v", "its upper end")
FALL = real("fall", "p", "lower bound of second minus first")
RISE = real("rise", "r", "upper bound of second minus first")
FIRST = real("y", "y", "the first copy's value")
SECOND = real("z", "z", "the second copy's value")
L, U, L2, U2, P, R, Y1, Y2 = (
    p.symbol for p in (FIRST_LOW, FIRST_HIGH, SECOND_LOW, SECOND_HIGH, FALL, RISE, FIRST, SECOND)
)
RELUS = sp.Max(Y2, 0) - sp.Max(Y1, 0)
LEAST_RELU = sp.Max(sp.Min(0, P), sp.Max(0, L2) - sp.Max(0, U))
MOST_RELU = sp.Min(sp.Max(0, R), sp.Max(0, U2) - sp.Max(0, L))
STABLE = conj(
    implies(ge(L, 0), ge(L2, 0), eq(RELUS, Y2 - Y1)),
    implies(le(U, 0), le(U2, 0), eq(RELUS, 0)),
)
ENDS = Assumption(
    "enclosed",
    "l <= y <= u and k <= z <= v",
    conj(le(L, Y1), le(Y1, U), le(L2, Y2), le(Y2, U2)),
)
APART = Assumption("difference", "p <= z - y <= r", conj(le(P, Y2 - Y1), le(Y2 - Y1, R)))

kernel_difference = Theorem(
    name="kernel-difference",
    title="The kernel: the difference of two copies through a ReLU",
    parameters=(FIRST_LOW, FIRST_HIGH, SECOND_LOW, SECOND_HIGH, FALL, RISE),
    result=Interval(
        RELUS, LEAST_RELU, MOST_RELU, "upper", also=(STABLE,), monotone={"rise": "up", "v": "up"}
    ),
    assumptions=(ENDS, APART),
    steps=(
        Step(
            "conclusion",
            conj(ge(RELUS, LEAST_RELU), le(RELUS, MOST_RELU), STABLE),
            Smt(),
            ("enclosed", "difference"),
        ),
    ),
    citation=kernel("rule 10"),
    locals=(FIRST, SECOND),
)

SIGN_ONE = real("s", "s", "sign of the first")
SIGN_TWO = real("t", "t", "sign of the second")
S, T = SIGN_ONE.symbol, SIGN_TWO.symbol
SIGN_LOW = real("from", "k", "lower end of the second sign")
SIGN_HIGH = real("to", "v", "upper end of the second sign")
OTHER_LOW = real("other-from", "l", "lower end of the first sign")
OTHER_HIGH = real("other-to", "u", "upper end of the first sign")
SK, SV, SL, SU = (p.symbol for p in (SIGN_LOW, SIGN_HIGH, OTHER_LOW, OTHER_HIGH))
SIGNS_CLAIM = conj(
    ge(T - S, sp.Max(-2, SK - SU)),
    le(T - S, sp.Min(2, SV - SL)),
    implies(le(Y1, Y2), ge(T - S, 0)),
)

kernel_difference_sign = Theorem(
    name="kernel-difference-sign",
    title="The kernel: the difference of two copies through a sign",
    parameters=(SIGN_LOW, SIGN_HIGH, OTHER_LOW, OTHER_HIGH),
    result=Interval(
        T - S,
        sp.Max(-2, SK - SU),
        sp.Min(2, SV - SL),
        "upper",
        also=(implies(le(Y1, Y2), ge(T - S, 0)),),
        monotone={"to": "up", "other-from": "down"},
    ),
    assumptions=(
        Assumption(
            "signs", "s and t are the signs of y and z", conj(is_sign(S, Y1), is_sign(T, Y2))
        ),
        Assumption(
            "enclosed",
            "both signs are enclosed",
            conj(le(SL, S), le(S, SU), le(SK, T), le(T, SV)),
        ),
    ),
    steps=(Step("conclusion", SIGNS_CLAIM, Smt(), ("signs", "enclosed")),),
    citation=kernel("rule 10"),
    locals=(SIGN_ONE, SIGN_TWO, FIRST, SECOND),
)

WEIGHTS = listed("weights", "w", "weights of one output")
FALLS = listed("falls", "p", "lower bounds of second minus first, for each component")
RISES = listed("rises", "r", "upper bounds of it")
ONE = listed("x", "x", "components of the first copy")
TWO = listed("X", "X", "components of the second copy")
BIAS = real("bias", "b", "the bias, the same in both copies")
W, PI, RI, XI, XJ = (v.symbol[IX] for v in (WEIGHTS, FALLS, RISES, ONE, TWO))
BB = BIAS.symbol
OUTPUTS = Y2 - Y1
LEAST_SUM = total(sp.Min(W * PI, W * RI))
MOST_SUM = total(sp.Max(W * PI, W * RI))
AFFINE_CLAIM = conj(ge(OUTPUTS, LEAST_SUM), le(OUTPUTS, MOST_SUM))

kernel_difference_affine = Theorem(
    name="kernel-difference-affine",
    title="The kernel: the difference of two copies through an affine layer",
    parameters=(WEIGHTS, FALLS, RISES),
    result=Interval(OUTPUTS, LEAST_SUM, MOST_SUM, "upper"),
    assumptions=(
        Assumption(
            "layer",
            "both copies have the same weights and bias",
            conj(eq(Y1, total(W * XI) + BB), eq(Y2, total(W * XJ) + BB)),
        ),
        Assumption(
            "differences",
            "the components' differences are enclosed",
            conj(le(PI, XJ - XI), le(XJ - XI, RI)),
        ),
    ),
    steps=(
        Step(
            "component",
            conj(
                ge(W * (XJ - XI), sp.Min(W * PI, W * RI)),
                le(W * (XJ - XI), sp.Max(W * PI, W * RI)),
            ),
            Smt(),
            ("differences",),
        ),
        Step(
            "apart",
            eq(total(W * (XJ - XI)), total(W * XJ) - total(W * XI)),
            use("sum-linear", whole=W * (XJ - XI), x=W * XJ, a=1, y=W * XI, b=-1, index=IX, last=M),
            (),
            "The biases cancel.",
        ),
        Step(
            "below",
            ge(total(W * (XJ - XI)), LEAST_SUM),
            add_up(W * (XJ - XI), x=sp.Min(W * PI, W * RI), a=1),
            ("component",),
        ),
        Step(
            "above",
            ge(MOST_SUM, total(W * (XJ - XI))),
            add_up(sp.Max(W * PI, W * RI), x=W * (XJ - XI), a=1),
            ("component",),
        ),
        Step("conclusion", AFFINE_CLAIM, Smt(), ("layer", "apart", "below", "above")),
    ),
    citation=kernel("rule 10"),
    locals=(LISTS, ONE, TWO, BIAS, FIRST, SECOND),
    schematic=(INDEX,),
)

ONE_LOW = real("first-least", "l", "lower end of the first strip")
ONE_HIGH = real("first-most", "u", "its upper end")
TWO_LOW = real("second-least", "k", "lower end of the second strip")
TWO_HIGH = real("second-most", "v", "its upper end")
COMMON = real("s", "s", "value of the common form")
G1, G2, SS = Y1, Y2, COMMON.symbol
TOGETHER = (
    ge(G1 - SS, sp.Max(L, L2 - R)),
    le(G1 - SS, sp.Min(U, U2 - P)),
    implies(ge(P, 0), gt(G1, 0), gt(G2, 0)),
    implies(le(R, 0), gt(G2, 0), gt(G1, 0)),
)

kernel_strips = Theorem(
    name="kernel-strips",
    title="The kernel: the strips of two copies, and the order of their outputs",
    parameters=(ONE_LOW, ONE_HIGH, TWO_LOW, TWO_HIGH, FALL, RISE),
    result=Interval(
        G2 - SS,
        sp.Max(L2, L + P),
        sp.Min(U2, U + R),
        "lower",
        also=TOGETHER,
        monotone={"first-least": "up", "second-least": "up", "fall": "up"},
    ),
    assumptions=(
        Assumption(
            "strips",
            "each output is in its strip",
            conj(le(L, G1 - SS), le(G1 - SS, U), le(L2, G2 - SS), le(G2 - SS, U2)),
        ),
        APART,
    ),
    steps=(
        Step(
            "conclusion",
            conj(ge(G2 - SS, sp.Max(L2, L + P)), le(G2 - SS, sp.Min(U2, U + R)), *TOGETHER),
            Smt(),
            ("strips", "difference"),
        ),
    ),
    citation=kernel("rule 10"),
    locals=(FIRST, SECOND, COMMON),
)

THEOREMS = (
    kernel_relu_parallel,
    kernel_strip,
    kernel_difference,
    kernel_difference_sign,
    kernel_difference_affine,
    kernel_strips,
)
