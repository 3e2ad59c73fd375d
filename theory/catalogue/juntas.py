"""Teachers with few relevant variables (catalogue T16), under the uniform distribution on bits."""

from __future__ import annotations

import sympy as sp

from theory.language.experiments import sample
from theory.language.rules import Algebra, Smt, use
from theory.language.schemas import LowerBound, SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, integer
from theory.language.terms import Event, Every, Pr, Quantity, conj, eq, ge, gt, implies, le

RELEVANT = integer("relevant", "k", "number of relevant variables", 1)
PAIRS = integer("pairs", "m", "random pairs per stage", 1)
K, M, DEL = RELEVANT.symbol, PAIRS.symbol, DELTA.symbol
MISSING = integer("missing", "j", "relevant variables not found yet", 1)
J = MISSING.symbol
CITED = Citation("Mossel, O'Donnell, Servedio", "Learning juntas, STOC", 2003)
HALF = sp.Rational(1, 2)
PAIR = sp.Pow(2, 1 - K) * (1 - sp.Pow(2, -J))
MASS, CHANCE = Quantity("mass of the assignments"), Quantity("P[free part is 1]")
DIFFER = Quantity("P[the pair differs]")

pair_probability = Theorem(
    name="junta-pair-probability",
    title="A random pair shows a missing relevant variable",
    parameters=(RELEVANT, MISSING),
    result=LowerBound(DIFFER, PAIR, monotone={"relevant": "down", "missing": "up"}),
    assumptions=(
        Assumption(
            "assignment",
            "some assignments of R, of mass at least 2^(-(k - j)), leave a function of the j "
            "others that is not constant: it is 1 with probability between 2^(-j) and 1 - 2^(-j)",
            conj(
                ge(MASS, sp.Pow(2, -(K - J))),
                ge(CHANCE, sp.Pow(2, -J)),
                le(CHANCE, 1 - sp.Pow(2, -J)),
                ge(DIFFER, MASS * (2 * CHANCE * (1 - CHANCE))),
            ),
        ),
    ),
    steps=(
        Step("half", le(sp.Pow(2, -J), HALF), use("power-exponent", x=2, a=-J, b=-1)),
        Step(
            "spread",
            ge(2 * CHANCE * (1 - CHANCE), 2 * sp.Pow(2, -J) * (1 - sp.Pow(2, -J))),
            Smt(),
            ("assignment",),
            "2 p (1 - p) is least at the ends.",
        ),
        Step(
            "multiply",
            eq(
                sp.Mul(sp.Pow(2, -(K - J)), sp.Pow(2, -J), 2, evaluate=False),
                sp.Pow(2, 1 - K),
            ),
            Algebra(),
        ),
        Step(
            "conclusion",
            ge(DIFFER, PAIR),
            Smt(),
            ("assignment", "half", "spread", "multiply"),
        ),
    ),
    citation=CITED,
    requires=(Assumption("few", "missing <= relevant", le(J, K)),),
)

RATE = sp.Pow(2, -K)
NEEDED = sp.log(DEL / K) / sp.log(1 - RATE)
SAME = Event("a pair shows no difference")
FAILURE = Event("a stage stops early")
PAIRS_CLAIM = implies(ge(M, NEEDED), le(Pr(FAILURE), DEL))
STAGES = sample(
    M, "a pair shows no difference", what="pairs of a stage", random=("a stage stops early",)
)
junta_pairs = Theorem(
    name="junta-pairs",
    title="Random pairs for finding relevant variables",
    parameters=(RELEVANT, DELTA),
    result=SampleSize(
        M, NEEDED, le(Pr(FAILURE), DEL), monotone={"relevant": "up", "delta": "down"}
    ),
    assumptions=(
        Assumption(
            "pair",
            "a pair differs with probability at least 2^(-k) while a relevant variable is "
            "missing: theorem junta-pair-probability",
            le(Pr(SAME), 1 - RATE),
        ),
        Assumption(
            "stages",
            "at most k stages, each with fresh independent pairs",
            le(Pr(FAILURE), K * Pr(Every(SAME, M))),
        ),
    ),
    experiment=STAGES,
    steps=(
        Step("rate", conj(le(RATE, HALF), gt(RATE, 0)), use("power-exponent", x=2, a=-K, b=-1)),
        Step("draws", eq(Pr(Every(SAME, M)), Pr(SAME) ** M),
             use("independent-draws", event=SAME, n=M)),
        Step("power", le(Pr(SAME) ** M, (1 - RATE) ** M),
             use("power-monotone", x=Pr(SAME), y=1 - RATE, n=M), ("pair",)),
        Step(
            "logarithm",
            eq(sp.log((1 - RATE) ** M), M * sp.log(1 - RATE)),
            Algebra(positive=((1 - RATE, RATE),)),
            ("rate",),
        ),
        Step("negative", le(sp.log(1 - RATE), -RATE), use("log-bounds", x=RATE), ("rate",)),
        Step(
            "compare",
            sp.Equivalent(
                le((1 - RATE) ** M, DEL / K), le(sp.log((1 - RATE) ** M), sp.log(DEL / K))
            ),
            use("log-monotone", x=(1 - RATE) ** M, y=DEL / K),
            ("rate",),
        ),
        Step("conclusion", PAIRS_CLAIM, Smt(),
             ("stages", "draws", "power", "logarithm", "negative", "compare", "rate")),
    ),
    citation=CITED,
    locals=(PAIRS,),
)  # fmt: skip

FLIPS = N_SAMPLES.symbol
INFLUENCE = sp.Pow(2, 1 - K)
MISS = K * (1 - INFLUENCE) ** FLIPS
UNSEEN = Event("flipping i shows no difference")
MISSED = Event("a relevant variable is missed")
influence_miss = Theorem(
    name="junta-influence-miss",
    title="Finding relevant variables by flipping each",
    parameters=(RELEVANT, N_SAMPLES),
    result=UpperBound(Pr(MISSED), MISS, monotone={"relevant": "up", "n": "down"}),
    assumptions=(
        Assumption("influence", "one sensitive edge of the k-cube has 2 of the 2^k points",
                   le(Pr(UNSEEN), 1 - INFLUENCE)),
        Assumption("each", "k relevant variables, n independent flips each",
                   le(Pr(MISSED), K * Pr(Every(UNSEEN, FLIPS)))),
    ),
    experiment=sample(
        FLIPS,
        "flipping i shows no difference",
        what="flips of each variable",
        random=("a relevant variable is missed",),
    ),
    steps=(
        Step("draws", eq(Pr(Every(UNSEEN, FLIPS)), Pr(UNSEEN) ** FLIPS),
             use("independent-draws", event=UNSEEN, n=FLIPS)),
        Step("power", le(Pr(UNSEEN) ** FLIPS, (1 - INFLUENCE) ** FLIPS),
             use("power-monotone", x=Pr(UNSEEN), y=1 - INFLUENCE, n=FLIPS), ("influence",)),
        Step("conclusion", le(Pr(MISSED), MISS), Smt(), ("draws", "power", "each")),
    ),
    citation=CITED,
)  # fmt: skip

THEOREMS = (pair_probability, junta_pairs, influence_miss)
