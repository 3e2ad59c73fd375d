"""How long a job searches and how long it checks, as it tells."""

from __future__ import annotations

import os
import resource
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from verifier.jobs.watching import Event, Over, Stage

TICKS = os.sysconf("SC_CLK_TCK")


def processor() -> float:
    """Seconds of the processors for this process and its children, those under way too (Linux)."""
    own, ended = (resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    ticks = 0
    for listed in Path("/proc/self/task").glob("*/children"):
        for child in listed.read_text().split():
            after = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
            ticks += int(after[11]) + int(after[12])
    return sum(u.ru_utime + u.ru_stime for u in (own, ended)) + ticks / TICKS


@dataclass(eq=False)
class Phases:
    """Seconds on a ``clock`` by the kind of stage; ``times`` counts stages by name.

    ``last`` is what the last check took, of a proof of ``nodes`` nodes.
    """

    clock: Callable[[], float] = processor
    seconds: Counter[str] = field(default_factory=Counter)
    times: Counter[str] = field(default_factory=Counter)
    last: float = 0.0
    nodes: int = 0
    _under_way: list[tuple[Stage, float]] = field(default_factory=list)

    def __call__(self, event: Event) -> None:
        """Hear an event: stages inside of others count for these."""
        if isinstance(event, Stage):
            self._under_way.append((event, self.clock()))
            self.times[event.name] += 1
        elif isinstance(event, Over):
            stage, begun = self._under_way.pop()
            took = self.clock() - begun
            if not self._under_way:
                self.seconds[stage.kind] += took  # type: ignore[assignment]
            if stage.name == "checking":
                self.last, self.nodes = took, stage.nodes or 0
