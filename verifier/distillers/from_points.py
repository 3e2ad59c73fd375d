"""Trees on domains whose values are not listed, or that have a tree: grown from points.

Where the points are few all of them are taken, else points are drawn from the domain's own
distribution. Ranges and intervals are cut where the points lie.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from verifier.distillers import cart
from verifier.distillers.cuts import Cuts, Floats, Ints, prepare_cuts
from verifier.distillers.from_rows import trees_of_rows
from verifier.distillers.frontier import FrontierTree
from verifier.distillers.growing import Limits, grow
from verifier.distillers.options import Goal
from verifier.distillers.pruning import LARGEST, frontier_of, pruned
from verifier.distillers.sampling import sample_possible
from verifier.distillers.table import FIRST, Table, joined, table_source
from verifier.model.cell import full_cell
from verifier.model.domain import Domain
from verifier.model.ensemble import Teacher
from verifier.model.ordinal import Ranged
from verifier.model.rows import Rows, rows_from
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable
from verifier.provers.evaluate import bulk_classes, bulk_of
from verifier.provers.timing import TimeOver, poll

if TYPE_CHECKING:
    from verifier.provers.units.checked import Store

FEW = 1 << 16
"""Domains of at most so many points are looked at as a whole."""
DRAWN = 1 << 14
"""Points drawn of larger ones: half to grow trees from, half to judge them."""
PLACES = 12
"""Decimals of a threshold, at most, where there is a choice."""
BINS = 256
"""Parts of a range or an interval, at most."""


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

    ``rows`` count before all other points.
    """
    found = Found(Tree((Leaf(0),)), (), False)
    try:
        return _grown(teacher, domain, goal, rows, seed)
    except TimeOver:
        return found


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
        rows = rows_from(map(tuple, points.tolist()))
    coarse = coarse_of(domain, np.repeat(np.array(rows.points), rows.times, axis=0))
    plain = coarse.cuts.domain
    found = cart.distill(
        teacher,
        plain,
        depth=depth,
        leaves=leaves,
        seed=seed,
        rows=coarse.rows(rows),
        deadline=deadline,
        store=store,
    )
    return cart.Fitted(coarse.fine(found.tree), found.finished)


def _grown(teacher: Teacher, domain: Domain, goal: Goal, rows: Rows | None, seed: int) -> Found:
    bulk = bulk_of(teacher, domain)
    whole = not domain.infinite and domain.size <= FEW
    points, mass = all_points(domain) if whole else some_points(domain, seed)
    seen = np.empty((0, points.shape[1]), dtype=np.int64)
    times = np.empty(0)
    if rows is not None:
        seen = np.array(rows.points, dtype=np.int64)
        times = np.array(rows.times, dtype=np.float64) * FIRST
    coarse = coarse_of(domain, np.concatenate([seen, points]))
    poll()

    def table(chosen: Ints, counts: Floats) -> Table:
        return Table(coarse.points(chosen), bulk_classes(bulk, chosen), counts)

    first = None if rows is None else replace(table(seen, times), rows=len(seen))
    half = len(points) if whole else len(points) // 2
    grown_from = table(points[:half], mass[:half])
    judges = grown_from if whole else table(points[half:], mass[half:])
    judge = joined(first, judges)
    kinds = teacher.classes
    trees = list(_trees(coarse.cuts, first, joined(first, grown_from), judge, kinds, goal, seed))
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


def _trees(
    cuts: Cuts,
    rows: Table | None,
    table: Table,
    judge: Table,
    kinds: int,
    goal: Goal,
    seed: int,
) -> list[Tree]:
    """Trees within the limit of leaves: from the rows, and from all points."""
    leaves = goal.leaves
    trees: list[Tree] = []
    if rows is not None and leaves is not None:
        trees += trees_of_rows(cuts, rows, judge, kinds, leaves, seed)
    if leaves is not None:
        trees += trees_of_rows(cuts, table, judge, kinds, leaves, seed)
        return trees
    grown = grow(cuts, table_source(cuts, table, kinds, None), Limits(deadline=goal.deadline))
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


@dataclass(frozen=True, eq=False)
class Coarse:
    """A domain with its ranges and intervals in parts: ``last[i]`` ends those of variable i.

    ``next[i]`` are the lowest values of points beyond these ends. ``cuts`` are of the domain of the
    parts, each of which is called by its greatest number.
    """

    domain: Domain
    last: tuple[Ints | None, ...]
    next: tuple[Ints | None, ...]
    cuts: Cuts

    def points(self, points: Ints) -> Ints:
        """Points of the domain as points of the parts."""
        columns = [
            points[:, i] if last is None else np.searchsorted(last, points[:, i])
            for i, last in enumerate(self.last)
        ]
        return np.stack(columns, axis=1).astype(np.int64)

    def rows(self, rows: Rows) -> Rows:
        """Rows of the domain as rows of the parts."""
        points = np.repeat(np.array(rows.points, dtype=np.int64), rows.times, axis=0)
        return rows_from(map(tuple, self.points(points).tolist()))

    def fine(self, tree: Tree) -> Tree:
        """A tree over the parts as one over the domain, with thresholds where parts end."""
        return replace(tree, nodes=tuple(map(self._fine, tree.nodes)))

    def _fine(self, node: Inner | Leaf) -> Inner | Leaf:
        if isinstance(node, Leaf):
            return node
        variable = self.domain.column_owner[node.column][0]
        last, after, v = self.last[variable], self.next[variable], self.domain.variables[variable]
        if last is None or after is None or not isinstance(v, Ranged):
            return node
        ends = [row[0] for row in self.cuts.domain.variables[variable].encoding]
        at = sum(x <= node.threshold for x in ends) - 1
        beyond = v.number(int(after[at]) - 1)  # what lies above this goes right
        return replace(node, threshold=simplest(ends[at], max(ends[at], beyond)))


def coarse_of(
    domain: Domain,
    points: Ints,
    ends: Mapping[int, Sequence[int]] | None = None,
    bins: int | None = BINS,
) -> Coarse:
    """The domain in parts that end at values of the points, each of about as many of them.

    Of a variable there are at most ``bins`` (None: as many as there are values among the points),
    and those that its ``ends`` make, at which parts end exactly.
    """
    variables: list[Variable] = []
    lasts: list[Ints | None] = []
    nexts: list[Ints | None] = []
    for i, v in enumerate(domain.variables):
        if not isinstance(v, Ranged):
            variables.append(v)
            lasts.append(None)
            nexts.append(None)
            continue
        exact = np.array((ends or {}).get(i, ()), dtype=np.int64)
        held = np.unique(points[:, i])
        seen = np.append(held, v.count)
        if bins is not None and len(held) > bins:
            held = np.unique(np.quantile(points[:, i], np.linspace(0, 1, bins), method="lower"))
        last = np.unique(np.concatenate([held, exact, [v.count - 1]])).astype(np.int64)
        after = seen[np.searchsorted(seen, last, side="right").clip(max=len(seen) - 1)]
        nexts.append(np.where(np.isin(last, exact), last + 1, after))
        rows = tuple((v.number(k),) for k in last.tolist())
        labels = tuple(str(x) for (x,) in rows)
        variables.append(Variable(v.name, labels, rows, _shares(v, last)))
        lasts.append(last)
    cuts = prepare_cuts(Domain(tuple(variables)))
    return Coarse(domain, tuple(lasts), tuple(nexts), cuts)


def _shares(v: Ranged, last: Ints) -> tuple[Fraction, ...]:
    """The probabilities of parts with these ends."""
    parts = pairwise([0, *(last + 1).tolist()])
    return tuple(
        Fraction(v.chances.weight_of(range(a, b)), v.chances.denominator) for a, b in parts
    )


def by_tests(domain: Domain, trees: Iterable[Sequence[object]]) -> Coarse:
    """The domain in the parts that tests of trees tell apart; see ``tested_ends``."""
    none = np.empty((0, len(domain.variables)), dtype=np.int64)
    return coarse_of(domain, none, tested_ends(domain, trees))


def tested_ends(domain: Domain, trees: Iterable[Sequence[object]]) -> dict[int, list[int]]:
    """The last values of ranges and intervals that go left at tests of trees, by variable.

    Of the trees the nodes are given. They read all columns, and the domain is cut where they test.
    """
    found: dict[int, set[int]] = {}
    for node in (node for nodes in trees for node in nodes):
        if not isinstance(node, Inner):
            continue
        at = domain.column_owner[node.column][0]
        v = domain.variables[at]
        left = v.up_to(node.threshold) if isinstance(v, Ranged) else None
        if left is not None and 0 < left.stop < domain.variables[at].count:
            found.setdefault(at, set()).add(left.stop - 1)
    return {at: sorted(ends) for at, ends in found.items()}


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The number from ``low`` to ``high`` of the fewest decimals, else ``low`` itself."""
    for places in range(PLACES):
        scale = 10**places
        if -(-low * scale // 1) <= high * scale:
            return Fraction(-(-low * scale // 1), scale)
    return low
