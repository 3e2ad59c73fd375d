"""What a proof leaves open, tested: pooled draws, draws cell by cell, another law of the draws.

The points at which the two are proved to differ have probability a, those of the cells that are
left open W; elsewhere they are proved to agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sympy as sp

from theory.catalogue.binomial import COUNTED, MISSED, clopper_pearson
from theory.catalogue.covering import (
    ANY,
    AT_MOST_N,
    COUNT,
    LAW,
    NUMBER,
    K,
    P,
    all_wrong,
    coverage,
    law_of,
    upper,
)
from theory.catalogue.covering import ERROR as RATE
from theory.catalogue.shared import DEL, LENGTHS, OURS, POSITION, J, N
from theory.language.confidence import Confidence
from theory.language.experiments import Experiment, sample
from theory.language.rules import Algebra, Cite, Smt, use
from theory.language.schemas import ErrorLevel, Rounding, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import (
    DELTA,
    ERRORS,
    LEAST,
    LENGTH,
    N_SAMPLES,
    integer,
    real,
    reals,
)
from theory.language.terms import (
    Event,
    Fact,
    Mean,
    Pr,
    Random,
    RandomInteger,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

KNOWN = replace(
    real("known", "a", "probability of the points that are proved to differ", 0, 1), otherwise="0"
)
OPEN = real("open", "W", "probability of the cells that are open", 0, 1, "(")
WHOLE = real("total", "e", "probability of a disagreement in the whole domain", 0, 1)
A, W, E = KNOWN.symbol, OPEN.symbol, WHOLE.symbol
COUNTS = (NUMBER,)
FROM_OPEN = sample(N, what="points of the open cells", random=("K",), laws=(LAW,))


def pooled(k: sp.Expr) -> sp.Expr:
    """a + W U(k; n, δ)."""
    return A + W * upper(k)


def read_off(bound: Callable[[sp.Expr], sp.Expr], count: sp.Basic) -> Confidence:
    """The error of the whole is below the bound of the disagreements counted, but for δ."""
    return Confidence(
        E,
        bound(K),
        DEL,
        at=bound(count),
        reading=(count, K),
        monotone={"known": "up", "open": "up", "errors": "up", "n": "down", "delta": "down"},
    )


BEYOND = gt(E, pooled(COUNT))


def _by_the_test(event: sp.Expr, given: str, words: str = "") -> tuple[Step, ...]:
    """The event needs a rate that the exact binomial bound misses, as the assumption says."""
    return (
        Step(
            "test", le(Pr(MISSED), DEL), Cite(clopper_pearson, {}), ("counted", "all wrong"), words
        ),
        Step(
            "event",
            le(Pr(event), Pr(MISSED)),
            use("event-monotone", smaller=event, larger=MISSED),
            (given,),
        ),
        Step("conclusion", le(Pr(event), DEL), Smt(), ("test", "event")),
    )


open_cells_pooled = Theorem(
    name="open-cells-pooled",
    title="Prove a part, test all that is open at once",
    parameters=(KNOWN, OPEN, ERRORS, N_SAMPLES, DELTA),
    result=read_off(pooled, COUNT),
    assumptions=(
        Assumption(
            "open",
            "outside the open cells all is proved, inside them p is the rate: e = a + W p",
            eq(E, A + W * P),
        ),
        *clopper_pearson.assumptions,
    ),
    experiment=FROM_OPEN,
    steps=_by_the_test(
        BEYOND,
        "open",
        "The exact binomial bound for the rate in the open cells, however many they are.",
    ),
    citation=OURS,
    requires=(AT_MOST_N,),
    locals=(RATE, WHOLE),
    schematic=COUNTS,
    notes=("The number of the cells does not enter: the draws are from all of them together.",),
)

AGREEING = real("q", "q", "probability that a draw from the open cells agrees", 0, 1, "()")
Q = AGREEING.symbol
AGREED = RandomInteger("agreements")
AGREE_LAW = Fact("binomial", AGREED, N, Q)
SEEN_TO_AGREE = integer("agreements", "b", "number of agreements observed", 0)
SEEN_B = SEEN_TO_AGREE.symbol


def floor_of(b: sp.Expr, level: sp.Expr = DEL) -> sp.Expr:
    """a + W (1 - U(b; n, δ)) for b agreements."""
    return A + W * (1 - upper(b, level))


BELOW = lt(E, floor_of(AGREED))
TOO_MANY = gt(Q, upper(AGREED))
OPEN_Q = Assumption(
    "open",
    "outside the open cells all is proved, inside them q is the rate of agreement: "
    "e = a + W (1 - q)",
    eq(E, A + W * (1 - Q)),
)

open_cells_lower = Theorem(
    name="open-cells-lower",
    title="Prove a part, test all that is open: from below",
    parameters=(KNOWN, OPEN, SEEN_TO_AGREE, N_SAMPLES, DELTA),
    result=Confidence(
        E,
        floor_of(SEEN_B),
        DEL,
        side="below",
        at=floor_of(AGREED),
        reading=(AGREED, SEEN_B),
        monotone={"known": "up", "agreements": "down", "n": "up", "delta": "up"},
    ),
    assumptions=(
        OPEN_Q,
        Assumption(
            "counted",
            "the agreements on n independent samples have the law Binomial(n, q)",
            law_of(AGREED, Q),
        ),
        all_wrong(),
    ),
    experiment=sample(N, what="points of the open cells", random=("agreements",),
                      laws=(AGREE_LAW,)),
    steps=(
        *coverage(AGREED, Q),
        Step(
            "below",
            le(Pr(BELOW), Pr(TOO_MANY)),
            use("event-monotone", smaller=BELOW, larger=TOO_MANY),
            ("open",),
            "The bound from above for the agreements.",
        ),
        Step("conclusion", le(Pr(BELOW), DEL), Smt(), ("below", "missed")),
    ),
    citation=OURS,
    requires=(Assumption("agreements <= n", "agreements <= n", le(SEEN_B, N)),),
    locals=(AGREEING, WHOLE),
    schematic=(NUMBER, ANY),
)  # fmt: skip

HALF_UPPER, HALF_LOWER = A + W * upper(COUNT, DEL / 2), floor_of(AGREED, DEL / 2)
OUTSIDE = sp.Or(gt(E, HALF_UPPER), lt(E, HALF_LOWER))
TOP, BOTTOM = A + W * upper(K, DEL / 2), floor_of(N - K, DEL / 2)
INSIDE_CLAIM = conj(
    le(Pr(OUTSIDE), DEL),
    implies(eq(COUNT, K), sp.Not(OUTSIDE), le(E, TOP)),
    implies(eq(COUNT, K), sp.Not(OUTSIDE), ge(E, BOTTOM)),
)

open_cells_interval = Theorem(
    name="open-cells-interval",
    title="Prove a part, test all that is open: an interval",
    parameters=(KNOWN, OPEN, ERRORS, N_SAMPLES, DELTA),
    result=Confidence(
        E,
        TOP,
        DEL,
        failure=OUTSIDE,
        reading=(COUNT, K),
        also=(implies(eq(COUNT, K), sp.Not(OUTSIDE), ge(E, BOTTOM)),),
        monotone={"known": "up", "open": "up", "errors": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        open_cells_pooled.assumptions[0],
        COUNTED,
        all_wrong(DEL / 2),
        Assumption(
            "agreements",
            "the other draws agree, each with probability q = 1 - p",
            conj(eq(AGREED, N - COUNT), eq(Q, 1 - P), law_of(AGREED, Q)),
        ),
    ),
    experiment=sample(N, what="points of the open cells", random=("K", "agreements"),
                      laws=(LAW, AGREE_LAW)),
    steps=(
        Step(
            "above",
            le(Pr(gt(E, HALF_UPPER)), DEL / 2),
            Cite(open_cells_pooled, {"delta": DEL / 2}),
            ("open", "counted", "all wrong"),
        ),
        Step(
            "below",
            le(Pr(lt(E, HALF_LOWER)), DEL / 2),
            Cite(open_cells_lower, {"delta": DEL / 2, "agreements": N - K}),
            ("open", "agreements", "all wrong"),
        ),
        Step(
            "either",
            le(Pr(OUTSIDE), Pr(gt(E, HALF_UPPER)) + Pr(lt(E, HALF_LOWER))),
            use("boole", first=gt(E, HALF_UPPER), second=lt(E, HALF_LOWER)),
            words="Half of δ for each side.",
        ),
        Step("conclusion", INSIDE_CLAIM, Smt(), ("above", "below", "either", "agreements")),
    ),
    citation=OURS,
    requires=(AT_MOST_N,),
    locals=(RATE, AGREEING, WHOLE),
    schematic=COUNTS,
)  # fmt: skip

FACTOR = real("factor", "kappa", "largest ratio of the probability of a point to that of its draw",
              0, None, "(")  # fmt: skip
KAPPA = FACTOR.symbol
FAR = gt(E, KAPPA * upper(COUNT))

importance_upper = Theorem(
    name="importance-upper",
    title="Tests drawn from another distribution",
    parameters=(FACTOR, ERRORS, N_SAMPLES, DELTA),
    result=Confidence(
        E,
        KAPPA * upper(K),
        DEL,
        at=KAPPA * upper(COUNT),
        reading=(COUNT, K),
        monotone={"factor": "up", "errors": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "ratio",
            "no point is drawn more rarely than its probability over κ, so e <= κ p",
            le(E, KAPPA * P),
        ),
        *clopper_pearson.assumptions,
    ),
    experiment=sample(N, what="points of another law", random=("K",), laws=(LAW,)),
    steps=_by_the_test(FAR, "ratio"),
    citation=OURS,
    requires=(AT_MOST_N,),
    locals=(RATE, WHOLE),
    schematic=COUNTS,
)

MASSES = reals("masses", "w", "probability of each open cell", 0, 1, "(")
DRAWN = reals(
    "draws", "s", "draws from each cell, fixed before the first; 0 where its cap is below 1", 0
)
CAPS = replace(reals("caps", "t", "most that the rate of each cell can be", 0, 1), otherwise="1")
RATES = reals("rates", "r", "rate of disagreement in each cell", 0, 1)
PASSES = reals(
    "passes", "x", "each cell's factor for a draw: what it is expected to keep", 0, 1, "("
)
SLOPE = real("slope", "mu", "any positive number: the bound holds for each", 0, None, "(")
FREE_SLOPE = replace(SLOPE, otherwise=LEAST)
TILTS = replace(
    reals("tilts", "h", "how much a disagreement counts in each cell, fixed before the draws", 0,
          open="("),
    otherwise=LEAST,
)  # fmt: skip
SEEN = reals("errors", "k", "disagreements seen in each cell", 0)
MASS, DRAWS, CAP, RATE_OF, KEEP, MU, TILT, ERRORS_OF = (
    MASSES.symbol, DRAWN.symbol, CAPS.symbol, RATES.symbol, PASSES.symbol, SLOPE.symbol,
    TILTS.symbol, SEEN.symbol,
)  # fmt: skip
INSIDE = (ge(J, 1), le(J, LENGTH))
NONE = Event("no cell shows a disagreement")


def total(term: sp.Expr) -> sp.Expr:
    """The sum over the cells."""
    return sp.Sum(term, (J, 1, LENGTH))


WORTH = real("worth", "v", "what a cell's factor is worth", 0, None, "(")
TRIED = real("tried", "s", "draws", 0)
LOST = real("cap", "c", "most that a factor can lose", 0, 1)
KEEPS = real("factor", "x", "a cell's factor", 0, 1, "(")
V, S, C, X = WORTH.symbol, TRIED.symbol, LOST.symbol, KEEPS.symbol


def least(worth: sp.Expr, tried: sp.Expr, cap: sp.Expr) -> sp.Expr:
    """The y in [1 - c, 1] where v y - μ s ln y is least."""
    return sp.Min(1, sp.Max(1 - cap, MU * tried / worth))


Y = least(V, S, C)

open_cell = Theorem(
    name="open-cell",
    title="One cell's part in the bound of tests cell by cell",
    parameters=(WORTH, TRIED, LOST, SLOPE),
    result=UpperBound(V * (1 - X) - MU * S * sp.log(Y) + MU * S * sp.log(X), V * (1 - Y)),
    requires=(Assumption("kept", "a draw, or a cap below 1: y is above 0", gt(Y, 0)),),
    assumptions=(Assumption("cap", "the factor loses at most c", ge(X, 1 - C)),),
    steps=(
        Step(
            "tangent",
            le(1 + sp.log(X) - sp.log(Y), X / Y),
            use("exp-bound", x=sp.log(X) - sp.log(Y)),
            words="ln x <= ln y + x/y - 1.",
        ),
        Step(
            "best",
            ge((X - Y) * (V - MU * S / Y), 0),
            Smt(),
            ("cap",),
            "No other factor in its interval is better than the clipped one.",
        ),
        Step(
            "conclusion",
            le(V * (1 - X) - MU * S * sp.log(Y) + MU * S * sp.log(X), V * (1 - Y)),
            Smt(),
            ("tangent", "best"),
        ),
    ),
    citation=OURS,
    locals=(KEEPS,),
)


TRENDS: Mapping[str, Rounding] = {"masses": "up", "draws": "down", "caps": "up", "delta": "down"}
"""Of the bound of tests cell by cell, for every slope: so also for the least of these bounds."""


@dataclass(frozen=True)
class Dual:
    """The dual bound of Σ w r where a disagreement counts with the share a of its rate."""

    share: sp.Expr
    draws: Any = DRAWS

    @property
    def worth(self) -> sp.Expr:
        """w/a."""
        return MASS[J] / self.share

    @property
    def least(self) -> sp.Expr:
        """The factor that the bound rests on."""
        return least(self.worth, self.draws[J], self.share * CAP[J])

    @property
    def bound(self) -> sp.Expr:
        """Σ w (1 - y)/a + μ Σ s ln y; what is seen and δ add to it."""
        return total(self.worth * (1 - self.least)) + MU * total(self.draws[J] * sp.log(self.least))

    def cells(self, *further: sp.Basic) -> Assumption:
        """What is known of each cell."""
        return Assumption(
            "cells",
            "every cell has a draw or a cap below 1, a rate up to its cap, and keeps x, which is 1 "
            "without its share of the rate",
            implies(
                *INSIDE,
                conj(
                    gt(MASS[J], 0), ge(self.draws[J], 0), gt(self.least, 0), gt(KEEP[J], 0),
                    le(KEEP[J], 1),
                    ge(RATE_OF[J], 0), le(RATE_OF[J], CAP[J]), le(CAP[J], 1),
                    eq(KEEP[J], 1 - self.share * RATE_OF[J]), *further,
                ),
            ),
        )  # fmt: skip

    def steps(self) -> tuple[Step, ...]:
        """Up to "added": Σ w (1 - y)/a >= Σ w r - μ Σ s ln y + μ Σ s ln x."""
        room, error = self.worth * (1 - self.least), MASS[J] * RATE_OF[J]
        gain, worth = self.draws[J] * sp.log(self.least), self.draws[J] * sp.log(KEEP[J])
        terms = {"worth": self.worth, "tried": self.draws[J], "cap": self.share * CAP[J],
                 "factor": KEEP[J]}  # fmt: skip
        return (
            Step(
                "cell",
                implies(
                    *INSIDE, le(self.worth * (1 - KEEP[J]) - MU * gain + MU * worth, room)
                ),
                Cite(open_cell, terms, given=conj(*INSIDE)),
                ("cells",),
            ),
            Step("rate", implies(*INSIDE, eq(self.worth * (1 - KEEP[J]), error)), Smt(),
                 ("cells",)),
            Step(
                "added",
                ge(total(room), total(error) - MU * total(gain) + MU * total(worth)),
                use("sum-order", larger=room, x=error, a=1, y=gain, b=-MU, z=worth, c=MU,
                    index=J, last=LENGTH),
                ("cell", "rate", "cells"),
            ),
        )  # fmt: skip

    @property
    def kept(self) -> sp.Expr:
        """Σ s ln x."""
        return total(self.draws[J] * sp.log(KEEP[J]))

    @property
    def none(self) -> ErrorLevel:
        """An error at which no cell shows a disagreement with probability at most δ."""
        level = self.bound - MU * sp.log(DEL)
        return ErrorLevel(
            ERROR_IN_CELLS, level, le(Pr(NONE), DEL), monotone=TRENDS, trend_facts=("cells",)
        )

    def none_steps(self, draws: str) -> tuple[Step, ...]:
        """To that, where the step or assumption `draws` has P[none] <= exp(Σ s ln x)."""
        return (
            *self.steps(),
            Step(
                "compare",
                sp.Equivalent(le(self.kept, sp.log(DEL)), le(sp.exp(self.kept), DEL)),
                use("exp-monotone", x=self.kept, y=sp.log(DEL)),
            ),
            Step("conclusion", self.none.claim, Smt(), ("added", "compare", draws)),
        )


ERROR_IN_CELLS = total(MASS[J] * RATE_OF[J])
PLAIN = Dual(sp.Integer(1))
KEPT = PLAIN.kept

open_cells_none = Theorem(
    name="open-cells-none",
    title="Tests cell by cell, no disagreement",
    parameters=(MASSES, DRAWN, CAPS, FREE_SLOPE, DELTA),
    result=PLAIN.none,
    assumptions=(
        PLAIN.cells(),
        Assumption(
            "draws",
            "the draws are independent: no cell shows a disagreement with probability at most the "
            "product of the x^s",
            le(Pr(NONE), sp.exp(KEPT)),
        ),
    ),
    experiment=Experiment(random=("no cell shows a disagreement",)),
    steps=PLAIN.none_steps("draws"),
    citation=OURS,
    locals=(RATES, PASSES, LENGTHS),
    schematic=(POSITION,),
    notes=("The bound is least for one value of μ, and holds for all.",),
)

TILTED = Dual(TILT[J] / (1 + TILT[J]))
SCORE = Random("score of the disagreements")
SCORED = total(ERRORS_OF[J] * sp.log(1 + TILT[J]))
ANY_BOUND = TILTED.bound + MU * SCORED - MU * sp.log(DEL)
LOW = le(SCORE, SCORED)
UNLIKELY = ge(sp.exp(-SCORE), sp.exp(-SCORED))

open_cells_any = Theorem(
    name="open-cells-any",
    title="Tests cell by cell, any disagreements",
    parameters=(MASSES, DRAWN, CAPS, TILTS, SEEN, FREE_SLOPE, DELTA),
    result=ErrorLevel(
        ERROR_IN_CELLS,
        ANY_BOUND,
        le(Pr(LOW), DEL),
        monotone={**TRENDS, "errors": "up"},
        trend_facts=("cells",),
    ),
    assumptions=(
        TILTED.cells(gt(TILT[J], 0)),
        Assumption(
            "draws",
            "the draws are independent, the score adds up ln(1 + h) for each disagreement: the "
            "mean of exp(-score) is at most the product of the x^s",
            le(Mean(sp.exp(-SCORE)), sp.exp(KEPT)),
        ),
    ),
    experiment=Experiment(random=("score of the disagreements",)),
    steps=(
        *TILTED.steps(),
        Step(
            "level",
            implies(ge(ERROR_IN_CELLS, ANY_BOUND), le(KEPT, sp.log(DEL) - SCORED)),
            Smt(),
            ("added",),
        ),
        Step(
            "compare",
            sp.Equivalent(
                le(KEPT, sp.log(DEL) - SCORED), le(sp.exp(KEPT), sp.exp(sp.log(DEL) - SCORED))
            ),
            use("exp-monotone", x=KEPT, y=sp.log(DEL) - SCORED),
        ),
        Step(
            "order",
            sp.Equivalent(LOW, UNLIKELY),
            use("exp-monotone", x=-SCORED, y=-SCORE),
        ),
        Step(
            "event",
            le(Pr(LOW), Pr(UNLIKELY)),
            use("event-monotone", smaller=LOW, larger=UNLIKELY),
            ("order",),
        ),
        Step(
            "markov",
            le(Pr(UNLIKELY), Mean(sp.exp(-SCORE)) / sp.exp(-SCORED)),
            use("markov", x=sp.exp(-SCORE), level=sp.exp(-SCORED)),
            words="Chernoff's bound.",
        ),
        Step(
            "inverse",
            eq(sp.exp(sp.log(DEL) - SCORED), DEL * sp.exp(-SCORED)),
            Algebra(),
        ),
        Step("inverse of exp", eq(sp.Mul(sp.exp(-SCORED), sp.exp(SCORED), evaluate=False), 1),
             Algebra()),
        Step("conclusion", implies(ge(ERROR_IN_CELLS, ANY_BOUND), le(Pr(LOW), DEL)), Smt(),
             ("level", "compare", "event", "markov", "draws", "inverse", "inverse of exp")),
    ),
    citation=OURS,
    locals=(RATES, PASSES, LENGTHS),
    schematic=(POSITION,),
    notes=(
        "The bound is least for one value of μ, and holds for all.",
        "Where all cells have the same tilt the event is the same for each, so that the best one "
        "may be looked for after the draws.",
    ),
)  # fmt: skip

THEOREMS = (
    open_cells_pooled,
    open_cells_lower,
    open_cells_interval,
    open_cell,
    open_cells_none,
    open_cells_any,
    importance_upper,
)
