"""Clocks for tests of time limits: none of them goes faster because the machine is busy."""

from __future__ import annotations

import time

PATIENCE = 600.0
"""Seconds that are more than anything takes that ends, on any machine, however busy."""

_clock = time.monotonic


class Clock:
    """Stands still, but for what a test adds to its ``time``, and ``step`` at every look."""

    def __init__(self) -> None:
        self.time, self.step = _clock(), 0.0

    def __call__(self) -> float:
        self.time += self.step
        return self.time


def own_time() -> float:
    """The processor's seconds of this process: what others do takes none of them."""
    return _START + time.process_time()


def brisk_time() -> float:
    """A second is a quarter of a processor's second: half a minute that is offered ends sooner."""
    return _START + 4 * time.process_time()


_START = _clock() - time.process_time()
