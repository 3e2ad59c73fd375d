"""The symbols of the field, each with its meaning, its name in formulas and its range.

A `Parameter` is what a user sets (`epsilon=1/100`) and what a formula contains (ε). The range is
part of the symbol: evaluation refuses values outside it, and derivations may use it as a
hypothesis. `real(...)` and `integer(...)` make further ones for a single theorem.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

import sympy as sp

Kind = Literal["integer", "real", "reals", "integers", "class", "member"]
LEAST = "least"
"""Of a parameter that a bound holds for whatever it is: the value that makes the bound least."""


@dataclass(frozen=True)
class Parameter:
    """A symbol with its domain.

    `name` is the keyword of the command line and of `evaluate`; `symbol` is the SymPy symbol in
    formulas (for kinds "reals" and "integers", an IndexedBase: a list; for kind "member", a symbol
    without assumptions that stands for any member of a class). `lower` and `upper` bound the
    value; `open` says whether the end points are excluded ("(", ")", "()" or ""). `classes`, for
    kind "class", is the number of classes that the theorem is about (None: any). `otherwise` is
    the value where none is given: a number (of a list: each), or `LEAST`; "" where one must be.
    """

    name: str
    symbol: Any
    kind: Kind
    latex: str
    unicode: str
    meaning: str
    lower: Fraction | None = None
    upper: Fraction | None = None
    open: str = ""
    classes: int | None = None
    otherwise: str = ""

    @property
    def is_list(self) -> bool:
        """Whether it is a list of numbers."""
        return self.kind in ("reals", "integers")

    def contains(self, value: Fraction) -> bool:
        """Say whether an exact value (of a list: an entry) is in the range."""
        if self.kind in ("integer", "integers", "class") and value.denominator != 1:
            return False
        if self.lower is not None and (
            value < self.lower or (value == self.lower and "(" in self.open)
        ):
            return False
        return not (
            self.upper is not None
            and (value > self.upper or (value == self.upper and ")" in self.open))
        )

    @property
    def left_out(self) -> str:
        """What it means to give no value, in words; "" where one must be given."""
        if self.otherwise == LEAST:
            alike = ", the same in each place," if self.is_list else ""
            return f"left out: the one{alike} for which the bound is least"
        return f"left out: {self.otherwise}" if self.otherwise else ""

    def range_text(self) -> str:
        """The range as text, for messages: "a number in (0, 1)", "an integer >= 1"."""
        noun = {
            "integer": "an integer",
            "real": "a number",
            "reals": "numbers separated by commas, each",
            "integers": "integers separated by commas, each",
            "member": "a member of the class",
            "class": "an integer or a class such as trees(depth=5,variables=100),",
        }[self.kind]
        if self.lower is not None and self.upper is not None:
            left = "(" if "(" in self.open else "["
            right = ")" if ")" in self.open else "]"
            return f"{noun} in {left}{self.lower}, {self.upper}{right}"
        if self.lower is not None:
            return f"{noun} {'>' if '(' in self.open else '>='} {self.lower}"
        return noun

    def facts(self, term: Any = None) -> tuple[Any, ...]:
        """The range as SymPy relations about `term` (default: the symbol itself)."""
        if self.is_list or self.kind == "member":
            return ()
        x = self.symbol if term is None else term
        facts = []
        if self.lower is not None:
            bound = sp.Rational(self.lower.numerator, self.lower.denominator)
            rel = sp.Gt if "(" in self.open else sp.Ge
            facts.append(rel(x, bound, evaluate=False))
        if self.upper is not None:
            bound = sp.Rational(self.upper.numerator, self.upper.denominator)
            rel = sp.Lt if ")" in self.open else sp.Le
            facts.append(rel(x, bound, evaluate=False))
        return tuple(facts)


def real(
    name: str,
    letter: str,
    meaning: str,
    lower: Fraction | int | None = None,
    upper: Fraction | int | None = None,
    open: str = "",
    unicode: str | None = None,
) -> Parameter:
    """A real parameter; `letter` is a SymPy name such as "epsilon" or "p"."""
    positive = lower is not None and (lower > 0 or (lower == 0 and "(" in open))
    nonnegative = lower is not None and lower >= 0
    assumptions: Mapping[str, bool] = (
        {"positive": True} if positive else {"nonnegative": True} if nonnegative else {}
    )
    symbol = sp.Symbol(letter, real=True, **assumptions)
    return Parameter(
        name,
        symbol,
        "real",
        sp.latex(symbol),
        unicode or sp.pretty(symbol, use_unicode=True),
        meaning,
        None if lower is None else Fraction(lower),
        None if upper is None else Fraction(upper),
        open,
    )


def integer(
    name: str, letter: str, meaning: str, lower: int = 0, kind: Kind = "integer"
) -> Parameter:
    """An integer parameter, at least `lower`."""
    assumptions = {"positive": True} if lower > 0 else {"nonnegative": True} if lower == 0 else {}
    symbol = sp.Symbol(letter, integer=True, **assumptions)
    return Parameter(
        name,
        symbol,
        kind,
        sp.latex(symbol),
        sp.pretty(symbol, use_unicode=True),
        meaning,
        Fraction(lower),
    )


def reals(
    name: str,
    letter: str,
    meaning: str,
    lower: int | None = None,
    upper: int | None = None,
    open: str = "",
) -> Parameter:
    """A list of numbers x_1 .. x_m, as an IndexedBase; SymPy knows of one that is positive."""
    positive = {"positive": True} if lower == 0 and "(" in open else {}
    return Parameter(
        name,
        sp.IndexedBase(letter, real=True, **positive),
        "reals",
        letter,
        letter,
        meaning,
        None if lower is None else Fraction(lower),
        None if upper is None else Fraction(upper),
        open,
    )


def integers(name: str, letter: str, meaning: str, lower: int = 0) -> Parameter:
    """A list of integers x_1 .. x_m, each at least `lower`."""
    symbol = sp.IndexedBase(letter, integer=True)
    return Parameter(name, symbol, "integers", letter, letter, meaning, Fraction(lower))


LENGTH = sp.Symbol("m", integer=True, positive=True)
"""The length of the lists of a theorem."""

EPSILON = real("epsilon", "epsilon", "tolerated probability of disagreement", 0, 1, "()")
DELTA = real("delta", "delta", "tolerated probability that the guarantee fails", 0, 1, "()")
N_SAMPLES = integer("n", "n", "number of independent samples", 1)
CLASS_SIZE = integer("class", "N", "number of functions in the student class", 1, "class")
BINARY_CLASS_SIZE = replace(
    CLASS_SIZE, meaning="number of functions in the student class, each with two values", classes=2
)
"""The size of a class in a theorem that holds for two classes only."""
VARIABLES = integer("variables", "d", "number of Boolean input variables", 1)
DEPTH = integer("depth", "r", "depth of the trees", 0)
LEAVES = integer("leaves", "s", "number of leaves", 1)
RELEVANT = integer("relevant", "k", "number of relevant variables", 0)
WIDTH = integer("width", "k", "number of literals in a conjunction", 0)
ERRORS = integer("errors", "k", "number of disagreements observed", 0)
VC = integer(
    "vc", "v", "Vapnik-Chervonenkis dimension of the student class, of functions with two values", 1
)
CELLS = integer(
    "cells", "K", "number of cells that the target may label freely, with two labels", 1
)
TAU = real("tau", "tau", "norm bound of the linear readouts", 0, None, "(")
NORM = real("B", "B", "root mean square norm of the representation", 0, None, "(")
ETA = real("eta", "eta", "root mean square error of the linear readouts", 0, None)

SYMBOLS: Mapping[str, Parameter] = MappingProxyType(
    {
        p.name: p
        for p in (
            EPSILON,
            DELTA,
            N_SAMPLES,
            CLASS_SIZE,
            VARIABLES,
            DEPTH,
            LEAVES,
            RELEVANT,
            WIDTH,
            ERRORS,
            VC,
            CELLS,
            TAU,
            NORM,
            ETA,
        )
    }
)
"""The symbols shared by several theorems, by command line name."""
