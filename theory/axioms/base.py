"""What an axiom is, and the sources they come from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sympy import sympify

from theory.errors import DerivationError
from theory.statement import Citation


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

    `random` names the terms that may depend on the outcome of the experiment; None allows all,
    for facts that hold for each outcome.
    """

    name: str
    statement: str
    citation: Citation
    instantiate: Callable[..., Instance]
    random: tuple[str, ...] | None = None


CALCULUS = Citation("Rudin", "Principles of Mathematical Analysis, chapters 4, 5 and 8", 1976)
PROBABILITY = Citation("Billingsley", "Probability and Measure, sections 2, 4, 5 and 21", 1995)


def require_uniform(axiom: str, member: Any, term: Any) -> None:
    """Raise DerivationError if a bound that must hold for all members depends on the member."""
    if member in sympify(term).free_symbols:
        raise DerivationError(f"{axiom}: {term} depends on the member {member}")
