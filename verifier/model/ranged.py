"""What ordinals and continuous variables share: a number in one column, its values never listed."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar

from verifier.model.chances import Runs
from verifier.model.errors import DomainError

MOST_NUMBERS = 1 << 62
"""Most values of an ordinal, or pieces of an interval: their indices are machine integers."""
LISTED = 1 << 16
"""Most values that are listed where a list is asked for."""
_LABEL = re.compile(r"(-?[0-9]{1,4300})(?:/([0-9]{1,4300}))?", re.ASCII)


class Ranged:
    """A variable whose values are indices 0, 1, ... that stand for increasing numbers.

    ``number(i)`` is that of value i: of an ordinal the value itself, of a continuous variable the
    right end of a piece.
    """

    HINT: ClassVar[str] = "widen its step"
    """What to do where there are too many values."""

    if TYPE_CHECKING:

        @property
        def name(self) -> str:
            """What the variable is called."""

        @property
        def count(self) -> int:
            """Number of values."""

        @property
        def chances(self) -> Runs:
            """The probabilities as a distribution."""

        @property
        def ends(self) -> tuple[Fraction, Fraction]:
            """No number is below the first or above the second."""

        def number(self, value: int) -> Fraction:
            """The number that a value stands for."""

        def place(self, number: Fraction) -> int | None:
            """The value that stands for this number."""

        def up_to(self, threshold: Fraction) -> range | None:
            """The values that are at most ``threshold``; None where it parts one."""

        @property
        def denominator(self) -> int:
            """A common denominator of all numbers."""

        def hull(self, low: int, high: int) -> tuple[Fraction, Fraction]:
            """The least and the greatest number of the values from one to another."""

    @property
    def columns(self) -> int:
        """Number of columns that the variable fills."""
        return 1

    @property
    def whole(self) -> range:
        """The part with all values."""
        return range(self.count)

    def row(self, value: int) -> tuple[Fraction, ...]:
        """The numbers that a value puts into the variable's columns."""
        return (self.number(value),)

    def label(self, value: int) -> str:
        """What a value is called: its number, "18" or "1/10"."""
        return str(self.number(value))

    def index(self, label: str) -> int | None:
        """The value that is called so."""
        found = _LABEL.fullmatch(label)
        if found is None or not int(found[2] or 1):
            return None
        above, below = found[1], found[2]
        at = self.place(Fraction(int(above), int(below or 1)))
        return at if at is not None and self.label(at) == label else None

    @property
    def labels(self) -> tuple[str, ...]:
        """What the values are called; DomainError where they are too many to list."""
        return tuple(self.label(i) for i in self._listed())

    @property
    def encoding(self) -> tuple[tuple[Fraction, ...], ...]:
        """A row a value; DomainError where they are too many to list."""
        return tuple(self.row(i) for i in self._listed())

    @property
    def probabilities(self) -> tuple[Fraction, ...]:
        """A probability a value; DomainError where they are too many to list."""
        d = self.chances.denominator
        return tuple(Fraction(self.chances.weight_at(i), d) for i in self._listed())

    @property
    def weights(self) -> tuple[tuple[int, ...], int]:
        """Probabilities as integers over their common denominator, of few values as well."""
        return tuple(map(self.chances.weight_at, self._listed())), self.chances.denominator

    @property
    def twins(self) -> tuple[tuple[str, str], ...]:
        """No two numbers are the same."""
        return ()

    def _listed(self) -> range:
        if self.count > LISTED:
            raise DomainError(
                f'variable "{self.name}" has {self.count} values, too many to list (at most '
                f"{LISTED}): {self.HINT}, or use what does not list them"
            )
        return self.whole
