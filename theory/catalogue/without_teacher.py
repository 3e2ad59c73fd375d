"""Learning without the teacher.

The target labels K equally likely cells freely (for instance a tree of depth r with K = 2^r), or
is any member of a class. That the probability of success rises with the samples and falls with
the cells are theorems too.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from theory.catalogue.shared import BELOW_HALF, DEL, EPS, HALF, LOG2_STEP, OURS, SIZE, D, N
from theory.language.experiments import Draws, Experiment, sample
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import Exactly, LowerBound, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import (
    BINARY_CLASS_SIZE,
    CELLS,
    DELTA,
    EPSILON,
    N_SAMPLES,
    VARIABLES,
    integer,
)
from theory.language.terms import (
    Event,
    Every,
    Fact,
    Mean,
    Pr,
    Quantity,
    Random,
    RandomInteger,
    conj,
    eq,
    ge,
    implies,
    le,
)

NEAR = integer("ball", "V", "most members within ε of one function", 1)
V = NEAR.symbol
CHANCE = Quantity("success probability")
CLASS_SAMPLES = sp.log((1 - DEL) * SIZE / V) / sp.log(2)
CLASS_CLAIM = implies(ge(CHANCE, 1 - DEL), ge(N, CLASS_SAMPLES))

class_samples_without_teacher = Theorem(
    name="class-samples-without-teacher",
    title="Samples that a learner of a finite class needs without a teacher",
    parameters=(BINARY_CLASS_SIZE, NEAR, DELTA),
    result=LowerBound(
        N,
        CLASS_SAMPLES,
        given=(ge(CHANCE, 1 - DEL),),
        monotone={"class": "up", "ball": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "outputs",
            "given the points and the coins the output is a function of n bits: at most 2^n "
            "outputs, each good for at most V of the N equally likely targets",
            le(CHANCE * SIZE, 2**N * V),
        ),
    ),
    steps=(
        Step("ratio", implies(ge(CHANCE, 1 - DEL), le((1 - DEL) * SIZE / V, 2**N)), Smt(),
             ("outputs",)),
        Step("compare", sp.Equivalent(le((1 - DEL) * SIZE / V, 2**N),
                                      le(sp.log((1 - DEL) * SIZE / V), sp.log(2**N))),
             use("log-monotone", x=(1 - DEL) * SIZE / V, y=2**N)),
        Step("logarithm", eq(sp.log(2**N), N * sp.log(2)), Algebra()),
        LOG2_STEP,
        Step("conclusion", CLASS_CLAIM, Smt(), ("ratio", "compare", "logarithm", "log2")),
    ),
    citation=OURS,
    locals=(N_SAMPLES,),
)  # fmt: skip

POINTS = 2**D
NATS = EPS * sp.log(EPS) + (1 - EPS) * sp.log(1 - EPS)
ENTROPY = -NATS / sp.log(2)
VOLUME = POINTS * (1 - ENTROPY) + sp.log(1 - DEL) / sp.log(2)
BALL = Quantity("functions in the ball")
WEIGHT = sp.exp(POINTS * NATS)
SUCCEEDS = N * sp.log(2) - POINTS * sp.log(2) - POINTS * NATS
VOLUME_CLAIM = implies(ge(CHANCE, 1 - DEL), ge(N, VOLUME))

volume_samples = Theorem(
    name="volume-samples",
    title="Samples that a learner of all functions needs",
    parameters=(VARIABLES, EPSILON, DELTA),
    result=LowerBound(
        N,
        VOLUME,
        given=(ge(CHANCE, 1 - DEL),),
        monotone={"variables": "up", "epsilon": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "outputs",
            "given the points, the output depends on n bits: at most 2^n outputs, each within ε "
            "of V of the 2^(2^d) targets",
            conj(
                le(CHANCE * sp.exp(POINTS * sp.log(2)), sp.exp(N * sp.log(2)) * BALL),
                ge(BALL, 1),
            ),
        ),
        Assumption(
            "ball",
            "flip each of the 2^d values with probability ε: every function within ε has "
            "probability at least ε^(ε 2^d) (1 - ε)^((1 - ε) 2^d), as ε <= 1/2; together at most 1",
            le(BALL * WEIGHT, 1),
        ),
    ),
    steps=(
        Step(
            "merged",
            eq(
                sp.Mul(sp.exp(SUCCEEDS), sp.exp(POINTS * sp.log(2)), WEIGHT, evaluate=False),
                sp.exp(N * sp.log(2)),
            ),
            Algebra(),
        ),
        Step(
            "success",
            implies(ge(CHANCE, 1 - DEL), le(1 - DEL, sp.exp(SUCCEEDS))),
            Smt(),
            ("outputs", "ball", "merged"),
            "Success is at most 2^n V / 2^(2^d).",
        ),
        Step(
            "compare",
            implies(ge(CHANCE, 1 - DEL), le(sp.log(1 - DEL), SUCCEEDS)),
            use("exp-monotone", x=sp.log(1 - DEL), y=SUCCEEDS),
            ("success",),
        ),
        LOG2_STEP,
        Step("conclusion", VOLUME_CLAIM, Smt(), ("compare", "log2")),
    ),
    citation=OURS,
    requires=(Assumption("half", "epsilon <= 1/2", le(EPS, HALF)),),
    locals=(N_SAMPLES,),
)  # fmt: skip

SAMPLES = integer("n", "n", "number of labelled samples", 0)
GIVEN = integer("j", "j", "a number of given cells")
BEST = Quantity("best success probability")
FELLER = Citation("Feller", "An Introduction to Probability Theory and Its Applications I", 1968)
UNSEEN = RandomInteger("U")
K = CELLS.symbol
DRAWN = SAMPLES.symbol
J = GIVEN.symbol


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


HERE = Unseen(UNSEEN, K, DRAWN)


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


success_more_samples = _more(
    "success-more-samples",
    "A further sample never makes it harder to name the target",
    "After one more sample no more cells are unseen, so the probability of naming the target, "
    "E 2^(-U), is no smaller.",
    HERE,
    Unseen(RandomInteger("V"), K, DRAWN + 1, " after one more"),
)

success_more_cells = _more(
    "success-more-cells",
    "A further cell never makes it easier to name the target",
    "Draw n samples from K + 1 cells, and draw those in the last cell again among the other K: "
    "at most that one seen cell is lost, so no more of the K cells are unseen than of the K + 1, "
    "and the probability of naming the target, E 2^(-U), is no larger with the further cell.",
    Unseen(RandomInteger("V"), K + 1, DRAWN, " with one more"),
    HERE,
)

SUCCESS = success(K, DRAWN)
POSTERIOR = Assumption(
    "posterior",
    "given the sample the 2^U consistent targets are equally likely",
    eq(BEST, Mean(HALF**UNSEEN)),
)

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
        POSTERIOR,
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

MISS = Event("a sample misses cell 1")
UNSEEN_ONE = Random("cell 1 is unseen")
FEW = K + sp.log(1 - DEL) / sp.log(2)
RARE = sp.log(2 * DEL) / sp.log(1 - 1 / K)
LOWER = sp.Max(FEW, RARE)
LOWER_CLAIM = implies(ge(BEST, 1 - DEL), ge(DRAWN, LOWER))

samples_without_teacher = Theorem(
    name="samples-without-teacher",
    title="Samples that a learner needs without a teacher",
    parameters=(CELLS, DELTA),
    result=LowerBound(
        DRAWN, LOWER, given=(ge(BEST, 1 - DEL),), monotone={"cells": "up", "delta": "down"}
    ),
    assumptions=(
        POSTERIOR,
        Assumption(
            "cells",
            "n independent samples see at most n cells; "
            "U >= 1 where cell 1 is unseen (X = 1, else 0), which "
            "has probability P[miss]^n, P[miss] = 1 - 1/K",
            conj(
                ge(UNSEEN, K - DRAWN),
                ge(UNSEEN, UNSEEN_ONE),
                sp.Or(eq(UNSEEN_ONE, 0), eq(UNSEEN_ONE, 1)),
                eq(Mean(UNSEEN_ONE), Pr(Every(MISS, DRAWN))),
                eq(Pr(MISS), 1 - 1 / K),
            ),
        ),
    ),
    experiment=sample(DRAWN, "a sample misses cell 1", random=("U", "cell 1 is unseen")),
    steps=(
        Step(
            "few cells",
            le(HALF**UNSEEN, sp.Pow(2, DRAWN - K)),
            use("power-exponent", x=2, a=-UNSEEN, b=DRAWN - K),
            ("cells",),
        ),
        Step(
            "few",
            le(Mean(HALF**UNSEEN), Mean(sp.Pow(2, DRAWN - K))),
            use("mean-monotone", x=HALF**UNSEEN, y=sp.Pow(2, DRAWN - K)),
            ("few cells",),
        ),
        Step(
            "constant",
            eq(Mean(sp.Pow(2, DRAWN - K)), sp.Pow(2, DRAWN - K)),
            use(
                "mean-bounds",
                x=sp.Pow(2, DRAWN - K),
                lower=sp.Pow(2, DRAWN - K),
                upper=sp.Pow(2, DRAWN - K),
            ),
        ),
        Step(
            "one cell",
            le(HALF**UNSEEN, sp.Pow(2, -UNSEEN_ONE)),
            use("power-exponent", x=2, a=-UNSEEN, b=-UNSEEN_ONE),
            ("cells",),
        ),
        Step(
            "indicator",
            le(sp.Pow(2, -UNSEEN_ONE), 1 - UNSEEN_ONE / 2),
            use("indicator-power", x=UNSEEN_ONE),
            ("cells",),
        ),
        Step(
            "rare mean",
            le(Mean(HALF**UNSEEN), Mean(1 - UNSEEN_ONE / 2)),
            use("mean-monotone", x=HALF**UNSEEN, y=1 - UNSEEN_ONE / 2),
            ("one cell", "indicator"),
        ),
        Step(
            "split",
            eq(Mean(1 - UNSEEN_ONE / 2), Mean(sp.Integer(1)) - Mean(UNSEEN_ONE) / 2),
            use("linearity", x=1, y=UNSEEN_ONE, a=1, b=-HALF),
        ),
        Step("one", eq(Mean(sp.Integer(1)), 1), use("mean-bounds", x=1, lower=1, upper=1)),
        Step("draws", eq(Pr(Every(MISS, DRAWN)), Pr(MISS) ** DRAWN),
             use("independent-draws", event=MISS, n=DRAWN)),
        Step("power", ge(Pr(MISS) ** DRAWN, (1 - 1 / K) ** DRAWN),
             use("power-monotone", x=1 - 1 / K, y=Pr(MISS), n=DRAWN), ("cells",)),
        Step(
            "bounds",
            conj(le(BEST, sp.Pow(2, DRAWN - K)), le(BEST, 1 - (1 - 1 / K) ** DRAWN / 2)),
            Smt(),
            ("posterior", "few", "constant", "rare mean", "split", "one", "draws", "power",
             "cells"),
            "Success is at most 2^(n-K) and at most 1 - (1 - 1/K)^n/2.",
        ),
        Step("log-few", eq(sp.log(sp.Pow(2, DRAWN - K)), (DRAWN - K) * sp.log(2)), Algebra()),
        Step(
            "log-rare",
            eq(sp.log((1 - 1 / K) ** DRAWN), DRAWN * sp.log(1 - 1 / K)),
            Algebra(positive=((1 - 1 / K, K),)),
        ),
        LOG2_STEP,
        Step("negative", le(sp.log(1 - 1 / K), -1 / K), use("log-bounds", x=1 / K)),
        Step(
            "compare-few",
            sp.Equivalent(
                le(1 - DEL, sp.Pow(2, DRAWN - K)),
                le(sp.log(1 - DEL), sp.log(sp.Pow(2, DRAWN - K))),
            ),
            use("log-monotone", x=1 - DEL, y=sp.Pow(2, DRAWN - K)),
        ),
        Step(
            "compare-rare",
            sp.Equivalent(
                le((1 - 1 / K) ** DRAWN, 2 * DEL),
                le(sp.log((1 - 1 / K) ** DRAWN), sp.log(2 * DEL)),
            ),
            use("log-monotone", x=(1 - 1 / K) ** DRAWN, y=2 * DEL),
        ),
        Step(
            "conclusion",
            LOWER_CLAIM,
            Smt(),
            ("bounds", "log-few", "log-rare", "log2", "negative", "compare-few", "compare-rare"),
        ),
    ),
    citation=OURS,
    requires=(
        Assumption("cells >= 2", "cells >= 2", ge(K, 2)),
        BELOW_HALF,
    ),
    locals=(SAMPLES,),
)  # fmt: skip

THEOREMS = (
    class_samples_without_teacher,
    volume_samples,
    success_without_teacher,
    success_more_samples,
    success_more_cells,
    samples_without_teacher,
)
