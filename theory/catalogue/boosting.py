"""Confidence boosted by repetition."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.occam import RANKED, occam_agnostic
from theory.catalogue.shared import DEL, EPS, HALF, LOG2_STEP, SIZE, N
from theory.language.experiments import sample
from theory.language.rules import Algebra, Balls, Cite, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, integer, real
from theory.language.terms import Average, Event, Every, Mean, Pr, Random, conj, eq, ge, implies, le

RUNS = integer("copies", "k", "number of independent runs", 1)
RUN = RUNS.symbol
BAD_RUN = Event("a run fails")
NEEDED = sp.log(2 / DEL) / sp.log(2)
COPIES_CLAIM = implies(ge(RUN, NEEDED), le(Pr(Every(BAD_RUN, RUN)), DEL / 2))
RUNS_DRAWN = sample(RUN, "a run fails", what="runs")
HAUSSLER = Citation(
    "Haussler, Kearns, Littlestone, Warmuth",
    "Equivalence of models for polynomial learnability",
    1991,
)

boosting_copies = Theorem(
    name="boosting-copies",
    title="Runs that make a good one likely",
    parameters=(DELTA,),
    result=SampleSize(
        RUN, NEEDED, le(Pr(Every(BAD_RUN, RUN)), DEL / 2), monotone={"delta": "down"}
    ),
    assumptions=(Assumption("runs", "independent runs, each fails with probability at most 1/2",
                            le(Pr(BAD_RUN), HALF)),),
    experiment=RUNS_DRAWN,
    steps=(
        Step("runs fail", eq(Pr(Every(BAD_RUN, RUN)), Pr(BAD_RUN) ** RUN),
             use("independent-draws", event=BAD_RUN, n=RUN)),
        Step("halves", le(Pr(BAD_RUN) ** RUN, HALF**RUN),
             use("power-monotone", x=Pr(BAD_RUN), y=HALF, n=RUN), ("runs",)),
        Step("logarithm", eq(sp.log(sp.Pow(2, -RUN)), -RUN * sp.log(2)), Algebra()),
        Step("log-delta", eq(sp.log(2 / DEL), -sp.log(DEL / 2)), Algebra()),
        LOG2_STEP,
        Step(
            "compare",
            sp.Equivalent(
                le(sp.Pow(2, -RUN), DEL / 2), le(sp.log(sp.Pow(2, -RUN)), sp.log(DEL / 2))
            ),
            use("log-monotone", x=sp.Pow(2, -RUN), y=DEL / 2),
        ),
        Step("conclusion", COPIES_CLAIM, Smt(),
             ("runs fail", "halves", "logarithm", "log-delta", "log2", "compare")),
    ),
    citation=HAUSSLER,
    locals=(RUNS,),
)  # fmt: skip

COPIES = integer("copies", "k", "number of candidates", 2)
GAMMA = real("gamma", "gamma", "excess error that the choice may add", 0, 1, "()")
K = COPIES.symbol
GAM = GAMMA.symbol
ADDITIVE = 2 * sp.log(2 * (K - 1) / DEL) / GAM**2
CHOICE_FAILS = occam_agnostic.claim.args[1].subs({SIZE: K, EPS: GAM, DEL: DEL / 2})


def _of_candidates(words: str) -> str:
    words = words.replace("the class has N members", "there are k candidates")
    return words.replace("the class is fixed", "the candidates are fixed")


ADDITIVE_CLAIM = implies(ge(N, ADDITIVE), CHOICE_FAILS)

boosting_samples_additive = Theorem(
    name="boosting-samples-additive",
    title="Choosing the best of several candidates",
    parameters=(COPIES, GAMMA, DELTA),
    result=SampleSize(
        N, ADDITIVE, CHOICE_FAILS, monotone={"copies": "up", "gamma": "down", "delta": "down"}
    ),
    assumptions=tuple(
        Assumption(a.label, _of_candidates(a.words),
                   None if a.formal is None else a.formal.subs(SIZE, K))
        for a in occam_agnostic.assumptions
    ),
    experiment=RANKED,
    steps=(
        Step(
            "same-logarithm",
            eq(sp.log((K - 1) / (DEL / 2)), sp.log(2 * (K - 1) / DEL)),
            Algebra(),
        ),
        Step(
            "conclusion",
            ADDITIVE_CLAIM,
            Cite(occam_agnostic, {"class": K, "epsilon": GAM, "delta": DEL / 2}),
            ("indicator", "error", "minimiser", "size", "same-logarithm"),
            "The candidates are a class of k functions, fixed before the fresh sample.",
        ),
    ),
    citation=HAUSSLER,
    locals=(N_SAMPLES,),
    schematic=occam_agnostic.schematic,
)  # fmt: skip

BETA = real("failure", "beta", "probability that a run fails", 0, 1, "()")
BET = BETA.symbol
ALL_FAIL = Every(BAD_RUN, RUN)
RUNS_NEEDED = sp.log(2 / DEL) / sp.log(1 / BET)
RUNS_CLAIM = implies(ge(RUN, RUNS_NEEDED), le(Pr(ALL_FAIL), DEL / 2))

boosting_runs = Theorem(
    name="boosting-runs",
    title="Runs that make a good one likely, any failure probability",
    parameters=(BETA, DELTA),
    result=SampleSize(
        RUN, RUNS_NEEDED, le(Pr(ALL_FAIL), DEL / 2), monotone={"failure": "up", "delta": "down"}
    ),
    assumptions=(
        Assumption("runs", "independent runs, each fails with probability at most β",
                   le(Pr(BAD_RUN), BET)),
    ),
    experiment=RUNS_DRAWN,
    steps=(
        Step("draws", eq(Pr(ALL_FAIL), Pr(BAD_RUN) ** RUN),
             use("independent-draws", event=BAD_RUN, n=RUN)),
        Step("power", le(Pr(BAD_RUN) ** RUN, BET**RUN),
             use("power-monotone", x=Pr(BAD_RUN), y=BET, n=RUN), ("runs",)),
        Step("logarithm", eq(sp.log(BET**RUN), RUN * sp.log(BET)), Algebra()),
        Step("log-half", eq(sp.log(2 / DEL), -sp.log(DEL / 2)), Algebra()),
        Step("log-inverse", eq(sp.log(1 / BET), -sp.log(BET)), Algebra()),
        Step("negative", ge(-sp.log(BET), 1 - BET), use("log-bounds", x=1 - BET)),
        Step("compare", sp.Equivalent(le(BET**RUN, DEL / 2),
                                      le(sp.log(BET**RUN), sp.log(DEL / 2))),
             use("log-monotone", x=BET**RUN, y=DEL / 2)),
        Step("conclusion", RUNS_CLAIM, Smt(),
             ("draws", "power", "logarithm", "log-half", "log-inverse", "negative", "compare")),
    ),
    citation=boosting_samples_additive.citation,
    locals=(RUNS,),
)  # fmt: skip

CANDIDATES = integer("copies", "k", "number of candidates", 1)
CHECKS = integer("m", "m", "verification samples", 1)
M = CHECKS.symbol
GOOD = Random("wrong, good candidate")
BAD = Random("wrong, bad candidate")
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
    parameters=(CANDIDATES, EPSILON, DELTA),
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
    citation=HAUSSLER,
    locals=(CHECKS,),
)  # fmt: skip

THEOREMS = (
    boosting_copies,
    boosting_runs,
    boosting_samples,
    boosting_samples_additive,
)
