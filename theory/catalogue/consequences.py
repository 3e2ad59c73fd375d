"""A mean margin from sampled ones, and a simpler size of the exact test (catalogue T17, T18)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.exact import DEEP, RATE_STEP, exact_test
from theory.catalogue.exact import RATE as GAP
from theory.catalogue.margins import SAMPLED, SLACK, TOO_HIGH, TRUE_MEAN, mcdiarmid_empirical
from theory.catalogue.sufficient import test_simple
from theory.catalogue.testing import DRAWN_POINTS, PASS, P
from theory.catalogue.testing import ERROR as P_ERROR
from theory.language.rules import Cite, Smt
from theory.language.schemas import Confidence, SampleSize
from theory.language.statement import Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES
from theory.language.terms import Mean, Pr, conj, eq, ge, gt, implies, le, lt

DEL, N = (x.symbol for x in (DELTA, N_SAMPLES))

MU, INFLUENCE = mcdiarmid_empirical.parameters[0], mcdiarmid_empirical.parameters[1]
LOWER_MEAN = MU.symbol - SLACK
MEAN_CLAIM = conj(
    le(Pr(TOO_HIGH), DEL),
    implies(lt(SAMPLED - Mean(SAMPLED), SLACK), eq(SAMPLED, MU.symbol), gt(TRUE_MEAN, LOWER_MEAN)),
)
DEVIATION_STEPS = tuple(
    s
    for s in mcdiarmid_empirical.steps
    if s.label in ("inverse", "positive-log", "average", "deviation")
)
mcdiarmid_mean = Theorem(
    name="mcdiarmid-mean",
    title="Mean margin on a leaf from sampled margins",
    parameters=(MU, INFLUENCE, N_SAMPLES, DELTA),
    result=Confidence(
        TRUE_MEAN,
        LOWER_MEAN,
        DEL,
        side="below",
        failure=TOO_HIGH,
        closed=True,
        reading=(SAMPLED, MU.symbol),
        monotone={"mean": "up", "influence": "down", "n": "up", "delta": "up"},
    ),
    assumptions=mcdiarmid_empirical.assumptions,
    experiment=mcdiarmid_empirical.experiment,
    steps=(
        *DEVIATION_STEPS,
        Step("conclusion", MEAN_CLAIM, Smt(), ("deviation", "average")),
    ),
    citation=mcdiarmid_empirical.citation,
)

R = DEEP.symbol
EXACT_SIMPLE = 2**R * sp.log(1 / DEL)
EXACT_CLAIM = implies(ge(N, EXACT_SIMPLE), gt(P, 0), le(Pr(PASS), DEL))
exact_simple = Theorem(
    name="exact-test-simple",
    title="Testing for equality, simple form",
    parameters=(DEEP, DELTA),
    result=SampleSize(
        N,
        EXACT_SIMPLE,
        le(Pr(PASS), DEL),
        given=(gt(P, 0),),
        monotone={"depth": "up", "delta": "down"},
    ),
    assumptions=exact_test.assumptions,
    experiment=DRAWN_POINTS,
    steps=(
        RATE_STEP,
        Step(
            "test",
            implies(ge(N, sp.log(1 / DEL) / GAP), ge(P, GAP), le(Pr(PASS), DEL)),
            Cite(test_simple, {"epsilon": GAP}),
            ("rate", "agreement"),
            "A test at the error 2^(-r).",
        ),
        Step("conclusion", EXACT_CLAIM, Smt(), ("test", "gap")),
    ),
    citation=exact_test.citation,
    locals=(N_SAMPLES, P_ERROR),
)

THEOREMS = (
    mcdiarmid_mean,
    exact_simple,
)
