"""Several candidates, each good in the mean, and a choice among them on fresh samples."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.boosting import CANDIDATES, CHECKS, FAILS, K, M, boosting_samples
from theory.catalogue.shared import DEL, EPS, HALF, NEGATIVE, OURS, N, V
from theory.catalogue.testing import LOG_MISSES, compare_misses
from theory.language.confidence import UpTo
from theory.language.experiments import Draws, Experiment
from theory.language.rules import Algebra, Cite, Smt, use
from theory.language.schemas import LowerBound, SampleSize, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, VC, integer, real
from theory.language.terms import (
    Event,
    Every,
    Fact,
    Mean,
    Pr,
    Random,
    RandomInteger,
    conj,
    eq,
    ge,
    implies,
    le,
    lt,
)

OF_CANDIDATE = Random("error of a candidate")
IS_BAD = ge(OF_CANDIDATE, EPS / 2)
ALL_BAD = Every(IS_BAD, K)
OUTPUT_FAILS = Event("the output is bad")
CHOICE = 32 / EPS * sp.log(2 * K / DEL)
RUNS = Assumption("runs", "2^copies >= 2/delta", ge(2**K, 2 / DEL))
AT_HALF = tuple(
    Assumption(a.label, a.words.replace("2ε", "ε").replace("at most ε", "at most ε/2"),
               a.formal.subs(EPS, EPS / 2))
    for a in boosting_samples.assumptions
)  # fmt: skip
OUTCOME = Assumption(
    "outcome",
    "the output is bad only if all candidates are or the choice among them fails",
    implies(OUTPUT_FAILS, sp.Or(ALL_BAD, FAILS)),
)
CHOSEN = Experiment(
    (
        Draws(K, "candidates", ("error of a candidate",)),
        Draws(M, "verification points", ("wrong, bad candidate", "wrong, good candidate")),
    ),
    random=("the choice fails", "the output is bad"),
)


def _choice_steps(good: str) -> tuple[Step, ...]:
    """From E error <= ε/4, the step or assumption `good`, to the failure of the choice."""
    return (
        Step("markov", le(Pr(IS_BAD), Mean(OF_CANDIDATE) / (EPS / 2)),
             use("markov", x=OF_CANDIDATE, level=EPS / 2), ("errors",)),
        Step("half", le(Pr(IS_BAD), HALF), Smt(), ("markov", good)),
        Step("draws", eq(Pr(ALL_BAD), Pr(IS_BAD) ** K),
             use("independent-draws", event=IS_BAD, n=K)),
        Step("halves", le(Pr(IS_BAD) ** K, HALF**K),
             use("power-monotone", x=Pr(IS_BAD), y=HALF, n=K), ("half",)),
        Step("none", le(Pr(ALL_BAD), DEL / 2), Smt(), ("draws", "halves"),
             "No candidate is good with probability at most δ/2."),
        Step("event", le(Pr(OUTPUT_FAILS), Pr(sp.Or(ALL_BAD, FAILS))),
             use("event-monotone", smaller=OUTPUT_FAILS, larger=sp.Or(ALL_BAD, FAILS)),
             ("outcome",)),
        Step("boole", le(Pr(sp.Or(ALL_BAD, FAILS)), Pr(ALL_BAD) + Pr(FAILS)),
             use("boole", first=ALL_BAD, second=FAILS)),
        Step("choice", implies(ge(M, CHOICE), le(Pr(FAILS), DEL / 2)),
             Cite(boosting_samples, {"epsilon": EPS / 2}), ("candidates", "failure")),
    )  # fmt: skip


ERRORS_POSITIVE = Assumption("errors", "errors are no less than 0", ge(OF_CANDIDATE, 0))

universal_approximate_samples = Theorem(
    name="universal-approximate-samples",
    title="Samples for a class with a good student for every distribution",
    parameters=(CANDIDATES, EPSILON, DELTA),
    result=SampleSize(
        M,
        CHOICE,
        le(Pr(OUTPUT_FAILS), DEL),
        monotone={"copies": "up", "epsilon": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "promise",
            "for every distribution some student errs so seldom; candidates "
            "are drawn from the law of students that the minimax theorem gives",
            conj(Fact("a student for every law", EPS / 4), Fact("minimax law", OF_CANDIDATE)),
        ),
        ERRORS_POSITIVE,
        *AT_HALF,
        OUTCOME,
    ),
    experiment=Experiment(CHOSEN.draws, CHOSEN.random, (Fact("minimax law", OF_CANDIDATE),)),
    steps=(
        Step("minimax", le(Mean(OF_CANDIDATE), EPS / 4),
             use("minimax", x=OF_CANDIDATE, level=EPS / 4), ("promise",),
             "Without samples: a law of students that errs on each point seldom enough."),
        *_choice_steps("minimax"),
        Step("conclusion", implies(ge(M, CHOICE), le(Pr(OUTPUT_FAILS), DEL)), Smt(),
             ("none", "event", "boole", "choice")),
    ),
    citation=OURS,
    requires=(RUNS,),
    locals=(CHECKS,),
    notes=("The samples choose among candidates; the VC dimension does not enter.",),
)  # fmt: skip

PROMISED = real("promise", "a", "error of the best student for the worst distribution", 0, 1)
OFF = ge(OF_CANDIDATE, EPS)

universal_zero_samples = Theorem(
    name="universal-zero-samples",
    title="A student for every distribution that is good enough without a sample",
    parameters=(EPSILON, DELTA),
    result=UpTo(
        PROMISED.symbol,
        EPS * DEL,
        le(Pr(OFF), DEL),
        monotone={"epsilon": "up", "delta": "up"},
    ),
    assumptions=(
        Assumption(
            "promise",
            "for every distribution some student errs so seldom; one candidate is drawn from the "
            "law of students that the minimax theorem gives",
            conj(
                Fact("a student for every law", PROMISED.symbol),
                Fact("minimax law", OF_CANDIDATE),
            ),
        ),
        ERRORS_POSITIVE,
    ),
    experiment=Experiment(
        random=("error of a candidate",), laws=(Fact("minimax law", OF_CANDIDATE),)
    ),
    steps=(
        Step("minimax", le(Mean(OF_CANDIDATE), PROMISED.symbol),
             use("minimax", x=OF_CANDIDATE, level=PROMISED.symbol), ("promise",)),
        Step("markov", le(Pr(OFF), Mean(OF_CANDIDATE) / EPS),
             use("markov", x=OF_CANDIDATE, level=EPS), ("errors",)),
        Step("conclusion", implies(le(PROMISED.symbol, EPS * DEL), le(Pr(OFF), DEL)), Smt(),
             ("minimax", "markov")),
    ),
    citation=OURS,
    locals=(PROMISED,),
    notes=("Beyond it universal-approximate-samples chooses among candidates on samples.",),
)  # fmt: skip

SEEN_FAR = Event("a draw is the far point")
UNSEEN = Every(sp.Not(SEEN_FAR), N)
WRONG_THERE = Event("the output errs on the far point")
MISSES = Event("the distiller errs on the unseen point")
AT_LEAST = sp.log(EPS / (4 * DEL)) / (-sp.log(1 - EPS))
KEPT = (1 - EPS) ** N
RATIO = 4 * DEL / EPS

universal_approximate_lower = Theorem(
    name="universal-approximate-lower",
    title="Samples that good students for every distribution do not save",
    parameters=(EPSILON, DELTA),
    result=LowerBound(N, AT_LEAST, monotone={"delta": "down"}),
    assumptions=(
        Assumption(
            "point",
            "students err on a share of ε/4 of the points, any such set; ε of the probability is "
            "on a far point, uniform among all, the rest on another one",
            eq(Pr(sp.Not(SEEN_FAR)), 1 - EPS),
        ),
        Assumption(
            "output",
            "while the far point is unseen the output errs on it with probability ε/4 or more, and "
            "then fails",
            conj(
                ge(Pr(sp.And(UNSEEN, WRONG_THERE)), EPS / 4 * Pr(UNSEEN)),
                implies(sp.And(UNSEEN, WRONG_THERE), MISSES),
            ),
        ),
        Assumption("promise", "the distiller fails with probability at most δ",
                   le(Pr(MISSES), DEL)),
    ),
    experiment=Experiment(
        (Draws(N, "points", ("a draw is the far point",)),),
        ("the output errs on the far point", "the distiller errs on the unseen point"),
    ),
    steps=(
        Step("draws", eq(Pr(UNSEEN), Pr(sp.Not(SEEN_FAR)) ** N),
             use("independent-draws", event=sp.Not(SEEN_FAR), n=N)),
        Step("power", le(KEPT, Pr(sp.Not(SEEN_FAR)) ** N),
             use("power-monotone", x=1 - EPS, y=Pr(sp.Not(SEEN_FAR)), n=N), ("point",)),
        Step("event", le(Pr(sp.And(UNSEEN, WRONG_THERE)), Pr(MISSES)),
             use("event-monotone", smaller=sp.And(UNSEEN, WRONG_THERE), larger=MISSES),
             ("output",)),
        Step("small", le(KEPT, RATIO), Smt(), ("draws", "power", "event", "output", "promise")),
        LOG_MISSES,
        NEGATIVE,
        Step("inverse", eq(sp.log(EPS / (4 * DEL)), -sp.log(RATIO)), Algebra()),
        compare_misses(RATIO),
        Step("conclusion", ge(N, AT_LEAST), Smt(),
             ("small", "logarithm", "negative", "inverse", "compare")),
    ),
    citation=OURS,
    requires=(Assumption("delta", "delta < epsilon/4", lt(DEL, EPS / 4)),),
    locals=(N_SAMPLES,),
)  # fmt: skip

WRONG_POINTS = RandomInteger("points predicted wrongly, of one more")
NEXT_ERROR = Random("error of the one-inclusion predictor")
PREDICTION = Fact("one-inclusion prediction", WRONG_POINTS, V)
HAUSSLER = Citation(
    "Haussler, Littlestone, Warmuth",
    "Predicting {0, 1}-functions on randomly drawn points, Inf. Comp. 115",
    1994,
)
ONE_MORE = V / (N + 1)

one_inclusion_error = Theorem(
    name="one-inclusion-error",
    title="Mean error of the one-inclusion predictor",
    parameters=(VC, N_SAMPLES),
    result=UpperBound(Mean(NEXT_ERROR), ONE_MORE, monotone={"vc": "up", "n": "down"}),
    assumptions=(
        Assumption(
            "prediction",
            "of n + 1 exchangeable points each is predicted from the others; the graph of the "
            "patterns is oriented so that few are predicted wrongly",
            conj(PREDICTION, eq(Mean(WRONG_POINTS), (N + 1) * Mean(NEXT_ERROR))),
        ),
    ),
    experiment=Experiment(
        (Draws(N, "points"),),
        ("points predicted wrongly, of one more", "error of the one-inclusion predictor"),
        (PREDICTION,),
    ),
    steps=(
        Step("few", le(Mean(WRONG_POINTS), V),
             use("one-inclusion", count=WRONG_POINTS, dimension=V), ("prediction",)),
        Step("conclusion", le(Mean(NEXT_ERROR), ONE_MORE), Smt(), ("few", "prediction")),
    ),
    citation=HAUSSLER,
    notes=("It is improper: it returns no member of the class, and distils into no tree.",),
)  # fmt: skip

EACH = integer("each", "n", "samples of a run of the predictor", 1)
TOTAL_DRAWN = integer("total", "s", "samples of all runs and of the choice", 1)
EACH_NEEDED, CHOICE_NEEDED = sp.ceiling(4 * V / EPS - 1), sp.ceiling(CHOICE)
ALL_NEEDED = K * EACH_NEEDED + CHOICE_NEEDED
TOTAL = TOTAL_DRAWN.symbol

one_inclusion_samples = Theorem(
    name="one-inclusion-samples",
    title="Samples for a realizable class without the logarithm of the accuracy, improper",
    parameters=(VC, CANDIDATES, EPSILON, DELTA),
    result=SampleSize(
        TOTAL,
        ALL_NEEDED,
        le(Pr(OUTPUT_FAILS), DEL),
        monotone={"vc": "up", "copies": "up", "epsilon": "down", "delta": "down"},
    ),
    assumptions=(
        Assumption(
            "runs of the predictor",
            "each of k candidates is a run of the one-inclusion predictor on samples of its own, "
            "and what is left of all is for the choice",
            conj(
                implies(ge(EACH.symbol, EACH_NEEDED),
                        le(Mean(OF_CANDIDATE), V / (EACH.symbol + 1))),
                eq(EACH.symbol, EACH_NEEDED),
                eq(M, TOTAL - K * EACH.symbol),
            ),
        ),
        ERRORS_POSITIVE,
        *AT_HALF,
        OUTCOME,
    ),
    experiment=CHOSEN,
    steps=(
        Step("enough", le(4 * V / EPS - 1, EACH_NEEDED), use("ceiling", x=4 * V / EPS - 1)),
        Step("mean", le(Mean(OF_CANDIDATE), EPS / 4), Smt(),
             ("enough", "runs of the predictor")),
        *_choice_steps("mean"),
        Step("up", le(CHOICE, CHOICE_NEEDED), use("ceiling", x=CHOICE)),
        Step("conclusion", implies(ge(TOTAL, ALL_NEEDED), le(Pr(OUTPUT_FAILS), DEL)), Smt(),
             ("none", "event", "boole", "choice", "up", "runs of the predictor")),
    ),
    citation=HAUSSLER,
    requires=(RUNS,),
    locals=(CHECKS, EACH, TOTAL_DRAWN),
)  # fmt: skip

THEOREMS = (
    universal_approximate_samples,
    universal_zero_samples,
    universal_approximate_lower,
    one_inclusion_error,
    one_inclusion_samples,
)
