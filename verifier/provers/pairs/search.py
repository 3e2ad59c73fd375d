"""Anytime search for how often a question about one network, or two copies, is true.

Cells are split where a sandwich leaves most open; nothing has to be closed. In the end the tree of
splits is pruned to what the kernel can check in the time that is left, and each cell that is kept
gets the kernel's own sandwich.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from verifier.kernel.rules import Apply
from verifier.model.proof import Sandwich
from verifier.model.question import Matter
from verifier.provers.loop import go_on
from verifier.provers.overlaying import Overlay
from verifier.provers.pairs.arrays import (
    CLOSED,
    ENTER,
    EXPAND,
    FEW_POINTS,
    OPEN,
    START,
    TAKE,
    UNKNOWN,
    Ints,
    Pool,
    Real,
    Room,
    Task,
)
from verifier.provers.pairs.layout import Layout, ends, make_pool, make_room
from verifier.provers.pairs.loading import call
from verifier.provers.pairs.trunk import Root, Trunk
from verifier.provers.pairs.witnesses import draw
from verifier.provers.progress import Progress
from verifier.provers.search import Searching
from verifier.provers.timing import now, poll
from verifier.writing.processors import processors

BATCH = 128
"""Most cells that are split together."""
CELLS = 1 << 20
"""Most cells of a search."""
MEMORY = 1 << 29
"""Bytes of all cells, at most about."""
LARGEST = 1 << 1000
"""Points of a cell, at most, as a float."""
TRIED = 1
"""Splits of a cell that are measured: a second one gains 3 % of width for some networks, and of
others (BM-3) the search then hardly closes anything."""
CLASSES = 8
"""A sandwich takes the kernel about so many times what known classes of a cell do."""
FEWER = 4
"""Of so many groups something is told soon enough of the cells of which most is open."""
TOLD, OFTEN = 0.1, 1.3
"""Where several groups tell of so much, cells of which most is open come first, not those of which
something will soon be told; it is seen whenever there are so many times the cells as last time."""
THREADS = 8
"""At most so many processors are used."""


@dataclass(eq=False, kw_only=True)
class Sandwiching(Searching):
    """A search under way. ``roots`` are the first cells of the ``pool``, in the trunk's order.

    Each of the ``rooms`` has one for cases ``beside`` it. ``batch`` are cells being split; after
    pruning what the proof has for each cell, and ``scratch`` the worth and the cost of that, which
    sandwiches are at hand (``made``, by cells: some have none that the kernel accepts), and about
    which groups they are to be.
    """

    matter: Matter
    overlay: Overlay
    trunk: Trunk
    held: Layout
    roots: list[Root] = field(init=False)
    pool: Pool = field(init=False)
    rooms: list[Room] = field(init=False)
    beside: list[Room] = field(init=False)
    batch: Ints = field(init=False)
    scratch: Real = field(init=False)
    grown: bool = field(init=False, default=False)
    by_open: bool = field(init=False, default=False)
    seen: float = field(init=False, default=0.0)
    made: dict[int, Sandwich | None] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.roots = [x for x in self.trunk if isinstance(x, Root)]
        self.by_open = self.held.most <= FEWER
        threads = min(THREADS, processors())
        own = 16 * len(self.matter.domain.variables) + 8 * self.held.most
        cells = min(CELLS, MEMORY // own) + 2 * len(self.roots) + 2 * threads
        self.rooms = [make_room(self.held) for _ in range(threads)]
        self.beside = [make_room(self.held, room) for room in self.rooms]
        self.pool = make_pool(self.held, cells)
        self.batch = np.zeros(cells, dtype=np.int64)
        self.scratch = np.zeros((4, cells))
        pool, domain = self.pool, self.matter.domain
        for k, root in enumerate(self.roots):
            pool.low[k], pool.high[k] = ends(self.held, root.cell)
            pool.table[k] = root.groups[0].table
            pool.points[k] = float(min(root.cell.size, LARGEST))
            pool.share[k] = domain.measure(root.cell)[1] / domain.total_weight
            pool.group[k], pool.shown[k] = self.held.begins[root.groups], 0.0
            pool.half[k], pool.ended[k], pool.known[k] = -1, OPEN, UNKNOWN
            pool.again[k] = 0
            pool.neurons[k] = -1
            pool.open[k], pool.yes[k] = pool.share[k], 0.0
            pool.plain[k] = pool.sided[k] = pool.share[k]
            pool.single[k] = pool.double[k] = pool.share[k]
        pool.used[:] = len(self.roots), 0

    @property
    def room_for(self) -> int:
        """How many more cells can be split."""
        spare = 2 * len(self.rooms)
        return int(len(self.pool.half) - spare - self.pool.used[0]) // 2

    @property
    def open(self) -> int:
        """Number of cells of which something is open."""
        return int(self.pool.used[1])

    def keep(self, kinds: Ints, cells: Sequence[int], found: Sequence[Sandwich | None]) -> None:
        """Have the sandwiches of some cells at hand, which are of these kinds."""
        self.scratch[2, cells] = kinds[cells]
        self.made.update(zip(cells, found, strict=True))

    def groups_of(self, at: int) -> list[int]:
        """The places among the layout's of the groups that a Sandwich of a cell is to be about,
        where these are several: those of which most is shown first."""
        first, shown = int(self.pool.group[at]), self.pool.shown[at]
        if (many := int(self.held.heads.many[first])) == 1:
            return [first]
        bits = int(self.scratch[3, at])
        some = [g for g in range(many) if bits >> g & 1] or [int(shown[:many].argmax())]
        return [first + g for g in sorted(some, key=lambda g: -shown[g])]

    def forget_halves(self) -> None:
        """Take cells as not split whose halves were not entered: the search ended at that time."""
        half = self.pool.half[: self.pool.used[0]]
        half[half >= self.pool.used[0]] = -1

    def leaves(self) -> Ints:
        """The cells that are not split."""
        return np.flatnonzero(self.pool.half[: self.pool.used[0]] < 0)

    def telling(self) -> int:
        """How many of them there is something to say of; those with known classes alone, as so many
        sandwiches, where these tell most."""
        at = self.leaves()
        if not self.held.most:
            return len(at)
        if self.closes():
            return len(self._known(at)) // CLASSES
        return int((self.pool.plain[at] < self.pool.share[at]).sum())

    def closes(self) -> bool:
        """Whether cells with known classes tell most of what is told: sandwiches of several groups
        take far longer."""
        if self.by_open:
            return False
        known = self._known(self.leaves())
        return bool(2 * self.pool.share[known].sum() > 1 - self.undecided())

    def _known(self, at: Ints) -> Ints:
        """Those of some cells in which each network has a class of one group."""
        found: Ints = at[(self.pool.ended[at] == CLOSED) & (self.pool.known[at] != UNKNOWN)]
        return found

    def undecided(self) -> float:
        """The probability that is open, about: where each cell has what tells most of it."""
        pool, at = self.pool, self.leaves()
        every = (pool.plain, pool.sided, pool.single, pool.double)
        return float(np.minimum.reduce([x[at] for x in every]).sum())

    def snapshot(self, seconds: float) -> Progress:
        """How far the search is."""
        leaves = self.leaves()
        pool = self.pool
        held, true = self.undecided(), float(pool.yes[leaves].sum())
        closed = len(leaves) - self.open
        return Progress(
            closed=closed,
            open=self.open,
            probability=max(0.0, 1.0 - held),
            rate=len(leaves) / seconds,
            error=(true, min(1.0, true + held)),
            differs=bool(self.found),
        )


def grow(
    search: Sandwiching,
    until: float,
    few: float = FEW_POINTS,
    enough: float = math.inf,
    further: Callable[[], float] | None = None,
) -> None:
    """Split cells until ``until``, or there are ``enough``, or none but cells of ``few`` points.

    Once that time has come ``further`` says until when to go on. A search that has grown before
    goes on from its cells.
    """
    if not search.grown:
        search.grown = True
        draw(search, [root.cell for root in search.roots])
        step(search, Task(START, last=len(search.roots), few=few))
        if search.held.most and search.by_open:
            _by_open(search)
    with ThreadPoolExecutor(len(search.rooms)) as workers:

        def some() -> bool:
            nonlocal until
            poll()
            many = min(BATCH, search.room_for, max(1, search.open // 4))
            if now() >= until and further is not None:
                until = further()
            if not many or not search.open or now() >= until or search.pool.used[0] >= enough:
                return False
            split(search, many, workers.map, few)
            return True

        go_on(search, some)


def split(search: Sandwiching, many: int, apply: Apply = map, few: float = FEW_POINTS) -> None:
    """Split those cells of which most is open."""
    count = step(search, Task(TAKE, last=many))
    base, threads = int(search.pool.used[0]), len(search.rooms)
    spare = len(search.pool.half) - 2 * threads
    edges = [count * i // threads for i in range(threads + 1)]

    def some(i: int) -> int:
        first, last = edges[i : i + 2]
        more = {"base": base, "spare": spare + 2 * i, "tried": TRIED}
        return step(search, Task(EXPAND, first, last, **more, few=few), i)

    list(apply(some, range(threads)))
    search.pool.used[0] = base + 2 * count
    if search.held.most:
        _order(search, base)
    step(search, Task(ENTER, last=count))


def _by_open(search: Sandwiching) -> None:
    """Have the cells come first of which most is open."""
    pool = search.pool
    heap = pool.heap[: search.open]
    pool.open[heap] = pool.plain[heap]
    heap[:] = heap[np.argsort(-pool.open[heap])]


def _order(search: Sandwiching, base: int) -> None:
    """See which cells come first; those from ``base`` on are not yet among them."""
    pool, used = search.pool, int(search.pool.used[0])
    if not search.by_open and used >= OFTEN * search.seen:
        search.by_open, search.seen = 1 - search.undecided() > TOLD, used
        if search.by_open:
            _by_open(search)
    if search.by_open:
        pool.open[base:used] = pool.plain[base:used]


def step(search: Sandwiching, task: Task, room: int = 0) -> int:
    """One call of the compiled search."""
    rooms = search.rooms[room], search.beside[room]
    return call(search.held, search.pool, rooms, task, search.batch, search.scratch)
