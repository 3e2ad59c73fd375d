"""How many juntas there are (catalogue T9)."""

from __future__ import annotations

import sympy as sp

from theory.catalogue.counting import CUBE, CUBE_STEPS, cube
from theory.catalogue.trees import (
    LEVEL,
)
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import Count, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import VARIABLES, integer
from theory.language.terms import IntegerQuantity, Quantity, conj, eq, ge, implies, le

D, T = (p.symbol for p in (VARIABLES, LEVEL))

RELEVANT = integer("relevant", "k", "number of relevant variables at most")
K = RELEVANT.symbol
ORDER = integer("j", "j", "a number of variables")
J, II = ORDER.symbol, sp.Symbol("i", integer=True, nonnegative=True)
JUNTAS = IntegerQuantity("juntas")
SIGNED = sp.Sum((-1) ** II * sp.binomial(J, II) * 2 ** (2 ** (J - II)), (II, 0, J))


def exactly(j: sp.Expr) -> sp.Expr:
    """The functions of j variables that depend on each of them."""
    return Quantity("all relevant", j)


junta_count = Theorem(
    name="junta-count",
    title="Functions with few relevant variables",
    parameters=(VARIABLES, RELEVANT),
    result=Count(
        JUNTAS,
        sp.Sum(sp.binomial(D, J) * SIGNED, (J, 0, K)),
        monotone={"variables": "up", "relevant": "up"},
        trend_facts=("inversion", "numbers"),
    ),
    assumptions=(
        Assumption(
            "relevant",
            "each function has one set of relevant variables, of at most k of the d; each of the "
            "2^(2^j) functions of j variables has one among these",
            conj(
                eq(JUNTAS, sp.Sum(sp.binomial(D, J) * exactly(J), (J, 0, K))),
                eq(2 ** (2**J), sp.Sum(sp.binomial(J, II) * exactly(II), (II, 0, J))),
            ),
        ),
        Assumption("numbers", "A_j counts functions, so it is not negative", ge(exactly(J), 0)),
    ),
    steps=(
        Step(
            "inversion",
            eq(exactly(J), SIGNED),
            use("binomial-inversion", parts=exactly(J), totals=2 ** (2**J), index=J, size=J),
            ("relevant",),
            "Inclusion-exclusion.",
        ),
        Step(
            "sum",
            eq(
                sp.Sum(sp.binomial(D, J) * exactly(J), (J, 0, K)),
                sp.Sum(sp.binomial(D, J) * SIGNED, (J, 0, K)),
            ),
            use(
                "series-terms",
                left=sp.binomial(D, J) * exactly(J),
                right=sp.binomial(D, J) * SIGNED,
                index=J,
                first=0,
                last=K,
            ),
            ("inversion",),
        ),
        Step("conclusion", eq(JUNTAS, sp.Sum(sp.binomial(D, J) * SIGNED, (J, 0, K))), Smt(),
             ("relevant", "sum")),
    ),
    citation=Citation("Graham, Knuth, Patashnik", "Concrete Mathematics", 1994),
    schematic=(ORDER,),
)  # fmt: skip

TABLES = sp.binomial(D, K) * 2 ** (2**K)
junta_bound = Theorem(
    name="junta-count-upper",
    title="Functions with few relevant variables, simple form",
    parameters=(VARIABLES, RELEVANT),
    result=UpperBound(
        JUNTAS,
        TABLES,
        monotone={"variables": "up", "relevant": "up"},
        useless=ge(TABLES, 2 ** (2**D)),
    ),
    assumptions=(
        *CUBE,
        Assumption(
            "superset",
            "k <= d: some k variables contain the relevant ones; a table has a value for each of "
            "their points",
            implies(
                le(K, D), le(JUNTAS, sp.binomial(D, K) * Quantity("tables", cube(K)))
            ),
        ),
        Assumption(
            "tables",
            "p values can be chosen in 2^p ways",
            implies(ge(J, 0), eq(cube(K), J), eq(Quantity("tables", cube(K)), 2**J)),
        ),
    ),
    steps=(
        *CUBE_STEPS,
        Step("points", eq(cube(K), 2**K), Instantiate("cubes", {T: K}), ("cubes",)),
        Step("values", eq(Quantity("tables", cube(K)), 2 ** (2**K)),
             Instantiate("tables", {J: 2**K}), ("tables", "points")),
        Step("conclusion", le(JUNTAS, TABLES), Smt(), ("superset", "values")),
    ),
    citation=junta_count.citation,
    requires=(Assumption("few", "relevant <= variables", le(K, D)),),
    schematic=(LEVEL, ORDER),
)  # fmt: skip

THEOREMS = (
    junta_count,
    junta_bound,
)
