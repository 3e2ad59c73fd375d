"""How a search by units scales, by a simulation that replays recorded units on many workers.

The units of a run make a tree: each can begin once the one that left it has arrived. A worker does
one at a time. What is not done by workers is done by the one machine where the command runs: it
enters what arrives and hands out what is left, one after the other.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Recorded:
    """A unit of a run: its path, and the processor's seconds and the bytes of its fragment."""

    path: tuple[int, ...]
    seconds: float
    bytes: int


@dataclass(frozen=True)
class Overheads:
    """What was measured beside the units, in seconds.

    ``there`` is from when work is handed out until its result is here, beyond its own time, where
    nothing else waits; ``here`` is the driver's processor time for each unit, what it does once all
    have arrived shared out among them. ``bandwidth`` are bytes a second.
    """

    there: float
    here: float
    bandwidth: float = 1e9


@dataclass(eq=False)
class Simulation:
    """A run on some workers: units that can begin are done last in, first out."""

    units: Mapping[tuple[int, ...], Recorded]
    children: Mapping[tuple[int, ...], Sequence[tuple[int, ...]]]
    overheads: Overheads
    workers: int
    ahead: int = 3
    waiting: list[tuple[int, ...]] = field(default_factory=list)

    def seconds(self) -> float:
        """How long the run takes."""
        events: list[tuple[float, int, tuple[int, ...]]] = []  # results on their way here
        self.waiting = list(self.children[()])
        there = self.overheads.there / 2  # each way
        now = driver = 0.0
        free = [0.0] * self.workers  # when each worker can begin something more
        count = flying = 0
        while self.waiting or events:
            while self.waiting and flying < self.ahead * self.workers:
                path = self.waiting.pop()
                begin = max(heapq.heappop(free), now + there)
                unit = self.units[path]
                end = begin + unit.seconds
                heapq.heappush(free, end)
                count += 1
                flying += 1
                arrives = end + there + unit.bytes / self.overheads.bandwidth
                heapq.heappush(events, (arrives, count, path))
            arrives, _, path = heapq.heappop(events)
            flying -= 1
            driver = max(driver, arrives) + self.overheads.here
            now = driver
            self.waiting += self.children.get(path, ())
        return now


def tree_of(
    units: Sequence[Recorded], copies: int
) -> tuple[dict[tuple[int, ...], Recorded], dict[tuple[int, ...], list[tuple[int, ...]]]]:
    """The units by their paths, and whose children they are, as of so many runs side by side."""
    by_path: dict[tuple[int, ...], Recorded] = {}
    children: dict[tuple[int, ...], list[tuple[int, ...]]] = {(): []}
    for copy in range(copies):
        for unit in units:
            path = (copy, *unit.path)
            by_path[path] = unit
            above = path[:-1] if len(unit.path) > 1 else ()
            children.setdefault(above, []).append(path)
    return by_path, children


def predicted(
    units: Sequence[Recorded], overheads: Overheads, workers: Sequence[int], copies: int = 1
) -> list[tuple[int, float, float]]:
    """For numbers of workers: the seconds of a run, and how many times as fast as one worker."""
    by_path, children = tree_of(units, copies)
    alone = Simulation(by_path, children, overheads, 1).seconds()
    rows = []
    for count in workers:
        seconds = Simulation(by_path, children, overheads, count).seconds()
        rows.append((count, seconds, alone / seconds))
    return rows
