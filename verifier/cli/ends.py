"""``--timeout``: the time limit of a run of the command, from the start of its process."""

from __future__ import annotations

import math
import os
import signal
import sys
import threading
import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from verifier.jobs.limit import Limit, too_little

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    Unraisable = Callable[[sys.UnraisableHookArgs], object]

UNDECIDED = 2
AGAIN = 0.1
"""Seconds until OutOfTime is raised again: one that reaches a destructor ends nothing."""

Timeout = Annotated[
    float | None,
    typer.Option(min=0, help="seconds for everything, the kernel's check included"),
]


class OutOfTime(BaseException):
    """Not even an end in good order came in time: nothing is written."""


@dataclass(eq=False)
class _Guard:
    """The exit code of the run once it is over, and whether OutOfTime was raised in it."""

    code: int | None = None
    raised: bool = False
    saying: threading.Lock = field(default_factory=threading.Lock)


# of one run of the command: when its process began, if the process is all its own; its limit
_BEGAN: ContextVar[float | None] = ContextVar("began", default=None)
_LIMIT: ContextVar[Limit | None] = ContextVar("limit", default=None)
_GUARD: ContextVar[_Guard | None] = ContextVar("guard", default=None)


def begun(at: float) -> None:
    """Say that the process is this run's own, and when it began."""
    _BEGAN.set(at)


def limited(timeout: float | None) -> Limit | None:
    """The limit of this run; one that has a process of its own is ended if it does not keep it."""
    if timeout is None or timeout == math.inf:
        return None
    began = _BEGAN.get()
    # that a process of its own had to wait for processors while it was loaded counts, too
    own = Limit(timeout, time.monotonic())
    limit = own if began is None else replace(own, start=began, kept=0.0)
    _LIMIT.set(limit)
    if began is not None and timeout < threading.TIMEOUT_MAX:
        _guard(limit)
    return limit


def finished(code: int) -> None:
    """The run is over: only the process has to end, threads that it left behind or not."""
    guard = _GUARD.get()
    if guard is not None:
        guard.code = code


@contextmanager
def saying(code: int) -> Iterator[None]:
    """Inside, the run says why it ends with this code; then the limit has nothing to add."""
    guard = _GUARD.get()
    if guard is None:
        yield
        return
    with guard.saying:
        yield
        guard.code = code


@contextmanager
def telling(code: int) -> Iterator[None]:
    """Inside, what was found is said, to its end: the run ends with this code, late or not."""
    guard = _GUARD.get()
    if guard is None:
        yield
        return
    unhurried()
    with guard.saying:
        guard.code = code
        yield


def gave_up() -> bool:
    """Whether OutOfTime was raised: C code that it reaches while it is loaded makes an ImportError
    of it.
    """
    guard = _GUARD.get()
    return guard is not None and guard.raised


def unhurried() -> None:
    """No OutOfTime is raised any more."""
    if _GUARD.get() is not None and hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_REAL, 0)


def complaint() -> str:
    """What is said where the limit ended the run before its end."""
    return too_little(_LIMIT.get())


def process_start() -> float:
    """When this process began, on the clock of ``time.monotonic``; as far as the system tells."""
    spent = time.process_time()
    try:
        began = int(Path("/proc/self/stat").read_text("utf-8").rpartition(")")[2].split()[19])
        age = time.clock_gettime(time.CLOCK_BOOTTIME) - began / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        age = spent
    return time.monotonic() - (age if spent / 2 <= age <= spent + 60 else spent)


def _without_ours(otherwise: Unraisable) -> Unraisable:
    """How exceptions that end nothing are shown, as in a destructor: ours not at all."""

    def show(lost: sys.UnraisableHookArgs) -> None:
        if not issubclass(lost.exc_type, OutOfTime):
            otherwise(lost)

    return show


def _guard(limit: Limit) -> None:
    """Raise OutOfTime in the main thread, and end the process where that is not heard."""
    guard = _Guard()
    _GUARD.set(guard)
    if hasattr(signal, "setitimer"):

        def give_up(number: int, frame: FrameType | None) -> None:
            if time.monotonic() < limit.given_up:  # later where the machine became busy
                return
            guard.raised = True
            raise OutOfTime

        signal.signal(signal.SIGALRM, give_up)
        first = max(0.001, limit.given_up - time.monotonic())
        signal.setitimer(signal.ITIMER_REAL, first, AGAIN)
        sys.unraisablehook = _without_ours(sys.unraisablehook)
    text = f"leafproof: {complaint()}\n".encode()

    def watch() -> None:
        while (left := limit.killed - time.monotonic()) > 0:
            time.sleep(left)
        heard = guard.saying.acquire(timeout=1)  # what is being said is said to its end
        if guard.code is None and heard:
            os.write(2, text)
        os._exit(UNDECIDED if guard.code is None else guard.code)

    threading.Thread(target=watch, name="leafproof time limit", daemon=True).start()
