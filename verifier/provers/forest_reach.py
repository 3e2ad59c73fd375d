"""Which areas of an ensemble's trees cells reach, kept from a cell to its halves.

What a cell does not reach, its halves do not reach. So of an area that a cell reaches it is only
asked whether it meets the half in the variable that was split, and of a cell nothing but the areas
that it reaches is looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from verifier.kernel.areas import Areas
from verifier.kernel.ensembles import Array, Bools, Forest
from verifier.kernel.prepared import Parts
from verifier.model.domain import Domain
from verifier.provers.forest_arrays import places_of

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int32]
EVERY = np.iinfo(np.int64).max
"""Beyond all values of a range, and a mask of all values of a set."""


@dataclass(frozen=True, eq=False)
class Reach:
    """The areas that cells reach, one cell's after the other's, in their order.

    ``areas`` are their numbers; those of cell i end before ``ends[i]``.
    """

    areas: Numbers
    ends: Ints

    @property
    def counts(self) -> Ints:
        """How many each cell reaches."""
        return np.diff(self.ends, prepend=0)

    def __len__(self) -> int:
        return len(self.ends)

    def __getitem__(self, at: Ints) -> Reach:
        counts = self.counts[at]
        ends = np.cumsum(counts)
        shift = np.repeat(self.ends[at] - ends, counts)
        return Reach(self.areas[np.arange(len(shift)) + shift], ends)

    def kept(self, keep: Bools) -> Reach:
        """Without those areas that are not kept."""
        before = np.concatenate([[0], np.cumsum(keep)])
        return Reach(self.areas[keep], before[self.ends])


def joined(parts: Sequence[Reach]) -> Reach:
    """Those of some cells, then of others."""
    sizes = np.cumsum([0, *(len(x.areas) for x in parts)])[:-1]
    ends = [x.ends + size for x, size in zip(parts, sizes.tolist(), strict=True)]
    return Reach(np.concatenate([x.areas for x in parts]), np.concatenate(ends))


def found(reached: Bools) -> Reach:
    """The areas that each cell reaches, of (cells, areas)."""
    return Reach(np.nonzero(reached)[1].astype(np.int32), np.cumsum(reached.sum(axis=1)))


@dataclass(frozen=True, eq=False)
class Few(Areas):
    """The areas of an ensemble where a Reach says which are reached; see ``Areas``."""

    trees: Ints

    def least(self, reached: Any, values: Array) -> Array:
        """The least that each tree adds in each cell, (cells, trees, ...), of (areas, ...)."""
        shape = len(reached), len(self.first), *values.shape[1:]
        if not len(reached) or not len(self.first):
            return np.zeros(shape, dtype=values.dtype)
        assert isinstance(reached, Reach)
        tree = self.trees[reached.areas]
        begins = np.empty(len(tree), dtype=np.bool_)
        begins[1:] = tree[1:] != tree[:-1]
        begins[0] = True
        begins[reached.ends[:-1]] = True
        least: Array = np.minimum.reduceat(values[reached.areas], np.flatnonzero(begins), axis=0)
        return least.reshape(shape)


@dataclass(frozen=True, eq=False)
class Reaching:
    """An ensemble whose ``forest`` takes a Reach, and each area's part of each variable.

    ``low`` and ``high`` (areas, variables) are the ends of ranges, or the mask (twice) of a set.
    """

    forest: Forest
    dense: Areas
    low: Ints
    high: Ints
    ranged: Bools
    places: Ints

    def at(self, parts: Parts) -> Reach:
        """What cells of the ensemble's own variables reach."""
        return found(self.dense.reached(parts))

    def ends(self, reach: Reach) -> tuple[Array, Array]:
        """As the ensemble's own: scores that no point of each cell is below, and none above."""
        reached: Any = reach  # of which ``Few`` takes what it wants
        return self.forest.ends(reached)

    def shown(self, reach: Reach, classes: Ints, ends: tuple[Array, Array]) -> Bools:
        """As the ensemble's own: in which cells it has these classes, by the kernel's rule."""
        reached: Any = reach
        return self.forest.shown(reached, classes, ends)

    def halved(self, reach: Reach, both: Parts, variable: Ints) -> Reach:
        """What halves reach, which were split at a variable each, of what their wholes do."""
        cell = np.repeat(np.arange(len(variable)), reach.counts)
        own = variable[cell]
        low, high = self.low[reach.areas, own], self.high[reach.areas, own]
        ranged, place = self.ranged[own], self.places[own]
        keep = np.empty(len(cell), dtype=np.bool_)
        at = np.flatnonzero(ranged)
        if at.size:
            ends = both.ends[cell[at], :, place[at]]
            keep[at] = (low[at] <= ends[:, 1]) & (high[at] >= ends[:, 0])
        at = np.flatnonzero(~ranged)
        if at.size:
            keep[at] = (low[at] & both.masks[cell[at], place[at]]) != 0
        return reach.kept(keep)


def reaching(forest: Forest, domain: Domain) -> Reaching:
    """The same ensemble, made ready. The domain's sets have at most MASK_BITS values."""
    areas = forest.areas
    count, variables = len(areas.wanted), len(domain.variables)
    low, high = np.zeros((count, variables), np.int64), np.full((count, variables), EVERY)
    places = places_of(domain)
    ranged, numbers = (np.array(own) for own in zip(*places, strict=True))
    low[:, ~ranged] = EVERY
    mine = _variables(forest)
    begin = 0
    for tested, variable in zip(areas.tested, mine, strict=True):
        last = begin + len(tested.parts)
        row, slot = np.nonzero((areas.wanted >= begin) & (areas.wanted < last))
        part = tested.parts[areas.wanted[row, slot] - begin]
        low[row, variable], high[row, variable] = part.T if tested.ranged else (part, part)
        begin = last
    first = np.searchsorted(areas.first, np.arange(count), side="right") - 1
    few = Few(areas.tested, areas.wanted, areas.first, areas.values, trees=first)
    return Reaching(replace(forest, areas=few), areas, low, high, ranged, numbers)


def _variables(forest: Forest) -> list[int]:
    """The domain's variables that its trees test, in the order of what is tested."""
    held = {place: index for index, place in enumerate(places_of(forest.domain))}
    return [forest.reads[held[bool(own.ranged), own.place]] for own in forest.areas.tested]


@dataclass(frozen=True, eq=False)
class Chunk:
    """Open cells, by decreasing probability: where each is in the ledger, and its ``depth``.

    ``seen`` is what is known of them, by ensemble; empty where that took too much memory.
    """

    parts: Parts
    places: Ints
    shares: Floats
    depths: Ints
    seen: Mapping[int, Seen]

    def __getitem__(self, at: Ints) -> Chunk:
        seen = {m: own[at] for m, own in self.seen.items()}
        return Chunk(self.parts[at], self.places[at], self.shares[at], self.depths[at], seen)

    def __len__(self) -> int:
        return len(self.places)

    @property
    def held(self) -> int:
        """Numbers of what is known."""
        return sum(len(own.reach.areas) + own.nodes.size for own in self.seen.values())


@dataclass(frozen=True, eq=False)
class Seen:
    """What is known of an ensemble in cells: its class all over each in ``classes``, or -1.

    Where it is ``fresh``, ``reach`` are the areas that the cell reaches, and ``nodes`` (cells,
    trees) the deepest that all points pass; elsewhere no areas are held, and the nodes are those of
    a cell around it.
    """

    reach: Reach
    nodes: Numbers
    fresh: Bools
    classes: Ints

    def __getitem__(self, at: Ints) -> Seen:
        return Seen(self.reach[at], self.nodes[at], self.fresh[at], self.classes[at])


def unseen(roots: Ints, cells: int) -> Seen:
    """Of cells of which nothing is known: the nodes are the trees' roots."""
    nodes = np.tile(roots.astype(np.int32), (cells, 1))
    nothing = Reach(np.zeros(0, dtype=np.int32), np.zeros(cells, dtype=np.int64))
    return Seen(nothing, nodes, np.zeros(cells, dtype=np.bool_), np.full(cells, -1))
