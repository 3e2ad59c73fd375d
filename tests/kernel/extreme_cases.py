"""Small networks of numbers from 2**-1074 to 2**990, with factors, and cells of theirs."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import numpy as np

from tests.brute import node_values
from tests.kernel.test_quick import smaller
from verifier.formats.variables import variable
from verifier.model.cell import full_cell
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain
from verifier.model.network import Add, Affine, Network, Relu, Scale
from verifier.model.ordinal import Ordinal, uniform
from verifier.model.part import values

POWERS = {
    "tame": range(-3, 4),
    "single": [-60, -30, -10, 0, 0, 5, 20, 28],
    "double": [-1074, -1060, -1022, -800, -500, -149, -126, -40, 0, 0, 0, 30, 60, 95],
}
"""Powers of two that weights are of, by what they are to be too large or too small for."""
NEAR = 0.0, 0.0, 2.0**-50, -(2.0**-30), 2.0**-22, 5e-324
"""How far from a tie a logit is moved."""


def extreme(seed, most=3):
    """A domain of up to 216 points, a network of up to ``most`` logits, and four cells.

    In half of the cases a point is a tie, or next to one.
    """
    rng = np.random.default_rng([seed, 61])
    powers = POWERS[str(rng.choice([*POWERS]))]
    kind = [np.float32, np.float64][int(rng.integers(2))]

    def numbers(*shape):
        plain = rng.choice([-3.0, -1.0, 0.0, 0.5, 1.0, 3.0], size=shape)
        some = np.where(rng.random(shape) < 0.7, rng.uniform(-1, 1, size=shape), plain)
        with np.errstate(over="ignore"):
            found = np.ldexp(some, rng.choice(powers, size=shape)).astype(kind)
        return np.where(np.isfinite(found), found, some.astype(kind))

    wild = len(powers) > 8
    domain = Domain(tuple(_variable(rng, f"x{i}", wild=wild) for i in range(rng.integers(1, 4))))
    width, outputs = int(rng.integers(1, 5)), int(rng.integers(1, most + 1))
    layers, widths = [], [domain.columns]
    for _ in range(int(rng.integers(2, 8))):
        source = len(layers) if rng.random() < 0.7 else int(rng.integers(len(widths)))
        count, what = widths[source], rng.random()
        if what < 0.3:
            divisor = numbers(count)
            divisor[divisor == 0] = 3
            layers.append(Scale(source, numbers(count), divisor, numbers(count)))
        elif what < 0.6:
            layers.append(Affine(source, numbers(width, count), numbers(width)))
            count = width
        elif what < 0.8:
            layers.append(Relu(source))
        else:
            layers.append(Add(source, [i for i, x in enumerate(widths) if x == count][-1]))
        widths.append(count)
    layers.append(Affine(len(layers), numbers(outputs, widths[-1]), numbers(outputs)))
    network = Network(domain.columns, tuple(layers))
    cells = [full_cell(domain)]
    while len(cells) < 4:
        parts = list(cells[int(rng.integers(len(cells)))].parts)
        i = int(rng.integers(len(parts)))
        parts[i] = smaller(rng, parts[i])
        cells.append(type(cells[0])(tuple(parts)))
    return domain, _tied(rng, domain, network) if rng.random() < 0.5 else network, cells


def extreme_intervals(seed):
    """The same where every ordinal is an interval of pieces instead; None where there is none."""
    domain, network, _ = extreme(seed)
    rng, variables = np.random.default_rng([seed, 62]), []
    for v in domain.variables:
        if isinstance(v, Ordinal):
            count = int(rng.integers(1, 3))
            runs = [Run(int(rng.integers(1, 4)), v.step * Fraction(int(rng.integers(1, 5)), 3),
                        Fraction(1, count)) for _ in range(count)]  # fmt: skip
            v = Continuous(v.name, v.first, tuple(runs))
        variables.append(v)
    if not any(isinstance(v, Continuous) for v in variables):
        return None
    domain = Domain(tuple(variables))
    cells = [full_cell(domain)]
    while len(cells) < 8:
        parts = list(cells[0].parts)
        for i in range(len(parts)):
            parts[i] = smaller(rng, parts[i])
        cells.append(type(cells[0])(tuple(parts)))
    return domain, network, cells


def corners(domain, cell):
    """The inputs at all ends of a cell's ranges, and in their middles; of all its values."""
    held = []
    for v, part in zip(domain.variables, cell.parts, strict=True):
        if isinstance(v, Continuous):
            a, b = _cut(v, part.start), _cut(v, part.stop)
            held.append([(a,), (a + (b - a) * Fraction(1, 3),), (b,)])
        else:
            held.append([v.encoding[i] for i in values(part)])
    return [[x for row in some for x in row] for some in product(*held)]


def _cut(v, cut):
    """The number of an interval's cut."""
    at, left = v.first, cut
    for run in v.runs:
        at, left = at + min(left, run.pieces) * run.length, left - min(left, run.pieces)
    return at


def _variable(rng, name, *, wild):
    count, unit = int(rng.integers(1, 7)), Fraction(1)
    if rng.random() < 0.45:
        if wild:
            unit *= 2 ** int(rng.choice([0, 0, 3, 30, 60, 300, 900, 990]))
        first = Fraction(int(rng.integers(-9, 9)), int(rng.choice([1, 3, 7, 8])))
        step = Fraction(int(rng.integers(1, 5)), int(rng.choice([1, 3, 8])))
        return Ordinal(name, first * unit, step * unit, count, uniform(count))
    if wild:
        unit = Fraction(2) ** int(rng.choice([0, 0, 0, 20, -300, 300]))
    columns = int(rng.integers(1, 3))
    rows = np.eye(count, dtype=int).tolist()
    if rng.random() < 0.7:
        below = int(rng.choice([1, 1, 3, 7]))
        rows = [[Fraction(int(rng.integers(-5, 6)), below) * unit for _ in range(columns)]
                for _ in range(count)]  # fmt: skip
    labels = tuple(map(str, range(count)))
    return variable(name, labels, tuple(tuple(map(Fraction, row)) for row in rows))


def _tied(rng, domain, network):
    """The network with other last biases: all of a point's logits are about 0."""
    points, last = list(full_cell(domain).points()), network.layers[-1]
    logits = node_values(network, domain.encode(points[int(rng.integers(len(points)))]))[-1]
    with np.errstate(over="ignore"):
        moved = [Fraction(float(b)) - x for b, x in zip(last.bias, logits, strict=True)]
    if max(map(abs, moved)) > 2**1000:
        return network
    bias = np.array([float(x) for x in moved]) + rng.choice(NEAR, size=len(moved))
    tied = Affine(last.source, last.weight.astype(np.float64), bias)
    return Network(network.columns, (*network.layers[:-1], tied))


def klass(logits):
    """The class of exact logits."""
    if len(logits) == 1:
        return int(logits[0] > 0)
    return max(range(len(logits)), key=lambda i: (logits[i], -i))
