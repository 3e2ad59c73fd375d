"""Envelopes: what is above the first ReLUs of a network on a cell, as forms of its input.

Where z is a constant and a part c_v(x_v) of each variable, a line e(x) = sum of s_v c_v(x_v) plus
the greater of max -e and max (z - e) over the cell is above both 0 and z, and so above relu(z),
whatever the shares s_v are (docs/soundness.md, *Envelopes in the second checker*).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import mul, sub

from verifier.second_checker.bounds import STEPS, Back, Relaxation
from verifier.second_checker.evaluation import dot


@dataclass(frozen=True)
class Neuron:
    """An open ReLU's input z on a cell: the free variables' parts, and ``base``, all else.

    ``leans`` has for each free variable's corner how far up its part is there, from -1/2 to 1/2,
    ``low`` and ``high`` the least and the greatest part, over the head's denominator times that of
    the inputs.
    """

    row: Sequence[int]
    base: int
    leans: Sequence[Sequence[float]]
    low: Sequence[int]
    high: Sequence[int]

    @cached_property
    def wide(self) -> list[int]:
        """How far each free variable moves z."""
        return list(map(sub, self.high, self.low))

    def shares(self, at: Sequence[int], gains: Sequence[float]) -> list[int]:
        """How much of each variable's part the line above follows, in STEPS-ths.

        Any would do. The variables join one after the other, first those that move z up where the
        last form, which has the ``gains`` and is least ``at`` these corners, moves up as well; what
        z then is above zero is the part that is followed.
        """
        wide = self.wide
        keys = [lean[i] * gain for lean, i, gain in zip(self.leans, at, gains, strict=True)]
        shares = [STEPS] * len(keys)
        z = self.base + sum(self.low)
        for v in sorted(range(len(keys)), key=keys.__getitem__, reverse=True):
            z += wide[v]
            if z >= wide[v]:
                break  # it was not below zero before: all others are followed as they are
            shares[v] = max(z, 0) * STEPS // wide[v] if wide[v] else 0
        return shares

    def rise(self, shares: Sequence[int]) -> int:
        """The least k with relu(z) <= e + k on all of the cell, over STEPS: for any shares."""
        rests = [STEPS - s for s in shares]
        least_e: int = sum(map(min, map(mul, shares, self.low), map(mul, shares, self.high)))
        most_rest: int = sum(map(max, map(mul, rests, self.low), map(mul, rests, self.high)))
        return max(-least_e, STEPS * self.base + most_rest)


@dataclass(frozen=True)
class Turned:
    """The lines of a pass for a ReLU layer: ``plain`` ones, and above ``neurons`` envelopes.

    ``over`` is the denominator of their rows, ``unit`` that of the input, and ``places`` has the
    columns of the free variables, each with the variable's place among these. ``at`` and ``gains``
    are what the neurons' ``shares`` go by.
    """

    plain: Relaxation
    neurons: Mapping[int, Neuron]
    over: int
    unit: int
    columns: int
    places: Sequence[tuple[int, int]]
    at: Sequence[int]
    gains: Sequence[float]

    def back(self, a: Sequence[int], over: int) -> Back:
        """Neurons with negative coefficients go to the input at once, by their envelopes."""
        taken = {j: neuron for j, neuron in self.neurons.items() if a[j] < 0}
        below = self.plain.back([0 if j in taken else c for j, c in enumerate(a)], over)
        if not taken:
            return below
        lines, rises = [], []
        for neuron in taken.values():
            shares = neuron.shares(self.at, self.gains)
            rises.append(neuron.rise(shares))
            lines.append([neuron.row[column] * shares[v] for v, column in self.places])
        factors = [a[j] for j in taken]
        direct = [0] * self.columns
        for (_, column), terms in zip(self.places, zip(*lines, strict=True), strict=True):
            direct[column] = dot(factors, terms)
        over *= STEPS * self.over
        constant = below.constant + Fraction(dot(factors, rises), over * self.unit)
        return Back(below.form, constant, (direct, over))
