"""The kernel: float64 with a bound of its rounding, and stable neurons folded away.

See docs/soundness.md, rules 2 and 6.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.float32 import many_roundings, rounded_dot
from theory.catalogue.kernel.terms import INDEX, IX, LISTS, M, add_up, kernel, listed, total
from theory.language.rules import Smt, use
from theory.language.schemas import Exactly, LowerBound, Slack
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import conj, eq, ge, gt, implies, le, lt

DOUBLE = sp.Rational(1, 2**53)
"""The greatest relative change by a rounding to nearest in float64."""
SMALLEST = sp.Rational(1, 2**1000)
"""What an operation may lose by underflow, if that happens: less than 2^-1021."""
MOST = 1 << 24

kernel_float64_gamma = many_roundings(
    "kernel-float64-gamma",
    "The kernel: many roundings in float64",
    DOUBLE,
    MOST,
    "float64 rounds to nearest: a relative change of at most 2^-53 where nothing under- or "
    "overflows",
)

kernel_float64_sweep = rounded_dot(
    "kernel-float64-sweep",
    "The kernel: an affine layer in float64",
    DOUBLE,
    SMALLEST,
    Assumption("few", "at most 1048576 components", le(M, 1 << 20)),
)

ROUNDED_BY = listed("errors", "e", "how far each coefficient may be from what is held")
SIZES = listed("magnitudes", "X", "upper bounds of the components' magnitudes")
FULL = listed("a", "a", "coefficients")
KEPT = listed("k", "k", "the coefficients as they are held")
COMPONENTS = listed("x", "x", "components of the node")
DI, XI, AI, KI, VI = (v.symbol[IX] for v in (ROUNDED_BY, SIZES, FULL, KEPT, COMPONENTS))
LOST = total(DI * XI)
FORM_CLAIM = conj(
    ge(total(AI * VI), total(KI * VI) - LOST),
    le(total(AI * VI), total(KI * VI) + LOST),
)

kernel_float64_form = Theorem(
    name="kernel-float64-form",
    title="The kernel: a linear form whose coefficients were rounded",
    parameters=(ROUNDED_BY, SIZES),
    result=Slack(
        total(AI * VI),
        total(KI * VI),
        LOST,
        also=(le(total(AI * VI), total(KI * VI) + LOST),),
    ),
    assumptions=(
        Assumption("coefficients", "a coefficient is off by at most e_i", le(sp.Abs(AI - KI), DI)),
        Assumption("magnitudes", "|x_i| <= X_i", le(sp.Abs(VI), XI)),
    ),
    steps=(
        Step(
            "component",
            le(sp.Abs((AI - KI) * VI), DI * XI),
            Smt(),
            ("coefficients", "magnitudes"),
        ),
        Step(
            "below",
            ge(total(AI * VI), total(KI * VI) - LOST),
            add_up(AI * VI, x=KI * VI, a=1, y=DI * XI, b=-1),
            ("component",),
        ),
        Step(
            "above",
            ge(total(KI * VI), total(AI * VI) - LOST),
            add_up(KI * VI, x=AI * VI, a=1, y=DI * XI, b=-1),
            ("component",),
        ),
        Step("conclusion", FORM_CLAIM, Smt(), ("below", "above")),
    ),
    citation=kernel("rule 2"),
    locals=(LISTS, FULL, KEPT, COMPONENTS),
    schematic=(INDEX,),
    notes=(
        "A form that is carried through a layer in float64 has the coefficients of a product with "
        "the layer's matrix, each off by what theorem kernel-float64-sweep allows.",
    ),
)

ERROR = real("error", "e", "bound of the logit's error in float64", 0)
EXACT = real("f", "f", "the logit")
HELD = real("computed", "n", "the logit as it is computed, after ReLU layers or none")
E, F, N = (p.symbol for p in (ERROR, EXACT, HELD))
RELU_KEEPS = le(sp.Abs(sp.Max(F, 0) - sp.Max(N, 0)), E)

kernel_float64_class = Theorem(
    name="kernel-float64-class",
    title="The kernel: the class of a point from a logit in float64",
    parameters=(ERROR, HELD),
    result=LowerBound(
        sp.Abs(F),
        sp.Abs(N) - E,
        also=(
            implies(gt(N, E), gt(F, 0)),
            implies(lt(N, -E), lt(F, 0)),
            RELU_KEEPS,
        ),
        monotone={"error": "down"},
    ),
    assumptions=(Assumption("near", "the computed value is within e", le(sp.Abs(F - N), E)),),
    steps=(
        Step(
            "conclusion",
            conj(
                ge(sp.Abs(F), sp.Abs(N) - E),
                implies(gt(N, E), gt(F, 0)),
                implies(lt(N, -E), lt(F, 0)),
                RELU_KEEPS,
            ),
            Smt(),
            ("near",),
        ),
    ),
    citation=kernel("rule 6"),
    locals=(EXACT,),
    notes=(
        "Where the computed value is not beyond the error, the point is evaluated in integers. "
        "The difference of two logits is an affine layer of them.",
    ),
)

ROW = integer("j", "j", "number of a neuron, from 1", 1)
NEURONS = integer("n", "n", "number of neurons", 1)
J, LAST = ROW.symbol, NEURONS.symbol
COEFFICIENTS = listed("a", "a", "coefficients of the neurons in the next layer")
WEIGHTS = listed("w", "w", "weights of the neurons")
BIASES = listed("b", "b", "biases of the neurons")
INPUTS = listed("x", "x", "inputs of the neurons")
PRE = listed("z", "z", "the neurons before their ReLU")
ACTIVE = listed("p", "p", "1 for a neuron that is nowhere negative on the cell, else 0")
FOLDED_BIAS = real("constant", "k", "constant of the affine map that the stable neurons become")
OPEN = listed("q", "q", "1 for a neuron that may have either sign, else 0")
A, B, Z, P, Q = (v.symbol[J] for v in (COEFFICIENTS, BIASES, PRE, ACTIVE, OPEN))
W = WEIGHTS.symbol[J, IX]
X = INPUTS.symbol[IX]


def rows(term: sp.Expr) -> sp.Expr:
    """The sum over the neurons."""
    return total(term, J, LAST)


RELU = A * sp.Max(Z, 0)
FOLDED = rows(P * A * W)
CONSTANT = rows(P * A * B)
REST = rows(Q * RELU)
WHOLE = rows(RELU)
LINEAR = total(FOLDED * X)
K = FOLDED_BIAS.symbol

kernel_fold = Theorem(
    name="kernel-fold",
    title="The kernel: neurons that are stable on a cell, folded into an affine map",
    parameters=(FOLDED_BIAS,),
    result=Exactly(WHOLE - LINEAR - REST, K, monotone={"constant": "up"}),
    assumptions=(
        Assumption("constant", "k is the sum over the active neurons", eq(K, CONSTANT)),
        Assumption("layer", "z = W x + b", eq(Z, total(W * X) + B)),
        Assumption(
            "stable",
            "a neuron is nowhere negative on the cell (p = 1), or nowhere positive (p = q = 0), "
            "or kept (q = 1)",
            sp.Or(
                conj(eq(P, 1), eq(Q, 0), ge(Z, 0)),
                conj(eq(P, 0), eq(Q, 0), le(Z, 0)),
                conj(eq(P, 0), eq(Q, 1)),
                evaluate=False,
            ),
        ),
    ),
    steps=(
        Step("neuron", eq(RELU, P * A * Z + Q * RELU), Smt(), ("stable",)),
        Step(
            "neurons",
            eq(WHOLE, rows(P * A * Z) + REST),
            use("sum-linear", whole=RELU, x=P * A * Z, a=1, y=Q * RELU, b=1, index=J, last=LAST),
            ("neuron",),
        ),
        Step(
            "scaled",
            eq(total(P * A * W * X), P * A * total(W * X)),
            use("sum-linear", whole=P * A * W * X, x=W * X, a=P * A, index=IX, last=M),
        ),
        Step(
            "active",
            eq(P * A * Z, total(P * A * W * X) + P * A * B),
            Smt(),
            ("scaled", "layer"),
        ),
        Step(
            "active neurons",
            eq(rows(P * A * Z), rows(total(P * A * W * X)) + CONSTANT),
            use(
                "sum-linear",
                whole=P * A * Z,
                x=total(P * A * W * X),
                a=1,
                y=P * A * B,
                b=1,
                index=J,
                last=LAST,
            ),
            ("active",),
        ),
        Step(
            "exchanged",
            eq(rows(total(P * A * W * X)), total(rows(P * A * W * X))),
            use("sum-exchange", term=P * A * W * X, index=J, last=LAST, other=IX, end=M),
        ),
        Step(
            "column",
            eq(rows(P * A * W * X), FOLDED * X),
            use("sum-linear", whole=P * A * W * X, x=P * A * W, a=X, index=J, last=LAST),
        ),
        Step(
            "columns",
            eq(total(rows(P * A * W * X)), LINEAR),
            use("sum-linear", whole=rows(P * A * W * X), x=FOLDED * X, a=1, index=IX, last=M),
            ("column",),
        ),
        Step(
            "conclusion",
            eq(WHOLE - LINEAR - REST, K),
            Smt(),
            ("neurons", "active neurons", "exchanged", "columns", "constant"),
        ),
    ),
    citation=kernel("rule 6"),
    locals=(LISTS, NEURONS, COEFFICIENTS, WEIGHTS, BIASES, INPUTS, PRE, ACTIVE, OPEN),
    schematic=(INDEX, ROW),
)

THEOREMS = (
    kernel_float64_gamma,
    kernel_float64_sweep,
    kernel_float64_form,
    kernel_float64_class,
    kernel_fold,
)
