"""Perfect distillation of a known teacher: what each promise costs in samples.

Three promises, each weaker than the one before: f is in G (`equality-by-table`, no samples); for
every distribution some student in G is good; for the distribution at hand one is.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.lower_bounds import SHATTERED
from theory.catalogue.shared import DEL, EPS, HALF, NEGATIVE, OURS, N
from theory.catalogue.testing import LOG_MISSES, SAMPLES, compare_misses
from theory.language.definitions import ERROR, distils
from theory.language.experiments import sample
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import LowerBound, SampleSize, TooFew
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, VC, Parameter, integer, real
from theory.language.terms import (
    Event,
    Every,
    Mean,
    Pr,
    Random,
    RandomInteger,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

WANTED = integer("wanted", "w", "first place up to which all points but a share of ε lie", 1)
W = WANTED.symbol
LARGEST = RandomInteger("largest place drawn")
INDEX = RandomInteger("place of a draw")
EARLY = le(INDEX, W - 1)
ALL_EARLY = Every(EARLY, N)
FAILS = gt(ERROR, EPS)
COVERED = Random("probability up to the largest place")

universal_samples = Theorem(
    name="universal-samples",
    title="Samples for a class with a perfect student for every distribution",
    parameters=(EPSILON, DELTA),
    result=SampleSize(
        N, SAMPLES, distils(ERROR), monotone={"epsilon": "down", "delta": "down"}
    ),
    assumptions=(
        Assumption(
            "output",
            "for the uniform law of the first i points some student is right on all of them, as "
            "errors are multiples of 1/i; the output is the one for the largest place drawn",
            le(ERROR, 1 - COVERED),
        ),
        Assumption(
            "place",
            "the first w points, and more, have the probability 1 - ε or more, fewer have less",
            conj(implies(ge(LARGEST, W), ge(COVERED, 1 - EPS)), le(Pr(EARLY), 1 - EPS)),
        ),
        Assumption(
            "largest",
            "the largest place is below w only if every draw's is",
            implies(le(LARGEST, W - 1), ALL_EARLY),
        ),
    ),
    experiment=sample(N, "place of a draw",
                      random=("error of the output", "largest place drawn",
                              "probability up to the largest place")),
    steps=(
        Step("integers", implies(lt(LARGEST, W), le(LARGEST + 1, W)),
             use("integers", a=LARGEST, b=W)),
        Step("early", implies(FAILS, ALL_EARLY), Smt(),
             ("output", "place", "largest", "integers"),
             "The output fails only where all draws are among the first w - 1 points."),
        Step("event", le(Pr(FAILS), Pr(ALL_EARLY)),
             use("event-monotone", smaller=FAILS, larger=ALL_EARLY), ("early",)),
        Step("draws", eq(Pr(ALL_EARLY), Pr(EARLY) ** N),
             use("independent-draws", event=EARLY, n=N)),
        Step("power", le(Pr(EARLY) ** N, (1 - EPS) ** N),
             use("power-monotone", x=Pr(EARLY), y=1 - EPS, n=N), ("place",)),
        LOG_MISSES,
        compare_misses(DEL),
        NEGATIVE,
        Step("conclusion", implies(ge(N, SAMPLES), le(Pr(FAILS), DEL)), Smt(),
             ("event", "draws", "power", "logarithm", "compare", "negative")),
    ),
    citation=OURS,
    locals=(N_SAMPLES, WANTED),
    notes=("The VC dimension does not enter, it may be infinite.",),
)  # fmt: skip

FIRST_ONLY = Event("a draw is the first point")
UNSEEN = Every(FIRST_ONLY, N)
SHORT = Event("the output stops before the far point")
FAILS_THERE = Event("the distiller misses the far point")
REST = Parameter("eta", sp.Symbol("eta", real=True), "real", "\\eta", "η",
                 "a number that the far point brings down to 0")  # fmt: skip
ETA = REST.symbol

universal_lower = Theorem(
    name="universal-lower",
    title="Samples that perfect students for every distribution do not save",
    parameters=(EPSILON, DELTA),
    result=LowerBound(N, SAMPLES, monotone={"epsilon": "down", "delta": "down"}),
    assumptions=(
        Assumption(
            "point",
            "the law has 1 - ε on the first point and ε on a far one; f is 1, the students are 1 "
            "on initial segments; unseen, the far point is missed by a segment that stops before",
            conj(
                eq(Pr(FIRST_ONLY), 1 - EPS),
                implies(sp.And(UNSEEN, SHORT), FAILS_THERE),
            ),
        ),
        Assumption(
            "far",
            "what is output where only the first point is seen does not depend on the far one, so "
            "with that far enough off it stops before with probability 1 - η for every η > 0, and "
            "the distiller fails with probability at most δ for each",
            implies(
                gt(ETA, 0),
                conj(
                    ge(Pr(sp.And(UNSEEN, SHORT)), Pr(UNSEEN) - ETA),
                    le(Pr(FAILS_THERE), DEL),
                ),
            ),
        ),
    ),
    experiment=sample(
        N,
        "a draw is the first point",
        random=("the output stops before the far point", "the distiller misses the far point"),
    ),
    steps=(
        Step("draws", eq(Pr(UNSEEN), Pr(FIRST_ONLY) ** N),
             use("independent-draws", event=FIRST_ONLY, n=N)),
        Step("power", le((1 - EPS) ** N, Pr(FIRST_ONLY) ** N),
             use("power-monotone", x=1 - EPS, y=Pr(FIRST_ONLY), n=N), ("point",)),
        Step("event", le(Pr(sp.And(UNSEEN, SHORT)), Pr(FAILS_THERE)),
             use("event-monotone", smaller=sp.And(UNSEEN, SHORT), larger=FAILS_THERE),
             ("point",)),
        Step("nearly", implies(gt(ETA, 0), le((1 - EPS) ** N - ETA, DEL)), Smt(),
             ("draws", "power", "event", "far")),
        Step("in-the-limit", le((1 - EPS) ** N, DEL),
             Instantiate("nearly", {ETA: ((1 - EPS) ** N - DEL) / 2}), ("nearly",)),
        LOG_MISSES,
        compare_misses(DEL),
        NEGATIVE,
        Step("conclusion", ge(N, SAMPLES), Smt(),
             ("in-the-limit", "logarithm", "compare", "negative")),
    ),
    citation=OURS,
    locals=(N_SAMPLES,),
    schematic=(REST,),
    notes=("The class of initial segments has the VC dimension of a threshold.",),
)  # fmt: skip

HIT = Event("a draw hits a given hidden point")
MISS = Every(sp.Not(HIT), N)
THETA = real("theta", "theta", "probability of the hidden points", 0, 1, "(")
TH = THETA.symbol
UNSEEN_POINTS = Random("hidden points unseen")
NAMED = Random("seen points where the output errs")
EXPECTED = Random("error expected after the draws")
MASS = Random("error of the output")
BAD = gt(MASS, EPS)
INDICATOR = Random("[error > eps]")
V = VC.symbol
SEVENTH = sp.Rational(1, 7)


def indicates(most: sp.Expr) -> sp.Expr:
    """The indicator says whether the error is above ε, and the error is at most so much."""
    return conj(
        sp.Or(sp.And(eq(INDICATOR, 1), BAD), sp.And(eq(INDICATOR, 0), sp.Not(BAD))),
        eq(Mean(INDICATOR), Pr(BAD)),
        ge(MASS, 0),
        le(MASS, most),
    )


def mean_at_most(most: sp.Expr, words: str = "") -> tuple[Step, ...]:
    """E error <= ε (1 - P[bad]) + most P[bad]."""
    either = EPS * (1 - INDICATOR) + most * INDICATOR
    return (
        Step("pointwise", le(MASS, either), Smt(), ("indicator",), words),
        Step("means", le(Mean(MASS), Mean(either)), use("mean-monotone", x=MASS, y=either),
             ("pointwise",)),
        Step("split", eq(Mean(either), EPS * Mean(1 - INDICATOR) + most * Mean(INDICATOR)),
             use("linearity", x=1 - INDICATOR, y=INDICATOR, a=EPS, b=most)),
        Step("one", eq(Mean(1 - INDICATOR), 1 - Mean(INDICATOR)),
             use("linearity", x=1, y=INDICATOR, a=1, b=-1), ("constant",)),
    )  # fmt: skip


def _failure(points: sp.Expr) -> sp.Expr:
    """(θ/2 (1 - θ/points)^n - ε)/(θ - ε)."""
    return (TH / 2 * (1 - TH / points) ** N - EPS) / (TH - EPS)


def _reverse_markov(points: sp.Expr, uses: tuple[str, ...]) -> tuple[Step, ...]:
    """From E error >= θ/(2 points) E unseen, of so many points, to the probability of an error."""
    return (
        Step("draws", eq(Pr(MISS), Pr(sp.Not(HIT)) ** N),
             use("independent-draws", event=sp.Not(HIT), n=N)),
        Step("power", le((1 - TH / points) ** N, Pr(sp.Not(HIT)) ** N),
             use("power-monotone", x=1 - TH / points, y=Pr(sp.Not(HIT)), n=N), ("unseen",)),
        Step("mean-error", ge(Mean(MASS), TH / 2 * (1 - TH / points) ** N), Smt(),
             (*uses, "draws", "power", "unseen"),
             "Each hidden point is unseen with probability (1 - θ/v)^n."),
        *mean_at_most(TH, "The error exceeds ε only where it is bad, and is never above θ."),
    )  # fmt: skip


CONSTANT = Step("constant", conj(ge(Mean(1), 1), le(Mean(1), 1)),
                use("mean-bounds", x=1, lower=1, upper=1))  # fmt: skip
HIDDEN_NAMES = ("error of the output", "[error > eps]", "hidden points unseen")
LARGE = Assumption("theta", "epsilon < theta", lt(EPS, TH))

d_perfect_failure = Theorem(
    name="d-perfect-failure",
    title="How often a distiller fails with a student that is perfect for the distribution at hand",
    parameters=(VC, EPSILON, THETA, N_SAMPLES),
    result=LowerBound(
        Pr(BAD), _failure(V), monotone={"vc": "up", "n": "down"}
    ),
    assumptions=(
        Assumption(
            "unseen",
            "v hidden points of 2v, θ/v of the probability each; all are alike, so v times the "
            "chance to miss one are missed in the mean",
            conj(
                eq(Pr(sp.Not(HIT)), 1 - TH / V),
                eq(Mean(UNSEEN_POINTS), V * Pr(MISS)),
                ge(UNSEEN_POINTS, 0),
                le(UNSEEN_POINTS, V),
            ),
        ),
        Assumption(
            "guess",
            "students err on exactly v of the 2v points; which points are hidden is uniform among "
            "those unseen, so of an output that errs on j seen ones the other v - j hit "
            "each unseen point alike",
            conj(
                ge(NAMED, 0),
                le(NAMED, V - UNSEEN_POINTS),
                ge(EXPECTED * (V + UNSEEN_POINTS),
                   TH / V * (NAMED * (V + UNSEEN_POINTS) + (V - NAMED) * UNSEEN_POINTS)),
                eq(Mean(MASS), Mean(EXPECTED)),
            ),
        ),
        Assumption("indicator", "whether the error is above ε; it is in [0, θ]", indicates(TH)),
    ),
    experiment=sample(
        N,
        "a draw hits a given hidden point",
        random=(
            *HIDDEN_NAMES, "error expected after the draws", "seen points where the output errs",
        ),
    ),
    steps=(
        Step("numerator",
             ge((NAMED * (V + UNSEEN_POINTS) + (V - NAMED) * UNSEEN_POINTS),
                UNSEEN_POINTS * (V + UNSEEN_POINTS) / 2),
             Smt(), ("guess", "unseen"),
             "j (v + u) + (v - j) u = v (j + u) >= u (v + u)/2, as u <= v."),
        Step("share", ge(TH / V * (NAMED * (V + UNSEEN_POINTS) + (V - NAMED) * UNSEEN_POINTS),
                         TH / V * (UNSEEN_POINTS * (V + UNSEEN_POINTS) / 2)),
             Smt(), ("numerator",)),
        Step("expected", ge(EXPECTED, TH / (2 * V) * UNSEEN_POINTS), Smt(),
             ("share", "guess", "unseen")),
        Step("in-mean", le(Mean(TH / (2 * V) * UNSEEN_POINTS), Mean(EXPECTED)),
             use("mean-monotone", x=TH / (2 * V) * UNSEEN_POINTS, y=EXPECTED), ("expected",)),
        Step("scale", eq(Mean(TH / (2 * V) * UNSEEN_POINTS), TH / (2 * V) * Mean(UNSEEN_POINTS)),
             use("linearity", x=UNSEEN_POINTS, y=UNSEEN_POINTS, a=TH / (2 * V), b=0)),
        CONSTANT,
        *_reverse_markov(V, ("in-mean", "scale", "guess")),
        Step("conclusion", ge(Pr(BAD), _failure(V)), Smt(),
             ("mean-error", "means", "split", "one", "indicator")),
    ),
    citation=OURS,
    requires=(LARGE,),
    notes=("The distiller may be randomised, and knows f and G.",),
)  # fmt: skip


def _half_life(points: sp.Expr) -> sp.Expr:
    """ln 2/(-ln(1 - 8ε/points))."""
    return sp.log(2) / (-sp.log(1 - 8 * EPS / points))


def _too_few(points: sp.Expr, failure: Theorem, labels: tuple[str, ...]) -> tuple[Step, ...]:
    """With θ = 8ε: below the half-life of an unseen point, an error above ε has probability 1/7."""
    rate = 8 * EPS / points
    power = (1 - rate) ** N
    few = le(N, _half_life(points))
    return (
        Step("logarithm", eq(sp.log(power), N * sp.log(1 - rate)),
             Algebra(positive=((1 - rate, EPS),))),
        Step("negative", le(sp.log(1 - rate), -rate), use("log-bounds", x=rate)),
        Step("half-log", eq(sp.log(HALF), -sp.log(2)), Algebra()),
        Step("compare", sp.Equivalent(le(HALF, power), le(sp.log(HALF), sp.log(power))),
             use("log-monotone", x=HALF, y=power)),
        Step("half", implies(few, ge(power, HALF)), Smt(),
             ("logarithm", "negative", "half-log", "compare")),
        Step("failure", ge(Pr(BAD), (4 * EPS * power - EPS) / (7 * EPS)),
             Cite(failure, {"theta": 8 * EPS}), labels),
        Step("conclusion", implies(few, ge(Pr(BAD), SEVENTH)), Smt(), ("half", "failure")),
    )  # fmt: skip


def at_eight(theorem: Theorem, most: Parameter) -> tuple[Assumption, ...]:
    """What the theorem assumes, with that parameter at 8ε."""
    return tuple(
        Assumption(
            a.label, a.words.replace(most.unicode, "8ε"), a.formal.subs(most.symbol, 8 * EPS)
        )
        for a in theorem.assumptions
    )


SMALL = Assumption("eighth", "epsilon < 1/8", lt(EPS, sp.Rational(1, 8)))

d_perfect_lower = Theorem(
    name="d-perfect-lower",
    title="Too few samples for a student that is perfect for the distribution at hand",
    parameters=(VC, EPSILON),
    result=TooFew(N, _half_life(V), ge(Pr(BAD), SEVENTH), monotone={"vc": "up", "epsilon": "down"}),
    assumptions=at_eight(d_perfect_failure, THETA),
    experiment=d_perfect_failure.experiment,
    steps=_too_few(V, d_perfect_failure, ("unseen", "guess", "indicator")),
    citation=OURS,
    requires=(SMALL,),
    locals=(N_SAMPLES,),
    notes=("So perfect distillation with this promise alone depends on the VC dimension.",),
)

RARE = V - 1

coin_failure = Theorem(
    name="vc-failure-lower",
    title="How often a learner of a VC class fails",
    parameters=(SHATTERED, EPSILON, THETA, N_SAMPLES),
    result=LowerBound(Pr(BAD), _failure(RARE), monotone={"vc": "up", "n": "down"}),
    assumptions=(
        Assumption(
            "unseen",
            "v shattered points, v - 1 of them rare, θ/(v - 1) of the probability each; all are "
            "alike, so v - 1 times the chance to miss one are missed in the mean",
            conj(
                eq(Pr(sp.Not(HIT)), 1 - TH / RARE),
                eq(Mean(UNSEEN_POINTS), RARE * Pr(MISS)),
            ),
        ),
        Assumption(
            "guess",
            "labels are fair coins, so each unseen point is guessed wrong with probability 1/2",
            ge(Mean(MASS), TH / RARE * (Mean(UNSEEN_POINTS) / 2)),
        ),
        Assumption("indicator", "whether the error is above ε; it is in [0, θ]", indicates(TH)),
    ),
    experiment=sample(N, "a draw hits a given hidden point", random=HIDDEN_NAMES),
    steps=(
        CONSTANT,
        *_reverse_markov(RARE, ("guess",)),
        Step("conclusion", ge(Pr(BAD), _failure(RARE)), Smt(),
             ("mean-error", "means", "split", "one", "indicator")),
    ),
    citation=OURS,
    requires=(LARGE,),
)  # fmt: skip

vc_lower_sharp = Theorem(
    name="vc-lower-sharp",
    title="Too few samples for a VC class, sharper",
    parameters=(SHATTERED, EPSILON),
    result=TooFew(
        N, _half_life(RARE), ge(Pr(BAD), SEVENTH), monotone={"vc": "up", "epsilon": "down"}
    ),
    assumptions=at_eight(coin_failure, THETA),
    experiment=coin_failure.experiment,
    steps=_too_few(RARE, coin_failure, ("unseen", "guess", "indicator")),
    citation=OURS,
    requires=(SMALL,),
    locals=(N_SAMPLES,),
)

THEOREMS = (
    universal_samples,
    universal_lower,
    d_perfect_failure,
    d_perfect_lower,
    coin_failure,
    vc_lower_sharp,
)
