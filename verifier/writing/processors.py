"""How many processors there are to use, and how much of them beside what other programs take.

What was measured in seconds of a processor is to be told by the clock, also in a container that has
a part of a machine, and on machines that are busy with other work.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

BUSY = Path("/proc/stat")
"""Ticks of the processors, on Linux: for users, nice, system, idle, waiting, interrupts, others."""
OWN = Path("/proc/self/task")
"""Where Linux tells of this process's threads, and the processes that they have begun."""
PROCESSES = Path("/proc")
"""Where Linux tells of all processes."""
GROUPS = Path("/sys/fs/cgroup")
"""Where Linux tells what a container may use: ``cpu.max``, or two files of an older kind."""
SLOWEST = 8.0
"""So many times as long as on an idle machine everything is taken to take on a busy one at most."""


@cache
def processors() -> int:
    """How many processors this process may use at once: by its affinity and its container."""
    own = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return max(1, min([own or 1, *_quotas()]))


def _quotas() -> Iterator[int]:
    """Processors that a container may keep busy, rounded up, where there is such a limit."""
    for name, period in (("cpu.max", None), ("cpu/cpu.cfs_quota_us", "cpu/cpu.cfs_period_us")):
        with suppress(OSError, ValueError):  # not there, or "max": no limit
            words = (GROUPS / name).read_text().split()
            words += [] if period is None else (GROUPS / period).read_text().split()
            used, of = (int(word) for word in words)
            if used > 0 and of > 0:
                yield math.ceil(used / of)


@dataclass(frozen=True)
class Clocks:
    """Seconds: by the clock, of processors for this process, and for all that runs on the machine
    but processes that this one has begun.

    The last is 0 where the machine does not tell, or this process may use a part of it only.
    """

    passed: float
    used: float
    every: float


def clocks() -> Clocks:
    """The clocks now."""
    every = 0.0
    if processors() == os.cpu_count():
        with suppress(FileNotFoundError):
            words = BUSY.read_bytes().split(b"\n", 1)[0].split()
            user, nice, system, _, _, *other = map(int, words[1:9])
            yielding = os.nice(0) <= 0  # then what is nicer hardly takes anything
            ticks = sum((user, 0 if yielding else nice, system, *other)) - _begun()
            every = ticks / os.sysconf("SC_CLK_TCK")
    return Clocks(time.perf_counter(), time.process_time(), every)


def _begun() -> int:
    """Ticks of the processes that this one has begun: helpers, as they start."""
    found = 0
    for child in _children():
        with suppress(OSError):  # it has ended meanwhile
            after = (child / "stat").read_text().rpartition(")")[2].split()
            found += int(after[11]) + int(after[12])  # for itself, and for the system
    return found


def _children() -> Iterator[Path]:
    """Where Linux tells of the processes that this one has begun."""
    for listed in OWN.glob("*/children"):
        for child in listed.read_text().split():
            yield PROCESSES / child


def kept_waiting() -> float:
    """Seconds that the thread of this process that had to wait longest for a processor did so, and
    beside that those of a process it has begun: it may be what this one waits for.

    A thread that has nothing to do waits for none. 0 where the machine does not tell.
    """
    return (
        _longest(OWN.glob("*/schedstat")) + _longest(x / "schedstat" for x in _children())
    ) / 1e9


def _longest(told: Iterable[Path]) -> int:
    """The most nanoseconds that one of some threads had to wait."""
    longest = 0
    for listed in told:
        with suppress(OSError):  # it has ended meanwhile
            longest = max(longest, int(listed.read_text().split()[1]))
    return longest


def slow_now(seconds: float = 0.004) -> float:
    """How many times as long as on an idle machine things take just now, about.

    So many ``seconds`` of a processor are spent to see that.
    """
    begun, used = time.perf_counter(), time.thread_time()
    while time.thread_time() - used < seconds:
        pass
    return max(1.0, (time.perf_counter() - begun) / seconds)


def slow(since: Clocks, threads: int = 1) -> float:
    """How many times as long all took since then as it would if nothing else ran, SLOWEST at most.

    That is of what so many ``threads`` do.
    """
    return min(1 / max(granted(since, threads), 1e-9), SLOWEST)


def granted(since: Clocks, threads: int) -> float:
    """The share, 0 to 1, of the time of so many processors that this process had or was left.

    What it had tells too little where its threads had nothing to do; so what others left it counts,
    where that is more.
    """
    at = clocks()
    passed, used = max(at.passed - since.passed, 1e-9), at.used - since.used
    share = used / (threads * passed)
    if at.every > since.every:
        others = at.every - since.every - used
        share = max(share, 1 - others / (processors() * passed))
    return min(1.0, max(0.0, share))
