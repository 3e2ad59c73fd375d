"""Samples without the teacher, from the volume of a ball of functions (catalogue T10)."""

from __future__ import annotations

import sympy as sp

from theory.language.rules import Algebra, Balls, Smt, use
from theory.language.schemas import LowerBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import (
    DELTA,
    EPSILON,
    N_SAMPLES,
    VARIABLES,
)
from theory.language.terms import (
    Quantity,
    conj,
    eq,
    ge,
    implies,
    le,
)

EPS, DEL, N, D = (p.symbol for p in (EPSILON, DELTA, N_SAMPLES, VARIABLES))
HALF = sp.Rational(1, 2)
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)

POINTS = 2**D
ENTROPY = -(EPS * sp.log(EPS) + (1 - EPS) * sp.log(1 - EPS)) / sp.log(2)
VOLUME = POINTS * (1 - ENTROPY) + sp.log(1 - DEL) / sp.log(2)
BALL, SUCCESS = Quantity("functions in the ball"), Quantity("success probability")
WEIGHT = sp.exp(POINTS * (EPS * sp.log(EPS) + (1 - EPS) * sp.log(1 - EPS)))
VOLUME_CLAIM = implies(ge(SUCCESS, 1 - DEL), ge(N, VOLUME))
volume_samples = Theorem(
    name="volume-samples",
    title="Samples that a learner of all functions needs",
    parameters=(VARIABLES, EPSILON, DELTA),
    result=LowerBound(
        N,
        VOLUME,
        given=(ge(SUCCESS, 1 - DEL),),
        monotone={"variables": "up", "epsilon": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "outputs",
            "given the points, the output depends on n bits: at most 2^n outputs, each within ε "
            "of V of the 2^(2^d) targets",
            conj(
                le(SUCCESS * sp.exp(POINTS * sp.log(2)), sp.exp(N * sp.log(2)) * BALL),
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
                sp.Mul(
                    sp.exp(N * sp.log(2) - POINTS * sp.log(2)
                           - POINTS * (EPS * sp.log(EPS) + (1 - EPS) * sp.log(1 - EPS))),
                    sp.exp(POINTS * sp.log(2)), WEIGHT, evaluate=False,
                ),
                sp.exp(N * sp.log(2)),
            ),
            Algebra(),
        ),
        Step(
            "success",
            implies(
                ge(SUCCESS, 1 - DEL),
                le(
                    1 - DEL,
                    sp.exp(N * sp.log(2) - POINTS * sp.log(2)
                           - POINTS * (EPS * sp.log(EPS) + (1 - EPS) * sp.log(1 - EPS))),
                ),
            ),
            Smt(),
            ("outputs", "ball", "merged"),
            "Success is at most 2^n V / 2^(2^d).",
        ),
        Step(
            "compare",
            implies(
                ge(SUCCESS, 1 - DEL),
                le(
                    sp.log(1 - DEL),
                    N * sp.log(2) - POINTS * sp.log(2)
                    - POINTS * (EPS * sp.log(EPS) + (1 - EPS) * sp.log(1 - EPS)),
                ),
            ),
            use(
                "exp-monotone",
                x=sp.log(1 - DEL),
                y=N * sp.log(2) - POINTS * sp.log(2)
                - POINTS * (EPS * sp.log(EPS) + (1 - EPS) * sp.log(1 - EPS)),
            ),
            ("success",),
        ),
        Step("log2", ge(sp.log(2), HALF), Balls()),
        Step("conclusion", VOLUME_CLAIM, Smt(), ("compare", "log2")),
    ),
    citation=OURS,
    requires=(Assumption("half", "epsilon <= 1/2", le(EPS, HALF)),),
    locals=(N_SAMPLES,),
)  # fmt: skip

THEOREMS = (volume_samples,)
