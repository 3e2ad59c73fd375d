"""Better lower bounds of a network's forms on a cell, in passes.

The section *Envelopes in the second checker* of docs/soundness.md, exactly. The envelopes of a pass
above the first ReLUs are those that fit the point where the last form is least, and the lines below
ReLUs fit a point nearer to the middle of the cell or, where that is no better, the same point; of
that form and the new one the best mean is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import lcm

from verifier.second_checker.bounds import STEPS, EnclosedCell, Least, Lines
from verifier.second_checker.domain import Cell
from verifier.second_checker.envelopes import Neuron, Turned
from verifier.second_checker.evaluation import Numbers, dot, forward
from verifier.second_checker.heads import Head
from verifier.second_checker.variables import Categorical, Inputs

PASSES = 16
"""Most passes for a form of the logits: more than the kernel's, as that may be led to others."""
INNER = 0
"""Most passes for each end of a component that is bounded again (rule 4)."""
MEANS = 1 << 12
"""The mean of two forms is taken in whole MEANS-ths."""
CORNERS = 1 << 18
"""Most numbers in a cell's corners; where there are more, there are no passes."""
TILT, HALF = 16, 64
"""Points between are up to so many parts of HALF off the middle of a variable's two corners."""
TABLE = 1 << 21
"""Most of them times a layer's open neurons; where there are more, there are no envelopes."""


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

    It is concave in the weight of the new one, and falls or rises there as the difference of the
    two does where their mean is least.
    """
    over = lcm(old.over, new.over)
    old, new = old.over_the(over), new.over_the(over)
    rise = [
        [b - a for a, b in zip(x, y, strict=True)] for x, y in zip(old.each, new.each, strict=True)
    ]
    more = (new.constant - old.constant) * over
    low, high = 0, MEANS
    while high - low > 1:
        middle = (low + high) // 2
        found = 0
        for x, gain in zip(old.each, rise, strict=True):
            values = [MEANS * a + middle * b for a, b in zip(x, gain, strict=True)]
            found += gain[values.index(min(values))]
        low, high = (middle, high) if found + more > 0 else (low, middle)
    ends = [old.mean(new, k) for k in (low, high)]
    return max(((mean, mean.least()) for mean in ends), key=lambda pair: pair[1])


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


class Passes:
    """Lower bounds of forms of a network's nodes over a cell, in passes.

    ``heads`` are what the first ReLU layers read. ``spend`` is called before each.
    """

    def __init__(
        self,
        here: EnclosedCell,
        heads: Mapping[int, Head],
        spend: Callable[[], None] = lambda: None,
    ) -> None:
        self.here, self.heads, self.spend = here, heads, spend
        self.size = sum(
            v.columns * len(own) if isinstance(v, Categorical) else 2
            for v, own in zip(here.inputs.variables, here.cell, strict=True)
        )
        self.corners = corners_of(here.inputs, here.cell) if self.size <= CORNERS else []
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
        self, node: int, row: Sequence[int], enough: Fraction | None, passes: int
    ) -> Fraction:
        """A lower bound of ``row @ node`` over the cell, by passes until it is above ``enough``.

        No more are made where the form is not above that at a point, so that they could not help;
        with None as many as there are.
        """
        first = self.here.linear_form(node, row)
        bound = self.here.least_of(*first)
        if not passes or not self.free or (enough is not None and bound > enough):
            return bound
        form = self._form(*first)
        for _ in range(passes):
            at = [part.index(min(part)) for part in form.each]
            nodes = self._values(node, at)
            value = Fraction(dot(row, nodes[node][0]), nodes[node][1])
            if value <= (bound if enough is None else enough):
                break
            self.spend()
            for near in (self._values_at(node, *self._between(form)), nodes):
                new = self._form(*self.here.linear_form(node, row, self._lines(form, at, near)))
                mean, found = best_mean(form, new)
                if found > bound:
                    break
            if found <= bound:
                break
            form = mean
            bound = found
            if enough is not None and bound > enough:
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
        return self._values_at(node, columns, 1)

    def _values_at(self, node: int, columns: Sequence[int], over: int) -> list[Numbers]:
        """The same at ``columns / over``."""
        network = self.here.network
        below = replace(network, layers=network.layers[:node])
        return forward(below, (columns, over * self.here.inputs.denominator))

    def _between(self, form: Form) -> tuple[list[int], int]:
        """The middle of the cell, moved a little to where a form is less; its denominator.

        Of variables with more than two corners it is their mean, about.
        """
        columns, parts = (
            [0] * self.here.inputs.columns,
            dict(zip(self.free, form.each, strict=True)),
        )
        most = max(max(part) - min(part) for part in form.each) or 1
        for i, corners in enumerate(self.corners):
            part = parts.get(i, [0])
            shares = [2 * HALF // len(part)] * len(part)
            if len(part) == 2:
                more = TILT * (part[1] - part[0]) // most
                shares = [HALF + more, HALF - more]
            for corner, share in zip(corners, shares, strict=True):
                for column, x in corner:
                    columns[column] += share * x
        return columns, 2 * HALF

    def _lines(self, form: Form, at: Sequence[int], nodes: Sequence[Numbers]) -> dict[int, Lines]:
        """The lines that fit a form's least point, and the values near the middle of the cell."""
        spreads = [max(part) - min(part) for part in form.each]
        most = max(spreads) or 1
        gains = [x / most for x in spreads]
        unit = self.here.inputs.denominator
        found: dict[int, Lines] = {}
        for j, old in self.here.relaxations.items():
            source = self.here.network.layers[j - 1].sources[0]
            if source >= len(nodes):
                break
            plain = replace(old, flat=[STEPS if z > 0 else 0 for z in nodes[source][0]])
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
            if len(every) * self.size > TABLE:
                every = []
            self._neurons[j] = {i: self._neuron(head.rows[i], head.bias[i]) for i in every}
        return self._neurons[j]

    def _neuron(self, row: Sequence[int], bias: int) -> Neuron:
        parts = [at_corners(row, corners) for corners in self.corners]
        fixed = sum(part[0] for part in parts if len(part) == 1)
        each = [parts[i] for i in self.free]
        low, high = list(map(min, each)), list(map(max, each))
        leans = [
            [(x - a) / (b - a) - 0.5 if a < b else 0.0 for x in part]
            for part, a, b in zip(each, low, high, strict=True)
        ]
        return Neuron(row, bias * self.here.inputs.denominator + fixed, leans, low, high)


def inner(heads: Mapping[int, Head], passes: int) -> Least:
    """How ``region`` is to bound the components of inner nodes: a new one for each cell."""
    if not passes:
        return EnclosedCell.least
    held: list[Passes] = []

    def least(here: EnclosedCell, node: int, row: Sequence[int]) -> Fraction:
        if not held:
            held.append(Passes(here, heads))
        return held[0].least(node, row, None, passes)

    return least
