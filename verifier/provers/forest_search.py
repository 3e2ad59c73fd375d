"""What a search for a proof about ensembles holds: its open cells in chunks, the largest first."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from typing import ClassVar

import numpy as np

from verifier.kernel.asked import Asked
from verifier.kernel.ensembles import Forest
from verifier.kernel.prepared import Parts, parts_of
from verifier.model.question import Matter
from verifier.provers.answering import Answerer
from verifier.provers.asked_once import asked_once
from verifier.provers.forest_arrays import Nodes, Shares, nodes_of, shares_of
from verifier.provers.forest_pairs import Beside, besides
from verifier.provers.forest_reach import Chunk, Ints, Reaching, Seen, joined, reaching, unseen
from verifier.provers.ordered import OPEN, Ordered
from verifier.provers.overlaying import overlay_of
from verifier.provers.search import Answering, plan, take_up

BATCH = 1 << 10
"""Cells that are looked at together, at most."""
NUMBERS = 1 << 23
"""Numbers of an array, at most about."""
HELD = 1 << 26
"""Numbers of what is known of open cells, at most about: of others it is found again."""
SHARE_REACHED = 8
"""A cell reaches one of so many areas, about."""
MADE = 3e-6
"""Seconds for an open cell of the search as the proof is made, which may not have it."""
FEW = 1 << 6
"""Cells of at most so many points are evaluated by the kernel, rather than split: more take it
longer than the parts that they are split into."""


@dataclass(eq=False)
class Forests(Answering):
    """A search under way: ``waiting`` are chunks, of which the one with the largest cell is next.

    ``few`` is up to how many points a cell is left to be evaluated.
    """

    matter: Matter
    few: int = FEW
    answerer: Answerer = field(init=False)
    asked: Asked = field(init=False)
    nodes: dict[int, Nodes] = field(init=False)
    reaching: dict[int, Reaching] = field(init=False)
    trees: dict[int, Nodes] = field(init=False)
    given: Nodes | None = field(init=False)
    weights: Shares = field(init=False)
    besides: tuple[Beside, ...] = field(init=False)
    waiting: list[tuple[float, int, Chunk]] = field(init=False, default_factory=list)
    entered: int = field(init=False, default=0)
    opened: int = field(init=False, default=0)
    held: int = field(init=False, default=0)
    slows: ClassVar[bool] = True

    def __post_init__(self) -> None:
        self.asked = asked_once(self.matter)
        self.answerer = Answerer(overlay_of(self.matter), {}, dict(self.asked.forests))
        domain = self.matter.domain
        self.nodes = {
            m: nodes_of(domain, x.members, x.reads) for m, x in self.asked.forests.items()
        }
        self.reaching = {m: reaching(x, domain) for m, x in self.asked.forests.items()}
        every = tuple(range(len(domain.variables)))
        self.trees = {m: nodes_of(domain, [t], every) for m, t in self.asked.trees.items()}
        self.given = None if domain.given is None else nodes_of(domain, [domain.bound_given], every)
        self.weights = shares_of(domain)
        self.besides = besides(self.asked)
        if domain.infinite:
            self.few = 0
        plan(self, lambda: self.asked)
        if self.budget is not None:
            self.budget.order, self.budget.made = self.order, MADE
        held = list(take_up(self, domain).every())
        self.proved = 1.0
        if held:
            parts = parts_of([cell for _, _, cell in held])
            places = np.array([place for place, _, _ in held], dtype=np.int64)
            shares = self.weights.of(parts)
            self.proved = max(0.0, 1.0 - float(shares.sum()))
            depths = np.zeros(len(held), dtype=np.int64)
            self.enter(Chunk(parts, places, shares, depths, {}))

    @property
    def open(self) -> int:
        """Number of cells not yet decided."""
        return self.opened

    def order(self, most: int | None = None) -> Ordered:
        """The proof, of ``most`` closed cells, without splits below which all is open: the kernel
        would go through these."""
        order = self.ledger.ordered(most=most)
        return order.kept(order.codes < OPEN)

    @property
    def batch(self) -> int:
        """Few enough cells for memory and for short steps."""
        each = sum(
            x.areas.values.size * 4 + x.areas.wanted.size for x in self.asked.forests.values()
        )
        return max(1, min(BATCH, SHARE_REACHED * NUMBERS // (1 + each)))

    def enter(self, chunk: Chunk) -> None:
        """Have open cells wait, in chunks of cells of about the same probability."""
        chunk = chunk[np.argsort(-chunk.shares, kind="stable")]
        size = max(1, self.batch // 4)
        for start in range(0, len(chunk), size):
            part = chunk[np.arange(start, min(start + size, len(chunk)))]
            if self.held + part.held > HELD:
                part = replace(part, seen={})
            self.held += part.held
            self.entered += 1
            heapq.heappush(self.waiting, (-float(part.shares[0]), self.entered, part))
        self.opened += len(chunk)

    def take(self) -> Chunk | None:
        """The next cells."""
        taken: list[Chunk] = []
        while self.waiting and sum(map(len, taken)) < self.batch:
            taken.append(heapq.heappop(self.waiting)[2])
        if not taken:
            return None
        self.held -= sum(x.held for x in taken)
        parts = Parts(
            np.concatenate([x.parts.masks for x in taken]),
            np.concatenate([x.parts.ends for x in taken]),
        )
        names = ("places", "shares", "depths")
        places, shares, depths = (np.concatenate([getattr(x, n) for x in taken]) for n in names)
        seen = {}
        for m, nodes in self.nodes.items():
            known = [x.seen[m] if x.seen else unseen(nodes.roots, len(x)) for x in taken]
            seen[m] = Seen(
                joined([own.reach for own in known]),
                *(
                    np.concatenate([getattr(own, name) for own in known])
                    for name in ("nodes", "fresh", "classes")
                ),
            )
        chunk = Chunk(parts, places, shares, depths, seen)
        self.opened -= len(chunk)
        return chunk


def brought(search: Forests, model: int, chunk: Chunk, at: Ints) -> Seen:
    """What is seen of an ensemble, with what the cells ``at`` reach of it."""
    own, nodes, seen = search.reaching[model], search.nodes[model], chunk.seen[model]
    new = at[~seen.fresh[at]]
    if not new.size:
        return seen
    parts, count = chunk.parts[new], len(chunk)
    order = np.arange(count)
    order[new] = count + np.arange(len(new))
    reach = joined([seen.reach, own.at(_part_of(search, own.forest, parts))])[order]
    below, fresh = seen.nodes.copy(), seen.fresh.copy()
    below[new], fresh[new] = nodes.descend(parts, below[new].astype(np.int64)), True
    return replace(seen, reach=reach, nodes=below, fresh=fresh)


def _part_of(search: Forests, forest: Forest, parts: Parts) -> Parts:
    """What an ensemble sees of cells."""
    if forest.whole:
        return parts
    places = [search.weights.places[i] for i in forest.reads]
    masks = [place for ranged, place in places if not ranged]
    ends = [place for ranged, place in places if ranged]
    return Parts(parts.masks[:, masks], parts.ends[:, :, ends])
