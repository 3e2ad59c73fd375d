"""What sandwiches take: some are proposed, and the kernel looks at them as in a check."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor

from verifier.kernel.judging import Waiting
from verifier.kernel.ledger import Ledger
from verifier.kernel.rules import Apply
from verifier.kernel.settling import Line
from verifier.model.cell import Cell
from verifier.model.proof import Sandwich
from verifier.provers.timing import now

Kept = tuple[int, int, Cell]
"""A cell of the proof: its place there, its number in the pool, and itself."""
BATCHES = 4
"""Into so many parts cells are cut: one is counted while the next is made ready."""


def timed(
    propose: Callable[[Sequence[Kept], Apply], Sequence[Sandwich | None]],
    some: Sequence[Kept],
    workers: Executor,
    ledger: Ledger,
) -> tuple[float, float]:
    """Seconds to propose a sandwich, and for the kernel to look at it."""
    begun = now()
    found = propose(some, workers.map)
    each = (now() - begun) / len(some)
    waiting = [
        Waiting(count, cell, (x,))
        for count, ((_, _, cell), x) in enumerate(zip(some, found, strict=True), 1)
        if x is not None
    ]
    return each, _looking(ledger, waiting)


def _looking(ledger: Ledger, waiting: Sequence[Waiting]) -> float:
    """Seconds that the kernel takes for a sandwich, where one batch comes after the other."""
    size = max(1, -(-len(waiting) // BATCHES))
    begun = now()
    with ThreadPoolExecutor(1) as ahead:
        line = Line(ledger, ahead)
        for start in range(0, len(waiting), size):
            line.send([*waiting[start : start + size]])
            if start == size:  # by now the first is done, and nothing waits to be made ready
                begun = now()
        line.settle([])
    return (now() - begun) / max(1, len(waiting) - size * (len(waiting) > size))
