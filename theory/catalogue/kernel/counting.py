"""The kernel: counts over the overlay of proof and tree.

See docs/soundness.md, rules 7 to 9.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.terms import INDEX, IX, LISTS, M, kernel, listed, total
from theory.language.experiments import Experiment
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import Exactly, Interval, LowerBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import Event, Pr, conj, eq, ge, gt, implies, le

COUNT = integer("k", "k", "number of parts taken together")
K = COUNT.symbol
LOWERS = listed("lowers", "l", "least disagreement of each part")
UPPERS = listed("uppers", "u", "greatest disagreement of each part")
LO = LOWERS.symbol
HI = UPPERS.symbol
DIFFER = Event("f(x) != g(x)")


def part(k: sp.Expr) -> sp.Basic:
    """The point lies in part k."""
    return Event("x is in part", k)


def first(k: sp.Expr) -> sp.Basic:
    """The point lies in one of the parts 1 .. k."""
    return Event("x is in one of the first parts", k)


def upto(values: sp.Basic, k: sp.Expr) -> sp.Expr:
    """The sum of the first k values."""
    return total(values[IX], IX, k)


SO_FAR = Pr(sp.And(DIFFER, first(K)))
BOTH = sp.And(DIFFER, first(K + 1), first(K))
NEW = sp.And(DIFFER, first(K + 1), sp.Not(first(K)))
SUMS = conj(le(upto(LO, K), SO_FAR), le(SO_FAR, upto(HI, K)))
PARTITION_CLAIM = conj(ge(Pr(DIFFER), upto(LO, M)), le(Pr(DIFFER), upto(HI, M)))

kernel_partition = Theorem(
    name="kernel-partition",
    title="The kernel: counts add up over a partition",
    parameters=(LOWERS, UPPERS),
    result=Interval(Pr(DIFFER), upto(LO, M), upto(HI, M), "upper", monotone={"uppers": "up"}),
    assumptions=(
        Assumption(
            "disjoint",
            "no point is in two parts",
            conj(
                sp.Not(first(sp.Integer(0))),
                sp.Equivalent(first(K + 1), sp.Or(first(K), part(K + 1))),
                sp.Not(sp.And(first(K), part(K + 1))),
            ),
        ),
        Assumption("cover", "every point is in some part", first(M)),
        Assumption(
            "parts",
            "what is known of each part",
            conj(
                le(LO[IX], Pr(sp.And(DIFFER, part(IX)))), le(Pr(sp.And(DIFFER, part(IX))), HI[IX])
            ),
        ),
    ),
    experiment=Experiment(
        random=(
            "f(x) != g(x)",
            "x is in one of the first parts",
            "x is in part",
        )
    ),
    steps=(
        Step(
            "start",
            eq(Pr(sp.And(DIFFER, first(sp.Integer(0)))), 0),
            use("never", event=sp.And(DIFFER, first(sp.Integer(0)))),
            ("disjoint",),
        ),
        Step(
            "old",
            eq(Pr(BOTH), SO_FAR),
            use("same-event", event=BOTH, other=sp.And(DIFFER, first(K))),
            ("disjoint",),
        ),
        Step(
            "new",
            eq(Pr(NEW), Pr(sp.And(DIFFER, part(K + 1)))),
            use("same-event", event=NEW, other=sp.And(DIFFER, part(K + 1))),
            ("disjoint",),
        ),
        Step(
            "next",
            eq(Pr(sp.And(DIFFER, first(K + 1))), SO_FAR + Pr(sp.And(DIFFER, part(K + 1)))),
            use("additivity", event=sp.And(DIFFER, first(K + 1)), part=first(K)),
            ("old", "new"),
            "One more part adds its own disagreement.",
        ),
        Step(
            "next part",
            conj(
                le(LO[K + 1], Pr(sp.And(DIFFER, part(K + 1)))),
                le(Pr(sp.And(DIFFER, part(K + 1))), HI[K + 1]),
            ),
            Instantiate("parts", {IX: K + 1}),
            ("parts",),
        ),
        Step(
            "lower sums",
            conj(eq(upto(LO, 0), 0), eq(upto(LO, K + 1), upto(LO, K) + LO[K + 1])),
            use("sum-next", term=LO[IX], index=IX, last=K),
        ),
        Step(
            "upper sums",
            conj(eq(upto(HI, 0), 0), eq(upto(HI, K + 1), upto(HI, K) + HI[K + 1])),
            use("sum-next", term=HI[IX], index=IX, last=K),
        ),
        Step(
            "sums",
            SUMS,
            use("induction", claim=SUMS, k=K, start=0),
            ("start", "next", "next part", "lower sums", "upper sums"),
        ),
        Step(
            "all parts",
            conj(
                le(upto(LO, M), Pr(sp.And(DIFFER, first(M)))),
                le(Pr(sp.And(DIFFER, first(M))), upto(HI, M)),
            ),
            Instantiate("sums", {K: M}),
            ("sums",),
        ),
        Step(
            "everywhere",
            eq(Pr(DIFFER), Pr(sp.And(DIFFER, first(M)))),
            use("same-event", event=DIFFER, other=sp.And(DIFFER, first(M))),
            ("cover",),
        ),
        Step("conclusion", PARTITION_CLAIM, Smt(), ("all parts", "everywhere")),
    ),
    citation=kernel("rule 9"),
    locals=(LISTS,),
    schematic=(INDEX, COUNT),
)

IN_CELL = Event("x is in the cell")
CELL = Experiment(random=("f(x) != g(x)", "f(x) = c", "g(x) = c", "x is in the cell"))
TEACHER = Event("f(x) = c")
WEIGHT = real("weight", "w", "probability of the cell", 0, 1)
OTHER = real("other", "v", "probability of the part where the tree's class is another", 0, 1)
V = OTHER.symbol
DIFFER_HERE = Pr(sp.And(DIFFER, IN_CELL))
STUDENT = Event("g(x) = c")
OTHER_PART = sp.And(IN_CELL, sp.Not(STUDENT))
DEFINED = Assumption(
    "differ",
    "where one of the two has class c, they differ iff the other does not",
    implies(sp.Or(TEACHER, STUDENT), sp.Equivalent(DIFFER, sp.Not(sp.And(TEACHER, STUDENT)))),
)
W = WEIGHT.symbol
MASSES = Assumption(
    "masses",
    "the cell has probability w, its part with another tree class v",
    conj(eq(Pr(IN_CELL), W), eq(Pr(OTHER_PART), V)),
)

kernel_constant_share = Theorem(
    name="kernel-constant-share",
    title="The kernel: disagreement in a cell of one class",
    parameters=(OTHER,),
    result=Exactly(DIFFER_HERE, V, monotone={"other": "up"}),
    assumptions=(
        DEFINED,
        MASSES,
        Assumption("constant", "the teacher has class c on the cell", implies(IN_CELL, TEACHER)),
    ),
    experiment=CELL,
    steps=(
        Step(
            "same",
            eq(DIFFER_HERE, Pr(OTHER_PART)),
            use("same-event", event=sp.And(DIFFER, IN_CELL), other=OTHER_PART),
            ("differ", "constant"),
        ),
        Step("conclusion", eq(DIFFER_HERE, V), Smt(), ("same", "masses")),
    ),
    citation=kernel("rule 9"),
    locals=(WEIGHT,),
)

CLAIMED = real("bound", "p", "proved bound of P[f(x) != c | cell]", 0, 1)
P = CLAIMED.symbol
ELSE = sp.And(IN_CELL, sp.Not(TEACHER))
PART = Assumption("part", "v is part of w", le(V, W))
MOST = V + sp.Min(P * W, W - V)
TAIL_CLAIM = conj(ge(DIFFER_HERE, V - P * W), le(DIFFER_HERE, MOST))

kernel_tail_share = Theorem(
    name="kernel-tail-share",
    title="The kernel: disagreement in a cell with a tail bound",
    parameters=(WEIGHT, OTHER, CLAIMED),
    result=Interval(DIFFER_HERE, V - P * W, MOST, "upper", monotone={"bound": "up"}),
    assumptions=(
        DEFINED,
        MASSES,
        Assumption("tail", "P[f(x) != c and x in the cell] <= p w", le(Pr(ELSE), P * W)),
    ),
    experiment=CELL,
    steps=(
        Step(
            "apart",
            eq(
                Pr(OTHER_PART),
                Pr(sp.And(OTHER_PART, TEACHER)) + Pr(sp.And(OTHER_PART, sp.Not(TEACHER))),
            ),
            use("additivity", event=OTHER_PART, part=TEACHER),
        ),
        Step(
            "few",
            le(Pr(sp.And(OTHER_PART, sp.Not(TEACHER))), Pr(ELSE)),
            use("event-monotone", smaller=sp.And(OTHER_PART, sp.Not(TEACHER)), larger=ELSE),
        ),
        Step(
            "differs",
            le(Pr(sp.And(OTHER_PART, TEACHER)), DIFFER_HERE),
            use(
                "event-monotone",
                smaller=sp.And(OTHER_PART, TEACHER),
                larger=sp.And(DIFFER, IN_CELL),
            ),
            ("differ",),
            "Where the teacher has class c and the tree another, they differ.",
        ),
        Step(
            "one of both",
            le(DIFFER_HERE, Pr(sp.Or(OTHER_PART, ELSE))),
            use(
                "event-monotone",
                smaller=sp.And(DIFFER, IN_CELL),
                larger=sp.Or(OTHER_PART, ELSE),
            ),
            ("differ",),
        ),
        Step(
            "boole",
            le(Pr(sp.Or(OTHER_PART, ELSE)), Pr(OTHER_PART) + Pr(ELSE)),
            use("boole", first=OTHER_PART, second=ELSE),
        ),
        Step(
            "inside",
            le(DIFFER_HERE, Pr(IN_CELL)),
            use("event-monotone", smaller=sp.And(DIFFER, IN_CELL), larger=IN_CELL),
        ),
        Step(
            "conclusion",
            TAIL_CLAIM,
            Smt(),
            ("apart", "few", "differs", "one of both", "boole", "inside", "masses", "tail"),
        ),
    ),
    citation=kernel("rule 9"),
    requires=(PART,),
)

PROVED_COUNT = integer("proved", "L", "sum of the parts' least disagreements, in points")
SEEN = integer("seen", "S", "different points evaluated as disagreements")
MOST_COUNT = integer("most", "U", "sum of the parts' greatest disagreements, in points")
DISAGREEMENTS = integer("D", "D", "number of points where teacher and tree differ")
SHARE = real("e", "e", "proved least probability of disagreement", 0, 1)
L = PROVED_COUNT.symbol
S = SEEN.symbol
U = MOST_COUNT.symbol
D = DISAGREEMENTS.symbol
E = SHARE.symbol
FEWEST = sp.Max(L, S)
VERDICT_CLAIM = conj(
    ge(D, FEWEST),
    implies(ge(FEWEST, 1), ge(D, 1)),
    implies(gt(E, 0), ge(D, 1)),
    implies(eq(U, 0), eq(D, 0)),
)

kernel_verdict = Theorem(
    name="kernel-verdict",
    title="The kernel: the verdict",
    parameters=(PROVED_COUNT, SEEN),
    result=LowerBound(
        D,
        FEWEST,
        also=(
            implies(ge(FEWEST, 1), ge(D, 1)),
            implies(gt(E, 0), ge(D, 1)),
            implies(eq(U, 0), eq(D, 0)),
        ),
        monotone={"proved": "up", "seen": "up"},
    ),
    assumptions=(
        Assumption("counted", "the parts add up: L <= D <= U", conj(le(L, D), le(D, U))),
        Assumption("evaluated", "S different points were evaluated as disagreements", le(S, D)),
        Assumption("probability", "e is at most the probability", le(E, Pr(DIFFER))),
        Assumption(
            "none", "without a point the probability is 0", implies(eq(D, 0), eq(Pr(DIFFER), 0))
        ),
    ),
    experiment=Experiment(random=("f(x) != g(x)",)),
    steps=(
        Step("whole", implies(gt(D, 0), ge(D, 1)), use("integers", a=0, b=D)),
        Step(
            "conclusion",
            VERDICT_CLAIM,
            Smt(),
            ("whole", "counted", "evaluated", "probability", "none"),
        ),
    ),
    citation=kernel("rule 9"),
    locals=(MOST_COUNT, DISAGREEMENTS, SHARE),
)

THEOREMS = (
    kernel_partition,
    kernel_constant_share,
    kernel_tail_share,
    kernel_verdict,
)
