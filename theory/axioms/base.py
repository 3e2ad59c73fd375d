"""What an axiom is, and the sources they come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sympy import sympify

from theory.language.errors import DerivationError
from theory.language.sorts import free_variables
from theory.language.statement import Citation


@dataclass(frozen=True)
class Instance:
    """An axiom with terms filled in: premises to prove, conclusion to use.

    `binder` is (x, region) if the premises speak of every x in a region: then nothing may be
    known of x in the derivation that the region does not imply.
    """

    premises: tuple[Any, ...]
    conclusion: Any
    binder: tuple[Any, Any] | None = None


@dataclass(frozen=True)
class Axiom:
    """A standard fact: its name, its statement in words, a source, and how to instantiate it.

    `types` says of each term what it must be, as "x=number n=integer ...":

    * `real`, `integer`: a number that does not depend on the outcome; `number`, `any-integer`:
      one that may; `end`: a real number or infinity;
    * `fact`: a claim that does not depend on the outcome; `event`, `claim`: one that may;
    * `index`, `variable`, `member`: an integer symbol, a real symbol, a symbol for a member of a
      class; `member-term`: a named member of the class of the symbol `member`;
    * `list`: a list of numbers.
    """

    name: str
    statement: str
    citation: Citation
    instantiate: Callable[..., Instance]
    types: str = ""

    def signature(self) -> dict[str, str]:
        """What each term must be, by name."""
        return dict(part.split("=") for part in self.types.split())


CALCULUS = Citation("Rudin", "Principles of Mathematical Analysis", 1976)
PROBABILITY = Citation("Billingsley", "Probability and Measure", 1995)


def require_uniform(axiom: str, variable: Any, *terms: Any) -> None:
    """Raise DerivationError if a term that must be the same for all values depends on one."""
    for term in terms:
        if variable in free_variables(sympify(term)):
            raise DerivationError(f"{axiom}: {term} depends on {variable}")
