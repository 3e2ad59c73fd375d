"""What the field's words mean: distillation as an object, not only as an idea.

A `Definition` has words and, where it is a claim, its formal content in the language of the
derivations; theorems are stated with the same functions (`distils`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sympy as sp

from theory.language.symbols import DELTA, EPSILON
from theory.language.terms import Event, Fact, Member, Pr, Quantity, Random, eq, gt, implies, le

EPS, DEL = EPSILON.symbol, DELTA.symbol
STUDENT = sp.Symbol("g")
ERROR = Random("error of the output")
OPT = Quantity("opt")
LEVEL = sp.Symbol("alpha", real=True, nonnegative=True)
DIFFER = Event("f(x) != g(x)")


NOTHING = sp.Integer(0)


def distils(error: Any, opt: Any = NOTHING, epsilon: Any = EPS, delta: Any = DEL) -> Any:
    """The claim that the output's error is above opt + ε with probability at most δ."""
    return le(Pr(gt(error, opt + epsilon)), delta)


@dataclass(frozen=True)
class Definition:
    """A word of the field: what it means, formally where it is a claim; `see`: theorems."""

    name: str
    words: str
    formal: Any = None
    see: tuple[str, ...] = ()


DEFINITIONS = (
    Definition(
        "source class F",
        "the functions that may be distilled: networks, as files. The distiller is given a "
        "description of its f, and may evaluate it and look into it",
    ),
    Definition(
        "target class G",
        "the functions that may be returned: trees of bounded depth or number of leaves. Fixed "
        "before anything is drawn",
        None,
        ("log-tree-functions-multiclass", "log-tree-functions-leaves-multiclass"),
    ),
    Definition(
        "error",
        "of a student g under a distribution D of the points: the probability that it disagrees "
        "with f, the probability of its disagreement set {f != g}",
        eq(Quantity("err", STUDENT), Pr(DIFFER)),
        ("certificate-error", "clopper-pearson"),
    ),
    Definition(
        "opt",
        "the least error of a student in G under D",
        implies(Fact("in G", STUDENT), le(OPT, Quantity("err", STUDENT))),
    ),
    Definition(
        "problem",
        "F, G, a set of distributions D, and a promise: what is assumed of f and D together. For a "
        "fixed f only the disagreement sets matter, and D alone is unknown: were it known, no "
        "sample would be needed",
    ),
    Definition(
        "perfect, global promise",
        "f is, as a function, a member of G",
        Fact("in G", Member("f", STUDENT)),
        ("equality-by-table", "exact-test"),
    ),
    Definition(
        "perfect, universal promise",
        "for every distribution some student in G errs with probability α at most; with α = 0 on a "
        "finite domain it is the global promise",
        Fact("a student for every law", LEVEL),
        ("universal-samples", "universal-approximate-samples"),
    ),
    Definition(
        "perfect for this D",
        "for the distribution at hand some student in G has error 0",
        eq(OPT, 0),
        ("occam-realizable", "vc-realizable", "d-perfect-lower"),
    ),
    Definition(
        "agnostic",
        "nothing is promised; the student is compared with the best of G",
        None,
        ("occam-agnostic", "vc-agnostic-samples", "agnostic-lower"),
    ),
    Definition(
        "distiller",
        "an algorithm, perhaps randomised, that is given f and n unlabelled points drawn "
        "independently from D, and returns a function",
    ),
    Definition(
        "(ε, δ)-distils",
        "for every f and D within the promise, the output's error is above opt + ε with "
        "probability δ at most",
        distils(ERROR, OPT),
        ("reduction-accuracy-agnostic",),
    ),
    Definition(
        "(ε, δ)-distils, perfect case",
        "the same where opt is 0",
        implies(eq(OPT, 0), distils(ERROR)),
        ("reduction-accuracy", "universal-samples"),
    ),
    Definition(
        "proper",
        "what is returned is a member of G. A learner that is not does not distil into trees",
        Fact("in G", Member("output", STUDENT)),
        ("proper-learning-implies-distillation", "one-inclusion-error"),
    ),
    Definition(
        "PAC-distillable",
        "some distiller needs samples and time polynomial in the size of f, in 1/ε and in ln(1/δ)",
    ),
    Definition(
        "(0, 0)-distillation",
        "a student with a certificate that it is the teacher: no error, under every distribution, "
        "with certainty",
        le(Pr(DIFFER), 0),
        ("certificate-error", "kernel-verdict"),
    ),
    Definition(
        "reduction",
        "of one problem to another: f becomes f', points become points, a student g' for f' "
        "becomes one for f whose error is at most α times that of g', plus β",
        le(Random("error of R(g')"), LEVEL * Random("error of g'") + sp.Symbol("beta", real=True)),
        ("reduction-accuracy", "reduction-composition"),
    ),
    Definition(
        "composition",
        "a student is distilled in its turn. Disagreements add up; excesses over the best student "
        "do not: the first stage's error counts twice",
        None,
        ("disagreement-triangle", "composition-agnostic", "composition-confidence"),
    ),
)
"""In the order in which they build on each other."""
