"""Small models in which the axioms are instantiated.

Most axioms are filled in by the types of their terms: a `real` is a small rational, a `number` a
random quantity with a random table, an `event` a random event, and so on. Where the premises need
a structure (a law, a family of vectors, a class of functions), `structures` builds it with these.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.axioms import AXIOMS, Axiom
from theory.checking.semantics.model import Model
from theory.language.symbols import integer, real
from theory.language.terms import Event, Fact, Quantity, Random, RandomInteger

F = Fraction
HALF = F(1, 2)
Rng = random.Random
REALS = (F(0), F(1), F(1, 2), F(2), F(-1), F(1, 3), F(3, 4), F(-1, 2))
VALUES = (F(0), F(1), F(1, 2), F(1), F(0), F(-1), F(2))
LAWS = (
    (F(1),),
    (F(1, 2), F(1, 2)),
    (F(1, 3), F(2, 3)),
    (F(1, 4), F(1, 4), F(1, 2)),
    (F(0), F(1)),
    (F(1, 10), F(9, 10)),
)
G = sp.Symbol("g")
J = integer("j", "j", "").symbol
J2 = integer("other", "l", "").symbol
X = real("x", "x", "").symbol


@dataclass(frozen=True)
class Case:
    """Terms for an axiom and a model of them.

    `env` gives symbols their values, `grid` the values that free symbols run over.
    """

    terms: Mapping[str, Any]
    model: Model
    grid: Mapping[Any, tuple[Any, ...]] = field(default_factory=dict)
    env: Mapping[Any, Any] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """The model in words, for a counterexample."""
        draws = ", ".join(f"{x} with probability {p}" for p, x in self.model.draws)
        return f"draws: {draws}; {self.model.copies} copies; classes {dict(self.model.classes)}"


def number(x: Fraction) -> Any:
    """A rational as a term."""
    return sp.Rational(x.numerator, x.denominator)


class Tables:
    """Random tables: a value for every combination of arguments, drawn when first asked for."""

    def __init__(self, rng: random.Random, values: tuple[Any, ...]) -> None:
        self._rng, self._values = rng, values
        self._known: dict[Any, Any] = {}

    def __call__(self, *args: Any) -> Any:
        """The value at these arguments."""
        key = tuple(a[0] if isinstance(a, tuple) and a else a for a in args)
        if key not in self._known:
            self._known[key] = self._rng.choice(self._values)
        return self._known[key]


def draws(rng: random.Random) -> tuple[tuple[Fraction, int], ...]:
    """The law of one draw over at most three values."""
    return tuple((p, i) for i, p in enumerate(rng.choice(LAWS)))


Structure = Callable[[Rng], Case]
"""Makes terms and a model for one axiom."""


def of(name: str, rng: Rng, **given: Any) -> Case:
    """A case of an axiom by types, but for the terms that are given."""
    return by_types(AXIOMS[name], rng, **given)


def with_tables(case: Case, **tables: Callable[..., Any]) -> Case:
    """A case with further tables."""
    return replace(case, model=replace(case.model, tables={**case.model.tables, **tables}))


def product(factors: Iterable[Fraction]) -> Fraction:
    """The product of some fractions."""
    return math.prod(factors, start=F(1))


def independent(
    laws: Iterable[Iterable[tuple[Fraction, Any]]],
) -> tuple[tuple[Fraction, tuple[Any, ...]], ...]:
    """The joint law of independent draws, one from each law of (probability, value)."""
    return tuple(
        (product(p for p, _ in x), tuple(v for _, v in x)) for x in itertools.product(*laws)
    )


def by_types(axiom: Axiom, rng: random.Random, **given: Any) -> Case:
    """Terms of the types that an axiom demands, with random tables."""
    signature = axiom.signature()
    bound = [_symbol(n) if kind == "index" else G for n, kind in signature.items()
             if kind in ("index", "member")]  # fmt: skip
    size = rng.randint(0, 3)
    n = rng.randint(0, 3)
    terms: dict[str, Any] = {}
    tables: dict[str, Any] = {}
    for name, kind in signature.items():
        if name in given:
            continue
        terms[name] = _term(name, kind, rng, bound, tables, n)
    terms.update({k: v for k, v in given.items() if v is not None})
    model = Model(tables, draws(rng), 3 if "n" in signature else 0, {"g": tuple(range(size))})
    grid = {G: tuple(range(size)), J: tuple(F(i) for i in range(5)), J2: tuple(map(F, range(4))),
            X: tuple(F(i, 8) for i in range(1, 8))}  # fmt: skip
    return Case(terms, model, grid)


DEPENDING = (
    "event", "first", "second", "larger_event", "condition", "smaller", "larger", "term", "left",
    "right", "whole", "x", "y", "z", "parts", "totals", "norm", "claim",
)  # fmt: skip
"""Terms that may depend on the variable that an axiom binds."""


def _symbol(name: str) -> Any:
    return J if name in ("index", "k", "j") else J2


def _term(
    name: str, kind: str, rng: random.Random, bound: list[Any], tables: dict[str, Any], n: int
) -> Any:
    args = bound if name in DEPENDING else []
    if kind == "integer":
        return sp.Integer(n if name in ("n", "last", "end") else rng.randint(-1, 3))
    if kind == "any-integer":
        tables[name] = Tables(rng, tuple(map(F, range(-1, 4))))
        return rng.choice([RandomInteger(name), sp.Integer(rng.randint(-1, 3))])
    if kind == "real":
        if args:
            tables[name] = Tables(rng, VALUES)
            return Quantity(name, *args)
        return number(rng.choice(REALS))
    if kind == "number":
        tables[name] = Tables(rng, VALUES)
        return rng.choice([Random(name, *args)] * 3 + [number(rng.choice(REALS))])
    if kind == "event":
        tables[name] = Tables(rng, (True, False))
        return Event(name, *args)
    if kind == "fact":
        tables[name] = Tables(rng, (True, True, False))
        return rng.choice([Fact(name, *args), Fact(name, *args), sp.true])
    if kind == "index":
        return _symbol(name)
    if kind == "member":
        return G
    if kind == "variable":
        return X
    raise ValueError(f"{name}={kind}: this axiom needs a structure")
