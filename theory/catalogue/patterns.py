"""How many patterns a class has on a sample: what bounds by the VC dimension count."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import V
from theory.language.rules import use
from theory.language.schemas import UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import VC, integer
from theory.language.terms import Fact, Quantity, le

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

THEOREMS = (growth_function,)
