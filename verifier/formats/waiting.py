"""How long readings go on: who asks for one may say that it is asked, now and then, whether to.

A forest of thousands of trees takes a minute to read; what a job's time limit and its stop say
belongs to the jobs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ASKED: ContextVar[Callable[[], None] | None] = ContextVar("asked", default=None)


@contextmanager
def pausing(asked: Callable[[], None]) -> Iterator[None]:
    """Inside, readings call ``asked`` between their parts; what it raises ends them."""
    token = _ASKED.set(asked)
    try:
        yield
    finally:
        _ASKED.reset(token)


def pause() -> None:
    """A good moment to end a reading."""
    asked = _ASKED.get()
    if asked is not None:
        asked()
