"""The end of a run whose time is over: one line, whichever of two threads comes first."""

from __future__ import annotations

import contextvars
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from verifier.cli import ends
from verifier.jobs.limit import GIVEN_UP, Limit


@pytest.mark.parametrize("says_itself", [ends.saying, ends.telling, None])
def test_the_line_is_said_once(
    monkeypatch: pytest.MonkeyPatch,
    says_itself: Callable[[int], AbstractContextManager[None]] | None,
) -> None:
    """The thread that ends the process waits for what is being written, and adds nothing to it."""
    written: list[bytes] = []
    left = threading.Event()
    codes: list[int] = []
    monkeypatch.setattr(os, "write", lambda _, text: written.append(text))

    def leave(code: int) -> None:
        codes.append(code)
        left.set()

    monkeypatch.setattr(os, "_exit", leave)
    monkeypatch.setattr(ends.signal, "signal", lambda *_: None)
    monkeypatch.setattr(ends.signal, "setitimer", lambda *_: None)
    over = Limit(0.0, time.monotonic() - 1e6)

    def run() -> None:
        if not says_itself:
            ends._guard(over)
            return
        guard = ends._Guard()
        monkeypatch.setattr(ends, "_Guard", lambda: guard)
        ends._GUARD.set(guard)
        with says_itself(3):
            ends._guard(over)
            assert not left.wait(0.05)
            assert not written

    contextvars.copy_context().run(run)
    assert left.wait(60)
    assert codes == ([3] if says_itself else [ends.UNDECIDED])
    assert len(written) == (0 if says_itself else 1)


def test_a_verdict_that_is_being_told_is_told_to_its_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No OutOfTime comes any more, and the run has the verdict's code even if it is cut there."""
    guard, timers = ends._Guard(), list[float]()
    monkeypatch.setattr(signal, "setitimer", lambda _, seconds: timers.append(seconds))

    def run() -> None:
        ends._GUARD.set(guard)
        with ends.telling(1):
            assert (timers, guard.code) == ([0], 1)

    contextvars.copy_context().run(run)


def test_what_a_process_waits_for_while_it_is_loaded_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ends, "_guard", lambda _: None)
    monkeypatch.setattr("verifier.jobs.limit.slow", lambda *_: 1.0)
    monkeypatch.setattr("verifier.jobs.limit.kept_waiting", lambda: 7.0)
    monkeypatch.setattr(time, "process_time", lambda: 0.0)

    def beyond() -> float:
        ends.begun(time.monotonic() - 5)
        limit = ends.limited(2.0)
        assert limit is not None
        return limit.given_up - limit.start - 2.0

    assert contextvars.copy_context().run(beyond) == pytest.approx(7.0 + GIVEN_UP)
