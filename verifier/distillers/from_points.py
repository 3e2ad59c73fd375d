"""Trees on domains whose values are not listed, or that have a tree: grown from points.

Where the points are few all of them are taken, else points are drawn from the domain's own
distribution. Ranges and intervals are cut where the points lie.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from verifier.distillers import cart
from verifier.distillers.coarse import coarse_of
from verifier.distillers.cuts import Cuts, Floats, Ints
from verifier.distillers.from_rows import trees_of_rows
from verifier.distillers.frontier import FrontierTree
from verifier.distillers.growing import Limits, grow
from verifier.distillers.near_rows import near_rows
from verifier.distillers.options import Goal
from verifier.distillers.pruning import LARGEST, frontier_of, pruned
from verifier.distillers.sampling import sample_possible
from verifier.distillers.sharpening import Changes, changes_of
from verifier.distillers.table import FIRST, Table, joined, table_source
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.ensemble import Teacher
from verifier.model.rows import Rows
from verifier.model.tree import Leaf, Tree
from verifier.provers.evaluate import AnyBulk, bulk_classes, bulk_of
from verifier.provers.timing import TimeOver, part, poll

if TYPE_CHECKING:
    from verifier.provers.units.checked import Store

FEW = 1 << 16
"""Domains of at most so many points are looked at as a whole."""
SHARPENING, GROWING = 0.2, 0.5
"""The shares of the time for finding where exactly classes change, and for a tree without a limit
on its leaves; what is left is for cutting trees down."""
BRIEF, MANY = 1 << 9, 1 << 5
"""Points of a tree that stands where the time ends before there is a better one, and its leaves."""
DRAWN = 1 << 14
"""Points drawn of larger ones: half to grow trees from, half to judge them."""


@dataclass(frozen=True)
class Found:
    """A tree, the best ones of every size, and whether it is as good as was asked for.

    That is known where all points of the domain were looked at, else told by points.
    """

    tree: Tree
    frontier: tuple[FrontierTree, ...]
    finished: bool


def distill(
    teacher: Teacher, domain: Domain, goal: Goal, rows: Rows | None = None, seed: int = 0
) -> Found:
    """The best tree that grows from points within the goal; the time is over where `poll` says so.

    ``rows`` count before all other points, and trees grow from points near them, too. Where the
    time ends early it is one of a few points.
    """
    found = Found(Tree((Leaf(0),)), (), False)
    try:
        bulk = bulk_of(teacher, domain)
        if goal.deadline is not None:
            found = Found(of_few(bulk, goal.leaves or MANY, rows, seed), (), False)
        return _grown(bulk, goal, rows, seed)
    except TimeOver:
        return found


def of_few(bulk: AnyBulk, leaves: int, rows: Rows | None, seed: int) -> Tree:
    """A tree of some of the rows, or of few points: it takes a moment."""
    domain, times = bulk.domain, np.ones(BRIEF)
    if rows is None:
        points = sample_possible(domain, BRIEF, np.random.default_rng([seed, 6]))
    else:
        count = len(rows.points)  # in order: some of all of them
        some = np.linspace(0, count - 1, min(count, BRIEF)).astype(np.int64).tolist()
        points = np.array([rows.points[i] for i in some], dtype=np.int64)
        times = np.array([rows.times[i] for i in some], dtype=np.float64)
    coarse = coarse_of(domain, points)
    table = Table(coarse.points(points), bulk_classes(bulk, points), times)
    kinds = bulk.teacher.classes
    return coarse.fine(next(trees_of_rows(coarse.cuts, table, table, kinds, leaves, seed)))


def by_cart(
    teacher: Teacher,
    domain: Domain,
    *,
    depth: int | None = None,
    leaves: int | None = None,
    samples: int | None = None,
    seed: int = 0,
    rows: Rows | None = None,
    deadline: float | None = None,
    store: Store | None = None,
) -> cart.Fitted:
    """CART on the rows, or on points drawn: see `cart.distill`. A range is what ends its parts."""
    if rows is None:
        count = cart.SAMPLES if samples is None else samples
        points = sample_possible(domain, count, np.random.default_rng([seed, 5]))
    else:
        points = np.repeat(np.array(rows.points, dtype=np.int64), rows.times, axis=0)
    coarse = coarse_of(domain, points)
    plain = coarse.cuts.domain
    found = cart.distill(
        teacher,
        plain,
        depth=depth,
        leaves=leaves,
        seed=seed,
        rows=coarse.counted(points),
        deadline=deadline,
        store=store,
    )
    return cart.Fitted(coarse.fine(found.tree), found.finished)


def _grown(bulk: AnyBulk, goal: Goal, rows: Rows | None, seed: int) -> Found:
    domain, kinds = bulk.domain, bulk.teacher.classes
    whole = not domain.infinite and domain.size <= FEW
    points, mass = all_points(domain) if whole else some_points(domain, seed)
    seen = np.empty((0, points.shape[1]), dtype=np.int64)
    times = np.empty(0)
    if rows is not None:
        seen = np.array(rows.points, dtype=np.int64)
        times = np.array(rows.times, dtype=np.float64) * FIRST
    half = len(points) if whole else len(points) // 2
    changes = Changes(points[:0], {})
    if not whole:
        drawn = np.concatenate([seen, points[:half]])
        changes = changes_of(bulk, domain, drawn, part(goal.deadline, SHARPENING))
    near = None if rows is None else near_rows(bulk, rows, seed)
    close = points[:0] if near is None else near.growing.points
    every = np.concatenate([seen, close, points, changes.points])
    coarse = coarse_of(domain, every, changes.ends)
    poll()

    def table(chosen: Ints, counts: Floats) -> Table:
        return Table(coarse.points(chosen), bulk_classes(bulk, chosen), counts)

    first = None if rows is None else replace(table(seen, times), rows=len(seen))
    goal = replace(goal, rows=first, near=near and near.placed(coarse.points))
    ones = np.ones(len(changes.points))
    grown_from = table(
        np.concatenate([points[:half], changes.points]), np.concatenate([mass[:half], ones])
    )
    judge = goal.judge(grown_from if whole else table(points[half:], mass[half:]))
    trees = _trees(coarse.cuts, joined(goal.grown_from, grown_from), judge, kinds, goal, seed)
    plain = coarse.cuts.domain

    def missed(tree: Tree) -> Fraction:
        return (
            judge.missed(tree, plain)
            if first is not None
            else Fraction(judge.wrong(tree, plain), judge.total)
        )

    tree = min(trees, key=lambda t: (max(goal.error, missed(t)), judge.wrong(t, plain), t.leaves))
    few = [t for t in dict.fromkeys(trees) if t.leaves <= LARGEST]
    sizes = frontier_of(few, plain, judge, kinds)
    for smaller in sizes if goal.error else ():
        if missed(smaller.tree) <= goal.error:
            tree = smaller.tree
            break
    entries = tuple(replace(f, tree=coarse.fine(f.tree)) for f in sizes)
    done = missed(tree) <= goal.error or goal.leaves is not None
    return Found(coarse.fine(tree), entries, done and (whole or goal.leaves is not None))


def _trees(cuts: Cuts, table: Table, judge: Table, kinds: int, goal: Goal, seed: int) -> list[Tree]:
    """Trees within the limit of leaves: from the rows, and from all points."""
    leaves = goal.leaves
    if leaves is not None:
        both = [table] if goal.rows is None else [goal.rows, table]
        return [t for held in both for t in trees_of_rows(cuts, held, judge, kinds, leaves, seed)]
    grown = grow(
        cuts, table_source(cuts, table, kinds, None), Limits(deadline=part(goal.deadline, GROWING))
    )
    if grown.interrupted:
        raise KeyboardInterrupt
    ways = pruned(grown.tree, cuts.domain, judge, kinds, LARGEST)
    return [grown.tree, ways.best(LARGEST)[1]]


def all_points(domain: Domain) -> tuple[Ints, Floats]:
    """Every point of a domain, and what each counts: its probability, rounded."""
    parts = domain.parts(full_cell(domain))
    points = [point for part, _ in parts for point in part.points()]
    shares = [Fraction(domain.weight(point), domain.total_weight) for point in points]
    mass = np.array([max(1, int(p * (FIRST // 2))) for p in shares], dtype=np.float64)
    return np.array(points, dtype=np.int64).reshape(len(points), -1), mass


def some_points(domain: Domain, seed: int) -> tuple[Ints, Floats]:
    """Points drawn as the domain says, and that each counts 1."""
    points = sample_possible(domain, DRAWN, np.random.default_rng([seed, 5]))
    return points, np.ones(len(points))
