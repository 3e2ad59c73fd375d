"""Learning without a teacher against distillation (catalogue T10).

The target labels K equally likely cells freely (for instance a tree of depth r with K = 2^r).
That the probability of success rises with the samples and falls with the cells are theorems too.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theory.language.experiments import Draws, Experiment
from theory.language.rules import Smt, use
from theory.language.schemas import Exactly, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import CELLS, integer
from theory.language.terms import (
    Event,
    Every,
    Fact,
    Mean,
    Pr,
    Quantity,
    RandomInteger,
    conj,
    eq,
    implies,
    le,
)

K = CELLS.symbol
SAMPLES = integer("n", "n", "number of labelled samples", 0)
N = SAMPLES.symbol
GIVEN = integer("j", "j", "a number of given cells")
J = GIVEN.symbol
BEST = Quantity("best success probability")
HALF = sp.Rational(1, 2)
FELLER = Citation("Feller", "An Introduction to Probability Theory and Its Applications I", 1968)


def success(cells: sp.Expr, samples: sp.Expr) -> sp.Expr:
    """E 2^(-U) for the number U of equally likely cells without a sample."""
    return sp.Sum(sp.binomial(cells, J) * (-HALF) ** J * (1 - J / cells) ** samples, (J, 0, cells))


@dataclass(frozen=True)
class Unseen:
    """The number `count` of the `cells` that stay without a sample; `tag` marks its steps."""

    count: sp.Expr
    cells: sp.Expr
    samples: sp.Expr
    tag: str = ""

    @property
    def miss(self) -> sp.Basic:
        """One sample is in none of j given cells."""
        return Event("a sample misses j given cells" + self.tag, J)

    def assumption(self) -> Assumption:
        """What the count means."""
        missed = conj(
            eq(Pr(self.miss), 1 - J / self.cells),
            eq(Pr(Event("all of", self.count, J)), Pr(Every(self.miss, self.samples))),
        )
        return Assumption(
            f"cells{self.tag}",
            f"{self.count} counts the cells without a sample among {self.cells} equally likely "
            f"ones, after {self.samples} independent samples",
            conj(self.law, implies(le(J, self.cells), missed)),
        )

    @property
    def law(self) -> sp.Basic:
        """Any given cells stay unseen as likely as any others of that number."""
        return Fact("exchangeable", self.count, self.cells)

    def draws(self) -> Draws:
        """The sample."""
        return Draws(self.samples, at_each=(str(self.miss.args[0]),))

    def steps(self) -> tuple[Step, ...]:
        """E 2^(-count) as a sum; the last of the steps is `expansion`."""
        t, rate = self.tag, 1 - J / self.cells
        given = le(J, self.cells)
        return (
            Step(
                f"unseen{t}",
                eq(Pr(Every(self.miss, self.samples)), Pr(self.miss) ** self.samples),
                use("independent-draws", event=self.miss, n=self.samples),
                words="j given cells stay unseen if every sample misses them.",
            ),
            Step(
                f"power{t}",
                implies(given, le(Pr(self.miss) ** self.samples, rate**self.samples)),
                use("power-monotone", x=Pr(self.miss), y=rate, n=self.samples),
                (f"cells{t}",),
            ),
            Step(
                f"power-back{t}",
                implies(given, le(rate**self.samples, Pr(self.miss) ** self.samples)),
                use("power-monotone", x=rate, y=Pr(self.miss), n=self.samples),
                (f"cells{t}",),
            ),
            Step(
                f"expansion{t}",
                eq(Mean(HALF**self.count), success(self.cells, self.samples)),
                use(
                    "exchangeable",
                    count=self.count,
                    cells=self.cells,
                    j=J,
                    probability=rate**self.samples,
                    weight=-HALF,
                ),
                (f"cells{t}", f"unseen{t}", f"power{t}", f"power-back{t}"),
                "Expand the product over the cells of 1 - [unseen]/2.",
            ),
        )


def _more(name: str, title: str, words: str, more: Unseen, fewer: Unseen) -> Theorem:
    """From `more.count` >= `fewer.count` for every outcome: E 2^(-more) <= E 2^(-fewer)."""
    larger = success(fewer.cells, fewer.samples)
    claim = le(success(more.cells, more.samples), larger)
    powers = le(HALF**more.count, HALF**fewer.count)
    return Theorem(
        name=name,
        title=title,
        parameters=(CELLS, SAMPLES),
        result=UpperBound(success(more.cells, more.samples), larger),
        assumptions=(
            Assumption("coupled", words, le(fewer.count, more.count)),
            more.assumption(),
            fewer.assumption(),
        ),
        experiment=Experiment(
            (more.draws(), fewer.draws()), ("U", "V", "all of"), (more.law, fewer.law)
        ),
        steps=(
            *more.steps(),
            *fewer.steps(),
            Step(
                "powers",
                powers,
                use("power-exponent", x=HALF, a=fewer.count, b=more.count),
                ("coupled",),
            ),
            Step(
                "order",
                le(Mean(HALF**more.count), Mean(HALF**fewer.count)),
                use("mean-monotone", x=HALF**more.count, y=HALF**fewer.count),
                ("powers",),
            ),
            Step(
                "conclusion",
                claim,
                Smt(),
                ("order", f"expansion{more.tag}", f"expansion{fewer.tag}"),
            ),
        ),
        citation=FELLER,
        schematic=(GIVEN,),
    )


UNSEEN = RandomInteger("U")
HERE = Unseen(UNSEEN, K, N)
success_more_samples = _more(
    "success-more-samples",
    "A further sample never makes it harder to name the target",
    "After one more sample no more cells are unseen, so the probability of naming the target, "
    "E 2^(-U), is no smaller.",
    HERE,
    Unseen(RandomInteger("V"), K, N + 1, " after one more"),
)
success_more_cells = _more(
    "success-more-cells",
    "A further cell never makes it easier to name the target",
    "Draw n samples from K + 1 cells, and draw those in the last cell again among the other K: "
    "at most that one seen cell is lost, so no more of the K cells are unseen than of the K + 1, "
    "and the probability of naming the target, E 2^(-U), is no larger with the further cell.",
    Unseen(RandomInteger("V"), K + 1, N, " with one more"),
    HERE,
)

SUCCESS = success(K, N)
success_without_teacher = Theorem(
    name="success-without-teacher",
    title="Naming the target exactly, without a teacher to ask",
    parameters=(CELLS, SAMPLES),
    result=Exactly(
        BEST,
        SUCCESS,
        monotone={"n": "up", "cells": "down"},
        trend_proofs={"n": success_more_samples, "cells": success_more_cells},
    ),
    assumptions=(
        Assumption(
            "posterior",
            "given the sample the 2^U consistent targets are equally likely",
            eq(BEST, Mean(HALF**UNSEEN)),
        ),
        HERE.assumption(),
    ),
    experiment=Experiment((HERE.draws(),), ("U", "all of"), (HERE.law,)),
    steps=(
        *HERE.steps(),
        Step("conclusion", eq(BEST, SUCCESS), Smt(), ("posterior", "expansion")),
    ),
    citation=FELLER,
    schematic=(GIVEN,),
)

THEOREMS = (success_without_teacher, success_more_samples, success_more_cells)
