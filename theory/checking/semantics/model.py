"""A finite model: what the names of the formal language stand for.

An outcome is a tuple: one draw, followed by `copies` independent draws of the same law, on which
the terms `Every(event, n)` and `Average(x, n)` look: they ask the event or quantity of each of
the first n of them. A quantity of a single draw looks at the first entry of its outcome; one of
the whole sample at the others.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from theory.language.errors import TheoryError

Outcome = tuple[Any, ...]
ONE = Fraction(1)


@dataclass(frozen=True)
class Model:
    """The interpretation of names.

    `draws` are (probability, value) pairs; `tables` give for the name of a quantity or property a
    function of its arguments, and for that of a random quantity or an event a function of the
    outcome and its arguments; `classes` give for the name of a member symbol its members.
    """

    tables: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    draws: tuple[tuple[Fraction, Any], ...] = ((ONE, ()),)
    copies: int = 0
    classes: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    @cached_property
    def outcomes(self) -> tuple[tuple[Fraction, Outcome], ...]:
        """All outcomes with their probabilities."""
        found = []
        for parts in itertools.product(self.draws, repeat=1 + self.copies):
            weight = ONE
            for w, _ in parts:
                weight *= w
            if weight:
                found.append((weight, tuple(x for _, x in parts)))
        return tuple(found)

    def of_class(self, symbol: Any) -> tuple[Any, ...]:
        """The members of the class over which a symbol ranges.

        Raises TheoryError where the theorem declares no such class.
        """
        if str(symbol) not in self.classes:
            raise TheoryError(f"{symbol} is declared as no member of a class")
        return self.classes[str(symbol)]


class UndefinedTerm(ArithmeticError):
    """A term without a value here: a logarithm of 0, a division by 0."""


class UndecidedTerm(UndefinedTerm):
    """A term whose value these balls do not tell."""
