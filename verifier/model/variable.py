"""Variables: the inputs of a model, each with finitely many values.

Encodings and probabilities are fractions; ``verifier.formats.variables`` makes them of numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from numbers import Rational

import numpy as np
import numpy.typing as npt

from verifier.model.chances import Listed, common_denominator
from verifier.model.errors import DomainError

Ints = npt.NDArray[np.int64]

MOST_VALUES = 1 << 22
"""Most values of a variable: a set of them is one integer of a proof."""


@dataclass(frozen=True)
class Variable:
    """A categorical variable: an input with finitely many values, listed.

    ``labels`` names the values; ``encoding[v]`` is the row of numbers that value ``v`` puts into
    the variable's columns; ``probabilities[v]`` is its exact probability.
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
            raise DomainError(f"{where}: probabilities must be fractions")
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
        """Number of columns that the variable fills."""
        return len(self.encoding[0])

    @property
    def count(self) -> int:
        """Number of values."""
        return len(self.labels)

    @cached_property
    def whole(self) -> int:
        """The part with all values."""
        return (1 << len(self.labels)) - 1

    @cached_property
    def chances(self) -> Listed:
        """The probabilities as a distribution."""
        return Listed(self.probabilities)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {label: i for i, label in enumerate(self.labels)}

    def label(self, value: int) -> str:
        """What a value is called."""
        return self.labels[value]

    def row(self, value: int) -> tuple[Fraction, ...]:
        """The numbers that a value puts into the variable's columns."""
        return self.encoding[value]

    def index(self, label: str) -> int | None:
        """The value that is called so."""
        return self._numbers.get(label)

    def ranked(self, column: int) -> tuple[list[Fraction], Ints]:
        """Its numbers in a column, ascending, and where each value's stands among them."""
        if column not in self._ranked:
            numbers = [row[column] for row in self.encoding]
            order = sorted(range(len(numbers)), key=numbers.__getitem__)
            rank = np.zeros(len(order), dtype=np.int64)
            rank[np.array(order)] = np.arange(len(order))
            self._ranked[column] = [numbers[v] for v in order], rank
        return self._ranked[column]

    @cached_property
    def _ranked(self) -> dict[int, tuple[list[Fraction], Ints]]:
        return {}

    @cached_property
    def weights(self) -> tuple[tuple[int, ...], int]:
        """Probabilities as integers over their least common denominator."""
        d = common_denominator(self.probabilities, f'the probabilities of variable "{self.name}"')
        return tuple(p.numerator * (d // p.denominator) for p in self.probabilities), d

    @cached_property
    def is_ordered(self) -> bool:
        """Whether the encodings rise with the value index, as for numbers and thermometers."""
        pairs = pairwise(self.encoding)
        return len(self.encoding) > 2 and all(
            a != b and all(x <= y for x, y in zip(a, b, strict=True)) for a, b in pairs
        )

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
