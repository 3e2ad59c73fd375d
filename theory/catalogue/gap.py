"""Learning without a teacher against distillation (catalogue T10).

The target labels K equally likely cells freely (for instance a tree of depth r with K = 2^r).
"""

from __future__ import annotations

import sympy as sp

from theory.rules import Smt, use
from theory.statement import Assumption, Bound, Citation, Step, Theorem
from theory.symbols import CELLS, integer
from theory.terms import (
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
UNSEEN = RandomInteger("U")
BEST = Quantity("best success probability")
ALL_UNSEEN = Event("all of", UNSEEN, J)
MISS = Event("a sample misses j given cells", J)
HALF = sp.Rational(1, 2)
SUCCESS = sp.Sum(sp.binomial(K, J) * (-HALF) ** J * (1 - J / K) ** N, (J, 0, K))

success_without_teacher = Theorem(
    name="success-without-teacher",
    title="Naming the target exactly, without a teacher to ask",
    statement=(
        "A learner sees n labelled samples of a target that labels K equally likely cells "
        "uniformly at random. It names the target with probability at most "
        "E 2^(-U) = Σ_j C(K, j) (-1/2)^j (1 - j/K)^n, where U cells stay unseen; a uniform guess "
        "among the consistent targets attains it. With the teacher, K evaluations suffice, "
        "without samples and without doubt."
    ),
    parameters=(CELLS, SAMPLES),
    result=Bound(
        expression=SUCCESS,
        meaning="best probability of naming the target exactly",
        monotone={"n": "up", "cells": "down"},
    ),
    claim=eq(BEST, SUCCESS),
    assumptions=(
        Assumption(
            "posterior",
            "given the sample the 2^U consistent targets are equally likely",
            eq(BEST, Mean(HALF**UNSEEN)),
        ),
        Assumption(
            "cells",
            "U counts the cells without a sample; the cells are equally likely",
            conj(
                Fact("exchangeable", UNSEEN, K),
                implies(
                    le(J, K),
                    conj(eq(Pr(MISS), 1 - J / K), eq(Pr(ALL_UNSEEN), Pr(Every(MISS, N)))),
                ),
            ),
        ),
    ),
    steps=(
        Step(
            "unseen",
            eq(Pr(Every(MISS, N)), Pr(MISS) ** N),
            use("independent-draws", event=MISS, n=N),
            words="j given cells stay unseen if every sample misses them.",
        ),
        Step(
            "power",
            implies(le(J, K), le(Pr(MISS) ** N, (1 - J / K) ** N)),
            use("power-monotone", x=Pr(MISS), y=1 - J / K, n=N),
            ("cells",),
        ),
        Step(
            "power-back",
            implies(le(J, K), le((1 - J / K) ** N, Pr(MISS) ** N)),
            use("power-monotone", x=1 - J / K, y=Pr(MISS), n=N),
            ("cells",),
        ),
        Step(
            "expansion",
            eq(Mean(HALF**UNSEEN), SUCCESS),
            use(
                "exchangeable",
                count=UNSEEN,
                cells=K,
                j=J,
                probability=(1 - J / K) ** N,
                weight=-HALF,
            ),
            ("cells", "unseen", "power", "power-back"),
            "Expand the product over the cells of 1 - [unseen]/2.",
        ),
        Step("conclusion", eq(BEST, SUCCESS), Smt(), ("posterior", "expansion")),
    ),
    citation=Citation("Feller", "Probability Theory and Its Applications I, chapter IV", 1968),
    schematic=(GIVEN,),
)

THEOREMS = (success_without_teacher,)
