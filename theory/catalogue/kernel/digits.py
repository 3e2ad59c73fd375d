"""The kernel: counts as the digits of one large number.

See docs/soundness.md, rule 10.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.terms import INDEX, IX, LISTS, M, add_up, kernel, listed, total
from theory.language.rules import Algebra, Instantiate, Smt, use
from theory.language.schemas import Exactly
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import integer
from theory.language.terms import IntegerQuantity, conj, eq, ge, implies, le, lt

BASE = integer("base", "b", "base of the digits, a power of two", 2)
POWER = integer("k", "k", "an exponent")
PLACE = integer("place", "t", "digits that are dropped")
EXTRA = integer("extra", "n", "digits above these")
B, K, T, N = (p.symbol for p in (BASE, POWER, PLACE, EXTRA))


def ones(k: sp.Expr) -> sp.Expr:
    """The number whose k digits are 1."""
    return IntegerQuantity("ones", k)


ONES = Assumption(
    "ones",
    "the number of k digits 1, digit by digit",
    conj(eq(ones(sp.Integer(0)), 0), eq(ones(K + 1), B * ones(K) + 1)),
)
AS_ONES = conj(eq(B**K, 1 + (B - 1) * ones(K)), ge(ones(K), 0))
HIGHER = B**T * (1 + (B - 1) * ones(N))
POWER_CLAIM = conj(eq(HIGHER, B ** (T + N)), ge(B ** (T + N), B**T), ge(ones(N), 0))

kernel_digit_power = Theorem(
    name="kernel-digit-power",
    title="The kernel: a power of the base, and the number of as many ones",
    parameters=(BASE, PLACE, EXTRA),
    result=Exactly(HIGHER, B ** (T + N), also=(ge(B ** (T + N), B**T), ge(ones(N), 0))),
    assumptions=(ONES,),
    steps=(
        Step("next power", eq(B ** (K + 1), B * B**K), Algebra()),
        Step(
            "powers",
            AS_ONES,
            use("induction", claim=AS_ONES, k=K, start=0),
            ("ones", "next power"),
        ),
        Step(
            "this power",
            conj(eq(B**N, 1 + (B - 1) * ones(N)), ge(ones(N), 0)),
            Instantiate("powers", {K: N}),
            ("powers",),
        ),
        Step("shifted", eq(B ** (T + N), B**T * B**N), Algebra()),
        Step("conclusion", POWER_CLAIM, Smt(), ("this power", "shifted")),
    ),
    citation=kernel("rule 10"),
    schematic=(POWER,),
)

OTHER = integer("j", "j", "number of a value of the other variables, from 1", 1)
OTHERS = integer("n", "n", "number of the other variables' tuples of values", 1)
J, LAST = OTHER.symbol, OTHERS.symbol
FIRST_WEIGHTS = listed("weights", "w", "weights of one variable's values")
FIRST_POWERS = listed("powers", "p", "the base to the power of their bins")
REST_WEIGHTS = listed("v", "v", "weights of the other variables' tuples")
REST_POWERS = listed("r", "r", "the base to the power of the sums of their bins")
W, P = (x.symbol[IX] for x in (FIRST_WEIGHTS, FIRST_POWERS))
V, R = (x.symbol[J] for x in (REST_WEIGHTS, REST_POWERS))
REST = sp.Sum(V * R, (J, 1, LAST))
TOGETHER = total(sp.Sum(W * V * (P * R), (J, 1, LAST)))

kernel_digit_product = Theorem(
    name="kernel-digit-product",
    title="The kernel: the product of two numbers of counts",
    parameters=(FIRST_WEIGHTS, FIRST_POWERS, REST_WEIGHTS, REST_POWERS),
    result=Exactly(TOGETHER, total(W * P) * REST),
    assumptions=(),
    steps=(
        Step(
            "one value",
            eq(sp.Sum(W * V * (P * R), (J, 1, LAST)), W * P * REST),
            use("sum-linear", whole=W * V * (P * R), x=V * R, a=W * P, index=J, last=LAST),
        ),
        Step(
            "conclusion",
            eq(TOGETHER, total(W * P) * REST),
            use(
                "sum-linear",
                whole=sp.Sum(W * V * (P * R), (J, 1, LAST)),
                x=W * P,
                a=REST,
                index=IX,
                last=M,
            ),
            ("one value",),
            "Weights multiply, and powers of one base are powers of the sum of their exponents.",
        ),
    ),
    citation=kernel("rule 10"),
    locals=(LISTS, OTHERS),
    schematic=(INDEX,),
)

UNIT = integer("unit", "u", "the base to the power of the bins that are asked for", 1)
WEIGHTS = listed("w", "w", "weights of the tuples, not negative")
POWERS = listed("p", "p", "the base to the power of the tuples' bins")
CHOSEN = listed("c", "c", "1 for a tuple with as many bins or more, else 0")
REPEATED = listed("n", "n", "for such a tuple, the number of as many ones as it has bins more")
COUNT = integer("count", "S", "the weight of the tuples with as many bins or more")
QUOTIENT = integer("quotient", "q", "the weighted sum of these numbers of ones")
WI, PI, C, NI = (x.symbol[IX] for x in (WEIGHTS, POWERS, CHOSEN, REPEATED))
D, S, Q = UNIT.symbol, COUNT.symbol, QUOTIENT.symbol
G = total(WI * PI)
HIGH = sp.floor(G / D)
DIGITS = (B - 1) * Q + S
ROUNDS = sp.floor(HIGH / (B - 1))
SUM_CLAIM = eq(HIGH - (B - 1) * ROUNDS, S)


def exactly(floor: sp.Expr, whole: sp.Expr, of: sp.Expr, name: str) -> tuple[Step, Step, Step]:
    """Steps: the floor of a number in [whole, whole + 1) is the whole number."""
    return (
        Step(f"{name} floor", conj(le(floor, of), lt(of, floor + 1)), use("floor", x=of)),
        Step(f"{name} low", implies(lt(floor, whole), le(floor + 1, whole)),
             use("integers", a=floor, b=whole)),
        Step(f"{name} high", implies(lt(whole, floor), le(whole + 1, floor)),
             use("integers", a=whole, b=floor)),
    )  # fmt: skip


kernel_digit_sum = Theorem(
    name="kernel-digit-sum",
    title="The kernel: the sum of a number's upper digits, by one shift and one remainder",
    parameters=(COUNT,),
    result=Exactly(HIGH - (B - 1) * ROUNDS, S, monotone={"count": "up"}),
    assumptions=(
        Assumption(
            "bins",
            "theorem kernel-digit-power: with as many bins or more the power is a multiple of the "
            "unit, by one more than a multiple of b - 1; with fewer bins it is at most the unit "
            "over b",
            conj(
                sp.Or(eq(C, 0), eq(C, 1), evaluate=False),
                implies(eq(C, 1), eq(PI, D * (1 + (B - 1) * NI))),
                implies(eq(C, 0), conj(ge(PI, 0), le(B * PI, D))),
            ),
        ),
        Assumption("weights", "no weight is negative", ge(WI, 0)),
        Assumption("base", "all weights add up to less than b - 1", lt(total(WI), B - 1)),
        Assumption(
            "whole",
            "sums of whole numbers",
            conj(eq(S, total(C * WI)), eq(Q, total(C * WI * NI))),
        ),
    ),
    steps=(
        Step(
            "tuple",
            conj(
                ge(WI * PI, D * (C * WI) + D * (B - 1) * (C * WI * NI)),
                ge(D * WI, B * (WI * PI) - B * D * (C * WI) - B * D * (B - 1) * (C * WI * NI)),
                ge(WI, C * WI),
                ge(C * WI, 0),
            ),
            Smt(),
            ("bins", "weights"),
        ),
        Step(
            "below",
            ge(G, D * total(C * WI) + D * (B - 1) * total(C * WI * NI)),
            add_up(WI * PI, x=C * WI, a=D, y=C * WI * NI, b=D * (B - 1)),
            ("tuple",),
        ),
        Step(
            "above",
            ge(
                total(WI),
                B / D * G - B * total(C * WI) - B * (B - 1) * total(C * WI * NI),
            ),
            add_up(WI, x=WI * PI, a=B / D, y=C * WI, b=-B, z=C * WI * NI, c=-B * (B - 1)),
            ("tuple",),
        ),
        Step("some", ge(total(WI), total(C * WI)), add_up(WI, x=C * WI, a=1), ("tuple",)),
        Step(
            "shifted",
            conj(ge(G / D, DIGITS), lt(G / D, DIGITS + 1)),
            Smt(),
            ("below", "above", "base", "whole"),
            "What lies below the unit is less than the unit.",
        ),
        *exactly(HIGH, DIGITS, G / D, "shift"),
        Step(
            "high",
            eq(HIGH, DIGITS),
            Smt(),
            ("shifted", "shift floor", "shift low", "shift high"),
        ),
        Step(
            "rest",
            conj(ge(HIGH / (B - 1), Q), lt(HIGH / (B - 1), Q + 1)),
            Smt(),
            ("high", "whole", "some", "base"),
            "The count is below b - 1, so it is the remainder.",
        ),
        *exactly(ROUNDS, Q, HIGH / (B - 1), "remainder"),
        Step(
            "conclusion",
            SUM_CLAIM,
            Smt(),
            ("high", "rest", "remainder floor", "remainder low", "remainder high"),
        ),
    ),
    citation=kernel("rule 10"),
    locals=(LISTS, BASE, UNIT, QUOTIENT, WEIGHTS, POWERS, CHOSEN, REPEATED),
    schematic=(INDEX,),
)

THEOREMS = (
    kernel_digit_power,
    kernel_digit_product,
    kernel_digit_sum,
)
