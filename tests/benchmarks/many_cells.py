"""Questions whose proofs have as many cells as is asked for, made by construction."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Enumerated, Open, Split, Step
from verifier.model.question import Matter, matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable

VALUES, WIDE = 40, 12
"""Values of each of so many variables, where splits are by sets of them: no two alike."""
KINDS = ("constant", "enumerated", "masks", "mixed")
"""Cells of bits closed by bounds, or by evaluating their points; by bounds, with splits of which
each is another; and of bits, closed by bounds (half), by evaluating, or open."""
Nodes = Iterator[Split | Step]


def matter(kind: str, cells: int, *, other: bool = False) -> Matter:
    """The question: network and tree agree; the ``other`` tree differs at a quarter of points."""
    if kind == "masks":
        values = tuple((Fraction(v, 8),) for v in range(VALUES))
        labels, chances = tuple(map(str, range(VALUES))), (Fraction(1, VALUES),) * VALUES
        domain = Domain(tuple(Variable(f"v{i}", labels, values, chances) for i in range(WIDE)))
        return matter_of(
            domain, network(WIDE, Fraction(19, 16)), tree(Fraction(19, 16), other=other)
        )
    count = (cells - 1).bit_length() + (6 if kind == "constant" else 2)
    return matter_of(bits(count), network(count, Fraction(1, 2)), tree(Fraction(1, 2), other=other))


def network(columns: int, least: Fraction) -> Network:
    """A network whose class is 1 where column 0 is above ``least``; the others hardly count."""
    rng = np.random.default_rng(0)
    weight = rng.integers(-8, 9, (6, columns)) / 64.0
    weight[:, 0], weight[0] = 0.0, 0.0
    weight[0, 0] = 64.0
    bias, out = rng.integers(-8, 9, 6) / 64.0, rng.integers(-4, 5, (1, 6)) / 64.0
    bias[0], out[0, 0] = -64.0 * float(least), 8.0
    return Network(columns, (Affine(0, weight, bias), Relu(1), Affine(2, out, np.array([-16.0]))))


def tree(cut: Fraction, *, other: bool) -> Tree:
    """The same as a tree; the ``other`` one asks column 1 as well."""
    if other:
        return Tree((Inner(0, cut, 1, 2), Leaf(0), Inner(1, cut, 3, 4), Leaf(0), Leaf(1)))
    return Tree((Inner(0, cut, 1, 2), Leaf(0), Leaf(1)))


def nodes(kind: str, cells: int) -> Nodes:
    """The nodes of a proof of so many cells, one after the other."""
    rng = random.Random(0)
    yield Split(0, (1 << 10) - 1 if kind == "masks" else 1)
    for side, count in enumerate((cells // 2, cells - cells // 2)):
        yield from _masks(rng, side, count) if kind == "masks" else _bits(kind, rng, side, count)


def _bits(kind: str, rng: random.Random, side: int, cells: int) -> Nodes:
    splits, closed = [Split(i, 1) for i in range(64)], Constant(side)
    kinds = {"constant": (closed,), "enumerated": (Enumerated(),)}
    steps = kinds.get(kind, (closed, Open(), Enumerated(), closed))
    waiting = [(1, cells)]
    while waiting:
        variable, count = waiting.pop()
        if count == 1:
            yield steps[rng.randrange(len(steps))]
            continue
        yield splits[variable]
        waiting += [(variable + 1, count // 2), (variable + 1, count - count // 2)]


def _masks(rng: random.Random, side: int, cells: int) -> Nodes:
    whole = (1 << VALUES) - 1
    waiting = [((whole,) * WIDE, cells)]
    while waiting:
        masks, count = waiting.pop()
        if count == 1:
            yield Constant(side)
            continue
        v = max(range(1, WIDE), key=lambda i: masks[i].bit_count())
        held = [i for i in range(VALUES) if masks[v] >> i & 1]
        left = sum(1 << i for i in rng.sample(held, len(held) // 2))
        yield Split(v, left)
        halves = [(*masks[:v], mask, *masks[v + 1 :]) for mask in (left, masks[v] & ~left)]
        waiting += [(halves[1], count // 2), (halves[0], count - count // 2)]
