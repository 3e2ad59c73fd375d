"""The kernel: classes of a cell.

See docs/soundness.md, rules 5 and 6.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import sympy as sp

from theory.catalogue.kernel.terms import kernel
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import Exactly, UpperBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import Quantity, conj, eq, ge, gt, implies, le, lt

KLASS = integer("class", "c", "class that is claimed, from 0")
UNIT = real("unit", "d", "unit 2^-e of the bounds", 0, None, "(")
TRUE = integer("t", "t", "the teacher's class")
OUTPUTS = integer("n", "n", "number of logits", 2)
OTHER = integer("j", "j", "any class")
C = KLASS.symbol
D = UNIT.symbol
T = TRUE.symbol
N = OUTPUTS.symbol
J = OTHER.symbol


def logit(j: sp.Expr) -> sp.Expr:
    """The teacher's logit j at the point."""
    return Quantity("logit", j)


def bound(j: sp.Expr) -> sp.Expr:
    """The integer that the kernel finds for the form logit c - logit j."""
    return Quantity("bound", j)


CLASSES = Assumption("classes", "c and t are classes", conj(lt(C, N), lt(T, N)))
DECIDES = Assumption(
    "decides",
    "the teacher's class is the lowest index of a greatest logit",
    implies(lt(J, N), conj(ge(logit(T), logit(J)), implies(lt(J, T), gt(logit(T), logit(J))))),
)
BEATS = implies(
    lt(J, N),
    sp.Ne(J, C, evaluate=False),
    conj(ge(logit(C), logit(J)), implies(lt(J, C), gt(logit(C), logit(J)))),
)
AT_CLASS = conj(ge(logit(T), logit(C)), implies(lt(C, T), gt(logit(T), logit(C))))
AT_TRUE = implies(
    sp.Ne(T, C, evaluate=False),
    conj(ge(logit(C), logit(T)), implies(lt(T, C), gt(logit(C), logit(T)))),
)
LAST_STEPS = (
    Step(
        "teacher against the class",
        AT_CLASS,
        Instantiate("decides", {J: C}),
        ("decides", "classes"),
    ),
    Step(
        "class against the teacher's",
        AT_TRUE,
        Instantiate("beats", {J: T}),
        ("beats", "classes"),
    ),
    Step(
        "conclusion",
        eq(T, C),
        Smt(),
        ("teacher against the class", "class against the teacher's"),
        "Two different classes cannot both win.",
    ),
)

kernel_class = Theorem(
    name="kernel-class",
    title="The kernel: the class of several logits",
    parameters=(KLASS,),
    result=Exactly(T, C),
    assumptions=(
        CLASSES,
        DECIDES,
        Assumption(
            "bounds",
            "m_j is a lower bound of f_c - f_j and reaches what it must",
            implies(
                lt(J, N),
                sp.Ne(J, C, evaluate=False),
                conj(
                    le(D * bound(J), logit(C) - logit(J)),
                    ge(bound(J), 0),
                    implies(lt(J, C), ge(bound(J), 1)),
                ),
            ),
        ),
    ),
    steps=(Step("beats", BEATS, Smt(), ("bounds",)), *LAST_STEPS),
    citation=kernel("rule 5"),
    locals=(UNIT, TRUE, OUTPUTS),
    schematic=(OTHER,),
)

BINARY = replace(KLASS, upper=Fraction(1))
FORM = real("f", "f", "the only logit")
FOUND = real("bound", "b", "integer that the kernel finds for (2c - 1) f")
F = FORM.symbol
B = FOUND.symbol

kernel_class_one_logit = Theorem(
    name="kernel-class-one-logit",
    title="The kernel: the class of one logit",
    parameters=(BINARY,),
    result=Exactly(T, C),
    assumptions=(
        Assumption(
            "decides", "1 iff f > 0", conj(implies(gt(F, 0), eq(T, 1)), implies(le(F, 0), eq(T, 0)))
        ),
        Assumption(
            "bound", "b d <= (2c - 1) f, b >= c", conj(le(D * B, (2 * C - 1) * F), ge(B, C))
        ),
    ),
    steps=(
        Step(
            "two classes",
            sp.Or(eq(C, 0), eq(C, 1), evaluate=False),
            use("integers", a=0, b=C),
        ),
        Step("conclusion", eq(T, C), Smt(), ("two classes", "decides", "bound")),
    ),
    citation=kernel("rule 5"),
    locals=(UNIT, TRUE, FORM, FOUND),
)


def low(j: sp.Expr) -> sp.Expr:
    """The lower end of logit j's enclosure."""
    return Quantity("lower", j)


def high(j: sp.Expr) -> sp.Expr:
    """The upper end of logit j's enclosure."""
    return Quantity("upper", j)


kernel_class_enclosure = Theorem(
    name="kernel-class-enclosure",
    title="The kernel: the class that enclosures of the logits decide",
    parameters=(KLASS,),
    result=Exactly(T, C),
    assumptions=(
        CLASSES,
        DECIDES,
        Assumption(
            "enclosures",
            "the logits are enclosed",
            implies(lt(J, N), conj(le(low(J), logit(J)), le(logit(J), high(J)))),
        ),
        Assumption(
            "beaten",
            "every other upper end is below, or equal and of a later class",
            implies(
                lt(J, N),
                sp.Ne(J, C, evaluate=False),
                sp.Or(lt(high(J), low(C)), conj(gt(J, C), eq(high(J), low(C))), evaluate=False),
            ),
        ),
    ),
    steps=(
        Step(
            "lower end",
            le(low(C), logit(C)),
            Instantiate("enclosures", {J: C}),
            ("enclosures", "classes"),
        ),
        Step("beats", BEATS, Smt(), ("enclosures", "beaten", "lower end")),
        *LAST_STEPS,
    ),
    citation=kernel("rule 6"),
    locals=(TRUE, OUTPUTS),
    schematic=(OTHER,),
)

BEFORE = integer("points", "N", "points of the variables before", 1)
VALUES = integer("values", "n", "allowed values of one more variable", 1)
RANK = integer("q", "q", "rank of a point")
OTHER_RANK = integer("Q", "Q", "rank of another")
DIGIT = integer("r", "r", "its value")
OTHER_DIGIT = integer("R", "R", "the other's value")
NN = BEFORE.symbol
V = VALUES.symbol
Q = RANK.symbol
QQ = OTHER_RANK.symbol
R = DIGIT.symbol
RR = OTHER_DIGIT.symbol
POINTS_CLAIM = conj(
    lt(Q * V + R, NN * V),
    implies(eq(Q * V + R, QQ * V + RR), conj(eq(Q, QQ), eq(R, RR))),
)

kernel_enumeration = Theorem(
    name="kernel-enumeration",
    title="The kernel: every point of a cell once",
    parameters=(BEFORE, VALUES),
    result=UpperBound(
        Q * V + R,
        NN * V,
        strict=True,
        also=(implies(eq(Q * V + R, QQ * V + RR), conj(eq(Q, QQ), eq(R, RR))),),
        monotone={"points": "up", "values": "up"},
    ),
    assumptions=(
        Assumption("ranks", "q, Q < N", conj(lt(Q, NN), lt(QQ, NN))),
        Assumption("digits", "r, R < n", conj(lt(R, V), lt(RR, V))),
    ),
    steps=(
        Step("last rank", le(Q + 1, NN), use("integers", a=Q, b=NN), ("ranks",)),
        Step("below", lt(Q * V + R, NN * V), Smt(), ("last rank", "digits")),
        Step("smaller", implies(lt(Q, QQ), le(Q + 1, QQ)), use("integers", a=Q, b=QQ)),
        Step("larger", implies(lt(QQ, Q), le(QQ + 1, Q)), use("integers", a=QQ, b=Q)),
        Step(
            "apart",
            conj(
                implies(lt(Q, QQ), lt(Q * V + R, QQ * V + RR)),
                implies(lt(QQ, Q), gt(Q * V + R, QQ * V + RR)),
            ),
            Smt(),
            ("smaller", "larger", "digits"),
        ),
        Step("conclusion", POINTS_CLAIM, Smt(), ("below", "apart")),
    ),
    citation=kernel("rule 6"),
    locals=(RANK, OTHER_RANK, DIGIT, OTHER_DIGIT),
)

THEOREMS = (
    kernel_class,
    kernel_class_one_logit,
    kernel_class_enclosure,
    kernel_enumeration,
)
