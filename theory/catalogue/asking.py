"""How deep a tree must be, or need be, and how many leaves a rank allows.

Points are d fair bits. What a tree says depends on the bits that it asks for: the bits' influences,
and points that certify the class, tell how many those are.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.influences import (
    AVERAGE_DEPTH,
    EHRENFEUCHT,
    ONES_SHARE,
    POINCARE,
    RANK,
    P,
    R,
)
from theory.catalogue.perfect import CONSTANT
from theory.catalogue.shared import POSITION, SO_FAR, D, J, T, one_more_term
from theory.language.experiments import Experiment
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import VARIABLES, integer, real
from theory.language.terms import (
    IntegerQuantity,
    Mean,
    Quantity,
    Random,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
)

OSSS = Citation(
    "O'Donnell, Saks, Schramm, Servedio",
    "Every decision tree has an influential variable, FOCS", 2005,
)  # fmt: skip
SERVEDIO = Citation(
    "O'Donnell, Servedio", "Learning monotone decision trees in polynomial time, "
    "SIAM J. Comput. 37", 2007,
)  # fmt: skip
NISAN = Citation("Nisan", "CREW PRAMs and decision trees, SIAM J. Comput. 20", 1991)
IMPAGLIAZZO = Citation("Blum, Impagliazzo", "Generic oracles and oracle classes, FOCS", 1987)

LARGEST = real("largest", "M", "the largest influence of a bit, or more", 0, 1, "(")
M = LARGEST.symbol


def redrawn(t: sp.Expr) -> sp.Expr:
    """The probability that the class changes where the first t bits asked for are drawn anew."""
    return Quantity("f changes with the first bits asked for", t)


def reached(t: sp.Expr) -> sp.Expr:
    """The probability that the tree asks for t bits at least."""
    return Quantity("the tree asks for as many bits", t)


WALKED = le(redrawn(T), M / 2 * sp.Sum(reached(J), (J, 1, T)))

tree_depth_largest_influence = Theorem(
    name="tree-depth-largest-influence",
    title="How deep a tree must be on average, by the largest influence of a bit",
    parameters=(ONES_SHARE, LARGEST),
    result=LowerBound(AVERAGE_DEPTH, POINCARE / M, monotone={"largest": "down"}),
    assumptions=(
        Assumption(
            "bits",
            "a bit that is asked for next and drawn anew is flipped half of the times, and flips "
            "the class as seldom as its influence says",
            conj(
                eq(redrawn(sp.Integer(0)), 0),
                le(redrawn(T + 1), redrawn(T) + M / 2 * reached(T + 1)),
            ),
        ),
        Assumption(
            "points",
            "with all bits that the tree asks for drawn anew, the two classes are those of two "
            "independent points; the average depth is the sum over t of how often t are asked for",
            conj(
                eq(redrawn(D), 2 * P * (1 - P)),
                le(sp.Sum(reached(J), (J, 1, D)), AVERAGE_DEPTH),
            ),
        ),
    ),
    steps=(
        one_more_term(reached(J)),
        Step("walk", WALKED, use("induction", claim=WALKED, k=T, start=0), ("sum", "bits")),
        Step("whole", WALKED.subs(T, D), Instantiate("walk", {T: D}), ("walk",)),
        Step("conclusion", ge(AVERAGE_DEPTH, POINCARE / M), Smt(), ("whole", "points")),
    ),
    citation=OSSS,
    locals=(VARIABLES,),
    schematic=(POSITION, SO_FAR),
    notes=("See also poincare, tree-depth-influence and tree-depth-monotone.",),
)

TOTAL = real("influence", "I", "total influence of the tree, or less", 0)
I = TOTAL.symbol  # noqa: E741
CLASS, WALK = Random("class as a sign"), Random("sum of the bits asked for")
PAIRED = 2 * I * (CLASS * WALK) - I**2

tree_depth_monotone = Theorem(
    name="tree-depth-monotone",
    title="How deep a tree must be on average where its class only rises with each bit",
    parameters=(TOTAL,),
    result=LowerBound(AVERAGE_DEPTH, I**2, monotone={"influence": "up"}),
    assumptions=(
        Assumption(
            "monotone",
            "bits and classes are -1 or 1, and the class rises with each bit: the influence of a "
            "bit is the mean of its product with the class, to which only bits that are asked for "
            "add",
            conj(eq(CLASS**2, 1), le(I, Mean(CLASS * WALK))),
        ),
        Assumption(
            "walk",
            "a bit that is asked for is fair, whatever was asked before: the mean square of their "
            "sum is how many are asked for on average",
            le(Mean(WALK**2), AVERAGE_DEPTH),
        ),
    ),
    experiment=Experiment(random=("class as a sign", "sum of the bits asked for")),
    steps=(
        Step("square", ge(WALK**2, PAIRED), Smt(), ("monotone",)),
        Step("means", le(Mean(PAIRED), Mean(WALK**2)),
             use("mean-monotone", x=PAIRED, y=WALK**2), ("square",)),
        Step("split", eq(Mean(PAIRED), 2 * I * Mean(CLASS * WALK) - I**2 * Mean(1)),
             use("linearity", x=CLASS * WALK, y=1, a=2 * I, b=-(I**2))),
        CONSTANT,
        Step("conclusion", ge(AVERAGE_DEPTH, I**2), Smt(),
             ("means", "split", "constant", "monotone", "walk")),
    ),
    citation=SERVEDIO,
    notes=(
        "See also tree-depth-influence and tree-depth-largest-influence.",
    ),
)  # fmt: skip

ZEROS = integer("zeros", "a", "values that certify class 0 at each point of it, or more")
ONES = integer("ones", "b", "values that certify class 1 at each point of it, or more")
A, B = ZEROS.symbol, ONES.symbol


def needed(t: sp.Expr) -> sp.Expr:
    """The depth of a shallowest tree, where t values certify class 0."""
    return IntegerQuantity("depth of a shallowest tree", t)


ASKED = le(needed(T), T * B)

tree_depth_certificates = Theorem(
    name="tree-depth-certificates",
    title="How deep a tree need be, by the values that certify its classes",
    parameters=(ZEROS, ONES),
    result=UpperBound(needed(A), A * B, monotone={"zeros": "up", "ones": "up"}),
    assumptions=(
        Assumption(
            "certificates",
            "a certificate of class 1 and one of class 0 have a variable in common: to ask for all "
            "of the former leaves one value less to certify class 0",
            conj(le(needed(sp.Integer(0)), 0), le(needed(T + 1), B + needed(T))),
        ),
    ),
    steps=(
        Step("asked", ASKED, use("induction", claim=ASKED, k=T, start=0), ("certificates",)),
        Step("conclusion", le(needed(A), A * B), Instantiate("asked", {T: A}), ("asked",)),
    ),
    citation=IMPAGLIAZZO,
    schematic=(SO_FAR,),
    notes=("See also certificate-error and tree-depth-largest-influence.",),
)

BITS = integer("k", "k", "variables so far")
LEVEL = integer("t", "t", "a rank")
K, I_ = BITS.symbol, sp.Symbol("i", integer=True, nonnegative=True)


def most(d: sp.Expr, r: sp.Expr) -> sp.Expr:
    """The largest number of leaves of a tree of rank r over d variables."""
    return IntegerQuantity("most leaves of rank", d, r)


def row(d: sp.Expr, r: sp.Expr) -> sp.Expr:
    """The sum of the first binomial coefficients."""
    return sp.Sum(sp.binomial(d, I_), (I_, 0, r))


def longer(name: str, d: sp.Expr, r: sp.Expr) -> Step:
    """The sum up to r + 1 has one more term than that up to r, and that up to -1 has none."""
    return Step(
        name,
        conj(
            eq(sp.Sum(sp.binomial(d, I_), (I_, 0, -1)), 0),
            eq(row(d, r + 1), row(d, r) + sp.binomial(d, r + 1)),
        ),
        use("series-next", term=sp.binomial(d, I_), index=I_, first=0, last=r),
    )


PASCAL = eq(row(K + 1, T), row(K, T) + row(K, T - 1))
FEW = le(most(K, T), row(K, T))

tree_rank_leaves_upper = Theorem(
    name="tree-rank-leaves-upper",
    title="How many leaves a tree of a rank can have",
    parameters=(VARIABLES, RANK),
    result=UpperBound(most(D, R), row(D, R), monotone={"variables": "up", "rank": "up"}),
    assumptions=(
        Assumption(
            "rank",
            "a tree of rank 0, or over no variable, is a leaf; of the two trees under the root, "
            "over the other variables, one has a lower rank",
            conj(
                le(most(sp.Integer(0), T), 1),
                implies(le(T, 0), le(most(K, T), 1)),
                implies(ge(T, 1), le(most(K + 1, T), most(K, T) + most(K, T - 1))),
            ),
        ),
    ),
    steps=(
        longer("first", K + 1, sp.Integer(-1)),
        longer("first below", K, sp.Integer(-1)),
        longer("next", K + 1, T),
        longer("next below", K, T),
        longer("below", K, T - 1),
        Step("ends", conj(eq(sp.binomial(K, 0), 1), eq(sp.binomial(K + 1, 0), 1)), Smt()),
        Step("pascal", eq(sp.binomial(K + 1, T + 1), sp.binomial(K, T + 1) + sp.binomial(K, T)),
             Algebra()),
        Step("rows", PASCAL, use("induction", claim=PASCAL, k=T, start=0),
             ("first", "first below", "next", "next below", "below", "ends", "pascal")),
        longer("first of none", sp.Integer(0), sp.Integer(-1)),
        longer("next of none", sp.Integer(0), T),
        Step("none", conj(eq(sp.binomial(0, 0), 1), eq(sp.binomial(0, T + 1), 0)), Algebra()),
        Step("over none", ge(row(sp.Integer(0), T), 1),
             use("induction", claim=ge(row(sp.Integer(0), T), 1), k=T, start=0),
             ("first of none", "next of none", "none")),
        Step("over more", implies(le(T, 0), ge(row(K + 1, T), 1)),
             use("induction", claim=implies(le(T, 0), ge(row(K + 1, T), 1)), k=T, start=0),
             ("first", "ends")),
        Step("leaf", implies(le(T, 0), le(most(K + 1, T), 1)), Instantiate("rank", {K: K + 1}),
             ("rank",)),
        Step("whole", implies(gt(T, 0), ge(T, 1)), use("integers", a=0, b=T)),
        Step("few", FEW, use("double-induction", claim=FEW, k=K, start=0, parameter=T, other=T - 1),
             ("rank", "rows", "whole", "leaf", "over none", "over more")),
        Step("conclusion", le(most(D, R), row(D, R)), Instantiate("few", {K: D, T: R}), ("few",)),
    ),
    citation=EHRENFEUCHT,
    schematic=(SO_FAR, BITS),
    notes=("See also tree-rank-leaves and growth-function, which counts the same.",),
)  # fmt: skip

FLIPPING = integer("blocks", "b", "blocks of bits, no two of which share one, that flip the class")
F = FLIPPING.symbol
ASKED_FOR = IntegerQuantity("bits that the tree asks for at a point")


def hit(t: sp.Expr) -> sp.Expr:
    """How many bits of the first t blocks the tree asks for."""
    return IntegerQuantity("bits of the blocks asked for", t)


HIT = ge(hit(T), T)

tree_depth_block_sensitivity = Theorem(
    name="tree-depth-block-sensitivity",
    title="How deep a tree must be, by the blocks of bits that flip its class at a point",
    parameters=(FLIPPING,),
    result=LowerBound(ASKED_FOR, F, monotone={"blocks": "up"}),
    assumptions=(
        Assumption(
            "blocks",
            "a block none of whose bits is asked for does not flip the class: one bit of it is "
            "asked for at least, and no bit is in two blocks",
            conj(
                eq(hit(sp.Integer(0)), 0),
                ge(hit(T + 1), hit(T) + 1),
                le(hit(F), ASKED_FOR),
            ),
        ),
    ),
    steps=(
        Step("hit", HIT, use("induction", claim=HIT, k=T, start=0), ("blocks",)),
        Step("all", HIT.subs(T, F), Instantiate("hit", {T: F}), ("hit",)),
        Step("conclusion", ge(ASKED_FOR, F), Smt(), ("all", "blocks")),
    ),
    citation=NISAN,
    schematic=(SO_FAR,),
    notes=(
        "The sensitivity at a point counts blocks of one bit, so it is no larger. See also "
        "tree-depth-certificates and tree-depth-influence.",
    ),
)

THEOREMS = (
    tree_depth_largest_influence,
    tree_depth_monotone,
    tree_depth_certificates,
    tree_rank_leaves_upper,
    tree_depth_block_sensitivity,
)
