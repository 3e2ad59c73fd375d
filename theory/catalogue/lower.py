"""What no learner can do, and what Hoeffding's inequality gives (catalogue T4b, T6, T7d, T10)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.gap import BEST, SAMPLES, UNSEEN, K, N
from theory.catalogue.occam import MEMBER, WRONG, G, err
from theory.language.experiments import sample
from theory.language.rules import Algebra, Balls, Smt, use
from theory.language.schemas import Confidence, LowerBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import CELLS, CLASS_SIZE, DELTA, EPSILON, ERRORS, N_SAMPLES, real
from theory.language.terms import (
    Average,
    Event,
    Every,
    Mean,
    Members,
    Pr,
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

EPS, DEL, M, SIZE, ERR = (x.symbol for x in (EPSILON, DELTA, N_SAMPLES, CLASS_SIZE, ERRORS))
HALF = sp.Rational(1, 2)
HOEFFDING = Citation(
    "Hoeffding",
    "Probability inequalities for sums of bounded random variables, JASA 58:13-30",
    1963,
)

MISS = Event("a sample misses cell 1")
UNSEEN_ONE = Random("cell 1 is unseen")
FEW = K + sp.log(1 - DEL) / sp.log(2)
RARE = sp.log(2 * DEL) / sp.log(1 - 1 / K)
LOWER = sp.Max(FEW, RARE)
LOWER_CLAIM = implies(ge(BEST, 1 - DEL), ge(N, LOWER))
without_teacher = Theorem(
    name="samples-without-teacher",
    title="Samples that a learner needs without a teacher",
    parameters=(CELLS, DELTA),
    result=LowerBound(
        N, LOWER, given=(ge(BEST, 1 - DEL),), monotone={"cells": "up", "delta": "down"}
    ),
    assumptions=(
        Assumption(
            "posterior",
            "given the sample the 2^U consistent targets are equally likely",
            eq(BEST, Mean(HALF**UNSEEN)),
        ),
        Assumption(
            "cells",
            "n independent samples see at most n cells; "
            "U >= 1 where cell 1 is unseen (X = 1, else 0), which "
            "has probability P[miss]^n, P[miss] = 1 - 1/K",
            conj(
                ge(UNSEEN, K - N),
                ge(UNSEEN, UNSEEN_ONE),
                sp.Or(eq(UNSEEN_ONE, 0), eq(UNSEEN_ONE, 1)),
                eq(Mean(UNSEEN_ONE), Pr(Every(MISS, N))),
                eq(Pr(MISS), 1 - 1 / K),
            ),
        ),
    ),
    experiment=sample(N, "a sample misses cell 1", random=("U", "cell 1 is unseen")),
    steps=(
        Step(
            "few cells",
            le(HALF**UNSEEN, sp.Pow(2, N - K)),
            use("power-exponent", x=2, a=-UNSEEN, b=N - K),
            ("cells",),
        ),
        Step(
            "few",
            le(Mean(HALF**UNSEEN), Mean(sp.Pow(2, N - K))),
            use("mean-monotone", x=HALF**UNSEEN, y=sp.Pow(2, N - K)),
            ("few cells",),
        ),
        Step(
            "constant",
            eq(Mean(sp.Pow(2, N - K)), sp.Pow(2, N - K)),
            use("mean-bounds", x=sp.Pow(2, N - K), lower=sp.Pow(2, N - K), upper=sp.Pow(2, N - K)),
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
        Step("draws", eq(Pr(Every(MISS, N)), Pr(MISS) ** N),
             use("independent-draws", event=MISS, n=N)),
        Step("power", ge(Pr(MISS) ** N, (1 - 1 / K) ** N),
             use("power-monotone", x=1 - 1 / K, y=Pr(MISS), n=N), ("cells",)),
        Step(
            "bounds",
            conj(le(BEST, sp.Pow(2, N - K)), le(BEST, 1 - (1 - 1 / K) ** N / 2)),
            Smt(),
            ("posterior", "few", "constant", "rare mean", "split", "one", "draws", "power",
             "cells"),
            "Success is at most 2^(n-K) and at most 1 - (1 - 1/K)^n/2.",
        ),
        Step("log-few", eq(sp.log(sp.Pow(2, N - K)), (N - K) * sp.log(2)), Algebra()),
        Step(
            "log-rare",
            eq(sp.log((1 - 1 / K) ** N), N * sp.log(1 - 1 / K)),
            Algebra(positive=((1 - 1 / K, K),)),
        ),
        Step("log2", ge(sp.log(2), HALF), Balls()),
        Step("negative", le(sp.log(1 - 1 / K), -1 / K), use("log-bounds", x=1 / K)),
        Step(
            "compare-few",
            sp.Equivalent(
                le(1 - DEL, sp.Pow(2, N - K)),
                le(sp.log(1 - DEL), sp.log(sp.Pow(2, N - K))),
            ),
            use("log-monotone", x=1 - DEL, y=sp.Pow(2, N - K)),
        ),
        Step(
            "compare-rare",
            sp.Equivalent(
                le((1 - 1 / K) ** N, 2 * DEL),
                le(sp.log((1 - 1 / K) ** N), sp.log(2 * DEL)),
            ),
            use("log-monotone", x=(1 - 1 / K) ** N, y=2 * DEL),
        ),
        Step(
            "conclusion",
            LOWER_CLAIM,
            Smt(),
            ("bounds", "log-few", "log-rare", "log2", "negative", "compare-few", "compare-rare"),
        ),
    ),
    citation=Citation("Leafproof", "theory catalogue; proved here", 2026),
    requires=(
        Assumption("cells >= 2", "cells >= 2", ge(K, 2)),
        Assumption("delta < 1/2", "delta < 1/2", lt(DEL, HALF)),
    ),
    locals=(SAMPLES,),
)  # fmt: skip

SEEN = Event("a sample hits the differing point")
UNSEEN_POINT = Every(sp.Not(SEEN), M)
FIRST_FAIL, SECOND_FAIL = Event("fails on target 1"), Event("fails on target 2")
CONFIDENCE = sp.log(2 * DEL) / sp.log(1 - EPS)
CONFIDENCE_CLAIM = ge(M, CONFIDENCE)
confidence_lower = Theorem(
    name="learning-confidence-samples",
    title="Samples that confidence costs a learner",
    parameters=(EPSILON, DELTA),
    result=LowerBound(M, CONFIDENCE, monotone={"epsilon": "down", "delta": "down"}),
    assumptions=(
        Assumption(
            "two targets",
            "n independent draws, probability ε on a differing point, the rest on a common one; "
            "while it is unseen, "
            "the output is wrong there for one of the targets",
            conj(
                eq(Pr(sp.Not(SEEN)), 1 - EPS),
                implies(UNSEEN_POINT, sp.Or(FIRST_FAIL, SECOND_FAIL)),
            ),
        ),
        Assumption(
            "promise",
            "the learner fails on either target with probability at most δ",
            conj(le(Pr(FIRST_FAIL), DEL), le(Pr(SECOND_FAIL), DEL)),
        ),
    ),
    experiment=sample(
        M,
        "a sample hits the differing point",
        random=("fails on target 1", "fails on target 2"),
    ),
    steps=(
        Step("draws", eq(Pr(UNSEEN_POINT), Pr(sp.Not(SEEN)) ** M),
             use("independent-draws", event=sp.Not(SEEN), n=M)),
        Step("power", le((1 - EPS) ** M, Pr(sp.Not(SEEN)) ** M),
             use("power-monotone", x=1 - EPS, y=Pr(sp.Not(SEEN)), n=M), ("two targets",)),
        Step("event", le(Pr(UNSEEN_POINT), Pr(sp.Or(FIRST_FAIL, SECOND_FAIL))),
             use("event-monotone", smaller=UNSEEN_POINT, larger=sp.Or(FIRST_FAIL, SECOND_FAIL)),
             ("two targets",)),
        Step("boole", le(Pr(sp.Or(FIRST_FAIL, SECOND_FAIL)), Pr(FIRST_FAIL) + Pr(SECOND_FAIL)),
             use("boole", first=FIRST_FAIL, second=SECOND_FAIL)),
        Step("logarithm", eq(sp.log((1 - EPS) ** M), M * sp.log(1 - EPS)),
             Algebra(positive=((1 - EPS, EPS),))),
        Step("negative", le(sp.log(1 - EPS), -EPS), use("log-bounds", x=EPS)),
        Step(
            "compare",
            sp.Equivalent(
                le((1 - EPS) ** M, 2 * DEL), le(sp.log((1 - EPS) ** M), sp.log(2 * DEL))
            ),
            use("log-monotone", x=(1 - EPS) ** M, y=2 * DEL),
        ),
        Step("conclusion", CONFIDENCE_CLAIM, Smt(),
             ("draws", "power", "event", "boole", "promise", "logarithm", "negative", "compare")),
    ),
    citation=Citation(
        "Ehrenfeucht, Haussler, Kearns, Valiant",
        "A general lower bound on the number of examples, Inf. Comp. 82",
        1989,
    ),
    requires=(Assumption("delta < 1/2", "delta < 1/2", lt(DEL, HALF)),),
    locals=(N_SAMPLES,),
)  # fmt: skip

EMPIRICAL = Average(WRONG, M)
INDICATOR = Assumption(
    "indicator",
    "wrong(g) is 0 or 1: whether g disagrees with the teacher at a draw; err(g) its mean",
    conj(sp.Or(eq(WRONG, 0), eq(WRONG, 1)), eq(Mean(WRONG), err(G))),
)
RADIUS = sp.sqrt(sp.log(2 * SIZE / DEL) / (2 * M))
TOO_LOW = le(EMPIRICAL - Mean(WRONG), -RADIUS)
TOO_HIGH = le(Average(-WRONG, M) - Mean(-WRONG), -RADIUS)
OFF = gt(sp.Abs(EMPIRICAL - err(G)), RADIUS)
SOME_OFF = Some(G, sp.true, OFF)
SHARE = DEL / (2 * SIZE)
uniform_deviation = Theorem(
    name="uniform-deviation",
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
        Assumption("size", "the class has N members", eq(Members(G, sp.true), SIZE)),
    ),
    experiment=sample(M, "wrong"),
    steps=(
        Step("inverse", eq(sp.log(2 * SIZE / DEL), -sp.log(SHARE)), Algebra()),
        Step("positive-log", ge(-sp.log(SHARE), 1 - SHARE), use("log-bounds", x=1 - SHARE)),
        Step(
            "low",
            le(Pr(TOO_LOW), SHARE),
            use("hoeffding", x=WRONG, n=M, lower=0, upper=1, t=RADIUS),
            ("indicator", "inverse", "positive-log"),
        ),
        Step(
            "high",
            le(Pr(TOO_HIGH), SHARE),
            use("hoeffding", x=-WRONG, n=M, lower=-1, upper=0, t=RADIUS),
            ("indicator", "inverse", "positive-log"),
        ),
        Step(
            "sign",
            conj(
                eq(Average(-WRONG, M), -EMPIRICAL),
            ),
            use("average-linear", x=WRONG, y=WRONG, a=-1, b=0, n=M),
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

TRUE = real("p", "p", "probability that student and teacher disagree", 0, 1)
P = TRUE.symbol
BAD = Random("disagrees")
SLACK = sp.sqrt(sp.log(1 / DEL) / (2 * M))
OBSERVED = Average(BAD, M)
EXCEEDS = ge(P, OBSERVED + SLACK)
UPPER = ERR / M + SLACK
hoeffding_upper = Theorem(
    name="hoeffding-upper",
    title="Upper bound from observed disagreements, Hoeffding form",
    parameters=(ERRORS, N_SAMPLES, DELTA),
    result=Confidence(
        P,
        UPPER,
        DEL,
        at=OBSERVED + SLACK,
        closed=True,
        reading=(OBSERVED, ERR / M),
        monotone={"errors": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "indicator",
            "a disagreement at a draw counts 1, else 0; its mean is p",
            conj(sp.Or(eq(BAD, 0), eq(BAD, 1)), eq(Mean(BAD), P)),
        ),
    ),
    experiment=sample(M, "disagrees"),
    steps=(
        Step("inverse", eq(sp.log(1 / DEL), -sp.log(DEL)), Algebra()),
        Step("positive-log", ge(-sp.log(DEL), 1 - DEL), use("log-bounds", x=1 - DEL)),
        Step(
            "tail",
            le(Pr(le(OBSERVED - Mean(BAD), -SLACK)), DEL),
            use("hoeffding", x=BAD, n=M, lower=0, upper=1, t=SLACK),
            ("indicator", "inverse", "positive-log"),
        ),
        Step(
            "event",
            le(Pr(EXCEEDS), Pr(le(OBSERVED - Mean(BAD), -SLACK))),
            use("event-monotone", smaller=EXCEEDS, larger=le(OBSERVED - Mean(BAD), -SLACK)),
            ("indicator",),
        ),
        Step("conclusion", le(Pr(EXCEEDS), DEL), Smt(), ("tail", "event")),
    ),
    citation=HOEFFDING,
    requires=(Assumption("errors <= n", "errors <= n", le(ERR, M)),),
    locals=(TRUE,),
)

THEOREMS = (hoeffding_upper, uniform_deviation, confidence_lower, without_teacher)
