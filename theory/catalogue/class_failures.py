"""Finite classes and VC classes: a simpler size, the chance of failure (catalogue T5, T7)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.occam import FAILURE as BAD_CONSISTENT
from theory.catalogue.occam import LABELLED, occam_realizable
from theory.catalogue.occam import SAMPLES as OCCAM
from theory.catalogue.sufficient import LOG_DELTA, NEGATIVE
from theory.catalogue.vc import CATCH_STEPS, LARGE, TOSSES, TOTAL, TWO_SAMPLES, vc_realizable
from theory.catalogue.vc import FAILURE as VC_FAILURE
from theory.language.rules import Cite, Smt, use
from theory.language.schemas import SampleSize, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import (
    CLASS_SIZE,
    DELTA,
    EPSILON,
    N_SAMPLES,
    VC,
)
from theory.language.terms import Pr, ge, implies, le

EPS, DEL, N, SIZE = (x.symbol for x in (EPSILON, DELTA, N_SAMPLES, CLASS_SIZE))

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
            implies(ge(N, OCCAM), le(Pr(BAD_CONSISTENT), DEL)),
            Cite(occam_realizable, {}),
            ("error", "size"),
        ),
        NEGATIVE,
        *LOG_DELTA,
        Step("log-size", ge(sp.log(SIZE), sp.log(1)), use("log-monotone", x=1, y=SIZE)),
        Step("larger", ge(OCCAM_SIMPLE, OCCAM), Smt(),
             ("negative", "log-delta", "inverse", "log-size")),
        Step("conclusion", OCCAM_CLAIM, Smt(), ("sharp", "larger")),
    ),
    citation=occam_realizable.citation,
    locals=(N_SAMPLES,),
    schematic=occam_realizable.schematic,
)  # fmt: skip

vc_failure = Theorem(
    name="vc-failure",
    title="Failure probability of a consistent student from a VC class",
    parameters=(VC, EPSILON, N_SAMPLES),
    result=UpperBound(Pr(VC_FAILURE), TOTAL, monotone={"epsilon": "down"}),
    assumptions=vc_realizable.assumptions,
    experiment=TWO_SAMPLES,
    steps=(*CATCH_STEPS, Step("conclusion", le(Pr(VC_FAILURE), TOTAL), Smt(), ("tail",))),
    citation=vc_realizable.citation,
    requires=(
        Assumption("large", "n >= 8/epsilon and 2 n >= vc", LARGE),
    ),
    schematic=(*vc_realizable.schematic[:1], TOSSES),
)  # fmt: skip

THEOREMS = (
    occam_simple,
    vc_failure,
)
