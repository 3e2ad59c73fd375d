"""Better lower bounds of a network's forms on a cell, in passes: envelopes of the first ReLUs.

The section *Envelopes* of docs/soundness.md, exactly. Where z is a constant and a part c_v(x_v) of
each variable, a line e(x) = sum of s_v c_v(x_v) plus the greater of max -e and max (z - e) over the
cell is above relu(z), whatever the shares s_v. The lines of a pass are those that fit the point
where the last form is least; of that and the new one the best mean is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import lcm
from operator import mul

from verifier.second_checker.bounds import STEPS, Back, EnclosedCell, Least, Lines, Relaxation
from verifier.second_checker.domain import Cell
from verifier.second_checker.evaluation import Numbers, dot, forward
from verifier.second_checker.heads import Head
from verifier.second_checker.variables import Categorical, Inputs

PASSES = 8
"""Most passes for a form of the logits. The kernel has fewer, but may choose a little better."""
INNER = 0
"""Most passes for each end of a component that is bounded again (rule 4)."""
MEANS = 16
"""The mean of two forms is taken in whole MEANS-ths."""


@dataclass(frozen=True)
class Form:
    """A form of the input on a cell: for each variable its part at each corner, and a constant."""

    each: list[list[int]]
    over: int
    constant: Fraction

    def least(self) -> Fraction:
        """Its least value over the cell."""
        return self.constant + Fraction(sum(map(min, self.each)), self.over)

    def mean(self, other: Form, of: int) -> Form:
        """MEANS - ``of`` parts of it and ``of`` parts of another over the same denominator."""
        mine = MEANS - of
        each = [
            [mine * a + of * b for a, b in zip(x, y, strict=True)]
            for x, y in zip(self.each, other.each, strict=True)
        ]
        constant = (mine * self.constant + of * other.constant) / MEANS
        return Form(each, MEANS * self.over, constant)

    def over_the(self, over: int) -> Form:
        """The same over a multiple of its denominator."""
        more = over // self.over
        return Form([[more * x for x in part] for part in self.each], over, self.constant)


def best_mean(old: Form, new: Form) -> tuple[Form, Fraction]:
    """The mean of two forms whose least value is the greatest, and that value.

    It is concave in the new one's weight, and the least weight of the best is taken.
    """
    over = lcm(old.over, new.over)
    old, new = old.over_the(over), new.over_the(over)
    low, high = 0, MEANS
    while low < high:
        middle = (low + high) // 2
        if old.mean(new, middle + 1).least() > old.mean(new, middle).least():
            low = middle + 1
        else:
            high = middle
    mean = old.mean(new, low)
    return mean, mean.least()


Corner = Sequence[tuple[int, int]]
"""A column and what is there, for each column of a variable that is not zero."""


def corners_of(inputs: Inputs, cell: Cell) -> list[list[Corner]]:
    """Of each variable all its values or, where it has one column, the ends of that.

    A form of its columns is least and greatest over the cell at some of these.
    """
    found: list[list[Corner]] = []
    for start, v, own in zip(inputs.starts, inputs.variables, cell, strict=True):
        if isinstance(v, Categorical) and v.columns > 1:
            rows = [v.row(i) for i in own]
            found.append([[(start + k, x) for k, x in enumerate(row) if x] for row in rows])
        else:
            (low,), (high,) = v.ends(own)
            found.append([[(start, x)] for x in ((low, high) if low < high else (low,))])
    return found


def at_corners(form: Sequence[int], corners: Sequence[Corner]) -> list[int]:
    """A form's part of a variable at each of its corners."""
    return [sum([form[column] * x for column, x in corner]) for corner in corners]


@dataclass(frozen=True)
class Neuron:
    """An open ReLU's input on a cell: for each free variable its part at each corner.

    ``base`` holds all else. All are over the layer's denominator times that of the inputs.
    """

    row: Sequence[int]
    base: int
    each: Sequence[Sequence[int]]
    low: Sequence[int]
    high: Sequence[int]
    wide: Sequence[int]

    def shares(self, at: Sequence[int], gains: Sequence[float]) -> list[int]:
        """How much of each variable's part the line above follows, in STEPS-ths.

        Any would do. The variables join one after the other, first those that move z up where the
        form of the last pass, which has the ``gains``, moves up as well; what z is above zero then
        is the part that is followed.
        """
        low, wide = self.low, self.wide
        keys = [
            ((part[i] - a) / w - 0.5) * gain if w else 0.0
            for part, i, a, w, gain in zip(self.each, at, low, wide, gains, strict=True)
        ]
        shares = [STEPS] * len(keys)
        z = self.base + sum(low)
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


class Passes:
    """Lower bounds of forms of a network's nodes over a cell, in passes.

    ``heads`` are what the first ReLU layers read. ``spend`` is charged for the work.
    """

    def __init__(
        self,
        here: EnclosedCell,
        heads: Mapping[int, Head],
        spend: Callable[[int], None] = lambda work: None,
    ) -> None:
        self.here, self.heads, self.spend = here, heads, spend
        self.corners = corners_of(here.inputs, here.cell)
        self.free = [i for i, corners in enumerate(self.corners) if len(corners) > 1]
        self._neurons: dict[int, dict[int, Neuron]] = {}

    @cached_property
    def places(self) -> list[tuple[int, int]]:
        """The columns of the free variables, each with its variable's place among these."""
        starts, variables = self.here.inputs.starts, self.here.inputs.variables
        return [
            (v, starts[i] + k) for v, i in enumerate(self.free) for k in range(variables[i].columns)
        ]

    def least(
        self, node: int, row: Sequence[int], enough: Fraction, passes: int = PASSES
    ) -> Fraction:
        """A lower bound of ``row @ node`` over the cell, from more passes until above ``enough``.

        None are made where none can help: where the form is not above it at a point.
        """
        first = self.here.linear_form(node, row)
        bound = self.here.least_of(*first)
        if bound > enough or not passes or not self.free:
            return bound
        form = self._form(*first)
        for _ in range(passes):
            at = [part.index(min(part)) for part in form.each]
            nodes = self._values(node, at)
            if Fraction(dot(row, nodes[node][0]), nodes[node][1]) <= enough:
                break
            self.spend(sum(len(part) for part in form.each) * 4 * MEANS.bit_length())
            new = self._form(*self.here.linear_form(node, row, self._lines(form, at, nodes)))
            form, found = best_mean(form, new)
            if found <= bound:
                break
            bound = found
            if bound > enough:
                break
        return bound

    def _form(self, coefficients: Sequence[int], over: int, constant: Fraction) -> Form:
        """A form of the input's columns on this cell."""
        parts = [at_corners(coefficients, corners) for corners in self.corners]
        unit = over * self.here.inputs.denominator
        fixed = sum(part[0] for part in parts if len(part) == 1)
        return Form([parts[i] for i in self.free], unit, constant + Fraction(fixed, unit))

    def _values(self, node: int, at: Sequence[int]) -> list[Numbers]:
        """The values of the nodes up to one, at a corner of the cell."""
        columns = [0] * self.here.inputs.columns
        chosen = dict(zip(self.free, at, strict=True))
        for i, corners in enumerate(self.corners):
            for column, x in corners[chosen.get(i, 0)]:
                columns[column] = x
        network = self.here.network
        below = replace(network, layers=network.layers[:node])
        return forward(below, (columns, self.here.inputs.denominator))

    def _lines(self, form: Form, at: Sequence[int], nodes: Sequence[Numbers]) -> dict[int, Lines]:
        """The lines that fit a form's least point and the values there, of all ReLU layers."""
        spreads = [max(part) - min(part) for part in form.each]
        most = max(spreads) or 1
        gains = [x / most for x in spreads]
        unit = self.here.inputs.denominator
        found: dict[int, Lines] = {}
        for j, old in self.here.relaxations.items():
            source = self.here.network.layers[j - 1].sources[0]
            if source >= len(nodes):
                break
            box = self.here.boxes[source]
            values = zip(nodes[source][0], box.low, box.high, old.flat, strict=True)
            flat = [(STEPS if z > 0 else 0) if a < 0 < b else f for z, a, b, f in values]
            plain = replace(old, flat=flat)
            found[j] = plain
            if j in self.heads:
                found[j] = Turned(
                    plain,
                    self._open(j),
                    self.heads[j].over,
                    unit,
                    self.here.inputs.columns,
                    self.places,
                    at,
                    gains,
                )
        return found

    def _open(self, j: int) -> dict[int, Neuron]:
        """The neurons of a first ReLU layer that are open on the cell."""
        if j not in self._neurons:
            head, box = self.heads[j], self.here.boxes[self.here.network.layers[j - 1].sources[0]]
            ends = zip(box.low, box.high, strict=True)
            every = [i for i, (low, high) in enumerate(ends) if low < 0 < high]
            self.spend(len(every) * sum(len(x) for corners in self.corners for x in corners))
            self._neurons[j] = {i: self._neuron(head.rows[i], head.bias[i]) for i in every}
        return self._neurons[j]

    def _neuron(self, row: Sequence[int], bias: int) -> Neuron:
        parts = [at_corners(row, corners) for corners in self.corners]
        fixed = sum(part[0] for part in parts if len(part) == 1)
        each = [parts[i] for i in self.free]
        low, high = [min(part) for part in each], [max(part) for part in each]
        wide = [b - a for a, b in zip(low, high, strict=True)]
        return Neuron(row, bias * self.here.inputs.denominator + fixed, each, low, high, wide)


def inner(heads: Mapping[int, Head], passes: int = INNER) -> Least:
    """How ``region`` is to bound the components of inner nodes: a new one for each cell."""
    if not passes:
        return EnclosedCell.least
    held: list[Passes] = []

    def least(here: EnclosedCell, node: int, row: Sequence[int]) -> Fraction:
        if not held:
            held.append(Passes(here, heads))
        return held[0].least(node, row, Fraction(0), passes)

    return least
