"""The least value of a linear form over a cell (docs/soundness.md, rule 3)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.kernel_substitution import (
    COEFFICIENTS,
    NORM,
    ROW,
    VALUES,
    A,
    E,
    G,
    J,
    N,
    X,
    rows,
)
from theory.catalogue.kernel_terms import INDEX, IX, LISTS, M, add_up, kernel, listed, total
from theory.language.rules import Smt, use
from theory.language.schemas import LowerBound
from theory.language.statement import Assumption, Step, Theorem
from theory.language.symbols import integer, real
from theory.language.terms import conj, eq, ge, gt, implies, le

OFFSET = real("offset", "k", "constant of the linear form")
FACTORS = listed("coefficients", "a", "its coefficients")
LOWERS = listed("lowers", "l", "least values of the components")
UPPERS = listed("uppers", "u", "greatest values of the components")
K, AF, LO, HI = OFFSET.symbol, *(v.symbol[IX] for v in (FACTORS, LOWERS, UPPERS))
LEAST = sp.Min(AF * LO, AF * HI)
BOX = K + total(LEAST)
CORNERS = listed("z", "z", "a corner of the box: u_i where a_i < 0, else l_i")
CORNER = CORNERS.symbol[IX]
BOX_CLAIM = conj(
    ge(total(AF * X) + K, BOX),
    eq(total(AF * CORNER) + K, BOX),
    eq(2 * LEAST, AF * (LO + HI) - sp.Abs(AF) * (HI - LO)),
)

box_minimum = Theorem(
    name="kernel-box-minimum",
    title="The kernel: the least value of a linear form over a box",
    parameters=(OFFSET, FACTORS, LOWERS, UPPERS),
    result=LowerBound(
        total(AF * X) + K,
        BOX,
        also=(
            eq(total(AF * CORNER) + K, BOX),
            eq(2 * LEAST, AF * (LO + HI) - sp.Abs(AF) * (HI - LO)),
        ),
    ),
    assumptions=(
        Assumption("box", "the components are enclosed", conj(le(LO, X), le(X, HI))),
        Assumption(
            "corner",
            "z_i is u_i for a_i < 0 and l_i for a_i >= 0",
            conj(implies(ge(AF, 0), eq(CORNER, LO)), implies(gt(0, AF), eq(CORNER, HI))),
        ),
    ),
    steps=(
        Step("component", ge(AF * X, LEAST), Smt(), ("box",)),
        Step("form", ge(total(AF * X), total(LEAST)), add_up(AF * X, x=LEAST, a=1), ("component",)),
        Step("corner value", eq(AF * CORNER, LEAST), Smt(), ("box", "corner")),
        Step(
            "attained",
            eq(total(AF * CORNER), total(LEAST)),
            use("sum-linear", whole=AF * CORNER, x=LEAST, a=1, index=IX, last=M),
            ("corner value",),
        ),
        Step(
            "middle and width",
            eq(2 * LEAST, AF * (LO + HI) - sp.Abs(AF) * (HI - LO)),
            Smt(),
            ("box",),
        ),
        Step("conclusion", BOX_CLAIM, Smt(), ("form", "attained", "middle and width")),
    ),
    citation=kernel("rules 2 and 3"),
    locals=(LISTS, VALUES, CORNERS),
    schematic=(INDEX,),
)

MINIMA = listed("minima", "t", "least contribution of an allowed value, for each variable")
ADDED = listed("c", "c", "contributions of the point's values, one for each variable")
ENCODED = listed("x", "x", "the point's encoding, one number for each column")
TABLED = listed("y", "y", "the encoding as it is held")
FIRST_LEAST = listed("z", "z", "contributions of the point that has the least of each variable")
COLUMNS = integer("n", "n", "number of columns", 1)
TABLE_ERROR = real("encoding-error", "e", "how far an encoding may be from what is held", 0)
T, C, BEST = (v.symbol[IX] for v in (MINIMA, ADDED, FIRST_LEAST))
XJ, YJ = ENCODED.symbol[J], TABLED.symbol[J]
CELL = K + total(T) - E * G
CELL_CLAIM = conj(
    ge(rows(A * XJ) + K, CELL),
    eq(total(BEST), total(T)),
)

linear_minimum = Theorem(
    name="kernel-linear-minimum",
    title="The kernel: the least value of a linear form over a cell",
    parameters=(OFFSET, MINIMA, TABLE_ERROR, NORM),
    result=LowerBound(rows(A * XJ) + K, CELL, also=(eq(total(BEST), total(T)),)),
    assumptions=(
        Assumption(
            "contributions",
            "the columns belong to one variable each: Σ_j a_j y_j = Σ_i c_i",
            eq(rows(A * YJ), total(C)),
        ),
        Assumption("allowed", "t_i is the least contribution of variable i", ge(C, T)),
        Assumption("product", "the least of each variable make a point of the cell", eq(BEST, T)),
        Assumption(
            "encodings", "an encoding that was cut is off by at most e", le(sp.Abs(XJ - YJ), E)
        ),
        Assumption("norm", "g is large enough", ge(G, rows(sp.Abs(A)))),
    ),
    steps=(
        Step("column", ge(A * XJ, A * YJ - E * sp.Abs(A)), Smt(), ("encodings",)),
        Step(
            "columns",
            ge(rows(A * XJ), rows(A * YJ) - E * rows(sp.Abs(A))),
            use(
                "sum-order",
                larger=A * XJ,
                x=A * YJ,
                a=1,
                y=sp.Abs(A),
                b=-E,
                index=J,
                last=N,
            ),
            ("column",),
        ),
        Step("variables", ge(total(C), total(T)), add_up(C, x=T, a=1), ("allowed",)),
        Step(
            "attained",
            eq(total(BEST), total(T)),
            use("sum-linear", whole=BEST, x=T, a=1, index=IX, last=M),
            ("product",),
        ),
        Step(
            "conclusion",
            CELL_CLAIM,
            Smt(),
            ("columns", "contributions", "variables", "attained", "norm"),
        ),
    ),
    citation=kernel("rule 3"),
    locals=(LISTS, COLUMNS, COEFFICIENTS, ENCODED, TABLED, ADDED, FIRST_LEAST),
    schematic=(INDEX, ROW),
)

THEOREMS = (box_minimum, linear_minimum)
