"""What is true of the network on a cell: exact enclosures, exact linear bounds.

Rules 1 to 5 of docs/soundness.md, without any rounding: numbers are integers over a common
denominator, so nothing is cut.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from operator import add, mul
from typing import Protocol

from verifier.second_checker.domain import Cell
from verifier.second_checker.evaluation import Numbers, climbed, dot, together
from verifier.second_checker.network import Layer, Network
from verifier.second_checker.variables import Inputs

STEPS = 1 << 12
"""A ReLU's upper slope is a whole number of STEPS-ths."""


def class_forms(outputs: int, klass: int) -> list[tuple[list[int], bool]]:
    """The forms of the logits that say that the class is ``klass``, and which must be positive.

    The others may be zero too.
    """
    if outputs == 1:
        return [([1 if klass else -1], klass == 1)]
    forms = []
    for other in range(outputs):
        if other != klass:
            row = [0] * outputs
            row[klass], row[other] = 1, -1
            forms.append((row, other < klass))
    return forms


@dataclass(frozen=True)
class Box:
    """An enclosure of a node over a cell: ``low <= node * over <= high``."""

    low: Sequence[int]
    high: Sequence[int]
    over: int


@dataclass(frozen=True)
class Back:
    """A lower bound of a form of a ReLU layer's output: one of its input, and the constant.

    ``direct`` is a form of the network's input that is added.
    """

    form: Numbers
    constant: Fraction
    direct: Numbers | None = None


class Lines(Protocol):
    """What is below and above a ReLU layer."""

    def back(self, a: Sequence[int], over: int) -> Back:
        """A lower bound of the form ``a / over`` of the layer's output."""
        ...


@dataclass(frozen=True)
class Relaxation:
    """Lines below and above relu(x): ``flat x`` and ``steep x + rise`` (over STEPS, rise over
    STEPS * over too)."""

    flat: Sequence[int]
    steep: Sequence[int]
    rise: Sequence[int]
    over: int

    def back(self, a: Sequence[int], over: int) -> Back:
        """The line below where a coefficient is positive, else the one above."""
        rise = sum(c * up for c, up in zip(a, self.rise, strict=True) if c < 0)
        lines = zip(a, self.flat, self.steep, strict=True)
        form = [c * (flat if c >= 0 else steep) for c, flat, steep in lines]
        return Back((form, over * STEPS), Fraction(rise, over * STEPS * self.over))


@dataclass(frozen=True)
class Slopes:
    """How slopes are chosen, and which nodes are bounded again, if not exactly by the rules.

    The kernel's enclosures are a little wider than exact ones and may lead it to other slopes.
    With ``widen`` > 0 the choices are those for enclosures wider by 2**-widen on either side; where
    the sides are equal up to that, the lower slope is 1 if ``up``, else 0. Any choice is sound.
    """

    widen: int = 0
    up: bool = False


BY_THE_RULES = Slopes()


def relax(x: Box, choice: Slopes) -> Relaxation:
    """Relaxation of the ReLU of a node within ``x``.

    Any slopes in [0, 1] are admissible; the rules take, below, 1 where the positive side is longer,
    else 0; above, high / (high - low), rounded down.
    """
    flat, steep, rise = [], [], []
    for low, high in zip(x.low, x.high, strict=True):
        if low >= 0 or high <= 0:
            slope = STEPS if low >= 0 else 0
            flat.append(slope)
            steep.append(slope)
            rise.append(0)
            continue
        more = high - low if choice.widen else 0
        top, width = (high << choice.widen) + more, (high - low << choice.widen) + 2 * more
        slope = top * STEPS // width
        longer = (high + low << choice.widen) + (more if choice.up else -more)
        flat.append(STEPS if longer > 0 else 0)
        steep.append(slope)
        rise.append(max(-slope * low, (STEPS - slope) * high))
    return Relaxation(flat, steep, rise, x.over)


@dataclass(frozen=True)
class EnclosedCell:
    """A cell of what a network reads, with enclosures of its nodes and relaxations of its ReLUs."""

    network: Network
    inputs: Inputs
    cell: Cell
    boxes: list[Box]
    relaxations: dict[int, Relaxation]

    def least(self, node: int, row: Sequence[int]) -> Fraction:
        """A lower bound of the form ``row @ node`` over the cell: rules 2 and 3."""
        return self.least_of(*self.linear_form(node, row))

    def least_of(self, coefficients: Sequence[int], over: int, total: Fraction) -> Fraction:
        """The least value over the cell of a form of the input: rule 3."""
        whole = 0
        for start, v, own in zip(self.inputs.starts, self.inputs.variables, self.cell, strict=True):
            part = coefficients[start : start + v.columns]
            whole += v.least(part, own)
        return total + Fraction(whole, over * self.inputs.denominator)

    def linear_form(
        self, node: int, row: Sequence[int], lines: Mapping[int, Lines] | None = None
    ) -> tuple[Sequence[int], int, Fraction]:
        """Coefficients (and denominator) of the input and a constant: ``row @ node`` is at least
        their sum everywhere in the cell. ``lines`` of ReLU layers, if not the relaxations."""
        lines = self.relaxations if lines is None else lines
        pending: dict[int, list[Numbers]] = {node: [(row, 1)]}
        constant = Fraction(0)
        for j in range(node, 0, -1):
            if j not in pending:
                continue
            a, over = _total(pending.pop(j))
            layer = self.network.layers[j - 1]
            if layer.kind in ("sign", "steps"):
                box = self.boxes[j]
                ends = zip(a, box.low, box.high, strict=True)
                constant += Fraction(sum(min(c * low, c * high) for c, low, high in ends), over)
                continue
            if layer.kind == "affine":
                constant += Fraction(dot(a, layer.bias), over * layer.over)
                a = [dot(a, column) for column in zip(*layer.weights, strict=True)]
                over *= layer.over
            elif layer.kind == "scale":
                constant += Fraction(dot(a, layer.bias), over * layer.over)
                a, over = list(map(mul, a, layer.weights[0])), over * layer.over
            elif layer.kind == "relu":
                below = lines[j].back(a, over)
                (a, over), constant = below.form, constant + below.constant
                if below.direct is not None:
                    pending.setdefault(0, []).append(below.direct)
            for source in layer.sources:
                pending.setdefault(source, []).append((a, over))
        if 0 not in pending:  # everything went through sign layers
            pending[0] = [([0] * self.inputs.columns, 1)]
        return (*_total(pending[0]), constant)


def _total(parts: list[Numbers]) -> Numbers:
    if len(parts) == 1:
        return parts[0]
    rows, over = together(*parts)
    return [sum(column) for column in zip(*rows, strict=True)], over


Least = Callable[[EnclosedCell, int, Sequence[int]], Fraction]
"""A lower bound of a form of a node over a cell, of which only the nodes so far are enclosed."""


def refined_nodes(network: Network, inputs: Inputs) -> frozenset[int]:
    """The nodes that are bounded again by linear relaxation: inputs of ReLU and sign layers.

    Not the nodes one layer above the input where every variable has one column.
    """
    bends = [layer for layer in network.layers if layer.kind in ("relu", "sign", "steps")]
    nodes = {layer.sources[0] for layer in bends} - {0}
    if all(v.columns == 1 for v in inputs.variables):
        nodes -= {i for i, layer in enumerate(network.layers, 1) if 0 in layer.sources}
    return frozenset(nodes)


def region(
    network: Network,
    inputs: Inputs,
    cell: Cell,
    refine: bool,
    choice: Slopes = BY_THE_RULES,
    bound: Least = EnclosedCell.least,
) -> EnclosedCell:
    """Rules 1 and 4: enclosures of every node over the cell, refined by what ``bound`` finds."""
    low, high = [], []
    for v, own in zip(inputs.variables, cell, strict=True):
        least, most = v.ends(own)
        low += least
        high += most
    here = EnclosedCell(network, inputs, cell, [Box(low, high, inputs.denominator)], {})
    again = refined_nodes(network, inputs) if refine else frozenset()
    for j, layer in enumerate(network.layers, 1):
        if layer.kind == "relu":
            here.relaxations[j] = relax(here.boxes[layer.sources[0]], choice)
        here.boxes.append(_forward(layer, here.boxes))
        if j in again:
            here.boxes[j] = _refined(here, j, choice.widen, bound)
    return here


def _forward(layer: Layer, boxes: Sequence[Box]) -> Box:
    """Rule 1: the enclosure of a layer's output."""
    x = boxes[layer.sources[0]]
    if layer.kind == "relu":
        return Box([max(h, 0) for h in x.low], [max(h, 0) for h in x.high], x.over)
    if layer.kind == "sign":
        low, high = ([(h > 0) - (h < 0) for h in end] for end in (x.low, x.high))
        return Box(low, high, 1)
    if layer.kind == "steps":
        return Box(climbed(layer, x.low, x.over), climbed(layer, x.high, x.over), 1)
    if layer.kind == "add":
        y = boxes[layer.sources[1]]
        (a, b, c, d), over = together(
            (x.low, x.over), (y.low, y.over), (x.high, x.over), (y.high, y.over)
        )
        return Box(list(map(add, a, b)), list(map(add, c, d)), over)
    bias = [b * x.over for b in layer.bias]
    if layer.kind == "scale":
        low = [min(f * a, f * b) for f, a, b in zip(layer.weights[0], x.low, x.high, strict=True)]
        high = [max(f * a, f * b) for f, a, b in zip(layer.weights[0], x.low, x.high, strict=True)]
    else:
        # w x is w low where w >= 0, else w high: (w (low + high) - |w| (high - low)) / 2
        twice = list(map(add, x.low, x.high))
        spread = [b - a for a, b in zip(x.low, x.high, strict=True)]
        middle = [dot(w, twice) for w in layer.weights]
        radius = [dot(list(map(abs, w)), spread) for w in layer.weights]
        low = [(m - r) // 2 for m, r in zip(middle, radius, strict=True)]  # both are even
        high = [(m + r) // 2 for m, r in zip(middle, radius, strict=True)]
    return Box(list(map(add, low, bias)), list(map(add, high, bias)), x.over * layer.over)


def _refined(here: EnclosedCell, node: int, widen: int, bound: Least) -> Box:
    """Rule 4: components that may have either sign, bounded again from below and above.

    With ``widen`` also those of one sign that a slightly wider enclosure leaves open.
    """
    box = here.boxes[node]
    near = Fraction(max(map(abs, (*box.low, *box.high))), box.over << widen) if widen else 0
    low = [Fraction(x, box.over) for x in box.low]
    high = [Fraction(x, box.over) for x in box.high]
    for i in range(len(low)):
        if low[i] < near and high[i] > -near:
            row = [int(i == k) for k in range(len(low))]
            low[i] = max(low[i], bound(here, node, row))
            high[i] = min(high[i], -bound(here, node, [-x for x in row]))
    over = lcm(*(x.denominator for x in low + high))
    return Box([int(x * over) for x in low], [int(x * over) for x in high], over)
