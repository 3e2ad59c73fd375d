"""Draws until the k-th disagreement, and a student that may leave a draw unanswered.

How many draws count is random: it is bounded as if it had been fixed beforehand, but for the last.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.covering import ANY, ERROR, ZERO, J, P, all_wrong, crossing, within
from theory.catalogue.covering import NUMBER as POSSIBLE
from theory.catalogue.shared import DEL, OURS
from theory.language.confidence import Confidence
from theory.language.experiments import Experiment
from theory.language.rules import Instantiate, Smt, use
from theory.language.special import BinomialCDF, ClopperPearson
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, integer, real
from theory.language.terms import (
    Greatest,
    Pr,
    RandomInteger,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
    lt,
)

AIM = integer("errors", "k", "disagreements at which the draws end", 1)
DRAWN = integer("n", "n", "draws that it took", 1)
HORIZON = integer("horizon", "L", "draws after which one gives up", 0)
SOME = integer("i", "i", "a number of draws", 0)
K, N, LAST, I = AIM.symbol, DRAWN.symbol, HORIZON.symbol, SOME.symbol  # noqa: E741
TOOK = RandomInteger("draws up to the k-th disagreement")
UNSEEN = TOOK - 1


def below(draws: sp.Expr) -> sp.Expr:
    """F(k - 1; i, p): fewer than k of i draws disagree."""
    return BinomialCDF(K - 1, draws, P)


def bound(draws: sp.Expr) -> sp.Expr:
    """The bound of k - 1 disagreements in all of these draws but the last."""
    return ClopperPearson(K - 1, draws - 1, DEL)


def low(draws: sp.Expr) -> sp.Basic:
    """Fewer than k in so many draws are improbable."""
    return conj(lt(below(draws), DEL), lt(K - 1, draws))


MISSED = gt(P, bound(TOOK))
BACK = Greatest(J, LAST, low(LAST - J))
FIRST = LAST - BACK
LATE = ge(UNSEEN, FIRST)

inverse_sampling = Theorem(
    name="inverse-sampling",
    title="Drawing until the k-th disagreement",
    parameters=(AIM, DRAWN, DELTA),
    result=Confidence(
        P,
        bound(N),
        DEL,
        at=bound(TOOK),
        reading=(TOOK, N),
        monotone={"errors": "up", "n": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "counted",
            "it takes more than i draws where fewer than k of the first i disagree: T > i with "
            "probability F(k - 1; i, p), for i up to the L draws after which one gives up, and "
            "counts L + 1",
            conj(
                implies(le(I, LAST), eq(Pr(ge(UNSEEN, I)), below(I))),
                ge(TOOK, 1),
                le(TOOK, LAST + 1),
            ),
        ),
        all_wrong(n=I),
    ),
    experiment=Experiment(random=("draws up to the k-th disagreement",)),
    steps=(
        *crossing(P, n=I, given=(ge(I, 1),)),
        Step(
            "at-time",
            implies(MISSED, low(UNSEEN)),
            Instantiate("missed-at", {I: UNSEEN, J: K - 1}),
            ("missed-at", "counted"),
        ),
        Step(
            "least",
            conj(
                implies(low(UNSEEN), le(LAST - UNSEEN, BACK)),
                implies(low(UNSEEN), low(FIRST)),
                ge(BACK, 0),
                le(BACK, LAST),
            ),
            use("greatest", condition=low(LAST - J), j=J, last=LAST, at=LAST - UNSEEN),
            ("counted",),
            "So the failures are the times from some i* on,",
        ),
        *within(MISSED, LATE, low(FIRST), ("at-time", "least")),
        Step(
            "probability",
            eq(Pr(LATE), below(FIRST)),
            Instantiate("counted", {I: FIRST}),
            ("counted", "least"),
            "which happen where fewer than k of i* draws disagree.",
        ),
        Step("conclusion", le(Pr(MISSED), DEL), Smt(), ("event", "constant", "probability")),
    ),
    citation=OURS,
    requires=(Assumption("errors <= n", "errors <= n", le(K, N)),),
    locals=(ERROR, HORIZON),
    schematic=(POSSIBLE, ANY, SOME),
    notes=(
        "The last draw, which disagrees in any case, does not count, and nothing else may end the "
        "draws, but for a number of them that is fixed beforehand.",
    ),
)

ERRORS_MADE = integer("errors", "k", "of these the answers that are wrong", 0)
ANSWERED = integer("answered", "m", "draws that the student answers", 0)
DRAWS = integer("n", "n", "draws", 0)
RISK = real("p", "p", "probability that an answer of the student is wrong", 0, 1, "()")
MARK = integer("t", "t", "a possible number of wrong answers", 0)
A, M, S, T = ERRORS_MADE.symbol, ANSWERED.symbol, DRAWS.symbol, MARK.symbol
GIVEN = RandomInteger("draws that the student answers")
WRONG = RandomInteger("answers that are wrong")
ASTRAY = gt(P, ClopperPearson(WRONG, GIVEN, DEL))
SO_MANY, SO_MANY_MORE = eq(GIVEN, I), eq(GIVEN, I + 1)


def few(wrong: sp.Expr) -> sp.Basic:
    """So few of i answers are improbable."""
    return conj(lt(BinomialCDF(wrong, I, P), DEL), lt(wrong, I))


MOST = Greatest(T, I, few(T))
CAUGHT = sp.And(SO_MANY, le(WRONG, MOST))
ADDED = implies(le(I, S), le(Pr(sp.And(ASTRAY, le(GIVEN, I))), DEL * Pr(le(GIVEN, I))))


def _next(event: sp.Basic, label: str) -> tuple[Step, ...]:
    """P[event, i + 1 answers at the most] is that for i, and that with i + 1."""
    whole = sp.And(event, le(GIVEN, I + 1))
    inside, outside = sp.And(whole, le(GIVEN, I)), sp.And(whole, sp.Not(le(GIVEN, I)))
    least, more = sp.And(event, le(GIVEN, I)), sp.And(event, SO_MANY_MORE)
    return (
        Step(
            f"{label} split",
            eq(Pr(whole), Pr(inside) + Pr(outside)),
            use("additivity", event=whole, part=le(GIVEN, I)),
        ),
        Step(
            f"{label} fewer",
            eq(Pr(inside), Pr(least)),
            use("same-event", event=inside, other=least),
        ),
        Step(
            f"{label} so many",
            eq(Pr(outside), Pr(more)),
            use("same-event", event=outside, other=more),
            ("next",),
        ),
    )


selective_risk = Theorem(
    name="selective-risk",
    title="A student that may leave a draw unanswered: how often its answers are wrong",
    parameters=(ERRORS_MADE, ANSWERED, DELTA),
    result=Confidence(
        P,
        ClopperPearson(A, M, DEL),
        DEL,
        at=ClopperPearson(WRONG, GIVEN, DEL),
        reading=(WRONG, A),
        further=((GIVEN, M),),
        monotone={"errors": "up", "answered": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "counted",
            "of n independent draws some are answered; given that i are, the wrong ones among them "
            "have the law Binomial(i, p), p being the probability that an answer is wrong",
            conj(
                implies(
                    le(I, S),
                    eq(
                        Pr(sp.And(SO_MANY, le(WRONG, J))),
                        Pr(SO_MANY) * BinomialCDF(J, I, P),
                    ),
                ),
                ge(WRONG, 0),
                le(WRONG, GIVEN),
                le(GIVEN, S),
            ),
        ),
        all_wrong(n=I),
    ),
    experiment=Experiment(
        random=("draws that the student answers", "answers that are wrong"),
    ),
    steps=(
        *crossing(P, n=I, given=(ge(I, 1),)),
        Step(
            "at-count",
            implies(gt(P, ClopperPearson(WRONG, I, DEL)), few(WRONG)),
            Instantiate("missed-at", {J: WRONG}),
            ("missed-at", "counted"),
        ),
        Step(
            "greatest",
            implies(
                le(J, I),
                conj(implies(few(J), conj(le(J, MOST), few(MOST))), ge(MOST, 0), le(MOST, I)),
            ),
            use("greatest", given=le(J, I), condition=few(T), j=T, last=I, at=J),
        ),
        Step(
            "greatest-at",
            implies(
                le(WRONG, I),
                conj(
                    implies(few(WRONG), conj(le(WRONG, MOST), few(MOST))),
                    ge(MOST, 0),
                    le(MOST, I),
                ),
            ),
            Instantiate("greatest", {J: WRONG}),
            ("greatest", "counted"),
            "So with i answers the failures are the counts up to some k*,",
        ),
        *within(
            sp.And(ASTRAY, SO_MANY), CAUGHT, few(MOST), ("at-count", "greatest-at", "counted")
        ),
        Step(
            "least",
            conj(ge(MOST, 0), le(MOST, I)),
            use("greatest", condition=few(T), j=T, last=I, at=ZERO),
        ),
        Step(
            "probability",
            implies(le(I, S), eq(Pr(CAUGHT), Pr(SO_MANY) * BinomialCDF(MOST, I, P))),
            Instantiate("counted", {J: MOST}),
            ("counted", "least"),
        ),
        Step(
            "each",
            implies(le(I, S), le(Pr(sp.And(ASTRAY, SO_MANY)), DEL * Pr(SO_MANY))),
            Smt(),
            ("event", "constant", "probability"),
            "which have together with i answers at most δ times the probability of these.",
        ),
        Step(
            "each-next",
            implies(le(I + 1, S), le(Pr(sp.And(ASTRAY, SO_MANY_MORE)), DEL * Pr(SO_MANY_MORE))),
            Instantiate("each", {I: I + 1}),
            ("each",),
        ),
        Step(
            "each-none",
            implies(
                le(0, S),
                le(Pr(sp.And(ASTRAY, eq(GIVEN, 0))), DEL * Pr(eq(GIVEN, 0))),
            ),
            Instantiate("each", {I: ZERO}),
            ("each",),
        ),
        Step("next", implies(lt(I, GIVEN), le(I + 1, GIVEN)), use("integers", a=I, b=GIVEN)),
        *_next(ASTRAY, "astray"),
        *_next(sp.true, "all"),
        Step(
            "none astray",
            eq(Pr(sp.And(ASTRAY, le(GIVEN, 0))), Pr(sp.And(ASTRAY, eq(GIVEN, 0)))),
            use(
                "same-event",
                event=sp.And(ASTRAY, le(GIVEN, 0)),
                other=sp.And(ASTRAY, eq(GIVEN, 0)),
            ),
            ("counted",),
        ),
        Step(
            "none",
            eq(Pr(le(GIVEN, 0)), Pr(eq(GIVEN, 0))),
            use("same-event", event=le(GIVEN, 0), other=eq(GIVEN, 0)),
            ("counted",),
        ),
        Step(
            "added",
            ADDED,
            use("induction", claim=ADDED, k=I, start=0),
            (
                "each-none",
                "each-next",
                "none astray",
                "none",
                *(f"{what} {part}" for what in ("astray", "all")
                  for part in ("split", "fewer", "so many")),
            ),
            "Added up over i, the failures have probability δ at the most.",
        ),
        Step("added-all", ADDED.subs(I, S), Instantiate("added", {I: S}), ("added",)),
        Step(
            "within",
            le(Pr(ASTRAY), Pr(sp.And(ASTRAY, le(GIVEN, S)))),
            use("event-monotone", smaller=ASTRAY, larger=sp.And(ASTRAY, le(GIVEN, S))),
            ("counted",),
        ),
        Step("conclusion", le(Pr(ASTRAY), DEL), Smt(), ("added-all", "within")),
    ),
    citation=OURS,
    requires=(Assumption("errors <= answered", "errors <= answered", le(A, M)),),
    locals=(RISK, DRAWS),
    schematic=(POSSIBLE, ANY, SOME),
    notes=(
        "Which draws are answered must follow from the draw alone. What is not answered does not "
        "count: how much that is `clopper-pearson` bounds, of the draws left unanswered.",
    ),
)  # fmt: skip

THEOREMS = (inverse_sampling, selective_risk)
