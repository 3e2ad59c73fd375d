"""Points, subcubes and covers of the domain (catalogue T15, T18)."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory.catalogue.counting import CUBE, CUBE_STEPS, cube
from theory.catalogue.margins import COEFFICIENTS, OFFSET
from theory.catalogue.trees import LEVEL
from theory.language.experiments import Experiment
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import LENGTH, VARIABLES, Parameter, integer, reals
from theory.language.terms import Quantity, Random, conj, eq, ge, le

D, T = VARIABLES.symbol, LEVEL.symbol
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)
INDEX = integer("t", "t", "how many so far")
IX = INDEX.symbol
LISTS = Parameter("m", LENGTH, "integer", "m", "m", "length of the lists", Fraction(1))

FOUND = integer("counterexamples", "c", "points of disagreement known")
WRONG = Quantity("P[f != g]")
EACH = FOUND.symbol / 2**D
counterexample_error = Theorem(
    name="counterexample-error",
    title="What counterexamples imply",
    parameters=(FOUND, VARIABLES),
    result=LowerBound(WRONG, EACH, monotone={"counterexamples": "up", "variables": "down"}),
    assumptions=(
        *CUBE,
        Assumption(
            "uniform",
            "each point has the same share of probability 1; c points are disagreements",
            ge(WRONG * cube(D), FOUND.symbol),
        ),
    ),
    steps=(
        *CUBE_STEPS,
        Step("points", eq(cube(D), 2**D), Instantiate("cubes", {T: D}), ("cubes",)),
        Step("conclusion", ge(WRONG, EACH), Smt(), ("points", "uniform")),
    ),
    citation=OURS,
    requires=(Assumption("points", "counterexamples <= 2^variables", le(FOUND.symbol, 2**D)),),
    schematic=(LEVEL,),
)

FIXED = reals("fixed", "p", "for each fixed variable, the probability of its value", 0, 1)
P = FIXED.symbol


def mass(t: sp.Expr) -> sp.Expr:
    """The probability that t fixed variables have their values."""
    return Quantity("mass", t)


POSITION = integer("j", "j", "number of a list entry", 1)
J = POSITION.symbol
PRODUCT = sp.Product(P[J], (J, 1, LENGTH))
MASSES = eq(mass(IX), sp.Product(P[J], (J, 1, IX)))
subcube_error = Theorem(
    name="subcube-error",
    title="Disagreement on a whole subcube",
    parameters=(FIXED,),
    result=LowerBound(WRONG, PRODUCT),
    assumptions=(
        Assumption(
            "independent",
            "fixing one more independent variable multiplies the probability",
            conj(eq(mass(sp.Integer(0)), 1), eq(mass(IX + 1), mass(IX) * P[IX + 1])),
        ),
        Assumption("disagree", "every point of the subcube is a disagreement",
                   ge(WRONG, mass(LENGTH))),
    ),
    steps=(
        Step(
            "product",
            conj(
                eq(sp.Product(P[J], (J, 1, 0)), 1),
                eq(sp.Product(P[J], (J, 1, IX + 1)), sp.Product(P[J], (J, 1, IX)) * P[IX + 1]),
            ),
            use("product-next", term=P[J], index=J, first=1, last=IX),
        ),
        Step("masses", MASSES, use("induction", claim=MASSES, k=IX, start=0),
             ("product", "independent")),
        Step("whole", MASSES.subs(IX, LENGTH), Instantiate("masses", {IX: LENGTH}), ("masses",)),
        Step("conclusion", ge(WRONG, PRODUCT), Smt(), ("whole", "disagree")),
    ),
    citation=OURS,
    locals=(LISTS,),
    schematic=(INDEX,),
)  # fmt: skip

CODIMENSIONS = reals("fixed", "j", "variables that each subcube fixes", 0)
TAILS = reals("tails", "q", "bound for the probability of disagreement within each", 0, 1)
JS, TS = CODIMENSIONS.symbol, TAILS.symbol
SHARE = sp.Pow(2, -JS[J]) * TS[J]
COVER = sp.Sum(SHARE, (J, 1, LENGTH))


def covered(t: sp.Expr) -> sp.Expr:
    """The probability of a disagreement in the first t subcubes."""
    return Quantity("disagreement in", t)


COVERED = le(covered(IX), sp.Sum(SHARE, (J, 1, IX)))
cover_total = Theorem(
    name="cover-total",
    title="Certified probability over a partition",
    parameters=(CODIMENSIONS, TAILS),
    result=UpperBound(WRONG, COVER),
    assumptions=(
        Assumption(
            "subcubes",
            "the next subcube has probability 2^(-j) and adds at most t of it",
            conj(
                eq(covered(sp.Integer(0)), 0),
                le(covered(IX + 1), covered(IX) + sp.Pow(2, -JS[IX + 1]) * TS[IX + 1]),
            ),
        ),
        Assumption("partition", "together they are the domain", le(WRONG, covered(LENGTH))),
    ),
    steps=(
        Step(
            "sum",
            conj(
                eq(sp.Sum(SHARE, (J, 1, 0)), 0),
                eq(
                    sp.Sum(SHARE, (J, 1, IX + 1)),
                    sp.Sum(SHARE, (J, 1, IX)) + SHARE.subs(J, IX + 1),
                ),
            ),
            use("series-next", term=SHARE, index=J, first=1, last=IX),
        ),
        Step("parts", COVERED, use("induction", claim=COVERED, k=IX, start=0),
             ("sum", "subcubes")),
        Step("whole", COVERED.subs(IX, LENGTH), Instantiate("parts", {IX: LENGTH}), ("parts",)),
        Step("conclusion", le(WRONG, COVER), Smt(), ("whole", "partition")),
    ),
    citation=OURS,
    locals=(LISTS,),
    schematic=(INDEX,),
    notes=("The leaves of a tree are such a partition.",),
)  # fmt: skip

A, B = COEFFICIENTS.symbol, OFFSET.symbol
MARGIN = Random("margin")
LEAST_MARGIN = B - sp.Sum(sp.Abs(A[J]), (J, 1, LENGTH))


def partial(t: sp.Expr) -> sp.Expr:
    """The sum of the first t terms a_i x_i."""
    return Random("a x up to", t)


def sign(t: sp.Expr) -> sp.Expr:
    """The variable x_t."""
    return Random("x", t)


BELOW = ge(partial(IX), -sp.Sum(sp.Abs(A[J]), (J, 1, IX)))
leaf_margin = Theorem(
    name="leaf-margin",
    title="Certified margin on a leaf",
    parameters=(OFFSET, COEFFICIENTS),
    result=LowerBound(MARGIN, LEAST_MARGIN, monotone={"offset": "up"}),
    assumptions=(
        Assumption("certified", "the margin is at least b + Σ a_i x_i at every point",
                   ge(MARGIN, B + partial(LENGTH))),
        Assumption(
            "signs",
            "x_i is 1 or -1; the sum adds a_i x_i",
            conj(
                eq(partial(sp.Integer(0)), 0),
                eq(partial(IX + 1), partial(IX) + A[IX + 1] * sign(IX + 1)),
                sp.Or(eq(sign(IX + 1), 1), eq(sign(IX + 1), -1)),
            ),
        ),
    ),
    experiment=Experiment(random=("a x up to", "margin", "x")),
    steps=(
        Step(
            "sum",
            conj(
                eq(sp.Sum(sp.Abs(A[J]), (J, 1, 0)), 0),
                eq(
                    sp.Sum(sp.Abs(A[J]), (J, 1, IX + 1)),
                    sp.Sum(sp.Abs(A[J]), (J, 1, IX)) + sp.Abs(A[IX + 1]),
                ),
            ),
            use("series-next", term=sp.Abs(A[J]), index=J, first=1, last=IX),
        ),
        Step("below", BELOW, use("induction", claim=BELOW, k=IX, start=0), ("sum", "signs")),
        Step("whole", BELOW.subs(IX, LENGTH), Instantiate("below", {IX: LENGTH}), ("below",)),
        Step("conclusion", ge(MARGIN, LEAST_MARGIN), Smt(), ("whole", "certified")),
    ),
    citation=OURS,
    locals=(LISTS,),
    schematic=(INDEX,),
)  # fmt: skip

THEOREMS = (
    counterexample_error,
    subcube_error,
    cover_total,
    leaf_margin,
)
