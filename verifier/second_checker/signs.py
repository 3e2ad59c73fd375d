"""Trees of neurons' signs: what their leaves show of a form, in exact integers.

Written from docs/certificate.md, *Signed*; nothing of the kernel is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from verifier.model.errors import CertificateError
from verifier.second_checker.bounds import Back, Box, EnclosedCell, Lines
from verifier.second_checker.network import Network

EIGHTHS = 8
"""Alphas are whole numbers of eighths."""
TREE_ALPHAS, LEAF_ALPHAS, SAYS = (0, 4, 8), (0, 3, 5, 8), 3
FINE = 1 << 24
"""A ReLU's upper slope is a whole number of FINE-ths; alphas are, too."""
DEEPEST = 255
Units = dict[int, tuple[int, int]]
"""By the place of a node a mantissa and a power of two."""


@dataclass(frozen=True)
class Leaf:
    """What a path says of neurons (-1: at most 0, 1: at least 0), multipliers, and slopes."""

    signs: Mapping[int, int]
    betas: Mapping[int, tuple[int, int]]
    alphas: Sequence[int]


def neurons_of(network: Network) -> list[tuple[int, int]]:
    """All components of the nodes that ReLUs read, in order."""
    nodes = sorted({x.sources[0] for x in network.layers if x.kind == "relu"})
    return [(node, i) for node in nodes for i in range(network.widths[node])]


def leaf_count(data: bytes, forms: int) -> int:
    """How many leaves the bytes say that they have."""
    reader = _Bits(data)
    rows = reader.integer()
    for _ in range(rows):
        reader.integer()
    return reader.integer() + rows + forms


class _Bits:
    """Bytes read from the front; CertificateError where they end too early."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        """So many bytes."""
        own = self.data[self.at : self.at + count]
        if len(own) < count:
            raise CertificateError("proof.bin: trees of signs end too early")
        self.at += count
        return own

    def integer(self) -> int:
        """An integer in base 128."""
        value = place = 0
        while True:
            (byte,) = self.take(1)
            value += (byte % 128) << place
            place += 7
            if byte < 128:
                break
        if (byte == 0 and place > 7) or place > 63:
            raise CertificateError("proof.bin: trees of signs have an integer that is too long")
        return value

    def numbers(self, count: int, bits: int) -> Iterator[int]:
        """So many numbers of 1 or 2 bits; the rest of their last byte is 0."""
        raw = self.take((count * bits + 7) // 8)
        each = [byte >> i & (1 << bits) - 1 for byte in raw for i in range(0, 8, bits)]
        if any(each[count:]):
            raise CertificateError("proof.bin: trees of signs have bits that say nothing")
        return iter(each[:count])


@dataclass(frozen=True)
class Trees:
    """The leaves of the trees of some rows, in order, and of each form.

    A row is 2 times a neuron's number, for a lower bound of it, or 1 more, for an upper one.
    """

    rows: Sequence[tuple[int, list[Leaf]]]
    forms: Sequence[list[Leaf]]


def trees_of(network: Network, data: bytes, forms: int) -> Trees:
    """The trees that bytes stand for; CertificateError where they are no such trees."""
    neurons, reader = neurons_of(network), _Bits(data)
    nodes = sorted({node for node, _ in neurons})
    owner, rows = [nodes.index(node) for node, _ in neurons], list[int]()
    for _ in range(reader.integer()):
        rows.append(reader.integer())
        if rows[-1] >= 2 * len(neurons) or rows[-2:-1] >= rows[-1:]:
            raise CertificateError("proof.bin: rows of signs of no neurons, or out of order")
    # of each tree: the nodes that it may test, and how many neurons these are
    reach = [*(owner[row // 2] for row in rows), *(len(nodes) for _ in range(forms))]
    own = [sum(k < most for k in owner) for most in reach]
    inner = reader.integer()
    shape = reader.numbers(2 * inner + len(own), 1)
    wide = 1 if len(neurons) <= 256 else 2
    tests = iter([int.from_bytes(reader.take(wide), "little") for _ in range(inner)])
    paths = [list(_paths(shape, tests, count)) for count in own]
    if next(shape, None) is not None or next(tests, None) is not None:
        raise CertificateError("proof.bin: trees of signs go on behind their end")
    flat = reader.numbers(sum(own), 2)
    slopes = [[next(flat) for _ in range(count)] for count in own]
    bases = [[byte - 128 for byte in reader.take(most)] for most in reach]
    every = [(t, path) for t, tree in enumerate(paths) for path in tree]
    units: list[Units] = []
    for t, path in every:
        units.append({})
        for k in sorted({owner[j] for j in path}):
            (byte,) = reader.take(1)
            units[-1][k] = 16 + byte % 16, byte // 16 + bases[t][k]
    said = sum(j in path or slope == SAYS for t, path in every for j, slope in enumerate(slopes[t]))
    codes = reader.numbers(said, 2)
    if reader.at < len(data):
        raise CertificateError("proof.bin: trees of signs go on behind their end")
    found: list[list[Leaf]] = [[] for _ in own]
    for (t, path), by_node in zip(every, units, strict=True):
        betas, alphas = {}, []
        for j, slope in enumerate(slopes[t]):
            if j in path:
                mantissa, power = by_node[owner[j]]
                betas[j] = next(codes) * mantissa, power
                alphas.append(0)
            else:
                alphas.append(LEAF_ALPHAS[next(codes)] if slope == SAYS else TREE_ALPHAS[slope])
        found[t].append(Leaf(path, betas, alphas))
    held = list(zip(rows, found[: len(rows)], strict=True))
    return Trees(held, found[len(rows) :])


def _paths(shape: Iterator[int], tests: Iterator[int], count: int) -> Iterator[dict[int, int]]:
    """What the path to each leaf of one tree says, in pre-order."""
    waiting: list[dict[int, int]] = [{}]
    while waiting:
        path, bit = waiting.pop(), next(shape, None)
        if bit is None:
            raise CertificateError("proof.bin: trees of signs are cut short")
        if not bit:
            yield path
            continue
        neuron = next(tests, count)
        if neuron >= count or neuron in path or len(path) >= DEEPEST:
            raise CertificateError("proof.bin: a tree of signs tests what it may not, or is deep")
        waiting += [{**path, neuron: 1}, {**path, neuron: -1}]


@dataclass(frozen=True)
class _Known:
    """What is below a ReLU layer in a leaf; ``first`` is the number of its first neuron."""

    box: Box
    leaf: Leaf
    first: int

    def back(self, a: Sequence[int], over: int) -> Back:
        """Of each component the line for what is known of its sign, with the multiplier."""
        numbers = range(self.first, self.first + len(a))
        lift = max([0, *(-self.leaf.betas[j][1] for j in numbers if j in self.leaf.betas)])
        unit, form, risen = FINE << lift, list[int](), 0
        for j, c, low, high in zip(numbers, a, self.box.low, self.box.high, strict=True):
            sign = self.leaf.signs.get(j, 0)
            if sign:
                code, power = self.leaf.betas[j]
                beta = (code << power + lift) * FINE * over
                form.append(c * unit - beta if sign > 0 else beta)
            elif low >= 0 or high <= 0:
                form.append(c * unit if low >= 0 else 0)
            elif c >= 0:
                form.append(c * self.leaf.alphas[j] * (unit // EIGHTHS))
            else:
                steep = high * FINE // (high - low)
                form.append((c * steep) << lift)
                risen += c * max(-steep * low, (FINE - steep) * high)
        return Back((form, over * unit), Fraction(risen, over * FINE * self.box.over))


def leasts(
    here: EnclosedCell, node: int, row: Sequence[int], tree: Sequence[Leaf]
) -> Iterator[Fraction]:
    """A lower bound of a form of a node in each leaf of a tree."""
    network = here.network
    first: dict[int, int] = {}
    for number, (source, _) in enumerate(neurons_of(network)):
        first.setdefault(source, number)
    sources = {j: x.sources[0] for j, x in enumerate(network.layers, 1) if x.kind == "relu"}
    for leaf in tree:
        lines: dict[int, Lines] = {
            j: _Known(here.boxes[source], leaf, first[source]) for j, source in sources.items()
        }
        yield here.least_of(*here.linear_form(node, row, lines))


def tightened(here: EnclosedCell, trees: Trees) -> EnclosedCell:
    """The cell with neurons' enclosures by rows too: each node's by what is known before it."""
    neurons, boxes = neurons_of(here.network), list(here.boxes)
    for node in sorted({neurons[row // 2][0] for row, _ in trees.rows}):
        low, high = ([Fraction(x, boxes[node].over) for x in ends]
                     for ends in (boxes[node].low, boxes[node].high))  # fmt: skip
        known = replace(here, boxes=list(boxes))
        for row, tree in trees.rows:
            own, i = neurons[row // 2]
            if own != node:
                continue
            sign = -1 if row % 2 else 1
            form = [sign * (k == i) for k in range(len(low))]
            least = min(leasts(known, node, form, tree))
            low[i], high[i] = (
                (max(low[i], least), high[i]) if sign > 0 else (low[i], min(high[i], -least))
            )
        over = lcm(*(x.denominator for x in low + high))
        boxes[node] = Box([int(x * over) for x in low], [int(x * over) for x in high], over)
    return replace(here, boxes=boxes)
