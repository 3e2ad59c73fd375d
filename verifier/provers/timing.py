"""Time limits: when work is to end, and how it is told.

A limit covers a whole run of a verb, from the start of the process: reading, the search, the
kernel's check, writing. Proving ends at its end; what was proved by then is checked and written in
the seconds that are allowed beyond it, and where even that fails the run ends with one line.
Work in many small steps asks ``poll`` between them; it raises TimeOver inside ``ending``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")
_END: ContextVar[float | None] = ContextVar("end", default=None)


class TimeOver(KeyboardInterrupt):
    """The time is over: work ends as at Ctrl-C, with what it has."""


class OutOfTime(BaseException):
    """Not even an end in good order came in time: nothing is written."""


def now() -> float:
    """The clock of all deadlines: that of ``time.monotonic``."""
    return time.monotonic()


@contextmanager
def ending(at: float | None) -> Iterator[None]:
    """Inside, ``poll`` raises TimeOver from ``at`` on (on the clock of ``now``), or earlier."""
    held = _END.get()
    token = _END.set(at if held is None or (at is not None and at < held) else held)
    try:
        yield
    finally:
        _END.reset(token)


def end() -> float | None:
    """When the time of the innermost ``ending`` is over, on the clock of ``now``."""
    return _END.get()


def part(deadline: float | None, share: float) -> float | None:
    """The moment when a share of the time left before a deadline is over."""
    return None if deadline is None else now() + share * max(0.0, deadline - now())


def over() -> bool:
    """Whether the time of the innermost ``ending`` is over."""
    end = _END.get()
    return end is not None and now() >= end


def poll() -> None:
    """Raise TimeOver if the time of the innermost ``ending`` is over."""
    if over():
        raise TimeOver


def polled(items: Iterable[_T]) -> Iterator[_T]:
    """The same items, with a ``poll`` before each."""
    for item in items:
        poll()
        yield item


@dataclass(frozen=True)
class Limit:
    """``seconds`` from ``start``, on the clock of ``now``; ``writing`` of them are for writing."""

    seconds: float
    start: float
    writing: float = 0.0

    def loaded(self, seconds: float) -> Limit:
        """The limit when reading took so long: a certificate is read again once it is written."""
        return replace(self, writing=min(seconds, self.seconds / 4))

    @property
    def end(self) -> float:
        """When proving ends: the search has to leave time for the check before."""
        return self.start + self.seconds - self.writing

    @property
    def cut(self) -> float:
        """When a check that is under way is cut short."""
        return self.start + self.seconds + max(0.2, 0.01 * self.seconds)

    @property
    def given_up(self) -> float:
        """When a run that has not come to its end is given up (OutOfTime)."""
        return self.start + self.seconds + max(1.2, 0.03 * self.seconds)

    @property
    def killed(self) -> float:
        """When it is ended from outside, if it does not hear."""
        return self.start + self.seconds + max(1.5, 0.04 * self.seconds)


def process_start() -> float:
    """When this process began, on the clock of ``now``; as far as the system tells."""
    spent = time.process_time()
    try:
        began = int(Path("/proc/self/stat").read_text("utf-8").rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - began / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        age = spent
    return now() - (age if spent / 2 <= age <= spent + 60 else spent)
