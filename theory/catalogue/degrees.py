"""What a tree's depth tells of its class as a sum of parities, and how many of these can be large.

Points are d fair bits, classes -1 and 1. A coefficient is the mean of the class times a parity of
some bits; its degree is how many bits these are.
"""

from __future__ import annotations

import sympy as sp

from theory.catalogue.shared import SO_FAR, T
from theory.language.rules import Instantiate, Smt, use
from theory.language.schemas import LowerBound, UpperBound
from theory.language.statement import Assumption, Citation, Step, Theorem
from theory.language.symbols import Parameter, integer, real
from theory.language.terms import (
    Fact,
    IntegerQuantity,
    Members,
    Quantity,
    conj,
    eq,
    ge,
    gt,
    implies,
    le,
)

BOOLEAN = Citation("O'Donnell", "Analysis of Boolean Functions, Cambridge University Press", 2014)
BUHRMAN = Citation(
    "Buhrman, de Wolf", "Complexity measures and decision tree complexity, Theor. Comp. Sci. 288",
    2002,
)  # fmt: skip

DEGREE = integer("degree", "k", "bits of a parity whose coefficient is not 0", 0)
TALL = integer("depth", "r", "depth of the tree", 0)
K, R = DEGREE.symbol, TALL.symbol
DEPTH = IntegerQuantity("depth of the tree")


def most_bits(t: sp.Expr) -> sp.Expr:
    """The most bits of a parity that a tree of depth t has a coefficient for."""
    return IntegerQuantity("bits of a parity in a tree of depth", t)


FEW = le(most_bits(T), T)

tree_depth_degree = Theorem(
    name="tree-depth-degree",
    title="How deep a tree must be, by the degree of its class as a polynomial",
    parameters=(DEGREE,),
    result=LowerBound(DEPTH, K, monotone={"degree": "up"}),
    assumptions=(
        Assumption(
            "tree",
            "the class of a leaf is a number; that of a tree is, where its first bit is so and so, "
            "the class of one of two trees less deep: parities of one bit more",
            conj(
                eq(most_bits(sp.Integer(0)), 0),
                le(most_bits(T + 1), most_bits(T) + 1),
                eq(DEPTH, R),
            ),
        ),
        Assumption("degree", "a parity of k bits has a coefficient in it", le(K, most_bits(R))),
    ),
    steps=(
        Step("few", FEW, use("induction", claim=FEW, k=T, start=0), ("tree",)),
        Step("all", FEW.subs(T, R), Instantiate("few", {T: R}), ("few",)),
        Step("conclusion", ge(DEPTH, K), Smt(), ("all", "tree", "degree")),
    ),
    citation=BUHRMAN,
    locals=(TALL,),
    schematic=(SO_FAR,),
    notes=(
        "So one coefficient that does not vanish rules out every tree of less depth. See also "
        "low-degree-samples and tree-depth-block-sensitivity.",
    ),
)

SET = Parameter("S", sp.Symbol("S"), "member", "S", "S", "a set of bits")
LARGE = real("theta", "theta", "how large a coefficient is, at least, up to its sign", 0, 1, "(")
S, THETA = SET.symbol, LARGE.symbol
COEFFICIENT = Quantity("|coefficient|", S)
SQUARES = Quantity("mean square of the class")
HEAVY = Fact("large coefficient", S)
MANY = Members(S, HEAVY)

heavy_coefficients = Theorem(
    name="heavy-coefficients",
    title="How many coefficients of a class can be large",
    parameters=(LARGE,),
    result=UpperBound(MANY, 1 / THETA**2, monotone={"theta": "down"}),
    assumptions=(
        Assumption(
            "coefficients",
            "parities are orthonormal, and the class is -1 or 1 (or between)",
            conj(Fact("coefficients", S, COEFFICIENT, SQUARES), le(SQUARES, 1)),
        ),
        Assumption(
            "large", "a large coefficient is at least theta", implies(HEAVY, ge(COEFFICIENT, THETA))
        ),
    ),
    steps=(
        Step("positive", gt(THETA**2, 0), Smt()),
        Step("square", implies(HEAVY, ge(COEFFICIENT**2, THETA**2)), Smt(), ("large",)),
        Step(
            "bessel",
            le(MANY * THETA**2, SQUARES),
            use("bessel", member=S, condition=HEAVY, norm=COEFFICIENT, level=THETA**2,
                energy=SQUARES),
            ("coefficients", "square", "positive"),
        ),
        Step("conclusion", le(MANY, 1 / THETA**2), Smt(), ("bessel", "coefficients", "positive")),
    ),
    citation=BOOLEAN,
    schematic=(SET,),
    notes=("How many samples tell them: low-degree-samples, where their degree is low.",),
)  # fmt: skip

THEOREMS = (tree_depth_degree, heavy_coefficients)
