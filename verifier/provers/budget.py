"""What the kernel's check of a growing proof will take, measured while the search goes on.

Some closed cells are drawn and checked as the kernel will check them. So a search that has to end
in time, the check included, knows when to stop. It is an estimate: a check that takes longer is cut
short, and leaves open what it has not come to.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any

from threadpoolctl import threadpool_limits

from verifier.certificate import kernel
from verifier.certificate.ledger import Ledger as Checking
from verifier.certificate.prepared import Prepared
from verifier.certificate.proof import Constant, Enumerated
from verifier.certificate.rules import WIDE
from verifier.domain import Cell, full_cell
from verifier.provers.branch_ledger import Ledger
from verifier.timing import now, poll
from verifier.tree import BoundTree

CELLS = 24
"""Cells drawn for a measurement, of about three times as many walks."""
SECONDS = 0.1
"""A measurement ends after so many seconds, when the cell at hand is done."""
SHARE = 20
"""The time between two measurements, in units of what one took."""
NODE = 12e-6
"""Seconds for a cell beside its own check: putting the proof in order, writing and reading it."""
FIXED = 0.05
"""Seconds for everything that does not grow with the proof."""
SAFETY = 1.2
"""The estimate is so many times what was measured."""


class _AtOnce(Executor):
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


@dataclass(eq=False)
class Budget:
    """The seconds that the kernel takes for a closed cell; ``before`` cells were closed before.

    ``next`` is when to measure again, on the clock of `timing.now`.
    """

    prepared: Prepared
    tree: BoundTree
    before: int = 0
    cells: int = 0
    spent: float = 0.0
    next: float = field(default_factory=lambda: now() + 0.1)
    random: random.Random = field(default_factory=lambda: random.Random(0))

    def seconds(self, closed: int) -> float:
        """What the check of so many more cells than ``before`` is expected to take."""
        each = self.spent / self.cells if self.cells else 0.0
        return FIXED + SAFETY * (self.before + closed) * (each + NODE)

    def measure(self, ledger: Ledger) -> None:
        """Check some of the closed cells, if it is time to."""
        if now() < self.next:
            return
        begun = now()
        drawn = self._drawn(ledger)
        wide = max(self.prepared.teacher.widths) >= WIDE
        clock = time.perf_counter if wide else time.thread_time
        with threadpool_limits(None if wide else 1, "blas"):
            checking = Checking(self.prepared, self.tree, _AtOnce(), lenient=True)
            at = 0
            while at < len(drawn) and now() - begun < SECONDS:
                some = drawn[at : at + (1 if wide else CELLS)]
                poll()
                start = clock()
                kernel.check_cells(checking, some)
                self.spent += clock() - start
                self.cells += len(some)
                at += len(some)
        self.next = now() + max(0.2, SHARE * (now() - begun))

    def _drawn(self, ledger: Ledger) -> list[tuple[Cell, Constant | Enumerated]]:
        masks = full_cell(self.prepared.domain).masks
        walks = (ledger.sample(masks, lambda: self.random.random() < 0.5) for _ in range(3 * CELLS))
        kinds = Constant | Enumerated
        return [(x[0], x[1]) for x in walks if x and isinstance(x[1], kinds)][:CELLS]
