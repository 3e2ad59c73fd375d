"""Carrying a linear form back through affine layers and additions (docs/soundness.md, rule 2)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel_terms import INDEX, IX, LISTS, M, add_up, kernel, listed, total
from theory.language.rules import Smt, use
from theory.language.schemas import LowerBound, Slack
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import conj, eq, ge, le

ROW = integer("j", "j", "index of an output of the layer, from 1", 1)
OUTPUTS = integer("n", "n", "number of outputs of the layer", 1)
J, N = ROW.symbol, OUTPUTS.symbol
WEIGHT_ERROR = real("weight-error", "e", "how far a weight may be from what is held", 0)
BIAS_ERROR = real("bias-error", "f", "how far a bias may be from what is held", 0)
NORM = real("norm", "g", "upper bound of the sum of the coefficients' magnitudes", 0)
SIZE = real("size", "h", "upper bound of the sum of the inputs' magnitudes", 0)
COEFFICIENTS = listed("a", "a", "coefficients of the layer's outputs")
WEIGHTS, HELD = listed("w", "w", "weights"), listed("q", "q", "weights as they are held")
BIASES, HELD_BIASES = listed("b", "b", "biases"), listed("p", "p", "biases as they are held")
VALUES, OUTPUT = listed("x", "x", "inputs of the layer"), listed("y", "y", "outputs of the layer")
SIZES = listed("X", "X", "upper bounds of the inputs' magnitudes")
E, F, G, H = (p.symbol for p in (WEIGHT_ERROR, BIAS_ERROR, NORM, SIZE))
A, B, P, Y = (v.symbol[J] for v in (COEFFICIENTS, BIASES, HELD_BIASES, OUTPUT))
W, Q = WEIGHTS.symbol[J, IX], HELD.symbol[J, IX]
X, XX = VALUES.symbol[IX], SIZES.symbol[IX]


def rows(term: sp.Expr) -> sp.Expr:
    """The sum over the layer's outputs."""
    return total(term, J, N)


LOSS = G * (E * H + F)
CARRIED = rows(A * Q)
CONSTANT = rows(A * P)
FORM = total(CARRIED * X)
PER_ROW = E * total(XX) + F
BACK_CLAIM = ge(rows(A * Y), FORM + CONSTANT - LOSS)

affine_back = Theorem(
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

FIRST, SECOND = real("first", "p", "lower bound of A u"), real("second", "q", "that of A v")
LEFT, RIGHT = listed("u", "u", "first node that is added"), listed("v", "v", "second node")
OTHERS = listed("b", "b", "coefficients of another form")
AI, BI, LI, RI, YI = (v.symbol[IX] for v in (COEFFICIENTS, OTHERS, LEFT, RIGHT, OUTPUT))
PP, QQ = FIRST.symbol, SECOND.symbol
RESIDUAL_CLAIM = conj(
    ge(total(AI * YI), PP + QQ),
    eq(total((AI + BI) * YI), total(AI * YI) + total(BI * YI)),
)

residual = Theorem(
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

THEOREMS = (affine_back, residual)
