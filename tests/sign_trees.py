"""Trees of signs, made and written plainly: docs/certificate.md, *Signed*."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from verifier.model.network import Relu

CHOSEN, FLAT = [Fraction(n, 8) for n in (0, 3, 5, 8)], [Fraction(n, 2) for n in (0, 1, 2)]


@dataclass
class Leaf:
    """Of each node a byte, of each neuron a code: those that say nothing are not written."""

    units: list[int]
    codes: list[int]


@dataclass
class Inner:
    """A neuron, and what is where it is at most 0, and at least 0."""

    neuron: int
    off: Inner | Leaf
    on: Inner | Leaf


@dataclass
class Tree:
    """Of a row or a form; with a code for each neuron's slope, and a power of two a node."""

    root: Inner | Leaf
    slopes: list[int]
    bases: list[int] = field(default_factory=list)
    row: int | None = None


def nodes_read(network):
    """The nodes that ReLUs read, with their widths."""
    found = sorted({x.source for x in network.layers if isinstance(x, Relu)})
    return [(node, network.widths[node]) for node in found]


def leaves(root):
    """Of each leaf what its path says, by neuron, -1 or 1, in the order of pre-order."""
    found, stack = [], [(root, ())]
    while stack:
        node, path = stack.pop()
        if isinstance(node, Leaf):
            found.append((node, dict(path)))
            continue
        stack.append((node.on, (*path, (node.neuron, 1))))
        stack.append((node.off, (*path, (node.neuron, -1))))
    return found


def number(n):
    """An integer in base 128."""
    out = bytearray()
    while n >= 128:
        out.append(n & 127 | 128)
        n >>= 7
    return bytes((*out, n))


def packed(numbers, bits):
    """Numbers of so many bits, one after the other, low bits first."""
    whole = sum(n << bits * i for i, n in enumerate(numbers))
    return whole.to_bytes(-(-len(numbers) * bits // 8), "little")


def owners(widths):
    """Of each neuron the place of its node."""
    return [k for k, width in enumerate(widths) for _ in range(width)]


def before(tree, widths):
    """How many neurons, of how many nodes, a tree may test."""
    if tree.row is None:
        return sum(widths), len(widths)
    node = owners(widths)[tree.row // 2]
    return sum(widths[:node]), node


def encode(trees, widths):
    """The bytes of some trees: those of rows first."""
    owner, rows = owners(widths), [tree.row for tree in trees if tree.row is not None]
    shape, tests, slopes, bases, units, codes = [], [], [], [], [], []
    for tree in trees:
        stack, (count, nodes) = [tree.root], before(tree, widths)
        slopes += tree.slopes[:count]
        bases += tree.bases[:nodes]
        while stack:
            node = stack.pop()
            shape.append(int(isinstance(node, Inner)))
            if isinstance(node, Inner):
                tests.append(node.neuron)
                stack += [node.on, node.off]
        for leaf, path in leaves(tree.root):
            signed = {owner[j] for j in path}
            units += [leaf.units[k] for k in range(nodes) if k in signed]
            own = enumerate(leaf.codes[:count])
            codes += [c for j, c in own if j in path or tree.slopes[j] == 3]
    wide = 1 if len(owner) <= 256 else 2
    parts = [number(len(rows)), *map(number, rows), number(len(tests)), packed(shape, 1)]
    parts += [n.to_bytes(wide, "little") for n in tests]
    parts += [packed(slopes, 2), bytes(base + 128 for base in bases)]
    return b"".join((*parts, bytes(units), packed(codes, 2)))


def random_rows(rng, widths, deep, share=0.4):
    """Trees that bound some of the neurons, and are without multipliers for the most part."""
    found = []
    for row in range(2 * sum(widths)):
        if rng.random() < share:
            tree = random_tree(rng, widths, deep, row=row)
            if rng.random() < 0.7:
                tree.bases = [-90] * len(widths)
            found.append(tree)
    return found


def random_tree(rng, widths, deep, inner=0.8, row=None):
    """Up to so deep; with multipliers up to about 3."""
    count = sum(widths)

    def grow(left, free):
        if not left or not free or rng.random() > inner:
            units = rng.integers(0, 256, len(widths)).tolist()
            return Leaf(units, rng.integers(0, 4, count).tolist())
        neuron = int(rng.choice(sorted(free)))
        rest = free - {neuron}
        return Inner(neuron, grow(left - 1, rest), grow(left - 1, rest))

    tree = Tree(Leaf([], []), rng.integers(0, 4, count).tolist(), row=row)
    tree.bases = rng.integers(-20, -3, len(widths)).tolist()
    tree.root = grow(deep, set(range(before(tree, widths)[0])))
    return tree


def is_in(path, values):
    """Whether a point, of whose neurons these are the values, is where a path leads."""
    return all(values[j] * sign >= 0 for j, sign in path.items())


def constant_tree(network, deep=0, rng=None):
    """A tree without multipliers, which tests the last neurons one after the other."""
    widths = [width for _, width in nodes_read(network)]
    count, root = sum(widths), None
    for neuron in range(count - deep, count):
        leaf = Leaf([0] * len(widths), [0] * count)
        root = Inner(neuron, root or leaf, leaf)
    return Tree(root or Leaf([0] * len(widths), [0] * count), [2] * count, [0] * len(widths))


def values_of(network, nodes):
    """All neurons' values, given all nodes' values at a point."""
    return np.concatenate([np.array(nodes[i], dtype=object) for i, _ in nodes_read(network)])
