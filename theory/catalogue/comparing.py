"""Planning a test that allows disagreements, and two students compared on the same samples.

K is the number of disagreements on n fresh samples. Of two students only the samples count on which
exactly one of them disagrees with the teacher.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import sympy as sp

from theory.catalogue.covering import (
    ANY,
    COUNT,
    COUNTING,
    ERROR,
    NUMBER,
    J,
    K,
    P,
    X,
    all_wrong,
    cdf,
    coverage,
    law_of,
    upper,
)
from theory.catalogue.shared import DEL, EPS, HALF, OURS, N
from theory.language.confidence import Confidence
from theory.language.experiments import Draws, Experiment, sample
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import UpperBound
from theory.language.special import ClopperPearson
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, ERRORS, N_SAMPLES, integer, real
from theory.language.terms import Fact, Pr, RandomInteger, conj, eq, ge, gt, implies, le, lt

FALLING = coverage(COUNT, P)[:8]
"""The derivative of F(j; n, x) in x is negative for j < n."""
PASSES = le(COUNT, K)
SOME_LEFT = Assumption("errors < n", "errors < n", lt(K, N))


def _no_less_at(low: sp.Expr, high: sp.Expr, label: str, given: tuple[str, ...]) -> Step:
    """F(k; n, .) is no less at the lower rate."""
    ordered = conj(lt(K, N), le(low, high))
    return Step(
        label,
        implies(ordered, le(cdf(K, high), cdf(K, low))),
        use("falling-distribution", given=ordered, f=cdf(K, X), x=X, low=low, high=high),
        given,
        "F(k; n, x) falls in x.",
    )


FALLS_HERE = Step(
    "falls-here",
    implies(lt(K, N), FALLING[-1].claim.args[1].subs(J, K)),
    Instantiate("falls", {J: K}),
    ("falls",),
)


def _chance(count: sp.Expr) -> Step:
    """How often the count is at most k."""
    return Step(
        "chance", eq(Pr(le(count, K)), cdf(K)), Instantiate("counted", {J: K}), ("counted",)
    )


pass_probability = Theorem(
    name="pass-probability",
    title="How often a student passes a test that allows disagreements",
    parameters=(EPSILON, ERRORS, N_SAMPLES),
    result=UpperBound(
        Pr(PASSES),
        cdf(K, EPS),
        given=(ge(P, EPS),),
        also=(implies(le(P, EPS), ge(Pr(PASSES), cdf(K, EPS))),),
        monotone={"epsilon": "down", "errors": "up", "n": "down"},
    ),
    assumptions=(
        Assumption(
            "counted",
            "the disagreements on n independent samples have the law Binomial(n, p)",
            law_of(COUNT, P),
        ),
    ),
    experiment=COUNTING,
    steps=(
        *FALLING,
        FALLS_HERE,
        _chance(COUNT),
        _no_less_at(EPS, P, "worse", ("falls-here",)),
        _no_less_at(P, EPS, "better", ("falls-here",)),
        Step(
            "conclusion",
            conj(
                implies(ge(P, EPS), le(Pr(PASSES), cdf(K, EPS))),
                implies(le(P, EPS), ge(Pr(PASSES), cdf(K, EPS))),
            ),
            Smt(),
            ("chance", "worse", "better"),
        ),
    ),
    citation=OURS,
    requires=(SOME_LEFT,),
    locals=(ERROR,),
    schematic=(NUMBER, ANY),
    notes=(
        "It tells how often a bad student is taken, and how often a good one is: the operating "
        "characteristic of the test.",
    ),
)  # fmt: skip

WRONG = RandomInteger("draws on which the first student is wrong")
FIRST_WRONG = integer("errors", "k", "of these draws those on which the first student is wrong", 0)
DIFFER = integer("n", "n", "draws on which exactly one of the two students is wrong", 1)

paired_sign = Theorem(
    name="paired-sign",
    title="Two students on the same samples: is the one that looks better no better?",
    parameters=(FIRST_WRONG, DIFFER),
    result=UpperBound(Pr(le(WRONG, K)), cdf(K, HALF), monotone={"errors": "up", "n": "down"}),
    assumptions=(
        Assumption(
            "no better",
            "the first student errs at least as often as the second: where exactly one of them is "
            "wrong, it is the first with probability p, 1/2 or more",
            ge(P, HALF),
        ),
        Assumption(
            "counted",
            "on the draws where exactly one is wrong, it is the first independently of the others",
            law_of(WRONG, P),
        ),
    ),
    experiment=sample(N, what="points on which exactly one student is wrong",
                      random=("draws on which the first student is wrong",),
                      laws=(Fact("binomial", WRONG, N, P),)),
    steps=(
        *FALLING,
        FALLS_HERE,
        _chance(WRONG),
        _no_less_at(HALF, P, "worse", ("falls-here",)),
        Step("conclusion", le(Pr(le(WRONG, K)), cdf(K, HALF)), Smt(),
             ("chance", "worse", "no better")),
    ),
    citation=OURS,
    requires=(SOME_LEFT,),
    locals=(ERROR,),
    schematic=(NUMBER, ANY),
    notes=(
        "Draw points of the domain and keep those on which exactly one student is wrong: given "
        "how many these are, they are independent. Where the value is small, the first student is "
        "the better one.",
        "Fix which student is the first before the samples, or double the value.",
    ),
)  # fmt: skip

FIRST = RandomInteger("draws on which only the first is wrong")
SECOND = RandomInteger("draws on which only the second is wrong")
OTHERS = RandomInteger("draws on which not only the second is wrong")
OTHER_RATE = real("q", "q", "probability of a draw on which not only the second is wrong", 0, 1,
                  "()")  # fmt: skip
Q = OTHER_RATE.symbol
MORE = real("difference", "e", "excess of the first student's error over the second's", -1, 1)
E = MORE.symbol
ONLY_FIRST = integer("first", "k", "draws on which only the first student is wrong", 0)
ONLY_SECOND = integer("second", "c", "draws on which only the second student is wrong", 0)
C = ONLY_SECOND.symbol
OTHER_LAW = Fact("binomial", OTHERS, N, Q)


def apart(first: sp.Expr, second: sp.Expr) -> sp.Expr:
    """U(b; n, δ/2) - (1 - U(n - c; n, δ/2))."""
    return upper(first, DEL / 2) + upper(N - second, DEL / 2) - 1


FAR = gt(E, apart(FIRST, SECOND))
TOO_OFTEN, TOO_FEW = gt(P, upper(FIRST, DEL / 2)), gt(Q, upper(OTHERS, DEL / 2))


def named_for(count: str, steps: tuple[Step, ...], *assumed: str) -> tuple[Step, ...]:
    """The steps under labels of this count, whose law, and what else is `assumed`, has one, too."""
    labels = ("counted", *assumed, *(step.label for step in steps))
    own = {label: f"{count} {label}" for label in labels}

    def rule(of: Any) -> Any:
        return replace(of, label=own[of.label]) if isinstance(of, Instantiate) else of

    return tuple(
        replace(
            step,
            label=own[step.label],
            rule=rule(step.rule),
            uses=tuple(own.get(label, label) for label in step.uses),
        )
        for step in steps
    )


paired_difference = Theorem(
    name="paired-difference",
    title="Two students on the same samples: how much more often one errs than the other",
    parameters=(ONLY_FIRST, ONLY_SECOND, N_SAMPLES, DELTA),
    result=Confidence(
        E,
        apart(K, C),
        DEL,
        at=apart(FIRST, SECOND),
        reading=(FIRST, K),
        further=((SECOND, C),),
        monotone={"first": "up", "second": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "difference",
            "where both are wrong they are even: e is the probability that only the first is "
            "wrong, less that only the second is, 1 - q",
            eq(E, P - (1 - Q)),
        ),
        Assumption(
            "first counted",
            "the draws on which only the first is wrong have the law Binomial(n, p)",
            law_of(FIRST, P),
        ),
        Assumption(
            "other counted",
            "the others than those on which only the second is wrong have the law Binomial(n, q)",
            conj(eq(SECOND, N - OTHERS), law_of(OTHERS, Q)),
        ),
        all_wrong(DEL / 2),
    ),
    experiment=sample(
        N,
        random=("draws on which only the first is wrong", "draws on which only the second is wrong",
                "draws on which not only the second is wrong"),
        laws=(Fact("binomial", FIRST, N, P), OTHER_LAW),
    ),
    steps=(
        *named_for("first", coverage(FIRST, P, DEL / 2)),
        *named_for("other", coverage(OTHERS, Q, DEL / 2)),
        Step(
            "far",
            le(Pr(FAR), Pr(sp.Or(TOO_OFTEN, TOO_FEW))),
            use("event-monotone", smaller=FAR, larger=sp.Or(TOO_OFTEN, TOO_FEW)),
            ("difference", "other counted"),
            "The difference is too large only where a bound is missed, half of δ for each.",
        ),
        Step(
            "either",
            le(Pr(sp.Or(TOO_OFTEN, TOO_FEW)), Pr(TOO_OFTEN) + Pr(TOO_FEW)),
            use("boole", first=TOO_OFTEN, second=TOO_FEW),
        ),
        Step("conclusion", le(Pr(FAR), DEL), Smt(),
             ("first missed", "other missed", "far", "either")),
    ),
    citation=OURS,
    requires=(
        Assumption("first + second <= n", "first + second <= n", le(K + C, N)),
    ),
    locals=(ERROR, OTHER_RATE, MORE),
    schematic=(NUMBER, ANY),
    notes=(
        "Samples on which both are right, or both wrong, only count in n. The value may be "
        "negative: then the first student errs less often, but for δ.",
    ),
)  # fmt: skip

FIRST_SEEN = RandomInteger("disagreements of the first student")
SECOND_RIGHT = RandomInteger("draws of the second on which it is right")
SECOND_SEEN = RandomInteger("disagreements of the second student")
OTHER_DRAWS = integer("second-n", "m", "draws on which the second student is tested", 1)
OTHER_N = OTHER_DRAWS.symbol
OF_FIRST = integer("first", "k", "disagreements of the first student", 0)
OF_SECOND = integer("second", "c", "disagreements of the second student", 0)
RIGHT_RATE = real("q", "q", "probability that the second student is right", 0, 1, "()")
SECOND_LAW = Fact("binomial", SECOND_RIGHT, OTHER_N, Q)


def between(first: sp.Expr, second: sp.Expr) -> sp.Expr:
    """U(k; n, δ/2) - (1 - U(m - c; m, δ/2))."""
    return upper(first, DEL / 2) + ClopperPearson(OTHER_N - second, OTHER_N, DEL / 2) - 1


BEYOND = gt(E, between(FIRST_SEEN, SECOND_SEEN))
FIRST_MISSED = gt(P, upper(FIRST_SEEN, DEL / 2))
SECOND_MISSED = gt(Q, ClopperPearson(SECOND_RIGHT, OTHER_N, DEL / 2))
EITHER_MISSED = sp.Or(FIRST_MISSED, SECOND_MISSED)

two_sample_difference = Theorem(
    name="two-sample-difference",
    title="Two students, each on samples of its own: how much more often one errs than the other",
    parameters=(OF_FIRST, N_SAMPLES, OF_SECOND, OTHER_DRAWS, DELTA),
    result=Confidence(
        E,
        between(K, C),
        DEL,
        at=between(FIRST_SEEN, SECOND_SEEN),
        reading=(FIRST_SEEN, K),
        further=((SECOND_SEEN, C),),
        monotone={"first": "up", "n": "down", "second": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "difference",
            "e is the error p of the first student, less that of the second, 1 - q",
            eq(E, P - (1 - Q)),
        ),
        Assumption(
            "first counted",
            "the disagreements of the first student have the law Binomial(n, p)",
            law_of(FIRST_SEEN, P),
        ),
        Assumption(
            "second counted",
            "the draws on which the second student is right have the law Binomial(m, q)",
            conj(eq(SECOND_SEEN, OTHER_N - SECOND_RIGHT), law_of(SECOND_RIGHT, Q, OTHER_N)),
        ),
        replace(all_wrong(DEL / 2), label="first all wrong"),
        replace(all_wrong(DEL / 2, OTHER_N), label="second all wrong"),
    ),
    experiment=Experiment(
        (Draws(N, "points for the first student"), Draws(OTHER_N, "points for the second")),
        ("disagreements of the first student", "disagreements of the second student",
         "draws of the second on which it is right"),
        (Fact("binomial", FIRST_SEEN, N, P), SECOND_LAW),
    ),
    steps=(
        *named_for("first", coverage(FIRST_SEEN, P, DEL / 2), "all wrong"),
        *named_for("second", coverage(SECOND_RIGHT, Q, DEL / 2, n=OTHER_N), "all wrong"),
        Step(
            "far",
            le(Pr(BEYOND), Pr(EITHER_MISSED)),
            use("event-monotone", smaller=BEYOND, larger=EITHER_MISSED),
            ("difference", "second counted"),
            "The difference is too large only where a bound is missed, half of δ for each.",
        ),
        Step(
            "either",
            le(Pr(EITHER_MISSED), Pr(FIRST_MISSED) + Pr(SECOND_MISSED)),
            use("boole", first=FIRST_MISSED, second=SECOND_MISSED),
        ),
        Step("conclusion", le(Pr(BEYOND), DEL), Smt(),
             ("first missed", "second missed", "far", "either")),
    ),
    citation=OURS,
    requires=(
        Assumption("first <= n", "first <= n", le(K, N)),
        Assumption("second <= second-n", "second <= second-n", le(C, OTHER_N)),
    ),
    locals=(ERROR, RIGHT_RATE, MORE),
    schematic=(NUMBER, ANY),
    notes=(
        "Tested on the same samples the two are told apart with fewer: see paired-difference. The "
        "samples need not be independent of each other.",
    ),
)  # fmt: skip

THEOREMS = (pass_probability, paired_sign, paired_difference, two_sample_difference)
