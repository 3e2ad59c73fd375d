"""Finite domains: variables, their product, and cells (products of subsets of values).

A *point* is a tuple of value indices, one per variable. Everything here is exact: encodings and
probabilities are fractions, counts are Python integers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from numbers import Rational
from typing import Any

from verifier.model.errors import DomainError
from verifier.model.notebook import Shown

Point = tuple[int, ...]

LONGEST_DENOMINATOR = 14_000
"""Most bits of a common denominator: a longer one cannot be printed (CPython's 4,300 digits)."""
MOST_VALUES = 1 << 22
"""Most values of a variable: a set of them is one integer of a proof."""
LONGEST_WEIGHT = 1 << 20
"""Most bits of the common denominator of all points' probabilities: probabilities of cells have as
many, and are counted with."""
LARGEST_ENCODING = 1 << 31
"""Most bits of all encodings together over their common denominator."""


@dataclass(frozen=True)
class Variable:
    """An input with finitely many values.

    ``labels`` names the values; ``encoding[v]`` is the row of numbers that value ``v`` puts into
    the variable's teacher columns; ``probabilities[v]`` is its exact probability.
    """

    name: str
    labels: tuple[str, ...]
    encoding: tuple[tuple[Fraction, ...], ...]
    probabilities: tuple[Fraction, ...]

    def __post_init__(self) -> None:
        where = f'variable "{self.name}"'
        if not self.labels:
            raise DomainError(f"{where} has no values: give it at least one")
        if len(self.labels) > MOST_VALUES:
            raise DomainError(
                f"{where} has {len(self.labels)} values, but at most {MOST_VALUES} can be handled: "
                "bin them"
            )
        if len(set(self.labels)) != len(self.labels):
            raise DomainError(f"{where} has two values with the same label: labels must differ")
        if len(self.encoding) != len(self.labels):
            raise DomainError(
                f"{where} has {len(self.labels)} values but {len(self.encoding)} encoding rows: "
                "give one row per value"
            )
        if len({len(row) for row in self.encoding}) != 1 or not self.encoding[0]:
            raise DomainError(
                f"{where}: encoding rows must all have the same number (at least one) of columns"
            )
        if len(self.probabilities) != len(self.labels):
            raise DomainError(
                f"{where} has {len(self.labels)} values but {len(self.probabilities)} "
                "probabilities: give one per value"
            )
        if not all(isinstance(p, Rational) for p in self.probabilities):
            raise DomainError(f"{where}: probabilities must be fractions: variable() reads floats")
        if any(p < 0 for p in self.probabilities):
            raise DomainError(f"{where} has a negative probability: probabilities must be >= 0")
        weights, denominator = self.weights
        if sum(weights) != denominator:
            total = Fraction(sum(weights), denominator)
            shown = f"to {total}, " if max(total.numerator, total.denominator) < 1 << 200 else ""
            raise DomainError(
                f"{where}: probabilities sum {shown}not to 1: {_exactly(self.probabilities)}"
            )

    @property
    def columns(self) -> int:
        """Number of teacher columns that the variable fills."""
        return len(self.encoding[0])

    @cached_property
    def weights(self) -> tuple[tuple[int, ...], int]:
        """Probabilities as integers over their least common denominator."""
        d = common_denominator(self.probabilities, f'the probabilities of variable "{self.name}"')
        return tuple(p.numerator * (d // p.denominator) for p in self.probabilities), d

    @cached_property
    def twins(self) -> tuple[tuple[str, str], ...]:
        """Pairs of labels whose encodings coincide (the teacher cannot tell them apart)."""
        first: dict[tuple[Fraction, ...], str] = {}
        pairs = []
        for label, row in zip(self.labels, self.encoding, strict=True):
            if row in first:
                pairs.append((first[row], label))
            first.setdefault(row, label)
        return tuple(pairs)


def common_denominator(numbers: Iterable[Fraction], what: str) -> int:
    """Least common denominator; raises DomainError if it has over LONGEST_DENOMINATOR bits."""
    d = 1
    for x in numbers:
        if d % x.denominator:
            d = math.lcm(d, x.denominator)
            if d.bit_length() > LONGEST_DENOMINATOR:
                raise DomainError(
                    f"{what} have a common denominator of more than {LONGEST_DENOMINATOR} bits: "
                    "round them"
                )
    return d


def _exactly(probabilities: Sequence[Fraction]) -> str:
    """What to write instead of rounded probabilities: the simple fractions next to them, if any."""
    near = [p.limit_denominator(1000) for p in probabilities[:12]]
    close = all(abs(a - b) < Fraction(1, 10**6) for a, b in zip(near, probabilities, strict=False))
    simple = close and len(near) == len(probabilities) and sum(near) == 1
    listed = ", ".join(f'"{p}"' for p in near) if simple else 'for instance "1/3"'
    return (
        f'write them exactly, {listed}, or give them as "weights" instead, '
        "which are divided by their sum"
    )


def shares(weights: Sequence[Fraction], where: str) -> tuple[Fraction, ...]:
    """The weights divided by their sum, exactly. Raises DomainError if that cannot be done."""
    total = sum(weights, Fraction(0))
    if any(w < 0 for w in weights) or not total:
        raise DomainError(f"{where}: weights must be at least 0, and one of them above")
    return tuple(w / total for w in weights)


def _number(where: str, x: Any) -> Fraction:
    """A fraction; a float (of NumPy, too) stands for the decimal that it shows, as in files."""
    if isinstance(x, Rational):
        return Fraction(x)
    text = str(x).lower()
    exponent = text.partition("e")[2] or "0"
    try:
        if len(text) > 5000 or len(exponent) > 5 or abs(int(exponent)) > 400:
            raise ValueError  # as in files: a short text must not stand for many digits
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise DomainError(f"{where}: {str(x)[:40]} is not a finite number") from None


def variable(
    name: str,
    labels: Sequence[str],
    encoding: Sequence[Sequence[Fraction | int]],
    probabilities: Sequence[Fraction | float] | None = None,
    *,
    weights: Sequence[Fraction | float] | None = None,
) -> Variable:
    """A Variable from plain sequences.

    ``probabilities`` default to uniform and must sum to 1 exactly; ``weights`` instead of them are
    divided by their sum. Floats in either stand for the decimals that they show: 0.1 is 1/10.
    """
    where = f'variable "{name}"'
    if weights is not None:
        if probabilities is not None:
            raise DomainError(f"{where} has both probabilities and weights: leave one out")
        chances = shares([_number(where, w) for w in weights], where)
    elif probabilities is not None:
        chances = tuple(_number(where, p) for p in probabilities)
    else:
        chances = (Fraction(1, len(labels) or 1),) * len(labels)
    return Variable(
        name, tuple(labels), tuple(tuple(Fraction(x) for x in row) for row in encoding), chances
    )


def one_hot(
    name: str,
    labels: Sequence[str],
    probabilities: Sequence[Fraction | float] | None = None,
    *,
    weights: Sequence[Fraction | float] | None = None,
) -> Variable:
    """A categorical variable with one 0/1 column per value."""
    n = len(labels)
    rows = [[int(i == j) for j in range(n)] for i in range(n)]
    return variable(name, labels, rows, probabilities, weights=weights)


def ordinal(
    name: str,
    values: Sequence[Fraction | int],
    probabilities: Sequence[Fraction | float] | None = None,
    *,
    weights: Sequence[Fraction | float] | None = None,
) -> Variable:
    """A number with finitely many values, in one column."""
    labels = [str(v) for v in values]
    return variable(name, labels, [[v] for v in values], probabilities, weights=weights)


def thermometer(
    name: str,
    labels: Sequence[str],
    probabilities: Sequence[Fraction | float] | None = None,
    *,
    weights: Sequence[Fraction | float] | None = None,
) -> Variable:
    """An ordered variable with ``len(labels) - 1`` 0/1 columns: column j is 1 iff value > j."""
    n = len(labels)
    rows = [[int(i > j) for j in range(max(1, n - 1))] for i in range(n)]
    return variable(name, labels, rows, probabilities, weights=weights)


@dataclass(frozen=True)
class Domain(Shown):
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


def bits(n: int) -> Domain:
    """``n`` uniform {0,1} variables named x0, x1, ..."""
    return Domain(tuple(variable(f"x{i}", ("0", "1"), ((0,), (1,))) for i in range(n)))


def signs(n: int) -> Domain:
    """``n`` uniform {-1,+1} variables named x0, x1, ..."""
    return Domain(tuple(variable(f"x{i}", ("-1", "1"), ((-1,), (1,))) for i in range(n)))


@dataclass(frozen=True, slots=True)
class Cell:
    """A product of nonempty subsets: bit ``v`` of ``masks[i]`` says value v of variable i is in."""

    masks: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of points."""
        return math.prod(map(int.bit_count, self.masks))

    def split(self, index: int, left: int) -> tuple[Cell, Cell]:
        """The cell cut in two: variable ``index`` in ``left``, and in the rest of its values.

        Raises ValueError unless ``left`` is a nonempty proper subset of the cell's values.
        """
        mask = self.masks[index]
        rest = mask & ~left
        if left & ~mask or not left or not rest:
            shown = [f"{m:#b}" if m < 1 << 64 else f"({m.bit_count()})" for m in (left, mask)]
            raise ValueError(f"values {shown[0]} do not split {shown[1]} of variable {index}")
        before, after = self.masks[:index], self.masks[index + 1 :]
        return Cell((*before, left, *after)), Cell((*before, rest, *after))

    def contains(self, point: Point) -> bool:
        """Whether the point lies in the cell."""
        return all(m >> v & 1 for m, v in zip(self.masks, point, strict=True))

    def first_point(self) -> Point:
        """The point with the lowest value index in every variable."""
        return tuple((m & -m).bit_length() - 1 for m in self.masks)

    def points(self) -> Iterator[Point]:
        """All points, the last variable changing fastest."""
        return product(*(values(m) for m in self.masks))


def values(mask: int) -> tuple[int, ...]:
    """The value indices in a mask, in increasing order."""
    return tuple(v for v, bit in enumerate(reversed(f"{mask:b}")) if bit == "1")


def full_cell(domain: Domain) -> Cell:
    """The cell of all points."""
    return Cell(tuple((1 << len(v.labels)) - 1 for v in domain.variables))


def cell_weight(domain: Domain, cell: Cell) -> int:
    """The cell's probability times ``domain.total_weight``."""
    total = 1
    for v, mask in zip(domain.variables, cell.masks, strict=True):
        weights, denominator = v.weights
        if mask.bit_count() == len(weights):
            total *= denominator
        else:
            total *= sum(weights[i] for i in values(mask))
    return total


def cell_probability(domain: Domain, cell: Cell) -> Fraction:
    """The cell's exact probability under the domain's product distribution."""
    return Fraction(cell_weight(domain, cell), domain.total_weight)


def describe_cell(domain: Domain, cell: Cell) -> str:
    """The cell in words: ``colour is red or green, x7 = 1``; ``everything`` if nothing is fixed."""
    words = []
    for v, mask in zip(domain.variables, cell.masks, strict=True):
        allowed = values(mask)
        if len(allowed) == len(v.labels):
            continue
        if len(allowed) == 1:
            words.append(f"{v.name} = {v.labels[allowed[0]]}")
        else:
            words.append(f"{v.name} is {' or '.join(v.labels[i] for i in allowed)}")
    return ", ".join(words) or "everything"
