"""The kernel's helpers of a job: started where there will be many cells; they end with the job."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from verifier.kernel.helpers import SELDOM, Helpers
from verifier.writing.processors import processors

MOST = 8
"""At most so many helpers: reading and adding up for more takes longer than they do."""


@dataclass(eq=False)
class _Crew:
    """The helpers of a job, once there are any."""

    helpers: Helpers | None = None


_CREW: ContextVar[_Crew | None] = ContextVar("crew", default=None)


@contextmanager
def helped() -> Iterator[None]:
    """Inside, helpers may be started; they end with it."""
    if _CREW.get() is not None:
        yield
        return
    crew = _Crew()
    token = _CREW.set(crew)
    try:
        yield
    finally:
        _CREW.reset(token)
        if crew.helpers is not None:
            crew.helpers.close()


def start_helpers() -> None:
    """Start a helper for each processor, inside ``helped``: they take a moment to be there."""
    crew, many = _CREW.get(), min(MOST, processors())
    if crew is not None and crew.helpers is None and many > 1:
        crew.helpers = Helpers(many)


def helpers() -> Helpers | None:
    """Those that were started."""
    crew = _CREW.get()
    return None if crew is None else crew.helpers


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """Inside, rubbish is looked for seldom: where very many small objects are made that live on,
    looking at all of them again and again takes as long as making them."""
    held = gc.get_threshold()
    gc.set_threshold(SELDOM, *held[1:])
    try:
        yield
    finally:
        gc.set_threshold(*held)
