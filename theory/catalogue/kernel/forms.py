"""The kernel: linear forms, carried back through layers and minimised.

See docs/soundness.md, rules 2 and 3.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.terms import INDEX, IX, LISTS, M, add_up, kernel, listed, total
from theory.language.rules import Smt, use
from theory.language.schemas import LowerBound, Slack
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import conj, eq, ge, gt, implies, le

ROW = integer("j", "j", "index of an output of the layer, from 1", 1)
OUTPUTS = integer("n", "n", "number of outputs of the layer", 1)
J = ROW.symbol
N = OUTPUTS.symbol
WEIGHT_ERROR = real("weight-error", "e", "how far a weight may be from what is held", 0)
BIAS_ERROR = real("bias-error", "f", "how far a bias may be from what is held", 0)
NORM = real("norm", "g", "upper bound of the sum of the coefficients' magnitudes", 0)
SIZE = real("size", "h", "upper bound of the sum of the inputs' magnitudes", 0)
COEFFICIENTS = listed("a", "a", "coefficients of the layer's outputs")
WEIGHTS = listed("w", "w", "weights")
HELD = listed("q", "q", "weights as they are held")
BIASES = listed("b", "b", "biases")
HELD_BIASES = listed("p", "p", "biases as they are held")
VALUES = listed("x", "x", "inputs of the layer")
OUTPUT = listed("y", "y", "outputs of the layer")
SIZES = listed("X", "X", "upper bounds of the inputs' magnitudes")
E = WEIGHT_ERROR.symbol
F = BIAS_ERROR.symbol
G = NORM.symbol
H = SIZE.symbol
A, B, P, Y = (v.symbol[J] for v in (COEFFICIENTS, BIASES, HELD_BIASES, OUTPUT))
W = WEIGHTS.symbol[J, IX]
Q = HELD.symbol[J, IX]
X = VALUES.symbol[IX]
XX = SIZES.symbol[IX]


def rows(term: sp.Expr) -> sp.Expr:
    """The sum over the layer's outputs."""
    return total(term, J, N)


LOSS = G * (E * H + F)
CARRIED = rows(A * Q)
CONSTANT = rows(A * P)
FORM = total(CARRIED * X)
PER_ROW = E * total(XX) + F
BACK_CLAIM = ge(rows(A * Y), FORM + CONSTANT - LOSS)

kernel_affine_back = Theorem(
    name="kernel-affine-back",
    title="The kernel: a linear form through an affine layer",
    parameters=(WEIGHT_ERROR, BIAS_ERROR, NORM, SIZE),
    result=Slack(
        rows(A * Y),
        FORM + CONSTANT,
        LOSS,
        monotone={"weight-error": "up", "bias-error": "up", "norm": "up", "size": "up"},
    ),
    assumptions=(
        Assumption("layer", "y = W x + b", eq(Y, total(W * X) + B)),
        Assumption("weights", "a weight that was cut is off by at most e", le(sp.Abs(W - Q), E)),
        Assumption("biases", "a bias that was cut is off by at most f", le(sp.Abs(B - P), F)),
        Assumption("magnitudes", "|x_i| <= X_i", le(sp.Abs(X), XX)),
        Assumption(
            "norms", "g and h are large enough", conj(ge(G, rows(sp.Abs(A))), ge(H, total(XX)))
        ),
    ),
    steps=(
        Step("one input", le(sp.Abs((W - Q) * X), E * XX), Smt(), ("weights", "magnitudes")),
        Step(
            "one weight",
            ge(A * W * X, A * Q * X - E * sp.Abs(A) * XX),
            Smt(),
            ("one input",),
            "What the cut of one weight can take.",
        ),
        Step(
            "scaled",
            eq(total(A * W * X), A * total(W * X)),
            use("sum-linear", whole=A * W * X, x=W * X, a=A, index=IX, last=M),
        ),
        Step(
            "inner",
            ge(total(A * W * X), total(A * Q * X) - E * sp.Abs(A) * total(XX)),
            add_up(A * W * X, x=A * Q * X, a=1, y=XX, b=-E * sp.Abs(A)),
            ("one weight",),
        ),
        Step(
            "one bias",
            ge(A * B, A * P - F * sp.Abs(A)),
            Smt(),
            ("biases",),
        ),
        Step(
            "one output",
            ge(A * Y, total(A * Q * X) + A * P - PER_ROW * sp.Abs(A)),
            Smt(),
            ("layer", "scaled", "inner", "one bias"),
        ),
        Step(
            "all outputs",
            ge(rows(A * Y), rows(total(A * Q * X)) + CONSTANT - PER_ROW * rows(sp.Abs(A))),
            use(
                "sum-order",
                larger=A * Y,
                x=total(A * Q * X),
                a=1,
                y=A * P,
                b=1,
                z=sp.Abs(A),
                c=-PER_ROW,
                index=J,
                last=N,
            ),
            ("one output",),
        ),
        Step(
            "exchanged",
            eq(rows(total(A * Q * X)), total(rows(A * Q * X))),
            use("sum-exchange", term=A * Q * X, index=J, last=N, other=IX, end=M),
        ),
        Step(
            "column",
            eq(rows(A * Q * X), CARRIED * X),
            use("sum-linear", whole=A * Q * X, x=A * Q, a=X, index=J, last=N),
        ),
        Step(
            "columns",
            eq(total(rows(A * Q * X)), FORM),
            use("sum-linear", whole=rows(A * Q * X), x=CARRIED * X, a=1, index=IX, last=M),
            ("column",),
            "The coefficients of the inputs are those of the product with the matrix.",
        ),
        Step(
            "positive",
            ge(total(XX), 0),
            add_up(XX, x=sp.Integer(0), a=0),
            ("magnitudes",),
        ),
        Step("losses", le(PER_ROW * rows(sp.Abs(A)), LOSS), Smt(), ("norms", "positive")),
        Step(
            "conclusion",
            BACK_CLAIM,
            Smt(),
            ("all outputs", "exchanged", "columns", "losses"),
        ),
    ),
    citation=kernel("rule 2"),
    locals=(
        LISTS,
        OUTPUTS,
        COEFFICIENTS,
        WEIGHTS,
        HELD,
        BIASES,
        HELD_BIASES,
        VALUES,
        OUTPUT,
        SIZES,
    ),
    schematic=(INDEX, ROW),
    notes=("A scale layer is the affine layer of a diagonal matrix.",),
)

FIRST = real("first", "p", "lower bound of A u")
SECOND = real("second", "q", "that of A v")
LEFT = listed("u", "u", "first node that is added")
RIGHT = listed("v", "v", "second node")
OTHERS = listed("b", "b", "coefficients of another form")
AI, BI, LI, RI, YI = (v.symbol[IX] for v in (COEFFICIENTS, OTHERS, LEFT, RIGHT, OUTPUT))
PP = FIRST.symbol
QQ = SECOND.symbol
RESIDUAL_CLAIM = conj(
    ge(total(AI * YI), PP + QQ),
    eq(total((AI + BI) * YI), total(AI * YI) + total(BI * YI)),
)

kernel_residual = Theorem(
    name="kernel-residual",
    title="The kernel: linear forms through a residual addition",
    parameters=(FIRST, SECOND),
    result=LowerBound(
        total(AI * YI),
        PP + QQ,
        also=(eq(total((AI + BI) * YI), total(AI * YI) + total(BI * YI)),),
        monotone={"first": "up", "second": "up"},
    ),
    assumptions=(
        Assumption("addition", "y = u + v", eq(YI, LI + RI)),
        Assumption(
            "bounds", "A u >= p, A v >= q", conj(ge(total(AI * LI), PP), ge(total(AI * RI), QQ))
        ),
    ),
    steps=(
        Step(
            "split",
            eq(total(AI * YI), total(AI * LI) + total(AI * RI)),
            use("sum-linear", whole=AI * YI, x=AI * LI, a=1, y=AI * RI, b=1, index=IX, last=M),
            ("addition",),
        ),
        Step(
            "merge",
            eq(total((AI + BI) * YI), total(AI * YI) + total(BI * YI)),
            use(
                "sum-linear",
                whole=(AI + BI) * YI,
                x=AI * YI,
                a=1,
                y=BI * YI,
                b=1,
                index=IX,
                last=M,
            ),
        ),
        Step("conclusion", RESIDUAL_CLAIM, Smt(), ("split", "merge", "bounds")),
    ),
    citation=kernel("rule 2"),
    locals=(LISTS, COEFFICIENTS, OTHERS, OUTPUT, LEFT, RIGHT),
    schematic=(INDEX,),
)

OFFSET = real("offset", "k", "constant of the linear form")
FACTORS = listed("coefficients", "a", "its coefficients")
LOWERS = listed("lowers", "l", "least values of the components")
UPPERS = listed("uppers", "u", "greatest values of the components")
K, AF, LO, HI = OFFSET.symbol, *(v.symbol[IX] for v in (FACTORS, LOWERS, UPPERS))
LEAST = sp.Min(AF * LO, AF * HI)
BOX = K + total(LEAST)
CORNERS = listed("z", "z", "a corner of the box: u_i where a_i < 0, else l_i")
CORNER = CORNERS.symbol[IX]
BOX_CLAIM = conj(
    ge(total(AF * X) + K, BOX),
    eq(total(AF * CORNER) + K, BOX),
    eq(2 * LEAST, AF * (LO + HI) - sp.Abs(AF) * (HI - LO)),
)

kernel_box_minimum = Theorem(
    name="kernel-box-minimum",
    title="The kernel: the least value of a linear form over a box",
    parameters=(OFFSET, FACTORS, LOWERS, UPPERS),
    result=LowerBound(
        total(AF * X) + K,
        BOX,
        also=(
            eq(total(AF * CORNER) + K, BOX),
            eq(2 * LEAST, AF * (LO + HI) - sp.Abs(AF) * (HI - LO)),
        ),
    ),
    assumptions=(
        Assumption("box", "the components are enclosed", conj(le(LO, X), le(X, HI))),
        Assumption(
            "corner",
            "z_i is u_i for a_i < 0 and l_i for a_i >= 0",
            conj(implies(ge(AF, 0), eq(CORNER, LO)), implies(gt(0, AF), eq(CORNER, HI))),
        ),
    ),
    steps=(
        Step("component", ge(AF * X, LEAST), Smt(), ("box",)),
        Step("form", ge(total(AF * X), total(LEAST)), add_up(AF * X, x=LEAST, a=1), ("component",)),
        Step("corner value", eq(AF * CORNER, LEAST), Smt(), ("box", "corner")),
        Step(
            "attained",
            eq(total(AF * CORNER), total(LEAST)),
            use("sum-linear", whole=AF * CORNER, x=LEAST, a=1, index=IX, last=M),
            ("corner value",),
        ),
        Step(
            "middle and width",
            eq(2 * LEAST, AF * (LO + HI) - sp.Abs(AF) * (HI - LO)),
            Smt(),
            ("box",),
        ),
        Step("conclusion", BOX_CLAIM, Smt(), ("form", "attained", "middle and width")),
    ),
    citation=kernel("rules 2 and 3"),
    locals=(LISTS, VALUES, CORNERS),
    schematic=(INDEX,),
)

MINIMA = listed("minima", "t", "least contribution of an allowed value, for each variable")
ADDED = listed("c", "c", "contributions of the point's values, one for each variable")
ENCODED = listed("x", "x", "the point's encoding, one number for each column")
TABLED = listed("y", "y", "the encoding as it is held")
FIRST_LEAST = listed("z", "z", "contributions of the point that has the least of each variable")
COLUMNS = integer("n", "n", "number of columns", 1)
TABLE_ERROR = real("encoding-error", "e", "how far an encoding may be from what is held", 0)
T, C, BEST = (v.symbol[IX] for v in (MINIMA, ADDED, FIRST_LEAST))
XJ = ENCODED.symbol[J]
YJ = TABLED.symbol[J]
CELL = K + total(T) - E * G
CELL_CLAIM = conj(
    ge(rows(A * XJ) + K, CELL),
    eq(total(BEST), total(T)),
)

kernel_linear_minimum = Theorem(
    name="kernel-linear-minimum",
    title="The kernel: the least value of a linear form over a cell",
    parameters=(OFFSET, MINIMA, TABLE_ERROR, NORM),
    result=LowerBound(
        rows(A * XJ) + K, CELL, also=(eq(total(BEST), total(T)),), monotone={"minima": "up"}
    ),
    assumptions=(
        Assumption(
            "contributions",
            "the columns belong to one variable each: Σ_j a_j y_j = Σ_i c_i",
            eq(rows(A * YJ), total(C)),
        ),
        Assumption("allowed", "t_i is the least contribution of variable i", ge(C, T)),
        Assumption("product", "the least of each variable make a point of the cell", eq(BEST, T)),
        Assumption(
            "encodings", "an encoding that was cut is off by at most e", le(sp.Abs(XJ - YJ), E)
        ),
        Assumption("norm", "g is large enough", ge(G, rows(sp.Abs(A)))),
    ),
    steps=(
        Step("column", ge(A * XJ, A * YJ - E * sp.Abs(A)), Smt(), ("encodings",)),
        Step(
            "columns",
            ge(rows(A * XJ), rows(A * YJ) - E * rows(sp.Abs(A))),
            use(
                "sum-order",
                larger=A * XJ,
                x=A * YJ,
                a=1,
                y=sp.Abs(A),
                b=-E,
                index=J,
                last=N,
            ),
            ("column",),
        ),
        Step("variables", ge(total(C), total(T)), add_up(C, x=T, a=1), ("allowed",)),
        Step(
            "attained",
            eq(total(BEST), total(T)),
            use("sum-linear", whole=BEST, x=T, a=1, index=IX, last=M),
            ("product",),
        ),
        Step(
            "conclusion",
            CELL_CLAIM,
            Smt(),
            ("columns", "contributions", "variables", "attained", "norm"),
        ),
    ),
    citation=kernel("rule 3"),
    locals=(LISTS, COLUMNS, COEFFICIENTS, ENCODED, TABLED, ADDED, FIRST_LEAST),
    schematic=(INDEX, ROW),
)

THEOREMS = (
    kernel_affine_back,
    kernel_residual,
    kernel_box_minimum,
    kernel_linear_minimum,
)
