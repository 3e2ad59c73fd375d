"""Tiny boxes that samples of continuous variables are drawn in, made and judged again: in integers.

Written from docs/certificate.md, *Boxes*. The pieces of an interval are cut into equally long
ones, so a box is a tuple of a finer domain. Exact enclosures say what is so at all of its points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from verifier.second_checker.bounds import region
from verifier.second_checker.domain import Cell, Domain, Inner, Leaf, Point, Tree
from verifier.second_checker.draws import Piece
from verifier.second_checker.ensembles import Forest
from verifier.second_checker.formula import truth
from verifier.second_checker.models import Matter, Net
from verifier.second_checker.tree import leaf_at
from verifier.second_checker.variables import Chances, Interval, Ordinal, Runs, Variable

FINEST, MOST = 32, 61
"""A piece is cut into 2**FINEST, but a variable into fewer than 2**MOST."""


class Finer:
    """What a certificate is about, over the domain whose tuples are boxes."""

    def __init__(self, case: Matter) -> None:
        domain = case.domain
        self.factors = [
            1 << max(0, min(FINEST, MOST - v.count.bit_length())) if isinstance(v, Interval) else 1
            for v in domain.variables
        ]
        self.leaves = {id(own): self._leaf(own) for own in domain.leaves}
        fine = Domain(
            tuple(map(_finer, domain.variables, self.factors)),
            domain.denominator << FINEST,
            self._tree(domain.tree),
            tuple(self.leaves[id(own)] for own in domain.leaves),
        )
        self.case = replace(
            case,
            domain=fine,
            nets={m: self._net(net, fine) for m, net in case.nets.items()},
            trees={m: self._tree(tree) for m, tree in case.trees.items()},
        )

    def piece(self, own: Piece) -> Piece:
        """A piece of a leaf of the domain that was cut, as one that boxes are drawn from."""
        return Piece(self._cell(own.cell), self.leaves[id(own.leaf)], own.weight)

    def _cell(self, cell: Cell) -> Cell:
        pairs = zip(cell, self.factors, strict=True)
        return tuple(own if f == 1 else range(own[0] * f, (own[-1] + 1) * f) for own, f in pairs)

    def _leaf(self, own: Leaf) -> Leaf:
        return replace(own, chances=tuple(map(_spread, own.chances, self.factors)))

    def _tree(self, tree: Tree) -> Tree:
        """Its tests are at cuts, and these all remain."""
        return tuple(
            replace(node, goes_left=node.goes_left * self.factors[node.variable])
            if isinstance(node, Inner) and isinstance(node.goes_left, int)
            else node
            for node in tree
        )

    def _net(self, net: Net | Forest, fine: Domain) -> Net | Forest:
        if isinstance(net, Forest):
            return replace(net, trees=tuple(map(self._tree, net.trees)))
        return replace(net, inputs=fine.inputs(net.reads))


def _finer(v: Variable, factor: int) -> Variable:
    """A variable with its pieces cut, over a denominator that is 2**FINEST times as large."""
    scale = 1 << FINEST
    if isinstance(v, Interval):
        part = scale // factor
        runs = tuple((at * factor, begin * scale, length * part) for at, begin, length in v.runs)
        return Interval(v.name, runs, v.last * scale, v.count * factor, _spread(v.chances, factor))
    if isinstance(v, Ordinal):
        return replace(v, first=v.first * scale, step=v.step * scale)
    return replace(v, rows=tuple(tuple(x * scale for x in row) for row in v.rows))


def _spread(chances: Chances, factor: int) -> Chances:
    """The distribution over the parts of what was cut: all parts of a piece are alike."""
    if factor == 1 or not isinstance(chances, Runs):
        return chances
    runs = ((range(r[0] * factor, (r[-1] + 1) * factor), each) for r, each in chances.runs)
    return Runs(tuple(runs), chances.over * factor)


def truth_in(case: Matter, box: Point) -> bool | None:
    """What the formula is at all points of a finer domain's box; None where that is not shown."""
    known = {m: leaf_at(tree, box) for m, tree in case.trees.items()}
    for m, net in case.nets.items():
        klass = net.class_at(box) if isinstance(net, Forest) else _class_in(net, box)
        if klass is not None:
            known[m] = klass
    return truth(case.question, known)


def _class_in(net: Net, box: Point) -> int | None:
    """The network's class at all points of a box, by an exact enclosure of its outputs."""
    cell = tuple((v,) for v in net.point(box))
    out = region(net.network, net.inputs, cell, refine=False).boxes[-1]
    if len(out.low) == 1:
        return 1 if out.low[0] > 0 else 0 if out.high[0] <= 0 else None
    return next((k for k in range(len(out.low)) if _wins(k, out.low, out.high)), None)


def _wins(k: int, low: Sequence[int], high: Sequence[int]) -> bool:
    """Whether an output is above those before it, and not below those after it."""
    return all(low[k] > x if i < k else low[k] >= x for i, x in enumerate(high) if i != k)
