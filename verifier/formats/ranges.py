"""Ranges of numbers as users write them: ordinals, and their probabilities range by range."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from verifier.formats.variables import number, shares
from verifier.model.errors import DomainError, quoted
from verifier.model.ordinal import MOST_NUMBERS, Ordinal, Ranged, uniform

Pieces = tuple[tuple[int, Fraction], ...]
"""So many values, and the probability that they share equally; one after the other."""


def ordinal(
    name: str,
    first: Any,
    last: Any,
    step: Any = 1,
    probabilities: Iterable[Any] | None = None,
    weights: Iterable[Any] | None = None,
) -> Ordinal:
    """The numbers from ``first`` to ``last`` in steps, equally likely unless runs say otherwise.

    ``probabilities``: [from, to, p] each, p shared equally by the values from ``from`` to ``to``;
    ``weights`` instead are divided by their sum. Raises DomainError.
    """
    where = f"variable {quoted(name)}"
    low, high = exact(f"{where}: from", first), exact(f"{where}: to", last)
    by = exact(f"{where}: step", step)
    count = _count(where, low, high, by)
    made = Ordinal(name, low, by, count, uniform(count))
    if probabilities is None and weights is None:
        return made
    if probabilities is not None and weights is not None:
        raise DomainError(f"{where} has both probabilities and weights: leave one out")
    given = probabilities if weights is None else weights
    runs = runs_of(f"{where}: {'probabilities' if weights is None else 'weights'}", made, given)
    if weights is not None:
        parts = shares([p for _, p in runs], where)
        runs = tuple((n, p) for (n, _), p in zip(runs, parts, strict=True))
    check_sum(f"{where}: probabilities", [p for _, p in runs])
    return Ordinal(name, low, by, count, runs)


def _count(where: str, low: Fraction, high: Fraction, step: Fraction) -> int:
    """How many values there are. Raises DomainError where the step does not lead to the last."""
    if step <= 0:
        raise DomainError(f"{where}: the step is {_short(step)}: it must be above 0")
    if high < low:
        raise DomainError(
            f"{where} goes from {_short(low)} to {_short(high)}, which is less: exchange them"
        )
    steps = (high - low) / step
    if steps.denominator != 1:
        near = low + (steps.numerator // steps.denominator) * step
        raise DomainError(
            f"{where}: the step {_short(step)} does not fit: from {_short(low)} it leads to "
            f"{_short(near)} and {_short(near + step)}, not to {_short(high)}"
        )
    if steps >= MOST_NUMBERS:
        raise DomainError(f"{where} has more than 2^62 values: take a larger step")
    return int(steps) + 1


def place(where: str, v: Ranged, given: Any) -> int:
    """The index of a number among an ordinal's values. Raises DomainError where it is none.

    Of a continuous variable that of the piece that ends there.
    """
    x = exact(where, given)
    at = v.place(x)
    if at is None:
        raise DomainError(f"{where}: {_short(x)} is not {_kind(v)} {in_words(v)}")
    return at


def _kind(v: Ranged) -> str:
    return "a value of" if isinstance(v, Ordinal) else "inside"


def in_words(v: Ranged) -> str:
    """``"age" (18 to 90, step 1)``."""
    step = f", step {_short(v.step)}" if isinstance(v, Ordinal) else ""
    return f"{quoted(v.name)} ({_short(v.ends[0])} to {_short(v.ends[1])}{step})"


def runs_of(where: str, v: Ordinal, given: Any, within: range | None = None) -> Pieces:
    """The runs that [from, to, p] entries say, which cover ``within`` (all values) in order.

    Raises DomainError where they overlap, leave gaps, or say a negative number.
    """
    within = range(v.count) if within is None else within
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise DomainError(f"{where} is {given!r:.40}, not a list of [from, to, number]")
    at = within.start
    runs: list[tuple[int, Fraction]] = []
    for i, entry in enumerate(given):
        here = f"{where}[{i}]"
        low, high, chance = _entry(here, v, entry)
        if low < at:
            what = "starts before the range" if not runs else "overlaps the range before it"
            raise DomainError(f"{here} {what}: it must begin at {v.label(at)}")
        if low > at:
            raise DomainError(
                f"{here} leaves a gap: nothing is said of {v.label(at)} to {v.label(low - 1)}; "
                "where they have no probability, say 0"
            )
        if high >= within.stop:
            raise DomainError(f"{here} ends after {v.label(within.stop - 1)}, the last value here")
        runs.append((high + 1 - low, chance))
        at = high + 1
    if at < within.stop:
        raise DomainError(
            f"{where} ends at {v.label(at - 1) if runs else 'nothing'}: nothing is said of "
            f"{v.label(at)} to {v.label(within.stop - 1)}; where they have no probability, say 0"
        )
    return tuple(runs)


def check_sum(where: str, chances: Iterable[Fraction]) -> None:
    """Raise DomainError unless probabilities sum to 1."""
    total = sum(chances, Fraction(0))
    if total != 1:
        raise DomainError(
            f'{where} sum to {_short(total)}, not to 1: write them exactly, for instance "1/3"'
        )


def _entry(where: str, v: Ordinal, entry: Any) -> tuple[int, int, Fraction]:
    if not isinstance(entry, Sequence) or isinstance(entry, str) or len(entry) != 3:
        raise DomainError(f"{where} is not [from, to, number]")
    low, high = place(where, v, entry[0]), place(where, v, entry[1])
    if high < low:
        raise DomainError(f"{where} goes from {v.label(low)} to {v.label(high)}: exchange them")
    chance = exact(where, entry[2])
    if chance < 0:
        raise DomainError(f"{where} is negative: it must be at least 0")
    return low, high, chance


def exact(where: str, given: Any) -> Fraction:
    """The number that a user's value is; DomainError where it is none (true is none either)."""
    if isinstance(given, bool):
        raise DomainError(f"{where}: {str(given).lower()} is not a number")
    return number(where, given)


def _short(x: Fraction) -> str:
    text = str(x)
    return text if len(text) <= 40 else f"{text[:37]}..."
