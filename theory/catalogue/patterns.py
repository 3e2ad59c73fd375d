"""How many patterns a class has on a sample, and the VC dimension of a finite class."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import LOG2_STEP, SIZE, SO_FAR, T, V
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import BINARY_CLASS_SIZE, VC, integer
from theory.language.terms import Fact, Quantity, conj, eq, gt, le

POINTS = integer("n", "n", "number of points", 0)
S, I = POINTS.symbol, sp.Symbol("i", integer=True)  # noqa: E741
GROWTH = Quantity("growth", S)
FEW = sp.Sum(sp.binomial(S, I), (I, 0, V))

growth_function = Theorem(
    name="growth-function",
    title="Patterns of a class of finite VC dimension on a sample",
    parameters=(VC, POINTS),
    result=UpperBound(GROWTH, FEW, monotone={"vc": "up", "n": "up"}),
    assumptions=(
        Assumption("dimension", "the class has VC dimension v at most", Fact("VC dimension", V)),
    ),
    steps=(
        Step(
            "conclusion",
            le(GROWTH, FEW),
            use("sauer-shelah", n=S, v=V, i=I),
            ("dimension",),
            "Each pattern is charged to a set of points that is shattered: to at most v of them.",
        ),
    ),
    citation=Citation(
        "Sauer", "On the density of families of sets, J. Comb. Theory A 13:145-147", 1972
    ),
)

SHATTERED = integer("vc", "v", "points on which the class has all patterns")
H = SHATTERED.symbol


def labelled(t: sp.Expr) -> sp.Expr:
    """How many patterns t points have."""
    return Quantity("patterns of all kinds", t)


ALL = eq(labelled(T), 2**T)
LARGEST = sp.log(SIZE) / sp.log(2)

vc_finite_class = Theorem(
    name="vc-finite-class",
    title="How large the VC dimension of a finite class can be",
    parameters=(BINARY_CLASS_SIZE,),
    result=UpperBound(H, LARGEST, monotone={"class": "up"}),
    assumptions=(
        Assumption(
            "shattered",
            "one more point doubles the patterns; each pattern of the v points that are shattered "
            "is that of another member",
            conj(
                eq(labelled(sp.Integer(0)), 1),
                eq(labelled(T + 1), 2 * labelled(T)),
                le(labelled(H), SIZE),
            ),
        ),
    ),
    steps=(
        Step("next", eq(sp.Mul(2, 2**T, evaluate=False), 2 ** (T + 1)), Algebra()),
        Step("all", ALL, use("induction", claim=ALL, k=T, start=0), ("shattered", "next")),
        Step("at", ALL.subs(T, H), Instantiate("all", {T: H}), ("all",)),
        Step("power", conj(gt(2**H, 0), le(2**H, SIZE)), Smt(), ("at", "shattered")),
        Step("compare", le(sp.log(2**H), sp.log(SIZE)), use("log-monotone", x=2**H, y=SIZE),
             ("power",)),
        Step("logarithm", eq(sp.log(2**H), H * sp.log(2)), Algebra()),
        LOG2_STEP,
        Step("conclusion", le(H, LARGEST), Smt(), ("compare", "logarithm", "log2")),
    ),
    citation=Citation(
        "Blumer, Ehrenfeucht, Haussler, Warmuth",
        "Learnability and the Vapnik-Chervonenkis dimension, JACM 36:929-965", 1989,
    ),
    locals=(SHATTERED,),
    schematic=(SO_FAR,),
    notes=("See also growth-function, vc-trees-upper and occam-realizable.",),
)  # fmt: skip

THEOREMS = (growth_function, vc_finite_class)
