"""Drawing from domains with continuous variables: what is drawn are tiny boxes: rule 11. Trusted.

Every piece of an interval is cut into equally long, equally probable ones. So a tuple of the finer
domain is a box of exactly known probability, and it is drawn as any other tuple is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from weakref import WeakKeyDictionary

import numpy as np

from verifier.chance.draws import WORD, Words
from verifier.kernel.arithmetic import Ints
from verifier.kernel.asked import Asked, Net, tree_classes
from verifier.kernel.ensembles import forest_of
from verifier.kernel.points import narrow_classes
from verifier.kernel.population import Population
from verifier.kernel.prepared import prepare
from verifier.kernel.truths import Truths, truths
from verifier.model.cell import Cell
from verifier.model.chances import Distribution, Runs
from verifier.model.continuous import Continuous, Run
from verifier.model.domain import Domain
from verifier.model.given import Given, GivenLeaf, GivenTest
from verifier.model.overlay import BoundTree
from verifier.model.part import Part

FINEST, INDEX = 32, 61
"""A piece is cut into 2**FINEST, or fewer where its variable would have 2**INDEX of them."""

Factors = Sequence[int]
"""Into how many parts a value of each variable is cut: 1 unless it is continuous."""
_FINE: WeakKeyDictionary[Asked, Asked] = WeakKeyDictionary()
"""Questions over the finer domain, while those that they were made of are there."""


def boxed(found: Population) -> Population:
    """The same population in a finer domain, whose tuples are the boxes that are drawn.

    Raises DomainError where its numbers have too many digits.
    """
    asked = found.asked
    factors = [_factor(v) if isinstance(v, Continuous) else 1 for v in asked.domain.variables]
    fine = _FINE.get(asked) or _FINE.setdefault(asked, _finer(asked, factors))
    scale = fine.domain.total_weight // asked.domain.total_weight
    pieces = [
        replace(
            x,
            place=x.place._replace(part=_cell(x.place.part, factors)),
            weight=x.weight * scale,
        )
        for x in found.pieces
    ]
    return replace(found, asked=fine, pieces=tuple(pieces), coarse=found, factors=tuple(factors))


def refined(points: Ints, factors: Factors, words: Words) -> Ints:
    """Boxes in these points of the domain that was cut: each variable that was takes a word."""
    found = points.copy()
    cut = [i for i, factor in enumerate(factors) if factor > 1]
    for i, word in zip(cut, words, strict=True):  # factors are powers of two: no box is likelier
        bits = factors[i].bit_length() - 1
        found[:, i] = (points[:, i] << bits) + (word >> np.uint64(WORD - bits)).astype(np.int64)
    return found


def truths_in(asked: Asked, boxes: Ints) -> Truths:
    """FALSE or TRUE where the question is so at every point of a box, (N, variables); or UNKNOWN.

    ``asked`` is that of ``boxed``: no tree, of an ensemble neither, parts a box.
    """
    every = {m: narrow_classes(net.p, net.points(boxes)) for m, net in asked.nets.items()}
    every |= {m: forest.classes_at(forest.points(boxes)) for m, forest in asked.forests.items()}
    every |= tree_classes(asked, boxes)
    return truths(asked.question, every, len(boxes))


def _factor(v: Continuous) -> int:
    return 1 << max(0, min(FINEST, INDEX - v.count.bit_length()))


def _finer(asked: Asked, factors: Factors) -> Asked:
    """The question over the finer domain."""
    domain = asked.domain
    variables = tuple(
        replace(v, runs=tuple(Run(n * f, length / f, p) for n, length, p in v.runs))
        if isinstance(v, Continuous)
        else v
        for v, f in zip(domain.variables, factors, strict=True)
    )
    given = None if domain.given is None else _given(domain.given, factors)
    fine = Domain(variables, given)
    nets = {}
    for model, net in asked.nets.items():
        own = fine if net.whole and given is None else fine.product_of(net.reads)
        p = replace(prepare(net.p.teacher, own), poll=asked.poll, spend=asked.spend)
        nets[model] = Net(p, net.reads, net.whole)
    forests = {}
    for model, forest in asked.forests.items():
        own = fine if forest.whole and given is None else fine.product_of(forest.reads)
        about = own, forest.reads, forest.whole, asked.poll, asked.spend
        forests[model] = forest_of(forest.ensemble, *about)
    trees = {model: _tree(fine, tree, factors) for model, tree in asked.trees.items()}
    return replace(asked, domain=fine, nets=nets, trees=trees, forests=forests, _truths={})


def _given(given: Given, factors: Factors) -> Given:
    """The domain's tree over the finer variables."""
    nodes: list[GivenTest | GivenLeaf] = []
    for node in given.nodes:
        if isinstance(node, GivenTest):
            nodes.append(replace(node, left=_part(node.left, factors[node.variable])))
        else:
            pairs = zip(node.chances, factors, strict=False)  # an impossible leaf has none
            nodes.append(replace(node, chances=tuple(_chances(own, f) for own, f in pairs)))
    return Given(tuple(nodes))


def _chances(own: Distribution | None, factor: int) -> Distribution | None:
    if not isinstance(own, Runs):
        return own
    return Runs(own.start * factor, tuple((n * factor, p) for n, p in own.runs))


def _tree(domain: Domain, tree: BoundTree, factors: Factors) -> BoundTree:
    """A tree over the finer domain: its tests are at cuts, which all remain."""
    nodes = [
        (n[0], _part(n[1], factors[n[0]]), *n[2:]) if isinstance(n, tuple) else n
        for n in tree.nodes
    ]
    return BoundTree(domain, tuple(nodes))


def _cell(cell: Cell, factors: Factors) -> Cell:
    return Cell(tuple(_part(part, f) for part, f in zip(cell.parts, factors, strict=True)))


def _part(part: Part, factor: int) -> Part:
    return range(part.start * factor, part.stop * factor) if isinstance(part, range) else part


def counted(asked: Asked, boxes: Ints) -> Ints:
    """How many boxes are FALSE, UNKNOWN and TRUE, in this order."""
    return np.bincount(truths_in(asked, boxes), minlength=3)
