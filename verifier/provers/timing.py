"""When work is to end, and how it is told: by the clock, or because somebody asked for it.

Work in many small steps asks ``poll`` between them: it raises TimeOver inside ``ending`` once the
time is over, and Stopped inside ``stopping`` once a stop is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

_T = TypeVar("_T")
_END: ContextVar[float | None] = ContextVar("end", default=None)


@dataclass(eq=False)
class _Ear:
    """Whether a stop is asked for, and whether it was heard already."""

    asked: Callable[[], bool]
    heard: bool = False


_EAR: ContextVar[_Ear | None] = ContextVar("ear", default=None)


class TimeOver(KeyboardInterrupt):
    """The time is over: work ends as at Ctrl-C, with what it has."""


class Stopped(KeyboardInterrupt):
    """A stop was asked for: the same as Ctrl-C."""


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


@contextmanager
def stopping(asked: Callable[[], bool] | None) -> Iterator[None]:
    """Inside, ``poll`` raises Stopped, once, as soon as ``asked()``: as one Ctrl-C would."""
    token = _EAR.set(None if asked is None else _Ear(asked))
    try:
        yield
    finally:
        _EAR.reset(token)


def heed() -> None:
    """Raise Stopped if a stop is asked for and was not heard yet."""
    ear = _EAR.get()
    if ear is not None and not ear.heard and ear.asked():
        ear.heard = True
        raise Stopped


def end() -> float | None:
    """When the time of the innermost ``ending`` is over, on the clock of ``now``."""
    return _END.get()


def part(deadline: float | None, share: float) -> float | None:
    """The moment when a share of the time left before a deadline is over."""
    return None if deadline is None else now() + share * max(0.0, deadline - now())


def passed(deadline: float | None) -> bool:
    """Whether there is a deadline, and it has passed."""
    return deadline is not None and now() >= deadline


def over() -> bool:
    """Whether the time of the innermost ``ending`` is over."""
    return passed(_END.get())


def require_time() -> None:
    """Raise TimeOver if the time of the innermost ``ending`` is over; a stop is heard by others."""
    if over():
        raise TimeOver


def poll() -> None:
    """Raise TimeOver if the time of the innermost ``ending`` is over, Stopped at a stop."""
    heed()
    require_time()


def polled(items: Iterable[_T]) -> Iterator[_T]:
    """The same items, with a ``poll`` before each."""
    for item in items:
        poll()
        yield item
