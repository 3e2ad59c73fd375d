"""Variables from plain values of Python and NumPy.

A float stands for the decimal that it shows, as in a domain file: 0.1 is 1/10, and so is
``numpy.float32(0.1)``.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from numbers import Integral, Rational
from typing import Any, SupportsIndex

import numpy as np

from verifier.model.errors import DomainError, RuntimeNote, quoted
from verifier.model.variable import Variable
from verifier.reading.json_text import exact_number

ROUNDING = Fraction(1, 10**6)
"""How far from 1 floats may sum, to be taken for rounded probabilities."""


def shares(weights: Sequence[Fraction], where: str) -> tuple[Fraction, ...]:
    """The weights divided by their sum, exactly. Raises DomainError if that cannot be done."""
    total = sum(weights, Fraction(0))
    if any(w < 0 for w in weights) or not total:
        raise DomainError(f"{where}: weights must be at least 0, and one of them above")
    return tuple(w / total for w in weights)


Number = Rational | SupportsIndex | float | str | np.floating[Any] | np.bool_
"""What stands for an exact number: a text as in files ("1/3"), a float for the decimal it shows."""


def number(where: str, x: Any) -> Fraction:
    """A fraction; a float (of NumPy, too) stands for the decimal that it shows, as in files.

    Raises DomainError where it is no finite number.
    """
    if isinstance(x, Integral | np.bool_):
        return Fraction(int(x))
    if isinstance(x, Rational):
        return Fraction(x)
    if type(x) in (float, np.float64, np.float32) and math.isfinite(x):
        return Fraction(Decimal(str(x)))  # the same as below, and quicker: a column has many
    try:
        return exact_number(str(x).strip())
    except ValueError:
        raise DomainError(f"{where}: {quoted(x, 40)[1:-1]} is not a finite number") from None


def normalised(where: str, given: Any, chances: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    """Probabilities that are floats, divided by their sum where only rounding keeps that from 1.

    A RuntimeNote says so. Numbers that are exact (texts, fractions) are left as they are.
    """
    total = sum(chances, Fraction(0))
    rounded = all(isinstance(x, float | np.floating) for x in given)
    if not rounded or total == 1 or abs(total - 1) > ROUNDING or min(chances) < 0:
        return chances
    warnings.warn(
        f"{where}: the probabilities are floats that do not sum to 1 (they miss it by "
        f"{float(total - 1):.1e}): each is divided by their sum",
        RuntimeNote,
        stacklevel=4,
    )
    return shares(chances, where)


def _numbers(what: str, given: Any) -> tuple[Fraction, ...]:
    if not isinstance(given, Iterable) or isinstance(given, str):
        raise DomainError(f"{what} is {given!r:.40}, not a list of numbers")
    return tuple(number(what, x) for x in given)


def variable(
    name: str,
    labels: Sequence[object],
    encoding: Iterable[Iterable[Number]],
    probabilities: Iterable[Number] | None = None,
    *,
    weights: Iterable[Number] | None = None,
) -> Variable:
    """A Variable from plain sequences.

    ``probabilities`` default to uniform and must sum to 1: exactly, or as floats up to rounding,
    and then are divided by their sum, which a RuntimeNote says; ``weights`` instead of them are
    always divided by their sum. Floats, in the encoding too, stand for the decimals that they show:
    0.1 is 1/10.
    """
    where = f'variable "{name}"'
    if weights is not None:
        if probabilities is not None:
            raise DomainError(f"{where} has both probabilities and weights: leave one out")
        chances = shares(_numbers(f"{where}: weights", weights), where)
    elif probabilities is not None:
        given = list(probabilities) if isinstance(probabilities, Iterable) else probabilities
        chances = normalised(where, given, _numbers(f"{where}: probabilities", given))
    else:
        chances = (Fraction(1, len(labels) or 1),) * len(labels)
    rows = tuple(_numbers(f"{where}: an encoding", row) for row in encoding)
    return Variable(name, tuple(map(str, labels)), rows, chances)


def one_hot(
    name: str,
    labels: Sequence[object],
    probabilities: Iterable[Number] | None = None,
    *,
    weights: Iterable[Number] | None = None,
) -> Variable:
    """A categorical variable with one 0/1 column per value."""
    n = len(labels)
    rows = [[int(i == j) for j in range(n)] for i in range(n)]
    return variable(name, labels, rows, probabilities, weights=weights)


def ordinal(
    name: str,
    values: Sequence[Number],
    probabilities: Iterable[Number] | None = None,
    *,
    weights: Iterable[Number] | None = None,
) -> Variable:
    """A number with finitely many values, in one column."""
    labels = [str(v) for v in values]
    return variable(name, labels, [[v] for v in values], probabilities, weights=weights)


def thermometer(
    name: str,
    labels: Sequence[object],
    probabilities: Iterable[Number] | None = None,
    *,
    weights: Iterable[Number] | None = None,
) -> Variable:
    """An ordered variable with ``len(labels) - 1`` 0/1 columns: column j is 1 iff value > j."""
    n = len(labels)
    rows = [[int(i > j) for j in range(max(1, n - 1))] for i in range(n)]
    return variable(name, labels, rows, probabilities, weights=weights)
