"""Distributions of one variable's values, as exact integer weights over a common denominator."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from numbers import Rational

from verifier.model.errors import DomainError
from verifier.model.part import Part, values

LONGEST_DENOMINATOR = 14_000
"""Most bits of a common denominator: a longer one cannot be printed (CPython's 4,300 digits)."""


@dataclass(frozen=True)
class Listed:
    """A probability for every value of a categorical variable."""

    probabilities: tuple[Fraction, ...]

    @cached_property
    def different(self) -> dict[int, Fraction]:
        """Each object among them, by its id: in a leaf of a tree most are the same 0."""
        return {id(p): p for p in self.probabilities}

    @cached_property
    def weights(self) -> tuple[int, ...]:
        """The probabilities times ``denominator``."""
        d = self.denominator
        held = {at: p.numerator * (d // p.denominator) for at, p in self.different.items()}
        return tuple([held[id(p)] for p in self.probabilities])

    @cached_property
    def denominator(self) -> int:
        """Least common denominator of the probabilities."""
        return common_denominator(self.different.values(), "probabilities")

    @property
    def is_uniform(self) -> bool:
        """Whether all values have the same probability."""
        return len(set(self.probabilities)) == 1

    def weight_of(self, part: Part) -> int:
        """The probability of a set of values, times ``denominator``."""
        assert isinstance(part, int)
        weights = self.weights
        if part.bit_count() == len(weights):
            return self.denominator
        return sum([weights[v] for v in values(part)])

    def weight_at(self, value: int) -> int:
        """The probability of a value, times ``denominator``."""
        return self.weights[value]

    def fault(self, part: Part) -> str:
        """What is wrong with these as the distribution over a part; "" if nothing is."""
        assert isinstance(part, int)
        if problem := _fault_of(self.different.values()):
            return problem
        for v, weight in enumerate(self.weights):
            if weight and not part >> v & 1:
                return f"value {v} has a probability but is not in the leaf"
        return "" if sum(self.weights) == self.denominator else "probabilities sum not to 1"


@dataclass(frozen=True)
class Runs:
    """Runs of an ordinal's values from ``start`` on: how many, and their probability together.

    Inside a run all values are equally probable.
    """

    start: int
    runs: tuple[tuple[int, Fraction], ...]

    @cached_property
    def denominator(self) -> int:
        """Least common denominator of the values' probabilities."""
        return common_denominator((Fraction(p, n) for n, p in self.runs), "probabilities")

    @cached_property
    def stops(self) -> tuple[int, ...]:
        """Where each run ends."""
        return tuple(accumulate((n for n, _ in self.runs), initial=self.start))[1:]

    @cached_property
    def each(self) -> tuple[int, ...]:
        """The probability of a value of each run, times ``denominator``."""
        return tuple(int(Fraction(p, n) * self.denominator) for n, p in self.runs)

    @cached_property
    def _below(self) -> tuple[int, ...]:
        """The weight of all runs before each, and of all."""
        return tuple(
            accumulate((n * w for (n, _), w in zip(self.runs, self.each, strict=True)), initial=0)
        )

    @property
    def is_uniform(self) -> bool:
        """Whether all values have the same probability."""
        return len(set(self.each)) == 1

    def weight_of(self, part: Part) -> int:
        """The probability of a range of values, times ``denominator``."""
        assert isinstance(part, range)
        return self._up_to(part.stop) - self._up_to(part.start) if part else 0

    def weight_at(self, value: int) -> int:
        """The probability of a value, times ``denominator``."""
        if not self.start <= value < self.stops[-1]:
            return 0
        return self.each[bisect_right(self.stops, value)]

    def _up_to(self, stop: int) -> int:
        """The weight of the values below ``stop``."""
        stop = min(max(stop, self.start), self.stops[-1])
        run = bisect_right(self.stops, stop - 1)
        begin = self.stops[run] - self.runs[run][0]
        return self._below[run] + max(stop - begin, 0) * self.each[run]

    def fault(self, part: Part) -> str:
        """What is wrong with these as the distribution over a part; "" if nothing is."""
        assert isinstance(part, range)
        if not self.runs or any(n < 1 for n, _ in self.runs):
            return "a run of probabilities has no values"
        if problem := _fault_of([p for _, p in self.runs]):
            return problem
        if (self.start, self.stops[-1]) != (part.start, part.stop):
            return "the runs of probabilities do not cover exactly the values that are left"
        return "" if self._below[-1] == self.denominator else "probabilities sum not to 1"


Distribution = Listed | Runs


def _fault_of(probabilities: Iterable[Fraction]) -> str:
    held = list(probabilities)
    if not all(isinstance(p, Rational) for p in held):
        return "probabilities must be fractions"
    return "a probability is negative: probabilities must be >= 0" if min(held) < 0 else ""


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
