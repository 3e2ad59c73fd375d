"""Tests without replacement: exact bounds for a finite domain, any number of disagreements."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.binomial import COUNT, NUMBER, J, K
from theory.catalogue.proving import DRAWN, DRAWN_RANGE, POINTS, WITHOUT_REPLACEMENT, M
from theory.catalogue.proving import NN as ALL
from theory.catalogue.shared import DEL, OURS
from theory.language.confidence import Confidence
from theory.language.experiments import Experiment
from theory.language.rules import Instantiate, Smt, use
from theory.language.special import HypergeometricCDF, HypergeometricUpper
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, ERRORS, integer
from theory.language.terms import Greatest, Pr, conj, eq, ge, gt, implies, le

BAD = integer("bad", "B", "points of disagreement", 0)
B = BAD.symbol


def most(k: sp.Expr) -> sp.Expr:
    """The greatest number of points of disagreement that k of n draws do not exclude."""
    return HypergeometricUpper(k, ALL, M, DEL)


def seldom(j: sp.Expr) -> sp.Expr:
    """At most j disagreements are drawn with probability at most δ."""
    return le(HypergeometricCDF(j, ALL, B, M), DEL)


LAST = Greatest(J, M, seldom(J))
MISSED = gt(B, most(COUNT))
CAUGHT = le(COUNT, LAST)

finite_population = Theorem(
    name="finite-population",
    title="Disagreements in a finite domain, drawn without replacement",
    parameters=(ERRORS, POINTS, DRAWN, DELTA),
    result=Confidence(
        B,
        most(K),
        DEL,
        at=most(COUNT),
        reading=(COUNT, K),
        useless=ge(most(K), ALL),
        monotone={"errors": "up", "points": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "counted",
            "K counts the points of disagreement among n drawn without replacement of N, B of "
            "which are: P[K <= j] = H(j; N, B, n), 0 <= K <= n",
            conj(
                eq(Pr(le(COUNT, J)), HypergeometricCDF(J, ALL, B, M)),
                ge(COUNT, 0),
                le(COUNT, M),
            ),
        ),
        Assumption(
            "definition",
            "the bound is the greatest number of points of disagreement with H > δ",
            implies(le(J, M), gt(B, most(J)), seldom(J)),
        ),
    ),
    experiment=Experiment(WITHOUT_REPLACEMENT.draws, ("K",)),
    steps=(
        Step(
            "at-count",
            implies(MISSED, seldom(COUNT)),
            Instantiate("definition", {J: COUNT}),
            ("definition", "counted"),
        ),
        Step(
            "greatest",
            conj(implies(seldom(COUNT), CAUGHT), implies(seldom(COUNT), seldom(LAST)), ge(LAST, 0)),
            use("greatest", condition=seldom(J), j=J, last=M, at=COUNT),
            ("counted",),
            "The failures are counts up to some k*.",
        ),
        Step(
            "event",
            le(Pr(MISSED), Pr(sp.And(CAUGHT, seldom(LAST)))),
            use("event-monotone", smaller=MISSED, larger=sp.And(CAUGHT, seldom(LAST))),
            ("at-count", "greatest"),
        ),
        Step(
            "constant",
            conj(
                implies(seldom(LAST), eq(Pr(sp.And(CAUGHT, seldom(LAST))), Pr(CAUGHT))),
                implies(sp.Not(seldom(LAST)), eq(Pr(sp.And(CAUGHT, seldom(LAST))), 0)),
            ),
            use("constant-event", event=CAUGHT, constant=seldom(LAST)),
        ),
        Step(
            "probability",
            eq(Pr(CAUGHT), HypergeometricCDF(LAST, ALL, B, M)),
            Instantiate("counted", {J: LAST}),
            ("counted", "greatest"),
        ),
        Step("conclusion", le(Pr(MISSED), DEL), Smt(), ("event", "constant", "probability")),
    ),
    citation=OURS,
    requires=(DRAWN_RANGE, Assumption("errors <= n", "errors <= n", le(K, M))),
    locals=(BAD,),
    schematic=(NUMBER,),
)

THEOREMS = (finite_population,)
