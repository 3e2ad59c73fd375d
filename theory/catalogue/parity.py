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
from theory.language.schemas import LowerBound, SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, VARIABLES, Parameter, integer, real
from theory.language.terms import (
    Fact,
    IntegerQuantity,
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

ONES = integer("ones", "m", "how many of the k variables are 1 at a point")
KINKS = integer("l", "l", "kinks so far, beside the first")
FURTHER = Parameter(
    "s", sp.Symbol("s", integer=True), "integer", "s", "s", "kinks beyond those at a point"
)
PLACE = integer("j", "j", "number of a kink, from 1", 1)
ON = integer("relevant", "k", "number of variables that the parity is over", 1)
M, L, FAR, PLACED, OVER = (p.symbol for p in (ONES, KINKS, FURTHER, PLACE, ON))
UNITS = IntegerQuantity("hidden units of the network")


def parity(ones: sp.Expr) -> sp.Expr:
    """χ_S where so many of its variables are 1."""
    return Quantity("parity at", ones)


def kink(j: sp.Expr, ones: sp.Expr) -> sp.Expr:
    """What kink j adds: its unit has max(0, u + k - 2 j) on u = Σ x_i = 2 m - k."""
    return -2 * parity(j) * 2 * sp.Max(0, ones - j)


def network(last: sp.Expr, ones: sp.Expr = M) -> sp.Expr:
    """The network's output, with the first kink and `last` more."""
    first = parity(sp.Integer(0)) - parity(sp.Integer(0)) * 2 * ones
    return first + sp.Sum(kink(PLACED, ones), (PLACED, 1, last))


def beyond(last: sp.Expr) -> sp.Expr:
    """Where the last kink is, and beyond, the output is a line."""
    return implies(ge(M, last), eq(network(last), parity(last) * (1 - 2 * (M - last))))


ZERO = sp.Integer(0)
NO_ONES = eq(network(L, ZERO), parity(ZERO))
STAYS = eq(network(M + FAR, M + 1), parity(M + 1))
RIGHT = conj(eq(network(OVER - 1, ZERO), parity(ZERO)),
             implies(le(M + 1, OVER), eq(network(OVER - 1, M + 1), parity(M + 1))))  # fmt: skip


def one_more_kink(label: str, last: sp.Expr, ones: sp.Expr, words: str = "") -> Step:
    """A sum of kinks is empty, or has a last one."""
    term = kink(PLACED, ones)
    up_to = (sp.Sum(term, (PLACED, 1, end)) for end in (ZERO, last, last + 1))
    none, before, after = up_to
    return Step(
        label,
        conj(eq(none, 0), eq(after, before + kink(last + 1, ones))),
        use("series-next", term=term, index=PLACED, first=1, last=last),
        words=words,
    )


parity_network = Theorem(
    name="parity-network",
    title="A parity as a network of one hidden layer",
    parameters=(ON,),
    result=UpperBound(UNITS, OVER, also=(RIGHT,), monotone={"relevant": "up"}),
    assumptions=(
        Assumption("parity", "one more 1 turns the parity round",
                   eq(parity(M + 1), -parity(M))),
        Assumption("units", "a hidden unit for each kink, the first and k - 1 more",
                   eq(UNITS, 1 + (OVER - 1))),
    ),
    steps=(
        one_more_kink("sum", L, M),
        Step("turned", eq(parity(L + 1), -parity(L)), Instantiate("parity", {M: L}), ("parity",)),
        Step("line", beyond(L), use("induction", claim=beyond(L), k=L, start=0),
             ("sum", "turned"), "A kink turns the line round."),
        one_more_kink("sum-without-ones", L, ZERO),
        Step("without-ones", NO_ONES, use("induction", claim=NO_ONES, k=L, start=0),
             ("sum-without-ones",)),
        Step("no-ones", eq(network(OVER - 1, ZERO), parity(ZERO)),
             Instantiate("without-ones", {L: OVER - 1}), ("without-ones",)),
        Step("at-the-next", eq(network(M, M + 1), -parity(M)),
             Instantiate("line", {L: M, M: M + 1}), ("line",)),
        Step("later", implies(ge(FAR, 0), eq(network(M + FAR + 1, M + 1),
                                             network(M + FAR, M + 1))),
             use("series-next", given=ge(FAR, 0), term=kink(PLACED, M + 1), index=PLACED, first=1,
                 last=M + FAR), words="Kinks further right add nothing."),
        Step("stays", implies(ge(FAR, 0), STAYS), use("induction", claim=STAYS, k=FAR, start=0),
             ("at-the-next", "later", "parity")),
        Step("some-ones", implies(le(M + 1, OVER), eq(network(OVER - 1, M + 1), parity(M + 1))),
             Instantiate("stays", {FAR: OVER - 1 - M}), ("stays",)),
        Step("conclusion", conj(le(UNITS, OVER), RIGHT), Smt(),
             ("units", "no-ones", "some-ones")),
    ),
    citation=OURS,
    schematic=(ONES, KINKS, FURTHER),
    notes=("So who may read the weights distils it without samples or evaluations.",),
)  # fmt: skip

THEOREMS = (parity_queries, parity_evaluations, parity_examples, parity_network)
