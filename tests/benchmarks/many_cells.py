"""Questions whose proofs have as many cells as is asked for, made by construction."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction

import numpy as np

from verifier.kernel.asked import ask
from verifier.kernel.prepared import no_poll
from verifier.model.cell import full_cell
from verifier.model.domain import Domain, bits
from verifier.model.network import Affine, Network, Relu
from verifier.model.proof import Constant, Enumerated, Open, Sandwich, Split, Step
from verifier.model.question import Matter, matter_of
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable
from verifier.provers.sandwiches import propose

BINS = 16
"""Of a Sandwich of these, about: it takes the kernel longer than other cells."""
VALUES, WIDE = 40, 12
"""Values of each of so many variables, where splits are by sets of them: no two alike."""
KINDS = ("constant", "enumerated", "masks", "mixed", "every")
"""Cells of bits closed by bounds, or by evaluating their points; by bounds, with splits of which
each is another; of bits, closed by bounds (half), by evaluating, or open; and those and Sandwiches,
where what is open stays so, as no search closes it soon."""
FREE, SPLITS = 20, 48
"""Of the kind "every": variables on which a network depends that no bound decides, after those
that are split."""
HALVES = {0: ("constant", "constant", "constant", "enumerated"), 1: ("open",) * 3 + ("sandwich",)}
"""How cells are closed where variable 0 is 0, and where it is 1: as often as named, at random."""
LEFT = Fraction(2, 3)
"""Of the cells are in the first of these halves: 1/4 of all are open."""
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
    if kind == "every":
        return matter_of(bits(1 + SPLITS + FREE), hard(), tree(Fraction(1, 2), other=other))
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


def hard() -> Network:
    """A network whose class is 0 where column 0 is, and else as hard to bound as can be."""
    rng, columns = np.random.default_rng(0), 1 + SPLITS + FREE
    weight = rng.integers(-1, 2, (9, columns)) / 64.0
    weight[:, -FREE:] = rng.choice([-1.0, 1.0], (9, FREE))
    weight[:, 0], weight[0] = 0.0, 0.0
    weight[0, 0] = -64.0
    bias, out = np.zeros(9), np.ones((1, 9))
    bias[0], out[0, 0], out[0, 1::2] = 32.0, -64.0, -1.0
    return Network(columns, (Affine(0, weight, bias), Relu(1), Affine(2, out, np.zeros(1))))


def tree(cut: Fraction, *, other: bool) -> Tree:
    """The same as a tree; the ``other`` one asks column 1 as well."""
    if other:
        return Tree((Inner(0, cut, 1, 2), Leaf(0), Inner(1, cut, 3, 4), Leaf(0), Leaf(1)))
    return Tree((Inner(0, cut, 1, 2), Leaf(0), Leaf(1)))


def nodes(kind: str, cells: int) -> Nodes:
    """The nodes of a proof of so many cells, one after the other."""
    rng = random.Random(0)
    if kind == "every":
        yield from _every(rng, cells)
        return
    yield Split(0, (1 << 10) - 1 if kind == "masks" else 1)
    for side, count in enumerate((cells // 2, cells - cells // 2)):
        yield from _masks(rng, side, count) if kind == "masks" else _bits(kind, rng, side, count)


def _bits(kind: str, rng: random.Random, side: int, cells: int) -> Nodes:
    closed = Constant(side)
    kinds = {"constant": (closed,), "enumerated": (Enumerated(),)}
    yield from _balanced(rng, kinds.get(kind, (closed, Open(), Enumerated(), closed)), cells)


def _every(rng: random.Random, cells: int) -> Nodes:
    ways = {"constant": Constant(0), "enumerated": Enumerated(), "open": Open()}
    ways["sandwich"] = sandwich()
    first = int(LEFT * cells)
    yield Split(0, 1)
    for variable in range(1 + SPLITS, 1 + SPLITS + FREE):  # few points are left for Enumerated
        yield from (Split(variable, 1), Constant(0))
    for side, count in ((0, first - FREE), (1, cells - first)):
        depth = (count - 1).bit_length() + 1
        if side == 0:
            for variable in range(1 + depth, 1 + SPLITS):
                yield from (Split(variable, 1), Constant(0))
        yield from _balanced(rng, [ways[name] for name in HALVES[side]], count)


def _balanced(rng: random.Random, steps: Sequence[Step], cells: int) -> Nodes:
    splits, waiting = [Split(i, 1) for i in range(64)], [(1, cells)]
    while waiting:
        variable, count = waiting.pop()
        if count == 1:
            yield rng.choice(steps)
            continue
        yield splits[variable]
        waiting += [(variable + 1, count // 2), (variable + 1, count - count // 2)]


def sandwich() -> Sandwich:
    """One that holds wherever variable 0 is 1."""
    held = matter("every", 0)
    whole = full_cell(held.domain)
    (found,) = propose(ask(held, no_poll), [whole.split(0, 1)[1]], [0], bins=BINS)
    assert found is not None
    return found


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
