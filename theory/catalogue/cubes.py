"""Points, subcubes and covers of the domain (catalogue T2, T15a, T15c, T18a, T18b, T19b)."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory.catalogue.counting import CUBE, CUBE_STEPS, cube
from theory.catalogue.margins import COEFFICIENTS, OFFSET
from theory.catalogue.proving import DIFFER, IN_PROVED, certificate_error
from theory.catalogue.trees import LEVEL
from theory.rules import Algebra, Cite, Instantiate, Smt, use
from theory.statement import Assumption, Bound, Citation, Step, Theorem
from theory.symbols import DELTA, LENGTH, VARIABLES, Parameter, integer, reals
from theory.terms import Fact, Pr, Quantity, Random, conj, eq, ge, implies, le, lt

D, T, DEL = VARIABLES.symbol, LEVEL.symbol, DELTA.symbol
OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)
INDEX = integer("t", "t", "how many so far")
IX = INDEX.symbol
LISTS = Parameter("m", LENGTH, "integer", "m", "m", "length of the lists", Fraction(1))

EVALUATIONS = Quantity("evaluations of the teacher")
TABLE_CLAIM = conj(le(EVALUATIONS, 2**D), le(Pr(DIFFER), 0))
table = Theorem(
    name="perfect-distillation",
    title="Perfect distillation needs no samples",
    statement=(
        "If some student equals the teacher on all 2^d points, reading the teacher's table "
        "(2^d evaluations) and searching for a student with that table gives error 0 under every "
        "distribution, with no samples and no confidence parameter."
    ),
    parameters=(VARIABLES,),
    result=Bound(
        2**D, "evaluations that suffice", rounding="up", monotone={"variables": "up"}
    ),
    claim=TABLE_CLAIM,
    assumptions=(
        *CUBE,
        Assumption("table", "one evaluation a point", le(EVALUATIONS, cube(D))),
        Assumption("search", "the student found agrees with the teacher on every point read",
                   implies(IN_PROVED, sp.Not(DIFFER))),
        Assumption("all", "the points read are the whole domain", eq(Pr(IN_PROVED), 1)),
    ),
    steps=(
        *CUBE_STEPS,
        Step("points", eq(cube(D), 2**D), Instantiate("cubes", {T: D}), ("cubes",)),
        Step("error", le(Pr(DIFFER), 0), Cite(certificate_error, {"proved": sp.Integer(1)}),
             ("search", "all")),
        Step("conclusion", TABLE_CLAIM, Smt(), ("points", "error", "table")),
    ),
    citation=OURS,
    schematic=(LEVEL,),
)  # fmt: skip

CLAUSES = integer("clauses", "m", "clauses of a 3-CNF", 1)
C = CLAUSES.symbol


def clause(t: sp.Expr) -> sp.Expr:
    """The output of the unit of clause t."""
    return Quantity("clause", t)


def literals(t: sp.Expr) -> sp.Expr:
    """How many literals of clause t are true: the sum of (1 + s x)/2."""
    return Quantity("true literals", t)


def satisfied(t: sp.Expr) -> sp.Basic:
    """The first t clauses are satisfied."""
    return Fact("satisfied", t)


def clause_sum(t: sp.Expr) -> sp.Expr:
    """The sum of the first t clause outputs."""
    return Quantity("sum of clauses", t)


def units(t: sp.Expr) -> sp.Expr:
    """Hidden units for t clauses, and one for the conjunction."""
    return Quantity("hidden units", t)


SUMS = conj(
    implies(satisfied(IX), eq(clause_sum(IX), IX)),
    implies(sp.Not(satisfied(IX)), le(clause_sum(IX), IX - 1)),
)
CONJUNCTION = sp.Max(clause_sum(C) - C + 1, 0)
SAT_CLAIM = conj(
    eq(units(C), C + 1),
    implies(satisfied(C), eq(CONJUNCTION, 1)),
    implies(sp.Not(satisfied(C)), eq(CONJUNCTION, 0)),
)
sat_network = Theorem(
    name="white-box-reduction",
    title="The price of a white box",
    statement=(
        "A 3-CNF with m clauses is a ReLU network with m + 1 hidden units in two layers whose "
        "value is 1 where the formula is satisfied and 0 elsewhere. So deciding whether a network "
        "is constant on {-1, 1}^d is as hard as unsatisfiability: coNP-complete, as a "
        "counterexample is checked by evaluation."
    ),
    parameters=(CLAUSES,),
    result=Bound(C + 1, "hidden units of the network", rounding="up", monotone={"clauses": "up"}),
    claim=SAT_CLAIM,
    assumptions=(
        Assumption(
            "clause unit",
            "clause t has 0, 1, 2 or 3 true literals; its unit gives 1 - relu(1 - their number)",
            conj(
                sp.Or(*(eq(literals(IX), i) for i in range(4)), evaluate=False),
                eq(clause(IX), 1 - sp.Max(1 - literals(IX), 0)),
            ),
        ),
        Assumption(
            "formula",
            "a clause is satisfied if a literal is true, a formula if every clause is; the sum "
            "adds the units",
            conj(
                satisfied(sp.Integer(0)),
                sp.Equivalent(
                    satisfied(IX + 1), sp.And(satisfied(IX), ge(literals(IX + 1), 1))
                ),
                eq(clause_sum(sp.Integer(0)), 0),
                eq(clause_sum(IX + 1), clause_sum(IX) + clause(IX + 1)),
            ),
        ),
        Assumption(
            "units",
            "one hidden unit a clause, and one for relu(sum - m + 1)",
            conj(eq(units(sp.Integer(0)), 1), eq(units(IX + 1), units(IX) + 1)),
        ),
    ),
    steps=(
        Step(
            "next clause",
            conj(
                sp.Or(*(eq(literals(IX + 1), i) for i in range(4)), evaluate=False),
                eq(clause(IX + 1), 1 - sp.Max(1 - literals(IX + 1), 0)),
            ),
            Instantiate("clause unit", {IX: IX + 1}),
            ("clause unit",),
        ),
        Step("sums", SUMS, use("induction", claim=SUMS, k=IX, start=0), ("formula", "next clause"),
             "The sum is m where all clauses hold, at most m - 1 elsewhere."),
        Step("all", SUMS.subs(IX, C), Instantiate("sums", {IX: C}), ("sums",)),
        Step("whole", implies(sp.Not(satisfied(C)), eq(CONJUNCTION, 0)), Smt(), ("all",)),
        Step("count", eq(units(IX), IX + 1),
             use("induction", claim=eq(units(IX), IX + 1), k=IX, start=0), ("units",)),
        Step("counted", eq(units(C), C + 1), Instantiate("count", {IX: C}), ("count",)),
        Step("conclusion", SAT_CLAIM, Smt(), ("all", "whole", "counted")),
    ),
    citation=Citation("Cook", "The complexity of theorem-proving procedures, STOC", 1971),
    schematic=(INDEX,),
)  # fmt: skip

FOUND = integer("counterexamples", "c", "points of disagreement known")
WRONG = Quantity("P[f != g]")
EACH = FOUND.symbol / 2**D
counterexample_error = Theorem(
    name="counterexample-error",
    title="What counterexamples imply",
    statement=(
        "Under the uniform distribution on 2^d points, c different counterexamples mean an error "
        "of at least c/2^d; with all of them it is that number."
    ),
    parameters=(FOUND, VARIABLES),
    result=Bound(
        EACH,
        "lower bound for the error",
        vacuous=le(FOUND.symbol, 0),
        vacuous_words="without a counterexample",
        monotone={"counterexamples": "up", "variables": "down"},
    ),
    claim=ge(WRONG, EACH),
    assumptions=(
        *CUBE,
        Assumption(
            "uniform",
            "each point has the same share of probability 1; c points are disagreements",
            ge(WRONG * cube(D), FOUND.symbol),
        ),
    ),
    steps=(
        *CUBE_STEPS,
        Step("points", eq(cube(D), 2**D), Instantiate("cubes", {T: D}), ("cubes",)),
        Step("conclusion", ge(WRONG, EACH), Smt(), ("points", "uniform")),
    ),
    citation=OURS,
    requires=(Assumption("points", "counterexamples <= 2^variables", le(FOUND.symbol, 2**D)),),
    schematic=(LEVEL,),
)

FIXED = reals("fixed", "p", "for each fixed variable, the probability of its value", 0, 1)
P = FIXED.symbol


def mass(t: sp.Expr) -> sp.Expr:
    """The probability that t fixed variables have their values."""
    return Quantity("mass", t)


POSITION = integer("j", "j", "number of a list entry", 1)
J = POSITION.symbol
PRODUCT = sp.Product(P[J], (J, 1, LENGTH))
MASSES = eq(mass(IX), sp.Product(P[J], (J, 1, IX)))
subcube_error = Theorem(
    name="subcube-error",
    title="Disagreement on a whole subcube",
    statement=(
        "If teacher and student disagree everywhere on a subcube, the error is at least its "
        "probability: the product over its fixed variables (independent) of the probability of "
        "the fixed value, 1/2 each for the uniform distribution. A single point is a subcube with "
        "every variable fixed; disjoint subcubes add up."
    ),
    parameters=(FIXED,),
    result=Bound(PRODUCT, "lower bound for the error"),
    claim=ge(WRONG, PRODUCT),
    assumptions=(
        Assumption(
            "independent",
            "fixing one more independent variable multiplies the probability",
            conj(eq(mass(sp.Integer(0)), 1), eq(mass(IX + 1), mass(IX) * P[IX + 1])),
        ),
        Assumption("disagree", "every point of the subcube is a disagreement",
                   ge(WRONG, mass(LENGTH))),
    ),
    steps=(
        Step(
            "product",
            conj(
                eq(sp.Product(P[J], (J, 1, 0)), 1),
                eq(sp.Product(P[J], (J, 1, IX + 1)), sp.Product(P[J], (J, 1, IX)) * P[IX + 1]),
            ),
            use("product-next", term=P[J], index=J, first=1, last=IX),
        ),
        Step("masses", MASSES, use("induction", claim=MASSES, k=IX, start=0),
             ("product", "independent")),
        Step("whole", MASSES.subs(IX, LENGTH), Instantiate("masses", {IX: LENGTH}), ("masses",)),
        Step("conclusion", ge(WRONG, PRODUCT), Smt(), ("whole", "disagree")),
    ),
    citation=OURS,
    locals=(LISTS,),
    schematic=(INDEX,),
)  # fmt: skip

CODIMENSIONS = reals("fixed", "j", "variables that each subcube fixes", 0)
TAILS = reals("tails", "t", "bound for the probability of disagreement within each", 0, 1)
JS, TS = CODIMENSIONS.symbol, TAILS.symbol
SHARE = sp.Pow(2, -JS[J]) * TS[J]
COVER = sp.Sum(SHARE, (J, 1, LENGTH))


def covered(t: sp.Expr) -> sp.Expr:
    """The probability of a disagreement in the first t subcubes."""
    return Quantity("disagreement in", t)


COVERED = le(covered(IX), sp.Sum(SHARE, (J, 1, IX)))
cover_total = Theorem(
    name="cover-total",
    title="Certified probability over a partition",
    statement=(
        "A partition of {-1, 1}^d into subcubes with j_i fixed variables; within subcube i the "
        "probability of disagreement is certified to be at most t_i (1 where nothing is known, 0 "
        "where equality is proved). Under the uniform distribution the error is at most "
        "Σ 2^(-j_i) t_i."
    ),
    parameters=(CODIMENSIONS, TAILS),
    result=Bound(
        COVER,
        "upper bound for the probability of disagreement",
        vacuous=ge(COVER, 1),
        vacuous_words="when it is at least 1",
    ),
    claim=le(WRONG, COVER),
    assumptions=(
        Assumption(
            "subcubes",
            "the next subcube has probability 2^(-j) and adds at most t of it",
            conj(
                eq(covered(sp.Integer(0)), 0),
                le(covered(IX + 1), covered(IX) + sp.Pow(2, -JS[IX + 1]) * TS[IX + 1]),
            ),
        ),
        Assumption("partition", "together they are the domain", le(WRONG, covered(LENGTH))),
    ),
    steps=(
        Step(
            "sum",
            conj(
                eq(sp.Sum(SHARE, (J, 1, 0)), 0),
                eq(
                    sp.Sum(SHARE, (J, 1, IX + 1)),
                    sp.Sum(SHARE, (J, 1, IX)) + SHARE.subs(J, IX + 1),
                ),
            ),
            use("series-next", term=SHARE, index=J, first=1, last=IX),
        ),
        Step("parts", COVERED, use("induction", claim=COVERED, k=IX, start=0),
             ("sum", "subcubes")),
        Step("whole", COVERED.subs(IX, LENGTH), Instantiate("parts", {IX: LENGTH}), ("parts",)),
        Step("conclusion", le(WRONG, COVER), Smt(), ("whole", "partition")),
    ),
    citation=OURS,
    locals=(LISTS,),
    schematic=(INDEX,),
    notes=("The leaves of a tree are such a partition: there Σ 2^(-j_i) = 1.",),
)  # fmt: skip

A, B = COEFFICIENTS.symbol, OFFSET.symbol
MARGIN = Random("margin")
LEAST_MARGIN = B - sp.Sum(sp.Abs(A[J]), (J, 1, LENGTH))


def partial(t: sp.Expr) -> sp.Expr:
    """The sum of the first t terms a_i x_i."""
    return Random("a x up to", t)


def sign(t: sp.Expr) -> sp.Expr:
    """The variable x_t."""
    return Random("x", t)


BELOW = ge(partial(IX), -sp.Sum(sp.Abs(A[J]), (J, 1, IX)))
leaf_margin = Theorem(
    name="leaf-margin",
    title="Certified margin on a leaf",
    statement=(
        "On a leaf the margin is certified to be at least b + Σ a_i x_i, x_i in {-1, 1}. It is at "
        "least b - Σ |a_i| at every point; if that is positive, the leaf's class is right "
        "everywhere, with probability 1 under every distribution."
    ),
    parameters=(OFFSET, COEFFICIENTS),
    result=Bound(
        LEAST_MARGIN,
        "lower bound for the margin on the leaf",
        vacuous=le(LEAST_MARGIN, 0),
        vacuous_words="when it is not positive",
        monotone={"offset": "up"},
    ),
    claim=ge(MARGIN, LEAST_MARGIN),
    assumptions=(
        Assumption("certified", "the margin is at least b + Σ a_i x_i at every point",
                   ge(MARGIN, B + partial(LENGTH))),
        Assumption(
            "signs",
            "x_i is 1 or -1; the sum adds a_i x_i",
            conj(
                eq(partial(sp.Integer(0)), 0),
                eq(partial(IX + 1), partial(IX) + A[IX + 1] * sign(IX + 1)),
                sp.Or(eq(sign(IX + 1), 1), eq(sign(IX + 1), -1)),
            ),
        ),
    ),
    steps=(
        Step(
            "sum",
            conj(
                eq(sp.Sum(sp.Abs(A[J]), (J, 1, 0)), 0),
                eq(
                    sp.Sum(sp.Abs(A[J]), (J, 1, IX + 1)),
                    sp.Sum(sp.Abs(A[J]), (J, 1, IX)) + sp.Abs(A[IX + 1]),
                ),
            ),
            use("series-next", term=sp.Abs(A[J]), index=J, first=1, last=IX),
        ),
        Step("below", BELOW, use("induction", claim=BELOW, k=IX, start=0), ("sum", "signs")),
        Step("whole", BELOW.subs(IX, LENGTH), Instantiate("below", {IX: LENGTH}), ("below",)),
        Step("conclusion", ge(MARGIN, LEAST_MARGIN), Smt(), ("whole", "certified")),
    ),
    citation=OURS,
    locals=(LISTS,),
    schematic=(INDEX,),
)  # fmt: skip

POINTS = integer("points", "N", "points of the domain", 1)
BAD = integer("bad", "K", "points of disagreement", 0)
DRAWN = integer("n", "n", "points drawn without replacement", 0)
N, K, M = POINTS.symbol, BAD.symbol, DRAWN.symbol
MISS_BOUND = (1 - M / N) ** K


def miss(k: sp.Expr) -> sp.Expr:
    """The probability that none of k bad points is drawn."""
    return Quantity("missed", k)


def falling(k: sp.Expr) -> sp.Expr:
    """(1 - n/N)^k."""
    return (1 - M / N) ** k


MISSED = implies(le(IX, N), conj(ge(miss(IX), 0), le(miss(IX), falling(IX))))
DRAWS = Assumption(
    "draws",
    "n of N points are drawn without replacement: given that the first k bad points are not "
    "drawn, the next is not with probability (N - n - k)/(N - k), or 0 if that is negative",
    conj(
        eq(miss(sp.Integer(0)), 1),
        implies(lt(IX, N), eq(miss(IX + 1), miss(IX) * sp.Max(0, N - M - IX) / (N - IX))),
    ),
)
DRAWN_RANGE = Assumption("drawn", "n <= points", le(M, N))
without_replacement = Theorem(
    name="miss-without-replacement",
    title="Missing every disagreement without replacement",
    statement=(
        "n of N points drawn without replacement miss all K points of disagreement with "
        "probability C(N - K, n)/C(N, n) <= (1 - n/N)^K."
    ),
    parameters=(POINTS, BAD, DRAWN),
    result=Bound(
        MISS_BOUND,
        "upper bound for the probability to miss them",
        vacuous=ge(MISS_BOUND, 1),
        vacuous_words="without draws or without disagreements",
        monotone={"points": "up", "bad": "down", "n": "down"},
    ),
    claim=le(miss(K), MISS_BOUND),
    assumptions=(DRAWS,),
    steps=(
        Step("rate", conj(ge(1 - M / N, 0), le(1 - M / N, 1)), Smt()),
        Step("power", eq(sp.Mul(falling(IX), 1 - M / N, evaluate=False), falling(IX + 1)),
             Algebra()),
        Step(
            "factor",
            implies(lt(IX, N), conj(ge(sp.Max(0, N - M - IX) / (N - IX), 0),
                                    le(sp.Max(0, N - M - IX) / (N - IX), 1 - M / N))),
            Smt(),
            words="(N - n - k)/(N - k) <= 1 - n/N.",
        ),
        Step("induction", MISSED, use("induction", claim=MISSED, k=IX, start=0),
             ("draws", "rate", "power", "factor")),
        Step("conclusion", le(miss(K), MISS_BOUND), Instantiate("induction", {IX: K}),
             ("induction",)),
    ),
    citation=OURS,
    requires=(DRAWN_RANGE, Assumption("few", "bad <= points", le(K, N))),
    schematic=(INDEX,),
)  # fmt: skip

EXCLUDING = (1 - DEL) * N
EXCLUDE_CLAIM = implies(le(miss(sp.Integer(1)), DEL), ge(M, EXCLUDING))
excluding = Theorem(
    name="samples-without-replacement",
    title="Testing is no cheap route to equality",
    statement=(
        "To notice one point of disagreement among N with probability at least 1 - δ, at least "
        "(1 - δ) N points must be drawn, even without replacement."
    ),
    parameters=(POINTS, DELTA),
    result=Bound(
        EXCLUDING,
        "draws that are needed",
        rounding="up",
        monotone={"points": "up", "delta": "down"},
    ),
    claim=EXCLUDE_CLAIM,
    assumptions=(DRAWS, DRAWN_RANGE),
    steps=(
        Step(
            "one",
            implies(lt(0, N), eq(miss(sp.Integer(1)), miss(sp.Integer(0)) * sp.Max(0, N - M) / N)),
            Instantiate("draws", {IX: sp.Integer(0)}),
            ("draws",),
            "A single point is missed with probability (N - n)/N.",
        ),
        Step("conclusion", EXCLUDE_CLAIM, Smt(), ("one", "draws", "drawn")),
    ),
    citation=OURS,
    locals=(DRAWN,),
    schematic=(INDEX,),
)

THEOREMS = (
    table,
    sat_network,
    counterexample_error,
    subcube_error,
    cover_total,
    leaf_margin,
    without_replacement,
    excluding,
)
