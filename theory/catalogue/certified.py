"""What the certificate-driven distiller returns: an error that is proved, and a price in cells.

It splits the domain into cells, proves a class in each or leaves it open, and stops when it will.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.open_cells import KNOWN, OPEN, A, W
from theory.catalogue.shared import (
    CUBE,
    LENGTHS,
    LEVEL,
    OURS,
    STAGE,
    D,
    J,
    T,
    cube,
    cube_steps,
    one_more_factor,
)
from theory.language.experiments import Experiment
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import Interval, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import LENGTH, VARIABLES, reals
from theory.language.terms import Event, IntegerQuantity, Pr, Quantity, conj, eq, ge, implies, le

DIFFER = Event("f(x) != g(x)")
PROVED = Event("x is proved to be a disagreement")
LEFT = Event("x is in an open cell")
EITHER = sp.Or(PROVED, LEFT)

certified_distillation = Theorem(
    name="certified-distillation",
    title="What the certificate of a distilled tree proves of its error",
    parameters=(KNOWN, OPEN),
    result=Interval(Pr(DIFFER), A, A + W, "upper", monotone={"known": "up", "open": "up"}),
    assumptions=(
        Assumption(
            "proof",
            "what is proved to differ does, and outside that and the open cells nothing does",
            conj(implies(PROVED, DIFFER), implies(DIFFER, EITHER)),
        ),
        Assumption("masses", "the probabilities of the two parts",
                   conj(eq(Pr(PROVED), A), eq(Pr(LEFT), W))),
    ),
    experiment=Experiment(
        random=("f(x) != g(x)", "x is proved to be a disagreement", "x is in an open cell")
    ),
    steps=(
        Step("below", le(Pr(PROVED), Pr(DIFFER)),
             use("event-monotone", smaller=PROVED, larger=DIFFER), ("proof",)),
        Step("cover", le(Pr(DIFFER), Pr(EITHER)),
             use("event-monotone", smaller=DIFFER, larger=EITHER), ("proof",)),
        Step("boole", le(Pr(EITHER), Pr(PROVED) + Pr(LEFT)),
             use("boole", first=PROVED, second=LEFT)),
        Step("conclusion", conj(ge(Pr(DIFFER), A), le(Pr(DIFFER), A + W)), Smt(),
             ("below", "cover", "boole", "masses")),
    ),
    citation=OURS,
    notes=(
        "Nothing is drawn: it holds with certainty, whatever the distiller knew or missed.",
        "With nothing open it is the error itself.",
    ),
)  # fmt: skip

CELLS = IntegerQuantity("cells of the certificate")
certified_cells = Theorem(
    name="certified-distillation-cells",
    title="Cells that the certificate of a distilled tree takes at the most",
    parameters=(VARIABLES,),
    result=UpperBound(CELLS, 2**D, monotone={"variables": "up"}),
    assumptions=(
        *CUBE,
        Assumption(
            "splits",
            "no variable is split twice on a path, so the cells are disjoint and each has a point",
            le(CELLS, cube(D)),
        ),
    ),
    steps=(
        *cube_steps(D),
        Step("conclusion", le(CELLS, 2**D), Smt(), ("points", "splits")),
    ),
    citation=OURS,
    schematic=(LEVEL,),
    notes=("A linear bound of the network settles most cells long before.",),
)

COUNTS = reals(
    "values", "v", "how many values each variable takes, or parts its thresholds cut it into", 0,
    None, "(",
)  # fmt: skip
VALUES = COUNTS.symbol
ALL_POINTS = sp.Product(VALUES[J], (J, 1, LENGTH))


def box(t: sp.Expr) -> sp.Expr:
    """The points of the first t variables."""
    return Quantity("points of the box", t)


BOX = eq(box(T), sp.Product(VALUES[J], (J, 1, T)))
certified_cells_finite = Theorem(
    name="certified-distillation-cells-finite",
    title="Cells that a certificate takes at the most, for variables of any number of values",
    parameters=(COUNTS,),
    result=UpperBound(CELLS, ALL_POINTS, monotone={"values": "up"}),
    assumptions=(
        Assumption(
            "points",
            "a point is a value of each variable: of a finite one, a step of an ordinal, a part "
            "between thresholds of a continuous one",
            conj(eq(box(sp.Integer(0)), 1), eq(box(T + 1), box(T) * VALUES[T + 1])),
        ),
        Assumption("splits", "the cells are disjoint and each has a point",
                   le(CELLS, box(LENGTH))),
    ),
    steps=(
        one_more_factor(VALUES[J]),
        Step("each", BOX, use("induction", claim=BOX, k=T, start=0), ("product", "points")),
        Step("all", eq(box(LENGTH), ALL_POINTS), Instantiate("each", {T: LENGTH}), ("each",)),
        Step("conclusion", le(CELLS, ALL_POINTS), Smt(), ("all", "splits")),
    ),
    citation=OURS,
    locals=(LENGTHS,),
    schematic=(STAGE,),
    notes=("certified-distillation-cells is the case of d variables with two values each.",),
)  # fmt: skip

THEOREMS = (certified_distillation, certified_cells, certified_cells_finite)
