"""Finite domains: products of variables.

A *point* is a tuple of value indices, one per variable. Everything here is exact: encodings and
probabilities are fractions, counts are Python integers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from numbers import Integral
from typing import Any

from verifier.model import variable as variables
from verifier.model.errors import DomainError
from verifier.model.methods import DomainMethods
from verifier.model.variable import Number, Variable, common_denominator, variable

Point = tuple[int, ...]

LONGEST_WEIGHT = 1 << 20
"""Most bits of the common denominator of all points' probabilities: probabilities of cells have as
many, and are counted with."""
LARGEST_ENCODING = 1 << 31
"""Most bits of all encodings together over their common denominator."""


@dataclass(frozen=True)
class Domain(DomainMethods):
    """An ordered product of variables; their encodings, side by side, are the teacher's input."""

    variables: tuple[Variable, ...]

    def __post_init__(self) -> None:
        if not self.variables:
            raise DomainError("the domain has no variables: give it at least one")
        seen: set[str] = set()
        for v in self.variables:
            if v.name in seen:
                raise DomainError(f'two variables are named "{v.name}": names must differ')
            seen.add(v.name)
        length = sum((v.weights[1] - 1).bit_length() for v in self.variables)
        if length > LONGEST_WEIGHT:
            raise DomainError(
                f"the probabilities of the domain's points have a common denominator of {length} "
                f"bits, but at most {LONGEST_WEIGHT} can be handled: round the probabilities"
            )
        numbers = sum(len(v.labels) * v.columns for v in self.variables)
        if self.denominator.bit_length() * numbers > LARGEST_ENCODING:
            raise DomainError(
                f"the domain's {numbers} encoded numbers have a common denominator of "
                f"{self.denominator.bit_length()} bits: too many digits; round the encodings"
            )

    @classmethod
    def bits(cls, names: int | Iterable[str]) -> Domain:
        """Uniform {0, 1} inputs, a column each: so many named x0, x1, ..., or those named.

        Raises DomainError for fewer than one, and for names that are not different texts.
        """
        return cls(tuple(variable(n, ("0", "1"), ((0,), (1,))) for n in _names(names)))

    @classmethod
    def signs(cls, names: int | Iterable[str]) -> Domain:
        """Uniform {-1, +1} inputs, a column each: so many named x0, x1, ..., or those named.

        Raises DomainError for fewer than one, and for names that are not different texts.
        """
        return cls(tuple(variable(n, ("-1", "1"), ((-1,), (1,))) for n in _names(names)))

    @classmethod
    def one_hot(
        cls,
        name: str | Mapping[str, Iterable[object]],
        labels: Iterable[object] | None = None,
        probabilities: Iterable[Number] | None = None,
        *,
        weights: Iterable[Number] | None = None,
    ) -> Domain:
        """A categorical input with a 0/1 column for each label; or several, as a dict.

        ``Domain.one_hot("colour", ["red", "green"])``, ``Domain.one_hot({"colour": [...], ...})``.
        ``probabilities``, one a label, are uniform by default, and sum to 1 exactly (write "1/3",
        not 0.333); ``weights`` instead of them are divided by their sum. Raises DomainError.
        """
        return cls(_each(variables.one_hot, name, labels, probabilities, weights))

    @classmethod
    def thermometer(
        cls,
        name: str | Mapping[str, Iterable[object]],
        labels: Iterable[object] | None = None,
        probabilities: Iterable[Number] | None = None,
        *,
        weights: Iterable[Number] | None = None,
    ) -> Domain:
        """An ordered input with ``len(labels) - 1`` 0/1 columns, column j being 1 above label j.

        Called like ``one_hot``. Raises DomainError.
        """
        return cls(_each(variables.thermometer, name, labels, probabilities, weights))

    @classmethod
    def ordinal(
        cls,
        name: str | Mapping[str, Iterable[Number]],
        values: Iterable[Number] | None = None,
        probabilities: Iterable[Number] | None = None,
        *,
        weights: Iterable[Number] | None = None,
    ) -> Domain:
        """A number with the listed values, in one column; or several, as a dict.

        ``values`` may be a range, a list or an array, in any units that the network reads. A float,
        of NumPy too, stands for the decimal that it shows: 0.1 is 1/10; a text may be a fraction.
        ``probabilities`` and ``weights`` are those of ``one_hot``. Raises DomainError.
        """
        return cls(_each(variables.ordinal, name, values, probabilities, weights))

    @classmethod
    def encoded(
        cls,
        name: str,
        labels: Iterable[object],
        encoding: Iterable[Iterable[Number]],
        probabilities: Iterable[Number] | None = None,
        *,
        weights: Iterable[Number] | None = None,
    ) -> Domain:
        """An input with columns of its own: ``encoding`` has shape (labels, columns).

        Numbers and ``probabilities`` are read as by ``ordinal``. Raises DomainError.
        """
        labels = _words(name, labels)
        return cls((variable(name, labels, encoding, probabilities, weights=weights),))

    @classmethod
    def product(cls, *parts: Domain | Variable) -> Domain:
        """The inputs of all parts, their columns side by side in this order.

        Raises DomainError where two inputs have the same name, or a part is no Domain.
        """
        held: list[Variable] = []
        for part in parts:
            if not isinstance(part, Domain | Variable):
                raise DomainError(f"a part is a {type(part).__name__}: give Domains")
            held += part.variables if isinstance(part, Domain) else [part]
        return cls(tuple(held))

    @cached_property
    def size(self) -> int:
        """Number of points."""
        return math.prod(len(v.labels) for v in self.variables)

    @cached_property
    def columns(self) -> int:
        """Number of teacher columns."""
        return sum(v.columns for v in self.variables)

    @cached_property
    def offsets(self) -> tuple[int, ...]:
        """First teacher column of each variable."""
        offsets, total = [], 0
        for v in self.variables:
            offsets.append(total)
            total += v.columns
        return tuple(offsets)

    @cached_property
    def column_owner(self) -> tuple[tuple[int, int], ...]:
        """For each teacher column, its variable's index and its position within the variable."""
        return tuple((i, j) for i, v in enumerate(self.variables) for j in range(v.columns))

    @cached_property
    def denominator(self) -> int:
        """Least common denominator of all encoded numbers."""
        numbers = (x for v in self.variables for row in v.encoding for x in row)
        return common_denominator(numbers, "the domain's encodings")

    @cached_property
    def integer_encoding(self) -> tuple[tuple[tuple[int, ...], ...], ...]:
        """Encodings times ``denominator``: ``[variable][value][column]``."""
        d = self.denominator
        return tuple(
            tuple(tuple(x.numerator * (d // x.denominator) for x in row) for row in v.encoding)
            for v in self.variables
        )

    @cached_property
    def total_weight(self) -> int:
        """Common denominator of all point probabilities."""
        return math.prod(v.weights[1] for v in self.variables)

    @cached_property
    def uniform(self) -> bool:
        """Whether every point has the same probability."""
        return all(len(set(v.probabilities)) == 1 for v in self.variables)

    def encode(self, point: Point) -> list[Fraction]:
        """The teacher input of a point, exactly."""
        return [x for v, i in zip(self.variables, point, strict=True) for x in v.encoding[i]]

    def encode_integers(self, point: Point) -> list[int]:
        """The teacher input of a point times ``denominator``."""
        return [x for rows, i in zip(self.integer_encoding, point, strict=True) for x in rows[i]]

    def labels(self, point: Point) -> dict[str, str]:
        """The point in words: variable name to value label."""
        return {v.name: v.labels[i] for v, i in zip(self.variables, point, strict=True)}

    def weight(self, point: Point) -> int:
        """The point's probability times ``total_weight``."""
        return math.prod(v.weights[0][i] for v, i in zip(self.variables, point, strict=True))

    def probability(self, point: Point) -> Fraction:
        """The point's exact probability."""
        return Fraction(self.weight(point), self.total_weight)


bits, signs = Domain.bits, Domain.signs


def _names(names: Any) -> list[str]:
    if isinstance(names, Integral):
        if names < 1:
            raise DomainError(f"{names} inputs are asked for: it must be at least 1")
        return [f"x{i}" for i in range(int(names))]
    if not isinstance(names, Iterable) or isinstance(names, str):
        raise DomainError(f"{names!r:.60} is neither a number of inputs nor a list of their names")
    return [name for name in names if not _words(name, ())]


def _each(
    make: Callable[..., Variable],
    name: str | Mapping[str, Iterable[Any]],
    given: Iterable[Any] | None,
    probabilities: Iterable[Number] | None,
    weights: Iterable[Number] | None,
) -> tuple[Variable, ...]:
    """A variable, or one for each entry of a dict."""
    if isinstance(name, Mapping):
        if not (given is None and probabilities is None and weights is None):
            raise DomainError(
                "a dict of inputs is given: leave the rest out, or make each input by itself"
            )
        return tuple(_each(make, n, values, None, None)[0] for n, values in name.items())
    if given is None:
        raise DomainError(f'input "{name}" has no values: list them')
    return (make(name, _words(name, given), probabilities, weights=weights),)


def _words(name: str, labels: Iterable[Any]) -> list[Any]:
    """The labels as a list; raises DomainError for what a certificate could not hold."""
    if isinstance(labels, str) or not isinstance(labels, Iterable):
        raise DomainError(f'input "{name}": {labels!r:.60} is not a list of values')
    listed = list(labels)
    for word in (name, *listed):
        if not isinstance(name, str) or not str(word) or not str(word).isprintable():
            raise DomainError(f"{word!a:.60}: names are one line of printable text")
    return listed
