"""The random experiment that a theorem speaks of: what is drawn, and what depends on it.

A theorem's terms may be random only by name: every `Random`, `RandomInteger` and `Event` of a
theorem is declared in its `Experiment`, either as what one draw determines (`Draws.at_each`: only
this can be averaged or repeated) or as what the outcome as a whole determines (`random`).
Whatever is not declared is fixed before anything is drawn. `randomness` checks that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import sympy as sp

from theory.language.substitution import substitute
from theory.language.terms import Fact

LAWS: Mapping[str, tuple[int, int] | None] = MappingProxyType(
    {
        "binomial": (1, 1),
        "bounded differences": None,
        "deviation of an average of vectors": (1, 1),
        "errors on the second half only": (2, 2),
        "exchangeable": None,
        "guess of one of several": None,
        "independent": None,
        "independent copies": (1, 1),
        "sample variance": (2, 1),
        "signed sum": None,
        "martingale": None,
        "mean without replacement": None,
        "minimax law": None,
        "relative swapping": (2, 2),
        "posterior": None,
        "posterior of bets": None,
        "prior mean of bets": None,
        "prior mean": None,
        "unlike trials": (1, 1),
        "one-inclusion prediction": None,
        "stopped count": None,
        "stopped sum": (3, 1),
        "supremum of err - emp": (1, 1),
        "supremum over readouts": (1, 1),
    }
)
"""The properties that are laws of random quantities.

Some speak of independent draws: (the argument that is their number, of how many samples).
"""


@dataclass(frozen=True)
class Draws:
    """A sample: `number` draws of `what`, all from the same law.

    `at_each` are the names of the quantities and events that a single draw determines.
    `independent`: of each other; that two samples are is a law ("independent").
    """

    number: Any
    what: str = "points"
    at_each: tuple[str, ...] = ()
    independent: bool = True


@dataclass(frozen=True)
class Experiment:
    """What is drawn, the names of what depends on it as a whole, and the laws that these have."""

    draws: tuple[Draws, ...] = ()
    random: tuple[str, ...] = ()
    laws: tuple[Any, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All names that are random."""
        return (*(name for d in self.draws for name in d.at_each), *self.random)

    def samples(self, number: Any) -> tuple[Draws, ...]:
        """The samples of that many independent draws."""
        return tuple(d for d in self.draws if d.independent and d.number == number)

    def under(self, replace: Mapping[Any, Any]) -> Experiment:
        """The experiment with other terms for the symbols of its numbers and laws."""
        draws = (
            Draws(substitute(d.number, replace), d.what, d.at_each, d.independent)
            for d in self.draws
        )
        laws = (substitute(law, replace) for law in self.laws)
        return Experiment(tuple(draws), self.random, tuple(laws))

    def declares(self, other: Experiment) -> str | None:
        """What another experiment has and this one has not, or None."""
        for d in other.draws:
            alike = [
                s for s in self.draws if (s.number, s.independent) == (d.number, d.independent)
            ]
            if not any(set(d.at_each) <= set(s.at_each) for s in alike):
                of = f" with {', '.join(map(repr, d.at_each))}" if d.at_each else ""
                return f"{d.number} {'in' if d.independent else ''}dependent draws{of}"
        lost = [name for name in other.random if name not in self.random]
        if not other.draws and any(set(other.random) <= set(d.at_each) for d in self.draws):
            lost = []  # its outcome is a draw of this one's
        lost += [str(law) for law in other.laws if law not in self.laws]
        return lost[0] if lost else None


def is_law(term: Any) -> bool:
    """Whether a term is a property that says what law a random quantity has."""
    return isinstance(term, Fact) and term.args[0].name in LAWS


def sample(number: Any, *at_each: str, what: str = "points", random: tuple[str, ...] = (),
           laws: tuple[Any, ...] = ()) -> Experiment:  # fmt: skip
    """The experiment of one sample of independent draws."""
    return Experiment((Draws(sp.sympify(number), what, at_each),), random, laws)
