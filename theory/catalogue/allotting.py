"""How draws are shared out among cells, and how much a sample leaves unseen on average.

Cell j of m has probability w_j; what is estimated is the sum of w_j times each cell's mean.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.confidence_costs import added_up
from theory.catalogue.shared import LENGTHS, POSITION, SO_FAR, J, N
from theory.language.experiments import sample
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import LEAVES, LENGTH, N_SAMPLES, real, reals
from theory.language.terms import Event, Every, Pr, Quantity, conj, eq, ge, gt, implies, le

MASSES = reals("masses", "w", "probability of each cell", 0, 1)
DEVIATIONS = reals("deviations", "s", "standard deviation of one draw in each cell", 0)
W, S = MASSES.symbol, DEVIATIONS.symbol
VARIANCE = Quantity("variance of the stratified estimate")
INSIDE = (ge(J, 1), le(J, LENGTH))


def drawn(j: sp.Expr) -> sp.Expr:
    """How many of the draws are from cell j."""
    return Quantity("draws from a cell", j)


def total(term: sp.Expr) -> sp.Expr:
    """The sum over the cells."""
    return sp.Sum(term, (J, 1, LENGTH))


PART = W[J] ** 2 * S[J] ** 2 / drawn(J)
SHARE = total(W[J] * S[J])

neyman = Theorem(
    name="neyman-allocation",
    title="The least variance that draws cell by cell can have, however they are shared out",
    parameters=(MASSES, DEVIATIONS, N_SAMPLES),
    result=LowerBound(
        VARIANCE,
        SHARE**2 / N,
        monotone={"masses": "up", "deviations": "up", "n": "down"},
    ),
    assumptions=(
        Assumption(
            "cells",
            "each cell is drawn from, n times in all",
            conj(implies(*INSIDE, gt(drawn(J), 0)), eq(total(drawn(J)), N)),
        ),
        Assumption(
            "independent",
            "independent draws: the estimate's variance is the sum of w² s² over the draws",
            eq(VARIANCE, total(PART)),
        ),
    ),
    steps=(
        Step(
            "tangent",
            implies(
                *INSIDE,
                ge(PART, 2 * (SHARE / N) * W[J] * S[J] - (SHARE / N) ** 2 * drawn(J)),
            ),
            Smt(),
            ("cells",),
            "A square is not negative: (w s - c n_j)² >= 0, with c = Σ w s / n.",
        ),
        Step(
            "sum",
            ge(total(PART), 2 * (SHARE / N) * SHARE - (SHARE / N) ** 2 * total(drawn(J))),
            use("sum-order", larger=PART, x=W[J] * S[J], a=2 * SHARE / N, y=drawn(J),
                b=-((SHARE / N) ** 2), index=J, last=LENGTH),
            ("tangent", "cells"),
        ),
        Step("conclusion", ge(VARIANCE, SHARE**2 / N), Smt(), ("sum", "cells", "independent")),
    ),
    citation=Citation(
        "Neyman",
        "On the two different aspects of the representative method: the method of stratified "
        "sampling and the method of purposive selection, J. Royal Stat. Soc. 97",
        1934,
    ),
    locals=(LENGTHS,),
    schematic=(POSITION,),
    notes=(
        "Attained by draws in proportion to the products of mass and deviation. Of a draw that "
        "agrees or not, of rate r, the deviation is the root of r times its complement.",
        "A variance is no confidence: for bounds that hold with confidence see "
        "open-cells-stratified and open-cells-any.",
    ),
)  # fmt: skip

S_LEAVES = LEAVES.symbol
RATE = real("x", "x", "a probability", 0, 1)
UNSEEN = Quantity("mean probability of the leaves without a sample")
MOST = (N / (N + 1)) ** N / (N + 1)


def falls_in(j: sp.Expr) -> sp.Expr:
    """A draw is in leaf j."""
    return Event("a draw is in a leaf", j)


MISSED = Every(sp.Not(falls_in(J)), N)
P = Pr(falls_in(J))


def lost(j: sp.Expr) -> sp.Expr:
    """The probability of leaf j, times that of no sample in it."""
    return P.subs(J, j) * Pr(MISSED.subs(J, j))


X = RATE.symbol
TIMES, KEPT = (N + 1) * X, (1 - X) * (N + 1) / N
WHOLE_LEAVES = (ge(J, 1), le(J, S_LEAVES))

unseen_mass = Theorem(
    name="unseen-mass",
    title="How much of a tree has no sample, on average: leaves that nothing labels",
    parameters=(LEAVES, N_SAMPLES),
    result=UpperBound(
        UNSEEN,
        S_LEAVES * MOST,
        useless=ge(S_LEAVES * MOST, 1),
        monotone={"leaves": "up", "n": "down"},
    ),
    assumptions=(
        Assumption(
            "mean",
            "the leaves are fixed before the samples; the mean of what is lost is the sum over the "
            "leaves of their probability times that of having no sample",
            eq(UNSEEN, sp.Sum(lost(J), (J, 1, S_LEAVES))),
        ),
    ),
    experiment=sample(N, "a draw is in a leaf"),
    steps=(
        Step("first", le(TIMES, sp.exp(TIMES - 1)), use("exp-bound", x=TIMES - 1)),
        Step("second", le(KEPT, sp.exp(KEPT - 1)), use("exp-bound", x=KEPT - 1)),
        Step("power", le(KEPT**N, sp.exp(KEPT - 1) ** N),
             use("power-monotone", x=KEPT, y=sp.exp(KEPT - 1), n=N), ("second",)),
        Step("joined", eq(sp.exp(TIMES - 1) * sp.exp(KEPT - 1) ** N, 1), Algebra()),
        Step("at-most-one", le(TIMES * KEPT**N, 1), Smt(), ("first", "power", "joined"),
             "The mean of (n + 1) p and n times (1 - p)(n + 1)/n is 1, so their product is at "
             "most 1."),
        Step("scaled", eq(X * (1 - X) ** N, TIMES * KEPT**N * MOST), Algebra()),
        Step("room", conj(ge((N / (N + 1)) ** N, 0), ge(MOST, 0)),
             use("power-monotone", x=0, y=N / (N + 1), n=N)),
        Step("rate", le(X * (1 - X) ** N, MOST), Smt(), ("at-most-one", "scaled", "room")),
        Step("at-leaf", le(P * (1 - P) ** N, MOST), Instantiate("rate", {X: P}), ("rate",)),
        Step("missed", eq(Pr(MISSED), Pr(sp.Not(falls_in(J))) ** N),
             use("independent-draws", event=sp.Not(falls_in(J)), n=N)),
        Step("outside", eq(Pr(sp.Not(falls_in(J))), 1 - P), use("complement", event=falls_in(J))),
        Step("power-outside", le(Pr(sp.Not(falls_in(J))) ** N, (1 - P) ** N),
             use("power-monotone", x=Pr(sp.Not(falls_in(J))), y=1 - P, n=N), ("outside",)),
        Step("worst", implies(*WHOLE_LEAVES, le(lost(J), MOST)), Smt(),
             ("at-leaf", "missed", "power-outside")),
        *added_up(MOST, lost, S_LEAVES),
        Step("conclusion", le(UNSEEN, S_LEAVES * MOST), Smt(), ("sum", "at-size", "mean")),
    ),
    citation=Citation(
        "McAllester, Schapire", "On the convergence rate of Good-Turing estimators, COLT", 2000
    ),
    schematic=(POSITION, SO_FAR, RATE),
    notes=(
        "Attained where there is one leaf beyond the number of samples and all are as likely. A "
        "leaf without a sample may have any class: where leaves are pure, what is lost bounds the "
        "error of a student that is right on its samples. Markov's inequality makes a confidence "
        "of it.",
    ),
)  # fmt: skip

THEOREMS = (neyman, unseen_mass)
