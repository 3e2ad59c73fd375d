"""What Steps take the kernel, measured: some are proposed, and it looks at them as in a check."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import replace

from verifier.kernel.asked import Asked
from verifier.kernel.helpers import Here
from verifier.kernel.judging import Waiting
from verifier.kernel.ledger import Ledger
from verifier.kernel.rules import Apply
from verifier.kernel.settling import settle
from verifier.kernel.sweep import halved
from verifier.model.cell import Cell
from verifier.model.proof import Sandwich
from verifier.provers.budget import speed_of
from verifier.provers.costs import Costs
from verifier.provers.timing import now, poll
from verifier.writing.processors import processors

AT_A_TIME = 1 << 7
"""Sandwiches that the kernel looks at together without helpers, about, where it may be stopped."""
BUSY = 1.5
"""A machine is busy on which all takes so many times as long as where nothing else runs."""
Kept = tuple[int, int, Cell]
"""A cell of the proof: its place there, its number in the pool, and itself."""
TRIED, LEAST, PIECES = 1 << 16, 1 << 12, 16
"""What enumerating takes is measured on so many pieces of cells, each of at most TRIED points: of
fewer where there is little time, but of LEAST."""
SWEPT = 0.3
"""All of the pieces are gone through only where that is expected to take so many seconds at most;
else two."""
DEAREST, PATIENCE = 30e-6, 0.1
"""Seconds for a point that floats do not decide, about. All points of a piece may be such, and it
is made so small that it then takes this share of the time left."""
QUICKER, DEARER = 1 / 4, 200.0
"""Measured prices of enumerating are kept between so many times the known ones. (Where floats
decide few points it takes a hundred times as long.)"""


def timed(
    propose: Callable[[Sequence[Kept], Apply], Sequence[Sandwich | None]],
    some: Sequence[Kept],
    workers: Executor,
    ledger: Ledger,
    slow: float = 1.0,
) -> tuple[float, float]:
    """Seconds to propose a sandwich, and for the kernel to look at it: in the mean of some, so many
    at a time as it does.

    Where all takes ``slow`` times as long as on an idle machine, they are so many times those of a
    processor: few cells wait for one longer than they need it, which many do not.
    """
    busy = slow >= BUSY
    if busy:
        ledger = replace(ledger, desk=None)
    clock = time.process_time if busy else now
    begun = clock()
    found = propose(some, workers.map)
    proposed = clock()
    waiting = [
        Waiting(count, cell, (x,))
        for count, ((_, _, cell), x) in enumerate(zip(some, found, strict=True), 1)
        if x is not None
    ]
    together = AT_A_TIME if ledger.desk is None else max(1, len(waiting))
    for start in range(0, len(waiting), together):
        settle(ledger, waiting[start : start + together])
    times = slow if busy else 1.0
    took = proposed - begun, clock() - proposed
    return times * took[0] / len(some), times * took[1] / len(some)


def swept(ledger: Ledger, cells: Sequence[Cell], known: Costs, slow: float, left: float) -> Costs:
    """The seconds by the clock that enumerating takes, as pieces of some cells tell.

    Two are measured in seconds of a processor, of which there is so much less that all takes
    ``slow`` times as long, as sandwiches do. Where more of them do not take long, the ledger has
    them counted as in a check. Pieces are smaller where few seconds are ``left``.
    """
    most = int(PATIENCE * left / (slow * DEAREST))
    pieces = _pieces(ledger.asked, cells, min(TRIED, max(LEAST, most)))
    alone, few = Ledger(ledger.asked, Here()), pieces[:2]
    _enumerated(alone, pieces[-1:])  # what is made once does not count
    begun = time.thread_time()
    _enumerated(alone, few)
    times = (time.thread_time() - begun) / sum(known.enumerated(x.size) for x in few)
    times *= slow / speed_of(processors())
    every = sum(known.enumerated(x.size) for x in pieces)
    if times * every <= SWEPT:
        _enumerated(ledger, few)
        begun = now()
        _enumerated(ledger, pieces)
        times = (now() - begun) / every
    return dearer(known, min(max(times, QUICKER), DEARER))


def dearer(known: Costs, times: float) -> Costs:
    """The same where enumerating takes so many times as long."""
    return replace(
        known,
        point=known.point * times,
        group=known.group * times,
        listed=known.listed * times,
    )


def _pieces(asked: Asked, cells: Sequence[Cell], most: int) -> list[Cell]:
    """Pieces from all over some cells: where networks are linear, sweeping takes less."""
    rng, pieces = random.Random(0), list[Cell]()
    for _ in range(PIECES):
        cell = rng.choice(cells)
        while cell.size > most:
            cell = rng.choice(cell.split(*halved(asked, cell)))
        pieces.append(cell)
    return pieces


def _enumerated(ledger: Ledger, cells: Sequence[Cell]) -> None:
    """Have the kernel count in some cells."""
    for cell in cells:
        poll()
        ledger.enumerate(cell)
    ledger.evaluate_waiting()
