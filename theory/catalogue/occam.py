"""Finite classes: any consistent student, and the student of least empirical error.

Setting: g ranges over a class of N functions fixed before the sample; err(g) = P[g(x) != f(x)].
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.deviations import HOEFFDING
from theory.catalogue.shared import DEL, EPS, NEGATIVE, SIZE, N
from theory.catalogue.testing import LOG_DELTA
from theory.language.confidence import Confidence
from theory.language.experiments import sample
from theory.language.rules import Algebra, Cite, Smt, use
from theory.language.schemas import ErrorLevel, SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import CLASS_SIZE, DELTA, EPSILON, N_SAMPLES, Parameter, real
from theory.language.terms import (
    Average,
    Event,
    Every,
    Fact,
    Mean,
    Member,
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
)

MEMBER = Parameter("g", sp.Symbol("g"), "member", "g", "g", "a member of the class")
G = MEMBER.symbol


def err(g: sp.Basic) -> sp.Basic:
    """The error of a student: its probability of disagreement with the teacher."""
    return Quantity("err", g)


AGREE = Event("agree", G)
CONSISTENT = Every(AGREE, N)
BAD = ge(err(G), EPS)
BAD_CONSISTENT = Some(G, BAD, CONSISTENT)
SAMPLES = (sp.log(SIZE) - sp.log(DEL)) / (-sp.log(1 - EPS))
LABELLED = sample(N, "agree")
AGREEMENTS = Assumption(
    "error",
    "each student g agrees with the teacher at a draw with probability 1 - err(g)",
    conj(eq(Pr(AGREE), 1 - err(G)), le(err(G), 1)),
)
CLASS_COUNTED = Assumption("size", "the class has N members", eq(Members(G, sp.true), SIZE))

occam_realizable = Theorem(
    name="occam-realizable",
    title="Occam's razor for a finite class, realizable",
    parameters=(EPSILON, DELTA, CLASS_SIZE),
    result=SampleSize(
        N,
        SAMPLES,
        le(Pr(BAD_CONSISTENT), DEL),
        monotone={"epsilon": "down", "delta": "down", "class": "up"},
    ),
    assumptions=(
        AGREEMENTS,
        CLASS_COUNTED,
    ),
    experiment=LABELLED,
    steps=(
        Step(
            "one-student",
            eq(Pr(CONSISTENT), Pr(AGREE) ** N),
            use("independent-draws", event=AGREE, n=N),
            words="A fixed student is consistent if it agrees at each of n independent draws.",
        ),
        Step(
            "bad-student",
            implies(BAD, le(Pr(CONSISTENT), (1 - EPS) ** N)),
            use("power-monotone", x=Pr(AGREE), y=1 - EPS, n=N),
            ("one-student", "error"),
            "A student of error ε or more is consistent with probability at most (1 - ε)^n.",
        ),
        Step(
            "how-many",
            le(Members(G, BAD), SIZE),
            use("count-subset", member=G, smaller=BAD, larger=sp.true),
            ("size",),
            "At most N students are bad.",
        ),
        Step(
            "union",
            le(Pr(BAD_CONSISTENT), SIZE * (1 - EPS) ** N),
            use("union-bound", member=G, condition=BAD, event=CONSISTENT, bound=(1 - EPS) ** N),
            ("bad-student", "how-many"),
            "Some bad student is consistent with probability at most N (1 - ε)^n.",
        ),
        Step(
            "logarithm",
            eq(sp.log(SIZE * (1 - EPS) ** N), sp.log(SIZE) + N * sp.log(1 - EPS)),
            Algebra(positive=((1 - EPS, EPS),)),
            words="Logarithm of the product.",
        ),
        Step(
            "compare",
            sp.Equivalent(
                le(SIZE * (1 - EPS) ** N, DEL),
                le(sp.log(SIZE * (1 - EPS) ** N), sp.log(DEL)),
            ),
            use("log-monotone", x=SIZE * (1 - EPS) ** N, y=DEL),
            words="Compare the logarithms instead.",
        ),
        Step(
            "negative",
            le(sp.log(1 - EPS), -EPS),
            use("log-bounds", x=EPS),
            words="ln(1 - ε) is negative.",
        ),
        Step(
            "conclusion",
            implies(ge(N, SAMPLES), le(Pr(BAD_CONSISTENT), DEL)),
            Smt(),
            ("union", "logarithm", "compare", "negative"),
            "Solve ln N + n ln(1 - ε) <= ln δ for n.",
        ),
    ),
    citation=Citation(
        "Blumer, Ehrenfeucht, Haussler, Warmuth",
        "Occam's razor, Information Processing Letters 24:377-380",
        1987,
    ),
    locals=(N_SAMPLES,),
    schematic=(MEMBER,),
    notes=(
        "Some student must be consistent for the statement to be of use (perfect distillation).",
        "See occam-simple for the simpler form.",
    ),
)

OCCAM_SIMPLE = (sp.log(SIZE) + sp.log(1 / DEL)) / EPS
OCCAM_CLAIM = implies(ge(N, OCCAM_SIMPLE), le(Pr(BAD_CONSISTENT), DEL))

occam_simple = Theorem(
    name="occam-simple",
    title="Occam's razor for a finite class, simple form",
    parameters=(EPSILON, DELTA, CLASS_SIZE),
    result=SampleSize(
        N,
        OCCAM_SIMPLE,
        le(Pr(BAD_CONSISTENT), DEL),
        monotone={"epsilon": "down", "delta": "down", "class": "up"},
    ),
    assumptions=occam_realizable.assumptions,
    experiment=LABELLED,
    steps=(
        Step(
            "sharp",
            implies(ge(N, SAMPLES), le(Pr(BAD_CONSISTENT), DEL)),
            Cite(occam_realizable, {}),
            ("error", "size"),
        ),
        NEGATIVE,
        *LOG_DELTA,
        Step("log-size", ge(sp.log(SIZE), sp.log(1)), use("log-monotone", x=1, y=SIZE)),
        Step("larger", ge(OCCAM_SIMPLE, SAMPLES), Smt(),
             ("negative", "log-delta", "inverse", "log-size")),
        Step("conclusion", OCCAM_CLAIM, Smt(), ("sharp", "larger")),
    ),
    citation=occam_realizable.citation,
    locals=(N_SAMPLES,),
    schematic=occam_realizable.schematic,
)  # fmt: skip

WEIGHT = real("weight", "w", "weight of the student, fixed before the sample", 0, 1, "(")
WT = WEIGHT.symbol
ROOT = (WT * DEL) ** (1 / N)
WEIGHTED_CLAIM = implies(ge(err(G), 1 - ROOT), le(Pr(CONSISTENT), WT * DEL))

occam_weighted = Theorem(
    name="occam-weighted",
    title="Occam's razor with weights",
    parameters=(WEIGHT, N_SAMPLES, DELTA),
    result=ErrorLevel(
        err(G),
        1 - ROOT,
        le(Pr(CONSISTENT), WT * DEL),
        monotone={"weight": "down", "n": "down", "delta": "down"},
    ),
    assumptions=(
        AGREEMENTS,
    ),
    experiment=LABELLED,
    steps=(
        Step("draws", eq(Pr(CONSISTENT), Pr(AGREE) ** N),
             use("independent-draws", event=AGREE, n=N)),
        Step("root", eq(sp.Pow(ROOT, N, evaluate=False), WT * DEL), Algebra()),
        Step(
            "power",
            implies(ge(err(G), 1 - ROOT), le(Pr(AGREE) ** N, WT * DEL)),
            use("power-monotone", x=Pr(AGREE), y=ROOT, n=N),
            ("error", "root"),
        ),
        Step("conclusion", WEIGHTED_CLAIM, Smt(), ("draws", "power")),
    ),
    citation=occam_realizable.citation,
    schematic=(MEMBER,),
)  # fmt: skip

BEST = Member("g*", G)
WRONG = Random("wrong", G)
WRONG_BEST = Random("wrong", BEST)
EXCESS = WRONG - WRONG_BEST
RETURNED = Event("returned", G)
MEAN = err(G) - err(BEST)
WORSE = gt(err(G), err(BEST) + EPS)
MISTAKE = Some(G, WORSE, RETURNED)
SAMPLES_AGNOSTIC = 2 * sp.log((SIZE - 1) / DEL) / EPS**2
TAIL_EPS = sp.exp(-N * EPS**2 / 2)
RANKED = sample(N, "wrong", random=("returned",))

occam_agnostic = Theorem(
    name="occam-agnostic",
    title="Least empirical error in a finite class, agnostic",
    parameters=(EPSILON, DELTA, CLASS_SIZE),
    result=SampleSize(
        N,
        SAMPLES_AGNOSTIC,
        le(Pr(MISTAKE), DEL),
        monotone={"epsilon": "down", "delta": "down", "class": "up"},
    ),
    assumptions=(
        Assumption(
            "indicator",
            "wrong(g) is 0 or 1: whether g disagrees with the teacher at a draw",
            conj(sp.Or(eq(WRONG, 0), eq(WRONG, 1)), sp.Or(eq(WRONG_BEST, 0), eq(WRONG_BEST, 1))),
        ),
        Assumption(
            "error",
            "err(g) is the mean of wrong(g)",
            conj(eq(Mean(WRONG), err(G)), eq(Mean(WRONG_BEST), err(BEST))),
        ),
        Assumption(
            "minimiser",
            "a returned student is wrong on no more samples than g*, a best one",
            implies(RETURNED, le(Average(WRONG, N), Average(WRONG_BEST, N))),
        ),
        Assumption(
            "size",
            "the class has N members, g* among them",
            conj(eq(Members(G, sp.true), SIZE), Fact("in G", BEST)),
        ),
    ),
    experiment=RANKED,
    steps=(
        Step(
            "range",
            conj(le(-1, EXCESS), le(EXCESS, 1)),
            Smt(),
            ("indicator",),
            "The difference of two indicators lies in [-1, 1].",
        ),
        Step(
            "mean",
            eq(Mean(EXCESS), MEAN),
            use("linearity", x=WRONG, y=WRONG_BEST, a=1, b=-1),
            ("error",),
            "Its mean is the excess error.",
        ),
        Step(
            "hoeffding",
            implies(
                ge(Mean(EXCESS), 0),
                le(
                    Pr(le(Average(EXCESS, N) - Mean(EXCESS), -Mean(EXCESS))),
                    sp.exp(-2 * N * Mean(EXCESS) ** 2 / 2**2),
                ),
            ),
            use("hoeffding", x=EXCESS, n=N, lower=-1, upper=1, t=Mean(EXCESS)),
            ("range",),
            "The average falls below 0 only by deviating from its mean.",
        ),
        Step(
            "average",
            eq(Average(EXCESS, N), Average(WRONG, N) - Average(WRONG_BEST, N)),
            use("average-linear", x=WRONG, y=WRONG_BEST, a=1, b=-1, n=N),
            words="The average difference is the difference of the empirical errors.",
        ),
        Step(
            "event",
            le(Pr(RETURNED), Pr(le(Average(EXCESS, N) - Mean(EXCESS), -Mean(EXCESS)))),
            use(
                "event-monotone",
                smaller=RETURNED,
                larger=le(Average(EXCESS, N) - Mean(EXCESS), -Mean(EXCESS)),
            ),
            ("average", "minimiser"),
            "If g is returned, the average is at most 0.",
        ),
        Step(
            "exponents",
            implies(WORSE, le(sp.exp(-N * Mean(EXCESS) ** 2 / 2), TAIL_EPS)),
            use("exp-monotone", x=-N * Mean(EXCESS) ** 2 / 2, y=-N * EPS**2 / 2),
            ("mean",),
            "A larger excess makes it less likely.",
        ),
        Step(
            "one-student",
            implies(WORSE, le(Pr(RETURNED), TAIL_EPS)),
            Smt(),
            ("hoeffding", "event", "exponents", "mean"),
            "So a student of excess error above ε is returned with probability at most "
            "exp(-nε²/2).",
        ),
        Step(
            "how-many",
            le(Members(G, WORSE), SIZE - 1),
            use("count-excluding", member=G, condition=WORSE, excluded=BEST),
            ("size",),
            "g* is not among them.",
        ),
        Step(
            "union",
            le(Pr(MISTAKE), (SIZE - 1) * TAIL_EPS),
            use("union-bound", member=G, condition=WORSE, event=RETURNED, bound=TAIL_EPS),
            ("one-student", "how-many"),
            "Union over at most N - 1 students.",
        ),
        Step(
            "solve",
            implies(ge(N, SAMPLES_AGNOSTIC), le(TAIL_EPS, DEL / (SIZE - 1))),
            use("exp-monotone", x=-N * EPS**2 / 2, y=-sp.log((SIZE - 1) / DEL)),
            words="The tail is at most δ/(N - 1) for the stated n.",
        ),
        Step(
            "conclusion",
            implies(ge(N, SAMPLES_AGNOSTIC), le(Pr(MISTAKE), DEL)),
            Smt(),
            ("union", "solve"),
            "Multiply by N - 1.",
        ),
    ),
    citation=Citation(
        "Haussler", "Decision theoretic generalizations of the PAC model, Inf. Comp. 100", 1992
    ),
    requires=(Assumption("two", "class >= 2", ge(SIZE, 2)),),
    locals=(N_SAMPLES,),
    schematic=(MEMBER,),
)

EMPIRICAL = Average(WRONG, N)
INDICATOR = Assumption(
    "indicator",
    "wrong(g) is 0 or 1: whether g disagrees with the teacher at a draw; err(g) its mean",
    conj(sp.Or(eq(WRONG, 0), eq(WRONG, 1)), eq(Mean(WRONG), err(G))),
)
RADIUS = sp.sqrt(sp.log(2 * SIZE / DEL) / (2 * N))
TOO_LOW = le(EMPIRICAL - Mean(WRONG), -RADIUS)
TOO_HIGH = le(Average(-WRONG, N) - Mean(-WRONG), -RADIUS)
OFF = gt(sp.Abs(EMPIRICAL - err(G)), RADIUS)
SOME_OFF = Some(G, sp.true, OFF)
SHARE = DEL / (2 * SIZE)

uniform_deviation_finite = Theorem(
    name="uniform-deviation-finite",
    title="All empirical errors at once",
    parameters=(CLASS_SIZE, N_SAMPLES, DELTA),
    result=Confidence(
        sp.Abs(EMPIRICAL - err(G)),
        RADIUS,
        DEL,
        member=G,
        monotone={"class": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        INDICATOR,
        CLASS_COUNTED,
    ),
    experiment=sample(N, "wrong"),
    steps=(
        Step("inverse", eq(sp.log(2 * SIZE / DEL), -sp.log(SHARE)), Algebra()),
        Step("positive-log", ge(-sp.log(SHARE), 1 - SHARE), use("log-bounds", x=1 - SHARE)),
        Step(
            "low",
            le(Pr(TOO_LOW), SHARE),
            use("hoeffding", x=WRONG, n=N, lower=0, upper=1, t=RADIUS),
            ("indicator", "inverse", "positive-log"),
        ),
        Step(
            "high",
            le(Pr(TOO_HIGH), SHARE),
            use("hoeffding", x=-WRONG, n=N, lower=-1, upper=0, t=RADIUS),
            ("indicator", "inverse", "positive-log"),
        ),
        Step(
            "sign",
            conj(
                eq(Average(-WRONG, N), -EMPIRICAL),
            ),
            use("average-linear", x=WRONG, y=WRONG, a=-1, b=0, n=N),
        ),
        Step("mean-sign", eq(Mean(-WRONG), -Mean(WRONG)),
             use("linearity", x=WRONG, y=WRONG, a=-1, b=0)),
        Step(
            "either",
            le(Pr(OFF), Pr(sp.Or(TOO_LOW, TOO_HIGH))),
            use("event-monotone", smaller=OFF, larger=sp.Or(TOO_LOW, TOO_HIGH)),
            ("indicator", "sign", "mean-sign"),
        ),
        Step("boole", le(Pr(sp.Or(TOO_LOW, TOO_HIGH)), Pr(TOO_LOW) + Pr(TOO_HIGH)),
             use("boole", first=TOO_LOW, second=TOO_HIGH)),
        Step("one student", le(Pr(OFF), DEL / SIZE), Smt(), ("either", "boole", "low", "high")),
        Step(
            "union",
            le(Pr(SOME_OFF), Members(G, sp.true) * (DEL / SIZE)),
            use("union-bound", member=G, condition=sp.true, event=OFF, bound=DEL / SIZE),
            ("one student",),
        ),
        Step("conclusion", le(Pr(SOME_OFF), DEL), Smt(), ("union", "size")),
    ),
    citation=HOEFFDING,
    schematic=(MEMBER,),
)  # fmt: skip

THEOREMS = (
    occam_realizable,
    occam_simple,
    occam_weighted,
    occam_agnostic,
    uniform_deviation_finite,
)
