"""Several tests with one guarantee, and questions to a teacher that samples stand for."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.catalogue.composition import composition_stages_confidence, good
from theory.catalogue.occam import MEMBER, G
from theory.catalogue.proving import COUNT, TRY, J, adding_up, one_of_many, total
from theory.catalogue.shared import DEL, EPS, NEGATIVE, STAGE, N, T
from theory.catalogue.testing import (
    AGREEMENT,
    DRAWN_POINTS,
    ERROR,
    PASS,
    P,
    test_sample_size,
    test_samples_simple,
)
from theory.language.confidence import UpTo
from theory.language.experiments import Experiment
from theory.language.rules import Algebra, Cite, Instantiate, Smt, use
from theory.language.schemas import SampleSize
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, integer, real
from theory.language.terms import (
    Event,
    Fact,
    Members,
    Pr,
    Random,
    RandomInteger,
    Some,
    conj,
    eq,
    ge,
    implies,
    le,
)

TESTS = integer("tests", "m", "number of tests", 1)
LEVEL = real("level", "alpha", "probability that a test alone may fail with", 0, 1)
M, ALPHA = TESTS.symbol, LEVEL.symbol
FAILS = Event("a test fails", G)
SOME_FAILS = Some(G, sp.true, FAILS)
SHARED = DEL / M

several_tests = Theorem(
    name="several-tests",
    title="Several tests of any kind, one guarantee: the level of each",
    parameters=(TESTS, DELTA),
    result=UpTo(
        ALPHA,
        SHARED,
        le(Pr(SOME_FAILS), DEL),
        monotone={"tests": "down", "delta": "up"},
    ),
    assumptions=(
        Assumption(
            "tests",
            "there are m tests g, each of which fails with probability at most α: its claim is "
            "false though it is made; they may use the same samples",
            conj(eq(Members(G, sp.true), M), le(Pr(FAILS), ALPHA)),
        ),
    ),
    experiment=Experiment(random=("a test fails",)),
    steps=(
        Step(
            "union",
            le(Pr(SOME_FAILS), Members(G, sp.true) * ALPHA),
            use("union-bound", member=G, condition=sp.true, event=FAILS, bound=ALPHA),
            ("tests",),
        ),
        Step("share", implies(le(ALPHA, SHARED), le(M * ALPHA, DEL)), Smt()),
        Step(
            "conclusion",
            implies(le(ALPHA, SHARED), le(Pr(SOME_FAILS), DEL)),
            Smt(),
            ("union", "share", "tests"),
        ),
    ),
    citation=Citation(
        "Dunn", "Multiple comparisons among means, JASA 56:52-64 (after Bonferroni)", 1961
    ),
    locals=(LEVEL,),
    schematic=(MEMBER,),
    notes=("The tests are fixed beforehand, also in number: attempts go on with attempt-samples.",),
)

ALONE = replace(LEVEL, open="()")
ROOT = (1 - DEL) ** (1 / M)
EACH = 1 - ROOT
HOLD = (1 - ALPHA) ** M
INDEPENDENT_CLAIM = implies(le(ALPHA, EACH), le(1 - good(M), DEL))

several_tests_independent = Theorem(
    name="several-tests-independent",
    title="Several tests on samples of their own, one guarantee: the level of each",
    parameters=(TESTS, DELTA),
    result=UpTo(
        ALPHA,
        EACH,
        le(1 - good(M), DEL),
        monotone={"tests": "down", "delta": "up"},
    ),
    assumptions=(
        Assumption(
            "stages",
            "each test has fresh samples: given that those before it hold, it holds with "
            "probability 1 - α at least",
            conj(eq(good(sp.Integer(0)), 1), ge(good(T + 1), good(T) * (1 - ALPHA))),
        ),
    ),
    steps=(
        Step(
            "all",
            implies(le(ALPHA, EACH), le(1 - good(M), 1 - HOLD)),
            Cite(composition_stages_confidence, {"stages": M, "delta": ALPHA}),
            ("stages",),
        ),
        Step("root", eq(ROOT**M, 1 - DEL), Algebra(positive=((1 - DEL, DEL),))),
        Step(
            "powers",
            implies(le(ALPHA, EACH), le(ROOT**M, HOLD)),
            use("power-monotone", x=ROOT, y=1 - ALPHA, n=M),
        ),
        Step("conclusion", INDEPENDENT_CLAIM, Smt(), ("all", "root", "powers")),
    ),
    citation=Citation(
        "Sidak",
        "Rectangular confidence regions for the means of multivariate normal distributions, "
        "JASA 62:626-633",
        1967,
    ),
    locals=(ALONE,),
    schematic=(STAGE,),
)

TURN = integer("turn", "i", "number of the claim in its turn, from 1", 1)
WRONG = integer("wrong", "b", "claims that are false", 1)
AT_LEVEL = real("p-value", "x", "a level at which a test passes", 0, 1)
TURN_, B, X = TURN.symbol, WRONG.symbol, AT_LEVEL.symbol
FALSE = Fact("its claim is false", G)
FIRST = Event("the first false claim is that of", G)
WHEN = RandomInteger("turn of the first false claim")
VALUE = Random("p-value", G)
FALSELY = Some(G, FALSE, FIRST)
IN_TURN = DEL / (M - TURN_ + 1)


def passes(level: sp.Expr) -> sp.Basic:
    """A test passes at a level as seldom as it says, where its claim is false."""
    return implies(FALSE, le(Pr(le(VALUE, level)), level))


LATE = implies(le(ALPHA, IN_TURN), le(TURN_, M - B + 1), le(ALPHA, DEL / B))

several_tests_in_turn = Theorem(
    name="several-tests-in-turn",
    title="Several tests, their claims made in turn, one guarantee: the level of each turn",
    parameters=(TESTS, TURN, DELTA),
    result=UpTo(
        ALPHA,
        IN_TURN,
        le(ALPHA, DEL / B),
        given=(le(TURN_, M - B + 1),),
        also=(le(Pr(FALSELY), DEL),),
        monotone={"tests": "down", "turn": "up", "delta": "up"},
    ),
    assumptions=(
        Assumption(
            "p-values",
            "b of the m claims are false; the p-value of such a one is at most x with probability "
            "at most x, whatever the tests have to do with each other",
            conj(eq(Members(G, FALSE), B), le(B, M), passes(X)),
        ),
        Assumption(
            "in turn",
            "claims are made from the least p-value on, the i-th where its p-value is at most "
            "δ/(m - i + 1), until one is not; before the first false one at most m - b were made",
            implies(
                FIRST,
                conj(ge(WHEN, 1), le(WHEN, M - B + 1), le(VALUE, IN_TURN.subs(TURN_, WHEN))),
            ),
        ),
    ),
    experiment=Experiment(
        random=("the first false claim is that of", "turn of the first false claim", "p-value")
    ),
    steps=(
        Step("late", LATE, Smt()),
        Step("level", implies(FIRST, le(VALUE, DEL / B)), Smt(), ("in turn",),
             "Then m - i + 1 is b at least."),
        Step("event", le(Pr(FIRST), Pr(le(VALUE, DEL / B))),
             use("event-monotone", smaller=FIRST, larger=le(VALUE, DEL / B)), ("level",)),
        Step("each", passes(DEL / B), Instantiate("p-values", {X: DEL / B}), ("p-values",)),
        Step("union", le(Pr(FALSELY), Members(G, FALSE) * (DEL / B)),
             use("union-bound", member=G, condition=FALSE, event=FIRST, bound=DEL / B),
             ("event", "each")),
        Step("conclusion", conj(LATE, le(Pr(FALSELY), DEL)), Smt(), ("late", "union", "p-values")),
    ),
    citation=Citation(
        "Holm", "A simple sequentially rejective multiple test procedure, Scand. J. Stat. 6:65-70",
        1979,
    ),
    requires=(Assumption("turn <= tests", "turn <= tests", le(TURN_, M)),),
    locals=(LEVEL, WRONG),
    schematic=(MEMBER, AT_LEVEL),
    notes=("Where no claim is false none can be made falsely. See also several-tests.",),
)  # fmt: skip

HALVED = DEL * 2 ** (-TRY)
QUESTIONS = (sp.log(1 / DEL) + TRY * sp.log(2)) / EPS
QUESTION = one_of_many(QUESTIONS, HALVED)

equivalence_query_samples = Theorem(
    name="equivalence-query-samples",
    title="Samples that stand for the i-th question whether a candidate equals the teacher",
    parameters=(
        integer("attempt", "i", "number of the question, from 1", 1),
        EPSILON,
        DELTA,
    ),
    result=QUESTION,
    assumptions=(AGREEMENT, adding_up("candidate", "δ 2^(-i)", HALVED)),
    experiment=DRAWN_POINTS,
    steps=(
        Step(
            "logarithm",
            eq(sp.log(1 / HALVED), sp.log(1 / DEL) + TRY * sp.log(2)),
            Algebra(),
        ),
        Step("halving", le(1**TRY, 2**TRY), use("power-monotone", x=1, y=2, n=TRY)),
        Step(
            "one question",
            implies(ge(N, sp.log(1 / HALVED) / EPS), ge(P, EPS), le(Pr(PASS), HALVED)),
            Cite(test_samples_simple, {"delta": HALVED}),
            ("agreement", "halving"),
        ),
        Step(
            "halves",
            eq(DEL * (1 - 2 ** (-J)) + DEL * 2 ** (-J - 1), DEL * (1 - 2 ** (-J - 1))),
            Algebra(),
            words="The halves add up to less than 1.",
        ),
        Step(
            "sum",
            le(total(J), DEL * (1 - 2 ** (-J))),
            use("induction", claim=le(total(J), DEL * (1 - 2 ** (-J))), k=J, start=0),
            ("attempts", "halves"),
        ),
        Step("conclusion", QUESTION.claim, Smt(), ("logarithm", "one question", "sum")),
    ),
    citation=Citation(
        "Angluin", "Learning regular sets from queries and counterexamples, Inf. Comp. 75", 1987
    ),
    locals=(N_SAMPLES, ERROR),
    schematic=(COUNT,),
    notes=("Each question has fresh samples; attempt-samples divides δ otherwise.",),
)

MISTAKES = integer("mistakes", "c", "most mistakes that the learner makes, on any points", 0)
C = MISTAKES.symbol
EVEN = DEL / (C + 1)
STRETCH = sp.log(EVEN) / sp.log(1 - EPS)
SURVIVES = le(total(J), J * EVEN)
SURVIVOR = SampleSize(
    N,
    STRETCH,
    le(Pr(PASS), EVEN),
    given=(ge(P, EPS),),
    also=(le(total(C + 1), DEL),),
    monotone={"mistakes": "up", "epsilon": "down", "delta": "down"},
)

mistake_bound_samples = Theorem(
    name="mistake-bound-samples",
    title="From a bound of mistakes to samples: draws that a hypothesis must pass to be taken",
    parameters=(MISTAKES, EPSILON, DELTA),
    result=SURVIVOR,
    assumptions=(AGREEMENT, adding_up("hypothesis", "δ/(c + 1)", EVEN)),
    experiment=DRAWN_POINTS,
    steps=(
        NEGATIVE,
        Step("one hypothesis", implies(ge(N, STRETCH), ge(P, EPS), le(Pr(PASS), EVEN)),
             Cite(test_sample_size, {"delta": EVEN}), ("agreement", "negative")),
        Step("sum", implies(ge(J, 0), SURVIVES),
             use("induction", claim=SURVIVES, k=J, start=0), ("attempts",)),
        Step("all", SURVIVES.subs(J, C + 1), Instantiate("sum", {J: C + 1}), ("sum",),
             "It has c + 1 hypotheses at the most, and takes the first that passes."),
        Step("conclusion", SURVIVOR.claim, Smt(), ("one hypothesis", "all")),
    ),
    citation=Citation("Littlestone", "From on-line to batch learning, COLT:269-284", 1989),
    locals=(N_SAMPLES, ERROR),
    schematic=(COUNT,),
    notes=(
        "Each hypothesis has fresh draws, and is changed where it is wrong: in all so many draws "
        "for each mistake, and once more. Mistakes: halving-counterexamples, perceptron.",
    ),
)  # fmt: skip

THEOREMS = (
    several_tests,
    several_tests_independent,
    several_tests_in_turn,
    equivalence_query_samples,
    mistake_bound_samples,
)
