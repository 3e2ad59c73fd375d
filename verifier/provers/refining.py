"""Sandwiches over intervals of real numbers: what leaves most open is split, until time is over.

Where there are infinitely many points few cells can be closed: a boundary runs through all that is
left, however small it is cut. A Sandwich counts both sides of it. So cells are not closed one by
one here: of each it is asked at once what a Sandwich tells of it, from the whole domain on. What
tells most of a cell stands in the proof in the end: its own Sandwich, or what its parts have.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random

import numpy as np

from verifier.kernel.helpers import Here, keep_memory
from verifier.kernel.ledger import Ledger
from verifier.model.cell import Cell, full_cell
from verifier.model.part import size, split_number
from verifier.model.proof import Constant, Finding, Open, Proof, Split, Step
from verifier.model.question import Matter
from verifier.provers.asked_cells import step_of
from verifier.provers.beside import is_about_many
from verifier.provers.budget import FIXED, NODE, check_cells
from verifier.provers.count import Bounding, bounding
from verifier.provers.further import continued
from verifier.provers.overlaying import Cut, Place
from verifier.provers.sandwiches import shown_classes
from verifier.provers.split import lower_half, middle
from verifier.provers.timing import TimeOver, ending, now, poll

BATCH, PIECE = 64, 0.1
"""Cells that are looked at together, at most, and seconds that they take, about."""
MEASURED, FASTER, MORE = 128, 8, 4
"""Cells that the kernel is seen to check together, at most: first one, and so many times as many as
long as that is done in a moment, as few take longer, each; and how many times as many nodes there
are when it is seen again."""
FIRST, EACH = 64, 1e-3
"""Nodes from which on it is seen, and seconds for a cell before."""
CAUTION = 1.35
"""The check is expected to take so many times what was measured: of a part of what it does not come
to nothing is told."""
FEWER, LATE = 0.9, 0.1
"""Where there is no time to check all, so many times fewer cells are taken, again and again; and
the seconds that there are for a check in any case."""
FINAL = 10
"""Once a check told what it takes that is measured again when there are 2 to this times as many."""
AT_ONCE = 256
"""Nodes of a proof that is to be checked in a moment, at most."""
GAIN = 0.99
"""The parts of a cell stand where they leave less than so much of what it leaves open itself."""


@dataclass(slots=True, eq=False)
class Node:
    """A cell, where it is in the trees, its probability, and how much of that its ``step`` leaves
    open; ``cut`` and ``below``, the place of its left half among all nodes, once it is split."""

    cell: Cell
    place: Place
    share: float
    step: Step
    open: float
    cut: Split | None = None
    below: int = 0


@dataclass(eq=False)
class Refining:
    """A search under way, of which the kernel takes ``each`` second for a step, ``learned`` times
    as many. ``seen`` nodes there were when that was measured."""

    matter: Matter
    nodes: list[Node] = field(init=False, default_factory=list)
    heap: list[tuple[float, int]] = field(init=False, default_factory=list)
    each: float = field(init=False, default=EACH)
    learned: float = 1.0
    seen: int = field(init=False, default=FIRST // MORE)
    random: Random = field(init=False, default_factory=lambda: Random(0))
    batch: int = field(init=False, default=1)
    stopped: bool = field(init=False, default=False)

    @cached_property
    def ready(self) -> Bounding:
        """The matter made ready."""
        return bounding(self.matter)

    @property
    def open(self) -> float:
        """How much of the probability is open."""
        return self._least(len(self.nodes))[0] if self.nodes else 1.0

    @property
    def check(self) -> float:
        """Seconds that the kernel takes for what there is, about."""
        return self._check(len(self.nodes))

    def _check(self, nodes: int) -> float:
        leaves = (nodes + 1) / 2
        return FIXED + CAUTION * self.learned * leaves * (self.each + NODE)

    def until(self, deadline: float, end: float) -> None:
        """Split cells until nothing is open or it is time: before ``deadline``, and so early that
        the kernel is done at ``end``. A stop ends that, and all that follows."""
        some, took = list[tuple[float, int]](), 0.0
        try:
            with ending(min(deadline, end)):
                if not self.nodes:
                    self._enter([(full_cell(self.matter.domain), self.ready.overlay.top)])
                while self.heap and (begun := now()) + self.check + took < end:
                    poll()
                    some = [heapq.heappop(self.heap) for _ in range(self.batch) if self.heap]
                    self._split([at for _, at in some])
                    each, some = max(now() - begun, 1e-6) / len(some), []
                    self.batch = max(1, min(BATCH, 2 * self.batch, int(PIECE / each)))
                    took = now() - begun
                    if len(self.nodes) >= MORE * self.seen:
                        self._measure()
        except KeyboardInterrupt as told:
            for item in some:
                heapq.heappush(self.heap, item)
            self.stopped = not isinstance(told, TimeOver)

    def _split(self, some: Sequence[int]) -> None:
        """Split nodes; what is interrupted leaves them as they were."""
        cuts = [self._cut(self.nodes[at]) for at in some]
        halves = [
            (half, self.nodes[at].place)
            for at, cut in zip(some, cuts, strict=True)
            if cut
            for half in self.nodes[at].cell.split(*cut)
        ]
        below = self._enter(halves)
        for at, cut in zip(some, cuts, strict=True):
            if cut:
                node = self.nodes[at]
                node.cut, node.below = Split(cut[0], split_number(cut[1])), below
                below += 2

    def _cut(self, node: Node) -> Cut | None:
        """Where a cell is split: as trees do, else in the middle of what is widest."""
        overlay = self.ready.overlay
        _, asking = overlay.decides(overlay.classes(node.place, {}))
        cut = overlay.given_cut(node.cell, node.place)
        cut = cut or overlay.tree_cut(node.cell, node.place, asking)
        if cut:
            return cut
        counts = [v.count for v in self.matter.domain.variables]
        wide = [size(part) > 1 for part in node.cell.parts]
        if not any(wide):
            return None
        sizes = [size(part) / count for part, count in zip(node.cell.parts, counts, strict=True)]
        index = max(range(len(sizes)), key=lambda i: (wide[i], sizes[i]))
        part = node.cell.parts[index]
        return index, lower_half(part) if isinstance(part, int) else range(middle(part))

    def _enter(self, cells: Sequence[tuple[Cell, Place]]) -> int:
        """Add cells, with what Sandwiches tell of them; returns the place of the first."""
        overlay, domain = self.ready.overlay, self.matter.domain
        held: list[Node] = []
        for cell, place in cells:
            place = overlay.descend(cell, place)
            share = domain.measure(cell)[1] / domain.total_weight
            decided = not overlay.undecided(cell, place, {})
            held.append(Node(cell, place, share, Open(), 0.0 if decided else share))
        asked = [node for node in held if node.open]
        for node, step in zip(asked, self.ready.propose([x.cell for x in asked]), strict=True):
            poll()
            left = None if step is None else self.ready.left(node.cell, step)
            if step is not None and left is not None:
                node.step, node.open = step, node.share * float(left)
        self._constant([node for node in asked if node.open in (0.0, node.share)])
        first = len(self.nodes)
        self.nodes += held
        for at, node in enumerate(held, first):
            if node.open:
                heapq.heappush(self.heap, (-node.open, at))
        return first

    def _constant(self, some: Sequence[Node]) -> None:
        """Where the networks have one class all over a cell that is what is said of it: it takes
        the kernel less time, and where margins are 0 a Sandwich does not tell."""
        if not some:
            return
        points = np.array([node.cell.first_point() for node in some], dtype=np.int64)
        classes, models = self.ready.answerer.classes(points), self.ready.models
        claims = [
            (node.cell, Constant(int(own[m]), m))
            for node, own in zip(some, classes, strict=True)
            for m in models
        ]
        good = iter(shown_classes(self.ready.asked, claims))
        for node, own in zip(some, classes, strict=True):
            every = [next(good) for _ in models]
            if all(every):
                node.step, node.open = step_of({m: int(own[m]) for m in models}), 0.0

    def _measure(self) -> None:
        """See what the kernel takes for some of the cells that it would check."""
        self.seen = len(self.nodes)
        leaves = [x for x in self.nodes if x.cut is None]
        some = self.random.sample(leaves, min(MEASURED, len(leaves)))
        cells = [(node.cell, node.step) for node in some]
        ledger, count, spent = Ledger(self.ready.asked, Here(), lenient=True), 1, 0.0
        keep_memory()
        while count and spent < PIECE / 2:
            begun = now()
            check_cells(ledger, cells[:count])
            took = now() - begun
            self.each = took / count
            count = min(len(cells), FASTER * count) if count < len(cells) else 0
            spent += took

    def _least(self, count: int) -> tuple[float, list[bool]]:
        """What is open by the first so many nodes, and of each whether its parts stand."""
        least, parts = [node.open for node in self.nodes[:count]], [False] * count
        for at in range(count - 1, -1, -1):
            node = self.nodes[at]
            if node.cut is not None and node.below + 1 < count:
                below = least[node.below] + least[node.below + 1]
                if below < GAIN * least[at] or isinstance(node.step, Open):
                    least[at], parts[at] = below, True
        return least[0], parts

    def proof(self, count: int) -> Proof:
        """The proof by the first so many nodes."""
        return tuple(self._nodes(count)) if count else (Open(),)

    def _nodes(self, count: int) -> Iterator[Split | Step]:
        _, parts = self._least(count)
        waiting = [0]
        while waiting:
            node = self.nodes[at := waiting.pop()]
            if parts[at] and node.cut is not None:
                waiting += node.below + 1, node.below
                yield node.cut
            else:
                yield node.step

    def found(self, end: float) -> Finding:
        """What is found by now and can be checked by ``end``, and what may be found further."""
        count = min(len(self.nodes), AT_ONCE) if self.stopped else len(self.nodes)
        left = max(end - now(), LATE)
        while count > 1 and self._check(count) - FIXED > left:
            count = int(FEWER * count)
        found = Finding(self.proof(count), check=self._check(count))
        return continued(found, self._further) if self.heap and not self.stopped else found

    def _further(self, end: float, learned: float) -> Finding | None:
        """What is found by ``end``, once it was seen what the check takes."""
        self.learned, self.seen, before = learned, len(self.nodes) << FINAL, len(self.nodes)
        self.until(end, end)
        return self.found(end) if len(self.nodes) > before else None


def takes(matter: Matter) -> bool:
    """Whether there are intervals of real numbers, and Sandwiches that tell what they leave."""
    return matter.domain.infinite and bool(matter.networks) and not is_about_many(matter)
