"""Variables from plain values of Python and NumPy.

A float stands for the decimal that it shows, as in a domain file: 0.1 is 1/10, and so is
``numpy.float32(0.1)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from numbers import Integral, Rational
from typing import Any, SupportsIndex

import numpy as np

from verifier.model.errors import DomainError, quoted
from verifier.model.variable import Variable


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
    text = str(x).lower()
    exponent = text.partition("e")[2] or "0"
    try:
        if len(text) > 5000 or len(exponent) > 5 or abs(int(exponent)) > 400:
            raise ValueError  # as in files: a short text must not stand for many digits
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise DomainError(f"{where}: {quoted(x, 40)[1:-1]} is not a finite number") from None


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

    ``probabilities`` default to uniform and must sum to 1 exactly; ``weights`` instead of them are
    divided by their sum. Floats, in the encoding too, stand for the decimals that they show: 0.1
    is 1/10.
    """
    where = f'variable "{name}"'
    if weights is not None:
        if probabilities is not None:
            raise DomainError(f"{where} has both probabilities and weights: leave one out")
        chances = shares(_numbers(f"{where}: weights", weights), where)
    elif probabilities is not None:
        chances = _numbers(f"{where}: probabilities", probabilities)
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
