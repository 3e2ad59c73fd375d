"""How much of the processors' time there is beside what other programs take of it.

What a search has measured in seconds of a processor is to be told by the clock, on machines that
are busy with other work too.
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

BUSY = Path("/proc/stat")
"""Ticks of the processors, on Linux: for users, nice, system, idle, waiting, interrupts, others."""


@dataclass(frozen=True)
class Clocks:
    """Seconds: by the clock, of processors for this process, and for all that runs on the machine.

    The last is 0 where the machine does not tell.
    """

    passed: float
    used: float
    every: float


def clocks() -> Clocks:
    """The clocks now."""
    every = 0.0
    with suppress(FileNotFoundError):
        user, nice, system, _, _, *other = BUSY.read_bytes().split(b"\n", 1)[0].split()[1:9]
        every = sum(map(int, (user, nice, system, *other))) / os.sysconf("SC_CLK_TCK")
    return Clocks(time.perf_counter(), time.process_time(), every)


def granted(since: Clocks, threads: int) -> float:
    """The share, 0 to 1, of the time of so many processors that this process had or was left.

    What it had tells too little where its threads had nothing to do; and what others left it, in a
    container that has a part of a busy machine. So the greater of both counts.
    """
    at = clocks()
    passed, used = max(at.passed - since.passed, 1e-9), at.used - since.used
    share = used / (threads * passed)
    if at.every > since.every:
        others = at.every - since.every - used
        share = max(share, 1 - others / ((os.cpu_count() or 1) * passed))
    return min(1.0, max(0.0, share))
