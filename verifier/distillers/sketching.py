"""First trees on large domains, from points that are drawn, and the Table that judges all trees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from verifier.distillers import cart, linear_representation
from verifier.distillers.choices import Choices
from verifier.distillers.cuts import Cuts
from verifier.distillers.from_rows import OVERGROWN, trees_of_rows
from verifier.distillers.frontier import FrontierTree
from verifier.distillers.growing import Limits, grow
from verifier.distillers.knowledge import probes_for, work_of
from verifier.distillers.options import Goal
from verifier.distillers.probing import Probes, ProbeSource
from verifier.distillers.pruning import LARGEST, frontier_of, pruned
from verifier.distillers.quick import quick_classes
from verifier.distillers.representation import has_nonlinear
from verifier.distillers.sampled import SampleSource
from verifier.distillers.sampling import sample
from verifier.distillers.sources import Source
from verifier.distillers.table import FIRST, Table, joined, table_source
from verifier.model.network import Network
from verifier.model.tree import Leaf, Tree
from verifier.provers.evaluate import AnyBulk
from verifier.provers.timing import part, poll

if TYPE_CHECKING:
    from verifier.provers.units.checked import Store

SKETCH = 64
"""Most leaves of the first tree."""
SKETCH_WRONG = 1e-3
"""The first tree may differ on so many of its fresh points."""
LARGE = 1 << 20
"""Multiplications beyond which the first tree is found by probes (linear_representation)."""
SKETCHING = 0.25
"""The share of the time for the first tree."""
JUDGED, LEAST = 1 << 13, 1 << 9
"""Points that trees are judged by, at most and at least."""
TIMES = 4
"""So many times as many others are what a tree is grown from."""
WORK = 1 << 33
"""Multiplications for the classes of points that judge, unless they are the fewest."""
MANY = 512
"""Most leaves of a tree that is grown from points, where there is no other limit."""
Choosing = Callable[..., Choices | None]
"""Makes what keeps the cuts of a growth, from the counters of its draws; None: nothing does."""


@dataclass(eq=False)
class Sketches:
    """Trees found so far, and the ``table`` that judges them: rows first, then fresh points.

    The fresh points are none that a tree is grown from; the rows are both, for it is about them
    that something is asked. ``frontier`` are the best trees of every size, as last measured.
    """

    cuts: Cuts
    bulk: AnyBulk
    goal: Goal
    samples: int
    seed: int
    trees: list[Tree] = field(default_factory=lambda: [Tree((Leaf(0),))])
    frontier: tuple[FrontierTree, ...] = ()
    table: Table = field(init=False)

    def __post_init__(self) -> None:
        self.table = joined(self.goal.rows, self._drawn(0))

    @property
    def tree(self) -> Tree:
        """The best tree so far: the smallest that is good enough, else the least wrong."""
        domain, enough = self.bulk.domain, self.goal.error

        def rank(tree: Tree) -> tuple[Fraction, int, int, int]:
            wrong = self.table.wrong(tree, domain)
            missed = max(enough, self._missed(wrong))
            return missed, tree.leaves if enough else 0, wrong, tree.leaves

        return min(self.trees, key=rank)

    def _missed(self, wrong: int) -> Fraction:
        """The share of the rows that is wrong, or of the points where there are no rows."""
        table = self.table
        if table.rows:
            return Fraction(wrong // FIRST, table.occurrences)
        return Fraction(wrong, table.total)

    @property
    def most(self) -> int:
        """Most leaves of a sketch."""
        return min(SKETCH, self.goal.leaves or SKETCH)

    def run(
        self,
        probes: Probes | None,
        choices: Choosing = lambda *_: None,
        store: Store | None = None,
    ) -> None:
        """Find the trees: from a table of points at once, then by the ways that see more.

        ``choices`` makes what keeps the cuts of each growth, and ``store`` what probes find.
        """
        rows, kinds = self.goal.rows, self.bulk.teacher.classes
        if probes is None:  # the first one found is often the best where time is short
            self.trees.append(self._from_table(self._drawn(1, TIMES), choices()))
        if rows is not None:
            most = self.goal.leaves or MANY  # they are asked about first of all
            self.trees.extend(trees_of_rows(self.cuts, rows, self.table, kinds, most, self.seed))
            if most > 1 and self.table.missed(self.tree, self.bulk.domain):
                theirs = cart.of_rows(self.bulk, rows, most, self.seed)
                self.trees += [] if theirs is None else [theirs]
        self.measure()
        self.trees.append(self._sought(probes, choices, store))
        self.measure()

    def measure(self) -> None:
        """Find the best tree of every size that the trees so far can be cut down to."""
        domain, kinds = self.bulk.domain, self.bulk.teacher.classes
        few = [tree for tree in dict.fromkeys(self.trees) if tree.leaves <= LARGEST]
        self.frontier = frontier_of(few, domain, self.table, kinds)
        enough = 1 - self.goal.error
        self.trees += [f.tree for f in self.frontier if f.agreement >= enough][:1]

    def with_rows(self, source: Source, *, chooses: bool = True) -> Source:
        """What a source knows, below what the rows say; the source where there are no rows."""
        rows = self.goal.rows
        if rows is None:
            return source
        kinds = self.bulk.teacher.classes
        return table_source(self.cuts, rows, kinds, source, chooses=chooses)

    def cut_down(self, tree: Tree, leaves: int) -> Tree:
        """The best tree, as the table judges, that a tree can be cut down to."""
        domain, kinds = self.bulk.domain, self.bulk.teacher.classes
        return pruned(tree, domain, self.table, kinds, leaves).best(leaves)[1]

    def _drawn(self, number: int, times: int = 1) -> Table:
        """Fresh points; the same for the same number. So many ``times`` as judge."""
        teacher, domain = self.bulk.teacher, self.bulk.domain
        count = max(LEAST, min(JUDGED, WORK // (work_of(teacher) + 1)))
        points = sample(domain, times * count, np.random.default_rng([self.seed, 3, number]))
        poll()
        return Table(points, quick_classes(teacher, domain, points), np.ones(times * count))

    def _from_table(self, drawn: Table, choices: Choices | None) -> Tree:
        """A tree from points and rows alone."""
        source = table_source(
            self.cuts, joined(self.goal.rows, drawn), self.bulk.teacher.classes, None
        )
        end = part(self.goal.deadline, SKETCHING / 2)
        most = self.goal.leaves or MANY
        limits = Limits(leaves=OVERGROWN * most, deadline=end)
        grown = grow(self.cuts, source, limits, choices=choices)
        if grown.interrupted:
            raise KeyboardInterrupt
        return self.cut_down(grown.tree, most)

    def _sought(self, probes: Probes | None, choices: Choosing, store: Store | None) -> Tree:
        """A tree by probes for large teachers, else from fresh points of its cells."""
        teacher, domain = self.bulk.teacher, self.bulk.domain
        end = part(self.goal.deadline, SKETCHING)
        large = isinstance(teacher, Network) and work_of(teacher) > LARGE
        if isinstance(teacher, Network) and large and has_nonlinear(teacher):
            nodes = None if probes is None else probes.nodes
            return linear_representation.distill(
                teacher, domain, seed=self.seed, layers=nodes, deadline=end, store=store
            ).tree
        fresh = SampleSource(
            self.cuts,
            lambda points: quick_classes(teacher, domain, points),
            self.samples,
            probes_for(self.cuts, self.bulk),
            self.bulk.teacher.classes,
            self.seed,
        )
        source: Source = fresh if probes is None else ProbeSource(fresh, probes)
        source = self.with_rows(source, chooses=False)
        limits = Limits(leaves=self.most, wrong=SKETCH_WRONG, deadline=end)
        grown = grow(self.cuts, source, limits, choices=choices(fresh.counter))
        if grown.interrupted:
            raise KeyboardInterrupt
        return grown.tree
