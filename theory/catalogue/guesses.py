"""How often a guess must be wrong, by what a message tells.

One of several things is the case, all of them equally likely; a message is seen, which the samples
may be, or the student. What it tells is their mutual information, in nats.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.relative_tails import ENTROPY, FIRST, KL, SECOND, F, L, S, pinsker
from theory.language.experiments import Experiment
from theory.language.rules import Algebra, Cite, Smt, use
from theory.language.schemas import LowerBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import Event, Fact, Pr, eq, ge, implies, le

FANO = Citation("Fano", "Transmission of Information", 1961)

TOLD = real("information", "I", "mutual information of the thing and the message, in nats", 0)
THINGS = integer("things", "N", "number of things that may be the case", 2)
INFO, MANY = TOLD.symbol, THINGS.symbol
WRONG = Event("the guess is wrong")
GUESS = Fact("guess of one of several", WRONG, INFO, MANY)
MISS = Pr(WRONG)
HALF = sp.Rational(1, 2)
FANO_BOUND = 1 - (INFO + sp.log(2)) / sp.log(MANY)
AT_HALF = (1 - MISS) * sp.log(HALF * MANY) + MISS * sp.log(HALF / (1 - 1 / MANY))

fano = Theorem(
    name="fano",
    title="How often a guess of one of several things is wrong, by what a message tells",
    parameters=(TOLD, THINGS),
    result=LowerBound(MISS, FANO_BOUND, monotone={"information": "down", "things": "up"}),
    assumptions=(
        Assumption(
            "guess",
            "one of N things, all equally likely, is guessed from a message of mutual information "
            "at most I",
            GUESS,
        ),
    ),
    experiment=Experiment(random=("the guess is wrong",), laws=(GUESS,)),
    steps=(
        Step("told", le(AT_HALF, INFO),
             use("guessing", wrong=WRONG, information=INFO, things=MANY, u=HALF), ("guess",),
             "The relative entropy of being right lies above its tangent at 1/2."),
        Step("right", eq(sp.log(HALF * MANY), sp.log(MANY) - sp.log(2)), Algebra()),
        Step("missed", eq(sp.log(HALF / (1 - 1 / MANY)),
                          sp.log(MANY) - sp.log(MANY - 1) - sp.log(2)),
             Algebra(positive=((MANY - 1, MANY),))),
        Step("fewer", le(sp.log(MANY - 1), sp.log(MANY)),
             use("log-monotone", x=MANY - 1, y=MANY)),
        Step("inverse", eq(sp.log(1 / MANY), -sp.log(MANY)), Algebra()),
        Step("several", ge(sp.log(MANY), 1 - 1 / MANY), use("log-bounds", x=1 - 1 / MANY),
             ("inverse",)),
        Step("conclusion", ge(MISS, FANO_BOUND), Smt(),
             ("told", "right", "missed", "fewer", "several")),
    ),
    citation=FANO,
)  # fmt: skip

LE_CAM = Citation(
    "Le Cam", "Convergence of estimates under dimensionality restrictions, Ann. Stat. 1", 1973
)
WRONG_TWICE = (S + 1 - F) / 2
LE_CAM_BOUND = (1 - sp.sqrt(L / 2)) / 2

le_cam = Theorem(
    name="le-cam",
    title="How often a test of two laws is wrong, on average over both",
    parameters=(ENTROPY,),
    result=LowerBound(WRONG_TWICE, LE_CAM_BOUND, given=(le(KL, L),), monotone={"entropy": "down"}),
    assumptions=(),
    steps=(
        Step("pinsker", implies(le(KL, L), le(sp.Abs(S - F), sp.sqrt(L / 2))), Cite(pinsker, {})),
        Step(
            "conclusion",
            implies(le(KL, L), ge(WRONG_TWICE, LE_CAM_BOUND)),
            Smt(),
            ("pinsker",),
            "The test says the first law with probability q under it, with p under the second.",
        ),
    ),
    citation=LE_CAM,
    locals=(FIRST, SECOND),
    notes=("See also fano, pinsker and bretagnolle-huber.",),
)

THEOREMS = (fano, le_cam)
