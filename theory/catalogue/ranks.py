"""What a representation can hold, by its rank: readouts of any norm.

V is the span of m functions. A set of k variables is held if some conjunction of k literals over it
is within η of V in the root mean square. W is the projection of V to the characters of degree k.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from theory.catalogue.representation import (
    BESSEL,
    LITERALS,
    PATTERN_STEPS,
    REPRESENTED,
    SET,
    SETTING,
    K,
    S,
    T,
    correlation,
    lrh_coefficient,
    patterns,
)
from theory.catalogue.representation_signs import DEVIATION, SIG, SPREAD
from theory.catalogue.shared import ETA_
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import Rounding, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import ETA, WIDTH, integer
from theory.language.terms import (
    Fact,
    IntegerQuantity,
    Members,
    Quantity,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

RANK = integer("rank", "m", "number of functions whose combinations are read out", 1)
M = RANK.symbol
PROJECTED = Quantity("|P chi|", S)
DISTANCE = Quantity("distance of chi", S)
RESIDUAL = Quantity("|Q (a - v)|", S)
DIMENSION = Quantity("dimension of W")
HELD = Members(S, REPRESENTED)
PRODUCT = SETTING[0]
COEFFICIENTS = Assumption(
    "coefficients",
    "the projections of the characters to W are the coefficients of an orthonormal basis of W, "
    "whose mean square norm is its dimension, at most m",
    conj(Fact("coefficients", S, PROJECTED, DIMENSION), le(DIMENSION, M)),
)


def _near(scale: Any) -> Assumption:
    return Assumption(
        "near",
        "a held conjunction is within η of V, so its part of degree k, its correlation times χ, is "
        "within η of W; χ has norm 1",
        implies(
            REPRESENTED,
            conj(
                ge(PROJECTED, 0),
                ge(DISTANCE, 0),
                ge(RESIDUAL, 0),
                le(RESIDUAL, ETA_),
                le(scale * DISTANCE**2 * correlation(K) ** 2, RESIDUAL**2),
                eq(PROJECTED**2 + DISTANCE**2, 1),
            ),
        ),
    )


def _count(stretch: sp.Expr, uses: tuple[str, ...]) -> tuple[Step, ...]:
    """From distance² <= stretch η² to the number of sets."""
    level = 1 - stretch * ETA_**2
    return (
        Step("level-positive", gt(level, 0), Smt(), uses),
        Step("level", implies(REPRESENTED, ge(PROJECTED**2, level)), Smt(), ("near", *uses)),
        Step("bessel", le(HELD * level, DIMENSION),
             use("bessel", member=S, condition=REPRESENTED, norm=PROJECTED, level=level,
                 energy=DIMENSION),
             ("coefficients", "level", "level-positive"),
             "Bessel: the projections have few squares to share."),
        Step("conclusion", le(HELD, M / level), Smt(),
             ("bessel", "coefficients", "level-positive")),
    )  # fmt: skip


CORRELATION_STEPS = lrh_coefficient.steps[:3]
"""E[a χ]² = 4^(-k)."""
FOUR = Step("four", conj(gt(4**K, 0), eq(4**K * sp.Pow(4, -K), 1)), Smt())
SQUARE = Step("square", eq(sp.Pow(2**K, 2, evaluate=False), 4**K), Algebra())
FACTS = ("level-positive",)
TREND: Mapping[str, Rounding] = {"width": "up", "rank": "up", "eta": "up"}

lrh_rank = Theorem(
    name="lrh-rank",
    title="How many conjunctions a representation of a given rank can hold",
    parameters=(WIDTH, RANK, ETA),
    result=UpperBound(HELD, M / (1 - 4**K * ETA_**2), monotone=TREND, trend_facts=FACTS),
    assumptions=(PRODUCT, _near(1), COEFFICIENTS),
    steps=(
        *CORRELATION_STEPS,
        FOUR,
        SQUARE,
        Step("small", lt(4**K * ETA_**2, 1), Smt(), ("square",)),
        Step("stretch", implies(REPRESENTED, le(DISTANCE**2, 4**K * ETA_**2)), Smt(),
             ("near", "at-width", "four")),
        *_count(4**K, ("small", "stretch", "four")),
    ),
    citation=BESSEL,
    requires=(Assumption("small", "eta < 2^(-width)", lt(2**K * ETA_, 1)),),
    schematic=(SET, LITERALS),
    notes=("The norms of the readouts do not enter; for bounds with them see lrh-sets-robust.",),
)  # fmt: skip

SIGNED = 4 ** (K - 1)

lrh_rank_signs = Theorem(
    name="lrh-rank-signs",
    title="How many conjunctions with the values of signs a representation of a given rank holds",
    parameters=(WIDTH, RANK, ETA),
    result=UpperBound(HELD, M / (1 - SIGNED * ETA_**2), monotone=TREND, trend_facts=FACTS),
    assumptions=(PRODUCT, _near(4), COEFFICIENTS),
    steps=(
        *CORRELATION_STEPS,
        Step("four", conj(gt(SIGNED, 0), gt(4**K, 0), eq(4**K * sp.Pow(4, -K), 1)), Smt()),
        Step("quarter-power", eq(4 * SIGNED, 4**K), Algebra()),
        Step("square", eq(sp.Pow(2 ** (K - 1), 2, evaluate=False), SIGNED), Algebra()),
        Step("small", lt(SIGNED * ETA_**2, 1), Smt(), ("square",)),
        Step("stretch", implies(REPRESENTED, le(DISTANCE**2, SIGNED * ETA_**2)), Smt(),
             ("near", "at-width", "four", "quarter-power")),
        *_count(SIGNED, ("small", "stretch", "four")),
    ),
    citation=BESSEL,
    requires=(
        Assumption("small", "eta < 2^(1 - width)", lt(2 ** (K - 1) * ETA_, 1)),
        Assumption("a literal", "width >= 1", ge(K, 1)),
    ),
    schematic=(SET, LITERALS),
)  # fmt: skip

BIASED = (4 / SIG**2) ** K


def least_square(t: sp.Expr) -> sp.Expr:
    """(σ²/4)^t."""
    return (SIG**2 / 4) ** t


lrh_rank_biased = Theorem(
    name="lrh-rank-biased",
    title="How many conjunctions a representation of a given rank holds, biased variables",
    parameters=(WIDTH, RANK, SPREAD, ETA),
    result=UpperBound(
        HELD, M / (1 - BIASED * ETA_**2), monotone={**TREND, "sigma": "down"}, trend_facts=FACTS
    ),
    assumptions=(
        Assumption(
            "product",
            "the variables are independent: each literal contributes half of its variable's "
            "standard deviation, at least σ/2",
            conj(
                eq(correlation(sp.Integer(0)), 1),
                eq(correlation(T + 1), correlation(T) * DEVIATION / 2),
                ge(DEVIATION, SIG),
            ),
        ),
        _near(1),
        COEFFICIENTS,
    ),
    steps=(
        Step("one more", eq(sp.Mul(least_square(T), SIG**2 / 4, evaluate=False),
                            least_square(T + 1)), Algebra()),
        Step("positive", gt(least_square(T), 0), Smt()),
        Step("correlation", ge(correlation(T) ** 2, least_square(T)),
             use("induction", claim=ge(correlation(T) ** 2, least_square(T)), k=T, start=0),
             ("product", "one more", "positive")),
        Step("at-width", ge(correlation(K) ** 2, least_square(K)),
             Instantiate("correlation", {T: K}), ("correlation",)),
        Step("inverse", eq(BIASED * least_square(K), 1), Algebra()),
        Step("both", conj(gt(BIASED, 0), gt(least_square(K), 0)), Smt()),
        Step("squared", eq(sp.Pow((2 / SIG) ** K, 2, evaluate=False), BIASED), Algebra()),
        Step("small", lt(BIASED * ETA_**2, 1), Smt(), ("squared",)),
        Step("weaker", implies(REPRESENTED, le(DISTANCE**2 * least_square(K), ETA_**2)), Smt(),
             ("near", "at-width")),
        Step("stretch", implies(REPRESENTED, le(DISTANCE**2, BIASED * ETA_**2)), Smt(),
             ("weaker", "inverse", "both")),
        *_count(BIASED, ("small", "stretch", "both")),
    ),
    citation=BESSEL,
    requires=(Assumption("small", "eta < (sigma/2)^width", lt((2 / SIG) ** K * ETA_, 1)),),
    schematic=(SET, LITERALS),
)  # fmt: skip

ALL_SIGNED = IntegerQuantity("represented conjunctions")

lrh_rank_conjunctions = Theorem(
    name="lrh-rank-conjunctions",
    title="How many signed conjunctions a representation of a given rank can hold",
    parameters=(WIDTH, RANK, ETA),
    result=UpperBound(
        ALL_SIGNED, 2**K * (M / (1 - 4**K * ETA_**2)), monotone=TREND, trend_facts=FACTS
    ),
    assumptions=(
        *lrh_rank.assumptions,
        Assumption(
            "signs",
            "each literal is one of two; the held conjunctions are over held sets",
            conj(
                eq(patterns(sp.Integer(0)), 1),
                eq(patterns(T + 1), 2 * patterns(T)),
                le(ALL_SIGNED, HELD * patterns(K)),
            ),
        ),
    ),
    steps=(
        *PATTERN_STEPS,
        Step("of-width", eq(patterns(K), 2**K), Instantiate("patterns", {T: K}),
             ("patterns",)),
        Step("sets", le(HELD, M / (1 - 4**K * ETA_**2)), Cite(lrh_rank, {}),
             ("product", "near", "coefficients")),
        Step("positive", gt(2**K, 0), Smt()),
        SQUARE,
        Step("level-positive", gt(1 - 4**K * ETA_**2, 0), Smt(), ("square",)),
        Step("conclusion", le(ALL_SIGNED, 2**K * (M / (1 - 4**K * ETA_**2))), Smt(),
             ("of-width", "sets", "signs", "positive", "level-positive")),
    ),
    citation=BESSEL,
    requires=lrh_rank.requires,
    schematic=(SET, LITERALS),
)  # fmt: skip

THEOREMS = (lrh_rank, lrh_rank_signs, lrh_rank_biased, lrh_rank_conjunctions)
