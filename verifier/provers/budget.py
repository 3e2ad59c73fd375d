"""What the kernel's check of a growing proof will take, measured while the search goes on.

Some closed cells are drawn and checked as the kernel will check them. So a search that has to end
in time, the check included, knows when to stop. It is an estimate: a check that takes longer is cut
short, and leaves open what it has not come to.
"""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any

from threadpoolctl import threadpool_limits

from verifier.kernel import checker
from verifier.kernel.asked import Asked
from verifier.kernel.ledger import Ledger
from verifier.kernel.rules import WIDE
from verifier.model.cell import Cell, full_cell
from verifier.model.proof import Constant, Enumerated, Several
from verifier.provers.ledger import GrowingProof
from verifier.provers.timing import now, poll

RUNS = 8
"""Runs of neighbouring cells that are drawn for a measurement."""
TOGETHER = 128
"""Cells of a run: neighbours, for the kernel checks them together, and less than one by one."""
FEW = 32
"""The same where the network is wide; there fewer than half of that would tell nothing."""
SECONDS = 0.1
"""A measurement ends after so many seconds, when the cell at hand is done."""
SHARE = 20
"""The time between two measurements, in units of what one took."""
NODE = 12e-6
"""Seconds for a cell beside its own check: putting the proof in order, writing and reading it."""
FIXED = 0.05
"""Seconds for everything that does not grow with the proof."""
SOON = 6
"""The same for wide networks, whose first closed cells, large ones, take longer than others."""
SHARED = 0.5
"""What each further thread adds to the first: not all of the check is shared out."""
SAFETY = 1.2
"""The estimate is so many times what was measured."""


def speed_of(threads: int) -> float:
    """How many times as fast all threads of a check are together as one."""
    return 1 + SHARED * (threads - 1)


class AtOnce(Executor):
    """Runs what is submitted in the calling thread."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run it."""
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future

    def map(
        self,
        fn: Callable[..., Any],
        *iterables: Iterable[Any],
        timeout: float | None = None,
        chunksize: int = 1,
        buffersize: int | None = None,
    ) -> Iterator[Any]:
        """Run it for each."""
        return map(fn, *iterables)


Closing = Constant | Several | Enumerated
"""The steps of closed cells."""


@dataclass(eq=False)
class Budget:
    """The seconds that the kernel takes for a closed cell; ``before`` cells were closed before.

    Neighbours of a cell are drawn with a probability of 2^-depth: ``spent`` are the seconds for all
    the ``cells`` drawn, ``weighed`` those times 2^depth, as if each were as likely (``weights`` is
    the sum of these factors). They are seconds by the clock in one thread, on a machine as busy as
    it is; the check has ``threads``. ``end`` is when the check has to be done and ``next`` when to
    measure again, on the clock of `timing.now`; ``size`` is that of the proof the last time.
    """

    asked: Asked
    end: float
    before: int = 0
    cells: int = 0
    spent: float = 0.0
    weights: float = 0.0
    weighed: float = 0.0
    threads: int = field(default_factory=lambda: os.cpu_count() or 1)
    next: float = field(default_factory=lambda: now() + 0.1)
    size: int = 1 << 60
    random: random.Random = field(default_factory=lambda: random.Random(0))

    def seconds(self, closed: int, opened: int) -> float:
        """What the check is expected to take: of so many more closed cells than ``before``."""
        each = max(self.spent / self.cells, self.weighed / self.weights) if self.cells else 0.0
        each /= speed_of(self.threads)
        closed += self.before
        return FIXED + SAFETY * (closed * each + (closed + opened) * NODE)

    def left(self, closed: int, opened: int) -> float:
        """Seconds until the check has to begin."""
        return self.end - self.seconds(closed, opened) - now()

    def measure(self, ledger: GrowingProof) -> None:
        """Check some of the closed cells, if it is time to, or the proof is twice as large."""
        if now() < self.next and ledger.size < 2 * self.size:
            return
        begun = now()
        widest = [max(net.p.teacher.widths) for net in self.asked.nets.values()]
        wide = max(widest, default=0) >= WIDE
        parts = full_cell(self.asked.domain).parts
        with threadpool_limits(1, "blas"):
            checking = Ledger(self.asked, AtOnce(), lenient=True)
            for _ in range(RUNS):
                poll()
                near, depth = ledger.sample(parts, self._left, FEW if wide else TOGETHER)
                some = [(cell, step) for cell, step in near if isinstance(step, Closing)]
                if len(some) >= (FEW // 2 if wide else 1):
                    if not self.cells:
                        _check(checking, some[:1])  # what is made ready once does not count
                    start = time.perf_counter()
                    _check(checking, some)
                    self._enter((time.perf_counter() - start) / len(some), len(some), depth)
                if now() - begun >= SECONDS:
                    break
        share = SOON if wide else SHARE
        self.next = now() + max(0.2, share * (now() - begun))
        self.size = ledger.size

    def _left(self) -> bool:
        return self.random.random() < 0.5

    def _enter(self, each: float, cells: int, depth: int) -> None:
        """So many cells were checked, in so many seconds each."""
        weight = cells * 2.0 ** min(depth, 200)
        self.spent, self.cells = self.spent + each * cells, self.cells + cells
        self.weighed += weight * each
        self.weights += weight


def _check(ledger: Ledger, some: Iterable[tuple[Cell, Closing]]) -> None:
    """Check some cells of a proof, as the check of the whole does: to learn what it takes."""
    batch: list[checker.Waiting] = []
    for count, (cell, step) in enumerate(some, 1):
        if isinstance(step, Enumerated):
            ledger.enumerate(cell)
        else:
            said = step.steps if isinstance(step, Several) else (step,)
            batch.append(checker.Waiting(count, cell, said))
    checker.settle(ledger, batch)
    ledger.evaluate_waiting()
