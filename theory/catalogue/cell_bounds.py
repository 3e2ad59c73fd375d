"""Tests cell by cell: a bound for each cell, added up; and draws without replacement in cells.

With `open_cells` no disagreement is one event and any disagreements are one score; here every cell
has a bound of its own, which costs a share of δ each, and a finite number of points.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.open_cells import (
    CAP,
    CAPS,
    ERROR_IN_CELLS,
    FREE_SLOPE,
    INSIDE,
    KEEP,
    MASS,
    MASSES,
    NONE,
    PASSES,
    RATE_OF,
    RATES,
    Dual,
    total,
)
from theory.catalogue.shared import DEL, LENGTHS, OURS, POSITION, J
from theory.language.confidence import Confidence
from theory.language.experiments import Experiment
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.special import ClopperPearson
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, LENGTH, Parameter, integer, integers
from theory.language.terms import (
    Event,
    Pr,
    Quantity,
    RandomInteger,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

TESTS = integers("draws", "n", "draws from each cell, fixed before the first")
SEEN = integers("errors", "k", "disagreements seen in each cell")
DRAWN, ERRORS = TESTS.symbol, SEEN.symbol
SO_FAR = integer("i", "i", "how many cells so far")
T = SO_FAR.symbol
SHARE = DEL / LENGTH
COUNT = RandomInteger("disagreements in cell", J)


def capped(k: sp.Expr) -> sp.Expr:
    """The least of the cap and the exact bound for k disagreements, in cell j."""
    return sp.Min(CAP[J], ClopperPearson(k, DRAWN[J], SHARE))


def up_to(t: sp.Expr, term: sp.Expr) -> sp.Expr:
    """The sum over the first t cells."""
    return sp.Sum(term, (J, 1, t))


def missed_before(t: sp.Expr) -> sp.Basic:
    """One of the first t cells has a rate above its bound."""
    return Event("a bound of the first cells is missed", t)


MISSED = gt(RATE_OF[J], ClopperPearson(COUNT, DRAWN[J], SHARE))
NEXT_MISSED = MISSED.xreplace({J: T + 1})
ERROR, BOUND = MASS[J] * RATE_OF[J], MASS[J] * capped(COUNT)
PARTLY = implies(le(T, LENGTH), gt(up_to(T, ERROR), up_to(T, BOUND)), missed_before(T))
SELDOM = implies(le(T, LENGTH), le(Pr(missed_before(T)), T * SHARE))
IN_RANGE = le(T + 1, LENGTH)
EVENT = gt(ERROR_IN_CELLS, total(BOUND))
ONE_CELL = Step(
    "one cell",
    implies(IN_RANGE, conj(gt(MASS[T + 1], 0), ge(RATE_OF[T + 1], 0),
                           le(RATE_OF[T + 1], CAP[T + 1]))),
    Instantiate("cells", {J: T + 1}),
    ("cells",),
)  # fmt: skip

open_cells_union = Theorem(
    name="open-cells-union",
    title="Tests cell by cell, each with a bound of its own",
    parameters=(MASSES, TESTS, SEEN, CAPS, DELTA),
    result=Confidence(
        ERROR_IN_CELLS,
        total(MASS[J] * capped(ERRORS[J])),
        DEL,
        at=total(BOUND),
        reading=(COUNT, ERRORS[J]),
        monotone={
            "masses": "up", "draws": "down", "errors": "up", "caps": "up", "delta": "down",
        },
    ),
    assumptions=(
        Assumption(
            "cells",
            "every cell has a rate up to its cap",
            implies(*INSIDE, conj(gt(MASS[J], 0), ge(RATE_OF[J], 0), le(RATE_OF[J], CAP[J]))),
        ),
        Assumption(
            "tests",
            "each cell's draws are independent: its exact bound at δ/m is missed with probability "
            "at most δ/m (clopper-pearson)",
            implies(*INSIDE, le(Pr(MISSED), SHARE)),
        ),
        Assumption(
            "some",
            "whether a bound of the first t cells is missed",
            conj(
                sp.Not(missed_before(sp.Integer(0))),
                sp.Equivalent(
                    missed_before(T + 1), sp.Or(missed_before(T), NEXT_MISSED), evaluate=False
                ),
            ),
        ),
    ),
    experiment=Experiment(
        random=("disagreements in cell", "a bound of the first cells is missed")
    ),
    steps=(
        Step("never", le(Pr(missed_before(sp.Integer(0))), 0),
             use("never", event=missed_before(sp.Integer(0))), ("some",)),
        Step("test", implies(IN_RANGE, le(Pr(NEXT_MISSED), SHARE)),
             Instantiate("tests", {J: T + 1}), ("tests",)),
        Step("either", le(Pr(missed_before(T + 1)), Pr(sp.Or(missed_before(T), NEXT_MISSED))),
             use("event-monotone", smaller=missed_before(T + 1),
                 larger=sp.Or(missed_before(T), NEXT_MISSED)), ("some",)),
        Step("boole", le(Pr(sp.Or(missed_before(T), NEXT_MISSED)),
                         Pr(missed_before(T)) + Pr(NEXT_MISSED)),
             use("boole", first=missed_before(T), second=NEXT_MISSED)),
        Step("union", SELDOM, use("induction", claim=SELDOM, k=T, start=0),
             ("never", "test", "either", "boole"), "Each cell costs δ/m."),
        Step("all", le(Pr(missed_before(LENGTH)), DEL), Instantiate("union", {T: LENGTH}),
             ("union",)),
        Step("error-next", conj(eq(up_to(sp.Integer(0), ERROR), 0),
                                eq(up_to(T + 1, ERROR),
                                   up_to(T, ERROR) + ERROR.xreplace({J: T + 1}))),
             use("series-next", term=ERROR, index=J, first=1, last=T)),
        Step("bound-next", conj(eq(up_to(sp.Integer(0), BOUND), 0),
                                eq(up_to(T + 1, BOUND),
                                   up_to(T, BOUND) + BOUND.xreplace({J: T + 1}))),
             use("series-next", term=BOUND, index=J, first=1, last=T)),
        ONE_CELL,
        Step("cell", implies(IN_RANGE, sp.Not(NEXT_MISSED),
                             le(ERROR.xreplace({J: T + 1}), BOUND.xreplace({J: T + 1}))),
             Smt(), ("one cell",)),
        Step("partly", PARTLY, use("induction", claim=PARTLY, k=T, start=0),
             ("error-next", "bound-next", "cell", "some"),
             "The sum is above its bound only where a cell is above its own."),
        Step("somewhere", implies(EVENT, missed_before(LENGTH)),
             Instantiate("partly", {T: LENGTH}), ("partly",)),
        Step("event", le(Pr(EVENT), Pr(missed_before(LENGTH))),
             use("event-monotone", smaller=EVENT, larger=missed_before(LENGTH)), ("somewhere",)),
        Step("conclusion", le(Pr(EVENT), DEL), Smt(), ("event", "all")),
    ),
    citation=OURS,
    requires=(
        Assumption(
            "errors <= draws",
            "no cell shows more errors than draws",
            eq(total(sp.Max(0, ERRORS[J] - DRAWN[J])), 0),
        ),
    ),
    locals=(RATES, LENGTHS),
    schematic=(POSITION, SO_FAR),
    notes=(
        "Where no bound of a single cell is wanted, open-cells-pooled and open-cells-any mostly "
        "give a smaller sum.",
    ),
)  # fmt: skip

POINTS = integers("points", "M", "points of each cell", 1)
BAD = integers("bad", "b", "points of disagreement in each cell")
ALL, WRONG = POINTS.symbol, BAD.symbol
GONE = Parameter("gone", sp.Symbol("g", integer=True), "integer", "g", "g", "draws so far")
G = GONE.symbol


def missing(j: sp.Expr, g: sp.Expr) -> sp.Expr:
    """The probability that the first g draws from cell j show no disagreement."""
    return Quantity("no disagreement in the draws from a cell", j, g)


def clean(t: sp.Expr) -> sp.Expr:
    """The probability that the first t cells show no disagreement."""
    return Quantity("no disagreement in the first cells", t)


LOG = sp.log(KEEP[J])
LEFT = sp.Max(0, ALL[J] - WRONG[J] - G) / (ALL[J] - G)
RARER = implies(*INSIDE, ge(G, 0), le(G, DRAWN[J]), conj(ge(missing(J, G), 0),
                                               le(missing(J, G), sp.exp(G * LOG))))  # fmt: skip
GAIN = DRAWN[J] * LOG
CLEAN = implies(le(T, LENGTH), conj(ge(clean(T), 0), le(clean(T), sp.exp(up_to(T, GAIN)))))
FINITE = Dual(sp.Integer(1), DRAWN)
ZERO, NEXT = sp.Integer(0), GAIN.xreplace({J: T + 1})
HELD = clean(T) * missing(T + 1, DRAWN[T + 1])

open_cells_none_finite = Theorem(
    name="open-cells-none-finite",
    title="Tests cell by cell, no disagreement, each cell drawn without replacement",
    parameters=(MASSES, TESTS, CAPS, FREE_SLOPE, DELTA),
    result=FINITE.none,
    assumptions=(
        FINITE.cells(),
        Assumption(
            "draws",
            "b of the M points of a cell disagree; while none was drawn the next of the n draws is "
            "none with probability (M - b - g)/(M - g), or 0 if that is negative",
            implies(
                *INSIDE,
                conj(
                    le(DRAWN[J], ALL[J]), gt(ALL[J], 0), ge(WRONG[J], 0),
                    eq(RATE_OF[J], WRONG[J] / ALL[J]),
                    eq(missing(J, ZERO), 1),
                    implies(ge(G, 0), lt(G, DRAWN[J]), eq(missing(J, G + 1), missing(J, G) * LEFT)),
                ),
            ),
        ),
        Assumption(
            "independent",
            "the cells are drawn from independently",
            conj(
                eq(clean(ZERO), 1),
                implies(IN_RANGE, eq(clean(T + 1), HELD)),
                le(Pr(NONE), clean(LENGTH)),
            ),
        ),
    ),
    experiment=Experiment(random=("no cell shows a disagreement",)),
    steps=(
        Step("factor", implies(*INSIDE, ge(G, 0), lt(G, DRAWN[J]),
                               conj(ge(LEFT, 0), le(LEFT, KEEP[J]))),
             Smt(), ("cells", "draws"), "(M - b - g)/(M - g) <= 1 - b/M."),
        Step("power", implies(*INSIDE, eq(sp.exp((G + 1) * LOG), sp.exp(G * LOG) * KEEP[J])),
             Algebra(), ("cells",)),
        Step("rarer", RARER, use("induction", claim=RARER, k=G, start=0),
             ("draws", "factor", "power", "cells"),
             "Without replacement it is no likelier that all draws of a cell agree."),
        Step("drawn", implies(IN_RANGE, ge(DRAWN[T + 1], 0)),
             Instantiate("cells", {J: T + 1}), ("cells",)),
        Step("misses", implies(IN_RANGE, conj(
            ge(missing(T + 1, DRAWN[T + 1]), 0),
            le(missing(T + 1, DRAWN[T + 1]), sp.exp(NEXT)))),
             Instantiate("rarer", {J: T + 1, G: DRAWN[T + 1]}), ("rarer", "drawn")),
        Step("gain-next", conj(eq(up_to(ZERO, GAIN), 0),
                               eq(up_to(T + 1, GAIN), up_to(T, GAIN) + NEXT)),
             use("series-next", term=GAIN, index=J, first=1, last=T), ("cells",)),
        Step("none yet", ge(sp.exp(up_to(ZERO, GAIN)), 1 + up_to(ZERO, GAIN)),
             use("exp-bound", x=up_to(ZERO, GAIN))),
        Step("exponents", implies(IN_RANGE, eq(sp.exp(up_to(T, GAIN) + NEXT),
                                           sp.exp(up_to(T, GAIN)) * sp.exp(NEXT))),
             Algebra()),
        Step("in exp", implies(IN_RANGE, le(sp.exp(up_to(T, GAIN) + NEXT),
                                            sp.exp(up_to(T + 1, GAIN)))),
             use("exp-monotone", x=up_to(T, GAIN) + NEXT, y=up_to(T + 1, GAIN)), ("gain-next",)),
        Step("clean", CLEAN, use("induction", claim=CLEAN, k=T, start=0),
             ("independent", "misses", "gain-next", "none yet", "exponents", "in exp")),
        Step("all clean", le(clean(LENGTH), sp.exp(FINITE.kept)), Instantiate("clean", {T: LENGTH}),
             ("clean",)),
        Step("product", le(Pr(NONE), sp.exp(FINITE.kept)), Smt(), ("independent", "all clean")),
        *FINITE.none_steps("product"),
    ),
    citation=OURS,
    locals=(RATES, PASSES, POINTS, BAD, LENGTHS),
    schematic=(POSITION, SO_FAR, GONE),
    notes=("How many points a cell has does not enter: the bound is that of open-cells-none.",),
)  # fmt: skip

THEOREMS = (
    open_cells_union,
    open_cells_none_finite,
)
