"""Several tests with one guarantee, and questions to a teacher that samples stand for."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from theory.catalogue.composition import composition_stages_confidence, good
from theory.catalogue.occam import MEMBER, G
from theory.catalogue.proving import COUNT, TRY, J, adding_up, one_of_many, total
from theory.catalogue.shared import DEL, EPS, STAGE, N, T
from theory.catalogue.testing import (
    AGREEMENT,
    DRAWN_POINTS,
    ERROR,
    PASS,
    P,
    test_samples_simple,
)
from theory.language.confidence import UpTo
from theory.language.experiments import Experiment
from theory.language.rules import Algebra, Cite, Smt, use
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import DELTA, EPSILON, N_SAMPLES, integer, real
from theory.language.terms import Event, Members, Pr, Some, conj, eq, ge, implies, le

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

THEOREMS = (several_tests, several_tests_independent, equivalence_query_samples)
