"""Small trees that describe where a question's formula is true, grown from points."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np

from verifier.distillers.coarse import coarse_of
from verifier.distillers.cuts import Cuts, Ints
from verifier.distillers.from_points import FEW, all_points
from verifier.distillers.from_rows import trees_of_rows
from verifier.distillers.sampling import sample_possible
from verifier.distillers.table import Table
from verifier.model.question import Matter
from verifier.model.tree import Tree, bind, leaves_of_points
from verifier.provers.answering import answerer_of
from verifier.provers.overlaying import overlay_of

DRAWN = 1 << 16
"""Points drawn of large domains: half to grow from, half to judge."""
GROWN = 4
"""Trees of which the best is taken."""


def where(matter: Matter, leaves: int, seed: int = 0) -> tuple[Tree, Ints]:
    """A tree over all variables that answers 1 where the formula is likely to be true.

    It has at most ``leaves`` leaves, and few points on the wrong side; where the formula is true so
    seldom that this would be one leaf, points where it is true count as much together as all
    others. Also returns the points looked at at which the tree is wrong. `poll` may end it.
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
    tree = _best(coarse.cuts, table, leaves, seed, whole=whole)
    if tree.leaves == 1 and true.any() and not true.all():
        weight = mass[~true].sum() / mass[true].sum()
        balanced = replace(table, mass=np.where(true, mass * weight, mass))
        tree = _best(coarse.cuts, balanced, leaves, seed, whole=whole)
    bound = bind(tree, coarse.cuts.domain)
    wrong = bound.classes[leaves_of_points(bound, table.points)] != table.classes
    return coarse.fine(tree), points[wrong]


def _best(cuts: Cuts, table: Table, leaves: int, seed: int, *, whole: bool) -> Tree:
    """The tree with the least mass on the wrong side, grown from all points or from half."""
    half = len(table.points) if whole else len(table.points) // 2
    grown_from, judge = table.some(slice(half)), table.some(slice(0 if whole else half, None))
    trees = islice(trees_of_rows(cuts, grown_from, judge, 2, leaves, seed), GROWN)
    return min(trees, key=lambda tree: (judge.wrong(tree, cuts.domain), tree.leaves))
