"""How many mistakes, or rounds, learners need that keep weights: perceptron, majority, boosting.

A learner is shown points one by one and mends itself where it was wrong; or it weighs what it was
wrong about and learns again.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import SIZE, SO_FAR, T
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import CLASS_SIZE, integer, real
from theory.language.terms import Quantity, conj, eq, ge, gt, le

NOVIKOFF = Citation("Novikoff", "On convergence proofs for perceptrons, Symp. Math. Theory of "
                    "Automata 12", 1962)  # fmt: skip
LITTLESTONE = Citation("Littlestone, Warmuth", "The weighted majority algorithm, Inf. Comput. 108",
                       1994)  # fmt: skip
FREUND = Citation("Freund, Schapire", "A decision-theoretic generalization of on-line learning and "
                  "an application to boosting, J. Comput. Syst. Sci. 55", 1997)  # fmt: skip

RADIUS = real("radius", "r", "length of the longest point, or more", 0, None, "(")
MARGIN = real("margin", "gamma", "distance of every point from the separating plane", 0, None, "(")
R, G = RADIUS.symbol, MARGIN.symbol
FOUND = integer("mistakes", "c", "mistakes that are made")
C = FOUND.symbol


def square(t: sp.Expr) -> sp.Expr:
    """The square of the weights' length after t mistakes."""
    return Quantity("square of the weights", t)


def along(t: sp.Expr) -> sp.Expr:
    """The weights' part along the separating direction after t mistakes."""
    return Quantity("weights along the direction", t)


GROWN = conj(le(square(T), T * R**2), ge(along(T), T * G))
MOST = R**2 / G**2

perceptron = Theorem(
    name="perceptron",
    title="How many mistakes a perceptron makes where a plane separates the classes",
    parameters=(RADIUS, MARGIN),
    result=UpperBound(C, MOST, monotone={"radius": "up", "margin": "down"}),
    assumptions=(
        Assumption(
            "mistakes",
            "a mistake adds the point, with its sign, to the weights: to the square of their "
            "length r² at most, to their part along the separating direction γ at least",
            conj(
                eq(square(sp.Integer(0)), 0),
                eq(along(sp.Integer(0)), 0),
                le(square(T + 1), square(T) + R**2),
                ge(along(T + 1), along(T) + G),
            ),
        ),
        Assumption(
            "direction",
            "the direction has length 1: no part along it is longer than the whole",
            le(along(C) ** 2, square(C)),
        ),
    ),
    steps=(
        Step("grown", GROWN, use("induction", claim=GROWN, k=T, start=0), ("mistakes",)),
        Step("made", GROWN.subs(T, C), Instantiate("grown", {T: C}), ("grown",)),
        Step("both", le((C * G) ** 2, C * R**2), Smt(), ("made", "direction")),
        Step("conclusion", le(C, MOST), Smt(), ("both",)),
    ),
    citation=NOVIKOFF,
    locals=(FOUND,),
    schematic=(SO_FAR,),
    notes=("See also halving-counterexamples.",),
)

BEST = integer("best", "b", "mistakes of the best member of the class")
FACTOR = real(
    "factor", "beta", "by what the weight of a member that errs is multiplied", 0, 1, "()"
)
B, BETA = BEST.symbol, FACTOR.symbol
KEPT = (1 + BETA) / 2


def weight(t: sp.Expr) -> sp.Expr:
    """The weight of all members after t mistakes of the majority."""
    return Quantity("weight of the class", t)


LEFT = le(weight(T), SIZE * KEPT**T)
VOTED = (sp.log(SIZE) + B * sp.log(1 / BETA)) / sp.log(2 / (1 + BETA))

weighted_majority = Theorem(
    name="weighted-majority",
    title="How many mistakes a weighted majority of a class makes, beside its best member",
    parameters=(CLASS_SIZE, BEST, FACTOR),
    result=UpperBound(C, VOTED, monotone={"class": "up", "best": "up"}, trend_facts=("room",)),
    assumptions=(
        Assumption(
            "votes",
            "where the majority errs, half of the weight at least errs and is multiplied by β",
            conj(eq(weight(sp.Integer(0)), SIZE), le(weight(T + 1), KEPT * weight(T))),
        ),
        Assumption(
            "best", "the best member keeps its weight", ge(weight(C), BETA**B)
        ),
    ),
    steps=(
        Step("next", eq(sp.Mul(KEPT, KEPT**T, evaluate=False), KEPT ** (T + 1)), Algebra()),
        Step("left", LEFT, use("induction", claim=LEFT, k=T, start=0), ("votes", "next")),
        Step("made", LEFT.subs(T, C), Instantiate("left", {T: C}), ("left",)),
        Step("power", le(BETA**B, SIZE * KEPT**C), Smt(), ("made", "best")),
        Step("some", gt(BETA**B, 0), Smt()),
        Step("compare", le(sp.log(BETA**B), sp.log(SIZE * KEPT**C)),
             use("log-monotone", x=BETA**B, y=SIZE * KEPT**C), ("power", "some")),
        Step("left-log", eq(sp.log(BETA**B), -B * sp.log(1 / BETA)), Algebra()),
        Step("right-log", eq(sp.log(SIZE * KEPT**C), sp.log(SIZE) - C * sp.log(2 / (1 + BETA))),
             Algebra()),
        Step("inverse", eq(sp.log(2 / (1 + BETA)), -sp.log(KEPT)), Algebra()),
        Step("room", ge(sp.log(2 / (1 + BETA)), (1 - BETA) / 2),
             use("log-bounds", x=(1 - BETA) / 2), ("inverse",)),
        Step("conclusion", le(C, VOTED), Smt(),
             ("compare", "left-log", "right-log", "room")),
    ),
    citation=LITTLESTONE,
    locals=(FOUND,),
    schematic=(SO_FAR,),
    notes=("See also halving-counterexamples, where some member never errs.",),
)  # fmt: skip

ROUNDS = integer("rounds", "n", "rounds of boosting")
EDGE = real(
    "edge", "gamma", "by how much each round is better than half", 0, sp.Rational(1, 2), "()"
)
N, E = ROUNDS.symbol, EDGE.symbol
TRAINING = Quantity("error on the training set")


def wrong(t: sp.Expr) -> sp.Expr:
    """The weighted error of round t."""
    return Quantity("weighted error of round", t)


def potential(t: sp.Expr) -> sp.Expr:
    """The mean of the exponential loss after t rounds."""
    return Quantity("exponential loss after rounds", t)


RATE = wrong(T + 1)
ROOT = sp.sqrt(RATE * (1 - RATE))
SHRUNK = sp.exp(-2 * E**2)
FALLEN = le(potential(T), SHRUNK**T)
LEVEL = sp.exp(-2 * E**2 * N)

adaboost = Theorem(
    name="adaboost",
    title="The error on the training set that boosting leaves",
    parameters=(EDGE, ROUNDS),
    result=UpperBound(TRAINING, LEVEL, monotone={"edge": "down", "rounds": "down"}),
    assumptions=(
        Assumption(
            "rounds",
            "a round whose weighted error is e, at most 1/2 - γ, multiplies the mean of the "
            "exponential loss by twice the root of e (1 - e)",
            conj(
                ge(RATE, 0),
                le(RATE, sp.Rational(1, 2) - E),
                eq(potential(sp.Integer(0)), 1),
                ge(potential(T), 0),
                eq(potential(T + 1), potential(T) * 2 * ROOT),
            ),
        ),
        Assumption(
            "loss",
            "a point that the vote has wrong loses 1 at least, none loses less than 0",
            le(TRAINING, potential(N)),
        ),
    ),
    steps=(
        Step("square", le(4 * (RATE * (1 - RATE)), 1 - 4 * E**2), Smt(), ("rounds",)),
        Step("above", le(1 - 4 * E**2, sp.exp(-4 * E**2)), use("exp-bound", x=-4 * E**2)),
        Step("root", eq(sp.Pow(SHRUNK, 2, evaluate=False), sp.exp(-4 * E**2)), Algebra()),
        Step("positive", gt(SHRUNK, 0), Smt()),
        Step("product", ge(RATE * (1 - RATE), 0), Smt(), ("rounds",)),
        Step("roots", conj(ge(ROOT, 0), eq(sp.Pow(ROOT, 2, evaluate=False), RATE * (1 - RATE))),
             Smt(), ("product",)),
        Step("squares", le(4 * sp.Pow(ROOT, 2, evaluate=False), sp.Pow(SHRUNK, 2, evaluate=False)),
             Smt(), ("square", "above", "root", "roots")),
        Step("factor", le(2 * ROOT, SHRUNK), Smt(), ("squares", "roots", "positive")),
        Step("next", eq(sp.Mul(SHRUNK, SHRUNK**T, evaluate=False), SHRUNK ** (T + 1)), Algebra()),
        Step("fallen", FALLEN, use("induction", claim=FALLEN, k=T, start=0),
             ("rounds", "factor", "next", "positive")),
        Step("after", FALLEN.subs(T, N), Instantiate("fallen", {T: N}), ("fallen",)),
        Step("power", eq(SHRUNK**N, LEVEL), Algebra()),
        Step("conclusion", le(TRAINING, LEVEL), Smt(), ("after", "power", "loss")),
    ),
    citation=FREUND,
    schematic=(SO_FAR,),
    notes=("See also boosting-samples, which makes a learner surer, not better.",),
)  # fmt: skip

THEOREMS = (perceptron, weighted_majority, adaboost)
