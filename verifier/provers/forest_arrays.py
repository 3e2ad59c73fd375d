"""Cells of many trees as arrays: which node a cell reaches, its halves, its probability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from verifier.kernel.prepared import Parts
from verifier.model.domain import Domain
from verifier.model.ordinal import Ranged
from verifier.model.overlay import BoundTree
from verifier.model.variable import Variable
from verifier.provers.split import lower_half

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Nodes:
    """The nodes of some trees, one after the other; ``roots`` (trees,) are where they begin.

    ``variables`` are -1 for leaves; ``places`` theirs among the categorical ones or the others,
    ``ranged`` which; ``goes`` the mask that goes left, or how many values; ``ways`` (nodes, 2) the
    children; ``leaves`` what a leaf holds, -1 for tests; ``tests`` the same number for equal tests.
    """

    roots: Ints
    variables: Ints
    places: Ints
    ranged: Bools
    goes: Ints
    ways: Ints
    leaves: Ints

    @cached_property
    def tests(self) -> Ints:
        """The number of each node's test: equal tests have the same."""
        pairs = np.stack([self.variables, self.goes], axis=1)
        return np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1)

    @cached_property
    def first_of(self) -> Ints:
        """A node of each test."""
        found = np.empty(int(self.tests.max()) + 1, dtype=np.int64)
        found[self.tests] = np.arange(len(self.tests))
        return found

    def descend(self, parts: Parts, below: Ints | None = None) -> Ints:
        """The deepest node of each tree that all points of each cell pass: (cells, trees).

        It is that of ``below`` or one below it, where that is given.
        """
        count = len(parts)
        node = np.tile(self.roots, count) if below is None else below.reshape(-1).copy()
        cell = np.repeat(np.arange(count), len(self.roots))
        active = np.flatnonzero(self.variables[node] >= 0)
        while active.size:
            at, row = node[active], cell[active]
            left, right = self.sides(parts, at, row)
            on = ~(left & right)
            active, at = active[on], at[on]
            node[active] = np.where(left[on], self.ways[at, 0], self.ways[at, 1])
            active = active[self.variables[node[active]] >= 0]
        return node.reshape(count, len(self.roots))

    def sides(self, parts: Parts, at: Ints, row: Ints) -> tuple[Bools, Bools]:
        """Whether cells (their rows) have values that go left, and right, at nodes."""
        left, right = np.empty(len(at), dtype=np.bool_), np.empty(len(at), dtype=np.bool_)
        ranged, places, goes = self.ranged[at], self.places[at], self.goes[at]
        if ranged.any():
            ends = parts.ends[row[ranged], :, places[ranged]]
            left[ranged] = ends[:, 0] < goes[ranged]
            right[ranged] = ends[:, 1] >= goes[ranged]
        if not ranged.all():
            masks = parts.masks[row[~ranged], places[~ranged]]
            left[~ranged] = (masks & goes[~ranged]) != 0
            right[~ranged] = (masks & ~goes[~ranged]) != 0
        return left, right


def nodes_of(domain: Domain, trees: Sequence[BoundTree], reads: Sequence[int]) -> Nodes:
    """Trees over the variables ``reads`` of a domain, whose masks have at most 62 bits."""
    places = places_of(domain)
    rows: list[tuple[int, int, bool, int, int, int, int]] = []
    roots = []
    for tree in trees:
        base = len(rows)
        roots.append(base)
        for node in tree.nodes:
            if isinstance(node, int):
                rows.append((-1, 0, False, 0, 0, 0, node))
                continue
            index, part, one, two = node
            own = reads[index]
            goes = part.stop if isinstance(part, range) else part
            ranged, place = places[own]
            rows.append((own, place, ranged, goes, base + one, base + two, -1))
    table = np.array(rows, dtype=np.int64).reshape(-1, 7)  # there may be no trees
    return Nodes(
        roots=np.array(roots, dtype=np.int64),
        variables=table[:, 0],
        places=table[:, 1],
        ranged=table[:, 2].astype(np.bool_),
        goes=table[:, 3],
        ways=table[:, 4:6],
        leaves=table[:, 6],
    )


def places_of(domain: Domain) -> tuple[tuple[bool, int], ...]:
    """Of each variable whether cells have a range of it, and its place among those, or others."""
    places, seen = [], [0, 0]
    for v in domain.variables:
        ranged = isinstance(v, Ranged)
        places.append((ranged, seen[ranged]))
        seen[ranged] += 1
    return tuple(places)


@dataclass(frozen=True, eq=False)
class Shares:
    """What parts of variables weigh: of each the values' probabilities, or sums up to values.

    For variables that are independent; where a domain has a tree, as if it had none.
    """

    places: tuple[tuple[bool, int], ...]
    tables: tuple[tuple[Floats, Floats], ...]

    def part(self, variable: int, parts: Parts) -> Floats:
        """The probability of what each cell leaves of a variable."""
        ranged, place = self.places[variable]
        numbers, held = self.tables[variable]
        if ranged:
            ends = parts.ends[:, :, place]
            found: Floats = np.interp(ends[:, 1] + 1, numbers, held)
            return found - np.interp(ends[:, 0], numbers, held)
        bits = parts.masks[:, place, None] >> numbers.astype(np.int64) & 1
        return np.asarray(bits @ held)

    def of(self, parts: Parts) -> Floats:
        """The probability of each cell."""
        found = np.ones(len(parts))
        for variable in range(len(self.places)):
            found *= self.part(variable, parts)
        return found


def shares_of(domain: Domain) -> Shares:
    """The probabilities of a domain's values."""
    tables = []
    for v in domain.variables:
        if isinstance(v, Variable):
            own = np.array([float(p) for p in v.probabilities])
            tables.append((np.arange(v.count, dtype=np.float64), own))
            continue
        runs = v.chances.runs
        counts = np.cumsum([0.0, *(float(n) for n, _ in runs)])
        tables.append((counts, np.cumsum([0.0, *(float(p) for _, p in runs)])))
    return Shares(places_of(domain), tuple(tables))


def counts(parts: Parts) -> Floats:
    """The number of tuples of each cell, about."""
    bits = np.bitwise_count(parts.masks).astype(np.float64)
    ends = (parts.ends[:, 1] - parts.ends[:, 0] + 1).astype(np.float64)
    return np.asarray(bits.prod(axis=1) * ends.prod(axis=1))


def halves(parts: Parts, variable: Ints, goes: Ints, shares: Shares) -> tuple[Parts, Floats]:
    """All left halves of cells, then all right ones, and the left one's share of each cell.

    ``goes`` is a mask, which may have values that a cell lacks, or how many values go left.
    """
    count = len(parts)
    both = Parts(np.concatenate([parts.masks] * 2), np.concatenate([parts.ends] * 2))
    ratio = np.empty(count)
    for index in np.unique(variable).tolist():
        own = np.flatnonzero(variable == index)
        ranged, place = shares.places[index]
        if ranged:
            both.ends[own, 1, place] = goes[own] - 1
            both.ends[own + count, 0, place] = goes[own]
        else:
            both.masks[own, place] &= goes[own]
            both.masks[own + count, place] &= ~goes[own]
        whole = shares.part(index, parts[own])
        ratio[own] = shares.part(index, both[own]) / np.where(whole > 0, whole, 1.0)
    return both, ratio


def middles(parts: Parts, places: Sequence[tuple[bool, int]]) -> tuple[Ints, Ints]:
    """The middle of the variable with the most values; one of the first where all have one."""
    count = len(parts)
    sizes = np.empty((count, len(places)))
    for i, (ranged, place) in enumerate(places):
        ends = parts.ends[:, :, place] if ranged else None
        sizes[:, i] = (
            np.bitwise_count(parts.masks[:, place]) if ends is None else ends[:, 1] - ends[:, 0] + 1
        )
    variable, goes = sizes.argmax(axis=1), np.zeros(count, dtype=np.int64)
    for row, i in enumerate(variable.tolist()):
        ranged, place = places[i]
        if ranged:
            low, high = parts.ends[row, :, place].tolist()
            goes[row] = (low + high + 1) // 2
        else:
            goes[row] = lower_half(int(parts.masks[row, place]))
    return variable, goes
