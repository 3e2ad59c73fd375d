"""Trees of neurons' signs: what their leaves show of a form, in exact integers.

Written from docs/certificate.md, *Signed*; nothing of the kernel is used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

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
    reader.integer()
    return reader.integer() + forms


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


def trees_of(network: Network, data: bytes, forms: int) -> list[list[Leaf]]:
    """The leaves of the tree of each form; CertificateError where the bytes are no such trees."""
    neurons, reader = neurons_of(network), _Bits(data)
    nodes = sorted({node for node, _ in neurons})
    owner = [nodes.index(node) for node, _ in neurons]
    if reader.integer():
        raise CertificateError("proof.bin: trees of signs have rows, which are not known")
    inner = reader.integer()
    shape = reader.numbers(2 * inner + forms, 1)
    wide = 1 if len(neurons) <= 256 else 2
    tests = iter([int.from_bytes(reader.take(wide), "little") for _ in range(inner)])
    paths = [list(_paths(shape, tests, len(neurons))) for _ in range(forms)]
    if next(shape, None) is not None or next(tests, None) is not None:
        raise CertificateError("proof.bin: trees of signs go on behind their end")
    flat = reader.numbers(forms * len(neurons), 2)
    slopes = [[next(flat) for _ in neurons] for _ in range(forms)]
    bases = [[byte - 128 for byte in reader.take(len(nodes))] for _ in range(forms)]
    every = [(t, path) for t, own in enumerate(paths) for path in own]
    units: list[Units] = []
    for t, path in every:
        units.append({})
        for k in sorted({owner[j] for j in path}):
            (byte,) = reader.take(1)
            units[-1][k] = 16 + byte % 16, byte // 16 + bases[t][k]
    said = sum(j in path or slopes[t][j] == SAYS for t, path in every for j in range(len(neurons)))
    codes = reader.numbers(said, 2)
    if reader.at < len(data):
        raise CertificateError("proof.bin: trees of signs go on behind their end")
    found: list[list[Leaf]] = [[] for _ in range(forms)]
    for (t, path), own in zip(every, units, strict=True):
        betas, alphas = {}, []
        for j, slope in enumerate(slopes[t]):
            if j in path:
                mantissa, power = own[owner[j]]
                betas[j] = next(codes) * mantissa, power
                alphas.append(0)
            else:
                alphas.append(LEAF_ALPHAS[next(codes)] if slope == SAYS else TREE_ALPHAS[slope])
        found[t].append(Leaf(path, betas, alphas))
    return found


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
