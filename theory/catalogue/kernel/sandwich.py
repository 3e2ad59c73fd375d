"""The kernel: counting by one linear form, without a list of points.

See docs/soundness.md, rule 10.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.terms import INDEX, IX, LISTS, M, add_up, kernel, listed, total
from theory.language.experiments import Experiment
from theory.language.rules import Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import Event, Pr, Random, conj, eq, ge, gt, implies, le, lt

WIDTH = integer("width", "w", "width of a bin, in units", 1)
THRESHOLD = real("threshold", "t", "threshold of the form, less the least contributions")
REST = real("rest", "r", "sum of the greatest rests, one for each variable", 0)
BINS = integer("bins", "Q", "sum of the bins of the point's values")
BIN = listed("q", "q", "bin of the value of each variable")
CONTRIBUTIONS = listed("v", "v", "contribution of each variable's value, less the least")
RESTS = listed("R", "R", "greatest rest of each variable")
WW, T, R, Q = (p.symbol for p in (WIDTH, THRESHOLD, REST, BINS))
B, V, RI = (v.symbol[IX] for v in (BIN, CONTRIBUTIONS, RESTS))
FORM = total(V)
ENOUGH = sp.floor(T / WW) + 1
NEEDED = sp.floor((T - R) / WW) + 1
ENOUGH_CLAIM = implies(ge(Q, ENOUGH), gt(FORM, T))

kernel_bins = Theorem(
    name="kernel-bins",
    title="The kernel: a linear form by its bins",
    parameters=(WIDTH, THRESHOLD, REST),
    result=LowerBound(
        Q,
        NEEDED,
        given=(gt(FORM, T),),
        also=(ENOUGH_CLAIM,),
    ),
    assumptions=(
        Assumption("bins", "Q is the sum of the bins", eq(Q, total(B))),
        Assumption(
            "rests",
            "a contribution is a bin's lower end and a rest",
            conj(ge(V, WW * B), le(V, WW * B + RI)),
        ),
        Assumption("rest", "the rests add up to at most r", ge(R, total(RI))),
    ),
    steps=(
        Step("above", ge(FORM, WW * total(B)), add_up(V, x=B, a=WW), ("rests",)),
        Step(
            "bins above",
            ge(total(WW * B + RI), FORM),
            add_up(WW * B + RI, x=V, a=1),
            ("rests",),
        ),
        Step(
            "apart",
            eq(total(WW * B + RI), WW * total(B) + total(RI)),
            use("sum-linear", whole=WW * B + RI, x=B, a=WW, y=RI, b=1, index=IX, last=M),
        ),
        Step(
            "between",
            conj(ge(FORM, WW * Q), le(FORM, WW * Q + R)),
            Smt(),
            ("above", "bins above", "apart", "bins", "rest"),
        ),
        Step(
            "floor", conj(le(sp.floor(T / WW), T / WW), lt(T / WW, ENOUGH)), use("floor", x=T / WW)
        ),
        Step("enough", ENOUGH_CLAIM, Smt(), ("between", "floor")),
        Step(
            "lower floor",
            conj(le(NEEDED - 1, (T - R) / WW), lt((T - R) / WW, NEEDED)),
            use("floor", x=(T - R) / WW),
        ),
        Step("beyond", implies(gt(FORM, T), gt(Q, (T - R) / WW)), Smt(), ("between",)),
        Step(
            "whole",
            implies(lt(NEEDED - 1, Q), le(NEEDED, Q)),
            use("integers", a=NEEDED - 1, b=Q),
            (),
            "A sum of bins is a whole number.",
        ),
        Step(
            "conclusion",
            conj(implies(gt(FORM, T), ge(Q, NEEDED)), ENOUGH_CLAIM),
            Smt(),
            ("enough", "lower floor", "beyond", "whole"),
        ),
    ),
    citation=kernel("rule 10"),
    locals=(LISTS, BINS, BIN, CONTRIBUTIONS, RESTS),
    schematic=(INDEX,),
)

S = Random("linear sum")
LOW = real("from", "s", "threshold above which the formula is true")
HIGH = real("to", "t", "threshold up to which it is")
ABOVE_LOW = real("least", "l", "at most the probability to be in the part and above s", 0, 1)
ABOVE_HIGH = real("most", "u", "at least the probability to be in the part and above t", 0, 1)
A, C, LL, UU = (p.symbol for p in (LOW, HIGH, ABOVE_LOW, ABOVE_HIGH))
IN_PART = Event("x is in the cell")
TRUE = Event("the formula is true")
BEYOND = sp.And(IN_PART, gt(S, A))
FURTHER = sp.And(IN_PART, gt(S, C))
INSIDE = sp.And(BEYOND, sp.Not(gt(S, C)))

kernel_sandwich = Theorem(
    name="kernel-sandwich",
    title="The kernel: what lies between two thresholds of a linear form",
    parameters=(ABOVE_LOW, ABOVE_HIGH),
    result=LowerBound(Pr(sp.And(TRUE, IN_PART)), LL - UU, monotone={"least": "up", "most": "down"}),
    assumptions=(
        Assumption(
            "region",
            "the strips decide the formula where the form is above s and at most t",
            implies(IN_PART, gt(S, A), le(S, C), TRUE),
        ),
        Assumption(
            "counts",
            "what theorem kernel-bins counts above the two thresholds",
            conj(ge(Pr(BEYOND), LL), le(Pr(FURTHER), UU)),
        ),
    ),
    experiment=Experiment(
        random=("linear sum", "x is in the cell", "the formula is true"),
    ),
    steps=(
        Step(
            "apart",
            eq(Pr(BEYOND), Pr(sp.And(BEYOND, gt(S, C))) + Pr(INSIDE)),
            use("additivity", event=BEYOND, part=gt(S, C)),
        ),
        Step(
            "beyond both",
            le(Pr(sp.And(BEYOND, gt(S, C))), Pr(FURTHER)),
            use("event-monotone", smaller=sp.And(BEYOND, gt(S, C)), larger=FURTHER),
        ),
        Step(
            "true inside",
            le(Pr(INSIDE), Pr(sp.And(TRUE, IN_PART))),
            use("event-monotone", smaller=INSIDE, larger=sp.And(TRUE, IN_PART)),
            ("region",),
        ),
        Step(
            "conclusion",
            ge(Pr(sp.And(TRUE, IN_PART)), LL - UU),
            Smt(),
            ("apart", "beyond both", "true inside", "counts"),
        ),
    ),
    citation=kernel("rule 10"),
    locals=(LOW, HIGH),
    notes=(
        "The same with the formula's negation counts where it is false. Different regions are "
        "different parts: theorem kernel-partition adds them up.",
    ),
)

SIZE = real("part", "n", "probability of the cell", 0, 1)
ONE_FALSE = real("first", "f", "counted false by the first case's sandwich", 0, 1)
OTHER_FALSE = real("second", "g", "counted false by the second one's", 0, 1)
N, F, G = (p.symbol for p in (SIZE, ONE_FALSE, OTHER_FALSE))
ONE_CASE = Event("the neuron is at most 0")
OTHER_CASE = Event("the neuron is at least 0")
TOLD = Event("the first case tells that it is false")
OTHER_TOLD = Event("the second case tells that it is false")
MAYBE = sp.And(IN_PART, sp.Not(TOLD))
OTHER_MAYBE = sp.And(IN_PART, sp.Not(OTHER_TOLD))
TRUE_HERE = sp.And(TRUE, IN_PART)
EITHER = sp.Or(MAYBE, OTHER_MAYBE)

kernel_cases = Theorem(
    name="kernel-cases",
    title="The kernel: what may be true is in a case, and may be true there",
    parameters=(SIZE, ONE_FALSE, OTHER_FALSE),
    result=UpperBound(
        Pr(TRUE_HERE),
        (N - F) + (N - G),
        monotone={"part": "up", "first": "down", "second": "down"},
    ),
    assumptions=(
        Assumption(
            "cases",
            "every point is in a case",
            implies(IN_PART, sp.Or(ONE_CASE, OTHER_CASE)),
        ),
        Assumption(
            "right",
            "what a case's sandwich tells is so at the points of the case",
            conj(
                implies(ONE_CASE, TOLD, sp.Not(TRUE)),
                implies(OTHER_CASE, OTHER_TOLD, sp.Not(TRUE)),
            ),
        ),
        Assumption(
            "counts",
            "both are counted over the whole cell (theorem kernel-sandwich)",
            conj(
                le(Pr(IN_PART), N),
                ge(Pr(sp.And(IN_PART, TOLD)), F),
                ge(Pr(sp.And(IN_PART, OTHER_TOLD)), G),
            ),
        ),
    ),
    experiment=Experiment(
        random=tuple(map(str, (IN_PART, TRUE, ONE_CASE, OTHER_CASE, TOLD, OTHER_TOLD))),
    ),
    steps=(
        Step(
            "event",
            le(Pr(TRUE_HERE), Pr(EITHER)),
            use("event-monotone", smaller=TRUE_HERE, larger=EITHER),
            ("cases", "right"),
        ),
        Step("boole", le(Pr(EITHER), Pr(MAYBE) + Pr(OTHER_MAYBE)),
             use("boole", first=MAYBE, second=OTHER_MAYBE)),
        Step("one", eq(Pr(IN_PART), Pr(sp.And(IN_PART, TOLD)) + Pr(MAYBE)),
             use("additivity", event=IN_PART, part=TOLD)),
        Step("other", eq(Pr(IN_PART), Pr(sp.And(IN_PART, OTHER_TOLD)) + Pr(OTHER_MAYBE)),
             use("additivity", event=IN_PART, part=OTHER_TOLD)),
        Step(
            "conclusion",
            le(Pr(TRUE_HERE), (N - F) + (N - G)),
            Smt(),
            ("event", "boole", "one", "other", "counts"),
        ),
    ),
    citation=kernel("rule 10"),
    notes=(
        "The same with the formula's negation bounds what may be false, and with four cases there "
        "are four terms.",
    ),
)  # fmt: skip

COUNTED = real("counted", "k", "counted as of class 1 by both cases' sums together", 0, 1)
K = COUNTED.symbol
ONE = Event("the network has class 1")
FIRST_OVER = Event("the first sum is above what shows class 1 all over the cell")
OTHER_OVER = Event("the second sum is above what shows class 1 all over the cell")
FIRST_HERE = Event("the first sum is above what shows class 1 in the first case")
OTHER_HERE = Event("the second sum is above what shows class 1 in the second case")
SHOWN_BY = FIRST_OVER, OTHER_OVER, FIRST_HERE, OTHER_HERE
SHOWN = sp.Or(FIRST_OVER, OTHER_OVER, sp.And(FIRST_HERE, OTHER_HERE))
ONE_HERE = sp.And(ONE, IN_PART)

kernel_joint_cases = Theorem(
    name="kernel-joint-cases",
    title="The kernel: a class that both cases' sums show together",
    parameters=(COUNTED,),
    result=LowerBound(Pr(ONE_HERE), K, monotone={"counted": "up"}),
    assumptions=(
        Assumption(
            "cases",
            "every point is in a case",
            implies(IN_PART, sp.Or(ONE_CASE, OTHER_CASE)),
        ),
        Assumption(
            "right",
            "what is shown holds at the points of the case, or at all of the cell",
            conj(
                implies(IN_PART, FIRST_OVER, ONE),
                implies(IN_PART, OTHER_OVER, ONE),
                implies(IN_PART, ONE_CASE, FIRST_HERE, ONE),
                implies(IN_PART, OTHER_CASE, OTHER_HERE, ONE),
            ),
        ),
        Assumption(
            "counts",
            "what is counted by bins of both sums is at most all of that (theorem kernel-bins)",
            ge(Pr(sp.And(IN_PART, SHOWN)), K),
        ),
    ),
    experiment=Experiment(
        random=tuple(map(str, (IN_PART, ONE, ONE_CASE, OTHER_CASE, *SHOWN_BY))),
    ),
    steps=(
        Step(
            "event",
            le(Pr(sp.And(IN_PART, SHOWN)), Pr(ONE_HERE)),
            use("event-monotone", smaller=sp.And(IN_PART, SHOWN), larger=ONE_HERE),
            ("cases", "right"),
        ),
        Step("conclusion", ge(Pr(ONE_HERE), K), Smt(), ("event", "counts")),
    ),
    citation=kernel("rule 10"),
    notes=("The same with sums that are not above their thresholds counts class 0.",),
)

OTHERS = real("others", "o", "counted as of class 0 by the other sum", 0, 1)
REST_OF = OTHERS.symbol
NONE = Event("the network has class 0")
ABOVE = Event("the sum of class 1 is above its end")
UP_TO = Event("the sum of class 0 is not above its end")
ABOVE_HERE, UP_TO_HERE = sp.And(IN_PART, ABOVE), sp.And(IN_PART, UP_TO)
ANY_SIDE = sp.And(IN_PART, sp.Or(ABOVE, UP_TO))

kernel_sides = Theorem(
    name="kernel-sides",
    title="The kernel: two sums that each show one class",
    parameters=(COUNTED, OTHERS),
    result=LowerBound(Pr(TRUE_HERE), K + REST_OF, monotone={"counted": "up", "others": "up"}),
    assumptions=(
        Assumption(
            "right",
            "beyond its end each sum shows its class",
            conj(implies(IN_PART, ABOVE, ONE), implies(IN_PART, UP_TO, NONE)),
        ),
        Assumption("classes", "no point has both classes", implies(ONE, sp.Not(NONE))),
        Assumption("truth", "either class makes the formula true", implies(sp.Or(ONE, NONE), TRUE)),
        Assumption(
            "counts",
            "each sum is counted by its bins (theorem kernel-bins)",
            conj(ge(Pr(ABOVE_HERE), K), ge(Pr(UP_TO_HERE), REST_OF)),
        ),
    ),
    experiment=Experiment(random=tuple(map(str, (IN_PART, TRUE, ONE, NONE, ABOVE, UP_TO)))),
    steps=(
        Step(
            "apart",
            eq(Pr(ANY_SIDE), Pr(sp.And(ANY_SIDE, ABOVE)) + Pr(sp.And(ANY_SIDE, sp.Not(ABOVE)))),
            use("additivity", event=ANY_SIDE, part=ABOVE),
        ),
        Step(
            "one",
            le(Pr(ABOVE_HERE), Pr(sp.And(ANY_SIDE, ABOVE))),
            use("event-monotone", smaller=ABOVE_HERE, larger=sp.And(ANY_SIDE, ABOVE)),
        ),
        Step(
            "zero",
            le(Pr(UP_TO_HERE), Pr(sp.And(ANY_SIDE, sp.Not(ABOVE)))),
            use("event-monotone", smaller=UP_TO_HERE, larger=sp.And(ANY_SIDE, sp.Not(ABOVE))),
            ("right", "classes"),
        ),
        Step(
            "true",
            le(Pr(ANY_SIDE), Pr(TRUE_HERE)),
            use("event-monotone", smaller=ANY_SIDE, larger=TRUE_HERE),
            ("right", "truth"),
        ),
        Step(
            "conclusion",
            ge(Pr(TRUE_HERE), K + REST_OF),
            Smt(),
            ("apart", "one", "zero", "true", "counts"),
        ),
    ),
    citation=kernel("rule 10"),
    notes=(
        "Where one class makes it true and the other false, each is counted for itself, as in "
        "theorem kernel-joint-cases.",
        "So do the amounts of further groups of classes add up: the one class stands for those "
        "where the first network is in a group, the other for those where it is in the next one.",
    ),
)

THEOREMS = (
    kernel_bins,
    kernel_sandwich,
    kernel_cases,
    kernel_joint_cases,
    kernel_sides,
)
