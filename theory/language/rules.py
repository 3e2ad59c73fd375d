"""The rules by which a step of a derivation may be discharged: plain data.

The rules:

* `Algebra`: an identity; SymPy reduces the difference of both sides to 0, with sums and products
  over an index as unknown numbers.
* `Smt`: the claim follows from the claims it uses; Z3 shows that the negation has no real model.
* `Balls`: an inequality on a box with rational end points, proved by Arb ball arithmetic with
  subdivision.
* `Use`: an axiom instantiated with explicit terms; its premises and the step from its conclusion
  to the claim are discharged by Z3.
* `Instantiate`: an earlier claim, which holds for all values of its symbols in their ranges, at
  given terms; that the terms are in the ranges is discharged by Z3.
* `Cite`: another theorem's claim with its parameters replaced by terms; its ranges, conditions
  and formal assumptions are discharged by Z3.

Here are only the names and their data; `derivation` applies them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from theory.language.closed import closed
from theory.language.statement import Theorem


class _WithTerms:
    """A rule with terms: nobody changes them afterwards, neither here nor where they came from."""

    terms: Mapping[Any, Any]

    def __post_init__(self) -> None:
        terms = {name: sp.sympify(term) for name, term in self.terms.items()}
        object.__setattr__(self, "terms", closed(terms))


@dataclass(frozen=True)
class Algebra:
    """SymPy identity; `positive` lists (term, symbol to eliminate) pairs, proved positive."""

    positive: tuple[tuple[Any, Any], ...] = ()


@dataclass(frozen=True)
class Smt:
    """Z3: the claim follows from the claims used and the ranges."""


@dataclass(frozen=True)
class Balls:
    """Arb: `implies(lo <= x, x <= hi, ..., inequality)` on the box that the claim states."""

    bits: int = 128


@dataclass(frozen=True)
class Use(_WithTerms):
    """An axiom with explicit terms, applied under the hypothesis `given` (not random)."""

    axiom: str
    terms: Mapping[str, Any]
    given: Any = sp.true


def use(axiom: str, given: Any = sp.true, **terms: Any) -> Use:
    """The rule "axiom with these terms"."""
    return Use(axiom, terms, given)


@dataclass(frozen=True)
class Cite(_WithTerms):
    """Another theorem, with terms for its symbols (by parameter or local name).

    It is applied under the hypothesis `given` (not random).
    """

    theorem: Theorem
    terms: Mapping[str, Any]
    given: Any = sp.true


@dataclass(frozen=True)
class Instantiate(_WithTerms):
    """An earlier claim or assumption with terms for its symbols."""

    label: str
    terms: Mapping[Any, Any]


RULE_NAMES = {
    Algebra: "algebra",
    Smt: "smt",
    Balls: "arb",
    Use: "axiom",
    Cite: "theorem",
    Instantiate: "instance",
}
