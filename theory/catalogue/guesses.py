"""How often a guess must be wrong, by what a message tells, and how many bits of a guess.

One of several things is the case, all of them equally likely; a message is seen, which the samples
may be, or the student. What it tells is their mutual information, in nats.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.relative_tails import ENTROPY, FIRST, KL, SECOND, F, L, S, pinsker
from theory.catalogue.shared import SO_FAR, T
from theory.language.experiments import Experiment
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import LowerBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import Event, Fact, Pr, Quantity, conj, eq, ge, implies, le

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

ASSOUAD = Citation("Assouad", "Deux remarques sur l'estimation, C. R. Acad. Sci. Paris 296", 1983)
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

GUESSED = integer("bits", "d", "bits that are to be guessed", 1)
TOLD_APART = real(
    "apart", "gamma", "total variation of the laws of two words that differ in one bit, or more",
    0, 1,
)  # fmt: skip
D, G = GUESSED.symbol, TOLD_APART.symbol


def wrong_bits(t: sp.Expr) -> sp.Expr:
    """How many of the first t bits are guessed wrong on average."""
    return Quantity("bits guessed wrong", t)


AMISS = ge(wrong_bits(T), T * (1 - G) / 2)
ASSOUAD_BOUND = D / 2 * (1 - G)

assouad = Theorem(
    name="assouad",
    title="How many bits of a word are guessed wrong, on average over the words",
    parameters=(GUESSED, TOLD_APART),
    result=LowerBound(wrong_bits(D), ASSOUAD_BOUND, monotone={"bits": "up", "apart": "down"}),
    assumptions=(
        Assumption(
            "words",
            "a message whose law is that of the word: where the laws of two words that differ in "
            "one bit overlap, by 1 - γ at least, a guess of the bit is wrong for one of them",
            conj(
                eq(wrong_bits(sp.Integer(0)), 0),
                ge(wrong_bits(T + 1), wrong_bits(T) + (1 - G) / 2),
            ),
        ),
    ),
    steps=(
        Step("amiss", AMISS, use("induction", claim=AMISS, k=T, start=0), ("words",)),
        Step("conclusion", ge(wrong_bits(D), ASSOUAD_BOUND), Instantiate("amiss", {T: D}),
             ("amiss",)),
    ),
    citation=ASSOUAD,
    schematic=(SO_FAR,),
    notes=("See also le-cam, for one bit, and fano.",),
)  # fmt: skip

THEOREMS = (fano, le_cam, assouad)
