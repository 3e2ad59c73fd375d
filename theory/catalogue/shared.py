"""What theorems of several subjects share: letters as in formulas, indices, facts, a source."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp

from theory.language.rules import Algebra, Balls, Instantiate, use
from theory.language.statement import Assumption, Citation, Step
from theory.language.symbols import (
    CLASS_SIZE,
    DELTA,
    EPSILON,
    ETA,
    LENGTH,
    N_SAMPLES,
    NORM,
    TAU,
    VARIABLES,
    VC,
    Parameter,
    integer,
)
from theory.language.terms import Quantity, conj, eq, ge, le, lt

OURS = Citation("Leafproof", "theory catalogue; proved here", 2026)

EPS, DEL, N = EPSILON.symbol, DELTA.symbol, N_SAMPLES.symbol
SIZE, V, D = CLASS_SIZE.symbol, VC.symbol, VARIABLES.symbol
TAU_, B_, ETA_ = TAU.symbol, NORM.symbol, ETA.symbol
HALF = sp.Rational(1, 2)
APART = Quantity("P[f != g]")

LEVEL = integer("t", "t", "a depth up to which trees are counted")
STAGE = integer("t", "t", "stages so far")
SO_FAR = integer("t", "t", "how many so far")
T = LEVEL.symbol
POSITION = integer("j", "j", "number of a list entry", 1)
J = POSITION.symbol
LENGTHS = Parameter("m", LENGTH, "integer", "m", "m", "length of the lists", Fraction(1))

BELOW_HALF = Assumption("delta < 1/2", "delta < 1/2", lt(DEL, HALF))

NEGATIVE = Step("negative", le(sp.log(1 - EPS), -EPS), use("log-bounds", x=EPS))
INVERSE = Step("inverse", eq(sp.log(1 / DEL), -sp.log(DEL)), Algebra())
LOG2_STEP = Step("log2", ge(sp.log(2), HALF), Balls())


def one_more_term(term: sp.Expr) -> Step:
    """The step "sum": nothing adds up to 0, and the sum over j = 1 .. t + 1 has one more term."""
    up_to = sp.Sum(term, (J, 1, T))
    return Step(
        "sum",
        conj(
            eq(sp.Sum(term, (J, 1, 0)), 0),
            eq(sp.Sum(term, (J, 1, T + 1)), up_to + term.subs(J, T + 1)),
        ),
        use("series-next", term=term, index=J, first=1, last=T),
    )


def one_more_factor(factor: sp.Expr) -> Step:
    """The step "product": the same of a product, the empty one being 1."""
    up_to = sp.Product(factor, (J, 1, T))
    return Step(
        "product",
        conj(
            eq(sp.Product(factor, (J, 1, 0)), 1),
            eq(sp.Product(factor, (J, 1, T + 1)), up_to * factor.subs(J, T + 1)),
        ),
        use("product-next", term=factor, index=J, first=1, last=T),
    )


def relative_entropy(q: sp.Expr, p: sp.Expr) -> sp.Expr:
    """kl(q, p)."""
    return q * sp.log(q / p) + (1 - q) * sp.log((1 - q) / (1 - p))


def cube(t: sp.Expr) -> sp.Expr:
    """The number of points of the cube of t variables."""
    return Quantity("points of the cube", t)


CUBE = (
    Assumption(
        "cube",
        "one more Boolean variable doubles the points",
        conj(eq(cube(sp.Integer(0)), 1), eq(cube(T + 1), 2 * cube(T))),
    ),
)
CUBE_STEPS = (
    Step("doubling", eq(sp.Mul(2, 2**T, evaluate=False), 2 ** (T + 1)), Algebra()),
    Step("cubes", eq(cube(T), 2**T), use("induction", claim=eq(cube(T), 2**T), k=T, start=0),
         ("cube", "doubling")),
)  # fmt: skip


def cube_steps(t: sp.Expr) -> tuple[Step, ...]:
    """To the step "points": the cube of t variables has 2^t."""
    at = Step("points", eq(cube(t), 2**t), Instantiate("cubes", {T: t}), ("cubes",))
    return (*CUBE_STEPS, at)
