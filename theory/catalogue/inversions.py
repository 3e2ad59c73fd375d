"""Sample sizes obtained by solving other bounds (catalogue T8, T12)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.agnostic import BOUND, EXCESS, LEAST_ERROR, TOO_MUCH, vc_agnostic_excess
from theory.language.experiments import sample
from theory.language.rules import Algebra, Balls, Cite, Instantiate, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import (
    DELTA,
    EPSILON,
    N_SAMPLES,
    VC,
    Parameter,
    integer,
)
from theory.language.terms import (
    Average,
    Mean,
    Pr,
    Random,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
)

V, EPS, DEL, N = (p.symbol for p in (VC, EPSILON, DELTA, N_SAMPLES))
HALF = sp.Rational(1, 2)

RATIO = Parameter("u", sp.Symbol("u", real=True), "real", "u", "u", "samples per dimension")
SCALE = Parameter("w", sp.Symbol("w", real=True), "real", "w", "w", "e times 8/ε²")
U, W = RATIO.symbol, SCALE.symbol
FACTOR = 8 / EPS**2
Z = sp.E * FACTOR
START = 2 * FACTOR * sp.log(Z)
SAMPLES = sp.Max(8 * sp.log(2 / DEL) / EPS**2, 16 * V / EPS**2 * sp.log(8 * sp.E / EPS**2))
EXCESS_U = U - FACTOR * sp.log(sp.E * U)
EXCESS_W = W - 2 * sp.log(W)
OVER = gt(EXCESS, EPS)
AGNOSTIC_CLAIM = implies(ge(N, SAMPLES), le(Pr(OVER), DEL))

vc_agnostic_samples = Theorem(
    name="vc-agnostic-samples",
    title="Samples for the least empirical error in a class of finite VC dimension",
    parameters=(VC, EPSILON, DELTA),
    result=SampleSize(
        N, SAMPLES, le(Pr(OVER), DEL), monotone={"vc": "up", "epsilon": "down", "delta": "down"}
    ),
    assumptions=vc_agnostic_excess.assumptions,
    experiment=LEAST_ERROR,
    steps=(
        Step("e", conj(ge(sp.E, 2), le(sp.E, 3)), Balls()),
        Step("at-2", ge(2 - 2 * sp.log(2), 0), Balls()),
        Step(
            "from-2",
            implies(ge(W, 2), ge(EXCESS_W, EXCESS_W.subs(W, 2))),
            use("mean-value", f=EXCESS_W, x=W, start=2, end=sp.oo),
            words="w - 2 ln w rises for w >= 2.",
        ),
        Step(
            "at-scale",
            ge(EXCESS_W.subs(W, Z), EXCESS_W.subs(W, 2)),
            Instantiate("from-2", {W: Z}),
            ("from-2", "e"),
        ),
        Step("log-z", eq(sp.log(Z), 1 + sp.log(FACTOR)), Algebra(positive=((EPS, EPS),))),
        Step("factor-log", ge(sp.log(FACTOR), sp.log(1)), use("log-monotone", x=1, y=FACTOR)),
        Step("square-log", eq(sp.log(Z**2), 2 * sp.log(Z)), Algebra()),
        Step(
            "start-log",
            le(sp.log(sp.E * START), sp.log(Z**2)),
            use("log-monotone", x=sp.E * START, y=Z**2),
            ("at-scale", "at-2", "e", "log-z", "factor-log"),
            "e u <= (e a)² at u = 2 a ln(e a), a = 8/ε².",
        ),
        Step(
            "rises",
            implies(ge(U, START), ge(EXCESS_U, EXCESS_U.subs(U, START))),
            use("mean-value", f=EXCESS_U, x=U, start=START, end=sp.oo),
            ("e", "log-z", "factor-log"),
            "u - a ln(e u) rises from there on.",
        ),
        Step(
            "ratio",
            implies(ge(N / V, START), ge(EXCESS_U.subs(U, N / V), EXCESS_U.subs(U, START))),
            Instantiate("rises", {U: N / V}),
            ("rises", "e"),
        ),
        Step(
            "reached",
            implies(ge(N, SAMPLES), conj(ge(N / V, START), ge(N, V))),
            Smt(),
            ("log-z", "factor-log"),
        ),
        Step(
            "complexity",
            implies(ge(N, SAMPLES), le(2 * V * sp.log(sp.E * N / V), N * EPS**2 / 4)),
            Smt(),
            ("reached", "ratio", "start-log", "square-log"),
            "So the complexity term is at most ε/2,",
        ),
        Step(
            "confidence",
            implies(ge(N, SAMPLES), le(2 * sp.log(2 / DEL), N * EPS**2 / 4)),
            Smt(),
            words="and so is the confidence term.",
        ),
        Step("log-ratio", eq(sp.log(sp.E * N / V), 1 + sp.log(N / V)), Algebra()),
        Step(
            "log-ratio-positive",
            implies(ge(N, V), ge(sp.log(N / V), sp.log(1))),
            use("log-monotone", x=1, y=N / V),
        ),
        Step("inverse", eq(sp.log(2 / DEL), -sp.log(DEL / 2)), Algebra()),
        Step("positive-log", ge(-sp.log(DEL / 2), 1 - DEL / 2), use("log-bounds", x=1 - DEL / 2)),
        Step(
            "below",
            implies(ge(N, SAMPLES), le(BOUND, EPS)),
            Smt(),
            ("complexity", "confidence", "reached", "log-ratio", "log-ratio-positive", "inverse",
             "positive-log"),
        ),
        Step(
            "excess",
            implies(ge(N, V), le(Pr(TOO_MUCH), DEL)),
            Cite(vc_agnostic_excess, {}, given=ge(N, V)),
            tuple(a.label for a in vc_agnostic_excess.assumptions),
        ),
        Step(
            "event",
            implies(ge(N, SAMPLES), le(Pr(OVER), Pr(TOO_MUCH))),
            use("event-monotone", given=ge(N, SAMPLES), smaller=OVER, larger=TOO_MUCH),
            ("below",),
        ),
        Step("conclusion", AGNOSTIC_CLAIM, Smt(), ("excess", "event", "reached")),
    ),
    citation=vc_agnostic_excess.citation,
    locals=(N_SAMPLES,),
    schematic=(RATIO, SCALE),
)  # fmt: skip

COPIES = integer("copies", "k", "number of candidates", 1)
CHECKS = integer("m", "m", "verification samples", 1)
K, M = COPIES.symbol, CHECKS.symbol
GOOD, BAD = Random("wrong, good candidate"), Random("wrong, bad candidate")
REJECTED = ge(Average(GOOD, M), (1 + HALF) * EPS)
ACCEPTED = le(Average(BAD, M), (1 - sp.Rational(1, 4)) * (2 * EPS))
FAILURE = Random("the choice fails")
FAILS = ge(FAILURE, 1)
UP_RATE = EPS * ((1 + HALF) * sp.log(1 + HALF) - HALF)
QUARTER = sp.Rational(1, 4)
DOWN_RATE = 2 * EPS * ((1 - QUARTER) * sp.log(1 - QUARTER) + QUARTER)
RATE = sp.exp(-M * EPS / 16)
CHECK_SAMPLES = 16 / EPS * sp.log(2 * K / DEL)
BOOST_CLAIM = implies(ge(M, CHECK_SAMPLES), le(Pr(FAILS), DEL / 2))
boosting_samples = Theorem(
    name="boosting-samples",
    title="Choosing a good candidate among several",
    parameters=(COPIES, EPSILON, DELTA),
    result=SampleSize(
        M,
        CHECK_SAMPLES,
        le(Pr(FAILS), DEL / 2),
        monotone={"copies": "up", "epsilon": "down", "delta": "down"},
        useless=ge(2 * EPS, 1),
    ),
    assumptions=(
        Assumption(
            "candidates",
            "independent indicators of a disagreement; "
            "the good candidate has error at most ε, a bad one 2ε "
            "or more",
            conj(
                sp.Or(eq(GOOD, 0), eq(GOOD, 1)), sp.Or(eq(BAD, 0), eq(BAD, 1)),
                le(Mean(GOOD), EPS), ge(Mean(BAD), 2 * EPS),
            ),
        ),
        Assumption(
            "failure",
            "the choice fails only if the good candidate is rejected or one of k - 1 bad ones is "
            "accepted",
            le(Pr(FAILS), Pr(REJECTED) + (K - 1) * Pr(ACCEPTED)),
        ),
    ),
    experiment=sample(
        M, "wrong, bad candidate", "wrong, good candidate", random=("the choice fails",)
    ),
    steps=(
        Step("up-constant", ge((1 + HALF) * sp.log(1 + HALF) - HALF, sp.Rational(1, 10)), Balls()),
        Step(
            "down-constant",
            ge(2 * ((1 - QUARTER) * sp.log(1 - QUARTER) + QUARTER), sp.Rational(1, 16)),
            Balls(),
        ),
        Step(
            "rejected",
            le(Pr(REJECTED), sp.exp(-M * UP_RATE)),
            use("chernoff-above", x=GOOD, n=M, level=EPS, a=HALF),
            ("candidates",),
        ),
        Step(
            "accepted",
            le(Pr(ACCEPTED), sp.exp(-M * DOWN_RATE)),
            use("chernoff-below", x=BAD, n=M, level=2 * EPS, a=QUARTER),
            ("candidates",),
        ),
        Step("up", le(sp.exp(-M * UP_RATE), RATE),
             use("exp-monotone", x=-M * UP_RATE, y=-M * EPS / 16), ("up-constant",)),
        Step("down", le(sp.exp(-M * DOWN_RATE), RATE),
             use("exp-monotone", x=-M * DOWN_RATE, y=-M * EPS / 16), ("down-constant",)),
        Step(
            "solve",
            implies(ge(M, CHECK_SAMPLES), le(RATE, DEL / (2 * K))),
            use("exp-monotone", x=-M * EPS / 16, y=-sp.log(2 * K / DEL)),
        ),
        Step("union", le(Pr(FAILS), K * RATE), Smt(),
             ("failure", "rejected", "accepted", "up", "down")),
        Step("conclusion", BOOST_CLAIM, Smt(), ("union", "solve")),
    ),
    citation=Citation(
        "Haussler, Kearns, Littlestone, Warmuth",
        "Equivalence of models for polynomial learnability",
        1991,
    ),
    locals=(CHECKS,),
)  # fmt: skip

THEOREMS = (
    vc_agnostic_samples,
    boosting_samples,
)
