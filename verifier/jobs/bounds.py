"""Two ends between which a number is proved to lie, which show themselves in decimals."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from verifier.model.sample import Sampled

DIGITS = 6
"""An end is shown with so many digits, rounded outwards."""
SHORT = 16
"""Longer fractions are shown as decimals."""
LARGEST_SHORT = 10**SHORT


class Bounds(NamedTuple):
    """The least and the greatest value that is left: a pair of exact fractions."""

    lower: Fraction
    upper: Fraction

    @property
    def width(self) -> Fraction:
        """How far the two are apart; 0 where the value is known exactly."""
        return self.upper - self.lower

    @property
    def exact(self) -> bool:
        """Whether the value is known exactly."""
        return self.lower == self.upper

    def __str__(self) -> str:
        if self.exact:
            known = self.lower
            return str(known) if _is_short(known) else f"about {_decimal(known, ROUND_HALF_EVEN)}"
        return f"{down(self.lower)} to {up(self.upper)}"

    def __repr__(self) -> str:
        return f"Bounds({self})"


def sampled_words(x: Sampled) -> str:
    """A sample's interval, with its confidence beside it: it is no proof."""
    return (
        f"Sampled({Bounds(x.lower, x.upper)}, confidence 1 - {up(x.delta)}, {x.draws:,} draws, "
        f"probability {down(x.open_mass)} open)"
    )


def down(x: Fraction) -> str:
    """A decimal of a few digits that is ``x`` or less."""
    return _decimal(x, ROUND_FLOOR)


def up(x: Fraction) -> str:
    """A decimal of a few digits that is ``x`` or more."""
    return _decimal(x, ROUND_CEILING)


def _is_short(x: Fraction) -> bool:
    if max(abs(x.numerator), x.denominator) >= LARGEST_SHORT:  # Python may refuse to write it
        return False
    return len(str(x)) <= SHORT


def _decimal(x: Fraction, rounding: str) -> str:
    context = Context(prec=DIGITS, rounding=rounding)
    value = context.divide(Decimal(x.numerator), Decimal(x.denominator)).normalize(context)
    return f"{value:f}" if -DIGITS < value.adjusted() < DIGITS else f"{value:g}"
