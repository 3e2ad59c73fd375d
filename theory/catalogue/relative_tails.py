"""Tails of an error rate beyond a factor of it, and chances whose relative entropy is small.

A draw counts 1 where student and teacher disagree, else 0; p is the mean. Where p is small, what
matters is by which factor the share of disagreements is off.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.deviations import SEEN, WRONG
from theory.catalogue.shared import DEL, N, relative_entropy
from theory.catalogue.testing import ANY_X, X
from theory.language.experiments import sample
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, N_SAMPLES, real
from theory.language.terms import Mean, Pr, conj, eq, ge, gt, implies, le, lt

CHERNOFF = Citation("Chernoff", "A measure of asymptotic efficiency, Ann. Math. Stat. 23", 1952)
PINSKER = Citation(
    "Pinsker", "Information and Information Stability of Random Variables and Processes", 1964
)
HUBER = Citation(
    "Bretagnolle, Huber", "Estimation des densités: risque minimax, Z. Wahrscheinlichkeitsth. 47",
    1979,
)  # fmt: skip

RATE = real("error", "p", "probability that student and teacher disagree", 0, 1, "(")
EXCESS = real("relative", "a", "by which part of p the share of disagreements is off", 0, None, "(")
PART = real("relative", "a", "by which part of p the share of disagreements is off", 0, 1, "()")
A = EXCESS.symbol
ANY_A = real("x", "x", "any such part", 0)
Q_ = RATE.symbol

INDICATOR = Assumption(
    "indicator",
    "a disagreement at a draw counts 1, else 0; its mean is p",
    conj(sp.Or(eq(WRONG, 0), eq(WRONG, 1)), eq(Mean(WRONG), Q_)),
)


def above(a: sp.Expr) -> sp.Expr:
    """(1 + a) ln(1 + a) - a."""
    return (1 + a) * sp.log(1 + a) - a


def below(a: sp.Expr) -> sp.Expr:
    """(1 - a) ln(1 - a) + a."""
    return (1 - a) * sp.log(1 - a) + a


ABOVE, BELOW = ge(SEEN, (1 + A) * Q_), le(SEEN, (1 - A) * Q_)
TAIL_ABOVE, TAIL_BELOW = sp.exp(-N * Q_ * A**2 / (2 + A)), sp.exp(-N * Q_ * A**2 / 2)


def _above_steps() -> tuple[Step, ...]:
    """To the step "tail above": the share is beyond (1 + a) p seldom."""
    tangent, gain = sp.log(1 + X) - 2 * X / (2 + X), above(X) - X**2 / (2 + X)
    exact = -N * Q_ * above(A)
    return (
        Step(
            "tangent",
            implies(ge(X, 0), ge(tangent, 0)),
            use("mean-value", f=tangent, x=X, start=0, end=sp.oo),
            words="ln(1 + a) >= 2 a/(2 + a): equal at 0, and the slope is a square.",
        ),
        Step(
            "gain above",
            implies(ge(X, 0), ge(gain, 0)),
            use("mean-value", f=gain, x=X, start=0, end=sp.oo),
            ("tangent",),
            "(1 + a) ln(1 + a) - a >= a²/(2 + a) in the same way.",
        ),
        Step(
            "exponent above",
            ge(gain.subs(X, A), 0),
            Instantiate("gain above", {X: A}),
            ("gain above",),
        ),
        Step(
            "chernoff above",
            le(Pr(ABOVE), sp.exp(exact)),
            use("chernoff-above", x=WRONG, n=N, level=Q_, a=A),
            ("indicator",),
        ),
        Step("times above", le(exact, TAIL_ABOVE.args[0]), Smt(), ("exponent above",)),
        Step(
            "looser above",
            le(sp.exp(exact), TAIL_ABOVE),
            use("exp-monotone", x=exact, y=TAIL_ABOVE.args[0]),
            ("times above",),
        ),
        Step("tail above", le(Pr(ABOVE), TAIL_ABOVE), Smt(), ("chernoff above", "looser above")),
    )


def _below_steps() -> tuple[Step, ...]:
    """To the step "tail below": the share is short of (1 - a) p seldom; a < 1."""
    gain = below(X) - X**2 / 2
    inside = (ge(X, 0), lt(X, 1))
    exact = -N * Q_ * below(A)
    return (
        Step(
            "slope",
            implies(*inside, le(X, -sp.log(1 - X))),
            use("log-bounds", x=X, given=conj(*inside)),
        ),
        Step(
            "gain below",
            implies(*inside, ge(gain, 0)),
            use("mean-value", f=gain, x=X, start=0, end=1),
            ("slope",),
            "(1 - a) ln(1 - a) + a >= a²/2: equal at 0, and -ln(1 - a) >= a.",
        ),
        Step(
            "exponent below",
            ge(gain.subs(X, A), 0),
            Instantiate("gain below", {X: A}),
            ("gain below",),
        ),
        Step(
            "chernoff below",
            le(Pr(BELOW), sp.exp(exact)),
            use("chernoff-below", x=WRONG, n=N, level=Q_, a=A),
            ("indicator",),
        ),
        Step("times below", le(exact, TAIL_BELOW.args[0]), Smt(), ("exponent below",)),
        Step(
            "looser below",
            le(sp.exp(exact), TAIL_BELOW),
            use("exp-monotone", x=exact, y=TAIL_BELOW.args[0]),
            ("times below",),
        ),
        Step("tail below", le(Pr(BELOW), TAIL_BELOW), Smt(), ("chernoff below", "looser below")),
    )


multiplicative_above = Theorem(
    name="multiplicative-chernoff-above",
    title="How often a test shows far more disagreements than there are, by a factor",
    parameters=(RATE, N_SAMPLES, EXCESS),
    result=UpperBound(
        Pr(ABOVE), TAIL_ABOVE, monotone={"error": "down", "n": "down", "relative": "down"}
    ),
    assumptions=(INDICATOR,),
    experiment=sample(N, "disagrees"),
    steps=_above_steps(),
    citation=CHERNOFF,
    schematic=(ANY_X,),
    notes=("See also pass-probability, which is exact, and multiplicative-chernoff-below.",),
)

multiplicative_below = Theorem(
    name="multiplicative-chernoff-below",
    title="How often a test shows far fewer disagreements than there are, by a factor",
    parameters=(RATE, N_SAMPLES, PART),
    result=UpperBound(
        Pr(BELOW), TAIL_BELOW, monotone={"error": "down", "n": "down", "relative": "down"}
    ),
    assumptions=(INDICATOR,),
    experiment=sample(N, "disagrees"),
    steps=_below_steps(),
    citation=CHERNOFF,
    schematic=(ANY_X,),
    notes=("See also pass-probability, which is exact, and multiplicative-chernoff-above.",),
)

LEAST = real("least", "q", "least probability that student and teacher disagree", 0, 1, "(")
ENOUGH = 3 * sp.log(2 / DEL) / (A**2 * LEAST.symbol)
OFF = ge(sp.Abs(SEEN - Q_), A * Q_)
GIVEN = (ge(N, ENOUGH), ge(Q_, LEAST.symbol))
SPENT = conj(ge(N, ENOUGH), ge(Q_, LEAST.symbol))
HALVED = sp.log(DEL / 2)


def _half(side: str, tail: sp.Expr) -> tuple[Step, Step]:
    """A tail is δ/2 at most where there are enough samples."""
    spent = implies(*GIVEN, le(tail.args[0], HALVED))
    return (
        Step(f"spent {side}", spent, Smt(), ("inverse", "positive", "product")),
        Step(
            f"half {side}",
            implies(*GIVEN, le(tail, sp.exp(HALVED))),
            use("exp-monotone", given=SPENT, x=tail.args[0], y=HALVED),
            (f"spent {side}",),
        ),
    )


relative_estimate = Theorem(
    name="relative-estimate-samples",
    title="How many samples tell a small error rate up to a factor, from both sides",
    parameters=(PART, LEAST, DELTA),
    result=SampleSize(
        N,
        ENOUGH,
        le(Pr(OFF), DEL),
        given=(ge(Q_, LEAST.symbol),),
        monotone={"relative": "down", "least": "down", "delta": "down"},
    ),
    assumptions=(INDICATOR,),
    experiment=sample(N, "disagrees"),
    steps=(
        *_above_steps(),
        *_below_steps(),
        Step("inverse", eq(sp.log(2 / DEL), -HALVED), Algebra()),
        Step("positive", ge(-HALVED, 1 - DEL / 2), use("log-bounds", x=1 - DEL / 2)),
        Step(
            "product",
            implies(*GIVEN, ge(N * Q_ * A**2 / 3, sp.log(2 / DEL))),
            Smt(),
            ("inverse", "positive"),
        ),
        *_half("above", TAIL_ABOVE),
        *_half("below", TAIL_BELOW),
        Step("value", eq(sp.exp(HALVED), DEL / 2), Algebra()),
        Step(
            "either",
            le(Pr(OFF), Pr(sp.Or(ABOVE, BELOW))),
            use("event-monotone", smaller=OFF, larger=sp.Or(ABOVE, BELOW)),
        ),
        Step(
            "boole",
            le(Pr(sp.Or(ABOVE, BELOW)), Pr(ABOVE) + Pr(BELOW)),
            use("boole", first=ABOVE, second=BELOW),
        ),
        Step(
            "conclusion",
            implies(*GIVEN, le(Pr(OFF), DEL)),
            Smt(),
            ("either", "boole", "tail above", "tail below", "half above", "half below", "value"),
        ),
    ),
    citation=CHERNOFF,
    locals=(N_SAMPLES, RATE),
    schematic=(ANY_X,),
    notes=("Without a least rate the deviation is absolute: estimate-samples.",),
)

ENTROPY = real("entropy", "L", "relative entropy of the two probabilities", 0)
FIRST = real("first", "q", "probability of an event under one law", 0, 1, "()")
SECOND = real("second", "p", "probability of the event under another law", 0, 1, "()")
L, F, S = ENTROPY.symbol, FIRST.symbol, SECOND.symbol
KL = relative_entropy(F, S)
APART = sp.Abs(S - F)


def _distance_steps(gain: sp.Expr, words: str) -> tuple[Step, ...]:
    """To the step "gain": kl(q, p) and a term in p - q, a square in it, are together >= 0."""
    f = relative_entropy(F, X) + gain
    inside = (ge(X, F), lt(X, 1))
    upward = implies(*inside, ge(f, 0))
    mirrored = gain.subs({X: 1 - S, F: 1 - F}, simultaneous=True)
    return (
        Step("upward", upward, use("mean-value", f=f, x=X, start=F, end=1), words=words),
        Step(
            "up",
            implies(ge(S, F), ge(f.subs(X, S), 0)),
            Instantiate("upward", {X: S}),
            ("upward",),
        ),
        Step("mirror", eq(mirrored, gain.subs(X, S)), Algebra()),
        Step(
            "down",
            implies(le(S, F), ge(f.subs(X, S), 0)),
            Instantiate("upward", {X: 1 - S, F: 1 - F}),
            ("upward", "mirror"),
            "The same of the complement.",
        ),
        Step("gain", ge(f.subs(X, S), 0), Smt(), ("up", "down")),
    )


PINSKER_BOUND = sp.sqrt(L / 2)

pinsker = Theorem(
    name="pinsker",
    title="How far apart two probabilities are whose relative entropy is small",
    parameters=(ENTROPY,),
    result=UpperBound(APART, PINSKER_BOUND, given=(le(KL, L),), monotone={"entropy": "up"}),
    assumptions=(),
    steps=(
        *_distance_steps(
            -2 * (X - F) ** 2, "Equal at q, and p (1 - p) is a quarter where it is greatest."
        ),
        Step("conclusion", implies(le(KL, L), le(APART, PINSKER_BOUND)), Smt(), ("gain",)),
    ),
    citation=PINSKER,
    locals=(FIRST, SECOND),
    schematic=(ANY_X,),
    notes=("Where the relative entropy is large, bretagnolle-huber says more.",),
)

HUBER_BOUND = sp.sqrt(1 - sp.exp(-L))
SQUARE = 1 - (S - F) ** 2

bretagnolle_huber = Theorem(
    name="bretagnolle-huber",
    title="How far apart two probabilities are whose relative entropy is large",
    parameters=(ENTROPY,),
    result=UpperBound(APART, HUBER_BOUND, given=(le(KL, L),), monotone={"entropy": "up"}),
    assumptions=(),
    steps=(
        *_distance_steps(
            sp.log(1 - (X - F) ** 2), "Equal at q, and (1 - p)² + q (2 p - q) is nowhere negative."
        ),
        Step("room", gt(SQUARE, 0), Smt()),
        Step("back", eq(sp.exp(sp.log(SQUARE)), SQUARE), Algebra(), ("room",)),
        Step(
            "exponential",
            implies(le(KL, L), le(sp.exp(-L), sp.exp(sp.log(SQUARE)))),
            use("exp-monotone", x=-L, y=sp.log(SQUARE), given=le(KL, L)),
            ("gain", "room"),
        ),
        Step("decays", le(sp.exp(-L), 1), use("exp-monotone", x=-L, y=sp.Integer(0))),
        Step(
            "conclusion",
            implies(le(KL, L), le(APART, HUBER_BOUND)),
            Smt(),
            ("exponential", "back", "decays"),
        ),
    ),
    citation=HUBER,
    locals=(FIRST, SECOND),
    schematic=(ANY_X,),
    notes=("Where the relative entropy is small, pinsker says more.",),
)

THEOREMS = (
    multiplicative_above,
    multiplicative_below,
    relative_estimate,
    pinsker,
    bretagnolle_huber,
)
