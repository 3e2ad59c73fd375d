"""How many evaluations find all large coefficients: buckets of parities, halved bit by bit.

A bucket holds the parities with given first bits; its weight is the sum of their squared
coefficients. On each level the weights add up to 1 at most, so that few buckets are heavy.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.degrees import LARGE as LARGE_COEFFICIENT
from theory.catalogue.degrees import THETA
from theory.catalogue.occam import G
from theory.catalogue.shared import DEL, D, N
from theory.language.experiments import sample
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, VARIABLES, Parameter
from theory.language.terms import (
    Average,
    Fact,
    Mean,
    Members,
    Pr,
    Quantity,
    Random,
    Some,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

BUCKET = Parameter("g", sp.Symbol("g"), "member", "g", "g", "a bucket")
LEVEL = THETA**2
PRODUCT = Random("product at two points", G)
HEAVY, LIGHT = Fact("heavy bucket", G), Fact("light bucket", G)
SEEN = Average(PRODUCT, N)
WRONGLY = sp.Or(sp.And(HEAVY, lt(SEEN, LEVEL / 2)), sp.And(LIGHT, ge(SEEN, LEVEL / 2)))
SOME_WRONGLY = Some(G, sp.true, WRONGLY)
GAP = LEVEL / 4
TAIL = sp.exp(-2 * N * GAP**2 / 2**2)
TESTED, ON_A_LEVEL = Members(G, sp.true), Quantity("heavy buckets of a level")
MOST = 8 * D / LEVEL
NEEDED = 32 / THETA**4 * sp.log(MOST / DEL)

goldreich_levin = Theorem(
    name="goldreich-levin",
    title="Samples of each bucket in a search for all large coefficients",
    parameters=(VARIABLES, LARGE_COEFFICIENT, DELTA),
    result=SampleSize(
        N,
        NEEDED,
        le(Pr(SOME_WRONGLY), DEL),
        also=(le(TESTED, MOST),),
        monotone={"variables": "up", "theta": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "products",
            "a sample of a bucket multiplies the teacher's classes, -1 or 1, at two points that "
            "agree beyond the given bits, and a parity of these; its mean is the bucket's weight: "
            "that of a heavy bucket is θ² or more, of a light one less than θ²/4",
            conj(
                ge(PRODUCT, -1),
                le(PRODUCT, 1),
                implies(HEAVY, ge(Mean(PRODUCT), LEVEL)),
                implies(LIGHT, lt(Mean(PRODUCT), LEVEL / 4)),
            ),
        ),
        Assumption(
            "halves",
            "the weights of a level add up to 1 at most; only buckets of θ²/4 or more are halved, "
            "on each of d levels, where no decision is wrong, and so a fixed set may be tested",
            conj(le(ON_A_LEVEL * LEVEL / 4, 1), le(TESTED, 2 * D * ON_A_LEVEL), ge(TESTED, 1)),
        ),
    ),
    experiment=sample(N, "product at two points"),
    steps=(
        Step("few", le(ON_A_LEVEL, 4 / LEVEL), Smt(), ("halves",)),
        Step("tested", le(TESTED, MOST), Smt(), ("few", "halves")),
        Step("below", le(Pr(le(SEEN - Mean(PRODUCT), -GAP)), TAIL),
             use("hoeffding", x=PRODUCT, n=N, lower=-1, upper=1, t=GAP), ("products",)),
        Step("above", le(Pr(le(Average(-PRODUCT, N) - Mean(-PRODUCT), -GAP)), TAIL),
             use("hoeffding", x=-PRODUCT, n=N, lower=-1, upper=1, t=GAP), ("products",)),
        Step("minus", eq(Average(-PRODUCT, N), -SEEN),
             use("average-linear", x=PRODUCT, y=PRODUCT, a=-1, b=0, n=N)),
        Step("minus-mean", eq(Mean(-PRODUCT), -Mean(PRODUCT)),
             use("linearity", x=PRODUCT, y=PRODUCT, a=-1, b=0)),
        Step("heavy", implies(HEAVY, sp.Not(LIGHT),
                              le(Pr(WRONGLY), Pr(le(SEEN - Mean(PRODUCT), -GAP)))),
             use("event-monotone", given=sp.And(HEAVY, sp.Not(LIGHT)), smaller=WRONGLY,
                 larger=le(SEEN - Mean(PRODUCT), -GAP)), ("products",)),
        Step("other", implies(sp.Not(sp.And(HEAVY, sp.Not(LIGHT))),
                              le(Pr(WRONGLY), Pr(le(Average(-PRODUCT, N) - Mean(-PRODUCT), -GAP)))),
             use("event-monotone", given=sp.Not(sp.And(HEAVY, sp.Not(LIGHT))), smaller=WRONGLY,
                 larger=le(Average(-PRODUCT, N) - Mean(-PRODUCT), -GAP)),
             ("products", "minus", "minus-mean")),
        Step("each", le(Pr(WRONGLY), TAIL), Smt(), ("below", "above", "heavy", "other")),
        Step("union", le(Pr(SOME_WRONGLY), TESTED * TAIL),
             use("union-bound", member=G, condition=sp.true, event=WRONGLY, bound=TAIL),
             ("each",)),
        Step("positive", gt(TAIL, 0), Smt()),
        Step("all", le(Pr(SOME_WRONGLY), MOST * TAIL), Smt(), ("union", "tested", "positive")),
        Step("enough", implies(ge(N, NEEDED), ge(2 * N * GAP**2 / 2**2, sp.log(MOST / DEL))),
             Smt()),
        Step("solve", implies(ge(N, NEEDED), le(TAIL, sp.exp(-sp.log(MOST / DEL)))),
             use("exp-monotone", x=-2 * N * GAP**2 / 2**2, y=-sp.log(MOST / DEL)), ("enough",)),
        Step("share", eq(sp.exp(-sp.log(MOST / DEL)), DEL / MOST), Algebra()),
        Step("conclusion", conj(implies(ge(N, NEEDED), le(Pr(SOME_WRONGLY), DEL)),
                                le(TESTED, MOST)), Smt(), ("all", "solve", "share", "tested")),
    ),
    citation=Citation(
        "Kushilevitz, Mansour", "Learning decision trees using the Fourier spectrum, SIAM J. "
        "Comput. 22 (after Goldreich and Levin)", 1993,
    ),
    locals=(N_SAMPLES,),
    schematic=(BUCKET,),
    notes=(
        "A sample of a bucket costs two evaluations of the teacher. How many coefficients are "
        "large: heavy-coefficients; of a parity parity-evaluations; of low degree "
        "low-degree-samples.",
    ),
)  # fmt: skip

THEOREMS = (goldreich_levin,)
