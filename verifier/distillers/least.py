"""Whether a tree with the same answers could have fewer leaves, with any tests of single columns.

Values of a variable that are answered alike, whatever the others are, are as one: on one of each
kind every tree with these answers is a tree for these points, with as many leaves at most. So where
the smallest tree on these has as many leaves as the tree, no tree has fewer.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import product

import numpy as np

from verifier.distillers.cuts import Ints
from verifier.distillers.smallest import Test, find_lattice, smallest_equal
from verifier.distillers.tidying import merge
from verifier.model.cell import Cell
from verifier.model.domain import Domain
from verifier.model.tree import BoundTree, Inner, Tree, bind, leaves_of_points

CELLS = 1 << 26
"""Cells (times tests) that are gone through, at most: those of 14 bits."""
MOST_KINDS = 1 << 18
"""Kinds of points, by the tests of the tree, that are gone through."""
Groups = list[list[int]]
"""The values of a variable, in groups that are as one."""


def least(tree: Tree, domain: Domain) -> tuple[Tree, bool]:
    """A tree with the same answers and no more leaves, and whether no tree has fewer.

    That may also be so where it is not found: where there are too many cells. Of a domain of listed
    values. Raises TimeOver (`timing.ending`).
    """
    tree = merge(tree)
    if tree.leaves == 1:
        return tree, True
    bound = bind(tree, domain)
    groups = _told_apart(bound, [tree])
    if _kinds(groups) > MOST_KINDS:
        return tree, False
    table = _classes(bound, groups)
    groups = [_merged(table, i, own) for i, own in enumerate(groups)]
    tests = [t for i, own in enumerate(groups) for t in _tests(domain, i, own)]
    cell = Cell(tuple(sum(1 << g[0] for g in own) for own in groups))
    lattice = find_lattice(domain, cell, tests, CELLS)
    if lattice is None:
        return tree, False

    def classify(points: Ints) -> Ints:
        return bound.classes[leaves_of_points(bound, points)]

    fewer = smallest_equal(lattice, classify, tree.leaves)
    if fewer is None:
        return tree, True
    other = bind(fewer, domain)
    both = _told_apart(bound, [tree, fewer])
    if _kinds(both) > MOST_KINDS or (_classes(bound, both) != _classes(other, both)).any():
        return tree, False  # it is smaller on some of the points alone
    return fewer, True


def _told_apart(bound: BoundTree, trees: Sequence[Tree]) -> list[Groups]:
    """The values of each variable, in groups that no test of the trees tells apart."""
    domain = bound.domain
    tests = {(n.column, n.threshold) for t in trees for n in t.nodes if isinstance(n, Inner)}
    found: list[Groups] = []
    for i, v in enumerate(domain.variables):
        kinds: dict[tuple[bool, ...], list[int]] = {}
        own = [(domain.column_owner[c][1], t) for c, t in tests if domain.column_owner[c][0] == i]
        for value in range(v.count):
            row = v.row(value)
            kinds.setdefault(tuple(row[j] <= t for j, t in own), []).append(value)
        found.append(list(kinds.values()))
    return found


def _kinds(groups: Sequence[Groups]) -> int:
    count = 1
    for own in groups:
        count *= len(own)
    return count


def _classes(bound: BoundTree, groups: Sequence[Groups]) -> Ints:
    """The classes of one point of each kind, by the groups."""
    every = product(*([g[0] for g in own] for own in groups))
    points = np.array(list(every), dtype=np.int64)
    return bound.classes[leaves_of_points(bound, points)].reshape([len(own) for own in groups])


def _merged(table: Ints, i: int, own: Groups) -> Groups:
    """The groups of variable i, those as one that have the same classes whatever the others are."""
    slices = np.moveaxis(table, i, 0).reshape(len(own), -1)
    found: dict[bytes, list[int]] = {}
    for row, values in zip(slices, own, strict=True):
        found.setdefault(row.tobytes(), []).extend(values)
    return list(found.values())


def _tests(domain: Domain, i: int, own: Groups) -> list[Test]:
    """A test for each way that columns part the groups' first values.

    Its threshold is between the groups, where they are apart.
    """
    v, found, seen = domain.variables[i], list[Test](), set[frozenset[int]]()
    for j in range(v.columns):
        spans = [[v.row(value)[j] for value in values] for values in own]
        for cut in sorted({x[0] for x in spans})[:-1]:
            low = [k for k, x in enumerate(spans) if x[0] <= cut]
            high = [k for k, x in enumerate(spans) if x[0] > cut]
            if frozenset(low) in seen:
                continue
            seen |= {frozenset(low), frozenset(high)}
            found.append((domain.offsets[i] + j, _between(spans, low, high)))
    return found


def _between(
    spans: Sequence[Sequence[Fraction]], low: Sequence[int], high: Sequence[int]
) -> Fraction:
    ends = max(x for k in low for x in spans[k]), min(x for k in high for x in spans[k])
    if not ends[0] < ends[1]:
        ends = max(spans[k][0] for k in low), min(spans[k][0] for k in high)
    return (ends[0] + ends[1]) / 2
