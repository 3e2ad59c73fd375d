"""The kernel: ensembles of trees, whose scores are sums with roundings.

See docs/soundness.md, ensembles of trees.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.terms import kernel
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import Interval, LowerBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import Quantity, conj, eq, ge, gt, implies, le

MEMBERS = integer("trees", "M", "number of trees")
COUNT = integer("k", "k", "number of trees so far")
FIRST = real("x", "x", "a number that is rounded")
SECOND = real("y", "y", "a number that is rounded")
LOWEST = real("lower", "l", "the sum of the least numbers, as the program takes it")
HIGHEST = real("upper", "h", "the sum of the greatest numbers, as the program takes it")
M, K, X, Y, L, H = (p.symbol for p in (MEMBERS, COUNT, FIRST, SECOND, LOWEST, HIGHEST))
ONE_MORE = K + 1


def rounded(x: sp.Expr) -> sp.Expr:
    """What the program holds of a sum x."""
    return Quantity("rounded", x)


def scored(x: sp.Expr) -> sp.Expr:
    """What the program makes of a whole sum x: the rounded quotient by the divisor."""
    return Quantity("quotient", x)


def added(k: sp.Expr) -> sp.Expr:
    """What tree k adds at the point."""
    return Quantity("added by tree", k)


def least(k: sp.Expr) -> sp.Expr:
    """The least that tree k adds in the cell."""
    return Quantity("least of tree", k)


def most(k: sp.Expr) -> sp.Expr:
    """The greatest that tree k adds in the cell."""
    return Quantity("greatest of tree", k)


def running(kind: str, k: sp.Expr) -> sp.Expr:
    """The sum after k trees: of what the point's leaves, the least or the greatest ones add."""
    return Quantity(f"sum of {kind}", k)


POINT, LOW, HIGH = "the point's leaves", "the least leaves", "the greatest leaves"
TERMS = {POINT: added, LOW: least, HIGH: most}
BETWEEN = conj(le(running(LOW, K), running(POINT, K)), le(running(POINT, K), running(HIGH, K)))
AT_END = conj(le(running(LOW, M), running(POINT, M)), le(running(POINT, M), running(HIGH, M)))
KEEPS = implies(le(X, Y), conj(le(rounded(X), rounded(Y)), le(scored(X), scored(Y))))
SCORE = scored(running(POINT, M))


def sums(kind: str) -> sp.Expr:
    """Before the rounding, the sum after one more tree."""
    return running(kind, K) + TERMS[kind](ONE_MORE)


def keeps(smaller: sp.Expr, larger: sp.Expr) -> sp.Expr:
    """Rounding keeps the order of two sums."""
    return implies(le(smaller, larger), le(rounded(smaller), rounded(larger)))


kernel_ensembles = Theorem(
    name="kernel-ensembles",
    title="The kernel: the score of an ensemble in a cell",
    parameters=(LOWEST, HIGHEST),
    result=Interval(SCORE, L, H, "upper", monotone={"upper": "up"}),
    assumptions=(
        Assumption("rounding", "rounding to nearest, and dividing by a positive number and "
                   "rounding, keep order", KEEPS),
        Assumption("leaves", "a tree adds no less than its least and no more than its greatest "
                   "number of the leaves that the cell reaches",
                   conj(le(least(K), added(K)), le(added(K), most(K)))),
        Assumption("sums", "each sum is rounded after each tree; all start with the same number",
                   conj(*(eq(running(kind, ONE_MORE), rounded(sums(kind))) for kind in TERMS),
                        *(eq(running(kind, sp.Integer(0)), running(POINT, sp.Integer(0)))
                          for kind in (LOW, HIGH)))),
        Assumption("computed", "what the kernel computes of the least and of the greatest sum",
                   conj(eq(L, scored(running(LOW, M))), eq(H, scored(running(HIGH, M))))),
    ),
    steps=(
        Step("this tree", conj(le(least(ONE_MORE), added(ONE_MORE)),
                               le(added(ONE_MORE), most(ONE_MORE))),
             Instantiate("leaves", {K: ONE_MORE}), ("leaves",)),
        Step("from below", keeps(sums(LOW), sums(POINT)),
             Instantiate("rounding", {X: sums(LOW), Y: sums(POINT)}), ("rounding",)),
        Step("from above", keeps(sums(POINT), sums(HIGH)),
             Instantiate("rounding", {X: sums(POINT), Y: sums(HIGH)}), ("rounding",)),
        Step("between", BETWEEN, use("induction", claim=BETWEEN, k=K, start=0),
             ("this tree", "from below", "from above", "sums"),
             "Each rounding keeps the order of the three sums."),
        Step("at the end", AT_END, Instantiate("between", {K: M}), ("between",)),
        Step("lower quotient", implies(le(running(LOW, M), running(POINT, M)),
                                       le(scored(running(LOW, M)), SCORE)),
             Instantiate("rounding", {X: running(LOW, M), Y: running(POINT, M)}), ("rounding",)),
        Step("upper quotient", implies(le(running(POINT, M), running(HIGH, M)),
                                       le(SCORE, scored(running(HIGH, M)))),
             Instantiate("rounding", {X: running(POINT, M), Y: running(HIGH, M)}), ("rounding",)),
        Step("conclusion", conj(ge(SCORE, L), le(SCORE, H)), Smt(),
             ("at the end", "lower quotient", "upper quotient", "computed")),
    ),
    citation=kernel("ensembles of trees"),
    locals=(MEMBERS,),
    schematic=(COUNT, FIRST, SECOND),
)  # fmt: skip

UNIT = real("unit", "u", "most that a rounding of the sums changes, as a share", 0, 1)
WIDE = real("wide", "v", "most that a rounding of float64 changes, as a share", 0, 1)
LARGEST = real("largest", "B", "most that a sum is in magnitude, roundings and all", 0)
AHEAD = real("ahead", "D", "the sum of the least differences, as float64 holds it")
U, W, B, D = (p.symbol for p in (UNIT, WIDE, LARGEST, AHEAD))
OWN, OTHER = "the class claimed", "the other class"
ROOM = sp.Rational(9, 4) * (M + 4) * (U + W) * B


def held(score: str, k: sp.Expr) -> sp.Expr:
    """The score after k trees, as the program holds it, before the division."""
    return Quantity(f"held score of {score}", k)


def exact(score: str, k: sp.Expr) -> sp.Expr:
    """The same without any rounding."""
    return Quantity(f"exact score of {score}", k)


def change(score: str, k: sp.Expr) -> sp.Expr:
    """What tree k adds to a score at the point."""
    return Quantity(f"added to {score}", k)


def gap(k: sp.Expr) -> sp.Expr:
    """The least that tree k adds to the class claimed more than to the other, in the cell."""
    return Quantity("least difference of tree", k)


GAPS = Quantity("sum of the least differences", K)
ALL_GAPS = Quantity("sum of the least differences", M)
ZERO = sp.Integer(0)


def near(score: str, k: sp.Expr) -> sp.Expr:
    """After k trees a score is within k roundings of its exact value."""
    return le(sp.Abs(held(score, k) - exact(score, k)), k * U * B)


def rounds(score: str) -> sp.Expr:
    """A score starts exactly, and each tree's number is added and the sum rounded."""
    return conj(
        eq(held(score, ZERO), exact(score, ZERO)),
        eq(exact(score, ONE_MORE), exact(score, K) + change(score, ONE_MORE)),
        le(sp.Abs(held(score, ONE_MORE) - held(score, K) - change(score, ONE_MORE)), U * B),
    )


FORWARD = ge(exact(OWN, K) - exact(OTHER, K), GAPS)
QUOTIENTS = {score: Quantity(f"quotient of {score}") for score in (OWN, OTHER)}
DIVISOR = real("divisor", "q", "what scores are divided by", 0, None, "(")
Q = DIVISOR.symbol
WINS = implies(gt(D, ROOM), gt(Q * (QUOTIENTS[OWN] - QUOTIENTS[OTHER]), 0))

kernel_ensembles_apart = Theorem(
    name="kernel-ensembles-apart",
    title="The kernel: one score of an ensemble ahead of another, tree by tree",
    parameters=(AHEAD, MEMBERS, UNIT, WIDE, LARGEST),
    result=LowerBound(
        Q * (QUOTIENTS[OWN] - QUOTIENTS[OTHER]),
        D - ROOM,
        also=(WINS,),
        monotone={"ahead": "up", "trees": "down", "unit": "down", "wide": "down",
                  "largest": "down"},
    ),
    assumptions=(
        Assumption("own", "the score of the class claimed, a rounding after each tree",
                   rounds(OWN)),
        Assumption("other", "the same of the other class", rounds(OTHER)),
        Assumption("differences", "a tree adds to the class claimed what it adds to the other and "
                   "no less than its least difference of the leaves reached; so do the starts",
                   conj(ge(change(OWN, K) - change(OTHER, K), gap(K)),
                        eq(GAPS.subs(K, ZERO), exact(OWN, ZERO) - exact(OTHER, ZERO)),
                        eq(GAPS.subs(K, ONE_MORE), GAPS + gap(ONE_MORE)))),
        Assumption("division", "a division rounds once, which is seen before it",
                   conj(*(le(sp.Abs(Q * QUOTIENTS[s] - held(s, M)), U * B) for s in QUOTIENTS))),
        Assumption("computed", "float64 rounds M + 2 numbers below 2 B, which are the partial "
                   "sums of the differences",
                   le(sp.Abs(D - ALL_GAPS), 2 * (M + 2) * W * B)),
    ),
    steps=(
        Step("difference", ge(change(OWN, ONE_MORE) - change(OTHER, ONE_MORE), gap(ONE_MORE)),
             Instantiate("differences", {K: ONE_MORE}), ("differences",)),
        Step("share", ge(U * B, 0), Smt()),
        Step("own near", near(OWN, K), use("induction", claim=near(OWN, K), k=K, start=0),
             ("own", "share")),
        Step("other near", near(OTHER, K), use("induction", claim=near(OTHER, K), k=K, start=0),
             ("other", "share")),
        Step("forward", FORWARD, use("induction", claim=FORWARD, k=K, start=0),
             ("difference", "differences", "own", "other")),
        Step("own at the end", near(OWN, M), Instantiate("own near", {K: M}), ("own near",)),
        Step("other at the end", near(OTHER, M), Instantiate("other near", {K: M}),
             ("other near",)),
        Step("forward at the end", ge(exact(OWN, M) - exact(OTHER, M), ALL_GAPS),
             Instantiate("forward", {K: M}), ("forward",)),
        Step("together", ge(Q * (QUOTIENTS[OWN] - QUOTIENTS[OTHER]),
                            D - 2 * (M + 2) * W * B - 2 * (M + 1) * U * B), Smt(),
             ("own at the end", "other at the end", "forward at the end", "division",
              "computed")),
        Step("room", eq(ROOM - 2 * (M + 2) * W * B - 2 * (M + 1) * U * B,
                        (M / 4 + 7) * U * B + (M / 4 + 5) * W * B), Algebra()),
        Step("enough", ge((M / 4 + 7) * U * B + (M / 4 + 5) * W * B, 0), Smt()),
        Step("conclusion", conj(ge(Q * (QUOTIENTS[OWN] - QUOTIENTS[OTHER]), D - ROOM), WINS),
             Smt(), ("together", "room", "enough")),
    ),
    citation=kernel("ensembles of trees"),
    locals=(DIVISOR,),
    schematic=(COUNT,),
)  # fmt: skip

THEOREMS = (kernel_ensembles, kernel_ensembles_apart)
