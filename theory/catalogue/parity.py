"""Parities: hard by statistical queries, easy by evaluation, and not scarce in examples.

The target is the character χ_S of a set S of the d variables, x is uniform on {-1, 1}^d.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.occam import (
    AGREEMENTS,
    BAD_CONSISTENT,
    LABELLED,
    MEMBER,
    G,
    occam_realizable,
)
from theory.catalogue.representation import SET, S
from theory.catalogue.shared import (
    CUBE,
    DEL,
    EPS,
    HALF,
    LEVEL,
    LOG2_STEP,
    OURS,
    D,
    N,
    T,
    cube,
    cube_steps,
)
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import LowerBound, SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, VARIABLES, integer, real
from theory.language.terms import (
    Fact,
    Members,
    Pr,
    Quantity,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
)

TOLERANCE = real("tolerance", "tau", "error that an answer may have", 0, 1, "(")
ASKED = integer("q", "q", "number of queries")
TOL, Q = TOLERANCE.symbol, ASKED.symbol
CORRELATION = Quantity("|<h, chi>|", S)
NOTICED = gt(CORRELATION, TOL)
ENERGY = Quantity("E h^2")
SUCCESS = Quantity("chance to name the parity")
NAMED = Assumption("promise", "the parity is named with probability 1 - δ", ge(SUCCESS, 1 - DEL))
QUERIES = TOL**2 * ((1 - DEL) * 2**D - 1)

parity_queries = Theorem(
    name="parity-statistical-queries",
    title="Statistical queries that a parity takes",
    parameters=(VARIABLES, TOLERANCE, DELTA),
    result=LowerBound(Q, QUERIES, monotone={"variables": "up", "delta": "down"}),
    assumptions=(
        Assumption(
            "query",
            "a query's part h that depends on the label is at most 1, its correlations with the "
            "parities are coefficients; only parities above the tolerance change the answer",
            conj(Fact("coefficients", S, CORRELATION, ENERGY), le(ENERGY, 1)),
        ),
        *CUBE,
        Assumption(
            "run",
            "for the parities that no query notices the run is the same, and its output within the "
            "error asked of one parity at most, as two differ on half of the points; S is uniform",
            le(SUCCESS * cube(D), Q * Members(S, NOTICED) + 1),
        ),
        NAMED,
    ),
    steps=(
        Step("level", implies(NOTICED, ge(CORRELATION**2, TOL**2)), Smt()),
        Step("bessel", le(Members(S, NOTICED) * TOL**2, ENERGY),
             use("bessel", member=S, condition=NOTICED, norm=CORRELATION, level=TOL**2,
                 energy=ENERGY),
             ("query", "level"), "Bessel: a query notices few parities."),
        *cube_steps(D),
        Step("success", le((1 - DEL) * 2**D, Q * Members(S, NOTICED) + 1), Smt(),
             ("run", "promise", "points")),
        Step("all", le(Q * (Members(S, NOTICED) * TOL**2), Q), Smt(), ("bessel", "query")),
        Step("conclusion", ge(Q, QUERIES), Smt(), ("success", "all")),
    ),
    citation=Citation(
        "Kearns", "Efficient noise-tolerant learning from statistical queries, JACM 45", 1998
    ),
    locals=(ASKED,),
    schematic=(SET, LEVEL),
    notes=("A distiller that only asks such queries is as stuck as a learner.",),
)  # fmt: skip

EVALUATIONS = D + sp.log(1 - DEL) / sp.log(2)

parity_evaluations = Theorem(
    name="parity-evaluations",
    title="Evaluations that a parity takes",
    parameters=(VARIABLES, DELTA),
    result=LowerBound(Q, EVALUATIONS, monotone={"variables": "up", "delta": "down"}),
    assumptions=(
        *CUBE,
        Assumption(
            "transcripts",
            "q answers have 2^q transcripts, each names a parity; S is uniform among 2^d",
            le(SUCCESS * cube(D), cube(Q)),
        ),
        NAMED,
    ),
    steps=(
        *cube_steps(D),
        Step("transcripts-count", eq(cube(Q), 2**Q), Instantiate("cubes", {T: Q}), ("cubes",)),
        Step("enough", le((1 - DEL) * 2**D, 2**Q), Smt(),
             ("points", "transcripts-count", "transcripts", "promise")),
        Step("compare", sp.Equivalent(le((1 - DEL) * 2**D, 2**Q),
                                      le(sp.log((1 - DEL) * 2**D), sp.log(2**Q))),
             use("log-monotone", x=(1 - DEL) * 2**D, y=2**Q)),
        Step("logarithms", conj(eq(sp.log((1 - DEL) * 2**D), sp.log(1 - DEL) + D * sp.log(2)),
                                eq(sp.log(2**Q), Q * sp.log(2))),
             Algebra(positive=((1 - DEL, DEL),))),
        LOG2_STEP,
        Step("conclusion", ge(Q, EVALUATIONS), Smt(),
             ("enough", "compare", "logarithms", "log2")),
    ),
    citation=OURS,
    locals=(ASKED,),
    schematic=(LEVEL,),
    notes=("One evaluation a variable is enough: flip it in the point of ones.",),
)  # fmt: skip

EXAMPLES = D + sp.log(1 / DEL) / sp.log(2)
OTHER = BAD_CONSISTENT.subs(EPS, HALF)
BY_OCCAM = (sp.log(2**D) - sp.log(DEL)) / (-sp.log(HALF))

parity_examples = Theorem(
    name="parity-examples",
    title="Random examples that determine a parity",
    parameters=(VARIABLES, DELTA),
    result=SampleSize(
        N, EXAMPLES, le(Pr(OTHER), DEL), monotone={"variables": "up", "delta": "down"}
    ),
    assumptions=(
        AGREEMENTS,
        *CUBE,
        Assumption("size", "the class is all parities of d variables",
                   eq(Members(G, sp.true), cube(D))),
    ),
    experiment=LABELLED,
    steps=(
        *cube_steps(D),
        Step("logarithm", conj(eq(sp.log(2**D), D * sp.log(2)), eq(sp.log(HALF), -sp.log(2)),
                               eq(sp.log(1 / DEL), -sp.log(DEL))), Algebra()),
        LOG2_STEP,
        Step("many", ge(2**D, 1), use("power-exponent", x=2, a=0, b=D)),
        Step("occam", implies(ge(N, BY_OCCAM), le(Pr(OTHER), DEL)),
             Cite(occam_realizable, {"epsilon": HALF, "class": 2**D}),
             ("error", "size", "points", "many", "log2"),
             "Another parity errs on half of the points."),
        Step("conclusion", implies(ge(N, EXAMPLES), le(Pr(OTHER), DEL)), Smt(),
             ("occam", "logarithm", "log2")),
    ),
    citation=OURS,
    locals=(N_SAMPLES,),
    schematic=(MEMBER, LEVEL),
    notes=("The separation is one of computation, not of the number of examples.",),
)  # fmt: skip

THEOREMS = (parity_queries, parity_evaluations, parity_examples)
