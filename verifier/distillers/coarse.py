"""A domain with its ranges and intervals in few parts, and trees over these as trees over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

import numpy as np

from verifier.distillers.cuts import Cuts, Ints, prepare_cuts
from verifier.model.domain import Domain
from verifier.model.ordinal import Ranged
from verifier.model.rows import Rows, rows_from
from verifier.model.tree import Inner, Leaf, Tree
from verifier.model.variable import Variable

PLACES = 12
"""Decimals of a threshold, at most, where there is a choice."""
BINS = 256
"""Parts of a range or an interval, at most."""

Ends = Mapping[int, frozenset[int]]
"""Values of ranges and intervals at which parts end, by variable."""


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
        return self.counted(np.repeat(np.array(rows.points, dtype=np.int64), rows.times, axis=0))

    def counted(self, points: Ints) -> Rows:
        """The rows of the parts that some points of the domain are."""
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
    ends: Ends | None = None,
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
        exact = np.array(sorted((ends or {}).get(i, ())), dtype=np.int64)
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


def tested_ends(domain: Domain, trees: Iterable[Sequence[object]]) -> Ends:
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
    return {at: frozenset(ends) for at, ends in found.items()}


def with_ends(ends: Ends, more: Ends) -> Ends:
    """The ends of both."""
    return {at: ends.get(at, frozenset()) | more.get(at, frozenset()) for at in {*ends, *more}}


def simplest(low: Fraction, high: Fraction) -> Fraction:
    """The number from ``low`` to ``high`` of the fewest decimals, else ``low`` itself."""
    for places in range(PLACES):
        scale = 10**places
        if -(-low * scale // 1) <= high * scale:
            return Fraction(-(-low * scale // 1), scale)
    return low
