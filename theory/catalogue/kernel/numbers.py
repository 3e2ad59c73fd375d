"""The kernel: fixed-point numbers, cuts and exact products.

See docs/soundness.md, numbers.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel.terms import INDEX, IX, LISTS, add_up, kernel, listed, total
from theory.language.rules import Smt, use
from theory.language.schemas import Interval, LowerBound, Slack
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import conj, eq, ge, gt, le, lt

FRACTION = real("value", "v", "a coefficient in the unit that it is cut to")
FLOOR_CLAIM = conj(
    ge(FRACTION.symbol, sp.floor(FRACTION.symbol)),
    gt(sp.floor(FRACTION.symbol), FRACTION.symbol - 1),
    ge(-sp.floor(-FRACTION.symbol), FRACTION.symbol),
)
V = FRACTION.symbol

kernel_floor = Theorem(
    name="kernel-floor",
    title="The kernel: cutting moves an end outward",
    parameters=(FRACTION,),
    result=LowerBound(
        V,
        sp.floor(V),
        also=(gt(sp.floor(V), V - 1), ge(-sp.floor(-V), V)),
        monotone={"value": "up"},
    ),
    assumptions=(),
    steps=(
        Step(
            "down",
            conj(le(sp.floor(V), V), lt(V, sp.floor(V) + 1)),
            use("floor", x=V),
        ),
        Step("up", le(sp.floor(-V), -V), use("floor", x=-V)),
        Step("conclusion", FLOOR_CLAIM, Smt(), ("down", "up")),
    ),
    citation=kernel("numbers"),
)

UNIT = real("unit", "d", "unit that a coefficient is cut to, more than it falls by", 0)
SIZES = listed("magnitudes", "X", "upper bounds of the components' magnitudes")
COEFFICIENTS = listed("a", "a", "coefficients")
KEPT = listed("k", "k", "what is kept of them")
VALUES = listed("x", "x", "components of the node")
D, SIZE, FULL, CUT, COMPONENT = (
    UNIT.symbol,
    *(v.symbol[IX] for v in (SIZES, COEFFICIENTS, KEPT, VALUES)),
)
LOSS = D * total(SIZE)
NORM = total(sp.Abs(FULL)) + D * total(sp.Integer(1))
CUT_CLAIM = conj(
    ge(total(FULL * COMPONENT), total(CUT * COMPONENT) - LOSS),
    le(total(sp.Abs(CUT)), NORM),
)

kernel_cut = Theorem(
    name="kernel-cut",
    title="The kernel: coefficients cut to fewer bits",
    parameters=(UNIT, SIZES),
    result=Slack(
        total(FULL * COMPONENT),
        total(CUT * COMPONENT),
        LOSS,
        also=(le(total(sp.Abs(CUT)), NORM),),
        monotone={"magnitudes": "up"},
    ),
    assumptions=(
        Assumption("kept", "a_i - d <= k_i <= a_i", conj(le(FULL - D, CUT), le(CUT, FULL))),
        Assumption("magnitudes", "|x_i| <= X_i", le(sp.Abs(COMPONENT), SIZE)),
    ),
    steps=(
        Step(
            "component",
            ge(FULL * COMPONENT, CUT * COMPONENT - D * SIZE),
            Smt(),
            ("kept", "magnitudes"),
        ),
        Step(
            "form",
            ge(total(FULL * COMPONENT), total(CUT * COMPONENT) - LOSS),
            add_up(FULL * COMPONENT, x=CUT * COMPONENT, a=1, y=SIZE, b=-D),
            ("component",),
        ),
        Step("magnitude", le(sp.Abs(CUT), sp.Abs(FULL) + D), Smt(), ("kept",)),
        Step(
            "norm",
            le(total(sp.Abs(CUT)), NORM),
            add_up(sp.Abs(FULL), x=sp.Abs(CUT), a=1, y=sp.Integer(1), b=-D),
            ("magnitude",),
        ),
        Step("conclusion", CUT_CLAIM, Smt(), ("form", "norm")),
    ),
    citation=kernel("rule 2"),
    locals=(LISTS, COEFFICIENTS, KEPT, VALUES),
    schematic=(INDEX,),
)

GUARD = real("norm", "g", "upper bound of the sum of |a_i|", 0)
LENGTH = integer("bits", "b", "bits of the other factors")
FACTORS = listed("a", "a", "integers")
OTHERS = listed("w", "w", "integers below 2^b")
CHOSEN = listed("c", "c", "1 for each product in the partial sum, else 0")
AI, WI, CI = (v.symbol[IX] for v in (FACTORS, OTHERS, CHOSEN))
GG = GUARD.symbol
BITS = LENGTH.symbol
LIMIT = GG * 2**BITS
PARTIAL = total(CI * AI * WI)
PRODUCT_CLAIM = conj(le(PARTIAL, LIMIT), ge(PARTIAL, -LIMIT))

kernel_exact_product = Theorem(
    name="kernel-exact-product",
    title="The kernel: the guard of exact products",
    parameters=(GUARD, LENGTH),
    result=Interval(PARTIAL, -LIMIT, LIMIT, "upper", monotone={"norm": "up", "bits": "up"}),
    assumptions=(
        Assumption("norm", "g is large enough", ge(GG, total(sp.Abs(AI)))),
        Assumption("factors", "|w_i| <= 2^b", le(sp.Abs(WI), 2**BITS)),
        Assumption("subset", "some of the terms", conj(le(0, CI), le(CI, 1))),
    ),
    steps=(
        Step("product", le(sp.Abs(AI * WI), sp.Abs(AI) * 2**BITS), Smt(), ("factors",)),
        Step(
            "chosen", le(sp.Abs(CI * AI * WI), sp.Abs(AI) * 2**BITS), Smt(), ("product", "subset")
        ),
        Step(
            "below",
            ge(PARTIAL, -(2**BITS) * total(sp.Abs(AI))),
            add_up(CI * AI * WI, x=sp.Abs(AI), a=-(2**BITS)),
            ("chosen",),
        ),
        Step(
            "scaled",
            eq(total(sp.Abs(AI) * 2**BITS), 2**BITS * total(sp.Abs(AI))),
            use(
                "sum-linear",
                whole=sp.Abs(AI) * 2**BITS,
                x=sp.Abs(AI),
                a=2**BITS,
                index=IX,
                last=LISTS.symbol,
            ),
        ),
        Step(
            "above",
            le(PARTIAL, 2**BITS * total(sp.Abs(AI))),
            add_up(sp.Abs(AI) * 2**BITS, x=CI * AI * WI, a=1),
            ("chosen", "scaled"),
        ),
        Step("conclusion", PRODUCT_CLAIM, Smt(), ("below", "above", "norm")),
    ),
    citation=kernel("numbers"),
    locals=(LISTS, FACTORS, OTHERS, CHOSEN),
    schematic=(INDEX,),
)

THEOREMS = (
    kernel_floor,
    kernel_cut,
    kernel_exact_product,
)
