"""Finite classes: any consistent student, and the student of least empirical error (T5, T6).

Setting: g ranges over a class of N functions fixed before the sample; err(g) = P[g(x) != f(x)].
"""

from __future__ import annotations

import sympy as sp

from theory.language.experiments import sample
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import CLASS_SIZE, DELTA, EPSILON, N_SAMPLES, Parameter
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

EPS, DEL, N, SIZE = EPSILON.symbol, DELTA.symbol, N_SAMPLES.symbol, CLASS_SIZE.symbol
MEMBER = Parameter("g", sp.Symbol("g"), "member", "g", "g", "a member of the class")
G = MEMBER.symbol
BEST = Member("g*", G)


def err(g: sp.Basic) -> sp.Basic:
    """The error of a student: its probability of disagreement with the teacher."""
    return Quantity("err", g)


AGREE = Event("agree", G)
CONSISTENT = Every(AGREE, N)
BAD = ge(err(G), EPS)
FAILURE = Some(G, BAD, CONSISTENT)
SAMPLES = (sp.log(SIZE) - sp.log(DEL)) / (-sp.log(1 - EPS))
LABELLED = sample(N, "agree")
occam_realizable = Theorem(
    name="occam-realizable",
    title="Occam's razor for a finite class, realizable",
    parameters=(EPSILON, DELTA, CLASS_SIZE),
    result=SampleSize(
        N,
        SAMPLES,
        le(Pr(FAILURE), DEL),
        monotone={"epsilon": "down", "delta": "down", "class": "up"},
    ),
    assumptions=(
        Assumption(
            "error",
            "each student g agrees with the teacher at a draw with probability 1 - err(g)",
            conj(eq(Pr(AGREE), 1 - err(G)), le(err(G), 1)),
        ),
        Assumption("size", "the class has N members", eq(Members(G, sp.true), SIZE)),
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
            le(Pr(FAILURE), SIZE * (1 - EPS) ** N),
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
            implies(ge(N, SAMPLES), le(Pr(FAILURE), DEL)),
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

WRONG, WRONG_BEST = Random("wrong", G), Random("wrong", BEST)
EXCESS = WRONG - WRONG_BEST
RETURNED = Event("returned", G)
MEAN = err(G) - err(BEST)
WORSE = gt(err(G), err(BEST) + EPS)
MISTAKE = Some(G, WORSE, RETURNED)
SAMPLES_AGNOSTIC = 2 * sp.log((SIZE - 1) / DEL) / EPS**2
TAIL = sp.exp(-N * MEAN**2 / 2)
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

THEOREMS = (occam_realizable, occam_agnostic)
