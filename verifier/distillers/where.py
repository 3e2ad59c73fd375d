"""Small trees that describe where a question's formula is true, grown from points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from verifier.distillers.coarse import coarse_of
from verifier.distillers.cuts import Cuts, Ints
from verifier.distillers.from_points import FEW, all_points
from verifier.distillers.from_rows import trees_of_rows
from verifier.distillers.sampling import sample_possible
from verifier.distillers.smallest import find_lattice, least_wrong
from verifier.distillers.table import Table
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.question import Matter
from verifier.model.tree import Tree, bind, leaves_of_points
from verifier.provers.answering import answerer_of
from verifier.provers.overlaying import overlay_of

CELLS = 1 << 19
"""Cells (times tests) that are gone through for the tree that is wrong least, at most."""
MOST = 16
"""Leaves of such a tree, at most."""
EXACT = 1 << 53
"""Weights below this are whole in float64."""
DRAWN = 1 << 16
"""Points drawn of large domains: half to grow from, half to judge."""
GROWN = 4
"""Trees of which the best is taken."""


@dataclass(frozen=True, eq=False)
class Described:
    """A tree that says where a formula is true, and points looked at at which it is ``wrong``.

    ``best``: every tree of single columns' tests with no more leaves than were asked for was gone
    through: none is wrong with less probability, and none that is wrong as little is smaller.
    """

    tree: Tree
    wrong: Ints
    best: bool


def where(matter: Matter, leaves: int, seed: int = 0) -> Described:
    """A tree over all variables that answers 1 where the formula is likely to be true.

    It has at most ``leaves`` leaves, and few points on the wrong side; where the formula is true so
    seldom that this would be one leaf, points where it is true count as much together as all
    others. `poll` may end it.
    """
    domain = matter.domain
    whole = domain.size <= FEW
    if whole:
        points, mass = all_points(domain)
    else:
        points = sample_possible(domain, DRAWN, np.random.default_rng([seed, 7]))
        mass = np.ones(len(points))
    answerer = answerer_of(overlay_of(matter))
    true = answerer.true_at(points, answerer.classes(points))
    coarse = coarse_of(domain, points)
    table = Table(coarse.points(points), true.astype(np.int64), mass)
    if whole and domain.total_weight < EXACT and _is_fine(coarse.cuts.domain, domain):
        weights = np.array([float(domain.weight(tuple(p))) for p in points.tolist()])
        least = _least_wrong(coarse.cuts, replace(table, mass=weights), leaves)
        if least is not None and (least.leaves > 1 or not true.any() or true.all()):
            return Described(coarse.fine(least), _wrong(coarse.cuts, table, least, points), True)
    tree = _best(coarse.cuts, table, leaves, seed, whole=whole)
    if tree.leaves == 1 and true.any() and not true.all():
        weight = mass[~true].sum() / mass[true].sum()
        balanced = replace(table, mass=np.where(true, mass * weight, mass))
        tree = _best(coarse.cuts, balanced, leaves, seed, whole=whole)
    return Described(coarse.fine(tree), _wrong(coarse.cuts, table, tree, points), False)


def _wrong(cuts: Cuts, table: Table, tree: Tree, points: Ints) -> Ints:
    """The points at which a tree is wrong."""
    bound = bind(tree, cuts.domain)
    at = bound.classes[leaves_of_points(bound, table.points)] != table.classes
    return np.asarray(points[at], dtype=np.int64)


def _is_fine(coarse: Domain, domain: Domain) -> bool:
    """Whether parts of values are single values."""
    pairs = zip(coarse.variables, domain.variables, strict=True)
    return all(own.count == v.count for own, v in pairs)


def _least_wrong(cuts: Cuts, table: Table, leaves: int) -> Tree | None:
    """Of all trees of at most so many leaves the smallest that is wrong least; None where there are
    too many to go through."""
    every = list(zip(cuts.column.tolist(), cuts.thresholds, strict=True))
    lattice = find_lattice(cuts.domain, full_cell(cuts.domain), every, CELLS)
    if lattice is None or leaves > MOST:
        return None
    kinds = lattice.kinds_of(table.points)
    by_class = [
        np.bincount(kinds, table.mass * (table.classes == k), lattice.kinds) for k in (0, 1)
    ]
    return least_wrong(lattice, np.stack(by_class), leaves, 0)[0]


def _best(cuts: Cuts, table: Table, leaves: int, seed: int, *, whole: bool) -> Tree:
    """The tree with the least mass on the wrong side, grown from all points or from half."""
    half = len(table.points) if whole else len(table.points) // 2
    grown_from, judge = table.some(slice(half)), table.some(slice(0 if whole else half, None))
    trees = islice(trees_of_rows(cuts, grown_from, judge, 2, leaves, seed), GROWN)
    return min(trees, key=lambda tree: (judge.wrong(tree, cuts.domain), tree.leaves))
