"""Draws in proportion from each open cell: the pooled bound holds, and no better one is known.

The number of draws from a cell is its share of all draws. The disagreements are then a sum of
independent trials of unlike chances, of which only the mean chance p enters.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.covering import (
    ANY,
    AT_MOST_N,
    ERROR,
    NUMBER,
    J,
    P,
    all_wrong,
    cdf,
    coverage,
    upper,
)
from theory.catalogue.open_cells import KNOWN, OPEN, WHOLE, A, E, W, read_off
from theory.catalogue.shared import DEL, N
from theory.language.experiments import Draws, Experiment
from theory.language.rules import Instantiate, Smt, use
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, ERRORS, N_SAMPLES
from theory.language.terms import (
    Fact,
    Greatest,
    Pr,
    RandomInteger,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

COUNT = RandomInteger("disagreements of all cells")
LAW = Fact("unlike trials", COUNT, N, P)


def rate(k: sp.Expr) -> sp.Expr:
    """max(U(k; n, δ), (k + 1)/n), 1 at most: the first wherever it is the larger."""
    return sp.Min(1, sp.Max(upper(k), (k + 1) / N))


def pooled(k: sp.Expr) -> sp.Expr:
    """a + W times that."""
    return A + W * rate(k)


BEYOND, MISSED = gt(E, pooled(COUNT)), gt(P, rate(COUNT))
LOW = conj(lt(cdf(J), DEL), le(J + 1, N * P))
LAST = Greatest(J, N, LOW)
LOW_COUNT = conj(lt(cdf(COUNT), DEL), le(COUNT + 1, N * P))
LOW_LAST = conj(lt(cdf(LAST), DEL), le(LAST + 1, N * P))
CAUGHT = le(COUNT, LAST)
UP_TO_MISSED = coverage(COUNT, P)[:12]
"""p > U(j) only where F(j; n, p) < δ."""

open_cells_stratified = Theorem(
    name="open-cells-stratified",
    title="Prove a part, test each open cell in proportion to its probability",
    parameters=(KNOWN, OPEN, ERRORS, N_SAMPLES, DELTA),
    result=read_off(pooled, COUNT),
    assumptions=(
        Assumption(
            "open",
            "outside the open cells all is proved, inside them p is the mean rate: e = a + W p",
            eq(E, A + W * P),
        ),
        Assumption(
            "counted",
            "cell i of probability w_i is drawn from n w_i/W times, so the chances of the draws "
            "have the mean p",
            conj(LAW, ge(COUNT, 0), le(COUNT, N)),
        ),
        all_wrong(),
    ),
    experiment=Experiment(
        (Draws(N, "points, of each cell as many as its share"),),
        ("disagreements of all cells",),
        (LAW,),
    ),
    steps=(
        *UP_TO_MISSED,
        Step("low-at", implies(gt(P, rate(J)), LOW), Smt(), ("missed-at",),
             "And only where np is at least j + 1."),
        Step("at-count", implies(MISSED, LOW_COUNT), Instantiate("low-at", {J: COUNT}),
             ("low-at", "counted")),
        Step("greatest", conj(implies(LOW_COUNT, CAUGHT), implies(LOW_COUNT, LOW_LAST),
                              ge(LAST, 0)),
             use("greatest", condition=LOW, j=J, last=N, at=COUNT), ("counted",)),
        Step("event", le(Pr(MISSED), Pr(sp.And(CAUGHT, LOW_LAST))),
             use("event-monotone", smaller=MISSED, larger=sp.And(CAUGHT, LOW_LAST)),
             ("at-count", "greatest")),
        Step("constant", conj(
            implies(LOW_LAST, eq(Pr(sp.And(CAUGHT, LOW_LAST)), Pr(CAUGHT))),
            implies(sp.Not(LOW_LAST), eq(Pr(sp.And(CAUGHT, LOW_LAST)), 0))),
             use("constant-event", event=CAUGHT, constant=LOW_LAST)),
        Step("unlike", implies(LOW_LAST, le(Pr(CAUGHT), cdf(LAST))),
             use("unlike-trials", given=LOW_LAST, count=COUNT, n=N, p=P, c=LAST),
             ("counted", "greatest"),
             "Below the mean, unlike chances make few disagreements no likelier."),
        Step("missed", le(Pr(MISSED), DEL), Smt(), ("event", "constant", "unlike")),
        Step("beyond", le(Pr(BEYOND), Pr(MISSED)),
             use("event-monotone", smaller=BEYOND, larger=MISSED), ("open",)),
        Step("conclusion", le(Pr(BEYOND), DEL), Smt(), ("beyond", "missed")),
    ),
    citation=Citation(
        "Hoeffding",
        "On the distribution of the number of successes in independent trials, "
        "Ann. Math. Stat. 27",
        1956,
    ),
    requires=(AT_MOST_N,),
    locals=(ERROR, WHOLE),
    schematic=(NUMBER, ANY),
    notes=("The value is that of open-cells-pooled but for the most errors.",),
)  # fmt: skip

THEOREMS = (open_cells_stratified,)
