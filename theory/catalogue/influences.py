"""How deep and how large a tree must be, by the influences and the rank of what it says.

Points are d fair bits, independent of each other. The influence of a bit is how often a teacher's
class changes where that bit is flipped, and the total influence is the sum over all bits. A tree
can change its class only with a bit that it asks for.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import (
    LENGTHS,
    LOG2_STEP,
    POSITION,
    SO_FAR,
    D,
    J,
    T,
    one_more_term,
)
from theory.language.experiments import Experiment
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import LowerBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import LENGTH, VARIABLES, integer, real, reals
from theory.language.terms import Event, IntegerQuantity, Pr, Quantity, conj, eq, ge, implies, le

SHI = Citation("O'Donnell", "Analysis of Boolean Functions, Cambridge University Press", 2014)
EHRENFEUCHT = Citation(
    "Ehrenfeucht, Haussler", "Learning decision trees from random examples, Information and "
    "Computation 82", 1989,
)  # fmt: skip

TOTAL = real("influence", "I", "total influence of the teacher, or less", 0)
WRONG_OFTEN = real("epsilon", "epsilon", "probability that teacher and tree disagree", 0, 1)
INFLUENCE, EPS = TOTAL.symbol, WRONG_OFTEN.symbol
TEACHER = Event("f changes with a bit", J)
STUDENT = Event("g changes with a bit", J)
ASKED = Event("g asks for a bit", J)
WRONG = Event("f != g at a point")
WRONG_FLIPPED = Event("f != g after a flip", J)
AVERAGE_DEPTH = Quantity("average depth of the tree")
LOST = INFLUENCE - 2 * D * EPS
FLIPS = Experiment(
    random=(
        "f changes with a bit",
        "g changes with a bit",
        "g asks for a bit",
        "f != g at a point",
        "f != g after a flip",
    )
)
TREE = (
    Assumption(
        "flips",
        "where f changes with bit j and g does not, they differ before the flip or after; they "
        "differ with probability ε, after a flip as well, which makes one fair point of another",
        conj(
            implies(TEACHER, sp.Or(STUDENT, WRONG, WRONG_FLIPPED)),
            eq(Pr(WRONG), EPS),
            eq(Pr(WRONG_FLIPPED), EPS),
        ),
    ),
    Assumption(
        "tree",
        "a tree changes only with bits that it asks for, and asks for as many as it is deep at "
        "the point",
        conj(implies(STUDENT, ASKED), le(sp.Sum(Pr(ASKED), (J, 1, D)), AVERAGE_DEPTH)),
    ),
    Assumption(
        "influence", "the influences add up to I", le(INFLUENCE, sp.Sum(Pr(TEACHER), (J, 1, D)))
    ),
)
ONES = eq(sp.Sum(sp.Integer(1), (J, 1, T)), T)


def ones(number: sp.Expr) -> tuple[Step, ...]:
    """To the step "ones": 1, added up so many times, is that number."""
    return (
        one_more_term(sp.Integer(1)),
        Step("counted", ONES, use("induction", claim=ONES, k=T, start=0), ("sum",)),
        Step("ones", ONES.subs(T, number), Instantiate("counted", {T: number}), ("counted",)),
    )


tree_depth_influence = Theorem(
    name="tree-depth-influence",
    title="How deep a tree must be on average, by the teacher's total influence",
    parameters=(TOTAL, WRONG_OFTEN, VARIABLES),
    result=LowerBound(
        AVERAGE_DEPTH, LOST, monotone={"influence": "up", "epsilon": "down", "variables": "down"}
    ),
    assumptions=TREE,
    experiment=FLIPS,
    steps=(
        Step("changes", le(Pr(TEACHER), Pr(sp.Or(STUDENT, WRONG, WRONG_FLIPPED))),
             use("event-monotone", smaller=TEACHER, larger=sp.Or(STUDENT, WRONG, WRONG_FLIPPED)),
             ("flips",)),
        Step("apart", le(Pr(sp.Or(STUDENT, WRONG, WRONG_FLIPPED)),
                         Pr(STUDENT) + Pr(sp.Or(WRONG, WRONG_FLIPPED))),
             use("boole", first=STUDENT, second=sp.Or(WRONG, WRONG_FLIPPED))),
        Step("wrong", le(Pr(sp.Or(WRONG, WRONG_FLIPPED)), Pr(WRONG) + Pr(WRONG_FLIPPED)),
             use("boole", first=WRONG, second=WRONG_FLIPPED)),
        Step("asked", le(Pr(STUDENT), Pr(ASKED)),
             use("event-monotone", smaller=STUDENT, larger=ASKED), ("tree",)),
        Step("each", ge(Pr(ASKED), Pr(TEACHER) - 2 * EPS), Smt(),
             ("changes", "apart", "wrong", "asked", "flips")),
        Step("all", ge(sp.Sum(Pr(ASKED), (J, 1, D)),
                       sp.Sum(Pr(TEACHER), (J, 1, D))
                       - 2 * EPS * sp.Sum(sp.Integer(1), (J, 1, D))),
             use("sum-order", larger=Pr(ASKED), x=Pr(TEACHER), a=1, y=1, b=-2 * EPS, index=J,
                 last=D), ("each",)),
        *ones(D),
        Step("conclusion", ge(AVERAGE_DEPTH, LOST), Smt(), ("all", "ones", "tree", "influence")),
    ),
    citation=SHI,
    schematic=(POSITION, SO_FAR),
    notes=("See also tree-leaves-influence and poincare.",),
)  # fmt: skip

LEAVES = IntegerQuantity("leaves of the tree")
DEPTHS = reals("depths", "h", "depth of each leaf", 0)
H = DEPTHS.symbol
REACHED = sp.Pow(2, -H[J])
EXCESS = H[J] * sp.log(2) - sp.log(LENGTH)
LOG_LEAVES = sp.log(LENGTH)
PARTS = sp.Sum(REACHED, (J, 1, LENGTH))
MEAN_DEPTH = sp.Sum(H[J] * REACHED, (J, 1, LENGTH))

tree_leaves_influence = Theorem(
    name="tree-leaves-influence",
    title="How many leaves a tree must have, by the teacher's total influence",
    parameters=(TOTAL, WRONG_OFTEN, VARIABLES),
    result=LowerBound(
        LEAVES, 2**LOST, monotone={"influence": "up", "epsilon": "down", "variables": "down"}
    ),
    assumptions=(
        *TREE,
        Assumption(
            "leaves",
            "a leaf of depth h is reached with probability 2^(-h), and each point reaches one",
            conj(eq(LEAVES, LENGTH), eq(PARTS, 1), le(AVERAGE_DEPTH, MEAN_DEPTH)),
        ),
    ),
    experiment=FLIPS,
    steps=(
        Step("depth", ge(AVERAGE_DEPTH, LOST), Cite(tree_depth_influence, {}),
             ("flips", "tree", "influence")),
        Step("above", le(1 + EXCESS, sp.exp(EXCESS)), use("exp-bound", x=EXCESS)),
        Step("product", eq(sp.exp(EXCESS) * REACHED, 1 / LENGTH), Algebra()),
        Step("leaf", ge(1 / LENGTH, sp.log(2) * (H[J] * REACHED) + (1 - LOG_LEAVES) * REACHED),
             Smt(), ("above", "product")),
        Step("all", ge(sp.Sum(1 / LENGTH, (J, 1, LENGTH)),
                       sp.log(2) * MEAN_DEPTH + (1 - LOG_LEAVES) * PARTS),
             use("sum-order", larger=1 / LENGTH, x=H[J] * REACHED, a=sp.log(2), y=REACHED,
                 b=1 - LOG_LEAVES, index=J, last=LENGTH), ("leaf",)),
        *ones(LENGTH),
        Step("shares", eq(sp.Sum(1 / LENGTH, (J, 1, LENGTH)),
                          sp.Sum(sp.Integer(1), (J, 1, LENGTH)) / LENGTH),
             use("sum-linear", whole=1 / LENGTH, x=1, a=1 / LENGTH, index=J, last=LENGTH)),
        LOG2_STEP,
        Step("few", le(LOST * sp.log(2), LOG_LEAVES), Smt(),
             ("depth", "all", "ones", "shares", "leaves", "log2")),
        Step("power", le(sp.exp(LOST * sp.log(2)), sp.exp(LOG_LEAVES)),
             use("exp-monotone", x=LOST * sp.log(2), y=LOG_LEAVES), ("few",)),
        Step("two", eq(sp.exp(LOST * sp.log(2)), 2**LOST), Algebra()),
        Step("conclusion", ge(LEAVES, 2**LOST), Smt(), ("power", "two", "leaves")),
    ),
    citation=SHI,
    locals=(LENGTHS, DEPTHS),
    schematic=(POSITION, SO_FAR),
    notes=("See also tree-depth-influence.",),
)  # fmt: skip

ONES_SHARE = real("p", "p", "probability that the teacher says 1", 0, 1)
P = ONES_SHARE.symbol
INFLUENCES = reals("influences", "a", "influence of each variable", 0, 1)
A = INFLUENCES.symbol
ALL_INFLUENCES = sp.Sum(A[J], (J, 1, LENGTH))


def redrawn(t: sp.Expr) -> sp.Expr:
    """The probability that f changes where its first t bits are drawn anew."""
    return Quantity("f changes with the first bits", t)


WALKED = le(redrawn(T), sp.Sum(A[J], (J, 1, T)) / 2)
POINCARE = 4 * P * (1 - P)

poincare = Theorem(
    name="poincare",
    title="How large the total influence is, by how often each class occurs",
    parameters=(ONES_SHARE,),
    result=LowerBound(ALL_INFLUENCES, POINCARE),
    assumptions=(
        Assumption(
            "bits",
            "one more bit drawn anew is flipped half of the times",
            conj(
                eq(redrawn(sp.Integer(0)), 0),
                le(redrawn(T + 1), redrawn(T) + A[T + 1] / 2),
            ),
        ),
        Assumption(
            "points",
            "with all bits drawn anew, the two classes are those of two independent points",
            eq(redrawn(LENGTH), 2 * P * (1 - P)),
        ),
    ),
    steps=(
        one_more_term(A[J]),
        Step("walk", WALKED, use("induction", claim=WALKED, k=T, start=0), ("sum", "bits")),
        Step("whole", WALKED.subs(T, LENGTH), Instantiate("walk", {T: LENGTH}), ("walk",)),
        Step("conclusion", ge(ALL_INFLUENCES, POINCARE), Smt(), ("whole", "points")),
    ),
    citation=SHI,
    locals=(LENGTHS, INFLUENCES),
    schematic=(SO_FAR,),
    notes=("See also tree-depth-influence.",),
)

RANK = integer("rank", "r", "rank of the tree", 0)
R = RANK.symbol


def fewest(t: sp.Expr) -> sp.Expr:
    """The least number of leaves of a tree of rank t."""
    return IntegerQuantity("fewest leaves of rank", t)


DOUBLED = ge(fewest(T), 2**T)

tree_rank_leaves = Theorem(
    name="tree-rank-leaves",
    title="How many leaves a tree of a rank must have",
    parameters=(RANK,),
    result=LowerBound(fewest(R), 2**R, monotone={"rank": "up"}),
    assumptions=(
        Assumption(
            "rank",
            "a leaf has rank 0; a tree of rank t + 1 holds two trees of rank t beside each other",
            conj(ge(fewest(sp.Integer(0)), 1), ge(fewest(T + 1), 2 * fewest(T))),
        ),
    ),
    steps=(
        Step("doubling", eq(sp.Mul(2, 2**T, evaluate=False), 2 ** (T + 1)), Algebra()),
        Step("grown", DOUBLED, use("induction", claim=DOUBLED, k=T, start=0),
             ("rank", "doubling")),
        Step("conclusion", ge(fewest(R), 2**R), Instantiate("grown", {T: R}), ("grown",)),
    ),
    citation=EHRENFEUCHT,
    schematic=(SO_FAR,),
    notes=("See also tree-count-leaves.",),
)  # fmt: skip

THEOREMS = (tree_depth_influence, tree_leaves_influence, poincare, tree_rank_leaves)
