"""Confidence boosted by repetition (catalogue T12)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.occam import RANKED, occam_agnostic
from theory.language.experiments import sample
from theory.language.rules import Algebra, Cite, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import (
    CLASS_SIZE,
    DELTA,
    EPSILON,
    N_SAMPLES,
    integer,
    real,
)
from theory.language.terms import Event, Every, Pr, eq, ge, implies, le

EPS, DEL, N, SIZE = (x.symbol for x in (EPSILON, DELTA, N_SAMPLES, CLASS_SIZE))

COPIES = integer("copies", "k", "number of candidates", 2)
GAMMA = real("gamma", "gamma", "excess error that the choice may add", 0, 1, "()")
K, GAM = COPIES.symbol, GAMMA.symbol
ADDITIVE = 2 * sp.log(2 * (K - 1) / DEL) / GAM**2
CHOICE_FAILS = occam_agnostic.claim.args[1].subs({SIZE: K, EPS: GAM, DEL: DEL / 2})


def _of_candidates(words: str) -> str:
    words = words.replace("the class has N members", "there are k candidates")
    return words.replace("the class is fixed", "the candidates are fixed")


ADDITIVE_CLAIM = implies(ge(N, ADDITIVE), CHOICE_FAILS)
boosting_additive = Theorem(
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
    citation=Citation(
        "Haussler, Kearns, Littlestone, Warmuth",
        "Equivalence of models for polynomial learnability",
        1991,
    ),
    locals=(N_SAMPLES,),
    schematic=occam_agnostic.schematic,
)  # fmt: skip

BETA = real("failure", "beta", "probability that a run fails", 0, 1, "()")
RUNS = integer("copies", "k", "number of independent runs", 1)
BET, RUN = BETA.symbol, RUNS.symbol
BAD_RUN = Event("a run fails")
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
    experiment=sample(RUN, "a run fails", what="runs"),
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
    citation=boosting_additive.citation,
    locals=(RUNS,),
)  # fmt: skip

THEOREMS = (
    boosting_runs,
    boosting_additive,
)
