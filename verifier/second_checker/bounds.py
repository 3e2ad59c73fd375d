"""What is true of the network on a cell: exact values, exact enclosures, exact linear bounds.

Rules 1 to 5 of docs/soundness.md, without any rounding: numbers are integers over a common
denominator, so nothing is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from operator import add, mul

from verifier.second_checker.domain import Cell, Point
from verifier.second_checker.network import Layer, Network
from verifier.second_checker.variables import Inputs

STEPS = 1 << 12
"""A ReLU's upper slope is a whole number of STEPS-ths."""

Numbers = tuple[Sequence[int], int]
"""Numerators and their positive denominator."""


def dot(a: Sequence[int], b: Sequence[int]) -> int:
    """The inner product."""
    return sum(map(mul, a, b))


def together(*parts: Numbers) -> tuple[list[list[int]], int]:
    """The parts' numerators over one denominator."""
    over = lcm(*(d for _, d in parts))
    return [[x * (over // d) for x in n] if d != over else list(n) for n, d in parts], over


def logits(network: Network, inputs: Inputs, point: Point) -> list[Numbers]:
    """Every node's value at a point, the input first and the logits last."""
    rows = [v.row(i) for v, i in zip(inputs.variables, point, strict=True)]
    return forward(network, ([x for row in rows for x in row], inputs.denominator))


def forward(network: Network, columns: Numbers) -> list[Numbers]:
    """Every node's value where the inputs have these numbers in their columns."""
    nodes: list[Numbers] = [columns]
    for layer in network.layers:
        x, over = nodes[layer.sources[0]]
        if layer.kind == "affine":
            out = [dot(w, x) + b * over for w, b in zip(layer.weights, layer.bias, strict=True)]
            nodes.append((out, over * layer.over))
        elif layer.kind == "scale":
            terms = zip(x, layer.weights[0], layer.bias, strict=True)
            nodes.append(([h * f + b * over for h, f, b in terms], over * layer.over))
        elif layer.kind == "relu":
            nodes.append(([max(h, 0) for h in x], over))
        elif layer.kind == "sign":
            nodes.append(([(h > 0) - (h < 0) for h in x], 1))
        elif layer.kind == "steps":
            nodes.append((climbed(layer, x, over), 1))
        else:
            (a, b), over = together(nodes[layer.sources[0]], nodes[layer.sources[1]])
            nodes.append((list(map(add, a, b)), over))
    return nodes


def climbed(layer: Layer, x: Sequence[int], over: int) -> list[int]:
    """A staircase's values at ``x / over``: how many of its steps are not above that."""
    return [
        low + sum(step * over <= h * layer.over for step in row)
        for h, row, low in zip(x, layer.weights, layer.bias, strict=True)
    ]


def decide(logits: Sequence[int]) -> int:
    """One logit: class 1 iff it is positive. Several: the largest, ties to the lowest index."""
    return int(logits[0] > 0) if len(logits) == 1 else list(logits).index(max(logits))


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
class Relaxation:
    """Lines below and above relu(x): ``flat x`` and ``steep x + rise`` (over STEPS, rise over
    STEPS * over too)."""

    flat: Sequence[int]
    steep: Sequence[int]
    rise: Sequence[int]
    over: int


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
        coefficients, over, total = self.linear_form(node, row)
        whole = 0
        for start, v, own in zip(self.inputs.starts, self.inputs.variables, self.cell, strict=True):
            part = coefficients[start : start + v.columns]
            whole += v.least(part, own)
        return total + Fraction(whole, over * self.inputs.denominator)

    def linear_form(self, node: int, row: Sequence[int]) -> tuple[Sequence[int], int, Fraction]:
        """Coefficients (and denominator) of the input and a constant: ``row @ node`` is at least
        their sum everywhere in the cell."""
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
                r = self.relaxations[j]
                over *= STEPS
                rise = sum(c * up for c, up in zip(a, r.rise, strict=True) if c < 0)
                constant += Fraction(rise, over * r.over)
                lines = zip(a, r.flat, r.steep, strict=True)
                a = [c * (flat if c >= 0 else steep) for c, flat, steep in lines]
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
    network: Network, inputs: Inputs, cell: Cell, refine: bool, choice: Slopes = BY_THE_RULES
) -> EnclosedCell:
    """Rules 1 and 4: enclosures of every node over the cell."""
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
            here.boxes[j] = _refined(here, j, choice.widen)
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


def _refined(here: EnclosedCell, node: int, widen: int) -> Box:
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
            low[i] = max(low[i], here.least(node, row))
            high[i] = min(high[i], -here.least(node, [-x for x in row]))
    over = lcm(*(x.denominator for x in low + high))
    return Box([int(x * over) for x in low], [int(x * over) for x in high], over)
