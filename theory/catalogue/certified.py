"""What the certificate-driven distiller returns: an error that is proved, and a price in cells.

It splits the domain into cells, proves a class in each or leaves it open, and stops when it will.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.open_cells import KNOWN, OPEN, A, W
from theory.catalogue.shared import CUBE, LEVEL, OURS, D, cube, cube_steps
from theory.language.experiments import Experiment
from theory.language.rules import Smt, use
from theory.language.schemas import Interval, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import VARIABLES
from theory.language.terms import Event, IntegerQuantity, Pr, conj, eq, ge, implies, le

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

THEOREMS = (certified_distillation, certified_cells)
