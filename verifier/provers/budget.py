"""What the kernel's check of a growing proof will take, measured while the search goes on.

Cells are drawn from all over the proof and checked as the kernel will check them: of the proof as
it would be handed over now, in which cells are enumerated where that is cheaper. So a search that
has to end in time, the check included, knows when to stop. It is an estimate: a check that takes
longer is cut short, and leaves open what it has not come to.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from verifier.kernel import checker
from verifier.kernel.asked import Asked
from verifier.kernel.helpers import Here, keep_memory
from verifier.kernel.ledger import Ledger
from verifier.kernel.rules import WIDE
from verifier.kernel.settling import leave_open
from verifier.model.cell import Cell, full_cell
from verifier.model.proof import Constant, Enumerated, Open, Several, Signed, Step
from verifier.provers.costs import Costs, costs
from verifier.provers.ordered import OPEN, Ordered
from verifier.provers.timing import now, poll
from verifier.writing.falling import worked
from verifier.writing.helping import helpers
from verifier.writing.processors import Clocks, clocks, granted, processors

BATCHES = (1, 2, 4, 8, 16, 32, 32, 32, 32)
"""Times as many cells as in the first batch that are checked together: in the check they are as
many as in the last, and many take less than few, each. The first of a size takes the memory."""
TOGETHER = 128
"""Cells of the first batch: neighbours, as in the check; cells from far apart take longer."""
FEW = 32
"""The same where the network is wide, and its cells few: there a batch has cells from so many more
places. Fewer than half of that from one would tell nothing. Elsewhere fewer than that tell
nothing, unless there are hardly more."""
SECONDS, LONGEST, PART = 0.1, 0.5, 0.05
"""Seconds of a measurement, about: one run of cells takes longer of a wide network. Later it may
take that share of the time since the first, up to the second of these."""
SEEN = 1000
"""The first measurement is made once twice as many cells are closed, or after a while."""
SHARE, SPARING = 20, 8
"""The time between two measurements, in units of what one took; where twice as many cells are
closed it may be shorter, as long as all of them took one in so many seconds at most."""
NEAR, MORE = 0.25, 1.1
"""So is it where the check is to begin within such a part of what it takes, or should have begun,
and so many times as many cells are closed: one measurement alone, which may be far off, is not to
end a search."""
NODE, ENTERED = 4e-6, 4e-6
"""Seconds for a cell beside its own check: for putting the proof in order, writing and reading it;
and for going through it while others are checked."""
FIXED = 0.05
"""Seconds for everything that does not grow with the proof."""
SOON = 6
"""The same for wide networks, whose first closed cells, large ones, take longer than others."""
SHARED, HELPED = 0.5, 0.9
"""What each further thread, or helper, adds to the first: not all of the check is shared out."""
SAFETY = 1.1
"""The estimate is so many times what was measured."""
SWEPT = 1 << 17
"""Points of Enumerated cells that are gone through at a time, at most."""
LEAST = 0.01
"""Seconds that this is expected to take at least: else what comes with it would be measured. Cells
of some thousand points, up to so many in all, are expected to take longer than that."""
TREES, BYTE = 1 << 18, 8e-7
"""Bytes of trees of signs that are checked in a measurement, at most, and of what is done beside
them; and seconds for a byte before one was."""
RUNS = 4
"""Runs of FEW open cells that trees are laid over, at most: until that took LEAST."""
HARDLY = 0.02
"""Share of the processors' time that is counted on, however little there was."""


def speed_of(threads: int, *, helped: bool = False) -> float:
    """How many times as fast all threads of a check, or its helpers, are together as one.

    Helpers are those that were started, or (``helped``) will be.
    """
    return 1 + (HELPED if helped or helpers() is not None else SHARED) * (threads - 1)


Places = npt.NDArray[np.int64]


@dataclass(eq=False)
class Spent:
    """Seconds of a processor for so many cells, or units; what is older counts less."""

    seconds: float = 0.0
    units: float = 0.0

    @property
    def each(self) -> float:
        """Seconds for a unit; 0 as long as nothing is known."""
        return self.seconds / self.units if self.units else 0.0

    def fade(self) -> None:
        """Count what is known by now for half."""
        self.seconds, self.units = self.seconds / 2, self.units / 2

    def enter(self, more: Spent) -> None:
        """Add what was measured now."""
        self.seconds, self.units = self.seconds + more.seconds, self.units + more.units


@dataclass(eq=False)
class Budget:
    """The seconds that the kernel takes for a closed cell; ``before`` cells were closed before.

    ``order`` gives the proof as it would be checked. Of that neighbours are drawn from all over it
    and checked: ``bounded`` is what cells took whose classes are stated, ``swept`` what Enumerated
    ones did, by cells or by what was expected of them, ``signed`` trees of signs by what is
    ``worked`` for them: that is ``trees`` by now; and ``laid`` what open ones did, over which trees
    are laid. ``each`` is what follows for a closed cell of the search, but for its trees, and
    ``opened`` for an open one, by the clock, of which ``made`` is not the kernel's; the whole is
    ``learned`` times that. The check has
    ``threads``, and the search keeps ``beside`` busy beside its own: ``granted`` is the share of
    the processors' time that it gets for them, as other work on the machine will delay the check
    too (``since`` when; ``begun`` is when the search did). Where a cluster checks, it has so many
    ``workers``, and what this process is granted tells nothing. ``quiet`` waits until the search's
    own threads have nothing to do. ``end`` is when the check has to be done and ``next`` when to
    measure again, on the clock of `timing.now`; ``closed`` were the cells the last time, and all
    times took ``used`` seconds.
    """

    asked: Asked
    end: float
    order: Callable[[], Ordered]
    before: int = 0
    learned: float = 1.0
    bounded: Spent = field(default_factory=Spent)
    swept: Spent = field(default_factory=Spent)
    signed: Spent = field(default_factory=Spent)
    laid: Spent = field(default_factory=Spent)
    granted: Spent = field(default_factory=Spent)
    since: Clocks = field(default_factory=clocks)
    each: float = NODE
    opened: float = NODE
    made: float = 0.0
    trees: int = 0
    beside: int = 0
    quiet: Callable[[], object] = tuple
    threads: int = field(default_factory=processors)
    workers: int = 0
    next: float = field(default_factory=lambda: now() + 0.1)
    closed: int = SEEN
    begun: float = field(default_factory=now)
    used: float = 0.0
    random: random.Random = field(default_factory=lambda: random.Random(0))

    def seconds(self, closed: int, opened: int) -> float:
        """What the check is expected to take: of so many more closed cells than ``before``."""
        more = (closed + self.before) * self.each + opened * self.opened
        more += self.clock(self.trees * self.byte)
        return FIXED + SAFETY * self.learned * more

    def left(self, closed: int, opened: int) -> float:
        """Seconds until the check has to begin."""
        return self.end - self.seconds(closed, opened) - now()

    def measure(self, closed: int, opened: int = 0) -> None:
        """Check some cells, if it is time to, or many more are ``closed`` than the last time; the
        search has so many ``opened``."""
        begun = now()
        near = self.left(closed, opened) < NEAR * self.seconds(closed, opened)
        often = SPARING * self.used > begun - self.begun and not near
        if begun < self.next and (closed <= (MORE if near else 2.0) * self.closed or often):
            return
        order = self.order()
        places = self.look(order)
        if places:
            self.trees = int(order.signed.sum())
            self.each = self._all(order, places) / max(1, closed + self.before)
        left = int((order.codes == OPEN).sum())
        self.opened = self.made + self.opens(left) / max(1, opened)
        share = SOON if self._wide else SHARE
        self.used += now() - begun
        self.next = now() + max(0.2, share * (now() - begun))
        self.closed = closed

    def look(self, order: Ordered) -> int:
        """Check some cells of a proof; returns how many are closed in it."""
        places, opened = np.flatnonzero(order.codes < OPEN), np.flatnonzero(order.codes == OPEN)
        self._look_at_clocks()
        for spent in (self.bounded, self.swept, self.signed, self.laid):
            spent.fade()
        self.quiet()
        with threadpool_limits(1, "blas"):
            if len(places):
                self._draw(order, places)
            if len(opened):
                self._lay(order, opened)
        return len(places)

    @property
    def _wide(self) -> bool:
        widest = [max(net.p.teacher.widths) for net in self.asked.nets.values()]
        return max(widest, default=0) >= WIDE

    def _look_at_clocks(self) -> None:
        """Note how much of the processors' time there was for the search, since the last time."""
        then, self.since = self.since, clocks()
        passed = self.since.passed - then.passed
        share = granted(then, min(processors(), 1 + self.beside))
        self.granted.fade()
        self.granted.enter(Spent(share * passed, passed))

    def _draw(self, order: Ordered, places: Places) -> None:
        """Check cells from some places: soon as many as there is time for, as the check does."""
        begun, parts = now(), full_cell(self.asked.domain).parts
        wide, before, again = self._wide, 0, Spent()
        fewest = FEW // 2 if wide else 1
        ledger = Ledger(self.asked, Here(), lenient=True)
        points, held, last = list[tuple[Cell, Step]](), 0, Spent()
        trees, size = list[tuple[Cell, Step]](), 0
        most = min(LONGEST, max(SECONDS, PART * (begun - self.begun)))
        for times, more in zip(BATCHES, (*BATCHES[1:], 0), strict=True):
            room = most - (now() - begun)
            if last.units and not wide and more > times and more * TOGETHER * last.each <= room:
                continue  # few take longer, each, than many
            some: list[tuple[Cell, Step]] = []
            runs, long = (times, FEW) if wide else (1, times * TOGETHER)
            for _ in range(runs):
                near = order.run(parts, int(self.random.choice(places)), long)
                own = [x for x in near if isinstance(x[1], Constant | Several)]
                some += own if len(own) >= fewest else []
                for cell, step in near:
                    if isinstance(step, Enumerated) and held + cell.size <= SWEPT:
                        points.append((cell, step))
                        held += cell.size
                    if isinstance(step, Signed) and size + worked(step) <= TREES:
                        trees.append((cell, step))
                        size += worked(step)
            poll()
            if not self.bounded.units:
                keep_memory()  # as the check does
                check_cells(ledger, some[:1])  # what is made ready once does not count
            took = _timed(ledger, some, len(some)) if some else Spent()
            if times != before and some:
                last, before, again = took, times, Spent()
            elif some:
                again.enter(took)
                last = again
            if now() - begun + 2 * took.seconds >= most:
                break
        # of few among many that were closed before each takes a hundred times as long
        if wide or last.units >= min(FEW, len(places) / 10):
            self.bounded.enter(last)
        if trees:
            self.signed.enter(_timed(ledger, trees, size))
        expected = sum(self._prices.enumerated(cell.size) for cell, _ in points)
        if order.swept is None and points:
            self.swept.enter(_timed(ledger, points, len(points)))
        elif expected >= LEAST:
            self.swept.enter(_timed(ledger, points, expected))

    def _lay(self, order: Ordered, places: Places) -> None:
        """Lay trees over some open cells, as the check does."""
        parts, took = full_cell(self.asked.domain).parts, Spent()
        ledger = Ledger(self.asked, Here(), lenient=True)
        for _ in range(RUNS):
            some = order.run(parts, int(self.random.choice(places)), FEW, closed=False)
            took.enter(_timed(ledger, some, len(some)))
            if took.seconds >= LEAST:
                break
        self.laid.enter(took)

    def opens(self, count: int) -> float:
        """Seconds by the clock for so many open cells."""
        return self.clock(count * (self.laid.each + ENTERED)) + count * NODE / self._share

    @property
    def byte(self) -> float:
        """Seconds of a processor for a byte of trees of signs."""
        return self.signed.each or BYTE

    @cached_property
    def _prices(self) -> Costs:
        return costs([net.p.teacher for net in self.asked.nets.values()])

    def _all(self, order: Ordered, closed: int) -> float:
        """Seconds by the clock for the check of the whole proof, with so many closed cells, but
        for trees of signs."""
        swept, signed = len(order.where(Enumerated)), int((order.signed > 0).sum())
        spent = (closed - swept - signed) * (self.bounded.each + ENTERED)
        if order.swept is None:
            spent += swept * (self.swept.each or self.bounded.each)
        else:
            spent += order.swept * (self.swept.each or 1.0)
        return self.clock(spent) + closed * NODE / self._share

    def clock(self, spent: float) -> float:
        """Seconds by the clock for so many of a processor, of what is shared out."""
        if self.workers:
            return spent / max(1.0, HELPED * self.workers)
        return spent / speed_of(self.threads) / self._share

    @property
    def _share(self) -> float:
        """The share of the processors' time that the check gets; of a cluster's it is all."""
        return 1.0 if self.workers else min(1.0, max(HARDLY, self.granted.each))


def _timed(ledger: Ledger, some: Sequence[tuple[Cell, Step]], units: float) -> Spent:
    """Check some cells: what that takes of the processor, in this thread."""
    start = time.thread_time()
    check_cells(ledger, some)
    return Spent(time.thread_time() - start, units)


def check_cells(ledger: Ledger, some: Iterable[tuple[Cell, Step]]) -> None:
    """Check some cells of a proof, as the check of the whole does: to learn what it takes."""
    batch: list[checker.Waiting] = []
    for count, (cell, step) in enumerate(some, 1):
        if isinstance(step, Enumerated):
            ledger.enumerate(cell)
        elif isinstance(step, Open):
            leave_open(ledger, cell)
        else:
            said = step.steps if isinstance(step, Several) else (step,)
            batch.append(checker.Waiting(count, cell, said))
    checker.settle(ledger, batch)
    ledger.evaluate_waiting()
