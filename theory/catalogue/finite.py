"""Tests without replacement: exact bounds for a finite domain, any number of disagreements.

K is the number of disagreements among n points drawn of N, B of which are points of disagreement.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.covering import COUNT, NUMBER, J, K
from theory.catalogue.proving import DRAWN, DRAWN_RANGE, POINTS, WITHOUT_REPLACEMENT, M
from theory.catalogue.proving import NN as ALL
from theory.catalogue.shared import DEL, OURS
from theory.language.confidence import Confidence
from theory.language.experiments import Experiment
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import UpperBound
from theory.language.special import HypergeometricCDF, HypergeometricUpper
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, ERRORS, integer
from theory.language.terms import Greatest, Pr, conj, eq, ge, gt, implies, le

BAD = integer("disagreeing", "B", "points of disagreement", 0)
B = BAD.symbol


def most(k: sp.Expr) -> sp.Expr:
    """The greatest number of points of disagreement that k of n draws do not exclude."""
    return HypergeometricUpper(k, ALL, M, DEL)


def seldom(j: sp.Expr) -> sp.Expr:
    """At most j disagreements are drawn with probability at most δ."""
    return le(HypergeometricCDF(j, ALL, B, M), DEL)


LAST = Greatest(J, M, seldom(J))
COUNTED = Assumption(
    "counted",
    "K counts the points of disagreement among n drawn without replacement of N, B of "
    "which are: P[K <= j] = H(j; N, B, n), 0 <= K <= n",
    conj(
        eq(Pr(le(COUNT, J)), HypergeometricCDF(J, ALL, B, M)),
        ge(COUNT, 0),
        le(COUNT, M),
    ),
)
SEEN_AT_MOST_DRAWN = Assumption("errors <= n", "errors <= n", le(K, M))
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
        COUNTED,
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
    requires=(DRAWN_RANGE, SEEN_AT_MOST_DRAWN),
    locals=(BAD,),
    schematic=(NUMBER,),
)

REFUSED = integer("bad", "b", "points of disagreement against which it is tested", 0)
TESTED = REFUSED.symbol
PASSES = le(COUNT, K)


def chance(bad: sp.Expr) -> sp.Expr:
    """At most k of n drawn are among so many of N."""
    return HypergeometricCDF(K, ALL, bad, M)


def _no_less_with(few: sp.Expr, many: sp.Expr, label: str) -> Step:
    """H(k; N, ., n) is no less with fewer points of disagreement."""
    ordered = conj(ge(few, 0), le(few, many), le(many, ALL))
    return Step(
        label,
        implies(ordered, le(chance(many), chance(few))),
        use("falling-hypergeometric", given=ordered, k=K, n=M, points=ALL, few=few, many=many),
        words="One more point of disagreement cannot lessen the count.",
    )


finite_pass_probability = Theorem(
    name="finite-pass-probability",
    title="How often a student passes a test without replacement that allows disagreements",
    parameters=(POINTS, REFUSED, ERRORS, DRAWN),
    result=UpperBound(
        Pr(PASSES),
        chance(TESTED),
        given=(ge(B, TESTED),),
        also=(implies(le(B, TESTED), ge(Pr(PASSES), chance(TESTED))),),
        monotone={"points": "up", "bad": "down", "errors": "up", "n": "down"},
    ),
    assumptions=(
        COUNTED,
        Assumption("inside", "the points of disagreement are points of the domain", le(B, ALL)),
    ),
    experiment=finite_population.experiment,
    steps=(
        Step("chance", eq(Pr(PASSES), chance(B)), Instantiate("counted", {J: K}), ("counted",)),
        _no_less_with(TESTED, B, "worse"),
        _no_less_with(B, TESTED, "better"),
        Step(
            "conclusion",
            conj(
                implies(ge(B, TESTED), le(Pr(PASSES), chance(TESTED))),
                implies(le(B, TESTED), ge(Pr(PASSES), chance(TESTED))),
            ),
            Smt(),
            ("chance", "worse", "better", "inside"),
        ),
    ),
    citation=OURS,
    requires=(
        DRAWN_RANGE,
        SEEN_AT_MOST_DRAWN,
        Assumption("bad <= points", "bad <= points", le(TESTED, ALL)),
    ),
    locals=(BAD,),
    schematic=(NUMBER,),
    notes=(
        "The risk limit of an audit by counting: how often a wrong result passes. Solved for n it "
        "plans the audit.",
    ),
)

THEOREMS = (finite_population, finite_pass_probability)
